/*
 * mdoc-issuer-data.c - what is to be put in a document, from JSON
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-data.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-issuer-signed.h"

#define TAG_FULL_DATE 1004

static const MdocCborLimits value_limits = {
  .max_bytes = 2 * MDOC_ISSUER_MAX_PICTURE_BYTES,
  .max_depth = MDOC_CBOR_MAX_DEPTH,
  .max_items = 65536,
};

typedef struct
{
  MdocIssuerElement view;
  char *name_space;
  char *element;
  GBytes *value;
} Element;

struct _MdocIssuerData
{
  MdocDocType *doc_type; /* nullable */
  GPtrArray *elements;   /* of Element */
};

static void
element_free (Element *element)
{
  g_free (element->name_space);
  g_free (element->element);
  g_bytes_unref (element->value);
  g_free (element);
}

static gboolean
check_name (const char *name, const char *what, GError **error)
{
  gsize len = strlen (name);

  if (len == 0 || len > MDOC_MAX_NAME_LEN)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_LIMIT,
                               "The name of %s is empty or too long",
                               what);
  return TRUE;
}

static gboolean
add (MdocIssuerData *self,
     const char *name_space,
     const char *name,
     GBytes *value,
     GError **error)
{
  Element *element;

  if (mdoc_issuer_data_find (self, name_space, name) != NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_ELEMENT,
                               "%s/%s is there twice",
                               name_space,
                               name);
  if (self->elements->len >= MDOC_ISSUER_MAX_ELEMENTS)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_LIMIT,
                               "There are more than %u elements",
                               MDOC_ISSUER_MAX_ELEMENTS);

  element = g_new0 (Element, 1);
  element->name_space = g_strdup (name_space);
  element->element = g_strdup (name);
  element->value = g_bytes_ref (value);
  element->view = (MdocIssuerElement){
    .name_space = element->name_space,
    .element = element->element,
    .value = mdoc_span_from_bytes (value),
  };
  g_ptr_array_add (self->elements, element);
  return TRUE;
}

/* Which element the type has under that name; %FALSE if it should and has not.
 */
static gboolean
find_type (MdocIssuerData *self,
           const char *name_space,
           const char *name,
           MdocIssuerDataFlags flags,
           const MdocDocElement **ret_element,
           GError **error)
{
  const MdocDocElement *found = NULL;

  if (self->doc_type != NULL)
    found = mdoc_doc_type_find_element (self->doc_type, name_space, name);

  if (found == NULL && self->doc_type != NULL
      && !(flags & MDOC_ISSUER_DATA_ALLOW_UNKNOWN)
      && mdoc_doc_type_resolve_name_space (self->doc_type, name_space) != NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_ELEMENT,
                               "%s/%s is no element of %s",
                               name_space,
                               name,
                               mdoc_doc_type_get_name (self->doc_type));

  *ret_element = found;
  return TRUE;
}

static gboolean
parse_element (MdocIssuerData *self,
               const char *name_space,
               const char *name,
               JsonNode *value,
               const char *folder,
               MdocIssuerDataFlags flags,
               GError **error)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree char *what = g_strconcat (name_space, "/", name, NULL);
  MdocIssuerPlace place = {
    .what = what,
    .folder = folder,
    .has_no_files = (flags & MDOC_ISSUER_DATA_NO_FILES) != 0,
  };
  g_autoptr (GBytes) encoded = NULL;

  if (!check_name (name, "an element", error)
      || !find_type (self, name_space, name, flags, &place.element, error)
      || !mdoc_issuer_value_write (writer, value, &place, error))
    return FALSE;

  encoded = mdoc_cbor_writer_finish (writer);
  return add (self, name_space, name, encoded, error);
}

static gboolean
parse_name_space (MdocIssuerData *self,
                  const char *name_space,
                  JsonNode *elements,
                  const char *folder,
                  MdocIssuerDataFlags flags,
                  GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!check_name (name_space, "a name space", error))
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (elements)
      || json_object_get_size (json_node_get_object (elements)) == 0)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SYNTAX,
                               "%s is no object with an element",
                               name_space);

  json_object_iter_init_ordered (&iter, json_node_get_object (elements));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!parse_element (self, name_space, name, value, folder, flags, error))
      return FALSE;

  return TRUE;
}

/* Names of name spaces have a dot, those of elements have none. Elements at the
 * top are those of the type's first name space. */
static gboolean
parse_member (MdocIssuerData *self,
              const char *name,
              JsonNode *value,
              const char *folder,
              MdocIssuerDataFlags flags,
              GError **error)
{
  if (strchr (name, '.') != NULL)
    return parse_name_space (self, name, value, folder, flags, error);

  if (self->doc_type == NULL
      || mdoc_doc_type_get_n_name_spaces (self->doc_type) == 0)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_SYNTAX,
                               "%s stands in no name space, and the document "
                               "type is not known",
                               name);
  return parse_element (self,
                        mdoc_doc_type_get_name_space (self->doc_type, 0),
                        name,
                        value,
                        folder,
                        flags,
                        error);
}

