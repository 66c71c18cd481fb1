/*
 * mdoc-policy.c - what may leave without the holder being asked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-policy.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-options.h"
#include "base/mdoc-text.h"

#define ANCHOR_LEN 64 /* digits of SHA-256 */

static void
element_free (MdocPolicyElement *element)
{
  g_free (element->name_space);
  g_free (element->element);
  g_free (element);
}

/**
 * mdoc_policy_free:
 * @self: (nullable) (transfer full): a policy
 */
void
mdoc_policy_free (MdocPolicy *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->label);
  g_free (self->reader_anchor);
  g_free (self->doc_type);
  g_ptr_array_unref (self->elements);
  g_free (self);
}

static MdocPolicy *
policy_new (void)
{
  MdocPolicy *self = g_new0 (MdocPolicy, 1);

  self->id = g_strdup ("");
  self->label = g_strdup ("");
  self->reader_anchor = g_strdup ("");
  self->doc_type = g_strdup ("");
  self->elements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) element_free);
  return self;
}

static gboolean
refuse (GError **error, const char *reason)
{
  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                            "%s",
                            reason);
}

static gboolean
is_name (const char *text)
{
  gsize len = strlen (text);

  return len > 0 && len <= MDOC_POLICY_MAX_NAME_LEN;
}

static gboolean
check_anchor (char *anchor, GError **error)
{
  for (gsize i = 0; anchor[i] != '\0'; i++)
    {
      if (i >= ANCHOR_LEN || !g_ascii_isxdigit (anchor[i]))
        return refuse (error, "reader_anchor is no SHA-256 in hexadecimal");
      anchor[i] = g_ascii_tolower (anchor[i]);
    }

  return strlen (anchor) == ANCHOR_LEN
             ? TRUE
             : refuse (error, "reader_anchor has to be a SHA-256");
}

static gboolean
read_elements (MdocPolicy *self, GVariant *elements, GError **error)
{
  gsize n = elements != NULL ? g_variant_n_children (elements) : 0;

  if (n == 0 || n > MDOC_POLICY_MAX_ELEMENTS)
    return mdoc_agent_refuse (error,
                              MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                              "A policy names 1 to %d elements",
                              MDOC_POLICY_MAX_ELEMENTS);

  for (gsize i = 0; i < n; i++)
    {
      MdocPolicyElement *element;
      const char *name_space;
      const char *name;

      g_variant_get_child (elements, i, "(&s&s)", &name_space, &name);
      if (!is_name (name_space) || !is_name (name))
        return refuse (error, "The name of an element is empty or too long");
      if (mdoc_policy_has_element (self, name_space, name))
        return refuse (error, "An element is named twice");

      element = g_new0 (MdocPolicyElement, 1);
      element->name_space = g_strdup (name_space);
      element->element = g_strdup (name);
      g_ptr_array_add (self->elements, element);
    }

  return TRUE;
}

/**
 * mdoc_policy_new_from_variant:
 * @dict: an `a{sv}`, see AddPolicy() of org.mdocagent.Agent1.Manager
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT
 *
 * A key that is not known, or is of another type, is refused: what it says
 * would not be kept to.
 *
 * Returns: (transfer full): the policy, without an id, or %NULL with @error set
 */
MdocPolicy *
mdoc_policy_new_from_variant (GVariant *dict, GError **error)
{
  g_autoptr (MdocPolicy) self = policy_new ();
  g_autoptr (GVariant) elements = NULL;
  g_autofree char *expires = g_strdup ("");
  const MdocOption known[] = {
    { "label", "s", &self->label },
    { "reader_anchor", "s", &self->reader_anchor },
    { "doc_type", "s", &self->doc_type },
    { "elements", "a(ss)", &elements },
    { "intent_to_retain", "b", &self->may_be_retained },
    { "max_uses", "u", &self->max_uses },
    { "expires", "s", &expires },
  };

  if (!mdoc_options_parse (dict, known, G_N_ELEMENTS (known), error)
      || !mdoc_options_check_label (self->label, error)
      || !check_anchor (self->reader_anchor, error)
      || !read_elements (self, elements, error))
    return NULL;

  if (strlen (self->label) > MDOC_STORE_MAX_LABEL_LEN)
    {
      refuse (error, "label is too long");
      return NULL;
    }

  if (!is_name (self->doc_type))
    {
      refuse (error, "doc_type is missing or too long");
      return NULL;
    }

  if (expires[0] != '\0'
      && (!mdoc_time_parse (expires, &self->expires_unix_s, NULL)
          || self->expires_unix_s <= 0))
    {
      refuse (error, "expires is no time such as 2027-01-31T12:00:00Z");
      return NULL;
    }

  return g_steal_pointer (&self);
}

static GVariant *
make_elements (const MdocPolicy *self)
{
  GVariantBuilder elements;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocPolicyElement *element = g_ptr_array_index (self->elements, i);

      g_variant_builder_add (&elements,
                             "(ss)",
                             element->name_space,
                             element->element);
    }

  return g_variant_builder_end (&elements);
}

