/*
 * mdoc-cbor-item.c - looking at CBOR that the door has passed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"

#include <math.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-head.h"

static MdocCborCursor
cursor_of (MdocCborItem item)
{
  return (MdocCborCursor){ .data = item.data, .len = item.len };
}

/**
 * mdoc_cbor_get_kind:
 * @item: an item, or %MDOC_CBOR_ABSENT
 *
 * Returns: what it is
 */
MdocCborKind
mdoc_cbor_get_kind (MdocCborItem item)
{
  static const MdocCborKind kinds[] = {
    MDOC_CBOR_KIND_UINT, MDOC_CBOR_KIND_NEGINT, MDOC_CBOR_KIND_BYTES,
    MDOC_CBOR_KIND_TEXT, MDOC_CBOR_KIND_ARRAY,  MDOC_CBOR_KIND_MAP,
    MDOC_CBOR_KIND_TAG,
  };
  MdocCborCursor cursor = cursor_of (item);
  MdocCborHead head = { 0 };

  if (item.data == NULL)
    return MDOC_CBOR_KIND_ABSENT;

  head = mdoc_cbor_head_get (&cursor);
  if (head.major != MDOC_CBOR_MAJOR_SIMPLE)
    return kinds[head.major];
  if (head.info >= MDOC_CBOR_INFO_2_BYTES)
    return MDOC_CBOR_KIND_FLOAT;
  if (head.argument == MDOC_CBOR_SIMPLE_FALSE
      || head.argument == MDOC_CBOR_SIMPLE_TRUE)
    return MDOC_CBOR_KIND_BOOLEAN;
  if (head.argument == MDOC_CBOR_SIMPLE_NULL)
    return MDOC_CBOR_KIND_NULL;
  return MDOC_CBOR_KIND_SIMPLE;
}

/**
 * mdoc_cbor_get_encoded:
 * @item: an item
 *
 * Returns: (transfer none): its bytes as they were received, head included;
 *   borrowed from the message
 */
MdocSpan
mdoc_cbor_get_encoded (MdocCborItem item)
{
  return MDOC_SPAN (item.data, item.len);
}

/* The one place that tells a missing field from one of another type. */
static gboolean
read_typed (MdocCborItem item,
            MdocCborKind kind,
            const char *what,
            const char *reason,
            MdocCborCursor *ret_cursor,
            MdocCborHead *ret_head,
            GError **error)
{
  if (item.data == NULL)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is missing");
  if (mdoc_cbor_get_kind (item) != kind)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, reason);

  *ret_cursor = cursor_of (item);
  *ret_head = mdoc_cbor_head_get (ret_cursor);
  return TRUE;
}

/**
 * mdoc_cbor_get_uint:
 * @item: the item that should be an unsigned integer
 * @what: what it is to the protocol, for the error message
 * @max: largest value accepted
 * @ret_value: (out): its value; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is an unsigned integer up to @max
 */
gboolean
mdoc_cbor_get_uint (MdocCborItem item,
                    const char *what,
                    guint64 max,
                    guint64 *ret_value,
                    GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_UINT,
                   what,
                   "is no unsigned integer",
                   &cursor,
                   &head,
                   error))
    return FALSE;
  if (head.argument > max)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             what,
                             "is too large");

  *ret_value = head.argument;
  return TRUE;
}

/**
 * mdoc_cbor_get_int:
 * @item: the item that should be an integer of 64 bits
 * @what: what it is to the protocol, for the error message
 * @ret_value: (out): its value; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is an integer that fits
 */
gboolean
mdoc_cbor_get_int (MdocCborItem item,
                   const char *what,
                   gint64 *ret_value,
                   GError **error)
{
  gboolean is_negative = mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_NEGINT;
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   is_negative ? MDOC_CBOR_KIND_NEGINT : MDOC_CBOR_KIND_UINT,
                   what,
                   "is no integer",
                   &cursor,
                   &head,
                   error))
    return FALSE;
  if (head.argument > G_MAXINT64)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             what,
                             "does not fit in 64 bits");

  *ret_value = is_negative ? -1 - (gint64) head.argument
                           : (gint64) head.argument;
  return TRUE;
}

/**
 * mdoc_cbor_get_boolean:
 * @item: the item that should be a boolean
 * @what: what it is to the protocol, for the error message
 * @ret_value: (out): its value; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a boolean
 */
gboolean
mdoc_cbor_get_boolean (MdocCborItem item,
                       const char *what,
                       gboolean *ret_value,
                       GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_BOOLEAN,
                   what,
                   "is no boolean",
                   &cursor,
                   &head,
                   error))
    return FALSE;

  *ret_value = head.argument == MDOC_CBOR_SIMPLE_TRUE;
  return TRUE;
}

