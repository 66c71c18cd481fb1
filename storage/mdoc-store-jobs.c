/*
 * mdoc-store-jobs.c - the journal of what the agent has begun
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-jobs.h"

#include "storage/mdoc-store-private.h"

#define JOB_COLUMNS                                                            \
  "id, kind, document_id, issuer, state, step, attempts, created_unix_s, "     \
  "changed_unix_s, next_unix_s, detail "

static const char *const state_names[] = {
  [MDOC_JOB_QUEUED] = "queued",   [MDOC_JOB_RUNNING] = "running",
  [MDOC_JOB_WAITING] = "waiting", [MDOC_JOB_DONE] = "done",
  [MDOC_JOB_FAILED] = "failed",   [MDOC_JOB_CANCELLED] = "cancelled",
};

/**
 * mdoc_job_state_get_name:
 * @state: how a job is
 *
 * Returns: (transfer none): such as "waiting"
 */
const char *
mdoc_job_state_get_name (MdocJobState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

/**
 * mdoc_stored_job_free:
 * @job: (nullable) (transfer full): a job
 */
void
mdoc_stored_job_free (MdocStoredJob *job)
{
  if (job == NULL)
    return;

  g_free (job->kind);
  g_free (job->document_id);
  g_free (job->issuer);
  g_free (job->step);
  g_clear_pointer (&job->detail, g_variant_unref);
  g_free (job);
}

/* All of the row: a job cannot be made another's, or go back a step. */
static char *
make_row_name (const MdocStoredJob *job)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "/%s/%s/%s/%s/%u"
                          "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                          "/%" G_GINT64_FORMAT "/%s",
                          job->id,
                          job->kind,
                          job->document_id,
                          state_names[job->state],
                          job->step,
                          job->attempts,
                          job->created_unix_s,
                          job->changed_unix_s,
                          job->next_unix_s,
                          job->issuer);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "jobs",
                          .row = row,
                          .column = "detail",
                          .version = 2 };
}

static MdocStoredJob *
read_job (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocStoredJob) job = g_new0 (MdocStoredJob, 1);
  g_autofree char *row = NULL;
  MdocSealPlace place;
  guint state_at = 0;

  job->id = sqlite3_column_int64 (statement, 0);
  job->kind = g_strdup (mdoc_store_column_text (statement, 1));
  job->document_id = g_strdup (mdoc_store_column_text (statement, 2));
  job->issuer = g_strdup (mdoc_store_column_text (statement, 3));
  job->step = g_strdup (mdoc_store_column_text (statement, 5));
  job->attempts = mdoc_store_column_uint (statement, 6);
  job->created_unix_s = sqlite3_column_int64 (statement, 7);
  job->changed_unix_s = sqlite3_column_int64 (statement, 8);
  job->next_unix_s = sqlite3_column_int64 (statement, 9);
  if (!mdoc_store_find_name (state_names,
                             G_N_ELEMENTS (state_names),
                             mdoc_store_column_text (statement, 4),
                             &state_at))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store is damaged: a row of jobs is malformed");
      return NULL;
    }

  job->state = (MdocJobState) state_at;
  row = make_row_name (job);
  place = get_place (row);
  job->detail = mdoc_store_open_variant (self,
                                         &place,
                                         mdoc_store_column_span (statement, 10),
                                         error);
  return job->detail != NULL ? g_steal_pointer (&job) : NULL;
}

static gboolean
write_row (MdocStore *self,
           const MdocStoredJob *job,
           const char *sql,
           GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  g_autofree char *row = make_row_name (job);
  MdocSealPlace place = get_place (row);
  g_autoptr (GBytes) sealed = NULL;
  guint n_changed;

  if (statement == NULL)
    return FALSE;

  sealed = mdoc_store_seal_variant (self, &place, job->detail, error);
  if (sealed == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, job->id);
  mdoc_store_bind_text (statement, 2, job->kind);
  mdoc_store_bind_text (statement, 3, job->document_id);
  mdoc_store_bind_text (statement, 4, job->issuer);
  mdoc_store_bind_text (statement, 5, state_names[job->state]);
  mdoc_store_bind_text (statement, 6, job->step);
  mdoc_store_bind_int (statement, 7, job->attempts);
  mdoc_store_bind_int (statement, 8, job->created_unix_s);
  mdoc_store_bind_int (statement, 9, job->changed_unix_s);
  mdoc_store_bind_int (statement, 10, job->next_unix_s);
  mdoc_store_bind_span (statement, 11, mdoc_span_from_bytes (sealed));
  if (!mdoc_store_run (self, statement, &n_changed, error))
    return FALSE;

  return n_changed == 1 ? TRUE
                        : mdoc_store_refuse (error,
                                             MDOC_STORE_ERROR_NOT_FOUND,
                                             "There is no such job");
}

