/*
 * mdoc-key-attestation.c - who vouches for where keys are (OpenID4VCI 1.0, D)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-key-attestation.h"

#define MAX_LEVELS 32

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_KEY_ATTESTATION_MAX_BYTES,
  .max_depth = 8,
  .max_values = 12 * MDOC_KEY_ATTESTATION_MAX_KEYS
};

/**
 * mdoc_key_attestation_new:
 *
 * Returns: (transfer full): an attestation of no key
 */
MdocKeyAttestation *
mdoc_key_attestation_new (void)
{
  MdocKeyAttestation *self = g_new0 (MdocKeyAttestation, 1);

  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_jwk_unref);
  return self;
}

void
mdoc_key_attestation_free (MdocKeyAttestation *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->keys);
  g_strfreev (self->key_storage);
  g_strfreev (self->user_authentication);
  g_free (self->certification);
  g_free (self->nonce);
  mdoc_jws_unref (self->jws);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_free (self);
}

/* Unlike a set of keys that somebody offers, each of these is one to which a
 * credential may be bound, so one that is wrong is too many. */
static gboolean
read_keys (MdocKeyAttestation *self, JsonObject *claims, GError **error)
{
  JsonArray *array = mdoc_json_get_array (claims,
                                          "attested_keys",
                                          MDOC_KEY_ATTESTATION_MAX_KEYS,
                                          error);

  if (array == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "attested_keys",
                                                       error);
      MdocJwk *jwk = object != NULL
                         ? mdoc_jwk_parse (object, "attested_keys", error)
                         : NULL;

      if (jwk == NULL)
        return FALSE;
      g_ptr_array_add (self->keys, jwk);
    }
  return TRUE;
}

static gboolean
read_claims (MdocKeyAttestation *self, JsonObject *claims, GError **error)
{
  const char *certification, *nonce;

  if (!mdoc_json_get_time (claims, "iat", &self->iat_unix_s, error)
      || !mdoc_json_find_time (claims, "exp", 0, &self->exp_unix_s, error)
      || !mdoc_json_find_texts (claims,
                                "key_storage",
                                MAX_LEVELS,
                                MDOC_KEY_ATTESTATION_MAX_TEXT_LEN,
                                &self->key_storage,
                                error)
      || !mdoc_json_find_texts (claims,
                                "user_authentication",
                                MAX_LEVELS,
                                MDOC_KEY_ATTESTATION_MAX_TEXT_LEN,
                                &self->user_authentication,
                                error)
      || !mdoc_json_find_text (claims,
                               "certification",
                               MDOC_KEY_ATTESTATION_MAX_TEXT_LEN,
                               &certification,
                               error)
      || !mdoc_json_find_text (claims,
                               "nonce",
                               MDOC_KEY_ATTESTATION_MAX_TEXT_LEN,
                               &nonce,
                               error))
    return FALSE;

  self->certification = g_strdup (certification);
  self->nonce = g_strdup (nonce);
  return read_keys (self, claims, error);
}

/**
 * mdoc_key_attestation_parse:
 * @compact: a token of type key-attestation+jwt
 * @error: return location for a #MdocJoseError, #MdocJsonError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full): the attestation, or %NULL with @error set
 */
MdocKeyAttestation *
mdoc_key_attestation_parse (const char *compact, GError **error)
{
  g_autoptr (MdocKeyAttestation) self = mdoc_key_attestation_new ();
  g_autoptr (MdocJwt) jwt = NULL;

  jwt = mdoc_jwt_parse (compact, MDOC_KEY_ATTESTATION_TYPE, &limits, error);
  if (jwt == NULL || !read_claims (self, mdoc_jwt_get_claims (jwt), error))
    return NULL;
  self->jws = mdoc_jws_ref (mdoc_jwt_get_jws (jwt));
  self->chain = mdoc_jws_dup_chain (self->jws, error);
  return self->chain != NULL ? g_steal_pointer (&self) : NULL;
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static void
set_texts (JsonObject *object, const char *member, GStrv texts)
{
  if (texts != NULL)
    mdoc_json_set_texts (object, member, (const char *const *) texts);
}

char *
mdoc_key_attestation_sign (const MdocKeyAttestation *self,
                           MdocKey *key,
                           GPtrArray *chain,
                           const char *kid,
                           GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = json_object_new ();
  JsonArray *keys = json_array_new ();

  json_object_set_int_member (claims, "iat", self->iat_unix_s);
  if (self->exp_unix_s != 0)
    json_object_set_int_member (claims, "exp", self->exp_unix_s);
  for (guint i = 0; i < self->keys->len; i++)
    json_array_add_object_element (keys,
                                   mdoc_jwk_to_json (self->keys->pdata[i]));
  json_object_set_array_member (claims, "attested_keys", keys);
  set_texts (claims, "key_storage", self->key_storage);
  set_texts (claims, "user_authentication", self->user_authentication);
  set_text (claims, "certification", self->certification);
  set_text (claims, "nonce", self->nonce);
  header = mdoc_jws_header_new (MDOC_KEY_ATTESTATION_TYPE, kid, NULL, chain);
  return mdoc_jwt_sign (header, claims, key, error);
}

gboolean
mdoc_key_attestation_is_current (const MdocKeyAttestation *self,
                                 gint64 now_unix_s,
                                 gint64 max_ahead_s)
{
  return self->iat_unix_s <= now_unix_s + max_ahead_s
         && (self->exp_unix_s == 0 || self->exp_unix_s > now_unix_s);
}

gboolean
mdoc_key_attestation_has_key (const MdocKeyAttestation *self,
                              MdocPublicKey *key)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (mdoc_public_key_equal (mdoc_jwk_get_key (self->keys->pdata[i]), key))
      return TRUE;
  return FALSE;
}

/* Nothing asked for is met by anything. */
static gboolean
has_any (GStrv levels, GStrv asked)
{
  if (asked == NULL)
    return TRUE;
  for (guint i = 0; levels != NULL && levels[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) asked, levels[i]))
      return TRUE;
  return FALSE;
}

gboolean
mdoc_key_attestation_meets (const MdocKeyAttestation *self,
                            const MdocProofType *asked)
{
  return has_any (self->key_storage, asked->key_storage)
         && has_any (self->user_authentication, asked->user_authentication);
}
