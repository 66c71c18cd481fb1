/*
 * test-verifier.c - what is true, and what is not, and how it is told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-issuer-signed-private.h"
#include "mdoc/mdoc-mso-private.h"
#include "mdoc/mdoc-verifier.h"
#include "tests/lib/mdoc-test-credential.h"
#include "tests/lib/mdoc-test-response.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

/* 2021-01-01, and a day when Annex D has long expired: 2026-01-01 */
#define ANNEX_D_NOW ((gint64) 1609459200)
#define LATER       ((gint64) 1767225600)

static void
assert_findings (MdocVerification *verification, const char *expected)
{
  g_autofree char *found = mdoc_test_findings (verification);
  gboolean has_failed = strchr (expected, '!') != NULL;

  g_assert_cmpstr (found, ==, expected);
  g_assert_true (mdoc_verification_is_verified (verification) == !has_failed);
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    if (!mdoc_verification_is_document_verified (verification, i))
      g_assert_cmpuint (mdoc_verification_get_n_elements (verification, i),
                        ==,
                        0);
}

static MdocCheckOutcome
get_outcome (MdocVerification *verification, MdocCheckId id)
{
  const MdocCheck *check;

  check = mdoc_verification_find_document_check (verification, 0, id);
  g_assert_nonnull (check);
  g_assert_cmpstr (check->name, ==, mdoc_check_get_name (id));
  return check->outcome;
}

/* --- Annex D ------------------------------------------------------------- */

typedef struct
{
  gint64 at_unix_s;
  gboolean has_reader_key;
  gboolean has_other_transcript;
  const char *anchor;
  const char *findings;
} AnnexDCase;

static const AnnexDCase annex_d_cases[] = {
  { ANNEX_D_NOW, TRUE, FALSE, "iaca_cert_der", "ds-validity?" },
  /* first and last second: of the MSO, and of the signer's certificate */
  { 1601559002, TRUE, FALSE, "iaca_cert_der", "ds-validity?" },
  { 1601559001, TRUE, FALSE, "iaca_cert_der", "validity! ds-validity?" },
  { 1633046400, TRUE, FALSE, "iaca_cert_der", "ds-validity?" },
  { 1633046401, TRUE, FALSE, "iaca_cert_der", "issuer-chain! ds-validity?" },
  { 1633095002, TRUE, FALSE, "iaca_cert_der", "issuer-chain! ds-validity?" },
  { 1633095003,
    TRUE,
    FALSE,
    "iaca_cert_der",
    "issuer-chain! validity! ds-validity?" },
  { LATER,
    TRUE,
    FALSE,
    "iaca_cert_der",
    "issuer-chain! validity! ds-validity?" },
  { ANNEX_D_NOW, FALSE, FALSE, "iaca_cert_der", "ds-validity? device-auth!" },
  { ANNEX_D_NOW, TRUE, TRUE, "iaca_cert_der", "ds-validity? device-auth!" },
  { ANNEX_D_NOW,
    TRUE,
    FALSE,
    "reader_root_cert_der",
    "issuer-chain! ds-validity?" },
};

static void
test_annex_d (gconstpointer data)
{
  const AnnexDCase *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_response");
  g_autoptr (GBytes) anchor = mdoc_test_annex_d (c->anchor);
  g_autoptr (MdocDeviceResponse) response = mdoc_test_response_parse (encoded);
  g_autoptr (GPtrArray) anchors = mdoc_test_anchor (anchor);
  g_autoptr (MdocVerifier) verifier = mdoc_verifier_new (anchors, NULL);
  g_autoptr (MdocKey) reader = mdoc_test_annex_d_key ("ephemeral_reader_key_d");
  g_autoptr (MdocTranscript) transcript = mdoc_test_annex_d_transcript ();
  g_autoptr (MdocVerification) verification = NULL;

  if (c->has_other_transcript)
    {
      mdoc_transcript_unref (transcript);
      transcript = mdoc_transcript_new ((MdocSpan){ 0 },
                                        (MdocSpan){ 0 },
                                        MDOC_HANDOVER_QR);
    }

  verification = mdoc_verifier_check (verifier,
                                      response,
                                      transcript,
                                      c->has_reader_key ? reader : NULL,
                                      c->at_unix_s);
  assert_findings (verification, c->findings);
}

