/*
 * mdoc-request-info.h - what a reader says about its request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

/* What one request may hold. A map of information that goes over is refused
 * with %MDOC_CBOR_ERROR_LIMIT; so is what a builder is asked to write. */
#define MDOC_REQUEST_MAX_NAME_LEN           255 /* bytes of UTF-8 */
#define MDOC_REQUEST_MAX_ALTERNATIVES       256
#define MDOC_REQUEST_MAX_ALTERNATIVE_SETS   16 /* of one alternative */
#define MDOC_REQUEST_MAX_SET_ELEMENTS       32 /* of one set */
#define MDOC_REQUEST_MAX_ISSUER_IDENTIFIERS 64
#define MDOC_REQUEST_MAX_IDENTIFIER_LEN     64 /* bytes */
#define MDOC_REQUEST_MAX_ZK_SYSTEMS         16

/**
 * MdocElementName:
 * @name_space: the name space
 * @element: the data element identifier
 */
typedef struct
{
  const char *name_space;
  const char *element;
} MdocElementName;

/**
 * MdocElementSet:
 * @elements: the elements, all of which are needed
 * @n_elements: how many there are, at least 1
 */
typedef struct
{
  const MdocElementName *elements;
  guint n_elements;
} MdocElementSet;

/**
 * MdocAlternative:
 * @requested: the element that may be replaced; the request names it as well
 * @sets: what may replace it, most welcome first
 * @n_sets: how many sets there are, at least 1
 */
typedef struct
{
  MdocElementName requested;
  const MdocElementSet *sets;
  guint n_sets;
} MdocAlternative;

/**
 * MdocUniqueDocSet:
 * @MDOC_UNIQUE_DOC_SET_UNDEFINED: the reader does not say
 * @MDOC_UNIQUE_DOC_SET_REQUIRED: one document for the doc request, no more
 * @MDOC_UNIQUE_DOC_SET_SEVERAL: several documents are welcome
 */
typedef enum
{
  MDOC_UNIQUE_DOC_SET_UNDEFINED,
  MDOC_UNIQUE_DOC_SET_REQUIRED,
  MDOC_UNIQUE_DOC_SET_SEVERAL,
} MdocUniqueDocSet;

/**
 * MdocZkSystem:
 * @id: the reader's name for this entry
 * @system: the proof system, such as `longfellow-libzk-v1`
 * @params: the encoded map of its parameters
 */
typedef struct
{
  const char *id;
  const char *system;
  MdocSpan params;
} MdocZkSystem;

/**
 * MdocRequestInfo:
 *
 * `requestInfo` of an `ItemsRequest` (ISO/IEC 18013-5, second edition).
 * Immutable, reference-counted, safe to share between threads. What its getters
 * return is borrowed from it.
 *
 * It is the reader's wish: nothing here says that it may have what it asks for.
 */
typedef struct _MdocRequestInfo MdocRequestInfo;

MdocRequestInfo *mdoc_request_info_parse (MdocCborItem item, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocRequestInfo *mdoc_request_info_ref (MdocRequestInfo *self);
void mdoc_request_info_unref (MdocRequestInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRequestInfo, mdoc_request_info_unref)

guint mdoc_request_info_get_n_alternatives (MdocRequestInfo *self);
const MdocAlternative *
mdoc_request_info_get_alternative (MdocRequestInfo *self, guint i);
guint mdoc_request_info_get_n_issuer_identifiers (MdocRequestInfo *self);
MdocSpan
mdoc_request_info_get_issuer_identifier (MdocRequestInfo *self, guint i);
MdocUniqueDocSet mdoc_request_info_get_unique_doc_set (MdocRequestInfo *self);
/* Returns: %FALSE if the reader names no maximum */
gboolean mdoc_request_info_get_maximum_response_size (MdocRequestInfo *self,
                                                      guint64 *ret_bytes);

gboolean mdoc_request_info_has_zk_request (MdocRequestInfo *self);
/* whether a plain document will not do */
gboolean mdoc_request_info_is_zk_required (MdocRequestInfo *self);
guint mdoc_request_info_get_n_zk_systems (MdocRequestInfo *self);
const MdocZkSystem *
mdoc_request_info_get_zk_system (MdocRequestInfo *self, guint i);

gboolean mdoc_request_info_has_response_encryption (MdocRequestInfo *self);
/* `EncryptionParametersBytes`, tag and all, as received: it goes into the
 * session transcript. Empty if there is no encryption. */
MdocSpan mdoc_request_info_get_encryption_parameters (MdocRequestInfo *self);
MdocPublicKey *
mdoc_request_info_dup_recipient_key (MdocRequestInfo *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocSpan mdoc_request_info_get_encryption_nonce (MdocRequestInfo *self);
guint mdoc_request_info_get_n_recipient_certificates (MdocRequestInfo *self);
/* DER, not parsed */
MdocSpan
mdoc_request_info_get_recipient_certificate (MdocRequestInfo *self, guint i);

G_END_DECLS
