/*
 * fuzz-items-request.c - mdoc_items_request_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/fuzz/request-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (MdocItemsRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  request = mdoc_items_request_parse (encoded, &error);

  /* what holds for every input, not just the absence of a crash */
  g_assert_true ((request == NULL) == (error != NULL));
  if (request != NULL)
    {
      g_assert_true (mdoc_items_request_get_encoded (request) == encoded);
      check_items_request (request);
    }

  return 0;
}
