/*
 * mdoc-match-document.h - what a document offers to a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-issuer-signed.h"

G_BEGIN_DECLS

/**
 * MdocMatchDocument:
 *
 * What mdoc_match_request() has to know about a document: the names of its
 * items, their sizes, the values of its age_over_NN and its issuer. Filled by
 * its maker, then only read: then safe to share between threads.
 *
 * It holds no value but those of age_over_NN.
 */
typedef struct _MdocMatchDocument MdocMatchDocument;

MdocMatchDocument *mdoc_match_document_new (const char *doc_type)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMatchDocument *
mdoc_match_document_new_from_issuer_signed (MdocIssuerSigned *issuer_signed,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMatchDocument *mdoc_match_document_ref (MdocMatchDocument *self);
void mdoc_match_document_unref (MdocMatchDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocMatchDocument, mdoc_match_document_unref)

/* @value: the encoded elementValue; @encoded_len: bytes of the whole
 * IssuerSignedItemBytes, tag included. Items are numbered as they come; of two
 * of the same name the first is used. */
void mdoc_match_document_add_item (MdocMatchDocument *self,
                                   const char *name_space,
                                   const char *element,
                                   MdocSpan value,
                                   gsize encoded_len);
/* the key identifier that a certificate of the document's x5chain names as its
 * issuer's */
void mdoc_match_document_add_issuer_identifier (MdocMatchDocument *self,
                                                MdocSpan key_identifier);
/* bytes of the encoded issuerAuth */
void
mdoc_match_document_set_issuer_auth_len (MdocMatchDocument *self, gsize len);

const char *mdoc_match_document_get_doc_type (MdocMatchDocument *self);
guint mdoc_match_document_get_n_items (MdocMatchDocument *self);

G_END_DECLS
