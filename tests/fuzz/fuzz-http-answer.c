/*
 * fuzz-http-answer.c - answers over HTTP made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "net/mdoc-http-private.h"

#define MAX_HEADER_BYTES ((gsize) 512)
#define MAX_BYTES        ((gsize) 256)
#define NOW              ((gint64) 1795831200)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_response (const MdocHttpResponse *response)
{
  GHashTableIter iter;
  gpointer name, value;

  g_assert_cmpuint (response->status, >=, 200);
  g_assert_true (response->status / 100 != 3 || response->status == 304);
  g_assert_cmpuint (g_bytes_get_size (response->body), <=, MAX_BYTES);
  g_assert_cmpint (response->retry_after_s, >=, 0);
  g_assert_cmpint (response->retry_after_s, <=, MDOC_HTTP_MAX_RETRY_AFTER_S);
  g_assert_true (response->has_retry_after || response->retry_after_s == 0);
  if (response->content_type != NULL)
    g_assert_null (strchr (response->content_type, ';'));
  g_hash_table_iter_init (&iter, response->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_assert_cmpuint (strlen (name), >, 0);
      for (const char *p = value; *p != '\0'; p++)
        g_assert_true (g_ascii_isprint (*p) || *p == '\t');
      g_assert_true (mdoc_http_response_get_header (response, name) == value);
    }
}

/* Lines up to an empty one after a status of 200 or more; the rest is body. The
 * lines as libcurl hands them over, whose own reader is not ours to test. */
static void
check_answer (const char *text, gsize size)
{
  MdocHttpIntake intake;
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_fine = TRUE;

  mdoc_http_intake_init (&intake, MAX_HEADER_BYTES, MAX_BYTES);
  while (is_fine && size > 0)
    {
      const char *end = memchr (text, '\n', size);
      gsize len = end != NULL ? (gsize) (end - text) + 1 : size;

      is_fine = intake.is_head_over
                    ? mdoc_http_intake_add_body (&intake, text, len)
                    : mdoc_http_intake_add_line (&intake, text, len);
      text += len;
      size -= len;
    }
  g_assert_true (is_fine == !intake.is_refused);
  if (is_fine)
    {
      response = mdoc_http_intake_finish (&intake, NOW, &error);
      g_assert_true ((response == NULL) == (error != NULL));
      if (response != NULL)
        check_response (response);
      else
        g_assert_true (error->domain == MDOC_HTTP_ERROR);
    }
  mdoc_http_intake_clear (&intake);
}

/* An address that may be asked is https, or of this machine. */
static void
check_address (const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean is_plain = FALSE;
  CURLU *url = mdoc_http_address_parse (text, TRUE, &is_plain, &error);
  char *host = NULL;

  g_assert_true ((url == NULL) == (error != NULL));
  if (url == NULL)
    return;
  g_assert_true (is_plain == (g_ascii_strncasecmp (text, "http:", 5) == 0));
  g_assert_cmpint (curl_url_get (url, CURLUPART_HOST, &host, 0), ==, CURLUE_OK);
  if (is_plain)
    g_assert_true (g_ascii_strcasecmp (host, "localhost") == 0
                   || g_str_has_prefix (host, "127.")
                   || g_str_has_prefix (host, "[::"));
  curl_free (host);
  curl_url_cleanup (url);
  url = mdoc_http_address_parse (text, FALSE, &is_plain, NULL);
  g_assert_true (url == NULL || !is_plain);
  curl_url_cleanup (url);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *copy = g_memdup2 (data, size);

  check_answer (copy, size);
  check_address (text);
  return 0;
}
