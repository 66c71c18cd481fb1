/*
 * mdoc-exchange.c - what the holder does with offers
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
#include "base/mdoc-text.h"

#define MAX_PROBLEM_LEN 512

/**
 * mdoc_exchange_make_key_label:
 * @id: of an exchange, or of a document that is renewed
 *
 * Returns: (transfer full): what keys that are made for it are called
 */
char *
mdoc_exchange_make_key_label (const char *id)
{
  return g_strconcat ("claim ", id, NULL);
}

/**
 * mdoc_exchange_make_keys:
 * @agent: an agent
 * @job: a claim or a renewal
 * @record: (nullable): its exchange or enrolment
 * @error: return location for an error
 *
 * Makes the keys that are not there yet, as many as copies are wanted.
 *
 * Returns: what became of the step
 */
MdocStepResult
mdoc_exchange_make_keys (MdocAgent *agent,
                         const MdocStoredJob *job,
                         const MdocRecord *record,
                         GError **error)
{
  g_autofree char *label = mdoc_exchange_make_key_label (job->document_id);
  g_autoptr (GPtrArray) keys = NULL;
  gint64 n;

  if (record == NULL)
    return MDOC_STEP_FAIL;

  n = CLAMP (mdoc_record_get_int (record, MDOC_EXCHANGE_COPIES),
             1,
             MDOC_CLAIM_MAX_COPIES);
  keys = mdoc_keep_make_keys (agent, label, (guint) n, error);
  return keys != NULL ? MDOC_STEP_NEXT : MDOC_STEP_RETRY;
}

/**
 * mdoc_exchange_write:
 * @agent: an agent
 * @exchange: an exchange
 * @state: what it is to be
 * @error: return location for a #MdocStoreError
 *
 * Writes it down, and says so on the bus.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_exchange_write (MdocAgent *agent,
                     MdocRecord *exchange,
                     const char *state,
                     GError **error)
{
  g_autofree char *now = g_strdup (state);

  mdoc_record_set_state (exchange, now, mdoc_agent_get_time (agent));
  if (!mdoc_store_write_record (agent->store,
                                MDOC_RECORD_EXCHANGE,
                                exchange,
                                error))
    return FALSE;

  mdoc_manager_emit_offer (agent, exchange);
  return TRUE;
}

static void
log_error (const GError *error, const char *text)
{
  MdocLogFields fields = { .topic = "jobs", .error = error };

  mdoc_log (G_LOG_LEVEL_WARNING, &fields, "%s", text);
}

/* what was needed to get it, and is of no use any more */
static void
forget_secrets (MdocRecord *exchange)
{
  static const char *const secrets[] = {
    MDOC_EXCHANGE_LINK,        MDOC_EXCHANGE_OFFER,
    MDOC_EXCHANGE_TX_CODE,     MDOC_EXCHANGE_STATE,
    MDOC_EXCHANGE_VERIFIER,    MDOC_EXCHANGE_BROWSER_URI,
    MDOC_EXCHANGE_ANSWER,      MDOC_EXCHANGE_CODE,
    MDOC_EXCHANGE_NEEDS,       MDOC_EXCHANGE_REDIRECT_URI,
    MDOC_EXCHANGE_TRANSACTION,
  };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    mdoc_record_set_text (exchange, secrets[i], NULL);
  mdoc_record_set_tokens (exchange, NULL);
  exchange->next_unix_s = 0;
}

/**
 * mdoc_exchange_fail:
 * @agent: an agent
 * @exchange: an exchange
 * @error: why nothing can come of it any more
 *
 * Writes that down, and destroys the keys that were made for it.
 */
