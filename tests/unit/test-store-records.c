/*
 * test-store-records.c - what the agent has to do with issuing platforms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "storage/mdoc-store-records.h"
#include "tests/lib/mdoc-test-store.h"

#define ISSUER "https://issuer.example/a"

typedef MdocTestStore Fixture;

static const MdocRecordKind all_kinds[] = {
  MDOC_RECORD_ISSUER,
  MDOC_RECORD_EXCHANGE,
  MDOC_RECORD_ENROLMENT,
  MDOC_RECORD_MESSAGE,
};
static const char *const first_states[] = {
  MDOC_ISSUER_KNOWN,
  MDOC_EXCHANGE_OFFERED,
  MDOC_ENROLMENT_ACTIVE,
  MDOC_MESSAGE_UNREAD,
};

static MdocRecord *
add (MdocStore *store, MdocRecordKind kind, const char *id)
{
  MdocRecord *record = mdoc_record_new (id,
                                        ISSUER,
                                        first_states[kind],
                                        MDOC_TEST_NOW);
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_store_add_record (store, kind, record, &error));
  g_assert_no_error (error);
  return record;
}

/* written, read again after a start, changed, listed, taken away */
static void
test_life (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (all_kinds); i++)
    {
      g_autoptr (MdocRecord) record = add (store, all_kinds[i], "first");
      g_autoptr (MdocRecord) other = add (store, all_kinds[i], "second");
      g_autoptr (MdocRecord) read = NULL;
      g_autoptr (GPtrArray) all = NULL;

      mdoc_record_set_text (record, "token", "t");
      mdoc_record_set (record, "at", g_variant_new_int64 (7));
      mdoc_record_set_link (record, "link");
      record->next_unix_s = MDOC_TEST_NOW + 5;
      g_assert_true (
          mdoc_store_write_record (store, all_kinds[i], record, &error));
      g_assert_false (
          mdoc_store_add_record (store, all_kinds[i], other, &error));
      g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_EXISTS);
      g_clear_error (&error);

      mdoc_store_free (store);
      store = mdoc_test_store_open (fixture);
      read = mdoc_store_get_record (store, all_kinds[i], "first", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (read->issuer, ==, ISSUER);
      g_assert_cmpstr (read->state, ==, first_states[i]);
      g_assert_cmpstr (read->link, ==, "link");
      g_assert_cmpint (read->created_unix_s, ==, MDOC_TEST_NOW);
      g_assert_cmpint (read->next_unix_s, ==, MDOC_TEST_NOW + 5);
      g_assert_cmpstr (mdoc_record_get_text (read, "token"), ==, "t");
      g_assert_cmpint (mdoc_record_get_int (read, "at"), ==, 7);
      mdoc_record_set_text (read, "token", NULL);
      g_assert_null (mdoc_record_get_text (read, "token"));
      g_assert_cmpint (mdoc_record_get_int (read, "token"), ==, 0);

      all = mdoc_store_list_records (store, all_kinds[i], &error);
      g_assert_cmpuint (all->len, ==, 2);
      g_assert_true (
          mdoc_store_remove_record (store, all_kinds[i], "first", &error));
      g_assert_true (
          mdoc_store_remove_record (store, all_kinds[i], "first", &error));
      g_assert_null (
          mdoc_store_get_record (store, all_kinds[i], "first", &error));
      g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_false (
          mdoc_store_write_record (store, all_kinds[i], record, &error));
      g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }

  mdoc_store_free (store);
}

/* each column is bound to the seal */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
  static const char *const changes[] = {
    "id = 'other'",
    "issuer = 'https://evil.example'",
    "state = 'suspended'",
    "link = 'x'",
    "created_unix_s = 1",
    "changed_unix_s = 1",
    "next_unix_s = 1",
    /* what ends one text begins the next */
    "id = 'firs', link = 't'",
  };
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (MdocRecord) record G_GNUC_UNUSED = add (store,
                                                         MDOC_RECORD_ENROLMENT,
                                                         "first");
      g_autofree char *sql = g_strdup_printf ("UPDATE enrolments SET %s",
                                              changes[i]);

      g_assert_true (mdoc_store_exec (store, sql, &error));
      g_assert_null (
          mdoc_store_list_records (store, MDOC_RECORD_ENROLMENT, &error));
      g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED);
      g_clear_error (&error);
      g_assert_true (mdoc_store_exec (store, "DELETE FROM enrolments", &error));
    }
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *longest = g_strnfill (MDOC_STORE_MAX_TEXT_LEN, 'x');
  g_autofree char *longer = g_strnfill (MDOC_STORE_MAX_TEXT_LEN + 1, 'x');
  const struct
  {
    const char *id;
    gboolean is_kept;
  } rows[] = {
    { longest, TRUE },
    { longer, FALSE },
    { "two\nlines", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MdocRecord) record = mdoc_record_new (rows[i].id,
                                                       ISSUER,
                                                       MDOC_MESSAGE_UNREAD,
                                                       MDOC_TEST_NOW);
      g_autoptr (GError) error = NULL;

      g_assert_true (
          mdoc_store_add_record (store, MDOC_RECORD_MESSAGE, record, &error)
          == rows[i].is_kept);
      if (!rows[i].is_kept)
        g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
    }
}

