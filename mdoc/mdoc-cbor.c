/*
 * mdoc-cbor.c - reading CBOR that somebody else wrote
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"

#include <math.h>
#include <string.h>

#include "base/mdoc-text.h"

/* RFC 8949, section 3: the three high bits of an initial byte */
enum
{
  MAJOR_UINT = 0,
  MAJOR_NEGINT = 1,
  MAJOR_BYTES = 2,
  MAJOR_TEXT = 3,
  MAJOR_ARRAY = 4,
  MAJOR_MAP = 5,
  MAJOR_TAG = 6,
  MAJOR_SIMPLE = 7,
};

#define INFO_DIRECT_MAX   23
#define INFO_1_BYTE       24
#define INFO_2_BYTES      25
#define INFO_4_BYTES      26
#define INFO_8_BYTES      27
#define INFO_INDEFINITE   31
#define SIMPLE_FALSE      20
#define SIMPLE_TRUE       21
#define SIMPLE_NULL       22
#define SIMPLE_1_BYTE_MIN 32

#define TAG_TDATE         0
#define TAG_EMBEDDED_CBOR 24

/* Up to here each key of a map is compared with each other one; above, they are
 * sorted first, so that no message costs quadratic time. */
#define MAX_UNSORTED_KEYS 16

typedef struct
{
  const guint8 *data;
  gsize len;
  gsize pos;
} Cursor;

typedef struct
{
  guint8 major;
  guint8 info;
  guint64 argument;
} Head;

typedef struct
{
  Cursor cursor;
  const MdocCborLimits *limits;
  guint n_items;
} Scan;

/* A map key in a form in which equal keys are equal, however long their heads
 */
typedef struct
{
  guint8 major;
  guint64 argument;
  MdocSpan content; /* of strings; for containers, tags and floats all bytes */
} Key;

G_DEFINE_QUARK (mdoc_cbor_error_quark, mdoc_cbor_error)

/* refuse() and mdoc_cbor_refuse() alone name the domain: nobody else can put a
 * code where the domain goes. The peer's text never becomes part of a message.
 */

static gboolean
refuse (GError **error, MdocCborError code, gsize offset, const char *reason)
{
  g_set_error (error,
               MDOC_CBOR_ERROR,
               (gint) code,
               "%s at offset %" G_GSIZE_FORMAT,
               reason,
               offset);
  return FALSE;
}

/**
 * mdoc_cbor_refuse:
 * @error: (nullable): return location for the error
 * @code: why
 * @what: the field of the CDDL at fault, such as "docType"
 * @reason: what is wrong with it, such as "is empty"
 *
 * For the parsers that stand on this one: their input breaks the schema.
 *
 * Returns: %FALSE, so that a parser can end with `return mdoc_cbor_refuse (…)`
 */
gboolean
mdoc_cbor_refuse (GError **error,
                  MdocCborError code,
                  const char *what,
                  const char *reason)
{
  g_set_error (error, MDOC_CBOR_ERROR, (gint) code, "%s %s", what, reason);
  return FALSE;
}

static gboolean
read_head (Cursor *cursor, Head *ret_head, GError **error)
{
  Head head = { 0 };
  gsize start = cursor->pos;
  gsize n_extra;

  if (cursor->pos >= cursor->len)
    return refuse (error, MDOC_CBOR_ERROR_TRUNCATED, start, "Input ends");

  head.major = cursor->data[cursor->pos] >> 5;
  head.info = cursor->data[cursor->pos] & 0x1f;
  head.argument = head.info;
  cursor->pos++;

  if (head.info > INFO_DIRECT_MAX)
    {
      if (head.info == INFO_INDEFINITE)
        return refuse (error,
                       MDOC_CBOR_ERROR_UNSUPPORTED,
                       start,
                       "Indefinite length");

      if (head.info > INFO_8_BYTES)
        return refuse (error,
                       MDOC_CBOR_ERROR_MALFORMED,
                       start,
                       "Reserved additional information");

      n_extra = (gsize) 1 << (head.info - INFO_1_BYTE);
      if (n_extra > cursor->len - cursor->pos)
        return refuse (error, MDOC_CBOR_ERROR_TRUNCATED, start, "Input ends");

      head.argument = 0;
      for (gsize i = 0; i < n_extra; i++)
        head.argument = (head.argument << 8) | cursor->data[cursor->pos++];
    }

  *ret_head = head;
  return TRUE;
}

