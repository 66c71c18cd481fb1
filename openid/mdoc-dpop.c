/*
 * mdoc-dpop.c - proofs that whoever asks has the token's key (RFC 9449)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-dpop.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-uri.h"

#define TYPE "dpop+jwt"

static const MdocJsonLimits limits = { .max_bytes = MDOC_DPOP_MAX_BYTES,
                                       .max_depth = 8,
                                       .max_values = 128 };

/**
 * mdoc_dpop_result_get_name:
 * @result: a result
 *
 * Returns: (transfer none): its name, for logs
 */
const char *
mdoc_dpop_result_get_name (MdocDpopResult result)
{
  static const char *const names[] = {
    "ok",   "malformed", "algorithm", "signature", "method",   "uri",
    "time", "nonce",     "token",     "key",       "replayed", "busy",
  };

  return names[result];
}

/**
 * mdoc_dpop_result_get_error:
 * @result: a result
 *
 * Returns: (transfer none) (nullable): the error of RFC 9449, sections 5, 7.1
 *   and 8, to answer with; %NULL for %MDOC_DPOP_OK
 */
const char *
mdoc_dpop_result_get_error (MdocDpopResult result)
{
  if (result == MDOC_DPOP_OK)
    return NULL;
  if (result == MDOC_DPOP_NONCE)
    return "use_dpop_nonce";
  if (result == MDOC_DPOP_TOKEN || result == MDOC_DPOP_KEY)
    return "invalid_token";
  if (result == MDOC_DPOP_BUSY)
    return "temporarily_unavailable";
  return "invalid_dpop_proof";
}

/**
 * mdoc_dpop_make:
 * @key: the key that tokens are, or will be, bound to
 * @method: the method of the request, such as "POST"
 * @uri: its address; query and fragment are left out
 * @now_unix_s: the time
 * @nonce: (nullable): the one the server gave last, if it did
 * @access_token: (nullable): the token that goes with it, if one does
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): a proof for one request, or %NULL with @error set
 */
char *
mdoc_dpop_make (MdocKey *key,
                const char *method,
                const char *uri,
                gint64 now_unix_s,
                const char *nonce,
                const char *access_token,
                GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = mdoc_jose_new_call_claims (method,
                                                             uri,
                                                             now_unix_s,
                                                             nonce);

  if (access_token != NULL)
    {
      g_autofree char *ath = mdoc_jose_dup_digest (
          mdoc_span_from_text (access_token));

      json_object_set_string_member (claims, "ath", ath);
    }

  header = mdoc_jws_header_new (TYPE, NULL, mdoc_key_get_public (key), NULL);
  return mdoc_jwt_sign (header, claims, key, error);
}

