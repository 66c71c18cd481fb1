/*
 * mdoc-public-key.c - public keys, checked to lie on their curves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-key.h"

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-crypto-private.h"
#include "crypto/mdoc-der.h"
#include "crypto/mdoc-pem.h"
#include "crypto/mdoc-public-key-private.h"

#include <string.h>

struct _MdocPublicKey
{
  gatomicrefcount refs;
  MdocCurve curve;
  gsize len; /* of a coordinate */
  guint8 x[MDOC_COORDINATE_MAX_LEN];
  guint8 y[MDOC_COORDINATE_MAX_LEN];
  MdocBackendPublic *backend;
};

static gboolean
refuse_key (GError **error, MdocCurve curve, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_KEY,
                             "%s: %s",
                             mdoc_curve_get_name (curve),
                             what);
}

/**
 * mdoc_public_key_new:
 * @curve: the curve
 * @x: the x-coordinate of an EC2 key, or the bytes of an OKP key, at exactly
 *   the curve's length
 * @y: the y-coordinate at the same length; empty for OKP, and for an EC2 key
 *   whose point is compressed
 * @y_is_odd: lowest bit of y, if @y is empty
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY for a
 *   wrong length or a point that is not on the curve,
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_public_key_new (MdocCurve curve,
                     MdocSpan x,
                     MdocSpan y,
                     gboolean y_is_odd,
                     GError **error)
{
  g_autoptr (MdocPublicKey) self = NULL;
  gboolean is_ec;
  gsize len;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  len = mdoc_curve_get_coordinate_len (curve);
  is_ec = mdoc_curve_is_weierstrass (curve);
  if (!mdoc_backend_has_curve (curve))
    {
      mdoc_crypto_refuse_unsupported (error, mdoc_curve_get_name (curve));
      return NULL;
    }
  if (x.len != len || (y.len != 0 && (!is_ec || y.len != len)))
    {
      refuse_key (error, curve, "public key of a wrong length");
      return NULL;
    }

  self = g_new0 (MdocPublicKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->curve = curve;
  self->len = len;
  memcpy (self->x, x.data, len);
  self->backend = mdoc_backend_public_new (curve,
                                           x.data,
                                           y.len != 0 ? y.data : NULL,
                                           y_is_odd,
                                           is_ec ? self->y : NULL,
                                           error);
  if (self->backend == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

MdocPublicKey *
mdoc_public_key_new_from_point (MdocCurve curve, MdocSpan point, GError **error)
{
  const gsize len = mdoc_curve_get_coordinate_len (curve);
  const MdocSpan none = { NULL, 0 };

  if (!mdoc_curve_is_weierstrass (curve))
    return mdoc_public_key_new (curve, point, none, FALSE, error);

  if (point.len == 1 + 2 * len && point.data[0] == 4)
    return mdoc_public_key_new (curve,
                                MDOC_SPAN (point.data + 1, len),
                                MDOC_SPAN (point.data + 1 + len, len),
                                FALSE,
                                error);
  if (point.len == 1 + len && (point.data[0] == 2 || point.data[0] == 3))
    return mdoc_public_key_new (curve,
                                MDOC_SPAN (point.data + 1, len),
                                none,
                                point.data[0] == 3,
                                error);

  refuse_key (error, curve, "malformed point");
  return NULL;
}

/**
 * mdoc_public_key_new_from_spki:
 * @der: a SubjectPublicKeyInfo and nothing else
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_public_key_new_from_spki (MdocSpan der, GError **error)
{
  MdocCurve curve;
  MdocSpan point;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_key_form_read_spki (der, &curve, &point, error))
    return NULL;

  return mdoc_public_key_new_from_point (curve, point, error);
}

/**
 * mdoc_public_key_new_from_pem:
 * @pem: a text with a block "PUBLIC KEY"; the first one counts
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocPublicKey *
mdoc_public_key_new_from_pem (const char *pem, GError **error)
{
  MdocPem reader;

  g_return_val_if_fail (pem != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  reader = mdoc_pem_open (mdoc_span_from_text (pem));
  for (;;)
    {
      g_autoptr (MdocSecret) der = NULL;
      MdocSpan label;

      if (mdoc_pem_next (&reader, &label, &der) != MDOC_PEM_BLOCK)
        {
          mdoc_crypto_refuse (error,
                              MDOC_CRYPTO_ERROR_KEY,
                              "no PEM block \"PUBLIC KEY\"");
          return NULL;
        }

      if (mdoc_span_equals_text (label, "PUBLIC KEY"))
        return mdoc_public_key_new_from_spki (mdoc_secret_get_span (der),
                                              error);
    }
}

/**
 * mdoc_public_key_ref:
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
MdocPublicKey *
mdoc_public_key_ref (MdocPublicKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_public_key_unref:
 * @self: (nullable) (transfer full): a key
 */
