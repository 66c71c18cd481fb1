/*
 * mdoc-store-generations.c - what was issued of a document, one after another
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include "storage/mdoc-store-documents-private.h"

static const char *const state_names[] = {
  [MDOC_GENERATION_PREPARED] = "prepared",
  [MDOC_GENERATION_CURRENT] = "current",
  [MDOC_GENERATION_SUPERSEDED] = "superseded",
};

/**
 * mdoc_stored_generation_free:
 * @generation: (nullable) (transfer full): what is known of a generation
 */
void
mdoc_stored_generation_free (MdocStoredGeneration *generation)
{
  if (generation == NULL)
    return;

  if (generation->copies != NULL)
    g_ptr_array_unref (generation->copies);
  g_free (generation);
}

static char *
make_row_name (const char *document_id, const MdocStoredGeneration *generation)
{
  return g_strdup_printf ("%s/%u/%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
                          "/%" G_GINT64_FORMAT,
                          document_id,
                          generation->n,
                          state_names[generation->state],
                          generation->added_unix_s,
                          generation->valid_from_unix_s,
                          generation->valid_until_unix_s);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "generations",
                          .row = row,
                          .column = "guard",
                          .version = 2 };
}

gboolean
mdoc_store_read_generation (MdocStore *self,
                            sqlite3_stmt *statement,
                            int at,
                            const char *document_id,
                            MdocStoredGeneration *ret_generation,
                            GError **error)
{
  const char *state = mdoc_store_column_text (statement, at + 1);
  g_autofree char *row = NULL;
  MdocSealPlace place;
  guint state_at = 0;
  gboolean is_known = mdoc_store_find_name (state_names,
                                            G_N_ELEMENTS (state_names),
                                            state,
                                            &state_at);

  ret_generation->n = mdoc_store_column_uint (statement, at);
  ret_generation->state = (MdocGenerationState) state_at;
  ret_generation->added_unix_s = sqlite3_column_int64 (statement, at + 2);
  ret_generation->valid_from_unix_s = sqlite3_column_int64 (statement, at + 3);
  ret_generation->valid_until_unix_s = sqlite3_column_int64 (statement, at + 4);

  row = make_row_name (document_id, ret_generation);
  place = get_place (row);
  if (!is_known)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_DAMAGED,
                              "The store is damaged: a row of generations is "
                              "malformed");

  return mdoc_sealer_check_guard (self->sealer,
                                  &place,
                                  mdoc_store_column_span (statement, at + 5),
                                  error);
}

gboolean
mdoc_store_write_generation (MdocStore *self,
                             const char *document_id,
                             const MdocStoredGeneration *generation,
                             gboolean exists,
                             GError **error)
{
  static const char *const insert
      = "INSERT INTO generations (document_id, n, state, added_unix_s, "
        "valid_from_unix_s, valid_until_unix_s, guard) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
  static const char *const update
      = "UPDATE generations SET state = ?3, added_unix_s = ?4, "
        "valid_from_unix_s = ?5, valid_until_unix_s = ?6, guard = ?7 "
        "WHERE document_id = ?1 AND n = ?2";
  g_autofree char *row = make_row_name (document_id, generation);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self,
                                                           exists ? update
                                                                  : insert,
                                                           error);
  MdocSealPlace place = get_place (row);
  g_autoptr (GBytes) guard = NULL;

  if (statement == NULL)
    return FALSE;

  guard = mdoc_sealer_guard (self->sealer, &place, error);
  if (guard == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, document_id);
  mdoc_store_bind_int (statement, 2, generation->n);
  mdoc_store_bind_text (statement, 3, state_names[generation->state]);
  mdoc_store_bind_int (statement, 4, generation->added_unix_s);
  mdoc_store_bind_int (statement, 5, generation->valid_from_unix_s);
  mdoc_store_bind_int (statement, 6, generation->valid_until_unix_s);
  mdoc_store_bind_span (statement, 7, mdoc_span_from_bytes (guard));
  return mdoc_store_run (self, statement, NULL, error);
}

static GPtrArray *
read_generations (MdocStore *self, const char *document_id, GError **error)
{
  g_autoptr (GPtrArray) generations = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_generation_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT n, state, added_unix_s, valid_from_unix_s, "
                            "valid_until_unix_s, guard FROM generations "
                            "WHERE document_id = ? ORDER BY n DESC",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  mdoc_store_bind_text (statement, 1, document_id);
  for (;;)
    {
      MdocStoredGeneration *generation;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&generations);

      generation = g_new0 (MdocStoredGeneration, 1);
      g_ptr_array_add (generations, generation);
      if (!mdoc_store_read_generation (self,
                                       statement,
                                       0,
                                       document_id,
                                       generation,
                                       error))
        return NULL;
    }
}

