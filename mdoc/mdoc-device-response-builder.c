/*
 * mdoc-device-response-builder.c - answering a reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-secret.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-device-auth.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-write-error.h"

/* a device-signed value, as mdoc_device_response_parse() will take it: it
 * stands two deep there */
static const MdocCborLimits value_limits = {
  .max_bytes = (gsize) 64 * 1024,
  .max_depth = 10,
  .max_items = 4096,
};

typedef struct
{
  char *doc_type;
  gint64 code;
} DocumentError;

struct _MdocDeviceResponseBuilder
{
  MdocCborWriter *writer; /* of the response, up to its last document */
  gsize array_offset;     /* of the head of "documents" in it */
  guint n_documents;
  GArray *document_errors; /* of DocumentError */
  guint status;
};

static void
clear_document_error (gpointer data)
{
  DocumentError *entry = data;

  g_free (entry->doc_type);
}

/**
 * mdoc_device_response_builder_new:
 *
 * Returns: (transfer full): a builder of a response with status 0 and without
 *   documents
 */
MdocDeviceResponseBuilder *
mdoc_device_response_builder_new (void)
{
  MdocDeviceResponseBuilder *self = g_new0 (MdocDeviceResponseBuilder, 1);

  self->document_errors = g_array_new (FALSE, FALSE, sizeof (DocumentError));
  g_array_set_clear_func (self->document_errors, clear_document_error);
  return self;
}

/**
 * mdoc_device_response_builder_free:
 * @self: (nullable) (transfer full): a builder
 */
void
mdoc_device_response_builder_free (MdocDeviceResponseBuilder *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->writer, mdoc_cbor_writer_free);
  g_clear_pointer (&self->document_errors, g_array_unref);
  g_free (self);
}

/* What is going to be disclosed, one flag an item of the credential. */
typedef struct
{
  guint8 is_chosen[MDOC_ISSUER_SIGNED_MAX_ITEMS];
  guint n_name_spaces; /* with an item chosen */
  gsize n_bytes;       /* of all items chosen and the names around them */
} Choice;

static gboolean
choose (const MdocDocumentAnswer *answer, Choice *choice, GError **error)
{
  guint n_items = mdoc_issuer_signed_get_n_items (answer->issuer_signed);
  const char *name_space = NULL;

  memset (choice, 0, sizeof (*choice));
  for (guint i = 0; i < answer->n_items; i++)
    {
      if (answer->items[i] >= n_items)
        return mdoc_write_refuse (error,
                                  MDOC_WRITE_ERROR_LIMIT,
                                  "The credential has no such item");
      if (choice->is_chosen[answer->items[i]])
        return mdoc_write_refuse (error,
                                  MDOC_WRITE_ERROR_DUPLICATE,
                                  "An item is to be disclosed twice");
      choice->is_chosen[answer->items[i]] = TRUE;
    }

  for (guint i = 0; i < n_items; i++)
    {
      const MdocIssuerSignedItem *item;

      if (!choice->is_chosen[i])
        continue;
      item = mdoc_issuer_signed_get_item (answer->issuer_signed, i);
      choice->n_bytes += item->encoded.len;
      if (item->name_space != name_space)
        {
          name_space = item->name_space;
          choice->n_name_spaces++;
          choice->n_bytes += strlen (name_space) + 16;
        }
    }

  return TRUE;
}

/* The credential keeps the items of a name space in a row, so one pass does. */
static void
put_choice (MdocCborWriter *writer,
            MdocIssuerSigned *issuer_signed,
            const Choice *choice)
{
  guint n_items = mdoc_issuer_signed_get_n_items (issuer_signed);
  const char *name_space = NULL;

  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_begin_map (writer, choice->n_name_spaces);
  for (guint i = 0; i < n_items; i++)
    {
      const MdocIssuerSignedItem *item;
      guint n = 0;

      if (!choice->is_chosen[i])
        continue;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      if (item->name_space != name_space)
        {
          name_space = item->name_space;
          for (guint j = i;
               j < n_items
               && mdoc_issuer_signed_get_item (issuer_signed, j)->name_space
                      == name_space;
               j++)
            n += choice->is_chosen[j];

          mdoc_cbor_writer_put_text (writer, name_space);
          mdoc_cbor_writer_begin_array (writer, n);
        }
      mdoc_cbor_writer_put_encoded (writer, item->encoded);
    }
}

