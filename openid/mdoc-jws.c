/*
 * mdoc-jws.c - signed tokens in compact form (RFC 7515), and JWT (RFC 7519)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-jws.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-jwk.h"

/* base64 of the longest certificate */
#define MAX_X5C_LEN (MDOC_CERTIFICATE_MAX_BYTES / 3 * 4 + 4)

static const MdocJsonLimits header_limits = {
  .max_bytes = MDOC_JWS_MAX_HEADER_BYTES,
  .max_depth = 8,
  .max_values = 256
};

struct _MdocJws
{
  gatomicrefcount ref_count;
  char *signing_input; /* header "." payload, as received */
  JsonNode *header_node;
  JsonObject *header; /* of header_node */
  MdocAlg alg;        /* unless is_rsa */
  gboolean is_rsa;
  MdocRsaScheme scheme; /* where is_rsa */
  const char *alg_name; /* of header_node */
  const char *typ;      /* of header_node, nullable */
  const char *kid;      /* of header_node, nullable */
  GBytes *payload;
  GBytes *signature;
};

struct _MdocJwt
{
  gatomicrefcount ref_count;
  MdocJws *jws;
  JsonNode *claims_node;
  JsonObject *claims; /* of claims_node */
};

MdocJws *
mdoc_jws_ref (MdocJws *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_jws_unref (MdocJws *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->signing_input);
  g_clear_pointer (&self->header_node, json_node_unref);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

/* RFC 7518, 3.3 and 3.5: those with the hash that everybody has */
static gboolean
find_scheme (const char *alg, MdocRsaScheme *ret_scheme)
{
  if (strcmp (alg, "RS256") == 0)
    *ret_scheme = MDOC_RSA_PKCS1_SHA256;
  else if (strcmp (alg, "PS256") == 0)
    *ret_scheme = MDOC_RSA_PSS_SHA256;
  else
    return FALSE;
  return TRUE;
}

/*   alg, typ, kid, crit: RFC 7515, 4.1; all other members are left alone */
static gboolean
read_header (MdocJws *self, gboolean allow_rsa, GError **error)
{
  const char *alg;

  alg = mdoc_json_get_text (self->header, "alg", MDOC_JWS_MAX_TEXT_LEN, error);
  if (alg == NULL)
    return FALSE;
  self->alg_name = alg;
  self->is_rsa = allow_rsa && find_scheme (alg, &self->scheme);
  if (!self->is_rsa && !mdoc_jose_alg_from_name (alg, &self->alg))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_ALGORITHM,
                             "Token is signed with an algorithm that we do not "
                             "take");

  /* we understand no extension, so any that is critical is one too many; and
   * what has the member without need is as wrong (RFC 7515, 4.1.11) */
  if (json_object_has_member (self->header, "crit"))
    return mdoc_jose_refuse (error,
                             MDOC_JOSE_ERROR_CRITICAL,
                             "Token has critical extensions");

  return mdoc_json_find_text (self->header,
                              "typ",
                              MDOC_JWS_MAX_TEXT_LEN,
                              &self->typ,
                              error)
         && mdoc_json_find_text (self->header,
                                 "kid",
                                 MDOC_JWS_MAX_TEXT_LEN,
                                 &self->kid,
                                 error);
}

static MdocJws *
parse (const char *compact,
       gsize max_payload_bytes,
       gboolean allow_rsa,
       GError **error)
{
  g_autoptr (MdocJws) self = NULL;
  g_autoptr (GBytes) header = NULL;
  MdocSpan parts[3];

  if (!mdoc_jose_split (compact, G_N_ELEMENTS (parts), parts, error))
    return NULL;

  self = g_new0 (MdocJws, 1);
  g_atomic_ref_count_init (&self->ref_count);
  header = mdoc_jose_decode_part (parts[0],
                                  "Header of token",
                                  MDOC_JWS_MAX_HEADER_BYTES,
                                  error);
  if (header == NULL)
    return NULL;
  self->header_node = mdoc_json_load_object (mdoc_span_from_bytes (header),
                                             "Header of token",
                                             &header_limits,
                                             &self->header,
                                             error);
  if (self->header_node == NULL || !read_header (self, allow_rsa, error))
    return NULL;

  self->payload = mdoc_jose_decode_part (parts[1],
                                         "Payload of token",
                                         max_payload_bytes,
                                         error);
  if (self->payload == NULL)
    return NULL;
  self->signature = mdoc_jose_decode_part (parts[2],
                                           "Signature of token",
                                           self->is_rsa
                                               ? MDOC_RSA_MAX_BYTES
                                               : MDOC_SIGNATURE_MAX_LEN,
                                           error);
  if (self->signature == NULL)
    return NULL;

  self->signing_input = g_strndup (compact, parts[0].len + 1 + parts[1].len);
  return g_steal_pointer (&self);
}

