/*
 * test-key-point.c - points, scalars and signatures at the edges
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/unit/key-test.h"

/* A compressed point gives the same key as both of its coordinates, and the
 * other sign gives the other one. */
static void
test_compressed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sign_vectors); i++)
    {
      const SignVector *v = &sign_vectors[i];
      HEX (x, v->x);
      HEX (y, v->y);
      const gsize len = g_bytes_get_size (y);
      g_autoptr (MdocPublicKey) whole = NULL;
      gboolean is_odd;

      if (!mdoc_curve_is_weierstrass (v->curve))
        continue;

      whole = new_public (v->curve, v->x, v->y);
      is_odd = ((const guint8 *) g_bytes_get_data (y, NULL))[len - 1] & 1;
      for (guint other = 0; other < 2; other++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (MdocPublicKey) key = NULL;

          key = mdoc_public_key_new (v->curve,
                                     mdoc_span_from_bytes (x),
                                     MDOC_SPAN (NULL, 0),
                                     other ? !is_odd : is_odd,
                                     &error);
          g_assert_no_error (error);
          g_assert_cmpint (mdoc_public_key_equal (key, whole), ==, !other);
          g_assert_cmpuint (mdoc_public_key_get_y (key).len, ==, len);
        }
    }
}

#define P256_PRIME                                                             \
  "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define P256_ORDER                                                             \
  "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define P256_Y_OF_0                                                            \
  "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE  "0000000000000000000000000000000000000000000000000000000000000001"

static const struct
{
  const char *name;
  MdocCurve curve;
  const char *x;
  const char *y;
  gboolean accepted;
} points[] = {
  { "x-is-0", MDOC_CURVE_P256, ZERO, P256_Y_OF_0, TRUE },
  /* the same point, written with an x that is not reduced */
  { "x-is-the-prime", MDOC_CURVE_P256, P256_PRIME, P256_Y_OF_0, FALSE },
  { "x-is-the-prime,compressed", MDOC_CURVE_P256, P256_PRIME, "", FALSE },
  { "origin", MDOC_CURVE_P256, ZERO, ZERO, FALSE },
  { "off", MDOC_CURVE_P256, ONE, P256_Y_OF_0, FALSE },
  { "off,compressed", MDOC_CURVE_P256, ONE, "", FALSE },
  { "on-another-curve", MDOC_CURVE_BRAINPOOL_P256R1, ZERO, P256_Y_OF_0, FALSE },
  { "x-short", MDOC_CURVE_P256, "00", P256_Y_OF_0, FALSE },
  { "x-long", MDOC_CURVE_P256, "00" ZERO, P256_Y_OF_0, FALSE },
  { "y-short", MDOC_CURVE_P256, ZERO, "00", FALSE },
  { "y-long", MDOC_CURVE_P256, ZERO, "00" P256_Y_OF_0, FALSE },
  { "nothing", MDOC_CURVE_P256, "", "", FALSE },
  { "okp", MDOC_CURVE_X25519, ONE, "", TRUE },
  { "okp-with-y", MDOC_CURVE_X25519, ONE, ONE, FALSE },
  { "okp-short", MDOC_CURVE_X25519, "00", "", FALSE },
  { "okp-long", MDOC_CURVE_X25519, "00" ONE, "", FALSE },
};

static void
test_points (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      HEX (x, points[i].x);
      HEX (y, points[i].y);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocPublicKey) key = NULL;

      g_test_message ("%s", points[i].name);
      key = mdoc_public_key_new (points[i].curve,
                                 mdoc_span_from_bytes (x),
                                 mdoc_span_from_bytes (y),
                                 FALSE,
                                 &error);
      if (points[i].accepted)
        {
          g_assert_no_error (error);
          g_assert_nonnull (key);
        }
      else
        {
          g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
          g_assert_null (key);
        }
    }
}

/* y = 2 is on neither Edwards curve, and the prime is not below itself. */
static void
test_edwards_points (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_ED25519, MDOC_CURVE_ED448 };
  const MdocSpan none = { NULL, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      const gsize len = mdoc_curve_get_coordinate_len (curves[i]);
      guint8 off[57] = { 2 };
      guint8 prime[57];
      const guint8 *bad[] = { off, prime };

      if (is_lacking (curves[i]))
        continue;

      memset (prime, 0xff, sizeof (prime));
      if (curves[i] == MDOC_CURVE_ED25519)
        {
          prime[0] = 0xed;
          prime[31] = 0x7f;
        }
      else
        {
          prime[28] = 0xfe;
          prime[56] = 0x00;
        }

      for (gsize n = 0; n < G_N_ELEMENTS (bad); n++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (MdocPublicKey) key = NULL;

          key = mdoc_public_key_new (curves[i],
                                     MDOC_SPAN (bad[n], len),
                                     none,
                                     FALSE,
                                     &error);
          g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
          g_assert_null (key);
        }
    }
}

