/*
 * mdoc-events-envelope.h - events as they leave: CloudEvents, server-sent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MDOC_EVENTS_CONTENT_TYPE "application/cloudevents+json"

/* how long a listener waits before it comes again, and how often it hears that
 * we are still there */
#define MDOC_EVENTS_RETRY_MS    30000
#define MDOC_EVENTS_HEARTBEAT_S 15

/* CloudEvents 1.0 in structured mode. @envelope: of the register (lifecycle,
 * 4.1), which becomes the data; @source: whose events they are */
char *mdoc_events_envelope_wrap (const char *envelope,
                                 const char *source,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the one that says only that somebody is there */
char *mdoc_events_envelope_write_ping (const char *source, gint64 now_unix_s)
    G_GNUC_WARN_UNUSED_RESULT;

/* One message of an event stream (HTML, 9.2). @id: (nullable); @name: without
 * line breaks */
char *mdoc_events_envelope_write_sse (const char *id,
                                      const char *name,
                                      const char *data)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
