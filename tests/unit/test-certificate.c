/*
 * test-certificate.c - what mdoc_certificate_parse() takes, and what it reads
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-der.h"
#include "tests/lib/mdoc-test-vectors.h"
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

/* "why" is a part of the message, because a certificate that is refused for
 * another reason than the one meant tests nothing. NULL: accepted. */
static const struct
{
  const char *name;
  MdocTestCertificate template_;
  const char *why;
} cases[] = {
  { "good", { 0 }, NULL },
  { "version-1", { .version = 1, .extensions = "" }, NULL },
  { "version-2", { .version = 2, .extensions = "" }, NULL },
  { "version-3-without-extensions", { .extensions = "" }, NULL },
  { "version-4", { .version = 4 }, "unknown version" },
  { "version-1-with-extensions", { .version = 1 }, "not version 3" },
  { "version-2-with-extensions", { .version = 2 }, "not version 3" },

  { "serial-of-one-byte", { .serial = "00" }, NULL },
  { "serial-negative", { .serial = "ff00" }, NULL },
  { "serial-empty", { .serial = "" }, "serial" },
  { "serial-not-shortest", { .serial = "0001" }, "serial" },
  { "serial-of-64",
    { .serial = "01020304050607080102030405060708"
                "01020304050607080102030405060708"
                "01020304050607080102030405060708"
                "01020304050607080102030405060708" },
    NULL },
  { "serial-of-65",
    { .serial = "01020304050607080102030405060708"
                "01020304050607080102030405060708"
                "01020304050607080102030405060708"
                "0102030405060708010203040506070801" },
    "serial" },

  { "validity-of-one-time",
    { .validity = "170d3730303130313030303030305a" },
    "validity" },
  { "validity-of-three-times",
    { .validity = "170d3730303130313030303030305a"
                  "170d3730303130313030303030305a"
                  "170d3730303130313030303030305a" },
    "validity" },
  { "validity-without-seconds",
    { .validity = "170b373030313031303030305a"
                  "170d3730303130313030303030305a" },
    "validity" },
  { "validity-generalized",
    { .validity = "180f31393730303130313030303030305a"
                  "180f39393939313233313233353935395a" },
    NULL },

  { "unique-identifiers", { .unique_ids = "810200ff 820200ff" }, NULL },
  { "unique-identifier-of-subject", { .unique_ids = "820200ff" }, NULL },
  { "unique-identifiers-in-wrong-order",
    { .unique_ids = "820200ff 810200ff" },
    "unexpected" },
  { "unique-identifier-of-issuer-cut",
    { .unique_ids = "8103 00ff", .extensions = "" },
    "unique identifier" },
  { "unique-identifier-of-subject-cut",
    { .unique_ids = "810200ff 8203 00ff", .extensions = "" },
    "unique identifier" },

  /* extensions; 2.5.29.99 is not known to anybody */
  { "extension-unknown", { .extensions = "3009 0603551d63 0402 0500" }, NULL },
  { "extension-unknown-critical",
    { .extensions = "300c 0603551d63 0101ff 0402 0500" },
    NULL },
  { "extension-critical-said-false",
    { .extensions = "300c 0603551d63 010100 0402 0500" },
    NULL },
  { "extension-critical-is-1",
    { .extensions = "300c 0603551d63 010101 0402 0500" },
    "malformed extension" },
  { "extension-twice",
    { .extensions = MDOC_TEST_KU_SIGN MDOC_TEST_KU_SIGN },
    "twice" },
  { "extension-twice-apart",
    { .extensions = MDOC_TEST_KU_SIGN MDOC_TEST_EKU_DS
      "300b 0603551d0f 0404 03020780" },
    "twice" },
  { "extension-unknown-twice",
    { .extensions = "3009 0603551d63 0402 0500 3009 0603551d63 0402 0500" },
    "twice" },
  { "extension-without-value",
    { .extensions = "3005 0603551d63" },
    "malformed extension" },
  { "extension-with-more",
    { .extensions = "300b 0603551d63 0402 0500 0500" },
    "malformed extension" },
  { "extension-without-oid",
    { .extensions = "3004 0402 0500" },
    "malformed extension" },
  { "extension-is-no-sequence",
    { .extensions = "0500" },
    "malformed extension" },
  /* 2.5.29.15.1 and 1.2.29.15 are no key usage */
  { "extension-below-key-usage",
    { .extensions = "300a 0604551d0f01 0402 0500" },
    NULL },
  { "extension-ends-as-key-usage",
    { .extensions = "3009 06032a1d0f 0402 0500" },
    NULL },

  { "key-usage-empty", { .extensions = "3007 0603551d0f 0400" }, "2.5.29.15" },
  { "key-usage-empty-bits",
    { .extensions = "300a 0603551d0f 0403 030100" },
    NULL },
  { "key-usage-of-9-bits",
    { .extensions = "300c 0603551d0f 0405 0303070080" },
    NULL },
  { "key-usage-no-bits",
    { .extensions = "3009 0603551d0f 0402 0500" },
    "2.5.29.15" },
  { "key-usage-trailing",
    { .extensions = "300d 0603551d0f 0406 03020780 0500" },
    "2.5.29.15" },
  { "basic-constraints-nothing",
    { .extensions = "3007 0603551d13 0400" },
    "2.5.29.19" },
  { "basic-constraints-empty",
    { .extensions = "3009 0603551d13 0402 3000" },
    NULL },
  { "basic-constraints-path-without-ca",
    { .extensions = "300c 0603551d13 0405 3003 020100" },
    NULL },
  { "basic-constraints-path-255",
    { .extensions = "3010 0603551d13 0409 3007 0101ff 020200ff" },
    NULL },
  { "basic-constraints-path-256",
    { .extensions = "3010 0603551d13 0409 3007 0101ff 02020100" },
    "2.5.29.19" },
  { "basic-constraints-path-negative",
    { .extensions = "300f 0603551d13 0408 3006 0101ff 0201ff" },
    "2.5.29.19" },
  { "basic-constraints-ca-is-1",
    { .extensions = "300c 0603551d13 0405 3003 010101" },
    "2.5.29.19" },
  { "basic-constraints-more",
    { .extensions = "3011 0603551d13 040a 3008 0101ff 020100 0500" },
    "2.5.29.19" },
  { "basic-constraints-trailing",
    { .extensions = "300b 0603551d13 0404 3000 0500" },
    "2.5.29.19" },
  { "basic-constraints-no-sequence",
    { .extensions = "3009 0603551d13 0402 0500" },
    "2.5.29.19" },
  { "eku-empty", { .extensions = "3009 0603551d25 0402 3000" }, "2.5.29.37" },
  { "eku-no-oid",
    { .extensions = "300b 0603551d25 0404 3002 0500" },
    "2.5.29.37" },
  { "eku-second-no-oid",
    { .extensions = "3014 0603551d25 040d 300b 060728818c5d050102 0500" },
    "2.5.29.37" },
  { "eku-trailing",
    { .extensions = "3014 0603551d25 040d 3009 060728818c5d050102 0500" },
    "2.5.29.37" },
  { "ski-nothing", { .extensions = "3007 0603551d0e 0400" }, "2.5.29.14" },
  { "ski-no-octets",
    { .extensions = "3009 0603551d0e 0402 0500" },
    "2.5.29.14" },
  { "ski-trailing",
    { .extensions = "300c 0603551d0e 0405 040101 0500" },
    "2.5.29.14" },
  { "aki-nothing", { .extensions = "3007 0603551d23 0400" }, "2.5.29.35" },
  { "aki-empty", { .extensions = "3009 0603551d23 0402 3000" }, NULL },
  { "aki-without-key-identifier",
    { .extensions = "300c 0603551d23 0405 3003 820101" },
    NULL },
  { "aki-of-all-three",
    { .extensions = "3011 0603551d23 040a 3008 800101 a100 820101" },
    NULL },
  { "aki-cut",
    { .extensions = "300b 0603551d23 0404 3002 8005" },
    "2.5.29.35" },
  { "aki-second-cut",
    { .extensions = "300d 0603551d23 0406 3004 8000 8205" },
    "2.5.29.35" },
  { "aki-trailing",
    { .extensions = "300b 0603551d23 0404 3000 0500" },
    "2.5.29.35" },
  { "aki-no-sequence",
    { .extensions = "3009 0603551d23 0402 0500" },
    "2.5.29.35" },
  /* not taken apart unless linted */
  { "ian-malformed", { .extensions = "3008 0603551d12 0401 ff" }, NULL },

  { "algorithm-unknown",
    { .algorithm = "300d 06092a864886f70d01010b 0500" },
    NULL },
  { "algorithm-without-oid", { .algorithm = "3000" }, "not X.509" },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) der = NULL;

      g_test_message ("%s", cases[i].name);
      der = mdoc_test_certificate_encode (&cases[i].template_, key, NULL, key);
      if (cases[i].why == NULL)
        {
          g_autoptr (MdocCertificate) certificate = parse_ok (der);

          g_assert_true (mdoc_certificate_get_der (certificate) == der);
        }
      else
        {
          assert_refused (der, MDOC_CRYPTO_ERROR_CERTIFICATE, cases[i].why);
        }
    }
}

