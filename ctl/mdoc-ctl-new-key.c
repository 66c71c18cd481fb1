/*
 * mdoc-ctl-new-key.c - the verb new-key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

typedef struct
{
  MdocCtlBusOptions bus;
  char *curve;
  char *auth;
  char *label;
  char *store;
  char *format;
  char *out;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->curve);
  g_free (arguments->auth);
  g_free (arguments->label);
  g_free (arguments->store);
  g_free (arguments->format);
  g_free (arguments->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static GVariant *
make_options (const Arguments *arguments)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (arguments->curve != NULL)
    g_variant_dict_insert (&options, "curve", "s", arguments->curve);
  if (arguments->auth != NULL)
    g_variant_dict_insert (&options, "auth", "s", arguments->auth);
  if (arguments->label != NULL)
    g_variant_dict_insert (&options, "label", "s", arguments->label);
  if (arguments->store != NULL)
    g_variant_dict_insert (&options, "store", "s", arguments->store);
  return g_variant_dict_end (&options);
}

/* The public key goes where it is wanted; which key it is, to people. */
static MdocExit
deliver (MdocCommand *command,
         const Arguments *arguments,
         GVariant *key,
         GError **error)
{
  gboolean is_cose = g_strcmp0 (arguments->format, "cose") == 0;
  const char *text = "";
  const char *id = "";

  g_variant_lookup (key, is_cose ? "cose" : "pem", "&s", &text);
  g_variant_lookup (key, "id", "&s", &id);

  if (arguments->out != NULL
      && !mdoc_file_write (arguments->out,
                           mdoc_span_from_text (text),
                           MDOC_FILE_REPLACE,
                           error))
    return MDOC_EXIT_FAILED;

  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (key);
      return MDOC_EXIT_DONE;
    }

  if (arguments->out == NULL)
    g_print ("%s%s", text, is_cose ? "\n" : "");
  g_printerr ("device key %s\n", id);
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) key = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "curve", 0, 0, G_OPTION_ARG_STRING, &arguments.curve,
      "Curve of the key (default: P-256)", "CURVE" },
    { "auth", 0, 0, G_OPTION_ARG_STRING, &arguments.auth,
      "How the key will prove itself, for ever (default: signature)",
      "signature|mac" },
    { "label", 0, 0, G_OPTION_ARG_STRING, &arguments.label,
      "Your name for it", "TEXT" },
    { "store", 0, 0, G_OPTION_ARG_STRING, &arguments.store,
      "Where the key is to live (default: as the agent was started)",
      "software|tpm|pkcs11" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format,
      "How to write the public key (default: pem)", "pem|cose" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.out,
      "Write the public key there instead of on standard output", "FILE" },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.format != NULL && strcmp (arguments.format, "pem") != 0
      && strcmp (arguments.format, "cose") != 0)
    return mdoc_command_refuse (error,
                                "--format %s: it takes pem or cose",
                                arguments.format);

  bus = mdoc_ctl_connect (&arguments.bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (bus,
                                 "NewKey",
                                 g_variant_new ("(@a{sv})",
                                                make_options (&arguments)),
                                 "(a{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  key = g_variant_get_child_value (reply, 0);
  return deliver (command, &arguments, key, error);
}

const MdocVerb mdoc_ctl_verb_new_key = {
  .name = "new-key",
  .arguments = "",
  .summary = "Make a device key, print its public half",
  .description
  = "Makes a device key in the agent's store and prints its public half, for "
    "the\nissuer to bind a credential to. The private half stays where it is.\n"
    "\n"
    "A key proves itself either by signatures or by MACs, never by both. MACs "
    "can\nbe checked by the reader alone, but only a reader whose own key is "
    "on the same\ncurve can ask for such a credential.\n"
    "\n"
    "Examples:\n"
    "  mdocctl new-key --out device.pem\n"
    "  mdocctl new-key --auth mac --label licence --format cose",
  .run = run,
};
