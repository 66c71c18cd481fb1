/*
 * mdoc-renew.c - a new generation before the old one runs out
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"
#include "agent/mdoc-renew-private.h"
#include "base/mdoc-log.h"
#include "crypto/mdoc-crypto.h"

/* The crash table of a renewal:
 *
 *   cut short                         the next start
 *   new keys made, nothing asked      uses them
 *   refresh token used, the new one   asks again; if the issuer does not take
 *   not written down                  the old one any more, recovers by the
 *                                     keys that only this device has
 *   asked for, not kept               asks again with the same keys: the issuer
 *                                     serves what it has prepared
 *   kept, receipt unsent              it is current, as of the transaction that
 *                                     kept it; the receipt is in the outbox
 */

#define TOKEN_MARGIN_S ((gint64) 60)
/* when it is known what time it is again, nobody says */
#define UNKNOWN_TIME_WAIT_S ((gint64) 900)
#define DAY_S               ((gint64) 24 * 3600)
#define LAST_DAY_CAP_S      ((gint64) 3600)

static gint64
draw (gint64 max)
{
  guint64 number;

  mdoc_random_fill ((guint8 *) &number, sizeof (number));
  return (gint64) (number % (guint64) (MAX (max, 0) + 1));
}

/* --- when --- */

/**
 * mdoc_renew_plan:
 * @agent: an agent
 * @document: what was issued last
 * @enrolment: (inout): of which the time of the next renewal is set
 *
 * The window begins when the issuer expects it, or with the last fifth of the
 * validity, at least three days and at most half of it before the end; the
 * first try is anywhere in the first half of the window, so that devices that
 * were issued together do not come back together.
 */
void
mdoc_renew_plan (MdocAgent *agent,
                 const MdocStoredDocument *document,
                 MdocRecord *enrolment)
{
  gint64 from_unix_s = document->valid_from_unix_s;
  gint64 until_unix_s = document->valid_until_unix_s;
  gint64 lifetime_s = MAX (until_unix_s - from_unix_s, 0);
  gint64 start_unix_s = mdoc_record_get_int (enrolment,
                                             MDOC_ENROLMENT_EXPECTED);

  if (start_unix_s <= from_unix_s || start_unix_s >= until_unix_s)
    start_unix_s = until_unix_s
                   - MAX (lifetime_s / 5, MIN (3 * DAY_S, lifetime_s / 2));
  enrolment->next_unix_s = start_unix_s
                           + draw ((until_unix_s - start_unix_s) / 2);
}

/* (transfer full) @call: later, and in the last day before the end never much
 * later */
void
mdoc_renew_end_later (MdocCall *call, const GError *error)
{
  MdocAgent *self = call->agent;
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (self->store, call->record->id, NULL);
  gint64 left_s = 0;
  gint64 wait_s;

  (void) mdoc_call_judge (error, &wait_s);
  mdoc_manager_emit_renewed (self,
                             call->record->id,
                             mdoc_call_name_error (error));
  if (document != NULL)
    left_s = document->valid_until_unix_s - mdoc_agent_get_time (self);

  if (left_s > 0 && left_s < DAY_S)
    mdoc_call_end (call,
                   MDOC_STEP_WAIT,
                   MAX (MIN (wait_s, LAST_DAY_CAP_S),
                        MDOC_JOBS_BACKOFF_BASE_S
                            + draw (LAST_DAY_CAP_S - MDOC_JOBS_BACKOFF_BASE_S)),
                   error);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, wait_s, error);
}

/* --- whether --- */

static gboolean
write_enrolment (MdocAgent *self, const MdocRecord *enrolment, GError **error)
{
  return mdoc_store_write_record (self->store,
                                  MDOC_RECORD_ENROLMENT,
                                  enrolment,
                                  error);
}

/* Nothing is asked again until the issuer has something else to say. */
MdocStepResult
mdoc_renew_stop (MdocAgent *self, MdocRecord *enrolment, const char *why)
{
  g_autofree char *label = mdoc_exchange_make_key_label (enrolment->id);
  g_autoptr (GError) error = NULL;

  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_STOPPED, why);
  mdoc_record_set_text (enrolment, MDOC_EXCHANGE_TRANSACTION, NULL);
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_RECOVERY, NULL);
  if (!write_enrolment (self, enrolment, &error))
    {
      MdocLogFields fields = { .topic = "jobs", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A refusal is not written down");
    }
  mdoc_keep_destroy_keys (self, label);
  mdoc_manager_emit_renewed (self, enrolment->id, why);
  return MDOC_STEP_FAIL;
}

MdocRecord *
mdoc_renew_load (MdocAgent *self, const MdocStoredJob *job, GError **error)
{
  return mdoc_store_get_record (self->store,
                                MDOC_RECORD_ENROLMENT,
                                job->document_id,
                                error);
}

