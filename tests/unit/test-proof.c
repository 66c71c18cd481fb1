/*
 * test-proof.c - proofs that a wallet has the key, and who vouches for it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-proof.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"

#define NOW    G_GINT64_CONSTANT (1700000000)
#define ISSUER "https://i.example"

static gboolean
is_n1 (const char *nonce, gpointer data)
{
  return strcmp (nonce, "n1") == 0;
}

static MdocProofExpectation
expectation (void)
{
  return (MdocProofExpectation){ .issuer = ISSUER,
                                 .now_unix_s = NOW,
                                 .max_age_s = 300,
                                 .max_ahead_s = 30 };
}

static void
assert_result (const char *proof,
               const MdocProofExpectation *expected,
               MdocProofResult result)
{
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;

  g_assert_cmpstr (mdoc_proof_result_get_name (
                       mdoc_proof_check (proof, expected, &key, &attestation)),
                   ==,
                   mdoc_proof_result_get_name (result));
  g_assert_true ((key != NULL) == (result == MDOC_PROOF_OK));
}

static gboolean
is_published_nonce (const char *nonce, gpointer data)
{
  return strcmp (nonce, "LarRGSbmUPYtRYO6BQ4yn8") == 0;
}

/* The proof that OpenID4VCI 1.0 prints. */
static void
test_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, "proof_jwt");
  const char *proof = json_object_get_string_member (entry, "jwt");
  MdocProofExpectation expected = expectation ();

  expected.issuer = "https://credential-issuer.example.com";
  expected.now_unix_s = 1701960444;
  expected.is_nonce_current = is_published_nonce;
  assert_result (proof, &expected, MDOC_PROOF_OK);
  expected.is_nonce_current = is_n1;
  assert_result (proof, &expected, MDOC_PROOF_NONCE);
}

static void
test_expectations (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_auto (GStrv) es384 = g_strsplit ("ES384", " ", -1);
  g_auto (GStrv) both = g_strsplit ("ES384 ES256", " ", -1);
  g_autofree char *bare = NULL;
  g_autofree char *full = NULL;
  MdocProofExpectation expected = expectation ();

  bare = mdoc_proof_make (key, ISSUER, NOW, NULL, NULL, NULL, NULL);
  full = mdoc_proof_make (key, ISSUER, NOW, "n1", "w", NULL, NULL);
  assert_result (bare, &expected, MDOC_PROOF_OK);
  assert_result (full, &expected, MDOC_PROOF_OK);

  expected.issuer = ISSUER "/";
  assert_result (bare, &expected, MDOC_PROOF_AUDIENCE);

  expected = expectation ();
  expected.is_nonce_current = is_n1;
  assert_result (bare, &expected, MDOC_PROOF_NO_NONCE);
  assert_result (full, &expected, MDOC_PROOF_OK);

  expected = expectation ();
  expected.client_id = "w";
  assert_result (bare, &expected, MDOC_PROOF_OK);
  assert_result (full, &expected, MDOC_PROOF_OK);
  expected.client_id = "v";
  assert_result (full, &expected, MDOC_PROOF_CLIENT);

  expected = expectation ();
  expected.algs = both;
  assert_result (bare, &expected, MDOC_PROOF_OK);
  expected.algs = es384;
  assert_result (bare, &expected, MDOC_PROOF_ALGORITHM);

  expected = expectation ();
  expected.now_unix_s = NOW + 300;
  assert_result (bare, &expected, MDOC_PROOF_OK);
  expected.now_unix_s = NOW + 301;
  assert_result (bare, &expected, MDOC_PROOF_TIME);
  expected.now_unix_s = NOW - 30;
  assert_result (bare, &expected, MDOC_PROOF_OK);
  expected.now_unix_s = NOW - 31;
  assert_result (bare, &expected, MDOC_PROOF_TIME);
}

