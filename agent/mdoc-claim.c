/*
 * mdoc-claim.c - from an offer to a credential, step by step
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-claim-private.h"

/* The crash table of a claim. The exchange and its job are written down when
 * the holder begins; each answer is, before anything is made of it:
 *
 *   cut short                        the next start
 *   before the keys are durable      makes those that are missing
 *   token asked for, none stored     asks again; the code may be used up, and
 *                                    then the holder needs a new offer
 *   credential asked for, not kept   asks again with the same keys, and gets
 *                                    the same bytes
 *   kept, receipt unsent             the receipt is in the outbox, as of the
 *                                    transaction that kept the credential
 *   waiting for a deferred one       goes on waiting; never asks early
 */

/* an answer that the holder has to give, or a job that cannot go on */
MdocStepResult
mdoc_claim_stop (MdocAgent *self, MdocRecord *exchange, const GError *error)
{
  mdoc_exchange_fail (self, exchange, error);
  return MDOC_STEP_FAIL;
}

/* (transfer full) @call: by what the error calls for; what a person waits for
 * is not tried for hours, where somebody else answers than who should */
void
mdoc_claim_end_with_error (MdocCall *call, const GError *error)
{
  gint64 wait_s;
  MdocStepResult result = mdoc_call_judge (error, &wait_s);

  if (mdoc_call_is_unattested (error)
      || g_error_matches (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_TRUST)
      || g_error_matches (error,
                          MDOC_PLATFORM_ERROR,
                          MDOC_PLATFORM_ERROR_PROTOCOL))
    result = MDOC_STEP_FAIL;

  if (result == MDOC_STEP_FAIL)
    {
      (void) mdoc_claim_stop (call->agent, call->record, error);
    }
  else
    {
      gint64 n = mdoc_record_get_int (call->record, MDOC_EXCHANGE_RETRIES);

      if (n < MDOC_CLAIM_QUICK_RETRIES)
        {
          result = MDOC_STEP_WAIT;
          wait_s = MAX (wait_s, (gint64) 1 << n);
          mdoc_record_set (call->record,
                           MDOC_EXCHANGE_RETRIES,
                           g_variant_new_int64 (n + 1));
        }
      if (mdoc_record_get_text (call->record, MDOC_EXCHANGE_TRANSACTION)
          != NULL)
        wait_s = MAX (wait_s,
                      mdoc_record_get_int (call->record,
                                           MDOC_EXCHANGE_INTERVAL));
      mdoc_record_set_text (call->record,
                            MDOC_EXCHANGE_PROBLEM_NAME,
                            mdoc_call_name_error (error));
      (void) !mdoc_exchange_write (call->agent,
                                   call->record,
                                   call->record->state,
                                   NULL);
    }
  mdoc_call_end (call, result, wait_s, error);
}

MdocRecord *
mdoc_claim_load (MdocAgent *self, const MdocStoredJob *job, GError **error)
{
  return mdoc_store_get_record (self->store,
                                MDOC_RECORD_EXCHANGE,
                                job->document_id,
                                error);
}

MdocOffer *
mdoc_claim_load_offer (const MdocRecord *exchange, GError **error)
{
  const char *json = mdoc_record_get_text (exchange, MDOC_EXCHANGE_OFFER);

  if (json == NULL)
    return NULL;

  return mdoc_offer_parse (MDOC_SPAN ((const guint8 *) json, strlen (json)),
                           error);
}

MdocPlatform *
mdoc_claim_get_platform (MdocAgent *self,
                         const MdocRecord *exchange,
                         GError **error)
{
  return mdoc_network_get_platform (
      self,
      exchange->issuer,
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_SERVER),
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_CLIENT_ID),
      error);
}

/* --- fetching the offer --- */

static void
on_offer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocOffer) offer = mdoc_platform_fetch_offer_finish (result,
                                                                  &error);
  MdocAgent *self = call->agent;
  g_autofree char *id = NULL;

  if (!mdoc_call_is_wanted (call))
    return;

  if (offer == NULL)
    {
      mdoc_claim_end_with_error (call, error);
      return;
    }

  id = g_strdup (call->record->id);
  if (!mdoc_claim_set_offer (self, call->record, offer, &error))
    {
      mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
      return;
    }

  mdoc_call_end (call, MDOC_STEP_END, 0, NULL);
  mdoc_claim_start (self, id);
}

