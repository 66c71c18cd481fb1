/*
 * test-credential-message.c - what wallet and issuer say to each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-credential-message.h"
#include "tests/lib/mdoc-test.h"

#define TEXT(text_) ((char *) (gsize) (text_))

#define ID "\"credential_configuration_id\":\"i\""
#define KEY                                                                    \
  "\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ECDH-ES\","             \
  "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","                     \
  "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"}"
#define ENC "\"credential_response_encryption\":"

/* Which error of the standard each gets; UNKNOWN: accepted */
static const struct
{
  const char *text;
  MdocProtocolCode code;
} requests[] = {
  { "{" ID "}", MDOC_PROTOCOL_UNKNOWN },
  { "{\"credential_identifier\":\"i\"}", MDOC_PROTOCOL_UNKNOWN },
  { "{" ID ",\"credential_identifier\":null,\"proofs\":null,\"x\":[]}",
    MDOC_PROTOCOL_UNKNOWN },
  { "{" ID ",\"proofs\":{\"jwt\":[\"a\",\"b\"]}}", MDOC_PROTOCOL_UNKNOWN },
  { "{" ID ",\"proofs\":{\"attestation\":[\"a\"]}}", MDOC_PROTOCOL_UNKNOWN },
  { "{" ID "," ENC "{" KEY ",\"enc\":\"A256GCM\"}}", MDOC_PROTOCOL_UNKNOWN },
  { "{}", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "[]", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "{" ID ",\"credential_identifier\":\"i\"}",
    MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "{" ID "," ID "}", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "{\"credential_configuration_id\":1}",
    MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "{\"credential_configuration_id\":\"\"}",
    MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
  { "{" ID ",\"proofs\":{}}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":[]}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"jwt\":[]}}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"jwt\":\"a\"}}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"jwt\":[1]}}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"di_vp\":[{}]}}", MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"attestation\":[\"a\",\"b\"]}}",
    MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID ",\"proofs\":{\"jwt\":[\"a\"],\"attestation\":[\"a\"]}}",
    MDOC_PROTOCOL_INVALID_PROOF },
  { "{" ID "," ENC "[]}", MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{\"enc\":\"A256GCM\"}}",
    MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{" KEY "}}", MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{" KEY ",\"enc\":\"A128CBC-HS256\"}}",
    MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{" KEY ",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}}",
    MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{\"jwk\":{\"kty\":\"RSA\",\"alg\":\"RSA-OAEP-256\"},"
    "\"enc\":\"A256GCM\"}}",
    MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  { "{" ID "," ENC "{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","
    "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"},"
    "\"enc\":\"A256GCM\"}}",
    MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
};

static void
test_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;
      g_autoptr (MdocCredentialRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", requests[i].text);
      request = mdoc_credential_request_parse (mdoc_span_from_text (
                                                   requests[i].text),
                                               &code,
                                               &error);
      g_assert_true ((request == NULL) == (error != NULL));
      g_assert_true ((request == NULL)
                     == (requests[i].code != MDOC_PROTOCOL_UNKNOWN));
      g_assert_cmpint (code, ==, requests[i].code);
    }
}

static void
test_request_round_trip (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) jwk = mdoc_jwk_new (mdoc_key_get_public (key),
                                          "k",
                                          "ECDH-ES",
                                          NULL);
  char *proofs[] = { TEXT ("p1"), TEXT ("p2"), NULL };
  MdocCredentialRequest all[] = {
    { .identifier = TEXT ("mid"), .jwt_proofs = proofs },
    { .configuration_id = TEXT ("c"), .attestation = TEXT ("a") },
    { .configuration_id = TEXT ("c"),
      .jwt_proofs = proofs,
      .response_key = jwk,
      .response_enc = MDOC_JWE_A256GCM },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *text = mdoc_credential_request_to_json (&all[i]);
      g_autoptr (MdocCredentialRequest) again = NULL;
      g_autoptr (GError) error = NULL;

      again = mdoc_credential_request_parse (mdoc_span_from_text (text),
                                             NULL,
                                             &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again->identifier, ==, all[i].identifier);
      g_assert_cmpstr (again->configuration_id, ==, all[i].configuration_id);
      g_assert_cmpstr (again->attestation, ==, all[i].attestation);
      g_assert_true ((again->jwt_proofs == NULL) == (i == 1));
      if (again->jwt_proofs != NULL)
        g_assert_cmpstr (again->jwt_proofs[1], ==, "p2");
      g_assert_true ((again->response_key != NULL) == (i == 2));
      if (again->response_key != NULL)
        {
          g_assert_cmpint (again->response_enc, ==, MDOC_JWE_A256GCM);
          g_assert_cmpstr (mdoc_jwk_get_kid (again->response_key), ==, "k");
        }
    }
}

