/*
 * mdoc-issuer-value.c - a value of JSON as the CBOR of a data element
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-value.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"

/* A value may say by itself what it is, as an object with one of these members
 * and no other: {"full-date": "2020-01-31"}, {"file": "portrait.jpg"}. */
static const struct
{
  const char *name;
  MdocValueType type;
} hints[] = {
  { "full-date", MDOC_VALUE_TYPE_FULL_DATE }, { "tdate", MDOC_VALUE_TYPE_TIME },
  { "file", MDOC_VALUE_TYPE_BYTES },          { "hex", MDOC_VALUE_TYPE_BYTES },
  { "base64url", MDOC_VALUE_TYPE_BYTES },
};

typedef enum
{
  PICTURE_NONE,
  PICTURE_JPEG,
  PICTURE_JPEG_2000,
} Picture;

typedef struct
{
  MdocCborWriter *writer;
  const MdocIssuerPlace *place;
  guint depth;
} Job;

static gboolean write_natural (Job *job, JsonNode *value, GError **error);

G_DEFINE_QUARK (mdoc_issuer_error_quark, mdoc_issuer_error)

/**
 * mdoc_issuer_refuse:
 * @error: return location for a #MdocIssuerError
 * @code: why
 * @format: the same for people; it never holds the value of an element
 *
 * Returns: %FALSE
 */
gboolean
mdoc_issuer_refuse (GError **error,
                    MdocIssuerError code,
                    const char *format,
                    ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error_literal (error, MDOC_ISSUER_ERROR, (gint) code, reason);
  return FALSE;
}

static gboolean
refuse (const Job *job, GError **error, const char *reason)
{
  return mdoc_issuer_refuse (error,
                             MDOC_ISSUER_ERROR_VALUE,
                             "%s %s",
                             job->place->what,
                             reason);
}

static const char *
get_text (JsonNode *value)
{
  return JSON_NODE_HOLDS_VALUE (value)
                 && json_node_get_value_type (value) == G_TYPE_STRING
             ? json_node_get_string (value)
             : NULL;
}

static gboolean
is_latin1 (const char *text)
{
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (text, -1, NULL);

  for (const gunichar *c = characters; *c != 0; c++)
    if (*c > 0xff)
      return FALSE;

  return TRUE;
}

static gboolean
write_text (const Job *job, const char *text, GError **error)
{
  const MdocDocElement *element = job->place->element;

  /* json-glib passes on what is written as \ud800 */
  if (!g_utf8_validate (text, -1, NULL))
    return refuse (job, error, "is not clean UTF-8");
  if (element != NULL && element->max_chars > 0
      && g_utf8_strlen (text, -1) > (glong) element->max_chars)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_LIMIT,
                               "%s is longer than %u characters",
                               job->place->what,
                               element->max_chars);
  if (element != NULL && element->is_latin1 && !is_latin1 (text))
    return refuse (job, error, "has a character that ISO/IEC 8859-1 has not");

  mdoc_cbor_writer_put_text (job->writer, text);
  return TRUE;
}

static gboolean
write_date (const Job *job, const char *text, GError **error)
{
  gint64 unix_s;

  if (!mdoc_date_parse (text, &unix_s, NULL))
    return refuse (job, error, "is no date such as 2020-01-31");

  mdoc_cbor_writer_put_full_date (job->writer, text);
  return TRUE;
}

static gboolean
write_time (const Job *job, const char *text, GError **error)
{
  gint64 unix_s;

  if (!mdoc_time_parse (text, &unix_s, NULL))
    return refuse (job, error, "is no time such as 2020-01-31T13:30:00Z");

  mdoc_cbor_writer_put_time (job->writer, unix_s);
  return TRUE;
}

static Picture
recognize_picture (MdocSpan content)
{
  static const guint8 jpeg[] = { 0xff, 0xd8, 0xff };
  static const guint8 jp2[] = { 0,   0,   0,   12,  'j',  'P',
                                ' ', ' ', 0xd, 0xa, 0x87, 0xa };
  static const guint8 codestream[] = { 0xff, 0x4f, 0xff, 0x51 };

#define BEGINS_WITH(magic_)                                                    \
  (content.len > sizeof (magic_)                                               \
   && memcmp (content.data, magic_, sizeof (magic_)) == 0)
  if (BEGINS_WITH (jpeg))
    return PICTURE_JPEG;
  if (BEGINS_WITH (jp2) || BEGINS_WITH (codestream))
    return PICTURE_JPEG_2000;
#undef BEGINS_WITH
  return PICTURE_NONE;
}

