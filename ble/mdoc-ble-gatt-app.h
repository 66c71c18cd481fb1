/*
 * mdoc-ble-gatt-app.h - the objects that BlueZ serves for us
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "ble/mdoc-ble-link.h"

G_BEGIN_DECLS

#define MDOC_BLE_APP_PATH           "/org/mdocagent/ble"
#define MDOC_BLE_ADVERTISEMENT_PATH MDOC_BLE_APP_PATH "/advertisement"

typedef enum
{
  MDOC_BLE_APP_STATE,
  MDOC_BLE_APP_CLIENT_TO_SERVER,
  MDOC_BLE_APP_SERVER_TO_CLIENT,
  MDOC_BLE_APP_IDENT,
  MDOC_BLE_APP_L2CAP,
} MdocBleAppCharacteristic;

#define MDOC_BLE_APP_N_CHARACTERISTICS 5

/**
 * MdocBleAppEvents:
 * @written: a peer, named by the path of its device, wrote a value; @mtu is 0
 *   if BlueZ did not tell. Returns: whether it was allowed to
 * @subscribed: the first peer subscribed, or the last one no longer is
 * @released: BlueZ took the advertisement down
 */
typedef struct
{
  gboolean (*written) (MdocBleAppCharacteristic which,
                       const char *device,
                       guint mtu,
                       MdocSpan value,
                       gpointer user_data);
  void (*subscribed) (MdocBleAppCharacteristic which,
                      gboolean is_subscribed,
                      gpointer user_data);
  void (*released) (gpointer user_data);
} MdocBleAppEvents;

/**
 * MdocBleApp:
 *
 * A service with its characteristics, and an advertisement for it, on our end
 * of the bus. Nothing but BlueZ may call it.
 */
typedef struct _MdocBleApp MdocBleApp;

MdocBleApp *mdoc_ble_app_new (GDBusConnection *connection,
                              const char *owner,
                              const MdocBleServiceUuids *uuids,
                              const char *service_uuid,
                              GBytes *ident,
                              guint psm,
                              const MdocBleAppEvents *events,
                              gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_app_free (MdocBleApp *self);
void mdoc_ble_app_notify (MdocBleApp *self,
                          MdocBleAppCharacteristic which,
                          GBytes *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleApp, mdoc_ble_app_free)

G_END_DECLS
