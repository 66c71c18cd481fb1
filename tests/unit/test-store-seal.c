/*
 * test-store-seal.c - columns that open in their own place only
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

typedef MdocTestStore Fixture;

/* --- sealed columns --- */

typedef gboolean (*LoadFunc) (MdocStore *store,
                              const char *key_id,
                              const char *document_id,
                              GError **error);

static gboolean
load_key (MdocStore *store,
          const char *key_id,
          const char *document_id,
          GError **error)
{
  g_autoptr (MdocKey) key = mdoc_store_load_key (store, key_id, error);

  return key != NULL;
}

static gboolean
load_document (MdocStore *store,
               const char *key_id,
               const char *document_id,
               GError **error)
{
  g_autoptr (GBytes) encoded = mdoc_test_store_load (store, document_id, error);

  return encoded != NULL;
}

static gboolean
load_anchors (MdocStore *store,
              const char *key_id,
              const char *document_id,
              GError **error)
{
  g_autoptr (GPtrArray) anchors = mdoc_store_list_anchors (store, error);

  return anchors != NULL;
}

static gboolean
load_history (MdocStore *store,
              const char *key_id,
              const char *document_id,
              GError **error)
{
  g_autoptr (GPtrArray) history = mdoc_store_list_history (store, 10, error);

  return history != NULL;
}

static gboolean
load_row (MdocStore *store,
          const char *key_id,
          const char *document_id,
          GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (store, error);
  const MdocStoredDocument *document;

  if (documents == NULL)
    return FALSE;

  document = g_ptr_array_index (documents, 0);
  return document->is_damaged
             ? mdoc_store_refuse (error, MDOC_STORE_ERROR_DAMAGED, "marked")
             : TRUE;
}

static gboolean
load_generations (MdocStore *store,
                  const char *key_id,
                  const char *document_id,
                  GError **error)
{
  g_autoptr (GPtrArray) generations = mdoc_store_list_generations (store,
                                                                   document_id,
                                                                   error);

  return generations != NULL;
}

static gboolean
load_jobs (MdocStore *store,
           const char *key_id,
           const char *document_id,
           GError **error)
{
  g_autoptr (GPtrArray) jobs = mdoc_store_list_jobs (store, TRUE, error);

  return jobs != NULL;
}

static gboolean
load_notices (MdocStore *store,
              const char *key_id,
              const char *document_id,
              GError **error)
{
  g_autoptr (GPtrArray) notices = mdoc_store_list_notices (store, error);

  return notices != NULL;
}

static gboolean
load_tombstones (MdocStore *store,
                 const char *key_id,
                 const char *document_id,
                 GError **error)
{
  g_autoptr (GPtrArray) tombstones = mdoc_store_list_tombstones (store, error);

  return tombstones != NULL;
}

static gboolean
load_floor (MdocStore *store,
            const char *key_id,
            const char *document_id,
            GError **error)
{
  gint64 floor_unix_s;

  return mdoc_store_get_time_floor (store, &floor_unix_s, error);
}

static const struct
{
  const char *table;
  const char *column;
  LoadFunc load;
} sealed_columns[] = {
  { "keys", "private_key", load_key },
  { "contents", "encoded", load_document },
  { "anchors", "certificate", load_anchors },
  { "history", "detail", load_history },
  { "documents", "guard", load_row },
  { "generations", "guard", load_generations },
  { "copies", "guard", load_generations },
  { "jobs", "detail", load_jobs },
  { "outbox", "detail", load_notices },
  { "tombstones", "detail", load_tombstones },
  { "meta WHERE name = 'time-floor'", "value", load_floor },
};

/* a row in each of the tables that mdoc_test_store_fill() leaves empty; the
 * removal is another document's, which is gone */
static void
fill_rest (MdocStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) key = mdoc_test_store_create_key (store,
                                                              MDOC_KEY_AUTH_MAC,
                                                              "");
  g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);
  g_autoptr (MdocStoredDocument) added = NULL;

  document->key_id = g_strdup (key->id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup ("type");
  document->label = g_strdup ("");
  document->issuer = g_strdup ("https://issuer.example");
  document->mid_uid = g_strdup ("mid");
  added = mdoc_store_add_document (store,
                                   document,
                                   mdoc_test_store_get_encoded (),
                                   &error);
  g_assert_no_error (error);
  mdoc_test_store_remove (store, added->id);
  g_assert_true (mdoc_store_raise_time_floor (store, MDOC_TEST_NOW, &error));
}

/* @table may come with a condition */
static char *
make_update (const char *table, const char *column, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (table, " WHERE ", 2);

  return g_strdup_printf ("UPDATE %s SET %s = %s%s%s",
                          parts[0],
                          column,
                          value,
                          parts[1] != NULL ? " WHERE " : "",
                          parts[1] != NULL ? parts[1] : "");
}

