/*
 * mdoc-ble-gatt-client.c - the end that scans and connects
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-client.h"

#include <unistd.h>

#include "ble/mdoc-ble-frames.h"
#include "ble/mdoc-ble-gatt-client-private.h"
#include "ble/mdoc-ble-l2cap.h"

/* Writes are answered when BlueZ has queued them, not when they are sent. An
 * answer to each takes more time than the write itself: of so many only the
 * last has one, and with so many answers awaited nothing more is handed over.
 */
#define PARTS_A_ROUND 32
#define MAX_ROUNDS    2

/* from this attempt on the peer is looked for anew each time */
#define FORGET_FROM_ATTEMPT 2

/* see the server */
#define MAX_TIDY_MS 4000

void
mdoc_ble_client_stop_connecting (MdocBleGattClient *self)
{
  mdoc_ble_clear_source (&self->connecting_source);
  if (self->connecting >= 0)
    close (self->connecting);
  self->connecting = -1;
}

void
mdoc_ble_client_forget_characteristics (MdocBleGattClient *self)
{
  mdoc_ble_client_stop_connecting (self);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->client_to_server, g_free);
  g_clear_pointer (&self->server_to_client, g_free);
  g_clear_pointer (&self->ident, g_free);
  g_clear_pointer (&self->l2cap, g_free);
  self->n_subscribing = 0;
}

/* Calls the adapter; with no @reply nobody waits. */
void
mdoc_ble_client_call_adapter (MdocBleGattClient *self,
                              const char *method,
                              GVariant *parameters,
                              MdocBleBluezReply reply,
                              gpointer user_data)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       mdoc_ble_bluez_get_adapter (self->link.bluez),
                       BLUEZ_ADAPTER,
                       method,
                       parameters,
                       self->link.times.call_ms,
                       reply,
                       user_data);
}

void
mdoc_ble_client_stop_discovery (MdocBleGattClient *self,
                                MdocBleBluezReply reply)
{
  if (!self->is_discovering)
    return;
  self->is_discovering = FALSE;
  mdoc_ble_client_call_adapter (self, "StopDiscovery", NULL, reply, self);
}

/* A device that the user has paired stays known. */
static void
drop_device (MdocBleGattClient *self, MdocBleBluezReply reply)
{
  if (mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                     self->device,
                                     BLUEZ_DEVICE,
                                     "Paired"))
    mdoc_ble_bluez_call (self->link.bluez,
                         self->device,
                         BLUEZ_DEVICE,
                         "Disconnect",
                         NULL,
                         self->link.times.call_ms,
                         reply,
                         self);
  else
    mdoc_ble_client_call_adapter (self,
                                  "RemoveDevice",
                                  g_variant_new ("(o)", self->device),
                                  reply,
                                  self);
}

static void
client_free (gpointer impl)
{
  MdocBleGattClient *self = impl;

  if (self->link.bluez != NULL && self->device != NULL
      && self->step != MDOC_BLE_STEP_FINISHING)
    drop_device (self, NULL);
  mdoc_ble_client_forget_characteristics (self);
  mdoc_ble_link_clear (&self->link);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->write_options, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- the end -------------------------------------------------------------- */

static gboolean
on_done (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  mdoc_ble_link_clear_timer (&self->link);
  g_clear_pointer (&self->link.bluez, mdoc_ble_bluez_free);
  mdoc_transport_emit_closed (self->link.transport, error);
  return G_SOURCE_REMOVE;
}

static void
on_tidied (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;

  self->n_tidying--;
  if (self->n_tidying == 0)
    on_done (self);
}

static void
stop_notify (MdocBleGattClient *self, const char *characteristic)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "StopNotify",
                       NULL,
                       self->link.times.call_ms,
                       on_tidied,
                       self);
  self->n_tidying++;
}

