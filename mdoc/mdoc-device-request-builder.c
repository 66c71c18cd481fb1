/*
 * mdoc-device-request-builder.c - writing a reader's request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-request-builder.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-reader-auth-private.h"

/* The CDDL stands in mdoc-device-request.c, mdoc-items-request.c,
 * mdoc-request-info.c and mdoc-device-request-info.c. */

#define VERSION_FIRST_EDITION  "1.0"
#define VERSION_SECOND_EDITION "1.1"

typedef struct
{
  char *name;
  gboolean intent_to_retain;
} Element;

typedef struct
{
  char *name;
  GArray *elements; /* of Element */
} NameSpace;

/* One pair of a requestInfo: a value, or an array that grows. */
typedef struct
{
  char *key;
  MdocCborWriter *content;
  gboolean is_array;
  guint n_members; /* of the array, whose head is not in content */
} InfoEntry;

typedef struct
{
  char *doc_type;
  GPtrArray *name_spaces; /* of NameSpace */
  GPtrArray *info;        /* of InfoEntry */
} DocRequest;

struct _MdocDeviceRequestBuilder
{
  GPtrArray *doc_requests; /* of DocRequest */
  MdocCborWriter *use_cases;
  guint n_use_cases;
  MdocCborWriter *mac_keys;
  guint n_mac_keys;
};

static void
element_clear (gpointer data)
{
  Element *element = data;

  g_free (element->name);
}

static void
name_space_free (gpointer data)
{
  NameSpace *name_space = data;

  g_free (name_space->name);
  g_array_unref (name_space->elements);
  g_free (name_space);
}

static void
info_entry_free (gpointer data)
{
  InfoEntry *entry = data;

  g_free (entry->key);
  mdoc_cbor_writer_free (entry->content);
  g_free (entry);
}

static void
doc_request_free (gpointer data)
{
  DocRequest *doc_request = data;

  g_free (doc_request->doc_type);
  g_ptr_array_unref (doc_request->name_spaces);
  g_ptr_array_unref (doc_request->info);
  g_free (doc_request);
}

static DocRequest *
get_doc_request (MdocDeviceRequestBuilder *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->doc_requests->len, NULL);

  return g_ptr_array_index (self->doc_requests, i);
}

static NameSpace *
ensure_name_space (DocRequest *doc_request, const char *name)
{
  NameSpace *name_space;

  for (guint i = 0; i < doc_request->name_spaces->len; i++)
    {
      name_space = g_ptr_array_index (doc_request->name_spaces, i);
      if (g_str_equal (name_space->name, name))
        return name_space;
    }

  name_space = g_new0 (NameSpace, 1);
  name_space->name = g_strdup (name);
  name_space->elements = g_array_new (FALSE, FALSE, sizeof (Element));
  g_array_set_clear_func (name_space->elements, element_clear);
  g_ptr_array_add (doc_request->name_spaces, name_space);
  return name_space;
}

/* The pair of that key, empty if it is a single value. */
static InfoEntry *
ensure_info_entry (DocRequest *doc_request, const char *key, gboolean is_array)
{
  InfoEntry *entry = NULL;

  for (guint i = 0; i < doc_request->info->len && entry == NULL; i++)
    {
      InfoEntry *candidate = g_ptr_array_index (doc_request->info, i);

      if (g_str_equal (candidate->key, key))
        entry = candidate;
    }

  if (entry == NULL)
    {
      entry = g_new0 (InfoEntry, 1);
      entry->key = g_strdup (key);
      entry->content = mdoc_cbor_writer_new (0);
      g_ptr_array_add (doc_request->info, entry);
    }

  if (!is_array || entry->is_array != is_array)
    {
      mdoc_cbor_writer_reset (entry->content);
      entry->n_members = 0;
    }
  entry->is_array = is_array;
  return entry;
}

/**
 * mdoc_device_request_builder_new:
 *
 * Returns: (transfer full): a builder of a request that asks for nothing yet
 */
MdocDeviceRequestBuilder *
mdoc_device_request_builder_new (void)
{
  MdocDeviceRequestBuilder *self = g_new0 (MdocDeviceRequestBuilder, 1);

  self->doc_requests = g_ptr_array_new_with_free_func (doc_request_free);
  self->use_cases = mdoc_cbor_writer_new (0);
  self->mac_keys = mdoc_cbor_writer_new (0);
  return self;
}

