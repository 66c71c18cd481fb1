/*
 * mdoc-doc-type-parse.c - a document type out of a key file
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-doc-type-private.h"
#include "mdoc/mdoc-items-request.h"

/* docs/doctypes.md describes the form. In short:
 *
 *   [document]
 *   doc-type=, alias=, name=, synonyms=
 *   [name-space NAME]
 *   synonyms=
 *   [element NAME_SPACE/IDENTIFIER]
 *   name=, type=, presence=, rule=, charset=, max-chars=, synonyms=, members=
 *   [preset NAME]
 *   name=, elements=
 */

#define AGE_OVER_FAMILY "age_over_NN"

#define GROUP_NAME_SPACE "name-space "
#define GROUP_ELEMENT    "element "
#define GROUP_PRESET     "preset "

#define MAX_FAMILIES    64
#define MAX_NAME_SPACES 32
#define MAX_TEXT_CHARS  65535 /* of max-chars */

typedef struct
{
  MdocDocType *self;
  GKeyFile *file;
} Parser;

static gboolean
refuse (GError **error,
        MdocDocTypeError code,
        const char *group,
        const char *key,
        const char *reason)
{
  return mdoc_doc_type_refuse (error, code, group, key, reason);
}

/* A name goes onto terminals and into messages: no control characters. */
static gboolean
check_text (const char *text,
            const char *group,
            const char *key,
            GError **error)
{
  if (*text == '\0')
    return refuse (error, MDOC_DOC_TYPE_ERROR_SCHEMA, group, key, "is empty");
  if (strlen (text) > MDOC_DOC_TYPE_MAX_NAME_LEN)
    return refuse (error, MDOC_DOC_TYPE_ERROR_LIMIT, group, key, "is too long");

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return refuse (error,
                     MDOC_DOC_TYPE_ERROR_SCHEMA,
                     group,
                     key,
                     "has a control character");

  return TRUE;
}

/* A key that has to be there, as a text that lives as long as the type. */
static gboolean
get_text (Parser *parser,
          const char *group,
          const char *key,
          const char **ret_text,
          GError **error)
{
  g_autofree char *text = NULL;

  text = g_key_file_get_string (parser->file, group, key, NULL);
  if (text == NULL)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   key,
                   "is missing or malformed");
  if (!check_text (text, group, key, error))
    return FALSE;

  *ret_text = mdoc_pool_keep_text (&parser->self->pool, text);
  return TRUE;
}

/* A key that may be there, with one of some words: @ret_choice is its index. */
static gboolean
get_choice (Parser *parser,
            const char *group,
            const char *key,
            const char *const *choices,
            guint *ret_choice,
            GError **error)
{
  g_autofree char *text = NULL;

  text = g_key_file_get_string (parser->file, group, key, NULL);
  if (text == NULL)
    return TRUE;
  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (choices[i], text))
      {
        *ret_choice = i;
        return TRUE;
      }

  return refuse (error,
                 MDOC_DOC_TYPE_ERROR_SCHEMA,
                 group,
                 key,
                 "is none of the words it may be");
}

/* A key that may be there, with names; an empty list if it is not. */
static gboolean
get_list (Parser *parser,
          const char *group,
          const char *key,
          guint max_names,
          GStrv *ret_list,
          GError **error)
{
  g_auto (GStrv) list = NULL;
  gsize n = 0;

  list = g_key_file_get_string_list (parser->file, group, key, &n, NULL);
  if (list == NULL)
    list = g_new0 (char *, 1);
  if (n > max_names)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_LIMIT,
                   group,
                   key,
                   "has too many names");
  for (char **name = list; *name != NULL; name++)
    if (!check_text (*name, group, key, error))
      return FALSE;

  *ret_list = g_steal_pointer (&list);
  return TRUE;
}

/* GLib gives nothing for a value that it can't read, as if it were not there;
 * and if such a value ends in a backslash, it warns of its own mistake. */
static gboolean
is_well_escaped (const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '\\' && (*++p == '\0' || strchr ("sntr\\;", *p) == NULL))
      return FALSE;

  return TRUE;
}

static gboolean
check_value (Parser *parser, const char *group, const char *key, GError **error)
{
  g_autofree char *value = NULL;

  value = g_key_file_get_value (parser->file, group, key, NULL);
  return (value != NULL && is_well_escaped (value))
         || refuse (error,
                    MDOC_DOC_TYPE_ERROR_SCHEMA,
                    group,
                    key,
                    "has a backslash that means nothing");
}

