/*
 * mdoc-notify.c - telling systemd how the service is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-notify.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

struct _MdocNotify
{
  guint watchdog_id;
};

static void
notify (const char *state)
{
#ifdef HAVE_SYSTEMD
  /* nobody listens, or cannot: the service is no worse for that */
  (void) sd_notify (0, state);
#endif
}

static guint
get_watchdog_ms (void)
{
#ifdef HAVE_SYSTEMD
  uint64_t timeout_us = 0;

  if (sd_watchdog_enabled (0, &timeout_us) > 0)
    return (guint) CLAMP (timeout_us / 2 / 1000, 1, G_MAXUINT);
#endif
  return 0;
}

static gboolean
on_watchdog (gpointer user_data)
{
  notify ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/**
 * mdoc_notify_new:
 *
 * Says that the service is ready, and then, at twice the rate that is asked
 * for, that it is alive.
 *
 * Returns: (transfer full): the teller
 */
MdocNotify *
mdoc_notify_new (void)
{
  MdocNotify *self = g_new0 (MdocNotify, 1);
  guint watchdog_ms = get_watchdog_ms ();

  /* whole seconds are rounded, so that the processor wakes up for several
   * things at once */
  if (watchdog_ms >= 10000)
    self->watchdog_id = g_timeout_add_seconds (watchdog_ms / 1000,
                                               on_watchdog,
                                               self);
  else if (watchdog_ms > 0)
    self->watchdog_id = g_timeout_add (watchdog_ms, on_watchdog, self);

  notify ("READY=1");
  return self;
}

/**
 * mdoc_notify_free:
 * @self: (nullable) (transfer full): a teller
 */
void
mdoc_notify_free (MdocNotify *self)
{
  if (self == NULL)
    return;

  g_clear_handle_id (&self->watchdog_id, g_source_remove);
  g_free (self);
}

/**
 * mdoc_notify_stopping:
 * @self: a teller
 *
 * Says that the service is about to end.
 */
void
mdoc_notify_stopping (MdocNotify *self)
{
  notify ("STOPPING=1");
}
