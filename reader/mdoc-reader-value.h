/*
 * mdoc-reader-value.h - CBOR of data elements as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

JsonNode *mdoc_reader_value_to_json (MdocSpan encoded)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
