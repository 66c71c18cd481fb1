/*
 * mdoc-agent-jobs.c - the jobs of the agent and their steps
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"
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

  if (!mdoc_store_tell_removed (self->store,
                                job->document_id,
                                mdoc_agent_get_time (self),
                                error))
    return MDOC_STEP_RETRY;

  mdoc_tell_send (self);
  return MDOC_STEP_NEXT;
}

static const MdocStep remove_steps[] = {
  { MDOC_JOB_REMOVE_DESTROY, FALSE, destroy },
  { MDOC_JOB_REMOVE_TELL, FALSE, tell },
};

#define N_KINDS 6

/* Destruction goes first, and what issuers are owed before what they are asked
 * for. How many steps there are stands where the steps are. */
static const MdocJobKind *
get_kinds (void)
{
  static MdocJobKind kinds[N_KINDS];

  kinds[0] = (MdocJobKind){ MDOC_JOB_REMOVE,
                            remove_steps,
                            G_N_ELEMENTS (remove_steps) };
  kinds[1] = (MdocJobKind){ MDOC_JOB_TELL, mdoc_tell_steps, mdoc_tell_n_steps };
  kinds[2] = (MdocJobKind){ MDOC_JOB_OFFER,
                            mdoc_offer_steps,
                            mdoc_offer_n_steps };
  kinds[3] = (MdocJobKind){ MDOC_JOB_CLAIM,
                            mdoc_claim_steps,
                            mdoc_claim_n_steps };
  kinds[4] = (MdocJobKind){ MDOC_JOB_SYNC, mdoc_sync_steps, mdoc_sync_n_steps };
  kinds[5] = (MdocJobKind){ MDOC_JOB_RENEW,
                            mdoc_renew_steps,
                            mdoc_renew_n_steps };
  return kinds;
}

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
                        get_kinds (),
                        N_KINDS,
                        draw,
                        self);
}

static gboolean
has_job (GPtrArray *jobs, const char *document_id)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const MdocStoredJob *job = g_ptr_array_index (jobs, i);

      if (strcmp (job->document_id, document_id) == 0)
        return TRUE;
    }

  return FALSE;
}

/* an offer whose reference was fetched, and nothing done about it */
static void
resume_claims (MdocAgent *self)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store, FALSE, NULL);
  g_autoptr (GPtrArray) exchanges
      = mdoc_store_list_records (self->store, MDOC_RECORD_EXCHANGE, NULL);

  for (guint i = 0; jobs != NULL && exchanges != NULL && i < exchanges->len;
       i++)
    {
      const MdocRecord *exchange = g_ptr_array_index (exchanges, i);

      if (!mdoc_exchange_has_ended (exchange) && exchange->link[0] == '\0'
          && exchange->issuer[0] != '\0'
          && mdoc_record_get_text (exchange, MDOC_EXCHANGE_NEEDS) == NULL
          && !has_job (jobs, exchange->id))
        mdoc_claim_start (self, exchange->id);
    }
}

/**
 * mdoc_agent_watch_issuers:
 * @self: an agent that is on the bus
 *
 * Sees to it that there is a job for everything that has to be done sometime.
 */
void
mdoc_agent_watch_issuers (MdocAgent *self)
{
  resume_claims (self);
  mdoc_tell_send (self);
  mdoc_sync_watch (self, MDOC_SYNC_START_S);
  mdoc_renew_watch (self);
}
