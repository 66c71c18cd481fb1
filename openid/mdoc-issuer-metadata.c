/*
 * mdoc-issuer-metadata.c - what an issuer says of itself (OpenID4VCI 1.0, 12.2)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-issuer-metadata.h"

#include <string.h>

#include "openid/mdoc-jws.h"
#include "openid/mdoc-uri.h"

#define WELL_KNOWN "/.well-known/openid-credential-issuer"
/* ours: the standard lets issuers add members (12.2.4) */
#define WALLET_MEMBER "mdoc_wallet_endpoint"
#define MAX_ENCS      32
#define MAX_TEXT_LEN  ((gsize) 1024)

static const MdocJsonLimits limits = { .max_bytes = MDOC_METADATA_MAX_BYTES,
                                       .max_depth = 12,
                                       .max_values = 64 * 1024 };

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

/**
 * mdoc_issuer_metadata_new:
 * @issuer: its identifier
 * @credential_uri: the credential endpoint
 *
 * Returns: (transfer full): metadata with nothing else in it
 */
MdocIssuerMetadata *
mdoc_issuer_metadata_new (const char *issuer, const char *credential_uri)
{
  MdocIssuerMetadata *self = g_new0 (MdocIssuerMetadata, 1);

  self->issuer = g_strdup (issuer);
  self->credential_uri = g_strdup (credential_uri);
  self->batch_size = 1;
  self->request.keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_jwk_unref);
  self->display = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_display_free);
  self->configurations = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_configuration_free);
  return self;
}

void
mdoc_issuer_metadata_free (MdocIssuerMetadata *self)
{
  if (self == NULL)
    return;

  g_free (self->issuer);
  g_strfreev (self->servers);
  g_free (self->credential_uri);
  g_free (self->nonce_uri);
  g_free (self->deferred_uri);
  g_free (self->notification_uri);
  g_free (self->wallet_uri);
  g_clear_pointer (&self->request.keys, g_ptr_array_unref);
  g_clear_pointer (&self->display, g_ptr_array_unref);
  g_clear_pointer (&self->configurations, g_ptr_array_unref);
  g_free (self);
}

static gboolean
read_uri (JsonObject *object,
          const char *member,
          char **ret_uri,
          GError **error)
{
  const char *uri;

  if (!mdoc_json_find_text (object, member, MDOC_URI_MAX_LEN, &uri, error))
    return FALSE;
  if (uri != NULL && !mdoc_uri_is_https (uri))
    return refuse (error, member, "is no https address");
  *ret_uri = g_strdup (uri);
  return TRUE;
}

static gboolean
read_servers (MdocIssuerMetadata *self, JsonObject *object, GError **error)
{
  if (!mdoc_json_find_texts (object,
                             "authorization_servers",
                             MDOC_METADATA_MAX_SERVERS,
                             MDOC_URI_MAX_LEN,
                             &self->servers,
                             error))
    return FALSE;
  for (guint i = 0; self->servers != NULL && self->servers[i] != NULL; i++)
    if (!mdoc_uri_is_issuer (self->servers[i]))
      return refuse (error, "authorization_servers", "names no server");
  return TRUE;
}

static gboolean
read_encs (MdocEncryption *self, JsonObject *object, GError **error)
{
  g_auto (GStrv) encs = NULL;

  if (!mdoc_json_find_texts (object,
                             "enc_values_supported",
                             MAX_ENCS,
                             MAX_TEXT_LEN,
                             &encs,
                             error))
    return FALSE;
  if (encs == NULL)
    return refuse (error, "enc_values_supported", "is missing");
  for (guint i = 0; encs[i] != NULL; i++)
    {
      MdocJweEnc enc;

      if (mdoc_jwe_enc_from_name (encs[i], &enc))
        self->can[enc] = TRUE;
    }

  self->is_offered = TRUE;
  return mdoc_json_find_boolean (object,
                                 "encryption_required",
                                 FALSE,
                                 &self->is_required,
                                 error);
}

/*   credential_request_encryption: jwks, enc_values_supported,
 *   encryption_required */
static gboolean
read_request (MdocIssuerMetadata *self, JsonObject *object, GError **error)
{
  MdocEncryption *request = &self->request;
  g_autoptr (GPtrArray) set = NULL;
  JsonObject *encryption, *jwks;

  if (!mdoc_json_find_object (object,
                              "credential_request_encryption",
                              &encryption,
                              error))
    return FALSE;
  if (encryption == NULL)
    return TRUE;
  if (!read_encs (request, encryption, error))
    return FALSE;
  jwks = mdoc_json_get_object (encryption, "jwks", error);
  set = jwks != NULL ? mdoc_jwk_set_parse (jwks, "jwks", error) : NULL;
  if (set == NULL)
    return FALSE;

  for (guint i = 0; i < set->len; i++)
    {
      MdocJwk *jwk = set->pdata[i];
      MdocCurve curve = mdoc_public_key_get_curve (mdoc_jwk_get_key (jwk));

      if (g_strcmp0 (mdoc_jwk_get_alg (jwk), MDOC_JWE_ALG) == 0
          && g_strcmp0 (mdoc_jwk_get_use (jwk), "sig") != 0
          && mdoc_curve_can_agree (curve))
        g_ptr_array_add (request->keys, mdoc_jwk_ref (jwk));
    }
  return TRUE;
}

