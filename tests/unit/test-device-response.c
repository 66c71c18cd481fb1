/*
 * test-device-response.c - what holders answer, read and written
 *
 * long because: reading and writing are held against each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-device-auth.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-write-error.h"
#include "tests/lib/mdoc-test-credential.h"
#include "tests/lib/mdoc-test-map.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

#define SIGNATURE_KEY "6f6465766963655369676e6174757265"
#define MAC_KEY       "696465766963654d6163"
#define SIGNATURE     "84 43a10126 a0 f6 4100"
#define MAC           "84 43a10105 a0 f6 4100"
#define NAME_SPACES   "6a6e616d65537061636573"
#define DEVICE_AUTH   "6a64657669636541757468"
#define EMPTY         "d81841a0"
#define BY_MAC        "a1" MAC_KEY MAC

typedef struct
{
  const char *name;
  const char *key;
  const char *hex; /* NULL: without the member */
  int code;
} Case;

/* of DeviceResponse */
static const Case cases[] = {
  { "good", NULL, NULL, ACCEPTED },
  { "unknown-member", "x", "80", ACCEPTED },
  { "version-1.1", "version", "63312e31", ACCEPTED },
  { "version-2.0", "version", "63322e30", MDOC_CBOR_ERROR_VERSION },
  { "version-9.9", "version", "63392e39", MDOC_CBOR_ERROR_VERSION },
  { "no-version", "version", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "no-status", "status", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "status-null", "status", "f6", MDOC_CBOR_ERROR_SCHEMA },
  { "status-negative", "status", "20", MDOC_CBOR_ERROR_SCHEMA },
  { "status-10-with-documents", "status", "0a", MDOC_CBOR_ERROR_SCHEMA },
  { "status-1-with-documents", "status", "01", MDOC_CBOR_ERROR_SCHEMA },
  { "status-2^32", "status", "1b0000000100000000", MDOC_CBOR_ERROR_LIMIT },
  { "no-documents", "documents", NULL, ACCEPTED },
  { "documents-null", "documents", "f6", ACCEPTED },
  { "documents-empty", "documents", "80", ACCEPTED },
  { "documents-are-a-map", "documents", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "document-is-empty", "documents", "81a0", MDOC_CBOR_ERROR_SCHEMA },
  { "document-is-an-array", "documents", "8180", MDOC_CBOR_ERROR_SCHEMA },
  { "errors-null", "documentErrors", "f6", ACCEPTED },
  { "errors-empty", "documentErrors", "80", ACCEPTED },
  { "errors-with-an-empty-map", "documentErrors", "81a0", ACCEPTED },
  { "errors",
    "documentErrors",
    "82 a1 6174 00 a2 6175 38ff 6176 01",
    ACCEPTED },
  { "errors-are-a-map", "documentErrors", "a1617400", MDOC_CBOR_ERROR_SCHEMA },
  { "error-is-text", "documentErrors", "8161 74", MDOC_CBOR_ERROR_SCHEMA },
  { "error-code-is-text",
    "documentErrors",
    "81a16174 6130",
    MDOC_CBOR_ERROR_SCHEMA },
  { "error-of-no-doc-type",
    "documentErrors",
    "81a16000",
    MDOC_CBOR_ERROR_SCHEMA },
  { "error-key-is-int", "documentErrors", "81a10000", MDOC_CBOR_ERROR_SCHEMA },
};

/* of Document */
static const Case document_cases[] = {
  { "good", NULL, NULL, ACCEPTED },
  { "unknown-member", "x", "80", ACCEPTED },
  { "no-doc-type", "docType", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-empty", "docType", "60", MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-is-bytes", "docType", "4174", MDOC_CBOR_ERROR_SCHEMA },
  { "no-issuer-signed", "issuerSigned", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-signed-null", "issuerSigned", "f6", MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-signed-empty", "issuerSigned", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "no-device-signed", "deviceSigned", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "device-signed-null", "deviceSigned", "f6", MDOC_CBOR_ERROR_SCHEMA },
  { "device-signed-empty", "deviceSigned", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "errors-empty", "errors", "a0", ACCEPTED },
  { "errors-an-empty-array", "errors", "80", ACCEPTED },
  { "errors-null", "errors", "f6", ACCEPTED },
  { "errors", "errors", "a1 616e a1 6165 00", ACCEPTED },
  { "errors-an-array", "errors", "8100", MDOC_CBOR_ERROR_SCHEMA },
  { "error-code-is-null",
    "errors",
    "a1 616e a1 6165 f6",
    MDOC_CBOR_ERROR_SCHEMA },
  { "error-of-no-name-space",
    "errors",
    "a1 60 a1 6165 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "error-of-no-element",
    "errors",
    "a1 616e a1 60 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "errors-of-a-name-space-null",
    "errors",
    "a1 616e f6",
    MDOC_CBOR_ERROR_SCHEMA },
};

