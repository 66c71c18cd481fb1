/*
 * test-json.c - the door for JSON, and the getters behind it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-json-scan.h"
#include "openid/mdoc-json.h"

#define ACCEPTED (-1)

static const MdocJsonLimits limits = { .max_bytes = 4096,
                                       .max_depth = 4,
                                       .max_values = 64 };

typedef struct
{
  const char *text;
  int code;
} Case;

/* RFC 8259, and what json-glib takes besides or silently mends */
static const Case cases[] = {
  { "{}", ACCEPTED },
  { "[]", ACCEPTED },
  { "0", ACCEPTED },
  { "-0", ACCEPTED },
  { "true", ACCEPTED },
  { "null", ACCEPTED },
  { "\"\"", ACCEPTED },
  { " \t\r\n{ \"a\" : [ 1 , false , null ] } \n", ACCEPTED },
  { "{\"a\":1,\"b\":{\"a\":2}}", ACCEPTED },
  { "[1.5,-0.25,1e5,1E+2,25e-1]", ACCEPTED },
  { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"", ACCEPTED },
  { "\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"", ACCEPTED },
  { "9007199254740991", ACCEPTED },
  { "-9007199254740991", ACCEPTED },
  { "9007199254740992", MDOC_JSON_ERROR_LIMIT },
  { "-9007199254740992", MDOC_JSON_ERROR_LIMIT },
  { "99999999999999999999999999999999", MDOC_JSON_ERROR_LIMIT },
  { "0.000000000000000000000000000001", ACCEPTED },
  { "0.0000000000000000000000000000001", MDOC_JSON_ERROR_LIMIT },
  { "1e308", ACCEPTED },
  { "1e309", MDOC_JSON_ERROR_LIMIT },
  { "-1e309", MDOC_JSON_ERROR_LIMIT },
  { "[[[[]]]]", ACCEPTED },
  { "[[[[[]]]]]", MDOC_JSON_ERROR_LIMIT },
  { "[[[{}]]]", ACCEPTED },
  { "[[[{\"a\":[]}]]]", MDOC_JSON_ERROR_LIMIT },
  { "{\"a\":1,\"a\":2}", MDOC_JSON_ERROR_DUPLICATE },
  { "{\"a\":1,\"\\u0061\":2}", MDOC_JSON_ERROR_DUPLICATE },
  { "{\"\xc3\xa9\":1,\"\\u00E9\":2}", MDOC_JSON_ERROR_DUPLICATE },
  { "{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}",
    MDOC_JSON_ERROR_DUPLICATE },
  { "[{\"b\":{\"a\":1,\"c\":1,\"a\":1}}]", MDOC_JSON_ERROR_DUPLICATE },
  { "{\"a\":1,\"A\":2}", ACCEPTED },
  { "{\"\":1}", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\u0000\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "{\"a\\u0000b\":1}", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ud83d\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ude00\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ude00\\ud83d\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ude00\\ude00\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ud83d\\ud83d\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ud83d\\ue000\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\ud83dxxxxxx\"", MDOC_JSON_ERROR_UNSUPPORTED },
  { "\"\\udbff\\udfff\"", ACCEPTED },
  { "\"\\ud7ff\\ue000\"", ACCEPTED },
  { "", MDOC_JSON_ERROR_TRUNCATED },
  { "  ", MDOC_JSON_ERROR_TRUNCATED },
  { "{", MDOC_JSON_ERROR_TRUNCATED },
  { "{\"a\"", MDOC_JSON_ERROR_TRUNCATED },
  { "{\"a\":", MDOC_JSON_ERROR_TRUNCATED },
  { "{\"a\":1", MDOC_JSON_ERROR_TRUNCATED },
  { "[1,", MDOC_JSON_ERROR_TRUNCATED },
  { "\"a", MDOC_JSON_ERROR_TRUNCATED },
  { "\"\\", MDOC_JSON_ERROR_TRUNCATED },
  { "\"\\u12", MDOC_JSON_ERROR_TRUNCATED },
  { "tru", MDOC_JSON_ERROR_TRUNCATED },
  { "-", MDOC_JSON_ERROR_TRUNCATED },
  { "1.", MDOC_JSON_ERROR_TRUNCATED },
  { "1e", MDOC_JSON_ERROR_TRUNCATED },
  { "{}{}", MDOC_JSON_ERROR_TRAILING },
  { "{} x", MDOC_JSON_ERROR_TRAILING },
  { "1 2", MDOC_JSON_ERROR_TRAILING },
  { "01", MDOC_JSON_ERROR_TRAILING },
  { "0x10", MDOC_JSON_ERROR_TRAILING },
  { "nulls", MDOC_JSON_ERROR_TRAILING },
  { "var a = {};", MDOC_JSON_ERROR_MALFORMED },
  { "{} // x", MDOC_JSON_ERROR_TRAILING },
  { "/* x */ {}", MDOC_JSON_ERROR_MALFORMED },
  { "# x\n{}", MDOC_JSON_ERROR_MALFORMED },
  { "{'a':1}", MDOC_JSON_ERROR_MALFORMED },
  { "{a:1}", MDOC_JSON_ERROR_MALFORMED },
  { "{1:1}", MDOC_JSON_ERROR_MALFORMED },
  { "{\"a\" 1}", MDOC_JSON_ERROR_MALFORMED },
  { "{\"a\":1,}", MDOC_JSON_ERROR_MALFORMED },
  { "{,}", MDOC_JSON_ERROR_MALFORMED },
  { "{\"a\":1 \"b\":2}", MDOC_JSON_ERROR_MALFORMED },
  { "{\"a\":1]", MDOC_JSON_ERROR_MALFORMED },
  { "[1,]", MDOC_JSON_ERROR_MALFORMED },
  { "[1 2]", MDOC_JSON_ERROR_MALFORMED },
  { "[,1]", MDOC_JSON_ERROR_MALFORMED },
  { "]", MDOC_JSON_ERROR_MALFORMED },
  { "+1", MDOC_JSON_ERROR_MALFORMED },
  { ".5", MDOC_JSON_ERROR_MALFORMED },
  { "1.x", MDOC_JSON_ERROR_MALFORMED },
  { "1ex", MDOC_JSON_ERROR_MALFORMED },
  { "--1", MDOC_JSON_ERROR_MALFORMED },
  { "NaN", MDOC_JSON_ERROR_MALFORMED },
  { "Infinity", MDOC_JSON_ERROR_MALFORMED },
  { "True", MDOC_JSON_ERROR_MALFORMED },
  { "trux", MDOC_JSON_ERROR_MALFORMED },
  { "\"\n\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\x1f\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\\x\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\\u12g4\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\xff\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\xc0\x80\"", MDOC_JSON_ERROR_MALFORMED },
  { "\"\xed\xa0\x80\"", MDOC_JSON_ERROR_MALFORMED },
  { "\xef\xbb\xbf{}", MDOC_JSON_ERROR_MALFORMED },
  { "{}\v", MDOC_JSON_ERROR_TRAILING },
};

/* on the heap, so that a sanitizer sees a read past the end */
static JsonNode *
load (const char *text, gsize len, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (text, len);

  return mdoc_json_load (MDOC_SPAN (copy, len), &limits, error);
}

/* json-glib would refuse some of it too: that the scan does is what counts. */
static void
assert_scan (const char *text, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean is_good;

  is_good = mdoc_json_scan (mdoc_span_from_text (text), &limits, &error);
  g_assert_true (is_good == (error == NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_JSON_ERROR, code);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      assert_scan (cases[i].text, cases[i].code);
      node = load (cases[i].text, strlen (cases[i].text), &error);
      g_assert_true ((node == NULL) == (error != NULL));
      if (cases[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, cases[i].code);
    }
}

static void
test_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  node = mdoc_json_load (MDOC_SPAN (NULL, 0), &limits, &error);
  g_assert_null (node);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_TRUNCATED);
}

