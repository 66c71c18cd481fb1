/*
 * test-device-request.c - what mdoc_device_request_parse() takes and refuses
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-request.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define VERSION  "6776657273696f6e"         /* "version" */
#define DOCS     "6b646f635265717565737473" /* "docRequests" */
#define ITEMS    "6c6974656d7352657175657374"
#define AUTH     "6a72656164657241757468"        /* "readerAuth" */
#define AUTH_ALL "6d726561646572417574 68416c6c" /* "readerAuthAll" */
#define INFO     "716465766963655265717565737449 6e666f"
#define MAC_KEYS "676d61634b657973" /* "macKeys" */

/* #6.24(<< {"docType": "t", "nameSpaces": {"n": {"a": false}}} >>) */
#define ITEMS_REQUEST                                                          \
  "d818 581d a2 67646f6354797065 6174 6a6e616d65537061636573"                  \
  "a1 616e a1 6161 f4"
#define DOC_REQUEST "a1" ITEMS ITEMS_REQUEST

/* #6.24(<< {"useCases": [{"mandatory": true, "documentSets": [[0]]}]} >>) */
#define USE_CASE                                                               \
  "d818 5827 a1 687573654361736573 81 a2 696d616e6461746f7279 f5"              \
  "6c646f63756d656e7453657473 8181 00"
#define USE_CASE_OF_DOC_1                                                      \
  "d818 5827 a1 687573654361736573 81 a2 696d616e6461746f7279 f5"              \
  "6c646f63756d656e7453657473 8181 01"

#define GOOD "a2" VERSION "63312e30" DOCS "81" DOC_REQUEST

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

