/*
 * test-wallet-attestation.c - who vouches for a wallet, and that it is there
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-jwk.h"
#include "openid/mdoc-wallet-attestation.h"
#include "tests/lib/mdoc-test-vectors.h"

#define NOW         G_GINT64_CONSTANT (1700000000)
#define SERVER      "https://as.example"
#define TEXT(text_) ((char *) (gsize) (text_))

static gboolean
is_c1 (const char *challenge, gpointer data)
{
  return strcmp (challenge, "c1") == 0;
}

/* The attestation that OpenID4VCI 1.0 prints. */
static void
test_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file,
                                                     "wallet_attestation");
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = FALSE;

  attestation
      = mdoc_wallet_attestation_parse (json_object_get_string_member (entry,
                                                                      "jwt"),
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (attestation->chain->len, ==, 1);
  g_assert_true (mdoc_jws_verify (attestation->jws,
                                  mdoc_certificate_get_public_key (
                                      attestation->chain->pdata[0]),
                                  &is_valid,
                                  NULL));
  g_assert_true (is_valid);
  g_assert_cmpstr (attestation->issuer,
                   ==,
                   "https://wallet-provider.example.com");
  g_assert_cmpstr (attestation->client_id, ==, "https://wallet.example.com");
  g_assert_true (g_str_has_prefix (attestation->wallet_name, "Wallet"));
  g_assert_nonnull (attestation->wallet_link);
  g_assert_cmpint (attestation->nbf_unix_s, ==, 1755023547);
  g_assert_true (
      mdoc_wallet_attestation_is_current (attestation, 1755023547, 0));
  g_assert_false (
      mdoc_wallet_attestation_is_current (attestation, 1755023546, 0));
  g_assert_true (
      mdoc_wallet_attestation_is_current (attestation, 1755102744, 0));
  g_assert_false (
      mdoc_wallet_attestation_is_current (attestation, 1755102745, 0));
}

static MdocWalletAttestation *
make (MdocKey *provider, MdocKey *instance)
{
  MdocWalletAttestation made = { .issuer = TEXT ("https://p.example"),
                                 .client_id = TEXT ("wallet"),
                                 .iat_unix_s = NOW,
                                 .exp_unix_s = NOW + 3600,
                                 .key = mdoc_key_get_public (instance),
                                 .wallet_name = TEXT ("W") };
  g_autofree char *jwt = NULL;
  g_autoptr (GError) error = NULL;
  MdocWalletAttestation *attestation;

  jwt = mdoc_wallet_attestation_sign (&made, provider, NULL, "p", &error);
  g_assert_no_error (error);
  attestation = mdoc_wallet_attestation_parse (jwt, &error);
  g_assert_no_error (error);
  return attestation;
}

static void
test_round_trip (void)
{
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) instance = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  gboolean is_valid = FALSE;

  attestation = make (provider, instance);
  g_assert_true (mdoc_jws_verify (attestation->jws,
                                  mdoc_key_get_public (provider),
                                  &is_valid,
                                  NULL));
  g_assert_true (is_valid);
  g_assert_cmpstr (mdoc_jws_get_kid (attestation->jws), ==, "p");
  g_assert_cmpstr (attestation->client_id, ==, "wallet");
  g_assert_cmpstr (attestation->wallet_name, ==, "W");
  g_assert_null (attestation->wallet_link);
  g_assert_true (
      mdoc_public_key_equal (attestation->key, mdoc_key_get_public (instance)));
  g_assert_true (mdoc_wallet_attestation_is_current (attestation, NOW - 9, 9));
  g_assert_false (
      mdoc_wallet_attestation_is_current (attestation, NOW - 10, 9));
  mdoc_wallet_attestation_free (NULL);
}

#define CNF                                                                    \
  "\"cnf\":{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\","                        \
  "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","                     \
  "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"}}"

static void
test_forms (void)
{
  static const struct
  {
    const char *typ;
    const char *claims;
    gboolean is_good;
  } cases[] = {
    { MDOC_WALLET_ATTESTATION_TYPE, "{\"sub\":\"w\",\"exp\":9," CNF "}", TRUE },
    { "JWT", "{\"sub\":\"w\",\"exp\":9," CNF "}", FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE, "{\"exp\":9," CNF "}", FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE, "{\"sub\":\"w\"," CNF "}", FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE, "{\"sub\":\"w\",\"exp\":9}", FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"cnf\":{}}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"cnf\":{\"jwk\":{\"kty\":\"oct\"}}}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"iss\":1," CNF "}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"iat\":\"1\"," CNF "}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"nbf\":\"1\"," CNF "}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"wallet_name\":1," CNF "}",
      FALSE },
    { MDOC_WALLET_ATTESTATION_TYPE,
      "{\"sub\":\"w\",\"exp\":9,\"wallet_link\":1," CNF "}",
      FALSE },
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autoptr (MdocWalletAttestation) attestation = NULL;
      g_autofree char *jwt = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].claims);
      header = mdoc_jws_header_new (cases[i].typ, NULL, NULL, NULL);
      jwt = mdoc_jws_sign (header,
                           mdoc_span_from_text (cases[i].claims),
                           key,
                           NULL);
      attestation = mdoc_wallet_attestation_parse (jwt, &error);
      g_assert_true ((attestation == NULL) == (error != NULL));
      g_assert_true ((attestation != NULL) == cases[i].is_good);
    }
}

