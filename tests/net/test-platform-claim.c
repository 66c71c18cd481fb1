/*
 * test-platform-claim.c - claiming a credential, step by step
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-dpop.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-proof.h"
#include "tests/net/mdoc-test-platform.h"

static MdocTestPlatform platform;

static void
test_discover (void)
{
  const MdocIssuerMetadata *issuer;
  const MdocServerMetadata *server;
  g_autoptr (GError) error = NULL;
  gint64 offset_s;

  mdoc_test_platform_renew (&platform);
  g_assert_null (mdoc_platform_get_issuer_metadata (platform.client));
  g_assert_false (mdoc_platform_get_clock_offset (platform.client, &offset_s));
  g_assert_true (mdoc_test_platform_discover (&platform, &error));
  g_assert_no_error (error);
  issuer = mdoc_platform_get_issuer_metadata (platform.client);
  server = mdoc_platform_get_server_metadata (platform.client);
  g_assert_cmpstr (issuer->issuer, ==, platform.issuer);
  g_assert_cmpstr (server->issuer, ==, platform.issuer);
  g_assert_true (mdoc_platform_has_wallet_api (platform.client));
  /* the clock of the tests stands still, and the server says what time it is */
  g_assert_true (mdoc_platform_get_clock_offset (platform.client, &offset_s));
  g_assert_cmpint (offset_s, ==, MDOC_TEST_PLATFORM_OFFSET_S);
}

static void
assert_dpop (MdocTestPlatform *self,
             JsonObject *request,
             const char *path,
             const char *access_token)
{
  g_autofree char *uri = mdoc_test_platform_dup_uri (self, path);
  g_autofree char *thumbprint = NULL;
  MdocDpopExpectation expected = { .method = "POST",
                                   .uri = uri,
                                   .now_unix_s = MDOC_TEST_PLATFORM_NOW,
                                   .max_age_s = 60,
                                   .max_ahead_s = 60,
                                   .access_token = access_token };
  g_autofree char *ours = mdoc_jwk_dup_thumbprint (
      mdoc_key_get_public (self->instance_key));

  g_assert_cmpint (mdoc_dpop_check (mdoc_test_request_get_header (request,
                                                                  "dpop"),
                                    &expected,
                                    &thumbprint),
                   ==,
                   MDOC_DPOP_OK);
  g_assert_cmpstr (thumbprint, ==, ours);
}

static void
test_token_pre_authorized (void)
{
  static const char *const ids[] = { "photoid", NULL };
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code",
                                    .tx_code = "1234",
                                    .configuration_ids = ids };
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  g_autoptr (MdocTokenRequest) request = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             MDOC_TEST_PLATFORM_TOKENS,
                             NULL);
  tokens = mdoc_test_platform_token (&platform, &grant, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (tokens->access_token),
                                    mdoc_span_from_text ("the access token")));
  g_assert_true (tokens->is_dpop);
  g_assert_cmpint (tokens->expires_at_unix_s, ==, MDOC_TEST_PLATFORM_NOW + 600);
  g_assert_cmpstr (mdoc_platform_tokens_get_identifiers (tokens, "photoid")[0],
                   ==,
                   "mid-1");
  g_assert_null (mdoc_platform_tokens_get_identifiers (tokens, "mdl"));

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/token");
  request = mdoc_token_request_parse (json_object_get_string_member (sent,
                                                                     "body"),
                                      NULL);
  g_assert_cmpint (request->grant, ==, MDOC_TOKEN_PRE_AUTHORIZED);
  g_assert_cmpstr (request->code, ==, "the code");
  g_assert_cmpstr (request->tx_code, ==, "1234");
  g_assert_cmpuint (request->details->len, ==, 1);
  assert_dpop (&platform, sent, "/token", NULL);
}

