/*
 * mdoc-server-keys.c - with what an authorization server signs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-server-keys.h"

#include <string.h>

#include "base/mdoc-text.h"

/* base64url of the longest modulus */
#define MAX_NUMBER_LEN ((MDOC_RSA_MAX_BYTES * 4 + 2) / 3)

/* One of two kinds; the kind says how it signs. */
typedef struct
{
  MdocJwk *jwk;    /* nullable */
  MdocRsaKey *rsa; /* nullable */
  char *kid;       /* nullable, and so are the next */
  char *alg;
  char *use;
} ServerKey;

struct _MdocServerKeys
{
  gatomicrefcount ref_count;
  GPtrArray *keys; /* (element-type ServerKey) */
};

static void
server_key_free (ServerKey *self)
{
  mdoc_jwk_unref (self->jwk);
  mdoc_rsa_key_free (self->rsa);
  g_free (self->kid);
  g_free (self->alg);
  g_free (self->use);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerKey, server_key_free)

MdocServerKeys *
mdoc_server_keys_ref (MdocServerKeys *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mdoc_server_keys_unref (MdocServerKeys *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->keys);
  g_free (self);
}

/* Base64urlUInt (RFC 7518, 2): big-endian, in as few bytes as it takes */
static GBytes *
parse_number (JsonObject *object, const char *member)
{
  const char *text = mdoc_json_get_text (object, member, MAX_NUMBER_LEN, NULL);

  return text != NULL ? mdoc_base64url_decode (text, MDOC_RSA_MAX_BYTES, NULL)
                      : NULL;
}

/* RFC 7518, 6.3.1 */
static MdocRsaKey *
parse_rsa (JsonObject *object)
{
  g_autoptr (GBytes) n = parse_number (object, "n");
  g_autoptr (GBytes) e = parse_number (object, "e");

  if (n == NULL || e == NULL || mdoc_jwk_has_private (object))
    return NULL;
  return mdoc_rsa_key_new (mdoc_span_from_bytes (n),
                           mdoc_span_from_bytes (e),
                           NULL);
}

/* NULL: of no use to us, as RFC 7517, 5, has it */
static ServerKey *
parse_key (JsonObject *object, const char *what)
{
  g_autoptr (ServerKey) self = g_new0 (ServerKey, 1);
  const char *kty, *kid, *alg, *use;

  kty = mdoc_json_get_text (object, "kty", MDOC_JWK_MAX_TEXT_LEN, NULL);
  if (kty == NULL
      || !mdoc_json_find_text (object, "kid", MDOC_JWK_MAX_TEXT_LEN, &kid, NULL)
      || !mdoc_json_find_text (object, "alg", MDOC_JWK_MAX_TEXT_LEN, &alg, NULL)
      || !mdoc_json_find_text (object,
                               "use",
                               MDOC_JWK_MAX_TEXT_LEN,
                               &use,
                               NULL))
    return NULL;

  if (strcmp (kty, "RSA") == 0)
    self->rsa = parse_rsa (object);
  else
    self->jwk = mdoc_jwk_parse (object, what, NULL);
  if (self->rsa == NULL && self->jwk == NULL)
    return NULL;
  self->kid = g_strdup (kid);
  self->alg = g_strdup (alg);
  self->use = g_strdup (use);
  return g_steal_pointer (&self);
}

/**
 * mdoc_server_keys_parse:
 * @object: a JWK set
 * @what: what it is to the protocol, for the error message
 * @error: return location for a #MdocJsonError
 *
 * Returns: (transfer full): those of its keys that we can use, perhaps none;
 *   %NULL with @error set if it is no set, or one of no keys, or of
 *   more than %MDOC_JWK_SET_MAX_KEYS
 */
MdocServerKeys *
mdoc_server_keys_parse (JsonObject *object, const char *what, GError **error)
{
  g_autoptr (MdocServerKeys) self = g_new0 (MdocServerKeys, 1);
  JsonArray *keys;

  g_atomic_ref_count_init (&self->ref_count);
  self->keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) server_key_free);
  keys = mdoc_json_get_array (object, "keys", MDOC_JWK_SET_MAX_KEYS, error);
  if (keys == NULL)
    {
      g_prefix_error (error, "%s: ", what);
      return NULL;
    }

  for (guint i = 0; i < json_array_get_length (keys); i++)
    {
      JsonObject *member = mdoc_json_array_get_object (keys, i, what, error);
      ServerKey *key;

      if (member == NULL)
        return NULL;
      key = parse_key (member, what);
      if (key != NULL)
        g_ptr_array_add (self->keys, key);
    }
  return g_steal_pointer (&self);
}

guint
mdoc_server_keys_get_length (MdocServerKeys *self)
{
  return self->keys->len;
}

static gboolean
may_sign (const ServerKey *key, MdocJws *jws)
{
  const char *kid = mdoc_jws_get_kid (jws);

  return (key->rsa != NULL) == mdoc_jws_is_rsa (jws)
         && (key->use == NULL || strcmp (key->use, "sig") == 0)
         && (key->alg == NULL
             || strcmp (key->alg, mdoc_jws_get_alg_name (jws)) == 0)
         && (kid == NULL || g_strcmp0 (kid, key->kid) == 0);
}

static gboolean
has_signed (const ServerKey *key, MdocJws *jws)
{
  gboolean is_valid = FALSE;

  return (key->rsa != NULL
              ? mdoc_jws_verify_rsa (jws, key->rsa, &is_valid, NULL)
              : mdoc_jws_verify (jws,
                                 mdoc_jwk_get_key (key->jwk),
                                 &is_valid,
                                 NULL))
         && is_valid;
}

/**
 * mdoc_server_keys_verify:
 * @self: keys of whoever should have signed
 * @jws: a token, by mdoc_jwt_parse_of_server() if RSA may have signed it
 * @ret_is_known: (out): whether there is one that can be meant
 *
 * A key signs as its kind does: one of a curve with the algorithm of the curve,
 * one of RSA with RS256 or PS256; and only with its `alg`, if it has one.
 *
 * Returns: whether one of them has signed
 */
gboolean
mdoc_server_keys_verify (MdocServerKeys *self,
                         MdocJws *jws,
                         gboolean *ret_is_known)
{
  *ret_is_known = FALSE;
  for (guint i = 0; i < self->keys->len; i++)
    {
      const ServerKey *key = self->keys->pdata[i];

      if (!may_sign (key, jws))
        continue;
      *ret_is_known = TRUE;
      if (has_signed (key, jws))
        return TRUE;
    }
  return FALSE;
}
