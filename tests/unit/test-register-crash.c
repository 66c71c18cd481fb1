/*
 * test-register-crash.c - killed at any moment, and used from many threads
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/mdoc-test-register.h"

#define HOLDER    mdoc_test_register_as (test, "holder")
#define SYSTEM    mdoc_test_register_as (test, "system")
#define N_KILLS   40
#define N_THREADS 8
#define N_EACH    12

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test,
                                  "plain",
                                  "\"policy\":{\"renewalsPerDay\":100000}");
  return test;
}

static gint64
ask (MdocTestRegister *test, const char *sql)
{
  sqlite3_stmt *statement;
  sqlite3 *db;
  gint64 n;

  g_assert_cmpint (sqlite3_open (test->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL),
                   ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return n;
}

/* What has to hold after any crash: each counts what is wrong. */
static const struct
{
  const char *what;
  const char *sql;
} laws[] = {
  { "a place given twice",
    "SELECT count(*) - count(DISTINCT list || '/' || idx) FROM copy WHERE"
    " list IS NOT NULL" },
  { "signed without bytes, before it was confirmed",
    "SELECT count(*) FROM generation g JOIN copy c ON c.generation = g.id"
    " WHERE g.phase = 'delivered' AND c.issuer_signed IS NULL AND g.n >"
    " (SELECT confirmed FROM device_credential h WHERE h.id ="
    " g.device_credential)" },
  { "an event for each generation that was signed",
    "SELECT (SELECT count(*) FROM event WHERE type = 'mIDIssued') -"
    " (SELECT count(DISTINCT generation) FROM copy WHERE digest IS NOT NULL)" },
  { "accepted and not claimed",
    "SELECT (SELECT count(*) FROM event WHERE type = 'mIDClaimed') - (SELECT"
    " count(*) FROM exchange WHERE status IN ('credential_accepted',"
    " 'credential_deleted'))" },
  { "a gap among the events of a subject",
    "SELECT count(*) FROM (SELECT subject, max(seq) - count(*) AS gap FROM"
    " event GROUP BY subject HAVING gap <> 0)" },
  { "a state that the events do not tell",
    "SELECT count(*) FROM exchange x WHERE 'openid.credential.' || x.status"
    " <> (SELECT type FROM event e WHERE e.exchange_id = x.uid AND e.type LIKE"
    " 'openid.credential.%' ORDER BY e.id DESC LIMIT 1)" },
  { "more than one generation current",
    "SELECT count(*) FROM (SELECT device_credential FROM generation WHERE"
    " phase = 'current' GROUP BY device_credential HAVING count(*) > 1)" },
  { "an event without its delivery",
    "SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM delivery d"
    " WHERE d.event = e.id) AND e.id > (SELECT min(event) FROM delivery)" },
};

static void
check_laws (MdocTestRegister *test)
{
  g_autoptr (GError) error = NULL;
  gint64 first_bad, n_rows;

  g_assert_true (
      mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_cmpint (first_bad, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (laws); i++)
    {
      gint64 n = ask (test, laws[i].sql);

      if (n != 0)
        g_test_message ("%s: %" G_GINT64_FORMAT, laws[i].what, n);
      g_assert_cmpint (n, ==, 0);
    }
}

static void
subscribe (MdocTestRegister *test)
{
  g_autoptr (MdocRegisterSubscription) subscription
      = g_new0 (MdocRegisterSubscription, 1);
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  subscription->url = g_strdup ("https://example.org/hook");
  subscription->secret = g_strdup ("secret");
  id = mdoc_register_put_subscription (test->reg, SYSTEM, subscription, &error);
  g_assert_no_error (error);
}

/* Everything that can happen to a credential, again and again; a byte to
 * @progress after each round. */
static void
live (MdocTestRegister *test, int progress)
{
  for (;;)
    {
      g_autoptr (MdocTestHolding) holding
          = mdoc_test_register_hold (test, "plain", TEST_THUMB);
      g_autoptr (GError) error = NULL;
      const char *cleanup;

      mdoc_test_holding_try_state (holding,
                                   MDOC_SCOPE_DEVICES,
                                   "suspended",
                                   TRUE,
                                   -1);
      mdoc_test_holding_try_state (holding,
                                   MDOC_SCOPE_DEVICES,
                                   "active",
                                   TRUE,
                                   -1);
      mdoc_test_holding_renew (holding);
      g_assert_true (mdoc_register_update_attributes (test->reg,
                                                      SYSTEM,
                                                      holding->credential_id,
                                                      "{\"family_name\":\"B\"}",
                                                      NULL,
                                                      &error));
      mdoc_test_holding_renew (holding);
      g_assert_true (mdoc_register_remove (test->reg,
                                           HOLDER,
                                           TEST_THUMB,
                                           holding->mid_uid,
                                           &cleanup,
                                           &error));
      if (write (progress, "x", 1) != 1)
        _exit (1);
    }
}

/* The child is killed after it has done a round and a random bit of the next;
 * chance chooses where, not whether it holds. */
static void
kill_once (MdocTestRegister *test)
{
  int ends[2];
  int status;
  char byte;
  pid_t child;

  mdoc_register_close (test->reg);
  test->reg = NULL;
  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (ends[0]);
      mdoc_test_register_reopen (test);
      live (test, ends[1]);
      _exit (0);
    }

  close (ends[1]);
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  g_usleep ((gulong) g_test_rand_int_range (0, 6000));
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  close (ends[0]);
  mdoc_test_register_reopen (test);
}

