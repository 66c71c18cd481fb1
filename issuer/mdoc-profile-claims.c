/*
 * mdoc-profile-claims.c - claims, by the rules of a profile
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-profile-private.h"

#define DAY_S       ((gint64) 24 * 3600)
#define EXPIRY_DATE "expiry_date"

static const MdocJsonLimits limits = {
  .max_bytes = MDOC_PROFILE_MAX_CLAIMS_BYTES,
  .max_depth = 12,
  .max_values = 65536,
};

static JsonNode *
load (const char *json, const char *what, JsonObject **ret_root, GError **error)
{
  g_autoptr (GError) fault = NULL;
  JsonNode *node;

  node = mdoc_json_load_object (mdoc_span_from_text (json),
                                what,
                                &limits,
                                ret_root,
                                &fault);
  if (node == NULL)
    mdoc_profile_refuse (error,
                         MDOC_PROFILE_ERROR_CLAIMS,
                         "%s",
                         fault->message);
  return node;
}

static gboolean
is_source_head (const MdocProfileElement *element, const char *name)
{
  gsize len = strlen (name);

  return strncmp (element->source, name, len) == 0
         && (element->source[len] == '\0' || element->source[len] == '/');
}

/* Does the profile have something to do with the claim @name, or with
 * @name_space/@name if @name_space is given? */
static gboolean
is_known (MdocProfile *self, const char *name_space, const char *name)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];

      if (name_space == NULL ? is_source_head (element, name)
                             : strcmp (element->name_space, name_space) == 0
                                   && strcmp (element->element, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_object (MdocProfile *self,
              const char *name_space,
              JsonObject *object,
              GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *member = members; member != NULL; member = member->next)
    {
      const char *name = member->data;
      JsonNode *value = json_object_get_member (object, name);

      if (name_space == NULL && strchr (name, '.') != NULL)
        {
          if (!JSON_NODE_HOLDS_OBJECT (value))
            return mdoc_profile_refuse (error,
                                        MDOC_PROFILE_ERROR_CLAIMS,
                                        "A name space is no object");
          if (!check_object (self, name, json_node_get_object (value), error))
            return FALSE;
        }
      else if (!is_known (self, name_space, name))
        {
          g_autofree char *printable = mdoc_text_to_printable (name);
          g_autofree char *start = mdoc_profile_dup_start (printable);

          return mdoc_profile_refuse (error,
                                      MDOC_PROFILE_ERROR_ELEMENT,
                                      "The profile %s has no element %s",
                                      self->settings.id,
                                      start);
        }
    }
  return TRUE;
}

/* (nullable): the claim of an element, which may be null */
static JsonNode *
find (JsonObject *claims, const MdocProfileElement *element)
{
  JsonNode *node = json_object_get_member (claims, element->name_space);
  g_auto (GStrv) path = NULL;
  JsonObject *object = claims;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      node = json_object_get_member (json_node_get_object (node),
                                     element->element);
      if (node != NULL)
        return node;
    }

  path = g_strsplit (element->source, "/", 8);
  for (guint i = 0; path[i] != NULL; i++)
    {
      node = json_object_get_member (object, path[i]);
      if (node == NULL || path[i + 1] == NULL)
        return node;
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      object = json_node_get_object (node);
    }
  return NULL;
}

static char *
make_date (gint64 unix_s)
{
  char *text = mdoc_time_format (unix_s);

  text[strlen ("2020-01-31")] = '\0';
  return text;
}

/* (nullable): the value of a profile, with its dates in place. "$date" is the
 * day of issue, "$lifetime" the day that the document's life ends on if it
 * began then; each alone, or as the only member of an object. */
