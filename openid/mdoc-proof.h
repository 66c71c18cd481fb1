/*
 * mdoc-proof.h - proofs that a wallet has the key (OpenID4VCI 1.0, F.1)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-key-attestation.h"
#include "openid/mdoc-protocol-error.h"

G_BEGIN_DECLS

#define MDOC_PROOF_TYPE         "openid4vci-proof+jwt"
#define MDOC_PROOF_MAX_BYTES    ((gsize) 16 * 1024) /* of its claims */
#define MDOC_PROOF_MAX_TEXT_LEN ((gsize) 4096)

/* What is wrong with a proof; the first thing that is. */
typedef enum
{
  MDOC_PROOF_OK,
  MDOC_PROOF_MALFORMED, /* no token, of another type, or a claim is missing */
  MDOC_PROOF_ALGORITHM, /* one that the issuer does not take */
  MDOC_PROOF_KEY,       /* it names no key, or more than one */
  MDOC_PROOF_SIGNATURE,
  MDOC_PROOF_AUDIENCE,     /* made for another issuer */
  MDOC_PROOF_TIME,         /* too old, or too far ahead */
  MDOC_PROOF_NO_NONCE,     /* it should have one */
  MDOC_PROOF_NONCE,        /* an old one, or somebody else's */
  MDOC_PROOF_CLIENT,       /* made by another client */
  MDOC_PROOF_ATTESTATION,  /* its key attestation is malformed */
  MDOC_PROOF_ATTESTED_KEY, /* its key attestation is of other keys */
} MdocProofResult;

const char *mdoc_proof_result_get_name (MdocProofResult result);
/* what to answer; %MDOC_PROTOCOL_UNKNOWN if it is fine */
MdocProtocolCode mdoc_proof_result_get_code (MdocProofResult result);

/**
 * MdocProofExpectation:
 * @issuer: the issuer's identifier
 * @algs: (nullable): algorithms that the configuration takes; %NULL: all
 * @client_id: (nullable): who the token was given to; %NULL: anybody
 * @now_unix_s: the time
 * @max_age_s: oldest proof taken, in seconds
 * @max_ahead_s: how far ahead of us its maker's clock may be, in seconds
 * @is_nonce_current: (nullable): whether a nonce is one of ours; %NULL: none
 *   is asked for
 * @nonce_data: passed to @is_nonce_current
 */
typedef struct
{
  const char *issuer;
  GStrv algs;
  const char *client_id;
  gint64 now_unix_s;
  gint64 max_age_s;
  gint64 max_ahead_s;
  gboolean (*is_nonce_current) (const char *nonce, gpointer data);
  gpointer nonce_data;
} MdocProofExpectation;

/* @nonce, @client_id, @key_attestation: (nullable). A @client_id must not be
 * given if the token came without a client. */
char *mdoc_proof_make (MdocKey *key,
                       const char *issuer,
                       gint64 now_unix_s,
                       const char *nonce,
                       const char *client_id,
                       const char *key_attestation,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @ret_key: (out): whose it is; @ret_attestation: (out) (nullable): what came
 * along, whose signature, nonce and times are not verified */
MdocProofResult mdoc_proof_check (const char *proof,
                                  const MdocProofExpectation *expected,
                                  MdocPublicKey **ret_key,
                                  MdocKeyAttestation **ret_attestation);

G_END_DECLS