static const Case cases[] = {
  { "good", GOOD, ACCEPTED },
  { "keys-in-another-order",
    "a2" DOCS "81" DOC_REQUEST VERSION "63312e30",
    ACCEPTED },
  { "unknown-keys",
    "a4" VERSION "63312e30" DOCS "81 a2" ITEMS ITEMS_REQUEST "6178 80"
    "6178 80 20 81 00",
    ACCEPTED },

  /* versions */
  { "version-1.1", "a2" VERSION "63312e31" DOCS "81" DOC_REQUEST, ACCEPTED },
  { "version-1.7", "a2" VERSION "63312e37" DOCS "81" DOC_REQUEST, ACCEPTED },
  { "version-1.23", "a2" VERSION "64312e3233" DOCS "81" DOC_REQUEST, ACCEPTED },
  { "version-2.0",
    "a2" VERSION "63322e30" DOCS "81" DOC_REQUEST,
    MDOC_CBOR_ERROR_VERSION },
  { "version-9.9",
    "a2" VERSION "63392e39" DOCS "81" DOC_REQUEST,
    MDOC_CBOR_ERROR_VERSION },
  { "version-2.0-and-nothing-else",
    "a1" VERSION "63322e30",
    MDOC_CBOR_ERROR_VERSION },
  { "version-1",
    "a2" VERSION "6131" DOCS "81" DOC_REQUEST,
    MDOC_CBOR_ERROR_SCHEMA },
  { "version-is-uint",
    "a2" VERSION "01" DOCS "81" DOC_REQUEST,
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-version", "a1" DOCS "81" DOC_REQUEST, MDOC_CBOR_ERROR_SCHEMA },

  /* what is there but null is not there */
  { "nulls-under-1.0",
    "a5" VERSION "63312e30" DOCS "81 a2" ITEMS ITEMS_REQUEST AUTH "f6" AUTH_ALL
    "f6" INFO "f6" MAC_KEYS "f6",
    ACCEPTED },
  { "undefined-reader-auth",
    "a2" VERSION "63312e30" DOCS "81 a2" ITEMS ITEMS_REQUEST AUTH "f7",
    ACCEPTED },
  /* what is in a readerAuth is not looked at here */
  { "reader-auth-is-no-signature",
    "a2" VERSION "63312e30" DOCS "81 a2" ITEMS ITEMS_REQUEST AUTH "00",
    ACCEPTED },
  { "reader-auth-all-is-no-signature",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST AUTH_ALL "82 00 80",
    ACCEPTED },
  { "use-case",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST INFO USE_CASE,
    ACCEPTED },
  { "use-case-under-1.0",
    "a3" VERSION "63312e30" DOCS "81" DOC_REQUEST INFO USE_CASE,
    ACCEPTED },
  { "use-case-of-no-doc-request",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST INFO USE_CASE_OF_DOC_1,
    MDOC_CBOR_ERROR_SCHEMA },
  { "use-case-of-the-second-doc-request",
    "a3" VERSION "63312e31" DOCS
    "82" DOC_REQUEST DOC_REQUEST INFO USE_CASE_OF_DOC_1,
    ACCEPTED },
  { "info-without-tag",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST INFO "a1 6161 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "info-is-empty",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST INFO "d818 41 a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "reader-auth-all-is-no-array",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST AUTH_ALL "a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "reader-auth-all-is-empty",
    "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST AUTH_ALL "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "mac-keys-is-empty",
    "a3" VERSION "63312e30" DOCS "81" DOC_REQUEST MAC_KEYS "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "mac-keys-is-no-array",
    "a3" VERSION "63312e30" DOCS "81" DOC_REQUEST MAC_KEYS "a0",
    MDOC_CBOR_ERROR_SCHEMA },

  /* not well-formed */
  { "empty", "", MDOC_CBOR_ERROR_TRUNCATED },
  { "trailing-byte", GOOD "00", MDOC_CBOR_ERROR_TRAILING },
  { "indefinite-map", "bf ff", MDOC_CBOR_ERROR_UNSUPPORTED },
  { "version-twice",
    "a3" VERSION "63312e30" VERSION "63312e30" DOCS "81" DOC_REQUEST,
    MDOC_CBOR_ERROR_DUPLICATE },

  /* well-formed, but no DeviceRequest */
  { "no-map", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "no-doc-requests", "a1" VERSION "63312e30", MDOC_CBOR_ERROR_SCHEMA },
  { "doc-requests-null",
    "a2" VERSION "63312e30" DOCS "f6",
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-requests-empty",
    "a2" VERSION "63312e30" DOCS "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-request-no-map",
    "a2" VERSION "63312e30" DOCS "81 80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-request-without-items",
    "a2" VERSION "63312e30" DOCS "81 a1 6178 00",
    MDOC_CBOR_ERROR_SCHEMA },
  { "items-without-tag",
    "a2" VERSION "63312e30" DOCS "81 a1" ITEMS "41a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "items-with-another-tag",
    "a2" VERSION "63312e30" DOCS "81 a1" ITEMS "d819 41a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "items-not-embedded",
    "a2" VERSION "63312e30" DOCS "81 a1" ITEMS "d818 a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "items-are-empty",
    "a2" VERSION "63312e30" DOCS "81 a1" ITEMS "d818 40",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "second-items-bad",
    "a2" VERSION "63312e30" DOCS "82" DOC_REQUEST "a1" ITEMS "d818 41 a0",
    MDOC_CBOR_ERROR_SCHEMA },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_device_request_parse (encoded, &error);

  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_nonnull (request);
      g_assert_true (mdoc_device_request_get_encoded (request) == encoded);
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_null (request);
    }
}

static MdocDeviceRequest *
parse_hex (const char *hex)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;
  MdocDeviceRequest *request = mdoc_device_request_parse (encoded, &error);

  g_assert_no_error (error);
  return request;
}

