/*
 * mdoc-mbedtls-key.c - curves, signatures and key agreement by Mbed TLS
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-backend.h"

#include "base/mdoc-secret.h"
#include "crypto/mbedtls/mdoc-mbedtls-compat.h"
#include "crypto/mdoc-crypto-private.h"

#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <string.h>

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (mbedtls_mpi, mbedtls_mpi_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (mbedtls_ecp_point, mbedtls_ecp_point_free)

/* What is made once for a curve and then shared by all threads. The group holds
 * a table of multiples of its base point, which the library fills when it first
 * multiplies that and only reads afterwards: without it a signature takes more
 * than twice the time. curve_load() has it filled before anybody else can see
 * the group. */
typedef struct
{
  MdocCurve curve;
  mbedtls_ecp_group_id id;
  gsize len; /* of a coordinate */
  gboolean is_loaded;
  mbedtls_ecp_group group;
} Curve;

struct _MdocBackendPublic
{
  Curve *curve;
  mbedtls_ecp_point point;
};

struct _MdocBackendPrivate
{
  Curve *curve;
  mbedtls_mpi d;
};

/* brainpoolP320r1 (RFC 5639, 3.5), which the library itself does not know but
 * computes like any other curve once it has the figures. */
static const guint8 bp320_p[] = { 0xd3, 0x5e, 0x47, 0x20, 0x36, 0xbc, 0x4f,
                                  0xb7, 0xe1, 0x3c, 0x78, 0x5e, 0xd2, 0x01,
                                  0xe0, 0x65, 0xf9, 0x8f, 0xcf, 0xa6, 0xf6,
                                  0xf4, 0x0d, 0xef, 0x4f, 0x92, 0xb9, 0xec,
                                  0x78, 0x93, 0xec, 0x28, 0xfc, 0xd4, 0x12,
                                  0xb1, 0xf1, 0xb3, 0x2e, 0x27 };
static const guint8 bp320_a[] = { 0x3e, 0xe3, 0x0b, 0x56, 0x8f, 0xba, 0xb0,
                                  0xf8, 0x83, 0xcc, 0xeb, 0xd4, 0x6d, 0x3f,
                                  0x3b, 0xb8, 0xa2, 0xa7, 0x35, 0x13, 0xf5,
                                  0xeb, 0x79, 0xda, 0x66, 0x19, 0x0e, 0xb0,
                                  0x85, 0xff, 0xa9, 0xf4, 0x92, 0xf3, 0x75,
                                  0xa9, 0x7d, 0x86, 0x0e, 0xb4 };
static const guint8 bp320_b[] = { 0x52, 0x08, 0x83, 0x94, 0x9d, 0xfd, 0xbc,
                                  0x42, 0xd3, 0xad, 0x19, 0x86, 0x40, 0x68,
                                  0x8a, 0x6f, 0xe1, 0x3f, 0x41, 0x34, 0x95,
                                  0x54, 0xb4, 0x9a, 0xcc, 0x31, 0xdc, 0xcd,
                                  0x88, 0x45, 0x39, 0x81, 0x6f, 0x5e, 0xb4,
                                  0xac, 0x8f, 0xb1, 0xf1, 0xa6 };
static const guint8 bp320_x[] = { 0x43, 0xbd, 0x7e, 0x9a, 0xfb, 0x53, 0xd8,
                                  0xb8, 0x52, 0x89, 0xbc, 0xc4, 0x8e, 0xe5,
                                  0xbf, 0xe6, 0xf2, 0x01, 0x37, 0xd1, 0x0a,
                                  0x08, 0x7e, 0xb6, 0xe7, 0x87, 0x1e, 0x2a,
                                  0x10, 0xa5, 0x99, 0xc7, 0x10, 0xaf, 0x8d,
                                  0x0d, 0x39, 0xe2, 0x06, 0x11 };
static const guint8 bp320_y[] = { 0x14, 0xfd, 0xd0, 0x55, 0x45, 0xec, 0x1c,
                                  0xc8, 0xab, 0x40, 0x93, 0x24, 0x7f, 0x77,
                                  0x27, 0x5e, 0x07, 0x43, 0xff, 0xed, 0x11,
                                  0x71, 0x82, 0xea, 0xa9, 0xc7, 0x78, 0x77,
                                  0xaa, 0xac, 0x6a, 0xc7, 0xd3, 0x52, 0x45,
                                  0xd1, 0x69, 0x2e, 0x8e, 0xe1 };
static const guint8 bp320_n[] = { 0xd3, 0x5e, 0x47, 0x20, 0x36, 0xbc, 0x4f,
                                  0xb7, 0xe1, 0x3c, 0x78, 0x5e, 0xd2, 0x01,
                                  0xe0, 0x65, 0xf9, 0x8f, 0xcf, 0xa5, 0xb6,
                                  0x8f, 0x12, 0xa3, 0x2d, 0x48, 0x2e, 0xc7,
                                  0xee, 0x86, 0x58, 0xe9, 0x86, 0x91, 0x55,
                                  0x5b, 0x44, 0xc5, 0x93, 0x11 };

