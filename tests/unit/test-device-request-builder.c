/*
 * test-device-request-builder.c - what a reader's request is written like
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-device-request-builder.h"
#include "tests/lib/mdoc-test-reader.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define MDL    "org.iso.18013.5.1"
#define AAMVA  "org.iso.18013.5.1.aamva"
#define ISO    "org.iso.23220.1"
#define GROUPS "org.iso.23220.datagroups.1"

static GBytes *
finish (MdocDeviceRequestBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  GBytes *encoded;

  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                &error);
  g_assert_no_error (error);
  return encoded;
}

static void
add_elements (MdocDeviceRequestBuilder *builder,
              guint doc_request,
              const char *name_space,
              const char *const *elements)
{
  for (; *elements != NULL; elements++)
    mdoc_device_request_builder_add_element (builder,
                                             doc_request,
                                             name_space,
                                             *elements,
                                             TRUE);
}

/* The standard's example but for its signature, which only its reader can make.
 */
static void
test_annex_d (void)
{
  static const char *const elements[] = {
    "family_name", "document_number", "driving_privileges",
    "issue_date",  "expiry_date",     NULL
  };
  static const char start[] = "\xa2gversionc1.0kdocRequests\x81";
  static const char unsigned_[] = "\xa1litemsRequest";
  static const char signed_[] = "\xa2litemsRequest";
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (GBytes) items_request = mdoc_test_annex_d ("items_request_bytes");
  g_autoptr (GBytes) auth = mdoc_test_annex_d ("reader_auth");
  g_autoptr (GBytes) published = mdoc_test_annex_d ("device_request");
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autoptr (GBytes) encoded = NULL;
  MdocSpan items = mdoc_span_from_bytes (items_request);
  MdocSpan signature = mdoc_span_from_bytes (auth);

  builder = mdoc_device_request_builder_new ();
  mdoc_device_request_builder_add_doc_request (builder,
                                               "org.iso.18013.5.1.mDL");
  add_elements (builder, 0, MDL, elements);
  mdoc_device_request_builder_add_element (builder, 0, MDL, "portrait", FALSE);
  encoded = finish (builder);

  g_byte_array_append (expected, (const guint8 *) start, sizeof (start) - 1);
  g_byte_array_append (expected,
                       (const guint8 *) unsigned_,
                       sizeof (unsigned_) - 1);
  g_byte_array_append (expected, items.data, (guint) items.len);
  g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (encoded),
                                  MDOC_SPAN (expected->data, expected->len)));

  /* what was taken for it is the published one, less the signature */
  g_byte_array_set_size (expected, sizeof (start) - 1);
  g_byte_array_append (expected,
                       (const guint8 *) signed_,
                       sizeof (signed_) - 1);
  g_byte_array_append (expected, items.data, (guint) items.len);
  g_byte_array_append (expected, (const guint8 *) "jreaderAuth", 11);
  g_byte_array_append (expected, signature.data, (guint) signature.len);
  g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (published),
                                  MDOC_SPAN (expected->data, expected->len)));
}

typedef struct
{
  const char *name_space;
  const char *element;
  const char *alternatives; /* "A;B+C": the sets, NAME or NAME_SPACE/NAME */
} Replaceable;

static void
add_alternative (MdocDeviceRequestBuilder *builder,
                 guint doc_request,
                 const Replaceable *replaceable)
{
  MdocElementName names[4][4];
  MdocElementSet sets[4];
  MdocAlternative alternative = { 0 };
  g_auto (GStrv) set_texts = g_strsplit (replaceable->alternatives, ";", 4);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_strfreev);

  alternative.requested.name_space = replaceable->name_space;
  alternative.requested.element = replaceable->element;
  alternative.sets = sets;
  for (char **set = set_texts; *set != NULL; set++)
    {
      char **elements = g_strsplit (*set, "+", 4);
      MdocElementName *row = names[alternative.n_sets];
      guint n = 0;

      g_ptr_array_add (texts, elements);
      for (; elements[n] != NULL; n++)
        {
          char *slash = strchr (elements[n], '/');

          row[n] = (MdocElementName){ replaceable->name_space, elements[n] };
          if (slash == NULL)
            continue;
          *slash = '\0';
          row[n] = (MdocElementName){ elements[n], slash + 1 };
        }
      sets[alternative.n_sets++] = (MdocElementSet){ row, n };
    }

  mdoc_device_request_builder_add_alternative (builder,
                                               doc_request,
                                               &alternative);
}

