/*
 * mdoc-test-vectors.c - published test vectors, read where they lie
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-vectors.h"

#include "tests/lib/mdoc-test.h"

JsonObject *
mdoc_test_vectors_load (const char *file)
{
  const char *folder = g_getenv ("MDOC_TEST_VECTORS");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (folder == NULL)
    g_error ("MDOC_TEST_VECTORS is not set; run the tests by meson");

  path = g_build_filename (folder, file, NULL);
  if (!json_parser_load_from_file (parser, path, &error))
    g_error ("No test vectors: %s; meson option \"vectors\" tells their folder",
             error->message);

  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

GBytes *
mdoc_test_vectors_dup_hex (JsonObject *object, const char *member)
{
  g_assert_true (json_object_has_member (object, member));
  return mdoc_test_bytes_from_hex (
      json_object_get_string_member (object, member));
}

GBytes *
mdoc_test_annex_d (const char *name)
{
  static JsonObject *vectors; /* stays until the process ends */

  if (vectors == NULL)
    {
      g_autoptr (JsonObject) file = NULL;

      file = mdoc_test_vectors_load ("iso18013-5-annex-d.json");
      vectors = json_object_ref (
          json_object_get_object_member (file, "vectors"));
    }

  g_assert_true (json_object_has_member (vectors, name));
  return mdoc_test_vectors_dup_hex (json_object_get_object_member (vectors,
                                                                   name),
                                    "hex");
}