/* jobs that have ended are remembered for a while */
static gboolean
forget_ended (MdocStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "DELETE FROM jobs WHERE state IN "
                            "('done', 'failed', 'cancelled') AND id NOT IN "
                            "(SELECT id FROM jobs WHERE state IN "
                            "('done', 'failed', 'cancelled') "
                            "ORDER BY id DESC LIMIT ?)",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, MDOC_STORE_MAX_ENDED_JOBS);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
check_room (MdocStore *self, GError **error)
{
  guint n_jobs;

  if (!mdoc_store_count (self,
                         "SELECT count(*) FROM jobs WHERE state IN "
                         "('queued', 'running', 'waiting')",
                         &n_jobs,
                         error))
    return FALSE;

  return n_jobs < MDOC_STORE_MAX_JOBS
             ? TRUE
             : mdoc_store_refuse (error,
                                  MDOC_STORE_ERROR_LIMIT,
                                  "The store has room for %d jobs",
                                  MDOC_STORE_MAX_JOBS);
}

gboolean
mdoc_store_insert_job (MdocStore *self, gpointer user_data, GError **error)
{
  MdocStoredJob *job = user_data;

  if (!check_room (self, error) || !forget_ended (self, error)
      || !mdoc_store_get_next_id (self, "jobs", &job->id, error))
    return FALSE;

  return write_row (self,
                    job,
                    "INSERT INTO jobs (id, kind, document_id, issuer, state, "
                    "step, attempts, created_unix_s, changed_unix_s, "
                    "next_unix_s, detail) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    error);
}

/**
 * mdoc_store_add_job:
 * @self: a store
 * @job: the job, of which the id is set
 * @error: return location for a #MdocStoreError: %MDOC_STORE_ERROR_EXISTS if
 *   the document has a job already
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_job (MdocStore *self, MdocStoredJob *job, GError **error)
{
  return mdoc_store_transact (self, mdoc_store_insert_job, job, error);
}

/**
 * mdoc_store_write_job:
 * @self: a store
 * @job: a job as it shall be
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_write_job (MdocStore *self, const MdocStoredJob *job, GError **error)
{
  return write_row (self,
                    job,
                    "UPDATE jobs SET kind = ?2, document_id = ?3, issuer = ?4, "
                    "state = ?5, step = ?6, attempts = ?7, "
                    "created_unix_s = ?8, changed_unix_s = ?9, "
                    "next_unix_s = ?10, detail = ?11 WHERE id = ?1",
                    error);
}

/**
 * mdoc_store_list_jobs:
 * @self: a store
 * @has_ended: whether those are wanted too that have ended
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredJob): the jobs, oldest
 *   first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_jobs (MdocStore *self, gboolean has_ended, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_job_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            has_ended
                                ? "SELECT " JOB_COLUMNS "FROM jobs ORDER BY id"
                                : "SELECT " JOB_COLUMNS "FROM jobs WHERE state "
                                  "IN ('queued', 'running', 'waiting') "
                                  "ORDER BY id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocStoredJob *job;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&jobs);

      job = read_job (self, statement, error);
      if (job == NULL)
        return NULL;
      g_ptr_array_add (jobs, job);
    }
}

/**
 * mdoc_store_get_job:
 * @self: a store
 * @id: which job
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): the job, or %NULL with @error set
 */
MdocStoredJob *
mdoc_store_get_job (MdocStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT " JOB_COLUMNS "FROM jobs WHERE id = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_int (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_NOT_FOUND,
                         "There is no such job");
      return NULL;
    }

  return read_job (self, statement, error);
}

/**
 * mdoc_store_cancel_jobs:
 * @self: a store
 * @document_id: what it is about
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * Removal wins over everything else that a document is in the middle of. To be
 * called within a transaction.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_cancel_jobs (MdocStore *self,
                        const char *document_id,
                        gint64 now_unix_s,
                        GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self, FALSE, error);

  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      MdocStoredJob *job = g_ptr_array_index (jobs, i);

      if (g_strcmp0 (job->document_id, document_id) != 0)
        continue;

      job->state = MDOC_JOB_CANCELLED;
      job->changed_unix_s = now_unix_s;
      if (!mdoc_store_write_job (self, job, error))
        return FALSE;
    }

  return jobs != NULL;
}
