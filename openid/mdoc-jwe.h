/*
 * mdoc-jwe.h - encrypted messages in compact form (RFC 7516), by ECDH-ES
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-key.h"
#include "openid/mdoc-jose.h"
#include "openid/mdoc-jwk.h"

G_BEGIN_DECLS

/* longest header, and longest apu and apv, in bytes */
#define MDOC_JWE_MAX_HEADER_BYTES ((gsize) 8 * 1024)
#define MDOC_JWE_MAX_PARTY_BYTES  ((gsize) 512)
/* longest message that any caller may allow */
#define MDOC_JWE_MAX_BYTES ((gsize) 16 * 1024 * 1024)

#define MDOC_JWE_ALG "ECDH-ES"

/* content encryptions, by their names in JWE: A128GCM and A256GCM */
typedef enum
{
  MDOC_JWE_A128GCM,
  MDOC_JWE_A256GCM,
} MdocJweEnc;

const char *mdoc_jwe_enc_get_name (MdocJweEnc enc);
gboolean mdoc_jwe_enc_from_name (const char *name, MdocJweEnc *ret_enc);

/**
 * MdocJwe:
 *
 * An encrypted message, taken apart but not opened. Immutable,
 * reference-counted.
 */
typedef struct _MdocJwe MdocJwe;

MdocJwe *mdoc_jwe_parse (const char *compact, gsize max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocJwe *mdoc_jwe_ref (MdocJwe *self);
void mdoc_jwe_unref (MdocJwe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocJwe, mdoc_jwe_unref)

const char *mdoc_jwe_get_kid (MdocJwe *self); /* nullable */
MdocJweEnc mdoc_jwe_get_enc (MdocJwe *self);
/* the sender's key, made for this message */
MdocPublicKey *mdoc_jwe_get_ephemeral (MdocJwe *self);
MdocSpan mdoc_jwe_get_apu (MdocJwe *self);
MdocSpan mdoc_jwe_get_apv (MdocJwe *self);

MdocSecret *mdoc_jwe_decrypt (MdocJwe *self, MdocKey *key, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* @apu and @apv may be empty, and are then left out */
char *mdoc_jwe_encrypt (MdocSpan plaintext,
                        MdocJwk *recipient,
                        MdocJweEnc enc,
                        MdocSpan apu,
                        MdocSpan apv,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Concat KDF as RFC 7518, 4.6.2, has it, for those who have @z already */
MdocSecret *
mdoc_jwe_derive_key (MdocJweEnc enc, MdocSpan z, MdocSpan apu, MdocSpan apv)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