/* of deviceSigned */
static const Case device_cases[] = {
  { "good", NULL, NULL, ACCEPTED },
  { "unknown-member", "x", "80", ACCEPTED },
  { "no-name-spaces", "nameSpaces", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-without-tag", "nameSpaces", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-of-no-map", "nameSpaces", "d8184180", MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-truncated",
    "nameSpaces",
    "d81841a1",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "name-spaces-trailing",
    "nameSpaces",
    "d81842a000",
    MDOC_CBOR_ERROR_TRAILING },
  { "name-spaces-empty-name-space", "nameSpaces", "d81844 a1616ea0", ACCEPTED },
  { "element", "nameSpaces", "d81847 a1616ea1616101", ACCEPTED },
  { "element-twice",
    "nameSpaces",
    "d8184a a1616ea2616101616102",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "element-without-name",
    "nameSpaces",
    "d81846 a1616ea16001",
    MDOC_CBOR_ERROR_SCHEMA },
  /* {"org.iso.18013.5.1": {"family_name": 1}}, which the issuer signed */
  { "element-of-the-issuer",
    "nameSpaces",
    "d8185821 a1 716f72672e69736f2e31383031332e352e31 a1"
    "6b66616d696c795f6e616d65 01",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "no-device-auth", "deviceAuth", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "device-auth-empty", "deviceAuth", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "device-auth-unknown", "deviceAuth", "a1 6178 00", MDOC_CBOR_ERROR_SCHEMA },
  { "signature", "deviceAuth", "a1" SIGNATURE_KEY SIGNATURE, ACCEPTED },
  { "mac", "deviceAuth", BY_MAC, ACCEPTED },
  { "mac-and-more", "deviceAuth", "a2" MAC_KEY MAC "6178 00", ACCEPTED },
  { "both",
    "deviceAuth",
    "a2" SIGNATURE_KEY SIGNATURE MAC_KEY MAC,
    MDOC_CBOR_ERROR_SCHEMA },
  { "signature-and-null-mac",
    "deviceAuth",
    "a2" SIGNATURE_KEY SIGNATURE MAC_KEY "f6",
    MDOC_CBOR_ERROR_SCHEMA },
  { "signature-null",
    "deviceAuth",
    "a1" SIGNATURE_KEY "f6",
    MDOC_CBOR_ERROR_SCHEMA },
  { "signature-tagged",
    "deviceAuth",
    "a1" SIGNATURE_KEY "d2" SIGNATURE,
    ACCEPTED },
  { "mac-tagged", "deviceAuth", "a1" MAC_KEY "d1" MAC, ACCEPTED },
  { "mac-tagged-as-signature",
    "deviceAuth",
    "a1" MAC_KEY "d2" MAC,
    MDOC_CBOR_ERROR_SCHEMA },
  { "signature-attached",
    "deviceAuth",
    "a1" SIGNATURE_KEY "84 43a10126 a0 40 4100",
    MDOC_CBOR_ERROR_SCHEMA },
  { "mac-attached",
    "deviceAuth",
    "a1" MAC_KEY "84 43a10105 a0 40 4100",
    MDOC_CBOR_ERROR_SCHEMA },
};

static char *issuer_signed_hex; /* of D.4.1.2 */

static const MdocTestMember good_device_signed[] = {
  { "nameSpaces", EMPTY },
  { "deviceAuth", BY_MAC },
  { NULL, NULL },
};

/* A DeviceResponse of one document, with a change at one of three depths. */
static GBytes *
build_response (MdocTestMember change,
                MdocTestMember document_change,
                MdocTestMember device_change)
{
  g_autoptr (GBytes) device_signed = mdoc_test_map_build (good_device_signed,
                                                          device_change);
  g_autofree char *device_signed_hex = mdoc_test_hex (device_signed);
  const MdocTestMember good_document[] = {
    { "docType", "756f72672e69736f2e31383031332e352e312e6d444c" },
    { "issuerSigned", issuer_signed_hex },
    { "deviceSigned", device_signed_hex },
    { NULL, NULL },
  };
  g_autoptr (GBytes) document = mdoc_test_map_build (good_document,
                                                     document_change);
  g_autofree char *document_hex = mdoc_test_hex (document);
  g_autofree char *documents_hex = g_strconcat ("81", document_hex, NULL);
  const MdocTestMember good_response[] = {
    { "version", "63312e30" },
    { "documents", documents_hex },
    { "status", "00" },
    { NULL, NULL },
  };

  return mdoc_test_map_build (good_response, change);
}

static MdocDeviceResponse *
parse (GBytes *encoded, int code)
{
  MdocDeviceResponse *response;
  g_autoptr (GError) error = NULL;

  response = mdoc_device_response_parse (encoded, &error);
  g_assert_true ((response == NULL) == (error != NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, code);
  return response;
}

static const MdocTestMember none = { NULL, NULL };

static void
check_case (const Case *c, guint depth)
{
  const MdocTestMember change = { c->key, c->hex };
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (GBytes) encoded = NULL;

  encoded = build_response (depth == 0 ? change : none,
                            depth == 1 ? change : none,
                            depth == 2 ? change : none);
  response = parse (encoded, c->code);
  if (response != NULL)
    g_assert_true (mdoc_device_response_has_unknown_members (response)
                   == (strstr (c->name, "unknown") != NULL
                       || strstr (c->name, "and-more") != NULL));
}

static void
test_case (gconstpointer data)
{
  check_case (data, 0);
}

static void
test_document_case (gconstpointer data)
{
  check_case (data, 1);
}

static void
test_device_case (gconstpointer data)
{
  check_case (data, 2);
}

/* A status is not 0 only without documents, and then any is read. */
static void
test_status (void)
{
  static const guint statuses[] = { 0, 10, 11, 12, 77, G_MAXUINT32 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (MdocDeviceResponseBuilder) builder
          = mdoc_device_response_builder_new ();
      g_autoptr (MdocDeviceResponse) response = NULL;
      g_autoptr (GBytes) encoded = NULL;

      mdoc_device_response_builder_set_status (builder, statuses[i]);
      encoded = mdoc_device_response_builder_finish (builder);
      response = parse (encoded, ACCEPTED);
      g_assert_cmpuint (mdoc_device_response_get_status (response),
                        ==,
                        statuses[i]);
      g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 0);
      g_assert_cmpstr (mdoc_device_response_get_version (response), ==, "1.0");
    }
}

