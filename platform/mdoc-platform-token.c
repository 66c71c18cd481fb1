/*
 * mdoc-platform-token.c - tokens, and the login before them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-authorization-response.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-pkce.h"
#include "openid/mdoc-uri.h"
#include "platform/mdoc-platform-private.h"

#define STATE_BYTES 16

static void
wipe_text (char *text)
{
  if (text != NULL)
    mdoc_secret_wipe (text, strlen (text));
  g_free (text);
}

static MdocSecret *
take_secret (char *text)
{
  MdocSecret *secret = NULL;

  if (text != NULL)
    secret = mdoc_secret_new_copy (mdoc_span_from_text (text));
  wipe_text (text);
  return secret;
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

static GPtrArray *
make_details (MdocPlatform *self, const char *const *configuration_ids)
{
  GPtrArray *details;

  if (configuration_ids == NULL || !self->server_metadata->has_details)
    return NULL;
  details = mdoc_details_new ();
  for (guint i = 0; configuration_ids[i] != NULL; i++)
    mdoc_details_add (details, configuration_ids[i], NULL);
  return details;
}

static GBytes *
take_form (char *form)
{
  gsize len = strlen (form);

  return g_bytes_new_take (form, len);
}

/* A token call remembers the request as a form, which may be sent twice, and
 * the refresh token that stays if no new one comes. */
typedef struct
{
  MdocTokenRequest *request;
  GStrv configuration_ids;
} TokenCall;

static void
token_call_free (gpointer data)
{
  TokenCall *self = data;

  mdoc_token_request_free (self->request);
  g_strfreev (self->configuration_ids);
  g_free (self);
}

static MdocPlatformTokens *
make_tokens (MdocPlatformCall *call, MdocTokenResponse *message)
{
  TokenCall *self = call->data;
  MdocPlatformTokens *tokens = g_new0 (MdocPlatformTokens, 1);

  tokens->access_token = take_secret (g_steal_pointer (&message->access_token));
  tokens->is_dpop = message->is_dpop;
  if (message->expires_in_s > 0)
    tokens->expires_at_unix_s = mdoc_platform_get_now (call->platform)
                                + message->expires_in_s;
  tokens->refresh_token = take_secret (
      g_steal_pointer (&message->refresh_token));
  if (tokens->refresh_token == NULL
      && self->request->grant == MDOC_TOKEN_REFRESH)
    tokens->refresh_token = mdoc_secret_new_copy (
        mdoc_span_from_text (self->request->code));
  tokens->scope = g_strdup (message->scope);
  if (message->details != NULL)
    tokens->details = g_ptr_array_ref (message->details);
  return tokens;
}

static void
on_token (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  g_autoptr (MdocTokenResponse) message = NULL;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  message = mdoc_token_response_parse (mdoc_span_from_bytes (response->body),
                                       &cause);
  if (message == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "token", cause);
      mdoc_platform_call_fail (call, error);
      return;
    }
  mdoc_platform_call_return (call,
                             make_tokens (call, message),
                             (GDestroyNotify) mdoc_platform_tokens_free);
}

static void
ask_token (MdocPlatformCall *call)
{
  MdocPlatform *self = call->platform;
  TokenCall *token = call->data;
  g_autoptr (GBytes) body = NULL;
  MdocPlatformExchange exchange = { .method = "POST",
                                    .content_type = MDOC_TYPE_FORM,
                                    .max_bytes = MDOC_TOKEN_MAX_BYTES,
                                    .auth = MDOC_PLATFORM_AUTH_DPOP };

  if (mdoc_platform_wants_client (call, ask_token))
    return;
  /* an attestation may have told it */
  g_free (token->request->client_id);
  token->request->client_id = g_strdup (self->client_id);
  token->request->details = make_details (self,
                                          (const char *const *)
                                              token->configuration_ids);
  body = take_form (mdoc_token_request_to_form (token->request));
  exchange.uri = self->server_metadata->token_uri;
  exchange.body = body;
  mdoc_platform_exchange (call, &exchange, on_token);
}

void
mdoc_platform_token_async (MdocPlatform *self,
                           const MdocPlatformGrant *grant,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  TokenCall *token = g_new0 (TokenCall, 1);
  MdocTokenRequest *request = g_new0 (MdocTokenRequest, 1);

  request->grant = grant->kind;
  request->code = g_strdup (grant->code);
  request->tx_code = g_strdup (grant->tx_code);
  request->code_verifier = g_strdup (grant->code_verifier);
  request->redirect_uri = g_strdup (grant->redirect_uri);
  token->request = request;
  token->configuration_ids = g_strdupv (
      (GStrv) (gsize) grant->configuration_ids);
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    token,
                                                    token_call_free),
                            ask_token);
}

