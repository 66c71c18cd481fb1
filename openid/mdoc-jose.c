/*
 * mdoc-jose.c - names and errors of JSON Object Signing and Encryption
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-jose.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

/* enough that chance never makes the same one twice */
#define JTI_BYTES 16

G_DEFINE_QUARK (mdoc_jose_error_quark, mdoc_jose_error)

/* the algorithm that a curve signs with, 0 for none */
static const struct
{
  MdocCurve curve;
  int alg;
} curves[] = {
  { MDOC_CURVE_P256, MDOC_ALG_ES256 },
  { MDOC_CURVE_P384, MDOC_ALG_ES384 },
  { MDOC_CURVE_P521, MDOC_ALG_ES512 },
  { MDOC_CURVE_ED25519, MDOC_ALG_EDDSA },
  { MDOC_CURVE_ED448, MDOC_ALG_EDDSA },
  { MDOC_CURVE_X25519, 0 },
  { MDOC_CURVE_X448, 0 },
};

static const struct
{
  MdocAlg alg;
  const char *name;
} algs[] = {
  { MDOC_ALG_ES256, "ES256" },
  { MDOC_ALG_ES384, "ES384" },
  { MDOC_ALG_ES512, "ES512" },
  { MDOC_ALG_EDDSA, "EdDSA" },
};

/**
 * mdoc_jose_refuse:
 * @error: return location for the error
 * @code: what is wrong
 * @reason: a sentence about it
 *
 * The one place that makes errors of this domain.
 *
 * Returns: %FALSE, for the caller to return
 */
gboolean
mdoc_jose_refuse (GError **error, MdocJoseError code, const char *reason)
{
  g_set_error_literal (error, MDOC_JOSE_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_jose_alg_get_name:
 * @alg: an algorithm
 *
 * Returns: (transfer none): its name in JOSE
 */
const char *
mdoc_jose_alg_get_name (MdocAlg alg)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algs); i++)
    if (algs[i].alg == alg)
      return algs[i].name;

  g_return_val_if_reached ("?");
}

/**
 * mdoc_jose_alg_from_name:
 * @name: an `alg`, whose letters have a case
 * @ret_alg: (out): the algorithm
 *
 * Returns: %FALSE if it is none of ours
 */
gboolean
mdoc_jose_alg_from_name (const char *name, MdocAlg *ret_alg)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algs); i++)
    if (strcmp (algs[i].name, name) == 0)
      {
        *ret_alg = algs[i].alg;
        return TRUE;
      }

  return FALSE;
}

/**
 * mdoc_jose_alg_fits:
 * @alg: an algorithm
 * @curve: the curve of a key
 *
 * Returns: whether JOSE lets a key of @curve be used with @alg
 */
gboolean
mdoc_jose_alg_fits (MdocAlg alg, MdocCurve curve)
{
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    if (curves[i].curve == curve)
      return curves[i].alg == (int) alg;

  return FALSE;
}

/**
 * mdoc_jose_has_curve:
 * @curve: a curve
 *
 * Returns: whether a JWK can hold a key of it
 */
gboolean
mdoc_jose_has_curve (MdocCurve curve)
{
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    if (curves[i].curve == curve)
      return TRUE;

  return FALSE;
}

/**
 * mdoc_jose_decode_part:
 * @part: base64url without padding
 * @what: what it is, for the error message
 * @max_bytes: most bytes that the caller is ready to receive
 * @error: return location for a #MdocJoseError
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 */
GBytes *
mdoc_jose_decode_part (MdocSpan part,
                       const char *what,
                       gsize max_bytes,
                       GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) inner_error = NULL;
  g_autofree char *reason = NULL;
  GBytes *bytes;

  /* before a copy is made */
  if (part.len / 4 * 3 > max_bytes)
    {
      reason = g_strconcat (what, " is too long", NULL);
      mdoc_jose_refuse (error, MDOC_JOSE_ERROR_LIMIT, reason);
      return NULL;
    }

  text = g_strndup ((const char *) part.data, part.len);
  bytes = strlen (text) == part.len
              ? mdoc_base64url_decode (text, max_bytes, &inner_error)
              : NULL;
  if (bytes != NULL)
    return bytes;

  if (g_error_matches (inner_error, MDOC_TEXT_ERROR, MDOC_TEXT_ERROR_LIMIT))
    {
      reason = g_strconcat (what, " is too long", NULL);
      mdoc_jose_refuse (error, MDOC_JOSE_ERROR_LIMIT, reason);
      return NULL;
    }
  reason = g_strconcat (what, " is no base64url", NULL);
  mdoc_jose_refuse (error, MDOC_JOSE_ERROR_MALFORMED, reason);
  return NULL;
}

/**
 * mdoc_jose_split:
 * @compact: a token in compact form
 * @n_parts: how many parts it must have
 * @ret_parts: (out) (array length=n_parts): them; borrowed from @compact, may
 *   be empty
 * @error: return location for a #MdocJoseError
 *
 * Returns: %TRUE if there are that many
 */
gboolean
mdoc_jose_split (const char *compact,
                 gsize n_parts,
                 MdocSpan *ret_parts,
                 GError **error)
{
  const char *start = compact;

  for (gsize i = 0; i < n_parts; i++)
    {
      gsize len = strcspn (start, ".");
      gboolean is_last = i == n_parts - 1;

      if ((start[len] == '\0') != is_last)
        return mdoc_jose_refuse (error,
                                 MDOC_JOSE_ERROR_MALFORMED,
                                 "Token has not the parts of its compact form");
      ret_parts[i] = MDOC_SPAN ((const guint8 *) start, len);
      start += len + 1;
    }

  return TRUE;
}

/**
 * mdoc_jose_dup_digest:
 * @bytes: what to name
 *
 * Returns: (transfer full): its SHA-256, in base64url
 */
char *
mdoc_jose_dup_digest (MdocSpan bytes)
{
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &bytes, 1, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

/**
 * mdoc_jose_new_call_claims:
 * @method: the method of the request, such as "POST"
 * @uri: its address; query and fragment are left out
 * @now_unix_s: the time
 * @nonce: (nullable): the one the server gave last, if it did
 *
 * Returns: (transfer full): claims of a proof that nobody can use twice
 */
JsonObject *
mdoc_jose_new_call_claims (const char *method,
                           const char *uri,
                           gint64 now_unix_s,
                           const char *nonce)
{
  JsonObject *claims = json_object_new ();
  g_autofree char *bare_uri = g_strndup (uri, strcspn (uri, "?#"));
  g_autofree char *jti = NULL;
  guint8 random[JTI_BYTES];

  mdoc_random_fill (random, sizeof (random));
  jti = mdoc_base64url_encode (MDOC_SPAN (random, sizeof (random)));
  json_object_set_string_member (claims, "jti", jti);
  json_object_set_string_member (claims, "htm", method);
  json_object_set_string_member (claims, "htu", bare_uri);
  json_object_set_int_member (claims, "iat", now_unix_s);
  if (nonce != NULL)
    json_object_set_string_member (claims, "nonce", nonce);
  return claims;
}
