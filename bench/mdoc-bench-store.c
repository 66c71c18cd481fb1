/*
 * mdoc-bench-store.c - a store that is full, and how long its agent takes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/mdoc-wallet.h"
#include "base/mdoc-file.h"
#include "crypto/mdoc-crypto.h"
#include "mdoc/mdoc-device-request-builder.h"
#include "mdoc/mdoc-match.h"
#include "storage/mdoc-store-private.h"

#define NAME_SPACE "org.iso.18013.5.1"
#define ASKED_TYPE "org.iso.18013.5.1.mDL"
#define MAX_BYTES  ((gsize) 1024 * 1024)
#define N_RUNS     20
#define YEAR_S     ((gint64) 365 * 86400)

static void
must (gboolean is_done, GError *error)
{
  if (is_done)
    return;

  fprintf (stderr, "%s\n", error != NULL ? error->message : "failed");
  exit (1);
}

static MdocStore *
open_store (const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir,
                                            MDOC_STORE_FILE_MASTER_KEY,
                                            NULL);
  g_autoptr (MdocMasterKey) key = mdoc_master_key_new_file (path);
  g_autoptr (GError) error = NULL;
  MdocStore *store = mdoc_store_open (state_dir, key, &error);

  must (store != NULL, error);
  return store;
}

static char *
make_key (MdocStore *store, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredKey) key
      = mdoc_store_create_key (store,
                               MDOC_CURVE_P256,
                               MDOC_KEY_AUTH_SIGNATURE,
                               "",
                               now,
                               &error);

  must (key != NULL, error);
  return g_strdup (key->id);
}

/* Of every @n_types documents one is of the type that is asked for. All hold
 * the same credential, which nothing here looks at. */
static void
fill (const char *state_dir,
      GBytes *credential,
      guint n_documents,
      guint n_generations,
      guint n_types)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (MdocStore) store = open_store (state_dir);
  g_autoptr (GError) error = NULL;

  must (mdoc_store_exec (store, "PRAGMA synchronous = OFF", NULL), NULL);
  for (guint i = 0; i < n_documents; i++)
    {
      g_autoptr (MdocStoredDocument) document = g_new0 (MdocStoredDocument, 1);
      g_autoptr (MdocStoredDocument) added = NULL;

      document->key_id = make_key (store, now);
      document->format = g_strdup ("mso_mdoc");
      document->doc_type = i % n_types == 0 ? g_strdup (ASKED_TYPE)
                                            : g_strdup_printf ("org.example.%u",
                                                               i % n_types);
      document->label = g_strdup_printf ("document %u", i);
      document->issuer = g_strdup ("");
      document->mid_uid = g_strdup ("");
      document->state = MDOC_DOCUMENT_ACTIVE;
      document->imported_unix_s = now + i;
      document->valid_from_unix_s = now - YEAR_S;
      document->valid_until_unix_s = now + YEAR_S;
      added = mdoc_store_add_document (store,
                                       document,
                                       mdoc_span_from_bytes (credential),
                                       &error);
      must (added != NULL, error);

      for (guint j = 1; j < n_generations; j++)
        {
          g_autofree char *key_id = make_key (store, now);
          const MdocNewCopy copy = { key_id,
                                     mdoc_span_from_bytes (credential) };
          const MdocStoredGeneration generation = {
            .state = MDOC_GENERATION_CURRENT,
            .added_unix_s = now,
            .valid_from_unix_s = now - YEAR_S + (gint64) j,
            .valid_until_unix_s = now + YEAR_S,
          };
          guint n;

          must (mdoc_store_add_generation (store,
                                           added->id,
                                           &generation,
                                           &copy,
                                           1,
                                           &n,
                                           &error),
                error);
        }
    }
}

static MdocDeviceRequest *
make_request (void)
{
  static const char *const elements[] = { "family_name",
                                          "given_name",
                                          "birth_date",
                                          "age_over_18" };
  g_autoptr (MdocDeviceRequestBuilder) builder
      = mdoc_device_request_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = NULL;
  MdocDeviceRequest *request;

  mdoc_device_request_builder_add_doc_request (builder, ASKED_TYPE);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    mdoc_device_request_builder_add_element (builder,
                                             0,
                                             NAME_SPACE,
                                             elements[i],
                                             FALSE);
  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                &error);
  must (encoded != NULL, error);
  request = mdoc_device_request_parse (encoded, &error);
  must (request != NULL, error);
  return request;
}

