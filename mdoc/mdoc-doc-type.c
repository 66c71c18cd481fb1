/*
 * mdoc-doc-type.c - document types, described by data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-doc-type.h"

#include <stdlib.h>
#include <string.h>

#include "mdoc/mdoc-doc-type-private.h"

#define FAMILY_OF_DIGITS "NN"
#define FAMILY_OF_WORDS  "xx"
#define FAMILY_MARK_LEN  2
#define AGE_OVER_PREFIX  "age_over_"

G_DEFINE_QUARK (mdoc_doc_type_error_quark, mdoc_doc_type_error)

static const char *const value_type_names[] = {
  [MDOC_VALUE_TYPE_TEXT] = "tstr",
  [MDOC_VALUE_TYPE_BYTES] = "bstr",
  [MDOC_VALUE_TYPE_UINT] = "uint",
  [MDOC_VALUE_TYPE_BOOLEAN] = "bool",
  [MDOC_VALUE_TYPE_FULL_DATE] = "full-date",
  [MDOC_VALUE_TYPE_TIME] = "tdate",
  [MDOC_VALUE_TYPE_TIME_OR_DATE] = "tdate|full-date",
  [MDOC_VALUE_TYPE_STRUCTURE] = "structure",
};

struct _MdocDocTypeTable
{
  gatomicrefcount refs;
  GPtrArray *doc_types;
};

/* The one place that names the domain. @key may be %NULL. */
gboolean
mdoc_doc_type_refuse (GError **error,
                      MdocDocTypeError code,
                      const char *group,
                      const char *key,
                      const char *reason)
{
  g_set_error (error,
               MDOC_DOC_TYPE_ERROR,
               (gint) code,
               "[%s]%s%s %s",
               group,
               key != NULL ? " " : "",
               key != NULL ? key : "",
               reason);
  return FALSE;
}

/**
 * mdoc_value_type_get_name:
 * @type: a type
 *
 * Returns: (transfer none): how a description calls it
 */
const char *
mdoc_value_type_get_name (MdocValueType type)
{
  g_return_val_if_fail ((gsize) type < G_N_ELEMENTS (value_type_names), NULL);

  return value_type_names[type];
}

gboolean
mdoc_value_type_from_name (const char *name, MdocValueType *ret_type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (value_type_names); i++)
    if (g_str_equal (value_type_names[i], name))
      {
        *ret_type = (MdocValueType) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * mdoc_doc_element_get_member:
 * @self: an element
 * @key: a key of a map inside its value
 *
 * Returns: (transfer none) (nullable): what the value under @key is, if the
 *   description says
 */
const MdocDocMember *
mdoc_doc_element_get_member (const MdocDocElement *self, const char *key)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  for (guint i = 0; i < self->n_members; i++)
    if (g_str_equal (self->members[i].key, key))
      return &self->members[i];

  return NULL;
}

gint
mdoc_doc_type_compare_names (gconstpointer a, gconstpointer b)
{
  const MdocDocTypeName *left = a;
  const MdocDocTypeName *right = b;
  gint order = strcmp (left->name.element, right->name.element);

  if (order != 0)
    return order;
  return strcmp (left->name.name_space, right->name.name_space);
}

/* Where the mark of a family begins, or %NULL if @element is no family. */
static const char *
find_family_mark (const char *element)
{
  gsize len = strlen (element);
  const char *mark;

  if (len <= FAMILY_MARK_LEN)
    return NULL;
  mark = element + len - FAMILY_MARK_LEN;
  if (mark[-1] != '_')
    return NULL;
  if (g_str_equal (mark, FAMILY_OF_DIGITS)
      || g_str_equal (mark, FAMILY_OF_WORDS))
    return mark;
  return NULL;
}

gboolean
mdoc_doc_type_is_family (const char *element)
{
  return find_family_mark (element) != NULL;
}