static void
test_getters (void)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocDeviceResponse) other = NULL;
  g_autoptr (GBytes) encoded = NULL;
  const MdocDeviceSignedItem *item;
  const MdocElementError *entry;
  MdocDocument *document;
  const char *doc_type;
  gint64 code;

  encoded = build_response (
      (MdocTestMember){ "documentErrors",
                        "82 a1 6174 00 a2 6175 38ff 6176 01" },
      (MdocTestMember){ "errors",
                        "a2 616e a1 6165 00 616d a2 6166 20 6167 05" },
      (MdocTestMember){ "nameSpaces", "d8184a a1616ea2616101616202" });
  response = parse (encoded, ACCEPTED);
  other = mdoc_device_response_ref (response);
  g_assert_true (mdoc_device_response_get_encoded (other) == encoded);
  g_assert_cmpuint (mdoc_device_response_get_n_document_errors (response),
                    ==,
                    3);
  mdoc_device_response_get_document_error (response, 0, &doc_type, &code);
  g_assert_cmpstr (doc_type, ==, "t");
  g_assert_cmpint (code, ==, 0);
  mdoc_device_response_get_document_error (response, 1, &doc_type, &code);
  g_assert_cmpstr (doc_type, ==, "u");
  g_assert_cmpint (code, ==, -256);

  document = mdoc_device_response_get_document (response, 0);
  g_assert_cmpstr (mdoc_document_get_doc_type (document), ==, MDOC_DOCTYPE_MDL);
  g_assert_cmpuint (mdoc_document_get_n_errors (document), ==, 3);
  entry = mdoc_document_get_error (document, 2);
  g_assert_cmpstr (entry->name_space, ==, "m");
  g_assert_cmpstr (entry->element, ==, "g");
  g_assert_cmpint (entry->code, ==, 5);

  g_assert_cmpuint (mdoc_document_get_n_device_items (document), ==, 2);
  item = mdoc_document_get_device_item (document, 1);
  g_assert_cmpstr (item->name_space, ==, "n");
  g_assert_cmpstr (item->element, ==, "b");
  g_assert_cmpuint (item->value.len, ==, 1);
  g_assert_cmpuint (item->value.data[0], ==, 2);
  g_assert_cmpuint (mdoc_document_get_device_name_spaces_encoded (document).len,
                    ==,
                    13);

  mdoc_device_response_unref (NULL);
}

/* D.4.1.2, read */
static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_response");
  g_autoptr (MdocDeviceResponse) response = parse (encoded, ACCEPTED);
  MdocDocument *document;

  g_assert_cmpstr (mdoc_device_response_get_version (response), ==, "1.0");
  g_assert_cmpuint (mdoc_device_response_get_status (response), ==, 0);
  g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 1);
  g_assert_false (mdoc_device_response_has_unknown_members (response));
  document = mdoc_device_response_get_document (response, 0);
  g_assert_cmpint (mdoc_document_get_device_auth_kind (document),
                   ==,
                   MDOC_DEVICE_AUTH_MAC);
  g_assert_nonnull (mdoc_document_get_device_mac (document));
  g_assert_null (mdoc_document_get_device_signature (document));
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (
                        mdoc_document_get_issuer_signed (document)),
                    ==,
                    6);
}

static MdocKey *
annex_d_key (const char *name)
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

static MdocTranscript *
annex_d_transcript (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("session_transcript_bytes");
  g_autoptr (GError) error = NULL;
  MdocTranscript *transcript;

  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (encoded), &error);
  g_assert_no_error (error);
  return transcript;
}

/* D.5.3: DeviceAuthenticationBytes and EMacKey, from either side */
static void
test_annex_d_device_auth (void)
{
  g_autoptr (MdocTranscript) transcript = annex_d_transcript ();
  g_autoptr (MdocKey) device = annex_d_key ("static_device_key_d");
  g_autoptr (MdocKey) reader = annex_d_key ("ephemeral_reader_key_d");
  g_autoptr (GBytes) expected = mdoc_test_annex_d (
      "device_authentication_bytes");
  g_autoptr (GBytes) expected_key = mdoc_test_annex_d ("emac_key");
  g_autoptr (GBytes) name_spaces = mdoc_test_bytes_from_hex (EMPTY);
  g_autoptr (GBytes) encoded = NULL;

  encoded = mdoc_device_auth_encode (transcript,
                                     MDOC_DOCTYPE_MDL,
                                     mdoc_span_from_bytes (name_spaces));
  g_assert_true (g_bytes_equal (encoded, expected));

  for (guint i = 0; i < 2; i++)
    {
      MdocKey *own = i == 0 ? device : reader;
      MdocKey *peer = i == 0 ? reader : device;
      g_autoptr (MdocSecret) key = NULL;
      g_autoptr (GError) error = NULL;

      key = mdoc_device_auth_derive_emac_key (own,
                                              mdoc_key_get_public (peer),
                                              transcript,
                                              &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_span_equal (mdoc_secret_get_span (key),
                                      mdoc_span_from_bytes (expected_key)));
    }
}

/* D.4.1.2, written: the same bytes, out of the credential, the device key and
 * the session. */
static void
test_annex_d_again (void)
{
  static const guint items[] = { 5, 0, 3, 1, 2, 4 };
  g_autoptr (GBytes) expected = mdoc_test_annex_d ("device_response");
  g_autoptr (MdocDeviceResponse) response = parse (expected, ACCEPTED);
  g_autoptr (MdocTranscript) transcript = annex_d_transcript ();
  g_autoptr (MdocKey) device = annex_d_key ("static_device_key_d");
  g_autoptr (MdocKey) reader = annex_d_key ("ephemeral_reader_key_d");
  g_autoptr (MdocDeviceResponseBuilder) builder
      = mdoc_device_response_builder_new ();
  MdocDocumentAnswer answer = {
    .items = items,
    .n_items = G_N_ELEMENTS (items),
    .device_key = device,
    .transcript = transcript,
    .e_reader_key = mdoc_key_get_public (reader),
  };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_added;

  answer.issuer_signed = mdoc_document_get_issuer_signed (
      mdoc_device_response_get_document (response, 0));
  is_added = mdoc_device_response_builder_add_document (builder,
                                                        &answer,
                                                        &error);
  g_assert_no_error (error);
  g_assert_true (is_added);
  encoded = mdoc_device_response_builder_finish (builder);
  g_assert_true (g_bytes_equal (encoded, expected));
}

