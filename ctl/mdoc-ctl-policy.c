/*
 * mdoc-ctl-policy.c - the verb policy
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

typedef struct
{
  MdocCtlBusOptions bus;
  char *reader;
  char *doc_type;
  char **elements;
  gboolean may_be_retained;
  gint64 max_uses;
  char *expires;
  char *label;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->reader);
  g_free (arguments->doc_type);
  g_strfreev (arguments->elements);
  g_free (arguments->expires);
  g_free (arguments->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* --- list --- */

static void
print_elements (GVariant *policy)
{
  g_autoptr (GVariant) elements = g_variant_lookup_value (policy,
                                                          "elements",
                                                          G_VARIANT_TYPE (
                                                              "a(ss)"));

  for (gsize i = 0; elements != NULL && i < g_variant_n_children (elements);
       i++)
    {
      g_autofree char *text = NULL;
      g_autofree char *printable = NULL;
      const char *name_space;
      const char *element;

      g_variant_get_child (elements, i, "(&s&s)", &name_space, &element);
      text = g_strconcat (name_space, "/", element, NULL);
      printable = mdoc_text_to_printable (text);
      g_print ("    %s\n", printable);
    }
}

static void
print_policy (GVariant *policy)
{
  g_autofree char *id = mdoc_ctl_dup_text (policy, "id");
  g_autofree char *state = mdoc_ctl_dup_text (policy, "state");
  g_autofree char *label = mdoc_ctl_dup_text (policy, "label");
  g_autofree char *reader = mdoc_ctl_dup_text (policy, "reader_anchor");
  g_autofree char *doc_type = mdoc_ctl_dup_text (policy, "doc_type");
  g_autofree char *expires = mdoc_ctl_dup_text (policy, "expires");
  guint32 max_uses = mdoc_ctl_get_uint (policy, "max_uses");

  g_print ("%s  %s  used %u", id, state, mdoc_ctl_get_uint (policy, "uses"));
  if (max_uses != 0)
    g_print (" of %u", max_uses);
  if (expires[0] != '\0')
    g_print (", until %s", expires);
  g_print ("%s%s\n", label[0] != '\0' ? "  " : "", label);
  g_print ("  reader %.16s  %s%s\n",
           reader,
           doc_type,
           mdoc_ctl_get_boolean (policy, "intent_to_retain") ? "  (may be kept)"
                                                             : "");
  print_elements (policy);
}

static MdocExit
list (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               "ListPolicies",
                               g_variant_new ("(@a{sv})",
                                              mdoc_ctl_no_options ()),
                               "(aa{sv})",
                               error);
  g_autoptr (GVariant) policies = NULL;

  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  policies = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (policies);
      return MDOC_EXIT_DONE;
    }

  for (gsize i = 0; i < g_variant_n_children (policies); i++)
    {
      g_autoptr (GVariant) policy = g_variant_get_child_value (policies, i);

      print_policy (policy);
    }
  return MDOC_EXIT_DONE;
}

/* --- add --- */

static GVariant *
make_policy (const Arguments *arguments, const char *reader)
{
  GVariantBuilder elements;
  GVariantDict dict;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; arguments->elements[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (arguments->elements[i], "/", 2);

      g_variant_builder_add (&elements, "(ss)", parts[0], parts[1]);
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "reader_anchor", "s", reader);
  g_variant_dict_insert (&dict, "doc_type", "s", arguments->doc_type);
  g_variant_dict_insert_value (&dict,
                               "elements",
                               g_variant_builder_end (&elements));
  g_variant_dict_insert (&dict,
                         "intent_to_retain",
                         "b",
                         arguments->may_be_retained);
  g_variant_dict_insert (&dict, "max_uses", "u", (guint32) arguments->max_uses);
  if (arguments->expires != NULL)
    g_variant_dict_insert (&dict, "expires", "s", arguments->expires);
  if (arguments->label != NULL)
    g_variant_dict_insert (&dict, "label", "s", arguments->label);
  return g_variant_dict_end (&dict);
}

static MdocExit
add (MdocCommand *command,
     const Arguments *arguments,
     GDBusConnection *bus,
     GError **error)
{
  g_autofree char *reader = mdoc_ctl_complete_anchor (bus,
                                                      "reader",
                                                      arguments->reader,
                                                      error);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) policy = NULL;

  if (reader == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (strlen (reader) != 64)
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NOT_FOUND,
                       "There is no one trust anchor for readers whose id "
                       "begins with “%s”",
                       reader);
      return mdoc_ctl_error_get_exit (*error);
    }

  reply = mdoc_ctl_call_manager (bus,
                                 "AddPolicy",
                                 g_variant_new ("(@a{sv}@a{sv})",
                                                make_policy (arguments, reader),
                                                mdoc_ctl_no_options ()),
                                 "(a{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  policy = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_variant (policy);
  else
    print_policy (policy);
  return MDOC_EXIT_DONE;
}

