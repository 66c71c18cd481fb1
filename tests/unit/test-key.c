/*
 * test-key.c - keys, signatures and agreement, over both backends
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-vectors.h"
#include "tests/unit/key-test.h"

static void
test_sign_vector (gconstpointer data)
{
  const SignVector *v = data;
  HEX (message, v->message);
  HEX (signature, v->signature);
  const MdocSpan m = mdoc_span_from_bytes (message);
  const MdocSpan s = mdoc_span_from_bytes (signature);
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (MdocPublicKey) public_key = NULL;
  g_autoptr (GError) error = NULL;
  guint8 made[MDOC_SIGNATURE_MAX_LEN];
  gsize made_len;
  MdocAlg alg;

  if (is_lacking (v->curve))
    return;

  alg = mdoc_curve_get_alg (v->curve);
  key = new_key (v->curve, v->d);
  public_key = new_public (v->curve, v->x, v->y);
  assert_span_hex (mdoc_public_key_get_x (mdoc_key_get_public (key)), v->x);
  assert_span_hex (mdoc_public_key_get_y (mdoc_key_get_public (key)), v->y);
  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (key), public_key));

  g_assert_true (verify (public_key, alg, m, s));

  for (gsize bit = 0; bit < 8 * s.len; bit += 37)
    {
      g_autofree guint8 *forged = g_memdup2 (s.data, s.len);

      forged[bit / 8] ^= (guint8) (1U << bit % 8);
      g_assert_false (verify (public_key, alg, m, MDOC_SPAN (forged, s.len)));
    }
  g_assert_false (verify (public_key, alg, mdoc_span_from_text ("no"), s));

  g_assert_true (mdoc_key_sign (key, alg, &m, 1, made, &made_len, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (made_len, ==, s.len);
  g_assert_true (verify (public_key, alg, m, MDOC_SPAN (made, made_len)));
  if (alg == MDOC_ALG_EDDSA)
    assert_span_hex (MDOC_SPAN (made, made_len), v->signature);
}

static void
test_agree_vector (gconstpointer data)
{
  const AgreeVector *v = data;
  g_autoptr (MdocKey) a = new_key (v->curve, v->d_a);
  g_autoptr (MdocKey) b = new_key (v->curve, v->d_b);
  g_autoptr (MdocPublicKey) public_a = new_public (v->curve, v->x_a, v->y_a);
  g_autoptr (MdocPublicKey) public_b = new_public (v->curve, v->x_b, v->y_b);

  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (a), public_a));
  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (b), public_b));
  g_assert_false (mdoc_public_key_equal (public_a, public_b));
  assert_agree (a, public_b, v->shared);
  assert_agree (b, public_a, v->shared);
  /* the contexts kept with a key serve more than one peer */
  assert_agree (a, public_b, v->shared);
}

static MdocKey *
annex_d_key (const char *name)
{
  g_autofree char *x_name = g_strconcat (name, "_x", NULL);
  g_autofree char *y_name = g_strconcat (name, "_y", NULL);
  g_autofree char *d_name = g_strconcat (name, "_d", NULL);
  g_autoptr (GBytes) x = mdoc_test_annex_d (x_name);
  g_autoptr (GBytes) y = mdoc_test_annex_d (y_name);
  g_autoptr (GBytes) d = mdoc_test_annex_d (d_name);
  g_autoptr (GError) error = NULL;
  MdocKey *key;

  key = mdoc_key_new_from_private (MDOC_CURVE_P256,
                                   mdoc_span_from_bytes (d),
                                   &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_span_equal (mdoc_public_key_get_x (mdoc_key_get_public (key)),
                       mdoc_span_from_bytes (x)));
  g_assert_true (
      mdoc_span_equal (mdoc_public_key_get_y (mdoc_key_get_public (key)),
                       mdoc_span_from_bytes (y)));
  return key;
}

static void
assert_annex_d_agree (MdocKey *key, MdocKey *peer, const char *name)
{
  g_autoptr (GBytes) expected = mdoc_test_annex_d (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) shared = NULL;

  shared = mdoc_key_agree (key, mdoc_key_get_public (peer), &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_span_equal (mdoc_secret_get_span (shared),
                                  mdoc_span_from_bytes (expected)));
}