/* Real responses of five wallets are read, for all their oddities. */
static void
test_real_world (void)
{
  static const struct
  {
    const char *name;
    guint n_items;
    gboolean has_document_errors_member;
  } responses[] = {
    { "france_playground_device_response", 6, TRUE },
    { "ubique_device_response", 1, FALSE },
    { "google_cm_wallet_device_response", 2, FALSE },
    { "animo_paradym_pid_device_response", 2, FALSE },
    { "multipaz_device_response_no_issuer_signed", 11, FALSE },
  };
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  JsonObject *vectors = json_object_get_object_member (file, "vectors");

  for (gsize i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      g_autoptr (MdocDeviceResponse) response = NULL;
      g_autoptr (GBytes) encoded = NULL;
      MdocDocument *document;

      encoded = mdoc_test_vectors_dup_hex (
          json_object_get_object_member (vectors, responses[i].name),
          "hex");
      response = parse (encoded, ACCEPTED);
      g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 1);
      g_assert_cmpuint (mdoc_device_response_get_n_document_errors (response),
                        ==,
                        0);
      g_assert_false (mdoc_device_response_has_unknown_members (response));
      document = mdoc_device_response_get_document (response, 0);
      g_assert_nonnull (mdoc_document_get_device_signature (document));
      g_assert_cmpuint (mdoc_issuer_signed_get_n_items (
                            mdoc_document_get_issuer_signed (document)),
                        ==,
                        responses[i].n_items);
    }
}

/* A response of many documents, errors or device-signed elements. */
static GBytes *
build_many (guint n_documents, guint n_errors, guint n_device, gsize n_filler)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) name_spaces = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) issuer_signed = mdoc_test_bytes_from_hex (
      issuer_signed_hex);
  g_autoptr (GBytes) auth = mdoc_test_bytes_from_hex (BY_MAC);
  g_autofree guint8 *filler = g_malloc0 (n_filler + 1);

  mdoc_cbor_writer_begin_map (name_spaces, 1);
  mdoc_cbor_writer_put_text (name_spaces, "n");
  mdoc_cbor_writer_begin_map (name_spaces, n_device);
  for (guint i = 0; i < n_device; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      mdoc_cbor_writer_put_text (name_spaces, name);
      mdoc_cbor_writer_put_null (name_spaces);
    }

  mdoc_cbor_writer_begin_map (writer, 5);
  mdoc_cbor_writer_put_text (writer, "x");
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (filler, n_filler));
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer, "1.0");
  mdoc_cbor_writer_put_text (writer, "status");
  mdoc_cbor_writer_put_uint (writer, 0);
  mdoc_cbor_writer_put_text (writer, "documents");
  mdoc_cbor_writer_begin_array (writer, n_documents);
  for (guint i = 0; i < n_documents; i++)
    {
      mdoc_cbor_writer_begin_map (writer, 4);
      mdoc_cbor_writer_put_text (writer, "docType");
      mdoc_cbor_writer_put_text (writer, "t");
      mdoc_cbor_writer_put_text (writer, "issuerSigned");
      mdoc_cbor_writer_put_encoded (writer,
                                    mdoc_span_from_bytes (issuer_signed));
      mdoc_cbor_writer_put_text (writer, "deviceSigned");
      mdoc_cbor_writer_begin_map (writer, 2);
      mdoc_cbor_writer_put_text (writer, "nameSpaces");
      mdoc_cbor_writer_put_embedded (writer,
                                     mdoc_cbor_writer_get_span (name_spaces));
      mdoc_cbor_writer_put_text (writer, "deviceAuth");
      mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (auth));
      mdoc_cbor_writer_put_text (writer, "errors");
      mdoc_cbor_writer_begin_map (writer, 1);
      mdoc_cbor_writer_put_text (writer, "n");
      mdoc_cbor_writer_begin_map (writer, n_errors);
      for (guint j = 0; j < n_errors; j++)
        {
          g_autofree char *name = g_strdup_printf ("%u", j);

          mdoc_cbor_writer_put_text (writer, name);
          mdoc_cbor_writer_put_int (writer, 0);
        }
    }
  mdoc_cbor_writer_put_text (writer, "documentErrors");
  mdoc_cbor_writer_begin_array (writer, 2);
  for (guint i = 0; i < 2; i++)
    {
      guint n = i == 0 ? n_errors / 2 : n_errors - n_errors / 2;

      mdoc_cbor_writer_begin_map (writer, n);
      for (guint j = 0; j < n; j++)
        {
          g_autofree char *name = g_strdup_printf ("%u", j);

          mdoc_cbor_writer_put_text (writer, name);
          mdoc_cbor_writer_put_int (writer, 0);
        }
    }
  return mdoc_cbor_writer_finish (writer);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  static const struct
  {
    guint n_documents;
    guint n_errors;
    guint n_device;
    int code;
  } sizes[] = {
    { MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS, 1, 1, ACCEPTED },
    { MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS + 1, 1, 1, MDOC_CBOR_ERROR_LIMIT },
    { 1, MDOC_DEVICE_RESPONSE_MAX_ERRORS, 1, ACCEPTED },
    { 1, MDOC_DEVICE_RESPONSE_MAX_ERRORS + 1, 1, MDOC_CBOR_ERROR_LIMIT },
    /* without a document, so that only documentErrors are counted */
    { 0, MDOC_DEVICE_RESPONSE_MAX_ERRORS, 1, ACCEPTED },
    { 0, MDOC_DEVICE_RESPONSE_MAX_ERRORS + 1, 1, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, MDOC_DOCUMENT_MAX_DEVICE_ITEMS, ACCEPTED },
    { 1, 1, MDOC_DOCUMENT_MAX_DEVICE_ITEMS + 1, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MdocDeviceResponse) response = NULL;
      g_autoptr (GBytes) encoded = NULL;

      encoded = build_many (sizes[i].n_documents,
                            sizes[i].n_errors,
                            sizes[i].n_device,
                            0);
      response = parse (encoded, sizes[i].code);
    }
}

