/*
 * mdoc-name-private.h - names out of a message, kept as C strings
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

const char *mdoc_name_keep (GStringChunk *names,
                            MdocCborItem item,
                            const char *what,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
