/*
 * fuzz-server-metadata.c - metadata made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-server-metadata.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is read can be written, and is then read as the same. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char issuer[] = "https://i.example";
  g_autoptr (MdocServerMetadata) metadata = NULL;
  g_autoptr (MdocServerMetadata) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  metadata = mdoc_server_metadata_parse (MDOC_SPAN (data, size),
                                         issuer,
                                         &error);
  g_assert_true ((metadata == NULL) == (error != NULL));
  if (metadata == NULL)
    {
      g_assert_true (error->domain == MDOC_JSON_ERROR);
      return 0;
    }

  first = mdoc_server_metadata_to_json (metadata);
  again = mdoc_server_metadata_parse (mdoc_span_from_text (first),
                                      issuer,
                                      &error);
  g_assert_no_error (error);
  second = mdoc_server_metadata_to_json (again);
  g_assert_cmpstr (first, ==, second);
  return 0;
}