static void
test_versions (void)
{
  static const struct
  {
    const char *hex;
    const char *version;
    gboolean is_extended;
  } versions[] = {
    { "63312e30", "1.0", FALSE },
    { "63312e31", "1.1", TRUE },
    { "64312e3130", "1.10", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autofree char *hex = NULL;
      g_autoptr (MdocDeviceRequest) request = NULL;

      hex = g_strconcat ("a2" VERSION,
                         versions[i].hex,
                         DOCS "81" DOC_REQUEST,
                         NULL);
      request = parse_hex (hex);
      g_assert_cmpstr (mdoc_device_request_get_version (request),
                       ==,
                       versions[i].version);
      g_assert_cmpint (mdoc_device_request_is_extended (request),
                       ==,
                       versions[i].is_extended);
    }
}

static void
append_element (const char *name_space,
                const char *element,
                gboolean intent_to_retain,
                gpointer user_data)
{
  g_string_append_printf (user_data,
                          "%s/%s%s ",
                          name_space,
                          element,
                          intent_to_retain ? "!" : "");
}

static char *
list_elements (MdocDeviceRequest *request, guint doc_request)
{
  GString *list = g_string_new (NULL);
  MdocItemsRequest *items_request;

  items_request = mdoc_device_request_get_items_request (request, doc_request);
  mdoc_items_request_foreach (items_request, append_element, list);
  return g_string_free (list, FALSE);
}

static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_annex_d ("device_request");
  g_autoptr (GBytes) bytes = mdoc_test_annex_d ("items_request_bytes");
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *elements = NULL;

  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_device_request_get_version (request), ==, "1.0");
  g_assert_cmpuint (mdoc_device_request_get_n_doc_requests (request), ==, 1);
  g_assert_true (mdoc_device_request_has_reader_auth (request, 0));
  g_assert_cmpuint (mdoc_device_request_get_n_reader_auth_all (request), ==, 0);
  g_assert_null (mdoc_device_request_get_info (request));
  g_assert_cmpuint (mdoc_device_request_get_n_mac_keys (request), ==, 0);
  g_assert_true (
      mdoc_span_equal (mdoc_device_request_get_items_request_bytes (request, 0),
                       mdoc_span_from_bytes (bytes)));

  elements = list_elements (request, 0);
  g_assert_cmpstr (elements,
                   ==,
                   "org.iso.18013.5.1/family_name! "
                   "org.iso.18013.5.1/document_number! "
                   "org.iso.18013.5.1/driving_privileges! "
                   "org.iso.18013.5.1/issue_date! "
                   "org.iso.18013.5.1/expiry_date! "
                   "org.iso.18013.5.1/portrait ");
}

static void
check_use_case (MdocDeviceRequestInfo *info,
                guint i,
                guint n_sets,
                guint first,
                gint64 hint)
{
  const MdocUseCase *use_case;

  use_case = mdoc_device_request_info_get_use_case (info, i);
  g_assert_false (use_case->is_mandatory);
  g_assert_cmpuint (use_case->n_sets, ==, n_sets);
  for (guint j = 0; j < n_sets; j++)
    {
      g_assert_cmpuint (use_case->sets[j].n_doc_requests, ==, 1);
      g_assert_cmpuint (use_case->sets[j].doc_requests[0], ==, first + j);
    }
  g_assert_cmpuint (use_case->n_hints, ==, 1);
  g_assert_cmpstr (use_case->hints[0].controller,
                   ==,
                   MDOC_PURPOSE_CONTROLLER_SC17);
  g_assert_cmpint (use_case->hints[0].value, ==, hint);
}

