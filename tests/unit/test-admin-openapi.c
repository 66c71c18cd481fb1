/*
 * test-admin-openapi.c - what is described is what there is, and all of it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "issuer/mdoc-admin-keys.h"
#include "issuer/mdoc-admin.h"
#include "openid/mdoc-json.h"

static JsonNode *
load (void)
{
  g_autofree char *path = g_build_filename (g_getenv (MDOC_ENV_DATA_DIR),
                                            "openapi",
                                            "mdoc-issuer.json",
                                            NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static void
check_role (JsonObject *operation, guint roles, const char *what)
{
  static const struct
  {
    guint role;
    const char *words;
  } names[] = {
    { MDOC_ADMIN_ROLE_CHECK, "Role: check." },
    { MDOC_ADMIN_ROLE_READ, "Role: read." },
    { MDOC_ADMIN_ROLE_OPERATE, "Role: operate." },
    { MDOC_ADMIN_ROLE_CONFIGURE, "Role: configure." },
  };
  JsonArray *security = json_object_get_array_member (operation, "security");

  g_test_message ("%s", what);
  g_assert_cmpint (json_array_get_length (security) > 0, ==, roles != 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].role == roles)
      g_assert_nonnull (
          strstr (json_object_get_string_member (operation, "description"),
                  names[i].words));
}

/* each route is described, with the role that it needs */
static void
test_described (void)
{
  g_autoptr (JsonNode) root = load ();
  JsonObject *paths = json_object_get_object_member (json_node_get_object (
                                                         root),
                                                     "paths");
  gsize n;
  const MdocAdminRoute *routes = mdoc_admin_list_routes (&n);

  g_assert_cmpuint (n, >, 50);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *method = g_ascii_strdown (routes[i].method, -1);
      g_autofree char *what = g_strdup_printf ("%s %s", method, routes[i].path);
      JsonObject *path;

      g_test_message ("%s", what);
      g_assert_true (json_object_has_member (paths, routes[i].path));
      path = json_object_get_object_member (paths, routes[i].path);
      g_assert_true (json_object_has_member (path, method));
      check_role (json_object_get_object_member (path, method),
                  routes[i].roles,
                  what);
    }
}

/* and nothing else is */
static void
test_served (void)
{
  g_autoptr (JsonNode) root = load ();
  JsonObject *paths = json_object_get_object_member (json_node_get_object (
                                                         root),
                                                     "paths");
  g_autoptr (GList) names = json_object_get_members (paths);
  gsize n, n_described = 0;

  mdoc_admin_list_routes (&n);
  for (GList *l = names; l != NULL; l = l->next)
    n_described += json_object_get_size (
        json_object_get_object_member (paths, l->data));
  g_assert_cmpuint (n_described, ==, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/admin-openapi/described", test_described);
  g_test_add_func ("/admin-openapi/served", test_served);
  return g_test_run ();
}