static MdocStepResult
fetch (MdocJobs *jobs,
       MdocStoredJob *job,
       gint64 *ret_wait_s,
       gpointer user_data,
       GError **error)
{
  MdocAgent *self = user_data;
  MdocRecord *exchange = mdoc_claim_load (self, job, error);
  MdocHttpClient *http;
  const char *link;
  MdocCall *call;

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  /* cut short when the offer was written down: the start sees to the rest */
  link = mdoc_record_get_text (exchange, MDOC_EXCHANGE_LINK);
  if (link == NULL)
    {
      mdoc_record_free (exchange);
      return MDOC_STEP_END;
    }

  http = mdoc_network_get_http (self->network, error);
  if (http == NULL)
    {
      mdoc_record_free (exchange);
      return MDOC_STEP_RETRY;
    }

  call = mdoc_call_new (self, job, exchange, NULL);
  mdoc_platform_fetch_offer_async (http,
                                   link,
                                   mdoc_call_get_cancellable (call),
                                   on_offer,
                                   call);
  return MDOC_STEP_PENDING;
}

/* --- what the issuer says of itself --- */

static const char *
choose_name (GPtrArray *displays, const char *otherwise)
{
  const MdocDisplay *display = mdoc_display_choose (displays,
                                                    g_get_language_names ());

  return display != NULL && display->name != NULL ? display->name : otherwise;
}

static const MdocConfiguration *
choose_configuration (const MdocRecord *exchange,
                      const MdocIssuerMetadata *metadata)
{
  g_autoptr (MdocOffer) offer = mdoc_claim_load_offer (exchange, NULL);
  const char *wanted = mdoc_record_get_text (exchange,
                                             MDOC_EXCHANGE_CONFIGURATION);
  const char *const *ids = offer != NULL
                               ? mdoc_offer_get_configuration_ids (offer)
                               : NULL;

  if (wanted != NULL && wanted[0] != '\0')
    return mdoc_issuer_metadata_find (metadata, wanted);

  for (; ids != NULL && *ids != NULL; ids++)
    {
      const MdocConfiguration *found = mdoc_issuer_metadata_find (metadata,
                                                                  *ids);

      if (found != NULL)
        return found;
    }

  /* the wallet asks on its own, and does not say for what */
  return offer == NULL && metadata->configurations->len == 1
             ? g_ptr_array_index (metadata->configurations, 0)
             : NULL;
}

static gboolean
note_metadata (MdocAgent *self,
               MdocRecord *exchange,
               const MdocIssuerMetadata *metadata,
               GError **error)
{
  const MdocConfiguration *chosen = choose_configuration (exchange, metadata);
  gint64 n_copies = mdoc_record_get_int (exchange, MDOC_EXCHANGE_COPIES);
  const char *name;

  if (chosen == NULL)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_UNSUPPORTED,
                              "The issuer has nothing of this name that can be "
                              "kept here");

  /* after a start the metadata are not there, and the number has to be the one
   * that was asked for */
  mdoc_record_set (exchange,
                   MDOC_EXCHANGE_COPIES,
                   g_variant_new_int64 (
                       CLAMP (n_copies, 1, MAX (metadata->batch_size, 1))));
  name = choose_name (chosen->display, chosen->doc_type);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_CONFIGURATION, chosen->id);
  mdoc_claim_note_others (exchange, metadata);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_DOC_TYPE, chosen->doc_type);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_NAME, name);
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_ISSUER_NAME,
                        choose_name (metadata->display, metadata->issuer));
  return TRUE;
}

