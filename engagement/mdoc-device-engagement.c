/*
 * mdoc-device-engagement.c - DeviceEngagement, how to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-device-engagement.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-engagement-private.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-version.h"

/* ISO/IEC 18013-5, 8.2.1.1:
 *
 *   DeviceEngagement = {
 *     0 : tstr,                             ; "1.0"; "1.1" with 5 or 6
 *     1 : [ 1, #6.24(bstr .cbor COSE_Key) ],
 *     ? 2 : [ + DeviceRetrievalMethod ],    ; there in a QR code
 *     ? 5 : [ * OriginInfo ],
 *     ? 6 : Capabilities,
 *     * int => any
 *   }
 *   OriginInfo = { "cat" : uint, "type" : uint, "details" : any }
 *   Capabilities = {
 *     ? 0 : bool, ? 1 : [ + int ],          ; ISO/IEC TS 18013-7
 *     ? 2 : true, ? 3 : true, ? 4 : bool,
 *     * int => any
 *   }
 *
 * Whether the version goes with keys 5 and 6 is not looked at: wallets in the
 * field differ, and a reader has to answer by what is there. */

#define SCHEME "mdoc:"

static const MdocCborLimits limits = {
  .max_bytes = MDOC_ENGAGEMENT_MAX_BYTES,
  .max_depth = 8, /* a method's options are at 3, details of an origin at 4 */
  .max_items = 512,
};

/* The largest key is that of P-521 and takes 145 bytes. */
static const MdocCborLimits key_limits = {
  .max_bytes = 512,
  .max_depth = 4,
  .max_items = 32,
};

struct _MdocDeviceEngagement
{
  gatomicrefcount refs;
  GBytes *encoded;
  char *version;
  MdocPublicKey *e_device_key;
  MdocSpan e_device_key_bytes;
  MdocSpan e_device_key_tagged;
  MdocRetrievalMethod methods[MDOC_ENGAGEMENT_MAX_METHODS];
  guint n_methods;
  MdocOriginInfo origin_infos[MDOC_ENGAGEMENT_MAX_ORIGIN_INFOS];
  guint n_origin_infos;
  gboolean has_capabilities;
  MdocCapabilities capabilities;
};

G_DEFINE_QUARK (mdoc_engagement_error_quark, mdoc_engagement_error)

static MdocDeviceEngagement *
refuse (GError **error, MdocEngagementError code, const char *reason)
{
  g_set_error_literal (error, MDOC_ENGAGEMENT_ERROR, (gint) code, reason);
  return NULL;
}

static gboolean
has (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT;
}

static gboolean
parse_e_device_key (MdocDeviceEngagement *self,
                    MdocCborItem tagged,
                    GError **error)
{
  MdocCborItem key;

  if (!mdoc_cbor_get_embedded (tagged,
                               "EDeviceKeyBytes",
                               key_limits.max_bytes,
                               &self->e_device_key_bytes,
                               error)
      || !mdoc_cbor_open (self->e_device_key_bytes, &key_limits, &key, error))
    return FALSE;

  self->e_device_key_tagged = mdoc_cbor_get_encoded (tagged);
  self->e_device_key = mdoc_cose_key_parse (key, "EDeviceKey", TRUE, error);
  if (self->e_device_key == NULL)
    return FALSE;
  if (!mdoc_curve_can_agree (mdoc_public_key_get_curve (self->e_device_key)))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "EDeviceKey",
                             "is of a curve that no key can be agreed on with");
  return TRUE;
}

static gboolean
parse_security (MdocDeviceEngagement *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;
  guint64 suite;

  if (!mdoc_cbor_iter_array (item, "Security", 2, &iter, error)
      || !mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter),
                              "Cipher suite",
                              G_MAXUINT64,
                              &suite,
                              error))
    return FALSE;
  if (suite != MDOC_CIPHER_SUITE)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_UNSUPPORTED,
                             "Cipher suite",
                             "is not 1");

  return parse_e_device_key (self, mdoc_cbor_iter_next (&iter), error);
}

static gboolean
is_method_repeated (MdocDeviceEngagement *self,
                    const MdocRetrievalMethod *method)
{
  for (guint i = 0; i < self->n_methods; i++)
    if (self->methods[i].type == method->type
        && self->methods[i].version == method->version)
      return TRUE;

  return FALSE;
}

