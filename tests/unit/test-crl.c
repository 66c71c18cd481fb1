/*
 * test-crl.c - CRLs, and what they do to a path
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-certificate-private.h"
#include "crypto/mdoc-der.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

#define ROOT_SERIAL "0a0a"
#define LEAF_SERIAL "0b0b"

#define SECONDS_TO_2050 2524608000

#define SKI_01           "300f 0603551d0e 0408 0406 010101010101"
#define AKI_01           "3011 0603551d23 040a 3008 8006 010101010101"
#define AKI_02           "3011 0603551d23 040a 3008 8006 020202020202"
#define NUMBER           "300a 0603551d14 0403 020101"
#define NUMBER_CRITICAL  "300d 0603551d14 0101ff 0403 020101"
#define UNKNOWN          "3009 0603551d63 0402 0500"
#define UNKNOWN_CRITICAL "300c 0603551d63 0101ff 0402 0500"
/* issuingDistributionPoint, deltaCRLIndicator */
#define PART_CRITICAL  "300c 0603551d1c 0101ff 0402 3000"
#define DELTA_CRITICAL "300d 0603551d1b 0101ff 0403 020101"

#define DATE                           "170d3232303130313030303030305a"
#define ENTRY(serial_)                 "3013 0202" serial_ DATE
#define REASON                         "300c 300a 0603551d15 0403 0a0101"
#define ISSUER_CRITICAL                "300e 300c 0603551d1d 0101ff 0402 3000"
#define ENTRY_WITH_REASON(serial_)     "3021 0202" serial_ DATE REASON
#define ENTRY_OF_OTHER_ISSUER(serial_) "3023 0202" serial_ DATE ISSUER_CRITICAL

static MdocKey *ca_key;
static MdocKey *other_key;
static MdocCertificate *root; /* with a key identifier */
static MdocCertificate *leaf;

static MdocPathResult
validate_with (MdocCertificate *issuer, gint64 at_s, GPtrArray *crls)
{
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (leaf, NULL);
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (issuer, NULL);

  return mdoc_path_validate (chain,
                             anchors,
                             crls,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             at_s,
                             NULL);
}

static MdocCrl *
parse_ok (GBytes *der)
{
  g_autoptr (GError) error = NULL;
  MdocCrl *crl = mdoc_crl_parse (der, &error);

  g_assert_no_error (error);
  return crl;
}

static MdocCrl *
new_crl (const MdocTestCrl *template_, MdocKey *signer)
{
  g_autoptr (GBytes) der = mdoc_test_crl_encode (template_, root, signer);

  return parse_ok (der);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_crl_unref);
}

#define assert_path(result_, expected_)                                        \
  g_assert_cmpstr (mdoc_path_result_get_name (result_),                        \
                   ==,                                                         \
                   mdoc_path_result_get_name (expected_))

typedef struct
{
  const char *name;
  MdocTestCrl crl;
  gint64 at_s; /* 0: MDOC_TEST_NOW_S */
  MdocPathResult expected;
} Case;