static void
test_token_with_dpop_nonce_at_the_second_try (void)
{
  static const char *const nonce[] = { "DPoP-Nonce", "nonce-1", NULL };
  static const char *const other[] = { "DPoP-Nonce", "nonce-2", NULL };
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code" };
  g_autoptr (GError) error = NULL;
  guint before;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MdocPlatformTokens) tokens = NULL;

      mdoc_test_platform_renew (&platform);
      before = mdoc_test_platform_count (&platform, "/token");
      mdoc_test_platform_answer (&platform,
                                 "/token",
                                 400,
                                 "{\"error\":\"use_dpop_nonce\"}",
                                 nonce);
      if (round == 0)
        mdoc_test_platform_answer (&platform,
                                   "/token",
                                   200,
                                   MDOC_TEST_PLATFORM_TOKENS,
                                   other);
      tokens = mdoc_test_platform_token (&platform, &grant, &error);
      /* once more, but not for ever */
      g_assert_cmpuint (mdoc_test_platform_count (&platform, "/token"),
                        ==,
                        before + 2);
      if (round == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_NONCE);
    }
}

/* What a server may say to a token request, and what that calls for. */
static const struct
{
  guint status;
  const char *body;
  MdocPlatformError klass;
  const char *name;
} refusals[] = {
  { 400,
    "{\"error\":\"invalid_grant\"}",
    MDOC_PLATFORM_ERROR_REFUSED,
    "invalid_grant" },
  { 400,
    "{\"error\":\"invalid_tx_code\"}",
    MDOC_PLATFORM_ERROR_REFUSED,
    "invalid_tx_code" },
  { 401,
    "{\"error\":\"invalid_client\"}",
    MDOC_PLATFORM_ERROR_REFUSED,
    "invalid_client" },
  { 400,
    "{\"error\":\"own_word\\u001b\"}",
    MDOC_PLATFORM_ERROR_REFUSED,
    "own_word?" },
  { 400,
    "{\"error\":\"temporarily_unavailable\"}",
    MDOC_PLATFORM_ERROR_RETRY,
    "temporarily_unavailable" },
  { 500, "oops", MDOC_PLATFORM_ERROR_RETRY, "http-500" },
  { 503,
    "{\"error\":\"invalid_grant\"}",
    MDOC_PLATFORM_ERROR_RETRY,
    "invalid_grant" },
  { 429, "{}", MDOC_PLATFORM_ERROR_RETRY, "http-429" },
  { 404, "nothing here", MDOC_PLATFORM_ERROR_PROTOCOL, "http-404" },
  { 400, "{}", MDOC_PLATFORM_ERROR_PROTOCOL, "http-400" },
  { 200, "{}", MDOC_PLATFORM_ERROR_PROTOCOL, "token" },
  { 200,
    "{\"access_token\":1,\"token_type\":\"DPoP\"}",
    MDOC_PLATFORM_ERROR_PROTOCOL,
    "token" },
};

static void
test_token_refusals_are_classified (void)
{
  static const char *const headers[] = { "Retry-After", "30", NULL };
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code" };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const MdocPlatformTrouble *trouble;
      g_autoptr (GError) error = NULL, copy = NULL;

      mdoc_test_platform_renew (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/token",
                                 refusals[i].status,
                                 refusals[i].body,
                                 headers);
      g_assert_null (mdoc_test_platform_token (&platform, &grant, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, MDOC_PLATFORM_ERROR, (gint) refusals[i].klass);
      copy = g_error_copy (error);
      trouble = mdoc_platform_error_get_trouble (copy);
      g_assert_cmpstr (trouble->name, ==, refusals[i].name);
      g_assert_cmpuint (trouble->status, ==, refusals[i].status);
      g_assert_cmpstr (trouble->description,
                       ==,
                       strstr (refusals[i].body, "too late") != NULL
                           ? "too late"
                           : NULL);
      g_assert_cmpint (trouble->retry_after_s, ==, 30);
      g_assert_true (trouble->was_sent);
    }
}

static void
test_wrong_content_type (void)
{
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code" };
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  path = mdoc_test_platform_dup_path (&platform, "/token");
  mdoc_test_https_answer (&platform.server,
                          path,
                          200,
                          "text/html",
                          MDOC_TEST_PLATFORM_TOKENS,
                          NULL);
  g_assert_null (mdoc_test_platform_token (&platform, &grant, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_PROTOCOL);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "content-type");
}

