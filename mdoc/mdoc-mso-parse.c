/*
 * mdoc-mso-parse.c - reading a mobile security object
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-mso-private.h"

#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-version.h"

/* ISO/IEC 18013-5, 9.1.2.4:
 *
 *   MobileSecurityObject = {
 *     "version" : tstr,
 *     "digestAlgorithm" : "SHA-256" / "SHA-384" / "SHA-512",
 *     "valueDigests" : { + NameSpace => { + DigestID => bstr } },
 *     "deviceKeyInfo" : {
 *       "deviceKey" : COSE_Key,
 *       ? "keyAuthorizations" : {
 *         ? "nameSpaces" : [ + NameSpace ],
 *         ? "dataElements" : { + NameSpace => [ + DataElementIdentifier ] }
 *       },
 *       ? "keyInfo" : { * int => any }
 *     },
 *     "docType" : tstr,
 *     "validityInfo" : {
 *       "signed" : tdate, "validFrom" : tdate, "validUntil" : tdate,
 *       ? "expectedUpdate" : tdate
 *     },
 *     ? "status" : {
 *       ? "status_list" : { "idx" : uint, "uri" : tstr, ? "certificate" : bstr
 * }, ? "identifier_list" : { "id" : bstr, "uri" : tstr, ? "certificate" : bstr
 * }
 *     }
 *   }
 */

#define MAX_URI_LEN        2048
#define MAX_IDENTIFIER_LEN 256

static const MdocCborLimits limits = {
  .max_bytes = MDOC_MSO_MAX_BYTES,
  .max_depth = 8, /* keyAuthorizations uses 5; keyInfo may nest */
  .max_items = 2 * MDOC_MSO_MAX_DIGESTS + 2048,
};

static const struct
{
  MdocHash hash;
  const char *name;
} hashes[] = {
  { MDOC_HASH_SHA256, "SHA-256" },
  { MDOC_HASH_SHA384, "SHA-384" },
  { MDOC_HASH_SHA512, "SHA-512" },
};

const char *
mdoc_mso_get_hash_name (MdocHash hash)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (hashes[i].hash == hash)
      return hashes[i].name;

  g_return_val_if_reached (NULL);
}

static gboolean
parse_hash (MdocMso *self, MdocCborItem item, GError **error)
{
  MdocSpan name;

  if (!mdoc_cbor_get_text (item, "digestAlgorithm", 64, &name, error))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (mdoc_span_equals_text (name, hashes[i].name))
      {
        self->hash = hashes[i].hash;
        return TRUE;
      }

  return mdoc_cbor_refuse (error,
                           MDOC_CBOR_ERROR_UNSUPPORTED,
                           "digestAlgorithm",
                           "is none of SHA-256, SHA-384 and SHA-512");
}

static gboolean
parse_digests (MdocMso *self, MdocCborItem item, GError **error)
{
  gsize hash_len = mdoc_hash_get_len (self->hash);
  MdocCborItem key, value;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_map (item,
                           "DigestIDs of a name space",
                           MDOC_MSO_MAX_DIGESTS - self->digests->len,
                           &iter,
                           error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      guint64 id;
      MdocSpan digest;
      MdocMsoDigestEntry entry;

      if (!mdoc_cbor_get_uint (key, "DigestID", MDOC_MAX_DIGEST_ID, &id, error)
          || !mdoc_cbor_get_bytes (value, "digest", hash_len, &digest, error))
        return FALSE;
      if (digest.len != hash_len)
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "digest",
                                 "is shorter than its algorithm's");

      entry = (MdocMsoDigestEntry){ (guint32) id, digest.data };
      g_array_append_val (self->digests, entry);
    }

  return TRUE;
}

static gboolean
parse_value_digests (MdocMso *self, MdocCborItem item, GError **error)
{
  MdocCborItem key, value;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_map (item,
                           "valueDigests",
                           MDOC_ISSUER_SIGNED_MAX_NAME_SPACES,
                           &iter,
                           error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      MdocMsoNameSpace name_space = { .first = self->digests->len };

      name_space.name = mdoc_cbor_dup_text (key,
                                            "name space in valueDigests",
                                            MDOC_MAX_NAME_LEN,
                                            error);
      if (name_space.name == NULL)
        return FALSE;

      g_array_append_val (self->name_spaces, name_space);
      if (!parse_digests (self, value, error))
        return FALSE;
      g_array_index (self->name_spaces,
                     MdocMsoNameSpace,
                     self->name_spaces->len - 1)
          .n_digests
          = self->digests->len - name_space.first;
    }

  return TRUE;
}