static gboolean
refuse (GError **error, Curve *curve, MdocCryptoError code, const char *what)
{
  return mdoc_crypto_refuse (error,
                             code,
                             "%s: %s",
                             mdoc_curve_get_name (curve->curve),
                             what);
}

/* The library's way to ask for randomness: nonces of ECDSA, and the blinding
 * of every multiplication. */
static int
give_random (void *user_data, unsigned char *data, size_t len)
{
  mdoc_random_fill (data, len);
  return 0;
}

static gboolean
read_mpi (mbedtls_mpi *mpi, const guint8 *bytes, gsize len)
{
  return mbedtls_mpi_read_binary (mpi, bytes, len) == 0;
}

static gboolean
load_brainpool_p320 (mbedtls_ecp_group *group)
{
  const gsize len = sizeof (bp320_p);
  mbedtls_ecp_point *g = &group->G;

  if (!read_mpi (&group->P, bp320_p, len) || !read_mpi (&group->A, bp320_a, len)
      || !read_mpi (&group->B, bp320_b, len)
      || !read_mpi (&group->N, bp320_n, len)
      || !read_mpi (&g->MBEDTLS_PRIVATE (X), bp320_x, len)
      || !read_mpi (&g->MBEDTLS_PRIVATE (Y), bp320_y, len)
      || mbedtls_mpi_lset (&g->MBEDTLS_PRIVATE (Z), 1) != 0)
    return FALSE;

  group->pbits = mbedtls_mpi_bitlen (&group->P);
  group->nbits = mbedtls_mpi_bitlen (&group->N);
  return mbedtls_ecp_check_pubkey (group, g) == 0;
}

static gboolean
curve_load (Curve *self)
{
  g_auto (mbedtls_ecp_point) point;
  g_auto (mbedtls_mpi) two;

  mbedtls_ecp_point_init (&point);
  mbedtls_mpi_init (&two);
  mbedtls_ecp_group_init (&self->group);
  self->len = mdoc_curve_get_coordinate_len (self->curve);

  if (self->id == MBEDTLS_ECP_DP_NONE
          ? !load_brainpool_p320 (&self->group)
          : mbedtls_ecp_group_load (&self->group, self->id) != 0)
    return FALSE;

  if (!mdoc_curve_is_weierstrass (self->curve))
    return TRUE;

  return mbedtls_mpi_lset (&two, 2) == 0
         && mbedtls_ecp_mul (&self->group,
                             &point,
                             &two,
                             &self->group.G,
                             give_random,
                             NULL)
                == 0;
}

/* NULL for what this library, or this build of it, lacks */
static Curve *
find_curve (MdocCurve curve)
{
  static Curve curves[] = {
    { .curve = MDOC_CURVE_P256, .id = MBEDTLS_ECP_DP_SECP256R1 },
    { .curve = MDOC_CURVE_P384, .id = MBEDTLS_ECP_DP_SECP384R1 },
    { .curve = MDOC_CURVE_P521, .id = MBEDTLS_ECP_DP_SECP521R1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P256R1, .id = MBEDTLS_ECP_DP_BP256R1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P320R1, .id = MBEDTLS_ECP_DP_NONE },
    { .curve = MDOC_CURVE_BRAINPOOL_P384R1, .id = MBEDTLS_ECP_DP_BP384R1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P512R1, .id = MBEDTLS_ECP_DP_BP512R1 },
    { .curve = MDOC_CURVE_X25519, .id = MBEDTLS_ECP_DP_CURVE25519 },
    { .curve = MDOC_CURVE_X448, .id = MBEDTLS_ECP_DP_CURVE448 },
  };
  static gsize tried[G_N_ELEMENTS (curves)];

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      if (curves[i].curve != curve)
        continue;

      if (g_once_init_enter (&tried[i]))
        {
          curves[i].is_loaded = curve_load (&curves[i]);
          g_once_init_leave (&tried[i], 1);
        }

      return curves[i].is_loaded ? &curves[i] : NULL;
    }

  return NULL;
}

gboolean
mdoc_backend_has_curve (MdocCurve curve)
{
  return find_curve (curve) != NULL;
}

/* One of the two square roots of x^3 + a x + b, if that is a square; the
 * caller checks the point. All primes here are 3 modulo 4, so a root is the
 * power (p + 1) / 4. */
