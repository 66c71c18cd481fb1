/*
 * mdoc-renew-request.c - asking for a new generation, and keeping it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"
#include "agent/mdoc-renew-private.h"
#include "base/mdoc-log.h"

#define MESSAGE_ID_RENEWED "7e2d4c6ab8f14f0e9d35c1a07b92e6f8"

#define DEFAULT_INTERVAL_S ((gint64) 60)

typedef struct
{
  MdocAgent *agent;
  MdocRecord *enrolment;
  MdocKeep *keep;
  const char *notification_id;
} Keeping;

static void
update_enrolment (const Keeping *what)
{
  MdocRecord *enrolment = what->enrolment;
  gint64 before = mdoc_record_get_int (enrolment, MDOC_ENROLMENT_GENERATION);
  gint64 newest = mdoc_record_get_int (enrolment, MDOC_ENROLMENT_NEWEST);

  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_GENERATION,
                   g_variant_new_int64 (MAX (before + 1, newest)));
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_DIGEST, what->keep->digest);
  mdoc_record_set_text (enrolment,
                        MDOC_ENROLMENT_NOTIFICATION,
                        what->notification_id);
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_UPDATE, NULL);
  mdoc_record_set_text (enrolment, MDOC_EXCHANGE_TRANSACTION, NULL);
  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_EXPECTED,
                   g_variant_new_int64 (what->keep->expected_update_unix_s));
  mdoc_renew_plan (what->agent, what->keep->document, enrolment);
}

/* the generation, when the next one is due, and the receipt: all or nothing */
static gboolean
keep_all (MdocStore *store, gpointer user_data, GError **error)
{
  Keeping *what = user_data;
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autofree char *id = NULL;

  if (!mdoc_keep_store (what->keep, store, &id, error))
    return FALSE;

  document = mdoc_store_get_document (store, id, error);
  if (document == NULL)
    return FALSE;

  update_enrolment (what);
  return mdoc_store_write_record (store,
                                  MDOC_RECORD_ENROLMENT,
                                  what->enrolment,
                                  error)
         && mdoc_tell_queue (store,
                             MDOC_NOTICE_RECEIPT,
                             document,
                             what->enrolment,
                             mdoc_agent_get_time (what->agent),
                             error);
}

/* A session that runs may still use the generation before; those before that
 * are of use to nobody. */
static void
remove_old (MdocAgent *self, const char *document_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) generations = mdoc_store_list_generations (self->store,
                                                                   document_id,
                                                                   &error);
  guint n_superseded = 0;

  for (guint i = 0;
       generations != NULL && error == NULL && i < generations->len;
       i++)
    {
      const MdocStoredGeneration *generation = g_ptr_array_index (generations,
                                                                  i);

      if (generation->state == MDOC_GENERATION_SUPERSEDED && n_superseded++ > 0)
        (void) !mdoc_store_remove_generation (self->store,
                                              document_id,
                                              generation->n,
                                              &error);
    }

  if (error != NULL)
    {
      MdocLogFields fields = { .topic = "store", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "An old generation stays");
    }
}

