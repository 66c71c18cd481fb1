/*
 * mdoc-ble-gatt-server.c - the end that advertises and serves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-server.h"

#include <string.h>
#include <unistd.h>

#include "ble/mdoc-ble-gatt-server-private.h"
#include "ble/mdoc-ble-l2cap.h"

/* Notifications have no answer. Behind so many of them goes a call that has
 * one, and with so many calls under way nothing more is handed to BlueZ. */
#define PARTS_A_ROUND 32
#define MAX_ROUNDS    2

/* Cleaning up has this long; what BlueZ has not done by then it does when our
 * connection to the bus ends. BlueZ itself waits 2 s before it disconnects. */
#define MAX_TIDY_MS 4000

void
mdoc_ble_server_stop_listening (MdocBleGattServer *self)
{
  mdoc_ble_clear_source (&self->listening);
  if (self->listener >= 0)
    close (self->listener);
  self->listener = -1;
}

/* --- the end -------------------------------------------------------------- */

static gboolean
on_done (gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  mdoc_ble_link_clear_timer (&self->link);
  g_clear_pointer (&self->app, mdoc_ble_app_free);
  g_clear_pointer (&self->link.bluez, mdoc_ble_bluez_free);
  mdoc_transport_emit_closed (self->link.transport, error);
  return G_SOURCE_REMOVE;
}

static void
on_unregistered (GVariant *reply, const GError *error, gpointer user_data)
{
  on_done (user_data);
}

static void
unregister_app (MdocBleGattServer *self, MdocBleBluezReply reply)
{
  self->is_registered = FALSE;
  mdoc_ble_bluez_call (self->link.bluez,
                       mdoc_ble_bluez_get_adapter (self->link.bluez),
                       BLUEZ_GATT_MANAGER,
                       "UnregisterApplication",
                       g_variant_new ("(o)", MDOC_BLE_APP_PATH),
                       self->link.times.call_ms,
                       reply,
                       self);
}

static void
tidy_app (MdocBleGattServer *self)
{
  if (self->is_registered)
    unregister_app (self, on_unregistered);
  else
    mdoc_ble_link_set_timer (&self->link, 0, on_done, self);
}

static void
on_tidied (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;

  self->n_tidying--;
  if (self->n_tidying == 0)
    tidy_app (self);
}

/* A device that the user has paired stays known. */
static void
drop_device (MdocBleGattServer *self, const char *path, MdocBleBluezReply reply)
{
  const char *adapter = mdoc_ble_bluez_get_adapter (self->link.bluez);

  if (mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                     path,
                                     BLUEZ_DEVICE,
                                     "Paired"))
    mdoc_ble_bluez_call (self->link.bluez,
                         path,
                         BLUEZ_DEVICE,
                         "Disconnect",
                         NULL,
                         self->link.times.call_ms,
                         reply,
                         self);
  else
    mdoc_ble_bluez_call (self->link.bluez,
                         adapter,
                         BLUEZ_ADAPTER,
                         "RemoveDevice",
                         g_variant_new ("(o)", path),
                         self->link.times.call_ms,
                         reply,
                         self);
}

/* All that came by our advertisement. Returns: how many answers will come */
static guint
drop_devices (MdocBleGattServer *self, MdocBleBluezReply reply)
{
  GHashTableIter iter;
  gpointer path;
  guint n = 0;

  if (self->app == NULL || self->link.bluez == NULL)
    return 0;
  if (self->device != NULL)
    g_hash_table_add (self->visitors, g_strdup (self->device));
  g_hash_table_iter_init (&iter, self->visitors);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (mdoc_ble_bluez_has (self->link.bluez, path, BLUEZ_DEVICE))
      {
        drop_device (self, path, reply);
        n++;
      }
  return n;
}

