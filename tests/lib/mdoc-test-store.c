/*
 * mdoc-test-store.c - a store for one test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-store.h"

#include "storage/mdoc-keystore.h"
#include "storage/mdoc-store-private.h"
#include "tests/lib/mdoc-test-folder.h"

void
mdoc_test_store_set_up (MdocTestStore *self, gconstpointer data)
{
  self->parent = mdoc_test_folder_new ();
  self->state_dir = g_build_filename (self->parent, "state", NULL);
  self->database = g_build_filename (self->state_dir,
                                     MDOC_STORE_FILE_DATABASE,
                                     NULL);
  self->log = g_strconcat (self->database, "-wal", NULL);
  self->key_file = g_build_filename (self->state_dir,
                                     MDOC_STORE_FILE_MASTER_KEY,
                                     NULL);
}

void
mdoc_test_store_tear_down (MdocTestStore *self, gconstpointer data)
{
  mdoc_test_folder_remove (self->parent);
  g_free (self->parent);
  g_free (self->state_dir);
  g_free (self->database);
  g_free (self->log);
  g_free (self->key_file);
}

MdocStore *
mdoc_test_store_try_open (MdocTestStore *self, GError **error)
{
  g_autoptr (MdocMasterKey) key = mdoc_master_key_new_file (self->key_file);

  return mdoc_store_open (self->state_dir, key, error);
}

MdocStore *
mdoc_test_store_open (MdocTestStore *self)
{
  g_autoptr (GError) error = NULL;
  MdocStore *store = mdoc_test_store_try_open (self, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

MdocStoredKey *
mdoc_test_store_create_key (MdocStore *store,
                            MdocKeyAuth auth,
                            const char *label)
{
  g_autoptr (GError) error = NULL;
  MdocStoredKey *key = mdoc_store_create_key (store,
                                              MDOC_CURVE_P256,
                                              auth,
                                              label,
                                              MDOC_TEST_NOW,
                                              &error);

  g_assert_no_error (error);
  return key;
}

MdocSpan
mdoc_test_store_get_encoded (void)
{
  return mdoc_span_from_text ("not CBOR, but the store does not mind");
}

MdocStoredDocument *
mdoc_test_store_add_document (MdocStore *store,
                              const char *key_id,
                              MdocSpan encoded,
                              GError **error)
{
  g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);

  document->key_id = g_strdup (key_id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup ("org.iso.18013.5.1.mDL");
  document->label = g_strdup ("mine");
  document->issuer = g_strdup ("");
  document->mid_uid = g_strdup ("");
  document->state = MDOC_DOCUMENT_ACTIVE;
  document->imported_unix_s = MDOC_TEST_NOW;
  document->valid_from_unix_s = MDOC_TEST_NOW - 5;
  document->valid_until_unix_s = MDOC_TEST_NOW + 5;
  return mdoc_store_add_document (store, document, encoded, error);
}

/* its only copy */
GBytes *
mdoc_test_store_load (MdocStore *store, const char *document_id, GError **error)
{
  g_autoptr (GPtrArray) generations = mdoc_store_list_generations (store,
                                                                   document_id,
                                                                   error);
  const MdocStoredGeneration *generation;
  const MdocStoredCopy *copy;

  if (generations == NULL)
    return NULL;

  g_assert_cmpuint (generations->len, ==, 1);
  generation = g_ptr_array_index (generations, 0);
  g_assert_cmpuint (generation->copies->len, ==, 1);
  copy = g_ptr_array_index (generation->copies, 0);
  return mdoc_store_load_copy (store, copy->id, error);
}

void
mdoc_test_store_remove (MdocStore *store, const char *document_id)
{
  g_autoptr (GError) error = NULL;
  gint64 job_id;

  g_assert_true (mdoc_store_begin_removal (store,
                                           document_id,
                                           MDOC_TEST_NOW,
                                           &job_id,
                                           &error));
  g_assert_true (mdoc_store_destroy_removed (store, document_id, &error));
  g_assert_true (
      mdoc_store_tell_removed (store, document_id, MDOC_TEST_NOW, &error));
  g_assert_no_error (error);
}

static void
add_records (MdocStore *store, const char *document_id)
{
  static const char *const states[] = {
    [MDOC_RECORD_ISSUER] = MDOC_ISSUER_KNOWN,
    [MDOC_RECORD_EXCHANGE] = MDOC_EXCHANGE_OFFERED,
    [MDOC_RECORD_ENROLMENT] = MDOC_ENROLMENT_ACTIVE,
    [MDOC_RECORD_MESSAGE] = MDOC_MESSAGE_UNREAD,
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocRecord) record
          = mdoc_record_new (i == MDOC_RECORD_ENROLMENT ? document_id
                                                        : "record",
                             "https://issuer.example/a",
                             states[i],
                             MDOC_TEST_NOW);

      mdoc_record_set_link (record, "link");
      mdoc_record_set_text (record, "secret", "a token of the issuer");
      record->next_unix_s = MDOC_TEST_NOW + 1;
      g_assert_true (
          mdoc_store_add_record (store, (MdocRecordKind) i, record, &error));
      g_assert_no_error (error);
    }
}

/* as a power cut leaves it */
static void
add_key_in_making (MdocStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocSecret) handle = mdoc_secret_new_copy (
      mdoc_span_from_text ("where a token has it"));

  g_assert_true (mdoc_store_note_making (store,
                                         "key",
                                         MDOC_KEYSTORE_PKCS11,
                                         handle,
                                         &error));
  g_assert_no_error (error);
}

void
mdoc_test_store_fill (MdocStore *store,
                      char **ret_key_id,
                      char **ret_document_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) key
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "first");
  g_autoptr (MdocStoredDocument) document
      = mdoc_test_store_add_document (store,
                                      key->id,
                                      mdoc_test_store_get_encoded (),
                                      &error);
  g_autoptr (GBytes) der = g_bytes_new_static ("certificate", 11);
  g_autofree char *anchor_id = NULL;
  GVariantDict detail;

  g_assert_no_error (error);
  g_assert_true (mdoc_store_add_anchor (store,
                                        MDOC_TRUST_READER,
                                        der,
                                        MDOC_TEST_NOW,
                                        &anchor_id,
                                        &error));
  g_variant_dict_init (&detail, NULL);
  g_variant_dict_insert (&detail, "outcome", "s", "shared");
  g_assert_true (mdoc_store_add_history (store,
                                         MDOC_TEST_NOW,
                                         g_variant_dict_end (&detail),
                                         &error));
  g_assert_no_error (error);
  add_records (store, document->id);
  add_key_in_making (store);
  *ret_key_id = g_strdup (key->id);
  *ret_document_id = g_strdup (document->id);
}
