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

static void
on_channel_message (GBytes *message, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_link_take_message (&self->link, message);
}

static void
on_channel_drained (gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  mdoc_ble_server_end_of_queue (self);
}

static void
on_channel_closed (const GError *error, gpointer user_data)
{
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  if (error != NULL)
    mdoc_ble_server_finish (self, g_error_copy (error));
  else if (mdoc_ble_link_is_orderly (&self->link))
    mdoc_ble_server_finish (self, NULL);
  else
    mdoc_ble_server_on_channel_overdue (self);
}

typedef struct
{
  MdocBleGattServer *self;
  const char *address;
} Search;

static void
compare_address (const char *path, gpointer user_data)
{
  Search *search = user_data;
  MdocBleGattServer *self = search->self;

  if (self->device == NULL
      && g_str_has_prefix (path, mdoc_ble_bluez_get_adapter (self->link.bluez))
      && g_strcmp0 (mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                path,
                                                BLUEZ_DEVICE,
                                                "Address"),
                    search->address)
             == 0)
    self->device = g_strdup (path);
}

/* The first peer has it, unless another one began by State. */
static gboolean
on_incoming (int listener, GIOCondition condition, gpointer user_data)
{
  static const MdocBleChannelEvents events = { on_channel_message,
                                               on_channel_drained,
                                               on_channel_closed };
  MdocBleGattServer *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *address = NULL;
  Search search = { self, NULL };
  int fd = mdoc_ble_l2cap->accept (listener, &address, NULL);

  if (fd < 0)
    return G_SOURCE_CONTINUE;
  if (self->device != NULL || self->is_finishing || self->is_standing_down)
    {
      close (fd);
      return G_SOURCE_CONTINUE;
    }
  search.address = address;
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_DEVICE,
                          compare_address,
                          &search);
  if (self->device == NULL)
    self->device = g_strdup (""); /* nobody else may mdoc_ble_server_begin */
  self->link.channel = mdoc_ble_channel_new (fd,
                                             mdoc_ble_l2cap->get_write_bytes (
                                                 fd),
                                             self->link.max_message_bytes,
                                             &events,
                                             self);
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

  self->listener
      = mdoc_ble_l2cap
            ->listen (mdoc_ble_bluez_lookup_text (bluez,
                                                  mdoc_ble_bluez_get_adapter (
                                                      bluez),
                                                  BLUEZ_ADAPTER,
                                                  "Address"),
                      ret_psm,
                      error);
  if (self->listener < 0)
    return FALSE;
  self->listening = g_unix_fd_source_new (self->listener, G_IO_IN);
  g_source_set_callback (self->listening,
                         G_SOURCE_FUNC (on_incoming),
                         self,
                         NULL);
  g_source_attach (self->listening, self->link.context);
  return TRUE;
}
