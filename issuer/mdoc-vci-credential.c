/*
 * mdoc-vci-credential.c - the endpoints that credentials come from
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-wallet.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-jwk.h"

/* How an answer is to be encrypted; @key: (nullable): not at all */
typedef struct
{
  MdocJwk *key;
  MdocJweEnc enc;
} Seal;

static gboolean
check_seal (MdocVci *self,
            const Seal *seal,
            gboolean was_encrypted,
            MdocHttpReply *reply)
{
  /* who may read the request may put another key into it (8.2) */
  if (seal->key != NULL && !was_encrypted && !self->config.takes_drafts)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
                       "A request for an encrypted answer has to be encrypted");
      return FALSE;
    }
  if (seal->key == NULL && self->config.is_encryption_required)
    {
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS,
                       "Answers have to be encrypted");
      return FALSE;
    }
  return TRUE;
}

/* Which of the token's credentials a request is about: the first that fits. */
static const MdocRegisterTokenItem *
find_item (const MdocRegisterAccess *access,
           const char *identifier,
           const char *configuration_id)
{
  for (guint i = 0; i < access->items->len; i++)
    {
      const MdocRegisterTokenItem *item = g_ptr_array_index (access->items, i);

      if (identifier != NULL
              ? g_strcmp0 (item->mid_uid, identifier) == 0
              : g_strcmp0 (item->configuration_id, configuration_id) == 0)
        return item;
    }
  return NULL;
}

static void
answer_deferred (MdocHttpReply *reply,
                 const char *transaction_id,
                 guint interval_s,
                 const Seal *seal)
{
  g_autoptr (MdocCredentialResponse) response = mdoc_credential_response_new ();

  response->transaction_id = g_strdup (transaction_id);
  response->interval_s = MAX (interval_s, 1);
  mdoc_vci_reply_sealed (reply,
                         202,
                         mdoc_credential_response_to_json (response),
                         seal->key,
                         seal->enc);
}

/* Signs what has to be signed, and hands it out. */
static void
issue (MdocVci *self,
       const MdocHttpCall *call,
       MdocHttpReply *reply,
       MdocRegisterCredential *credential,
       const Seal *seal)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (MdocCredentialResponse) response = mdoc_credential_response_new ();
  g_autoptr (GError) error = NULL;

  if (credential->next == MDOC_REGISTER_DEFERRED)
    {
      answer_deferred (reply,
                       credential->transaction_id,
                       credential->interval_s,
                       seal);
      return;
    }
  if (credential->next == MDOC_REGISTER_SIGN
      && (!mdoc_vci_sign (self->config.signers,
                          mdoc_http_call_get_base_url (call),
                          credential,
                          &error)
          || !mdoc_register_commit (self->config.reg,
                                    &change,
                                    credential,
                                    &error)))
    {
      mdoc_vci_refuse_request (reply, error);
      return;
    }

  for (guint i = 0; i < credential->copies->len; i++)
    {
      const MdocRegisterCopy *copy = g_ptr_array_index (credential->copies, i);

      g_ptr_array_add (response->credentials,
                       g_bytes_ref (copy->issuer_signed));
    }
  response->notification_id = g_strdup (credential->notification_id);
  mdoc_vci_reply_sealed (reply,
                         200,
                         mdoc_credential_response_to_json (response),
                         seal->key,
                         seal->enc);
}

/* Which of the two names was wrong. */
static void
refuse_identifier (MdocHttpReply *reply,
                   gboolean by_identifier,
                   const GError *error)
{
  if (g_error_matches (error,
                       MDOC_REGISTER_ERROR,
                       MDOC_REGISTER_ERROR_IDENTIFIER))
    mdoc_vci_refuse (reply,
                     by_identifier
                         ? MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_IDENTIFIER
                         : MDOC_PROTOCOL_UNKNOWN_CREDENTIAL_CONFIGURATION,
                     "The token is not for it");
  else
    mdoc_vci_refuse_request (reply, error);
}

