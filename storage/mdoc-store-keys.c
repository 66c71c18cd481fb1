/*
 * mdoc-store-keys.c - device keys
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include <string.h>

#include "storage/mdoc-keystore-private.h"
#include "storage/mdoc-store-private.h"

#define KEY_COLUMNS                                                            \
  "keys.id, keys.kind, keys.auth, keys.label, keys.created_unix_s, "           \
  "keys.public_key, copies.document_id "
#define KEY_TABLES "keys LEFT JOIN copies ON copies.key_id = keys.id "
/* the key by which an issuer knows us is for nothing else: no credential is
 * bound to it, and nobody takes it away */
#define NOT_OF_INSTANCE "keys.id NOT IN (SELECT link FROM issuers) "

static const char *const auth_names[] = {
  [MDOC_KEY_AUTH_SIGNATURE] = "signature",
  [MDOC_KEY_AUTH_MAC] = "mac",
};

/**
 * mdoc_key_auth_get_name:
 * @auth: what a key may do
 *
 * Returns: (transfer none): "signature" or "mac"
 */
const char *
mdoc_key_auth_get_name (MdocKeyAuth auth)
{
  g_return_val_if_fail ((guint) auth < G_N_ELEMENTS (auth_names), NULL);

  return auth_names[auth];
}

/**
 * mdoc_key_auth_from_name:
 * @name: "signature" or "mac"
 * @ret_auth: (out): what it means
 *
 * Returns: %TRUE if @name is one of these
 */
gboolean
mdoc_key_auth_from_name (const char *name, MdocKeyAuth *ret_auth)
{
  for (guint i = 0; i < G_N_ELEMENTS (auth_names); i++)
    {
      if (g_strcmp0 (name, auth_names[i]) == 0)
        {
          *ret_auth = (MdocKeyAuth) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_stored_key_free:
 * @key: (nullable) (transfer full): what is known of a key
 */
void
mdoc_stored_key_free (MdocStoredKey *key)
{
  if (key == NULL)
    return;

  g_free (key->id);
  g_free (key->kind);
  g_free (key->label);
  g_free (key->document_id);
  mdoc_public_key_unref (key->public_key);
  g_free (key);
}

/* What the private key is bound to: were its purpose or public half changed in
 * the table, it would not open. */
static char *
make_row_name (const char *id, const char *kind, MdocKeyAuth auth)
{
  return g_strjoin ("/", id, kind, mdoc_key_auth_get_name (auth), NULL);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "keys",
                          .row = row,
                          .column = "private_key",
                          .version = 1 };
}

static MdocStoredKey *
read_key (sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocStoredKey) key = g_new0 (MdocStoredKey, 1);
  MdocSpan spki = mdoc_store_column_span (statement, 5);

  key->id = g_strdup (mdoc_store_column_text (statement, 0));
  key->kind = g_strdup (mdoc_store_column_text (statement, 1));
  key->label = g_strdup (mdoc_store_column_text (statement, 3));
  key->created_unix_s = sqlite3_column_int64 (statement, 4);
  if (sqlite3_column_type (statement, 6) != SQLITE_NULL)
    key->document_id = g_strdup (mdoc_store_column_text (statement, 6));

  key->public_key = mdoc_public_key_new_from_spki (spki, NULL);
  if (key->public_key == NULL
      || !mdoc_key_auth_from_name (mdoc_store_column_text (statement, 2),
                                   &key->auth))
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_DAMAGED,
                         "The store is damaged: a row of keys is malformed");
      return NULL;
    }

  return g_steal_pointer (&key);
}