static const struct
{
  const char *typ;
  const char *claims;
  MdocProofResult result;
} forms[] = {
  { MDOC_PROOF_TYPE,
    "{\"aud\":\"" ISSUER "\",\"iat\":1700000000}",
    MDOC_PROOF_OK },
  { MDOC_PROOF_TYPE,
    "{\"aud\":[\"" ISSUER "\"],\"iat\":1700000000}",
    MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE, "{\"aud\":\"" ISSUER "\"}", MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE, "{\"iat\":1700000000}", MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE,
    "{\"aud\":\"" ISSUER "\",\"iat\":\"1700000000\"}",
    MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE,
    "{\"aud\":\"" ISSUER "\",\"iat\":1700000000,\"nonce\":1}",
    MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE,
    "{\"aud\":\"" ISSUER "\",\"iat\":1700000000,\"iss\":1}",
    MDOC_PROOF_MALFORMED },
  { MDOC_PROOF_TYPE, "[]", MDOC_PROOF_MALFORMED },
  { "JWT",
    "{\"aud\":\"" ISSUER "\",\"iat\":1700000000}",
    MDOC_PROOF_MALFORMED },
};

static void
test_forms (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      MdocProofExpectation expected = expectation ();
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *proof = NULL;

      g_test_message ("%s", forms[i].claims);
      header = mdoc_jws_header_new (forms[i].typ,
                                    NULL,
                                    mdoc_key_get_public (key),
                                    NULL);
      proof = mdoc_jws_sign (header,
                             mdoc_span_from_text (forms[i].claims),
                             key,
                             NULL);
      assert_result (proof, &expected, forms[i].result);
    }
}

static char *
sign_with (JsonObject *header, MdocKey *key)
{
  return mdoc_jws_sign (header,
                        mdoc_span_from_text ("{\"aud\":\"" ISSUER
                                             "\",\"iat\":1700000000}"),
                        key,
                        NULL);
}

/* Which key: exactly one is named, and it is the one that signed. */
static void
test_keys (void)
{
  MdocTestCertificate what = { 0 };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocPublicKey *public_key = mdoc_key_get_public (key);
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  MdocProofExpectation expected = expectation ();

  certificate = mdoc_test_certificate_new (&what, key, NULL, key);
  chain = mdoc_test_certificates (certificate, NULL);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *proof = NULL;
      g_autofree char *wrong = NULL;
      guint n = (i & 1) + (i >> 1 & 1) + (i >> 2 & 1);
      /* a name alone is no key that anybody knows */
      MdocProofResult result = n == 1 && i != 1 ? MDOC_PROOF_OK
                                                : MDOC_PROOF_KEY;

      header = mdoc_jws_header_new (MDOC_PROOF_TYPE,
                                    i & 1 ? "k" : NULL,
                                    i & 2 ? public_key : NULL,
                                    i & 4 ? chain : NULL);
      proof = sign_with (header, key);
      assert_result (proof, &expected, result);
      wrong = sign_with (header, other);
      assert_result (wrong,
                     &expected,
                     result == MDOC_PROOF_OK ? MDOC_PROOF_SIGNATURE : result);
    }
}

/* What stands in the header is of the right kind, and a key of the right
 * curve. */
static void
test_wrong_members (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) p384 = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  MdocProofExpectation expected = expectation ();
  g_autoptr (JsonObject) first = NULL;
  g_autoptr (JsonObject) second = NULL;
  g_autoptr (JsonObject) third = NULL;
  g_autoptr (JsonObject) fourth = NULL;
  g_autofree char *attested = NULL;
  g_autofree char *chained = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *confused = NULL;

  first = mdoc_jws_header_new (MDOC_PROOF_TYPE,
                               NULL,
                               mdoc_key_get_public (key),
                               NULL);
  json_object_set_int_member (first, "key_attestation", 1);
  attested = sign_with (first, key);
  assert_result (attested, &expected, MDOC_PROOF_ATTESTATION);

  second = mdoc_jws_header_new (MDOC_PROOF_TYPE, NULL, NULL, NULL);
  json_object_set_int_member (second, "x5c", 1);
  chained = sign_with (second, key);
  assert_result (chained, &expected, MDOC_PROOF_KEY);

  third = mdoc_jws_header_new (MDOC_PROOF_TYPE, NULL, NULL, NULL);
  json_object_set_null_member (third, "x5c");
  empty = sign_with (third, key);
  assert_result (empty, &expected, MDOC_PROOF_KEY);

  fourth = mdoc_jws_header_new (MDOC_PROOF_TYPE,
                                NULL,
                                mdoc_key_get_public (p384),
                                NULL);
  confused = sign_with (fourth, key);
  assert_result (confused, &expected, MDOC_PROOF_ALGORITHM);
}

