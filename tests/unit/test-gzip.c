/*
 * test-gzip.c - what HTTP calls gzip
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>

#include "openid/mdoc-gzip.h"

/* by another reader than the library that wrote it, as far as GLib is one */
static GBytes *
decompress (GBytes *bytes)
{
  g_autoptr (GZlibDecompressor) reader = g_zlib_decompressor_new (
      G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (
      bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (source,
                                                                  G_CONVERTER (
                                                                      reader));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (out,
                          stream,
                          G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                          NULL,
                          &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
test_lengths (void)
{
  static const gsize lengths[] = { 0, 1, 2, 100, 65535, 65536, 3000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint is_noise = 0; is_noise < 2; is_noise++)
      {
        guint8 *data = g_malloc0 (lengths[i] + 1);
        g_autoptr (GRand) random = g_rand_new_with_seed (1);
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (GBytes) packed = NULL;
        g_autoptr (GBytes) again = NULL;
        g_autoptr (GBytes) unpacked = NULL;

        for (gsize j = 0; is_noise != 0 && j < lengths[i]; j++)
          data[j] = (guint8) g_rand_int (random);
        bytes = g_bytes_new_take (data, lengths[i]);
        packed = mdoc_gzip_compress (bytes);
        again = mdoc_gzip_compress (bytes);
        unpacked = decompress (packed);
        g_assert_true (g_bytes_equal (unpacked, bytes));
        g_assert_true (g_bytes_equal (again, packed));
        /* what cannot be shortened grows by little */
        g_assert_cmpuint (g_bytes_get_size (packed),
                          <=,
                          lengths[i] + lengths[i] / 1000 + 32);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gzip/lengths", test_lengths);
  return g_test_run ();
}
