/*
 * mdoc-token-message.c - what wallet and authorization server say to each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-token-message.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-offer.h"
#include "openid/mdoc-pkce.h"
#include "openid/mdoc-uri.h"

#define DETAILS_TYPE "openid_credential"
/* a year and more; what lives longer is not believed */
#define MAX_EXPIRES_S G_GINT64_CONSTANT (400 * 24 * 3600)

static const MdocJsonLimits limits = { .max_bytes = MDOC_TOKEN_MAX_BYTES,
                                       .max_depth = 8,
                                       .max_values = 16 * 1024 };

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

static void
detail_free (MdocDetail *detail)
{
  g_free (detail->configuration_id);
  g_strfreev (detail->identifiers);
  g_free (detail);
}

GPtrArray *
mdoc_details_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) detail_free);
}

void
mdoc_details_add (GPtrArray *details,
                  const char *configuration_id,
                  const char *const *identifiers)
{
  MdocDetail *detail = g_new0 (MdocDetail, 1);

  detail->configuration_id = g_strdup (configuration_id);
  detail->identifiers = g_strdupv ((GStrv) (gsize) identifiers);
  g_ptr_array_add (details, detail);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static JsonArray *
write_details (GPtrArray *details, const char *location)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < details->len; i++)
    {
      const MdocDetail *detail = details->pdata[i];
      const char *const locations[] = { location, NULL };
      JsonObject *object = json_object_new ();

      set_text (object, "type", DETAILS_TYPE);
      set_text (object,
                "credential_configuration_id",
                detail->configuration_id);
      if (location != NULL)
        mdoc_json_set_texts (object, "locations", locations);
      if (detail->identifiers != NULL)
        mdoc_json_set_texts (object,
                             "credential_identifiers",
                             (const char *const *) detail->identifiers);
      json_array_add_object_element (array, object);
    }
  return array;
}

static gboolean
read_detail (GPtrArray *details,
             JsonObject *object,
             gboolean needs_identifiers,
             GError **error)
{
  g_auto (GStrv) identifiers = NULL;
  const char *type, *id;

  type = mdoc_json_get_text (object, "type", MDOC_OFFER_MAX_ID_LEN, error);
  if (type == NULL)
    return FALSE;
  if (strcmp (type, DETAILS_TYPE) != 0)
    return TRUE;
  id = mdoc_json_get_text (object,
                           "credential_configuration_id",
                           MDOC_OFFER_MAX_ID_LEN,
                           error);
  if (id == NULL
      || !mdoc_json_find_texts (object,
                                "credential_identifiers",
                                MDOC_DETAILS_MAX_IDS,
                                MDOC_OFFER_MAX_ID_LEN,
                                &identifiers,
                                error))
    return FALSE;
  if (needs_identifiers && identifiers == NULL)
    return refuse (error, "credential_identifiers", "is missing");
  mdoc_details_add (details, id, (const char *const *) identifiers);
  return TRUE;
}

/* Details of other types are not ours. */
GPtrArray *
mdoc_details_parse (JsonArray *array,
                    gboolean needs_identifiers,
                    GError **error)
{
  g_autoptr (GPtrArray) details = mdoc_details_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "authorization_details",
                                                       error);

      if (object == NULL
          || !read_detail (details, object, needs_identifiers, error))
        return NULL;
    }
  return g_steal_pointer (&details);
}

static void
add_details (GString *form, GPtrArray *details, const char *location)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (details == NULL || details->len == 0)
    return;
  node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, write_details (details, location));
  text = mdoc_text_mend_json (json_to_string (node, FALSE));
  mdoc_form_add (form, "authorization_details", text);
}

/* Of a form: NULL without @error if the field is not there. */
static GPtrArray *
find_details (GHashTable *fields, GError **error)
{
  const char *text = g_hash_table_lookup (fields, "authorization_details");
  g_autoptr (JsonNode) node = NULL;

  if (text == NULL)
    return NULL;
  node = mdoc_json_load (mdoc_span_from_text (text), &limits, error);
  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (node)
      || json_array_get_length (json_node_get_array (node)) == 0
      || json_array_get_length (json_node_get_array (node)) > MDOC_DETAILS_MAX)
    {
      refuse (error, "authorization_details", "is no such array");
      return NULL;
    }
  return mdoc_details_parse (json_node_get_array (node), FALSE, error);
}

