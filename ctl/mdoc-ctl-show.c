/*
 * mdoc-ctl-show.c - the verb show
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

/* longer ones, such as portraits, are told by their length */
#define MAX_SHOWN_CHARS 1000

static JsonNode *
parse_value (GVariant *element)
{
  const char *text = NULL;
  JsonNode *node = NULL;

  if (g_variant_lookup (element, "value", "&s", &text))
    node = json_from_string (text, NULL);
  return node != NULL ? node : json_node_init_null (json_node_alloc ());
}

/* elements as the agent gives them, but values as JSON instead of text of it */
static JsonNode *
make_json (GVariant *info, GVariant *elements, gboolean has_values)
{
  JsonNode *node = mdoc_ctl_to_json (info);
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < g_variant_n_children (elements); i++)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (elements, i);
      JsonNode *member = mdoc_ctl_to_json (element);

      if (has_values)
        json_object_set_member (json_node_get_object (member),
                                "value",
                                parse_value (element));
      json_array_add_element (array, member);
    }

  json_object_set_array_member (json_node_get_object (node), "elements", array);
  return node;
}

static char *
make_shown (GVariant *element, gboolean has_values)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (!has_values)
    return g_strdup ("***");

  node = parse_value (element);
  text = JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? g_strdup (json_node_get_string (node))
             : mdoc_text_mend_json (json_to_string (node, FALSE));
  if (g_utf8_strlen (text, -1) > MAX_SHOWN_CHARS)
    return g_strdup_printf ("(%" G_GSIZE_FORMAT " characters; see --json)",
                            strlen (text));

  return mdoc_text_to_printable (text);
}

static void
print_line (GVariant *info, const char *title, const char *key)
{
  g_autofree char *text = mdoc_ctl_dup_text (info, key);

  if (text[0] != '\0')
    g_print ("%-12s %s\n", title, text);
}

static void
print_text (GVariant *info, GVariant *elements, gboolean has_values)
{
  g_autofree char *name_space = g_strdup ("");

  print_line (info, "id:", "id");
  print_line (info, "label:", "label");
  print_line (info, "type:", "doc_type");
  print_line (info, "name:", "display_name");
  print_line (info, "state:", "state");
  print_line (info, "valid from:", "valid_from");
  print_line (info, "valid until:", "valid_until");
  print_line (info, "imported:", "imported");
  print_line (info, "key:", "key");
  print_line (info, "curve:", "curve");
  print_line (info, "proves by:", "auth");
  print_line (info, "issuer:", "issuer");
  print_line (info, "renewed at:", "renewal");
  print_line (info, "not renewed:", "renewal_stopped");
  print_line (info, "new data:", "update");

  for (gsize i = 0; i < g_variant_n_children (elements); i++)
    {
      g_autoptr (GVariant) element = g_variant_get_child_value (elements, i);
      g_autofree char *own = mdoc_ctl_dup_text (element, "name_space");
      g_autofree char *name = mdoc_ctl_dup_text (element, "element");
      g_autofree char *shown = make_shown (element, has_values);

      if (strcmp (own, name_space) != 0)
        {
          g_print ("\n%s\n", own);
          g_free (name_space);
          name_space = g_steal_pointer (&own);
        }
      g_print ("  %-32s %s\n", name, shown);
    }
}

static GVariant *
get_info (GDBusConnection *bus, const char *path, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call (bus,
                       path,
                       MDOC_INTERFACE_CREDENTIAL,
                       "GetInfo",
                       g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                       "(a{sv})",
                       error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

MdocExit
mdoc_ctl_show (MdocCommand *command,
               GDBusConnection *bus,
               const char *name,
               gboolean has_values,
               GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) found = mdoc_ctl_find_credential (bus,
                                                         name,
                                                         &path,
                                                         error);
  g_autoptr (GVariant) info = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) elements = NULL;

  if (found == NULL)
    return mdoc_ctl_error_get_exit (*error);

  info = get_info (bus, path, error);
  if (info == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call (bus,
                         path,
                         MDOC_INTERFACE_CREDENTIAL,
                         has_values ? "GetValues" : "GetElements",
                         g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                         "(aa{sv})",
                         error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  elements = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_json (make_json (info, elements, has_values), TRUE);
  else
    print_text (info, elements, has_values);
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean has_values = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "show-values", 0, 0, G_OPTION_ARG_NONE, &has_values,
      "Show what the credential says, not only about what", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  return mdoc_ctl_show (command,
                        bus,
                        mdoc_command_get_argument (command, 0),
                        has_values,
                        error);
}

const MdocVerb mdoc_ctl_verb_show = {
  .name = "show",
  .arguments = "CREDENTIAL",
  .summary = "Show what a credential is about",
  .description
  = "Shows a credential: its validity, its key, and its data elements. Values "
    "are\nmasked unless --show-values is given. CREDENTIAL is an id, four or "
    "more digits\nthat it begins with, or a label.\n"
    "\n"
    "Examples:\n"
    "  mdocctl show licence\n"
    "  mdocctl show 3f9a --show-values --json",
  .run = run,
};
