/*
 * test-text.c - hexadecimal, base64url and times
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"

#define ACCEPTED (-1)

static void
assert_code (const GError *error, gconstpointer result, int code)
{
  g_assert_true ((result == NULL) == (error != NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_TEXT_ERROR, code);
}

static void
test_hex (void)
{
  static const struct
  {
    const char *text;
    const char *again; /* NULL: refused */
  } cases[] = {
    { "", "" },         { "00", "00" },
    { "0aFf", "0aff" }, { " 0a\tff\n", "0aff" },
    { "0", NULL },      { "0aF", NULL },
    { "0 a", NULL },    { "0g", NULL },
    { "g0", NULL },     { "0x", NULL },
    { "-1", NULL },     { "0123456789abcdefABCDEF", "0123456789abcdefabcdef" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *again = NULL;

      bytes = mdoc_hex_decode (cases[i].text, &error);
      assert_code (error,
                   bytes,
                   cases[i].again != NULL ? ACCEPTED
                                          : MDOC_TEXT_ERROR_MALFORMED);
      if (bytes == NULL)
        continue;
      again = mdoc_hex_encode (mdoc_span_from_bytes (bytes));
      g_assert_cmpstr (again, ==, cases[i].again);
    }
}

/* RFC 4648, section 10, and what the strict alphabet refuses */
static void
test_base64url (void)
{
  static const struct
  {
    const char *text;
    const char *hex; /* NULL: refused */
  } cases[] = {
    { "", "" },
    { "Zg", "66" },
    { "Zm8", "666f" },
    { "Zm9v", "666f6f" },
    { "Zm9vYg", "666f6f62" },
    { "Zm9vYmE", "666f6f6261" },
    { "Zm9vYmFy", "666f6f626172" },
    { "-_-_", "fbffbf" },
    { "+/+/", NULL },
    { "Zg==", NULL },
    { "Zm8=", NULL },
    { "Z", NULL },
    { "Zm9vY", NULL },
    { "Zm9 v", NULL },
    { "Zm9v\n", NULL },
    /* bits that stand for nothing are not zero */
    { "Zh", NULL },
    { "Zm9", NULL },
    { "Zm-", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *again = NULL;
      g_autofree char *hex = NULL;

      bytes = mdoc_base64url_decode (cases[i].text, 100, &error);
      assert_code (error,
                   bytes,
                   cases[i].hex != NULL ? ACCEPTED : MDOC_TEXT_ERROR_MALFORMED);
      if (bytes == NULL)
        continue;
      hex = mdoc_hex_encode (mdoc_span_from_bytes (bytes));
      g_assert_cmpstr (hex, ==, cases[i].hex);
      again = mdoc_base64url_encode (mdoc_span_from_bytes (bytes));
      g_assert_cmpstr (again, ==, cases[i].text);
    }
}

/* Every byte survives, and the limit is to the byte. */
static void
test_base64url_limit (void)
{
  guint8 all[256];

  for (guint i = 0; i < 256; i++)
    all[i] = (guint8) i;

  for (gsize len = 0; len <= 256; len++)
    {
      g_autofree char *text = mdoc_base64url_encode (MDOC_SPAN (all, len));
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GBytes) none = NULL;
      g_autoptr (GError) error = NULL;

      bytes = mdoc_base64url_decode (text, len, &error);
      g_assert_no_error (error);
      g_assert_true (
          mdoc_span_equal (mdoc_span_from_bytes (bytes), MDOC_SPAN (all, len)));
      if (len == 0)
        continue;
      none = mdoc_base64url_decode (text, len - 1, &error);
      assert_code (error, none, MDOC_TEXT_ERROR_LIMIT);
    }
}