static gboolean
write_bytes (const Job *job, MdocSpan content, GError **error)
{
  const MdocDocElement *element = job->place->element;

  if (element != NULL && element->is_portrait && job->depth == 0
      && recognize_picture (content) == PICTURE_NONE)
    return refuse (job, error, "is neither a JPEG nor a JPEG 2000 picture");

  mdoc_cbor_writer_put_bytes (job->writer, content);
  return TRUE;
}

static gboolean
write_file (const Job *job, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) content = NULL;

  if (job->place->has_no_files)
    return refuse (job, error, "names a file, which is not wanted here");
  if (g_path_is_absolute (name) || job->place->folder == NULL)
    path = g_strdup (name);
  else
    path = g_build_filename (job->place->folder, name, NULL);

  content = mdoc_file_read (path, MDOC_ISSUER_MAX_PICTURE_BYTES, error);
  if (content == NULL)
    {
      g_prefix_error (error, "%s: ", job->place->what);
      return FALSE;
    }

  return write_bytes (job, mdoc_span_from_bytes (content), error);
}

/* Bytes in text: @how is one of the hints, %NULL stands for "@FILE". */
static gboolean
write_bytes_from_text (const Job *job,
                       const char *how,
                       const char *text,
                       GError **error)
{
  g_autoptr (GBytes) content = NULL;

  if (how == NULL && job->place->has_no_files)
    how = "base64url";
  if (how == NULL && text[0] == '@')
    return write_file (job, text + 1, error);
  if (how == NULL)
    return refuse (job,
                   error,
                   "has to be \"@FILE\", {\"file\": …}, {\"hex\": …} or "
                   "{\"base64url\": …}");
  if (strcmp (how, "file") == 0)
    return write_file (job, text, error);

  if (strcmp (how, "hex") == 0)
    content = mdoc_hex_decode (text, NULL);
  else
    content = mdoc_base64url_decode (text, MDOC_ISSUER_MAX_PICTURE_BYTES, NULL);
  if (content == NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_VALUE,
                               "%s is no %s",
                               job->place->what,
                               how);

  return write_bytes (job, mdoc_span_from_bytes (content), error);
}

static gboolean
write_uint (const Job *job, JsonNode *value, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_INT64
      || json_node_get_int (value) < 0)
    return refuse (job, error, "is no whole number from 0");

  mdoc_cbor_writer_put_uint (job->writer, (guint64) json_node_get_int (value));
  return TRUE;
}

static gboolean
write_boolean (const Job *job, JsonNode *value, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_BOOLEAN)
    return refuse (job, error, "is neither true nor false");

  mdoc_cbor_writer_put_boolean (job->writer, json_node_get_boolean (value));
  return TRUE;
}

/* @how: (nullable): the hint the value was wrapped in */
static gboolean
write_typed (Job *job,
             JsonNode *value,
             MdocValueType type,
             const char *how,
             GError **error)
{
  const char *text = get_text (value);

  switch (type)
    {
    case MDOC_VALUE_TYPE_UINT:
      return write_uint (job, value, error);
    case MDOC_VALUE_TYPE_BOOLEAN:
      return write_boolean (job, value, error);
    case MDOC_VALUE_TYPE_STRUCTURE:
      if (!JSON_NODE_HOLDS_ARRAY (value) && !JSON_NODE_HOLDS_OBJECT (value))
        return refuse (job, error, "is neither an array nor an object");
      return write_natural (job, value, error);
    case MDOC_VALUE_TYPE_TEXT:
    case MDOC_VALUE_TYPE_BYTES:
    case MDOC_VALUE_TYPE_FULL_DATE:
    case MDOC_VALUE_TYPE_TIME:
    case MDOC_VALUE_TYPE_TIME_OR_DATE:
    default:
      break;
    }

  if (text == NULL)
    return refuse (job, error, "is no text");
  if (type == MDOC_VALUE_TYPE_TEXT)
    return write_text (job, text, error);
  if (type == MDOC_VALUE_TYPE_BYTES)
    return write_bytes_from_text (job, how, text, error);
  if (type == MDOC_VALUE_TYPE_FULL_DATE
      || (type == MDOC_VALUE_TYPE_TIME_OR_DATE && strchr (text, 'T') == NULL))
    return write_date (job, text, error);
  return write_time (job, text, error);
}

/* Whether @value is an object that says what it is. */
static gboolean
find_hint (JsonNode *value,
           MdocValueType *ret_type,
           const char **ret_how,
           JsonNode **ret_value)
{
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (value))
    return FALSE;
  object = json_node_get_object (value);
  if (json_object_get_size (object) != 1)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    {
      JsonNode *member = json_object_get_member (object, hints[i].name);

      if (member == NULL)
        continue;
      *ret_type = hints[i].type;
      *ret_how = hints[i].name;
      *ret_value = member;
      return TRUE;
    }

  return FALSE;
}