/* Ends it all: nothing of this session stays in BlueZ. */
void
mdoc_ble_client_finish (MdocBleGattClient *self, GError *error)
{
  g_autoptr (GError) taken = error;

  if (self->step == MDOC_BLE_STEP_FINISHING)
    return;
  self->error = g_steal_pointer (&taken);
  g_clear_pointer (&self->link.channel, mdoc_ble_channel_free);
  mdoc_ble_client_stop_connecting (self);
  mdoc_ble_bluez_forget_calls (self->link.bluez);
  mdoc_ble_link_set_timer (&self->link, MAX_TIDY_MS, on_done, self);
  self->n_tidying = 1;
  if (self->is_discovering)
    {
      self->n_tidying++;
      mdoc_ble_client_stop_discovery (self, on_tidied);
    }
  if (self->device != NULL
      && mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    {
      if (self->has_started
          && mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                            self->device,
                                            BLUEZ_DEVICE,
                                            "Connected"))
        {
          stop_notify (self, self->state);
          stop_notify (self, self->server_to_client);
        }
      self->n_tidying++;
      drop_device (self, on_tidied);
    }
  self->step = MDOC_BLE_STEP_FINISHING;
  self->n_tidying--;
  if (self->n_tidying == 0)
    mdoc_ble_link_set_timer (&self->link, 0, on_done, self);
}

void
mdoc_ble_client_finish_with (MdocBleGattClient *self,
                             MdocBleError code,
                             const char *reason)
{
  mdoc_ble_client_finish (self,
                          g_error_new_literal (MDOC_BLE_ERROR,
                                               (gint) code,
                                               reason));
}

/* With no @reply BlueZ sends none. */
static void
write_value (MdocBleGattClient *self,
             const char *characteristic,
             GBytes *value,
             MdocBleBluezReply reply)
{
  GVariant *parameters = g_variant_new ("(@ay@a{sv})",
                                        mdoc_ble_bytes_to_variant (value),
                                        self->write_options);

  if (reply == NULL)
    mdoc_ble_bluez_tell (self->link.bluez,
                         characteristic,
                         BLUEZ_CHARACTERISTIC,
                         "WriteValue",
                         parameters);
  else
    mdoc_ble_bluez_call (self->link.bluez,
                         characteristic,
                         BLUEZ_CHARACTERISTIC,
                         "WriteValue",
                         parameters,
                         self->link.times.call_ms,
                         reply,
                         self);
}

void
mdoc_ble_client_write_state (MdocBleGattClient *self,
                             guint8 state,
                             MdocBleBluezReply reply)
{
  g_autoptr (GBytes) value = g_bytes_new (&state, sizeof state);

  write_value (self, self->state, value, reply);
}

