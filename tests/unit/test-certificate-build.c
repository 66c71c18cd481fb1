/*
 * test-certificate-build.c - what mdoc_certificate_build() makes, and refuses
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

#define NOW_S ((gint64) 1700000000)

static MdocKey *ca_key;
static MdocKey *leaf_key;
static MdocCertificate *iaca;

static const MdocCertificateTemplate iaca_template = {
  .profile = MDOC_LINT_IACA,
  .is_ca = TRUE,
  .common_name = "Utopia",
  .country = "ut",
  .not_before_unix_s = NOW_S,
  .not_after_unix_s = NOW_S + 1000,
  .issuer_alt_uri = "https://utopia.example",
};
static const MdocCertificateTemplate ds_template = {
  .profile = MDOC_LINT_DOCUMENT_SIGNER,
  .common_name = "Signer",
  .country = "UT",
  .not_before_unix_s = NOW_S,
  .not_after_unix_s = NOW_S + 1000,
};

static MdocCertificate *
build (const MdocCertificateTemplate *template_)
{
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate;

  certificate = template_->profile == MDOC_LINT_IACA
                    ? mdoc_certificate_build (template_,
                                              mdoc_key_get_public (ca_key),
                                              NULL,
                                              ca_key,
                                              &error)
                    : mdoc_certificate_build (template_,
                                              mdoc_key_get_public (leaf_key),
                                              iaca,
                                              ca_key,
                                              &error);
  g_assert_no_error (error);
  return certificate;
}

/* Whether @hex stands somewhere in the certificate. */
static gboolean
has_bytes (MdocCertificate *certificate, const char *hex)
{
  g_autoptr (GBytes) needle = mdoc_test_bytes_from_hex (hex);
  gsize size;
  const guint8 *data = g_bytes_get_data (mdoc_certificate_get_der (certificate),
                                         &size);

  return memmem (data,
                 size,
                 g_bytes_get_data (needle, NULL),
                 g_bytes_get_size (needle))
         != NULL;
}

static void
test_iaca (void)
{
  const MdocSpan serial = mdoc_certificate_get_serial (iaca);
  g_autoptr (MdocCertificate) again = build (&iaca_template);

  g_assert_cmpuint (serial.len, ==, 20);
  g_assert_cmpuint (serial.data[0], <, 0x80);
  g_assert_cmpuint (serial.data[0], >, 0);
  g_assert_false (
      mdoc_span_equal (serial, mdoc_certificate_get_serial (again)));
  g_assert_cmpint (mdoc_certificate_get_not_before (iaca), ==, NOW_S);
  g_assert_cmpint (mdoc_certificate_get_not_after (iaca), ==, NOW_S + 1000);
  g_assert_cmpstr (mdoc_certificate_get_common_name (iaca), ==, "Utopia");
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_issuer_der (iaca),
                                  mdoc_certificate_get_subject_der (iaca)));
  /* country: PrintableString, upper case; common name: UTF8String */
  g_assert_true (has_bytes (iaca, "310b 3009 0603550406 13025554"));
  g_assert_true (has_bytes (iaca, "300d 0603550403 0c065574 6f706961"));
  /* key usage keyCertSign and cRLSign; CA with a path length of 0 */
  g_assert_true (has_bytes (iaca, "300e 0603551d0f 0101ff 0404 03020106"));
  g_assert_true (
      has_bytes (iaca, "3012 0603551d13 0101ff 0408 3006 0101ff 020100"));
  g_assert_cmpuint (mdoc_certificate_get_ski (iaca).len, ==, 20);
  g_assert_cmpuint (mdoc_certificate_get_aki (iaca).len, ==, 0);
}

static void
test_leaves (void)
{
  MdocCertificateTemplate reader_template = ds_template;
  g_autoptr (MdocCertificate) ds = build (&ds_template);
  g_autoptr (MdocCertificate) reader = NULL;

  reader_template.profile = MDOC_LINT_READER;
  reader_template.country = NULL;
  reader = build (&reader_template);

  g_assert_true (mdoc_span_equal (mdoc_certificate_get_issuer_der (ds),
                                  mdoc_certificate_get_subject_der (iaca)));
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_aki (ds),
                                  mdoc_certificate_get_ski (iaca)));
  g_assert_true (has_bytes (ds, "300e 0603551d0f 0101ff 0404 03020780"));
  g_assert_true (mdoc_certificate_has_eku (ds, MDOC_OID_EKU_MDL_DS));
  g_assert_true (mdoc_certificate_has_eku (ds, MDOC_OID_EKU_MDOC_DS));
  g_assert_false (mdoc_certificate_has_eku (ds, MDOC_OID_EKU_MDL_READER));
  g_assert_false (has_bytes (ds, "0603551d13"));

  g_assert_null (mdoc_certificate_get_country (reader));
  g_assert_true (mdoc_certificate_has_eku (reader, MDOC_OID_EKU_MDL_READER));
  g_assert_true (mdoc_certificate_has_eku (reader, MDOC_OID_EKU_MDOC_READER));
  g_assert_false (mdoc_certificate_has_eku (reader, MDOC_OID_EKU_MDL_DS));
}

