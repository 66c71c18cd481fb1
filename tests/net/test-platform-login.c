/*
 * test-platform-login.c - the login before a token, and refreshing one
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-authorization-response.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-pkce.h"
#include "openid/mdoc-protocol-error.h"
#include "openid/mdoc-wallet-attestation.h"
#include "tests/net/mdoc-test-platform.h"

#define REDIRECT "http://127.0.0.1:4711/callback"

static MdocTestPlatform platform;

static MdocPlatformAuthorization *
authorize (const char *issuer_state, GError **error)
{
  static const char *const ids[] = { "photoid", NULL };
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_push_authorization_async (platform.client,
                                          ids,
                                          issuer_state,
                                          REDIRECT,
                                          NULL,
                                          mdoc_test_take_result,
                                          &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_push_authorization_finish (platform.client,
                                                  result,
                                                  error);
}

static void
publish_with_client (const char *client_id)
{
  mdoc_test_platform_publish (&platform);
  g_clear_pointer (&platform.client, mdoc_platform_unref);
  platform.client = mdoc_test_platform_client_new (&platform,
                                                   platform.issuer,
                                                   NULL,
                                                   client_id);
}

static void
begin_pushed (void)
{
  mdoc_test_platform_begin (&platform);
  publish_with_client ("our wallet");
  mdoc_test_platform_answer (&platform,
                             "/par",
                             201,
                             "{\"request_uri\":\"urn:example:1&2\",\"expires_"
                             "in\":90}",
                             NULL);
}

static void
test_pushed (void)
{
  g_autoptr (MdocPlatformAuthorization) authorization = NULL;
  g_autoptr (MdocAuthorizationRequest) request = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autofree char *wanted = NULL, *verifier = NULL, *thumbprint = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  begin_pushed ();
  authorization = authorize ("state of the offer", &error);
  g_assert_no_error (error);
  wanted = g_strconcat (platform.issuer,
                        "/authorize?client_id=our%20wallet&"
                        "request_uri=urn%3Aexample%3A1%262",
                        NULL);
  g_assert_cmpstr (authorization->browser_uri, ==, wanted);
  g_assert_cmpstr (authorization->redirect_uri, ==, REDIRECT);
  g_assert_cmpint (authorization->expires_at_unix_s,
                   ==,
                   MDOC_TEST_PLATFORM_NOW + 90);

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/par");
  request = mdoc_authorization_request_parse (
      json_object_get_string_member (sent, "body"),
      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (request->client_id, ==, "our wallet");
  g_assert_cmpstr (request->redirect_uri, ==, REDIRECT);
  g_assert_cmpstr (request->issuer_state, ==, "state of the offer");
  g_assert_cmpstr (request->state, ==, authorization->state);
  g_assert_cmpuint (request->details->len, ==, 1);
  g_assert_null (request->scope);
  verifier = g_strndup ((const char *) mdoc_secret_get_data (
                            authorization->code_verifier),
                        mdoc_secret_get_len (authorization->code_verifier));
  g_assert_true (mdoc_pkce_check (verifier, request->code_challenge));
  thumbprint = mdoc_jwk_dup_thumbprint (
      mdoc_key_get_public (platform.instance_key));
  g_assert_cmpstr (request->dpop_thumbprint, ==, thumbprint);
  g_assert_nonnull (mdoc_test_request_get_header (sent, "dpop"));
}

static void
test_each_login_is_another (void)
{
  g_autoptr (MdocPlatformAuthorization) a = NULL, b = NULL;

  begin_pushed ();
  a = authorize (NULL, NULL);
  b = authorize (NULL, NULL);
  g_assert_cmpstr (a->state, !=, b->state);
  g_assert_false (mdoc_secret_equal (mdoc_secret_get_span (a->code_verifier),
                                     mdoc_secret_get_span (b->code_verifier)));
}

/* a server that takes no pushed requests, and knows scopes only */
static void
test_in_the_address_by_scope (void)
{
  g_autoptr (MdocPlatformAuthorization) authorization = NULL;
  g_autoptr (MdocAuthorizationRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  const char *query;

  mdoc_test_platform_begin (&platform);
  g_clear_pointer (&platform.server_metadata->par_uri, g_free);
  platform.server_metadata->has_details = FALSE;
  publish_with_client ("our wallet");
  authorization = authorize (NULL, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_str_has_prefix (authorization->browser_uri, platform.issuer));
  query = strchr (authorization->browser_uri, '?') + 1;
  request = mdoc_authorization_request_parse (query, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (request->scope, ==, "photoid");
  g_assert_null (request->details);
  g_assert_cmpuint (mdoc_test_platform_count (&platform, "/par"), ==, 0);
}

static void
assert_unsupported (const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (authorize (NULL, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name, ==, name);
}

static void
test_logins_that_cannot_be (void)
{
  static const char *const grants[] = { MDOC_GRANT_PRE_AUTHORIZED, NULL };
  MdocConfiguration *configuration;

  mdoc_test_platform_begin (&platform);
  publish_with_client (NULL);
  assert_unsupported ("client-id");

  mdoc_test_platform_begin (&platform);
  g_strfreev (platform.server_metadata->grant_types);
  platform.server_metadata->grant_types = g_strdupv ((GStrv) (gsize) grants);
  publish_with_client ("our wallet");
  assert_unsupported ("authorization-code");

  mdoc_test_platform_begin (&platform);
  configuration = platform.metadata->configurations->pdata[0];
  g_clear_pointer (&configuration->scope, g_free);
  platform.server_metadata->has_details = FALSE;
  publish_with_client ("our wallet");
  assert_unsupported ("scope");
}

static void
test_pushed_request_that_is_refused (void)
{
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  publish_with_client ("our wallet");
  mdoc_test_platform_answer (&platform,
                             "/par",
                             400,
                             "{\"error\":\"invalid_request\"}",
                             NULL);
  g_assert_null (authorize (NULL, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
  g_clear_error (&error);

  mdoc_test_platform_begin (&platform);
  publish_with_client ("our wallet");
  mdoc_test_platform_answer (&platform, "/par", 201, "{}", NULL);
  g_assert_null (authorize (NULL, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_PROTOCOL);
}

/* What a browser may bring, with %S for the state and %I for the server. */
static const struct
{
  const char *query;
  int klass; /* -1: the code is taken */
  const char *name;
} answers[] = {
  { "code=the+code&state=%S&iss=%I", -1, NULL },
  { "code=the+code&state=%S", MDOC_PLATFORM_ERROR_TRUST, "issuer-mismatch" },
  { "code=the+code&state=%S&iss=https%3A%2F%2Fevil.example",
    MDOC_PLATFORM_ERROR_TRUST,
    "issuer-mismatch" },
  { "code=the+code&state=x&iss=%I",
    MDOC_PLATFORM_ERROR_TRUST,
    "state-mismatch" },
  { "code=the+code&iss=%I", MDOC_PLATFORM_ERROR_TRUST, "state-mismatch" },
  { "error=access_denied&state=%S&iss=%I",
    MDOC_PLATFORM_ERROR_REFUSED,
    "access_denied" },
  { "error=temporarily_unavailable&state=%S&iss=%I",
    MDOC_PLATFORM_ERROR_RETRY,
    "temporarily_unavailable" },
  { "error=own&state=%S&iss=%I", MDOC_PLATFORM_ERROR_REFUSED, "unknown" },
  { "error=access_denied&state=x&iss=%I",
    MDOC_PLATFORM_ERROR_TRUST,
    "state-mismatch" },
  { "state=%S&iss=%I", MDOC_PLATFORM_ERROR_PROTOCOL, "authorization-response" },
  { "", MDOC_PLATFORM_ERROR_PROTOCOL, "authorization-response" },
  { "code=a&code=b&state=%S&iss=%I",
    MDOC_PLATFORM_ERROR_PROTOCOL,
    "authorization-response" },
  { "code=%zz", MDOC_PLATFORM_ERROR_PROTOCOL, "authorization-response" },
};

static void
test_answers_of_the_browser (void)
{
  g_autoptr (MdocPlatformAuthorization) authorization = NULL;
  g_autofree char *server = NULL;

  begin_pushed ();
  authorization = authorize (NULL, NULL);
  server = g_uri_escape_string (platform.issuer, NULL, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GString) query = g_string_new (answers[i].query);
      g_autoptr (MdocSecret) code = NULL;
      g_autoptr (GError) error = NULL;

      g_string_replace (query, "%S", authorization->state, 0);
      g_string_replace (query, "%I", server, 0);
      g_test_message ("%s", query->str);
      code = mdoc_platform_read_authorization (platform.client,
                                               authorization,
                                               query->str,
                                               &error);
      if (answers[i].klass < 0)
        {
          g_assert_no_error (error);
          g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (code),
                                            mdoc_span_from_text ("the code")));
          continue;
        }
      g_assert_null (code);
      g_assert_error (error, MDOC_PLATFORM_ERROR, answers[i].klass);
      g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                       ==,
                       answers[i].name);
    }
}

static void
test_code_is_redeemed_with_its_verifier (void)
{
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_AUTHORIZATION_CODE,
                                    .code = "the code",
                                    .code_verifier = "0123456789012345678901234"
                                                     "567890123456789012",
                                    .redirect_uri = REDIRECT };
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  g_autoptr (MdocTokenRequest) request = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;

  begin_pushed ();
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             MDOC_TEST_PLATFORM_TOKENS,
                             NULL);
  tokens = mdoc_test_platform_token (&platform, &grant, &error);
  g_assert_no_error (error);
  log = mdoc_test_https_get_log (&platform.server);
  request = mdoc_token_request_parse (
      json_object_get_string_member (mdoc_test_platform_find (&platform,
                                                              log,
                                                              "/token"),
                                     "body"),
      &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->grant, ==, MDOC_TOKEN_AUTHORIZATION_CODE);
  g_assert_cmpstr (request->code_verifier, ==, grant.code_verifier);
  g_assert_cmpstr (request->redirect_uri, ==, REDIRECT);
  g_assert_cmpstr (request->client_id, ==, "our wallet");
}

