/*
 * mdoc-openssl-crypto.c - hash, HMAC and AES-GCM by OpenSSL 3
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-crypto.h"

#include "crypto/mdoc-backend.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MAC_CTX, EVP_MAC_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

#define N_HASHES 3 /* as many as MdocHash has */

/* Fetched once for the life of the process: a fetch costs more than hashing a
 * short message. Read by all threads, changed by none. */
typedef struct
{
  EVP_MD *md[N_HASHES];
  EVP_MAC_CTX *hmac[N_HASHES]; /* without a key; to be copied */
  EVP_CIPHER *aes_128_gcm;
  EVP_CIPHER *aes_256_gcm;
} Fetched;

/* What can only fail for want of memory, or with a broken installation. */
static void
insist (gboolean ok)
{
  if (!ok)
    g_error ("OpenSSL cannot do what every OpenSSL 3 can");
}

static Fetched *
fetch (void)
{
  static char names[N_HASHES][7] = { "SHA256", "SHA384", "SHA512" };
  Fetched *fetched = g_new0 (Fetched, 1);
  EVP_MAC *hmac = EVP_MAC_fetch (NULL, "HMAC", NULL);

  insist (hmac != NULL);
  for (gsize i = 0; i < N_HASHES; i++)
    {
      const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST, names[i], 0),
        OSSL_PARAM_construct_end ()
      };

      fetched->md[i] = EVP_MD_fetch (NULL, names[i], NULL);
      fetched->hmac[i] = EVP_MAC_CTX_new (hmac);
      insist (fetched->md[i] != NULL && fetched->hmac[i] != NULL
              && EVP_MAC_CTX_set_params (fetched->hmac[i], params) == 1);
    }
  EVP_MAC_free (hmac);

  fetched->aes_128_gcm = EVP_CIPHER_fetch (NULL, "AES-128-GCM", NULL);
  fetched->aes_256_gcm = EVP_CIPHER_fetch (NULL, "AES-256-GCM", NULL);
  insist (fetched->aes_128_gcm != NULL && fetched->aes_256_gcm != NULL);
  return fetched;
}

static const Fetched *
get_fetched (void)
{
  static Fetched *fetched;

  if (g_once_init_enter (&fetched))
    g_once_init_leave (&fetched, fetch ());

  return fetched;
}

/**
 * mdoc_crypto_get_backend:
 *
 * Returns: (transfer none): name and version of the library, as it runs
 */
const char *
mdoc_crypto_get_backend (void)
{
  static char *name;

  if (g_once_init_enter (&name))
    g_once_init_leave (&name,
                       g_strdup_printf ("OpenSSL %s",
                                        OpenSSL_version (
                                            OPENSSL_VERSION_STRING)));

  return name;
}

/**
 * mdoc_hash_compute:
 * @hash: the hash function
 * @parts: (array length=n_parts): the message, in parts
 * @n_parts: how many; none is the empty message
 * @ret_digest: (out): room for %MDOC_HASH_MAX_LEN bytes, of which
 *   mdoc_hash_get_len() are written
 */
void
mdoc_hash_compute (MdocHash hash,
                   const MdocSpan *parts,
                   gsize n_parts,
                   guint8 *ret_digest)
{
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();

  g_return_if_fail ((guint) hash < N_HASHES);

  insist (ctx != NULL
          && EVP_DigestInit_ex2 (ctx, get_fetched ()->md[hash], NULL) == 1);
  for (gsize i = 0; i < n_parts; i++)
    insist (EVP_DigestUpdate (ctx, parts[i].data, parts[i].len) == 1);
  insist (EVP_DigestFinal_ex (ctx, ret_digest, NULL) == 1);
}

/**
 * mdoc_hmac_compute:
 * @hash: the hash function
 * @key: the key, of any length
 * @parts: (array length=n_parts): the message, in parts
 * @n_parts: how many
 * @ret_mac: (out): room for %MDOC_HASH_MAX_LEN bytes, of which
 *   mdoc_hash_get_len() are written
 */
void
mdoc_hmac_compute (MdocHash hash,
                   MdocSpan key,
                   const MdocSpan *parts,
                   gsize n_parts,
                   guint8 *ret_mac)
{
  static const guint8 no_key;
  g_autoptr (EVP_MAC_CTX) ctx = NULL;
  gsize len;

  g_return_if_fail ((guint) hash < N_HASHES);

  ctx = EVP_MAC_CTX_dup (get_fetched ()->hmac[hash]);
  /* a key of NULL would mean "the one you have" */
  insist (
      ctx != NULL
      && EVP_MAC_init (ctx, key.len == 0 ? &no_key : key.data, key.len, NULL)
             == 1);
  for (gsize i = 0; i < n_parts; i++)
    insist (EVP_MAC_update (ctx, parts[i].data, parts[i].len) == 1);
  insist (EVP_MAC_final (ctx, ret_mac, &len, MDOC_HASH_MAX_LEN) == 1);
}

static const EVP_CIPHER *
find_cipher (MdocSpan key)
{
  return key.len == 16 ? get_fetched ()->aes_128_gcm
                       : get_fetched ()->aes_256_gcm;
}

gboolean
mdoc_backend_gcm_encrypt (MdocSpan key,
                          MdocSpan nonce,
                          MdocSpan aad,
                          MdocSpan plaintext,
                          guint8 *ret_ciphertext)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  int n;

  if (ctx == NULL
      || EVP_EncryptInit_ex2 (ctx,
                              find_cipher (key),
                              key.data,
                              nonce.data,
                              NULL)
             != 1)
    return FALSE;

  if (aad.len > 0
      && EVP_EncryptUpdate (ctx, NULL, &n, aad.data, (int) aad.len) != 1)
    return FALSE;

  if (plaintext.len > 0
      && EVP_EncryptUpdate (ctx,
                            ret_ciphertext,
                            &n,
                            plaintext.data,
                            (int) plaintext.len)
             != 1)
    return FALSE;

  return EVP_EncryptFinal_ex (ctx, ret_ciphertext + plaintext.len, &n) == 1
         && EVP_CIPHER_CTX_ctrl (ctx,
                                 EVP_CTRL_AEAD_GET_TAG,
                                 MDOC_AES_GCM_TAG_LEN,
                                 ret_ciphertext + plaintext.len)
                == 1;
}

gboolean
mdoc_backend_gcm_decrypt (MdocSpan key,
                          MdocSpan nonce,
                          MdocSpan aad,
                          MdocSpan ciphertext,
                          const guint8 *tag,
                          guint8 *ret_plaintext)
{
  g_autoptr (EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new ();
  guint8 expected[MDOC_AES_GCM_TAG_LEN];
  guint8 none[1];
  int n;

  memcpy (expected, tag, sizeof (expected));
  if (ctx == NULL
      || EVP_DecryptInit_ex2 (ctx,
                              find_cipher (key),
                              key.data,
                              nonce.data,
                              NULL)
             != 1
      || EVP_CIPHER_CTX_ctrl (ctx,
                              EVP_CTRL_AEAD_SET_TAG,
                              sizeof (expected),
                              expected)
             != 1)
    return FALSE;

  if (aad.len > 0
      && EVP_DecryptUpdate (ctx, NULL, &n, aad.data, (int) aad.len) != 1)
    return FALSE;

  if (ciphertext.len > 0
      && EVP_DecryptUpdate (ctx,
                            ret_plaintext,
                            &n,
                            ciphertext.data,
                            (int) ciphertext.len)
             != 1)
    return FALSE;

  /* this compares the tag, in constant time */
  return EVP_DecryptFinal_ex (ctx, none, &n) == 1;
}