static gboolean
on_drained (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_client_finish (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Everything is in BlueZ's hands. Gives the peer the time to get it and to
 * say the end, unless it has had the last word. A reader need not wait: what it
 * says last is short, and BlueZ sends it before it disconnects. */
void
mdoc_ble_client_end_of_queue (MdocBleGattClient *self)
{
  if (self->step != MDOC_BLE_STEP_OPEN || !self->link.is_closing)
    return;
  if (mdoc_ble_link_needs_end (&self->link) && !self->has_said_end)
    {
      self->has_said_end = TRUE;
      mdoc_ble_client_write_state (self, MDOC_BLE_STATE_END, NULL);
    }
  if (self->link.n_unanswered == 0
      || (!self->link.is_holder && self->link.channel == NULL))
    mdoc_ble_client_finish (self, NULL);
  else
    mdoc_ble_link_set_timer (&self->link,
                             mdoc_ble_link_get_drain_ms (&self->link),
                             on_drained,
                             self);
}

static void
on_peer_gone (MdocBleGattClient *self)
{
  if (self->step == MDOC_BLE_STEP_OPEN)
    mdoc_ble_link_peer_gone (&self->link);
  else
    mdoc_ble_client_fail_attempt (
        self,
        g_error_new_literal (MDOC_BLE_ERROR,
                             (gint) MDOC_BLE_ERROR_CONNECT,
                             "the connection was lost before it was "
                             "of use"));
}

/* --- attempts ------------------------------------------------------------- */

static void
on_forgotten (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step != MDOC_BLE_STEP_WAITING)
    return;
  g_clear_pointer (&self->device, g_free);
  mdoc_ble_client_scan (self);
}

gboolean
mdoc_ble_client_on_retry (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_clear_timer (&self->link);
  if (self->device == NULL
      || !mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    on_forgotten (NULL, NULL, self);
  else if (self->n_attempts < FORGET_FROM_ATTEMPT)
    mdoc_ble_client_connect_device (self);
  else
    drop_device (self, on_forgotten);
  return G_SOURCE_REMOVE;
}

/* Nothing has been said yet, so there may be another attempt. */
void
mdoc_ble_client_fail_attempt (MdocBleGattClient *self, GError *error)
{
  if (self->step <= MDOC_BLE_STEP_SCANNING || self->step >= MDOC_BLE_STEP_OPEN)
    {
      g_error_free (error);
      return;
    }
  self->n_attempts++;
  self->has_started = FALSE;
  mdoc_ble_client_forget_characteristics (self);
  mdoc_ble_bluez_forget_calls (self->link.bluez);
  self->is_stopping = FALSE;
  self->step = MDOC_BLE_STEP_WAITING;
  if (self->n_attempts >= MDOC_BLE_MAX_ATTEMPTS
      || g_get_monotonic_time () >= self->wait_until_us)
    {
      mdoc_ble_client_finish (self, error);
      return;
    }
  g_error_free (error);
  if (self->device != NULL
      && mdoc_ble_bluez_has (self->link.bluez, self->device, BLUEZ_DEVICE))
    mdoc_ble_bluez_call (self->link.bluez,
                         self->device,
                         BLUEZ_DEVICE,
                         "Disconnect",
                         NULL,
                         self->link.times.call_ms,
                         NULL,
                         NULL);
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.retry_ms,
                           mdoc_ble_client_on_retry,
                           self);
}

static void
fail_attempt_with (MdocBleGattClient *self,
                   MdocBleError code,
                   const char *reason)
{
  mdoc_ble_client_fail_attempt (self,
                                g_error_new_literal (MDOC_BLE_ERROR,
                                                     (gint) code,
                                                     reason));
}

gboolean
mdoc_ble_client_on_step_timeout (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_clear_timer (&self->link);
  if (self->step == MDOC_BLE_STEP_SCANNING)
    mdoc_ble_client_finish_with (self,
                                 MDOC_BLE_ERROR_TIMEOUT,
                                 "nobody was found; is Bluetooth on at the "
                                 "other side, and is "
                                 "its program in the foreground?");
  else if (self->step == MDOC_BLE_STEP_RESOLVING
           && mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                             self->device,
                                             BLUEZ_DEVICE,
                                             "ServicesResolved"))
    fail_attempt_with (self,
                       MDOC_BLE_ERROR_PROTOCOL,
                       "the peer does not have the service that it "
                       "advertises");
  else
    fail_attempt_with (self,
                       MDOC_BLE_ERROR_CONNECT,
                       "the peer was found, but a connection was not to be "
                       "had; bring the devices closer");
  return G_SOURCE_REMOVE;
}

/* --- BlueZ ---------------------------------------------------------------- */

static void
on_ready (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step == MDOC_BLE_STEP_NEW)
    mdoc_ble_client_scan (self);
}