static void
test_kill (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();

  subscribe (test);
  for (guint i = 0; i < N_KILLS; i++)
    {
      kill_once (test);
      check_laws (test);
    }
}

/* Each step of one life, with the database closed behind it and opened again;
 * what was prepared and not committed is prepared again with its places. */
static void
test_steps (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;

  subscribe (test);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (MdocRegisterCredential) first = NULL;
      g_autoptr (MdocRegisterCredential) second = NULL;
      const MdocRegisterCopy *a, *b;

      if (round > 0)
        mdoc_test_holding_refresh (holding);
      mdoc_test_register_reopen (test);
      first = mdoc_test_holding_prepare (holding, &error);
      g_assert_no_error (error);
      mdoc_test_register_reopen (test);
      second = mdoc_test_holding_prepare (holding, &error);
      g_assert_no_error (error);
      a = first->copies->pdata[0];
      b = second->copies->pdata[0];
      g_assert_cmpuint (first->generation, ==, round + 1);
      g_assert_cmpuint (second->generation, ==, round + 1);
      g_assert_cmpuint (a->idx, ==, b->idx);
      mdoc_test_register_reopen (test);
      mdoc_test_holding_get (holding);
      mdoc_test_register_reopen (test);
      mdoc_test_holding_receive (holding);
      mdoc_test_register_reopen (test);
      g_assert_true (mdoc_register_accept (test->reg,
                                           HOLDER,
                                           TEST_THUMB,
                                           holding->mid_uid,
                                           &error));
      mdoc_test_register_reopen (test);
      g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
    }
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 3);
}

/* The prepared generation is lost with the process (nothing was waited for);
 * the next one is another, and the first can no longer be committed. */
static void
test_lost_prepare (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;
  int status;
  pid_t child;

  mdoc_register_close (test->reg);
  test->reg = NULL;
  child = fork ();
  if (child == 0)
    {
      g_autoptr (MdocRegisterCredential) credential = NULL;

      mdoc_test_register_reopen (test);
      credential = mdoc_test_holding_prepare (holding, &error);
      if (credential != NULL)
        kill (getpid (), SIGKILL);
      _exit (1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  mdoc_test_register_reopen (test);
  mdoc_test_holding_assert_status (holding, "token_issued");
  g_assert_cmpint (ask (test, "SELECT count(*) FROM generation"), ==, 0);
  mdoc_test_holding_get (holding);
  mdoc_test_holding_assert_status (holding, "credential_issued");
}

typedef struct
{
  MdocTestRegister *test;
  guint number;
} Worker;

/* A test's own struct holds the time of a call: each thread has one. */
static gpointer
work (gpointer data)
{
  const Worker *worker = data;
  MdocTestRegister own = *worker->test;
  g_autofree char *thumb = g_strdup_printf ("thumb-%u", worker->number);

  for (guint i = 0; i < N_EACH; i++)
    {
      g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (&own,
                                                                     "plain",
                                                                     thumb);

      mdoc_test_holding_renew (holding);
      mdoc_test_holding_try_state (holding,
                                   MDOC_SCOPE_DEVICES,
                                   "revoked",
                                   TRUE,
                                   -1);
      g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
    }
  return NULL;
}

static void
count_wake (gpointer user_data)
{
  g_atomic_int_inc ((gint *) user_data);
}

/* What several threads do at once holds as it does one after the other. */
static void
test_threads (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  GThread *threads[N_THREADS];
  Worker workers[N_THREADS];
  MdocRegisterFigures figures;
  gint n_wakes = 0;

  subscribe (test);
  mdoc_register_set_wake (test->reg, count_wake, &n_wakes);
  for (guint i = 0; i < N_THREADS; i++)
    {
      workers[i] = (Worker){ test, i };
      threads[i] = g_thread_new ("holder", work, &workers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  mdoc_register_set_wake (test->reg, NULL, NULL);
  mdoc_register_get_figures (test->reg, &figures);
  g_assert_cmpint (figures.n_device_credentials, ==, N_THREADS * N_EACH);
  g_assert_cmpint (figures.n_commits, <=, figures.n_changes);
  g_assert_cmpint (g_atomic_int_get (&n_wakes), >, 0);
  mdoc_test_register_reopen (test);
  check_laws (test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/register/crash/steps", test_steps);
  g_test_add_func ("/register/crash/lost-prepare", test_lost_prepare);
  g_test_add_func ("/register/crash/kill", test_kill);
  g_test_add_func ("/register/threads", test_threads);

  return g_test_run ();
}