static gboolean
insert_key (MdocStore *self,
            const MdocStoredKey *key,
            MdocSpan sealed,
            GError **error)
{
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (key->public_key);
  g_autoptr (sqlite3_stmt) statement = NULL;

  statement = mdoc_store_prepare (self,
                                  "INSERT INTO keys (id, kind, auth, label, "
                                  "created_unix_s, public_key, "
                                  "private_key) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, key->id);
  mdoc_store_bind_text (statement, 2, key->kind);
  mdoc_store_bind_text (statement, 3, mdoc_key_auth_get_name (key->auth));
  mdoc_store_bind_text (statement, 4, key->label);
  mdoc_store_bind_int (statement, 5, key->created_unix_s);
  mdoc_store_bind_span (statement, 6, mdoc_span_from_bytes (spki));
  mdoc_store_bind_span (statement, 7, sealed);
  return mdoc_store_run (self, statement, NULL, error);
}

static MdocKeystore *
find_keystore (MdocStore *self, const char *kind)
{
  for (guint i = 0; i < self->keystores->len; i++)
    {
      MdocKeystore *keystore = g_ptr_array_index (self->keystores, i);

      if (strcmp (mdoc_keystore_get_kind (keystore), kind) == 0)
        return keystore;
    }

  return NULL;
}

/* A key whose place was not opened is not lost. */
static MdocKeystore *
require_keystore (MdocStore *self, const char *kind, GError **error)
{
  MdocKeystore *keystore = mdoc_store_get_keystore (self, kind);

  if (keystore == NULL)
    mdoc_keystore_refuse (error,
                          MDOC_KEYSTORE_ERROR_ABSENT,
                          "This agent was started without a key store of the "
                          "kind %s",
                          kind);
  return keystore;
}

/**
 * mdoc_store_add_keystore:
 * @self: a store
 * @keystore: where keys live
 *
 * From now on keys of this kind can be used, and new ones are made there unless
 * another kind is asked for. One that was there of the kind is replaced.
 */
void
mdoc_store_add_keystore (MdocStore *self, MdocKeystore *keystore)
{
  MdocKeystore *before = find_keystore (self,
                                        mdoc_keystore_get_kind (keystore));

  if (before != NULL)
    g_ptr_array_remove (self->keystores, before);
  g_ptr_array_add (self->keystores, mdoc_keystore_ref (keystore));
}

MdocKeystore *
mdoc_store_get_keystore (MdocStore *self, const char *kind)
{
  return kind != NULL
             ? find_keystore (self, kind)
             : g_ptr_array_index (self->keystores, self->keystores->len - 1);
}

static gboolean
check_room (MdocStore *self, GError **error)
{
  guint n_bound;
  guint n_keys;

  if (!mdoc_store_count (self, "SELECT count(*) FROM keys", &n_keys, error)
      || !mdoc_store_count (self,
                            "SELECT count(*) FROM copies",
                            &n_bound,
                            error))
    return FALSE;

  if (n_keys >= MDOC_STORE_MAX_KEYS)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d keys",
                              MDOC_STORE_MAX_KEYS);

  if (n_keys - n_bound >= MDOC_STORE_MAX_FREE_KEYS)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d keys that no "
                              "credential is bound to",
                              MDOC_STORE_MAX_FREE_KEYS);
  return TRUE;
}

/**
 * mdoc_store_create_key:
 * @self: a store
 * @curve: the curve of the key
 * @auth: what the key may do, for ever
 * @label: the holder's name for it, or ""; %MDOC_STORE_MAX_LABEL_LEN bytes
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError, #MdocKeystoreError or
 *   #MdocCryptoError
 *
 * Makes a device key where keys are made, and keeps it.
 *
 * Returns: (transfer full): what is known of it, or %NULL with @error set
 */
MdocStoredKey *
mdoc_store_create_key (MdocStore *self,
                       MdocCurve curve,
                       MdocKeyAuth auth,
                       const char *label,
                       gint64 now_unix_s,
                       GError **error)
{
  return mdoc_store_create_key_in (self,
                                   NULL,
                                   curve,
                                   auth,
                                   label,
                                   now_unix_s,
                                   error);
}

/* Returns: (transfer full): what the store keeps of the handle */
static GBytes *
seal_handle (MdocStore *self,
             const MdocStoredKey *key,
             MdocSecret *handle,
             GError **error)
{
  g_autofree char *row = make_row_name (key->id, key->kind, key->auth);
  MdocSealPlace place = get_place (row);

  return mdoc_sealer_seal (self->sealer,
                           &place,
                           mdoc_secret_get_span (handle),
                           error);
}

typedef struct
{
  const MdocStoredKey *key;
  GBytes *sealed;
} NewKey;

