/*
 * mdoc-reader-json.c - writing JSON, and the same for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-json.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-text.h"

#define INDENT     2
#define MAX_INLINE 4 /* members of a small object */
#define DASH       "-"

/**
 * mdoc_reader_print_json:
 * @node: a value
 *
 * Prints it on standard output, indented, with a line break behind it.
 */
void
mdoc_reader_print_json (JsonNode *node)
{
  g_autofree char *text = mdoc_text_mend_json (json_to_string (node, TRUE));

  /* in UTF-8 whatever the locale says, which g_print() would obey */
  puts (text);
}

static void print_node (JsonNode *node, guint depth);

/* what a terminal would obey is escaped, as in diagnostic notation */
static char *
to_text (JsonNode *scalar)
{
  if (JSON_NODE_HOLDS_VALUE (scalar)
      && json_node_get_value_type (scalar) == G_TYPE_STRING)
    return mdoc_text_to_printable (json_node_get_string (scalar));

  return mdoc_text_mend_json (json_to_string (scalar, FALSE));
}

static gboolean
is_container (JsonNode *node)
{
  return JSON_NODE_HOLDS_OBJECT (node) || JSON_NODE_HOLDS_ARRAY (node);
}

/* A few scalars that fit on the line of their dash. */
static gboolean
is_small (JsonNode *node)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node)
      || json_object_get_size (json_node_get_object (node)) > MAX_INLINE)
    return FALSE;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (is_container (value))
      return FALSE;

  return TRUE;
}

static void
print_small (JsonNode *node)
{
  const char *separator = "";
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *shown = mdoc_text_to_printable (name);
      g_autofree char *text = to_text (value);

      g_print ("%s%s: %s", separator, shown, text);
      separator = ", ";
    }
  g_print ("\n");
}

static void
print_member (const char *label, JsonNode *node, guint depth)
{
  g_autofree char *shown = mdoc_text_to_printable (label);
  g_autofree char *text = NULL;

  g_print ("%*s%s", (int) (depth * INDENT), "", shown);
  if (!is_container (node))
    {
      text = to_text (node);
      g_print (" %s\n", text);
    }
  else if (strcmp (label, DASH) == 0 && is_small (node))
    {
      g_print (" ");
      print_small (node);
    }
  else
    {
      g_print ("\n");
      print_node (node, depth + 1);
    }
}

static void
print_node (JsonNode *node, guint depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;

      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &name, &value))
        {
          g_autofree char *label = g_strconcat (name, ":", NULL);

          print_member (label, value, depth);
        }
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        print_member (DASH, json_array_get_element (array, i), depth);
    }
}

/**
 * mdoc_reader_print_text:
 * @node: an object or array
 *
 * Prints it on standard output for people, a line for each member.
 */
void
mdoc_reader_print_text (JsonNode *node)
{
  print_node (node, 0);
}
