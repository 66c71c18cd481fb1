/*
 * fuzz-status-token.c - signed lists made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-status-token.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (MdocStatusToken *token, MdocKey *key)
{
  const MdocStatusClaims *claims = mdoc_status_token_get_claims (token);
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;
  gboolean is_decided;

  g_assert_nonnull (claims->uri);
  g_assert_true ((claims->list == NULL) != (claims->identifiers == NULL));
  g_assert_cmpint (claims->ttl_s, >=, 0);
  g_assert_cmpint (mdoc_status_token_get_refresh (token, 0),
                   >=,
                   MIN (claims->exp_unix_s, 0));
  /* nobody has seen the key */
  is_decided = mdoc_status_token_verify (token,
                                         mdoc_key_get_public (key),
                                         &is_valid,
                                         &error);
  g_assert_true (is_decided == (error == NULL));
  g_assert_false (is_valid);
}

/* A CWT, or a JWT as text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MdocKey *key; /* one for all inputs, freed by nobody */
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GBytes) encoded = g_bytes_new (data, size);
  g_autoptr (MdocStatusToken) jwt = NULL;
  g_autoptr (MdocStatusToken) cwt = NULL;
  g_autoptr (GError) error = NULL;

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  jwt = mdoc_status_token_parse_jwt (text, &error);
  g_assert_true ((jwt == NULL) == (error != NULL));
  if (jwt != NULL)
    check (jwt, key);
  g_clear_error (&error);

  cwt = mdoc_status_token_parse_cwt (encoded, &error);
  g_assert_true ((cwt == NULL) == (error != NULL));
  if (cwt != NULL)
    check (cwt, key);
  return 0;
}
