/*
 * mdoc-ctl-output.c - results as text and as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-output.h"

#include <string.h>
#include <unistd.h>

#include "base/mdoc-text.h"

static char *
make_key (const char *name)
{
  g_autoptr (GString) key = g_string_new (NULL);
  gboolean is_upper = FALSE;

  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '_')
        {
          is_upper = TRUE;
          continue;
        }
      g_string_append_c (key, is_upper ? g_ascii_toupper (*p) : *p);
      is_upper = FALSE;
    }

  return g_string_free (g_steal_pointer (&key), FALSE);
}

static JsonNode *
make_object (GVariant *dict)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_alloc ();
  GVariantIter iter;
  const char *name;
  GVariant *member;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &member))
    {
      g_autoptr (GVariant) owned = member;
      g_autofree char *key = make_key (name);

      json_object_set_member (object, key, mdoc_ctl_to_json (owned));
    }

  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

static JsonNode *
make_array (GVariant *list)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_alloc ();

  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) member = g_variant_get_child_value (list, i);

      json_array_add_element (array, mdoc_ctl_to_json (member));
    }

  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

/**
 * mdoc_ctl_to_json:
 * @value: of the types that the agent's replies have
 *
 * Returns: (transfer full): the same as JSON
 */
JsonNode *
mdoc_ctl_to_json (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return make_object (value);
  if (g_variant_is_container (value))
    return make_array (value);
  return json_gvariant_serialize (value);
}

/**
 * mdoc_ctl_print_json:
 * @node: (transfer full): a result
 * @is_pretty: whether it takes several lines, else just one
 *
 * Prints it on standard output, and sees that it gets there now.
 */
void
mdoc_ctl_print_json (JsonNode *node, gboolean is_pretty)
{
  g_autofree char *text = mdoc_text_mend_json (
      json_to_string (node, is_pretty));

  g_print ("%s\n", text);
  json_node_unref (node);
}

/**
 * mdoc_ctl_print_variant:
 * @value: a result
 *
 * Prints it on standard output as JSON.
 */
void
mdoc_ctl_print_variant (GVariant *value)
{
  mdoc_ctl_print_json (mdoc_ctl_to_json (value), TRUE);
}

/**
 * mdoc_ctl_dup_text:
 * @dict: an `a{sv}`
 * @key: of a text
 *
 * Returns: (transfer full): the text, fit for a terminal; "" if it is not there
 */
char *
mdoc_ctl_dup_text (GVariant *dict, const char *key)
{
  const char *text = "";

  g_variant_lookup (dict, key, "&s", &text);
  return mdoc_text_to_printable (text);
}

/**
 * mdoc_ctl_new_text:
 * @argument: from the command line, in whatever encoding
 *
 * What is no UTF-8 cannot go over the bus, and names nothing there: it goes as
 * it is shown, so that the agent says what it thinks of it.
 *
 * Returns: (transfer floating): a string
 */
GVariant *
mdoc_ctl_new_text (const char *argument)
{
  if (g_utf8_validate (argument, -1, NULL))
    return g_variant_new_string (argument);

  return g_variant_new_take_string (mdoc_text_to_printable (argument));
}

/**
 * mdoc_ctl_get_uint:
 * @dict: an `a{sv}`
 * @key: of a number
 *
 * Returns: the number; 0 if it is not there
 */
guint32
mdoc_ctl_get_uint (GVariant *dict, const char *key)
{
  guint32 number = 0;

  g_variant_lookup (dict, key, "u", &number);
  return number;
}

/**
 * mdoc_ctl_get_boolean:
 * @dict: an `a{sv}`
 * @key: of a boolean
 *
 * Returns: the boolean; %FALSE if it is not there
 */
gboolean
mdoc_ctl_get_boolean (GVariant *dict, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (dict, key, "b", &value);
  return value;
}

/**
 * mdoc_ctl_has_colour:
 * @fd: a descriptor
 *
 * Returns: whether what is written there may be coloured: a terminal, and
 *   neither $NO_COLOR nor TERM=dumb
 */
gboolean
mdoc_ctl_has_colour (int fd)
{
  const char *no_colour = g_getenv ("NO_COLOR");

  return isatty (fd) && (no_colour == NULL || no_colour[0] == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}
