/*
 * test-items-request.c - what mdoc_items_request_parse() takes and refuses
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-items-request.h"
#include "tests/lib/mdoc-test.h"

#define DOC_TYPE "67646f6354797065"         /* "docType" */
#define NAMES    "6a6e616d65537061636573"   /* "nameSpaces" */
#define INFO     "6b72657175657374496e666f" /* "requestInfo" */
#define ONE_NAME "a1 616e a1 6161 f4"       /* {"n": {"a": false}} */
#define UNIQUE   "74756e69717565446f635365745265717569726564"
/* "alternativeDataElements", "requestedElement", "alternativeElementSets" */
#define ALTERNATIVES "77616c7465726e617469766544617461456c656d656e7473"
#define REQUESTED    "70726571756573746564456c656d656e74"
#define SETS         "76616c7465726e6174697665456c656d656e7453657473"

/* {"docType": "t", "nameSpaces": {"n": {"a": false, "b": true}}} */
#define GOOD "a2" DOC_TYPE "6174" NAMES "a1 616e a2 6161f4 6162f5"

/* the same with {"requestedElement": ["n", "a"], … [[["n", "c"]]]} */
#define ALTERNATIVE(element_)                                                  \
  "a2" REQUESTED "82 616e" element_ SETS "81 81 82 616e 6163"
#define GOOD_WITH_INFO                                                         \
  "a3" DOC_TYPE "6174" NAMES "a1 616e a2 6161f4 6162f5" INFO "a2" UNIQUE       \
  "f5" ALTERNATIVES "81" ALTERNATIVE ("6161")

#define ACCEPTED (-1)

typedef struct
{
  const char *name;
  const char *hex;
  int code; /* a MdocCborError, or ACCEPTED */
} Case;

