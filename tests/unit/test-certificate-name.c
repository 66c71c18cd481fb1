/*
 * test-certificate-name.c - names in certificates, as text and as bytes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

static MdocKey *key;

static MdocCertificate *
parse_ok (GBytes *der)
{
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate = mdoc_certificate_parse (der, &error);

  g_assert_no_error (error);
  g_assert_nonnull (certificate);
  return certificate;
}

static void
assert_refused (GBytes *der, MdocCryptoError code, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCertificate) certificate = NULL;

  certificate = mdoc_certificate_parse (der, &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, (int) code);
  g_assert_null (certificate);
  if (why != NULL && strstr (error->message, why) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, why);
}

/* A name is text for people: what could fool them is not shown. Types that are
 * not in the list are shown by number. */
static void
test_name_for_people (void)
{
  const MdocTestCertificate template_ = { .subject = "CN=a\nb\tc\xe2\x80\xae"
                                                     "d=e,X=f" };
  g_autoptr (MdocCertificate) certificate
      = mdoc_test_certificate_new (&template_, key, NULL, key);
  g_autofree char *subject = mdoc_certificate_dup_subject (certificate);

  g_assert_cmpstr (subject, ==, "CN=a?b?c?d?e, 2.5.4.999=f");
}

/* Strings of each type; in the field not all of them are UTF-8. */
static void
test_string_types (void)
{
  static const struct
  {
    const char *value; /* 6 bytes with their tag and length */
    const char *text;
  } tries[] = {
    { "0c04 41c3a942",
      "A\xc3\xa9"
      "B" },
    { "0c04 41c34242", NULL }, /* no UTF-8 */
    { "0c04 41004242", NULL }, /* NUL */
    { "1304 41424344", "ABCD" },
    { "1604 41424344", "ABCD" },
    { "1404 41e94242",
      "A\xc3\xa9"
      "BB" },
    { "1404 41004242", NULL },
    { "1e04 004100e9", "A\xc3\xa9" },
    { "1e04 00410000", NULL },
    { "1e04 d8000041", NULL }, /* half of a pair */
    { "1c04 00000041", NULL }, /* UniversalString: nobody writes it */
    { "0404 41424344", NULL },
  };
  const MdocTestCertificate template_ = { .subject = "CN=Name" };
  g_autoptr (GBytes) der = mdoc_test_certificate_encode (&template_,
                                                         key,
                                                         NULL,
                                                         key);

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      /* the issuer comes first, so the subject is the second "Name" */
      g_autoptr (GBytes) issuer = mdoc_test_patch (der,
                                                   "0c04 4e616d65",
                                                   "0c04 4a616d65");
      g_autoptr (GBytes) patched = mdoc_test_patch (issuer,
                                                    "0c04 4e616d65",
                                                    tries[i].value);
      g_autoptr (MdocCertificate) certificate = parse_ok (patched);
      g_autofree char *subject = mdoc_certificate_dup_subject (certificate);

      g_test_message ("%s", tries[i].value);
      g_assert_cmpstr (mdoc_certificate_get_common_name (certificate),
                       ==,
                       tries[i].text);
      g_assert_true (g_str_has_prefix (subject, "CN="));
    }
}

/* Names that are none, in issuer (first) or subject (second). */
static void
test_malformed_names (void)
{
  /* SET { SEQUENCE { 2.5.4.3, UTF8String "Name" } } */
  static const char whole[] = "310d 300b 0603550403 0c044e616d65";
  static const char *const broken[] = {
    "300d 300b 0603550403 0c044e616d65", /* a SEQUENCE for the SET */
    "310d 310b 0603550403 0c044e616d65", /* a SET for the SEQUENCE */
    "310d 300b 0403550403 0c044e616d65", /* no OBJECT IDENTIFIER */
    "310d 300b 0603550403 0c054e616d65", /* a value beyond the end */
    "310d 300b 0603550403 0c034e616d65", /* something after the value */
    "3100 310b 0603550403 0c044e616d65", /* an empty RDN first */
  };
  const MdocTestCertificate template_ = { .subject = "CN=Name" };
  g_autoptr (GBytes) der = mdoc_test_certificate_encode (&template_,
                                                         key,
                                                         NULL,
                                                         key);
  /* the issuer is another name, so that the subject is the first of its */
  const MdocTestCertificate other = { .subject = "CN=Name",
                                      .issuer = "CN=Root" };
  g_autoptr (GBytes) with_other = mdoc_test_certificate_encode (&other,
                                                                key,
                                                                NULL,
                                                                key);

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GBytes) in_issuer = mdoc_test_patch (der, whole, broken[i]);
      g_autoptr (GBytes) in_subject = mdoc_test_patch (with_other,
                                                       whole,
                                                       broken[i]);

      g_test_message ("%s", broken[i]);
      assert_refused (in_issuer,
                      MDOC_CRYPTO_ERROR_CERTIFICATE,
                      "malformed name");
      assert_refused (in_subject,
                      MDOC_CRYPTO_ERROR_CERTIFICATE,
                      "malformed name");
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);

  g_test_add_func ("/certificate-name/for-people", test_name_for_people);
  g_test_add_func ("/certificate-name/types", test_string_types);
  g_test_add_func ("/certificate-name/malformed", test_malformed_names);

  status = g_test_run ();
  mdoc_key_unref (key);
  return status;
}
