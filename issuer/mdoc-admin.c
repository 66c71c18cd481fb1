/*
 * mdoc-admin.c - what operators and other systems see of the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "issuer/mdoc-admin-private.h"

#define MAX_OPENAPI_BYTES ((gsize) 4 * 1024 * 1024)

#define CHECK     MDOC_ADMIN_ROLE_CHECK
#define READ      MDOC_ADMIN_ROLE_READ
#define OPERATE   MDOC_ADMIN_ROLE_OPERATE
#define CONFIGURE MDOC_ADMIN_ROLE_CONFIGURE
#define APPROVE   MDOC_ADMIN_ROLE_APPROVE

#define ADMIN(method_, path_, roles_, handler_)                                \
  {                                                                            \
    { method_, MDOC_ADMIN_PATH path_, roles_ }, handler_, NULL                 \
  }
#define PUBLIC(path_, serve_)                                                  \
  {                                                                            \
    { "GET", path_, 0 }, NULL, serve_                                          \
  }

typedef struct
{
  MdocAdminRoute route;
  MdocAdminHandler handler; /* or */
  MdocHttpHandler serve;
} Row;

/* every thing that can be asked, and of whom */
static const Row rows[] = {
  /* clang-format off */
  ADMIN ("GET", "/profiles", READ, mdoc_admin_list_profiles),
  ADMIN ("POST", "/profiles", CONFIGURE, mdoc_admin_add_profile),
  ADMIN ("POST", "/profiles/lint", READ, mdoc_admin_lint_profile),
  ADMIN ("GET", "/profiles/{id}", READ, mdoc_admin_get_profile),
  ADMIN ("PUT", "/profiles/{id}", CONFIGURE, mdoc_admin_put_profile),

  ADMIN ("POST", "/persons", OPERATE, mdoc_admin_add_person),
  ADMIN ("GET", "/persons/{id}", READ, mdoc_admin_get_person),
  ADMIN ("PUT", "/persons/{id}", OPERATE, mdoc_admin_put_person),
  ADMIN ("GET", "/persons/{id}/device-credentials", READ,
         mdoc_admin_list_person_devices),

  /* who sees an offer can claim it */
  ADMIN ("POST", "/offers", OPERATE, mdoc_admin_create_offer),
  ADMIN ("GET", "/offers/{id}", OPERATE, mdoc_admin_get_offer),
  ADMIN ("DELETE", "/offers/{id}", OPERATE, mdoc_admin_withdraw_offer),
  ADMIN ("GET", "/offers/{id}/qr.png", OPERATE, mdoc_admin_get_qr_png),
  ADMIN ("GET", "/offers/{id}/qr.svg", OPERATE, mdoc_admin_get_qr_svg),
  ADMIN ("GET", "/offers/{id}/qr.txt", OPERATE, mdoc_admin_get_qr_txt),

  ADMIN ("GET", "/exchanges", READ, mdoc_admin_list_exchanges),
  ADMIN ("GET", "/exchanges/{id}", READ, mdoc_admin_get_exchange),
  ADMIN ("DELETE", "/exchanges/{id}", OPERATE, mdoc_admin_withdraw_exchange),
  ADMIN ("PUT", "/exchanges/{id}/claims", OPERATE, mdoc_admin_supply_claims),
  ADMIN ("POST", "/exchanges/{id}/deny", OPERATE, mdoc_admin_deny_exchange),
  ADMIN ("GET", "/exchanges/{id}/events", READ, mdoc_admin_stream_exchange),

  ADMIN ("GET", "/credentials", READ, mdoc_admin_list_credentials),
  ADMIN ("POST", "/credentials", OPERATE, mdoc_admin_create_credential),
  ADMIN ("GET", "/credentials/{id}", READ, mdoc_admin_get_credential),
  ADMIN ("POST", "/credentials/{id}/attributes", OPERATE,
         mdoc_admin_update_attributes),
  ADMIN ("POST", "/credentials/{id}/reprovision", OPERATE,
         mdoc_admin_reprovision),

  ADMIN ("GET", "/device-credentials", READ, mdoc_admin_list_devices),
  ADMIN ("GET", "/device-credentials/{id}", READ, mdoc_admin_get_device),
  ADMIN ("GET", "/device-credentials/{id}/history", READ,
         mdoc_admin_get_history),
  ADMIN ("POST", "/device-credentials/{id}/abandon", OPERATE,
         mdoc_admin_abandon_device),

  ADMIN ("POST", "/state-updates", OPERATE, mdoc_admin_update_states),
  ADMIN ("GET", "/requests", READ, mdoc_admin_list_requests),
  ADMIN ("GET", "/requests/{id}", READ, mdoc_admin_get_request),
  ADMIN ("POST", "/requests/{id}/approve", APPROVE, mdoc_admin_approve_request),
  ADMIN ("POST", "/requests/{id}/reject", APPROVE, mdoc_admin_reject_request),
  ADMIN ("POST", "/requests/{id}/withdraw", OPERATE,
         mdoc_admin_withdraw_request),
  ADMIN ("POST", "/batches", OPERATE, mdoc_admin_create_batch),
  ADMIN ("POST", "/batches/{id}/start", OPERATE, mdoc_admin_start_batch),
  ADMIN ("GET", "/batches/{id}", READ, mdoc_admin_get_batch),
  ADMIN ("GET", "/batches/{id}/items", READ, mdoc_admin_list_items),
  ADMIN ("POST", "/messages", OPERATE, mdoc_admin_send_message),
  ADMIN ("GET", "/messages/{id}", READ, mdoc_admin_get_message),

  ADMIN ("GET", "/event-types", READ, mdoc_admin_list_event_types),
  ADMIN ("GET", "/events", READ, mdoc_admin_list_events),
  ADMIN ("GET", "/events/stream", READ, mdoc_admin_stream_events),
  ADMIN ("GET", "/subscriptions", READ, mdoc_admin_list_subscriptions),
  ADMIN ("POST", "/subscriptions", CONFIGURE, mdoc_admin_add_subscription),
  ADMIN ("GET", "/subscriptions/{id}", READ, mdoc_admin_get_subscription),
  ADMIN ("PUT", "/subscriptions/{id}", CONFIGURE, mdoc_admin_put_subscription),
  ADMIN ("DELETE", "/subscriptions/{id}", CONFIGURE,
         mdoc_admin_delete_subscription),
  ADMIN ("POST", "/subscriptions/{id}/ping", CONFIGURE,
         mdoc_admin_ping_subscription),
  ADMIN ("GET", "/subscriptions/{id}/deliveries", READ,
         mdoc_admin_list_deliveries),
  ADMIN ("POST", "/subscriptions/{id}/replay", CONFIGURE,
         mdoc_admin_replay_subscription),

  ADMIN ("GET", "/audit", READ, mdoc_admin_list_audit),
  ADMIN ("GET", "/audit/export", READ, mdoc_admin_export_audit),
  ADMIN ("GET", "/audit/verify", READ, mdoc_admin_verify_audit),
  ADMIN ("GET", "/reports/{id}", READ, mdoc_admin_get_report),
  ADMIN ("GET", "/status-lists", READ, mdoc_admin_list_status_lists),
  ADMIN ("POST", "/retention/run", CONFIGURE, mdoc_admin_run_retention),

  { { "POST", "/status/v1/check", CHECK }, mdoc_admin_check_status, NULL },
  { { "GET", "/metrics", READ }, mdoc_admin_get_metrics, NULL },
  { { "GET", "/openapi.json", 0 }, mdoc_admin_get_openapi, NULL },

  PUBLIC ("/status/tsl/{id}", mdoc_admin_serve_list),
  PUBLIC ("/status/idl/{id}", mdoc_admin_serve_list),
  PUBLIC ("/offer/style.css", mdoc_admin_serve_style),
  PUBLIC ("/offer/script.js", mdoc_admin_serve_script),
  PUBLIC ("/offer/{id}/{reference}", mdoc_admin_serve_page),
  PUBLIC ("/offer/{id}/{reference}/qr.svg", mdoc_admin_serve_page_qr),
  PUBLIC ("/offer/{id}/{reference}/events", mdoc_admin_serve_page_events),
  /* clang-format on */
};