/* the old refresh token stays if no new one comes; else the new one counts */
static void
test_refresh (void)
{
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_REFRESH,
                                    .code = "old refresh token" };

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MdocPlatformTokens) tokens = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_test_platform_renew (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/token",
                                 200,
                                 round == 0 ? "{\"access_token\":\"new\","
                                              "\"token_type\":\"DPoP\"}"
                                            : MDOC_TEST_PLATFORM_TOKENS,
                                 NULL);
      tokens = mdoc_test_platform_token (&platform, &grant, &error);
      g_assert_no_error (error);
      g_assert_true (
          mdoc_secret_equal (mdoc_secret_get_span (tokens->refresh_token),
                             mdoc_span_from_text (round == 0
                                                      ? "old refresh token"
                                                      : "the refresh token")));
      g_assert_true ((tokens->expires_at_unix_s == 0) == (round == 0));
    }
}

/* a server that knows no DPoP gets none, and gives a bearer token */
static void
test_bearer (void)
{
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code" };
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  mdoc_test_platform_begin (&platform);
  g_clear_pointer (&platform.server_metadata->dpop_algs, g_strfreev);
  g_clear_pointer (&platform.metadata->nonce_uri, g_free);
  mdoc_test_platform_publish (&platform);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             "{\"access_token\":\"bare\",\"token_type\":"
                             "\"bearer\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"}]}",
                             NULL);
  tokens = mdoc_test_platform_token (&platform, &grant, &error);
  g_assert_no_error (error);
  g_assert_false (tokens->is_dpop);
  response = mdoc_test_platform_credential (&platform, tokens, 1, &error);
  g_assert_no_error (error);

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/token");
  g_assert_null (mdoc_test_request_get_header (sent, "dpop"));
  sent = mdoc_test_platform_find (&platform, log, "/credential");
  g_assert_null (mdoc_test_request_get_header (sent, "dpop"));
  g_assert_cmpstr (mdoc_test_request_get_header (sent, "authorization"),
                   ==,
                   "Bearer bare");
}

