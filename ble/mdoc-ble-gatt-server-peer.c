/*
 * mdoc-ble-gatt-server-peer.c - who comes, and what it writes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-server-private.h"

#include <string.h>

/* --- waiting for a peer --------------------------------------------------- */

static gboolean
on_waited (gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->device != NULL)
    mdoc_ble_server_finish_with (self,
                                 MDOC_BLE_ERROR_PROTOCOL,
                                 "the peer began without subscribing to what "
                                 "we send");
  else
    mdoc_ble_server_finish_with (self,
                                 MDOC_BLE_ERROR_TIMEOUT,
                                 "nobody connected; is Bluetooth on at the "
                                 "other side, and is "
                                 "its program in the foreground?");
  return G_SOURCE_REMOVE;
}

void
mdoc_ble_server_wait_for_peer (MdocBleGattServer *self)
{
  gint64 left_us = self->wait_until_us - g_get_monotonic_time ();

  mdoc_ble_link_set_timer (&self->link,
                           (guint) (MAX (left_us, 0) / 1000),
                           on_waited,
                           self);
}

/* Notifications go to whoever subscribed: nobody else may be connected who
 * came by our advertisement. */
void
mdoc_ble_server_send_others_away (MdocBleGattServer *self)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, self->visitors);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (g_strcmp0 (path, self->device) != 0
        && mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                          path,
                                          BLUEZ_DEVICE,
                                          "Connected"))
      mdoc_ble_bluez_call (self->link.bluez,
                           path,
                           BLUEZ_DEVICE,
                           "Disconnect",
                           NULL,
                           self->link.times.call_ms,
                           NULL,
                           NULL);
}

void
mdoc_ble_server_begin (MdocBleGattServer *self)
{
  mdoc_ble_server_stop_advertising (self);
  if (self->link.channel == NULL)
    mdoc_ble_server_stop_listening (self);
  mdoc_ble_server_send_others_away (self);
  mdoc_ble_link_begin (&self->link);
}

/* Some peers write State before they subscribe. */
static void
maybe_begin (MdocBleGattServer *self)
{
  if (self->device == NULL || self->link.is_connected || self->is_finishing)
    return;
  if (self->is_subscribed)
    mdoc_ble_server_begin (self);
  else
    mdoc_ble_link_set_timer (&self->link,
                             self->link.times.start_ms,
                             on_waited,
                             self);
}

void
mdoc_ble_server_on_peer_gone (MdocBleGattServer *self)
{
  if (self->is_finishing)
    return;
  if (self->link.is_connected)
    {
      mdoc_ble_link_peer_gone (&self->link);
      return;
    }
  /* nothing has begun: it may come again */
  g_clear_pointer (&self->device, g_free);
  mdoc_ble_server_wait_for_peer (self);
}

/* --- what the peer writes ------------------------------------------------- */

static gboolean
take_state (MdocBleGattServer *self, const char *device, MdocSpan value)
{
  if (value.len != 1)
    return FALSE;
  if (value.data[0] == MDOC_BLE_STATE_START && self->device == NULL
      && !self->link.is_connected)
    {
      self->device = g_strdup (device);
      maybe_begin (self);
    }
  else if (value.data[0] == MDOC_BLE_STATE_END && self->link.is_connected)
    {
      self->link.has_peer_ended = TRUE;
      mdoc_ble_server_finish (self, NULL);
    }
  /* a second start, or a state that is none yet, changes nothing */
  return TRUE;
}

static gboolean
take_part (MdocBleGattServer *self, MdocSpan value)
{
  g_autoptr (GError) error = NULL;
  const guint8 state = MDOC_BLE_STATE_END;
  g_autoptr (GBytes) end = NULL;

  if (!self->link.is_connected || self->link.channel != NULL
      || self->link.is_closing)
    return FALSE;
  if (mdoc_ble_link_take_part (&self->link, value, &error))
    return TRUE;
  end = g_bytes_new (&state, sizeof state);
  mdoc_ble_app_notify (self->app, MDOC_BLE_APP_STATE, end);
  mdoc_ble_server_finish (self, g_steal_pointer (&error));
  return FALSE;
}

gboolean
mdoc_ble_server_on_written (MdocBleAppCharacteristic which,
                            const char *device,
                            guint mtu,
                            MdocSpan value,
                            gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (self->is_finishing || self->is_standing_down)
    return FALSE;
  if (self->device != NULL && !g_str_equal (device, self->device))
    {
      if (g_hash_table_contains (self->visitors, device))
        mdoc_ble_bluez_call (self->link.bluez,
                             device,
                             BLUEZ_DEVICE,
                             "Disconnect",
                             NULL,
                             self->link.times.call_ms,
                             NULL,
                             NULL);
      return FALSE;
    }
  if (mtu != 0)
    self->mtu = mtu;
  return which == MDOC_BLE_APP_STATE ? take_state (self, device, value)
                                     : take_part (self, value);
}

void
mdoc_ble_server_on_subscribed (MdocBleAppCharacteristic which,
                               gboolean is_subscribed,
                               gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (which != MDOC_BLE_APP_SERVER_TO_CLIENT || self->is_standing_down)
    return;
  self->is_subscribed = is_subscribed;
  if (is_subscribed)
    maybe_begin (self);
  else if (self->link.is_connected && self->link.channel == NULL)
    mdoc_ble_server_on_peer_gone (self);
}

void
mdoc_ble_server_on_released (gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (!self->is_advertising)
    return;
  self->is_advertising = FALSE;
  if (!self->link.is_connected && !self->is_standing_down)
    mdoc_ble_server_finish_with (self,
                                 MDOC_BLE_ERROR_REFUSED,
                                 "BlueZ took our advertisement down; start "
                                 "again");
}