/* what a route is registered with */
typedef struct
{
  MdocAdmin *admin;
  const Row *row;
} Bound;

/**
 * mdoc_admin_list_routes:
 * @ret_n: (out): how many
 *
 * Returns: (transfer none): all of them
 */
const MdocAdminRoute *
mdoc_admin_list_routes (gsize *ret_n)
{
  static MdocAdminRoute routes[G_N_ELEMENTS (rows)];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
        routes[i] = rows[i].route;
      g_once_init_leave (&is_made, 1);
    }
  *ret_n = G_N_ELEMENTS (rows);
  return routes;
}

/**
 * mdoc_admin_new:
 * @config: what it works on
 * @error: return location for a #MdocAdminKeysError or #MdocFileError
 *
 * Returns: (transfer full): the administration, or %NULL with @error set
 */
MdocAdmin *
mdoc_admin_new (const MdocAdminConfig *config, GError **error)
{
  g_autoptr (MdocAdmin) self = g_new0 (MdocAdmin, 1);

  self->reg = config->reg;
  self->clock = config->clock;
  self->issuer_name = g_strdup (config->issuer_name);
  self->issuer_path = g_strdup (config->issuer_path);
  self->approval = config->approval;
  self->proofing = config->proofing;
  self->servers = config->servers != NULL
                      ? g_strdupv ((GStrv) (guintptr) config->servers)
                      : g_new0 (char *, 1);
  self->anchors_pem = g_strdup (config->anchors_pem);
  self->allow_plain_loopback = config->allow_plain_loopback;
  self->trusts_proxy = config->trusts_proxy;
  self->bounds = g_ptr_array_new_with_free_func (g_free);
  if (config->key_file != NULL)
    {
      self->keys = mdoc_admin_keys_load (config->key_file, error);
      if (self->keys == NULL)
        return NULL;
    }
  if (config->openapi_file != NULL)
    {
      self->openapi = mdoc_file_read (config->openapi_file,
                                      MAX_OPENAPI_BYTES,
                                      error);
      if (self->openapi == NULL)
        return NULL;
    }
  self->publisher = mdoc_status_publisher_new (config->reg,
                                               config->clock,
                                               config->signers,
                                               config->n_signers);
  self->watch = mdoc_signer_watch_new (config->reg,
                                       config->signers,
                                       config->n_signers,
                                       config->warning_days,
                                       config->n_warning_days);
  return g_steal_pointer (&self);
}