/**
 * mdoc_store_list_generations:
 * @self: a store
 * @document_id: of a document
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredGeneration): its generations
 *   with their copies, latest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_generations (MdocStore *self,
                             const char *document_id,
                             GError **error)
{
  g_autoptr (GPtrArray) generations = read_generations (self,
                                                        document_id,
                                                        error);

  for (guint i = 0; generations != NULL && i < generations->len; i++)
    {
      MdocStoredGeneration *generation = g_ptr_array_index (generations, i);

      generation->copies = mdoc_store_list_copies (self,
                                                   document_id,
                                                   generation->n,
                                                   error);
      if (generation->copies == NULL)
        return NULL;
    }

  return g_steal_pointer (&generations);
}

typedef struct
{
  const char *document_id;
  const MdocStoredGeneration *generation;
  const MdocNewCopy *copies;
  guint n_copies;
  guint n;
} NewGeneration;

/* the current one makes way */
static gboolean
supersede (MdocStore *self, const char *document_id, GError **error)
{
  g_autoptr (GPtrArray) generations = read_generations (self,
                                                        document_id,
                                                        error);

  for (guint i = 0; generations != NULL && i < generations->len; i++)
    {
      MdocStoredGeneration *generation = g_ptr_array_index (generations, i);

      if (generation->state != MDOC_GENERATION_CURRENT)
        continue;

      generation->state = MDOC_GENERATION_SUPERSEDED;
      if (!mdoc_store_write_generation (self,
                                        document_id,
                                        generation,
                                        TRUE,
                                        error))
        return FALSE;
    }

  return generations != NULL;
}