static const Case cases[] = {
  { .name = "empty" },
  { .name = "with-extensions", .crl = { .extensions = AKI_01 NUMBER } },
  { .name = "extension-that-nobody-knows", .crl = { .extensions = UNKNOWN } },
  { .name = "critical-extension-that-nobody-knows",
    .crl = { .extensions = UNKNOWN_CRITICAL },
    .expected = MDOC_PATH_CRL },
  { .name = "critical-number",
    .crl = { .extensions = AKI_01 NUMBER_CRITICAL } },
  { .name = "another-serial", .crl = { .revoked = ENTRY ("0b0c") } },
  { .name = "longer-serial", .crl = { .revoked = "3014 02030b0b0b" DATE } },
  { .name = "revoked",
    .crl = { .revoked = ENTRY (LEAF_SERIAL) },
    .expected = MDOC_PATH_REVOKED },
  { .name = "revoked-last",
    .crl = { .revoked = ENTRY ("0b0c") ENTRY ("0b0d") ENTRY (LEAF_SERIAL) },
    .expected = MDOC_PATH_REVOKED },
  { .name = "revoked-with-a-reason",
    .crl = { .revoked = ENTRY_WITH_REASON (LEAF_SERIAL) },
    .expected = MDOC_PATH_REVOKED },
  { .name = "reason-for-another",
    .crl = { .revoked = ENTRY_WITH_REASON ("0b0c") } },
  /* the root cannot revoke itself in a path that begins with it */
  { .name = "root-revoked", .crl = { .revoked = ENTRY (ROOT_SERIAL) } },

  { .name = "first-second", .crl = { .this_update_s = MDOC_TEST_NOW_S } },
  { .name = "before-first-second",
    .crl = { .this_update_s = MDOC_TEST_NOW_S + 1 },
    .expected = MDOC_PATH_CRL },
  { .name = "last-second", .crl = { .next_update_s = MDOC_TEST_NOW_S } },
  { .name = "last-second-before-2050",
    .crl = { .next_update_s = SECONDS_TO_2050 - 1 } },
  { .name = "first-second-of-2050",
    .crl = { .next_update_s = SECONDS_TO_2050 } },
  { .name = "stale",
    .crl = { .next_update_s = MDOC_TEST_NOW_S - 1 },
    .expected = MDOC_PATH_CRL },
  { .name = "without-next-update",
    .crl = { .next_update_s = -1 },
    .expected = MDOC_PATH_CRL },
  /* revocation is final */
  { .name = "stale-and-revoked",
    .crl = { .next_update_s = MDOC_TEST_NOW_S - 1,
             .revoked = ENTRY (LEAF_SERIAL) },
    .expected = MDOC_PATH_REVOKED },

  { .name = "forged", .crl = { .is_forged = TRUE }, .expected = MDOC_PATH_CRL },
  { .name = "forged-and-revoked",
    .crl = { .is_forged = TRUE, .revoked = ENTRY (LEAF_SERIAL) },
    .expected = MDOC_PATH_CRL },
  { .name = "of-a-part",
    .crl = { .extensions = AKI_01 NUMBER PART_CRITICAL },
    .expected = MDOC_PATH_CRL },
  { .name = "delta",
    .crl = { .extensions = DELTA_CRITICAL AKI_01 },
    .expected = MDOC_PATH_CRL },
  { .name = "indirect",
    .crl = { .revoked = ENTRY_OF_OTHER_ISSUER (LEAF_SERIAL) },
    .expected = MDOC_PATH_CRL },
  { .name = "of-another-issuer",
    .crl = { .issuer = "C=UT,CN=Other", .revoked = ENTRY (LEAF_SERIAL) } },
  { .name = "of-another-key",
    .crl = { .extensions = AKI_02, .revoked = ENTRY (LEAF_SERIAL) } },
  { .name = "of-another-key-and-forged",
    .crl = { .extensions = AKI_02, .is_forged = TRUE } },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  const gint64 at_s = c->at_s != 0 ? c->at_s : MDOC_TEST_NOW_S;
  g_autoptr (GPtrArray) crls = new_list ();

  g_ptr_array_add (crls, new_crl (&c->crl, ca_key));
  assert_path (validate_with (root, at_s, crls), c->expected);
  /* its signature is remembered now; the answer has to be the same */
  assert_path (validate_with (root, at_s, crls), c->expected);
}

/* A CRL in the issuer's name by somebody else's key is no good, also after the
 * real one has been seen, and in any order. */
static void
test_several (void)
{
  static const MdocTestCrl good = { 0 };
  static const MdocTestCrl stale = { .next_update_s = MDOC_TEST_NOW_S - 1 };
  static const MdocTestCrl revoking = { .revoked = ENTRY (LEAF_SERIAL) };
  static const struct
  {
    const MdocTestCrl *first;
    gboolean first_is_forged;
    const MdocTestCrl *second;
    gboolean second_is_forged;
    MdocPathResult expected;
  } tries[] = {
    { &good, FALSE, &good, FALSE, MDOC_PATH_OK },
    { &good, FALSE, &stale, FALSE, MDOC_PATH_OK },
    { &good, FALSE, &good, TRUE, MDOC_PATH_OK },
    { &stale, FALSE, &good, TRUE, MDOC_PATH_CRL },
    { &good, FALSE, &revoking, FALSE, MDOC_PATH_REVOKED },
    { &good, FALSE, &revoking, TRUE, MDOC_PATH_OK },
    { &stale, FALSE, &revoking, FALSE, MDOC_PATH_REVOKED },
    { &stale, FALSE, &revoking, TRUE, MDOC_PATH_CRL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GPtrArray) crls = new_list ();
      g_autoptr (GPtrArray) turned = new_list ();
      MdocCrl *a = new_crl (tries[i].first,
                            tries[i].first_is_forged ? other_key : ca_key);
      MdocCrl *b = new_crl (tries[i].second,
                            tries[i].second_is_forged ? other_key : ca_key);

      g_test_message ("try %" G_GSIZE_FORMAT, i);
      g_ptr_array_add (crls, a);
      g_ptr_array_add (crls, b);
      g_ptr_array_add (turned, mdoc_crl_ref (b));
      g_ptr_array_add (turned, mdoc_crl_ref (a));
      assert_path (validate_with (root, MDOC_TEST_NOW_S, crls),
                   tries[i].expected);
      assert_path (validate_with (root, MDOC_TEST_NOW_S, turned),
                   tries[i].expected);
    }
}

