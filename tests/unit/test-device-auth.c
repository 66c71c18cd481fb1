/*
 * test-device-auth.c - which keys can make the key of a device MAC
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-device-auth.h"
#include "tests/lib/mdoc-test-response.h"

/* Returns: what is wrong with these two keys */
static char *
derive (MdocKey *own, MdocPublicKey *peer)
{
  g_autoptr (MdocTranscript) transcript = mdoc_test_annex_d_transcript ();
  g_autoptr (MdocSecret) key = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_device_auth_derive_emac_key (own, peer, transcript, &error);
  g_assert_null (key);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  return g_strdup (error->message);
}

/* Two curves do not meet, which is said with the names of both. */
static void
test_two_curves (void)
{
  g_autoptr (MdocKey) own = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) peer = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autofree char *why = derive (own, mdoc_key_get_public (peer));

  g_assert_nonnull (strstr (why, "No MAC key"));
  g_assert_nonnull (strstr (why, "P-256"));
  g_assert_nonnull (strstr (why, "P-384"));
}

/* Keys that only sign agree on nothing, although they are of one curve. */
static void
test_signing_curve (void)
{
  g_autofree char *why = NULL;
  g_autoptr (MdocKey) own = NULL;

  if (!mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    return;

  own = mdoc_key_generate (MDOC_CURVE_ED25519, NULL);
  why = derive (own, mdoc_key_get_public (own));
  g_assert_nonnull (strstr (why, "No MAC key"));
}

/* A point of small order would make the secret one that everybody knows. */
static void
test_small_order (void)
{
  static const guint8 zeros[32] = { 0 };
  g_autoptr (MdocKey) own = mdoc_key_generate (MDOC_CURVE_X25519, NULL);
  g_autoptr (MdocPublicKey) peer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;

  peer = mdoc_public_key_new (MDOC_CURVE_X25519,
                              MDOC_SPAN (zeros, sizeof (zeros)),
                              MDOC_SPAN (NULL, 0),
                              FALSE,
                              &error);
  g_assert_no_error (error);
  why = derive (own, peer);
  g_assert_null (strstr (why, "No MAC key"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/device-auth/two-curves", test_two_curves);
  g_test_add_func ("/device-auth/signing-curve", test_signing_curve);
  g_test_add_func ("/device-auth/small-order", test_small_order);

  return g_test_run ();
}