static void
test_error_list_limit (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocDeviceResponse) response = NULL;
      g_autoptr (GString) hex = g_string_new (NULL);
      g_autoptr (GBytes) encoded = NULL;

      g_string_append_printf (hex,
                              "99%04x",
                              MDOC_DEVICE_RESPONSE_MAX_ERRORS + over);
      for (guint i = 0; i < MDOC_DEVICE_RESPONSE_MAX_ERRORS + over; i++)
        g_string_append (hex, "a0");
      encoded = build_response ((MdocTestMember){ "documentErrors", hex->str },
                                none,
                                none);
      response = parse (encoded, over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED);
    }
}

/* So many errors of elements, and one more. */
static void
test_element_error_limit (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocDeviceResponse) response = NULL;
      g_autoptr (GString) hex = g_string_new ("a1 616e ");
      g_autoptr (GBytes) encoded = NULL;
      const guint n = MDOC_DEVICE_RESPONSE_MAX_ERRORS + over;

      g_string_append_printf (hex, "b9%04x", n);
      for (guint i = 0; i < n; i++)
        g_string_append_printf (hex,
                                "63%02x%02x%02x 00",
                                '0' + i / 100,
                                '0' + i / 10 % 10,
                                '0' + i % 10);
      encoded = build_response (none,
                                (MdocTestMember){ "errors", hex->str },
                                none);
      response = parse (encoded, over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED);
    }
}

static void
test_no_map (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex ("80");
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_device_response_parse (encoded, &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_cmpstr (error->message, ==, "DeviceResponse is no map");
  mdoc_device_response_builder_free (NULL);
}

static void
test_size_limit (void)
{
  g_autoptr (GBytes) small = build_many (1, 1, 1, 65536);
  gsize n = MDOC_DEVICE_RESPONSE_MAX_BYTES - g_bytes_get_size (small) + 65536;

  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (GBytes) encoded = build_many (1, 1, 1, n + over);
      g_autoptr (MdocDeviceResponse) response = NULL;

      response = parse (encoded, over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED);
    }
}

/* A response cut short at any place is refused, and as truncated. */
static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_annex_d ("device_response");

  for (gsize len = 0; len < g_bytes_get_size (good); len++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), len);
      g_autoptr (GBytes) encoded = g_bytes_new_static (data, len);
      g_autoptr (MdocDeviceResponse) response = NULL;

      response = parse (encoded, MDOC_CBOR_ERROR_TRUNCATED);
    }
}

/* --- the builder --------------------------------------------------------- */

typedef struct
{
  MdocKey *device_key;
  MdocKey *reader_key;
  MdocTranscript *transcript;
  MdocIssuerSigned *issuer_signed;
  MdocDeviceResponseBuilder *builder;
  MdocDocumentAnswer answer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->device_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  self->reader_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  self->transcript = annex_d_transcript ();
  self->issuer_signed = mdoc_test_issue (mdoc_key_get_public (self->device_key),
                                         MDOC_TEST_SIGNER);
  self->builder = mdoc_device_response_builder_new ();
  self->answer = (MdocDocumentAnswer){
    .issuer_signed = self->issuer_signed,
    .device_key = self->device_key,
    .transcript = self->transcript,
  };
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mdoc_device_response_builder_free (self->builder);
  mdoc_issuer_signed_unref (self->issuer_signed);
  mdoc_transcript_unref (self->transcript);
  mdoc_key_unref (self->reader_key);
  mdoc_key_unref (self->device_key);
}

static void
assert_add (Fixture *self, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean is_added;

  is_added = mdoc_device_response_builder_add_document (self->builder,
                                                        &self->answer,
                                                        &error);
  g_assert_true (is_added == (error == NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_WRITE_ERROR, code);
}

static MdocDeviceResponse *
finish (Fixture *self)
{
  g_autoptr (GBytes) encoded = NULL;

  encoded = mdoc_device_response_builder_finish (self->builder);
  return parse (encoded, ACCEPTED);
}

/* Only what was chosen leaves, as the issuer wrote it, and by name space. */
static void
test_build (Fixture *self, gconstpointer data)
{
  static const guint items[] = { 6, 1, 4 };
  g_autoptr (MdocDeviceResponse) response = NULL;
  MdocIssuerSigned *disclosed;
  MdocDocument *document;

  self->answer.items = items;
  self->answer.n_items = G_N_ELEMENTS (items);
  assert_add (self, ACCEPTED);
  response = finish (self);
  document = mdoc_device_response_get_document (response, 0);
  disclosed = mdoc_document_get_issuer_signed (document);
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (disclosed), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      static const guint expected[] = { 1, 4, 6 };
      const MdocIssuerSignedItem *item, *original;

      item = mdoc_issuer_signed_get_item (disclosed, i);
      original = mdoc_issuer_signed_get_item (self->issuer_signed, expected[i]);
      g_assert_cmpstr (item->element, ==, original->element);
      g_assert_cmpstr (item->name_space, ==, original->name_space);
      g_assert_true (mdoc_span_equal (item->encoded, original->encoded));
    }
  g_assert_true (
      mdoc_span_equal (mdoc_issuer_signed_get_issuer_auth_encoded (disclosed),
                       mdoc_issuer_signed_get_issuer_auth_encoded (
                           self->issuer_signed)));
  g_assert_cmpint (mdoc_document_get_device_auth_kind (document),
                   ==,
                   MDOC_DEVICE_AUTH_SIGNATURE);
  g_assert_cmpuint (mdoc_document_get_n_device_items (document), ==, 0);
  g_assert_cmpuint (mdoc_document_get_n_errors (document), ==, 0);
  g_assert_false (mdoc_device_response_has_unknown_members (response));
}

