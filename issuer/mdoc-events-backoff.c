/*
 * mdoc-events-backoff.c - when a delivery that failed is tried again
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-backoff.h"

/**
 * mdoc_events_backoff_judge:
 * @status: what the receiver answered; 0 if it did not
 *
 * 2xx says that the receiver has stored it. 410 says that nobody is there any
 * more. All else may be put right by whoever runs the receiver, 4xx as well: a
 * token that has run out, a route not yet set up. A redirect is not followed,
 * as events hold personal data.
 *
 * Returns: what to do
 */
MdocEventsVerdict
mdoc_events_backoff_judge (guint status)
{
  if (status >= 200 && status < 300)
    return MDOC_EVENTS_DELIVERED;
  return status == 410 ? MDOC_EVENTS_DISABLE : MDOC_EVENTS_RETRY;
}

/**
 * mdoc_events_backoff_get_pause_ms:
 * @n_failed: how often it has failed in a row, from 1
 * @random: anything, evenly spread
 * @retry_after_s: what the receiver asks for; 0 or less if it does not
 *
 * 1, 2, 4 … 60 s, of which the latter half is left to chance, so that what
 * failed together does not come again together. A receiver may ask for more,
 * but for no longer than it takes to give up.
 *
 * Returns: how long to wait, in ms
 */
guint64
mdoc_events_backoff_get_pause_ms (guint n_failed,
                                  guint32 random,
                                  gint64 retry_after_s)
{
  guint64 whole_ms = MDOC_EVENTS_MAX_PAUSE_S * 1000;
  guint64 pause_ms;

  if (n_failed < 1)
    n_failed = 1;
  if (n_failed <= 6)
    whole_ms = MIN (whole_ms,
                    (G_GUINT64_CONSTANT (1) << (n_failed - 1)) * 1000);

  pause_ms = whole_ms / 2 + random % (whole_ms / 2 + 1);
  if (retry_after_s > 0)
    pause_ms = MAX (pause_ms,
                    (guint64) MIN (retry_after_s, MDOC_EVENTS_GIVE_UP_S)
                        * 1000);
  return pause_ms;
}

/**
 * mdoc_events_backoff_gives_up:
 * @first_failure_unix_s: when it failed first in a row
 * @now_unix_s: now
 *
 * Returns: whether it has been tried for long enough
 */
gboolean
mdoc_events_backoff_gives_up (gint64 first_failure_unix_s, gint64 now_unix_s)
{
  return now_unix_s >= first_failure_unix_s
         && now_unix_s - first_failure_unix_s >= MDOC_EVENTS_GIVE_UP_S;
}
