/*
 * mdoc-seal.c - a column that only this store, row and column can open
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-seal.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-store-private.h"

/* A sealed value: form (1 byte, 1) || nonce (12) || ciphertext || tag (16).
 * Its associated data: "mdoc-store", table, row, column and the version in
 * decimal, each followed by a NUL, which none of them holds. */
#define FORM      1
#define KEY_LEN   32
#define NONCE_LEN MDOC_AES_GCM_NONCE_LEN

struct _MdocSealer
{
  MdocSecret *key;
};

static GBytes *
make_aad (const MdocSealPlace *place)
{
  g_autofree char *version = g_strdup_printf ("%u", place->version);
  const char *const parts[] = { "mdoc-store",
                                place->table,
                                place->row,
                                place->column,
                                version };
  g_autoptr (GByteArray) aad = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_byte_array_append (aad,
                         (const guint8 *) parts[i],
                         (guint) strlen (parts[i]) + 1);

  return g_byte_array_free_to_bytes (g_steal_pointer (&aad));
}

/**
 * mdoc_sealer_new:
 * @master_key: %MDOC_MASTER_KEY_LEN bytes; not needed after the call
 * @store_name: what tells this store from others under the same key
 *
 * Returns: (transfer full): what seals and opens values of this store
 */
MdocSealer *
mdoc_sealer_new (MdocSpan master_key, MdocSpan store_name)
{
  MdocSealer *self = g_new0 (MdocSealer, 1);

  self->key = mdoc_hkdf_derive (MDOC_HASH_SHA256,
                                master_key,
                                store_name,
                                mdoc_span_from_text ("mdoc-store seal 1"),
                                KEY_LEN);
  return self;
}

/**
 * mdoc_sealer_free:
 * @self: (nullable) (transfer full): a sealer
 *
 * Wipes its key.
 */
void
mdoc_sealer_free (MdocSealer *self)
{
  if (self == NULL)
    return;

  mdoc_secret_free (self->key);
  g_free (self);
}

/**
 * mdoc_sealer_seal:
 * @self: a sealer
 * @place: where the value will stand
 * @plaintext: the value
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): the sealed value, %MDOC_SEAL_OVERHEAD bytes longer,
 *   or %NULL with @error set
 */
GBytes *
mdoc_sealer_seal (MdocSealer *self,
                  const MdocSealPlace *place,
                  MdocSpan plaintext,
                  GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) aad = make_aad (place);
  g_autoptr (GBytes) ciphertext = NULL;
  guint8 nonce[NONCE_LEN];
  MdocSpan span;
  guint8 *sealed;

  mdoc_random_fill (nonce, sizeof (nonce));
  ciphertext = mdoc_aes_gcm_encrypt (mdoc_secret_get_span (self->key),
                                     MDOC_SPAN (nonce, sizeof (nonce)),
                                     mdoc_span_from_bytes (aad),
                                     plaintext,
                                     &local_error);
  if (ciphertext == NULL)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DEVICE,
                         "Cannot seal %s.%s: %s",
                         place->table,
                         place->column,
                         local_error->message);
      return NULL;
    }

  span = mdoc_span_from_bytes (ciphertext);
  sealed = g_malloc (1 + NONCE_LEN + span.len);
  sealed[0] = FORM;
  memcpy (sealed + 1, nonce, NONCE_LEN);
  memcpy (sealed + 1 + NONCE_LEN, span.data, span.len);
  return g_bytes_new_take (sealed, 1 + NONCE_LEN + span.len);
}

/**
 * mdoc_sealer_open:
 * @self: a sealer
 * @place: where the value stands
 * @sealed: what stands there
 * @error: return location for a #MdocStoreError
 *
 * Opens what mdoc_sealer_seal() made for this very place. Anything else,
 * however it came there, is %MDOC_STORE_ERROR_DAMAGED.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 */
MdocSecret *
mdoc_sealer_open (MdocSealer *self,
                  const MdocSealPlace *place,
                  MdocSpan sealed,
                  GError **error)
{
  g_autoptr (GBytes) aad = make_aad (place);
  MdocSecret *plaintext = NULL;

  if (sealed.len >= MDOC_SEAL_OVERHEAD && sealed.data[0] == FORM)
    plaintext = mdoc_aes_gcm_decrypt (mdoc_secret_get_span (self->key),
                                      MDOC_SPAN (sealed.data + 1, NONCE_LEN),
                                      mdoc_span_from_bytes (aad),
                                      MDOC_SPAN (sealed.data + 1 + NONCE_LEN,
                                                 sealed.len - 1 - NONCE_LEN),
                                      NULL);

  if (plaintext == NULL)
    mdoc_store_refuse (error,
                       MDOC_STORE_ERROR_DAMAGED,
                       "The store is damaged: %s.%s does not open",
                       place->table,
                       place->column);
  return plaintext;
}

/**
 * mdoc_sealer_guard:
 * @self: a sealer
 * @place: where the guard will stand; its row names all that is guarded
 * @error: return location for a #MdocStoreError
 *
 * Seals nothing, so that the row cannot be changed without the key.
 *
 * Returns: (transfer full): the guard, %MDOC_SEAL_OVERHEAD bytes, or %NULL with
 *   @error set
 */
GBytes *
mdoc_sealer_guard (MdocSealer *self, const MdocSealPlace *place, GError **error)
{
  return mdoc_sealer_seal (self, place, mdoc_span_from_text (""), error);
}

/**
 * mdoc_sealer_check_guard:
 * @self: a sealer
 * @place: where the guard stands, with the row as it is now
 * @guard: what stands there
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE if the row is as it was when mdoc_sealer_guard() saw it, or
 *   %FALSE with %MDOC_STORE_ERROR_DAMAGED
 */
gboolean
mdoc_sealer_check_guard (MdocSealer *self,
                         const MdocSealPlace *place,
                         MdocSpan guard,
                         GError **error)
{
  g_autoptr (MdocSecret) nothing = mdoc_sealer_open (self, place, guard, error);

  return nothing != NULL;
}
