/*
 * test-request-info.c - what readers may say about their requests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-device-request-info.h"
#include "mdoc/mdoc-request-info.h"
#include "tests/lib/mdoc-test-request-keys.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

static const Case request_cases[] = {
  { "unknown", "a1 6178 00", ACCEPTED },
  { "empty", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "no-map", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "nulls",
    "a6" ALTERNATIVES "f6" ISSUERS "f6" UNIQUE "f6" MAXIMUM "f6" ZK
    "f6" ENCRYPTION "f6",
    ACCEPTED },

  { "alternative",
    "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS REPLACEMENTS,
    ACCEPTED },
  { "alternative-with-unknown-key",
    "a1" ALTERNATIVES "81 a3" REQUESTED NAME SETS REPLACEMENTS "6178 00",
    ACCEPTED },
  { "alternatives-empty", "a1" ALTERNATIVES "80", MDOC_CBOR_ERROR_SCHEMA },
  { "alternatives-no-array", "a1" ALTERNATIVES "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-no-map", "a1" ALTERNATIVES "81 80", MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-of-nothing",
    "a1" ALTERNATIVES "81 a1" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-of-null",
    "a1" ALTERNATIVES "81 a2" REQUESTED "f6" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-without-sets",
    "a1" ALTERNATIVES "81 a1" REQUESTED NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-with-no-set",
    "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-with-empty-set",
    "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS "82 81" NAME "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "alternative-sets-no-array",
    "a1" ALTERNATIVES "81 a2" REQUESTED NAME SETS "81" NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-name-too-short",
    "a1" ALTERNATIVES "81 a2" REQUESTED "81 616e" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-name-too-long",
    "a1" ALTERNATIVES "81 a2" REQUESTED "83 616e 6161 6161" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_LIMIT },
  { "element-name-empty",
    "a1" ALTERNATIVES "81 a2" REQUESTED "82 616e 60" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-name-space-empty",
    "a1" ALTERNATIVES "81 a2" REQUESTED "82 60 6161" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-name-is-uint",
    "a1" ALTERNATIVES "81 a2" REQUESTED "82 616e 00" SETS REPLACEMENTS,
    MDOC_CBOR_ERROR_SCHEMA },

  { "issuer", "a1" ISSUERS "81 4101", ACCEPTED },
  { "issuers-empty", "a1" ISSUERS "80", MDOC_CBOR_ERROR_SCHEMA },
  { "issuers-no-array", "a1" ISSUERS "4101", MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-empty", "a1" ISSUERS "82 4101 40", MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-text", "a1" ISSUERS "81 6161", MDOC_CBOR_ERROR_SCHEMA },

  { "unique-no-boolean", "a1" UNIQUE "00", MDOC_CBOR_ERROR_SCHEMA },
  { "maximum-is-negative", "a1" MAXIMUM "20", MDOC_CBOR_ERROR_SCHEMA },
  { "maximum-is-text", "a1" MAXIMUM "6131", MDOC_CBOR_ERROR_SCHEMA },
  { "maximum-of-all", "a1" MAXIMUM "1b ffffffffffffffff", ACCEPTED },

  { "zk", "a1" ZK "a2" ZK_SPECS "81" ZK_SPEC ZK_REQUIRED "f4", ACCEPTED },
  { "zk-no-map", "a1" ZK "80", MDOC_CBOR_ERROR_SCHEMA },
  { "zk-without-required",
    "a1" ZK "a1" ZK_SPECS "81" ZK_SPEC,
    MDOC_CBOR_ERROR_SCHEMA },
  { "zk-without-specs", "a1" ZK "a1" ZK_REQUIRED "f5", MDOC_CBOR_ERROR_SCHEMA },
  { "zk-specs-empty",
    "a1" ZK "a2" ZK_SPECS "80" ZK_REQUIRED "f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "zk-spec-no-map",
    "a1" ZK "a2" ZK_SPECS "81 80" ZK_REQUIRED "f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "zk-spec-without-id",
    "a1" ZK "a2" ZK_SPECS "81 a2" ZK_SYSTEM "6173" ZK_PARAMS "a0" ZK_REQUIRED
    "f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "zk-spec-without-system",
    "a1" ZK "a2" ZK_SPECS "81 a2" ZK_ID "6131" ZK_PARAMS "a0" ZK_REQUIRED "f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "zk-spec-without-params",
    "a1" ZK "a2" ZK_SPECS "81 a2" ZK_ID "6131" ZK_SYSTEM "6173" ZK_REQUIRED
    "f5",
    MDOC_CBOR_ERROR_SCHEMA },

  { "encryption", "a1" ENCRYPTION "d818 55 a1" RECIPIENT "a0", ACCEPTED },
  { "encryption-without-tag",
    "a1" ENCRYPTION "a1" RECIPIENT "a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-empty", "a1" ENCRYPTION "d818 40", MDOC_CBOR_ERROR_TRUNCATED },
  { "encryption-no-map", "a1" ENCRYPTION "d818 41 80", MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-without-key",
    "a1" ENCRYPTION "d818 41 a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-key-no-map",
    "a1" ENCRYPTION "d818 55 a1" RECIPIENT "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-trailing-byte",
    "a1" ENCRYPTION "d818 56 a1" RECIPIENT "a0 00",
    MDOC_CBOR_ERROR_TRAILING },
  { "encryption-nonce-is-text",
    "a1" ENCRYPTION "d818 581d a2" RECIPIENT "a0" NONCE "6161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-nonce-is-null",
    "a1" ENCRYPTION "d818 581c a2" RECIPIENT "a0" NONCE "f6",
    ACCEPTED },
  { "encryption-certificates-empty",
    "a1" ENCRYPTION "d818 582b a2" RECIPIENT "a0" CERTIFICATE "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "encryption-certificate-is-text",
    "a1" ENCRYPTION "d818 582d a2" RECIPIENT "a0" CERTIFICATE "81 6161",
    MDOC_CBOR_ERROR_SCHEMA },
};

/* of a request with three doc requests */
static const Case device_cases[] = {
  { "unknown", "a1 6178 00", ACCEPTED },
  { "empty", "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "no-map", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "not-well-formed", "a1", MDOC_CBOR_ERROR_TRUNCATED },
  { "use-cases-null", "a1" USE_CASES "f6", ACCEPTED },
  { "use-case", "a1" USE_CASES "81" USE_CASE, ACCEPTED },
  { "use-cases-empty", "a1" USE_CASES "80", MDOC_CBOR_ERROR_SCHEMA },
  { "use-cases-no-array", "a1" USE_CASES "a0", MDOC_CBOR_ERROR_SCHEMA },
  { "use-case-no-map", "a1" USE_CASES "81 80", MDOC_CBOR_ERROR_SCHEMA },
  { "without-mandatory",
    "a1" USE_CASES "81 a1" DOC_SETS "81 81 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "mandatory-no-boolean",
    "a1" USE_CASES "81 a2" MANDATORY "00" DOC_SETS "81 81 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "without-sets",
    "a1" USE_CASES "81 a1" MANDATORY "f5",
    MDOC_CBOR_ERROR_SCHEMA },
  { "sets-empty",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "set-empty",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "set-no-array",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "all-indices",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 83 02 00 01",
    ACCEPTED },
  { "index-too-high",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 82 00 03",
    MDOC_CBOR_ERROR_SCHEMA },
  { "index-of-2^32",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 81 1b 0000000100000000",
    MDOC_CBOR_ERROR_SCHEMA },
  { "index-twice",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 83 01 02 01",
    MDOC_CBOR_ERROR_SCHEMA },
  { "index-negative",
    "a1" USE_CASES "81 a2" MANDATORY "f5" DOC_SETS "81 81 20",
    MDOC_CBOR_ERROR_SCHEMA },
  { "hints",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS
    "a2 6161 20 6162 01",
    ACCEPTED },
  { "hints-null",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS "f6",
    ACCEPTED },
  { "hints-empty",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS "a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "hints-no-map",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "hint-without-controller",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS "a1 60 01",
    MDOC_CBOR_ERROR_SCHEMA },
  { "hint-is-text",
    "a1" USE_CASES "81 a3" MANDATORY "f5" DOC_SETS "81 81 00" HINTS
    "a1 6161 6161",
    MDOC_CBOR_ERROR_SCHEMA },
};

static const MdocCborLimits limits = { 1024 * 1024, 16, 1024 * 1024 };

static MdocRequestInfo *
parse_request_info (GBytes *encoded, GError **error)
{
  MdocCborItem item;

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &item, error))
    return NULL;
  return mdoc_request_info_parse (item, error);
}

