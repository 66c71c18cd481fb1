/*
 * mdoc-platform-credential.c - nonces, credentials, and what became of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#include "openid/mdoc-jose.h"
#include "openid/mdoc-jwe.h"
#include "openid/mdoc-proof.h"
#include "platform/mdoc-platform-private.h"

/* longest answer of endpoints that have little to say */
#define MAX_SMALL_BYTES ((gsize) 64 * 1024)

/* A credential call, and a deferred one, which has a @transaction_id. */
typedef struct
{
  MdocPlatformTokens *tokens;
  char *configuration_id;
  char *identifier;
  GPtrArray *keys;
  char *key_attestation;
  gboolean is_attested_before; /* by whoever asks */
  char *transaction_id;

  MdocJweEnc enc;
  MdocKey *response_key; /* nullable: the answer comes in the clear */
  gboolean is_encrypted;
  gboolean is_second_nonce;
  gboolean is_second_key;
} CredentialCall;

static void
credential_call_free (gpointer data)
{
  CredentialCall *self = data;

  mdoc_platform_tokens_free (self->tokens);
  g_free (self->configuration_id);
  g_free (self->identifier);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_free (self->key_attestation);
  g_free (self->transaction_id);
  mdoc_key_unref (self->response_key);
  g_free (self);
}

static void
fail (MdocPlatformCall *call,
      MdocPlatformError klass,
      const char *name,
      const char *what)
{
  GError *error = NULL;

  mdoc_platform_refuse (&error, klass, name, what);
  mdoc_platform_call_fail (call, error);
}

/* Returns: the best way that both sides know; -1 if there is none */
static int
choose_enc (const MdocEncryption *encryption)
{
  if (!encryption->is_offered)
    return -1;
  if (encryption->can[MDOC_JWE_A256GCM])
    return MDOC_JWE_A256GCM;
  return encryption->can[MDOC_JWE_A128GCM] ? MDOC_JWE_A128GCM : -1;
}

/* An answer may be encrypted only if the request is (OpenID4VCI 1.0, 8.2).
 * @ret_request_enc: -1 if the request goes in the clear */
static gboolean
choose_encryption (MdocPlatform *self,
                   CredentialCall *call,
                   int *ret_request_enc,
                   GError **error)
{
  const MdocIssuerMetadata *metadata = self->issuer_metadata;
  int request_enc = metadata->request.keys->len > 0
                        ? choose_enc (&metadata->request)
                        : -1;
  int response_enc = request_enc >= 0 ? choose_enc (&metadata->response) : -1;

  if ((metadata->request.is_required && request_enc < 0)
      || (metadata->response.is_required && response_enc < 0))
    {
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_UNSUPPORTED,
                            "encryption",
                            "Issuer wants an encryption that we have not");
      return FALSE;
    }
  *ret_request_enc = request_enc;
  g_clear_pointer (&call->response_key, mdoc_key_unref);
  if (response_enc < 0)
    return TRUE;

  call->enc = (MdocJweEnc) response_enc;
  call->response_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  if (call->response_key == NULL)
    mdoc_platform_refuse (error,
                          MDOC_PLATFORM_ERROR_DEVICE,
                          "key",
                          "No key could be made");
  return call->response_key != NULL;
}

static MdocJwk *
dup_response_jwk (CredentialCall *call)
{
  if (call->response_key == NULL)
    return NULL;
  return mdoc_jwk_new (mdoc_key_get_public (call->response_key),
                       NULL,
                       MDOC_JWE_ALG,
                       NULL);
}

/* @json: (transfer full) */
static void
post (MdocPlatformCall *call,
      const char *uri,
      char *json,
      int request_enc,
      MdocPlatformAnswer answer)
{
  MdocPlatform *self = call->platform;
  CredentialCall *credential = call->data;
  g_autofree char *text = json;
  g_autoptr (GBytes) body = NULL;
  MdocPlatformExchange exchange = {
    .method = "POST",
    .uri = uri,
    .content_type = MDOC_TYPE_JSON,
    .max_bytes = MDOC_CREDENTIAL_RESPONSE_MAX_BYTES,
    .auth = MDOC_PLATFORM_AUTH_TOKEN,
    .tokens = credential->tokens
  };
  gsize len;

  if (credential->response_key != NULL)
    exchange.accept = MDOC_TYPE_JWT ", " MDOC_TYPE_JSON;
  credential->is_encrypted = request_enc >= 0;
  if (credential->is_encrypted)
    {
      MdocJwk *recipient = self->issuer_metadata->request.keys->pdata[0];
      char *encrypted = mdoc_jwe_encrypt (mdoc_span_from_text (text),
                                          recipient,
                                          (MdocJweEnc) request_enc,
                                          MDOC_SPAN (NULL, 0),
                                          MDOC_SPAN (NULL, 0),
                                          NULL);

      if (encrypted == NULL)
        {
          fail (call,
                MDOC_PLATFORM_ERROR_DEVICE,
                "encryption",
                "Request could not be encrypted");
          return;
        }
      g_free (text);
      text = encrypted;
      exchange.content_type = MDOC_TYPE_JWT;
    }
  len = strlen (text);
  body = g_bytes_new_take (g_steal_pointer (&text), len);
  exchange.body = body;
  mdoc_platform_exchange (call, &exchange, answer);
}

