/*
 * test-store-care.c - checking, backing up, restoring and re-keying a store
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "storage/mdoc-store-care.h"
#include "storage/mdoc-store-policies.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

typedef struct
{
  MdocTestStore files;
  MdocStore *store;
  char *key_id;
  char *id;
  char *policy; /* has been used once */
  char *backup;
} Fixture;

static char *
add_policy (MdocStore *store)
{
  g_autoptr (GError) error = NULL;
  GVariantDict detail;
  char *id = NULL;

  g_variant_dict_init (&detail, NULL);
  g_variant_dict_insert (&detail, "doc_type", "s", "type");
  g_assert_true (mdoc_store_add_policy (store,
                                        g_variant_dict_end (&detail),
                                        MDOC_TEST_NOW,
                                        &id,
                                        &error));
  g_assert_no_error (error);
  return id;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (MdocStoredDocument) other = NULL;
  MdocPolicyUse used = { MDOC_POLICY_ORIGIN_HOLDER, NULL, 0 };

  mdoc_test_store_set_up (&fixture->files, NULL);
  fixture->backup = g_build_filename (fixture->files.parent, "backup", NULL);
  fixture->store = mdoc_test_store_open (&fixture->files);
  mdoc_test_store_fill (fixture->store, &fixture->key_id, &fixture->id);
  g_assert_true (
      mdoc_store_raise_time_floor (fixture->store, MDOC_TEST_NOW, NULL));

  fixture->policy = add_policy (fixture->store);
  used.id = fixture->policy;
  g_assert_true (mdoc_store_use_policies (fixture->store, &used, 1, &error));

  /* one that is removed, of an issuer: a job, a notice and a tombstone */
  key = mdoc_test_store_create_key (fixture->store, MDOC_KEY_AUTH_MAC, "");
  other = mdoc_test_store_add_document (fixture->store,
                                        key->id,
                                        mdoc_test_store_get_encoded (),
                                        &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_store_add_notice (fixture->store,
                                        MDOC_NOTICE_ACCEPTED,
                                        other->id,
                                        "https://issuer.example",
                                        MDOC_TEST_NOW,
                                        g_variant_new ("a{sv}", NULL),
                                        &error));
  mdoc_test_store_remove (fixture->store, other->id);

  document = mdoc_store_get_document (fixture->store, fixture->id, &error);
  document->max_uses = 3;
  g_assert_true (mdoc_store_change_document (fixture->store, document, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (fixture->store);
  mdoc_test_store_tear_down (&fixture->files, NULL);
  g_free (fixture->key_id);
  g_free (fixture->id);
  g_free (fixture->policy);
  g_free (fixture->backup);
}

static void
assert_sound (MdocStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = mdoc_store_check (store, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (findings->len > 0 ? g_ptr_array_index (findings, 0) : NULL,
                   ==,
                   NULL);
}

static void
run_sql (MdocStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_store_exec (store, sql, &error));
  g_assert_no_error (error);
}

/* --- check --- */

static void
test_check (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *sql;
    const char *finding;
  } damages[] = {
    { "UPDATE keys SET private_key = zeroblob (61)", "key" },
    { "UPDATE keys SET auth = 'mac'", "key" },
    { "UPDATE documents SET label = 'x'", "credential" },
    { "UPDATE generations SET added_unix_s = 1", "credential" },
    { "UPDATE copies SET uses = 9", "credential" },
    { "UPDATE contents SET encoded = zeroblob (100)", "credential" },
    { "UPDATE generations SET state = 'superseded'", "credential" },
    { "UPDATE policies SET uses = 0", "policy" },
    { "UPDATE policies SET detail = zeroblob (100)", "policy" },
    { "UPDATE anchors SET certificate = zeroblob (100)", "trust anchors" },
    { "UPDATE history SET at_unix_s = 1", "history" },
    { "UPDATE jobs SET attempts = 9", "jobs" },
    { "UPDATE outbox SET subject = 'x'", "notices" },
    { "UPDATE tombstones SET removed_unix_s = 1", "tombstones" },
    { "UPDATE keys_in_making SET kind = 'tpm'", "keys in making" },
    { "UPDATE meta SET value = zeroblob (37) WHERE name = 'time-floor'",
      "time" },
    { "PRAGMA foreign_keys = OFF; DELETE FROM keys", "pages" },
  };

  assert_sound (fixture->store);
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autoptr (GPtrArray) findings = NULL;

      /* which has no effect within a transaction, and stands last */
      gboolean is_pragma = strstr (damages[i].sql, "PRAGMA") != NULL;

      if (!is_pragma)
        run_sql (fixture->store, "SAVEPOINT sound");
      run_sql (fixture->store, damages[i].sql);
      findings = mdoc_store_check (fixture->store, NULL);
      g_test_message ("%s", damages[i].sql);
      g_assert_cmpuint (findings->len, >=, 1);
      g_assert_true (g_str_has_prefix (g_ptr_array_index (findings, 0),
                                       damages[i].finding));
      if (!is_pragma)
        run_sql (fixture->store, "ROLLBACK TO sound; RELEASE sound");
    }
}