/* replaces byte @at of the only row by its complement */
static void
flip_byte (MdocStore *store, const char *table, const char *column, gsize at)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree char *select = g_strdup_printf ("SELECT %s FROM %s",
                                             column,
                                             table);
  g_autofree char *update = make_update (table, column, "?");
  g_autofree guint8 *copy = NULL;
  gboolean has_row;
  MdocSpan span;

  statement = mdoc_store_prepare (store, select, NULL);
  g_assert_true (mdoc_store_step (statement, &has_row, NULL) && has_row);
  span = mdoc_store_column_span (statement, 0);
  g_assert_cmpuint (at, <, span.len);
  copy = g_memdup2 (span.data, span.len);
  copy[at] ^= 0xff;

  {
    g_autoptr (sqlite3_stmt) change = mdoc_store_prepare (store, update, NULL);

    mdoc_store_bind_span (change, 1, MDOC_SPAN (copy, span.len));
    sqlite3_reset (statement);
    g_assert_true (mdoc_store_run (store, change, NULL, NULL));
  }
}

static void
assert_damaged (MdocStore *store,
                guint column,
                const char *key_id,
                const char *document_id)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      sealed_columns[column].load (store, key_id, document_id, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED);
}

static void
test_flipped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;

  mdoc_test_store_fill (store, &key_id, &document_id);
  fill_rest (store);
  /* each change a transaction that is synced would take a minute */
  g_assert_true (mdoc_store_exec (store, "PRAGMA synchronous = OFF", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sealed_columns); i++)
    {
      /* a guard has nothing in it, nor has the only job */
      gboolean is_empty = strcmp (sealed_columns[i].column, "guard") == 0
                          || strcmp (sealed_columns[i].table, "jobs") == 0;
      gsize len = is_empty ? MDOC_SEAL_OVERHEAD : MDOC_SEAL_OVERHEAD + 1;

      /* form, nonce, ciphertext or tag: every byte that all of them have */
      for (gsize at = 0; at < len; at++)
        {
          flip_byte (store,
                     sealed_columns[i].table,
                     sealed_columns[i].column,
                     at);
          assert_damaged (store, i, key_id, document_id);
          flip_byte (store,
                     sealed_columns[i].table,
                     sealed_columns[i].column,
                     at);
        }

      g_assert_true (sealed_columns[i].load (store, key_id, document_id, NULL));
    }
}

static void
test_too_short (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;

  mdoc_test_store_fill (store, &key_id, &document_id);
  fill_rest (store);
  /* each change a transaction that is synced would take a minute */
  g_assert_true (mdoc_store_exec (store, "PRAGMA synchronous = OFF", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sealed_columns); i++)
    {
      for (guint len = 0; len < MDOC_SEAL_OVERHEAD; len++)
        {
          g_autofree char *value = g_strdup_printf ("substr (%s, 1, %u)",
                                                    sealed_columns[i].column,
                                                    MDOC_SEAL_OVERHEAD - 1
                                                        - len);
          g_autofree char *sql = make_update (sealed_columns[i].table,
                                              sealed_columns[i].column,
                                              value);

          g_assert_true (mdoc_store_exec (store, sql, NULL));
          assert_damaged (store, i, key_id, document_id);
        }
    }
}