/**
 * mdoc_admin_free:
 * @self: (nullable) (transfer full): the administration
 */
void
mdoc_admin_free (MdocAdmin *self)
{
  if (self == NULL)
    return;
  mdoc_admin_stop (self);
  g_clear_pointer (&self->worker, mdoc_events_worker_free);
  g_clear_pointer (&self->hub, mdoc_events_hub_free);
  g_clear_pointer (&self->publisher, mdoc_status_publisher_free);
  g_clear_pointer (&self->watch, mdoc_signer_watch_free);
  g_clear_pointer (&self->keys, mdoc_admin_keys_free);
  g_clear_pointer (&self->openapi, g_bytes_unref);
  g_ptr_array_unref (self->bounds);
  g_free (self->issuer_name);
  g_free (self->issuer_path);
  g_strfreev (self->servers);
  g_free (self->anchors_pem);
  g_free (self);
}

static gboolean
is_ready (MdocAdmin *self)
{
  return g_atomic_int_get (&self->is_running);
}

static void
on_call (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  const Bound *bound = data;

  /* the door opens before there is all behind it */
  if (!is_ready (bound->admin))
    {
      mdoc_http_reply_set_status (reply, 503);
      mdoc_http_reply_set_header (reply, "Retry-After", "1");
      return;
    }
  if (bound->row->serve != NULL)
    bound->row->serve (call, reply, bound->admin);
  else
    mdoc_admin_call_run (bound->admin,
                         call,
                         reply,
                         bound->row->handler,
                         bound->row->route.roles);
}

/**
 * mdoc_admin_add_routes:
 * @self: the administration
 * @server: a door that is still closed
 */
void
mdoc_admin_add_routes (MdocAdmin *self, MdocHttpServer *server)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Bound *bound = g_new0 (Bound, 1);

      bound->admin = self;
      bound->row = &rows[i];
      g_ptr_array_add (self->bounds, bound);
      mdoc_http_server_add_route (server,
                                  rows[i].route.method,
                                  rows[i].route.path,
                                  on_call,
                                  bound);
    }
}

static void
on_commit (gpointer data)
{
  mdoc_events_worker_wake (data);
}

/**
 * mdoc_admin_start:
 * @self: the administration
 * @server: the door, which is open
 * @error: return location
 *
 * Returns: whether it runs
 */
gboolean
mdoc_admin_start (MdocAdmin *self, MdocHttpServer *server, GError **error)
{
  const char *base = mdoc_http_server_get_base_url (server);
  MdocEventsWorkerConfig config = {
    .reg = self->reg,
    .clock = self->clock,
    .publisher = self->publisher,
    .proofing = self->proofing,
    .signers = self->watch,
    .source = base,
    .anchors_pem = self->anchors_pem,
    .allow_plain_loopback = self->allow_plain_loopback
  };

  self->server = server;
  self->started_at_s = mdoc_clock_get_unix_s (self->clock);
  if (!mdoc_status_publisher_start (self->publisher, base, error))
    return FALSE;
  self->hub = mdoc_events_hub_new (self->reg, base);
  config.hub = self->hub;
  self->worker = mdoc_events_worker_new (&config, error);
  if (self->worker == NULL)
    return FALSE;
  mdoc_register_set_wake (self->reg, on_commit, self->worker);
  g_atomic_int_set (&self->is_running, TRUE);
  return TRUE;
}

/**
 * mdoc_admin_stop:
 * @self: the administration
 *
 * Ends streams and status lists. The worker goes on until the administration is
 * freed, as handlers that still run may need it.
 */
void
mdoc_admin_stop (MdocAdmin *self)
{
  g_atomic_int_set (&self->is_running, FALSE);
  mdoc_register_set_wake (self->reg, NULL, NULL);
  if (self->hub != NULL)
    mdoc_events_hub_close_all (self->hub);
  mdoc_status_publisher_stop (self->publisher);
}
