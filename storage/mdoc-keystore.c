/*
 * mdoc-keystore.c - where device keys live, and handles of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore.h"

#include <stdarg.h>
#include <string.h>

#include "storage/mdoc-keystore-private.h"
#include "storage/mdoc-store-private.h"

struct _MdocKeystore
{
  gatomicrefcount ref_count;
  const MdocKeystoreClass *klass;
  gpointer impl;
};

G_DEFINE_QUARK (mdoc_keystore_error_quark, mdoc_keystore_error)

/* The one place that names the domain. */
gboolean
mdoc_keystore_refuse (GError **error,
                      MdocKeystoreError code,
                      const char *format,
                      ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error,
                     g_error_new_valist (MDOC_KEYSTORE_ERROR,
                                         (gint) code,
                                         format,
                                         args));
  va_end (args);
  return FALSE;
}

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

/* No export: what left the store as a handle stays one. One class for each
 * kind, as the kind is a word of the class. */
#define SINGLE_USE_CLASS(name)                                                 \
  {                                                                            \
    .kind = name, .sign = single_use_sign, .agree = single_use_agree,          \
    .export_private = NULL, .free = single_use_free,                           \
  }

static const MdocKeyClass single_use_classes[] = {
  SINGLE_USE_CLASS (MDOC_KEYSTORE_SOFTWARE),
  SINGLE_USE_CLASS (MDOC_KEYSTORE_TPM),
  SINGLE_USE_CLASS (MDOC_KEYSTORE_PKCS11),
};

static MdocKey *
make_single_use (MdocKey *key, MdocKeyAuth auth, const char *kind)
{
  const MdocKeyClass *klass = &single_use_classes[0];
  SingleUseKey *impl = g_new0 (SingleUseKey, 1);

  for (guint i = 0; i < G_N_ELEMENTS (single_use_classes); i++)
    if (strcmp (single_use_classes[i].kind, kind) == 0)
      klass = &single_use_classes[i];

  impl->key = key;
  impl->auth = auth;
  return mdoc_key_new (klass, impl, mdoc_key_get_public (key));
}

/* --- keys in software --- */

static gboolean
software_check (gpointer impl, GError **error)
{
  return TRUE;
}

static MdocSecret *
software_create (gpointer impl,
                 MdocSpan reserved,
                 MdocCurve curve,
                 MdocKeyAuth auth,
                 MdocPublicKey **ret_public_key,
                 GError **error)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (curve, error);
  MdocSecret *handle;

  if (key == NULL)
    return NULL;

  handle = mdoc_key_export_private (key, error);
  if (handle != NULL)
    *ret_public_key = mdoc_public_key_ref (mdoc_key_get_public (key));
  return handle;
}

static MdocKey *
software_load (gpointer impl,
               MdocPublicKey *public_key,
               MdocKeyAuth auth,
               MdocSpan handle,
               GError **error)
{
  return mdoc_key_new_from_private (mdoc_public_key_get_curve (public_key),
                                    handle,
                                    error);
}

/* the sealed handle is the key; the store deletes it */
static gboolean
software_destroy (gpointer impl, MdocSpan handle, GError **error)
{
  return TRUE;
}

static void
software_free (gpointer impl)
{
}

static const MdocKeystoreClass software_class = {
  .kind = MDOC_KEYSTORE_SOFTWARE,
  .check = software_check,
  .create = software_create,
  .load = software_load,
  .destroy = software_destroy,
  .free = software_free,
};

MdocKeystore *
mdoc_keystore_software_new (void)
{
  return mdoc_keystore_new (&software_class, NULL);
}

/* --- what the others share --- */

gboolean
mdoc_keystore_get_hash (MdocCurve curve,
                        MdocAlg alg,
                        MdocHash *ret_hash,
                        GError **error)
{
  if (alg != mdoc_curve_get_alg (curve))
    {
      g_set_error_literal (error,
                           MDOC_CRYPTO_ERROR,
                           MDOC_CRYPTO_ERROR_UNSUPPORTED,
                           "The device key does not sign by this algorithm");
      return FALSE;
    }

  *ret_hash = curve == MDOC_CURVE_P384 ? MDOC_HASH_SHA384 : MDOC_HASH_SHA256;
  return TRUE;
}