static void
test_annex_d_extended (void)
{
  static const char *const photo_id
      = "org.iso.23220.1/portrait! org.iso.23220.1/last_name! "
        "org.iso.23220.1/first_name! org.iso.23220.1/age_over_18! "
        "org.iso.23220.1/resident_city! org.iso.23220.1/resident_state! ";
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *elements = NULL;
  MdocDeviceRequestInfo *info;
  MdocItemsRequest *items_request;
  const MdocAlternative *last;

  encoded = mdoc_test_annex_d ("device_request_extended_2nd_edition");
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_device_request_is_extended (request));
  g_assert_cmpuint (mdoc_device_request_get_n_doc_requests (request), ==, 3);

  elements = list_elements (request, 2);
  g_assert_cmpstr (elements, ==, photo_id);
  items_request = mdoc_device_request_get_items_request (request, 2);
  g_assert_cmpstr (mdoc_items_request_get_doc_type (items_request),
                   ==,
                   "org.iso.23220.photoID");
  last = mdoc_request_info_get_alternative (mdoc_items_request_get_info (
                                                items_request),
                                            5);
  g_assert_cmpstr (last->requested.element, ==, "age_over_18");
  g_assert_cmpuint (last->n_sets, ==, 3);
  g_assert_cmpstr (last->sets[2].elements[0].name_space,
                   ==,
                   "org.iso.23220.datagroups.1");
  g_assert_cmpstr (last->sets[2].elements[0].element, ==, "dg1");

  info = mdoc_device_request_get_info (request);
  g_assert_cmpuint (mdoc_device_request_info_get_n_use_cases (info), ==, 2);
  check_use_case (info, 0, 1, 0, MDOC_PURPOSE_DRIVING_PRIVILEGE);
  check_use_case (info, 1, 2, 1, MDOC_PURPOSE_IDENTITY);
}

static void
test_apple (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *elements = NULL;
  JsonObject *entry;

  entry = json_object_get_object_member (
      json_object_get_object_member (file, "vectors"),
      "apple_ios26_device_request");
  encoded = mdoc_test_vectors_dup_hex (entry, "hex");
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);

  g_assert_false (mdoc_device_request_is_extended (request));
  g_assert_cmpuint (mdoc_device_request_get_n_doc_requests (request), ==, 1);
  g_assert_true (mdoc_device_request_has_reader_auth (request, 0));
  g_assert_cmpuint (mdoc_device_request_get_n_reader_auth_all (request), ==, 0);
  g_assert_null (mdoc_device_request_get_info (request));
  elements = list_elements (request, 0);
  g_assert_cmpstr (elements,
                   ==,
                   "org.iso.18013.5.1/portrait "
                   "org.iso.18013.5.1/age_over_21 ");
  /* there is a requestInfo, with nothing in it that we know */
  g_assert_nonnull (mdoc_items_request_get_info (
      mdoc_device_request_get_items_request (request, 0)));
}

static void
test_ref (void)
{
  g_autoptr (MdocDeviceRequest) request = parse_hex (GOOD);
  g_autoptr (MdocDeviceRequest) other = mdoc_device_request_ref (request);

  g_clear_pointer (&request, mdoc_device_request_unref);
  g_assert_cmpstr (mdoc_device_request_get_version (other), ==, "1.0");
  mdoc_device_request_unref (NULL);
}

/* What borrows from a request lives on when the request goes. */
static void
test_items_outlive_request (void)
{
  g_autoptr (MdocDeviceRequest) request = parse_hex (GOOD);
  g_autoptr (MdocItemsRequest) items_request = NULL;
  MdocSpan encoded;

  items_request = mdoc_items_request_ref (
      mdoc_device_request_get_items_request (request, 0));
  g_clear_pointer (&request, mdoc_device_request_unref);
  encoded = mdoc_span_from_bytes (
      mdoc_items_request_get_encoded (items_request));
  g_assert_cmpuint (encoded.len, ==, 29);
  g_assert_cmpuint (encoded.data[0], ==, 0xa2);
}

static void
append_repeated (GString *hex, const char *item, guint n)
{
  g_string_append_printf (hex, "98%02x", n);
  for (guint i = 0; i < n; i++)
    g_string_append (hex, item);
}

