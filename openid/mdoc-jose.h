/*
 * mdoc-jose.h - names and errors of JSON Object Signing and Encryption
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

/**
 * MdocJoseError:
 * @MDOC_JOSE_ERROR_MALFORMED: not the compact form, or a part is no base64url
 * @MDOC_JOSE_ERROR_LIMIT: over one of our limits
 * @MDOC_JOSE_ERROR_ALGORITHM: an algorithm that we do not take ("none" is one
 *   of them), or one that is not of the key's curve
 * @MDOC_JOSE_ERROR_CRITICAL: the header calls something critical; we know no
 *   extension
 * @MDOC_JOSE_ERROR_TYPE: a token of another kind (`typ`)
 * @MDOC_JOSE_ERROR_KEY: the header names no key, or names it twice
 * @MDOC_JOSE_ERROR_DECRYPT: the ciphertext is not authentic
 *
 * Why a token was refused. Every code blames whoever wrote it. A header or
 * claim that is no JSON or of a wrong type is an #MdocJsonError, a key that is
 * not on its curve an #MdocCryptoError.
 *
 * A signature that does not hold is no error: see mdoc_jws_verify().
 */
typedef enum
{
  MDOC_JOSE_ERROR_MALFORMED,
  MDOC_JOSE_ERROR_LIMIT,
  MDOC_JOSE_ERROR_ALGORITHM,
  MDOC_JOSE_ERROR_CRITICAL,
  MDOC_JOSE_ERROR_TYPE,
  MDOC_JOSE_ERROR_KEY,
  MDOC_JOSE_ERROR_DECRYPT,
} MdocJoseError;

#define MDOC_JOSE_ERROR (mdoc_jose_error_quark ())
GQuark mdoc_jose_error_quark (void);

gboolean
mdoc_jose_refuse (GError **error, MdocJoseError code, const char *reason);

/* "ES256", "ES384", "ES512", "EdDSA" (RFC 7518, 3.1; RFC 8037) */
const char *mdoc_jose_alg_get_name (MdocAlg alg);
gboolean mdoc_jose_alg_from_name (const char *name, MdocAlg *ret_alg);
/* Can a key of this curve sign or verify with @alg? Unlike COSE, JOSE has no
 * algorithm for Brainpool curves. */
gboolean mdoc_jose_alg_fits (MdocAlg alg, MdocCurve curve);
/* has JOSE this curve? (RFC 7518, 6.2.1.1; RFC 8037) */
gboolean mdoc_jose_has_curve (MdocCurve curve);

/* SHA-256 in base64url, as claims name a token or a body by it */
char *mdoc_jose_dup_digest (MdocSpan bytes) G_GNUC_WARN_UNUSED_RESULT;
/* What a proof for one request says at least (RFC 9449, 4.2): "jti", "htm",
 * "htu" without query and fragment, "iat" and, unless it is %NULL, "nonce". */
JsonObject *mdoc_jose_new_call_claims (const char *method,
                                       const char *uri,
                                       gint64 now_unix_s,
                                       const char *nonce)
    G_GNUC_WARN_UNUSED_RESULT;

/* One part of a compact form, between the dots. */
GBytes *mdoc_jose_decode_part (MdocSpan part,
                               const char *what,
                               gsize max_bytes,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_jose_split (const char *compact,
                          gsize n_parts,
                          MdocSpan *ret_parts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