static gboolean
find_y (Curve *curve, mbedtls_mpi *x, gboolean is_odd, mbedtls_mpi *ret_y)
{
  mbedtls_ecp_group *group = &curve->group;
  g_auto (mbedtls_mpi) t;
  g_auto (mbedtls_mpi) e;

  mbedtls_mpi_init (&t);
  mbedtls_mpi_init (&e);

  /* t = x^2 + a, where no a stands for -3 */
  if (mbedtls_mpi_mul_mpi (&t, x, x) != 0)
    return FALSE;
  if (group->A.MBEDTLS_PRIVATE (p) == NULL
          ? mbedtls_mpi_sub_int (&t, &t, 3) != 0
          : mbedtls_mpi_add_mpi (&t, &t, &group->A) != 0)
    return FALSE;

  if (mbedtls_mpi_mul_mpi (&t, &t, x) != 0
      || mbedtls_mpi_add_mpi (&t, &t, &group->B) != 0
      || mbedtls_mpi_mod_mpi (&t, &t, &group->P) != 0
      || mbedtls_mpi_add_int (&e, &group->P, 1) != 0
      || mbedtls_mpi_shift_r (&e, 2) != 0
      || mbedtls_mpi_exp_mod (ret_y, &t, &e, &group->P, NULL) != 0)
    return FALSE;

  return mbedtls_mpi_get_bit (ret_y, 0) == (is_odd ? 1 : 0)
         || mbedtls_mpi_sub_mpi (ret_y, &group->P, ret_y) == 0;
}

static gboolean
load_point (MdocBackendPublic *self,
            const guint8 *x,
            const guint8 *y,
            gboolean y_is_odd)
{
  Curve *curve = self->curve;
  mbedtls_mpi *px = &self->point.MBEDTLS_PRIVATE (X);
  mbedtls_mpi *py = &self->point.MBEDTLS_PRIVATE (Y);
  mbedtls_mpi *pz = &self->point.MBEDTLS_PRIVATE (Z);

  /* any bytes are a point of RFC 7748; those of small order are found out when
   * agreeing */
  if (!mdoc_curve_is_weierstrass (curve->curve))
    return mbedtls_ecp_point_read_binary (&curve->group,
                                          &self->point,
                                          x,
                                          curve->len)
           == 0;

  if (!read_mpi (px, x, curve->len) || mbedtls_mpi_lset (pz, 1) != 0)
    return FALSE;

  if (y != NULL ? !read_mpi (py, y, curve->len)
                : !find_y (curve, px, y_is_odd, py))
    return FALSE;

  return mbedtls_ecp_check_pubkey (&curve->group, &self->point) == 0;
}

MdocBackendPublic *
mdoc_backend_public_new (MdocCurve curve,
                         const guint8 *x,
                         const guint8 *y,
                         gboolean y_is_odd,
                         guint8 *ret_y,
                         GError **error)
{
  MdocBackendPublic *self = g_new0 (MdocBackendPublic, 1);

  self->curve = find_curve (curve);
  mbedtls_ecp_point_init (&self->point);
  if (!load_point (self, x, y, y_is_odd)
      || (ret_y != NULL
          && mbedtls_mpi_write_binary (&self->point.MBEDTLS_PRIVATE (Y),
                                       ret_y,
                                       self->curve->len)
                 != 0))
    {
      refuse (error,
              self->curve,
              MDOC_CRYPTO_ERROR_KEY,
              "not a point of the curve");
      mdoc_backend_public_free (self);
      return NULL;
    }

  return self;
}

void
mdoc_backend_public_free (MdocBackendPublic *self)
{
  mbedtls_ecp_point_free (&self->point);
  g_free (self);
}

gboolean
mdoc_backend_verify_ecdsa (MdocBackendPublic *self,
                           MdocSpan digest,
                           const guint8 *signature,
                           gboolean *ret_valid,
                           GError **error)
{
  const gsize len = self->curve->len;
  g_auto (mbedtls_mpi) r;
  g_auto (mbedtls_mpi) s;

  mbedtls_mpi_init (&r);
  mbedtls_mpi_init (&s);
  if (!read_mpi (&r, signature, len) || !read_mpi (&s, signature + len, len))
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "Mbed TLS is out of memory");

  *ret_valid = mbedtls_ecdsa_verify (&self->curve->group,
                                     digest.data,
                                     digest.len,
                                     &self->point,
                                     &r,
                                     &s)
               == 0;
  return TRUE;
}

gboolean
mdoc_backend_verify_eddsa (MdocBackendPublic *self,
                           MdocSpan message,
                           MdocSpan signature,
                           gboolean *ret_valid,
                           GError **error)
{
  /* not reached: there is no key of such a curve */
  return mdoc_crypto_refuse_unsupported (error, "EdDSA");
}

