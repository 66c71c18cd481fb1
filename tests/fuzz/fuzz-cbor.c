/*
 * fuzz-cbor.c - the door for CBOR, and all that relies on it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor-diagnostic.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

static const MdocCborLimits limits = { .max_bytes = 65536,
                                       .max_depth = MDOC_CBOR_MAX_DEPTH,
                                       .max_items = 512 };

/* Looking up a key is linear: so many of a map are looked up. */
#define MAX_LOOKED_UP 8

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint
check_text_getters (MdocCborItem item)
{
  g_autofree char *copy = NULL;
  MdocSpan text;

  if (!mdoc_cbor_get_text (item, "", G_MAXSIZE, &text, NULL))
    return 0;

  g_assert_true (
      g_utf8_validate_len ((const char *) text.data, text.len, NULL));
  g_assert_null (memchr (text.data, 0, text.len));
  g_assert_false (text.len > 0
                  && mdoc_cbor_get_text (item, "", text.len - 1, &text, NULL));
  copy = mdoc_cbor_dup_text (item, "", G_MAXSIZE, NULL);
  g_assert_true ((copy == NULL) == (text.len == 0));
  if (copy != NULL)
    g_assert_true (mdoc_span_equals_text (text, copy));
  return 1;
}

static guint
check_number_getters (MdocCborItem item)
{
  guint n_fit = 0;
  gint64 number = 0;
  guint64 size;

  if (mdoc_cbor_get_uint (item, "", G_MAXUINT64, &size, NULL))
    {
      n_fit++;
      if (size > 0)
        g_assert_false (mdoc_cbor_get_uint (item, "", size - 1, &size, NULL));
      if (mdoc_cbor_get_int (item, "", &number, NULL))
        g_assert_true ((guint64) number == size);
      else
        g_assert_true (size > G_MAXINT64);
    }
  else if (mdoc_cbor_get_int (item, "", &number, NULL))
    {
      n_fit++;
      g_assert_cmpint (number, <, 0);
    }

  return n_fit;
}

/* An item is of one kind, and only that kind's getter reads it. A getter that
 * refuses says why and leaves the result alone. */
static void
check_getters (MdocCborItem item)
{
  MdocCborKind kind = mdoc_cbor_get_kind (item);
  g_autoptr (GError) error = NULL;
  gboolean boolean = 77;
  gdouble real;
  guint64 tag;
  gint64 unix_s;
  MdocSpan bytes;
  MdocCborItem content;
  MdocCborIter iter;
  guint n_fit = 0;

  n_fit += check_number_getters (item) + check_text_getters (item);
  n_fit += mdoc_cbor_get_double (item, "", &real, NULL) ? 1 : 0;
  n_fit += mdoc_cbor_get_bytes (item, "", G_MAXSIZE, &bytes, NULL) ? 1 : 0;
  n_fit += mdoc_cbor_get_any_tag (item, "", &tag, &content, NULL) ? 1 : 0;
  n_fit += mdoc_cbor_iter_map (item, "", G_MAXUINT64, &iter, NULL) ? 1 : 0;
  n_fit += mdoc_cbor_iter_array (item, "", G_MAXUINT64, &iter, NULL) ? 1 : 0;
  if (mdoc_cbor_get_boolean (item, "", &boolean, &error))
    n_fit++;
  else
    {
      g_assert_cmpint (boolean, ==, 77);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
    }

  g_assert_cmpint (kind, !=, MDOC_CBOR_KIND_ABSENT);
  g_assert_cmpuint (n_fit, <=, 1);
  if (n_fit == 0)
    g_assert_true (kind == MDOC_CBOR_KIND_NULL || kind == MDOC_CBOR_KIND_SIMPLE
                   || kind == MDOC_CBOR_KIND_TEXT
                   || kind == MDOC_CBOR_KIND_NEGINT);
  if (mdoc_cbor_get_time (item, "", &unix_s, NULL))
    g_assert_true (kind == MDOC_CBOR_KIND_TAG && tag == 0);
  if (mdoc_cbor_get_embedded (item, "", G_MAXSIZE, &bytes, NULL))
    g_assert_true (kind == MDOC_CBOR_KIND_TAG && tag == 24);
}