static void
test_request_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocRequestInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = parse_request_info (encoded, &error);
  if (c->code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, c->code);
  g_assert_true ((info == NULL) == (error != NULL));
}

static void
test_device_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocDeviceRequestInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  info = mdoc_device_request_info_parse (mdoc_span_from_bytes (encoded),
                                         3,
                                         &error);
  if (c->code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, c->code);
  g_assert_true ((info == NULL) == (error != NULL));
}

static MdocRequestInfo *
parse_hex (const char *hex)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;
  MdocRequestInfo *info = parse_request_info (encoded, &error);

  /* what is returned does not borrow from the message, which goes now */
  g_assert_no_error (error);
  return info;
}

static void
test_nothing_said (void)
{
  g_autoptr (MdocRequestInfo) info = parse_hex ("a1 6178 00");
  guint64 max_bytes = 77;

  g_assert_cmpuint (mdoc_request_info_get_n_alternatives (info), ==, 0);
  g_assert_cmpuint (mdoc_request_info_get_n_issuer_identifiers (info), ==, 0);
  g_assert_cmpint (mdoc_request_info_get_unique_doc_set (info),
                   ==,
                   MDOC_UNIQUE_DOC_SET_UNDEFINED);
  g_assert_false (
      mdoc_request_info_get_maximum_response_size (info, &max_bytes));
  g_assert_cmpuint (max_bytes, ==, 77);
  g_assert_false (mdoc_request_info_has_zk_request (info));
  g_assert_false (mdoc_request_info_is_zk_required (info));
  g_assert_cmpuint (mdoc_request_info_get_n_zk_systems (info), ==, 0);
  g_assert_false (mdoc_request_info_has_response_encryption (info));
  g_assert_cmpuint (mdoc_request_info_get_encryption_parameters (info).len,
                    ==,
                    0);
  g_assert_cmpuint (mdoc_request_info_get_encryption_nonce (info).len, ==, 0);
  g_assert_cmpuint (mdoc_request_info_get_n_recipient_certificates (info),
                    ==,
                    0);
}