/* RFC 7748, 5: the bits that every private key has set or cleared */
static gboolean
read_montgomery (mbedtls_mpi *d, const guint8 *bytes, gsize len)
{
  guint8 clamped[MDOC_COORDINATE_MAX_LEN];
  MDOC_WIPE_ON_EXIT (clamped);

  memcpy (clamped, bytes, len);
  if (len == 32)
    {
      clamped[0] &= 0xf8;
      clamped[31] &= 0x7f;
      clamped[31] |= 0x40;
    }
  else
    {
      clamped[0] &= 0xfc;
      clamped[55] |= 0x80;
    }

  return mbedtls_mpi_read_binary_le (d, clamped, len) == 0;
}

static gboolean
put_public (Curve *curve,
            mbedtls_ecp_point *point,
            guint8 *ret_x,
            guint8 *ret_y)
{
  mbedtls_mpi *x = &point->MBEDTLS_PRIVATE (X);
  mbedtls_mpi *y = &point->MBEDTLS_PRIVATE (Y);

  if (!mdoc_curve_is_weierstrass (curve->curve))
    return mbedtls_mpi_write_binary_le (x, ret_x, curve->len) == 0;

  return mbedtls_mpi_write_binary (x, ret_x, curve->len) == 0
         && mbedtls_mpi_write_binary (y, ret_y, curve->len) == 0;
}

MdocBackendPrivate *
mdoc_backend_private_new (MdocCurve curve,
                          const guint8 *d,
                          guint8 *ret_x,
                          guint8 *ret_y,
                          GError **error)
{
  MdocBackendPrivate *self = g_new0 (MdocBackendPrivate, 1);
  g_auto (mbedtls_ecp_point) point;
  gboolean ok;

  self->curve = find_curve (curve);
  mbedtls_mpi_init (&self->d);
  mbedtls_ecp_point_init (&point);

  ok = mdoc_curve_is_weierstrass (curve)
           ? read_mpi (&self->d, d, self->curve->len)
           : read_montgomery (&self->d, d, self->curve->len);
  if (ok && mbedtls_ecp_check_privkey (&self->curve->group, &self->d) != 0)
    {
      refuse (error,
              self->curve,
              MDOC_CRYPTO_ERROR_KEY,
              "private key out of range");
      mdoc_backend_private_free (self);
      return NULL;
    }

  if (!ok
      || mbedtls_ecp_mul (&self->curve->group,
                          &point,
                          &self->d,
                          &self->curve->group.G,
                          give_random,
                          NULL)
             != 0
      || !put_public (self->curve, &point, ret_x, ret_y))
    {
      refuse (error,
              self->curve,
              MDOC_CRYPTO_ERROR_DEVICE,
              "Mbed TLS cannot make the key");
      mdoc_backend_private_free (self);
      return NULL;
    }

  return self;
}

void
mdoc_backend_private_free (MdocBackendPrivate *self)
{
  mbedtls_mpi_free (&self->d); /* wipes it */
  g_free (self);
}

gboolean
mdoc_backend_sign_ecdsa (MdocBackendPrivate *self,
                         MdocSpan digest,
                         guint8 *ret_signature,
                         GError **error)
{
  const gsize len = self->curve->len;
  g_auto (mbedtls_mpi) r;
  g_auto (mbedtls_mpi) s;

  mbedtls_mpi_init (&r);
  mbedtls_mpi_init (&s);
  if (mbedtls_ecdsa_sign (&self->curve->group,
                          &r,
                          &s,
                          &self->d,
                          digest.data,
                          digest.len,
                          give_random,
                          NULL)
          != 0
      || mbedtls_mpi_write_binary (&r, ret_signature, len) != 0
      || mbedtls_mpi_write_binary (&s, ret_signature + len, len) != 0)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "Mbed TLS failed to sign");

  return TRUE;
}

gboolean
mdoc_backend_sign_eddsa (MdocBackendPrivate *self,
                         MdocSpan message,
                         guint8 *ret_signature,
                         GError **error)
{
  /* not reached: there is no key of such a curve */
  return mdoc_crypto_refuse_unsupported (error, "EdDSA");
}

gboolean
mdoc_backend_agree (MdocBackendPrivate *self,
                    MdocBackendPublic *peer,
                    guint8 *ret_shared,
                    GError **error)
{
  g_auto (mbedtls_mpi) z;
  gboolean ok;

  mbedtls_mpi_init (&z);
  ok = mbedtls_ecdh_compute_shared (&self->curve->group,
                                    &z,
                                    &peer->point,
                                    &self->d,
                                    give_random,
                                    NULL)
       == 0;
  if (ok)
    ok = mdoc_curve_is_weierstrass (self->curve->curve)
             ? mbedtls_mpi_write_binary (&z, ret_shared, self->curve->len) == 0
             : mbedtls_mpi_write_binary_le (&z, ret_shared, self->curve->len)
                   == 0;
  if (!ok)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_KEY,
                   "cannot agree with this peer's key");

  return TRUE;
}
