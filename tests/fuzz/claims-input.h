/*
 * claims-input.h - whether an input can be the claims of a token
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

/* Only an object is worth a signature, which takes most of the time. */
static inline gboolean
is_object (MdocSpan json)
{
  static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                         .max_depth = 8,
                                         .max_values = 1024 };
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json, "input", &limits, &object, NULL);
  return node != NULL;
}
