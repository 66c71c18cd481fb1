/*
 * mdoc-credential-message.c - what wallet and issuer say to each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-credential-message.h"

#include <string.h>

#include "base/mdoc-text.h"

static const MdocJsonLimits request_limits = {
  .max_bytes = MDOC_CREDENTIAL_REQUEST_MAX_BYTES,
  .max_depth = 8,
  .max_values = 4096
};

static const MdocJsonLimits response_limits = {
  .max_bytes = MDOC_CREDENTIAL_RESPONSE_MAX_BYTES,
  .max_depth = 8,
  .max_values = 8192
};

static const MdocJsonLimits small_limits = { .max_bytes = 64 * 1024,
                                             .max_depth = 8,
                                             .max_values = 256 };

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static gboolean
find_dup (JsonObject *object, const char *member, char **ret, GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object,
                            member,
                            MDOC_CREDENTIAL_MAX_TEXT_LEN,
                            &text,
                            error))
    return FALSE;
  if (text != NULL && *text == '\0')
    return refuse (error, member, "is empty");
  *ret = g_strdup (text);
  return TRUE;
}

static gboolean
get_dup (JsonObject *object, const char *member, char **ret, GError **error)
{
  *ret = g_strdup (
      mdoc_json_get_text (object, member, MDOC_CREDENTIAL_MAX_TEXT_LEN, error));
  return *ret != NULL;
}

/*   credential_response_encryption: { jwk, enc, ? zip } */
static gboolean
read_encryption (JsonObject *object,
                 MdocJwk **ret_key,
                 MdocJweEnc *ret_enc,
                 GError **error)
{
  g_autoptr (MdocJwk) key = NULL;
  JsonObject *encryption, *jwk;
  const char *enc;

  if (!mdoc_json_find_object (object,
                              "credential_response_encryption",
                              &encryption,
                              error))
    return FALSE;
  if (encryption == NULL)
    return TRUE;

  jwk = mdoc_json_get_object (encryption, "jwk", error);
  key = jwk != NULL ? mdoc_jwk_parse (jwk, "jwk", error) : NULL;
  if (key == NULL)
    return FALSE;
  if (g_strcmp0 (mdoc_jwk_get_alg (key), MDOC_JWE_ALG) != 0
      || !mdoc_curve_can_agree (
          mdoc_public_key_get_curve (mdoc_jwk_get_key (key))))
    return refuse (error, "jwk", "is not for ECDH-ES");
  enc = mdoc_json_get_text (encryption, "enc", 64, error);
  if (enc == NULL)
    return FALSE;
  if (!mdoc_jwe_enc_from_name (enc, ret_enc))
    return refuse (error, "enc", "is none that we take");
  if (json_object_has_member (encryption, "zip"))
    return refuse (error, "zip", "is not offered");

  *ret_key = g_steal_pointer (&key);
  return TRUE;
}

static void
write_encryption (JsonObject *object, MdocJwk *key, MdocJweEnc enc)
{
  JsonObject *encryption;

  if (key == NULL)
    return;
  encryption = json_object_new ();
  json_object_set_object_member (encryption, "jwk", mdoc_jwk_to_json (key));
  set_text (encryption, "enc", mdoc_jwe_enc_get_name (enc));
  json_object_set_object_member (object,
                                 "credential_response_encryption",
                                 encryption);
}

void
mdoc_credential_request_free (MdocCredentialRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->identifier);
  g_free (self->configuration_id);
  g_strfreev (self->jwt_proofs);
  g_free (self->attestation);
  mdoc_jwk_unref (self->response_key);
  g_free (self);
}

/**
 * mdoc_credential_request_to_json:
 * @self: a request
 *
 * Returns: (transfer full): @self as mdoc_credential_request_parse() reads it
 */
