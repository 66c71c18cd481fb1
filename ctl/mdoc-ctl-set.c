/*
 * mdoc-ctl-set.c - the verb set
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

#define NOT_GIVEN (-1)

typedef struct
{
  MdocCtlBusOptions bus;
  char *label;
  char *state;
  char *when_spent;
  int max_uses;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->label);
  g_free (arguments->state);
  g_free (arguments->when_spent);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static GVariant *
make_options (const Arguments *arguments)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (arguments->label != NULL)
    g_variant_dict_insert (&options, "label", "s", arguments->label);
  if (arguments->state != NULL)
    g_variant_dict_insert (&options, "state", "s", arguments->state);
  if (arguments->when_spent != NULL)
    g_variant_dict_insert (&options, "when_spent", "s", arguments->when_spent);
  if (arguments->max_uses != NOT_GIVEN)
    g_variant_dict_insert (&options,
                           "max_uses",
                           "u",
                           (guint32) arguments->max_uses);
  return g_variant_dict_end (&options);
}

static MdocExit
change (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_autoptr (GDBusConnection) bus = mdoc_ctl_connect (&arguments->bus, error);
  g_autofree char *path = NULL;
  g_autofree char *state = NULL;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) info = NULL;

  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  found = mdoc_ctl_find_credential (bus,
                                    mdoc_command_get_argument (command, 0),
                                    &path,
                                    error);
  if (found == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call (bus,
                         path,
                         MDOC_INTERFACE_CREDENTIAL,
                         "Set",
                         g_variant_new ("(@a{sv})", make_options (arguments)),
                         "(a{sv})",
                         error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  info = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (info);
      return MDOC_EXIT_DONE;
    }

  state = mdoc_ctl_dup_text (info, "state");
  g_print ("%s\n", state);
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .max_uses = NOT_GIVEN };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "state", 0, 0, G_OPTION_ARG_STRING, &arguments.state,
      "active (accept it, or take it up again) or suspended", "STATE" },
    { "max-uses", 0, 0, G_OPTION_ARG_INT, &arguments.max_uses,
      "To how many readers a copy is shown; 0 for no limit", "NUMBER" },
    { "when-spent", 0, 0, G_OPTION_ARG_STRING, &arguments.when_spent,
      "When all copies are used up: refuse, reuse or ask", "WHAT" },
    { "label", 0, 0, G_OPTION_ARG_STRING, &arguments.label,
      "Your name for it", "TEXT" },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  if (arguments.max_uses < NOT_GIVEN)
    return mdoc_command_refuse (error, "--max-uses is 0 or more");

  if (arguments.label == NULL && arguments.state == NULL
      && arguments.when_spent == NULL && arguments.max_uses == NOT_GIVEN)
    return mdoc_command_refuse (error, "Nothing to set; see --help");

  return change (command, &arguments, error);
}

const MdocVerb mdoc_ctl_verb_set = {
  .name = "set",
  .arguments = "CREDENTIAL",
  .summary = "Accept or suspend a credential, limit its uses, name it",
  .description
  = "Changes what you have made of a credential. What was imported with "
    "--review is\nshown to nobody before it is active; what is suspended is "
    "not shown until it is\nactive again. CREDENTIAL is an id, four or more "
    "digits that it begins with, or a\nlabel.\n"
    "\n"
    "Examples:\n"
    "  mdocctl set licence --state active\n"
    "  mdocctl set licence --max-uses 1 --when-spent ask",
  .run = run,
};