static gboolean
parse_methods (MdocDeviceEngagement *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;

  if (!has (item))
    return TRUE;
  if (!mdoc_cbor_iter_array (item,
                             "DeviceRetrievalMethods",
                             MDOC_ENGAGEMENT_MAX_METHODS,
                             &iter,
                             error))
    return FALSE;

  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    {
      MdocRetrievalMethod method;

      if (!mdoc_retrieval_method_parse (mdoc_cbor_iter_next (&iter),
                                        &method,
                                        error))
        return FALSE;
      if (is_method_repeated (self, &method))
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_DUPLICATE,
                                 "DeviceRetrievalMethods",
                                 "has a type and version twice");
      self->methods[self->n_methods++] = method;
    }

  return TRUE;
}

static gboolean
parse_origin_info (MdocCborItem item, MdocOriginInfo *ret_info, GError **error)
{
  MdocCborItem details;
  MdocCborItem domain;

  if (!mdoc_cbor_require_map (item, "OriginInfo", error)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup (item, "cat"),
                              "cat of OriginInfo",
                              G_MAXUINT64,
                              &ret_info->category,
                              error)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup (item, "type"),
                              "type of OriginInfo",
                              G_MAXUINT64,
                              &ret_info->type,
                              error))
    return FALSE;

  details = mdoc_cbor_map_lookup (item, "details");
  ret_info->details = mdoc_cbor_get_encoded (details);
  domain = mdoc_cbor_map_lookup (details, "domain");
  if (ret_info->type != MDOC_ORIGIN_TYPE_DOMAIN || !has (domain))
    return TRUE;

  return mdoc_cbor_get_text (domain,
                             "domain of OriginInfo",
                             MDOC_ENGAGEMENT_MAX_BYTES,
                             &ret_info->domain,
                             error);
}

static gboolean
parse_origin_infos (MdocDeviceEngagement *self,
                    MdocCborItem item,
                    GError **error)
{
  MdocCborIter iter;

  if (!has (item))
    return TRUE;
  if (!mdoc_cbor_iter_array (item,
                             "OriginInfos",
                             MDOC_ENGAGEMENT_MAX_ORIGIN_INFOS,
                             &iter,
                             error))
    return FALSE;

  for (; mdoc_cbor_iter_get_n_left (&iter) > 0; self->n_origin_infos++)
    if (!parse_origin_info (mdoc_cbor_iter_next (&iter),
                            &self->origin_infos[self->n_origin_infos],
                            error))
      return FALSE;

  return TRUE;
}

static gboolean
read_capability (MdocCborItem map,
                 gint64 key,
                 const char *what,
                 gboolean *ret_capability,
                 GError **error)
{
  MdocCborItem item = mdoc_cbor_map_lookup_int (map, key);

  return !has (item)
         || mdoc_cbor_get_boolean (item, what, ret_capability, error);
}

