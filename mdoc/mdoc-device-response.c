/*
 * mdoc-device-response.c - what a holder answers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-response.h"

#include "mdoc/mdoc-device-response-private.h"

/**
 * mdoc_device_response_ref:
 * @self: a response
 *
 * Returns: (transfer full): @self
 */
MdocDeviceResponse *
mdoc_device_response_ref (MdocDeviceResponse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_device_response_unref:
 * @self: (nullable) (transfer full): a response
 */
void
mdoc_device_response_unref (MdocDeviceResponse *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->documents, g_ptr_array_unref);
  g_clear_pointer (&self->document_errors, g_array_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self->version);
  g_free (self);
}

/**
 * mdoc_device_response_get_encoded:
 * @self: a response
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_device_response_get_encoded (MdocDeviceResponse *self)
{
  return self->encoded;
}

/**
 * mdoc_device_response_get_version:
 * @self: a response
 *
 * Returns: (transfer none): its version; the major number is 1
 */
const char *
mdoc_device_response_get_version (MdocDeviceResponse *self)
{
  return self->version;
}

/**
 * mdoc_device_response_get_status:
 * @self: a response
 *
 * Returns: its status, of #MdocResponseStatus or one yet to be defined; if it
 *   is not 0, there are no documents
 */
guint64
mdoc_device_response_get_status (MdocDeviceResponse *self)
{
  return self->status;
}

/**
 * mdoc_device_response_get_n_documents:
 * @self: a response
 *
 * Returns: how many documents it has; may be 0
 */
guint
mdoc_device_response_get_n_documents (MdocDeviceResponse *self)
{
  return self->documents->len;
}

/**
 * mdoc_device_response_get_document:
 * @self: a response
 * @i: which, from 0
 *
 * Returns: (transfer none): the document, which lives as long as @self
 */
MdocDocument *
mdoc_device_response_get_document (MdocDeviceResponse *self, guint i)
{
  g_return_val_if_fail (i < self->documents->len, NULL);

  return g_ptr_array_index (self->documents, i);
}

/**
 * mdoc_device_response_get_n_document_errors:
 * @self: a response
 *
 * Returns: of how many documents it says that they are not returned
 */
guint
mdoc_device_response_get_n_document_errors (MdocDeviceResponse *self)
{
  return self->document_errors->len;
}

/**
 * mdoc_device_response_get_document_error:
 * @self: a response
 * @i: which, from 0
 * @ret_doc_type: (out) (transfer none): what is not returned
 * @ret_code: (out): why; %MDOC_ERROR_CODE_NOT_RETURNED says nothing more
 *
 * Nothing authenticates these.
 */
void
mdoc_device_response_get_document_error (MdocDeviceResponse *self,
                                         guint i,
                                         const char **ret_doc_type,
                                         gint64 *ret_code)
{
  const MdocDocumentError *entry;

  g_return_if_fail (i < self->document_errors->len);

  entry = &g_array_index (self->document_errors, MdocDocumentError, i);
  *ret_doc_type = entry->doc_type;
  *ret_code = entry->code;
}

/**
 * mdoc_device_response_has_unknown_members:
 * @self: a response
 *
 * Returns: %TRUE if it, a Document, a deviceSigned or a deviceAuth has a member
 *   that version 1.0 does not define
 */
gboolean
mdoc_device_response_has_unknown_members (MdocDeviceResponse *self)
{
  return self->has_unknown_members;
}

/**
 * mdoc_document_get_doc_type:
 * @self: a document
 *
 * Returns: (transfer none): its type, as the holder says
 */
const char *
mdoc_document_get_doc_type (MdocDocument *self)
{
  return self->doc_type;
}

/**
 * mdoc_document_get_issuer_signed:
 * @self: a document
 *
 * Returns: (transfer none): what the issuer vouches for
 */
MdocIssuerSigned *
mdoc_document_get_issuer_signed (MdocDocument *self)
{
  return self->issuer_signed;
}

/**
 * mdoc_document_get_device_name_spaces_encoded:
 * @self: a document
 *
 * Returns: (transfer none): DeviceNameSpacesBytes as received, with its tag
 */
MdocSpan
mdoc_document_get_device_name_spaces_encoded (MdocDocument *self)
{
  return self->device_name_spaces;
}

/**
 * mdoc_document_get_n_device_items:
 * @self: a document
 *
 * Returns: how many elements the device signed
 */
guint
mdoc_document_get_n_device_items (MdocDocument *self)
{
  return self->device_items->len;
}

/**
 * mdoc_document_get_device_item:
 * @self: a document
 * @i: which, from 0
 *
 * Returns: (transfer none): the element
 */
const MdocDeviceSignedItem *
mdoc_document_get_device_item (MdocDocument *self, guint i)
{
  g_return_val_if_fail (i < self->device_items->len, NULL);

  return &g_array_index (self->device_items, MdocDeviceSignedItem, i);
}

/**
 * mdoc_document_get_device_auth_kind:
 * @self: a document
 *
 * Returns: how the device proves that it has its key
 */
MdocDeviceAuthKind
mdoc_document_get_device_auth_kind (MdocDocument *self)
{
  return self->device_auth_kind;
}

/**
 * mdoc_document_get_device_signature:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): deviceSignature, not verified, or %NULL
 *   if it has a MAC
 */
const MdocSign1 *
mdoc_document_get_device_signature (MdocDocument *self)
{
  return self->device_auth_kind == MDOC_DEVICE_AUTH_SIGNATURE
             ? &self->device_signature
             : NULL;
}

/**
 * mdoc_document_get_device_mac:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): deviceMac, not verified, or %NULL if it
 *   has a signature
 */
const MdocMac0 *
mdoc_document_get_device_mac (MdocDocument *self)
{
  return self->device_auth_kind == MDOC_DEVICE_AUTH_MAC ? &self->device_mac
                                                        : NULL;
}

/**
 * mdoc_document_get_n_errors:
 * @self: a document
 *
 * Returns: of how many elements it says that they are not returned
 */
guint
mdoc_document_get_n_errors (MdocDocument *self)
{
  return self->errors->len;
}

/**
 * mdoc_document_get_error:
 * @self: a document
 * @i: which, from 0
 *
 * Nothing authenticates these.
 *
 * Returns: (transfer none): the element and why it is not returned
 */
const MdocElementError *
mdoc_document_get_error (MdocDocument *self, guint i)
{
  g_return_val_if_fail (i < self->errors->len, NULL);

  return &g_array_index (self->errors, MdocElementError, i);
}
