/*
 * fuzz-jwe.c - encrypted messages made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-json.h"
#include "openid/mdoc-jwe.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A header as it is before a NUL, or the whole message. */
static char *
to_compact (const guint8 *data, gsize size)
{
  g_autofree char *header = NULL;

  if (size == 0 || data[size - 1] != 0)
    return g_strndup ((const char *) data, size);
  header = mdoc_base64url_encode (MDOC_SPAN (data, size - 1));
  return g_strconcat (header,
                      "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
                      NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MdocKey *key; /* one for all inputs, freed by nobody */
  g_autofree char *compact = to_compact (data, size);
  g_autoptr (MdocSecret) plaintext = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJwe) jwe = NULL;

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  jwe = mdoc_jwe_parse (compact, 64 * 1024, &error);
  g_assert_true ((jwe == NULL) == (error != NULL));
  if (jwe == NULL)
    {
      g_assert_true (error->domain == MDOC_JOSE_ERROR
                     || error->domain == MDOC_JSON_ERROR
                     || error->domain == MDOC_CRYPTO_ERROR);
      return 0;
    }

  g_assert_cmpuint (mdoc_jwe_get_apu (jwe).len, <=, MDOC_JWE_MAX_PARTY_BYTES);
  g_assert_cmpuint (mdoc_jwe_get_apv (jwe).len, <=, MDOC_JWE_MAX_PARTY_BYTES);
  /* nobody has seen the key, so nothing is encrypted for it */
  plaintext = mdoc_jwe_decrypt (jwe, key, &error);
  g_assert_null (plaintext);
  g_assert_nonnull (error);
  return 0;
}