static void
check_limit (const char *hex, gboolean is_over)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (hex);
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_device_request_parse (encoded, &error);
  if (is_over)
    g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  else
    g_assert_no_error (error);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  static const struct
  {
    const char *before;
    const char *item;
    guint max;
  } limits[] = {
    { "a2" VERSION "63312e30" DOCS, DOC_REQUEST, 16 },
    { "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST AUTH_ALL, "80", 4 },
    { "a3" VERSION "63312e30" DOCS "81" DOC_REQUEST MAC_KEYS, "a0", 16 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    for (guint over = 0; over <= 1; over++)
      {
        g_autoptr (GString) hex = g_string_new (limits[i].before);

        append_repeated (hex, limits[i].item, limits[i].max + over);
        check_limit (hex->str, over == 1);
      }
}

/* {"version": "1.0", "docRequests": […], "x": bstr, "y": array} */
static void
test_sizes (void)
{
  static const struct
  {
    guint n_bytes;
    guint n_items;
    gboolean is_over;
  } sizes[] = {
    { 262059, 0, FALSE },
    { 262060, 0, TRUE },
    { 0, 4083, FALSE },
    { 0, 4084, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GString) hex = g_string_new ("a4" VERSION "63312e30" DOCS
                                              "81" DOC_REQUEST);

      g_string_append_printf (hex, "6178 5a%08x", sizes[i].n_bytes);
      for (guint j = 0; j < sizes[i].n_bytes; j++)
        g_string_append (hex, "00");
      g_string_append_printf (hex, "6179 99%04x", sizes[i].n_items);
      for (guint j = 0; j < sizes[i].n_items; j++)
        g_string_append (hex, "00");
      check_limit (hex->str, sizes[i].is_over);
    }
}

static void
test_depth (void)
{
  for (guint depth = 11; depth <= 12; depth++)
    {
      g_autoptr (GString) hex = g_string_new ("a3" VERSION "63312e30" DOCS
                                              "81" DOC_REQUEST "6178");

      for (guint i = 0; i < depth; i++)
        g_string_append (hex, "81");
      g_string_append (hex, "00");
      check_limit (hex->str, depth == 12);
    }
}

/* An itemsRequest or deviceRequestInfo that is too long is not even opened. */
static void
test_embedded_sizes (void)
{
  static const struct
  {
    const char *before;
    guint len;
  } embedded[] = {
    { "a2" VERSION "63312e30" DOCS "81 a1" ITEMS, 65537 },
    { "a3" VERSION "63312e31" DOCS "81" DOC_REQUEST INFO, 32769 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (embedded); i++)
    {
      g_autoptr (GString) hex = g_string_new (embedded[i].before);

      g_string_append_printf (hex, "d818 5a%08x", embedded[i].len);
      for (guint j = 0; j < embedded[i].len; j++)
        g_string_append (hex, "00");
      check_limit (hex->str, TRUE);
    }
}

#define WHOLE                                                                  \
  "a5" VERSION "63312e31" DOCS "81 a2" ITEMS ITEMS_REQUEST AUTH                \
  "80" INFO USE_CASE AUTH_ALL "81 80" MAC_KEYS "81 a0"

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (WHOLE);
  gsize size = g_bytes_get_size (good);

  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocDeviceRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      encoded = g_bytes_new (g_bytes_get_data (good, NULL), len);
      request = mdoc_device_request_parse (encoded, &error);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
      g_assert_null (request);
    }
}

static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (WHOLE);
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    {
      for (guint value = 0; value <= G_MAXUINT8; value++)
        {
          guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
          g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
          g_autoptr (MdocDeviceRequest) request = NULL;
          g_autoptr (GError) error = NULL;

          data[pos] = (guint8) value;
          request = mdoc_device_request_parse (encoded, &error);
          g_assert_true ((request == NULL) == (error != NULL));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/device-request/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/device-request/versions", test_versions);
  g_test_add_func ("/device-request/annex-d", test_annex_d);
  g_test_add_func ("/device-request/annex-d-extended", test_annex_d_extended);
  g_test_add_func ("/device-request/apple-ios-26", test_apple);
  g_test_add_func ("/device-request/ref", test_ref);
  g_test_add_func ("/device-request/items-outlive-request",
                   test_items_outlive_request);
  g_test_add_func ("/device-request/limits", test_limits);
  g_test_add_func ("/device-request/sizes", test_sizes);
  g_test_add_func ("/device-request/depth", test_depth);
  g_test_add_func ("/device-request/embedded-sizes", test_embedded_sizes);
  g_test_add_func ("/device-request/every-prefix", test_every_prefix);
  g_test_add_func ("/device-request/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
