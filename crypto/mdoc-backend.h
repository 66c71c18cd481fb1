/*
 * mdoc-backend.h - what each of the two backends has to do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-crypto.h"
#include "crypto/mdoc-key.h"
#include "crypto/mdoc-rsa.h"

G_BEGIN_DECLS

/*
 * Besides these, a backend defines from mdoc-crypto.h: mdoc_hash_compute(),
 * mdoc_hmac_compute() and mdoc_crypto_get_backend(). Everything else, from the
 * forms of keys to the paths of certificates, is written once, above, so that
 * both decide alike.
 *
 * The callers have checked lengths and that the curve is supported and fit for
 * the operation; a backend need not. n is the curve's coordinate length.
 */

/* AES-GCM by a key of 16 or 32 bytes and a nonce of 12. The ciphertext is
 * followed by the tag when written; FALSE means that the library failed. */
gboolean mdoc_backend_gcm_encrypt (MdocSpan key,
                                   MdocSpan nonce,
                                   MdocSpan aad,
                                   MdocSpan plaintext,
                                   guint8 *ret_ciphertext)
    G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: not authentic; what was written must not be used */
gboolean mdoc_backend_gcm_decrypt (MdocSpan key,
                                   MdocSpan nonce,
                                   MdocSpan aad,
                                   MdocSpan ciphertext,
                                   const guint8 *tag,
                                   guint8 *ret_plaintext)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_backend_has_curve (MdocCurve curve);

/* A public key in the library's own form; immutable, used by many threads. */
typedef struct _MdocBackendPublic MdocBackendPublic;

/* @x of n bytes; @y of n bytes, or NULL: the backend finds it by @y_is_odd.
 * @ret_y gets n bytes. OKP: neither @y nor @ret_y. Refuses a point that is not
 * on the curve with MDOC_CRYPTO_ERROR_KEY. */
MdocBackendPublic *mdoc_backend_public_new (MdocCurve curve,
                                            const guint8 *x,
                                            const guint8 *y,
                                            gboolean y_is_odd,
                                            guint8 *ret_y,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_backend_public_free (MdocBackendPublic *self);

/* @signature is r || s of 2n bytes */
gboolean mdoc_backend_verify_ecdsa (MdocBackendPublic *self,
                                    MdocSpan digest,
                                    const guint8 *signature,
                                    gboolean *ret_valid,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @signature has RFC 8032's length */
gboolean mdoc_backend_verify_eddsa (MdocBackendPublic *self,
                                    MdocSpan message,
                                    MdocSpan signature,
                                    gboolean *ret_valid,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A private key in the library's own form; used by one thread at a time. */
typedef struct _MdocBackendPrivate MdocBackendPrivate;

/* @d of n bytes; @ret_x and @ret_y (EC2 alone) get n bytes. Refuses a scalar of
 * 0 or beyond the group's order with MDOC_CRYPTO_ERROR_KEY. */
MdocBackendPrivate *mdoc_backend_private_new (MdocCurve curve,
                                              const guint8 *d,
                                              guint8 *ret_x,
                                              guint8 *ret_y,
                                              GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_backend_private_free (MdocBackendPrivate *self);

gboolean mdoc_backend_sign_ecdsa (MdocBackendPrivate *self,
                                  MdocSpan digest,
                                  guint8 *ret_signature,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_backend_sign_eddsa (MdocBackendPrivate *self,
                                  MdocSpan message,
                                  guint8 *ret_signature,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @ret_shared gets n bytes */
gboolean mdoc_backend_agree (MdocBackendPrivate *self,
                             MdocBackendPublic *peer,
                             guint8 *ret_shared,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A public key of RSA; immutable, used by many threads. Of the lengths that
 * mdoc-rsa.h allows, and odd. */
typedef struct _MdocBackendRsa MdocBackendRsa;

gboolean mdoc_backend_has_rsa (void);
MdocBackendRsa *mdoc_backend_rsa_new (MdocSpan n, MdocSpan e, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_backend_rsa_free (MdocBackendRsa *self);
/* @signature is as long as the modulus */
gboolean mdoc_backend_rsa_verify (MdocBackendRsa *self,
                                  MdocRsaScheme scheme,
                                  MdocSpan digest,
                                  MdocSpan signature,
                                  gboolean *ret_valid,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
