/*
 * mdoc-platform.h - the device's client of one issuing platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/mdoc-clock.h"
#include "net/mdoc-http.h"
#include "openid/mdoc-credential-message.h"
#include "openid/mdoc-issuer-metadata.h"
#include "openid/mdoc-offer.h"
#include "openid/mdoc-server-metadata.h"
#include "openid/mdoc-token-message.h"
#include "openid/mdoc-wallet-message.h"
#include "platform/mdoc-attester.h"

G_BEGIN_DECLS

/**
 * MdocPlatformError:
 * @MDOC_PLATFORM_ERROR_RETRY: ask again later: network, 5xx, 429, a wallet or
 *   server that is not ready (nobody)
 * @MDOC_PLATFORM_ERROR_NONCE: the platform wanted a fresh nonce, and did not
 *   take the fresh one either; ask again soon (the platform, or two that raced)
 * @MDOC_PLATFORM_ERROR_TOKEN: the access token holds no more: refresh it, ask
 *   again; where refreshing says REFUSED, recover
 * @MDOC_PLATFORM_ERROR_REFUSED: no, and asking the same again does not help;
 *   the code says why (this device, or its holder)
 * @MDOC_PLATFORM_ERROR_TRUST: who answers is not who should: certificate,
 *   issuer, signature, state. Ask again at the slowest rate and tell the holder
 * @MDOC_PLATFORM_ERROR_PROTOCOL: what is answered is none of the messages that
 *   belong there; the same (the platform, or something between)
 * @MDOC_PLATFORM_ERROR_UNSUPPORTED: the platform has not what is asked for: no
 *   such endpoint, grant, configuration or proof
 * @MDOC_PLATFORM_ERROR_DEVICE: a key or the device failed
 *
 * What to do about a call that failed. Each error carries an
 * #MdocPlatformTrouble. A cancelled call ends with %G_IO_ERROR_CANCELLED, which
 * carries none.
 */
typedef enum
{
  MDOC_PLATFORM_ERROR_RETRY,
  MDOC_PLATFORM_ERROR_NONCE,
  MDOC_PLATFORM_ERROR_TOKEN,
  MDOC_PLATFORM_ERROR_REFUSED,
  MDOC_PLATFORM_ERROR_TRUST,
  MDOC_PLATFORM_ERROR_PROTOCOL,
  MDOC_PLATFORM_ERROR_UNSUPPORTED,
  MDOC_PLATFORM_ERROR_DEVICE,
} MdocPlatformError;

#define MDOC_PLATFORM_ERROR (mdoc_platform_error_quark ())
GQuark mdoc_platform_error_quark (void);

/**
 * MdocPlatformTrouble:
 * @name: what it was, for logs and people: a code of the standards
 *   ("invalid_grant"), of #MdocHttpError ("name-not-found"), "http-503", or one
 *   of ours ("content-type")
 * @description: (nullable): what the platform said about it, of any meaning, in
 *   printable characters
 * @code: if it is a code of the standards; else %MDOC_PROTOCOL_UNKNOWN
 * @status: the status of HTTP; 0 if there was no answer
 * @retry_after_s: in how many seconds the platform wants to be asked again; -1
 *   if it did not say
 * @was_sent: whether the platform may have acted on the request. If not, then
 *   no code or nonce is used up
 *
 * The details of an error; they live as long as it does.
 */
typedef struct
{
  const char *name;
  const char *description;
  MdocProtocolCode code;
  guint status;
  gint64 retry_after_s;
  gboolean was_sent;
} MdocPlatformTrouble;

/* (nullable): %NULL if @error is of another domain */
const MdocPlatformTrouble *
mdoc_platform_error_get_trouble (const GError *error);

/**
 * MdocPlatformConfig:
 * @http: asks; its context is that of all calls
 * @issuer: identifier of the credential issuer
 * @server: (nullable): the authorization server that the offer names
 * @instance_key: of this instance of the wallet, ES256: tokens are bound to it
 *   (DPoP), and it signs what the wallet API is told
 * @client_id: (nullable): who we are to the authorization server; %NULL:
 * nobody, which is enough for pre-authorized codes of most
 * @client_id_is_default: whether an attestation may give us another name
 * @attester: (nullable): who vouches for the instance, where the server takes
 *   that (attest_jwt_client_auth), and for device keys, where the issuer wants
 *   it; %NULL: nobody
 * @clock: (nullable): what time it is; %NULL: the system's
 * @languages: (nullable): for Accept-Language, best first
 *
 * Texts and @attester are copied, the rest is referenced, @clock and who is
 * behind @attester are borrowed.
 */
