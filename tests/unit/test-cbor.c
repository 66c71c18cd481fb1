/*
 * test-cbor.c - the door for foreign CBOR, and what is behind it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

static const MdocCborLimits limits = { .max_bytes = 100000,
                                       .max_depth = 8,
                                       .max_items = 2000 };

typedef struct
{
  const char *name;
  const char *hex;
  int code;
} Case;

static const Case cases[] = {
  { "uint", "00", ACCEPTED },
  { "uint-8", "1bffffffffffffffff", ACCEPTED },
  { "negint-8", "3bffffffffffffffff", ACCEPTED },
  { "bytes", "43010203", ACCEPTED },
  { "text", "63616263", ACCEPTED },
  /* for the getter to refuse, not for the door */
  { "text-not-utf8", "61ff", ACCEPTED },
  { "array", "83010203", ACCEPTED },
  { "empty-array", "80", ACCEPTED },
  { "empty-map", "a0", ACCEPTED },
  { "map", "a2 00 01 02 03", ACCEPTED },
  { "tag", "c000", ACCEPTED },
  { "false", "f4", ACCEPTED },
  { "true", "f5", ACCEPTED },
  { "null", "f6", ACCEPTED },
  { "undefined", "f7", ACCEPTED },
  { "simple-0", "e0", ACCEPTED },
  { "simple-32", "f820", ACCEPTED },
  { "simple-255", "f8ff", ACCEPTED },
  { "half", "f93c00", ACCEPTED },
  { "single", "fa47c35000", ACCEPTED },
  { "double", "fb7e37e43c8800759c", ACCEPTED },

  /* longer heads than needed, as issuers in the field write them */
  { "long-uint", "1800", ACCEPTED },
  { "long-uint-8", "1b0000000000000000", ACCEPTED },
  { "long-map", "b90001 0000", ACCEPTED },
  { "long-map-8", "bb0000000000000001 0000", ACCEPTED },
  { "long-array", "9801 00", ACCEPTED },
  { "long-bytes", "5a00000001 00", ACCEPTED },
  { "long-text", "7801 61", ACCEPTED },
  { "long-tag", "da00000018 41a0", ACCEPTED },

  { "empty", "", MDOC_CBOR_ERROR_TRUNCATED },
  { "head-1-short", "18", MDOC_CBOR_ERROR_TRUNCATED },
  { "head-2-short", "1900", MDOC_CBOR_ERROR_TRUNCATED },
  { "head-4-short", "1a000000", MDOC_CBOR_ERROR_TRUNCATED },
  { "head-8-short", "1b00000000000000", MDOC_CBOR_ERROR_TRUNCATED },
  { "bytes-short", "420a", MDOC_CBOR_ERROR_TRUNCATED },
  { "text-short", "626a", MDOC_CBOR_ERROR_TRUNCATED },
  { "bytes-of-2^64", "5bffffffffffffffff 00", MDOC_CBOR_ERROR_TRUNCATED },
  { "text-of-2^63", "7b8000000000000000 61", MDOC_CBOR_ERROR_TRUNCATED },
  { "array-short", "8200", MDOC_CBOR_ERROR_TRUNCATED },
  { "array-short-inside", "828100", MDOC_CBOR_ERROR_TRUNCATED },
  { "map-without-value", "a100", MDOC_CBOR_ERROR_TRUNCATED },
  { "map-short", "a2000001", MDOC_CBOR_ERROR_TRUNCATED },
  { "tag-of-nothing", "c0", MDOC_CBOR_ERROR_TRUNCATED },
  { "float-short", "fa000000", MDOC_CBOR_ERROR_TRUNCATED },

  { "reserved-28", "1c", MDOC_CBOR_ERROR_MALFORMED },
  { "reserved-29", "5d", MDOC_CBOR_ERROR_MALFORMED },
  { "reserved-30", "fe", MDOC_CBOR_ERROR_MALFORMED },
  { "simple-20-in-two-bytes", "f814", MDOC_CBOR_ERROR_MALFORMED },
  { "simple-31-in-two-bytes", "f81f", MDOC_CBOR_ERROR_MALFORMED },

  { "indefinite-bytes", "5f4100ff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "indefinite-text", "7f6161ff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "indefinite-array", "9fff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "indefinite-map", "bfff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "indefinite-inside", "819fff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "break", "ff", MDOC_CBOR_ERROR_UNSUPPORTED },

  { "trailing", "0000", MDOC_CBOR_ERROR_TRAILING },
  { "trailing-after-map", "a0a0", MDOC_CBOR_ERROR_TRAILING },

  /* cheap for the sender, dear for us */
  { "8-gibibytes-in-19-bytes",
    "82 9b0000000020000000 9b0000000020000000",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "array-of-2^64", "9bffffffffffffffff", MDOC_CBOR_ERROR_TRUNCATED },
  /* twice 2^63 is 0 in 64 bits: an empty map, to a careless multiplication */
  { "map-of-2^63", "bb8000000000000000", MDOC_CBOR_ERROR_TRUNCATED },
  { "map-of-2^63-and-some",
    "bb8000000000000001 0000",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "map-of-more-than-there-is", "a3 00 00 01 01", MDOC_CBOR_ERROR_TRUNCATED },
  { "array-as-long-as-the-rest", "83 00 00 00", ACCEPTED },

  /* keys twice, however they are written */
  { "key-twice", "a2 00 01 00 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "key-twice-not-in-a-row",
    "a3 00 01 01 01 00 02",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "key-twice-long-and-short", "a2 00 01 1800 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "negative-key-twice", "a2 20 01 3900 00 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "text-key-twice", "a2 6161 01 780161 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "empty-text-key-twice", "a2 60 01 7800 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "bytes-key-twice", "a2 4161 01 590001 61 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "array-key-twice", "a2 8101 01 8101 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "tag-key-twice", "a2 c101 01 c101 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "bool-key-twice", "a2 f5 01 f5 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "float-key-twice", "a2 f93c00 01 f93c00 02", MDOC_CBOR_ERROR_DUPLICATE },
  { "key-twice-inside", "81 a1 00 a2 01 00 01 00", MDOC_CBOR_ERROR_DUPLICATE },
  { "key-twice-in-a-key", "a1 a2 00 00 00 00 01", MDOC_CBOR_ERROR_DUPLICATE },
  { "keys-of-other-kinds", "a4 00 01 20 01 40 01 60 01", ACCEPTED },
  { "keys-alike", "a3 6161 01 6162 01 626161 01", ACCEPTED },
  { "keys-of-simple-kinds", "a4 f4 01 f5 01 f6 01 f7 01", ACCEPTED },

  { "8-deep", "81 81 81 81 81 81 81 80", ACCEPTED },
  { "9-deep", "81 81 81 81 81 81 81 81 80", MDOC_CBOR_ERROR_LIMIT },
  { "8-maps-deep", "a100a100a100a100a100a100a100 a0", ACCEPTED },
  { "9-maps-deep",
    "a100a100a100a100a100a100a100a100 a0",
    MDOC_CBOR_ERROR_LIMIT },
  { "8-tags-deep", "c0c0c0c0c0c0c0c0 00", ACCEPTED },
  { "9-tags-deep", "c0c0c0c0c0c0c0c0c0 00", MDOC_CBOR_ERROR_LIMIT },
  { "depth-is-left-again", "82 81818181818180 81818181818180", ACCEPTED },
};

