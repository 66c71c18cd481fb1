/*
 * test-path.c - which chains mdoc_path_validate() lets pass
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-vectors.h"

#define AT_2021 ((gint64) 1609459200) /* 2021-01-01T00:00:00Z */

static MdocCertificate *
annex_d_certificate (const char *name)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate = mdoc_certificate_parse (der, &error);

  g_assert_no_error (error);
  return certificate;
}

static GPtrArray *
list_of (MdocCertificate *certificate)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);

  g_ptr_array_add (list, mdoc_certificate_ref (certificate));
  return list;
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
  for (gsize i = 0; i < G_N_ELEMENTS (annex_d); i++)
    {
      g_autoptr (MdocCertificate) leaf = annex_d_certificate (annex_d[i].leaf);
      g_autoptr (MdocCertificate) root = annex_d_certificate (annex_d[i].root);
      g_autoptr (MdocCertificate) other = annex_d_certificate (
          annex_d[i].other_root);
      g_autoptr (GPtrArray) chain = list_of (leaf);
      g_autoptr (GPtrArray) anchors = list_of (root);
      g_autoptr (GPtrArray) others = list_of (other);
      MdocCertificate *anchor = NULL;

      g_assert_cmpint (mdoc_path_validate (chain,
                                           anchors,
                                           NULL,
                                           annex_d[i].profile,
                                           AT_2021,
                                           &anchor),
                       ==,
                       MDOC_PATH_OK);
      g_assert_true (anchor == root);
      g_assert_cmpint (mdoc_path_validate (chain,
                                           anchors,
                                           NULL,
                                           annex_d[i].profile,
                                           g_get_real_time () / G_USEC_PER_SEC,
                                           NULL),
                       ==,
                       MDOC_PATH_EXPIRED);
      g_assert_cmpint (mdoc_path_validate (chain,
                                           anchors,
                                           NULL,
                                           annex_d[i].other_profile,
                                           AT_2021,
                                           NULL),
                       ==,
                       MDOC_PATH_EXTENDED_KEY_USAGE);
      g_assert_cmpint (mdoc_path_validate (chain,
                                           others,
                                           NULL,
                                           annex_d[i].profile,
                                           AT_2021,
                                           NULL),
                       ==,
                       MDOC_PATH_NO_ANCHOR);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/path/annex-d", test_annex_d);

  return g_test_run ();
}
