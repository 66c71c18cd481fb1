/*
 * guest-clocks.c - what a stretch of work took, of time and of processors
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/ble-guest/guest-clocks.h"

#include <time.h>

static gint64
read_clock (clockid_t clock)
{
  struct timespec now = { 0, 0 };

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static GuestClocks
read_clocks (gint daemon_pid)
{
  GuestClocks now = { read_clock (CLOCK_MONOTONIC),
                      read_clock (CLOCK_PROCESS_CPUTIME_ID),
                      0 };
  clockid_t clock;

  if (daemon_pid != 0 && clock_getcpuclockid (daemon_pid, &clock) == 0)
    now.daemon_us = read_clock (clock);
  return now;
}

/**
 * guest_clocks_start:
 * @self: (out): the stretch that begins
 * @daemon_pid: another process to look at; 0: none
 */
void
guest_clocks_start (GuestClocks *self, gint daemon_pid)
{
  *self = read_clocks (daemon_pid);
}

/**
 * guest_clocks_stop:
 * @self: (inout): what was started; afterwards what it took
 * @daemon_pid: the same as at its start
 */
void
guest_clocks_stop (GuestClocks *self, gint daemon_pid)
{
  GuestClocks now = read_clocks (daemon_pid);

  self->us = now.us - self->us;
  self->cpu_us = now.cpu_us - self->cpu_us;
  self->daemon_us = now.daemon_us - self->daemon_us;
}

/**
 * guest_clocks_print:
 * @self: a stretch that was stopped
 * @name: who did it
 *
 * Prints a line of JSON.
 */
void
guest_clocks_print (const GuestClocks *self, const char *name)
{
  g_print ("{\"who\": \"%s\", \"us\": %" G_GINT64_FORMAT
           ", \"cpu_us\": %" G_GINT64_FORMAT
           ", \"daemon_us\": %" G_GINT64_FORMAT "}\n",
           name,
           self->us,
           self->cpu_us,
           self->daemon_us);
}
