/*
 * mdoc-clock.h - what time it is, and being woken later
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocClockFunc:
 *
 * Called once, when a timer has run down.
 */
typedef void (*MdocClockFunc) (gpointer user_data);

/**
 * MdocClockClass:
 * @get_unix_s: what the wall clock says, which anybody may set at any time
 * @get_monotonic_ms: milliseconds since some moment, which nobody can change
 * @add_timer: calls the function once after so many monotonic milliseconds;
 *   returns what @remove_timer takes, never 0
 * @remove_timer: forgets a timer that has not run down
 *
 * A port: the system's clock in programs, one that stands still in tests.
 */
typedef struct
{
  gint64 (*get_unix_s) (gpointer impl);
  gint64 (*get_monotonic_ms) (gpointer impl);
  guint (*add_timer) (gpointer impl,
                      guint64 delay_ms,
                      MdocClockFunc func,
                      gpointer user_data);
  void (*remove_timer) (gpointer impl, guint id);
} MdocClockClass;

/**
 * MdocClock:
 *
 * A clock; borrowed by whoever is given one. Intervals are measured with the
 * monotonic one, the other only says what a calendar would.
 */
typedef struct
{
  const MdocClockClass *klass;
  gpointer impl;
} MdocClock;

/* the system's; its timers run in the default main context */
const MdocClock *mdoc_clock_get_system (void);

/* the system's, but for @shift_s that its wall clock is ahead: to see today
 * what happens in a month */
MdocClock *mdoc_clock_new_shifted (gint64 shift_s) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_clock_free_shifted (MdocClock *self);

gint64 mdoc_clock_get_unix_s (const MdocClock *self);
gint64 mdoc_clock_get_monotonic_ms (const MdocClock *self);
guint mdoc_clock_add_timer (const MdocClock *self,
                            guint64 delay_ms,
                            MdocClockFunc func,
                            gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_clock_remove_timer (const MdocClock *self, guint id);

G_END_DECLS
