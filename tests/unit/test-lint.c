/*
 * test-lint.c - what the rules of Annex B say of certificates
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * long because: one table of all the rules, with the extensions it is made of
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

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

/* Extensions in hexadecimal; SKI and AKI stand for the key identifiers of the
 * certificate and of its issuer. The URI is "http://u." */
#define URI   "8609 687474703a2f2f752e"
#define EMAIL "8103 614062"
#define DNS   "8203 612e62"

#define SKI_EXT      "301d 0603551d0e 0416 0414 SKI"
#define SKI_CRITICAL "3020 0603551d0e 0101ff 0416 0414 SKI"
#define SKI_WRONG                                                              \
  "301d 0603551d0e 0416 0414 0000000000000000000000000000000000000000"
#define AKI_EXT "301f 0603551d23 0418 3016 8014 AKI"
#define AKI_WRONG                                                              \
  "301f 0603551d23 0418 3016 8014 0000000000000000000000000000000000000000"
#define AKI_EMPTY            "3009 0603551d23 0402 3000"
#define KU_SIGN              MDOC_TEST_KU_SIGN
#define KU_CA                MDOC_TEST_KU_CA
#define KU_SIGN_NOT_CRITICAL "300b 0603551d0f 0404 03020780"
#define KU_SIGN_AND_MORE     "300e 0603551d0f 0101ff 0404 030206c0"
#define KU_CERT_SIGN         "300e 0603551d0f 0101ff 0404 03020204"
#define BC_CA_0              MDOC_TEST_BC_CA_0
#define BC_CA_NOT_CRITICAL   "300f 0603551d13 0408 3006 0101ff 020100"
#define BC_NOT_CA            "300f 0603551d13 0101ff 0405 3003 010100"
#define EKU_DS                                                                 \
  "301e 0603551d25 0101ff 0414 3012 060728818c5d050102 06072881b534040102"
#define EKU_DS_NOT_CRITICAL                                                    \
  "301b 0603551d25 0414 3012 060728818c5d050102 06072881b534040102"
#define EKU_READER                                                             \
  "301e 0603551d25 0101ff 0414 3012 060728818c5d050106 06072881b534040106"
#define EKU_MDOC_DS  "3015 0603551d25 0101ff 040b 3009 06072881b534040102"
#define IAN          "3014 0603551d12 040d 300b" URI
#define IAN_EMAIL    "300e 0603551d12 0407 3005" EMAIL
#define IAN_BOTH     "3019 0603551d12 0412 3010" DNS URI
#define IAN_DNS      "300e 0603551d12 0407 3005" DNS
#define IAN_BAD      "3009 0603551d12 0402 0500"
#define IAN_MORE     "3010 0603551d12 0409 3005" EMAIL "0500"
#define IAN_EMPTY    "3007 0603551d12 0400"
#define IAN_CRITICAL "3017 0603551d12 0101ff 040d 300b" URI
#define CRLDP        "301a 0603551d1f 0413 3011 300f a00d a00b" URI
#define CRLDP_DNS    "3014 0603551d1f 040d 300b 3009 a007 a005" DNS
/* DNS and URI in one point; then a point each */
#define CRLDP_BOTH "301f 0603551d1f 0418 3016 3014 a012 a010" DNS URI
#define CRLDP_SECOND_DNS                                                       \
  "3025 0603551d1f 041e 301c 300f a00d a00b" URI "3009 a007 a005" DNS
#define CRLDP_REASONS    "301e 0603551d1f 0417 3015 3013 a00d a00b" URI "81020080"
#define CRLDP_RELATIVE   "300f 0603551d1f 0408 3006 3004 a002 a100"
#define CRLDP_NO_NAME    "300b 0603551d1f 0404 3002 3000"
#define CRLDP_EMPTY      "3009 0603551d1f 0402 3000"
#define CRLDP_BAD        "3009 0603551d1f 0402 0500"
#define CRLDP_NOTHING    "3007 0603551d1f 0400"
#define CRLDP_MORE       "301c 0603551d1f 0415 3011 300f a00d a00b" URI "0500"
#define CRLDP_BAD_POINT  "300b 0603551d1f 0404 3002 0500"
#define CRLDP_CRITICAL   "301d 0603551d1f 0101ff 0413 3011 300f a00d a00b" URI
#define UNKNOWN          "3009 0603551d63 0402 0500"
#define UNKNOWN_CRITICAL "300c 0603551d63 0101ff 0402 0500"