static void
test_annex_d (void)
{
  g_autoptr (MdocKey) device = annex_d_key ("ephemeral_device_key");
  g_autoptr (MdocKey) reader = annex_d_key ("ephemeral_reader_key");
  g_autoptr (MdocKey) card = annex_d_key ("static_device_key");

  assert_annex_d_agree (device, reader, "zab_session");
  assert_annex_d_agree (reader, device, "zab_session");
  assert_annex_d_agree (card, reader, "zab_emackey");
  assert_annex_d_agree (reader, card, "zab_emackey");
}

static void
test_curves (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (all_curves); i++)
    {
      MdocCurve curve = all_curves[i];
      MdocCurve found;

      g_assert_true (mdoc_curve_from_cose (curve, &found));
      g_assert_cmpint (found, ==, curve);
      g_assert_true (
          mdoc_curve_from_name (mdoc_curve_get_name (curve), &found));
      g_assert_cmpint (found, ==, curve);
      g_assert_cmpuint (mdoc_curve_get_coordinate_len (curve),
                        <=,
                        MDOC_COORDINATE_MAX_LEN);
      g_assert_true (mdoc_curve_can_sign (curve)
                     || mdoc_curve_can_agree (curve));
    }

  for (gint64 number = -3; number < 300; number++)
    {
      MdocCurve found = MDOC_CURVE_ED448;
      gboolean known = mdoc_curve_from_cose (number, &found);

      g_assert_cmpint (known,
                       ==,
                       (number >= 1 && number <= 7)
                           || (number >= 256 && number <= 259));
      g_assert_cmpint (found, ==, known ? number : MDOC_CURVE_ED448);
    }

  /* the pairs of ISO/IEC 18013-5 */
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_P256), ==, MDOC_ALG_ES256);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_BRAINPOOL_P256R1),
                   ==,
                   MDOC_ALG_ES256);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_P384), ==, MDOC_ALG_ES384);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_BRAINPOOL_P320R1),
                   ==,
                   MDOC_ALG_ES384);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_BRAINPOOL_P384R1),
                   ==,
                   MDOC_ALG_ES384);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_P521), ==, MDOC_ALG_ES512);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_BRAINPOOL_P512R1),
                   ==,
                   MDOC_ALG_ES512);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_ED25519), ==, MDOC_ALG_EDDSA);
  g_assert_cmpint (mdoc_curve_get_alg (MDOC_CURVE_ED448), ==, MDOC_ALG_EDDSA);
  g_assert_false (mdoc_curve_can_agree (MDOC_CURVE_ED25519));
  g_assert_false (mdoc_curve_can_sign (MDOC_CURVE_X448));
}

