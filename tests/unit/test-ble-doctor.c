/*
 * test-ble-doctor.c - what is said of bluetoothd's version and settings
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-doctor.h"

static void
test_version (void)
{
  static const struct
  {
    const char *text;
    guint version; /* 0: there is none */
  } cases[] = {
    { "bluetoothctl: 5.66", 566 },
    { "5.87\n", 587 },
    { "Bluetooth daemon 5.9 ", 509 },
    { "6.0", 600 },
    { "bluetoothctl: unknown option", 0 },
    { "version 5", 0 },
    { "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint version = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (mdoc_ble_doctor_parse_version (cases[i].text, &version),
                       ==,
                       cases[i].version != 0);
      g_assert_cmpuint (version, ==, cases[i].version);
    }
}

#define BEST                                                                   \
  "[General]\nPrivacy = device\nControllerMode = le\nDeviceID = false\n"       \
  "ReverseServiceDiscovery = false\n"                                          \
  "[LE]\nConnectionSupervisionTimeout = 600\n"

#define GATT(mtu) "[GATT]\nCache = no\nChannels = 1\nExchangeMTU = " mtu "\n"

/* What is not good: ? for an advice, ! for what is wrong. */
static const struct
{
  const char *name;
  guint version;
  const char *config;
  const char *findings;
} cases[] = {
  { "best-of-old", 566, BEST GATT ("513"), "" },
  { "best-of-new", 569, BEST GATT ("515"), "" },
  /* the border of the bug that drops long values, on all its sides */
  { "old-mtu", 568, BEST GATT ("514"), "exchange-mtu!" },
  { "mtu-of-new-on-old", 568, BEST GATT ("515"), "exchange-mtu!" },
  { "mtu-on-new", 569, BEST GATT ("516"), "exchange-mtu?" },
  { "small-mtu", 568, BEST GATT ("23"), "" },
  { "mtu-is-text", 566, BEST GATT ("large"), "exchange-mtu!" },
  { "unknown-version", 0, BEST GATT ("513"), "bluez-version?" },
  { "unknown-version-mtu",
    0,
    BEST GATT ("515"),
    "bluez-version? exchange-mtu!" },
  { "oldest", 555, BEST GATT ("513"), "" },
  { "too-old", 554, BEST GATT ("513"), "bluez-version!" },
  { "nothing-set",
    566,
    "",
    "exchange-mtu! gatt-channels? supervision-timeout? privacy? gatt-cache? "
    "controller-mode? device-id? reverse-discovery?" },
  { "nothing-set-on-new",
    567,
    "[GATT]\nExchangeMTU=100\n",
    "supervision-timeout? privacy? gatt-cache? controller-mode? device-id? "
    "reverse-discovery?" },
  { "repairing",
    566,
    "[General]\nJustWorksRepairing = always\nPrivacy=device\n"
    "ControllerMode=le\nDeviceID = False\nReverseServiceDiscovery=false\n"
    "[LE]\nConnectionSupervisionTimeout=200\n" GATT ("513"),
    "repairing?" },
  { "short-supervision",
    566,
    "[General]\nPrivacy = device\nControllerMode = le\nDeviceID = false\n"
    "ReverseServiceDiscovery = false\n"
    "[LE]\nConnectionSupervisionTimeout = 199\n" GATT ("513"),
    "supervision-timeout?" },
};

static void
test_judge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GKeyFile) config = g_key_file_new ();
      g_autoptr (GPtrArray) findings = NULL;
      g_autoptr (GString) found = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      g_key_file_load_from_data (config,
                                 cases[i].config,
                                 (gsize) -1,
                                 G_KEY_FILE_NONE,
                                 &error);
      g_assert_no_error (error);
      findings = mdoc_ble_doctor_judge (cases[i].version, config);
      for (guint j = 0; j < findings->len; j++)
        {
          const MdocBleFinding *finding = g_ptr_array_index (findings, j);

          g_assert_cmpstr (finding->text, !=, "");
          if (finding->verdict == MDOC_BLE_VERDICT_GOOD)
            continue;
          /* what is not good says what to do */
          g_assert_nonnull (strchr (finding->text, ';'));
          g_string_append_printf (found,
                                  "%s%s%c",
                                  found->len > 0 ? " " : "",
                                  finding->name,
                                  finding->verdict == MDOC_BLE_VERDICT_WRONG
                                      ? '!'
                                      : '?');
        }
      g_test_message ("%s", cases[i].name);
      g_assert_cmpstr (found->str, ==, cases[i].findings);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ble-doctor/version", test_version);
  g_test_add_func ("/ble-doctor/judge", test_judge);

  return g_test_run ();
}