static void
fill_dict (const MdocPolicy *self, GVariantDict *dict)
{
  g_autofree char *expires = self->expires_unix_s != 0
                                 ? mdoc_time_format (self->expires_unix_s)
                                 : g_strdup ("");

  g_variant_dict_insert (dict, "label", "s", self->label);
  g_variant_dict_insert (dict, "reader_anchor", "s", self->reader_anchor);
  g_variant_dict_insert (dict, "doc_type", "s", self->doc_type);
  g_variant_dict_insert_value (dict, "elements", make_elements (self));
  g_variant_dict_insert (dict, "intent_to_retain", "b", self->may_be_retained);
  g_variant_dict_insert (dict, "max_uses", "u", self->max_uses);
  g_variant_dict_insert (dict, "expires", "s", expires);
}

/**
 * mdoc_policy_to_detail:
 * @self: a policy
 *
 * Returns: (transfer floating): what mdoc_policy_new_from_variant() takes
 */
GVariant *
mdoc_policy_to_detail (const MdocPolicy *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  fill_dict (self, &dict);
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_policy_to_variant:
 * @self: a policy
 * @now: the time
 *
 * Returns: (transfer floating): an `a{sv}`, one of ListPolicies()
 */
GVariant *
mdoc_policy_to_variant (const MdocPolicy *self, MdocMoment now)
{
  g_autofree char *added = mdoc_time_format (self->added_unix_s);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  fill_dict (self, &dict);
  g_variant_dict_insert (&dict, "id", "s", self->id);
  g_variant_dict_insert (&dict,
                         "origin",
                         "s",
                         mdoc_policy_origin_get_name (self->origin));
  g_variant_dict_insert (&dict, "added", "s", added);
  g_variant_dict_insert (&dict, "uses", "u", self->uses);
  g_variant_dict_insert (&dict,
                         "state",
                         "s",
                         mdoc_policy_get_state (self, now));
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_policy_get_state:
 * @self: a policy
 * @now: the time, as far as it is known; while it is not, a policy that ends
 *   some time allows nothing
 *
 * Returns: (transfer none): how it is
 */
const char *
mdoc_policy_get_state (const MdocPolicy *self, MdocMoment now)
{
  if (self->is_damaged)
    return MDOC_POLICY_DAMAGED;
  if (self->expires_unix_s != 0 && !now.is_known)
    return MDOC_POLICY_TIME_IS_UNKNOWN;
  if (self->expires_unix_s != 0 && now.unix_s >= self->expires_unix_s)
    return MDOC_POLICY_EXPIRED;
  if (self->max_uses != 0 && self->uses >= self->max_uses)
    return MDOC_POLICY_SPENT;
  return MDOC_POLICY_ACTIVE;
}

/**
 * mdoc_policy_has_element:
 * @self: a policy
 * @name_space: of the element
 * @element: its identifier
 *
 * Returns: whether the policy names it, letter by letter
 */
gboolean
mdoc_policy_has_element (const MdocPolicy *self,
                         const char *name_space,
                         const char *element)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocPolicyElement *own = g_ptr_array_index (self->elements, i);

      if (strcmp (own->name_space, name_space) == 0
          && strcmp (own->element, element) == 0)
        return TRUE;
    }

  return FALSE;
}

/* --- all of them --- */

static MdocPolicy *
find_by_id (GPtrArray *policies, const char *id)
{
  for (guint i = 0; i < policies->len; i++)
    {
      MdocPolicy *policy = g_ptr_array_index (policies, i);

      if (strcmp (policy->id, id) == 0)
        return policy;
    }

  return NULL;
}

/* of the file what it allows, of the store how often it did */
static MdocPolicy *
read_stored (const MdocStoredPolicy *stored, GPtrArray *of_file)
{
  g_autoptr (GVariant) detail = NULL;
  MdocPolicy *policy = NULL;

  if (stored->origin == MDOC_POLICY_ORIGIN_HOLDER)
    {
      if (stored->detail != NULL)
        detail = g_variant_ref (stored->detail);
    }
  else
    {
      const MdocPolicy *named = find_by_id (of_file, stored->id);

      if (named == NULL)
        return NULL;
      if (stored->detail != NULL)
        detail = g_variant_ref_sink (mdoc_policy_to_detail (named));
    }

  if (detail != NULL)
    policy = mdoc_policy_new_from_variant (detail, NULL);
  if (policy == NULL)
    {
      policy = policy_new ();
      policy->is_damaged = TRUE;
    }

  g_free (policy->id);
  policy->id = g_strdup (stored->id);
  policy->origin = stored->origin;
  policy->added_unix_s = stored->added_unix_s;
  policy->uses = stored->uses;
  return policy;
}

/**
 * mdoc_policy_list:
 * @store: the store
 * @of_file: (element-type MdocPolicy): what mdoc_policy_file_load() found; the
 *   store has been told their names
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocPolicy): all policies as they are
 *   now, or %NULL with @error set
 */
GPtrArray *
mdoc_policy_list (MdocStore *store, GPtrArray *of_file, GError **error)
{
  g_autoptr (GPtrArray) stored = mdoc_store_list_policies (store, error);
  g_autoptr (GPtrArray) policies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_policy_free);

  if (stored == NULL)
    return NULL;

  for (guint i = 0; i < stored->len; i++)
    {
      MdocPolicy *policy = read_stored (g_ptr_array_index (stored, i), of_file);

      if (policy != NULL)
        g_ptr_array_add (policies, policy);
    }

  return g_steal_pointer (&policies);
}