gboolean
mdoc_keystore_check_nist_curve (MdocCurve curve,
                                const char *where,
                                GError **error)
{
  if (curve == MDOC_CURVE_P256 || curve == MDOC_CURVE_P384)
    return TRUE;

  g_set_error (error,
               MDOC_CRYPTO_ERROR,
               MDOC_CRYPTO_ERROR_UNSUPPORTED,
               "%s makes keys on P-256 and P-384, not on %s",
               where,
               mdoc_curve_get_name (curve));
  return FALSE;
}

/* --- the port --- */

/**
 * mdoc_keystore_new:
 * @klass: what fills it in
 * @impl: (transfer full): what @klass works on
 *
 * Returns: (transfer full): a key store
 */
MdocKeystore *
mdoc_keystore_new (const MdocKeystoreClass *klass, gpointer impl)
{
  MdocKeystore *self = g_new0 (MdocKeystore, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->klass = klass;
  self->impl = impl;
  return self;
}

MdocKeystore *
mdoc_keystore_ref (MdocKeystore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * mdoc_keystore_unref:
 * @self: (nullable) (transfer full): a key store
 */
void
mdoc_keystore_unref (MdocKeystore *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  self->klass->free (self->impl);
  g_free (self);
}

/**
 * mdoc_keystore_open:
 * @spec: "software"; "tpm", or "tpm:" and what tells tss2 where it is, such as
 *   "tpm:device:/dev/tpmrm0"; or a PKCS#11 URI that names a token (RFC 7512),
 *   with where its PIN is in "pin-source"
 * @error: return location for a #MdocKeystoreError
 *
 * Names a key store. It need not be there yet; see mdoc_keystore_check().
 *
 * Returns: (transfer full): the key store, or %NULL with
 *   %MDOC_KEYSTORE_ERROR_SPEC
 */
MdocKeystore *
mdoc_keystore_open (const char *spec, GError **error)
{
  if (strcmp (spec, MDOC_KEYSTORE_SOFTWARE) == 0)
    return mdoc_keystore_software_new ();

#ifdef HAVE_TPM
  if (strcmp (spec, MDOC_KEYSTORE_TPM) == 0)
    return mdoc_keystore_tpm_new (NULL, error);
  if (g_str_has_prefix (spec, MDOC_KEYSTORE_TPM ":"))
    return mdoc_keystore_tpm_new (spec + strlen (MDOC_KEYSTORE_TPM ":"), error);
#endif
#ifdef HAVE_PKCS11
  if (g_str_has_prefix (spec, MDOC_KEYSTORE_PKCS11 ":"))
    return mdoc_keystore_pkcs11_new (spec, error);
#endif

  mdoc_keystore_refuse (error,
                        MDOC_KEYSTORE_ERROR_SPEC,
                        "There is no such key store in this program; it has: "
                        "software"
#ifdef HAVE_TPM
                        ", tpm[:TCTI]"
#endif
#ifdef HAVE_PKCS11
                        ", pkcs11:URI"
#endif
  );
  return NULL;
}

const char *
mdoc_keystore_get_kind (MdocKeystore *self)
{
  return self->klass->kind;
}

/**
 * mdoc_keystore_check:
 * @self: a key store
 * @error: return location for a #MdocKeystoreError
 *
 * Returns: %TRUE if it can be used now, or %FALSE with @error set
 */
gboolean
mdoc_keystore_check (MdocKeystore *self, GError **error)
{
  return self->klass->check (self->impl, error);
}

/**
 * mdoc_keystore_reserve:
 * @self: a key store
 *
 * To be kept before mdoc_keystore_create() is called with it: a token keeps a
 * key also if the power is cut before its handle is kept elsewhere.
 *
 * Returns: (transfer full) (nullable): what mdoc_keystore_destroy() takes for
 *   the key that is to be made, or %NULL if there is no such danger here
 */
MdocSecret *
mdoc_keystore_reserve (MdocKeystore *self)
{
  return self->klass->reserve != NULL ? self->klass->reserve (self->impl)
                                      : NULL;
}

/**
 * mdoc_keystore_create:
 * @self: a key store
 * @reserved: what mdoc_keystore_reserve() gave, or an empty span for %NULL
 * @curve: the curve of the key
 * @auth: what the key is for
 * @ret_public_key: (out) (transfer full): its public half
 * @error: return location for a #MdocKeystoreError, or a #MdocCryptoError:
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED if keys of @curve cannot do @auth here
 *
 * Makes a key.
 *
 * Returns: (transfer full): the handle to seal and keep, or %NULL with @error
 *   set
 */
MdocSecret *
mdoc_keystore_create (MdocKeystore *self,
                      MdocSpan reserved,
                      MdocCurve curve,
                      MdocKeyAuth auth,
                      MdocPublicKey **ret_public_key,
                      GError **error)
{
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

  return self->klass
      ->create (self->impl, reserved, curve, auth, ret_public_key, error);
}

/**
 * mdoc_keystore_load:
 * @self: a key store
 * @public_key: the key's public half as the store knows it
 * @auth: what the key is for
 * @handle: what mdoc_keystore_create() gave
 * @error: return location for a #MdocKeystoreError, #MdocStoreError or
 *   #MdocCryptoError
 *
 * Returns: (transfer full): a handle that refuses every use but @auth, or
 *   %NULL with @error set
 */
MdocKey *
mdoc_keystore_load (MdocKeystore *self,
                    MdocPublicKey *public_key,
                    MdocKeyAuth auth,
                    MdocSpan handle,
                    GError **error)
{
  g_autoptr (MdocKey) key = self->klass->load (self->impl,
                                               public_key,
                                               auth,
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

  return make_single_use (g_steal_pointer (&key), auth, self->klass->kind);
}

/**
 * mdoc_keystore_destroy:
 * @self: a key store
 * @handle: what mdoc_keystore_create() gave
 * @error: return location for a #MdocKeystoreError
 *
 * Destroys the key where it lives; the caller then forgets the handle. That it
 * is gone already is no failure, so that a removal can be done again.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_keystore_destroy (MdocKeystore *self, MdocSpan handle, GError **error)
{
  return self->klass->destroy (self->impl, handle, error);
}

/**
 * mdoc_keystore_attest:
 * @self: a key store
 * @handle: what mdoc_keystore_create() gave
 * @verifier: who asks, such as the identifier of an issuer; 1 byte or more.
 *   What it gets is signed by a key that no other verifier sees
 * @challenge: what it wants to see in the statement; 1 to
 *   %MDOC_KEYSTORE_MAX_CHALLENGE_LEN bytes
 * @error: return location for a #MdocKeystoreError, or
 *   %MDOC_CRYPTO_ERROR_UNSUPPORTED if this place vouches for nothing
 *
 * Returns: (transfer full): what the place says of the key, or %NULL with
 *   @error set
 */
MdocKeystoreAttestation *
mdoc_keystore_attest (MdocKeystore *self,
                      MdocSpan handle,
                      MdocSpan verifier,
                      MdocSpan challenge,
                      GError **error)
{
  g_return_val_if_fail (verifier.len > 0, NULL);

  if (self->klass->attest == NULL || challenge.len == 0
      || challenge.len > MDOC_KEYSTORE_MAX_CHALLENGE_LEN)
    {
      g_set_error (error,
                   MDOC_CRYPTO_ERROR,
                   MDOC_CRYPTO_ERROR_UNSUPPORTED,
                   self->klass->attest == NULL
                       ? "Keys of the kind %s come without an attestation"
                       : "A challenge for %s has 1 to 64 bytes",
                   self->klass->kind);
      return NULL;
    }

  return self->klass->attest (self->impl, handle, verifier, challenge, error);
}

/**
 * mdoc_keystore_attestation_free:
 * @self: (nullable) (transfer full): an attestation
 */
void
mdoc_keystore_attestation_free (MdocKeystoreAttestation *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->statement, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->signer, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self);
}
