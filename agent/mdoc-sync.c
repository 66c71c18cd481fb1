/*
 * mdoc-sync.c - asking issuers what is new
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-sync-private.h"
#include "base/mdoc-log.h"
#include "crypto/mdoc-crypto.h"

#define CLIENT_TYPE "embedded"

/* up to @max, by chance */
static gint64
draw (gint64 max)
{
  guint64 number;

  mdoc_random_fill ((guint8 *) &number, sizeof (number));
  return (gint64) (number % (guint64) (max + 1));
}

/* --- asking --- */

static const char *
get_state_name (const MdocStoredDocument *document)
{
  return mdoc_document_state_get_name (document->state);
}

static void
add_docs (MdocCall *call, MdocWalletSync *sync, const char *issuer)
{
  MdocAgent *self = call->agent;
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self->store,
                                                               NULL);

  for (guint i = 0; documents != NULL && i < documents->len
                    && sync->docs->len < MDOC_WALLET_MAX_DOCS;
       i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      g_autoptr (MdocRecord) enrolment = NULL;

      if (document->is_damaged || document->mid_uid[0] == '\0'
          || strcmp (document->issuer, issuer) != 0
          || !mdoc_store_find_record (self->store,
                                      MDOC_RECORD_ENROLMENT,
                                      document->id,
                                      &enrolment,
                                      NULL)
          || enrolment == NULL)
        continue;

      g_ptr_array_add (
          sync->docs,
          mdoc_wallet_doc_new (document->mid_uid,
                               mdoc_record_get_int (enrolment,
                                                    MDOC_ENROLMENT_GENERATION),
                               document->valid_until_unix_s,
                               get_state_name (document)));
    }
}

/**
 * mdoc_sync_ask:
 * @call: what waits for the answer, with a platform
 * @callback: called with @call; to pass the answer to mdoc_sync_take()
 */
void
mdoc_sync_ask (MdocCall *call, GAsyncReadyCallback callback)
{
  MdocAgent *self = call->agent;
  const char *address = mdoc_call_get_issuer (call);
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_new ();
  g_autoptr (MdocRecord) issuer = NULL;

  (void) !mdoc_store_find_record (self->store,
                                  MDOC_RECORD_ISSUER,
                                  address,
                                  &issuer,
                                  NULL);
  if (issuer != NULL)
    sync->cursor = g_strdup (mdoc_record_get_text (issuer, MDOC_ISSUER_CURSOR));
  sync->agent_version = g_strdup (PACKAGE_VERSION);
  sync->client_type = g_strdup (CLIENT_TYPE);
  sync->clock_unix_s = mdoc_agent_get_time (self);
  add_docs (call, sync, address);
  mdoc_platform_sync_async (call->platform,
                            sync,
                            mdoc_call_get_cancellable (call),
                            callback,
                            call);
}

typedef struct
{
  MdocAgent *agent;
  const char *issuer;
  const MdocWalletSyncReply *reply;
  MdocPlatform *platform;
} Reply;

static gboolean
note_issuer (MdocStore *store, const Reply *what, GError **error)
{
  g_autoptr (MdocRecord) issuer = mdoc_store_get_record (store,
                                                         MDOC_RECORD_ISSUER,
                                                         what->issuer,
                                                         error);
  gint64 offset_s;

  if (issuer == NULL)
    return FALSE;

  mdoc_record_set_text (issuer, MDOC_ISSUER_CURSOR, what->reply->cursor);
  mdoc_record_set (issuer,
                   MDOC_ISSUER_SYNCED,
                   g_variant_new_int64 (mdoc_agent_get_time (what->agent)));
  if (mdoc_platform_get_clock_offset (what->platform, &offset_s))
    mdoc_record_set (issuer,
                     MDOC_ISSUER_CLOCK_OFFSET,
                     g_variant_new_int64 (offset_s));
  return mdoc_store_write_record (store, MDOC_RECORD_ISSUER, issuer, error);
}

