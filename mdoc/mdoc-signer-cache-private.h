/*
 * mdoc-signer-cache-private.h - document signers verified before
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-cose.h"

G_BEGIN_DECLS

/* At most so many are remembered: a reader at a counter meets the signers of a
 * few countries, and each takes a few kilobytes. Only chains that lead to an
 * anchor are remembered, so that nobody can push them out with chains of his
 * own. */
#define MDOC_SIGNER_CACHE_MAX 64

/* Chains that led to an anchor. For one thread at a time. */
typedef struct _MdocSignerCache MdocSignerCache;

/* @has_crls: revocation lists were heeded, so that what held once need not hold
 * later */
MdocSignerCache *mdoc_signer_cache_new (gboolean has_crls)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_signer_cache_free (MdocSignerCache *self);

gboolean mdoc_signer_cache_lookup (MdocSignerCache *self,
                                   const MdocSign1 *sign1,
                                   gint64 at_unix_s,
                                   MdocCertificate **ret_leaf,
                                   MdocCertificate **ret_anchor);
void mdoc_signer_cache_remember (MdocSignerCache *self,
                                 const MdocSign1 *sign1,
                                 GPtrArray *chain,
                                 MdocCertificate *anchor,
                                 gint64 at_unix_s);
guint mdoc_signer_cache_get_n (MdocSignerCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSignerCache, mdoc_signer_cache_free)

G_END_DECLS
