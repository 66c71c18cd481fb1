/*
 * mdoc-proof.c - proofs that a wallet has the key (OpenID4VCI 1.0, F.1)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-proof.h"

#include <string.h>

#include "openid/mdoc-uri.h"

static const MdocJsonLimits limits = { .max_bytes = MDOC_PROOF_MAX_BYTES,
                                       .max_depth = 8,
                                       .max_values = 256 };

/**
 * mdoc_proof_result_get_name:
 * @result: a result
 *
 * Returns: (transfer none): its name, for logs
 */
const char *
mdoc_proof_result_get_name (MdocProofResult result)
{
  static const char *const names[] = {
    "ok",
    "malformed",
    "algorithm",
    "key",
    "signature",
    "audience",
    "time",
    "no-nonce",
    "nonce",
    "client",
    "attestation-malformed",
    "attestation-key",
  };

  return names[result];
}

/**
 * mdoc_proof_result_get_code:
 * @result: a result
 *
 * An old nonce is told from everything else, as a wallet can do something about
 * it: fetch another, and sign anew.
 *
 * Returns: the error of OpenID4VCI 1.0, 8.3.1.2
 */
MdocProtocolCode
mdoc_proof_result_get_code (MdocProofResult result)
{
  if (result == MDOC_PROOF_OK)
    return MDOC_PROTOCOL_UNKNOWN;
  return result == MDOC_PROOF_NONCE ? MDOC_PROTOCOL_INVALID_NONCE
                                    : MDOC_PROTOCOL_INVALID_PROOF;
}

/**
 * mdoc_proof_make:
 * @key: the key that the credential is to be bound to
 * @issuer: the issuer's identifier
 * @now_unix_s: the time
 * @nonce: (nullable): the issuer's, if it has a nonce endpoint
 * @client_id: (nullable): who the token was given to
 * @key_attestation: (nullable): who vouches for @key
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): a proof for the member "jwt" of "proofs", or %NULL
 *   with @error set
 */
char *
mdoc_proof_make (MdocKey *key,
                 const char *issuer,
                 gint64 now_unix_s,
                 const char *nonce,
                 const char *client_id,
                 const char *key_attestation,
                 GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = json_object_new ();

  if (client_id != NULL)
    json_object_set_string_member (claims, "iss", client_id);
  json_object_set_string_member (claims, "aud", issuer);
  json_object_set_int_member (claims, "iat", now_unix_s);
  if (nonce != NULL)
    json_object_set_string_member (claims, "nonce", nonce);
  header = mdoc_jws_header_new (MDOC_PROOF_TYPE,
                                NULL,
                                mdoc_key_get_public (key),
                                NULL);
  if (key_attestation != NULL)
    json_object_set_string_member (header, "key_attestation", key_attestation);
  return mdoc_jwt_sign (header, claims, key, error);
}

typedef struct
{
  MdocJwt *jwt;
  MdocKeyAttestation *attestation; /* nullable */
  MdocPublicKey *key;
  const char *aud;
  const char *iss;   /* nullable */
  const char *nonce; /* nullable */
  gint64 iat;
} Proof;

