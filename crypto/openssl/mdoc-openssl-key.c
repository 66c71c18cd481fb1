/*
 * mdoc-openssl-key.c - curves, signatures and key agreement by OpenSSL 3
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-backend.h"

#include "base/mdoc-secret.h"
#include "crypto/mdoc-crypto-private.h"
#include "crypto/mdoc-der.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <string.h>

/* RFC 7748, 4: prime and d of the two Edwards curves */
#define ED25519_P                                                              \
  "7fffffffffffffffffffffffffffffff"                                           \
  "ffffffffffffffffffffffffffffffed"
#define ED25519_D                                                              \
  "52036cee2b6ffe738cc740797779e898"                                           \
  "00700a4d4141d8ab75eb4dca135978a3"
#define ED448_P                                                                \
  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"                   \
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define ED448_D "-98a9"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BN_CTX, BN_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EC_POINT, EC_POINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY_CTX, EVP_PKEY_CTX_free)

/* What is made once for a curve and then shared, unchanged, by all threads.
 * A group costs more to make than a point to check. */
typedef struct
{
  MdocCurve curve;
  int nid;
  const char *name; /* as OpenSSL calls it */
  gsize len;        /* of a coordinate */
  EC_GROUP *group;  /* EC2 alone, and so is the next */
  EVP_PKEY *parameters;
} Curve;

struct _MdocBackendPublic
{
  const Curve *curve;
  guint8 point[MDOC_POINT_MAX_LEN];
  gsize point_len;
  gpointer pkey;   /* EVP_PKEY *; made when first needed */
  gpointer verify; /* EVP_PKEY_CTX *, when nobody is using it */
};

struct _MdocBackendPrivate
{
  const Curve *curve;
  EVP_PKEY *pkey;
  EVP_PKEY_CTX *sign; /* made when first needed, and so is the next */
  EVP_PKEY_CTX *derive;
};

/* Also empties the library's queue of errors, which nobody else reads. */
static gboolean
refuse (GError **error,
        const Curve *curve,
        MdocCryptoError code,
        const char *what)
{
  ERR_clear_error ();
  return mdoc_crypto_refuse (error, code, "%s: %s", curve->name, what);
}

static void
curve_load (Curve *self)
{
  g_autoptr (EVP_PKEY_CTX) ctx = NULL;
  g_autofree char *name = g_strdup (self->name);
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
    OSSL_PARAM_construct_end ()
  };

  self->group = EC_GROUP_new_by_curve_name (self->nid);
  ctx = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  if (ctx == NULL || EVP_PKEY_fromdata_init (ctx) != 1
      || EVP_PKEY_fromdata (ctx,
                            &self->parameters,
                            EVP_PKEY_KEY_PARAMETERS,
                            params)
             != 1)
    g_clear_pointer (&self->group, EC_GROUP_free);

  ERR_clear_error ();
}

/* Some builds of OpenSSL leave curves out; then there is no group. */
static const Curve *
find_curve (MdocCurve curve)
{
  static Curve curves[] = {
    { .curve = MDOC_CURVE_P256,
      .nid = NID_X9_62_prime256v1,
      .name = SN_X9_62_prime256v1 },
    { .curve = MDOC_CURVE_P384, .nid = NID_secp384r1, .name = SN_secp384r1 },
    { .curve = MDOC_CURVE_P521, .nid = NID_secp521r1, .name = SN_secp521r1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P256R1,
      .nid = NID_brainpoolP256r1,
      .name = SN_brainpoolP256r1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P320R1,
      .nid = NID_brainpoolP320r1,
      .name = SN_brainpoolP320r1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P384R1,
      .nid = NID_brainpoolP384r1,
      .name = SN_brainpoolP384r1 },
    { .curve = MDOC_CURVE_BRAINPOOL_P512R1,
      .nid = NID_brainpoolP512r1,
      .name = SN_brainpoolP512r1 },
    { .curve = MDOC_CURVE_X25519, .nid = NID_X25519, .name = SN_X25519 },
    { .curve = MDOC_CURVE_X448, .nid = NID_X448, .name = SN_X448 },
    { .curve = MDOC_CURVE_ED25519, .nid = NID_ED25519, .name = SN_ED25519 },
    { .curve = MDOC_CURVE_ED448, .nid = NID_ED448, .name = SN_ED448 },
  };
  static gsize loaded[G_N_ELEMENTS (curves)];

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      if (curves[i].curve != curve)
        continue;

      if (g_once_init_enter (&loaded[i]))
        {
          curves[i].len = mdoc_curve_get_coordinate_len (curve);
          if (mdoc_curve_is_weierstrass (curve))
            curve_load (&curves[i]);
          g_once_init_leave (&loaded[i], 1);
        }

      return &curves[i];
    }

  return NULL;
}

