/*
 * mdoc-gzip.h - what HTTP calls gzip (RFC 1952)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): @bytes, in the form of the content coding "gzip" of
 * RFC 9110, 8.4.1.3; the same each time */
GBytes *mdoc_gzip_compress (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
