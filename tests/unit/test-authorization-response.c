/*
 * test-authorization-response.c - what the browser brings back
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-authorization-response.h"
#include "openid/mdoc-token-message.h"
#include "openid/mdoc-uri.h"

#define SERVER "https://as.example"

static const struct
{
  const char *query;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
} queries[] = {
  { "code=c", NULL, 0 },
  { "code=c&state=&x=1", NULL, 0 },
  { "error=access_denied&state=s", NULL, 0 },
  { "error=", NULL, 0 },
  { "", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "state=s", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "code=", mdoc_json_error_quark, MDOC_JSON_ERROR_SCHEMA },
  { "code=c&error=access_denied",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "code=c&code=d", mdoc_form_error_quark, MDOC_FORM_ERROR_DUPLICATE },
  { "code=%zz", mdoc_form_error_quark, MDOC_FORM_ERROR_MALFORMED },
};

static void
test_queries (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (MdocAuthorizationResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", queries[i].query);
      response = mdoc_authorization_response_parse (queries[i].query, &error);
      g_assert_true ((response == NULL) == (error != NULL));
      if (queries[i].domain == NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, queries[i].domain (), queries[i].code);
    }
}

static void
test_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *fill = g_strnfill (MDOC_TOKEN_MAX_LEN + over, 'x');
      g_autofree char *query = g_strconcat ("code=", fill, NULL);
      g_autoptr (MdocAuthorizationResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      response = mdoc_authorization_response_parse (query, &error);
      g_assert_true ((response == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static void
test_round_trip (void)
{
  static const char *const uris[] = { "http://127.0.0.1:1/cb",
                                      "http://127.0.0.1:1/cb?a=b" };
  static const MdocAuthorizationResponse made[] = {
    { .code = (char *) (gsize) "a+b &",
      .state = (char *) (gsize) "s t",
      .issuer = (char *) (gsize) SERVER },
    { .error = MDOC_PROTOCOL_ACCESS_DENIED,
      .description = (char *) (gsize) "no",
      .state = (char *) (gsize) "s" },
  };

  for (gsize i = 0; i < 4; i++)
    {
      const MdocAuthorizationResponse *one = &made[i % 2];
      g_autofree char *uri = NULL;
      g_autoptr (MdocAuthorizationResponse) again = NULL;
      g_autoptr (GError) error = NULL;

      uri = mdoc_authorization_response_to_uri (one, uris[i / 2]);
      g_assert_true (g_str_has_prefix (uri, uris[i / 2]));
      again = mdoc_authorization_response_parse (strchr (uri, '?') + 1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again->code, ==, one->code);
      g_assert_cmpstr (again->state, ==, one->state);
      g_assert_cmpstr (again->issuer, ==, one->issuer);
      g_assert_cmpint (again->error, ==, one->error);
      g_assert_cmpstr (again->description, ==, one->description);
    }
}

/* A description may be shown, so it is harmless. */
static void
test_description (void)
{
  g_autoptr (MdocAuthorizationResponse) response = NULL;

  response = mdoc_authorization_response_parse ("error=x&error_description=a%"
                                                "1b%22%5c%c3%a9b",
                                                NULL);
  g_assert_cmpstr (response->description, ==, "a\?\?\?\?\?b");
  g_assert_cmpint (response->error, ==, MDOC_PROTOCOL_UNKNOWN);
}

static void
test_check (void)
{
  static const struct
  {
    const char *query;
    const char *state;
    gboolean gives_iss;
    MdocAuthorizationResult result;
  } cases[] = {
    { "code=c&state=s", "s", FALSE, MDOC_AUTHORIZATION_OK },
    { "code=c", NULL, FALSE, MDOC_AUTHORIZATION_OK },
    { "code=c", "s", FALSE, MDOC_AUTHORIZATION_STATE },
    { "code=c&state=s", NULL, FALSE, MDOC_AUTHORIZATION_STATE },
    { "code=c&state=S", "s", FALSE, MDOC_AUTHORIZATION_STATE },
    { "code=c&state=s", "s", TRUE, MDOC_AUTHORIZATION_ISSUER },
    { "code=c&state=s&iss=" SERVER, "s", TRUE, MDOC_AUTHORIZATION_OK },
    { "code=c&state=s&iss=" SERVER, "s", FALSE, MDOC_AUTHORIZATION_OK },
    { "code=c&state=s&iss=" SERVER "/", "s", TRUE, MDOC_AUTHORIZATION_ISSUER },
    { "code=c&state=s&iss=https://evil",
      "s",
      FALSE,
      MDOC_AUTHORIZATION_ISSUER },
    { "error=access_denied&state=s", "s", FALSE, MDOC_AUTHORIZATION_REFUSED },
    { "error=access_denied&state=x", "s", FALSE, MDOC_AUTHORIZATION_STATE },
    { "error=access_denied&state=s", "s", TRUE, MDOC_AUTHORIZATION_ISSUER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocAuthorizationResponse) response = NULL;

      g_test_message ("%s", cases[i].query);
      response = mdoc_authorization_response_parse (cases[i].query, NULL);
      g_assert_cmpint (mdoc_authorization_response_check (response,
                                                          cases[i].state,
                                                          SERVER,
                                                          cases[i].gives_iss),
                       ==,
                       cases[i].result);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/authorization-response/queries", test_queries);
  g_test_add_func ("/authorization-response/limit", test_limit);
  g_test_add_func ("/authorization-response/round-trip", test_round_trip);
  g_test_add_func ("/authorization-response/description", test_description);
  g_test_add_func ("/authorization-response/check", test_check);

  return g_test_run ();
}
