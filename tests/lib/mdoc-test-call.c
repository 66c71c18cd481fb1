/*
 * mdoc-test-call.c - requests that no connection has brought
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-call.h"

#include <string.h>

#include "tests/lib/mdoc-test-register.h"

MdocHttpCall *
mdoc_test_call_new (const char *method, const char *path)
{
  MdocHttpCall *call = mdoc_http_call_new (path);

  call->method = g_strdup (method);
  call->base_url = MDOC_TEST_CALL_BASE;
  call->url = g_strconcat (MDOC_TEST_CALL_BASE, path, NULL);
  call->address = g_strdup ("192.0.2.1");
  return call;
}

void
mdoc_test_call_add_header (MdocHttpCall *call,
                           const char *name,
                           const char *value)
{
  const MdocHttpField field = { g_strdup (name), g_strdup (value) };

  g_array_append_val (call->headers, field);
}

void
mdoc_test_call_assert_refused (MdocHttpReply *reply,
                               guint status,
                               const char *error)
{
  GBytes *body = mdoc_http_reply_get_body (reply);
  g_autofree char *text = NULL;
  g_autofree char *member = g_strdup_printf ("\"error\":\"%s\"", error);

  g_assert_cmpuint (mdoc_http_reply_get_status (reply), ==, status);
  if (error == NULL)
    {
      g_assert_null (body);
      return;
    }
  text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  if (strstr (text, member) == NULL)
    g_error ("expected %s: %s", error, text);
}

void
mdoc_test_call_assert_header (MdocHttpReply *reply,
                              const char *name,
                              const char *value)
{
  g_assert_cmpstr (mdoc_http_reply_get_header (reply, name), ==, value);
}

static gint64
get_unix_s (gpointer impl)
{
  return TEST_NOW_S;
}

static gint64
get_monotonic_ms (gpointer impl)
{
  return 1000;
}

const MdocClock *
mdoc_test_call_get_clock (void)
{
  static const MdocClockClass clock_class = {
    .get_unix_s = get_unix_s,
    .get_monotonic_ms = get_monotonic_ms
  };
  static const MdocClock fixed_clock = { &clock_class, NULL };

  return &fixed_clock;
}

MdocKey *
mdoc_test_call_make_key (void)
{
  g_autoptr (GError) error = NULL;
  MdocKey *key = mdoc_key_generate (MDOC_CURVE_P256, &error);

  g_assert_no_error (error);
  return key;
}
