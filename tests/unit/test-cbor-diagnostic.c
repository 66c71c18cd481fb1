/*
 * test-cbor-diagnostic.c - CBOR as text for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-diagnostic.h"

#include <string.h>

#include "tests/lib/mdoc-test.h"

static const MdocCborLimits limits = {
  .max_bytes = 65536,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 1000,
};

#define PLAIN    MDOC_CBOR_DIAGNOSTIC_PLAIN
#define PRETTY   MDOC_CBOR_DIAGNOSTIC_PRETTY
#define ELIDE    MDOC_CBOR_DIAGNOSTIC_ELIDE
#define EMBEDDED MDOC_CBOR_DIAGNOSTIC_EMBEDDED
#define MASK     MDOC_CBOR_DIAGNOSTIC_MASK

#define SOUND -1

/* (name, message, flags, text, the door's error or SOUND); most of the sound
 * ones without flags are examples of RFC 8949, appendix A */
static const struct
{
  const char *name;
  const char *hex;
  MdocCborDiagnosticFlags flags;
  const char *text;
  gint code;
} cases[] = {
  { "zero", "00", PLAIN, "0", SOUND },
  { "uint8", "1864", PLAIN, "100", SOUND },
  { "uint-max", "1bffffffffffffffff", PLAIN, "18446744073709551615", SOUND },
  { "negint", "3903e7", PLAIN, "-1000", SOUND },
  { "negint-max", "3bffffffffffffffff", PLAIN, "-18446744073709551616", SOUND },
  { "false", "f4", PLAIN, "false", SOUND },
  { "true", "f5", PLAIN, "true", SOUND },
  { "null", "f6", PLAIN, "null", SOUND },
  { "undefined", "f7", PLAIN, "undefined", SOUND },
  { "simple-16", "f0", PLAIN, "simple(16)", SOUND },
  { "simple-255", "f8ff", PLAIN, "simple(255)", SOUND },
  { "half-zero", "f90000", PLAIN, "0.0", SOUND },
  { "half-minus-zero", "f98000", PLAIN, "-0.0", SOUND },
  { "half-1.5", "f93e00", PLAIN, "1.5", SOUND },
  { "half-max", "f97bff", PLAIN, "65504.0", SOUND },
  { "half-tiny", "f90001", PLAIN, "5.9604644775390625e-08", SOUND },
  { "half-minus-4", "f9c400", PLAIN, "-4.0", SOUND },
  { "half-infinity", "f97c00", PLAIN, "Infinity", SOUND },
  { "half-nan", "f97e00", PLAIN, "NaN", SOUND },
  { "single", "fa47c35000", PLAIN, "100000.0", SOUND },
  { "double-1.1", "fb3ff199999999999a", PLAIN, "1.1000000000000001", SOUND },
  { "double-big",
    "fb7e37e43c8800759c",
    PLAIN,
    "1.0000000000000001e+300",
    SOUND },
  { "minus-infinity", "fbfff0000000000000", PLAIN, "-Infinity", SOUND },
  { "empty-bytes", "40", PLAIN, "h''", SOUND },
  { "bytes", "4401020304", PLAIN, "h'01020304'", SOUND },
  { "empty-text", "60", PLAIN, "\"\"", SOUND },
  { "text-quoted", "62225c", PLAIN, "\"\\\"\\\\\"", SOUND },
  { "text-utf8", "62c3bc", PLAIN, "\"ü\"", SOUND },
  { "text-astral", "64f0908591", PLAIN, "\"𐅑\"", SOUND },
  { "array", "83010203", PLAIN, "[1, 2, 3]", SOUND },
  { "empty-map", "a0", PLAIN, "{}", SOUND },
  { "map", "a201020304", PLAIN, "{1: 2, 3: 4}", SOUND },
  { "nested", "826161a161626163", PLAIN, "[\"a\", {\"b\": \"c\"}]", SOUND },
  { "tag", "c11a514b67b0", PLAIN, "1(1363896240)", SOUND },

  /* what a terminal would obey */
  { "text-escape", "65611b5b3262", PLAIN, "\"a\\u001b[2b\"", SOUND },
  { "text-nul", "63610062", PLAIN, "\"a\\u0000b\"", SOUND },
  { "text-bidi", "63e280ae", PLAIN, "\"\\u202e\"", SOUND },
  { "text-astral-odd", "64f3a08081", PLAIN, "\"\\u{e0001}\"", SOUND },
  { "text-no-utf8", "63 61ff62", PLAIN, "\"a\\xff\x62\"", SOUND },
  { "text-half-utf8", "62 61c3", PLAIN, "\"a\\xc3\"", SOUND },

  /* embedded messages */
  { "embedded-off", "d81841a0", PLAIN, "24(h'a0')", SOUND },
  { "embedded", "d81841a0", EMBEDDED, "24(<<{}>>)", SOUND },
  { "embedded-twice", "d81844d81841a0", EMBEDDED, "24(<<24(<<{}>>)>>)", SOUND },
  { "embedded-broken",
    "82d81842a10105",
    EMBEDDED,
    "[24(<<{1: / input ends at offset 2 /}>>), 5]",
    SOUND },
  { "embedded-more",
    "d818420102",
    EMBEDDED,
    "24(<<1/ bytes after the item at offset 1 />>)",
    SOUND },
  { "embedded-broken-in-the-middle",
    "d81843a1ff05",
    EMBEDDED,
    "24(<<{/ indefinite length at offset 1 /}>>)",
    SOUND },
  { "embedded-head-cut",
    "d81858",
    EMBEDDED,
    "24(/ input ends at offset 2 /)",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "tag-24-no-bytes", "d81801", EMBEDDED, "24(1)", SOUND },
  { "tag-24-zero", "82d8180001", EMBEDDED, "[24(0), 1]", SOUND },
  { "another-tag", "c141a0", EMBEDDED, "1(h'a0')", SOUND },
  /* what does not look like a message is none */
  { "bytes-off", "44d81841a0", PLAIN, "h'd81841a0'", SOUND },
  { "bytes-of-tag-18", "43d2182a", EMBEDDED, "h'd2182a'", SOUND },
  { "bytes-of-tag-32", "43d82001", EMBEDDED, "h'd82001'", SOUND },
  { "bytes-broken", "43d81842", EMBEDDED, "h'd81842'", SOUND },
  { "header-no-map",
    "84428101a0f640",
    EMBEDDED,
    "[h'8101', {}, null, h'']",
    SOUND },
  /* the map is whole, the string that it is in is not */
  { "header-cut",
    "8445a10126",
    EMBEDDED,
    "[h'a10126' / string reaches past the input at offset 1 /]",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "header-in-the-wrong-place",
    "8443a10126a043a1012640",
    EMBEDDED,
    "[<<{1: -7}>>, {}, h'a10126', h'']",
    SOUND },
  { "payload",
    "8443a10126a044d81841a040",
    EMBEDDED,
    "[<<{1: -7}>>, {}, <<24(<<{}>>)>>, h'']",
    SOUND },
  { "payload-off",
    "8443a10126a0f640",
    PLAIN,
    "[h'a10126', {}, null, h'']",
    SOUND },
  { "no-cose", "8343a10126a0f6", EMBEDDED, "[h'a10126', {}, null]", SOUND },
  { "bytes-like-map", "43a10126", EMBEDDED, "h'a10126'", SOUND },

  /* masks */
  { "mask-off",
    "a16c656c656d656e7456616c75656161",
    PLAIN,
    "{\"elementValue\": \"a\"}",
    SOUND },
  { "mask",
    "a16c656c656d656e7456616c756582616101",
    MASK,
    "{\"elementValue\": ***}",
    SOUND },
  { "mask-key-of-bytes",
    "a14c656c656d656e7456616c756501",
    MASK,
    "{h'656c656d656e7456616c7565': 1}",
    SOUND },
  { "mask-key-cut",
    "a158",
    MASK,
    "{/ input ends at offset 1 /}",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "mask-random",
    "a26672616e646f6d4101626964182a",
    MASK,
    "{\"random\": ***, \"id\": 42}",
    SOUND },
  { "mask-broken",
    "a16c656c656d656e7456616c7565820161",
    MASK,
    "{\"elementValue\": *** / and breaks within /}",
    MDOC_CBOR_ERROR_TRUNCATED },
  /* else its bytes would be there to be read */
  { "mask-embedded-cut",
    "d81858ffa16c656c656d656e7456616c756563446f65",
    MASK | EMBEDDED,
    "24(<<{\"elementValue\": ***}>>"
    " / string reaches past the input at offset 2 /)",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "mask-embedded-cut-within",
    "d81858ffa16c656c656d656e7456616c756563446f",
    MASK | EMBEDDED,
    "24(<<{\"elementValue\": *** / and breaks within /}>>"
    " / string reaches past the input at offset 2 /)",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "embedded-cut-off",
    "d81842a0",
    PLAIN,
    "24(h'a0' / string reaches past the input at offset 2 /)",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "mask-device-signed",
    "a16c6465766963655369676e6564a16a6e616d65537061636573"
    "d81848a1616ea161696176",
    MASK | EMBEDDED,
    "{\"deviceSigned\": {\"nameSpaces\": 24(<<{\"n\": {\"i\": ***}}>>)}}",
    SOUND },
  { "mask-not-request",
    "a16a6e616d65537061636573a1616ea16169f4",
    MASK,
    "{\"nameSpaces\": {\"n\": {\"i\": false}}}",
    SOUND },
  { "mask-device-auth",
    "a16c6465766963655369676e6564a16a64657669636541757468a16169f4",
    MASK,
    "{\"deviceSigned\": {\"deviceAuth\": {\"i\": false}}}",
    SOUND },

  /* broken ones */
  { "empty",
    "",
    PLAIN,
    "/ input ends at offset 0 /",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "head-cut",
    "19ff",
    PLAIN,
    "/ input ends at offset 0 /",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "array-cut",
    "8301",
    PLAIN,
    "[1, / input ends at offset 2 /]",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "map-cut",
    "a20102",
    PLAIN,
    "{1: 2, / input ends at offset 3 /}",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "map-cut-after-key",
    "a161",
    PLAIN,
    "{\"\" / string reaches past the input at offset 1 /}",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "text-cut",
    "826161646162",
    PLAIN,
    "[\"a\", \"ab\" / string reaches past the input at offset 3 /]",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "eight-gigabytes",
    "829b00000000200000009b0000000020000000",
    PLAIN,
    "[[[/ input ends at offset 19 /]]]",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "endless-map",
    "bbffffffffffffffff01",
    PLAIN,
    "{1: / input ends at offset 10 /}",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "indefinite",
    "829f01ff02",
    PLAIN,
    "[/ indefinite length at offset 1 /]",
    MDOC_CBOR_ERROR_UNSUPPORTED },
  { "reserved",
    "1c",
    PLAIN,
    "/ reserved additional information at offset 0 /",
    MDOC_CBOR_ERROR_MALFORMED },
  { "trailing",
    "0102",
    PLAIN,
    "1 / bytes after the item at offset 1 /",
    MDOC_CBOR_ERROR_TRAILING },
  { "twice", "a201020103", PLAIN, "{1: 2, 1: 3}", MDOC_CBOR_ERROR_DUPLICATE },
};

