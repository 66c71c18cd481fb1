/*
 * mdoc-wallet-message.h - what a device and its platform say beside OpenID4VCI
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-json.h"

G_BEGIN_DECLS

/* longest request, and longest answer, in bytes */
#define MDOC_WALLET_REQUEST_MAX_BYTES ((gsize) 256 * 1024)
#define MDOC_WALLET_REPLY_MAX_BYTES   ((gsize) 2 * 1024 * 1024)
/* most credentials, actions and messages in one of them */
#define MDOC_WALLET_MAX_DOCS     1000
#define MDOC_WALLET_MAX_ACTIONS  1000
#define MDOC_WALLET_MAX_MESSAGES 256
/* longest identifier, cursor, word, title; longest text of a message, in bytes;
 * largest number of a generation */
#define MDOC_WALLET_MAX_ID_LEN     ((gsize) 256)
#define MDOC_WALLET_MAX_CURSOR_LEN ((gsize) 1024)
#define MDOC_WALLET_MAX_WORD_LEN   ((gsize) 64)
#define MDOC_WALLET_MAX_TITLE_LEN  ((gsize) 256)
#define MDOC_WALLET_MAX_BODY_LEN   ((gsize) 4096)
#define MDOC_WALLET_MAX_GENERATION ((gint64) 1000000000)
/* longest time between two syncs that is believed, in seconds: 31 days */
#define MDOC_WALLET_MAX_SYNC_S ((gint64) 31 * 24 * 3600)

/* May a credential be used? The first that applies. */
typedef enum
{
  MDOC_EFFECTIVE_UNKNOWN, /* a word that is none of these, or no credential */
  MDOC_EFFECTIVE_REMOVED,
  MDOC_EFFECTIVE_REVOKED,
  MDOC_EFFECTIVE_SUSPENDED,
  MDOC_EFFECTIVE_DOCUMENT_EXPIRED,
  MDOC_EFFECTIVE_MSO_EXPIRED,
  MDOC_EFFECTIVE_ISSUED, /* not yet accepted */
  MDOC_EFFECTIVE_ACTIVE,
} MdocEffective;

const char *mdoc_effective_get_name (MdocEffective effective); /* "active" */
MdocEffective mdoc_effective_from_name (const char *name);

typedef enum
{
  MDOC_UPDATE_NONE,
  MDOC_UPDATE_OPTIONAL,
  MDOC_UPDATE_REQUIRED,
} MdocUpdate;

/* What a platform asks of a device. Words that are none of these are UNKNOWN:
 * to be acknowledged as "unsupported". */
typedef enum
{
  MDOC_ACTION_UNKNOWN,
  MDOC_ACTION_SUSPEND,
  MDOC_ACTION_REINSTATE,
  MDOC_ACTION_REVOKE,
  MDOC_ACTION_UPDATE,
  MDOC_ACTION_RENEW_NOW,
  MDOC_ACTION_MESSAGE,
  MDOC_ACTION_AUTH_REQUEST,
  MDOC_ACTION_BRANDING_CHANGED,
  MDOC_ACTION_OFFER,
} MdocActionKind;

const char *mdoc_action_kind_get_name (MdocActionKind kind); /* "renew_now" */
MdocActionKind mdoc_action_kind_from_name (const char *name);

/* One credential, as the device has it. */
typedef struct
{
  char *mid_uid;
  gint64 generation;
  gint64 valid_until_unix_s;
  char *state; /* of the device: "active", "received" */
} MdocWalletDoc;

MdocWalletDoc *mdoc_wallet_doc_new (const char *mid_uid,
                                    gint64 generation,
                                    gint64 valid_until_unix_s,
                                    const char *state);
void mdoc_wallet_doc_free (MdocWalletDoc *self);

/**
 * MdocWalletSync:
 * @cursor: (nullable): of the last reply; %NULL at first
 * @agent_version: of this program
 * @client_type: what kind of device it is: "embedded"
 * @clock_unix_s: what time it is here
 * @docs: (element-type MdocWalletDoc): all that the device has of the issuer
 *
 * A device asks what is new:
 * {"cursor","agent":{"version","clientType"},"clock","docs":[{"midUid",
 * "generation","validUntil","state"}]}
 */
typedef struct
{
  char *cursor;
  char *agent_version;
  char *client_type;
  gint64 clock_unix_s;
  GPtrArray *docs;
} MdocWalletSync;

MdocWalletSync *mdoc_wallet_sync_new (void);
char *mdoc_wallet_sync_to_json (const MdocWalletSync *self);
MdocWalletSync *mdoc_wallet_sync_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_wallet_sync_free (MdocWalletSync *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletSync, mdoc_wallet_sync_free)

