/*
 * mdoc-wallet-proof.c - which instance of a wallet calls the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-wallet-proof.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-uri.h"

static const MdocJsonLimits limits = { .max_bytes = MDOC_WALLET_PROOF_MAX_BYTES,
                                       .max_depth = 8,
                                       .max_values = 128 };

/**
 * mdoc_wallet_proof_result_get_name:
 * @result: a result
 *
 * Returns: (transfer none): its name, for logs
 */
const char *
mdoc_wallet_proof_result_get_name (MdocWalletProofResult result)
{
  static const char *const names[] = {
    "ok",   "malformed", "algorithm", "signature", "method", "uri",
    "body", "time",      "nonce",     "replayed",  "busy",
  };

  return names[result];
}

/**
 * mdoc_wallet_proof_result_get_error:
 * @result: a result
 *
 * Returns: (transfer none) (nullable): the error to answer with; %NULL for
 *   %MDOC_WALLET_PROOF_OK
 */
const char *
mdoc_wallet_proof_result_get_error (MdocWalletProofResult result)
{
  if (result == MDOC_WALLET_PROOF_OK)
    return NULL;
  if (result == MDOC_WALLET_PROOF_NONCE)
    return MDOC_WALLET_PROOF_USE_NONCE;
  if (result == MDOC_WALLET_PROOF_BUSY)
    return "temporarily_unavailable";
  return "invalid_wallet_proof";
}

/**
 * mdoc_wallet_proof_clear:
 * @self: what a proof said
 *
 * Frees what is in it.
 */
void
mdoc_wallet_proof_clear (MdocWalletProof *self)
{
  g_clear_pointer (&self->thumbprint, g_free);
  g_clear_pointer (&self->nonce, g_free);
}

/**
 * mdoc_wallet_proof_make:
 * @key: the key of this instance
 * @method: the method of the request, such as "POST"
 * @uri: its address; query and fragment are left out
 * @body: its body, empty if it has none
 * @now_unix_s: the time
 * @nonce: (nullable): the one the server gave last, if it did
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * It is what DPoP is to a token, for calls that have no token: it also covers
 * the body, since nothing else says who wrote that.
 *
 * Returns: (transfer full): a proof for one request, or %NULL with @error set
 */
char *
mdoc_wallet_proof_make (MdocKey *key,
                        const char *method,
                        const char *uri,
                        MdocSpan body,
                        gint64 now_unix_s,
                        const char *nonce,
                        GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = mdoc_jose_new_call_claims (method,
                                                             uri,
                                                             now_unix_s,
                                                             nonce);
  g_autofree char *digest = mdoc_jose_dup_digest (body);

  json_object_set_string_member (claims, "bdh", digest);
  header = mdoc_jws_header_new (MDOC_WALLET_PROOF_TYPE,
                                NULL,
                                mdoc_key_get_public (key),
                                NULL);
  return mdoc_jwt_sign (header, claims, key, error);
}

typedef struct
{
  MdocJwt *jwt;
  MdocPublicKey *key;
  char *thumbprint;
  const char *jti, *htm, *htu, *bdh;
  const char *nonce; /* nullable */
  gint64 iat;
} Proof;

