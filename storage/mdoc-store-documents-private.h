/*
 * mdoc-store-documents-private.h - what the parts that keep documents share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "storage/mdoc-store-private.h"

G_BEGIN_DECLS

/* mdoc-store-documents.c */
gboolean mdoc_store_write_document (MdocStore *self,
                                    const MdocStoredDocument *document,
                                    gboolean exists,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocStoredDocument *
mdoc_store_get_sound_document (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_refuse_unknown_document (GError **error);

/* mdoc-store-generations.c */
gboolean mdoc_store_write_generation (MdocStore *self,
                                      const char *document_id,
                                      const MdocStoredGeneration *generation,
                                      gboolean exists,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @at: the column of n; the next are those of the row in their order. Numbers
 * and dates are read even if the guard is wrong. */
gboolean mdoc_store_read_generation (MdocStore *self,
                                     sqlite3_stmt *statement,
                                     int at,
                                     const char *document_id,
                                     MdocStoredGeneration *ret_generation,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-copies.c */
gboolean mdoc_store_check_new_copy (MdocStore *self,
                                    const MdocNewCopy *copy,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_insert_copy (MdocStore *self,
                                 const char *document_id,
                                 guint generation,
                                 const MdocNewCopy *copy,
                                 char **ret_id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the guard anew, and if @encoded is there that, too */
gboolean mdoc_store_rewrite_copy (MdocStore *self,
                                  const char *document_id,
                                  guint generation,
                                  const MdocStoredCopy *copy,
                                  GBytes *encoded,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL with @error set if one is not as it was written */
GPtrArray *mdoc_store_list_copies (MdocStore *self,
                                   const char *document_id,
                                   guint generation,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
