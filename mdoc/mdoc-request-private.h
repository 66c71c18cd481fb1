/*
 * mdoc-request-private.h - what the parsers of requests share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-pool.h"

G_BEGIN_DECLS

gboolean mdoc_request_get_name (MdocPool *pool,
                                MdocCborItem item,
                                const char *what,
                                const char **ret_name,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_request_is_absent (MdocCborItem item);
MdocCborItem mdoc_request_lookup (MdocCborItem map, const char *key);
gboolean mdoc_request_iter_filled_array (MdocCborItem item,
                                         const char *what,
                                         guint max_members,
                                         MdocCborIter *ret_iter,
                                         guint *ret_n_members,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_request_iter_filled_map (MdocCborItem item,
                                       const char *what,
                                       guint max_pairs,
                                       MdocCborIter *ret_iter,
                                       guint *ret_n_pairs,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
