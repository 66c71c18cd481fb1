/*
 * mdoc-ble-gatt-client-channel.c - an L2CAP channel in place of writes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-client-private.h"

#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble-frames.h"
#include "ble/mdoc-ble-l2cap.h"

/* Whatever the matter is with a channel, there are still the
 * characteristics. */
static gboolean
on_channel_connected (int fd, GIOCondition condition, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  int problem = 0;
  socklen_t len = sizeof problem;

  if (getsockopt (fd, SOL_SOCKET, SO_ERROR, &problem, &len) < 0 || problem != 0)
    {
      mdoc_ble_client_stop_connecting (self);
      mdoc_ble_client_open_channel (self);
      return G_SOURCE_REMOVE;
    }
  mdoc_ble_clear_source (&self->connecting_source);
  self->connecting = -1;
  mdoc_ble_link_open_channel (&self->link, fd);
  mdoc_ble_client_open_link (self);
  return G_SOURCE_REMOVE;
}

static gboolean
connect_channel (MdocBleGattClient *self, guint psm)
{
  MdocBleBluez *bluez = self->link.bluez;

  self->connecting
      = mdoc_ble_l2cap
            ->connect (mdoc_ble_bluez_lookup_text (bluez,
                                                   mdoc_ble_bluez_get_adapter (
                                                       bluez),
                                                   BLUEZ_ADAPTER,
                                                   "Address"),
                       mdoc_ble_bluez_lookup_text (bluez,
                                                   self->device,
                                                   BLUEZ_DEVICE,
                                                   "Address"),
                       mdoc_ble_bluez_lookup_text (bluez,
                                                   self->device,
                                                   BLUEZ_DEVICE,
                                                   "AddressType"),
                       psm,
                       NULL);
  if (self->connecting < 0)
    return FALSE;
  self->connecting_source = g_unix_fd_source_new (self->connecting,
                                                  G_IO_OUT | G_IO_HUP
                                                      | G_IO_ERR);
  g_source_set_callback (self->connecting_source,
                         G_SOURCE_FUNC (on_channel_connected),
                         self,
                         NULL);
  g_source_attach (self->connecting_source, self->link.context);
  return TRUE;
}

static void
on_psm (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autoptr (GVariant) value = NULL;
  MdocSpan bytes;
  guint psm;

  self->has_read_psm = TRUE;
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(ay)")))
    {
      value = g_variant_get_child_value (reply, 0);
      bytes.data = g_variant_get_fixed_array (value, &bytes.len, 1);
      if (mdoc_ble_psm_parse (bytes, &psm) && connect_channel (self, psm))
        return;
    }
  mdoc_ble_client_subscribe (self);
}

void
mdoc_ble_client_read_value (MdocBleGattClient *self,
                            const char *characteristic,
                            MdocBleBluezReply reply)
{
  mdoc_ble_bluez_call (self->link.bluez,
                       characteristic,
                       BLUEZ_CHARACTERISTIC,
                       "ReadValue",
                       g_variant_new ("(a{sv})", NULL),
                       self->link.times.call_ms,
                       reply,
                       self);
}

void
mdoc_ble_client_open_channel (MdocBleGattClient *self)
{
  guint psm = self->link.psm;

  /* each once: where nobody answers at the one that was known beforehand, the
   * characteristic may know better */
  self->link.psm = 0;
  if (self->link.use_l2cap && psm != 0 && connect_channel (self, psm))
    return;
  if (self->link.use_l2cap && self->l2cap != NULL && !self->has_read_psm)
    mdoc_ble_client_read_value (self, self->l2cap, on_psm);
  else
    mdoc_ble_client_subscribe (self);
}
