/*
 * mdoc-crypto.c - what the primitives of both backends have in common
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-crypto.h"

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-crypto-private.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

G_DEFINE_QUARK (mdoc_crypto_error_quark, mdoc_crypto_error)

gboolean
mdoc_crypto_refuse (GError **error,
                    MdocCryptoError code,
                    const char *format,
                    ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error_literal (error, MDOC_CRYPTO_ERROR, (gint) code, message);
  return FALSE;
}

gboolean
mdoc_crypto_refuse_unsupported (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error,
                             MDOC_CRYPTO_ERROR_UNSUPPORTED,
                             "%s is not supported by %s",
                             what,
                             mdoc_crypto_get_backend ());
}

/**
 * mdoc_hash_get_len:
 * @hash: a hash function
 *
 * Returns: the length of its digests in bytes
 */
gsize
mdoc_hash_get_len (MdocHash hash)
{
  switch (hash)
    {
    case MDOC_HASH_SHA256:
      return 32;
    case MDOC_HASH_SHA384:
      return 48;
    case MDOC_HASH_SHA512:
      return 64;
    default:
      g_return_val_if_reached (0);
    }
}

/**
 * mdoc_hkdf_derive:
 * @hash: the hash function
 * @ikm: input keying material
 * @salt: the salt; empty means a hash's length of zeros
 * @info: context
 * @len: bytes wanted, at most 255 times the hash's length
 *
 * HKDF of RFC 5869, extract and expand.
 *
 * Returns: (transfer full): @len bytes
 */
MdocSecret *
mdoc_hkdf_derive (MdocHash hash,
                  MdocSpan ikm,
                  MdocSpan salt,
                  MdocSpan info,
                  gsize len)
{
  const gsize hash_len = mdoc_hash_get_len (hash);
  guint8 prk[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (prk);
  guint8 block[MDOC_HASH_MAX_LEN];
  MDOC_WIPE_ON_EXIT (block);
  g_autoptr (MdocSecret) okm = NULL;
  guint8 counter = 0;

  g_return_val_if_fail (len <= 255 * hash_len, NULL);

  /* HMAC pads its key with zeros, so no salt and a salt of zeros are one */
  mdoc_hmac_compute (hash, salt, &ikm, 1, prk);

  okm = mdoc_secret_new (len);
  for (gsize done = 0; done < len; done += hash_len)
    {
      const MdocSpan parts[] = {
        MDOC_SPAN (block, counter == 0 ? 0 : hash_len),
        info,
        MDOC_SPAN (&counter, 1),
      };

      counter++;
      mdoc_hmac_compute (hash,
                         MDOC_SPAN (prk, hash_len),
                         parts,
                         G_N_ELEMENTS (parts),
                         block);
      memcpy (mdoc_secret_get_data (okm) + done,
              block,
              MIN (hash_len, len - done));
    }

  return g_steal_pointer (&okm);
}

static gboolean
check_gcm (MdocSpan key, MdocSpan nonce, GError **error)
{
  if (key.len != 16 && key.len != 32)
    return mdoc_crypto_refuse (error,
                               MDOC_CRYPTO_ERROR_KEY,
                               "AES key of a wrong length");
  if (nonce.len != MDOC_AES_GCM_NONCE_LEN)
    return mdoc_crypto_refuse (error,
                               MDOC_CRYPTO_ERROR_KEY,
                               "AES-GCM nonce of a wrong length");

  return TRUE;
}

/**
 * mdoc_aes_gcm_encrypt:
 * @key: 16 or 32 bytes
 * @nonce: %MDOC_AES_GCM_NONCE_LEN bytes, never used before with this key
 * @aad: data to be authenticated along with it; may be empty
 * @plaintext: what to encrypt, at most %MDOC_AES_GCM_MAX_BYTES
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_KEY for a
 *   wrong length, %MDOC_CRYPTO_ERROR_DEVICE
 *
 * Returns: (transfer full): ciphertext || tag, or %NULL with @error set
 */
GBytes *
mdoc_aes_gcm_encrypt (MdocSpan key,
                      MdocSpan nonce,
                      MdocSpan aad,
                      MdocSpan plaintext,
                      GError **error)
{
  g_autofree guint8 *ciphertext = NULL;
  gsize len;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  g_return_val_if_fail (plaintext.len <= MDOC_AES_GCM_MAX_BYTES, NULL);
  g_return_val_if_fail (aad.len <= MDOC_AES_GCM_MAX_BYTES, NULL);

  if (!check_gcm (key, nonce, error))
    return NULL;

  len = plaintext.len + MDOC_AES_GCM_TAG_LEN;
  ciphertext = g_malloc (len);
  if (!mdoc_backend_gcm_encrypt (key, nonce, aad, plaintext, ciphertext))
    {
      mdoc_crypto_refuse (error,
                          MDOC_CRYPTO_ERROR_DEVICE,
                          "AES-GCM failed to encrypt");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&ciphertext), len);
}

/**
 * mdoc_aes_gcm_decrypt:
 * @key: 16 or 32 bytes
 * @nonce: %MDOC_AES_GCM_NONCE_LEN bytes
 * @aad: what was authenticated along with it; may be empty
 * @ciphertext: ciphertext || tag
 * @error: return location for a #MdocCryptoError: %MDOC_CRYPTO_ERROR_DECRYPT if
 *   anything about it is not authentic, %MDOC_CRYPTO_ERROR_KEY for a wrong
 *   length of @key or @nonce
 *
 * Returns: (transfer full): the plaintext, or %NULL with @error set
 */
MdocSecret *
mdoc_aes_gcm_decrypt (MdocSpan key,
                      MdocSpan nonce,
                      MdocSpan aad,
                      MdocSpan ciphertext,
                      GError **error)
{
  g_autoptr (MdocSecret) plaintext = NULL;
  gsize len;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  g_return_val_if_fail (aad.len <= MDOC_AES_GCM_MAX_BYTES, NULL);

  if (!check_gcm (key, nonce, error))
    return NULL;

  if (ciphertext.len < MDOC_AES_GCM_TAG_LEN
      || ciphertext.len - MDOC_AES_GCM_TAG_LEN > MDOC_AES_GCM_MAX_BYTES)
    {
      mdoc_crypto_refuse (error,
                          MDOC_CRYPTO_ERROR_DECRYPT,
                          "ciphertext of an impossible length");
      return NULL;
    }

  len = ciphertext.len - MDOC_AES_GCM_TAG_LEN;
  plaintext = mdoc_secret_new (len);
  if (!mdoc_backend_gcm_decrypt (key,
                                 nonce,
                                 aad,
                                 MDOC_SPAN (ciphertext.data, len),
                                 ciphertext.data + len,
                                 mdoc_secret_get_data (plaintext)))
    {
      mdoc_crypto_refuse (error,
                          MDOC_CRYPTO_ERROR_DECRYPT,
                          "ciphertext is not authentic");
      return NULL;
    }

  return g_steal_pointer (&plaintext);
}

/**
 * mdoc_random_fill:
 * @data: (out): room for @len bytes
 * @len: how many
 *
 * Fills @data from the kernel's generator. Blocks early at boot, until that has
 * been seeded; aborts the process if there is none.
 */
void
mdoc_random_fill (guint8 *data, gsize len)
{
  while (len > 0)
    {
      gssize n = getrandom (data, len, 0);

      if (n < 0)
        {
          if (errno == EINTR)
            continue;
          g_error ("no randomness: %s", g_strerror (errno));
        }

      data += n;
      len -= (gsize) n;
    }
}