/* --- backup --- */

static void
back_up (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int fd = open (fixture->backup, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (mdoc_store_back_up (fixture->store, fd, &error));
  g_assert_no_error (error);
  close (fd);
}

static gboolean
restore (Fixture *fixture, gboolean may_forget, GError **error)
{
  g_autoptr (MdocMasterKey) key = mdoc_master_key_new_file (
      fixture->files.key_file);
  int fd = open (fixture->backup, O_RDONLY | O_CLOEXEC);
  gboolean is_done;

  g_assert_cmpint (fd, >=, 0);
  is_done = mdoc_store_restore (fixture->store,
                                fd,
                                key,
                                may_forget,
                                MDOC_TEST_NOW,
                                error);
  close (fd);
  /* nothing is left beside the store */
  {
    g_autofree char *rest = g_build_filename (fixture->files.state_dir,
                                              MDOC_STORE_FILE_RESTORE,
                                              NULL);

    g_assert_false (g_file_test (rest, G_FILE_TEST_EXISTS));
  }
  return is_done;
}

static void
assert_restored (Fixture *fixture, gboolean may_forget)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (restore (fixture, may_forget, &error));
  g_assert_no_error (error);
  assert_sound (fixture->store);
}

static void
reopen (Fixture *fixture)
{
  mdoc_store_free (fixture->store);
  fixture->store = mdoc_test_store_open (&fixture->files);
}

static guint
get_uses (Fixture *fixture)
{
  g_autoptr (GPtrArray) generations
      = mdoc_store_list_generations (fixture->store, fixture->id, NULL);
  const MdocStoredGeneration *generation = g_ptr_array_index (generations, 0);
  const MdocStoredCopy *copy = g_ptr_array_index (generation->copies, 0);

  return copy->uses;
}

static void
use (Fixture *fixture)
{
  g_autoptr (GPtrArray) generations
      = mdoc_store_list_generations (fixture->store, fixture->id, NULL);
  const MdocStoredGeneration *generation = g_ptr_array_index (generations, 0);
  const MdocStoredCopy *copy = g_ptr_array_index (generation->copies, 0);

  g_assert_true (mdoc_store_use_copy (fixture->store, copy->id, NULL));
}

/* all is there again, and the database is the one that goes on */
static void
test_restore (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStoredDocument) document G_GNUC_UNUSED = NULL;
  g_autoptr (GBytes) encoded = NULL;
  gint64 floor_unix_s;

  use (fixture);
  back_up (fixture);
  use (fixture);
  g_assert_true (
      mdoc_store_raise_time_floor (fixture->store, MDOC_TEST_NOW + 9, NULL));
  run_sql (fixture->store, "DELETE FROM history");
  assert_restored (fixture, FALSE);

  for (guint i = 0; i < 2; i++)
    {
      guint n;

      g_assert_true (mdoc_store_count (fixture->store,
                                       "SELECT count(*) FROM history",
                                       &n,
                                       NULL));
      g_assert_cmpuint (n, ==, 1);
      /* what is known is not forgotten */
      g_assert_cmpuint (get_uses (fixture), ==, 2);
      g_assert_true (
          mdoc_store_get_time_floor (fixture->store, &floor_unix_s, NULL));
      g_assert_cmpint (floor_unix_s, ==, MDOC_TEST_NOW + 9);
      reopen (fixture);
    }
  encoded = mdoc_test_store_load (fixture->store, fixture->id, NULL);
  g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (encoded),
                                  mdoc_test_store_get_encoded ()));
}