static void
test_text (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (cases[i].hex);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_sound;

  is_sound = mdoc_cbor_diagnose (mdoc_span_from_bytes (message),
                                 &limits,
                                 cases[i].flags,
                                 &text,
                                 &error);
  g_assert_cmpstr (text, ==, cases[i].text);
  if (cases[i].code == SOUND)
    {
      g_autofree char *again = NULL;
      MdocCborItem item;

      g_assert_no_error (error);
      g_assert_true (is_sound);
      g_assert_true (mdoc_cbor_open (mdoc_span_from_bytes (message),
                                     &limits,
                                     &item,
                                     NULL));
      again = mdoc_cbor_to_diagnostic (item, cases[i].flags);
      g_assert_cmpstr (again, ==, cases[i].text);
    }
  else
    {
      g_assert_false (is_sound);
      g_assert_error (error, MDOC_CBOR_ERROR, cases[i].code);
    }
}

static char *
diagnose (GBytes *message, MdocCborDiagnosticFlags flags)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!mdoc_cbor_diagnose (mdoc_span_from_bytes (message),
                           &limits,
                           flags,
                           &text,
                           &error))
    g_assert_nonnull (error);
  return g_steal_pointer (&text);
}

static void
test_pretty (void)
{
  g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (
      "a2 6161 83 01 02 83 03 04 05 6162 82"
      "781e 616161616161616161616161616161616161616161616161616161616161"
      "781e 626262626262626262626262626262626262626262626262626262626262");
  g_autofree char *text = diagnose (message, PRETTY);

  g_assert_cmpstr (text,
                   ==,
                   "{\n"
                   "  \"a\": [1, 2, [3, 4, 5]],\n"
                   "  \"b\": [\n"
                   "    \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n"
                   "    \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
                   "  ]\n"
                   "}");
}

