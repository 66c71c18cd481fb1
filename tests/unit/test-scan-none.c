/*
 * test-scan-none.c - what is said where there is no ZBar
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "scan/mdoc-scan.h"

static void
test_says_what_to_install (void)
{
  g_autoptr (GBytes) file = g_bytes_new_static ("", 0);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      char *text;

      text = i == 0 ? mdoc_scan_picture (file, "mdoc:", &error)
                    : mdoc_scan_camera ("/dev/video0", "mdoc:", 1, &error);
      g_assert_null (text);
      g_assert_error (error, MDOC_SCAN_ERROR, MDOC_SCAN_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "libzbar-dev"));
      g_assert_nonnull (strstr (error->message, "-Dzbar=enabled"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan-none/says-what-to-install",
                   test_says_what_to_install);
  return g_test_run ();
}
