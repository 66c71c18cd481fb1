/*
 * mdoc-ble-gatt-server-private.h - what the files of the server share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ble/mdoc-ble-gatt-app.h"
#include "ble/mdoc-ble-gatt-server.h"
#include "ble/mdoc-ble-link.h"

G_BEGIN_DECLS

struct _MdocBleGattServer
{
  MdocBleLink link;
  MdocBleApp *app;
  int listener; /* for an L2CAP channel; -1: none */
  GSource *listening;
  char *device;  /* the one peer, from its State 0x01 on; "" if not known */
  char *address; /* of that, while BlueZ has not told of a device with it */
  guint mtu;
  GHashTable *earlier;  /* devices that were connected before us */
  GHashTable *visitors; /* and those that came since */
  gint64 wait_until_us;
  guint n_tidying; /* answers that the end waits for */
  gboolean is_registered;
  gboolean is_advertising;
  gboolean is_subscribed;
  gboolean has_said_end;
  gboolean is_finishing;
  gboolean is_standing_down;
  GError *error; /* what to close with */
};

/* mdoc-ble-gatt-server.c */
void mdoc_ble_server_stop_listening (MdocBleGattServer *self);
void mdoc_ble_server_stop_advertising (MdocBleGattServer *self);
void mdoc_ble_server_finish (MdocBleGattServer *self, GError *error);
void mdoc_ble_server_finish_with (MdocBleGattServer *self,
                                  MdocBleError code,
                                  const char *reason);
void mdoc_ble_server_end_of_queue (MdocBleGattServer *self);

/* mdoc-ble-gatt-server-peer.c */
void mdoc_ble_server_wait_for_peer (MdocBleGattServer *self);
void mdoc_ble_server_send_others_away (MdocBleGattServer *self);
void mdoc_ble_server_begin (MdocBleGattServer *self);
void mdoc_ble_server_on_peer_gone (MdocBleGattServer *self);
gboolean mdoc_ble_server_on_written (MdocBleAppCharacteristic which,
                                     const char *device,
                                     guint mtu,
                                     MdocSpan value,
                                     gpointer user_data);
void mdoc_ble_server_on_subscribed (MdocBleAppCharacteristic which,
                                    gboolean is_subscribed,
                                    gpointer user_data);
void mdoc_ble_server_on_released (gpointer user_data);

/* mdoc-ble-gatt-server-channel.c */
void mdoc_ble_server_know_device (MdocBleGattServer *self, const char *path);
gboolean mdoc_ble_server_start_listening (MdocBleGattServer *self,
                                          guint *ret_psm,
                                          GError **error);

G_END_DECLS