/* Whether a key of the message is no number, text or bytes. */
static gboolean has_odd_key;

static void
note_key (MdocCborItem key)
{
  MdocCborKind kind = mdoc_cbor_get_kind (key);

  if (kind == MDOC_CBOR_KIND_ARRAY || kind == MDOC_CBOR_KIND_MAP
      || kind == MDOC_CBOR_KIND_TAG)
    has_odd_key = TRUE;
}

static void rewrite (MdocCborItem item, MdocCborWriter *writer);

/* Members lie one behind the other, from the head to the end. */
static void
check_next (MdocCborItem item, const guint8 **pos)
{
  MdocSpan encoded = mdoc_cbor_get_encoded (item);

  if (*pos != NULL)
    g_assert_true (encoded.data == *pos);
  g_assert_cmpuint (encoded.len, >, 0);
  *pos = encoded.data + encoded.len;
}

static void
check_lookup (MdocCborItem map, MdocCborItem key, MdocCborItem value)
{
  g_autofree char *text = mdoc_cbor_dup_text (key, "", G_MAXSIZE, NULL);
  MdocCborItem found = MDOC_CBOR_ABSENT;
  gint64 number;

  if (text != NULL)
    found = mdoc_cbor_map_lookup (map, text);
  else if (mdoc_cbor_get_int (key, "", &number, NULL))
    found = mdoc_cbor_map_lookup_int (map, number);
  else
    return;

  g_assert_true (mdoc_cbor_get_encoded (found).data
                 == mdoc_cbor_get_encoded (value).data);
}

static void
rewrite_map (MdocCborItem map, MdocCborWriter *writer)
{
  MdocSpan whole = mdoc_cbor_get_encoded (map);
  const guint8 *pos = NULL;
  MdocCborItem key, value;
  MdocCborIter iter;
  guint64 n, n_seen = 0;

  g_assert_true (mdoc_cbor_iter_map (map, "", G_MAXUINT64, &iter, NULL));
  n = mdoc_cbor_iter_get_n_left (&iter);
  mdoc_cbor_writer_begin_map (writer, n);
  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      check_next (key, &pos);
      check_next (value, &pos);
      note_key (key);
      rewrite (key, writer);
      rewrite (value, writer);
      if (n_seen++ < MAX_LOOKED_UP)
        check_lookup (map, key, value);
    }

  g_assert_cmpuint (n_seen, ==, n);
  if (n > 0)
    g_assert_true (pos == whole.data + whole.len);
}

static void
rewrite_array (MdocCborItem array, MdocCborWriter *writer)
{
  MdocSpan whole = mdoc_cbor_get_encoded (array);
  const guint8 *pos = NULL;
  MdocCborIter iter;
  guint64 n;

  g_assert_true (mdoc_cbor_iter_array (array, "", G_MAXUINT64, &iter, NULL));
  n = mdoc_cbor_iter_get_n_left (&iter);
  mdoc_cbor_writer_begin_array (writer, n);
  for (guint64 i = 0; i < n; i++)
    {
      MdocCborItem member = mdoc_cbor_iter_next (&iter);

      check_next (member, &pos);
      rewrite (member, writer);
    }

  g_assert_cmpint (mdoc_cbor_get_kind (mdoc_cbor_iter_next (&iter)),
                   ==,
                   MDOC_CBOR_KIND_ABSENT);
  if (n > 0)
    g_assert_true (pos == whole.data + whole.len);
}

static void
rewrite_tag (MdocCborItem item, MdocCborWriter *writer)
{
  const guint8 *pos = NULL;
  MdocCborItem content;
  guint64 tag;

  g_assert_true (mdoc_cbor_get_any_tag (item, "", &tag, &content, NULL));
  check_next (content, &pos);
  g_assert_true (pos
                 == mdoc_cbor_get_encoded (item).data
                        + mdoc_cbor_get_encoded (item).len);
  mdoc_cbor_writer_put_tag (writer, tag);
  rewrite (content, writer);
}

