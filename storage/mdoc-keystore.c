/*
 * mdoc-keystore.c - making device keys and handles of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore.h"

#include <string.h>

#include "storage/mdoc-store-private.h"

/* A key that does what it was made for and nothing else. */
typedef struct
{
  MdocKey *key;
  MdocKeyAuth auth;
} SingleUseKey;

static gboolean
refuse_use (MdocKeyAuth auth, GError **error)
{
  g_set_error (error,
               MDOC_CRYPTO_ERROR,
               MDOC_CRYPTO_ERROR_KEY,
               "The device key was made for %s and does nothing else",
               mdoc_key_auth_get_name (auth));
  return FALSE;
}

static gboolean
single_use_sign (gpointer impl,
                 MdocAlg alg,
                 const MdocSpan *message_parts,
                 gsize n_parts,
                 guint8 *ret_signature,
                 gsize *ret_len,
                 GError **error)
{
  SingleUseKey *self = impl;

  if (self->auth != MDOC_KEY_AUTH_SIGNATURE)
    return refuse_use (self->auth, error);

  return mdoc_key_sign (self->key,
                        alg,
                        message_parts,
                        n_parts,
                        ret_signature,
                        ret_len,
                        error);
}

static MdocSecret *
single_use_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  SingleUseKey *self = impl;

  if (self->auth != MDOC_KEY_AUTH_MAC)
    {
      refuse_use (self->auth, error);
      return NULL;
    }

  return mdoc_key_agree (self->key, peer, error);
}

static void
single_use_free (gpointer impl)
{
  SingleUseKey *self = impl;

  mdoc_key_unref (self->key);
  g_free (self);
}

/* no export: what left the store as a handle stays one */
static const MdocKeyClass single_use_class = {
  .kind = MDOC_KEYSTORE_SOFTWARE,
  .sign = single_use_sign,
  .agree = single_use_agree,
  .export_private = NULL,
  .free = single_use_free,
};

/**
 * mdoc_keystore_create:
 * @curve: the curve of the key
 * @auth: what the key is for
 * @ret_public_key: (out) (transfer full): its public half
 * @error: return location for a #MdocCryptoError:
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED if keys of @curve cannot do @auth
 *
 * Makes a key.
 *
 * Returns: (transfer full): the handle to seal and keep, or %NULL with @error
 *   set
 */
MdocSecret *
mdoc_keystore_create (MdocCurve curve,
                      MdocKeyAuth auth,
                      MdocPublicKey **ret_public_key,
                      GError **error)
{
  g_autoptr (MdocKey) key = NULL;
  MdocSecret *handle;
  gboolean is_able = auth == MDOC_KEY_AUTH_SIGNATURE
                         ? mdoc_curve_can_sign (curve)
                         : mdoc_curve_can_agree (curve);

  if (!is_able)
    {
      g_set_error (error,
                   MDOC_CRYPTO_ERROR,
                   MDOC_CRYPTO_ERROR_UNSUPPORTED,
                   "A key on %s cannot do device authentication by %s",
                   mdoc_curve_get_name (curve),
                   mdoc_key_auth_get_name (auth));
      return NULL;
    }

  key = mdoc_key_generate (curve, error);
  if (key == NULL)
    return NULL;

  handle = mdoc_key_export_private (key, error);
  if (handle != NULL)
    *ret_public_key = mdoc_public_key_ref (mdoc_key_get_public (key));
  return handle;
}

/**
 * mdoc_keystore_load:
 * @kind: what kind of key it is, such as %MDOC_KEYSTORE_SOFTWARE
 * @public_key: its public half as the store knows it
 * @auth: what the key is for
 * @handle: what mdoc_keystore_create() gave
 * @error: return location for a #MdocStoreError or #MdocCryptoError
 *
 * Returns: (transfer full): a handle that refuses every use but @auth, or
 *   %NULL with @error set
 */
MdocKey *
mdoc_keystore_load (const char *kind,
                    MdocPublicKey *public_key,
                    MdocKeyAuth auth,
                    MdocSpan handle,
                    GError **error)
{
  g_autoptr (MdocKey) key = NULL;
  SingleUseKey *impl;

  if (strcmp (kind, MDOC_KEYSTORE_SOFTWARE) != 0)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store has a key of a kind that this program "
                         "does not know");
      return NULL;
    }

  key = mdoc_key_new_from_private (mdoc_public_key_get_curve (public_key),
                                   handle,
                                   error);
  if (key == NULL)
    return NULL;

  if (!mdoc_public_key_equal (mdoc_key_get_public (key), public_key))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store is damaged: a key is not that of its row");
      return NULL;
    }

  impl = g_new0 (SingleUseKey, 1);
  impl->key = g_steal_pointer (&key);
  impl->auth = auth;
  return mdoc_key_new (&single_use_class,
                       impl,
                       mdoc_key_get_public (impl->key));
}
