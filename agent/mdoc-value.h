/*
 * mdoc-value.h - the value of a data element as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

char *mdoc_value_to_json (MdocSpan encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
