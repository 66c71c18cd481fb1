/*
 * mdoc-reader-lists.c - status lists: fetched, kept, and judged
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-lists.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "net/mdoc-http.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-status.h"

#define FETCH_TIMEOUT_MS 15000
#define ACCEPT_LIST                                                            \
  "application/statuslist+cwt, application/statuslist+jwt;q=0.9"

struct _MdocReaderLists
{
  char *cache;          /* nullable */
  MdocHttpClient *http; /* nullable: offline */
  GHashTable *fetched;  /* of MdocStatusToken, by address */
};

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error,
                       MDOC_READER_ERROR,
                       (gint) MDOC_READER_ERROR_LIST,
                       reason);
  return FALSE;
}

/**
 * mdoc_reader_lists_new:
 * @cache: (nullable): a folder where lists are kept
 * @ca_pem: (nullable): whom to trust
 * @is_offline: whether nothing is fetched
 * @error: return location for a #MdocHttpError
 *
 * Returns: (transfer full): no lists yet, or %NULL with @error set
 */
MdocReaderLists *
mdoc_reader_lists_new (const char *cache,
                       const char *ca_pem,
                       gboolean is_offline,
                       GError **error)
{
  g_autoptr (MdocReaderLists) self = g_new0 (MdocReaderLists, 1);
  const MdocHttpConfig config = { .anchors_pem = ca_pem,
                                  .allow_plain_loopback = TRUE,
                                  .timeout_ms = FETCH_TIMEOUT_MS };

  self->cache = g_strdup (cache);
  self->fetched = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         (GDestroyNotify)
                                             mdoc_status_token_unref);
  if (!is_offline)
    {
      self->http = mdoc_http_client_new (&config, error);
      if (self->http == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * mdoc_reader_lists_free:
 * @self: (nullable) (transfer full): lists
 */
void
mdoc_reader_lists_free (MdocReaderLists *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->http, mdoc_http_client_unref);
  g_hash_table_unref (self->fetched);
  g_free (self->cache);
  g_free (self);
}

/* --- does it hold? --- */

static gboolean
is_valid_at (MdocCertificate *certificate, gint64 at_unix_s)
{
  return mdoc_certificate_get_not_before (certificate) <= at_unix_s
         && at_unix_s <= mdoc_certificate_get_not_after (certificate);
}

static gboolean
is_same (MdocCertificate *a, MdocCertificate *b)
{
  return g_bytes_equal (mdoc_certificate_get_der (a),
                        mdoc_certificate_get_der (b));
}

/* The key usage of who signs lists is left open by the draft of the second
 * edition (12.3.6), but not who has to have signed the top of the chain. */
static gboolean
check_chain (GPtrArray *chain,
             MdocCertificate *anchor,
             gint64 at_unix_s,
             GError **error)
{
  if (chain == NULL || chain->len == 0)
    return refuse (error, "The status list does not say who signed it");
  for (guint i = 0; i < chain->len; i++)
    {
      MdocCertificate *certificate = g_ptr_array_index (chain, i);
      MdocCertificate *issuer = i + 1 < chain->len
                                    ? g_ptr_array_index (chain, i + 1)
                                    : anchor;
      gboolean is_signed;

      if (!is_valid_at (certificate, at_unix_s))
        return refuse (error,
                       "A certificate of the status list is not valid now");
      if (i > 0 && i + 1 == chain->len && is_same (certificate, anchor))
        return TRUE;
      if (!mdoc_certificate_is_signed_by (certificate,
                                          issuer,
                                          &is_signed,
                                          error))
        return FALSE;
      if (!is_signed)
        return refuse (error,
                       "The status list is not of the issuer's authority");
    }
  return TRUE;
}

static gboolean
check_signature (MdocStatusToken *token, GError **error)
{
  GPtrArray *chain = mdoc_status_token_get_chain (token);
  MdocPublicKey *key = mdoc_certificate_get_public_key (
      g_ptr_array_index (chain, 0));
  gboolean is_valid;

  if (key == NULL)
    return refuse (error, "The status list is signed by a key we cannot read");
  if (!mdoc_status_token_verify (token, key, &is_valid, error))
    return FALSE;
  return is_valid ? TRUE
                  : refuse (error, "The status list's signature is wrong");
}

static gboolean
check (MdocStatusToken *token,
       const char *uri,
       gboolean is_identifier_list,
       MdocCertificate *anchor,
       gint64 at_unix_s,
       GError **error)
{
  const MdocStatusClaims *claims = mdoc_status_token_get_claims (token);

  if ((claims->identifiers != NULL) != is_identifier_list)
    return refuse (error, "The status list is of another kind");
  if (!check_chain (mdoc_status_token_get_chain (token),
                    anchor,
                    at_unix_s,
                    error)
      || !check_signature (token, error))
    return FALSE;
  switch (mdoc_status_token_check (token,
                                   uri,
                                   at_unix_s,
                                   MDOC_READER_STATUS_MAX_SKEW_S))
    {
    case MDOC_STATUS_TOKEN_OK:
      return TRUE;
    case MDOC_STATUS_TOKEN_URI:
      return refuse (error, "The status list is of another address");
    case MDOC_STATUS_TOKEN_FUTURE:
      return refuse (error, "The status list was made later");
    case MDOC_STATUS_TOKEN_EXPIRED:
    default:
      return refuse (error, "The status list holds no more");
    }
}

/* a JWT is three parts of base64url, which no CBOR of a COSE_Sign1 begins as */
static MdocStatusToken *
parse (GBytes *bytes, GError **error)
{
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  g_autofree char *text = NULL;

  if (len > MDOC_STATUS_TOKEN_MAX_BYTES || len == 0)
    {
      refuse (error, "The status list is empty, or too long");
      return NULL;
    }
  if (data[0] != 'e')
    return mdoc_status_token_parse_cwt (bytes, error);
  text = g_strndup (data, len);
  return mdoc_status_token_parse_jwt (text, error);
}

/* --- what was kept --- */

static char *
dup_cache_path (MdocReaderLists *self,
                const char *uri,
                gboolean is_identifier_list)
{
  const MdocSpan parts[] = { mdoc_span_from_text (is_identifier_list ? "idl "
                                                                     : "tsl "),
                             mdoc_span_from_text (uri) };
  guint8 digest[MDOC_HASH_MAX_LEN];
  g_autofree char *name = NULL;

  if (self->cache == NULL)
    return NULL;
  mdoc_hash_compute (MDOC_HASH_SHA256, parts, G_N_ELEMENTS (parts), digest);
  name = mdoc_hex_encode (
      MDOC_SPAN (digest, mdoc_hash_get_len (MDOC_HASH_SHA256)));
  return g_build_filename (self->cache, name, NULL);
}

static MdocStatusToken *
load (const char *path, gint64 *ret_fetched_at_s)
{
  GStatBuf info;
  g_autoptr (GBytes) bytes = NULL;

  if (path == NULL || g_stat (path, &info) != 0)
    return NULL;
  bytes = mdoc_file_read (path, MDOC_STATUS_TOKEN_MAX_BYTES, NULL);
  *ret_fetched_at_s = (gint64) info.st_mtime;
  return bytes == NULL ? NULL : parse (bytes, NULL);
}

/* that it cannot be kept is no reason not to use it */
static void
save (MdocReaderLists *self, const char *path, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  if (g_mkdir_with_parents (self->cache, 0700) != 0
      || !mdoc_file_write (path,
                           mdoc_span_from_bytes (bytes),
                           MDOC_FILE_PRIVATE | MDOC_FILE_REPLACE,
                           &error))
    g_printerr ("mdoc-reader: a status list cannot be kept in %s\n",
                self->cache);
}

/* --- fetching --- */

static GBytes *
fetch (MdocReaderLists *self,
       const char *uri,
       gboolean is_identifier_list,
       GError **error)
{
  const char *const headers[] = { "Accept",
                                  is_identifier_list ? MDOC_IDENTIFIER_LIST_TYPE
                                                     : ACCEPT_LIST,
                                  NULL };
  const MdocHttpRequest request = { .uri = uri,
                                    .headers = headers,
                                    .max_bytes = MDOC_STATUS_TOKEN_MAX_BYTES };
  g_autoptr (GError) failure = NULL;
  g_autoptr (MdocHttpResponse) response = mdoc_http_client_send (self->http,
                                                                 &request,
                                                                 &failure);

  if (response == NULL)
    {
      refuse (error, failure->message);
      return NULL;
    }
  if (response->status != 200)
    {
      g_autofree char *reason
          = g_strdup_printf ("The status list is not to be had: status %u",
                             response->status);

      refuse (error, reason);
      return NULL;
    }
  return g_bytes_ref (response->body);
}

static MdocStatusToken *
fetch_and_check (MdocReaderLists *self,
                 const char *uri,
                 gboolean is_identifier_list,
                 MdocCertificate *anchor,
                 gint64 at_unix_s,
                 GBytes **ret_bytes,
                 GError **error)
{
  g_autoptr (GBytes) bytes = fetch (self, uri, is_identifier_list, error);
  g_autoptr (MdocStatusToken) token = NULL;

  if (bytes == NULL)
    return NULL;
  token = parse (bytes, error);
  if (token == NULL
      || !check (token, uri, is_identifier_list, anchor, at_unix_s, error))
    return NULL;
  *ret_bytes = g_steal_pointer (&bytes);
  return g_steal_pointer (&token);
}

static gboolean
is_older (MdocStatusToken *token, MdocStatusToken *other)
{
  return mdoc_status_token_get_claims (token)->iat_unix_s
         < mdoc_status_token_get_claims (other)->iat_unix_s;
}

static MdocStatusToken *
look (MdocReaderLists *self,
      const char *uri,
      gboolean is_identifier_list,
      MdocCertificate *anchor,
      gint64 at_unix_s,
      GError **error)
{
  g_autofree char *path = dup_cache_path (self, uri, is_identifier_list);
  gint64 fetched_at_s = 0;
  g_autoptr (MdocStatusToken) kept = load (path, &fetched_at_s);
  g_autoptr (MdocStatusToken) fresh = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) why = NULL;

  if (kept != NULL
      && !check (kept, uri, is_identifier_list, anchor, at_unix_s, NULL))
    g_clear_pointer (&kept, mdoc_status_token_unref);
  if (kept != NULL
      && (self->http == NULL
          || (fetched_at_s <= at_unix_s
              && at_unix_s
                     < mdoc_status_token_get_refresh (kept, fetched_at_s))))
    return g_steal_pointer (&kept);
  if (self->http == NULL)
    {
      refuse (error, "No status list was kept that holds now");
      return NULL;
    }

  fresh = fetch_and_check (self,
                           uri,
                           is_identifier_list,
                           anchor,
                           at_unix_s,
                           &bytes,
                           &why);
  /* who puts an old list in place of a new one does not get far with us */
  if (kept != NULL && (fresh == NULL || is_older (fresh, kept)))
    return g_steal_pointer (&kept);
  if (fresh == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  save (self, path, bytes);
  return g_steal_pointer (&fresh);
}

/**
 * mdoc_reader_lists_get:
 * @self: lists
 * @uri: where the list is
 * @is_identifier_list: which kind it is
 * @anchor: who has to have signed the top of its chain
 * @at_unix_s: when it has to hold
 * @error: return location for %MDOC_READER_ERROR_LIST
 *
 * What was kept is used until it says that it should be fetched anew; and until
 * it holds no more, where that is not possible.
 *
 * Returns: (transfer full): the list, or %NULL with @error set
 */
MdocStatusToken *
mdoc_reader_lists_get (MdocReaderLists *self,
                       const char *uri,
                       gboolean is_identifier_list,
                       MdocCertificate *anchor,
                       gint64 at_unix_s,
                       GError **error)
{
  g_autofree char *name = g_strconcat (is_identifier_list ? "idl " : "tsl ",
                                       uri,
                                       NULL);
  MdocStatusToken *found = g_hash_table_lookup (self->fetched, name);

  if (found == NULL)
    {
      found = look (self, uri, is_identifier_list, anchor, at_unix_s, error);
      if (found == NULL)
        return NULL;
      g_hash_table_insert (self->fetched, g_steal_pointer (&name), found);
    }
  /* another document may have another authority */
  return check (found, uri, is_identifier_list, anchor, at_unix_s, error)
             ? mdoc_status_token_ref (found)
             : NULL;
}