char *
mdoc_credential_request_to_json (const MdocCredentialRequest *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "credential_identifier", self->identifier);
  set_text (object, "credential_configuration_id", self->configuration_id);
  if (self->jwt_proofs != NULL || self->attestation != NULL)
    {
      const char *const attestations[] = { self->attestation, NULL };
      JsonObject *proofs = json_object_new ();

      if (self->jwt_proofs != NULL)
        mdoc_json_set_texts (proofs,
                             "jwt",
                             (const char *const *) self->jwt_proofs);
      else
        mdoc_json_set_texts (proofs, "attestation", attestations);
      json_object_set_object_member (object, "proofs", proofs);
    }
  write_encryption (object, self->response_key, self->response_enc);
  return mdoc_json_write (object);
}

static gboolean
read_selector (MdocCredentialRequest *self, JsonObject *object, GError **error)
{
  if (!find_dup (object, "credential_identifier", &self->identifier, error)
      || !find_dup (object,
                    "credential_configuration_id",
                    &self->configuration_id,
                    error))
    return FALSE;
  if ((self->identifier == NULL) == (self->configuration_id == NULL))
    return refuse (error,
                   "Request",
                   "asks for no one credential: there have to be either "
                   "credential_identifier or credential_configuration_id");
  return TRUE;
}

/*   proofs: { "jwt": [ + tstr ] } or { "attestation": [ tstr ] } */
static gboolean
read_proofs (MdocCredentialRequest *self, JsonObject *object, GError **error)
{
  g_auto (GStrv) attestations = NULL;
  JsonObject *proofs;

  if (!mdoc_json_find_object (object, "proofs", &proofs, error))
    return FALSE;
  if (proofs == NULL)
    return TRUE;
  if (json_object_get_size (proofs) != 1)
    return refuse (error, "proofs", "are of no one kind");
  if (!mdoc_json_find_texts (proofs,
                             "jwt",
                             MDOC_CREDENTIAL_MAX_BATCH,
                             MDOC_PROOF_MAX_LEN,
                             &self->jwt_proofs,
                             error)
      || !mdoc_json_find_texts (proofs,
                                "attestation",
                                1,
                                MDOC_PROOF_MAX_LEN,
                                &attestations,
                                error))
    return FALSE;

  if (attestations != NULL)
    self->attestation = g_strdup (attestations[0]);
  return self->jwt_proofs != NULL || self->attestation != NULL
         || refuse (error, "proofs", "are of a kind that we do not take");
}

/**
 * mdoc_credential_request_parse:
 * @json: the body of a request, decrypted if it was encrypted
 * @ret_code: (out) (optional): what to answer if it is refused; left alone
 *   otherwise
 * @error: return location for a #MdocJsonError or #MdocCryptoError
 *
 * Whether there are proofs where there should be some, and whether they hold,
 * is for the caller to see. Members that we do not know are skipped.
 *
 * Returns: (transfer full): the request, or %NULL with @error set
 */
MdocCredentialRequest *
mdoc_credential_request_parse (MdocSpan json,
                               MdocProtocolCode *ret_code,
                               GError **error)
{
  g_autoptr (MdocCredentialRequest) self = NULL;
  MdocProtocolCode code = MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  gboolean is_good;

  self = g_new0 (MdocCredentialRequest, 1);
  node = mdoc_json_load_object (json,
                                "Credential request",
                                &request_limits,
                                &object,
                                error);
  is_good = node != NULL && read_selector (self, object, error);
  if (is_good)
    {
      code = MDOC_PROTOCOL_INVALID_PROOF;
      is_good = read_proofs (self, object, error);
    }
  if (is_good)
    {
      code = MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS;
      is_good = read_encryption (object,
                                 &self->response_key,
                                 &self->response_enc,
                                 error);
    }
  if (is_good)
    return g_steal_pointer (&self);

  if (ret_code != NULL)
    *ret_code = code;
  return NULL;
}

/**
 * mdoc_credential_response_new:
 *
 * Returns: (transfer full): an answer without credentials
 */