/* what was removed since does not come back, with or without its job done */
static void
test_restore_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) documents = NULL;
  guint n_keys;

  back_up (fixture);
  mdoc_test_store_remove (fixture->store, fixture->id);
  assert_restored (fixture, FALSE);
  documents = mdoc_store_list_documents (fixture->store, NULL);
  g_assert_cmpuint (documents->len, ==, 0);

  /* its key, which the backup had, is destroyed by the job */
  g_assert_true (
      mdoc_store_destroy_removed (fixture->store, fixture->id, NULL));
  g_assert_true (mdoc_store_count (fixture->store,
                                   "SELECT count(*) FROM keys",
                                   &n_keys,
                                   NULL));
  g_assert_cmpuint (n_keys, ==, 0);
}

/* into a new store: nobody knows how often the copies were shown since */
static void
test_restore_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *database = g_strdup (fixture->files.database);

  use (fixture);
  back_up (fixture);
  mdoc_store_free (fixture->store);
  g_assert_cmpint (g_unlink (database), ==, 0);
  fixture->store = mdoc_test_store_open (&fixture->files);
  assert_restored (fixture, FALSE);
  g_assert_cmpuint (get_uses (fixture), ==, 3);
  reopen (fixture);
  assert_sound (fixture->store);
}

static guint
list_policies (Fixture *fixture, guint32 *ret_uses)
{
  g_autoptr (GPtrArray) policies = mdoc_store_list_policies (fixture->store,
                                                             NULL);
  const MdocStoredPolicy *policy = policies->len > 0
                                       ? g_ptr_array_index (policies, 0)
                                       : NULL;

  if (policy != NULL)
    g_assert_nonnull (policy->detail);
  *ret_uses = policy != NULL ? policy->uses : 0;
  return policies->len;
}

/* A backup brings back neither a policy that was removed nor an old count, and
 * takes none away. */
static void
test_restore_policies (Fixture *fixture, gconstpointer data)
{
  MdocPolicyUse use_it = { MDOC_POLICY_ORIGIN_HOLDER, fixture->policy, 0 };
  g_autofree char *id = NULL;
  guint32 uses;

  back_up (fixture);
  g_assert_true (mdoc_store_use_policies (fixture->store, &use_it, 1, NULL));
  assert_restored (fixture, FALSE);
  reopen (fixture);
  g_assert_cmpuint (list_policies (fixture, &uses), ==, 1);
  g_assert_cmpuint (uses, ==, 2);

  g_assert_true (
      mdoc_store_remove_policy (fixture->store, fixture->policy, NULL));
  assert_restored (fixture, FALSE);
  g_assert_cmpuint (list_policies (fixture, &uses), ==, 0);

  back_up (fixture);
  id = add_policy (fixture->store);
  assert_restored (fixture, FALSE);
  g_assert_cmpuint (list_policies (fixture, &uses), ==, 1);
}

static void
assert_refused (Fixture *fixture, MdocStoreError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (restore (fixture, FALSE, &error));
  g_assert_error (error, MDOC_STORE_ERROR, (gint) code);
  /* the store is as it was, and goes on */
  use (fixture);
  assert_sound (fixture->store);
  reopen (fixture);
  assert_sound (fixture->store);
}

static void
test_restore_would_forget (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (GPtrArray) documents = NULL;

  back_up (fixture);
  key = mdoc_test_store_create_key (fixture->store, MDOC_KEY_AUTH_MAC, "");
  document = mdoc_test_store_add_document (fixture->store,
                                           key->id,
                                           mdoc_test_store_get_encoded (),
                                           &error);
  assert_refused (fixture, MDOC_STORE_ERROR_IN_USE);
  assert_restored (fixture, TRUE);
  documents = mdoc_store_list_documents (fixture->store, NULL);
  g_assert_cmpuint (documents->len, ==, 1);
}

static void
write_backup (Fixture *fixture, const char *content, gsize len)
{
  g_assert_true (
      g_file_set_contents (fixture->backup, content, (gssize) len, NULL));
}