static void
test_alternatives (void)
{
  g_autoptr (MdocRequestInfo) info = NULL;
  const MdocAlternative *alternative;

  info = parse_hex ("a1" ALTERNATIVES "82"
                    "a2" REQUESTED "82 616e 6161" SETS
                    "82 82 82 616d 6162 82 616e 6163 81 82 616d 6164"
                    "a2" SETS "81 81 82 616e 6165" REQUESTED "82 616d 6166");
  g_assert_cmpuint (mdoc_request_info_get_n_alternatives (info), ==, 2);

  alternative = mdoc_request_info_get_alternative (info, 0);
  g_assert_cmpstr (alternative->requested.name_space, ==, "n");
  g_assert_cmpstr (alternative->requested.element, ==, "a");
  g_assert_cmpuint (alternative->n_sets, ==, 2);
  g_assert_cmpuint (alternative->sets[0].n_elements, ==, 2);
  g_assert_cmpstr (alternative->sets[0].elements[0].name_space, ==, "m");
  g_assert_cmpstr (alternative->sets[0].elements[0].element, ==, "b");
  g_assert_cmpstr (alternative->sets[0].elements[1].name_space, ==, "n");
  g_assert_cmpstr (alternative->sets[0].elements[1].element, ==, "c");
  g_assert_cmpuint (alternative->sets[1].n_elements, ==, 1);
  g_assert_cmpstr (alternative->sets[1].elements[0].element, ==, "d");

  alternative = mdoc_request_info_get_alternative (info, 1);
  g_assert_cmpstr (alternative->requested.name_space, ==, "m");
  g_assert_cmpstr (alternative->requested.element, ==, "f");
  g_assert_cmpuint (alternative->n_sets, ==, 1);
}

