/*
 * mdoc-test-x509.c - certificates and CRLs of any shape, also wrong ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-x509.h"

#include <string.h>

#include "crypto/mdoc-der.h"
#include "tests/lib/mdoc-test.h"

static void
write_hex (GByteArray *out, const char *hex)
{
  g_autoptr (GBytes) bytes = mdoc_test_bytes_from_hex (hex);

  mdoc_der_write_encoded (out, mdoc_span_from_bytes (bytes));
}

/* "C=UT,CN=Name", one RDN an attribute; the country as PrintableString */
static void
write_name (GByteArray *out, const char *text)
{
  static const struct
  {
    const char *type;
    const char *oid;
  } types[] = {
    { "CN", "2.5.4.3" }, { "C", "2.5.4.6" },   { "ST", "2.5.4.8" },
    { "O", "2.5.4.10" }, { "X", "2.5.4.999" },
  };
  g_auto (GStrv) attributes = g_strsplit (text, ",", -1);
  gsize name = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  for (guint i = 0; attributes[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (attributes[i], "=", 2);
      gsize rdn = mdoc_der_begin (out, MDOC_DER_SET);
      gsize attribute = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
      gboolean known = FALSE;

      g_assert_cmpuint (g_strv_length (pair), ==, 2);
      for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
        {
          if (g_str_equal (pair[0], types[t].type))
            {
              mdoc_der_write_oid (out, types[t].oid);
              known = TRUE;
            }
        }
      g_assert_true (known);
      mdoc_der_write_text (out,
                           g_str_equal (pair[0], "C")
                               ? MDOC_DER_PRINTABLE_STRING
                               : MDOC_DER_UTF8_STRING,
                           pair[1]);
      mdoc_der_end (out, attribute);
      mdoc_der_end (out, rdn);
    }
  mdoc_der_end (out, name);
}

static MdocAlg
get_alg (MdocKey *key)
{
  return mdoc_curve_get_alg (
      mdoc_public_key_get_curve (mdoc_key_get_public (key)));
}

static void
write_algorithm (GByteArray *out, const char *hex, MdocKey *key)
{
  const MdocAlg alg = get_alg (key);

  if (hex != NULL)
    write_hex (out, hex);
  else if (alg == MDOC_ALG_EDDSA)
    write_hex (out, "3005 06032b6570");
  else if (alg == MDOC_ALG_ES256)
    write_hex (out, "300a 06082a8648ce3d040302");
  else if (alg == MDOC_ALG_ES384)
    write_hex (out, "300a 06082a8648ce3d040303");
  else
    write_hex (out, "300a 06082a8648ce3d040304");
}

static void
write_spki (GByteArray *out, MdocPublicKey *key, gboolean is_compressed)
{
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (key);
  const MdocSpan x = mdoc_public_key_get_x (key);
  const MdocSpan y = mdoc_public_key_get_y (key);
  g_autoptr (GByteArray) point = g_byte_array_new ();
  MdocDer outer = mdoc_der_open (mdoc_span_from_bytes (spki));
  MdocDer inner;
  MdocSpan algorithm;
  guint8 head;
  gsize whole;

  if (!is_compressed)
    {
      mdoc_der_write_encoded (out, mdoc_span_from_bytes (spki));
      return;
    }

  g_assert_true (mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &inner));
  g_assert_true (mdoc_der_read_encoded (&inner, MDOC_DER_SEQUENCE, &algorithm));
  head = 2 | (y.data[y.len - 1] & 1);
  g_byte_array_append (point, &head, 1);
  mdoc_der_write_encoded (point, x);
  whole = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  mdoc_der_write_encoded (out, algorithm);
  mdoc_der_write_octet_bits (out, MDOC_SPAN (point->data, point->len));
  mdoc_der_end (out, whole);
}

static void
write_validity (GByteArray *out, const MdocTestCertificate *what)
{
  gsize validity = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  if (what->validity != NULL)
    {
      write_hex (out, what->validity);
    }
  else
    {
      mdoc_der_write_time (out,
                           what->not_before_s != 0 ? what->not_before_s
                                                   : MDOC_TEST_NOT_BEFORE_S);
      mdoc_der_write_time (out,
                           what->not_after_s != 0 ? what->not_after_s
                                                  : MDOC_TEST_NOT_AFTER_S);
    }
  mdoc_der_end (out, validity);
}

static void
write_extensions (GByteArray *out, guint8 tag, const char *hex)
{
  gsize wrap;
  gsize list;

  if (*hex == '\0')
    return;

  wrap = mdoc_der_begin (out, tag);
  list = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  write_hex (out, hex);
  mdoc_der_end (out, list);
  mdoc_der_end (out, wrap);
}

