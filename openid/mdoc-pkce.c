/*
 * mdoc-pkce.c - proof key for code exchange, S256 alone (RFC 7636)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-pkce.h"

#include <string.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

#define UNRESERVED                                                             \
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

char *
mdoc_pkce_make_verifier (void)
{
  guint8 random[32];
  MDOC_WIPE_ON_EXIT (random);

  mdoc_random_fill (random, sizeof (random));
  return mdoc_base64url_encode (MDOC_SPAN (random, sizeof (random)));
}

/**
 * mdoc_pkce_dup_challenge:
 * @verifier: any text
 *
 * Returns: (transfer full) (nullable): BASE64URL (SHA256 (@verifier)), or %NULL
 *   if @verifier is not made as RFC 7636, 4.1, has it
 */
char *
mdoc_pkce_dup_challenge (const char *verifier)
{
  MdocSpan part = mdoc_span_from_text (verifier);
  guint8 digest[MDOC_HASH_MAX_LEN];

  if (part.len < MDOC_PKCE_MIN_LEN || part.len > MDOC_PKCE_MAX_LEN
      || strspn (verifier, UNRESERVED) != part.len)
    return NULL;

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

gboolean
mdoc_pkce_check (const char *verifier, const char *challenge)
{
  g_autofree char *own = mdoc_pkce_dup_challenge (verifier);

  return own != NULL
         && mdoc_secret_equal (mdoc_span_from_text (own),
                               mdoc_span_from_text (challenge));
}