/* A field that may be missing, but not be empty or too long. */
static gboolean
find_field (GHashTable *fields, const char *name, char **ret, GError **error)
{
  const char *value = g_hash_table_lookup (fields, name);

  if (value != NULL && *value == '\0')
    return refuse (error, name, "is empty");
  if (value != NULL && strlen (value) > MDOC_TOKEN_MAX_LEN)
    return mdoc_json_refuse (error, MDOC_JSON_ERROR_LIMIT, name, "is too long");
  *ret = g_strdup (value);
  return TRUE;
}

static gboolean
get_field (GHashTable *fields, const char *name, char **ret, GError **error)
{
  if (!find_field (fields, name, ret, error))
    return FALSE;
  return *ret != NULL || refuse (error, name, "is missing");
}

void
mdoc_authorization_request_free (MdocAuthorizationRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->client_id);
  g_free (self->redirect_uri);
  g_free (self->scope);
  g_clear_pointer (&self->details, g_ptr_array_unref);
  g_free (self->location);
  g_free (self->state);
  g_free (self->code_challenge);
  g_free (self->issuer_state);
  g_free (self->dpop_thumbprint);
  g_free (self);
}

/**
 * mdoc_authorization_request_to_form:
 * @self: a request
 *
 * Returns: (transfer full): @self as a form, or as the query of an address
 */
char *
mdoc_authorization_request_to_form (const MdocAuthorizationRequest *self)
{
  GString *form = g_string_new (NULL);

  mdoc_form_add (form, "response_type", "code");
  mdoc_form_add (form, "client_id", self->client_id);
  mdoc_form_add (form, "redirect_uri", self->redirect_uri);
  mdoc_form_add (form, "scope", self->scope);
  add_details (form, self->details, self->location);
  mdoc_form_add (form, "resource", self->location);
  mdoc_form_add (form, "state", self->state);
  mdoc_form_add (form, "code_challenge", self->code_challenge);
  mdoc_form_add (form, "code_challenge_method", MDOC_PKCE_METHOD);
  mdoc_form_add (form, "issuer_state", self->issuer_state);
  mdoc_form_add (form, "dpop_jkt", self->dpop_thumbprint);
  return g_string_free (form, FALSE);
}

static gboolean
read_authorization (MdocAuthorizationRequest *self,
                    GHashTable *fields,
                    GError **error)
{
  g_autofree char *type = NULL;
  g_autofree char *method = NULL;

  if (!get_field (fields, "response_type", &type, error)
      || !get_field (fields, "client_id", &self->client_id, error)
      || !find_field (fields, "redirect_uri", &self->redirect_uri, error)
      || !find_field (fields, "scope", &self->scope, error)
      || !find_field (fields, "resource", &self->location, error)
      || !find_field (fields, "state", &self->state, error)
      || !get_field (fields, "code_challenge", &self->code_challenge, error)
      || !get_field (fields, "code_challenge_method", &method, error)
      || !find_field (fields, "issuer_state", &self->issuer_state, error)
      || !find_field (fields, "dpop_jkt", &self->dpop_thumbprint, error))
    return FALSE;
  if (strcmp (type, "code") != 0)
    return refuse (error, "response_type", "is not code");
  if (strcmp (method, MDOC_PKCE_METHOD) != 0)
    return refuse (error, "code_challenge_method", "is not S256");
  /* a reference inside would be fetched by us (RFC 9126, 2.1) */
  if (g_hash_table_contains (fields, "request_uri"))
    return refuse (error, "request_uri", "may not stand here");
  return TRUE;
}

/**
 * mdoc_authorization_request_parse:
 * @form: a pushed request
 * @error: return location for a #MdocFormError or #MdocJsonError
 *
 * PKCE by S256 is required, and plain refused.
 *
 * Returns: (transfer full): the request, or %NULL with @error set
 */
