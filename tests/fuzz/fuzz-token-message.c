/*
 * fuzz-token-message.c - messages of authorization made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-token-message.h"
#include "openid/mdoc-uri.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_error (const GError *error)
{
  g_assert_true (error == NULL || error->domain == MDOC_JSON_ERROR
                 || error->domain == MDOC_FORM_ERROR);
}

/* What is read can be written, and is then read as the same. */
static void
check_form (const char *form)
{
  g_autoptr (MdocAuthorizationRequest) authorization = NULL;
  g_autoptr (MdocTokenRequest) token = NULL;
  g_autoptr (GError) error = NULL;

  token = mdoc_token_request_parse (form, &error);
  g_assert_true (token == NULL || error == NULL);
  check_error (error);
  g_clear_error (&error);
  if (token != NULL)
    {
      g_autofree char *first = mdoc_token_request_to_form (token);
      g_autoptr (MdocTokenRequest) again = NULL;

      again = mdoc_token_request_parse (first, NULL);
      if (again != NULL)
        {
          g_autofree char *second = mdoc_token_request_to_form (again);

          g_assert_cmpstr (first, ==, second);
        }
    }

  authorization = mdoc_authorization_request_parse (form, &error);
  g_assert_true ((authorization == NULL) == (error != NULL));
  check_error (error);
  if (authorization != NULL)
    {
      g_autofree char *first = mdoc_authorization_request_to_form (
          authorization);
      g_autoptr (MdocAuthorizationRequest) again = NULL;

      again = mdoc_authorization_request_parse (first, NULL);
      if (again != NULL)
        {
          g_autofree char *second = mdoc_authorization_request_to_form (again);

          g_assert_cmpstr (first, ==, second);
        }
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MdocTokenResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  gint64 expires_in_s = 0;

  check_form (text);
  uri = mdoc_par_response_parse (MDOC_SPAN (data, size), &expires_in_s, NULL);
  g_assert_true (uri == NULL || expires_in_s > 0);

  response = mdoc_token_response_parse (MDOC_SPAN (data, size), &error);
  g_assert_true ((response == NULL) == (error != NULL));
  if (response != NULL)
    {
      g_autofree char *first = mdoc_token_response_to_json (response);
      g_autoptr (MdocTokenResponse) again = NULL;
      g_autofree char *second = NULL;

      g_assert_cmpint (response->expires_in_s, >=, 0);
      again = mdoc_token_response_parse (mdoc_span_from_text (first), &error);
      g_assert_no_error (error);
      second = mdoc_token_response_to_json (again);
      g_assert_cmpstr (first, ==, second);
    }
  return 0;
}