static gboolean
is_in_family (const char *family, const char *element)
{
  const char *mark = find_family_mark (family);
  gsize prefix_len = (gsize) (mark - family);

  if (strncmp (family, element, prefix_len) != 0)
    return FALSE;

  element += prefix_len;
  if (g_str_equal (mark, FAMILY_OF_WORDS))
    return *element != '\0';
  return g_ascii_isdigit (element[0]) && g_ascii_isdigit (element[1])
         && element[2] == '\0';
}

/**
 * mdoc_doc_type_parse_age_over:
 * @element: an identifier
 * @ret_age: (out): the two digits of `age_over_NN`; left alone if @element is
 *   something else
 *
 * Returns: whether @element attests that the holder is of some age
 */
gboolean
mdoc_doc_type_parse_age_over (const char *element, guint *ret_age)
{
  const char *digits;

  g_return_val_if_fail (element != NULL, FALSE);
  g_return_val_if_fail (ret_age != NULL, FALSE);

  if (!is_in_family (AGE_OVER_PREFIX FAMILY_OF_DIGITS, element))
    return FALSE;

  digits = element + strlen (AGE_OVER_PREFIX);
  *ret_age = (guint) (digits[0] - '0') * 10 + (guint) (digits[1] - '0');
  return TRUE;
}

/**
 * mdoc_doc_type_ref:
 * @self: a document type
 *
 * Returns: (transfer full): @self
 */
MdocDocType *
mdoc_doc_type_ref (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_doc_type_unref:
 * @self: (nullable): a document type
 */
void
mdoc_doc_type_unref (MdocDocType *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_array_unref (self->name_spaces);
  g_array_unref (self->elements);
  g_array_unref (self->names);
  g_array_unref (self->families);
  g_array_unref (self->presets);
  g_strfreev (self->synonyms);
  mdoc_pool_clear (&self->pool);
  g_free (self);
}

/**
 * mdoc_doc_type_get_name:
 * @self: a document type
 *
 * Returns: (transfer none): the docType, such as `org.iso.18013.5.1.mDL`
 */
const char *
mdoc_doc_type_get_name (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * mdoc_doc_type_get_alias:
 * @self: a document type
 *
 * Returns: (transfer none): a short name to type, such as `mdl`
 */
const char *
mdoc_doc_type_get_alias (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->alias;
}

/**
 * mdoc_doc_type_get_display_name:
 * @self: a document type
 *
 * Returns: (transfer none): a name for people
 */
const char *
mdoc_doc_type_get_display_name (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->display_name;
}

/**
 * mdoc_doc_type_get_synonyms:
 * @self: a document type
 *
 * Returns: (transfer none) (array zero-terminated=1): other docTypes that mean
 *   the same
 */
const char *const *
mdoc_doc_type_get_synonyms (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->synonyms;
}

/**
 * mdoc_doc_type_has_name:
 * @self: a document type
 * @doc_type: a docType
 *
 * Returns: whether @doc_type is the name of @self, or a synonym of it
 */
gboolean
mdoc_doc_type_has_name (MdocDocType *self, const char *doc_type)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (doc_type != NULL, FALSE);

  return g_str_equal (self->name, doc_type)
         || g_strv_contains (mdoc_doc_type_get_synonyms (self), doc_type);
}

/**
 * mdoc_doc_type_get_n_name_spaces:
 * @self: a document type
 *
 * Returns: how many name spaces it has, at least 1
 */
guint
mdoc_doc_type_get_n_name_spaces (MdocDocType *self)
{
  guint n = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->name_spaces->len; i++)
    if (!g_array_index (self->name_spaces, MdocDocTypeNameSpace, i).is_synonym)
      n++;
  return n;
}

/**
 * mdoc_doc_type_get_name_space:
 * @self: a document type
 * @i: which one, in the order of the description
 *
 * Returns: (transfer none): a name space
 */
