/*
 * mdoc-issuing.h - claiming, keeping fresh and giving up, with the issuer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "agent/mdoc-keep.h"
#include "agent/mdoc-network.h"

G_BEGIN_DECLS

/* kinds of jobs and their steps, as they stand in the journal, for ever */
#define MDOC_JOB_OFFER           "offer" /* of an offer's reference */
#define MDOC_JOB_OFFER_FETCH     "fetch"
#define MDOC_JOB_CLAIM           "claim" /* of an exchange */
#define MDOC_JOB_CLAIM_DISCOVER  "discover"
#define MDOC_JOB_CLAIM_AUTHORIZE "authorize"
#define MDOC_JOB_CLAIM_KEYS      "keys"
#define MDOC_JOB_CLAIM_TOKEN     "token"
#define MDOC_JOB_CLAIM_REQUEST   "request"
#define MDOC_JOB_CLAIM_DEFERRED  "deferred"
#define MDOC_JOB_TELL            "tell" /* an issuer what it has to know */
#define MDOC_JOB_TELL_SEND       "send"
#define MDOC_JOB_SYNC            "sync" /* with an issuer, for ever */
#define MDOC_JOB_SYNC_ASK        "ask"
#define MDOC_JOB_RENEW           "renew" /* a document, when it is time */
#define MDOC_JOB_RENEW_WAIT      "wait"
#define MDOC_JOB_RENEW_SYNC      "sync"
#define MDOC_JOB_RENEW_TOKEN     "token"
#define MDOC_JOB_RENEW_KEYS      "keys"
#define MDOC_JOB_RENEW_REQUEST   "request"

extern const MdocStep mdoc_offer_steps[];
extern const guint mdoc_offer_n_steps;
extern const MdocStep mdoc_claim_steps[];
extern const guint mdoc_claim_n_steps;
extern const MdocStep mdoc_tell_steps[];
extern const guint mdoc_tell_n_steps;
extern const MdocStep mdoc_sync_steps[];
extern const guint mdoc_sync_n_steps;
extern const MdocStep mdoc_renew_steps[];
extern const guint mdoc_renew_n_steps;

/* members of the detail of an exchange */
#define MDOC_EXCHANGE_LINK          "link"      /* s: to an offer; a secret */
#define MDOC_EXCHANGE_OFFER         "offer"     /* s: JSON; holds a secret */
#define MDOC_EXCHANGE_SERVER        "server"    /* s: that the offer names */
#define MDOC_EXCHANGE_CLIENT_ID     "client_id" /* s: who we are to that */
#define MDOC_EXCHANGE_CONFIGURATION "configuration" /* s: its id */
#define MDOC_EXCHANGE_OTHERS        "others" /* as: what else is offered */
#define MDOC_EXCHANGE_GROUP         "group"  /* s: id of the first of several */
#define MDOC_EXCHANGE_DOC_TYPE      "doc_type"      /* s */
#define MDOC_EXCHANGE_NAME          "display_name"  /* s: of the credential */
#define MDOC_EXCHANGE_ISSUER_NAME   "issuer_name"   /* s */
#define MDOC_EXCHANGE_LABEL         "label"         /* s: the holder's */
#define MDOC_EXCHANGE_COPIES        "copies"        /* x: how many are wanted */
#define MDOC_EXCHANGE_AUTO_ACCEPT   "accept"        /* x: 1: without a review */
#define MDOC_EXCHANGE_NEEDS         "needs"         /* s: "tx-code", "login" */
#define MDOC_EXCHANGE_TX_CODE       "tx_code"       /* s: a secret */
#define MDOC_EXCHANGE_TX_ATTEMPTS   "attempts"      /* x: wrong ones */
#define MDOC_EXCHANGE_REDIRECT_URI  "redirect_uri"  /* s */
#define MDOC_EXCHANGE_STATE         "oauth_state"   /* s */
#define MDOC_EXCHANGE_VERIFIER      "code_verifier" /* s: a secret */
#define MDOC_EXCHANGE_BROWSER_URI   "browser_uri"   /* s */
#define MDOC_EXCHANGE_ANSWER        "answer"        /* s: of the browser */
#define MDOC_EXCHANGE_CODE          "code"          /* s: a secret */
#define MDOC_EXCHANGE_IDENTIFIER    "identifier"    /* s: midUid */
#define MDOC_EXCHANGE_TRANSACTION   "transaction"   /* s */
#define MDOC_EXCHANGE_INTERVAL      "interval"      /* x: seconds */
#define MDOC_EXCHANGE_RETRIES       "retries"       /* x: quick ones */
#define MDOC_EXCHANGE_PROBLEM       "problem"       /* s: for people */
#define MDOC_EXCHANGE_PROBLEM_NAME  "problem_name"  /* s: for programs */

/* members of the detail of an enrolment, besides the tokens and some of those
 * above */
#define MDOC_ENROLMENT_NOTIFICATION  "notification"  /* s: its id */
#define MDOC_ENROLMENT_CREDENTIAL_ID "credential_id" /* s: of the issuer */
#define MDOC_ENROLMENT_GENERATION    "generation"    /* x: of the issuer */
#define MDOC_ENROLMENT_DIGEST        "digest" /* s: of what a receipt says */
#define MDOC_ENROLMENT_NEWEST        "newest" /* x: that there is to fetch */
#define MDOC_ENROLMENT_HOLDER_LOCK   "holder_lock" /* x: 1: suspended by him */
#define MDOC_ENROLMENT_EXPECTED      "expected_update" /* x: unix s */
#define MDOC_ENROLMENT_STOPPED       "stopped"  /* s: why it is not renewed */
#define MDOC_ENROLMENT_UPDATE        "update"   /* s: "optional", "required" */
#define MDOC_ENROLMENT_RECOVERY      "recovery" /* s: a code; a secret */

