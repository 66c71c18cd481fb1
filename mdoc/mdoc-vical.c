/*
 * mdoc-vical.c - reading a signed list of issuers' roots
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-vical.h"

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-name-private.h"
#include "mdoc/mdoc-version.h"

/* ISO/IEC 18013-5, C.1.7: the payload of a COSE_Sign1 is
 *
 *   VICAL = {
 *     "version" : tstr,
 *     "vicalProvider" : tstr,
 *     "date" : tdate,
 *     ? "vicalIssueID" : uint,
 *     ? "nextUpdate" : tdate,
 *     "certificateInfos" : [ * CertificateInfo ]
 *   }
 *   CertificateInfo = {
 *     "certificate" : bstr,
 *     "serialNumber" : biguint,
 *     "ski" : bstr,
 *     "docType" : [ + DocType ],
 *     ? "certificateProfile" : [ + tstr ], ? "issuingAuthority" : tstr,
 *     ? "issuingCountry" : tstr, ? "stateOrProvinceName" : tstr,
 *     ? "issuer" : bstr, ? "subject" : bstr,
 *     ? "notBefore" : tdate, ? "notAfter" : tdate
 *   }
 *
 * What an entry repeats of its certificate is not read: the certificate itself
 * says it, and lists of the field have it otherwise (a ski with its DER head).
 */

static const MdocCborLimits envelope_limits = {
  .max_bytes = MDOC_VICAL_MAX_BYTES,
  .max_depth = 8, /* a chain in a header uses 3; others may nest */
  .max_items = 256,
};

static const MdocCborLimits limits = {
  .max_bytes = MDOC_VICAL_MAX_BYTES,
  .max_depth = 8, /* docType uses 4; extensions may nest */
  .max_items = MDOC_VICAL_MAX_CERTIFICATES * (32 + MDOC_VICAL_MAX_DOC_TYPES),
};

typedef struct
{
  MdocCertificate *certificate;
  const char **doc_types; /* NULL-terminated; the names are in the pool */
} Entry;

struct _MdocVical
{
  gatomicrefcount refs;
  GBytes *encoded; /* as received: the signature is over its bytes */
  GStringChunk *names;
  MdocSign1 sign1;
  GPtrArray *chain; /* of MdocCertificate, the signer's first */
  GArray *entries;  /* of Entry */
  char *provider;
  gint64 date_unix_s;
  gint64 next_update_unix_s;
  guint64 issue_id;
  gboolean has_next_update;
  gboolean has_issue_id;
};

static gboolean
is_there (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT;
}

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->certificate, mdoc_certificate_unref);
  g_clear_pointer (&entry->doc_types, g_free);
}

static gboolean
parse_certificate (Entry *entry, MdocCborItem item, GError **error)
{
  g_autoptr (GBytes) der = NULL;
  MdocSpan bytes;

  if (!mdoc_cbor_get_bytes (item,
                            "certificate of the VICAL",
                            MDOC_CERTIFICATE_MAX_BYTES,
                            &bytes,
                            error))
    return FALSE;

  der = mdoc_span_dup (bytes);
  entry->certificate = mdoc_certificate_parse (der, error);
  return entry->certificate != NULL;
}