/* A key that is misspelt must not be a key that is not there. */
static gboolean
check_keys (Parser *parser,
            const char *group,
            const char *const *known,
            GError **error)
{
  g_auto (GStrv) keys = NULL;

  keys = g_key_file_get_keys (parser->file, group, NULL, NULL);
  for (char **key = keys; key != NULL && *key != NULL; key++)
    if (!g_strv_contains (known, *key))
      return refuse (error,
                     MDOC_DOC_TYPE_ERROR_SCHEMA,
                     group,
                     NULL,
                     "has a key that there is not");
    else if (!check_value (parser, group, *key, error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_document (Parser *parser, GError **error)
{
  static const char group[] = MDOC_DOC_TYPE_GROUP_DOCUMENT;
  static const char *const known[] = { "doc-type",
                                       "alias",
                                       "name",
                                       "synonyms",
                                       NULL };
  MdocDocType *self = parser->self;

  if (!g_key_file_has_group (parser->file, group))
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   NULL,
                   "is missing");

  return check_keys (parser, group, known, error)
         && get_text (parser, group, "doc-type", &self->name, error)
         && get_text (parser, group, "alias", &self->alias, error)
         && get_text (parser, group, "name", &self->display_name, error)
         && get_list (parser,
                      group,
                      "synonyms",
                      MDOC_DOC_TYPE_MAX_NAMES,
                      &self->synonyms,
                      error);
}

static gboolean
add_name_space (Parser *parser,
                const char *group,
                const char *name,
                const char *canonical,
                GError **error)
{
  MdocDocTypeNameSpace entry = { 0 };

  if (mdoc_doc_type_resolve_name_space (parser->self, name) != NULL)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_EXISTS,
                   group,
                   NULL,
                   "has a name that another name space has");

  entry.name = mdoc_pool_keep_text (&parser->self->pool, name);
  entry.canonical = canonical != NULL ? canonical : entry.name;
  entry.is_synonym = canonical != NULL;
  g_array_append_val (parser->self->name_spaces, entry);
  return TRUE;
}

static gboolean
parse_name_space (Parser *parser,
                  const char *group,
                  const char *name,
                  GError **error)
{
  static const char *const known[] = { "synonyms", NULL };
  MdocDocType *self = parser->self;
  g_auto (GStrv) synonyms = NULL;
  const char *canonical;

  if (self->name_spaces->len >= MAX_NAME_SPACES)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_LIMIT,
                   group,
                   NULL,
                   "is one name space too many");
  if (!check_keys (parser, group, known, error)
      || !check_text (name, group, NULL, error)
      || !add_name_space (parser, group, name, NULL, error)
      || !get_list (parser,
                    group,
                    "synonyms",
                    MDOC_DOC_TYPE_MAX_NAMES,
                    &synonyms,
                    error))
    return FALSE;

  canonical = mdoc_doc_type_resolve_name_space (self, name);
  for (char **synonym = synonyms; *synonym != NULL; synonym++)
    if (!add_name_space (parser, group, *synonym, canonical, error))
      return FALSE;

  return TRUE;
}

/* `IDENTIFIER`, in the name space @fallback, or `NAME_SPACE/IDENTIFIER` */
static MdocElementName
split_name (Parser *parser, const char *text, const char *fallback)
{
  const char *slash = strrchr (text, '/');
  MdocElementName name = { fallback, NULL };
  MdocPool *pool = &parser->self->pool;

  if (slash != NULL)
    {
      g_autofree char *prefix = g_strndup (text, (gsize) (slash - text));
      const char *canonical;

      canonical = mdoc_doc_type_resolve_name_space (parser->self, prefix);
      name.name_space = canonical != NULL ? canonical
                                          : mdoc_pool_keep_text (pool, prefix);
    }

  name.element = mdoc_pool_keep_text (pool, slash != NULL ? slash + 1 : text);
  return name;
}

static gboolean
add_name (Parser *parser,
          const char *group,
          MdocElementName name,
          guint element,
          GError **error)
{
  MdocDocTypeName entry = { name, element };
  MdocDocType *self = parser->self;

  if (*name.element == '\0' || *name.name_space == '\0')
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   NULL,
                   "has an empty name");
  if (mdoc_doc_type_is_family (name.element))
    {
      if (self->families->len >= MAX_FAMILIES)
        return refuse (error,
                       MDOC_DOC_TYPE_ERROR_LIMIT,
                       group,
                       NULL,
                       "has one name of a family too many");
      g_array_append_val (self->families, entry);
    }
  else
    g_array_append_val (self->names, entry);
  return TRUE;
}

