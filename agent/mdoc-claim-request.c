/*
 * mdoc-claim-request.c - asking for a credential, and keeping it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"
#include "base/mdoc-log.h"

#define MESSAGE_ID_CLAIMED "5a9c8e1f7d3b4c52b6e0f4a1d2c7938e"

/* of the detail of a job: it has waited as long as it was told to */
#define JOB_WAITED "waited"

#define DEFAULT_INTERVAL_S ((gint64) 5)
#define TOKEN_MARGIN_S     ((gint64) 10)

/* --- keeping it --- */

typedef struct
{
  MdocAgent *agent;
  MdocRecord *exchange;
  MdocKeep *keep;
  const MdocPlatformTokens *tokens;
  const char *notification_id;
  char *document_id;
} Keeping;

static MdocRecord *
make_enrolment (const Keeping *what)
{
  MdocAgent *self = what->agent;
  gint64 now_unix_s = mdoc_agent_get_time (self);
  MdocRecord *enrolment = mdoc_record_new (what->document_id,
                                           what->exchange->issuer,
                                           MDOC_ENROLMENT_ACTIVE,
                                           now_unix_s);
  static const char *const copied[] = {
    MDOC_EXCHANGE_CONFIGURATION, MDOC_EXCHANGE_SERVER,
    MDOC_EXCHANGE_CLIENT_ID,     MDOC_EXCHANGE_GROUP,
    MDOC_EXCHANGE_NAME,          MDOC_EXCHANGE_ISSUER_NAME,
  };

  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    mdoc_record_set_text (enrolment,
                          copied[i],
                          mdoc_record_get_text (what->exchange, copied[i]));
  mdoc_record_set_tokens (enrolment, what->tokens);
  mdoc_record_set_text (enrolment,
                        MDOC_ENROLMENT_NOTIFICATION,
                        what->notification_id);
  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_GENERATION,
                   g_variant_new_int64 (1));
  mdoc_record_set_text (enrolment, MDOC_ENROLMENT_DIGEST, what->keep->digest);
  mdoc_record_set (enrolment,
                   MDOC_EXCHANGE_COPIES,
                   g_variant_new_int64 (what->keep->key_ids->len));
  mdoc_record_set (enrolment,
                   MDOC_ENROLMENT_EXPECTED,
                   g_variant_new_int64 (what->keep->expected_update_unix_s));
  mdoc_renew_plan (self, what->keep->document, enrolment);
  return enrolment;
}

/* The credential, what it takes to keep it fresh, the receipt, and how far the
 * exchange has got: all of it or nothing. */
static gboolean
keep_all (MdocStore *store, gpointer user_data, GError **error)
{
  Keeping *what = user_data;
  gint64 now_unix_s = mdoc_agent_get_time (what->agent);
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (MdocRecord) enrolment = NULL;

  if (!mdoc_keep_store (what->keep, store, &what->document_id, error))
    return FALSE;

  enrolment = make_enrolment (what);
  document = mdoc_store_get_document (store, what->document_id, error);
  if (document == NULL
      || !mdoc_store_add_record (store, MDOC_RECORD_ENROLMENT, enrolment, error)
      || !mdoc_tell_queue (store,
                           MDOC_NOTICE_RECEIPT,
                           document,
                           enrolment,
                           now_unix_s,
                           error))
    return FALSE;

  /* the document has what is needed of it from now on */
  mdoc_record_set_link (what->exchange, what->document_id);
  mdoc_record_set_tokens (what->exchange, NULL);
  mdoc_record_set_text (what->exchange, MDOC_EXCHANGE_OFFER, NULL);
  mdoc_record_set_text (what->exchange, MDOC_EXCHANGE_LINK, NULL);
  mdoc_record_set_text (what->exchange, MDOC_EXCHANGE_VERIFIER, NULL);
  mdoc_record_set_text (what->exchange, MDOC_EXCHANGE_PROBLEM_NAME, NULL);
  what->exchange->next_unix_s = 0;
  mdoc_record_set_state (what->exchange, MDOC_EXCHANGE_RECEIVED, now_unix_s);
  /* what the holder has said in advance holds from the beginning */
  if (mdoc_record_get_int (what->exchange, MDOC_EXCHANGE_AUTO_ACCEPT) != 0)
    {
      mdoc_record_set_state (what->exchange,
                             MDOC_EXCHANGE_ACCEPTED,
                             now_unix_s);
      if (!mdoc_store_accept_document (store,
                                       what->document_id,
                                       now_unix_s,
                                       error))
        return FALSE;
    }

  return mdoc_store_write_record (store,
                                  MDOC_RECORD_EXCHANGE,
                                  what->exchange,
                                  error);
}