void
mdoc_exchange_fail (MdocAgent *agent, MdocRecord *exchange, const GError *error)
{
  g_autofree char *label = mdoc_exchange_make_key_label (exchange->id);
  g_autofree char *problem = g_utf8_make_valid (error->message, -1);
  g_autofree char *name = g_strdup (mdoc_call_name_error (error));
  g_autoptr (GError) local_error = NULL;

  if (strlen (problem) > MAX_PROBLEM_LEN)
    *g_utf8_find_prev_char (problem, problem + MAX_PROBLEM_LEN) = '\0';

  forget_secrets (exchange);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_PROBLEM, problem);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_PROBLEM_NAME, name);
  if (!mdoc_exchange_write (agent,
                            exchange,
                            MDOC_EXCHANGE_FAILED,
                            &local_error))
    log_error (local_error, "That an offer has failed is not written down");
  mdoc_keep_destroy_keys (agent, label);
}

/* --- beginning --- */

/* Returns: whether it fits what the offer says of the code */
static gboolean
check_tx_code (MdocOffer *offer, const char *tx_code, GError **error)
{
  const MdocOfferGrants *grants = mdoc_offer_get_grants (offer);

  if (tx_code == NULL || mdoc_offer_is_tx_code (offer, tx_code))
    return TRUE;

  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            grants->has_tx_code
                                ? "The offer wants a transaction code of "
                                  "another form"
                                : "The offer wants no transaction code");
}

static void
note_offer (MdocRecord *exchange, MdocOffer *offer)
{
  g_autofree char *json = mdoc_offer_to_json (offer);
  const MdocOfferGrants *grants = mdoc_offer_get_grants (offer);

  g_free (exchange->issuer);
  exchange->issuer = g_strdup (mdoc_offer_get_issuer (offer));
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_OFFER, json);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_LINK, NULL);
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_SERVER,
                        grants->pre_authorized_code != NULL
                            ? grants->pre_authorized_server
                            : grants->authorization_code_server);
}

gboolean
mdoc_claim_set_offer (MdocAgent *self,
                      MdocRecord *exchange,
                      MdocOffer *offer,
                      GError **error)
{
  note_offer (exchange, offer);
  return mdoc_exchange_write (self, exchange, MDOC_EXCHANGE_OFFERED, error);
}

typedef struct
{
  MdocAgent *agent;
  MdocRecord *exchange;
  const char *job_kind;
  gboolean exists;
} Beginning;

static gboolean
begin (MdocStore *store, gpointer user_data, GError **error)
{
  const Beginning *what = user_data;
  gint64 job_id;

  if (!what->exists
      && !mdoc_store_add_record (store,
                                 MDOC_RECORD_EXCHANGE,
                                 what->exchange,
                                 error))
    return FALSE;
  if (what->exists
      && !mdoc_store_write_record (store,
                                   MDOC_RECORD_EXCHANGE,
                                   what->exchange,
                                   error))
    return FALSE;

  return mdoc_jobs_add (what->agent->jobs,
                        what->job_kind,
                        what->exchange->id,
                        what->exchange->issuer,
                        g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
                        &job_id,
                        error);
}

void
mdoc_claim_start (MdocAgent *self, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRecord) exchange = mdoc_store_get_record (self->store,
                                                           MDOC_RECORD_EXCHANGE,
                                                           id,
                                                           &error);
  Beginning what = { self, exchange, MDOC_JOB_CLAIM, TRUE };

  if (exchange == NULL
      || !mdoc_store_transact (self->store, begin, &what, &error))
    {
      log_error (error, "An offer that is there is not claimed");
      return;
    }

  mdoc_jobs_run (self->jobs);
}

static void
apply_options (MdocRecord *exchange, const MdocClaimOptions *options)
{
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_TX_CODE, options->tx_code);
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_REDIRECT_URI,
                        options->redirect_uri);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_LABEL, options->label);
  mdoc_record_set (exchange,
                   MDOC_EXCHANGE_COPIES,
                   g_variant_new_int64 (options->copies > 0
                                            ? options->copies
                                            : MDOC_CLAIM_DEFAULT_COPIES));
  mdoc_record_set (exchange,
                   MDOC_EXCHANGE_AUTO_ACCEPT,
                   g_variant_new_int64 (options->is_accepted ? 1 : 0));
}

