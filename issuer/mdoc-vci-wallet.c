/*
 * mdoc-vci-wallet.c - the interface that OpenID4VCI leaves open: /wallet/v1
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-wallet.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-offer.h"
#include "openid/mdoc-proof.h"
#include "openid/mdoc-wallet-message.h"
#include "openid/mdoc-wallet-proof.h"

/* when a device should ask again, if nothing else makes it (lifecycle, 7) */
#define NEXT_SYNC_S ((gint64) 24 * 3600)

static const MdocJsonLimits payload_limits = { .max_bytes = 64 * 1024,
                                               .max_depth = 8,
                                               .max_values = 256 };

/* @description: (nullable), in ASCII */
static void
refuse (MdocHttpReply *reply,
        guint status,
        const char *error,
        const char *description)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "error", error);
  if (description != NULL)
    json_object_set_string_member (object, "error_description", description);
  mdoc_http_reply_take_json (reply, status, mdoc_json_write (object));
}

static void
refuse_register (MdocHttpReply *reply, const GError *error)
{
  static const struct
  {
    MdocRegisterError error;
    guint status;
  } rows[] = {
    { MDOC_REGISTER_ERROR_NOT_FOUND, 404 },
    { MDOC_REGISTER_ERROR_REMOVED, 410 },
    { MDOC_REGISTER_ERROR_ARGUMENT, 400 },
    { MDOC_REGISTER_ERROR_LIMIT, 400 },
    { MDOC_REGISTER_ERROR_STATE, 409 },
    { MDOC_REGISTER_ERROR_CONFLICT, 409 },
    { MDOC_REGISTER_ERROR_DIGEST, 409 },
    { MDOC_REGISTER_ERROR_CLONE, 409 },
    { MDOC_REGISTER_ERROR_SUSPENDED, 403 },
    { MDOC_REGISTER_ERROR_REVOKED, 403 },
    { MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED, 403 },
    { MDOC_REGISTER_ERROR_FEATURE, 403 },
    { MDOC_REGISTER_ERROR_DENIED, 403 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, MDOC_REGISTER_ERROR, (gint) rows[i].error))
      {
        refuse (reply,
                rows[i].status,
                mdoc_register_error_get_name (error),
                NULL);
        return;
      }
  mdoc_vci_fail (reply, error);
}

static void
answer_empty (MdocHttpReply *reply)
{
  mdoc_http_reply_take_json (reply, 200, g_strdup ("{}"));
}

static void
give_nonce (MdocVci *self, MdocHttpReply *reply)
{
  g_autofree char *nonce = mdoc_vci_make_nonce (self, MDOC_VCI_NONCE_WALLET);

  mdoc_http_reply_set_header (reply, MDOC_WALLET_NONCE_HEADER, nonce);
}

/* Which instance calls. Returns: %FALSE if it was refused */
static gboolean
take_proof (MdocVci *self,
            const MdocHttpCall *call,
            MdocHttpReply *reply,
            MdocWalletProof *ret_proof)
{
  const char *proof = mdoc_http_call_get_header (call,
                                                 MDOC_WALLET_PROOF_HEADER);
  MdocVciNonceCheck nonce = { self, MDOC_VCI_NONCE_WALLET };
  const MdocWalletProofExpectation expected = {
    .method = mdoc_http_call_get_method (call),
    .uri = mdoc_http_call_get_url (call),
    .body = mdoc_http_call_get_body (call),
    .now_unix_s = mdoc_vci_get_now_s (self),
    .max_age_s = MDOC_VCI_AGE_S,
    .max_ahead_s = MDOC_VCI_AHEAD_S,
    .is_nonce_current = mdoc_vci_check_nonce,
    .nonce_data = &nonce,
  };
  MdocWalletProofResult result = MDOC_WALLET_PROOF_MALFORMED;
  gboolean is_full;

  give_nonce (self, reply);
  if (mdoc_http_call_count_header (call, MDOC_WALLET_PROOF_HEADER) == 1)
    result = mdoc_wallet_proof_check (proof, &expected, ret_proof);
  if (result == MDOC_WALLET_PROOF_OK
      && !mdoc_vci_is_first (self, call, proof, &is_full))
    result = is_full ? MDOC_WALLET_PROOF_BUSY : MDOC_WALLET_PROOF_REPLAYED;
  if (result == MDOC_WALLET_PROOF_OK)
    return TRUE;
  if (result == MDOC_WALLET_PROOF_BUSY)
    {
      mdoc_vci_refuse_busy (self, call, reply);
      return FALSE;
    }

  refuse (reply,
          401,
          mdoc_wallet_proof_result_get_error (result),
          mdoc_wallet_proof_result_get_name (result));
  return FALSE;
}

