/*
 * mdoc-server-metadata.c - what an authorization server says of itself
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-server-metadata.h"

#include <string.h>

#include "openid/mdoc-pkce.h"
#include "openid/mdoc-uri.h"

#define MAX_TEXTS    256
#define MAX_TEXT_LEN ((gsize) 1024)
#define DETAILS_TYPE "openid_credential"
#define ANONYMOUS    "pre-authorized_grant_anonymous_access_supported"

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_SERVER_METADATA_MAX_BYTES,
  .max_depth = 8,
  .max_values = 4096
};

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

/**
 * mdoc_server_metadata_new:
 * @issuer: its identifier
 * @token_uri: the token endpoint
 *
 * Returns: (transfer full): metadata with nothing else in it
 */
MdocServerMetadata *
mdoc_server_metadata_new (const char *issuer, const char *token_uri)
{
  MdocServerMetadata *self = g_new0 (MdocServerMetadata, 1);

  self->issuer = g_strdup (issuer);
  self->token_uri = g_strdup (token_uri);
  return self;
}

void
mdoc_server_metadata_free (MdocServerMetadata *self)
{
  if (self == NULL)
    return;

  g_free (self->issuer);
  g_free (self->authorization_uri);
  g_free (self->token_uri);
  g_free (self->par_uri);
  g_free (self->challenge_uri);
  g_strfreev (self->grant_types);
  g_strfreev (self->auth_methods);
  g_strfreev (self->dpop_algs);
  g_strfreev (self->scopes);
  g_free (self);
}

static gboolean
read_uri (JsonObject *object,
          const char *member,
          char **ret_uri,
          GError **error)
{
  const char *uri;

  if (!mdoc_json_find_text (object, member, MDOC_URI_MAX_LEN, &uri, error))
    return FALSE;
  if (uri != NULL && !mdoc_uri_is_https (uri))
    return refuse (error, member, "is no https address");
  *ret_uri = g_strdup (uri);
  return TRUE;
}

static gboolean
read_uris (MdocServerMetadata *self, JsonObject *object, GError **error)
{
  if (!read_uri (object,
                 "authorization_endpoint",
                 &self->authorization_uri,
                 error)
      || !read_uri (object, "token_endpoint", &self->token_uri, error)
      || !read_uri (object,
                    "pushed_authorization_request_endpoint",
                    &self->par_uri,
                    error)
      || !read_uri (object, "challenge_endpoint", &self->challenge_uri, error))
    return FALSE;
  return self->token_uri != NULL
         || refuse (error, "token_endpoint", "is missing");
}

/* An empty list says as much as none. */
static gboolean
read_texts (JsonObject *object, const char *member, GStrv *ret, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) == 0)
    {
      *ret = NULL;
      return TRUE;
    }
  return mdoc_json_find_texts (object,
                               member,
                               MAX_TEXTS,
                               MAX_TEXT_LEN,
                               ret,
                               error);
}

static gboolean
read_has (JsonObject *object,
          const char *member,
          const char *text,
          gboolean *ret_has,
          GError **error)
{
  g_auto (GStrv) texts = NULL;

  if (!read_texts (object, member, &texts, error))
    return FALSE;
  *ret_has = texts != NULL
             && g_strv_contains ((const char *const *) texts, text);
  return TRUE;
}

static gboolean
read_abilities (MdocServerMetadata *self, JsonObject *object, GError **error)
{
  return mdoc_json_find_boolean (object,
                                 "require_pushed_authorization_requests",
                                 FALSE,
                                 &self->requires_par,
                                 error)
         && mdoc_json_find_boolean (object,
                                    "authorization_response_iss_parameter_"
                                    "supported",
                                    FALSE,
                                    &self->gives_iss,
                                    error)
         && mdoc_json_find_boolean (object,
                                    ANONYMOUS,
                                    FALSE,
                                    &self->allows_anonymous,
                                    error)
         && read_has (object,
                      "code_challenge_methods_supported",
                      MDOC_PKCE_METHOD,
                      &self->has_s256,
                      error)
         && read_has (object,
                      "authorization_details_types_supported",
                      DETAILS_TYPE,
                      &self->has_details,
                      error)
         && read_texts (object,
                        "grant_types_supported",
                        &self->grant_types,
                        error)
         && read_texts (object,
                        "token_endpoint_auth_methods_supported",
                        &self->auth_methods,
                        error)
         && read_texts (object,
                        "dpop_signing_alg_values_supported",
                        &self->dpop_algs,
                        error)
         && read_texts (object, "scopes_supported", &self->scopes, error);
}

