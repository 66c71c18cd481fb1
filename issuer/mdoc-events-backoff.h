/*
 * mdoc-events-backoff.h - when a delivery that failed is tried again
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* for how long a receiver may fail before its deliveries are parked, and the
 * longest pause between two tries, in seconds */
#define MDOC_EVENTS_GIVE_UP_S   7200
#define MDOC_EVENTS_MAX_PAUSE_S 60

/**
 * MdocEventsVerdict:
 * @MDOC_EVENTS_DELIVERED: the receiver has it
 * @MDOC_EVENTS_RETRY: try again later
 * @MDOC_EVENTS_DISABLE: the receiver wants nothing more, ever
 *
 * What an answer to a delivery means.
 */
typedef enum
{
  MDOC_EVENTS_DELIVERED,
  MDOC_EVENTS_RETRY,
  MDOC_EVENTS_DISABLE,
} MdocEventsVerdict;

/* @status: of HTTP; 0 if there was no answer at all */
MdocEventsVerdict mdoc_events_backoff_judge (guint status);
guint64 mdoc_events_backoff_get_pause_ms (guint n_failed,
                                          guint32 random,
                                          gint64 retry_after_s);
gboolean
mdoc_events_backoff_gives_up (gint64 first_failure_unix_s, gint64 now_unix_s);

G_END_DECLS
