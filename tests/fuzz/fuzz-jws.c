/*
 * fuzz-jws.c - signed tokens made of anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-jws.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The input is header and payload as they are, with NUL between, or a token. */
static char *
to_compact (const guint8 *data, gsize size)
{
  const guint8 *nul = memchr (data, 0, size);
  g_autofree char *header = NULL;
  g_autofree char *payload = NULL;
  gsize len;

  if (size == 0 || nul == NULL)
    return g_strndup ((const char *) data, size);
  len = (gsize) (nul - data);
  header = mdoc_base64url_encode (MDOC_SPAN (data, len));
  payload = mdoc_base64url_encode (MDOC_SPAN (nul + 1, size - len - 1));
  return g_strconcat (header, ".", payload, ".AAAA", NULL);
}

/* Whoever made the input has no key, so no signature of it holds. */
static void
check_key (MdocJws *jws)
{
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid = TRUE;
  gboolean is_decided;

  key = mdoc_jws_dup_jwk (jws, &error);
  g_assert_true ((key == NULL) == (error != NULL));
  if (key == NULL)
    return;
  is_decided = mdoc_jws_verify (jws, key, &is_valid, &error);
  g_assert_true (is_decided == (error == NULL));
  g_assert_true (is_decided || !is_valid);
}

/* What anybody may sign, a server may, too; RSA may be more. */
static void
check_of_server (const char *compact, const MdocJsonLimits *limits)
{
  g_autoptr (MdocJwt) jwt = mdoc_jwt_parse (compact, "dpop+jwt", limits, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJwt) server = NULL;

  server = mdoc_jwt_parse_of_server (compact, "dpop+jwt", limits, &error);
  g_assert_true ((server == NULL) == (error != NULL));
  g_assert_true (
      (jwt == NULL)
      == (server == NULL || mdoc_jws_is_rsa (mdoc_jwt_get_jws (server))));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                         .max_depth = 8,
                                         .max_values = 1024 };
  g_autofree char *compact = to_compact (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJws) jws = NULL;
  g_autoptr (MdocJwt) jwt = NULL;
  g_autoptr (GPtrArray) chain = NULL;

  check_of_server (compact, &limits);
  jws = mdoc_jws_parse (compact, limits.max_bytes, &error);
  g_assert_true ((jws == NULL) == (error != NULL));
  if (jws == NULL)
    {
      g_assert_true (error->domain == MDOC_JOSE_ERROR
                     || error->domain == MDOC_JSON_ERROR);
      return 0;
    }

  g_assert_false (json_object_has_member (mdoc_jws_get_header (jws), "crit"));
  g_assert_cmpuint (mdoc_jws_get_payload (jws).len, <=, limits.max_bytes);
  check_key (jws);
  chain = mdoc_jws_dup_chain (jws, &error);
  g_assert_true ((chain == NULL) == (error != NULL));
  g_clear_error (&error);

  jwt = mdoc_jwt_parse (compact, "test+jwt", &limits, &error);
  g_assert_true ((jwt == NULL) == (error != NULL));
  g_assert_true (jwt == NULL || mdoc_jws_has_type (jws, "test+jwt"));
  return 0;
}
