/*
 * mdoc-ctl-output.h - results as text and as JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* keys from snake_case to camelCase */
JsonNode *mdoc_ctl_to_json (GVariant *value) G_GNUC_WARN_UNUSED_RESULT;
/* @node: (transfer full): on standard output; on one line if not @is_pretty */
void mdoc_ctl_print_json (JsonNode *node, gboolean is_pretty);
void mdoc_ctl_print_variant (GVariant *value);

/* text of a member of an a{sv}, fit for a terminal; "" if it is not there */
char *mdoc_ctl_dup_text (GVariant *dict, const char *key)
    G_GNUC_WARN_UNUSED_RESULT;
GVariant *mdoc_ctl_new_text (const char *argument);
guint32 mdoc_ctl_get_uint (GVariant *dict, const char *key);
gboolean mdoc_ctl_get_boolean (GVariant *dict, const char *key);
/* whether a descriptor is a terminal that wants colours */
gboolean mdoc_ctl_has_colour (int fd);

G_END_DECLS