/* The example of the second edition, byte for byte. */
static void
test_annex_d_extended (void)
{
  static const char *const driving[] = { "portrait",
                                         "birth_date",
                                         "issue_date",
                                         "expiry_date",
                                         "document_number",
                                         "given_name_national_character",
                                         "family_name_national_character",
                                         NULL };
  static const char *const domestic[] = { "domestic_driving_privileges", NULL };
  static const char *const identity[] = {
    "portrait",    "given_name",           "age_over_18",
    "family_name", "resident_postal_code", NULL
  };
  static const char *const photo_id[] = {
    "portrait",      "last_name",      "first_name", "age_over_18",
    "resident_city", "resident_state", NULL
  };
  static const Replaceable in_driving[] = {
    { MDL, "given_name_national_character", "given_name" },
    { MDL, "family_name_national_character", "family._name" },
    { AAMVA, "domestic_driving_privileges", MDL "/driving_privileges" },
  };
  static const Replaceable in_identity[] = {
    { MDL, "age_over_18", "age_in_years;birth_date" },
    { MDL,
      "resident_postal_code",
      "resident_city+resident_state;resident_address" },
  };
  static const Replaceable in_photo_id[] = {
    { ISO, "first_name", "first_name_latin1;" GROUPS "/dg1" },
    { ISO, "last_name", "last_name_latin1;" GROUPS "/dg1" },
    { ISO, "portrait", GROUPS "/dg2" },
    { ISO, "resident_city", "resident_postal_code;resident_address" },
    { ISO, "resident_state", "resident_postal_code;resident_address" },
    { ISO, "age_over_18", "age_in_years;birth_date;" GROUPS "/dg1" },
  };
  static const guint indices[] = { 0, 1, 2 };
  static const MdocDocumentSet sets[] = { { indices, 1 },
                                          { indices + 1, 1 },
                                          { indices + 2, 1 } };
  static const MdocPurposeHint hints[] = {
    { MDOC_PURPOSE_CONTROLLER_SC17, MDOC_PURPOSE_DRIVING_PRIVILEGE },
    { MDOC_PURPOSE_CONTROLLER_SC17, MDOC_PURPOSE_IDENTITY }
  };
  static const MdocUseCase use_cases[] = {
    { FALSE, sets, 1, hints, 1 },
    { FALSE, sets + 1, 2, hints + 1, 1 }
  };
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (GBytes) expected = NULL;
  g_autoptr (GBytes) encoded = NULL;

  builder = mdoc_device_request_builder_new ();
  for (guint i = 0; i < 3; i++)
    {
      mdoc_device_request_builder_add_doc_request (
          builder,
          i < 2 ? "org.iso.18013.5.1.mDL" : "org.iso.23220.photoID");
      mdoc_device_request_builder_set_unique_doc_set (builder, i, TRUE);
    }

  add_elements (builder, 0, MDL, driving);
  add_elements (builder, 0, AAMVA, domestic);
  for (gsize i = 0; i < G_N_ELEMENTS (in_driving); i++)
    add_alternative (builder, 0, &in_driving[i]);
  add_elements (builder, 1, MDL, identity);
  for (gsize i = 0; i < G_N_ELEMENTS (in_identity); i++)
    add_alternative (builder, 1, &in_identity[i]);
  add_elements (builder, 2, ISO, photo_id);
  for (gsize i = 0; i < G_N_ELEMENTS (in_photo_id); i++)
    add_alternative (builder, 2, &in_photo_id[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (use_cases); i++)
    mdoc_device_request_builder_add_use_case (builder, &use_cases[i]);

  encoded = finish (builder);
  expected = mdoc_test_annex_d ("device_request_extended_2nd_edition");
  g_assert_true (g_bytes_equal (encoded, expected));
}

static MdocDeviceRequestBuilder *
smallest (void)
{
  MdocDeviceRequestBuilder *builder = mdoc_device_request_builder_new ();

  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  return builder;
}

static void
assert_hex (GBytes *encoded, const char *hex)
{
  g_autoptr (GBytes) expected = mdoc_test_bytes_from_hex (hex);
  g_autofree char *left = mdoc_hex_encode (mdoc_span_from_bytes (encoded));
  g_autofree char *right = mdoc_hex_encode (mdoc_span_from_bytes (expected));

  g_assert_cmpstr (left, ==, right);
}

#define START                                                                  \
  "6776657273696f6e 63312e30 6b646f635265717565737473 81"                      \
  "a1 6c6974656d7352657175657374"
#define DOC_TYPE "67646f6354797065 6174"
#define NAMES    "6a6e616d65537061636573"
#define INFO     "6b72657175657374496e666f"

/* Every request information, in the order of the first calls; a value set again
 * keeps its place, and so does an element. */
static void
test_request_info (void)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
  g_autoptr (GBytes) encoded = NULL;

  mdoc_device_request_builder_add_element (builder, 0, "n", "b", FALSE);
  mdoc_device_request_builder_add_element (builder, 0, "m", "a", FALSE);
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", TRUE);
  mdoc_device_request_builder_set_maximum_response_size (builder, 0, 1000);
  mdoc_device_request_builder_set_request_info (builder,
                                                0,
                                                "x",
                                                MDOC_SPAN ((const guint8
                                                                *) "\x81\x00",
                                                           2));
  mdoc_device_request_builder_add_issuer_identifier (
      builder,
      0,
      MDOC_SPAN ((const guint8 *) "\x01\x02", 2));
  mdoc_device_request_builder_set_unique_doc_set (builder, 0, FALSE);
  mdoc_device_request_builder_set_request_info (builder,
                                                0,
                                                "x",
                                                MDOC_SPAN ((const guint8
                                                                *) "\x80",
                                                           1));
  mdoc_device_request_builder_set_maximum_response_size (builder, 0, 10);
  mdoc_device_request_builder_add_issuer_identifier (builder,
                                                     0,
                                                     MDOC_SPAN ((const guint8
                                                                     *) "\x03",
                                                                1));
  encoded = finish (builder);
  assert_hex (encoded,
              "a2" START "d818 5879 a3" DOC_TYPE NAMES
              "a2 616e a2 6161f5 6162f4 616d a1 6161f4" INFO "a4"
              "736d6178696d756d526573706f6e736553697a65 0a"
              "6178 80"
              "716973737565724964656e74696669657273 82 420102 4103"
              "74756e69717565446f635365745265717569726564 f4");
}

