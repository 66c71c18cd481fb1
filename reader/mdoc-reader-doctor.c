/*
 * mdoc-reader-doctor.c - the verb doctor
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-doctor.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-verbs.h"

static void
print_json (GPtrArray *findings, gboolean has_adapter)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  mdoc_json_add_boolean (builder, "hasAdapter", has_adapter);
  mdoc_json_begin_array (builder, "findings");
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocBleFinding *finding = g_ptr_array_index (findings, i);

      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "name", finding->name);
      mdoc_json_add_text (builder,
                          "verdict",
                          mdoc_ble_verdict_get_name (finding->verdict));
      mdoc_json_add_text (builder, "text", finding->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

static void
print_text (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocBleFinding *finding = g_ptr_array_index (findings, i);

      g_print ("%-6s  %s: %s\n",
               mdoc_ble_verdict_get_name (finding->verdict),
               finding->name,
               finding->text);
    }
}

static gboolean
is_anything_wrong (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocBleFinding *finding = g_ptr_array_index (findings, i);

      if (finding->verdict == MDOC_BLE_VERDICT_WRONG)
        return TRUE;
    }
  return FALSE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_autofree char *adapter = NULL;
  g_autofree char *config = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  gboolean has_adapter;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &adapter,
      "Bluetooth adapter to look at (the first that will do)", "hciN|ADDRESS" },
    { "bluez-config", 0, 0, G_OPTION_ARG_FILENAME, &config,
      "Settings of bluetoothd (" MDOC_BLE_DOCTOR_CONFIG ")", "FILE" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  findings = mdoc_ble_doctor_examine (adapter, config, &has_adapter);
  if (mdoc_command_is_json (command))
    print_json (findings, has_adapter);
  else
    print_text (findings);

  if (!has_adapter)
    return MDOC_EXIT_NOTHING;
  return is_anything_wrong (findings) ? MDOC_EXIT_FAILED : MDOC_EXIT_DONE;
}

const MdocVerb mdoc_reader_verb_doctor = {
  .name = "doctor",
  .arguments = "",
  .summary = "Say what on this machine is in the way of Bluetooth",
  .description
  = "Tries what a session over Bluetooth LE needs of this machine, and looks "
    "at\n"
    "the version and settings of bluetoothd for what is known to spoil one. "
    "Changes\nnothing. Each finding is good, an advice, or wrong, and then "
    "says "
    "what to do.\n"
    "Ends with 0 if nothing is wrong, with 1 if something is, and with 3 if "
    "there\n"
    "is no adapter that can be used.\n"
    "\n"
    "Example:\n"
    "  mdoc-reader doctor --json",
  .run = run,
};