static gboolean
parse_synonyms (Parser *parser,
                const char *group,
                MdocDocElement *element,
                GError **error)
{
  MdocDocType *self = parser->self;
  g_auto (GStrv) synonyms = NULL;
  MdocElementName *names;

  if (!get_list (parser,
                 group,
                 "synonyms",
                 MDOC_DOC_TYPE_MAX_NAMES,
                 &synonyms,
                 error))
    return FALSE;

  element->n_synonyms = g_strv_length (synonyms);
  names = mdoc_pool_new0 (&self->pool, MdocElementName, element->n_synonyms);
  element->synonyms = names;
  for (guint i = 0; i < element->n_synonyms; i++)
    {
      names[i] = split_name (parser, synonyms[i], element->name_space);
      if (mdoc_doc_type_is_family (names[i].element)
          != mdoc_doc_type_is_family (element->element))
        return refuse (error,
                       MDOC_DOC_TYPE_ERROR_SCHEMA,
                       group,
                       "synonyms",
                       "mixes a family with an element");
      if (!add_name (parser, group, names[i], self->elements->len, error))
        return FALSE;
    }

  return TRUE;
}

/* `KEY:TYPE` */
static gboolean
parse_member (Parser *parser,
              const char *group,
              const char *text,
              MdocDocMember *member,
              GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *key = NULL;

  if (colon == NULL || colon == text
      || !mdoc_value_type_from_name (colon + 1, &member->type)
      || member->type == MDOC_VALUE_TYPE_STRUCTURE)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "members",
                   "is not made of KEY:TYPE");

  key = g_strndup (text, (gsize) (colon - text));
  member->key = mdoc_pool_keep_text (&parser->self->pool, key);
  return TRUE;
}

static gboolean
parse_members (Parser *parser,
               const char *group,
               MdocDocElement *element,
               GError **error)
{
  g_auto (GStrv) texts = NULL;
  MdocDocMember *members;

  if (!get_list (parser,
                 group,
                 "members",
                 MDOC_DOC_TYPE_MAX_NAMES,
                 &texts,
                 error))
    return FALSE;
  if (*texts != NULL && element->type != MDOC_VALUE_TYPE_STRUCTURE)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "members",
                   "are for a structure alone");

  members = mdoc_pool_new0 (&parser->self->pool,
                            MdocDocMember,
                            g_strv_length (texts));
  element->members = members;
  for (char **text = texts; *text != NULL; text++)
    {
      if (!parse_member (parser,
                         group,
                         *text,
                         &members[element->n_members],
                         error))
        return FALSE;
      if (mdoc_doc_element_get_member (element, members[element->n_members].key)
          != NULL)
        return refuse (error,
                       MDOC_DOC_TYPE_ERROR_EXISTS,
                       group,
                       "members",
                       "has a key twice");
      element->n_members++;
    }

  return TRUE;
}

static gboolean
parse_type (Parser *parser,
            const char *group,
            MdocDocElement *element,
            GError **error)
{
  static const char *const presences[] = { "optional", "mandatory", NULL };
  static const char *const charsets[] = { "utf8", "latin1", NULL };
  guint presence = 0;
  guint charset = 0;
  const char *type;

  if (!get_text (parser, group, "type", &type, error))
    return FALSE;
  if (!mdoc_value_type_from_name (type, &element->type))
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "type",
                   "is none of the types it may be");
  if (!get_choice (parser, group, "presence", presences, &presence, error)
      || !get_choice (parser, group, "charset", charsets, &charset, error))
    return FALSE;

  element->is_mandatory = presence == 1;
  element->is_latin1 = charset == 1;
  if (!g_key_file_has_key (parser->file, group, "max-chars", NULL))
    return TRUE;

  element->max_chars = (guint)
      CLAMP (g_key_file_get_integer (parser->file, group, "max-chars", NULL),
             0,
             MAX_TEXT_CHARS + 1);
  if (element->max_chars == 0 || element->max_chars > MAX_TEXT_CHARS
      || element->type != MDOC_VALUE_TYPE_TEXT)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "max-chars",
                   "is no number of characters of a text");
  return TRUE;
}

