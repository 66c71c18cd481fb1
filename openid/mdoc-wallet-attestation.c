/*
 * mdoc-wallet-attestation.c - who vouches for a wallet, and that it is there
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-wallet-attestation.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-jwk.h"

/* how long a proof of ours holds, for servers of drafts that ask for `exp` */
#define POP_LIFETIME_S 300

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_WALLET_ATTESTATION_MAX_BYTES,
  .max_depth = 12,
  .max_values = 1024
};

void
mdoc_wallet_attestation_free (MdocWalletAttestation *self)
{
  if (self == NULL)
    return;

  g_free (self->issuer);
  g_free (self->client_id);
  mdoc_public_key_unref (self->key);
  g_free (self->wallet_name);
  g_free (self->wallet_link);
  mdoc_jws_unref (self->jws);
  g_clear_pointer (&self->chain, g_ptr_array_unref);
  g_free (self);
}

static gboolean
find_dup (JsonObject *object, const char *member, char **ret, GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object,
                            member,
                            MDOC_WALLET_ATTESTATION_MAX_TEXT_LEN,
                            &text,
                            error))
    return FALSE;
  *ret = g_strdup (text);
  return TRUE;
}

/*   cnf: { jwk } (RFC 7800, 3.2) */
static gboolean
read_key (MdocWalletAttestation *self, JsonObject *claims, GError **error)
{
  JsonObject *cnf = mdoc_json_get_object (claims, "cnf", error);
  JsonObject *object = cnf != NULL ? mdoc_json_get_object (cnf, "jwk", error)
                                   : NULL;
  g_autoptr (MdocJwk) jwk = NULL;

  jwk = object != NULL ? mdoc_jwk_parse (object, "cnf", error) : NULL;
  if (jwk == NULL)
    return FALSE;
  self->key = mdoc_public_key_ref (mdoc_jwk_get_key (jwk));
  return TRUE;
}

static gboolean
read_claims (MdocWalletAttestation *self, JsonObject *claims, GError **error)
{
  const char *sub = mdoc_json_get_text (claims,
                                        "sub",
                                        MDOC_WALLET_ATTESTATION_MAX_TEXT_LEN,
                                        error);

  if (sub == NULL)
    return FALSE;
  self->client_id = g_strdup (sub);
  return mdoc_json_get_time (claims, "exp", &self->exp_unix_s, error)
         && mdoc_json_find_time (claims, "iat", 0, &self->iat_unix_s, error)
         && mdoc_json_find_time (claims, "nbf", 0, &self->nbf_unix_s, error)
         && find_dup (claims, "iss", &self->issuer, error)
         && find_dup (claims, "wallet_name", &self->wallet_name, error)
         && find_dup (claims, "wallet_link", &self->wallet_link, error)
         && read_key (self, claims, error);
}

/**
 * mdoc_wallet_attestation_parse:
 * @compact: the content of the header OAuth-Client-Attestation
 * @error: return location for a #MdocJoseError, #MdocJsonError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full): the attestation, or %NULL with @error set
 */