static MdocCredentialResponse *
open_response (CredentialCall *call,
               const MdocHttpResponse *response,
               GError **error)
{
  g_autofree char *compact = NULL;
  g_autoptr (MdocJwe) jwe = NULL;
  g_autoptr (MdocSecret) json = NULL;

  if (call->response_key == NULL)
    return mdoc_credential_response_parse (mdoc_span_from_bytes (
                                               response->body),
                                           error);

  compact = g_strndup (g_bytes_get_data (response->body, NULL),
                       g_bytes_get_size (response->body));
  jwe = mdoc_jwe_parse (compact, MDOC_JWE_MAX_BYTES, error);
  json = jwe != NULL ? mdoc_jwe_decrypt (jwe, call->response_key, error) : NULL;
  if (json == NULL)
    return NULL;
  return mdoc_credential_response_parse (mdoc_secret_get_span (json), error);
}

/* An issuer that has another key by now, as after a restart, tells it in its
 * metadata: those are asked for anew, once. Has it come to that? */
static gboolean
wants_new_key (CredentialCall *call, const MdocHttpResponse *response)
{
  g_autofree char *name = NULL, *description = NULL;

  if (response->status != 400 || !call->is_encrypted || call->is_second_key
      || mdoc_platform_read_refusal (response, &name, &description)
             != MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS)
    return FALSE;
  call->is_second_key = TRUE;
  return TRUE;
}

static void
return_credential (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  CredentialCall *credential = call->data;
  const char *type = credential->response_key != NULL ? MDOC_TYPE_JWT
                                                      : MDOC_TYPE_JSON;
  g_autoptr (GError) cause = NULL;
  MdocCredentialResponse *message;
  GError *error = NULL;

  if (wants_new_key (credential, response))
    {
      mdoc_platform_discover (call);
      return;
    }
  if (!mdoc_platform_check_answer (call, response, type, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  message = open_response (credential, response, &cause);
  if (message != NULL)
    {
      mdoc_platform_call_return (call,
                                 message,
                                 (GDestroyNotify)
                                     mdoc_credential_response_free);
      return;
    }
  mdoc_platform_refuse_answer (&error, call, response, "credential", cause);
  mdoc_platform_call_fail (call, error);
}

/* signed proofs are what every issuer knows; an attestation alone is for those
 * that know nothing else */
static gboolean
wants_attestation (const MdocConfiguration *configuration)
{
  return configuration->jwt.is_supported
             ? configuration->jwt.needs_key_attestation
             : configuration->attestation.is_supported;
}

/* Returns: FALSE with @error set if the issuer takes no proofs that we can make
 */
static gboolean
check_proofs (MdocPlatform *self, CredentialCall *call, GError **error)
{
  const MdocIssuerMetadata *metadata = self->issuer_metadata;
  const MdocConfiguration *configuration
      = mdoc_issuer_metadata_find (metadata, call->configuration_id);
  const char *name = NULL, *what = NULL;

  if (configuration == NULL)
    {
      name = "configuration";
      what = "Issuer has no such configuration";
    }
  else if (wants_attestation (configuration) && call->key_attestation == NULL
           && self->attester.klass == NULL)
    {
      name = "key-attestation";
      what = "Issuer wants the keys attested";
    }
  else if (call->keys->len > metadata->batch_size)
    {
      name = "batch-size";
      what = "Issuer takes not so many keys at once";
    }
  for (guint i = 0;
       what == NULL && configuration->jwt.algs != NULL && i < call->keys->len;
       i++)
    {
      MdocAlg alg = mdoc_curve_get_alg (mdoc_public_key_get_curve (
          mdoc_key_get_public (call->keys->pdata[i])));

      if (!g_strv_contains ((const char *const *) configuration->jwt.algs,
                            mdoc_jose_alg_get_name (alg)))
        {
          name = "proof-algorithm";
          what = "Issuer does not take the algorithm of the key";
        }
    }
  if (what != NULL)
    {
      mdoc_platform_refuse (error, MDOC_PLATFORM_ERROR_UNSUPPORTED, name, what);
      return FALSE;
    }
  return TRUE;
}

static GStrv
make_proofs (MdocPlatform *self,
             CredentialCall *call,
             const char *nonce,
             GError **error)
{
  g_autoptr (GPtrArray) proofs = g_ptr_array_new_with_free_func (g_free);
  /* an attestation speaks for all keys that are in it: a second proof with it
   * would ask for all of them once more (OpenID4VCI 1.0, 8.2.1.1) */
  guint n = call->key_attestation != NULL ? 1 : call->keys->len;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) cause = NULL;
      char *proof = mdoc_proof_make (call->keys->pdata[i],
                                     self->issuer,
                                     mdoc_platform_get_proof_time (self),
                                     nonce,
                                     self->client_id,
                                     call->key_attestation,
                                     &cause);

      if (proof == NULL)
        {
          mdoc_platform_refuse (error,
                                MDOC_PLATFORM_ERROR_DEVICE,
                                "device-key",
                                cause->message);
          return NULL;
        }
      g_ptr_array_add (proofs, proof);
    }
  g_ptr_array_add (proofs, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&proofs), FALSE);
}

