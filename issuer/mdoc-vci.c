/*
 * mdoc-vci.c - the endpoints that wallets talk to
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci.h"

#include <string.h>

#include "issuer/mdoc-vci-login.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-offer.h"
#include "openid/mdoc-uri.h"

#define NONCE_KEY_BYTES 32
/* for whom there is no room, in seconds */
#define RETRY_AFTER_S "10"

/**
 * mdoc_vci_new:
 * @config: how the endpoints behave
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): the endpoints, or %NULL with @error set
 */
MdocVci *
mdoc_vci_new (const MdocVciConfig *config, GError **error)
{
  g_autoptr (MdocVci) self = g_new0 (MdocVci, 1);
  g_autofree char *kid = NULL;

  self->config = *config;
  self->config.display = g_strdup (config->display);
  self->config.encryption_secret = NULL; /* not needed any more */
  if (config->anchors != NULL)
    self->config.anchors = g_ptr_array_ref (config->anchors);
  if (config->attesters != NULL)
    self->config.attesters = g_ptr_array_ref (config->attesters);
  if (config->servers != NULL)
    self->config.servers = g_ptr_array_ref (config->servers);
  g_mutex_init (&self->lock);
  self->seen = mdoc_replay_new (MDOC_VCI_MAX_SEEN);
  self->kept = mdoc_replay_new (MDOC_VCI_MAX_KEPT);
  self->limiter = mdoc_vci_limiter_new (MDOC_VCI_MAX_MISSES,
                                        MDOC_VCI_MISS_WINDOW_S);
  self->recoveries = mdoc_vci_limiter_new (MDOC_VCI_MAX_RECOVERIES,
                                           MDOC_VCI_RECOVERY_WINDOW_S);
  self->accounts = mdoc_vci_accounts_new ();
  if (config->has_max_sessions)
    self->capacity = mdoc_vci_capacity_new (config->reg,
                                            config->clock,
                                            config->max_sessions);
  self->routes = g_ptr_array_new_with_free_func (g_free);
  /* made anew each time, for the memory of what was seen is, too: a proof from
   * before must not count again */
  self->nonce_key = mdoc_secret_new (NONCE_KEY_BYTES);
  mdoc_random_fill (mdoc_secret_get_data (self->nonce_key), NONCE_KEY_BYTES);

  /* wallets keep the metadata for a while: the key in it outlives a restart */
  self->encryption_key
      = config->encryption_secret != NULL
            ? mdoc_key_new_from_private (MDOC_CURVE_P256,
                                         mdoc_secret_get_span (
                                             config->encryption_secret),
                                         error)
            : mdoc_key_generate (MDOC_CURVE_P256, error);
  if (self->encryption_key == NULL)
    return NULL;
  kid = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (self->encryption_key));
  self->encryption_jwk = mdoc_jwk_new (mdoc_key_get_public (
                                           self->encryption_key),
                                       kid,
                                       MDOC_JWE_ALG,
                                       "enc");
  return g_steal_pointer (&self);
}

/**
 * mdoc_vci_free:
 * @self: (nullable): the endpoints
 *
 * Lets them go.
 */