static void
test_annex_d_details (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_response");
  g_autoptr (GBytes) iaca = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (GBytes) ds = mdoc_test_annex_d ("ds_cert_der");
  g_autoptr (MdocDeviceResponse) response = mdoc_test_response_parse (encoded);
  g_autoptr (GPtrArray) anchors = mdoc_test_anchor (iaca);
  g_autoptr (MdocVerifier) verifier = mdoc_verifier_new (anchors, NULL);
  g_autoptr (MdocKey) reader = mdoc_test_annex_d_key ("ephemeral_reader_key_d");
  g_autoptr (MdocTranscript) transcript = mdoc_test_annex_d_transcript ();
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (MdocVerification) other = NULL;
  const MdocVerifiedElement *element;

  verification = mdoc_verifier_check (verifier,
                                      response,
                                      transcript,
                                      reader,
                                      ANNEX_D_NOW);
  other = mdoc_verification_ref (verification);
  /* it holds on to all it tells of */
  g_clear_pointer (&response, mdoc_device_response_unref);
  g_clear_pointer (&encoded, g_bytes_unref);
  g_clear_pointer (&verifier, mdoc_verifier_free);

  g_assert_cmpuint (mdoc_verification_get_n_documents (other), ==, 1);
  g_assert_cmpstr (mdoc_verification_get_doc_type (other, 0),
                   ==,
                   MDOC_DOCTYPE_MDL);
  g_assert_true (mdoc_verification_is_document_verified (other, 0));
  g_assert_cmpuint (mdoc_verification_get_n_elements (other, 0), ==, 6);
  element = mdoc_verification_get_element (other, 0, 3);
  g_assert_cmpstr (element->name_space, ==, MDOC_NAMESPACE_MDL);
  g_assert_cmpstr (element->element, ==, "document_number");
  g_assert_cmpuint (element->value.len, ==, 10);
  g_assert_false (element->is_device_signed);

  g_assert_true (
      g_bytes_equal (mdoc_certificate_get_der (
                         mdoc_verification_get_document_signer (other, 0)),
                     ds));
  g_assert_true (g_bytes_equal (mdoc_certificate_get_der (
                                    mdoc_verification_get_anchor (other, 0)),
                                iaca));

  g_assert_cmpint (get_outcome (other, MDOC_CHECK_DIGESTS),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (other, MDOC_CHECK_DEVICE_AUTH),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (other, MDOC_CHECK_KEY_AUTHORIZATION),
                   ==,
                   MDOC_CHECK_NOT_CHECKED);
  g_assert_cmpint (get_outcome (other, MDOC_CHECK_ISSUING_COUNTRY),
                   ==,
                   MDOC_CHECK_NOT_CHECKED);
  g_assert_null (
      mdoc_verification_find_document_check (other, 0, MDOC_CHECK_DOCUMENTS));
  g_assert_cmpuint (mdoc_verification_get_n_document_checks (other, 0), ==, 12);

  mdoc_verification_unref (NULL);
  mdoc_verifier_free (NULL);
}

/* --- wallets in the field ------------------------------------------------ */

typedef struct
{
  const char *name;
  const char *anchor; /* member; of an array, the last one */
  gint64 at_unix_s;
  const char *findings;
  guint n_elements;
} FieldCase;

static const FieldCase field_cases[] = {
  { "france_playground_device_response",
    "trust_cert_der",
    ANNEX_D_NOW,
    "ds-validity?",
    6 },
  { "france_playground_device_response",
    "trust_cert_der",
    LATER,
    "issuer-chain! validity! ds-validity?",
    0 },
  { "google_cm_wallet_device_response",
    "root_certs_der",
    1740100000, /* 2025-02-21 */
    "ds-validity?",
    2 },
  { "animo_paradym_pid_device_response",
    "trust_certs_der",
    1768000000, /* 2026-01-09 */
    "ds-validity?",
    2 },
};

static GPtrArray *
get_field_anchors (JsonObject *entry, const char *member)
{
  JsonNode *node = json_object_get_member (entry, member);
  g_autoptr (GBytes) der = NULL;
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    der = mdoc_test_vectors_dup_hex (entry, member);
  else
    {
      array = json_node_get_array (node);
      der = mdoc_test_bytes_from_hex (
          json_array_get_string_element (array,
                                         json_array_get_length (array) - 1));
    }
  return mdoc_test_anchor (der);
}

static MdocVerification *
check_field (const char *name, const char *anchor, gint64 at_unix_s)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  JsonObject *entry = json_object_get_object_member (
      json_object_get_object_member (file, "vectors"),
      name);
  g_autoptr (GBytes) encoded = mdoc_test_vectors_dup_hex (entry, "hex");
  g_autoptr (GBytes) session = mdoc_test_vectors_dup_hex (entry,
                                                          "session_transcript");
  g_autoptr (MdocDeviceResponse) response = mdoc_test_response_parse (encoded);
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autoptr (MdocVerifier) verifier = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GError) error = NULL;

  anchors = anchor != NULL ? get_field_anchors (entry, anchor)
                           : mdoc_test_chain (MDOC_TEST_ROOT);
  verifier = mdoc_verifier_new (anchors, NULL);
  transcript = mdoc_transcript_parse (mdoc_span_from_bytes (session), &error);
  g_assert_no_error (error);
  return mdoc_verifier_check (verifier, response, transcript, NULL, at_unix_s);
}

static void
test_field (gconstpointer data)
{
  const FieldCase *c = data;
  g_autoptr (MdocVerification) verification = NULL;

  verification = check_field (c->name, c->anchor, c->at_unix_s);
  assert_findings (verification, c->findings);
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0),
                    ==,
                    c->n_elements);
}