/* offers that have ended make room, others do not; of messages the oldest go */
static void
test_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (MdocRecord) over = NULL;
  g_autoptr (GError) error = NULL;
  const MdocRecord *oldest;

  for (guint i = 0; i < MDOC_STORE_MAX_ENDED_EXCHANGES + 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("ended-%u", i);
      g_autoptr (MdocRecord) record = add (store, MDOC_RECORD_EXCHANGE, id);

      mdoc_record_set_state (record, MDOC_EXCHANGE_DECLINED, MDOC_TEST_NOW + i);
      g_assert_true (mdoc_exchange_has_ended (record));
      g_assert_true (mdoc_store_write_record (store,
                                              MDOC_RECORD_EXCHANGE,
                                              record,
                                              &error));
    }
  for (guint i = 0; i < MDOC_STORE_MAX_EXCHANGES; i++)
    {
      g_autofree char *id = g_strdup_printf ("open-%u", i);
      g_autoptr (MdocRecord) record = add (store, MDOC_RECORD_EXCHANGE, id);

      g_assert_false (mdoc_exchange_has_ended (record));
    }

  over = mdoc_record_new ("over", ISSUER, MDOC_EXCHANGE_OFFERED, MDOC_TEST_NOW);
  g_assert_false (
      mdoc_store_add_record (store, MDOC_RECORD_EXCHANGE, over, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);
  all = mdoc_store_list_records (store, MDOC_RECORD_EXCHANGE, &error);
  g_assert_cmpuint (all->len,
                    ==,
                    MDOC_STORE_MAX_EXCHANGES + MDOC_STORE_MAX_ENDED_EXCHANGES);
  g_clear_pointer (&all, g_ptr_array_unref);

  for (guint i = 0; i < MDOC_STORE_MAX_MESSAGES + 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("message-%u", i);
      g_autoptr (MdocRecord) record G_GNUC_UNUSED = add (store,
                                                         MDOC_RECORD_MESSAGE,
                                                         id);
    }
  all = mdoc_store_list_records (store, MDOC_RECORD_MESSAGE, &error);
  g_assert_cmpuint (all->len, ==, MDOC_STORE_MAX_MESSAGES);
  oldest = g_ptr_array_index (all, 0);
  g_assert_cmpstr (oldest->id, ==, "message-3");
}

/* one for each issuer, for ever, and for nothing else */
static void
test_instance_key (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) first = mdoc_store_load_instance_key (store,
                                                            ISSUER,
                                                            MDOC_TEST_NOW,
                                                            &error);
  g_autoptr (MdocKey) again = NULL;
  g_autoptr (MdocKey) other = NULL;
  g_autoptr (MdocRecord) issuer = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  g_assert_no_error (error);
  mdoc_store_free (store);
  store = mdoc_test_store_open (fixture);
  again = mdoc_store_load_instance_key (store, ISSUER, MDOC_TEST_NOW, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_public_key_equal (mdoc_key_get_public (first),
                                        mdoc_key_get_public (again)));
  other = mdoc_store_load_instance_key (store,
                                        "https://other.example",
                                        MDOC_TEST_NOW,
                                        &error);
  g_assert_false (mdoc_public_key_equal (mdoc_key_get_public (first),
                                         mdoc_key_get_public (other)));

  /* no credential can be bound to it, and nobody can take it away */
  keys = mdoc_store_list_keys (store, &error);
  g_assert_cmpuint (keys->len, ==, 0);
  g_assert_null (
      mdoc_store_find_key (store, mdoc_key_get_public (first), &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  issuer = mdoc_store_get_record (store, MDOC_RECORD_ISSUER, ISSUER, &error);
  g_assert_false (mdoc_store_remove_key (store, issuer->link, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
  mdoc_store_free (store);
}

typedef struct
{
  MdocRecord *record;
  gboolean succeeds;
} Outer;

static gboolean
outer (MdocStore *store, gpointer user_data, GError **error)
{
  const Outer *what = user_data;

  return mdoc_store_add_record (store, MDOC_RECORD_MESSAGE, what->record, error)
         && (what->succeeds
             || mdoc_store_refuse (error, MDOC_STORE_ERROR_FULL, "no"));
}

/* a change within another one is kept with it, or not at all */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (MdocRecord) record = mdoc_record_new ("m",
                                                   ISSUER,
                                                   MDOC_MESSAGE_UNREAD,
                                                   MDOC_TEST_NOW);
  g_autoptr (MdocRecord) found = NULL;
  g_autoptr (GError) error = NULL;
  Outer what = { record, FALSE };

  g_assert_false (mdoc_store_transact (store, outer, &what, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_true (
      mdoc_store_find_record (store, MDOC_RECORD_MESSAGE, "m", &found, &error));
  g_assert_null (found);

  what.succeeds = TRUE;
  g_assert_true (mdoc_store_transact (store, outer, &what, &error));
  found = mdoc_store_get_record (store, MDOC_RECORD_MESSAGE, "m", &error);
  g_assert_no_error (error);
}

/* the enrolment goes with its document */
static void
test_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autofree char *key_id = NULL;
  g_autofree char *id = NULL;
  g_autoptr (MdocRecord) found = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_store_fill (store, &key_id, &id);
  mdoc_test_store_remove (store, id);
  g_assert_true (mdoc_store_find_record (store,
                                         MDOC_RECORD_ENROLMENT,
                                         id,
                                         &found,
                                         &error));
  g_assert_null (found);
}

#define ADD(path, func)                                                        \
  g_test_add ("/store/records/" path,                                          \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func,                                                            \
              mdoc_test_store_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("life", test_life);
  ADD ("bound", test_bound);
  ADD ("texts", test_texts);
  ADD ("room", test_room);
  ADD ("instance-key", test_instance_key);
  ADD ("nested", test_nested);
  ADD ("removed", test_removed);

  return g_test_run ();
}