static void
test_clock_that_is_blamed (void)
{
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                                    .code = "the code" };
  g_autoptr (MdocPlatformTokens) tokens = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL, *thumbprint = NULL;
  MdocDpopExpectation expected = {
    .method = "POST",
    .now_unix_s = MDOC_TEST_PLATFORM_NOW + MDOC_TEST_PLATFORM_OFFSET_S
  };

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             400,
                             "{\"error\":\"invalid_dpop_proof\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/token",
                             200,
                             MDOC_TEST_PLATFORM_TOKENS,
                             NULL);
  tokens = mdoc_test_platform_token (&platform, &grant, &error);
  g_assert_no_error (error);
  log = mdoc_test_https_get_log (&platform.server);
  uri = mdoc_test_platform_dup_uri (&platform, "/token");
  expected.uri = uri;
  g_assert_cmpint (mdoc_dpop_check (mdoc_test_request_get_header (
                                        mdoc_test_platform_find (&platform,
                                                                 log,
                                                                 "/token"),
                                        "dpop"),
                                    &expected,
                                    &thumbprint),
                   ==,
                   MDOC_DPOP_OK);
}

/* a refresh that does not say again what for, and one that does */
static void
test_tokens_inherit (void)
{
  static const char *const identifiers[] = { "mid-1", NULL };
  static const char *const others[] = { "mid-2", NULL };
  g_autoptr (MdocPlatformTokens) before = g_new0 (MdocPlatformTokens, 1);
  g_autoptr (MdocPlatformTokens) silent = g_new0 (MdocPlatformTokens, 1);
  g_autoptr (MdocPlatformTokens) telling = g_new0 (MdocPlatformTokens, 1);

  before->scope = g_strdup ("photoid");
  before->details = mdoc_details_new ();
  mdoc_details_add (before->details, "photoid", identifiers);
  telling->scope = g_strdup ("another");
  telling->details = mdoc_details_new ();
  mdoc_details_add (telling->details, "photoid", others);

  mdoc_platform_tokens_inherit (silent, before);
  g_assert_cmpstr (silent->scope, ==, "photoid");
  g_assert_cmpstr (mdoc_platform_tokens_get_identifiers (silent, "photoid")[0],
                   ==,
                   "mid-1");
  mdoc_platform_tokens_inherit (telling, before);
  g_assert_cmpstr (telling->scope, ==, "another");
  g_assert_cmpstr (mdoc_platform_tokens_get_identifiers (telling, "photoid")[0],
                   ==,
                   "mid-2");
}

static void
test_tokens_are_saved (void)
{
  static const char *const identifiers[] = { "mid-1", "mid-2", NULL };
  MdocPlatformTokens *tokens = g_new0 (MdocPlatformTokens, 1);
  g_autoptr (MdocPlatformTokens) loaded = NULL;
  g_autoptr (MdocSecret) saved = NULL;
  g_autoptr (GError) error = NULL;

  tokens->access_token = mdoc_secret_new_copy (
      mdoc_span_from_text ("an access token"));
  tokens->refresh_token = mdoc_secret_new_copy (
      mdoc_span_from_text ("a refresh \"token\""));
  tokens->is_dpop = TRUE;
  tokens->expires_at_unix_s = 1795831200;
  tokens->details = mdoc_details_new ();
  mdoc_details_add (tokens->details, "photoid", identifiers);
  saved = mdoc_platform_tokens_save (tokens);
  mdoc_platform_tokens_free (tokens);

  loaded = mdoc_platform_tokens_load (mdoc_secret_get_span (saved), &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (loaded->access_token),
                                    mdoc_span_from_text ("an access token")));
  g_assert_true (
      mdoc_secret_equal (mdoc_secret_get_span (loaded->refresh_token),
                         mdoc_span_from_text ("a refresh \"token\"")));
  g_assert_true (loaded->is_dpop);
  g_assert_cmpstr (mdoc_platform_tokens_get_identifiers (loaded, "photoid")[1],
                   ==,
                   "mid-2");
  g_assert_true (
      mdoc_platform_tokens_are_current (loaded, 1795831200 - 61, 60));
  g_assert_false (
      mdoc_platform_tokens_are_current (loaded, 1795831200 - 60, 60));
  g_assert_null (mdoc_platform_tokens_load (mdoc_span_from_text ("{}"), NULL));
}

