/*
 * mdoc-ble-gatt-client-find.c - looking for the peer, and what it serves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-gatt-client-private.h"

#include <string.h>

typedef struct
{
  MdocBleGattClient *self;
  char *service;
} Search;

static void
find_service (const char *path, gpointer user_data)
{
  Search *search = user_data;
  MdocBleGattClient *self = search->self;
  const char *uuid = mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                 path,
                                                 BLUEZ_SERVICE,
                                                 "UUID");

  if (search->service == NULL && g_str_has_prefix (path, self->device)
      && uuid != NULL
      && g_ascii_strcasecmp (uuid, self->link.service_uuid) == 0)
    search->service = g_strdup (path);
}

static void
find_characteristic (const char *path, gpointer user_data)
{
  Search *search = user_data;
  MdocBleGattClient *self = search->self;
  const MdocBleServiceUuids *uuids = self->link.uuids;
  const struct
  {
    const char *uuid;
    char **ret_path;
  } wanted[] = {
    { uuids->state, &self->state },
    { uuids->client_to_server, &self->client_to_server },
    { uuids->server_to_client, &self->server_to_client },
    { uuids->ident, &self->ident },
    { uuids->l2cap, &self->l2cap },
  };
  const char *uuid = mdoc_ble_bluez_lookup_text (self->link.bluez,
                                                 path,
                                                 BLUEZ_CHARACTERISTIC,
                                                 "UUID");

  if (uuid == NULL || !g_str_has_prefix (path, search->service))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (wanted[i].uuid != NULL && g_ascii_strcasecmp (uuid, wanted[i].uuid) == 0
        && *wanted[i].ret_path == NULL)
      *wanted[i].ret_path = g_strdup (path);
}

/* The property may be there before the objects are. */
void
mdoc_ble_client_maybe_resolved (MdocBleGattClient *self)
{
  Search search = { self, NULL };
  g_autofree char *service = NULL;

  if (self->step != MDOC_BLE_STEP_RESOLVING
      || !mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                         self->device,
                                         BLUEZ_DEVICE,
                                         "ServicesResolved"))
    return;
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_SERVICE,
                          find_service,
                          &search);
  service = search.service;
  if (service == NULL)
    return;
  mdoc_ble_client_forget_characteristics (self);
  mdoc_ble_bluez_foreach (self->link.bluez,
                          BLUEZ_CHARACTERISTIC,
                          find_characteristic,
                          &search);
  if (self->state != NULL && self->client_to_server != NULL
      && self->server_to_client != NULL
      && (self->ident != NULL || self->link.uuids->ident == NULL))
    mdoc_ble_client_open_characteristics (self);
}

static void
on_connected (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *name = NULL;
  GError *error = NULL;

  if (reply == NULL)
    name = g_dbus_error_get_remote_error (bus_error);
  if (reply == NULL
      && g_strcmp0 (name, "org.bluez.Error.AlreadyConnected") != 0)
    {
      mdoc_ble_error_from_bus (&error,
                               MDOC_BLE_ERROR_CONNECT,
                               "to connect to the peer",
                               bus_error);
      mdoc_ble_client_fail_attempt (self, error);
      return;
    }
  self->step = MDOC_BLE_STEP_RESOLVING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.resolve_ms,
                           mdoc_ble_client_on_step_timeout,
                           self);
  mdoc_ble_client_maybe_resolved (self);
}

void
mdoc_ble_client_connect_device (MdocBleGattClient *self)
{
  self->step = MDOC_BLE_STEP_CONNECTING;
  mdoc_ble_link_set_timer (&self->link,
                           self->link.times.connect_ms,
                           mdoc_ble_client_on_step_timeout,
                           self);
  mdoc_ble_bluez_call (self->link.bluez,
                       self->device,
                       BLUEZ_DEVICE,
                       "Connect",
                       NULL,
                       self->link.times.connect_ms * 2,
                       on_connected,
                       self);
}

static void
on_discovery_stopped (GVariant *reply, const GError *error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  self->is_stopping = FALSE;
  if (self->step == MDOC_BLE_STEP_CONNECTING)
    mdoc_ble_client_connect_device (self);
  else if (self->step == MDOC_BLE_STEP_SCANNING)
    mdoc_ble_client_scan (self);
}

static void
stop_scan (MdocBleGattClient *self)
{
  self->is_stopping = TRUE;
  mdoc_ble_client_stop_discovery (self, on_discovery_stopped);
}

static gboolean
shows_service (MdocBleGattClient *self, const char *path)
{
  g_autoptr (GVariant) uuids
      = mdoc_ble_bluez_lookup (self->link.bluez,
                               path,
                               BLUEZ_DEVICE,
                               "UUIDs",
                               G_VARIANT_TYPE_STRING_ARRAY);
  GVariantIter iter;
  const char *uuid;

  if (uuids == NULL)
    return FALSE;
  g_variant_iter_init (&iter, uuids);
  while (g_variant_iter_next (&iter, "&s", &uuid))
    if (g_ascii_strcasecmp (uuid, self->link.service_uuid) == 0)
      return TRUE;
  return FALSE;
}