/**
 * mdoc_device_request_builder_free:
 * @self: (nullable): a builder
 */
void
mdoc_device_request_builder_free (MdocDeviceRequestBuilder *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->doc_requests);
  mdoc_cbor_writer_free (self->use_cases);
  mdoc_cbor_writer_free (self->mac_keys);
  g_free (self);
}

/**
 * mdoc_device_request_builder_add_doc_request:
 * @self: a builder
 * @doc_type: the document type to ask for
 *
 * Returns: the index by which the other functions know the doc request
 */
guint
mdoc_device_request_builder_add_doc_request (MdocDeviceRequestBuilder *self,
                                             const char *doc_type)
{
  DocRequest *doc_request;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (doc_type != NULL, 0);

  doc_request = g_new0 (DocRequest, 1);
  doc_request->doc_type = g_strdup (doc_type);
  doc_request->name_spaces = g_ptr_array_new_with_free_func (name_space_free);
  doc_request->info = g_ptr_array_new_with_free_func (info_entry_free);
  g_ptr_array_add (self->doc_requests, doc_request);
  return self->doc_requests->len - 1;
}

/**
 * mdoc_device_request_builder_add_element:
 * @self: a builder
 * @doc_request: which doc request
 * @name_space: a name space
 * @element: an identifier
 * @intent_to_retain: whether the value will be kept
 *
 * Asks for a data element. One that was asked for before keeps its place and
 * takes the new intent.
 */
void
mdoc_device_request_builder_add_element (MdocDeviceRequestBuilder *self,
                                         guint doc_request,
                                         const char *name_space,
                                         const char *element,
                                         gboolean intent_to_retain)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  Element added = { .intent_to_retain = intent_to_retain };
  NameSpace *group;

  g_return_if_fail (asked != NULL);
  g_return_if_fail (name_space != NULL);
  g_return_if_fail (element != NULL);

  group = ensure_name_space (asked, name_space);
  for (guint i = 0; i < group->elements->len; i++)
    {
      Element *known = &g_array_index (group->elements, Element, i);

      if (g_str_equal (known->name, element))
        {
          known->intent_to_retain = intent_to_retain;
          return;
        }
    }

  added.name = g_strdup (element);
  g_array_append_val (group->elements, added);
}

static void
write_element_name (MdocCborWriter *writer, const MdocElementName *name)
{
  mdoc_cbor_writer_begin_array (writer, 2);
  mdoc_cbor_writer_put_text (writer, name->name_space);
  mdoc_cbor_writer_put_text (writer, name->element);
}

/**
 * mdoc_device_request_builder_add_alternative:
 * @self: a builder
 * @doc_request: which doc request
 * @alternative: an element, asked for as well, and what may replace it
 */
void
mdoc_device_request_builder_add_alternative (MdocDeviceRequestBuilder *self,
                                             guint doc_request,
                                             const MdocAlternative *alternative)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  MdocCborWriter *writer;
  InfoEntry *entry;

  g_return_if_fail (asked != NULL);
  g_return_if_fail (alternative != NULL);

  entry = ensure_info_entry (asked, "alternativeDataElements", TRUE);
  entry->n_members++;
  writer = entry->content;

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "requestedElement");
  write_element_name (writer, &alternative->requested);
  mdoc_cbor_writer_put_text (writer, "alternativeElementSets");
  mdoc_cbor_writer_begin_array (writer, alternative->n_sets);
  for (guint i = 0; i < alternative->n_sets; i++)
    {
      const MdocElementSet *set = &alternative->sets[i];

      mdoc_cbor_writer_begin_array (writer, set->n_elements);
      for (guint j = 0; j < set->n_elements; j++)
        write_element_name (writer, &set->elements[j]);
    }
}

/**
 * mdoc_device_request_builder_add_issuer_identifier:
 * @self: a builder
 * @doc_request: which doc request
 * @key_identifier: the key identifier of an authority whose documents are
 *   welcome, as the authority key identifier of its certificates names it
 */
void
mdoc_device_request_builder_add_issuer_identifier (
    MdocDeviceRequestBuilder *self,
    guint doc_request,
    MdocSpan key_identifier)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  InfoEntry *entry;

  g_return_if_fail (asked != NULL);

  entry = ensure_info_entry (asked, "issuerIdentifiers", TRUE);
  entry->n_members++;
  mdoc_cbor_writer_put_bytes (entry->content, key_identifier);
}