static char *
begin_new (MdocAgent *agent,
           MdocRecord *exchange,
           const char *job_kind,
           GError **error)
{
  Beginning what = { agent, exchange, job_kind, FALSE };

  if (!mdoc_store_transact (agent->store, begin, &what, error))
    return NULL;

  mdoc_manager_emit_offer (agent, exchange);
  mdoc_jobs_run (agent->jobs);
  return g_strdup (exchange->id);
}

/**
 * mdoc_exchange_begin:
 * @agent: an agent
 * @link: a link to an offer, as of a QR code
 * @options: how it is to be claimed
 * @error: return location for a #MdocOfferError, #MdocJsonError,
 *   #MdocAgentError or #MdocStoreError
 *
 * The holder wants what is offered there. All that can be done without asking
 * him is done by the job that is journaled here.
 *
 * Returns: (transfer full): the id of the exchange, or %NULL with @error set
 */
char *
mdoc_exchange_begin (MdocAgent *agent,
                     const char *link,
                     const MdocClaimOptions *options,
                     GError **error)
{
  g_autofree char *id = mdoc_store_make_record_id ();
  g_autoptr (MdocRecord) exchange = mdoc_record_new (id,
                                                     "",
                                                     MDOC_EXCHANGE_OFFERED,
                                                     mdoc_agent_get_time (
                                                         agent));
  g_autoptr (MdocOffer) offer = NULL;
  g_autofree char *reference = NULL;

  if (!mdoc_offer_parse_link (link, &offer, &reference, error))
    return NULL;

  apply_options (exchange, options);
  if (offer == NULL)
    {
      mdoc_record_set_text (exchange, MDOC_EXCHANGE_LINK, reference);
      return begin_new (agent, exchange, MDOC_JOB_OFFER, error);
    }

  if (!check_tx_code (offer, options->tx_code, error))
    return NULL;

  note_offer (exchange, offer);
  return begin_new (agent, exchange, MDOC_JOB_CLAIM, error);
}

/**
 * mdoc_exchange_enrol:
 * @agent: an agent
 * @issuer: the address of an issuer
 * @configuration: what is wanted of it, or "" if it has but one
 * @options: how it is to be claimed
 * @error: return location for a #MdocAgentError or #MdocStoreError
 *
 * The holder wants something that nobody has offered; he will have to log in.
 *
 * Returns: (transfer full): the id of the exchange, or %NULL with @error set
 */
char *
mdoc_exchange_enrol (MdocAgent *agent,
                     const char *issuer,
                     const char *configuration,
                     const MdocClaimOptions *options,
                     GError **error)
{
  g_autofree char *id = mdoc_store_make_record_id ();
  g_autoptr (MdocRecord) exchange = mdoc_record_new (id,
                                                     issuer,
                                                     MDOC_EXCHANGE_OFFERED,
                                                     mdoc_agent_get_time (
                                                         agent));

  apply_options (exchange, options);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_TX_CODE, NULL);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_CONFIGURATION, configuration);
  return begin_new (agent, exchange, MDOC_JOB_CLAIM, error);
}

/* --- what only the holder can give --- */

void
mdoc_claim_note_authorization (MdocRecord *exchange,
                               const MdocPlatformAuthorization *added)
{
  g_autofree char *verifier = g_strndup ((const char *) mdoc_secret_get_data (
                                             added->code_verifier),
                                         mdoc_secret_get_len (
                                             added->code_verifier));

  mdoc_record_set_text (exchange, MDOC_EXCHANGE_STATE, added->state);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_VERIFIER, verifier);
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_REDIRECT_URI,
                        added->redirect_uri);
  mdoc_record_set_text (exchange,
                        MDOC_EXCHANGE_BROWSER_URI,
                        added->browser_uri);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_NEEDS, "login");
  mdoc_secret_wipe (verifier, strlen (verifier));
}

