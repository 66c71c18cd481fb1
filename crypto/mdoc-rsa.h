/*
 * mdoc-rsa.h - RSA keys of servers, to verify and for nothing else
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-crypto.h"

G_BEGIN_DECLS

/* size of the modulus; what is shorter is weak (NIST SP 800-131A), and what is
 * longer costs whoever verifies */
#define MDOC_RSA_MIN_BITS  2048
#define MDOC_RSA_MAX_BITS  4096
#define MDOC_RSA_MAX_BYTES ((gsize) MDOC_RSA_MAX_BITS / 8)
/* public exponents: FIPS 186-5 has nothing below 65537; four bytes are plenty
 */
#define MDOC_RSA_MIN_EXPONENT     65537u
#define MDOC_RSA_MAX_EXPONENT_LEN ((gsize) 4)

/**
 * MdocRsaScheme:
 * @MDOC_RSA_PKCS1_SHA256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2)
 * @MDOC_RSA_PSS_SHA256: RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt
 *   of 32 bytes (RFC 8017, 8.1; RFC 7518, 3.5)
 */
typedef enum
{
  MDOC_RSA_PKCS1_SHA256,
  MDOC_RSA_PSS_SHA256,
} MdocRsaScheme;

/**
 * MdocRsaKey:
 *
 * A public key of RSA. Immutable; safe to use from several threads.
 *
 * ISO/IEC 18013-5 has no RSA, so this is no #MdocPublicKey, and there is no way
 * from one to the other: wherever a wallet, a device, a reader or an issuer
 * shows a key, it cannot be one of these. Authorization servers that are not
 * ours sign with them.
 */
typedef struct _MdocRsaKey MdocRsaKey;

/* @n, @e: big-endian, without zeros in front. Errors: #MdocCryptoError:
 * %MDOC_CRYPTO_ERROR_KEY if it is none or over a limit,
 * %MDOC_CRYPTO_ERROR_UNSUPPORTED by a backend without RSA */
MdocRsaKey *mdoc_rsa_key_new (MdocSpan n, MdocSpan e, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_rsa_key_free (MdocRsaKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocRsaKey, mdoc_rsa_key_free)

/* has the backend of this process RSA? */
gboolean mdoc_rsa_is_supported (void);

/* @ret_valid is %FALSE from the start.
 * Returns: %TRUE if it could be decided */
gboolean mdoc_rsa_key_verify (MdocRsaKey *self,
                              MdocRsaScheme scheme,
                              MdocSpan message,
                              MdocSpan signature,
                              gboolean *ret_valid,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
