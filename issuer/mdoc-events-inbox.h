/*
 * mdoc-events-inbox.h - what a consumer of events knows, each event once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocEventsInboxError:
 * @MDOC_EVENTS_INBOX_ERROR_EVENT: what came is no event (whoever sent it)
 * @MDOC_EVENTS_INBOX_ERROR_STORE: disk or database failed (this host)
 *
 * Why an event was not taken.
 */
typedef enum
{
  MDOC_EVENTS_INBOX_ERROR_EVENT,
  MDOC_EVENTS_INBOX_ERROR_STORE,
} MdocEventsInboxError;

#define MDOC_EVENTS_INBOX_ERROR (mdoc_events_inbox_error_quark ())
GQuark mdoc_events_inbox_error_quark (void);

/**
 * MdocEventsInbox:
 *
 * One SQLite database of whoever is told of a platform's events: the events by
 * id, so that one that comes again changes nothing; the instances of
 * credentials with their newest generation and the attributes that came with
 * it; and the states. Events may come in any order: an older generation or
 * state does not replace a newer one. Safe to use from several threads.
 */
typedef struct _MdocEventsInbox MdocEventsInbox;

MdocEventsInbox *mdoc_events_inbox_open (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_events_inbox_close (MdocEventsInbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocEventsInbox, mdoc_events_inbox_close)

/* @event: a CloudEvent. It is on the disk when this returns. @ret_is_new:
 * whether it has not come before; @ret_line: (out): the same for people,
 * without values */
gboolean mdoc_events_inbox_take (MdocEventsInbox *self,
                                 MdocSpan event,
                                 gboolean *ret_is_new,
                                 char **ret_line,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