static void
proof_clear (Proof *self)
{
  mdoc_jwt_unref (self->jwt);
  mdoc_key_attestation_free (self->attestation);
  mdoc_public_key_unref (self->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proof, proof_clear)

static MdocProofResult
parse_token (Proof *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  const char *attestation;

  self->jwt = mdoc_jwt_parse (text, MDOC_PROOF_TYPE, &limits, &error);
  if (self->jwt == NULL)
    return g_error_matches (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM)
               ? MDOC_PROOF_ALGORITHM
               : MDOC_PROOF_MALFORMED;

  if (!mdoc_json_find_text (mdoc_jws_get_header (mdoc_jwt_get_jws (self->jwt)),
                            "key_attestation",
                            MDOC_KEY_ATTESTATION_MAX_BYTES * 2,
                            &attestation,
                            NULL))
    return MDOC_PROOF_ATTESTATION;
  if (attestation == NULL)
    return MDOC_PROOF_OK;
  self->attestation = mdoc_key_attestation_parse (attestation, NULL);
  return self->attestation != NULL ? MDOC_PROOF_OK : MDOC_PROOF_ATTESTATION;
}

/* A key that only the attestation holds: by its name, by its place, which the
 * standard's example has for a name, or, if nothing is said, the first. */
static MdocPublicKey *
find_attested (const Proof *self, const char *kid)
{
  GPtrArray *keys = self->attestation->keys;
  MdocJwk *named = mdoc_jwk_set_find (keys, kid);
  guint64 place;

  if (kid == NULL)
    return mdoc_jwk_get_key (keys->pdata[0]);
  if (named != NULL)
    return mdoc_jwk_get_key (named);
  return g_ascii_string_to_unsigned (kid, 10, 0, keys->len - 1, &place, NULL)
             ? mdoc_jwk_get_key (keys->pdata[place])
             : NULL;
}

/*   exactly one of jwk, kid and x5c; with an attestation there may be none */
static MdocProofResult
find_key (Proof *self)
{
  MdocJws *jws = mdoc_jwt_get_jws (self->jwt);
  JsonObject *header = mdoc_jws_get_header (jws);
  gboolean has_jwk = json_object_has_member (header, "jwk");
  gboolean has_kid = json_object_has_member (header, "kid");
  gboolean has_x5c = json_object_has_member (header, "x5c");
  MdocPublicKey *key = NULL;

  if (has_jwk + has_kid + has_x5c > 1)
    return MDOC_PROOF_KEY;
  if (has_jwk)
    self->key = mdoc_jws_dup_jwk (jws, NULL);
  else if (has_x5c)
    {
      g_autoptr (GPtrArray) chain = mdoc_jws_dup_chain (jws, NULL);

      if (chain != NULL && chain->len > 0)
        key = mdoc_certificate_get_public_key (chain->pdata[0]);
      self->key = key != NULL ? mdoc_public_key_ref (key) : NULL;
    }
  else if (self->attestation != NULL)
    {
      key = find_attested (self, mdoc_jws_get_kid (jws));
      self->key = key != NULL ? mdoc_public_key_ref (key) : NULL;
    }

  if (self->key == NULL)
    return MDOC_PROOF_KEY;
  if (self->attestation != NULL
      && !mdoc_key_attestation_has_key (self->attestation, self->key))
    return MDOC_PROOF_ATTESTED_KEY;
  return MDOC_PROOF_OK;
}

static MdocProofResult
check_signature (const Proof *self, const MdocProofExpectation *expected)
{
  MdocJws *jws = mdoc_jwt_get_jws (self->jwt);
  const char *alg = mdoc_jose_alg_get_name (mdoc_jws_get_alg (jws));
  gboolean is_valid;

  if (expected->algs != NULL
      && !g_strv_contains ((const char *const *) expected->algs, alg))
    return MDOC_PROOF_ALGORITHM;
  if (!mdoc_jws_verify (jws, self->key, &is_valid, NULL))
    return MDOC_PROOF_ALGORITHM;
  return is_valid ? MDOC_PROOF_OK : MDOC_PROOF_SIGNATURE;
}

static gboolean
read_claims (Proof *self)
{
  JsonObject *claims = mdoc_jwt_get_claims (self->jwt);

  self->aud = mdoc_json_get_text (claims, "aud", MDOC_URI_MAX_LEN, NULL);
  return self->aud != NULL
         && mdoc_json_get_time (claims, "iat", &self->iat, NULL)
         && mdoc_json_find_text (claims,
                                 "iss",
                                 MDOC_PROOF_MAX_TEXT_LEN,
                                 &self->iss,
                                 NULL)
         && mdoc_json_find_text (claims,
                                 "nonce",
                                 MDOC_PROOF_MAX_TEXT_LEN,
                                 &self->nonce,
                                 NULL);
}

static MdocProofResult
check_claims (Proof *self, const MdocProofExpectation *expected)
{
  if (!read_claims (self))
    return MDOC_PROOF_MALFORMED;
  if (strcmp (self->aud, expected->issuer) != 0)
    return MDOC_PROOF_AUDIENCE;
  if (self->iat < expected->now_unix_s - expected->max_age_s
      || self->iat > expected->now_unix_s + expected->max_ahead_s)
    return MDOC_PROOF_TIME;
  if (expected->client_id != NULL && self->iss != NULL
      && strcmp (self->iss, expected->client_id) != 0)
    return MDOC_PROOF_CLIENT;
  if (expected->is_nonce_current == NULL)
    return MDOC_PROOF_OK;
  if (self->nonce == NULL)
    return MDOC_PROOF_NO_NONCE;
  return expected->is_nonce_current (self->nonce, expected->nonce_data)
             ? MDOC_PROOF_OK
             : MDOC_PROOF_NONCE;
}

/**
 * mdoc_proof_check:
 * @proof: one of the member "jwt" of "proofs"
 * @expected: what it has to be for
 * @ret_key: (out) (transfer full): the key to bind the credential to
 * @ret_attestation: (out) (transfer full) (nullable): the key attestation in
 *   it, which does attest that key; that anybody trusted has signed it, and for
 *   this nonce, is for the caller to see
 *
 * All of OpenID4VCI 1.0, F.4. Results are left alone unless it is fine.
 *
 * Returns: %MDOC_PROOF_OK, or the first thing that does not hold
 */
MdocProofResult
mdoc_proof_check (const char *proof,
                  const MdocProofExpectation *expected,
                  MdocPublicKey **ret_key,
                  MdocKeyAttestation **ret_attestation)
{
  g_auto (Proof) parsed = { 0 };
  MdocProofResult result;

  result = parse_token (&parsed, proof);
  if (result == MDOC_PROOF_OK)
    result = find_key (&parsed);
  if (result == MDOC_PROOF_OK)
    result = check_signature (&parsed, expected);
  if (result == MDOC_PROOF_OK)
    result = check_claims (&parsed, expected);
  if (result != MDOC_PROOF_OK)
    return result;

  *ret_key = g_steal_pointer (&parsed.key);
  *ret_attestation = g_steal_pointer (&parsed.attestation);
  return MDOC_PROOF_OK;
}
