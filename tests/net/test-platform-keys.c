/*
 * test-platform-keys.c - keys for which somebody vouches
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-proof.h"
#include "tests/net/mdoc-test-platform.h"

static MdocTestPlatform platform;

static void
answer_at_the_second_nonce (void)
{
  mdoc_test_platform_answer (&platform,
                             "/nonce",
                             200,
                             "{\"c_nonce\":\"old\"}",
                             NULL);
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
  mdoc_test_platform_answer (&platform,
                             "/credential",
                             200,
                             "{\"credentials\":[{\"credential\":"
                             "\"oWFhAQ\"}]}",
                             NULL);
}

/* One proof that holds the attestation of all keys, or the attestation alone,
 * as the issuer takes it; made for the nonce of this request. */
static void
test_attested_keys (void)
{
  static const char *const levels[] = { "iso_18045_high", NULL };
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();

  for (guint round = 0; round < 2; round++)
    {
      MdocTestAttester attester = { .exp_unix_s = MDOC_TEST_PLATFORM_NOW + 60 };
      g_autoptr (MdocCredentialResponse) response = NULL;
      g_autoptr (MdocCredentialRequest) request = NULL;
      g_autoptr (MdocKeyAttestation) attestation = NULL;
      g_autoptr (MdocPublicKey) key = NULL;
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      MdocProofExpectation expected = { .now_unix_s = MDOC_TEST_PLATFORM_NOW };
      MdocConfiguration *configuration;
      JsonObject *sent;

      mdoc_test_platform_begin (&platform);
      platform.metadata->batch_size = 3;
      configuration = platform.metadata->configurations->pdata[0];
      configuration->jwt.needs_key_attestation = TRUE;
      configuration->jwt.key_storage = g_strdupv ((GStrv) (gsize) levels);
      if (round == 1)
        {
          configuration->attestation = configuration->jwt;
          memset (&configuration->jwt, 0, sizeof (configuration->jwt));
        }
      mdoc_test_platform_publish (&platform);
      answer_at_the_second_nonce ();
      mdoc_test_platform_attest (&platform, &attester, NULL, FALSE);
      response = mdoc_test_platform_credential (&platform, tokens, 3, &error);
      g_assert_no_error (error);
      /* the second nonce takes a second attestation */
      g_assert_cmpuint (attester.n_asked, ==, 2);
      log = mdoc_test_https_get_log (&platform.server);
      sent = mdoc_test_platform_find (&platform, log, "/credential");
      request = mdoc_credential_request_parse (
          mdoc_span_from_text (json_object_get_string_member (sent, "body")),
          NULL,
          &error);
      g_assert_no_error (error);
      if (round == 0)
        {
          expected.issuer = platform.issuer;
          g_assert_cmpuint (g_strv_length (request->jwt_proofs), ==, 1);
          g_assert_cmpint (mdoc_proof_check (request->jwt_proofs[0],
                                             &expected,
                                             &key,
                                             &attestation),
                           ==,
                           MDOC_PROOF_OK);
        }
      else
        {
          attestation = mdoc_key_attestation_parse (request->attestation,
                                                    &error);
          g_assert_no_error (error);
        }
      g_assert_cmpuint (attestation->keys->len, ==, 3);
      g_assert_cmpstr (attestation->nonce, ==, "fresh");
      g_assert_cmpstr (attestation->key_storage[0], ==, levels[0]);
    }
}

static void
test_attestations_of_other_keys (void)
{
  static const struct
  {
    MdocTestAttester attester;
    const char *name;
  } rows[] = {
    { { .exp_unix_s = MDOC_TEST_PLATFORM_NOW + 60, .leaves_out = 1 },
      "attestation-key" },
    { { .exp_unix_s = MDOC_TEST_PLATFORM_NOW + 60, .nonce = "another" },
      "attestation-nonce" },
    { { .exp_unix_s = MDOC_TEST_PLATFORM_NOW - 1 }, "attestation-expired" },
  };
  g_autoptr (MdocPlatformTokens) tokens = mdoc_test_platform_make_tokens ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MdocTestAttester attester = rows[i].attester;
      MdocConfiguration *configuration;
      g_autoptr (GError) error = NULL;

      mdoc_test_platform_begin (&platform);
      platform.metadata->batch_size = 3;
      configuration = platform.metadata->configurations->pdata[0];
      configuration->jwt.needs_key_attestation = TRUE;
      mdoc_test_platform_publish (&platform);
      mdoc_test_platform_answer (&platform,
                                 "/nonce",
                                 200,
                                 "{\"c_nonce\":\"fresh\"}",
                                 NULL);
      mdoc_test_platform_attest (&platform, &attester, NULL, FALSE);
      g_assert_null (
          mdoc_test_platform_credential (&platform, tokens, 3, &error));
      g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_DEVICE);
      g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                       ==,
                       rows[i].name);
      g_assert_cmpuint (mdoc_test_platform_count (&platform, "/credential"),
                        ==,
                        0);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_platform_set_up (&platform);
  g_test_add_func ("/platform-keys/attested", test_attested_keys);
  g_test_add_func ("/platform-keys/attestations-of-others",
                   test_attestations_of_other_keys);
  status = g_test_run ();
  mdoc_test_platform_tear_down (&platform);
  return status;
}