/* All ways of generating a key, carrying it and using it, on every curve. */
static void
test_round_trip (void)
{
  /* long because: the whole way of one key, told in order */
  const MdocSpan message = mdoc_span_from_text ("message");

  for (gsize i = 0; i < G_N_ELEMENTS (all_curves); i++)
    {
      MdocCurve curve = all_curves[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (MdocKey) again = NULL;
      g_autoptr (MdocSecret) pem = NULL;
      g_autoptr (GBytes) spki = NULL;
      g_autoptr (MdocPublicKey) from_spki = NULL;
      g_autoptr (MdocPublicKey) from_pem = NULL;
      g_autofree char *public_pem = NULL;
      g_autofree char *private_pem = NULL;
      MdocPublicKey *public_key;

      if (is_lacking (curve))
        continue;

      key = mdoc_key_generate (curve, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mdoc_key_get_kind (key), ==, "software");
      public_key = mdoc_key_get_public (key);
      g_assert_cmpint (mdoc_public_key_get_curve (public_key), ==, curve);

      spki = mdoc_public_key_to_spki (public_key);
      from_spki = mdoc_public_key_new_from_spki (mdoc_span_from_bytes (spki),
                                                 &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_public_key_equal (from_spki, public_key));

      public_pem = mdoc_public_key_to_pem (public_key);
      from_pem = mdoc_public_key_new_from_pem (public_pem, &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_public_key_equal (from_pem, public_key));

      pem = mdoc_key_to_pem (key, &error);
      g_assert_no_error (error);
      private_pem = g_strndup ((const char *) mdoc_secret_get_data (pem),
                               mdoc_secret_get_len (pem));
      again = mdoc_key_new_from_pem (private_pem, &error);
      g_assert_no_error (error);
      g_assert_true (
          mdoc_public_key_equal (mdoc_key_get_public (again), public_key));

      if (mdoc_curve_can_sign (curve))
        {
          guint8 signature[MDOC_SIGNATURE_MAX_LEN];
          gsize len;

          g_assert_true (mdoc_key_sign (again,
                                        mdoc_curve_get_alg (curve),
                                        &message,
                                        1,
                                        signature,
                                        &len,
                                        &error));
          g_assert_cmpuint (len, ==, 2 * mdoc_curve_get_coordinate_len (curve));
          g_assert_true (verify (from_pem,
                                 mdoc_curve_get_alg (curve),
                                 message,
                                 MDOC_SPAN (signature, len)));
        }
      if (mdoc_curve_can_agree (curve))
        {
          g_autoptr (MdocKey) peer = mdoc_key_generate (curve, &error);
          g_autoptr (MdocSecret) a = NULL;
          g_autoptr (MdocSecret) b = NULL;

          a = mdoc_key_agree (again, mdoc_key_get_public (peer), &error);
          b = mdoc_key_agree (peer, from_spki, &error);
          g_assert_no_error (error);
          g_assert_true (mdoc_span_equal (mdoc_secret_get_span (a),
                                          mdoc_secret_get_span (b)));
          g_assert_cmpuint (mdoc_secret_get_len (a),
                            ==,
                            mdoc_curve_get_coordinate_len (curve));
        }
    }
}

static void
test_agree_misuse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) p256 = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_autoptr (MdocKey) bp256 = mdoc_key_generate (MDOC_CURVE_BRAINPOOL_P256R1,
                                                 &error);
  g_autoptr (MdocKey) x25519 = mdoc_key_generate (MDOC_CURVE_X25519, &error);

  g_assert_no_error (error);
  assert_no_agreement (p256, mdoc_key_get_public (bp256));
  assert_no_agreement (bp256, mdoc_key_get_public (p256));
  assert_no_agreement (p256, mdoc_key_get_public (x25519));
  assert_no_agreement (x25519, mdoc_key_get_public (p256));

  if (!is_lacking (MDOC_CURVE_ED25519))
    {
      g_autoptr (MdocKey) ed = mdoc_key_generate (MDOC_CURVE_ED25519, &error);

      assert_no_agreement (ed, mdoc_key_get_public (ed));
    }
}

