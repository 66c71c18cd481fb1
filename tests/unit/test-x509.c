/*
 * test-x509.c - the parts that certificates and CRLs are made of
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-key.h"
#include "crypto/mdoc-x509.h"
#include "tests/lib/mdoc-test.h"

#define ES256     "300a 06082a8648ce3d040302"
#define EDDSA     "3005 06032b6570"
#define SIGNATURE "030200ff"

/* SIGNED as it should be, and with a part too few, too many or of a wrong kind
 */
static const struct
{
  const char *hex;
  gboolean is_ok;
} envelopes[] = {
  { "3012 3000" ES256 SIGNATURE, TRUE },
  { "3008 3000 30020601 00", FALSE },
  { "", FALSE },
  { "3112 3000" ES256 SIGNATURE, FALSE },
  { "3012 3000" ES256 SIGNATURE "00", FALSE },
  { "3014 3000" ES256 SIGNATURE "0500", FALSE },
  { "300e 3000" ES256, FALSE },
  { "3002 3000", FALSE },
  { "3000", FALSE },
  { "3012 3100" ES256 SIGNATURE, FALSE },
  { "3012 3000 310a 06082a8648ce3d040302" SIGNATURE, FALSE },
  { "3008 3000 3000" SIGNATURE, FALSE },
  { "3012 3000" ES256 "040200ff", FALSE },
  { "3012 3000" ES256 "030204f0", FALSE },
};

static void
test_envelopes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (envelopes); i++)
    {
      g_autoptr (GBytes) der = mdoc_test_bytes_from_hex (envelopes[i].hex);
      MdocSigned found = { 0 };
      MdocDer inside;

      g_test_message ("%s", envelopes[i].hex);
      g_assert_cmpint (mdoc_signed_read (mdoc_span_from_bytes (der),
                                         &found,
                                         &inside),
                       ==,
                       envelopes[i].is_ok);
      g_assert_cmpuint (found.signature.len, ==, envelopes[i].is_ok ? 1 : 0);
    }
}

/* Asks @curve's key about a signature by @algorithm that nobody has made.
 * Returns: what went wrong; NULL if it was found to be no signature. */
static char *
verify (const char *algorithm, MdocCurve curve)
{
  g_autofree char *hex = NULL;
  g_autoptr (GBytes) parts = mdoc_test_bytes_from_hex (algorithm);
  g_autoptr (GBytes) der = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;
  MdocSigned found;
  MdocDer inside;
  gboolean is_valid = TRUE;

  hex = g_strdup_printf ("30%02x 3000 %s" SIGNATURE,
                         (guint) g_bytes_get_size (parts) + 6,
                         algorithm);
  der = mdoc_test_bytes_from_hex (hex);
  key = mdoc_key_generate (curve, &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_signed_read (mdoc_span_from_bytes (der), &found, &inside));

  if (mdoc_signed_verify (&found, mdoc_key_get_public (key), &is_valid, &error))
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_assert_false (is_valid);
  return error != NULL ? g_strdup (error->message) : NULL;
}

/* An algorithm for keys of another kind says nothing about this key; one that
 * nobody knows is named. */
