/*
 * test-store-generations.c - generations, copies, removal and notices
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

#define ISSUER "https://issuer.example"

typedef struct
{
  MdocTestStore files;
  MdocStore *store;
  char *key_id;
  char *id;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_set_up (&fixture->files, NULL);
  fixture->store = mdoc_test_store_open (&fixture->files);
  mdoc_test_store_fill (fixture->store, &fixture->key_id, &fixture->id);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mdoc_store_free (fixture->store);
  mdoc_test_store_tear_down (&fixture->files, NULL);
  g_free (fixture->key_id);
  g_free (fixture->id);
}

static void
reopen (Fixture *fixture)
{
  mdoc_store_free (fixture->store);
  fixture->store = mdoc_test_store_open (&fixture->files);
}

static char *
make_key (Fixture *fixture)
{
  g_autoptr (MdocStoredKey) key = mdoc_test_store_create_key (fixture->store,
                                                              MDOC_KEY_AUTH_MAC,
                                                              "");

  return g_strdup (key->id);
}

/* adds one of two copies, that say "copy A" and "copy B" */
static guint
add_generation (Fixture *fixture, MdocGenerationState state, gint64 from_unix_s)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = make_key (fixture);
  g_autofree char *second = make_key (fixture);
  const MdocNewCopy copies[] = {
    { first, mdoc_span_from_text ("copy A") },
    { second, mdoc_span_from_text ("copy B") },
  };
  const MdocStoredGeneration generation = {
    .state = state,
    .added_unix_s = MDOC_TEST_NOW,
    .valid_from_unix_s = from_unix_s,
    .valid_until_unix_s = from_unix_s + 100,
  };
  guint n = 0;

  g_assert_true (mdoc_store_add_generation (fixture->store,
                                            fixture->id,
                                            &generation,
                                            copies,
                                            G_N_ELEMENTS (copies),
                                            &n,
                                            &error));
  g_assert_no_error (error);
  return n;
}

static GPtrArray *
list (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *generations = mdoc_store_list_generations (fixture->store,
                                                        fixture->id,
                                                        &error);

  g_assert_no_error (error);
  return generations;
}

static const MdocStoredGeneration *
get (GPtrArray *generations, guint at)
{
  return g_ptr_array_index (generations, at);
}

static const MdocStoredCopy *
get_copy (GPtrArray *generations, guint at, guint copy)
{
  return g_ptr_array_index (get (generations, at)->copies, copy);
}

static void
test_prepared_and_swapped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (MdocStoredDocument) document = NULL;
  g_autoptr (GBytes) encoded = NULL;

  g_assert_cmpuint (add_generation (fixture,
                                    MDOC_GENERATION_PREPARED,
                                    MDOC_TEST_NOW),
                    ==,
                    2);
  reopen (fixture);
  before = list (fixture);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpint (get (before, 0)->state, ==, MDOC_GENERATION_PREPARED);
  g_assert_cmpint (get (before, 1)->state, ==, MDOC_GENERATION_CURRENT);
  g_assert_cmpuint (get (before, 0)->copies->len, ==, 2);
  encoded = mdoc_store_load_copy (fixture->store,
                                  get_copy (before, 0, 1)->id,
                                  &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_span_equals_text (mdoc_span_from_bytes (encoded), "copy B"));

  g_assert_true (
      mdoc_store_swap_generation (fixture->store, fixture->id, 2, &error));
  reopen (fixture);
  after = list (fixture);
  g_assert_cmpint (get (after, 0)->state, ==, MDOC_GENERATION_CURRENT);
  g_assert_cmpint (get (after, 1)->state, ==, MDOC_GENERATION_SUPERSEDED);
  document = mdoc_store_get_document (fixture->store, fixture->id, &error);
  g_assert_cmpuint (document->generation, ==, 2);
  g_assert_cmpint (document->valid_from_unix_s, ==, MDOC_TEST_NOW);
  g_assert_cmpstr (document->key_id, ==, get_copy (after, 0, 0)->key_id);

  /* there is nothing to swap a second time */
  g_assert_false (
      mdoc_store_swap_generation (fixture->store, fixture->id, 2, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

static void
test_current_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) generations = NULL;

  add_generation (fixture, MDOC_GENERATION_CURRENT, MDOC_TEST_NOW);
  generations = list (fixture);
  g_assert_cmpint (get (generations, 0)->state, ==, MDOC_GENERATION_CURRENT);
  g_assert_cmpint (get (generations, 1)->state, ==, MDOC_GENERATION_SUPERSEDED);
}