static gboolean
insert_generation (MdocStore *self, gpointer user_data, GError **error)
{
  NewGeneration *new_generation = user_data;
  MdocStoredGeneration generation = *new_generation->generation;

  generation.n = new_generation->n;
  if (generation.state == MDOC_GENERATION_CURRENT
      && !supersede (self, new_generation->document_id, error))
    return FALSE;

  if (!mdoc_store_write_generation (self,
                                    new_generation->document_id,
                                    &generation,
                                    FALSE,
                                    error))
    return FALSE;

  for (guint i = 0; i < new_generation->n_copies; i++)
    {
      if (!mdoc_store_check_new_copy (self, &new_generation->copies[i], error)
          || !mdoc_store_insert_copy (self,
                                      new_generation->document_id,
                                      generation.n,
                                      &new_generation->copies[i],
                                      NULL,
                                      error))
        return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_store_add_generation:
 * @self: a store
 * @document_id: of a document
 * @generation: its dates, and whether it is prepared or current at once; the
 *   rest is not looked at
 * @copies: what was issued
 * @n_copies: how many; at least 1, at most %MDOC_STORE_MAX_COPIES
 * @ret_n: (out): its number
 * @error: return location for a #MdocStoreError
 *
 * Keeps a further generation, all of it or nothing. One that is current at once
 * supersedes the one that was.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_generation (MdocStore *self,
                           const char *document_id,
                           const MdocStoredGeneration *generation,
                           const MdocNewCopy *copies,
                           guint n_copies,
                           guint *ret_n,
                           GError **error)
{
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_sound_document (self, document_id, error);
  g_autoptr (GPtrArray) generations = NULL;
  NewGeneration new_generation = {
    .document_id = document_id,
    .generation = generation,
    .copies = copies,
    .n_copies = n_copies,
    .n = 1,
  };

  if (document == NULL)
    return FALSE;

  generations = read_generations (self, document_id, error);
  if (generations == NULL)
    return FALSE;

  if (generations->len >= MDOC_STORE_MAX_GENERATIONS || n_copies < 1
      || n_copies > MDOC_STORE_MAX_COPIES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "A credential has up to %d generations of up to "
                              "%d copies",
                              MDOC_STORE_MAX_GENERATIONS,
                              MDOC_STORE_MAX_COPIES);

  if (generations->len > 0)
    {
      const MdocStoredGeneration *latest = g_ptr_array_index (generations, 0);

      new_generation.n = latest->n + 1;
    }

  if (!mdoc_store_transact (self, insert_generation, &new_generation, error))
    return FALSE;

  *ret_n = new_generation.n;
  return TRUE;
}

typedef struct
{
  const char *document_id;
  MdocStoredGeneration *generation;
} Swap;

static gboolean
swap (MdocStore *self, gpointer user_data, GError **error)
{
  const Swap *what = user_data;

  if (!supersede (self, what->document_id, error))
    return FALSE;

  what->generation->state = MDOC_GENERATION_CURRENT;
  return mdoc_store_write_generation (self,
                                      what->document_id,
                                      what->generation,
                                      TRUE,
                                      error);
}

/**
 * mdoc_store_swap_generation:
 * @self: a store
 * @document_id: of a document
 * @generation: the number of a prepared generation
 * @error: return location for a #MdocStoreError
 *
 * Makes it the current one, and the one that was superseded, both or none.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_swap_generation (MdocStore *self,
                            const char *document_id,
                            guint generation,
                            GError **error)
{
  g_autoptr (GPtrArray) generations = read_generations (self,
                                                        document_id,
                                                        error);

  for (guint i = 0; generations != NULL && i < generations->len; i++)
    {
      Swap what = { document_id, g_ptr_array_index (generations, i) };

      if (what.generation->n == generation
          && what.generation->state == MDOC_GENERATION_PREPARED)
        return mdoc_store_transact (self, swap, &what, error);
    }

  if (generations != NULL)
    mdoc_store_refuse (error,
                       MDOC_STORE_ERROR_NOT_FOUND,
                       "There is no such generation that is prepared");
  return FALSE;
}

static gboolean
run_with_row (MdocStore *self,
              const char *sql,
              const char *document_id,
              guint generation,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, document_id);
  mdoc_store_bind_int (statement, 2, generation);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
remove_key_row (MdocStore *self, const char *id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self, "DELETE FROM keys WHERE id = ?", error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, id);
  return mdoc_store_run (self, statement, NULL, error);
}

static gboolean
remove_rows (MdocStore *self, gpointer user_data, GError **error)
{
  const Swap *what = user_data;
  guint n = what->generation->n;

  if (!run_with_row (self,
                     "DELETE FROM contents WHERE copy_id IN (SELECT id FROM "
                     "copies WHERE document_id = ? AND generation = ?)",
                     what->document_id,
                     n,
                     error)
      || !run_with_row (self,
                        "DELETE FROM copies WHERE document_id = ? AND "
                        "generation = ?",
                        what->document_id,
                        n,
                        error)
      || !run_with_row (self,
                        "DELETE FROM generations WHERE document_id = ? AND "
                        "n = ?",
                        what->document_id,
                        n,
                        error))
    return FALSE;

  for (guint i = 0; i < what->generation->copies->len; i++)
    {
      const MdocStoredCopy *copy = g_ptr_array_index (what->generation->copies,
                                                      i);

      if (!remove_key_row (self, copy->key_id, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_store_remove_generation:
 * @self: a store
 * @document_id: of a document
 * @generation: the number of a generation that is not current
 * @error: return location for a #MdocStoreError or #MdocKeystoreError:
 *   %MDOC_STORE_ERROR_IN_USE if it is current
 *
 * Destroys its keys where they live, and then its rows, for good. If that is
 * cut short, it may be done again.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_remove_generation (MdocStore *self,
                              const char *document_id,
                              guint generation,
                              GError **error)
{
  g_autoptr (GPtrArray) generations = mdoc_store_list_generations (self,
                                                                   document_id,
                                                                   error);
  Swap what = { document_id, NULL };

  if (generations == NULL)
    return FALSE;

  for (guint i = 0; i < generations->len; i++)
    {
      MdocStoredGeneration *found = g_ptr_array_index (generations, i);

      if (found->n == generation)
        what.generation = found;
    }

  if (what.generation == NULL)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_NOT_FOUND,
                              "There is no such generation");
  if (what.generation->state == MDOC_GENERATION_CURRENT)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_IN_USE,
                              "The generation is the current one");

  for (guint i = 0; i < what.generation->copies->len; i++)
    {
      const MdocStoredCopy *copy = g_ptr_array_index (what.generation->copies,
                                                      i);

      if (!mdoc_store_destroy_key_material (self, copy->key_id, error))
        return FALSE;
    }

  return mdoc_store_transact (self, remove_rows, &what, error)
         && mdoc_store_flush (self, error);
}