static void
test_build_nothing_disclosed (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  MdocIssuerSigned *disclosed;

  self->answer.e_reader_key = mdoc_key_get_public (self->reader_key);
  assert_add (self, ACCEPTED);
  response = finish (self);
  disclosed = mdoc_document_get_issuer_signed (
      mdoc_device_response_get_document (response, 0));
  g_assert_false (mdoc_issuer_signed_has_name_spaces (disclosed));
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (disclosed), ==, 0);
}

static void
test_build_everything (Fixture *self, gconstpointer data)
{
  static const guint items[] = { 0 };
  static const MdocDeviceSignedItem device_items[] = {
    { "org.example.device", "b", { (const guint8 *) "\x01", 1 } },
    { MDOC_NAMESPACE_MDL, "device_a", { (const guint8 *) "\x02", 1 } },
    { "org.example.device", "c", { (const guint8 *) "\x03", 1 } },
  };
  static const MdocElementError errors[] = {
    { "n", "a", 0 },
    { "m", "b", -5 },
    { "n", "b", 7 },
  };
  g_autoptr (MdocDeviceResponse) response = NULL;
  const MdocDeviceSignedItem *item;
  const MdocElementError *entry;
  MdocDocument *document;
  const char *doc_type;
  gint64 code;

  self->answer.items = items;
  self->answer.n_items = 1;
  self->answer.device_items = device_items;
  self->answer.n_device_items = G_N_ELEMENTS (device_items);
  self->answer.errors = errors;
  self->answer.n_errors = G_N_ELEMENTS (errors);
  assert_add (self, ACCEPTED);
  assert_add (self, ACCEPTED);
  mdoc_device_response_builder_add_document_error (self->builder, "t", 0);
  mdoc_device_response_builder_add_document_error (self->builder, "u", -9);
  response = finish (self);

  g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      document = mdoc_device_response_get_document (response, i);
      g_assert_cmpuint (mdoc_document_get_n_device_items (document), ==, 3);
      item = mdoc_document_get_device_item (document, 1);
      g_assert_cmpstr (item->name_space, ==, "org.example.device");
      g_assert_cmpstr (item->element, ==, "c");
      g_assert_cmpuint (item->value.data[0], ==, 3);
      item = mdoc_document_get_device_item (document, 2);
      g_assert_cmpstr (item->element, ==, "device_a");

      g_assert_cmpuint (mdoc_document_get_n_errors (document), ==, 3);
      entry = mdoc_document_get_error (document, 1);
      g_assert_cmpstr (entry->name_space, ==, "n");
      g_assert_cmpstr (entry->element, ==, "b");
      g_assert_cmpint (entry->code, ==, 7);
      entry = mdoc_document_get_error (document, 2);
      g_assert_cmpstr (entry->name_space, ==, "m");
      g_assert_cmpint (entry->code, ==, -5);
    }
  g_assert_cmpuint (mdoc_device_response_get_n_document_errors (response),
                    ==,
                    2);
  mdoc_device_response_get_document_error (response, 1, &doc_type, &code);
  g_assert_cmpstr (doc_type, ==, "u");
  g_assert_cmpint (code, ==, -9);
}

/* A refusal is a proper answer too. */
static void
test_build_status (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocDeviceResponse) response = NULL;

  assert_add (self, ACCEPTED);
  mdoc_device_response_builder_set_status (self->builder,
                                           MDOC_RESPONSE_STATUS_GENERAL_ERROR);
  response = finish (self);
  g_assert_cmpuint (mdoc_device_response_get_status (response), ==, 10);
  g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 0);
}

static void
test_build_item_refusals (Fixture *self, gconstpointer data)
{
  static const guint twice[] = { 3, 3 };
  static const guint beyond[] = { MDOC_TEST_N_ELEMENTS };
  static const guint last[] = { MDOC_TEST_N_ELEMENTS - 1 };

  self->answer.items = twice;
  self->answer.n_items = 2;
  assert_add (self, MDOC_WRITE_ERROR_DUPLICATE);
  self->answer.items = beyond;
  self->answer.n_items = 1;
  assert_add (self, MDOC_WRITE_ERROR_LIMIT);
  self->answer.items = last;
  assert_add (self, ACCEPTED);
}

