/*
 * test-store.c - opening and migrating the store
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/mdoc-store-care.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

typedef MdocTestStore Fixture;

static void
assert_opening_fails (Fixture *fixture, MdocStoreError code)
{
  g_autoptr (GError) error = NULL;
  MdocStore *store = mdoc_test_store_try_open (fixture, &error);

  g_assert_null (store);
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
}

/* something done to the database behind the store's back */
static void
run_sql (Fixture *fixture, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (fixture->database, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static guint
get_last_version (void)
{
  guint n;

  (void) mdoc_store_get_migrations (&n);
  return n;
}

static void
set_version (Fixture *fixture, guint version)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", version);

  run_sql (fixture, sql);
}

/* --- opening --- */

static mode_t
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

static void
test_new (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (MdocStoredKey) key G_GNUC_UNUSED
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "");

  g_assert_cmpuint (mdoc_store_get_schema_version (store),
                    ==,
                    get_last_version ());
  g_assert_cmpuint (get_mode (fixture->state_dir), ==, 0700);
  g_assert_cmpuint (get_mode (fixture->database), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->key_file), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->log), ==, 0600);
  mdoc_store_free (store);

  /* and again */
  mdoc_store_free (mdoc_test_store_open (fixture));
}

static void
test_second_process (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);

  assert_opening_fails (fixture, MDOC_STORE_ERROR_BUSY);
  mdoc_store_free (store);
  mdoc_store_free (mdoc_test_store_open (fixture));
}

