/*
 * mdoc-configuration.c - a kind of credential that an issuer has to offer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-configuration.h"

#include <string.h>

#include "openid/mdoc-jose.h"

/* longest scope, document type, level or the like */
#define MAX_TEXT_LEN ((gsize) 1024)
/* COSE's name for ES256 with P-256 alone (RFC 9864) */
#define ALG_ESP256 (-9)

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

/**
 * mdoc_claim_new:
 * @name_space: the name space
 * @element: the element in it
 * @mandatory: whether the issuer always puts it in
 *
 * Returns: (transfer full): a claim that nobody has words for yet
 */
MdocClaim *
mdoc_claim_new (const char *name_space, const char *element, gboolean mandatory)
{
  MdocClaim *self = g_new0 (MdocClaim, 1);

  self->name_space = g_strdup (name_space);
  self->element = g_strdup (element);
  self->is_mandatory = mandatory;
  self->display = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_display_free);
  return self;
}

void
mdoc_claim_free (MdocClaim *self)
{
  if (self == NULL)
    return;

  g_free (self->name_space);
  g_free (self->element);
  g_clear_pointer (&self->display, g_ptr_array_unref);
  g_free (self);
}

/**
 * mdoc_configuration_new:
 * @id: its name
 * @doc_type: the document type
 *
 * Returns: (transfer full): a configuration with nothing else in it
 */
MdocConfiguration *
mdoc_configuration_new (const char *id, const char *doc_type)
{
  MdocConfiguration *self = g_new0 (MdocConfiguration, 1);

  self->id = g_strdup (id);
  self->doc_type = g_strdup (doc_type);
  self->signing_algs = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->display = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_display_free);
  self->claims = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_claim_free);
  return self;
}

static void
proof_type_clear (MdocProofType *self)
{
  g_strfreev (self->algs);
  g_strfreev (self->key_storage);
  g_strfreev (self->user_authentication);
}

void
mdoc_configuration_free (MdocConfiguration *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->doc_type);
  g_free (self->scope);
  g_array_unref (self->signing_algs);
  proof_type_clear (&self->jwt);
  proof_type_clear (&self->attestation);
  g_clear_pointer (&self->display, g_ptr_array_unref);
  g_clear_pointer (&self->claims, g_ptr_array_unref);
  g_free (self);
}

/* COSE numbers; issuers of draft 13 wrote the names of JOSE, and what is
 * neither is of no use to us. */
static gboolean
read_signing_algs (MdocConfiguration *self, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!mdoc_json_find_array (object,
                             "credential_signing_alg_values_supported",
                             MDOC_CONFIGURATION_ALGS,
                             &array,
                             error))
    return FALSE;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      MdocAlg named;
      gint64 alg;

      if (!JSON_NODE_HOLDS_VALUE (node))
        return refuse (error,
                       "credential_signing_alg_values_supported",
                       "has something else than algorithms");
      if (json_node_get_value_type (node) == G_TYPE_INT64)
        alg = json_node_get_int (node);
      else if (json_node_get_value_type (node) == G_TYPE_STRING
               && mdoc_jose_alg_from_name (json_node_get_string (node), &named))
        alg = named;
      else
        continue;
      g_array_append_val (self->signing_algs, alg);
    }
  return TRUE;
}

/*   proof_signing_alg_values_supported, ? key_attestations_required */
static gboolean
read_proof_type (MdocProofType *self,
                 JsonObject *types,
                 const char *name,
                 GError **error)
{
  JsonObject *object, *attestations;

  if (!mdoc_json_find_object (types, name, &object, error))
    return FALSE;
  if (object == NULL)
    return TRUE;

  self->is_supported = TRUE;
  if (!mdoc_json_find_texts (object,
                             "proof_signing_alg_values_supported",
                             MDOC_CONFIGURATION_ALGS,
                             MAX_TEXT_LEN,
                             &self->algs,
                             error)
      || !mdoc_json_find_object (object,
                                 "key_attestations_required",
                                 &attestations,
                                 error))
    return FALSE;
  if (self->algs == NULL)
    return refuse (error, "proof_signing_alg_values_supported", "is missing");
  if (attestations == NULL)
    return TRUE;

  self->needs_key_attestation = TRUE;
  return mdoc_json_find_texts (attestations,
                               "key_storage",
                               MDOC_CONFIGURATION_ALGS,
                               MAX_TEXT_LEN,
                               &self->key_storage,
                               error)
         && mdoc_json_find_texts (attestations,
                                  "user_authentication",
                                  MDOC_CONFIGURATION_ALGS,
                                  MAX_TEXT_LEN,
                                  &self->user_authentication,
                                  error);
}