static gboolean
write_array (Job *job, JsonArray *array, GError **error)
{
  guint n_members = json_array_get_length (array);

  mdoc_cbor_writer_begin_array (job->writer, n_members);
  for (guint i = 0; i < n_members; i++)
    if (!write_natural (job, json_array_get_element (array, i), error))
      return FALSE;

  return TRUE;
}

static gboolean
write_object (Job *job, JsonObject *object, GError **error)
{
  const MdocDocElement *element = job->place->element;
  const char *key;
  JsonObjectIter iter;
  JsonNode *value;

  mdoc_cbor_writer_begin_map (job->writer, json_object_get_size (object));
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      const MdocDocMember *member = NULL;
      gboolean is_written;

      if (element != NULL)
        member = mdoc_doc_element_get_member (element, key);

      mdoc_cbor_writer_put_text (job->writer, key);
      if (member != NULL)
        is_written = write_typed (job, value, member->type, NULL, error);
      else
        is_written = write_natural (job, value, error);
      if (!is_written)
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_scalar (const Job *job, JsonNode *value, GError **error)
{
  GType type = json_node_get_value_type (value);

  if (type == G_TYPE_STRING)
    return write_text (job, json_node_get_string (value), error);
  if (type == G_TYPE_BOOLEAN)
    return write_boolean (job, value, error);
  if (type == G_TYPE_INT64)
    mdoc_cbor_writer_put_int (job->writer, json_node_get_int (value));
  else
    mdoc_cbor_writer_put_double (job->writer, json_node_get_double (value));
  return TRUE;
}

/* As JSON looks: what no document type says anything about. */
static gboolean
write_natural (Job *job, JsonNode *value, GError **error)
{
  gboolean is_written;
  MdocValueType type;
  JsonNode *inner;
  const char *how;

  if (find_hint (value, &type, &how, &inner))
    return write_typed (job, inner, type, how, error);
  if (JSON_NODE_HOLDS_NULL (value))
    return refuse (job, error, "is null");
  if (JSON_NODE_HOLDS_VALUE (value))
    return write_scalar (job, value, error);

  if (job->depth >= MDOC_ISSUER_MAX_VALUE_DEPTH)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_LIMIT,
                               "%s is nested too deeply",
                               job->place->what);
  job->depth++;
  if (JSON_NODE_HOLDS_ARRAY (value))
    is_written = write_array (job, json_node_get_array (value), error);
  else
    is_written = write_object (job, json_node_get_object (value), error);
  job->depth--;
  return is_written;
}

/**
 * mdoc_issuer_value_write:
 * @writer: takes one data item
 * @value: what the data says
 * @place: where it stands
 * @error: return location for a #MdocIssuerError, or a #MdocFileError where a
 *   file is named
 *
 * Writes the CBOR type that the document type asks for; where it says nothing,
 * what the JSON looks like: text, integer, float, boolean, array, map. In any
 * place an object with the one member `full-date`, `tdate`, `file`, `hex` or
 * `base64url` stands for a date, a time or bytes. After a failure @writer holds
 * half an item.
 *
 * Returns: %TRUE if the item was written
 */
gboolean
mdoc_issuer_value_write (MdocCborWriter *writer,
                         JsonNode *value,
                         const MdocIssuerPlace *place,
                         GError **error)
{
  Job job = { .writer = writer, .place = place };
  MdocValueType hinted;
  JsonNode *inner;
  const char *how;

  g_return_val_if_fail (writer != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (place != NULL, FALSE);

  if (place->element == NULL)
    return write_natural (&job, value, error);

  /* a hint may choose, but it may not make another type of it */
  if (find_hint (value, &hinted, &how, &inner)
      && place->element->type != MDOC_VALUE_TYPE_STRUCTURE)
    {
      if (hinted != place->element->type
          && !(place->element->type == MDOC_VALUE_TYPE_TIME_OR_DATE
               && hinted != MDOC_VALUE_TYPE_BYTES))
        return mdoc_issuer_refuse (error,
                                   MDOC_ISSUER_ERROR_VALUE,
                                   "%s has to be %s",
                                   place->what,
                                   mdoc_value_type_get_name (
                                       place->element->type));
      return write_typed (&job, inner, hinted, how, error);
    }

  return write_typed (&job, value, place->element->type, NULL, error);
}
