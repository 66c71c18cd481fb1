/*
 * mdoc-json.c - members of JSON objects
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "report/mdoc-json.h"

#include "base/mdoc-text.h"

void
mdoc_json_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

void
mdoc_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
mdoc_json_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
mdoc_json_add_time (JsonBuilder *builder, const char *name, gint64 unix_s)
{
  g_autofree char *text = mdoc_time_format (unix_s);

  mdoc_json_add_text (builder, name, text);
}

/* bytes as hexadecimal */
void
mdoc_json_add_bytes (JsonBuilder *builder, const char *name, MdocSpan bytes)
{
  g_autofree char *text = mdoc_hex_encode (bytes);

  mdoc_json_add_text (builder, name, text);
}

void
mdoc_json_begin_object (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

void
mdoc_json_begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}
