/*
 * test-platform-wallet.c - later on: deferred, told, synchronised, recovered
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-jwe.h"
#include "openid/mdoc-proof.h"
#include "openid/mdoc-wallet-proof.h"
#include "tests/net/mdoc-test-platform.h"

static MdocTestPlatform platform;

static MdocCredentialResponse *
ask_deferred (GError **error)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_deferred_async (platform.client,
                                tokens,
                                "t-1",
                                NULL,
                                mdoc_test_take_result,
                                &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_deferred_finish (platform.client, result, error);
}

static void
test_deferred (void)
{
  g_autoptr (MdocCredentialResponse) wait = NULL, done = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/deferred",
                             202,
                             "{\"transaction_id\":\"t-1\",\"interval\":3600}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/deferred",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"}],"
                             "\"notification_id\":\"n-1\"}",
                             NULL);
  wait = ask_deferred (&error);
  g_assert_no_error (error);
  g_assert_cmpstr (wait->transaction_id, ==, "t-1");
  g_assert_cmpint (wait->interval_s, ==, 3600);
  done = ask_deferred (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (done->credentials->len, ==, 1);
  g_assert_cmpstr (done->notification_id, ==, "n-1");
}

static void
test_deferred_that_is_denied (void)
{
  static const char *const codes[] = { "credential_request_denied",
                                       "invalid_transaction_id" };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}", codes[i]);
      g_autoptr (GError) error = NULL;

      mdoc_test_platform_renew (&platform);
      mdoc_test_platform_answer (&platform, "/deferred", 400, body, NULL);
      g_assert_null (ask_deferred (&error));
      g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
      g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                       ==,
                       codes[i]);
    }
}

/* Lets the issuer ask for encryption, to @key. */
static void
begin_encrypted (MdocKey *key, gboolean is_required)
{
  mdoc_test_platform_begin (&platform);
  if (key != NULL)
    {
      platform.metadata->request.is_offered = TRUE;
      platform.metadata->request.can[MDOC_JWE_A128GCM] = TRUE;
      g_ptr_array_add (platform.metadata->request.keys,
                       mdoc_jwk_new (mdoc_key_get_public (key),
                                     "k1",
                                     MDOC_JWE_ALG,
                                     "enc"));
    }
  platform.metadata->response.is_offered = TRUE;
  platform.metadata->response.is_required = is_required;
  platform.metadata->response.can[MDOC_JWE_A256GCM] = TRUE;
  mdoc_test_platform_publish (&platform);
  mdoc_test_platform_answer (&platform,
                             "/nonce",
                             200,
                             "{\"c_nonce\":\"fresh\"}",
                             NULL);
}

/* The server of the tests cannot encrypt for a key that it learns only from the
 * request: so it is asked here what the request said, and its answer in the
 * clear is refused. */
static void
test_encrypted (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (MdocJwe) jwe = NULL;
  g_autoptr (MdocSecret) json = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  begin_encrypted (key, TRUE);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"}]}",
                             NULL);
  g_assert_null (mdoc_test_platform_credential (&platform, tokens, 1, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_PROTOCOL);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "content-type");
  g_clear_error (&error);

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/credential");
  g_assert_cmpstr (mdoc_test_request_get_header (sent, "content-type"),
                   ==,
                   "application/jwt");
  jwe = mdoc_jwe_parse (json_object_get_string_member (sent, "body"),
                        MDOC_JWE_MAX_BYTES,
                        &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_jwe_get_kid (jwe), ==, "k1");
  json = mdoc_jwe_decrypt (jwe, key, &error);
  g_assert_no_error (error);
  request = mdoc_credential_request_parse (mdoc_secret_get_span (json),
                                           NULL,
                                           &error);
  g_assert_no_error (error);
  g_assert_nonnull (request->response_key);
  g_assert_cmpint (request->response_enc, ==, MDOC_JWE_A256GCM);
  g_assert_cmpuint (g_strv_length (request->jwt_proofs), ==, 1);
}