/**
 * mdoc_device_request_builder_set_unique_doc_set:
 * @self: a builder
 * @doc_request: which doc request
 * @is_required: %TRUE: one document and no more; %FALSE: several are welcome
 */
void
mdoc_device_request_builder_set_unique_doc_set (MdocDeviceRequestBuilder *self,
                                                guint doc_request,
                                                gboolean is_required)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  InfoEntry *entry;

  g_return_if_fail (asked != NULL);

  entry = ensure_info_entry (asked, "uniqueDocSetRequired", FALSE);
  mdoc_cbor_writer_put_boolean (entry->content, is_required);
}

/**
 * mdoc_device_request_builder_set_maximum_response_size:
 * @self: a builder
 * @doc_request: which doc request
 * @max_bytes: largest DeviceResponse, before its encryption, that is taken
 */
void
mdoc_device_request_builder_set_maximum_response_size (
    MdocDeviceRequestBuilder *self,
    guint doc_request,
    guint64 max_bytes)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  InfoEntry *entry;

  g_return_if_fail (asked != NULL);

  entry = ensure_info_entry (asked, "maximumResponseSize", FALSE);
  mdoc_cbor_writer_put_uint (entry->content, max_bytes);
}

/**
 * mdoc_device_request_builder_set_request_info:
 * @self: a builder
 * @doc_request: which doc request
 * @key: a key of requestInfo
 * @value: one encoded data item
 *
 * Says what there is no other function for, in place of what was said before
 * under that key.
 */
void
mdoc_device_request_builder_set_request_info (MdocDeviceRequestBuilder *self,
                                              guint doc_request,
                                              const char *key,
                                              MdocSpan value)
{
  DocRequest *asked = get_doc_request (self, doc_request);
  InfoEntry *entry;

  g_return_if_fail (asked != NULL);
  g_return_if_fail (key != NULL);

  entry = ensure_info_entry (asked, key, FALSE);
  mdoc_cbor_writer_put_encoded (entry->content, value);
}

/**
 * mdoc_device_request_builder_add_use_case:
 * @self: a builder
 * @use_case: which doc requests go together, and what for
 */
void
mdoc_device_request_builder_add_use_case (MdocDeviceRequestBuilder *self,
                                          const MdocUseCase *use_case)
{
  MdocCborWriter *writer;

  g_return_if_fail (self != NULL);
  g_return_if_fail (use_case != NULL);

  self->n_use_cases++;
  writer = self->use_cases;
  mdoc_cbor_writer_begin_map (writer, use_case->n_hints > 0 ? 3 : 2);
  mdoc_cbor_writer_put_text (writer, "mandatory");
  mdoc_cbor_writer_put_boolean (writer, use_case->is_mandatory);
  mdoc_cbor_writer_put_text (writer, "documentSets");
  mdoc_cbor_writer_begin_array (writer, use_case->n_sets);
  for (guint i = 0; i < use_case->n_sets; i++)
    {
      const MdocDocumentSet *set = &use_case->sets[i];

      mdoc_cbor_writer_begin_array (writer, set->n_doc_requests);
      for (guint j = 0; j < set->n_doc_requests; j++)
        mdoc_cbor_writer_put_uint (writer, set->doc_requests[j]);
    }

  if (use_case->n_hints == 0)
    return;
  mdoc_cbor_writer_put_text (writer, "purposeHints");
  mdoc_cbor_writer_begin_map (writer, use_case->n_hints);
  for (guint i = 0; i < use_case->n_hints; i++)
    {
      mdoc_cbor_writer_put_text (writer, use_case->hints[i].controller);
      mdoc_cbor_writer_put_int (writer, use_case->hints[i].value);
    }
}

/**
 * mdoc_device_request_builder_add_mac_key:
 * @self: a builder
 * @key: a key for device authentication by MAC, one a curve
 */
void
mdoc_device_request_builder_add_mac_key (MdocDeviceRequestBuilder *self,
                                         MdocPublicKey *key)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (key != NULL);

  self->n_mac_keys++;
  mdoc_cose_key_write (self->mac_keys, key);
}