static void
test_credential (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  MdocProofExpectation expected = { .now_unix_s = MDOC_TEST_PLATFORM_NOW };
  JsonObject *sent;
  guint before;

  mdoc_test_platform_renew (&platform);
  before = mdoc_test_platform_count (&platform, "/nonce");
  mdoc_test_platform_answer (&platform,
                             "/nonce",
                             200,
                             "{\"c_nonce\":\"fresh\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"}],"
                             "\"notification_id\":\"n-1\"}",
                             NULL);
  response = mdoc_test_platform_credential (&platform, tokens, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->credentials->len, ==, 1);
  g_assert_cmpstr (response->notification_id, ==, "n-1");
  g_assert_null (response->transaction_id);
  g_assert_cmpuint (mdoc_test_platform_count (&platform, "/nonce"),
                    ==,
                    before + 1);

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/credential");
  g_assert_cmpstr (mdoc_test_request_get_header (sent, "authorization"),
                   ==,
                   "DPoP the access token");
  assert_dpop (&platform, sent, "/credential", "the access token");
  request = mdoc_credential_request_parse (
      mdoc_span_from_text (json_object_get_string_member (sent, "body")),
      NULL,
      &error);
  g_assert_no_error (error);
  g_assert_cmpstr (request->identifier, ==, "mid-1");
  g_assert_null (request->configuration_id);
  g_assert_cmpuint (g_strv_length (request->jwt_proofs), ==, 1);
  expected.issuer = platform.issuer;
  g_assert_cmpint (mdoc_proof_check (request->jwt_proofs[0],
                                     &expected,
                                     &key,
                                     &attestation),
                   ==,
                   MDOC_PROOF_OK);
  g_assert_true (mdoc_public_key_equal (key,
                                        mdoc_key_get_public (
                                            platform.device_keys->pdata[0])));
}

static void
test_nonce_race (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MdocCredentialResponse) response = NULL;
      g_autoptr (GError) error = NULL;
      guint before;

      mdoc_test_platform_renew (&platform);
      before = mdoc_test_platform_count (&platform, "/credential");
      mdoc_test_platform_answer (&platform,
                                 "/nonce",
                                 200,
                                 "{\"c_nonce\":\"fresh\"}",
                                 NULL);
      mdoc_test_platform_answer (&platform,
                                 "/credential",
                                 400,
                                 "{\"error\":\"invalid_nonce\"}",
                                 NULL);
      if (round == 0)
        mdoc_test_platform_answer (&platform,
                                   "/credential",
                                   200,
                                   "{\"credentials\":[{\"credential\":"
                                   "\"oWFhAQ\"}]}",
                                   NULL);
      response = mdoc_test_platform_credential (&platform, tokens, 1, &error);
      g_assert_cmpuint (mdoc_test_platform_count (&platform, "/credential"),
                        ==,
                        before + 2);
      if (round == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_NONCE);
    }
}

static void
test_access_token_that_holds_no_more (void)
{
  static const char *const headers[] = { "WWW-Authenticate",
                                         "DPoP error=\"invalid_token\"",
                                         NULL };
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/nonce",
                             200,
                             "{\"c_nonce\":\"fresh\"}",
                             NULL);
  mdoc_test_platform_answer (&platform, "/credential", 401, "", headers);
  g_assert_null (mdoc_test_platform_credential (&platform, tokens, 1, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_TOKEN);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "invalid_token");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_platform_set_up (&platform);
  g_test_add_func ("/platform-claim/discover", test_discover);
  g_test_add_func ("/platform-claim/token-pre-authorized",
                   test_token_pre_authorized);
  g_test_add_func ("/platform-claim/token-with-dpop-nonce-at-the-second-try",
                   test_token_with_dpop_nonce_at_the_second_try);
  g_test_add_func ("/platform-claim/token-refusals-are-classified",
                   test_token_refusals_are_classified);
  g_test_add_func ("/platform-claim/wrong-content-type",
                   test_wrong_content_type);
  g_test_add_func ("/platform-claim/clock-that-is-blamed",
                   test_clock_that_is_blamed);
  g_test_add_func ("/platform-claim/tokens-inherit", test_tokens_inherit);
  g_test_add_func ("/platform-claim/tokens-are-saved", test_tokens_are_saved);
  g_test_add_func ("/platform-claim/credential", test_credential);
  g_test_add_func ("/platform-claim/nonce-race", test_nonce_race);
  g_test_add_func ("/platform-claim/access-token-that-holds-no-more",
                   test_access_token_that_holds_no_more);
  status = g_test_run ();
  mdoc_test_platform_tear_down (&platform);
  return status;
}