static void
proof_clear (Proof *self)
{
  mdoc_jwt_unref (self->jwt);
  mdoc_public_key_unref (self->key);
  g_free (self->thumbprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proof, proof_clear)

static const char *
get_text (JsonObject *claims, const char *name)
{
  return mdoc_json_get_text (claims,
                             name,
                             MDOC_WALLET_PROOF_MAX_TEXT_LEN,
                             NULL);
}

static MdocWalletProofResult
proof_parse (Proof *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *claims;

  self->jwt = mdoc_jwt_parse (text, MDOC_WALLET_PROOF_TYPE, &limits, &error);
  if (self->jwt == NULL)
    return g_error_matches (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM)
               ? MDOC_WALLET_PROOF_ALGORITHM
               : MDOC_WALLET_PROOF_MALFORMED;

  self->key = mdoc_jws_dup_jwk (mdoc_jwt_get_jws (self->jwt), NULL);
  if (self->key == NULL)
    return MDOC_WALLET_PROOF_MALFORMED;
  self->thumbprint = mdoc_jwk_dup_thumbprint (self->key);

  claims = mdoc_jwt_get_claims (self->jwt);
  self->jti = get_text (claims, "jti");
  self->htm = get_text (claims, "htm");
  self->htu = mdoc_json_get_text (claims, "htu", MDOC_URI_MAX_LEN, NULL);
  self->bdh = get_text (claims, "bdh");
  if (self->jti == NULL || self->htm == NULL || self->htu == NULL
      || self->bdh == NULL
      || !mdoc_json_get_time (claims, "iat", &self->iat, NULL)
      || !mdoc_json_find_text (claims,
                               "nonce",
                               MDOC_WALLET_PROOF_MAX_TEXT_LEN,
                               &self->nonce,
                               NULL))
    return MDOC_WALLET_PROOF_MALFORMED;
  return MDOC_WALLET_PROOF_OK;
}

static MdocWalletProofResult
check_signature (const Proof *self)
{
  MdocJws *jws = mdoc_jwt_get_jws (self->jwt);
  g_autoptr (GError) error = NULL;
  gboolean is_valid;

  if (mdoc_jws_get_alg (jws) != MDOC_ALG_ES256
      || mdoc_public_key_get_curve (self->key) != MDOC_CURVE_P256
      || !mdoc_jws_verify (jws, self->key, &is_valid, &error))
    return MDOC_WALLET_PROOF_ALGORITHM;
  return is_valid ? MDOC_WALLET_PROOF_OK : MDOC_WALLET_PROOF_SIGNATURE;
}

static gboolean
is_same_uri (const char *a, const char *b)
{
  g_autofree char *first = mdoc_uri_normalise (a);
  g_autofree char *second = mdoc_uri_normalise (b);

  return first != NULL && second != NULL && strcmp (first, second) == 0;
}

static MdocWalletProofResult
check_claims (const Proof *self, const MdocWalletProofExpectation *expected)
{
  g_autofree char *digest = mdoc_jose_dup_digest (expected->body);

  if (strcmp (self->htm, expected->method) != 0)
    return MDOC_WALLET_PROOF_METHOD;
  if (!is_same_uri (self->htu, expected->uri))
    return MDOC_WALLET_PROOF_URI;
  if (strcmp (self->bdh, digest) != 0)
    return MDOC_WALLET_PROOF_BODY;
  /* times are within the years 1 to 9999, so no difference overflows */
  if (self->iat < expected->now_unix_s - expected->max_age_s
      || self->iat > expected->now_unix_s + expected->max_ahead_s)
    return MDOC_WALLET_PROOF_TIME;
  if (expected->is_nonce_current != NULL
      && (self->nonce == NULL
          || !expected->is_nonce_current (self->nonce, expected->nonce_data)))
    return MDOC_WALLET_PROOF_NONCE;
  return MDOC_WALLET_PROOF_OK;
}

static MdocWalletProofResult
check_replay (const Proof *self, const MdocWalletProofExpectation *expected)
{
  const MdocSpan parts[] = { mdoc_span_from_text (self->thumbprint),
                             mdoc_span_from_text (self->jti) };
  MdocReplayResult result;

  if (expected->replay == NULL)
    return MDOC_WALLET_PROOF_OK;

  result = mdoc_replay_check (expected->replay,
                              parts,
                              G_N_ELEMENTS (parts),
                              expected->now_unix_s,
                              self->iat + expected->max_age_s + 1);
  if (result == MDOC_REPLAY_FULL)
    return MDOC_WALLET_PROOF_BUSY;
  return result == MDOC_REPLAY_FRESH ? MDOC_WALLET_PROOF_OK
                                     : MDOC_WALLET_PROOF_REPLAYED;
}

/**
 * mdoc_wallet_proof_check:
 * @proof: the content of the header; that there was one alone is for the
 *   caller to see
 * @expected: what it has to be for
 * @ret_proof: (out): whose it is, if it is fine
 *
 * A proof is remembered only if everything else about it is right, so nobody
 * can fill the memory without a key.
 *
 * Returns: %MDOC_WALLET_PROOF_OK, or the first thing that does not hold
 */
MdocWalletProofResult
mdoc_wallet_proof_check (const char *proof,
                         const MdocWalletProofExpectation *expected,
                         MdocWalletProof *ret_proof)
{
  g_auto (Proof) parsed = { 0 };
  MdocWalletProofResult result;

  result = proof_parse (&parsed, proof);
  if (result == MDOC_WALLET_PROOF_OK)
    result = check_signature (&parsed);
  if (result == MDOC_WALLET_PROOF_OK)
    result = check_claims (&parsed, expected);
  if (result == MDOC_WALLET_PROOF_OK)
    result = check_replay (&parsed, expected);
  if (result != MDOC_WALLET_PROOF_OK)
    return result;

  ret_proof->thumbprint = g_steal_pointer (&parsed.thumbprint);
  ret_proof->nonce = g_strdup (parsed.nonce);
  return MDOC_WALLET_PROOF_OK;
}