/* Its certificate has no extension, so that no path of Annex B leads anywhere;
 * all that is signed holds. */
static void
test_field_ubique (void)
{
  g_autoptr (MdocVerification) verification = NULL;

  verification = check_field ("ubique_device_response",
                              "trust_cert_der",
                              1738500000); /* 2025-02-02 */
  assert_findings (verification, "issuer-chain!");
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_ISSUER_SIGNATURE),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DIGESTS),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DEVICE_AUTH),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_VALIDITY),
                   ==,
                   MDOC_CHECK_PASSED);
}

/* Nobody signed this one: neither a certificate nor a signature; the device's
 * alone is good. */
static void
test_field_multipaz (void)
{
  g_autoptr (MdocVerification) verification = NULL;

  verification = check_field ("multipaz_device_response_no_issuer_signed",
                              NULL,
                              1750000000);
  g_assert_false (mdoc_verification_is_verified (verification));
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0), ==, 0);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_ISSUER_CHAIN),
                   ==,
                   MDOC_CHECK_FAILED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_ISSUER_SIGNATURE),
                   ==,
                   MDOC_CHECK_FAILED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DEVICE_AUTH),
                   ==,
                   MDOC_CHECK_PASSED);
}

/* A whole credential out of the field. */
static void
test_field_bdr (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  JsonObject *entry = json_object_get_object_member (
      json_object_get_object_member (file, "vectors"),
      "bdr_issuer_signed");
  g_autoptr (GBytes) encoded = mdoc_test_vectors_dup_hex (entry, "hex");
  g_autoptr (GPtrArray) anchors = get_field_anchors (entry, "trust_cert_der");
  g_autoptr (MdocVerifier) verifier = mdoc_verifier_new (anchors, NULL);
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GError) error = NULL;

  issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);
  verification = mdoc_verifier_check_issuer_signed (verifier,
                                                    issuer_signed,
                                                    MDOC_DOCTYPE_MDL,
                                                    1740000000);
  assert_findings (verification, "ds-validity?");
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_ISSUER_SIGNATURE),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DIGESTS),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DEVICE_AUTH),
                   ==,
                   MDOC_CHECK_NOT_CHECKED);
}

/* --- Utopia -------------------------------------------------------------- */

typedef struct
{
  MdocKey *device_key;
  MdocKey *reader_key;
  MdocTranscript *transcript;
  MdocIssuerSigned *issuer_signed;
  MdocVerifier *verifier;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) anchors = mdoc_test_chain (MDOC_TEST_ROOT);

  self->device_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  self->reader_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  self->transcript = mdoc_test_annex_d_transcript ();
  self->issuer_signed = mdoc_test_issue (mdoc_key_get_public (self->device_key),
                                         MDOC_TEST_SIGNER);
  self->verifier = mdoc_verifier_new (anchors, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mdoc_verifier_free (self->verifier);
  mdoc_issuer_signed_unref (self->issuer_signed);
  mdoc_transcript_unref (self->transcript);
  mdoc_key_unref (self->reader_key);
  mdoc_key_unref (self->device_key);
}

static MdocVerification *
check (Fixture *self, GBytes *encoded, gint64 at_unix_s)
{
  g_autoptr (MdocDeviceResponse) response = mdoc_test_response_parse (encoded);

  return mdoc_verifier_check (self->verifier,
                              response,
                              self->transcript,
                              self->reader_key,
                              at_unix_s);
}

static void
assert_forgery (Fixture *self,
                const MdocTestForgery *forgery,
                const char *findings)
{
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  encoded = mdoc_test_forge (self->issuer_signed,
                             self->device_key,
                             self->transcript,
                             forgery);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, findings);
}

static void
test_own (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocVerification) verification = NULL;

      encoded = mdoc_test_respond (self->issuer_signed,
                                   self->device_key,
                                   self->transcript,
                                   i == 0 ? NULL : self->reader_key);
      verification = check (self, encoded, MDOC_TEST_NOW_VALID);
      assert_findings (verification, "");
      g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0),
                        ==,
                        MDOC_TEST_N_ELEMENTS);
      g_assert_cmpint (get_outcome (verification, MDOC_CHECK_ISSUING_COUNTRY),
                       ==,
                       MDOC_CHECK_PASSED);
      g_assert_cmpint (get_outcome (verification,
                                    MDOC_CHECK_ISSUING_JURISDICTION),
                       ==,
                       MDOC_CHECK_PASSED);
    }
}