/* whether something is missing that only the holder can give */
static gboolean
needs_tx_code (const MdocRecord *exchange)
{
  g_autoptr (MdocOffer) offer = mdoc_claim_load_offer (exchange, NULL);
  const MdocOfferGrants *grants;

  if (offer == NULL
      || mdoc_record_get_text (exchange, MDOC_EXCHANGE_TX_CODE) != NULL)
    return FALSE;

  grants = mdoc_offer_get_grants (offer);
  return grants->pre_authorized_code != NULL && grants->has_tx_code;
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_there = mdoc_platform_discover_finish (call->platform,
                                                     result,
                                                     &error);
  gboolean waits;

  if (!mdoc_call_is_wanted (call))
    return;

  if (!is_there
      || !note_metadata (call->agent,
                         call->record,
                         mdoc_platform_get_issuer_metadata (call->platform),
                         &error))
    {
      mdoc_claim_end_with_error (call, error);
      return;
    }

  waits = mdoc_record_get_text (call->record, "tokens") == NULL
          && needs_tx_code (call->record);
  mdoc_record_set_text (call->record,
                        MDOC_EXCHANGE_NEEDS,
                        waits ? "tx-code" : NULL);
  mdoc_record_set_text (call->record, MDOC_EXCHANGE_PROBLEM_NAME, NULL);
  if (!mdoc_exchange_write (call->agent,
                            call->record,
                            waits ? MDOC_EXCHANGE_OFFERED
                                  : MDOC_EXCHANGE_REQUESTING,
                            &error))
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
  else
    mdoc_call_end (call, waits ? MDOC_STEP_END : MDOC_STEP_NEXT, 0, NULL);
}

static MdocStepResult
discover (MdocJobs *jobs,
          MdocStoredJob *job,
          gint64 *ret_wait_s,
          gpointer user_data,
          GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) exchange = mdoc_claim_load (self, job, error);
  MdocPlatform *platform;
  MdocCall *call;

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  platform = mdoc_claim_get_platform (self, exchange, error);
  if (platform == NULL)
    return mdoc_claim_stop (self, exchange, *error);

  call = mdoc_call_new (self, job, g_steal_pointer (&exchange), platform);
  mdoc_platform_discover_async (platform,
                                mdoc_call_get_cancellable (call),
                                on_discovered,
                                call);
  return MDOC_STEP_PENDING;
}

/* --- the holder logs in --- */

static void
on_pushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPlatformAuthorization) authorization
      = mdoc_platform_push_authorization_finish (call->platform,
                                                 result,
                                                 &error);

  if (!mdoc_call_is_wanted (call))
    return;

  if (authorization == NULL)
    {
      mdoc_claim_end_with_error (call, error);
      return;
    }

  mdoc_claim_note_authorization (call->record, authorization);
  mdoc_record_set_text (call->record,
                        MDOC_EXCHANGE_CLIENT_ID,
                        mdoc_platform_get_client_id (call->platform));
  if (mdoc_exchange_write (call->agent,
                           call->record,
                           MDOC_EXCHANGE_AUTHORIZING,
                           &error))
    mdoc_call_end (call, MDOC_STEP_END, 0, NULL);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

/* what the browser brought back */
static MdocStepResult
take_answer (MdocAgent *self,
             MdocPlatform *platform,
             MdocRecord *exchange,
             GError **error)
{
  g_autoptr (MdocPlatformAuthorization) authorization
      = mdoc_claim_load_authorization (exchange);
  g_autoptr (MdocSecret) code = mdoc_platform_read_authorization (
      platform,
      authorization,
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_ANSWER),
      error);
  g_autofree char *text = NULL;

  if (code == NULL)
    return mdoc_claim_stop (self, exchange, *error);

  text = g_strndup ((const char *) mdoc_secret_get_data (code),
                    mdoc_secret_get_len (code));
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_CODE, text);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_ANSWER, NULL);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_NEEDS, NULL);
  return mdoc_exchange_write (self, exchange, MDOC_EXCHANGE_REQUESTING, error)
             ? MDOC_STEP_NEXT
             : MDOC_STEP_RETRY;
}

