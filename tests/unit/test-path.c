/*
 * test-path.c - which chains mdoc_path_validate() lets pass
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

/* more extensions; 2.5.29.99 is not known to anybody */
#define KU_NON_REPUDIATION "300e 0603551d0f 0101ff 0404 03020640"
#define KU_SIGN_AND_MORE   "300e 0603551d0f 0101ff 0404 030206c0"
#define KU_NONE            "300d 0603551d0f 0101ff 0403 030100"
#define KU_NOT_CRITICAL    "300b 0603551d0f 0404 03020780"
#define KU_CRL_SIGN        "300e 0603551d0f 0101ff 0404 03020102"
#define BC_EMPTY           "300c 0603551d13 0101ff 0402 3000"
#define BC_NOT_CA          "300f 0603551d13 0101ff 0405 3003 010100"
#define EKU_NOT_CRITICAL   "3012 0603551d25 040b 3009 060728818c5d050102"
#define EKU_SAID_FALSE     "3015 0603551d25 010100 040b 3009 060728818c5d050102"
#define EKU_MDOC_DS        "3015 0603551d25 0101ff 040b 3009 06072881b534040102"
#define EKU_MDOC_READER    "3015 0603551d25 0101ff 040b 3009 06072881b534040106"
#define EKU_VICAL          "3015 0603551d25 0101ff 040b 3009 060728818c5d050108"
#define EKU_MDOC_VICAL     "3015 0603551d25 0101ff 040b 3009 06072881b534040108"
#define EKU_ANY            "3012 0603551d25 0101ff 0408 3006 0604551d2500"
#define EKU_TWO                                                                \
  "301e 0603551d25 0101ff 0414 3012 060728818c5d050102 06072881b534040102"
#define UNKNOWN                   "3009 0603551d63 0402 0500"
#define UNKNOWN_CRITICAL          "300c 0603551d63 0101ff 0402 0500"
#define PRIVATE_CRITICAL          "300d 06042a030405 0101ff 0402 0500"
#define NAME_CONSTRAINTS_CRITICAL "300c 0603551d1e 0101ff 0402 3000"
#define AIA_CRITICAL              "3011 06082b06010505070101 0101ff 0402 3000"
#define SKI_CRITICAL              "300d 0603551d0e 0101ff 0403 040101"

#define KU  MDOC_TEST_KU_SIGN
#define EKU MDOC_TEST_EKU_DS

/* Two keys are enough for all certificates here but the forged ones. */
static MdocKey *ca_key;
static MdocKey *leaf_key;
static MdocKey *forger_key;

typedef struct
{
  const char *name;
  MdocTestCertificate leaf;
  MdocTestCertificate root;
  MdocPathProfile profile;
  gint64 at_s; /* 0: MDOC_TEST_NOW_S */
  MdocPathResult expected;
} Case;

