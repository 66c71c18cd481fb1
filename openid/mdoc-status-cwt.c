/*
 * mdoc-status-cwt.c - the CBOR of signed lists of what is revoked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-status-cwt.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "openid/mdoc-json.h"

#define TAG_SIGN1      18
#define HEADER_ALG     1
#define HEADER_TYPE    16 /* RFC 9596 */
#define HEADER_X5CHAIN 33 /* RFC 9360 */

#define CLAIM_SUB             2
#define CLAIM_EXP             4
#define CLAIM_IAT             6
#define CLAIM_IDENTIFIER_LIST 65530
#define CLAIM_STATUS_LIST     65533
#define CLAIM_TTL             65534

/* An identifier takes two items, so these are almost all. */
static const MdocCborLimits limits = {
  .max_bytes = MDOC_STATUS_TOKEN_MAX_BYTES,
  .max_depth = 6,
  .max_items = 2 * MDOC_STATUS_MAX_IDENTIFIERS + 256
};

static gboolean
read_uri (MdocCborItem item, const char *what, const char **ret, GError **error)
{
  *ret = mdoc_cbor_dup_text (item, what, MDOC_STATUS_MAX_URI_LEN, error);
  return *ret != NULL;
}

static gboolean
find_uri (MdocCborItem item, const char *what, const char **ret, GError **error)
{
  return mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_ABSENT
         || read_uri (item, what, ret, error);
}

/* NumericDate of RFC 8392; absent: 0 */
static gboolean
find_number (MdocCborItem item,
             const char *what,
             gint64 max,
             gint64 *ret_value,
             GError **error)
{
  guint64 value = 0;

  if (mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT
      && !mdoc_cbor_get_uint (item, what, (guint64) max, &value, error))
    return FALSE;
  *ret_value = (gint64) value;
  return TRUE;
}

/*   { "bits" => uint, "lst" => bstr, ? "aggregation_uri" => tstr } */
static gboolean
read_list (MdocStatusClaims *claims, MdocCborItem map, GError **error)
{
  MdocSpan compressed;
  guint64 bits;

  if (!mdoc_cbor_require_map (map, "status list", error)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup (map, "bits"),
                              "bits",
                              8,
                              &bits,
                              error)
      || !mdoc_cbor_get_bytes (mdoc_cbor_map_lookup (map, "lst"),
                               "lst",
                               MDOC_STATUS_TOKEN_MAX_BYTES,
                               &compressed,
                               error)
      || !find_uri (mdoc_cbor_map_lookup (map, "aggregation_uri"),
                    "aggregation_uri",
                    &claims->aggregation_uri,
                    error))
    return FALSE;
  claims->list = mdoc_status_list_inflate ((guint) bits, compressed, error);
  return claims->list != NULL;
}

/*   { "identifiers" => { * bstr => IdentifierInfo },
 *     ? "aggregation_uri" => tstr }
 *
 * IdentifierInfo is a map in which nothing stands yet, and is not looked at. */
static gboolean
read_identifiers (MdocStatusClaims *claims, MdocCborItem map, GError **error)
{
  MdocCborItem key, value;
  MdocCborIter iter;

  if (!mdoc_cbor_require_map (map, "identifier list", error)
      || !find_uri (mdoc_cbor_map_lookup (map, "aggregation_uri"),
                    "aggregation_uri",
                    &claims->aggregation_uri,
                    error)
      || !mdoc_cbor_iter_map (mdoc_cbor_map_lookup (map, "identifiers"),
                              "identifiers",
                              MDOC_STATUS_MAX_IDENTIFIERS,
                              &iter,
                              error))
    return FALSE;

  claims->identifiers = mdoc_status_identifiers_new ();
  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      MdocSpan identifier;

      if (!mdoc_cbor_get_bytes (key,
                                "identifier",
                                MDOC_STATUS_MAX_IDENTIFIER_LEN,
                                &identifier,
                                error)
          || !mdoc_cbor_require_map (value, "identifier info", error))
        return FALSE;
      g_hash_table_add (claims->identifiers, mdoc_span_dup (identifier));
    }
  return TRUE;
}

