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

/* most operators that listen at once */
#define MDOC_EVENTS_MAX_LISTENERS 256
/* most pages of offers, which strangers open, and most of one client */
#define MDOC_EVENTS_MAX_PAGES        256
#define MDOC_EVENTS_MAX_CLIENT_PAGES 32

/**
 * MdocEventsHub:
 *
 * Streams of server-sent events, each with its place among the events: what one
 * misses, because it came late or was away, is read from the register. Any
 * thread may add a listener; one thread pumps.
 *
 * Operators have places of their own. Of those for pages of offers nobody gets
 * more than are left free.
 */
typedef struct _MdocEventsHub MdocEventsHub;

/* @source: address of the platform */
MdocEventsHub *mdoc_events_hub_new (MdocRegister *reg, const char *source);
void mdoc_events_hub_free (MdocEventsHub *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocEventsHub, mdoc_events_hub_free)

/* Is there a place? If not, @ret_is_share says whether that is so because
 * @client has its share. @client: (nullable): whose page it is; %NULL: an
 * operator */
gboolean mdoc_events_hub_has_place (MdocEventsHub *self,
                                    const char *client,
                                    gboolean *ret_is_share);
/* @stream: (transfer full). @filter: what it wants, from behind its since_row.
 * Returns: %FALSE if there are too many already; the stream is closed then */
gboolean mdoc_events_hub_add (MdocEventsHub *self,
                              MdocHttpStream *stream,
                              const MdocRegisterEventFilter *filter);
/* The same for the page of an offer, which is told its status alone, and no
 * more once the offer is over. */
gboolean mdoc_events_hub_add_offer (MdocEventsHub *self,
                                    MdocHttpStream *stream,
                                    const char *client,
                                    const char *offer_id);

/* Sends what there is. Returns: whether there is more, for which to call again
 * soon: no listener keeps the others waiting */
gboolean mdoc_events_hub_pump (MdocEventsHub *self);
/* says that we are still there; forgets who is not */
void mdoc_events_hub_beat (MdocEventsHub *self);
guint mdoc_events_hub_get_n_listeners (MdocEventsHub *self);
void mdoc_events_hub_close_all (MdocEventsHub *self);

G_END_DECLS
