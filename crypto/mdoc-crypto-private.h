/*
 * mdoc-crypto-private.h - what the files of crypto/ share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-crypto.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

/* the one place that names the domain; always FALSE */
gboolean mdoc_crypto_refuse (GError **error,
                             MdocCryptoError code,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);
/* the backend of this process lacks @what */
gboolean mdoc_crypto_refuse_unsupported (GError **error, const char *what);

/* content of the curve's OBJECT IDENTIFIER; for OKP that of its algorithm */
MdocSpan mdoc_curve_get_oid (MdocCurve curve);
gboolean mdoc_curve_from_oid (MdocSpan oid, MdocCurve *ret_curve);
MdocHash mdoc_alg_get_hash (MdocAlg alg); /* not for EdDSA */

/* SubjectPublicKeyInfo and private keys of RFC 5480, 5915, 5958 and 8410 */
gboolean mdoc_key_form_read_spki (MdocSpan der,
                                  MdocCurve *ret_curve,
                                  MdocSpan *ret_point,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_key_form_write_spki (GByteArray *out, MdocPublicKey *key);
gboolean mdoc_key_form_read_private (MdocSpan der,
                                     gboolean is_sec1,
                                     MdocCurve *ret_curve,
                                     guint8 ret_d[MDOC_COORDINATE_MAX_LEN],
                                     MdocSpan *ret_point,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
mdoc_key_form_write_private (GByteArray *out, MdocPublicKey *key, MdocSpan d);
/* 04 || x || y, 02/03 || x, or the bare bytes of an OKP key */
MdocPublicKey *
mdoc_public_key_new_from_point (MdocCurve curve, MdocSpan point, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* the bytes that a SubjectPublicKeyInfo wraps; returns their length */
#define MDOC_POINT_MAX_LEN (1 + 2 * MDOC_COORDINATE_MAX_LEN)
gsize mdoc_public_key_put_point (MdocPublicKey *self,
                                 guint8 ret_point[MDOC_POINT_MAX_LEN]);

/* X.509 lets the algorithm's OID, not the curve, decide the hash. @signature is
 * as it stands in a certificate: an ECDSA-Sig-Value, or RFC 8032's bytes. */
gboolean mdoc_public_key_verify_x509 (MdocPublicKey *self,
                                      MdocAlg alg,
                                      MdocSpan message,
                                      MdocSpan signature,
                                      gboolean *ret_valid,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
