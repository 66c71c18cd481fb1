/*
 * mdoc-events-worker-private.h - what sends events, and what tries receivers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-events-worker.h"
#include "net/mdoc-http.h"

G_BEGIN_DECLS

struct _MdocEventsWorker
{
  MdocRegister *reg;
  const MdocClock *clock;
  MdocEventsHub *hub;
  MdocStatusPublisher *publisher;
  MdocProofing *proofing;
  MdocSignerWatch *signers;
  char *source;
  char *anchors_pem;
  gboolean allow_plain_loopback;

  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  GSource *wake;

  /* of the thread alone */
  MdocHttpClient *client;
  GCancellable *cancellable;
  GHashTable *running; /* ids of deliveries */
  GHashTable *targets; /* of Target, by id of the subscription */
  guint64 n_turns;
  GSource *due_timer;
  gint64 next_purge_ms; /* monotonic */
  gint64 ahead_ms;      /* what the clock on the wall is ahead of that */

  GMutex mutex; /* of what follows */
  GCond started;
  gboolean is_started;
  GError *error;
  MdocEventsWorkerFigures figures;
};

/* in the worker's thread alone; @bearer_token: (nullable) */
void mdoc_events_worker_post (MdocEventsWorker *self,
                              const char *url,
                              const char *secret,
                              const char *bearer_token,
                              const char *body,
                              GAsyncReadyCallback callback,
                              gpointer data);
/* "204", "certificate-expired": what people read of it; one of the two is there
 */
char *mdoc_events_worker_describe (const MdocHttpResponse *response,
                                   const GError *error);

G_END_DECLS