static void
test_no_algorithm (void)
{
  static const char header[] = "{\"alg\":\"none\",\"typ\":\"" MDOC_PROOF_TYPE
                               "\"}";
  MdocProofExpectation expected = expectation ();
  g_autofree char *part = mdoc_base64url_encode (mdoc_span_from_text (header));
  g_autofree char *proof = g_strconcat (part, ".e30.", NULL);

  assert_result (proof, &expected, MDOC_PROOF_ALGORITHM);
  assert_result ("", &expected, MDOC_PROOF_MALFORMED);
}

static MdocKeyAttestation *
attest (MdocKey **keys, guint n)
{
  MdocKeyAttestation *attestation = mdoc_key_attestation_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *kid = g_strdup_printf ("key-%u", i);

      g_ptr_array_add (attestation->keys,
                       mdoc_jwk_new (mdoc_key_get_public (keys[i]),
                                     kid,
                                     NULL,
                                     NULL));
    }
  attestation->iat_unix_s = NOW;
  attestation->exp_unix_s = NOW + 60;
  attestation->nonce = g_strdup ("n1");
  return attestation;
}

/* With an attestation: the key is in it, and may be named by it alone. */
static void
test_attested (void)
{
  static const struct
  {
    const char *kid; /* NULL: none */
    guint signer;
    MdocProofResult result;
  } cases[] = {
    { NULL, 0, MDOC_PROOF_OK },     { NULL, 1, MDOC_PROOF_SIGNATURE },
    { "0", 0, MDOC_PROOF_OK },      { "1", 1, MDOC_PROOF_OK },
    { "key-1", 1, MDOC_PROOF_OK },  { "1", 0, MDOC_PROOF_SIGNATURE },
    { "2", 0, MDOC_PROOF_KEY },     { "-1", 0, MDOC_PROOF_KEY },
    { "did:x", 0, MDOC_PROOF_KEY }, { "key-1", 2, MDOC_PROOF_SIGNATURE },
  };
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  MdocProofExpectation expected = expectation ();
  g_autofree char *jwt = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *outside = NULL;
  MdocKey *keys[3];

  for (guint i = 0; i < 3; i++)
    keys[i] = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  attestation = attest (keys, 2);
  jwt = mdoc_key_attestation_sign (attestation, provider, NULL, "p", NULL);

  inside = mdoc_proof_make (keys[1], ISSUER, NOW, NULL, NULL, jwt, NULL);
  assert_result (inside, &expected, MDOC_PROOF_OK);
  outside = mdoc_proof_make (keys[2], ISSUER, NOW, NULL, NULL, jwt, NULL);
  assert_result (outside, &expected, MDOC_PROOF_ATTESTED_KEY);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *proof = NULL;

      header = mdoc_jws_header_new (MDOC_PROOF_TYPE, cases[i].kid, NULL, NULL);
      json_object_set_string_member (header, "key_attestation", jwt);
      proof = sign_with (header, keys[cases[i].signer]);
      assert_result (proof, &expected, cases[i].result);
    }
  for (guint i = 0; i < 3; i++)
    mdoc_key_unref (keys[i]);
}