static gboolean
read_claims (MdocStatusClaims *claims,
             MdocCborItem map,
             gboolean is_identifier_list,
             GError **error)
{
  if (!mdoc_cbor_require_map (map, "status token", error)
      || !read_uri (mdoc_cbor_map_lookup_int (map, CLAIM_SUB),
                    "sub",
                    &claims->uri,
                    error))
    return FALSE;
  if (mdoc_cbor_get_kind (mdoc_cbor_map_lookup_int (map, CLAIM_IAT))
      == MDOC_CBOR_KIND_ABSENT)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "iat",
                             "is missing");
  if (!find_number (mdoc_cbor_map_lookup_int (map, CLAIM_IAT),
                    "iat",
                    MDOC_JSON_MAX_TIME,
                    &claims->iat_unix_s,
                    error)
      || !find_number (mdoc_cbor_map_lookup_int (map, CLAIM_EXP),
                       "exp",
                       MDOC_JSON_MAX_TIME,
                       &claims->exp_unix_s,
                       error)
      || !find_number (mdoc_cbor_map_lookup_int (map, CLAIM_TTL),
                       "ttl",
                       MDOC_STATUS_MAX_TTL_S,
                       &claims->ttl_s,
                       error))
    return FALSE;

  if (is_identifier_list)
    return read_identifiers (claims,
                             mdoc_cbor_map_lookup_int (map,
                                                       CLAIM_IDENTIFIER_LIST),
                             error);
  return read_list (claims,
                    mdoc_cbor_map_lookup_int (map, CLAIM_STATUS_LIST),
                    error);
}

/* Up to draft 7 the type stood there without "application/", and the draft of
 * ISO prints it so. */
static gboolean
is_type (MdocSpan type, const char *name)
{
  return mdoc_span_equals_text (type, name)
         || mdoc_span_equals_text (type, strchr (name, '/') + 1);
}

static gboolean
read_type (const MdocSign1 *sign1,
           gboolean *ret_is_identifier_list,
           GError **error)
{
  MdocSpan type;

  if (!mdoc_cbor_get_text (mdoc_cbor_map_lookup_int (sign1->protected_map,
                                                     HEADER_TYPE),
                           "type of status token",
                           128,
                           &type,
                           error))
    return FALSE;
  *ret_is_identifier_list = is_type (type, MDOC_IDENTIFIER_LIST_TYPE);
  return *ret_is_identifier_list || is_type (type, MDOC_STATUS_LIST_CWT_TYPE)
         || mdoc_cbor_refuse (error,
                              MDOC_CBOR_ERROR_SCHEMA,
                              "type of status token",
                              "is that of something else");
}

gboolean
mdoc_status_cwt_parse (MdocSpan encoded,
                       MdocSign1 *ret_sign1,
                       MdocStatusClaims *ret_claims,
                       GError **error)
{
  gboolean is_identifier_list;
  MdocCborItem item, claims;

  if (!mdoc_cbor_open (encoded, &limits, &item, error)
      || !mdoc_sign1_parse (item, "status token", ret_sign1, error)
      || !read_type (ret_sign1, &is_identifier_list, error))
    return FALSE;
  if (!ret_sign1->has_payload)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "status token",
                             "has no payload");
  return mdoc_cbor_open (ret_sign1->payload, &limits, &claims, error)
         && read_claims (ret_claims, claims, is_identifier_list, error);
}

/* In the protected header, where ISO wants the chain, the type as well. */
static GBytes *
write_header (MdocAlg alg, const char *type, GPtrArray *chain)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (1024);
  guint n = chain != NULL ? chain->len : 0;

  mdoc_cbor_writer_begin_map (writer, n > 0 ? 3 : 2);
  mdoc_cbor_writer_put_int (writer, HEADER_ALG);
  mdoc_cbor_writer_put_int (writer, (gint64) alg);
  mdoc_cbor_writer_put_int (writer, HEADER_TYPE);
  mdoc_cbor_writer_put_text (writer, type);
  if (n > 0)
    mdoc_cbor_writer_put_int (writer, HEADER_X5CHAIN);
  if (n > 1)
    mdoc_cbor_writer_begin_array (writer, n);
  for (guint i = 0; i < n; i++)
    mdoc_cbor_writer_put_bytes (writer,
                                mdoc_span_from_bytes (mdoc_certificate_get_der (
                                    chain->pdata[i])));
  return mdoc_cbor_writer_finish (writer);
}

static void
put_aggregation_uri (MdocCborWriter *writer, const MdocStatusClaims *claims)
{
  if (claims->aggregation_uri == NULL)
    return;
  mdoc_cbor_writer_put_text (writer, "aggregation_uri");
  mdoc_cbor_writer_put_text (writer, claims->aggregation_uri);
}

