/*
 * mdoc-json.c - reading JSON that somebody else wrote, and writing ours
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-json.h"

#include <math.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-json-scan.h"

G_DEFINE_QUARK (mdoc_json_error_quark, mdoc_json_error)

/**
 * mdoc_json_refuse:
 * @error: return location for the error
 * @code: whose fault it is
 * @what: the member or message that is wrong
 * @reason: the rest of the sentence, such as "is missing"
 *
 * The one place that makes errors about values.
 *
 * Returns: %FALSE, for the caller to return
 */
gboolean
mdoc_json_refuse (GError **error,
                  MdocJsonError code,
                  const char *what,
                  const char *reason)
{
  g_set_error (error, MDOC_JSON_ERROR, (gint) code, "%s %s", what, reason);
  return FALSE;
}

static gboolean
refuse_schema (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

/**
 * mdoc_json_load:
 * @text: a text from outside this process
 * @limits: what it may cost us
 * @error: return location for a #MdocJsonError
 *
 * The one door for foreign JSON: checks that @text is exactly one value within
 * @limits whose objects have no member twice, and only then has json-glib parse
 * it, which by itself keeps the last of two members, follows any depth and
 * takes much that is no JSON.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 */
JsonNode *
mdoc_json_load (MdocSpan text, const MdocJsonLimits *limits, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) inner_error = NULL;

  if (!mdoc_json_scan (text, limits, error))
    return NULL;

  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser,
                                   (const char *) text.data,
                                   (gssize) text.len,
                                   &inner_error))
    {
      mdoc_json_refuse (error,
                        MDOC_JSON_ERROR_UNSUPPORTED,
                        "JSON",
                        inner_error->message);
      return NULL;
    }

  return json_parser_steal_root (parser);
}

/**
 * mdoc_json_load_object:
 * @text: a text from outside this process
 * @what: what it is to the protocol, for the error message
 * @limits: what it may cost us
 * @ret_object: (out) (transfer none): the object, which the result owns
 * @error: return location for a #MdocJsonError
 *
 * mdoc_json_load() for a text that has to be an object.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 */
JsonNode *
mdoc_json_load_object (MdocSpan text,
                       const char *what,
                       const MdocJsonLimits *limits,
                       JsonObject **ret_object,
                       GError **error)
{
  g_autoptr (JsonNode) node = mdoc_json_load (text, limits, error);

  if (node == NULL)
    {
      g_prefix_error (error, "%s: ", what);
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse_schema (error, what, "is no object");
      return NULL;
    }

  *ret_object = json_node_get_object (node);
  return g_steal_pointer (&node);
}

/* A member that is null counts as missing. */
static JsonNode *
lookup (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == type;
}

static gboolean
read_text (JsonNode *node,
           const char *what,
           gsize max_len,
           const char **ret_text,
           GError **error)
{
  const char *text;

  if (!holds (node, G_TYPE_STRING))
    return refuse_schema (error, what, "is no text");
  text = json_node_get_string (node);
  if (strlen (text) > max_len)
    return mdoc_json_refuse (error, MDOC_JSON_ERROR_LIMIT, what, "is too long");

  *ret_text = text;
  return TRUE;
}

static gboolean
require (JsonObject *object,
         const char *member,
         JsonNode **ret_node,
         GError **error)
{
  *ret_node = lookup (object, member);
  return *ret_node != NULL || refuse_schema (error, member, "is missing");
}

/**
 * mdoc_json_get_text:
 * @object: an object
 * @member: a member that it must have, of one character or more
 * @max_len: most bytes accepted
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer none): the text, which is not empty, or %NULL with @error
 *   set
 */
const char *
mdoc_json_get_text (JsonObject *object,
                    const char *member,
                    gsize max_len,
                    GError **error)
{
  const char *text = NULL;
  JsonNode *node;

  if (!require (object, member, &node, error)
      || !read_text (node, member, max_len, &text, error))
    return NULL;
  if (*text == '\0')
    {
      refuse_schema (error, member, "is empty");
      return NULL;
    }
  return text;
}

/**
 * mdoc_json_find_text:
 * @object: an object
 * @member: a member that it may have; may be empty
 * @max_len: most bytes accepted
 * @ret_text: (out) (transfer none) (nullable): the text, or %NULL if missing
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_text (JsonObject *object,
                     const char *member,
                     gsize max_len,
                     const char **ret_text,
                     GError **error)
{
  JsonNode *node = lookup (object, member);

  if (node != NULL)
    return read_text (node, member, max_len, ret_text, error);
  *ret_text = NULL;
  return TRUE;
}

static gboolean
read_int (JsonNode *node,
          const char *what,
          gint64 min,
          gint64 max,
          gint64 *ret_value,
          GError **error)
{
  gint64 value;

  if (!holds (node, G_TYPE_INT64))
    return refuse_schema (error, what, "is no integer");
  value = json_node_get_int (node);
  if (value < min || value > max)
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_LIMIT,
                             what,
                             "is out of range");

  *ret_value = value;
  return TRUE;
}

/**
 * mdoc_json_get_int:
 * @object: an object
 * @member: a member that it must have
 * @min: smallest value accepted
 * @max: largest value accepted
 * @ret_value: (out): its value; left alone on failure
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE if the member is an integer, written without fraction and
 *   exponent, from @min to @max
 */