static void
test_own_times (Fixture *self, gconstpointer data)
{
  static const struct
  {
    gint64 at_unix_s;
    const char *findings;
  } times[] = {
    { MDOC_TEST_VALID_FROM, "" },
    { MDOC_TEST_VALID_FROM - 1, "validity!" },
    { MDOC_TEST_VALID_UNTIL, "" },
    { MDOC_TEST_VALID_UNTIL + 1, "validity!" },
    { MDOC_TEST_SIGNER_NOT_AFTER, "validity!" },
    { MDOC_TEST_SIGNER_NOT_AFTER + 1, "issuer-chain! validity!" },
    { MDOC_TEST_SIGNER_NOT_BEFORE - 1, "issuer-chain! validity!" },
    /* what held once is judged anew each time */
    { MDOC_TEST_NOW_VALID, "" },
  };
  g_autoptr (GBytes) encoded = NULL;

  encoded = mdoc_test_respond (self->issuer_signed,
                               self->device_key,
                               self->transcript,
                               NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (MdocVerification) verification = NULL;

      verification = check (self, encoded, times[i].at_unix_s);
      assert_findings (verification, times[i].findings);
    }
}

/* A certificate that bears the anchor's key identifier and name, but was signed
 * by another key. */
static void
test_forged_root (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocIssuerSigned) forged = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  forged = mdoc_test_issue (mdoc_key_get_public (self->device_key),
                            MDOC_TEST_FORGED_SIGNER);
  encoded = mdoc_test_respond (forged,
                               self->device_key,
                               self->transcript,
                               NULL);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, "issuer-chain!");
  g_assert_null (mdoc_verification_get_document_signer (verification, 0));
  g_assert_null (mdoc_verification_get_anchor (verification, 0));

  /* nor is it after a good one */
  g_clear_pointer (&verification, mdoc_verification_unref);
  g_clear_pointer (&encoded, g_bytes_unref);
  encoded = mdoc_test_respond (self->issuer_signed,
                               self->device_key,
                               self->transcript,
                               NULL);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, "");
  g_clear_pointer (&verification, mdoc_verification_unref);
  g_clear_pointer (&encoded, g_bytes_unref);
  encoded = mdoc_test_respond (forged,
                               self->device_key,
                               self->transcript,
                               NULL);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, "issuer-chain!");
}

static void
test_wrong_device_key (Fixture *self, gconstpointer data)
{
  static const MdocTestForgery plain = { 0 };
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  encoded = mdoc_test_forge (self->issuer_signed,
                             self->reader_key,
                             self->transcript,
                             &plain);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, "device-auth!");
}

/* A MAC of another reader's session, or with a key of another curve. */
static void
test_wrong_reader_key (Fixture *self, gconstpointer data)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256, MDOC_CURVE_P384 };
  g_autoptr (GBytes) encoded = NULL;

  encoded = mdoc_test_respond (self->issuer_signed,
                               self->device_key,
                               self->transcript,
                               self->reader_key);
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocVerification) verification = NULL;

      g_clear_pointer (&self->reader_key, mdoc_key_unref);
      self->reader_key = mdoc_key_generate (curves[i], NULL);
      verification = check (self, encoded, MDOC_TEST_NOW_VALID);
      assert_findings (verification, "device-auth!");
    }
}

static void
test_doc_type (Fixture *self, gconstpointer data)
{
  static const MdocTestForgery forgery = { .doc_type = MDOC_DOCTYPE_PID };

  assert_forgery (self, &forgery, "doc-type!");
}

static void
test_response_version (Fixture *self, gconstpointer data)
{
  static const MdocTestForgery plain = { 0 };
  static const MdocTestForgery number_alone = { .version = "1.1" };
  static const MdocTestForgery newer = { .version = "1.1",
                                         .more_response = "6178 80" };
  static const MdocTestForgery more = { .more_response = "6178 80" };

  assert_forgery (self, &plain, "");
  assert_forgery (self, &number_alone, "response-version!");
  assert_forgery (self, &newer, "response-version?");
  assert_forgery (self, &more, "response-version?");
}

static void
test_disclosure (Fixture *self, gconstpointer data)
{
  static const MdocTestForgery garbled = { .more_issuer_signed = "6178 80",
                                           .is_without_name_spaces = TRUE };
  static const MdocTestForgery nothing = { .is_without_name_spaces = TRUE };
  static const MdocTestForgery more = { .more_issuer_signed = "6178 80" };
  static const MdocTestForgery only_device = {
    .is_without_name_spaces = TRUE,
    /* {"org.example.device": {"a": 1}} */
    .device_name_spaces = "a1726f72672e6578616d706c652e646576696365a1616101",
  };

  assert_forgery (self, &garbled, "disclosure!");
  assert_forgery (self, &nothing, "disclosure?");
  assert_forgery (self, &more, "");
  assert_forgery (self, &only_device, "");
}