static void
take_value (MdocBleGattClient *self, const char *path, MdocSpan value)
{
  g_autoptr (GError) error = NULL;

  /* an answer to State 0x01 may be here before BlueZ says that it was sent */
  if (self->step == MDOC_BLE_STEP_OPENING && self->has_started)
    mdoc_ble_client_open_link (self);
  if (self->step != MDOC_BLE_STEP_OPEN || self->link.channel != NULL)
    return;
  if (g_str_equal (path, self->state))
    {
      if (value.len != 1 || value.data[0] != MDOC_BLE_STATE_END)
        return;
      self->link.has_peer_ended = TRUE;
      mdoc_ble_client_finish (self, NULL);
    }
  else if (!self->link.is_closing
           && !mdoc_ble_link_take_part (&self->link, value, &error))
    {
      mdoc_ble_client_write_state (self, MDOC_BLE_STATE_END, NULL);
      mdoc_ble_client_finish (self, g_steal_pointer (&error));
    }
}

static void
on_device_changed (MdocBleGattClient *self, GVariant *properties)
{
  gboolean is_connected;

  if (g_variant_lookup (properties, "Connected", "b", &is_connected)
      && !is_connected && self->step >= MDOC_BLE_STEP_RESOLVING)
    on_peer_gone (self);
  else
    mdoc_ble_client_maybe_resolved (self);
}

static void
on_changed (const char *path,
            const char *interface,
            GVariant *properties,
            gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  MdocSpan bytes;

  if (self->step == MDOC_BLE_STEP_FINISHING)
    return;
  if (g_str_equal (interface, BLUEZ_DEVICE))
    {
      if (self->step == MDOC_BLE_STEP_SCANNING)
        mdoc_ble_client_take_device (self, path);
      else if (g_strcmp0 (path, self->device) == 0)
        on_device_changed (self, properties);
      return;
    }
  if (!g_str_equal (interface, BLUEZ_CHARACTERISTIC))
    return;
  mdoc_ble_client_maybe_resolved (self);
  if (g_strcmp0 (path, self->server_to_client) != 0
      && g_strcmp0 (path, self->state) != 0)
    return;
  value = g_variant_lookup_value (properties,
                                  "Value",
                                  G_VARIANT_TYPE_BYTESTRING);
  if (value == NULL)
    return;
  bytes.data = g_variant_get_fixed_array (value, &bytes.len, 1);
  take_value (self, path, bytes);
}

static void
on_removed (const char *path, const char *interface, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->step < MDOC_BLE_STEP_RESOLVING
      || self->step == MDOC_BLE_STEP_FINISHING)
    return;
  if ((g_str_equal (interface, BLUEZ_DEVICE)
       && g_strcmp0 (path, self->device) == 0)
      || (g_str_equal (interface, BLUEZ_CHARACTERISTIC)
          && (g_strcmp0 (path, self->server_to_client) == 0
              || g_strcmp0 (path, self->client_to_server) == 0)))
    on_peer_gone (self);
}

static void
on_failed (const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  /* there is nobody to tidy up with */
  if (self->step != MDOC_BLE_STEP_FINISHING)
    self->error = g_error_copy (error);
  self->step = MDOC_BLE_STEP_FINISHING;
  g_clear_pointer (&self->link.channel, mdoc_ble_channel_free);
  mdoc_ble_client_stop_connecting (self);
  on_done (self);
}

/* --- the port ------------------------------------------------------------- */

static void
client_start (gpointer impl, MdocTransport *transport)
{
  static const MdocBleBluezEvents events = { on_ready,
                                             on_changed,
                                             on_removed,
                                             on_failed };
  MdocBleGattClient *self = impl;

  mdoc_ble_link_start (&self->link, transport);
  self->wait_until_us = g_get_monotonic_time ()
                        + (gint64) self->link.times.wait_ms * 1000;
  self->link.bluez = mdoc_ble_bluez_new (self->link.adapter,
                                         "central",
                                         &self->link.times,
                                         &events,
                                         self);
}

static void pump (MdocBleGattClient *self);

static void
on_round (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  self->link.n_pending--;
  if (self->step != MDOC_BLE_STEP_OPEN)
    return;
  if (reply == NULL)
    {
      mdoc_ble_client_finish_with (self,
                                   MDOC_BLE_ERROR_VANISHED,
                                   "the connection was lost while sending; "
                                   "start again");
      return;
    }
  pump (self);
  if (self->link.n_pending == 0)
    mdoc_ble_client_end_of_queue (self);
}