/* Sixty-four extensions, and one more. */
static void
test_many_extensions (void)
{
  for (guint n = 64; n <= 65; n++)
    {
      g_autoptr (GString) extensions = g_string_new (NULL);
      MdocTestCertificate template_ = { 0 };
      g_autoptr (GBytes) der = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (extensions, "30080603551e%02x040100", i);
      template_.extensions = extensions->str;
      der = mdoc_test_certificate_encode (&template_, key, NULL, key);
      if (n == 64)
        mdoc_certificate_unref (parse_ok (der));
      else
        assert_refused (der, MDOC_CRYPTO_ERROR_CERTIFICATE, "too many");
    }
}

/* The longest certificate, and one byte more. */
static void
test_length (void)
{
  gsize filler = MDOC_CERTIFICATE_MAX_BYTES - 700;
  g_autoptr (GBytes) longest = NULL;

  for (guint try = 0; try < 200; try++)
    {
      g_autoptr (GByteArray) extension = g_byte_array_new ();
      g_autofree guint8 *zeros = g_malloc0 (filler);
      g_autofree char *hex = NULL;
      g_autoptr (GBytes) der = NULL;
      MdocTestCertificate template_ = { 0 };
      gsize begun = mdoc_der_begin (extension, MDOC_DER_SEQUENCE);
      gsize size;

      mdoc_der_write_oid (extension, "2.5.29.99");
      mdoc_der_write (extension,
                      MDOC_DER_OCTET_STRING,
                      MDOC_SPAN (zeros, filler));
      mdoc_der_end (extension, begun);
      hex = mdoc_hex_encode (MDOC_SPAN (extension->data, extension->len));
      template_.extensions = hex;
      der = mdoc_test_certificate_encode (&template_, key, NULL, key);
      size = g_bytes_get_size (der);

      /* signatures are of slightly different lengths, so aim again */
      if (size == MDOC_CERTIFICATE_MAX_BYTES)
        {
          if (longest == NULL)
            {
              mdoc_certificate_unref (parse_ok (der));
              longest = g_bytes_ref (der);
            }
          filler++;
        }
      else if (size == MDOC_CERTIFICATE_MAX_BYTES + 1 && longest != NULL)
        {
          assert_refused (der, MDOC_CRYPTO_ERROR_CERTIFICATE, "too long");
          return;
        }
      else
        {
          filler += MDOC_CERTIFICATE_MAX_BYTES - size;
        }
    }

  g_assert_not_reached ();
}

