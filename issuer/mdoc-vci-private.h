/*
 * mdoc-vci-private.h - what the endpoints share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-vci-accounts.h"
#include "issuer/mdoc-vci-capacity.h"
#include "issuer/mdoc-vci.h"
#include "openid/mdoc-credential-message.h"
#include "openid/mdoc-issuer-metadata.h"
#include "openid/mdoc-protocol-error.h"
#include "openid/mdoc-replay.h"

G_BEGIN_DECLS

#define MDOC_VCI_PATH    "/openid4vci"
#define MDOC_WALLET_PATH "/wallet/v1"

#define MDOC_VCI_FORM "application/x-www-form-urlencoded"

/* how long nonces are good for, and how old and how far ahead proofs may be:
 * a device's clock may be five minutes off (lifecycle, 7) */
#define MDOC_VCI_NONCE_S ((gint64) 300)
#define MDOC_VCI_AGE_S   ((gint64) 300)
#define MDOC_VCI_AHEAD_S ((gint64) 300)
/* proofs that are remembered until they are too old */
#define MDOC_VCI_MAX_SEEN 500000
/* pushed requests and logins that are under way: as many as the register takes
 */
#define MDOC_VCI_MAX_KEPT 50000

/* What a nonce is for: one of ours is good for that alone. */
typedef enum
{
  MDOC_VCI_NONCE_DPOP = 'd',
  MDOC_VCI_NONCE_CREDENTIAL = 'c',
  MDOC_VCI_NONCE_WALLET = 'w',
  MDOC_VCI_NONCE_ATTESTATION = 'a',
} MdocVciNonceUse;

typedef struct _MdocVciLimiter MdocVciLimiter;

struct _MdocVci
{
  MdocVciConfig config;
  MdocHttpServer *server; /* whose routes these are; borrowed */
  GPtrArray *routes;
  MdocVciCapacity *capacity; /* nullable: there is no limit */
  MdocSecret *nonce_key;
  MdocVciLimiter *limiter;
  MdocVciLimiter *recoveries; /* by instance and credential */
  MdocVciAccounts *accounts;
  GMutex lock; /* of what follows */
  MdocReplay *seen;
  MdocReplay *kept; /* one value for each ticket, whatever it is */
  guint64 n_kept;
  MdocKey *encryption_key;
  MdocJwk *encryption_jwk;
};

/* Adds a route that wallets use, in front of which the limit of sessions stands
 * (lifecycle, 6.2). */
void mdoc_vci_add_route (MdocVci *self,
                         MdocHttpServer *server,
                         const char *method,
                         const char *path,
                         MdocHttpHandler handler);

/* --- time, register, errors --- */

gint64 mdoc_vci_get_now_s (MdocVci *self);
/* of nonces, and of what was seen: neither outlives the process, and whoever
 * sets the clock makes neither older or younger */
gint64 mdoc_vci_get_monotonic_s (MdocVci *self);
/* what goes with a change that a wallet makes */
MdocRegisterCall mdoc_vci_make_call (MdocVci *self);

/* @description: (nullable), in ASCII */
void mdoc_vci_refuse (MdocHttpReply *reply,
                      MdocProtocolCode code,
                      const char *description);
/* what @error of the register means at the token endpoint, and elsewhere */
void mdoc_vci_refuse_grant (MdocHttpReply *reply, const GError *error);
void mdoc_vci_refuse_request (MdocHttpReply *reply, const GError *error);
/* the host's own trouble: 500, and a line in the log */
void mdoc_vci_fail (MdocHttpReply *reply, const GError *error);

/* whether the body is of that type, and there is one; else it is refused */
gboolean mdoc_vci_is_type (const MdocHttpCall *call,
                           MdocHttpReply *reply,
                           const char *content_type);
/* (nullable): the form in the body; %NULL if it was refused */
char *mdoc_vci_dup_form (const MdocHttpCall *call, MdocHttpReply *reply);
/* an address below the server's */
char *mdoc_vci_dup_url (const MdocHttpCall *call, const char *path);

/* --- nonces: they are not kept, but known again by their MAC --- */

char *mdoc_vci_make_nonce (MdocVci *self, MdocVciNonceUse use);
gboolean mdoc_vci_is_nonce_current (MdocVci *self,
                                    MdocVciNonceUse use,
                                    const char *nonce);

/* what the checks of openid/ are given as data with the function below */
typedef struct
{
  MdocVci *vci;
  MdocVciNonceUse use;
} MdocVciNonceCheck;

gboolean mdoc_vci_check_nonce (const char *nonce, gpointer data);

/* --- what was there before --- */

/* Remembers a signed token by what is signed, since an ECDSA signature can be
 * written in two ways. Returns: whether it is seen for the first time; if not,
 * or if that cannot be told, @ret_is_full says which */
gboolean mdoc_vci_is_first (MdocVci *self,
                            const MdocHttpCall *call,
                            const char *token,
                            gboolean *ret_is_full);
/* What is said then: 429 to a client that has its share of the memory, 503 to
 * one for whom nothing is left; and how long to wait. */
void mdoc_vci_refuse_busy (MdocVci *self,
                           const MdocHttpCall *call,
                           MdocHttpReply *reply);

/* Anybody may have us keep something for so long: a client gets its share.
 * Returns: %FALSE if it was refused */
gboolean mdoc_vci_may_keep (MdocVci *self,
                            const MdocHttpCall *call,
                            MdocHttpReply *reply,
                            gint64 lifetime_s);

/* --- who guesses, or asks too often --- */

/* misses of one address in a minute */
#define MDOC_VCI_MAX_MISSES    30
#define MDOC_VCI_MISS_WINDOW_S 60
/* Recoveries of one credential by its instance in an hour: each is a row of the
 * audit, which is kept for good, and who has recovered has a token. */
