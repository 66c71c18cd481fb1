/*
 * mdoc-jobs.c - doing what was begun, whatever happens in between
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-jobs.h"

#include <string.h>

#include "base/mdoc-log.h"

/* more doublings than it takes from the base to the cap */
#define MAX_DOUBLINGS 16

struct _MdocJobs
{
  MdocStore *store;
  const MdocClock *clock;
  const MdocJobKind *kinds;
  guint n_kinds;
  MdocJitterFunc jitter;
  gpointer user_data;

  GHashTable *due_ms;  /* gint64 id to gint64: on the monotonic clock */
  GHashTable *pending; /* gint64 id to MdocStoredJob: steps that go on */
  guint timer_id;
  gboolean is_running;
};

/**
 * mdoc_jobs_new:
 * @store: where the journal is; to outlive the jobs
 * @clock: what time it is; to outlive the jobs
 * @kinds: what can be done; lives for ever
 * @n_kinds: how many
 * @jitter: chance
 * @user_data: passed to the steps
 *
 * Returns: (transfer full): who runs jobs; none before mdoc_jobs_start()
 */
MdocJobs *
mdoc_jobs_new (MdocStore *store,
               const MdocClock *clock,
               const MdocJobKind *kinds,
               guint n_kinds,
               MdocJitterFunc jitter,
               gpointer user_data)
{
  MdocJobs *self = g_new0 (MdocJobs, 1);

  self->store = store;
  self->clock = clock;
  self->kinds = kinds;
  self->n_kinds = n_kinds;
  self->jitter = jitter;
  self->user_data = user_data;
  self->due_ms = g_hash_table_new_full (g_int64_hash,
                                        g_int64_equal,
                                        g_free,
                                        g_free);
  self->pending = g_hash_table_new_full (g_int64_hash,
                                         g_int64_equal,
                                         g_free,
                                         (GDestroyNotify) mdoc_stored_job_free);
  return self;
}

static void
clear_timer (MdocJobs *self)
{
  if (self->timer_id != 0)
    mdoc_clock_remove_timer (self->clock, self->timer_id);
  self->timer_id = 0;
}

/**
 * mdoc_jobs_free:
 * @self: (nullable) (transfer full): who runs jobs
 *
 * What is in the journal goes on after the next start.
 */
void
mdoc_jobs_free (MdocJobs *self)
{
  if (self == NULL)
    return;

  clear_timer (self);
  g_hash_table_unref (self->due_ms);
  g_hash_table_unref (self->pending);
  g_free (self);
}

/* --- when --- */

static gint64 *
dup_int64 (gint64 value)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = value;
  return copy;
}

static void
set_due (MdocJobs *self, gint64 job_id, gint64 delay_s)
{
  gint64 now_ms = mdoc_clock_get_monotonic_ms (self->clock);

  g_hash_table_replace (self->due_ms,
                        dup_int64 (job_id),
                        dup_int64 (now_ms + delay_s * 1000));
}

/* How long a job has still to wait that was journaled before the last start.
 * The wall clock may have been set since, to any time: it is believed between
 * "now" and all of the time that was to be waited. Both times are of whole
 * seconds, of which the first may have been nearly over: none is too early. */
static gint64
get_remaining_s (MdocJobs *self, const MdocStoredJob *job)
{
  gint64 total_s = job->next_unix_s - job->changed_unix_s;
  gint64 left_s = job->next_unix_s - mdoc_clock_get_unix_s (self->clock);

  return CLAMP (left_s + 1, 0, MAX (total_s, 0));
}

static gint64
get_due_ms (MdocJobs *self, const MdocStoredJob *job)
{
  const gint64 *due_ms = g_hash_table_lookup (self->due_ms, &job->id);

  if (due_ms != NULL)
    return *due_ms;
  if (job->state != MDOC_JOB_WAITING)
    return 0;

  set_due (self, job->id, get_remaining_s (self, job));
  due_ms = g_hash_table_lookup (self->due_ms, &job->id);
  return *due_ms;
}

/* full jitter: anything up to what is doubled each time, so that devices that
 * failed together do not come back together */
