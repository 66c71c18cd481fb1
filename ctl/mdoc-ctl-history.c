/*
 * mdoc-ctl-history.c - the verb history
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-history.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT     10000

static void
print_elements (GVariant *document)
{
  g_autoptr (GVariant) elements = g_variant_lookup_value (document,
                                                          "elements",
                                                          G_VARIANT_TYPE (
                                                              "aa{sv}"));

  for (gsize i = 0; elements != NULL && i < g_variant_n_children (elements);
       i++)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (elements, i);
      g_autofree char *name_space = mdoc_ctl_dup_text (element, "name_space");
      g_autofree char *name = mdoc_ctl_dup_text (element, "element");

      g_print ("    %-8s %s/%s%s\n",
               mdoc_ctl_get_boolean (element, "released") ? "shared"
                                                          : "withheld",
               name_space,
               name,
               mdoc_ctl_get_boolean (element, "intent_to_retain")
                   ? " (to be kept)"
                   : "");
    }
}

/**
 * mdoc_ctl_print_entry:
 * @entry: an `a{sv}` of the history
 *
 * Prints it for people.
 */
void
mdoc_ctl_print_entry (GVariant *entry)
{
  g_autofree char *at = mdoc_ctl_dup_text (entry, "at");
  g_autofree char *outcome = mdoc_ctl_dup_text (entry, "outcome");
  g_autofree char *trust = mdoc_ctl_dup_text (entry, "reader_trust");
  g_autofree char *name = mdoc_ctl_dup_text (entry, "reader_name");
  g_autoptr (GVariant) documents = g_variant_lookup_value (entry,
                                                           "documents",
                                                           G_VARIANT_TYPE (
                                                               "aa{sv}"));

  g_print ("%s  %s  reader: %s%s%s\n",
           at,
           outcome,
           name[0] != '\0' ? name : "no name",
           ", ",
           trust);
  for (gsize i = 0; documents != NULL && i < g_variant_n_children (documents);
       i++)
    {
      g_autoptr (GVariant) document = g_variant_get_child_value (documents, i);
      g_autofree char *doc_type = mdoc_ctl_dup_text (document, "doc_type");
      g_autofree char *credential = mdoc_ctl_dup_text (document, "credential");
      g_autofree char *policy = mdoc_ctl_dup_text (document, "policy");

      g_print ("  %s %s%s%s\n",
               doc_type,
               credential[0] != '\0' ? credential : "(nothing of it)",
               policy[0] != '\0' ? ", by policy " : "",
               policy);
      print_elements (document);
    }
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  int limit = DEFAULT_LIMIT;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) entries_list = NULL;
  GVariantDict options;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "limit", 'n', 0, G_OPTION_ARG_INT, &limit,
      "How many entries at most (default: 20)", "NUMBER" },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (limit < 1 || limit > MAX_LIMIT)
    return mdoc_command_refuse (error, "--limit is 1 to %d", MAX_LIMIT);

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "limit", "u", (guint32) limit);
  reply = mdoc_ctl_call_manager (bus,
                                 "ListHistory",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(aa{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  entries_list = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (entries_list);
      return MDOC_EXIT_DONE;
    }

  for (gsize i = 0; i < g_variant_n_children (entries_list); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries_list, i);

      mdoc_ctl_print_entry (entry);
    }
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_history = {
  .name = "history",
  .arguments = "",
  .summary = "Tell what was asked and what was shared, latest first",
  .description
  = "Tells what readers have asked for and what was shared with them: when, "
    "with whom,\nwhich data elements; never their values.\n"
    "\n"
    "Example:\n"
    "  mdocctl history --limit 5 --json",
  .run = run,
};