/* An array that is set as a value loses its members, and the other way round.
 */
static void
test_request_info_changes_kind (void)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  MdocRequestInfo *info;

  for (guint i = 0; i < 2; i++)
    mdoc_device_request_builder_add_issuer_identifier (
        builder,
        0,
        MDOC_SPAN ((const guint8 *) "\x01", 1));
  mdoc_device_request_builder_set_request_info (builder,
                                                0,
                                                "issuerIdentifiers",
                                                MDOC_SPAN ((const guint8
                                                                *) "\xf6",
                                                           1));
  mdoc_device_request_builder_add_issuer_identifier (builder,
                                                     0,
                                                     MDOC_SPAN ((const guint8
                                                                     *) "\x02",
                                                                1));
  encoded = finish (builder);
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  info = mdoc_items_request_get_info (
      mdoc_device_request_get_items_request (request, 0));
  g_assert_cmpuint (mdoc_request_info_get_n_issuer_identifiers (info), ==, 1);
  g_assert_cmpuint (mdoc_request_info_get_issuer_identifier (info, 0).data[0],
                    ==,
                    2);
}

/* 1.1 if and only if there is something that the first edition does not know
 * outside of the items requests. */
static void
test_version (void)
{
  static const guint index = 0;
  static const MdocDocumentSet set = { &index, 1 };
  static const MdocUseCase use_case = { TRUE, &set, 1, NULL, 0 };
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = NULL;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  transcript = mdoc_transcript_new_qr (mdoc_span_from_text ("e"),
                                       mdoc_span_from_text ("k"));
  for (guint i = 0; i < 16; i++)
    {
      gboolean has_use_case = (i & 1) != 0;
      gboolean has_info = (i & 2) != 0;
      gboolean is_signed = (i & 4) != 0;
      gboolean sign_all = (i & 8) != 0;
      gboolean is_extended = has_use_case || (is_signed && sign_all);
      g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
      g_autoptr (MdocDeviceRequest) request = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;

      if (has_use_case)
        mdoc_device_request_builder_add_use_case (builder, &use_case);
      if (has_info)
        mdoc_device_request_builder_set_unique_doc_set (builder, 0, TRUE);
      encoded = mdoc_device_request_builder_finish (builder,
                                                    is_signed ? transcript
                                                              : NULL,
                                                    is_signed ? reader->key
                                                              : NULL,
                                                    is_signed ? reader->chain
                                                              : NULL,
                                                    sign_all,
                                                    &error);
      g_assert_no_error (error);
      request = mdoc_device_request_parse (encoded, &error);
      g_assert_no_error (error);

      g_assert_cmpstr (mdoc_device_request_get_version (request),
                       ==,
                       is_extended ? "1.1" : "1.0");
      g_assert_cmpint (mdoc_device_request_get_info (request) != NULL,
                       ==,
                       has_use_case);
      g_assert_cmpint (mdoc_device_request_has_reader_auth (request, 0),
                       ==,
                       is_signed && !sign_all);
      g_assert_cmpuint (mdoc_device_request_get_n_reader_auth_all (request),
                        ==,
                        is_signed && sign_all ? 1 : 0);
    }
}