/* A credential for which there is an identifier has to be asked for by it. */
static void
name_credential (CredentialCall *call, MdocCredentialRequest *request)
{
  const char *const *identifiers
      = mdoc_platform_tokens_get_identifiers (call->tokens,
                                              call->configuration_id);

  if (call->identifier != NULL)
    request->identifier = g_strdup (call->identifier);
  else if (identifiers != NULL)
    request->identifier = g_strdup (identifiers[0]);
  else
    request->configuration_id = g_strdup (call->configuration_id);
}

static void ask_nonce (MdocPlatformCall *call);

static void
on_credential (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  CredentialCall *credential = call->data;
  g_autofree char *name = NULL, *description = NULL;

  if (response->status == 400 && !credential->is_second_nonce
      && call->platform->issuer_metadata->nonce_uri != NULL
      && mdoc_platform_read_refusal (response, &name, &description)
             == MDOC_PROTOCOL_INVALID_NONCE)
    {
      credential->is_second_nonce = TRUE;
      ask_nonce (call);
      return;
    }
  return_credential (call, response);
}

static void
send_credential (MdocPlatformCall *call, const char *nonce)
{
  MdocPlatform *self = call->platform;
  CredentialCall *credential = call->data;
  const MdocConfiguration *configuration
      = mdoc_issuer_metadata_find (self->issuer_metadata,
                                   credential->configuration_id);
  g_autoptr (MdocCredentialRequest) request = g_new0 (MdocCredentialRequest, 1);
  GError *error = NULL;
  int request_enc = -1;

  if (choose_encryption (self, credential, &request_enc, &error))
    {
      if (configuration->jwt.is_supported)
        request->jwt_proofs = make_proofs (self, credential, nonce, &error);
      else if (configuration->attestation.is_supported)
        request->attestation = g_strdup (credential->key_attestation);
    }
  if (error != NULL)
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  name_credential (credential, request);
  request->response_key = dup_response_jwk (credential);
  request->response_enc = credential->enc;
  post (call,
        self->issuer_metadata->credential_uri,
        mdoc_credential_request_to_json (request),
        request_enc,
        on_credential);
}

static void
on_attested (MdocPlatformCall *call, const char *compact, const char *nonce)
{
  CredentialCall *credential = call->data;

  g_free (credential->key_attestation);
  credential->key_attestation = g_strdup (compact);
  send_credential (call, nonce);
}

static void
ask_credential (MdocPlatformCall *call, const char *nonce)
{
  MdocPlatform *self = call->platform;
  CredentialCall *credential = call->data;
  const MdocConfiguration *configuration
      = mdoc_issuer_metadata_find (self->issuer_metadata,
                                   credential->configuration_id);
  GError *error = NULL;

  if (!check_proofs (self, credential, &error))
    mdoc_platform_call_fail (call, error);
  else if (!credential->is_attested_before && wants_attestation (configuration))
    mdoc_platform_attest_keys (call,
                               credential->keys,
                               configuration->jwt.is_supported
                                   ? &configuration->jwt
                                   : &configuration->attestation,
                               nonce,
                               on_attested);
  else
    send_credential (call, nonce);
}

static void
on_nonce (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  g_autofree char *nonce = NULL;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  nonce = mdoc_nonce_response_parse (mdoc_span_from_bytes (response->body),
                                     &cause);
  if (nonce == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "nonce", cause);
      mdoc_platform_call_fail (call, error);
    }
  else if (call->data == NULL)
    mdoc_platform_call_return (call, g_steal_pointer (&nonce), g_free);
  else
    ask_credential (call, nonce);
}

static void
ask_nonce (MdocPlatformCall *call)
{
  const MdocPlatformExchange exchange = {
    .method = "POST",
    .uri = call->platform->issuer_metadata->nonce_uri,
    .max_bytes = MAX_SMALL_BYTES
  };

  if (exchange.uri != NULL)
    mdoc_platform_exchange (call, &exchange, on_nonce);
  else if (call->data == NULL)
    mdoc_platform_call_return (call, NULL, NULL);
  else
    ask_credential (call, NULL);
}

