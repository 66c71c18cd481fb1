/*
 * mdoc-wallet-proof.h - which instance of a wallet calls the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-key.h"
#include "openid/mdoc-replay.h"

G_BEGIN_DECLS

/* names of headers of HTTP: the proof, and the nonce for the next one */
#define MDOC_WALLET_PROOF_HEADER "Wallet-Proof"
#define MDOC_WALLET_NONCE_HEADER "Wallet-Nonce"

#define MDOC_WALLET_PROOF_TYPE "wallet-proof+jwt"

/* what a server says that wants another nonce */
#define MDOC_WALLET_PROOF_USE_NONCE "use_nonce"

/* longest proof, in bytes of its payload, and longest jti and nonce */
#define MDOC_WALLET_PROOF_MAX_BYTES    ((gsize) 8 * 1024)
#define MDOC_WALLET_PROOF_MAX_TEXT_LEN ((gsize) 1024)

/* What is wrong with a proof; the first thing that is. */
typedef enum
{
  MDOC_WALLET_PROOF_OK,
  MDOC_WALLET_PROOF_MALFORMED, /* no token, of another type, a claim missing */
  MDOC_WALLET_PROOF_ALGORITHM, /* not ES256 with a key of P-256 */
  MDOC_WALLET_PROOF_SIGNATURE,
  MDOC_WALLET_PROOF_METHOD, /* made for another method (`htm`) */
  MDOC_WALLET_PROOF_URI,    /* made for another address (`htu`) */
  MDOC_WALLET_PROOF_BODY,   /* made for another body (`bdh`) */
  MDOC_WALLET_PROOF_TIME,   /* too old, or too far ahead (`iat`) */
  MDOC_WALLET_PROOF_NONCE,  /* without the server's nonce, or with an old one */
  MDOC_WALLET_PROOF_REPLAYED,
  MDOC_WALLET_PROOF_BUSY, /* too many proofs to tell a replay */
} MdocWalletProofResult;

const char *mdoc_wallet_proof_result_get_name (MdocWalletProofResult result);
/* what to answer with; %NULL if it is fine */
const char *mdoc_wallet_proof_result_get_error (MdocWalletProofResult result);

/**
 * MdocWalletProofExpectation:
 * @method: the method of the request
 * @uri: its address; query and fragment do not count
 * @body: its body
 * @now_unix_s: the time
 * @max_age_s: oldest proof taken, in seconds
 * @max_ahead_s: how far ahead of us its maker's clock may be, in seconds
 * @is_nonce_current: (nullable): whether a nonce is one of ours; %NULL: none
 *   is asked for
 * @nonce_data: passed to @is_nonce_current
 * @replay: (nullable): where proofs are remembered
 *
 * What a proof has to be for.
 */
typedef struct
{
  const char *method;
  const char *uri;
  MdocSpan body;
  gint64 now_unix_s;
  gint64 max_age_s;
  gint64 max_ahead_s;
  gboolean (*is_nonce_current) (const char *nonce, gpointer data);
  gpointer nonce_data;
  MdocReplay *replay;
} MdocWalletProofExpectation;

/**
 * MdocWalletProof:
 * @thumbprint: of the instance's key (RFC 7638)
 * @nonce: (nullable): the server's nonce that it was made with
 *
 * Who calls, once a proof holds. Whether that key is known is for the caller to
 * look up.
 */
typedef struct
{
  char *thumbprint;
  char *nonce;
} MdocWalletProof;

void mdoc_wallet_proof_clear (MdocWalletProof *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocWalletProof, mdoc_wallet_proof_clear)

/* @nonce: (nullable) */
char *mdoc_wallet_proof_make (MdocKey *key,
                              const char *method,
                              const char *uri,
                              MdocSpan body,
                              gint64 now_unix_s,
                              const char *nonce,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @ret_proof: (out): filled in if it holds */
MdocWalletProofResult
mdoc_wallet_proof_check (const char *proof,
                         const MdocWalletProofExpectation *expected,
                         MdocWalletProof *ret_proof);

G_END_DECLS
