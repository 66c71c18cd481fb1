/*
 * mdoc-platform-exchange.c - one request to a platform, and who asks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform-private.h"

#include <string.h>

#include "openid/mdoc-dpop.h"
#include "openid/mdoc-wallet-attestation.h"
#include "openid/mdoc-wallet-proof.h"

/* a clock that is off by less is not worth the blame */
#define TOLERATED_OFFSET_S 60
#define MAX_NONCE_LEN      ((gsize) 1024)
#define CHALLENGE_HEADER   "OAuth-Client-Attestation-Challenge"

static void
call_free (MdocPlatformCall *call)
{
  if (call->free_data != NULL)
    call->free_data (call->data);
  mdoc_platform_discovery_free (call->discovery);
  g_free (call->method);
  g_free (call->uri);
  g_free (call->accept);
  g_free (call->content_type);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_pointer (&call->access_token, mdoc_secret_free);
  mdoc_http_client_unref (call->http);
  mdoc_platform_unref (call->platform);
  g_free (call);
}

MdocPlatformCall *
mdoc_platform_call_new (MdocPlatform *platform,
                        MdocHttpClient *http,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data,
                        gpointer data,
                        GDestroyNotify free_data)
{
  MdocPlatformCall *call = g_new0 (MdocPlatformCall, 1);

  call->platform = platform != NULL ? mdoc_platform_ref (platform) : NULL;
  call->http = mdoc_http_client_ref (http);
  call->data = data;
  call->free_data = free_data;
  call->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (call->task, call, (GDestroyNotify) call_free);
  /* an answer that is here has used up a code: it is not thrown away */
  g_task_set_check_cancellable (call->task, FALSE);
  return call;
}

void
mdoc_platform_call_start (MdocPlatformCall *call, MdocPlatformStep step)
{
  call->step = step;
  if (call->platform->issuer_metadata != NULL)
    step (call);
  else
    mdoc_platform_discover (call);
}

void
mdoc_platform_call_return (MdocPlatformCall *call,
                           gpointer result,
                           GDestroyNotify free_result)
{
  GTask *task = call->task;

  g_task_return_pointer (task, result, free_result);
  g_object_unref (task);
}

void
mdoc_platform_call_fail (MdocPlatformCall *call, GError *error)
{
  GTask *task = call->task;

  g_task_return_error (task, error);
  g_object_unref (task);
}

gpointer
mdoc_platform_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gint64
mdoc_platform_get_now (MdocPlatform *self)
{
  return mdoc_clock_get_unix_s (self->clock);
}

gint64
mdoc_platform_get_proof_time (MdocPlatform *self)
{
  return mdoc_platform_get_now (self)
         + (self->uses_offset ? self->offset_s : 0);
}

/* Nonces belong to an origin (RFC 9449, 8.2). */
static char *
dup_origin (const char *uri)
{
  const char *host = strstr (uri, "://");
  const char *end = host != NULL ? host + 3 + strcspn (host + 3, "/?#")
                                 : uri + strlen (uri);

  return g_ascii_strdown (uri, end - uri);
}

static gboolean
add_dpop (MdocPlatformCall *call, GStrvBuilder *headers, GError **error)
{
  MdocPlatform *self = call->platform;
  g_autofree char *origin = dup_origin (call->uri);
  g_autofree char *token = NULL, *proof = NULL;

  if (call->access_token != NULL)
    token = g_strndup ((const char *) mdoc_secret_get_data (call->access_token),
                       mdoc_secret_get_len (call->access_token));
  proof = mdoc_dpop_make (self->instance_key,
                          call->method,
                          call->uri,
                          mdoc_platform_get_proof_time (self),
                          g_hash_table_lookup (self->dpop_nonces, origin),
                          token,
                          error);
  if (token != NULL)
    mdoc_secret_wipe (token, strlen (token));
  if (proof == NULL)
    return FALSE;
  g_strv_builder_add_many (headers, "DPoP", proof, NULL);
  return TRUE;
}

static gboolean
add_wallet_proof (MdocPlatformCall *call, GStrvBuilder *headers, GError **error)
{
  MdocPlatform *self = call->platform;
  MdocSpan body = call->body != NULL ? mdoc_span_from_bytes (call->body)
                                     : MDOC_SPAN (NULL, 0);
  g_autofree char *proof
      = mdoc_wallet_proof_make (self->instance_key,
                                call->method,
                                call->uri,
                                body,
                                mdoc_platform_get_proof_time (self),
                                self->wallet_nonce,
                                error);

  if (proof == NULL)
    return FALSE;
  g_strv_builder_add_many (headers, MDOC_WALLET_PROOF_HEADER, proof, NULL);
  return TRUE;
}

