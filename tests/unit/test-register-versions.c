/*
 * test-register-versions.c - registers of older programs, and of newer ones
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "issuer/mdoc-register-admin.h"
#include "tests/lib/mdoc-test-folder.h"

#define NOW_S G_GINT64_CONSTANT (1795868500)

/* tests/registers/N.sql makes version N of the one before, with rows. They were
 * written when the version was the last one, and have nothing from the code
 * that reads them now. */
typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = mdoc_test_folder_new ();
  self->path = g_build_filename (self->folder, "register.db", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mdoc_test_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* --- the file, without the program --- */

static sqlite3 *
open_file (Fixture *self)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  /* as a register has to be */
  g_assert_cmpint (g_chmod (self->path, 0600), ==, 0);
  return db;
}

static void
execute (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

static int
add_line (void *data, int n_columns, char **values, char **names)
{
  GString *lines = data;

  for (int i = 0; i < n_columns; i++)
    g_string_append_printf (lines, "%s%s", i > 0 ? "\t" : "", values[i]);
  g_string_append_c (lines, '\n');
  return 0;
}

/* what the rows say, a line each, NULL as "(null)" */
static char *
ask (sqlite3 *db, const char *sql)
{
  GString *lines = g_string_new (NULL);
  char *message = NULL;

  sqlite3_exec (db, sql, add_line, lines, &message);
  g_assert_cmpstr (message, ==, NULL);
  return g_string_free (lines, FALSE);
}

static int
get_version (sqlite3 *db)
{
  g_autofree char *text = ask (db, "PRAGMA user_version");

  return atoi (text);
}

/* where lines are broken makes no difference */
static char *
get_schema (sqlite3 *db)
{
  return ask (db,
              "SELECT type, name, replace(sql, char(10) || '  ', ' ') FROM "
              "sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, "
              "name");
}

/* A register of that version, in the file. */
static void
build (Fixture *self, int version)
{
  sqlite3 *db = open_file (self);

  for (int i = 1; i <= version; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/tests/registers/%d.sql",
                                               g_getenv (
                                                   "MDOC_TEST_SOURCE_ROOT"),
                                               i);
      g_autofree char *sql = NULL;
      g_autoptr (GError) error = NULL;

      g_file_get_contents (path, &sql, NULL, &error);
      g_assert_no_error (error);
      execute (db, sql);
    }
  g_assert_cmpint (get_version (db), ==, version);
  sqlite3_close (db);
}

/* Each table with the columns that it has, to how its rows are asked for and
 * what they say. */
static GHashTable *
read_tables (sqlite3 *db)
{
  GHashTable *tables = g_hash_table_new_full (g_str_hash,
                                              g_str_equal,
                                              g_free,
                                              g_free);
  g_autofree char *text = ask (db,
                               "SELECT 'SELECT ' || group_concat('quote(' || "
                               "c.name || ')') || ' FROM ' || t.name || ' "
                               "ORDER BY 1, 2' FROM sqlite_master t JOIN "
                               "pragma_table_info(t.name) c WHERE t.type = "
                               "'table' AND t.name NOT LIKE 'sqlite_%' "
                               "GROUP BY t.name");
  g_auto (GStrv) queries = g_strsplit (text, "\n", -1);

  for (gsize i = 0; queries[i] != NULL && *queries[i] != '\0'; i++)
    g_hash_table_insert (tables, g_strdup (queries[i]), ask (db, queries[i]));
  return tables;
}

/* --- with it --- */

static MdocRegister *
open_register (Fixture *self, GError **error)
{
  const MdocRegisterOptions options = { .is_relaxed = TRUE };

  return mdoc_register_open (self->path, &options, error);
}

