/*
 * mdoc-jobs.h - doing what was begun, whatever happens in between
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-clock.h"
#include "storage/mdoc-store-jobs.h"

G_BEGIN_DECLS

/* what is waited after a failure: up to the base, doubled with each further
 * one, at most the cap; and at least a moment */
#define MDOC_JOBS_BACKOFF_BASE_S 30
#define MDOC_JOBS_BACKOFF_CAP_S  (6 * 3600)
#define MDOC_JOBS_BACKOFF_MIN_S  1

/**
 * MdocStepResult:
 * @MDOC_STEP_NEXT: it is done; the next one, or the end of the job
 * @MDOC_STEP_RETRY: it failed and may be tried again after a while
 * @MDOC_STEP_WAIT: it is not time yet; the same step again after a given time
 * @MDOC_STEP_END: it is done, and with it the job
 * @MDOC_STEP_FAIL: the job has failed for good
 * @MDOC_STEP_PENDING: the result comes with mdoc_jobs_finish_step()
 */
typedef enum
{
  MDOC_STEP_NEXT,
  MDOC_STEP_RETRY,
  MDOC_STEP_WAIT,
  MDOC_STEP_END,
  MDOC_STEP_FAIL,
  MDOC_STEP_PENDING,
} MdocStepResult;

/**
 * MdocJobs:
 *
 * Runs the jobs that the store journals, one step after another. A step that
 * was cut short is done again after the next start, so a step either changes
 * nothing but the store, in one transaction, or something that may be done
 * twice. A document has one job at a time, an issuer one step that talks to it.
 * To be used by one thread.
 */
typedef struct _MdocJobs MdocJobs;

/**
 * MdocStepFunc:
 * @jobs: who runs it
 * @job: the job; the step may replace its detail, which is kept with the result
 * @ret_wait_s: (out): how long to wait, of %MDOC_STEP_WAIT; also, if set, of
 *   %MDOC_STEP_RETRY, at least, when the other side said so
 * @user_data: of mdoc_jobs_new()
 * @error: return location for why it failed, for the log
 */
typedef MdocStepResult (*MdocStepFunc) (MdocJobs *jobs,
                                        MdocStoredJob *job,
                                        gint64 *ret_wait_s,
                                        gpointer user_data,
                                        GError **error);

/**
 * MdocStep:
 * @name: as it stands in the journal, for ever
 * @is_network: whether it talks to the issuer
 * @func: what it does
 */
typedef struct
{
  const char *name;
  gboolean is_network;
  MdocStepFunc func;
} MdocStep;

/**
 * MdocJobKind:
 * @kind: as it stands in the journal, for ever
 * @steps: what is done, in this order
 * @n_steps: how many
 *
 * One row of the table of what can be done. Kinds that stand first go first.
 */
typedef struct
{
  const char *kind;
  const MdocStep *steps;
  guint n_steps;
} MdocJobKind;

/* a number from 0 to @max, by chance */
typedef guint64 (*MdocJitterFunc) (guint64 max);

MdocJobs *mdoc_jobs_new (MdocStore *store,
                         const MdocClock *clock,
                         const MdocJobKind *kinds,
                         guint n_kinds,
                         MdocJitterFunc jitter,
                         gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_jobs_free (MdocJobs *self);

gboolean mdoc_jobs_start (MdocJobs *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_jobs_add (MdocJobs *self,
                        const char *kind,
                        const char *document_id,
                        const char *issuer,
                        GVariant *detail,
                        gint64 *ret_id,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* does what can be done now */
void mdoc_jobs_run (MdocJobs *self);
void mdoc_jobs_finish_step (MdocJobs *self,
                            gint64 job_id,
                            MdocStepResult result,
                            gint64 wait_s,
                            const GError *error);
/* one that waits, or has not begun, is due in @delay_s */
void mdoc_jobs_set_due (MdocJobs *self, gint64 job_id, gint64 delay_s);
gboolean mdoc_jobs_is_idle (MdocJobs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocJobs, mdoc_jobs_free)

G_END_DECLS
