/*
 * mdoc-reader-ask.c - what to ask for, as a command line says it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-ask.h"

#include <string.h>

#include "mdoc/mdoc-device-request-builder.h"
#include "reader/mdoc-reader-error.h"

#define RETAIN_SUFFIX ":retain"

typedef struct
{
  char *name_space;
  char *element;
  gboolean intent_to_retain;
} Element;

typedef struct
{
  char *doc_type;
  MdocDocType *type;   /* nullable */
  GPtrArray *elements; /* of Element */
} Document;

struct _MdocReaderAsk
{
  MdocDocTypeTable *doc_types;
  GPtrArray *requests; /* of GPtrArray of Document */
};

static void
step_clear (gpointer data)
{
  MdocReaderStep *step = data;

  g_free (step->text);
}

GArray *
mdoc_reader_steps_new (void)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (MdocReaderStep));

  g_array_set_clear_func (steps, step_clear);
  return steps;
}

void
mdoc_reader_steps_add (GArray *steps, const char *option, const char *value)
{
  static const struct
  {
    const char *option;
    MdocReaderStepKind kind;
  } kinds[] = {
    { "--doctype", MDOC_READER_STEP_DOC_TYPE },
    { "--element", MDOC_READER_STEP_ELEMENT },
    { "--preset", MDOC_READER_STEP_PRESET },
    { "-p", MDOC_READER_STEP_PRESET },
    { "--then", MDOC_READER_STEP_THEN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (option, kinds[i].option) == 0)
      {
        MdocReaderStep step = { kinds[i].kind, g_strdup (value) };

        g_array_append_val (steps, step);
      }
}

static void
element_free (Element *element)
{
  g_free (element->name_space);
  g_free (element->element);
  g_free (element);
}

static void
document_free (Document *document)
{
  g_free (document->doc_type);
  g_clear_pointer (&document->type, mdoc_doc_type_unref);
  g_ptr_array_unref (document->elements);
  g_free (document);
}

static void
add_request (MdocReaderAsk *self)
{
  g_ptr_array_add (self->requests,
                   g_ptr_array_new_with_free_func (
                       (GDestroyNotify) document_free));
}

static GPtrArray *
get_last_request (MdocReaderAsk *self)
{
  return g_ptr_array_index (self->requests, self->requests->len - 1);
}

/* nullable */
static Document *
get_last_document (MdocReaderAsk *self)
{
  GPtrArray *documents = get_last_request (self);

  return documents->len > 0 ? g_ptr_array_index (documents, documents->len - 1)
                            : NULL;
}

static void
add_element (Document *document,
             const char *name_space,
             const char *name,
             gboolean intent_to_retain)
{
  Element *element = g_new0 (Element, 1);

  element->name_space = g_strdup (name_space);
  element->element = g_strdup (name);
  element->intent_to_retain = intent_to_retain;
  g_ptr_array_add (document->elements, element);
}

static void
add_document (MdocReaderAsk *self, const char *doc_type, MdocDocType *type)
{
  Document *document = g_new0 (Document, 1);

  document->doc_type = g_strdup (doc_type);
  document->type = type != NULL ? mdoc_doc_type_ref (type) : NULL;
  document->elements = g_ptr_array_new_with_free_func (
      (GDestroyNotify) element_free);
  g_ptr_array_add (get_last_request (self), document);
}

/* A type nobody has told us of is asked for by its full name. */
static gboolean
take_doc_type (MdocReaderAsk *self, const char *text, GError **error)
{
  MdocDocType *type = mdoc_doc_type_table_lookup_alias (self->doc_types, text);

  if (type == NULL && strchr (text, '.') == NULL)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "--doctype %s: there is no such document type",
                               text);

  add_document (self,
                type != NULL && !mdoc_doc_type_has_name (type, text)
                    ? mdoc_doc_type_get_name (type)
                    : text,
                type);
  return TRUE;
}

