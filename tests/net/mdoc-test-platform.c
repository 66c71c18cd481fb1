/*
 * mdoc-test-platform.c - a platform that says what a test tells it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/net/mdoc-test-platform.h"

#include <string.h>

#include "openid/mdoc-key-attestation.h"

#define N_KEYS 3

static gint64
get_unix_s (gpointer impl)
{
  return MDOC_TEST_PLATFORM_NOW;
}

static const MdocClockClass clock_class = { .get_unix_s = get_unix_s };
static const MdocClock standing = { &clock_class, NULL };

void
mdoc_test_platform_set_up (MdocTestPlatform *self)
{
  mdoc_test_https_set_up (&self->server);
  self->instance_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  self->device_keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_key_unref);
  for (guint i = 0; i < N_KEYS; i++)
    g_ptr_array_add (self->device_keys,
                     mdoc_key_generate (MDOC_CURVE_P256, NULL));
}

static void
forget (MdocTestPlatform *self)
{
  g_clear_pointer (&self->client, mdoc_platform_unref);
  g_clear_pointer (&self->metadata, mdoc_issuer_metadata_free);
  g_clear_pointer (&self->server_metadata, mdoc_server_metadata_free);
  g_clear_pointer (&self->issuer, g_free);
}

void
mdoc_test_platform_tear_down (MdocTestPlatform *self)
{
  forget (self);
  mdoc_key_unref (self->instance_key);
  g_ptr_array_unref (self->device_keys);
  mdoc_test_https_tear_down (&self->server);
}

MdocPlatform *
mdoc_test_platform_client_new (MdocTestPlatform *self,
                               const char *issuer,
                               const char *server,
                               const char *client_id)
{
  static const char *const languages[] = { "de", "en", NULL };
  const MdocPlatformConfig config = { .http = self->server.client,
                                      .issuer = issuer,
                                      .server = server,
                                      .instance_key = self->instance_key,
                                      .client_id = client_id,
                                      .clock = &standing,
                                      .languages = languages };
  g_autoptr (GError) error = NULL;
  MdocPlatform *client = mdoc_platform_new (&config, &error);

  g_assert_no_error (error);
  return client;
}

/* --- who vouches --- */

static char *
attest_keys (MdocTestAttester *self, const MdocAttestationRequest *request)
{
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKeyAttestation) attestation = mdoc_key_attestation_new ();

  attestation->iat_unix_s = MDOC_TEST_PLATFORM_NOW;
  attestation->exp_unix_s = self->exp_unix_s;
  attestation->nonce = g_strdup (self->nonce != NULL ? self->nonce
                                                     : request->nonce);
  attestation->key_storage = g_strdupv ((GStrv) (gsize) request->key_storage);
  for (guint i = self->leaves_out; i < request->keys->len; i++)
    g_ptr_array_add (attestation->keys,
                     mdoc_jwk_new (mdoc_key_get_public (
                                       request->keys->pdata[i]),
                                   NULL,
                                   NULL,
                                   NULL));
  return mdoc_key_attestation_sign (attestation, provider, NULL, "k1", NULL);
}

static void
attester_ask (gpointer impl,
              const MdocAttestationRequest *request,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  MdocTestAttester *self = impl;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  char *compact = request->for_keys ? attest_keys (self, request)
                                    : g_strdup (self->wallet);

  self->n_asked++;
  self->was_anew = request->is_anew;
  if (compact != NULL)
    g_task_return_pointer (task, compact, g_free);
  else
    g_task_return_new_error (task,
                             MDOC_ATTESTER_ERROR,
                             MDOC_ATTESTER_ERROR_REFUSED,
                             "No");
}

static char *
attester_finish (gpointer impl, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static const MdocAttesterClass attester_class = {
  .ask_async = attester_ask,
  .ask_finish = attester_finish,
};

void
mdoc_test_platform_attest (MdocTestPlatform *self,
                           MdocTestAttester *attester,
                           const char *client_id,
                           gboolean client_id_is_default)
{
  const MdocAttester port = { &attester_class, attester };
  const MdocPlatformConfig config = {
    .http = self->server.client,
    .issuer = self->issuer,
    .instance_key = self->instance_key,
    .client_id = client_id,
    .client_id_is_default = client_id_is_default,
    .attester = &port,
    .clock = &standing
  };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->client, mdoc_platform_unref);
  self->client = mdoc_platform_new (&config, &error);
  g_assert_no_error (error);
}

char *
mdoc_test_platform_dup_path (MdocTestPlatform *self, const char *path)
{
  return g_strdup_printf ("/i%u%s", self->n_issuers, path);
}

char *
mdoc_test_platform_dup_uri (MdocTestPlatform *self, const char *path)
{
  return g_strconcat (self->issuer, path, NULL);
}

static MdocConfiguration *
make_configuration (const char *id)
{
  static const char *const algs[] = { "ES256", NULL };
  MdocConfiguration *configuration
      = mdoc_configuration_new (id, "org.iso.23220.photoid.1");

  configuration->scope = g_strdup (id);
  configuration->binds_key = TRUE;
  configuration->jwt.is_supported = TRUE;
  configuration->jwt.algs = g_strdupv ((GStrv) (gsize) algs);
  return configuration;
}

