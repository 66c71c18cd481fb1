/*
 * mdoc-match.h - what of a wallet answers a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-match-document.h"

G_BEGIN_DECLS

/* At most so many different age_over_NN leave in one retrieval, lest the age be
 * narrowed down (ISO/IEC 18013-5, 7.2.5). */
#define MDOC_MATCH_MAX_AGE_OVER 2

/**
 * MdocMatchVia:
 * @MDOC_MATCH_VIA_NONE: nothing answers
 * @MDOC_MATCH_VIA_NAME: the very element
 * @MDOC_MATCH_VIA_SYNONYM: the same element under an older or newer name, by
 *   the table of document types
 * @MDOC_MATCH_VIA_NEAREST_AGE: another age_over_NN that answers the question
 * @MDOC_MATCH_VIA_ALTERNATIVE: an alternative that the reader named
 *
 * How something answers what was asked for.
 */
typedef enum
{
  MDOC_MATCH_VIA_NONE,
  MDOC_MATCH_VIA_NAME,
  MDOC_MATCH_VIA_SYNONYM,
  MDOC_MATCH_VIA_NEAREST_AGE,
  MDOC_MATCH_VIA_ALTERNATIVE,
} MdocMatchVia;

/**
 * MdocMatchAnswer:
 * @via: how the requested element is answered
 * @set: which alternative set does, if @via is %MDOC_MATCH_VIA_ALTERNATIVE
 * @is_over_age_limit: an age_over_NN there is, but %MDOC_MATCH_MAX_AGE_OVER
 *   others go before it
 *
 * What became of one requested element; they stand in the order of the request.
 */
typedef struct
{
  MdocMatchVia via;
  guint set;
  gboolean is_over_age_limit;
} MdocMatchAnswer;

/**
 * MdocMatchDisclosure:
 * @item: index of the item in the document
 * @name_space: the item's name space, borrowed from the document
 * @element: the item's identifier, borrowed from the document
 * @requested: index of the first requested element that it answers
 * @via: how it answers that one
 * @intent_to_retain: whether the reader says so of any element it answers
 * @is_portrait: it is, or stands for, the portrait that was asked for: if
 *   anything of this document leaves, this has to; consent may not drop it
 * alone
 *
 * One item that would leave. No item stands twice.
 */
typedef struct
{
  guint item;
  const char *name_space;
  const char *element;
  guint requested;
  MdocMatchVia via;
  gboolean intent_to_retain;
  gboolean is_portrait;
} MdocMatchDisclosure;

/**
 * MdocMatchCandidate:
 * @document: index of the document
 * @is_complete: all elements are answered
 * @n_answered: how many are
 * @answers: one for each requested element
 * @n_answers: how many there are
 * @disclosures: what would leave, in the order of the request
 * @n_disclosures: how many there are, at least 1
 * @response_bytes: a DeviceResponse with this document alone takes at most so
 *   many bytes
 *
 * A document that can answer a doc request.
 */
typedef struct
{
  guint document;
  gboolean is_complete;
  guint n_answered;
  const MdocMatchAnswer *answers;
  guint n_answers;
  const MdocMatchDisclosure *disclosures;
  guint n_disclosures;
  gsize response_bytes;
} MdocMatchCandidate;

/* consent, given element by element, kept as the portrait rule asks for?
 * @kept has one member for each of the candidate's disclosures */
gboolean mdoc_match_candidate_may_return (const MdocMatchCandidate *self,
                                          const gboolean *kept);

/**
 * MdocMatchOutcome:
 * @MDOC_MATCH_FOUND: there is a candidate
 * @MDOC_MATCH_NO_DOCUMENT: no document of the type
 * @MDOC_MATCH_ISSUER: none by the issuers asked for
 * @MDOC_MATCH_ELEMENTS: none with the elements asked for
 * @MDOC_MATCH_SIZE: each answer is larger than the reader's maximum
 * @MDOC_MATCH_ZK_REQUIRED: only a zero-knowledge proof will do, which we do not
 *   make
 * @MDOC_MATCH_ENCRYPTION_REQUIRED: the document has to be encrypted for
 *   somebody else than the reader, which we do not do; in the clear it would
 *   be shown to whom it is not for
 *
 * What became of a doc request: the last hurdle that any document came to.
 */
