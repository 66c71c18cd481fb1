/*
 * test-cbor-item.c - looking at CBOR that has passed the door
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

static const MdocCborLimits limits = { .max_bytes = 100000,
                                       .max_depth = 8,
                                       .max_items = 2000 };

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

/* One item of each kind, and what each getter says of it. */
static const struct
{
  MdocCborKind kind;
  const char *hex;
} kinds[] = {
  { MDOC_CBOR_KIND_UINT, "05" },
  { MDOC_CBOR_KIND_NEGINT, "24" },
  { MDOC_CBOR_KIND_BYTES, "4101" },
  { MDOC_CBOR_KIND_TEXT, "6161" },
  { MDOC_CBOR_KIND_ARRAY, "8105" },
  { MDOC_CBOR_KIND_MAP, "a10506" },
  { MDOC_CBOR_KIND_TAG, "d8184101" },
  { MDOC_CBOR_KIND_BOOLEAN, "f4" },
  { MDOC_CBOR_KIND_BOOLEAN, "f5" },
  { MDOC_CBOR_KIND_NULL, "f6" },
  { MDOC_CBOR_KIND_FLOAT, "f93c00" },
  { MDOC_CBOR_KIND_FLOAT, "fa3f800000" },
  { MDOC_CBOR_KIND_FLOAT, "fb3ff0000000000000" },
  { MDOC_CBOR_KIND_SIMPLE, "f7" },
  { MDOC_CBOR_KIND_SIMPLE, "e0" },
  { MDOC_CBOR_KIND_SIMPLE, "f8ff" },
};

static void
assert_getter (gboolean has_value, GError **error, gboolean is_right)
{
  g_assert_true (has_value == is_right);
  if (is_right)
    g_assert_no_error (*error);
  else
    g_assert_error (*error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_clear_error (error);
}

static void
assert_getters (MdocCborItem item, MdocCborKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  MdocCborItem content;
  MdocCborIter iter;
  gboolean boolean;
  gboolean has;
  gdouble real;
  guint64 number;
  gint64 integer;
  MdocSpan span;

  g_assert_cmpint (mdoc_cbor_get_kind (item), ==, kind);
  has = mdoc_cbor_get_uint (item, "x", 100, &number, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_UINT);
  has = mdoc_cbor_get_int (item, "x", &integer, &error);
  assert_getter (has,
                 &error,
                 kind == MDOC_CBOR_KIND_UINT || kind == MDOC_CBOR_KIND_NEGINT);
  has = mdoc_cbor_get_boolean (item, "x", &boolean, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_BOOLEAN);
  has = mdoc_cbor_get_double (item, "x", &real, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_FLOAT);
  if (has)
    g_assert_cmpfloat (real, ==, 1.0);
  has = mdoc_cbor_get_bytes (item, "x", 100, &span, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_BYTES);
  has = mdoc_cbor_get_text (item, "x", 100, &span, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_TEXT);
  text = mdoc_cbor_dup_text (item, "x", 100, &error);
  assert_getter (text != NULL, &error, kind == MDOC_CBOR_KIND_TEXT);
  has = mdoc_cbor_get_any_tag (item, "x", &number, &content, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_TAG);
  has = mdoc_cbor_get_embedded (item, "x", 100, &span, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_TAG);
  has = mdoc_cbor_get_time (item, "x", &integer, &error);
  assert_getter (has, &error, FALSE);
  has = mdoc_cbor_iter_array (item, "x", 100, &iter, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_ARRAY);
  has = mdoc_cbor_iter_map (item, "x", 100, &iter, &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_MAP);
  has = mdoc_cbor_require_map (item, "x", &error);
  assert_getter (has, &error, kind == MDOC_CBOR_KIND_MAP);

  /* a lookup in what is no map finds nothing, and does no harm */
  content = mdoc_cbor_map_lookup_int (item, 5);
  g_assert_true (mdoc_cbor_get_kind (content)
                 == (kind == MDOC_CBOR_KIND_MAP ? MDOC_CBOR_KIND_UINT
                                                : MDOC_CBOR_KIND_ABSENT));
  content = mdoc_cbor_map_lookup (item, "a");
  g_assert_cmpint (mdoc_cbor_get_kind (content), ==, MDOC_CBOR_KIND_ABSENT);
}

static void
test_kinds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      MdocCborItem item;

      g_assert_true (open_hex (kinds[i].hex, &bytes, &item, NULL));
      assert_getters (item, kinds[i].kind);
    }

  assert_getters (MDOC_CBOR_ABSENT, MDOC_CBOR_KIND_ABSENT);
}