static void
test_wishes (void)
{
  g_autoptr (MdocRequestInfo) info = NULL;
  guint64 max_bytes = 0;
  MdocSpan issuer;

  info = parse_hex ("a3" ISSUERS "82 420100 4102" UNIQUE "f5" MAXIMUM
                    "19 1000");
  g_assert_cmpuint (mdoc_request_info_get_n_issuer_identifiers (info), ==, 2);
  issuer = mdoc_request_info_get_issuer_identifier (info, 0);
  g_assert_true (
      mdoc_span_equal (issuer, MDOC_SPAN ((const guint8 *) "\x01\x00", 2)));
  issuer = mdoc_request_info_get_issuer_identifier (info, 1);
  g_assert_true (mdoc_span_equals_text (issuer, "\x02"));
  g_assert_cmpint (mdoc_request_info_get_unique_doc_set (info),
                   ==,
                   MDOC_UNIQUE_DOC_SET_REQUIRED);
  g_assert_true (
      mdoc_request_info_get_maximum_response_size (info, &max_bytes));
  g_assert_cmpuint (max_bytes, ==, 4096);

  mdoc_request_info_unref (info);
  info = parse_hex ("a2" UNIQUE "f4" MAXIMUM "00");
  g_assert_cmpint (mdoc_request_info_get_unique_doc_set (info),
                   ==,
                   MDOC_UNIQUE_DOC_SET_SEVERAL);
  g_assert_true (
      mdoc_request_info_get_maximum_response_size (info, &max_bytes));
  g_assert_cmpuint (max_bytes, ==, 0);
}

static void
test_zk (void)
{
  g_autoptr (MdocRequestInfo) info = NULL;
  const MdocZkSystem *system;

  info = parse_hex ("a1" ZK "a2" ZK_SPECS "82" ZK_SPEC "a3" ZK_ID
                    "6132" ZK_SYSTEM "6174" ZK_PARAMS "a1 6178 01" ZK_REQUIRED
                    "f5");
  g_assert_true (mdoc_request_info_has_zk_request (info));
  g_assert_true (mdoc_request_info_is_zk_required (info));
  g_assert_cmpuint (mdoc_request_info_get_n_zk_systems (info), ==, 2);
  system = mdoc_request_info_get_zk_system (info, 1);
  g_assert_cmpstr (system->id, ==, "2");
  g_assert_cmpstr (system->system, ==, "t");
  g_assert_true (mdoc_span_equals_text (system->params, "\xa1\x61x\x01"));

  mdoc_request_info_unref (info);
  info = parse_hex ("a1" ZK "a2" ZK_SPECS "81" ZK_SPEC ZK_REQUIRED "f4");
  g_assert_true (mdoc_request_info_has_zk_request (info));
  g_assert_false (mdoc_request_info_is_zk_required (info));
}