/* RFC 8949, appendix D */
static gdouble
decode_half (guint64 half)
{
  guint exponent = (guint) (half >> 10) & 0x1f;
  guint mantissa = (guint) half & 0x3ff;
  gdouble value;

  if (exponent == 0)
    value = ldexp (mantissa, -24);
  else if (exponent != 31)
    value = ldexp (mantissa + 1024, (gint) exponent - 25);
  else
    value = mantissa == 0 ? (gdouble) INFINITY : (gdouble) NAN;

  return half & 0x8000 ? -value : value;
}

/**
 * mdoc_cbor_get_double:
 * @item: the item that should be a floating-point number of any width
 * @what: what it is to the protocol, for the error message
 * @ret_value: (out): its value; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a float
 */
gboolean
mdoc_cbor_get_double (MdocCborItem item,
                      const char *what,
                      gdouble *ret_value,
                      GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_FLOAT,
                   what,
                   "is no floating-point number",
                   &cursor,
                   &head,
                   error))
    return FALSE;

  if (head.info == MDOC_CBOR_INFO_2_BYTES)
    *ret_value = decode_half (head.argument);
  else if (head.info == MDOC_CBOR_INFO_4_BYTES)
    {
      guint32 bits = (guint32) head.argument;
      gfloat single;

      memcpy (&single, &bits, sizeof (single));
      *ret_value = (gdouble) single;
    }
  else
    memcpy (ret_value, &head.argument, sizeof (*ret_value));

  return TRUE;
}

/**
 * mdoc_cbor_get_bytes:
 * @item: the item that should be a byte string
 * @what: what it is to the protocol, for the error message
 * @max_len: longest accepted, in bytes
 * @ret_bytes: (out) (transfer none): its content, borrowed from the message
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a byte string up to @max_len
 */
gboolean
mdoc_cbor_get_bytes (MdocCborItem item,
                     const char *what,
                     gsize max_len,
                     MdocSpan *ret_bytes,
                     GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_BYTES,
                   what,
                   "is no byte string",
                   &cursor,
                   &head,
                   error))
    return FALSE;
  if (head.argument > max_len)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_LIMIT, what, "is too long");

  *ret_bytes = MDOC_SPAN (item.data + cursor.pos, (gsize) head.argument);
  return TRUE;
}

/**
 * mdoc_cbor_get_text:
 * @item: the item that should be a text string
 * @what: what it is to the protocol, for the error message
 * @max_len: longest accepted, in bytes of UTF-8
 * @ret_text: (out) (transfer none): its content, borrowed from the message;
 *   no NUL follows it
 * @error: return location for a #MdocCborError
 *
 * An empty text is accepted. Refused are texts that C would read differently
 * than CBOR does: with a NUL inside, or with bytes that are not UTF-8.
 *
 * Returns: %TRUE if @item is a clean text string up to @max_len
 */
gboolean
mdoc_cbor_get_text (MdocCborItem item,
                    const char *what,
                    gsize max_len,
                    MdocSpan *ret_text,
                    GError **error)
{
  MdocCborCursor cursor;
  MdocSpan text;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_TEXT,
                   what,
                   "is no text string",
                   &cursor,
                   &head,
                   error))
    return FALSE;
  if (head.argument > max_len)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_LIMIT, what, "is too long");

  /* given a length, g_utf8_validate() refuses NUL bytes as well */
  text = MDOC_SPAN (item.data + cursor.pos, (gsize) head.argument);
  if (!g_utf8_validate_len ((const char *) text.data, text.len, NULL))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "is not clean UTF-8");

  *ret_text = text;
  return TRUE;
}

/**
 * mdoc_cbor_dup_text:
 * @item: the item that should be a text string with something in it
 * @what: what it is to the protocol, for the error message
 * @max_len: longest accepted, in bytes of UTF-8
 * @error: return location for a #MdocCborError
 *
 * Like mdoc_cbor_get_text(), but copies, and refuses an empty text.
 *
 * Returns: (transfer full): the text, or %NULL with @error set
 */
char *
mdoc_cbor_dup_text (MdocCborItem item,
                    const char *what,
                    gsize max_len,
                    GError **error)
{
  MdocSpan text;

  if (!mdoc_cbor_get_text (item, what, max_len, &text, error))
    return NULL;
  if (text.len == 0)
    {
      mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is empty");
      return NULL;
    }

  return g_strndup ((const char *) text.data, text.len);
}

/**
 * mdoc_cbor_get_any_tag:
 * @item: the item that should bear a tag
 * @what: what it is to the protocol, for the error message
 * @ret_tag: (out): the tag's number
 * @ret_content: (out): what is tagged
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is tagged
 */