static gboolean
read_proofs (MdocConfiguration *self, JsonObject *object, GError **error)
{
  g_auto (GStrv) methods = NULL;
  JsonObject *types;

  if (!mdoc_json_find_texts (object,
                             "cryptographic_binding_methods_supported",
                             MDOC_CONFIGURATION_ALGS,
                             MAX_TEXT_LEN,
                             &methods,
                             error)
      || !mdoc_json_find_object (object,
                                 "proof_types_supported",
                                 &types,
                                 error))
    return FALSE;

  self->binds_key = methods != NULL;
  return types == NULL
         || (read_proof_type (&self->jwt, types, "jwt", error)
             && read_proof_type (&self->attestation,
                                 types,
                                 "attestation",
                                 error));
}

static gboolean
has_claim (const MdocConfiguration *self,
           const char *name_space,
           const char *element)
{
  for (guint i = 0; i < self->claims->len; i++)
    {
      const MdocClaim *claim = self->claims->pdata[i];

      if (strcmp (claim->name_space, name_space) == 0
          && strcmp (claim->element, element) == 0)
        return TRUE;
    }
  return FALSE;
}

/*   path: [ namespace, element ]; longer ones point into an element, and are
 *   of no use to us; two for one thing contradict each other (C.2) */
static gboolean
read_claim (MdocConfiguration *self, JsonObject *object, GError **error)
{
  JsonArray *path = mdoc_json_get_array (object, "path", 32, error);
  const char *name_space, *element;
  MdocClaim *claim;

  if (path == NULL)
    return FALSE;
  if (json_array_get_length (path) < 2)
    return refuse (error, "path", "is too short");
  name_space = mdoc_json_array_get_text (path, 0, "path", MAX_TEXT_LEN, error);
  element = name_space != NULL ? mdoc_json_array_get_text (path,
                                                           1,
                                                           "path",
                                                           MAX_TEXT_LEN,
                                                           error)
                               : NULL;
  if (element == NULL)
    return FALSE;
  if (json_array_get_length (path) > 2)
    return TRUE;
  if (has_claim (self, name_space, element))
    return refuse (error, "claims", "has a path twice");

  claim = mdoc_claim_new (name_space, element, FALSE);
  g_ptr_array_add (self->claims, claim);
  g_clear_pointer (&claim->display, g_ptr_array_unref);
  claim->display = mdoc_display_parse (object, error);
  return claim->display != NULL
         && mdoc_json_find_boolean (object,
                                    "mandatory",
                                    FALSE,
                                    &claim->is_mandatory,
                                    error);
}