static void
test_getters (void)
{
  const MdocTestCertificate template_ = {
    .subject = "C=UT,ST=UT-A,O=Org,CN=Leaf,CN=Second,C=XX",
    .issuer = "C=UT,CN=Somebody",
    .serial = "0102030405",
    .extensions = MDOC_TEST_KU_SIGN MDOC_TEST_EKU_DS
    "300c 0603551d0e 0405 0403 010203"
    "300e 0603551d23 0407 3005 8003 040506",
  };
  g_autoptr (GBytes) der = mdoc_test_certificate_encode (&template_,
                                                         key,
                                                         NULL,
                                                         key);
  g_autoptr (MdocCertificate) certificate = parse_ok (der);
  g_autoptr (MdocCertificate) other G_GNUC_UNUSED = mdoc_certificate_ref (
      certificate);
  g_autofree char *subject = mdoc_certificate_dup_subject (certificate);
  g_autofree char *issuer = mdoc_certificate_dup_issuer (certificate);
  const MdocSpan span = mdoc_span_from_bytes (der);
  guint8 expected[MDOC_HASH_MAX_LEN];
  guint8 fingerprint[32];

  g_assert_cmpstr (mdoc_certificate_get_common_name (certificate), ==, "Leaf");
  g_assert_cmpstr (mdoc_certificate_get_country (certificate), ==, "UT");
  g_assert_cmpstr (mdoc_certificate_get_state (certificate), ==, "UT-A");
  g_assert_cmpstr (subject,
                   ==,
                   "C=UT, ST=UT-A, O=Org, CN=Leaf, CN=Second, C=XX");
  g_assert_cmpstr (issuer, ==, "C=UT, CN=Somebody");
  g_assert_cmpint (mdoc_certificate_get_not_before (certificate),
                   ==,
                   MDOC_TEST_NOT_BEFORE_S);
  g_assert_cmpint (mdoc_certificate_get_not_after (certificate),
                   ==,
                   MDOC_TEST_NOT_AFTER_S);
  g_assert_cmpuint (mdoc_certificate_get_serial (certificate).len, ==, 5);
  g_assert_cmpuint (mdoc_certificate_get_serial (certificate).data[4], ==, 5);
  g_assert_cmpuint (mdoc_certificate_get_ski (certificate).len, ==, 3);
  g_assert_cmpuint (mdoc_certificate_get_ski (certificate).data[0], ==, 1);
  g_assert_cmpuint (mdoc_certificate_get_aki (certificate).len, ==, 3);
  g_assert_cmpuint (mdoc_certificate_get_aki (certificate).data[0], ==, 4);
  g_assert_cmpuint (mdoc_certificate_get_subject_der (certificate).data[0],
                    ==,
                    0x30);
  g_assert_true (mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDL_DS));
  g_assert_false (
      mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDL_READER));
  g_assert_true (
      mdoc_public_key_equal (mdoc_certificate_get_public_key (certificate),
                             mdoc_key_get_public (key)));

  mdoc_hash_compute (MDOC_HASH_SHA256, &span, 1, expected);
  mdoc_certificate_get_fingerprint (certificate, fingerprint);
  g_assert_cmpint (memcmp (fingerprint, expected, 32), ==, 0);

  mdoc_certificate_unref (NULL);
}