void
mdoc_public_key_unref (MdocPublicKey *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->backend, mdoc_backend_public_free);
  g_free (self);
}

/**
 * mdoc_public_key_get_curve:
 * @self: a key
 *
 * Returns: its curve
 */
MdocCurve
mdoc_public_key_get_curve (MdocPublicKey *self)
{
  g_return_val_if_fail (self != NULL, MDOC_CURVE_P256);

  return self->curve;
}

/**
 * mdoc_public_key_get_x:
 * @self: a key
 *
 * Returns: (transfer none): the x-coordinate, or the bytes of an OKP key, at
 *   the curve's length
 */
MdocSpan
mdoc_public_key_get_x (MdocPublicKey *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  return MDOC_SPAN (self->x, self->len);
}

/**
 * mdoc_public_key_get_y:
 * @self: a key
 *
 * Returns: (transfer none): the y-coordinate at the curve's length, also if the
 *   key was made from a compressed point; empty for OKP
 */
MdocSpan
mdoc_public_key_get_y (MdocPublicKey *self)
{
  g_return_val_if_fail (self != NULL, MDOC_SPAN (NULL, 0));

  if (!mdoc_curve_is_weierstrass (self->curve))
    return MDOC_SPAN (NULL, 0);

  return MDOC_SPAN (self->y, self->len);
}

/**
 * mdoc_public_key_equal:
 * @a: a key
 * @b: another
 *
 * Returns: %TRUE if both are the same point of the same curve
 */
gboolean
mdoc_public_key_equal (MdocPublicKey *a, MdocPublicKey *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->curve == b->curve && memcmp (a->x, b->x, a->len) == 0
         && memcmp (a->y, b->y, a->len) == 0;
}

gsize
mdoc_public_key_put_point (MdocPublicKey *self,
                           guint8 ret_point[MDOC_POINT_MAX_LEN])
{
  if (!mdoc_curve_is_weierstrass (self->curve))
    {
      memcpy (ret_point, self->x, self->len);
      return self->len;
    }

  ret_point[0] = 4;
  memcpy (ret_point + 1, self->x, self->len);
  memcpy (ret_point + 1 + self->len, self->y, self->len);
  return 1 + 2 * self->len;
}

/**
 * mdoc_public_key_to_spki:
 * @self: a key
 *
 * Returns: (transfer full): its SubjectPublicKeyInfo, the point uncompressed
 */
GBytes *
mdoc_public_key_to_spki (MdocPublicKey *self)
{
  GByteArray *out;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_byte_array_new ();
  mdoc_key_form_write_spki (out, self);
  return g_byte_array_free_to_bytes (out);
}

/**
 * mdoc_public_key_to_pem:
 * @self: a key
 *
 * Returns: (transfer full): a PEM block "PUBLIC KEY"
 */
char *
mdoc_public_key_to_pem (MdocPublicKey *self)
{
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (self);
  g_autoptr (MdocSecret) pem = NULL;

  g_return_val_if_fail (spki != NULL, NULL);

  pem = mdoc_pem_write ("PUBLIC KEY", mdoc_span_from_bytes (spki));
  return g_strndup ((const char *) mdoc_secret_get_data (pem),
                    mdoc_secret_get_len (pem));
}

/* Ed25519 and Ed448 read the message twice, so it has to be in one piece. */
guint8 *
mdoc_message_join (const MdocSpan *parts, gsize n_parts, MdocSpan *ret_whole)
{
  guint8 *joined;
  gsize len = 0;

  if (n_parts == 1)
    {
      *ret_whole = parts[0];
      return NULL;
    }

  for (gsize i = 0; i < n_parts; i++)
    len += parts[i].len;

  joined = g_malloc (MAX (len, 1));
  *ret_whole = MDOC_SPAN (joined, len);
  for (gsize i = 0, at = 0; i < n_parts; at += parts[i].len, i++)
    {
      if (parts[i].len > 0)
        memcpy (joined + at, parts[i].data, parts[i].len);
    }

  return joined;
}

