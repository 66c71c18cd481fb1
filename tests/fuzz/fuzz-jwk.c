/*
 * fuzz-jwk.c - keys in JSON and sets of them, made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-server-keys.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = 8,
                                       .max_values = 1024 };

static void
check_key (MdocJwk *jwk)
{
  g_autoptr (JsonObject) written = mdoc_jwk_to_json (jwk);
  g_autoptr (MdocJwk) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *print = NULL;
  g_autofree char *print_again = NULL;

  again = mdoc_jwk_parse (written, "again", &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_public_key_equal (mdoc_jwk_get_key (again), mdoc_jwk_get_key (jwk)));
  g_assert_cmpstr (mdoc_jwk_get_kid (again), ==, mdoc_jwk_get_kid (jwk));
  print = mdoc_jwk_dup_thumbprint (mdoc_jwk_get_key (jwk));
  print_again = mdoc_jwk_dup_thumbprint (mdoc_jwk_get_key (again));
  g_assert_cmpstr (print, ==, print_again);
  g_assert_cmpuint (strlen (print), ==, 43);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (MdocJwk) jwk = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GPtrArray) set = NULL;
  g_autoptr (MdocServerKeys) keys = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (MDOC_SPAN (data, size),
                                "input",
                                &limits,
                                &object,
                                NULL);
  if (node == NULL)
    return 0;

  jwk = mdoc_jwk_parse (object, "jwk", &error);
  g_assert_true ((jwk == NULL) == (error != NULL));
  if (jwk != NULL)
    check_key (jwk);
  g_clear_error (&error);

  key = mdoc_jwk_parse_private (object, &error);
  g_assert_true ((key == NULL) == (error != NULL));
  g_assert_true (key == NULL || jwk == NULL);
  g_clear_error (&error);

  set = mdoc_jwk_set_parse (object, "jwks", &error);
  g_assert_true ((set == NULL) == (error != NULL));
  for (guint i = 0; set != NULL && i < set->len; i++)
    check_key (set->pdata[i]);
  g_clear_error (&error);

  /* the same set with keys of RSA, where there are any */
  keys = mdoc_server_keys_parse (object, "jwks", &error);
  g_assert_true ((keys == NULL) == (error != NULL));
  g_assert_true ((keys == NULL) == (set == NULL));
  g_assert_true (keys == NULL
                 || mdoc_server_keys_get_length (keys) >= set->len);
  return 0;
}
