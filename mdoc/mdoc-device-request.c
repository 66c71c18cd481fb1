/*
 * mdoc-device-request.c - what a reader asks of a wallet, and who it is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-request.h"

#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-reader-auth-private.h"
#include "mdoc/mdoc-request-private.h"
#include "mdoc/mdoc-version.h"

/* ISO/IEC 18013-5, 8.3.2.1.2.1, and second edition (draft); macKeys are of
 * ISO/IEC TS 18013-7:
 *
 *   DeviceRequest = {
 *     "version" : tstr,
 *     "docRequests" : [+ DocRequest],
 *     ? "deviceRequestInfo" : #6.24(bstr .cbor DeviceRequestInfo),
 *     ? "readerAuthAll" : [+ COSE_Sign1],
 *     ? "macKeys" : [+ COSE_Key]
 *   }
 *   DocRequest = {
 *     "itemsRequest" : #6.24(bstr .cbor ItemsRequest),
 *     ? "readerAuth" : COSE_Sign1
 *   }
 */

static const MdocCborLimits limits = {
  .max_bytes = MDOC_DEVICE_REQUEST_MAX_BYTES,
  .max_depth = 12, /* what we do not know may nest; what we do takes 6 */
  .max_items = 4096,
};

typedef struct
{
  MdocItemsRequest *items_request;
  MdocSpan
      items_request_bytes;  /* with its tag; all spans borrow from encoded */
  MdocCborItem reader_auth; /* not looked at before it is asked for */
} DocRequest;

struct _MdocDeviceRequest
{
  gatomicrefcount refs;
  GBytes *encoded; /* as received */
  char *version;
  guint minor_version;
  DocRequest doc_requests[MDOC_REQUEST_MAX_DOC_REQUESTS];
  guint n_doc_requests;
  MdocSpan info_bytes;         /* with its tag; empty if there is none */
  MdocDeviceRequestInfo *info; /* nullable */
  MdocCborItem reader_auth_all[MDOC_DEVICE_REQUEST_MAX_READER_AUTH_ALL];
  guint n_reader_auth_all;
  MdocCborItem mac_keys[MDOC_DEVICE_REQUEST_MAX_MAC_KEYS];
  guint n_mac_keys;
};

/* The content of a tag 24 byte string, without copying it. */
static GBytes *
slice (MdocDeviceRequest *self, MdocSpan content)
{
  const guint8 *start = g_bytes_get_data (self->encoded, NULL);

  return g_bytes_new_from_bytes (self->encoded,
                                 (gsize) (content.data - start),
                                 content.len);
}

static gboolean
parse_doc_request (MdocDeviceRequest *self, MdocCborItem item, GError **error)
{
  DocRequest *doc_request = &self->doc_requests[self->n_doc_requests];
  g_autoptr (GBytes) encoded = NULL;
  MdocCborItem bytes;
  MdocSpan content;

  if (!mdoc_cbor_require_map (item, "DocRequest", error))
    return FALSE;
  bytes = mdoc_cbor_map_lookup (item, "itemsRequest");
  if (!mdoc_cbor_get_embedded (bytes,
                               "itemsRequest",
                               MDOC_ITEMS_REQUEST_MAX_BYTES,
                               &content,
                               error))
    return FALSE;

  encoded = slice (self, content);
  doc_request->items_request = mdoc_items_request_parse (encoded, error);
  if (doc_request->items_request == NULL)
    return FALSE;

  doc_request->items_request_bytes = mdoc_cbor_get_encoded (bytes);
  doc_request->reader_auth = mdoc_request_lookup (item, "readerAuth");
  self->n_doc_requests++;
  return TRUE;
}