static gboolean
parse_mac_key_curves (MdocCapabilities *capabilities,
                      MdocCborItem item,
                      GError **error)
{
  MdocCborIter iter;

  if (!has (item))
    return TRUE;
  if (!mdoc_cbor_iter_array (item,
                             "MacKeysCurves",
                             MDOC_ENGAGEMENT_MAX_MAC_CURVES,
                             &iter,
                             error))
    return FALSE;

  for (; mdoc_cbor_iter_get_n_left (&iter) > 0;
       capabilities->n_mac_key_curves++)
    if (!mdoc_cbor_get_int (mdoc_cbor_iter_next (&iter),
                            "MacKeysCurves",
                            &capabilities->mac_key_curves
                                 [capabilities->n_mac_key_curves],
                            error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_capabilities (MdocDeviceEngagement *self,
                    MdocCborItem item,
                    GError **error)
{
  MdocCapabilities *capabilities = &self->capabilities;

  if (!has (item))
    return TRUE;

  self->has_capabilities = TRUE;
  return mdoc_cbor_require_map (item, "Capabilities", error)
         && read_capability (item,
                             MDOC_CAPABILITY_MAC_KEYS,
                             "MacKeysSupport",
                             &capabilities->mac_keys,
                             error)
         && parse_mac_key_curves (
             capabilities,
             mdoc_cbor_map_lookup_int (item, MDOC_CAPABILITY_MAC_KEY_CURVES),
             error)
         && read_capability (item,
                             MDOC_CAPABILITY_HANDOVER_SESSION_ESTABLISHMENT,
                             "HandoverSessionEstablishment",
                             &capabilities->handover_session_establishment,
                             error)
         && read_capability (item,
                             MDOC_CAPABILITY_READER_AUTH_ALL,
                             "ReaderAuthAll",
                             &capabilities->reader_auth_all,
                             error)
         && read_capability (item,
                             MDOC_CAPABILITY_EXTENDED_REQUEST,
                             "ExtendedRequest",
                             &capabilities->extended_request,
                             error);
}

static gboolean
parse_engagement (MdocDeviceEngagement *self, MdocCborItem root, GError **error)
{
  MdocCborItem version;

  if (!mdoc_cbor_require_map (root, "DeviceEngagement", error))
    return FALSE;

  version = mdoc_cbor_map_lookup_int (root, MDOC_ENGAGEMENT_KEY_VERSION);
  if (!mdoc_version_parse (version, "Version of DeviceEngagement", NULL, error))
    return FALSE;
  self->version = mdoc_cbor_dup_text (version, "version", G_MAXSIZE, NULL);

  return parse_security (
             self,
             mdoc_cbor_map_lookup_int (root, MDOC_ENGAGEMENT_KEY_SECURITY),
             error)
         && parse_methods (
             self,
             mdoc_cbor_map_lookup_int (root, MDOC_ENGAGEMENT_KEY_METHODS),
             error)
         && parse_origin_infos (
             self,
             mdoc_cbor_map_lookup_int (root, MDOC_ENGAGEMENT_KEY_ORIGIN_INFOS),
             error)
         && parse_capabilities (
             self,
             mdoc_cbor_map_lookup_int (root, MDOC_ENGAGEMENT_KEY_CAPABILITIES),
             error);
}

/**
 * mdoc_device_engagement_parse:
 * @encoded: an encoded DeviceEngagement, from a QR code or a handover record
 * @error: return location for a #MdocCborError, or a #MdocCryptoError if its
 *   key is on no curve that we know, or not on its curve
 *
 * Keys that are not known, and those of server retrieval, are skipped. @encoded
 * is kept, since transcripts hold these very bytes.
 *
 * Returns: (transfer full): the engagement, or %NULL with @error set
 */
MdocDeviceEngagement *
mdoc_device_engagement_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocDeviceEngagement) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, error))
    return NULL;

  self = g_new0 (MdocDeviceEngagement, 1);
  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);
  if (!parse_engagement (self, root, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_device_engagement_parse_uri:
 * @uri: the text of a QR code: `mdoc:`, in either case, and base64url without
 *   padding
 * @error: return location for a #MdocEngagementError, or for what
 *   mdoc_device_engagement_parse() fails with
 *
 * Here a retrieval method must be there: without one nobody knows where to go.
 *
 * Returns: (transfer full): the engagement, or %NULL with @error set
 */
MdocDeviceEngagement *
mdoc_device_engagement_parse_uri (const char *uri, GError **error)
{
  g_autoptr (MdocDeviceEngagement) self = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) reason = NULL;
  const char *text;

  g_return_val_if_fail (uri != NULL, NULL);

  if (g_ascii_strncasecmp (uri, SCHEME, strlen (SCHEME)) != 0)
    return refuse (error,
                   MDOC_ENGAGEMENT_ERROR_SCHEME,
                   "The text does not begin with \"" SCHEME "\"");

  text = uri + strlen (SCHEME);
  if (g_str_has_prefix (text, "//"))
    return refuse (error,
                   MDOC_ENGAGEMENT_ERROR_READER_ENGAGEMENT,
                   "\"mdoc://\" is the engagement of a reader, which a holder "
                   "scans; that of a holder has no slashes");

  encoded = mdoc_base64url_decode (text, MDOC_ENGAGEMENT_MAX_BYTES, &reason);
  if (encoded == NULL)
    return refuse (error, MDOC_ENGAGEMENT_ERROR_ENCODING, reason->message);

  self = mdoc_device_engagement_parse (encoded, error);
  if (self == NULL)
    return NULL;
  if (self->n_methods == 0)
    {
      mdoc_cbor_refuse (error,
                        MDOC_CBOR_ERROR_SCHEMA,
                        "DeviceRetrievalMethods",
                        "is missing");
      return NULL;
    }

  return g_steal_pointer (&self);
}

MdocDeviceEngagement *
mdoc_device_engagement_ref (MdocDeviceEngagement *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mdoc_device_engagement_unref (MdocDeviceEngagement *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->e_device_key, mdoc_public_key_unref);
  g_free (self->version);
  g_bytes_unref (self->encoded);
  g_free (self);
}

/**
 * mdoc_device_engagement_get_encoded:
 * @self: an engagement
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_device_engagement_get_encoded (MdocDeviceEngagement *self)
{
  return self->encoded;
}

const char *
mdoc_device_engagement_get_version (MdocDeviceEngagement *self)
{
  return self->version;
}

/**
 * mdoc_device_engagement_get_e_device_key:
 * @self: an engagement
 *
 * Returns: (transfer none): the holder's ephemeral key, of a curve that keys
 *   can be agreed on with
 */
MdocPublicKey *
mdoc_device_engagement_get_e_device_key (MdocDeviceEngagement *self)
{
  return self->e_device_key;
}

/**
 * mdoc_device_engagement_get_e_device_key_bytes:
 * @self: an engagement
 *
 * Returns: (transfer none): the encoded COSE_Key, borrowed from @self
 */
MdocSpan
mdoc_device_engagement_get_e_device_key_bytes (MdocDeviceEngagement *self)
{
  return self->e_device_key_bytes;
}

/**
 * mdoc_device_engagement_get_e_device_key_tagged:
 * @self: an engagement
 *
 * Returns: (transfer none): EDeviceKeyBytes with its tag, as received; borrowed
 *   from @self
 */
MdocSpan
mdoc_device_engagement_get_e_device_key_tagged (MdocDeviceEngagement *self)
{
  return self->e_device_key_tagged;
}

guint
mdoc_device_engagement_get_n_methods (MdocDeviceEngagement *self)
{
  return self->n_methods;
}

/**
 * mdoc_device_engagement_get_method:
 * @self: an engagement
 * @i: below mdoc_device_engagement_get_n_methods()
 *
 * Returns: (transfer none): a method, in the order of the holder
 */
const MdocRetrievalMethod *
mdoc_device_engagement_get_method (MdocDeviceEngagement *self, guint i)
{
  g_return_val_if_fail (i < self->n_methods, NULL);

  return &self->methods[i];
}

/**
 * mdoc_device_engagement_find_method:
 * @self: an engagement
 * @kind: a kind of method
 *
 * Returns: (transfer none) (nullable): the first method of that kind
 */
const MdocRetrievalMethod *
mdoc_device_engagement_find_method (MdocDeviceEngagement *self,
                                    MdocRetrievalKind kind)
{
  for (guint i = 0; i < self->n_methods; i++)
    if (self->methods[i].kind == kind)
      return &self->methods[i];

  return NULL;
}

/**
 * mdoc_device_engagement_get_capabilities:
 * @self: an engagement
 *
 * Returns: (transfer none) (nullable): what the holder says that it can; %NULL
 *   if it says nothing, as in the first edition
 */
const MdocCapabilities *
mdoc_device_engagement_get_capabilities (MdocDeviceEngagement *self)
{
  return self->has_capabilities ? &self->capabilities : NULL;
}

guint
mdoc_device_engagement_get_n_origin_infos (MdocDeviceEngagement *self)
{
  return self->n_origin_infos;
}

/**
 * mdoc_device_engagement_get_origin_info:
 * @self: an engagement
 * @i: below mdoc_device_engagement_get_n_origin_infos()
 *
 * Returns: (transfer none): where the holder says that it was engaged from;
 *   nobody has checked it
 */
const MdocOriginInfo *
mdoc_device_engagement_get_origin_info (MdocDeviceEngagement *self, guint i)
{
  g_return_val_if_fail (i < self->n_origin_infos, NULL);

  return &self->origin_infos[i];
}

/**
 * mdoc_device_engagement_to_uri:
 * @encoded: an encoded DeviceEngagement
 *
 * Returns: (transfer full): the text for a QR code
 */
char *
mdoc_device_engagement_to_uri (MdocSpan encoded)
{
  g_autofree char *text = mdoc_base64url_encode (encoded);

  return g_strconcat (SCHEME, text, NULL);
}