/* each limit on both of its sides */
static void
test_elide (void)
{
  static const struct
  {
    guint8 major;
    gsize len;
    gboolean is_cut;
  } lengths[] = { { 2, 48, FALSE },
                  { 2, 49, TRUE },
                  { 3, 120, FALSE },
                  { 3, 121, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint8 input[256];
      g_autoptr (GBytes) message = NULL;
      g_autofree char *elided = NULL;
      g_autofree char *full = NULL;

      memset (input, 'a', sizeof (input));
      input[0] = (guint8) (lengths[i].major << 5 | 24);
      input[1] = (guint8) lengths[i].len;
      message = g_bytes_new (input, lengths[i].len + 2);
      elided = diagnose (message, ELIDE);
      full = diagnose (message, PLAIN);
      g_assert_cmpint (strstr (elided, "the first of") != NULL,
                       ==,
                       lengths[i].is_cut);
      g_assert_null (strstr (full, "the first of"));
      g_assert_cmpint (strcmp (elided, full) != 0, ==, lengths[i].is_cut);
    }
}

static void
test_items (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  const guint8 head[] = { 0x99, 0x03, 0xe8 }; /* 1000 members, so 1001 items */
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_byte_array_append (input, head, sizeof (head));
  g_byte_array_set_size (input, 1003);
  memset (input->data + 3, 1, 1000);

  g_assert_false (mdoc_cbor_diagnose (MDOC_SPAN (input->data, input->len),
                                      &limits,
                                      PLAIN,
                                      &text,
                                      &error));
  g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
  g_assert_true (
      g_str_has_suffix (text, "1, / too many items at offset 1002 /]"));

  /* one less passes */
  g_clear_error (&error);
  g_clear_pointer (&text, g_free);
  input->data[2] = 0xe7;
  g_assert_true (mdoc_cbor_diagnose (MDOC_SPAN (input->data, 1002),
                                     &limits,
                                     PLAIN,
                                     &text,
                                     &error));
  g_assert_true (g_str_has_suffix (text, "1, 1]"));
}

/* deep nesting in every way there is ends, with the mask and without */
static void
test_depth (void)
{
  static const char *const steps[] = { "81", "a101", "c1" };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GString) hex = g_string_new (NULL);
      g_autoptr (GBytes) message = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      for (guint j = 0; j < 400; j++)
        g_string_append (hex, steps[i]);
      g_string_append (hex, "00");
      message = mdoc_test_bytes_from_hex (hex->str);
      g_assert_false (mdoc_cbor_diagnose (mdoc_span_from_bytes (message),
                                          &limits,
                                          PLAIN,
                                          &text,
                                          &error));
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
      g_assert_nonnull (strstr (text, "nested too deeply"));
    }
}

