/*
 * mdoc-scan-none.c - the same where there is no ZBar
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "scan/mdoc-scan-private.h"

static char *
refuse (GError **error)
{
  mdoc_scan_refuse (error,
                    MDOC_SCAN_ERROR_UNSUPPORTED,
                    "This program was built without ZBar and reads no QR "
                    "codes: install ZBar and libjpeg (on Debian libzbar-dev "
                    "and libjpeg-dev) and build it with -Dzbar=enabled");
  return NULL;
}

char *
mdoc_scan_picture (GBytes *file, const char *scheme, GError **error)
{
  return refuse (error);
}

char *
mdoc_scan_camera (const char *device,
                  const char *scheme,
                  guint timeout_ms,
                  GError **error)
{
  return refuse (error);
}
