/*
 * mdoc-rsa.c - RSA keys of servers, to verify and for nothing else
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-rsa.h"

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-crypto-private.h"

struct _MdocRsaKey
{
  gsize len; /* of the modulus, and of every signature */
  MdocBackendRsa *backend;
};

static gboolean
refuse_key (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error, MDOC_CRYPTO_ERROR_KEY, "RSA: %s", what);
}

static gboolean
check_modulus (MdocSpan n, GError **error)
{
  gsize bits;

  if (n.len == 0 || n.data[0] == 0)
    return refuse_key (error, "the modulus is empty, or begins with zeros");
  if (n.len > MDOC_RSA_MAX_BYTES)
    return refuse_key (error, "the modulus is too long");
  bits = 8 * (n.len - 1) + g_bit_storage (n.data[0]);
  if (bits < MDOC_RSA_MIN_BITS)
    return refuse_key (error, "the modulus is too short");
  if ((n.data[n.len - 1] & 1) == 0)
    return refuse_key (error, "the modulus is even");
  return TRUE;
}

static gboolean
check_exponent (MdocSpan e, GError **error)
{
  guint32 exponent = 0;

  if (e.len == 0 || e.data[0] == 0)
    return refuse_key (error, "the exponent is empty, or begins with zeros");
  if (e.len > MDOC_RSA_MAX_EXPONENT_LEN)
    return refuse_key (error, "the exponent is too long");
  for (gsize i = 0; i < e.len; i++)
    exponent = exponent << 8 | e.data[i];
  if (exponent < MDOC_RSA_MIN_EXPONENT)
    return refuse_key (error, "the exponent is too small");
  if ((exponent & 1) == 0)
    return refuse_key (error, "the exponent is even");
  return TRUE;
}

/**
 * mdoc_rsa_key_new:
 * @n: the modulus, big-endian, of %MDOC_RSA_MIN_BITS to %MDOC_RSA_MAX_BITS
 * @e: the public exponent, big-endian, from %MDOC_RSA_MIN_EXPONENT
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY,
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED
 *
 * That the modulus is a product of two primes is not looked at: whoever has
 * another one harms himself alone.
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocRsaKey *
mdoc_rsa_key_new (MdocSpan n, MdocSpan e, GError **error)
{
  MdocBackendRsa *backend;
  MdocRsaKey *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_modulus (n, error) || !check_exponent (e, error))
    return NULL;
  if (!mdoc_rsa_is_supported ())
    {
      mdoc_crypto_refuse_unsupported (error, "RSA");
      return NULL;
    }
  backend = mdoc_backend_rsa_new (n, e, error);
  if (backend == NULL)
    return NULL;

  self = g_new0 (MdocRsaKey, 1);
  self->len = n.len;
  self->backend = backend;
  return self;
}

void
mdoc_rsa_key_free (MdocRsaKey *self)
{
  if (self == NULL)
    return;

  mdoc_backend_rsa_free (self->backend);
  g_free (self);
}

gboolean
mdoc_rsa_is_supported (void)
{
  return mdoc_backend_has_rsa ();
}

/**
 * mdoc_rsa_key_verify:
 * @self: a key
 * @scheme: how it has to be signed; that is for the caller to know
 * @message: what was signed
 * @signature: as long as the modulus; any other length does not hold
 * @ret_valid: (out): whether it holds; %FALSE from the start
 * @error: return location for a #MdocCryptoError
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_rsa_key_verify (MdocRsaKey *self,
                     MdocRsaScheme scheme,
                     MdocSpan message,
                     MdocSpan signature,
                     gboolean *ret_valid,
                     GError **error)
{
  guint8 digest[MDOC_HASH_MAX_LEN];

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_valid != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  *ret_valid = FALSE;
  /* RFC 8017, 8.1.2 and 8.2.2, step 1 */
  if (signature.len != self->len)
    return TRUE;

  mdoc_hash_compute (MDOC_HASH_SHA256, &message, 1, digest);
  return mdoc_backend_rsa_verify (self->backend,
                                  scheme,
                                  MDOC_SPAN (digest,
                                             mdoc_hash_get_len (
                                                 MDOC_HASH_SHA256)),
                                  signature,
                                  ret_valid,
                                  error);
}
