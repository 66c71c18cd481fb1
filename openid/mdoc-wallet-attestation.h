/*
 * mdoc-wallet-attestation.h - who vouches for a wallet, and that it is there
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-jws.h"
#include "openid/mdoc-replay.h"

G_BEGIN_DECLS

/* names of headers of HTTP */
#define MDOC_WALLET_ATTESTATION_HEADER "OAuth-Client-Attestation"
#define MDOC_WALLET_POP_HEADER         "OAuth-Client-Attestation-PoP"

#define MDOC_WALLET_ATTESTATION_TYPE "oauth-client-attestation+jwt"
#define MDOC_WALLET_POP_TYPE         "oauth-client-attestation-pop+jwt"

#define MDOC_WALLET_ATTESTATION_MAX_BYTES    ((gsize) 64 * 1024)
#define MDOC_WALLET_ATTESTATION_MAX_TEXT_LEN ((gsize) 4096)

/**
 * MdocWalletAttestation:
 * @issuer: (nullable): who vouches; newer drafts leave it out
 * @client_id: for which wallet
 * @iat_unix_s: when it was made; 0: it does not say
 * @nbf_unix_s: from when it holds; 0: it does not say
 * @exp_unix_s: until when it holds
 * @key: the key of this instance of the wallet
 * @wallet_name: (nullable): how the wallet is called
 * @wallet_link: (nullable): where to read about it
 * @jws: (nullable): the token, if it was received
 * @chain: (nullable) (element-type MdocCertificate): of the token, leaf first
 *
 * A client attestation (draft-ietf-oauth-attestation-based-client-auth-07, with
 * what OpenID4VCI 1.0, appendix E, adds). A plain struct: whoever fills one in
 * may sign it. One that was received is not verified by being parsed: that is
 * mdoc_jws_verify() with a key of which the caller knows that it may vouch.
 */
typedef struct
{
  char *issuer;
  char *client_id;
  gint64 iat_unix_s;
  gint64 nbf_unix_s;
  gint64 exp_unix_s;
  MdocPublicKey *key;
  char *wallet_name;
  char *wallet_link;
  MdocJws *jws;
  GPtrArray *chain;
} MdocWalletAttestation;

/* Errors: #MdocJoseError, #MdocJsonError, #MdocCryptoError */
MdocWalletAttestation *
mdoc_wallet_attestation_parse (const char *compact, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @chain: (nullable) of #MdocCertificate; @kid: (nullable) */
char *mdoc_wallet_attestation_sign (const MdocWalletAttestation *self,
                                    MdocKey *key,
                                    GPtrArray *chain,
                                    const char *kid,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_wallet_attestation_free (MdocWalletAttestation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocWalletAttestation,
                               mdoc_wallet_attestation_free)

/* is it made, and does it still hold? @max_ahead_s: how far ahead of us its
 * maker's clock may be */
gboolean mdoc_wallet_attestation_is_current (const MdocWalletAttestation *self,
                                             gint64 now_unix_s,
                                             gint64 max_ahead_s);

/* What is wrong with a proof that the wallet is there; the first thing. */
typedef enum
{
  MDOC_WALLET_POP_OK,
  MDOC_WALLET_POP_MALFORMED,
  MDOC_WALLET_POP_SIGNATURE,    /* not by the attested key */
  MDOC_WALLET_POP_CLIENT,       /* of another wallet */
  MDOC_WALLET_POP_AUDIENCE,     /* for another server */
  MDOC_WALLET_POP_TIME,         /* too old, or too far ahead */
  MDOC_WALLET_POP_NO_CHALLENGE, /* without the server's challenge, or with an
                                   old one */
  MDOC_WALLET_POP_REPLAYED,
} MdocWalletPopResult;

const char *mdoc_wallet_pop_result_get_name (MdocWalletPopResult result);

/**
 * MdocWalletPopExpectation:
 * @server: the authorization server's identifier
 * @now_unix_s: the time
 * @max_age_s: oldest proof taken, in seconds
 * @max_ahead_s: how far ahead of us its maker's clock may be, in seconds
 * @is_challenge_current: (nullable): whether a challenge is one of ours;
 *   %NULL: none is asked for
 * @challenge_data: passed to @is_challenge_current
 * @replay: (nullable): where proofs are remembered
 */
typedef struct
{
  const char *server;
  gint64 now_unix_s;
  gint64 max_age_s;
  gint64 max_ahead_s;
  gboolean (*is_challenge_current) (const char *challenge, gpointer data);
  gpointer challenge_data;
  MdocReplay *replay;
} MdocWalletPopExpectation;

/* @challenge: (nullable) */
char *mdoc_wallet_pop_make (MdocKey *key,
                            const char *client_id,
                            const char *server,
                            gint64 now_unix_s,
                            const char *challenge,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocWalletPopResult
mdoc_wallet_pop_check (const char *pop,
                       const MdocWalletAttestation *attestation,
                       const MdocWalletPopExpectation *expected);

G_END_DECLS
