/*
 * fuzz-text.c - times, dates, hexadecimal and base64url from outside
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_time (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;
  gint64 unix_s, again_s;

  if (!mdoc_time_parse (text, &unix_s, &error))
    {
      g_assert_error (error, MDOC_TEXT_ERROR, MDOC_TEXT_ERROR_MALFORMED);
      return;
    }

  g_assert_no_error (error);
  again = mdoc_time_format (unix_s);
  g_assert_true (mdoc_time_parse (again, &again_s, NULL));
  g_assert_cmpint (again_s, ==, unix_s);
}

static void
check_date (const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 unix_s;

  if (!mdoc_date_parse (text, &unix_s, &error))
    g_assert_error (error, MDOC_TEXT_ERROR, MDOC_TEXT_ERROR_MALFORMED);
  else
    g_assert_cmpint (unix_s % 86400, ==, 0);
}

static void
check_hex (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mdoc_hex_decode (text, &error);
  g_autofree char *again = NULL;

  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes == NULL)
    return;

  again = mdoc_hex_encode (mdoc_span_from_bytes (bytes));
  g_assert_cmpuint (strlen (again), ==, 2 * g_bytes_get_size (bytes));
}

/* There is one way only to write bytes. */
static void
check_base64url (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mdoc_base64url_decode (text, 256, &error);
  g_autofree char *again = NULL;

  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes == NULL)
    return;

  g_assert_cmpuint (g_bytes_get_size (bytes), <=, 256);
  again = mdoc_base64url_encode (mdoc_span_from_bytes (bytes));
  g_assert_cmpstr (again, ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *printable = NULL;

  check_time (text);
  check_date (text);
  check_hex (text);
  check_base64url (text);
  if (g_utf8_validate (text, -1, NULL))
    {
      printable = mdoc_text_to_printable (text);
      g_assert_true (g_utf8_validate (printable, -1, NULL));
    }

  return 0;
}