void
mdoc_platform_nonce_async (MdocPlatform *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    NULL,
                                                    NULL),
                            ask_nonce);
}

char *
mdoc_platform_nonce_finish (MdocPlatform *self,
                            GAsyncResult *result,
                            GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

void
mdoc_platform_credential_async (MdocPlatform *self,
                                const MdocPlatformCredentialRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  CredentialCall *call = g_new0 (CredentialCall, 1);

  call->tokens = mdoc_platform_tokens_copy (request->tokens);
  call->configuration_id = g_strdup (request->configuration_id);
  call->identifier = g_strdup (request->identifier);
  call->keys = g_ptr_array_ref (request->keys);
  call->key_attestation = g_strdup (request->key_attestation);
  call->is_attested_before = request->key_attestation != NULL;
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    call,
                                                    credential_call_free),
                            ask_nonce);
}

MdocCredentialResponse *
mdoc_platform_credential_finish (MdocPlatform *self,
                                 GAsyncResult *result,
                                 GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

static void
ask_deferred (MdocPlatformCall *call)
{
  MdocPlatform *self = call->platform;
  CredentialCall *credential = call->data;
  MdocDeferredRequest request = {
    .transaction_id = credential->transaction_id
  };
  g_autoptr (MdocJwk) response_jwk = NULL;
  GError *error = NULL;
  int request_enc;

  if (self->issuer_metadata->deferred_uri == NULL)
    {
      fail (call,
            MDOC_PLATFORM_ERROR_UNSUPPORTED,
            "deferred",
            "Issuer has no deferred endpoint");
      return;
    }
  if (!choose_encryption (self, credential, &request_enc, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  response_jwk = dup_response_jwk (credential);
  request.response_key = response_jwk;
  request.response_enc = credential->enc;
  post (call,
        self->issuer_metadata->deferred_uri,
        mdoc_deferred_request_to_json (&request),
        request_enc,
        return_credential);
}

void
mdoc_platform_deferred_async (MdocPlatform *self,
                              const MdocPlatformTokens *tokens,
                              const char *transaction_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  CredentialCall *call = g_new0 (CredentialCall, 1);

  call->tokens = mdoc_platform_tokens_copy (tokens);
  call->transaction_id = g_strdup (transaction_id);
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    call,
                                                    credential_call_free),
                            ask_deferred);
}

MdocCredentialResponse *
mdoc_platform_deferred_finish (MdocPlatform *self,
                               GAsyncResult *result,
                               GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

/* A notification. */
typedef struct
{
  MdocPlatformTokens *tokens;
  MdocNotification message;
} NotifyCall;

static void
notify_call_free (gpointer data)
{
  NotifyCall *self = data;

  mdoc_platform_tokens_free (self->tokens);
  g_free (self->message.notification_id);
  g_free (self->message.description);
  g_free (self);
}

static void
on_notified (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  GError *error = NULL;

  if (mdoc_platform_check_answer (call, response, NULL, &error))
    mdoc_platform_call_return (call, GINT_TO_POINTER (TRUE), NULL);
  else
    mdoc_platform_call_fail (call, error);
}

static void
ask_notify (MdocPlatformCall *call)
{
  NotifyCall *notify = call->data;
  char *json = mdoc_notification_to_json (&notify->message);
  g_autoptr (GBytes) body = g_bytes_new_take (json, strlen (json));
  const MdocPlatformExchange exchange = {
    .method = "POST",
    .uri = call->platform->issuer_metadata->notification_uri,
    .content_type = MDOC_TYPE_JSON,
    .body = body,
    .max_bytes = MAX_SMALL_BYTES,
    .auth = MDOC_PLATFORM_AUTH_TOKEN,
    .tokens = notify->tokens
  };

  if (exchange.uri != NULL)
    mdoc_platform_exchange (call, &exchange, on_notified);
  else
    fail (call,
          MDOC_PLATFORM_ERROR_UNSUPPORTED,
          "notification",
          "Issuer wants no notifications");
}

void
mdoc_platform_notify_async (MdocPlatform *self,
                            const MdocPlatformTokens *tokens,
                            const char *notification_id,
                            MdocNotificationEvent event,
                            const char *description,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  NotifyCall *call = g_new0 (NotifyCall, 1);

  call->tokens = mdoc_platform_tokens_copy (tokens);
  call->message.notification_id = g_strdup (notification_id);
  call->message.event = event;
  call->message.description = g_strdup (description);
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    call,
                                                    notify_call_free),
                            ask_notify);
}

gboolean
mdoc_platform_notify_finish (MdocPlatform *self,
                             GAsyncResult *result,
                             GError **error)
{
  return mdoc_platform_call_finish (result, error) != NULL;
}
