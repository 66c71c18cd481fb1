/*
 * mdoc-json-scan.h - the scan that goes before json-glib
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

gboolean
mdoc_json_scan (MdocSpan text, const MdocJsonLimits *limits, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