static void
refuse_body (MdocHttpReply *reply)
{
  refuse (reply, 400, "invalid_request", "Not what is said here");
}

static void
on_nonce (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  g_autofree char *nonce = mdoc_vci_make_nonce (data, MDOC_VCI_NONCE_WALLET);

  mdoc_http_reply_take_json (reply, 200, mdoc_wallet_nonce_write (nonce));
}

/* (nullable): the link of an offer that an action tells of */
static char *
dup_offer_link (const MdocHttpCall *call, JsonObject *payload)
{
  g_autofree char *uri = NULL;
  const char *reference;

  if (!mdoc_json_find_text (payload, "reference", 256, &reference, NULL)
      || reference == NULL)
    return NULL;
  uri = mdoc_vci_dup_offer_uri (mdoc_http_call_get_base_url (call), reference);
  return mdoc_offer_reference_to_link (uri, MDOC_OFFER_SCHEME);
}

static void
add_action (const MdocHttpCall *call,
            MdocWalletSyncReply *answer,
            const MdocRegisterAction *action)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, action->id);
  g_autoptr (JsonNode) node = NULL;
  MdocWalletAction *told;
  JsonObject *payload;
  const char *reason;

  told = mdoc_wallet_sync_reply_add_action (answer,
                                            id,
                                            mdoc_action_kind_from_name (
                                                action->kind));
  told->mid_uid = g_strdup (action->mid_uid);
  if (action->payload_json == NULL)
    return;

  node = mdoc_json_load_object (mdoc_span_from_text (action->payload_json),
                                "The action",
                                &payload_limits,
                                &payload,
                                NULL);
  if (node == NULL)
    return;
  if (mdoc_json_find_text (payload, "reason", 1024, &reason, NULL))
    told->reason = g_strdup (reason);
  told->offer = dup_offer_link (call, payload);
}

static void
add_doc (MdocWalletSyncReply *answer, const MdocRegisterSyncDoc *doc)
{
  static const MdocUpdate updates[] = {
    [MDOC_REGISTER_UPDATE_NONE] = MDOC_UPDATE_NONE,
    [MDOC_REGISTER_UPDATE_OPTIONAL] = MDOC_UPDATE_OPTIONAL,
    [MDOC_REGISTER_UPDATE_REQUIRED] = MDOC_UPDATE_REQUIRED,
  };
  MdocWalletDocStatus *told = mdoc_wallet_sync_reply_add_doc (answer,
                                                              doc->mid_uid);

  told->credential_id = g_strdup (doc->credential_id);
  told->effective = mdoc_effective_from_name (doc->effective);
  told->generation = doc->generation;
  told->update = updates[doc->update];
  told->renew_after_unix_s = doc->renew_after_s;
}

static char *
write_sync (MdocVci *self,
            const MdocHttpCall *call,
            const MdocRegisterSync *sync)
{
  g_autoptr (MdocWalletSyncReply) answer = mdoc_wallet_sync_reply_new ();

  answer->server_time_unix_s = mdoc_vci_get_now_s (self);
  answer->cursor = g_strdup_printf ("%" G_GINT64_FORMAT, sync->cursor);
  answer->next_sync_after_s = NEXT_SYNC_S;
  for (guint i = 0; i < sync->docs->len; i++)
    add_doc (answer, g_ptr_array_index (sync->docs, i));
  for (guint i = 0; i < sync->unknown->len; i++)
    mdoc_wallet_sync_reply_add_doc (answer,
                                    g_ptr_array_index (sync->unknown, i))
        ->effective
        = MDOC_EFFECTIVE_UNKNOWN;
  for (guint i = 0; i < sync->actions->len; i++)
    add_action (call, answer, g_ptr_array_index (sync->actions, i));
  for (guint i = 0; i < sync->messages->len; i++)
    {
      const MdocRegisterMessage *message = g_ptr_array_index (sync->messages,
                                                              i);
      MdocWalletNote *note = mdoc_wallet_sync_reply_add_message (answer,
                                                                 message->id,
                                                                 message->title,
                                                                 message->body);

      note->category = g_strdup (message->category);
      note->expires_at_unix_s = message->expires_at_s;
    }
  return mdoc_wallet_sync_reply_to_json (answer);
}

