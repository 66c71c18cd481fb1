/*
 * mdoc-store-history.c - what was asked and what was shown
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include "storage/mdoc-store-private.h"

/**
 * mdoc_history_entry_free:
 * @entry: (nullable) (transfer full): a row
 */
void
mdoc_history_entry_free (MdocHistoryEntry *entry)
{
  if (entry == NULL)
    return;

  g_clear_pointer (&entry->detail, g_variant_unref);
  g_free (entry);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "history",
                          .row = row,
                          .column = "detail",
                          .version = 1 };
}

/* @row: the number of the row and its time, neither of which may be changed */
static char *
make_row_name (gint64 id, gint64 at_unix_s)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                          id,
                          at_unix_s);
}

typedef struct
{
  gint64 at_unix_s;
  GVariant *detail;
} NewEntry;

static gboolean
forget_old (MdocStore *self, gint64 now_unix_s, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (
      self,
      "DELETE FROM history WHERE at_unix_s < ?1 OR id NOT IN "
      "(SELECT id FROM history ORDER BY id DESC LIMIT ?2)",
      error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, now_unix_s - MDOC_STORE_MAX_HISTORY_AGE_S);
  mdoc_store_bind_int (statement, 2, MDOC_STORE_MAX_HISTORY - 1);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
insert_entry (MdocStore *self, gpointer user_data, GError **error)
{
  const NewEntry *entry = user_data;
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;
  gint64 id;

  /* the id first: it rises even if everything older is forgotten */
  if (!mdoc_store_get_next_id (self, "history", &id, error)
      || !forget_old (self, entry->at_unix_s, error))
    return FALSE;

  row = make_row_name (id, entry->at_unix_s);
  place = get_place (row);
  sealed = mdoc_store_seal_variant (self, &place, entry->detail, error);
  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT INTO history (id, at_unix_s, detail) "
                                  "VALUES (?, ?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, id);
  mdoc_store_bind_int (statement, 2, entry->at_unix_s);
  mdoc_store_bind_span (statement, 3, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

/**
 * mdoc_store_add_history:
 * @self: a store
 * @at_unix_s: when it happened
 * @detail: an `a{sv}`, at most %MDOC_STORE_MAX_HISTORY_BYTES; consumed if
 *   floating. It holds no element values.
 * @error: return location for a #MdocStoreError
 *
 * Adds a row. The oldest go when there are more than %MDOC_STORE_MAX_HISTORY,
 * or when they are older than %MDOC_STORE_MAX_HISTORY_AGE_S.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_history (MdocStore *self,
                        gint64 at_unix_s,
                        GVariant *detail,
                        GError **error)
{
  g_autoptr (GVariant) sunk = NULL;
  NewEntry entry;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (g_variant_is_of_type (detail, G_VARIANT_TYPE_VARDICT),
                        FALSE);

  sunk = g_variant_ref_sink (detail);
  entry = (NewEntry){ at_unix_s, sunk };
  return mdoc_store_transact (self, insert_entry, &entry, error);
}

static MdocHistoryEntry *
read_entry (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocHistoryEntry) entry = g_new0 (MdocHistoryEntry, 1);
  g_autofree char *row = NULL;
  MdocSealPlace place;

  entry->id = sqlite3_column_int64 (statement, 0);
  entry->at_unix_s = sqlite3_column_int64 (statement, 1);
  row = make_row_name (entry->id, entry->at_unix_s);
  place = get_place (row);
  entry->detail = mdoc_store_open_variant (self,
                                           &place,
                                           mdoc_store_column_span (statement,
                                                                   2),
                                           error);
  if (entry->detail == NULL)
    return NULL;

  return g_steal_pointer (&entry);
}

/**
 * mdoc_store_list_history:
 * @self: a store
 * @max_entries: how many rows at most
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocHistoryEntry): the latest rows,
 *   latest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_history (MdocStore *self, guint max_entries, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_history_entry_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT id, at_unix_s, detail FROM history "
                            "ORDER BY id DESC LIMIT ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_int (statement, 1, max_entries);
  for (;;)
    {
      MdocHistoryEntry *entry;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&entries);

      entry = read_entry (self, statement, error);
      if (entry == NULL)
        return NULL;
      g_ptr_array_add (entries, entry);
    }
}