gboolean
mdoc_backend_has_curve (MdocCurve curve)
{
  const Curve *found = find_curve (curve);

  return found != NULL
         && (found->group != NULL || !mdoc_curve_is_weierstrass (curve));
}

/* Is @y, little-endian with the sign of x in its top bit, a point of
 * edwards25519 (-x^2 + y^2 = 1 + d x^2 y^2) or edwards448 (x^2 + ...)? Then
 * x^2 = u/v is a square, and so is u v. OpenSSL itself finds out no sooner than
 * when verifying, where it looks like a bad signature. */
static gboolean
is_edwards_point (const Curve *curve, const guint8 *y_bytes)
{
  const gboolean is_448 = curve->curve == MDOC_CURVE_ED448;
  const char *p_hex = is_448 ? ED448_P : ED25519_P;
  const char *d_hex = is_448 ? ED448_D : ED25519_D;
  g_autoptr (BN_CTX) ctx = BN_CTX_new ();
  g_autoptr (BIGNUM) p = NULL;
  g_autoptr (BIGNUM) d = NULL;
  g_autoptr (BIGNUM) y2 = NULL;
  g_autoptr (BIGNUM) u = BN_new ();
  g_autoptr (BIGNUM) v = BN_new ();
  guint8 bytes[57];

  memcpy (bytes, y_bytes, curve->len);
  bytes[curve->len - 1] &= 0x7f;
  y2 = BN_lebin2bn (bytes, (int) curve->len, NULL);
  if (ctx == NULL || u == NULL || v == NULL || y2 == NULL
      || BN_hex2bn (&p, p_hex) == 0 || BN_hex2bn (&d, d_hex) == 0
      || BN_cmp (y2, p) >= 0)
    return FALSE;

  /* u = y^2 - 1; v = d y^2 + 1, or d y^2 - 1 for edwards448 */
  if (!BN_mod_sqr (y2, y2, p, ctx) || !BN_sub (u, y2, BN_value_one ())
      || !BN_mul (v, d, y2, ctx))
    return FALSE;
  if (!(is_448 ? BN_sub (v, v, BN_value_one ())
               : BN_add (v, v, BN_value_one ())))
    return FALSE;
  if (!BN_mod_mul (u, u, v, p, ctx))
    return FALSE;

  return BN_kronecker (u, p, ctx) >= 0;
}

static gboolean
check_okp (MdocBackendPublic *self, GError **error)
{
  if ((self->curve->curve == MDOC_CURVE_ED25519
       || self->curve->curve == MDOC_CURVE_ED448)
      && !is_edwards_point (self->curve, self->point))
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_KEY,
                   "not a point of the curve");

  return TRUE;
}