typedef enum
{
  MDOC_MATCH_FOUND,
  MDOC_MATCH_NO_DOCUMENT,
  MDOC_MATCH_ISSUER,
  MDOC_MATCH_ELEMENTS,
  MDOC_MATCH_SIZE,
  MDOC_MATCH_ZK_REQUIRED,
  MDOC_MATCH_ENCRYPTION_REQUIRED,
} MdocMatchOutcome;

const char *mdoc_match_outcome_get_name (MdocMatchOutcome outcome);

/**
 * MdocMatchDocRequest:
 * @outcome: what became of it
 * @candidates: the documents that can answer, the most complete first, else in
 *   the order given
 * @n_candidates: how many there are
 * @allows_several: the reader welcomes more than one of them
 * @maximum_response_bytes: largest DeviceResponse that the reader takes, or
 *   %G_MAXSIZE
 */
typedef struct
{
  MdocMatchOutcome outcome;
  const MdocMatchCandidate *candidates;
  guint n_candidates;
  gboolean allows_several;
  gsize maximum_response_bytes;
} MdocMatchDocRequest;

/**
 * MdocMatchChoice:
 * @doc_request: index of the doc request
 * @candidate: index among its candidates
 */
typedef struct
{
  guint doc_request;
  guint candidate;
} MdocMatchChoice;

/**
 * MdocMatchVerdict:
 * @MDOC_MATCH_VERDICT_OK: the choices may be sent
 * @MDOC_MATCH_VERDICT_UNKNOWN: a choice is of no candidate, or there twice
 * @MDOC_MATCH_VERDICT_SEVERAL: two documents for a doc request that wants one
 * @MDOC_MATCH_VERDICT_MANDATORY: a mandatory use case is not met
 * @MDOC_MATCH_VERDICT_USE_CASE: a use case is met half, or twice, or a document
 *   belongs to none, or nothing is chosen
 * @MDOC_MATCH_VERDICT_AGE_OVER: too many different age_over_NN in all
 * @MDOC_MATCH_VERDICT_SIZE: too large in all for the reader
 */
typedef enum
{
  MDOC_MATCH_VERDICT_OK,
  MDOC_MATCH_VERDICT_UNKNOWN,
  MDOC_MATCH_VERDICT_SEVERAL,
  MDOC_MATCH_VERDICT_MANDATORY,
  MDOC_MATCH_VERDICT_USE_CASE,
  MDOC_MATCH_VERDICT_AGE_OVER,
  MDOC_MATCH_VERDICT_SIZE,
} MdocMatchVerdict;

const char *mdoc_match_verdict_get_name (MdocMatchVerdict verdict);

/**
 * MdocMatch:
 *
 * How the documents of a wallet fit a request: a pure function of both. The
 * time is linear in the size of the request times the number of documents (a
 * look-up takes the logarithm of a document's size). Immutable,
 * reference-counted; keeps the request and the documents alive.
 *
 * Without use cases each doc request stands for itself, and a part of the
 * elements is an answer, as in the first edition. With use cases (second
 * edition) only complete documents are candidates, all mandatory use cases have
 * to be met and at least one at all; if they cannot be, there is no proposal
 * and no document should be returned.
 *
 * Nothing is disclosed by matching, and no consent is implied. Whether the
 * documents are valid, and the reader trusted, is not looked at.
 */
typedef struct _MdocMatch MdocMatch;

MdocMatch *mdoc_match_request (MdocDeviceRequest *request,
                               MdocMatchDocument *const *documents,
                               guint n_documents,
                               MdocDocTypeTable *doc_types)
    G_GNUC_WARN_UNUSED_RESULT;
MdocMatch *mdoc_match_ref (MdocMatch *self);
void mdoc_match_unref (MdocMatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocMatch, mdoc_match_unref)

MdocDeviceRequest *mdoc_match_get_request (MdocMatch *self);
guint mdoc_match_get_n_doc_requests (MdocMatch *self);
const MdocMatchDocRequest *
mdoc_match_get_doc_request (MdocMatch *self, guint i);

/* can every doc request of the set be answered? */
gboolean
mdoc_match_has_document_set (MdocMatch *self, guint use_case, guint set);
/* whether there is anything to propose */
gboolean mdoc_match_is_satisfied (MdocMatch *self);
/* what to put before the holder: in the order of the doc requests */
const MdocMatchChoice *
mdoc_match_get_proposal (MdocMatch *self, guint *ret_n_choices);
MdocMatchVerdict mdoc_match_check_choices (MdocMatch *self,
                                           const MdocMatchChoice *choices,
                                           guint n_choices);

G_END_DECLS
