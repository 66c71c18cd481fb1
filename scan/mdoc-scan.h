/*
 * mdoc-scan.h - the text of a QR code, from a picture or a camera
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a picture: as a file, along each side, and in all. A picture of a
 * telephone has 12 megapixels and 4 MB. */
#define MDOC_SCAN_MAX_BYTES  ((gsize) 32 * 1024 * 1024)
#define MDOC_SCAN_MAX_SIDE   16384u
#define MDOC_SCAN_MAX_PIXELS (32u * 1024 * 1024)

/**
 * MdocScanError:
 * @MDOC_SCAN_ERROR_UNSUPPORTED: built without ZBar (whoever built it)
 * @MDOC_SCAN_ERROR_PICTURE: neither a PNG nor a JPEG, or a broken one (whoever
 *   named it)
 * @MDOC_SCAN_ERROR_LIMIT: a picture over one of the limits above (whoever named
 *   it)
 * @MDOC_SCAN_ERROR_NO_CODE: there is no QR code, or none that can be read
 *   (whoever made the picture)
 * @MDOC_SCAN_ERROR_OTHER_CODE: there are QR codes, but none with the scheme
 * that was asked for (whoever made the picture)
 * @MDOC_SCAN_ERROR_SEVERAL: there is more than one with that scheme (whoever
 *   made the picture)
 * @MDOC_SCAN_ERROR_CAMERA: no camera, or one that fails (this device)
 * @MDOC_SCAN_ERROR_TIMEOUT: the camera saw no such code in time (nobody)
 */
typedef enum
{
  MDOC_SCAN_ERROR_UNSUPPORTED,
  MDOC_SCAN_ERROR_PICTURE,
  MDOC_SCAN_ERROR_LIMIT,
  MDOC_SCAN_ERROR_NO_CODE,
  MDOC_SCAN_ERROR_OTHER_CODE,
  MDOC_SCAN_ERROR_SEVERAL,
  MDOC_SCAN_ERROR_CAMERA,
  MDOC_SCAN_ERROR_TIMEOUT,
} MdocScanError;

#define MDOC_SCAN_ERROR (mdoc_scan_error_quark ())
GQuark mdoc_scan_error_quark (void);

/* @scheme: such as "mdoc:"; a code counts if its text begins so, in whichever
 * case. Other codes are passed over: a poster has its own. */
char *mdoc_scan_picture (GBytes *file, const char *scheme, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @device: such as "/dev/video0". Blocks until such a code is seen */
char *mdoc_scan_camera (const char *device,
                        const char *scheme,
                        guint timeout_ms,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