/* an issuer has a key for its lifetime only, and says so in its metadata */
static void
test_encryption_key_that_is_another_by_now (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (MdocKey) old = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwe) jwe = NULL;
  g_autoptr (MdocSecret) json = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;

  begin_encrypted (old, TRUE);
  g_ptr_array_set_size (platform.metadata->request.keys, 0);
  g_ptr_array_add (platform.metadata->request.keys,
                   mdoc_jwk_new (mdoc_key_get_public (key),
                                 "k2",
                                 MDOC_JWE_ALG,
                                 "enc"));
  mdoc_test_platform_publish (&platform);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             400,
                             "{\"error\":\"invalid_encryption_parameters\"}",
                             NULL);
  g_assert_null (mdoc_test_platform_credential (&platform, tokens, 1, &error));
  /* once more, but not for ever */
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
  g_assert_cmpuint (mdoc_test_platform_count (&platform, "/credential"), ==, 2);
  log = mdoc_test_https_get_log (&platform.server);
  jwe = mdoc_jwe_parse (
      json_object_get_string_member (mdoc_test_platform_find (&platform,
                                                              log,
                                                              "/credential"),
                                     "body"),
      MDOC_JWE_MAX_BYTES,
      NULL);
  json = mdoc_jwe_decrypt (jwe, key, NULL);
  g_assert_nonnull (json);
}

/* without a way to encrypt the request, the answer cannot be, and is not asked
 * to be; an issuer that insists cannot be served */
static void
test_encryption_that_cannot_be (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  begin_encrypted (NULL, FALSE);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"}]}",
                             NULL);
  response = mdoc_test_platform_credential (&platform, tokens, 1, &error);
  g_assert_no_error (error);

  begin_encrypted (NULL, TRUE);
  g_assert_null (mdoc_test_platform_credential (&platform, tokens, 1, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "encryption");
}

static void
test_batch_both_sides (void)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/nonce",
                             200,
                             "{\"c_nonce\":\"fresh\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":\"oWFhAQ\"},"
                             "{\"credential\":\"oWFhAg\"}]}",
                             NULL);
  response = mdoc_test_platform_credential (&platform, tokens, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->credentials->len, ==, 2);
  log = mdoc_test_https_get_log (&platform.server);
  request = mdoc_credential_request_parse (
      mdoc_span_from_text (json_object_get_string_member (
          mdoc_test_platform_find (&platform, log, "/credential"),
          "body")),
      NULL,
      &error);
  g_assert_cmpuint (g_strv_length (request->jwt_proofs), ==, 2);

  g_assert_null (mdoc_test_platform_credential (&platform, tokens, 3, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "batch-size");
}

/* what an issuer wants and we have not is found out before anything is asked */
static void
test_proofs_that_cannot_be (void)
{
  static const char *const names[] = { "key-attestation",
                                       "proof-algorithm",
                                       "key-attestation",
                                       "configuration" };
  static const char *const other[] = { "ES384", NULL };
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      MdocConfiguration *configuration;
      g_autoptr (GError) error = NULL;

      mdoc_test_platform_begin (&platform);
      configuration = platform.metadata->configurations->pdata[0];
      if (i == 0)
        {
          configuration->jwt.needs_key_attestation = TRUE;
        }
      else if (i == 1)
        {
          g_strfreev (configuration->jwt.algs);
          configuration->jwt.algs = g_strdupv ((GStrv) (gsize) other);
        }
      else if (i == 2)
        {
          configuration->attestation = configuration->jwt;
          memset (&configuration->jwt, 0, sizeof (configuration->jwt));
        }
      else
        {
          g_ptr_array_set_size (platform.metadata->configurations, 0);
        }
      mdoc_test_platform_publish (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/nonce",
                                 200,
                                 "{\"c_nonce\":\"fresh\"}",
                                 NULL);
      g_assert_null (
          mdoc_test_platform_credential (&platform, tokens, 1, &error));
      g_assert_error (error,
                      MDOC_PLATFORM_ERROR,
                      MDOC_PLATFORM_ERROR_UNSUPPORTED);
      g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                       ==,
                       names[i]);
      g_assert_cmpuint (mdoc_test_platform_count (&platform, "/credential"),
                        ==,
                        0);
    }
}