static void
test_nul (void)
{
  static const char *const texts[] = { "{}_", "_{}", "\"_\"", "_" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strdelimit (g_strdup (texts[i]), "_", '\0');
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = load (text, strlen (texts[i]), &error);

      g_assert_null (node);
      g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_MALFORMED);
    }
}

/* What was written is what json-glib makes of it. */
static void
test_values (void)
{
  static const char text[] = "{\"t\":\"\\u00e9\\ud83d\\ude00\\/\\n\","
                             "\"i\":-42,\"d\":25e-1,\"e\":1E+2}";
  g_autoptr (JsonNode) node = load (text, strlen (text), NULL);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (json_object_get_string_member (object, "t"),
                   ==,
                   "\xc3\xa9\xf0\x9f\x98\x80/\n");
  g_assert_cmpint (json_object_get_int_member (object, "i"), ==, -42);
  g_assert_cmpfloat (json_object_get_double_member (object, "d"), ==, 2.5);
  g_assert_cmpfloat (json_object_get_double_member (object, "e"), ==, 100);
}

static void
assert_limit (const char *text, const MdocJsonLimits *own, gboolean is_over)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  node = mdoc_json_load (mdoc_span_from_text (text), own, &error);
  if (is_over)
    g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
  else
    g_assert_no_error (error);
}