/* What has been found good for one key is not good for another of that name. */
static void
test_remembered (void)
{
  const MdocTestCrl empty = { 0 };
  const MdocTestCertificate root_template = { .is_root = TRUE };
  const MdocTestCertificate leaf_template = { .serial = LEAF_SERIAL };
  g_autoptr (MdocCertificate) other_root = NULL;
  g_autoptr (MdocCertificate) other_leaf = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) crls = new_list ();

  other_root = mdoc_test_certificate_new (&root_template,
                                          other_key,
                                          NULL,
                                          other_key);
  other_leaf = mdoc_test_certificate_new (&leaf_template,
                                          ca_key,
                                          other_root,
                                          other_key);
  chain = mdoc_test_certificates (other_leaf, NULL);
  anchors = mdoc_test_certificates (other_root, NULL);
  g_ptr_array_add (crls, new_crl (&empty, ca_key));

  assert_path (validate_with (root, MDOC_TEST_NOW_S, crls), MDOC_PATH_OK);
  assert_path (mdoc_path_validate (chain,
                                   anchors,
                                   crls,
                                   MDOC_PATH_DOCUMENT_SIGNER,
                                   MDOC_TEST_NOW_S,
                                   NULL),
               MDOC_PATH_CRL);
}

/* A CA that may not sign CRLs; one without a key identifier. */
static void
test_issuers (void)
{
  static const struct
  {
    const char *extensions;
    const char *crl_extensions;
    MdocPathResult expected;
  } tries[] = {
    /* keyCertSign alone */
    { "300e 0603551d0f 0101ff 0404 03020204" MDOC_TEST_BC_CA SKI_01,
      AKI_01,
      MDOC_PATH_CRL },
    { MDOC_TEST_KU_CA MDOC_TEST_BC_CA, AKI_01, MDOC_PATH_REVOKED },
    { MDOC_TEST_KU_CA MDOC_TEST_BC_CA, AKI_02, MDOC_PATH_REVOKED },
    { MDOC_TEST_KU_CA MDOC_TEST_BC_CA SKI_01, NULL, MDOC_PATH_REVOKED },
    { MDOC_TEST_KU_CA MDOC_TEST_BC_CA SKI_01, AKI_01, MDOC_PATH_REVOKED },
    { MDOC_TEST_KU_CA MDOC_TEST_BC_CA SKI_01, AKI_02, MDOC_PATH_OK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      const MdocTestCertificate template_ = {
        .is_root = TRUE,
        .extensions = tries[i].extensions
      };
      const MdocTestCrl crl_template = { .extensions = tries[i].crl_extensions,
                                         .revoked = ENTRY (LEAF_SERIAL) };
      g_autoptr (MdocCertificate) issuer
          = mdoc_test_certificate_new (&template_, ca_key, NULL, ca_key);
      g_autoptr (GPtrArray) crls = new_list ();

      g_test_message ("try %" G_GSIZE_FORMAT, i);
      g_ptr_array_add (crls, new_crl (&crl_template, ca_key));
      assert_path (validate_with (issuer, MDOC_TEST_NOW_S, crls),
                   tries[i].expected);
    }
}

/* Revocation of an intermediate certificate, by the root's CRL. */
static void
test_intermediate (void)
{
  const MdocTestCertificate root_template = {
    .is_root = TRUE,
    .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA
  };
  const MdocTestCertificate ca_template = {
    .is_root = TRUE,
    .subject = "C=UT,CN=CA",
    .serial = "0c0c",
    .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA
  };
  const MdocTestCertificate leaf_template = { .serial = LEAF_SERIAL };
  const MdocTestCrl revoking = { .revoked = ENTRY ("0c0c") };
  const MdocTestCrl harmless = { .revoked = ENTRY (LEAF_SERIAL) };
  g_autoptr (MdocCertificate) top = mdoc_test_certificate_new (&root_template,
                                                               ca_key,
                                                               NULL,
                                                               ca_key);
  g_autoptr (MdocCertificate) ca = mdoc_test_certificate_new (&ca_template,
                                                              other_key,
                                                              top,
                                                              ca_key);
  g_autoptr (MdocCertificate) bottom
      = mdoc_test_certificate_new (&leaf_template, ca_key, ca, other_key);
  g_autoptr (GPtrArray) chain = mdoc_test_certificates (bottom, ca, NULL);
  g_autoptr (GPtrArray) anchors = mdoc_test_certificates (top, NULL);
  g_autoptr (GPtrArray) crls = new_list ();

  /* the root's CRL names a serial of the leaf, which the root did not issue */
  g_ptr_array_add (crls, new_crl (&harmless, ca_key));
  assert_path (mdoc_path_validate (chain,
                                   anchors,
                                   crls,
                                   MDOC_PATH_DOCUMENT_SIGNER,
                                   MDOC_TEST_NOW_S,
                                   NULL),
               MDOC_PATH_OK);
  g_ptr_array_add (crls, new_crl (&revoking, ca_key));
  assert_path (mdoc_path_validate (chain,
                                   anchors,
                                   crls,
                                   MDOC_PATH_DOCUMENT_SIGNER,
                                   MDOC_TEST_NOW_S,
                                   NULL),
               MDOC_PATH_REVOKED);
}

/* "why" is a part of the message. NULL: accepted. */
static const struct
{
  const char *name;
  MdocTestCrl crl;
  const char *why;
} forms[] = {
  { "good", { 0 }, NULL },
  { "version-1-is-left-out", { .version = "" }, NULL },
  { "version-1-is-said", { .version = "020100" }, "version" },
  { "version-3", { .version = "020102" }, "version" },
  { "algorithms-differ",
    { .inner_algorithm = "300a 06082a8648ce3d040303" },
    "two different" },
  { "algorithm-is-no-sequence", { .inner_algorithm = "0500" }, "two diff" },
  { "entry-without-date", { .revoked = "3004 02020b0b" }, "list" },
  { "entry-without-serial", { .revoked = "300f" DATE }, "list" },
  { "entry-is-no-sequence", { .revoked = "0500" }, "list" },
  { "entry-with-odd-extensions",
    { .revoked = "3015 02020b0b" DATE "0500" },
    "list" },
  { "entry-with-odd-extension",
    { .revoked = "3017 02020b0b" DATE "3002 0500" },
    "list" },
  { "entry-with-more",
    { .revoked = "3023 02020b0b" DATE REASON "0500" },
    "list" },
  { "serial-not-shortest", { .revoked = "3013 0202000b" DATE }, "list" },
  { "odd-extension", { .extensions = "0500" }, "extensions" },
  { "aki-malformed",
    { .extensions = "3009 0603551d23 0402 0500" },
    "extensions" },
  { "aki-twice", { .extensions = AKI_01 AKI_01 }, "extensions" },
  { "sixteen-extensions",
    { .extensions = NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER
          NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER },
    NULL },
  { "seventeen-extensions",
    { .extensions = NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER
          NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER },
    "extensions" },
};

static void
assert_refused (GBytes *der, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCrl) crl = mdoc_crl_parse (der, &error);

  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_null (crl);
  if (strstr (error->message, why) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, why);
}

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GBytes) der = mdoc_test_crl_encode (&forms[i].crl,
                                                     root,
                                                     ca_key);

      g_test_message ("%s", forms[i].name);
      if (forms[i].why == NULL)
        mdoc_crl_unref (parse_ok (der));
      else
        assert_refused (der, forms[i].why);
    }
}