/* Only oct2point refuses coordinates beyond the field's prime. */
static gboolean
check_ec (MdocBackendPublic *self, gboolean is_compressed, GError **error)
{
  const Curve *curve = self->curve;
  g_autoptr (EC_POINT) point = EC_POINT_new (curve->group);

  if (point == NULL
      || EC_POINT_oct2point (curve->group,
                             point,
                             self->point,
                             self->point_len,
                             NULL)
             != 1)
    return refuse (error,
                   curve,
                   MDOC_CRYPTO_ERROR_KEY,
                   "not a point of the curve");

  if (is_compressed)
    self->point_len = EC_POINT_point2oct (curve->group,
                                          point,
                                          POINT_CONVERSION_UNCOMPRESSED,
                                          self->point,
                                          sizeof (self->point),
                                          NULL);

  return TRUE;
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
  gboolean ok;
  gsize len;

  self->curve = find_curve (curve);
  len = self->curve->len;
  if (self->curve->group == NULL)
    {
      memcpy (self->point, x, len);
      self->point_len = len;
      ok = check_okp (self, error);
    }
  else
    {
      self->point[0] = y != NULL ? 4 : y_is_odd ? 3 : 2;
      memcpy (self->point + 1, x, len);
      if (y != NULL)
        memcpy (self->point + 1 + len, y, len);
      self->point_len = 1 + len + (y != NULL ? len : 0);
      ok = check_ec (self, y == NULL, error);
    }

  if (!ok)
    {
      g_free (self);
      return NULL;
    }

  if (ret_y != NULL)
    memcpy (ret_y, self->point + 1 + len, len);
  return self;
}

void
mdoc_backend_public_free (MdocBackendPublic *self)
{
  EVP_PKEY_CTX_free (self->verify);
  EVP_PKEY_free (self->pkey);
  g_free (self);
}

static EVP_PKEY *
make_pkey (MdocBackendPublic *self)
{
  g_autoptr (EVP_PKEY) pkey = NULL;

  if (self->curve->group == NULL)
    return EVP_PKEY_new_raw_public_key_ex (NULL,
                                           self->curve->name,
                                           NULL,
                                           self->point,
                                           self->point_len);

  /* a third of what EVP_PKEY_fromdata() takes */
  pkey = EVP_PKEY_dup (self->curve->parameters);
  if (pkey == NULL
      || EVP_PKEY_set1_encoded_public_key (pkey, self->point, self->point_len)
             != 1)
    return NULL;

  return g_steal_pointer (&pkey);
}

/* Two threads may both make one; the first stays. */
static EVP_PKEY *
public_get_pkey (MdocBackendPublic *self)
{
  EVP_PKEY *pkey = g_atomic_pointer_get (&self->pkey);

  if (pkey != NULL)
    return pkey;

  pkey = make_pkey (self);
  if (pkey != NULL
      && !g_atomic_pointer_compare_and_exchange (&self->pkey, NULL, pkey))
    EVP_PKEY_free (pkey);

  return g_atomic_pointer_get (&self->pkey);
}

/* A context serves one thread at a time, so it is taken out while in use. */
static EVP_PKEY_CTX *
take_verify (MdocBackendPublic *self)
{
  g_autoptr (EVP_PKEY_CTX) ctx = g_atomic_pointer_exchange (&self->verify,
                                                            NULL);
  EVP_PKEY *pkey;

  if (ctx != NULL)
    return g_steal_pointer (&ctx);

  pkey = public_get_pkey (self);
  if (pkey == NULL)
    return NULL;

  ctx = EVP_PKEY_CTX_new_from_pkey (NULL, pkey, NULL);
  if (ctx == NULL || EVP_PKEY_verify_init (ctx) != 1)
    return NULL;

  return g_steal_pointer (&ctx);
}

gboolean
mdoc_backend_verify_ecdsa (MdocBackendPublic *self,
                           MdocSpan digest,
                           const guint8 *signature,
                           gboolean *ret_valid,
                           GError **error)
{
  EVP_PKEY_CTX *ctx = take_verify (self);
  guint8 der[MDOC_DER_SIGNATURE_MAX_LEN];
  gsize der_len;

  if (ctx == NULL)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "OpenSSL does not take the key");

  der_len = mdoc_der_signature_from_raw (signature, self->curve->len, der);
  *ret_valid = EVP_PKEY_verify (ctx, der, der_len, digest.data, digest.len)
               == 1;
  if (!*ret_valid)
    ERR_clear_error ();

  EVP_PKEY_CTX_free (g_atomic_pointer_exchange (&self->verify, ctx));
  return TRUE;
}

