/*
 * mdoc-ble-adapter.c - finding an adapter that will do, or saying why not
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-adapter.h"

#include <stdarg.h>
#include <string.h>

#define SYSFS_BLUETOOTH "/sys/class/bluetooth"

/* The one place that names the domain. */
static gboolean
refuse (GError **error, MdocBleError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, MdocBleError code, const char *format, ...)
{
  va_list arguments;

  /* the first adapter's complaint is the one that is told */
  if (*error != NULL)
    return FALSE;
  va_start (arguments, format);
  *error = g_error_new_valist (MDOC_BLE_ERROR, (gint) code, format, arguments);
  va_end (arguments);
  return FALSE;
}

static const char *
get_name (const char *path)
{
  return strrchr (path, '/') + 1;
}

/* What the kernel says of the switch behind the adapter. */
static gboolean
is_blocked_by_kernel (const char *path)
{
  g_autofree char *folder = g_build_filename (SYSFS_BLUETOOTH,
                                              get_name (path),
                                              NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *kinds[] = { "soft", "hard" };
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
      {
        g_autofree char *file = g_build_filename (folder, name, kinds[i], NULL);
        g_autofree char *text = NULL;

        if (g_str_has_prefix (name, "rfkill")
            && g_file_get_contents (file, &text, NULL, NULL) && text[0] == '1')
          return TRUE;
      }
  return FALSE;
}

static gboolean
has_role (MdocBleBluez *bluez, const char *path, const char *role)
{
  g_autoptr (GVariant) roles
      = mdoc_ble_bluez_lookup (bluez,
                               path,
                               BLUEZ_ADAPTER,
                               "Roles",
                               G_VARIANT_TYPE_STRING_ARRAY);
  g_autofree const char **names = NULL;

  /* bluetoothd older than the property: the other interfaces must tell */
  if (roles == NULL)
    return TRUE;
  names = g_variant_get_strv (roles, NULL);
  return g_strv_contains (names, role);
}

static gboolean
has_free_advertisement (MdocBleBluez *bluez, const char *path)
{
  g_autoptr (GVariant) n_free = mdoc_ble_bluez_lookup (bluez,
                                                       path,
                                                       BLUEZ_ADV_MANAGER,
                                                       "SupportedInstances",
                                                       G_VARIANT_TYPE_BYTE);

  return n_free == NULL || g_variant_get_byte (n_free) > 0;
}

static gboolean
is_fit (MdocBleBluez *bluez, const char *path, const char *role, GError **error)
{
  const char *state = mdoc_ble_bluez_lookup_text (bluez,
                                                  path,
                                                  BLUEZ_ADAPTER,
                                                  "PowerState");
  gboolean is_peripheral = g_str_equal (role, "peripheral");

  if (!mdoc_ble_bluez_lookup_boolean (bluez, path, BLUEZ_ADAPTER, "Powered"))
    {
      if (g_strcmp0 (state, "off-blocked") == 0 || is_blocked_by_kernel (path))
        return refuse (error,
                       MDOC_BLE_ERROR_BLOCKED,
                       "the Bluetooth adapter %s is blocked; free it with "
                       "\"rfkill unblock bluetooth\"",
                       get_name (path));
      return refuse (error,
                     MDOC_BLE_ERROR_POWERED_OFF,
                     "the Bluetooth adapter %s is switched off; switch it on "
                     "with \"bluetoothctl power on\"",
                     get_name (path));
    }
  if (!has_role (bluez, path, role))
    return refuse (error,
                   MDOC_BLE_ERROR_ROLE,
                   "the Bluetooth adapter %s cannot be %s of Bluetooth Low "
                   "Energy; use another adapter or the other BLE mode",
                   get_name (path),
                   role);
  if (is_peripheral
      && (!mdoc_ble_bluez_has (bluez, path, BLUEZ_GATT_MANAGER)
          || !mdoc_ble_bluez_has (bluez, path, BLUEZ_ADV_MANAGER)))
    return refuse (error,
                   MDOC_BLE_ERROR_ROLE,
                   "bluetoothd offers no advertising on %s; use another "
                   "adapter or the other BLE mode",
                   get_name (path));
  if (is_peripheral && !has_free_advertisement (bluez, path))
    return refuse (error,
                   MDOC_BLE_ERROR_ROLE,
                   "all advertisements of %s are taken by other programs; "
                   "end one of them",
                   get_name (path));
  return TRUE;
}

typedef struct
{
  MdocBleBluez *bluez;
  const char *wanted;
  const char *role;
  char *path;
  GError *error;
} Pick;

static void
consider (const char *path, gpointer user_data)
{
  Pick *pick = user_data;
  const char *address;

  if (pick->path != NULL)
    return;
  if (pick->wanted != NULL && !g_str_equal (pick->wanted, get_name (path)))
    {
      address = mdoc_ble_bluez_lookup_text (pick->bluez,
                                            path,
                                            BLUEZ_ADAPTER,
                                            "Address");
      if (address == NULL || g_ascii_strcasecmp (pick->wanted, address) != 0)
        return;
    }
  if (is_fit (pick->bluez, path, pick->role, &pick->error))
    pick->path = g_strdup (path);
}

/**
 * mdoc_ble_adapter_pick:
 * @bluez: what BlueZ shows
 * @wanted: (nullable): "hci0" or an address; %NULL: any
 * @role: "central" or "peripheral"
 *
 * Finds the first adapter that is switched on and can be what is needed.
 *
 * Errors, about the first adapter that was considered:
 * %MDOC_BLE_ERROR_NO_ADAPTER, _POWERED_OFF, _BLOCKED, _ROLE
 *
 * Returns: (transfer full): its path
 */
char *
mdoc_ble_adapter_pick (MdocBleBluez *bluez,
                       const char *wanted,
                       const char *role,
                       GError **error)
{
  Pick pick = { bluez, wanted, role, NULL, NULL };

  mdoc_ble_bluez_foreach (bluez, BLUEZ_ADAPTER, consider, &pick);
  if (pick.path != NULL)
    {
      g_clear_error (&pick.error);
      return pick.path;
    }
  if (wanted != NULL)
    refuse (&pick.error,
            MDOC_BLE_ERROR_NO_ADAPTER,
            "there is no Bluetooth adapter %s; \"bluetoothctl list\" shows "
            "which there are",
            wanted);
  else
    refuse (&pick.error,
            MDOC_BLE_ERROR_NO_ADAPTER,
            "there is no Bluetooth adapter; plug one in, or see with "
            "\"bluetoothctl list\" whether the kernel knows it");
  g_propagate_error (error, pick.error);
  return NULL;
}
