/*
 * mdoc-bench-register.c - a register with a million deviceCredentials
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "issuer/mdoc-register-admin.h"
#include "openid/mdoc-status-list.h"

#define NOW_S    G_GINT64_CONSTANT (1767225600)
#define DAY_S    ((gint64) 24 * 3600)
#define N_RUNS   200
#define N_KEYS   16
#define MAX_ROWS 10000000

static gint64 now_s = NOW_S;

static void
must (gboolean is_done, GError *error)
{
  if (is_done)
    return;

  fprintf (stderr, "%s\n", error != NULL ? error->message : "failed");
  exit (1);
}

static MdocRegisterCall
get_call (const char *actor)
{
  return (MdocRegisterCall){ .now_ms = now_s * 1000, .actor = actor };
}

/* Rows as the register writes them, by one statement a table: a million lives
 * one after the other would take an hour. Every hundredth place is invalid. */
static void
fill (const char *path, guint n)
{
  g_autofree char *sql = g_strdup_printf (
      "PRAGMA synchronous = OFF; BEGIN;"
      "CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);"
      "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE"
      " i < %u) INSERT INTO n SELECT i FROM c;"
      "INSERT INTO status_list (id, uid, bits, size, used, key, version,"
      " signer) VALUES (1, 'list', 2, 1048576, 1048576, zeroblob(32), 1,"
      " 'default');"
      "INSERT INTO device (id, uid, thumb, created_at, last_seen) SELECT i,"
      " 'device-' || i, 'thumb-' || i, %" G_GINT64_FORMAT ", 0 FROM n;"
      "INSERT INTO exchange (id, uid, offer, status, is_ready, is_deferred,"
      " grant, profile_id, profile_version, credential_id, mid_uid, created_at,"
      " updated_at, expires_at) SELECT i, 'exchange-' || i, 0,"
      " 'credential_accepted', 1, 0, 1, 'bench', 1, 'credential-' || i,"
      " 'mid-' || i, 1, 1, 1 FROM n;"
      "INSERT INTO credential (id, uid, profile_id, profile_version, state,"
      " dataset, claims, document_expiry, created_at, updated_at) SELECT i,"
      " 'credential-' || i, 'bench', 1, 'active', 1,"
      " '{\"org.example\":{\"a\":\"b\"}}', 0, 1, 1 FROM n;"
      "INSERT INTO device_credential (id, mid_uid, credential, device,"
      " exchange, state, confirmed, newest, valid_until, created_at,"
      " updated_at) SELECT i, 'mid-' || i, i, i, i, 'active', 1, 1,"
      " %" G_GINT64_FORMAT " + i %% 2592000, 1, 1 FROM n;"
      "INSERT INTO generation (id, device_credential, n, cause, phase, dataset,"
      " profile_version, signed_at, valid_until, expected_update, keys_hash)"
      " SELECT i, i, 1, 'enrollment', 'current', 1, 1, 1,"
      " %" G_GINT64_FORMAT " + i %% 2592000, 0, x'00' FROM n;"
      "INSERT INTO copy (generation, key_thumb, key_spki, list, idx, digest)"
      " SELECT i, 'key-' || i, x'00', 1, (i * 7919) %% 1048576, 'digest' FROM"
      " n WHERE i < 1048576;"
      "INSERT INTO status_entry (list, idx, value) SELECT 1, i * 100, 1 FROM n"
      " WHERE i * 100 < 1048576; COMMIT; PRAGMA wal_checkpoint (TRUNCATE)",
      n,
      NOW_S,
      NOW_S,
      NOW_S);
  char *message = NULL;
  sqlite3 *db;

  if (sqlite3_open (path, &db) != SQLITE_OK
      || sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    {
      fprintf (stderr, "%s\n", message != NULL ? message : "cannot fill");
      exit (1);
    }
  sqlite3_close (db);
}

static void
add_profile (MdocRegister *reg)
{
  const MdocRegisterCall call = get_call ("issuer");
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (
      mdoc_span_from_text (
          "{\"id\":\"bench\",\"docType\":\"org.example.bench\",\"elements\":["
          "{\"namespace\":\"org.example\",\"element\":\"a\"}],"
          "\"policy\":{\"renewalsPerDay\":100000}}"),
      &error);

  must (profile != NULL, error);
  must (mdoc_register_add_profile (reg, &call, profile, &error), error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
print (const char *name, GArray *times_us)
{
  g_array_sort (times_us, compare);
  printf ("  \"%s_ms\": {\"median\": %.3f, \"p99\": %.3f, \"n\": %u},\n",
          name,
          (double) g_array_index (times_us, gint64, times_us->len / 2) / 1000,
          (double) g_array_index (times_us, gint64, times_us->len * 99 / 100)
              / 1000,
          times_us->len);
  fflush (stdout);
}

static char *
pick (guint n)
{
  return g_strdup_printf ("%d", g_random_int_range (1, (gint32) n + 1));
}

static void
change (MdocRegister *reg, const char *number, const char *state)
{
  g_autofree char *mid_uid = g_strconcat ("mid-", number, NULL);
  const char *const mid_uids[] = { mid_uid, NULL };
  const MdocRegisterStateChange wanted = {
    .mid_uids = mid_uids,
    .scope = MDOC_SCOPE_DEVICES,
    .new_state = state,
  };
  const MdocRegisterCall call = get_call ("issuer");
  g_autoptr (GError) error = NULL;
  gboolean changed;

  must (mdoc_register_change_state (reg, &call, &wanted, &changed, &error),
        error);
}

static void
measure_states (MdocRegister *reg, guint n)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *number = pick (n);
      gint64 start_us = g_get_monotonic_time (), took_us;

      change (reg, number, "suspended");
      took_us = g_get_monotonic_time () - start_us;
      g_array_append_val (times, took_us);
      change (reg, number, "active");
    }
  print ("state_change", times);
}

/* what a wallet has before it asks for a renewal */
static MdocRegisterAccess *
get_access (MdocRegister *reg, const char *number)
{
  g_autofree char *mid_uid = g_strconcat ("mid-", number, NULL);
  g_autofree char *thumb = g_strconcat ("thumb-", number, NULL);
  g_autofree char *key = g_strconcat ("key-", number, NULL);
  const MdocRegisterCall call = get_call ("holder");
  g_autoptr (GError) error = NULL;
  g_autofree char *code = mdoc_register_recover (reg,
                                                 &call,
                                                 thumb,
                                                 mid_uid,
                                                 key,
                                                 &error);
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
    .code = code,
    .dpop_thumbprint = thumb,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  MdocRegisterAccess *access;

  must (code != NULL, error);
  tokens = mdoc_register_redeem (reg, &call, &request, &error);
  must (tokens != NULL, error);
  access = mdoc_register_check_token (reg, &call, tokens->access_token, &error);
  must (access != NULL, error);
  return access;
}

/* both halves, without the signature between them */
static gint64
renew (MdocRegister *reg, MdocRegisterAccess *access, MdocPublicKey *key)
{
  static const char bytes[2048];
  const MdocRegisterTokenItem *item = access->items->pdata[0];
  const MdocRegisterCall call = get_call ("holder");
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  const MdocRegisterCredentialRequest request = {
    .access = access,
    .identifier = item->mid_uid,
    .keys = keys,
    .signer_not_after_s = NOW_S + 400 * DAY_S,
  };
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;
  MdocRegisterCopy *copy;
  gint64 start_us;

  g_ptr_array_add (keys, key);
  start_us = g_get_monotonic_time ();
  credential = mdoc_register_prepare (reg, &call, &request, &error);
  must (credential != NULL, error);
  copy = credential->copies->pdata[0];
  copy->issuer_signed = g_bytes_new_static (bytes, sizeof bytes);
  must (mdoc_register_commit (reg, &call, credential, &error), error);
  return g_get_monotonic_time () - start_us;
}

static void
measure_renewals (MdocRegister *reg, guint n, GPtrArray *keys)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *number = pick (MIN (n, 1000000));
      g_autoptr (MdocRegisterAccess) access = get_access (reg, number);
      gint64 took_us = renew (reg, access, keys->pdata[i % N_KEYS]);

      g_array_append_val (times, took_us);
    }
  print ("renewal", times);
}