gboolean
mdoc_cbor_get_any_tag (MdocCborItem item,
                       const char *what,
                       guint64 *ret_tag,
                       MdocCborItem *ret_content,
                       GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item,
                   MDOC_CBOR_KIND_TAG,
                   what,
                   "has no tag",
                   &cursor,
                   &head,
                   error))
    return FALSE;

  *ret_tag = head.argument;
  *ret_content = (MdocCborItem){ item.data + cursor.pos,
                                 item.len - cursor.pos };
  return TRUE;
}

/**
 * mdoc_cbor_get_tagged:
 * @item: the item that should bear @tag
 * @what: what it is to the protocol, for the error message
 * @tag: the tag's number
 * @ret_content: (out): what is tagged; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item bears @tag
 */
gboolean
mdoc_cbor_get_tagged (MdocCborItem item,
                      const char *what,
                      guint64 tag,
                      MdocCborItem *ret_content,
                      GError **error)
{
  MdocCborItem content;
  guint64 found;

  if (!mdoc_cbor_get_any_tag (item, what, &found, &content, error))
    return FALSE;
  if (found != tag)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "bears another tag than it should");

  *ret_content = content;
  return TRUE;
}

/**
 * mdoc_cbor_get_embedded:
 * @item: the item that should be `#6.24(bstr .cbor any)`
 * @what: what it is to the protocol, for the error message
 * @max_len: longest content accepted, in bytes
 * @ret_content: (out) (transfer none): the content of the byte string, which
 *   has not been through mdoc_cbor_open() itself; borrowed from the message
 * @error: return location for a #MdocCborError
 *
 * What digests and transcripts cover is mdoc_cbor_get_encoded() of @item, with
 * the tag; what a parser reads is @ret_content.
 *
 * Returns: %TRUE if @item is embedded CBOR
 */
gboolean
mdoc_cbor_get_embedded (MdocCborItem item,
                        const char *what,
                        gsize max_len,
                        MdocSpan *ret_content,
                        GError **error)
{
  MdocCborItem content;

  return mdoc_cbor_get_tagged (item,
                               what,
                               MDOC_CBOR_TAG_EMBEDDED_CBOR,
                               &content,
                               error)
         && mdoc_cbor_get_bytes (content, what, max_len, ret_content, error);
}

/**
 * mdoc_cbor_get_time:
 * @item: the item that should be a `tdate` (tag 0)
 * @what: what it is to the protocol, for the error message
 * @ret_unix_s: (out): seconds since 1970 in UTC; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a time
 */
gboolean
mdoc_cbor_get_time (MdocCborItem item,
                    const char *what,
                    gint64 *ret_unix_s,
                    GError **error)
{
  g_autofree char *text = NULL;
  MdocCborItem content;

  if (!mdoc_cbor_get_tagged (item, what, MDOC_CBOR_TAG_TDATE, &content, error))
    return FALSE;
  text = mdoc_cbor_dup_text (content, what, 64, error);
  if (text == NULL)
    return FALSE;
  if (!mdoc_time_parse (text, ret_unix_s, NULL))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "is no time of RFC 3339");

  return TRUE;
}

static gboolean
iter_init (MdocCborItem item,
           MdocCborKind kind,
           const char *what,
           const char *reason,
           guint64 max,
           MdocCborIter *ret_iter,
           GError **error)
{
  MdocCborCursor cursor;
  MdocCborHead head = { 0 };

  if (!read_typed (item, kind, what, reason, &cursor, &head, error))
    return FALSE;
  if (head.argument > max)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             what,
                             "has too many members");

  *ret_iter = (MdocCborIter){ item.data + cursor.pos,
                              item.data + item.len,
                              head.argument };
  return TRUE;
}

/**
 * mdoc_cbor_iter_map:
 * @item: the item that should be a map
 * @what: what it is to the protocol, for the error message
 * @max_pairs: most pairs accepted
 * @ret_iter: (out): a place before the first pair
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a map; it may be empty
 */
gboolean
mdoc_cbor_iter_map (MdocCborItem item,
                    const char *what,
                    guint64 max_pairs,
                    MdocCborIter *ret_iter,
                    GError **error)
{
  return iter_init (item,
                    MDOC_CBOR_KIND_MAP,
                    what,
                    "is no map",
                    max_pairs,
                    ret_iter,
                    error);
}

/**
 * mdoc_cbor_iter_array:
 * @item: the item that should be an array
 * @what: what it is to the protocol, for the error message
 * @max_members: most members accepted
 * @ret_iter: (out): a place before the first member
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is an array; it may be empty
 */
gboolean
mdoc_cbor_iter_array (MdocCborItem item,
                      const char *what,
                      guint64 max_members,
                      MdocCborIter *ret_iter,
                      GError **error)
{
  return iter_init (item,
                    MDOC_CBOR_KIND_ARRAY,
                    what,
                    "is no array",
                    max_members,
                    ret_iter,
                    error);
}

