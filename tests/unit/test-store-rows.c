/*
 * test-store-rows.c - keys, documents, trust anchors and history
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "crypto/mdoc-crypto.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"

typedef MdocTestStore Fixture;

/* --- keys --- */

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) made
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_MAC, "Grüße");
  g_autoptr (MdocStoredKey) found = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (MdocKey) other = NULL;
  MdocStoredKey *listed;

  g_assert_cmpuint (strlen (made->id), ==, 2 * MDOC_STORE_ID_BYTES);
  mdoc_store_free (store);
  store = mdoc_test_store_open (fixture);

  keys = mdoc_store_list_keys (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, 1);
  listed = g_ptr_array_index (keys, 0);
  g_assert_cmpstr (listed->id, ==, made->id);
  g_assert_cmpstr (listed->label, ==, "Grüße");
  g_assert_cmpstr (listed->kind, ==, "software");
  g_assert_cmpint (listed->auth, ==, MDOC_KEY_AUTH_MAC);
  g_assert_cmpint (listed->created_unix_s, ==, MDOC_TEST_NOW);
  g_assert_null (listed->document_id);
  g_assert_true (mdoc_public_key_equal (listed->public_key, made->public_key));

  found = mdoc_store_find_key (store, made->public_key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->id, ==, made->id);

  other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_assert_null (
      mdoc_store_find_key (store, mdoc_key_get_public (other), &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (mdoc_store_remove_key (store, made->id, &error));
  g_assert_false (mdoc_store_remove_key (store, made->id, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  mdoc_store_free (store);
}

static gboolean
can_sign (MdocKey *key, MdocPublicKey *public_key, GError **error)
{
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  MdocSpan message = mdoc_span_from_text ("message");
  gboolean is_valid = FALSE;
  gsize len;

  if (!mdoc_key_sign (key, MDOC_ALG_ES256, &message, 1, signature, &len, error))
    return FALSE;

  g_assert_true (mdoc_public_key_verify (public_key,
                                         MDOC_ALG_ES256,
                                         &message,
                                         1,
                                         MDOC_SPAN (signature, len),
                                         &is_valid,
                                         NULL));
  g_assert_true (is_valid);
  return TRUE;
}

static gboolean
can_agree (MdocKey *key, MdocPublicKey *public_key, GError **error)
{
  g_autoptr (MdocKey) peer = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocSecret) ours = mdoc_key_agree (key,
                                                mdoc_key_get_public (peer),
                                                error);
  g_autoptr (MdocSecret) theirs = mdoc_key_agree (peer, public_key, NULL);

  if (ours == NULL)
    return FALSE;

  g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (ours),
                                    mdoc_secret_get_span (theirs)));
  return TRUE;
}