/* The whole of it, and a key that can be used. */
static void
test_encryption (void)
{
  g_autoptr (MdocCborWriter) inner = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) tagged = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocRequestInfo) info = NULL;
  g_autoptr (MdocPublicKey) found = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocSpan span;

  key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  mdoc_cbor_writer_begin_map (inner, 3);
  mdoc_cbor_writer_put_text (inner, "nonce");
  mdoc_cbor_writer_put_bytes (inner, mdoc_span_from_text ("nonce!"));
  mdoc_cbor_writer_put_text (inner, "recipientPublicKey");
  mdoc_cose_key_write (inner, mdoc_key_get_public (key));
  mdoc_cbor_writer_put_text (inner, "recipientCertificate");
  mdoc_cbor_writer_begin_array (inner, 2);
  mdoc_cbor_writer_put_bytes (inner, mdoc_span_from_text ("leaf"));
  mdoc_cbor_writer_put_bytes (inner, mdoc_span_from_text ("root"));
  mdoc_cbor_writer_put_embedded (tagged, mdoc_cbor_writer_get_span (inner));
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "docResponseEncryption");
  mdoc_cbor_writer_put_encoded (writer, mdoc_cbor_writer_get_span (tagged));
  encoded = mdoc_cbor_writer_finish (writer);

  info = parse_request_info (encoded, &error);
  g_assert_no_error (error);
  g_clear_pointer (&encoded, g_bytes_unref);
  g_assert_true (mdoc_request_info_has_response_encryption (info));
  g_assert_true (
      mdoc_span_equal (mdoc_request_info_get_encryption_parameters (info),
                       mdoc_cbor_writer_get_span (tagged)));
  span = mdoc_request_info_get_encryption_nonce (info);
  g_assert_true (mdoc_span_equals_text (span, "nonce!"));
  g_assert_cmpuint (mdoc_request_info_get_n_recipient_certificates (info),
                    ==,
                    2);
  span = mdoc_request_info_get_recipient_certificate (info, 1);
  g_assert_true (mdoc_span_equals_text (span, "root"));
  found = mdoc_request_info_dup_recipient_key (info, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_public_key_equal (found, mdoc_key_get_public (key)));
}

/* A key that is none costs nothing before it is asked for. */
static void
test_bad_recipient_key (void)
{
  g_autoptr (MdocRequestInfo) info = NULL;
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;

  info = parse_hex ("a1" ENCRYPTION "d818 55 a1" RECIPIENT "a0");
  key = mdoc_request_info_dup_recipient_key (info, &error);
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_null (key);
}

static void
test_use_cases (void)
{
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequestInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  const MdocUseCase *use_case;

  encoded = mdoc_test_bytes_from_hex ("a1" USE_CASES "82 a3" MANDATORY
                                      "f5" DOC_SETS "82 82 02 00 81 01" HINTS
                                      "a2 6161 20 6162 1903e8"
                                      "a2" DOC_SETS "81 81 01" MANDATORY "f4");
  info = mdoc_device_request_info_parse (mdoc_span_from_bytes (encoded),
                                         3,
                                         &error);
  g_assert_no_error (error);
  g_clear_pointer (&encoded, g_bytes_unref);
  g_assert_cmpuint (mdoc_device_request_info_get_n_use_cases (info), ==, 2);

  use_case = mdoc_device_request_info_get_use_case (info, 0);
  g_assert_true (use_case->is_mandatory);
  g_assert_cmpuint (use_case->n_sets, ==, 2);
  g_assert_cmpuint (use_case->sets[0].n_doc_requests, ==, 2);
  g_assert_cmpuint (use_case->sets[0].doc_requests[0], ==, 2);
  g_assert_cmpuint (use_case->sets[0].doc_requests[1], ==, 0);
  g_assert_cmpuint (use_case->sets[1].n_doc_requests, ==, 1);
  g_assert_cmpuint (use_case->sets[1].doc_requests[0], ==, 1);
  g_assert_cmpuint (use_case->n_hints, ==, 2);
  g_assert_cmpstr (use_case->hints[0].controller, ==, "a");
  g_assert_cmpint (use_case->hints[0].value, ==, -1);
  g_assert_cmpstr (use_case->hints[1].controller, ==, "b");
  g_assert_cmpint (use_case->hints[1].value, ==, 1000);

  use_case = mdoc_device_request_info_get_use_case (info, 1);
  g_assert_false (use_case->is_mandatory);
  g_assert_cmpuint (use_case->n_hints, ==, 0);
}

