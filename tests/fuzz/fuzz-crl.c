/*
 * fuzz-crl.c - any bytes as a CRL, and what they do to a path
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-certificate.h"

#define NOT_BEFORE_S ((gint64) 1640995200)
#define NOT_AFTER_S  ((gint64) 1672531200)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static MdocCertificate *
build (MdocCertificateTemplate *template_,
       MdocKey *key,
       MdocCertificate *issuer,
       MdocKey *issuer_key)
{
  g_autoptr (GError) error = NULL;
  MdocCertificate *certificate;

  template_->country = "UT";
  template_->not_before_unix_s = NOT_BEFORE_S;
  template_->not_after_unix_s = NOT_AFTER_S;
  certificate = mdoc_certificate_build (template_,
                                        mdoc_key_get_public (key),
                                        issuer,
                                        issuer_key,
                                        &error);
  g_assert_no_error (error);
  return certificate;
}

/* A path whose root has the name that the corpus's CRLs were issued in, and a
 * key that nobody knows: no CRL of it can hold. */
static void
make_path (GPtrArray **ret_chain, GPtrArray **ret_anchors)
{
  MdocCertificateTemplate root_template = { .profile = MDOC_LINT_IACA,
                                            .is_ca = TRUE,
                                            .common_name = "Root" };
  MdocCertificateTemplate leaf_template = {
    .profile = MDOC_LINT_DOCUMENT_SIGNER,
    .common_name = "Leaf"
  };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocCertificate *root = build (&root_template, key, NULL, key);

  *ret_chain = g_ptr_array_new ();
  *ret_anchors = g_ptr_array_new ();
  g_ptr_array_add (*ret_chain, build (&leaf_template, key, root, key));
  g_ptr_array_add (*ret_anchors, root);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static GPtrArray *chain; /* both stay for the life of the process */
  static GPtrArray *anchors;
  g_autoptr (GBytes) der = g_bytes_new (data, size);
  g_autoptr (MdocCrl) crl = NULL;
  g_autoptr (GPtrArray) crls = NULL;
  g_autoptr (GError) error = NULL;
  MdocPathResult result;

  if (chain == NULL)
    make_path (&chain, &anchors);

  crl = mdoc_crl_parse (der, &error);
  g_assert_true ((crl == NULL) == (error != NULL));
  if (crl == NULL)
    {
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
      return 0;
    }

  crls = g_ptr_array_new ();
  g_ptr_array_add (crls, crl);
  result = mdoc_path_validate (chain,
                               anchors,
                               crls,
                               MDOC_PATH_DOCUMENT_SIGNER,
                               NOT_BEFORE_S,
                               NULL);
  /* somebody else's, or no good: never good, never a revocation */
  g_assert_true (result == MDOC_PATH_OK || result == MDOC_PATH_CRL);
  return 0;
}