/* Up to draft 15 the display stood one level up. */
static gboolean
read_metadata (MdocConfiguration *self, JsonObject *object, GError **error)
{
  JsonObject *metadata;
  JsonArray *claims = NULL;
  GPtrArray *display;

  if (!mdoc_json_find_object (object, "credential_metadata", &metadata, error))
    return FALSE;
  display = mdoc_display_parse (metadata != NULL ? metadata : object, error);
  if (display == NULL)
    return FALSE;
  g_ptr_array_unref (self->display);
  self->display = display;

  if (metadata != NULL
      && !mdoc_json_find_array (metadata,
                                "claims",
                                MDOC_CONFIGURATION_CLAIM,
                                &claims,
                                error))
    return FALSE;
  for (guint i = 0; claims != NULL && i < json_array_get_length (claims); i++)
    {
      JsonObject *claim = mdoc_json_array_get_object (claims,
                                                      i,
                                                      "claims",
                                                      error);

      if (claim == NULL || !read_claim (self, claim, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * mdoc_configuration_parse:
 * @id: its name
 * @object: its content
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full) (nullable): the configuration; %NULL without @error
 *   if it is of a format that is not ours
 */
MdocConfiguration *
mdoc_configuration_parse (const char *id, JsonObject *object, GError **error)
{
  g_autoptr (MdocConfiguration) self = NULL;
  const char *format, *doc_type, *scope;

  format = mdoc_json_get_text (object, "format", MAX_TEXT_LEN, error);
  if (format == NULL || strcmp (format, MDOC_FORMAT_MSO_MDOC) != 0)
    return NULL;
  doc_type = mdoc_json_get_text (object, "doctype", MAX_TEXT_LEN, error);
  if (doc_type == NULL)
    return NULL;

  self = mdoc_configuration_new (id, doc_type);
  if (!mdoc_json_find_text (object, "scope", MAX_TEXT_LEN, &scope, error)
      || !read_signing_algs (self, object, error)
      || !read_proofs (self, object, error)
      || !read_metadata (self, object, error))
    return NULL;
  self->scope = g_strdup (scope);
  return g_steal_pointer (&self);
}

static void
set_texts (JsonObject *object, const char *member, GStrv texts)
{
  if (texts != NULL)
    mdoc_json_set_texts (object, member, (const char *const *) texts);
}

static void
write_proof_type (JsonObject *types,
                  const char *name,
                  const MdocProofType *proof_type)
{
  JsonObject *object;

  if (!proof_type->is_supported)
    return;

  object = json_object_new ();
  set_texts (object, "proof_signing_alg_values_supported", proof_type->algs);
  if (proof_type->needs_key_attestation)
    {
      JsonObject *attestations = json_object_new ();

      set_texts (attestations, "key_storage", proof_type->key_storage);
      set_texts (attestations,
                 "user_authentication",
                 proof_type->user_authentication);
      json_object_set_object_member (object,
                                     "key_attestations_required",
                                     attestations);
    }
  json_object_set_object_member (types, name, object);
}

static JsonArray *
write_claims (const MdocConfiguration *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < self->claims->len; i++)
    {
      const MdocClaim *claim = self->claims->pdata[i];
      const char *const path[] = { claim->name_space, claim->element, NULL };
      JsonObject *object = json_object_new ();

      mdoc_json_set_texts (object, "path", path);
      if (claim->is_mandatory)
        json_object_set_boolean_member (object, "mandatory", TRUE);
      mdoc_display_write (object, claim->display);
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
write_binding (const MdocConfiguration *self, JsonObject *object)
{
  static const char *const methods[] = { "cose_key", NULL };
  JsonObject *types;

  if (self->binds_key)
    mdoc_json_set_texts (object,
                         "cryptographic_binding_methods_supported",
                         methods);
  if (!self->jwt.is_supported && !self->attestation.is_supported)
    return;
  types = json_object_new ();
  write_proof_type (types, "jwt", &self->jwt);
  write_proof_type (types, "attestation", &self->attestation);
  json_object_set_object_member (object, "proof_types_supported", types);
}

/**
 * mdoc_configuration_write:
 * @self: a configuration
 *
 * Returns: (transfer full): @self as mdoc_configuration_parse() reads it
 */
JsonObject *
mdoc_configuration_write (const MdocConfiguration *self)
{
  JsonObject *object = json_object_new ();
  JsonObject *metadata = json_object_new ();

  json_object_set_string_member (object, "format", MDOC_FORMAT_MSO_MDOC);
  json_object_set_string_member (object, "doctype", self->doc_type);
  if (self->scope != NULL)
    json_object_set_string_member (object, "scope", self->scope);
  if (self->signing_algs->len > 0)
    {
      JsonArray *algs = json_array_new ();

      for (guint i = 0; i < self->signing_algs->len; i++)
        json_array_add_int_element (algs,
                                    g_array_index (self->signing_algs,
                                                   gint64,
                                                   i));
      json_object_set_array_member (object,
                                    "credential_signing_alg_values_supported",
                                    algs);
    }
  write_binding (self, object);

  mdoc_display_write (metadata, self->display);
  if (self->claims->len > 0)
    json_object_set_array_member (metadata, "claims", write_claims (self));
  json_object_set_object_member (object, "credential_metadata", metadata);
  return object;
}

gboolean
mdoc_configuration_has_signing_alg (const MdocConfiguration *self, gint64 alg)
{
  for (guint i = 0; i < self->signing_algs->len; i++)
    {
      gint64 own = g_array_index (self->signing_algs, gint64, i);

      if (own == alg || (own == ALG_ESP256 && alg == MDOC_ALG_ES256)
          || (own == MDOC_ALG_ES256 && alg == ALG_ESP256))
        return TRUE;
    }
  return self->signing_algs->len == 0;
}