static void
test_mac_keys (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256, MDOC_CURVE_P384 };
  g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocPublicKey *keys[G_N_ELEMENTS (curves)];

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocKey) key = mdoc_key_generate (curves[i], &error);

      g_assert_no_error (error);
      keys[i] = mdoc_public_key_ref (mdoc_key_get_public (key));
      mdoc_device_request_builder_add_mac_key (builder, keys[i]);
    }

  encoded = finish (builder);
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_device_request_get_version (request), ==, "1.0");
  g_assert_cmpuint (mdoc_device_request_get_n_mac_keys (request), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocPublicKey) found = NULL;

      found = mdoc_device_request_dup_mac_key (request, i, &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_public_key_equal (found, keys[i]));
      mdoc_public_key_unref (keys[i]);
    }
}

/* A mac key that is none is told of when it is asked for. */
static void
test_bad_mac_key (void)
{
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;

  encoded = mdoc_test_bytes_from_hex ("a3" START "d818 581d a2" DOC_TYPE NAMES
                                      "a1 616e a1 6161 f4"
                                      "676d61634b657973 81 a1 01 02");
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  key = mdoc_device_request_dup_mac_key (request, 0, &error);
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_SCHEMA);
  g_assert_null (key);
}

/* It stays as it was, for the next session. */
static void
test_finish_again (void)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
  g_autoptr (GBytes) first = finish (builder);
  g_autoptr (GBytes) second = finish (builder);
  g_autoptr (GBytes) third = NULL;

  g_assert_true (g_bytes_equal (first, second));
  mdoc_device_request_builder_add_element (builder, 0, "n", "b", TRUE);
  third = finish (builder);
  g_assert_cmpuint (g_bytes_get_size (third), ==, g_bytes_get_size (first) + 3);
  mdoc_device_request_builder_free (NULL);
}

/* A key that cannot sign, however it fails, leaves no request. */
static void
test_key_that_fails (void)
{
  g_autoptr (MdocTestReader) reader = NULL;
  g_autoptr (MdocTranscript) transcript = NULL;

  reader = mdoc_test_reader_new ("Shop", MDOC_CURVE_P256);
  g_clear_pointer (&reader->key, mdoc_key_unref);
  reader->key = mdoc_test_key_that_fails ();
  transcript = mdoc_transcript_new_qr (mdoc_span_from_text ("e"),
                                       mdoc_span_from_text ("k"));
  for (guint all = 0; all <= 1; all++)
    {
      g_autoptr (MdocDeviceRequestBuilder) builder = smallest ();
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;

      encoded = mdoc_device_request_builder_finish (builder,
                                                    transcript,
                                                    reader->key,
                                                    reader->chain,
                                                    all == 1,
                                                    &error);
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
      g_assert_null (encoded);
    }
}

typedef struct
{
  const char *name;
  void (*build) (MdocDeviceRequestBuilder *builder);
  int code; /* a MdocCborError */
} Refusal;

static void
build_nothing (MdocDeviceRequestBuilder *builder)
{
}

static void
build_no_elements (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "t");
}

static void
build_no_doc_type (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
}

static void
build_bad_text (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "\xff", FALSE);
}

