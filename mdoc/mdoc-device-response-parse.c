/*
 * mdoc-device-response-parse.c - reading what a holder answers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-device-response-private.h"

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-name-private.h"
#include "mdoc/mdoc-version.h"

/* ISO/IEC 18013-5, 8.3.2.1.2.2:
 *
 *   DeviceResponse = {
 *     "version" : tstr,
 *     ? "documents" : [ + Document ],
 *     ? "documentErrors" : [ + { DocType => int } ],
 *     "status" : uint
 *   }
 *   Document = {
 *     "docType" : tstr,
 *     "issuerSigned" : IssuerSigned,
 *     "deviceSigned" : {
 *       "nameSpaces" : #6.24(bstr .cbor { * NameSpace => { + tstr => any } }),
 *       "deviceAuth" : { "deviceSignature" : COSE_Sign1 //
 *                        "deviceMac" : COSE_Mac0 }
 *     },
 *     ? "errors" : { + NameSpace => { + tstr => int } }
 *   }
 */

static const MdocCborLimits limits = {
  .max_bytes = MDOC_DEVICE_RESPONSE_MAX_BYTES,
  .max_depth = 12, /* a chain in the header of issuerAuth uses 7 */
  .max_items = 32768,
};

static const MdocCborLimits name_spaces_limits = {
  .max_bytes = MDOC_DEVICE_RESPONSE_MAX_BYTES,
  .max_depth = 12,
  .max_items = 8192,
};

static void
document_free (MdocDocument *document)
{
  g_clear_pointer (&document->issuer_signed, mdoc_issuer_signed_unref);
  g_clear_pointer (&document->device_items, g_array_unref);
  g_clear_pointer (&document->errors, g_array_unref);
  g_free (document->doc_type);
  g_free (document);
}

static gboolean
is_there (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT;
}

/* For members that some write although they have nothing to say. */
static gboolean
is_there_and_not_null (MdocCborItem item)
{
  return is_there (item) && mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_NULL;
}

/* Makes sure that @map is one, and notes whether it has members that are not
 * in @known, which ends with %NULL. */
static gboolean
open_map (MdocDeviceResponse *self,
          MdocCborItem map,
          const char *what,
          const char *const *known,
          GError **error)
{
  MdocCborIter iter;
  guint64 n;

  if (!mdoc_cbor_iter_map (map, what, G_MAXUINT64, &iter, error))
    return FALSE;

  n = mdoc_cbor_iter_get_n_left (&iter);
  for (gsize i = 0; known[i] != NULL; i++)
    if (is_there (mdoc_cbor_map_lookup (map, known[i])))
      n--;

  if (n > 0)
    self->has_unknown_members = TRUE;
  return TRUE;
}

/* One pair of the inner map of DeviceNameSpaces or errors. */
typedef gboolean (*TakePair) (MdocDeviceResponse *self,
                              MdocDocument *document,
                              const char *name_space,
                              const char *element,
                              MdocCborItem value,
                              GError **error);

/* { * NameSpace => { + tstr => any } } */
static gboolean
walk_name_spaces (MdocDeviceResponse *self,
                  MdocDocument *document,
                  MdocCborItem map,
                  const char *what,
                  TakePair take,
                  GError **error)
{
  MdocCborItem key, value, inner_key, inner_value;
  MdocCborIter outer, inner;

  if (!mdoc_cbor_iter_map (map,
                           what,
                           MDOC_ISSUER_SIGNED_MAX_NAME_SPACES,
                           &outer,
                           error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&outer, &key, &value))
    {
      const char *name_space = mdoc_name_keep (self->names,
                                               key,
                                               "name space",
                                               error);

      if (name_space == NULL
          || !mdoc_cbor_iter_map (value, what, G_MAXUINT64, &inner, error))
        return FALSE;

      while (mdoc_cbor_iter_next_pair (&inner, &inner_key, &inner_value))
        {
          const char *element;

          element = mdoc_name_keep (self->names, inner_key, "element", error);
          if (element == NULL
              || !take (self,
                        document,
                        name_space,
                        element,
                        inner_value,
                        error))
            return FALSE;
        }
    }

  return TRUE;
}

static gboolean
take_device_item (MdocDeviceResponse *self,
                  MdocDocument *document,
                  const char *name_space,
                  const char *element,
                  MdocCborItem value,
                  GError **error)
{
  MdocDeviceSignedItem item = { name_space,
                                element,
                                mdoc_cbor_get_encoded (value) };

  if (document->device_items->len >= MDOC_DOCUMENT_MAX_DEVICE_ITEMS)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             "DeviceNameSpaces",
                             "have too many elements");
  if (mdoc_issuer_signed_find (document->issuer_signed, name_space, element)
      != NULL)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_DUPLICATE,
                             "element",
                             "is signed by issuer and device");

  g_array_append_val (document->device_items, item);
  return TRUE;
}

