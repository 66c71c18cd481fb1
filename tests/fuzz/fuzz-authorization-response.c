/*
 * fuzz-authorization-response.c - answers by way of a browser, made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-authorization-response.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is read can be written, and is then read as the same; nobody but the
 * server that knows the state gets past the check. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (MdocAuthorizationResponse) response = NULL;
  g_autoptr (MdocAuthorizationResponse) again = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  response = mdoc_authorization_response_parse (text, &error);
  g_assert_true ((response == NULL) == (error != NULL));
  if (response == NULL)
    return 0;
  g_assert_cmpint (mdoc_authorization_response_check (response,
                                                      "0123456789abcdef0123",
                                                      "https://as.example",
                                                      TRUE),
                   !=,
                   MDOC_AUTHORIZATION_OK);

  uri = mdoc_authorization_response_to_uri (response, "http://127.0.0.1/");
  again = mdoc_authorization_response_parse (strchr (uri, '?') + 1, &error);
  if (again == NULL)
    {
      /* with all its escapes it has become too long */
      g_assert_cmpuint (strlen (uri), >, size);
      return 0;
    }
  g_assert_cmpstr (again->code, ==, response->code);
  g_assert_cmpstr (again->state, ==, response->state);
  g_assert_cmpstr (again->issuer, ==, response->issuer);
  g_assert_cmpint (again->error, ==, response->error);
  return 0;
}
