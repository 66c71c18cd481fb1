/*
 * mdoc-events-worker.h - what the platform does while nobody asks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-clock.h"
#include "issuer/mdoc-events-hub.h"
#include "issuer/mdoc-proofing.h"
#include "issuer/mdoc-register-admin.h"
#include "issuer/mdoc-signer-watch.h"
#include "issuer/mdoc-status-publisher.h"

G_BEGIN_DECLS

/* most deliveries at once, and of one receiver; longest wait for an answer */
#define MDOC_EVENTS_MAX_RUNNING    16
#define MDOC_EVENTS_MAX_PER_TARGET 4
#define MDOC_EVENTS_TIMEOUT_MS     15000

/**
 * MdocEventsWorkerConfig:
 * @reg: whose events they are; borrowed
 * @clock: what time it is; borrowed
 * @hub: (nullable): who listens; borrowed
 * @publisher: (nullable): to be told of changes; borrowed
 * @proofing: (nullable): to be told of changes, in the thread; borrowed
 * @signers: (nullable): looked after in the thread; borrowed
 * @source: address of the platform
 * @anchors_pem: (nullable): whom to trust; %NULL: as the system does
 * @allow_plain_loopback: whether plain HTTP to this machine will do
 */
typedef struct
{
  MdocRegister *reg;
  const MdocClock *clock;
  MdocEventsHub *hub;
  MdocStatusPublisher *publisher;
  MdocProofing *proofing;
  MdocSignerWatch *signers;
  const char *source;
  const char *anchors_pem;
  gboolean allow_plain_loopback;
} MdocEventsWorkerConfig;

/**
 * MdocEventsWorkerFigures:
 * @n_delivered: events that receivers have taken
 * @n_failed: tries that came to nothing
 * @n_running: deliveries that wait for an answer
 */
typedef struct
{
  guint64 n_delivered;
  guint64 n_failed;
  guint n_running;
} MdocEventsWorkerFigures;

/**
 * MdocEventsWorker:
 *
 * One thread that delivers what is in the outbox, runs batches, lets time pass
 * in the register and keeps listeners up to date. It sleeps until there is
 * something to do. Whatever it has not finished when it is killed it does
 * again: each event is delivered at least once.
 */
typedef struct _MdocEventsWorker MdocEventsWorker;

/* starts it */
MdocEventsWorker *
mdoc_events_worker_new (const MdocEventsWorkerConfig *config, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* waits until its thread has ended */
void mdoc_events_worker_free (MdocEventsWorker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocEventsWorker, mdoc_events_worker_free)

/* any thread: there may be something to do */
void mdoc_events_worker_wake (MdocEventsWorker *self);
void mdoc_events_worker_get_figures (MdocEventsWorker *self,
                                     MdocEventsWorkerFigures *ret_figures);
/* Sends one event that means nothing, and waits for what comes of it; not from
 * the worker's own thread. Returns: (transfer full): "204", "timeout"; …
 * @ret_is_taken: whether the receiver has taken it */
char *mdoc_events_worker_ping (MdocEventsWorker *self,
                               const MdocRegisterSubscription *subscription,
                               gboolean *ret_is_taken);

G_END_DECLS