static const Case cases[] = {
  { .name = "good" },

  /* the validity of each, on both sides of both ends */
  { .name = "first-second", .at_s = MDOC_TEST_NOT_BEFORE_S },
  { .name = "before-first-second",
    .at_s = MDOC_TEST_NOT_BEFORE_S - 1,
    .expected = MDOC_PATH_NOT_YET_VALID },
  { .name = "last-second", .at_s = MDOC_TEST_NOT_AFTER_S },
  { .name = "after-last-second",
    .at_s = MDOC_TEST_NOT_AFTER_S + 1,
    .expected = MDOC_PATH_EXPIRED },
  { .name = "root-first-second", .root = { .not_before_s = MDOC_TEST_NOW_S } },
  { .name = "root-before-first-second",
    .root = { .not_before_s = MDOC_TEST_NOW_S + 1 },
    .expected = MDOC_PATH_NOT_YET_VALID },
  { .name = "root-last-second", .root = { .not_after_s = MDOC_TEST_NOW_S } },
  { .name = "root-after-last-second",
    .root = { .not_after_s = MDOC_TEST_NOW_S - 1 },
    .expected = MDOC_PATH_EXPIRED },

  { .name = "leaf-without-extensions",
    .leaf = { .extensions = "" },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "leaf-of-version-1",
    .leaf = { .extensions = "", .version = 1 },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "key-usage-missing",
    .leaf = { .extensions = EKU },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "key-usage-other",
    .leaf = { .extensions = KU_NON_REPUDIATION EKU },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "key-usage-none",
    .leaf = { .extensions = KU_NONE EKU },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "key-usage-of-ca",
    .leaf = { .extensions = MDOC_TEST_KU_CA EKU },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "key-usage-and-more",
    .leaf = { .extensions = KU_SIGN_AND_MORE EKU } },
  { .name = "key-usage-not-critical",
    .leaf = { .extensions = KU_NOT_CRITICAL EKU } },

  { .name = "eku-missing",
    .leaf = { .extensions = KU },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-not-critical",
    .leaf = { .extensions = KU EKU_NOT_CRITICAL },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-said-not-critical",
    .leaf = { .extensions = KU EKU_SAID_FALSE },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-any",
    .leaf = { .extensions = KU EKU_ANY },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-reader",
    .leaf = { .extensions = KU MDOC_TEST_EKU_READER },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-vical",
    .leaf = { .extensions = KU EKU_VICAL },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-mdoc-reader",
    .leaf = { .extensions = KU EKU_MDOC_READER },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "eku-mdoc", .leaf = { .extensions = KU EKU_MDOC_DS } },
  { .name = "eku-both", .leaf = { .extensions = KU EKU_TWO } },
  { .name = "reader",
    .profile = MDOC_PATH_READER,
    .leaf = { .extensions = KU MDOC_TEST_EKU_READER } },
  { .name = "reader-mdoc",
    .profile = MDOC_PATH_READER,
    .leaf = { .extensions = KU EKU_MDOC_READER } },
  { .name = "reader-with-eku-ds",
    .profile = MDOC_PATH_READER,
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "reader-with-eku-mdoc-ds",
    .profile = MDOC_PATH_READER,
    .leaf = { .extensions = KU EKU_MDOC_DS },
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },
  { .name = "vical",
    .profile = MDOC_PATH_VICAL_SIGNER,
    .leaf = { .extensions = KU EKU_VICAL } },
  { .name = "vical-that-commits",
    .profile = MDOC_PATH_VICAL_SIGNER,
    .leaf = { .extensions = KU_NON_REPUDIATION EKU_VICAL } },
  { .name = "vical-of-ca",
    .profile = MDOC_PATH_VICAL_SIGNER,
    .leaf = { .extensions = MDOC_TEST_KU_CA EKU_VICAL },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "reader-that-commits",
    .profile = MDOC_PATH_READER,
    .leaf = { .extensions = KU_NON_REPUDIATION MDOC_TEST_EKU_READER },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "vical-mdoc",
    .profile = MDOC_PATH_VICAL_SIGNER,
    .leaf = { .extensions = KU EKU_MDOC_VICAL } },
  { .name = "vical-with-eku-ds",
    .profile = MDOC_PATH_VICAL_SIGNER,
    .expected = MDOC_PATH_EXTENDED_KEY_USAGE },

  { .name = "unknown-extension", .leaf = { .extensions = UNKNOWN KU EKU } },
  { .name = "unknown-critical-extension",
    .leaf = { .extensions = UNKNOWN_CRITICAL KU EKU },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },
  { .name = "unknown-critical-extension-last",
    .leaf = { .extensions = KU EKU UNKNOWN_CRITICAL },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },
  { .name = "private-critical-extension",
    .leaf = { .extensions = KU EKU PRIVATE_CRITICAL },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },
  { .name = "name-constraints",
    .leaf = { .extensions = KU EKU NAME_CONSTRAINTS_CRITICAL },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },
  { .name = "critical-aia",
    .leaf = { .extensions = KU EKU AIA_CRITICAL },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },
  { .name = "critical-ski", .leaf = { .extensions = KU EKU SKI_CRITICAL } },
  { .name = "root-unknown-critical-extension",
    .root = { .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA UNKNOWN_CRITICAL },
    .expected = MDOC_PATH_CRITICAL_EXTENSION },

  { .name = "root-without-extensions",
    .root = { .extensions = "" },
    .expected = MDOC_PATH_BASIC_CONSTRAINTS },
  { .name = "root-without-basic-constraints",
    .root = { .extensions = MDOC_TEST_KU_CA },
    .expected = MDOC_PATH_BASIC_CONSTRAINTS },
  { .name = "root-with-empty-basic-constraints",
    .root = { .extensions = MDOC_TEST_KU_CA BC_EMPTY },
    .expected = MDOC_PATH_BASIC_CONSTRAINTS },
  { .name = "root-that-says-no-ca",
    .root = { .extensions = MDOC_TEST_KU_CA BC_NOT_CA },
    .expected = MDOC_PATH_BASIC_CONSTRAINTS },
  { .name = "root-without-path-length",
    .root = { .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA } },
  { .name = "root-without-key-usage",
    .root = { .extensions = MDOC_TEST_BC_CA },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "root-that-signs-crls-alone",
    .root = { .extensions = KU_CRL_SIGN MDOC_TEST_BC_CA },
    .expected = MDOC_PATH_KEY_USAGE },
  { .name = "root-that-signs-data",
    .root = { .extensions = KU MDOC_TEST_BC_CA },
    .expected = MDOC_PATH_KEY_USAGE },

  { .name = "another-country",
    .leaf = { .subject = "C=UX,CN=Leaf" },
    .expected = MDOC_PATH_COUNTRY },
  { .name = "country-in-lower-case",
    .leaf = { .subject = "C=ut,CN=Leaf" },
    .expected = MDOC_PATH_COUNTRY },
  { .name = "no-country",
    .leaf = { .subject = "CN=Leaf" },
    .expected = MDOC_PATH_COUNTRY },
  { .name = "root-without-country",
    .root = { .subject = "CN=Root" },
    .expected = MDOC_PATH_COUNTRY },
  { .name = "nobody-has-a-country",
    .leaf = { .subject = "CN=Leaf" },
    .root = { .subject = "CN=Root" },
    .expected = MDOC_PATH_COUNTRY },
  { .name = "reader-of-another-country",
    .profile = MDOC_PATH_READER,
    .leaf = { .subject = "C=UX,CN=Leaf",
              .extensions = KU MDOC_TEST_EKU_READER } },
  { .name = "state",
    .leaf = { .subject = "C=UT,ST=A,CN=Leaf" },
    .root = { .subject = "C=UT,ST=A,CN=Root" } },
  { .name = "another-state",
    .leaf = { .subject = "C=UT,ST=B,CN=Leaf" },
    .root = { .subject = "C=UT,ST=A,CN=Root" },
    .expected = MDOC_PATH_STATE },
  { .name = "state-in-leaf-alone", .leaf = { .subject = "C=UT,ST=B,CN=Leaf" } },
  { .name = "state-in-root-alone", .root = { .subject = "C=UT,ST=A,CN=Root" } },
  { .name = "reader-of-another-state",
    .profile = MDOC_PATH_READER,
    .leaf = { .subject = "C=UT,ST=B,CN=Leaf",
              .extensions = KU MDOC_TEST_EKU_READER },
    .root = { .subject = "C=UT,ST=A,CN=Root" } },
};

