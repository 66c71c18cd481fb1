/*
 * mdoc-store-jobs.h - what the agent has begun, and what it owes to others
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* what is kept at most */
#define MDOC_STORE_MAX_JOBS         4096 /* that have not ended */
#define MDOC_STORE_MAX_ENDED_JOBS   100  /* the latest ones */
#define MDOC_STORE_MAX_NOTICES      4096
#define MDOC_STORE_MAX_TOMBSTONES   8192 /* the oldest that are done with go */
#define MDOC_STORE_MAX_DETAIL_BYTES ((gsize) 64 * 1024)

/* the kind of the job that removes a document, and its steps */
#define MDOC_JOB_REMOVE         "remove"
#define MDOC_JOB_REMOVE_DESTROY "destroy"
#define MDOC_JOB_REMOVE_TELL    "tell"

/* kinds of notices to an issuer */
#define MDOC_NOTICE_ACCEPTED "accepted"
#define MDOC_NOTICE_REMOVED  "removed"

/**
 * MdocJobState:
 * @MDOC_JOB_QUEUED: it can begin, or go on
 * @MDOC_JOB_RUNNING: a step is being done; after a start it means that the step
 *   was cut short
 * @MDOC_JOB_WAITING: for its time
 * @MDOC_JOB_DONE: it has ended well
 * @MDOC_JOB_FAILED: it has ended, and will not be tried again
 * @MDOC_JOB_CANCELLED: something else took its place
 */
typedef enum
{
  MDOC_JOB_QUEUED,
  MDOC_JOB_RUNNING,
  MDOC_JOB_WAITING,
  MDOC_JOB_DONE,
  MDOC_JOB_FAILED,
  MDOC_JOB_CANCELLED,
} MdocJobState;

const char *mdoc_job_state_get_name (MdocJobState state);

/**
 * MdocStoredJob:
 * @id: rises with time
 * @kind: what is to be done, such as %MDOC_JOB_REMOVE
 * @document_id: the document it is about, or ""
 * @issuer: whom it talks to, or ""
 * @state: how it is
 * @step: what is done next
 * @attempts: how often this step has failed
 * @created_unix_s: since when
 * @changed_unix_s: when it last changed
 * @next_unix_s: when it is due, if it waits
 * @detail: what its steps need, an `a{sv}` that the store does not look into
 *
 * A journaled job. Whoever changes one writes all of it with
 * mdoc_store_write_job().
 */
typedef struct
{
  gint64 id;
  char *kind;
  char *document_id;
  char *issuer;
  MdocJobState state;
  char *step;
  guint attempts;
  gint64 created_unix_s;
  gint64 changed_unix_s;
  gint64 next_unix_s;
  GVariant *detail;
} MdocStoredJob;

void mdoc_stored_job_free (MdocStoredJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredJob, mdoc_stored_job_free)

/* from @job its kind, document, issuer, step, dates and detail; a document has
 * one job at a time (%MDOC_STORE_ERROR_EXISTS) */
gboolean
mdoc_store_add_job (MdocStore *self, MdocStoredJob *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* those that have not ended, oldest first; or all */
GPtrArray *
mdoc_store_list_jobs (MdocStore *self, gboolean has_ended, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocStoredJob *mdoc_store_get_job (MdocStore *self, gint64 id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_write_job (MdocStore *self, const MdocStoredJob *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* those of one document that have not ended */
gboolean mdoc_store_cancel_jobs (MdocStore *self,
                                 const char *document_id,
                                 gint64 now_unix_s,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocStoredNotice:
 * @id: rises with time
 * @kind: such as %MDOC_NOTICE_REMOVED
 * @subject: the document it is about
 * @issuer: who is to be told
 * @created_unix_s: since when
 * @detail: what is to be told, an `a{sv}` that the store does not look into
 *
 * Something that others have yet to be told.
 */
typedef struct
{
  gint64 id;
  char *kind;
  char *subject;
  char *issuer;
  gint64 created_unix_s;
  GVariant *detail;
} MdocStoredNotice;

void mdoc_stored_notice_free (MdocStoredNotice *notice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocStoredNotice, mdoc_stored_notice_free)

gboolean mdoc_store_add_notice (MdocStore *self,
                                const char *kind,
                                const char *subject,
                                const char *issuer,
                                gint64 now_unix_s,
                                GVariant *detail,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_store_list_notices (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* it was delivered */
gboolean mdoc_store_drop_notice (MdocStore *self, gint64 id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How far a removal has got. */
typedef enum
{
  MDOC_TOMBSTONE_MARKED,    /* decided; the keys are there still */
  MDOC_TOMBSTONE_DESTROYED, /* nothing of it is there */
  MDOC_TOMBSTONE_TOLD,      /* and who has to know is being told */
} MdocTombstoneStage;

/**
 * MdocTombstone:
 * @document_id: what was removed
 * @stage: how far
 * @removed_unix_s: when the holder decided it
 * @issuer: who has to know, or ""
 * @mid_uid: what the issuer calls it, or ""
 * @doc_type: what it was
 */
typedef struct
{
  char *document_id;
  MdocTombstoneStage stage;
  gint64 removed_unix_s;
  char *issuer;
  char *mid_uid;
  char *doc_type;
} MdocTombstone;

void mdoc_tombstone_free (MdocTombstone *tombstone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTombstone, mdoc_tombstone_free)

GPtrArray *mdoc_store_list_tombstones (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* the steps of a removal (mdoc-store-removal.c); each is durable when it
 * returns, and may be done again if it was cut short */
gboolean mdoc_store_begin_removal (MdocStore *self,
                                   const char *document_id,
                                   gint64 now_unix_s,
                                   gint64 *ret_job_id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the same, where nobody has to know */
gboolean mdoc_store_begin_silent_removal (MdocStore *self,
                                          const char *document_id,
                                          gint64 now_unix_s,
                                          gint64 *ret_job_id,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_destroy_removed (MdocStore *self,
                                     const char *document_id,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_tell_removed (MdocStore *self,
                                  const char *document_id,
                                  gint64 now_unix_s,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* what the issuer of a document is to be told, in the transaction of the change
 * itself; nothing if there is nobody to tell */
gboolean mdoc_store_accept_document (MdocStore *self,
                                     const char *document_id,
                                     gint64 now_unix_s,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* the latest time that somebody we trust has vouched for, or 0 */
gboolean
mdoc_store_get_time_floor (MdocStore *self, gint64 *ret_unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_raise_time_floor (MdocStore *self, gint64 unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* when the store was first used; 0 if that was before it was noted */
gboolean
mdoc_store_note_start (MdocStore *self, gint64 now_unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_get_start (MdocStore *self, gint64 *ret_unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
