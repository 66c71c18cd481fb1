/*
 * mdoc-reader-error.h - errors by names that scripts can rely on
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

/**
 * MdocReaderError:
 * @MDOC_READER_ERROR_UNKNOWN: a file that is none of the structures we know
 *   (whoever named it)
 * @MDOC_READER_ERROR_TEXT: a text that is neither an engagement nor encoded
 *   bytes (whoever named it)
 * @MDOC_READER_ERROR_INPUT: something that was asked for makes no sense with
 *   what there is (whoever typed the command)
 * @MDOC_READER_ERROR_TRANSPORT: the engagement offers no way that we can take
 *   (nobody)
 * @MDOC_READER_ERROR_DENIED: the holder gave nothing (the holder)
 * @MDOC_READER_ERROR_STATUS: the holder reports an error (the holder's device)
 * @MDOC_READER_ERROR_CLOSED: the connection ended before the answer (the
 *   holder's device)
 * @MDOC_READER_ERROR_TIMEOUT: no answer in time (the holder, or its device)
 * @MDOC_READER_ERROR_CONFORMANCE: the holder does not do what a test wants to
 *   see (the holder's device)
 * @MDOC_READER_ERROR_LIST: there is no status list, or it does not hold (who
 *   publishes it)
 * @MDOC_READER_ERROR_SKIPPED: a test cannot be run as things are (nobody)
 *
 * What this program refuses by itself.
 */
typedef enum
{
  MDOC_READER_ERROR_UNKNOWN,
  MDOC_READER_ERROR_TEXT,
  MDOC_READER_ERROR_INPUT,
  MDOC_READER_ERROR_TRANSPORT,
  MDOC_READER_ERROR_DENIED,
  MDOC_READER_ERROR_STATUS,
  MDOC_READER_ERROR_CLOSED,
  MDOC_READER_ERROR_TIMEOUT,
  MDOC_READER_ERROR_CONFORMANCE,
  MDOC_READER_ERROR_LIST,
  MDOC_READER_ERROR_SKIPPED,
} MdocReaderError;

#define MDOC_READER_ERROR (mdoc_reader_error_quark ())
GQuark mdoc_reader_error_quark (void);

gboolean mdoc_reader_refuse (GError **error,
                             MdocReaderError code,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);
const char *mdoc_reader_error_get_name (const GError *error);
MdocExit mdoc_reader_error_get_exit (const GError *error);

G_END_DECLS