/* no backup, half of one, one with a byte changed, one of another key */
static void
test_restore_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *content = NULL;
  g_autofree char *old_key = NULL;
  gsize key_len;
  gsize len;

  write_backup (fixture, "", 0);
  assert_refused (fixture, MDOC_STORE_ERROR_DAMAGED);
  write_backup (fixture, "hello, this is no store of anybody's at all", 43);
  assert_refused (fixture, MDOC_STORE_ERROR_DAMAGED);

  back_up (fixture);
  g_assert_true (g_file_get_contents (fixture->backup, &content, &len, NULL));
  write_backup (fixture, content, len / 2);
  assert_refused (fixture, MDOC_STORE_ERROR_DAMAGED);
  memset (content + 4096, 0xff, 200);
  write_backup (fixture, content, len);
  assert_refused (fixture, MDOC_STORE_ERROR_DAMAGED);

  /* one of another key */
  g_assert_true (
      g_file_get_contents (fixture->files.key_file, &old_key, &key_len, NULL));
  back_up (fixture);
  mdoc_store_free (fixture->store);
  g_assert_cmpint (g_unlink (fixture->files.database), ==, 0);
  g_assert_cmpint (g_unlink (fixture->files.key_file), ==, 0);
  fixture->store = mdoc_test_store_open (&fixture->files);
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (restore (fixture, FALSE, &error));
    g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_WRONG_KEY);
  }
  assert_sound (fixture->store);
}

static void
test_restore_newer (Fixture *fixture, gconstpointer data)
{
  sqlite3 *db = NULL;

  back_up (fixture);
  g_assert_cmpint (sqlite3_open (fixture->backup, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "PRAGMA user_version = 99",
                                 NULL,
                                 NULL,
                                 NULL),
                   ==,
                   SQLITE_OK);
  sqlite3_close (db);
  assert_refused (fixture, MDOC_STORE_ERROR_NEWER_SCHEMA);
}

/* nothing of what is sealed stands in a backup as it is */
static void
test_backup_is_sealed (Fixture *fixture, gconstpointer data)
{
  MdocSpan encoded = mdoc_test_store_get_encoded ();

  back_up (fixture);
  g_assert_true (mdoc_test_file_contains (fixture->backup,
                                          (const guint8 *) fixture->id,
                                          16));
  g_assert_false (
      mdoc_test_file_contains (fixture->backup, encoded.data, encoded.len));
}

/* --- re-keying --- */

/* "table.column" of everything that may be sealed: all that is a BLOB */
static GPtrArray *
list_blobs (MdocStore *store)
{
  GPtrArray *blobs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (
      store,
      "SELECT tables.name || '.' || columns.name FROM sqlite_schema AS tables, "
      "pragma_table_info (tables.name) AS columns "
      "WHERE tables.type = 'table' AND columns.type = 'BLOB' "
      "ORDER BY 1",
      NULL);
  gboolean has_row;

  while (mdoc_store_step (statement, &has_row, NULL) && has_row)
    g_ptr_array_add (blobs, g_strdup (mdoc_store_column_text (statement, 0)));
  return blobs;
}

static GHashTable *
read_values (MdocStore *store, const char *blob)
{
  GHashTable *values = g_hash_table_new_full (g_bytes_hash,
                                              g_bytes_equal,
                                              (GDestroyNotify) g_bytes_unref,
                                              NULL);
  g_auto (GStrv) parts = g_strsplit (blob, ".", 2);
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM %s",
                                          parts[1],
                                          parts[0]);
  g_autoptr (sqlite3_stmt) statement = mdoc_store_prepare (store, sql, NULL);
  gboolean has_row;

  while (mdoc_store_step (statement, &has_row, NULL) && has_row)
    g_hash_table_add (values,
                      mdoc_span_dup (mdoc_store_column_span (statement, 0)));
  return values;
}