static void
test_limits (void)
{
  static const char text[] = "[1,{\"a\":2},[3]]"; /* 15 bytes, 6 values */
  MdocJsonLimits own = { .max_bytes = 15, .max_depth = 2, .max_values = 6 };

  assert_limit (text, &own, FALSE);
  own.max_bytes = 14;
  assert_limit (text, &own, TRUE);
  own.max_bytes = 15;
  own.max_depth = 1;
  assert_limit (text, &own, TRUE);
  own.max_depth = 2;
  own.max_values = 5;
  assert_limit (text, &own, TRUE);
}

/* A thousand levels cost no stack, and many members no quadratic time. */
static void
test_large (void)
{
  static const MdocJsonLimits large = { .max_bytes = 4 * 1024 * 1024,
                                        .max_depth = MDOC_JSON_MAX_DEPTH,
                                        .max_values = 200 * 1000 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) none = NULL;
  g_autoptr (JsonNode) twice = NULL;

  for (guint i = 0; i < 1000 * 1000; i++)
    g_string_append_c (text, '[');
  none = mdoc_json_load (mdoc_span_from_text (text->str), &large, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
  g_clear_error (&error);

  g_string_assign (text, "{\"x\":0");
  for (guint i = 0; i < 100 * 1000; i++)
    g_string_append_printf (text, ",\"m%u\":0", i);
  g_string_append_c (text, '}');
  node = mdoc_json_load (mdoc_span_from_text (text->str), &large, &error);
  g_assert_no_error (error);

  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",\"m5\":0}");
  twice = mdoc_json_load (mdoc_span_from_text (text->str), &large, &error);
  g_assert_null (twice);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_DUPLICATE);
}

/* Each prefix of a good text is refused as what it is. */
static void
test_prefixes (void)
{
  static const char text[] = "{\"a\":[-1.5e+3,\"\\u00e9\\ud83d\\ude00\"],"
                             "\"b\":{\"c\":true,\"d\":null}}";

  for (gsize len = 0; len < strlen (text); len++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = load (text, len, &error);

      g_assert_null (node);
      /* the second half of a pair of surrogates may be what is missing */
      if (g_error_matches (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_UNSUPPORTED))
        g_assert_nonnull (strchr ("0123456789abcdefu\\", text[len - 1]));
      else
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_TRUNCATED);
    }
}

/* No one wrong byte crashes it or makes it fail without a reason. */
static void
test_every_wrong_byte (void)
{
  static const char text[] = "{\"a\":[-1.5e+3,\"\\u00e9\\ud83d\\ude00\"],"
                             "\"b\":{\"c\":true,\"d\":null}}";

  for (gsize pos = 0; pos < strlen (text); pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        g_autofree char *copy = g_strdup (text);
        g_autoptr (GError) error = NULL;
        g_autoptr (JsonNode) node = NULL;

        copy[pos] = (char) value;
        node = load (copy, strlen (text), &error);
        g_assert_true ((node == NULL) == (error != NULL));
      }
}

static const char members[]
    = "{\"text\":\"abc\",\"empty\":\"\",\"int\":42,\"float\":1.5,"
      "\"time\":1700000000.75,\"old\":-0.5,\"yes\":true,\"null\":null,"
      "\"object\":{\"a\":1},\"array\":[\"x\",\"yz\"],\"none\":[],"
      "\"mixed\":[\"x\",1,{}],\"late\":253402300800,\"later\":1e12}";

static void
assert_code (GError **error, int code)
{
  if (code == ACCEPTED)
    g_assert_no_error (*error);
  else
    g_assert_error (*error, MDOC_JSON_ERROR, code);
  g_clear_error (error);
}

