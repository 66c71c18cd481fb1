/*
 * mdoc-scan-error.c - the name of errors of this folder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "scan/mdoc-scan-private.h"

G_DEFINE_QUARK (mdoc_scan_error_quark, mdoc_scan_error)

/**
 * mdoc_scan_refuse:
 * @error: return location for a #MdocScanError
 * @code: why
 * @reason: the same for people
 *
 * Returns: %FALSE
 */
gboolean
mdoc_scan_refuse (GError **error, MdocScanError code, const char *reason)
{
  g_set_error_literal (error, MDOC_SCAN_ERROR, (gint) code, reason);
  return FALSE;
}