static void
test_key_authorization (Fixture *self, gconstpointer data)
{
  static const MdocTestForgery element = {
    /* {"org.iso.18013.5.1": {"device_a": 1}} */
    .device_name_spaces = "a1716f72672e69736f2e31383031332e352e31"
                          "a1686465766963655f6101",
  };
  static const MdocTestForgery other_element = {
    /* {"org.iso.18013.5.1": {"device_b": 1}} */
    .device_name_spaces = "a1716f72672e69736f2e31383031332e352e31"
                          "a1686465766963655f6201",
  };
  static const MdocTestForgery one_of_two = {
    /* {"org.iso.18013.5.1": {"device_a": 1, "device_b": 1}} */
    .device_name_spaces = "a1716f72672e69736f2e31383031332e352e31"
                          "a2686465766963655f6101686465766963655f6201",
  };
  const MdocVerifiedElement *last;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GBytes) encoded = NULL;

  assert_forgery (self, &other_element, "key-authorization!");
  assert_forgery (self, &one_of_two, "key-authorization!");
  assert_forgery (self, &element, "");

  encoded = mdoc_test_forge (self->issuer_signed,
                             self->device_key,
                             self->transcript,
                             &element);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_KEY_AUTHORIZATION),
                   ==,
                   MDOC_CHECK_PASSED);
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0),
                    ==,
                    MDOC_TEST_N_ELEMENTS + 1);
  last = mdoc_verification_get_element (verification, 0, MDOC_TEST_N_ELEMENTS);
  g_assert_cmpstr (last->element, ==, "device_a");
  g_assert_true (last->is_device_signed);
}

/* Responses without documents prove nothing. */
static void
test_no_documents (Fixture *self, gconstpointer data)
{
  static const guint statuses[] = { 0, 10 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
      g_autoptr (MdocVerification) verification = NULL;
      g_autoptr (GBytes) encoded = NULL;
      const MdocCheck *documents;

      builder = mdoc_device_response_builder_new ();
      mdoc_device_response_builder_set_status (builder, statuses[i]);
      encoded = mdoc_device_response_builder_finish (builder);
      verification = check (self, encoded, MDOC_TEST_NOW_VALID);
      assert_findings (verification, "documents!");
      documents = mdoc_verification_get_check (verification, 1);
      g_assert_true (
          g_str_has_suffix (documents->detail, i == 0 ? " 0" : " 10"));
    }
}

/* One bad document spoils the response, but not the other document. */
static void
test_two_documents (Fixture *self, gconstpointer data)
{
  static const guint item = 0;
  g_autoptr (MdocIssuerSigned) forged = NULL;
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (GBytes) encoded = NULL;

  forged = mdoc_test_issue (mdoc_key_get_public (self->device_key),
                            MDOC_TEST_FORGED_SIGNER);
  builder = mdoc_device_response_builder_new ();
  for (guint i = 0; i < 2; i++)
    {
      MdocDocumentAnswer answer = {
        .issuer_signed = i == 0 ? forged : self->issuer_signed,
        .items = &item,
        .n_items = 1,
        .device_key = self->device_key,
        .transcript = self->transcript,
      };
      gboolean is_added;

      is_added = mdoc_device_response_builder_add_document (builder,
                                                            &answer,
                                                            NULL);
      g_assert_true (is_added);
    }
  encoded = mdoc_device_response_builder_finish (builder);
  verification = check (self, encoded, MDOC_TEST_NOW_VALID);
  assert_findings (verification, "issuer-chain!");
  g_assert_false (mdoc_verification_is_document_verified (verification, 0));
  g_assert_true (mdoc_verification_is_document_verified (verification, 1));
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0), ==, 0);
  g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 1), ==, 1);
}

/* Elements that repeat what the signer's certificate says. */
/* long because: most of it is the table */
static void
test_country_and_state (Fixture *self, gconstpointer data)
{
  static const struct
  {
    MdocTestIdentity signer;
    const char *name_space;
    const char *element;
    const char *hex;
    const char *findings;
  } cases[] = {
    { MDOC_TEST_SIGNER, MDOC_NAMESPACE_MDL, "issuing_country", "625554", "" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_country",
      "625555",
      "issuing-country!" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_country",
      "627574",
      "issuing-country!" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_country",
      "425554",
      "issuing-country!" },
    /* a number, and what is nested deeper than any text */
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_country",
      "01",
      "issuing-country!" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_country",
      "8180",
      "issuing-country!" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_PHOTO_ID,
      "issuing_country",
      "625555",
      "issuing-country!" },
    { MDOC_TEST_SIGNER, "n", "issuing_country", "625555", "issuing-country?" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_jurisdiction",
      "6555542d4e4f",
      "" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_jurisdiction",
      "6855542d55542d4e4f", /* "UT-UT-NO" */
      "" },
    { MDOC_TEST_SIGNER,
      MDOC_NAMESPACE_MDL,
      "issuing_jurisdiction",
      "6555542d4e50",
      "issuing-jurisdiction!" },
    { MDOC_TEST_SIGNER,
      "n",
      "issuing_jurisdiction",
      "6555542d4e50",
      "issuing-jurisdiction?" },
    /* a signer of the whole country */
    { MDOC_TEST_SIGNER_P384,
      MDOC_NAMESPACE_MDL,
      "issuing_jurisdiction",
      "6555542d4e50",
      "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
      g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
      g_autoptr (MdocVerification) verification = NULL;

      builder = mdoc_issuer_signed_builder_new ("t", MDOC_HASH_SHA256);
      mdoc_test_add (builder,
                     cases[i].name_space,
                     cases[i].element,
                     cases[i].hex);
      mdoc_issuer_signed_builder_set_device_key (builder,
                                                 mdoc_key_get_public (
                                                     self->device_key));
      mdoc_issuer_signed_builder_set_validity (builder,
                                               MDOC_TEST_SIGNED,
                                               MDOC_TEST_VALID_FROM,
                                               MDOC_TEST_VALID_UNTIL,
                                               0);
      issuer_signed = mdoc_test_sign (builder, cases[i].signer);
      verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                        issuer_signed,
                                                        "t",
                                                        MDOC_TEST_NOW_VALID);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      assert_findings (verification, cases[i].findings);
    }
}