#define IACA_EXT   SKI_EXT KU_CA BC_CA_0 IAN
#define DS_EXT     AKI_EXT SKI_EXT KU_SIGN EKU_DS IAN CRLDP
#define READER_EXT AKI_EXT SKI_EXT KU_SIGN EKU_READER CRLDP

static MdocKey *ca_key;
static MdocKey *leaf_key;
static MdocCertificate *iaca; /* "C=UT,CN=Root" */

typedef struct
{
  const char *name;
  MdocLintProfile profile;
  MdocTestCertificate template_;
  const char *expected;
} Case;

#define I MDOC_LINT_IACA
#define D MDOC_LINT_DOCUMENT_SIGNER
#define R MDOC_LINT_READER
#define EXT(extensions_)                                                       \
  {                                                                            \
    .extensions = extensions_                                                  \
  }

static const Case cases[] = {
  { "iaca", I, EXT (IACA_EXT), "" },
  { "ds", D, EXT (DS_EXT), "" },
  { "reader", R, EXT (READER_EXT), "" },

  { "version-1",
    D,
    { .version = 1, .extensions = "" },
    "version aki ski key-usage eku eku-mdoc? ian crldp" },
  { "serial-negative",
    D,
    { .serial = "8001020304050607", .extensions = DS_EXT },
    "serial-positive" },
  { "serial-zero",
    D,
    { .serial = "00", .extensions = DS_EXT },
    "serial-positive serial-length" },
  { "serial-of-1",
    D,
    { .serial = "05", .extensions = DS_EXT },
    "serial-length" },
  { "serial-of-7",
    D,
    { .serial = "01020304050607", .extensions = DS_EXT },
    "serial-length" },
  { "serial-of-20",
    D,
    { .serial = "0102030405060708091011121314151617181920",
      .extensions = DS_EXT },
    "" },
  { "serial-of-21",
    D,
    { .serial = "010203040506070809101112131415161718192021",
      .extensions = DS_EXT },
    "serial-length" },
  { "algorithm-rsa",
    D,
    { .algorithm = "300d 06092a864886f70d01010b 0500", .extensions = DS_EXT },
    "signature-algorithm signature" },
  { "algorithm-eddsa",
    D,
    { .algorithm = "3005 06032b6570", .extensions = DS_EXT },
    "signature-algorithm signature" },
  { "signature", D, { .is_forged = TRUE, .extensions = DS_EXT }, "signature" },
  { "iaca-signature",
    I,
    { .is_forged = TRUE, .extensions = IACA_EXT },
    "signature" },
  { "iaca-not-self-issued",
    I,
    { .issuer = "C=UT,CN=Other", .extensions = IACA_EXT },
    "issuer-is-subject" },
  { "issuer-name",
    D,
    { .issuer = "C=UT,CN=Other", .extensions = DS_EXT },
    "issuer-name" },

  { "validity-turned",
    D,
    { .not_before_s = MDOC_TEST_NOW_S,
      .not_after_s = MDOC_TEST_NOW_S,
      .extensions = DS_EXT },
    "validity-order" },
  /* 2022, and 2050, in GeneralizedTime */
  { "validity-generalized-too-early",
    I,
    { .validity = "180f32303232303130313030303030305a"
                  "180f32303233303130313030303030305a",
      .extensions = IACA_EXT },
    "validity-encoding" },
  { "validity-second-too-early",
    I,
    { .validity = "170d3232303130313030303030305a"
                  "180f32303233303130313030303030305a",
      .extensions = IACA_EXT },
    "validity-encoding" },
  { "validity-generalized-in-time",
    I,
    { .validity = "170d3439303130313030303030305a"
                  "180f32303530303130313030303030305a",
      .extensions = IACA_EXT },
    "" },
  { "validity-before-issuer",
    D,
    { .not_before_s = MDOC_TEST_NOT_BEFORE_S - 1, .extensions = DS_EXT },
    "validity-issuer?" },
  { "validity-after-issuer",
    D,
    { .not_after_s = MDOC_TEST_NOT_AFTER_S + 1, .extensions = DS_EXT },
    "validity-issuer?" },

  { "no-country",
    D,
    { .subject = "CN=Leaf", .extensions = DS_EXT },
    "country" },
  { "lower-case-country",
    D,
    { .subject = "C=ut,CN=Leaf", .extensions = DS_EXT },
    "country country-match" },
  { "mixed-case-country",
    D,
    { .subject = "C=Ut,CN=Leaf", .extensions = DS_EXT },
    "country country-match" },
  { "country-with-small-first",
    D,
    { .subject = "C=uT,CN=Leaf", .extensions = DS_EXT },
    "country country-match" },
  { "country-of-three",
    I,
    { .subject = "C=UTO,CN=Root", .extensions = IACA_EXT },
    "country" },
  { "another-country",
    D,
    { .subject = "C=UX,CN=Leaf", .extensions = DS_EXT },
    "country-match" },
  { "reader-without-country",
    R,
    { .subject = "CN=Leaf", .extensions = READER_EXT },
    "" },
  { "reader-of-another-country",
    R,
    { .subject = "C=UX,CN=Leaf", .extensions = READER_EXT },
    "" },
  { "reader-with-odd-country",
    R,
    { .subject = "C=u,CN=Leaf", .extensions = READER_EXT },
    "country" },
  { "state-in-leaf-alone",
    D,
    { .subject = "C=UT,ST=A,CN=Leaf", .extensions = DS_EXT },
    "" },
  { "no-common-name",
    D,
    { .subject = "C=UT", .extensions = DS_EXT },
    "common-name" },
  { "empty-common-name",
    D,
    { .subject = "C=UT,CN=", .extensions = DS_EXT },
    "common-name" },
  { "common-name-twice",
    D,
    { .subject = "C=UT,CN=Leaf,CN=Other", .extensions = DS_EXT },
    "name-twice" },
  { "country-twice",
    D,
    { .subject = "C=UT,CN=Leaf,C=UT", .extensions = DS_EXT },
    "name-twice" },
  { "state-twice",
    D,
    { .subject = "C=UT,ST=A,CN=Leaf,ST=B", .extensions = DS_EXT },
    "name-twice" },
  { "organization-twice",
    D,
    { .subject = "C=UT,O=A,CN=Leaf,O=B", .extensions = DS_EXT },
    "" },
  { "compressed-point",
    D,
    { .is_compressed = TRUE, .extensions = DS_EXT },
    "public-key-uncompressed" },

  { "no-extensions",
    I,
    EXT (""),
    "ski key-usage basic-constraints path-length ian" },
  { "aki-missing", D, EXT (SKI_EXT KU_SIGN EKU_DS IAN CRLDP), "aki" },
  { "aki-empty", D, EXT (AKI_EMPTY SKI_EXT KU_SIGN EKU_DS IAN CRLDP), "aki" },
  { "aki-wrong",
    D,
    EXT (AKI_WRONG SKI_EXT KU_SIGN EKU_DS IAN CRLDP),
    "aki-value" },
  { "iaca-with-aki",
    I,
    EXT ("301f 0603551d23 0418 3016 8014 SKI" IACA_EXT),
    "" },
  { "iaca-with-wrong-aki", I, EXT (AKI_WRONG IACA_EXT), "aki-value" },
  { "ski-missing", D, EXT (AKI_EXT KU_SIGN EKU_DS IAN CRLDP), "ski" },
  { "ski-wrong",
    D,
    EXT (AKI_EXT SKI_WRONG KU_SIGN EKU_DS IAN CRLDP),
    "ski-value" },
  { "ski-critical",
    D,
    EXT (AKI_EXT SKI_CRITICAL KU_SIGN EKU_DS IAN CRLDP),
    "not-critical" },
  { "key-usage-missing",
    D,
    EXT (AKI_EXT SKI_EXT EKU_DS IAN CRLDP),
    "key-usage" },
  { "key-usage-and-more",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN_AND_MORE EKU_DS IAN CRLDP),
    "key-usage" },
  { "key-usage-not-critical",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN_NOT_CRITICAL EKU_DS IAN CRLDP),
    "key-usage-critical" },
  { "iaca-without-crl-sign",
    I,
    EXT (SKI_EXT KU_CERT_SIGN BC_CA_0 IAN),
    "key-usage" },
  { "ds-that-is-a-ca", D, EXT (BC_CA_0 DS_EXT), "basic-constraints" },
  { "ds-that-says-no-ca", D, EXT (BC_NOT_CA DS_EXT), "" },
  { "reader-that-is-a-ca",
    R,
    EXT (MDOC_TEST_BC_CA READER_EXT),
    "basic-constraints" },
  { "iaca-that-is-no-ca",
    I,
    EXT (SKI_EXT KU_CA BC_NOT_CA IAN),
    "basic-constraints path-length" },
  { "iaca-basic-constraints-not-critical",
    I,
    EXT (SKI_EXT KU_CA BC_CA_NOT_CRITICAL IAN),
    "basic-constraints-critical" },
  { "iaca-without-path-length",
    I,
    EXT (SKI_EXT KU_CA MDOC_TEST_BC_CA IAN),
    "path-length" },
  { "iaca-with-path-length-1",
    I,
    EXT (SKI_EXT KU_CA MDOC_TEST_BC_CA_1 IAN),
    "path-length" },
  { "eku-missing",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN IAN CRLDP),
    "eku eku-mdoc?" },
  { "eku-not-critical",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN EKU_DS_NOT_CRITICAL IAN CRLDP),
    "eku-critical" },
  { "eku-mdoc-alone",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN EKU_MDOC_DS IAN CRLDP),
    "eku" },
  { "eku-mdl-alone",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN MDOC_TEST_EKU_DS IAN CRLDP),
    "eku-mdoc?" },
  { "eku-of-a-reader",
    D,
    EXT (AKI_EXT SKI_EXT KU_SIGN EKU_READER IAN CRLDP),
    "eku eku-mdoc?" },
  { "reader-with-eku-of-ds",
    R,
    EXT (AKI_EXT SKI_EXT KU_SIGN EKU_DS CRLDP),
    "eku eku-mdoc?" },
  { "reader-eku-mdl-alone",
    R,
    EXT (AKI_EXT SKI_EXT KU_SIGN MDOC_TEST_EKU_READER CRLDP),
    "eku-mdoc?" },
  { "iaca-with-eku", I, EXT (EKU_DS IACA_EXT), "eku-absent?" },
  { "ian-missing", D, EXT (AKI_EXT SKI_EXT KU_SIGN EKU_DS CRLDP), "ian" },
  { "iaca-ian-missing", I, EXT (SKI_EXT KU_CA BC_CA_0), "ian" },
  { "ian-email", I, EXT (SKI_EXT KU_CA BC_CA_0 IAN_EMAIL), "" },
  { "ian-second-is-uri", I, EXT (SKI_EXT KU_CA BC_CA_0 IAN_BOTH), "" },
  { "ian-dns", I, EXT (SKI_EXT KU_CA BC_CA_0 IAN_DNS), "ian-value" },
  { "ian-malformed", I, EXT (SKI_EXT KU_CA BC_CA_0 IAN_BAD), "ian-value" },
  { "ian-trailing", I, EXT (SKI_EXT KU_CA BC_CA_0 IAN_MORE), "ian-value" },
  { "ian-critical",
    I,
    EXT (SKI_EXT KU_CA BC_CA_0 IAN_CRITICAL),
    "not-critical" },
  { "reader-ian-dns", R, EXT (READER_EXT IAN_DNS), "ian-value" },
  { "crldp-missing", D, EXT (AKI_EXT SKI_EXT KU_SIGN EKU_DS IAN), "crldp" },
  { "reader-crldp-missing",
    R,
    EXT (AKI_EXT SKI_EXT KU_SIGN EKU_READER),
    "crldp" },
  { "iaca-with-crldp", I, EXT (IACA_EXT CRLDP), "" },
  { "crldp-dns", I, EXT (IACA_EXT CRLDP_DNS), "crldp-value" },
  { "crldp-dns-and-uri", I, EXT (IACA_EXT CRLDP_BOTH), "" },
  { "crldp-second-dns", I, EXT (IACA_EXT CRLDP_SECOND_DNS), "crldp-value" },
  { "crldp-reasons", I, EXT (IACA_EXT CRLDP_REASONS), "crldp-value" },
  { "crldp-relative", I, EXT (IACA_EXT CRLDP_RELATIVE), "crldp-value" },
  { "crldp-no-name", I, EXT (IACA_EXT CRLDP_NO_NAME), "crldp-value" },
  { "crldp-empty", I, EXT (IACA_EXT CRLDP_EMPTY), "crldp-value" },
  { "crldp-malformed", I, EXT (IACA_EXT CRLDP_BAD), "crldp-value" },
  { "crldp-bad-point", I, EXT (IACA_EXT CRLDP_BAD_POINT), "crldp-value" },
  { "crldp-critical", I, EXT (IACA_EXT CRLDP_CRITICAL), "not-critical" },
  { "policy-mappings",
    I,
    EXT (IACA_EXT "3009 0603551d21 0402 3000"),
    "forbidden-extension" },
  { "name-constraints",
    I,
    EXT (IACA_EXT "3009 0603551d1e 0402 3000"),
    "forbidden-extension" },
  { "policy-constraints",
    I,
    EXT (IACA_EXT "3009 0603551d24 0402 3000"),
    "forbidden-extension" },
  { "inhibit-any-policy",
    I,
    EXT (IACA_EXT "300a 0603551d36 0403 020100"),
    "forbidden-extension" },
  { "freshest-crl",
    I,
    EXT (IACA_EXT "3009 0603551d2e 0402 3000"),
    "forbidden-extension" },
  { "certificate-policies", I, EXT (IACA_EXT "3009 0603551d20 0402 3000"), "" },
  { "unknown", D, EXT (DS_EXT UNKNOWN), "" },
  { "unknown-critical",
    D,
    EXT (DS_EXT UNKNOWN_CRITICAL),
    "critical-extension" },
};

