/*
 * mdoc-reader-transport.h - the ways to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/* NULL-terminated, the usual one first */
const char *const *mdoc_reader_transport_get_names (void);
gboolean mdoc_reader_transport_is_known (const char *name);
/* @name: (nullable): the usual one */
MdocTransport *mdoc_reader_transport_open (const char *name,
                                           MdocDeviceEngagement *engagement,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
