/*
 * mdoc-platform-attest.c - showing that somebody vouches for us and our keys
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-key-attestation.h"
#include "openid/mdoc-wallet-attestation.h"
#include "platform/mdoc-platform-private.h"

#define AUTH_METHOD_NONE     "none"
#define AUTH_METHOD_ATTESTED "attest_jwt_client_auth"

G_DEFINE_QUARK (mdoc_attester_error, mdoc_attester_error)

static void
refuse (GError **error, const char *name, const char *what)
{
  mdoc_platform_refuse (error, MDOC_PLATFORM_ERROR_DEVICE, name, what);
}

/* What an attester could not do, as an error of ours; a cancelled one stays. */
static GError *
convert (const GError *cause)
{
  static const char *const names[] = {
    [MDOC_ATTESTER_ERROR_ABSENT] = "attestation-missing",
    [MDOC_ATTESTER_ERROR_EXPIRED] = "attestation-expired",
    [MDOC_ATTESTER_ERROR_KEY] = "attestation-key",
    [MDOC_ATTESTER_ERROR_REFUSED] = "attestation-refused",
  };
  GError *error = NULL;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (cause);

  refuse (&error,
          cause->domain == MDOC_ATTESTER_ERROR ? names[cause->code]
                                               : "attestation-refused",
          cause->message);
  return error;
}

static void
ask (MdocPlatformCall *call,
     MdocAttestationRequest *request,
     GAsyncReadyCallback callback)
{
  MdocPlatform *self = call->platform;

  request->client_id = self->client_id;
  self->attester.klass->ask_async (self->attester.impl,
                                   request,
                                   g_task_get_cancellable (call->task),
                                   callback,
                                   call);
}

/* --- of the wallet --- */

static gboolean
takes (const MdocServerMetadata *server, const char *method)
{
  return server->auth_methods != NULL
         && g_strv_contains ((const char *const *) server->auth_methods,
                             method);
}

/* Takes the attestation, and the name that it gives us.
 * Returns: FALSE with @error set if it is not of our key, of another name, or
 * does not hold */
static gboolean
take_attestation (MdocPlatform *self, const char *compact, GError **error)
{
  g_autoptr (MdocWalletAttestation) attestation
      = mdoc_wallet_attestation_parse (compact, NULL);
  const char *name = NULL, *what = NULL;

  if (attestation == NULL)
    {
      name = "attestation-malformed";
      what = "Who vouches for the wallet gave no attestation";
    }
  else if (!mdoc_public_key_equal (attestation->key,
                                   mdoc_key_get_public (self->instance_key)))
    {
      name = "attestation-key";
      what = "The attestation is of another instance of the wallet";
    }
  else if (!mdoc_wallet_attestation_is_current (attestation,
                                                mdoc_platform_get_now (self),
                                                MDOC_ATTESTER_MAX_AHEAD_S))
    {
      name = "attestation-expired";
      what = "The attestation of the wallet does not hold now";
    }
  else if (self->client_id != NULL && !self->may_be_renamed
           && strcmp (self->client_id, attestation->client_id) != 0)
    {
      name = "attestation-client";
      what = "The attestation is of another client_id than ours";
    }
  if (what != NULL)
    {
      refuse (error, name, what);
      return FALSE;
    }

  g_free (self->client_id);
  self->client_id = g_strdup (attestation->client_id);
  self->may_be_renamed = FALSE;
  g_free (self->attestation);
  self->attestation = g_strdup (compact);
  self->wants_fresh = FALSE;
  return TRUE;
}

static void
on_wallet (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocPlatformCall *call = user_data;
  MdocPlatform *self = call->platform;
  g_autoptr (GError) cause = NULL;
  g_autofree char *compact
      = self->attester.klass->ask_finish (self->attester.impl, result, &cause);
  GError *error = NULL;

  if (compact == NULL)
    error = convert (cause);
  else
    (void) !take_attestation (self, compact, &error);

  /* where it is not asked for, none is better than a claim that fails */
  if (error != NULL && takes (self->server_metadata, AUTH_METHOD_NONE)
      && error->domain == MDOC_PLATFORM_ERROR)
    {
      g_clear_error (&error);
      g_clear_pointer (&self->attestation, g_free);
    }
  if (error != NULL)
    mdoc_platform_call_fail (call, error);
  else
    call->step (call);
}

static void
on_challenge (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  g_free (self->challenge);
  self->challenge = mdoc_challenge_response_parse (mdoc_span_from_bytes (
                                                       response->body),
                                                   &cause);
  if (self->challenge == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "challenge", cause);
      mdoc_platform_call_fail (call, error);
      return;
    }
  call->step (call);
}