static gboolean
parse_doc_types (MdocVical *self,
                 Entry *entry,
                 MdocCborItem item,
                 GError **error)
{
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item,
                             "docType of the VICAL",
                             MDOC_VICAL_MAX_DOC_TYPES,
                             &iter,
                             error))
    return FALSE;

  entry->doc_types = g_new0 (const char *,
                             mdoc_cbor_iter_get_n_left (&iter) + 1);
  for (guint i = 0; mdoc_cbor_iter_get_n_left (&iter) > 0; i++)
    {
      entry->doc_types[i] = mdoc_name_keep (self->names,
                                            mdoc_cbor_iter_next (&iter),
                                            "docType of the VICAL",
                                            error);
      if (entry->doc_types[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_entry (MdocVical *self, MdocCborItem item, GError **error)
{
  Entry entry = { NULL, NULL };
  gboolean is_good;

  is_good = mdoc_cbor_require_map (item, "CertificateInfo", error)
            && parse_certificate (&entry,
                                  mdoc_cbor_map_lookup (item, "certificate"),
                                  error)
            && parse_doc_types (self,
                                &entry,
                                mdoc_cbor_map_lookup (item, "docType"),
                                error);
  if (is_good)
    g_array_append_val (self->entries, entry);
  else
    entry_clear (&entry);

  return is_good;
}

static gboolean
parse_entries (MdocVical *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item,
                             "certificateInfos",
                             MDOC_VICAL_MAX_CERTIFICATES,
                             &iter,
                             error))
    return FALSE;

  for (guint i = 0; mdoc_cbor_iter_get_n_left (&iter) > 0; i++)
    if (!parse_entry (self, mdoc_cbor_iter_next (&iter), error))
      {
        g_prefix_error (error, "certificateInfos[%u]: ", i);
        return FALSE;
      }

  return TRUE;
}

static gboolean
parse_head (MdocVical *self, MdocCborItem root, GError **error)
{
  MdocCborItem issue_id = mdoc_cbor_map_lookup (root, "vicalIssueID");
  MdocCborItem next_update = mdoc_cbor_map_lookup (root, "nextUpdate");

  if (!mdoc_version_parse (mdoc_cbor_map_lookup (root, "version"),
                           "version of the VICAL",
                           NULL,
                           error))
    return FALSE;

  self->provider = mdoc_cbor_dup_text (mdoc_cbor_map_lookup (root,
                                                             "vicalProvider"),
                                       "vicalProvider",
                                       MDOC_MAX_NAME_LEN,
                                       error);
  self->has_issue_id = is_there (issue_id);
  self->has_next_update = is_there (next_update);
  return self->provider != NULL
         && mdoc_cbor_get_time (mdoc_cbor_map_lookup (root, "date"),
                                "date",
                                &self->date_unix_s,
                                error)
         && (!self->has_issue_id
             || mdoc_cbor_get_uint (issue_id,
                                    "vicalIssueID",
                                    G_MAXUINT64,
                                    &self->issue_id,
                                    error))
         && (!self->has_next_update
             || mdoc_cbor_get_time (next_update,
                                    "nextUpdate",
                                    &self->next_update_unix_s,
                                    error));
}

static gboolean
parse_envelope (MdocVical *self, GError **error)
{
  MdocCborItem item;

  if (!mdoc_cbor_open (mdoc_span_from_bytes (self->encoded),
                       &envelope_limits,
                       &item,
                       error)
      || !mdoc_sign1_parse (item, "VICAL", &self->sign1, error))
    return FALSE;

  if (!self->sign1.has_payload)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "Payload of the VICAL",
                             "is missing");

  self->chain = mdoc_sign1_dup_chain (&self->sign1, error);
  return self->chain != NULL;
}

static MdocVical *
vical_new (GBytes *encoded)
{
  MdocVical *self = g_new0 (MdocVical, 1);

  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);
  self->names = g_string_chunk_new (512);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  return self;
}

/**
 * mdoc_vical_parse:
 * @encoded: a COSE_Sign1 whose payload is a VICAL
 * @error: return location for a #MdocCborError, or a #MdocCryptoError if a
 *   certificate in it is none
 *
 * Parses a list of issuers' roots (ISO/IEC 18013-5, C.1.7). Keys that the
 * standard does not define are skipped. One entry that is broken breaks the
 * list: what else its provider got wrong nobody can tell.
 *
 * Returns: (transfer full): the list, not verified; or %NULL with @error set
 */