/* Reads by the getters what our own writer then writes. */
static void
rewrite (MdocCborItem item, MdocCborWriter *writer)
{
  gboolean boolean;
  gint64 number;
  guint64 size;
  MdocSpan span;

  check_getters (item);
  if (mdoc_cbor_get_uint (item, "", G_MAXUINT64, &size, NULL))
    mdoc_cbor_writer_put_uint (writer, size);
  else if (mdoc_cbor_get_int (item, "", &number, NULL))
    mdoc_cbor_writer_put_int (writer, number);
  else if (mdoc_cbor_get_bytes (item, "", G_MAXSIZE, &span, NULL))
    mdoc_cbor_writer_put_bytes (writer, span);
  else if (mdoc_cbor_get_text (item, "", G_MAXSIZE, &span, NULL))
    mdoc_cbor_writer_put_text_span (writer, span);
  else if (mdoc_cbor_get_boolean (item, "", &boolean, NULL))
    mdoc_cbor_writer_put_boolean (writer, boolean);
  else if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_NULL)
    mdoc_cbor_writer_put_null (writer);
  else if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_MAP)
    rewrite_map (item, writer);
  else if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_ARRAY)
    rewrite_array (item, writer);
  else if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_TAG)
    rewrite_tag (item, writer);
  else /* floats, foul texts, numbers of 65 bits */
    mdoc_cbor_writer_put_encoded (writer, mdoc_cbor_get_encoded (item));
}

/* What is read and written again says the same, and is never longer. Only keys
 * that are made of several items may turn out to be one key, written in two
 * ways: the door compares the bytes of such. */
static void
check_rewriting (MdocCborItem item)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  MdocCborItem again;
  MdocSpan written;

  has_odd_key = FALSE;
  rewrite (item, writer);
  written = mdoc_cbor_writer_get_span (writer);
  g_assert_cmpuint (written.len, <=, mdoc_cbor_get_encoded (item).len);
  if (!mdoc_cbor_open (written, &limits, &again, &error))
    {
      g_assert_true (has_odd_key);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_DUPLICATE);
      return;
    }

  before = mdoc_cbor_to_diagnostic (item, MDOC_CBOR_DIAGNOSTIC_PLAIN);
  after = mdoc_cbor_to_diagnostic (again, MDOC_CBOR_DIAGNOSTIC_PLAIN);
  g_assert_cmpstr (before, ==, after);
}

/* One byte less is a truncated message, one more a trailing byte. */
static void
check_ends (const guint8 *data, gsize size)
{
  g_autofree guint8 *longer = g_malloc0 (size + 1);
  g_autoptr (GError) truncated = NULL;
  g_autoptr (GError) trailing = NULL;
  MdocCborItem item;

  memcpy (longer, data, size);
  g_assert_false (mdoc_cbor_open (MDOC_SPAN (longer, size - 1),
                                  &limits,
                                  &item,
                                  &truncated));
  g_assert_error (truncated, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
  if (size == limits.max_bytes)
    return;
  g_assert_false (
      mdoc_cbor_open (MDOC_SPAN (longer, size + 1), &limits, &item, &trailing));
  g_assert_error (trailing, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRAILING);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  MdocCborItem item = MDOC_CBOR_ABSENT;
  gboolean is_open;

  is_open = mdoc_cbor_open (MDOC_SPAN (data, size), &limits, &item, &error);
  g_assert_true (is_open == (error == NULL));
  if (!is_open)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR
                     && error->code <= (gint) MDOC_CBOR_ERROR_DUPLICATE);
      g_assert_cmpint (mdoc_cbor_get_kind (item), ==, MDOC_CBOR_KIND_ABSENT);
      return 0;
    }

  g_assert_true (mdoc_cbor_get_encoded (item).data == data
                 && mdoc_cbor_get_encoded (item).len == size);
  check_rewriting (item);
  check_ends (data, size);
  return 0;
}
