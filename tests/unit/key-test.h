/*
 * key-test.h - what the tests of keys share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-key.h"
#include "tests/lib/mdoc-test.h"
#include "tests/unit/key-vectors.h"

static const MdocCurve all_curves[] = { MDOC_CURVE_P256,
                                        MDOC_CURVE_P384,
                                        MDOC_CURVE_P521,
                                        MDOC_CURVE_X25519,
                                        MDOC_CURVE_X448,
                                        MDOC_CURVE_ED25519,
                                        MDOC_CURVE_ED448,
                                        MDOC_CURVE_BRAINPOOL_P256R1,
                                        MDOC_CURVE_BRAINPOOL_P320R1,
                                        MDOC_CURVE_BRAINPOOL_P384R1,
                                        MDOC_CURVE_BRAINPOOL_P512R1 };

#define HEX(name_, text_)                                                      \
  g_autoptr (GBytes) name_ = mdoc_test_bytes_from_hex (text_)

static inline void
assert_span_hex (MdocSpan bytes, const char *hex)
{
  g_autofree char *found = mdoc_hex_encode (bytes);

  g_assert_cmpstr (found, ==, hex);
}

static inline MdocKey *
new_key (MdocCurve curve, const char *d)
{
  HEX (bytes, d);
  g_autoptr (GError) error = NULL;
  MdocKey *key;

  key = mdoc_key_new_from_private (curve, mdoc_span_from_bytes (bytes), &error);
  g_assert_no_error (error);
  return key;
}

static inline MdocPublicKey *
new_public (MdocCurve curve, const char *x, const char *y)
{
  HEX (x_bytes, x);
  HEX (y_bytes, y);
  g_autoptr (GError) error = NULL;
  MdocPublicKey *key;

  key = mdoc_public_key_new (curve,
                             mdoc_span_from_bytes (x_bytes),
                             mdoc_span_from_bytes (y_bytes),
                             FALSE,
                             &error);
  g_assert_no_error (error);
  return key;
}

static inline gboolean
verify (MdocPublicKey *key, MdocAlg alg, MdocSpan message, MdocSpan signature)
{
  /* in two parts, to see them joined; an empty message has no address */
  const gsize half = message.len / 2;
  const guint8 *rest = message.len == 0 ? NULL : message.data + half;
  const MdocSpan parts[] = { MDOC_SPAN (message.data, half),
                             MDOC_SPAN (rest, message.len - half) };
  g_autoptr (GError) error = NULL;
  gboolean valid = TRUE;

  g_assert_true (
      mdoc_public_key_verify (key, alg, parts, 2, signature, &valid, &error));
  g_assert_no_error (error);
  return valid;
}

/* What the backend lacks, it says by name; nothing else is tolerated. */
static inline gboolean
is_lacking (MdocCurve curve)
{
  static const guint8 zeros[MDOC_COORDINATE_MAX_LEN];
  const MdocSpan x = { zeros, mdoc_curve_get_coordinate_len (curve) };
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (MdocKey) from_private = NULL;
  g_autoptr (MdocPublicKey) public_key = NULL;
  GError *errors[3] = { NULL, NULL, NULL };

  if (mdoc_curve_is_supported (curve))
    return FALSE;

  g_assert_true (g_str_has_prefix (mdoc_crypto_get_backend (), "Mbed TLS"));
  g_assert_true (curve == MDOC_CURVE_ED25519 || curve == MDOC_CURVE_ED448);
  key = mdoc_key_generate (curve, &errors[0]);
  from_private = mdoc_key_new_from_private (curve, x, &errors[1]);
  public_key = mdoc_public_key_new (curve,
                                    x,
                                    MDOC_SPAN (NULL, 0),
                                    FALSE,
                                    &errors[2]);
  g_assert_null (key);
  g_assert_null (from_private);
  g_assert_null (public_key);
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i],
                      MDOC_CRYPTO_ERROR,
                      MDOC_CRYPTO_ERROR_UNSUPPORTED);
      g_assert_nonnull (
          strstr (errors[i]->message, mdoc_curve_get_name (curve)));
      g_assert_nonnull (
          strstr (errors[i]->message, mdoc_crypto_get_backend ()));
      g_clear_error (&errors[i]);
    }

  return TRUE;
}

static inline void
assert_agree (MdocKey *key, MdocPublicKey *peer, const char *shared)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) found = mdoc_key_agree (key, peer, &error);

  g_assert_no_error (error);
  assert_span_hex (mdoc_secret_get_span (found), shared);
}

static inline void
assert_no_agreement (MdocKey *key, MdocPublicKey *peer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) shared = mdoc_key_agree (key, peer, &error);

  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_assert_null (shared);
}