static MdocStepResult
authorize (MdocJobs *jobs,
           MdocStoredJob *job,
           gint64 *ret_wait_s,
           gpointer user_data,
           GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) exchange = mdoc_claim_load (self, job, error);
  g_autoptr (MdocOffer) offer = NULL;
  const MdocOfferGrants *grants = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  const char *redirect_uri;
  MdocPlatform *platform;
  MdocCall *call;

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  offer = mdoc_claim_load_offer (exchange, NULL);
  if (offer != NULL)
    grants = mdoc_offer_get_grants (offer);
  if ((grants != NULL && grants->pre_authorized_code != NULL)
      || mdoc_record_get_text (exchange, MDOC_EXCHANGE_CODE) != NULL
      || mdoc_record_get_text (exchange, "tokens") != NULL)
    return MDOC_STEP_NEXT;

  platform = mdoc_claim_get_platform (self, exchange, error);
  if (platform == NULL)
    return mdoc_claim_stop (self, exchange, *error);
  if (mdoc_record_get_text (exchange, MDOC_EXCHANGE_ANSWER) != NULL)
    return take_answer (self, platform, exchange, error);

  redirect_uri = mdoc_record_get_text (exchange, MDOC_EXCHANGE_REDIRECT_URI);
  if (redirect_uri == NULL)
    {
      mdoc_agent_refuse (error,
                         MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                         "The issuer wants a login, and nobody said where the "
                         "browser is to come back to");
      return mdoc_claim_stop (self, exchange, *error);
    }

  call = mdoc_call_new (self, job, g_steal_pointer (&exchange), platform);
  ids = mdoc_claim_list_configurations (call->record);
  mdoc_platform_push_authorization_async (platform,
                                          (const char *const *) ids->pdata,
                                          grants != NULL ? grants->issuer_state
                                                         : NULL,
                                          redirect_uri,
                                          mdoc_call_get_cancellable (call),
                                          on_pushed,
                                          call);
  return MDOC_STEP_PENDING;
}

/* --- keys --- */

static MdocStepResult
make_keys (MdocJobs *jobs,
           MdocStoredJob *job,
           gint64 *ret_wait_s,
           gpointer user_data,
           GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) exchange = mdoc_claim_load (self, job, error);

  return mdoc_exchange_make_keys (self, job, exchange, error);
}

/* --- the token --- */

/* Of a wrong code the holder is told, and may type another one; whether it was
 * wrong or the offer is none any more, the server does not say. */
static void
end_with_wrong_code (MdocCall *call, const GError *error)
{
  MdocRecord *exchange = call->record;
  gint64 attempts = mdoc_record_get_int (exchange, MDOC_EXCHANGE_TX_ATTEMPTS);

  if (attempts + 1 >= MDOC_CLAIM_MAX_TX_CODES)
    {
      (void) mdoc_claim_stop (call->agent, exchange, error);
      mdoc_call_end (call, MDOC_STEP_FAIL, 0, error);
      return;
    }

  mdoc_record_set (exchange,
                   MDOC_EXCHANGE_TX_ATTEMPTS,
                   g_variant_new_int64 (attempts + 1));
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_TX_CODE, NULL);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_NEEDS, "tx-code");
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_PROBLEM_NAME,
                        mdoc_call_name_error (error));
  (void) !mdoc_exchange_write (call->agent,
                               exchange,
                               MDOC_EXCHANGE_AUTHORIZING,
                               NULL);
  mdoc_call_end (call, MDOC_STEP_END, 0, error);
}