/* what is not kept is not left lying about; the issuer may be told */
static gboolean
tell_failure (MdocStore *store, gpointer user_data, GError **error)
{
  const Keeping *what = user_data;
  char none[] = "";
  const MdocStoredDocument document = {
    .id = what->exchange->id,
    .issuer = what->exchange->issuer,
    .mid_uid = none,
  };
  g_autoptr (MdocRecord) sent = mdoc_record_new (what->exchange->id,
                                                 what->exchange->issuer,
                                                 MDOC_ENROLMENT_ACTIVE,
                                                 mdoc_agent_get_time (
                                                     what->agent));

  mdoc_record_set_tokens (sent, what->tokens);
  mdoc_record_set_text (sent,
                        MDOC_ENROLMENT_NOTIFICATION,
                        what->notification_id);
  return mdoc_tell_queue (store,
                          MDOC_NOTICE_FAILED,
                          &document,
                          sent,
                          mdoc_agent_get_time (what->agent),
                          error);
}

static void
log_claimed (const MdocStoredDocument *document)
{
  MdocLogFields fields = { .topic = "jobs",
                           .message_id = MESSAGE_ID_CLAIMED,
                           .doc_type = document->doc_type };

  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A credential was claimed");
}

static const char *
choose_mid_uid (const MdocRecord *exchange, const MdocPlatformTokens *tokens)
{
  const char *const *ids = mdoc_platform_tokens_get_identifiers (
      tokens,
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_CONFIGURATION));
  const char *own = mdoc_record_get_text (exchange, MDOC_EXCHANGE_IDENTIFIER);

  if (own != NULL)
    return own;

  return ids != NULL && ids[0] != NULL ? ids[0] : "";
}