static MdocPathResult
validate (GPtrArray *chain,
          GPtrArray *anchors,
          MdocPathProfile profile,
          gint64 at_s,
          MdocCertificate *expected_anchor)
{
  MdocCertificate *untouched = g_ptr_array_index (chain, 0);
  MdocCertificate *anchor = untouched;
  MdocPathResult result;

  result = mdoc_path_validate (chain, anchors, NULL, profile, at_s, &anchor);
  if (result == MDOC_PATH_OK)
    g_assert_true (anchor == expected_anchor);
  else
    g_assert_true (anchor == untouched);

  return result;
}

#define assert_path(result_, expected_)                                        \
  g_assert_cmpstr (mdoc_path_result_get_name (result_),                        \
                   ==,                                                         \
                   mdoc_path_result_get_name (expected_))

/* The root may be sent or not: the answer is the same. */
static void
test_case (gconstpointer data)
{
  const Case *c = data;
  const gint64 at_s = c->at_s != 0 ? c->at_s : MDOC_TEST_NOW_S;
  MdocTestCertificate root_template = c->root;
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (MdocCertificate) leaf = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GPtrArray) with_root = NULL;

  root_template.is_root = TRUE;
  root = mdoc_test_certificate_new (&root_template, ca_key, NULL, ca_key);
  leaf = mdoc_test_certificate_new (&c->leaf, leaf_key, root, ca_key);
  anchors = mdoc_test_certificates (root, NULL);
  chain = mdoc_test_certificates (leaf, NULL);
  with_root = mdoc_test_certificates (leaf, root, NULL);

  assert_path (validate (chain, anchors, c->profile, at_s, root), c->expected);
  assert_path (validate (with_root, anchors, c->profile, at_s, root),
               c->expected);
}