gboolean
mdoc_json_get_int (JsonObject *object,
                   const char *member,
                   gint64 min,
                   gint64 max,
                   gint64 *ret_value,
                   GError **error)
{
  JsonNode *node;

  return require (object, member, &node, error)
         && read_int (node, member, min, max, ret_value, error);
}

/**
 * mdoc_json_find_int:
 * @object: an object
 * @member: a member that it may have
 * @min: smallest value accepted
 * @max: largest value accepted
 * @otherwise: the value if it is missing
 * @ret_value: (out): the value; left alone on failure
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_int (JsonObject *object,
                    const char *member,
                    gint64 min,
                    gint64 max,
                    gint64 otherwise,
                    gint64 *ret_value,
                    GError **error)
{
  JsonNode *node = lookup (object, member);

  if (node != NULL)
    return read_int (node, member, min, max, ret_value, error);
  *ret_value = otherwise;
  return TRUE;
}

/**
 * mdoc_json_find_boolean:
 * @object: an object
 * @member: a member that it may have
 * @otherwise: the value if it is missing
 * @ret_value: (out): the value; left alone on failure
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_boolean (JsonObject *object,
                        const char *member,
                        gboolean otherwise,
                        gboolean *ret_value,
                        GError **error)
{
  JsonNode *node = lookup (object, member);

  if (node != NULL && !holds (node, G_TYPE_BOOLEAN))
    return refuse_schema (error, member, "is no boolean");
  *ret_value = node != NULL ? json_node_get_boolean (node) : otherwise;
  return TRUE;
}

static gboolean
read_time (JsonNode *node, const char *what, gint64 *ret_unix_s, GError **error)
{
  gdouble value;

  if (!holds (node, G_TYPE_DOUBLE))
    return read_int (node,
                     what,
                     MDOC_JSON_MIN_TIME,
                     MDOC_JSON_MAX_TIME,
                     ret_unix_s,
                     error);

  value = floor (json_node_get_double (node));
  if (!(value >= (gdouble) MDOC_JSON_MIN_TIME
        && value <= (gdouble) MDOC_JSON_MAX_TIME))
    return mdoc_json_refuse (error,
                             MDOC_JSON_ERROR_LIMIT,
                             what,
                             "is out of range");
  *ret_unix_s = (gint64) value;
  return TRUE;
}

/**
 * mdoc_json_get_time:
 * @object: an object
 * @member: a member that it must have
 * @ret_unix_s: (out): the whole seconds; left alone on failure
 * @error: return location for a #MdocJsonError
 *
 * NumericDate of RFC 7519, section 2, which may have a fraction.
 *
 * Returns: %TRUE if the member is such a time
 */
gboolean
mdoc_json_get_time (JsonObject *object,
                    const char *member,
                    gint64 *ret_unix_s,
                    GError **error)
{
  JsonNode *node;

  return require (object, member, &node, error)
         && read_time (node, member, ret_unix_s, error);
}

/**
 * mdoc_json_find_time:
 * @object: an object
 * @member: a member that it may have
 * @otherwise: the value if it is missing
 * @ret_unix_s: (out): the whole seconds; left alone on failure
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_time (JsonObject *object,
                     const char *member,
                     gint64 otherwise,
                     gint64 *ret_unix_s,
                     GError **error)
{
  JsonNode *node = lookup (object, member);

  if (node != NULL)
    return read_time (node, member, ret_unix_s, error);
  *ret_unix_s = otherwise;
  return TRUE;
}

/**
 * mdoc_json_get_object:
 * @object: an object
 * @member: a member that it must have
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer none): the member, or %NULL with @error set
 */
JsonObject *
mdoc_json_get_object (JsonObject *object, const char *member, GError **error)
{
  JsonObject *found = NULL;

  if (!mdoc_json_find_object (object, member, &found, error))
    return NULL;
  if (found == NULL)
    refuse_schema (error, member, "is missing");
  return found;
}

