/*
 * fuzz-json.c - the door for JSON, and json-glib behind it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-json-scan.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = 8,
                                       .max_values = 1024 };

static guint
count (JsonNode *node, guint depth)
{
  guint n = 1;

  g_assert_cmpuint (depth, <=, limits.max_depth);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        n += count (json_array_get_element (array, i), depth + 1);
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) values = json_object_get_values (
          json_node_get_object (node));

      for (GList *l = values; l != NULL; l = l->next)
        n += count (l->data, depth + 1);
    }
  else if (JSON_NODE_HOLDS_VALUE (node)
           && json_node_get_value_type (node) == G_TYPE_STRING)
    g_assert_true (g_utf8_validate (json_node_get_string (node), -1, NULL));
  return n;
}

/* Whatever the scan passes, json-glib takes, and as what it is: nothing is
 * lost, and what we write of it passes again and is the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autofree char *text = NULL;

  if (!mdoc_json_scan (MDOC_SPAN (data, size), &limits, &error))
    {
      g_assert_true (error->domain == MDOC_JSON_ERROR);
      return 0;
    }

  node = mdoc_json_load (MDOC_SPAN (data, size), &limits, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (node, 0), <=, limits.max_values);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return 0;
  text = mdoc_json_write (json_node_get_object (node));
  again = mdoc_json_load (mdoc_span_from_text (text), &limits, &error);
  if (again == NULL)
    {
      /* written, a text may be longer, and so may a number */
      g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
      return 0;
    }
  g_assert_cmpuint (count (again, 0), ==, count (node, 0));
  return 0;
}