/**
 * mdoc_jws_parse:
 * @compact: header, payload and signature in base64url, with dots between
 * @max_payload_bytes: most bytes of payload that the caller is ready to
 *   receive, at most %MDOC_JWS_MAX_PAYLOAD_BYTES
 * @error: return location for a #MdocJoseError or #MdocJsonError
 *
 * Takes a token apart. One without signature (`alg` is none), one with a MAC
 * and one with critical extensions is refused here, whatever key the caller
 * has in mind.
 *
 * Returns: (transfer full): the token, or %NULL with @error set
 */
MdocJws *
mdoc_jws_parse (const char *compact, gsize max_payload_bytes, GError **error)
{
  g_return_val_if_fail (compact != NULL, NULL);
  g_return_val_if_fail (max_payload_bytes <= MDOC_JWS_MAX_PAYLOAD_BYTES, NULL);

  return parse (compact, max_payload_bytes, FALSE, error);
}

JsonObject *
mdoc_jws_get_header (MdocJws *self)
{
  return self->header;
}

MdocAlg
mdoc_jws_get_alg (MdocJws *self)
{
  g_return_val_if_fail (!self->is_rsa, MDOC_ALG_ES256);

  return self->alg;
}

const char *
mdoc_jws_get_alg_name (MdocJws *self)
{
  return self->alg_name;
}

gboolean
mdoc_jws_is_rsa (MdocJws *self)
{
  return self->is_rsa;
}

const char *
mdoc_jws_get_kid (MdocJws *self)
{
  return self->kid;
}

MdocSpan
mdoc_jws_get_payload (MdocJws *self)
{
  return mdoc_span_from_bytes (self->payload);
}

MdocSpan
mdoc_jws_get_signature (MdocJws *self)
{
  return mdoc_span_from_bytes (self->signature);
}

/**
 * mdoc_jws_has_type:
 * @self: a token
 * @typ: a media type without "application/", such as "dpop+jwt"
 *
 * Media types have no case, and the prefix may stand there or not (RFC 7515,
 * 4.1.9).
 *
 * Returns: whether the token says that it is one
 */
gboolean
mdoc_jws_has_type (MdocJws *self, const char *typ)
{
  static const char prefix[] = "application/";
  const char *own = self->typ;

  if (own == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (own, prefix, strlen (prefix)) == 0)
    own += strlen (prefix);
  return g_ascii_strcasecmp (own, typ) == 0;
}

/**
 * mdoc_jws_dup_jwk:
 * @self: a token
 * @error: return location for a #MdocJoseError, #MdocJsonError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full): the key in its header, in which anybody may have
 *   put it, or %NULL with @error set
 */
MdocPublicKey *
mdoc_jws_dup_jwk (MdocJws *self, GError **error)
{
  g_autoptr (MdocJwk) jwk = NULL;
  JsonObject *object;

  if (!mdoc_json_find_object (self->header, "jwk", &object, error))
    return NULL;
  if (object == NULL)
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_KEY,
                        "Token has no key in its header");
      return NULL;
    }
  jwk = mdoc_jwk_parse (object, "jwk", error);
  return jwk != NULL ? mdoc_public_key_ref (mdoc_jwk_get_key (jwk)) : NULL;
}

/* x5c holds the other base64, with padding (RFC 7515, 4.1.6) */
static GBytes *
decode_x5c (const char *text, GError **error)
{
  g_autofree char *copy = g_strdup (text);
  gsize len = strlen (copy);
  g_autoptr (GBytes) der = NULL;

  /* the padding is right, then the rest can be read as base64url */
  if (len % 4 == 0 && strpbrk (copy, "-_") == NULL)
    {
      if (g_str_has_suffix (copy, "=="))
        copy[len - 2] = '\0';
      else if (g_str_has_suffix (copy, "="))
        copy[len - 1] = '\0';
      g_strdelimit (copy, "+", '-');
      g_strdelimit (copy, "/", '_');
      der = mdoc_base64url_decode (copy, MDOC_CERTIFICATE_MAX_BYTES, NULL);
    }

  if (der == NULL)
    mdoc_jose_refuse (error, MDOC_JOSE_ERROR_MALFORMED, "x5c is no base64");
  return g_steal_pointer (&der);
}

