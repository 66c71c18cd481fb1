/*
 * mdoc-key-form.c - keys as SubjectPublicKeyInfo, PKCS#8 and SEC 1
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "crypto/mdoc-crypto-private.h"
#include "crypto/mdoc-der.h"

#include <string.h>

static const guint8 oid_ec_public_key[] = { 0x2a, 0x86, 0x48, 0xce,
                                            0x3d, 0x02, 0x01 };

static gboolean
refuse_key (GError **error, const char *what)
{
  return mdoc_crypto_refuse (error, MDOC_CRYPTO_ERROR_KEY, "%s", what);
}

/* AlgorithmIdentifier of a key: id-ecPublicKey with a named curve (RFC 5480),
 * or a curve's own OID without parameters (RFC 8410). */
static gboolean
read_algorithm (MdocDer *der, MdocCurve *ret_curve, GError **error)
{
  MdocDer algorithm;
  MdocSpan oid;
  gboolean is_ec;

  if (!mdoc_der_enter (der, MDOC_DER_SEQUENCE, &algorithm)
      || !mdoc_der_read (&algorithm, MDOC_DER_OID, &oid))
    return refuse_key (error, "key without an algorithm");

  is_ec = mdoc_span_equal (oid,
                           MDOC_SPAN (oid_ec_public_key,
                                      sizeof (oid_ec_public_key)));
  if (is_ec && !mdoc_der_read (&algorithm, MDOC_DER_OID, &oid))
    return refuse_key (error, "EC key without a named curve");
  if (!mdoc_der_is_at_end (&algorithm))
    return refuse_key (error, "key algorithm with unexpected parameters");

  if (!mdoc_curve_from_oid (oid, ret_curve)
      || mdoc_curve_is_weierstrass (*ret_curve) != is_ec)
    return mdoc_crypto_refuse_unsupported (error, "the key's algorithm");

  return TRUE;
}

/**
 * mdoc_key_form_read_spki:
 * @der: a SubjectPublicKeyInfo and nothing else
 * @ret_curve: (out): its curve
 * @ret_point: (out): the bytes of the key, borrowed from @der
 * @error: return location for a #MdocCryptoError
 *
 * Takes a SubjectPublicKeyInfo apart; whether the point is on the curve is for
 * mdoc_public_key_new_from_point() to say.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_key_form_read_spki (MdocSpan der,
                         MdocCurve *ret_curve,
                         MdocSpan *ret_point,
                         GError **error)
{
  MdocDer outer = mdoc_der_open (der);
  MdocDer spki;

  if (!mdoc_der_enter (&outer, MDOC_DER_SEQUENCE, &spki)
      || !mdoc_der_is_at_end (&outer))
    return refuse_key (error, "no SubjectPublicKeyInfo");

  if (!read_algorithm (&spki, ret_curve, error))
    return FALSE;

  if (!mdoc_der_read_octet_bits (&spki, ret_point)
      || !mdoc_der_is_at_end (&spki))
    return refuse_key (error, "SubjectPublicKeyInfo without a key");

  return TRUE;
}

static void
write_algorithm (GByteArray *out, MdocCurve curve)
{
  gsize algorithm = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  if (mdoc_curve_is_weierstrass (curve))
    mdoc_der_write (out,
                    MDOC_DER_OID,
                    MDOC_SPAN (oid_ec_public_key, sizeof (oid_ec_public_key)));
  mdoc_der_write (out, MDOC_DER_OID, mdoc_curve_get_oid (curve));
  mdoc_der_end (out, algorithm);
}

/**
 * mdoc_key_form_write_spki:
 * @out: bytes to append to
 * @key: a public key
 *
 * Appends its SubjectPublicKeyInfo, with a named curve and an uncompressed
 * point.
 */
void
mdoc_key_form_write_spki (GByteArray *out, MdocPublicKey *key)
{
  guint8 point[MDOC_POINT_MAX_LEN];
  gsize point_len = mdoc_public_key_put_point (key, point);
  gsize spki = mdoc_der_begin (out, MDOC_DER_SEQUENCE);

  write_algorithm (out, mdoc_public_key_get_curve (key));
  mdoc_der_write_octet_bits (out, MDOC_SPAN (point, point_len));
  mdoc_der_end (out, spki);
}

/* ECPrivateKey ::= SEQUENCE { version 1, privateKey OCTET STRING,
 *   parameters [0] OBJECT IDENTIFIER OPTIONAL,
 *   publicKey [1] BIT STRING OPTIONAL }  (RFC 5915)
 * @curve_known: the algorithm around it has named *ret_curve already. */
static gboolean
read_sec1 (MdocDer *der,
           gboolean curve_known,
           MdocCurve *ret_curve,
           guint8 *ret_d,
           MdocSpan *ret_point,
           GError **error)
{
  MdocDer ec;
  MdocDer inner;
  MdocSpan d;
  MdocSpan point = { NULL, 0 };
  guint32 version;
  gsize n_bytes;

  if (!mdoc_der_enter (der, MDOC_DER_SEQUENCE, &ec)
      || !mdoc_der_read_small_uint (&ec, 1, &version) || version != 1
      || !mdoc_der_read (&ec, MDOC_DER_OCTET_STRING, &d))
    return refuse_key (error, "malformed EC private key");

  if (mdoc_der_enter (&ec, MDOC_DER_EXPLICIT (0), &inner))
    {
      MdocCurve curve;
      MdocSpan oid;

      if (!mdoc_der_read (&inner, MDOC_DER_OID, &oid)
          || !mdoc_der_is_at_end (&inner))
        return refuse_key (error, "EC private key without a named curve");
      if (!mdoc_curve_from_oid (oid, &curve)
          || !mdoc_curve_is_weierstrass (curve))
        return mdoc_crypto_refuse_unsupported (error, "the key's curve");
      if (curve_known && curve != *ret_curve)
        return refuse_key (error, "EC private key names two curves");
      *ret_curve = curve;
      curve_known = TRUE;
    }

  if (mdoc_der_enter (&ec, MDOC_DER_EXPLICIT (1), &inner)
      && (!mdoc_der_read_octet_bits (&inner, &point)
          || !mdoc_der_is_at_end (&inner)))
    return refuse_key (error, "malformed public half of an EC private key");

  if (!mdoc_der_is_at_end (&ec) || !curve_known)
    return refuse_key (error, "malformed EC private key");

  /* some writers leave leading zeros out */
  n_bytes = mdoc_curve_get_coordinate_len (*ret_curve);
  if (d.len == 0 || d.len > n_bytes)
    return refuse_key (error, "EC private key of a wrong length");

  memset (ret_d, 0, n_bytes - d.len);
  memcpy (ret_d + n_bytes - d.len, d.data, d.len);
  *ret_point = point;
  return TRUE;
}