/* That each member is a clean text; how many are left is counted in @n_left. */
static gboolean
check_names (MdocCborItem item, const char *what, guint *n_left, GError **error)
{
  MdocCborIter iter;
  MdocSpan name;

  if (!mdoc_cbor_iter_array (item, what, *n_left, &iter, error))
    return FALSE;

  *n_left -= (guint) mdoc_cbor_iter_get_n_left (&iter);
  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    if (!mdoc_cbor_get_text (mdoc_cbor_iter_next (&iter),
                             what,
                             MDOC_MAX_NAME_LEN,
                             &name,
                             error))
      return FALSE;

  return TRUE;
}

static gboolean
is_there (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT;
}

static gboolean
parse_key_authorizations (MdocMso *self, MdocCborItem item, GError **error)
{
  guint n_left = MDOC_MSO_MAX_AUTHORIZATIONS;
  MdocCborItem key, value;
  MdocCborIter iter;
  MdocSpan name;

  if (!mdoc_cbor_require_map (item, "keyAuthorizations", error))
    return FALSE;

  self->authorized_name_spaces = mdoc_cbor_map_lookup (item, "nameSpaces");
  if (is_there (self->authorized_name_spaces)
      && !check_names (self->authorized_name_spaces,
                       "nameSpaces of keyAuthorizations",
                       &n_left,
                       error))
    return FALSE;

  self->authorized_elements = mdoc_cbor_map_lookup (item, "dataElements");
  if (!is_there (self->authorized_elements))
    return TRUE;

  if (!mdoc_cbor_iter_map (self->authorized_elements,
                           "dataElements of keyAuthorizations",
                           MDOC_ISSUER_SIGNED_MAX_NAME_SPACES,
                           &iter,
                           error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    if (!mdoc_cbor_get_text (key,
                             "name space in keyAuthorizations",
                             MDOC_MAX_NAME_LEN,
                             &name,
                             error)
        || !check_names (value,
                         "dataElements of keyAuthorizations",
                         &n_left,
                         error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_device_key_info (MdocMso *self, MdocCborItem item, GError **error)
{
  MdocCborItem authorizations;

  if (!mdoc_cbor_require_map (item, "deviceKeyInfo", error))
    return FALSE;

  /* A key of a curve that we lack is no reason not to read the rest: whoever
   * needs the key will learn why it is not there. */
  self->device_key = mdoc_cose_key_parse (mdoc_cbor_map_lookup (item,
                                                                "deviceKey"),
                                          "deviceKey",
                                          TRUE,
                                          &self->device_key_error);
  if (self->device_key == NULL
      && self->device_key_error->domain == MDOC_CBOR_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&self->device_key_error));
      return FALSE;
    }

  authorizations = mdoc_cbor_map_lookup (item, "keyAuthorizations");
  return !is_there (authorizations)
         || parse_key_authorizations (self, authorizations, error);
}

static gboolean
parse_validity (MdocMso *self, MdocCborItem item, GError **error)
{
  MdocCborItem expected_update;

  if (!mdoc_cbor_require_map (item, "validityInfo", error)
      || !mdoc_cbor_get_time (mdoc_cbor_map_lookup (item, "signed"),
                              "signed",
                              &self->signed_unix_s,
                              error)
      || !mdoc_cbor_get_time (mdoc_cbor_map_lookup (item, "validFrom"),
                              "validFrom",
                              &self->valid_from_unix_s,
                              error)
      || !mdoc_cbor_get_time (mdoc_cbor_map_lookup (item, "validUntil"),
                              "validUntil",
                              &self->valid_until_unix_s,
                              error))
    return FALSE;

  expected_update = mdoc_cbor_map_lookup (item, "expectedUpdate");
  self->has_expected_update = is_there (expected_update);
  return !self->has_expected_update
         || mdoc_cbor_get_time (expected_update,
                                "expectedUpdate",
                                &self->expected_update_unix_s,
                                error);
}

/* The members that both kinds of list have. */
static gboolean
parse_list (MdocCborItem item,
            MdocMsoStatus *ret_status,
            char **ret_uri,
            GError **error)
{
  MdocCborItem certificate = mdoc_cbor_map_lookup (item, "certificate");

  *ret_uri = mdoc_cbor_dup_text (mdoc_cbor_map_lookup (item, "uri"),
                                 "uri of the status",
                                 MAX_URI_LEN,
                                 error);
  if (*ret_uri == NULL)
    return FALSE;

  ret_status->uri = *ret_uri;
  return !is_there (certificate)
         || mdoc_cbor_get_bytes (certificate,
                                 "certificate of the status",
                                 MDOC_CERTIFICATE_MAX_BYTES,
                                 &ret_status->certificate,
                                 error);
}

static gboolean
parse_status (MdocMso *self, MdocCborItem item, GError **error)
{
  MdocCborItem list;

  if (!mdoc_cbor_require_map (item, "status", error))
    return FALSE;

  list = mdoc_cbor_map_lookup (item, "status_list");
  if (is_there (list))
    {
      self->status_list.kind = MDOC_MSO_STATUS_LIST;
      if (!mdoc_cbor_get_uint (mdoc_cbor_map_lookup (list, "idx"),
                               "idx of the status",
                               G_MAXUINT64,
                               &self->status_list.idx,
                               error)
          || !parse_list (list,
                          &self->status_list,
                          &self->status_list_uri,
                          error))
        return FALSE;
    }

  list = mdoc_cbor_map_lookup (item, "identifier_list");
  if (!is_there (list))
    return TRUE;

  self->identifier_list.kind = MDOC_MSO_STATUS_IDENTIFIER_LIST;
  return mdoc_cbor_get_bytes (mdoc_cbor_map_lookup (list, "id"),
                              "id of the status",
                              MAX_IDENTIFIER_LEN,
                              &self->identifier_list.id,
                              error)
         && parse_list (list,
                        &self->identifier_list,
                        &self->identifier_list_uri,
                        error);
}

static void
clear_name_space (gpointer data)
{
  MdocMsoNameSpace *name_space = data;

  g_free (name_space->name);
}

static MdocMso *
mso_new (MdocSpan encoded)
{
  MdocMso *self = g_new0 (MdocMso, 1);

  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_memdup2 (encoded.data, encoded.len);
  self->encoded_len = encoded.len;
  self->name_spaces = g_array_new (FALSE, FALSE, sizeof (MdocMsoNameSpace));
  g_array_set_clear_func (self->name_spaces, clear_name_space);
  self->digests = g_array_sized_new (FALSE,
                                     FALSE,
                                     sizeof (MdocMsoDigestEntry),
                                     64);
  return self;
}

/**
 * mdoc_mso_parse:
 * @encoded: an encoded MobileSecurityObject: the content of the tag 24 byte
 *   string in the payload of IssuerAuth
 * @error: return location for a #MdocCborError
 *
 * Parses what an issuer signed. The bytes are copied. Keys that the standard
 * does not define are skipped, and a status of null counts as none, since
 * wallets in the field write it. A device key that is of no curve we support,
 * or no point of its curve, does not make this fail.
 *
 * Returns: (transfer full): the object, or %NULL with @error set
 */
MdocMso *
mdoc_mso_parse (MdocSpan encoded, GError **error)
{
  g_autoptr (MdocMso) self = NULL;
  MdocCborItem root, status;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = mso_new (encoded);
  if (!mdoc_cbor_open (MDOC_SPAN (self->encoded, self->encoded_len),
                       &limits,
                       &root,
                       error)
      || !mdoc_cbor_require_map (root, "MobileSecurityObject", error)
      || !mdoc_version_parse (mdoc_cbor_map_lookup (root, "version"),
                              "version of the MSO",
                              NULL,
                              error)
      || !parse_hash (self,
                      mdoc_cbor_map_lookup (root, "digestAlgorithm"),
                      error)
      || !parse_value_digests (self,
                               mdoc_cbor_map_lookup (root, "valueDigests"),
                               error)
      || !parse_device_key_info (self,
                                 mdoc_cbor_map_lookup (root, "deviceKeyInfo"),
                                 error)
      || !parse_validity (self,
                          mdoc_cbor_map_lookup (root, "validityInfo"),
                          error))
    return NULL;

  self->doc_type = mdoc_cbor_dup_text (mdoc_cbor_map_lookup (root, "docType"),
                                       "docType of the MSO",
                                       MDOC_MAX_NAME_LEN,
                                       error);
  if (self->doc_type == NULL)
    return NULL;

  status = mdoc_cbor_map_lookup (root, "status");
  if (is_there (status) && mdoc_cbor_get_kind (status) != MDOC_CBOR_KIND_NULL
      && !parse_status (self, status, error))
    return NULL;

  return g_steal_pointer (&self);
}
