/*
 * test-token-message.c - what wallet and authorization server say
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-offer.h"
#include "openid/mdoc-token-message.h"
#include "openid/mdoc-uri.h"

#define ACCEPTED (-1)
#define PRE                                                                    \
  "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code"

typedef struct
{
  const char *form;
  GQuark (*domain) (void); /* NULL: accepted, or not ours */
  int code;
} FormCase;

static const FormCase token_requests[] = {
  { PRE "&pre-authorized_code=c", NULL, 0 },
  { PRE "&pre-authorized_code=c&tx_code=1&x=2&client_id=w", NULL, 0 },
  { "grant_type=authorization_code&code=c&code_verifier=v&redirect_uri=r",
    NULL,
    0 },
  { "grant_type=refresh_token&refresh_token=r&scope=s", NULL, 0 },
  { "grant_type=password&username=u", NULL, 0 },
  { "", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "grant_type=", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { PRE, mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&code=c", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&tx_code=",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&pre-authorized_code=d",
    mdoc_form_error_quark,
    MDOC_FORM_ERROR_DUPLICATE },
  { PRE "&pre-authorized_code=%00",
    mdoc_form_error_quark,
    MDOC_FORM_ERROR_MALFORMED },
  { PRE "&pre-authorized_code=c&authorization_details=[",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_TRUNCATED },
  { PRE "&pre-authorized_code=c&authorization_details=[]",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&authorization_details={}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&authorization_details=[{}]",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&authorization_details="
        "[{\"type\":\"openid_credential\"}]",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { PRE "&pre-authorized_code=c&authorization_details="
        "[{\"type\":\"other\"},{\"type\":\"openid_credential\","
        "\"credential_configuration_id\":\"i\"}]",
    NULL,
    0 },
};

static void
test_token_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (token_requests); i++)
    {
      const FormCase *c = &token_requests[i];
      g_autoptr (MdocTokenRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->form);
      request = mdoc_token_request_parse (c->form, &error);
      if (c->domain != NULL)
        {
          g_assert_null (request);
          g_assert_error (error, c->domain (), c->code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true ((request == NULL)
                     == g_str_has_prefix (c->form, "grant_type=password"));
    }
}

static void
test_token_round_trip (void)
{
  g_autoptr (GPtrArray) details = mdoc_details_new ();
  MdocTokenRequest requests[] = {
    { .grant = MDOC_TOKEN_PRE_AUTHORIZED,
      .code = (char *) (gsize) "a+b c&d",
      .tx_code = (char *) (gsize) "12 34",
      .details = details },
    { .grant = MDOC_TOKEN_AUTHORIZATION_CODE,
      .code = (char *) (gsize) "code",
      .code_verifier = (char *) (gsize) "verifier",
      .redirect_uri = (char *) (gsize) "http://127.0.0.1:1/x",
      .client_id = (char *) (gsize) "me" },
    { .grant = MDOC_TOKEN_REFRESH,
      .code = (char *) (gsize) "token",
      .scope = (char *) (gsize) "a b" },
  };

  mdoc_details_add (details, "one", NULL);
  mdoc_details_add (details, "two", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *form = mdoc_token_request_to_form (&requests[i]);
      g_autoptr (MdocTokenRequest) again = NULL;
      g_autoptr (GError) error = NULL;

      again = mdoc_token_request_parse (form, &error);
      g_assert_no_error (error);
      g_assert_cmpint (again->grant, ==, requests[i].grant);
      g_assert_cmpstr (again->code, ==, requests[i].code);
      g_assert_cmpstr (again->code_verifier, ==, requests[i].code_verifier);
      g_assert_cmpstr (again->redirect_uri, ==, requests[i].redirect_uri);
      g_assert_cmpstr (again->tx_code, ==, requests[i].tx_code);
      g_assert_cmpstr (again->client_id, ==, requests[i].client_id);
      g_assert_cmpstr (again->scope, ==, requests[i].scope);
      g_assert_true ((again->details == NULL) == (i > 0));
      if (again->details != NULL)
        {
          const MdocDetail *detail = again->details->pdata[1];

          g_assert_cmpstr (detail->configuration_id, ==, "two");
        }
    }
}

#define GOOD "response_type=code&client_id=w&code_challenge=c"
#define S256 "&code_challenge_method=S256"

static const FormCase authorization_requests[] = {
  { GOOD S256, NULL, 0 },
  { GOOD S256 "&scope=a&state=s&x=y", NULL, 0 },
  { GOOD, mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { GOOD "&code_challenge_method=plain",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "response_type=token&client_id=w&code_challenge=c" S256,
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "client_id=w&code_challenge=c" S256,
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "response_type=code&code_challenge=c" S256,
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "response_type=code&client_id=w" S256,
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { GOOD S256 "&request_uri=https://evil.example",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { GOOD S256 "&authorization_details=1",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { GOOD S256 "&client_id=v",
    mdoc_form_error_quark,
    MDOC_FORM_ERROR_DUPLICATE },
};

static void
test_authorization_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (authorization_requests); i++)
    {
      const FormCase *c = &authorization_requests[i];
      g_autoptr (MdocAuthorizationRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", c->form);
      request = mdoc_authorization_request_parse (c->form, &error);
      g_assert_true ((request == NULL) == (error != NULL));
      if (c->domain != NULL)
        g_assert_error (error, c->domain (), c->code);
      else
        g_assert_no_error (error);
    }
}

static void
test_authorization_round_trip (void)
{
  g_autoptr (GPtrArray) details = mdoc_details_new ();
  MdocAuthorizationRequest request = {
    .client_id = (char *) (gsize) "w",
    .redirect_uri = (char *) (gsize) "http://127.0.0.1:7/cb?a=b",
    .scope = (char *) (gsize) "s t",
    .details = details,
    .location = (char *) (gsize) "https://i.example/t",
    .state = (char *) (gsize) "st&",
    .code_challenge = (char *) (gsize) "cc",
    .issuer_state = (char *) (gsize) "is",
    .dpop_thumbprint = (char *) (gsize) "jkt",
  };
  g_autoptr (MdocAuthorizationRequest) again = NULL;
  g_autofree char *form = NULL;
  g_autoptr (GError) error = NULL;
  const MdocDetail *detail;

  mdoc_details_add (details, "org.iso.18013.5.1.mDL", NULL);
  form = mdoc_authorization_request_to_form (&request);
  g_assert_nonnull (strstr (form, "locations"));
  again = mdoc_authorization_request_parse (form, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->client_id, ==, request.client_id);
  g_assert_cmpstr (again->redirect_uri, ==, request.redirect_uri);
  g_assert_cmpstr (again->scope, ==, request.scope);
  g_assert_cmpstr (again->location, ==, request.location);
  g_assert_cmpstr (again->state, ==, request.state);
  g_assert_cmpstr (again->code_challenge, ==, request.code_challenge);
  g_assert_cmpstr (again->issuer_state, ==, request.issuer_state);
  g_assert_cmpstr (again->dpop_thumbprint, ==, request.dpop_thumbprint);
  detail = again->details->pdata[0];
  g_assert_cmpstr (detail->configuration_id, ==, "org.iso.18013.5.1.mDL");
}

static void
test_par_response (void)
{
  static const struct
  {
    const char *text;
    int code;
  } texts[] = {
    { "{\"request_uri\":\"urn:x\",\"expires_in\":60}", ACCEPTED },
    { "{\"request_uri\":\"urn:x\"}", MDOC_JSON_ERROR_SCHEMA },
    { "{\"expires_in\":60}", MDOC_JSON_ERROR_SCHEMA },
    { "{\"request_uri\":\"urn:x\",\"expires_in\":0}", MDOC_JSON_ERROR_LIMIT },
    { "{\"request_uri\":\"urn:x\",\"expires_in\":\"60\"}",
      MDOC_JSON_ERROR_SCHEMA },
    { "[]", MDOC_JSON_ERROR_SCHEMA },
  };
  g_autofree char *own = mdoc_par_response_write ("urn:y", 90);
  g_autofree char *uri = NULL;
  gint64 expires_in_s = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *found = NULL;
      g_autoptr (GError) error = NULL;

      found = mdoc_par_response_parse (mdoc_span_from_text (texts[i].text),
                                       &expires_in_s,
                                       &error);
      g_assert_true ((found == NULL) == (error != NULL));
      if (texts[i].code == ACCEPTED)
        g_assert_cmpstr (found, ==, "urn:x");
      else
        g_assert_error (error, MDOC_JSON_ERROR, texts[i].code);
    }
  uri = mdoc_par_response_parse (mdoc_span_from_text (own),
                                 &expires_in_s,
                                 NULL);
  g_assert_cmpstr (uri, ==, "urn:y");
  g_assert_cmpint (expires_in_s, ==, 90);
}

#define TOKEN "\"access_token\":\"t\",\"token_type\":\"DPoP\""

static const struct
{
  const char *text;
  int code;
} responses[] = {
  { "{" TOKEN "}", ACCEPTED },
  { "{\"access_token\":\"t\",\"token_type\":\"dpop\",\"c_nonce\":\"n\"}",
    ACCEPTED },
  { "{" TOKEN ",\"expires_in\":0,\"refresh_token\":null,\"scope\":\"\"}",
    ACCEPTED },
  { "{" TOKEN ",\"authorization_details\":[{\"type\":\"openid_credential\","
    "\"credential_configuration_id\":\"i\","
    "\"credential_identifiers\":[\"a\",\"b\"]},{\"type\":\"x\"}]}",
    ACCEPTED },
  { "{" TOKEN ",\"authorization_details\":[{\"type\":\"openid_credential\","
    "\"credential_configuration_id\":\"i\"}]}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN ",\"authorization_details\":[]}", MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN ",\"authorization_details\":[1]}", MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN ",\"expires_in\":-1}", MDOC_JSON_ERROR_LIMIT },
  { "{" TOKEN ",\"expires_in\":\"300\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN ",\"refresh_token\":1}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"access_token\":\"t\",\"token_type\":\"mac\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"access_token\":\"t\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"access_token\":\"\",\"token_type\":\"DPoP\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"token_type\":\"DPoP\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN "," TOKEN "}", MDOC_JSON_ERROR_DUPLICATE },
};

static void
test_token_responses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      g_autoptr (MdocTokenResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", responses[i].text);
      response = mdoc_token_response_parse (mdoc_span_from_text (
                                                responses[i].text),
                                            &error);
      g_assert_true ((response == NULL) == (error != NULL));
      if (responses[i].code != ACCEPTED)
        {
          g_assert_error (error, MDOC_JSON_ERROR, responses[i].code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (response->is_dpop);
    }
}

static void
test_token_response_round_trip (void)
{
  static const char *const ids[] = { "mid-1", "mid-2", NULL };
  g_autoptr (GPtrArray) details = mdoc_details_new ();
  MdocTokenResponse response = {
    .access_token = (char *) (gsize) "a.b-c",
    .expires_in_s = 300,
    .refresh_token = (char *) (gsize) "r",
    .scope = (char *) (gsize) "s",
    .details = details,
  };
  g_autoptr (MdocTokenResponse) again = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const MdocDetail *detail;

  mdoc_details_add (details, "i", ids);
  text = mdoc_token_response_to_json (&response);
  again = mdoc_token_response_parse (mdoc_span_from_text (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->access_token, ==, "a.b-c");
  g_assert_false (again->is_dpop);
  g_assert_cmpint (again->expires_in_s, ==, 300);
  g_assert_cmpstr (again->refresh_token, ==, "r");
  g_assert_cmpstr (again->scope, ==, "s");
  detail = again->details->pdata[0];
  g_assert_cmpstr (detail->identifiers[1], ==, "mid-2");
}

static void
test_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *fill = g_strnfill (MDOC_TOKEN_MAX_LEN + over, 'x');
      g_autofree char *form = g_strconcat (PRE "&pre-authorized_code=",
                                           fill,
                                           NULL);
      g_autofree char *json
          = g_strconcat ("{\"token_type\":\"DPoP\",\"access_token\":\"",
                         fill,
                         "\"}",
                         NULL);
      g_autoptr (MdocTokenRequest) request = NULL;
      g_autoptr (MdocTokenResponse) response = NULL;
      g_autoptr (GError) first = NULL;
      g_autoptr (GError) second = NULL;

      request = mdoc_token_request_parse (form, &first);
      response = mdoc_token_response_parse (mdoc_span_from_text (json),
                                            &second);
      g_assert_true ((request == NULL) == (over == 1));
      g_assert_true ((response == NULL) == (over == 1));
      if (over == 1)
        {
          g_assert_error (first, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
          g_assert_error (second, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
        }
    }

  for (guint n = MDOC_DETAILS_MAX; n <= MDOC_DETAILS_MAX + 1; n++)
    {
      g_autoptr (GPtrArray) details = mdoc_details_new ();
      MdocTokenRequest made = { .grant = MDOC_TOKEN_PRE_AUTHORIZED,
                                .code = (char *) (gsize) "c",
                                .details = details };
      g_autoptr (MdocTokenRequest) request = NULL;
      g_autofree char *form = NULL;

      for (guint i = 0; i < n; i++)
        mdoc_details_add (details, "i", NULL);
      form = mdoc_token_request_to_form (&made);
      request = mdoc_token_request_parse (form, NULL);
      g_assert_true ((request == NULL) == (n > MDOC_DETAILS_MAX));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/token-message/token-requests", test_token_requests);
  g_test_add_func ("/token-message/token-round-trip", test_token_round_trip);
  g_test_add_func ("/token-message/authorization-requests",
                   test_authorization_requests);
  g_test_add_func ("/token-message/authorization-round-trip",
                   test_authorization_round_trip);
  g_test_add_func ("/token-message/par-response", test_par_response);
  g_test_add_func ("/token-message/token-responses", test_token_responses);
  g_test_add_func ("/token-message/token-response-round-trip",
                   test_token_response_round_trip);
  g_test_add_func ("/token-message/limits", test_limits);

  return g_test_run ();
}