static JsonNode *
dup_fixed (MdocProfile *self, JsonNode *fixed, gint64 at_s)
{
  g_autofree char *date = NULL;
  const char *text = NULL;
  JsonNode *node;

  if (JSON_NODE_HOLDS_OBJECT (fixed)
      && json_object_get_size (json_node_get_object (fixed)) == 1)
    {
      JsonObject *object = json_node_get_object (fixed);
      g_autoptr (GList) members = json_object_get_members (object);
      JsonNode *inner = json_object_get_member (object, members->data);

      inner = dup_fixed (self, inner, at_s);
      if (inner == NULL)
        return NULL;
      node = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (node, json_object_new ());
      json_object_set_member (json_node_get_object (node),
                              members->data,
                              inner);
      return node;
    }

  if (JSON_NODE_HOLDS_VALUE (fixed)
      && json_node_get_value_type (fixed) == G_TYPE_STRING)
    text = json_node_get_string (fixed);
  if (g_strcmp0 (text, "$lifetime") == 0 && self->settings.lifetime_s == 0)
    return NULL;
  if (g_strcmp0 (text, "$lifetime") == 0)
    date = make_date (at_s + self->settings.lifetime_s);
  else if (g_strcmp0 (text, "$date") == 0)
    date = make_date (at_s);
  if (date == NULL)
    return json_node_copy (fixed);

  node = json_node_alloc ();
  json_node_init_string (node, date);
  return node;
}

static void
set (JsonObject *mapped, const MdocProfileElement *element, JsonNode *value)
{
  JsonObject *part;

  if (!json_object_has_member (mapped, element->name_space))
    json_object_set_object_member (mapped,
                                   element->name_space,
                                   json_object_new ());
  part = json_object_get_object_member (mapped, element->name_space);
  if (element->wrap != NULL && !JSON_NODE_HOLDS_OBJECT (value))
    {
      JsonNode *wrapped = json_node_new (JSON_NODE_OBJECT);

      json_node_take_object (wrapped, json_object_new ());
      json_object_set_member (json_node_get_object (wrapped),
                              element->wrap,
                              value);
      value = wrapped;
    }
  json_object_set_member (part, element->element, value);
}

/* S0-35: a source without a value makes no element */
static gboolean
is_there (JsonNode *value)
{
  return value != NULL && !JSON_NODE_HOLDS_NULL (value);
}

static JsonObject *
map (MdocProfile *self,
     JsonObject *claims,
     gint64 at_s,
     GPtrArray *missing,
     GError **error)
{
  g_autoptr (JsonObject) mapped = json_object_new ();

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];
      JsonNode *value = find (claims, element);

      if (is_there (value))
        value = json_node_copy (value);
      else
        value = element->fixed != NULL ? dup_fixed (self, element->fixed, at_s)
                                       : NULL;

      if (value != NULL)
        set (mapped, element, value);
      else if (element->presence == MDOC_PRESENCE_RECOMMENDED)
        g_ptr_array_add (missing, g_strdup (element->element));
      else if (element->presence == MDOC_PRESENCE_MANDATORY)
        {
          mdoc_profile_refuse (error,
                               MDOC_PROFILE_ERROR_MISSING,
                               "The mandatory element %s is missing",
                               element->element);
          return NULL;
        }
    }
  return g_steal_pointer (&mapped);
}

static JsonObject *
map_json (MdocProfile *self,
          const char *claims_json,
          gboolean is_strict,
          gint64 at_s,
          GStrv *ret_missing,
          GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) mapped = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *claims;

  node = load (claims_json, "The claims", &claims, error);
  if (node == NULL || (is_strict && !check_object (self, NULL, claims, error)))
    return NULL;
  mapped = map (self, claims, at_s, missing, error);
  if (mapped == NULL)
    return NULL;

  if (ret_missing != NULL)
    {
      g_ptr_array_add (missing, NULL);
      *ret_missing = (GStrv) g_ptr_array_free (g_steal_pointer (&missing),
                                               FALSE);
    }
  return g_steal_pointer (&mapped);
}

/**
 * mdoc_profile_map_to_object:
 * @self: a profile
 * @claims_json: claims in either form
 * @at_s: as for mdoc_profile_map_claims()
 * @error: return location for a #MdocProfileError
 *
 * Returns: (transfer full): what mdoc_profile_map_claims() gives as text, for
 *   who would parse that at once
 */
