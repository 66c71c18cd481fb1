/*
 * fuzz-engagement.c - mdoc_device_engagement_parse() on anything
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
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autoptr (GError) error = NULL;

  engagement = mdoc_device_engagement_parse (encoded, &error);
  g_assert_true ((engagement == NULL) == (error != NULL));
  if (engagement == NULL)
    return 0;

  g_assert_true (mdoc_device_engagement_get_encoded (engagement) == encoded);
  assert_engagement (engagement);
  return 0;
}