MdocVical *
mdoc_vical_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocVical) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = vical_new (encoded);
  if (!parse_envelope (self, error)
      || !mdoc_cbor_open (self->sign1.payload, &limits, &root, error)
      || !mdoc_cbor_require_map (root, "VICAL", error)
      || !parse_head (self, root, error)
      || !parse_entries (self,
                         mdoc_cbor_map_lookup (root, "certificateInfos"),
                         error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_vical_ref:
 * @self: a list
 *
 * Returns: (transfer full): @self
 */
MdocVical *
mdoc_vical_ref (MdocVical *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_vical_unref:
 * @self: (nullable) (transfer full): a list
 */
void
mdoc_vical_unref (MdocVical *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->provider, g_free);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_clear_pointer (&self->entries, g_array_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_vical_get_provider:
 * @self: a list
 *
 * Returns: (transfer none): who publishes it, in its own words
 */
const char *
mdoc_vical_get_provider (MdocVical *self)
{
  return self->provider;
}

/**
 * mdoc_vical_get_date:
 * @self: a list
 *
 * Returns: when it was made, in seconds since 1970
 */
gint64
mdoc_vical_get_date (MdocVical *self)
{
  return self->date_unix_s;
}

/**
 * mdoc_vical_get_next_update:
 * @self: a list
 * @ret_unix_s: (out) (optional): when the next one is due, in seconds since
 *   1970; left alone if it does not say
 *
 * Returns: whether it says so
 */
gboolean
mdoc_vical_get_next_update (MdocVical *self, gint64 *ret_unix_s)
{
  if (self->has_next_update && ret_unix_s != NULL)
    *ret_unix_s = self->next_update_unix_s;

  return self->has_next_update;
}

/**
 * mdoc_vical_get_issue_id:
 * @self: a list
 * @ret_id: (out) (optional): its number, of which later lists have a higher
 *   one; left alone if it has none
 *
 * Returns: whether it has a number
 */
gboolean
mdoc_vical_get_issue_id (MdocVical *self, guint64 *ret_id)
{
  if (self->has_issue_id && ret_id != NULL)
    *ret_id = self->issue_id;

  return self->has_issue_id;
}

/**
 * mdoc_vical_get_n_certificates:
 * @self: a list
 *
 * Returns: how many roots it names
 */
guint
mdoc_vical_get_n_certificates (MdocVical *self)
{
  return self->entries->len;
}

/**
 * mdoc_vical_get_certificate:
 * @self: a list
 * @i: which root, from 0
 *
 * Returns: (transfer none): the root
 */
MdocCertificate *
mdoc_vical_get_certificate (MdocVical *self, guint i)
{
  g_return_val_if_fail (i < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, i).certificate;
}

/**
 * mdoc_vical_get_doc_types:
 * @self: a list
 * @i: which root, from 0
 *
 * Returns: (transfer none) (array zero-terminated=1): what it may issue
 */
const char *const *
mdoc_vical_get_doc_types (MdocVical *self, guint i)
{
  g_return_val_if_fail (i < self->entries->len, NULL);

  return g_array_index (self->entries, Entry, i).doc_types;
}

/**
 * mdoc_vical_verify:
 * @self: a list
 * @roots: (element-type MdocCertificate): of the providers to trust
 * @crls: (nullable) (element-type MdocCrl): revocation lists to heed
 * @at_unix_s: when to judge validity, in seconds since 1970
 * @ret_path: (out) (optional): whether the signer is trusted, or why not
 * @ret_valid: (out): whether the signer is trusted and its signature holds;
 *   %FALSE from the start
 * @error: return location for a #MdocCryptoError: the algorithm is not
 *   supported, or does not go with the signer's key
 *
 * Does not look at nextUpdate: how long an old list may serve is the caller's
 * policy.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_vical_verify (MdocVical *self,
                   GPtrArray *roots,
                   GPtrArray *crls,
                   gint64 at_unix_s,
                   MdocPathResult *ret_path,
                   gboolean *ret_valid,
                   GError **error)
{
  gboolean is_signed = FALSE;
  MdocCertificate *signer;
  MdocPathResult path;

  *ret_valid = FALSE;
  path = mdoc_path_validate (self->chain,
                             roots,
                             crls,
                             MDOC_PATH_VICAL_SIGNER,
                             at_unix_s,
                             NULL);
  if (ret_path != NULL)
    *ret_path = path;
  if (path != MDOC_PATH_OK)
    return TRUE;

  signer = g_ptr_array_index (self->chain, 0);
  if (!mdoc_sign1_verify (&self->sign1,
                          mdoc_certificate_get_public_key (signer),
                          self->sign1.payload,
                          &is_signed,
                          error))
    return FALSE;

  *ret_valid = is_signed;
  return TRUE;
}

/**
 * mdoc_vical_dup_anchors:
 * @self: a list, which the caller has verified
 * @doc_type: (nullable): only those that may issue this document type
 *
 * Returns: (transfer full) (element-type MdocCertificate): roots; may be empty
 */
GPtrArray *
mdoc_vical_dup_anchors (MdocVical *self, const char *doc_type)
{
  GPtrArray *anchors;

  anchors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  for (guint i = 0; i < self->entries->len; i++)
    if (doc_type == NULL
        || g_strv_contains (mdoc_vical_get_doc_types (self, i), doc_type))
      g_ptr_array_add (anchors,
                       mdoc_certificate_ref (
                           mdoc_vical_get_certificate (self, i)));

  return anchors;
}

/**
 * mdoc_vical_has_issuer:
 * @self: a list, which the caller has verified
 * @issuer: a root
 * @doc_type: a document type
 *
 * The whole certificate decides: name and key identifier can be copied.
 *
 * Returns: whether the list says that @issuer may issue @doc_type
 */
gboolean
mdoc_vical_has_issuer (MdocVical *self,
                       MdocCertificate *issuer,
                       const char *doc_type)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_bytes_equal (mdoc_certificate_get_der (issuer),
                       mdoc_certificate_get_der (
                           mdoc_vical_get_certificate (self, i)))
        && g_strv_contains (mdoc_vical_get_doc_types (self, i), doc_type))
      return TRUE;

  return FALSE;
}
