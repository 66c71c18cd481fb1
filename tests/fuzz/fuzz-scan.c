/*
 * fuzz-scan.c - any bytes as a picture with a QR code
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "scan/mdoc-scan-private.h"

/* Larger ones decode alike, and take their time. */
#define MAX_PIXELS (256u * 256)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_scan (const MdocPicture *picture)
{
  g_autoptr (MdocScanner) scanner = mdoc_scanner_new ("mdoc:");
  g_autoptr (GError) error = NULL;
  gboolean is_seen = mdoc_scanner_look (scanner, picture);
  g_autofree char *text = mdoc_scanner_get_text (scanner, &error);

  g_assert_true ((text == NULL) == (error != NULL));
  if (text == NULL)
    {
      g_assert_cmpint (is_seen,
                       ==,
                       g_error_matches (error,
                                        MDOC_SCAN_ERROR,
                                        (gint) MDOC_SCAN_ERROR_SEVERAL));
      return;
    }
  g_assert_true (is_seen);
  g_assert_cmpint (g_ascii_strncasecmp (text, "mdoc:", 5), ==, 0);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new (data, size);
  g_autoptr (MdocPicture) picture = NULL;
  g_autoptr (GError) error = NULL;

  picture = mdoc_picture_parse (file, MAX_PIXELS, &error);
  g_assert_true ((picture == NULL) == (error != NULL));
  if (picture == NULL)
    {
      g_assert_true (error->domain == MDOC_SCAN_ERROR);
      g_assert_true (error->code == (gint) MDOC_SCAN_ERROR_PICTURE
                     || error->code == (gint) MDOC_SCAN_ERROR_LIMIT);
      return 0;
    }

  g_assert_cmpuint (picture->width, >, 0);
  g_assert_cmpuint (picture->height, >, 0);
  g_assert_cmpuint (picture->width, <=, MAX_PIXELS / picture->height);
  check_scan (picture);
  return 0;
}
