/*
 * mdoc-admin-json.c - what the register knows, as JSON for operators
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-json.h"

/**
 * mdoc_admin_set_text:
 * @object: an object
 * @member: of which
 * @text: (nullable): what to set; %NULL sets nothing
 */
void
mdoc_admin_set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

/**
 * mdoc_admin_set_time:
 * @object: an object
 * @member: of which
 * @unix_s: what to set; 0 sets nothing
 */
void
mdoc_admin_set_time (JsonObject *object, const char *member, gint64 unix_s)
{
  g_autofree char *text = NULL;

  if (unix_s == 0)
    return;
  text = mdoc_time_format (unix_s);
  json_object_set_string_member (object, member, text);
}

/**
 * mdoc_admin_set_time_ms:
 * @object: an object
 * @member: of which
 * @unix_ms: what to set; 0 sets nothing
 */
void
mdoc_admin_set_time_ms (JsonObject *object, const char *member, gint64 unix_ms)
{
  g_autofree char *text = NULL;
  g_autofree char *whole = NULL;

  if (unix_ms == 0)
    return;
  text = mdoc_time_format (unix_ms / 1000);
  /* "…:07Z": the thousandths go before the Z */
  whole = g_strdup_printf ("%.*s.%03dZ",
                           (int) strlen (text) - 1,
                           text,
                           (int) (unix_ms % 1000));
  json_object_set_string_member (object, member, whole);
}

/**
 * mdoc_admin_set_json:
 * @object: an object
 * @member: of which
 * @json: (nullable): a value, from the register; %NULL sets nothing
 */
void
mdoc_admin_set_json (JsonObject *object, const char *member, const char *json)
{
  JsonNode *node;

  if (json == NULL)
    return;
  node = json_from_string (json, NULL);
  if (node != NULL)
    json_object_set_member (object, member, node);
}

static void
set_strv (JsonObject *object, const char *member, GStrv texts)
{
  if (texts != NULL)
    mdoc_json_set_texts (object, member, (const char *const *) texts);
}

static const char *
get_grant_name (MdocProfileGrants grant)
{
  return grant == MDOC_PROFILE_AUTHORIZATION_CODE ? "authorization_code"
                                                  : "pre-authorized_code";
}