/* A challenge is good until the server says that it is not, or has another
 * (draft-ietf-oauth-attestation-based-client-auth-07, 8). */
static gboolean
add_attestation (MdocPlatformCall *call, GStrvBuilder *headers, GError **error)
{
  MdocPlatform *self = call->platform;
  g_autofree char *pop = mdoc_wallet_pop_make (self->instance_key,
                                               self->client_id,
                                               self->server_metadata->issuer,
                                               mdoc_platform_get_proof_time (
                                                   self),
                                               self->challenge,
                                               error);

  if (pop == NULL)
    return FALSE;
  g_strv_builder_add_many (headers,
                           MDOC_WALLET_ATTESTATION_HEADER,
                           self->attestation,
                           MDOC_WALLET_POP_HEADER,
                           pop,
                           NULL);
  return TRUE;
}

static gboolean
add_auth (MdocPlatformCall *call, GStrvBuilder *headers, GError **error)
{
  g_autofree char *authorization = NULL;

  switch (call->auth)
    {
    case MDOC_PLATFORM_AUTH_TOKEN:
      authorization = g_strdup_printf ("%s %.*s",
                                       call->is_dpop ? "DPoP" : "Bearer",
                                       (int) mdoc_secret_get_len (
                                           call->access_token),
                                       (const char *) mdoc_secret_get_data (
                                           call->access_token));
      g_strv_builder_add_many (headers, "Authorization", authorization, NULL);
      return !call->is_dpop || add_dpop (call, headers, error);

    case MDOC_PLATFORM_AUTH_DPOP:
      if (call->platform->attestation != NULL
          && !add_attestation (call, headers, error))
        return FALSE;
      return !call->is_dpop || add_dpop (call, headers, error);

    case MDOC_PLATFORM_AUTH_WALLET:
      return add_wallet_proof (call, headers, error);

    case MDOC_PLATFORM_AUTH_NONE:
    default:
      return TRUE;
    }
}

static void send (MdocPlatformCall *call);

/* What every answer may bring: the time, and nonces for the next request. */
static void
take_notes (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  const char *dpop = mdoc_http_response_get_header (response, "DPoP-Nonce");
  const char *wallet = mdoc_http_response_get_header (response,
                                                      MDOC_WALLET_NONCE_HEADER);
  const char *challenge = mdoc_http_response_get_header (response,
                                                         CHALLENGE_HEADER);

  if (response->has_date)
    {
      self->has_offset = TRUE;
      self->offset_s = response->date_unix_s - mdoc_platform_get_now (self);
    }
  if (dpop != NULL && *dpop != '\0' && strlen (dpop) <= MAX_NONCE_LEN)
    g_hash_table_insert (self->dpop_nonces,
                         dup_origin (call->uri),
                         g_strdup (dpop));
  if (challenge != NULL && *challenge != '\0'
      && strlen (challenge) <= MAX_NONCE_LEN)
    {
      g_free (self->challenge);
      self->challenge = g_strdup (challenge);
    }
  if (call->auth == MDOC_PLATFORM_AUTH_WALLET && wallet != NULL
      && *wallet != '\0' && strlen (wallet) <= MAX_NONCE_LEN)
    {
      g_free (self->wallet_nonce);
      self->wallet_nonce = g_strdup (wallet);
    }
}

