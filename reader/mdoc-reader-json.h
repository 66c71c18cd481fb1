/*
 * mdoc-reader-json.h - writing JSON, and the same for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "report/mdoc-json.h"

G_BEGIN_DECLS

void mdoc_reader_print_json (JsonNode *node);
void mdoc_reader_print_text (JsonNode *node);

G_END_DECLS
