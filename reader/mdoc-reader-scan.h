/*
 * mdoc-reader-scan.h - an engagement that a picture or a camera shows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "engagement/mdoc-device-engagement.h"

G_BEGIN_DECLS

/* @path: a PNG or JPEG file, "-", or a camera's device; @timeout_s: how long
 * the camera looks; @ret_uri: (out) (optional) (transfer full): the text */
MdocDeviceEngagement *mdoc_reader_scan (const char *path,
                                        guint timeout_s,
                                        char **ret_uri,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