static gboolean
parse_rule (Parser *parser,
            const char *group,
            MdocDocElement *element,
            GError **error)
{
  static const char *const rules[] = { "none",
                                       "portrait",
                                       "nearest-age",
                                       NULL };
  guint rule = 0;
  guint age;

  if (!get_choice (parser, group, "rule", rules, &rule, error))
    return FALSE;

  element->is_portrait = rule == 1;
  element->is_age_over = rule == 2;
  if (element->is_age_over
      && (element->type != MDOC_VALUE_TYPE_BOOLEAN
          || !(g_str_equal (element->element, AGE_OVER_FAMILY)
               || mdoc_doc_type_parse_age_over (element->element, &age))))
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "rule",
                   "is for age_over_NN of bool alone");
  return TRUE;
}

static gboolean
parse_element (Parser *parser,
               const char *group,
               const char *name,
               GError **error)
{
  static const char *const known[] = { "name",     "type",    "presence",
                                       "rule",     "charset", "max-chars",
                                       "synonyms", "members", NULL };
  MdocDocType *self = parser->self;
  MdocDocElement element = { 0 };
  MdocElementName split;

  if (self->elements->len >= MDOC_DOC_TYPE_MAX_ELEMENTS)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_LIMIT,
                   group,
                   NULL,
                   "is one element too many");
  if (!check_text (name, group, NULL, error)
      || !check_keys (parser, group, known, error))
    return FALSE;

  split = split_name (parser, name, "");
  if (mdoc_doc_type_resolve_name_space (self, split.name_space) == NULL)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   NULL,
                   "is in no name space of the document");

  element.name_space = split.name_space;
  element.element = split.element;
  if (!add_name (parser, group, split, self->elements->len, error)
      || !get_text (parser, group, "name", &element.display_name, error)
      || !parse_type (parser, group, &element, error)
      || !parse_rule (parser, group, &element, error)
      || !parse_synonyms (parser, group, &element, error)
      || !parse_members (parser, group, &element, error))
    return FALSE;

  g_array_append_val (self->elements, element);
  return TRUE;
}

static gboolean
parse_preset (Parser *parser,
              const char *group,
              const char *name,
              GError **error)
{
  static const char *const known[] = { "name", "elements", NULL };
  MdocDocType *self = parser->self;
  g_auto (GStrv) texts = NULL;
  MdocDocPreset preset = { 0 };
  MdocElementName *elements;

  if (self->presets->len >= MDOC_DOC_TYPE_MAX_PRESETS)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_LIMIT,
                   group,
                   NULL,
                   "is one preset too many");
  if (!check_text (name, group, NULL, error)
      || !check_keys (parser, group, known, error)
      || !get_text (parser, group, "name", &preset.display_name, error)
      || !get_list (parser,
                    group,
                    "elements",
                    MDOC_ITEMS_REQUEST_MAX_ELEMENTS,
                    &texts,
                    error))
    return FALSE;

  preset.name = mdoc_pool_keep_text (&self->pool, name);
  preset.n_elements = g_strv_length (texts);
  if (preset.n_elements == 0)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   group,
                   "elements",
                   "are missing");

  elements = mdoc_pool_new0 (&self->pool, MdocElementName, preset.n_elements);
  preset.elements = elements;
  for (guint i = 0; i < preset.n_elements; i++)
    {
      elements[i] = split_name (parser,
                                texts[i],
                                mdoc_doc_type_get_name_space (self, 0));
      if (mdoc_doc_type_find_element (self,
                                      elements[i].name_space,
                                      elements[i].element)
          == NULL)
        return refuse (error,
                       MDOC_DOC_TYPE_ERROR_SCHEMA,
                       group,
                       "elements",
                       "has one that is not described");
    }

  g_array_append_val (self->presets, preset);
  return TRUE;
}

typedef gboolean (*ParseGroup) (Parser *parser,
                                const char *group,
                                const char *name,
                                GError **error);

static gboolean
parse_groups (Parser *parser,
              GStrv groups,
              const char *prefix,
              ParseGroup parse,
              GError **error)
{
  for (char **group = groups; *group != NULL; group++)
    if (g_str_has_prefix (*group, prefix)
        && !parse (parser, *group, *group + strlen (prefix), error))
      return FALSE;

  return TRUE;
}

