/*
 * guest-bare.c - the least that carries bytes through BlueZ, to compare with
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "tests/ble-guest/guest-clocks.h"

#define SERVICE_UUID        "6d646f63-6265-6e63-6800-000000000001"
#define CHARACTERISTIC_UUID "6d646f63-6265-6e63-6800-000000000002"
#define APP                 "/bare"
#define CHARACTERISTIC      APP "/service/value"
#define BLUEZ               "org.bluez"
#define TIMEOUT_S           120
#define MAX_ATTEMPTS        5

static char *adapter = NULL;
static gint n_bytes = 500000;
static gint part_bytes = 512;
static gint daemon_pid = 0;

typedef struct
{
  GDBusConnection *bus;
  GMainLoop *loop;
  char *adapter;        /* its path */
  char *characteristic; /* the peer's, once there is one */
  char *device;         /* the client, once it has written */
  gboolean is_notifying;
  gsize n_got; /* bytes of them */
  GuestClocks span;
} Bare;

static const char app_xml[]
    = "<node>"
      "<interface name='org.freedesktop.DBus.ObjectManager'>"
      "<method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface>"
      "<interface name='org.bluez.GattCharacteristic1'>"
      "<method name='WriteValue'><arg type='ay' direction='in'/>"
      "<arg type='a{sv}' direction='in'/></method>"
      "<method name='StartNotify'/><method name='StopNotify'/></interface>"
      "<interface name='org.bluez.LEAdvertisement1'>"
      "<method name='Release'/>"
      "<property name='Type' type='s' access='read'/>"
      "<property name='ServiceUUIDs' type='as' access='read'/>"
      "<property name='Discoverable' type='b' access='read'/>"
      "</interface></node>";

static GVariant *
call (Bare *bare,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (bare->bus,
                                                 BLUEZ,
                                                 path,
                                                 interface,
                                                 method,
                                                 parameters,
                                                 NULL,
                                                 G_DBUS_CALL_FLAGS_NONE,
                                                 TIMEOUT_S * 1000,
                                                 NULL,
                                                 &error);

  if (reply == NULL)
    g_error ("%s: %s", method, error->message);
  return reply;
}

static GVariant *
make_value (gsize len)
{
  g_autofree guint8 *bytes = g_malloc0 (len);

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, len, 1);
}

/* --- the end that serves -------------------------------------------------- */

static void
notify (Bare *bare, gsize len)
{
  GVariantBuilder changed;

  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&changed, "{sv}", "Value", make_value (len));
  g_dbus_connection_emit_signal (bare->bus,
                                 BLUEZ,
                                 CHARACTERISTIC,
                                 "org.freedesktop.DBus.Properties",
                                 "PropertiesChanged",
                                 g_variant_new ("(s@a{sv}as)",
                                                "org.bluez.GattCharacteristic1",
                                                g_variant_builder_end (
                                                    &changed),
                                                NULL),
                                 NULL);
}

/* One byte asks for all the notifications, or, behind all the writes, for one:
 * so either way the client knows when all is over. */
static void
take_write (Bare *bare, gsize len)
{
  bare->n_got += len;
  if (bare->n_got == len)
    guest_clocks_start (&bare->span, 0);
  if (bare->n_got == 1)
    for (gint left = n_bytes; left > 0; left -= part_bytes)
      notify (bare, (gsize) MIN (left, part_bytes));
  else if (len == 1)
    notify (bare, 1);
}

static GVariant *
describe (void)
{
  static const char *const flags[] = { "notify",
                                       "write-without-response",
                                       NULL };

  return g_variant_new_parsed ("({%o: {'org.bluez.GattService1': {"
                               "'UUID': <%s>, 'Primary': <true>}},"
                               "%o: {'org.bluez.GattCharacteristic1': {"
                               "'UUID': <%s>, 'Service': <%o>, 'Flags': "
                               "<%^as>}}},)",
                               APP "/service",
                               SERVICE_UUID,
                               CHARACTERISTIC,
                               CHARACTERISTIC_UUID,
                               APP "/service",
                               flags);
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Bare *bare = user_data;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) options = NULL;
  GVariant *reply = NULL;

  if (g_str_equal (method, "GetManagedObjects"))
    reply = describe ();
  else if (g_str_equal (method, "WriteValue"))
    {
      value = g_variant_get_child_value (parameters, 0);
      options = g_variant_get_child_value (parameters, 1);
      if (bare->device == NULL)
        g_variant_lookup (options, "device", "o", &bare->device);
      take_write (bare, g_variant_n_children (value));
    }
  else if (g_str_equal (method, "StopNotify"))
    {
      guest_clocks_stop (&bare->span, 0);
      g_main_loop_quit (bare->loop);
    }
  g_dbus_method_invocation_return_value (invocation, reply);
}