static void
test_refs (void)
{
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocRequestInfo *info = parse_hex ("a1 6178 00");
  MdocRequestInfo *same = mdoc_request_info_ref (info);
  MdocDeviceRequestInfo *device_info;
  MdocDeviceRequestInfo *same_device_info;

  mdoc_request_info_unref (info);
  g_assert_cmpuint (mdoc_request_info_get_n_alternatives (same), ==, 0);
  mdoc_request_info_unref (same);
  mdoc_request_info_unref (NULL);

  encoded = mdoc_test_bytes_from_hex ("a1" USE_CASES "81" USE_CASE);
  device_info = mdoc_device_request_info_parse (mdoc_span_from_bytes (encoded),
                                                1,
                                                &error);
  g_assert_no_error (error);
  same_device_info = mdoc_device_request_info_ref (device_info);
  mdoc_device_request_info_unref (device_info);
  g_assert_cmpuint (mdoc_device_request_info_get_n_use_cases (same_device_info),
                    ==,
                    1);
  mdoc_device_request_info_unref (same_device_info);
  mdoc_device_request_info_unref (NULL);
}

#define ALL_OF_IT                                                              \
  "a6" ALTERNATIVES "81 a2" REQUESTED NAME SETS REPLACEMENTS ISSUERS           \
  "81 4101" UNIQUE "f5" MAXIMUM "01" ZK "a2" ZK_SPECS "81" ZK_SPEC ZK_REQUIRED \
  "f5" ENCRYPTION "d818 5824 a2" RECIPIENT "a0" NONCE "48 0102030405060708"

static void
test_every_wrong_byte (void)
{
  static const char *const good[] = { ALL_OF_IT,
                                      "a1" USE_CASES "81 a3" MANDATORY
                                      "f5" DOC_SETS "82 82 00 01 81 02" HINTS
                                      "a1 6161 01" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GBytes) whole = mdoc_test_bytes_from_hex (good[i]);
      gsize size = g_bytes_get_size (whole);

      for (gsize pos = 0; pos < size; pos++)
        for (guint value = 0; value <= G_MAXUINT8; value++)
          {
            guint8 *data = g_memdup2 (g_bytes_get_data (whole, NULL), size);
            g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
            g_autoptr (MdocRequestInfo) info = NULL;
            g_autoptr (MdocDeviceRequestInfo) device_info = NULL;
            g_autoptr (GError) error = NULL;

            data[pos] = (guint8) value;
            if (i == 0)
              info = parse_request_info (encoded, &error);
            else
              device_info
                  = mdoc_device_request_info_parse (mdoc_span_from_bytes (
                                                        encoded),
                                                    3,
                                                    &error);
            g_assert_true ((info == NULL && device_info == NULL)
                           == (error != NULL));
          }
    }
}

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) whole = mdoc_test_bytes_from_hex (ALL_OF_IT);
  g_autoptr (MdocRequestInfo) good = NULL;
  g_autoptr (GError) good_error = NULL;

  good = parse_request_info (whole, &good_error);
  g_assert_no_error (good_error);
  for (gsize len = 0; len < g_bytes_get_size (whole); len++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocRequestInfo) info = NULL;
      g_autoptr (GError) error = NULL;

      encoded = g_bytes_new (g_bytes_get_data (whole, NULL), len);
      info = parse_request_info (encoded, &error);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
      g_assert_null (info);
    }
}

static void
add_cases (const char *group,
           const Case *cases,
           gsize n_cases,
           GTestDataFunc test)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/request-info/%s/%s", group, cases[i].name);
      g_test_add_data_func (path, &cases[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("request",
             request_cases,
             G_N_ELEMENTS (request_cases),
             test_request_case);
  add_cases ("device",
             device_cases,
             G_N_ELEMENTS (device_cases),
             test_device_case);
  g_test_add_func ("/request-info/nothing-said", test_nothing_said);
  g_test_add_func ("/request-info/alternatives", test_alternatives);
  g_test_add_func ("/request-info/wishes", test_wishes);
  g_test_add_func ("/request-info/zk", test_zk);
  g_test_add_func ("/request-info/encryption", test_encryption);
  g_test_add_func ("/request-info/bad-recipient-key", test_bad_recipient_key);
  g_test_add_func ("/request-info/use-cases", test_use_cases);
  g_test_add_func ("/request-info/refs", test_refs);
  g_test_add_func ("/request-info/every-prefix", test_every_prefix);
  g_test_add_func ("/request-info/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
