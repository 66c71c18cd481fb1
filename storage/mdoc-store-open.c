/*
 * mdoc-store-open.c - opening, unlocking and migrating the store
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/mdoc-keystore-private.h"
#include "storage/mdoc-store-care.h"
#include "storage/mdoc-store-private.h"

#define STORE_NAME_LEN    16
#define MAX_CHECKED_PAGES 4096 /* 16 MiB */
/* what a sealed value must open to if the master key is the store's */
#define KEY_CHECK "the key of this store"

static gboolean
prepare_folder (const char *state_dir, GError **error)
{
  struct stat info;

  if (g_mkdir_with_parents (state_dir, 0700) != 0
      || stat (state_dir, &info) != 0)
    return mdoc_store_refuse_errno (error, errno, state_dir);

  if (!S_ISDIR (info.st_mode))
    return mdoc_store_refuse_errno (error, ENOTDIR, state_dir);

  if ((info.st_mode & 077) != 0 || info.st_uid != geteuid ())
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_PERMISSIONS,
                              "The state folder %s is not ours alone: it has "
                              "to have our owner and mode 0700",
                              state_dir);
  return TRUE;
}

static gboolean
take_lock (MdocStore *self, const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir,
                                            MDOC_STORE_FILE_LOCK,
                                            NULL);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    return mdoc_store_refuse_errno (error, errno, path);

  /* of the open file, not the process, so that it holds within one too */
  if (fcntl (self->lock_fd, F_OFD_SETLK, &lock) != 0)
    {
      if (errno != EAGAIN && errno != EACCES)
        return mdoc_store_refuse_errno (error, errno, path);

      return mdoc_store_refuse (error,
                                MDOC_STORE_ERROR_BUSY,
                                "Another mdoc-agent has the store in %s open",
                                state_dir);
    }

  return TRUE;
}

/* The lock file says whether a store was made here: a database that is there
 * and empty is then not a new one, but one that has lost everything. Whoever
 * deletes the database wants a new one. */
static gboolean
has_mark (MdocStore *self)
{
  struct stat info;

  return self->lock_fd >= 0 && fstat (self->lock_fd, &info) == 0
         && info.st_size > 0;
}

static gboolean
set_mark (MdocStore *self, gboolean is_made, GError **error)
{
  if (has_mark (self) == is_made)
    return TRUE;

  if (ftruncate (self->lock_fd, is_made ? 1 : 0) != 0
      || fsync (self->lock_fd) != 0)
    return mdoc_store_refuse_errno (error, errno, "the lock");
  return TRUE;
}

static gboolean
refuse_empty (GError **error)
{
  return mdoc_store_refuse (error,
                            MDOC_STORE_ERROR_DAMAGED,
                            "The store is damaged: there is nothing in its "
                            "database, where there was something before. "
                            "Restore a backup; or, to begin anew, delete it");
}

/* Made by us and not by SQLite, whose mode would depend on the umask; its log
 * takes the database's mode. */
static gboolean
prepare_file (const char *path, GError **error)
{
  struct stat info;
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int code = errno;
  gboolean is_ours;

  if (fd < 0)
    return mdoc_store_refuse_errno (error, code, path);

  is_ours = fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
            && (info.st_mode & 077) == 0 && info.st_uid == geteuid ();
  close (fd);

  if (!is_ours)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_PERMISSIONS,
                              "The store %s is not ours alone: it has to have "
                              "our owner and mode 0600",
                              path);
  return TRUE;
}