static void
test_build_device_item_refusals (Fixture *self, gconstpointer data)
{
#define ONE                                                                    \
  {                                                                            \
    (const guint8 *) "\x01", 1                                                 \
  }
  static const struct
  {
    MdocDeviceSignedItem items[2];
    guint n;
    int code;
  } refusals[] = {
    { { { "org.example.device", "a", ONE } }, 1, ACCEPTED },
    { { { MDOC_NAMESPACE_MDL, "device_b", ONE } },
      1,
      MDOC_WRITE_ERROR_UNAUTHORIZED },
    { { { "org.example.other", "device_a", ONE } },
      1,
      MDOC_WRITE_ERROR_UNAUTHORIZED },
    { { { "org.example.device", "", ONE } }, 1, MDOC_WRITE_ERROR_NAME },
    { { { "", "a", ONE } }, 1, MDOC_WRITE_ERROR_NAME },
    { { { "org.example.device", "a", { (const guint8 *) "\x01\x02", 2 } } },
      1,
      MDOC_WRITE_ERROR_VALUE },
    { { { "org.example.device", "a", { NULL, 0 } } },
      1,
      MDOC_WRITE_ERROR_VALUE },
    { { { "org.example.device", "a", ONE },
        { "org.example.device", "a", ONE } },
      2,
      MDOC_WRITE_ERROR_DUPLICATE },
    { { { "org.example.device", "a", ONE },
        { "org.example.device", "b", ONE } },
      2,
      ACCEPTED },
    /* two elements of one name */
    { { { "org.example.device", "device_a", ONE },
        { MDOC_NAMESPACE_MDL, "device_a", ONE } },
      2,
      ACCEPTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      self->answer.device_items = refusals[i].items;
      self->answer.n_device_items = refusals[i].n;
      assert_add (self, refusals[i].code);
    }
}

/* An element is the issuer's word or the device's, not both. */
static void
test_build_both_signed (Fixture *self, gconstpointer data)
{
  static const MdocDeviceSignedItem item = { MDOC_NAMESPACE_MDL,
                                             "family_name",
                                             ONE };
  static const MdocDeviceSignedItem of_other_space = { "org.example.device",
                                                       "family_name",
                                                       ONE };
  static const guint family_name[] = { 0 };
  static const guint given_name[] = { 1 };
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;

  builder = mdoc_test_builder_new (mdoc_key_get_public (self->device_key), 10);
  mdoc_issuer_signed_builder_authorize_element (builder,
                                                MDOC_NAMESPACE_MDL,
                                                "family_name");
  issuer_signed = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  self->answer.issuer_signed = issuer_signed;
  self->answer.device_items = &item;
  self->answer.n_device_items = 1;
  self->answer.items = family_name;
  self->answer.n_items = 1;
  assert_add (self, MDOC_WRITE_ERROR_DUPLICATE);
  self->answer.items = given_name;
  assert_add (self, ACCEPTED);

  /* nor is it both where only the name is the same */
  self->answer.device_items = &of_other_space;
  self->answer.items = family_name;
  assert_add (self, ACCEPTED);
}

static void
test_build_error_refusals (Fixture *self, gconstpointer data)
{
  static const struct
  {
    MdocElementError errors[2];
    int code;
  } refusals[] = {
    { { { "n", "a", 0 }, { "n", "b", 0 } }, ACCEPTED },
    { { { "n", "a", 0 }, { "n", "a", 1 } }, MDOC_WRITE_ERROR_DUPLICATE },
    { { { "n", "a", 0 }, { "m", "a", 1 } }, ACCEPTED },
    { { { "n", "a", 0 }, { "", "a", 1 } }, MDOC_WRITE_ERROR_NAME },
    { { { "n", "a", 0 }, { "n", "", 1 } }, MDOC_WRITE_ERROR_NAME },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      self->answer.errors = refusals[i].errors;
      self->answer.n_errors = 2;
      assert_add (self, refusals[i].code);
    }
}

static void
test_build_limits (Fixture *self, gconstpointer data)
{
  g_autofree MdocDeviceSignedItem *items = NULL;
  g_autofree MdocElementError *errors = NULL;
  g_autoptr (GStringChunk) names = g_string_chunk_new (1024);
  g_autoptr (MdocDeviceResponse) response = NULL;

  items = g_new0 (MdocDeviceSignedItem, MDOC_DOCUMENT_MAX_DEVICE_ITEMS + 1);
  for (guint i = 0; i <= MDOC_DOCUMENT_MAX_DEVICE_ITEMS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      items[i] = (MdocDeviceSignedItem){ "org.example.device",
                                         g_string_chunk_insert (names, name),
                                         ONE };
    }
  errors = g_new0 (MdocElementError, MDOC_DEVICE_RESPONSE_MAX_ERRORS + 1);
  for (guint i = 0; i <= MDOC_DEVICE_RESPONSE_MAX_ERRORS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      errors[i] = (MdocElementError){ "n",
                                      g_string_chunk_insert (names, name),
                                      0 };
    }

  self->answer.device_items = items;
  self->answer.errors = errors;
  self->answer.n_device_items = MDOC_DOCUMENT_MAX_DEVICE_ITEMS + 1;
  self->answer.n_errors = MDOC_DEVICE_RESPONSE_MAX_ERRORS;
  assert_add (self, MDOC_WRITE_ERROR_LIMIT);
  self->answer.n_device_items = MDOC_DOCUMENT_MAX_DEVICE_ITEMS;
  self->answer.n_errors = MDOC_DEVICE_RESPONSE_MAX_ERRORS + 1;
  assert_add (self, MDOC_WRITE_ERROR_LIMIT);
  self->answer.n_errors = MDOC_DEVICE_RESPONSE_MAX_ERRORS;
  for (guint i = 0; i < MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS; i++)
    assert_add (self, ACCEPTED);
  assert_add (self, MDOC_WRITE_ERROR_LIMIT);

  for (guint i = 0; i < MDOC_DEVICE_RESPONSE_MAX_ERRORS + 1; i++)
    mdoc_device_response_builder_add_document_error (self->builder,
                                                     errors[i].element,
                                                     0);

  response = finish (self);
  g_assert_cmpuint (mdoc_device_response_get_n_documents (response),
                    ==,
                    MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS);
  g_assert_cmpuint (mdoc_device_response_get_n_document_errors (response),
                    ==,
                    MDOC_DEVICE_RESPONSE_MAX_ERRORS);
}

/* A credential that is bound to a key on a curve that we do not have. */
static void
test_build_unknown_key (Fixture *self, gconstpointer data)
{
  static const guint8 ec2_p256[] = { 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20 };
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (GError) error = NULL;
  const MdocSpan span = mdoc_span_from_bytes (
      mdoc_issuer_signed_get_encoded (self->issuer_signed));
  guint8 *copy = g_memdup2 (span.data, span.len);
  guint8 *key = memmem (copy, span.len, ec2_p256, sizeof (ec2_p256));

  changed = g_bytes_new_take (copy, span.len);
  g_assert_nonnull (key);
  key[3] = 0x17;
  issuer_signed = mdoc_issuer_signed_parse (changed, &error);
  g_assert_no_error (error);
  g_assert_null (
      mdoc_mso_get_device_key (mdoc_issuer_signed_get_mso (issuer_signed)));

  self->answer.issuer_signed = issuer_signed;
  assert_add (self, MDOC_WRITE_ERROR_KEY);
}

/* Only the key that the credential is bound to can answer. */
static void
test_build_keys (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocKey) other_curve = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_added;

  self->answer.device_key = self->reader_key;
  assert_add (self, MDOC_WRITE_ERROR_KEY);

  self->answer.device_key = self->device_key;
  self->answer.e_reader_key = mdoc_key_get_public (other_curve);
  is_added = mdoc_device_response_builder_add_document (self->builder,
                                                        &self->answer,
                                                        &error);
  g_assert_false (is_added);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);

  /* what failed has left nothing behind */
  response = finish (self);
  g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 0);
}

