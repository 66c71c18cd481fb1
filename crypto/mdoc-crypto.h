/*
 * mdoc-crypto.h - the primitives, whichever library does them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocCryptoError:
 * @MDOC_CRYPTO_ERROR_UNSUPPORTED: this backend lacks the algorithm or curve;
 *   the message names both (nobody is to blame; another backend may have it)
 * @MDOC_CRYPTO_ERROR_KEY: the key is malformed, not on its curve, or of a kind
 *   that cannot do what is asked (whoever sent the key)
 * @MDOC_CRYPTO_ERROR_CERTIFICATE: a certificate or CRL that is no such thing,
 * or over a limit (whoever sent it)
 * @MDOC_CRYPTO_ERROR_DECRYPT: the ciphertext is not authentic (the peer)
 * @MDOC_CRYPTO_ERROR_DEVICE: random source, memory or key hardware failed
 *   (this device)
 *
 * A signature that does not hold is no error: see mdoc_public_key_verify().
 */
typedef enum
{
  MDOC_CRYPTO_ERROR_UNSUPPORTED,
  MDOC_CRYPTO_ERROR_KEY,
  MDOC_CRYPTO_ERROR_CERTIFICATE,
  MDOC_CRYPTO_ERROR_DECRYPT,
  MDOC_CRYPTO_ERROR_DEVICE,
} MdocCryptoError;

#define MDOC_CRYPTO_ERROR (mdoc_crypto_error_quark ())
GQuark mdoc_crypto_error_quark (void);

/* "Mbed TLS 2.28.3", "OpenSSL 3.0.17": for --version, bench and doctor */
const char *mdoc_crypto_get_backend (void);

typedef enum
{
  MDOC_HASH_SHA256,
  MDOC_HASH_SHA384,
  MDOC_HASH_SHA512,
} MdocHash;

#define MDOC_HASH_MAX_LEN      64
#define MDOC_AES_GCM_TAG_LEN   16
#define MDOC_AES_GCM_NONCE_LEN 12
/* longest message, and longest associated data, that we hand to a library */
#define MDOC_AES_GCM_MAX_BYTES ((gsize) 256 * 1024 * 1024)

gsize mdoc_hash_get_len (MdocHash hash);

/* Hashes the parts as if they stood one behind the other. @ret_digest has room
 * for MDOC_HASH_MAX_LEN bytes; mdoc_hash_get_len() of them are written. */
void mdoc_hash_compute (MdocHash hash,
                        const MdocSpan *parts,
                        gsize n_parts,
                        guint8 *ret_digest);

/* HMAC over the parts in a row. @ret_mac as @ret_digest above. */
void mdoc_hmac_compute (MdocHash hash,
                        MdocSpan key,
                        const MdocSpan *parts,
                        gsize n_parts,
                        guint8 *ret_mac);

/* RFC 5869 extract and expand. An empty @salt means a salt of zeros. @len is at
 * most 255 times the hash's length. */
MdocSecret *mdoc_hkdf_derive (MdocHash hash,
                              MdocSpan ikm,
                              MdocSpan salt,
                              MdocSpan info,
                              gsize len) G_GNUC_WARN_UNUSED_RESULT;

/* AES-GCM with a key of 16 or 32 bytes and a nonce of 12; the result is
 * ciphertext || tag of 16 bytes. */
GBytes *mdoc_aes_gcm_encrypt (MdocSpan key,
                              MdocSpan nonce,
                              MdocSpan aad,
                              MdocSpan plaintext,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_aes_gcm_decrypt (MdocSpan key,
                                  MdocSpan nonce,
                                  MdocSpan aad,
                                  MdocSpan ciphertext,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* From the system's generator. Aborts the process if there is none: nothing
 * sane can go on without. */
void mdoc_random_fill (guint8 *data, gsize len);

G_END_DECLS