/* The name space of an element that was named without it. */
static const char *
find_name_space (MdocDocType *type, const char *name)
{
  for (guint i = 0; i < mdoc_doc_type_get_n_name_spaces (type); i++)
    {
      const char *name_space = mdoc_doc_type_get_name_space (type, i);

      if (mdoc_doc_type_find_element (type, name_space, name) != NULL)
        return name_space;
    }

  return NULL;
}

static gboolean
take_element (MdocReaderAsk *self, const char *text, GError **error)
{
  Document *document = get_last_document (self);
  g_autofree char *name = g_strdup (text);
  const char *name_space;
  gboolean retain;
  char *slash;

  if (document == NULL)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "--element %s: say --doctype before",
                               text);

  retain = g_str_has_suffix (name, RETAIN_SUFFIX);
  if (retain)
    name[strlen (name) - strlen (RETAIN_SUFFIX)] = '\0';
  slash = strrchr (name, '/');
  if (slash != NULL)
    {
      *slash = '\0';
      if (name[0] == '\0' || slash[1] == '\0')
        return mdoc_reader_refuse (error,
                                   MDOC_READER_ERROR_INPUT,
                                   "--element %s: it takes "
                                   "NAMESPACE/ELEMENT[:retain]",
                                   text);
      add_element (document, name, slash + 1, retain);
      return TRUE;
    }

  name_space = document->type != NULL ? find_name_space (document->type, name)
                                      : NULL;
  if (name_space == NULL)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "--element %s: it is not known of %s; say "
                               "NAMESPACE/ELEMENT",
                               text,
                               document->doc_type);
  add_element (document, name_space, name, retain);
  return TRUE;
}

/* Of the document in hand, else of the first type that has it. */
static const MdocDocPreset *
find_preset (MdocReaderAsk *self, const char *name)
{
  Document *document = get_last_document (self);
  guint n_types = mdoc_doc_type_table_get_n_doc_types (self->doc_types);

  if (document != NULL)
    return document->type != NULL
               ? mdoc_doc_type_find_preset (document->type, name)
               : NULL;

  for (guint i = 0; i < n_types; i++)
    {
      MdocDocType *type = mdoc_doc_type_table_get_doc_type (self->doc_types, i);
      const MdocDocPreset *preset = mdoc_doc_type_find_preset (type, name);

      if (preset == NULL)
        continue;
      add_document (self, mdoc_doc_type_get_name (type), type);
      return preset;
    }

  return NULL;
}

static gboolean
take_preset (MdocReaderAsk *self, const char *text, GError **error)
{
  const MdocDocPreset *preset = find_preset (self, text);

  if (preset == NULL)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "--preset %s: the document type has no such "
                               "preset",
                               text);

  for (guint i = 0; i < preset->n_elements; i++)
    add_element (get_last_document (self),
                 preset->elements[i].name_space,
                 preset->elements[i].element,
                 FALSE);
  return TRUE;
}

static gboolean
check_request (MdocReaderAsk *self, GError **error)
{
  GPtrArray *documents = get_last_request (self);

  if (documents->len == 0)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "Nothing is asked for; say --preset, or "
                               "--doctype and --element");

  for (guint i = 0; i < documents->len; i++)
    {
      const Document *document = g_ptr_array_index (documents, i);

      if (document->elements->len == 0)
        return mdoc_reader_refuse (error,
                                   MDOC_READER_ERROR_INPUT,
                                   "No element of %s is asked for",
                                   document->doc_type);
    }

  return TRUE;
}

static gboolean
take_step (MdocReaderAsk *self, const MdocReaderStep *step, GError **error)
{
  switch (step->kind)
    {
    case MDOC_READER_STEP_DOC_TYPE:
      return take_doc_type (self, step->text, error);
    case MDOC_READER_STEP_ELEMENT:
      return take_element (self, step->text, error);
    case MDOC_READER_STEP_PRESET:
      return take_preset (self, step->text, error);
    case MDOC_READER_STEP_THEN:
    default:
      break;
    }

  if (!check_request (self, error))
    return FALSE;
  if (self->requests->len >= MDOC_READER_MAX_REQUESTS)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_INPUT,
                               "More than %d requests",
                               MDOC_READER_MAX_REQUESTS);
  add_request (self);
  return TRUE;
}