void
mdoc_test_platform_begin (MdocTestPlatform *self)
{
  static const char *const dpop_algs[] = { "ES256", NULL };
  static const char *const grants[] = { MDOC_GRANT_AUTHORIZATION_CODE,
                                        MDOC_GRANT_PRE_AUTHORIZED,
                                        MDOC_GRANT_REFRESH_TOKEN,
                                        NULL };
  g_autofree char *path = NULL, *credential = NULL, *token = NULL;
  MdocIssuerMetadata *metadata;
  MdocServerMetadata *server;

  forget (self);
  self->n_issuers++;
  path = mdoc_test_platform_dup_path (self, "");
  self->issuer = mdoc_test_https_dup_uri (&self->server, "good", path);
  credential = mdoc_test_platform_dup_uri (self, "/credential");
  token = mdoc_test_platform_dup_uri (self, "/token");

  metadata = mdoc_issuer_metadata_new (self->issuer, credential);
  metadata->nonce_uri = mdoc_test_platform_dup_uri (self, "/nonce");
  metadata->deferred_uri = mdoc_test_platform_dup_uri (self, "/deferred");
  metadata->notification_uri = mdoc_test_platform_dup_uri (self,
                                                           "/notification");
  metadata->wallet_uri = mdoc_test_platform_dup_uri (self, "/wallet/v1");
  metadata->batch_size = 2;
  g_ptr_array_add (metadata->configurations, make_configuration ("photoid"));
  self->metadata = metadata;

  server = mdoc_server_metadata_new (self->issuer, token);
  server->authorization_uri = mdoc_test_platform_dup_uri (self, "/authorize");
  server->par_uri = mdoc_test_platform_dup_uri (self, "/par");
  server->has_s256 = TRUE;
  server->gives_iss = TRUE;
  server->has_details = TRUE;
  server->allows_anonymous = TRUE;
  server->dpop_algs = g_strdupv ((GStrv) (gsize) dpop_algs);
  server->grant_types = g_strdupv ((GStrv) (gsize) grants);
  self->server_metadata = server;

  self->client = mdoc_test_platform_client_new (self, self->issuer, NULL, NULL);
}

void
mdoc_test_platform_publish (MdocTestPlatform *self)
{
  static const char *const headers[] = { "Date",
                                         MDOC_TEST_PLATFORM_DATE,
                                         NULL };
  g_autofree char *issuer = mdoc_issuer_metadata_to_json (self->metadata);
  g_autofree char *server = mdoc_server_metadata_to_json (
      self->server_metadata);
  g_autofree char *issuer_path
      = g_strdup_printf ("/.well-known/openid-credential-issuer/i%u",
                         self->n_issuers);
  g_autofree char *server_path
      = g_strdup_printf ("/.well-known/oauth-authorization-server/i%u",
                         self->n_issuers);

  mdoc_test_https_answer (&self->server,
                          issuer_path,
                          200,
                          "application/json",
                          issuer,
                          headers);
  mdoc_test_https_answer (&self->server,
                          server_path,
                          200,
                          "application/json",
                          server,
                          headers);
}

void
mdoc_test_platform_renew (MdocTestPlatform *self)
{
  mdoc_test_platform_begin (self);
  mdoc_test_platform_publish (self);
}

void
mdoc_test_platform_answer (MdocTestPlatform *self,
                           const char *path,
                           guint status,
                           const char *body,
                           const char *const *headers)
{
  g_autofree char *where = mdoc_test_platform_dup_path (self, path);

  mdoc_test_https_answer (&self->server,
                          where,
                          status,
                          *body == '{' ? "application/json" : "text/plain",
                          body,
                          headers);
}

guint
mdoc_test_platform_count (MdocTestPlatform *self, const char *path)
{
  g_autofree char *where = mdoc_test_platform_dup_path (self, path);

  return mdoc_test_https_count (&self->server, where);
}

JsonObject *
mdoc_test_platform_find (MdocTestPlatform *self,
                         JsonNode *log,
                         const char *path)
{
  g_autofree char *where = mdoc_test_platform_dup_path (self, path);
  JsonObject *request = mdoc_test_https_find (log, where);

  g_assert_nonnull (request);
  return request;
}

const char *
mdoc_test_request_get_header (JsonObject *request, const char *name)
{
  JsonObject *headers = json_object_get_object_member (request, "headers");

  return json_object_get_string_member_with_default (headers, name, NULL);
}

gboolean
mdoc_test_platform_discover (MdocTestPlatform *self, GError **error)
{
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_discover_async (self->client,
                                NULL,
                                mdoc_test_take_result,
                                &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_discover_finish (self->client, result, error);
}

MdocPlatformTokens *
mdoc_test_platform_token (MdocTestPlatform *self,
                          const MdocPlatformGrant *grant,
                          GError **error)
{
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_token_async (self->client,
                             grant,
                             NULL,
                             mdoc_test_take_result,
                             &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_token_finish (self->client, result, error);
}

MdocCredentialResponse *
mdoc_test_platform_credential (MdocTestPlatform *self,
                               const MdocPlatformTokens *tokens,
                               guint n_keys,
                               GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_key_unref);
  const MdocPlatformCredentialRequest request = { .tokens = tokens,
                                                  .configuration_id = "photoid",
                                                  .keys = keys };
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_cmpuint (n_keys, <=, N_KEYS);
  for (guint i = 0; i < n_keys; i++)
    g_ptr_array_add (keys, mdoc_key_ref (self->device_keys->pdata[i]));
  mdoc_platform_credential_async (self->client,
                                  &request,
                                  NULL,
                                  mdoc_test_take_result,
                                  &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_credential_finish (self->client, result, error);
}

MdocPlatformTokens *
mdoc_test_platform_make_tokens (void)
{
  static const char *const identifiers[] = { "mid-1", NULL };
  MdocPlatformTokens *tokens = g_new0 (MdocPlatformTokens, 1);

  tokens->access_token = mdoc_secret_new_copy (
      mdoc_span_from_text ("the access token"));
  tokens->is_dpop = TRUE;
  tokens->details = mdoc_details_new ();
  mdoc_details_add (tokens->details, "photoid", identifiers);
  return tokens;
}