static void
new_key_clear (NewKey *what)
{
  g_clear_pointer (&what->sealed, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NewKey, new_key_clear)

static gboolean
keep_key (MdocStore *self, gpointer user_data, GError **error)
{
  const NewKey *what = user_data;

  return insert_key (self,
                     what->key,
                     mdoc_span_from_bytes (what->sealed),
                     error)
         && mdoc_store_forget_making (self, what->key->id, error);
}

/**
 * mdoc_store_create_key_in:
 * @self: a store
 * @kind: (nullable): where, or %NULL for where keys are made
 * @curve: the curve of the key
 * @auth: what the key may do, for ever
 * @label: the holder's name for it, or ""; %MDOC_STORE_MAX_LABEL_LEN bytes
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError, #MdocKeystoreError or
 *   #MdocCryptoError
 *
 * Makes a device key in one of the key stores.
 *
 * Returns: (transfer full): what is known of it, or %NULL with @error set
 */
MdocStoredKey *
mdoc_store_create_key_in (MdocStore *self,
                          const char *kind,
                          MdocCurve curve,
                          MdocKeyAuth auth,
                          const char *label,
                          gint64 now_unix_s,
                          GError **error)
{
  g_autoptr (MdocStoredKey) key = g_new0 (MdocStoredKey, 1);
  g_autoptr (MdocSecret) reserved = NULL;
  g_autoptr (MdocSecret) handle = NULL;
  g_auto (NewKey) new_key = { key, NULL };
  MdocKeystore *keystore;
  gboolean is_swept G_GNUC_UNUSED;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (label != NULL, NULL);

  if (!mdoc_store_check_label (label, error) || !check_room (self, error))
    return NULL;
  keystore = require_keystore (self, kind, error);
  if (keystore == NULL)
    return NULL;

  key->id = mdoc_store_make_id ();
  key->kind = g_strdup (mdoc_keystore_get_kind (keystore));
  key->auth = auth;
  key->label = g_strdup (label);
  key->created_unix_s = now_unix_s;

  reserved = mdoc_keystore_reserve (keystore);
  if (reserved != NULL
      && !mdoc_store_note_making (self, key->id, key->kind, reserved, error))
    return NULL;

  handle = mdoc_keystore_create (keystore,
                                 reserved != NULL
                                     ? mdoc_secret_get_span (reserved)
                                     : MDOC_SPAN (NULL, 0),
                                 curve,
                                 auth,
                                 &key->public_key,
                                 error);
  if (handle != NULL)
    new_key.sealed = seal_handle (self, key, handle, error);
  if (new_key.sealed != NULL
      && mdoc_store_transact (self, keep_key, &new_key, error))
    return g_steal_pointer (&key);

  /* or it would stay in the token, if it is there, until the next start; what
   * went wrong is said already */
  is_swept = mdoc_store_sweep_keys (self, NULL);
  return NULL;
}

/**
 * mdoc_store_list_keys:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredKey): all device keys,
 * oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_keys (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_key_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row;

  statement = mdoc_store_prepare (self,
                                  "SELECT " KEY_COLUMNS "FROM " KEY_TABLES
                                  "WHERE " NOT_OF_INSTANCE
                                  "ORDER BY keys.created_unix_s, keys.id",
                                  error);
  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocStoredKey *key;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&keys);

      key = read_key (statement, error);
      if (key == NULL)
        return NULL;
      g_ptr_array_add (keys, key);
    }
}

static MdocStoredKey *
read_one_key (sqlite3_stmt *statement, GError **error)
{
  gboolean has_row;

  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      mdoc_store_refuse (error,
                         MDOC_STORE_ERROR_NOT_FOUND,
                         "There is no such key");
      return NULL;
    }

  return read_key (statement, error);
}

/**
 * mdoc_store_get_key:
 * @self: a store
 * @id: which key
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): what is known of it, or %NULL with @error set
 */
MdocStoredKey *
mdoc_store_get_key (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self,
                                                           "SELECT " KEY_COLUMNS
                                                           "FROM " KEY_TABLES
                                                           "WHERE keys.id = ?",
                                                           error);

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, id);
  return read_one_key (statement, error);
}