/* Reads the head of an item that the scan has passed. */
static Head
get_head (Cursor *cursor)
{
  Head head = { 0 };
  gboolean is_sound = read_head (cursor, &head, NULL);

  g_assert (is_sound);
  return head;
}

static Cursor
cursor_of (MdocCborItem item)
{
  return (Cursor){ .data = item.data, .len = item.len };
}

static guint64
count_children (const Head *head)
{
  switch (head->major)
    {
    case MAJOR_ARRAY:
      return head->argument;
    case MAJOR_MAP:
      return head->argument * 2;
    case MAJOR_TAG:
      return 1;
    default:
      return 0;
    }
}

/* Moves behind one item, nested ones included, that the scan has passed. */
static void
skip_item (Cursor *cursor)
{
  for (guint64 n_left = 1; n_left > 0; n_left--)
    {
      Head head = get_head (cursor);

      if (head.major == MAJOR_BYTES || head.major == MAJOR_TEXT)
        cursor->pos += (gsize) head.argument;
      n_left += count_children (&head);
    }
}

static Key
read_key (const guint8 *data, gsize len)
{
  Cursor cursor = { .data = data, .len = len };
  Head head = get_head (&cursor);
  Key key = { .major = head.major, .argument = head.argument };

  switch (head.major)
    {
    case MAJOR_UINT:
    case MAJOR_NEGINT:
      break;
    case MAJOR_BYTES:
    case MAJOR_TEXT:
      key.content = MDOC_SPAN (data + cursor.pos, (gsize) head.argument);
      break;
    default:
      cursor.pos = 0;
      skip_item (&cursor);
      key.content = MDOC_SPAN (data, cursor.pos);
      break;
    }

  return key;
}

static gint
compare_keys (gconstpointer a, gconstpointer b)
{
  const Key *left = a;
  const Key *right = b;

  if (left->major != right->major)
    return left->major < right->major ? -1 : 1;
  if (left->argument != right->argument)
    return left->argument < right->argument ? -1 : 1;
  if (left->content.len != right->content.len)
    return left->content.len < right->content.len ? -1 : 1;
  if (left->content.len == 0)
    return 0;
  return memcmp (left->content.data, right->content.data, left->content.len);
}

