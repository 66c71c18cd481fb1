/*
 * mdoc-write-error.h - why something may not be written as asked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocWriteError:
 * @MDOC_WRITE_ERROR_NAME: a document type, name space, element or URI that is
 *   empty, too long or not clean UTF-8
 * @MDOC_WRITE_ERROR_VALUE: a value that is not one well-formed data item
 * @MDOC_WRITE_ERROR_DUPLICATE: the same element, or item, twice
 * @MDOC_WRITE_ERROR_LIMIT: more, or larger, than we would read ourselves
 * @MDOC_WRITE_ERROR_VALIDITY: times that are missing or contradict each other
 * @MDOC_WRITE_ERROR_KEY: a key that is missing, or is not the one that it has
 *   to be
 * @MDOC_WRITE_ERROR_CERTIFICATE: a chain that is empty, or that has the root
 * @MDOC_WRITE_ERROR_UNAUTHORIZED: an element that the issuer does not let the
 *   device key sign
 *
 * Why we do not write what the standard forbids. Every code blames the caller,
 * or whoever gave it the data; nothing foreign is involved.
 */
typedef enum
{
  MDOC_WRITE_ERROR_NAME,
  MDOC_WRITE_ERROR_VALUE,
  MDOC_WRITE_ERROR_DUPLICATE,
  MDOC_WRITE_ERROR_LIMIT,
  MDOC_WRITE_ERROR_VALIDITY,
  MDOC_WRITE_ERROR_KEY,
  MDOC_WRITE_ERROR_CERTIFICATE,
  MDOC_WRITE_ERROR_UNAUTHORIZED,
} MdocWriteError;

#define MDOC_WRITE_ERROR (mdoc_write_error_quark ())
GQuark mdoc_write_error_quark (void);

gboolean
mdoc_write_refuse (GError **error, MdocWriteError code, const char *reason);
gboolean mdoc_write_check_name (const char *name, gsize max_len, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
