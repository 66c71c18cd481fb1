/*
 * fuzz-key-attestation.c - attestations of keys made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "openid/mdoc-key-attestation.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static MdocKey *key; /* one for all inputs, freed by nobody */

/* Nobody looks at the signature while parsing. */
static char *
to_unsigned (MdocSpan claims)
{
  static const char header[]
      = "{\"alg\":\"ES256\",\"typ\":\"" MDOC_KEY_ATTESTATION_TYPE "\"}";
  g_autofree char *first = mdoc_base64url_encode (mdoc_span_from_text (header));
  g_autofree char *second = mdoc_base64url_encode (claims);

  return g_strconcat (first, ".", second, ".AAAA", NULL);
}

static void
check_equal_texts (GStrv one, GStrv other)
{
  g_assert_true ((one == NULL) == (other == NULL));
  if (one != NULL)
    g_assert_true (
        g_strv_equal ((const char *const *) one, (const char *const *) other));
}

/* What is read can be written, and is then read as the same. */
static void
check_again (MdocKeyAttestation *attestation)
{
  g_autoptr (MdocKeyAttestation) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  gboolean is_valid;

  written = mdoc_key_attestation_sign (attestation, key, NULL, NULL, &error);
  g_assert_no_error (error);
  again = mdoc_key_attestation_parse (written, &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_jws_verify (again->jws, mdoc_key_get_public (key), &is_valid, NULL));
  g_assert_true (is_valid);
  g_assert_cmpint (again->iat_unix_s, ==, attestation->iat_unix_s);
  g_assert_cmpint (again->exp_unix_s, ==, attestation->exp_unix_s);
  g_assert_cmpuint (again->keys->len, ==, attestation->keys->len);
  g_assert_cmpstr (again->nonce, ==, attestation->nonce);
  g_assert_cmpstr (again->certification, ==, attestation->certification);
  check_equal_texts (again->key_storage, attestation->key_storage);
  check_equal_texts (again->user_authentication,
                     attestation->user_authentication);
}

static void
check_attestation (const char *compact)
{
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  g_autoptr (GError) error = NULL;
  MdocProofType asks_nothing = { 0 };

  attestation = mdoc_key_attestation_parse (compact, &error);
  g_assert_true ((attestation == NULL) == (error != NULL));
  if (attestation == NULL)
    return;

  g_assert_cmpuint (attestation->keys->len, <=, MDOC_KEY_ATTESTATION_MAX_KEYS);
  for (guint i = 0; i < attestation->keys->len; i++)
    g_assert_true (
        mdoc_key_attestation_has_key (attestation,
                                      mdoc_jwk_get_key (
                                          attestation->keys->pdata[i])));
  /* nobody's key but theirs, and no time at which it is over and not */
  g_assert_false (
      mdoc_key_attestation_has_key (attestation, mdoc_key_get_public (key)));
  g_assert_false (attestation->exp_unix_s != 0
                  && mdoc_key_attestation_is_current (attestation,
                                                      attestation->exp_unix_s,
                                                      0));
  g_assert_true (mdoc_key_attestation_meets (attestation, &asks_nothing));
  check_again (attestation);
}

/* The input is the whole token, and the claims of one. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *compact = to_unsigned (MDOC_SPAN (data, size));

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  check_attestation (text);
  check_attestation (compact);
  return 0;
}
