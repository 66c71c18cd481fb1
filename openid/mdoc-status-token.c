/*
 * mdoc-status-token.c - signed lists of what is revoked, of both kinds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-status-token.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cose.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-status-cwt.h"

/* Identifiers alone are many; each takes two items. */
static const MdocJsonLimits json_limits = {
  .max_bytes = MDOC_STATUS_TOKEN_MAX_BYTES,
  .max_depth = 4,
  .max_values = 64
};

struct _MdocStatusToken
{
  gatomicrefcount ref_count;
  MdocStatusClaims claims;
  GPtrArray *chain;
  MdocJws *jws;    /* either this */
  GBytes *encoded; /* or this, into which sign1 points */
  MdocSign1 sign1;
};

static void
claims_clear (MdocStatusClaims *claims)
{
  g_free ((char *) (gsize) claims->uri);
  g_free ((char *) (gsize) claims->aggregation_uri);
  mdoc_status_list_unref (claims->list);
  g_clear_pointer (&claims->identifiers, g_hash_table_unref);
}

static MdocStatusToken *
token_new (void)
{
  MdocStatusToken *self = g_new0 (MdocStatusToken, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

MdocStatusToken *
mdoc_status_token_ref (MdocStatusToken *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_status_token_unref (MdocStatusToken *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  claims_clear (&self->claims);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  mdoc_jws_unref (self->jws);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self);
}

const MdocStatusClaims *
mdoc_status_token_get_claims (MdocStatusToken *self)
{
  return &self->claims;
}

GPtrArray *
mdoc_status_token_get_chain (MdocStatusToken *self)
{
  return self->chain;
}

GHashTable *
mdoc_status_identifiers_new (void)
{
  return g_hash_table_new_full (g_bytes_hash,
                                g_bytes_equal,
                                (GDestroyNotify) g_bytes_unref,
                                NULL);
}

/*   status_list: { bits, lst, ? aggregation_uri } */
static gboolean
read_json_list (MdocStatusClaims *claims, JsonObject *object, GError **error)
{
  JsonObject *list = mdoc_json_get_object (object, "status_list", error);
  g_autoptr (GBytes) compressed = NULL;
  const char *lst, *uri;
  gint64 bits;

  if (list == NULL || !mdoc_json_get_int (list, "bits", 1, 8, &bits, error)
      || !mdoc_json_find_text (list,
                               "aggregation_uri",
                               MDOC_STATUS_MAX_URI_LEN,
                               &uri,
                               error))
    return FALSE;
  lst = mdoc_json_get_text (list, "lst", MDOC_STATUS_TOKEN_MAX_BYTES, error);
  if (lst == NULL)
    return FALSE;
  compressed = mdoc_jose_decode_part (mdoc_span_from_text (lst),
                                      "lst",
                                      MDOC_STATUS_TOKEN_MAX_BYTES,
                                      error);
  if (compressed == NULL)
    return FALSE;

  claims->aggregation_uri = g_strdup (uri);
  claims->list = mdoc_status_list_inflate ((guint) bits,
                                           mdoc_span_from_bytes (compressed),
                                           error);
  return claims->list != NULL;
}

/**
 * mdoc_status_token_parse_jwt:
 * @compact: a token of type statuslist+jwt
 * @error: return location for the error
 *
 * Returns: (transfer full): the token, or %NULL with @error set
 */
MdocStatusToken *
mdoc_status_token_parse_jwt (const char *compact, GError **error)
{
  g_autoptr (MdocStatusToken) self = token_new ();
  g_autoptr (MdocJwt) jwt = NULL;
  MdocStatusClaims *claims = &self->claims;
  JsonObject *object;
  const char *uri;

  jwt = mdoc_jwt_parse (compact,
                        MDOC_STATUS_LIST_JWT_TYPE,
                        &json_limits,
                        error);
  if (jwt == NULL)
    return NULL;
  object = mdoc_jwt_get_claims (jwt);
  uri = mdoc_json_get_text (object, "sub", MDOC_STATUS_MAX_URI_LEN, error);
  if (uri == NULL
      || !mdoc_json_get_time (object, "iat", &claims->iat_unix_s, error)
      || !mdoc_json_find_time (object, "exp", 0, &claims->exp_unix_s, error)
      || !mdoc_json_find_int (object,
                              "ttl",
                              1,
                              MDOC_STATUS_MAX_TTL_S,
                              0,
                              &claims->ttl_s,
                              error)
      || !read_json_list (claims, object, error))
    return NULL;

  claims->uri = g_strdup (uri);
  self->jws = mdoc_jws_ref (mdoc_jwt_get_jws (jwt));
  self->chain = mdoc_jws_dup_chain (self->jws, error);
  return self->chain != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * mdoc_status_token_parse_cwt:
 * @encoded: a COSE_Sign1, with its tag or without
 * @error: return location for the error
 *
 * Which of the two kinds it is, its type says; one without is refused.
 *
 * Returns: (transfer full): the token, or %NULL with @error set
 */
MdocStatusToken *
mdoc_status_token_parse_cwt (GBytes *encoded, GError **error)
{
  g_autoptr (MdocStatusToken) self = token_new ();

  self->encoded = g_bytes_ref (encoded);
  if (!mdoc_status_cwt_parse (mdoc_span_from_bytes (encoded),
                              &self->sign1,
                              &self->claims,
                              error))
    return NULL;
  self->chain = mdoc_sign1_dup_chain (&self->sign1, error);
  return self->chain != NULL ? g_steal_pointer (&self) : NULL;
}

gboolean
mdoc_status_token_verify (MdocStatusToken *self,
                          MdocPublicKey *key,
                          gboolean *ret_valid,
                          GError **error)
{
  if (self->jws != NULL)
    return mdoc_jws_verify (self->jws, key, ret_valid, error);
  return mdoc_sign1_verify (&self->sign1,
                            key,
                            self->sign1.payload,
                            ret_valid,
                            error);
}

/**
 * mdoc_status_token_check:
 * @self: a token whose signature holds
 * @uri: where the credential says that its list is
 * @now_unix_s: the time
 * @max_ahead_s: how far ahead of us the publisher's clock may be, in seconds
 *
 * Returns: %MDOC_STATUS_TOKEN_OK, or the first thing that does not hold
 */
MdocStatusTokenResult
mdoc_status_token_check (MdocStatusToken *self,
                         const char *uri,
                         gint64 now_unix_s,
                         gint64 max_ahead_s)
{
  const MdocStatusClaims *claims = &self->claims;

  /* lest a list of others that says nothing be put in place of this one */
  if (strcmp (claims->uri, uri) != 0)
    return MDOC_STATUS_TOKEN_URI;
  if (claims->iat_unix_s > now_unix_s + max_ahead_s)
    return MDOC_STATUS_TOKEN_FUTURE;
  if (claims->exp_unix_s != 0 && claims->exp_unix_s <= now_unix_s)
    return MDOC_STATUS_TOKEN_EXPIRED;
  return MDOC_STATUS_TOKEN_OK;
}

gint64
mdoc_status_token_get_refresh (MdocStatusToken *self, gint64 fetched_unix_s)
{
  const MdocStatusClaims *claims = &self->claims;
  gint64 refresh = G_MAXINT64;

  if (claims->ttl_s != 0)
    refresh = fetched_unix_s + claims->ttl_s;
  if (claims->exp_unix_s != 0)
    refresh = MIN (refresh, claims->exp_unix_s);
  return refresh;
}

gboolean
mdoc_status_token_has_identifier (MdocStatusToken *self, MdocSpan identifier)
{
  g_autoptr (GBytes) key = NULL;

  if (self->claims.identifiers == NULL)
    return FALSE;
  key = g_bytes_new_static (identifier.data, identifier.len);
  return g_hash_table_contains (self->claims.identifiers, key);
}

static JsonObject *
write_json_list (const MdocStatusClaims *claims)
{
  g_autoptr (GBytes) compressed = mdoc_status_list_deflate (claims->list);
  g_autofree char *lst = mdoc_base64url_encode (
      mdoc_span_from_bytes (compressed));
  JsonObject *list = json_object_new ();

  json_object_set_int_member (list,
                              "bits",
                              mdoc_status_list_get_bits (claims->list));
  json_object_set_string_member (list, "lst", lst);
  if (claims->aggregation_uri != NULL)
    json_object_set_string_member (list,
                                   "aggregation_uri",
                                   claims->aggregation_uri);
  return list;
}

/**
 * mdoc_status_token_write_jwt:
 * @claims: what to publish, with a list
 * @key: the publisher's key
 * @chain: (nullable) (element-type MdocCertificate): its certificates
 * @kid: (nullable): its name
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): the token, or %NULL with @error set
 */
char *
mdoc_status_token_write_jwt (const MdocStatusClaims *claims,
                             MdocKey *key,
                             GPtrArray *chain,
                             const char *kid,
                             GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) object = json_object_new ();

  g_return_val_if_fail (claims->list != NULL, NULL);

  json_object_set_string_member (object, "sub", claims->uri);
  json_object_set_int_member (object, "iat", claims->iat_unix_s);
  if (claims->exp_unix_s != 0)
    json_object_set_int_member (object, "exp", claims->exp_unix_s);
  if (claims->ttl_s != 0)
    json_object_set_int_member (object, "ttl", claims->ttl_s);
  json_object_set_object_member (object,
                                 "status_list",
                                 write_json_list (claims));
  header = mdoc_jws_header_new (MDOC_STATUS_LIST_JWT_TYPE, kid, NULL, chain);
  return mdoc_jwt_sign (header, object, key, error);
}