static MdocCertificate *
new_root (void)
{
  const MdocTestCertificate template_ = { .is_root = TRUE };

  return mdoc_test_certificate_new (&template_, ca_key, NULL, ca_key);
}

/* SKI of eight bytes 01, and an AKI that names it */
#define SKI_01 "300f 0603551d0e 0408 0406 010101010101"
#define AKI_01 "3011 0603551d23 040a 3008 8006 010101010101"

/* Who copies an anchor's name, key identifier, and even its public key, has
 * nothing: only its private key makes a certificate count. */
static void
test_forged (void)
{
  const MdocTestCertificate root_template = {
    .is_root = TRUE,
    .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA SKI_01
  };
  const MdocTestCertificate leaf_template = { .extensions = KU EKU AKI_01 };
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (MdocCertificate) forged_root = NULL;
  g_autoptr (MdocCertificate) stolen_key_root = NULL;
  g_autoptr (MdocCertificate) leaf = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) alone = NULL;
  g_autoptr (GPtrArray) with_forged_root = NULL;
  g_autoptr (GPtrArray) with_stolen_key = NULL;
  g_autoptr (GPtrArray) with_real_root = NULL;

  root = mdoc_test_certificate_new (&root_template, ca_key, NULL, ca_key);
  forged_root = mdoc_test_certificate_new (&root_template,
                                           forger_key,
                                           NULL,
                                           forger_key);
  stolen_key_root = mdoc_test_certificate_new (&root_template,
                                               ca_key,
                                               NULL,
                                               forger_key);
  leaf = mdoc_test_certificate_new (&leaf_template,
                                    leaf_key,
                                    forged_root,
                                    forger_key);
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_ski (forged_root),
                                  mdoc_certificate_get_ski (root)));
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_aki (leaf),
                                  mdoc_certificate_get_ski (root)));
  g_assert_true (mdoc_span_equal (mdoc_certificate_get_issuer_der (leaf),
                                  mdoc_certificate_get_subject_der (root)));

  anchors = mdoc_test_certificates (root, NULL);
  alone = mdoc_test_certificates (leaf, NULL);
  with_forged_root = mdoc_test_certificates (leaf, forged_root, NULL);
  with_stolen_key = mdoc_test_certificates (leaf, stolen_key_root, NULL);
  with_real_root = mdoc_test_certificates (leaf, root, NULL);

  for (guint profile = 0; profile <= MDOC_PATH_VICAL_SIGNER; profile++)
    {
      assert_path (validate (alone, anchors, profile, MDOC_TEST_NOW_S, NULL),
                   MDOC_PATH_NO_ANCHOR);
      assert_path (validate (with_forged_root,
                             anchors,
                             profile,
                             MDOC_TEST_NOW_S,
                             NULL),
                   MDOC_PATH_NO_ANCHOR);
      assert_path (validate (with_stolen_key,
                             anchors,
                             profile,
                             MDOC_TEST_NOW_S,
                             NULL),
                   MDOC_PATH_SIGNATURE);
      assert_path (validate (with_real_root,
                             anchors,
                             profile,
                             MDOC_TEST_NOW_S,
                             NULL),
                   MDOC_PATH_SIGNATURE);
    }
}