static char *
hash_point (MdocKey *key)
{
  MdocPublicKey *public_key = mdoc_key_get_public (key);
  const MdocSpan x = mdoc_public_key_get_x (public_key);
  const MdocSpan y = mdoc_public_key_get_y (public_key);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);

  g_checksum_update (sha1, (const guchar *) "\4", 1);
  g_checksum_update (sha1, x.data, (gssize) x.len);
  g_checksum_update (sha1, y.data, (gssize) y.len);
  return g_strdup (g_checksum_get_string (sha1));
}

/* Puts the key identifiers into a template's extensions. */
static char *
expand (const char *extensions, MdocKey *key)
{
  g_autoptr (GString) text = g_string_new (extensions);
  g_autofree char *ski = hash_point (key);
  g_autofree char *aki = hash_point (ca_key);

  g_string_replace (text, "SKI", ski, 0);
  g_string_replace (text, "AKI", aki, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static MdocCertificate *
make (const MdocTestCertificate *what, MdocLintProfile profile)
{
  MdocTestCertificate template_ = *what;
  const gboolean is_root = profile == MDOC_LINT_IACA;
  MdocKey *key = is_root ? ca_key : leaf_key;
  g_autofree char *extensions = expand (what->extensions, key);

  template_.is_root = is_root;
  template_.extensions = extensions;
  return mdoc_test_certificate_new (&template_,
                                    key,
                                    is_root ? NULL : iaca,
                                    ca_key);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MdocCertificate) certificate = make (&c->template_, c->profile);

  assert_findings (certificate, c->profile, iaca, c->expected);
}

/* An IACA of a state has document signers of that state. */
static void
test_state (void)
{
  static const struct
  {
    const char *subject;
    const char *expected;
  } tries[] = {
    { "C=UT,ST=A,CN=Leaf", "" },
    { "C=UT,ST=B,CN=Leaf", "state-match" },
    { "C=UT,CN=Leaf", "state-match" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      const MdocTestCertificate template_ = { .subject = tries[i].subject,
                                              .issuer = "C=UT,ST=A,CN=Root",
                                              .extensions = DS_EXT };
      g_autoptr (MdocCertificate) certificate = make (&template_, D);

      assert_findings (certificate, D, NULL, tries[i].expected);
    }
}

/* What is said of a rule, where a rule is broken in several ways. */
static void
test_details (void)
{
  static const struct
  {
    MdocLintProfile profile;
    MdocTestCertificate template_;
    const char *rule;
    const char *detail; /* a part of it */
  } tries[] = {
    { D, EXT (""), "key-usage", "is missing" },
    { D, EXT (KU_CA), "key-usage", "bits 0x60 instead of 0x1" },
    { I, EXT (KU_CA), "basic-constraints", "is missing" },
    { I, EXT ("3009 0603551d13 0402 3000"), "basic-constraints", "is no CA" },
    { I, EXT (IAN_EMPTY), "ian-value", "is malformed" },
    { I, EXT (IAN_BAD), "ian-value", "is malformed" },
    { I, EXT (IAN_DNS), "ian-value", "neither an e-mail" },
    { I, EXT (CRLDP_NOTHING), "crldp-value", "is malformed" },
    { I, EXT (CRLDP_MORE), "crldp-value", "is malformed" },
    { I, EXT (CRLDP_BAD_POINT), "crldp-value", "is malformed" },
    { I, EXT (CRLDP_NO_NAME), "crldp-value", "without a full name" },
    { I, EXT (CRLDP_RELATIVE), "crldp-value", "without a full name" },
    { I, EXT (CRLDP_REASONS), "crldp-value", "with reasons" },
    { I, EXT (CRLDP_DNS), "crldp-value", "without a URI" },
    { D,
      EXT (UNKNOWN_CRITICAL "300c 0603551d62 0101ff 0402 0500"),
      "critical-extension",
      "2.5.29.99 is critical" },
    { D,
      EXT ("300a 060180 0101ff 0402 0500"),
      "critical-extension",
      "a malformed one is critical" },
    { D,
      { .algorithm = "3004 06022a03", .extensions = "" },
      "signature-algorithm",
      "1.2.3 is not ECDSA" },
    { D,
      { .algorithm = "3004 06022a80", .extensions = "" },
      "signature-algorithm",
      "malformed algorithm" },
    { D,
      { .algorithm = "3004 06022a03", .extensions = "" },
      "signature",
      "signature algorithm 1.2.3" },
    { D,
      { .is_forged = TRUE, .extensions = "" },
      "signature",
      "is not the issuer's" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (MdocCertificate) certificate = make (&tries[i].template_,
                                                      tries[i].profile);
      g_autoptr (GPtrArray) findings = NULL;
      const char *detail = NULL;

      findings = mdoc_certificate_lint (certificate, tries[i].profile, iaca);
      for (guint j = 0; j < findings->len; j++)
        {
          const MdocLintFinding *finding = g_ptr_array_index (findings, j);

          if (g_str_equal (finding->rule, tries[i].rule))
            detail = finding->detail;
        }
      g_test_message ("%s: %s", tries[i].rule, tries[i].detail);
      g_assert_nonnull (detail);
      if (strstr (detail, tries[i].detail) == NULL)
        g_error ("\"%s\" does not say \"%s\"", detail, tries[i].detail);
    }
}

/* A country that is UTF-8 and not PrintableString, or no text at all. */
static void
test_country_encoding (void)
{
  const MdocTestCertificate template_ = { .extensions = IACA_EXT };
  g_autoptr (MdocCertificate) good = make (&template_, I);
  g_autoptr (GBytes) octets = NULL;
  g_autoptr (MdocCertificate) no_text = NULL;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) both = NULL;
  g_autoptr (MdocCertificate) odd = NULL;
  g_autoptr (GError) error = NULL;

  /* in issuer and subject, which are to stay the same */
  first = mdoc_test_patch (mdoc_certificate_get_der (good),
                           "0603550406 1302 5554",
                           "0603550406 0c02 5554");
  both = mdoc_test_patch (first,
                          "0603550406 1302 5554",
                          "0603550406 0c02 5554");
  odd = mdoc_certificate_parse (both, &error);
  g_assert_no_error (error);
  assert_findings (odd, I, NULL, "signature country-encoding");

  octets = mdoc_test_patch (both,
                            "5a 301c 310b 3009 0603550406 0c02 5554",
                            "5a 301c 310b 3009 0603550406 0402 5554");
  no_text = mdoc_certificate_parse (octets, &error);
  g_assert_no_error (error);
  assert_findings (no_text,
                   I,
                   NULL,
                   "signature issuer-is-subject country country-encoding");
}

/* A key that agrees and cannot sign is no leaf's; EdDSA is no IACA's. */
static void
test_public_key (void)
{
  const MdocTestCertificate template_ = { .extensions = "" };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) x25519 = mdoc_key_generate (MDOC_CURVE_X25519, &error);
  g_autoptr (MdocCertificate) leaf = NULL;

  g_assert_no_error (error);
  leaf = mdoc_test_certificate_new (&template_, x25519, iaca, ca_key);
  assert_findings (leaf,
                   D,
                   iaca,
                   "public-key aki ski key-usage eku eku-mdoc? ian crldp");
  assert_findings (leaf,
                   I,
                   NULL,
                   "signature issuer-is-subject public-key ski key-usage "
                   "basic-constraints path-length ian");

  if (mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    {
      g_autoptr (MdocKey) ed = mdoc_key_generate (MDOC_CURVE_ED25519, &error);
      g_autoptr (MdocCertificate) ed_leaf = NULL;

      ed_leaf = mdoc_test_certificate_new (&template_, ed, iaca, ca_key);
      assert_findings (ed_leaf,
                       D,
                       iaca,
                       "aki ski key-usage eku eku-mdoc? ian crldp");
      assert_findings (ed_leaf,
                       I,
                       NULL,
                       "signature issuer-is-subject public-key ski key-usage "
                       "basic-constraints path-length ian");
    }
}

/* Each rule stands once, and is of a test case here. */
static void
test_rules (void)
{
  for (guint profile = 0; profile <= MDOC_LINT_READER; profile++)
    {
      const char *const *rules = mdoc_certificate_lint_get_rules (
          (MdocLintProfile) profile);
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      g_assert_cmpuint (g_strv_length ((char **) (guintptr) rules), >, 25);
      for (guint i = 0; rules[i] != NULL; i++)
        g_assert_true (g_hash_table_add (seen, (char *) (guintptr) rules[i]));
      g_assert_true (g_hash_table_contains (seen, "version"));
      g_assert_cmpint (g_hash_table_contains (seen, "path-length"),
                       ==,
                       profile == MDOC_LINT_IACA);
      g_assert_cmpint (g_hash_table_contains (seen, "eku"),
                       ==,
                       profile != MDOC_LINT_IACA);
    }
}

int
main (int argc, char **argv)
{
  const MdocTestCertificate iaca_template = { .extensions = IACA_EXT };
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  ca_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  leaf_key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  iaca = make (&iaca_template, MDOC_LINT_IACA);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/lint/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/lint/state", test_state);
  g_test_add_func ("/lint/details", test_details);
  g_test_add_func ("/lint/country-encoding", test_country_encoding);
  g_test_add_func ("/lint/public-key", test_public_key);
  g_test_add_func ("/lint/rules", test_rules);
  g_test_add_func ("/lint/annex-d", test_annex_d);
  g_test_add_func ("/lint/built", test_built);

  status = g_test_run ();
  mdoc_certificate_unref (iaca);
  mdoc_key_unref (ca_key);
  mdoc_key_unref (leaf_key);
  return status;
}