/**
 * mdoc_jws_dup_chain:
 * @self: a token
 * @error: return location for a #MdocJoseError, #MdocJsonError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full) (element-type MdocCertificate): the certificates in
 *   its header, leaf first, in which anybody may have put them; empty if there
 *   are none. %NULL with @error set
 */
GPtrArray *
mdoc_jws_dup_chain (MdocJws *self, GError **error)
{
  g_autoptr (GPtrArray) chain = NULL;
  JsonArray *array;

  chain = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_certificate_unref);
  if (!mdoc_json_find_array (self->header,
                             "x5c",
                             MDOC_CHAIN_MAX_LEN,
                             &array,
                             error))
    return NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *text = mdoc_json_array_get_text (array,
                                                   i,
                                                   "x5c",
                                                   MAX_X5C_LEN,
                                                   error);
      g_autoptr (GBytes) der = text != NULL ? decode_x5c (text, error) : NULL;
      MdocCertificate *certificate;

      certificate = der != NULL ? mdoc_certificate_parse (der, error) : NULL;
      if (certificate == NULL)
        return NULL;
      g_ptr_array_add (chain, certificate);
    }

  return g_steal_pointer (&chain);
}

static gboolean
refuse_alg (GError **error)
{
  return mdoc_jose_refuse (error,
                           MDOC_JOSE_ERROR_ALGORITHM,
                           "Token is signed with another algorithm than the "
                           "key is for");
}

/**
 * mdoc_jws_verify:
 * @self: a token
 * @key: the key that should have signed it
 * @ret_valid: (out): whether it did; %FALSE from the start
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * The algorithm has to be the one of the key's curve: which one that is, is not
 * the token's to say.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_jws_verify (MdocJws *self,
                 MdocPublicKey *key,
                 gboolean *ret_valid,
                 GError **error)
{
  MdocSpan part = mdoc_span_from_text (self->signing_input);

  *ret_valid = FALSE;
  if (self->is_rsa
      || !mdoc_jose_alg_fits (self->alg, mdoc_public_key_get_curve (key)))
    return refuse_alg (error);

  return mdoc_public_key_verify (key,
                                 self->alg,
                                 &part,
                                 1,
                                 mdoc_span_from_bytes (self->signature),
                                 ret_valid,
                                 error);
}

/**
 * mdoc_jws_verify_rsa:
 * @self: a token
 * @key: the key that should have signed it
 * @ret_valid: (out): whether it did; %FALSE from the start
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * A token that is signed in another way than with RSA is refused.
 *
 * Returns: %TRUE if it could be decided
 */
gboolean
mdoc_jws_verify_rsa (MdocJws *self,
                     MdocRsaKey *key,
                     gboolean *ret_valid,
                     GError **error)
{
  *ret_valid = FALSE;
  if (!self->is_rsa)
    return refuse_alg (error);

  return mdoc_rsa_key_verify (key,
                              self->scheme,
                              mdoc_span_from_text (self->signing_input),
                              mdoc_span_from_bytes (self->signature),
                              ret_valid,
                              error);
}

static void
copy_member (JsonObject *from, const char *name, JsonNode *node, gpointer data)
{
  json_object_set_member (data, name, json_node_copy (node));
}

/**
 * mdoc_jws_sign:
 * @header: (nullable): members besides `alg`, which it must not have
 * @payload: what to sign
 * @key: a key of a curve for which JOSE has an algorithm
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): the token in compact form, or %NULL with @error set
 */
char *
mdoc_jws_sign (JsonObject *header,
               MdocSpan payload,
               MdocKey *key,
               GError **error)
{
  MdocCurve curve = mdoc_public_key_get_curve (mdoc_key_get_public (key));
  g_autoptr (JsonObject) whole = json_object_new ();
  g_autofree char *header_text = NULL;
  g_autofree char *header_part = NULL;
  g_autofree char *payload_part = NULL;
  g_autofree char *signature_part = NULL;
  g_autofree char *signing_input = NULL;
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gsize len;
  MdocAlg alg;
  MdocSpan part;

  g_return_val_if_fail (header == NULL
                            || !json_object_has_member (header, "alg"),
                        NULL);

  alg = mdoc_curve_can_sign (curve) ? mdoc_curve_get_alg (curve)
                                    : MDOC_ALG_ES256;
  if (!mdoc_jose_alg_fits (alg, curve))
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_ALGORITHM,
                        "JOSE has no signature for the key's curve");
      return NULL;
    }

  json_object_set_string_member (whole, "alg", mdoc_jose_alg_get_name (alg));
  if (header != NULL)
    json_object_foreach_member (header, copy_member, whole);
  header_text = mdoc_json_write (whole);
  header_part = mdoc_base64url_encode (mdoc_span_from_text (header_text));
  payload_part = mdoc_base64url_encode (payload);
  signing_input = g_strconcat (header_part, ".", payload_part, NULL);

  part = mdoc_span_from_text (signing_input);
  if (!mdoc_key_sign (key, alg, &part, 1, signature, &len, error))
    return NULL;
  signature_part = mdoc_base64url_encode (MDOC_SPAN (signature, len));
  return g_strconcat (signing_input, ".", signature_part, NULL);
}