/**
 * mdoc_json_find_object:
 * @object: an object
 * @member: a member that it may have
 * @ret_object: (out) (transfer none) (nullable): the member, or %NULL
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_object (JsonObject *object,
                       const char *member,
                       JsonObject **ret_object,
                       GError **error)
{
  JsonNode *node = lookup (object, member);

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    return refuse_schema (error, member, "is no object");
  *ret_object = node != NULL ? json_node_get_object (node) : NULL;
  return TRUE;
}

/**
 * mdoc_json_get_array:
 * @object: an object
 * @member: a member that it must have, with one element or more
 * @max_elements: most elements accepted
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer none): the member, or %NULL with @error set
 */
JsonArray *
mdoc_json_get_array (JsonObject *object,
                     const char *member,
                     guint max_elements,
                     GError **error)
{
  JsonArray *found = NULL;

  if (!mdoc_json_find_array (object, member, max_elements, &found, error))
    return NULL;
  if (found == NULL)
    refuse_schema (error, member, "is missing");
  return found;
}

/**
 * mdoc_json_find_array:
 * @object: an object
 * @member: a member that it may have; if so, with one element or more
 * @max_elements: most elements accepted
 * @ret_array: (out) (transfer none) (nullable): the member, or %NULL
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else
 */
gboolean
mdoc_json_find_array (JsonObject *object,
                      const char *member,
                      guint max_elements,
                      JsonArray **ret_array,
                      GError **error)
{
  JsonNode *node = lookup (object, member);
  JsonArray *array = NULL;

  if (node != NULL)
    {
      if (!JSON_NODE_HOLDS_ARRAY (node))
        return refuse_schema (error, member, "is no array");
      array = json_node_get_array (node);
      if (json_array_get_length (array) == 0)
        return refuse_schema (error, member, "is empty");
      if (json_array_get_length (array) > max_elements)
        return mdoc_json_refuse (error,
                                 MDOC_JSON_ERROR_LIMIT,
                                 member,
                                 "has too many elements");
    }

  *ret_array = array;
  return TRUE;
}

/**
 * mdoc_json_find_texts:
 * @object: an object
 * @member: a member that it may have, an array of texts
 * @max_elements: most texts accepted
 * @max_len: most bytes accepted in each
 * @ret_texts: (out) (transfer full) (nullable): the texts, or %NULL if missing
 * @error: return location for a #MdocJsonError
 *
 * Returns: %TRUE unless the member is something else, or empty
 */
gboolean
mdoc_json_find_texts (JsonObject *object,
                      const char *member,
                      guint max_elements,
                      gsize max_len,
                      GStrv *ret_texts,
                      GError **error)
{
  g_autoptr (GStrvBuilder) builder = NULL;
  JsonArray *array;

  if (!mdoc_json_find_array (object, member, max_elements, &array, error))
    return FALSE;
  if (array == NULL)
    {
      *ret_texts = NULL;
      return TRUE;
    }

  builder = g_strv_builder_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *text;

      text = mdoc_json_array_get_text (array, i, member, max_len, error);
      if (text == NULL)
        return FALSE;
      g_strv_builder_add (builder, text);
    }

  *ret_texts = g_strv_builder_end (builder);
  return TRUE;
}

/**
 * mdoc_json_array_get_text:
 * @array: an array
 * @i: which element, below its length
 * @what: what it is to the protocol, for the error message
 * @max_len: most bytes accepted
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer none): the text, or %NULL with @error set
 */
const char *
mdoc_json_array_get_text (JsonArray *array,
                          guint i,
                          const char *what,
                          gsize max_len,
                          GError **error)
{
  const char *text = NULL;

  if (!read_text (json_array_get_element (array, i),
                  what,
                  max_len,
                  &text,
                  error))
    return NULL;
  return text;
}

/**
 * mdoc_json_array_get_object:
 * @array: an array
 * @i: which element, below its length
 * @what: what it is to the protocol, for the error message
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer none): the object, or %NULL with @error set
 */
JsonObject *
mdoc_json_array_get_object (JsonArray *array,
                            guint i,
                            const char *what,
                            GError **error)
{
  JsonNode *node = json_array_get_element (array, i);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse_schema (error, what, "is no object");
      return NULL;
    }
  return json_node_get_object (node);
}

/**
 * mdoc_json_write:
 * @object: what to write
 *
 * Returns: (transfer full): @object as JSON on one line, members in the order
 *   in which they were set
 */
char *
mdoc_json_write (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return mdoc_text_mend_json (json_to_string (node, FALSE));
}

/**
 * mdoc_json_set_texts:
 * @object: what to add to
 * @member: the name of the member
 * @texts: (array zero-terminated=1): its elements
 *
 * Adds a member that is an array of texts.
 */
void
mdoc_json_set_texts (JsonObject *object,
                     const char *member,
                     const char *const *texts)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; texts[i] != NULL; i++)
    json_array_add_string_element (array, texts[i]);
  json_object_set_array_member (object, member, array);
}