/* Connecting while scanning fails with some controllers. */
void
mdoc_ble_client_take_device (MdocBleGattClient *self, const char *path)
{
  if (self->step != MDOC_BLE_STEP_SCANNING
      || !g_str_has_prefix (path, mdoc_ble_bluez_get_adapter (self->link.bluez))
      || !shows_service (self, path))
    return;
  self->device = g_strdup (path);
  self->step = MDOC_BLE_STEP_CONNECTING;
  mdoc_ble_link_clear_timer (&self->link);
  if (self->is_discovering)
    stop_scan (self);
  else if (!self->is_stopping)
    mdoc_ble_client_connect_device (self);
}

static void
set_scan_timer (MdocBleGattClient *self, guint max_ms, GSourceFunc callback)
{
  gint64 left_us = self->wait_until_us - g_get_monotonic_time ();
  guint left_ms = (guint) (MAX (left_us, 0) / 1000);

  mdoc_ble_link_set_timer (&self->link,
                           MIN (left_ms, max_ms),
                           left_ms <= max_ms ? mdoc_ble_client_on_step_timeout
                                             : callback,
                           self);
}

/* A controller reports a peer once in a scan, and the kernel throws away what
 * is reported before it has noted that it scans: the next scan tells. */
static gboolean
on_scanned (gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);

  set_scan_timer (self, G_MAXUINT, NULL);
  stop_scan (self);
  return G_SOURCE_REMOVE;
}

static void
on_discovering (GVariant *reply, const GError *bus_error, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->link.transport);
  g_autofree char *name = NULL;
  GError *error = NULL;

  if (self->step != MDOC_BLE_STEP_SCANNING)
    return;
  if (reply != NULL)
    {
      set_scan_timer (self, self->link.times.rescan_ms, on_scanned);
      return;
    }
  self->is_discovering = FALSE;
  name = g_dbus_error_get_remote_error (bus_error);
  if (g_strcmp0 (name, "org.bluez.Error.InProgress") == 0
      && ++self->n_attempts < MDOC_BLE_MAX_ATTEMPTS)
    {
      self->step = MDOC_BLE_STEP_WAITING;
      mdoc_ble_link_set_timer (&self->link,
                               self->link.times.retry_ms,
                               mdoc_ble_client_on_retry,
                               self);
      return;
    }
  mdoc_ble_error_from_bus (&error,
                           MDOC_BLE_ERROR_REFUSED,
                           "to scan",
                           bus_error);
  mdoc_ble_client_finish (self, error);
}

/* What BlueZ holds from an earlier scan may be long gone; what it has heard in
 * this one has a signal strength. */
static void
consider_known (const char *path, gpointer user_data)
{
  MdocBleGattClient *self = user_data;
  g_autoptr (GVariant) rssi = mdoc_ble_bluez_lookup (self->link.bluez,
                                                     path,
                                                     BLUEZ_DEVICE,
                                                     "RSSI",
                                                     NULL);

  if (rssi != NULL)
    mdoc_ble_client_take_device (self, path);
  else if (g_str_has_prefix (path,
                             mdoc_ble_bluez_get_adapter (self->link.bluez))
           && shows_service (self, path)
           && !mdoc_ble_bluez_lookup_boolean (self->link.bluez,
                                              path,
                                              BLUEZ_DEVICE,
                                              "Paired"))
    mdoc_ble_client_call_adapter (self,
                                  "RemoveDevice",
                                  g_variant_new ("(o)", path),
                                  NULL,
                                  NULL);
}

void
mdoc_ble_client_scan (MdocBleGattClient *self)
{
  GVariantBuilder filter;
  const char *uuids[] = { self->link.service_uuid, NULL };

  self->step = MDOC_BLE_STEP_SCANNING;
  set_scan_timer (self, G_MAXUINT, NULL);
  mdoc_ble_bluez_foreach (self->link.bluez, BLUEZ_DEVICE, consider_known, self);
  if (self->step != MDOC_BLE_STEP_SCANNING)
    return;

  g_variant_builder_init (&filter, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&filter,
                         "{sv}",
                         "UUIDs",
                         g_variant_new_strv (uuids, -1));
  g_variant_builder_add (&filter,
                         "{sv}",
                         "Transport",
                         g_variant_new_string ("le"));
  g_variant_builder_add (&filter,
                         "{sv}",
                         "DuplicateData",
                         g_variant_new_boolean (FALSE));
  mdoc_ble_client_call_adapter (self,
                                "SetDiscoveryFilter",
                                g_variant_new ("(@a{sv})",
                                               g_variant_builder_end (&filter)),
                                NULL,
                                NULL);
  self->is_discovering = TRUE;
  mdoc_ble_client_call_adapter (self,
                                "StartDiscovery",
                                NULL,
                                on_discovering,
                                self);
}