typedef struct
{
  MdocJwt *jwt;
  MdocPublicKey *key;
  char *thumbprint;
  const char *jti, *htm, *htu;
  const char *nonce, *ath; /* nullable */
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

static MdocDpopResult
proof_parse (Proof *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *claims;

  self->jwt = mdoc_jwt_parse (text, TYPE, &limits, &error);
  if (self->jwt == NULL)
    return g_error_matches (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM)
               ? MDOC_DPOP_ALGORITHM
               : MDOC_DPOP_MALFORMED;

  self->key = mdoc_jws_dup_jwk (mdoc_jwt_get_jws (self->jwt), NULL);
  if (self->key == NULL)
    return MDOC_DPOP_MALFORMED;
  self->thumbprint = mdoc_jwk_dup_thumbprint (self->key);

  claims = mdoc_jwt_get_claims (self->jwt);
  self->jti = mdoc_json_get_text (claims, "jti", MDOC_DPOP_MAX_TEXT_LEN, NULL);
  self->htm = mdoc_json_get_text (claims, "htm", MDOC_DPOP_MAX_TEXT_LEN, NULL);
  self->htu = mdoc_json_get_text (claims, "htu", MDOC_URI_MAX_LEN, NULL);
  if (self->jti == NULL || self->htm == NULL || self->htu == NULL
      || !mdoc_json_get_time (claims, "iat", &self->iat, NULL)
      || !mdoc_json_find_text (claims,
                               "nonce",
                               MDOC_DPOP_MAX_TEXT_LEN,
                               &self->nonce,
                               NULL)
      || !mdoc_json_find_text (claims,
                               "ath",
                               MDOC_DPOP_MAX_TEXT_LEN,
                               &self->ath,
                               NULL))
    return MDOC_DPOP_MALFORMED;
  return MDOC_DPOP_OK;
}

static MdocDpopResult
check_signature (const Proof *self)
{
  g_autoptr (GError) error = NULL;
  gboolean is_valid;

  if (!mdoc_jws_verify (mdoc_jwt_get_jws (self->jwt),
                        self->key,
                        &is_valid,
                        &error))
    return MDOC_DPOP_ALGORITHM;
  return is_valid ? MDOC_DPOP_OK : MDOC_DPOP_SIGNATURE;
}

static gboolean
is_same_uri (const char *a, const char *b)
{
  g_autofree char *first = mdoc_uri_normalise (a);
  g_autofree char *second = mdoc_uri_normalise (b);

  return first != NULL && second != NULL && strcmp (first, second) == 0;
}

static MdocDpopResult
check_token (const Proof *self, const MdocDpopExpectation *expected)
{
  if (expected->access_token != NULL)
    {
      g_autofree char *ath = mdoc_jose_dup_digest (
          mdoc_span_from_text (expected->access_token));

      if (self->ath == NULL
          || !mdoc_secret_equal (mdoc_span_from_text (ath),
                                 mdoc_span_from_text (self->ath)))
        return MDOC_DPOP_TOKEN;
    }
  if (expected->thumbprint != NULL
      && strcmp (expected->thumbprint, self->thumbprint) != 0)
    return MDOC_DPOP_KEY;
  return MDOC_DPOP_OK;
}

static MdocDpopResult
check_replay (const Proof *self, const MdocDpopExpectation *expected)
{
  const MdocSpan parts[] = { mdoc_span_from_text (self->thumbprint),
                             mdoc_span_from_text (self->jti) };
  MdocReplayResult result;

  if (expected->replay == NULL)
    return MDOC_DPOP_OK;

  /* up to here it would still pass as to its time */
  result = mdoc_replay_check (expected->replay,
                              parts,
                              G_N_ELEMENTS (parts),
                              expected->now_unix_s,
                              self->iat + expected->max_age_s + 1);
  if (result == MDOC_REPLAY_FULL)
    return MDOC_DPOP_BUSY;
  return result == MDOC_REPLAY_FRESH ? MDOC_DPOP_OK : MDOC_DPOP_REPLAYED;
}

static MdocDpopResult
check_claims (const Proof *self, const MdocDpopExpectation *expected)
{
  /* methods have a case (RFC 9110, 9.1) */
  if (strcmp (self->htm, expected->method) != 0)
    return MDOC_DPOP_METHOD;
  if (!is_same_uri (self->htu, expected->uri))
    return MDOC_DPOP_URI;
  /* times are within the years 1 to 9999, so no difference overflows */
  if (self->iat < expected->now_unix_s - expected->max_age_s
      || self->iat > expected->now_unix_s + expected->max_ahead_s)
    return MDOC_DPOP_TIME;
  if (expected->is_nonce_current != NULL
      && (self->nonce == NULL
          || !expected->is_nonce_current (self->nonce, expected->nonce_data)))
    return MDOC_DPOP_NONCE;
  return check_token (self, expected);
}

/**
 * mdoc_dpop_check:
 * @proof: the content of a DPoP header; that there was one alone is for the
 *   caller to see
 * @expected: what it has to be for
 * @ret_thumbprint: (out) (optional): gets the thumbprint of its key if it is
 *   fine, to bind a token to
 *
 * All of RFC 9449, section 4.3. A proof is remembered only if everything else
 * about it is right, so nobody can fill the memory without a key. `exp` and
 * `nbf`, which some makers add, are not looked at.
 *
 * Returns: %MDOC_DPOP_OK, or the first thing that does not hold
 */
MdocDpopResult
mdoc_dpop_check (const char *proof,
                 const MdocDpopExpectation *expected,
                 char **ret_thumbprint)
{
  g_auto (Proof) parsed = { 0 };
  MdocDpopResult result;

  result = proof_parse (&parsed, proof);
  if (result == MDOC_DPOP_OK)
    result = check_signature (&parsed);
  if (result == MDOC_DPOP_OK)
    result = check_claims (&parsed, expected);
  if (result == MDOC_DPOP_OK)
    result = check_replay (&parsed, expected);

  if (result == MDOC_DPOP_OK && ret_thumbprint != NULL)
    *ret_thumbprint = g_steal_pointer (&parsed.thumbprint);
  return result;
}