static gboolean
check_device_item (const MdocDocumentAnswer *answer, guint i, GError **error)
{
  const MdocDeviceSignedItem *item = &answer->device_items[i];
  MdocMso *mso = mdoc_issuer_signed_get_mso (answer->issuer_signed);
  MdocCborItem value;

  if (!mdoc_write_check_name (item->name_space, MDOC_MAX_NAME_LEN, error)
      || !mdoc_write_check_name (item->element, MDOC_MAX_NAME_LEN, error))
    return FALSE;
  if (!mdoc_cbor_open (item->value, &value_limits, &value, NULL))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_VALUE,
                              "A device-signed value is not one sound CBOR"
                              " item");
  if (!mdoc_mso_is_authorized (mso, item->name_space, item->element))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_UNAUTHORIZED,
                              "The issuer does not let the device sign this"
                              " element");

  for (guint j = 0; j < i; j++)
    if (strcmp (answer->device_items[j].element, item->element) == 0
        && strcmp (answer->device_items[j].name_space, item->name_space) == 0)
      return mdoc_write_refuse (error,
                                MDOC_WRITE_ERROR_DUPLICATE,
                                "A device-signed element is given twice");

  for (guint j = 0; j < answer->n_items; j++)
    {
      const MdocIssuerSignedItem *other;

      other = mdoc_issuer_signed_get_item (answer->issuer_signed,
                                           answer->items[j]);
      if (strcmp (other->element, item->element) == 0
          && strcmp (other->name_space, item->name_space) == 0)
        return mdoc_write_refuse (error,
                                  MDOC_WRITE_ERROR_DUPLICATE,
                                  "An element is both issuer- and"
                                  " device-signed");
    }

  return TRUE;
}

static gboolean
check_answer (MdocDeviceResponseBuilder *self,
              const MdocDocumentAnswer *answer,
              GError **error)
{
  MdocMso *mso = mdoc_issuer_signed_get_mso (answer->issuer_signed);
  MdocPublicKey *bound = mdoc_mso_get_device_key (mso);

  if (self->n_documents >= MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS
      || answer->n_device_items > MDOC_DOCUMENT_MAX_DEVICE_ITEMS
      || answer->n_errors > MDOC_DEVICE_RESPONSE_MAX_ERRORS)
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_LIMIT,
                              "The response has too many members");

  if (bound == NULL
      || !mdoc_public_key_equal (bound,
                                 mdoc_key_get_public (answer->device_key)))
    return mdoc_write_refuse (error,
                              MDOC_WRITE_ERROR_KEY,
                              "The device key is not the one that the"
                              " credential is bound to");

  for (guint i = 0; i < answer->n_device_items; i++)
    if (!check_device_item (answer, i, error))
      return FALSE;

  for (guint i = 0; i < answer->n_errors; i++)
    {
      const MdocElementError *entry = &answer->errors[i];

      if (!mdoc_write_check_name (entry->name_space, MDOC_MAX_NAME_LEN, error)
          || !mdoc_write_check_name (entry->element, MDOC_MAX_NAME_LEN, error))
        return FALSE;

      for (guint j = 0; j < i; j++)
        if (strcmp (answer->errors[j].element, entry->element) == 0
            && strcmp (answer->errors[j].name_space, entry->name_space) == 0)
          return mdoc_write_refuse (error,
                                    MDOC_WRITE_ERROR_DUPLICATE,
                                    "An element's error is given twice");
    }

  return TRUE;
}

/* { * NameSpace => { + tstr => value } }, of device-signed elements or of
 * errors; in the order in which the name spaces come first. */
typedef struct
{
  guint n;
  const char *(*get_name_space) (const MdocDocumentAnswer *answer, guint i);
  void (*put) (MdocCborWriter *writer,
               const MdocDocumentAnswer *answer,
               guint i);
} Grouping;

static void
put_grouped (MdocCborWriter *writer,
             const MdocDocumentAnswer *answer,
             const Grouping *grouping)
{
  g_autofree guint *first = g_new (guint, grouping->n + 1);
  guint n_name_spaces = 0;

  /* first[i]: the first entry of the same name space */
  for (guint i = 0; i < grouping->n; i++)
    {
      const char *name_space = grouping->get_name_space (answer, i);

      first[i] = 0;
      while (strcmp (grouping->get_name_space (answer, first[i]), name_space)
             != 0)
        first[i]++;
      if (first[i] == i)
        n_name_spaces++;
    }

  mdoc_cbor_writer_begin_map (writer, n_name_spaces);
  for (guint i = 0; i < grouping->n; i++)
    {
      guint n = 0;

      if (first[i] != i)
        continue;

      for (guint j = i; j < grouping->n; j++)
        n += first[j] == i ? 1u : 0u;
      mdoc_cbor_writer_put_text (writer, grouping->get_name_space (answer, i));
      mdoc_cbor_writer_begin_map (writer, n);
      for (guint j = i; j < grouping->n; j++)
        if (first[j] == i)
          grouping->put (writer, answer, j);
    }
}

static const char *
get_device_item_name_space (const MdocDocumentAnswer *answer, guint i)
{
  return answer->device_items[i].name_space;
}

