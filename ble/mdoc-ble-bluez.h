/*
 * mdoc-ble-bluez.h - what BlueZ shows on the bus, and calls to it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "ble/mdoc-ble.h"

G_BEGIN_DECLS

#define BLUEZ_NAME           "org.bluez"
#define BLUEZ_ADAPTER        "org.bluez.Adapter1"
#define BLUEZ_DEVICE         "org.bluez.Device1"
#define BLUEZ_SERVICE        "org.bluez.GattService1"
#define BLUEZ_CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define BLUEZ_GATT_MANAGER   "org.bluez.GattManager1"
#define BLUEZ_ADV_MANAGER    "org.bluez.LEAdvertisingManager1"
#define BLUEZ_ADVERTISEMENT  "org.bluez.LEAdvertisement1"
#define DBUS_PROPERTIES      "org.freedesktop.DBus.Properties"
#define DBUS_OBJECT_MANAGER  "org.freedesktop.DBus.ObjectManager"
#define DBUS_PEER            "org.freedesktop.DBus.Peer"

/**
 * MdocBleBluez:
 *
 * A connection to the bus of its own, so that all that BlueZ keeps for us goes
 * when it ends, with a mirror of the objects of one adapter. Lives on the
 * thread-default main context of the thread that made it.
 */
typedef struct _MdocBleBluez MdocBleBluez;

/**
 * MdocBleBluezEvents:
 * @ready: the mirror is filled, the adapter fits
 * @changed: an interface came with all of its properties, or some changed
 * @removed: an interface went
 * @failed: not ready, or bluetoothd or the adapter went; comes once, the last
 *
 * None comes from inside a call, none after mdoc_ble_bluez_free().
 */
typedef struct
{
  void (*ready) (gpointer user_data);
  void (*changed) (const char *path,
                   const char *interface,
                   GVariant *properties,
                   gpointer user_data);
  void (*removed) (const char *path, const char *interface, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
} MdocBleBluezEvents;

/* @reply is %NULL and @error set if the call failed, with an error of BlueZ's
 * kind: see mdoc_ble_error_from_bus() */
typedef void (*MdocBleBluezReply) (GVariant *reply,
                                   const GError *error,
                                   gpointer user_data);
typedef void (*MdocBleBluezVisit) (const char *path, gpointer user_data);

MdocBleBluez *mdoc_ble_bluez_new (const char *adapter,
                                  const char *role,
                                  const MdocBleTimes *times,
                                  const MdocBleBluezEvents *events,
                                  gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_bluez_free (MdocBleBluez *self);
void mdoc_ble_bluez_free_at_once (MdocBleBluez *self);

/* (transfer none) (nullable): %NULL before it is ready */
GDBusConnection *mdoc_ble_bluez_get_connection (MdocBleBluez *self);
const char *mdoc_ble_bluez_get_owner (MdocBleBluez *self);
const char *mdoc_ble_bluez_get_adapter (MdocBleBluez *self);
GVariant *mdoc_ble_bluez_lookup (MdocBleBluez *self,
                                 const char *path,
                                 const char *interface,
                                 const char *property,
                                 const GVariantType *type);
const char *mdoc_ble_bluez_lookup_text (MdocBleBluez *self,
                                        const char *path,
                                        const char *interface,
                                        const char *property);
gboolean mdoc_ble_bluez_lookup_boolean (MdocBleBluez *self,
                                        const char *path,
                                        const char *interface,
                                        const char *property);
gboolean mdoc_ble_bluez_has (MdocBleBluez *self,
                             const char *path,
                             const char *interface);
void mdoc_ble_bluez_foreach (MdocBleBluez *self,
                             const char *interface,
                             MdocBleBluezVisit visit,
                             gpointer user_data);
void mdoc_ble_bluez_call (MdocBleBluez *self,
                          const char *path,
                          const char *interface,
                          const char *method,
                          GVariant *parameters,
                          guint timeout_ms,
                          MdocBleBluezReply reply,
                          gpointer user_data);
void mdoc_ble_bluez_tell (MdocBleBluez *self,
                          const char *path,
                          const char *interface,
                          const char *method,
                          GVariant *parameters);
void mdoc_ble_bluez_forget_calls (MdocBleBluez *self);

void mdoc_ble_error_from_bus (GError **error,
                              MdocBleError code,
                              const char *what,
                              const GError *bus_error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleBluez, mdoc_ble_bluez_free)

G_END_DECLS