MdocPlatformAuthorization *
mdoc_claim_load_authorization (const MdocRecord *exchange)
{
  MdocPlatformAuthorization *authorization = g_new0 (MdocPlatformAuthorization,
                                                     1);
  const char *verifier = mdoc_record_get_text (exchange,
                                               MDOC_EXCHANGE_VERIFIER);

  if (verifier == NULL)
    verifier = "";
  authorization->state = g_strdup (
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_STATE));
  authorization->code_verifier = mdoc_secret_new_copy (
      MDOC_SPAN ((const guint8 *) verifier, strlen (verifier)));
  authorization->redirect_uri = g_strdup (
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_REDIRECT_URI));
  authorization->browser_uri = g_strdup (
      mdoc_record_get_text (exchange, MDOC_EXCHANGE_BROWSER_URI));
  return authorization;
}

/**
 * mdoc_exchange_authorize:
 * @agent: an agent
 * @id: of an exchange that needs something
 * @tx_code: (nullable): the transaction code
 * @answer: (nullable): the address that the browser came back to, or what
 *   stands in it behind the "?"
 * @error: return location for a #MdocAgentError: %MDOC_AGENT_ERROR_IN_USE if
 *   nothing of that is needed
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_exchange_authorize (MdocAgent *agent,
                         const char *id,
                         const char *tx_code,
                         const char *answer,
                         GError **error)
{
  g_autoptr (MdocRecord) exchange = mdoc_store_get_record (agent->store,
                                                           MDOC_RECORD_EXCHANGE,
                                                           id,
                                                           error);
  g_autoptr (MdocOffer) offer = NULL;
  const char *needs;
  const char *query;
  Beginning what = { agent, exchange, MDOC_JOB_CLAIM, TRUE };

  if (exchange == NULL)
    return FALSE;

  needs = mdoc_record_get_text (exchange, MDOC_EXCHANGE_NEEDS);
  if (g_strcmp0 (needs, "tx-code") == 0 && tx_code != NULL)
    {
      offer = mdoc_claim_load_offer (exchange, error);
      if (offer == NULL || !check_tx_code (offer, tx_code, error))
        return FALSE;
      mdoc_record_set_text (exchange, MDOC_EXCHANGE_TX_CODE, tx_code);
    }
  else if (g_strcmp0 (needs, "login") == 0 && answer != NULL)
    {
      query = strchr (answer, '?');
      mdoc_record_set_text (exchange,
                            MDOC_EXCHANGE_ANSWER,
                            query != NULL ? query + 1 : answer);
    }
  else
    {
      return mdoc_agent_refuse (error,
                                MDOC_AGENT_ERROR_IN_USE,
                                "The offer waits for %s",
                                needs != NULL ? needs : "nothing");
    }

  mdoc_record_set_text (exchange, MDOC_EXCHANGE_NEEDS, NULL);
  mdoc_record_set_text (exchange, MDOC_EXCHANGE_PROBLEM_NAME, NULL);
  mdoc_record_set_state (exchange,
                         MDOC_EXCHANGE_AUTHORIZING,
                         mdoc_agent_get_time (agent));
  if (!mdoc_store_transact (agent->store, begin, &what, error))
    return FALSE;

  mdoc_manager_emit_offer (agent, exchange);
  mdoc_jobs_run (agent->jobs);
  return TRUE;
}

/* --- yes and no --- */

static MdocRecord *
get_received (MdocAgent *agent, const char *id, GError **error)
{
  g_autoptr (MdocRecord) exchange = mdoc_store_get_record (agent->store,
                                                           MDOC_RECORD_EXCHANGE,
                                                           id,
                                                           error);

  if (exchange == NULL || strcmp (exchange->state, MDOC_EXCHANGE_RECEIVED) == 0)
    return g_steal_pointer (&exchange);

  mdoc_agent_refuse (error,
                     MDOC_AGENT_ERROR_IN_USE,
                     "The offer waits for nothing to be accepted: it is %s",
                     exchange->state);
  return NULL;
}

/**
 * mdoc_exchange_document_accepted:
 * @agent: an agent
 * @document_id: a document that was accepted
 *
 * What goes with it: the exchange that it came from is over, and the issuer is
 * told.
 */
