/*
 * mdoc-span.c - bytes that somebody else owns
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-span.h"

#include <string.h>

/**
 * mdoc_span_from_text:
 * @text: a NUL-terminated string
 *
 * Returns: the bytes of @text without its NUL, borrowed from it
 */
MdocSpan
mdoc_span_from_text (const char *text)
{
  return MDOC_SPAN ((const guint8 *) text, strlen (text));
}

/**
 * mdoc_span_from_bytes:
 * @bytes: some bytes
 *
 * Returns: all of @bytes, borrowed from it
 */
MdocSpan
mdoc_span_from_bytes (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return MDOC_SPAN (data, len);
}

/**
 * mdoc_span_equal:
 * @a: some bytes
 * @b: other bytes
 *
 * Compares public bytes; the time taken tells where they differ, so secrets
 * are compared with mdoc_secret_equal() instead.
 *
 * Returns: %TRUE if both hold the same bytes
 */
gboolean
mdoc_span_equal (MdocSpan a, MdocSpan b)
{
  return a.len == b.len && (a.len == 0 || memcmp (a.data, b.data, a.len) == 0);
}

/**
 * mdoc_span_equals_text:
 * @span: some bytes
 * @text: a NUL-terminated string
 *
 * Returns: %TRUE if @span holds @text without its NUL
 */
gboolean
mdoc_span_equals_text (MdocSpan span, const char *text)
{
  return mdoc_span_equal (span, mdoc_span_from_text (text));
}

/**
 * mdoc_span_dup:
 * @span: some bytes
 *
 * Returns: (transfer full): a copy
 */
GBytes *
mdoc_span_dup (MdocSpan span)
{
  return g_bytes_new (span.data, span.len);
}