static void
put_device_item (MdocCborWriter *writer,
                 const MdocDocumentAnswer *answer,
                 guint i)
{
  mdoc_cbor_writer_put_text (writer, answer->device_items[i].element);
  mdoc_cbor_writer_put_encoded (writer, answer->device_items[i].value);
}

static const char *
get_error_name_space (const MdocDocumentAnswer *answer, guint i)
{
  return answer->errors[i].name_space;
}

static void
put_error (MdocCborWriter *writer, const MdocDocumentAnswer *answer, guint i)
{
  mdoc_cbor_writer_put_text (writer, answer->errors[i].element);
  mdoc_cbor_writer_put_int (writer, answer->errors[i].code);
}

static void
put_device_name_spaces (MdocCborWriter *writer,
                        const MdocDocumentAnswer *answer)
{
  Grouping grouping = { answer->n_device_items,
                        get_device_item_name_space,
                        put_device_item };
  g_autoptr (MdocCborWriter) content = mdoc_cbor_writer_new (0);

  put_grouped (content, answer, &grouping);
  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (content));
}

/* The value of "deviceSigned", which is all that can fail. */
static gboolean
put_device_signed (MdocCborWriter *writer,
                   const MdocDocumentAnswer *answer,
                   const char *doc_type,
                   GError **error)
{
  g_autoptr (MdocSecret) emac_key = NULL;
  g_autoptr (GBytes) payload = NULL;
  MdocSpan name_spaces;
  gsize start;

  if (answer->e_reader_key != NULL)
    {
      emac_key = mdoc_device_auth_derive_emac_key (answer->device_key,
                                                   answer->e_reader_key,
                                                   answer->transcript,
                                                   error);
      if (emac_key == NULL)
        return FALSE;
    }

  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  start = mdoc_cbor_writer_get_span (writer).len;
  put_device_name_spaces (writer, answer);

  name_spaces = mdoc_cbor_writer_get_span (writer);
  name_spaces = MDOC_SPAN (name_spaces.data + start, name_spaces.len - start);
  payload = mdoc_device_auth_encode (answer->transcript, doc_type, name_spaces);

  mdoc_cbor_writer_put_text (writer, "deviceAuth");
  mdoc_cbor_writer_begin_map (writer, 1);
  if (emac_key != NULL)
    {
      mdoc_cbor_writer_put_text (writer, "deviceMac");
      mdoc_mac0_write (writer,
                       mdoc_secret_get_span (emac_key),
                       mdoc_span_from_bytes (payload));
      return TRUE;
    }

  mdoc_cbor_writer_put_text (writer, "deviceSignature");
  return mdoc_sign1_write (writer,
                           answer->device_key,
                           NULL,
                           mdoc_span_from_bytes (payload),
                           TRUE,
                           error);
}

static void
put_document (MdocCborWriter *writer,
              const MdocDocumentAnswer *answer,
              const Choice *choice,
              const char *doc_type,
              MdocSpan issuer_auth,
              MdocSpan device_signed)
{
  Grouping errors = { answer->n_errors, get_error_name_space, put_error };

  mdoc_cbor_writer_begin_map (writer, answer->n_errors > 0 ? 4 : 3);
  mdoc_cbor_writer_put_text (writer, "docType");
  mdoc_cbor_writer_put_text (writer, doc_type);
  mdoc_cbor_writer_put_text (writer, "issuerSigned");
  mdoc_cbor_writer_begin_map (writer, answer->n_items > 0 ? 2 : 1);
  if (answer->n_items > 0)
    put_choice (writer, answer->issuer_signed, choice);
  mdoc_cbor_writer_put_text (writer, "issuerAuth");
  mdoc_cbor_writer_put_encoded (writer, issuer_auth);
  mdoc_cbor_writer_put_text (writer, "deviceSigned");
  mdoc_cbor_writer_put_encoded (writer, device_signed);
  if (answer->n_errors > 0)
    {
      mdoc_cbor_writer_put_text (writer, "errors");
      put_grouped (writer, answer, &errors);
    }
}

/* Starts a response in the buffer that it will be sent from, so that a portrait
 * is copied once. How many members and documents there are is set at the end.
 */
static void
begin (MdocDeviceResponseBuilder *self, gsize reserve)
{
  G_STATIC_ASSERT (MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS < 24);

  self->writer = mdoc_cbor_writer_new (reserve);
  mdoc_cbor_writer_begin_map (self->writer, 0);
  mdoc_cbor_writer_put_text (self->writer, "version");
  mdoc_cbor_writer_put_text (self->writer, "1.0");
  mdoc_cbor_writer_put_text (self->writer, "documents");
  self->array_offset = mdoc_cbor_writer_get_span (self->writer).len;
  mdoc_cbor_writer_begin_array (self->writer, 0);
}

