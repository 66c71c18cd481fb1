/*
 * test-cbor-writer.c - the one form in which we write CBOR
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "tests/lib/mdoc-test.h"

static void
assert_written (MdocCborWriter *writer, const char *hex)
{
  g_autofree char *written = mdoc_hex_encode (
      mdoc_cbor_writer_get_span (writer));

  g_assert_cmpstr (written, ==, hex);
  mdoc_cbor_writer_reset (writer);
  g_assert_cmpuint (mdoc_cbor_writer_get_span (writer).len, ==, 0);
}

/* RFC 8949, appendix A: on both sides of each change of the head's length */
static void
test_numbers (void)
{
  static const struct
  {
    gint64 value;
    const char *hex;
    gsize head_len;
  } numbers[] = {
    { 0, "00", 1 },
    { 23, "17", 1 },
    { 24, "1818", 2 },
    { 255, "18ff", 2 },
    { 256, "190100", 3 },
    { 65535, "19ffff", 3 },
    { 65536, "1a00010000", 5 },
    { 4294967295, "1affffffff", 5 },
    { 4294967296, "1b0000000100000000", 9 },
    { G_MAXINT64, "1b7fffffffffffffff", 9 },
    { -1, "20", 0 },
    { -24, "37", 0 },
    { -25, "3818", 0 },
    { -256, "38ff", 0 },
    { -257, "390100", 0 },
    { -65537, "3a00010000", 0 },
    { G_MININT64, "3b7fffffffffffffff", 0 },
  };
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      mdoc_cbor_writer_put_int (writer, numbers[i].value);
      assert_written (writer, numbers[i].hex);
      if (numbers[i].value < 0)
        continue;
      mdoc_cbor_writer_put_uint (writer, (guint64) numbers[i].value);
      assert_written (writer, numbers[i].hex);
      g_assert_cmpuint (mdoc_cbor_head_len ((guint64) numbers[i].value),
                        ==,
                        numbers[i].head_len);
    }

  mdoc_cbor_writer_put_uint (writer, G_MAXUINT64);
  assert_written (writer, "1bffffffffffffffff");
  g_assert_cmpuint (mdoc_cbor_head_len (G_MAXUINT64), ==, 9);
}

static void
test_simple (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_boolean (writer, FALSE);
  mdoc_cbor_writer_put_boolean (writer, TRUE);
  mdoc_cbor_writer_put_null (writer);
  assert_written (writer, "f4f5f6");
  mdoc_cbor_writer_put_double (writer, 1.1);
  assert_written (writer, "fb3ff199999999999a");
}

static void
test_strings (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (NULL, 0));
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_text ("ab"));
  mdoc_cbor_writer_put_text (writer, "");
  mdoc_cbor_writer_put_text (writer, "ab");
  mdoc_cbor_writer_put_text_span (writer, mdoc_span_from_text ("\xc3\xbc"));
  assert_written (writer,
                  "40426162606261"
                  "6262c3bc");
  mdoc_cbor_writer_begin_bytes (writer, 300);
  assert_written (writer, "59012c");
}

static void
test_containers (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_array (writer, 23);
  mdoc_cbor_writer_begin_array (writer, 24);
  mdoc_cbor_writer_begin_map (writer, 0);
  mdoc_cbor_writer_begin_map (writer, 256);
  assert_written (writer, "979818a0b90100");
  mdoc_cbor_writer_put_tag (writer, 24);
  mdoc_cbor_writer_put_tag (writer, 1004);
  assert_written (writer, "d818d903ec");
  mdoc_cbor_writer_put_embedded (writer,
                                 MDOC_SPAN ((const guint8 *) "\xa0", 1));
  mdoc_cbor_writer_put_encoded (writer,
                                MDOC_SPAN ((const guint8 *) "\x82\x01\x02", 3));
  assert_written (writer, "d81841a0820102");
}

static void
test_times (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_time (writer, 1601559002);
  assert_written (writer, "c074323032302d31302d30315431333a33303a30325a");
  mdoc_cbor_writer_put_full_date (writer, "2019-10-20");
  assert_written (writer, "d903ec6a323031392d31302d3230");
}

/* A count that is known only later; the kind of the head stays. */
static void
test_set_count (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_map (writer, 0);
  mdoc_cbor_writer_begin_array (writer, 23);
  mdoc_cbor_writer_set_count (writer, 0, 23);
  mdoc_cbor_writer_set_count (writer, 1, 2);
  assert_written (writer, "b782");
}

/* What is written stays as it was while the buffer grows, whatever was
 * reserved. */
static void
test_growth (void)
{
  static const gsize reserves[] = { 0, 1, 255, 256, 257, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (reserves); i++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (reserves[i]);
      g_autoptr (GBytes) bytes = NULL;
      const guint8 *data;

      for (guint j = 0; j < 50000; j++)
        mdoc_cbor_writer_put_uint (writer, j % 24);
      bytes = mdoc_cbor_writer_finish (writer);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, 50000);
      data = g_bytes_get_data (bytes, NULL);
      for (guint j = 0; j < 50000; j++)
        g_assert_cmpuint (data[j], ==, j % 24);
    }
}

/* The bytes that were taken are not touched by what is written next. */
static void
test_finish (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) empty = mdoc_cbor_writer_finish (writer);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  mdoc_cbor_writer_put_uint (writer, 1);
  first = mdoc_cbor_writer_finish (writer);
  mdoc_cbor_writer_put_uint (writer, 2);
  second = mdoc_cbor_writer_finish (writer);
  g_assert_cmpuint (*(const guint8 *) g_bytes_get_data (first, NULL), ==, 1);
  g_assert_cmpuint (*(const guint8 *) g_bytes_get_data (second, NULL), ==, 2);
  mdoc_cbor_writer_put_uint (writer, 3); /* and is not leaked */

  mdoc_cbor_writer_free (NULL);
}

/* All that we write passes our own door. */
static void
test_door (void)
{
  static const MdocCborLimits limits = { .max_bytes = 1000,
                                         .max_depth = 3,
                                         .max_items = 20 };
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GError) error = NULL;
  MdocCborItem item;
  gboolean is_open;

  mdoc_cbor_writer_begin_map (writer, 4);
  mdoc_cbor_writer_put_text (writer, "a");
  mdoc_cbor_writer_put_time (writer, 0);
  mdoc_cbor_writer_put_int (writer, -5);
  mdoc_cbor_writer_put_double (writer, 0.5);
  mdoc_cbor_writer_put_uint (writer, 5);
  mdoc_cbor_writer_begin_array (writer, 2);
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_boolean (writer, TRUE);
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_text ("k"));
  mdoc_cbor_writer_put_embedded (writer, mdoc_span_from_text ("x"));
  is_open = mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                            &limits,
                            &item,
                            &error);
  g_assert_no_error (error);
  g_assert_true (is_open);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cbor-writer/numbers", test_numbers);
  g_test_add_func ("/cbor-writer/simple", test_simple);
  g_test_add_func ("/cbor-writer/strings", test_strings);
  g_test_add_func ("/cbor-writer/containers", test_containers);
  g_test_add_func ("/cbor-writer/times", test_times);
  g_test_add_func ("/cbor-writer/set-count", test_set_count);
  g_test_add_func ("/cbor-writer/growth", test_growth);
  g_test_add_func ("/cbor-writer/finish", test_finish);
  g_test_add_func ("/cbor-writer/door", test_door);

  return g_test_run ();
}
