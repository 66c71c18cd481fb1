/*
 * mdoc-ctl-status.c - the verb status
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

static void
print_key_stores (GVariant *status)
{
  g_autoptr (GVariant) stores = g_variant_lookup_value (status,
                                                        "key_stores",
                                                        G_VARIANT_TYPE (
                                                            "aa{sv}"));

  for (gsize i = 0; stores != NULL && i < g_variant_n_children (stores); i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (stores, i);
      g_autofree char *kind = mdoc_ctl_dup_text (store, "kind");
      g_autofree char *problem = mdoc_ctl_dup_text (store, "problem");
      gboolean makes_keys = FALSE;

      g_variant_lookup (store, "makes_keys", "b", &makes_keys);
      g_print ("key store:      %s%s%s%s\n",
               kind,
               makes_keys ? ", makes new keys" : "",
               *problem != '\0' ? ": " : "",
               problem);
    }
}

static void
print_text (GVariant *status)
{
  g_autofree char *version = mdoc_ctl_dup_text (status, "version");
  g_autofree char *crypto = mdoc_ctl_dup_text (status, "crypto");
  g_autofree char *master_key = mdoc_ctl_dup_text (status, "master_key");
  g_autofree char *since = mdoc_ctl_dup_text (status, "since");
  g_autofree char *presentation = mdoc_ctl_dup_text (status, "presentation");

  g_print ("mdoc-agent %s, %s\n", version, crypto);
  g_print ("since:          %s\n", since);
  g_print ("store:          schema version %u, master key: %s\n",
           mdoc_ctl_get_uint (status, "schema_version"),
           master_key);
  g_print ("credentials:    %u\n", mdoc_ctl_get_uint (status, "credentials"));
  g_print ("keys:           %u\n", mdoc_ctl_get_uint (status, "keys"));
  print_key_stores (status);
  g_print ("trust anchors:  %u for issuers, %u for readers\n",
           mdoc_ctl_get_uint (status, "issuer_anchors"),
           mdoc_ctl_get_uint (status, "reader_anchors"));
  g_print ("document types: %u\n", mdoc_ctl_get_uint (status, "doc_types"));
  g_print ("consent agents: %u\n",
           mdoc_ctl_get_uint (status, "consent_agents"));
  g_print ("jobs:           %u, and %u notices to issuers\n",
           mdoc_ctl_get_uint (status, "jobs"),
           mdoc_ctl_get_uint (status, "notices"));
  if (!mdoc_ctl_get_boolean (status, "time_known"))
    g_print ("clock:          cannot be right: no credential is called valid "
             "or expired\n");
  g_print ("presentation:   %s\n", presentation);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) status = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (bus,
                                 "GetStatus",
                                 g_variant_new ("(@a{sv})",
                                                mdoc_ctl_no_options ()),
                                 "(a{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  status = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_variant (status);
  else
    print_text (status);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_status = {
  .name = "status",
  .arguments = "",
  .summary = "Tell whether the agent serves and what it has",
  .description = "Tells whether an agent serves the bus, and what it has.\n"
                 "\n"
                 "Example:\n"
                 "  mdocctl status --json",
  .run = run,
};
