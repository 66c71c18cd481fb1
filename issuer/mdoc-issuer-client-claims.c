/*
 * mdoc-issuer-client-claims.c - claims from a file, and from those beside it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-value.h"
#include "openid/mdoc-json.h"

#define MAX_CLAIMS_BYTES ((gsize) 4 * 1024 * 1024)

static const MdocJsonLimits claims_limits = { .max_bytes = MAX_CLAIMS_BYTES,
                                              .max_depth = MDOC_JSON_MAX_DEPTH,
                                              .max_values = 65536 };

static JsonNode *resolve (JsonNode *node, const char *folder, GError **error);

/* the same as mdoc-issuer-value.c does it for "sign" */
static const char *
get_file (JsonNode *node)
{
  JsonObject *object;

  if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      return text[0] == '@' ? text + 1 : NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  return json_object_get_size (object) == 1
                 && json_object_has_member (object, "file")
             ? json_object_get_string_member_with_default (object, "file", NULL)
             : NULL;
}

static JsonNode *
read_content (const char *path, GError **error)
{
  g_autoptr (MdocSecret) content
      = mdoc_file_read_secret (path, MDOC_ISSUER_MAX_PICTURE_BYTES, error);
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;

  if (content == NULL)
    return NULL;
  text = mdoc_base64url_encode (mdoc_secret_get_span (content));
  object = json_object_new ();
  json_object_set_string_member (object, "base64url", text);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
resolve_members (JsonObject *object, const char *folder, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (JsonObject) resolved = json_object_new ();

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *value = resolve (json_object_get_member (object, l->data),
                                 folder,
                                 error);

      if (value == NULL)
        return NULL;
      json_object_set_member (resolved, l->data, value);
    }
  return json_node_init_object (json_node_alloc (), resolved);
}

static JsonNode *
resolve_elements (JsonArray *array, const char *folder, GError **error)
{
  g_autoptr (JsonArray) resolved = json_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *value = resolve (json_array_get_element (array, i),
                                 folder,
                                 error);

      if (value == NULL)
        return NULL;
      json_array_add_element (resolved, value);
    }
  return json_node_init_array (json_node_alloc (), resolved);
}

/* a copy; how deep it goes the door has bounded */
static JsonNode *
resolve (JsonNode *node, const char *folder, GError **error)
{
  const char *name = get_file (node);

  if (name != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      return read_content (path, error);
    }
  if (JSON_NODE_HOLDS_OBJECT (node))
    return resolve_members (json_node_get_object (node), folder, error);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return resolve_elements (json_node_get_array (node), folder, error);
  return json_node_copy (node);
}

/**
 * mdoc_issuer_client_read_claims:
 * @path: a file of JSON
 * @error: return location for a #MdocFileError or #MdocJsonError
 *
 * Returns: (transfer full): what is in it, or %NULL with @error set
 */
JsonObject *
mdoc_issuer_client_read_claims (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (MdocSecret) content = mdoc_file_read_secret (path,
                                                          MAX_CLAIMS_BYTES,
                                                          error);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonNode) resolved = NULL;
  JsonObject *claims;

  if (content == NULL)
    return NULL;
  root = mdoc_json_load_object (mdoc_secret_get_span (content),
                                path,
                                &claims_limits,
                                &claims,
                                error);
  if (root == NULL)
    return NULL;
  resolved = resolve_members (claims, folder, error);
  return resolved == NULL ? NULL
                          : json_object_ref (json_node_get_object (resolved));
}
