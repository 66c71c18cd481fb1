/*
 * mdoc-json.h - members of JSON objects
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* one member each of the object that @builder is in */
void
mdoc_json_add_text (JsonBuilder *builder, const char *name, const char *text);
void
mdoc_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);
void mdoc_json_add_int (JsonBuilder *builder, const char *name, gint64 value);
void mdoc_json_add_time (JsonBuilder *builder, const char *name, gint64 unix_s);
void
mdoc_json_add_bytes (JsonBuilder *builder, const char *name, MdocSpan bytes);
void mdoc_json_begin_object (JsonBuilder *builder, const char *name);
void mdoc_json_begin_array (JsonBuilder *builder, const char *name);

G_END_DECLS
