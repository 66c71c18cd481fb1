/*
 * mdoc-cbor-writer.c - writing CBOR in the one form the standard allows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"

#include <cbor.h>
#include <string.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-text.h"

#define MAX_HEAD_LEN 9
#define MIN_CAPACITY 256

struct _MdocCborWriter
{
  guint8 *data;
  gsize len;
  gsize capacity;
};

/* What a GBytes needs to wipe its buffer when the last reference goes. */
typedef struct
{
  guint8 *data;
  gsize capacity;
} Buffer;

static void
buffer_free (gpointer data)
{
  Buffer *buffer = data;

  mdoc_secret_wipe (buffer->data, buffer->capacity);
  g_free (buffer->data);
  g_free (buffer);
}

/* Not realloc(): that could leave a copy behind unwiped. */
static void
make_room (MdocCborWriter *self, gsize n_more)
{
  gsize needed = self->len + n_more;
  gsize capacity;
  guint8 *data;

  g_assert (needed >= self->len);
  if (needed <= self->capacity)
    return;

  capacity = MAX (MAX (needed, self->capacity * 2), MIN_CAPACITY);
  data = g_malloc (capacity);
  if (self->len > 0)
    memcpy (data, self->data, self->len);
  mdoc_secret_wipe (self->data, self->len);
  g_free (self->data);
  self->data = data;
  self->capacity = capacity;
}

static void
append (MdocCborWriter *self, MdocSpan bytes)
{
  make_room (self, bytes.len);
  if (bytes.len > 0)
    memcpy (self->data + self->len, bytes.data, bytes.len);
  self->len += bytes.len;
}

/* major types (RFC 8949, 3.1) */
typedef enum
{
  MAJOR_UINT = 0,
  MAJOR_NEGINT = 1,
  MAJOR_BYTES = 2,
  MAJOR_TEXT = 3,
  MAJOR_ARRAY = 4,
  MAJOR_MAP = 5,
  MAJOR_TAG = 6,
} Major;

/* All heads have the form of an unsigned number's, and we write the shortest;
 * libcbor's own encoders of strings, arrays and maps take a size_t, which has
 * 32 bits on some machines. */
static void
put_head (MdocCborWriter *self, Major major, guint64 argument)
{
  guint8 *head;

  make_room (self, MAX_HEAD_LEN);
  head = self->data + self->len;
  self->len += cbor_encode_uint (argument, head, self->capacity - self->len);
  *head |= (guint8) (major << 5);
}

/**
 * mdoc_cbor_writer_new:
 * @reserve: how many bytes to make room for at once; 0 if unknown
 *
 * Returns: (transfer full): a writer that has written nothing
 */
MdocCborWriter *
mdoc_cbor_writer_new (gsize reserve)
{
  MdocCborWriter *self = g_new0 (MdocCborWriter, 1);

  if (reserve > 0)
    make_room (self, reserve);
  return self;
}

/**
 * mdoc_cbor_writer_free:
 * @self: (nullable) (transfer full): a writer
 *
 * Wipes and frees what was written and not taken.
 */
void
mdoc_cbor_writer_free (MdocCborWriter *self)
{
  if (self == NULL)
    return;

  mdoc_secret_wipe (self->data, self->len);
  g_free (self->data);
  g_free (self);
}

/**
 * mdoc_cbor_writer_finish:
 * @self: a writer
 *
 * Returns: (transfer full): what was written, which is wiped when its last
 *   reference goes; @self is empty afterwards
 */
GBytes *
mdoc_cbor_writer_finish (MdocCborWriter *self)
{
  Buffer *buffer = g_new (Buffer, 1);
  gsize len = self->len;

  *buffer = (Buffer){ self->data, self->capacity };
  *self = (MdocCborWriter){ 0 };
  return g_bytes_new_with_free_func (buffer->data, len, buffer_free, buffer);
}

MdocSpan
mdoc_cbor_writer_get_span (MdocCborWriter *self)
{
  return MDOC_SPAN (self->data, self->len);
}

void
mdoc_cbor_writer_reset (MdocCborWriter *self)
{
  mdoc_secret_wipe (self->data, self->len);
  self->len = 0;
}

