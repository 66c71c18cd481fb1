/*
 * mdoc-test-map.h - CBOR maps with one member changed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* A member of a map with text keys; @hex is its value, or %NULL for none. */
typedef struct
{
  const char *key;
  const char *hex;
} MdocTestMember;

/* Returns: (transfer full): a map of @members, which end with a %NULL key; if
 * @change has a key, that member has its value (%NULL: is left out), or is
 * added if there was none */
GBytes *
mdoc_test_map_build (const MdocTestMember *members, MdocTestMember change);
/* Returns: (transfer full): #6.24(bstr) of @content */
GBytes *mdoc_test_embed (GBytes *content);
/* Returns: (transfer full): @bytes as hexadecimal */
char *mdoc_test_hex (GBytes *bytes);

G_END_DECLS
