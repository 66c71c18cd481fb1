/*
 * guest-clocks.h - what a stretch of work took, of time and of processors
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GuestClocks:
 * @us: time
 * @cpu_us: of processors, by this process
 * @daemon_us: of processors, by the process that was asked for; 0: by none
 *
 * Between guest_clocks_start() and guest_clocks_stop().
 */
typedef struct
{
  gint64 us;
  gint64 cpu_us;
  gint64 daemon_us;
} GuestClocks;

void guest_clocks_start (GuestClocks *self, gint daemon_pid);
void guest_clocks_stop (GuestClocks *self, gint daemon_pid);
void guest_clocks_print (const GuestClocks *self, const char *name);

G_END_DECLS