MdocPlatformTokens *
mdoc_platform_token_finish (MdocPlatform *self,
                            GAsyncResult *result,
                            GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

void
mdoc_platform_authorization_free (MdocPlatformAuthorization *self)
{
  if (self == NULL)
    return;

  g_free (self->state);
  mdoc_secret_free (self->code_verifier);
  g_free (self->redirect_uri);
  g_free (self->browser_uri);
  g_free (self);
}

/* An authorization call makes the request when it knows the server. */
typedef struct
{
  GStrv configuration_ids;
  char *issuer_state;
  MdocPlatformAuthorization *authorization;
} AuthorizationCall;

static void
authorization_call_free (gpointer data)
{
  AuthorizationCall *self = data;

  g_strfreev (self->configuration_ids);
  g_free (self->issuer_state);
  mdoc_platform_authorization_free (self->authorization);
  g_free (self);
}

static char *
make_browser_uri (const char *authorization_uri, const char *query)
{
  return g_strconcat (authorization_uri,
                      strchr (authorization_uri, '?') != NULL ? "&" : "?",
                      query,
                      NULL);
}

static void
return_authorization (MdocPlatformCall *call)
{
  AuthorizationCall *self = call->data;

  mdoc_platform_call_return (call,
                             g_steal_pointer (&self->authorization),
                             (GDestroyNotify) mdoc_platform_authorization_free);
}

static void
on_pushed (MdocPlatformCall *call, const MdocHttpResponse *response)
{
  MdocPlatform *self = call->platform;
  MdocPlatformAuthorization *authorization = ((AuthorizationCall *) call->data)
                                                 ->authorization;
  g_autofree char *request_uri = NULL;
  g_autoptr (GString) query = g_string_new (NULL);
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;
  gint64 expires_in_s;

  if (!mdoc_platform_check_answer (call, response, MDOC_TYPE_JSON, &error))
    {
      mdoc_platform_call_fail (call, error);
      return;
    }
  request_uri = mdoc_par_response_parse (mdoc_span_from_bytes (response->body),
                                         &expires_in_s,
                                         &cause);
  if (request_uri == NULL)
    {
      mdoc_platform_refuse_answer (&error, call, response, "par", cause);
      mdoc_platform_call_fail (call, error);
      return;
    }
  mdoc_form_add (query, "client_id", self->client_id);
  mdoc_form_add (query, "request_uri", request_uri);
  authorization->browser_uri
      = make_browser_uri (self->server_metadata->authorization_uri, query->str);
  authorization->expires_at_unix_s = mdoc_platform_get_now (self)
                                     + expires_in_s;
  return_authorization (call);
}

/* Scopes, for servers that know nothing else.
 * Returns: (nullable): %NULL if one of the configurations has none */
static char *
make_scope (MdocPlatform *self, GStrv configuration_ids)
{
  g_autoptr (GString) scope = g_string_new (NULL);

  for (guint i = 0; configuration_ids[i] != NULL; i++)
    {
      const MdocConfiguration *configuration
          = mdoc_issuer_metadata_find (self->issuer_metadata,
                                       configuration_ids[i]);

      if (configuration == NULL || configuration->scope == NULL)
        return NULL;
      if (i > 0)
        g_string_append_c (scope, ' ');
      g_string_append (scope, configuration->scope);
    }
  return g_strdup (scope->str);
}

/* Returns: (nullable): the form; %NULL if there is no way to say it */
static char *
make_request (MdocPlatform *self, AuthorizationCall *call)
{
  MdocPlatformAuthorization *authorization = call->authorization;
  g_autoptr (MdocAuthorizationRequest) request
      = g_new0 (MdocAuthorizationRequest, 1);
  g_autofree char *verifier = mdoc_pkce_make_verifier ();
  guint8 state[STATE_BYTES];

  mdoc_random_fill (state, sizeof (state));
  authorization->state = mdoc_base64url_encode (
      MDOC_SPAN (state, sizeof (state)));
  authorization->code_verifier = mdoc_secret_new_copy (
      mdoc_span_from_text (verifier));
  request->client_id = g_strdup (self->client_id);
  request->redirect_uri = g_strdup (authorization->redirect_uri);
  request->details = make_details (self,
                                   (const char *const *)
                                       call->configuration_ids);
  if (request->details == NULL)
    request->scope = make_scope (self, call->configuration_ids);
  if (self->issuer_metadata->servers != NULL)
    request->location = g_strdup (self->issuer);
  request->state = g_strdup (authorization->state);
  request->code_challenge = mdoc_pkce_dup_challenge (verifier);
  request->issuer_state = g_strdup (call->issuer_state);
  if (self->server_metadata->dpop_algs != NULL)
    request->dpop_thumbprint = mdoc_jwk_dup_thumbprint (
        mdoc_key_get_public (self->instance_key));
  mdoc_secret_wipe (verifier, strlen (verifier));
  if (request->details == NULL && request->scope == NULL)
    return NULL;
  return mdoc_authorization_request_to_form (request);
}

static void
authorize (MdocPlatformCall *call)
{
  MdocPlatform *self = call->platform;
  AuthorizationCall *authorization = call->data;
  const MdocServerMetadata *server = self->server_metadata;
  g_autofree char *form = NULL;
  g_autoptr (GBytes) body = NULL;
  MdocPlatformExchange exchange = { .method = "POST",
                                    .uri = server->par_uri,
                                    .content_type = MDOC_TYPE_FORM,
                                    .max_bytes = MDOC_TOKEN_MAX_BYTES,
                                    .auth = MDOC_PLATFORM_AUTH_DPOP };

  if (server->par_uri != NULL && mdoc_platform_wants_client (call, authorize))
    return;
  if (self->client_id == NULL)
    {
      fail (call,
            MDOC_PLATFORM_ERROR_UNSUPPORTED,
            "client-id",
            "A login needs a client_id");
      return;
    }
  if (server->authorization_uri == NULL
      || !mdoc_server_metadata_has_grant (server,
                                          MDOC_GRANT_AUTHORIZATION_CODE))
    {
      fail (call,
            MDOC_PLATFORM_ERROR_UNSUPPORTED,
            "authorization-code",
            "Server has no login");
      return;
    }
  form = make_request (self, authorization);
  if (form == NULL)
    {
      fail (call,
            MDOC_PLATFORM_ERROR_UNSUPPORTED,
            "scope",
            "Server has no way to ask for this configuration");
      return;
    }
  if (server->par_uri == NULL)
    {
      authorization->authorization->browser_uri
          = make_browser_uri (server->authorization_uri, form);
      return_authorization (call);
      return;
    }
  body = take_form (g_steal_pointer (&form));
  exchange.body = body;
  mdoc_platform_exchange (call, &exchange, on_pushed);
}

void
mdoc_platform_push_authorization_async (MdocPlatform *self,
                                        const char *const *configuration_ids,
                                        const char *issuer_state,
                                        const char *redirect_uri,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  AuthorizationCall *call = g_new0 (AuthorizationCall, 1);

  call->configuration_ids = g_strdupv ((GStrv) (gsize) configuration_ids);
  call->issuer_state = g_strdup (issuer_state);
  call->authorization = g_new0 (MdocPlatformAuthorization, 1);
  call->authorization->redirect_uri = g_strdup (redirect_uri);
  mdoc_platform_call_start (mdoc_platform_call_new (self,
                                                    self->http,
                                                    cancellable,
                                                    callback,
                                                    user_data,
                                                    call,
                                                    authorization_call_free),
                            authorize);
}

MdocPlatformAuthorization *
mdoc_platform_push_authorization_finish (MdocPlatform *self,
                                         GAsyncResult *result,
                                         GError **error)
{
  return mdoc_platform_call_finish (result, error);
}

/**
 * mdoc_platform_read_authorization:
 * @self: a platform whose metadata are there
 * @authorization: what was asked
 * @query: what the browser brought
 * @error: return location for a #MdocPlatformError
 *
 * Returns: (transfer full): the authorization code, or %NULL with @error set
 */
MdocSecret *
mdoc_platform_read_authorization (
    MdocPlatform *self,
    const MdocPlatformAuthorization *authorization,
    const char *query,
    GError **error)
{
  const MdocServerMetadata *server = self->server_metadata;
  g_autoptr (MdocAuthorizationResponse) response = NULL;

  g_return_val_if_fail (server != NULL, NULL);
  response = mdoc_authorization_response_parse (query, NULL);
  if (response == NULL)
    {
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_PROTOCOL,
                            "authorization-response",
                            "Browser brought no answer");
      return NULL;
    }
  switch (mdoc_authorization_response_check (response,
                                             authorization->state,
                                             server->issuer,
                                             server->gives_iss))
    {
    case MDOC_AUTHORIZATION_OK:
      return take_secret (g_steal_pointer (&response->code));

    case MDOC_AUTHORIZATION_REFUSED:
      mdoc_platform_refuse_code (error,
                                 response->error,
                                 "Server or holder said no");
      return NULL;

    case MDOC_AUTHORIZATION_ISSUER:
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_TRUST,
                            "issuer-mismatch",
                            "Answer is of another server");
      return NULL;

    case MDOC_AUTHORIZATION_STATE:
    default:
      mdoc_platform_refuse (error,
                            MDOC_PLATFORM_ERROR_TRUST,
                            "state-mismatch",
                            "Answer is to no request of ours");
      return NULL;
    }
}
