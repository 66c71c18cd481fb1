/*
 * mdoc-ble-doctor.c - what on this machine is in the way of Bluetooth
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-doctor.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble.h"

/* A value of at most 510 bytes is one that every bluetoothd hands on: up to
 * 5.68 it counted the handle in, and dropped those of 511 and 512. */
#define LAST_VERSION_WITH_WRITE_BUG 568
#define SAFE_MTU_WITH_WRITE_BUG     513
#define SAFE_MTU                    515
#define USUAL_MTU                   517
#define FIRST_VERSION_SUPPORTED     555
#define FIRST_VERSION_OF_ONE_BEARER 567
#define MIN_SUPERVISION_10_MS       200

/* of the kernel; its header is in a package of BlueZ's */
#define BTPROTO_L2CAP 0

#define MAX_CONFIG_BYTES ((gsize) 256 * 1024)

#define SYSTEMD         "org.freedesktop.systemd1"
#define SYSTEMD_CALL_MS 2000

static void
finding_free (gpointer data)
{
  MdocBleFinding *finding = data;

  g_free (finding->text);
  g_free (finding);
}

static void note (GPtrArray *findings,
                  const char *name,
                  MdocBleVerdict verdict,
                  const char *format,
                  ...) G_GNUC_PRINTF (4, 5);

static void
note (GPtrArray *findings,
      const char *name,
      MdocBleVerdict verdict,
      const char *format,
      ...)
{
  MdocBleFinding *finding = g_new0 (MdocBleFinding, 1);
  va_list arguments;

  va_start (arguments, format);
  finding->name = name;
  finding->verdict = verdict;
  finding->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (findings, finding);
}

/**
 * mdoc_ble_verdict_get_name:
 * @verdict: a verdict
 *
 * Returns: its name, for output that programs read
 */
const char *
mdoc_ble_verdict_get_name (MdocBleVerdict verdict)
{
  static const char *const names[] = {
    [MDOC_BLE_VERDICT_GOOD] = "good",
    [MDOC_BLE_VERDICT_ADVICE] = "advice",
    [MDOC_BLE_VERDICT_WRONG] = "wrong",
  };

  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (names), "?");

  return names[verdict];
}

/**
 * mdoc_ble_doctor_parse_version:
 * @text: what a program of BlueZ says of its version: "bluetoothctl: 5.66"
 * @ret_version: (out): 100 times the major version, plus the minor one: 566;
 *   left alone if there is none
 *
 * Returns: %TRUE if there is a version in @text
 */
