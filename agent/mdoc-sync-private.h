/*
 * mdoc-sync-private.h - what the parts of syncing share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-issuing.h"

G_BEGIN_DECLS

/* a server's clock may be ahead of the truth */
#define MDOC_SYNC_TIME_SLACK_S ((gint64) 300)

/* mdoc-sync-apply.c; within a transaction */
gboolean mdoc_sync_apply (MdocAgent *agent,
                          const char *issuer,
                          const MdocWalletSyncReply *reply,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
