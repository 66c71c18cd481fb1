/*
 * mdoc-proposal-private.h - what the parts of an offer share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-proposal.h"

G_BEGIN_DECLS

struct _MdocProposal
{
  MdocMatch *match;
  GPtrArray *wallet;           /* of MdocWalletDocument */
  GPtrArray *readers;          /* of MdocReaderInfo, one for each doc request */
  MdocDocTypeTable *doc_types; /* nullable */
  GHashTable *released_ages;   /* of char*: what has left in this session */
  gboolean *is_offered;        /* one for each doc request */
  guint n_offered;
};

MdocItemsRequest *
mdoc_proposal_get_items (MdocProposal *self, guint doc_request);
/* none for a doc request that is not offered */
guint mdoc_proposal_get_n_candidates (MdocProposal *self, guint doc_request);
const MdocMatchCandidate *mdoc_proposal_get_candidate (MdocProposal *self,
                                                       guint doc_request,
                                                       guint candidate);
gboolean
mdoc_granted_document_has (const MdocGrantedDocument *document, guint item);

/* not one age more than may leave in a session */
gboolean mdoc_proposal_may_leave (MdocProposal *self,
                                  const MdocMatchDisclosure *disclosure);

G_END_DECLS