/* What a template leaves out is left out: no issuer's alternative name, no
 * distribution point. */
static void
test_optional (void)
{
  MdocCertificateTemplate template_ = ds_template;
  g_autoptr (MdocCertificate) without = build (&template_);
  g_autoptr (MdocCertificate) with = NULL;

  template_.issuer_alt_uri = "https://a.example";
  template_.crl_uri = "https://b.example";
  template_.state = "UT-A";
  template_.organization = "Minist\xc3\xa8re";
  with = build (&template_);

  g_assert_false (has_bytes (without, "0603551d12"));
  g_assert_false (has_bytes (without, "0603551d1f"));
  g_assert_true (has_bytes (with, "0603551d12 0415 3013 8611"));
  g_assert_true (has_bytes (with, "0603551d1f 041b 3019 3017 a015 a013 8611"));
  g_assert_cmpstr (mdoc_certificate_get_state (with), ==, "UT-A");
  g_assert_true (has_bytes (with, "060355040a 0c0a 4d696e697374c3a8"));
}

/* A certificate of an issuer without a key identifier gets the one that it
 * should have. */
static void
test_reader_ca (void)
{
  MdocCertificateTemplate template_ = ds_template;
  g_autoptr (MdocCertificate) ca = NULL;
  g_autoptr (GError) error = NULL;

  template_.profile = MDOC_LINT_READER;
  template_.is_ca = TRUE;
  template_.country = NULL;
  ca = mdoc_certificate_build (&template_,
                               mdoc_key_get_public (ca_key),
                               NULL,
                               ca_key,
                               &error);
  g_assert_no_error (error);
  g_assert_true (
      has_bytes (ca, "3012 0603551d13 0101ff 0408 3006 0101ff 020100"));
  g_assert_false (has_bytes (ca, "0603551d25"));
}

#define X64 "0123456789012345678901234567890123456789012345678901234567890123"

typedef struct
{
  const char *name;
  MdocCertificateTemplate template_;
  gboolean accepted;
} Case;

#define D      MDOC_LINT_DOCUMENT_SIGNER, FALSE
#define UNTIL  (NOW_S + 1)
#define LAST_S ((gint64) 253402300799) /* 9999-12-31T23:59:59Z */