/* Each curve signs and verifies by its own algorithm and by no other. */
static void
test_alg_pairing (void)
{
  static const MdocAlg algs[] = { MDOC_ALG_ES256,
                                  MDOC_ALG_ES384,
                                  MDOC_ALG_ES512,
                                  MDOC_ALG_EDDSA };
  const MdocSpan message = mdoc_span_from_text ("message");

  for (gsize i = 0; i < G_N_ELEMENTS (all_curves); i++)
    {
      const MdocCurve curve = all_curves[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = NULL;

      if (is_lacking (curve))
        continue;

      key = mdoc_key_generate (curve, &error);
      g_assert_no_error (error);
      for (gsize a = 0; a < G_N_ELEMENTS (algs); a++)
        {
          g_autoptr (GError) sign_error = NULL;
          g_autoptr (GError) verify_error = NULL;
          guint8 signature[MDOC_SIGNATURE_MAX_LEN] = { 0 };
          gsize len = 0;
          gboolean valid = TRUE;
          gboolean ok;

          ok = mdoc_key_sign (key,
                              algs[a],
                              &message,
                              1,
                              signature,
                              &len,
                              &sign_error);
          if (mdoc_curve_can_sign (curve)
              && algs[a] == mdoc_curve_get_alg (curve))
            {
              g_assert_true (ok);
              continue;
            }

          g_assert_false (ok);
          g_assert_cmpuint (len, ==, 0);
          g_assert_error (sign_error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
          g_assert_false (mdoc_public_key_verify (mdoc_key_get_public (key),
                                                  algs[a],
                                                  &message,
                                                  1,
                                                  MDOC_SPAN (signature, 64),
                                                  &valid,
                                                  &verify_error));
          g_assert_error (verify_error,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_KEY);
          g_assert_false (valid);
        }
    }
}

static guint n_freed;

static void
token_free (gpointer impl)
{
  g_assert_cmpstr (impl, ==, "impl");
  n_freed++;
}

static gboolean
token_sign (gpointer impl,
            MdocAlg alg,
            const MdocSpan *message_parts,
            gsize n_parts,
            guint8 *ret_signature,
            gsize *ret_len,
            GError **error)
{
  g_assert_cmpstr (impl, ==, "impl");
  memset (ret_signature, 7, 64);
  *ret_len = 64;
  return TRUE;
}

/* A key that lives elsewhere: what it has no function for, it cannot do, and
 * its bytes do not leave. */
static void
test_own_kind (void)
{
  static const MdocKeyClass signing = { .kind = "token",
                                        .sign = token_sign,
                                        .free = token_free };
  char impl[] = "impl";
  static const MdocKeyClass nothing = { .kind = "token", .free = token_free };
  const MdocSpan message = { NULL, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) model = mdoc_key_generate (MDOC_CURVE_P256, &error);
  MdocPublicKey *public_key = mdoc_key_get_public (model);
  MdocKey *key;
  MdocSecret *secret;
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize len;

  n_freed = 0;
  key = mdoc_key_new (&signing, impl, public_key);
  g_assert_cmpstr (mdoc_key_get_kind (key), ==, "token");
  g_assert_true (mdoc_key_sign (key,
                                MDOC_ALG_ES256,
                                &message,
                                1,
                                signature,
                                &len,
                                &error));
  g_assert_cmpuint (len, ==, 64);
  g_assert_false (mdoc_key_sign (key,
                                 MDOC_ALG_ES384,
                                 &message,
                                 1,
                                 signature,
                                 &len,
                                 &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  assert_no_agreement (key, public_key);
  secret = mdoc_key_export_private (key, &error);
  g_assert_null (secret);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  secret = mdoc_key_to_pem (key, &error);
  g_assert_null (secret);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);

  mdoc_key_unref (mdoc_key_ref (key));
  g_assert_cmpuint (n_freed, ==, 0);
  mdoc_key_unref (key);
  g_assert_cmpuint (n_freed, ==, 1);

  key = mdoc_key_new (&nothing, impl, public_key);
  g_assert_false (mdoc_key_sign (key,
                                 MDOC_ALG_ES256,
                                 &message,
                                 1,
                                 signature,
                                 &len,
                                 &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  mdoc_key_unref (key);
  mdoc_key_unref (NULL);
  mdoc_public_key_unref (NULL);
}

#define N_THREADS 4
#define N_ROUNDS  8

static gpointer
use_public_key (gpointer data)
{
  MdocPublicKey *shared = data;
  const SignVector *v = &sign_vectors[0];
  HEX (message, v->message);
  HEX (signature, v->signature);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, &error);
      g_autoptr (MdocSecret) secret = NULL;

      g_assert_no_error (error);
      secret = mdoc_key_agree (key, shared, &error);
      g_assert_no_error (error);
      g_assert_true (verify (shared,
                             MDOC_ALG_ES256,
                             mdoc_span_from_bytes (message),
                             mdoc_span_from_bytes (signature)));
    }

  return NULL;
}

/* One public key in many threads, each with private keys of its own. */
static void
test_threads (void)
{
  const SignVector *v = &sign_vectors[0];
  g_autoptr (MdocPublicKey) shared = new_public (v->curve, v->x, v->y);
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("user", use_public_key, shared);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (sign_vectors); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/key/sign/%s/%" G_GSIZE_FORMAT,
                              mdoc_curve_get_name (sign_vectors[i].curve),
                              i);
      g_test_add_data_func (path, &sign_vectors[i], test_sign_vector);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (agree_vectors); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/key/agree/%s",
                              mdoc_curve_get_name (agree_vectors[i].curve));
      g_test_add_data_func (path, &agree_vectors[i], test_agree_vector);
    }

  g_test_add_func ("/key/annex-d", test_annex_d);
  g_test_add_func ("/key/curves", test_curves);
  g_test_add_func ("/key/round-trip", test_round_trip);
  g_test_add_func ("/key/agree/misuse", test_agree_misuse);
  g_test_add_func ("/key/alg-pairing", test_alg_pairing);
  g_test_add_func ("/key/own-kind", test_own_kind);
  g_test_add_func ("/key/threads", test_threads);

  return g_test_run ();
}
