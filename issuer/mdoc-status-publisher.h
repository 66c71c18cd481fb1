/*
 * mdoc-status-publisher.h - signed status lists, ready to be fetched
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-admin.h"
#include "issuer/mdoc-status-form.h"

G_BEGIN_DECLS

/* a list says that it holds for so long, is to be kept for so long, and may be
 * kept for so long by who does not look into it, in seconds */
#define MDOC_STATUS_LIFE_S      86400
#define MDOC_STATUS_TTL_S       300
#define MDOC_STATUS_CACHE_AGE_S 60
/* a change is published after so long at the earliest and at the latest */
#define MDOC_STATUS_PAUSE_S     2
#define MDOC_STATUS_MAX_DELAY_S 30
/* That something is published is told at once, and then what came in so long
 * together: a list may change every MDOC_STATUS_PAUSE_S for as long as a bulk
 * change runs, and each event is a row for each receiver. */
#define MDOC_STATUS_TELL_S 60

/**
 * MdocStatusPublisher:
 *
 * Keeps every status list of a register signed, in each form, and makes them
 * anew in a thread of its own: soon after a change, and before they run out.
 * What is published is derived from the register, so nothing of it is kept.
 * Changes that can be fetched are told by the event `statuslist.published`.
 * Any thread may ask.
 */
typedef struct _MdocStatusPublisher MdocStatusPublisher;

/* @signers: see #MdocAdminConfig; @base_url: as in what was issued */
MdocStatusPublisher *mdoc_status_publisher_new (MdocRegister *reg,
                                                const MdocClock *clock,
                                                const MdocAdminSigner *signers,
                                                gsize n_signers);
/* stops it if it runs */
void mdoc_status_publisher_free (MdocStatusPublisher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStatusPublisher, mdoc_status_publisher_free)

/* All lists are there when this returns. */
gboolean mdoc_status_publisher_start (MdocStatusPublisher *self,
                                      const char *base_url,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_status_publisher_stop (MdocStatusPublisher *self);
/* something may have changed */
void mdoc_status_publisher_kick (MdocStatusPublisher *self);

/* (nullable) (transfer full): the list; @ret_etag: with its quotes */
GBytes *mdoc_status_publisher_get (MdocStatusPublisher *self,
                                   const char *id,
                                   MdocStatusForm form,
                                   char **ret_etag);
/* how many lists were made, and how long the last took, in ms */
guint64 mdoc_status_publisher_get_n_made (MdocStatusPublisher *self);

G_END_DECLS