/* The worst counts, wherever it stands. */
static void
test_two_countries (Fixture *self, gconstpointer data)
{
  static const char *const orders[][3] = {
    { MDOC_NAMESPACE_MDL, "n", "issuing-country!" },
    { "n", MDOC_NAMESPACE_MDL, "issuing-country!" },
    { "n", "m", "issuing-country?" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (orders); i++)
    {
      gboolean is_good_first = i % 2 == 0;
      g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
      g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
      g_autoptr (MdocVerification) verification = NULL;

      builder = mdoc_issuer_signed_builder_new ("t", MDOC_HASH_SHA256);
      if (is_good_first)
        mdoc_test_add (builder, "good", "issuing_country", "625554");
      mdoc_test_add (builder, orders[i / 2][0], "issuing_country", "625555");
      mdoc_test_add (builder, orders[i / 2][1], "issuing_country", "625555");
      if (!is_good_first)
        mdoc_test_add (builder, "good", "issuing_country", "625554");
      mdoc_issuer_signed_builder_set_device_key (builder,
                                                 mdoc_key_get_public (
                                                     self->device_key));
      mdoc_issuer_signed_builder_set_validity (builder,
                                               MDOC_TEST_SIGNED,
                                               MDOC_TEST_VALID_FROM,
                                               MDOC_TEST_VALID_UNTIL,
                                               0);
      issuer_signed = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
      verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                        issuer_signed,
                                                        "t",
                                                        MDOC_TEST_NOW_VALID);
      assert_findings (verification, orders[i / 2][2]);
    }
}

/* What no issuer of ours would sign: one item, and an MSO as the fields say. */
typedef struct
{
  gint64 signed_unix_s;
  gint64 valid_from_unix_s;
  gint64 valid_until_unix_s;
  gsize random_len;
  gboolean has_other_digest;
  gboolean has_other_digest_id;
  const char *findings;
} CarelessCase;

static const CarelessCase careless_cases[] = {
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "" },
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    15,
    FALSE,
    FALSE,
    "random?" },
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    TRUE,
    FALSE,
    "digests!" },
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    TRUE,
    "digests!" },
  /* signed before or after its signer was one */
  { MDOC_TEST_SIGNER_NOT_BEFORE,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "" },
  { MDOC_TEST_SIGNER_NOT_BEFORE - 1,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "ds-validity!" },
  { MDOC_TEST_SIGNER_NOT_AFTER + 1,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "validity! ds-validity!" },
  /* it outlives its signer */
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_SIGNER_NOT_AFTER,
    16,
    FALSE,
    FALSE,
    "" },
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_SIGNER_NOT_AFTER + 1,
    16,
    FALSE,
    FALSE,
    "ds-validity?" },
  /* valid before it was signed; signed in the future */
  { MDOC_TEST_VALID_FROM + 1,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "validity?" },
  { MDOC_TEST_NOW_VALID,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "validity?" },
  { MDOC_TEST_NOW_VALID + 1,
    MDOC_TEST_VALID_FROM,
    MDOC_TEST_VALID_UNTIL,
    16,
    FALSE,
    FALSE,
    "validity!" },
  { MDOC_TEST_SIGNED,
    MDOC_TEST_VALID_UNTIL,
    MDOC_TEST_VALID_FROM,
    16,
    FALSE,
    FALSE,
    "validity!" },
};

static GBytes *
sign_carelessly (MdocPublicKey *device_key, const CarelessCase *c)
{
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (MdocCborWriter) item = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) mso = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) payload = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  guint8 random[32] = { 0 };
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocMsoDigest entry = { "n", 0, MDOC_SPAN (digest, 32) };
  MdocMsoFields fields = {
    .doc_type = "t",
    .digests = &entry,
    .n_digests = 1,
    .device_key = device_key,
    .signed_unix_s = c->signed_unix_s,
    .valid_from_unix_s = c->valid_from_unix_s,
    .valid_until_unix_s = c->valid_until_unix_s,
  };
  MdocSpan span;

  mdoc_issuer_signed_item_write (item,
                                 c->has_other_digest_id ? 1 : 0,
                                 MDOC_SPAN (random, c->random_len),
                                 "a",
                                 MDOC_SPAN ((const guint8 *) "\x01", 1));
  span = mdoc_cbor_writer_get_span (item);
  mdoc_hash_compute (MDOC_HASH_SHA256, &span, 1, digest);
  digest[31] ^= c->has_other_digest ? 1 : 0;
  mdoc_mso_write (mso, &fields);
  mdoc_cbor_writer_put_embedded (payload, mdoc_cbor_writer_get_span (mso));

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "n");
  mdoc_cbor_writer_begin_array (writer, 1);
  mdoc_cbor_writer_put_encoded (writer, span);
  mdoc_cbor_writer_put_text (writer, "issuerAuth");
  if (!mdoc_sign1_write (writer,
                         key,
                         chain,
                         mdoc_cbor_writer_get_span (payload),
                         FALSE,
                         NULL))
    g_assert_not_reached ();
  return mdoc_cbor_writer_finish (writer);
}