static guint
match_once (MdocStore *store, MdocDeviceRequest *request, MdocPublicKey *reader)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) pins = g_hash_table_new (g_str_hash, g_str_equal);
  const MdocMoment now = { g_get_real_time () / G_USEC_PER_SEC, TRUE };
  g_autoptr (GPtrArray) wallet = NULL;
  g_autoptr (GPtrArray) documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_document_unref);
  g_autoptr (MdocMatch) match = NULL;

  wallet = mdoc_wallet_find (store, request, reader, NULL, pins, now, &error);
  must (wallet != NULL, error);
  for (guint i = 0; i < wallet->len; i++)
    {
      MdocWalletDocument *document = g_ptr_array_index (wallet, i);

      g_ptr_array_add (
          documents,
          mdoc_match_document_new_from_issuer_signed (document->issuer_signed,
                                                      NULL));
    }
  match = mdoc_match_request (request,
                              (MdocMatchDocument *const *) documents->pdata,
                              documents->len,
                              NULL);
  must (match != NULL, NULL);
  return wallet->len;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

typedef guint (*MeasuredFunc) (gpointer user_data);

static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* the median, in microseconds of the processor */
static gint64
measure (MeasuredFunc func, gpointer user_data, guint *ret_n)
{
  gint64 times_us[N_RUNS];

  for (guint i = 0; i < N_RUNS; i++)
    {
      gint64 start_us = get_cpu_us ();

      *ret_n = func (user_data);
      times_us[i] = get_cpu_us () - start_us;
    }

  qsort (times_us, N_RUNS, sizeof (times_us[0]), compare);
  return times_us[N_RUNS / 2];
}

typedef struct
{
  const char *state_dir;
  MdocStore *store;
  MdocDeviceRequest *request;
  MdocPublicKey *reader;
} Subject;

static guint
open_and_close (gpointer user_data)
{
  const Subject *subject = user_data;

  mdoc_store_free (open_store (subject->state_dir));
  return 1;
}

static guint
list (gpointer user_data)
{
  const Subject *subject = user_data;
  const MdocMoment now = { g_get_real_time () / G_USEC_PER_SEC, TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (subject->store,
                                                               &error);

  must (documents != NULL, error);
  for (guint i = 0; i < documents->len; i++)
    (void) mdoc_wallet_get_standing (subject->store,
                                     g_ptr_array_index (documents, i),
                                     now);
  return documents->len;
}

static guint
match (gpointer user_data)
{
  const Subject *subject = user_data;

  return match_once (subject->store, subject->request, subject->reader);
}

static void
report (const char *state_dir)
{
  g_autoptr (MdocKey) reader = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocDeviceRequest) request = make_request ();
  Subject subject = { .state_dir = state_dir,
                      .request = request,
                      .reader = mdoc_key_get_public (reader) };
  gint64 open_us;
  gint64 list_us;
  gint64 match_us;
  guint n_found;
  guint n;

  open_us = measure (open_and_close, &subject, &n);
  subject.store = open_store (state_dir);
  list_us = measure (list, &subject, &n);
  match_us = measure (match, &subject, &n_found);
  mdoc_store_free (subject.store);
  printf ("{\"crypto\": \"%s\", \"documents\": %u, \"matching\": %u, "
          "\"open_us\": %" G_GINT64_FORMAT ", \"list_us\": %" G_GINT64_FORMAT
          ", \"match_us\": %" G_GINT64_FORMAT "}\n",
          mdoc_crypto_get_backend (),
          n,
          n_found,
          open_us,
          list_us,
          match_us);
}

/* fill STATE_DIR CREDENTIAL DOCUMENTS GENERATIONS TYPES, or measure STATE_DIR
 */
int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) credential = NULL;

  if (argc == 3 && strcmp (argv[1], "measure") == 0)
    {
      report (argv[2]);
      return 0;
    }

  if (argc != 7 || strcmp (argv[1], "fill") != 0)
    return 2;

  credential = mdoc_file_read (argv[3], MAX_BYTES, &error);
  must (credential != NULL, error);
  fill (argv[2],
        credential,
        (guint) atoi (argv[4]),
        (guint) atoi (argv[5]),
        (guint) atoi (argv[6]));
  return 0;
}