const char *
mdoc_doc_type_get_name_space (MdocDocType *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint j = 0; j < self->name_spaces->len; j++)
    {
      const MdocDocTypeNameSpace *entry;

      entry = &g_array_index (self->name_spaces, MdocDocTypeNameSpace, j);
      if (!entry->is_synonym && i-- == 0)
        return entry->name;
    }

  g_return_val_if_reached (NULL);
}

/**
 * mdoc_doc_type_resolve_name_space:
 * @self: a document type
 * @name: a name space
 *
 * Returns: (transfer none) (nullable): the name space of @self that @name is
 *   the name of, or a synonym
 */
const char *
mdoc_doc_type_resolve_name_space (MdocDocType *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->name_spaces->len; i++)
    {
      const MdocDocTypeNameSpace *entry;

      entry = &g_array_index (self->name_spaces, MdocDocTypeNameSpace, i);
      if (g_str_equal (entry->name, name))
        return entry->canonical;
    }

  return NULL;
}

/**
 * mdoc_doc_type_get_n_elements:
 * @self: a document type
 *
 * Returns: how many elements are described, families as one
 */
guint
mdoc_doc_type_get_n_elements (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->elements->len;
}

/**
 * mdoc_doc_type_get_element:
 * @self: a document type
 * @i: which one, in the order of the description
 *
 * Returns: (transfer none): an element
 */
const MdocDocElement *
mdoc_doc_type_get_element (MdocDocType *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->elements->len, NULL);

  return &g_array_index (self->elements, MdocDocElement, i);
}

/**
 * mdoc_doc_type_find_element:
 * @self: a document type
 * @name_space: a name space, or a synonym
 * @element: an identifier, a synonym, or one of a family
 *
 * The time is logarithmic in the number of names, linear in that of families.
 *
 * Returns: (transfer none) (nullable): what is described under that name
 */
const MdocDocElement *
mdoc_doc_type_find_element (MdocDocType *self,
                            const char *name_space,
                            const char *element)
{
  MdocDocTypeName wanted = { 0 };
  const MdocDocTypeName *found;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name_space != NULL, NULL);
  g_return_val_if_fail (element != NULL, NULL);

  wanted.name.name_space = mdoc_doc_type_resolve_name_space (self, name_space);
  if (wanted.name.name_space == NULL)
    wanted.name.name_space = name_space;
  wanted.name.element = element;

  /* an array that never had an element has no data at all */
  found = self->names->len > 0 ? bsearch (&wanted,
                                          self->names->data,
                                          self->names->len,
                                          sizeof (MdocDocTypeName),
                                          mdoc_doc_type_compare_names)
                               : NULL;
  if (found != NULL)
    return mdoc_doc_type_get_element (self, found->element);

  for (guint i = 0; i < self->families->len; i++)
    {
      found = &g_array_index (self->families, MdocDocTypeName, i);
      if (g_str_equal (found->name.name_space, wanted.name.name_space)
          && is_in_family (found->name.element, element))
        return mdoc_doc_type_get_element (self, found->element);
    }

  return NULL;
}

/**
 * mdoc_doc_type_get_n_presets:
 * @self: a document type
 *
 * Returns: how many ready-made requests there are
 */
guint
mdoc_doc_type_get_n_presets (MdocDocType *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->presets->len;
}

/**
 * mdoc_doc_type_get_preset:
 * @self: a document type
 * @i: which one, in the order of the description
 *
 * Returns: (transfer none): a ready-made request
 */
const MdocDocPreset *
mdoc_doc_type_get_preset (MdocDocType *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->presets->len, NULL);

  return &g_array_index (self->presets, MdocDocPreset, i);
}

/**
 * mdoc_doc_type_find_preset:
 * @self: a document type
 * @name: such as `age-over-18`
 *
 * Returns: (transfer none) (nullable): the ready-made request of that name
 */
const MdocDocPreset *
mdoc_doc_type_find_preset (MdocDocType *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->presets->len; i++)
    if (g_str_equal (mdoc_doc_type_get_preset (self, i)->name, name))
      return mdoc_doc_type_get_preset (self, i);

  return NULL;
}

