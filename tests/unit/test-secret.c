/*
 * test-secret.c - bytes that are wiped, and bytes that are borrowed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

static void
test_new (void)
{
  static const gsize sizes[] = { 0, 1, 32, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MdocSecret) secret = mdoc_secret_new (sizes[i]);
      const guint8 *data = mdoc_secret_get_data (secret);

      g_assert_cmpuint (mdoc_secret_get_len (secret), ==, sizes[i]);
      g_assert_cmpuint (mdoc_secret_get_span (secret).len, ==, sizes[i]);
      g_assert_true (mdoc_secret_get_span (secret).data == data);
      for (gsize j = 0; j < sizes[i]; j++)
        g_assert_cmpuint (data[j], ==, 0);
    }

  mdoc_secret_free (NULL);
}

static void
test_copy (void)
{
  guint8 original[] = { 1, 2, 3 };
  g_autoptr (MdocSecret) secret = mdoc_secret_new_copy (
      MDOC_SPAN (original, 3));
  g_autoptr (MdocSecret) empty = mdoc_secret_new_copy (MDOC_SPAN (NULL, 0));

  original[0] = 9;
  g_assert_cmpuint (mdoc_secret_get_data (secret)[0], ==, 1);
  g_assert_cmpuint (mdoc_secret_get_data (secret)[2], ==, 3);
  g_assert_cmpuint (mdoc_secret_get_len (empty), ==, 0);
}

static void
test_equal (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean is_equal;
  } pairs[] = {
    { "", "", TRUE },
    { "abc", "abc", TRUE },
    { "abc", "ab", FALSE },
    { "ab", "abc", FALSE },
    { "", "a", FALSE },
    { "abc", "abd", FALSE },
    { "abc", "bbc", FALSE },
    { "a\x80", "a\x00", FALSE },
    { "\x01z", "\x02z", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      MdocSpan a = mdoc_span_from_text (pairs[i].a);
      MdocSpan b = mdoc_span_from_text (pairs[i].b);

      g_assert_true (mdoc_secret_equal (a, b) == pairs[i].is_equal);
      g_assert_true (mdoc_secret_equal (b, a) == pairs[i].is_equal);
      g_assert_true (mdoc_span_equal (a, b) == pairs[i].is_equal);
      g_assert_true (mdoc_span_equals_text (a, pairs[i].b)
                     == pairs[i].is_equal);
    }
}

/* Each single bit makes a difference. */
static void
test_equal_bits (void)
{
  guint8 a[33] = { 0 };
  guint8 b[33] = { 0 };

  for (guint bit = 0; bit < 8 * sizeof (a); bit++)
    {
      b[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (mdoc_secret_equal (MDOC_SPAN (a, 33), MDOC_SPAN (b, 33)));
      b[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_true (mdoc_secret_equal (MDOC_SPAN (a, 33), MDOC_SPAN (b, 33)));
    }
}

static void
test_wipe (void)
{
  guint8 bytes[] = { 1, 2, 3, 4 };

  mdoc_secret_wipe (bytes + 1, 2);
  g_assert_cmpuint (bytes[0], ==, 1);
  g_assert_cmpuint (bytes[1], ==, 0);
  g_assert_cmpuint (bytes[2], ==, 0);
  g_assert_cmpuint (bytes[3], ==, 4);
  mdoc_secret_wipe (bytes, 0);
  g_assert_cmpuint (bytes[0], ==, 1);
  mdoc_secret_wipe (NULL, 0);
}

static void
test_wipe_on_exit (void)
{
  guint8 bytes[16];

  memset (bytes, 0xa5, sizeof (bytes));
  {
    MDOC_WIPE_ON_EXIT (bytes);
  }
  for (gsize i = 0; i < sizeof (bytes); i++)
    g_assert_cmpuint (bytes[i], ==, 0);
}

static void
test_span (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static (NULL, 0);
  g_autoptr (GBytes) copy = NULL;
  MdocSpan span = mdoc_span_from_bytes (bytes);

  g_assert_true (mdoc_span_equals_text (span, "abc"));
  g_assert_false (mdoc_span_equals_text (span, "abcd"));
  g_assert_false (mdoc_span_equals_text (span, "ab"));
  g_assert_cmpuint (mdoc_span_from_bytes (empty).len, ==, 0);
  g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (empty),
                                  MDOC_SPAN ((const guint8 *) "x", 0)));

  copy = mdoc_span_dup (span);
  g_assert_true (g_bytes_equal (copy, bytes));
  g_assert_true (g_bytes_get_data (copy, NULL)
                 != g_bytes_get_data (bytes, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secret/new", test_new);
  g_test_add_func ("/secret/copy", test_copy);
  g_test_add_func ("/secret/equal", test_equal);
  g_test_add_func ("/secret/equal-bits", test_equal_bits);
  g_test_add_func ("/secret/wipe", test_wipe);
  g_test_add_func ("/secret/wipe-on-exit", test_wipe_on_exit);
  g_test_add_func ("/secret/span", test_span);

  return g_test_run ();
}