static void
test_careless_issuer (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (careless_cases); i++)
    {
      g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
      g_autoptr (MdocVerification) verification = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;

      encoded = sign_carelessly (mdoc_key_get_public (self->device_key),
                                 &careless_cases[i]);
      issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
      g_assert_no_error (error);
      verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                        issuer_signed,
                                                        "t",
                                                        MDOC_TEST_NOW_VALID);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      assert_findings (verification, careless_cases[i].findings);
    }
}

static void
test_issuer_signed (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *doc_type;
    const char *findings;
  } cases[] = {
    { MDOC_DOCTYPE_MDL, "" },
    { NULL, "" },
    { MDOC_DOCTYPE_PID, "doc-type!" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocVerification) verification = NULL;

      verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                        self->issuer_signed,
                                                        cases[i].doc_type,
                                                        MDOC_TEST_NOW_VALID);
      assert_findings (verification, cases[i].findings);
      g_assert_cmpstr (mdoc_verification_get_doc_type (verification, 0),
                       ==,
                       MDOC_DOCTYPE_MDL);
      if (mdoc_verification_is_verified (verification))
        g_assert_cmpuint (mdoc_verification_get_n_elements (verification, 0),
                          ==,
                          MDOC_TEST_N_ELEMENTS);
      g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DEVICE_AUTH),
                       ==,
                       MDOC_CHECK_NOT_CHECKED);
    }
}

static void
test_issuer_signed_expired (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocVerification) verification = NULL;

  verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                    self->issuer_signed,
                                                    NULL,
                                                    LATER);
  assert_findings (verification, "issuer-chain! validity!");
}

/* Of no elements it is not said that they are good. */
static void
test_no_elements (Fixture *self, gconstpointer data)
{
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocVerification) verification = NULL;

  builder = mdoc_issuer_signed_builder_new ("t", MDOC_HASH_SHA256);
  mdoc_issuer_signed_builder_set_device_key (builder,
                                             mdoc_key_get_public (
                                                 self->device_key));
  mdoc_issuer_signed_builder_set_validity (builder,
                                           MDOC_TEST_SIGNED,
                                           MDOC_TEST_VALID_FROM,
                                           MDOC_TEST_VALID_UNTIL,
                                           0);
  issuer_signed = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                    issuer_signed,
                                                    "t",
                                                    MDOC_TEST_NOW_VALID);
  assert_findings (verification, "disclosure?");
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_DIGESTS),
                   ==,
                   MDOC_CHECK_NOT_CHECKED);
  g_assert_cmpint (get_outcome (verification, MDOC_CHECK_RANDOM),
                   ==,
                   MDOC_CHECK_NOT_CHECKED);
}

/* ES384 says the header, and the signer's key is for ES256: why nothing could
 * be decided is what the user gets to read. */
static void
test_undecided (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) der = mdoc_test_certificate_der (MDOC_TEST_SIGNER);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (GBytes) encoded = NULL;
  const MdocSign1 *auth = mdoc_issuer_signed_get_issuer_auth (
      self->issuer_signed);
  const MdocCheck *signature;

  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "issuerAuth");
  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer,
                              MDOC_SPAN ((const guint8 *) "\xa1\x01\x38\x22",
                                         4));
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_int (writer, 33);
  mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (der));
  mdoc_cbor_writer_put_bytes (writer, auth->payload);
  mdoc_cbor_writer_put_bytes (writer, auth->signature);
  encoded = mdoc_cbor_writer_finish (writer);
  issuer_signed = mdoc_issuer_signed_parse (encoded, NULL);

  verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                    issuer_signed,
                                                    NULL,
                                                    MDOC_TEST_NOW_VALID);
  assert_findings (verification, "issuer-signature! disclosure?");
  signature
      = mdoc_verification_find_document_check (verification,
                                               0,
                                               MDOC_CHECK_ISSUER_SIGNATURE);
  g_assert_nonnull (strstr (signature->detail, "algorithm -35"));
}