static void
test_links (void)
{
  const MdocTestCertificate good = { 0 };
  const MdocTestCertificate forged = { .is_forged = TRUE };
  const MdocTestCertificate of_other = { .issuer = "C=UT,CN=Other" };
  g_autoptr (MdocCertificate) root = new_root ();
  g_autoptr (MdocCertificate) leaf = NULL;
  g_autoptr (MdocCertificate) forged_leaf = NULL;
  g_autoptr (MdocCertificate) other_leaf = NULL;
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (root, NULL);
  g_autoptr (GPtrArray) nobody = mdoc_test_certificates (NULL, NULL);
  struct
  {
    GPtrArray *chain;
    GPtrArray *anchors;
    MdocPathResult expected;
  } tries[8];
  guint n = 0;

  leaf = mdoc_test_certificate_new (&good, leaf_key, root, ca_key);
  forged_leaf = mdoc_test_certificate_new (&forged, leaf_key, root, ca_key);
  other_leaf = mdoc_test_certificate_new (&of_other, leaf_key, root, ca_key);

#define TRY(expected_, anchors_, ...)                                          \
  tries[n].chain = mdoc_test_certificates (__VA_ARGS__, NULL);                 \
  tries[n].anchors = anchors_;                                                 \
  tries[n++].expected = expected_

  TRY (MDOC_PATH_NO_ANCHOR, nobody, leaf);
  TRY (MDOC_PATH_NO_ANCHOR, nobody, leaf, root);
  TRY (MDOC_PATH_NO_ANCHOR, anchors, forged_leaf);
  TRY (MDOC_PATH_SIGNATURE, anchors, forged_leaf, root);
  TRY (MDOC_PATH_NO_ANCHOR, anchors, other_leaf);
  TRY (MDOC_PATH_NAME, anchors, other_leaf, root);
  TRY (MDOC_PATH_NAME, nobody, root, leaf);
  TRY (MDOC_PATH_NAME, nobody, leaf, leaf);
#undef TRY

  for (guint i = 0; i < n; i++)
    {
      g_test_message ("try %u", i);
      assert_path (validate (tries[i].chain,
                             tries[i].anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOW_S,
                             root),
                   tries[i].expected);
      g_ptr_array_unref (tries[i].chain);
    }
}

/* A chain of @n_cas intermediate certificates, each of its own name, whose
 * extensions are @extensions, from the root down; "" for a self-issued one */
typedef struct
{
  const char *name;
  const char *root;
  const char *cas[4];
  guint self_issued; /* bits */
  MdocPathResult expected;
} Depth;

#define CA   MDOC_TEST_KU_CA MDOC_TEST_BC_CA
#define CA_0 MDOC_TEST_KU_CA MDOC_TEST_BC_CA_0
#define CA_1 MDOC_TEST_KU_CA MDOC_TEST_BC_CA_1

