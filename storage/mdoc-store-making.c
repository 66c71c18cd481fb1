/*
 * mdoc-store-making.c - no key is left behind in a token
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore.h"
#include "storage/mdoc-store-private.h"

/* A token keeps a key from the moment it is made. What it is destroyed by is
 * therefore written down first, and forgotten in the transaction that keeps the
 * key; a start that finds such a row destroys the key, should there be one. */

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "keys_in_making",
                          .row = row,
                          .column = "handle",
                          .version = 4 };
}

gboolean
mdoc_store_note_making (MdocStore *self,
                        const char *id,
                        const char *kind,
                        MdocSecret *handle,
                        GError **error)
{
  g_autofree char *row = g_strdup_printf ("%s/%s", id, kind);
  MdocSealPlace place = get_place (row);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) sealed = mdoc_sealer_seal (self->sealer,
                                                &place,
                                                mdoc_secret_get_span (handle),
                                                error);

  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT INTO keys_in_making "
                                  "(id, kind, handle) VALUES (?, ?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  mdoc_store_bind_text (statement, 2, kind);
  mdoc_store_bind_span (statement, 3, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

gboolean
mdoc_store_forget_making (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "DELETE FROM keys_in_making WHERE id = ?",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  return mdoc_store_run (self, statement, NULL, error);
}

static sqlite3_stmt *
select_all (MdocStore *self, GError **error)
{
  return mdoc_store_prepare (self,
                             "SELECT id, kind, handle FROM keys_in_making",
                             error);
}

static MdocSecret *
open_handle (MdocStore *self, sqlite3_stmt *row, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s/%s",
                                           mdoc_store_column_text (row, 0),
                                           mdoc_store_column_text (row, 1));
  MdocSealPlace place = get_place (name);

  return mdoc_sealer_open (self->sealer,
                           &place,
                           mdoc_store_column_span (row, 2),
                           error);
}

GPtrArray *
mdoc_store_list_making (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) rows = select_all (self, error);
  gboolean has_row;

  if (rows == NULL)
    return NULL;

  for (;;)
    {
      g_autoptr (MdocSecret) handle = NULL;

      if (!mdoc_store_step (rows, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&ids);

      handle = open_handle (self, rows, error);
      if (handle == NULL)
        return NULL;
      g_ptr_array_add (ids, g_strdup (mdoc_store_column_text (rows, 0)));
    }
}

/* A row that was changed leads to no key; a key store that is not there now
 * may come back. */
static gboolean
sweep_row (MdocStore *self, sqlite3_stmt *row, GError **error)
{
  const char *id = mdoc_store_column_text (row, 0);
  MdocKeystore *keystore = mdoc_store_get_keystore (self,
                                                    mdoc_store_column_text (row,
                                                                            1));
  g_autoptr (MdocSecret) handle = NULL;

  if (keystore == NULL)
    return TRUE;

  handle = open_handle (self, row, NULL);
  return (handle == NULL
          || mdoc_keystore_destroy (keystore,
                                    mdoc_secret_get_span (handle),
                                    error))
         && mdoc_store_forget_making (self, id, error);
}

/**
 * mdoc_store_sweep_keys:
 * @self: a store with its key stores
 * @error: return location for a #MdocStoreError or #MdocKeystoreError
 *
 * Destroys the keys that were being made when the power went. What cannot be
 * destroyed now is left for the next time.
 *
 * Returns: %TRUE, or %FALSE with @error set, by the last that failed
 */
gboolean
mdoc_store_sweep_keys (MdocStore *self, GError **error)
{
  g_autoptr (sqlite3_stmt) rows = select_all (self, error);
  GError *last_error = NULL;
  gboolean has_row;

  if (rows == NULL)
    return FALSE;

  for (;;)
    {
      GError *row_error = NULL;

      if (!mdoc_store_step (rows, &has_row, error))
        {
          g_clear_error (&last_error);
          return FALSE;
        }
      if (!has_row)
        break;

      if (!sweep_row (self, rows, &row_error))
        {
          g_clear_error (&last_error);
          last_error = row_error;
        }
    }

  if (last_error == NULL)
    return TRUE;
  g_propagate_error (error, last_error);
  return FALSE;
}
