/*
 * mdoc-value.c - the value of a data element as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-value.h"

#include <json-glib/json-glib.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor.h"

/* of an element of a credential that was parsed before */
static const MdocCborLimits limits = {
  .max_bytes = (gsize) 4 * 1024 * 1024,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

static JsonNode *make_node (MdocCborItem item, GError **error);

static JsonNode *
make_string (MdocSpan text)
{
  g_autofree char *copy = g_strndup ((const char *) text.data, text.len);

  return json_node_init_string (json_node_alloc (), copy);
}

static JsonNode *
make_integer (MdocCborItem item, GError **error)
{
  gint64 value;

  if (!mdoc_cbor_get_int (item, "value", &value, error))
    return NULL;

  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
make_bytes (MdocCborItem item, GError **error)
{
  g_autofree char *text = NULL;
  MdocSpan bytes;

  if (!mdoc_cbor_get_bytes (item, "value", limits.max_bytes, &bytes, error))
    return NULL;

  text = mdoc_base64url_encode (bytes);
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
make_text (MdocCborItem item, GError **error)
{
  MdocSpan text;

  if (!mdoc_cbor_get_text (item, "value", limits.max_bytes, &text, error))
    return NULL;

  return make_string (text);
}

static JsonNode *
make_array (MdocCborItem item, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item, "value", limits.max_items, &iter, error))
    return NULL;

  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    {
      JsonNode *member = make_node (mdoc_cbor_iter_next (&iter), error);

      if (member == NULL)
        return NULL;
      json_array_add_element (array, member);
    }

  node = json_node_alloc ();
  return json_node_init_array (node, array);
}

/* a key that is no text, which JSON has not, becomes its number in decimal */
static char *
make_key (MdocCborItem key, GError **error)
{
  gint64 number;

  if (mdoc_cbor_get_kind (key) == MDOC_CBOR_KIND_TEXT)
    return mdoc_cbor_dup_text (key, "key", limits.max_bytes, error);

  if (!mdoc_cbor_get_int (key, "key", &number, error))
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static JsonNode *
make_object (MdocCborItem item, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  MdocCborItem key;
  MdocCborItem value;
  JsonNode *node;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_map (item, "value", limits.max_items, &iter, error))
    return NULL;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      g_autofree char *name = make_key (key, error);
      JsonNode *member;

      if (name == NULL)
        return NULL;
      member = make_node (value, error);
      if (member == NULL)
        return NULL;
      json_object_set_member (object, name, member);
    }

  node = json_node_alloc ();
  return json_node_init_object (node, object);
}

static JsonNode *
make_tagged (MdocCborItem item, GError **error)
{
  MdocCborItem content;
  guint64 tag;

  /* a date is its text; of other tags, too, the content is what matters */
  if (!mdoc_cbor_get_any_tag (item, "value", &tag, &content, error))
    return NULL;

  return make_node (content, error);
}

static JsonNode *
make_node (MdocCborItem item, GError **error)
{
  gboolean boolean;
  gdouble number;

  switch (mdoc_cbor_get_kind (item))
    {
    case MDOC_CBOR_KIND_UINT:
    case MDOC_CBOR_KIND_NEGINT:
      return make_integer (item, error);
    case MDOC_CBOR_KIND_BYTES:
      return make_bytes (item, error);
    case MDOC_CBOR_KIND_TEXT:
      return make_text (item, error);
    case MDOC_CBOR_KIND_ARRAY:
      return make_array (item, error);
    case MDOC_CBOR_KIND_MAP:
      return make_object (item, error);
    case MDOC_CBOR_KIND_TAG:
      return make_tagged (item, error);
    case MDOC_CBOR_KIND_BOOLEAN:
      if (!mdoc_cbor_get_boolean (item, "value", &boolean, error))
        return NULL;
      return json_node_init_boolean (json_node_alloc (), boolean);
    case MDOC_CBOR_KIND_FLOAT:
      if (!mdoc_cbor_get_double (item, "value", &number, error))
        return NULL;
      return json_node_init_double (json_node_alloc (), number);
    case MDOC_CBOR_KIND_ABSENT:
    case MDOC_CBOR_KIND_NULL:
    case MDOC_CBOR_KIND_SIMPLE:
    default:
      return json_node_init_null (json_node_alloc ());
    }
}

/**
 * mdoc_value_to_json:
 * @encoded: the CBOR of a value, of a credential that was parsed
 * @error: return location for a #MdocCborError: a number or a structure that
 *   is too large for JSON
 *
 * Writes a value as JSON: a byte string as base64url text, a date as its text.
 * The result is personal; whoever has it wipes it.
 *
 * Returns: (transfer full): the JSON, or %NULL with @error set
 */
char *
mdoc_value_to_json (MdocSpan encoded, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  MdocCborItem item;

  if (!mdoc_cbor_open (encoded, &limits, &item, error))
    return NULL;

  node = make_node (item, error);
  return node != NULL ? mdoc_text_mend_json (json_to_string (node, FALSE))
                      : NULL;
}