static gboolean
open_database (MdocStore *self, const char *path, GError **error)
{
  /* EXCLUSIVE: no other process, and so no shared memory beside the log.
   * secure_delete: what is removed is overwritten. wal_autocheckpoint: what is
   * in the log alone is gone if the beginning of the log is damaged, and nobody
   * can tell; so each commit goes on into the database at once, whose pages are
   * checked. */
  static const char *const pragmas = "PRAGMA locking_mode = EXCLUSIVE;"
                                     "PRAGMA journal_mode = WAL;"
                                     "PRAGMA synchronous = FULL;"
                                     "PRAGMA wal_autocheckpoint = 1;"
                                     "PRAGMA secure_delete = ON;"
                                     "PRAGMA foreign_keys = ON;"
                                     "PRAGMA trusted_schema = OFF;"
                                     "PRAGMA cell_size_check = ON;"
                                     "PRAGMA temp_store = MEMORY;";
  int code = sqlite3_open_v2 (path,
                              &self->db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX
                                  | SQLITE_OPEN_EXRESCODE,
                              NULL);

  if (code != SQLITE_OK)
    return mdoc_store_refuse_sqlite (error, code, "open");

  if (sqlite3_db_readonly (self->db, "main") != 0)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_READ_ONLY,
                              "The store %s cannot be written",
                              path);

  (void) sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return mdoc_store_exec (self, pragmas, error);
}

static gboolean
check_pages (MdocStore *self, const char *table, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA quick_check (%s)", table);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (self, sql, error);
  gboolean has_row = FALSE;

  if (statement == NULL || !mdoc_store_step (statement, &has_row, error))
    return FALSE;

  if (!has_row || strcmp (mdoc_store_column_text (statement, 0), "ok") != 0)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_DAMAGED,
                              "The store is damaged: its pages do not fit "
                              "together");
  return TRUE;
}

/* A large store is mostly what stands in `contents`, whose every value shows
 * itself whether it is whole when it is opened; to read all of it at each start
 * would take long. */
static gboolean
check_integrity (MdocStore *self, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean has_row = TRUE;
  guint n_pages;

  if (!mdoc_store_count (self, "PRAGMA page_count", &n_pages, error))
    return FALSE;
  if (n_pages <= MAX_CHECKED_PAGES)
    return check_pages (self, "1", error);

  statement = mdoc_store_prepare (self,
                                  "SELECT name FROM sqlite_schema WHERE "
                                  "type = 'table' AND name != 'contents'",
                                  error);
  if (statement == NULL)
    return FALSE;

  while (has_row)
    {
      if (!mdoc_store_step (statement, &has_row, error))
        return FALSE;
      if (has_row)
        g_ptr_array_add (tables,
                         g_strdup (mdoc_store_column_text (statement, 0)));
    }

  for (guint i = 0; i < tables->len; i++)
    {
      if (!check_pages (self, g_ptr_array_index (tables, i), error))
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  const MdocMigration *migration;
  guint version;
} MigrationStep;

static gboolean
run_migration (MdocStore *self, gpointer user_data, GError **error)
{
  const MigrationStep *step = user_data;
  g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %u",
                                                  step->version);

  return mdoc_store_exec (self, step->migration->sql, error)
         && (step->migration->convert == NULL
             || step->migration->convert (self, NULL, error))
         && mdoc_store_exec (self, set_version, error);
}

static gboolean
read_version (MdocStore *self, guint n_migrations, GError **error)
{
  if (!mdoc_store_count (self,
                         "PRAGMA user_version",
                         &self->schema_version,
                         error))
    return FALSE;

  if (self->schema_version > n_migrations)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_NEWER_SCHEMA,
                              "The store has schema version %u, this program "
                              "knows %u: a newer mdoc-agent has written it",
                              self->schema_version,
                              n_migrations);

  if (self->schema_version == 0 && has_mark (self))
    return refuse_empty (error);

  if (self->schema_version == 0 && self->is_there)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_DAMAGED,
                              "This is no store of ours");
  return TRUE;
}

static gboolean
migrate (MdocStore *self,
         const MdocMigration *migrations,
         guint to_version,
         GError **error)
{
  while (self->schema_version < to_version)
    {
      MigrationStep step = { &migrations[self->schema_version],
                             self->schema_version + 1 };

      if (!mdoc_store_transact (self, run_migration, &step, error))
        return FALSE;
      self->schema_version = step.version;
    }

  return TRUE;
}

static gboolean
get_meta (MdocStore *self, const char *name, GBytes **ret_value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "SELECT value FROM meta WHERE name = ?",
                            error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, name);
  if (!mdoc_store_step (statement, &has_row, error))
    return FALSE;

  *ret_value = has_row ? mdoc_span_dup (mdoc_store_column_span (statement, 0))
                       : NULL;
  return TRUE;
}