/* A batch: one proof, and an attestation of a thousand keys. */
static void
test_attested_batch (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (guint n = MDOC_KEY_ATTESTATION_MAX_KEYS;
       n <= MDOC_KEY_ATTESTATION_MAX_KEYS + 1;
       n++)
    {
      g_autoptr (MdocKeyAttestation) attestation = NULL;
      g_autoptr (MdocKeyAttestation) found = NULL;
      g_autoptr (MdocPublicKey) found_key = NULL;
      MdocProofExpectation expected = expectation ();
      g_autofree char *jwt = NULL;
      g_autofree char *proof = NULL;
      MdocProofResult result;

      attestation = mdoc_key_attestation_new ();
      attestation->iat_unix_s = NOW;
      for (guint i = 0; i < n; i++)
        g_ptr_array_add (attestation->keys,
                         mdoc_jwk_new (mdoc_key_get_public (key),
                                       NULL,
                                       NULL,
                                       NULL));
      jwt = mdoc_key_attestation_sign (attestation, key, NULL, NULL, NULL);
      proof = mdoc_proof_make (key, ISSUER, NOW, NULL, NULL, jwt, NULL);
      result = mdoc_proof_check (proof, &expected, &found_key, &found);
      if (n > MDOC_KEY_ATTESTATION_MAX_KEYS)
        {
          g_assert_cmpint (result, ==, MDOC_PROOF_ATTESTATION);
          continue;
        }
      g_assert_cmpint (result, ==, MDOC_PROOF_OK);
      g_assert_cmpuint (found->keys->len, ==, n);
    }
}

static void
test_codes (void)
{
  g_assert_cmpint (mdoc_proof_result_get_code (MDOC_PROOF_OK),
                   ==,
                   MDOC_PROTOCOL_UNKNOWN);
  for (int i = MDOC_PROOF_MALFORMED; i <= MDOC_PROOF_ATTESTED_KEY; i++)
    {
      MdocProofResult result = (MdocProofResult) i;

      g_assert_cmpint (mdoc_proof_result_get_code (result),
                       ==,
                       result == MDOC_PROOF_NONCE
                           ? MDOC_PROTOCOL_INVALID_NONCE
                           : MDOC_PROTOCOL_INVALID_PROOF);
      g_assert_nonnull (mdoc_proof_result_get_name (result));
    }
}

static void
test_key_attestation (void)
{
  MdocTestCertificate what = { 0 };
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MdocKeyAttestation) made = attest (&key, 1);
  g_autoptr (MdocKeyAttestation) again = NULL;
  MdocProofType asked = { .is_supported = TRUE };
  g_autofree char *jwt = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = FALSE;

  certificate = mdoc_test_certificate_new (&what, provider, NULL, provider);
  chain = mdoc_test_certificates (certificate, NULL);
  made->key_storage = g_strsplit ("iso_18045_high x", " ", -1);
  made->certification = g_strdup ("https://c.example");
  jwt = mdoc_key_attestation_sign (made, provider, chain, NULL, &error);
  g_assert_no_error (error);
  again = mdoc_key_attestation_parse (jwt, &error);
  g_assert_no_error (error);

  g_assert_true (
      mdoc_jws_verify (again->jws,
                       mdoc_certificate_get_public_key (again->chain->pdata[0]),
                       &is_valid,
                       NULL));
  g_assert_true (is_valid);
  g_assert_cmpstr (again->nonce, ==, "n1");
  g_assert_cmpstr (again->certification, ==, "https://c.example");
  g_assert_cmpstr (again->key_storage[1], ==, "x");
  g_assert_true (
      mdoc_key_attestation_has_key (again, mdoc_key_get_public (key)));
  g_assert_false (
      mdoc_key_attestation_has_key (again, mdoc_key_get_public (provider)));

  g_assert_true (mdoc_key_attestation_is_current (again, NOW, 5));
  g_assert_true (mdoc_key_attestation_is_current (again, NOW + 59, 5));
  g_assert_false (mdoc_key_attestation_is_current (again, NOW + 60, 5));
  g_assert_true (mdoc_key_attestation_is_current (again, NOW - 5, 5));
  g_assert_false (mdoc_key_attestation_is_current (again, NOW - 6, 5));
  again->exp_unix_s = 0;
  g_assert_true (mdoc_key_attestation_is_current (again, NOW + 60, 5));

  g_assert_true (mdoc_key_attestation_meets (again, &asked));
  asked.key_storage = g_strsplit ("a iso_18045_high", " ", -1);
  g_assert_true (mdoc_key_attestation_meets (again, &asked));
  asked.user_authentication = g_strsplit ("iso_18045_high", " ", -1);
  g_assert_false (mdoc_key_attestation_meets (again, &asked));
  g_strfreev (asked.user_authentication);
  asked.user_authentication = NULL;
  g_strfreev (asked.key_storage);
  asked.key_storage = g_strsplit ("iso_18045_moderate", " ", -1);
  g_assert_false (mdoc_key_attestation_meets (again, &asked));
  g_strfreev (asked.key_storage);
}