static GBytes *
sign (GByteArray *tbs, const char *algorithm, MdocKey *key, gboolean is_forged)
{
  const MdocSpan message = { tbs->data, tbs->len };
  g_autoptr (GError) error = NULL;
  guint8 raw[MDOC_SIGNATURE_MAX_LEN];
  guint8 der[MDOC_DER_SIGNATURE_MAX_LEN];
  GByteArray *out = g_byte_array_new ();
  MdocAlg alg = get_alg (key);
  MdocSpan signature;
  gsize len;
  gsize whole;

  g_assert_true (mdoc_key_sign (key, alg, &message, 1, raw, &len, &error));
  g_assert_no_error (error);
  if (is_forged)
    raw[len - 1] ^= 1;
  if (alg == MDOC_ALG_EDDSA)
    signature = MDOC_SPAN (raw, len);
  else
    signature = MDOC_SPAN (der,
                           mdoc_der_signature_from_raw (raw, len / 2, der));

  whole = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  mdoc_der_write_encoded (out, message);
  write_algorithm (out, algorithm, key);
  mdoc_der_write_octet_bits (out, signature);
  mdoc_der_end (out, whole);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
mdoc_test_certificate_encode (const MdocTestCertificate *what,
                              MdocKey *key,
                              MdocCertificate *issuer,
                              MdocKey *issuer_key)
{
  const char *subject = what->subject;
  const char *extensions = what->extensions;
  const guint version = what->version != 0 ? what->version : 3;
  g_autoptr (GByteArray) tbs = g_byte_array_new ();
  gsize whole;

  if (subject == NULL)
    subject = what->is_root ? "C=UT,CN=Root" : "C=UT,CN=Leaf";
  if (extensions == NULL)
    extensions = what->is_root ? MDOC_TEST_KU_CA MDOC_TEST_BC_CA_0
                               : MDOC_TEST_KU_SIGN MDOC_TEST_EKU_DS;

  whole = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);
  if (version > 1)
    {
      const guint8 number = (guint8) (version - 1);
      gsize wrap = mdoc_der_begin (tbs, MDOC_DER_EXPLICIT (0));

      mdoc_der_write (tbs, MDOC_DER_INTEGER, MDOC_SPAN (&number, 1));
      mdoc_der_end (tbs, wrap);
    }
  {
    gsize serial = mdoc_der_begin (tbs, MDOC_DER_INTEGER);

    write_hex (tbs, what->serial != NULL ? what->serial : "4711081547110815");
    mdoc_der_end (tbs, serial);
  }
  write_algorithm (tbs, what->algorithm, issuer_key);
  if (what->issuer != NULL)
    write_name (tbs, what->issuer);
  else if (issuer != NULL)
    mdoc_der_write_encoded (tbs, mdoc_certificate_get_subject_der (issuer));
  else
    write_name (tbs, subject);
  write_validity (tbs, what);
  write_name (tbs, subject);
  write_spki (tbs, mdoc_key_get_public (key), what->is_compressed);
  if (what->unique_ids != NULL)
    write_hex (tbs, what->unique_ids);
  write_extensions (tbs, MDOC_DER_EXPLICIT (3), extensions);
  mdoc_der_end (tbs, whole);

  return sign (tbs, what->algorithm, issuer_key, what->is_forged);
}

MdocCertificate *
mdoc_test_certificate_new (const MdocTestCertificate *what,
                           MdocKey *key,
                           MdocCertificate *issuer,
                           MdocKey *issuer_key)
{
  g_autoptr (GBytes) der = NULL;
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate;

  der = mdoc_test_certificate_encode (what, key, issuer, issuer_key);
  certificate = mdoc_certificate_parse (der, &error);
  g_assert_no_error (error);
  return certificate;
}

GBytes *
mdoc_test_crl_encode (const MdocTestCrl *what,
                      MdocCertificate *issuer,
                      MdocKey *issuer_key)
{
  g_autoptr (GByteArray) tbs = g_byte_array_new ();
  gsize whole = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);

  write_hex (tbs, what->version != NULL ? what->version : "020101");
  write_algorithm (tbs, what->inner_algorithm, issuer_key);
  if (what->issuer != NULL)
    write_name (tbs, what->issuer);
  else
    mdoc_der_write_encoded (tbs, mdoc_certificate_get_subject_der (issuer));
  mdoc_der_write_time (tbs,
                       what->this_update_s != 0 ? what->this_update_s
                                                : MDOC_TEST_NOT_BEFORE_S);
  if (what->next_update_s != -1)
    mdoc_der_write_time (tbs,
                         what->next_update_s != 0 ? what->next_update_s
                                                  : MDOC_TEST_NOT_AFTER_S);
  if (what->revoked != NULL)
    {
      gsize list = mdoc_der_begin (tbs, MDOC_DER_SEQUENCE);

      write_hex (tbs, what->revoked);
      mdoc_der_end (tbs, list);
    }
  if (what->extensions != NULL)
    write_extensions (tbs, MDOC_DER_EXPLICIT (0), what->extensions);
  mdoc_der_end (tbs, whole);

  return sign (tbs, NULL, issuer_key, what->is_forged);
}

GPtrArray *
mdoc_test_certificates (MdocCertificate *first, ...)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  va_list args;

  va_start (args, first);
  for (MdocCertificate *c = first; c != NULL;
       c = va_arg (args, MdocCertificate *))
    g_ptr_array_add (list, mdoc_certificate_ref (c));
  va_end (args);

  return list;
}

GBytes *
mdoc_test_patch (GBytes *der, const char *find, const char *replacement)
{
  g_autoptr (GBytes) needle = mdoc_test_bytes_from_hex (find);
  g_autoptr (GBytes) other = mdoc_test_bytes_from_hex (replacement);
  gsize size;
  guint8 *copy;
  guint8 *at;

  copy = g_bytes_unref_to_data (g_bytes_ref (der), &size);
  at = memmem (copy,
               size,
               g_bytes_get_data (needle, NULL),
               g_bytes_get_size (needle));
  g_assert_nonnull (at);
  g_assert_cmpuint (g_bytes_get_size (needle), ==, g_bytes_get_size (other));
  memcpy (at, g_bytes_get_data (other, NULL), g_bytes_get_size (other));
  return g_bytes_new_take (copy, size);
}