/**
 * mdoc_jws_header_new:
 * @typ: what kind of token it is
 * @kid: (nullable): the name of the key
 * @jwk: (nullable): the key itself
 * @chain: (nullable) (element-type MdocCertificate): certificates, leaf first
 *
 * Returns: (transfer full): a header for mdoc_jws_sign()
 */
JsonObject *
mdoc_jws_header_new (const char *typ,
                     const char *kid,
                     MdocPublicKey *jwk,
                     GPtrArray *chain)
{
  JsonObject *header = json_object_new ();

  json_object_set_string_member (header, "typ", typ);
  if (kid != NULL)
    json_object_set_string_member (header, "kid", kid);
  if (jwk != NULL)
    json_object_set_object_member (header, "jwk", mdoc_jwk_write_key (jwk));
  if (chain != NULL && chain->len > 0)
    {
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < chain->len; i++)
        {
          MdocSpan der = mdoc_span_from_bytes (
              mdoc_certificate_get_der (chain->pdata[i]));
          g_autofree char *text = g_base64_encode (der.data, der.len);

          json_array_add_string_element (array, text);
        }
      json_object_set_array_member (header, "x5c", array);
    }
  return header;
}

MdocJwt *
mdoc_jwt_ref (MdocJwt *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_jwt_unref (MdocJwt *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  mdoc_jws_unref (self->jws);
  g_clear_pointer (&self->claims_node, json_node_unref);
  g_free (self);
}

static MdocJwt *
parse_claims (MdocJws *jws,
              const char *typ,
              const MdocJsonLimits *limits,
              GError **error)
{
  g_autoptr (MdocJwt) self = g_new0 (MdocJwt, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->jws = jws;
  if (!mdoc_jws_has_type (self->jws, typ))
    {
      mdoc_jose_refuse (error,
                        MDOC_JOSE_ERROR_TYPE,
                        "Token is of another type");
      return NULL;
    }

  self->claims_node = mdoc_json_load_object (mdoc_jws_get_payload (self->jws),
                                             "Claims of token",
                                             limits,
                                             &self->claims,
                                             error);
  if (self->claims_node == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * mdoc_jwt_parse:
 * @compact: a token
 * @typ: the kind that it has to be, such as "dpop+jwt" (RFC 8725, 3.11)
 * @limits: what its claims may cost us
 * @error: return location for a #MdocJoseError or #MdocJsonError
 *
 * Returns: (transfer full): the token, or %NULL with @error set
 */
MdocJwt *
mdoc_jwt_parse (const char *compact,
                const char *typ,
                const MdocJsonLimits *limits,
                GError **error)
{
  MdocJws *jws = mdoc_jws_parse (compact, limits->max_bytes, error);

  return jws != NULL ? parse_claims (jws, typ, limits, error) : NULL;
}

MdocJwt *
mdoc_jwt_parse_of_server (const char *compact,
                          const char *typ,
                          const MdocJsonLimits *limits,
                          GError **error)
{
  MdocJws *jws = parse (compact, limits->max_bytes, TRUE, error);

  return jws != NULL ? parse_claims (jws, typ, limits, error) : NULL;
}

MdocJws *
mdoc_jwt_get_jws (MdocJwt *self)
{
  return self->jws;
}

JsonObject *
mdoc_jwt_get_claims (MdocJwt *self)
{
  return self->claims;
}

/**
 * mdoc_jwt_sign:
 * @header: as mdoc_jws_sign() takes it, with `typ`
 * @claims: what to sign
 * @key: a key of a curve for which JOSE has an algorithm
 * @error: return location for a #MdocJoseError or #MdocCryptoError
 *
 * Returns: (transfer full): the token in compact form, or %NULL with @error set
 */
char *
mdoc_jwt_sign (JsonObject *header,
               JsonObject *claims,
               MdocKey *key,
               GError **error)
{
  g_autofree char *text = mdoc_json_write (claims);

  return mdoc_jws_sign (header, mdoc_span_from_text (text), key, error);
}