/* (transfer full) @call */
static void
keep (MdocCall *call, const MdocCredentialResponse *response)
{
  MdocAgent *self = call->agent;
  g_autofree char *id = g_strdup (call->record->id);
  g_autofree char *key_label = mdoc_exchange_make_key_label (id);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (self->store, id, &error);
  g_autoptr (MdocKeep) kept = NULL;
  MdocLogFields fields = { .topic = "jobs", .message_id = MESSAGE_ID_RENEWED };
  MdocKeepWay way = { .label = "", .key_label = key_label, .renews = id };
  Keeping what;

  if (document == NULL)
    {
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  way.issuer = document->issuer;
  way.mid_uid = document->mid_uid;
  way.doc_type = document->doc_type;
  way.promised = mdoc_call_get_promise (call);
  kept = mdoc_keep_new (self, response->credentials, &way, &error);
  if (kept == NULL)
    {
      const char *why = mdoc_keep_error_get_name (error);

      (void) mdoc_renew_stop (self,
                              call->record,
                              why != NULL ? why : "not-verified");
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  what = (Keeping){ self, call->record, kept, response->notification_id };
  if (!mdoc_store_transact (self->store, keep_all, &what, &error))
    {
      mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
      return;
    }

  fields.doc_type = document->doc_type;
  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A credential was renewed");
  mdoc_agent_note_time (self, kept->signed_unix_s);
  remove_old (self, id);
  mdoc_manager_emit_renewed (self, id, "done");
  mdoc_call_end (call, MDOC_STEP_END, 0, NULL);
  mdoc_tell_send (self);
  mdoc_renew_watch (self);
  mdoc_agent_release_memory_later (self);
}

/* (transfer full) @call: it takes longer */
static void
wait_for_it (MdocCall *call, const MdocCredentialResponse *response)
{
  g_autoptr (GError) error = NULL;
  gint64 interval_s = response->interval_s > 0 ? response->interval_s
                                               : DEFAULT_INTERVAL_S;

  mdoc_record_set_text (call->record,
                        MDOC_EXCHANGE_TRANSACTION,
                        response->transaction_id);
  if (mdoc_store_write_record (call->agent->store,
                               MDOC_RECORD_ENROLMENT,
                               call->record,
                               &error))
    mdoc_call_end (call, MDOC_STEP_WAIT, interval_s, NULL);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, interval_s, error);
}

static void ask (MdocCall *call);

/* (transfer full) @call: at once, while the new token is good */
static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPlatformTokens) before = NULL;
  MdocPlatformTokens *tokens = mdoc_platform_token_finish (call->platform,
                                                           result,
                                                           &error);
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    {
      mdoc_platform_tokens_free (tokens);
      return;
    }

  if (tokens == NULL && mdoc_call_judge (error, &wait_s) == MDOC_STEP_FAIL)
    {
      (void) mdoc_renew_stop (call->agent,
                              call->record,
                              mdoc_call_name_error (error));
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  if (tokens == NULL)
    {
      mdoc_renew_end_later (call, error);
      return;
    }

  mdoc_platform_tokens_inherit (tokens, call->tokens);
  before = call->tokens;
  call->tokens = tokens;
  if (mdoc_claim_turn_tokens (call->agent,
                              MDOC_RECORD_ENROLMENT,
                              call->record,
                              before,
                              tokens,
                              &error))
    ask (call);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

static void
take_response (MdocCall *call,
               const MdocCredentialResponse *response,
               const GError *error)
{
  const gboolean is_token_refused = g_error_matches (error,
                                                     MDOC_PLATFORM_ERROR,
                                                     MDOC_PLATFORM_ERROR_TOKEN);
  gint64 wait_s;

  if (!mdoc_call_is_wanted (call))
    return;

  if (response != NULL && response->transaction_id != NULL)
    {
      wait_for_it (call, response);
    }
  else if (response != NULL)
    {
      keep (call, response);
    }
  else if (is_token_refused && call->data == NULL
           && mdoc_claim_refresh (call, on_refreshed))
    {
      return;
    }
  /* a token that is new and refused is no end: the issuer is not well */
  else if ((is_token_refused && call->data != NULL)
           || mdoc_call_judge (error, &wait_s) == MDOC_STEP_RETRY)
    {
      mdoc_renew_end_later (call, error);
    }
  else
    {
      (void) mdoc_renew_stop (call->agent,
                              call->record,
                              mdoc_call_name_error (error));
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
    }
}

static void
on_credential (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCredentialResponse) response
      = mdoc_platform_credential_finish (call->platform, result, &error);

  take_response (call, response, error);
}

static void
on_deferred (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCredentialResponse) response
      = mdoc_platform_deferred_finish (call->platform, result, &error);

  take_response (call, response, error);
}

static void
ask (MdocCall *call)
{
  g_autofree char *label = mdoc_exchange_make_key_label (call->record->id);
  const char *transaction = mdoc_record_get_text (call->record,
                                                  MDOC_EXCHANGE_TRANSACTION);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  MdocPlatformCredentialRequest request = { .tokens = call->tokens };

  if (transaction != NULL)
    {
      mdoc_platform_deferred_async (call->platform,
                                    call->tokens,
                                    transaction,
                                    mdoc_call_get_cancellable (call),
                                    on_deferred,
                                    call);
      return;
    }

  document = mdoc_store_get_document (call->agent->store,
                                      call->record->id,
                                      &error);
  keys = document != NULL ? mdoc_keep_load_keys (call->agent, label, &error)
                          : NULL;
  if (keys == NULL)
    {
      mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
      return;
    }

  request.configuration_id = mdoc_record_get_text (call->record,
                                                   MDOC_EXCHANGE_CONFIGURATION);
  request.identifier = document->mid_uid[0] != '\0' ? document->mid_uid : NULL;
  request.keys = keys;
  mdoc_platform_credential_async (call->platform,
                                  &request,
                                  mdoc_call_get_cancellable (call),
                                  on_credential,
                                  call);
}

/* the step "request" */
MdocStepResult
mdoc_renew_request (MdocJobs *jobs,
                    MdocStoredJob *job,
                    gint64 *ret_wait_s,
                    gpointer user_data,
                    GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) enrolment = mdoc_renew_load (self, job, error);
  g_autofree char *label = mdoc_exchange_make_key_label (job->document_id);
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  MdocPlatform *platform;
  MdocCall *call;

  if (enrolment == NULL)
    return MDOC_STEP_FAIL;

  keys = mdoc_keep_load_keys (self, label, error);
  if (keys == NULL)
    return MDOC_STEP_RETRY;
  /* kept already, before the job was cut short */
  if (keys->len == 0)
    return MDOC_STEP_END;

  tokens = mdoc_record_load_tokens (enrolment, error);
  platform = tokens != NULL ? mdoc_renew_get_platform (self, enrolment, error)
                            : NULL;
  if (platform == NULL)
    return MDOC_STEP_RETRY;

  call = mdoc_call_new (self, job, g_steal_pointer (&enrolment), platform);
  call->tokens = g_steal_pointer (&tokens);
  mdoc_call_later (call, ask);
  return MDOC_STEP_PENDING;
}