#define MDOC_VCI_MAX_RECOVERIES    5
#define MDOC_VCI_RECOVERY_WINDOW_S 3600

/* @max_n within @window_s, then who is counted has to wait for its end */
MdocVciLimiter *mdoc_vci_limiter_new (guint max_n, gint64 window_s);
void mdoc_vci_limiter_free (MdocVciLimiter *self);
/* One more miss of @address. */
void mdoc_vci_limiter_count (MdocVciLimiter *self,
                             const char *address,
                             gint64 now_us);
/* Returns: seconds to wait; 0: go on */
guint mdoc_vci_limiter_check (MdocVciLimiter *self,
                              const char *address,
                              gint64 now_us);

/* Returns: %FALSE if it was refused, as whoever asks has guessed too much */
gboolean mdoc_vci_may_try (MdocVci *self,
                           const MdocHttpCall *call,
                           MdocHttpReply *reply);
void mdoc_vci_count_miss (MdocVci *self, const MdocHttpCall *call);

/* --- tokens and proofs of keys --- */

/* DPoP at the token and PAR endpoints. @ret_thumbprint: (out): %NULL if there
 * is no proof and that is allowed. Returns: %FALSE if it was refused */
gboolean mdoc_vci_take_dpop (MdocVci *self,
                             const MdocHttpCall *call,
                             MdocHttpReply *reply,
                             char **ret_thumbprint);
/* The access token of a request. Returns: (nullable): %NULL if it was refused
 */
MdocRegisterAccess *mdoc_vci_take_access (MdocVci *self,
                                          const MdocHttpCall *call,
                                          MdocHttpReply *reply);
/* @chain, @anchors: (nullable): does it lead to one of them? */
gboolean
mdoc_vci_is_chain_trusted (GPtrArray *chain, GPtrArray *anchors, gint64 at_s);
/* The keys that a request proves, which are what a credential is bound to
 * (OpenID4VCI 1.0, F). @item: (nullable): what it is for. Returns: (nullable)
 * (element-type MdocPublicKey): %NULL if it was refused */
GPtrArray *mdoc_vci_take_keys (MdocVci *self,
                               const MdocHttpCall *call,
                               MdocHttpReply *reply,
                               MdocProfile *profile,
                               const MdocCredentialRequest *request,
                               const MdocRegisterAccess *access,
                               const MdocRegisterTokenItem *item);
/* A proof counts once. Returns: %FALSE if it was refused */
gboolean mdoc_vci_spend_proofs (MdocVci *self,
                                const MdocHttpCall *call,
                                MdocHttpReply *reply,
                                const MdocCredentialRequest *request);

/* whether a token is for that function */
gboolean mdoc_vci_is_foreign (MdocVci *self, const char *token);
/* The same of a token that another authorization server gave. Returns:
 * (nullable): %NULL if it was refused */
MdocRegisterAccess *mdoc_vci_take_foreign (MdocVci *self,
                                           const MdocHttpCall *call,
                                           MdocHttpReply *reply,
                                           const char *token);
/* @code: %MDOC_PROTOCOL_UNKNOWN if there was no token; @description:
 * (nullable) */
void mdoc_vci_refuse_token (MdocVci *self,
                            MdocHttpReply *reply,
                            MdocProtocolCode code,
                            const char *description);
/* the configurations of scopes */
void mdoc_vci_add_scope (MdocVci *self,
                         const char *scope,
                         GPtrArray *configuration_ids,
                         GError **error);
/* The client at the token and PAR endpoints. @form_client_id: (nullable): what
 * the form says. @ret_client_id: (out) (nullable). Returns: %FALSE if it was
 * refused */
gboolean mdoc_vci_take_client (MdocVci *self,
                               const MdocHttpCall *call,
                               MdocHttpReply *reply,
                               const char *form_client_id,
                               char **ret_client_id);

/* --- encrypted messages --- */

/* Returns: (nullable): the JSON of a request, which may have been encrypted;
 * %NULL if it was refused */
MdocSecret *mdoc_vci_open_request (MdocVci *self,
                                   const MdocHttpCall *call,
                                   MdocHttpReply *reply,
                                   gboolean *ret_was_encrypted);
/* @json: (transfer full). @key: (nullable): encrypt for it */
void mdoc_vci_reply_sealed (MdocHttpReply *reply,
                            guint status,
                            char *json,
                            MdocJwk *key,
                            MdocJweEnc enc);

/* --- the endpoints, a file each --- */

void mdoc_vci_on_issuer_metadata (const MdocHttpCall *call,
                                  MdocHttpReply *reply,
                                  gpointer data);
void mdoc_vci_on_server_metadata (const MdocHttpCall *call,
                                  MdocHttpReply *reply,
                                  gpointer data);
void mdoc_vci_on_offer (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data);
void mdoc_vci_on_nonce (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data);
void mdoc_vci_on_challenge (const MdocHttpCall *call,
                            MdocHttpReply *reply,
                            gpointer data);
void
mdoc_vci_on_par (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data);
void mdoc_vci_on_authorize (const MdocHttpCall *call,
                            MdocHttpReply *reply,
                            gpointer data);
void mdoc_vci_on_login (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data);
void mdoc_vci_on_token (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer data);
void mdoc_vci_on_credential (const MdocHttpCall *call,
                             MdocHttpReply *reply,
                             gpointer data);
void mdoc_vci_on_deferred (const MdocHttpCall *call,
                           MdocHttpReply *reply,
                           gpointer data);
void mdoc_vci_on_notification (const MdocHttpCall *call,
                               MdocHttpReply *reply,
                               gpointer data);

/* those of /wallet/v1 */
void mdoc_vci_add_wallet_routes (MdocVci *self, MdocHttpServer *server);

G_END_DECLS