/* Parts broken by a byte or two, which have no field in the template. */
static void
test_broken_parts (void)
{
  static const struct
  {
    const char *find;
    const char *replacement;
    const char *why;
  } tries[] = {
    { "301c310b", "311c310b", "issuer" },
    { "170d323230313031", "130d323230313031", "thisUpdate" },
    { "170d32333031", "170d32333133", "nextUpdate" },
    { "170d32333031", "130d32333031", "unexpected" },
    { "a00e300c300a0603551d14", "a10e300c300a0603551d14", "unexpected" },
    { "a00e300c300a0603551d14", "a00e310c300a0603551d14", "extensions" },
    { "a00e300c300a0603551d14", "a00e300b300a0603551d14", "extensions" },
    { "a00e300c300a0603551d14", "a00f300c300a0603551d14", "extensions" },
    { "a00e300c300a0603551d14", "a000300c300a0603551d14", "extensions" },
    { "a00e300c300a0603551d14", "a07f300c300a0603551d14", "extensions" },
    /* a smaller extension, and the wrapping goes on behind the list of them */
    { "a00e300c300a0603551d140403",
      "a00e300a30080603551d140401",
      "extensions" },
    { "30153013", "307f3013", "malformed list" },
  };
  const MdocTestCrl template_ = { .revoked = ENTRY ("0b0c"),
                                  .extensions = NUMBER };
  g_autoptr (GBytes) der = mdoc_test_crl_encode (&template_, root, ca_key);

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (GBytes) broken = NULL;

      g_test_message ("%s", tries[i].replacement);
      broken = mdoc_test_patch (der, tries[i].find, tries[i].replacement);
      assert_refused (broken, tries[i].why);
    }
}

