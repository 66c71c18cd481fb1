/*
 * test-printable.c - foreign text on a terminal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"

static const struct
{
  const char *name;
  const char *text;
  const char *printable;
} cases[] = {
  { "empty", "", "" },
  { "plain", "Café 東京 \\ \"x\"", "Café 東京 \\ \"x\"" },
  { "escape", "a\x1b[2Jb", "a\\u001b[2Jb" },
  { "newline", "a\nb\tc\rd", "a\\u000ab\\u0009c\\u000dd" },
  { "delete", "\x7f", "\\u007f" },
  { "c1", "\xc2\x9b", "\\u009b" },
  { "right-to-left",
    "a\xe2\x80\xae"
    "b",
    "a\\u202eb" },
  { "isolate", "\xe2\x81\xa6", "\\u2066" },
  { "zero-width", "\xe2\x80\x8b", "\\u200b" },
  { "byte-order-mark", "\xef\xbb\xbf", "\\ufeff" },
  { "line-separator", "\xe2\x80\xa8", "\\u2028" },
  { "tag-letter", "\xf3\xa0\x81\x81", "\\u{e0041}" },
  { "private-use", "\xee\x80\x80", "\\ue000" },
  { "no-utf8",
    "a\xff"
    "b",
    "a\\xffb" },
  { "half-utf8", "a\xc3", "a\\xc3" },
  { "overlong", "\xc0\xaf", "\\xc0\\xaf" },
  { "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80" },
};

static void
test_printable (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *printable = mdoc_text_to_printable (cases[i].text);

  g_assert_cmpstr (printable, ==, cases[i].printable);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/printable/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_printable);
    }

  return g_test_run ();
}