void
mdoc_exchange_document_accepted (MdocAgent *agent, const char *document_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) exchanges
      = mdoc_store_list_records (agent->store, MDOC_RECORD_EXCHANGE, &error);

  for (guint i = 0; exchanges != NULL && i < exchanges->len; i++)
    {
      MdocRecord *exchange = g_ptr_array_index (exchanges, i);

      if (strcmp (exchange->link, document_id) != 0
          || mdoc_exchange_has_ended (exchange))
        continue;

      forget_secrets (exchange);
      if (!mdoc_exchange_write (agent,
                                exchange,
                                MDOC_EXCHANGE_ACCEPTED,
                                &error))
        break;
    }

  if (error != NULL)
    log_error (error, "That an offer is accepted is not written down");
  mdoc_tell_send (agent);
}

/**
 * mdoc_exchange_accept:
 * @agent: an agent
 * @id: of an exchange whose credential is here
 * @error: return location for a #MdocAgentError or #MdocStoreError
 *
 * The credential can be shown from now on, whether the issuer can be told at
 * once or not.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_exchange_accept (MdocAgent *agent, const char *id, GError **error)
{
  g_autoptr (MdocRecord) exchange = get_received (agent, id, error);

  if (exchange == NULL
      || !mdoc_store_accept_document (agent->store,
                                      exchange->link,
                                      mdoc_agent_get_time (agent),
                                      error))
    return FALSE;

  mdoc_exchange_document_accepted (agent, exchange->link);
  return TRUE;
}

typedef struct
{
  MdocAgent *agent;
  MdocRecord *exchange;
  gint64 job_id;
} Refusal;

/* What is not wanted is removed as any credential is, but the issuer is told
 * that it was declined, and not that it was removed. */
static gboolean
decline (MdocStore *store, gpointer user_data, GError **error)
{
  Refusal *what = user_data;
  MdocRecord *exchange = what->exchange;
  gint64 now_unix_s = mdoc_agent_get_time (what->agent);
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (MdocRecord) enrolment = NULL;

  if (!mdoc_store_cancel_jobs (store, exchange->id, now_unix_s, error))
    return FALSE;

  if (exchange->link[0] != '\0')
    {
      document = mdoc_store_get_document (store, exchange->link, error);
      enrolment = document != NULL
                      ? mdoc_store_get_record (store,
                                               MDOC_RECORD_ENROLMENT,
                                               exchange->link,
                                               error)
                      : NULL;
      if (enrolment == NULL
          || !mdoc_tell_queue (store,
                               MDOC_NOTICE_DECLINED,
                               document,
                               enrolment,
                               now_unix_s,
                               error)
          || !mdoc_store_begin_silent_removal (store,
                                               document->id,
                                               now_unix_s,
                                               &what->job_id,
                                               error))
        return FALSE;
    }

  forget_secrets (exchange);
  mdoc_record_set_state (exchange, MDOC_EXCHANGE_DECLINED, now_unix_s);
  return mdoc_store_write_record (store, MDOC_RECORD_EXCHANGE, exchange, error);
}

/**
 * mdoc_exchange_decline:
 * @agent: an agent
 * @id: of an exchange that has not ended
 * @error: return location for a #MdocAgentError or #MdocStoreError
 *
 * The holder does not want it: whatever is being done for it is given up, and
 * what is here of it destroyed.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_exchange_decline (MdocAgent *agent, const char *id, GError **error)
{
  g_autoptr (MdocRecord) exchange = mdoc_store_get_record (agent->store,
                                                           MDOC_RECORD_EXCHANGE,
                                                           id,
                                                           error);
  g_autofree char *label = mdoc_exchange_make_key_label (id);
  g_autofree char *path = NULL;
  Refusal what = { agent, exchange, 0 };

  if (exchange == NULL)
    return FALSE;

  if (mdoc_exchange_has_ended (exchange))
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_IN_USE,
                              "There is nothing to decline: it is %s",
                              exchange->state);

  if (exchange->link[0] != '\0')
    path = mdoc_credential_make_path (exchange->link);
  if (!mdoc_store_transact (agent->store, decline, &what, error))
    return FALSE;

  mdoc_keep_destroy_keys (agent, label);
  mdoc_jobs_run (agent->jobs);
  if (path != NULL)
    mdoc_bus_remove_object (agent, path);
  mdoc_manager_emit_offer (agent, exchange);
  mdoc_tell_send (agent);
  return TRUE;
}

/* --- telling about it --- */