static const struct
{
  const char *text;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
} responses[] = {
  { "{\"credentials\":[{\"credential\":\"oA\"}]}", NULL, 0 },
  { "{\"credentials\":[{\"credential\":\"oA\",\"x\":1},{\"credential\":"
    "\"oQ\"}],\"notification_id\":\"n\",\"c_nonce\":\"x\"}",
    NULL,
    0 },
  { "{\"transaction_id\":\"t\",\"interval\":5}", NULL, 0 },
  { "{\"transaction_id\":\"t\",\"interval\":5,\"notification_id\":\"n\"}",
    NULL,
    0 },
  { "{}", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[]}", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[1]}", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[{}]}", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[{\"credential\":{}}]}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[{\"credential\":\"oA==\"}]}",
    mdoc_text_error_quark,
    MDOC_TEXT_ERROR_MALFORMED },
  { "{\"credential\":\"oA\"}", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "{\"credentials\":[{\"credential\":\"oA\"}],\"transaction_id\":\"t\","
    "\"interval\":5}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"transaction_id\":\"t\"}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"transaction_id\":\"\",\"interval\":5}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"transaction_id\":\"t\",\"interval\":0}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_LIMIT },
  { "{\"transaction_id\":\"t\",\"interval\":2678400}", NULL, 0 },
  { "{\"transaction_id\":\"t\",\"interval\":2678401}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_LIMIT },
  { "{\"transaction_id\":\"t\",\"interval\":\"5\"}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "null", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
};

static void
test_responses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      g_autoptr (MdocCredentialResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", responses[i].text);
      response = mdoc_credential_response_parse (mdoc_span_from_text (
                                                     responses[i].text),
                                                 &error);
      g_assert_true ((response == NULL) == (error != NULL));
      if (responses[i].domain == NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, responses[i].domain (), responses[i].code);
    }
}

static void
test_response_round_trip (void)
{
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (MdocCredentialResponse) again = NULL;
  g_autoptr (MdocCredentialResponse) waiting = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  response = mdoc_credential_response_new ();
  for (guint8 i = 0; i < 10; i++)
    g_ptr_array_add (response->credentials, g_bytes_new (&i, 1));
  response->notification_id = g_strdup ("n");
  first = mdoc_credential_response_to_json (response);
  again = mdoc_credential_response_parse (mdoc_span_from_text (first), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->credentials->len, ==, 10);
  g_assert_true (g_bytes_equal (again->credentials->pdata[9],
                                response->credentials->pdata[9]));
  g_assert_cmpstr (again->notification_id, ==, "n");

  /* nothing of it is told before its time */
  response->transaction_id = g_strdup ("t");
  response->interval_s = 60;
  second = mdoc_credential_response_to_json (response);
  g_assert_cmpstr (second, ==, "{\"transaction_id\":\"t\",\"interval\":60}");
  waiting = mdoc_credential_response_parse (mdoc_span_from_text (second),
                                            &error);
  g_assert_no_error (error);
  g_assert_cmpint (waiting->interval_s, ==, 60);
  g_assert_cmpuint (waiting->credentials->len, ==, 0);
}

static void
test_batch_limits (void)
{
  for (guint n = MDOC_CREDENTIAL_MAX_BATCH; n <= MDOC_CREDENTIAL_MAX_BATCH + 1;
       n++)
    {
      g_autoptr (GString) request_text = g_string_new (
          "{" ID ",\"proofs\":{\"jwt\":[\"0\"");
      g_autoptr (MdocCredentialResponse) made = NULL;
      g_autofree char *response_text = NULL;
      g_autoptr (MdocCredentialRequest) request = NULL;
      g_autoptr (MdocCredentialResponse) response = NULL;

      made = mdoc_credential_response_new ();
      g_ptr_array_add (made->credentials, g_bytes_new ("x", 1));
      for (guint i = 1; i < n; i++)
        {
          g_string_append (request_text, ",\"x\"");
          g_ptr_array_add (made->credentials, g_bytes_new ("x", 1));
        }
      g_string_append (request_text, "]}}");
      request = mdoc_credential_request_parse (mdoc_span_from_text (
                                                   request_text->str),
                                               NULL,
                                               NULL);
      g_assert_true ((request == NULL) == (n > MDOC_CREDENTIAL_MAX_BATCH));
      response_text = mdoc_credential_response_to_json (made);
      response = mdoc_credential_response_parse (mdoc_span_from_text (
                                                     response_text),
                                                 NULL);
      g_assert_true ((response == NULL) == (n > MDOC_CREDENTIAL_MAX_BATCH));
    }
}

static void
test_length_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *fill = g_strnfill (MDOC_CREDENTIAL_MAX_TEXT_LEN + over,
                                          'x');
      g_autofree char *proof = g_strnfill (MDOC_PROOF_MAX_LEN + over, 'x');
      g_autofree char *first = g_strconcat ("{\"c_nonce\":\"",
                                            fill,
                                            "\"}",
                                            NULL);
      g_autofree char *second = g_strconcat ("{" ID ",\"proofs\":{\"jwt\":[\"",
                                             proof,
                                             "\"]}}",
                                             NULL);
      g_autoptr (MdocCredentialResponse) made = NULL;
      g_autoptr (MdocCredentialResponse) response = NULL;
      g_autoptr (MdocCredentialRequest) request = NULL;
      g_autofree char *third = NULL;
      g_autofree char *nonce = NULL;
      gsize len = MDOC_CREDENTIAL_MAX_BYTES + over;

      nonce = mdoc_nonce_response_parse (mdoc_span_from_text (first), NULL);
      g_assert_true ((nonce == NULL) == (over == 1));
      request = mdoc_credential_request_parse (mdoc_span_from_text (second),
                                               NULL,
                                               NULL);
      g_assert_true ((request == NULL) == (over == 1));
      made = mdoc_credential_response_new ();
      g_ptr_array_add (made->credentials,
                       g_bytes_new_take (g_malloc0 (len), len));
      third = mdoc_credential_response_to_json (made);
      response = mdoc_credential_response_parse (mdoc_span_from_text (third),
                                                 NULL);
      g_assert_true ((response == NULL) == (over == 1));
    }
}