static void
server_free (gpointer impl)
{
  MdocBleGattServer *self = impl;

  mdoc_ble_server_stop_listening (self);
  drop_devices (self, NULL);
  g_clear_pointer (&self->app, mdoc_ble_app_free);
  mdoc_ble_link_clear (&self->link);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->visitors, g_hash_table_unref);
  g_clear_pointer (&self->earlier, g_hash_table_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
mdoc_ble_server_stop_advertising (MdocBleGattServer *self)
{
  if (!self->is_advertising)
    return;
  self->is_advertising = FALSE;
  mdoc_ble_bluez_call (self->link.bluez,
                       mdoc_ble_bluez_get_adapter (self->link.bluez),
                       BLUEZ_ADV_MANAGER,
                       "UnregisterAdvertisement",
                       g_variant_new ("(o)", MDOC_BLE_ADVERTISEMENT_PATH),
                       self->link.times.call_ms,
                       NULL,
                       NULL);
}

/* Ends it all: nothing of this session stays in BlueZ. The service goes last,
 * as to take it down is told to every peer that is connected; but first where
 * the peer may be in the middle of a message: it writes on until BlueZ has let
 * it go, and bluetoothd 5.66 falls over a write of a connection that is over.
 */
void
mdoc_ble_server_finish (MdocBleGattServer *self, GError *error)
{
  g_autoptr (GError) taken = error;

  if (self->is_finishing)
    return;
  self->is_finishing = TRUE;
  self->error = g_steal_pointer (&taken);
  mdoc_ble_server_stop_listening (self);
  g_clear_pointer (&self->link.channel, mdoc_ble_channel_free);
  mdoc_ble_link_set_timer (&self->link, MAX_TIDY_MS, on_done, self);
  if (self->app == NULL)
    {
      tidy_app (self);
      return;
    }

  mdoc_ble_server_stop_advertising (self);
  if (self->error != NULL && self->is_registered)
    {
      self->n_tidying++;
      unregister_app (self, on_tidied);
    }
  self->n_tidying += drop_devices (self, on_tidied);
  if (self->n_tidying == 0)
    tidy_app (self);
}

void
mdoc_ble_server_finish_with (MdocBleGattServer *self,
                             MdocBleError code,
                             const char *reason)
{
  mdoc_ble_server_finish (self,
                          g_error_new_literal (MDOC_BLE_ERROR,
                                               (gint) code,
                                               reason));
}

static gboolean
on_drained (gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_server_finish (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Everything is in BlueZ's hands. Gives the peer the time to get it and to go,
 * unless it has had the last word. */
void
mdoc_ble_server_end_of_queue (MdocBleGattServer *self)
{
  const guint8 state = MDOC_BLE_STATE_END;
  g_autoptr (GBytes) value = NULL;

  if (self->is_finishing || !self->link.is_closing)
    return;
  if (mdoc_ble_link_needs_end (&self->link) && !self->has_said_end)
    {
      self->has_said_end = TRUE;
      self->link.n_unanswered += sizeof state;
      value = g_bytes_new (&state, sizeof state);
      mdoc_ble_app_notify (self->app, MDOC_BLE_APP_STATE, value);
    }
  if (self->link.n_unanswered == 0)
    mdoc_ble_server_finish (self, NULL);
  else
    mdoc_ble_link_set_timer (&self->link,
                             mdoc_ble_link_get_drain_ms (&self->link),
                             on_drained,
                             self);
}

/* --- BlueZ ---------------------------------------------------------------- */

static void
on_advertised (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (reply != NULL || self->is_finishing)
    return;
  self->is_advertising = FALSE;
  if (self->link.is_connected || self->is_standing_down)
    return;
  mdoc_ble_error_from_bus (&error,
                           MDOC_BLE_ERROR_REFUSED,
                           "to advertise",
                           bus_error);
  mdoc_ble_server_finish (self, error);
}

static void
on_registered (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (self->is_finishing)
    return;
  if (reply == NULL)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_REFUSED,
                               "to serve our characteristics",
                               bus_error);
      mdoc_ble_server_finish (self, error);
      return;
    }
  self->is_registered = TRUE;
  if (self->is_standing_down)
    return;
  self->is_advertising = TRUE;
  mdoc_ble_bluez_call (self->link.bluez,
                       mdoc_ble_bluez_get_adapter (self->link.bluez),
                       BLUEZ_ADV_MANAGER,
                       "RegisterAdvertisement",
                       g_variant_new ("(oa{sv})",
                                      MDOC_BLE_ADVERTISEMENT_PATH,
                                      NULL),
                       self->link.times.call_ms,
                       on_advertised,
                       self);
}

static void
note_earlier (const char *path, gpointer user_data)
{
  MdocBleGattServer *self = user_data;

  if (mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                     path,
                                     BLUEZ_DEVICE,
                                     "Connected"))
    g_hash_table_add (self->earlier, g_strdup (path));
}

