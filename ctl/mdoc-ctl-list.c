/*
 * mdoc-ctl-list.c - the verb list
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

static void
print_credential (GVariant *info)
{
  g_autofree char *id = mdoc_ctl_dup_text (info, "id");
  g_autofree char *state = mdoc_ctl_dup_text (info, "state");
  g_autofree char *until = mdoc_ctl_dup_text (info, "valid_until");
  g_autofree char *name = mdoc_ctl_dup_text (info, "display_name");
  g_autofree char *label = mdoc_ctl_dup_text (info, "label");

  g_print ("%-16s  %-13s  %-20s  %s%s%s%s\n",
           id,
           state,
           until,
           name,
           label[0] != '\0' ? " (" : "",
           label,
           label[0] != '\0' ? ")" : "");
}

static void
print_key (GVariant *key)
{
  g_autofree char *id = mdoc_ctl_dup_text (key, "id");
  g_autofree char *curve = mdoc_ctl_dup_text (key, "curve");
  g_autofree char *auth = mdoc_ctl_dup_text (key, "auth");
  g_autofree char *credential = mdoc_ctl_dup_text (key, "credential");
  g_autofree char *label = mdoc_ctl_dup_text (key, "label");

  g_print ("%-16s  %-16s  %-9s  %-16s  %s\n",
           id,
           curve,
           auth,
           credential[0] != '\0' ? credential : "-",
           label);
}

/* credentials without the objects they are, which are of use on the bus alone
 */
static GVariant *
drop_paths (GVariant *list)
{
  GVariantBuilder infos;

  g_variant_builder_init (&infos, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) info = NULL;

      g_variant_get_child (list, i, "(&o@a{sv})", NULL, &info);
      g_variant_builder_add_value (&infos, info);
    }

  return g_variant_ref_sink (g_variant_builder_end (&infos));
}

static GVariant *
get_list (GDBusConnection *bus, gboolean wants_keys, GError **error)
{
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               wants_keys ? "ListKeys" : "ListCredentials",
                               g_variant_new ("(@a{sv})",
                                              mdoc_ctl_no_options ()),
                               wants_keys ? "(aa{sv})" : "(a(oa{sv}))",
                               error);

  if (reply == NULL)
    return NULL;

  list = g_variant_get_child_value (reply, 0);
  return wants_keys ? g_steal_pointer (&list) : drop_paths (list);
}

static void
print_text (GVariant *list, gboolean wants_keys)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (list, i);

      if (wants_keys)
        print_key (row);
      else
        print_credential (row);
    }

  if (g_variant_n_children (list) == 0)
    g_printerr ("no %s\n", wants_keys ? "keys" : "credentials");
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean wants_keys = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) list = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "keys", 0, 0, G_OPTION_ARG_NONE, &wants_keys,
      "List the device keys instead", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  list = get_list (bus, wants_keys, error);
  if (list == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (mdoc_command_is_json (command))
    mdoc_ctl_print_variant (list);
  else
    print_text (list, wants_keys);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_list = {
  .name = "list",
  .arguments = "",
  .summary = "List credentials, or device keys",
  .description
  = "Lists the credentials: id, state, end of validity, document type and "
    "label. With\n--keys it lists the device keys: id, curve, purpose, "
    "credential and label.\n"
    "\n"
    "Example:\n"
    "  mdocctl list --keys",
  .run = run,
};
