/*
 * mdoc-register-db.c - SQLite, by statements that are kept
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

#define BUSY_MS 5000

static gboolean
refuse_sqlite (GError **error, sqlite3 *db, const char *doing)
{
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_STORE,
                               "%s: %s",
                               doing,
                               db != NULL ? sqlite3_errmsg (db)
                                          : "out of memory");
}

gboolean
mdoc_db_execute (MdocDb *db, const char *sql, GError **error)
{
  if (sqlite3_exec (db->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return refuse_sqlite (error, db->db, "The database cannot do that");
  return TRUE;
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

gboolean
mdoc_db_open (MdocDb *db,
              const char *path,
              gboolean is_reader,
              gboolean is_relaxed,
              GError **error)
{
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
              | (is_reader ? SQLITE_OPEN_READONLY
                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const char *pragmas = is_reader ? "PRAGMA cache_size = -8192;"
                                  : "PRAGMA journal_mode = WAL;"
                                    "PRAGMA secure_delete = FAST;"
                                    "PRAGMA temp_store = MEMORY;"
                                    "PRAGMA cache_size = -49152;";

  if (sqlite3_open_v2 (path, &db->db, flags, NULL) != SQLITE_OK)
    {
      refuse_sqlite (error, db->db, "The database cannot be opened");
      g_clear_pointer (&db->db, sqlite3_close);
      return FALSE;
    }

  sqlite3_extended_result_codes (db->db, 1);
  sqlite3_busy_timeout (db->db, BUSY_MS);
  sqlite3_db_config (db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  db->statements = g_hash_table_new_full (g_direct_hash,
                                          g_direct_equal,
                                          NULL,
                                          finalize);
  if (!mdoc_db_execute (db, pragmas, error)
      || (!is_reader
          && !mdoc_db_execute (db,
                               is_relaxed ? "PRAGMA synchronous = OFF"
                                          : "PRAGMA synchronous = FULL",
                               error)))
    {
      mdoc_db_close (db);
      return FALSE;
    }
  return TRUE;
}

void
mdoc_db_close (MdocDb *db)
{
  g_clear_pointer (&db->statements, g_hash_table_unref);
  if (db->db != NULL)
    sqlite3_close (g_steal_pointer (&db->db));
}

static sqlite3_stmt *
get_statement (MdocDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (db->statements, sql);

  if (statement != NULL)
    return statement;

  if (sqlite3_prepare_v3 (db->db,
                          sql,
                          -1,
                          SQLITE_PREPARE_PERSISTENT,
                          &statement,
                          NULL)
      != SQLITE_OK)
    {
      refuse_sqlite (error, db->db, "The database knows no such statement");
      return NULL;
    }
  g_hash_table_insert (db->statements,
                       GSIZE_TO_POINTER ((gsize) sql),
                       statement);
  return statement;
}

static int
bind (sqlite3_stmt *statement, int place, const MdocArg *arg)
{
  if (arg->kind == 'i')
    return sqlite3_bind_int64 (statement, place, arg->number);
  if (arg->kind == 't' && arg->text != NULL)
    return sqlite3_bind_text (statement,
                              place,
                              arg->text,
                              -1,
                              SQLITE_TRANSIENT);
  if (arg->kind == 'b' && arg->blob.data != NULL)
    return sqlite3_bind_blob64 (statement,
                                place,
                                arg->blob.data,
                                arg->blob.len,
                                SQLITE_TRANSIENT);
  return sqlite3_bind_null (statement, place);
}

MdocCursor *
mdoc_cursor_open_args (MdocDb *db,
                       const char *sql,
                       const MdocArg *args,
                       gsize n_args,
                       GError **error)
{
  sqlite3_stmt *statement = get_statement (db, sql, error);

  if (statement == NULL)
    return NULL;

  g_assert (!sqlite3_stmt_busy (statement));
  g_assert ((gsize) sqlite3_bind_parameter_count (statement) == n_args);
  for (gsize i = 0; i < n_args; i++)
    if (bind (statement, (int) i + 1, &args[i]) != SQLITE_OK)
      {
        refuse_sqlite (error, db->db, "A value does not fit");
        mdoc_cursor_done (statement);
        return NULL;
      }
  return statement;
}

gboolean
mdoc_cursor_next (MdocCursor *self, gboolean *ret_has_row, GError **error)
{
  int code = sqlite3_step (self);

  if (code == SQLITE_ROW || code == SQLITE_DONE)
    {
      *ret_has_row = code == SQLITE_ROW;
      return TRUE;
    }
  if ((code & 0xff) == SQLITE_CONSTRAINT)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_CONFLICT,
                                 "There is such a thing already");
  return refuse_sqlite (error, sqlite3_db_handle (self), "The database failed");
}

gint64
mdoc_cursor_get_int (MdocCursor *self, int column)
{
  return sqlite3_column_int64 (self, column);
}

const char *
mdoc_cursor_get_text (MdocCursor *self, int column)
{
  return (const char *) sqlite3_column_text (self, column);
}

char *
mdoc_cursor_dup_text (MdocCursor *self, int column)
{
  return g_strdup (mdoc_cursor_get_text (self, column));
}

GBytes *
mdoc_cursor_dup_bytes (MdocCursor *self, int column)
{
  const void *data = sqlite3_column_blob (self, column);

  if (data == NULL)
    return NULL;
  return g_bytes_new (data, (gsize) sqlite3_column_bytes (self, column));
}

void
mdoc_cursor_done (MdocCursor *self)
{
  if (self == NULL)
    return;
  sqlite3_reset (self);
  sqlite3_clear_bindings (self);
}

gboolean
mdoc_cursor_collect (MdocCursor *self,
                     MdocCursorReader read,
                     GPtrArray *rows,
                     GError **error)
{
  gboolean has_row = TRUE;

  if (self == NULL)
    return FALSE;
  while (has_row)
    {
      if (!mdoc_cursor_next (self, &has_row, error))
        return FALSE;
      if (has_row)
        g_ptr_array_add (rows, read (self));
    }
  return TRUE;
}

GArray *
mdoc_cursor_list_ints (MdocCursor *self, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean has_row = TRUE;

  if (self == NULL)
    return NULL;
  while (has_row)
    {
      gint64 row;

      if (!mdoc_cursor_next (self, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      row = mdoc_cursor_get_int (self, 0);
      g_array_append_val (rows, row);
    }
  return g_steal_pointer (&rows);
}

static gpointer
read_text (MdocCursor *self)
{
  return mdoc_cursor_dup_text (self, 0);
}

GPtrArray *
mdoc_cursor_list_texts (MdocCursor *self, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  return mdoc_cursor_collect (self, read_text, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

gboolean
mdoc_db_run_args (MdocDb *db,
                  const char *sql,
                  const MdocArg *args,
                  gsize n_args,
                  GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open_args (db,
                                                         sql,
                                                         args,
                                                         n_args,
                                                         error);
  gboolean has_row;

  return cursor != NULL && mdoc_cursor_next (cursor, &has_row, error);
}

gboolean
mdoc_db_get_int_args (MdocDb *db,
                      const char *sql,
                      const MdocArg *args,
                      gsize n_args,
                      gint64 otherwise,
                      gint64 *ret_value,
                      GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open_args (db,
                                                         sql,
                                                         args,
                                                         n_args,
                                                         error);
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  *ret_value = otherwise;
  if (has_row && sqlite3_column_type (cursor, 0) != SQLITE_NULL)
    *ret_value = mdoc_cursor_get_int (cursor, 0);
  return TRUE;
}

gint64
mdoc_db_get_last_row (MdocDb *db)
{
  return sqlite3_last_insert_rowid (db->db);
}

guint
mdoc_db_get_n_changed (MdocDb *db)
{
  return (guint) sqlite3_changes (db->db);
}
