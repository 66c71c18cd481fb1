/*
 * fuzz-engagement-uri.c - mdoc_device_engagement_parse_uri() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-device-engagement.h"
#include "tests/fuzz/engagement-invariants.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *uri = g_strndup ((const char *) data, size);
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;

  engagement = mdoc_device_engagement_parse_uri (uri, &error);
  g_assert_true ((engagement == NULL) == (error != NULL));
  if (engagement == NULL)
    return 0;

  assert_engagement (engagement);
  g_assert_cmpuint (mdoc_device_engagement_get_n_methods (engagement), >=, 1);

  /* no two texts stand for one engagement, but for the case of the scheme */
  again = mdoc_device_engagement_to_uri (
      mdoc_span_from_bytes (mdoc_device_engagement_get_encoded (engagement)));
  g_assert_true (g_ascii_strncasecmp (uri, again, 5) == 0);
  g_assert_cmpstr (uri + 5, ==, again + 5);
  return 0;
}
