/*
 * mdoc-store-copies.c - documents themselves, each bound to its key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include "storage/mdoc-store-documents-private.h"

static void
stored_copy_free (MdocStoredCopy *copy)
{
  g_free (copy->id);
  g_free (copy->key_id);
  g_free (copy);
}

/* What a copy is bound to: it opens for its own key and generation only. */
static char *
make_row_name (const char *id,
               const char *document_id,
               guint generation,
               const char *key_id)
{
  return g_strdup_printf ("%s/%s/%u/%s", id, document_id, generation, key_id);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "contents",
                          .row = row,
                          .column = "encoded",
                          .version = 2 };
}

/* how often it was used is bound apart, as it changes */
static char *
make_guard_name (const char *row, guint uses)
{
  return g_strdup_printf ("%s/%u", row, uses);
}

static MdocSealPlace
get_guard_place (const char *row)
{
  return (MdocSealPlace){ .table = "copies",
                          .row = row,
                          .column = "guard",
                          .version = 2 };
}

gboolean
mdoc_store_check_new_copy (MdocStore *self,
                           const MdocNewCopy *copy,
                           GError **error)
{
  g_autoptr (MdocStoredKey) key = NULL;

  if (copy->encoded.len > MDOC_STORE_MAX_DOCUMENT_BYTES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The credential is larger than %" G_GSIZE_FORMAT
                              " bytes",
                              MDOC_STORE_MAX_DOCUMENT_BYTES);

  key = mdoc_store_get_key (self, copy->key_id, error);
  if (key == NULL)
    return FALSE;

  if (key->document_id != NULL)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_EXISTS,
                              "The device key %s has a credential already: %s",
                              key->id,
                              key->document_id);
  return TRUE;
}

static GBytes *
make_guard (MdocStore *self, const char *row, guint uses, GError **error)
{
  g_autofree char *guard_row = make_guard_name (row, uses);
  MdocSealPlace place = get_guard_place (guard_row);

  return mdoc_sealer_guard (self->sealer, &place, error);
}

