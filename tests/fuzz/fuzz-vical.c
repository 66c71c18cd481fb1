/*
 * fuzz-vical.c - mdoc_vical_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-vical.h"
#include "tests/fuzz/credential-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_entry (MdocVical *vical, guint i)
{
  const char *const *doc_types = mdoc_vical_get_doc_types (vical, i);
  MdocCertificate *certificate = mdoc_vical_get_certificate (vical, i);
  guint n = 0;

  g_assert_nonnull (certificate);
  g_assert_false (mdoc_vical_has_issuer (vical, certificate, ""));
  for (; doc_types[n] != NULL; n++)
    {
      check_credential_name (doc_types[n]);
      g_assert_true (mdoc_vical_has_issuer (vical, certificate, doc_types[n]));
    }
  g_assert_cmpuint (n, <=, MDOC_VICAL_MAX_DOC_TYPES);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (MdocVical) vical = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;
  guint n;

  vical = mdoc_vical_parse (encoded, &error);
  g_assert_true ((vical == NULL) == (error != NULL));
  if (vical == NULL)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR
                     || error->domain == MDOC_CRYPTO_ERROR);
      return 0;
    }

  check_credential_name (mdoc_vical_get_provider (vical));
  n = mdoc_vical_get_n_certificates (vical);
  g_assert_cmpuint (n, <=, MDOC_VICAL_MAX_CERTIFICATES);
  for (guint i = 0; i < n; i++)
    check_entry (vical, i);
  anchors = mdoc_vical_dup_anchors (vical, NULL);
  g_assert_cmpuint (anchors->len, ==, n);

  g_assert_true (mdoc_vical_verify (vical,
                                    nobody,
                                    NULL,
                                    mdoc_vical_get_date (vical),
                                    NULL,
                                    &is_valid,
                                    NULL));
  g_assert_false (is_valid);
  return 0;
}
