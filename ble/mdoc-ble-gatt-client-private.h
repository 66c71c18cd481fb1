/*
 * mdoc-ble-gatt-client-private.h - what the files of the client share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ble/mdoc-ble-gatt-client.h"
#include "ble/mdoc-ble-link.h"

G_BEGIN_DECLS

/* to connect, before the presentation fails */
#define MDOC_BLE_MAX_ATTEMPTS 5

typedef enum
{
  MDOC_BLE_STEP_NEW,
  MDOC_BLE_STEP_WAITING,    /* until the next attempt */
  MDOC_BLE_STEP_SCANNING,   /* until a device shows the service */
  MDOC_BLE_STEP_CONNECTING, /* until Device1.Connect answers */
  MDOC_BLE_STEP_RESOLVING,  /* until the characteristics are there */
  MDOC_BLE_STEP_OPENING,    /* Ident, subscriptions, State 0x01 */
  MDOC_BLE_STEP_OPEN,
  MDOC_BLE_STEP_FINISHING,
} MdocBleStep;

typedef struct
{
  MdocBleLink link;
  MdocBleStep step;
  guint n_attempts;
  gboolean is_discovering;
  gboolean is_stopping; /* until StopDiscovery answers, before what is next */
  char *device;
  char *state; /* paths of the characteristics */
  char *client_to_server;
  char *server_to_client;
  char *ident;
  char *l2cap;
  guint n_subscribing;
  gboolean has_started; /* State 0x01 is on its way */
  gboolean has_said_end;
  guint mtu;
  guint n_tidying;
  gint64 wait_until_us;
  gboolean has_read_psm;
  int connecting; /* socket of an L2CAP channel; -1: none */
  GSource *connecting_source;
  GVariant *write_options; /* of every write: that it is a command */
  GError *error;           /* what to close with */
} MdocBleGattClient;

/* mdoc-ble-gatt-client.c */
void mdoc_ble_client_stop_connecting (MdocBleGattClient *self);
void mdoc_ble_client_forget_characteristics (MdocBleGattClient *self);
void mdoc_ble_client_call_adapter (MdocBleGattClient *self,
                                   const char *method,
                                   GVariant *parameters,
                                   MdocBleBluezReply reply,
                                   gpointer user_data);
void mdoc_ble_client_stop_discovery (MdocBleGattClient *self,
                                     MdocBleBluezReply reply);
void mdoc_ble_client_finish (MdocBleGattClient *self, GError *error);
void mdoc_ble_client_finish_with (MdocBleGattClient *self,
                                  MdocBleError code,
                                  const char *reason);
void mdoc_ble_client_write_state (MdocBleGattClient *self,
                                  guint8 state,
                                  MdocBleBluezReply reply);
void mdoc_ble_client_end_of_queue (MdocBleGattClient *self);
gboolean mdoc_ble_client_on_retry (gpointer user_data);
void mdoc_ble_client_fail_attempt (MdocBleGattClient *self, GError *error);
gboolean mdoc_ble_client_on_step_timeout (gpointer user_data);

/* mdoc-ble-gatt-client-open.c */
void mdoc_ble_client_open_link (MdocBleGattClient *self);
void mdoc_ble_client_subscribe (MdocBleGattClient *self);
void mdoc_ble_client_open_characteristics (MdocBleGattClient *self);

/* mdoc-ble-gatt-client-channel.c */
void mdoc_ble_client_read_value (MdocBleGattClient *self,
                                 const char *characteristic,
                                 MdocBleBluezReply reply);
void mdoc_ble_client_open_channel (MdocBleGattClient *self);

/* mdoc-ble-gatt-client-find.c */
void mdoc_ble_client_maybe_resolved (MdocBleGattClient *self);
void mdoc_ble_client_connect_device (MdocBleGattClient *self);
void mdoc_ble_client_take_device (MdocBleGattClient *self, const char *path);
void mdoc_ble_client_scan (MdocBleGattClient *self);

G_END_DECLS