static void
pump (MdocBleGattClient *self)
{
  gsize part_bytes = mdoc_ble_link_get_part_bytes (&self->link,
                                                   mdoc_ble_get_write_bytes (
                                                       self->mtu));

  while (self->step == MDOC_BLE_STEP_OPEN && self->link.n_pending < MAX_ROUNDS
         && !mdoc_ble_cutter_is_empty (self->link.cutter))
    {
      gboolean is_last = FALSE;

      for (guint i = 1; !is_last; i++)
        {
          g_autoptr (GBytes) part = mdoc_ble_cutter_next (self->link.cutter,
                                                          part_bytes);

          is_last = i == PARTS_A_ROUND
                    || mdoc_ble_cutter_is_empty (self->link.cutter);
          write_value (self,
                       self->client_to_server,
                       part,
                       is_last ? on_round : NULL);
        }
      self->link.n_pending++;
    }
}

static void
client_send (gpointer impl, GBytes *message)
{
  MdocBleGattClient *self = impl;

  if (self->step != MDOC_BLE_STEP_OPEN)
    return;
  mdoc_ble_link_push (&self->link, message);
  if (self->link.channel == NULL)
    pump (self);
}

static void
client_close (gpointer impl)
{
  MdocBleGattClient *self = impl;

  self->link.is_closing = TRUE;
  if (self->step != MDOC_BLE_STEP_OPEN)
    mdoc_ble_client_finish (self, NULL);
  else if (self->link.channel != NULL
               ? mdoc_ble_channel_is_idle (self->link.channel)
               : self->link.n_pending == 0)
    mdoc_ble_client_end_of_queue (self);
}

/* what is cut short closes as well, but for the word that goes with it */
static gboolean
client_misbehave (gpointer impl,
                  MdocTransportFault fault,
                  GBytes *message,
                  gsize n_bytes)
{
  MdocBleGattClient *self = impl;

  if (self->step != MDOC_BLE_STEP_OPEN
      || !mdoc_ble_link_push_faulty (&self->link, fault, message, n_bytes))
    return FALSE;
  if (self->link.channel == NULL)
    pump (self);
  if (fault == MDOC_TRANSPORT_FAULT_CUT)
    client_close (self);
  return TRUE;
}

static void
client_end_of_queue (MdocBleLink *link)
{
  mdoc_ble_client_end_of_queue ((MdocBleGattClient *) link);
}

static void
client_finish (MdocBleLink *link, GError *error)
{
  mdoc_ble_client_finish ((MdocBleGattClient *) link, error);
}

/**
 * mdoc_ble_gatt_client_new:
 * @config: as for mdoc_ble_holder_new()
 * @is_holder: whether the service is the reader's, else it is the mdoc's
 *
 * Returns: (transfer full): a transport that looks for a GATT server
 */
MdocTransport *
mdoc_ble_gatt_client_new (const MdocBleConfig *config, gboolean is_holder)
{
  static const MdocTransportClass klass = {
    .name = "ble",
    .start = client_start,
    .send = client_send,
    .close = client_close,
    .free = client_free,
    .misbehave = client_misbehave,
  };
  static const MdocBleLinkEnd end = { client_end_of_queue, client_finish };
  MdocBleGattClient *self = g_new0 (MdocBleGattClient, 1);
  GVariantBuilder options;

  mdoc_ble_link_init (&self->link, &end, config, is_holder, is_holder);
  self->connecting = -1;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  /* always a command: some peers never answer a request */
  g_variant_builder_add (&options,
                         "{sv}",
                         "type",
                         g_variant_new_string ("command"));
  self->write_options = g_variant_ref_sink (g_variant_builder_end (&options));
  return mdoc_transport_new (&klass, self);
}
