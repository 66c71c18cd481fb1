/*
 * mdoc-ble-gatt-client-open.c - from a connection to State 0x01
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-client-private.h"

#include "ble/mdoc-ble-frames.h"

/* --- opening -------------------------------------------------------------- */

void
mdoc_ble_client_open_link (MdocBleGattClient *self)
{
  if (self->step != MDOC_BLE_STEP_OPENING)
    return;
  self->step = MDOC_BLE_STEP_OPEN;
  mdoc_ble_link_begin (&self->link);
}

static void
on_started (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (self->step != MDOC_BLE_STEP_OPENING || !self->has_started)
    return;
  if (reply != NULL)
    {
      mdoc_ble_client_open_link (self);
      return;
    }
  mdoc_ble_error_from_bus (&error,
                           MDOC_BLE_ERROR_CONNECT,
                           "to write to the peer",
                           bus_error);
  mdoc_ble_client_fail_attempt (self, error);
}

static void
start_messages (MdocBleGattClient *self)
{
  self->has_started = TRUE;
  mdoc_ble_client_write_state (self, MDOC_BLE_STATE_START, on_started);
}

/* bluetoothd before 5.62 tells the MTU only with a socket to write to, which
 * is not used. */
static void
on_probed (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  guint16 mtu = 0;

  if (self->step != MDOC_BLE_STEP_OPENING || self->has_started)
    return;
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(hq)")))
    g_variant_get (reply, "(hq)", NULL, &mtu);
  self->mtu = MAX (mtu, MDOC_BLE_MTU_MIN);
  start_messages (self);
}

static void
find_mtu (MdocBleGattClient *self)
{
  g_autoptr (GVariant) mtu = mdoc_ble_bluez_lookup (self->link.bluez,
                                                    self->client_to_server,
                                                    BLUEZ_CHARACTERISTIC,
                                                    "MTU",
                                                    G_VARIANT_TYPE_UINT16);

  if (mtu != NULL)
    {
      self->mtu = g_variant_get_uint16 (mtu);
      start_messages (self);
      return;
    }
  mdoc_ble_bluez_call (self->link.bluez,
                       self->client_to_server,
                       BLUEZ_CHARACTERISTIC,
                       "AcquireWrite",
                       g_variant_new ("(a{sv})", NULL),
                       self->link.times.call_ms,
                       on_probed,
                       self);
}

static void
on_notifying (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  GError *error = NULL;

  if (self->step != MDOC_BLE_STEP_OPENING || self->n_subscribing == 0)
    return;
  if (reply == NULL)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to subscribe to the peer",
                               bus_error);
      mdoc_ble_client_fail_attempt (self, error);
      return;
    }
  self->n_subscribing--;
  if (self->n_subscribing == 0)
    find_mtu (self);
}

static void
start_notify (MdocBleGattClient *self, const char *characteristic)
{
  self->n_subscribing++;
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "StartNotify",
                       NULL,
                       self->link.times.call_ms,
                       on_notifying,
                       self);
}

void
mdoc_ble_client_subscribe (MdocBleGattClient *self)
{
  start_notify (self, self->state);
  start_notify (self, self->server_to_client);
}

/* --- Ident ---------------------------------------------------------------- */

static void
on_ident (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  GError *error = NULL;
  const guint8 *ident;
  gsize len;

  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(ay)")))
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to read the peer's ident",
                               bus_error);
      mdoc_ble_client_fail_attempt (self, error);
      return;
    }
  value = g_variant_get_child_value (reply, 0);
  ident = g_variant_get_fixed_array (value, &len, 1);
  if (len != sizeof self->link.ident
      || memcmp (ident, self->link.ident, len) != 0)
    {
      mdoc_ble_client_finish_with (self,
                                   MDOC_BLE_ERROR_PROTOCOL,
                                   "the reader that was found is not the one "
                                   "that read our "
                                   "engagement");
      return;
    }
  mdoc_ble_client_open_channel (self);
}

void
mdoc_ble_client_open_characteristics (MdocBleGattClient *self)
{
  self->step = MDOC_BLE_STEP_OPENING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.resolve_ms,
                           mdoc_ble_client_on_step_timeout,
                           self);
  if (self->ident != NULL && self->link.is_holder
      && self->link.is_ident_checked)
    mdoc_ble_client_read_value (self, self->ident, on_ident);
  else
    mdoc_ble_client_open_channel (self);
}
