/*
 * mdoc-presentation-answer.c - from a request to its answer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-presentation-private.h"

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-answer.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "mdoc/mdoc-device-response.h"

#define MESSAGE_ID_POLICY "5c0e9a1d7f3b4e86a2d4b9c8170f6e35"

void
mdoc_presentation_note (MdocPresentation *self,
                        const char *outcome,
                        MdocProposal *offer,
                        const MdocGrant *grant)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *at = mdoc_time_format (mdoc_agent_get_time (self->agent));
  g_autoptr (GVariant) documents = NULL;
  GVariant *detail;
  GVariantDict dict;

  documents = g_variant_ref_sink (
      offer != NULL ? mdoc_proposal_describe (offer, grant)
                    : g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "at", "s", at);
  g_variant_dict_insert (&dict,
                         "transport",
                         "s",
                         mdoc_transport_get_name (self->transport));
  g_variant_dict_insert (&dict, "outcome", "s", outcome);
  g_variant_dict_insert (&dict,
                         "reader_trust",
                         "s",
                         offer != NULL ? mdoc_proposal_get_reader (offer)->trust
                                       : MDOC_READER_UNSIGNED);
  g_variant_dict_insert (&dict,
                         "reader_name",
                         "s",
                         offer != NULL ? mdoc_proposal_get_reader (offer)->name
                                       : "");
  g_variant_dict_insert_value (&dict, "documents", documents);
  detail = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_ptr_array_add (self->entries, detail);

  if (mdoc_store_add_history (self->agent->store,
                              mdoc_agent_get_time (self->agent),
                              detail,
                              &error))
    return;

  /* a request that is too long for the history still leaves a trace there */
  if (g_error_matches (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT))
    {
      g_clear_error (&error);
      g_variant_dict_init (&dict, detail);
      g_variant_dict_insert_value (&dict,
                                   "documents",
                                   g_variant_new_array (G_VARIANT_TYPE_VARDICT,
                                                        NULL,
                                                        0));
      g_variant_dict_insert (&dict, "truncated", "b", TRUE);
      if (mdoc_store_add_history (self->agent->store,
                                  mdoc_agent_get_time (self->agent),
                                  g_variant_dict_end (&dict),
                                  &error))
        return;
    }

  {
    MdocLogFields fields = mdoc_presentation_get_log_fields (self, error);

    mdoc_log (G_LOG_LEVEL_WARNING, &fields, "The history is not written");
  }
}

/* With what has been said the session is over, by the will of whoever started
 * it, and not of the holder. */
static void
end_after_answer (MdocPresentation *self)
{
  g_autoptr (GBytes) unsaid = NULL;

  if (self->ending == MDOC_PRESENTATION_BY_TRANSPORT)
    unsaid = mdoc_holder_session_terminate (self->session);
  mdoc_presentation_end (self, MDOC_PRESENTATION_END_COMPLETED);
}

/* Sends a response and goes on waiting, or ends with it. */
static void
respond (MdocPresentation *self, GBytes *response, gboolean is_last)
{
  MdocPresentationEnding ending = is_last ? MDOC_PRESENTATION_BY_READER
                                          : self->ending;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = NULL;

  message
      = mdoc_holder_session_respond (self->session,
                                     response,
                                     is_last
                                         || ending
                                                == MDOC_PRESENTATION_BY_ANSWER,
                                     mdoc_presentation_get_now_ms (),
                                     &error);
  if (message == NULL)
    {
      mdoc_presentation_set_message (self, error);
      mdoc_presentation_end (self, MDOC_PRESENTATION_END_FAILED);
      return;
    }

  self->has_responded = TRUE;
  if (ending >= MDOC_PRESENTATION_BY_VANISHING)
    {
      mdoc_presentation_send_faulty (self, message);
      return;
    }

  mdoc_presentation_send (self, message);
  mdoc_presentation_watch_deadline (self);
  if (ending != MDOC_PRESENTATION_BY_READER)
    end_after_answer (self);
  else if (!is_last)
    mdoc_presentation_set_state (self, MDOC_PRESENTATION_CONNECTED);
}

static void
respond_error (MdocPresentation *self,
               const char *outcome,
               MdocProposal *offer,
               const GError *error)
{
  g_autoptr (GBytes) response = mdoc_answer_build_error (
      mdoc_agent_error_get_response_status (error));

  mdoc_presentation_set_message (self, error);
  mdoc_presentation_note (self, outcome, offer, NULL);
  respond (self, response, FALSE);
}

static GBytes *
build_answer (MdocPresentation *self,
              MdocProposal *offer,
              const MdocGrant *grant,
              GError **error)
{
  return mdoc_answer_build (self->agent->store,
                            offer,
                            grant,
                            mdoc_holder_session_get_transcript (self->session),
                            mdoc_holder_session_get_e_reader_key (
                                self->session),
                            error);
}

/* Nothing leaves: by the holder's will the session ends, but where there was
 * nothing to ask about, the reader may try something else. */