static gboolean
fail_to_sign (gpointer impl,
              MdocAlg alg,
              const MdocSpan *message_parts,
              gsize n_parts,
              guint8 *ret_signature,
              gsize *ret_len,
              GError **error)
{
  g_set_error_literal (error,
                       MDOC_CRYPTO_ERROR,
                       MDOC_CRYPTO_ERROR_DEVICE,
                       "The token is gone");
  return FALSE;
}

static void
free_nothing (gpointer impl)
{
}

static void
test_build_key_that_fails (Fixture *self, gconstpointer data)
{
  static const MdocKeyClass klass = { "test",
                                      fail_to_sign,
                                      NULL,
                                      NULL,
                                      free_nothing };
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_added;

  key = mdoc_key_new (&klass, NULL, mdoc_key_get_public (self->device_key));
  assert_add (self, ACCEPTED);
  self->answer.device_key = key;
  is_added = mdoc_device_response_builder_add_document (self->builder,
                                                        &self->answer,
                                                        &error);
  g_assert_false (is_added);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);

  response = finish (self);
  g_assert_cmpuint (mdoc_device_response_get_n_documents (response), ==, 1);
}

static void
add_cases (const char *folder,
           const Case *table,
           gsize n_cases,
           GTestDataFunc func)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/device-response/%s/%s", folder, table[i].name);
      g_test_add_data_func (path, &table[i], func);
    }
}

static void
add_test (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

static void
find_issuer_signed (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_response");
  g_autoptr (MdocDeviceResponse) response = parse (encoded, ACCEPTED);

  issuer_signed_hex = mdoc_test_hex (
      mdoc_issuer_signed_get_encoded (mdoc_document_get_issuer_signed (
          mdoc_device_response_get_document (response, 0))));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  find_issuer_signed ();

  add_cases ("case", cases, G_N_ELEMENTS (cases), test_case);
  add_cases ("document",
             document_cases,
             G_N_ELEMENTS (document_cases),
             test_document_case);
  add_cases ("device-signed",
             device_cases,
             G_N_ELEMENTS (device_cases),
             test_device_case);
  g_test_add_func ("/device-response/status", test_status);
  g_test_add_func ("/device-response/getters", test_getters);
  g_test_add_func ("/device-response/annex-d", test_annex_d);
  g_test_add_func ("/device-response/annex-d-device-auth",
                   test_annex_d_device_auth);
  g_test_add_func ("/device-response/annex-d-again", test_annex_d_again);
  g_test_add_func ("/device-response/real-world", test_real_world);
  g_test_add_func ("/device-response/limits", test_limits);
  g_test_add_func ("/device-response/error-list-limit", test_error_list_limit);
  g_test_add_func ("/device-response/element-error-limit",
                   test_element_error_limit);
  g_test_add_func ("/device-response/no-map", test_no_map);
  g_test_add_func ("/device-response/size-limit", test_size_limit);
  g_test_add_func ("/device-response/every-prefix", test_every_prefix);
  add_test ("/device-response/build", test_build);
  add_test ("/device-response/build-nothing-disclosed",
            test_build_nothing_disclosed);
  add_test ("/device-response/build-everything", test_build_everything);
  add_test ("/device-response/build-status", test_build_status);
  add_test ("/device-response/build-item-refusals", test_build_item_refusals);
  add_test ("/device-response/build-device-item-refusals",
            test_build_device_item_refusals);
  add_test ("/device-response/build-both-signed", test_build_both_signed);
  add_test ("/device-response/build-error-refusals", test_build_error_refusals);
  add_test ("/device-response/build-limits", test_build_limits);
  add_test ("/device-response/build-keys", test_build_keys);
  add_test ("/device-response/build-unknown-key", test_build_unknown_key);
  add_test ("/device-response/build-key-that-fails", test_build_key_that_fails);

  return g_test_run ();
}