gboolean
mdoc_backend_verify_eddsa (MdocBackendPublic *self,
                           MdocSpan message,
                           MdocSpan signature,
                           gboolean *ret_valid,
                           GError **error)
{
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  EVP_PKEY *pkey = public_get_pkey (self);

  if (ctx == NULL || pkey == NULL
      || EVP_DigestVerifyInit_ex (ctx, NULL, NULL, NULL, NULL, pkey, NULL) != 1)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "OpenSSL does not take the key");

  *ret_valid = EVP_DigestVerify (ctx,
                                 signature.data,
                                 signature.len,
                                 message.data,
                                 message.len)
               == 1;
  if (!*ret_valid)
    ERR_clear_error ();

  return TRUE;
}

static gboolean
load_okp (MdocBackendPrivate *self, const guint8 *d, guint8 *ret_x)
{
  gsize len = self->curve->len;

  self->pkey = EVP_PKEY_new_raw_private_key_ex (NULL,
                                                self->curve->name,
                                                NULL,
                                                d,
                                                len);
  return self->pkey != NULL
         && EVP_PKEY_get_raw_public_key (self->pkey, ret_x, &len) == 1
         && len == self->curve->len;
}

static EVP_PKEY *
make_private_pkey (const Curve *curve, const BIGNUM *d)
{
  g_autoptr (EVP_PKEY_CTX) ctx = NULL;
  EVP_PKEY *pkey = NULL;
  g_autofree char *name = g_strdup (curve->name);
  guint8 native[MDOC_COORDINATE_MAX_LEN];
  MDOC_WIPE_ON_EXIT (native);
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
    OSSL_PARAM_construct_BN (OSSL_PKEY_PARAM_PRIV_KEY, native, curve->len),
    OSSL_PARAM_construct_end ()
  };

  ctx = EVP_PKEY_CTX_new_from_name (NULL, "EC", NULL);
  if (ctx == NULL || BN_bn2nativepad (d, native, (int) curve->len) < 0
      || EVP_PKEY_fromdata_init (ctx) != 1
      || EVP_PKEY_fromdata (ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
    return NULL;

  return pkey;
}

/* FALSE with @error set only if the scalar is at fault */
static gboolean
load_ec (MdocBackendPrivate *self,
         const guint8 *d_bytes,
         guint8 *ret_x,
         guint8 *ret_y,
         GError **error)
{
  const Curve *curve = self->curve;
  g_autoptr (BIGNUM) d = BN_secure_new ();
  g_autoptr (EC_POINT) point = EC_POINT_new (curve->group);
  guint8 bytes[MDOC_POINT_MAX_LEN];

  if (d == NULL || point == NULL
      || BN_bin2bn (d_bytes, (int) curve->len, d) == NULL)
    return FALSE;

  BN_set_flags (d, BN_FLG_CONSTTIME);
  if (BN_is_zero (d) || BN_cmp (d, EC_GROUP_get0_order (curve->group)) >= 0)
    return refuse (error,
                   curve,
                   MDOC_CRYPTO_ERROR_KEY,
                   "private key out of range");

  if (EC_POINT_mul (curve->group, point, d, NULL, NULL, NULL) != 1
      || EC_POINT_point2oct (curve->group,
                             point,
                             POINT_CONVERSION_UNCOMPRESSED,
                             bytes,
                             sizeof (bytes),
                             NULL)
             != 1 + 2 * curve->len)
    return FALSE;

  self->pkey = make_private_pkey (curve, d);
  if (self->pkey == NULL)
    return FALSE;

  memcpy (ret_x, bytes + 1, curve->len);
  memcpy (ret_y, bytes + 1 + curve->len, curve->len);
  return TRUE;
}

MdocBackendPrivate *
mdoc_backend_private_new (MdocCurve curve,
                          const guint8 *d,
                          guint8 *ret_x,
                          guint8 *ret_y,
                          GError **error)
{
  MdocBackendPrivate *self = g_new0 (MdocBackendPrivate, 1);
  g_autoptr (GError) local_error = NULL;
  gboolean ok;

  self->curve = find_curve (curve);
  ok = self->curve->group == NULL
           ? load_okp (self, d, ret_x)
           : load_ec (self, d, ret_x, ret_y, &local_error);
  if (ok)
    return self;

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    refuse (error,
            self->curve,
            MDOC_CRYPTO_ERROR_DEVICE,
            "OpenSSL cannot make the key");

  mdoc_backend_private_free (self);
  return NULL;
}

void
mdoc_backend_private_free (MdocBackendPrivate *self)
{
  EVP_PKEY_CTX_free (self->sign);
  EVP_PKEY_CTX_free (self->derive);
  EVP_PKEY_free (self->pkey);
  g_free (self);
}

gboolean
mdoc_backend_sign_ecdsa (MdocBackendPrivate *self,
                         MdocSpan digest,
                         guint8 *ret_signature,
                         GError **error)
{
  guint8 der[MDOC_DER_SIGNATURE_MAX_LEN];
  gsize der_len = sizeof (der);

  if (self->sign == NULL)
    {
      g_autoptr (EVP_PKEY_CTX) ctx = NULL;

      ctx = EVP_PKEY_CTX_new_from_pkey (NULL, self->pkey, NULL);
      if (ctx != NULL && EVP_PKEY_sign_init (ctx) == 1)
        self->sign = g_steal_pointer (&ctx);
    }

  if (self->sign == NULL
      || EVP_PKEY_sign (self->sign, der, &der_len, digest.data, digest.len) != 1
      || !mdoc_der_signature_to_raw (MDOC_SPAN (der, der_len),
                                     self->curve->len,
                                     ret_signature))
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "OpenSSL failed to sign");

  return TRUE;
}

