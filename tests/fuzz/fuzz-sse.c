/*
 * fuzz-sse.c - streams of server-sent events made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "net/mdoc-sse.h"

#define MAX_BYTES 256

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
note (const char *id, const char *type, const char *data, gpointer user_data)
{
  g_assert_true (g_utf8_validate (id, -1, NULL));
  g_assert_true (g_utf8_validate (type, -1, NULL) && *type != '\0');
  g_assert_true (g_utf8_validate (data, -1, NULL));
  g_assert_cmpuint (strlen (data), <=, MAX_BYTES);
  g_assert_null (strchr (data, '\r'));
  g_string_append_printf (user_data, "%s\n%s\n%s\n", id, type, data);
}

/* How it is cut makes no difference. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) cut = g_string_new (NULL);
  g_autoptr (MdocSse) first = mdoc_sse_new (MAX_BYTES, note, whole);
  g_autoptr (MdocSse) second = mdoc_sse_new (MAX_BYTES, note, cut);
  gboolean is_fine = mdoc_sse_add (first, (const char *) data, size);
  gboolean is_fine_cut = TRUE;

  for (gsize i = 0; i < size; i++)
    is_fine_cut = mdoc_sse_add (second, (const char *) data + i, 1);
  g_assert_true (is_fine == is_fine_cut);
  g_assert_cmpstr (whole->str, ==, cut->str);
  g_assert_cmpstr (mdoc_sse_get_last_id (first),
                   ==,
                   mdoc_sse_get_last_id (second));
  g_assert_cmpuint (mdoc_sse_get_retry_ms (first), <=, MDOC_SSE_MAX_RETRY_MS);

  /* what is not ended is forgotten */
  mdoc_sse_restart (first);
  g_string_truncate (whole, 0);
  g_assert_true (mdoc_sse_add (first, "data: a\n\n", 9));
  g_assert_true (g_str_has_suffix (whole->str, "\nmessage\na\n"));
  return 0;
}