static gboolean
set_meta (MdocStore *self, const char *name, MdocSpan value, GError **error)
{
  g_autoptr (sqlite3_stmt) statement
      = mdoc_store_prepare (self,
                            "INSERT OR REPLACE INTO meta (name, value) "
                            "VALUES (?, ?)",
                            error);

  if (statement == NULL)
    return FALSE;

  mdoc_store_bind_text (statement, 1, name);
  mdoc_store_bind_span (statement, 2, value);
  return mdoc_store_run (self, statement, NULL, error);
}

static const MdocSealPlace floor_place = {
  .table = "meta",
  .row = "time-floor",
  .column = "value",
  .version = 2,
};

/**
 * mdoc_store_get_time_floor:
 * @self: a store
 * @ret_unix_s: (out): the latest time that somebody we trust has vouched for,
 *   or 0
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_get_time_floor (MdocStore *self, gint64 *ret_unix_s, GError **error)
{
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (MdocSecret) opened = NULL;
  gint64 floor_unix_s = 0;

  if (!get_meta (self, "time-floor", &sealed, error))
    return FALSE;

  if (sealed != NULL)
    {
      opened = mdoc_sealer_open (self->sealer,
                                 &floor_place,
                                 mdoc_span_from_bytes (sealed),
                                 error);
      if (opened == NULL)
        return FALSE;
      if (mdoc_secret_get_len (opened) == sizeof (floor_unix_s))
        memcpy (&floor_unix_s,
                mdoc_secret_get_data (opened),
                sizeof (floor_unix_s));
    }

  *ret_unix_s = GINT64_FROM_LE (floor_unix_s);
  return TRUE;
}

gboolean
mdoc_store_write_time_floor (MdocStore *self, gint64 unix_s, GError **error)
{
  gint64 ordered = GINT64_TO_LE (unix_s);
  g_autoptr (GBytes) sealed
      = mdoc_sealer_seal (self->sealer,
                          &floor_place,
                          MDOC_SPAN ((const guint8 *) &ordered,
                                     sizeof (ordered)),
                          error);

  return sealed != NULL
         && set_meta (self, "time-floor", mdoc_span_from_bytes (sealed), error);
}

/**
 * mdoc_store_raise_time_floor:
 * @self: a store
 * @unix_s: a time that has passed, as somebody says whom we trust
 * @error: return location for a #MdocStoreError
 *
 * The floor never sinks.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_raise_time_floor (MdocStore *self, gint64 unix_s, GError **error)
{
  gint64 before_unix_s;

  if (!mdoc_store_get_time_floor (self, &before_unix_s, error))
    return FALSE;

  return unix_s <= before_unix_s
         || mdoc_store_write_time_floor (self, unix_s, error);
}

/* --- since when --- */

/**
 * mdoc_store_note_start:
 * @self: a store
 * @now_unix_s: the time
 * @error: return location for a #MdocStoreError
 *
 * Keeps when it was first used, if that is not there yet. It is told to people
 * and nothing depends on it: so it is not sealed.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_note_start (MdocStore *self, gint64 now_unix_s, GError **error)
{
  gint64 ordered = GINT64_TO_LE (now_unix_s);
  gint64 before_unix_s;

  if (!mdoc_store_get_start (self, &before_unix_s, error))
    return FALSE;

  return before_unix_s != 0
         || set_meta (self,
                      "first-start",
                      MDOC_SPAN ((const guint8 *) &ordered, sizeof (ordered)),
                      error);
}

/**
 * mdoc_store_get_start:
 * @self: a store
 * @ret_unix_s: (out): when it was first used, or 0
 * @error: return location for a #MdocStoreError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_store_get_start (MdocStore *self, gint64 *ret_unix_s, GError **error)
{
  g_autoptr (GBytes) value = NULL;
  gint64 start_unix_s = 0;

  if (!get_meta (self, "first-start", &value, error))
    return FALSE;

  if (value != NULL && g_bytes_get_size (value) == sizeof (start_unix_s))
    memcpy (&start_unix_s,
            g_bytes_get_data (value, NULL),
            sizeof (start_unix_s));
  *ret_unix_s = GINT64_FROM_LE (start_unix_s);
  return TRUE;
}

static const MdocSealPlace key_check_place = {
  .table = "meta",
  .row = "key-check",
  .column = "value",
  .version = 1,
};

GBytes *
mdoc_store_make_name (void)
{
  guint8 name[STORE_NAME_LEN];

  mdoc_random_fill (name, sizeof (name));
  return g_bytes_new (name, sizeof (name));
}

/* what its sealer opens and no other does */
gboolean
mdoc_store_write_identity (MdocStore *self, MdocSpan name, GError **error)
{
  g_autoptr (GBytes) sealed = mdoc_sealer_seal (self->sealer,
                                                &key_check_place,
                                                mdoc_span_from_text (KEY_CHECK),
                                                error);

  return sealed != NULL && set_meta (self, "name", name, error)
         && set_meta (self, "key-check", mdoc_span_from_bytes (sealed), error);
}