static void
test_deferred (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) jwk = mdoc_jwk_new (mdoc_key_get_public (key),
                                          NULL,
                                          "ECDH-ES",
                                          NULL);
  MdocDeferredRequest request = { .transaction_id = TEXT ("t"),
                                  .response_key = jwk,
                                  .response_enc = MDOC_JWE_A256GCM };
  g_autofree char *text = mdoc_deferred_request_to_json (&request);
  g_autoptr (MdocDeferredRequest) again = NULL;
  g_autoptr (GError) error = NULL;
  static const struct
  {
    const char *text;
    MdocProtocolCode code;
  } texts[] = {
    { "{\"transaction_id\":\"t\"}", MDOC_PROTOCOL_UNKNOWN },
    { "{}", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
    { "{\"transaction_id\":1}", MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST },
    { "{\"transaction_id\":\"t\"," ENC "{}}",
      MDOC_PROTOCOL_INVALID_ENCRYPTION_PARAMETERS },
  };

  again = mdoc_deferred_request_parse (mdoc_span_from_text (text),
                                       NULL,
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->transaction_id, ==, "t");
  g_assert_cmpint (again->response_enc, ==, MDOC_JWE_A256GCM);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;
      g_autoptr (MdocDeferredRequest) found = NULL;

      found = mdoc_deferred_request_parse (mdoc_span_from_text (texts[i].text),
                                           &code,
                                           NULL);
      g_assert_true ((found != NULL) == (code == MDOC_PROTOCOL_UNKNOWN));
      g_assert_cmpint (code, ==, texts[i].code);
    }
}

