/*
 * mdoc-ble-error.c - errors of the bus, made ours
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-bluez.h"

#include <string.h>

/**
 * mdoc_ble_error_from_bus:
 * @error: (out): where it goes
 * @code: what it is unless the bus says something better known
 * @what: what was tried, such as "to advertise"
 * @bus_error: what came back
 *
 * Makes one of our errors of one of the bus. Only the name of that error is
 * taken over, as its text may hold the address of a peer.
 */
void
mdoc_ble_error_from_bus (GError **error,
                         MdocBleError code,
                         const char *what,
                         const GError *bus_error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (bus_error);
  const char *short_name = name == NULL ? "no answer" : strrchr (name, '.') + 1;

  if (g_error_matches (bus_error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
      || g_strcmp0 (name, "org.bluez.Error.NotPermitted") == 0)
    g_set_error (error,
                 MDOC_BLE_ERROR,
                 (gint) MDOC_BLE_ERROR_PERMISSION,
                 "BlueZ does not allow us %s (%s); put this user into the "
                 "group "
                 "\"bluetooth\" or allow it in the bus policy",
                 what,
                 short_name);
  else if (g_error_matches (bus_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
           || g_error_matches (bus_error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
           || g_error_matches (bus_error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT))
    g_set_error (error,
                 MDOC_BLE_ERROR,
                 (gint) MDOC_BLE_ERROR_TIMEOUT,
                 "BlueZ did not answer when we tried %s",
                 what);
  else if (g_strcmp0 (name, "org.bluez.Error.NotReady") == 0)
    g_set_error (error,
                 MDOC_BLE_ERROR,
                 (gint) MDOC_BLE_ERROR_POWERED_OFF,
                 "the adapter was switched off when we tried %s",
                 what);
  else
    g_set_error (error,
                 MDOC_BLE_ERROR,
                 (gint) code,
                 "BlueZ failed %s (%s)",
                 what,
                 short_name);
}