static void
build_too_many_doc_requests (MdocDeviceRequestBuilder *builder)
{
  for (guint i = 0; i <= MDOC_REQUEST_MAX_DOC_REQUESTS; i++)
    {
      mdoc_device_request_builder_add_doc_request (builder, "t");
      mdoc_device_request_builder_add_element (builder, i, "n", "a", FALSE);
    }
}

static void
build_too_many_elements (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "t");
  for (guint i = 0; i <= MDOC_ITEMS_REQUEST_MAX_ELEMENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      mdoc_device_request_builder_add_element (builder, 0, "n", name, FALSE);
    }
}

static void
build_replacing_nothing (MdocDeviceRequestBuilder *builder)
{
  static const Replaceable replaceable = { "n", "b", "c" };

  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  add_alternative (builder, 0, &replaceable);
}

static void
build_two_values (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  mdoc_device_request_builder_set_request_info (builder,
                                                0,
                                                "x",
                                                MDOC_SPAN ((const guint8
                                                                *) "\x00\x00",
                                                           2));
}

static void
build_no_value (MdocDeviceRequestBuilder *builder)
{
  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  mdoc_device_request_builder_set_request_info (builder,
                                                0,
                                                "x",
                                                MDOC_SPAN (NULL, 0));
}

static void
build_use_case_of_no_document (MdocDeviceRequestBuilder *builder)
{
  static const guint index = 1;
  static const MdocDocumentSet set = { &index, 1 };
  static const MdocUseCase use_case = { TRUE, &set, 1, NULL, 0 };

  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  mdoc_device_request_builder_add_use_case (builder, &use_case);
}

static void
build_use_case_without_sets (MdocDeviceRequestBuilder *builder)
{
  static const MdocUseCase use_case = { TRUE, NULL, 0, NULL, 0 };

  mdoc_device_request_builder_add_doc_request (builder, "t");
  mdoc_device_request_builder_add_element (builder, 0, "n", "a", FALSE);
  mdoc_device_request_builder_add_use_case (builder, &use_case);
}

static const Refusal refusals[] = {
  { "nothing", build_nothing, MDOC_CBOR_ERROR_SCHEMA },
  { "no-elements", build_no_elements, MDOC_CBOR_ERROR_SCHEMA },
  { "no-doc-type", build_no_doc_type, MDOC_CBOR_ERROR_SCHEMA },
  { "bad-text", build_bad_text, MDOC_CBOR_ERROR_SCHEMA },
  { "too-many-doc-requests",
    build_too_many_doc_requests,
    MDOC_CBOR_ERROR_LIMIT },
  { "too-many-elements", build_too_many_elements, MDOC_CBOR_ERROR_LIMIT },
  { "replacing-nothing", build_replacing_nothing, MDOC_CBOR_ERROR_SCHEMA },
  { "two-values", build_two_values, MDOC_CBOR_ERROR_TRAILING },
  { "no-value", build_no_value, MDOC_CBOR_ERROR_TRUNCATED },
  { "use-case-of-no-document",
    build_use_case_of_no_document,
    MDOC_CBOR_ERROR_SCHEMA },
  { "use-case-without-sets",
    build_use_case_without_sets,
    MDOC_CBOR_ERROR_SCHEMA },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  builder = mdoc_device_request_builder_new ();
  refusal->build (builder);
  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                &error);
  g_assert_error (error, MDOC_CBOR_ERROR, refusal->code);
  g_assert_null (encoded);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/device-request-builder/annex-d", test_annex_d);
  g_test_add_func ("/device-request-builder/annex-d-extended",
                   test_annex_d_extended);
  g_test_add_func ("/device-request-builder/request-info", test_request_info);
  g_test_add_func ("/device-request-builder/request-info-changes-kind",
                   test_request_info_changes_kind);
  g_test_add_func ("/device-request-builder/version", test_version);
  g_test_add_func ("/device-request-builder/mac-keys", test_mac_keys);
  g_test_add_func ("/device-request-builder/bad-mac-key", test_bad_mac_key);
  g_test_add_func ("/device-request-builder/finish-again", test_finish_again);
  g_test_add_func ("/device-request-builder/key-that-fails",
                   test_key_that_fails);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/device-request-builder/refusal/%s",
                              refusals[i].name);
      g_test_add_data_func (path, &refusals[i], test_refusal);
    }

  return g_test_run ();
}
