/*
 * mdoc-openssl-rsa.c - signatures of RSA by OpenSSL 3
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-backend.h"

#include "crypto/mdoc-crypto-private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OSSL_PARAM, OSSL_PARAM_free)

struct _MdocBackendRsa
{
  EVP_PKEY *pkey;
};

/* Also empties the library's queue of errors, which nobody else reads. */
static gboolean
refuse (GError **error, MdocCryptoError code)
{
  ERR_clear_error ();
  return mdoc_crypto_refuse (error, code, "RSA: OpenSSL does not take the key");
}

gboolean
mdoc_backend_has_rsa (void)
{
  return TRUE;
}

static EVP_PKEY *
make_pkey (MdocSpan n_bytes, MdocSpan e_bytes)
{
  g_autoptr (BIGNUM) n = BN_bin2bn (n_bytes.data, (int) n_bytes.len, NULL);
  g_autoptr (BIGNUM) e = BN_bin2bn (e_bytes.data, (int) e_bytes.len, NULL);
  g_autoptr (OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new ();
  g_autoptr (EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name (NULL, "RSA", NULL);
  g_autoptr (OSSL_PARAM) params = NULL;
  EVP_PKEY *pkey = NULL;

  if (n == NULL || e == NULL || builder == NULL || ctx == NULL
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_N, n) != 1
      || OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
    return NULL;
  params = OSSL_PARAM_BLD_to_param (builder);
  if (params == NULL || EVP_PKEY_fromdata_init (ctx) != 1
      || EVP_PKEY_fromdata (ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    return NULL;
  return pkey;
}

MdocBackendRsa *
mdoc_backend_rsa_new (MdocSpan n, MdocSpan e, GError **error)
{
  EVP_PKEY *pkey = make_pkey (n, e);
  MdocBackendRsa *self;

  if (pkey == NULL)
    {
      refuse (error, MDOC_CRYPTO_ERROR_KEY);
      return NULL;
    }

  self = g_new0 (MdocBackendRsa, 1);
  self->pkey = pkey;
  return self;
}

void
mdoc_backend_rsa_free (MdocBackendRsa *self)
{
  EVP_PKEY_free (self->pkey);
  g_free (self);
}

/* The length of the salt is given, as otherwise any would do. */
static gboolean
set_scheme (EVP_PKEY_CTX *ctx, MdocRsaScheme scheme)
{
  const EVP_MD *md = EVP_sha256 ();

  if (scheme == MDOC_RSA_PKCS1_SHA256)
    return EVP_PKEY_CTX_set_rsa_padding (ctx, RSA_PKCS1_PADDING) == 1
           && EVP_PKEY_CTX_set_signature_md (ctx, md) == 1;

  return EVP_PKEY_CTX_set_rsa_padding (ctx, RSA_PKCS1_PSS_PADDING) == 1
         && EVP_PKEY_CTX_set_signature_md (ctx, md) == 1
         && EVP_PKEY_CTX_set_rsa_mgf1_md (ctx, md) == 1
         && EVP_PKEY_CTX_set_rsa_pss_saltlen (ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

gboolean
mdoc_backend_rsa_verify (MdocBackendRsa *self,
                         MdocRsaScheme scheme,
                         MdocSpan digest,
                         MdocSpan signature,
                         gboolean *ret_valid,
                         GError **error)
{
  g_autoptr (EVP_PKEY_CTX) ctx = NULL;

  ctx = EVP_PKEY_CTX_new_from_pkey (NULL, self->pkey, NULL);
  if (ctx == NULL || EVP_PKEY_verify_init (ctx) != 1
      || !set_scheme (ctx, scheme))
    return refuse (error, MDOC_CRYPTO_ERROR_DEVICE);

  *ret_valid = EVP_PKEY_verify (ctx,
                                signature.data,
                                signature.len,
                                digest.data,
                                digest.len)
               == 1;
  if (!*ret_valid)
    ERR_clear_error ();

  return TRUE;
}