/* One credential, as the platform has it. */
typedef struct
{
  char *mid_uid;
  char *credential_id; /* nullable */
  MdocEffective effective;
  gint64 generation; /* the newest that there is to fetch */
  MdocUpdate update;
  gint64 renew_after_unix_s; /* 0: not said */
} MdocWalletDocStatus;

/* One thing to do. */
typedef struct
{
  char *id;
  MdocActionKind kind;
  char *mid_uid; /* nullable */
  char *reason;  /* nullable */
  char *offer;   /* nullable: a link, of an offer */
} MdocWalletAction;

/* One message for the holder. */
typedef struct
{
  char *id;
  char *category; /* nullable */
  char *title;
  char *body;
  gint64 expires_at_unix_s; /* 0: never */
} MdocWalletNote;

/**
 * MdocWalletSyncReply:
 * @server_time_unix_s: what time it is there
 * @cursor: to be sent with the next sync
 * @docs: (element-type MdocWalletDocStatus): of all that was asked about
 * @actions: (element-type MdocWalletAction): to be acknowledged each
 * @messages: (element-type MdocWalletNote)
 * @next_sync_after_s: when to ask again, in seconds; 0 if it is not said
 *
 * {"serverTime","cursor","docs":[{"midUid","credentialId","effective",
 * "generation","update","renewAfter"}],"actions":[{"id","kind","midUid",
 * "reason","offer"}],"messages":[{"id","category","title","body","expiresAt"}],
 * "nextSyncAfter"}
 */
typedef struct
{
  gint64 server_time_unix_s;
  char *cursor;
  GPtrArray *docs;
  GPtrArray *actions;
  GPtrArray *messages;
  gint64 next_sync_after_s;
} MdocWalletSyncReply;

MdocWalletSyncReply *mdoc_wallet_sync_reply_new (void);
/* each appends an empty one, which belongs to the reply */
MdocWalletDocStatus *
mdoc_wallet_sync_reply_add_doc (MdocWalletSyncReply *self, const char *mid_uid);
MdocWalletAction *mdoc_wallet_sync_reply_add_action (MdocWalletSyncReply *self,
                                                     const char *id,
                                                     MdocActionKind kind);
MdocWalletNote *mdoc_wallet_sync_reply_add_message (MdocWalletSyncReply *self,
                                                    const char *id,
                                                    const char *title,
                                                    const char *body);
char *mdoc_wallet_sync_reply_to_json (const MdocWalletSyncReply *self);
MdocWalletSyncReply *
mdoc_wallet_sync_reply_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_wallet_sync_reply_free (MdocWalletSyncReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletSyncReply, mdoc_wallet_sync_reply_free)

/* {"midUid","generation","digest"}: a generation is stored durably */
typedef struct
{
  char *mid_uid;
  gint64 generation;
  char *digest;
} MdocWalletReceipt;

char *mdoc_wallet_receipt_to_json (const MdocWalletReceipt *self);
MdocWalletReceipt *mdoc_wallet_receipt_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_wallet_receipt_free (MdocWalletReceipt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletReceipt, mdoc_wallet_receipt_free)

/* {"reason","at"}: a credential is gone from a device */
typedef struct
{
  char *reason;
  gint64 at_unix_s;
} MdocWalletRemoval;

char *mdoc_wallet_removal_to_json (const MdocWalletRemoval *self);
MdocWalletRemoval *mdoc_wallet_removal_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_wallet_removal_free (MdocWalletRemoval *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletRemoval, mdoc_wallet_removal_free)

/* {"result"}: what became of an action: "done", "refused", "unsupported" */
char *mdoc_wallet_ack_write (const char *result);
char *mdoc_wallet_ack_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* {"proof"}: recover, by an openid4vci-proof+jwt of the device key */
char *mdoc_wallet_recover_write (const char *proof);
char *mdoc_wallet_recover_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* {"pre-authorized_code","expires_in"}: its answer */
char *mdoc_wallet_recovery_write (const char *code, gint64 expires_in_s);
char *mdoc_wallet_recovery_parse (MdocSpan json,
                                  gint64 *ret_expires_in_s,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* {"nonce"}: of the wallet API's own endpoint */
char *mdoc_wallet_nonce_write (const char *nonce);
char *mdoc_wallet_nonce_parse (MdocSpan json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * mdoc_wallet_receipt_digest:
 * @credentials: (element-type GBytes): the copies of one generation, each the
 *   IssuerSigned as received, in any order
 *
 * Returns: (transfer full): of one, its SHA-256 in base64url; of several, that
 *   of their digests (32 bytes each), sorted and one behind the other
 */
char *mdoc_wallet_receipt_digest (GPtrArray *credentials);

G_END_DECLS
