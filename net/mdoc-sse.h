/*
 * mdoc-sse.h - reading a stream of server-sent events
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* longest wait that a server may ask for, in ms */
#define MDOC_SSE_MAX_RETRY_MS ((guint) 3600 * 1000)

/**
 * MdocSseFunc:
 * @id: what to say when asking again: that of this event or of the last one
 *   that had one; "" for none
 * @type: "message" if it does not say
 * @data: its lines, with "\n" between; UTF-8, never empty
 * @user_data: as it was given
 *
 * Called for each event.
 */
typedef void (*MdocSseFunc) (const char *id,
                             const char *type,
                             const char *data,
                             gpointer user_data);

/**
 * MdocSse:
 *
 * A reader of `text/event-stream` (HTML, 9.2), fed with bytes in parts of any
 * length. An event is told when the empty line behind it has come; what is not
 * ended so is not told.
 */
typedef struct _MdocSse MdocSse;

/* @max_bytes: most of one event, its names and line ends included */
MdocSse *mdoc_sse_new (gsize max_bytes, MdocSseFunc func, gpointer user_data);
void mdoc_sse_free (MdocSse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSse, mdoc_sse_free)

/* Returns: %FALSE if an event is too long or no UTF-8; nothing more is read */
gboolean mdoc_sse_add (MdocSse *self, const char *data, gsize len)
    G_GNUC_WARN_UNUSED_RESULT;
/* what follows is from another connection: what was not ended is forgotten,
 * the last id and the wait are not */
void mdoc_sse_restart (MdocSse *self);

/* "" for none */
const char *mdoc_sse_get_last_id (MdocSse *self);
/* how long the server wants to be left alone; 0 if it has not said */
guint mdoc_sse_get_retry_ms (MdocSse *self);

G_END_DECLS