static gboolean
get_signer (MdocVci *self,
            MdocHttpReply *reply,
            MdocProfile *profile,
            gint64 *ret_not_before_s,
            gint64 *ret_not_after_s)
{
  const char *name = mdoc_profile_get_settings (profile)->signer;
  g_autoptr (GError) error = NULL;

  if (mdoc_vci_signers_get_validity (self->config.signers,
                                     name,
                                     ret_not_before_s,
                                     ret_not_after_s))
    return TRUE;

  g_set_error (&error,
               MDOC_REGISTER_ERROR,
               (gint) MDOC_REGISTER_ERROR_STORE,
               "There is no signer %s",
               name);
  mdoc_vci_fail (reply, error);
  return FALSE;
}

static MdocCredentialRequest *
read_request (MdocVci *self, const MdocHttpCall *call, MdocHttpReply *reply)
{
  MdocProtocolCode code = MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (MdocSecret) json = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_encrypted;
  Seal seal;

  json = mdoc_vci_open_request (self, call, reply, &was_encrypted);
  if (json == NULL)
    return NULL;
  request = mdoc_credential_request_parse (mdoc_secret_get_span (json),
                                           &code,
                                           &error);
  if (request == NULL)
    {
      mdoc_vci_refuse (reply, code, NULL);
      return NULL;
    }

  seal = (Seal){ request->response_key, request->response_enc };
  if (!check_seal (self, &seal, was_encrypted, reply))
    return NULL;
  return g_steal_pointer (&request);
}

/* A name that another authorization server has made up stands for whatever it
 * has granted of that configuration. */
static void
resolve_alias (const MdocRegisterAccess *access, MdocCredentialRequest *request)
{
  const char *configuration_id = NULL;

  if (access->aliases != NULL && request->identifier != NULL)
    configuration_id = g_hash_table_lookup (access->aliases,
                                            request->identifier);
  if (configuration_id == NULL)
    return;
  g_clear_pointer (&request->identifier, g_free);
  request->configuration_id = g_strdup (configuration_id);
}

/* OpenID4VCI 1.0, 8 */
void
mdoc_vci_on_credential (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (MdocProfile) profile = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;
  MdocRegisterCredentialRequest wanted = { 0 };
  const MdocRegisterTokenItem *item;
  Seal seal;

  access = mdoc_vci_take_access (self, call, reply);
  if (access == NULL)
    return;
  request = read_request (self, call, reply);
  if (request == NULL)
    return;

  resolve_alias (access, request);
  profile = mdoc_register_find_profile (self->config.reg,
                                        access,
                                        request->identifier,
                                        request->configuration_id,
                                        &error);
  if (profile == NULL)
    {
      refuse_identifier (reply, request->identifier != NULL, error);
      return;
    }
  item = find_item (access, request->identifier, request->configuration_id);
  keys = mdoc_vci_take_keys (self, call, reply, profile, request, access, item);
  if (keys == NULL || !mdoc_vci_spend_proofs (self, call, reply, request)
      || !get_signer (self,
                      reply,
                      profile,
                      &wanted.signer_not_before_s,
                      &wanted.signer_not_after_s))
    return;

  /* the metadata has one size for all; there may be fewer credentials than
   * proofs (8.3) */
  g_ptr_array_set_size (keys,
                        (gint) MIN (keys->len,
                                    MAX (mdoc_profile_get_settings (profile)
                                             ->batch_size,
                                         1)));
  wanted.access = access;
  wanted.identifier = request->identifier;
  wanted.configuration_id = request->configuration_id;
  wanted.keys = keys;
  credential = mdoc_register_prepare (self->config.reg,
                                      &change,
                                      &wanted,
                                      &error);
  if (credential == NULL)
    {
      refuse_identifier (reply, request->identifier != NULL, error);
      return;
    }

  seal = (Seal){ request->response_key, request->response_enc };
  issue (self, call, reply, credential, &seal);
}