static GVariant *
on_property (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *property,
             GError **error,
             gpointer user_data)
{
  static const char *const uuids[] = { SERVICE_UUID, NULL };

  if (g_str_equal (property, "Type"))
    return g_variant_new_string ("peripheral");
  if (g_str_equal (property, "ServiceUUIDs"))
    return g_variant_new_strv (uuids, -1);
  return g_variant_new_boolean (TRUE);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                       result,
                                       &error);

  if (reply == NULL)
    g_error ("%s", error->message);
}

/* BlueZ asks back before it answers, so nobody waits here. */
static void
tell_bluez (Bare *bare, const char *interface, const char *method)
{
  g_dbus_connection_call (bare->bus,
                          BLUEZ,
                          bare->adapter,
                          interface,
                          method,
                          g_variant_new ("(oa{sv})", APP, NULL),
                          NULL,
                          G_DBUS_CALL_FLAGS_NONE,
                          -1,
                          NULL,
                          on_called,
                          NULL);
}

static void
serve (Bare *bare)
{
  static const GDBusInterfaceVTable vtable = { on_call,
                                               on_property,
                                               NULL,
                                               { 0 } };
  static const char *const objects[][2] = {
    { APP, "org.freedesktop.DBus.ObjectManager" },
    { APP, "org.bluez.LEAdvertisement1" },
    { CHARACTERISTIC, "org.bluez.GattCharacteristic1" },
  };
  GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (app_xml, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    g_dbus_connection_register_object (
        bare->bus,
        objects[i][0],
        g_dbus_node_info_lookup_interface (node, objects[i][1]),
        &vtable,
        bare,
        NULL,
        NULL);
  tell_bluez (bare, "org.bluez.GattManager1", "RegisterApplication");
  tell_bluez (bare, "org.bluez.LEAdvertisingManager1", "RegisterAdvertisement");
  g_main_loop_run (bare->loop);
  guest_clocks_print (&bare->span, "server");
  /* it may be gone already */
  if (bare->device != NULL)
    g_dbus_connection_call_sync (bare->bus,
                                 BLUEZ,
                                 bare->adapter,
                                 "org.bluez.Adapter1",
                                 "RemoveDevice",
                                 g_variant_new ("(o)", bare->device),
                                 NULL,
                                 G_DBUS_CALL_FLAGS_NONE,
                                 TIMEOUT_S * 1000,
                                 NULL,
                                 NULL);
  g_dbus_node_info_unref (node);
}

/* --- the end that connects ------------------------------------------------ */

/* Returns: (transfer full) (nullable): the object with this UUID */
static char *
find (Bare *bare, const char *interface, const char *property, const char *uuid)
{
  g_autoptr (GVariant) reply = call (bare,
                                     "/",
                                     "org.freedesktop.DBus.ObjectManager",
                                     "GetManagedObjects",
                                     NULL);
  g_autoptr (GVariantIter) objects = NULL;
  const char *path;
  GVariant *interfaces;

  g_variant_get (reply, "(a{oa{sa{sv}}})", &objects);
  while (g_variant_iter_next (objects, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) held = interfaces;
      g_autoptr (GVariant) properties
          = g_variant_lookup_value (held, interface, G_VARIANT_TYPE_VARDICT);
      g_autoptr (GVariant) value = properties == NULL
                                       ? NULL
                                       : g_variant_lookup_value (properties,
                                                                 property,
                                                                 NULL);
      g_autofree char *text = value == NULL ? NULL
                                            : g_variant_print (value, FALSE);

      if (text != NULL && strstr (text, uuid) != NULL
          && g_str_has_prefix (path, bare->adapter))
        return g_strdup (path);
    }
  return NULL;
}

/* Only to find the server, outside of what is measured. */
static char *
wait_for (Bare *bare,
          const char *interface,
          const char *property,
          const char *uuid)
{
  gint64 until_us = g_get_monotonic_time () + TIMEOUT_S * G_USEC_PER_SEC;
  char *path;

  while ((path = find (bare, interface, property, uuid)) == NULL)
    {
      if (g_get_monotonic_time () > until_us)
        g_error ("there is no %s", interface);
      g_usleep (100000);
    }
  return path;
}

static void
write_value (Bare *bare, gsize len)
{
  GDBusMessage *message
      = g_dbus_message_new_method_call (BLUEZ,
                                        bare->characteristic,
                                        "org.bluez.GattCharacteristic1",
                                        "WriteValue");
  g_autoptr (GError) error = NULL;

  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_body (
      message,
      g_variant_new_parsed ("(%@ay, {'type': <'command'>})", make_value (len)));
  if (!g_dbus_connection_send_message (bare->bus,
                                       message,
                                       G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                       NULL,
                                       &error))
    g_error ("%s", error->message);
  g_object_unref (message);
}

static void
on_value (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface,
          const char *signal,
          GVariant *parameters,
          gpointer user_data)
{
  Bare *bare = user_data;
  g_autoptr (GVariant) properties = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) value = g_variant_lookup_value (properties,
                                                       "Value",
                                                       G_VARIANT_TYPE ("ay"));

  if (value == NULL)
    return;
  bare->n_got += g_variant_n_children (value);
  if (!bare->is_notifying || bare->n_got >= (gsize) n_bytes)
    g_main_loop_quit (bare->loop);
}