gboolean
mdoc_ble_doctor_parse_version (const char *text, guint *ret_version)
{
  g_autoptr (GRegex) regex = g_regex_new ("\\b(\\d{1,2})\\.(\\d{1,2})\\b",
                                          0,
                                          0,
                                          NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *major = NULL;
  g_autofree char *minor = NULL;

  if (!g_regex_match (regex, text, 0, &match))
    return FALSE;

  major = g_match_info_fetch (match, 1);
  minor = g_match_info_fetch (match, 2);
  *ret_version = (guint) (g_ascii_strtoull (major, NULL, 10) * 100
                          + g_ascii_strtoull (minor, NULL, 10));
  return TRUE;
}

static void
judge_version (GPtrArray *findings, guint version)
{
  if (version == 0)
    note (findings,
          "bluez-version",
          MDOC_BLE_VERDICT_ADVICE,
          "the version of BlueZ is not known; install bluetoothctl, which "
          "tells it. It is taken for an old one");
  else if (version < FIRST_VERSION_SUPPORTED)
    note (findings,
          "bluez-version",
          MDOC_BLE_VERDICT_WRONG,
          "BlueZ is %u.%02u; use 5.55 or later",
          version / 100,
          version % 100);
  else
    note (findings,
          "bluez-version",
          MDOC_BLE_VERDICT_GOOD,
          "BlueZ is %u.%02u",
          version / 100,
          version % 100);
}

/* Nothing on the bus tells of the bug, so version and setting have to. */
static void
judge_mtu (GPtrArray *findings, guint version, GKeyFile *config)
{
  gboolean has_bug = version <= LAST_VERSION_WITH_WRITE_BUG;
  gint safe = has_bug ? SAFE_MTU_WITH_WRITE_BUG : SAFE_MTU;
  g_autoptr (GError) error = NULL;
  gint mtu = g_key_file_get_integer (config, "GATT", "ExchangeMTU", &error);

  if (error != NULL)
    mtu = USUAL_MTU;
  if (mtu <= safe)
    note (findings,
          "exchange-mtu",
          MDOC_BLE_VERDICT_GOOD,
          "bluetoothd offers an MTU of %d",
          mtu);
  else if (has_bug)
    note (findings,
          "exchange-mtu",
          MDOC_BLE_VERDICT_WRONG,
          "bluetoothd offers an MTU of %d, and up to version 5.68 it drops "
          "values of 511 and 512 bytes that a phone writes; set "
          "\"ExchangeMTU = %d\" in the section [GATT] of its main.conf",
          mtu,
          safe);
  else
    note (findings,
          "exchange-mtu",
          MDOC_BLE_VERDICT_ADVICE,
          "bluetoothd offers an MTU of %d, and loses the values over 512 "
          "bytes that some phones then write; set \"ExchangeMTU = %d\" in the "
          "section [GATT] of its main.conf",
          mtu,
          safe);
}

/* Settings that are good at one value. */
static const struct
{
  const char *name;
  const char *group;
  const char *key;
  const char *usual; /* what bluetoothd takes if nothing is set */
  const char *good;
  const char *why; /* what happens otherwise */
} settings[] = {
  { "privacy",
    "General",
    "Privacy",
    "off",
    "device",
    "readers see the same address each time" },
  { "gatt-cache",
    "GATT",
    "Cache",
    "always",
    "no",
    "what a phone served last time may be taken for what it serves now" },
  { "controller-mode",
    "General",
    "ControllerMode",
    "dual",
    "le",
    "connections to some phones may go by Bluetooth Classic" },
  { "device-id",
    "General",
    "DeviceID",
    "true",
    "false",
    "anybody may read what this machine is" },
  { "reverse-discovery",
    "General",
    "ReverseServiceDiscovery",
    "true",
    "false",
    "bluetoothd reads the services of a reader that connects, which takes time "
    "and may ask for pairing" },
  { "repairing",
    "General",
    "JustWorksRepairing",
    "never",
    "never",
    "a peer may pair anew without a question" },
};

static void
judge_settings (GPtrArray *findings, GKeyFile *config)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *value = g_key_file_get_string (config,
                                                      settings[i].group,
                                                      settings[i].key,
                                                      NULL);
      gboolean is_good = g_ascii_strcasecmp (value != NULL ? g_strstrip (value)
                                                           : settings[i].usual,
                                             settings[i].good)
                         == 0;

      if (is_good)
        note (findings,
              settings[i].name,
              MDOC_BLE_VERDICT_GOOD,
              "%s is %s",
              settings[i].key,
              settings[i].good);
      else
        note (findings,
              settings[i].name,
              MDOC_BLE_VERDICT_ADVICE,
              "%s; set \"%s = %s\" in the section [%s] of bluetoothd's "
              "main.conf",
              settings[i].why,
              settings[i].key,
              settings[i].good,
              settings[i].group);
    }
}

static void
judge_bearers (GPtrArray *findings, guint version, GKeyFile *config)
{
  g_autoptr (GError) error = NULL;
  gint n = g_key_file_get_integer (config, "GATT", "Channels", &error);

  if (error != NULL)
    n = version < FIRST_VERSION_OF_ONE_BEARER ? 3 : 1;
  if (n == 1)
    note (findings, "gatt-channels", MDOC_BLE_VERDICT_GOOD, "Channels is 1");
  else
    note (findings,
          "gatt-channels",
          MDOC_BLE_VERDICT_ADVICE,
          "bluetoothd opens %d channels for GATT, between which order is lost; "
          "set \"Channels = 1\" in the section [GATT] of its main.conf",
          n);
}

