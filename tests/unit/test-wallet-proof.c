/*
 * test-wallet-proof.c - which instance of a wallet calls the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-wallet-proof.h"

#define NOW  G_GINT64_CONSTANT (1700000000)
#define URI  "https://h.example/wallet/v1/sync"
#define BODY "{\"cursor\":0}"

static gboolean
is_n1 (const char *nonce, gpointer data)
{
  return strcmp (nonce, "n1") == 0;
}

static MdocWalletProofExpectation
expectation (void)
{
  return (MdocWalletProofExpectation){ .method = "POST",
                                       .uri = URI,
                                       .body = mdoc_span_from_text (BODY),
                                       .now_unix_s = NOW,
                                       .max_age_s = 300,
                                       .max_ahead_s = 60,
                                       .is_nonce_current = is_n1 };
}

static void
assert_result (const char *proof,
               const MdocWalletProofExpectation *expected,
               MdocWalletProofResult result)
{
  g_auto (MdocWalletProof) ret = { 0 };

  g_assert_cmpstr (mdoc_wallet_proof_result_get_name (
                       mdoc_wallet_proof_check (proof, expected, &ret)),
                   ==,
                   mdoc_wallet_proof_result_get_name (result));
  g_assert_true ((ret.thumbprint != NULL) == (result == MDOC_WALLET_PROOF_OK));
}

static char *
make (MdocKey *key, gint64 now_unix_s, const char *nonce)
{
  char *proof = mdoc_wallet_proof_make (key,
                                        "POST",
                                        URI "?x=1#y",
                                        mdoc_span_from_text (BODY),
                                        now_unix_s,
                                        nonce,
                                        NULL);

  g_assert_nonnull (proof);
  return proof;
}

static void
test_holds (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *thumbprint = mdoc_jwk_dup_thumbprint (
      mdoc_key_get_public (key));
  g_autofree char *proof = make (key, NOW, "n1");
  g_auto (MdocWalletProof) ret = { 0 };
  MdocWalletProofExpectation expected = expectation ();

  g_assert_cmpint (mdoc_wallet_proof_check (proof, &expected, &ret),
                   ==,
                   MDOC_WALLET_PROOF_OK);
  g_assert_cmpstr (ret.thumbprint, ==, thumbprint);
  g_assert_cmpstr (ret.nonce, ==, "n1");
}

static void
test_for_another_request (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *proof = make (key, NOW, "n1");
  MdocWalletProofExpectation expected = expectation ();

  expected.method = "GET";
  assert_result (proof, &expected, MDOC_WALLET_PROOF_METHOD);
  expected = expectation ();
  expected.uri = "https://other.example/wallet/v1/sync";
  assert_result (proof, &expected, MDOC_WALLET_PROOF_URI);
  expected = expectation ();
  expected.body = mdoc_span_from_text (BODY " ");
  assert_result (proof, &expected, MDOC_WALLET_PROOF_BODY);
}

static void
test_time (void)
{
  static const struct
  {
    gint64 iat;
    MdocWalletProofResult result;
  } rows[] = {
    { NOW - 301, MDOC_WALLET_PROOF_TIME },
    { NOW - 300, MDOC_WALLET_PROOF_OK },
    { NOW + 60, MDOC_WALLET_PROOF_OK },
    { NOW + 61, MDOC_WALLET_PROOF_TIME },
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  const MdocWalletProofExpectation expected = expectation ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *proof = make (key, rows[i].iat, "n1");

      assert_result (proof, &expected, rows[i].result);
    }
}

static void
test_nonce (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *without = make (key, NOW, NULL);
  g_autofree char *other = make (key, NOW, "n2");
  MdocWalletProofExpectation expected = expectation ();

  assert_result (without, &expected, MDOC_WALLET_PROOF_NONCE);
  assert_result (other, &expected, MDOC_WALLET_PROOF_NONCE);
  g_assert_cmpstr (mdoc_wallet_proof_result_get_error (MDOC_WALLET_PROOF_NONCE),
                   ==,
                   "use_nonce");
  expected.is_nonce_current = NULL;
  assert_result (without, &expected, MDOC_WALLET_PROOF_OK);
}

static void
test_replay (void)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (1);
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *first = make (key, NOW, "n1");
  g_autofree char *second = make (key, NOW, "n1");
  MdocWalletProofExpectation expected = expectation ();

  expected.replay = replay;
  assert_result (first, &expected, MDOC_WALLET_PROOF_OK);
  assert_result (first, &expected, MDOC_WALLET_PROOF_REPLAYED);
  assert_result (second, &expected, MDOC_WALLET_PROOF_BUSY);
}

/* A proof with the claim @skip left out or, if there is @instead, with that in
 * its place, of @typ, signed by @key but naming @named. */
static char *
forge_with (MdocKey *key,
            MdocPublicKey *named,
            const char *typ,
            const char *skip,
            const char *instead)
{
  g_autoptr (JsonObject) header = mdoc_jws_header_new (typ, NULL, named, NULL);
  g_autofree char *good = make (key, NOW, "n1");
  const MdocJsonLimits limits = { .max_bytes = 8192,
                                  .max_depth = 4,
                                  .max_values = 64 };
  g_autoptr (MdocJwt) jwt = mdoc_jwt_parse (good,
                                            MDOC_WALLET_PROOF_TYPE,
                                            &limits,
                                            NULL);
  JsonObject *claims = mdoc_jwt_get_claims (jwt);
  char *forged;

  if (instead != NULL)
    json_object_set_member (claims, skip, json_from_string (instead, NULL));
  else if (skip != NULL)
    json_object_remove_member (claims, skip);
  forged = mdoc_jwt_sign (header, claims, key, NULL);
  g_assert_nonnull (forged);
  return forged;
}

