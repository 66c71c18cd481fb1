/*
 * test-dpop.c - proofs of possession, code exchange, and replays
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-dpop.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-pkce.h"
#include "tests/lib/mdoc-test-vectors.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define URI "https://server.example.com/token"

static gboolean
is_n1 (const char *nonce, gpointer data)
{
  return strcmp (nonce, "n1") == 0;
}

static MdocDpopExpectation
expectation (void)
{
  return (MdocDpopExpectation){ .method = "POST",
                                .uri = URI,
                                .now_unix_s = NOW,
                                .max_age_s = 60,
                                .max_ahead_s = 10 };
}

static void
assert_result (const char *proof,
               const MdocDpopExpectation *expected,
               MdocDpopResult result)
{
  char *thumbprint = NULL;

  g_assert_cmpstr (mdoc_dpop_result_get_name (
                       mdoc_dpop_check (proof, expected, &thumbprint)),
                   ==,
                   mdoc_dpop_result_get_name (result));
  g_assert_true ((thumbprint != NULL) == (result == MDOC_DPOP_OK));
  g_free (thumbprint);
}

/* The proof that RFC 9449 prints, and its thumbprint. */
static void
test_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, "dpop_rfc9449");
  const char *proof = json_object_get_string_member (entry, "proof");
  MdocDpopExpectation expected = expectation ();
  g_autofree char *thumbprint = NULL;

  expected.now_unix_s = 1562262616;
  g_assert_cmpint (mdoc_dpop_check (proof, &expected, &thumbprint),
                   ==,
                   MDOC_DPOP_OK);
  g_assert_cmpstr (thumbprint,
                   ==,
                   json_object_get_string_member (entry, "jkt"));
}

/* `ath` as RFC 9449 prints it. */
static void
test_published_ath (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, "dpop_rfc9449");
  JsonObject *example = json_object_get_object_member (entry, "ath_example");
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *proof = NULL;
  g_autoptr (MdocJws) jws = NULL;
  g_autofree char *payload = NULL;
  MdocSpan span;

  proof = mdoc_dpop_make (key,
                          "GET",
                          URI,
                          NOW,
                          NULL,
                          json_object_get_string_member (example,
                                                         "access_token"),
                          NULL);
  jws = mdoc_jws_parse (proof, 4096, NULL);
  span = mdoc_jws_get_payload (jws);
  payload = g_strndup ((const char *) span.data, span.len);
  g_assert_nonnull (
      strstr (payload, json_object_get_string_member (example, "ath")));
}

static void
test_round_trip (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256,
                                      MDOC_CURVE_P384,
                                      MDOC_CURVE_P521,
                                      MDOC_CURVE_ED25519 };

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      MdocDpopExpectation expected = expectation ();
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *thumbprint = NULL;
      g_autofree char *proof = NULL;

      if (!mdoc_curve_is_supported (curves[i]))
        continue;
      key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      thumbprint = mdoc_jwk_dup_thumbprint (mdoc_key_get_public (key));
      proof = mdoc_dpop_make (key,
                              "POST",
                              URI "?x=1#y",
                              NOW,
                              "n1",
                              "token",
                              &error);
      g_assert_no_error (error);
      expected.is_nonce_current = is_n1;
      expected.access_token = "token";
      expected.thumbprint = thumbprint;
      assert_result (proof, &expected, MDOC_DPOP_OK);
    }
}