static gboolean
write_contents (MdocStore *self,
                const char *copy_id,
                const char *row,
                MdocSpan encoded,
                GError **error)
{
  MdocSealPlace place = get_place (row);
  g_autoptr (GBytes) sealed = mdoc_sealer_seal (self->sealer,
                                                &place,
                                                encoded,
                                                error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT OR REPLACE INTO contents (copy_id, "
                                  "encoded) VALUES (?, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, copy_id);
  mdoc_store_bind_span (statement, 2, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

/* within a transaction */
gboolean
mdoc_store_insert_copy (MdocStore *self,
                        const char *document_id,
                        guint generation,
                        const MdocNewCopy *copy,
                        char **ret_id,
                        GError **error)
{
  g_autofree char *id = mdoc_store_make_id ();
  g_autofree char *row = make_row_name (id,
                                        document_id,
                                        generation,
                                        copy->key_id);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) guard = make_guard (self, row, 0, error);

  if (guard == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT INTO copies (id, document_id, "
                                  "generation, key_id, uses, guard) "
                                  "VALUES (?, ?, ?, ?, 0, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  mdoc_store_bind_text (statement, 2, document_id);
  mdoc_store_bind_int (statement, 3, generation);
  mdoc_store_bind_text (statement, 4, copy->key_id);
  mdoc_store_bind_span (statement, 5, mdoc_span_from_bytes (guard));
  if (!mdoc_store_run (self, statement, NULL, error)
      || !write_contents (self, id, row, copy->encoded, error))
    return FALSE;

  if (ret_id != NULL)
    *ret_id = g_steal_pointer (&id);
  return TRUE;
}

static MdocStoredCopy *
read_copy (MdocStore *self,
           sqlite3_stmt *statement,
           const char *document_id,
           guint generation,
           GError **error)
{
  MdocStoredCopy *copy = g_new0 (MdocStoredCopy, 1);
  g_autofree char *guard_row = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;

  copy->id = g_strdup (mdoc_store_column_text (statement, 0));
  copy->key_id = g_strdup (mdoc_store_column_text (statement, 1));
  copy->uses = mdoc_store_column_uint (statement, 2);

  row = make_row_name (copy->id, document_id, generation, copy->key_id);
  guard_row = make_guard_name (row, copy->uses);
  place = get_guard_place (guard_row);
  if (mdoc_sealer_check_guard (self->sealer,
                               &place,
                               mdoc_store_column_span (statement, 3),
                               error))
    return copy;

  stored_copy_free (copy);
  return NULL;
}

GPtrArray *
mdoc_store_list_copies (MdocStore *self,
                        const char *document_id,
                        guint generation,
                        GError **error)
{
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) stored_copy_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT id, key_id, uses, guard FROM copies "
                            "WHERE document_id = ? AND generation = ? "
                            "ORDER BY rowid",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, document_id);
  mdoc_store_bind_int (statement, 2, generation);
  for (;;)
    {
      MdocStoredCopy *copy;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&copies);

      copy = read_copy (self, statement, document_id, generation, error);
      if (copy == NULL)
        return NULL;
      g_ptr_array_add (copies, copy);
    }
}

gboolean
mdoc_store_rewrite_copy (MdocStore *self,
                         const char *document_id,
                         guint generation,
                         const MdocStoredCopy *copy,
                         GBytes *encoded,
                         GError **error)
{
  g_autofree char *row = make_row_name (copy->id,
                                        document_id,
                                        generation,
                                        copy->key_id);
  g_autoptr (GBytes) guard = make_guard (self, row, copy->uses, error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (guard == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "UPDATE copies SET uses = ?2, guard = ?3 "
                                  "WHERE id = ?1",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, copy->id);
  mdoc_store_bind_int (statement, 2, copy->uses);
  mdoc_store_bind_span (statement, 3, mdoc_span_from_bytes (guard));
  return mdoc_store_run (self, statement, NULL, error)
         && (encoded == NULL
             || write_contents (self,
                                copy->id,
                                row,
                                mdoc_span_from_bytes (encoded),
                                error));
}

typedef struct
{
  const char *document_id;
  guint generation;
  const MdocNewCopy *copy;
  char *id;
} FurtherCopy;

static gboolean
insert_further (MdocStore *self, gpointer user_data, GError **error)
{
  FurtherCopy *further = user_data;

  return mdoc_store_insert_copy (self,
                                 further->document_id,
                                 further->generation,
                                 further->copy,
                                 &further->id,
                                 error);
}

/**
 * mdoc_store_add_copy:
 * @self: a store
 * @document_id: of a document
 * @generation: one of its generations
 * @copy: a further copy of it
 * @ret_id: (out) (transfer full): what the copy is called
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_copy (MdocStore *self,
                     const char *document_id,
                     guint generation,
                     const MdocNewCopy *copy,
                     char **ret_id,
                     GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_sound_document (self, document_id, error);
  g_autoptr (GPtrArray) copies = NULL;
  FurtherCopy further = { document_id, generation, copy, NULL };

  if (document == NULL || !mdoc_store_check_new_copy (self, copy, error))
    return FALSE;

  copies = mdoc_store_list_copies (self, document_id, generation, error);
  if (copies == NULL)
    return FALSE;

  if (copies->len >= MDOC_STORE_MAX_COPIES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "A generation has up to %d copies",
                              MDOC_STORE_MAX_COPIES);

  if (!mdoc_store_transact (self, insert_further, &further, error))
    {
      g_free (further.id);
      return FALSE;
    }

  *ret_id = further.id;
  return TRUE;
}

/* the statement has document, generation, key, uses and guard, and what is in
 * the copy */
static sqlite3_stmt *
find_copy (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT document_id, generation, key_id, uses, "
                            "guard, encoded FROM copies JOIN contents "
                            "ON copy_id = id WHERE id = ?",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, id);
  if (!mdoc_store_step (statement, &has_row, error))
    return NULL;

  if (!has_row)
    {
      mdoc_store_refuse_unknown_document (error);
      return NULL;
    }

  return g_steal_pointer (&statement);
}

static char *
get_row_name (sqlite3_stmt *statement, const char *id)
{
  return make_row_name (id,
                        mdoc_store_column_text (statement, 0),
                        mdoc_store_column_uint (statement, 1),
                        mdoc_store_column_text (statement, 2));
}

/**
 * mdoc_store_load_copy:
 * @self: a store
 * @id: of a copy
 * @error: return location for a #MdocStoreError
 *
 * Opens a copy.
 *
 * Returns: (transfer full): the document as the issuer made it, which is wiped
 *   when the last reference goes, or %NULL with @error set
 */
GBytes *
mdoc_store_load_copy (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = find_copy (self, id, error);
  g_autofree char *row = NULL;
  MdocSecret *encoded;
  MdocSealPlace place;

  if (statement == NULL)
    return NULL;

  row = get_row_name (statement, id);
  place = get_place (row);
  encoded = mdoc_sealer_open (self->sealer,
                              &place,
                              mdoc_store_column_span (statement, 5),
                              error);
  if (encoded == NULL)
    return NULL;

  return g_bytes_new_with_free_func (mdoc_secret_get_data (encoded),
                                     mdoc_secret_get_len (encoded),
                                     (GDestroyNotify) mdoc_secret_free,
                                     encoded);
}

/**
 * mdoc_store_use_copy:
 * @self: a store
 * @id: of a copy
 * @error: return location for a #MdocStoreError
 *
 * Counts that it is shown to one more reader; to be called before it is.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_use_copy (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = find_copy (self, id, error);
  g_autoptr (sqlite3_stmt) change = NULL;
  g_autofree char *guard_row = NULL;
  g_autofree char *row = NULL;
  g_autoptr (GBytes) guard = NULL;
  MdocSealPlace place;
  guint uses;

  if (statement == NULL)
    return FALSE;

  uses = mdoc_store_column_uint (statement, 3);
  row = get_row_name (statement, id);
  guard_row = make_guard_name (row, uses);
  place = get_guard_place (guard_row);
  if (!mdoc_sealer_check_guard (self->sealer,
                                &place,
                                mdoc_store_column_span (statement, 4),
                                error))
    return FALSE;
  g_clear_pointer (&statement, sqlite3_finalize);

  if (uses < G_MAXINT)
    uses++;
  guard = make_guard (self, row, uses, error);
  if (guard == NULL)
    return FALSE;

  change = mdoc_store_prepare (self,
                               "UPDATE copies SET uses = ?, guard = ? "
                               "WHERE id = ?",
                               error);
  if (change == NULL)
    return FALSE;

  mdoc_store_bind_int (change, 1, uses);
  mdoc_store_bind_span (change, 2, mdoc_span_from_bytes (guard));
  mdoc_store_bind_text (change, 3, id);
  return mdoc_store_run (self, change, NULL, error);
}