static void
assert_pop (const char *pop,
            const MdocWalletAttestation *attestation,
            const MdocWalletPopExpectation *expected,
            MdocWalletPopResult result)
{
  g_assert_cmpstr (mdoc_wallet_pop_result_get_name (
                       mdoc_wallet_pop_check (pop, attestation, expected)),
                   ==,
                   mdoc_wallet_pop_result_get_name (result));
}

static MdocWalletPopExpectation
expectation (void)
{
  return (MdocWalletPopExpectation){ .server = SERVER,
                                     .now_unix_s = NOW,
                                     .max_age_s = 60,
                                     .max_ahead_s = 10 };
}

static void
test_pop (void)
{
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) instance = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (MdocWalletAttestation) attestation = make (provider, instance);
  g_autoptr (MdocReplay) replay = mdoc_replay_new (10);
  MdocWalletPopExpectation expected = expectation ();
  g_autofree char *bare = NULL;
  g_autofree char *full = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *forged = NULL;
  g_autofree char *confused = NULL;
  g_autofree char *old = NULL;

  old = mdoc_wallet_pop_make (instance, "wallet", SERVER, NOW, "c0", NULL);
  bare = mdoc_wallet_pop_make (instance, "wallet", SERVER, NOW, NULL, NULL);
  full = mdoc_wallet_pop_make (instance, "wallet", SERVER, NOW, "c1", NULL);
  foreign = mdoc_wallet_pop_make (instance, "other", SERVER, NOW, NULL, NULL);
  forged = mdoc_wallet_pop_make (provider, "wallet", SERVER, NOW, NULL, NULL);
  confused = mdoc_wallet_pop_make (other, "wallet", SERVER, NOW, NULL, NULL);

  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_OK);
  assert_pop (foreign, attestation, &expected, MDOC_WALLET_POP_CLIENT);
  assert_pop (forged, attestation, &expected, MDOC_WALLET_POP_SIGNATURE);
  assert_pop (confused, attestation, &expected, MDOC_WALLET_POP_SIGNATURE);
  assert_pop ("", attestation, &expected, MDOC_WALLET_POP_MALFORMED);
  expected.server = SERVER "/";
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_AUDIENCE);

  expected = expectation ();
  expected.is_challenge_current = is_c1;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_NO_CHALLENGE);
  assert_pop (full, attestation, &expected, MDOC_WALLET_POP_OK);
  assert_pop (old, attestation, &expected, MDOC_WALLET_POP_NO_CHALLENGE);

  expected = expectation ();
  expected.now_unix_s = NOW + 60;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_OK);
  expected.now_unix_s = NOW + 61;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_TIME);
  expected.now_unix_s = NOW - 10;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_OK);
  expected.now_unix_s = NOW - 11;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_TIME);

  expected = expectation ();
  expected.replay = replay;
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_OK);
  assert_pop (bare, attestation, &expected, MDOC_WALLET_POP_REPLAYED);
  assert_pop (full, attestation, &expected, MDOC_WALLET_POP_OK);
}

/* Newer drafts leave `iss` out; what is required is not. */
static void
test_pop_forms (void)
{
  static const struct
  {
    const char *claims;
    MdocWalletPopResult result;
  } cases[] = {
    { "{\"aud\":\"" SERVER "\",\"jti\":\"j\",\"iat\":1700000000}",
      MDOC_WALLET_POP_OK },
    { "{\"aud\":\"" SERVER "\",\"iat\":1700000000}",
      MDOC_WALLET_POP_MALFORMED },
    { "{\"jti\":\"j\",\"iat\":1700000000}", MDOC_WALLET_POP_MALFORMED },
    { "{\"aud\":\"" SERVER "\",\"jti\":\"j\"}", MDOC_WALLET_POP_MALFORMED },
    { "{\"aud\":[\"" SERVER "\"],\"jti\":\"j\",\"iat\":1700000000}",
      MDOC_WALLET_POP_MALFORMED },
    { "{\"aud\":\"" SERVER "\",\"jti\":\"j\",\"iat\":1700000000,"
      "\"challenge\":1}",
      MDOC_WALLET_POP_MALFORMED },
    { "{\"aud\":\"" SERVER "\",\"jti\":\"j\",\"iat\":1700000000,\"iss\":1}",
      MDOC_WALLET_POP_MALFORMED },
  };
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) instance = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocWalletAttestation) attestation = make (provider, instance);
  MdocWalletPopExpectation expected = expectation ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *pop = NULL;

      header = mdoc_jws_header_new (MDOC_WALLET_POP_TYPE, NULL, NULL, NULL);
      pop = mdoc_jws_sign (header,
                           mdoc_span_from_text (cases[i].claims),
                           instance,
                           NULL);
      assert_pop (pop, attestation, &expected, cases[i].result);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wallet-attestation/published", test_published);
  g_test_add_func ("/wallet-attestation/round-trip", test_round_trip);
  g_test_add_func ("/wallet-attestation/forms", test_forms);
  g_test_add_func ("/wallet-attestation/pop", test_pop);
  g_test_add_func ("/wallet-attestation/pop-forms", test_pop_forms);

  return g_test_run ();
}