/* What is not there is not there, rather than something else. */
static void
test_getters_of_nothing (void)
{
  const MdocTestCertificate template_ = { .subject = "O=Org",
                                          .extensions = "" };
  g_autoptr (MdocCertificate) certificate
      = mdoc_test_certificate_new (&template_, key, NULL, key);

  g_assert_null (mdoc_certificate_get_common_name (certificate));
  g_assert_null (mdoc_certificate_get_country (certificate));
  g_assert_null (mdoc_certificate_get_state (certificate));
  g_assert_cmpuint (mdoc_certificate_get_ski (certificate).len, ==, 0);
  g_assert_cmpuint (mdoc_certificate_get_aki (certificate).len, ==, 0);
  g_assert_false (mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDL_DS));
}

/* The parts that are no extensions, each broken by a byte. */
static void
test_broken_parts (void)
{
  static const struct
  {
    const char *find;
    const char *replacement;
    MdocCryptoError code;
    const char *why;
  } tries[] = {
    /* the algorithm inside differs from the one outside */
    { "300a06082a8648ce3d040302",
      "300a06082a8648ce3d040303",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "two different" },
    /* the version's tag, the serial's, the validity's */
    { "a003020102 02 08",
      "a003030102 02 08",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "version" },
    { "a003020102 02 08",
      "a003020102 04 08",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "serial" },
    { "301e 170d", "311e 170d", MDOC_CRYPTO_ERROR_CERTIFICATE, "validity" },
    /* the version's wrapping has the serial number in it */
    { "a003020102 02 08",
      "a00d020102 02 08",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "version" },
    /* the algorithm's tag, the issuer's behind it, the subject's */
    { "300a06082a8648ce3d040302 30",
      "310a06082a8648ce3d040302 30",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "two different" },
    { "06082a8648ce3d040302 30",
      "06082a8648ce3d040302 31",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "issuer" },
    { "5a 30", "5a 31", MDOC_CRYPTO_ERROR_CERTIFICATE, "subject" },
    /* the key's curve, its kind, its wrapping, its point */
    { "06082a8648ce3d030107",
      "06082a8648ce3d030101",
      MDOC_CRYPTO_ERROR_UNSUPPORTED,
      "algorithm" },
    { "06072a8648ce3d0201",
      "06072a8648ce3d0202",
      MDOC_CRYPTO_ERROR_CERTIFICATE,
      "parameters" },
    { "3059 3013", "3159 3013", MDOC_CRYPTO_ERROR_CERTIFICATE, "key" },
    { "034200 04", "034200 05", MDOC_CRYPTO_ERROR_CERTIFICATE, "point" },
    /* the extensions' tag and wrapping */
    { "a3293027", "a4293027", MDOC_CRYPTO_ERROR_CERTIFICATE, "unexpected" },
    { "a3293027", "a3293127", MDOC_CRYPTO_ERROR_CERTIFICATE, "extensions" },
    { "a3293027", "a3293026", MDOC_CRYPTO_ERROR_CERTIFICATE, "extensions" },
    { "a3293027", "a32a3027", MDOC_CRYPTO_ERROR_CERTIFICATE, "extensions" },
    { "a3293027", "a3003027", MDOC_CRYPTO_ERROR_CERTIFICATE, "extensions" },
    { "a3293027", "a3023000", MDOC_CRYPTO_ERROR_CERTIFICATE, "extensions" },
  };
  const MdocTestCertificate template_ = { 0 };
  g_autoptr (GBytes) der = mdoc_test_certificate_encode (&template_,
                                                         key,
                                                         NULL,
                                                         key);

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GBytes) broken = NULL;

      g_test_message ("%s", tries[i].replacement);
      broken = mdoc_test_patch (der, tries[i].find, tries[i].replacement);
      assert_refused (broken, tries[i].code, tries[i].why);
    }
}

