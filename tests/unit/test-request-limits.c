/*
 * test-request-limits.c - how much readers may say about their requests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-device-request-info.h"
#include "mdoc/mdoc-request-info.h"
#include "tests/lib/mdoc-test-request-keys.h"
#include "tests/lib/mdoc-test.h"

/* Every limit of requestInfo and deviceRequestInfo, on both of its sides. */

static const MdocCborLimits limits = { 1024 * 1024, 16, 1024 * 1024 };

static MdocRequestInfo *
parse_request_info (GBytes *encoded, GError **error)
{
  MdocCborItem item;

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &item, error))
    return NULL;
  return mdoc_request_info_parse (item, error);
}

static void
append_head (GString *hex, const char *initial, guint len)
{
  g_string_append_printf (hex, "%s%04x", initial, len);
}

/* The bytes @first, @first + @step and so on, each behind @before. */
static void
append_numbers (GString *hex,
                const char *before,
                guint first,
                guint step,
                guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (hex, "%s%02x", before, first + i * step);
}

typedef struct
{
  const char *before;
  const char *item;
  const char *after;
  guint max;
} Limit;

/* An array of so many; what follows is not reached when it is too long. */
static GBytes *
repeat (const Limit *limit, guint n)
{
  g_autoptr (GString) hex = g_string_new (limit->before);

  append_head (hex, "99", n);
  for (guint i = 0; i < n; i++)
    g_string_append (hex, limit->item);
  g_string_append (hex, limit->after);
  return mdoc_test_bytes_from_hex (hex->str);
}