static void
test_get_text (void)
{
  g_autoptr (JsonNode) node = load (members, strlen (members), NULL);
  JsonObject *object = json_node_get_object (node);
  static const struct
  {
    const char *member;
    gsize max_len;
    int get_code;
    int find_code;
  } texts[] = {
    { "text", 3, ACCEPTED, ACCEPTED },
    { "text", 2, MDOC_JSON_ERROR_LIMIT, MDOC_JSON_ERROR_LIMIT },
    { "empty", 3, MDOC_JSON_ERROR_SCHEMA, ACCEPTED },
    { "int", 3, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA },
    { "object", 3, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA },
    { "array", 3, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA },
    { "null", 3, MDOC_JSON_ERROR_SCHEMA, ACCEPTED },
    { "missing", 3, MDOC_JSON_ERROR_SCHEMA, ACCEPTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *found = "untouched";
      const char *text;

      text = mdoc_json_get_text (object,
                                 texts[i].member,
                                 texts[i].max_len,
                                 &error);
      g_assert_true ((text == NULL) == (error != NULL));
      if (error != NULL)
        g_assert_nonnull (strstr (error->message, texts[i].member));
      assert_code (&error, texts[i].get_code);

      g_assert_true (mdoc_json_find_text (object,
                                          texts[i].member,
                                          texts[i].max_len,
                                          &found,
                                          &error)
                     == (texts[i].find_code == ACCEPTED));
      assert_code (&error, texts[i].find_code);
      if (texts[i].find_code != ACCEPTED)
        g_assert_cmpstr (found, ==, "untouched");
    }
}

static void
test_get_int (void)
{
  g_autoptr (JsonNode) node = load (members, strlen (members), NULL);
  JsonObject *object = json_node_get_object (node);
  static const struct
  {
    const char *member;
    gint64 min, max;
    int get_code;
    int find_code;
    gint64 found;
  } ints[] = {
    { "int", 42, 42, ACCEPTED, ACCEPTED, 42 },
    { "int", 43, 99, MDOC_JSON_ERROR_LIMIT, MDOC_JSON_ERROR_LIMIT, 7 },
    { "int", 0, 41, MDOC_JSON_ERROR_LIMIT, MDOC_JSON_ERROR_LIMIT, 7 },
    { "float", 0, 99, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA, 7 },
    { "text", 0, 99, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA, 7 },
    { "yes", 0, 99, MDOC_JSON_ERROR_SCHEMA, MDOC_JSON_ERROR_SCHEMA, 7 },
    { "null", 0, 99, MDOC_JSON_ERROR_SCHEMA, ACCEPTED, -3 },
    { "missing", 0, 99, MDOC_JSON_ERROR_SCHEMA, ACCEPTED, -3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ints); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 got = 7, found = 7;

      g_assert_true (mdoc_json_get_int (object,
                                        ints[i].member,
                                        ints[i].min,
                                        ints[i].max,
                                        &got,
                                        &error)
                     == (ints[i].get_code == ACCEPTED));
      assert_code (&error, ints[i].get_code);
      g_assert_cmpint (got, ==, ints[i].get_code == ACCEPTED ? 42 : 7);

      g_assert_true (mdoc_json_find_int (object,
                                         ints[i].member,
                                         ints[i].min,
                                         ints[i].max,
                                         -3,
                                         &found,
                                         &error)
                     == (ints[i].find_code == ACCEPTED));
      assert_code (&error, ints[i].find_code);
      g_assert_cmpint (found, ==, ints[i].found);
    }
}

static void
test_get_time (void)
{
  g_autoptr (JsonNode) node = load (members, strlen (members), NULL);
  JsonObject *object = json_node_get_object (node);
  static const struct
  {
    const char *member;
    int code;
    gint64 unix_s;
  } times[] = {
    { "int", ACCEPTED, 42 },
    { "time", ACCEPTED, 1700000000 },
    { "old", ACCEPTED, -1 },
    { "late", MDOC_JSON_ERROR_LIMIT, 7 },
    { "later", MDOC_JSON_ERROR_LIMIT, 7 },
    { "text", MDOC_JSON_ERROR_SCHEMA, 7 },
    { "missing", MDOC_JSON_ERROR_SCHEMA, 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 unix_s = 7;

      g_assert_true (
          mdoc_json_get_time (object, times[i].member, &unix_s, &error)
          == (times[i].code == ACCEPTED));
      assert_code (&error, times[i].code);
      g_assert_cmpint (unix_s, ==, times[i].unix_s);
    }
}

static void
test_get_others (void)
{
  g_autoptr (JsonNode) node = load (members, strlen (members), NULL);
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) texts = NULL;
  gboolean flag = FALSE;
  JsonObject *found_object = NULL;
  JsonArray *array;

  g_assert_true (mdoc_json_find_boolean (object, "yes", FALSE, &flag, &error));
  g_assert_true (flag);
  g_assert_true (
      mdoc_json_find_boolean (object, "missing", FALSE, &flag, &error));
  g_assert_false (flag);
  g_assert_false (mdoc_json_find_boolean (object, "int", TRUE, &flag, &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);

  g_assert_nonnull (mdoc_json_get_object (object, "object", &error));
  g_assert_null (mdoc_json_get_object (object, "array", &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
  g_assert_null (mdoc_json_get_object (object, "missing", &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
  g_assert_true (mdoc_json_find_object (object, "null", &found_object, &error));
  g_assert_null (found_object);

  g_assert_nonnull (mdoc_json_get_array (object, "array", 2, &error));
  g_assert_null (mdoc_json_get_array (object, "array", 1, &error));
  assert_code (&error, MDOC_JSON_ERROR_LIMIT);
  g_assert_null (mdoc_json_get_array (object, "none", 1, &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
  g_assert_null (mdoc_json_get_array (object, "missing", 1, &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
  g_assert_null (mdoc_json_get_array (object, "text", 1, &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);

  g_assert_true (mdoc_json_find_texts (object, "array", 2, 2, &texts, &error));
  g_assert_cmpuint (g_strv_length (texts), ==, 2);
  g_assert_cmpstr (texts[1], ==, "yz");
  g_clear_pointer (&texts, g_strfreev);
  g_assert_false (mdoc_json_find_texts (object, "array", 2, 1, &texts, &error));
  assert_code (&error, MDOC_JSON_ERROR_LIMIT);
  g_assert_false (mdoc_json_find_texts (object, "mixed", 3, 2, &texts, &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
  g_assert_true (
      mdoc_json_find_texts (object, "missing", 2, 2, &texts, &error));
  g_assert_null (texts);

  array = mdoc_json_get_array (object, "mixed", 3, &error);
  g_assert_nonnull (mdoc_json_array_get_object (array, 2, "it", &error));
  g_assert_null (mdoc_json_array_get_object (array, 0, "it", &error));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);
}

static void
test_load_object (void)
{
  JsonObject *object = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) good = NULL;
  g_autoptr (JsonNode) array = NULL;
  g_autoptr (JsonNode) wrong = NULL;

  array = mdoc_json_load_object (mdoc_span_from_text ("[]"),
                                 "Offer",
                                 &limits,
                                 &object,
                                 &error);
  g_assert_null (array);
  g_assert_null (object);
  g_assert_nonnull (strstr (error->message, "Offer"));
  assert_code (&error, MDOC_JSON_ERROR_SCHEMA);

  wrong = mdoc_json_load_object (mdoc_span_from_text ("{"),
                                 "Offer",
                                 &limits,
                                 &object,
                                 &error);
  g_assert_null (wrong);
  g_assert_nonnull (strstr (error->message, "Offer"));
  assert_code (&error, MDOC_JSON_ERROR_TRUNCATED);

  good = mdoc_json_load_object (mdoc_span_from_text ("{\"a\":1}"),
                                "Offer",
                                &limits,
                                &object,
                                &error);
  g_assert_no_error (error);
  g_assert_true (json_object_has_member (object, "a"));
}

static void
test_write (void)
{
  static const char *const texts[] = { "x", "\xc3\xa9\"\\\n\x7f", NULL };
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_int_member (object, "z", 1);
  mdoc_json_set_texts (object, "a", texts);
  text = mdoc_json_write (object);
  node = load (text, strlen (text), &error);
  g_assert_no_error (error);
  again = mdoc_json_write (json_node_get_object (node));
  g_assert_cmpstr (again, ==, text);
  g_assert_true (g_str_has_prefix (text, "{\"z\":1,\"a\":[\"x\","));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/cases", test_cases);
  g_test_add_func ("/json/nothing", test_nothing);
  g_test_add_func ("/json/nul", test_nul);
  g_test_add_func ("/json/values", test_values);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/large", test_large);
  g_test_add_func ("/json/prefixes", test_prefixes);
  g_test_add_func ("/json/every-wrong-byte", test_every_wrong_byte);
  g_test_add_func ("/json/get-text", test_get_text);
  g_test_add_func ("/json/get-int", test_get_int);
  g_test_add_func ("/json/get-time", test_get_time);
  g_test_add_func ("/json/get-others", test_get_others);
  g_test_add_func ("/json/load-object", test_load_object);
  g_test_add_func ("/json/write", test_write);

  return g_test_run ();
}