static void
test_every_prefix (void)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d ("ds_cert_der");
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);
  g_autofree guint8 *longer = g_malloc0 (size + 1);
  g_autoptr (GBytes) trailing = NULL;

  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) prefix = g_bytes_new (data, len);

      assert_refused (prefix, MDOC_CRYPTO_ERROR_CERTIFICATE, "not X.509");
    }

  memcpy (longer, data, size);
  trailing = g_bytes_new (longer, size + 1);
  assert_refused (trailing, MDOC_CRYPTO_ERROR_CERTIFICATE, "not X.509");
}

/* Any one wrong byte, each of several ways: parsed or refused with a reason,
 * and never signed by the issuer unless the byte is outside what was signed. */
static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) iaca_der = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (GBytes) der = mdoc_test_annex_d ("ds_cert_der");
  g_autoptr (MdocCertificate) iaca = parse_ok (iaca_der);
  const gsize size = g_bytes_get_size (der);

  for (gsize pos = 0; pos < size; pos++)
    {
      for (guint bit = 0; bit < 8; bit++)
        {
          guint8 *data = g_memdup2 (g_bytes_get_data (der, NULL), size);
          g_autoptr (GBytes) wrong = g_bytes_new_take (data, size);
          g_autoptr (MdocCertificate) certificate = NULL;
          g_autoptr (GError) error = NULL;
          gboolean is_signed = TRUE;

          data[pos] ^= (guint8) (1U << bit);
          certificate = mdoc_certificate_parse (wrong, &error);
          g_assert_true ((certificate == NULL) == (error != NULL));
          /* a verification for each would take too long; one bit is enough */
          if (certificate == NULL || bit != pos % 8)
            continue;

          if (mdoc_certificate_is_signed_by (certificate,
                                             iaca,
                                             &is_signed,
                                             &error))
            g_assert_false (is_signed);
          else
            g_assert_error (error,
                            MDOC_CRYPTO_ERROR,
                            MDOC_CRYPTO_ERROR_UNSUPPORTED);
        }
    }
}

static void
test_signed_by (void)
{
  static const struct
  {
    const char *certificate;
    const char *issuer;
    gboolean is_signed;
  } tries[] = {
    { "iaca_cert_der", "iaca_cert_der", TRUE },
    { "ds_cert_der", "iaca_cert_der", TRUE },
    { "reader_cert_der", "reader_root_cert_der", TRUE },
    { "reader_root_cert_der", "reader_root_cert_der", TRUE },
    { "ds_cert_der", "ds_cert_der", FALSE },
    { "ds_cert_der", "reader_root_cert_der", FALSE },
    { "iaca_cert_der", "ds_cert_der", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GBytes) a = mdoc_test_annex_d (tries[i].certificate);
      g_autoptr (GBytes) b = mdoc_test_annex_d (tries[i].issuer);
      g_autoptr (MdocCertificate) certificate = parse_ok (a);
      g_autoptr (MdocCertificate) issuer = parse_ok (b);
      g_autoptr (GError) error = NULL;
      gboolean is_signed = !tries[i].is_signed;

      g_assert_true (mdoc_certificate_is_signed_by (certificate,
                                                    issuer,
                                                    &is_signed,
                                                    &error));
      g_assert_no_error (error);
      g_assert_cmpint (is_signed, ==, tries[i].is_signed);
    }
}