static MdocDeferredRequest *
read_deferred (MdocVci *self, const MdocHttpCall *call, MdocHttpReply *reply)
{
  MdocProtocolCode code = MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST;
  g_autoptr (MdocDeferredRequest) request = NULL;
  g_autoptr (MdocSecret) json = NULL;
  gboolean was_encrypted;
  Seal seal;

  json = mdoc_vci_open_request (self, call, reply, &was_encrypted);
  if (json == NULL)
    return NULL;
  request = mdoc_deferred_request_parse (mdoc_secret_get_span (json),
                                         &code,
                                         NULL);
  if (request == NULL)
    {
      mdoc_vci_refuse (reply, code, NULL);
      return NULL;
    }

  seal = (Seal){ request->response_key, request->response_enc };
  if (!check_seal (self, &seal, was_encrypted, reply))
    return NULL;
  return g_steal_pointer (&request);
}

/* OpenID4VCI 1.0, 9 */
void
mdoc_vci_on_deferred (const MdocHttpCall *call,
                      MdocHttpReply *reply,
                      gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (MdocDeferredRequest) request = NULL;
  g_autoptr (MdocProfile) profile = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;
  gint64 not_before_s, not_after_s;
  Seal seal;

  access = mdoc_vci_take_access (self, call, reply);
  if (access == NULL)
    return;
  request = read_deferred (self, call, reply);
  if (request == NULL)
    return;

  profile = mdoc_register_find_transaction (self->config.reg,
                                            access,
                                            request->transaction_id,
                                            &error);
  if (profile == NULL)
    {
      mdoc_vci_refuse_request (reply, error);
      return;
    }
  if (!get_signer (self, reply, profile, &not_before_s, &not_after_s))
    return;

  seal = (Seal){ request->response_key, request->response_enc };
  credential = mdoc_register_prepare_deferred (self->config.reg,
                                               &change,
                                               access,
                                               request->transaction_id,
                                               not_before_s,
                                               not_after_s,
                                               &error);
  if (credential != NULL)
    issue (self, call, reply, credential, &seal);
  else if (g_error_matches (error,
                            MDOC_REGISTER_ERROR,
                            MDOC_REGISTER_ERROR_PENDING))
    answer_deferred (reply,
                     request->transaction_id,
                     mdoc_profile_get_settings (profile)->deferred_interval_s,
                     &seal);
  else
    mdoc_vci_refuse_request (reply, error);
}

/* OpenID4VCI 1.0, 11 */
void
mdoc_vci_on_notification (const MdocHttpCall *call,
                          MdocHttpReply *reply,
                          gpointer data)
{
  static const MdocRegisterNotice notices[] = {
    [MDOC_NOTIFICATION_ACCEPTED] = MDOC_REGISTER_NOTIFY_ACCEPTED,
    [MDOC_NOTIFICATION_DELETED] = MDOC_REGISTER_NOTIFY_DELETED,
    [MDOC_NOTIFICATION_FAILURE] = MDOC_REGISTER_NOTIFY_FAILURE,
  };
  MdocVci *self = data;
  MdocRegisterCall change = mdoc_vci_make_call (self);
  MdocProtocolCode code = MDOC_PROTOCOL_INVALID_NOTIFICATION_REQUEST;
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (MdocNotification) notification = NULL;
  g_autoptr (GError) error = NULL;

  access = mdoc_vci_take_access (self, call, reply);
  if (access == NULL)
    return;
  if (!mdoc_vci_is_type (call, reply, "application/json"))
    return;
  notification = mdoc_notification_parse (mdoc_http_call_get_body (call),
                                          &code,
                                          NULL);
  if (notification == NULL)
    {
      mdoc_vci_refuse (reply, code, NULL);
      return;
    }

  change.reason = notification->description;
  if (!mdoc_register_notify (self->config.reg,
                             &change,
                             access,
                             notification->notification_id,
                             notices[notification->event],
                             &error))
    mdoc_vci_refuse_request (reply, error);
}
