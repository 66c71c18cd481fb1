/*
 * mdoc-curve.c - the curves of cipher suite 1, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-key.h"

#include "crypto/mdoc-backend.h"
#include "crypto/mdoc-crypto-private.h"

#include <string.h>

typedef struct
{
  MdocCurve curve;
  const char *name;
  guint8 coordinate_len; /* bytes */
  gboolean is_weierstrass;
  gboolean can_sign;
  gboolean can_agree;
  MdocAlg alg; /* where can_sign */
  guint8 oid_len;
  guint8 oid[9];
} CurveFacts;

#define OID_BRAINPOOL(n) 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, (n)

/* OIDs: RFC 5480, RFC 5639 and RFC 8410 */
static const CurveFacts facts[] = {
  { MDOC_CURVE_P256,
    "P-256",
    32,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES256,
    8,
    { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
  { MDOC_CURVE_P384,
    "P-384",
    48,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES384,
    5,
    { 0x2b, 0x81, 0x04, 0x00, 0x22 } },
  { MDOC_CURVE_P521,
    "P-521",
    66,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES512,
    5,
    { 0x2b, 0x81, 0x04, 0x00, 0x23 } },
  { MDOC_CURVE_X25519,
    "X25519",
    32,
    FALSE,
    FALSE,
    TRUE,
    MDOC_ALG_EDDSA,
    3,
    { 0x2b, 0x65, 0x6e } },
  { MDOC_CURVE_X448,
    "X448",
    56,
    FALSE,
    FALSE,
    TRUE,
    MDOC_ALG_EDDSA,
    3,
    { 0x2b, 0x65, 0x6f } },
  { MDOC_CURVE_ED25519,
    "Ed25519",
    32,
    FALSE,
    TRUE,
    FALSE,
    MDOC_ALG_EDDSA,
    3,
    { 0x2b, 0x65, 0x70 } },
  { MDOC_CURVE_ED448,
    "Ed448",
    57,
    FALSE,
    TRUE,
    FALSE,
    MDOC_ALG_EDDSA,
    3,
    { 0x2b, 0x65, 0x71 } },
  { MDOC_CURVE_BRAINPOOL_P256R1,
    "brainpoolP256r1",
    32,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES256,
    9,
    { OID_BRAINPOOL (7) } },
  { MDOC_CURVE_BRAINPOOL_P320R1,
    "brainpoolP320r1",
    40,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES384,
    9,
    { OID_BRAINPOOL (9) } },
  { MDOC_CURVE_BRAINPOOL_P384R1,
    "brainpoolP384r1",
    48,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES384,
    9,
    { OID_BRAINPOOL (11) } },
  { MDOC_CURVE_BRAINPOOL_P512R1,
    "brainpoolP512r1",
    64,
    TRUE,
    TRUE,
    TRUE,
    MDOC_ALG_ES512,
    9,
    { OID_BRAINPOOL (13) } },
};

static const CurveFacts *
find (gint64 number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      if ((gint64) facts[i].curve == number)
        return &facts[i];
    }

  return NULL;
}

/**
 * mdoc_curve_from_cose:
 * @number: a number of the IANA registry "COSE Elliptic Curves"
 * @ret_curve: (out): the curve
 *
 * Returns: %FALSE if it is none of ours
 */
gboolean
mdoc_curve_from_cose (gint64 number, MdocCurve *ret_curve)
{
  const CurveFacts *found = find (number);

  if (found == NULL)
    return FALSE;

  *ret_curve = found->curve;
  return TRUE;
}

/**
 * mdoc_curve_get_name:
 * @curve: a curve
 *
 * Returns: (transfer none): its name in the standard, such as "P-256" or
 *   "brainpoolP320r1"
 */
const char *
mdoc_curve_get_name (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  g_return_val_if_fail (found != NULL, "?");

  return found->name;
}

/**
 * mdoc_curve_from_name:
 * @name: a name as mdoc_curve_get_name() gives it, in any case of letters
 * @ret_curve: (out): the curve
 *
 * Returns: %FALSE if there is none of that name
 */
gboolean
mdoc_curve_from_name (const char *name, MdocCurve *ret_curve)
{
  g_return_val_if_fail (name != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      if (g_ascii_strcasecmp (facts[i].name, name) == 0)
        {
          *ret_curve = facts[i].curve;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_curve_get_coordinate_len:
 * @curve: a curve
 *
 * Returns: bytes of a coordinate, of a private key, of a shared secret and of
 *   each half of a signature
 */
gsize
mdoc_curve_get_coordinate_len (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  g_return_val_if_fail (found != NULL, 0);

  return found->coordinate_len;
}

/**
 * mdoc_curve_is_weierstrass:
 * @curve: a curve
 *
 * Returns: %TRUE if its keys have two coordinates (COSE key type EC2), %FALSE
 *   if one (OKP)
 */
gboolean
mdoc_curve_is_weierstrass (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  return found != NULL && found->is_weierstrass;
}

/**
 * mdoc_curve_can_sign:
 * @curve: a curve
 *
 * Returns: %TRUE if its keys make signatures
 */
gboolean
mdoc_curve_can_sign (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  return found != NULL && found->can_sign;
}

/**
 * mdoc_curve_can_agree:
 * @curve: a curve
 *
 * Returns: %TRUE if its keys agree on shared secrets
 */
gboolean
mdoc_curve_can_agree (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  return found != NULL && found->can_agree;
}

/**
 * mdoc_curve_is_supported:
 * @curve: a curve
 *
 * Returns: %TRUE if this process's backend has it; if not, every use of the
 *   curve fails with %MDOC_CRYPTO_ERROR_UNSUPPORTED
 */
gboolean
mdoc_curve_is_supported (MdocCurve curve)
{
  return find (curve) != NULL && mdoc_backend_has_curve (curve);
}

/**
 * mdoc_curve_get_alg:
 * @curve: a curve that can sign
 *
 * Returns: the signature algorithm that ISO/IEC 18013-5 pairs with it
 */
MdocAlg
mdoc_curve_get_alg (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  g_return_val_if_fail (found != NULL && found->can_sign, MDOC_ALG_ES256);

  return found->alg;
}

/* Returns: (transfer none): the content of the OBJECT IDENTIFIER */
MdocSpan
mdoc_curve_get_oid (MdocCurve curve)
{
  const CurveFacts *found = find (curve);

  g_return_val_if_fail (found != NULL, MDOC_SPAN (NULL, 0));

  return MDOC_SPAN (found->oid, found->oid_len);
}

/* %FALSE if @oid names no curve of ours */
gboolean
mdoc_curve_from_oid (MdocSpan oid, MdocCurve *ret_curve)
{
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      if (mdoc_span_equal (oid, MDOC_SPAN (facts[i].oid, facts[i].oid_len)))
        {
          *ret_curve = facts[i].curve;
          return TRUE;
        }
    }

  return FALSE;
}

/* the hash that an ECDSA algorithm of COSE names */
MdocHash
mdoc_alg_get_hash (MdocAlg alg)
{
  if (alg == MDOC_ALG_ES384)
    return MDOC_HASH_SHA384;
  if (alg == MDOC_ALG_ES512)
    return MDOC_HASH_SHA512;

  return MDOC_HASH_SHA256;
}