static void
respond_nothing (MdocPresentation *self,
                 MdocProposal *offer,
                 const char *outcome,
                 gboolean is_refusal)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = build_answer (self, offer, NULL, &error);

  if (response == NULL)
    {
      respond_error (self, MDOC_OUTCOME_FAILED, offer, error);
      return;
    }

  mdoc_presentation_note (self, outcome, offer, NULL);
  respond (self, response, is_refusal);
  if (is_refusal)
    mdoc_presentation_end (self, MDOC_PRESENTATION_END_REFUSED);
}

/* Counts the copies that this reader has not seen yet. */
static gboolean
use_copies (MdocPresentation *self,
            MdocProposal *offer,
            const MdocGrant *grant,
            GError **error)
{
  for (guint i = 0; i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *granted = g_ptr_array_index (grant->documents,
                                                              i);
      const MdocWalletDocument *document
          = mdoc_proposal_get_document (offer,
                                        granted->doc_request,
                                        granted->candidate);
      const char *copy = document->selection.copy->id;

      if (g_hash_table_contains (self->pins, document->stored->id))
        continue;
      if (!mdoc_store_use_copy (self->agent->store, copy, error))
        return FALSE;
      g_hash_table_insert (self->pins,
                           g_strdup (document->stored->id),
                           g_strdup (copy));
    }

  return TRUE;
}

/* One use for each document that a policy lets go, on disk before it leaves. */
static gboolean
use_policies (MdocPresentation *self,
              const MdocGrant *grant,
              const MdocPolicyAnswer *answer,
              GError **error)
{
  g_autoptr (GArray) uses = g_array_new (FALSE, FALSE, sizeof (MdocPolicyUse));

  for (guint i = 0; answer != NULL && i < grant->documents->len; i++)
    {
      MdocGrantedDocument *granted = g_ptr_array_index (grant->documents, i);
      const MdocPolicy *policy = g_ptr_array_index (answer->policies,
                                                    granted->doc_request);
      MdocPolicyUse use = { policy->origin, policy->id, policy->max_uses };

      granted->policy = g_strdup (policy->id);
      g_array_append_val (uses, use);
    }

  return uses->len == 0
         || mdoc_store_use_policies (self->agent->store,
                                     (const MdocPolicyUse *) (gpointer)
                                         uses->data,
                                     uses->len,
                                     error);
}

/* @answer: (nullable): what policies said, if nobody was asked */
static void
release (MdocPresentation *self,
         MdocProposal *offer,
         const MdocGrant *grant,
         const MdocPolicyAnswer *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = build_answer (self, offer, grant, &error);

  if (response == NULL || !use_copies (self, offer, grant, &error)
      || !use_policies (self, grant, answer, &error))
    {
      respond_error (self, MDOC_OUTCOME_FAILED, offer, error);
      return;
    }

  /* before it leaves, so that nothing leaves without a trace */
  mdoc_presentation_note (self, MDOC_OUTCOME_SHARED, offer, grant);
  mdoc_proposal_note_ages (offer, grant);
  respond (self, response, FALSE);
}

static void
respond_granted (MdocPresentation *self, MdocProposal *offer, GVariant *granted)
{
  g_autoptr (MdocGrant) grant = mdoc_proposal_apply (offer, granted);

  if (grant->n_strays > 0 || grant->withheld != NULL)
    {
      MdocLogFields fields = mdoc_presentation_get_log_fields (self, NULL);

      mdoc_log (G_LOG_LEVEL_MESSAGE,
                &fields,
                "Consent does not fit the request: %u elements that were not "
                "offered, withheld because of: %s",
                grant->n_strays,
                grant->withheld != NULL ? grant->withheld : "nothing");
    }

  if (grant->documents->len == 0)
    respond_nothing (self, offer, MDOC_OUTCOME_REFUSED, TRUE);
  else
    release (self, offer, grant, NULL);
}

/* Whoever started the presentation with a consent agent of its own is asked,
 * and nobody else answers. Otherwise policies do: if they leave nothing to ask,
 * or if there is nobody to ask about the rest, which then stays here.
 *
 * Returns: %FALSE if it is still to be decided */
static gboolean
respond_by_policy (MdocPresentation *self, MdocProposal *offer)
{
  gboolean has_agent = mdoc_consents_get_n_agents (self->agent->consents) > 0;
  MdocLogFields fields = mdoc_presentation_get_log_fields (self, NULL);
  g_autoptr (GPtrArray) policies = NULL;
  g_autoptr (MdocPolicyAnswer) answer = NULL;
  g_autoptr (MdocGrant) grant = NULL;
  g_autoptr (GError) error = NULL;

  if (mdoc_consents_has_agent (self->agent->consents, self->owner))
    return FALSE;

  policies = mdoc_policy_list (self->agent->store,
                               self->agent->file_policies,
                               &error);
  if (policies == NULL)
    {
      fields.error = error;
      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "No policy can be read");
      return FALSE;
    }

  answer = mdoc_proposal_ask_policies (offer,
                                       policies,
                                       mdoc_agent_get_moment (self->agent));
  grant = mdoc_proposal_apply (offer, answer->granted);
  if (grant->documents->len == 0
      || (has_agent && (!answer->is_complete || grant->withheld != NULL)))
    return FALSE;

  fields.message_id = MESSAGE_ID_POLICY;
  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "A standing policy answers");
  release (self, offer, grant, answer);
  return TRUE;
}