static void
test_algorithms (void)
{
  g_autofree char *unknown = verify ("3004 06022a03", MDOC_CURVE_P256);
  g_autofree char *malformed = verify ("3004 06022a80", MDOC_CURVE_P256);

  g_assert_nonnull (strstr (unknown, " 1.2.3"));
  g_assert_nonnull (strstr (malformed, " (malformed)"));
  g_assert_null (verify (ES256, MDOC_CURVE_P256));
  g_assert_null (verify (EDDSA, MDOC_CURVE_P256));
  if (mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    {
      g_assert_null (verify (ES256, MDOC_CURVE_ED25519));
      g_assert_null (verify (EDDSA, MDOC_CURVE_ED25519));
    }
  if (mdoc_curve_is_supported (MDOC_CURVE_X25519))
    {
      g_assert_null (verify (ES256, MDOC_CURVE_X25519));
      g_assert_null (verify (EDDSA, MDOC_CURVE_X25519));
    }
}

/* Names, and how many attributes are read before one is found to be none */
static const struct
{
  const char *hex;
  gboolean is_open;
  guint n_attributes;
  gboolean is_malformed;
  const char *text;
} names[] = {
  { "3000", TRUE, 0, FALSE, "" },
  { "300e 310c 300a 0603550403 0c03612c62", TRUE, 1, FALSE, "CN=a?b" },
  { "300c 310a 3008 060355047f 0c0161", TRUE, 1, FALSE, "2.5.4.127=a" },
  { "", FALSE, 0, FALSE, "?" },
  { "3100", FALSE, 0, FALSE, "?" },
  { "300000", FALSE, 0, FALSE, "?" },
  { "3002 3100", TRUE, 0, TRUE, "" },
  { "3004 30020000", TRUE, 0, TRUE, "" },
  { "3004 3102 3000", TRUE, 0, TRUE, "" },
  { "3004 3102 3100", TRUE, 0, TRUE, "" },
  { "3007 3105 3003 0c0161", TRUE, 0, TRUE, "" },
  { "3009 3107 3005 0603550403", TRUE, 0, TRUE, "" },
  { "300e 310c 300a 0603550403 0c0161 0500", TRUE, 0, TRUE, "" },
  { "300e 310c 3008 0603550403 0c0161 0500", TRUE, 1, TRUE, "CN=a" },
  { "300e 310a 3008 0603550403 0c0161 0500", TRUE, 1, TRUE, "CN=a" },
};

static void
test_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) der = mdoc_test_bytes_from_hex (names[i].hex);
      const MdocSpan span = mdoc_span_from_bytes (der);
      g_autofree char *text = mdoc_name_dup_text (span);
      gboolean is_malformed = FALSE;
      MdocNameReader reader;
      MdocAttribute attribute;
      guint n = 0;

      g_test_message ("%s", names[i].hex);
      g_assert_cmpstr (text, ==, names[i].text);
      g_assert_cmpint (mdoc_name_open (span, &reader), ==, names[i].is_open);
      if (!names[i].is_open)
        continue;

      while (mdoc_name_next (&reader, &attribute, &is_malformed))
        n++;
      g_assert_cmpuint (n, ==, names[i].n_attributes);
      g_assert_cmpint (is_malformed, ==, names[i].is_malformed);
    }
}

/* Which types have a number of ours: those of 2.5.4, up to 127. */
static void
test_attribute_types (void)
{
  static const struct
  {
    const char *oid;
    guint type;
  } tries[] = {
    { "550403", 3 },   { "55047f", 127 }, { "", 0 },       { "5504", 0 },
    { "55040301", 0 }, { "560403", 0 },   { "550503", 0 }, { "550483", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GBytes) oid = mdoc_test_bytes_from_hex (tries[i].oid);
      const MdocAttribute attribute = { .oid = mdoc_span_from_bytes (oid) };

      g_test_message ("%s", tries[i].oid);
      g_assert_cmpuint (mdoc_attribute_get_type (&attribute),
                        ==,
                        tries[i].type);
    }
}

/* Half a character of UTF-16 is no text; nothing is one, of whatever type. */
static void
test_attribute_texts (void)
{
  static const struct
  {
    guint8 tag;
    const char *value;
    const char *text;
  } tries[] = {
    { 0x1e, "00410042", "AB" },
    { 0x1e, "004100", NULL },
    { 0x1e, "", "" },
    { MDOC_DER_OCTET_STRING, "41", NULL },
    { MDOC_DER_OCTET_STRING, "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GBytes) value = mdoc_test_bytes_from_hex (tries[i].value);
      const MdocAttribute attribute = { .tag = tries[i].tag,
                                        .value = mdoc_span_from_bytes (value) };
      g_autofree char *text = mdoc_attribute_dup_text (&attribute);

      g_assert_cmpstr (text, ==, tries[i].text);
    }
}

/* No more is shown than somebody would read. */
static void
test_long_name (void)
{
  g_autoptr (GString) hex = g_string_new ("308201ef");
  g_autofree char *shown = NULL;
  g_autoptr (GBytes) der = NULL;
  g_auto (GStrv) parts = NULL;

  for (guint i = 0; i < 33; i++)
    g_string_append (hex, "310d 300b 0603550403 0c0461626364");
  der = mdoc_test_bytes_from_hex (hex->str);

  shown = mdoc_name_dup_text (mdoc_span_from_bytes (der));
  parts = g_strsplit (shown, ", ", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 32);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpstr (parts[i], ==, "CN=abcd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/x509/envelopes", test_envelopes);
  g_test_add_func ("/x509/algorithms", test_algorithms);
  g_test_add_func ("/x509/names", test_names);
  g_test_add_func ("/x509/long-name", test_long_name);
  g_test_add_func ("/x509/attribute-types", test_attribute_types);
  g_test_add_func ("/x509/attribute-texts", test_attribute_texts);

  return g_test_run ();
}