/**
 * mdoc_doc_type_table_new:
 *
 * Returns: (transfer full): a table of no document types
 */
MdocDocTypeTable *
mdoc_doc_type_table_new (void)
{
  MdocDocTypeTable *self = g_new0 (MdocDocTypeTable, 1);

  g_atomic_ref_count_init (&self->refs);
  self->doc_types = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_doc_type_unref);
  return self;
}

/**
 * mdoc_doc_type_table_ref:
 * @self: a table
 *
 * Returns: (transfer full): @self
 */
MdocDocTypeTable *
mdoc_doc_type_table_ref (MdocDocTypeTable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_doc_type_table_unref:
 * @self: (nullable): a table
 */
void
mdoc_doc_type_table_unref (MdocDocTypeTable *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_ptr_array_unref (self->doc_types);
  g_free (self);
}

/**
 * mdoc_doc_type_table_add:
 * @self: a table
 * @doc_type: a document type
 * @error: return location for a #MdocDocTypeError
 *
 * Adds @doc_type, unless its name, its alias or one of its synonyms is taken:
 * then nothing changes.
 *
 * Returns: %TRUE if it was added
 */
gboolean
mdoc_doc_type_table_add (MdocDocTypeTable *self,
                         MdocDocType *doc_type,
                         GError **error)
{
  gboolean is_taken;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (doc_type != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  is_taken = mdoc_doc_type_table_lookup_alias (self, doc_type->name) != NULL
             || mdoc_doc_type_table_lookup_alias (self, doc_type->alias)
                    != NULL;
  for (char **name = doc_type->synonyms; *name != NULL; name++)
    if (mdoc_doc_type_table_lookup_alias (self, *name) != NULL)
      is_taken = TRUE;

  if (is_taken)
    return mdoc_doc_type_refuse (error,
                                 MDOC_DOC_TYPE_ERROR_EXISTS,
                                 MDOC_DOC_TYPE_GROUP_DOCUMENT,
                                 NULL,
                                 "has a name that another document has");

  g_ptr_array_add (self->doc_types, mdoc_doc_type_ref (doc_type));
  return TRUE;
}

/**
 * mdoc_doc_type_table_get_n_doc_types:
 * @self: a table
 *
 * Returns: how many document types it has
 */
guint
mdoc_doc_type_table_get_n_doc_types (MdocDocTypeTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->doc_types->len;
}

/**
 * mdoc_doc_type_table_get_doc_type:
 * @self: a table
 * @i: which one, in the order in which they were added
 *
 * Returns: (transfer none): a document type
 */
MdocDocType *
mdoc_doc_type_table_get_doc_type (MdocDocTypeTable *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->doc_types->len, NULL);

  return g_ptr_array_index (self->doc_types, i);
}

/**
 * mdoc_doc_type_table_lookup:
 * @self: a table
 * @doc_type: a docType
 *
 * Returns: (transfer none) (nullable): the document type of that name or
 *   synonym
 */
MdocDocType *
mdoc_doc_type_table_lookup (MdocDocTypeTable *self, const char *doc_type)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (doc_type != NULL, NULL);

  for (guint i = 0; i < self->doc_types->len; i++)
    {
      MdocDocType *candidate = g_ptr_array_index (self->doc_types, i);

      if (mdoc_doc_type_has_name (candidate, doc_type))
        return candidate;
    }

  return NULL;
}

/**
 * mdoc_doc_type_table_lookup_alias:
 * @self: a table
 * @name: what a person typed
 *
 * Returns: (transfer none) (nullable): the document type of that alias, name or
 *   synonym
 */
MdocDocType *
mdoc_doc_type_table_lookup_alias (MdocDocTypeTable *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->doc_types->len; i++)
    {
      MdocDocType *candidate = g_ptr_array_index (self->doc_types, i);

      if (g_str_equal (candidate->alias, name))
        return candidate;
    }

  return mdoc_doc_type_table_lookup (self, name);
}
