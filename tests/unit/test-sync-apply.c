/*
 * test-sync-apply.c - what an issuer says about many credentials at once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-issuing.h"
#include "agent/mdoc-sync-private.h"
#include "tests/lib/mdoc-test-store.h"

#define ISSUER "https://issuer.example"
#define OTHER  "https://other.example"
/* MDOC_TEST_N_DOCUMENTS in the environment: how many for a measurement */
#define N_DOCUMENTS 12

typedef struct
{
  MdocTestStore base;
  MdocAgent *agent;
  guint n;
} Fixture;

static void
add (Fixture *fixture, const char *issuer, guint number)
{
  MdocStore *store = fixture->agent->store;
  g_autoptr (MdocStoredKey) key
      = mdoc_test_store_create_key (store, MDOC_KEY_AUTH_SIGNATURE, "");
  g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);
  g_autoptr (MdocStoredDocument) added = NULL;
  g_autoptr (MdocRecord) enrolment = NULL;
  g_autoptr (GError) error = NULL;

  document->key_id = g_strdup (key->id);
  document->format = g_strdup ("mso_mdoc");
  document->doc_type = g_strdup ("type");
  document->label = g_strdup ("");
  document->issuer = g_strdup (issuer);
  document->mid_uid = g_strdup_printf ("mid-%u", number);
  document->state = MDOC_DOCUMENT_ACTIVE;
  added = mdoc_store_add_document (store,
                                   document,
                                   mdoc_test_store_get_encoded (),
                                   &error);
  g_assert_no_error (error);
  enrolment = mdoc_record_new (added->id,
                               issuer,
                               MDOC_ENROLMENT_ACTIVE,
                               MDOC_TEST_NOW);
  enrolment->next_unix_s = G_MAXINT32;
  g_assert_true (
      mdoc_store_add_record (store, MDOC_RECORD_ENROLMENT, enrolment, &error));
  g_assert_no_error (error);
}

static gboolean
add_all (MdocStore *store, gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;

  for (guint i = 0; i < fixture->n; i++)
    add (fixture, ISSUER, i);
  /* somebody else calls one of his by the same name */
  add (fixture, OTHER, 1);
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *n = g_getenv ("MDOC_TEST_N_DOCUMENTS");
  MdocAgentConfig config = { 0 };
  g_autofree char *master_key = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_store_set_up (&fixture->base, data);
  master_key = g_strconcat ("file:", fixture->base.key_file, NULL);
  config.state_dir = fixture->base.state_dir;
  config.master_key = master_key;
  fixture->agent = mdoc_agent_new (&config, &error);
  g_assert_no_error (error);
  fixture->n = n != NULL ? (guint) g_ascii_strtoull (n, NULL, 10) : N_DOCUMENTS;
  g_assert_true (
      mdoc_store_transact (fixture->agent->store, add_all, fixture, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mdoc_agent_free (fixture->agent);
  mdoc_test_store_tear_down (&fixture->base, data);
}

typedef struct
{
  MdocAgent *agent;
  const MdocWalletSyncReply *reply;
} Reply;

static gboolean
apply (MdocStore *store, gpointer user_data, GError **error)
{
  const Reply *what = user_data;

  return mdoc_sync_apply (what->agent, ISSUER, what->reply, error);
}

static MdocDocumentState
expect_state (guint number)
{
  static const MdocDocumentState states[] = {
    MDOC_DOCUMENT_ACTIVE,
    MDOC_DOCUMENT_SUSPENDED,
    MDOC_DOCUMENT_REVOKED,
  };

  return states[number % G_N_ELEMENTS (states)];
}

/* Every third is suspended and every third revoked; an action about one comes
 * first, and how things are has the last word. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MdocWalletSyncReply) reply = mdoc_wallet_sync_reply_new ();
  g_autoptr (GPtrArray) documents = NULL;
  g_autoptr (GError) error = NULL;
  Reply what = { fixture->agent, reply };
  MdocWalletAction *action;
  gint64 began_us;

  action = mdoc_wallet_sync_reply_add_action (reply,
                                              "a-1",
                                              MDOC_ACTION_SUSPEND);
  action->mid_uid = g_strdup ("mid-3");
  for (guint i = 0; i < fixture->n; i++)
    {
      g_autofree char *mid_uid = g_strdup_printf ("mid-%u", i);
      MdocWalletDocStatus *status = mdoc_wallet_sync_reply_add_doc (reply,
                                                                    mid_uid);

      status->effective = expect_state (i) == MDOC_DOCUMENT_ACTIVE
                              ? MDOC_EFFECTIVE_ACTIVE
                          : expect_state (i) == MDOC_DOCUMENT_SUSPENDED
                              ? MDOC_EFFECTIVE_SUSPENDED
                              : MDOC_EFFECTIVE_REVOKED;
      status->generation = 1;
    }
  (void) mdoc_wallet_sync_reply_add_doc (reply, "mid-of-nobody");

  began_us = g_get_monotonic_time ();
  g_assert_true (
      mdoc_store_transact (fixture->agent->store, apply, &what, &error));
  g_assert_no_error (error);
  g_test_message ("%u documents: applied in %" G_GINT64_FORMAT " ms",
                  fixture->n,
                  (g_get_monotonic_time () - began_us) / 1000);

  documents = mdoc_store_list_documents (fixture->agent->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (documents->len, ==, fixture->n + 1);
  for (guint i = 0; i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);
      guint number = (guint) g_ascii_strtoull (document->mid_uid + 4, NULL, 10);

      g_assert_cmpint (document->state,
                       ==,
                       strcmp (document->issuer, OTHER) == 0
                           ? MDOC_DOCUMENT_ACTIVE
                           : expect_state (number));
    }
}

/* one job for each, however often it is seen to */
static void
test_renewals (Fixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) jobs = NULL;
      gint64 began_us = g_get_monotonic_time ();
      guint n = 0;

      mdoc_renew_watch (fixture->agent);
      g_test_message ("%u documents: renewals planned in %" G_GINT64_FORMAT
                      " ms",
                      fixture->n,
                      (g_get_monotonic_time () - began_us) / 1000);
      jobs = mdoc_store_list_jobs (fixture->agent->store, FALSE, NULL);
      for (guint i = 0; i < jobs->len; i++)
        {
          const MdocStoredJob *job = g_ptr_array_index (jobs, i);

          if (strcmp (job->kind, MDOC_JOB_RENEW) == 0)
            n++;
        }
      g_assert_cmpuint (n, ==, fixture->n + 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name_, func_)                                                      \
  g_test_add ("/sync-apply/" name_, Fixture, NULL, set_up, func_, tear_down)
  ADD ("many", test_many);
  ADD ("renewals", test_renewals);
#undef ADD
  return g_test_run ();
}