/* the version that this program writes */
static int
get_newest (char **ret_schema)
{
  Fixture fresh = { 0 };
  g_autoptr (GError) error = NULL;
  sqlite3 *db;
  int version;

  set_up (&fresh, NULL);
  mdoc_register_close (open_register (&fresh, &error));
  g_assert_no_error (error);
  db = open_file (&fresh);
  version = get_version (db);
  if (ret_schema != NULL)
    *ret_schema = get_schema (db);
  sqlite3_close (db);
  tear_down (&fresh, NULL);
  return version;
}

static void
assert_devices (MdocRegister *reg)
{
  static const char *const states[] = { "suspended", "active" };
  const MdocRegisterFilter filter = { .profile_id = "member-pass" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = mdoc_register_list_devices (reg,
                                                              &filter,
                                                              NOW_S,
                                                              &error);

  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, G_N_ELEMENTS (states));
  for (guint i = 0; i < devices->len; i++)
    {
      const MdocRegisterDeviceInfo *device = devices->pdata[i];
      g_autoptr (GPtrArray) generations
          = mdoc_register_list_generations (reg, device->mid_uid, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (device->state, ==, states[i]);
      g_assert_cmpuint (generations->len, ==, 1);
    }
}

/* What an operator sees of it, and what goes on from there. */
static void
assert_works (MdocRegister *reg)
{
  const MdocRegisterCall call = { .now_ms = NOW_S * 1000, .actor = "system" };
  const MdocRegisterEventFilter all = { .limit = 1000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterPerson) person = mdoc_register_get_person (reg,
                                                                    "p-1",
                                                                    &error);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GPtrArray) more = NULL;
  gint64 first_bad, n_rows;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (person->claims_json, "Lindqvist"));
  assert_devices (reg);
  events = mdoc_register_list_events (reg, &all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, >=, 26);

  /* the chain goes on over the change */
  g_assert_true (
      mdoc_register_emit (reg, &call, "signer.expiring", NULL, &error));
  g_assert_no_error (error);
  more = mdoc_register_list_events (reg, &all, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (more->len, ==, events->len + 1);
  g_assert_true (mdoc_register_verify_audit (reg, &first_bad, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_cmpint (first_bad, ==, 0);
  g_assert_cmpint (n_rows, >=, 31);
}

/* Every row of every table says what it said, and the tables are those of a new
 * register. */
static void
test_survives (Fixture *self, gconstpointer data)
{
  g_autofree char *schema = NULL;
  const int newest = get_newest (&schema);
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autofree char *schema_after = NULL;
  GHashTableIter iter;
  gpointer query, rows;
  MdocRegister *reg;
  sqlite3 *db;

  build (self, GPOINTER_TO_INT (data));
  db = open_file (self);
  before = read_tables (db);
  sqlite3_close (db);

  reg = open_register (self, &error);
  g_assert_no_error (error);
  mdoc_register_close (reg);

  db = open_file (self);
  g_assert_cmpint (get_version (db), ==, newest);
  schema_after = get_schema (db);
  g_assert_cmpstr (schema_after, ==, schema);
  g_assert_cmpuint (g_hash_table_size (before), >=, 30);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &query, &rows))
    {
      g_autofree char *after = ask (db, query);

      g_test_message ("%s", (const char *) query);
      g_assert_cmpstr (after, ==, rows);
    }
  sqlite3_close (db);

  reg = open_register (self, &error);
  g_assert_no_error (error);
  assert_works (reg);
  mdoc_register_close (reg);
}

/* What came with a version means what it did. */
static void
test_later (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (MdocRegister) reg = NULL;
  const MdocRegisterBatch *batch;

  build (self, 3);
  reg = open_register (self, &error);
  g_assert_no_error (error);
  offer = mdoc_register_get_offer (reg,
                                   "5abc9cdb-1428-410e-b351-35f309a74be5",
                                   &error);
  g_assert_no_error (error);
  g_assert_cmpstr (offer->server, ==, "https://login.example");
  waiting = mdoc_register_list_batches (reg,
                                        "awaiting_approval",
                                        0,
                                        10,
                                        &error);
  g_assert_no_error (error);
  g_assert_cmpuint (waiting->len, ==, 1);
  batch = waiting->pdata[0];
  g_assert_cmpstr (batch->maker, ==, "operate-er");
}

