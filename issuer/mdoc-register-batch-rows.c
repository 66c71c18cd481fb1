/*
 * mdoc-register-batch-rows.c - batches and their items, as they are looked at
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

#define MAX_ROWS 1000
#define BATCH_COLUMNS                                                          \
  "SELECT uid, kind, state, n_items, n_done, n_failed, created_at,"            \
  " correlation_id, operator_id, checker, lapses_at, reason FROM batch"

void
mdoc_register_batch_free (MdocRegisterBatch *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->kind);
  g_free (self->state);
  g_free (self->correlation_id);
  g_free (self->maker);
  g_free (self->checker);
  g_free (self->reason);
  g_free (self);
}

void
mdoc_register_batch_item_free (MdocRegisterBatchItem *self)
{
  if (self == NULL)
    return;

  g_free (self->state);
  g_free (self->code);
  g_free (self->result_json);
  g_free (self);
}

static gpointer
read_batch (MdocCursor *cursor)
{
  MdocRegisterBatch *batch = g_new0 (MdocRegisterBatch, 1);

  batch->id = mdoc_cursor_dup_text (cursor, 0);
  batch->kind = mdoc_cursor_dup_text (cursor, 1);
  batch->state = mdoc_cursor_dup_text (cursor, 2);
  batch->n_items = (guint) mdoc_cursor_get_int (cursor, 3);
  batch->n_done = (guint) mdoc_cursor_get_int (cursor, 4);
  batch->n_failed = (guint) mdoc_cursor_get_int (cursor, 5);
  batch->created_at_s = mdoc_cursor_get_int (cursor, 6);
  batch->correlation_id = mdoc_cursor_dup_text (cursor, 7);
  batch->maker = mdoc_cursor_dup_text (cursor, 8);
  batch->checker = mdoc_cursor_dup_text (cursor, 9);
  batch->lapses_at_s = mdoc_cursor_get_int (cursor, 10);
  batch->reason = mdoc_cursor_dup_text (cursor, 11);
  return batch;
}

static MdocRegisterBatch *
load_batch (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (db,
                                                    error,
                                                    BATCH_COLUMNS
                                                    " WHERE uid = ?",
                                                    ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (!has_row)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such batch");
      return NULL;
    }
  return read_batch (cursor);
}

MdocRegisterBatch *
mdoc_register_get_batch (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocRegisterBatch *batch;

  if (db == NULL)
    return NULL;
  batch = load_batch (db, id, error);
  mdoc_register_return_reader (self, db);
  return batch;
}

static GPtrArray *
list_batches (MdocDb *db,
              const char *state,
              guint offset,
              guint limit,
              GError **error)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_batch_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          BATCH_COLUMNS " WHERE state = coalesce(?, state)"
                                        " ORDER BY id DESC LIMIT ? OFFSET ?",
                          ARG_TEXT (state),
                          ARG_INT (limit == 0 ? 100 : MIN (limit, MAX_ROWS)),
                          ARG_INT (offset));

  return mdoc_cursor_collect (cursor, read_batch, batches, error)
             ? g_steal_pointer (&batches)
             : NULL;
}

GPtrArray *
mdoc_register_list_batches (MdocRegister *self,
                            const char *state,
                            guint offset,
                            guint limit,
                            GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *batches;

  if (db == NULL)
    return NULL;
  batches = list_batches (db, state, offset, limit, error);
  mdoc_register_return_reader (self, db);
  return batches;
}

static gpointer
read_item (MdocCursor *cursor)
{
  MdocRegisterBatchItem *item = g_new0 (MdocRegisterBatchItem, 1);

  item->index = (guint) mdoc_cursor_get_int (cursor, 0);
  item->state = mdoc_cursor_dup_text (cursor, 1);
  item->code = mdoc_cursor_dup_text (cursor, 2);
  item->result_json = mdoc_cursor_dup_text (cursor, 3);
  return item;
}

static GPtrArray *
list_items (MdocDb *db,
            const char *id,
            guint offset,
            guint limit,
            GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_batch_item_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT i, state, code, result FROM batch_item WHERE"
                          " batch = (SELECT id FROM batch WHERE uid = ?)"
                          " AND i >= ? ORDER BY i LIMIT ?",
                          ARG_TEXT (id),
                          ARG_INT (offset),
                          ARG_INT (limit == 0 ? 100 : MIN (limit, MAX_ROWS)));

  return mdoc_cursor_collect (cursor, read_item, items, error)
             ? g_steal_pointer (&items)
             : NULL;
}

GPtrArray *
mdoc_register_list_batch_items (MdocRegister *self,
                                const char *id,
                                guint offset,
                                guint limit,
                                GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *items;

  if (db == NULL)
    return NULL;
  items = list_items (db, id, offset, limit, error);
  mdoc_register_return_reader (self, db);
  return items;
}
