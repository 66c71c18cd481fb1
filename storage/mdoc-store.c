/*
 * mdoc-store.c - what the parts of the store share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "storage/mdoc-store-private.h"

G_DEFINE_QUARK (mdoc_store_error_quark, mdoc_store_error)

/* The one place that names the domain. */
gboolean
mdoc_store_refuse (GError **error, MdocStoreError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error,
                     g_error_new_valist (MDOC_STORE_ERROR,
                                         (gint) code,
                                         format,
                                         args));
  va_end (args);
  return FALSE;
}

MdocStoreError
mdoc_store_error_from_sqlite (int code)
{
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
    return MDOC_STORE_ERROR_IN_USE;

  switch (code & 0xff)
    {
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return MDOC_STORE_ERROR_READ_ONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return MDOC_STORE_ERROR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
      return MDOC_STORE_ERROR_DAMAGED;
    case SQLITE_FULL:
      return MDOC_STORE_ERROR_FULL;
    case SQLITE_CONSTRAINT:
      return MDOC_STORE_ERROR_EXISTS;
    case SQLITE_TOOBIG:
      return MDOC_STORE_ERROR_LIMIT;
    default:
      return MDOC_STORE_ERROR_DEVICE;
    }
}

gboolean
mdoc_store_refuse_sqlite (GError **error, int code, const char *what)
{
  return mdoc_store_refuse (error,
                            mdoc_store_error_from_sqlite (code),
                            "The store refuses (%s): %s",
                            what,
                            sqlite3_errstr (code));
}

gboolean
mdoc_store_refuse_errno (GError **error, int code, const char *what)
{
  MdocStoreError store_code = MDOC_STORE_ERROR_DEVICE;

  if (code == EROFS || code == EACCES || code == EPERM)
    store_code = MDOC_STORE_ERROR_READ_ONLY;
  else if (code == ENOSPC || code == EDQUOT)
    store_code = MDOC_STORE_ERROR_FULL;

  return mdoc_store_refuse (error,
                            store_code,
                            "Cannot use %s: %s",
                            what,
                            g_strerror (code));
}

gboolean
mdoc_store_exec (MdocStore *self, const char *sql, GError **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;

  return mdoc_store_refuse_sqlite (error,
                                   sqlite3_extended_errcode (self->db),
                                   "statement");
}

sqlite3_stmt *
mdoc_store_prepare (MdocStore *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      mdoc_store_refuse_sqlite (error,
                                sqlite3_extended_errcode (self->db),
                                "statement");
      return NULL;
    }

  return statement;
}

gboolean
mdoc_store_step (sqlite3_stmt *statement, gboolean *ret_has_row, GError **error)
{
  int code = sqlite3_step (statement);

  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return mdoc_store_refuse_sqlite (error,
                                     sqlite3_extended_errcode (
                                         sqlite3_db_handle (statement)),
                                     "row");

  *ret_has_row = code == SQLITE_ROW;
  return TRUE;
}

gboolean
mdoc_store_run (MdocStore *self,
                sqlite3_stmt *statement,
                guint *ret_n_changed,
                GError **error)
{
  gboolean has_row = FALSE;

  if (!mdoc_store_step (statement, &has_row, error))
    return FALSE;

  if (ret_n_changed != NULL)
    *ret_n_changed = (guint) sqlite3_changes (self->db);
  return TRUE;
}

gboolean
mdoc_store_count (MdocStore *self,
                  const char *sql,
                  guint *ret_count,
                  GError **error)
{
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row = FALSE;

  if (statement == NULL || !mdoc_store_step (statement, &has_row, error))
    return FALSE;

  *ret_count = has_row ? (guint) sqlite3_column_int64 (statement, 0) : 0;
  return TRUE;
}

/**
 * mdoc_store_transact:
 * @self: a store
 * @func: makes several changes
 * @user_data: passed to @func
 * @error: return location for a #MdocStoreError, or for what @func says
 *
 * When this returns %TRUE all of the changes are on disk, and otherwise none.
 * A transaction within another one is part of that, so that whoever makes the
 * outer one has to pass on what fails in it.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_transact (MdocStore *self,
                     MdocStoreFunc func,
                     gpointer user_data,
                     GError **error)
{
  if (sqlite3_get_autocommit (self->db) == 0)
    return func (self, user_data, error);

  if (!mdoc_store_exec (self, "BEGIN IMMEDIATE", error))
    return FALSE;

  if (func (self, user_data, error) && mdoc_store_exec (self, "COMMIT", error))
    return TRUE;

  /* fails only where SQLite has rolled back by itself */
  (void) sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
mdoc_store_flush (MdocStore *self, GError **error)
{
  int code = sqlite3_wal_checkpoint_v2 (self->db,
                                        NULL,
                                        SQLITE_CHECKPOINT_TRUNCATE,
                                        NULL,
                                        NULL);

  return code == SQLITE_OK
             ? TRUE
             : mdoc_store_refuse_sqlite (error, code, "checkpoint");
}

/* Binding fails only for an index that is not there, or without memory, which
 * ends the process anyway. */
void
mdoc_store_bind_text (sqlite3_stmt *statement, int at, const char *text)
{
  int code = sqlite3_bind_text (statement, at, text, -1, SQLITE_TRANSIENT);

  g_assert (code == SQLITE_OK);
}

void
mdoc_store_bind_span (sqlite3_stmt *statement, int at, MdocSpan span)
{
  int code = sqlite3_bind_blob64 (statement,
                                  at,
                                  span.len > 0 ? (const void *) span.data : "",
                                  span.len,
                                  SQLITE_TRANSIENT);

  g_assert (code == SQLITE_OK);
}

void
mdoc_store_bind_int (sqlite3_stmt *statement, int at, gint64 value)
{
  int code = sqlite3_bind_int64 (statement, at, value);

  g_assert (code == SQLITE_OK);
}

const char *
mdoc_store_column_text (sqlite3_stmt *statement, int at)
{
  const char *text = (const char *) sqlite3_column_text (statement, at);

  return text != NULL ? text : "";
}

guint
mdoc_store_column_uint (sqlite3_stmt *statement, int at)
{
  gint64 value = sqlite3_column_int64 (statement, at);

  return value >= 0 && value <= G_MAXINT ? (guint) value : G_MAXUINT;
}

MdocSpan
mdoc_store_column_span (sqlite3_stmt *statement, int at)
{
  const guint8 *data = sqlite3_column_blob (statement, at);

  return MDOC_SPAN (data, (gsize) sqlite3_column_bytes (statement, at));
}

gboolean
mdoc_store_get_next_id (MdocStore *self,
                        const char *table,
                        gint64 *ret_id,
                        GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT coalesce (max (id), 0) + 1 "
                                          "FROM %s",
                                          table);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row;

  if (statement == NULL || !mdoc_store_step (statement, &has_row, error))
    return FALSE;

  *ret_id = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

char *
mdoc_store_make_id (void)
{
  guint8 random[MDOC_STORE_ID_BYTES];

  mdoc_random_fill (random, sizeof (random));
  return mdoc_hex_encode (MDOC_SPAN (random, sizeof (random)));
}

gboolean
mdoc_store_check_label (const char *label, GError **error)
{
  if (strlen (label) > MDOC_STORE_MAX_LABEL_LEN)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The label is longer than %d bytes",
                              MDOC_STORE_MAX_LABEL_LEN);
  return TRUE;
}