/*   credential_response_encryption: alg_values_supported,
 *   enc_values_supported, encryption_required */
static gboolean
read_response (MdocIssuerMetadata *self, JsonObject *object, GError **error)
{
  MdocEncryption *response = &self->response;
  g_auto (GStrv) algs = NULL;
  JsonObject *encryption;

  if (!mdoc_json_find_object (object,
                              "credential_response_encryption",
                              &encryption,
                              error))
    return FALSE;
  if (encryption == NULL)
    return TRUE;
  if (!read_encs (response, encryption, error)
      || !mdoc_json_find_texts (encryption,
                                "alg_values_supported",
                                MAX_ENCS,
                                MAX_TEXT_LEN,
                                &algs,
                                error))
    return FALSE;
  if (algs == NULL)
    return refuse (error, "alg_values_supported", "is missing");
  if (!g_strv_contains ((const char *const *) algs, MDOC_JWE_ALG))
    memset (response->can, 0, sizeof (response->can));
  return TRUE;
}

static gboolean
read_batch (MdocIssuerMetadata *self, JsonObject *object, GError **error)
{
  JsonObject *batch;
  gint64 size;

  if (!mdoc_json_find_object (object,
                              "batch_credential_issuance",
                              &batch,
                              error))
    return FALSE;
  if (batch == NULL)
    return TRUE;
  if (!mdoc_json_get_int (batch,
                          "batch_size",
                          1,
                          MDOC_JSON_MAX_INT,
                          &size,
                          error))
    return FALSE;
  self->batch_size = (guint) MIN (size, MDOC_METADATA_MAX_BATCH);
  return TRUE;
}

/* A configuration that is wrong in itself does not take the others with it:
 * nobody can claim it, that is all. */
static gboolean
read_configurations (MdocIssuerMetadata *self,
                     JsonObject *object,
                     GError **error)
{
  JsonObject *map = mdoc_json_get_object (object,
                                          "credential_configurations_supported",
                                          error);
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  if (map == NULL)
    return FALSE;
  if (json_object_get_size (map) > MDOC_METADATA_MAX_CONFIGURATIONS)
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_LIMIT,
                             "credential_configurations_supported",
                             "has too many members");

  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    {
      MdocConfiguration *configuration = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        configuration = mdoc_configuration_parse (id,
                                                  json_node_get_object (node),
                                                  NULL);
      if (configuration != NULL)
        g_ptr_array_add (self->configurations, configuration);
    }
  return TRUE;
}