static gboolean
notify (MdocNotificationEvent event, GError **error)
{
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_notify_async (platform.client,
                              tokens,
                              "n-1",
                              event,
                              NULL,
                              NULL,
                              mdoc_test_take_result,
                              &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_notify_finish (platform.client, result, error);
}

static void
test_notify (void)
{
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform, "/notification", 204, "", NULL);
  mdoc_test_platform_answer (&platform,
                             "/notification",
                             400,
                             "{\"error\":\"invalid_notification_id\"}",
                             NULL);
  g_assert_true (notify (MDOC_NOTIFICATION_ACCEPTED, &error));
  g_assert_no_error (error);
  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, "/notification");
  g_assert_cmpstr (json_object_get_string_member (sent, "body"),
                   ==,
                   "{\"notification_id\":\"n-1\","
                   "\"event\":\"credential_accepted\"}");
  g_assert_false (notify (MDOC_NOTIFICATION_DELETED, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
  g_clear_error (&error);

  mdoc_test_platform_begin (&platform);
  g_clear_pointer (&platform.metadata->notification_uri, g_free);
  mdoc_test_platform_publish (&platform);
  g_assert_false (notify (MDOC_NOTIFICATION_ACCEPTED, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
}

static MdocWalletSyncReply *
synchronise (GError **error)
{
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_new ();
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sync->agent_version = g_strdup ("0.1.0");
  sync->client_type = g_strdup ("embedded");
  sync->clock_unix_s = MDOC_TEST_PLATFORM_NOW;
  mdoc_platform_sync_async (platform.client,
                            sync,
                            NULL,
                            mdoc_test_take_result,
                            &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_sync_finish (platform.client, result, error);
}

static gboolean
is_nonce_current (const char *nonce, gpointer data)
{
  return strcmp (nonce, data) == 0;
}

static void
assert_wallet_proof (JsonObject *sent, const char *path, const char *nonce)
{
  g_autofree char *uri = mdoc_test_platform_dup_uri (&platform, path);
  const MdocWalletProofExpectation expected = {
    .method = "POST",
    .uri = uri,
    .body = mdoc_span_from_text (json_object_get_string_member (sent, "body")),
    .now_unix_s = MDOC_TEST_PLATFORM_NOW,
    .max_age_s = 60,
    .max_ahead_s = 60,
    .is_nonce_current = is_nonce_current,
    .nonce_data = (gpointer) (gsize) nonce
  };
  g_auto (MdocWalletProof) proof = { 0 };

  g_assert_cmpint (mdoc_wallet_proof_check (
                       mdoc_test_request_get_header (sent, "wallet-proof"),
                       &expected,
                       &proof),
                   ==,
                   MDOC_WALLET_PROOF_OK);
}

static void
test_sync_with_nonce_at_the_second_try (void)
{
  static const char *const first[] = { "Wallet-Nonce", "w-1", NULL };
  static const char *const second[] = { "Wallet-Nonce", "w-2", NULL };
  g_autoptr (MdocWalletSyncReply) reply = NULL, again = NULL;
  g_autoptr (JsonNode) log = NULL, later = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/wallet/v1/sync",
                             401,
                             "{\"error\":\"use_nonce\"}",
                             first);
  mdoc_test_platform_answer (&platform,
                             "/wallet/v1/sync",
                             200,
                             "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":[{"
                             "\"midUid\":\"mid-1\","
                             "\"effective\":\"suspended\",\"generation\":1}]}",
                             second);
  reply = synchronise (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->docs->len, ==, 1);
  log = mdoc_test_https_get_log (&platform.server);
  assert_wallet_proof (mdoc_test_platform_find (&platform,
                                                log,
                                                "/wallet/v1/sync"),
                       "/wallet/v1/sync",
                       "w-1");

  /* the nonce that came along is good for the next one at once */
  again = synchronise (&error);
  g_assert_no_error (error);
  later = mdoc_test_https_get_log (&platform.server);
  assert_wallet_proof (mdoc_test_platform_find (&platform,
                                                later,
                                                "/wallet/v1/sync"),
                       "/wallet/v1/sync",
                       "w-2");
  g_assert_cmpuint (mdoc_test_platform_count (&platform, "/wallet/v1/sync"),
                    ==,
                    3);
}

static void
test_sync_that_is_refused_for_good (void)
{
  static const char *const nonce[] = { "Wallet-Nonce", "w-1", NULL };
  g_autoptr (GError) error = NULL;

  /* a nonce each time, and none is taken */
  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/wallet/v1/sync",
                             401,
                             "{\"error\":\"use_nonce\"}",
                             nonce);
  g_assert_null (synchronise (&error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_NONCE);
  g_assert_cmpuint (mdoc_test_platform_count (&platform, "/wallet/v1/sync"),
                    ==,
                    2);
  g_clear_error (&error);

  /* an instance that nobody knows */
  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/wallet/v1/sync",
                             403,
                             "{\"error\":\"unknown_instance\"}",
                             NULL);
  g_assert_null (synchronise (&error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "unknown_instance");
}

static const struct
{
  MdocPlatformNoticeData notice;
  const char *path;
  const char *body;
} notices[] = {
  { { .kind = MDOC_PLATFORM_RECEIPT,
      .id = "mid-1",
      .generation = 2,
      .digest = "abc" },
    "/wallet/v1/receipts",
    "{\"midUid\":\"mid-1\",\"generation\":2,\"digest\":\"abc\"}" },
  { { .kind = MDOC_PLATFORM_ACCEPT, .id = "mid-1" },
    "/wallet/v1/device-credentials/mid-1/accept",
    "{}" },
  { { .kind = MDOC_PLATFORM_DECLINE, .id = "mid-1" },
    "/wallet/v1/device-credentials/mid-1/decline",
    "{}" },
  { { .kind = MDOC_PLATFORM_REMOVAL,
      .id = "mid-1",
      .reason = "holder",
      .at_unix_s = 1795831200 },
    "/wallet/v1/device-credentials/mid-1/removal",
    "{\"reason\":\"holder\",\"at\":1795831200}" },
  { { .kind = MDOC_PLATFORM_MESSAGE_READ, .id = "m-1" },
    "/wallet/v1/messages/m-1/read",
    "{}" },
  { { .kind = MDOC_PLATFORM_ACTION_ACK, .id = "a-1", .reason = "done" },
    "/wallet/v1/actions/a-1/ack",
    "{\"result\":\"done\"}" },
  { { .kind = MDOC_PLATFORM_ACCEPT, .id = "../a/b?c#d" },
    "/wallet/v1/device-credentials/..%2Fa%2Fb%3Fc%23d/accept",
    "{}" },
};

static gboolean
tell (const MdocPlatformNoticeData *notice, gboolean *ret_known, GError **error)
{
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_tell_async (platform.client,
                            notice,
                            NULL,
                            mdoc_test_take_result,
                            &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_tell_finish (platform.client, result, ret_known, error);
}

static void
test_notices (void)
{
  static const char *const nonce[] = { "Wallet-Nonce", "w-1", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (notices); i++)
    {
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      gboolean known = FALSE;
      JsonObject *sent;

      mdoc_test_platform_renew (&platform);
      mdoc_test_platform_answer (&platform,
                                 notices[i].path,
                                 401,
                                 "{\"error\":\"use_nonce\"}",
                                 nonce);
      mdoc_test_platform_answer (&platform, notices[i].path, 200, "{}", NULL);
      g_assert_true (tell (&notices[i].notice, &known, &error));
      g_assert_no_error (error);
      g_assert_true (known);
      log = mdoc_test_https_get_log (&platform.server);
      sent = mdoc_test_platform_find (&platform, log, notices[i].path);
      g_assert_cmpstr (json_object_get_string_member (sent, "body"),
                       ==,
                       notices[i].body);
      assert_wallet_proof (sent, notices[i].path, "w-1");
    }
}

/* what is gone there needs no telling; what fails there does */
static void
test_notice_of_what_is_gone (void)
{
  static const guint statuses[] = { 404, 410, 503, 400 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      const MdocPlatformNoticeData *removal = &notices[3].notice;
      g_autoptr (GError) error = NULL;
      gboolean known = TRUE, told;

      mdoc_test_platform_renew (&platform);
      mdoc_test_platform_answer (&platform,
                                 notices[3].path,
                                 statuses[i],
                                 "{\"error\":\"invalid_request\"}",
                                 NULL);
      told = tell (removal, &known, &error);
      g_assert_true (told == (i < 2));
      g_assert_true (known == (i >= 2));
      if (i == 2)
        g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_RETRY);
      if (i == 3)
        g_assert_error (error,
                        MDOC_PLATFORM_ERROR,
                        MDOC_PLATFORM_ERROR_REFUSED);
    }
}

static void
test_no_wallet_api (void)
{
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  g_clear_pointer (&platform.metadata->wallet_uri, g_free);
  mdoc_test_platform_publish (&platform);
  g_assert_null (synchronise (&error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
  g_assert_false (mdoc_platform_has_wallet_api (platform.client));
}

/* both keys sign, over the same nonce */
static void
test_recover (void)
{
  static const char path[] = "/wallet/v1/device-credentials/mid-1/recover";
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MdocSecret) code = NULL;
  g_autofree char *proof = NULL;
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  MdocProofExpectation expected = { .now_unix_s = MDOC_TEST_PLATFORM_NOW,
                                    .is_nonce_current = is_nonce_current,
                                    .nonce_data = (gpointer) (gsize) "w-7" };
  JsonObject *sent;

  mdoc_test_platform_renew (&platform);
  mdoc_test_platform_answer (&platform,
                             "/wallet/v1/nonce",
                             200,
                             "{\"nonce\":\"w-7\"}",
                             NULL);
  mdoc_test_platform_answer (&platform,
                             path,
                             200,
                             "{\"pre-authorized_code\":\"a new "
                             "code\",\"expires_in\":300}",
                             NULL);
  mdoc_platform_recover_async (platform.client,
                               "mid-1",
                               platform.device_keys->pdata[0],
                               NULL,
                               mdoc_test_take_result,
                               &place);
  result = mdoc_test_wait_result (&place);
  code = mdoc_platform_recover_finish (platform.client, result, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (code),
                                    mdoc_span_from_text ("a new code")));

  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_platform_find (&platform, log, path);
  assert_wallet_proof (sent, path, "w-7");
  proof
      = mdoc_wallet_recover_parse (mdoc_span_from_text (
                                       json_object_get_string_member (sent,
                                                                      "body")),
                                   &error);
  g_assert_no_error (error);
  expected.issuer = platform.issuer;
  g_assert_cmpint (mdoc_proof_check (proof, &expected, &key, &attestation),
                   ==,
                   MDOC_PROOF_OK);
  g_assert_true (mdoc_public_key_equal (key,
                                        mdoc_key_get_public (
                                            platform.device_keys->pdata[0])));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_platform_set_up (&platform);
#define ADD(name_, func_) g_test_add_func ("/platform-wallet/" name_, func_)
  ADD ("deferred", test_deferred);
  ADD ("deferred-that-is-denied", test_deferred_that_is_denied);
  ADD ("encrypted", test_encrypted);
  ADD ("encryption-key-that-is-another-by-now",
       test_encryption_key_that_is_another_by_now);
  ADD ("encryption-that-cannot-be", test_encryption_that_cannot_be);
  ADD ("batch-both-sides", test_batch_both_sides);
  ADD ("proofs-that-cannot-be", test_proofs_that_cannot_be);
  ADD ("notify", test_notify);
  ADD ("sync-with-nonce-at-the-second-try",
       test_sync_with_nonce_at_the_second_try);
  ADD ("sync-that-is-refused-for-good", test_sync_that_is_refused_for_good);
  ADD ("notices", test_notices);
  ADD ("notice-of-what-is-gone", test_notice_of_what_is_gone);
  ADD ("no-wallet-api", test_no_wallet_api);
  ADD ("recover", test_recover);
#undef ADD
  status = g_test_run ();
  mdoc_test_platform_tear_down (&platform);
  return status;
}
