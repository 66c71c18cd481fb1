/*
 * mdoc-key.c - handles of private keys, and those in software
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-key.h"

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-crypto-private.h"
#include "crypto/mdoc-pem.h"
#include "crypto/mdoc-public-key-private.h"

#include <string.h>

/* A random scalar below 2^n exceeds the order of a curve of ours less than
 * every second time; so many in a row mean that the generator is broken. */
#define MAX_TRIES 100

/* Room for PKCS#8 of the largest curve, so that it is never moved. */
#define PRIVATE_FORM_MAX_BYTES 512

struct _MdocKey
{
  gatomicrefcount refs;
  const MdocKeyClass *klass;
  gpointer impl;
  MdocPublicKey *public_key;
};

typedef struct
{
  MdocCurve curve;
  MdocSecret *d;
  MdocBackendPrivate *backend;
} SoftwareKey;

static gboolean
refuse_key (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error, MDOC_CRYPTO_ERROR_KEY, "%s", what);
}

static void
software_free (gpointer impl)
{
  SoftwareKey *self = impl;

  g_clear_pointer (&self->backend, mdoc_backend_private_free);
  g_clear_pointer (&self->d, mdoc_secret_free);
  g_free (self);
}

static gboolean
software_sign (gpointer impl,
               MdocAlg alg,
               const MdocSpan *message_parts,
               gsize n_parts,
               guint8 *ret_signature,
               gsize *ret_len,
               GError **error)
{
  SoftwareKey *self = impl;
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocHash hash;

  if (alg == MDOC_ALG_EDDSA)
    {
      MdocSpan message;
      g_autofree guint8 *joined = NULL;

      joined = mdoc_message_join (message_parts, n_parts, &message);
      if (!mdoc_backend_sign_eddsa (self->backend,
                                    message,
                                    ret_signature,
                                    error))
        return FALSE;
    }
  else
    {
      hash = mdoc_alg_get_hash (alg);
      mdoc_hash_compute (hash, message_parts, n_parts, digest);
      if (!mdoc_backend_sign_ecdsa (self->backend,
                                    MDOC_SPAN (digest,
                                               mdoc_hash_get_len (hash)),
                                    ret_signature,
                                    error))
        return FALSE;
    }

  *ret_len = 2 * mdoc_curve_get_coordinate_len (self->curve);
  return TRUE;
}

static MdocSecret *
software_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  SoftwareKey *self = impl;
  g_autoptr (MdocSecret) shared = NULL;

  shared = mdoc_secret_new (mdoc_curve_get_coordinate_len (self->curve));
  if (!mdoc_backend_agree (self->backend,
                           mdoc_public_key_get_backend (peer),
                           mdoc_secret_get_data (shared),
                           error))
    return NULL;

  return g_steal_pointer (&shared);
}

static MdocSecret *
software_export_private (gpointer impl, GError **error)
{
  SoftwareKey *self = impl;

  return mdoc_secret_new_copy (mdoc_secret_get_span (self->d));
}

static const MdocKeyClass software_class = {
  .kind = "software",
  .sign = software_sign,
  .agree = software_agree,
  .export_private = software_export_private,
  .free = software_free,
};

/**
 * mdoc_key_new:
 * @klass: what the key can do; lives for ever
 * @impl: (transfer full): handed to the functions of @klass, and in the end to
 *   its free
 * @public_key: the public half
 *
 * Makes a handle of a key that lives elsewhere. mdoc_key_sign() and
 * mdoc_key_agree() have checked algorithm and curve before they call @klass.
 *
 * Returns: (transfer full): the key
 */
