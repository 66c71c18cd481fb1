/*
 * mdoc-mbedtls-crypto.c - hash, HMAC and AES-GCM by Mbed TLS
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-crypto.h"

#include "crypto/mbedtls/mdoc-mbedtls-compat.h"
#include "crypto/mdoc-backend.h"

#include <mbedtls/gcm.h>
#include <mbedtls/md.h>

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (mbedtls_md_context_t, mbedtls_md_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (mbedtls_gcm_context, mbedtls_gcm_free)

/* What can only fail for want of memory, or in a build without SHA-2. */
static void
insist (gboolean ok)
{
  if (!ok)
    g_error ("Mbed TLS cannot hash");
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
    {
      char version[16]; /* mbedtls_version_get_string() asks for 9 */

      mbedtls_version_get_string (version);
      g_once_init_leave (&name, g_strdup_printf ("Mbed TLS %s", version));
    }

  return name;
}

static const mbedtls_md_info_t *
find_md (MdocHash hash)
{
  switch (hash)
    {
    case MDOC_HASH_SHA384:
      return mbedtls_md_info_from_type (MBEDTLS_MD_SHA384);
    case MDOC_HASH_SHA512:
      return mbedtls_md_info_from_type (MBEDTLS_MD_SHA512);
    case MDOC_HASH_SHA256:
    default:
      return mbedtls_md_info_from_type (MBEDTLS_MD_SHA256);
    }
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
  g_auto (mbedtls_md_context_t) ctx;

  mbedtls_md_init (&ctx);
  insist (mbedtls_md_setup (&ctx, find_md (hash), 0) == 0
          && mbedtls_md_starts (&ctx) == 0);
  for (gsize i = 0; i < n_parts; i++)
    insist (mbedtls_md_update (&ctx, parts[i].data, parts[i].len) == 0);
  insist (mbedtls_md_finish (&ctx, ret_digest) == 0);
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
  g_auto (mbedtls_md_context_t) ctx;

  mbedtls_md_init (&ctx);
  insist (mbedtls_md_setup (&ctx, find_md (hash), 1) == 0
          && mbedtls_md_hmac_starts (&ctx, key.data, key.len) == 0);
  for (gsize i = 0; i < n_parts; i++)
    insist (mbedtls_md_hmac_update (&ctx, parts[i].data, parts[i].len) == 0);
  insist (mbedtls_md_hmac_finish (&ctx, ret_mac) == 0);
}

gboolean
mdoc_backend_gcm_encrypt (MdocSpan key,
                          MdocSpan nonce,
                          MdocSpan aad,
                          MdocSpan plaintext,
                          guint8 *ret_ciphertext)
{
  g_auto (mbedtls_gcm_context) ctx;

  mbedtls_gcm_init (&ctx);
  return mbedtls_gcm_setkey (&ctx,
                             MBEDTLS_CIPHER_ID_AES,
                             key.data,
                             (guint) key.len * 8)
             == 0
         && mbedtls_gcm_crypt_and_tag (&ctx,
                                       MBEDTLS_GCM_ENCRYPT,
                                       plaintext.len,
                                       nonce.data,
                                       nonce.len,
                                       aad.data,
                                       aad.len,
                                       plaintext.data,
                                       ret_ciphertext,
                                       MDOC_AES_GCM_TAG_LEN,
                                       ret_ciphertext + plaintext.len)
                == 0;
}

gboolean
mdoc_backend_gcm_decrypt (MdocSpan key,
                          MdocSpan nonce,
                          MdocSpan aad,
                          MdocSpan ciphertext,
                          const guint8 *tag,
                          guint8 *ret_plaintext)
{
  g_auto (mbedtls_gcm_context) ctx;

  mbedtls_gcm_init (&ctx);
  return mbedtls_gcm_setkey (&ctx,
                             MBEDTLS_CIPHER_ID_AES,
                             key.data,
                             (guint) key.len * 8)
             == 0
         && mbedtls_gcm_auth_decrypt (&ctx,
                                      ciphertext.len,
                                      nonce.data,
                                      nonce.len,
                                      aad.data,
                                      aad.len,
                                      tag,
                                      MDOC_AES_GCM_TAG_LEN,
                                      ciphertext.data,
                                      ret_plaintext)
                == 0;
}