/* Each expectation that is not met has a result of its own. */
static void
test_expectations (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *bare
      = mdoc_dpop_make (key, "POST", URI, NOW, NULL, NULL, NULL);
  g_autofree char *full
      = mdoc_dpop_make (key, "POST", URI, NOW, "n2", "token", NULL);
  MdocDpopExpectation expected = expectation ();

  assert_result (bare, &expected, MDOC_DPOP_OK);
  assert_result (full, &expected, MDOC_DPOP_OK);
  g_assert_cmpint (mdoc_dpop_check (bare, &expected, NULL), ==, MDOC_DPOP_OK);
  expected.method = "GET";
  assert_result (bare, &expected, MDOC_DPOP_METHOD);
  expected.method = "post";
  assert_result (bare, &expected, MDOC_DPOP_METHOD);

  expected = expectation ();
  expected.uri = "HTTPS://SERVER.example.com:443/token?a=b";
  assert_result (bare, &expected, MDOC_DPOP_OK);
  expected.uri = "https://server.example.com/token/";
  assert_result (bare, &expected, MDOC_DPOP_URI);
  expected.uri = "https://other.example.com/token";
  assert_result (bare, &expected, MDOC_DPOP_URI);
  expected.uri = "http://server.example.com/token";
  assert_result (bare, &expected, MDOC_DPOP_URI);
  expected.uri = "/token";
  assert_result (bare, &expected, MDOC_DPOP_URI);

  expected = expectation ();
  expected.is_nonce_current = is_n1;
  assert_result (bare, &expected, MDOC_DPOP_NONCE);
  assert_result (full, &expected, MDOC_DPOP_NONCE);

  expected = expectation ();
  expected.access_token = "token";
  assert_result (bare, &expected, MDOC_DPOP_TOKEN);
  assert_result (full, &expected, MDOC_DPOP_OK);
  expected.access_token = "token2";
  assert_result (full, &expected, MDOC_DPOP_TOKEN);

  expected = expectation ();
  expected.thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
  assert_result (bare, &expected, MDOC_DPOP_KEY);
}