static gint
compare_bytes (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

/* In order, so that equal sets give equal bytes, and the order in which they
 * were revoked stays with us. */
static void
put_identifiers (MdocCborWriter *writer, const MdocStatusClaims *claims)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, claims->identifiers);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (sorted, key);
  g_ptr_array_sort (sorted, compare_bytes);

  mdoc_cbor_writer_put_int (writer, CLAIM_IDENTIFIER_LIST);
  mdoc_cbor_writer_begin_map (writer, claims->aggregation_uri != NULL ? 2 : 1);
  mdoc_cbor_writer_put_text (writer, "identifiers");
  mdoc_cbor_writer_begin_map (writer, sorted->len);
  for (guint i = 0; i < sorted->len; i++)
    {
      mdoc_cbor_writer_put_bytes (writer,
                                  mdoc_span_from_bytes (sorted->pdata[i]));
      mdoc_cbor_writer_begin_map (writer, 0);
    }
  put_aggregation_uri (writer, claims);
}

static void
put_list (MdocCborWriter *writer, const MdocStatusClaims *claims)
{
  g_autoptr (GBytes) compressed = mdoc_status_list_deflate (claims->list);

  mdoc_cbor_writer_put_int (writer, CLAIM_STATUS_LIST);
  mdoc_cbor_writer_begin_map (writer, claims->aggregation_uri != NULL ? 3 : 2);
  mdoc_cbor_writer_put_text (writer, "bits");
  mdoc_cbor_writer_put_uint (writer, mdoc_status_list_get_bits (claims->list));
  mdoc_cbor_writer_put_text (writer, "lst");
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (compressed));
  put_aggregation_uri (writer, claims);
}

static GBytes *
write_claims (const MdocStatusClaims *claims)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (1024);

  mdoc_cbor_writer_begin_map (writer,
                              3u + (claims->exp_unix_s != 0)
                                  + (claims->ttl_s != 0));
  mdoc_cbor_writer_put_int (writer, CLAIM_SUB);
  mdoc_cbor_writer_put_text (writer, claims->uri);
  mdoc_cbor_writer_put_int (writer, CLAIM_IAT);
  mdoc_cbor_writer_put_int (writer, claims->iat_unix_s);
  if (claims->exp_unix_s != 0)
    {
      mdoc_cbor_writer_put_int (writer, CLAIM_EXP);
      mdoc_cbor_writer_put_int (writer, claims->exp_unix_s);
    }
  if (claims->ttl_s != 0)
    {
      mdoc_cbor_writer_put_int (writer, CLAIM_TTL);
      mdoc_cbor_writer_put_int (writer, claims->ttl_s);
    }
  if (claims->identifiers != NULL)
    put_identifiers (writer, claims);
  else
    put_list (writer, claims);
  return mdoc_cbor_writer_finish (writer);
}

/* Sig_structure of RFC 9052, 4.4 */
static GBytes *
write_to_be_signed (GBytes *header, GBytes *payload)
{
  g_autoptr (MdocCborWriter) writer = NULL;

  writer = mdoc_cbor_writer_new (g_bytes_get_size (header)
                                 + g_bytes_get_size (payload) + 64);
  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_text (writer, "Signature1");
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (header));
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (NULL, 0));
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (payload));
  return mdoc_cbor_writer_finish (writer);
}

/**
 * mdoc_status_token_write_cwt:
 * @claims: what to publish; of which kind, its members say
 * @key: the publisher's key
 * @chain: (nullable) (element-type MdocCertificate): its certificates
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): a COSE_Sign1 with its tag, or %NULL with @error set
 */
GBytes *
mdoc_status_token_write_cwt (const MdocStatusClaims *claims,
                             MdocKey *key,
                             GPtrArray *chain,
                             GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (mdoc_key_get_public (key));
  g_autoptr (MdocCborWriter) writer = NULL;
  g_autoptr (GBytes) header = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) to_be_signed = NULL;
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize signature_len;
  MdocSpan part;

  g_return_val_if_fail ((claims->list == NULL) != (claims->identifiers == NULL),
                        NULL);
  g_return_val_if_fail (mdoc_curve_can_sign (curve), NULL);

  header = write_header (mdoc_curve_get_alg (curve),
                         claims->identifiers != NULL
                             ? MDOC_IDENTIFIER_LIST_TYPE
                             : MDOC_STATUS_LIST_CWT_TYPE,
                         chain);
  payload = write_claims (claims);
  to_be_signed = write_to_be_signed (header, payload);
  part = mdoc_span_from_bytes (to_be_signed);
  if (!mdoc_key_sign (key,
                      mdoc_curve_get_alg (curve),
                      &part,
                      1,
                      signature,
                      &signature_len,
                      error))
    return NULL;

  writer = mdoc_cbor_writer_new (part.len + 256);
  mdoc_cbor_writer_put_tag (writer, TAG_SIGN1);
  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (header));
  mdoc_cbor_writer_begin_map (writer, 0);
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (payload));
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (signature, signature_len));
  return mdoc_cbor_writer_finish (writer);
}