static gboolean
open_hex (const char *hex,
          GBytes **ret_bytes,
          MdocCborItem *ret_item,
          GError **error)
{
  *ret_bytes = mdoc_test_bytes_from_hex (hex);
  return mdoc_cbor_open (mdoc_span_from_bytes (*ret_bytes),
                         &limits,
                         ret_item,
                         error);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  MdocCborItem item = { (const guint8 *) "x", 77 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_open;

  is_open = open_hex (c->hex, &bytes, &item, &error);
  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_true (is_open);
      g_assert_true (mdoc_span_equal (mdoc_cbor_get_encoded (item),
                                      mdoc_span_from_bytes (bytes)));
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_false (is_open);
      g_assert_cmpuint (item.len, ==, 77);
    }
}

static int
open_span (MdocSpan span, const MdocCborLimits *some_limits)
{
  g_autoptr (GError) error = NULL;
  MdocCborItem item;

  if (mdoc_cbor_open (span, some_limits, &item, &error))
    return ACCEPTED;
  g_assert_true (error->domain == MDOC_CBOR_ERROR);
  return error->code;
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  const guint8 message[] = { 0x83, 0x01, 0xc1, 0x02, 0xa1, 0x03, 0x41, 0x04 };
  MdocSpan span = MDOC_SPAN (message, sizeof (message));
  const struct
  {
    MdocCborLimits limits;
    int code;
  } tries[] = {
    { { 8, 2, 7 }, ACCEPTED },
    { { 7, 2, 7 }, MDOC_CBOR_ERROR_LIMIT },
    { { 8, 1, 7 }, MDOC_CBOR_ERROR_LIMIT },
    { { 8, 2, 6 }, MDOC_CBOR_ERROR_LIMIT },
    { { 8, 0, 7 }, MDOC_CBOR_ERROR_LIMIT },
    { { 0, 2, 7 }, MDOC_CBOR_ERROR_LIMIT },
    { { 8, MDOC_CBOR_MAX_DEPTH, 7 }, ACCEPTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    g_assert_cmpint (open_span (span, &tries[i].limits), ==, tries[i].code);
}

/* Maps of up to 16 keys are compared pair by pair, larger ones sorted: both
 * find a key that stands twice, wherever. */
static void
test_large_maps (void)
{
  static const MdocCborLimits roomy = { .max_bytes = 1000000,
                                        .max_depth = 1,
                                        .max_items = 20000 };
  static const guint sizes[] = { 2, 15, 16, 17, 18, 100, 5000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint twice = 0; twice < 4; twice++)
      {
        g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
        guint n = sizes[i];

        mdoc_cbor_writer_begin_map (writer, n);
        for (guint j = 0; j < n; j++)
          {
            guint key = (j * 7919) % n; /* 7919 shares no factor with any */

            /* the last, one in the middle, or the first stands for another */
            if (twice == 1 && j == n - 1)
              key = 0;
            if (twice == 2 && j == n / 2)
              key = (j == 0 ? 1 : j - 1) * 7919 % n;
            if (twice == 3 && j == 0)
              key = (n - 1) * 7919 % n;
            mdoc_cbor_writer_put_uint (writer, key);
            mdoc_cbor_writer_put_null (writer);
          }
        g_assert_cmpint (open_span (mdoc_cbor_writer_get_span (writer), &roomy),
                         ==,
                         twice == 0 ? ACCEPTED : MDOC_CBOR_ERROR_DUPLICATE);
      }
}

/* Keys that begin alike are compared over what both of them have: the short one
 * stands at the very end, where a sanitizer sees who reads further. */
static void
test_large_map_of_arrays (void)
{
  g_autoptr (GString) hex = g_string_new ("b1");
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 16; i++)
    g_string_append_printf (hex, "8148%016x00", i);
  g_string_append (hex, "810000");
  bytes = mdoc_test_bytes_from_hex (hex->str);

  g_assert_cmpint (open_span (mdoc_span_from_bytes (bytes), &limits),
                   ==,
                   ACCEPTED);
}

/* What a map of many keys costs does not grow with the square. */
static void
test_huge_map (void)
{
  static const MdocCborLimits roomy = { .max_bytes = 4000000,
                                        .max_depth = 1,
                                        .max_items = 1000000 };
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_map (writer, 400000);
  for (guint i = 0; i < 400000; i++)
    {
      mdoc_cbor_writer_put_uint (writer, i);
      mdoc_cbor_writer_put_null (writer);
    }
  g_assert_cmpint (open_span (mdoc_cbor_writer_get_span (writer), &roomy),
                   ==,
                   ACCEPTED);
}

static const char sample[] = "a7 00 3903e7 6161 430102ff 20 63c3bc7a"
                             "4100 82f5f6 f93c00 c1fb3ff199999999999a"
                             "626262 d81841a0 1818 f8ff";

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (sample);
  gsize size = g_bytes_get_size (good);

  g_assert_cmpint (open_span (mdoc_span_from_bytes (good), &limits),
                   ==,
                   ACCEPTED);
  for (gsize len = 0; len < size; len++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), len);

      g_assert_cmpint (open_span (MDOC_SPAN (data, len), &limits),
                       ==,
                       MDOC_CBOR_ERROR_TRUNCATED);
    }
}

