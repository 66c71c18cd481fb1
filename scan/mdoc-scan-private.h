/*
 * mdoc-scan-private.h - what the files of this folder share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "scan/mdoc-picture.h"
#include "scan/mdoc-scan.h"

G_BEGIN_DECLS

/**
 * MdocScanner:
 *
 * Reads pictures for QR codes and remembers what it has seen. For one thread.
 */
typedef struct _MdocScanner MdocScanner;

gboolean
mdoc_scan_refuse (GError **error, MdocScanError code, const char *reason);

MdocScanner *mdoc_scanner_new (const char *scheme) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_scanner_free (MdocScanner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocScanner, mdoc_scanner_free)

/* Returns: whether a code with the scheme has been seen so far */
gboolean mdoc_scanner_look (MdocScanner *self, const MdocPicture *picture);
/* Returns: (transfer full): the one code with the scheme that was seen, or
 * %NULL with what was seen instead in @error */
char *mdoc_scanner_get_text (MdocScanner *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
