/*
 * mdoc-reader-lists.h - status lists: fetched, kept, and judged
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "openid/mdoc-status-token.h"

G_BEGIN_DECLS

/**
 * MdocReaderLists:
 *
 * The lists of one run, fetched at most once each, and those of runs before. A
 * list that was kept is judged anew: nobody need protect the folder. For one
 * thread, whose default main context runs while something is fetched.
 */
typedef struct _MdocReaderLists MdocReaderLists;

/* @cache: (nullable): a folder; @ca_pem: (nullable); @is_offline: nothing is
 * fetched */
MdocReaderLists *mdoc_reader_lists_new (const char *cache,
                                        const char *ca_pem,
                                        gboolean is_offline,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_lists_free (MdocReaderLists *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderLists, mdoc_reader_lists_free)

/* @anchor: who has to have signed the top of the list's chain. Returns:
 * (transfer full): a list that holds at @at_unix_s, or %NULL with @error set */
MdocStatusToken *mdoc_reader_lists_get (MdocReaderLists *self,
                                        const char *uri,
                                        gboolean is_identifier_list,
                                        MdocCertificate *anchor,
                                        gint64 at_unix_s,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