static void
measure_list (MdocRegister *reg, const char *name)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < 9; i++)
    {
      g_autoptr (MdocStatusList) list = NULL;
      g_autoptr (GBytes) deflated = NULL;
      g_autoptr (GError) error = NULL;
      gint64 start_us = g_get_monotonic_time (), took_us, version;

      list = mdoc_register_build_list (reg, "list", &version, &error);
      must (list != NULL, error);
      deflated = mdoc_status_list_deflate (list);
      took_us = g_get_monotonic_time () - start_us;
      g_array_append_val (times, took_us);
    }
  print (name, times);
}

typedef struct
{
  MdocRegister *reg;
  guint n_left;
  gint is_over;
} Bulk;

static gpointer
run_bulk (gpointer data)
{
  Bulk *bulk = data;
  guint n_left = 1;

  while (n_left > 0)
    {
      const MdocRegisterCall call = get_call ("system");
      g_autoptr (GError) error = NULL;

      must (mdoc_register_run_batches (bulk->reg, &call, 50, &n_left, &error),
            error);
    }
  g_atomic_int_set (&bulk->is_over, 1);
  return NULL;
}

/* revoke @n_items, while somebody else changes a state now and then */
static void
measure_bulk (MdocRegister *reg, guint n, guint n_items)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  const MdocRegisterCall call = get_call ("issuer");
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  Bulk bulk = { .reg = reg };
  GThread *thread;
  gint64 start_us;

  for (guint i = 1; i <= n_items; i++)
    g_ptr_array_add (items,
                     g_strdup_printf ("{\"midUid\":\"mid-%u\",\"newState\":"
                                      "\"revoked\"}",
                                      i));
  id = mdoc_register_create_batch (reg,
                                   &call,
                                   "state",
                                   (const char *const *) items->pdata,
                                   n_items,
                                   &error);
  must (id != NULL, error);
  must (mdoc_register_start_batch (reg, &call, id, &error), error);
  start_us = g_get_monotonic_time ();
  thread = g_thread_new ("bulk", run_bulk, &bulk);
  while (!g_atomic_int_get (&bulk.is_over))
    {
      g_autofree char *number
          = g_strdup_printf ("%d",
                             g_random_int_range ((gint32) n_items + 1,
                                                 (gint32) n + 1));
      gint64 begin_us = g_get_monotonic_time (), took_us;

      change (reg, number, "suspended");
      took_us = g_get_monotonic_time () - begin_us;
      g_array_append_val (times, took_us);
      change (reg, number, "active");
      g_usleep (20000);
    }
  g_thread_join (thread);
  printf ("  \"bulk_items\": %u,\n  \"bulk_s\": %.2f,\n",
          n_items,
          (double) (g_get_monotonic_time () - start_us) / 1e6);
  print ("beside_bulk", times);
}