MdocPlatform *
mdoc_renew_get_platform (MdocAgent *self,
                         const MdocRecord *enrolment,
                         GError **error)
{
  return mdoc_network_get_platform (
      self,
      enrolment->issuer,
      mdoc_record_get_text (enrolment, MDOC_EXCHANGE_SERVER),
      mdoc_record_get_text (enrolment, MDOC_EXCHANGE_CLIENT_ID),
      error);
}

/* --- the step "wait" --- */

static MdocStepResult
wait_for_window (MdocJobs *jobs,
                 MdocStoredJob *job,
                 gint64 *ret_wait_s,
                 gpointer user_data,
                 GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) enrolment = mdoc_renew_load (self, job, error);
  MdocMoment now = mdoc_agent_get_moment (self);
  gint64 left_s;

  if (enrolment == NULL)
    return MDOC_STEP_FAIL;

  if (strcmp (enrolment->state, MDOC_ENROLMENT_ACTIVE) != 0
      || mdoc_record_get_text (enrolment, MDOC_ENROLMENT_STOPPED) != NULL)
    return MDOC_STEP_END;

  left_s = enrolment->next_unix_s - mdoc_agent_get_time (self);
  if (now.is_known && left_s <= 0)
    return MDOC_STEP_NEXT;

  *ret_wait_s = now.is_known ? MIN (left_s, MDOC_RENEW_MAX_WAIT_S)
                             : UNKNOWN_TIME_WAIT_S;
  return MDOC_STEP_WAIT;
}

/* --- the step "sync" --- */

static void
on_synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocWalletSyncReply) reply = mdoc_sync_take (call, result, &error);
  g_autoptr (MdocRecord) enrolment = NULL;
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    return;

  if (reply == NULL && mdoc_call_judge (error, &wait_s) == MDOC_STEP_RETRY)
    {
      mdoc_renew_end_later (call, error);
      return;
    }

  (void) !mdoc_store_find_record (call->agent->store,
                                  MDOC_RECORD_ENROLMENT,
                                  call->record->id,
                                  &enrolment,
                                  NULL);
  if (enrolment != NULL
      && strcmp (enrolment->state, MDOC_ENROLMENT_ACTIVE) == 0)
    {
      mdoc_call_end (call, MDOC_STEP_NEXT, 0, NULL);
      return;
    }

  mdoc_manager_emit_renewed (call->agent,
                             call->record->id,
                             enrolment != NULL ? enrolment->state : "removed");
  mdoc_call_end (call, MDOC_STEP_END, 0, NULL);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;

  (void) !mdoc_platform_discover_finish (call->platform, result, &error);
  if (!mdoc_call_is_wanted (call))
    return;

  if (error != NULL)
    mdoc_renew_end_later (call, error);
  else if (mdoc_platform_has_wallet_api (call->platform))
    mdoc_sync_ask (call, on_synced);
  else
    mdoc_call_end (call, MDOC_STEP_NEXT, 0, NULL);
}

static MdocStepResult
sync_first (MdocJobs *jobs,
            MdocStoredJob *job,
            gint64 *ret_wait_s,
            gpointer user_data,
            GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) enrolment = mdoc_renew_load (self, job, error);
  MdocPlatform *platform;
  MdocCall *call;

  if (enrolment == NULL)
    return MDOC_STEP_FAIL;

  platform = mdoc_renew_get_platform (self, enrolment, error);
  if (platform == NULL)
    return MDOC_STEP_RETRY;

  call = mdoc_call_new (self, job, g_steal_pointer (&enrolment), platform);
  mdoc_platform_discover_async (platform,
                                mdoc_call_get_cancellable (call),
                                on_discovered,
                                call);
  return MDOC_STEP_PENDING;
}

/* --- the step "token" --- */

static void recover (MdocCall *call);