/* a key does what it was made for, and nothing else */
static void
test_single_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) for_signature
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "");
  g_autoptr (MdocStoredKey) for_mac
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_MAC, "");
  g_autoptr (MdocKey) signer = NULL;
  g_autoptr (MdocKey) agreer = NULL;

  signer = mdoc_store_load_key (store, for_signature->id, &error);
  g_assert_no_error (error);
  g_assert_true (can_sign (signer, for_signature->public_key, &error));
  g_assert_false (can_agree (signer, for_signature->public_key, &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  g_assert_null (mdoc_key_export_private (signer, &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);

  agreer = mdoc_store_load_key (store, for_mac->id, &error);
  g_assert_no_error (error);
  g_assert_true (can_agree (agreer, for_mac->public_key, &error));
  g_assert_false (can_sign (agreer, for_mac->public_key, &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
}

static void
test_key_curves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_store_create_key (store,
                                        MDOC_CURVE_X25519,
                                        MDOC_KEY_AUTH_SIGNATURE,
                                        "",
                                        MDOC_TEST_NOW,
                                        &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (mdoc_store_create_key (store,
                                        MDOC_CURVE_ED25519,
                                        MDOC_KEY_AUTH_MAC,
                                        "",
                                        MDOC_TEST_NOW,
                                        &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
}

static void
test_key_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  char label[MDOC_STORE_MAX_LABEL_LEN + 2] = { 0 };

  memset (label, 'x', MDOC_STORE_MAX_LABEL_LEN + 1);
  g_assert_null (mdoc_store_create_key (store,
                                        MDOC_CURVE_P256,
                                        MDOC_KEY_AUTH_MAC,
                                        label,
                                        MDOC_TEST_NOW,
                                        &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);

  label[MDOC_STORE_MAX_LABEL_LEN] = '\0';
  mdoc_stored_key_free (
      mdoc_test_store_create_key (store, MDOC_KEY_AUTH_MAC, label));

  g_assert_true (mdoc_store_exec (store, "BEGIN", NULL));
  for (guint i = 1; i < MDOC_STORE_MAX_FREE_KEYS; i++)
    mdoc_stored_key_free (
        mdoc_test_store_create_key (store, MDOC_KEY_AUTH_MAC, ""));
  g_assert_true (mdoc_store_exec (store, "COMMIT", NULL));
  g_assert_null (mdoc_store_create_key (store,
                                        MDOC_CURVE_P256,
                                        MDOC_KEY_AUTH_MAC,
                                        "",
                                        MDOC_TEST_NOW,
                                        &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

/* --- documents --- */

static void
test_documents (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (MdocStoredKey) key = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocStoredDocument *document;

  mdoc_test_store_fill (store, &key_id, &document_id);
  mdoc_store_free (store);
  store = mdoc_test_store_open (fixture);

  documents = mdoc_store_list_documents (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (documents->len, ==, 1);
  document = g_ptr_array_index (documents, 0);
  g_assert_cmpstr (document->id, ==, document_id);
  g_assert_cmpstr (document->key_id, ==, key_id);
  g_assert_cmpstr (document->format, ==, "mso_mdoc");
  g_assert_cmpstr (document->doc_type, ==, "org.iso.18013.5.1.mDL");
  g_assert_cmpstr (document->label, ==, "mine");
  g_assert_cmpint (document->imported_unix_s, ==, MDOC_TEST_NOW);
  g_assert_cmpint (document->valid_from_unix_s, ==, MDOC_TEST_NOW - 5);
  g_assert_cmpint (document->valid_until_unix_s, ==, MDOC_TEST_NOW + 5);

  encoded = mdoc_test_store_load (store, document_id, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_span_equal (mdoc_span_from_bytes (encoded),
                                  mdoc_test_store_get_encoded ()));

  key = mdoc_store_get_key (store, key_id, &error);
  g_assert_cmpstr (key->document_id, ==, document_id);
  mdoc_store_free (store);
}

static void
test_document_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  const char *unknown = "0123456789abcdef";
  gint64 job_id;

  mdoc_test_store_fill (store, &key_id, &document_id);

  g_assert_null (mdoc_test_store_add_document (store,
                                               unknown,
                                               mdoc_test_store_get_encoded (),
                                               &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* a key has one document */
  g_assert_null (mdoc_test_store_add_document (store,
                                               key_id,
                                               mdoc_test_store_get_encoded (),
                                               &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_false (mdoc_store_remove_key (store, key_id, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_IN_USE);
  g_clear_error (&error);

  g_assert_null (mdoc_store_get_document (store, unknown, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (mdoc_store_load_copy (store, unknown, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (mdoc_store_use_copy (store, unknown, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (mdoc_store_begin_removal (store,
                                            unknown,
                                            MDOC_TEST_NOW,
                                            &job_id,
                                            &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

static void
test_document_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *large = g_malloc0 (MDOC_STORE_MAX_DOCUMENT_BYTES + 1);
  g_autoptr (MdocStoredKey) key = mdoc_test_store_create_key (store,
                                                              MDOC_KEY_AUTH_MAC,
                                                              "");
  g_autoptr (MdocStoredDocument) added = NULL;

  g_assert_null (
      mdoc_test_store_add_document (store,
                                    key->id,
                                    MDOC_SPAN (large,
                                               MDOC_STORE_MAX_DOCUMENT_BYTES
                                                   + 1),
                                    &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);
  added
      = mdoc_test_store_add_document (store,
                                      key->id,
                                      MDOC_SPAN (large,
                                                 MDOC_STORE_MAX_DOCUMENT_BYTES),
                                      &error);
  g_assert_no_error (error);

  /* each a transaction of its own would take a minute on a slow disk */
  g_assert_true (mdoc_store_exec (store, "PRAGMA synchronous = OFF", NULL));
  for (guint i = 1; i <= MDOC_STORE_MAX_DOCUMENTS; i++)
    {
      g_autoptr (MdocStoredKey) next
          = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_MAC, "");
      g_autoptr (MdocStoredDocument) document
          = mdoc_test_store_add_document (store,
                                          next->id,
                                          mdoc_test_store_get_encoded (),
                                          &error);

      g_assert_true ((document != NULL) == (i < MDOC_STORE_MAX_DOCUMENTS));
    }
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

/* nothing of it is left in any file, not even sealed */
static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autoptr (GBytes) sealed = NULL;
  g_autoptr (GPtrArray) history = NULL;
  gboolean has_row;
  MdocSpan span;

  mdoc_test_store_fill (store, &key_id, &document_id);
  statement = mdoc_store_prepare (store,
                                  "SELECT keys.private_key || "
                                  "contents.encoded FROM keys, contents",
                                  &error);
  g_assert_true (mdoc_store_step (statement, &has_row, &error));
  sealed = mdoc_span_dup (mdoc_store_column_span (statement, 0));
  g_clear_pointer (&statement, sqlite3_finalize);
  span = mdoc_span_from_bytes (sealed);
  g_assert_true (mdoc_test_file_contains (fixture->database, span.data, 32));

  mdoc_test_store_remove (store, document_id);
  g_assert_false (mdoc_test_file_contains (fixture->log, span.data, 32));
  g_assert_false (mdoc_test_file_contains (fixture->database, span.data, 32));
  g_assert_false (mdoc_test_file_contains (fixture->database,
                                           span.data + span.len - 32,
                                           32));

  g_assert_null (mdoc_store_get_document (store, document_id, NULL));
  g_assert_null (mdoc_store_get_key (store, key_id, NULL));
  history = mdoc_store_list_history (store, 10, &error);
  g_assert_cmpuint (history->len, ==, 1);
}

/* --- anchors --- */

static void
test_anchors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) der = g_bytes_new_static ("abc", 3);
  g_autoptr (GPtrArray) anchors = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  char *third = NULL;
  MdocStoredAnchor *anchor;

  g_assert_true (mdoc_store_add_anchor (store,
                                        MDOC_TRUST_READER,
                                        der,
                                        MDOC_TEST_NOW,
                                        &first,
                                        &error));
  g_assert_cmpstr (first,
                   ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20"
                   "015ad");
  /* one certificate may stand for both */
  g_assert_true (mdoc_store_add_anchor (store,
                                        MDOC_TRUST_ISSUER,
                                        der,
                                        MDOC_TEST_NOW,
                                        &second,
                                        &error));
  g_assert_false (mdoc_store_add_anchor (store,
                                         MDOC_TRUST_ISSUER,
                                         der,
                                         MDOC_TEST_NOW,
                                         &third,
                                         &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_null (third);

  anchors = mdoc_store_list_anchors (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (anchors->len, ==, 2);
  anchor = g_ptr_array_index (anchors, 0);
  g_assert_cmpint (anchor->purpose, ==, MDOC_TRUST_ISSUER);
  g_assert_cmpstr (anchor->id, ==, first);
  g_assert_true (g_bytes_equal (anchor->der, der));
  anchor = g_ptr_array_index (anchors, 1);
  g_assert_cmpint (anchor->purpose, ==, MDOC_TRUST_READER);

  g_assert_true (
      mdoc_store_remove_anchor (store, MDOC_TRUST_ISSUER, first, &error));
  g_assert_false (
      mdoc_store_remove_anchor (store, MDOC_TRUST_ISSUER, first, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_NOT_FOUND);
}

static gboolean
add_numbered_anchor (MdocStore *store, guint number, gsize len, GError **error)
{
  g_autofree guint8 *data = g_malloc0 (len);
  g_autoptr (GBytes) der = NULL;
  g_autofree char *id = NULL;

  memcpy (data, &number, sizeof (number));
  der = g_bytes_new (data, len);
  return mdoc_store_add_anchor (store,
                                MDOC_TRUST_READER,
                                der,
                                MDOC_TEST_NOW,
                                &id,
                                error);
}

static void
test_anchor_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      add_numbered_anchor (store, 0, MDOC_STORE_MAX_ANCHOR_BYTES + 1, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_true (
      add_numbered_anchor (store, 0, MDOC_STORE_MAX_ANCHOR_BYTES, &error));

  g_assert_true (mdoc_store_exec (store, "BEGIN", NULL));
  for (guint i = 1; i < MDOC_STORE_MAX_ANCHORS; i++)
    g_assert_true (add_numbered_anchor (store, i, 8, &error));
  g_assert_true (mdoc_store_exec (store, "COMMIT", NULL));
  g_assert_false (
      add_numbered_anchor (store, MDOC_STORE_MAX_ANCHORS, 8, &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
}

/* --- history --- */

static GVariant *
make_detail (guint32 number)
{
  GVariantDict detail;

  g_variant_dict_init (&detail, NULL);
  g_variant_dict_insert (&detail, "number", "u", number);
  return g_variant_dict_end (&detail);
}

static guint32
get_number (GPtrArray *history, guint i)
{
  MdocHistoryEntry *entry = g_ptr_array_index (history, i);
  guint32 number = 0;

  g_assert_true (g_variant_lookup (entry->detail, "number", "u", &number));
  return number;
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  MdocStore *store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) history = NULL;
  MdocHistoryEntry *entry;

  for (guint32 i = 0; i < 3; i++)
    g_assert_true (mdoc_store_add_history (store,
                                           MDOC_TEST_NOW + i,
                                           make_detail (i),
                                           &error));
  mdoc_store_free (store);
  store = mdoc_test_store_open (fixture);

  history = mdoc_store_list_history (store, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 2);
  g_assert_cmpuint (get_number (history, 0), ==, 2);
  g_assert_cmpuint (get_number (history, 1), ==, 1);
  entry = g_ptr_array_index (history, 0);
  g_assert_cmpint (entry->at_unix_s, ==, MDOC_TEST_NOW + 2);
  g_assert_cmpint (entry->id, ==, 3);
  mdoc_store_free (store);
}

static void
test_history_limits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocStore) store = mdoc_test_store_open (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autofree char *large = g_malloc0 (MDOC_STORE_MAX_HISTORY_BYTES + 1);
  GVariantDict detail;

  memset (large, 'x', MDOC_STORE_MAX_HISTORY_BYTES);
  g_variant_dict_init (&detail, NULL);
  g_variant_dict_insert (&detail, "text", "s", large);
  g_assert_false (mdoc_store_add_history (store,
                                          MDOC_TEST_NOW,
                                          g_variant_dict_end (&detail),
                                          &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_LIMIT);
  g_clear_error (&error);

  /* each a transaction of its own would take a minute on a slow disk */
  g_assert_true (mdoc_store_exec (store, "PRAGMA synchronous = OFF", NULL));
  for (guint32 i = 0; i < MDOC_STORE_MAX_HISTORY + 2; i++)
    g_assert_true (
        mdoc_store_add_history (store, MDOC_TEST_NOW, make_detail (i), &error));
  history = mdoc_store_list_history (store, G_MAXINT, &error);
  g_assert_cmpuint (history->len, ==, MDOC_STORE_MAX_HISTORY);
  g_assert_cmpuint (get_number (history, 0), ==, MDOC_STORE_MAX_HISTORY + 1);
  g_clear_pointer (&history, g_ptr_array_unref);

  /* all of these are at the limit of age, then past it */
  g_assert_true (
      mdoc_store_add_history (store,
                              MDOC_TEST_NOW + MDOC_STORE_MAX_HISTORY_AGE_S,
                              make_detail (7),
                              &error));
  history = mdoc_store_list_history (store, G_MAXINT, &error);
  g_assert_cmpuint (history->len, ==, MDOC_STORE_MAX_HISTORY);
  g_clear_pointer (&history, g_ptr_array_unref);
  g_assert_true (
      mdoc_store_add_history (store,
                              MDOC_TEST_NOW + MDOC_STORE_MAX_HISTORY_AGE_S + 1,
                              make_detail (8),
                              &error));
  history = mdoc_store_list_history (store, G_MAXINT, &error);
  g_assert_cmpuint (history->len, ==, 2);
  g_assert_cmpint (((MdocHistoryEntry *) g_ptr_array_index (history, 0))->id,
                   ==,
                   MDOC_STORE_MAX_HISTORY + 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path_, func_)                                                      \
  g_test_add ("/store-rows/" path_,                                            \
              Fixture,                                                         \
              NULL,                                                            \
              mdoc_test_store_set_up,                                          \
              func_,                                                           \
              mdoc_test_store_tear_down)
  ADD ("keys/list", test_keys);
  ADD ("keys/single-use", test_single_use);
  ADD ("keys/curves", test_key_curves);
  ADD ("keys/limits", test_key_limits);
  ADD ("documents/list", test_documents);
  ADD ("documents/refused", test_document_refused);
  ADD ("documents/limits", test_document_limits);
  ADD ("documents/remove", test_remove);
  ADD ("anchors/list", test_anchors);
  ADD ("anchors/limits", test_anchor_limits);
  ADD ("history/list", test_history);
  ADD ("history/limits", test_history_limits);
#undef ADD

  return g_test_run ();
}