static char *
forge (MdocKey *key, MdocPublicKey *named, const char *typ, const char *skip)
{
  return forge_with (key, named, typ, skip, NULL);
}

/* claims that are there, and nothing that they could be */
static void
test_nonsense (void)
{
  static const struct
  {
    const char *claim;
    const char *json;
    MdocWalletProofResult result;
  } rows[] = {
    { "nonce", "7", MDOC_WALLET_PROOF_MALFORMED },
    { "nonce", "null", MDOC_WALLET_PROOF_NONCE },
    { "iat", "\"now\"", MDOC_WALLET_PROOF_MALFORMED },
    { "htu", "\"nowhere\"", MDOC_WALLET_PROOF_URI },
    { "bdh", "\"x\"", MDOC_WALLET_PROOF_BODY },
    { "htm", "\"post\"", MDOC_WALLET_PROOF_METHOD },
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocWalletProofExpectation expected = expectation ();
  g_autofree char *good = make (key, NOW, "n1");
  g_autofree char *nowhere = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *proof = forge_with (key,
                                           mdoc_key_get_public (key),
                                           MDOC_WALLET_PROOF_TYPE,
                                           rows[i].claim,
                                           rows[i].json);

      g_test_message ("%s %s", rows[i].claim, rows[i].json);
      assert_result (proof, &expected, rows[i].result);
    }

  /* two that are none are not the same */
  nowhere = forge_with (key,
                        mdoc_key_get_public (key),
                        MDOC_WALLET_PROOF_TYPE,
                        "htu",
                        "\"nowhere\"");
  expected.uri = "nowhere";
  assert_result (good, &expected, MDOC_WALLET_PROOF_URI);
  assert_result (nowhere, &expected, MDOC_WALLET_PROOF_URI);
}

static void
test_errors (void)
{
  static const struct
  {
    MdocWalletProofResult result;
    const char *error;
  } rows[] = {
    { MDOC_WALLET_PROOF_OK, NULL },
    { MDOC_WALLET_PROOF_NONCE, "use_nonce" },
    { MDOC_WALLET_PROOF_BUSY, "temporarily_unavailable" },
    { MDOC_WALLET_PROOF_REPLAYED, "invalid_wallet_proof" },
    { MDOC_WALLET_PROOF_SIGNATURE, "invalid_wallet_proof" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (mdoc_wallet_proof_result_get_error (rows[i].result),
                     ==,
                     rows[i].error);
}

static void
test_malformed (void)
{
  static const char *const claims[] = { "jti", "htm", "htu", "bdh", "iat" };
  const MdocWalletProofExpectation expected = expectation ();
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocPublicKey *public_key = mdoc_key_get_public (key);
  g_autofree char *dpop = forge (key, public_key, "dpop+jwt", NULL);
  g_autofree char *keyless = forge (key, NULL, MDOC_WALLET_PROOF_TYPE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    {
      g_autofree char *proof = forge (key,
                                      public_key,
                                      MDOC_WALLET_PROOF_TYPE,
                                      claims[i]);

      assert_result (proof, &expected, MDOC_WALLET_PROOF_MALFORMED);
    }
  assert_result ("", &expected, MDOC_WALLET_PROOF_MALFORMED);
  assert_result ("a.b.c", &expected, MDOC_WALLET_PROOF_MALFORMED);
  assert_result (dpop, &expected, MDOC_WALLET_PROOF_MALFORMED);
  assert_result (keyless, &expected, MDOC_WALLET_PROOF_MALFORMED);
}

static void
test_signature (void)
{
  const MdocWalletProofExpectation expected = expectation ();
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) long_key = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autofree char *foreign = forge (key,
                                    mdoc_key_get_public (other),
                                    MDOC_WALLET_PROOF_TYPE,
                                    NULL);
  g_autofree char *es384 = make (long_key, NOW, "n1");
  g_autofree char *mixed = forge (key,
                                  mdoc_key_get_public (long_key),
                                  MDOC_WALLET_PROOF_TYPE,
                                  NULL);

  assert_result (mixed, &expected, MDOC_WALLET_PROOF_ALGORITHM);
  assert_result (foreign, &expected, MDOC_WALLET_PROOF_SIGNATURE);
  assert_result (es384, &expected, MDOC_WALLET_PROOF_ALGORITHM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wallet-proof/holds", test_holds);
  g_test_add_func ("/wallet-proof/for-another-request",
                   test_for_another_request);
  g_test_add_func ("/wallet-proof/time", test_time);
  g_test_add_func ("/wallet-proof/nonce", test_nonce);
  g_test_add_func ("/wallet-proof/replay", test_replay);
  g_test_add_func ("/wallet-proof/malformed", test_malformed);
  g_test_add_func ("/wallet-proof/nonsense", test_nonsense);
  g_test_add_func ("/wallet-proof/errors", test_errors);
  g_test_add_func ("/wallet-proof/signature", test_signature);

  return g_test_run ();
}
