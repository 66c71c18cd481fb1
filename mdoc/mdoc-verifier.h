/*
 * mdoc-verifier.h - is what a holder or issuer sent true?
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-vical.h"

G_BEGIN_DECLS

/* What is checked of a response (the first two) and of each document. */
typedef enum
{
  MDOC_CHECK_RESPONSE_VERSION,     /* "response-version" */
  MDOC_CHECK_DOCUMENTS,            /* "documents": there is one */
  MDOC_CHECK_ISSUER_CHAIN,         /* "issuer-chain" */
  MDOC_CHECK_ISSUER_SIGNATURE,     /* "issuer-signature" */
  MDOC_CHECK_DOC_TYPE,             /* "doc-type": Document's is the MSO's */
  MDOC_CHECK_DISCLOSURE,           /* "disclosure": items came through whole */
  MDOC_CHECK_DIGESTS,              /* "digests" */
  MDOC_CHECK_RANDOM,               /* "random": long enough */
  MDOC_CHECK_VALIDITY,             /* "validity": of the MSO */
  MDOC_CHECK_DS_VALIDITY,          /* "ds-validity": signed within it */
  MDOC_CHECK_DEVICE_AUTH,          /* "device-auth" */
  MDOC_CHECK_KEY_AUTHORIZATION,    /* "key-authorization" */
  MDOC_CHECK_ISSUING_COUNTRY,      /* "issuing-country" */
  MDOC_CHECK_ISSUING_JURISDICTION, /* "issuing-jurisdiction" */
} MdocCheckId;

typedef enum
{
  MDOC_CHECK_PASSED,
  MDOC_CHECK_FAILED,
  MDOC_CHECK_WARNING,     /* not as it should be, but not refused for it */
  MDOC_CHECK_NOT_CHECKED, /* there was nothing to check, or nothing to do it
                             with */
} MdocCheckOutcome;

/**
 * MdocCheck:
 * @id: what was checked
 * @name: its name, stable, for machines: "issuer-chain"
 * @outcome: what came of it
 * @detail: (nullable): why, for people; never holds an element's value
 *
 * One finding; borrowed from the #MdocVerification.
 */
typedef struct
{
  MdocCheckId id;
  const char *name;
  MdocCheckOutcome outcome;
  const char *detail;
} MdocCheck;

/**
 * MdocVerifiedElement:
 *
 * A data element that may be relied on, with the encoded CBOR of its value;
 * borrowed from the #MdocVerification.
 */
typedef struct
{
  const char *name_space;
  const char *element;
  MdocSpan value;
  gboolean is_device_signed; /* the holder's word, not the issuer's */
} MdocVerifiedElement;

/**
 * MdocVerifier:
 *
 * The trust anchors of a reader, and the document-signer certificates it has
 * verified before, at most a few dozen. For one thread at a time.
 */
typedef struct _MdocVerifier MdocVerifier;

/**
 * MdocVerification:
 *
 * What was found about one response. Immutable, reference-counted. Elements of
 * a document are listed only if no check of that document, and none of the
 * response, failed.
 */
typedef struct _MdocVerification MdocVerification;

const char *mdoc_check_get_name (MdocCheckId id);
const char *mdoc_check_outcome_get_name (MdocCheckOutcome outcome); /* "passed"
                                                                     */

/* @anchors: of #MdocCertificate, IACA roots; @crls: (nullable): of #MdocCrl.
 * Both are referenced and must not change any more. */
MdocVerifier *mdoc_verifier_new (GPtrArray *anchors, GPtrArray *crls)
    G_GNUC_WARN_UNUSED_RESULT;
/* @vical: verified by the caller; before the first check only */
void mdoc_verifier_trust_vical (MdocVerifier *self, MdocVical *vical);
void mdoc_verifier_free (MdocVerifier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVerifier, mdoc_verifier_free)

/* @e_reader_key: (nullable): %NULL: MACs cannot be checked, and fail.
 * Returns: (transfer full): never %NULL */
MdocVerification *mdoc_verifier_check (MdocVerifier *self,
                                       MdocDeviceResponse *response,
                                       MdocTranscript *transcript,
                                       MdocKey *e_reader_key,
                                       gint64 at_unix_s)
    G_GNUC_WARN_UNUSED_RESULT;
/* What a holder can check of a credential before it keeps it: all but device
 * authentication. @doc_type: (nullable): what it should be.
 * Returns: (transfer full): never %NULL; it has one document */
MdocVerification *
mdoc_verifier_check_issuer_signed (MdocVerifier *self,
                                   MdocIssuerSigned *issuer_signed,
                                   const char *doc_type,
                                   gint64 at_unix_s) G_GNUC_WARN_UNUSED_RESULT;

MdocVerification *mdoc_verification_ref (MdocVerification *self);
void mdoc_verification_unref (MdocVerification *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVerification, mdoc_verification_unref)

/* there is a document, and no check failed, of it or of any other */
gboolean mdoc_verification_is_verified (MdocVerification *self);
/* of the response as a whole */
guint mdoc_verification_get_n_checks (MdocVerification *self);
const MdocCheck *mdoc_verification_get_check (MdocVerification *self, guint i);

guint mdoc_verification_get_n_documents (MdocVerification *self);
const char *
mdoc_verification_get_doc_type (MdocVerification *self, guint document);
gboolean
mdoc_verification_is_document_verified (MdocVerification *self, guint document);
guint mdoc_verification_get_n_document_checks (MdocVerification *self,
                                               guint document);
const MdocCheck *mdoc_verification_get_document_check (MdocVerification *self,
                                                       guint document,
                                                       guint i);
/* the outcome of one check; %MDOC_CHECK_NOT_CHECKED if it is not there */
const MdocCheck *mdoc_verification_find_document_check (MdocVerification *self,
                                                        guint document,
                                                        MdocCheckId id);
/* nullable: the document signer and the anchor it leads to, if the chain holds
 */
MdocCertificate *
mdoc_verification_get_document_signer (MdocVerification *self, guint document);
MdocCertificate *
mdoc_verification_get_anchor (MdocVerification *self, guint document);

guint mdoc_verification_get_n_elements (MdocVerification *self, guint document);
const MdocVerifiedElement *
mdoc_verification_get_element (MdocVerification *self, guint document, guint i);

G_END_DECLS