/* all of a generation or nothing */
static void
test_key_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *free_key = make_key (fixture);
  const MdocNewCopy copies[] = {
    { free_key, mdoc_span_from_text ("A") },
    { fixture->key_id, mdoc_span_from_text ("B") },
  };
  const MdocStoredGeneration generation = { .state = MDOC_GENERATION_CURRENT };
  g_autoptr (GPtrArray) generations = NULL;
  guint n;

  g_assert_false (mdoc_store_add_generation (fixture->store,
                                             fixture->id,
                                             &generation,
                                             copies,
                                             2,
                                             &n,
                                             &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  generations = list (fixture);
  g_assert_cmpuint (generations->len, ==, 1);
  g_assert_cmpint (get (generations, 0)->state, ==, MDOC_GENERATION_CURRENT);

  g_assert_false (mdoc_store_add_generation (fixture->store,
                                             fixture->id,
                                             &generation,
                                             copies,
                                             0,
                                             &n,
                                             &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  const MdocStoredGeneration generation = { .state = MDOC_GENERATION_CURRENT };
  MdocNewCopy copy = { NULL, mdoc_span_from_text ("A") };
  char *copy_id = NULL;
  guint n;

  g_assert_true (
      mdoc_store_exec (fixture->store, "PRAGMA synchronous = OFF", NULL));
  for (guint i = 1; i < MDOC_STORE_MAX_GENERATIONS; i++)
    add_generation (fixture, MDOC_GENERATION_CURRENT, MDOC_TEST_NOW);
  key = make_key (fixture);
  copy.key_id = key;
  g_assert_false (mdoc_store_add_generation (fixture->store,
                                             fixture->id,
                                             &generation,
                                             &copy,
                                             1,
                                             &n,
                                             &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);

  for (guint i = 1; i < MDOC_STORE_MAX_COPIES; i++)
    {
      g_autofree char *next = make_key (fixture);

      copy.key_id = next;
      g_assert_true (mdoc_store_add_copy (fixture->store,
                                          fixture->id,
                                          1,
                                          &copy,
                                          &copy_id,
                                          &error));
      g_assert_no_error (error);
      g_clear_pointer (&copy_id, g_free);
    }
  copy.key_id = key;
  g_assert_false (mdoc_store_add_copy (fixture->store,
                                       fixture->id,
                                       1,
                                       &copy,
                                       &copy_id,
                                       &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

/* a copy of a generation that is not there, or of nothing */
static void
test_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = make_key (fixture);
  const MdocNewCopy copy = { key, mdoc_span_from_text ("A") };
  char *copy_id = NULL;

  g_assert_false (mdoc_store_add_copy (fixture->store,
                                       fixture->id,
                                       9,
                                       &copy,
                                       &copy_id,
                                       &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
  g_clear_error (&error);
  g_assert_false (mdoc_store_add_copy (fixture->store,
                                       "0123456789abcdef",
                                       1,
                                       &copy,
                                       &copy_id,
                                       &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

static void
test_uses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  add_generation (fixture, MDOC_GENERATION_CURRENT, MDOC_TEST_NOW);
  before = list (fixture);
  for (guint i = 0; i < 3; i++)
    g_assert_true (mdoc_store_use_copy (fixture->store,
                                        get_copy (before, 0, 1)->id,
                                        &error));
  reopen (fixture);
  after = list (fixture);
  g_assert_cmpuint (get_copy (after, 0, 0)->uses, ==, 0);
  g_assert_cmpuint (get_copy (after, 0, 1)->uses, ==, 3);

  /* a count that somebody changed is not counted on */
  g_assert_true (
      mdoc_store_exec (fixture->store, "UPDATE copies SET uses = 0", NULL));
  g_assert_false (mdoc_store_use_copy (fixture->store,
                                       get_copy (before, 0, 1)->id,
                                       &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_DAMAGED);
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredDocument) document
      = mdoc_store_get_document (fixture->store, fixture->id, &error);
  g_autoptr (MdocStoredDocument) changed = NULL;

  document->state = MDOC_DOCUMENT_SUSPENDED;
  document->when_spent = MDOC_WHEN_SPENT_ASK;
  document->max_uses = 7;
  g_free (document->label);
  document->label = g_strdup ("other");
  g_free (document->doc_type);
  document->doc_type = g_strdup ("is not changed");
  g_assert_true (mdoc_store_change_document (fixture->store, document, &error));
  reopen (fixture);
  changed = mdoc_store_get_document (fixture->store, fixture->id, &error);
  g_assert_false (changed->is_damaged);
  g_assert_cmpint (changed->state, ==, MDOC_DOCUMENT_SUSPENDED);
  g_assert_cmpint (changed->when_spent, ==, MDOC_WHEN_SPENT_ASK);
  g_assert_cmpuint (changed->max_uses, ==, 7);
  g_assert_cmpstr (changed->label, ==, "other");
  g_assert_cmpstr (changed->doc_type, ==, "org.iso.18013.5.1.mDL");

  /* what is revoked remains it */
  changed->state = MDOC_DOCUMENT_REVOKED;
  g_assert_true (mdoc_store_change_document (fixture->store, changed, &error));
  changed->state = MDOC_DOCUMENT_ACTIVE;
  g_assert_false (mdoc_store_change_document (fixture->store, changed, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
}

/* --- removal --- */

static char *
add_of_issuer (Fixture *fixture, MdocDocumentState state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);
  g_autoptr (MdocStoredDocument) added = NULL;

  document->key_id = make_key (fixture);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup ("type");
  document->label = g_strdup ("");
  document->issuer = g_strdup (ISSUER);
  document->mid_uid = g_strdup ("mid-1");
  document->state = state;
  added = mdoc_store_add_document (fixture->store,
                                   document,
                                   mdoc_span_from_text ("A"),
                                   &error);
  g_assert_no_error (error);
  return g_strdup (added->id);
}

static guint
count (Fixture *fixture, const char *what)
{
  g_autofree char *sql = g_strconcat ("SELECT count(*) FROM ", what, NULL);
  guint n;

  g_assert_true (mdoc_store_count (fixture->store, sql, &n, NULL));
  return n;
}

/* each step after a start of its own, and each a second time */
static void
test_removal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = add_of_issuer (fixture, MDOC_DOCUMENT_ACTIVE);
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GPtrArray) tombstones = NULL;
  g_autoptr (GPtrArray) notices = NULL;
  const MdocStoredNotice *notice;
  const MdocTombstone *tombstone;
  const char *mid_uid = NULL;
  gint64 job_id;

  g_assert_true (mdoc_store_begin_removal (fixture->store,
                                           id,
                                           MDOC_TEST_NOW,
                                           &job_id,
                                           &error));
  reopen (fixture);
  /* it is there for nobody, and cannot be removed again */
  documents = mdoc_store_list_documents (fixture->store, &error);
  g_assert_cmpuint (documents->len, ==, 1);
  g_assert_null (mdoc_store_get_document (fixture->store, id, NULL));
  g_assert_false (mdoc_store_begin_removal (fixture->store,
                                            id,
                                            MDOC_TEST_NOW,
                                            &job_id,
                                            &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* nobody is told before the keys are gone */
  g_assert_false (
      mdoc_store_tell_removed (fixture->store, id, MDOC_TEST_NOW, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
  g_clear_error (&error);
  g_assert_cmpuint (count (fixture, "keys"), ==, 2);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_store_destroy_removed (fixture->store, id, &error));
      reopen (fixture);
      g_assert_cmpuint (count (fixture, "keys"), ==, 1);
      g_assert_cmpuint (count (fixture, "copies"), ==, 1);
      g_assert_cmpuint (count (fixture, "generations"), ==, 1);
      g_assert_cmpuint (count (fixture, "documents"), ==, 1);
      g_assert_cmpuint (count (fixture, "outbox"), ==, 0);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (
          mdoc_store_tell_removed (fixture->store, id, MDOC_TEST_NOW, &error));
      reopen (fixture);
      g_assert_cmpuint (count (fixture, "outbox"), ==, 1);
    }

  tombstones = mdoc_store_list_tombstones (fixture->store, &error);
  g_assert_cmpuint (tombstones->len, ==, 1);
  tombstone = g_ptr_array_index (tombstones, 0);
  g_assert_cmpstr (tombstone->document_id, ==, id);
  g_assert_cmpint (tombstone->stage, ==, MDOC_TOMBSTONE_TOLD);
  g_assert_cmpstr (tombstone->doc_type, ==, "type");

  notices = mdoc_store_list_notices (fixture->store, &error);
  notice = g_ptr_array_index (notices, 0);
  g_assert_cmpstr (notice->kind, ==, MDOC_NOTICE_REMOVED);
  g_assert_cmpstr (notice->subject, ==, id);
  g_assert_cmpstr (notice->issuer, ==, ISSUER);
  g_assert_true (g_variant_lookup (notice->detail, "mid_uid", "&s", &mid_uid));
  g_assert_cmpstr (mid_uid, ==, "mid-1");
  g_assert_true (mdoc_store_drop_notice (fixture->store, notice->id, &error));
  g_assert_false (mdoc_store_drop_notice (fixture->store, notice->id, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

/* of one that came from nobody, nobody is told */
static void
test_removal_untold (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_remove (fixture->store, fixture->id);
  g_assert_cmpuint (count (fixture, "outbox"), ==, 0);
  g_assert_cmpuint (count (fixture, "tombstones WHERE stage = 'told'"), ==, 1);
}

/* one that somebody changed can be removed all the same */
static void
test_removal_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStoredDocument) document = NULL;

  g_assert_true (
      mdoc_store_exec (fixture->store,
                       "UPDATE documents SET issuer = 'https://elsewhere';"
                       "UPDATE keys SET auth = 'mac';"
                       "UPDATE copies SET uses = 5",
                       NULL));
  document = mdoc_store_get_document (fixture->store, fixture->id, NULL);
  g_assert_true (document->is_damaged);
  mdoc_test_store_remove (fixture->store, fixture->id);
  g_assert_cmpuint (count (fixture, "keys"), ==, 0);
  /* and whoever changed it does not say who is told */
  g_assert_cmpuint (count (fixture, "outbox"), ==, 0);
}

static void
test_accept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = add_of_issuer (fixture, MDOC_DOCUMENT_RECEIVED);
  g_autoptr (MdocStoredDocument) document = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_store_accept_document (fixture->store,
                                                 id,
                                                 MDOC_TEST_NOW,
                                                 &error));
      reopen (fixture);
      g_assert_cmpuint (count (fixture, "outbox WHERE kind = 'accepted'"),
                        ==,
                        1);
    }

  document = mdoc_store_get_document (fixture->store, id, &error);
  g_assert_cmpint (document->state, ==, MDOC_DOCUMENT_ACTIVE);
  document->state = MDOC_DOCUMENT_SUSPENDED;
  g_assert_true (mdoc_store_change_document (fixture->store, document, &error));
  g_assert_false (
      mdoc_store_accept_document (fixture->store, id, MDOC_TEST_NOW, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
}

/* --- time --- */

/* one that was superseded goes for good, with its keys, and the rest stays */
static void
test_generation_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) generations = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  const MdocStoredGeneration *left;

  add_generation (fixture, MDOC_GENERATION_CURRENT, MDOC_TEST_NOW);
  g_assert_false (
      mdoc_store_remove_generation (fixture->store, fixture->id, 2, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
  g_clear_error (&error);
  g_assert_false (
      mdoc_store_remove_generation (fixture->store, fixture->id, 3, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (
      mdoc_store_remove_generation (fixture->store, fixture->id, 1, &error));
  g_assert_no_error (error);
  reopen (fixture);
  generations = mdoc_store_list_generations (fixture->store,
                                             fixture->id,
                                             &error);
  g_assert_cmpuint (generations->len, ==, 1);
  left = g_ptr_array_index (generations, 0);
  g_assert_cmpuint (left->n, ==, 2);
  g_assert_cmpuint (left->copies->len, ==, 2);
  keys = mdoc_store_list_keys (fixture->store, &error);
  g_assert_cmpuint (keys->len, ==, 2);
  g_assert_null (mdoc_store_get_key (fixture->store, fixture->key_id, &error));
}

/* what is declined is gone as what is removed, but of its removal nobody is
 * told */
static void
test_removal_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = add_of_issuer (fixture, MDOC_DOCUMENT_RECEIVED);
  g_autoptr (GPtrArray) notices = NULL;
  gint64 job_id;

  g_assert_true (mdoc_store_begin_silent_removal (fixture->store,
                                                  id,
                                                  MDOC_TEST_NOW,
                                                  &job_id,
                                                  &error));
  g_assert_true (mdoc_store_destroy_removed (fixture->store, id, &error));
  g_assert_true (
      mdoc_store_tell_removed (fixture->store, id, MDOC_TEST_NOW, &error));
  notices = mdoc_store_list_notices (fixture->store, &error);
  g_assert_cmpuint (notices->len, ==, 0);
  g_assert_null (mdoc_store_get_document (fixture->store, id, &error));
}

static void
test_time_floor (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    gint64 raised;
    gint64 expected;
  } steps[] = { { 0, 0 }, { -5, 0 }, { 100, 100 }, { 99, 100 }, { 101, 101 } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      gint64 floor_unix_s = -1;

      g_assert_true (
          mdoc_store_raise_time_floor (fixture->store, steps[i].raised, NULL));
      reopen (fixture);
      g_assert_true (
          mdoc_store_get_time_floor (fixture->store, &floor_unix_s, NULL));
      g_assert_cmpint (floor_unix_s, ==, steps[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store-generations/" path_,                                     \
              Fixture,                                                         \
              NULL,                                                            \
              set_up,                                                          \
              func_,                                                           \
              tear_down)
  ADD ("prepared-and-swapped", test_prepared_and_swapped);
  ADD ("current-at-once", test_current_at_once);
  ADD ("key-in-use", test_key_in_use);
  ADD ("limits", test_limits);
  ADD ("nowhere", test_nowhere);
  ADD ("uses", test_uses);
  ADD ("change", test_change);
  ADD ("removal/steps", test_removal);
  ADD ("removal/untold", test_removal_untold);
  ADD ("removal/silent", test_removal_silent);
  ADD ("removal/generation", test_generation_removed);
  ADD ("removal/damaged", test_removal_damaged);
  ADD ("accept", test_accept);
  ADD ("time-floor", test_time_floor);
#undef ADD

  return g_test_run ();
}