static char *
attest (MdocKey *instance_key, gint64 exp_unix_s)
{
  g_autoptr (MdocKey) provider = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  const MdocWalletAttestation attestation = {
    .issuer = (char *) (gsize) "https://provider.example",
    .client_id = (char *) (gsize) "a-wallet",
    .exp_unix_s = exp_unix_s,
    .key = mdoc_key_get_public (instance_key)
  };
  g_autoptr (GError) error = NULL;
  char *compact = mdoc_wallet_attestation_sign (&attestation,
                                                provider,
                                                NULL,
                                                "k1",
                                                &error);

  g_assert_no_error (error);
  return compact;
}

/* a server that knows attestations, alone or with clients that show none */
static void
set_auth_methods (gboolean required)
{
  static const char *const both[] = { "none", "attest_jwt_client_auth", NULL };

  platform.server_metadata->auth_methods = g_strdupv (
      (GStrv) (gsize) (required ? both + 1 : both));
}

static gboolean
is_challenge_current (const char *challenge, gpointer data)
{
  return strcmp (challenge, data) == 0;
}

static void
assert_attested (JsonObject *sent, const char *challenge)
{
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  const MdocWalletPopExpectation expected = {
    .server = platform.issuer,
    .now_unix_s = MDOC_TEST_PLATFORM_NOW,
    .max_age_s = 60,
    .max_ahead_s = 60,
    .is_challenge_current = is_challenge_current,
    .challenge_data = (gpointer) (gsize) challenge
  };

  attestation = mdoc_wallet_attestation_parse (
      mdoc_test_request_get_header (sent, "oauth-client-attestation"),
      NULL);
  g_assert_nonnull (attestation);
  g_assert_cmpint (mdoc_wallet_pop_check (mdoc_test_request_get_header (
                                              sent,
                                              "oauth-client-attestation-pop"),
                                          attestation,
                                          &expected),
                   ==,
                   MDOC_WALLET_POP_OK);
}

