/*
 * mdoc-presentation.h - one meeting with a reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "agent/mdoc-agent.h"
#include "agent/mdoc-presentation-transport.h"

G_BEGIN_DECLS

/* ISO/IEC 18013-5, 8.3.3.1 wants at least 30 s; the session's own limit is 120
 */
#define MDOC_PRESENTATION_MAX_WAIT_S 120
/* requests in one session, and how long one may last in all */
#define MDOC_PRESENTATION_MAX_REQUESTS 16
#define MDOC_PRESENTATION_MAX_MS       (15 * 60 * 1000)
/* how long a reader has to take what was sent last; slow over Bluetooth */
#define MDOC_PRESENTATION_CLOSE_MS     2000
#define MDOC_PRESENTATION_CLOSE_BLE_MS 36000

/**
 * MdocPresentation:
 *
 * From the engagement to the end of the session: waits for a reader, answers
 * its requests as far as the holder consents, writes the history. It ends by
 * itself; its end is told to the agent.
 */
typedef struct _MdocPresentation MdocPresentation;

MdocPresentation *mdoc_presentation_new (MdocAgent *agent,
                                         const char *owner,
                                         const char *path,
                                         const MdocPresentationWay *way,
                                         guint wait_ms,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_presentation_free (MdocPresentation *self);

const char *mdoc_presentation_get_path (MdocPresentation *self);
const char *mdoc_presentation_get_uri (MdocPresentation *self);
const char *mdoc_presentation_get_state (MdocPresentation *self);
const char *mdoc_presentation_get_end_reason (MdocPresentation *self);
gboolean mdoc_presentation_is_owner (MdocPresentation *self, const char *name);
/* a reader has come, and has not gone */
gboolean mdoc_presentation_is_connected (MdocPresentation *self);
/* it has ended, and everything that had to be sent has been */
gboolean mdoc_presentation_is_over (MdocPresentation *self);
GVariant *mdoc_presentation_make_result (MdocPresentation *self)
    G_GNUC_WARN_UNUSED_RESULT;

/* @reason: `MDOC_PRESENTATION_END_…`; the reader is told */
void mdoc_presentation_end (MdocPresentation *self, const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPresentation, mdoc_presentation_free)

G_END_DECLS
