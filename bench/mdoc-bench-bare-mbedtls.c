/*
 * mdoc-bench-bare-mbedtls.c - the primitives alone, from Mbed TLS
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "bench/mdoc-bench-bare.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/entropy.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256 mbedtls_sha256_ret
#endif

struct _MdocBenchBare
{
  mbedtls_mpi d;
  mbedtls_ecp_point q;
  mbedtls_mpi r;
  mbedtls_mpi s;
};

/* a group that stays keeps its table of multiples of the base point */
static mbedtls_ecp_group *
get_group (void)
{
  static mbedtls_ecp_group group;
  static gboolean is_loaded;

  if (!is_loaded)
    {
      mbedtls_ecp_group_init (&group);
      g_assert_cmpint (mbedtls_ecp_group_load (&group,
                                               MBEDTLS_ECP_DP_SECP256R1),
                       ==,
                       0);
      is_loaded = TRUE;
    }
  return &group;
}

static mbedtls_ctr_drbg_context *
get_generator (void)
{
  static mbedtls_ctr_drbg_context generator;
  static mbedtls_entropy_context entropy;
  static gboolean is_seeded;

  if (!is_seeded)
    {
      mbedtls_entropy_init (&entropy);
      mbedtls_ctr_drbg_init (&generator);
      g_assert_cmpint (mbedtls_ctr_drbg_seed (&generator,
                                              mbedtls_entropy_func,
                                              &entropy,
                                              NULL,
                                              0),
                       ==,
                       0);
      is_seeded = TRUE;
    }
  return &generator;
}

MdocBenchBare *
mdoc_bench_bare_new (const guint8 *d, const guint8 *x, const guint8 *y)
{
  MdocBenchBare *self = g_new0 (MdocBenchBare, 1);
  guint8 point[65] = { 0x04 };

  memcpy (point + 1, x, 32);
  memcpy (point + 33, y, 32);
  mbedtls_mpi_init (&self->d);
  mbedtls_mpi_init (&self->r);
  mbedtls_mpi_init (&self->s);
  mbedtls_ecp_point_init (&self->q);
  g_assert_cmpint (mbedtls_mpi_read_binary (&self->d, d, 32), ==, 0);
  g_assert_cmpint (mbedtls_ecp_point_read_binary (get_group (),
                                                  &self->q,
                                                  point,
                                                  sizeof point),
                   ==,
                   0);
  return self;
}

void
mdoc_bench_bare_free (MdocBenchBare *self)
{
  mbedtls_mpi_free (&self->d);
  mbedtls_mpi_free (&self->r);
  mbedtls_mpi_free (&self->s);
  mbedtls_ecp_point_free (&self->q);
  g_free (self);
}

void
mdoc_bench_bare_sign (MdocBenchBare *self, const guint8 *digest)
{
  g_assert_cmpint (mbedtls_ecdsa_sign (get_group (),
                                       &self->r,
                                       &self->s,
                                       &self->d,
                                       digest,
                                       32,
                                       mbedtls_ctr_drbg_random,
                                       get_generator ()),
                   ==,
                   0);
}

void
mdoc_bench_bare_verify (MdocBenchBare *self, const guint8 *digest)
{
  g_assert_cmpint (mbedtls_ecdsa_verify (get_group (),
                                         digest,
                                         32,
                                         &self->q,
                                         &self->r,
                                         &self->s),
                   ==,
                   0);
}

void
mdoc_bench_bare_agree (MdocBenchBare *self,
                       MdocBenchBare *peer,
                       guint8 ret_secret[32])
{
  mbedtls_mpi z;

  mbedtls_mpi_init (&z);
  g_assert_cmpint (mbedtls_ecdh_compute_shared (get_group (),
                                                &z,
                                                &peer->q,
                                                &self->d,
                                                mbedtls_ctr_drbg_random,
                                                get_generator ()),
                   ==,
                   0);
  g_assert_cmpint (mbedtls_mpi_write_binary (&z, ret_secret, 32), ==, 0);
  mbedtls_mpi_free (&z);
}

void
mdoc_bench_bare_sha256 (const guint8 *data, gsize len, guint8 ret_digest[32])
{
  g_assert_cmpint (mbedtls_sha256 (data, len, ret_digest, 0), ==, 0);
}

void
mdoc_bench_bare_hmac (const guint8 key[32],
                      const guint8 *data,
                      gsize len,
                      guint8 ret_mac[32])
{
  g_assert_cmpint (mbedtls_md_hmac (mbedtls_md_info_from_type (
                                        MBEDTLS_MD_SHA256),
                                    key,
                                    32,
                                    data,
                                    len,
                                    ret_mac),
                   ==,
                   0);
}

void
mdoc_bench_bare_random (guint8 *data, gsize len)
{
  for (gsize done = 0; done < len; done += MBEDTLS_CTR_DRBG_MAX_REQUEST)
    g_assert_cmpint (
        mbedtls_ctr_drbg_random (get_generator (),
                                 data + done,
                                 MIN (len - done,
                                      (gsize) MBEDTLS_CTR_DRBG_MAX_REQUEST)),
        ==,
        0);
}