static void
judge_supervision (GPtrArray *findings, GKeyFile *config)
{
  if (g_key_file_get_integer (config,
                              "LE",
                              "ConnectionSupervisionTimeout",
                              NULL)
      >= MIN_SUPERVISION_10_MS)
    note (findings,
          "supervision-timeout",
          MDOC_BLE_VERDICT_GOOD,
          "links outlive a moment of noise");
  else
    note (findings,
          "supervision-timeout",
          MDOC_BLE_VERDICT_ADVICE,
          "the kernel gives a link up after 0.42 s without an answer; set "
          "\"ConnectionSupervisionTimeout = 600\" in the section [LE] of "
          "bluetoothd's main.conf");
}

/**
 * mdoc_ble_doctor_judge:
 * @version: of BlueZ, such as 566; 0 if it is not known
 * @config: the settings of bluetoothd; empty if nothing is set
 *
 * What is to be said of a version and of settings, from what is known of
 * bluetoothd's versions. Costs nothing, asks nobody.
 *
 * Returns: (transfer full) (element-type MdocBleFinding): findings
 */
GPtrArray *
mdoc_ble_doctor_judge (guint version, GKeyFile *config)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func (finding_free);

  judge_version (findings, version);
  judge_mtu (findings, version, config);
  judge_bearers (findings, version, config);
  judge_supervision (findings, config);
  judge_settings (findings, config);
  return findings;
}

/* Both modes are tried as a presentation would, so that what is said here is
 * what it would say. Returns: whether either can be had. */
static gboolean
examine_roles (GPtrArray *findings, const char *adapter)
{
  static const struct
  {
    const char *role;
    const char *text;
  } roles[] = {
    { "central", "an adapter can look for others and connect" },
    { "peripheral", "an adapter can advertise and serve" },
  };
  gboolean has_adapter = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_good = mdoc_ble_check (adapter, roles[i].role, &error);

      has_adapter = has_adapter || is_good;
      note (findings,
            roles[i].role,
            is_good ? MDOC_BLE_VERDICT_GOOD : MDOC_BLE_VERDICT_WRONG,
            "%s",
            is_good ? roles[i].text : error->message);
    }
  return has_adapter;
}

static void
examine_l2cap (GPtrArray *findings)
{
  int fd = socket (AF_BLUETOOTH, SOCK_SEQPACKET | SOCK_CLOEXEC, BTPROTO_L2CAP);
  int reason = errno;

  if (fd >= 0)
    {
      close (fd);
      note (findings,
            "l2cap",
            MDOC_BLE_VERDICT_GOOD,
            "the kernel gives out sockets of L2CAP");
    }
  else
    note (findings,
          "l2cap",
          MDOC_BLE_VERDICT_ADVICE,
          "there is no socket of L2CAP to be had (%s), so there is GATT only; "
          "add AF_BLUETOOTH to RestrictAddressFamilies= of the service, or "
          "load the kernel's module \"bluetooth\"",
          g_strerror (reason));
}

static GVariant *
ask_systemd (GDBusConnection *bus,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *arguments,
             const char *type)
{
  return g_dbus_connection_call_sync (bus,
                                      SYSTEMD,
                                      path,
                                      interface,
                                      method,
                                      arguments,
                                      G_VARIANT_TYPE (type),
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                      SYSTEMD_CALL_MS,
                                      NULL,
                                      NULL);
}

/* One of our own: the shared one ends the program when the bus goes. */
static GDBusConnection *
connect_system_bus (void)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM,
                                                              NULL,
                                                              NULL);

  if (address == NULL)
    return NULL;
  return g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL,
      NULL,
      NULL);
}

/* Returns: (nullable): "no", "on-failure" or another word of
 * systemd.service(5); %NULL: it is not systemd that starts it */