JsonObject *
mdoc_profile_map_to_object (MdocProfile *self,
                            const char *claims_json,
                            gint64 at_s,
                            GError **error)
{
  return map_json (self, claims_json, TRUE, at_s, NULL, error);
}

/**
 * mdoc_profile_map_claims:
 * @self: a profile
 * @claims_json: claims in either form
 * @at_s: the day of issue, in unix s, for what the profile counts from it
 * @ret_missing: (out) (optional): recommended elements that are not there
 * @error: return location for a #MdocProfileError
 *
 * Returns: (transfer full): claims by name space, with all that is mandatory;
 *   mapping them again changes nothing
 */
char *
mdoc_profile_map_claims (MdocProfile *self,
                         const char *claims_json,
                         gint64 at_s,
                         GStrv *ret_missing,
                         GError **error)
{
  g_autoptr (JsonObject) mapped = map_json (self,
                                            claims_json,
                                            TRUE,
                                            at_s,
                                            ret_missing,
                                            error);

  return mapped == NULL ? NULL : mdoc_json_write (mapped);
}

/**
 * mdoc_profile_map_person:
 * @self: a profile
 * @claims_json: all that is known of a person
 * @at_s: as for mdoc_profile_map_claims()
 * @ret_missing: (out) (optional): the same
 * @error: return location for a #MdocProfileError
 *
 * Returns: (transfer full): those of them that the profile has a place for
 */
char *
mdoc_profile_map_person (MdocProfile *self,
                         const char *claims_json,
                         gint64 at_s,
                         GStrv *ret_missing,
                         GError **error)
{
  g_autoptr (JsonObject) mapped = map_json (self,
                                            claims_json,
                                            FALSE,
                                            at_s,
                                            ret_missing,
                                            error);

  return mapped == NULL ? NULL : mdoc_json_write (mapped);
}

static gboolean
has_event_elements (MdocProfile *self)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];

      if (element->event != MDOC_EVENT_NONE)
        return TRUE;
    }
  return FALSE;
}

/**
 * mdoc_profile_fill_event:
 * @self: a profile
 * @claims_json: mapped claims
 * @data: gets the maps
 * @error: return location for a #MdocProfileError
 *
 * Returns: %TRUE if @data has them, as far as the profile lists any (S0-38)
 */
gboolean
mdoc_profile_fill_event (MdocProfile *self,
                         const char *claims_json,
                         JsonObject *data,
                         GError **error)
{
  static const char *const names[] = { NULL,
                                       "attributes",
                                       "insensitiveAttributes" };
  g_autoptr (JsonNode) node = NULL;
  JsonObject *claims;

  if (!has_event_elements (self))
    return TRUE;
  node = load (claims_json, "The claims", &claims, error);
  if (node == NULL)
    return FALSE;

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];
      const char *name = names[element->event];
      JsonNode *value = find (claims, element);

      if (name == NULL || !is_there (value))
        continue;
      if (!json_object_has_member (data, name))
        json_object_set_object_member (data, name, json_object_new ());
      json_object_set_member (json_object_get_object_member (data, name),
                              element->event_name,
                              json_node_copy (value));
    }
  return TRUE;
}

/* RFC 7396: objects are merged, null takes away, all else replaces */
static JsonNode *
merge (JsonNode *target, JsonNode *patch)
{
  g_autoptr (GList) members = NULL;
  JsonObject *object, *changes;
  JsonNode *node;

  if (!JSON_NODE_HOLDS_OBJECT (patch))
    return json_node_copy (patch);

  node = json_node_new (JSON_NODE_OBJECT);
  object = json_object_new ();
  json_node_take_object (node, object);
  if (target != NULL && JSON_NODE_HOLDS_OBJECT (target))
    {
      JsonObject *old = json_node_get_object (target);
      g_autoptr (GList) names = json_object_get_members (old);

      for (GList *name = names; name != NULL; name = name->next)
        json_object_set_member (object,
                                name->data,
                                json_node_copy (
                                    json_object_get_member (old, name->data)));
    }

  changes = json_node_get_object (patch);
  members = json_object_get_members (changes);
  for (GList *member = members; member != NULL; member = member->next)
    {
      JsonNode *value = json_object_get_member (changes, member->data);

      if (JSON_NODE_HOLDS_NULL (value))
        json_object_remove_member (object, member->data);
      else
        json_object_set_member (object,
                                member->data,
                                merge (json_object_get_member (object,
                                                               member->data),
                                       value));
    }
  return node;
}

