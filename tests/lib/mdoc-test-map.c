/*
 * mdoc-test-map.c - CBOR maps with one member changed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-map.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "tests/lib/mdoc-test.h"

static void
put_member (MdocCborWriter *writer, const char *key, const char *hex)
{
  g_autoptr (GBytes) value = mdoc_test_bytes_from_hex (hex);

  mdoc_cbor_writer_put_text (writer, key);
  mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (value));
}

GBytes *
mdoc_test_map_build (const MdocTestMember *members, MdocTestMember change)
{
  g_autoptr (MdocCborWriter) content = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  gboolean is_changed = change.key == NULL;
  guint n = 0;

  for (gsize i = 0; members[i].key != NULL; i++)
    {
      const char *hex = members[i].hex;

      if (change.key != NULL && strcmp (change.key, members[i].key) == 0)
        {
          hex = change.hex;
          is_changed = TRUE;
        }
      if (hex == NULL)
        continue;
      put_member (content, members[i].key, hex);
      n++;
    }
  if (!is_changed)
    {
      put_member (content, change.key, change.hex);
      n++;
    }

  mdoc_cbor_writer_begin_map (writer, n);
  mdoc_cbor_writer_put_encoded (writer, mdoc_cbor_writer_get_span (content));
  return mdoc_cbor_writer_finish (writer);
}

GBytes *
mdoc_test_embed (GBytes *content)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_embedded (writer, mdoc_span_from_bytes (content));
  return mdoc_cbor_writer_finish (writer);
}

char *
mdoc_test_hex (GBytes *bytes)
{
  return mdoc_hex_encode (mdoc_span_from_bytes (bytes));
}