gboolean
mdoc_platform_wants_client (MdocPlatformCall *call, MdocPlatformStep step)
{
  MdocPlatform *self = call->platform;
  MdocPlatformExchange exchange = { .method = "POST", .max_bytes = 64 * 1024 };

  call->step = step;
  if (self->attester.klass != NULL && !call->has_asked_attester
      && takes (self->server_metadata, AUTH_METHOD_ATTESTED))
    {
      g_autoptr (GPtrArray) keys = g_ptr_array_new ();
      MdocAttestationRequest request = {
        .audience = self->server_metadata->issuer,
        .keys = keys,
        .is_anew = self->wants_fresh
      };

      g_ptr_array_add (keys, self->instance_key);
      call->has_asked_attester = TRUE;
      ask (call, &request, on_wallet);
      return TRUE;
    }

  if (self->attestation == NULL || self->challenge != NULL
      || self->server_metadata->challenge_uri == NULL)
    return FALSE;
  exchange.uri = self->server_metadata->challenge_uri;
  mdoc_platform_exchange (call, &exchange, on_challenge);
  return TRUE;
}

/* --- of device keys --- */

typedef struct
{
  MdocPlatformCall *call;
  GPtrArray *keys;
  char *nonce;
  MdocPlatformAttested callback;
} KeysCall;

static void
keys_call_free (KeysCall *self)
{
  g_ptr_array_unref (self->keys);
  g_free (self->nonce);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeysCall, keys_call_free)

/* Returns: FALSE with @error set if the issuer would refuse it anyway */
static gboolean
check_key_attestation (const KeysCall *self,
                       const char *compact,
                       GError **error)
{
  MdocPlatform *platform = self->call->platform;
  g_autoptr (MdocKeyAttestation) attestation
      = mdoc_key_attestation_parse (compact, NULL);

  if (attestation == NULL)
    {
      refuse (error,
              "attestation-malformed",
              "Who vouches for the keys gave no attestation");
      return FALSE;
    }
  if (!mdoc_key_attestation_is_current (attestation,
                                        mdoc_platform_get_now (platform),
                                        MDOC_ATTESTER_MAX_AHEAD_S))
    {
      refuse (error,
              "attestation-expired",
              "The attestation of the keys does not hold now");
      return FALSE;
    }
  if (self->nonce != NULL && g_strcmp0 (attestation->nonce, self->nonce) != 0)
    {
      refuse (error,
              "attestation-nonce",
              "The attestation of the keys is not made for this request");
      return FALSE;
    }
  for (guint i = 0; i < self->keys->len; i++)
    {
      if (!mdoc_key_attestation_has_key (attestation,
                                         mdoc_key_get_public (
                                             self->keys->pdata[i])))
        {
          refuse (error,
                  "attestation-key",
                  "The attestation leaves out a key that was asked for");
          return FALSE;
        }
    }
  /* one more key would be one more copy, whose key is not ours */
  if (attestation->keys->len != self->keys->len)
    {
      refuse (error,
              "attestation-key",
              "The attestation is of more keys than were asked for");
      return FALSE;
    }
  return TRUE;
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KeysCall) self = user_data;
  MdocPlatformCall *call = self->call;
  MdocPlatform *platform = call->platform;
  g_autoptr (GError) cause = NULL;
  g_autofree char *compact = platform->attester.klass
                                 ->ask_finish (platform->attester.impl,
                                               result,
                                               &cause);
  GError *error = NULL;

  if (compact == NULL)
    error = convert (cause);
  else if (check_key_attestation (self, compact, &error))
    {
      self->callback (call, compact, self->nonce);
      return;
    }
  mdoc_platform_call_fail (call, error);
}

void
mdoc_platform_attest_keys (MdocPlatformCall *call,
                           GPtrArray *keys,
                           const MdocProofType *asked,
                           const char *nonce,
                           MdocPlatformAttested callback)
{
  MdocPlatform *self = call->platform;
  KeysCall *what = g_new0 (KeysCall, 1);
  const MdocAttestationRequest request = {
    .for_keys = TRUE,
    .audience = self->issuer,
    .client_id = self->client_id,
    .nonce = nonce,
    .key_storage = (const char *const *) asked->key_storage,
    .user_authentication = (const char *const *) asked->user_authentication,
    .keys = keys,
  };

  what->call = call;
  what->keys = g_ptr_array_ref (keys);
  what->nonce = g_strdup (nonce);
  what->callback = callback;
  self->attester.klass->ask_async (self->attester.impl,
                                   &request,
                                   g_task_get_cancellable (call->task),
                                   on_keys,
                                   what);
}