/* messages within messages, 60 deep, of which each is sound by itself */
static void
test_embedded_depth (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (GBytes) message = NULL;
  g_autofree char *text = NULL;

  g_byte_array_append (input, (const guint8[]){ 0xa0 }, 1);
  for (guint i = 0; i < 60; i++)
    {
      guint8 head[] = { 0xd8,
                        0x18,
                        0x59,
                        (guint8) (input->len >> 8),
                        (guint8) input->len };

      g_byte_array_prepend (input, head, sizeof (head));
    }
  message = g_byte_array_free_to_bytes (g_steal_pointer (&input));
  text = diagnose (message, EMBEDDED);
  g_assert_nonnull (strstr (text, "24(<<24(<<24("));
  g_assert_nonnull (strstr (text, "nested too deeply"));
}

/* Every prefix and every wrong byte of a message that has everything: text is
 * always made, it has no raw control character, and it says why exactly if the
 * door refused what can be seen to be broken. */
/* At the greatest depth byte strings are shown as such, also where one would
 * find a message in them. */
static void
test_strings_at_the_bottom (void)
{
  static const struct
  {
    guint n_arrays; /* around the message */
    const char *hex;
    const char *text;
  } tries[] = {
    { 2 * MDOC_CBOR_MAX_DEPTH - 1, "44d81841a0", "<</ nested too" },
    { 2 * MDOC_CBOR_MAX_DEPTH, "44d81841a0", "h'd81841a0'" },
    { 2 * MDOC_CBOR_MAX_DEPTH - 2, "8443a10126a0f640", "[<</ nested too" },
    { 2 * MDOC_CBOR_MAX_DEPTH - 1, "8443a10126a0f640", "[h'a10126', " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree guint8 *around = g_malloc (tries[i].n_arrays);
      g_autoptr (GBytes) inner = mdoc_test_bytes_from_hex (tries[i].hex);
      g_autoptr (GByteArray) whole = g_byte_array_new ();
      g_autofree char *text = NULL;

      memset (around, 0x81, tries[i].n_arrays);
      g_byte_array_append (whole, around, tries[i].n_arrays);
      g_byte_array_append (whole,
                           g_bytes_get_data (inner, NULL),
                           (guint) g_bytes_get_size (inner));
      text = mdoc_cbor_to_diagnostic ((MdocCborItem){ whole->data, whole->len },
                                      EMBEDDED);
      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, tries[i].text));
    }
}

