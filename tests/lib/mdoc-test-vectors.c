/*
 * mdoc-test-vectors.c - published test vectors, read where they lie
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-vectors.h"

#include "tests/lib/mdoc-test.h"

JsonNode *
mdoc_test_load_vectors (const char *file)
{
  const char *folder = g_getenv ("MDOC_TEST_VECTORS");
  g_autofree char *path = NULL;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;

  if (folder == NULL)
    g_error ("MDOC_TEST_VECTORS does not name the folder of test vectors");

  path = g_build_filename (folder, file, NULL);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

GBytes *
mdoc_test_annex_d (const char *name)
{
  static JsonNode *root;
  JsonObject *vectors;

  if (root == NULL)
    {
      root = mdoc_test_load_vectors ("iso18013-5-annex-d.json");
      /* kept for the life of the process, like the text it borrows */
    }

  vectors = json_object_get_object_member (json_node_get_object (root),
                                           "vectors");
  if (!json_object_has_member (vectors, name))
    g_error ("no vector \"%s\" in Annex D", name);

  return mdoc_test_bytes_from_hex (
      json_object_get_string_member (json_object_get_object_member (vectors,
                                                                    name),
                                     "hex"));
}