static gboolean
make_identity (MdocStore *self, gpointer user_data, GError **error)
{
  MdocSecret *master = user_data;
  g_autoptr (GBytes) name = mdoc_store_make_name ();

  self->sealer = mdoc_sealer_new (mdoc_secret_get_span (master),
                                  mdoc_span_from_bytes (name));
  return mdoc_store_write_identity (self, mdoc_span_from_bytes (name), error);
}

/* A store that has a name was sealed under a key; that key has to come. */
static gboolean
unlock (MdocStore *self, MdocMasterKey *master_key, GError **error)
{
  g_autoptr (MdocSecret) master = NULL;
  g_autoptr (MdocSecret) check = NULL;
  g_autoptr (GBytes) name = NULL;
  g_autoptr (GBytes) sealed = NULL;

  if (!get_meta (self, "name", &name, error)
      || !get_meta (self, "key-check", &sealed, error))
    return FALSE;

  if (name == NULL && has_mark (self))
    return refuse_empty (error);

  if (name == NULL && self->is_there)
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_DAMAGED,
                              "This is no store of ours");

  if (name == NULL)
    {
      master = mdoc_master_key_create (master_key, error);
      return master != NULL
             && mdoc_store_transact (self, make_identity, master, error);
    }

  master = mdoc_master_key_load (master_key, error);
  if (master == NULL)
    return FALSE;

  self->sealer = mdoc_sealer_new (mdoc_secret_get_span (master),
                                  mdoc_span_from_bytes (name));
  if (sealed != NULL)
    check = mdoc_sealer_open (self->sealer,
                              &key_check_place,
                              mdoc_span_from_bytes (sealed),
                              NULL);
  if (check == NULL
      || !mdoc_span_equals_text (mdoc_secret_get_span (check), KEY_CHECK))
    return mdoc_store_refuse (error,
                              MDOC_STORE_ERROR_WRONG_KEY,
                              "The master key is not the one that this store "
                              "was made with");
  return TRUE;
}

/* files that a start which was cut short has left */
static void
unlink_leftovers (const char *state_dir)
{
  static const char *const names[] = {
    MDOC_STORE_FILE_BACKUP,
    MDOC_STORE_FILE_BACKUP "-journal",
    MDOC_STORE_FILE_RESTORE,
    MDOC_STORE_FILE_RESTORE "-wal",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (state_dir, names[i], NULL);

      (void) unlink (path);
    }
}

/* not open yet; keys in software need nothing */
static MdocStore *
store_new (void)
{
  MdocStore *self = g_new0 (MdocStore, 1);

  self->lock_fd = -1;
  self->keystores = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_keystore_unref);
  g_ptr_array_add (self->keystores, mdoc_keystore_software_new ());
  return self;
}

MdocStore *
mdoc_store_open_file (const char *state_dir,
                      const char *name,
                      MdocMasterKey *master_key,
                      GError **error)
{
  g_autoptr (MdocStore) self = store_new ();
  g_autofree char *path = g_build_filename (state_dir, name, NULL);
  const MdocMigration *migrations;
  guint n_migrations;

  self->is_there = TRUE;
  migrations = mdoc_store_get_migrations (&n_migrations);
  if (!prepare_file (path, error) || !open_database (self, path, error)
      || !check_integrity (self, error)
      || !read_version (self, n_migrations, error)
      || !unlock (self, master_key, error)
      || !migrate (self, migrations, n_migrations, error))
    return NULL;

  return g_steal_pointer (&self);
}