void
mdoc_vci_free (MdocVci *self)
{
  if (self == NULL)
    return;

  /* it was made from a constant one */
  g_free ((char *) (guintptr) self->config.display);
  g_clear_pointer (&self->config.anchors, g_ptr_array_unref);
  g_clear_pointer (&self->config.attesters, g_ptr_array_unref);
  g_clear_pointer (&self->config.servers, g_ptr_array_unref);
  mdoc_replay_free (self->seen);
  mdoc_replay_free (self->kept);
  mdoc_vci_limiter_free (self->limiter);
  mdoc_vci_limiter_free (self->recoveries);
  mdoc_vci_accounts_free (self->accounts);
  mdoc_vci_capacity_free (self->capacity);
  g_ptr_array_unref (self->routes);
  mdoc_secret_free (self->nonce_key);
  mdoc_key_unref (self->encryption_key);
  mdoc_jwk_unref (self->encryption_jwk);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* what a route is registered with */
typedef struct
{
  MdocVci *vci;
  MdocHttpHandler handler;
} Route;

/* Everybody counts, but only wallets are sent away: they come again. */
static gboolean
is_full (MdocVci *self)
{
  guint n_sessions;

  if (self->capacity == NULL)
    return FALSE;
  n_sessions = mdoc_http_server_get_n_connections (self->server);
  if (self->config.max_sessions != 0 && n_sessions <= self->config.max_sessions)
    return FALSE;
  mdoc_vci_capacity_count (self->capacity, n_sessions);
  return TRUE;
}

static void
on_wallet (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  const Route *route = data;

  if (!is_full (route->vci))
    {
      route->handler (call, reply, route->vci);
      return;
    }
  mdoc_http_reply_take_json (
      reply,
      503,
      mdoc_protocol_error_write (MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE,
                                 "Too many sessions"));
  mdoc_http_reply_set_header (reply, "Retry-After", RETRY_AFTER_S);
}

void
mdoc_vci_add_route (MdocVci *self,
                    MdocHttpServer *server,
                    const char *method,
                    const char *path,
                    MdocHttpHandler handler)
{
  Route *route = g_new0 (Route, 1);

  route->vci = self;
  route->handler = handler;
  self->server = server;
  g_ptr_array_add (self->routes, route);
  mdoc_http_server_add_route (server, method, path, on_wallet, route);
}

/**
 * mdoc_vci_add_routes:
 * @self: the endpoints
 * @server: where
 *
 * Adds all of them.
 */
void
mdoc_vci_add_routes (MdocVci *self, MdocHttpServer *server)
{
  const struct
  {
    const char *method;
    const char *path;
    MdocHttpHandler handler;
  } routes[] = {
    /* inserted, as the final standard has it, and appended, as its drafts did
     */
    { "GET",
      "/.well-known/openid-credential-issuer" MDOC_VCI_PATH,
      mdoc_vci_on_issuer_metadata },
    { "GET",
      MDOC_VCI_PATH "/.well-known/openid-credential-issuer",
      mdoc_vci_on_issuer_metadata },
    { "GET",
      "/.well-known/oauth-authorization-server" MDOC_VCI_PATH,
      mdoc_vci_on_server_metadata },
    { "GET",
      MDOC_VCI_PATH "/.well-known/oauth-authorization-server",
      mdoc_vci_on_server_metadata },
    { "GET",
      MDOC_VCI_PATH "/.well-known/openid-configuration",
      mdoc_vci_on_server_metadata },
    { "GET", MDOC_VCI_PATH "/offer/{reference}", mdoc_vci_on_offer },
    { "POST", MDOC_VCI_PATH "/nonce", mdoc_vci_on_nonce },
    { "POST", MDOC_VCI_PATH "/challenge", mdoc_vci_on_challenge },
    { "POST", MDOC_VCI_PATH "/par", mdoc_vci_on_par },
    { "GET", MDOC_VCI_PATH "/authorize", mdoc_vci_on_authorize },
    { "POST", MDOC_VCI_PATH "/authorize", mdoc_vci_on_login },
    { "GET", MDOC_VCI_PATH "/login.css", mdoc_vci_on_style },
    { "POST", MDOC_VCI_PATH "/token", mdoc_vci_on_token },
    { "POST", MDOC_VCI_PATH "/credential", mdoc_vci_on_credential },
    { "POST", MDOC_VCI_PATH "/deferred_credential", mdoc_vci_on_deferred },
    { "POST", MDOC_VCI_PATH "/notification", mdoc_vci_on_notification },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    /* what is well known stays so */
    if (g_str_has_prefix (routes[i].path, MDOC_VCI_PATH "/")
        && strstr (routes[i].path, ".well-known") == NULL)
      mdoc_vci_add_route (self,
                          server,
                          routes[i].method,
                          routes[i].path,
                          routes[i].handler);
    else
      mdoc_http_server_add_route (server,
                                  routes[i].method,
                                  routes[i].path,
                                  routes[i].handler,
                                  self);
  mdoc_vci_add_wallet_routes (self, server);
}

gint64
mdoc_vci_get_now_s (MdocVci *self)
{
  return mdoc_clock_get_unix_s (self->config.clock);
}

gint64
mdoc_vci_get_monotonic_s (MdocVci *self)
{
  return mdoc_clock_get_monotonic_ms (self->config.clock) / 1000;
}

MdocRegisterCall
mdoc_vci_make_call (MdocVci *self)
{
  return (MdocRegisterCall){ .now_ms = mdoc_vci_get_now_s (self) * 1000,
                             .actor = "holder" };
}

void
mdoc_vci_refuse (MdocHttpReply *reply,
                 MdocProtocolCode code,
                 const char *description)
{
  mdoc_http_reply_take_json (reply,
                             mdoc_protocol_code_get_status (code),
                             mdoc_protocol_error_write (code, description));
}

void
mdoc_vci_fail (MdocHttpReply *reply, const GError *error)
{
  g_warning ("A request failed: %s", error->message);
  mdoc_http_reply_take_json (
      reply,
      500,
      mdoc_protocol_error_write (MDOC_PROTOCOL_SERVER_ERROR, NULL));
}

void
mdoc_vci_refuse_grant (MdocHttpReply *reply, const GError *error)
{
  static const struct
  {
    MdocRegisterError error;
    MdocProtocolCode code;
    const char *description;
  } rows[] = {
    { MDOC_REGISTER_ERROR_GRANT,
      MDOC_PROTOCOL_INVALID_GRANT,
      "The code or token is unknown, spent, expired or bound to another" },
    { MDOC_REGISTER_ERROR_NOT_FOUND, MDOC_PROTOCOL_INVALID_GRANT, NULL },
    { MDOC_REGISTER_ERROR_STATE, MDOC_PROTOCOL_INVALID_GRANT, NULL },
    { MDOC_REGISTER_ERROR_DENIED, MDOC_PROTOCOL_INVALID_GRANT, NULL },
    { MDOC_REGISTER_ERROR_TX_CODE,
      MDOC_PROTOCOL_INVALID_GRANT,
      "The transaction code is wrong" },
    { MDOC_REGISTER_ERROR_TX_CODE_MISSING,
      MDOC_PROTOCOL_INVALID_REQUEST,
      "A transaction code is missing, or there should be none" },
    { MDOC_REGISTER_ERROR_ARGUMENT, MDOC_PROTOCOL_INVALID_REQUEST, NULL },
    { MDOC_REGISTER_ERROR_IDENTIFIER, MDOC_PROTOCOL_INVALID_SCOPE, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, MDOC_REGISTER_ERROR, (gint) rows[i].error))
      {
        mdoc_vci_refuse (reply, rows[i].code, rows[i].description);
        return;
      }
  mdoc_vci_fail (reply, error);
}

void
mdoc_vci_refuse_request (MdocHttpReply *reply, const GError *error)
{
  static const struct
  {
    MdocRegisterError error;
    MdocProtocolCode code;
  } rows[] = {
    { MDOC_REGISTER_ERROR_ARGUMENT, MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
    { MDOC_REGISTER_ERROR_LIMIT, MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
    { MDOC_REGISTER_ERROR_TRANSACTION, MDOC_PROTOCOL_INVALID_TRANSACTION_ID },
    { MDOC_REGISTER_ERROR_NOTIFICATION, MDOC_PROTOCOL_INVALID_NOTIFICATION_ID },
    { MDOC_REGISTER_ERROR_NOT_FOUND, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_STATE, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_FEATURE, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_CLAIMS, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_DENIED, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_GRANT, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_SUSPENDED, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_REVOKED, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_REMOVED, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED,
      MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_TOO_OFTEN, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
    { MDOC_REGISTER_ERROR_CLONE, MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, MDOC_REGISTER_ERROR, (gint) rows[i].error))
      {
        /* the machine code tells our own agent why (lifecycle, 7) */
        mdoc_vci_refuse (reply,
                         rows[i].code,
                         mdoc_register_error_get_name (error));
        return;
      }
  mdoc_vci_fail (reply, error);
}

gboolean
mdoc_vci_is_type (const MdocHttpCall *call,
                  MdocHttpReply *reply,
                  const char *content_type)
{
  if (strcmp (mdoc_http_call_get_content_type (call), content_type) == 0)
    return TRUE;

  mdoc_http_reply_take_json (
      reply,
      415,
      mdoc_protocol_error_write (MDOC_PROTOCOL_INVALID_REQUEST,
                                 "The body is of another type"));
  return FALSE;
}

char *
mdoc_vci_dup_form (const MdocHttpCall *call, MdocHttpReply *reply)
{
  const MdocSpan body = mdoc_http_call_get_body (call);

  if (!mdoc_vci_is_type (call, reply, MDOC_VCI_FORM))
    return NULL;
  if (body.len > MDOC_FORM_MAX_LEN
      || (body.len > 0 && memchr (body.data, 0, body.len) != NULL))
    {
      mdoc_vci_refuse (reply, MDOC_PROTOCOL_INVALID_REQUEST, "No form");
      return NULL;
    }
  return g_strndup ((const char *) body.data, body.len);
}

char *
mdoc_vci_dup_url (const MdocHttpCall *call, const char *path)
{
  return g_strconcat (mdoc_http_call_get_base_url (call), path, NULL);
}

/* Whom what is asked counts against. */
static char *
dup_client (MdocVci *self, const MdocHttpCall *call)
{
  return mdoc_http_call_dup_client (call, self->config.trusts_proxy);
}

gboolean
mdoc_vci_is_first (MdocVci *self,
                   const MdocHttpCall *call,
                   const char *token,
                   gboolean *ret_is_full)
{
  const char *dot = strrchr (token, '.');
  const gsize len = dot != NULL ? (gsize) (dot - token) : strlen (token);
  const MdocSpan part = MDOC_SPAN ((const guint8 *) token, len);
  const gint64 now_s = mdoc_vci_get_monotonic_s (self);
  g_autofree char *client = dup_client (self, call);
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  MdocReplayResult result;

  /* as long as its time could still be right */
  result = mdoc_replay_check_for (self->seen,
                                  client,
                                  &part,
                                  1,
                                  now_s,
                                  now_s + MDOC_VCI_AGE_S + MDOC_VCI_AHEAD_S
                                      + 1);
  *ret_is_full = result == MDOC_REPLAY_FULL || result == MDOC_REPLAY_SHARE;
  return result == MDOC_REPLAY_FRESH;
}

/* 429 to who has its share of @memory; who has none of it is not to blame */
static void
refuse_share (MdocVci *self,
              MdocReplay *memory,
              const char *client,
              MdocHttpReply *reply)
{
  g_autofree char *text = NULL;
  guint wait_s;

  g_mutex_lock (&self->lock);
  wait_s = mdoc_replay_get_wait_s (memory,
                                   client,
                                   mdoc_vci_get_monotonic_s (self));
  g_mutex_unlock (&self->lock);

  mdoc_http_reply_take_json (
      reply,
      wait_s > 0 ? 429 : 503,
      mdoc_protocol_error_write (MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE,
                                 wait_s > 0 ? "Too many from there"
                                            : "Too many"));
  text = wait_s > 0 ? g_strdup_printf ("%u", wait_s) : g_strdup (RETRY_AFTER_S);
  mdoc_http_reply_set_header (reply, "Retry-After", text);
}

void
mdoc_vci_refuse_busy (MdocVci *self,
                      const MdocHttpCall *call,
                      MdocHttpReply *reply)
{
  g_autofree char *client = dup_client (self, call);

  refuse_share (self, self->seen, client, reply);
}

gboolean
mdoc_vci_may_keep (MdocVci *self,
                   const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gint64 lifetime_s)
{
  g_autofree char *client = dup_client (self, call);
  const gint64 now_s = mdoc_vci_get_monotonic_s (self);
  MdocReplayResult result;
  MdocSpan part;

  g_mutex_lock (&self->lock);
  self->n_kept++;
  part = MDOC_SPAN ((const guint8 *) &self->n_kept, sizeof (self->n_kept));
  result = mdoc_replay_check_for (self->kept,
                                  client,
                                  &part,
                                  1,
                                  now_s,
                                  now_s + lifetime_s);
  g_mutex_unlock (&self->lock);
  if (result == MDOC_REPLAY_FRESH)
    return TRUE;
  refuse_share (self, self->kept, client, reply);
  return FALSE;
}

gboolean
mdoc_vci_may_try (MdocVci *self, const MdocHttpCall *call, MdocHttpReply *reply)
{
  g_autofree char *client = dup_client (self, call);
  const guint wait_s = mdoc_vci_limiter_check (self->limiter,
                                               client,
                                               g_get_monotonic_time ());
  g_autofree char *text = NULL;

  if (wait_s == 0)
    return TRUE;

  text = g_strdup_printf ("%u", wait_s);
  mdoc_http_reply_take_json (
      reply,
      429,
      mdoc_protocol_error_write (MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE,
                                 "Too many wrong ones"));
  mdoc_http_reply_set_header (reply, "Retry-After", text);
  return FALSE;
}

void
mdoc_vci_count_miss (MdocVci *self, const MdocHttpCall *call)
{
  g_autofree char *client = dup_client (self, call);

  mdoc_vci_limiter_count (self->limiter, client, g_get_monotonic_time ());
}

/**
 * mdoc_vci_dup_issuer:
 * @base_url: of the server
 *
 * Returns: (transfer full): the identifier of credential issuer and
 *   authorization server
 */
char *
mdoc_vci_dup_issuer (const char *base_url)
{
  return g_strconcat (base_url, MDOC_VCI_PATH, NULL);
}

/**
 * mdoc_vci_dup_offer_uri:
 * @base_url: of the server
 * @reference: of an offer
 *
 * Returns: (transfer full): where wallets get it
 */
char *
mdoc_vci_dup_offer_uri (const char *base_url, const char *reference)
{
  return g_strconcat (base_url, MDOC_VCI_PATH, "/offer/", reference, NULL);
}