MdocCredentialResponse *
mdoc_credential_response_new (void)
{
  MdocCredentialResponse *self = g_new0 (MdocCredentialResponse, 1);

  self->credentials = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  return self;
}

void
mdoc_credential_response_free (MdocCredentialResponse *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->credentials);
  g_free (self->notification_id);
  g_free (self->transaction_id);
  g_free (self);
}

/**
 * mdoc_credential_response_to_json:
 * @self: an answer with credentials, or with a transaction
 *
 * Returns: (transfer full): @self as mdoc_credential_response_parse() reads it
 */
char *
mdoc_credential_response_to_json (const MdocCredentialResponse *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *array;

  /* a notification_id has nothing to tell of yet, and some wallets refuse it */
  if (self->transaction_id != NULL)
    {
      set_text (object, "transaction_id", self->transaction_id);
      json_object_set_int_member (object, "interval", self->interval_s);
      return mdoc_json_write (object);
    }

  array = json_array_new ();
  for (guint i = 0; i < self->credentials->len; i++)
    {
      g_autofree char *text = mdoc_base64url_encode (
          mdoc_span_from_bytes (self->credentials->pdata[i]));
      JsonObject *credential = json_object_new ();

      set_text (credential, "credential", text);
      json_array_add_object_element (array, credential);
    }
  json_object_set_array_member (object, "credentials", array);
  set_text (object, "notification_id", self->notification_id);
  return mdoc_json_write (object);
}

static gboolean
read_credential (MdocCredentialResponse *self,
                 JsonObject *object,
                 GError **error)
{
  GBytes *bytes;
  const char *text;

  text = mdoc_json_get_text (object,
                             "credential",
                             MDOC_CREDENTIAL_RESPONSE_MAX_BYTES,
                             error);
  if (text == NULL)
    return FALSE;
  bytes = mdoc_base64url_decode (text, MDOC_CREDENTIAL_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  g_ptr_array_add (self->credentials, bytes);
  return TRUE;
}

static gboolean
read_credentials (MdocCredentialResponse *self,
                  JsonArray *array,
                  GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "credentials",
                                                       error);

      if (object == NULL || !read_credential (self, object, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * mdoc_credential_response_parse:
 * @json: the body of an answer, decrypted if it was encrypted
 * @error: return location for a #MdocJsonError or #MdocTextError
 *
 * Returns: (transfer full): the answer, or %NULL with @error set
 */
MdocCredentialResponse *
mdoc_credential_response_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocCredentialResponse) self = mdoc_credential_response_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *array;

  node = mdoc_json_load_object (json,
                                "Credential response",
                                &response_limits,
                                &object,
                                error);
  if (node == NULL
      || !mdoc_json_find_array (object,
                                "credentials",
                                MDOC_CREDENTIAL_MAX_BATCH,
                                &array,
                                error)
      || !find_dup (object, "transaction_id", &self->transaction_id, error)
      || !find_dup (object, "notification_id", &self->notification_id, error))
    return NULL;
  if ((array == NULL) == (self->transaction_id == NULL))
    {
      refuse (error,
              "Credential response",
              "has neither credentials nor transaction_id, or both");
      return NULL;
    }

  if (array == NULL)
    return mdoc_json_get_int (object,
                              "interval",
                              1,
                              MDOC_DEFERRED_MAX_INTERVAL_S,
                              &self->interval_s,
                              error)
               ? g_steal_pointer (&self)
               : NULL;
  return read_credentials (self, array, error) ? g_steal_pointer (&self) : NULL;
}

void
mdoc_deferred_request_free (MdocDeferredRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->transaction_id);
  mdoc_jwk_unref (self->response_key);
  g_free (self);
}

char *
mdoc_deferred_request_to_json (const MdocDeferredRequest *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "transaction_id", self->transaction_id);
  write_encryption (object, self->response_key, self->response_enc);
  return mdoc_json_write (object);
}

