/*
 * mdoc-test-response.c - answers of a holder, good ones and bad ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-response.h"

#include "mdoc/mdoc-device-auth.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

MdocTranscript *
mdoc_test_annex_d_transcript (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("session_transcript_bytes");
  g_autoptr (GError) error = NULL;
  MdocTranscript *transcript;

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded), &error);
  g_assert_no_error (error);
  return transcript;
}

MdocKey *
mdoc_test_annex_d_key (const char *name)
{
  g_autoptr (GBytes) d = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocKey *key;

  key = mdoc_key_new_from_private (MDOC_CURVE_P256,
                                   mdoc_span_from_bytes (d),
                                   &error);
  g_assert_no_error (error);
  return key;
}

MdocDeviceResponse *
mdoc_test_response_parse (GBytes *encoded)
{
  g_autoptr (GError) error = NULL;
  MdocDeviceResponse *response;

  response = mdoc_device_response_parse (encoded, &error);
  g_assert_no_error (error);
  return response;
}

GBytes *
mdoc_test_respond (MdocIssuerSigned *issuer_signed,
                   MdocKey *device_key,
                   MdocTranscript *transcript,
                   MdocKey *reader_key)
{
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  guint n = mdoc_issuer_signed_get_n_items (issuer_signed);
  g_autofree guint *items = g_new (guint, n + 1);
  MdocDocumentAnswer answer = {
    .issuer_signed = issuer_signed,
    .items = items,
    .n_items = n,
    .device_key = device_key,
    .transcript = transcript,
  };
  g_autoptr (GError) error = NULL;
  gboolean is_added;

  for (guint i = 0; i < n; i++)
    items[i] = i;
  if (reader_key != NULL)
    answer.e_reader_key = mdoc_key_get_public (reader_key);

  builder = mdoc_device_response_builder_new ();
  is_added = mdoc_device_response_builder_add_document (builder,
                                                        &answer,
                                                        &error);
  g_assert_no_error (error);
  g_assert_true (is_added);
  return mdoc_device_response_builder_finish (builder);
}

static void
put_hex (MdocCborWriter *writer, const char *hex)
{
  g_autoptr (GBytes) bytes = NULL;

  if (hex == NULL)
    return;
  bytes = mdoc_test_bytes_from_hex (hex);
  mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (bytes));
}

static void
put_issuer_signed (MdocCborWriter *writer,
                   MdocIssuerSigned *issuer_signed,
                   const MdocTestForgery *forgery)
{
  guint n_items = forgery->is_without_name_spaces
                      ? 0
                      : mdoc_issuer_signed_get_n_items (issuer_signed);
  guint n_more = forgery->more_issuer_signed != NULL ? 1 : 0;
  const char *name_space = NULL;
  guint n_name_spaces = 0;

  mdoc_cbor_writer_begin_map (writer, 1 + n_more + (n_items > 0 ? 1u : 0u));
  put_hex (writer, forgery->more_issuer_signed);
  mdoc_cbor_writer_put_text (writer, "issuerAuth");
  mdoc_cbor_writer_put_encoded (writer,
                                mdoc_issuer_signed_get_issuer_auth_encoded (
                                    issuer_signed));
  if (n_items == 0)
    return;

  for (guint i = 0; i < n_items; i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      n_name_spaces += item->name_space != name_space ? 1u : 0u;
      name_space = item->name_space;
    }

  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_begin_map (writer, n_name_spaces);
  name_space = NULL;
  for (guint i = 0; i < n_items; i++)
    {
      const MdocIssuerSignedItem *item;
      guint n = 0;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      if (item->name_space != name_space)
        {
          name_space = item->name_space;
          for (guint j = 0; j < n_items; j++)
            n += mdoc_issuer_signed_get_item (issuer_signed, j)->name_space
                         == name_space
                     ? 1u
                     : 0u;
          mdoc_cbor_writer_put_text (writer, name_space);
          mdoc_cbor_writer_begin_array (writer, n);
        }
      mdoc_cbor_writer_put_encoded (writer, item->encoded);
    }
}

GBytes *
mdoc_test_forge (MdocIssuerSigned *issuer_signed,
                 MdocKey *device_key,
                 MdocTranscript *transcript,
                 const MdocTestForgery *forgery)
{
  MdocMso *mso = mdoc_issuer_signed_get_mso (issuer_signed);
  const char *doc_type = forgery->doc_type != NULL
                             ? forgery->doc_type
                             : mdoc_mso_get_doc_type (mso);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) name_spaces = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_signed;

  content = mdoc_test_bytes_from_hex (
      forgery->device_name_spaces != NULL ? forgery->device_name_spaces : "a0");
  mdoc_cbor_writer_put_embedded (name_spaces, mdoc_span_from_bytes (content));
  payload = mdoc_device_auth_encode (transcript,
                                     doc_type,
                                     mdoc_cbor_writer_get_span (name_spaces));

  mdoc_cbor_writer_begin_map (writer, forgery->more_response != NULL ? 4 : 3);
  put_hex (writer, forgery->more_response);
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer,
                             forgery->version != NULL ? forgery->version
                                                      : "1.0");
  mdoc_cbor_writer_put_text (writer, "documents");
  mdoc_cbor_writer_begin_array (writer, 1);
  mdoc_cbor_writer_begin_map (writer, 3);
  mdoc_cbor_writer_put_text (writer, "docType");
  mdoc_cbor_writer_put_text (writer, doc_type);
  mdoc_cbor_writer_put_text (writer, "issuerSigned");
  put_issuer_signed (writer, issuer_signed, forgery);
  mdoc_cbor_writer_put_text (writer, "deviceSigned");
  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_put_encoded (writer,
                                mdoc_cbor_writer_get_span (name_spaces));
  mdoc_cbor_writer_put_text (writer, "deviceAuth");
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "deviceSignature");
  is_signed = mdoc_sign1_write (writer,
                                device_key,
                                NULL,
                                mdoc_span_from_bytes (payload),
                                TRUE,
                                &error);
  g_assert_no_error (error);
  g_assert_true (is_signed);
  mdoc_cbor_writer_put_text (writer, "status");
  mdoc_cbor_writer_put_uint (writer, 0);
  return mdoc_cbor_writer_finish (writer);
}

GPtrArray *
mdoc_test_anchor (GBytes *der)
{
  GPtrArray *anchors;
  MdocCertificate *certificate;
  g_autoptr (GError) error = NULL;

  certificate = mdoc_certificate_parse (der, &error);
  g_assert_no_error (error);
  anchors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  g_ptr_array_add (anchors, certificate);
  return anchors;
}

static void
add_finding (GString *text, const MdocCheck *check)
{
  if (check->outcome == MDOC_CHECK_FAILED)
    g_string_append_printf (text, "%s! ", check->name);
  if (check->outcome == MDOC_CHECK_WARNING)
    g_string_append_printf (text, "%s? ", check->name);
  /* what is wrong is always said */
  g_assert_true (check->detail != NULL || check->outcome == MDOC_CHECK_PASSED
                 || check->outcome == MDOC_CHECK_NOT_CHECKED);
}

char *
mdoc_test_findings (MdocVerification *verification)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < mdoc_verification_get_n_checks (verification); i++)
    add_finding (text, mdoc_verification_get_check (verification, i));

  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    {
      guint n = mdoc_verification_get_n_document_checks (verification, i);

      for (guint j = 0; j < n; j++)
        add_finding (text,
                     mdoc_verification_get_document_check (verification, i, j));
    }

  return g_strdup (g_strchomp (text->str));
}