typedef struct
{
  MdocHttpClient *http;
  const char *issuer;
  const char *server;
  MdocKey *instance_key;
  const char *client_id;
  gboolean client_id_is_default;
  const MdocAttester *attester;
  const MdocClock *clock;
  const char *const *languages;
} MdocPlatformConfig;

/**
 * MdocPlatform:
 *
 * One issuing platform, over OpenID4VCI 1.0 and, where it has one, the wallet
 * API. Reference-counted; of use in the context of its HTTP client alone. Calls
 * may run at the same time, save where said otherwise.
 *
 * It keeps nothing that has to outlive the process: metadata, nonces and the
 * difference of the clocks. All that a journal needs comes in plain structs.
 * Each call is one exchange or the short sequence that stands beside it, and
 * asks for the metadata first, if they are not there yet. It never waits and
 * asks again on its own, save that a refusal that asks for a nonce (DPoP,
 * proof, wallet API) is answered once; so is one that blames the clock.
 *
 * A call copies or references what it is given before it returns.
 */
typedef struct _MdocPlatform MdocPlatform;

/* %NULL with %MDOC_PLATFORM_ERROR_UNSUPPORTED if @issuer is no identifier or
 * the key cannot sign by ES256 */
MdocPlatform *mdoc_platform_new (const MdocPlatformConfig *config,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocPlatform *mdoc_platform_ref (MdocPlatform *self);
void mdoc_platform_unref (MdocPlatform *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPlatform, mdoc_platform_unref)

/* Metadata of the issuer (the inserted well-known address, on 404 the appended
 * one of older drafts) and of the authorization server. Asks anew each time. */
void mdoc_platform_discover_async (MdocPlatform *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean mdoc_platform_discover_finish (MdocPlatform *self,
                                        GAsyncResult *result,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): before the first discovery; replaced by the next one */
const MdocIssuerMetadata *
mdoc_platform_get_issuer_metadata (MdocPlatform *self);
const MdocServerMetadata *
mdoc_platform_get_server_metadata (MdocPlatform *self);
/* (nullable): who we are to the authorization server */
const char *mdoc_platform_get_client_id (MdocPlatform *self);
/* how far the platform's clock is ahead of @clock, by the Date of its last
 * answer; FALSE if it has not said yet */
gboolean
mdoc_platform_get_clock_offset (MdocPlatform *self, gint64 *ret_offset_s);

/* The offer that a link only refers to. It needs no platform, as only the offer
 * says which. Asks nobody but the host of @uri. REFUSED, "offer-gone": there is
 * none (any more). */
void mdoc_platform_fetch_offer_async (MdocHttpClient *http,
                                      const char *uri,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
MdocOffer *
mdoc_platform_fetch_offer_finish (GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocPlatformAuthorization:
 * @state: to know the browser's answer by
 * @code_verifier: of PKCE; a secret
 * @redirect_uri: where the browser comes back to
 * @browser_uri: what the browser has to open
 * @expires_at_unix_s: until when; 0 if it is not said
 *
 * A login that the holder has to do. To be journaled before the browser opens:
 * redeeming needs @code_verifier and @redirect_uri.
 */
typedef struct
{
  char *state;
  MdocSecret *code_verifier;
  char *redirect_uri;
  char *browser_uri;
  gint64 expires_at_unix_s;
} MdocPlatformAuthorization;

void mdoc_platform_authorization_free (MdocPlatformAuthorization *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPlatformAuthorization,
                               mdoc_platform_authorization_free)

/* Pushes the request (RFC 9126) where the server takes that, else puts it into
 * the address. Asks for @configuration_ids by authorization_details where the
 * server knows them, else by scope. @issuer_state: (nullable) of the offer.
 * Needs a client_id. */
void
mdoc_platform_push_authorization_async (MdocPlatform *self,
                                        const char *const *configuration_ids,
                                        const char *issuer_state,
                                        const char *redirect_uri,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
MdocPlatformAuthorization *
mdoc_platform_push_authorization_finish (MdocPlatform *self,
                                         GAsyncResult *result,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Reads what the browser brought back, of any provenance: @query is what stands
 * after the "?". Needs the metadata. TRUST: not to this request, or from
 * another server; REFUSED: the server or the holder said no. */
MdocSecret *mdoc_platform_read_authorization (
    MdocPlatform *self,
    const MdocPlatformAuthorization *authorization,
    const char *query,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocPlatformTokens:
 * @access_token: the token
 * @is_dpop: whether it is bound to the instance key
 * @expires_at_unix_s: until when, by @clock; 0 if it is not said
 * @refresh_token: (nullable): for the next; the one before if the answer to a
 *   refresh brought none
 * @scope: (nullable): what for
 * @details: (nullable) (element-type MdocDetail): what for
 *
 * To be journaled at once: the code, or the refresh token before it, is used
 * up.
 */
typedef struct
{
  MdocSecret *access_token;
  gboolean is_dpop;
  gint64 expires_at_unix_s;
  MdocSecret *refresh_token;
  char *scope;
  GPtrArray *details;
} MdocPlatformTokens;

MdocPlatformTokens *mdoc_platform_tokens_copy (const MdocPlatformTokens *self);
/* after a refresh: what the answer does not say is as it was before */
void mdoc_platform_tokens_inherit (MdocPlatformTokens *self,
                                   const MdocPlatformTokens *before);
void mdoc_platform_tokens_free (MdocPlatformTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPlatformTokens, mdoc_platform_tokens_free)

/* for a journal, as JSON; only what was saved is parsed */
MdocSecret *mdoc_platform_tokens_save (const MdocPlatformTokens *self)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPlatformTokens *mdoc_platform_tokens_load (MdocSpan saved, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* does the access token hold for another @margin_s seconds, as far as said? */
gboolean mdoc_platform_tokens_are_current (const MdocPlatformTokens *self,
                                           gint64 now_unix_s,
                                           gint64 margin_s);
/* Returns: (transfer none) (nullable): the credentials (midUid) that may be
 * asked for under this configuration; %NULL if the server named none */
const char *const *
mdoc_platform_tokens_get_identifiers (const MdocPlatformTokens *self,
                                      const char *configuration_id);

/**
 * MdocPlatformGrant:
 * @kind: which grant
 * @code: the pre-authorized code, the authorization code, or the refresh token
 * @tx_code: (nullable): the transaction code, if the offer calls for one
 * @code_verifier: (nullable): of the #MdocPlatformAuthorization
 * @redirect_uri: (nullable): of the same
 * @configuration_ids: (nullable): what for, where the server takes
 *   authorization_details; so identifiers come back
 */
typedef struct
{
  MdocTokenGrant kind;
  const char *code;
  const char *tx_code;
  const char *code_verifier;
  const char *redirect_uri;
  const char *const *configuration_ids;
} MdocPlatformGrant;

/* Tokens, with DPoP where the server knows that; with a nonce at the second
 * try. A wrong transaction code is REFUSED with invalid_grant (or
 * invalid_tx_code); so is a used code. */
void mdoc_platform_token_async (MdocPlatform *self,
                                const MdocPlatformGrant *grant,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
MdocPlatformTokens *mdoc_platform_token_finish (MdocPlatform *self,
                                                GAsyncResult *result,
                                                GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A nonce for proofs; %NULL without @error where the issuer has none. A
 * credential request fetches its own. */
void mdoc_platform_nonce_async (MdocPlatform *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
char *mdoc_platform_nonce_finish (MdocPlatform *self,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocPlatformCredentialRequest:
 * @tokens: allow it
 * @configuration_id: which configuration
 * @identifier: (nullable): which credential; %NULL: the first that the tokens
 *   name for the configuration, else just the configuration
 * @keys: (element-type MdocKey): one for each copy, at most the batch size of
 *   the issuer; device keys
 * @key_attestation: (nullable): who vouches for them; %NULL: the attester of
 *   the platform is asked, if the issuer wants to know
 */
typedef struct
{
  const MdocPlatformTokens *tokens;
  const char *configuration_id;
  const char *identifier;
  GPtrArray *keys;
  const char *key_attestation;
} MdocPlatformCredentialRequest;

/* Nonce, proofs, credential; at invalid_nonce once more. Encrypted where the
 * issuer offers it, at invalid_encryption_parameters once more with metadata
 * that are asked for anew. The same keys again give the same credentials, so
 * that a request whose answer was lost is made again. */
void
mdoc_platform_credential_async (MdocPlatform *self,
                                const MdocPlatformCredentialRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Nothing in it is verified. If it has a transaction_id, it takes longer: to be
 * journaled with interval_s. */
MdocCredentialResponse *mdoc_platform_credential_finish (MdocPlatform *self,
                                                         GAsyncResult *result,
                                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Asks for what took longer; not to be called before the interval is over. The
 * answer may be that it takes longer still. */
void mdoc_platform_deferred_async (MdocPlatform *self,
                                   const MdocPlatformTokens *tokens,
                                   const char *transaction_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
MdocCredentialResponse *mdoc_platform_deferred_finish (MdocPlatform *self,
                                                       GAsyncResult *result,
                                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Tells what became of a response. @description: (nullable) */
void mdoc_platform_notify_async (MdocPlatform *self,
                                 const MdocPlatformTokens *tokens,
                                 const char *notification_id,
                                 MdocNotificationEvent event,
                                 const char *description,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean mdoc_platform_notify_finish (MdocPlatform *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The wallet API: what OpenID4VCI leaves open. A platform that has none answers
 * each with UNSUPPORTED. No tokens: the instance key signs each request. All
 * may be repeated without harm.
 */

gboolean mdoc_platform_has_wallet_api (MdocPlatform *self);

void mdoc_platform_sync_async (MdocPlatform *self,
                               const MdocWalletSync *sync,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
MdocWalletSyncReply *mdoc_platform_sync_finish (MdocPlatform *self,
                                                GAsyncResult *result,
                                                GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What a device tells with nothing but a word for an answer. */
typedef enum
{
  MDOC_PLATFORM_RECEIPT,      /* stored durably, not yet accepted */
  MDOC_PLATFORM_ACCEPT,       /* the holder wants it */
  MDOC_PLATFORM_DECLINE,      /* the holder does not */
  MDOC_PLATFORM_REMOVAL,      /* it is gone from the device */
  MDOC_PLATFORM_MESSAGE_READ, /* the holder has seen it */
  MDOC_PLATFORM_ACTION_ACK,   /* an action of a sync is done */
} MdocPlatformNotice;

/**
 * MdocPlatformNoticeData:
 * @kind: what is told
 * @id: the midUid; of a message or an action, its id
 * @generation: of a receipt
 * @digest: (nullable): of a receipt, see mdoc_wallet_receipt_digest()
 * @reason: (nullable): of a removal, or the result of an action: one word
 * @at_unix_s: of a removal: when
 */
typedef struct
{
  MdocPlatformNotice kind;
  const char *id;
  gint64 generation;
  const char *digest;
  const char *reason;
  gint64 at_unix_s;
} MdocPlatformNoticeData;

void mdoc_platform_tell_async (MdocPlatform *self,
                               const MdocPlatformNoticeData *notice,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* @ret_known: (out) (optional): FALSE if the platform knows of no such thing,
 * or not any more (404, 410): then there is nothing left to tell, which is
 * success.
 */
gboolean mdoc_platform_tell_finish (MdocPlatform *self,
                                    GAsyncResult *result,
                                    gboolean *ret_known,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new pre-authorized code where the refresh token is lost, for whoever has
 * the instance key and the credential's device key. Redeemed by a token call.
 */
void mdoc_platform_recover_async (MdocPlatform *self,
                                  const char *mid_uid,
                                  MdocKey *device_key,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
MdocSecret *mdoc_platform_recover_finish (MdocPlatform *self,
                                          GAsyncResult *result,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
