/*
 * fuzz-device-response.c - mdoc_device_response_parse() on anything, verified
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-verifier.h"
#include "tests/fuzz/credential-invariants.h"

/* A signature costs a hundred times as much as the rest: of so many responses
 * that can be parsed one is verified. Which one, its bytes decide. */
#define VERIFY_ONE_OF 1024

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* One of the two, over bytes that are not in the message. */
static void
check_device_auth (MdocDocument *document, MdocSpan whole)
{
  gboolean is_mac = mdoc_document_get_device_auth_kind (document)
                    == MDOC_DEVICE_AUTH_MAC;
  const MdocSign1 *signature = mdoc_document_get_device_signature (document);
  const MdocMac0 *mac = mdoc_document_get_device_mac (document);

  g_assert_true ((mac != NULL) == is_mac);
  g_assert_true ((signature != NULL) == !is_mac);
  if (is_mac)
    {
      g_assert_false (mac->has_payload);
      check_inside (mac->protected_header, whole);
      check_inside (mac->tag, whole);
    }
  else
    {
      g_assert_false (signature->has_payload);
      check_any_sign1 (signature, whole);
    }
}

static void
check_document (MdocDocument *document, MdocSpan whole)
{
  guint n = mdoc_document_get_n_device_items (document);
  MdocSpan name_spaces;

  check_credential_name (mdoc_document_get_doc_type (document));
  check_issuer_signed (mdoc_document_get_issuer_signed (document), whole);
  name_spaces = mdoc_document_get_device_name_spaces_encoded (document);
  check_inside (name_spaces, whole);
  check_item (name_spaces);
  check_device_auth (document, whole);

  g_assert_cmpuint (n, <=, MDOC_DOCUMENT_MAX_DEVICE_ITEMS);
  for (guint i = 0; i < n; i++)
    {
      const MdocDeviceSignedItem *item;

      item = mdoc_document_get_device_item (document, i);
      check_credential_name (item->name_space);
      check_credential_name (item->element);
      check_inside (item->value, name_spaces);
      check_item (item->value);
      /* no element twice, whoever signed it */
      g_assert_null (
          mdoc_issuer_signed_find (mdoc_document_get_issuer_signed (document),
                                   item->name_space,
                                   item->element));
    }

  g_assert_cmpuint (mdoc_document_get_n_errors (document),
                    <=,
                    MDOC_DEVICE_RESPONSE_MAX_ERRORS);
  for (guint i = 0; i < mdoc_document_get_n_errors (document); i++)
    {
      check_credential_name (mdoc_document_get_error (document, i)->name_space);
      check_credential_name (mdoc_document_get_error (document, i)->element);
    }
}

/* Who trusts nobody verifies nothing, and is shown no element. */
static void
check_verdict (MdocDeviceResponse *response)
{
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autoptr (MdocVerifier) verifier = mdoc_verifier_new (nobody, NULL);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  transcript = mdoc_transcript_new ((MdocSpan){ 0 },
                                    (MdocSpan){ 0 },
                                    MDOC_HANDOVER_QR);
  verification = mdoc_verifier_check (verifier,
                                      response,
                                      transcript,
                                      NULL,
                                      1700000000);
  g_assert_false (mdoc_verification_is_verified (verification));
  g_assert_cmpuint (mdoc_verification_get_n_documents (verification),
                    ==,
                    mdoc_device_response_get_n_documents (response));
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    {
      const MdocCheck *chain;

      chain = mdoc_verification_find_document_check (verification,
                                                     i,
                                                     MDOC_CHECK_ISSUER_CHAIN);
      g_assert_cmpint (chain->outcome, ==, MDOC_CHECK_FAILED);
      g_assert_cmpuint (mdoc_verification_get_n_elements (verification, i),
                        ==,
                        0);
      g_assert_null (mdoc_verification_get_anchor (verification, i));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  response = mdoc_device_response_parse (encoded, &error);
  g_assert_true ((response == NULL) == (error != NULL));
  if (response == NULL)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return 0;
    }

  g_assert_true (mdoc_device_response_get_encoded (response) == encoded);
  g_assert_true (
      g_str_has_prefix (mdoc_device_response_get_version (response), "1."));
  n = mdoc_device_response_get_n_documents (response);
  g_assert_cmpuint (n, <=, MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS);
  g_assert_true (n == 0
                 || mdoc_device_response_get_status (response)
                        == MDOC_RESPONSE_STATUS_OK);
  for (guint i = 0; i < n; i++)
    check_document (mdoc_device_response_get_document (response, i),
                    mdoc_span_from_bytes (encoded));

  n = mdoc_device_response_get_n_document_errors (response);
  g_assert_cmpuint (n, <=, MDOC_DEVICE_RESPONSE_MAX_ERRORS);
  for (guint i = 0; i < n; i++)
    {
      const char *doc_type;
      gint64 code;

      mdoc_device_response_get_document_error (response, i, &doc_type, &code);
      check_credential_name (doc_type);
    }

  if (g_bytes_hash (encoded) % VERIFY_ONE_OF == 0)
    check_verdict (response);
  return 0;
}