static gboolean
has_equal_keys (Key *keys, guint n_keys)
{
  if (n_keys <= MAX_UNSORTED_KEYS)
    {
      for (guint i = 1; i < n_keys; i++)
        for (guint j = 0; j < i; j++)
          if (compare_keys (&keys[i], &keys[j]) == 0)
            return TRUE;
      return FALSE;
    }

  qsort (keys, n_keys, sizeof (Key), compare_keys);
  for (guint i = 1; i < n_keys; i++)
    if (compare_keys (&keys[i], &keys[i - 1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean scan_item (Scan *scan, guint depth, GError **error);

static gboolean
scan_array (Scan *scan, guint64 n_members, guint depth, GError **error)
{
  for (guint64 i = 0; i < n_members; i++)
    if (!scan_item (scan, depth, error))
      return FALSE;

  return TRUE;
}

static gboolean
scan_map (Scan *scan, gsize start, guint64 n_pairs, guint depth, GError **error)
{
  Key few[MAX_UNSORTED_KEYS];
  g_autoptr (GArray) many = NULL;
  const Cursor *cursor = &scan->cursor;

  /* grows with the pairs that are really there, not with those announced */
  if (n_pairs > MAX_UNSORTED_KEYS)
    many = g_array_new (FALSE, FALSE, sizeof (Key));

  for (guint64 i = 0; i < n_pairs; i++)
    {
      gsize key_start = cursor->pos;
      Key key;

      if (!scan_item (scan, depth, error))
        return FALSE;
      key = read_key (cursor->data + key_start, cursor->pos - key_start);
      if (many != NULL)
        g_array_append_val (many, key);
      else
        few[i] = key;

      if (!scan_item (scan, depth, error))
        return FALSE;
    }

  if (has_equal_keys (many != NULL ? (Key *) (gpointer) many->data : few,
                      (guint) n_pairs))
    return refuse (error,
                   MDOC_CBOR_ERROR_DUPLICATE,
                   start,
                   "A key stands twice in the map");

  return TRUE;
}

static gboolean
scan_container (Scan *scan,
                gsize start,
                const Head *head,
                guint depth,
                GError **error)
{
  if (depth >= scan->limits->max_depth)
    return refuse (error, MDOC_CBOR_ERROR_LIMIT, start, "Nested too deeply");

  /* Every member takes at least one byte, so a count that the rest of the input
   * cannot hold is a lie; compare by division before anything is multiplied. */
  if (head->argument > (scan->cursor.len - scan->cursor.pos)
                           / (head->major == MAJOR_MAP ? 2 : 1))
    return refuse (error,
                   MDOC_CBOR_ERROR_TRUNCATED,
                   start,
                   "More elements announced than the input can hold");

  if (head->major == MAJOR_MAP)
    return scan_map (scan, start, head->argument, depth + 1, error);
  return scan_array (scan, head->argument, depth + 1, error);
}

static gboolean
scan_item (Scan *scan, guint depth, GError **error)
{
  gsize start = scan->cursor.pos;
  Head head;

  if (!read_head (&scan->cursor, &head, error))
    return FALSE;

  if (++scan->n_items > scan->limits->max_items)
    return refuse (error, MDOC_CBOR_ERROR_LIMIT, start, "Too many items");

  switch (head.major)
    {
    case MAJOR_UINT:
    case MAJOR_NEGINT:
      return TRUE;

    case MAJOR_BYTES:
    case MAJOR_TEXT:
      if (head.argument > scan->cursor.len - scan->cursor.pos)
        return refuse (error,
                       MDOC_CBOR_ERROR_TRUNCATED,
                       start,
                       "String reaches past the input");
      scan->cursor.pos += (gsize) head.argument;
      return TRUE;

    case MAJOR_ARRAY:
    case MAJOR_MAP:
      return scan_container (scan, start, &head, depth, error);

    case MAJOR_TAG:
      if (depth >= scan->limits->max_depth)
        return refuse (error,
                       MDOC_CBOR_ERROR_LIMIT,
                       start,
                       "Nested too deeply");
      return scan_item (scan, depth + 1, error);

    case MAJOR_SIMPLE:
      if (head.info == INFO_1_BYTE && head.argument < SIMPLE_1_BYTE_MIN)
        return refuse (error,
                       MDOC_CBOR_ERROR_MALFORMED,
                       start,
                       "Simple value in the wrong form");
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

/**
 * mdoc_cbor_open:
 * @encoded: a message from outside this process; must outlive @ret_item
 * @limits: what the message may cost us
 * @ret_item: (out): its outermost item; left alone on failure
 * @error: return location for a #MdocCborError
 *
 * The one door for foreign bytes: checks that @encoded is exactly one
 * well-formed data item within @limits whose maps have no key twice. Only what
 * came through it may be looked at with the functions below, which rely on it.
 *
 * Heads longer than needed are accepted, since issuers in the field write them;
 * indefinite lengths are not. Memory is taken only for the keys of large maps.
 * The time is linear in the length but for sorting those keys.
 *
 * Returns: %TRUE if @encoded passed
 */
gboolean
mdoc_cbor_open (MdocSpan encoded,
                const MdocCborLimits *limits,
                MdocCborItem *ret_item,
                GError **error)
{
  Scan scan = { .limits = limits };

  g_return_val_if_fail (encoded.data != NULL || encoded.len == 0, FALSE);
  g_return_val_if_fail (limits != NULL, FALSE);
  g_return_val_if_fail (limits->max_depth <= MDOC_CBOR_MAX_DEPTH, FALSE);
  g_return_val_if_fail (ret_item != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  scan.cursor = (Cursor){ .data = encoded.data, .len = encoded.len };
  if (encoded.len > limits->max_bytes)
    return refuse (error, MDOC_CBOR_ERROR_LIMIT, 0, "Message too long");

  if (!scan_item (&scan, 0, error))
    return FALSE;

  if (scan.cursor.pos != scan.cursor.len)
    return refuse (error,
                   MDOC_CBOR_ERROR_TRAILING,
                   scan.cursor.pos,
                   "Bytes after the message");

  *ret_item = (MdocCborItem){ encoded.data, encoded.len };
  return TRUE;
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
  Cursor cursor = cursor_of (item);
  Head head;

  if (item.data == NULL)
    return MDOC_CBOR_KIND_ABSENT;

  head = get_head (&cursor);
  if (head.major != MAJOR_SIMPLE)
    return kinds[head.major];
  if (head.info >= INFO_2_BYTES)
    return MDOC_CBOR_KIND_FLOAT;
  if (head.argument == SIMPLE_FALSE || head.argument == SIMPLE_TRUE)
    return MDOC_CBOR_KIND_BOOLEAN;
  if (head.argument == SIMPLE_NULL)
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
            Cursor *ret_cursor,
            Head *ret_head,
            GError **error)
{
  if (item.data == NULL)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is missing");
  if (mdoc_cbor_get_kind (item) != kind)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, reason);

  *ret_cursor = cursor_of (item);
  *ret_head = get_head (ret_cursor);
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
  Cursor cursor;
  Head head;

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
  Cursor cursor;
  Head head;

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
  Cursor cursor;
  Head head;

  if (!read_typed (item,
                   MDOC_CBOR_KIND_BOOLEAN,
                   what,
                   "is no boolean",
                   &cursor,
                   &head,
                   error))
    return FALSE;

  *ret_value = head.argument == SIMPLE_TRUE;
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
  Cursor cursor;
  Head head;

  if (!read_typed (item,
                   MDOC_CBOR_KIND_FLOAT,
                   what,
                   "is no floating-point number",
                   &cursor,
                   &head,
                   error))
    return FALSE;

  if (head.info == INFO_2_BYTES)
    *ret_value = decode_half (head.argument);
  else if (head.info == INFO_4_BYTES)
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
  Cursor cursor;
  Head head;

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
  Cursor cursor;
  MdocSpan text;
  Head head;

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
  Cursor cursor;
  Head head;

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

  return mdoc_cbor_get_tagged (item, what, TAG_EMBEDDED_CBOR, &content, error)
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

  if (!mdoc_cbor_get_tagged (item, what, TAG_TDATE, &content, error))
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
  Cursor cursor;
  Head head;

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
  Cursor cursor = { .data = iter->pos, .len = (gsize) (iter->end - iter->pos) };
  MdocCborItem item;

  skip_item (&cursor);
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

static MdocCborItem
lookup (MdocCborItem map, const Key *wanted)
{
  MdocCborItem key, value;
  MdocCborIter iter;

  if (!mdoc_cbor_iter_map (map, "", G_MAXUINT64, &iter, NULL))
    return MDOC_CBOR_ABSENT;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      Key found = read_key (key.data, key.len);

      if (compare_keys (&found, wanted) == 0)
        return value;
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
  Key wanted = { .major = MAJOR_TEXT,
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
  Key wanted = { .major = key < 0 ? MAJOR_NEGINT : MAJOR_UINT,
                 .argument = key < 0 ? (guint64) (-1 - key) : (guint64) key };

  return lookup (map, &wanted);
}