/* members of the detail of an issuer */
#define MDOC_ISSUER_CURSOR       "cursor"       /* s */
#define MDOC_ISSUER_CLOCK_OFFSET "clock_offset" /* x: seconds */
#define MDOC_ISSUER_SYNCED       "synced"       /* x: unix s */

/* kinds of notices, besides those of the store */
#define MDOC_NOTICE_RECEIPT      "receipt"
#define MDOC_NOTICE_DECLINED     "declined"
#define MDOC_NOTICE_FAILED       "failed"
#define MDOC_NOTICE_MESSAGE_READ "message-read"
#define MDOC_NOTICE_ACTION       "action"

/* most wrong transaction codes that are tried */
#define MDOC_CLAIM_MAX_TX_CODES 5
/* somebody waits for a claim: it is tried again after 1, 2, 4 and 8 seconds
 * before the times get longer */
#define MDOC_CLAIM_QUICK_RETRIES 4
/* copies that are asked for, if the holder does not say, and at most */
#define MDOC_CLAIM_DEFAULT_COPIES 1
#define MDOC_CLAIM_MAX_COPIES     MDOC_STORE_MAX_COPIES
/* credentials that are claimed besides the first of an offer, at most */
#define MDOC_CLAIM_MAX_OTHERS 15

/* time between two syncs, unless the platform says otherwise; and at least */
#define MDOC_SYNC_INTERVAL_S     ((gint64) 24 * 3600)
#define MDOC_SYNC_MIN_INTERVAL_S ((gint64) 15 * 60)
/* after a start, up to */
#define MDOC_SYNC_START_S ((gint64) 60)
/* A job that waits for days looks at the clock every so often: the monotonic
 * one stands still while the device sleeps. */
#define MDOC_RENEW_MAX_WAIT_S ((gint64) 3600)

/* mdoc-exchange.c: what the holder does with offers; each journals a job, or
 * nothing. Returns: (transfer full): the id of the exchange */
/**
 * MdocClaimOptions:
 * @tx_code: (nullable): the transaction code
 * @redirect_uri: (nullable): where the browser comes back to
 * @label: the holder's name for the credential, or ""
 * @copies: how many, 0 for the usual number
 * @is_accepted: no review
 */
typedef struct
{
  const char *tx_code;
  const char *redirect_uri;
  const char *label;
  guint copies;
  gboolean is_accepted;
} MdocClaimOptions;

char *mdoc_exchange_begin (MdocAgent *agent,
                           const char *link,
                           const MdocClaimOptions *options,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_exchange_enrol (MdocAgent *agent,
                           const char *issuer,
                           const char *configuration,
                           const MdocClaimOptions *options,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @tx_code, @answer: (nullable) */
gboolean mdoc_exchange_authorize (MdocAgent *agent,
                                  const char *id,
                                  const char *tx_code,
                                  const char *answer,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_exchange_accept (MdocAgent *agent, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_exchange_decline (MdocAgent *agent, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GVariant *mdoc_exchange_describe (const MdocRecord *exchange);
/* what the jobs share */
char *mdoc_exchange_make_key_label (const char *id);
/* the step of a claim and of a renewal; @record: (nullable): says how many, and
 * fails the job if it is not there */
MdocStepResult mdoc_exchange_make_keys (MdocAgent *agent,
                                        const MdocStoredJob *job,
                                        const MdocRecord *record,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_exchange_write (MdocAgent *agent,
                              MdocRecord *exchange,
                              const char *state,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_exchange_fail (MdocAgent *agent,
                         MdocRecord *exchange,
                         const GError *error);
/* the holder said yes to a document, here or by Set() */
void
mdoc_exchange_document_accepted (MdocAgent *agent, const char *document_id);

/* mdoc-tell.c: sees to it that what is in the outbox is sent */
void mdoc_tell_send (MdocAgent *agent);
/* within a transaction */
gboolean mdoc_tell_queue (MdocStore *store,
                          const char *kind,
                          const MdocStoredDocument *document,
                          const MdocRecord *enrolment,
                          gint64 now_unix_s,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-sync.c */
/* a sync with this issuer now, or for all with %NULL; @ret_n: how many */
gboolean mdoc_sync_now (MdocAgent *agent,
                        const char *issuer,
                        guint *ret_n,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* sees to it that there is a job for each issuer that has one of our documents
 */
void mdoc_sync_watch (MdocAgent *agent, gint64 first_after_s);
void mdoc_sync_ask (MdocCall *call, GAsyncReadyCallback callback);
MdocWalletSyncReply *
mdoc_sync_take (MdocCall *call, GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the holder suspends or takes up again: the issuer's lock is another one */
gboolean mdoc_sync_set_holder_lock (MdocAgent *agent,
                                    MdocStoredDocument *document,
                                    MdocDocumentState state,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-renew.c */
/* sees to it that each document of an issuer is renewed in time */
void mdoc_renew_watch (MdocAgent *agent);
gboolean
mdoc_renew_now (MdocAgent *agent, const char *document_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* sets when the next generation is due */
void mdoc_renew_plan (MdocAgent *agent,
                      const MdocStoredDocument *document,
                      MdocRecord *enrolment);

/* mdoc-manager-issuing.c */
void mdoc_manager_emit_offer (MdocAgent *agent, const MdocRecord *exchange);
void mdoc_manager_emit_synced (MdocAgent *agent,
                               const char *issuer,
                               const char *outcome);
void mdoc_manager_emit_renewed (MdocAgent *agent,
                                const char *document_id,
                                const char *outcome);

G_END_DECLS
