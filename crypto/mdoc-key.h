/*
 * mdoc-key.h - public keys, and handles of private ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"
#include "crypto/mdoc-crypto.h"

G_BEGIN_DECLS

/* The curves of cipher suite 1 (ISO/IEC 18013-5, table 22), by their numbers in
 * the IANA registry of COSE elliptic curves. */
typedef enum
{
  MDOC_CURVE_P256 = 1,
  MDOC_CURVE_P384 = 2,
  MDOC_CURVE_P521 = 3,
  MDOC_CURVE_X25519 = 4,
  MDOC_CURVE_X448 = 5,
  MDOC_CURVE_ED25519 = 6,
  MDOC_CURVE_ED448 = 7,
  MDOC_CURVE_BRAINPOOL_P256R1 = 256,
  MDOC_CURVE_BRAINPOOL_P320R1 = 257,
  MDOC_CURVE_BRAINPOOL_P384R1 = 258,
  MDOC_CURVE_BRAINPOOL_P512R1 = 259,
} MdocCurve;

/* COSE algorithm identifiers of signatures */
typedef enum
{
  MDOC_ALG_ES256 = -7,
  MDOC_ALG_EDDSA = -8,
  MDOC_ALG_ES384 = -35,
  MDOC_ALG_ES512 = -36,
} MdocAlg;

#define MDOC_COORDINATE_MAX_LEN 66
#define MDOC_SIGNATURE_MAX_LEN  132 /* P-521; Ed448 has 114 */

gboolean mdoc_curve_from_cose (gint64 number, MdocCurve *ret_curve);
const char *mdoc_curve_get_name (MdocCurve curve); /* "P-256" */
gboolean mdoc_curve_from_name (const char *name, MdocCurve *ret_curve);
gsize mdoc_curve_get_coordinate_len (MdocCurve curve); /* bytes */
gboolean mdoc_curve_is_weierstrass (MdocCurve curve);  /* kty EC2 */
gboolean mdoc_curve_can_sign (MdocCurve curve);
gboolean mdoc_curve_can_agree (MdocCurve curve);
gboolean mdoc_curve_is_supported (MdocCurve curve); /* by this backend */
/* the algorithm ISO/IEC 18013-5 pairs with the curve: ES256 for P-256 and
 * brainpoolP256r1, ES384 for P-384, brainpoolP320r1 and P384r1, ES512, EdDSA */
MdocAlg mdoc_curve_get_alg (MdocCurve curve);

/**
 * MdocPublicKey:
 *
 * A public key, checked to lie on its curve. Immutable, reference-counted, safe
 * to share between threads.
 */
typedef struct _MdocPublicKey MdocPublicKey;

/* EC2: @x, and @y or empty for a compressed point whose sign bit is @y_is_odd.
 * OKP: @x alone. Coordinates have exactly the curve's length. */
MdocPublicKey *mdoc_public_key_new (MdocCurve curve,
                                    MdocSpan x,
                                    MdocSpan y,
                                    gboolean y_is_odd,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocPublicKey *mdoc_public_key_new_from_spki (MdocSpan der, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPublicKey *mdoc_public_key_new_from_pem (const char *pem, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPublicKey *mdoc_public_key_ref (MdocPublicKey *self);
void mdoc_public_key_unref (MdocPublicKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPublicKey, mdoc_public_key_unref)

MdocCurve mdoc_public_key_get_curve (MdocPublicKey *self);
MdocSpan mdoc_public_key_get_x (MdocPublicKey *self);
MdocSpan mdoc_public_key_get_y (MdocPublicKey *self); /* empty for OKP */
gboolean mdoc_public_key_equal (MdocPublicKey *a, MdocPublicKey *b);
GBytes *mdoc_public_key_to_spki (MdocPublicKey *self);
char *mdoc_public_key_to_pem (MdocPublicKey *self);

/* @signature is r || s at full length (RFC 9053), or RFC 8032's. A signature of
 * the wrong length is not valid. @ret_valid is %FALSE from the start.
 * Returns: %TRUE if it could be decided; %FALSE with %MDOC_CRYPTO_ERROR if not.
 */
gboolean mdoc_public_key_verify (MdocPublicKey *self,
                                 MdocAlg alg,
                                 const MdocSpan *message_parts,
                                 gsize n_parts,
                                 MdocSpan signature,
                                 gboolean *ret_valid,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocKey:
 *
 * A handle of a private key: the bytes may be here (sealed in wiped memory), in
 * a TPM or in a token. Reference-counted. A handle may be used by one thread at
 * a time.
 */
typedef struct _MdocKey MdocKey;

/* What a key store fills in to make an #MdocKey of its own kind. */
typedef struct
{
  const char *kind; /* "software", "tpm", "pkcs11" */
  gboolean (*sign) (gpointer impl,
                    MdocAlg alg,
                    const MdocSpan *message_parts,
                    gsize n_parts,
                    guint8 *ret_signature, /* MDOC_SIGNATURE_MAX_LEN */
                    gsize *ret_len,
                    GError **error);
  MdocSecret *(*agree) (gpointer impl, MdocPublicKey *peer, GError **error);
  MdocSecret *(*export_private) (gpointer impl, GError **error); /* nullable */
  void (*free) (gpointer impl);
} MdocKeyClass;

/* @klass lives for ever; @impl belongs to the key from now on */
MdocKey *mdoc_key_new (const MdocKeyClass *klass,
                       gpointer impl,
                       MdocPublicKey *public_key);
MdocKey *mdoc_key_ref (MdocKey *self);
void mdoc_key_unref (MdocKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocKey, mdoc_key_unref)

const char *mdoc_key_get_kind (MdocKey *self);
MdocPublicKey *mdoc_key_get_public (MdocKey *self);

/* Software keys. @d is the private scalar, big-endian at the curve's coordinate
 * length (for OKP: the RFC 7748 / RFC 8032 secret). */
MdocKey *mdoc_key_generate (MdocCurve curve, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_key_new_from_private (MdocCurve curve, MdocSpan d, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* PKCS#8 or SEC 1 PEM, unencrypted */
MdocKey *mdoc_key_new_from_pem (const char *pem, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* PKCS#8 PEM; fails with %MDOC_CRYPTO_ERROR_KEY where the key may not leave */
MdocSecret *mdoc_key_to_pem (MdocKey *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the private scalar, as mdoc_key_new_from_private() takes it */
MdocSecret *mdoc_key_export_private (MdocKey *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_key_sign (MdocKey *self,
                        MdocAlg alg,
                        const MdocSpan *message_parts,
                        gsize n_parts,
                        guint8 *ret_signature,
                        gsize *ret_len,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* ECDH: the x-coordinate (or X25519/X448 output; all-zero is refused) */
MdocSecret *mdoc_key_agree (MdocKey *self, MdocPublicKey *peer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
