/*
 * mdoc-ctl-doctor.c - the verb doctor
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

/* Prints the findings unless @is_quiet. Returns: whether one is wrong. */
static gboolean
go_through (GVariant *findings, gboolean is_quiet)
{
  gboolean is_wrong = FALSE;

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      g_autofree char *name = mdoc_ctl_dup_text (finding, "name");
      g_autofree char *verdict = mdoc_ctl_dup_text (finding, "verdict");
      g_autofree char *text = mdoc_ctl_dup_text (finding, "text");

      is_wrong = is_wrong || g_str_equal (verdict, "wrong");
      if (!is_quiet)
        g_print ("%-6s  %s: %s\n", verdict, name, text);
    }
  return is_wrong;
}

static void
print_json (GVariant *findings, gboolean has_adapter)
{
  GVariantDict dict;
  g_autoptr (GVariant) report = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "has_adapter", "b", has_adapter);
  g_variant_dict_insert_value (&dict, "findings", findings);
  report = g_variant_ref_sink (g_variant_dict_end (&dict));
  mdoc_ctl_print_variant (report);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autofree char *adapter = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) findings = NULL;
  GVariantDict options;
  gboolean has_adapter, is_wrong;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    { "adapter",
      0,
      0,
      G_OPTION_ARG_STRING,
      &adapter,
      "Bluetooth adapter to look at (default: the first that will do)",
      "hciN|ADDRESS" },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  g_variant_dict_init (&options, NULL);
  if (adapter != NULL)
    g_variant_dict_insert (&options, "adapter", "s", adapter);
  reply = mdoc_ctl_call_manager (bus,
                                 "DiagnoseBluetooth",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(aa{sv}b)",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  g_variant_get (reply, "(@aa{sv}b)", &findings, &has_adapter);
  is_wrong = go_through (findings, mdoc_command_is_json (command));
  if (mdoc_command_is_json (command))
    print_json (findings, has_adapter);

  if (!has_adapter)
    return MDOC_EXIT_NOTHING;
  return is_wrong ? MDOC_EXIT_FAILED : MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_doctor = {
  .name = "doctor",
  .arguments = "",
  .summary = "Say what on this machine is in the way of Bluetooth",
  .description
  = "Has the agent try what a presentation over Bluetooth LE needs of this\n"
    "machine, and look at the version and settings of bluetoothd for what is "
    "known to\nspoil one. Changes nothing. Each finding is good, an advice, or "
    "wrong, and then\nsays what to do. Ends with 0 if nothing is wrong, with 1 "
    "if "
    "something is, and\nwith 3 if there is no adapter that can be used.\n"
    "\n"
    "Example:\n"
    "  mdocctl doctor",
  .run = run,
};
