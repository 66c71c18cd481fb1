/*
 * mdoc-text.h - bytes as text: hexadecimal, base64url, times, JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocTextError:
 * @MDOC_TEXT_ERROR_MALFORMED: not the encoding it should be
 * @MDOC_TEXT_ERROR_LIMIT: longer than the caller allows
 *
 * Why a text was refused. Both blame whoever wrote it.
 */
typedef enum
{
  MDOC_TEXT_ERROR_MALFORMED,
  MDOC_TEXT_ERROR_LIMIT,
} MdocTextError;

#define MDOC_TEXT_ERROR (mdoc_text_error_quark ())
GQuark mdoc_text_error_quark (void);

char *mdoc_hex_encode (MdocSpan bytes) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_hex_decode (const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

char *mdoc_base64url_encode (MdocSpan bytes) G_GNUC_WARN_UNUSED_RESULT;
GBytes *
mdoc_base64url_decode (const char *text, gsize max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_time_parse (const char *text, gint64 *ret_unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_time_format (gint64 unix_s) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_date_parse (const char *text, gint64 *ret_unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_text_is_harmless (gunichar c);
char *mdoc_text_to_printable (const char *text) G_GNUC_WARN_UNUSED_RESULT;

char *mdoc_text_mend_json (char *json) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