static void
test_absent (void)
{
  g_autofree char *text = mdoc_cbor_to_diagnostic (MDOC_CBOR_ABSENT, PLAIN);

  g_assert_cmpstr (text, ==, "/ absent /");
}

static void
test_mangled (void)
{
  g_autoptr (GBytes) sound = mdoc_test_bytes_from_hex (
      "a5 01 8443a10126a044d81841a040 6161 d8184aa16161f97e00fa47c35000"
      "6c656c656d656e7456616c7565 62c3bc 20 fb3ff199999999999a"
      "f6 c074323032302d31302d30315431333a33303a30325a");
  const gsize len = g_bytes_get_size (sound);
  const MdocCborDiagnosticFlags all = PRETTY | ELIDE | EMBEDDED | MASK;

  for (gsize i = 0; i < len; i++)
    {
      g_autoptr (GBytes) prefix = g_bytes_new_from_bytes (sound, 0, i);
      g_autoptr (GBytes) exact = g_bytes_new (g_bytes_get_data (prefix, NULL),
                                              i);
      g_autofree char *text = diagnose (exact, all);

      g_assert_nonnull (strchr (text, '/'));
    }

  for (gsize i = 0; i < len; i++)
    for (guint byte = 0; byte < 256; byte++)
      {
        g_autofree guint8 *input = g_malloc (len);
        g_autofree char *text = NULL;
        g_autoptr (GError) error = NULL;

        memcpy (input, g_bytes_get_data (sound, NULL), len);
        input[i] = (guint8) byte;
        if (!mdoc_cbor_diagnose (MDOC_SPAN (input, len),
                                 &limits,
                                 all,
                                 &text,
                                 &error)
            && error->code != MDOC_CBOR_ERROR_DUPLICATE)
          g_assert_nonnull (strchr (text, '/'));
        g_assert_true (g_utf8_validate (text, -1, NULL));
        for (const char *p = text; *p != '\0'; p++)
          g_assert_false (g_ascii_iscntrl (*p) && *p != '\n');
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/cbor-diagnostic/text/",
                                           cases[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_text);
    }
  g_test_add_func ("/cbor-diagnostic/pretty", test_pretty);
  g_test_add_func ("/cbor-diagnostic/elide", test_elide);
  g_test_add_func ("/cbor-diagnostic/items", test_items);
  g_test_add_func ("/cbor-diagnostic/depth", test_depth);
  g_test_add_func ("/cbor-diagnostic/embedded-depth", test_embedded_depth);
  g_test_add_func ("/cbor-diagnostic/strings-at-the-bottom",
                   test_strings_at_the_bottom);
  g_test_add_func ("/cbor-diagnostic/absent", test_absent);
  g_test_add_func ("/cbor-diagnostic/mangled", test_mangled);

  return g_test_run ();
}