static glong
get_rss_kb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmRSS:");
  return line != NULL ? strtol (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

/* usage: mdoc-bench-register FILE N N_BULK; FILE must not be there */
int
main (int argc, char **argv)
{
  guint n = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 0;
  guint n_bulk = argc > 3 ? (guint) strtoul (argv[3], NULL, 10) : 0;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_public_key_unref);
  g_autoptr (GError) error = NULL;
  MdocRegister *reg;

  if (n < 1000 || n > MAX_ROWS || n_bulk == 0 || n_bulk >= n)
    {
      fprintf (stderr, "usage: %s FILE N N_BULK\n", argv[0]);
      return 2;
    }
  reg = mdoc_register_open (argv[1], NULL, &error);
  must (reg != NULL, error);
  add_profile (reg);
  mdoc_register_close (reg);
  fill (argv[1], n);
  reg = mdoc_register_open (argv[1], NULL, &error);
  must (reg != NULL, error);
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, &error);

      must (key != NULL, error);
      g_ptr_array_add (keys, mdoc_public_key_ref (mdoc_key_get_public (key)));
    }

  printf ("{\n  \"device_credentials\": %u,\n", n);
  measure_states (reg, n);
  measure_renewals (reg, n, keys);
  measure_list (reg, "list");
  measure_bulk (reg, n, n_bulk);
  measure_list (reg, "list_after_bulk");
  printf ("  \"rss_kb\": %ld\n}\n", get_rss_kb ());
  mdoc_register_close (reg);
  return 0;
}