/* what a sealed value is bound to cannot be changed around it */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint column;
    const char *sql;
  } moves[] = {
    { 0, "UPDATE keys SET auth = 'mac'" },
    { 0, "UPDATE keys SET kind = 'tpm'" },
    { 2, "UPDATE anchors SET purpose = 'issuer'" },
    { 2, "UPDATE anchors SET id = 'other'" },
    { 3, "UPDATE history SET id = 9" },
    { 3, "UPDATE history SET at_unix_s = at_unix_s + 1" },
    { 4, "UPDATE documents SET state = 'suspended'" },
    { 4, "UPDATE documents SET when_spent = 'ask'" },
    { 4, "UPDATE documents SET max_uses = 5" },
    { 4, "UPDATE documents SET max_uses = -1" },
    { 4, "UPDATE documents SET max_uses = 4294967296" },
    { 4, "UPDATE documents SET label = label || 'x'" },
    { 4, "UPDATE documents SET doc_type = 'other'" },
    { 4, "UPDATE documents SET issuer = 'other'" },
    { 4, "UPDATE documents SET mid_uid = 'other'" },
    { 4, "UPDATE documents SET format = 'other'" },
    { 4, "UPDATE documents SET imported_unix_s = imported_unix_s + 1" },
    /* what moves from one text to the next is not the same row */
    { 4, "UPDATE documents SET issuer = 'm', label = 'ine'" },
    { 4, "UPDATE generations SET valid_until_unix_s = 9999999999" },
    { 4, "UPDATE generations SET valid_from_unix_s = 1" },
    { 5, "UPDATE generations SET state = 'superseded'" },
    { 5, "UPDATE generations SET added_unix_s = 1" },
    { 6, "UPDATE copies SET uses = uses + 1" },
    { 6, "UPDATE copies SET uses = -1" },
    { 6,
      "PRAGMA foreign_keys = OFF; UPDATE copies SET id = 'other';"
      "UPDATE contents SET copy_id = 'other'" },
    { 1, "UPDATE contents SET encoded = (SELECT guard FROM copies)" },
    { 7, "UPDATE jobs SET state = 'done'" },
    { 7, "UPDATE jobs SET step = 'tell'" },
    { 7, "UPDATE jobs SET kind = 'other'" },
    { 7, "UPDATE jobs SET document_id = 'other'" },
    { 7, "UPDATE jobs SET attempts = 7" },
    { 7, "UPDATE jobs SET next_unix_s = 7" },
    { 7, "UPDATE jobs SET issuer = 'other'" },
    { 8, "UPDATE outbox SET issuer = 'other'" },
    { 8, "UPDATE outbox SET kind = 'accepted'" },
    { 8, "UPDATE outbox SET subject = 'other'" },
    { 8, "UPDATE outbox SET id = 9" },
    { 9, "UPDATE tombstones SET stage = 'marked'" },
    { 9, "UPDATE tombstones SET document_id = 'other'" },
    { 9, "UPDATE tombstones SET removed_unix_s = 1" },
    /* from one table to the next, and from one version to another */
    { 6, "UPDATE copies SET guard = (SELECT guard FROM generations)" },
    { 5, "UPDATE generations SET guard = (SELECT guard FROM documents)" },
    { 1, "UPDATE contents SET encoded = (SELECT detail FROM history)" },
    { 10,
      "UPDATE meta SET value = (SELECT value FROM meta WHERE name = "
      "'key-check') WHERE name = 'time-floor'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
      g_autofree char *key_id = NULL;
      g_autofree char *document_id = NULL;

      mdoc_test_store_fill (store, &key_id, &document_id);
      fill_rest (store);
      g_test_message ("%s", moves[i].sql);
      g_assert_true (mdoc_store_exec (store, moves[i].sql, NULL));
      assert_damaged (store, moves[i].column, key_id, document_id);
      g_clear_pointer (&store, mdoc_store_free);
      mdoc_test_folder_remove (fixture->state_dir);
    }
}

/* two rows trade their sealed columns */
static void
test_exchanged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;

  mdoc_test_store_fill (store, &key_id, &document_id);
  key = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "");
  document = mdoc_test_store_add_document (store,
                                           key->id,
                                           mdoc_test_store_get_encoded (),
                                           &error);
  g_assert_no_error (error);

  /* from a copy: row by row, the second would get its own value back */
  g_assert_true (
      mdoc_store_exec (store,
                       "CREATE TEMP TABLE copy AS SELECT copy_id AS id, "
                       "encoded AS value "
                       "FROM contents; UPDATE contents SET encoded = "
                       "(SELECT value FROM copy WHERE id != copy_id)",
                       NULL));
  assert_damaged (store, 1, key_id, document_id);
  assert_damaged (store, 1, key_id, document->id);

  g_assert_true (
      mdoc_store_exec (store,
                       "DROP TABLE copy;"
                       "CREATE TEMP TABLE copy AS SELECT id, private_key AS "
                       "value FROM keys;"
                       "UPDATE keys SET private_key = "
                       "(SELECT value FROM copy WHERE copy.id != keys.id)",
                       NULL));
  assert_damaged (store, 0, key_id, document_id);
  assert_damaged (store, 0, key->id, document_id);
}

/* nothing that is sealed stands in the file as it is */
static void
test_sealed_on_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  MdocSpan encoded = mdoc_test_store_get_encoded ();

  mdoc_test_store_fill (store, &key_id, &document_id);
  g_assert_true (
      mdoc_test_file_contains (fixture->log, (const guint8 *) key_id, 16));
  g_assert_false (
      mdoc_test_file_contains (fixture->log, encoded.data, encoded.len));
  g_assert_false (mdoc_test_file_contains (fixture->log,
                                           (const guint8 *) "certificate\0",
                                           12));
  g_assert_false (
      mdoc_test_file_contains (fixture->log, (const guint8 *) "shared", 6));
  g_assert_true (mdoc_store_flush (store, NULL));
  g_assert_false (
      mdoc_test_file_contains (fixture->database, encoded.data, encoded.len));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store-seal/" path_,                                            \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func_,                                                           \
              mdoc_test_store_tear_down)
  ADD ("flipped", test_flipped);
  ADD ("too-short", test_too_short);
  ADD ("moved", test_moved);
  ADD ("exchanged", test_exchanged);
  ADD ("on-disk", test_sealed_on_disk);
#undef ADD

  return g_test_run ();
}