static void
on_sync (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (MdocWalletSync) request = NULL;
  g_autoptr (MdocRegisterSync) sync = NULL;
  g_autoptr (GArray) held = NULL;
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  request = mdoc_wallet_sync_parse (mdoc_http_call_get_body (call), NULL);
  if (request == NULL)
    {
      refuse_body (reply);
      return;
    }

  held = g_array_new (FALSE, FALSE, sizeof (MdocRegisterHeld));
  for (guint i = 0; i < request->docs->len; i++)
    {
      const MdocWalletDoc *doc = g_ptr_array_index (request->docs, i);
      const MdocRegisterHeld row = { doc->mid_uid, (guint) doc->generation };

      g_array_append_val (held, row);
    }
  sync = mdoc_register_sync (self->config.reg,
                             &change,
                             proof.thumbprint,
                             request->client_type,
                             request->agent_version,
                             (const MdocRegisterHeld *) (gpointer) held->data,
                             held->len,
                             &error);
  if (sync == NULL)
    refuse_register (reply, error);
  else
    mdoc_http_reply_take_json (reply, 200, write_sync (self, call, sync));
}

static void
on_receipt (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (MdocWalletReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  receipt = mdoc_wallet_receipt_parse (mdoc_http_call_get_body (call), NULL);
  if (receipt == NULL)
    refuse_body (reply);
  else if (!mdoc_register_receive (self->config.reg,
                                   &change,
                                   proof.thumbprint,
                                   receipt->mid_uid,
                                   (guint) receipt->generation,
                                   receipt->digest,
                                   &error))
    refuse_register (reply, error);
  else
    answer_empty (reply);
}

static void
on_accept (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  if (mdoc_register_accept (self->config.reg,
                            &change,
                            proof.thumbprint,
                            mdoc_http_call_get_parameter (call, "midUid"),
                            &error))
    answer_empty (reply);
  else
    refuse_register (reply, error);
}

static void
on_decline (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  if (mdoc_register_decline (self->config.reg,
                             &change,
                             proof.thumbprint,
                             mdoc_http_call_get_parameter (call, "midUid"),
                             &error))
    answer_empty (reply);
  else
    refuse_register (reply, error);
}

static void
on_removal (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (MdocWalletRemoval) removal = NULL;
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  const char *cleanup;

  if (!take_proof (self, call, reply, &proof))
    return;
  removal = mdoc_wallet_removal_parse (mdoc_http_call_get_body (call), NULL);
  if (removal == NULL)
    {
      refuse_body (reply);
      return;
    }

  change.reason = removal->reason;
  if (!mdoc_register_remove (self->config.reg,
                             &change,
                             proof.thumbprint,
                             mdoc_http_call_get_parameter (call, "midUid"),
                             &cleanup,
                             &error))
    {
      refuse_register (reply, error);
      return;
    }
  json_object_set_string_member (answer, "cleanup", cleanup);
  mdoc_http_reply_take_json (reply, 200, mdoc_json_write (answer));
}

static gboolean
is_same_nonce (const char *nonce, gpointer data)
{
  return g_strcmp0 (nonce, data) == 0;
}

/* Returns: (nullable): the thumbprint of the device key that proves itself,
 * with the same nonce as the instance */
static char *
check_device_proof (MdocVci *self,
                    const MdocHttpCall *call,
                    const char *proof,
                    char *nonce)
{
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  const MdocProofExpectation expected = {
    .issuer = issuer,
    .now_unix_s = mdoc_vci_get_now_s (self),
    .max_age_s = MDOC_VCI_AGE_S,
    .max_ahead_s = MDOC_VCI_AHEAD_S,
    .is_nonce_current = is_same_nonce,
    .nonce_data = nonce,
  };
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;

  if (mdoc_proof_check (proof, &expected, &key, &attestation) != MDOC_PROOF_OK)
    return NULL;
  return mdoc_jwk_dup_thumbprint (key);
}

/* Who counts is the instance whose credential it is, so that nobody can use up
 * what is another's. */
static gboolean
may_recover (MdocVci *self, const char *who, MdocHttpReply *reply)
{
  const guint wait_s = mdoc_vci_limiter_check (self->recoveries,
                                               who,
                                               g_get_monotonic_time ());
  g_autofree char *text = NULL;

  if (wait_s == 0)
    return TRUE;
  refuse (reply, 429, "too_often", "Recovered too often");
  text = g_strdup_printf ("%u", wait_s);
  mdoc_http_reply_set_header (reply, "Retry-After", text);
  return FALSE;
}

static void
on_recover (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autofree char *device_proof = NULL;
  g_autofree char *thumbprint = NULL;
  g_autofree char *code = NULL;
  g_autofree char *who = NULL;
  const char *mid_uid = mdoc_http_call_get_parameter (call, "midUid");
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  device_proof = mdoc_wallet_recover_parse (mdoc_http_call_get_body (call),
                                            NULL);
  if (device_proof == NULL)
    {
      refuse_body (reply);
      return;
    }
  thumbprint = check_device_proof (self, call, device_proof, proof.nonce);
  if (thumbprint == NULL)
    {
      refuse (reply, 400, "invalid_proof", "The device key is not proved");
      return;
    }

  who = g_strconcat (proof.thumbprint, "/", mid_uid, NULL);
  if (!may_recover (self, who, reply))
    return;
  code = mdoc_register_recover (self->config.reg,
                                &change,
                                proof.thumbprint,
                                mid_uid,
                                thumbprint,
                                &error);
  if (code == NULL)
    {
      refuse_register (reply, error);
      return;
    }
  mdoc_vci_limiter_count (self->recoveries, who, g_get_monotonic_time ());
  mdoc_http_reply_take_json (reply,
                             200,
                             mdoc_wallet_recovery_write (code,
                                                         MDOC_REGISTER_CODE_S));
}

static void
on_ack (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autofree char *result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!take_proof (self, call, reply, &proof))
    return;
  result = mdoc_wallet_ack_parse (mdoc_http_call_get_body (call), NULL);
  if (result == NULL
      || !g_ascii_string_to_signed (mdoc_http_call_get_parameter (call, "id"),
                                    10,
                                    1,
                                    G_MAXINT64,
                                    &id,
                                    NULL))
    refuse_body (reply);
  else if (!mdoc_register_ack_action (self->config.reg,
                                      &change,
                                      proof.thumbprint,
                                      id,
                                      result,
                                      &error))
    refuse_register (reply, error);
  else
    answer_empty (reply);
}