/* Asks every getter about every item, and has the types exclude each other. */
static void
touch (MdocCborItem item, guint depth)
{
  MdocCborKind kind = mdoc_cbor_get_kind (item);
  guint n_getters = 0;
  MdocCborItem key, value, content;
  MdocCborIter iter;
  gboolean boolean;
  gdouble real;
  guint64 number;
  gint64 integer;
  MdocSpan span;

  g_assert_cmpint (kind, !=, MDOC_CBOR_KIND_ABSENT);
  g_assert_cmpuint (depth, <=, limits.max_depth);
  if (mdoc_cbor_get_uint (item, "x", G_MAXUINT64, &number, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_UINT);
      n_getters++;
    }
  if (mdoc_cbor_get_int (item, "x", &integer, NULL))
    g_assert_true (integer < 0 ? kind == MDOC_CBOR_KIND_NEGINT
                               : kind == MDOC_CBOR_KIND_UINT);
  if (mdoc_cbor_get_boolean (item, "x", &boolean, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_BOOLEAN);
      n_getters++;
    }
  if (mdoc_cbor_get_double (item, "x", &real, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_FLOAT);
      n_getters++;
    }
  if (mdoc_cbor_get_bytes (item, "x", G_MAXSIZE, &span, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_BYTES);
      g_assert_true (span.data + span.len == item.data + item.len);
      n_getters++;
    }
  if (mdoc_cbor_get_text (item, "x", G_MAXSIZE, &span, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_TEXT);
      g_assert_true (
          g_utf8_validate ((const char *) span.data, (gssize) span.len, NULL));
      g_assert_null (memchr (span.data, 0, span.len));
      n_getters++;
    }
  if (mdoc_cbor_get_any_tag (item, "x", &number, &content, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_TAG);
      touch (content, depth + 1);
      n_getters++;
    }
  if (mdoc_cbor_iter_array (item, "x", G_MAXUINT64, &iter, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_ARRAY);
      while (mdoc_cbor_iter_get_n_left (&iter) > 0)
        touch (mdoc_cbor_iter_next (&iter), depth + 1);
      g_assert_cmpint (mdoc_cbor_get_kind (mdoc_cbor_iter_next (&iter)),
                       ==,
                       MDOC_CBOR_KIND_ABSENT);
      n_getters++;
    }
  if (mdoc_cbor_iter_map (item, "x", G_MAXUINT64, &iter, NULL))
    {
      g_assert_cmpint (kind, ==, MDOC_CBOR_KIND_MAP);
      while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
        {
          touch (key, depth + 1);
          touch (value, depth + 1);
        }
      n_getters++;
    }
  g_assert_cmpuint (n_getters, <=, 1);
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (sample);
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL),
                                             size);
        g_autoptr (GError) error = NULL;
        MdocCborItem item;

        data[pos] = (guint8) value;
        if (mdoc_cbor_open (MDOC_SPAN (data, size), &limits, &item, &error))
          {
            g_assert_no_error (error);
            touch (item, 0);
          }
        else
          g_assert_nonnull (error);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cbor/case/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/cbor/limits", test_limits);
  g_test_add_func ("/cbor/large-maps", test_large_maps);
  g_test_add_func ("/cbor/large-map-of-arrays", test_large_map_of_arrays);
  g_test_add_func ("/cbor/huge-map", test_huge_map);
  g_test_add_func ("/cbor/every-prefix", test_every_prefix);
  g_test_add_func ("/cbor/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
