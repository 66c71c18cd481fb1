/*
 * fuzz-wallet-proof.c - proofs of a wallet instance made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "openid/mdoc-json.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-wallet-proof.h"
#include "tests/fuzz/claims-input.h"

#define NOW_UNIX_S G_GINT64_CONSTANT (1000)
#define URI        "https://issuer.example/wallet/v1/sync"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static MdocKey *key; /* one for all inputs, freed by nobody */

/* Signed by its own key, as whoever attacks can do. */
static char *
sign (MdocSpan claims)
{
  g_autoptr (JsonObject) header = NULL;

  header = mdoc_jws_header_new (MDOC_WALLET_PROOF_TYPE,
                                NULL,
                                mdoc_key_get_public (key),
                                NULL);
  return mdoc_jws_sign (header, claims, key, NULL);
}

/* One that holds does so once, for this very request, and for no other. */
static MdocWalletProofResult
check (const char *text, MdocSpan body, const char *method)
{
  g_autoptr (MdocReplay) replay = mdoc_replay_new (4);
  MdocWalletProofExpectation expected = { .method = method,
                                          .uri = URI,
                                          .body = body,
                                          .now_unix_s = NOW_UNIX_S,
                                          .max_age_s = 60,
                                          .max_ahead_s = 10,
                                          .replay = replay };
  g_auto (MdocWalletProof) proof = { 0 };
  g_auto (MdocWalletProof) second = { 0 };
  MdocWalletProofResult result;

  result = mdoc_wallet_proof_check (text, &expected, &proof);
  g_assert_true ((result == MDOC_WALLET_PROOF_OK)
                 == (proof.thumbprint != NULL));
  g_assert_true ((mdoc_wallet_proof_result_get_error (result) == NULL)
                 == (result == MDOC_WALLET_PROOF_OK));
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay),
                    ==,
                    result == MDOC_WALLET_PROOF_OK);
  if (result != MDOC_WALLET_PROOF_OK)
    return result;

  g_assert_cmpint (mdoc_wallet_proof_check (text, &expected, &second),
                   ==,
                   MDOC_WALLET_PROOF_REPLAYED);
  expected.now_unix_s += expected.max_age_s + expected.max_ahead_s + 1;
  g_assert_cmpint (mdoc_wallet_proof_check (text, &expected, &second),
                   ==,
                   MDOC_WALLET_PROOF_TIME);
  return result;
}

/* The input is the whole proof, and the claims of one; and the body of a
 * request for which a proof is made, which then holds for that body alone. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *proof = NULL;
  g_autofree char *forged = NULL;
  MdocSpan body = MDOC_SPAN (data, size);
  MdocSpan other = mdoc_span_from_text ("another body");

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  /* what is not a signature of ours and names no key of its own */
  (void) check (text, body, "POST");
  if (!is_object (body))
    return 0;

  forged = sign (body);
  g_assert_cmpint (check (forged, body, "POST"),
                   !=,
                   MDOC_WALLET_PROOF_SIGNATURE);

  proof
      = mdoc_wallet_proof_make (key, "POST", URI, body, NOW_UNIX_S, NULL, NULL);
  g_assert_cmpint (check (proof, body, "POST"), ==, MDOC_WALLET_PROOF_OK);
  g_assert_cmpint (check (proof, body, "PUT"), ==, MDOC_WALLET_PROOF_METHOD);
  if (!mdoc_span_equal (body, other))
    g_assert_cmpint (check (proof, other, "POST"), ==, MDOC_WALLET_PROOF_BODY);
  return 0;
}