static void
on_read (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_auto (MdocWalletProof) proof = { 0 };
  g_autoptr (GError) error = NULL;

  if (!take_proof (self, call, reply, &proof))
    return;
  if (mdoc_register_read_message (self->config.reg,
                                  &change,
                                  proof.thumbprint,
                                  mdoc_http_call_get_parameter (call, "id"),
                                  &error))
    answer_empty (reply);
  else
    refuse_register (reply, error);
}

void
mdoc_vci_add_wallet_routes (MdocVci *self, MdocHttpServer *server)
{
  const struct
  {
    const char *path;
    MdocHttpHandler handler;
  } routes[] = {
    { MDOC_WALLET_PATH "/nonce", on_nonce },
    { MDOC_WALLET_PATH "/sync", on_sync },
    { MDOC_WALLET_PATH "/receipts", on_receipt },
    { MDOC_WALLET_PATH "/device-credentials/{midUid}/accept", on_accept },
    { MDOC_WALLET_PATH "/device-credentials/{midUid}/decline", on_decline },
    { MDOC_WALLET_PATH "/device-credentials/{midUid}/removal", on_removal },
    { MDOC_WALLET_PATH "/device-credentials/{midUid}/recover", on_recover },
    { MDOC_WALLET_PATH "/actions/{id}/ack", on_ack },
    { MDOC_WALLET_PATH "/messages/{id}/read", on_read },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    mdoc_vci_add_route (self,
                        server,
                        "POST",
                        routes[i].path,
                        routes[i].handler);
}
