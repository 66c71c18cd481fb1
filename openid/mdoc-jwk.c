/*
 * mdoc-jwk.c - keys in JSON, their thumbprints, and sets of them (RFC 7517)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-jwk.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "openid/mdoc-jose.h"

/* base64url of the longest coordinate */
#define MAX_COORDINATE_LEN ((gsize) 88)

struct _MdocJwk
{
  gatomicrefcount ref_count;
  MdocPublicKey *key;
  char *kid;
  char *alg;
  char *use;
};

/* Members of private and symmetric keys (RFC 7518, 6.2.2, 6.3.2 and 6.4) */
static const char *const private_members[] = { "d",  "k",  "p",  "q",
                                               "dp", "dq", "qi", "oth" };

static gboolean
refuse (GError **error, const char *what, const char *reason)
{
  return mdoc_json_refuse (error, MDOC_JSON_ERROR_SCHEMA, what, reason);
}

/**
 * mdoc_jwk_new:
 * @key: a key of a curve that JOSE has
 * @kid: (nullable): its name
 * @alg: (nullable): the algorithm that it is for
 * @use: (nullable): "sig" or "enc"
 *
 * Returns: (transfer full): a JWK
 */
MdocJwk *
mdoc_jwk_new (MdocPublicKey *key,
              const char *kid,
              const char *alg,
              const char *use)
{
  MdocJwk *self;

  g_return_val_if_fail (mdoc_jose_has_curve (mdoc_public_key_get_curve (key)),
                        NULL);

  self = g_new0 (MdocJwk, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->key = mdoc_public_key_ref (key);
  self->kid = g_strdup (kid);
  self->alg = g_strdup (alg);
  self->use = g_strdup (use);
  return self;
}

MdocJwk *
mdoc_jwk_ref (MdocJwk *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_jwk_unref (MdocJwk *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  mdoc_public_key_unref (self->key);
  g_free (self->kid);
  g_free (self->alg);
  g_free (self->use);
  g_free (self);
}

MdocPublicKey *
mdoc_jwk_get_key (MdocJwk *self)
{
  return self->key;
}

const char *
mdoc_jwk_get_kid (MdocJwk *self)
{
  return self->kid;
}

const char *
mdoc_jwk_get_alg (MdocJwk *self)
{
  return self->alg;
}

const char *
mdoc_jwk_get_use (MdocJwk *self)
{
  return self->use;
}

static gboolean
parse_curve (JsonObject *object,
             const char *what,
             MdocCurve *ret_curve,
             GError **error)
{
  const char *kty, *crv;
  MdocCurve curve;

  kty = mdoc_json_get_text (object, "kty", MDOC_JWK_MAX_TEXT_LEN, error);
  if (kty == NULL)
    return FALSE;
  if (strcmp (kty, "EC") != 0 && strcmp (kty, "OKP") != 0)
    {
      g_set_error (error,
                   MDOC_CRYPTO_ERROR,
                   (gint) MDOC_CRYPTO_ERROR_UNSUPPORTED,
                   "%s is of a kind of key that we do not use",
                   what);
      return FALSE;
    }

  crv = mdoc_json_get_text (object, "crv", MDOC_JWK_MAX_TEXT_LEN, error);
  if (crv == NULL)
    return FALSE;
  /* our names are those of JOSE, but the case of letters counts there */
  if (!mdoc_curve_from_name (crv, &curve)
      || strcmp (mdoc_curve_get_name (curve), crv) != 0
      || !mdoc_jose_has_curve (curve))
    {
      g_set_error (error,
                   MDOC_CRYPTO_ERROR,
                   (gint) MDOC_CRYPTO_ERROR_UNSUPPORTED,
                   "%s is on a curve that we do not use",
                   what);
      return FALSE;
    }
  if (mdoc_curve_is_weierstrass (curve) != (strcmp (kty, "EC") == 0))
    return refuse (error, what, "has a curve that its kty does not have");

  *ret_curve = curve;
  return TRUE;
}

/* Coordinates have the full length, leading zeros included (RFC 7518, 6.2.1.2
 * and RFC 8037, 2). */
static GBytes *
parse_coordinate (JsonObject *object,
                  const char *member,
                  MdocCurve curve,
                  GError **error)
{
  gsize len = mdoc_curve_get_coordinate_len (curve);
  g_autoptr (GBytes) bytes = NULL;
  const char *text;

  text = mdoc_json_get_text (object, member, MAX_COORDINATE_LEN, error);
  if (text == NULL)
    return NULL;

  bytes = mdoc_base64url_decode (text, len, NULL);
  if (bytes == NULL || g_bytes_get_size (bytes) != len)
    {
      refuse (error, member, "is no coordinate of the curve");
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

static MdocPublicKey *
parse_key (JsonObject *object, const char *what, GError **error)
{
  g_autoptr (GBytes) x = NULL;
  g_autoptr (GBytes) y = NULL;
  MdocCurve curve = MDOC_CURVE_P256;

  if (!parse_curve (object, what, &curve, error))
    return NULL;
  x = parse_coordinate (object, "x", curve, error);
  if (x == NULL)
    return NULL;
  if (!mdoc_curve_is_weierstrass (curve))
    return mdoc_public_key_new (curve,
                                mdoc_span_from_bytes (x),
                                MDOC_SPAN (NULL, 0),
                                FALSE,
                                error);

  y = parse_coordinate (object, "y", curve, error);
  if (y == NULL)
    return NULL;
  return mdoc_public_key_new (curve,
                              mdoc_span_from_bytes (x),
                              mdoc_span_from_bytes (y),
                              FALSE,
                              error);
}

/**
 * mdoc_jwk_has_private:
 * @object: a JWK of any kind
 *
 * Returns: whether it has a member that only a private or symmetric key has
 */
gboolean
mdoc_jwk_has_private (JsonObject *object)
{
  for (gsize i = 0; i < G_N_ELEMENTS (private_members); i++)
    if (json_object_has_member (object, private_members[i]))
      return TRUE;

  return FALSE;
}

/**
 * mdoc_jwk_parse:
 * @object: a JWK
 * @what: what it is to the protocol, for the error message
 * @error: return location for a #MdocJsonError or #MdocCryptoError
 *
 * Reads a public key of the curves that RFC 7518 and RFC 8037 name. Whoever
 * sends us a private key has lost it, so it is refused; members that we do not
 * know are not looked at, `x5u` among them.
 *
 * Returns: (transfer full): the key, or %NULL with @error set
 */
MdocJwk *
mdoc_jwk_parse (JsonObject *object, const char *what, GError **error)
{
  g_autoptr (MdocPublicKey) key = NULL;
  const char *kid, *alg, *use;

  if (mdoc_jwk_has_private (object))
    {
      refuse (error, what, "holds a private key");
      return NULL;
    }

  key = parse_key (object, what, error);
  if (key == NULL)
    return NULL;
  if (!mdoc_json_find_text (object, "kid", MDOC_JWK_MAX_TEXT_LEN, &kid, error)
      || !mdoc_json_find_text (object,
                               "alg",
                               MDOC_JWK_MAX_TEXT_LEN,
                               &alg,
                               error)
      || !mdoc_json_find_text (object,
                               "use",
                               MDOC_JWK_MAX_TEXT_LEN,
                               &use,
                               error))
    return NULL;

  return mdoc_jwk_new (key, kid, alg, use);
}

/* A GBytes does not wipe itself, and nobody else holds this one. */
static void
wipe (GBytes *bytes)
{
  gsize len;
  gpointer data = g_bytes_unref_to_data (bytes, &len);

  mdoc_secret_wipe (data, len);
  g_free (data);
}

/**
 * mdoc_jwk_parse_private:
 * @object: a JWK with its private part
 * @error: return location for a #MdocJsonError or #MdocCryptoError
 *
 * For keys of our own that somebody keeps in this form. It does NOT wipe the
 * text in @object, as json-glib has no way to.
 *
 * Returns: (transfer full): the key, whose public part is as the JWK says, or
 *   %NULL with @error set
 */
MdocKey *
mdoc_jwk_parse_private (JsonObject *object, GError **error)
{
  g_autoptr (MdocPublicKey) public_key = NULL;
  g_autoptr (MdocSecret) secret = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GBytes) d = NULL;
  MdocCurve curve;

  public_key = parse_key (object, "JWK", error);
  if (public_key == NULL)
    return NULL;
  curve = mdoc_public_key_get_curve (public_key);
  d = parse_coordinate (object, "d", curve, error);
  if (d == NULL)
    return NULL;

  secret = mdoc_secret_new_copy (mdoc_span_from_bytes (d));
  key = mdoc_key_new_from_private (curve, mdoc_secret_get_span (secret), error);
  wipe (g_steal_pointer (&d));
  if (key == NULL)
    return NULL;
  if (!mdoc_public_key_equal (mdoc_key_get_public (key), public_key))
    {
      refuse (error, "JWK", "has a private part that is of another key");
      return NULL;
    }
  return g_steal_pointer (&key);
}

static void
set_coordinate (JsonObject *object, const char *member, MdocSpan coordinate)
{
  g_autofree char *text = mdoc_base64url_encode (coordinate);

  json_object_set_string_member (object, member, text);
}

/**
 * mdoc_jwk_write_key:
 * @key: a key of a curve that JOSE has
 *
 * Returns: (transfer full): a JWK with no more than is required; its members
 *   are in the order that RFC 7638 asks for
 */
JsonObject *
mdoc_jwk_write_key (MdocPublicKey *key)
{
  MdocCurve curve = mdoc_public_key_get_curve (key);
  gboolean is_ec = mdoc_curve_is_weierstrass (curve);
  JsonObject *object;

  g_return_val_if_fail (mdoc_jose_has_curve (curve), NULL);

  object = json_object_new ();
  json_object_set_string_member (object, "crv", mdoc_curve_get_name (curve));
  json_object_set_string_member (object, "kty", is_ec ? "EC" : "OKP");
  set_coordinate (object, "x", mdoc_public_key_get_x (key));
  if (is_ec)
    set_coordinate (object, "y", mdoc_public_key_get_y (key));
  return object;
}

/**
 * mdoc_jwk_to_json:
 * @self: a JWK
 *
 * Returns: (transfer full): @self as JSON
 */
JsonObject *
mdoc_jwk_to_json (MdocJwk *self)
{
  JsonObject *object = mdoc_jwk_write_key (self->key);

  if (self->kid != NULL)
    json_object_set_string_member (object, "kid", self->kid);
  if (self->alg != NULL)
    json_object_set_string_member (object, "alg", self->alg);
  if (self->use != NULL)
    json_object_set_string_member (object, "use", self->use);
  return object;
}

/**
 * mdoc_jwk_dup_thumbprint:
 * @key: a key of a curve that JOSE has
 *
 * Returns: (transfer full): its thumbprint of RFC 7638 with SHA-256, in
 *   base64url
 */
char *
mdoc_jwk_dup_thumbprint (MdocPublicKey *key)
{
  g_autoptr (JsonObject) object = mdoc_jwk_write_key (key);
  g_autofree char *text = mdoc_json_write (object);
  MdocSpan part = mdoc_span_from_text (text);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  return mdoc_base64url_encode (
      MDOC_SPAN (digest, mdoc_hash_get_len (MDOC_HASH_SHA256)));
}

/**
 * mdoc_jwk_set_parse:
 * @object: a JWK set
 * @what: what it is to the protocol, for the error message
 * @error: return location for a #MdocJsonError
 *
 * As RFC 7517, section 5, has it, keys of a kind or curve that we do not know
 * are skipped, and so are those that are wrong.
 *
 * Returns: (transfer full) (element-type MdocJwk): the others, in order; may be
 *   empty. %NULL with @error set if it is no set, or one of more than
 *   %MDOC_JWK_SET_MAX_KEYS keys
 */
GPtrArray *
mdoc_jwk_set_parse (JsonObject *object, const char *what, GError **error)
{
  g_autoptr (GPtrArray) set = NULL;
  JsonArray *keys;

  set = g_ptr_array_new_with_free_func ((GDestroyNotify) mdoc_jwk_unref);
  keys = mdoc_json_get_array (object, "keys", MDOC_JWK_SET_MAX_KEYS, error);
  if (keys == NULL)
    {
      g_prefix_error (error, "%s: ", what);
      return NULL;
    }

  for (guint i = 0; i < json_array_get_length (keys); i++)
    {
      JsonObject *member = mdoc_json_array_get_object (keys, i, what, error);
      MdocJwk *jwk;

      if (member == NULL)
        return NULL;
      jwk = mdoc_jwk_parse (member, what, NULL);
      if (jwk != NULL)
        g_ptr_array_add (set, jwk);
    }

  return g_steal_pointer (&set);
}

/**
 * mdoc_jwk_set_write:
 * @set: (element-type MdocJwk): keys
 *
 * Returns: (transfer full): them as a JWK set
 */
JsonObject *
mdoc_jwk_set_write (GPtrArray *set)
{
  JsonObject *object = json_object_new ();
  JsonArray *keys = json_array_new ();

  for (guint i = 0; i < set->len; i++)
    json_array_add_object_element (keys, mdoc_jwk_to_json (set->pdata[i]));
  json_object_set_array_member (object, "keys", keys);
  return object;
}

MdocJwk *
mdoc_jwk_set_find (GPtrArray *set, const char *kid)
{
  for (guint i = 0; i < set->len; i++)
    {
      MdocJwk *jwk = set->pdata[i];

      if (g_strcmp0 (jwk->kid, kid) == 0)
        return jwk;
    }

  return NULL;
}