#define JWK                                                                    \
  "{\"kty\":\"EC\",\"crv\":\"P-256\","                                         \
  "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","                     \
  "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"}"

static void
test_wrong_key_attestations (void)
{
  static const struct
  {
    const char *claims;
    gboolean is_good;
  } cases[] = {
    { "{\"iat\":1,\"attested_keys\":[" JWK "]}", TRUE },
    { "{\"attested_keys\":[" JWK "]}", FALSE },
    { "{\"iat\":1,\"attested_keys\":[]}", FALSE },
    { "{\"iat\":1}", FALSE },
    { "{\"iat\":1,\"attested_keys\":[" JWK ",{\"kty\":\"RSA\"}]}", FALSE },
    { "{\"iat\":1,\"attested_keys\":[1]}", FALSE },
    { "{\"iat\":1,\"exp\":\"2\",\"attested_keys\":[" JWK "]}", FALSE },
    { "{\"iat\":1,\"nonce\":2,\"attested_keys\":[" JWK "]}", FALSE },
    { "{\"iat\":1,\"key_storage\":\"x\",\"attested_keys\":[" JWK "]}", FALSE },
    { "{\"iat\":1,\"user_authentication\":1,\"attested_keys\":[" JWK "]}",
      FALSE },
    { "{\"iat\":1,\"certification\":1,\"attested_keys\":[" JWK "]}", FALSE },
    { "[]", FALSE },
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autoptr (MdocKeyAttestation) attestation = NULL;
      g_autofree char *jwt = NULL;
      g_autoptr (GError) error = NULL;

      header = mdoc_jws_header_new (MDOC_KEY_ATTESTATION_TYPE,
                                    NULL,
                                    NULL,
                                    NULL);
      jwt = mdoc_jws_sign (header,
                           mdoc_span_from_text (cases[i].claims),
                           key,
                           NULL);
      attestation = mdoc_key_attestation_parse (jwt, &error);
      g_assert_true ((attestation == NULL) == (error != NULL));
      g_assert_true ((attestation != NULL) == cases[i].is_good);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proof/published", test_published);
  g_test_add_func ("/proof/expectations", test_expectations);
  g_test_add_func ("/proof/forms", test_forms);
  g_test_add_func ("/proof/keys", test_keys);
  g_test_add_func ("/proof/wrong-members", test_wrong_members);
  g_test_add_func ("/proof/no-algorithm", test_no_algorithm);
  g_test_add_func ("/proof/attested", test_attested);
  g_test_add_func ("/proof/attested-batch", test_attested_batch);
  g_test_add_func ("/proof/codes", test_codes);
  g_test_add_func ("/proof/key-attestation", test_key_attestation);
  g_test_add_func ("/proof/wrong-key-attestations",
                   test_wrong_key_attestations);

  return g_test_run ();
}
