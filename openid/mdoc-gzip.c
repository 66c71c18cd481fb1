/*
 * mdoc-gzip.c - what HTTP calls gzip (RFC 1952)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-gzip.h"

#include <zlib.h>

/* the largest window, with a head and tail of gzip around it */
#define WINDOW_BITS (15 + 16)
#define MEMORY      8

/**
 * mdoc_gzip_compress:
 * @bytes: anything of less than 1 GB
 *
 * Returns: (transfer full): it, compressed
 */
GBytes *
mdoc_gzip_compress (GBytes *bytes)
{
  z_stream stream = { 0 };
  gsize len;
  gconstpointer data = g_bytes_get_data (bytes, &len);
  g_autofree guint8 *out = NULL;
  gsize size;

  g_return_val_if_fail (len < (gsize) 1 << 30, NULL);

  /* can only fail for want of memory */
  if (deflateInit2 (&stream,
                    Z_DEFAULT_COMPRESSION,
                    Z_DEFLATED,
                    WINDOW_BITS,
                    MEMORY,
                    Z_DEFAULT_STRATEGY)
      != Z_OK)
    g_error ("zlib does not start");
  size = deflateBound (&stream, len);
  out = g_malloc (size);
  stream.next_in = (Bytef *) (gsize) data;
  stream.avail_in = (uInt) len;
  stream.next_out = out;
  stream.avail_out = (uInt) size;
  if (deflate (&stream, Z_FINISH) != Z_STREAM_END)
    g_error ("zlib does not compress");
  size -= stream.avail_out;
  deflateEnd (&stream);
  return g_bytes_new_take (g_realloc (g_steal_pointer (&out), size), size);
}