static gboolean
is_full (const GError *error)
{
  return g_error_matches (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_FULL)
         || g_error_matches (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

/* (transfer full) @call */
static void
keep (MdocCall *call, const MdocCredentialResponse *response)
{
  MdocAgent *self = call->agent;
  g_autofree char *key_label = mdoc_exchange_make_key_label (call->record->id);
  const char *doc_type = mdoc_record_get_text (call->record,
                                               MDOC_EXCHANGE_DOC_TYPE);
  const char *label = mdoc_record_get_text (call->record, MDOC_EXCHANGE_LABEL);
  const MdocKeepWay way = {
    .issuer = call->record->issuer,
    .mid_uid = choose_mid_uid (call->record, call->tokens),
    .doc_type = doc_type != NULL ? doc_type : "",
    .key_label = key_label,
    .label = label != NULL ? label : "",
    .promised = mdoc_call_get_promise (call),
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKeep) kept = mdoc_keep_new (self,
                                             response->credentials,
                                             &way,
                                             &error);
  Keeping what = {
    .agent = self,
    .exchange = call->record,
    .keep = kept,
    .tokens = call->tokens,
    .notification_id = response->notification_id,
  };
  g_autofree char *document_id = NULL;

  if (kept == NULL
      || !mdoc_store_transact (self->store, keep_all, &what, &error))
    {
      g_free (what.document_id);
      /* a disk that is full may have room later; a credential that does not
       * hold will not hold then either */
      if (kept != NULL && !is_full (error))
        {
          mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
          return;
        }
      mdoc_record_set_link (call->record, "");
      (void) !mdoc_store_transact (self->store, tell_failure, &what, NULL);
      (void) mdoc_claim_stop (self, call->record, error);
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      mdoc_tell_send (self);
      return;
    }

  document_id = what.document_id;
  log_claimed (kept->document);
  mdoc_agent_note_time (self, kept->signed_unix_s);
  if (!mdoc_credential_add_object (self, document_id, &error))
    {
      MdocLogFields fields = { .topic = "bus", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "A credential has no object");
      g_clear_error (&error);
    }
  mdoc_manager_emit_offer (self, call->record);
  mdoc_call_end (call, MDOC_STEP_END, 0, NULL);
  mdoc_tell_send (self);
  mdoc_sync_watch (self, MDOC_SYNC_INTERVAL_S);
  mdoc_renew_watch (self);
  mdoc_agent_release_memory_later (self);
}

/* --- answers --- */

static void
wait_for_it (MdocCall *call, const MdocCredentialResponse *response)
{
  MdocAgent *self = call->agent;
  gint64 interval_s = response->interval_s > 0 ? response->interval_s
                                               : DEFAULT_INTERVAL_S;
  gboolean is_first = strcmp (call->record->state, MDOC_EXCHANGE_DEFERRED) != 0;
  g_autoptr (GError) error = NULL;

  mdoc_record_set_text (call->record,
                        MDOC_EXCHANGE_TRANSACTION,
                        response->transaction_id);
  mdoc_record_set (call->record,
                   MDOC_EXCHANGE_INTERVAL,
                   g_variant_new_int64 (interval_s));
  call->record->next_unix_s = mdoc_agent_get_time (self) + interval_s;
  if (!mdoc_exchange_write (self, call->record, MDOC_EXCHANGE_DEFERRED, &error))
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
  else if (is_first)
    mdoc_call_end (call, MDOC_STEP_NEXT, 0, NULL);
  else
    mdoc_call_end (call, MDOC_STEP_WAIT, interval_s, NULL);
}

static void ask (MdocCall *call);

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPlatformTokens) before = NULL;
  MdocPlatformTokens *tokens = mdoc_platform_token_finish (call->platform,
                                                           result,
                                                           &error);

  if (!mdoc_call_is_wanted (call))
    {
      mdoc_platform_tokens_free (tokens);
      return;
    }

  if (tokens == NULL)
    {
      mdoc_claim_end_with_error (call, error);
      return;
    }

  mdoc_platform_tokens_inherit (tokens, call->tokens);
  before = call->tokens;
  call->tokens = tokens;
  if (mdoc_claim_turn_tokens (call->agent,
                              MDOC_RECORD_EXCHANGE,
                              call->record,
                              before,
                              tokens,
                              &error))
    ask (call);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

/* (transfer full) @call; FALSE if there is nothing to refresh with */
gboolean
mdoc_claim_refresh (MdocCall *call, GAsyncReadyCallback callback)
{
  g_autofree char *code = NULL;
  MdocPlatformGrant grant = { .kind = MDOC_TOKEN_REFRESH };

  if (call->tokens->refresh_token == NULL)
    return FALSE;

  code = g_strndup ((const char *) mdoc_secret_get_data (
                        call->tokens->refresh_token),
                    mdoc_secret_get_len (call->tokens->refresh_token));
  grant.code = code;
  /* once: what the next token does not open, another would not either */
  mdoc_call_set_data (call, GUINT_TO_POINTER (1), NULL);
  mdoc_platform_token_async (call->platform,
                             &grant,
                             mdoc_call_get_cancellable (call),
                             callback,
                             call);
  mdoc_secret_wipe (code, strlen (code));
  return TRUE;
}

static void
take_response (MdocCall *call,
               const MdocCredentialResponse *response,
               const GError *error)
{
  if (!mdoc_call_is_wanted (call))
    return;

  if (response == NULL)
    {
      if (!g_error_matches (error,
                            MDOC_PLATFORM_ERROR,
                            MDOC_PLATFORM_ERROR_TOKEN)
          || call->data != NULL || !mdoc_claim_refresh (call, on_refreshed))
        mdoc_claim_end_with_error (call, error);
    }
  else if (response->transaction_id != NULL)
    {
      wait_for_it (call, response);
    }
  else
    {
      keep (call, response);
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

/* --- questions --- */

static void
ask_first (MdocCall *call)
{
  g_autofree char *label = mdoc_exchange_make_key_label (call->record->id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = mdoc_keep_load_keys (call->agent, label, &error);
  MdocPlatformCredentialRequest request = {
    .tokens = call->tokens,
    .configuration_id = mdoc_record_get_text (call->record,
                                              MDOC_EXCHANGE_CONFIGURATION),
    .identifier = mdoc_record_get_text (call->record, MDOC_EXCHANGE_IDENTIFIER),
    .keys = keys,
  };

  if (keys != NULL && keys->len == 0)
    mdoc_agent_refuse (&error,
                       MDOC_AGENT_ERROR_NOT_FOUND,
                       "The keys that were made for it are gone");
  if (error != NULL)
    {
      (void) mdoc_claim_stop (call->agent, call->record, error);
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  mdoc_platform_credential_async (call->platform,
                                  &request,
                                  mdoc_call_get_cancellable (call),
                                  on_credential,
                                  call);
}

static void
ask (MdocCall *call)
{
  const char *transaction = mdoc_record_get_text (call->record,
                                                  MDOC_EXCHANGE_TRANSACTION);

  if (transaction == NULL)
    ask_first (call);
  else
    mdoc_platform_deferred_async (call->platform,
                                  call->tokens,
                                  transaction,
                                  mdoc_call_get_cancellable (call),
                                  on_deferred,
                                  call);
}

static MdocStepResult
begin (MdocAgent *self,
       const MdocStoredJob *job,
       MdocRecord *exchange /* (transfer full) */,
       GError **error)
{
  g_autoptr (MdocRecord) owned = exchange;
  MdocPlatform *platform = mdoc_claim_get_platform (self, exchange, error);
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  MdocCall *call;

  if (platform != NULL)
    tokens = mdoc_record_load_tokens (exchange, error);
  if (tokens == NULL)
    {
      if (*error == NULL)
        mdoc_agent_refuse (error, MDOC_AGENT_ERROR_FAILED, "The token is gone");
      return mdoc_claim_stop (self, exchange, *error);
    }

  call = mdoc_call_new (self, job, g_steal_pointer (&owned), platform);
  call->tokens = g_steal_pointer (&tokens);
  if (mdoc_platform_tokens_are_current (call->tokens,
                                        mdoc_agent_get_time (self),
                                        TOKEN_MARGIN_S)
      || !mdoc_claim_refresh (call, on_refreshed))
    mdoc_call_later (call, ask);
  return MDOC_STEP_PENDING;
}

/* the step "request" */
MdocStepResult
mdoc_claim_request (MdocJobs *jobs,
                    MdocStoredJob *job,
                    gint64 *ret_wait_s,
                    gpointer user_data,
                    GError **error)
{
  MdocAgent *self = user_data;
  MdocRecord *exchange = mdoc_claim_load (self, job, error);

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  /* cut short after the answer was written down */
  if (exchange->link[0] != '\0'
      || mdoc_record_get_text (exchange, MDOC_EXCHANGE_TRANSACTION) != NULL)
    {
      mdoc_record_free (exchange);
      return MDOC_STEP_NEXT;
    }

  return begin (self, job, exchange, error);
}

/* the step "deferred" */
MdocStepResult
mdoc_claim_ask_again (MdocJobs *jobs,
                      MdocStoredJob *job,
                      gint64 *ret_wait_s,
                      gpointer user_data,
                      GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) exchange = mdoc_claim_load (self, job, error);
  gboolean has_waited = FALSE;
  GVariantDict dict;

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  if (exchange->link[0] != '\0')
    return MDOC_STEP_END;

  (void) g_variant_lookup (job->detail, JOB_WAITED, "b", &has_waited);
  if (has_waited)
    return begin (self, job, g_steal_pointer (&exchange), error);

  /* the engine counts the time that passes, whatever the wall clock says, and
   * goes on counting after a start */
  g_variant_dict_init (&dict, job->detail);
  g_variant_dict_insert (&dict, JOB_WAITED, "b", TRUE);
  g_variant_unref (job->detail);
  job->detail = g_variant_ref_sink (g_variant_dict_end (&dict));
  *ret_wait_s = mdoc_record_get_int (exchange, MDOC_EXCHANGE_INTERVAL);
  return MDOC_STEP_WAIT;
}