/* Is it worth the one second try? @response has been taken note of. */
static gboolean
wants_second_try (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  g_autofree char *name = NULL, *description = NULL;
  gboolean has_proof = call->auth == MDOC_PLATFORM_AUTH_WALLET || call->is_dpop
                       || call->auth == MDOC_PLATFORM_AUTH_DPOP;
  MdocProtocolCode code;

  if (call->is_second_try || !has_proof
      || (response->status != 400 && response->status != 401))
    return FALSE;

  code = mdoc_platform_read_refusal (response, &name, &description);
  if (call->auth == MDOC_PLATFORM_AUTH_WALLET
      && g_strcmp0 (name, MDOC_WALLET_PROOF_USE_NONCE) == 0)
    return mdoc_http_response_get_header (response, MDOC_WALLET_NONCE_HEADER)
           != NULL;
  if (code == MDOC_PROTOCOL_USE_FRESH_ATTESTATION
      || code == MDOC_PROTOCOL_INVALID_CLIENT_ATTESTATION)
    {
      /* the next call asks for another one */
      self->wants_fresh = TRUE;
      return FALSE;
    }
  if (code == MDOC_PROTOCOL_USE_ATTESTATION_CHALLENGE)
    return mdoc_http_response_get_header (response, CHALLENGE_HEADER) != NULL;
  if (code == MDOC_PROTOCOL_USE_DPOP_NONCE)
    return mdoc_http_response_get_header (response, "DPoP-Nonce") != NULL;
  if ((code == MDOC_PROTOCOL_INVALID_DPOP_PROOF
       || (call->auth == MDOC_PLATFORM_AUTH_WALLET
           && code == MDOC_PROTOCOL_INVALID_PROOF))
      && self->has_offset && !self->uses_offset
      && ABS (self->offset_s) > TOLERATED_OFFSET_S)
    {
      self->uses_offset = TRUE;
      return TRUE;
    }
  return FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocPlatformCall *call = user_data;
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_sent = FALSE;

  response = mdoc_http_client_send_finish (call->http,
                                           result,
                                           &was_sent,
                                           &error);
  call->was_sent = call->was_sent || was_sent;
  if (response == NULL)
    {
      mdoc_platform_call_fail (call,
                               mdoc_platform_error_from_http (call, error));
      return;
    }
  if (call->platform != NULL)
    {
      take_notes (call, response);
      if (wants_second_try (call, response))
        {
          call->is_second_try = TRUE;
          send (call);
          return;
        }
    }
  call->answer (call, response);
}

static void
send (MdocPlatformCall *call)
{
  g_autoptr (GStrvBuilder) headers = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  MdocHttpRequest request = { .method = call->method,
                              .uri = call->uri,
                              .content_type = call->content_type,
                              .body = call->body,
                              .max_bytes = call->max_bytes };
  g_autoptr (GError) error = NULL;

  g_strv_builder_add_many (headers, "Accept", call->accept, NULL);
  if (call->platform != NULL && call->platform->languages != NULL)
    g_strv_builder_add_many (headers,
                             "Accept-Language",
                             call->platform->languages,
                             NULL);
  if (!add_auth (call, headers, &error))
    {
      GError *failed = NULL;

      mdoc_platform_refuse (&failed,
                            MDOC_PLATFORM_ERROR_DEVICE,
                            "instance-key",
                            error->message);
      mdoc_platform_call_fail (call, failed);
      return;
    }
  list = g_strv_builder_end (headers);
  request.headers = (const char *const *) list;
  mdoc_http_client_send_async (call->http,
                               &request,
                               g_task_get_cancellable (call->task),
                               on_answer,
                               call);
}

void
mdoc_platform_exchange (MdocPlatformCall *call,
                        const MdocPlatformExchange *exchange,
                        MdocPlatformAnswer answer)
{
  const MdocPlatformTokens *tokens = exchange->tokens;

#define REPLACE(field_, copy_)                                                 \
  G_STMT_START                                                                 \
  {                                                                            \
    g_free (call->field_);                                                     \
    call->field_ = g_strdup (copy_);                                           \
  }                                                                            \
  G_STMT_END
  REPLACE (method, exchange->method != NULL ? exchange->method : "GET");
  REPLACE (uri, exchange->uri);
  REPLACE (accept,
           exchange->accept != NULL ? exchange->accept : MDOC_TYPE_JSON);
  REPLACE (content_type, exchange->content_type);
#undef REPLACE
  g_clear_pointer (&call->body, g_bytes_unref);
  if (exchange->body != NULL)
    call->body = g_bytes_ref (exchange->body);
  call->max_bytes = exchange->max_bytes;
  call->auth = exchange->auth;
  g_clear_pointer (&call->access_token, mdoc_secret_free);
  call->is_dpop = FALSE;
  if (exchange->auth == MDOC_PLATFORM_AUTH_TOKEN)
    {
      call->access_token = mdoc_secret_new_copy (
          mdoc_secret_get_span (tokens->access_token));
      call->is_dpop = tokens->is_dpop;
    }
  else if (exchange->auth == MDOC_PLATFORM_AUTH_DPOP)
    {
      GStrv algs = call->platform->server_metadata->dpop_algs;

      call->is_dpop = algs != NULL
                      && g_strv_contains ((const char *const *) algs, "ES256");
    }
  call->answer = answer;
  call->is_second_try = FALSE;
  call->was_sent = FALSE;
  send (call);
}
