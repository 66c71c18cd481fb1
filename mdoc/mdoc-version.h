/*
 * mdoc-version.h - the "1.0" that messages begin with
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

gboolean mdoc_version_parse (MdocCborItem item,
                             const char *what,
                             guint *ret_minor,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
