/*
 * mdoc-register.h - what the issuing platform knows, and the rules it keeps
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "crypto/mdoc-key.h"
#include "issuer/mdoc-profile.h"

G_BEGIN_DECLS

/* longest text of any field that comes from outside, in bytes */
#define MDOC_REGISTER_MAX_TEXT ((gsize) 2048)
/* most credentials of one offer */
#define MDOC_REGISTER_MAX_ITEMS 32
/* life of tokens, of authorization codes and of transactions, in seconds */
#define MDOC_REGISTER_ACCESS_S      ((gint64) 600)
#define MDOC_REGISTER_CODE_S        ((gint64) 300)
#define MDOC_REGISTER_REFRESH_S     ((gint64) 400 * 24 * 3600)
#define MDOC_REGISTER_TRANSACTION_S ((gint64) 30 * 24 * 3600)
/* size of a new status list, in entries, unless the options say otherwise */
#define MDOC_REGISTER_LIST_SIZE (1u << 20)

/**
 * MdocRegisterError:
 * @MDOC_REGISTER_ERROR_NOT_FOUND: there is no such thing (the caller)
 * @MDOC_REGISTER_ERROR_ARGUMENT: a field is too long, not UTF-8, or no such
 *   choice (the caller)
 * @MDOC_REGISTER_ERROR_CLAIMS: the claims do not fit the profile (the caller)
 * @MDOC_REGISTER_ERROR_STATE: not from the state it is in
 * @MDOC_REGISTER_ERROR_FEATURE: the profile has it switched off
 * @MDOC_REGISTER_ERROR_CONFLICT: the same key for something else
 * @MDOC_REGISTER_ERROR_LIMIT: over one of our limits
 * @MDOC_REGISTER_ERROR_GRANT: a code or token that is unknown, spent, expired
 *   or somebody else's: `invalid_grant`, or `invalid_token`
 * @MDOC_REGISTER_ERROR_TX_CODE: the transaction code is wrong; the offer is
 *   still good: `invalid_grant`
 * @MDOC_REGISTER_ERROR_TX_CODE_MISSING: there is none where there has to be
 *   one, or one where there is none: `invalid_request`
 * @MDOC_REGISTER_ERROR_IDENTIFIER: the token is not for that credential:
 *   `unknown_credential_identifier` or `…_configuration`
 * @MDOC_REGISTER_ERROR_DENIED: never: `credential_request_denied`
 * @MDOC_REGISTER_ERROR_PENDING: not yet: 202
 * @MDOC_REGISTER_ERROR_TRANSACTION: `invalid_transaction_id`
 * @MDOC_REGISTER_ERROR_NOTIFICATION: `invalid_notification_id`
 * @MDOC_REGISTER_ERROR_SUSPENDED: not eligible while it is suspended
 * @MDOC_REGISTER_ERROR_REVOKED: not eligible, for good
 * @MDOC_REGISTER_ERROR_REMOVED: the holder has removed it
 * @MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED: the document itself has ended
 * @MDOC_REGISTER_ERROR_TOO_OFTEN: renewed more often than the profile allows
 * @MDOC_REGISTER_ERROR_DIGEST: the receipt is for other bytes
 * @MDOC_REGISTER_ERROR_CLONE: the device is behind what it has confirmed
 * @MDOC_REGISTER_ERROR_VERSION: the database is of a newer program
 * @MDOC_REGISTER_ERROR_STORE: disk or database failed (this host); try again
 *
 * Why the register did not do something. mdoc_register_error_get_name() gives
 * the machine code.
 */