static gboolean
take_element_error (MdocDeviceResponse *self,
                    MdocDocument *document,
                    const char *name_space,
                    const char *element,
                    MdocCborItem value,
                    GError **error)
{
  MdocElementError entry = { name_space, element, 0 };

  if (document->errors->len >= MDOC_DEVICE_RESPONSE_MAX_ERRORS)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             "errors",
                             "are too many");
  if (!mdoc_cbor_get_int (value, "error code", &entry.code, error))
    return FALSE;

  g_array_append_val (document->errors, entry);
  return TRUE;
}

/* errors and documentErrors: some write an empty array for want of any */
static gboolean
is_empty_array (MdocCborItem item)
{
  MdocCborIter iter;

  return mdoc_cbor_iter_array (item, "", 0, &iter, NULL);
}

static gboolean
parse_device_auth (MdocDeviceResponse *self,
                   MdocDocument *document,
                   MdocCborItem item,
                   GError **error)
{
  static const char *const known[] = { "deviceSignature", "deviceMac", NULL };
  MdocCborItem signature, mac;
  gboolean has_payload;

  if (!open_map (self, item, "deviceAuth", known, error))
    return FALSE;

  signature = mdoc_cbor_map_lookup (item, "deviceSignature");
  mac = mdoc_cbor_map_lookup (item, "deviceMac");
  if (is_there (signature) == is_there (mac))
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "deviceAuth",
                             "has not one of deviceSignature and deviceMac");

  if (is_there (signature))
    {
      document->device_auth_kind = MDOC_DEVICE_AUTH_SIGNATURE;
      if (!mdoc_sign1_parse (signature,
                             "deviceSignature",
                             &document->device_signature,
                             error))
        return FALSE;
      has_payload = document->device_signature.has_payload;
    }
  else
    {
      document->device_auth_kind = MDOC_DEVICE_AUTH_MAC;
      if (!mdoc_mac0_parse (mac, "deviceMac", &document->device_mac, error))
        return FALSE;
      has_payload = document->device_mac.has_payload;
    }

  /* it would be neither signed nor shown: nobody may take it for something */
  if (has_payload)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "payload of deviceAuth",
                             "is not detached");
  return TRUE;
}

static gboolean
parse_device_signed (MdocDeviceResponse *self,
                     MdocDocument *document,
                     MdocCborItem item,
                     GError **error)
{
  static const char *const known[] = { "nameSpaces", "deviceAuth", NULL };
  MdocCborItem name_spaces, root;
  MdocSpan content;

  if (!open_map (self, item, "deviceSigned", known, error))
    return FALSE;

  name_spaces = mdoc_cbor_map_lookup (item, "nameSpaces");
  if (!mdoc_cbor_get_embedded (name_spaces,
                               "DeviceNameSpacesBytes",
                               MDOC_DEVICE_RESPONSE_MAX_BYTES,
                               &content,
                               error)
      || !mdoc_cbor_open (content, &name_spaces_limits, &root, error)
      || !walk_name_spaces (self,
                            document,
                            root,
                            "DeviceNameSpaces",
                            take_device_item,
                            error))
    return FALSE;

  document->device_name_spaces = mdoc_cbor_get_encoded (name_spaces);
  return parse_device_auth (self,
                            document,
                            mdoc_cbor_map_lookup (item, "deviceAuth"),
                            error);
}

static gboolean
parse_issuer_signed (MdocDeviceResponse *self,
                     MdocDocument *document,
                     MdocCborItem item,
                     GError **error)
{
  const guint8 *data = g_bytes_get_data (self->encoded, NULL);
  g_autoptr (GBytes) encoded = NULL;
  MdocSpan span;

  if (!mdoc_cbor_require_map (item, "issuerSigned", error))
    return FALSE;

  span = mdoc_cbor_get_encoded (item);
  encoded = g_bytes_new_from_bytes (self->encoded,
                                    (gsize) (span.data - data),
                                    span.len);
  document->issuer_signed = mdoc_issuer_signed_parse (encoded, error);
  return document->issuer_signed != NULL;
}