static const Depth depths[] = {
  { "one-below-1", CA_1, { CA_0 }, 0, MDOC_PATH_OK },
  { "one-below-0", CA_0, { CA_0 }, 0, MDOC_PATH_BASIC_CONSTRAINTS },
  { "two-below-any", CA, { CA_1, CA_0 }, 0, MDOC_PATH_OK },
  { "two-below-1", CA_1, { CA_1, CA_0 }, 0, MDOC_PATH_BASIC_CONSTRAINTS },
  { "inner-0", CA, { CA_0, CA }, 0, MDOC_PATH_BASIC_CONSTRAINTS },
  { "three-below-any", CA, { CA, CA, CA }, 0, MDOC_PATH_OK },
  { "three-below-1", CA, { CA_1, CA, CA }, 0, MDOC_PATH_BASIC_CONSTRAINTS },
  /* what a CA issued to itself, when it changed its key, does not count */
  { "self-issued-below-0", CA_0, { CA_0 }, 1, MDOC_PATH_OK },
  { "self-issued-and-one-below-0",
    CA_0,
    { CA_0, CA_0 },
    1,
    MDOC_PATH_BASIC_CONSTRAINTS },
  { "self-issued-and-one-below-1", CA_1, { CA_1, CA_0 }, 1, MDOC_PATH_OK },
  { "not-a-ca", CA, { MDOC_TEST_KU_CA }, 0, MDOC_PATH_BASIC_CONSTRAINTS },
  { "upper-not-a-ca",
    CA,
    { MDOC_TEST_KU_CA, CA },
    0,
    MDOC_PATH_BASIC_CONSTRAINTS },
  { "no-key-usage", CA, { MDOC_TEST_BC_CA }, 0, MDOC_PATH_KEY_USAGE },
  { "unknown-critical",
    CA,
    { CA UNKNOWN_CRITICAL },
    0,
    MDOC_PATH_CRITICAL_EXTENSION },
};

/* Fills @chain from the leaf up; returns the root. */
static MdocCertificate *
build_chain (const Depth *depth, GPtrArray *chain)
{
  const MdocTestCertificate leaf_template = { 0 };
  MdocTestCertificate template_ = { .is_root = TRUE,
                                    .extensions = depth->root };
  g_autoptr (MdocCertificate) root = NULL;
  MdocCertificate *issuer;

  root = mdoc_test_certificate_new (&template_, ca_key, NULL, ca_key);
  issuer = root;
  for (guint i = 0; i < G_N_ELEMENTS (depth->cas) && depth->cas[i] != NULL; i++)
    {
      g_autofree char *subject = g_strdup_printf ("C=UT,CN=CA %u", i);

      template_.subject = depth->self_issued & 1U << i ? "C=UT,CN=Root"
                                                       : subject;
      template_.extensions = depth->cas[i];
      issuer = mdoc_test_certificate_new (&template_, ca_key, issuer, ca_key);
      g_ptr_array_insert (chain, 0, issuer);
    }
  g_ptr_array_insert (chain,
                      0,
                      mdoc_test_certificate_new (&leaf_template,
                                                 leaf_key,
                                                 issuer,
                                                 ca_key));

  return g_steal_pointer (&root);
}

static void
test_depth (gconstpointer data)
{
  const Depth *depth = data;
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (NULL, NULL);
  g_autoptr (MdocCertificate) root = build_chain (depth, chain);
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (root, NULL);

  assert_path (validate (chain,
                         anchors,
                         MDOC_PATH_DOCUMENT_SIGNER,
                         MDOC_TEST_NOW_S,
                         root),
               depth->expected);
  g_ptr_array_add (chain, mdoc_certificate_ref (root));
  assert_path (validate (chain,
                         anchors,
                         MDOC_PATH_DOCUMENT_SIGNER,
                         MDOC_TEST_NOW_S,
                         root),
               depth->expected);
}

/* An anchor may be an intermediate certificate or the leaf. What a sender put
 * above it is not looked at, but the anchor itself is held to the rules. */