/* What came is kept with the word for how far it went, or both come again. */
static gboolean
apply (MdocStore *store, gpointer user_data, GError **error)
{
  const Reply *what = user_data;

  return mdoc_sync_apply (what->agent, what->issuer, what->reply, error)
         && note_issuer (store, what, error);
}

/**
 * mdoc_sync_take:
 * @call: what waited
 * @result: what came
 * @error: return location for an error
 *
 * Does what the issuer says.
 *
 * Returns: (transfer full): the answer, which was applied, or %NULL with @error
 *   set
 */
MdocWalletSyncReply *
mdoc_sync_take (MdocCall *call, GAsyncResult *result, GError **error)
{
  g_autoptr (MdocWalletSyncReply) reply
      = mdoc_platform_sync_finish (call->platform, result, error);
  Reply what = { call->agent, NULL, reply, call->platform };

  if (reply == NULL || g_cancellable_is_cancelled (call->cancellable))
    return g_steal_pointer (&reply);

  what.issuer = mdoc_call_get_issuer (call);
  if (!mdoc_store_transact (call->agent->store, apply, &what, error))
    return NULL;

  /* TLS has vouched for whoever says so */
  mdoc_agent_note_time (call->agent,
                        reply->server_time_unix_s - MDOC_SYNC_TIME_SLACK_S);
  return g_steal_pointer (&reply);
}

/* --- the job --- */

static gint64
draw_interval_s (const MdocWalletSyncReply *reply)
{
  gint64 interval_s = reply != NULL ? reply->next_sync_after_s : 0;

  if (interval_s <= 0)
    interval_s = MDOC_SYNC_INTERVAL_S * 4 / 5
                 + draw (MDOC_SYNC_INTERVAL_S * 2 / 5);
  return MAX (interval_s, MDOC_SYNC_MIN_INTERVAL_S);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocWalletSyncReply) reply = mdoc_sync_take (call, result, &error);
  MdocAgent *self = call->agent;
  MdocStepResult step = MDOC_STEP_WAIT;
  g_autofree char *issuer = NULL;
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    return;

  issuer = g_strdup (mdoc_call_get_issuer (call));
  if (reply == NULL)
    step = mdoc_call_judge (error, &wait_s);
  if (step == MDOC_STEP_WAIT || step == MDOC_STEP_FAIL)
    {
      /* an issuer that does not know us now may tomorrow */
      step = MDOC_STEP_WAIT;
      wait_s = draw_interval_s (reply);
    }

  mdoc_manager_emit_synced (self,
                            issuer,
                            reply != NULL ? "done"
                                          : mdoc_call_name_error (error));
  mdoc_call_end (call, step, wait_s, error);
  if (reply != NULL)
    {
      mdoc_renew_watch (self);
      mdoc_tell_send (self);
    }
}

static void
begin (MdocCall *call)
{
  if (mdoc_platform_has_wallet_api (call->platform))
    {
      mdoc_sync_ask (call, on_synced);
      return;
    }

  /* there is nothing to ask; status lists and renewals say the rest */
  mdoc_manager_emit_synced (call->agent,
                            mdoc_call_get_issuer (call),
                            "unsupported");
  mdoc_call_end (call, MDOC_STEP_WAIT, draw_interval_s (NULL), NULL);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gint64 wait_s;

  (void) !mdoc_platform_discover_finish (call->platform, result, &error);
  if (!mdoc_call_is_wanted (call))
    return;

  if (error == NULL)
    {
      begin (call);
      return;
    }

  (void) mdoc_call_judge (error, &wait_s);
  mdoc_manager_emit_synced (call->agent,
                            mdoc_call_get_issuer (call),
                            mdoc_call_name_error (error));
  mdoc_call_end (call, MDOC_STEP_RETRY, wait_s, error);
}

static gboolean
has_documents (MdocAgent *self, const char *issuer)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self->store,
                                                               NULL);

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);

      if (strcmp (document->issuer, issuer) == 0)
        return TRUE;
    }

  return documents == NULL;
}

