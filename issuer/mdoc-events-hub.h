/*
 * mdoc-events-hub.h - who listens to events while they happen
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "issuer/mdoc-http-server.h"
#include "issuer/mdoc-register-admin.h"

G_BEGIN_DECLS

/* most that listen at once */
#define MDOC_EVENTS_MAX_LISTENERS 512

/**
 * MdocEventsHub:
 *
 * Streams of server-sent events, each with its place among the events: what one
 * misses, because it came late or was away, is read from the register. Any
 * thread may add a listener; one thread pumps.
 */
typedef struct _MdocEventsHub MdocEventsHub;

/* @source: address of the platform */
MdocEventsHub *mdoc_events_hub_new (MdocRegister *reg, const char *source);
void mdoc_events_hub_free (MdocEventsHub *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocEventsHub, mdoc_events_hub_free)

/* @stream: (transfer full). @filter: what it wants, from behind its since_row.
 * Returns: %FALSE if there are too many already; the stream is closed then */
gboolean mdoc_events_hub_add (MdocEventsHub *self,
                              MdocHttpStream *stream,
                              const MdocRegisterEventFilter *filter);
/* The same for the page of an offer, which is told its status alone. */
gboolean mdoc_events_hub_add_offer (MdocEventsHub *self,
                                    MdocHttpStream *stream,
                                    const char *offer_id);

/* Sends what there is. Returns: whether there is more, for which to call again
 * soon: no listener keeps the others waiting */
gboolean mdoc_events_hub_pump (MdocEventsHub *self);
/* says that we are still there; forgets who is not */
void mdoc_events_hub_beat (MdocEventsHub *self);
guint mdoc_events_hub_get_n_listeners (MdocEventsHub *self);
void mdoc_events_hub_close_all (MdocEventsHub *self);

G_END_DECLS