/* To the second, on either side. */
static void
test_time (void)
{
  static const struct
  {
    gint64 now_unix_s;
    MdocDpopResult result;
  } times[] = {
    { NOW, MDOC_DPOP_OK },        { NOW + 60, MDOC_DPOP_OK },
    { NOW + 61, MDOC_DPOP_TIME }, { NOW - 10, MDOC_DPOP_OK },
    { NOW - 11, MDOC_DPOP_TIME }, { 0, MDOC_DPOP_TIME },
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *proof
      = mdoc_dpop_make (key, "POST", URI, NOW, NULL, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      MdocDpopExpectation expected = expectation ();

      expected.now_unix_s = times[i].now_unix_s;
      assert_result (proof, &expected, times[i].result);
    }
}

#define CLAIMS "\"jti\":\"a\",\"htm\":\"POST\",\"htu\":\"" URI "\","
#define IAT    "\"iat\":1700000000"

static const struct
{
  const char *typ;
  const char *claims;
  MdocDpopResult result;
} forms[] = {
  { "dpop+jwt", "{" CLAIMS IAT "}", MDOC_DPOP_OK },
  { "dpop+jwt", "{" CLAIMS "\"iat\":1700000000.9}", MDOC_DPOP_OK },
  { "dpop+jwt", "{" CLAIMS IAT ",\"exp\":1,\"nbf\":9e9}", MDOC_DPOP_OK },
  { "JWT", "{" CLAIMS IAT "}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS "\"x\":1}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS "\"iat\":\"1700000000\"}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS "\"iat\":9e99}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS IAT ",\"nonce\":1}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS IAT ",\"ath\":{}}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt", "{" CLAIMS IAT "," IAT "}", MDOC_DPOP_MALFORMED },
  { "dpop+jwt",
    "{\"htm\":\"POST\",\"htu\":\"" URI "\"," IAT "}",
    MDOC_DPOP_MALFORMED },
  { "dpop+jwt",
    "{\"jti\":\"\",\"htm\":\"POST\",\"htu\":\"" URI "\"," IAT "}",
    MDOC_DPOP_MALFORMED },
  { "dpop+jwt",
    "{\"jti\":\"a\",\"htu\":\"" URI "\"," IAT "}",
    MDOC_DPOP_MALFORMED },
  { "dpop+jwt",
    "{\"jti\":\"a\",\"htm\":\"POST\"," IAT "}",
    MDOC_DPOP_MALFORMED },
  { "dpop+jwt",
    "{\"jti\":\"a\",\"htm\":\"POST\",\"htu\":\"token\"," IAT "}",
    MDOC_DPOP_URI },
};

static void
test_forms (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      MdocDpopExpectation expected = expectation ();
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

/* Keys: none, a private one, another one; and no algorithm at all. */
static void
test_wrong_keys (void)
{
  static const char claims[] = "{" CLAIMS IAT "}";
  MdocDpopExpectation expected = expectation ();
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) p384 = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (JsonObject) keyless = NULL;
  g_autoptr (JsonObject) foreign = NULL;
  g_autoptr (JsonObject) confused = NULL;
  g_autofree char *no_key = NULL;
  g_autofree char *other_key = NULL;
  g_autofree char *other_alg = NULL;
  g_autofree char *none = NULL;
  g_autofree char *payload = NULL;

  keyless = mdoc_jws_header_new ("dpop+jwt", "k", NULL, NULL);
  no_key = mdoc_jws_sign (keyless, mdoc_span_from_text (claims), key, NULL);
  assert_result (no_key, &expected, MDOC_DPOP_MALFORMED);

  foreign = mdoc_jws_header_new ("dpop+jwt",
                                 NULL,
                                 mdoc_key_get_public (other),
                                 NULL);
  other_key = mdoc_jws_sign (foreign, mdoc_span_from_text (claims), key, NULL);
  assert_result (other_key, &expected, MDOC_DPOP_SIGNATURE);

  confused = mdoc_jws_header_new ("dpop+jwt",
                                  NULL,
                                  mdoc_key_get_public (p384),
                                  NULL);
  other_alg = mdoc_jws_sign (confused, mdoc_span_from_text (claims), key, NULL);
  assert_result (other_alg, &expected, MDOC_DPOP_ALGORITHM);

  payload = mdoc_base64url_encode (mdoc_span_from_text (claims));
  /* {"alg":"none","typ":"dpop+jwt"} */
  none = g_strconcat ("eyJhbGciOiJub25lIiwidHlwIjoiZHBvcCtqd3QifQ.",
                      payload,
                      ".",
                      NULL);
  assert_result (none, &expected, MDOC_DPOP_ALGORITHM);
  assert_result ("", &expected, MDOC_DPOP_MALFORMED);
}

static void
test_replay_of_proof (void)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (2);
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocDpopExpectation expected = expectation ();
  char *proofs[4];

  for (guint i = 0; i < 4; i++)
    proofs[i] = mdoc_dpop_make (key, "POST", URI, NOW, NULL, NULL, NULL);
  expected.replay = replay;

  /* one that is wrong leaves no trace */
  expected.method = "GET";
  assert_result (proofs[0], &expected, MDOC_DPOP_METHOD);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay), ==, 0);
  expected.method = "POST";

  assert_result (proofs[0], &expected, MDOC_DPOP_OK);
  assert_result (proofs[0], &expected, MDOC_DPOP_REPLAYED);
  /* as long as its time would let it pass */
  expected.now_unix_s = NOW + 60;
  assert_result (proofs[0], &expected, MDOC_DPOP_REPLAYED);
  assert_result (proofs[1], &expected, MDOC_DPOP_OK);
  assert_result (proofs[2], &expected, MDOC_DPOP_BUSY);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay), ==, 2);

  g_free (proofs[3]);
  proofs[3] = mdoc_dpop_make (key, "POST", URI, NOW + 61, NULL, NULL, NULL);
  expected.now_unix_s = NOW + 61;
  assert_result (proofs[0], &expected, MDOC_DPOP_TIME);
  assert_result (proofs[3], &expected, MDOC_DPOP_OK);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay), ==, 1);

  for (guint i = 0; i < 4; i++)
    g_free (proofs[i]);
}

static MdocReplayResult
check_texts (MdocReplay *replay, const char *a, const char *b, gint64 now)
{
  MdocSpan parts[] = { mdoc_span_from_text (a), mdoc_span_from_text (b) };

  return mdoc_replay_check (replay, parts, 2, now, now + 10);
}