static char *
dup_secret (MdocSecret *secret)
{
  return secret != NULL
             ? g_strndup ((const char *) mdoc_secret_get_data (secret),
                          mdoc_secret_get_len (secret))
             : NULL;
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPlatformTokens) tokens
      = mdoc_platform_token_finish (call->platform, result, &error);
  gboolean was_recovery;
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    return;

  was_recovery = mdoc_record_get_text (call->record, MDOC_ENROLMENT_RECOVERY)
                 != NULL;
  if (tokens == NULL && mdoc_call_judge (error, &wait_s) == MDOC_STEP_RETRY)
    {
      mdoc_renew_end_later (call, error);
      return;
    }

  mdoc_record_set_text (call->record, MDOC_ENROLMENT_RECOVERY, NULL);
  if (tokens == NULL && !was_recovery)
    {
      recover (call);
      return;
    }

  if (tokens == NULL)
    {
      (void) mdoc_renew_stop (call->agent,
                              call->record,
                              mdoc_call_name_error (error));
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  /* a recovered token is for this credential alone */
  if (mdoc_claim_turn_tokens (call->agent,
                              MDOC_RECORD_ENROLMENT,
                              call->record,
                              was_recovery ? NULL : call->tokens,
                              tokens,
                              &error))
    mdoc_call_end (call, MDOC_STEP_NEXT, 0, NULL);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

static void
ask_for_token (MdocCall *call, MdocTokenGrant kind, const char *code)
{
  const char *ids[2] = {
    mdoc_record_get_text (call->record, MDOC_EXCHANGE_CONFIGURATION),
    NULL,
  };
  const MdocPlatformGrant grant = {
    .kind = kind,
    .code = code,
    .configuration_ids = kind == MDOC_TOKEN_REFRESH ? NULL : ids,
  };

  mdoc_platform_token_async (call->platform,
                             &grant,
                             mdoc_call_get_cancellable (call),
                             on_token,
                             call);
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) code = mdoc_platform_recover_finish (call->platform,
                                                              result,
                                                              &error);
  g_autofree char *text = dup_secret (code);
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    return;

  if (code == NULL && mdoc_call_judge (error, &wait_s) == MDOC_STEP_RETRY)
    {
      mdoc_renew_end_later (call, error);
      return;
    }

  if (code == NULL)
    {
      (void) mdoc_renew_stop (call->agent,
                              call->record,
                              mdoc_call_name_error (error));
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  mdoc_record_set_text (call->record, MDOC_ENROLMENT_RECOVERY, text);
  if (write_enrolment (call->agent, call->record, &error))
    ask_for_token (call, MDOC_TOKEN_PRE_AUTHORIZED, text);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

/* (transfer full) @call: the refresh token is lost, the keys are not */
static void
recover (MdocCall *call)
{
  MdocAgent *self = call->agent;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (self->store, call->record->id, &error);
  g_autoptr (MdocKey) key = NULL;

  if (document != NULL)
    key = mdoc_store_load_key (self->store, document->key_id, &error);
  if (key == NULL)
    {
      mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
      return;
    }

  if (!mdoc_platform_has_wallet_api (call->platform)
      || document->mid_uid[0] == '\0')
    {
      (void) mdoc_renew_stop (self, call->record, "no-token");
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, NULL);
      return;
    }

  mdoc_platform_recover_async (call->platform,
                               document->mid_uid,
                               key,
                               mdoc_call_get_cancellable (call),
                               on_recovered,
                               call);
}

static void
begin_token (MdocCall *call)
{
  g_autofree char *recovery = g_strdup (
      mdoc_record_get_text (call->record, MDOC_ENROLMENT_RECOVERY));
  g_autofree char *refresh_token = call->tokens != NULL ? dup_secret (
                                       call->tokens->refresh_token)
                                                        : NULL;

  if (recovery != NULL)
    ask_for_token (call, MDOC_TOKEN_PRE_AUTHORIZED, recovery);
  else if (refresh_token != NULL)
    ask_for_token (call, MDOC_TOKEN_REFRESH, refresh_token);
  else
    recover (call);
}

static MdocStepResult
get_token (MdocJobs *jobs,
           MdocStoredJob *job,
           gint64 *ret_wait_s,
           gpointer user_data,
           GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) enrolment = mdoc_renew_load (self, job, error);
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  MdocPlatform *platform;
  MdocCall *call;

  if (enrolment == NULL)
    return MDOC_STEP_FAIL;

  tokens = mdoc_record_load_tokens (enrolment, NULL);
  if (tokens != NULL
      && mdoc_platform_tokens_are_current (tokens,
                                           mdoc_agent_get_time (self),
                                           TOKEN_MARGIN_S))
    return MDOC_STEP_NEXT;

  platform = mdoc_renew_get_platform (self, enrolment, error);
  if (platform == NULL)
    return MDOC_STEP_RETRY;

  call = mdoc_call_new (self, job, g_steal_pointer (&enrolment), platform);
  call->tokens = g_steal_pointer (&tokens);
  mdoc_call_later (call, begin_token);
  return MDOC_STEP_PENDING;
}

/* --- the step "keys" --- */

static MdocStepResult
make_keys (MdocJobs *jobs,
           MdocStoredJob *job,
           gint64 *ret_wait_s,
           gpointer user_data,
           GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) enrolment = mdoc_renew_load (self, job, error);

  return mdoc_exchange_make_keys (self, job, enrolment, error);
}

const MdocStep mdoc_renew_steps[] = {
  { MDOC_JOB_RENEW_WAIT, FALSE, wait_for_window },
  { MDOC_JOB_RENEW_SYNC, TRUE, sync_first },
  { MDOC_JOB_RENEW_TOKEN, TRUE, get_token },
  { MDOC_JOB_RENEW_KEYS, FALSE, make_keys },
  { MDOC_JOB_RENEW_REQUEST, TRUE, mdoc_renew_request },
};
const guint mdoc_renew_n_steps = G_N_ELEMENTS (mdoc_renew_steps);