static const MdocPlatformGrant code_grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                              .code = "the code" };

/* with the challenge of the server's endpoint, and with another if the server
 * wants that by now */
static void
test_attested (void)
{
  static const char *const headers[] = { "OAuth-Client-Attestation-Challenge",
                                         "c-2",
                                         NULL };
  g_autofree char *compact = attest (platform.instance_key,
                                     MDOC_TEST_PLATFORM_NOW + 3600);

  for (guint round = 0; round < 2; round++)
    {
      MdocTestAttester attester = { .wallet = compact };
      g_autoptr (MdocPlatformTokens) tokens = NULL;
      g_autoptr (MdocTokenRequest) request = NULL;
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *sent;

      mdoc_test_platform_begin (&platform);
      platform.server_metadata->challenge_uri
          = mdoc_test_platform_dup_uri (&platform, "/challenge");
      set_auth_methods (round == 0);
      mdoc_test_platform_publish (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/challenge",
                                 200,
                                 "{\"attestation_challenge\":\"c-1\"}",
                                 NULL);
      if (round == 1)
        mdoc_test_platform_answer (&platform,
                                   "/token",
                                   400,
                                   "{\"error\":\"use_attestation_challenge\"}",
                                   headers);
      mdoc_test_platform_answer (&platform,
                                 "/token",
                                 200,
                                 MDOC_TEST_PLATFORM_TOKENS,
                                 NULL);
      mdoc_test_platform_attest (&platform, &attester, "usual", TRUE);
      tokens = mdoc_test_platform_token (&platform, &code_grant, &error);
      g_assert_no_error (error);
      log = mdoc_test_https_get_log (&platform.server);
      sent = mdoc_test_platform_find (&platform, log, "/token");
      assert_attested (sent, round == 0 ? "c-1" : "c-2");
      request
          = mdoc_token_request_parse (json_object_get_string_member (sent,
                                                                     "body"),
                                      NULL);
      g_assert_cmpstr (request->client_id, ==, "a-wallet");
      g_assert_cmpstr (mdoc_platform_get_client_id (platform.client),
                       ==,
                       "a-wallet");
      g_assert_cmpuint (mdoc_test_platform_count (&platform, "/challenge"),
                        ==,
                        1);
      g_assert_cmpuint (attester.n_asked, ==, 1);
    }
}

/* Each is named; and where the server takes wallets without one, it gets none.
 */
