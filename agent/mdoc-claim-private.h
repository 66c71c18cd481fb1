/*
 * mdoc-claim-private.h - what the steps of a claim share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-issuing.h"

G_BEGIN_DECLS

/* mdoc-exchange.c */
gboolean mdoc_claim_set_offer (MdocAgent *self,
                               MdocRecord *exchange,
                               MdocOffer *offer,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* a job for an exchange that is in the store */
void mdoc_claim_start (MdocAgent *self, const char *id);
void mdoc_claim_note_authorization (MdocRecord *exchange,
                                    const MdocPlatformAuthorization *added);
MdocPlatformAuthorization *
mdoc_claim_load_authorization (const MdocRecord *exchange)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-claim.c */
MdocStepResult
mdoc_claim_stop (MdocAgent *self, MdocRecord *exchange, const GError *error);
void mdoc_claim_end_with_error (MdocCall *call, const GError *error);
MdocRecord *
mdoc_claim_load (MdocAgent *self, const MdocStoredJob *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocOffer *mdoc_claim_load_offer (const MdocRecord *exchange, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPlatform *mdoc_claim_get_platform (MdocAgent *self,
                                       const MdocRecord *exchange,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-claim-group.c */
void mdoc_claim_note_others (MdocRecord *exchange,
                             const MdocIssuerMetadata *metadata);
/* (transfer full) (element-type utf8), with a %NULL at the end */
GPtrArray *mdoc_claim_list_configurations (const MdocRecord *exchange)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_claim_keep_tokens (MdocAgent *self,
                                 MdocRecord *exchange,
                                 const MdocPlatformTokens *tokens,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @before: (nullable) */
gboolean mdoc_claim_turn_tokens (MdocAgent *self,
                                 MdocRecordKind kind,
                                 MdocRecord *record,
                                 const MdocPlatformTokens *before,
                                 const MdocPlatformTokens *tokens,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-claim-request.c */
/* (transfer full) @call, of which the data says from then on that it was done
 * once; FALSE if there is nothing to refresh with */
gboolean mdoc_claim_refresh (MdocCall *call, GAsyncReadyCallback callback);
MdocStepResult mdoc_claim_request (MdocJobs *jobs,
                                   MdocStoredJob *job,
                                   gint64 *ret_wait_s,
                                   gpointer user_data,
                                   GError **error);
MdocStepResult mdoc_claim_ask_again (MdocJobs *jobs,
                                     MdocStoredJob *job,
                                     gint64 *ret_wait_s,
                                     gpointer user_data,
                                     GError **error);

G_END_DECLS