/* profile, CA, common name, country, state, organization, from, until, URIs */
static const Case cases[] = {
  { "good", { D, "S", "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL }, TRUE },
  { "common-name-missing",
    { D, NULL, "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "common-name-empty",
    { D, "", "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "common-name-of-64",
    { D, X64, "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    TRUE },
  { "common-name-of-65",
    { D, X64 "x", "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "common-name-not-utf-8",
    { D, "\xc3", "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "country-missing",
    { D, "S", NULL, NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "country-of-one",
    { D, "S", "U", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "country-of-three",
    { D, "S", "UTO", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "country-with-digit",
    { D, "S", "U1", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "country-with-digit-first",
    { D, "S", "1U", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "state-empty",
    { D, "S", "UT", "", NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "state-of-128",
    { D, "S", "UT", X64 X64, NULL, NOW_S, UNTIL, NULL, NULL },
    TRUE },
  { "state-of-129",
    { D, "S", "UT", X64 X64 "x", NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "organization-empty",
    { D, "S", "UT", NULL, "", NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "organization-of-64",
    { D, "S", "UT", NULL, X64, NOW_S, UNTIL, NULL, NULL },
    TRUE },
  { "organization-of-65",
    { D, "S", "UT", NULL, X64 "x", NOW_S, UNTIL, NULL, NULL },
    FALSE },
  { "ends-when-it-begins",
    { D, "S", "UT", NULL, NULL, NOW_S, NOW_S, NULL, NULL },
    FALSE },
  { "begins-before-1970",
    { D, "S", "UT", NULL, NULL, -1, UNTIL, NULL, NULL },
    FALSE },
  { "begins-in-1970",
    { D, "S", "UT", NULL, NULL, 0, UNTIL, NULL, NULL },
    TRUE },
  { "ends-in-9999",
    { D, "S", "UT", NULL, NULL, NOW_S, LAST_S, NULL, NULL },
    TRUE },
  { "ends-in-10000",
    { D, "S", "UT", NULL, NULL, NOW_S, LAST_S + 1, NULL, NULL },
    FALSE },
  { "uri-not-ascii",
    { D, "S", "UT", NULL, NULL, NOW_S, UNTIL, "https://\xc3\xa8", NULL },
    FALSE },
  { "crl-uri-not-ascii",
    { D, "S", "UT", NULL, NULL, NOW_S, UNTIL, NULL, "https://\xc3\xa8" },
    FALSE },
  { "ds-as-ca",
    { MDOC_LINT_DOCUMENT_SIGNER,
      TRUE,
      "S",
      "UT",
      NULL,
      NULL,
      NOW_S,
      UNTIL,
      NULL,
      NULL },
    FALSE },
  { "iaca-without-ca",
    { MDOC_LINT_IACA, FALSE, "S", "UT", NULL, NULL, NOW_S, UNTIL, NULL, NULL },
    FALSE },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCertificate) certificate = NULL;

  certificate = mdoc_certificate_build (&c->template_,
                                        mdoc_key_get_public (leaf_key),
                                        iaca,
                                        ca_key,
                                        &error);
  g_assert_cmpint (certificate != NULL, ==, c->accepted);
  if (c->accepted)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
}

static void
assert_no_build (MdocCertificate *issuer, MdocKey *issuer_key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCertificate) certificate = NULL;

  certificate = mdoc_certificate_build (&ds_template,
                                        mdoc_key_get_public (leaf_key),
                                        issuer,
                                        issuer_key,
                                        &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_null (certificate);
}

/* The key has to be the issuer's, the issuer a CA, and the key fit for ECDSA.
 */
static void
test_issuer (void)
{
  g_autoptr (MdocCertificate) ds = build (&ds_template);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) x25519 = mdoc_key_generate (MDOC_CURVE_X25519, &error);

  g_assert_no_error (error);
  assert_no_build (iaca, leaf_key);
  assert_no_build (NULL, ca_key);
  assert_no_build (ds, leaf_key);
  assert_no_build (iaca, x25519);
}

static gboolean
fail_to_sign (gpointer impl,
              MdocAlg alg,
              const MdocSpan *message_parts,
              gsize n_parts,
              guint8 *ret_signature,
              gsize *ret_len,
              GError **error)
{
  g_set_error_literal (error,
                       MDOC_CRYPTO_ERROR,
                       MDOC_CRYPTO_ERROR_DEVICE,
                       "the token was pulled out");
  return FALSE;
}

/* A key in hardware that fails: its own error is what the caller hears. */
static void
test_failing_key (void)
{
  static const MdocKeyClass failing = { .kind = "token", .sign = fail_to_sign };
  g_autoptr (MdocKey) token = mdoc_key_new (&failing,
                                            NULL,
                                            mdoc_key_get_public (ca_key));
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) crl_error = NULL;
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GBytes) crl = NULL;

  certificate = mdoc_certificate_build (&ds_template,
                                        mdoc_key_get_public (leaf_key),
                                        iaca,
                                        token,
                                        &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
  g_assert_null (certificate);
  crl = mdoc_crl_build (iaca, token, NULL, NOW_S, NOW_S + 1, &crl_error);
  g_assert_error (crl_error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
  g_assert_null (crl);
}

/* An issuer without a key identifier is named by the hash of its key, which is
 * what its own identifier would be. */
static void
test_issuer_without_ski (void)
{
  const MdocTestCertificate template_ = { .is_root = TRUE };
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (MdocCertificate) leaf = NULL;
  g_autoptr (GError) error = NULL;
  guint8 sha1[20];

  root = mdoc_test_certificate_new (&template_, ca_key, NULL, ca_key);
  g_assert_cmpuint (mdoc_certificate_get_ski (root).len, ==, 0);
  leaf = mdoc_certificate_build (&ds_template,
                                 mdoc_key_get_public (leaf_key),
                                 root,
                                 ca_key,
                                 &error);
  g_assert_no_error (error);
  mdoc_certificate_hash_key (mdoc_key_get_public (ca_key), sha1);
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_aki (leaf),
                                  MDOC_SPAN (sha1, sizeof (sha1))));
}

/* Annex B's CRL: version 2, two extensions, and no list if it is empty. */
static void
test_crl (void)
{
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) crl = mdoc_crl_build (iaca,
                                           ca_key,
                                           nothing,
                                           NOW_S,
                                           NOW_S + 1,
                                           &error);
  g_autofree char *hex = NULL;

  g_assert_no_error (error);
  hex = mdoc_hex_encode (mdoc_span_from_bytes (crl));
  /* nextUpdate, then the extensions at once; cRLNumber is the time */
  g_assert_nonnull (strstr (hex,
                            "170d3233313131343232313332315a"
                            "a0323030301f0603551d23041830168014"));
  g_assert_nonnull (strstr (hex,
                            "300d0603551d140406020465"
                            "53f100"));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  ca_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  leaf_key = mdoc_key_generate (MDOC_CURVE_P384, &error);
  g_assert_no_error (error);
  iaca = build (&iaca_template);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/certificate-build/case/",
                                           cases[i].name,
                                           NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/certificate-build/iaca", test_iaca);
  g_test_add_func ("/certificate-build/leaves", test_leaves);
  g_test_add_func ("/certificate-build/optional", test_optional);
  g_test_add_func ("/certificate-build/reader-ca", test_reader_ca);
  g_test_add_func ("/certificate-build/issuer", test_issuer);
  g_test_add_func ("/certificate-build/failing-key", test_failing_key);
  g_test_add_func ("/certificate-build/issuer-without-ski",
                   test_issuer_without_ski);
  g_test_add_func ("/certificate-build/crl", test_crl);

  status = g_test_run ();
  mdoc_certificate_unref (iaca);
  mdoc_key_unref (ca_key);
  mdoc_key_unref (leaf_key);
  return status;
}