/* Deliveries of before the first of each subject was marked. */
static void
test_deliveries (Fixture *self, gconstpointer data)
{
  static const char *const types[] = { "openid.credential.offer_received",
                                       "enrollmentFailed" };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegister) reg = NULL;
  g_autoptr (GPtrArray) due = NULL;

  build (self, 5);
  reg = open_register (self, &error);
  g_assert_no_error (error);
  due = mdoc_register_list_due (reg, NOW_S * 1000, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (due->len, ==, G_N_ELEMENTS (types));
  for (guint i = 0; i < due->len; i++)
    {
      const MdocRegisterDelivery *delivery = due->pdata[i];

      g_assert_cmpstr (delivery->event_type, ==, types[i]);
    }
}

/* Whoever adds a version adds what a register of the one before it holds. */
static void
test_all_there (void)
{
  const int newest = get_newest (NULL);

  for (int i = 1; i < newest; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/tests/registers/%d.sql",
                                               g_getenv (
                                                   "MDOC_TEST_SOURCE_ROOT"),
                                               i);

      g_test_message ("%s", path);
      g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
    }
}

static void
test_newer (Fixture *self, gconstpointer data)
{
  const int newest = get_newest (NULL);
  const int wrong[] = { newest + 1, G_MAXINT32, -1 };

  build (self, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %d",
                                              wrong[i]);
      g_autofree char *schema = NULL;
      g_autofree char *schema_after = NULL;
      g_autoptr (GError) error = NULL;
      sqlite3 *db = open_file (self);

      execute (db, sql);
      schema = get_schema (db);
      sqlite3_close (db);

      g_assert_null (open_register (self, &error));
      g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_VERSION);
      db = open_file (self);
      g_assert_cmpint (get_version (db), ==, wrong[i]);
      schema_after = get_schema (db);
      g_assert_cmpstr (schema_after, ==, schema);
      sqlite3_close (db);
    }
}

/* A step that does not go to its end has not begun. */
static void
test_all_or_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *schema = NULL;
  g_autofree char *schema_after = NULL;
  MdocRegister *reg;
  sqlite3 *db;

  build (self, 1);
  db = open_file (self);
  /* in the way of the second statement of the step to version 2 */
  execute (db, "CREATE TABLE foreign_grant (x)");
  schema = get_schema (db);
  sqlite3_close (db);

  g_assert_null (open_register (self, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STORE);
  g_clear_error (&error);
  db = open_file (self);
  g_assert_cmpint (get_version (db), ==, 1);
  schema_after = get_schema (db);
  g_assert_cmpstr (schema_after, ==, schema);
  execute (db, "DROP TABLE foreign_grant");
  sqlite3_close (db);

  reg = open_register (self, &error);
  g_assert_no_error (error);
  assert_works (reg);
  mdoc_register_close (reg);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *path = g_strdup_printf ("/register-versions/%d", i);

      g_test_add (path,
                  Fixture,
                  GINT_TO_POINTER (i),
                  set_up,
                  test_survives,
                  tear_down);
    }
  g_test_add ("/register-versions/later",
              Fixture,
              NULL,
              set_up,
              test_later,
              tear_down);
  g_test_add ("/register-versions/deliveries",
              Fixture,
              NULL,
              set_up,
              test_deliveries,
              tear_down);
  g_test_add_func ("/register-versions/all-there", test_all_there);
  g_test_add ("/register-versions/newer",
              Fixture,
              NULL,
              set_up,
              test_newer,
              tear_down);
  g_test_add ("/register-versions/all-or-nothing",
              Fixture,
              NULL,
              set_up,
              test_all_or_nothing,
              tear_down);
  return g_test_run ();
}