static void
insert_text (GVariantDict *dict,
             const char *name,
             const MdocRecord *exchange,
             const char *member)
{
  const char *text = mdoc_record_get_text (exchange, member);

  g_variant_dict_insert (dict, name, "s", text != NULL ? text : "");
}

static void
insert_tx_code (GVariantDict *dict, const MdocRecord *exchange)
{
  g_autoptr (MdocOffer) offer = mdoc_claim_load_offer (exchange, NULL);
  const MdocOfferGrants *grants = offer != NULL ? mdoc_offer_get_grants (offer)
                                                : NULL;

  if (grants == NULL || !grants->has_tx_code)
    return;

  g_variant_dict_insert (dict,
                         "tx_code_mode",
                         "s",
                         grants->tx_code_mode == MDOC_TX_CODE_NUMERIC
                             ? "numeric"
                             : "text");
  g_variant_dict_insert (dict, "tx_code_length", "u", grants->tx_code_len);
  g_variant_dict_insert (dict,
                         "tx_code_description",
                         "s",
                         grants->tx_code_description != NULL
                             ? grants->tx_code_description
                             : "");
  g_variant_dict_insert (dict,
                         "tx_code_attempts",
                         "u",
                         (guint32)
                             mdoc_record_get_int (exchange,
                                                  MDOC_EXCHANGE_TX_ATTEMPTS));
}

/**
 * mdoc_exchange_describe:
 * @exchange: an exchange
 *
 * Returns: (transfer floating): an `a{sv}`, as ListOffers() returns it; none of
 *   its secrets, but for the address that the browser has to open
 */
GVariant *
mdoc_exchange_describe (const MdocRecord *exchange)
{
  g_autofree char *created = mdoc_time_format (exchange->created_unix_s);
  g_autofree char *changed = mdoc_time_format (exchange->changed_unix_s);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "id", "s", exchange->id);
  g_variant_dict_insert (&dict, "state", "s", exchange->state);
  g_variant_dict_insert (&dict, "issuer", "s", exchange->issuer);
  insert_text (&dict, "issuer_name", exchange, MDOC_EXCHANGE_ISSUER_NAME);
  insert_text (&dict, "doc_type", exchange, MDOC_EXCHANGE_DOC_TYPE);
  insert_text (&dict, "display_name", exchange, MDOC_EXCHANGE_NAME);
  insert_text (&dict, "label", exchange, MDOC_EXCHANGE_LABEL);
  insert_text (&dict, "group", exchange, MDOC_EXCHANGE_GROUP);
  insert_text (&dict, "needs", exchange, MDOC_EXCHANGE_NEEDS);
  insert_text (&dict, "browser_uri", exchange, MDOC_EXCHANGE_BROWSER_URI);
  insert_text (&dict, "problem", exchange, MDOC_EXCHANGE_PROBLEM);
  insert_text (&dict, "problem_name", exchange, MDOC_EXCHANGE_PROBLEM_NAME);
  insert_tx_code (&dict, exchange);
  g_variant_dict_insert (&dict, "credential", "s", exchange->link);
  g_variant_dict_insert (&dict, "created", "s", created);
  g_variant_dict_insert (&dict, "changed", "s", changed);
  /* an exchange that has ended does not change any more */
  if (strcmp (exchange->state, MDOC_EXCHANGE_ACCEPTED) == 0)
    g_variant_dict_insert (&dict, "active", "s", changed);
  if (exchange->next_unix_s != 0)
    {
      g_autofree char *next = mdoc_time_format (exchange->next_unix_s);

      g_variant_dict_insert (&dict, "next", "s", next);
    }
  return g_variant_dict_end (&dict);
}
