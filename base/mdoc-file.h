/*
 * mdoc-file.h - whole files in and out, with a cap
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocFileError:
 * @MDOC_FILE_ERROR_NOT_FOUND: there is no such file
 * @MDOC_FILE_ERROR_KIND: a folder, device, pipe or socket where a plain file
 *   should be
 * @MDOC_FILE_ERROR_LIMIT: longer than the caller allows
 * @MDOC_FILE_ERROR_EXISTS: it is there already and was not to be replaced
 * @MDOC_FILE_ERROR_IO: the system refused or broke off
 *
 * Why a file was not read or written. Each blames whoever named the file, but
 * the last, which may blame the device.
 */
typedef enum
{
  MDOC_FILE_ERROR_NOT_FOUND,
  MDOC_FILE_ERROR_KIND,
  MDOC_FILE_ERROR_LIMIT,
  MDOC_FILE_ERROR_EXISTS,
  MDOC_FILE_ERROR_IO,
} MdocFileError;

#define MDOC_FILE_ERROR (mdoc_file_error_quark ())
GQuark mdoc_file_error_quark (void);

/* Whether others may read what is written, and whether it may replace. */
typedef enum
{
  MDOC_FILE_PLAIN = 0,
  MDOC_FILE_PRIVATE = 1 << 0, /* mode 0600 */
  MDOC_FILE_REPLACE = 1 << 1,
} MdocFileFlags;

GBytes *mdoc_file_read (const char *path, gsize max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *
mdoc_file_read_secret (const char *path, gsize max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the files of a folder whose names end in @suffix, sorted */
GStrv mdoc_file_list (const char *folder,
                      const char *suffix,
                      guint max_files,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_file_write (const char *path,
                          MdocSpan content,
                          MdocFileFlags flags,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