static gint64
draw_backoff_s (MdocJobs *self, guint attempts)
{
  guint64 max_s = (guint64) MDOC_JOBS_BACKOFF_BASE_S
                  << MIN (attempts, MAX_DOUBLINGS);

  max_s = MIN (max_s, MDOC_JOBS_BACKOFF_CAP_S);
  return MAX ((gint64) self->jitter (max_s), MDOC_JOBS_BACKOFF_MIN_S);
}

/* --- what --- */

static const MdocJobKind *
find_kind (MdocJobs *self, const char *name)
{
  for (guint i = 0; i < self->n_kinds; i++)
    {
      if (strcmp (self->kinds[i].kind, name) == 0)
        return &self->kinds[i];
    }

  return NULL;
}

static const MdocStep *
find_step (const MdocJobKind *kind, const char *name)
{
  for (guint i = 0; kind != NULL && i < kind->n_steps; i++)
    {
      if (strcmp (kind->steps[i].name, name) == 0)
        return &kind->steps[i];
    }

  return NULL;
}

static void
log_job (GLogLevelFlags level,
         const MdocStoredJob *job,
         const GError *error,
         const char *text)
{
  MdocLogFields fields = { .topic = "jobs", .error = error };

  mdoc_log (level,
            &fields,
            "Job %" G_GINT64_FORMAT " (%s, %s) %s",
            job->id,
            job->kind,
            job->step,
            text);
}

/* A journal that cannot be written: the step will be done again, later. */
static void
postpone (MdocJobs *self, const MdocStoredJob *job, const GError *error)
{
  log_job (G_LOG_LEVEL_WARNING, job, error, "cannot be journaled");
  set_due (self, job->id, MDOC_JOBS_BACKOFF_BASE_S);
}

static gboolean
write_job (MdocJobs *self, MdocStoredJob *job)
{
  g_autoptr (GError) error = NULL;

  if (mdoc_store_write_job (self->store, job, &error))
    return TRUE;

  postpone (self, job, error);
  return FALSE;
}

static void
advance (MdocStoredJob *job, const MdocJobKind *kind, const MdocStep *step)
{
  gsize at = (gsize) (step - kind->steps) + 1;

  job->attempts = 0;
  if (at == kind->n_steps)
    {
      job->state = MDOC_JOB_DONE;
      return;
    }

  job->state = MDOC_JOB_QUEUED;
  g_free (job->step);
  job->step = g_strdup (kind->steps[at].name);
}

/* Writes down what a step came to. */
static void
settle (MdocJobs *self,
        MdocStoredJob *job,
        const MdocJobKind *kind,
        const MdocStep *step,
        MdocStepResult result,
        gint64 wait_s,
        const GError *error)
{
  gint64 now_unix_s = mdoc_clock_get_unix_s (self->clock);
  gint64 delay_s = 0;

  switch (result)
    {
    case MDOC_STEP_NEXT:
      advance (job, kind, step);
      break;
    case MDOC_STEP_END:
      job->state = MDOC_JOB_DONE;
      break;
    case MDOC_STEP_WAIT:
      job->state = MDOC_JOB_WAITING;
      job->attempts = 0;
      delay_s = MAX (wait_s, MDOC_JOBS_BACKOFF_MIN_S);
      break;
    case MDOC_STEP_RETRY:
      job->state = MDOC_JOB_WAITING;
      delay_s = MAX (draw_backoff_s (self, job->attempts), wait_s);
      job->attempts = MIN (job->attempts + 1, (guint) G_MAXINT);
      log_job (G_LOG_LEVEL_INFO, job, error, "is tried again later");
      break;
    case MDOC_STEP_FAIL:
    case MDOC_STEP_PENDING:
    default:
      job->state = MDOC_JOB_FAILED;
      log_job (G_LOG_LEVEL_WARNING, job, error, "has failed");
      break;
    }

  job->changed_unix_s = now_unix_s;
  job->next_unix_s = now_unix_s + delay_s;
  if (!write_job (self, job))
    return;

  if (job->state == MDOC_JOB_WAITING)
    set_due (self, job->id, delay_s);
  else
    g_hash_table_remove (self->due_ms, &job->id);
}

/* --- running --- */