static MdocIssuerMetadata *
parse_object (JsonObject *object, const char *issuer, GError **error)
{
  g_autoptr (MdocIssuerMetadata) self = NULL;
  const char *named;

  named = mdoc_json_get_text (object,
                              "credential_issuer",
                              MDOC_URI_MAX_LEN,
                              error);
  if (named == NULL)
    return NULL;
  /* byte for byte, lest one issuer speaks for another (12.2.1) */
  if (strcmp (named, issuer) != 0)
    {
      refuse (error, "credential_issuer", "is another than was asked");
      return NULL;
    }

  self = mdoc_issuer_metadata_new (issuer, NULL);
  if (!read_uri (object, "credential_endpoint", &self->credential_uri, error)
      || !read_uri (object, "nonce_endpoint", &self->nonce_uri, error)
      || !read_uri (object,
                    "deferred_credential_endpoint",
                    &self->deferred_uri,
                    error)
      || !read_uri (object,
                    "notification_endpoint",
                    &self->notification_uri,
                    error)
      || !read_uri (object, WALLET_MEMBER, &self->wallet_uri, error)
      || !read_servers (self, object, error)
      || !read_request (self, object, error)
      || !read_response (self, object, error)
      || !read_batch (self, object, error))
    return NULL;
  if (self->credential_uri == NULL)
    {
      refuse (error, "credential_endpoint", "is missing");
      return NULL;
    }
  if (self->wallet_uri != NULL
      && !mdoc_uri_has_same_origin (self->wallet_uri, issuer))
    {
      refuse (error, WALLET_MEMBER, "is of another origin");
      return NULL;
    }

  g_clear_pointer (&self->display, g_ptr_array_unref);
  self->display = mdoc_display_parse (object, error);
  if (self->display == NULL || !read_configurations (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * mdoc_issuer_metadata_parse:
 * @json: what the issuer's well-known address gave
 * @issuer: the identifier that was asked for
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the metadata, or %NULL with @error set
 */
MdocIssuerMetadata *
mdoc_issuer_metadata_parse (MdocSpan json, const char *issuer, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json,
                                "Issuer metadata",
                                &limits,
                                &object,
                                error);
  return node != NULL ? parse_object (object, issuer, error) : NULL;
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static JsonObject *
write_encryption (const MdocEncryption *self, gboolean is_request)
{
  static const char *const algs[] = { MDOC_JWE_ALG, NULL };
  JsonObject *object = json_object_new ();
  JsonArray *encs = json_array_new ();

  if (is_request)
    json_object_set_object_member (object,
                                   "jwks",
                                   mdoc_jwk_set_write (self->keys));
  else
    mdoc_json_set_texts (object, "alg_values_supported", algs);
  for (gsize i = 0; i < G_N_ELEMENTS (self->can); i++)
    if (self->can[i])
      json_array_add_string_element (encs,
                                     mdoc_jwe_enc_get_name ((MdocJweEnc) i));
  json_object_set_array_member (object, "enc_values_supported", encs);
  json_object_set_boolean_member (object,
                                  "encryption_required",
                                  self->is_required);
  return object;
}

static JsonObject *
write_object (const MdocIssuerMetadata *self)
{
  JsonObject *object = json_object_new ();
  JsonObject *map = json_object_new ();

  set_text (object, "credential_issuer", self->issuer);
  if (self->servers != NULL)
    mdoc_json_set_texts (object,
                         "authorization_servers",
                         (const char *const *) self->servers);
  set_text (object, "credential_endpoint", self->credential_uri);
  set_text (object, "nonce_endpoint", self->nonce_uri);
  set_text (object, "deferred_credential_endpoint", self->deferred_uri);
  set_text (object, "notification_endpoint", self->notification_uri);
  set_text (object, WALLET_MEMBER, self->wallet_uri);
  if (self->request.is_offered)
    json_object_set_object_member (object,
                                   "credential_request_encryption",
                                   write_encryption (&self->request, TRUE));
  if (self->response.is_offered)
    json_object_set_object_member (object,
                                   "credential_response_encryption",
                                   write_encryption (&self->response, FALSE));
  /* a batch of one is none, and the standard has no way to say it */
  if (self->batch_size > 1)
    {
      JsonObject *batch = json_object_new ();

      json_object_set_int_member (batch, "batch_size", self->batch_size);
      json_object_set_object_member (object,
                                     "batch_credential_issuance",
                                     batch);
    }
  mdoc_display_write (object, self->display);
  for (guint i = 0; i < self->configurations->len; i++)
    {
      const MdocConfiguration *one = self->configurations->pdata[i];

      json_object_set_object_member (map,
                                     one->id,
                                     mdoc_configuration_write (one));
    }
  json_object_set_object_member (object,
                                 "credential_configurations_supported",
                                 map);
  return object;
}

/**
 * mdoc_issuer_metadata_to_json:
 * @self: metadata
 *
 * Returns: (transfer full): @self as mdoc_issuer_metadata_parse() reads it
 */
char *
mdoc_issuer_metadata_to_json (const MdocIssuerMetadata *self)
{
  g_autoptr (JsonObject) object = write_object (self);

  return mdoc_json_write (object);
}

const MdocConfiguration *
mdoc_issuer_metadata_find (const MdocIssuerMetadata *self, const char *id)
{
  for (guint i = 0; i < self->configurations->len; i++)
    {
      const MdocConfiguration *one = self->configurations->pdata[i];

      if (strcmp (one->id, id) == 0)
        return one;
    }
  return NULL;
}

/**
 * mdoc_issuer_metadata_choose_server:
 * @self: metadata
 * @offered: (nullable): the authorization server that the offer names
 * @error: return location for a #MdocJsonError
 *
 * An offer, which nobody has signed, may choose among the issuer's servers, and
 * no other (OpenID4VCI 1.0, 4.1.1).
 *
 * Returns: (transfer none): the server's identifier, or %NULL with @error set
 */
const char *
mdoc_issuer_metadata_choose_server (const MdocIssuerMetadata *self,
                                    const char *offered,
                                    GError **error)
{
  if (self->servers == NULL
          ? offered != NULL && strcmp (offered, self->issuer) != 0
          : offered != NULL
                && !g_strv_contains ((const char *const *) self->servers,
                                     offered))
    {
      refuse (error, "authorization_server", "is none of the issuer's");
      return NULL;
    }

  if (self->servers == NULL)
    return self->issuer;
  for (guint i = 0; offered != NULL && self->servers[i] != NULL; i++)
    if (strcmp (self->servers[i], offered) == 0)
      return self->servers[i];
  return self->servers[0];
}

char *
mdoc_issuer_metadata_sign (const MdocIssuerMetadata *self,
                           MdocKey *key,
                           GPtrArray *chain,
                           gint64 now_unix_s,
                           gint64 exp_unix_s,
                           GError **error)
{
  g_autoptr (JsonObject) claims = write_object (self);
  g_autoptr (JsonObject) header = NULL;

  json_object_set_string_member (claims, "sub", self->issuer);
  json_object_set_int_member (claims, "iat", now_unix_s);
  if (exp_unix_s != 0)
    json_object_set_int_member (claims, "exp", exp_unix_s);
  header = mdoc_jws_header_new (MDOC_METADATA_TYPE, NULL, NULL, chain);
  return mdoc_jwt_sign (header, claims, key, error);
}

/* The token's own chain, and that its leaf has signed it. */
static GPtrArray *
verify (MdocJws *jws, GError **error)
{
  g_autoptr (GPtrArray) chain = mdoc_jws_dup_chain (jws, error);
  gboolean is_valid;

  if (chain == NULL)
    return NULL;
  if (chain->len == 0)
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_KEY,
                        "Signed metadata has no certificate");
      return NULL;
    }
  if (!mdoc_jws_verify (jws,
                        mdoc_certificate_get_public_key (chain->pdata[0]),
                        &is_valid,
                        error))
    return NULL;
  if (!is_valid)
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_KEY,
                        "Signed metadata is not signed by its certificate");
      return NULL;
    }
  return g_steal_pointer (&chain);
}