static gboolean
is_wrong_code (const MdocRecord *exchange, const GError *error)
{
  const MdocPlatformTrouble *trouble = mdoc_platform_error_get_trouble (error);

  return mdoc_record_get_text (exchange, MDOC_EXCHANGE_TX_CODE) != NULL
         && trouble != NULL
         && (trouble->code == MDOC_PROTOCOL_INVALID_GRANT
             || trouble->code == MDOC_PROTOCOL_INVALID_TX_CODE);
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MdocCall *call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocPlatformTokens) tokens
      = mdoc_platform_token_finish (call->platform, result, &error);

  if (!mdoc_call_is_wanted (call))
    return;

  if (tokens == NULL)
    {
      if (is_wrong_code (call->record, error))
        end_with_wrong_code (call, error);
      else
        mdoc_claim_end_with_error (call, error);
      return;
    }

  /* the code is used up: before anything else the tokens are kept */
  mdoc_record_set_text (call->record,
                        MDOC_EXCHANGE_CLIENT_ID,
                        mdoc_platform_get_client_id (call->platform));
  mdoc_record_set_text (call->record, MDOC_EXCHANGE_TX_CODE, NULL);
  mdoc_record_set_text (call->record, MDOC_EXCHANGE_CODE, NULL);
  if (mdoc_claim_keep_tokens (call->agent, call->record, tokens, &error))
    mdoc_call_end (call, MDOC_STEP_NEXT, 0, NULL);
  else
    mdoc_call_end (call, MDOC_STEP_RETRY, 0, error);
}

static void
fill_grant (const MdocRecord *exchange,
            MdocOffer *offer,
            MdocPlatformGrant *grant)
{
  const char *code = mdoc_record_get_text (exchange, MDOC_EXCHANGE_CODE);

  if (code != NULL)
    {
      grant->kind = MDOC_TOKEN_AUTHORIZATION_CODE;
      grant->code = code;
      grant->code_verifier = mdoc_record_get_text (exchange,
                                                   MDOC_EXCHANGE_VERIFIER);
      grant->redirect_uri = mdoc_record_get_text (exchange,
                                                  MDOC_EXCHANGE_REDIRECT_URI);
      return;
    }

  grant->kind = MDOC_TOKEN_PRE_AUTHORIZED;
  if (offer != NULL)
    grant->code = mdoc_offer_get_grants (offer)->pre_authorized_code;
  grant->tx_code = mdoc_record_get_text (exchange, MDOC_EXCHANGE_TX_CODE);
}

static MdocStepResult
get_token (MdocJobs *jobs,
           MdocStoredJob *job,
           gint64 *ret_wait_s,
           gpointer user_data,
           GError **error)
{
  MdocAgent *self = user_data;
  g_autoptr (MdocRecord) exchange = mdoc_claim_load (self, job, error);
  g_autoptr (MdocOffer) offer = NULL;
  MdocPlatformGrant grant = { 0 };
  g_autoptr (GPtrArray) ids = NULL;
  MdocPlatform *platform;
  MdocCall *call;

  if (exchange == NULL)
    return MDOC_STEP_FAIL;

  if (mdoc_record_get_text (exchange, "tokens") != NULL)
    return MDOC_STEP_NEXT;

  platform = mdoc_claim_get_platform (self, exchange, error);
  if (platform == NULL)
    return mdoc_claim_stop (self, exchange, *error);

  offer = mdoc_claim_load_offer (exchange, NULL);
  call = mdoc_call_new (self, job, g_steal_pointer (&exchange), platform);
  fill_grant (call->record, offer, &grant);
  ids = mdoc_claim_list_configurations (call->record);
  grant.configuration_ids = (const char *const *) ids->pdata;
  mdoc_platform_token_async (platform,
                             &grant,
                             mdoc_call_get_cancellable (call),
                             on_token,
                             call);
  return MDOC_STEP_PENDING;
}

const MdocStep mdoc_offer_steps[] = {
  { MDOC_JOB_OFFER_FETCH, TRUE, fetch },
};
const guint mdoc_offer_n_steps = G_N_ELEMENTS (mdoc_offer_steps);

const MdocStep mdoc_claim_steps[] = {
  { MDOC_JOB_CLAIM_DISCOVER, TRUE, discover },
  { MDOC_JOB_CLAIM_AUTHORIZE, TRUE, authorize },
  { MDOC_JOB_CLAIM_KEYS, FALSE, make_keys },
  { MDOC_JOB_CLAIM_TOKEN, TRUE, get_token },
  { MDOC_JOB_CLAIM_REQUEST, TRUE, mdoc_claim_request },
  { MDOC_JOB_CLAIM_DEFERRED, TRUE, mdoc_claim_ask_again },
};
const guint mdoc_claim_n_steps = G_N_ELEMENTS (mdoc_claim_steps);
