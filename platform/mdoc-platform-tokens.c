/*
 * mdoc-platform-tokens.c - what a server gave, for a journal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "platform/mdoc-platform.h"

#include <string.h>

#define MEMBER_EXPIRES "expires_at"
#define MAX_SAVED_LEN  ((gsize) 2 * 1024 * 1024)

/* as written here, which the token message's own reader reads but for one */
static const MdocJsonLimits limits = { .max_bytes = MAX_SAVED_LEN,
                                       .max_depth = 8,
                                       .max_values = 16 * 1024 };

static MdocSecret *
copy_secret (const MdocSecret *secret)
{
  return secret != NULL ? mdoc_secret_new_copy (mdoc_secret_get_span (secret))
                        : NULL;
}

/**
 * mdoc_platform_tokens_copy:
 * @self: tokens
 *
 * Returns: (transfer full): the same again
 */
MdocPlatformTokens *
mdoc_platform_tokens_copy (const MdocPlatformTokens *self)
{
  MdocPlatformTokens *copy = g_new0 (MdocPlatformTokens, 1);

  copy->access_token = copy_secret (self->access_token);
  copy->is_dpop = self->is_dpop;
  copy->expires_at_unix_s = self->expires_at_unix_s;
  copy->refresh_token = copy_secret (self->refresh_token);
  copy->scope = g_strdup (self->scope);
  copy->details = self->details != NULL ? g_ptr_array_ref (self->details)
                                        : NULL;
  return copy;
}

/**
 * mdoc_platform_tokens_inherit:
 * @self: tokens that a refresh brought
 * @before: those that were refreshed
 *
 * An answer to a refresh need not say again what the tokens are for (RFC 6749,
 * 6); nobody says anywhere else by which names the credentials go.
 */
void
mdoc_platform_tokens_inherit (MdocPlatformTokens *self,
                              const MdocPlatformTokens *before)
{
  if (self->details == NULL && before->details != NULL)
    self->details = g_ptr_array_ref (before->details);
  if (self->scope == NULL)
    self->scope = g_strdup (before->scope);
}

void
mdoc_platform_tokens_free (MdocPlatformTokens *self)
{
  if (self == NULL)
    return;

  mdoc_secret_free (self->access_token);
  mdoc_secret_free (self->refresh_token);
  g_free (self->scope);
  g_clear_pointer (&self->details, g_ptr_array_unref);
  g_free (self);
}

static void
set_secret (JsonObject *object, const char *member, const MdocSecret *secret)
{
  g_autofree char *text = NULL;
  MdocSpan span;

  if (secret == NULL)
    return;
  span = mdoc_secret_get_span (secret);
  text = g_strndup ((const char *) span.data, span.len);
  json_object_set_string_member (object, member, text);
  mdoc_secret_wipe (text, span.len);
}

static JsonArray *
write_details (GPtrArray *details)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < details->len; i++)
    {
      const MdocDetail *detail = details->pdata[i];
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object,
                                     "credential_configuration_id",
                                     detail->configuration_id);
      if (detail->identifiers != NULL)
        mdoc_json_set_texts (object,
                             "credential_identifiers",
                             (const char *const *) detail->identifiers);
      json_array_add_object_element (array, object);
    }
  return array;
}

/**
 * mdoc_platform_tokens_save:
 * @self: tokens
 *
 * Returns: (transfer full): JSON, which mdoc_platform_tokens_load() reads
 */
MdocSecret *
mdoc_platform_tokens_save (const MdocPlatformTokens *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  MdocSecret *saved;

  set_secret (object, "access_token", self->access_token);
  json_object_set_boolean_member (object, "is_dpop", self->is_dpop);
  json_object_set_int_member (object, MEMBER_EXPIRES, self->expires_at_unix_s);
  set_secret (object, "refresh_token", self->refresh_token);
  if (self->scope != NULL)
    json_object_set_string_member (object, "scope", self->scope);
  if (self->details != NULL)
    json_object_set_array_member (object,
                                  "details",
                                  write_details (self->details));
  text = mdoc_json_write (object);
  saved = mdoc_secret_new_copy (mdoc_span_from_text (text));
  mdoc_secret_wipe (text, strlen (text));
  return saved;
}

static MdocSecret *
dup_secret (const char *text)
{
  return text != NULL ? mdoc_secret_new_copy (mdoc_span_from_text (text))
                      : NULL;
}

static gboolean
read_details (MdocPlatformTokens *self, JsonArray *array, GError **error)
{
  self->details = mdoc_details_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "details",
                                                       error);
      g_auto (GStrv) identifiers = NULL;
      const char *id;

      if (object == NULL)
        return FALSE;
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
      mdoc_details_add (self->details, id, (const char *const *) identifiers);
    }
  return TRUE;
}

/**
 * mdoc_platform_tokens_load:
 * @saved: what mdoc_platform_tokens_save() gave
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): the tokens, or %NULL with @error set
 */
MdocPlatformTokens *
mdoc_platform_tokens_load (MdocSpan saved, GError **error)
{
  g_autoptr (MdocPlatformTokens) self = g_new0 (MdocPlatformTokens, 1);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *details;
  const char *access, *refresh, *scope;

  node = mdoc_json_load_object (saved, "Tokens", &limits, &object, error);
  if (node == NULL
      || !mdoc_json_find_boolean (object,
                                  "is_dpop",
                                  FALSE,
                                  &self->is_dpop,
                                  error)
      || !mdoc_json_find_time (object,
                               MEMBER_EXPIRES,
                               0,
                               &self->expires_at_unix_s,
                               error)
      || !mdoc_json_find_text (object,
                               "refresh_token",
                               MDOC_TOKEN_MAX_LEN,
                               &refresh,
                               error)
      || !mdoc_json_find_text (object,
                               "scope",
                               MDOC_TOKEN_MAX_LEN,
                               &scope,
                               error)
      || !mdoc_json_find_array (object,
                                "details",
                                MDOC_DETAILS_MAX,
                                &details,
                                error))
    return NULL;
  access = mdoc_json_get_text (object,
                               "access_token",
                               MDOC_TOKEN_MAX_LEN,
                               error);
  if (access == NULL
      || (details != NULL && !read_details (self, details, error)))
    return NULL;

  self->access_token = dup_secret (access);
  self->refresh_token = dup_secret (refresh);
  self->scope = g_strdup (scope);
  return g_steal_pointer (&self);
}

/**
 * mdoc_platform_tokens_are_current:
 * @self: tokens
 * @now_unix_s: the time
 * @margin_s: for how much longer
 *
 * Returns: %FALSE if it is known that the access token will not hold
 */
gboolean
mdoc_platform_tokens_are_current (const MdocPlatformTokens *self,
                                  gint64 now_unix_s,
                                  gint64 margin_s)
{
  return self->expires_at_unix_s == 0
         || now_unix_s + margin_s < self->expires_at_unix_s;
}

/**
 * mdoc_platform_tokens_get_identifiers:
 * @self: tokens
 * @configuration_id: which configuration
 *
 * Returns: (transfer none) (nullable): %NULL-terminated, at least one
 */
const char *const *
mdoc_platform_tokens_get_identifiers (const MdocPlatformTokens *self,
                                      const char *configuration_id)
{
  for (guint i = 0; self->details != NULL && i < self->details->len; i++)
    {
      const MdocDetail *detail = self->details->pdata[i];

      if (strcmp (detail->configuration_id, configuration_id) == 0
          && detail->identifiers != NULL && detail->identifiers[0] != NULL)
        return (const char *const *) detail->identifiers;
    }
  return NULL;
}
