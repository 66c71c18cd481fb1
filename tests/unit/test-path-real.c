/*
 * test-path-real.c - paths of certificates that others have issued
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

#define AT_2021       ((gint64) 1609459200) /* 2021-01-01T00:00:00Z */
#define AT_2025_11_19 ((gint64) 1763510400) /* 2025-11-19T00:00:00Z */
#define AT_2025_10_03 ((gint64) 1759449600) /* 2025-10-03T00:00:00Z */

#define assert_path(result_, expected_)                                        \
  g_assert_cmpstr (mdoc_path_result_get_name (result_),                        \
                   ==,                                                         \
                   mdoc_path_result_get_name (expected_))

static MdocPathResult
validate (GPtrArray *chain,
          GPtrArray *anchors,
          MdocPathProfile profile,
          gint64 at_s,
          MdocCertificate *expected_anchor)
{
  MdocCertificate *anchor = NULL;
  MdocPathResult result;

  result = mdoc_path_validate (chain, anchors, NULL, profile, at_s, &anchor);
  g_assert_true (anchor == (result == MDOC_PATH_OK ? expected_anchor : NULL));
  return result;
}

static MdocCertificate *
annex_d_certificate (const char *name)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate = mdoc_certificate_parse (der, &error);

  g_assert_no_error (error);
  return certificate;
}

static const struct
{
  const char *leaf;
  const char *root;
  const char *other_root;
  MdocPathProfile profile;
  MdocPathProfile other_profile;
} annex_d[] = {
  { "ds_cert_der",
    "iaca_cert_der",
    "reader_root_cert_der",
    MDOC_PATH_DOCUMENT_SIGNER,
    MDOC_PATH_READER },
  { "reader_cert_der",
    "reader_root_cert_der",
    "iaca_cert_der",
    MDOC_PATH_READER,
    MDOC_PATH_DOCUMENT_SIGNER },
};

/* Both paths of the standard's example hold in their time, for their profile,
 * under their root; and are expired today. */
static void
test_annex_d (void)
{
  const gint64 today_s = g_get_real_time () / G_USEC_PER_SEC;

  for (gsize i = 0; i < G_N_ELEMENTS (annex_d); i++)
    {
      const MdocPathProfile profile = annex_d[i].profile;
      g_autoptr (MdocCertificate) leaf = annex_d_certificate (annex_d[i].leaf);
      g_autoptr (MdocCertificate) root = annex_d_certificate (annex_d[i].root);
      g_autoptr (MdocCertificate) other = annex_d_certificate (
          annex_d[i].other_root);
      g_autoptr (GPtrArray) chain = mdoc_test_certificates (leaf, NULL);
      g_autoptr (GPtrArray) anchors = mdoc_test_certificates (root, NULL);
      g_autoptr (GPtrArray) others = mdoc_test_certificates (other, NULL);

      assert_path (validate (chain, anchors, profile, AT_2021, root),
                   MDOC_PATH_OK);
      assert_path (validate (chain, anchors, profile, today_s, NULL),
                   MDOC_PATH_EXPIRED);
      assert_path (validate (chain,
                             anchors,
                             annex_d[i].other_profile,
                             AT_2021,
                             NULL),
                   MDOC_PATH_EXTENDED_KEY_USAGE);
      assert_path (validate (chain, others, profile, AT_2021, NULL),
                   MDOC_PATH_NO_ANCHOR);
    }
}

/* Every certificate that stands somewhere in @bytes, as it does in a CBOR byte
 * string: this test is of certificates, not of CBOR. */
static GPtrArray *
find_certificates (GBytes *bytes)
{
  GPtrArray *found = mdoc_test_certificates (NULL, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i + 4 < size; i++)
    {
      const gsize len = (gsize) 4 + (gsize) data[i + 2] * 256 + data[i + 3];
      g_autoptr (GBytes) der = NULL;
      MdocCertificate *certificate;

      if (data[i] != 0x30 || data[i + 1] != 0x82 || len > size - i)
        continue;

      der = g_bytes_new (data + i, len);
      certificate = mdoc_certificate_parse (der, NULL);
      if (certificate != NULL)
        {
          g_ptr_array_add (found, certificate);
          i += len - 1;
        }
    }

  return found;
}

static GBytes *
load (const char *file, const char *name, const char *member)
{
  g_autoptr (JsonObject) root = mdoc_test_vectors_load (file);
  JsonObject *vectors = json_object_get_object_member (root, "vectors");

  return mdoc_test_vectors_dup_hex (json_object_get_object_member (vectors,
                                                                   name),
                                    member);
}

/* Document signers of the field. Their roots are not known, so each is its own
 * anchor, which does not excuse it from the rules. */
