/*
 * mdoc-device-response.h - what a holder answers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* the largest session message we take is as large */
#define MDOC_DEVICE_RESPONSE_MAX_BYTES     ((gsize) 4 * 1024 * 1024)
#define MDOC_DEVICE_RESPONSE_MAX_DOCUMENTS 16
#define MDOC_DOCUMENT_MAX_DEVICE_ITEMS     256
/* of documentErrors, and of errors in one document */
#define MDOC_DEVICE_RESPONSE_MAX_ERRORS 256

/* DeviceResponse status (ISO/IEC 18013-5, table 8) */
typedef enum
{
  MDOC_RESPONSE_STATUS_OK = 0,
  MDOC_RESPONSE_STATUS_GENERAL_ERROR = 10,
  MDOC_RESPONSE_STATUS_CBOR_DECODING_ERROR = 11,
  MDOC_RESPONSE_STATUS_CBOR_VALIDATION_ERROR = 12,
} MdocResponseStatus;

/* error code of a document or element that is not returned */
#define MDOC_ERROR_CODE_NOT_RETURNED 0

/**
 * MdocDeviceSignedItem:
 *
 * One data element that the device vouches for, with the encoded CBOR of its
 * value. In a response that was received, all borrows from it.
 */
typedef struct
{
  const char *name_space;
  const char *element;
  MdocSpan value;
} MdocDeviceSignedItem;

/* Why one element was not returned. */
typedef struct
{
  const char *name_space;
  const char *element;
  gint64 code;
} MdocElementError;

typedef enum
{
  MDOC_DEVICE_AUTH_SIGNATURE,
  MDOC_DEVICE_AUTH_MAC,
} MdocDeviceAuthKind;

/**
 * MdocDeviceResponse:
 *
 * A DeviceResponse (ISO/IEC 18013-5, 8.3.2.1.2.2) that was received. Immutable,
 * reference-counted, safe to share between threads. It does NOT promise that
 * anything in it is true: see mdoc_verifier_check().
 */
typedef struct _MdocDeviceResponse MdocDeviceResponse;

/**
 * MdocDocument:
 *
 * One document of a response, owned by it and with the same lack of promises.
 */
typedef struct _MdocDocument MdocDocument;

MdocDeviceResponse *mdoc_device_response_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDeviceResponse *mdoc_device_response_ref (MdocDeviceResponse *self);
void mdoc_device_response_unref (MdocDeviceResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceResponse, mdoc_device_response_unref)

GBytes *mdoc_device_response_get_encoded (MdocDeviceResponse *self);
const char *mdoc_device_response_get_version (MdocDeviceResponse *self);
guint64 mdoc_device_response_get_status (MdocDeviceResponse *self);
guint mdoc_device_response_get_n_documents (MdocDeviceResponse *self);
MdocDocument *
mdoc_device_response_get_document (MdocDeviceResponse *self, guint i);
guint mdoc_device_response_get_n_document_errors (MdocDeviceResponse *self);
void mdoc_device_response_get_document_error (MdocDeviceResponse *self,
                                              guint i,
                                              const char **ret_doc_type,
                                              gint64 *ret_code);
/* are there members at the top, or in a Document, that version 1.0 has not? */
gboolean mdoc_device_response_has_unknown_members (MdocDeviceResponse *self);

const char *mdoc_document_get_doc_type (MdocDocument *self);
MdocIssuerSigned *mdoc_document_get_issuer_signed (MdocDocument *self);
/* the #6.24 as received, which device authentication covers */
MdocSpan mdoc_document_get_device_name_spaces_encoded (MdocDocument *self);
guint mdoc_document_get_n_device_items (MdocDocument *self);
const MdocDeviceSignedItem *
mdoc_document_get_device_item (MdocDocument *self, guint i);
MdocDeviceAuthKind mdoc_document_get_device_auth_kind (MdocDocument *self);
/* %NULL unless of that kind */
const MdocSign1 *mdoc_document_get_device_signature (MdocDocument *self);
const MdocMac0 *mdoc_document_get_device_mac (MdocDocument *self);
guint mdoc_document_get_n_errors (MdocDocument *self);
const MdocElementError *mdoc_document_get_error (MdocDocument *self, guint i);

/**
 * MdocDocumentAnswer:
 * @issuer_signed: the credential
 * @items: indexes of its items to disclose, in any order, none twice
 * @n_items: how many; may be 0
 * @device_key: the private key that the credential is bound to
 * @transcript: the session's
 * @e_reader_key: (nullable): the reader's ephemeral key, to answer by MAC; it
 *   has to be of the device key's curve. %NULL: answer by signature
 * @device_items: (nullable): elements that the device vouches for; the
 *   credential has to authorize each, and none may be disclosed as well
 * @n_device_items: how many
 * @errors: (nullable): elements not returned, and why
 * @n_errors: how many
 *
 * What to put in one document. Everything is borrowed for the call.
 */
typedef struct
{
  MdocIssuerSigned *issuer_signed;
  const guint *items;
  guint n_items;
  MdocKey *device_key;
  MdocTranscript *transcript;
  MdocPublicKey *e_reader_key;
  const MdocDeviceSignedItem *device_items;
  guint n_device_items;
  const MdocElementError *errors;
  guint n_errors;
} MdocDocumentAnswer;

/**
 * MdocDeviceResponseBuilder:
 *
 * Writes a DeviceResponse of version 1.0. Not safe to share.
 */
typedef struct _MdocDeviceResponseBuilder MdocDeviceResponseBuilder;

MdocDeviceResponseBuilder *mdoc_device_response_builder_new (void)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_device_response_builder_free (MdocDeviceResponseBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceResponseBuilder,
                               mdoc_device_response_builder_free)

gboolean
mdoc_device_response_builder_add_document (MdocDeviceResponseBuilder *self,
                                           const MdocDocumentAnswer *answer,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_device_response_builder_add_document_error (
    MdocDeviceResponseBuilder *self,
    const char *doc_type,
    gint64 code);
/* other than 0: documents that were added are not sent */
void mdoc_device_response_builder_set_status (MdocDeviceResponseBuilder *self,
                                              guint status);
/* Returns: (transfer full): the encoded DeviceResponse; wiped when freed */
GBytes *mdoc_device_response_builder_finish (MdocDeviceResponseBuilder *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