/**
 * mdoc_admin_write_exchange:
 * @exchange: an exchange
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_exchange (const MdocRegisterExchange *exchange)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "exchangeId", exchange->id);
  mdoc_admin_set_text (object, "offerId", exchange->offer_id);
  json_object_set_string_member (object, "status", exchange->status);
  json_object_set_string_member (object,
                                 "credentialStatus",
                                 exchange->is_ready ? "ready" : "pending");
  json_object_set_boolean_member (object, "stalled", exchange->is_stalled);
  json_object_set_boolean_member (object, "deferred", exchange->is_deferred);
  json_object_set_string_member (object,
                                 "grant",
                                 get_grant_name (exchange->grant));
  mdoc_admin_set_text (object, "profileId", exchange->profile_id);
  json_object_set_int_member (object,
                              "profileVersion",
                              exchange->profile_version);
  mdoc_admin_set_text (object, "entryId", exchange->entry_id);
  mdoc_admin_set_text (object, "personId", exchange->person_id);
  mdoc_admin_set_text (object, "externalRef", exchange->external_ref);
  mdoc_admin_set_json (object, "metadata", exchange->metadata_json);
  mdoc_admin_set_text (object, "midUid", exchange->mid_uid);
  mdoc_admin_set_text (object, "credentialId", exchange->credential_id);
  if (exchange->denial_code != NULL)
    {
      JsonObject *denial = json_object_new ();

      json_object_set_string_member (denial, "code", exchange->denial_code);
      mdoc_admin_set_text (denial, "reason", exchange->denial_reason);
      json_object_set_object_member (object, "denial", denial);
    }
  mdoc_admin_set_text (object, "correlationId", exchange->correlation_id);
  mdoc_admin_set_text (object, "walletClientId", exchange->wallet_client_id);
  mdoc_admin_set_time (object, "createdAt", exchange->created_at_s);
  mdoc_admin_set_time (object, "updatedAt", exchange->updated_at_s);
  mdoc_admin_set_time (object, "expiresAt", exchange->expires_at_s);
  return object;
}

/**
 * mdoc_admin_write_credential:
 * @credential: a credential
 * @with_claims: whether what is in it, which is personal, goes along
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_credential (const MdocRegisterCredentialInfo *credential,
                             gboolean with_claims)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "credentialId", credential->id);
  mdoc_admin_set_text (object, "personId", credential->person_id);
  mdoc_admin_set_text (object, "externalRef", credential->external_ref);
  mdoc_admin_set_text (object, "profileId", credential->profile_id);
  json_object_set_int_member (object,
                              "profileVersion",
                              credential->profile_version);
  mdoc_admin_set_text (object, "state", credential->state);
  mdoc_admin_set_text (object, "stateReason", credential->state_reason);
  mdoc_admin_set_text (object, "stage", credential->stage);
  json_object_set_int_member (object,
                              "datasetVersion",
                              credential->dataset_version);
  if (with_claims)
    mdoc_admin_set_json (object, "claims", credential->claims_json);
  mdoc_admin_set_time (object, "documentExpiry", credential->document_expiry_s);
  mdoc_admin_set_time (object, "createdAt", credential->created_at_s);
  mdoc_admin_set_time (object, "updatedAt", credential->updated_at_s);
  return object;
}

/**
 * mdoc_admin_write_device:
 * @device: an instance of a credential on a device
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_device (const MdocRegisterDeviceInfo *device)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "midUid", device->mid_uid);
  json_object_set_string_member (object, "credentialId", device->credential_id);
  mdoc_admin_set_text (object, "profileId", device->profile_id);
  mdoc_admin_set_text (object, "deviceId", device->device_id);
  mdoc_admin_set_text (object, "clientType", device->client_type);
  mdoc_admin_set_text (object, "state", device->state);
  mdoc_admin_set_text (object, "stateReason", device->state_reason);
  mdoc_admin_set_text (object, "effective", device->effective);
  json_object_set_int_member (object, "generation", device->generation);
  json_object_set_int_member (object, "preparedGeneration", device->prepared);
  mdoc_admin_set_time (object, "validUntil", device->valid_until_s);
  set_strv (object, "pendingCauses", device->pending_causes);
  json_object_set_boolean_member (object,
                                  "suspectedClone",
                                  device->is_suspected_clone);
  mdoc_admin_set_time (object, "createdAt", device->created_at_s);
  mdoc_admin_set_time (object, "updatedAt", device->updated_at_s);
  mdoc_admin_set_time (object, "lastSeen", device->last_seen_s);
  return object;
}

/**
 * mdoc_admin_write_generation:
 * @generation: one of the generations of such an instance
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_generation (const MdocRegisterGenerationInfo *generation)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "generation", generation->number);
  mdoc_admin_set_text (object, "cause", generation->cause);
  mdoc_admin_set_text (object, "phase", generation->phase);
  mdoc_admin_set_time (object, "signedAt", generation->signed_at_s);
  mdoc_admin_set_time (object, "validUntil", generation->valid_until_s);
  json_object_set_int_member (object, "copies", generation->n_copies);
  set_strv (object, "msoIds", generation->mso_ids);
  return object;
}

/**
 * mdoc_admin_write_batch:
 * @batch: a batch
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_batch (const MdocRegisterBatch *batch)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "batchId", batch->id);
  json_object_set_string_member (object, "kind", batch->kind);
  json_object_set_string_member (object, "state", batch->state);
  json_object_set_int_member (object, "items", batch->n_items);
  json_object_set_int_member (object, "done", batch->n_done);
  json_object_set_int_member (object, "failed", batch->n_failed);
  mdoc_admin_set_time (object, "createdAt", batch->created_at_s);
  mdoc_admin_set_text (object, "correlationId", batch->correlation_id);
  mdoc_admin_set_text (object, "maker", batch->maker);
  mdoc_admin_set_text (object, "checker", batch->checker);
  mdoc_admin_set_text (object, "reason", batch->reason);
  if (batch->lapses_at_s != 0)
    mdoc_admin_set_time (object, "lapsesAt", batch->lapses_at_s);
  return object;
}

/**
 * mdoc_admin_write_item:
 * @item: an item of a batch
 * @shows_codes: whether they may see what an offer is claimed with
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_item (const MdocRegisterBatchItem *item, gboolean shows_codes)
{
  JsonObject *object = json_object_new ();
  JsonNode *result;

  json_object_set_int_member (object, "index", item->index);
  json_object_set_string_member (object, "state", item->state);
  mdoc_admin_set_text (object, "error", item->code);
  mdoc_admin_set_json (object, "result", item->result_json);
  result = json_object_get_member (object, "result");
  if (!shows_codes && result != NULL && JSON_NODE_HOLDS_OBJECT (result))
    json_object_remove_member (json_node_get_object (result), "txCode");
  return object;
}

/**
 * mdoc_admin_write_message:
 * @message: a message to a holder
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_message (const MdocRegisterMessage *message)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "messageId", message->id);
  mdoc_admin_set_text (object, "midUid", message->mid_uid);
  mdoc_admin_set_text (object, "category", message->category);
  mdoc_admin_set_text (object, "title", message->title);
  mdoc_admin_set_text (object, "body", message->body);
  mdoc_admin_set_text (object, "state", message->state);
  mdoc_admin_set_time (object, "createdAt", message->created_at_s);
  mdoc_admin_set_time (object, "expiresAt", message->expires_at_s);
  return object;
}

/**
 * mdoc_admin_write_subscription:
 * @subscription: who gets events
 *
 * Returns: (transfer full): the same for operators, without its secrets
 */