static const struct
{
  const char *name;
  guint n_certificates;
  MdocPathResult as_ds;
  MdocPathResult as_reader;
  const char *lint; /* as a document signer; ? for a warning */
} field[] = {
  { "bdr_issuer_signed",
    1,
    MDOC_PATH_OK,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    "eku-mdoc? crldp-value" },
  { "france_playground_device_response",
    1,
    MDOC_PATH_OK,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    "eku-mdoc? crldp-value" },
  /* no extensions at all, and a serial number of 32 bytes */
  { "ubique_device_response",
    1,
    MDOC_PATH_KEY_USAGE,
    MDOC_PATH_KEY_USAGE,
    "serial-length aki ski key-usage eku eku-mdoc? ian crldp" },
  { "google_cm_wallet_device_response",
    1,
    MDOC_PATH_OK,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    "eku-mdoc?" },
  { "animo_paradym_pid_device_response",
    1,
    MDOC_PATH_OK,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    "eku-mdoc? crldp" },
  { "multipaz_issuer_auth_with_status_list",
    1,
    MDOC_PATH_OK,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    "eku-mdoc? crldp-value" },
  { "apple_ios26_device_request",
    3,
    MDOC_PATH_EXTENDED_KEY_USAGE,
    MDOC_PATH_OK,
    "country eku eku-mdoc? ian crldp" },
};

static void
assert_findings (MdocCertificate *certificate,
                 MdocLintProfile profile,
                 const char *expected)
{
  g_autoptr (GPtrArray) findings = mdoc_certificate_lint (certificate,
                                                          profile,
                                                          NULL);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      g_string_append_printf (found,
                              "%s%s%s",
                              i > 0 ? " " : "",
                              finding->rule,
                              finding->is_warning ? "?" : "");
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_field (void)
{
  g_autoptr (GPtrArray) nobody = mdoc_test_certificates (NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (field); i++)
    {
      g_autoptr (GBytes) bytes = load ("real-world-mdoc.json",
                                       field[i].name,
                                       "hex");
      g_autoptr (GPtrArray) chain = find_certificates (bytes);
      g_autoptr (GPtrArray) anchors = NULL;
      MdocCertificate *leaf;
      gint64 at_s;

      g_test_message ("%s", field[i].name);
      g_assert_cmpuint (chain->len, ==, field[i].n_certificates);
      leaf = g_ptr_array_index (chain, 0);
      at_s = mdoc_certificate_get_not_before (leaf);
      anchors = mdoc_test_certificates (leaf, NULL);
      assert_path (validate (chain,
                             anchors,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             at_s,
                             leaf),
                   field[i].as_ds);
      assert_path (validate (chain, anchors, MDOC_PATH_READER, at_s, leaf),
                   field[i].as_reader);
      assert_path (validate (chain,
                             nobody,
                             MDOC_PATH_DOCUMENT_SIGNER,
                             at_s,
                             NULL),
                   MDOC_PATH_NO_ANCHOR);
      assert_findings (leaf, MDOC_LINT_DOCUMENT_SIGNER, field[i].lint);
    }
}

/* A reader under an intermediate CA under a root, of P-256, P-384 and again
 * P-384, as an iPhone's verifier sends it. */
static void
test_apple (void)
{
  g_autoptr (GBytes) bytes = load ("real-world-mdoc.json",
                                   "apple_ios26_device_request",
                                   "hex");
  g_autoptr (GPtrArray) chain = find_certificates (bytes);
  g_autoptr (GPtrArray) anchors = NULL;
  MdocCertificate *root;

  g_assert_cmpuint (chain->len, ==, 3);
  root = g_ptr_array_index (chain, 2);
  anchors = mdoc_test_certificates (root, NULL);
  assert_path (validate (chain, anchors, MDOC_PATH_READER, AT_2025_10_03, root),
               MDOC_PATH_OK);
  g_ptr_array_remove_index (chain, 2);
  assert_path (validate (chain, anchors, MDOC_PATH_READER, AT_2025_10_03, root),
               MDOC_PATH_OK);
  g_ptr_array_remove_index (chain, 1);
  assert_path (validate (chain, anchors, MDOC_PATH_READER, AT_2025_10_03, NULL),
               MDOC_PATH_NO_ANCHOR);
}

/* AAMVA's production list: its signer's path holds; and the roots in it are
 * clean by our lint, all fourteen. */
static void
test_vical (void)
{
  g_autoptr (GBytes) bytes = load ("vical.json", "aamva_vical", "hex");
  g_autoptr (GPtrArray) found = find_certificates (bytes);
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  MdocCertificate *root;

  g_assert_cmpuint (found->len, ==, 3 + 14);
  root = g_ptr_array_index (found, 2);
  chain = mdoc_test_certificates (g_ptr_array_index (found, 0),
                                  g_ptr_array_index (found, 1),
                                  NULL);
  anchors = mdoc_test_certificates (root, NULL);
  assert_path (validate (chain,
                         anchors,
                         MDOC_PATH_VICAL_SIGNER,
                         AT_2025_11_19,
                         root),
               MDOC_PATH_OK);
  assert_path (validate (chain,
                         anchors,
                         MDOC_PATH_DOCUMENT_SIGNER,
                         AT_2025_11_19,
                         NULL),
               MDOC_PATH_KEY_USAGE);

  for (guint i = 3; i < found->len; i++)
    assert_findings (g_ptr_array_index (found, i), MDOC_LINT_IACA, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/path-real/annex-d", test_annex_d);
  g_test_add_func ("/path-real/field", test_field);
  g_test_add_func ("/path-real/apple", test_apple);
  g_test_add_func ("/path-real/vical", test_vical);

  return g_test_run ();
}