/* the kinds of keys that an algorithm takes, whatever the hash */
static gboolean
check_alg_family (MdocCurve curve, MdocAlg alg, GError **error)
{
  if (!mdoc_curve_can_sign (curve)
      || mdoc_curve_is_weierstrass (curve) != (alg != MDOC_ALG_EDDSA))
    return refuse_key (error, curve, "not a key for this signature algorithm");

  return TRUE;
}

gboolean
mdoc_curve_check_alg (MdocCurve curve, MdocAlg alg, GError **error)
{
  if (!check_alg_family (curve, alg, error))
    return FALSE;

  if (mdoc_curve_get_alg (curve) != alg)
    return refuse_key (error,
                       curve,
                       "not the curve that belongs to this algorithm");

  return TRUE;
}

/**
 * mdoc_public_key_verify:
 * @self: the signer's key
 * @alg: the algorithm of the COSE header; must be the one that ISO/IEC 18013-5
 *   pairs with the curve
 * @message_parts: (array length=n_parts): what was signed, in parts
 * @n_parts: how many
 * @signature: r || s at full length, or RFC 8032's bytes
 * @ret_valid: (out): whether the signature holds; %FALSE from the start
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY if the
 *   key cannot do @alg, %MDOC_CRYPTO_ERROR_DEVICE
 *
 * A signature of the wrong length is not valid, which is no error.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_public_key_verify (MdocPublicKey *self,
                        MdocAlg alg,
                        const MdocSpan *message_parts,
                        gsize n_parts,
                        MdocSpan signature,
                        gboolean *ret_valid,
                        GError **error)
{
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocHash hash;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_valid != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  *ret_valid = FALSE;
  if (!mdoc_curve_check_alg (self->curve, alg, error))
    return FALSE;

  if (signature.len != 2 * self->len)
    return TRUE;

  if (alg == MDOC_ALG_EDDSA)
    {
      MdocSpan message;
      g_autofree guint8 *joined = NULL;

      joined = mdoc_message_join (message_parts, n_parts, &message);
      return mdoc_backend_verify_eddsa (self->backend,
                                        message,
                                        signature,
                                        ret_valid,
                                        error);
    }

  hash = mdoc_alg_get_hash (alg);
  mdoc_hash_compute (hash, message_parts, n_parts, digest);
  return mdoc_backend_verify_ecdsa (self->backend,
                                    MDOC_SPAN (digest,
                                               mdoc_hash_get_len (hash)),
                                    signature.data,
                                    ret_valid,
                                    error);
}

gboolean
mdoc_public_key_verify_x509 (MdocPublicKey *self,
                             MdocAlg alg,
                             MdocSpan message,
                             MdocSpan signature,
                             gboolean *ret_valid,
                             GError **error)
{
  guint8 digest[MDOC_HASH_MAX_LEN];
  guint8 raw[MDOC_SIGNATURE_MAX_LEN];
  MdocHash hash;

  *ret_valid = FALSE;
  if (!check_alg_family (self->curve, alg, error))
    return FALSE;

  if (alg == MDOC_ALG_EDDSA)
    {
      if (signature.len != 2 * self->len)
        return TRUE;

      return mdoc_backend_verify_eddsa (self->backend,
                                        message,
                                        signature,
                                        ret_valid,
                                        error);
    }

  if (!mdoc_der_signature_to_raw (signature, self->len, raw))
    return TRUE;

  hash = mdoc_alg_get_hash (alg);
  mdoc_hash_compute (hash, &message, 1, digest);
  return mdoc_backend_verify_ecdsa (self->backend,
                                    MDOC_SPAN (digest,
                                               mdoc_hash_get_len (hash)),
                                    raw,
                                    ret_valid,
                                    error);
}

MdocBackendPublic *
mdoc_public_key_get_backend (MdocPublicKey *self)
{
  return self->backend;
}