static void
test_private_range (void)
{
  static const struct
  {
    const char *d;
    gboolean accepted;
  } cases[] = {
    { ZERO, FALSE },
    { ONE, TRUE },
    { "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
      TRUE },
    { P256_ORDER, FALSE },
    { "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      FALSE },
    { "01", FALSE },
    { "00" ONE, FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HEX (d, cases[i].d);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = NULL;

      key = mdoc_key_new_from_private (MDOC_CURVE_P256,
                                       mdoc_span_from_bytes (d),
                                       &error);
      g_assert_cmpint (key != NULL, ==, cases[i].accepted);
      if (cases[i].accepted)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
    }
}

/* Points of small order make every shared secret zero (RFC 7748, 6). Also those
 * written with the top bit set, or not reduced. */
static void
test_small_order (void)
{
  static const char *const x25519[] = {
    ZERO,
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_X25519, &error);
  g_autoptr (MdocKey) key448 = mdoc_key_generate (MDOC_CURVE_X448, &error);
  g_autoptr (MdocPublicKey) zero448 = NULL;
  static const guint8 zeros[56];

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (x25519); i++)
    {
      g_autoptr (MdocPublicKey) peer = new_public (MDOC_CURVE_X25519,
                                                   x25519[i],
                                                   "");

      assert_no_agreement (key, peer);
    }

  zero448 = mdoc_public_key_new (MDOC_CURVE_X448,
                                 MDOC_SPAN (zeros, 56),
                                 MDOC_SPAN (NULL, 0),
                                 FALSE,
                                 &error);
  g_assert_no_error (error);
  assert_no_agreement (key448, zero448);
}

/* u = 9, u = 9 with the top bit set, and u = p + 9 are one peer. */
static void
test_x25519_not_canonical (void)
{
  static const char *const nine[] = {
    "0900000000000000000000000000000000000000000000000000000000000000",
    "0900000000000000000000000000000000000000000000000000000000000080",
    "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  const char *public_key
      = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
  g_autoptr (MdocKey) key = new_key (MDOC_CURVE_X25519,
                                     "77076d0a7318a57d3c16c17251b26645df4c2f87e"
                                     "bc0992ab177fba51db92c2a");

  for (gsize i = 0; i < G_N_ELEMENTS (nine); i++)
    {
      g_autoptr (MdocPublicKey) peer = new_public (MDOC_CURVE_X25519,
                                                   nine[i],
                                                   "");

      assert_agree (key, peer, public_key);
    }
}

/* Of all lengths only one can be valid; and r and s are from 1 to n - 1. */
static void
test_odd_signatures (void)
{
  static const char *const halves[] = { ZERO, ONE, P256_ORDER, P256_PRIME };
  const SignVector *v = &sign_vectors[0];
  g_autoptr (MdocPublicKey) key = new_public (v->curve, v->x, v->y);
  HEX (message, v->message);
  HEX (signature, v->signature);
  const MdocSpan m = mdoc_span_from_bytes (message);
  guint8 bytes[MDOC_SIGNATURE_MAX_LEN + 1] = { 0 };

  memcpy (bytes, g_bytes_get_data (signature, NULL), 64);
  for (gsize len = 0; len <= sizeof (bytes); len++)
    g_assert_cmpint (verify (key, MDOC_ALG_ES256, m, MDOC_SPAN (bytes, len)),
                     ==,
                     len == 64);

  for (gsize r = 0; r < G_N_ELEMENTS (halves); r++)
    {
      for (gsize s = 0; s < G_N_ELEMENTS (halves); s++)
        {
          g_autofree char *hex = g_strconcat (halves[r], halves[s], NULL);
          HEX (odd, hex);

          g_assert_false (
              verify (key, MDOC_ALG_ES256, m, mdoc_span_from_bytes (odd)));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/key-point/compressed", test_compressed);
  g_test_add_func ("/key-point/points", test_points);
  g_test_add_func ("/key-point/edwards", test_edwards_points);
  g_test_add_func ("/key-point/private-range", test_private_range);
  g_test_add_func ("/key-point/small-order", test_small_order);
  g_test_add_func ("/key-point/not-canonical", test_x25519_not_canonical);
  g_test_add_func ("/key-point/signatures", test_odd_signatures);

  return g_test_run ();
}