static void
on_ready (gpointer user_data)
{
  static const MdocBleAppEvents events = { mdoc_ble_server_on_written,
                                           mdoc_ble_server_on_subscribed,
                                           mdoc_ble_server_on_released };
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  MdocBleBluez *bluez = self->link.bluez;
  g_autoptr (GBytes) ident = NULL;
  GError *error = NULL;
  guint psm = 0;

  if (self->is_finishing)
    return;
  if (self->link.use_l2cap
      && !mdoc_ble_server_start_listening (self, &psm, &error))
    {
      mdoc_ble_server_finish (self, error);
      return;
    }
  mdoc_ble_bluez_foreach (bluez, BLUEZ_DEVICE, note_earlier, self);
  ident = g_bytes_new (self->link.ident, sizeof self->link.ident);
  self->app = mdoc_ble_app_new (mdoc_ble_bluez_get_connection (bluez),
                                mdoc_ble_bluez_get_owner (bluez),
                                self->link.uuids,
                                self->link.service_uuid,
                                ident,
                                psm,
                                &events,
                                self);
  mdoc_ble_bluez_call (bluez,
                       mdoc_ble_bluez_get_adapter (bluez),
                       BLUEZ_GATT_MANAGER,
                       "RegisterApplication",
                       g_variant_new ("(oa{sv})", MDOC_BLE_APP_PATH, NULL),
                       self->link.times.call_ms,
                       on_registered,
                       self);
}

static gboolean
is_visitor (MdocBleGattServer *self, const char *path)
{
  return g_str_has_prefix (path, mdoc_ble_bluez_get_adapter (self->link.bluez))
         && !g_hash_table_contains (self->earlier, path)
         && !mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                            path,
                                            BLUEZ_DEVICE,
                                            "Paired");
}

/* Who had begun to connect when we went away. */
static void
drop_late_device (MdocBleGattServer *self, const char *path)
{
  if (self->n_tidying == 0)
    {
      drop_device (self, path, NULL);
      return;
    }
  self->n_tidying++;
  drop_device (self, path, on_tidied);
}

static void
on_changed (const char *path,
            const char *interface,
            GVariant *properties,
            gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  gboolean is_connected;

  if (!g_str_equal (interface, BLUEZ_DEVICE)
      || !g_variant_lookup (properties, "Connected", "b", &is_connected))
    return;
  if (is_connected)
    {
      if (!is_visitor (self, path))
        return;
      g_hash_table_add (self->visitors, g_strdup (path));
      mdoc_ble_server_know_device (self, path);
      if (self->is_finishing)
        drop_late_device (self, path);
      else if (self->link.is_connected)
        mdoc_ble_server_send_others_away (self);
    }
  else if (g_strcmp0 (path, self->device) == 0)
    mdoc_ble_server_on_peer_gone (self);
}

static void
on_removed (const char *path, const char *interface, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (!g_str_equal (interface, BLUEZ_DEVICE))
    return;
  g_hash_table_remove (self->visitors, path);
  g_hash_table_remove (self->earlier, path);
  if (g_strcmp0 (path, self->device) == 0)
    mdoc_ble_server_on_peer_gone (self);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  /* there is nobody to tidy up with */
  if (!self->is_finishing)
    self->error = g_error_copy (error);
  self->is_finishing = TRUE;
  on_done (self);
}

/* --- the port ------------------------------------------------------------- */

static void
server_start (gpointer impl, MdocTransport *transport)
{
  static const MdocBleBluezEvents events = { on_ready,
                                             on_changed,
                                             on_removed,
                                             on_failed };
  MdocBleGattServer *self = impl;

  mdoc_ble_link_start (&self->link, transport);
  self->wait_until_us = g_get_monotonic_time ()
                        + (gint64) self->link.times.wait_ms * 1000;
  self->link.bluez = mdoc_ble_bluez_new (self->link.adapter,
                                         "peripheral",
                                         &self->link.times,
                                         &events,
                                         self);
  mdoc_ble_server_wait_for_peer (self);
}

static void on_round (GVariant *reply, const GError *error, gpointer user_data);

static void
pump (MdocBleGattServer *self)
{
  gsize part_bytes = mdoc_ble_link_get_part_bytes (&self->link,
                                                   mdoc_ble_get_notify_bytes (
                                                       self->mtu));

  while (!self->is_finishing && self->link.n_pending < MAX_ROUNDS
         && !mdoc_ble_cutter_is_empty (self->link.cutter))
    {
      for (guint i = 0; i < PARTS_A_ROUND; i++)
        {
          g_autoptr (GBytes) part = mdoc_ble_cutter_next (self->link.cutter,
                                                          part_bytes);

          if (part == NULL)
            break;
          mdoc_ble_app_notify (self->app, MDOC_BLE_APP_SERVER_TO_CLIENT, part);
        }
      self->link.n_pending++;
      mdoc_ble_bluez_call (self->link.bluez,
                           "/",
                           DBUS_PEER,
                           "Ping",
                           NULL,
                           self->link.times.call_ms,
                           on_round,
                           self);
    }
}