/* json-glib calls itself once a level */
static gboolean
check_depth (MdocSpan json, GError **error)
{
  gboolean is_text = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < json.len; i++)
    {
      char c = (char) json.data[i];

      if (is_text && c == '\\')
        i++;
      else if (c == '"')
        is_text = !is_text;
      else if (!is_text && (c == '[' || c == '{'))
        depth++;
      else if (!is_text && (c == ']' || c == '}') && depth > 0)
        depth--;

      if (depth > MDOC_ISSUER_MAX_JSON_DEPTH)
        return mdoc_issuer_refuse (error,
                                   MDOC_ISSUER_ERROR_LIMIT,
                                   "The data is nested too deeply");
    }

  return TRUE;
}

static JsonParser *
load_json (MdocSpan json, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) fault = NULL;

  if (json.len > MDOC_ISSUER_MAX_JSON_BYTES)
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_LIMIT,
                          "The data is too long");
      return NULL;
    }
  if (!check_depth (json, error))
    return NULL;
  if (!g_utf8_validate_len ((const char *) json.data, json.len, NULL))
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_SYNTAX,
                          "The data is not clean UTF-8");
      return NULL;
    }
  if (!json_parser_load_from_data (parser,
                                   (const char *) json.data,
                                   (gssize) json.len,
                                   &fault))
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_SYNTAX,
                          "The data is no JSON: %s",
                          fault->message);
      return NULL;
    }
  if (json_parser_get_root (parser) == NULL
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      mdoc_issuer_refuse (error,
                          MDOC_ISSUER_ERROR_SYNTAX,
                          "The data is no JSON object");
      return NULL;
    }

  return g_steal_pointer (&parser);
}

/**
 * mdoc_issuer_data_read:
 * @object: as for mdoc_issuer_data_parse()
 * @folder: (nullable): the same
 * @doc_type: (nullable): the same
 * @flags: the same
 * @error: return location for a #MdocIssuerError, or a #MdocFileError
 *
 * Returns: (transfer full): the data, or %NULL with @error set
 */
MdocIssuerData *
mdoc_issuer_data_read (JsonObject *object,
                       const char *folder,
                       MdocDocType *doc_type,
                       MdocIssuerDataFlags flags,
                       GError **error)
{
  g_autoptr (MdocIssuerData) self = g_new0 (MdocIssuerData, 1);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  self->doc_type = doc_type != NULL ? mdoc_doc_type_ref (doc_type) : NULL;
  self->elements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) element_free);

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!parse_member (self, name, value, folder, flags, error))
      return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_issuer_data_parse:
 * @json: an object of name spaces, each an object of elements; or of elements
 *   of the document type's first name space; or both
 * @folder: (nullable): where the files that values name lie
 * @doc_type: (nullable): tells the types of the elements
 * @flags: %MDOC_ISSUER_DATA_ALLOW_UNKNOWN accepts elements that @doc_type has
 *   not in its own name spaces; in others they always are.
 *   %MDOC_ISSUER_DATA_NO_FILES refuses values that name files
 * @error: return location for a #MdocIssuerError, or a #MdocFileError
 *
 * Returns: (transfer full): the data, or %NULL with @error set
 */
MdocIssuerData *
mdoc_issuer_data_parse (MdocSpan json,
                        const char *folder,
                        MdocDocType *doc_type,
                        MdocIssuerDataFlags flags,
                        GError **error)
{
  g_autoptr (JsonParser) parser = load_json (json, error);

  if (parser == NULL)
    return NULL;
  return mdoc_issuer_data_read (json_node_get_object (
                                    json_parser_get_root (parser)),
                                folder,
                                doc_type,
                                flags,
                                error);
}

void
mdoc_issuer_data_free (MdocIssuerData *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->doc_type, mdoc_doc_type_unref);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_free (self);
}

/**
 * mdoc_issuer_data_get_n_elements:
 * @self: some data
 *
 * Returns: how many elements there are
 */
guint
mdoc_issuer_data_get_n_elements (MdocIssuerData *self)
{
  return self->elements->len;
}

/**
 * mdoc_issuer_data_get_element:
 * @self: some data
 * @i: which element
 *
 * Returns: (transfer none): the element
 */
const MdocIssuerElement *
mdoc_issuer_data_get_element (MdocIssuerData *self, guint i)
{
  const Element *element = g_ptr_array_index (self->elements, i);

  return &element->view;
}

