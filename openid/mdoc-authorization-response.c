/*
 * mdoc-authorization-response.c - what the browser brings back
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-authorization-response.h"

#include <string.h>

#include "base/mdoc-secret.h"
#include "openid/mdoc-token-message.h"
#include "openid/mdoc-uri.h"

void
mdoc_authorization_response_free (MdocAuthorizationResponse *self)
{
  if (self == NULL)
    return;

  g_free (self->code);
  g_free (self->state);
  g_free (self->issuer);
  g_free (self->description);
  g_free (self);
}

/**
 * mdoc_authorization_response_to_uri:
 * @self: an answer, with a code or an error
 * @redirect_uri: where the browser goes
 *
 * Returns: (transfer full): the address with the answer in its query
 */
char *
mdoc_authorization_response_to_uri (const MdocAuthorizationResponse *self,
                                    const char *redirect_uri)
{
  g_autoptr (GString) query = g_string_new (NULL);

  mdoc_form_add (query, "code", self->code);
  if (self->code == NULL)
    mdoc_form_add (query, "error", mdoc_protocol_code_get_name (self->error));
  mdoc_form_add (query, "error_description", self->description);
  mdoc_form_add (query, "state", self->state);
  mdoc_form_add (query, "iss", self->issuer);
  return g_strconcat (redirect_uri,
                      strchr (redirect_uri, '?') != NULL ? "&" : "?",
                      query->str,
                      NULL);
}

static gboolean
read_field (GHashTable *fields, const char *name, char **ret, GError **error)
{
  const char *value = g_hash_table_lookup (fields, name);

  if (value != NULL && strlen (value) > MDOC_TOKEN_MAX_LEN)
    return mdoc_json_refuse (error, MDOC_JSON_ERROR_LIMIT, name, "is too long");
  *ret = g_strdup (value);
  return TRUE;
}

/**
 * mdoc_authorization_response_parse:
 * @query: the query of the address, without its question mark
 * @error: return location for a #MdocFormError or #MdocJsonError
 *
 * Returns: (transfer full): the answer, or %NULL with @error set if there is
 *   neither code nor error, or both
 */
MdocAuthorizationResponse *
mdoc_authorization_response_parse (const char *query, GError **error)
{
  g_autoptr (MdocAuthorizationResponse) self = NULL;
  g_autoptr (GHashTable) fields = mdoc_form_parse (query, error);
  g_autofree char *name = NULL;

  if (fields == NULL)
    return NULL;
  self = g_new0 (MdocAuthorizationResponse, 1);
  if (!read_field (fields, "code", &self->code, error)
      || !read_field (fields, "error", &name, error)
      || !read_field (fields, "error_description", &self->description, error)
      || !read_field (fields, "state", &self->state, error)
      || !read_field (fields, "iss", &self->issuer, error))
    return NULL;
  if ((self->code == NULL) == (name == NULL)
      || (self->code != NULL && *self->code == '\0'))
    {
      mdoc_json_refuse (error,
                        MDOC_JSON_ERROR_SCHEMA,
                        "Authorization response",
                        "has neither code nor error, or both");
      return NULL;
    }

  if (name != NULL)
    self->error = mdoc_protocol_code_from_name (name);
  /* it comes by way of a browser, from whom it likes */
  for (char *p = self->description; p != NULL && *p != '\0'; p++)
    if (*p < 0x20 || *p > 0x7e || *p == '"' || *p == '\\')
      *p = '?';
  return g_steal_pointer (&self);
}

static gboolean
is_state (const char *state, const char *expected)
{
  if (state == NULL || expected == NULL)
    return state == expected;
  return mdoc_secret_equal (mdoc_span_from_text (state),
                            mdoc_span_from_text (expected));
}

/**
 * mdoc_authorization_response_check:
 * @self: an answer
 * @state: (nullable): that of the request
 * @issuer: the server that was asked
 * @gives_iss: whether that server says that it names itself in answers
 *
 * Before anything is done with the code: is it an answer to this request, by
 * this server (RFC 9207, 2.4)?
 *
 * Returns: %MDOC_AUTHORIZATION_OK, or the first thing that does not hold
 */
MdocAuthorizationResult
mdoc_authorization_response_check (const MdocAuthorizationResponse *self,
                                   const char *state,
                                   const char *issuer,
                                   gboolean gives_iss)
{
  if (!is_state (self->state, state))
    return MDOC_AUTHORIZATION_STATE;
  if (self->issuer != NULL ? strcmp (self->issuer, issuer) != 0 : gives_iss)
    return MDOC_AUTHORIZATION_ISSUER;
  return self->code != NULL ? MDOC_AUTHORIZATION_OK
                            : MDOC_AUTHORIZATION_REFUSED;
}
