/*
 * mdoc-agent-jobs.c - the jobs of the agent and their steps
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent-private.h"
#include "base/mdoc-log.h"
#include "crypto/mdoc-crypto.h"

#define MESSAGE_ID_REMOVED "6d1c7f0e2b5e4a6f9a1b0c7d83f4e251"

/* The crash table of a removal. The tombstone is written when the holder says
 * so, together with the job:
 *
 *   cut short                       the next start
 *   before the tombstone            the credential is there, as nothing was
 * said before the keys are destroyed   destroys them, before it serves anybody
 *   between key and rows            destroys again, which does nothing, and
 * goes on with the rows before the notice               queues it after the
 * notice                ends the job; the stage of the tombstone says that
 * there is one already
 */

static MdocStepResult
destroy (MdocJobs *jobs,
         MdocStoredJob *job,
         gint64 *ret_wait_s,
         gpointer user_data,
         GError **error)
{
  MdocAgent *self = user_data;
  MdocLogFields fields = { .topic = "store", .message_id = MESSAGE_ID_REMOVED };

  if (!mdoc_store_destroy_removed (self->store, job->document_id, error))
    return MDOC_STEP_RETRY;

  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A credential was removed");
  return MDOC_STEP_NEXT;
}

static MdocStepResult
tell (MdocJobs *jobs,
      MdocStoredJob *job,
      gint64 *ret_wait_s,
      gpointer user_data,
      GError **error)
{
  MdocAgent *self = user_data;

  return mdoc_store_tell_removed (self->store,
                                  job->document_id,
                                  mdoc_agent_get_time (self),
                                  error)
             ? MDOC_STEP_NEXT
             : MDOC_STEP_RETRY;
}

static const MdocStep remove_steps[] = {
  { MDOC_JOB_REMOVE_DESTROY, FALSE, destroy },
  { MDOC_JOB_REMOVE_TELL, FALSE, tell },
};

/* destruction goes first */
static const MdocJobKind kinds[] = {
  { MDOC_JOB_REMOVE, remove_steps, G_N_ELEMENTS (remove_steps) },
};

static guint64
draw (guint64 max)
{
  guint64 number;

  mdoc_random_fill ((guint8 *) &number, sizeof (number));
  return number % (max + 1);
}

/**
 * mdoc_agent_make_jobs:
 * @self: an agent
 *
 * Returns: (transfer full): who runs its jobs
 */
MdocJobs *
mdoc_agent_make_jobs (MdocAgent *self)
{
  return mdoc_jobs_new (self->store,
                        self->clock,
                        kinds,
                        G_N_ELEMENTS (kinds),
                        draw,
                        self);
}
