/*
 * fuzz-issuer-signed.c - mdoc_issuer_signed_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/fuzz/credential-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocIssuerSigned) parsed = NULL;

  parsed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_true ((parsed == NULL) == (error != NULL));
  if (parsed == NULL)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return 0;
    }

  g_assert_true (mdoc_issuer_signed_get_encoded (parsed) == encoded);
  check_issuer_signed (parsed, mdoc_span_from_bytes (encoded));
  return 0;
}