/* What a backend cannot do, it says, by name. */
static void
test_unsupported_algorithm (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) chain G_GNUC_UNUSED = NULL;
  g_autoptr (MdocVerification) verification = NULL;
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  const MdocCheck *signature;

  if (mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    {
      issuer_signed = mdoc_test_issue (mdoc_key_get_public (self->device_key),
                                       MDOC_TEST_SIGNER_ED25519);
      verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                        issuer_signed,
                                                        NULL,
                                                        MDOC_TEST_NOW_VALID);
      assert_findings (verification, "");
      return;
    }

  {
    /* the same document, as if the other signer had signed it */
    g_autoptr (GBytes) encoded = NULL;
    g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
    const MdocSign1 *auth = mdoc_issuer_signed_get_issuer_auth (
        self->issuer_signed);
    g_autoptr (GBytes) der = mdoc_test_certificate_der (
        MDOC_TEST_SIGNER_ED25519);

    mdoc_cbor_writer_begin_map (writer, 1);
    mdoc_cbor_writer_put_text (writer, "issuerAuth");
    mdoc_cbor_writer_begin_array (writer, 4);
    mdoc_cbor_writer_put_bytes (writer,
                                MDOC_SPAN ((const guint8 *) "\xa1\x01\x27", 3));
    mdoc_cbor_writer_begin_map (writer, 1);
    mdoc_cbor_writer_put_int (writer, 33);
    mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (der));
    mdoc_cbor_writer_put_bytes (writer, auth->payload);
    mdoc_cbor_writer_put_bytes (writer, auth->signature);
    encoded = mdoc_cbor_writer_finish (writer);
    issuer_signed = mdoc_issuer_signed_parse (encoded, NULL);
  }
  verification = mdoc_verifier_check_issuer_signed (self->verifier,
                                                    issuer_signed,
                                                    NULL,
                                                    MDOC_TEST_NOW_VALID);
  g_assert_false (mdoc_verification_is_verified (verification));
  signature = mdoc_verification_find_document_check (verification,
                                                     0,
                                                     MDOC_CHECK_ISSUER_CHAIN);
  g_assert_cmpint (signature->outcome, ==, MDOC_CHECK_FAILED);
  g_assert_nonnull (strstr (signature->detail, "Ed25519"));
}

static void
test_names (void)
{
  for (guint i = 0; i <= MDOC_CHECK_ISSUING_JURISDICTION; i++)
    {
      const char *name = mdoc_check_get_name ((MdocCheckId) i);

      g_assert_nonnull (name);
      g_assert_cmpuint (strspn (name, "abcdefghijklmnopqrstuvwxyz-"),
                        ==,
                        strlen (name));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (mdoc_check_get_name ((MdocCheckId) j), !=, name);
    }

  g_assert_cmpstr (mdoc_check_outcome_get_name (MDOC_CHECK_PASSED),
                   ==,
                   "passed");
  g_assert_cmpstr (mdoc_check_outcome_get_name (MDOC_CHECK_FAILED),
                   ==,
                   "failed");
  g_assert_cmpstr (mdoc_check_outcome_get_name (MDOC_CHECK_WARNING),
                   ==,
                   "warning");
  g_assert_cmpstr (mdoc_check_outcome_get_name (MDOC_CHECK_NOT_CHECKED),
                   ==,
                   "not-checked");
}

static void
add_test (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (annex_d_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/verifier/annex-d/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &annex_d_cases[i], test_annex_d);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (field_cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/verifier/field/%s-%" G_GSIZE_FORMAT,
                             field_cases[i].name,
                             i);

      g_test_add_data_func (path, &field_cases[i], test_field);
    }
  g_test_add_func ("/verifier/annex-d-details", test_annex_d_details);
  g_test_add_func ("/verifier/field-ubique", test_field_ubique);
  g_test_add_func ("/verifier/field-multipaz", test_field_multipaz);
  g_test_add_func ("/verifier/field-bdr", test_field_bdr);
  g_test_add_func ("/verifier/names", test_names);
  add_test ("/verifier/own", test_own);
  add_test ("/verifier/own-times", test_own_times);
  add_test ("/verifier/forged-root", test_forged_root);
  add_test ("/verifier/wrong-device-key", test_wrong_device_key);
  add_test ("/verifier/wrong-reader-key", test_wrong_reader_key);
  add_test ("/verifier/doc-type", test_doc_type);
  add_test ("/verifier/response-version", test_response_version);
  add_test ("/verifier/disclosure", test_disclosure);
  add_test ("/verifier/key-authorization", test_key_authorization);
  add_test ("/verifier/no-documents", test_no_documents);
  add_test ("/verifier/two-documents", test_two_documents);
  add_test ("/verifier/country-and-state", test_country_and_state);
  add_test ("/verifier/two-countries", test_two_countries);
  add_test ("/verifier/careless-issuer", test_careless_issuer);
  add_test ("/verifier/issuer-signed", test_issuer_signed);
  add_test ("/verifier/issuer-signed-expired", test_issuer_signed_expired);
  add_test ("/verifier/no-elements", test_no_elements);
  add_test ("/verifier/undecided", test_undecided);
  add_test ("/verifier/unsupported-algorithm", test_unsupported_algorithm);

  return g_test_run ();
}