static gboolean
is_issuer_busy (MdocJobs *self, const char *issuer)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MdocStoredJob *job = value;

      if (strcmp (job->issuer, issuer) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_runnable (MdocJobs *self, const MdocStoredJob *job)
{
  const MdocStep *step = find_step (find_kind (self, job->kind), job->step);

  if (g_hash_table_contains (self->pending, &job->id)
      || get_due_ms (self, job) > mdoc_clock_get_monotonic_ms (self->clock))
    return FALSE;

  return step == NULL || !step->is_network || job->issuer[0] == '\0'
         || !is_issuer_busy (self, job->issuer);
}

static void
run_step (MdocJobs *self, MdocStoredJob *job /* (transfer full) */)
{
  g_autoptr (MdocStoredJob) owned = job;
  const MdocJobKind *kind = find_kind (self, job->kind);
  const MdocStep *step = find_step (kind, job->step);
  g_autoptr (GError) error = NULL;
  MdocStepResult result;
  gint64 wait_s = 0;

  if (step == NULL)
    {
      settle (self, job, kind, step, MDOC_STEP_FAIL, 0, NULL);
      return;
    }

  job->state = MDOC_JOB_RUNNING;
  if (!write_job (self, job))
    return;

  result = step->func (self, job, &wait_s, self->user_data, &error);
  if (result == MDOC_STEP_PENDING)
    g_hash_table_replace (self->pending,
                          dup_int64 (job->id),
                          g_steal_pointer (&owned));
  else
    settle (self, job, kind, step, result, wait_s, error);
}

/* Returns: (transfer full) (nullable): what goes first; @ret_next_ms is when
 * the first of the rest will be due, or -1 */
static MdocStoredJob *
take_first (MdocJobs *self, gint64 *ret_next_ms, GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store, FALSE, error);
  gint64 now_ms = mdoc_clock_get_monotonic_ms (self->clock);
  guint best_rank = G_MAXUINT;
  guint best_at = 0;

  *ret_next_ms = -1;
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const MdocStoredJob *job = g_ptr_array_index (jobs, i);
      const MdocJobKind *kind = find_kind (self, job->kind);
      guint rank = kind != NULL ? (guint) (kind - self->kinds) : self->n_kinds;
      gint64 due_ms = get_due_ms (self, job);

      if (is_runnable (self, job))
        {
          if (rank >= best_rank)
            continue;
          best_rank = rank;
          best_at = i;
        }
      else if (due_ms > now_ms && (*ret_next_ms < 0 || due_ms < *ret_next_ms))
        {
          *ret_next_ms = due_ms;
        }
    }

  if (jobs == NULL || best_rank == G_MAXUINT)
    return NULL;

  return g_ptr_array_steal_index (jobs, best_at);
}

static void
on_due (gpointer user_data)
{
  MdocJobs *self = user_data;

  self->timer_id = 0;
  mdoc_jobs_run (self);
}

static void
watch (MdocJobs *self, gint64 next_ms)
{
  gint64 now_ms = mdoc_clock_get_monotonic_ms (self->clock);

  clear_timer (self);
  if (next_ms >= 0)
    self->timer_id = mdoc_clock_add_timer (self->clock,
                                           (guint64) MAX (next_ms - now_ms, 0),
                                           on_due,
                                           self);
}

/**
 * mdoc_jobs_run:
 * @self: who runs jobs
 *
 * Does all steps that are due, and sees to it that those which are not are done
 * in time. With nothing to wait for there is no timer.
 */
void
mdoc_jobs_run (MdocJobs *self)
{
  gint64 next_ms = -1;

  /* from within a step: the loop below goes on anyway */
  if (self->is_running)
    return;

  self->is_running = TRUE;
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      MdocStoredJob *job = take_first (self, &next_ms, &error);

      if (error != NULL)
        {
          MdocLogFields fields = { .topic = "jobs", .error = error };

          mdoc_log (G_LOG_LEVEL_WARNING, &fields, "Jobs cannot be read");
          next_ms = mdoc_clock_get_monotonic_ms (self->clock)
                    + MDOC_JOBS_BACKOFF_BASE_S * 1000;
        }
      if (job == NULL)
        break;
      run_step (self, job);
    }

  self->is_running = FALSE;
  watch (self, next_ms);
}