MdocKey *
mdoc_key_new (const MdocKeyClass *klass,
              gpointer impl,
              MdocPublicKey *public_key)
{
  MdocKey *self;

  g_return_val_if_fail (klass != NULL, NULL);
  g_return_val_if_fail (public_key != NULL, NULL);

  self = g_new0 (MdocKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->klass = klass;
  self->impl = impl;
  self->public_key = mdoc_public_key_ref (public_key);
  return self;
}

/**
 * mdoc_key_ref:
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
MdocKey *
mdoc_key_ref (MdocKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_key_unref:
 * @self: (nullable) (transfer full): a key
 *
 * Wipes a software key when its last reference goes.
 */
void
mdoc_key_unref (MdocKey *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  if (self->klass->free != NULL)
    self->klass->free (self->impl);
  g_clear_pointer (&self->public_key, mdoc_public_key_unref);
  g_free (self);
}

/**
 * mdoc_key_get_kind:
 * @self: a key
 *
 * Returns: (transfer none): where it lives: "software", "tpm", "pkcs11"
 */
const char *
mdoc_key_get_kind (MdocKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->klass->kind;
}

/**
 * mdoc_key_get_public:
 * @self: a key
 *
 * Returns: (transfer none): its public half
 */
MdocPublicKey *
mdoc_key_get_public (MdocKey *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->public_key;
}

/**
 * mdoc_key_new_from_private:
 * @curve: the curve
 * @d: the private scalar, big-endian, or the secret of RFC 7748 or RFC 8032,
 *   at exactly the curve's coordinate length; copied
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY for a
 *   wrong length, zero, or a scalar beyond the curve's order,
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED
 *
 * Makes a software key. The public half is computed, which costs about as much
 * as a signature.
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocKey *
mdoc_key_new_from_private (MdocCurve curve, MdocSpan d, GError **error)
{
  const gsize len = mdoc_curve_get_coordinate_len (curve);
  const gboolean is_ec = mdoc_curve_is_weierstrass (curve);
  g_autoptr (MdocPublicKey) public_key = NULL;
  MdocBackendPrivate *backend;
  SoftwareKey *impl;
  guint8 x[MDOC_COORDINATE_MAX_LEN];
  guint8 y[MDOC_COORDINATE_MAX_LEN];

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_backend_has_curve (curve))
    {
      mdoc_crypto_refuse_unsupported (error, mdoc_curve_get_name (curve));
      return NULL;
    }
  if (d.len != len)
    {
      refuse_key (error, "private key of a wrong length");
      return NULL;
    }

  backend = mdoc_backend_private_new (curve, d.data, x, y, error);
  if (backend == NULL)
    return NULL;

  impl = g_new0 (SoftwareKey, 1);
  impl->curve = curve;
  impl->backend = backend;
  impl->d = mdoc_secret_new_copy (d);

  public_key = mdoc_public_key_new (curve,
                                    MDOC_SPAN (x, len),
                                    MDOC_SPAN (y, is_ec ? len : 0),
                                    FALSE,
                                    error);
  if (public_key == NULL)
    {
      software_free (impl);
      return NULL;
    }

  return mdoc_key_new (&software_class, impl, public_key);
}

/**
 * mdoc_key_generate:
 * @curve: the curve
 * @error: return location for a #MdocCryptoError: only
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED and %MDOC_CRYPTO_ERROR_DEVICE
 *
 * Makes a software key from the system's random generator.
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocKey *
mdoc_key_generate (MdocCurve curve, GError **error)
{
  const gsize len = mdoc_curve_get_coordinate_len (curve);
  guint8 d[MDOC_COORDINATE_MAX_LEN];
  MDOC_WIPE_ON_EXIT (d);

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* draw until it is in range: uniform, unlike a reduction */
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autoptr (GError) local_error = NULL;
      MdocKey *key;

      mdoc_random_fill (d, len);
      if (curve == MDOC_CURVE_P521)
        d[0] &= 0x01;

      key = mdoc_key_new_from_private (curve, MDOC_SPAN (d, len), &local_error);
      if (key != NULL)
        return key;

      if (!g_error_matches (local_error,
                            MDOC_CRYPTO_ERROR,
                            MDOC_CRYPTO_ERROR_KEY))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }

  mdoc_crypto_refuse (error,
                      MDOC_CRYPTO_ERROR_DEVICE,
                      "the random generator gives no usable key");
  return NULL;
}

static MdocKey *
key_new_from_der (MdocSpan der, gboolean is_sec1, GError **error)
{
  g_autoptr (MdocKey) key = NULL;
  guint8 d[MDOC_COORDINATE_MAX_LEN];
  MDOC_WIPE_ON_EXIT (d);
  MdocCurve curve;
  MdocSpan point;

  if (!mdoc_key_form_read_private (der, is_sec1, &curve, d, &point, error))
    return NULL;

  key = mdoc_key_new_from_private (curve,
                                   MDOC_SPAN (d,
                                              mdoc_curve_get_coordinate_len (
                                                  curve)),
                                   error);
  if (key == NULL)
    return NULL;

  if (point.len > 0)
    {
      g_autoptr (MdocPublicKey) stated = NULL;

      stated = mdoc_public_key_new_from_point (curve, point, error);
      if (stated == NULL)
        return NULL;
      if (!mdoc_public_key_equal (stated, key->public_key))
        {
          refuse_key (error, "the halves of the key do not belong together");
          return NULL;
        }
    }

  return g_steal_pointer (&key);
}

/**
 * mdoc_key_new_from_pem:
 * @pem: a text with a block "PRIVATE KEY" (PKCS#8) or "EC PRIVATE KEY" (SEC 1);
 *   the first one counts
 * @error: return location for a #MdocCryptoError
 *
 * Reads an unencrypted private key. If it states its public half, that must be
 * the right one.
 *
 * Returns: (transfer full): a software key, or %NULL with @error set
 */