/**
 * mdoc_store_find_key:
 * @self: a store
 * @public_key: a public key that somebody claims to be ours
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full): what is known of the key, or %NULL with @error set,
 *   which is %MDOC_STORE_ERROR_NOT_FOUND if we have no such key
 */
MdocStoredKey *
mdoc_store_find_key (MdocStore *self, MdocPublicKey *public_key, GError **error)
{
  g_autoptr (GBytes) spki = mdoc_public_key_to_spki (public_key);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT " KEY_COLUMNS "FROM " KEY_TABLES
                            "WHERE keys.public_key = ? AND " NOT_OF_INSTANCE,
                            error);

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_span (statement, 1, mdoc_span_from_bytes (spki));
  return read_one_key (statement, error);
}

static MdocSecret *
open_handle (MdocStore *self, const MdocStoredKey *key, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *row = make_row_name (key->id, key->kind, key->auth);
  MdocSealPlace place = get_place (row);
  gboolean has_row;

  statement = mdoc_store_prepare (self,
                                  "SELECT private_key FROM keys WHERE id = ?",
                                  error);
  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, key->id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;
  return mdoc_sealer_open (self->sealer,
                           &place,
                           mdoc_store_column_span (statement, 0),
                           error);
}

/**
 * mdoc_store_load_key:
 * @self: a store
 * @id: which key
 * @error: return location for a #MdocStoreError, #MdocKeystoreError or
 *   #MdocCryptoError
 *
 * Makes a handle that can do what the key was made for and refuses the rest
 * with %MDOC_CRYPTO_ERROR_KEY.
 *
 * Returns: (transfer full): the handle, or %NULL with @error set
 */
MdocKey *
mdoc_store_load_key (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (MdocStoredKey) key = mdoc_store_get_key (self, id, error);
  g_autoptr (MdocSecret) handle = NULL;
  MdocKeystore *keystore;

  if (key == NULL)
    return NULL;

  handle = open_handle (self, key, error);
  if (handle == NULL)
    return NULL;

  keystore = require_keystore (self, key->kind, error);
  if (keystore == NULL)
    return NULL;

  return mdoc_keystore_load (keystore,
                             key->public_key,
                             key->auth,
                             mdoc_secret_get_span (handle),
                             error);
}

/* Nobody can use the key from then on, also if its row should stay: that can be
 * removed again. A row that is not there or not whole, and a handle that does
 * not open, lead to no key. */
gboolean
mdoc_store_destroy_key_material (MdocStore *self,
                                 const char *id,
                                 GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MdocStoredKey) key = mdoc_store_get_key (self, id, &reason);
  g_autoptr (MdocSecret) handle = NULL;
  MdocKeystore *keystore;

  if (g_error_matches (reason, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND)
      || g_error_matches (reason, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED))
    return TRUE;
  if (key == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  handle = open_handle (self, key, NULL);
  if (handle == NULL)
    return TRUE;

  keystore = require_keystore (self, key->kind, error);
  return keystore != NULL
         && mdoc_keystore_destroy (keystore,
                                   mdoc_secret_get_span (handle),
                                   error);
}

static gboolean
check_not_of_instance (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT 1 FROM issuers WHERE link = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return FALSE;

  return !has_row
         || mdoc_store_refuse (error,
                               MDOC_STORE_ERROR_IN_USE,
                               "An issuer knows us by this key");
}

/**
 * mdoc_store_remove_key:
 * @self: a store
 * @id: which key
 * @error: return location for a #MdocStoreError or #MdocKeystoreError
 *
 * Destroys a key for good. One that a document is bound to goes with the
 * document only (%MDOC_STORE_ERROR_IN_USE).
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_key (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (MdocStoredKey) key = mdoc_store_get_key (self, id, error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (key == NULL)
    return FALSE;
  if (key->document_id != NULL)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_IN_USE,
                              "A credential is bound to this key");
  if (!check_not_of_instance (self, id, error)
      || !mdoc_store_destroy_key_material (self, id, error))
    return FALSE;

  statement = mdoc_store_prepare (self, "DELETE FROM keys WHERE id = ?", error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_run (self, statement, NULL, error))
    return FALSE;

  g_clear_pointer (&statement, sqlite3_finalize);
  return mdoc_store_flush (self, error);
}