/* In X.509 the algorithm decides the hash and not the curve: a root on P-256
 * that signed itself with SHA-512, made with the openssl command. */
static void
test_sha512_on_p256 (void)
{
  g_autoptr (GBytes) der = mdoc_test_bytes_from_hex (
      "308201963082013ba003020102021450186eea116ffec41373376ccfb529772a"
      "9b6a77300a06082a8648ce3d040304301f310b30090603550406130255543110"
      "300e06035504030c075348412d3531323020170d323631313232323032353036"
      "5a180f32313236313032393230323530365a301f310b30090603550406130255"
      "543110300e06035504030c075348412d3531323059301306072a8648ce3d0201"
      "06082a8648ce3d03010703420004097b8945ff816ea912274d77a698bbb8cb00"
      "bad3b49838b6279318e5e2551e87f6cf49b8b6b10c97e36982a52cf2e2051ce3"
      "0224bfd8e4bfaed02b9582b57704a3533051301d0603551d0e04160414e2302a"
      "1231aab6fb0ad25e685c81ea67a5661763301f0603551d23041830168014e230"
      "2a1231aab6fb0ad25e685c81ea67a5661763300f0603551d130101ff04053003"
      "0101ff300a06082a8648ce3d0403040349003046022100eb76add0556a7c64f7"
      "2998c600c6303bb572efc2bf5efd8b76b60805b79ea96b022100a39e1c844f8f"
      "0791fc24882439055e48e57843c65d0d7d657c7223e2522e9d98");
  g_autoptr (MdocCertificate) root = parse_ok (der);
  g_autoptr (GError) error = NULL;
  gboolean is_signed = FALSE;

  g_assert_true (
      mdoc_certificate_is_signed_by (root, root, &is_signed, &error));
  g_assert_true (is_signed);
}

/* EdDSA where there is such, elsewhere refused by name: a root made with the
 * openssl command. */