static void
test_notification (void)
{
  static const char *const wrong[] = {
    "{}",
    "{\"notification_id\":\"n\"}",
    "{\"event\":\"credential_accepted\"}",
    "{\"notification_id\":\"n\",\"event\":\"accepted\"}",
    "{\"notification_id\":\"n\",\"event\":1}",
    "[]",
  };

  for (int i = 0; i <= MDOC_NOTIFICATION_FAILURE; i++)
    {
      MdocNotification made = { .notification_id = TEXT ("n"),
                                .event = (MdocNotificationEvent) i,
                                .description = i == 1 ? NULL : TEXT ("d") };
      g_autofree char *text = mdoc_notification_to_json (&made);
      g_autoptr (MdocNotification) again = NULL;
      g_autoptr (GError) error = NULL;

      again = mdoc_notification_parse (mdoc_span_from_text (text),
                                       NULL,
                                       &error);
      g_assert_no_error (error);
      g_assert_cmpint (again->event, ==, i);
      g_assert_cmpstr (again->notification_id, ==, "n");
      g_assert_cmpstr (again->description, ==, made.description);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;
      g_autoptr (MdocNotification) none = NULL;

      none = mdoc_notification_parse (mdoc_span_from_text (wrong[i]),
                                      &code,
                                      NULL);
      g_assert_null (none);
      g_assert_cmpint (code, ==, MDOC_PROTOCOL_INVALID_NOTIFICATION_REQUEST);
    }
}

static void
test_nonces (void)
{
  g_autofree char *first = mdoc_nonce_response_write ("n");
  g_autofree char *second = mdoc_challenge_response_write ("c");
  g_autofree char *nonce = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;

  nonce = mdoc_nonce_response_parse (mdoc_span_from_text (first), NULL);
  g_assert_cmpstr (nonce, ==, "n");
  challenge = mdoc_challenge_response_parse (mdoc_span_from_text (second),
                                             NULL);
  g_assert_cmpstr (challenge, ==, "c");
  none = mdoc_nonce_response_parse (mdoc_span_from_text (second), &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
}

/* A whole encrypted exchange, as it goes over the wire. */
static void
test_encrypted (void)
{
  g_autoptr (MdocKey) issuer = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) wallet = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) issuer_jwk = NULL;
  g_autoptr (MdocJwk) wallet_jwk = NULL;
  MdocCredentialRequest made = { .configuration_id = TEXT ("c"),
                                 .response_enc = MDOC_JWE_A128GCM };
  g_autofree char *text = NULL;
  g_autofree char *sent = NULL;
  g_autoptr (MdocJwe) received = NULL;
  g_autoptr (MdocSecret) plaintext = NULL;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  issuer_jwk = mdoc_jwk_new (mdoc_key_get_public (issuer),
                             "i",
                             "ECDH-ES",
                             "enc");
  wallet_jwk = mdoc_jwk_new (mdoc_key_get_public (wallet),
                             NULL,
                             "ECDH-ES",
                             NULL);
  made.response_key = wallet_jwk;
  text = mdoc_credential_request_to_json (&made);
  sent = mdoc_jwe_encrypt (mdoc_span_from_text (text),
                           issuer_jwk,
                           MDOC_JWE_A256GCM,
                           MDOC_SPAN (NULL, 0),
                           MDOC_SPAN (NULL, 0),
                           &error);
  g_assert_no_error (error);

  received = mdoc_jwe_parse (sent, MDOC_CREDENTIAL_REQUEST_MAX_BYTES, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_jwe_get_kid (received), ==, "i");
  plaintext = mdoc_jwe_decrypt (received, issuer, &error);
  g_assert_no_error (error);
  request = mdoc_credential_request_parse (mdoc_secret_get_span (plaintext),
                                           NULL,
                                           &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_public_key_equal (mdoc_jwk_get_key (request->response_key),
                             mdoc_key_get_public (wallet)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/credential-message/requests", test_requests);
  g_test_add_func ("/credential-message/request-round-trip",
                   test_request_round_trip);
  g_test_add_func ("/credential-message/responses", test_responses);
  g_test_add_func ("/credential-message/response-round-trip",
                   test_response_round_trip);
  g_test_add_func ("/credential-message/batch-limits", test_batch_limits);
  g_test_add_func ("/credential-message/length-limits", test_length_limits);
  g_test_add_func ("/credential-message/deferred", test_deferred);
  g_test_add_func ("/credential-message/notification", test_notification);
  g_test_add_func ("/credential-message/nonces", test_nonces);
  g_test_add_func ("/credential-message/encrypted", test_encrypted);

  return g_test_run ();
}
