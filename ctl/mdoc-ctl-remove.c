/*
 * mdoc-ctl-remove.c - the verb remove
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

typedef struct
{
  MdocCtlBusOptions bus;
  gboolean is_key;
  gboolean is_yes;
} Arguments;

/* @ret_exit: how to end if not */
static gboolean
confirm (const Arguments *arguments,
         const char *what,
         MdocExit *ret_exit,
         GError **error)
{
  char answer[16] = "";

  if (arguments->is_yes)
    return TRUE;

  if (!isatty (STDIN_FILENO))
    {
      *ret_exit = mdoc_command_refuse (error,
                                       "This cannot be undone: say --yes, or "
                                       "run it on a terminal");
      return FALSE;
    }

  g_printerr ("Destroy %s and its key for good? [y/N] ", what);
  if (fgets (answer, sizeof (answer), stdin) != NULL
      && (answer[0] == 'y' || answer[0] == 'Y'))
    return TRUE;

  *ret_exit = MDOC_EXIT_DENIED;
  return FALSE;
}

static MdocExit
remove_key (GDBusConnection *bus,
            const Arguments *arguments,
            const char *id,
            GError **error)
{
  g_autofree char *what = g_strdup_printf ("the device key %s", id);
  g_autoptr (GVariant) reply = NULL;
  MdocExit exit_code;

  if (!confirm (arguments, what, &exit_code, error))
    return exit_code;

  reply = mdoc_ctl_call_manager (bus,
                                 "RemoveKey",
                                 g_variant_new ("(@s@a{sv})",
                                                mdoc_ctl_new_text (id),
                                                mdoc_ctl_no_options ()),
                                 "()",
                                 error);
  return reply != NULL ? MDOC_EXIT_DONE : mdoc_ctl_error_get_exit (*error);
}

static MdocExit
remove_credential (GDBusConnection *bus,
                   const Arguments *arguments,
                   const char *name,
                   char **ret_id,
                   GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *what = NULL;
  g_autofree char *type = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GVariant) info = mdoc_ctl_find_credential (bus,
                                                        name,
                                                        &path,
                                                        error);
  g_autoptr (GVariant) reply = NULL;
  MdocExit exit_code;

  if (info == NULL)
    return mdoc_ctl_error_get_exit (*error);

  id = mdoc_ctl_dup_text (info, "id");
  type = mdoc_ctl_dup_text (info, "display_name");
  what = g_strdup_printf ("%s %s", type, id);
  if (!confirm (arguments, what, &exit_code, error))
    return exit_code;

  reply = mdoc_ctl_call (bus,
                         path,
                         MDOC_INTERFACE_CREDENTIAL,
                         "Remove",
                         g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                         "()",
                         error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  *ret_id = g_steal_pointer (&id);
  return MDOC_EXIT_DONE;
}

static void
print_json (const char *id)
{
  g_autoptr (GVariant) value = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "removed", "s", id);
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  mdoc_ctl_print_variant (value);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  Arguments arguments = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree char *id = NULL;
  const char *name;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "key", 0, 0, G_OPTION_ARG_NONE, &arguments.is_key,
      "ID is that of a device key without a credential", NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &arguments.is_yes,
      "Do not ask", NULL },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&arguments.bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  name = mdoc_command_get_argument (command, 0);
  if (arguments.is_key)
    {
      exit_code = remove_key (bus, &arguments, name, error);
      id = g_strdup (name);
    }
  else
    {
      exit_code = remove_credential (bus, &arguments, name, &id, error);
    }

  if (exit_code == MDOC_EXIT_DONE && mdoc_command_is_json (command))
    print_json (id);
  return exit_code;
}

const MdocVerb mdoc_ctl_verb_remove = {
  .name = "remove",
  .arguments = "CREDENTIAL",
  .summary = "Destroy a credential and its key",
  .description
  = "Destroys a credential and its device key for good. What the history says "
    "about\nit stays. CREDENTIAL is an id, four or more digits that it begins "
    "with, or a\nlabel.\n"
    "\n"
    "Examples:\n"
    "  mdocctl remove licence\n"
    "  mdocctl remove --key 32773b05750dce61 --yes",
  .run = run,
};