void
mdoc_cbor_writer_put_uint (MdocCborWriter *self, guint64 value)
{
  put_head (self, MAJOR_UINT, value);
}

void
mdoc_cbor_writer_put_int (MdocCborWriter *self, gint64 value)
{
  if (value >= 0)
    put_head (self, MAJOR_UINT, (guint64) value);
  else
    put_head (self, MAJOR_NEGINT, (guint64) (-1 - value));
}

void
mdoc_cbor_writer_put_boolean (MdocCborWriter *self, gboolean value)
{
  make_room (self, 1);
  self->len += cbor_encode_bool (value, self->data + self->len, 1);
}

void
mdoc_cbor_writer_put_null (MdocCborWriter *self)
{
  make_room (self, 1);
  self->len += cbor_encode_null (self->data + self->len, 1);
}

/* Eight bytes always: no element of the standard is a float, so that the search
 * for the shortest form would serve nobody. */
void
mdoc_cbor_writer_put_double (MdocCborWriter *self, gdouble value)
{
  make_room (self, MAX_HEAD_LEN);
  self->len += cbor_encode_double (value, self->data + self->len, MAX_HEAD_LEN);
}

void
mdoc_cbor_writer_put_bytes (MdocCborWriter *self, MdocSpan bytes)
{
  put_head (self, MAJOR_BYTES, bytes.len);
  append (self, bytes);
}

void
mdoc_cbor_writer_put_text_span (MdocCborWriter *self, MdocSpan text)
{
  put_head (self, MAJOR_TEXT, text.len);
  append (self, text);
}

void
mdoc_cbor_writer_put_text (MdocCborWriter *self, const char *text)
{
  mdoc_cbor_writer_put_text_span (self, mdoc_span_from_text (text));
}

void
mdoc_cbor_writer_put_tag (MdocCborWriter *self, guint64 tag)
{
  put_head (self, MAJOR_TAG, tag);
}

void
mdoc_cbor_writer_begin_array (MdocCborWriter *self, guint64 n_members)
{
  put_head (self, MAJOR_ARRAY, n_members);
}

void
mdoc_cbor_writer_begin_map (MdocCborWriter *self, guint64 n_pairs)
{
  put_head (self, MAJOR_MAP, n_pairs);
}

/**
 * mdoc_cbor_writer_set_count:
 * @self: a writer
 * @offset: where the head of an array or map stands
 * @n: how many members it has after all; less than 24
 *
 * For those who learn only later how many members follow: heads of less than 24
 * are all one byte long.
 */
void
mdoc_cbor_writer_set_count (MdocCborWriter *self, gsize offset, guint8 n)
{
  g_return_if_fail (offset < self->len);
  g_return_if_fail ((self->data[offset] & 0x1f) < 24 && n < 24);

  self->data[offset] = (self->data[offset] & 0xe0) | n;
}

void
mdoc_cbor_writer_begin_bytes (MdocCborWriter *self, guint64 len)
{
  put_head (self, MAJOR_BYTES, len);
}

void
mdoc_cbor_writer_put_encoded (MdocCborWriter *self, MdocSpan encoded)
{
  append (self, encoded);
}

void
mdoc_cbor_writer_put_embedded (MdocCborWriter *self, MdocSpan content)
{
  mdoc_cbor_writer_put_tag (self, 24);
  mdoc_cbor_writer_put_bytes (self, content);
}

void
mdoc_cbor_writer_put_time (MdocCborWriter *self, gint64 unix_s)
{
  g_autofree char *text = mdoc_time_format (unix_s);

  mdoc_cbor_writer_put_tag (self, 0);
  mdoc_cbor_writer_put_text (self, text);
}

void
mdoc_cbor_writer_put_full_date (MdocCborWriter *self, const char *date)
{
  mdoc_cbor_writer_put_tag (self, 1004);
  mdoc_cbor_writer_put_text (self, date);
}

/**
 * mdoc_cbor_head_len:
 * @argument: a length, count or number
 *
 * Returns: how many bytes its shortest head takes: 1, 2, 3, 5 or 9
 */
gsize
mdoc_cbor_head_len (guint64 argument)
{
  guint8 scratch[MAX_HEAD_LEN];

  return cbor_encode_uint (argument, scratch, sizeof (scratch));
}