JsonObject *
mdoc_admin_write_subscription (const MdocRegisterSubscription *subscription)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "subscriptionId", subscription->id);
  json_object_set_string_member (object, "url", subscription->url);
  json_object_set_boolean_member (object,
                                  "hasBearerToken",
                                  subscription->bearer_token != NULL);
  set_strv (object, "types", subscription->types);
  mdoc_admin_set_text (object, "exchangeId", subscription->exchange_id);
  json_object_set_boolean_member (object,
                                  "abortOn4xx",
                                  subscription->aborts_on_4xx);
  mdoc_admin_set_text (object, "state", subscription->state);
  if (subscription->parked_since_row != 0)
    json_object_set_int_member (object,
                                "parkedSince",
                                subscription->parked_since_row);
  return object;
}

/**
 * mdoc_admin_write_delivery:
 * @delivery: one event for one of them
 *
 * Returns: (transfer full): the same for operators, without secrets and without
 *   what the event says
 */
JsonObject *
mdoc_admin_write_delivery (const MdocRegisterDelivery *delivery)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "deliveryId", delivery->id);
  mdoc_admin_set_text (object, "eventId", delivery->event_id);
  mdoc_admin_set_text (object, "eventType", delivery->event_type);
  json_object_set_int_member (object, "attempts", delivery->attempts);
  mdoc_admin_set_time_ms (object, "firstTryAt", delivery->first_try_at_ms);
  mdoc_admin_set_text (object, "outcome", delivery->last_outcome);
  return object;
}

/**
 * mdoc_admin_write_audit:
 * @audit: a row of the audit
 *
 * Returns: (transfer full): the same for operators
 */
JsonObject *
mdoc_admin_write_audit (const MdocRegisterAudit *audit)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "seq", audit->seq);
  mdoc_admin_set_time_ms (object, "time", audit->time_ms);
  mdoc_admin_set_text (object, "actor", audit->actor);
  mdoc_admin_set_text (object, "operator", audit->operator_id);
  mdoc_admin_set_text (object, "action", audit->action);
  mdoc_admin_set_text (object, "credentialId", audit->credential_id);
  mdoc_admin_set_text (object, "midUid", audit->mid_uid);
  mdoc_admin_set_text (object, "exchangeId", audit->exchange_id);
  mdoc_admin_set_text (object, "detail", audit->detail);
  mdoc_admin_set_text (object, "reason", audit->reason);
  mdoc_admin_set_text (object, "notes", audit->notes);
  mdoc_admin_set_text (object, "correlationId", audit->correlation_id);
  mdoc_admin_set_text (object, "hash", audit->hash);
  return object;
}

/**
 * mdoc_admin_write_profile:
 * @profile: a profile
 *
 * Returns: (transfer full): what a list tells of it
 */
JsonObject *
mdoc_admin_write_profile (MdocProfile *profile)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "profileId", settings->id);
  json_object_set_int_member (object, "version", settings->version);
  json_object_set_string_member (object, "docType", settings->doc_type);
  json_object_set_boolean_member (object, "retired", settings->is_retired);
  return object;
}
