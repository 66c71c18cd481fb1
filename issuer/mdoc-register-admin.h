/*
 * mdoc-register-admin.h - what operators and other systems do with the register
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-register-wallet.h"
#include "openid/mdoc-status-list.h"

G_BEGIN_DECLS

/* --- credentials and where they are --- */

/* states of a credential and of a deviceCredential */
#define MDOC_STATE_PENDING   "pending"
#define MDOC_STATE_ISSUED    "issued"
#define MDOC_STATE_ACTIVE    "active"
#define MDOC_STATE_SUSPENDED "suspended"
#define MDOC_STATE_REVOKED   "revoked"
#define MDOC_STATE_REMOVED   "removed"
#define MDOC_STATE_ABANDONED "abandoned"
/* what else an effective status may be */
#define MDOC_STATE_DOCUMENT_EXPIRED "document_expired"
#define MDOC_STATE_MSO_EXPIRED      "mso_expired"

/* Texts that may not be there are (nullable). */
typedef struct
{
  char *id;
  char *person_id;
  char *external_ref;
  char *profile_id;
  guint profile_version;
  char *state;
  char *state_reason;
  char *stage; /* "enrollment", "issuance", "post-issuance" (S0-11) */
  guint dataset_version;
  char *claims_json; /* nullable: purged */
  gint64 document_expiry_s;
  gint64 created_at_s;
  gint64 updated_at_s;
} MdocRegisterCredentialInfo;

typedef struct
{
  char *mid_uid;
  char *credential_id;
  char *profile_id;
  char *device_id;
  char *client_type;
  char *state;
  char *state_reason;
  const char *effective; /* static */
  guint generation;      /* that the device has confirmed; 0: none */
  guint prepared;        /* the newest that is signed */
  gint64 valid_until_s;
  GStrv pending_causes;
  gboolean is_suspected_clone;
  gint64 created_at_s;
  gint64 updated_at_s;
  gint64 last_seen_s;
} MdocRegisterDeviceInfo;

typedef struct
{
  guint number;
  char *cause;
  char *phase; /* prepared, delivered, current, superseded, discarded */
  gint64 signed_at_s;
  gint64 valid_until_s;
  guint n_copies;
  GStrv mso_ids; /* hexadecimal */
} MdocRegisterGenerationInfo;

void mdoc_register_credential_info_free (MdocRegisterCredentialInfo *self);
void mdoc_register_device_info_free (MdocRegisterDeviceInfo *self);
void mdoc_register_generation_info_free (MdocRegisterGenerationInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterCredentialInfo,
                               mdoc_register_credential_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterDeviceInfo,
                               mdoc_register_device_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterGenerationInfo,
                               mdoc_register_generation_info_free)

