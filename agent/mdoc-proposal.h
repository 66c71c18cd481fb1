/*
 * mdoc-proposal.h - what the holder is asked, and what the answer allows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "agent/mdoc-policy.h"
#include "agent/mdoc-reader-info.h"
#include "agent/mdoc-wallet.h"
#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-match.h"

G_BEGIN_DECLS

/* credentials to choose from for one doc request */
#define MDOC_PROPOSAL_MAX_CANDIDATES 8
/* what a consent agent may grant in one answer, sense or nonsense */
#define MDOC_PROPOSAL_MAX_GRANTED 8192

/**
 * MdocGrantedDocument:
 * @doc_request: which document was asked for
 * @candidate: index among the candidates for it
 * @items: (element-type guint): indexes of the items to disclose, at least one
 * @policy: (nullable): id of the policy that let it go, if nobody was asked
 *
 * What leaves of one credential.
 */
typedef struct
{
  guint doc_request;
  guint candidate;
  GArray *items;
  char *policy;
} MdocGrantedDocument;

/**
 * MdocGrant:
 * @documents: (element-type MdocGrantedDocument): what may leave; empty if
 *   nothing may
 * @n_strays: how many granted elements nobody had offered
 * @withheld: (nullable): why something that was granted does not leave all the
 *   same, for the log
 *
 * What a holder's answer comes to once it has been held against the offer.
 */
typedef struct
{
  GPtrArray *documents;
  guint n_strays;
  const char *withheld;
} MdocGrant;

void mdoc_grant_free (MdocGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocGrant, mdoc_grant_free)

/**
 * MdocProposal:
 *
 * What of a wallet fits a request, put as a question to the holder. Immutable.
 * It is the one place that turns the answer into what leaves, and believes none
 * of it: elements count only if they were asked for, found and granted, and the
 * rules on portraits, ages and use cases are kept.
 */
typedef struct _MdocProposal MdocProposal;

/**
 * MdocPolicyAnswer:
 * @granted: an `a(usss)`, as a consent agent would answer; it is not believed
 *   any more than one of these: mdoc_proposal_apply() it
 * @policies: (element-type MdocPolicy) (nullable) for each doc request, the one
 *   that answers for it
 * @is_complete: whether it leaves nothing to ask the holder
 *
 * What standing policies answer to an offer.
 */
typedef struct
{
  GVariant *granted;
  GPtrArray *policies;
  gboolean is_complete;
} MdocPolicyAnswer;

void mdoc_policy_answer_free (MdocPolicyAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPolicyAnswer, mdoc_policy_answer_free)

MdocProposal *mdoc_proposal_new (MdocMatch *match,
                                 GPtrArray *wallet,
                                 GPtrArray *readers,
                                 MdocDocTypeTable *doc_types,
                                 GHashTable *released_ages)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_proposal_free (MdocProposal *self);

MdocMatch *mdoc_proposal_get_match (MdocProposal *self);
const MdocWalletDocument *mdoc_proposal_get_document (MdocProposal *self,
                                                      guint doc_request,
                                                      guint candidate);
/* nothing to ask the holder about */
gboolean mdoc_proposal_is_empty (MdocProposal *self);
/* the reader the holder is told of first */
const MdocReaderInfo *mdoc_proposal_get_reader (MdocProposal *self);

GVariant *mdoc_proposal_to_variant (MdocProposal *self, guint timeout_ms)
    G_GNUC_WARN_UNUSED_RESULT;
MdocGrant *mdoc_proposal_apply (MdocProposal *self, GVariant *granted)
    G_GNUC_WARN_UNUSED_RESULT;
/* @policies: borrowed, and to be kept as long as the answer */
MdocPolicyAnswer *mdoc_proposal_ask_policies (MdocProposal *self,
                                              GPtrArray *policies,
                                              MdocMoment now)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_proposal_note_ages (MdocProposal *self, const MdocGrant *grant);
GVariant *mdoc_proposal_describe (MdocProposal *self, const MdocGrant *grant)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocProposal, mdoc_proposal_free)

G_END_DECLS