/* --- seeing to it --- */

/* Returns: (transfer full): the renewals that have not ended, by document */
static GHashTable *
list_renewals (MdocAgent *self, GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (self->store, FALSE, error);
  g_autoptr (GHashTable) renewals
      = g_hash_table_new_full (g_str_hash,
                               g_str_equal,
                               NULL,
                               (GDestroyNotify) mdoc_stored_job_free);

  while (jobs != NULL && jobs->len > 0)
    {
      MdocStoredJob *job = g_ptr_array_steal_index (jobs, 0);

      if (strcmp (job->kind, MDOC_JOB_RENEW) == 0)
        g_hash_table_replace (renewals, job->document_id, job);
      else
        mdoc_stored_job_free (job);
    }

  return jobs != NULL ? g_steal_pointer (&renewals) : NULL;
}

static gboolean
schedule (MdocAgent *self,
          const MdocRecord *enrolment,
          GHashTable *renewals,
          GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (self->store, enrolment->id, NULL);
  const MdocStoredJob *job = g_hash_table_lookup (renewals, enrolment->id);
  gint64 id;

  /* it is being removed */
  if (document == NULL || document->is_damaged)
    return TRUE;

  if (job == NULL)
    return mdoc_jobs_add (self->jobs,
                          MDOC_JOB_RENEW,
                          enrolment->id,
                          enrolment->issuer,
                          g_variant_new_array (G_VARIANT_TYPE ("{sv}"),
                                               NULL,
                                               0),
                          &id,
                          error);

  /* the window may have moved */
  if (strcmp (job->step, MDOC_JOB_RENEW_WAIT) == 0
      && enrolment->next_unix_s <= mdoc_agent_get_time (self))
    mdoc_jobs_set_due (self->jobs, job->id, 0);
  return TRUE;
}

/* all or none, and on the disk once */
static gboolean
schedule_all (MdocStore *store, gpointer user_data, GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (GPtrArray) enrolments
      = mdoc_store_list_records (store, MDOC_RECORD_ENROLMENT, error);
  g_autoptr (GHashTable) renewals = enrolments != NULL
                                        ? list_renewals (self, error)
                                        : NULL;

  for (guint i = 0; renewals != NULL && i < enrolments->len; i++)
    {
      const MdocRecord *enrolment = g_ptr_array_index (enrolments, i);

      if (strcmp (enrolment->state, MDOC_ENROLMENT_ACTIVE) == 0
          && mdoc_record_get_text (enrolment, MDOC_ENROLMENT_STOPPED) == NULL
          && !schedule (self, enrolment, renewals, error))
        return FALSE;
    }

  return renewals != NULL;
}

/**
 * mdoc_renew_watch:
 * @agent: an agent
 *
 * To be called when a document came, or its issuer had something to say.
 */
void
mdoc_renew_watch (MdocAgent *agent)
{
  g_autoptr (GError) error = NULL;

  if (!mdoc_store_transact (agent->store, schedule_all, agent, &error))
    {
      MdocLogFields fields = { .topic = "jobs", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "Renewals are not planned");
    }
  mdoc_jobs_run (agent->jobs);
}

/**
 * mdoc_renew_now:
 * @agent: an agent
 * @document_id: which document
 * @error: return location for a #MdocAgentError or #MdocStoreError
 *
 * The holder does not want to wait for the window. The issuer is asked first
 * whether it may be renewed, as ever.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_renew_now (MdocAgent *agent, const char *document_id, GError **error)
{
  g_autoptr (MdocRecord) enrolment
      = mdoc_store_get_record (agent->store,
                               MDOC_RECORD_ENROLMENT,
                               document_id,
                               error);
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) renewals = NULL;
  const MdocStoredJob *job;

  if (enrolment == NULL)
    return FALSE;

  if (strcmp (enrolment->state, MDOC_ENROLMENT_ACTIVE) != 0)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_IN_USE,
                              "Its issuer has the credential %s",
                              enrolment->state);

  enrolment->next_unix_s = mdoc_agent_get_time (agent);
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_STOPPED, NULL);
  if (!write_enrolment (agent, enrolment, error))
    return FALSE;

  before = list_renewals (agent, error);
  if (before == NULL || !schedule (agent, enrolment, before, error))
    return FALSE;

  renewals = list_renewals (agent, error);
  if (renewals == NULL)
    return FALSE;

  job = g_hash_table_lookup (renewals, document_id);
  mdoc_jobs_set_due (agent->jobs, job != NULL ? job->id : 0, 0);
  mdoc_jobs_run (agent->jobs);
  return TRUE;
}
