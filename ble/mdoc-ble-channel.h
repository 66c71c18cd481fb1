/*
 * mdoc-ble-channel.h - messages over a connected L2CAP socket
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocBleChannel:
 *
 * A stream of messages over a socket, each behind its length in 4 bytes, or
 * bare for a peer that begins so. Lives on the thread-default main context of
 * the thread that made it.
 */
typedef struct _MdocBleChannel MdocBleChannel;

/**
 * MdocBleChannelEvents:
 * @message: a whole message came
 * @drained: all that was queued has been acknowledged by the peer's Bluetooth,
 *   or as good as the system tells
 * @closed: the peer closed, with %NULL as error if between two messages; the
 *   last event
 *
 * None comes from inside a call, none after mdoc_ble_channel_free().
 */
typedef struct
{
  void (*message) (GBytes *message, gpointer user_data);
  void (*drained) (gpointer user_data);
  void (*closed) (const GError *error, gpointer user_data);
} MdocBleChannelEvents;

MdocBleChannel *mdoc_ble_channel_new (int fd,
                                      gsize max_write_bytes,
                                      gsize max_message_bytes,
                                      const MdocBleChannelEvents *events,
                                      gpointer user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_channel_free (MdocBleChannel *self);
void mdoc_ble_channel_send (MdocBleChannel *self, GBytes *message);
/* @fault: a length, or a cut, as mdoc_transport_misbehave() has them */
void mdoc_ble_channel_send_faulty (MdocBleChannel *self,
                                   MdocTransportFault fault,
                                   GBytes *message,
                                   gsize n_bytes);
gboolean mdoc_ble_channel_is_empty (MdocBleChannel *self);
gboolean mdoc_ble_channel_is_idle (MdocBleChannel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleChannel, mdoc_ble_channel_free)

void mdoc_ble_clear_source (GSource **source);

G_END_DECLS