static void
on_consent (MdocConsentAnswer answer, GVariant *granted, gpointer user_data)
{
  MdocPresentation *self = user_data;
  g_autoptr (MdocProposal) offer = g_steal_pointer (&self->offer);

  self->question = NULL;
  switch (answer)
    {
    case MDOC_CONSENT_GRANTED:
      respond_granted (self, offer, granted);
      break;
    case MDOC_CONSENT_NO_AGENT:
      respond_nothing (self, offer, MDOC_OUTCOME_NO_CONSENT_AGENT, TRUE);
      break;
    case MDOC_CONSENT_TIMED_OUT:
      respond_nothing (self, offer, MDOC_OUTCOME_CONSENT_TIMED_OUT, TRUE);
      break;
    case MDOC_CONSENT_REFUSED:
    default:
      respond_nothing (self, offer, MDOC_OUTCOME_REFUSED, TRUE);
      break;
    }
}

/* --- what comes in --- */

static GPtrArray *
identify_readers (MdocPresentation *self, MdocDeviceRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) anchors = mdoc_manager_load_anchors (self->agent,
                                                             MDOC_TRUST_READER,
                                                             &error);
  GPtrArray *readers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_reader_info_free);

  if (anchors == NULL)
    {
      /* then nobody is trusted */
      MdocLogFields fields = mdoc_presentation_get_log_fields (self, error);

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "No reader can be trusted");
      anchors = g_ptr_array_new ();
    }

  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (request); i++)
    g_ptr_array_add (readers,
                     mdoc_reader_info_new (request,
                                           i,
                                           mdoc_holder_session_get_transcript (
                                               self->session),
                                           anchors,
                                           mdoc_agent_get_time (self->agent)));

  return readers;
}

static MdocMatch *
match_request (MdocPresentation *self,
               MdocDeviceRequest *request,
               GPtrArray *wallet,
               GError **error)
{
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_document_unref);

  for (guint i = 0; i < wallet->len; i++)
    {
      MdocWalletDocument *document = g_ptr_array_index (wallet, i);
      MdocMatchDocument *match_document
          = mdoc_match_document_new_from_issuer_signed (document->issuer_signed,
                                                        error);

      if (match_document == NULL)
        return NULL;
      g_ptr_array_add (documents, match_document);
    }

  return mdoc_match_request (request,
                             (MdocMatchDocument *const *) documents->pdata,
                             documents->len,
                             self->agent->doc_types);
}

static MdocProposal *
make_offer (MdocPresentation *self, MdocDeviceRequest *request, GError **error)
{
  g_autoptr (GPtrArray) readers = identify_readers (self, request);
  g_autoptr (GPtrArray) wallet = NULL;
  g_autoptr (MdocMatch) match = NULL;

  wallet = mdoc_wallet_find (self->agent->store,
                             request,
                             mdoc_holder_session_get_e_reader_key (
                                 self->session),
                             self->agent->doc_types,
                             self->pins,
                             mdoc_agent_get_moment (self->agent),
                             error);
  if (wallet == NULL)
    return NULL;

  match = match_request (self, request, wallet, error);
  if (match == NULL)
    return NULL;

  return mdoc_proposal_new (match,
                            wallet,
                            readers,
                            self->agent->doc_types,
                            self->released_ages);
}

void
mdoc_presentation_handle_request (MdocPresentation *self)
{
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocProposal) offer = NULL;
  g_autoptr (GError) error = NULL;

  if (self->entries->len >= MDOC_PRESENTATION_MAX_REQUESTS)
    {
      g_autoptr (GBytes) response = mdoc_answer_build_error (
          MDOC_RESPONSE_STATUS_GENERAL_ERROR);

      respond (self, response, TRUE);
      mdoc_presentation_end (self, MDOC_PRESENTATION_END_READER_FAILED);
      return;
    }

  request = mdoc_device_request_parse (mdoc_holder_session_get_request (
                                           self->session),
                                       &error);
  if (request == NULL)
    {
      respond_error (self, MDOC_OUTCOME_BAD_REQUEST, NULL, error);
      return;
    }

  offer = make_offer (self, request, &error);
  if (offer == NULL)
    {
      respond_error (self, MDOC_OUTCOME_FAILED, NULL, error);
      return;
    }

  if (mdoc_proposal_is_empty (offer))
    {
      respond_nothing (self, offer, MDOC_OUTCOME_NO_MATCH, FALSE);
      return;
    }

  if (respond_by_policy (self, offer))
    return;

  mdoc_presentation_set_state (self, MDOC_PRESENTATION_CONSENT);
  self->offer = g_steal_pointer (&offer);
  self->question
      = mdoc_consents_ask (self->agent->consents,
                           self->owner,
                           self->path,
                           mdoc_proposal_to_variant (self->offer,
                                                     self->agent
                                                         ->consent_timeout_ms),
                           self->agent->consent_timeout_ms,
                           on_consent,
                           self);
}
