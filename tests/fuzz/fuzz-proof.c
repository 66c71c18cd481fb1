/*
 * fuzz-proof.c - proofs and key attestations made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-proof.h"
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

/* The claims of an attestation, so that all of it is looked at. */
static void
check_attestation (MdocSpan claims)
{
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *jwt = to_unsigned (MDOC_KEY_ATTESTATION_TYPE, claims);
  g_autofree char *again = NULL;

  attestation = mdoc_key_attestation_parse (jwt, &error);
  g_assert_true ((attestation == NULL) == (error != NULL));
  if (attestation == NULL)
    return;
  g_assert_cmpuint (attestation->keys->len, >, 0);
  for (guint i = 0; i < attestation->keys->len; i++)
    g_assert_true (
        mdoc_key_attestation_has_key (attestation,
                                      mdoc_jwk_get_key (
                                          attestation->keys->pdata[i])));
  again = mdoc_key_attestation_sign (attestation, key, NULL, NULL, NULL);
  g_assert_nonnull (again);
}

/* The claims of a proof, signed, or a whole proof as it is. */
static void
check_proof (const char *proof, gboolean is_ours)
{
  MdocProofExpectation expected = { .issuer = "https://i.example",
                                    .now_unix_s = 1000,
                                    .max_age_s = 60,
                                    .max_ahead_s = 10 };
  g_autoptr (MdocPublicKey) found = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  MdocProofResult result;

  result = mdoc_proof_check (proof, &expected, &found, &attestation);
  g_assert_true ((result == MDOC_PROOF_OK) == (found != NULL));
  g_assert_true (result == MDOC_PROOF_OK || attestation == NULL);
  if (is_ours && found != NULL)
    g_assert_true (mdoc_public_key_equal (found, mdoc_key_get_public (key)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *proof = NULL;
  g_autoptr (JsonObject) header = NULL;

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  check_proof (text, FALSE);
  check_attestation (MDOC_SPAN (data, size));
  if (!is_object (MDOC_SPAN (data, size)))
    return 0;
  header = mdoc_jws_header_new (MDOC_PROOF_TYPE,
                                NULL,
                                mdoc_key_get_public (key),
                                NULL);
  proof = mdoc_jws_sign (header, MDOC_SPAN (data, size), key, NULL);
  check_proof (proof, TRUE);
  return 0;
}