typedef enum
{
  MDOC_REGISTER_ERROR_NOT_FOUND,
  MDOC_REGISTER_ERROR_ARGUMENT,
  MDOC_REGISTER_ERROR_CLAIMS,
  MDOC_REGISTER_ERROR_STATE,
  MDOC_REGISTER_ERROR_FEATURE,
  MDOC_REGISTER_ERROR_CONFLICT,
  MDOC_REGISTER_ERROR_LIMIT,
  MDOC_REGISTER_ERROR_GRANT,
  MDOC_REGISTER_ERROR_TX_CODE,
  MDOC_REGISTER_ERROR_TX_CODE_MISSING,
  MDOC_REGISTER_ERROR_IDENTIFIER,
  MDOC_REGISTER_ERROR_DENIED,
  MDOC_REGISTER_ERROR_PENDING,
  MDOC_REGISTER_ERROR_TRANSACTION,
  MDOC_REGISTER_ERROR_NOTIFICATION,
  MDOC_REGISTER_ERROR_SUSPENDED,
  MDOC_REGISTER_ERROR_REVOKED,
  MDOC_REGISTER_ERROR_REMOVED,
  MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED,
  MDOC_REGISTER_ERROR_TOO_OFTEN,
  MDOC_REGISTER_ERROR_DIGEST,
  MDOC_REGISTER_ERROR_CLONE,
  MDOC_REGISTER_ERROR_VERSION,
  MDOC_REGISTER_ERROR_STORE,
} MdocRegisterError;

#define MDOC_REGISTER_ERROR (mdoc_register_error_quark ())
GQuark mdoc_register_error_quark (void);
/* "not_found", "invalid_grant", …; "internal" for what is none of ours */
const char *mdoc_register_error_get_name (const GError *error);

/**
 * MdocRegister:
 *
 * One SQLite database and the rules of what is in it: profiles, persons,
 * offers, exchanges, codes and tokens, credentials with their instances on
 * devices and the generations of those, status lists, events, audit.
 *
 * Safe to use from several threads. Whatever changes something returns when it
 * is on the disk, unless told otherwise; changes of several threads share a
 * commit. Events and audit rows are written with the change that they tell of.
 * Nothing is signed here and nothing is sent.
 *
 * The time is the caller's word. Codes, tokens and transaction codes are kept
 * as keyed hashes. Claims are personal and stand in the database as they are:
 * its file is readable by its owner alone.
 */
typedef struct _MdocRegister MdocRegister;

/**
 * MdocRegisterOptions:
 * @secret: (nullable): key of hashes and derived codes; %NULL: one that is made
 *   and kept in the database
 * @list_size: entries of a new status list; 0 for %MDOC_REGISTER_LIST_SIZE
 * @max_tickets: most tickets at once; 0: 50,000
 * @is_relaxed: do not wait for the disk; for benches and tests alone
 */
typedef struct
{
  MdocSecret *secret;
  guint list_size;
  guint max_tickets;
  gboolean is_relaxed;
} MdocRegisterOptions;