static void
test_replay (void)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (3);

  g_assert_cmpint (check_texts (replay, "a", "bc", 0), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_texts (replay, "ab", "c", 1), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_texts (replay, "a", "bc", 9), ==, MDOC_REPLAY_SEEN);
  g_assert_cmpint (check_texts (replay, "d", "", 9), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_texts (replay, "e", "", 9), ==, MDOC_REPLAY_FULL);
  /* the first has ended, the second has not */
  g_assert_cmpint (check_texts (replay, "ab", "c", 10), ==, MDOC_REPLAY_SEEN);
  g_assert_cmpint (check_texts (replay, "a", "bc", 10), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_texts (replay, "e", "", 10), ==, MDOC_REPLAY_FULL);
  g_assert_cmpint (check_texts (replay, "e", "", 100), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay), ==, 1);
}

static MdocReplayResult
check_for (MdocReplay *replay, const char *client, guint value, gint64 now)
{
  const MdocSpan part = MDOC_SPAN ((const guint8 *) &value, sizeof (value));

  return mdoc_replay_check_for (replay, client, &part, 1, now, now + 10);
}

/* As many of one client as it takes. */
static guint
fill_for (MdocReplay *replay, const char *client, guint first, gint64 now)
{
  guint n = 0;

  while (check_for (replay, client, first + n, now) == MDOC_REPLAY_FRESH)
    n++;
  g_assert_cmpint (check_for (replay, client, first + n, now),
                   ==,
                   MDOC_REPLAY_SHARE);
  return n;
}

/* Nobody gets more than what is left free, so something is, however many try.
 */
static void
test_replay_share (void)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (1000);

  g_assert_cmpuint (mdoc_replay_get_wait_s (replay, "a", 0), ==, 0);
  g_assert_cmpuint (fill_for (replay, "a", 0, 0), ==, 500);
  g_assert_cmpint (check_for (replay, "a", 3, 0), ==, MDOC_REPLAY_SEEN);
  g_assert_cmpuint (mdoc_replay_get_wait_s (replay, "a", 4), ==, 6);
  g_assert_cmpuint (mdoc_replay_get_wait_s (replay, "b", 4), ==, 0);
  /* that it is another who brings it makes nothing fresh */
  g_assert_cmpint (check_for (replay, "b", 3, 4), ==, MDOC_REPLAY_SEEN);
  g_assert_cmpuint (fill_for (replay, "b", 1000, 5), ==, 250);
  g_assert_cmpuint (fill_for (replay, "c", 2000, 5), ==, 125);
  g_assert_cmpint (check_for (replay, "new", 3000, 5), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_for (replay, NULL, 3001, 5), ==, MDOC_REPLAY_FRESH);

  /* what ends is everybody's again */
  g_assert_cmpint (check_for (replay, "a", 4000, 10), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpuint (mdoc_replay_get_wait_s (replay, "a", 10), ==, 10);
  g_assert_cmpuint (mdoc_replay_get_wait_s (replay, "b", 10), ==, 5);
  g_assert_cmpint (check_for (replay, NULL, 4001, 30), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay), ==, 1);
  g_assert_cmpuint (fill_for (replay, "b", 1000, 30), ==, 500);
}

/* Who comes when nothing at all is left is told so, and not to have taken it.
 */
static void
test_replay_full (void)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (2);

  g_assert_cmpint (check_for (replay, "a", 0, 0), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_for (replay, "b", 1, 0), ==, MDOC_REPLAY_FRESH);
  g_assert_cmpint (check_for (replay, "b", 2, 0), ==, MDOC_REPLAY_SHARE);
  g_assert_cmpint (check_for (replay, "c", 2, 0), ==, MDOC_REPLAY_FULL);
  g_assert_cmpint (check_for (replay, NULL, 2, 0), ==, MDOC_REPLAY_FULL);
}