static MdocStepResult
ask (MdocJobs *jobs,
     MdocStoredJob *job,
     gint64 *ret_wait_s,
     gpointer user_data,
     GError **error)
{
  MdocAgent *self = user_data;
  MdocPlatform *platform;
  MdocCall *call;

  if (!has_documents (self, job->issuer))
    return MDOC_STEP_END;

  platform = mdoc_network_get_platform (self, job->issuer, NULL, NULL, error);
  if (platform == NULL)
    return MDOC_STEP_RETRY;

  call = mdoc_call_new (self, job, NULL, platform);
  mdoc_platform_discover_async (platform,
                                mdoc_call_get_cancellable (call),
                                on_discovered,
                                call);
  return MDOC_STEP_PENDING;
}

const MdocStep mdoc_sync_steps[] = {
  { MDOC_JOB_SYNC_ASK, TRUE, ask },
};
const guint mdoc_sync_n_steps = G_N_ELEMENTS (mdoc_sync_steps);

/* --- seeing to it --- */

/* Returns: (element-type utf8): each once */
static GPtrArray *
list_issuers (MdocAgent *self, GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self->store,
                                                               error);
  g_autoptr (GPtrArray) issuers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; documents != NULL && i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);

      if (!document->is_damaged && document->issuer[0] != '\0'
          && !g_ptr_array_find_with_equal_func (issuers,
                                                document->issuer,
                                                g_str_equal,
                                                NULL))
        g_ptr_array_add (issuers, g_strdup (document->issuer));
    }

  return documents != NULL ? g_steal_pointer (&issuers) : NULL;
}

static gint64
find_job (GPtrArray *jobs, const char *issuer)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const MdocStoredJob *job = g_ptr_array_index (jobs, i);

      if (strcmp (job->kind, MDOC_JOB_SYNC) == 0
          && strcmp (job->issuer, issuer) == 0)
        return job->id;
    }

  return 0;
}

/* @hastens: also where there is a job that waits for longer */
static gboolean
schedule (MdocAgent *self,
          const char *issuer,
          gint64 after_s,
          gboolean hastens,
          GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store, FALSE, error);
  gint64 id;

  if (jobs == NULL)
    return FALSE;

  id = find_job (jobs, issuer);
  if (id != 0 && !hastens)
    return TRUE;

  if (id == 0
      && !mdoc_jobs_add (self->jobs,
                         MDOC_JOB_SYNC,
                         "",
                         issuer,
                         g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
                         &id,
                         error))
    return FALSE;

  mdoc_jobs_set_due (self->jobs, id, after_s);
  return TRUE;
}

/**
 * mdoc_sync_watch:
 * @agent: an agent
 * @first_after_s: when to ask an issuer first that was not asked yet: at any
 *   time up to this
 */
void
mdoc_sync_watch (MdocAgent *agent, gint64 first_after_s)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) issuers = list_issuers (agent, &error);
  gboolean is_start = first_after_s == MDOC_SYNC_START_S;

  for (guint i = 0; issuers != NULL && error == NULL && i < issuers->len; i++)
    (void) !schedule (agent,
                      g_ptr_array_index (issuers, i),
                      draw (first_after_s),
                      is_start,
                      &error);

  if (error != NULL)
    {
      MdocLogFields fields = { .topic = "jobs", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "Issuers are not asked");
    }
  mdoc_jobs_run (agent->jobs);
}

/**
 * mdoc_sync_now:
 * @agent: an agent
 * @issuer: (nullable): an issuer, or %NULL for all of them
 * @ret_n: (out): how many are asked
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_sync_now (MdocAgent *agent,
               const char *issuer,
               guint *ret_n,
               GError **error)
{
  g_autoptr (GPtrArray) issuers = list_issuers (agent, error);
  guint n = 0;

  if (issuers == NULL)
    return FALSE;

  for (guint i = 0; i < issuers->len; i++)
    {
      const char *found = g_ptr_array_index (issuers, i);

      if (issuer != NULL && strcmp (issuer, found) != 0)
        continue;
      if (!schedule (agent, found, 0, TRUE, error))
        return FALSE;
      n++;
    }

  *ret_n = n;
  mdoc_jobs_run (agent->jobs);
  return TRUE;
}