/**
 * mdoc_jobs_finish_step:
 * @self: who runs jobs
 * @job_id: a job of which a step was %MDOC_STEP_PENDING
 * @result: what it came to
 * @wait_s: how long to wait, of %MDOC_STEP_WAIT and %MDOC_STEP_RETRY
 * @error: (nullable): why it failed
 *
 * A job that was cancelled in between stays so: what came of the step is not
 * written down.
 */
void
mdoc_jobs_finish_step (MdocJobs *self,
                       gint64 job_id,
                       MdocStepResult result,
                       gint64 wait_s,
                       const GError *error)
{
  g_autoptr (MdocStoredJob) journaled = NULL;
  MdocStoredJob *job = g_hash_table_lookup (self->pending, &job_id);
  const MdocJobKind *kind;

  g_return_if_fail (job != NULL);
  g_return_if_fail (result != MDOC_STEP_PENDING);

  journaled = mdoc_store_get_job (self->store, job_id, NULL);
  kind = find_kind (self, job->kind);
  if (journaled != NULL && journaled->state == MDOC_JOB_RUNNING)
    settle (self,
            job,
            kind,
            find_step (kind, job->step),
            result,
            wait_s,
            error);
  g_hash_table_remove (self->pending, &job_id);
  mdoc_jobs_run (self);
}

/**
 * mdoc_jobs_start:
 * @self: who runs jobs
 * @error: return location for a #MdocStoreError
 *
 * Takes up what an earlier run of the program has left, before it does anything
 * else. What was cut short goes on at once.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_jobs_start (MdocJobs *self, GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store, FALSE, error);

  if (jobs == NULL)
    return FALSE;

  for (guint i = 0; i < jobs->len; i++)
    {
      MdocStoredJob *job = g_ptr_array_index (jobs, i);

      if (job->state != MDOC_JOB_RUNNING)
        continue;

      log_job (G_LOG_LEVEL_MESSAGE, job, NULL, "was cut short and goes on");
      job->state = MDOC_JOB_QUEUED;
      if (!mdoc_store_write_job (self->store, job, error))
        return FALSE;
    }

  mdoc_jobs_run (self);
  return TRUE;
}

/**
 * mdoc_jobs_add:
 * @self: who runs jobs
 * @kind: what is to be done; one of the kinds
 * @document_id: the document it is about, or ""
 * @issuer: whom it talks to, or ""
 * @detail: an `a{sv}`; consumed if floating
 * @ret_id: (out): which job it is
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_EXISTS if
 *   the document has a job already
 *
 * Journals a job. It begins with the next mdoc_jobs_run().
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_jobs_add (MdocJobs *self,
               const char *kind,
               const char *document_id,
               const char *issuer,
               GVariant *detail,
               gint64 *ret_id,
               GError **error)
{
  const MdocJobKind *known = find_kind (self, kind);
  g_autoptr (MdocStoredJob) job = g_new0 (MdocStoredJob, 1);

  g_return_val_if_fail (known != NULL, FALSE);

  job->kind = g_strdup (kind);
  job->document_id = g_strdup (document_id);
  job->issuer = g_strdup (issuer);
  job->state = MDOC_JOB_QUEUED;
  job->step = g_strdup (known->steps[0].name);
  job->created_unix_s = mdoc_clock_get_unix_s (self->clock);
  job->changed_unix_s = job->created_unix_s;
  job->detail = g_variant_ref_sink (detail);
  if (!mdoc_store_add_job (self->store, job, error))
    return FALSE;

  *ret_id = job->id;
  return TRUE;
}

/**
 * mdoc_jobs_set_due:
 * @self: who runs jobs
 * @job_id: a job that has not ended
 * @delay_s: when its next step is to be done, from now on
 *
 * For as long as this run of the program lasts; the journal says what it said.
 * A step that is being done is not changed.
 */
void
mdoc_jobs_set_due (MdocJobs *self, gint64 job_id, gint64 delay_s)
{
  if (!g_hash_table_contains (self->pending, &job_id))
    set_due (self, job_id, delay_s);
}

/**
 * mdoc_jobs_is_idle:
 * @self: who runs jobs
 *
 * Returns: whether there is nothing to wait for
 */
gboolean
mdoc_jobs_is_idle (MdocJobs *self)
{
  return self->timer_id == 0 && g_hash_table_size (self->pending) == 0;
}