/* S0-04: a credential that no device has yet. Returns: its id */
char *mdoc_register_create_credential (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       const char *profile_id,
                                       const char *claims_json,
                                       const char *person_id,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @id: also a midUid */
MdocRegisterCredentialInfo *mdoc_register_get_credential (MdocRegister *self,
                                                          const char *id,
                                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocRegisterDeviceInfo *mdoc_register_get_device (MdocRegister *self,
                                                  const char *mid_uid,
                                                  gint64 now_s,
                                                  GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterCredentialInfo) and MdocRegisterDeviceInfo, the
 * newest first; a filter's state is that of the row, not the effective one */
GPtrArray *mdoc_register_list_credentials (MdocRegister *self,
                                           const MdocRegisterFilter *filter,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mdoc_register_list_devices (MdocRegister *self,
                                       const MdocRegisterFilter *filter,
                                       gint64 now_s,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterGenerationInfo), the oldest first */
GPtrArray *mdoc_register_list_generations (MdocRegister *self,
                                           const char *mid_uid,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Online check (S4): by mso id in hexadecimal or by midUid. Returns: "valid",
 * "suspended", "revoked" or "unknown" */
const char *mdoc_register_check_status (MdocRegister *self,
                                        const char *id,
                                        gint64 now_s,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- suspend, reinstate, revoke (lifecycle, 2.3) --- */

typedef enum
{
  MDOC_SCOPE_CREDENTIAL, /* the credential's own lock */
  MDOC_SCOPE_DEVICES,    /* those of the named instances; none named: all */
  MDOC_SCOPE_BOTH,
} MdocRegisterScope;

/**
 * MdocRegisterStateChange:
 * @credential_id: (nullable): the credential
 * @mid_uids: (nullable): instances of it, or without @credential_id of any
 * @scope: which locks are turned
 * @new_state: "active", "suspended" or "revoked"; also "enabled", "disabled",
 *   "cancelled", "operational"
 */
typedef struct
{
  const char *credential_id;
  const char *const *mid_uids;
  MdocRegisterScope scope;
  const char *new_state;
} MdocRegisterStateChange;

/* All of it or nothing. Already so: @ret_changed is %FALSE and there is no
 * event. A refusal writes the event stateChangeFailed and its audit row. */
gboolean mdoc_register_change_state (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const MdocRegisterStateChange *change,
                                     gboolean *ret_changed,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* gives up an instance that was issued and never received */
gboolean mdoc_register_abandon (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *mid_uid,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- attributes --- */

/* Merges @patch_json (RFC 7396) into the claims. Each instance that may gets a
 * new generation when its device comes for it. @ret_changed: (out) (optional):
 * names of claims; with none changed nothing happens */
gboolean mdoc_register_update_attributes (MdocRegister *self,
                                          const MdocRegisterCall *call,
                                          const char *credential_id,
                                          const char *patch_json,
                                          GStrv *ret_changed,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the same claims under the newest version of the profile */
gboolean mdoc_register_reprovision (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const char *credential_id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- messages (S0-92) --- */

/* @target: a midUid, or a credential for all of its instances. @expires_at_s: 0
 * for never. Returns: ids of the messages */
GStrv mdoc_register_send_message (MdocRegister *self,
                                  const MdocRegisterCall *call,
                                  const char *target,
                                  const char *category,
                                  const char *title,
                                  const char *body,
                                  gint64 expires_at_s,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocRegisterMessage *
mdoc_register_get_message (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_register_message_free (MdocRegisterMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterMessage, mdoc_register_message_free)

/* --- batches: also how a single change is put off until after the 202 --- */

/* Items are JSON objects; which members they have depends on @kind:
 * "state": credentialId?, midUids?, scope?, newState
 * "attributes": credentialId, patch
 * "reprovision": credentialId
 * "offer": profileId, claims?, personId?, externalRef?, consentRef?, grant?,
 *   txCode?, deferred?
 * "message": target, category, title, body, expiresAt?
 * and each may have reason and notes.
 * Returns: the id of the batch; it does not run before it is started */
char *mdoc_register_create_batch (MdocRegister *self,
                                  const MdocRegisterCall *call,
                                  const char *kind,
                                  const char *const *items_json,
                                  guint n_items,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_start_batch (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const char *id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does at most @max_items that are due, in one commit; what was interrupted
 * goes on. @ret_left: how many are left; call until that is 0. Others get their
 * turn in between. */
gboolean mdoc_register_run_batches (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    guint max_items,
                                    guint *ret_left,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  char *id;
  char *kind;
  char *state; /* draft, executing, completed; awaiting_approval, rejected,
                * withdrawn, lapsed */
  guint n_items;
  guint n_done;
  guint n_failed;
  gint64 created_at_s;
  char *correlation_id; /* nullable */
  char *maker;          /* nullable: who asked for it */
  char *checker;        /* nullable: who approved or rejected it */
  gint64 lapses_at_s;   /* until when it waits for that; 0: it does not */
  char *reason;         /* nullable: of the maker */
} MdocRegisterBatch;

typedef struct
{
  guint index;
  char *state;       /* pending, done, failed */
  char *code;        /* nullable: why not */
  char *result_json; /* nullable */
} MdocRegisterBatchItem;

void mdoc_register_batch_free (MdocRegisterBatch *self);
void mdoc_register_batch_item_free (MdocRegisterBatchItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterBatch, mdoc_register_batch_free)

MdocRegisterBatch *
mdoc_register_get_batch (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterBatch), the newest first; @state: (nullable) */
GPtrArray *mdoc_register_list_batches (MdocRegister *self,
                                       const char *state,
                                       guint offset,
                                       guint limit,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterBatchItem) */
GPtrArray *mdoc_register_list_batch_items (MdocRegister *self,
                                           const char *id,
                                           guint offset,
                                           guint limit,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- approval by a second person (lifecycle, 2.1) --- */

typedef enum
{
  MDOC_DECISION_APPROVE,  /* by another than who asked; it runs then */
  MDOC_DECISION_REJECT,   /* the same; it never runs */
  MDOC_DECISION_WITHDRAW, /* by who asked */
} MdocDecision;

/* is @new_state, as operators may say it, the end of a credential? */
gboolean mdoc_register_is_revocation (const char *new_state);
/* A batch that is not started waits, so long, for somebody else's word. */
gboolean mdoc_register_request_approval (MdocRegister *self,
                                         const MdocRegisterCall *call,
                                         const char *id,
                                         gint64 lifetime_s,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Errors: also %MDOC_REGISTER_ERROR_DENIED, if @call's operator is not the one
 * who may decide that */
gboolean mdoc_register_decide_request (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       const char *id,
                                       MdocDecision decision,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- events: the outbox (lifecycle, 4) --- */

/**
 * MdocRegisterEvent:
 * @row: its place among all; never reused
 * @id: UUID version 7
 * @seq: its place among those of its subject, from 1
 * @subject: what it is about: the deviceCredential, else the credential, else
 *   the exchange, else the batch; "" for none
 * @type: of the catalogue
 * @time_ms: when, in unix ms
 * @correlation_id: (nullable)
 * @exchange_id: (nullable)
 * @json: the whole envelope (4.1)
 */
typedef struct
{
  gint64 row;
  char *id;
  gint64 seq;
  char *subject;
  char *type;
  gint64 time_ms;
  char *correlation_id;
  char *exchange_id;
  char *json;
} MdocRegisterEvent;

void mdoc_register_event_free (MdocRegisterEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterEvent, mdoc_register_event_free)

/* all (nullable) or 0; @since_row: what comes behind it */
typedef struct
{
  gint64 since_row;
  const char *exchange_id;
  const char *subject;
  const char *type;
  guint limit;
} MdocRegisterEventFilter;

/* (element-type MdocRegisterEvent), the oldest first */
GPtrArray *mdoc_register_list_events (MdocRegister *self,
                                      const MdocRegisterEventFilter *filter,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* 0 if there is none */
gint64 mdoc_register_get_last_event (MdocRegister *self);
/* names of the catalogue, NULL-terminated */
const char *const *mdoc_register_get_event_types (void);
/* an event of operations, such as "capacity.rejected", which is in the audit as
 * well; @data_json: (nullable) */
gboolean mdoc_register_emit (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const char *type,
                             const char *data_json,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A list, and the version of it that can be fetched. */
typedef struct
{
  const char *id;
  gint64 version;
} MdocRegisterPublished;

gboolean mdoc_register_tell_published (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       const MdocRegisterPublished *published,
                                       gsize n_published,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterSignerEnd:
 * @name: of the signer
 * @fingerprint: of its certificate
 * @not_after_s: when that ends, in unix s
 * @days: how many days before it is told
 *
 * That a signer's certificate ends.
 */
typedef struct
{
  const char *name;
  MdocSpan fingerprint;
  gint64 not_after_s;
  gint64 days;
} MdocRegisterSignerEnd;

gboolean mdoc_register_tell_signer (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const MdocRegisterSignerEnd *end,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Called after a commit with events or batches in it, from the thread that
 * committed and without any lock: wake somebody up there, do nothing else. */
typedef void (*MdocRegisterWake) (gpointer user_data);
void mdoc_register_set_wake (MdocRegister *self,
                             MdocRegisterWake wake,
                             gpointer user_data);

/**
 * MdocRegisterSubscription:
 * @id: (nullable): ours; %NULL to make one
 * @url: where events are sent
 * @secret: key of the signature
 * @bearer_token: (nullable): sent along
 * @types: (nullable): those that are wanted; %NULL for all. "exchange.*" for
 *   all that begin so
 * @exchange_id: (nullable): those of one exchange only
 * @aborts_on_4xx: whether 400 to 499 is final for an event
 * @state: "live", "parked" or "disabled"; only told
 * @parked_since_row: the first that failed; only told
 */
typedef struct
{
  char *id;
  char *url;
  char *secret;
  char *bearer_token;
  GStrv types;
  char *exchange_id;
  gboolean aborts_on_4xx;
  char *state;
  gint64 parked_since_row;
} MdocRegisterSubscription;

void mdoc_register_subscription_free (MdocRegisterSubscription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterSubscription,
                               mdoc_register_subscription_free)

/* makes or replaces one. Returns: the id; events from now on are for it too */
char *
mdoc_register_put_subscription (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const MdocRegisterSubscription *subscription,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_delete_subscription (MdocRegister *self,
                                            const MdocRegisterCall *call,
                                            const char *id,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterSubscription); @id: (nullable): one of them */
GPtrArray *mdoc_register_list_subscriptions (MdocRegister *self,
                                             const char *id,
                                             GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* One event for one receiver. */
typedef struct
{
  gint64 id;
  char *subscription_id;
  char *url;
  char *secret;
  char *bearer_token; /* nullable */
  gboolean aborts_on_4xx;
  char *event_id;
  char *event_type;
  char *event_json;
  guint attempts;         /* so far */
  gint64 first_try_at_ms; /* 0: never */
  char *last_outcome;     /* nullable */
} MdocRegisterDelivery;

void mdoc_register_delivery_free (MdocRegisterDelivery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterDelivery,
                               mdoc_register_delivery_free)

/* (element-type MdocRegisterDelivery): what is due at @now_ms, of each receiver
 * and subject the oldest alone. @ret_next_at_ms: (out) (optional): when more
 * is, -1 for nothing. Nothing is marked: one thread should do this. */
GPtrArray *mdoc_register_list_due (MdocRegister *self,
                                   gint64 now_ms,
                                   guint limit,
                                   gint64 *ret_next_at_ms,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MDOC_DELIVERY_DONE,
  MDOC_DELIVERY_RETRY,   /* at next_at_ms */
  MDOC_DELIVERY_ABORT,   /* this event is given up */
  MDOC_DELIVERY_PARK,    /* the receiver gets nothing more until a replay */
  MDOC_DELIVERY_DISABLE, /* 410: nor then */
} MdocRegisterDeliveryEnd;

/* @outcome: a word for people: "200", "timeout" */
gboolean mdoc_register_end_delivery (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     gint64 id,
                                     MdocRegisterDeliveryEnd end,
                                     const char *outcome,
                                     gint64 next_at_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After the clock was set back: what was put off to more than so long from now
 * is due now, and what was tried first in the future was tried now. */
gboolean mdoc_register_clear_future (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     gint64 more_than_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sends again all from @since_row on (0: from the first that failed). */
gboolean mdoc_register_replay (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const char *subscription_id,
                               gint64 since_row,
                               guint *ret_n_events,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterDelivery), the newest first, done ones included */
GPtrArray *mdoc_register_list_deliveries (MdocRegister *self,
                                          const char *subscription_id,
                                          guint limit,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- status lists --- */

/**
 * MdocRegisterListInfo:
 * @id: last part of its address
 * @is_identifier_list: whether it is an ISO identifier list
 * @bits: of each entry; 0 for an identifier list
 * @size: entries; 0 for an identifier list
 * @n_used: how many places are given away
 * @version: goes up with each change
 * @signer: of the profiles that use it
 * @told_version: up to which version it was told that it is published
 */
typedef struct
{
  char *id;
  gboolean is_identifier_list;
  guint bits;
  guint size;
  guint n_used;
  gint64 version;
  char *signer;
  gint64 told_version;
} MdocRegisterListInfo;

void mdoc_register_list_info_free (MdocRegisterListInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterListInfo,
                               mdoc_register_list_info_free)

/* (element-type MdocRegisterListInfo); @id: (nullable): one of them */
GPtrArray *
mdoc_register_list_lists (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* content of a Token Status List, and the version that it is of */
MdocStatusList *mdoc_register_build_list (MdocRegister *self,
                                          const char *id,
                                          gint64 *ret_version,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type GBytes): content of an identifier list, sorted */
GPtrArray *mdoc_register_build_identifiers (MdocRegister *self,
                                            const char *id,
                                            gint64 *ret_version,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- idempotency of admin calls (lifecycle, 5) --- */

/* @body_hash: of method, path and body. Returns: (nullable): the answer of
 * before, as it was kept; %NULL without @error: not seen;
 * %MDOC_REGISTER_ERROR_CONFLICT: seen with another body. To be sure, call it,
 * do the work and keep the answer between mdoc_register_begin() and …_end(). */
char *mdoc_register_find_answer (MdocRegister *self,
                                 const MdocRegisterCall *call,
                                 const char *key,
                                 const char *body_hash,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_keep_answer (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    const char *key,
                                    const char *body_hash,
                                    const char *answer,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- audit --- */

/* Texts but @action and @hash are (nullable). */
typedef struct
{
  gint64 seq;
  gint64 time_ms;
  char *actor;
  char *operator_id;
  char *action;
  char *credential_id;
  char *mid_uid;
  char *exchange_id;
  char *detail;
  char *reason;
  char *notes;
  char *correlation_id;
  char *hash; /* hexadecimal */
} MdocRegisterAudit;

void mdoc_register_audit_free (MdocRegisterAudit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterAudit, mdoc_register_audit_free)

typedef struct
{
  gint64 since_seq;
  const char *credential_id;
  const char *mid_uid;
  const char *exchange_id;
  const char *actor;
  const char *action;
  gint64 from_ms;
  gint64 to_ms; /* 0: no end */
  guint limit;
} MdocRegisterAuditFilter;

/* (element-type MdocRegisterAudit), the oldest first */
GPtrArray *mdoc_register_list_audit (MdocRegister *self,
                                     const MdocRegisterAuditFilter *filter,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds what is no change of the register: a login, an export. */
gboolean mdoc_register_add_audit (MdocRegister *self,
                                  const MdocRegisterCall *call,
                                  const char *action,
                                  const char *detail,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Is the chain whole? @ret_first_bad: the first row that does not fit, 0 if all
 * do. Cost: reads all rows. */
gboolean mdoc_register_verify_audit (MdocRegister *self,
                                     gint64 *ret_first_bad,
                                     gint64 *ret_n_rows,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- care --- */

/* What time alone changes: offers expire, exchanges stall, MSOs lapse, old
 * attributes become invalid, messages expire. At most @max_rows of each.
 * @ret_next_s: (out) (optional): when there is more to do, at the latest. */
gboolean mdoc_register_tick (MdocRegister *self,
                             const MdocRegisterCall *call,
                             guint max_rows,
                             gint64 *ret_next_s,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterRetention:
 * @exchange_age_s: an ended exchange loses its claims after so long; 0: never
 * @event_age_s: a delivered event goes after so long; 0: never
 * @credential_age_s: a revoked or removed credential loses its claims; 0: never
 * @generation_age_s: what is known of an MSO goes so long after its end, if no
 *   device has it any more; 0: never
 * @max_rows: most of each in one run
 * @dry_run: count only
 */
typedef struct
{
  gint64 exchange_age_s;
  gint64 event_age_s;
  gint64 credential_age_s;
  gint64 generation_age_s;
  guint max_rows;
  gboolean dry_run;
} MdocRegisterRetention;

typedef struct
{
  guint n_exchanges;
  guint n_events;
  guint n_credentials;
  guint n_generations;
  guint n_short_lived; /* tickets, codes, tokens, answers */
  gboolean is_more;    /* of these: it was not enough */
} MdocRegisterPurged;

/* ids, states and the audit stay */
gboolean mdoc_register_purge (MdocRegister *self,
                              const MdocRegisterCall *call,
                              const MdocRegisterRetention *retention,
                              MdocRegisterPurged *ret_purged,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  gint64 n_exchanges;
  gint64 n_credentials;
  gint64 n_device_credentials;
  gint64 n_events;
  gint64 n_deliveries_due;
  gint64 n_parked;
  gint64 n_commits; /* since it was opened */
  gint64 n_changes; /* the same; over n_commits is what grouping gives */
} MdocRegisterFigures;

void mdoc_register_get_figures (MdocRegister *self, MdocRegisterFigures *ret);

/* how many instances of a profile are in a state */
typedef struct
{
  char *profile_id;
  char *state;
  gint64 n;
} MdocRegisterCount;

void mdoc_register_count_free (MdocRegisterCount *self);
/* (element-type MdocRegisterCount), by profile and state; none of which there
 * is no instance */
GPtrArray *mdoc_register_count_devices (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterKept:
 * @kind: what it is, such as "exchanges"
 * @n: how many of them still say something
 * @oldest_s: when the oldest of these changed last, in unix s; 0 if there is
 * none
 *
 * What retention may purge, or never does.
 */
typedef struct
{
  const char *kind;
  gint64 n;
  gint64 oldest_s;
} MdocRegisterKept;

/* (element-type MdocRegisterKept), always the same kinds. Cost: all rows */
GPtrArray *mdoc_register_list_kept (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
