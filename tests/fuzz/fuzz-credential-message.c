/*
 * fuzz-credential-message.c - messages of issuance made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-credential-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is read can be written, and is then read as the same; what is refused
 * has an error of the standard. */
static void
check_request (MdocSpan json)
{
  MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;
  g_autoptr (MdocCredentialRequest) request = NULL;
  g_autoptr (MdocCredentialRequest) again = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_credential_request_parse (json, &code, &error);
  g_assert_true ((request == NULL) == (error != NULL));
  g_assert_true ((request == NULL) == (code != MDOC_PROTOCOL_UNKNOWN));
  if (request == NULL)
    return;
  g_assert_true ((request->identifier == NULL)
                 != (request->configuration_id == NULL));
  g_assert_true (request->jwt_proofs == NULL || request->attestation == NULL);
  first = mdoc_credential_request_to_json (request);
  again = mdoc_credential_request_parse (mdoc_span_from_text (first),
                                         NULL,
                                         &error);
  g_assert_no_error (error);
  second = mdoc_credential_request_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

static void
check_response (MdocSpan json)
{
  g_autoptr (MdocCredentialResponse) response = NULL;
  g_autoptr (MdocCredentialResponse) again = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  response = mdoc_credential_response_parse (json, &error);
  g_assert_true ((response == NULL) == (error != NULL));
  if (response == NULL)
    return;
  g_assert_true ((response->credentials->len == 0)
                 == (response->transaction_id != NULL));
  first = mdoc_credential_response_to_json (response);
  again = mdoc_credential_response_parse (mdoc_span_from_text (first), &error);
  g_assert_no_error (error);
  second = mdoc_credential_response_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

static void
check_small (MdocSpan json)
{
  MdocProtocolCode code = MDOC_PROTOCOL_UNKNOWN;
  g_autoptr (MdocDeferredRequest) deferred = NULL;
  g_autoptr (MdocNotification) notification = NULL;
  g_autofree char *nonce = NULL;

  deferred = mdoc_deferred_request_parse (json, &code, NULL);
  g_assert_true ((deferred == NULL) == (code != MDOC_PROTOCOL_UNKNOWN));
  code = MDOC_PROTOCOL_UNKNOWN;
  notification = mdoc_notification_parse (json, &code, NULL);
  g_assert_true ((notification == NULL) == (code != MDOC_PROTOCOL_UNKNOWN));
  nonce = mdoc_nonce_response_parse (json, NULL);
  g_assert_true (nonce == NULL || *nonce != '\0');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check_request (MDOC_SPAN (data, size));
  check_response (MDOC_SPAN (data, size));
  check_small (MDOC_SPAN (data, size));
  return 0;
}
