/*
 * mdoc-signer-watch.h - says in time that a signer's certificate ends
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-admin.h"

G_BEGIN_DECLS

/**
 * MdocSignerWatch:
 *
 * Knows when certificates of signers end, and tells it by the event
 * `signer.expiring`, in the audit and in the log: once for each certificate and
 * each of the days before its end that were asked for, also over restarts. Of
 * several that have passed the last alone is told. For one thread.
 */
typedef struct _MdocSignerWatch MdocSignerWatch;

MdocSignerWatch *mdoc_signer_watch_new (MdocRegister *reg,
                                        const MdocAdminSigner *signers,
                                        gsize n_signers,
                                        const guint *days,
                                        gsize n_days);
void mdoc_signer_watch_free (MdocSignerWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSignerWatch, mdoc_signer_watch_free)

/* When the certificate of a signer ends. */
typedef struct
{
  const char *name; /* the watch's own */
  char *fingerprint;
  gint64 not_before_s;
  gint64 not_after_s;
} MdocSignerTerm;

void mdoc_signer_term_free (MdocSignerTerm *self);
/* (transfer full) (element-type MdocSignerTerm); any thread */
GPtrArray *mdoc_signer_watch_list (const MdocSignerWatch *self);
/* tells what is due at the time of @call; costs nothing if there is nothing */
void
mdoc_signer_watch_look (MdocSignerWatch *self, const MdocRegisterCall *call);

G_END_DECLS