/* --- remove --- */

static MdocExit
remove_policy (MdocCommand *command, GDBusConnection *bus, GError **error)
{
  const char *id = mdoc_command_get_argument (command, 1);
  g_autoptr (GVariant) reply
      = mdoc_ctl_call_manager (bus,
                               "RemovePolicy",
                               g_variant_new ("(@s@a{sv})",
                                              mdoc_ctl_new_text (id),
                                              mdoc_ctl_no_options ()),
                               "()",
                               error);

  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (mdoc_command_is_json (command))
    {
      g_autoptr (GVariant) value = NULL;
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "removed", "s", id);
      value = g_variant_ref_sink (g_variant_dict_end (&dict));
      mdoc_ctl_print_variant (value);
    }
  return MDOC_EXIT_DONE;
}

static gboolean
check_new (const Arguments *arguments, GError **error)
{
  if (arguments->reader == NULL || arguments->doc_type == NULL
      || arguments->elements == NULL)
    {
      mdoc_command_refuse (error,
                           "policy add needs --reader, --doctype and "
                           "--element");
      return FALSE;
    }

  for (guint i = 0; arguments->elements[i] != NULL; i++)
    {
      const char *slash = strchr (arguments->elements[i], '/');

      if (slash == NULL || strchr (slash + 1, '/') != NULL)
        {
          mdoc_command_refuse (error,
                               "--element %s: it takes NAMESPACE/ELEMENT",
                               arguments->elements[i]);
          return FALSE;
        }
    }

  if (arguments->max_uses < 0 || arguments->max_uses > G_MAXUINT32)
    {
      mdoc_command_refuse (error, "--max-uses is 0 to 4294967295");
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_arguments (MdocCommand *command,
                 const Arguments *arguments,
                 GError **error)
{
  const char *what = mdoc_command_get_argument (command, 0);
  guint n_arguments = mdoc_command_get_n_arguments (command);

  if (strcmp (what, "add") == 0 && n_arguments == 1)
    return check_new (arguments, error);

  if (arguments->reader != NULL || arguments->doc_type != NULL
      || arguments->elements != NULL)
    mdoc_command_refuse (error, "The options are for policy add");
  else if (strcmp (what, "list") == 0 && n_arguments == 1)
    return TRUE;
  else if (strcmp (what, "remove") == 0 && n_arguments == 2)
    return TRUE;
  else
    mdoc_command_refuse (error, "It is: policy list, add … or remove ID");

  return FALSE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  const char *what;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "reader", 0, 0, G_OPTION_ARG_STRING, &arguments.reader,
      "Trust anchor that vouches for the reader: eight or more digits of its id",
      "ANCHOR" },
    { "doctype", 0, 0, G_OPTION_ARG_STRING, &arguments.doc_type,
      "Type of the document", "DOCTYPE" },
    { "element", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.elements,
      "What may leave; may be repeated", "NAMESPACE/ELEMENT" },
    { "retain", 0, 0, G_OPTION_ARG_NONE, &arguments.may_be_retained,
      "Also to a reader that will keep it", NULL },
    { "max-uses", 0, 0, G_OPTION_ARG_INT64, &arguments.max_uses,
      "How many documents it lets go (default: any number)", "NUMBER" },
    { "expires", 0, 0, G_OPTION_ARG_STRING, &arguments.expires,
      "When it ends, such as 2027-01-31T12:00:00Z (default: never)", "TIME" },
    { "label", 0, 0, G_OPTION_ARG_STRING, &arguments.label,
      "Your name for it", "TEXT" },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 2, &exit_code, error))
    return exit_code;
  if (!check_arguments (command, &arguments, error))
    return MDOC_EXIT_USAGE;

  what = mdoc_command_get_argument (command, 0);
  bus = mdoc_ctl_connect (&arguments.bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  if (strcmp (what, "add") == 0)
    return add (command, &arguments, bus, error);
  if (strcmp (what, "list") == 0)
    return list (command, bus, error);
  return remove_policy (command, bus, error);
}

const MdocVerb mdoc_ctl_verb_policy = {
  .name = "policy",
  .arguments = "list|add|remove [ID]",
  .summary = "Allow in advance what leaves without you being asked",
  .description
  = "A policy lets some data elements of one type of document go to the "
    "readers that\none trust anchor vouches for. It answers only where nobody "
    "who could be asked has\nstarted the presentation, such as with mdocctl "
    "present --consent=policy.\n"
    "\n"
    "Examples:\n"
    "  mdocctl policy add --reader 1c5f0a72 --doctype org.iso.18013.5.1.mDL "
    "\\\n"
    "      --element org.iso.18013.5.1/age_over_18 --max-uses 100\n"
    "  mdocctl policy list\n"
    "  mdocctl policy remove 5f2a1b3c4d5e6f70",
  .run = run,
};
