/*
 * fuzz-certificate.c - any bytes as a certificate, then path and lint
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-certificate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Parts of the certificate lie inside of it. */
static void
check_inside (MdocSpan part, MdocSpan whole)
{
  if (part.len == 0)
    return;

  g_assert_true (part.data >= whole.data);
  g_assert_true (part.data + part.len <= whole.data + whole.len);
}

static void
check_texts (MdocCertificate *certificate)
{
  const char *common_name = mdoc_certificate_get_common_name (certificate);
  g_autofree char *subject = mdoc_certificate_dup_subject (certificate);
  g_autofree char *issuer = mdoc_certificate_dup_issuer (certificate);

  g_assert_true (common_name == NULL
                 || g_utf8_validate (common_name, -1, NULL));
  g_assert_true (g_utf8_validate (subject, -1, NULL));
  g_assert_true (g_utf8_validate (issuer, -1, NULL));
}

static void
check_lint (MdocCertificate *certificate, MdocLintProfile profile)
{
  g_autoptr (GPtrArray) findings = mdoc_certificate_lint (certificate,
                                                          profile,
                                                          NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      g_assert_true (g_strv_contains (mdoc_certificate_lint_get_rules (profile),
                                      finding->rule));
      g_assert_nonnull (finding->detail);
    }
}

/* As its own anchor there is nothing to verify, so only the rules are left; and
 * nobody's anchor is nobody's. */
static void
check_path (MdocCertificate *certificate)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  const gint64 from_s = mdoc_certificate_get_not_before (certificate);
  MdocCertificate *anchor = NULL;
  MdocPathResult result;

  g_ptr_array_add (chain, certificate);
  g_assert_cmpint (mdoc_path_validate (chain,
                                       nobody,
                                       NULL,
                                       MDOC_PATH_READER,
                                       from_s,
                                       &anchor),
                   ==,
                   MDOC_PATH_NO_ANCHOR);
  g_assert_null (anchor);

  result = mdoc_path_validate (chain,
                               chain,
                               NULL,
                               MDOC_PATH_DOCUMENT_SIGNER,
                               from_s,
                               &anchor);
  g_assert_true ((result == MDOC_PATH_OK) == (anchor == certificate));
  if (result == MDOC_PATH_OK)
    {
      g_assert_nonnull (mdoc_certificate_get_country (certificate));
      g_assert_true (
          mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDL_DS)
          || mdoc_certificate_has_eku (certificate, MDOC_OID_EKU_MDOC_DS));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) der = g_bytes_new (data, size);
  const MdocSpan whole = mdoc_span_from_bytes (der);
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL;

  certificate = mdoc_certificate_parse (der, &error);
  g_assert_true ((certificate == NULL) == (error != NULL));
  if (certificate == NULL)
    {
      g_assert_true (error->domain == MDOC_CRYPTO_ERROR);
      return 0;
    }

  g_assert_true (mdoc_certificate_get_der (certificate) == der);
  g_assert_nonnull (mdoc_certificate_get_public_key (certificate));
  g_assert_cmpuint (mdoc_certificate_get_serial (certificate).len, >, 0);
  check_inside (mdoc_certificate_get_subject_der (certificate), whole);
  check_inside (mdoc_certificate_get_issuer_der (certificate), whole);
  check_inside (mdoc_certificate_get_serial (certificate), whole);
  check_inside (mdoc_certificate_get_ski (certificate), whole);
  check_inside (mdoc_certificate_get_aki (certificate), whole);
  check_texts (certificate);
  check_path (certificate);
  /* an IACA's lint would verify a signature, which takes a thousand times as
   * long as all of this */
  check_lint (certificate, MDOC_LINT_DOCUMENT_SIGNER);
  check_lint (certificate, MDOC_LINT_READER);

  pem = mdoc_certificate_to_pem (certificate);
  again = mdoc_certificate_parse_pem (pem, strlen (pem), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_true (
      g_bytes_equal (mdoc_certificate_get_der (g_ptr_array_index (again, 0)),
                     der));
  return 0;
}
