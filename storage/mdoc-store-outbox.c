/*
 * mdoc-store-outbox.c - what others have yet to be told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-jobs.h"

#include "storage/mdoc-store-private.h"

/**
 * mdoc_stored_notice_free:
 * @notice: (nullable) (transfer full): a notice
 */
void
mdoc_stored_notice_free (MdocStoredNotice *notice)
{
  if (notice == NULL)
    return;

  g_free (notice->kind);
  g_free (notice->subject);
  g_free (notice->issuer);
  g_clear_pointer (&notice->detail, g_variant_unref);
  g_free (notice);
}

static char *
make_row_name (const MdocStoredNotice *notice)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT "/%s/%s/%" G_GINT64_FORMAT "/%s",
                          notice->id,
                          notice->kind,
                          notice->subject,
                          notice->created_unix_s,
                          notice->issuer);
}

static MdocSealPlace
get_place (const char *row)
{
  return (MdocSealPlace){ .table = "outbox",
                          .row = row,
                          .column = "detail",
                          .version = 2 };
}

/**
 * mdoc_store_add_notice:
 * @self: a store
 * @kind: what is to be told
 * @subject: the document it is about
 * @issuer: who is to be told
 * @now_unix_s: the time
 * @detail: an `a{sv}`; consumed if floating
 * @error: return location for a #MdocStoreError
 *
 * To be called in the transaction of the change that it tells of.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_add_notice (MdocStore *self,
                       const char *kind,
                       const char *subject,
                       const char *issuer,
                       gint64 now_unix_s,
                       GVariant *detail,
                       GError **error)
{
  g_autoptr (MdocStoredNotice) added = g_new0 (MdocStoredNotice, 1);
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autofree char *row = NULL;
  MdocSealPlace place;
  guint n_notices;

  added->kind = g_strdup (kind);
  added->subject = g_strdup (subject);
  added->issuer = g_strdup (issuer);
  added->created_unix_s = now_unix_s;
  added->detail = g_variant_ref_sink (detail);
  if (!mdoc_store_count (self,
                         "SELECT count(*) FROM outbox",
                         &n_notices,
                         error))
    return FALSE;

  if (n_notices >= MDOC_STORE_MAX_NOTICES)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_LIMIT,
                              "The store has room for %d notices",
                              MDOC_STORE_MAX_NOTICES);

  if (!mdoc_store_get_next_id (self, "outbox", &added->id, error))
    return FALSE;

  row = make_row_name (added);
  place = get_place (row);
  sealed = mdoc_store_seal_variant (self, &place, added->detail, error);
  if (sealed == NULL)
    return FALSE;

  statement = mdoc_store_prepare (self,
                                  "INSERT INTO outbox (id, kind, subject, "
                                  "issuer, created_unix_s, attempts, "
                                  "next_unix_s, detail) "
                                  "VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
                                  error);
  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, added->id);
  mdoc_store_bind_text (statement, 2, added->kind);
  mdoc_store_bind_text (statement, 3, added->subject);
  mdoc_store_bind_text (statement, 4, added->issuer);
  mdoc_store_bind_int (statement, 5, added->created_unix_s);
  mdoc_store_bind_span (statement, 6, mdoc_span_from_bytes (sealed));
  return mdoc_store_run (self, statement, NULL, error);
}

static MdocStoredNotice *
read_notice (MdocStore *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MdocStoredNotice) notice = g_new0 (MdocStoredNotice, 1);
  g_autofree char *row = NULL;
  MdocSealPlace place;

  notice->id = sqlite3_column_int64 (statement, 0);
  notice->kind = g_strdup (mdoc_store_column_text (statement, 1));
  notice->subject = g_strdup (mdoc_store_column_text (statement, 2));
  notice->issuer = g_strdup (mdoc_store_column_text (statement, 3));
  notice->created_unix_s = sqlite3_column_int64 (statement, 4);

  row = make_row_name (notice);
  place = get_place (row);
  notice->detail = mdoc_store_open_variant (self,
                                            &place,
                                            mdoc_store_column_span (statement,
                                                                    5),
                                            error);
  return notice->detail != NULL ? g_steal_pointer (&notice) : NULL;
}

/**
 * mdoc_store_list_notices:
 * @self: a store
 * @error: return location for a #MdocStoreError
 *
 * Returns: (transfer full) (element-type MdocStoredNotice): what is to be told,
 *   oldest first, or %NULL with @error set
 */
GPtrArray *
mdoc_store_list_notices (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_notice_free);
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT id, kind, subject, issuer, created_unix_s, "
                            "detail FROM outbox ORDER BY id",
                            error);
  gboolean has_row;

  if (statement == NULL)
    return NULL;

  for (;;)
    {
      MdocStoredNotice *notice;

      if (!mdoc_store_step (statement, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&notices);

      notice = read_notice (self, statement, error);
      if (notice == NULL)
        return NULL;
      g_ptr_array_add (notices, notice);
    }
}

/**
 * mdoc_store_drop_notice:
 * @self: a store
 * @id: which notice
 * @error: return location for a #MdocStoreError
 *
 * To be called when it was delivered.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_drop_notice (MdocStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self, "DELETE FROM outbox WHERE id = ?", error);
  guint n_changed;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_int (statement, 1, id);
  if (!mdoc_store_run (self, statement, &n_changed, error))
    return FALSE;

  return n_changed == 1 ? TRUE
                        : mdoc_store_refuse (error,
                                             MDOC_STORE_ERROR_NOT_FOUND,
                                             "There is no such notice");
}