static void
test_open_to_others (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (mdoc_test_store_open (fixture));

  g_assert_cmpint (chmod (fixture->state_dir, 0710), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
  g_assert_cmpint (chmod (fixture->state_dir, 0700), ==, 0);

  g_assert_cmpint (chmod (fixture->database, 0640), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
  g_assert_cmpint (chmod (fixture->database, 0600), ==, 0);

  g_assert_cmpint (chmod (fixture->key_file, 0604), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
  g_assert_cmpint (chmod (fixture->key_file, 0600), ==, 0);

  mdoc_store_free (mdoc_test_store_open (fixture));
}

static void
test_newer_schema (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (mdoc_test_store_open (fixture));
  set_version (fixture, get_last_version () + 1);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_NEWER_SCHEMA);
  set_version (fixture, get_last_version ());
  mdoc_store_free (mdoc_test_store_open (fixture));
}

static void
write_key_file (Fixture *fixture, gsize len)
{
  g_autofree char *content = g_malloc0 (len + 1);

  g_assert_true (g_file_set_contents_full (fixture->key_file,
                                           content,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
}

static void
test_wrong_key (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (mdoc_test_store_open (fixture));

  write_key_file (fixture, MDOC_MASTER_KEY_LEN);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_WRONG_KEY);
  write_key_file (fixture, MDOC_MASTER_KEY_LEN - 1);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_WRONG_KEY);
  write_key_file (fixture, MDOC_MASTER_KEY_LEN + 1);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_WRONG_KEY);
  g_assert_cmpint (g_unlink (fixture->key_file), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_WRONG_KEY);
  /* none was made in its place */
  g_assert_false (g_file_test (fixture->key_file, G_FILE_TEST_EXISTS));
}

/* the first start was cut short after the key was made */
static void
test_key_without_store (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize len;

  g_assert_cmpint (g_mkdir (fixture->state_dir, 0700), ==, 0);
  write_key_file (fixture, MDOC_MASTER_KEY_LEN);
  g_assert_true (g_file_get_contents (fixture->key_file, &before, &len, NULL));
  mdoc_store_free (mdoc_test_store_open (fixture));
  g_assert_true (g_file_get_contents (fixture->key_file, &after, &len, NULL));
  g_assert_cmpint (memcmp (before, after, len), ==, 0);
}

static void
test_other_database (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (fixture->state_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (fixture->database,
                                           "this is no database, but long "
                                           "enough that it could be one, if "
                                           "only its beginning were another "
                                           "than the one that it has here",
                                           -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
  assert_opening_fails (fixture, MDOC_STORE_ERROR_DAMAGED);
}

/* A database that is empty where there was a store is no new store; one that
 * was deleted makes room for one. */
static void
test_emptied (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (mdoc_test_store_open (fixture));

  g_assert_cmpint (truncate (fixture->database, 0), ==, 0);
  for (guint i = 0; i < 2; i++)
    assert_opening_fails (fixture, MDOC_STORE_ERROR_DAMAGED);
  g_assert_cmpint (g_unlink (fixture->database), ==, 0);
  for (guint i = 0; i < 2; i++)
    mdoc_store_free (mdoc_test_store_open (fixture));

  run_sql (fixture, "DELETE FROM meta");
  assert_opening_fails (fixture, MDOC_STORE_ERROR_DAMAGED);
}

static void
test_damaged_pages (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  g_autofree char *content = NULL;
  gsize len;

  mdoc_test_store_fill (store, &key_id, &document_id);
  mdoc_store_free (store);

  g_assert_true (g_file_get_contents (fixture->database, &content, &len, NULL));
  /* the second page, with the header of its tree */
  memset (content + 4096, 0xff, 100);
  g_assert_true (g_file_set_contents_full (fixture->database,
                                           content,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
  assert_opening_fails (fixture, MDOC_STORE_ERROR_DAMAGED);
}

/* root may write everything, so this is tried as nobody */
#define NOBODY 65534

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  gboolean is_root = geteuid () == 0;

  g_assert_cmpint (chmod (fixture->parent, 0755), ==, 0);
  if (is_root)
    g_assert_cmpint (chown (fixture->parent, NOBODY, NOBODY), ==, 0);
  if (is_root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  mdoc_store_free (mdoc_test_store_open (fixture));

  g_assert_cmpint (chmod (fixture->database, 0400), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_READ_ONLY);
  g_assert_cmpint (chmod (fixture->database, 0600), ==, 0);

  g_assert_cmpint (chmod (fixture->state_dir, 0500), ==, 0);
  /* its log cannot be made */
  assert_opening_fails (fixture, MDOC_STORE_ERROR_READ_ONLY);
  g_assert_cmpint (chmod (fixture->state_dir, 0700), ==, 0);
  mdoc_store_free (mdoc_test_store_open (fixture));

  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
}

static void
test_not_ours (Fixture *fixture, gconstpointer data)
{
  if (geteuid () != 0)
    {
      /* somebody else's folder, whoever we are */
      g_free (fixture->state_dir);
      fixture->state_dir = g_strdup ("/");
      assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
      return;
    }

  mdoc_store_free (mdoc_test_store_open (fixture));
  g_assert_cmpint (chown (fixture->key_file, NOBODY, NOBODY), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
  g_assert_cmpint (chown (fixture->key_file, 0, 0), ==, 0);
  g_assert_cmpint (chown (fixture->state_dir, NOBODY, NOBODY), ==, 0);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_PERMISSIONS);
}

static void
test_sqlite_codes (void)
{
  static const struct
  {
    int sqlite;
    MdocStoreError store;
  } cases[] = {
    { SQLITE_READONLY_DIRECTORY, MDOC_STORE_ERROR_READ_ONLY },
    { SQLITE_PERM, MDOC_STORE_ERROR_READ_ONLY },
    { SQLITE_BUSY_SNAPSHOT, MDOC_STORE_ERROR_BUSY },
    { SQLITE_LOCKED, MDOC_STORE_ERROR_BUSY },
    { SQLITE_CORRUPT_INDEX, MDOC_STORE_ERROR_DAMAGED },
    { SQLITE_NOTADB, MDOC_STORE_ERROR_DAMAGED },
    { SQLITE_FULL, MDOC_STORE_ERROR_FULL },
    { SQLITE_CONSTRAINT_UNIQUE, MDOC_STORE_ERROR_EXISTS },
    { SQLITE_CONSTRAINT_FOREIGNKEY, MDOC_STORE_ERROR_IN_USE },
    { SQLITE_TOOBIG, MDOC_STORE_ERROR_LIMIT },
    { SQLITE_IOERR_WRITE, MDOC_STORE_ERROR_DEVICE },
    { SQLITE_CANTOPEN, MDOC_STORE_ERROR_DEVICE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (mdoc_store_error_from_sqlite (cases[i].sqlite),
                       ==,
                       cases[i].store);
      g_assert_false (
          mdoc_store_refuse_sqlite (&error, cases[i].sqlite, "here"));
      g_assert_error (error, MDOC_STORE_ERROR, (gint) cases[i].store);
    }
}

/* a disk that is full, as far as SQLite can tell */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (MdocStoredKey) key
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "");
  g_autofree char *large = g_malloc0 (100000);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = NULL;

  g_assert_true (mdoc_store_exec (store, "PRAGMA max_page_count = 40", NULL));
  g_assert_null (
      mdoc_test_store_add_document (store,
                                    key->id,
                                    MDOC_SPAN ((const guint8 *) large, 100000),
                                    &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_FULL);

  documents = mdoc_store_list_documents (store, NULL);
  g_assert_cmpuint (documents->len, ==, 0);
}

/* --- migrations --- */

static MdocStore *
open_with (Fixture *fixture,
           const char *const *more,
           guint n_more,
           GError **error)
{
  g_autoptr (MdocMasterKey) key = mdoc_master_key_new_file (fixture->key_file);
  MdocMigration migrations[8];
  const MdocMigration *real;
  guint n;

  real = mdoc_store_get_migrations (&n);
  g_assert_cmpuint (n + n_more, <=, G_N_ELEMENTS (migrations));
  memcpy (migrations, real, n * sizeof (MdocMigration));
  for (guint i = 0; i < n_more; i++)
    migrations[n + i] = (MdocMigration){ more[i], NULL };

  return mdoc_store_open_with (fixture->state_dir,
                               key,
                               migrations,
                               n + n_more,
                               error);
}

static void
test_migration (Fixture *fixture, gconstpointer data)
{
  static const char *const more[] = {
    "ALTER TABLE keys ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'",
    "UPDATE keys SET colour = 'green'"
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  g_autoptr (GBytes) encoded = NULL;
  guint n_green;

  mdoc_test_store_fill (store, &key_id, &document_id);
  g_clear_pointer (&store, mdoc_store_free);

  store = open_with (fixture, more, G_N_ELEMENTS (more), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_store_get_schema_version (store),
                    ==,
                    get_last_version () + 2);
  g_assert_true (
      mdoc_store_count (store,
                        "SELECT count(*) FROM keys WHERE colour = 'green'",
                        &n_green,
                        NULL));
  g_assert_cmpuint (n_green, ==, 1);

  /* what was sealed before opens still */
  encoded = mdoc_test_store_load (store, document_id, &error);
  g_assert_no_error (error);
  g_clear_pointer (&store, mdoc_store_free);

  /* and there is no way back */
  assert_opening_fails (fixture, MDOC_STORE_ERROR_NEWER_SCHEMA);
}

/* the first of two steps is done for good, the second leaves no trace */
static void
test_migration_fails (Fixture *fixture, gconstpointer data)
{
  static const char *const more[] = {
    "CREATE TABLE fruit (name TEXT)",
    "CREATE TABLE bread (name TEXT); INSERT INTO nowhere VALUES (1)"
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  guint n_tables;

  g_clear_pointer (&store, mdoc_store_free);
  g_assert_null (open_with (fixture, more, 2, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  store = open_with (fixture, more, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_store_get_schema_version (store),
                    ==,
                    get_last_version () + 1);
  g_assert_true (mdoc_store_count (store,
                                   "SELECT count(*) FROM sqlite_schema WHERE "
                                   "name IN ('fruit', 'bread')",
                                   &n_tables,
                                   NULL));
  g_assert_cmpuint (n_tables, ==, 1);
}

/* --- stores of older versions --- */

static void
copy_file (const char *from, const char *to)
{
  g_autofree char *content = NULL;
  gsize len;

  g_assert_true (g_file_get_contents (from, &content, &len, NULL));
  g_assert_true (g_file_set_contents_full (to,
                                           content,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
}

static void
copy_old_store (Fixture *fixture, const char *version)
{
  g_autofree char *folder = g_build_filename (g_getenv (
                                                  "MDOC_TEST_SOURCE_ROOT"),
                                              "tests",
                                              "stores",
                                              version,
                                              NULL);
  g_autofree char *database = g_build_filename (folder, "store.db", NULL);
  g_autofree char *key = g_build_filename (folder, "master.key", NULL);

  g_assert_cmpint (g_mkdir (fixture->state_dir, 0700), ==, 0);
  copy_file (database, fixture->database);
  copy_file (key, fixture->key_file);
}

static void
assert_digest (MdocStore *store, const char *id, const char *sha256)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = mdoc_test_store_load (store, id, &error);
  g_autofree char *digest = NULL;

  g_assert_no_error (error);
  digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, encoded);
  g_assert_cmpstr (digest, ==, sha256);
}

/* Two credentials, the second for a key that agrees; a key without one, two
 * anchors and a row of history. */
static void
test_version_1 (Fixture *fixture, gconstpointer data)
{
  static const char *const first = "a39bf2624d69da7d";
  static const char *const second = "a56236e669427d5e";
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) history = NULL;
  const MdocStoredDocument *document;

  copy_old_store (fixture, "1");
  store = mdoc_test_store_open (fixture);
  g_assert_cmpuint (mdoc_store_get_schema_version (store),
                    ==,
                    get_last_version ());

  documents = mdoc_store_list_documents (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (documents->len, ==, 2);
  document = g_ptr_array_index (documents, 1);
  g_assert_cmpstr (document->id, ==, second);
  g_assert_cmpstr (document->label, ==, "second");
  g_assert_cmpstr (document->key_id, ==, "0ecade1cc7dcfd6c");
  g_assert_cmpint (document->state, ==, MDOC_DOCUMENT_ACTIVE);
  g_assert_false (document->is_damaged);
  g_assert_cmpuint (document->generation, ==, 1);
  g_assert_cmpuint (document->max_uses, ==, 0);
  assert_digest (store,
                 first,
                 "b392d8b7b41abd0e6542a625638024ab46d814b55f5a5c5e81d4548a46c54"
                 "eda");
  assert_digest (store,
                 second,
                 "835493f8a5a6b00e4b2be8c04d13c7cde4a23f25e7b94196cbd0a4f2e1f58"
                 "f42");

  keys = mdoc_store_list_keys (store, &error);
  g_assert_cmpuint (keys->len, ==, 3);
  for (guint i = 0; i < keys->len; i++)
    {
      const MdocStoredKey *key = g_ptr_array_index (keys, i);
      g_autoptr (MdocKey) handle G_GNUC_UNUSED = mdoc_store_load_key (store,
                                                                      key->id,
                                                                      &error);

      g_assert_no_error (error);
    }
  anchors = mdoc_store_list_anchors (store, &error);
  g_assert_cmpuint (anchors->len, ==, 2);
  history = mdoc_store_list_history (store, 10, &error);
  g_assert_cmpuint (history->len, ==, 1);

  /* and once more, as nothing of the old form is left */
  g_clear_pointer (&store, mdoc_store_free);
  store = mdoc_test_store_open (fixture);
  assert_digest (store,
                 first,
                 "b392d8b7b41abd0e6542a625638024ab46d814b55f5a5c5e81d4548a46c54"
                 "eda");
}

/* A credential with a limit of uses, one for a key that agrees, one that was
 * removed; a key without one. What is new is empty, and works. */
static void
test_version_3 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (MdocKey) instance = NULL;
  const MdocStoredDocument *document;

  copy_old_store (fixture, "3");
  store = mdoc_test_store_open (fixture);
  g_assert_cmpuint (mdoc_store_get_schema_version (store),
                    ==,
                    get_last_version ());
  documents = mdoc_store_list_documents (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (documents->len, ==, 2);
  document = g_ptr_array_index (documents, 0);
  g_assert_cmpstr (document->label, ==, "first");
  g_assert_cmpuint (document->max_uses, ==, 3);
  keys = mdoc_store_list_keys (store, &error);
  g_assert_cmpuint (keys->len, ==, 3);

  instance = mdoc_store_load_instance_key (store,
                                           "https://issuer.example",
                                           MDOC_TEST_NOW,
                                           &error);
  g_assert_no_error (error);
  for (guint kind = 0; kind <= MDOC_RECORD_MESSAGE; kind++)
    {
      g_autoptr (GPtrArray) records
          = mdoc_store_list_records (store, (MdocRecordKind) kind, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (records->len, ==, kind == MDOC_RECORD_ISSUER ? 1 : 0);
    }
  findings = mdoc_store_check (store, &error);
  g_assert_cmpuint (findings->len, ==, 0);
}

/* One that does not open is no reason to lose the other. */
static void
test_version_1_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) other = NULL;

  copy_old_store (fixture, "1");
  run_sql (fixture,
           "UPDATE documents SET encoded = zeroblob (length (encoded)) "
           "WHERE label = 'second'");
  store = mdoc_test_store_open (fixture);
  documents = mdoc_store_list_documents (store, &error);
  g_assert_cmpuint (documents->len, ==, 2);
  encoded = mdoc_test_store_load (store, "a39bf2624d69da7d", &error);
  g_assert_no_error (error);
  other = mdoc_test_store_load (store, "a56236e669427d5e", &error);
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED);
  g_assert_null (other);
  mdoc_test_store_remove (store, "a56236e669427d5e");
}

/* The old store is left as it was with a key that is not its own. */
static void
test_version_1_wrong_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = NULL;
  g_autofree char *key = NULL;
  gsize len;

  copy_old_store (fixture, "1");
  g_assert_true (g_file_get_contents (fixture->key_file, &key, &len, NULL));
  write_key_file (fixture, MDOC_MASTER_KEY_LEN);
  assert_opening_fails (fixture, MDOC_STORE_ERROR_WRONG_KEY);

  g_assert_true (g_file_set_contents_full (fixture->key_file,
                                           key,
                                           (gssize) len,
                                           G_FILE_SET_CONTENTS_CONSISTENT,
                                           0600,
                                           NULL));
  store = mdoc_test_store_open (fixture);
  assert_digest (store,
                 "a39bf2624d69da7d",
                 "b392d8b7b41abd0e6542a625638024ab46d814b55f5a5c5e81d4548a46c54"
                 "eda");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store/" path_,                                                 \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func_,                                                           \
              mdoc_test_store_tear_down)
  ADD ("open/new", test_new);
  ADD ("open/second-process", test_second_process);
  ADD ("open/open-to-others", test_open_to_others);
  ADD ("open/newer-schema", test_newer_schema);
  ADD ("open/wrong-key", test_wrong_key);
  ADD ("open/key-without-store", test_key_without_store);
  ADD ("open/other-database", test_other_database);
  ADD ("open/emptied", test_emptied);
  ADD ("open/damaged-pages", test_damaged_pages);
  ADD ("open/read-only", test_read_only);
  ADD ("open/not-ours", test_not_ours);
  g_test_add_func ("/store/sqlite-codes", test_sqlite_codes);
  ADD ("full", test_full);
  ADD ("migration/forward", test_migration);
  ADD ("migration/fails", test_migration_fails);
  ADD ("version-1/opens", test_version_1);
  ADD ("version-1/damaged", test_version_1_damaged);
  ADD ("version-1/wrong-key", test_version_1_wrong_key);
  ADD ("version-3/opens", test_version_3);
#undef ADD

  return g_test_run ();
}