static void
test_attestations_that_do_not_hold (void)
{
  g_autofree char *other = attest (platform.device_keys->pdata[0],
                                   MDOC_TEST_PLATFORM_NOW + 3600);
  g_autofree char *good = attest (platform.instance_key,
                                  MDOC_TEST_PLATFORM_NOW + 3600);
  g_autofree char *old = attest (platform.instance_key,
                                 MDOC_TEST_PLATFORM_NOW - 1);
  const struct
  {
    const char *wallet;
    const char *client_id;
    const char *name;
  } rows[] = {
    { other, NULL, "attestation-key" },
    { good, "another-wallet", "attestation-client" },
    { old, NULL, "attestation-expired" },
    { "a.b.c", NULL, "attestation-malformed" },
    { NULL, NULL, "attestation-refused" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (rows); i++)
    {
      const gsize row = i / 2;
      const gboolean is_required = i % 2 == 0;
      MdocTestAttester attester = { .wallet = rows[row].wallet };
      g_autoptr (MdocPlatformTokens) tokens = NULL;
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *sent;

      mdoc_test_platform_begin (&platform);
      set_auth_methods (is_required);
      mdoc_test_platform_publish (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/token",
                                 200,
                                 MDOC_TEST_PLATFORM_TOKENS,
                                 NULL);
      mdoc_test_platform_attest (&platform,
                                 &attester,
                                 rows[row].client_id,
                                 FALSE);
      tokens = mdoc_test_platform_token (&platform, &code_grant, &error);
      if (is_required)
        {
          g_assert_error (error,
                          MDOC_PLATFORM_ERROR,
                          MDOC_PLATFORM_ERROR_DEVICE);
          g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                           ==,
                           rows[row].name);
          g_assert_cmpuint (mdoc_test_platform_count (&platform, "/token"),
                            ==,
                            0);
          continue;
        }
      g_assert_no_error (error);
      log = mdoc_test_https_get_log (&platform.server);
      sent = mdoc_test_platform_find (&platform, log, "/token");
      g_assert_null (
          mdoc_test_request_get_header (sent, "oauth-client-attestation"));
    }
}

/* nobody is told who vouches for us who did not ask */
static void
test_attestation_not_asked_for (void)
{
  g_autofree char *compact = attest (platform.instance_key,
                                     MDOC_TEST_PLATFORM_NOW + 3600);
  MdocTestAttester attester = { .wallet = compact };
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             MDOC_TEST_PLATFORM_TOKENS,
                             NULL);
  mdoc_test_platform_attest (&platform, &attester, "usual", TRUE);
  tokens = mdoc_test_platform_token (&platform, &code_grant, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (attester.n_asked, ==, 0);
  g_assert_cmpstr (mdoc_platform_get_client_id (platform.client), ==, "usual");
}

/* what a server does not take any more is not shown again */
static void
test_fresh_attestation (void)
{
  g_autofree char *compact = attest (platform.instance_key,
                                     MDOC_TEST_PLATFORM_NOW + 3600);
  MdocTestAttester attester = { .wallet = compact };

  mdoc_test_platform_begin (&platform);
  set_auth_methods (TRUE);
  mdoc_test_platform_publish (&platform);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             400,
                             "{\"error\":\"use_fresh_attestation\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             MDOC_TEST_PLATFORM_TOKENS,
                             NULL);
  mdoc_test_platform_attest (&platform, &attester, NULL, FALSE);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPlatformTokens) tokens
          = mdoc_test_platform_token (&platform, &code_grant, &error);

      g_assert_true ((tokens != NULL) == (round == 1));
      g_assert_cmpuint (attester.n_asked, ==, round + 1);
      g_assert_true (attester.was_anew == (round == 1));
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_platform_set_up (&platform);
#define ADD(name_, func_) g_test_add_func ("/platform-login/" name_, func_)
  ADD ("pushed", test_pushed);
  ADD ("each-login-is-another", test_each_login_is_another);
  ADD ("in-the-address-by-scope", test_in_the_address_by_scope);
  ADD ("logins-that-cannot-be", test_logins_that_cannot_be);
  ADD ("pushed-request-that-is-refused", test_pushed_request_that_is_refused);
  ADD ("answers-of-the-browser", test_answers_of_the_browser);
  ADD ("code-is-redeemed-with-its-verifier",
       test_code_is_redeemed_with_its_verifier);
  ADD ("refresh", test_refresh);
  ADD ("bearer", test_bearer);
  ADD ("attested", test_attested);
  ADD ("attestations-that-do-not-hold", test_attestations_that_do_not_hold);
  ADD ("attestation-not-asked-for", test_attestation_not_asked_for);
  ADD ("fresh-attestation", test_fresh_attestation);
#undef ADD
  status = g_test_run ();
  mdoc_test_platform_tear_down (&platform);
  return status;
}