static void
test_request_limits (void)
{
  static const Limit counts[] = {
    { "a1" ALTERNATIVES, "a2" REQUESTED NAME SETS REPLACEMENTS, "", 256 },
    { "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS, "81" NAME, "", 16 },
    { "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS "81", NAME, "", 32 },
    { "a1" ISSUERS, "4101", "", 64 },
    { "a1" ZK "a2" ZK_SPECS, ZK_SPEC, ZK_REQUIRED "f5", 16 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    for (guint over = 0; over <= 1; over++)
      {
        g_autoptr (GBytes) encoded = repeat (&counts[i], counts[i].max + over);
        g_autoptr (MdocRequestInfo) info = NULL;
        g_autoptr (GError) error = NULL;

        info = parse_request_info (encoded, &error);
        if (over == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      }
}

static void
test_device_limits (void)
{
  static const Limit counts[] = {
    { "a1" USE_CASES, USE_CASE, "", 32 },
    { "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS, "81 00", "", 32 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    for (guint over = 0; over <= 1; over++)
      {
        g_autoptr (GBytes) encoded = repeat (&counts[i], counts[i].max + over);
        g_autoptr (MdocDeviceRequestInfo) info = NULL;
        g_autoptr (GError) error = NULL;

        info = mdoc_device_request_info_parse (mdoc_span_from_bytes (encoded),
                                               16,
                                               &error);
        if (over == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      }
}

static void
check_device_limit (const char *hex, gboolean is_over)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (hex);
  g_autoptr (MdocDeviceRequestInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = mdoc_device_request_info_parse (mdoc_span_from_bytes (encoded),
                                         16,
                                         &error);
  if (is_over)
    g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  else
    g_assert_no_error (error);
}

/* Sets of 16 and 17 doc requests, use cases of 16 and 17 hints. */
static void
test_device_limits_of_members (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (GString) set = g_string_new ("a1" USE_CASES "81 a2" MANDATORY
                                              "f5" DOC_SETS "81");
      g_autoptr (GString) hints = g_string_new ("a1" USE_CASES "81 a3" MANDATORY
                                                "f5" DOC_SETS "81 81 00" HINTS);

      append_head (set, "99", 16 + over);
      append_numbers (set, "", 0, 1, 16 + over);
      check_device_limit (set->str, over == 1);

      append_head (hints, "b9", 16 + over);
      for (guint i = 0; i < 16 + over; i++)
        g_string_append_printf (hints, "61%02x00", 0x40 + i);
      check_device_limit (hints->str, over == 1);
    }
}

/* {"x": bstr or array of @n} */
static char *
device_info_of_size (const char *initial, guint n)
{
  GString *hex = g_string_new ("a1 6178");

  append_head (hex, initial, n);
  append_numbers (hex, "", 0, 0, n);
  return g_string_free (hex, FALSE);
}

static void
test_device_sizes (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autofree char *bytes = NULL;
      g_autofree char *items = NULL;
      g_autoptr (GString) depth = g_string_new ("a1 6178");

      bytes = device_info_of_size ("59", 32 * 1024 - 6 + over);
      check_device_limit (bytes, over == 1);
      items = device_info_of_size ("99", 20000 - 3 + over);
      check_device_limit (items, over == 1);
      for (guint i = 0; i < 11 + over; i++)
        g_string_append (depth, "81");
      g_string_append (depth, "00");
      check_device_limit (depth->str, over == 1);
    }
}

/* Strings of so many bytes: @head is that of the string, with its length. */
static const struct
{
  const char *before;
  const char *head;
  const char *after;
  guint max;
} string_limits[] = {
  { "a1" ISSUERS "81", "59", "", 64 },
  { "a1" ALTERNATIVES "81 a2" REQUESTED "82",
    "79",
    "6161" SETS REPLACEMENTS,
    255 },
  { "a1" ALTERNATIVES "81 a2" REQUESTED "82 6161",
    "79",
    SETS REPLACEMENTS,
    255 },
  { "a1" ZK "a2" ZK_REQUIRED "f5" ZK_SPECS "81 a3" ZK_SYSTEM "6173" ZK_PARAMS
    "a0" ZK_ID,
    "79",
    "",
    255 },
  { "a1" ZK "a2" ZK_REQUIRED "f5" ZK_SPECS "81 a3" ZK_ID "6173" ZK_PARAMS
    "a0" ZK_SYSTEM,
    "79",
    "",
    255 },
};

static void
test_string_limits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (string_limits); i++)
    for (guint over = 0; over <= 1; over++)
      {
        guint len = string_limits[i].max + over;
        g_autoptr (GString) hex = g_string_new (string_limits[i].before);
        g_autoptr (GBytes) encoded = NULL;
        g_autoptr (MdocRequestInfo) info = NULL;
        g_autoptr (GError) error = NULL;

        append_head (hex, string_limits[i].head, len);
        append_numbers (hex, "", 0x61, 0, len);
        g_string_append (hex, string_limits[i].after);
        encoded = mdoc_test_bytes_from_hex (hex->str);
        info = parse_request_info (encoded, &error);
        if (over == 0)
          g_assert_no_error (error);
        else
          g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      }
}

/* Encryption parameters with @n certificates of @certificate_len bytes, a nonce
 * of @nonce_len, and an array of @n_items in an array of @depth. */
static GBytes *
build_encryption (guint n,
                  gsize certificate_len,
                  gsize nonce_len,
                  guint n_items,
                  guint depth)
{
  g_autoptr (MdocCborWriter) inner = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree guint8 *filler = g_malloc0 (MAX (certificate_len, nonce_len) + 1);

  mdoc_cbor_writer_begin_map (inner, 4);
  mdoc_cbor_writer_put_text (inner, "recipientPublicKey");
  mdoc_cbor_writer_begin_map (inner, 0);
  mdoc_cbor_writer_put_text (inner, "recipientCertificate");
  mdoc_cbor_writer_begin_array (inner, n);
  for (guint i = 0; i < n; i++)
    mdoc_cbor_writer_put_bytes (inner, MDOC_SPAN (filler, certificate_len));
  mdoc_cbor_writer_put_text (inner, "nonce");
  mdoc_cbor_writer_put_bytes (inner, MDOC_SPAN (filler, nonce_len));
  mdoc_cbor_writer_put_text (inner, "x");
  for (guint i = 0; i < depth; i++)
    mdoc_cbor_writer_begin_array (inner, 1);
  mdoc_cbor_writer_begin_array (inner, n_items);
  for (guint i = 0; i < n_items; i++)
    mdoc_cbor_writer_put_uint (inner, 0);

  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "docResponseEncryption");
  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (inner));
  return mdoc_cbor_writer_finish (writer);
}

static void
test_encryption_limits (void)
{
  static const struct
  {
    guint n;
    gsize certificate_len;
    gsize nonce_len;
    guint n_items;
    guint depth;
    gboolean is_over;
  } limits_[] = {
    { 1, 1, 1, 0, 0, FALSE },
    { 8, 1, 1, 0, 0, FALSE },
    { 9, 1, 1, 0, 0, TRUE },
    { 1, 16384, 1, 0, 0, FALSE },
    { 1, 16385, 1, 0, 0, TRUE },
    { 1, 1, 256, 0, 0, FALSE },
    { 1, 1, 257, 0, 0, TRUE },
    /* as a whole: bytes, items and depth */
    { 2, 16354, 1, 0, 0, FALSE },
    { 2, 16355, 1, 0, 0, TRUE },
    { 1, 1, 1, 246, 0, FALSE },
    { 1, 1, 1, 247, 0, TRUE },
    { 1, 1, 1, 0, 6, FALSE },
    { 1, 1, 1, 0, 7, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits_); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocRequestInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      encoded = build_encryption (limits_[i].n,
                                  limits_[i].certificate_len,
                                  limits_[i].nonce_len,
                                  limits_[i].n_items,
                                  limits_[i].depth);
      g_test_message ("%" G_GSIZE_FORMAT " bytes", g_bytes_get_size (encoded));
      info = parse_request_info (encoded, &error);
      if (limits_[i].is_over)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      else
        g_assert_no_error (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/request-limits/counts", test_request_limits);
  g_test_add_func ("/request-limits/strings", test_string_limits);
  g_test_add_func ("/request-limits/encryption", test_encryption_limits);
  g_test_add_func ("/request-limits/use-cases", test_device_limits);
  g_test_add_func ("/request-limits/members-of-use-cases",
                   test_device_limits_of_members);
  g_test_add_func ("/request-limits/sizes", test_device_sizes);

  return g_test_run ();
}