gboolean
mdoc_backend_sign_eddsa (MdocBackendPrivate *self,
                         MdocSpan message,
                         guint8 *ret_signature,
                         GError **error)
{
  g_autoptr (EVP_MD_CTX) ctx = EVP_MD_CTX_new ();
  gsize len = 2 * self->curve->len;

  if (ctx == NULL
      || EVP_DigestSignInit_ex (ctx, NULL, NULL, NULL, NULL, self->pkey, NULL)
             != 1
      || EVP_DigestSign (ctx, ret_signature, &len, message.data, message.len)
             != 1)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "OpenSSL failed to sign");

  return TRUE;
}

gboolean
mdoc_backend_agree (MdocBackendPrivate *self,
                    MdocBackendPublic *peer,
                    guint8 *ret_shared,
                    GError **error)
{
  EVP_PKEY *peer_pkey = public_get_pkey (peer);
  gsize len = self->curve->len;

  if (self->derive == NULL)
    {
      g_autoptr (EVP_PKEY_CTX) ctx = NULL;

      ctx = EVP_PKEY_CTX_new_from_pkey (NULL, self->pkey, NULL);
      if (ctx != NULL && EVP_PKEY_derive_init (ctx) == 1)
        self->derive = g_steal_pointer (&ctx);
    }

  if (self->derive == NULL || peer_pkey == NULL)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_DEVICE,
                   "OpenSSL failed to agree");

  /* Not validated a second time: the peer's point is on its curve, and all
   * curves here have prime order or are RFC 7748's. That halves the cost.
   * An output of zero makes OpenSSL fail. */
  if (EVP_PKEY_derive_set_peer_ex (self->derive, peer_pkey, 0) != 1
      || EVP_PKEY_derive (self->derive, ret_shared, &len) != 1
      || len != self->curve->len)
    return refuse (error,
                   self->curve,
                   MDOC_CRYPTO_ERROR_KEY,
                   "cannot agree with this peer's key");

  return TRUE;
}
