/*
 * test-lint.c - what the rules of Annex B say of certificates
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-vectors.h"

#define DAY_S ((gint64) 24 * 60 * 60)
#define NOW_S ((gint64) 1700000000)

static MdocCertificate *
annex_d_certificate (const char *name)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate = mdoc_certificate_parse (der, &error);

  g_assert_no_error (error);
  return certificate;
}

/* "rule rule? ", a question mark for a warning */
static void
assert_findings (MdocCertificate *certificate,
                 MdocLintProfile profile,
                 MdocCertificate *issuer,
                 const char *expected)
{
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GString) found = g_string_new (NULL);

  findings = mdoc_certificate_lint (certificate, profile, issuer);
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      g_assert_true (g_strv_contains (mdoc_certificate_lint_get_rules (profile),
                                      finding->rule));
      g_assert_nonnull (finding->detail);
      g_string_append_printf (found,
                              "%s%s%s",
                              i > 0 ? " " : "",
                              finding->rule,
                              finding->is_warning ? "?" : "");
    }
  g_assert_cmpstr (found->str, ==, expected);
}

/* The standard's own examples break the standard's rules: their distribution
 * point is a DNS name, and the reader root is held to an IACA's profile. */
static void
test_annex_d (void)
{
  g_autoptr (MdocCertificate) iaca = annex_d_certificate ("iaca_cert_der");
  g_autoptr (MdocCertificate) ds = annex_d_certificate ("ds_cert_der");
  g_autoptr (MdocCertificate) root = annex_d_certificate (
      "reader_root_cert_der");
  g_autoptr (MdocCertificate) reader = annex_d_certificate ("reader_cert_der");

  assert_findings (iaca, MDOC_LINT_IACA, NULL, "crldp-value");
  assert_findings (ds,
                   MDOC_LINT_DOCUMENT_SIGNER,
                   iaca,
                   "eku-mdoc? crldp-value");
  assert_findings (root, MDOC_LINT_IACA, NULL, "country ian crldp-value");
  assert_findings (reader, MDOC_LINT_READER, root, "eku-mdoc? crldp-value");
  /* without the issuer nothing is found that only the issuer could tell */
  assert_findings (ds,
                   MDOC_LINT_DOCUMENT_SIGNER,
                   root,
                   "signature issuer-name aki-value eku-mdoc? crldp-value");
  assert_findings (ds,
                   MDOC_LINT_DOCUMENT_SIGNER,
                   NULL,
                   "eku-mdoc? crldp-value");
}

static MdocCertificate *
build (MdocLintProfile profile,
       gboolean is_ca,
       gint64 days,
       MdocKey *key,
       MdocCertificate *issuer,
       MdocKey *issuer_key)
{
  const MdocCertificateTemplate template_ = {
    .profile = profile,
    .is_ca = is_ca,
    .common_name = "Utopia",
    .country = "ut",
    .state = "UT-A",
    .organization = "Ministry",
    .not_before_unix_s = NOW_S,
    .not_after_unix_s = NOW_S + days * DAY_S,
    .issuer_alt_uri = "https://utopia.example",
    .crl_uri = "https://utopia.example/crl",
  };
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate;

  certificate = mdoc_certificate_build (&template_,
                                        mdoc_key_get_public (key),
                                        issuer,
                                        issuer_key,
                                        &error);
  g_assert_no_error (error);
  return certificate;
}

/* What we build by a profile is clean by that profile, for every curve; and a
 * life of a day too long is found. */
static void
test_built (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256,
                                      MDOC_CURVE_P384,
                                      MDOC_CURVE_P521,
                                      MDOC_CURVE_BRAINPOOL_P256R1,
                                      MDOC_CURVE_BRAINPOOL_P320R1,
                                      MDOC_CURVE_BRAINPOOL_P384R1,
                                      MDOC_CURVE_BRAINPOOL_P512R1 };

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = mdoc_key_generate (curves[i], &error);
      g_autoptr (MdocCertificate) iaca = NULL;
      g_autoptr (MdocCertificate) ds = NULL;
      g_autoptr (MdocCertificate) reader = NULL;
      g_autoptr (MdocCertificate) long_iaca = NULL;
      g_autoptr (MdocCertificate) long_ds = NULL;
      g_autoptr (MdocCertificate) long_reader = NULL;

      g_assert_no_error (error);
      iaca = build (MDOC_LINT_IACA, TRUE, 20 * 365 + 5, key, NULL, key);
      ds = build (MDOC_LINT_DOCUMENT_SIGNER, FALSE, 457, key, iaca, key);
      reader = build (MDOC_LINT_READER, FALSE, 1187, key, iaca, key);
      assert_findings (iaca, MDOC_LINT_IACA, NULL, "");
      assert_findings (ds, MDOC_LINT_DOCUMENT_SIGNER, iaca, "");
      assert_findings (reader, MDOC_LINT_READER, iaca, "");

      long_iaca = build (MDOC_LINT_IACA, TRUE, 20 * 365 + 6, key, NULL, key);
      long_ds = build (MDOC_LINT_DOCUMENT_SIGNER, FALSE, 458, key, iaca, key);
      long_reader = build (MDOC_LINT_READER, FALSE, 1188, key, iaca, key);
      assert_findings (long_iaca, MDOC_LINT_IACA, NULL, "validity-length");
      assert_findings (long_ds,
                       MDOC_LINT_DOCUMENT_SIGNER,
                       iaca,
                       "validity-length");
      assert_findings (long_reader, MDOC_LINT_READER, iaca, "validity-length");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lint/annex-d", test_annex_d);
  g_test_add_func ("/lint/built", test_built);

  return g_test_run ();
}