static void
test_anchor_inside (void)
{
  static const Depth depth = { "", CA, { CA, CA }, 0, MDOC_PATH_OK };
  const MdocTestCertificate expired = { .is_root = TRUE,
                                        .not_after_s = MDOC_TEST_NOW_S - 1 };
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (NULL, NULL);
  g_autoptr (MdocCertificate) root G_GNUC_UNUSED = build_chain (&depth, chain);
  g_autoptr (MdocCertificate) junk = NULL;

  junk = mdoc_test_certificate_new (&expired, forger_key, NULL, forger_key);
  g_ptr_array_add (chain, mdoc_certificate_ref (junk));
  for (guint i = 0; i < 3; i++)
    {
      MdocCertificate *inside = g_ptr_array_index (chain, i);
      g_autoptr (GPtrArray) anchors = mdoc_test_certificates (inside, NULL);

      assert_path (validate (chain,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOW_S,
                             inside),
                   MDOC_PATH_OK);
      assert_path (validate (chain,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOT_AFTER_S + 1,
                             inside),
                   MDOC_PATH_EXPIRED);
      assert_path (validate (chain,
                             anchors,
                             MDOC_PATH_READER,
                             MDOC_TEST_NOW_S,
                             inside),
                   MDOC_PATH_EXTENDED_KEY_USAGE);
    }
}

/* Two anchors of one name, as when a CA has changed its key: order is of no
 * importance, and the one that signed is named. */
static void
test_same_name (void)
{
  const MdocTestCertificate root_template = { .is_root = TRUE };
  const MdocTestCertificate leaf_template = { 0 };
  g_autoptr (MdocCertificate) root = new_root ();
  g_autoptr (MdocCertificate) other = NULL;
  g_autoptr (MdocCertificate) leaf = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  other = mdoc_test_certificate_new (&root_template,
                                     forger_key,
                                     NULL,
                                     forger_key);
  leaf = mdoc_test_certificate_new (&leaf_template, leaf_key, root, ca_key);
  chain = mdoc_test_certificates (leaf, NULL);
  first = mdoc_test_certificates (root, other, NULL);
  second = mdoc_test_certificates (other, root, NULL);
  assert_path (validate (chain,
                         first,
                         MDOC_PATH_DOCUMENT_SIGNER,
                         MDOC_TEST_NOW_S,
                         root),
               MDOC_PATH_OK);
  assert_path (validate (chain,
                         second,
                         MDOC_PATH_DOCUMENT_SIGNER,
                         MDOC_TEST_NOW_S,
                         root),
               MDOC_PATH_OK);
}

/* An empty chain, the longest, and one too long. */
static void
test_length (void)
{
  const MdocTestCertificate leaf_template = { 0 };
  g_autoptr (MdocCertificate) root = NULL;
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (NULL, NULL);
  g_autoptr (GPtrArray) anchors = NULL;
  MdocTestCertificate template_ = { .is_root = TRUE, .extensions = CA };
  MdocCertificate *issuer;

  root = mdoc_test_certificate_new (&template_, ca_key, NULL, ca_key);
  anchors = mdoc_test_certificates (root, NULL);
  assert_path (mdoc_path_validate (chain,
                                   anchors,
                                   NULL,
                                   MDOC_PATH_DOCUMENT_SIGNER,
                                   MDOC_TEST_NOW_S,
                                   NULL),
               MDOC_PATH_NO_CERTIFICATE);

  issuer = root;
  for (guint n = 1; n <= MDOC_CHAIN_MAX_LEN + 1; n++)
    {
      g_autofree char *subject = g_strdup_printf ("C=UT,CN=CA %u", n);

      /* a leaf, then CAs between it and the root, one more each time */
      g_ptr_array_insert (chain,
                          0,
                          mdoc_test_certificate_new (&leaf_template,
                                                     leaf_key,
                                                     issuer,
                                                     ca_key));
      g_assert_cmpuint (chain->len, ==, n);
      assert_path (validate (chain,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOW_S,
                             root),
                   n <= MDOC_CHAIN_MAX_LEN ? MDOC_PATH_OK : MDOC_PATH_TOO_LONG);
      g_ptr_array_remove_index (chain, 0);
      template_.subject = subject;
      issuer = mdoc_test_certificate_new (&template_, ca_key, issuer, ca_key);
      g_ptr_array_insert (chain, 0, issuer);
    }
}

