/*
 * test-ble-examine.c - what the doctor finds on a bus
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "ble/mdoc-ble-doctor.h"
#include "tests/fake-bluez/ble-talk.h"

/* As much of systemd as says whether a service is started again. */
static GVariant *
get_restart (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *property,
             GError **error,
             gpointer user_data)
{
  return g_variant_new_string (user_data);
}

static void
on_get_unit (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *arguments,
             GDBusMethodInvocation *invocation,
             gpointer user_data)
{
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  g_assert_cmpstr (name, ==, "bluetooth.service");
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(o)", "/unit"));
}

/* Returns: (transfer full): it is there until this is closed */
static GDBusConnection *
serve_systemd (const char *restart)
{
  static const GDBusInterfaceVTable manager = { .method_call = on_get_unit };
  static const GDBusInterfaceVTable service = { .get_property = get_restart };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (
      "<node><interface name='org.freedesktop.systemd1.Manager'>"
      "<method name='GetUnit'><arg type='s' direction='in'/>"
      "<arg type='o' direction='out'/></method></interface>"
      "<interface name='org.freedesktop.systemd1.Service'>"
      "<property name='Restart' type='s' access='read'/></interface></node>",
      NULL);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      talk_get_address (),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL,
      NULL,
      NULL);
  g_autoptr (GVariant) reply = NULL;

  g_assert_nonnull (bus);
  g_assert_cmpuint (g_dbus_connection_register_object (bus,
                                                       "/org/freedesktop/"
                                                       "systemd1",
                                                       node->interfaces[0],
                                                       &manager,
                                                       NULL,
                                                       NULL,
                                                       NULL),
                    !=,
                    0);
  g_assert_cmpuint (g_dbus_connection_register_object (bus,
                                                       "/unit",
                                                       node->interfaces[1],
                                                       &service,
                                                       g_strdup (restart),
                                                       g_free,
                                                       NULL),
                    !=,
                    0);
  reply = g_dbus_connection_call_sync (
      bus,
      "org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus",
      "RequestName",
      g_variant_new ("(su)",
                     "org.freedesktop.systemd1",
                     G_BUS_NAME_OWNER_FLAGS_NONE),
      NULL,
      G_DBUS_CALL_FLAGS_NONE,
      -1,
      NULL,
      NULL);
  g_assert_nonnull (reply);
  return bus;
}

typedef struct
{
  GPtrArray *findings;
  gboolean has_adapter;
  gboolean is_done;
} Visit;

/* The fake is served by this thread's loop, and the doctor blocks: it gets a
 * thread of its own, as it does in the agent. */
static gpointer
examine (gpointer data)
{
  Visit *visit = data;

  visit->findings = mdoc_ble_doctor_examine (NULL,
                                             "/nonexistent",
                                             &visit->has_adapter);
  g_atomic_int_set (&visit->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
visit_doctor (Visit *visit)
{
  GThread *thread = g_thread_new ("doctor", examine, visit);

  while (!g_atomic_int_get (&visit->is_done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

static void
assert_doctor (gboolean has_adapter,
               MdocBleVerdict central,
               MdocBleVerdict peripheral,
               const char *advice)
{
  static const char *const names[] = { "central", "peripheral", "l2cap" };
  Visit visit = { 0 };
  const MdocBleFinding *found[G_N_ELEMENTS (names)];

  visit_doctor (&visit);
  g_assert_cmpint (visit.has_adapter, ==, has_adapter);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      found[i] = g_ptr_array_index (visit.findings, i);
      g_assert_cmpstr (found[i]->name, ==, names[i]);
    }
  g_assert_cmpint (found[0]->verdict, ==, central);
  g_assert_cmpint (found[1]->verdict, ==, peripheral);
  if (advice != NULL)
    g_assert_nonnull (strstr (found[1]->text, advice));
  g_ptr_array_unref (visit.findings);
}

/* bluetoothd falls over some peers, and one that is not started again is gone
 */
static void
test_doctor_restart (void)
{
  static const struct
  {
    const char *restart; /* NULL: there is no systemd */
    MdocBleVerdict verdict;
    const char *text;
  } cases[] = {
    { "on-failure", MDOC_BLE_VERDICT_GOOD, "is started again" },
    { "no", MDOC_BLE_VERDICT_ADVICE, "systemctl edit bluetooth" },
    { NULL, MDOC_BLE_VERDICT_ADVICE, "it is not systemd's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDBusConnection) systemd = cases[i].restart != NULL
                                                ? serve_systemd (
                                                    cases[i].restart)
                                                : NULL;
      const MdocBleFinding *found;
      Visit visit = { 0 };

      visit_doctor (&visit);
      found = g_ptr_array_index (visit.findings, 3);
      g_assert_cmpstr (found->name, ==, "restart");
      g_assert_cmpint (found->verdict, ==, cases[i].verdict);
      g_assert_nonnull (strstr (found->text, cases[i].text));
      g_ptr_array_unref (visit.findings);
      if (systemd != NULL)
        g_assert_true (g_dbus_connection_close_sync (systemd, NULL, NULL));
    }
}

static void
test_doctor (void)
{
  static const char *const central[] = { "central", NULL };
  g_autoptr (FakeBluez) bluez = fake_bluez_new (talk_get_address (), 1);

  assert_doctor (TRUE, MDOC_BLE_VERDICT_GOOD, MDOC_BLE_VERDICT_GOOD, NULL);
  fake_bluez_set_adapter (bluez, 0, "Roles", g_variant_new_strv (central, -1));
  assert_doctor (TRUE,
                 MDOC_BLE_VERDICT_GOOD,
                 MDOC_BLE_VERDICT_WRONG,
                 "the other BLE mode");
  fake_bluez_set_adapter (bluez, 0, "Powered", g_variant_new_boolean (FALSE));
  assert_doctor (FALSE,
                 MDOC_BLE_VERDICT_WRONG,
                 MDOC_BLE_VERDICT_WRONG,
                 "bluetoothctl power on");
}

static void
test_doctor_without_bluez (void)
{
  assert_doctor (FALSE,
                 MDOC_BLE_VERDICT_WRONG,
                 MDOC_BLE_VERDICT_WRONG,
                 "bluetooth");
}

int
main (int argc, char **argv)
{
  talk_init (&argc, &argv);
  g_test_add_func ("/ble-examine/adapter", test_doctor);
  g_test_add_func ("/ble-examine/restart", test_doctor_restart);
  g_test_add_func ("/ble-examine/no-bluez", test_doctor_without_bluez);
  return talk_run_tests ();
}