static gboolean
parse_doc_requests (MdocDeviceRequest *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;
  guint n;

  if (!mdoc_request_iter_filled_array (item,
                                       "docRequests",
                                       MDOC_REQUEST_MAX_DOC_REQUESTS,
                                       &iter,
                                       &n,
                                       error))
    return FALSE;

  while (self->n_doc_requests < n)
    if (!parse_doc_request (self, mdoc_cbor_iter_next (&iter), error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_info (MdocDeviceRequest *self, MdocCborItem item, GError **error)
{
  MdocSpan content;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_cbor_get_embedded (item,
                               "deviceRequestInfo",
                               MDOC_DEVICE_REQUEST_MAX_BYTES,
                               &content,
                               error))
    return FALSE;

  self->info_bytes = mdoc_cbor_get_encoded (item);
  self->info = mdoc_device_request_info_parse (content,
                                               self->n_doc_requests,
                                               error);
  return self->info != NULL;
}

static gboolean
parse_array (MdocCborItem item,
             const char *what,
             guint max_members,
             MdocCborItem *members,
             guint *n_members,
             GError **error)
{
  MdocCborIter iter;

  if (mdoc_request_is_absent (item))
    return TRUE;
  if (!mdoc_request_iter_filled_array (item,
                                       what,
                                       max_members,
                                       &iter,
                                       n_members,
                                       error))
    return FALSE;

  for (guint i = 0; i < *n_members; i++)
    members[i] = mdoc_cbor_iter_next (&iter);
  return TRUE;
}

static gboolean
parse_version (MdocDeviceRequest *self, MdocCborItem item, GError **error)
{
  if (!mdoc_version_parse (item,
                           "version of the DeviceRequest",
                           &self->minor_version,
                           error))
    return FALSE;

  self->version = g_strdup_printf ("1.%u", self->minor_version);
  return TRUE;
}

/**
 * mdoc_device_request_parse:
 * @encoded: an encoded `DeviceRequest`; kept, not copied
 * @error: return location for a #MdocCborError
 *
 * Parses what a reader sent. Any version 1.x is read as far as it is known;
 * another major version is refused with %MDOC_CBOR_ERROR_VERSION. Keys that the
 * standard does not define are skipped, and one whose value is null counts as
 * absent.
 *
 * Signatures and keys are not looked at: one that is broken takes the reader
 * its good name, not its answer.
 *
 * Returns: (transfer full): the request, or %NULL with @error set
 */
MdocDeviceRequest *
mdoc_device_request_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocDeviceRequest) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, error)
      || !mdoc_cbor_require_map (root, "DeviceRequest", error))
    return NULL;

  self = g_new0 (MdocDeviceRequest, 1);
  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);

  if (!parse_version (self, mdoc_cbor_map_lookup (root, "version"), error)
      || !parse_doc_requests (self,
                              mdoc_cbor_map_lookup (root, "docRequests"),
                              error)
      || !parse_info (self,
                      mdoc_request_lookup (root, "deviceRequestInfo"),
                      error)
      || !parse_array (mdoc_request_lookup (root, "readerAuthAll"),
                       "readerAuthAll",
                       G_N_ELEMENTS (self->reader_auth_all),
                       self->reader_auth_all,
                       &self->n_reader_auth_all,
                       error)
      || !parse_array (mdoc_request_lookup (root, "macKeys"),
                       "macKeys",
                       G_N_ELEMENTS (self->mac_keys),
                       self->mac_keys,
                       &self->n_mac_keys,
                       error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_device_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
MdocDeviceRequest *
mdoc_device_request_ref (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_device_request_unref:
 * @self: (nullable): a request
 */
void
mdoc_device_request_unref (MdocDeviceRequest *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->doc_requests); i++)
    mdoc_items_request_unref (self->doc_requests[i].items_request);
  g_clear_pointer (&self->info, mdoc_device_request_info_unref);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self->version);
  g_free (self);
}

/**
 * mdoc_device_request_get_encoded:
 * @self: a request
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_device_request_get_encoded (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->encoded;
}

/**
 * mdoc_device_request_get_version:
 * @self: a request
 *
 * Returns: (transfer none): its version, "1." and a number
 */
