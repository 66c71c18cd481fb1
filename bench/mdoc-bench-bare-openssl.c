/*
 * mdoc-bench-bare-openssl.c - the primitives alone, from OpenSSL
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "bench/mdoc-bench-bare.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

struct _MdocBenchBare
{
  EVP_PKEY *key;
  EVP_PKEY_CTX *sign;
  EVP_PKEY_CTX *verify;
  EVP_PKEY_CTX *agree;
  guint8 signature[80];
  size_t signature_len;
};

MdocBenchBare *
mdoc_bench_bare_new (const guint8 *d, const guint8 *x, const guint8 *y)
{
  MdocBenchBare *self = g_new0 (MdocBenchBare, 1);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new ();
  BIGNUM *scalar = BN_bin2bn (d, 32, NULL);
  guint8 point[65] = { 0x04 };
  OSSL_PARAM *params;

  memcpy (point + 1, x, 32);
  memcpy (point + 33, y, 32);
  g_assert_true (OSSL_PARAM_BLD_push_utf8_string (builder,
                                                  OSSL_PKEY_PARAM_GROUP_NAME,
                                                  "P-256",
                                                  0));
  g_assert_true (
      OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar));
  g_assert_true (OSSL_PARAM_BLD_push_octet_string (builder,
                                                   OSSL_PKEY_PARAM_PUB_KEY,
                                                   point,
                                                   sizeof point));
  params = OSSL_PARAM_BLD_to_param (builder);
  g_assert_cmpint (EVP_PKEY_fromdata_init (context), ==, 1);
  g_assert_cmpint (EVP_PKEY_fromdata (context,
                                      &self->key,
                                      EVP_PKEY_KEYPAIR,
                                      params),
                   ==,
                   1);

  self->sign = EVP_PKEY_CTX_new (self->key, NULL);
  self->verify = EVP_PKEY_CTX_new (self->key, NULL);
  self->agree = EVP_PKEY_CTX_new (self->key, NULL);
  g_assert_cmpint (EVP_PKEY_sign_init (self->sign), ==, 1);
  g_assert_cmpint (EVP_PKEY_verify_init (self->verify), ==, 1);
  g_assert_cmpint (EVP_PKEY_derive_init (self->agree), ==, 1);

  OSSL_PARAM_free (params);
  OSSL_PARAM_BLD_free (builder);
  BN_free (scalar);
  EVP_PKEY_CTX_free (context);
  return self;
}

void
mdoc_bench_bare_free (MdocBenchBare *self)
{
  EVP_PKEY_CTX_free (self->sign);
  EVP_PKEY_CTX_free (self->verify);
  EVP_PKEY_CTX_free (self->agree);
  EVP_PKEY_free (self->key);
  g_free (self);
}

void
mdoc_bench_bare_sign (MdocBenchBare *self, const guint8 *digest)
{
  self->signature_len = sizeof self->signature;
  g_assert_cmpint (EVP_PKEY_sign (self->sign,
                                  self->signature,
                                  &self->signature_len,
                                  digest,
                                  32),
                   ==,
                   1);
}

void
mdoc_bench_bare_verify (MdocBenchBare *self, const guint8 *digest)
{
  g_assert_cmpint (EVP_PKEY_verify (self->verify,
                                    self->signature,
                                    self->signature_len,
                                    digest,
                                    32),
                   ==,
                   1);
}

void
mdoc_bench_bare_agree (MdocBenchBare *self,
                       MdocBenchBare *peer,
                       guint8 ret_secret[32])
{
  size_t len = 32;

  /* no validation of the peer's key, which costs a multiplication more */
  g_assert_cmpint (EVP_PKEY_derive_set_peer_ex (self->agree, peer->key, 0),
                   ==,
                   1);
  g_assert_cmpint (EVP_PKEY_derive (self->agree, ret_secret, &len), ==, 1);
}

void
mdoc_bench_bare_sha256 (const guint8 *data, gsize len, guint8 ret_digest[32])
{
  g_assert_cmpint (EVP_Q_digest (NULL,
                                 "SHA256",
                                 NULL,
                                 data,
                                 len,
                                 ret_digest,
                                 NULL),
                   ==,
                   1);
}

void
mdoc_bench_bare_hmac (const guint8 key[32],
                      const guint8 *data,
                      gsize len,
                      guint8 ret_mac[32])
{
  g_assert_nonnull (HMAC (EVP_sha256 (), key, 32, data, len, ret_mac, NULL));
}

void
mdoc_bench_bare_random (guint8 *data, gsize len)
{
  g_assert_cmpint (RAND_bytes (data, (int) len), ==, 1);
}