/* Errors: #MdocRegisterError */
MdocRegister *mdoc_register_open (const char *path,
                                  const MdocRegisterOptions *options,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_register_close (MdocRegister *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegister, mdoc_register_close)

/* A secret of 32 bytes for @purpose, the same each time this database is
 * opened. Returns: (transfer full) */
MdocSecret *mdoc_register_make_key (MdocRegister *self, const char *purpose);

/**
 * MdocRegisterCall:
 * @now_ms: unix time, in ms
 * @actor: on whose behalf: "holder", "issuer" or "system"
 * @operator_id: (nullable): who exactly, for the audit
 * @correlation_id: (nullable): of the request; an exchange keeps its own
 * @reason: (nullable): for the audit and for events
 * @notes: (nullable): for the audit alone
 *
 * What goes with every change.
 */
typedef struct
{
  gint64 now_ms;
  const char *actor;
  const char *operator_id;
  const char *correlation_id;
  const char *reason;
  const char *notes;
} MdocRegisterCall;

/* Several changes at once, or none: what is called between the two from this
 * thread is one commit. All others wait meanwhile, so do nothing slow there.
 * mdoc_register_end() with @keep %FALSE undoes them. */
gboolean mdoc_register_begin (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_end (MdocRegister *self, gboolean keep, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- profiles: a version is for ever --- */

/* the same version again is nothing; with another content it is a conflict */
gboolean mdoc_register_add_profile (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    MdocProfile *profile,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @version: 0 for the newest. Returns: (transfer full) */
MdocProfile *mdoc_register_get_profile (MdocRegister *self,
                                        const char *id,
                                        guint version,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocProfile): the newest of each, by id */
GPtrArray *mdoc_register_list_profiles (MdocRegister *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- persons: whom the issuer knows --- */

/**
 * MdocRegisterPerson:
 * @id: (nullable): ours; %NULL to make one
 * @external_ref: (nullable): the issuer's; unique
 * @claims_json: (nullable): as for an offer
 * @updated_at_s: when, in unix s; only told
 */
typedef struct
{
  char *id;
  char *external_ref;
  char *claims_json;
  gint64 updated_at_s;
} MdocRegisterPerson;

void mdoc_register_person_free (MdocRegisterPerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterPerson, mdoc_register_person_free)

/* Returns: the id */
char *mdoc_register_put_person (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const MdocRegisterPerson *person,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* by our id or by the issuer's */
MdocRegisterPerson *
mdoc_register_get_person (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_register_set_password (MdocRegister *self,
                                     const MdocRegisterCall *call,
                                     const char *person_id,
                                     const char *password,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (nullable): the person's id, if name and password belong together;
 * with %NULL and no @error they do not */
char *mdoc_register_check_password (MdocRegister *self,
                                    const char *external_ref,
                                    const char *password,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- offers and exchanges (lifecycle, 2.2) --- */

/* "offer_sent" … "credential_deleted", and our own three: */
#define MDOC_EXCHANGE_OFFER_SENT          "offer_sent"
#define MDOC_EXCHANGE_OFFER_RECEIVED      "offer_received"
#define MDOC_EXCHANGE_TOKEN_ISSUED        "token_issued"
#define MDOC_EXCHANGE_CREDENTIAL_ISSUED   "credential_issued"
#define MDOC_EXCHANGE_CREDENTIAL_ACKED    "credential_acked"
#define MDOC_EXCHANGE_CREDENTIAL_ACCEPTED "credential_accepted"
#define MDOC_EXCHANGE_CREDENTIAL_DELETED  "credential_deleted"
#define MDOC_EXCHANGE_ISSUANCE_DENIED     "issuance_denied"
#define MDOC_EXCHANGE_ISSUANCE_FAILED     "issuance_failed"
#define MDOC_EXCHANGE_OFFER_EXPIRED       "offer_expired"
#define MDOC_EXCHANGE_OFFER_WITHDRAWN     "offer_withdrawn"

/* NO and YES override the profile */
typedef enum
{
  MDOC_REGISTER_AS_PROFILE,
  MDOC_REGISTER_NO,
  MDOC_REGISTER_YES,
} MdocRegisterChoice;

/**
 * MdocRegisterOfferItem:
 * @profile_id: what is offered
 * @claims_json: (nullable): what is to be in it; %NULL: the person's, or to be
 *   supplied later
 * @credential_id: (nullable): of one that is there already: another device
 * @entry_id: (nullable): the caller's name for it
 * @metadata_json: (nullable): kept and given back, otherwise not looked at
 */
typedef struct
{
  const char *profile_id;
  const char *claims_json;
  const char *credential_id;
  const char *entry_id;
  const char *metadata_json;
} MdocRegisterOfferItem;

/**
 * MdocRegisterOfferRequest:
 * @items: what is offered
 * @n_items: how many, 1 to %MDOC_REGISTER_MAX_ITEMS
 * @person_id: (nullable): to whom
 * @external_ref: (nullable): the caller's reference
 * @consent_ref: (nullable): what the holder has agreed to
 * @grant: how it is claimed: one of #MdocProfileGrants
 * @tx_code: whether with a transaction code
 * @deferred: whether it takes longer: until mdoc_register_supply_claims()
 * @lifetime_s: how long it holds; 0 for the first profile's
 * @device_id: (nullable): the device it shall be sent to
 * @dpop_thumbprint: (nullable): the only key that may redeem it
 * @server: (nullable): with %MDOC_PROFILE_AUTHORIZATION_CODE: the authorization
 *   server that takes it; %NULL: ourselves
 */
typedef struct
{
  const MdocRegisterOfferItem *items;
  guint n_items;
  const char *person_id;
  const char *external_ref;
  const char *consent_ref;
  MdocProfileGrants grant;
  MdocRegisterChoice tx_code;
  MdocRegisterChoice deferred;
  gint64 lifetime_s;
  const char *device_id;
  const char *dpop_thumbprint;
  const char *server;
} MdocRegisterOfferRequest;

/**
 * MdocRegisterOffer:
 * @id: names the offer; no secret
 * @reference: last part of its credential_offer_uri; a secret
 * @exchange_ids: one for each item
 * @configuration_ids: credential configurations, each once
 * @grant: how it is claimed
 * @pre_authorized_code: (nullable): a secret; %NULL once it is spent or void
 * @issuer_state: (nullable): the same of the other grant
 * @tx_code: (nullable): told once, by mdoc_register_create_offer()
 * @tx_code_len: how long that is; 0 if there is none
 * @tx_code_is_numeric: whether of digits alone
 * @expires_at_s: until when, in unix s
 * @status: of its exchanges, the first
 * @server: (nullable): the authorization server, if it is another one
 */
typedef struct
{
  char *id;
  char *reference;
  GStrv exchange_ids;
  GStrv configuration_ids;
  MdocProfileGrants grant;
  char *pre_authorized_code;
  char *issuer_state;
  char *tx_code;
  guint tx_code_len;
  gboolean tx_code_is_numeric;
  gint64 expires_at_s;
  char *status;
  char *server;
} MdocRegisterOffer;

void mdoc_register_offer_free (MdocRegisterOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterOffer, mdoc_register_offer_free)

/* E1. Errors: also #MdocProfileError */
MdocRegisterOffer *
mdoc_register_create_offer (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterOfferRequest *request,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* by the id of the offer or of one of its exchanges; nothing changes */
MdocRegisterOffer *
mdoc_register_get_offer (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E2: what a wallet gets at the credential_offer_uri */
MdocRegisterOffer *mdoc_register_fetch_offer (MdocRegister *self,
                                              const MdocRegisterCall *call,
                                              const char *reference,
                                              GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E13, by the operator; @id as for mdoc_register_get_offer() */
gboolean mdoc_register_withdraw_offer (MdocRegister *self,
                                       const MdocRegisterCall *call,
                                       const char *id,
                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E9; @call's reason is told */
gboolean mdoc_register_deny_exchange (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const char *exchange_id,
                                      const char *code,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* a proof that did not hold: E9 after as many as the profile bears */
gboolean mdoc_register_count_bad_proof (MdocRegister *self,
                                        const MdocRegisterCall *call,
                                        const char *exchange_id,
                                        gboolean *ret_is_denied,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* E4. @claims_json: (nullable): %NULL: those that it has are fine as they are
 */
gboolean mdoc_register_supply_claims (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const char *exchange_id,
                                      const char *claims_json,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterExchange: how far one issuance has got. Texts are (nullable)
 * where there may be nothing. @is_ready tells whether its claims are there.
 */
typedef struct
{
  char *id;
  char *offer_id;
  char *status;
  gboolean is_ready;
  gboolean is_stalled;
  gboolean is_deferred;
  MdocProfileGrants grant;
  char *profile_id;
  guint profile_version;
  char *entry_id;
  char *person_id;
  char *external_ref;
  char *metadata_json;
  char *mid_uid;
  char *credential_id;
  char *denial_code;
  char *denial_reason;
  char *correlation_id;
  char *wallet_client_id;
  gint64 created_at_s;
  gint64 updated_at_s;
  gint64 expires_at_s;
} MdocRegisterExchange;

void mdoc_register_exchange_free (MdocRegisterExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterExchange,
                               mdoc_register_exchange_free)

MdocRegisterExchange *
mdoc_register_get_exchange (MdocRegister *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* all (nullable): what is not asked for; @limit at most 1000, 0 for 100.
 * @after: what follows the one of that name, which has to be there */
typedef struct
{
  const char *status;
  const char *profile_id;
  const char *person_id;
  const char *external_ref;
  const char *credential_id;
  const char *state;
  const char *after;
  guint offset;
  guint limit;
} MdocRegisterFilter;

/* (element-type MdocRegisterExchange): what has a token, and a profile that
 * lets a document speak, which has not spoken yet; the oldest first, @limit at
 * most 1000 */
GPtrArray *
mdoc_register_list_unproofed (MdocRegister *self, guint limit, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* (element-type MdocRegisterExchange), the newest first */
GPtrArray *mdoc_register_list_exchanges (MdocRegister *self,
                                         const MdocRegisterFilter *filter,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- short-lived things of the authorization server: pushed requests, login
 * sessions and the like: whatever text, under a handle that cannot be guessed.
 * @kind is a name of the caller's, such as "par" --- */

char *mdoc_register_put_ticket (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *kind,
                                const char *body,
                                gint64 lifetime_s,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @take: the handle is spent. Returns: the body; %MDOC_REGISTER_ERROR_NOT_FOUND
 * if there is none, any more */
char *mdoc_register_get_ticket (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *kind,
                                const char *handle,
                                gboolean take,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- codes and tokens --- */

/**
 * MdocRegisterAuthorization:
 * @issuer_state: (nullable): of an offer
 * @configuration_ids: (nullable): else which profiles; NULL-terminated
 * @person_id: (nullable): who has logged in
 * @claims_json: (nullable): claims of the login, instead of the person's
 * @client_id: (nullable): the wallet
 * @redirect_uri: (nullable): which the token request has to repeat
 * @code_challenge: (nullable): of PKCE, by S256
 * @dpop_thumbprint: (nullable): the only key that may redeem the code
 * @server: (nullable): the authorization server, if it is another one
 *
 * What somebody has agreed to in the browser.
 */
typedef struct
{
  const char *issuer_state;
  const char *const *configuration_ids;
  const char *person_id;
  const char *claims_json;
  const char *client_id;
  const char *redirect_uri;
  const char *code_challenge;
  const char *dpop_thumbprint;
  const char *server;
} MdocRegisterAuthorization;

/* marks an offer as received (E2) by its issuer_state, at the PAR endpoint */
gboolean mdoc_register_receive_offer (MdocRegister *self,
                                      const MdocRegisterCall *call,
                                      const char *issuer_state,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: the authorization code; where there was no offer, one exchange for
 * each configuration is there now (wallet-initiated) */
char *mdoc_register_authorize (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const MdocRegisterAuthorization *authorization,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MDOC_REGISTER_PRE_AUTHORIZED_CODE,
  MDOC_REGISTER_AUTHORIZATION_CODE,
  MDOC_REGISTER_REFRESH_TOKEN,
} MdocRegisterGrant;

/**
 * MdocRegisterTokenRequest:
 * @grant: of which kind
 * @code: the code, or the refresh token
 * @tx_code: (nullable): with a pre-authorized code
 * @client_id: (nullable): who asks
 * @redirect_uri: (nullable): with an authorization code
 * @code_verifier: (nullable): the same
 * @dpop_thumbprint: (nullable): the key that the tokens are bound to; what was
 *   bound once stays so
 */
typedef struct
{
  MdocRegisterGrant grant;
  const char *code;
  const char *tx_code;
  const char *client_id;
  const char *redirect_uri;
  const char *code_verifier;
  const char *dpop_thumbprint;
} MdocRegisterTokenRequest;

/* One credential that a token is for. */
typedef struct
{
  char *exchange_id;
  char *configuration_id;
  char *mid_uid; /* the credential_identifier */
} MdocRegisterTokenItem;

/**
 * MdocRegisterTokens:
 * @access_token: a secret
 * @expires_in_s: how long it holds
 * @refresh_token: a secret
 * @items: (element-type MdocRegisterTokenItem): what they are for
 */
typedef struct
{
  char *access_token;
  gint64 expires_in_s;
  char *refresh_token;
  GPtrArray *items;
} MdocRegisterTokens;

void mdoc_register_tokens_free (MdocRegisterTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterTokens, mdoc_register_tokens_free)

/* E3, with E2 before it if need be */
MdocRegisterTokens *
mdoc_register_redeem (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const MdocRegisterTokenRequest *request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterAccess: what an access token is for. @dpop_thumbprint is
 * (nullable): if it is there, the token is good with a proof by that key alone,
 * which is the caller's to check. @aliases: (nullable): names of credentials
 * that another authorization server made up, to configurations; the register
 * neither sets nor reads it.
 */
typedef struct
{
  char *grant_id;
  char *client_id; /* nullable */
  char *dpop_thumbprint;
  GPtrArray *items; /* of MdocRegisterTokenItem */
  GHashTable *aliases;
} MdocRegisterAccess;

void mdoc_register_access_free (MdocRegisterAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterAccess, mdoc_register_access_free)

MdocRegisterAccess *mdoc_register_check_token (MdocRegister *self,
                                               const MdocRegisterCall *call,
                                               const char *access_token,
                                               GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocRegisterForeign:
 * @server: the authorization server that gave the token
 * @subject: whom it gave it to, by its own name
 * @client_id: (nullable): the wallet
 * @dpop_thumbprint: (nullable): the key that it is bound to
 * @token: the token itself
 * @expires_at_s: until when it holds, in unix s
 * @issuer_state: (nullable): of an offer that named that server
 * @configuration_ids: (nullable): else which profiles; NULL-terminated
 * @person_id: (nullable): who the subject is
 * @claims_json: (nullable): claims instead of the person's
 *
 * What an access token says that another authorization server gave, and whose
 * signature has been verified.
 */
typedef struct
{
  const char *server;
  const char *subject;
  const char *client_id;
  const char *dpop_thumbprint;
  const char *token;
  gint64 expires_at_s;
  const char *issuer_state;
  const char *const *configuration_ids;
  const char *person_id;
  const char *claims_json;
} MdocRegisterForeign;

/* Takes it in; the same one again is nothing. Tokens of one server, subject,
 * client and key are one grant, as a refresh at the other server has no name
 * that we would know it by: so what was claimed with one is renewed with the
 * next. */
MdocRegisterAccess *
mdoc_register_take_foreign (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterForeign *token,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- credentials: prepare, sign, commit --- */

#define MDOC_CAUSE_ENROLLMENT       "enrollment"
#define MDOC_CAUSE_ATTRIBUTE_UPDATE "attribute_update"
#define MDOC_CAUSE_REPROVISION      "reprovision" /* an attribute_update */
#define MDOC_CAUSE_MSO_RENEWAL      "mso_renewal"

/* What mdoc_register_prepare() says is next. */
typedef enum
{
  MDOC_REGISTER_SIGN,     /* sign each copy, then mdoc_register_commit() */
  MDOC_REGISTER_SERVE,    /* signed before: hand the same bytes out again */
  MDOC_REGISTER_DEFERRED, /* answer 202 with the transaction */
} MdocRegisterNext;

/**
 * MdocRegisterCopy:
 * @key: the device key it is bound to
 * @key_thumbprint: of that (RFC 7638)
 * @list_id: (nullable): its Token Status List
 * @idx: its place there
 * @identifier_list_id: (nullable): its identifier list
 * @mso_id: (nullable): its identifier there
 * @issuer_signed: (nullable): the bytes; the caller's to set before commit
 */
typedef struct
{
  MdocPublicKey *key;
  char *key_thumbprint;
  char *list_id;
  guint64 idx;
  char *identifier_list_id;
  GBytes *mso_id;
  GBytes *issuer_signed;
} MdocRegisterCopy;

/**
 * MdocRegisterCredential:
 * @next: what to do
 * @exchange_id: (nullable): the exchange, at enrollment
 * @mid_uid: the deviceCredential
 * @credential_id: the credential
 * @generation: which of it, from 1
 * @cause: why there is a new one
 * @profile: what it is made of; the version that it is pinned to
 * @claims_json: what is to be in it, for mdoc_profile_map_claims()
 * @signed_at_s: time of the signature, and start, in unix s: a full hour if
 * that lies within the certificate of the signer
 * @valid_until_s: end
 * @expected_update_s: start of the renewal window; 0 for none
 * @copies: (element-type MdocRegisterCopy): one for each key
 * @notification_id: what the wallet may tell its outcome by
 * @transaction_id: (nullable): with %MDOC_REGISTER_DEFERRED
 * @interval_s: when to ask again
 */
typedef struct
{
  MdocRegisterNext next;
  char *exchange_id;
  char *mid_uid;
  char *credential_id;
  guint generation;
  char *cause;
  MdocProfile *profile;
  char *claims_json;
  gint64 signed_at_s;
  gint64 valid_until_s;
  gint64 expected_update_s;
  GPtrArray *copies;
  char *notification_id;
  char *transaction_id;
  guint interval_s;
} MdocRegisterCredential;

void mdoc_register_credential_free (MdocRegisterCredential *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRegisterCredential,
                               mdoc_register_credential_free)

/**
 * MdocRegisterCredentialRequest:
 * @access: what the token is for
 * @identifier: (nullable): which credential
 * @configuration_id: (nullable): else of which configuration; the first that is
 *   not issued yet, else the first
 * @keys: (element-type MdocPublicKey): whose proofs have been verified
 * @signer_not_before_s: of the certificate of the profile's signer
 * @signer_not_after_s: the same
 */
typedef struct
{
  const MdocRegisterAccess *access;
  const char *identifier;
  const char *configuration_id;
  GPtrArray *keys;
  gint64 signer_not_before_s;
  gint64 signer_not_after_s;
} MdocRegisterCredentialRequest;

/* Which profile a request is for, before anything is prepared: to look up its
 * signer. Returns: (transfer full) */
MdocProfile *mdoc_register_find_profile (MdocRegister *self,
                                         const MdocRegisterAccess *access,
                                         const char *identifier,
                                         const char *configuration_id,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* First half of E5, E6, and of renewal. Does not wait for the disk: the second
 * half does, for both. */
MdocRegisterCredential *
mdoc_register_prepare (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const MdocRegisterCredentialRequest *request,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a deferred one; %MDOC_REGISTER_ERROR_PENDING until its claims
 * are there. @access has to be of the same grant. */
MdocRegisterCredential *
mdoc_register_prepare_deferred (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const MdocRegisterAccess *access,
                                const char *transaction_id,
                                gint64 signer_not_before_s,
                                gint64 signer_not_after_s,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the profile behind a transaction, for its signer */
MdocProfile *mdoc_register_find_transaction (MdocRegister *self,
                                             const MdocRegisterAccess *access,
                                             const char *transaction_id,
                                             GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Second half: the bytes are kept and the events are out. If somebody else was
 * faster with the same generation, @credential's copies have those bytes then.
 */
gboolean mdoc_register_commit (MdocRegister *self,
                               const MdocRegisterCall *call,
                               MdocRegisterCredential *credential,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