static gboolean
sync_folder (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_done = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  return is_done ? TRUE : mdoc_store_refuse_errno (error, code, path);
}

gboolean
mdoc_store_replace (MdocStore *self,
                    const char *path,
                    MdocMasterKey *master_key,
                    GError **error)
{
  g_autofree char *database = g_build_filename (self->state_dir,
                                                MDOC_STORE_FILE_DATABASE,
                                                NULL);

  /* with its log in it, which would else be taken for the other's */
  if (!mdoc_store_flush (self, error))
    return FALSE;
  sqlite3_close (g_steal_pointer (&self->db));

  if (rename (path, database) != 0)
    {
      mdoc_store_refuse_errno (error, errno, database);
      /* what was there is there still */
      (void) !open_database (self, database, NULL);
      return FALSE;
    }

  g_clear_pointer (&self->sealer, mdoc_sealer_free);
  return sync_folder (self->state_dir, error)
         && open_database (self, database, error)
         && unlock (self, master_key, error);
}

/* For tests, which bring migrations of their own. */
MdocStore *
mdoc_store_open_with (const char *state_dir,
                      MdocMasterKey *master_key,
                      const MdocMigration *migrations,
                      guint n_migrations,
                      GError **error)
{
  g_autoptr (MdocStore) self = store_new ();
  g_autofree char *path = NULL;

  self->state_dir = g_strdup (state_dir);
  path = g_build_filename (state_dir, MDOC_STORE_FILE_DATABASE, NULL);

  if (!prepare_folder (state_dir, error) || !take_lock (self, state_dir, error))
    return NULL;

  unlink_leftovers (state_dir);
  if (access (path, F_OK) != 0 && errno == ENOENT
      && !set_mark (self, FALSE, error))
    return NULL;

  if (!prepare_file (path, error) || !open_database (self, path, error)
      || !check_integrity (self, error)
      || !read_version (self, n_migrations, error)
      /* the table that says which key it is; the rest may need that key */
      || !migrate (self, migrations, 1, error)
      || !unlock (self, master_key, error) || !set_mark (self, TRUE, error)
      || !migrate (self, migrations, n_migrations, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_store_open:
 * @state_dir: the folder of the store; made with mode 0700 if it is not there
 * @master_key: where the key that seals the store comes from
 * @error: return location for a #MdocStoreError
 *
 * Opens the store, makes it if there is none, and brings one of an older
 * version to this one. A folder or file that others may read, a store that
 * another process has open, a key that is not the store's, and a store that a
 * newer program wrote are refused, and nothing is changed then.
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
MdocStore *
mdoc_store_open (const char *state_dir,
                 MdocMasterKey *master_key,
                 GError **error)
{
  const MdocMigration *migrations;
  guint n_migrations;

  g_return_val_if_fail (state_dir != NULL, NULL);
  g_return_val_if_fail (master_key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  migrations = mdoc_store_get_migrations (&n_migrations);
  return mdoc_store_open_with (state_dir,
                               master_key,
                               migrations,
                               n_migrations,
                               error);
}

/**
 * mdoc_store_free:
 * @self: (nullable) (transfer full): a store
 *
 * Closes it and lets others open it.
 */
void
mdoc_store_free (MdocStore *self)
{
  if (self == NULL)
    return;

  mdoc_sealer_free (self->sealer);
  g_ptr_array_unref (self->keystores);
  sqlite3_close (self->db);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->state_dir);
  g_free (self);
}

/**
 * mdoc_store_get_schema_version:
 * @self: a store
 *
 * Returns: the version of its tables, from 1
 */
guint
mdoc_store_get_schema_version (MdocStore *self)
{
  return self->schema_version;
}

/**
 * mdoc_store_release_memory:
 * @self: a store
 *
 * To be called when nobody is likely to ask for anything soon.
 */
void
mdoc_store_release_memory (MdocStore *self)
{
  (void) sqlite3_db_release_memory (self->db);
}