/**
 * mdoc_cbor_iter_get_n_left:
 * @iter: a place in an array or map
 *
 * Returns: how many members or pairs are still to come
 */
guint64
mdoc_cbor_iter_get_n_left (const MdocCborIter *iter)
{
  return iter->n_left;
}

static MdocCborItem
take_item (MdocCborIter *iter)
{
  MdocCborCursor cursor = { .data = iter->pos,
                            .len = (gsize) (iter->end - iter->pos) };
  MdocCborItem item;

  mdoc_cbor_skip (&cursor);
  item = (MdocCborItem){ iter->pos, cursor.pos };
  iter->pos += cursor.pos;
  return item;
}

/**
 * mdoc_cbor_iter_next_pair:
 * @iter: a place in a map, moved on by one pair
 * @ret_key: (out): the pair's key
 * @ret_value: (out): the pair's value
 *
 * Returns: %FALSE if there was no pair left
 */
gboolean
mdoc_cbor_iter_next_pair (MdocCborIter *iter,
                          MdocCborItem *ret_key,
                          MdocCborItem *ret_value)
{
  if (iter->n_left == 0)
    return FALSE;

  *ret_key = take_item (iter);
  *ret_value = take_item (iter);
  iter->n_left--;
  return TRUE;
}

/**
 * mdoc_cbor_iter_next:
 * @iter: a place in an array, moved on by one member
 *
 * Returns: the member, or %MDOC_CBOR_ABSENT if none is left: a getter called on
 *   it refuses an array that is too short
 */
MdocCborItem
mdoc_cbor_iter_next (MdocCborIter *iter)
{
  if (iter->n_left == 0)
    return MDOC_CBOR_ABSENT;

  iter->n_left--;
  return take_item (iter);
}

/**
 * mdoc_cbor_require_map:
 * @item: the item that should be a map
 * @what: what it is to the protocol, for the error message
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a map
 */
gboolean
mdoc_cbor_require_map (MdocCborItem item, const char *what, GError **error)
{
  MdocCborIter iter;

  return mdoc_cbor_iter_map (item, what, G_MAXUINT64, &iter, error);
}

/* For a key that is a text or an integer. */
static MdocCborItem
lookup (MdocCborItem map, const MdocCborKey *wanted)
{
  MdocCborCursor cursor = { .data = map.data, .len = map.len };
  MdocCborHead head;

  if (mdoc_cbor_get_kind (map) != MDOC_CBOR_KIND_MAP)
    return MDOC_CBOR_ABSENT;

  head = mdoc_cbor_head_get (&cursor);
  for (guint64 n_left = head.argument; n_left > 0; n_left--)
    {
      gsize start = cursor.pos;
      MdocCborHead key = mdoc_cbor_head_get (&cursor);
      gboolean is_found;

      is_found = key.major == wanted->major && key.argument == wanted->argument
                 && (wanted->content.len == 0
                     || memcmp (cursor.data + cursor.pos,
                                wanted->content.data,
                                wanted->content.len)
                            == 0);
      cursor.pos = start;
      mdoc_cbor_skip (&cursor);

      start = cursor.pos;
      mdoc_cbor_skip (&cursor);
      if (is_found)
        return (MdocCborItem){ cursor.data + start, cursor.pos - start };
    }

  return MDOC_CBOR_ABSENT;
}

/**
 * mdoc_cbor_map_lookup:
 * @map: a map
 * @key: a text key
 *
 * The door has made sure that no key stands twice. Linear in the size of @map.
 *
 * Returns: the value, or %MDOC_CBOR_ABSENT if there is none or @map is no map
 */
MdocCborItem
mdoc_cbor_map_lookup (MdocCborItem map, const char *key)
{
  gsize len = strlen (key);
  MdocCborKey wanted = { .major = MDOC_CBOR_MAJOR_TEXT,
                         .argument = len,
                         .content = mdoc_span_from_text (key) };

  return lookup (map, &wanted);
}

/**
 * mdoc_cbor_map_lookup_int:
 * @map: a map
 * @key: an integer key
 *
 * Returns: the value, or %MDOC_CBOR_ABSENT if there is none or @map is no map
 */
MdocCborItem
mdoc_cbor_map_lookup_int (MdocCborItem map, gint64 key)
{
  MdocCborKey wanted = {
    .major = key < 0 ? MDOC_CBOR_MAJOR_NEGINT : MDOC_CBOR_MAJOR_UINT,
    .argument = key < 0 ? (guint64) (-1 - key) : (guint64) key
  };

  return lookup (map, &wanted);
}