static gboolean
parse_document (MdocDeviceResponse *self, MdocCborItem item, GError **error)
{
  static const char *const known[] = { "docType",
                                       "issuerSigned",
                                       "deviceSigned",
                                       "errors",
                                       NULL };
  MdocDocument *document = g_new0 (MdocDocument, 1);
  MdocCborItem errors;

  g_ptr_array_add (self->documents, document);
  document->device_items = g_array_new (FALSE,
                                        FALSE,
                                        sizeof (MdocDeviceSignedItem));
  document->errors = g_array_new (FALSE, FALSE, sizeof (MdocElementError));

  if (!open_map (self, item, "Document", known, error))
    return FALSE;

  document->doc_type = mdoc_cbor_dup_text (mdoc_cbor_map_lookup (item,
                                                                 "docType"),
                                           "docType",
                                           MDOC_MAX_NAME_LEN,
                                           error);
  if (document->doc_type == NULL
      || !parse_issuer_signed (self,
                               document,
                               mdoc_cbor_map_lookup (item, "issuerSigned"),
                               error)
      || !parse_device_signed (self,
                               document,
                               mdoc_cbor_map_lookup (item, "deviceSigned"),
                               error))
    return FALSE;

  errors = mdoc_cbor_map_lookup (item, "errors");
  return !is_there_and_not_null (errors) || is_empty_array (errors)
         || walk_name_spaces (self,
                              document,
                              errors,
                              "errors",
                              take_element_error,
                              error);
}

static gboolean
parse_documents (MdocDeviceResponse *self, MdocCborItem item, GError **error)
{
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item,
                             "documents",
                             MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS,
                             &iter,
                             error))
    return FALSE;

  while (mdoc_cbor_iter_get_n_left (&iter) > 0)
    if (!parse_document (self, mdoc_cbor_iter_next (&iter), error))
      return FALSE;

  return TRUE;
}

static gboolean
parse_document_errors (MdocDeviceResponse *self,
                       MdocCborItem item,
                       GError **error)
{
  MdocCborItem key, value;
  MdocCborIter array, map;

  if (!mdoc_cbor_iter_array (item,
                             "documentErrors",
                             MDOC_DEVICE_RESPONSE_MAX_ERRORS,
                             &array,
                             error))
    return FALSE;

  while (mdoc_cbor_iter_get_n_left (&array) > 0)
    {
      guint n_left = MDOC_DEVICE_RESPONSE_MAX_ERRORS
                     - self->document_errors->len;

      if (!mdoc_cbor_iter_map (mdoc_cbor_iter_next (&array),
                               "DocumentError",
                               n_left,
                               &map,
                               error))
        return FALSE;

      while (mdoc_cbor_iter_next_pair (&map, &key, &value))
        {
          MdocDocumentError entry = { 0 };

          entry.doc_type = mdoc_name_keep (self->names,
                                           key,
                                           "docType of an error",
                                           error);
          if (entry.doc_type == NULL
              || !mdoc_cbor_get_int (value, "error code", &entry.code, error))
            return FALSE;
          g_array_append_val (self->document_errors, entry);
        }
    }

  return TRUE;
}

static gboolean
parse_members (MdocDeviceResponse *self, MdocCborItem root, GError **error)
{
  static const char *const known[] = { "version",
                                       "documents",
                                       "documentErrors",
                                       "status",
                                       NULL };
  MdocCborItem version, documents, document_errors;

  if (!open_map (self, root, "DeviceResponse", known, error))
    return FALSE;

  version = mdoc_cbor_map_lookup (root, "version");
  if (!mdoc_version_parse (version, "version", NULL, error))
    return FALSE;
  self->version = mdoc_cbor_dup_text (version, "version", 16, error);

  if (!mdoc_cbor_get_uint (mdoc_cbor_map_lookup (root, "status"),
                           "status",
                           G_MAXUINT32,
                           &self->status,
                           error))
    return FALSE;

  documents = mdoc_cbor_map_lookup (root, "documents");
  if (is_there_and_not_null (documents)
      && !parse_documents (self, documents, error))
    return FALSE;
  if (self->status != MDOC_RESPONSE_STATUS_OK && self->documents->len > 0)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "status",
                             "tells of an error, yet there are documents");

  document_errors = mdoc_cbor_map_lookup (root, "documentErrors");
  return !is_there_and_not_null (document_errors)
         || parse_document_errors (self, document_errors, error);
}

/**
 * mdoc_device_response_parse:
 * @encoded: an encoded DeviceResponse
 * @error: return location for a #MdocCborError
 *
 * Parses what a holder sent. @encoded is kept, not copied: signatures, MACs and
 * digests are over its bytes.
 *
 * Members that the standard does not define are skipped, as it asks for, and
 * mdoc_device_response_has_unknown_members() remembers it. Refused are another
 * major version than 1, documents beside a status that is not 0, an element
 * that issuer and device both sign, and a deviceAuth that has not exactly one
 * of its two forms, detached. Errors may be empty or null: wallets write that.
 *
 * Returns: (transfer full): the response, or %NULL with @error set
 */
MdocDeviceResponse *
mdoc_device_response_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocDeviceResponse) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, error))
    return NULL;

  self = g_new0 (MdocDeviceResponse, 1);
  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);
  self->names = g_string_chunk_new (256);
  self->documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) document_free);
  self->document_errors = g_array_new (FALSE,
                                       FALSE,
                                       sizeof (MdocDocumentError));
  if (!parse_members (self, root, error))
    return NULL;

  return g_steal_pointer (&self);
}