static const Case cases[] = {
  { "good", GOOD, ACCEPTED },
  { "good-with-info", GOOD_WITH_INFO, ACCEPTED },
  { "unknown-key-is-skipped",
    "a3" DOC_TYPE "6174 6178 80" NAMES ONE_NAME,
    ACCEPTED },
  { "integer-key-is-skipped",
    "a3" DOC_TYPE "6174 20 80" NAMES ONE_NAME,
    ACCEPTED },
  { "long-map-head-is-accepted",
    "b90002" DOC_TYPE "6174" NAMES ONE_NAME,
    ACCEPTED },
  { "same-element-in-two-name-spaces",
    "a2" DOC_TYPE "6174" NAMES "a2 616d a1 6161f4 616e a1 6161f5",
    ACCEPTED },
  { "info-is-null", "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "f6", ACCEPTED },
  { "info-is-undefined",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "f7",
    ACCEPTED },
  { "unknown-info",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "a1 6178 f5",
    ACCEPTED },

  /* not well-formed */
  { "empty", "", MDOC_CBOR_ERROR_TRUNCATED },
  { "reserved-info", "1c", MDOC_CBOR_ERROR_MALFORMED },
  { "trailing-byte", GOOD "00", MDOC_CBOR_ERROR_TRAILING },

  /* cheap for the sender, dear for us */
  { "array-of-2^32", "9b 00000000ffffffff", MDOC_CBOR_ERROR_TRUNCATED },
  { "two-arrays-of-2^29",
    "82 9b0000000020000000 9b0000000020000000",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "map-of-2^63", "bb 8000000000000000", MDOC_CBOR_ERROR_TRUNCATED },
  { "indefinite-map", "bf ff", MDOC_CBOR_ERROR_UNSUPPORTED },

  /* well-formed, but no ItemsRequest */
  { "no-map", "80", MDOC_CBOR_ERROR_SCHEMA },
  { "no-doc-type", "a1" NAMES ONE_NAME, MDOC_CBOR_ERROR_SCHEMA },
  { "no-name-spaces", "a1" DOC_TYPE "6174", MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-is-null",
    "a2" DOC_TYPE "f6" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-is-bytes",
    "a2" DOC_TYPE "4174" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-is-empty",
    "a2" DOC_TYPE "60" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-twice",
    "a3" DOC_TYPE "6174" DOC_TYPE "6175" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_DUPLICATE },
  { "doc-type-with-nul",
    "a2" DOC_TYPE "627400" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-no-utf-8",
    "a2" DOC_TYPE "61ff" NAMES ONE_NAME,
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-no-map",
    "a2" DOC_TYPE "6174" NAMES "81 6161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-empty",
    "a2" DOC_TYPE "6174" NAMES "a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-no-text",
    "a2" DOC_TYPE "6174" NAMES "a1 00 a1 6161f4",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-without-name",
    "a2" DOC_TYPE "6174" NAMES "a1 60 a1 6161f4",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-empty",
    "a2" DOC_TYPE "6174" NAMES "a1 616e a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-twice",
    "a2" DOC_TYPE "6174" NAMES "a2 616e a1 6161f4 616e a1 6162f4",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "elements-no-map",
    "a2" DOC_TYPE "6174" NAMES "a1 616e 81 6161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-without-name",
    "a2" DOC_TYPE "6174" NAMES "a1 616e a1 60f4",
    MDOC_CBOR_ERROR_SCHEMA },
  { "element-twice",
    "a2" DOC_TYPE "6174" NAMES "a1 616e a2 6161f4 6161f5",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "intent-to-retain-is-null",
    "a2" DOC_TYPE "6174" NAMES "a1 616e a1 6161f6",
    MDOC_CBOR_ERROR_SCHEMA },
  { "intent-to-retain-is-float",
    "a2" DOC_TYPE "6174" NAMES "a1 616e a1 6161f93c00",
    MDOC_CBOR_ERROR_SCHEMA },

  /* requestInfo; test-request-info looks at the rest */
  { "info-is-empty",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "info-is-no-map",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "replaces-what-is-not-asked-for",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "a1" ALTERNATIVES
    "81" ALTERNATIVE ("6162"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "replaces-one-twice",
    "a3" DOC_TYPE "6174" NAMES ONE_NAME INFO "a1" ALTERNATIVES
    "82" ALTERNATIVE ("6161") ALTERNATIVE ("6161"),
    MDOC_CBOR_ERROR_SCHEMA },
  { "replaces-two",
    "a3" DOC_TYPE "6174" NAMES "a1 616e a2 6161f4 6162f5" INFO "a1" ALTERNATIVES
    "82" ALTERNATIVE ("6162") ALTERNATIVE ("6161"),
    ACCEPTED },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_items_request_parse (encoded, &error);

  if (c->code == ACCEPTED)
    {
      g_assert_no_error (error);
      g_assert_nonnull (request);
    }
  else
    {
      g_assert_error (error, MDOC_CBOR_ERROR, c->code);
      g_assert_null (request);
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

static void
test_getters (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (GOOD);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  request = mdoc_items_request_parse (encoded, &error);
  g_assert_no_error (error);

  g_assert_cmpstr (mdoc_items_request_get_doc_type (request), ==, "t");
  g_assert_cmpuint (mdoc_items_request_get_n_elements (request), ==, 2);
  mdoc_items_request_foreach (request, append_element, seen);
  g_assert_cmpstr (seen->str, ==, "n/a n/b! ");
  g_assert_null (mdoc_items_request_get_info (request));

  /* the reader's signature is over what it sent: the same object, no copy */
  g_assert_true (mdoc_items_request_get_encoded (request) == encoded);
}

static void
test_info (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (GOOD_WITH_INFO);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  MdocRequestInfo *info;

  request = mdoc_items_request_parse (encoded, &error);
  g_assert_no_error (error);
  info = mdoc_items_request_get_info (request);
  g_assert_nonnull (info);
  g_assert_cmpint (mdoc_request_info_get_unique_doc_set (info),
                   ==,
                   MDOC_UNIQUE_DOC_SET_REQUIRED);
  g_assert_cmpuint (mdoc_request_info_get_n_alternatives (info), ==, 1);
}

static void
test_ref (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (GOOD);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (MdocItemsRequest) other = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_items_request_parse (encoded, &error);
  g_assert_no_error (error);

  other = mdoc_items_request_ref (request);
  g_clear_pointer (&request, mdoc_items_request_unref);
  g_assert_cmpstr (mdoc_items_request_get_doc_type (other), ==, "t");

  mdoc_items_request_unref (NULL);
}

static void
append_head (GByteArray *bytes, guint8 major, gsize argument)
{
  const guint8 head[] = { (guint8) (major << 5 | 25),
                          (guint8) (argument >> 8),
                          (guint8) argument };

  g_assert_cmpuint (argument, <=, G_MAXUINT16);
  g_byte_array_append (bytes, head, sizeof (head));
}

/* {"docType": "t", "x": bstr, "y": array, "nameSpaces": {ns: {name: false}}},
 * the names spread over @n_spaces name spaces */
static GBytes *
build_request (guint n_names,
               guint n_spaces,
               gsize name_len,
               gsize n_bytes,
               guint n_items)
{
  static const guint8 start[] = "\xa4gdocTypeatax";
  GByteArray *bytes = g_byte_array_new ();
  g_autofree guint8 *filler = g_malloc0 (MAX (n_bytes, n_items));

  g_byte_array_append (bytes, start, sizeof (start) - 1);
  append_head (bytes, 2, n_bytes);
  g_byte_array_append (bytes, filler, (guint) n_bytes);
  g_byte_array_append (bytes, (const guint8 *) "ay", 2);
  append_head (bytes, 4, n_items);
  g_byte_array_append (bytes, filler, n_items);
  g_byte_array_append (bytes, (const guint8 *) "jnameSpaces", 11);
  append_head (bytes, 5, n_spaces);
  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0*u", (int) name_len, i);
      guint per_space = n_names / n_spaces;

      if (i % per_space == 0)
        {
          append_head (bytes, 3, name_len);
          g_byte_array_append (bytes, (const guint8 *) name, (guint) name_len);
          append_head (bytes, 5, per_space);
        }
      append_head (bytes, 3, name_len);
      g_byte_array_append (bytes, (const guint8 *) name, (guint) name_len);
      g_byte_array_append (bytes, (const guint8 *) "\xf4", 1);
    }

  return g_byte_array_free_to_bytes (bytes);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  static const struct
  {
    guint n_names;
    guint n_spaces;
    gsize name_len;
    gsize n_bytes;
    guint n_items;
    int code;
  } limits[] = {
    { 256, 1, 3, 0, 0, ACCEPTED },
    { 257, 1, 3, 0, 0, MDOC_CBOR_ERROR_LIMIT },
    { 256, 2, 3, 0, 0, ACCEPTED },
    { 258, 2, 3, 0, 0, MDOC_CBOR_ERROR_LIMIT },
    { 256, 256, 3, 0, 0, ACCEPTED },
    { 257, 257, 3, 0, 0, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, 255, 0, 0, ACCEPTED },
    { 1, 1, 256, 0, 0, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, 1, 65489, 0, ACCEPTED },
    { 1, 1, 1, 65490, 0, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, 1, 0, 19987, ACCEPTED },
    { 1, 1, 1, 0, 19988, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocItemsRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      encoded = build_request (limits[i].n_names,
                               limits[i].n_spaces,
                               limits[i].name_len,
                               limits[i].n_bytes,
                               limits[i].n_items);
      g_test_message ("case %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT " bytes",
                      i,
                      g_bytes_get_size (encoded));
      request = mdoc_items_request_parse (encoded, &error);
      if (limits[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, limits[i].code);
    }
}

/* What nests in a key that we do not know is skipped up to a depth of 12. */
static void
test_depth (void)
{
  for (guint depth = 11; depth <= 12; depth++)
    {
      g_autoptr (GString) hex = g_string_new ("a3" DOC_TYPE
                                              "6174" NAMES ONE_NAME "6178");
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocItemsRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (hex, "81");
      g_string_append (hex, "00");
      encoded = mdoc_test_bytes_from_hex (hex->str);
      request = mdoc_items_request_parse (encoded, &error);
      if (depth == 11)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
    }
}

/* Each element is found where it is, and nothing else. */
static void
test_find (void)
{
  g_autoptr (GBytes) encoded = build_request (240, 8, 3, 0, 0);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  guint index = 77;

  request = mdoc_items_request_parse (encoded, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 240; i++)
    {
      const MdocRequestedElement *element;

      element = mdoc_items_request_get_element (request, i);
      g_assert_true (mdoc_items_request_find_element (request,
                                                      element->name_space,
                                                      element->element,
                                                      &index));
      g_assert_cmpuint (index, ==, i);
    }

  index = 77;
  g_assert_false (
      mdoc_items_request_find_element (request, "000", "240", &index));
  g_assert_false (mdoc_items_request_find_element (request, "000", "", &index));
  g_assert_false (
      mdoc_items_request_find_element (request, "030", "000", &index));
  g_assert_false (mdoc_items_request_find_element (request, "", "000", &index));
  g_assert_cmpuint (index, ==, 77);
}

/* A request cut short at any place is refused, and as truncated. */
static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (GOOD_WITH_INFO);
  const guint8 *data;
  gsize size;

  data = g_bytes_get_data (good, &size);
  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) encoded = g_bytes_new (data, len);
      g_autoptr (MdocItemsRequest) request = NULL;
      g_autoptr (GError) error = NULL;

      request = mdoc_items_request_parse (encoded, &error);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
      g_assert_null (request);
    }
}

/* No one wrong byte crashes the parser or makes it fail without a reason. */
static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (GOOD_WITH_INFO);
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    {
      for (guint value = 0; value <= G_MAXUINT8; value++)
        {
          guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
          g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
          g_autoptr (MdocItemsRequest) request = NULL;
          g_autoptr (GError) error = NULL;

          data[pos] = (guint8) value;
          request = mdoc_items_request_parse (encoded, &error);
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

      path = g_strdup_printf ("/items-request/case/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/items-request/getters", test_getters);
  g_test_add_func ("/items-request/info", test_info);
  g_test_add_func ("/items-request/ref", test_ref);
  g_test_add_func ("/items-request/limits", test_limits);
  g_test_add_func ("/items-request/depth", test_depth);
  g_test_add_func ("/items-request/find", test_find);
  g_test_add_func ("/items-request/every-prefix", test_every_prefix);
  g_test_add_func ("/items-request/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