const char *
mdoc_device_request_get_version (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

/**
 * mdoc_device_request_is_extended:
 * @self: a request
 *
 * Returns: whether it is of the second edition: version 1.1 or later
 */
gboolean
mdoc_device_request_is_extended (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->minor_version >= 1;
}

/**
 * mdoc_device_request_get_n_doc_requests:
 * @self: a request
 *
 * Returns: for how many documents it asks, 1 to
 *   %MDOC_REQUEST_MAX_DOC_REQUESTS
 */
guint
mdoc_device_request_get_n_doc_requests (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_doc_requests;
}

/**
 * mdoc_device_request_get_items_request:
 * @self: a request
 * @i: which doc request
 *
 * Returns: (transfer none): what is asked for about one document
 */
MdocItemsRequest *
mdoc_device_request_get_items_request (MdocDeviceRequest *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_doc_requests, NULL);

  return self->doc_requests[i].items_request;
}

/**
 * mdoc_device_request_get_items_request_bytes:
 * @self: a request
 * @i: which doc request
 *
 * Returns: (transfer none): `ItemsRequestBytes` as received, with its tag: what
 *   reader authentication covers
 */
MdocSpan
mdoc_device_request_get_items_request_bytes (MdocDeviceRequest *self, guint i)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));
  g_return_val_if_fail (i < self->n_doc_requests, MDOC_SPAN (NULL, 0));

  return self->doc_requests[i].items_request_bytes;
}

/**
 * mdoc_device_request_has_reader_auth:
 * @self: a request
 * @i: which doc request
 *
 * Returns: whether the doc request bears a readerAuth of its own
 */
gboolean
mdoc_device_request_has_reader_auth (MdocDeviceRequest *self, guint i)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (i < self->n_doc_requests, FALSE);

  return !mdoc_request_is_absent (self->doc_requests[i].reader_auth);
}

/**
 * mdoc_device_request_get_n_reader_auth_all:
 * @self: a request
 *
 * Returns: how many signatures over the whole request there are
 */
guint
mdoc_device_request_get_n_reader_auth_all (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_reader_auth_all;
}

/**
 * mdoc_device_request_get_info:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): how the doc requests go together, if the
 *   reader says
 */
MdocDeviceRequestInfo *
mdoc_device_request_get_info (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->info;
}

/**
 * mdoc_device_request_get_n_mac_keys:
 * @self: a request
 *
 * Returns: how many keys for device authentication by MAC the reader offers
 *   (ISO/IEC TS 18013-7)
 */
guint
mdoc_device_request_get_n_mac_keys (MdocDeviceRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_mac_keys;
}

/**
 * mdoc_device_request_dup_mac_key:
 * @self: a request
 * @i: which key
 * @error: return location for a #MdocCborError or #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_device_request_dup_mac_key (MdocDeviceRequest *self,
                                 guint i,
                                 GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_mac_keys, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return mdoc_cose_key_parse (self->mac_keys[i], "macKeys", FALSE, error);
}

static const MdocReaderIdentity nobody = { .path = MDOC_PATH_NO_CERTIFICATE };

/* How much an identity is worth to the reader. */
static guint
rank (const MdocReaderIdentity *identity)
{
  if (mdoc_reader_identity_is_trusted (identity))
    return 3;
  if (identity->is_signature_valid)
    return 2;
  return identity->is_signed ? 1 : 0;
}

/* Keeps the better one of two in @best. */
static void
take_better (MdocReaderIdentity *best, MdocReaderIdentity *other)
{
  MdocReaderIdentity worse = *other;

  if (rank (other) > rank (best))
    {
      worse = *best;
      *best = *other;
    }
  *other = nobody;
  mdoc_reader_identity_clear (&worse);
}