MdocAuthorizationRequest *
mdoc_authorization_request_parse (const char *form, GError **error)
{
  g_autoptr (MdocAuthorizationRequest) self = NULL;
  g_autoptr (GHashTable) fields = mdoc_form_parse (form, error);
  g_autoptr (GError) inner_error = NULL;

  if (fields == NULL)
    return NULL;
  self = g_new0 (MdocAuthorizationRequest, 1);
  if (!read_authorization (self, fields, error))
    return NULL;
  self->details = find_details (fields, &inner_error);
  if (inner_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return NULL;
    }
  return g_steal_pointer (&self);
}

char *
mdoc_par_response_write (const char *request_uri, gint64 expires_in_s)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "request_uri", request_uri);
  json_object_set_int_member (object, "expires_in", expires_in_s);
  return mdoc_json_write (object);
}

/**
 * mdoc_par_response_parse:
 * @json: the answer to a pushed request
 * @ret_expires_in_s: (out): how long it may be used, in seconds
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the name to send the browser with, or %NULL with
 *   @error set
 */
char *
mdoc_par_response_parse (MdocSpan json,
                         gint64 *ret_expires_in_s,
                         GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *uri;

  node = mdoc_json_load_object (json, "PAR response", &limits, &object, error);
  if (node == NULL)
    return NULL;
  uri = mdoc_json_get_text (object, "request_uri", MDOC_URI_MAX_LEN, error);
  if (uri == NULL
      || !mdoc_json_get_int (object,
                             "expires_in",
                             1,
                             MAX_EXPIRES_S,
                             ret_expires_in_s,
                             error))
    return NULL;
  return g_strdup (uri);
}

static const struct
{
  const char *name;
  const char *code_field;
} grants[] = {
  [MDOC_TOKEN_AUTHORIZATION_CODE] = { MDOC_GRANT_AUTHORIZATION_CODE, "code" },
  [MDOC_TOKEN_PRE_AUTHORIZED] = { MDOC_GRANT_PRE_AUTHORIZED,
                                  "pre-authorized_code" },
  [MDOC_TOKEN_REFRESH] = { MDOC_GRANT_REFRESH_TOKEN, "refresh_token" },
};

void
mdoc_token_request_free (MdocTokenRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->code);
  g_free (self->code_verifier);
  g_free (self->redirect_uri);
  g_free (self->tx_code);
  g_free (self->client_id);
  g_free (self->scope);
  g_clear_pointer (&self->details, g_ptr_array_unref);
  g_free (self);
}

/**
 * mdoc_token_request_to_form:
 * @self: a request
 *
 * Returns: (transfer full): @self as a form
 */
char *
mdoc_token_request_to_form (const MdocTokenRequest *self)
{
  GString *form = g_string_new (NULL);

  mdoc_form_add (form, "grant_type", grants[self->grant].name);
  mdoc_form_add (form, grants[self->grant].code_field, self->code);
  mdoc_form_add (form, "code_verifier", self->code_verifier);
  mdoc_form_add (form, "redirect_uri", self->redirect_uri);
  mdoc_form_add (form, "tx_code", self->tx_code);
  mdoc_form_add (form, "client_id", self->client_id);
  mdoc_form_add (form, "scope", self->scope);
  add_details (form, self->details, NULL);
  return g_string_free (form, FALSE);
}

/**
 * mdoc_token_request_parse:
 * @form: a request
 * @error: return location for a #MdocFormError or #MdocJsonError
 *
 * Returns: (transfer full) (nullable): the request; %NULL without @error if it
 *   is by a grant that is none of ours (unsupported_grant_type)
 */
