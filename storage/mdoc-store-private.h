/*
 * mdoc-store-private.h - what the parts of the store share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "storage/mdoc-keystore.h"
#include "storage/mdoc-seal.h"
#include "storage/mdoc-store-jobs.h"
#include "storage/mdoc-store-records.h"
#include "storage/mdoc-store.h"

G_BEGIN_DECLS

#define MDOC_STORE_ID_BYTES 8

struct _MdocStore
{
  sqlite3 *db;
  int lock_fd;
  char *state_dir;
  gboolean is_there; /* and is not made if it is not */
  guint schema_version;
  MdocSealer *sealer;
  GPtrArray *keystores; /* of MdocKeystore; new keys go to the last */
};

/**
 * MdocMigration:
 * @sql: brings the tables of the version before to this one
 * @convert: (nullable): run after it, for what SQL cannot do: what is sealed is
 *   sealed anew where it then stands
 *
 * Both are one transaction. Migrations only go forward; the n-th one (from 1)
 * makes version n.
 */
typedef struct
{
  const char *sql;
  MdocStoreFunc convert;
} MdocMigration;

/* mdoc-store-making.c: keys that a token may have, and the store not yet */
gboolean mdoc_store_note_making (MdocStore *self,
                                 const char *id,
                                 const char *kind,
                                 MdocSecret *handle,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type utf8): the ids; an error if one was changed */
GPtrArray *mdoc_store_list_making (MdocStore *self, GError **error);
gboolean
mdoc_store_forget_making (MdocStore *self, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-convert.c */
gboolean mdoc_store_convert_documents (MdocStore *self,
                                       gpointer user_data,
                                       GError **error);

MdocStore *mdoc_store_open_with (const char *state_dir,
                                 MdocMasterKey *master_key,
                                 const MdocMigration *migrations,
                                 guint n_migrations,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
const MdocMigration *mdoc_store_get_migrations (guint *ret_n);

gboolean
mdoc_store_refuse (GError **error, MdocStoreError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
gboolean mdoc_store_refuse_sqlite (GError **error, int code, const char *what);
MdocStoreError mdoc_store_error_from_sqlite (int code);
gboolean mdoc_store_refuse_errno (GError **error, int code, const char *what);

gboolean mdoc_store_exec (MdocStore *self, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
sqlite3_stmt *
mdoc_store_prepare (MdocStore *self, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* %TRUE with @ret_has_row FALSE at the end */
gboolean
mdoc_store_step (sqlite3_stmt *statement, gboolean *ret_has_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* a statement without result; sets @ret_n_changed if not NULL */
gboolean mdoc_store_run (MdocStore *self,
                         sqlite3_stmt *statement,
                         guint *ret_n_changed,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_store_count (MdocStore *self,
                           const char *sql,
                           guint *ret_count,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* moves the log into the database and cuts it, so that what was deleted is in
 * neither */
gboolean mdoc_store_flush (MdocStore *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void mdoc_store_bind_text (sqlite3_stmt *statement, int at, const char *text);
void mdoc_store_bind_span (sqlite3_stmt *statement, int at, MdocSpan span);
void mdoc_store_bind_int (sqlite3_stmt *statement, int at, gint64 value);
/* valid until the statement's next step; text of a NULL column is "" */
const char *mdoc_store_column_text (sqlite3_stmt *statement, int at);
/* a number that none of us writes if it is none from 0 to G_MAXINT */
guint mdoc_store_column_uint (sqlite3_stmt *statement, int at);
MdocSpan mdoc_store_column_span (sqlite3_stmt *statement, int at);

/* one more than the highest of a table's numbers */
gboolean mdoc_store_get_next_id (MdocStore *self,
                                 const char *table,
                                 gint64 *ret_id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* an a{sv} of at most MDOC_STORE_MAX_DETAIL_BYTES */
GBytes *mdoc_store_seal_variant (MdocStore *self,
                                 const MdocSealPlace *place,
                                 GVariant *value,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *mdoc_store_open_variant (MdocStore *self,
                                   const MdocSealPlace *place,
                                   MdocSpan sealed,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_store_find_name (const char *const *names,
                               guint n_names,
                               const char *name,
                               guint *ret_at) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-keys.c: destroys the key where it lives, if that is not the row;
 * may be called again for one that is gone */
gboolean mdoc_store_destroy_key_material (MdocStore *self,
                                          const char *id,
                                          GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-jobs.c, within a transaction; @user_data is a MdocStoredJob */
gboolean
mdoc_store_insert_job (MdocStore *self, gpointer user_data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-removal.c, within a transaction */
gboolean mdoc_store_write_tombstone (MdocStore *self,
                                     const MdocTombstone *tombstone,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-open.c */
GBytes *mdoc_store_make_name (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_write_identity (MdocStore *self, MdocSpan name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_store_write_time_floor (MdocStore *self, gint64 unix_s, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* a store that is there, beside the one that has the folder's lock */
MdocStore *mdoc_store_open_file (const char *state_dir,
                                 const char *name,
                                 MdocMasterKey *master_key,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* the file at @path, which nobody has open, takes the place of the database */
gboolean mdoc_store_replace (MdocStore *self,
                             const char *path,
                             MdocMasterKey *master_key,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocSealedColumn:
 * @place: but for the row
 * @select: gives what names the row for the seal, the value, and a key
 * @update: takes the value and the key
 *
 * How a sealed column is sealed anew.
 */
typedef struct
{
  MdocSealPlace place;
  const char *select;
  const char *update;
} MdocSealedColumn;

char *mdoc_store_make_id (void);
gboolean mdoc_store_check_label (const char *label, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* mdoc-store-policies.c */
gboolean
mdoc_store_carry_policies (MdocStore *self, MdocStore *restored, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

static inline void
mdoc_store_finalize_statement (sqlite3_stmt *statement)
{
  sqlite3_finalize (statement);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, mdoc_store_finalize_statement)

G_END_DECLS
