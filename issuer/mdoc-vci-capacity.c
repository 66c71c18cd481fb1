/*
 * mdoc-vci-capacity.c - telling that wallets were sent away
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-capacity.h"

#include "issuer/mdoc-register-admin.h"

struct _MdocVciCapacity
{
  MdocRegister *reg;      /* borrowed */
  const MdocClock *clock; /* borrowed */
  guint limit;
  GMutex lock; /* of what follows */
  gint64 n_rejected;
  guint most_sessions;
  GSource *turn; /* nullable: when to tell */
};

/**
 * mdoc_vci_capacity_new:
 * @reg: where it is told
 * @clock: what time it is
 * @limit: how many sessions there may be
 *
 * Returns: (transfer full): a count of none
 */
MdocVciCapacity *
mdoc_vci_capacity_new (MdocRegister *reg, const MdocClock *clock, guint limit)
{
  MdocVciCapacity *self = g_new0 (MdocVciCapacity, 1);

  self->reg = reg;
  self->clock = clock;
  self->limit = limit;
  g_mutex_init (&self->lock);
  return self;
}

static gboolean
emit (MdocVciCapacity *self, gint64 n_rejected, guint n_sessions)
{
  const MdocRegisterCall call = { .now_ms = mdoc_clock_get_unix_s (self->clock)
                                            * 1000,
                                  .actor = "system" };
  g_autofree char *data = g_strdup_printf ("{\"rejected\":%" G_GINT64_FORMAT
                                           ",\"sessions\":%u,\"limit\":%u}",
                                           n_rejected,
                                           n_sessions,
                                           self->limit);
  g_autoptr (GError) error = NULL;

  g_message ("%" G_GINT64_FORMAT " requests of wallets were sent away: there "
             "are up to %u sessions, and may be %u",
             n_rejected,
             n_sessions,
             self->limit);
  if (mdoc_register_emit (self->reg, &call, "capacity.rejected", data, &error))
    return TRUE;
  g_message ("That cannot be told: %s", error->message);
  return FALSE;
}

/* Returns: whether there was anything to tell */
static gboolean
tell (MdocVciCapacity *self)
{
  gint64 n_rejected;
  guint n_sessions;

  g_mutex_lock (&self->lock);
  n_rejected = self->n_rejected;
  n_sessions = self->most_sessions;
  self->n_rejected = 0;
  self->most_sessions = 0;
  g_mutex_unlock (&self->lock);
  if (n_rejected == 0)
    return FALSE;
  if (emit (self, n_rejected, n_sessions))
    return TRUE;

  /* with the next */
  g_mutex_lock (&self->lock);
  self->n_rejected += n_rejected;
  self->most_sessions = MAX (self->most_sessions, n_sessions);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void arm (MdocVciCapacity *self, GSource *turn);

/* After each time that there was something, the next one waits. */
static gboolean
on_turn (gpointer data)
{
  MdocVciCapacity *self = data;
  gboolean was_any = tell (self);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->turn, g_source_unref);
  if (was_any || self->n_rejected > 0)
    arm (self, g_timeout_source_new_seconds (MDOC_VCI_CAPACITY_PERIOD_S));
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* with the lock; @turn: (transfer full) */
static void
arm (MdocVciCapacity *self, GSource *turn)
{
  self->turn = turn;
  g_source_set_callback (turn, on_turn, self, NULL);
  g_source_attach (turn, NULL);
}

/**
 * mdoc_vci_capacity_free:
 * @self: (nullable) (transfer full): a count
 *
 * Tells what has not been told yet.
 */
void
mdoc_vci_capacity_free (MdocVciCapacity *self)
{
  if (self == NULL)
    return;

  if (self->turn != NULL)
    {
      g_source_destroy (self->turn);
      g_source_unref (self->turn);
    }
  tell (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * mdoc_vci_capacity_count:
 * @self: a count
 * @n_sessions: how many there are
 *
 * One more was sent away.
 */
void
mdoc_vci_capacity_count (MdocVciCapacity *self, guint n_sessions)
{
  g_mutex_lock (&self->lock);
  self->n_rejected++;
  self->most_sessions = MAX (self->most_sessions, n_sessions);
  if (self->turn == NULL)
    arm (self, g_idle_source_new ());
  g_mutex_unlock (&self->lock);
}