static void
write_name_spaces (MdocCborWriter *writer, const DocRequest *doc_request)
{
  mdoc_cbor_writer_begin_map (writer, doc_request->name_spaces->len);
  for (guint i = 0; i < doc_request->name_spaces->len; i++)
    {
      const NameSpace *group;

      group = g_ptr_array_index (doc_request->name_spaces, i);
      mdoc_cbor_writer_put_text (writer, group->name);
      mdoc_cbor_writer_begin_map (writer, group->elements->len);
      for (guint j = 0; j < group->elements->len; j++)
        {
          const Element *element;

          element = &g_array_index (group->elements, Element, j);
          mdoc_cbor_writer_put_text (writer, element->name);
          mdoc_cbor_writer_put_boolean (writer, element->intent_to_retain);
        }
    }
}

static void
write_info (MdocCborWriter *writer, const DocRequest *doc_request)
{
  mdoc_cbor_writer_begin_map (writer, doc_request->info->len);
  for (guint i = 0; i < doc_request->info->len; i++)
    {
      const InfoEntry *entry = g_ptr_array_index (doc_request->info, i);

      mdoc_cbor_writer_put_text (writer, entry->key);
      if (entry->is_array)
        mdoc_cbor_writer_begin_array (writer, entry->n_members);
      mdoc_cbor_writer_put_encoded (writer,
                                    mdoc_cbor_writer_get_span (entry->content));
    }
}

static GBytes *
embed (MdocCborWriter *content)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (content));
  return mdoc_cbor_writer_finish (writer);
}

/* `ItemsRequestBytes` */
static GBytes *
encode_items_request (const DocRequest *doc_request)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cbor_writer_begin_map (writer, doc_request->info->len > 0 ? 3 : 2);
  mdoc_cbor_writer_put_text (writer, "docType");
  mdoc_cbor_writer_put_text (writer, doc_request->doc_type);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  write_name_spaces (writer, doc_request);
  if (doc_request->info->len > 0)
    {
      mdoc_cbor_writer_put_text (writer, "requestInfo");
      write_info (writer, doc_request);
    }
  return embed (writer);
}

/* `DeviceRequestInfoBytes`, or nothing */
static GBytes *
encode_info (MdocDeviceRequestBuilder *self)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  if (self->n_use_cases == 0)
    return NULL;

  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "useCases");
  mdoc_cbor_writer_begin_array (writer, self->n_use_cases);
  mdoc_cbor_writer_put_encoded (writer,
                                mdoc_cbor_writer_get_span (self->use_cases));
  return embed (writer);
}

static gboolean
write_signature (MdocCborWriter *writer,
                 MdocKey *key,
                 GPtrArray *chain,
                 GBytes *payload,
                 GError **error)
{
  return mdoc_sign1_write (writer,
                           key,
                           chain,
                           mdoc_span_from_bytes (payload),
                           TRUE,
                           error);
}

static gboolean
write_doc_request (MdocCborWriter *writer,
                   MdocSpan items_request,
                   MdocTranscript *transcript,
                   MdocKey *reader_key,
                   GPtrArray *reader_chain,
                   GError **error)
{
  g_autoptr (GBytes) payload = NULL;

  mdoc_cbor_writer_begin_map (writer, reader_key != NULL ? 2 : 1);
  mdoc_cbor_writer_put_text (writer, "itemsRequest");
  mdoc_cbor_writer_put_encoded (writer, items_request);
  if (reader_key == NULL)
    return TRUE;

  payload = mdoc_reader_auth_encode (transcript, items_request);
  mdoc_cbor_writer_put_text (writer, "readerAuth");
  return write_signature (writer, reader_key, reader_chain, payload, error);
}

/* What stands behind docRequests. */
static gboolean
write_rest (MdocDeviceRequestBuilder *self,
            MdocCborWriter *writer,
            GBytes *info,
            GBytes *signed_all,
            MdocKey *reader_key,
            GPtrArray *reader_chain,
            GError **error)
{
  if (info != NULL)
    {
      mdoc_cbor_writer_put_text (writer, "deviceRequestInfo");
      mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (info));
    }

  if (signed_all != NULL)
    {
      mdoc_cbor_writer_put_text (writer, "readerAuthAll");
      mdoc_cbor_writer_begin_array (writer, 1);
      if (!write_signature (writer,
                            reader_key,
                            reader_chain,
                            signed_all,
                            error))
        return FALSE;
    }

  if (self->n_mac_keys > 0)
    {
      mdoc_cbor_writer_put_text (writer, "macKeys");
      mdoc_cbor_writer_begin_array (writer, self->n_mac_keys);
      mdoc_cbor_writer_put_encoded (writer,
                                    mdoc_cbor_writer_get_span (self->mac_keys));
    }

  return TRUE;
}