/**
 * mdoc_issuer_metadata_open_signed:
 * @compact: what the issuer's well-known address gave as application/jwt
 * @issuer: the identifier that was asked for
 * @now_unix_s: the time
 * @ret_chain: (out) (element-type MdocCertificate): who signed it, leaf first
 * @error: return location for a #MdocJsonError, #MdocJoseError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full): the metadata, or %NULL with @error set
 */
MdocIssuerMetadata *
mdoc_issuer_metadata_open_signed (const char *compact,
                                  const char *issuer,
                                  gint64 now_unix_s,
                                  GPtrArray **ret_chain,
                                  GError **error)
{
  g_autoptr (MdocJwt) jwt = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  MdocIssuerMetadata *self;
  JsonObject *claims;
  const char *sub;
  gint64 iat, exp;

  jwt = mdoc_jwt_parse (compact, MDOC_METADATA_TYPE, &limits, error);
  chain = jwt != NULL ? verify (mdoc_jwt_get_jws (jwt), error) : NULL;
  if (chain == NULL)
    return NULL;

  claims = mdoc_jwt_get_claims (jwt);
  sub = mdoc_json_get_text (claims, "sub", MDOC_URI_MAX_LEN, error);
  if (sub == NULL || !mdoc_json_get_time (claims, "iat", &iat, error)
      || !mdoc_json_find_time (claims, "exp", MDOC_JSON_MAX_TIME, &exp, error))
    return NULL;
  if (strcmp (sub, issuer) != 0)
    {
      refuse (error, "sub", "is another issuer than was asked");
      return NULL;
    }
  if (exp <= now_unix_s)
    {
      refuse (error, "exp", "has passed");
      return NULL;
    }

  self = parse_object (claims, issuer, error);
  if (self != NULL)
    *ret_chain = g_steal_pointer (&chain);
  return self;
}

/**
 * mdoc_issuer_metadata_dup_uri:
 * @issuer: an issuer's identifier
 *
 * The well-known path goes between host and path of the issuer, which stays as
 * it is (OpenID4VCI 1.0, 12.2.2).
 *
 * Returns: (transfer full) (nullable): where its metadata is
 */
char *
mdoc_issuer_metadata_dup_uri (const char *issuer)
{
  const char *host;
  gsize len;

  if (!mdoc_uri_is_issuer (issuer))
    return NULL;
  host = strstr (issuer, "://") + 3;
  len = (gsize) (host - issuer) + strcspn (host, "/");
  return g_strdup_printf ("%.*s" WELL_KNOWN "%s",
                          (int) len,
                          issuer,
                          issuer + len);
}

/**
 * mdoc_issuer_metadata_dup_old_uri:
 * @issuer: an issuer's identifier
 *
 * Returns: (transfer full) (nullable): where drafts up to 15 put its metadata,
 *   for issuers that have none at the address of today
 */
char *
mdoc_issuer_metadata_dup_old_uri (const char *issuer)
{
  gsize len = strlen (issuer);

  if (!mdoc_uri_is_issuer (issuer))
    return NULL;
  if (issuer[len - 1] == '/')
    len--;
  return g_strdup_printf ("%.*s" WELL_KNOWN, (int) len, issuer);
}