/* An error names the field and what is wrong with it, and nothing of the
 * peer's.
 */
static void
test_messages (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) other = NULL;
  MdocCborItem item;
  guint64 number;

  g_assert_true (open_hex ("63535352", &bytes, &item, NULL));
  g_assert_false (mdoc_cbor_get_uint (item, "status", 1, &number, &other));
  g_assert_cmpstr (other->message, ==, "status is no unsigned integer");
  g_assert_false (
      mdoc_cbor_get_uint (MDOC_CBOR_ABSENT, "status", 1, &number, &missing));
  g_assert_cmpstr (missing->message, ==, "status is missing");
}

static void
test_uint (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  MdocCborItem item;
  guint64 number = 77;

  g_assert_true (open_hex ("1903e8", &bytes, &item, NULL));
  g_assert_false (mdoc_cbor_get_uint (item, "x", 999, &number, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  g_assert_cmpuint (number, ==, 77);
  g_assert_true (mdoc_cbor_get_uint (item, "x", 1000, &number, NULL));
  g_assert_cmpuint (number, ==, 1000);
}

static void
test_int (void)
{
  static const struct
  {
    const char *hex;
    gboolean fits;
    gint64 value;
  } numbers[] = {
    { "00", TRUE, 0 },
    { "20", TRUE, -1 },
    { "3818", TRUE, -25 },
    { "1b7fffffffffffffff", TRUE, G_MAXINT64 },
    { "1b8000000000000000", FALSE, 0 },
    { "3b7fffffffffffffff", TRUE, G_MININT64 },
    { "3b8000000000000000", FALSE, 0 },
    { "3bffffffffffffffff", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      MdocCborItem item;
      gint64 value = 77;
      gboolean fits;

      g_assert_true (open_hex (numbers[i].hex, &bytes, &item, NULL));
      fits = mdoc_cbor_get_int (item, "x", &value, &error);
      g_assert_true (fits == numbers[i].fits);
      g_assert_cmpint (value, ==, fits ? numbers[i].value : 77);
      if (!fits)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
    }
}

/* RFC 8949, appendix A */
static void
test_double (void)
{
  static const struct
  {
    const char *hex;
    gdouble value;
  } numbers[] = {
    { "f90000", 0.0 },
    { "f93e00", 1.5 },
    { "f97bff", 65504.0 },
    { "f90001", 5.960464477539063e-8 },
    { "f90400", 0.00006103515625 },
    { "f9c400", -4.0 },
    { "f97c00", (gdouble) INFINITY },
    { "f9fc00", -(gdouble) INFINITY },
    { "fa47c35000", 100000.0 },
    { "fa7f7fffff", 3.4028234663852886e+38 },
    { "fb3ff199999999999a", 1.1 },
    { "fbc010666666666666", -4.1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      MdocCborItem item;
      gdouble value = 77;

      g_assert_true (open_hex (numbers[i].hex, &bytes, &item, NULL));
      g_assert_true (mdoc_cbor_get_double (item, "x", &value, NULL));
      g_assert_true (value == numbers[i].value);
    }
}

static void
test_nan (void)
{
  static const char *const hex[] = { "f97e00",
                                     "f97c01",
                                     "fa7fc00000",
                                     "fb7ff8000000000000" };

  for (gsize i = 0; i < G_N_ELEMENTS (hex); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      MdocCborItem item;
      gdouble value = 77;

      g_assert_true (open_hex (hex[i], &bytes, &item, NULL));
      g_assert_true (mdoc_cbor_get_double (item, "x", &value, NULL));
      g_assert_true (isnan (value));
    }
}

static void
test_boolean (void)
{
  g_autoptr (GBytes) no = NULL;
  g_autoptr (GBytes) yes = NULL;
  MdocCborItem item;
  gboolean value = 77;

  g_assert_true (open_hex ("f4", &no, &item, NULL));
  g_assert_true (mdoc_cbor_get_boolean (item, "x", &value, NULL));
  g_assert_cmpint (value, ==, FALSE);
  g_assert_true (open_hex ("f5", &yes, &item, NULL));
  g_assert_true (mdoc_cbor_get_boolean (item, "x", &value, NULL));
  g_assert_cmpint (value, ==, TRUE);
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  MdocSpan span = { NULL, 77 };
  MdocCborItem item;

  g_assert_true (open_hex ("43010203", &bytes, &item, NULL));
  g_assert_false (mdoc_cbor_get_bytes (item, "x", 2, &span, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  g_assert_cmpuint (span.len, ==, 77);
  g_assert_true (mdoc_cbor_get_bytes (item, "x", 3, &span, NULL));
  g_assert_cmpuint (span.len, ==, 3);
  g_assert_cmpuint (span.data[2], ==, 3);
}

/* What C would read differently than CBOR does is refused. */
static void
test_text (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } texts[] = {
    { "60", ACCEPTED },
    { "63616263", ACCEPTED },
    { "62c3bc", ACCEPTED },
    { "64f09f9880", ACCEPTED },
    { "6100", MDOC_CBOR_ERROR_SCHEMA },
    { "63006162", MDOC_CBOR_ERROR_SCHEMA },
    { "63610062", MDOC_CBOR_ERROR_SCHEMA },
    { "63616200", MDOC_CBOR_ERROR_SCHEMA },
    { "61ff", MDOC_CBOR_ERROR_SCHEMA },
    { "61c3", MDOC_CBOR_ERROR_SCHEMA },
    { "62c328", MDOC_CBOR_ERROR_SCHEMA },
    { "62c080", MDOC_CBOR_ERROR_SCHEMA },     /* a NUL in disguise */
    { "63eda080", MDOC_CBOR_ERROR_SCHEMA },   /* half a surrogate pair */
    { "64f4908080", MDOC_CBOR_ERROR_SCHEMA }, /* beyond Unicode */
    { "6561626364 65", ACCEPTED },
    { "66616263646566", MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      MdocSpan span = { NULL, 77 };
      MdocCborItem item;
      gboolean is_text;

      g_assert_true (open_hex (texts[i].hex, &bytes, &item, NULL));
      is_text = mdoc_cbor_get_text (item, "x", 5, &span, &error);
      g_assert_true (is_text == (texts[i].code == ACCEPTED));
      if (is_text)
        g_assert_cmpuint (span.len, ==, g_bytes_get_size (bytes) - 1);
      else
        {
          g_assert_error (error, MDOC_CBOR_ERROR, texts[i].code);
          g_assert_cmpuint (span.len, ==, 77);
        }
    }
}

static void
test_dup_text (void)
{
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  MdocCborItem item;

  g_assert_true (open_hex ("60", &empty, &item, NULL));
  g_assert_null (mdoc_cbor_dup_text (item, "x", 5, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_true (open_hex ("62c3bc", &bytes, &item, NULL));
  text = mdoc_cbor_dup_text (item, "x", 5, NULL);
  g_assert_cmpstr (text, ==, "\xc3\xbc");
}

static void
test_tags (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  MdocCborItem item, content;
  MdocSpan span;
  guint64 tag;

  g_assert_true (open_hex ("d818 43a10506", &bytes, &item, NULL));
  g_assert_true (mdoc_cbor_get_any_tag (item, "x", &tag, &content, NULL));
  g_assert_cmpuint (tag, ==, 24);
  g_assert_cmpint (mdoc_cbor_get_kind (content), ==, MDOC_CBOR_KIND_BYTES);
  g_assert_true (mdoc_cbor_get_tagged (item, "x", 24, &content, NULL));
  g_assert_false (mdoc_cbor_get_tagged (item, "x", 25, &content, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_clear_error (&error);

  g_assert_true (mdoc_cbor_get_embedded (item, "x", 3, &span, NULL));
  g_assert_cmpuint (span.len, ==, 3);
  g_assert_cmpuint (span.data[0], ==, 0xa1);
  g_assert_false (mdoc_cbor_get_embedded (item, "x", 2, &span, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
}

static void
test_embedded_refusals (void)
{
  static const char *const hex[] = { "43a10506",
                                     "d819 43a10506",
                                     "d818 05",
                                     "d818 6161",
                                     "d818 d818 4105" };

  for (gsize i = 0; i < G_N_ELEMENTS (hex); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      MdocCborItem item;
      MdocSpan span;

      g_assert_true (open_hex (hex[i], &bytes, &item, NULL));
      g_assert_false (mdoc_cbor_get_embedded (item, "x", 100, &span, &error));
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
    }
}

static void
test_time (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } times[] = {
    { "c074323032302d31302d30315431333a33303a30325a", ACCEPTED },
    { "74323032302d31302d30315431333a33303a30325a", MDOC_CBOR_ERROR_SCHEMA },
    { "c174323032302d31302d30315431333a33303a30325a", MDOC_CBOR_ERROR_SCHEMA },
    { "c06a323032302d31302d3031", MDOC_CBOR_ERROR_SCHEMA },
    { "c000", MDOC_CBOR_ERROR_SCHEMA },
    { "c060", MDOC_CBOR_ERROR_SCHEMA },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      MdocCborItem item;
      gint64 unix_s = 77;
      gboolean is_time;

      g_assert_true (open_hex (times[i].hex, &bytes, &item, NULL));
      is_time = mdoc_cbor_get_time (item, "x", &unix_s, &error);
      g_assert_true (is_time == (times[i].code == ACCEPTED));
      g_assert_cmpint (unix_s, ==, is_time ? 1601559002 : 77);
      if (!is_time)
        g_assert_error (error, MDOC_CBOR_ERROR, times[i].code);
    }
}

/* A fraction may be as long as 44 digits, and no longer. */
static void
test_time_limit (void)
{
  for (guint n = 44; n <= 45; n++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autofree char *digits = g_strnfill (n - 1, '0');
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      MdocCborItem item;
      gint64 unix_s;
      gboolean is_time;

      text = g_strdup_printf ("2020-10-01T13:30:02.%sZ", digits);
      mdoc_cbor_writer_put_tag (writer, 0);
      mdoc_cbor_writer_put_text (writer, text);
      g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                     &limits,
                                     &item,
                                     NULL));
      is_time = mdoc_cbor_get_time (item, "x", &unix_s, &error);
      g_assert_true (is_time == (n == 44));
      if (!is_time)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
    }
}

static void
test_iter (void)
{
  g_autoptr (GBytes) array_bytes = NULL;
  g_autoptr (GBytes) map_bytes = NULL;
  g_autoptr (GError) error = NULL;
  MdocCborItem item, key, value;
  MdocCborIter iter;
  guint64 number;

  g_assert_true (open_hex ("83 01 82 02 03 04", &array_bytes, &item, NULL));
  g_assert_false (mdoc_cbor_iter_array (item, "x", 2, &iter, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_true (mdoc_cbor_iter_array (item, "x", 3, &iter, NULL));
  g_assert_cmpuint (mdoc_cbor_iter_get_n_left (&iter), ==, 3);
  g_assert_true (
      mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter), "x", 9, &number, NULL));
  g_assert_cmpuint (number, ==, 1);
  value = mdoc_cbor_iter_next (&iter);
  g_assert_cmpuint (mdoc_cbor_get_encoded (value).len, ==, 3);
  g_assert_cmpuint (mdoc_cbor_iter_get_n_left (&iter), ==, 1);
  g_assert_true (
      mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter), "x", 9, &number, NULL));
  g_assert_cmpuint (number, ==, 4);
  g_assert_cmpint (mdoc_cbor_get_kind (mdoc_cbor_iter_next (&iter)),
                   ==,
                   MDOC_CBOR_KIND_ABSENT);

  g_assert_true (open_hex ("a2 01 82 02 03 6161 05", &map_bytes, &item, NULL));
  g_assert_false (mdoc_cbor_iter_map (item, "x", 1, &iter, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  g_assert_true (mdoc_cbor_iter_map (item, "x", 2, &iter, NULL));
  g_assert_true (mdoc_cbor_iter_next_pair (&iter, &key, &value));
  g_assert_cmpint (mdoc_cbor_get_kind (key), ==, MDOC_CBOR_KIND_UINT);
  g_assert_cmpuint (mdoc_cbor_get_encoded (value).len, ==, 3);
  g_assert_true (mdoc_cbor_iter_next_pair (&iter, &key, &value));
  g_assert_cmpint (mdoc_cbor_get_kind (key), ==, MDOC_CBOR_KIND_TEXT);
  g_assert_false (mdoc_cbor_iter_next_pair (&iter, &key, &value));
}

static guint64
lookup_number (MdocCborItem value)
{
  guint64 number = 77;

  if (mdoc_cbor_get_kind (value) != MDOC_CBOR_KIND_ABSENT)
    g_assert_true (mdoc_cbor_get_uint (value, "x", 10, &number, NULL));
  return number;
}

/* Keys of every kind, some with long heads, each with a number of its own. */
static void
test_lookup (void)
{
  g_autoptr (GBytes) bytes = NULL;
  MdocCborItem map;

  g_assert_true (open_hex ("aa 1805 01 24 02 390005 03 4161 04 780161 05"
                           "60 06 818161 61 07 c105 08 6261 62 09 00 0a",
                           &bytes,
                           &map,
                           NULL));
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, 5)), ==, 1);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, -5)), ==, 2);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, -6)), ==, 3);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup (map, "a")), ==, 5);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup (map, "")), ==, 6);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup (map, "ab")), ==, 9);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, 0)), ==, 10);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup (map, "b")), ==, 77);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, 1)), ==, 77);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, -1)), ==, 77);
  g_assert_cmpuint (lookup_number (mdoc_cbor_map_lookup_int (map, G_MININT64)),
                    ==,
                    77);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cbor-item/kinds", test_kinds);
  g_test_add_func ("/cbor-item/messages", test_messages);
  g_test_add_func ("/cbor-item/uint", test_uint);
  g_test_add_func ("/cbor-item/int", test_int);
  g_test_add_func ("/cbor-item/double", test_double);
  g_test_add_func ("/cbor-item/nan", test_nan);
  g_test_add_func ("/cbor-item/boolean", test_boolean);
  g_test_add_func ("/cbor-item/bytes", test_bytes);
  g_test_add_func ("/cbor-item/text", test_text);
  g_test_add_func ("/cbor-item/dup-text", test_dup_text);
  g_test_add_func ("/cbor-item/tags", test_tags);
  g_test_add_func ("/cbor-item/embedded-refusals", test_embedded_refusals);
  g_test_add_func ("/cbor-item/time", test_time);
  g_test_add_func ("/cbor-item/time-limit", test_time_limit);
  g_test_add_func ("/cbor-item/iter", test_iter);
  g_test_add_func ("/cbor-item/lookup", test_lookup);

  return g_test_run ();
}