/* (transfer full): @claims with what @patch says of each element */
static JsonObject *
apply (MdocProfile *self, JsonObject *claims, JsonObject *patch)
{
  JsonObject *patched = json_object_new ();

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];
      JsonNode *old = find (claims, element);
      JsonNode *change = find (patch, element);

      if (change != NULL && JSON_NODE_HOLDS_NULL (change))
        continue;
      if (change != NULL)
        set (patched, element, merge (old, change));
      else if (is_there (old))
        set (patched, element, json_node_copy (old));
    }
  return patched;
}

static gboolean
is_equal (JsonNode *a, JsonNode *b)
{
  return a == NULL || b == NULL ? a == b : json_node_equal (a, b);
}

/**
 * mdoc_profile_patch_claims:
 * @self: a profile
 * @claims_json: mapped claims
 * @patch_json: changes, in either form (RFC 7396)
 * @at_s: as for mdoc_profile_map_claims()
 * @ret_changed: (out): names of the elements that are different now
 * @error: return location for a #MdocProfileError
 *
 * Returns: (transfer full): mapped claims that hold by the profile
 */
char *
mdoc_profile_patch_claims (MdocProfile *self,
                           const char *claims_json,
                           const char *patch_json,
                           gint64 at_s,
                           GStrv *ret_changed,
                           GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) claims_node = NULL;
  g_autoptr (JsonNode) patch_node = NULL;
  g_autoptr (JsonObject) patched = NULL;
  g_autoptr (JsonObject) mapped = NULL;
  JsonObject *claims, *patch;

  claims_node = load (claims_json, "The claims", &claims, error);
  if (claims_node == NULL)
    return NULL;
  patch_node = load (patch_json, "The patch", &patch, error);
  if (patch_node == NULL || !check_object (self, NULL, patch, error))
    return NULL;

  patched = apply (self, claims, patch);
  mapped = map (self, patched, at_s, missing, error);
  if (mapped == NULL)
    return NULL;

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];

      if (!is_equal (find (claims, element), find (mapped, element)))
        g_ptr_array_add (changed, g_strdup (element->element));
    }
  g_ptr_array_add (changed, NULL);
  *ret_changed = (GStrv) g_ptr_array_free (g_steal_pointer (&changed), FALSE);
  return mdoc_json_write (mapped);
}

static gint64
parse_end (JsonNode *node)
{
  const char *text = NULL;
  gint64 unix_s;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      JsonNode *inner = json_object_get_member (object, "full-date");

      if (inner == NULL)
        inner = json_object_get_member (object, "tdate");
      if (inner == NULL || JSON_NODE_HOLDS_OBJECT (inner))
        return 0;
      return parse_end (inner);
    }
  if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  if (text == NULL)
    return 0;

  if (mdoc_time_parse (text, &unix_s, NULL))
    return unix_s;
  /* that day still counts */
  if (mdoc_date_parse (text, &unix_s, NULL))
    return unix_s + DAY_S - 1;
  return 0;
}

/**
 * mdoc_profile_get_document_expiry:
 * @self: a profile
 * @claims_json: mapped claims
 *
 * Returns: the last second that the document holds by its element expiry_date,
 *   in unix s; 0 if there is none that can be read
 */
gint64
mdoc_profile_get_document_expiry (MdocProfile *self, const char *claims_json)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *claims;

  node = load (claims_json, "The claims", &claims, NULL);
  if (node == NULL)
    return 0;

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocProfileElement *element = self->elements->pdata[i];
      JsonNode *value;

      if (strcmp (element->element, EXPIRY_DATE) != 0)
        continue;
      value = find (claims, element);
      if (is_there (value))
        return parse_end (value);
    }
  return 0;
}