/**
 * mdoc_device_response_builder_add_document:
 * @self: a builder; left alone on failure
 * @answer: what to put in the document
 * @error: return location for a #MdocWriteError if @answer breaks the standard,
 *   or a #MdocCryptoError
 *
 * Adds a Document, which costs one signature, or one key agreement and a MAC.
 * What is disclosed are the bytes that the issuer signed.
 *
 * Returns: %TRUE on success
 */
gboolean
mdoc_device_response_builder_add_document (MdocDeviceResponseBuilder *self,
                                           const MdocDocumentAnswer *answer,
                                           GError **error)
{
  MdocIssuerSigned *credential = answer->issuer_signed;
  const char *doc_type = mdoc_mso_get_doc_type (
      mdoc_issuer_signed_get_mso (credential));
  MdocSpan issuer_auth = mdoc_issuer_signed_get_issuer_auth_encoded (
      credential);
  g_autoptr (MdocCborWriter) device_signed = NULL;
  Choice choice;

  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!choose (answer, &choice, error) || !check_answer (self, answer, error))
    return FALSE;

  device_signed = mdoc_cbor_writer_new (512);
  if (!put_device_signed (device_signed, answer, doc_type, error))
    return FALSE;

  if (self->writer == NULL)
    begin (self,
           choice.n_bytes + issuer_auth.len + strlen (doc_type)
               + mdoc_cbor_writer_get_span (device_signed).len + 512);
  put_document (self->writer,
                answer,
                &choice,
                doc_type,
                issuer_auth,
                mdoc_cbor_writer_get_span (device_signed));
  self->n_documents++;
  return TRUE;
}

/**
 * mdoc_device_response_builder_add_document_error:
 * @self: a builder
 * @doc_type: what was asked for and is not returned
 * @code: why; %MDOC_ERROR_CODE_NOT_RETURNED says nothing more
 *
 * Document types come from requests that were parsed, so they fit; more than
 * %MDOC_DEVICE_RESPONSE_MAX_ERRORS are left out.
 */
void
mdoc_device_response_builder_add_document_error (
    MdocDeviceResponseBuilder *self,
    const char *doc_type,
    gint64 code)
{
  DocumentError entry = { NULL, code };

  g_return_if_fail (mdoc_write_check_name (doc_type, MDOC_MAX_NAME_LEN, NULL));

  if (self->document_errors->len >= MDOC_DEVICE_RESPONSE_MAX_ERRORS)
    return;

  entry.doc_type = g_strdup (doc_type);
  g_array_append_val (self->document_errors, entry);
}

/**
 * mdoc_device_response_builder_set_status:
 * @self: a builder
 * @status: a #MdocResponseStatus; if it is not 0, documents are not sent
 */
void
mdoc_device_response_builder_set_status (MdocDeviceResponseBuilder *self,
                                         guint status)
{
  self->status = status;
}

/**
 * mdoc_device_response_builder_finish:
 * @self: a builder; its documents are gone afterwards
 *
 * Returns: (transfer full): the encoded DeviceResponse, which is wiped when its
 *   last reference goes
 */
GBytes *
mdoc_device_response_builder_finish (MdocDeviceResponseBuilder *self)
{
  g_autoptr (MdocCborWriter) writer = g_steal_pointer (&self->writer);
  guint n_errors = self->document_errors->len;
  guint8 n_members = 2;

  if (writer != NULL && self->status == MDOC_RESPONSE_STATUS_OK)
    {
      mdoc_cbor_writer_set_count (writer,
                                  self->array_offset,
                                  (guint8) self->n_documents);
      n_members++;
    }
  else
    {
      g_clear_pointer (&writer, mdoc_cbor_writer_free);
      writer = mdoc_cbor_writer_new (0);
      mdoc_cbor_writer_begin_map (writer, 0);
      mdoc_cbor_writer_put_text (writer, "version");
      mdoc_cbor_writer_put_text (writer, "1.0");
    }
  self->n_documents = 0;

  if (n_errors > 0)
    {
      n_members++;
      mdoc_cbor_writer_put_text (writer, "documentErrors");
      mdoc_cbor_writer_begin_array (writer, n_errors);
      for (guint i = 0; i < n_errors; i++)
        {
          const DocumentError *entry;

          entry = &g_array_index (self->document_errors, DocumentError, i);
          mdoc_cbor_writer_begin_map (writer, 1);
          mdoc_cbor_writer_put_text (writer, entry->doc_type);
          mdoc_cbor_writer_put_int (writer, entry->code);
        }
    }
  mdoc_cbor_writer_put_text (writer, "status");
  mdoc_cbor_writer_put_uint (writer, self->status);
  mdoc_cbor_writer_set_count (writer, 0, n_members);

  return mdoc_cbor_writer_finish (writer);
}