/* whatever table there is: a value that is as it was before was forgotten */
static void
test_rekey (Fixture *fixture, gconstpointer data)
{
  g_autofree char *new_path = g_build_filename (fixture->files.parent,
                                                "new.key",
                                                NULL);
  g_autoptr (MdocMasterKey) new_key = mdoc_master_key_new_file (new_path);
  g_autoptr (GPtrArray) blobs = list_blobs (fixture->store);
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_hash_table_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = NULL;

  for (guint i = 0; i < blobs->len; i++)
    g_ptr_array_add (before,
                     read_values (fixture->store,
                                  g_ptr_array_index (blobs, i)));

  g_assert_true (mdoc_store_rekey (fixture->store, new_key, &error));
  g_assert_no_error (error);
  assert_sound (fixture->store);

  for (guint i = 0; i < blobs->len; i++)
    {
      const char *blob = g_ptr_array_index (blobs, i);
      GHashTable *old = g_ptr_array_index (before, i);
      g_autoptr (GHashTable) now = read_values (fixture->store, blob);
      GHashTableIter iter;
      gpointer value;

      g_test_message ("%s: %u", blob, g_hash_table_size (old));
      if (strcmp (blob, "keys.public_key") == 0)
        continue;
      g_assert_cmpuint (g_hash_table_size (now), ==, g_hash_table_size (old));
      g_assert_cmpuint (g_hash_table_size (now), >, 0);
      g_hash_table_iter_init (&iter, now);
      while (g_hash_table_iter_next (&iter, &value, NULL))
        g_assert_false (g_hash_table_contains (old, value));
      g_hash_table_iter_init (&iter, old);
      while (g_hash_table_iter_next (&iter, &value, NULL))
        {
          MdocSpan span = mdoc_span_from_bytes (value);

          /* nor does it lie about in a page that is not used any more */
          g_assert_false (mdoc_test_file_contains (fixture->files.database,
                                                   span.data,
                                                   span.len));
        }
    }

  /* the old key is of no use any more, the new one is */
  g_clear_pointer (&fixture->store, mdoc_store_free);
  g_assert_null (mdoc_test_store_try_open (&fixture->files, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_WRONG_KEY);
  g_clear_error (&error);
  fixture->store = mdoc_store_open (fixture->files.state_dir, new_key, &error);
  g_assert_no_error (error);
  assert_sound (fixture->store);
  encoded = mdoc_test_store_load (fixture->store, fixture->id, &error);
  g_assert_no_error (error);
}

/* one that does not open stays so, and the rest is not kept from it */
static void
test_rekey_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *new_path = g_build_filename (fixture->files.parent,
                                                "new.key",
                                                NULL);
  g_autoptr (MdocMasterKey) new_key = mdoc_master_key_new_file (new_path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GBytes) encoded = NULL;

  run_sql (fixture->store,
           "UPDATE contents SET encoded = zeroblob (length (encoded))");
  g_assert_true (mdoc_store_rekey (fixture->store, new_key, &error));
  g_assert_no_error (error);
  findings = mdoc_store_check (fixture->store, &error);
  g_assert_cmpuint (findings->len, ==, 1);
  encoded = mdoc_test_store_load (fixture->store, fixture->id, &error);
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED);
}

/* all or nothing: on a disk that takes no more the old key goes on */
static void
test_rekey_fails (Fixture *fixture, gconstpointer data)
{
  g_autofree char *new_path = g_build_filename (fixture->files.parent,
                                                "new.key",
                                                NULL);
  g_autoptr (MdocMasterKey) new_key = mdoc_master_key_new_file (new_path);
  g_autoptr (GError) error = NULL;

  run_sql (fixture->store, "PRAGMA query_only = ON");
  g_assert_false (mdoc_store_rekey (fixture->store, new_key, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_READ_ONLY);
  run_sql (fixture->store, "PRAGMA query_only = OFF");
  assert_sound (fixture->store);
  reopen (fixture);
  assert_sound (fixture->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store-care/" path_, Fixture, NULL, set_up, func_, tear_down)
  ADD ("check", test_check);
  ADD ("backup/restore", test_restore);
  ADD ("backup/removed", test_restore_removed);
  ADD ("backup/policies", test_restore_policies);
  ADD ("backup/elsewhere", test_restore_elsewhere);
  ADD ("backup/would-forget", test_restore_would_forget);
  ADD ("backup/refused", test_restore_refused);
  ADD ("backup/newer", test_restore_newer);
  ADD ("backup/is-sealed", test_backup_is_sealed);
  ADD ("rekey/all", test_rekey);
  ADD ("rekey/damaged", test_rekey_damaged);
  ADD ("rekey/fails", test_rekey_fails);
#undef ADD

  return g_test_run ();
}