static gboolean
check_groups (GStrv groups, GError **error)
{
  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, MDOC_DOC_TYPE_GROUP_DOCUMENT)
        && !g_str_has_prefix (*group, GROUP_NAME_SPACE)
        && !g_str_has_prefix (*group, GROUP_ELEMENT)
        && !g_str_has_prefix (*group, GROUP_PRESET))
      return refuse (error,
                     MDOC_DOC_TYPE_ERROR_SCHEMA,
                     *group,
                     NULL,
                     "is a group that there is not");

  return TRUE;
}

/* Sorts names, for looking up, and refuses two that are the same. */
static gboolean
sort_names (MdocDocType *self, GArray *names, GError **error)
{
  g_array_sort (names, mdoc_doc_type_compare_names);
  for (guint i = 1; i < names->len; i++)
    {
      const MdocDocTypeName *name = &g_array_index (names, MdocDocTypeName, i);
      g_autofree char *group = NULL;

      if (mdoc_doc_type_compare_names (name, name - 1) != 0)
        continue;
      group = g_strdup_printf (GROUP_ELEMENT "%s/%s",
                               mdoc_doc_type_get_element (self, name->element)
                                   ->name_space,
                               mdoc_doc_type_get_element (self, name->element)
                                   ->element);
      return refuse (error,
                     MDOC_DOC_TYPE_ERROR_EXISTS,
                     group,
                     NULL,
                     "has a name that another element has");
    }

  return TRUE;
}

static gboolean
parse_file (Parser *parser, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (parser->file, NULL);
  MdocDocType *self = parser->self;

  if (!check_groups (groups, error) || !parse_document (parser, error)
      || !parse_groups (parser,
                        groups,
                        GROUP_NAME_SPACE,
                        parse_name_space,
                        error))
    return FALSE;
  if (self->name_spaces->len == 0)
    return refuse (error,
                   MDOC_DOC_TYPE_ERROR_SCHEMA,
                   MDOC_DOC_TYPE_GROUP_DOCUMENT,
                   NULL,
                   "has no name space");

  return parse_groups (parser, groups, GROUP_ELEMENT, parse_element, error)
         && sort_names (self, self->names, error)
         && sort_names (self, self->families, error)
         && parse_groups (parser, groups, GROUP_PRESET, parse_preset, error);
}

static MdocDocType *
doc_type_new (void)
{
  MdocDocType *self = g_new0 (MdocDocType, 1);

  g_atomic_ref_count_init (&self->refs);
  mdoc_pool_init (&self->pool);
  self->name_spaces = g_array_new (FALSE, FALSE, sizeof (MdocDocTypeNameSpace));
  self->elements = g_array_new (FALSE, FALSE, sizeof (MdocDocElement));
  self->names = g_array_new (FALSE, FALSE, sizeof (MdocDocTypeName));
  self->families = g_array_new (FALSE, FALSE, sizeof (MdocDocTypeName));
  self->presets = g_array_new (FALSE, FALSE, sizeof (MdocDocPreset));
  return self;
}

/**
 * mdoc_doc_type_parse:
 * @key_file_text: the content of a description; no NUL has to follow it
 * @len: its length in bytes
 * @error: return location for a #MdocDocTypeError
 *
 * Parses the description of a document type. Groups and keys that there are not
 * are refused, so that one that is misspelt does not go unnoticed. Where a
 * group or key stands twice, the last counts, as in every key file.
 *
 * Returns: (transfer full): the document type, or %NULL with @error set
 */
MdocDocType *
mdoc_doc_type_parse (const char *key_file_text, gsize len, GError **error)
{
  g_autoptr (MdocDocType) self = NULL;
  g_autoptr (GKeyFile) file = NULL;
  Parser parser;

  g_return_val_if_fail (key_file_text != NULL || len == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (len > MDOC_DOC_TYPE_MAX_BYTES)
    {
      refuse (error, MDOC_DOC_TYPE_ERROR_LIMIT, "*", NULL, "is too long");
      return NULL;
    }

  file = g_key_file_new ();
  if (!g_utf8_validate_len (key_file_text, len, NULL)
      || !g_key_file_load_from_data (file,
                                     len > 0 ? key_file_text : "",
                                     len,
                                     G_KEY_FILE_NONE,
                                     NULL))
    {
      refuse (error, MDOC_DOC_TYPE_ERROR_SYNTAX, "*", NULL, "is no key file");
      return NULL;
    }

  self = doc_type_new ();
  parser = (Parser){ self, file };
  return parse_file (&parser, error) ? g_steal_pointer (&self) : NULL;
}
