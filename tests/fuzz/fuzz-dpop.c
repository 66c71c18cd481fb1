/*
 * fuzz-dpop.c - claims of proofs made of anything, signed by a real key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-dpop.h"
#include "openid/mdoc-jws.h"
#include "tests/fuzz/claims-input.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The input are the claims; whoever signs them holds the key, so what is
 * accepted is up to them alone. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MdocKey *key; /* one for all inputs, freed by nobody */
  g_autoptr (MdocReplay) replay = mdoc_replay_new (1);
  MdocDpopExpectation expected = { .method = "POST",
                                   .uri = "https://a.example/token",
                                   .now_unix_s = 1000,
                                   .max_age_s = 60,
                                   .max_ahead_s = 10,
                                   .replay = replay };
  g_autoptr (JsonObject) header = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *thumbprint = NULL;
  MdocDpopResult result;

  if (!is_object (MDOC_SPAN (data, size)))
    return 0;
  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  header = mdoc_jws_header_new ("dpop+jwt",
                                NULL,
                                mdoc_key_get_public (key),
                                NULL);
  proof = mdoc_jws_sign (header, MDOC_SPAN (data, size), key, NULL);

  result = mdoc_dpop_check (proof, &expected, &thumbprint);
  g_assert_true ((result == MDOC_DPOP_OK) == (thumbprint != NULL));
  g_assert_cmpint (result, !=, MDOC_DPOP_SIGNATURE);
  g_assert_cmpuint (mdoc_replay_get_n_entries (replay),
                    ==,
                    result == MDOC_DPOP_OK);
  if (result == MDOC_DPOP_OK)
    g_assert_cmpint (mdoc_dpop_check (proof, &expected, NULL),
                     ==,
                     MDOC_DPOP_REPLAYED);
  return 0;
}