/**
 * mdoc_deferred_request_parse:
 * @json: the body of a request, decrypted if it was encrypted
 * @ret_code: (out) (optional): what to answer if it is refused
 * @error: return location for a #MdocJsonError or #MdocCryptoError
 *
 * Returns: (transfer full): the request, or %NULL with @error set
 */
MdocDeferredRequest *
mdoc_deferred_request_parse (MdocSpan json,
                             MdocProtocolCode *ret_code,
                             GError **error)
{
  g_autoptr (MdocDeferredRequest) self = g_new0 (MdocDeferredRequest, 1);
  MdocProtocolCode code = MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json,
                                "Deferred request",
                                &small_limits,
                                &object,
                                error);
  if (node != NULL
      && get_dup (object, "transaction_id", &self->transaction_id, error))
    {
      code = MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS;
      if (read_encryption (object,
                           &self->response_key,
                           &self->response_enc,
                           error))
        return g_steal_pointer (&self);
    }

  if (ret_code != NULL)
    *ret_code = code;
  return NULL;
}

static const char *const events[] = {
  [MDOC_NOTIFICATION_ACCEPTED] = "credential_accepted",
  [MDOC_NOTIFICATION_DELETED] = "credential_deleted",
  [MDOC_NOTIFICATION_FAILURE] = "credential_failure",
};

void
mdoc_notification_free (MdocNotification *self)
{
  if (self == NULL)
    return;

  g_free (self->notification_id);
  g_free (self->description);
  g_free (self);
}

char *
mdoc_notification_to_json (const MdocNotification *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "notification_id", self->notification_id);
  set_text (object, "event", events[self->event]);
  set_text (object, "event_description", self->description);
  return mdoc_json_write (object);
}

static gboolean
read_notification (MdocNotification *self, JsonObject *object, GError **error)
{
  g_autofree char *event = NULL;
  gsize i = 0;

  if (!get_dup (object, "notification_id", &self->notification_id, error)
      || !get_dup (object, "event", &event, error)
      || !find_dup (object, "event_description", &self->description, error))
    return FALSE;
  while (i < G_N_ELEMENTS (events) && strcmp (events[i], event) != 0)
    i++;
  if (i == G_N_ELEMENTS (events))
    return refuse (error, "event", "is none that we know");
  self->event = (MdocNotificationEvent) i;
  return TRUE;
}

/**
 * mdoc_notification_parse:
 * @json: the body of a request
 * @ret_code: (out) (optional): what to answer if it is refused
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the notification, or %NULL with @error set
 */
MdocNotification *
mdoc_notification_parse (MdocSpan json,
                         MdocProtocolCode *ret_code,
                         GError **error)
{
  g_autoptr (MdocNotification) self = g_new0 (MdocNotification, 1);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json,
                                "Notification",
                                &small_limits,
                                &object,
                                error);
  if (node != NULL && read_notification (self, object, error))
    return g_steal_pointer (&self);

  if (ret_code != NULL)
    *ret_code = MDOC_PROTOCOL_INVALID_NOTIFICATION_REQUEST;
  return NULL;
}

static char *
write_one (const char *member, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, member, text);
  return mdoc_json_write (object);
}

static char *
parse_one (MdocSpan json, const char *what, const char *member, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  char *text = NULL;

  node = mdoc_json_load_object (json, what, &small_limits, &object, error);
  if (node == NULL || !get_dup (object, member, &text, error))
    return NULL;
  return text;
}

char *
mdoc_nonce_response_write (const char *nonce)
{
  return write_one ("c_nonce", nonce);
}

char *
mdoc_nonce_response_parse (MdocSpan json, GError **error)
{
  return parse_one (json, "Nonce response", "c_nonce", error);
}

char *
mdoc_challenge_response_write (const char *challenge)
{
  return write_one ("attestation_challenge", challenge);
}

char *
mdoc_challenge_response_parse (MdocSpan json, GError **error)
{
  return parse_one (json, "Challenge response", "attestation_challenge", error);
}