/* OneAsymmetricKey ::= SEQUENCE { version 0 or 1, privateKeyAlgorithm,
 *   privateKey OCTET STRING, attributes [0] OPTIONAL,
 *   publicKey [1] IMPLICIT BIT STRING OPTIONAL }  (RFC 5958) */
static gboolean
read_pkcs8 (MdocDer *der,
            MdocCurve *ret_curve,
            guint8 *ret_d,
            MdocSpan *ret_point,
            GError **error)
{
  MdocDer pkcs8;
  MdocDer inner;
  MdocSpan d;
  guint32 version;

  if (!mdoc_der_enter (der, MDOC_DER_SEQUENCE, &pkcs8)
      || !mdoc_der_read_small_uint (&pkcs8, 1, &version))
    return refuse_key (error, "malformed private key");

  if (!read_algorithm (&pkcs8, ret_curve, error))
    return FALSE;

  /* what may follow adds nothing: the public half is computed anew */
  if (!mdoc_der_enter (&pkcs8, MDOC_DER_OCTET_STRING, &inner))
    return refuse_key (error, "malformed private key");

  if (mdoc_curve_is_weierstrass (*ret_curve))
    {
      if (!read_sec1 (&inner, TRUE, ret_curve, ret_d, ret_point, error))
        return FALSE;
    }
  else
    {
      if (!mdoc_der_read (&inner, MDOC_DER_OCTET_STRING, &d)
          || d.len != mdoc_curve_get_coordinate_len (*ret_curve))
        return refuse_key (error, "private key of a wrong length");
      memcpy (ret_d, d.data, d.len);
      *ret_point = MDOC_SPAN (NULL, 0);
    }

  if (!mdoc_der_is_at_end (&inner))
    return refuse_key (error, "malformed private key");

  return TRUE;
}

/**
 * mdoc_key_form_read_private:
 * @der: a PKCS#8 or SEC 1 private key and nothing else
 * @is_sec1: %TRUE for SEC 1's ECPrivateKey
 * @ret_curve: (out): its curve
 * @ret_d: (out): the private key at the curve's coordinate length; the caller
 *   wipes it, also on failure
 * @ret_point: (out): the public half if it was there, else empty; borrowed
 * @error: return location for a #MdocCryptoError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_key_form_read_private (MdocSpan der,
                            gboolean is_sec1,
                            MdocCurve *ret_curve,
                            guint8 ret_d[MDOC_COORDINATE_MAX_LEN],
                            MdocSpan *ret_point,
                            GError **error)
{
  MdocDer outer = mdoc_der_open (der);
  gboolean ok;

  ok = is_sec1 ? read_sec1 (&outer, FALSE, ret_curve, ret_d, ret_point, error)
               : read_pkcs8 (&outer, ret_curve, ret_d, ret_point, error);
  if (!ok)
    return FALSE;

  if (!mdoc_der_is_at_end (&outer))
    return refuse_key (error, "bytes after the private key");

  return TRUE;
}

/**
 * mdoc_key_form_write_private:
 * @out: bytes to append to; the caller has reserved room, so that no copy stays
 *   behind, and wipes it
 * @key: the public half
 * @d: the private key
 *
 * Appends the key as PKCS#8.
 */
void
mdoc_key_form_write_private (GByteArray *out, MdocPublicKey *key, MdocSpan d)
{
  static const guint8 zero = 0;
  static const guint8 one = 1;
  MdocCurve curve = mdoc_public_key_get_curve (key);
  gsize pkcs8 = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
  gsize wrap;

  mdoc_der_write_uint (out, MDOC_SPAN (&zero, 1));
  write_algorithm (out, curve);
  wrap = mdoc_der_begin (out, MDOC_DER_OCTET_STRING);
  if (mdoc_curve_is_weierstrass (curve))
    {
      guint8 point[MDOC_POINT_MAX_LEN];
      gsize point_len = mdoc_public_key_put_point (key, point);
      gsize ec = mdoc_der_begin (out, MDOC_DER_SEQUENCE);
      gsize public_half;

      mdoc_der_write_uint (out, MDOC_SPAN (&one, 1));
      mdoc_der_write (out, MDOC_DER_OCTET_STRING, d);
      public_half = mdoc_der_begin (out, MDOC_DER_EXPLICIT (1));
      mdoc_der_write_octet_bits (out, MDOC_SPAN (point, point_len));
      mdoc_der_end (out, public_half);
      mdoc_der_end (out, ec);
    }
  else
    {
      mdoc_der_write (out, MDOC_DER_OCTET_STRING, d);
    }
  mdoc_der_end (out, wrap);
  mdoc_der_end (out, pkcs8);
}
