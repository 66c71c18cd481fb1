/*
 * mdoc-write-error.c - why something may not be written as asked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-write-error.h"

#include <string.h>

G_DEFINE_QUARK (mdoc_write_error_quark, mdoc_write_error)

/**
 * mdoc_write_refuse:
 * @error: (nullable): return location for the error
 * @code: why
 * @reason: the same as a sentence for people
 *
 * Returns: %FALSE, so that a function can end with `return mdoc_write_refuse
 * (…)`
 */
gboolean
mdoc_write_refuse (GError **error, MdocWriteError code, const char *reason)
{
  g_set_error_literal (error, MDOC_WRITE_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_write_check_name:
 * @name: (nullable): a document type, name space, element or URI
 * @max_len: longest allowed, in bytes
 * @error: return location for %MDOC_WRITE_ERROR_NAME
 *
 * Returns: %TRUE if @name is one that our own parsers would take
 */
gboolean
mdoc_write_check_name (const char *name, gsize max_len, GError **error)
{
  if (name == NULL || *name == '\0')
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_NAME,
                              "A document type, name space, element or URI is"
                              " empty");
  if (strlen (name) > max_len || !g_utf8_validate (name, -1, NULL))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_NAME,
                              "A document type, name space, element or URI is"
                              " too long or not UTF-8");
  return TRUE;
}
