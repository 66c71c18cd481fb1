/*
 * mdoc-reader-input.h - the files that a command line names
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-doc-type.h"

G_BEGIN_DECLS

/* the largest response or credential that the core reads, and some room for
 * what is around it */
#define MDOC_READER_MAX_FILE_BYTES ((gsize) 4 * 1024 * 1024 + 64 * 1024)

GBytes *mdoc_reader_input_read (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_reader_input_decode (GBytes *content, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *
mdoc_reader_input_read_certificates (char *const *paths, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_reader_input_read_crls (char *const *paths, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_reader_input_read_key (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* both paths, or none: then both results are %NULL */
gboolean mdoc_reader_input_read_identity (const char *certificate_path,
                                          const char *key_path,
                                          GPtrArray **ret_chain,
                                          MdocKey **ret_key,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDocTypeTable *
mdoc_reader_input_read_doc_types (const char *folder, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_reader_input_parse_time (const char *text, gint64 *ret_unix_s);

G_END_DECLS