/* Signed by an algorithm that is not ours: nobody can say what it says. */
static void
test_unknown_algorithm (void)
{
  static const MdocTestCrl template_ = {
    .inner_algorithm = "300a 06082a8648ce3d040309",
    .revoked = ENTRY (LEAF_SERIAL),
  };
  g_autoptr (GBytes) inside = mdoc_test_crl_encode (&template_, root, ca_key);
  g_autoptr (GBytes) der = mdoc_test_patch (inside,
                                            "300a 06082a8648ce3d040302",
                                            "300a 06082a8648ce3d040309");
  g_autoptr (GPtrArray) crls = new_list ();

  g_ptr_array_add (crls, parse_ok (der));
  assert_path (validate_with (root, MDOC_TEST_NOW_S, crls), MDOC_PATH_CRL);
  g_assert_cmpint (mdoc_crl_ask (g_ptr_array_index (crls, 0),
                                 leaf,
                                 root,
                                 MDOC_TEST_NOW_S),
                   ==,
                   MDOC_CRL_UNSUPPORTED);
  mdoc_crl_unref (NULL);
}

/* The longest CRL, and one that is longer; a serial at the end is found. */
static void
test_length (void)
{
  const gsize entry_len = 2 + 0x13;
  const gsize n = MDOC_CRL_MAX_BYTES / entry_len;

  for (guint try = 0; try < 2; try++)
    {
      const gsize n_entries = try == 0 ? n - 20 : n + 1;
      g_autoptr (GString) revoked = g_string_new (NULL);
      MdocTestCrl template_ = { 0 };
      g_autoptr (GBytes) der = NULL;

      for (gsize i = 1; i < n_entries; i++)
        g_string_append (revoked, "301302020a0a170d3232303130313030303030305a");
      g_string_append (revoked, "301302020b0b170d3232303130313030303030305a");
      template_.revoked = revoked->str;
      der = mdoc_test_crl_encode (&template_, root, ca_key);
      if (try == 0)
        {
          g_autoptr (GPtrArray) crls = new_list ();

          g_ptr_array_add (crls, parse_ok (der));
          assert_path (validate_with (root, MDOC_TEST_NOW_S, crls),
                       MDOC_PATH_REVOKED);
        }
      else
        {
          assert_refused (der, "too long");
        }
    }
}

static void
test_every_prefix (void)
{
  const MdocTestCrl template_ = { .revoked = ENTRY (LEAF_SERIAL),
                                  .extensions = AKI_01 NUMBER };
  g_autoptr (GBytes) der = mdoc_test_crl_encode (&template_, root, ca_key);
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);

  for (gsize len = 0; len < size; len++)
    {
      g_autoptr (GBytes) prefix = g_bytes_new (data, len);

      assert_refused (prefix, "not X.509");
    }
}

/* What we build does what it should, and is stale when it says. */
static void
test_build (void)
{
  g_autoptr (GPtrArray) serials = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) crls = new_list ();
  g_autoptr (GPtrArray) empty_crls = new_list ();
  g_autoptr (GBytes) der = NULL;
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (GError) error = NULL;

  empty = mdoc_crl_build (root,
                          ca_key,
                          serials,
                          MDOC_TEST_NOW_S,
                          MDOC_TEST_NOW_S + 10,
                          &error);
  g_assert_no_error (error);
  g_ptr_array_add (empty_crls, parse_ok (empty));
  assert_path (validate_with (root, MDOC_TEST_NOW_S - 1, empty_crls),
               MDOC_PATH_CRL);
  assert_path (validate_with (root, MDOC_TEST_NOW_S, empty_crls), MDOC_PATH_OK);
  assert_path (validate_with (root, MDOC_TEST_NOW_S + 10, empty_crls),
               MDOC_PATH_OK);
  assert_path (validate_with (root, MDOC_TEST_NOW_S + 11, empty_crls),
               MDOC_PATH_CRL);

  g_ptr_array_add (serials, mdoc_test_bytes_from_hex ("7f"));
  g_ptr_array_add (serials, mdoc_span_dup (mdoc_certificate_get_serial (leaf)));
  der = mdoc_crl_build (root,
                        ca_key,
                        serials,
                        MDOC_TEST_NOW_S,
                        MDOC_TEST_NOW_S + 10,
                        &error);
  g_assert_no_error (error);
  g_ptr_array_add (crls, parse_ok (der));
  assert_path (validate_with (root, MDOC_TEST_NOW_S, crls), MDOC_PATH_REVOKED);
}

