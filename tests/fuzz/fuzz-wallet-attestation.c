/*
 * fuzz-wallet-attestation.c - attestations of wallets made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "openid/mdoc-wallet-attestation.h"
#include "tests/fuzz/claims-input.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static MdocKey *key; /* one for all inputs, freed by nobody */

/* Nobody looks at the signature while parsing. */
static char *
to_unsigned (const char *typ, MdocSpan claims)
{
  g_autofree char *header
      = g_strdup_printf ("{\"alg\":\"ES256\",\"typ\":\"%s\"}", typ);
  g_autofree char *first = mdoc_base64url_encode (mdoc_span_from_text (header));
  g_autofree char *second = mdoc_base64url_encode (claims);

  return g_strconcat (first, ".", second, ".AAAA", NULL);
}

static char *
sign (const char *typ, MdocSpan claims)
{
  g_autoptr (JsonObject) header = NULL;

  header = mdoc_jws_header_new (typ, NULL, NULL, NULL);
  return mdoc_jws_sign (header, claims, key, NULL);
}

/* What is read can be written, and is then read as the same. */
static void
check_attestation (const char *jwt)
{
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  g_autoptr (MdocWalletAttestation) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;

  attestation = mdoc_wallet_attestation_parse (jwt, &error);
  g_assert_true ((attestation == NULL) == (error != NULL));
  if (attestation == NULL || attestation->exp_unix_s == 0)
    return;
  written = mdoc_wallet_attestation_sign (attestation, key, NULL, NULL, NULL);
  again = mdoc_wallet_attestation_parse (written, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->client_id, ==, attestation->client_id);
  g_assert_cmpint (again->exp_unix_s, ==, attestation->exp_unix_s);
  g_assert_true (mdoc_public_key_equal (again->key, attestation->key));
}

/* The input are the claims of both tokens. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *jwt = NULL;
  g_autofree char *pop = NULL;
  g_autoptr (MdocReplay) replay = mdoc_replay_new (1);
  MdocWalletPopExpectation expected = { .server = "https://as.example",
                                        .now_unix_s = 1000,
                                        .max_age_s = 60,
                                        .max_ahead_s = 10,
                                        .replay = replay };
  MdocWalletAttestation attestation = { .client_id = text };
  MdocWalletPopResult result;

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  check_attestation (text);
  jwt = to_unsigned (MDOC_WALLET_ATTESTATION_TYPE, MDOC_SPAN (data, size));
  check_attestation (jwt);
  if (!is_object (MDOC_SPAN (data, size)))
    return 0;

  attestation.key = mdoc_key_get_public (key);
  pop = sign (MDOC_WALLET_POP_TYPE, MDOC_SPAN (data, size));
  result = mdoc_wallet_pop_check (pop, &attestation, &expected);
  g_assert_cmpint (result, !=, MDOC_WALLET_POP_SIGNATURE);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay),
                    ==,
                    result == MDOC_WALLET_POP_OK);
  return 0;
}
