/*
 * mdoc-reader-value.c - CBOR of data elements as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-value.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-diagnostic.h"
#include "mdoc/mdoc-cbor.h"

#define TAG_TDATE     0
#define TAG_FULL_DATE 1004
#define MAX_MEMBERS   65536
#define MAX_TEXT      ((gsize) 4 * 1024 * 1024)

static const MdocCborLimits limits = {
  .max_bytes = (gsize) 4 * 1024 * 1024,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

static JsonNode *to_json (MdocCborItem item);

static JsonNode *
new_text (const char *text)
{
  JsonNode *node = json_node_alloc ();

  return json_node_init_string (node, text);
}

/* What JSON has nothing for. */
static JsonNode *
new_object_with_text (const char *name, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_alloc ();

  json_object_set_string_member (object, name, text);
  return json_node_init_object (node, object);
}

static JsonNode *
new_diagnostic (MdocCborItem item)
{
  g_autofree char *text = mdoc_cbor_to_diagnostic (item,
                                                   MDOC_CBOR_DIAGNOSTIC_PLAIN);

  return new_object_with_text ("cbor", text);
}

static JsonNode *
bytes_to_json (MdocCborItem item)
{
  g_autofree char *text = NULL;
  MdocSpan bytes;

  if (!mdoc_cbor_get_bytes (item, "", MAX_TEXT, &bytes, NULL))
    return new_diagnostic (item);

  text = mdoc_base64url_encode (bytes);
  return new_object_with_text ("base64url", text);
}

static JsonNode *
text_to_json (MdocCborItem item)
{
  g_autofree char *text = NULL;
  MdocSpan span;

  if (!mdoc_cbor_get_text (item, "", MAX_TEXT, &span, NULL))
    return new_diagnostic (item);

  text = g_strndup ((const char *) span.data, span.len);
  return new_text (text);
}

/* A date or time is its text, as in the data that an issuer starts from. */
static JsonNode *
tag_to_json (MdocCborItem item)
{
  MdocCborItem content;
  guint64 tag;

  if (mdoc_cbor_get_any_tag (item, "", &tag, &content, NULL)
      && (tag == TAG_TDATE || tag == TAG_FULL_DATE)
      && mdoc_cbor_get_kind (content) == MDOC_CBOR_KIND_TEXT)
    return text_to_json (content);

  return new_diagnostic (item);
}

static JsonNode *
array_to_json (MdocCborItem item)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node = json_node_alloc ();
  MdocCborIter iter;

  if (mdoc_cbor_iter_array (item, "", MAX_MEMBERS, &iter, NULL))
    while (mdoc_cbor_iter_get_n_left (&iter) > 0)
      json_array_add_element (array, to_json (mdoc_cbor_iter_next (&iter)));

  return json_node_init_array (node, array);
}

static JsonNode *
map_to_json (MdocCborItem item)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_alloc ();
  MdocCborItem key, value;
  MdocCborIter iter;

  if (mdoc_cbor_iter_map (item, "", MAX_MEMBERS, &iter, NULL))
    while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
      {
        g_autofree char *name = NULL;
        MdocSpan text;

        if (mdoc_cbor_get_text (key, "", MAX_TEXT, &text, NULL))
          name = g_strndup ((const char *) text.data, text.len);
        else
          name = mdoc_cbor_to_diagnostic (key, MDOC_CBOR_DIAGNOSTIC_PLAIN);
        json_object_set_member (object, name, to_json (value));
      }

  return json_node_init_object (node, object);
}

static JsonNode *
to_json (MdocCborItem item)
{
  JsonNode *node = NULL;
  gboolean boolean;
  gdouble number;
  gint64 integer;

  switch (mdoc_cbor_get_kind (item))
    {
    case MDOC_CBOR_KIND_UINT:
    case MDOC_CBOR_KIND_NEGINT:
      if (mdoc_cbor_get_int (item, "", &integer, NULL))
        node = json_node_init_int (json_node_alloc (), integer);
      break;
    case MDOC_CBOR_KIND_BOOLEAN:
      if (mdoc_cbor_get_boolean (item, "", &boolean, NULL))
        node = json_node_init_boolean (json_node_alloc (), boolean);
      break;
    case MDOC_CBOR_KIND_FLOAT:
      /* JSON has neither NaN nor infinity */
      if (mdoc_cbor_get_double (item, "", &number, NULL)
          && number - number == 0.0)
        node = json_node_init_double (json_node_alloc (), number);
      break;
    case MDOC_CBOR_KIND_NULL:
      node = json_node_init_null (json_node_alloc ());
      break;
    case MDOC_CBOR_KIND_BYTES:
      return bytes_to_json (item);
    case MDOC_CBOR_KIND_TEXT:
      return text_to_json (item);
    case MDOC_CBOR_KIND_ARRAY:
      return array_to_json (item);
    case MDOC_CBOR_KIND_MAP:
      return map_to_json (item);
    case MDOC_CBOR_KIND_TAG:
      return tag_to_json (item);
    case MDOC_CBOR_KIND_SIMPLE:
    case MDOC_CBOR_KIND_ABSENT:
    default:
      break;
    }

  return node != NULL ? node : new_diagnostic (item);
}

/**
 * mdoc_reader_value_to_json:
 * @encoded: one CBOR item, the value of a data element
 *
 * Dates and times become texts, bytes an object with the one member
 * `base64url`: the same forms that “mdoc-issuer sign” reads. What JSON cannot
 * say is an object with the one member `cbor`, in diagnostic notation.
 *
 * Returns: (transfer full): the value
 */
JsonNode *
mdoc_reader_value_to_json (MdocSpan encoded)
{
  MdocCborItem item;

  if (!mdoc_cbor_open (encoded, &limits, &item, NULL))
    return new_object_with_text ("cbor", "/ over a limit /");

  return to_json (item);
}