MdocWalletAttestation *
mdoc_wallet_attestation_parse (const char *compact, GError **error)
{
  g_autoptr (MdocWalletAttestation) self = g_new0 (MdocWalletAttestation, 1);
  g_autoptr (MdocJwt) jwt = NULL;

  jwt = mdoc_jwt_parse (compact, MDOC_WALLET_ATTESTATION_TYPE, &limits, error);
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
set_time (JsonObject *object, const char *member, gint64 unix_s)
{
  if (unix_s != 0)
    json_object_set_int_member (object, member, unix_s);
}

char *
mdoc_wallet_attestation_sign (const MdocWalletAttestation *self,
                              MdocKey *key,
                              GPtrArray *chain,
                              const char *kid,
                              GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = json_object_new ();
  JsonObject *cnf = json_object_new ();

  set_text (claims, "iss", self->issuer);
  set_text (claims, "sub", self->client_id);
  set_time (claims, "iat", self->iat_unix_s);
  set_time (claims, "nbf", self->nbf_unix_s);
  set_time (claims, "exp", self->exp_unix_s);
  set_text (claims, "wallet_name", self->wallet_name);
  set_text (claims, "wallet_link", self->wallet_link);
  json_object_set_object_member (cnf, "jwk", mdoc_jwk_write_key (self->key));
  json_object_set_object_member (claims, "cnf", cnf);
  header = mdoc_jws_header_new (MDOC_WALLET_ATTESTATION_TYPE, kid, NULL, chain);
  return mdoc_jwt_sign (header, claims, key, error);
}

gboolean
mdoc_wallet_attestation_is_current (const MdocWalletAttestation *self,
                                    gint64 now_unix_s,
                                    gint64 max_ahead_s)
{
  return self->exp_unix_s > now_unix_s
         && self->iat_unix_s <= now_unix_s + max_ahead_s
         && self->nbf_unix_s <= now_unix_s + max_ahead_s;
}

/**
 * mdoc_wallet_pop_result_get_name:
 * @result: a result
 *
 * Returns: (transfer none): its name, for logs
 */
const char *
mdoc_wallet_pop_result_get_name (MdocWalletPopResult result)
{
  static const char *const names[] = {
    "ok",       "malformed", "signature",    "client",
    "audience", "time",      "no-challenge", "replayed",
  };

  return names[result];
}

/**
 * mdoc_wallet_pop_make:
 * @key: the attested key
 * @client_id: the `sub` of the attestation
 * @server: the authorization server's identifier
 * @now_unix_s: the time
 * @challenge: (nullable): the server's, if it gives one
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Drafts disagree on what has to be in it: this has what any of them asks for.
 *
 * Returns: (transfer full): the content of the header
 *   OAuth-Client-Attestation-PoP, or %NULL with @error set
 */
char *
mdoc_wallet_pop_make (MdocKey *key,
                      const char *client_id,
                      const char *server,
                      gint64 now_unix_s,
                      const char *challenge,
                      GError **error)
{
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = json_object_new ();
  g_autofree char *jti = NULL;
  guint8 random[16];

  mdoc_random_fill (random, sizeof (random));
  jti = mdoc_base64url_encode (MDOC_SPAN (random, sizeof (random)));
  set_text (claims, "iss", client_id);
  set_text (claims, "aud", server);
  set_text (claims, "jti", jti);
  set_time (claims, "iat", now_unix_s);
  set_time (claims, "nbf", now_unix_s);
  set_time (claims, "exp", now_unix_s + POP_LIFETIME_S);
  set_text (claims, "challenge", challenge);
  header = mdoc_jws_header_new (MDOC_WALLET_POP_TYPE, NULL, NULL, NULL);
  return mdoc_jwt_sign (header, claims, key, error);
}

typedef struct
{
  const char *aud;
  const char *jti;
  const char *iss;       /* nullable */
  const char *challenge; /* nullable */
  gint64 iat;
} Pop;

static gboolean
read_pop (Pop *pop, JsonObject *claims)
{
  const gsize max = MDOC_WALLET_ATTESTATION_MAX_TEXT_LEN;

  pop->aud = mdoc_json_get_text (claims, "aud", max, NULL);
  pop->jti = mdoc_json_get_text (claims, "jti", max, NULL);
  return pop->aud != NULL && pop->jti != NULL
         && mdoc_json_get_time (claims, "iat", &pop->iat, NULL)
         && mdoc_json_find_text (claims, "iss", max, &pop->iss, NULL)
         && mdoc_json_find_text (claims,
                                 "challenge",
                                 max,
                                 &pop->challenge,
                                 NULL);
}

static MdocWalletPopResult
check_pop (const Pop *pop,
           const MdocWalletAttestation *attestation,
           const MdocWalletPopExpectation *expected)
{
  const MdocSpan parts[] = { mdoc_span_from_text (attestation->client_id),
                             mdoc_span_from_text (pop->jti) };

  if (pop->iss != NULL && strcmp (pop->iss, attestation->client_id) != 0)
    return MDOC_WALLET_POP_CLIENT;
  if (strcmp (pop->aud, expected->server) != 0)
    return MDOC_WALLET_POP_AUDIENCE;
  if (pop->iat < expected->now_unix_s - expected->max_age_s
      || pop->iat > expected->now_unix_s + expected->max_ahead_s)
    return MDOC_WALLET_POP_TIME;
  if (expected->is_challenge_current != NULL
      && (pop->challenge == NULL
          || !expected->is_challenge_current (pop->challenge,
                                              expected->challenge_data)))
    return MDOC_WALLET_POP_NO_CHALLENGE;
  if (expected->replay != NULL
      && mdoc_replay_check (expected->replay,
                            parts,
                            G_N_ELEMENTS (parts),
                            expected->now_unix_s,
                            pop->iat + expected->max_age_s + 1)
             != MDOC_REPLAY_FRESH)
    return MDOC_WALLET_POP_REPLAYED;
  return MDOC_WALLET_POP_OK;
}

/**
 * mdoc_wallet_pop_check:
 * @pop: the content of the header OAuth-Client-Attestation-PoP
 * @attestation: what came with it, and is verified
 * @expected: what it has to be for
 *
 * Newer drafts have no `iss` in it, so one that is missing is no fault, but one
 * of another wallet is.
 *
 * Returns: %MDOC_WALLET_POP_OK, or the first thing that does not hold
 */
MdocWalletPopResult
mdoc_wallet_pop_check (const char *pop,
                       const MdocWalletAttestation *attestation,
                       const MdocWalletPopExpectation *expected)
{
  g_autoptr (MdocJwt) jwt = NULL;
  gboolean is_valid = FALSE;
  Pop parsed = { 0 };

  jwt = mdoc_jwt_parse (pop, MDOC_WALLET_POP_TYPE, &limits, NULL);
  if (jwt == NULL || !read_pop (&parsed, mdoc_jwt_get_claims (jwt)))
    return MDOC_WALLET_POP_MALFORMED;
  if (!mdoc_jws_verify (mdoc_jwt_get_jws (jwt),
                        attestation->key,
                        &is_valid,
                        NULL)
      || !is_valid)
    return MDOC_WALLET_POP_SIGNATURE;
  return check_pop (&parsed, attestation, expected);
}