/**
 * mdoc_server_metadata_parse:
 * @json: what the server's well-known address gave
 * @issuer: the identifier that was asked for
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the metadata, or %NULL with @error set
 */
MdocServerMetadata *
mdoc_server_metadata_parse (MdocSpan json, const char *issuer, GError **error)
{
  g_autoptr (MdocServerMetadata) self = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *named;

  node = mdoc_json_load_object (json,
                                "Server metadata",
                                &limits,
                                &object,
                                error);
  if (node == NULL)
    return NULL;
  named = mdoc_json_get_text (object, "issuer", MDOC_URI_MAX_LEN, error);
  if (named == NULL)
    return NULL;
  /* byte for byte (RFC 8414, 3.3) */
  if (strcmp (named, issuer) != 0)
    {
      refuse (error, "issuer", "is another than was asked");
      return NULL;
    }

  self = mdoc_server_metadata_new (issuer, NULL);
  if (!read_uris (self, object, error) || !read_abilities (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static void
set_texts (JsonObject *object, const char *member, GStrv texts)
{
  if (texts != NULL)
    mdoc_json_set_texts (object, member, (const char *const *) texts);
}

static void
set_one (JsonObject *object, const char *member, const char *text)
{
  const char *const texts[] = { text, NULL };

  mdoc_json_set_texts (object, member, texts);
}

/**
 * mdoc_server_metadata_to_json:
 * @self: metadata
 *
 * Returns: (transfer full): @self as mdoc_server_metadata_parse() reads it
 */
char *
mdoc_server_metadata_to_json (const MdocServerMetadata *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "issuer", self->issuer);
  set_text (object, "authorization_endpoint", self->authorization_uri);
  set_text (object, "token_endpoint", self->token_uri);
  set_text (object, "pushed_authorization_request_endpoint", self->par_uri);
  set_text (object, "challenge_endpoint", self->challenge_uri);
  if (self->par_uri != NULL)
    json_object_set_boolean_member (object,
                                    "require_pushed_authorization_requests",
                                    self->requires_par);
  if (self->authorization_uri != NULL)
    set_one (object, "response_types_supported", "code");
  if (self->has_s256)
    set_one (object, "code_challenge_methods_supported", MDOC_PKCE_METHOD);
  if (self->has_details)
    set_one (object, "authorization_details_types_supported", DETAILS_TYPE);
  json_object_set_boolean_member (object,
                                  "authorization_response_iss_parameter_"
                                  "supported",
                                  self->gives_iss);
  json_object_set_boolean_member (object, ANONYMOUS, self->allows_anonymous);
  set_texts (object, "grant_types_supported", self->grant_types);
  set_texts (object,
             "token_endpoint_auth_methods_supported",
             self->auth_methods);
  set_texts (object, "dpop_signing_alg_values_supported", self->dpop_algs);
  set_texts (object, "scopes_supported", self->scopes);
  return mdoc_json_write (object);
}

gboolean
mdoc_server_metadata_has_grant (const MdocServerMetadata *self,
                                const char *grant)
{
  if (self->grant_types != NULL)
    return g_strv_contains ((const char *const *) self->grant_types, grant);
  return strcmp (grant, "authorization_code") == 0
         || strcmp (grant, "implicit") == 0;
}

/* Length without the slash at the end, which RFC 8414, 3.1, takes away. */
static gsize
bare_len (const char *issuer)
{
  gsize len = strlen (issuer);

  return issuer[len - 1] == '/' ? len - 1 : len;
}

/**
 * mdoc_server_metadata_dup_uri:
 * @issuer: a server's identifier
 *
 * Returns: (transfer full) (nullable): where its metadata is
 */
char *
mdoc_server_metadata_dup_uri (const char *issuer)
{
  const char *host;
  gsize len, start;

  if (!mdoc_uri_is_issuer (issuer))
    return NULL;
  len = bare_len (issuer);
  host = strstr (issuer, "://") + 3;
  start = (gsize) (host - issuer) + strcspn (host, "/");
  return g_strdup_printf ("%.*s/.well-known/oauth-authorization-server%.*s",
                          (int) start,
                          issuer,
                          (int) (len > start ? len - start : 0),
                          issuer + start);
}

/**
 * mdoc_server_metadata_dup_openid_uri:
 * @issuer: a server's identifier
 *
 * Returns: (transfer full) (nullable): where OpenID Connect has its metadata,
 *   for servers that have none at the address of RFC 8414
 */
char *
mdoc_server_metadata_dup_openid_uri (const char *issuer)
{
  if (!mdoc_uri_is_issuer (issuer))
    return NULL;
  return g_strdup_printf ("%.*s/.well-known/openid-configuration",
                          (int) bare_len (issuer),
                          issuer);
}