/**
 * mdoc_reader_ask_parse:
 * @steps: (element-type MdocReaderStep): the options, in order
 * @doc_types: the types that are known
 * @error: return location for a #MdocReaderError
 *
 * Returns: (transfer full): what to ask, or %NULL with @error set
 */
MdocReaderAsk *
mdoc_reader_ask_parse (GArray *steps,
                       MdocDocTypeTable *doc_types,
                       GError **error)
{
  g_autoptr (MdocReaderAsk) self = g_new0 (MdocReaderAsk, 1);

  self->doc_types = mdoc_doc_type_table_ref (doc_types);
  self->requests = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_ptr_array_unref);
  add_request (self);

  for (guint i = 0; i < steps->len; i++)
    if (!take_step (self, &g_array_index (steps, MdocReaderStep, i), error))
      return NULL;
  if (!check_request (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
mdoc_reader_ask_free (MdocReaderAsk *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->doc_types, mdoc_doc_type_table_unref);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_free (self);
}

/**
 * mdoc_reader_ask_get_n_requests:
 * @self: what to ask
 *
 * Returns: how many requests follow each other, at least 1
 */
guint
mdoc_reader_ask_get_n_requests (MdocReaderAsk *self)
{
  return self->requests->len;
}

/**
 * mdoc_reader_ask_build:
 * @self: what to ask
 * @request: which of the requests
 * @transcript: the session's
 * @reader_key: (nullable): signs it
 * @reader_chain: (nullable) (element-type MdocCertificate): goes with it
 * @sign_all: whether one signature covers the whole, for holders that say they
 *   can check that
 * @error: return location for what the builder says
 *
 * Returns: (transfer full): an encoded DeviceRequest, or %NULL with @error set
 */
GBytes *
mdoc_reader_ask_build (MdocReaderAsk *self,
                       guint request,
                       MdocTranscript *transcript,
                       MdocKey *reader_key,
                       GPtrArray *reader_chain,
                       gboolean sign_all,
                       GError **error)
{
  GPtrArray *documents = g_ptr_array_index (self->requests, request);
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;

  builder = mdoc_device_request_builder_new ();
  for (guint i = 0; i < documents->len; i++)
    {
      const Document *document = g_ptr_array_index (documents, i);
      guint index
          = mdoc_device_request_builder_add_doc_request (builder,
                                                         document->doc_type);

      for (guint j = 0; j < document->elements->len; j++)
        {
          const Element *element = g_ptr_array_index (document->elements, j);

          mdoc_device_request_builder_add_element (builder,
                                                   index,
                                                   element->name_space,
                                                   element->element,
                                                   element->intent_to_retain);
        }
    }

  return mdoc_device_request_builder_finish (builder,
                                             transcript,
                                             reader_key,
                                             reader_chain,
                                             sign_all,
                                             error);
}

static gboolean
is_age_over (const char *element)
{
  guint age;

  return mdoc_doc_type_parse_age_over (element, &age);
}

/* An age that was asked for is answered by the nearest one that there is. */
static gboolean
answers (const char *returned_space,
         const char *returned,
         const char *asked_space,
         const char *asked)
{
  return strcmp (returned_space, asked_space) == 0
         && (strcmp (returned, asked) == 0
             || (is_age_over (returned) && is_age_over (asked)));
}

static gboolean
has_document_answer (MdocDocument *document, const Element *element)
{
  MdocIssuerSigned *issuer_signed = mdoc_document_get_issuer_signed (document);

  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issuer_signed); i++)
    {
      const MdocIssuerSignedItem *item
          = mdoc_issuer_signed_get_item (issuer_signed, i);

      if (answers (item->name_space,
                   item->element,
                   element->name_space,
                   element->element))
        return TRUE;
    }
  for (guint i = 0; i < mdoc_document_get_n_device_items (document); i++)
    {
      const MdocDeviceSignedItem *item
          = mdoc_document_get_device_item (document, i);

      if (answers (item->name_space,
                   item->element,
                   element->name_space,
                   element->element))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_answered (MdocDeviceResponse *response,
             const Document *asked,
             const Element *element)
{
  for (guint i = 0; i < mdoc_device_response_get_n_documents (response); i++)
    {
      MdocDocument *document = mdoc_device_response_get_document (response, i);

      if (strcmp (mdoc_document_get_doc_type (document), asked->doc_type) == 0
          && has_document_answer (document, element))
        return TRUE;
    }

  return FALSE;
}

static void
add_name (GPtrArray *names,
          const char *doc_type,
          const char *name_space,
          const char *element)
{
  g_ptr_array_add (names,
                   g_strdup_printf ("%s %s/%s", doc_type, name_space, element));
}

static GStrv
finish_names (GPtrArray *names)
{
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

/**
 * mdoc_reader_ask_list_missing:
 * @self: what was asked
 * @request: in which of the requests
 * @response: the answer to it
 *
 * Returns: (transfer full): what was asked for and not returned; whether what
 *   was returned holds is another question
 */
GStrv
mdoc_reader_ask_list_missing (MdocReaderAsk *self,
                              guint request,
                              MdocDeviceResponse *response)
{
  GPtrArray *documents = g_ptr_array_index (self->requests, request);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < documents->len; i++)
    {
      const Document *document = g_ptr_array_index (documents, i);

      for (guint j = 0; j < document->elements->len; j++)
        {
          const Element *element = g_ptr_array_index (document->elements, j);

          if (!is_answered (response, document, element))
            add_name (names,
                      document->doc_type,
                      element->name_space,
                      element->element);
        }
    }

  return finish_names (g_steal_pointer (&names));
}

static gboolean
is_asked (GPtrArray *documents,
          const char *doc_type,
          const char *name_space,
          const char *name)
{
  for (guint i = 0; i < documents->len; i++)
    {
      const Document *document = g_ptr_array_index (documents, i);

      if (strcmp (document->doc_type, doc_type) != 0)
        continue;
      for (guint j = 0; j < document->elements->len; j++)
        {
          const Element *element = g_ptr_array_index (document->elements, j);

          if (answers (name_space, name, element->name_space, element->element))
            return TRUE;
        }
    }

  return FALSE;
}

static void
add_unasked (GPtrArray *names, GPtrArray *asked, MdocDocument *document)
{
  MdocIssuerSigned *issuer_signed = mdoc_document_get_issuer_signed (document);
  const char *doc_type = mdoc_document_get_doc_type (document);

  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issuer_signed); i++)
    {
      const MdocIssuerSignedItem *item
          = mdoc_issuer_signed_get_item (issuer_signed, i);

      if (!is_asked (asked, doc_type, item->name_space, item->element))
        add_name (names, doc_type, item->name_space, item->element);
    }
  for (guint i = 0; i < mdoc_document_get_n_device_items (document); i++)
    {
      const MdocDeviceSignedItem *item
          = mdoc_document_get_device_item (document, i);

      if (!is_asked (asked, doc_type, item->name_space, item->element))
        add_name (names, doc_type, item->name_space, item->element);
    }
}

/**
 * mdoc_reader_ask_list_unasked:
 * @self: what was asked
 * @request: in which of the requests
 * @response: the answer to it
 *
 * Returns: (transfer full): what was returned and not asked for, which a holder
 *   should not do
 */
GStrv
mdoc_reader_ask_list_unasked (MdocReaderAsk *self,
                              guint request,
                              MdocDeviceResponse *response)
{
  GPtrArray *asked = g_ptr_array_index (self->requests, request);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < mdoc_device_response_get_n_documents (response); i++)
    add_unasked (names, asked, mdoc_device_response_get_document (response, i));

  return finish_names (g_steal_pointer (&names));
}