static char *
find_restart (void)
{
  g_autoptr (GDBusConnection) bus = connect_system_bus ();
  g_autoptr (GVariant) unit = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;
  const char *path;

  if (bus == NULL)
    return NULL;
  unit = ask_systemd (bus,
                      "/org/freedesktop/systemd1",
                      SYSTEMD ".Manager",
                      "GetUnit",
                      g_variant_new ("(s)", "bluetooth.service"),
                      "(o)");
  if (unit == NULL)
    return NULL;
  g_variant_get (unit, "(&o)", &path);
  reply = ask_systemd (bus,
                       path,
                       "org.freedesktop.DBus.Properties",
                       "Get",
                       g_variant_new ("(ss)", SYSTEMD ".Service", "Restart"),
                       "(v)");
  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(v)", &value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
             ? g_variant_dup_string (value, NULL)
             : NULL;
}

/* It falls over a peer that goes in the middle of a burst, see docs/ble.md. */
static void
examine_restart (GPtrArray *findings)
{
  g_autofree char *restart = find_restart ();

  if (restart == NULL)
    note (findings,
          "restart",
          MDOC_BLE_VERDICT_ADVICE,
          "it is not systemd's bluetooth.service that runs bluetoothd; see "
          "that it is started again when it falls");
  else if (g_str_equal (restart, "no"))
    note (findings,
          "restart",
          MDOC_BLE_VERDICT_ADVICE,
          "bluetoothd is not started again when it falls; set "
          "Restart=on-failure by \"systemctl edit bluetooth\"");
  else
    note (findings,
          "restart",
          MDOC_BLE_VERDICT_GOOD,
          "bluetoothd is started again when it falls");
}

static guint
find_version (void)
{
  static const char *const commands[] = {
    "bluetoothctl --version",
    "/usr/libexec/bluetooth/bluetoothd --version",
    "/usr/lib/bluetooth/bluetoothd --version",
  };
  guint version = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *complaints = NULL;

      if (g_spawn_command_line_sync (commands[i],
                                     &output,
                                     &complaints,
                                     NULL,
                                     NULL)
          && mdoc_ble_doctor_parse_version (output, &version))
        break;
    }
  return version;
}

/* What cannot be read or understood counts as not set, as for bluetoothd. */
static GKeyFile *
load_config (GPtrArray *findings, const char *path)
{
  g_autoptr (GKeyFile) config = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!g_file_get_contents (path, &text, &len, &error))
    note (findings,
          "config",
          MDOC_BLE_VERDICT_ADVICE,
          "the settings of bluetoothd cannot be read (%s); what follows is "
          "about its defaults",
          error->message);
  else if (len > MAX_CONFIG_BYTES
           || !g_key_file_load_from_data (config,
                                          text,
                                          len,
                                          G_KEY_FILE_NONE,
                                          NULL))
    note (findings,
          "config",
          MDOC_BLE_VERDICT_WRONG,
          "the settings of bluetoothd are no file of sections and keys, and "
          "it ignores them; mend its main.conf");
  else
    note (findings,
          "config",
          MDOC_BLE_VERDICT_GOOD,
          "the settings of bluetoothd were read");

  return g_steal_pointer (&config);
}

/**
 * mdoc_ble_doctor_examine:
 * @adapter: (nullable): "hci0" or an address; %NULL: any
 * @config_path: (nullable): bluetoothd's main.conf; %NULL: the usual one
 * @ret_has_adapter: (out): whether there is an adapter that can be used
 *
 * Looks at all that a presentation needs and at what is known to spoil one.
 * Changes nothing. Blocks, for some seconds at the most, and may be called in
 * any thread.
 *
 * Returns: (transfer full) (element-type MdocBleFinding): findings, of which
 *   there are always the same ones, in the same order
 */
GPtrArray *
mdoc_ble_doctor_examine (const char *adapter,
                         const char *config_path,
                         gboolean *ret_has_adapter)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func (finding_free);
  g_autoptr (GPtrArray) judged = NULL;
  g_autoptr (GKeyFile) config = NULL;

  *ret_has_adapter = examine_roles (findings, adapter);
  examine_l2cap (findings);
  examine_restart (findings);
  config = load_config (findings,
                        config_path != NULL ? config_path
                                            : MDOC_BLE_DOCTOR_CONFIG);
  judged = mdoc_ble_doctor_judge (find_version (), config);
  g_ptr_array_extend_and_steal (findings, g_steal_pointer (&judged));
  return findings;
}
