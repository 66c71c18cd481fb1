/*
 * fuzz-mso.c - mdoc_mso_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"
#include "tests/fuzz/credential-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocMso) mso = mdoc_mso_parse (MDOC_SPAN (data, size), &error);
  MdocSpan encoded;

  g_assert_true ((mso == NULL) == (error != NULL));
  if (mso == NULL)
    {
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
      return 0;
    }

  encoded = mdoc_mso_get_encoded (mso);
  g_assert_true (mdoc_span_equal (encoded, MDOC_SPAN (data, size)));
  check_mso (mso);
  g_assert_false (mdoc_mso_is_authorized (mso, "no such name space", "one"));
  return 0;
}
