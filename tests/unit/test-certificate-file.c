/*
 * test-certificate-file.c - files of certificates, in DER or PEM
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "crypto/mdoc-certificate.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

static MdocCertificate *
parse_one (GBytes *content)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = mdoc_certificate_parse_file (content, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  return mdoc_certificate_ref (g_ptr_array_index (found, 0));
}

static void
test_good (void)
{
  g_autoptr (GBytes) der = mdoc_test_annex_d ("iaca_cert_der");
  g_autoptr (MdocCertificate) of_der = parse_one (der);
  g_autofree char *pem = mdoc_certificate_to_pem (of_der);
  g_autoptr (GBytes) content = g_bytes_new (pem, strlen (pem));
  g_autoptr (MdocCertificate) of_pem = parse_one (content);

  g_assert_true (g_bytes_equal (mdoc_certificate_get_der (of_der), der));
  g_assert_true (g_bytes_equal (mdoc_certificate_get_der (of_pem), der));
}

/* A file that is empty, DER that breaks, and what is neither. */
static void
test_bad (void)
{
  static const char *const files[] = { "", "3003", "30030201", "00", "2d2d2d" };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) content = mdoc_test_bytes_from_hex (files[i]);
      g_autoptr (GError) error = NULL;

      g_test_message ("\"%s\"", files[i]);
      g_assert_null (mdoc_certificate_parse_file (content, &error));
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/certificate-file/good", test_good);
  g_test_add_func ("/certificate-file/bad", test_bad);

  return g_test_run ();
}