MdocKey *
mdoc_key_new_from_pem (const char *pem, GError **error)
{
  MdocPem reader;

  g_return_val_if_fail (pem != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  reader = mdoc_pem_open (mdoc_span_from_text (pem));
  for (;;)
    {
      g_autoptr (MdocSecret) der = NULL;
      gboolean is_sec1;
      MdocSpan label;

      if (mdoc_pem_next (&reader, &label, &der) != MDOC_PEM_BLOCK)
        {
          refuse_key (error, "no PEM block with an unencrypted private key");
          return NULL;
        }

      is_sec1 = mdoc_span_equals_text (label, "EC PRIVATE KEY");
      if (is_sec1 || mdoc_span_equals_text (label, "PRIVATE KEY"))
        return key_new_from_der (mdoc_secret_get_span (der), is_sec1, error);
    }
}

/**
 * mdoc_key_export_private:
 * @self: a key
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): what mdoc_key_new_from_private() takes; or %NULL
 *   with %MDOC_CRYPTO_ERROR_KEY where the key cannot leave its place
 */
MdocSecret *
mdoc_key_export_private (MdocKey *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (self->klass->export_private == NULL)
    {
      mdoc_crypto_refuse (error,
                          MDOC_CRYPTO_ERROR_KEY,
                          "a key of kind %s cannot be exported",
                          self->klass->kind);
      return NULL;
    }

  return self->klass->export_private (self->impl, error);
}

/**
 * mdoc_key_to_pem:
 * @self: a key
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): a PKCS#8 block "PRIVATE KEY", without a NUL; or
 *   %NULL with %MDOC_CRYPTO_ERROR_KEY where the key cannot leave its place
 */
MdocSecret *
mdoc_key_to_pem (MdocKey *self, GError **error)
{
  g_autoptr (MdocSecret) d = NULL;
  MdocSecret *pem;
  GByteArray *der;

  d = mdoc_key_export_private (self, error);
  if (d == NULL)
    return NULL;

  der = g_byte_array_sized_new (PRIVATE_FORM_MAX_BYTES);
  mdoc_key_form_write_private (der, self->public_key, mdoc_secret_get_span (d));
  g_assert (der->len <= PRIVATE_FORM_MAX_BYTES);
  pem = mdoc_pem_write ("PRIVATE KEY", MDOC_SPAN (der->data, der->len));
  mdoc_secret_wipe (der->data, PRIVATE_FORM_MAX_BYTES);
  g_byte_array_unref (der);

  return pem;
}

/**
 * mdoc_key_sign:
 * @self: a key
 * @alg: the algorithm that belongs to its curve
 * @message_parts: (array length=n_parts): what to sign, in parts
 * @n_parts: how many
 * @ret_signature: (out): room for %MDOC_SIGNATURE_MAX_LEN bytes; r || s at full
 *   length, or RFC 8032's bytes
 * @ret_len: (out): the signature's length
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY if the
 *   key cannot do @alg, %MDOC_CRYPTO_ERROR_DEVICE
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_key_sign (MdocKey *self,
               MdocAlg alg,
               const MdocSpan *message_parts,
               gsize n_parts,
               guint8 *ret_signature,
               gsize *ret_len,
               GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!mdoc_curve_check_alg (mdoc_public_key_get_curve (self->public_key),
                             alg,
                             error))
    return FALSE;

  if (self->klass->sign == NULL)
    return refuse_key (error, "this key may not sign");

  return self->klass->sign (self->impl,
                            alg,
                            message_parts,
                            n_parts,
                            ret_signature,
                            ret_len,
                            error);
}

/**
 * mdoc_key_agree:
 * @self: a key
 * @peer: the other side's public key, on the same curve
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY if the
 *   curves differ or cannot agree, or the result is all zero (RFC 7748, 6)
 *
 * Elliptic-curve Diffie-Hellman.
 *
 * Returns: (transfer full): the x-coordinate at the curve's length, or the
 *   output of X25519 or X448; %NULL with @error set
 */
MdocSecret *
mdoc_key_agree (MdocKey *self, MdocPublicKey *peer, GError **error)
{
  static const guint8 zeros[MDOC_COORDINATE_MAX_LEN];
  g_autoptr (MdocSecret) shared = NULL;
  MdocCurve curve;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (peer != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  curve = mdoc_public_key_get_curve (self->public_key);
  if (!mdoc_curve_can_agree (curve))
    {
      refuse_key (error, "a key for signatures cannot agree");
      return NULL;
    }
  if (mdoc_public_key_get_curve (peer) != curve)
    {
      refuse_key (error, "the peer's key is on another curve");
      return NULL;
    }
  if (self->klass->agree == NULL)
    {
      refuse_key (error, "this key may not agree");
      return NULL;
    }

  shared = self->klass->agree (self->impl, peer, error);
  if (shared == NULL)
    return NULL;

  if (!mdoc_curve_is_weierstrass (curve)
      && mdoc_secret_equal (mdoc_secret_get_span (shared),
                            MDOC_SPAN (zeros, mdoc_secret_get_len (shared))))
    {
      refuse_key (error, "the peer's key makes the shared secret zero");
      return NULL;
    }

  return g_steal_pointer (&shared);
}