static void
assert_no_build (MdocCertificate *issuer,
                 MdocKey *key,
                 const char *serial,
                 gint64 this_update_s,
                 gint64 next_update_s)
{
  g_autoptr (GPtrArray) serials = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  GBytes *der;

  g_ptr_array_add (serials, mdoc_test_bytes_from_hex (serial));
  der = mdoc_crl_build (issuer,
                        key,
                        serials,
                        this_update_s,
                        next_update_s,
                        &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_null (der);
}

/* A CA whose key cannot sign by ECDSA, and more serial numbers than a CRL may
 * have bytes. */
static void
test_build_limits (void)
{
  const MdocTestCertificate template_ = { .is_root = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) x25519 = mdoc_key_generate (MDOC_CURVE_X25519, &error);
  g_autoptr (MdocCertificate) ca = NULL;
  g_autoptr (GPtrArray) serials = g_ptr_array_new ();
  g_autoptr (GBytes) serial = mdoc_test_bytes_from_hex ("0102030405060708");
  g_autoptr (GBytes) der = NULL;

  g_assert_no_error (error);
  ca = mdoc_test_certificate_new (&template_, x25519, NULL, ca_key);
  assert_no_build (ca, x25519, "01", 100, 200);

  for (gsize i = 0; i < MDOC_CRL_MAX_BYTES / 27; i++)
    g_ptr_array_add (serials, serial);
  der = mdoc_crl_build (root, ca_key, serials, 100, 200, &error);
  g_assert_null (der);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, "too many serial numbers"));
}

static void
test_build_misuse (void)
{
  assert_no_build (root, other_key, "01", 100, 200);
  assert_no_build (leaf, other_key, "01", 100, 200);
  assert_no_build (root, ca_key, "01", 200, 200);
  assert_no_build (root, ca_key, "01", -1, 200);
  assert_no_build (root, ca_key, "01", 1, 253402300800);
  assert_no_build (root, ca_key, "", 100, 200);
  assert_no_build (root,
                   ca_key,
                   "010203040506070809101112131415161718192021",
                   100,
                   200);
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
  const MdocTestCertificate root_template = {
    .is_root = TRUE,
    .serial = ROOT_SERIAL,
    .extensions = MDOC_TEST_KU_CA MDOC_TEST_BC_CA_0 SKI_01
  };
  const MdocTestCertificate leaf_template = { .serial = LEAF_SERIAL };
  int status;

  g_test_init (&argc, &argv, NULL);
  ca_key = generate ();
  other_key = generate ();
  root = mdoc_test_certificate_new (&root_template, ca_key, NULL, ca_key);
  leaf = mdoc_test_certificate_new (&leaf_template, other_key, root, ca_key);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/crl/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/crl/several", test_several);
  g_test_add_func ("/crl/remembered", test_remembered);
  g_test_add_func ("/crl/issuers", test_issuers);
  g_test_add_func ("/crl/intermediate", test_intermediate);
  g_test_add_func ("/crl/forms", test_forms);
  g_test_add_func ("/crl/broken-parts", test_broken_parts);
  g_test_add_func ("/crl/unknown-algorithm", test_unknown_algorithm);
  g_test_add_func ("/crl/length", test_length);
  g_test_add_func ("/crl/every-prefix", test_every_prefix);
  g_test_add_func ("/crl/build", test_build);
  g_test_add_func ("/crl/build/misuse", test_build_misuse);
  g_test_add_func ("/crl/build/limits", test_build_limits);

  status = g_test_run ();
  mdoc_certificate_unref (root);
  mdoc_certificate_unref (leaf);
  mdoc_key_unref (ca_key);
  mdoc_key_unref (other_key);
  return status;
}
