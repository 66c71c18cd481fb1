/*
 * mdoc-status-list.c - many small values, compressed (Token Status List, 4)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-status-list.h"

#include <zlib.h>

/* how much is inflated at a time */
#define CHUNK_BYTES (64 * 1024)

struct _MdocStatusList
{
  gatomicrefcount ref_count;
  guint bits;
  GByteArray *bytes;
};

G_DEFINE_QUARK (mdoc_status_error_quark, mdoc_status_error)

static gboolean
refuse (GError **error, MdocStatusError code, const char *reason)
{
  g_set_error_literal (error, MDOC_STATUS_ERROR, (gint) code, reason);
  return FALSE;
}

static gboolean
are_bits (guint bits, GError **error)
{
  return bits == 1 || bits == 2 || bits == 4 || bits == 8
         || refuse (error,
                    MDOC_STATUS_ERROR_MALFORMED,
                    "Status list has values of a size that there is not");
}

static MdocStatusList *
list_new (guint bits, GByteArray *bytes)
{
  MdocStatusList *self = g_new0 (MdocStatusList, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->bits = bits;
  self->bytes = bytes;
  return self;
}

/**
 * mdoc_status_list_new:
 * @bits: 1, 2, 4 or 8
 * @n_entries: how many values
 * @error: return location for a #MdocStatusError
 *
 * Returns: (transfer full): a list of zeros, or %NULL with @error set
 */
MdocStatusList *
mdoc_status_list_new (guint bits, guint64 n_entries, GError **error)
{
  GByteArray *bytes;
  guint64 per_byte, len;

  if (!are_bits (bits, error))
    return NULL;
  per_byte = 8 / bits;
  len = n_entries / per_byte + (n_entries % per_byte != 0);
  if (len > MDOC_STATUS_LIST_MAX_BYTES)
    {
      refuse (error, MDOC_STATUS_ERROR_LIMIT, "Status list is too large");
      return NULL;
    }

  bytes = g_byte_array_new_take (g_malloc0 (len), len);
  return list_new (bits, bytes);
}

MdocStatusList *
mdoc_status_list_ref (MdocStatusList *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_status_list_unref (MdocStatusList *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_byte_array_unref (self->bytes);
  g_free (self);
}

guint
mdoc_status_list_get_bits (MdocStatusList *self)
{
  return self->bits;
}

guint64
mdoc_status_list_get_n_entries (MdocStatusList *self)
{
  return (guint64) self->bytes->len * (8 / self->bits);
}

MdocSpan
mdoc_status_list_get_bytes (MdocStatusList *self)
{
  return MDOC_SPAN (self->bytes->data, self->bytes->len);
}

/**
 * mdoc_status_list_get:
 * @self: a list
 * @idx: a place that a credential names
 * @ret_value: (out): what stands there; left alone on failure
 * @error: return location for a #MdocStatusError
 *
 * The first value of a byte is in its lowest bits.
 *
 * Returns: %TRUE if there is such a place
 */
gboolean
mdoc_status_list_get (MdocStatusList *self,
                      guint64 idx,
                      guint *ret_value,
                      GError **error)
{
  guint per_byte = 8 / self->bits;
  guint shift;

  /* before anything is multiplied */
  if (idx >= mdoc_status_list_get_n_entries (self))
    return refuse (error,
                   MDOC_STATUS_ERROR_INDEX,
                   "Status list is too short for the index");

  shift = (guint) (idx % per_byte) * self->bits;
  *ret_value = (guint) self->bytes->data[idx / per_byte] >> shift
               & ((1u << self->bits) - 1);
  return TRUE;
}

/**
 * mdoc_status_list_set:
 * @self: a list
 * @idx: a place that it has
 * @value: a value of its size
 *
 * Changes one value.
 */
void
mdoc_status_list_set (MdocStatusList *self, guint64 idx, guint value)
{
  guint per_byte = 8 / self->bits;
  guint mask = (1u << self->bits) - 1;
  guint shift = (guint) (idx % per_byte) * self->bits;
  guint8 *byte;

  g_return_if_fail (idx < mdoc_status_list_get_n_entries (self));
  g_return_if_fail (value <= mask);

  byte = &self->bytes->data[idx / per_byte];
  *byte = (guint8) ((*byte & ~(mask << shift)) | value << shift);
}

static void
stream_clear (z_stream *stream)
{
  inflateEnd (stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (z_stream, stream_clear)

/* Grows by what really comes out, and stops at the limit: what goes in says
 * nothing about that (a thousandth of it may be enough). */
static GByteArray *
inflate_bytes (MdocSpan compressed, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  g_auto (z_stream) stream = { 0 };
  int result = Z_OK;

  if (inflateInit (&stream) != Z_OK)
    g_error ("zlib does not start");
  stream.next_in = (Bytef *) (gsize) compressed.data;
  stream.avail_in = (uInt) compressed.len;

  while (result == Z_OK)
    {
      gsize n;

      stream.next_out = chunk;
      stream.avail_out = CHUNK_BYTES;
      result = inflate (&stream, Z_NO_FLUSH);
      n = CHUNK_BYTES - stream.avail_out;
      if (bytes->len + n > MDOC_STATUS_LIST_MAX_BYTES)
        {
          refuse (error, MDOC_STATUS_ERROR_LIMIT, "Status list is too large");
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint) n);
    }

  /* Z_BUF_ERROR: the stream is not whole */
  if (result != Z_STREAM_END || stream.avail_in != 0)
    {
      refuse (error,
              MDOC_STATUS_ERROR_MALFORMED,
              "Status list is not compressed by zlib");
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

/**
 * mdoc_status_list_inflate:
 * @bits: of one value
 * @compressed: a stream of zlib, and nothing else
 * @error: return location for a #MdocStatusError
 *
 * Returns: (transfer full): the list, or %NULL with @error set
 */
MdocStatusList *
mdoc_status_list_inflate (guint bits, MdocSpan compressed, GError **error)
{
  GByteArray *bytes;

  if (!are_bits (bits, error))
    return NULL;
  if (compressed.len > MDOC_STATUS_LIST_MAX_BYTES)
    {
      refuse (error, MDOC_STATUS_ERROR_LIMIT, "Status list is too large");
      return NULL;
    }
  bytes = inflate_bytes (compressed, error);
  return bytes != NULL ? list_new (bits, bytes) : NULL;
}

/**
 * mdoc_status_list_deflate:
 * @self: a list
 *
 * Returns: (transfer full): its values, compressed by zlib as small as it gets
 */
GBytes *
mdoc_status_list_deflate (MdocStatusList *self)
{
  uLongf len = compressBound (self->bytes->len);
  g_autofree guint8 *compressed = g_malloc (len);

  if (compress2 (compressed,
                 &len,
                 self->bytes->data,
                 self->bytes->len,
                 Z_BEST_COMPRESSION)
      != Z_OK)
    g_error ("zlib does not compress");
  return g_bytes_new_take (g_steal_pointer (&compressed), len);
}