/* The first attempt may fail, as it may in the field. */
static void
connect_device (Bare *bare, const char *device)
{
  for (guint i = 0; i < MAX_ATTEMPTS; i++)
    {
      g_autoptr (GVariant) reply
          = g_dbus_connection_call_sync (bare->bus,
                                         BLUEZ,
                                         device,
                                         "org.bluez.Device1",
                                         "Connect",
                                         NULL,
                                         NULL,
                                         G_DBUS_CALL_FLAGS_NONE,
                                         TIMEOUT_S * 1000,
                                         NULL,
                                         NULL);

      if (reply != NULL)
        return;
      g_usleep (300000);
    }
  g_error ("no connection");
}

static void
ask (Bare *bare)
{
  g_autofree char *device = NULL;

  g_variant_unref (
      call (bare, bare->adapter, "org.bluez.Adapter1", "StartDiscovery", NULL));
  device = wait_for (bare, "org.bluez.Device1", "UUIDs", SERVICE_UUID);
  g_variant_unref (
      call (bare, bare->adapter, "org.bluez.Adapter1", "StopDiscovery", NULL));
  connect_device (bare, device);
  bare->characteristic = wait_for (bare,
                                   "org.bluez.GattCharacteristic1",
                                   "UUID",
                                   CHARACTERISTIC_UUID);
  g_dbus_connection_signal_subscribe (bare->bus,
                                      BLUEZ,
                                      "org.freedesktop.DBus.Properties",
                                      "PropertiesChanged",
                                      bare->characteristic,
                                      NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE,
                                      on_value,
                                      bare,
                                      NULL);
  g_variant_unref (call (bare,
                         bare->characteristic,
                         "org.bluez.GattCharacteristic1",
                         "StartNotify",
                         NULL));

  guest_clocks_start (&bare->span, daemon_pid);
  if (!bare->is_notifying)
    for (gint left = n_bytes; left > 0; left -= part_bytes)
      write_value (bare, (gsize) MIN (left, part_bytes));
  write_value (bare, 1);
  g_main_loop_run (bare->loop);
  guest_clocks_stop (&bare->span, daemon_pid);
  guest_clocks_print (&bare->span, "client");

  g_variant_unref (call (bare,
                         bare->characteristic,
                         "org.bluez.GattCharacteristic1",
                         "StopNotify",
                         NULL));
  g_variant_unref (call (bare,
                         bare->adapter,
                         "org.bluez.Adapter1",
                         "RemoveDevice",
                         g_variant_new ("(o)", device)));
}

int
main (int argc, char **argv)
{
  static const GOptionEntry entries[] = {
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &adapter, "its name", "hciN" },
    { "bytes", 0, 0, G_OPTION_ARG_INT, &n_bytes, "how many", "N" },
    { "part", 0, 0, G_OPTION_ARG_INT, &part_bytes, "bytes of a value", "N" },
    { "daemon", 0, 0, G_OPTION_ARG_INT, &daemon_pid, "bluetoothd", "PID" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (
      "serve|write|notify");
  g_autoptr (GError) error = NULL;
  Bare bare = { 0 };

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc != 2
      || adapter == NULL || n_bytes < 2 || part_bytes < 2
      || n_bytes % part_bytes == 1)
    g_error ("%s", error == NULL ? "usage" : error->message);
  bare.bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  if (bare.bus == NULL)
    g_error ("%s", error->message);
  bare.loop = g_main_loop_new (NULL, FALSE);
  bare.adapter = g_strdup_printf ("/org/bluez/%s", adapter);
  bare.is_notifying = g_str_equal (argv[1], "notify");
  if (g_str_equal (argv[1], "serve"))
    serve (&bare);
  else
    ask (&bare);
  return 0;
}