#define RSA_SHA256 "300d 06092a864886f70d01010b 0500"
#define ED25519    "3005 06032b6570"

/* An algorithm that nobody here has is said to be that, wherever it comes; one
 * that the issuer's key cannot do is no signature. */
static void
test_algorithms (void)
{
  static const struct
  {
    const char *algorithm;
    MdocPathResult alone;
    MdocPathResult with_root;
  } tries[] = {
    { RSA_SHA256, MDOC_PATH_UNSUPPORTED, MDOC_PATH_UNSUPPORTED },
    { ED25519, MDOC_PATH_NO_ANCHOR, MDOC_PATH_SIGNATURE },
    /* ECDSA with SHA-384, but the digest signed was SHA-256's */
    { "300a 06082a8648ce3d040303", MDOC_PATH_NO_ANCHOR, MDOC_PATH_SIGNATURE },
    /* ECDSA with parameters, which it does not have */
    { "300c 06082a8648ce3d040302 0500",
      MDOC_PATH_UNSUPPORTED,
      MDOC_PATH_UNSUPPORTED },
  };
  g_autoptr (MdocCertificate) root = new_root ();
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (root, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      const MdocTestCertificate template_ = { .algorithm = tries[i].algorithm };
      g_autoptr (MdocCertificate) leaf = NULL;
      g_autoptr (GPtrArray) alone = NULL;
      g_autoptr (GPtrArray) with_root = NULL;

      leaf = mdoc_test_certificate_new (&template_, leaf_key, root, ca_key);
      alone = mdoc_test_certificates (leaf, NULL);
      with_root = mdoc_test_certificates (leaf, root, NULL);
      assert_path (validate (alone,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOW_S,
                             NULL),
                   tries[i].alone);
      assert_path (validate (with_root,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             MDOC_TEST_NOW_S,
                             NULL),
                   tries[i].with_root);
    }
}

static void
test_names (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = MDOC_PATH_OK; i <= MDOC_PATH_TOO_LONG; i++)
    {
      const char *name = mdoc_path_result_get_name ((MdocPathResult) i);

      g_assert_nonnull (name);
      g_assert_true (g_hash_table_add (seen, (char *) (guintptr) name));
    }
  g_assert_cmpstr (mdoc_path_result_get_name (MDOC_PATH_NO_ANCHOR),
                   ==,
                   "no-anchor");
}

static MdocKey *
generate (void)
{
  g_autoptr (GError) error = NULL;
  MdocKey *key = mdoc_key_generate (MDOC_CURVE_P256, &error);

  g_assert_no_error (error);
  return key;
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  ca_key = generate ();
  leaf_key = generate ();
  forger_key = generate ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/path/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      g_autofree char *path = g_strconcat ("/path/depth/",
                                           depths[i].name,
                                           NULL);

      g_test_add_data_func (path, &depths[i], test_depth);
    }
  g_test_add_func ("/path/forged", test_forged);
  g_test_add_func ("/path/links", test_links);
  g_test_add_func ("/path/anchor-inside", test_anchor_inside);
  g_test_add_func ("/path/same-name", test_same_name);
  g_test_add_func ("/path/length", test_length);
  g_test_add_func ("/path/algorithms", test_algorithms);
  g_test_add_func ("/path/names", test_names);

  status = g_test_run ();
  mdoc_key_unref (ca_key);
  mdoc_key_unref (leaf_key);
  mdoc_key_unref (forger_key);
  return status;
}
