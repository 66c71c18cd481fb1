/*
 * mdoc-verification-private.h - how the verifier notes what it finds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-verifier.h"

G_BEGIN_DECLS

/* What is known about one document. */
typedef struct
{
  const char *doc_type; /* of the response or credential */
  GArray *checks;       /* of MdocCheck */
  GArray *elements;     /* of MdocVerifiedElement */
  MdocCertificate *signer;
  MdocCertificate *anchor;
  gboolean has_failed;
} MdocDocumentVerification;

/* One of the two is set, and keeps alive what elements point into.
 * Returns: (transfer full): without a finding yet */
MdocVerification *mdoc_verification_new (MdocDeviceResponse *response,
                                         MdocIssuerSigned *issuer_signed);
MdocDocumentVerification *
mdoc_verification_add_document (MdocVerification *self, const char *doc_type);

/* @document: (nullable): %NULL for what is about the whole response.
 * @detail: (nullable): copied */
void mdoc_verification_note (MdocVerification *self,
                             MdocDocumentVerification *document,
                             MdocCheckId id,
                             MdocCheckOutcome outcome,
                             const char *detail);

/* Lists the elements of documents for which nothing failed. */
void mdoc_verification_conclude (MdocVerification *self);

G_END_DECLS