static gboolean
is_same (MdocIssuerData *self,
         const MdocIssuerElement *a,
         const char *name_space,
         const char *element)
{
  const MdocDocElement *type;

  if (strcmp (a->name_space, name_space) == 0
      && strcmp (a->element, element) == 0)
    return TRUE;
  if (self->doc_type == NULL)
    return FALSE;

  type = mdoc_doc_type_find_element (self->doc_type, name_space, element);
  return type != NULL && !type->is_age_over
         && type
                == mdoc_doc_type_find_element (self->doc_type,
                                               a->name_space,
                                               a->element);
}

/**
 * mdoc_issuer_data_find:
 * @self: some data
 * @name_space: a name space, or a synonym of it
 * @element: an element, or a synonym of it
 *
 * Returns: (transfer none) (nullable): the element
 */
const MdocIssuerElement *
mdoc_issuer_data_find (MdocIssuerData *self,
                       const char *name_space,
                       const char *element)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocIssuerElement *found = mdoc_issuer_data_get_element (self, i);

      if (is_same (self, found, name_space, element))
        return found;
    }

  return NULL;
}

/**
 * mdoc_issuer_data_list_missing:
 * @self: some data
 *
 * Returns: (transfer full): what the document type asks for and the data has
 *   not; empty also if the type is not known
 */
GStrv
mdoc_issuer_data_list_missing (MdocIssuerData *self)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  guint n_elements = 0;

  if (self->doc_type != NULL)
    n_elements = mdoc_doc_type_get_n_elements (self->doc_type);
  for (guint i = 0; i < n_elements; i++)
    {
      const MdocDocElement *type = mdoc_doc_type_get_element (self->doc_type,
                                                              i);

      if (type->is_mandatory
          && mdoc_issuer_data_find (self, type->name_space, type->element)
                 == NULL)
        g_ptr_array_add (missing,
                         g_strconcat (type->name_space,
                                      "/",
                                      type->element,
                                      NULL));
    }

  g_ptr_array_add (missing, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&missing), FALSE);
}

/* full-date, or the map of a Photo ID that has one */
static gboolean
read_birth_date (MdocSpan value, gint *year, gint *month, gint *day)
{
  g_autofree char *text = NULL;
  MdocCborItem item;
  MdocCborItem content;

  if (!mdoc_cbor_open (value, &value_limits, &item, NULL))
    return FALSE;
  if (mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_MAP)
    item = mdoc_cbor_map_lookup (item, "birth_date");
  if (!mdoc_cbor_get_tagged (item, "birth_date", TAG_FULL_DATE, &content, NULL))
    return FALSE;
  text = mdoc_cbor_dup_text (content, "birth_date", 10, NULL);

  return text != NULL && sscanf (text, "%4d-%2d-%2d", year, month, day) == 3;
}

/* The family age_over_NN of the type. */
static const MdocDocElement *
find_age_family (MdocDocType *doc_type)
{
  guint n_elements = 0;

  if (doc_type != NULL)
    n_elements = mdoc_doc_type_get_n_elements (doc_type);
  for (guint i = 0; i < n_elements; i++)
    {
      const MdocDocElement *type = mdoc_doc_type_get_element (doc_type, i);

      if (type->is_age_over)
        return type;
    }

  return NULL;
}

/**
 * mdoc_issuer_data_add_age_over:
 * @self: some data with a birth date
 * @age: 0 to 99
 * @at_unix_s: the day at which the holder's age counts, in UTC
 * @error: return location for a #MdocIssuerError
 *
 * Adds `age_over_NN`: %TRUE from the day on which the holder turns @age. Who
 * was born on 29 February turns on 1 March of other years.
 *
 * Returns: %TRUE if it was added
 */
gboolean
mdoc_issuer_data_add_age_over (MdocIssuerData *self,
                               guint age,
                               gint64 at_unix_s,
                               GError **error)
{
  const MdocDocElement *family = find_age_family (self->doc_type);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_unix_s);
  const MdocIssuerElement *birth;
  g_autoptr (GBytes) value = NULL;
  g_autofree char *name = NULL;
  gint year, month, day, years;

  g_return_val_if_fail (age <= 99, FALSE);
  g_return_val_if_fail (at != NULL, FALSE);

  if (family == NULL)
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_ELEMENT,
                               "The document type has no age_over_NN");
  birth = mdoc_issuer_data_find (self, family->name_space, "birth_date");
  if (birth == NULL || !read_birth_date (birth->value, &year, &month, &day))
    return mdoc_issuer_refuse (error,
                               MDOC_ISSUER_ERROR_MISSING,
                               "There is no birth_date to tell the age from");

  years = g_date_time_get_year (at) - year;
  if (g_date_time_get_month (at) < month
      || (g_date_time_get_month (at) == month
          && g_date_time_get_day_of_month (at) < day))
    years--;

  name = g_strdup_printf ("age_over_%02u", age);
  mdoc_cbor_writer_put_boolean (writer, years >= (gint) age);
  value = mdoc_cbor_writer_finish (writer);
  return add (self, family->name_space, name, value, error);
}