static gboolean
write_request (MdocDeviceRequestBuilder *self,
               MdocCborWriter *writer,
               MdocTranscript *transcript,
               MdocKey *reader_key,
               GPtrArray *reader_chain,
               gboolean sign_all,
               GError **error)
{
  guint n = self->doc_requests->len;
  g_autoptr (GPtrArray) encoded = NULL;
  g_autofree MdocSpan *spans = g_new0 (MdocSpan, n);
  g_autoptr (GBytes) info = encode_info (self);
  g_autoptr (GBytes) signed_all = NULL;
  gboolean is_extended;

  encoded = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n; i++)
    {
      const DocRequest *asked = g_ptr_array_index (self->doc_requests, i);
      GBytes *items_request = encode_items_request (asked);

      g_ptr_array_add (encoded, items_request);
      spans[i] = mdoc_span_from_bytes (items_request);
    }

  if (reader_key != NULL && sign_all)
    signed_all = mdoc_reader_auth_encode_all (transcript,
                                              spans,
                                              n,
                                              info != NULL
                                                  ? mdoc_span_from_bytes (info)
                                                  : MDOC_SPAN (NULL, 0));

  is_extended = info != NULL || signed_all != NULL;
  mdoc_cbor_writer_begin_map (writer,
                              2 + (info != NULL ? 1u : 0u)
                                  + (signed_all != NULL ? 1u : 0u)
                                  + (self->n_mac_keys > 0 ? 1u : 0u));
  mdoc_cbor_writer_put_text (writer, "version");
  mdoc_cbor_writer_put_text (writer,
                             is_extended ? VERSION_SECOND_EDITION
                                         : VERSION_FIRST_EDITION);
  mdoc_cbor_writer_put_text (writer, "docRequests");
  mdoc_cbor_writer_begin_array (writer, n);
  for (guint i = 0; i < n; i++)
    if (!write_doc_request (writer,
                            spans[i],
                            transcript,
                            signed_all != NULL ? NULL : reader_key,
                            reader_chain,
                            error))
      return FALSE;

  return write_rest (self,
                     writer,
                     info,
                     signed_all,
                     reader_key,
                     reader_chain,
                     error);
}

/**
 * mdoc_device_request_builder_finish:
 * @self: a builder; it stays as it is and may finish again, for another session
 * @transcript: (nullable): that of the session; needed to sign
 * @reader_key: (nullable): signs the request; %NULL: nobody does
 * @reader_chain: (nullable) (element-type MdocCertificate): of @reader_key, the
 *   leaf first, without the root; needed to sign
 * @sign_all: %TRUE: one signature over all (readerAuthAll), for wallets whose
 *   engagement says that they know it; %FALSE: one for each doc request
 * @error: return location for a #MdocCborError if the request is none that
 *   mdoc_device_request_parse() takes, or a #MdocCryptoError of the signature
 *
 * The version is 1.1 if there are use cases or a signature over all, else 1.0.
 *
 * Returns: (transfer full): the encoded `DeviceRequest`, or %NULL with @error
 *   set
 */
GBytes *
mdoc_device_request_builder_finish (MdocDeviceRequestBuilder *self,
                                    MdocTranscript *transcript,
                                    MdocKey *reader_key,
                                    GPtrArray *reader_chain,
                                    gboolean sign_all,
                                    GError **error)
{
  g_autoptr (MdocCborWriter) writer = NULL;
  g_autoptr (MdocDeviceRequest) parsed = NULL;
  g_autoptr (GBytes) encoded = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (reader_key == NULL || transcript != NULL, NULL);
  g_return_val_if_fail (reader_key == NULL || reader_chain != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  writer = mdoc_cbor_writer_new (0);
  if (!write_request (self,
                      writer,
                      transcript,
                      reader_key,
                      reader_chain,
                      sign_all,
                      error))
    return NULL;

  /* what we would not take from others we do not send */
  encoded = mdoc_cbor_writer_finish (writer);
  parsed = mdoc_device_request_parse (encoded, error);
  return parsed != NULL ? g_steal_pointer (&encoded) : NULL;
}
