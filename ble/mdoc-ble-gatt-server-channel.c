/*
 * mdoc-ble-gatt-server-channel.c - an L2CAP channel in place of notifications
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-server-private.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "ble/mdoc-ble-l2cap.h"

/**
 * mdoc_ble_server_know_device:
 * @self: a server
 * @path: a device
 *
 * The kernel may hand over a channel before BlueZ says who is connected, who
 * would then be sent away as one more. So once that is told, it is the peer if
 * it has its address.
 */
void
mdoc_ble_server_know_device (MdocBleGattServer *self, const char *path)
{
  if (self->address == NULL
      || !g_str_has_prefix (path, mdoc_ble_bluez_get_adapter (self->link.bluez))
      || g_strcmp0 (mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                path,
                                                BLUEZ_DEVICE,
                                                "Address"),
                    self->address)
             != 0)
    return;
  g_clear_pointer (&self->address, g_free);
  g_free (self->device);
  self->device = g_strdup (path);
}

static void
compare_address (const char *path, gpointer user_data)
{
  mdoc_ble_server_know_device (user_data, path);
}

/* The first peer has it, unless another one began by State. */
static gboolean
on_incoming (int listener, GIOCondition condition, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *address = NULL;
  int fd = mdoc_ble_l2cap->accept (listener, &address, NULL);

  if (fd < 0)
    return G_SOURCE_CONTINUE;
  if (self->device != NULL || self->is_finishing || self->is_standing_down)
    {
      close (fd);
      return G_SOURCE_CONTINUE;
    }
  self->device = g_strdup (""); /* nobody else may begin */
  self->address = g_steal_pointer (&address);
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_DEVICE,
                          compare_address,
                          self);
  mdoc_ble_link_open_channel (&self->link, fd);
  mdoc_ble_server_stop_listening (self);
  mdoc_ble_server_begin (self);
  return G_SOURCE_REMOVE;
}

gboolean
mdoc_ble_server_start_listening (MdocBleGattServer *self,
                                 guint *ret_psm,
                                 GError **error)
{
  MdocBleBluez *bluez = self->link.bluez;

  /* if not since before the engagement was written */
  if (self->listener < 0)
    self->listener
        = mdoc_ble_l2cap
              ->listen (mdoc_ble_bluez_lookup_text (bluez,
                                                    mdoc_ble_bluez_get_adapter (
                                                        bluez),
                                                    BLUEZ_ADAPTER,
                                                    "Address"),
                        &self->link.psm,
                        error);
  if (self->listener < 0)
    return FALSE;
  *ret_psm = self->link.psm;
  self->listening = g_unix_fd_source_new (self->listener, G_IO_IN);
  g_source_set_callback (self->listening,
                         G_SOURCE_FUNC (on_incoming),
                         self,
                         NULL);
  g_source_attach (self->listening, self->link.context);
  return TRUE;
}