MdocTokenRequest *
mdoc_token_request_parse (const char *form, GError **error)
{
  g_autoptr (MdocTokenRequest) self = NULL;
  g_autoptr (GHashTable) fields = mdoc_form_parse (form, error);
  g_autoptr (GError) inner_error = NULL;
  g_autofree char *name = NULL;
  gsize i = 0;

  if (fields == NULL || !get_field (fields, "grant_type", &name, error))
    return NULL;
  while (i < G_N_ELEMENTS (grants) && strcmp (grants[i].name, name) != 0)
    i++;
  if (i == G_N_ELEMENTS (grants))
    return NULL;

  self = g_new0 (MdocTokenRequest, 1);
  self->grant = (MdocTokenGrant) i;
  if (!get_field (fields, grants[i].code_field, &self->code, error)
      || !find_field (fields, "code_verifier", &self->code_verifier, error)
      || !find_field (fields, "redirect_uri", &self->redirect_uri, error)
      || !find_field (fields, "tx_code", &self->tx_code, error)
      || !find_field (fields, "client_id", &self->client_id, error)
      || !find_field (fields, "scope", &self->scope, error))
    return NULL;
  self->details = find_details (fields, &inner_error);
  if (inner_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
mdoc_token_response_free (MdocTokenResponse *self)
{
  if (self == NULL)
    return;

  g_free (self->access_token);
  g_free (self->refresh_token);
  g_free (self->scope);
  g_clear_pointer (&self->details, g_ptr_array_unref);
  g_free (self);
}

/**
 * mdoc_token_response_to_json:
 * @self: an answer
 *
 * Returns: (transfer full): @self as mdoc_token_response_parse() reads it
 */
char *
mdoc_token_response_to_json (const MdocTokenResponse *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  set_text (object, "access_token", self->access_token);
  set_text (object, "token_type", self->is_dpop ? "DPoP" : "Bearer");
  if (self->expires_in_s > 0)
    json_object_set_int_member (object, "expires_in", self->expires_in_s);
  set_text (object, "refresh_token", self->refresh_token);
  set_text (object, "scope", self->scope);
  if (self->details != NULL && self->details->len > 0)
    json_object_set_array_member (object,
                                  "authorization_details",
                                  write_details (self->details, NULL));
  return mdoc_json_write (object);
}

static gboolean
find_dup (JsonObject *object, const char *member, char **ret, GError **error)
{
  const char *text;

  if (!mdoc_json_find_text (object, member, MDOC_TOKEN_MAX_LEN, &text, error))
    return FALSE;
  *ret = g_strdup (text);
  return TRUE;
}

static gboolean
read_response (MdocTokenResponse *self, JsonObject *object, GError **error)
{
  const char *token, *type;
  JsonArray *details;

  token = mdoc_json_get_text (object,
                              "access_token",
                              MDOC_TOKEN_MAX_LEN,
                              error);
  type = token != NULL ? mdoc_json_get_text (object, "token_type", 64, error)
                       : NULL;
  if (type == NULL)
    return FALSE;
  self->access_token = g_strdup (token);
  self->is_dpop = g_ascii_strcasecmp (type, "DPoP") == 0;
  if (!self->is_dpop && g_ascii_strcasecmp (type, "Bearer") != 0)
    return refuse (error, "token_type", "is none that we know");

  if (!mdoc_json_find_int (object,
                           "expires_in",
                           0,
                           MDOC_JSON_MAX_INT,
                           0,
                           &self->expires_in_s,
                           error)
      || !find_dup (object, "refresh_token", &self->refresh_token, error)
      || !find_dup (object, "scope", &self->scope, error)
      || !mdoc_json_find_array (object,
                                "authorization_details",
                                MDOC_DETAILS_MAX,
                                &details,
                                error))
    return FALSE;
  self->expires_in_s = MIN (self->expires_in_s, MAX_EXPIRES_S);
  if (details == NULL)
    return TRUE;
  self->details = mdoc_details_parse (details, TRUE, error);
  return self->details != NULL;
}

/**
 * mdoc_token_response_parse:
 * @json: the body of an answer
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the answer, or %NULL with @error set
 */
MdocTokenResponse *
mdoc_token_response_parse (MdocSpan json, GError **error)
{
  g_autoptr (MdocTokenResponse) self = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (json,
                                "Token response",
                                &limits,
                                &object,
                                error);
  if (node == NULL)
    return NULL;
  self = g_new0 (MdocTokenResponse, 1);
  if (!read_response (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}