static void
test_time (void)
{
  static const struct
  {
    const char *text;
    gint64 unix_s; /* -1: refused */
  } cases[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2020-10-01T13:30:02Z", 1601559002 },
    { "2020-10-01t13:30:02z", 1601559002 },
    { "2025-02-19T23:36:58.210391Z", 1740008218 },
    { "2025-02-19T23:36:58.999999999999999999999Z", 1740008218 },
    { "2020-10-01T15:30:02+02:00", 1601559002 },
    { "2020-10-01T08:00:02-05:30", 1601559002 },
    { "2020-10-01T13:30:02+00:00", 1601559002 },
    { "2016-12-31T23:59:60Z", 1483228799 },
    { "2024-02-29T00:00:00Z", 1709164800 },
    { "9999-12-31T23:59:59Z", 253402300799 },
    { "9999-12-31T22:59:59-01:00", 253402300799 },
    { "9999-12-31T23:00:00-01:00", -1 },
    { "0001-01-01T00:59:59+01:00", -1 },
    { "2023-02-29T00:00:00Z", -1 },
    { "2020-13-01T00:00:00Z", -1 },
    { "2020-00-01T00:00:00Z", -1 },
    { "2020-10-00T00:00:00Z", -1 },
    { "2020-10-32T00:00:00Z", -1 },
    { "0000-10-01T00:00:00Z", -1 },
    { "2020-10-01T24:00:00Z", -1 },
    { "2020-10-01T00:60:00Z", -1 },
    { "2020-10-01T00:00:61Z", -1 },
    { "2020-10-01T13:30:02", -1 },
    { "2020-10-01T13:30:02.Z", -1 },
    { "2020-10-01T13:30:02ZZ", -1 },
    { "2020-10-01T13:30:02+0200", -1 },
    { "2020-10-01T13:30:02+24:00", -1 },
    { "2020-10-01T13:30:02+02:60", -1 },
    { "2020-10-01T13:30:02*02:00", -1 },
    { "2020-10-01 13:30:02Z", -1 },
    { "2020-10-01T13-30-02Z", -1 },
    { "2020/10/01T13:30:02Z", -1 },
    { "20-10-01T13:30:02Z", -1 },
    { "2020-1-01T13:30:02Z", -1 },
    { "+020-10-01T13:30:02Z", -1 },
    { "2020-10-01", -1 },
    { "", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 unix_s = 77;
      gboolean is_time;

      is_time = mdoc_time_parse (cases[i].text, &unix_s, &error);
      g_test_message ("%s", cases[i].text);
      if (cases[i].unix_s >= 0)
        {
          g_assert_no_error (error);
          g_assert_true (is_time);
          g_assert_cmpint (unix_s, ==, cases[i].unix_s);
        }
      else
        {
          g_assert_error (error, MDOC_TEXT_ERROR, MDOC_TEXT_ERROR_MALFORMED);
          g_assert_false (is_time);
          g_assert_cmpint (unix_s, ==, 77);
        }
    }
}

static void
test_time_round_trip (void)
{
  static const gint64 times[] = { 0,           1,          86399,        86400,
                                  951782400,   1601559002, 253402300799, -1,
                                  -62135596800 };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = mdoc_time_format (times[i]);
      gint64 again = 77;

      g_assert_cmpuint (strlen (text), ==, strlen ("2020-10-01T13:30:02Z"));
      g_assert_true (mdoc_time_parse (text, &again, NULL));
      g_assert_cmpint (again, ==, times[i]);
    }
}

static void
test_date (void)
{
  static const struct
  {
    const char *text;
    gint64 unix_s; /* -1: refused */
  } cases[] = {
    { "1970-01-01", 0 },          { "1970-01-02", 86400 },
    { "2024-02-29", 1709164800 }, { "2023-02-29", -1 },
    { "2020-10-1", -1 },          { "2020-10-011", -1 },
    { "2020-10-01Z", -1 },        { "2020-10", -1 },
    { "2020_10-01", -1 },         { "", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 unix_s = 77;
      gboolean is_date;

      is_date = mdoc_date_parse (cases[i].text, &unix_s, &error);
      g_assert_true (is_date == (cases[i].unix_s >= 0));
      if (is_date)
        g_assert_cmpint (unix_s, ==, cases[i].unix_s);
      else
        {
          g_assert_error (error, MDOC_TEXT_ERROR, MDOC_TEXT_ERROR_MALFORMED);
          g_assert_cmpint (unix_s, ==, 77);
        }
    }
}

/* what json-glib 1.6 makes of numbers such as 1e36, and what is none of them */
static void
test_mend_json (void)
{
  static const struct
  {
    const char *json;
    const char *mended;
  } cases[] = {
    { "1e+36.0", "1e+36" },
    { "[-1.5e-07,1e-07.0,-1e+300.0]", "[-1.5e-07,1e-07,-1e+300]" },
    { "{\"a\":1e+36.0,\"b\":1.0}", "{\"a\":1e+36,\"b\":1.0}" },
    { "[\"1e+36.0\",true,1e+22.0]", "[\"1e+36.0\",true,1e+22]" },
    { "[\"\\\"1e+36.0\",\"\\\\\",1e+36.0]",
      "[\"\\\"1e+36.0\",\"\\\\\",1e+36]" },
    { "{}", "{}" },
    { "", "" },
    { "\"e+1.0", "\"e+1.0" },
    { "\"\\", "\"\\" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *mended = mdoc_text_mend_json (g_strdup (cases[i].json));

      g_assert_cmpstr (mended, ==, cases[i].mended);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text/hex", test_hex);
  g_test_add_func ("/text/base64url", test_base64url);
  g_test_add_func ("/text/base64url-limit", test_base64url_limit);
  g_test_add_func ("/text/time", test_time);
  g_test_add_func ("/text/time-round-trip", test_time_round_trip);
  g_test_add_func ("/text/date", test_date);
  g_test_add_func ("/text/mend-json", test_mend_json);

  return g_test_run ();
}