/**
 * mdoc_device_request_check_reader:
 * @self: a request
 * @doc_request: which doc request
 * @transcript: that of the session in which the request came
 * @anchors: (element-type MdocCertificate): the reader authorities trusted
 * @crls: (nullable) (element-type MdocCrl): their revocation lists
 * @at_unix_s: the time to judge certificates at
 * @ret_identity: (out): who asks; left alone on failure. Clear it with
 *   mdoc_reader_identity_clear().
 * @error: return location for a #MdocCryptoError
 *
 * Says who asks for a document: by the doc request's own readerAuth, and by
 * each readerAuthAll as long as no signature before was that of a trusted
 * reader. If there is no such, the next best is told of. A signature or
 * certificate that does not hold, or makes no sense, is no error.
 *
 * Each signature looked at costs one verification and those of its path.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_device_request_check_reader (MdocDeviceRequest *self,
                                  guint doc_request,
                                  MdocTranscript *transcript,
                                  GPtrArray *anchors,
                                  GPtrArray *crls,
                                  gint64 at_unix_s,
                                  MdocReaderIdentity *ret_identity,
                                  GError **error)
{
  g_auto (MdocReaderIdentity) best = nobody;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (doc_request < self->n_doc_requests, FALSE);
  g_return_val_if_fail (transcript != NULL, FALSE);
  g_return_val_if_fail (anchors != NULL, FALSE);
  g_return_val_if_fail (ret_identity != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (mdoc_device_request_has_reader_auth (self, doc_request))
    {
      const DocRequest *asked = &self->doc_requests[doc_request];
      g_autoptr (GBytes) payload = NULL;

      payload = mdoc_reader_auth_encode (transcript,
                                         asked->items_request_bytes);
      if (!mdoc_reader_auth_check (asked->reader_auth,
                                   mdoc_span_from_bytes (payload),
                                   anchors,
                                   crls,
                                   at_unix_s,
                                   &best,
                                   error))
        return FALSE;
    }

  for (guint i = 0;
       i < self->n_reader_auth_all && !mdoc_reader_identity_is_trusted (&best);
       i++)
    {
      g_auto (MdocReaderIdentity) other = nobody;

      if (!mdoc_device_request_check_reader_all (self,
                                                 i,
                                                 transcript,
                                                 anchors,
                                                 crls,
                                                 at_unix_s,
                                                 &other,
                                                 error))
        return FALSE;
      take_better (&best, &other);
    }

  *ret_identity = best;
  best = nobody;
  return TRUE;
}

/**
 * mdoc_device_request_check_reader_all:
 * @self: a request
 * @i: which readerAuthAll
 * @transcript: that of the session in which the request came
 * @anchors: (element-type MdocCertificate): the reader authorities trusted
 * @crls: (nullable) (element-type MdocCrl): their revocation lists
 * @at_unix_s: the time to judge certificates at
 * @ret_identity: (out): who asks; left alone on failure. Clear it with
 *   mdoc_reader_identity_clear().
 * @error: return location for a #MdocCryptoError
 *
 * Says who gave one of the signatures over the whole request.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_device_request_check_reader_all (MdocDeviceRequest *self,
                                      guint i,
                                      MdocTranscript *transcript,
                                      GPtrArray *anchors,
                                      GPtrArray *crls,
                                      gint64 at_unix_s,
                                      MdocReaderIdentity *ret_identity,
                                      GError **error)
{
  MdocSpan items_requests[MDOC_REQUEST_MAX_DOC_REQUESTS];
  g_autoptr (GBytes) payload = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (i < self->n_reader_auth_all, FALSE);
  g_return_val_if_fail (transcript != NULL, FALSE);
  g_return_val_if_fail (anchors != NULL, FALSE);
  g_return_val_if_fail (ret_identity != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (guint j = 0; j < self->n_doc_requests; j++)
    items_requests[j] = self->doc_requests[j].items_request_bytes;
  payload = mdoc_reader_auth_encode_all (transcript,
                                         items_requests,
                                         self->n_doc_requests,
                                         self->info_bytes);
  return mdoc_reader_auth_check (self->reader_auth_all[i],
                                 mdoc_span_from_bytes (payload),
                                 anchors,
                                 crls,
                                 at_unix_s,
                                 ret_identity,
                                 error);
}
