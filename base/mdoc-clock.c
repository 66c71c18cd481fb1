/*
 * mdoc-clock.c - what time it is, and being woken later
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-clock.h"

/* GLib takes milliseconds as 32 bits; a longer time is slept in parts, and
 * whoever wakes looks at the clock anyway */
#define MAX_DELAY_MS ((guint64) G_MAXINT32)

static gint64
system_get_unix_s (gpointer impl)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gint64
system_get_monotonic_ms (gpointer impl)
{
  return g_get_monotonic_time () / 1000;
}

typedef struct
{
  MdocClockFunc func;
  gpointer user_data;
} Timer;

static gboolean
on_timer (gpointer user_data)
{
  const Timer *timer = user_data;

  timer->func (timer->user_data);
  return G_SOURCE_REMOVE;
}

static guint
system_add_timer (gpointer impl,
                  guint64 delay_ms,
                  MdocClockFunc func,
                  gpointer user_data)
{
  Timer *timer = g_new (Timer, 1);

  *timer = (Timer){ func, user_data };
  return g_timeout_add_full (G_PRIORITY_DEFAULT,
                             (guint) MIN (delay_ms, MAX_DELAY_MS),
                             on_timer,
                             timer,
                             g_free);
}

static void
system_remove_timer (gpointer impl, guint id)
{
  g_source_remove (id);
}

static const MdocClockClass system_class = {
  .get_unix_s = system_get_unix_s,
  .get_monotonic_ms = system_get_monotonic_ms,
  .add_timer = system_add_timer,
  .remove_timer = system_remove_timer,
};

/**
 * mdoc_clock_get_system:
 *
 * Returns: (transfer none): the clock of the system
 */
const MdocClock *
mdoc_clock_get_system (void)
{
  static const MdocClock system_clock = { &system_class, NULL };

  return &system_clock;
}

static gint64
shifted_get_unix_s (gpointer impl)
{
  const gint64 *shift_s = impl;

  return system_get_unix_s (NULL) + *shift_s;
}

static const MdocClockClass shifted_class = {
  .get_unix_s = shifted_get_unix_s,
  .get_monotonic_ms = system_get_monotonic_ms,
  .add_timer = system_add_timer,
  .remove_timer = system_remove_timer,
};

/**
 * mdoc_clock_new_shifted:
 * @shift_s: how many seconds it is ahead of the system's
 *
 * Returns: (transfer full): a clock
 */
MdocClock *
mdoc_clock_new_shifted (gint64 shift_s)
{
  MdocClock *self = g_new (MdocClock, 1);
  gint64 *impl = g_new (gint64, 1);

  *impl = shift_s;
  *self = (MdocClock){ &shifted_class, impl };
  return self;
}

/**
 * mdoc_clock_free_shifted:
 * @self: (transfer full) (nullable): a clock of mdoc_clock_new_shifted()
 */
void
mdoc_clock_free_shifted (MdocClock *self)
{
  if (self == NULL)
    return;

  g_free (self->impl);
  g_free (self);
}

/**
 * mdoc_clock_get_unix_s:
 * @self: a clock
 *
 * Returns: what the wall clock says
 */
gint64
mdoc_clock_get_unix_s (const MdocClock *self)
{
  return self->klass->get_unix_s (self->impl);
}

/**
 * mdoc_clock_get_monotonic_ms:
 * @self: a clock
 *
 * Returns: milliseconds since some moment
 */
gint64
mdoc_clock_get_monotonic_ms (const MdocClock *self)
{
  return self->klass->get_monotonic_ms (self->impl);
}

/**
 * mdoc_clock_add_timer:
 * @self: a clock
 * @delay_ms: after how long; a very long one may run down early
 * @func: what is called then, once
 * @user_data: passed to @func
 *
 * Returns: what mdoc_clock_remove_timer() takes as long as @func was not called
 */
guint
mdoc_clock_add_timer (const MdocClock *self,
                      guint64 delay_ms,
                      MdocClockFunc func,
                      gpointer user_data)
{
  return self->klass->add_timer (self->impl, delay_ms, func, user_data);
}

/**
 * mdoc_clock_remove_timer:
 * @self: a clock
 * @id: a timer that has not run down
 */
void
mdoc_clock_remove_timer (const MdocClock *self, guint id)
{
  self->klass->remove_timer (self->impl, id);
}