/* RFC 7636, appendix B */
static void
test_pkce (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, "pkce_rfc7636");
  const char *verifier = json_object_get_string_member (entry, "code_verifier");
  const char *published = json_object_get_string_member (entry,
                                                         "code_challenge_S256");
  g_autofree char *challenge = mdoc_pkce_dup_challenge (verifier);
  g_autofree char *first = mdoc_pkce_make_verifier ();
  g_autofree char *second = mdoc_pkce_make_verifier ();
  g_autofree char *own = mdoc_pkce_dup_challenge (first);

  g_assert_cmpstr (challenge, ==, published);
  g_assert_true (mdoc_pkce_check (verifier, published));
  g_assert_false (mdoc_pkce_check (published, published));
  g_assert_false (mdoc_pkce_check (verifier, verifier));
  g_assert_false (mdoc_pkce_check (verifier, ""));
  g_assert_false (mdoc_pkce_check ("too short", published));
  g_assert_cmpstr (first, !=, second);
  g_assert_true (mdoc_pkce_check (first, own));
  g_assert_false (mdoc_pkce_check (second, own));
}

static void
test_pkce_limits (void)
{
  static const struct
  {
    gsize len;
    char fill;
    gboolean is_good;
  } verifiers[] = {
    { MDOC_PKCE_MIN_LEN - 1, 'a', FALSE },
    { MDOC_PKCE_MIN_LEN, 'a', TRUE },
    { MDOC_PKCE_MAX_LEN, '~', TRUE },
    { MDOC_PKCE_MAX_LEN + 1, '~', FALSE },
    { MDOC_PKCE_MIN_LEN, '+', FALSE },
    { MDOC_PKCE_MIN_LEN, ' ', FALSE },
    { 0, 'a', FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (verifiers); i++)
    {
      g_autofree char *text = g_strnfill (verifiers[i].len, verifiers[i].fill);
      g_autofree char *challenge = mdoc_pkce_dup_challenge (text);

      g_assert_true ((challenge != NULL) == verifiers[i].is_good);
    }
}

static void
test_errors (void)
{
  g_assert_null (mdoc_dpop_result_get_error (MDOC_DPOP_OK));
  for (int i = MDOC_DPOP_MALFORMED; i <= MDOC_DPOP_BUSY; i++)
    {
      g_assert_nonnull (mdoc_dpop_result_get_error ((MdocDpopResult) i));
      g_assert_nonnull (mdoc_dpop_result_get_name ((MdocDpopResult) i));
    }
  g_assert_cmpstr (mdoc_dpop_result_get_error (MDOC_DPOP_NONCE),
                   ==,
                   "use_dpop_nonce");
  g_assert_cmpstr (mdoc_dpop_result_get_error (MDOC_DPOP_KEY),
                   ==,
                   "invalid_token");
  g_assert_cmpstr (mdoc_dpop_result_get_error (MDOC_DPOP_TOKEN),
                   ==,
                   "invalid_token");
  g_assert_cmpstr (mdoc_dpop_result_get_error (MDOC_DPOP_BUSY),
                   ==,
                   "temporarily_unavailable");
  g_assert_cmpstr (mdoc_dpop_result_get_error (MDOC_DPOP_REPLAYED),
                   ==,
                   "invalid_dpop_proof");
}

/* Cleaning up after nothing is no fault. */
static void
test_nothing (void)
{
  mdoc_replay_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/dpop/published", test_published);
  g_test_add_func ("/dpop/published-ath", test_published_ath);
  g_test_add_func ("/dpop/round-trip", test_round_trip);
  g_test_add_func ("/dpop/expectations", test_expectations);
  g_test_add_func ("/dpop/time", test_time);
  g_test_add_func ("/dpop/forms", test_forms);
  g_test_add_func ("/dpop/wrong-keys", test_wrong_keys);
  g_test_add_func ("/dpop/replay-of-proof", test_replay_of_proof);
  g_test_add_func ("/dpop/replay", test_replay);
  g_test_add_func ("/dpop/replay-share", test_replay_share);
  g_test_add_func ("/dpop/replay-full", test_replay_full);
  g_test_add_func ("/dpop/pkce", test_pkce);
  g_test_add_func ("/dpop/pkce-limits", test_pkce_limits);
  g_test_add_func ("/dpop/errors", test_errors);
  g_test_add_func ("/dpop/nothing", test_nothing);

  return g_test_run ();
}
