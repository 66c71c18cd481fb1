/*
 * mdoc-span.h - bytes that somebody else owns
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocSpan:
 * @data: the first byte; may be %NULL when @len is 0
 * @len: how many bytes there are
 *
 * A borrowed run of bytes. It is valid only as long as the owner, which each
 * function that returns one names; nothing is freed through it.
 */
typedef struct
{
  const guint8 *data;
  gsize len;
} MdocSpan;

#define MDOC_SPAN(data_, len_) ((MdocSpan){ (data_), (len_) })

/* The bytes of a string literal or of a static text, without its NUL. */
MdocSpan mdoc_span_from_text (const char *text);
MdocSpan mdoc_span_from_bytes (GBytes *bytes);
gboolean mdoc_span_equal (MdocSpan a, MdocSpan b);
gboolean mdoc_span_equals_text (MdocSpan span, const char *text);
GBytes *mdoc_span_dup (MdocSpan span);

G_END_DECLS