static void
on_round (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  self->link.n_pending--;
  if (self->is_finishing)
    return;
  if (reply == NULL)
    {
      mdoc_ble_server_finish_with (self,
                                   MDOC_BLE_ERROR_TIMEOUT,
                                   "bluetoothd stopped answering; restart it");
      return;
    }
  pump (self);
  if (self->link.n_pending == 0)
    mdoc_ble_server_end_of_queue (self);
}

static void
server_send (gpointer impl, GBytes *message)
{
  MdocBleGattServer *self = impl;

  if (self->is_finishing)
    return;
  mdoc_ble_link_push (&self->link, message);
  if (self->link.channel == NULL)
    pump (self);
}

static void
server_close (gpointer impl)
{
  MdocBleGattServer *self = impl;

  self->link.is_closing = TRUE;
  if (self->is_finishing)
    return;
  if (!self->link.is_connected)
    mdoc_ble_server_finish (self, NULL);
  else if (self->link.channel != NULL
               ? mdoc_ble_channel_is_idle (self->link.channel)
               : self->link.n_pending == 0)
    mdoc_ble_server_end_of_queue (self);
}

/* what is cut short closes as well, but for the word that goes with it */
static gboolean
server_misbehave (gpointer impl,
                  MdocTransportFault fault,
                  GBytes *message,
                  gsize n_bytes)
{
  MdocBleGattServer *self = impl;

  if (self->is_finishing
      || !mdoc_ble_link_push_faulty (&self->link, fault, message, n_bytes))
    return FALSE;
  if (self->link.channel == NULL)
    pump (self);
  if (fault == MDOC_TRANSPORT_FAULT_CUT)
    server_close (self);
  return TRUE;
}

static void
server_end_of_queue (MdocBleLink *link)
{
  mdoc_ble_server_end_of_queue ((MdocBleGattServer *) link);
}

static void
server_finish (MdocBleLink *link, GError *error)
{
  mdoc_ble_server_finish ((MdocBleGattServer *) link, error);
}

/**
 * mdoc_ble_gatt_server_stand_down:
 * @self: a server that has no peer yet
 *
 * Stops looking for a peer and turns down every one. The service stays until
 * the transport is closed, as to take it away would be told to the peer that
 * another transport of ours is connected to.
 */
void
mdoc_ble_gatt_server_stand_down (MdocBleGattServer *self)
{
  if (self->is_finishing)
    return;
  self->is_standing_down = TRUE;
  mdoc_ble_server_stop_advertising (self);
  mdoc_ble_server_stop_listening (self);
  mdoc_ble_link_clear_timer (&self->link);
}

/**
 * mdoc_ble_gatt_server_new:
 * @config: as for mdoc_ble_holder_new()
 * @is_holder: whether the service is the mdoc's, else it is the reader's
 * @ret_server: (out) (optional): what mdoc_ble_gatt_server_stand_down() takes
 *
 * Returns: (transfer full): a transport that waits for a GATT client
 */
MdocTransport *
mdoc_ble_gatt_server_new (const MdocBleConfig *config,
                          gboolean is_holder,
                          MdocBleGattServer **ret_server)
{
  static const MdocTransportClass klass = {
    .name = "ble",
    .start = server_start,
    .send = server_send,
    .close = server_close,
    .free = server_free,
    .misbehave = server_misbehave,
  };
  static const MdocBleLinkEnd end = { server_end_of_queue, server_finish };
  MdocBleGattServer *self = g_new0 (MdocBleGattServer, 1);

  mdoc_ble_link_init (&self->link, &end, config, is_holder, !is_holder);
  self->listener = is_holder && config->psm != 0 ? config->listener : -1;
  self->visitors = g_hash_table_new_full (g_str_hash,
                                          g_str_equal,
                                          g_free,
                                          NULL);
  self->earlier = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (ret_server != NULL)
    *ret_server = self;
  return mdoc_transport_new (&klass, self);
}
