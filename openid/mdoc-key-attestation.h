/*
 * mdoc-key-attestation.h - who vouches for where keys are (OpenID4VCI 1.0, D)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "openid/mdoc-configuration.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"

G_BEGIN_DECLS

#define MDOC_KEY_ATTESTATION_TYPE      "key-attestation+jwt"
#define MDOC_KEY_ATTESTATION_MAX_BYTES ((gsize) 192 * 1024)
/* most keys of one, and longest text in it, in bytes */
#define MDOC_KEY_ATTESTATION_MAX_KEYS     1000
#define MDOC_KEY_ATTESTATION_MAX_TEXT_LEN ((gsize) 4096)

/**
 * MdocKeyAttestation:
 * @iat_unix_s: when it was made
 * @exp_unix_s: until when it holds; 0: it does not say
 * @keys: (element-type MdocJwk): the attested keys, all of one store
 * @key_storage: (nullable): levels that their store has, such as
 *   "iso_18045_high"
 * @user_authentication: (nullable): levels of what their use takes
 * @certification: (nullable): where to read about that
 * @nonce: (nullable): of the issuer that it was made for
 * @jws: (nullable): the token, if it was received
 * @chain: (nullable) (element-type MdocCertificate): of the token, leaf first
 *
 * A plain struct: whoever fills one in may sign it. One that was received is
 * not verified by being parsed: that is mdoc_jws_verify() with a key of which
 * the caller knows that it may vouch.
 */
typedef struct
{
  gint64 iat_unix_s;
  gint64 exp_unix_s;
  GPtrArray *keys;
  GStrv key_storage;
  GStrv user_authentication;
  char *certification;
  char *nonce;
  MdocJws *jws;
  GPtrArray *chain;
} MdocKeyAttestation;

MdocKeyAttestation *mdoc_key_attestation_new (void);
/* Errors: #MdocJoseError, #MdocJsonError, #MdocCryptoError */
MdocKeyAttestation *
mdoc_key_attestation_parse (const char *compact, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* @chain: (nullable) of #MdocCertificate; @kid: (nullable) */
char *mdoc_key_attestation_sign (const MdocKeyAttestation *self,
                                 MdocKey *key,
                                 GPtrArray *chain,
                                 const char *kid,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_key_attestation_free (MdocKeyAttestation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocKeyAttestation, mdoc_key_attestation_free)

/* is it made, and does it still hold? @max_ahead_s: how far ahead of us its
 * maker's clock may be */
gboolean mdoc_key_attestation_is_current (const MdocKeyAttestation *self,
                                          gint64 now_unix_s,
                                          gint64 max_ahead_s);
gboolean mdoc_key_attestation_has_key (const MdocKeyAttestation *self,
                                       MdocPublicKey *key);
/* has it one of the levels that the issuer asks for, of each kind? */
gboolean mdoc_key_attestation_meets (const MdocKeyAttestation *self,
                                     const MdocProofType *asked);

G_END_DECLS