static void
test_ed25519 (void)
{
  g_autoptr (GBytes) der = mdoc_test_bytes_from_hex (
      "3082015530820107a0030201020214543e5ea33bdf368d6af22c5d8756f00029"
      "129cc7300506032b6570301f310b30090603550406130255543110300e060355"
      "04030c07456432353531393020170d3236313132323230343530315a180f3231"
      "3236313032393230343530315a301f310b30090603550406130255543110300e"
      "06035504030c0745643235353139302a300506032b65700321001300551a0e3e"
      "b9858f7463bea60b0de43a05cbd62af1ebb87e180d50bb38f27ba3533051301d"
      "0603551d0e041604146cb51f679f79f40bf0d51ea1655949c12c669ca4301f06"
      "03551d230418301680146cb51f679f79f40bf0d51ea1655949c12c669ca4300f"
      "0603551d130101ff040530030101ff300506032b6570034100c9ab4f8e7c4e1a"
      "43ccf32c3a11e39efd185c3056461535d7f585face65382a2da63693ee3ddb18"
      "6351714df82737e35c0e1305f13c67672b156c7ea25e255d0f");
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_signed = FALSE;

  if (!mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    {
      assert_refused (der, MDOC_CRYPTO_ERROR_UNSUPPORTED, "Ed25519");
      return;
    }

  root = parse_ok (der);
  g_assert_true (
      mdoc_certificate_is_signed_by (root, root, &is_signed, &error));
  g_assert_no_error (error);
  g_assert_true (is_signed);
}

static void
test_pem (void)
{
  g_autoptr (GBytes) a_der = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (GBytes) b_der = mdoc_test_annex_d ("ds_cert_der");
  g_autoptr (MdocCertificate) a = parse_ok (a_der);
  g_autoptr (MdocCertificate) b = parse_ok (b_der);
  g_autofree char *a_pem = mdoc_certificate_to_pem (a);
  g_autofree char *b_pem = mdoc_certificate_to_pem (b);
  g_autofree char *key_pem = mdoc_public_key_to_pem (mdoc_key_get_public (key));
  g_autofree char *text = g_strconcat ("subject: A\n",
                                       a_pem,
                                       key_pem,
                                       b_pem,
                                       "end",
                                       NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  found = mdoc_certificate_parse_pem (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_true (
      g_bytes_equal (mdoc_certificate_get_der (g_ptr_array_index (found, 0)),
                     a_der));
  g_assert_true (
      g_bytes_equal (mdoc_certificate_get_der (g_ptr_array_index (found, 1)),
                     b_der));

  /* every cut of one certificate is refused, or has none */
  for (gsize len = 0; len < strlen (a_pem) - 1; len++)
    {
      g_autofree char *copy = g_memdup2 (a_pem, MAX (len, 1));
      g_autoptr (GPtrArray) none = NULL;
      g_autoptr (GError) cut_error = NULL;

      none = mdoc_certificate_parse_pem (copy, len, &cut_error);
      g_assert_error (cut_error,
                      MDOC_CRYPTO_ERROR,
                      MDOC_CRYPTO_ERROR_CERTIFICATE);
      g_assert_null (none);
    }
}

/* The most certificates that a file may have, and one more; one that is none.
 */
static void
test_pem_many (void)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (MdocCertificate) certificate = parse_ok (der);
  g_autofree char *pem = mdoc_certificate_to_pem (certificate);
  const char *bad = "-----BEGIN CERTIFICATE-----\nMFkw\n"
                    "-----END CERTIFICATE-----\n";
  g_autofree char *mixed = g_strconcat (pem, bad, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  GPtrArray *found;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1024; i++)
    g_string_append (text, pem);
  found = mdoc_certificate_parse_pem (text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1024);
  g_ptr_array_unref (found);

  g_string_append (text, pem);
  found = mdoc_certificate_parse_pem (text->str, text->len, &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_null (found);
  g_clear_error (&error);

  found = mdoc_certificate_parse_pem (mixed, strlen (mixed), &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_null (found);
}

/* who may sign others, and how many there may be in between */
static void
test_may_issue (void)
{
  static const struct
  {
    const char *extensions;
    guint n_below;
    gboolean may;
  } rows[] = {
    { "", 0, FALSE },
    { MDOC_TEST_KU_CA, 0, FALSE },
    { MDOC_TEST_KU_SIGN, 0, FALSE },
    { MDOC_TEST_BC_CA, 0, TRUE },
    { MDOC_TEST_BC_CA, 100, TRUE },
    { MDOC_TEST_BC_CA MDOC_TEST_KU_CA, 0, TRUE },
    { MDOC_TEST_BC_CA MDOC_TEST_KU_SIGN, 0, FALSE },
    { MDOC_TEST_BC_CA_0 MDOC_TEST_KU_CA, 0, TRUE },
    { MDOC_TEST_BC_CA_0 MDOC_TEST_KU_CA, 1, FALSE },
    { MDOC_TEST_BC_CA_1 MDOC_TEST_KU_CA, 1, TRUE },
    { MDOC_TEST_BC_CA_1 MDOC_TEST_KU_CA, 2, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MdocTestCertificate what = { .extensions = rows[i].extensions };
      g_autoptr (MdocCertificate) certificate
          = mdoc_test_certificate_new (&what, key, NULL, key);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpint (mdoc_certificate_may_issue (certificate,
                                                   rows[i].n_below),
                       ==,
                       rows[i].may);
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

  g_test_add_func ("/certificate/cases", test_cases);
  g_test_add_func ("/certificate/many-extensions", test_many_extensions);
  g_test_add_func ("/certificate/may-issue", test_may_issue);
  g_test_add_func ("/certificate/length", test_length);
  g_test_add_func ("/certificate/getters", test_getters);
  g_test_add_func ("/certificate/getters/nothing", test_getters_of_nothing);
  g_test_add_func ("/certificate/broken-parts", test_broken_parts);
  g_test_add_func ("/certificate/every-prefix", test_every_prefix);
  g_test_add_func ("/certificate/every-wrong-byte", test_every_wrong_byte);
  g_test_add_func ("/certificate/signed-by", test_signed_by);
  g_test_add_func ("/certificate/sha512-on-p256", test_sha512_on_p256);
  g_test_add_func ("/certificate/ed25519", test_ed25519);
  g_test_add_func ("/certificate/pem", test_pem);
  g_test_add_func ("/certificate/pem/many", test_pem_many);

  status = g_test_run ();
  mdoc_key_unref (key);
  return status;
}
