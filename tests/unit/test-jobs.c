/*
 * test-jobs.c - jobs on a clock that stands still
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-jobs.h"

#include <string.h>

#include "tests/lib/mdoc-test-store.h"

#define HOUR_S 3600

/* --- a clock with one timer, which is all that jobs need --- */

typedef struct
{
  gint64 unix_s;
  gint64 monotonic_ms;
  gint64 due_ms;
  MdocClockFunc func;
  gpointer user_data;
  guint n_wakes;
} FakeClock;

static gint64
fake_get_unix_s (gpointer impl)
{
  return ((FakeClock *) impl)->unix_s;
}

static gint64
fake_get_monotonic_ms (gpointer impl)
{
  return ((FakeClock *) impl)->monotonic_ms;
}

static guint
fake_add_timer (gpointer impl,
                guint64 delay_ms,
                MdocClockFunc func,
                gpointer user_data)
{
  FakeClock *self = impl;

  g_assert_null (self->func);
  self->due_ms = self->monotonic_ms + (gint64) delay_ms;
  self->func = func;
  self->user_data = user_data;
  return 1;
}

static void
fake_remove_timer (gpointer impl, guint id)
{
  FakeClock *self = impl;

  g_assert_nonnull (self->func);
  self->func = NULL;
}

static const MdocClockClass fake_class = {
  .get_unix_s = fake_get_unix_s,
  .get_monotonic_ms = fake_get_monotonic_ms,
  .add_timer = fake_add_timer,
  .remove_timer = fake_remove_timer,
};

/* time passes, with everything that happens in it */
static void
pass (FakeClock *self, gint64 seconds)
{
  gint64 end_ms = self->monotonic_ms + seconds * 1000;

  while (self->func != NULL && self->due_ms <= end_ms)
    {
      MdocClockFunc func = self->func;

      self->func = NULL;
      self->unix_s += (self->due_ms - self->monotonic_ms) / 1000;
      self->monotonic_ms = self->due_ms;
      self->n_wakes++;
      func (self->user_data);
    }

  self->unix_s += (end_ms - self->monotonic_ms) / 1000;
  self->monotonic_ms = end_ms;
}

/* --- steps that do what the test says --- */

typedef struct
{
  MdocTestStore store_fixture;
  MdocStore *store;
  FakeClock fake;
  MdocClock clock;
  MdocJobs *jobs;
  GString *log;   /* what was done: a word a step */
  GQueue results; /* of MdocStepResult; NEXT when empty */
  gint64 wait_s;
  gint64 pending_id;
} Fixture;

static MdocStepResult
do_step (MdocJobs *jobs,
         MdocStoredJob *job,
         gint64 *ret_wait_s,
         gpointer user_data,
         GError **error)
{
  Fixture *fixture = user_data;
  MdocStepResult result = MDOC_STEP_NEXT;

  g_string_append_printf (fixture->log,
                          "%s%s%s.%s",
                          fixture->log->len > 0 ? " " : "",
                          job->kind,
                          job->document_id,
                          job->step);
  if (!g_queue_is_empty (&fixture->results))
    result = (MdocStepResult) GPOINTER_TO_INT (
        g_queue_pop_head (&fixture->results));
  if (result == MDOC_STEP_PENDING)
    fixture->pending_id = job->id;
  *ret_wait_s = fixture->wait_s;
  return result;
}

static const MdocStep three_steps[] = {
  { "one", FALSE, do_step },
  { "two", FALSE, do_step },
  { "three", FALSE, do_step },
};
static const MdocStep first_steps[] = { { "go", FALSE, do_step } };
static const MdocStep network_steps[] = { { "send", TRUE, do_step } };
static const MdocJobKind kinds[] = {
  { "first", first_steps, 1 },
  { "three", three_steps, 3 },
  { "net", network_steps, 1 },
};

/* the most there can be, which is what back-off is told by */
static guint64
draw_all (guint64 max)
{
  return max;
}

static guint64
draw_nothing (guint64 max)
{
  return 0;
}

static void
start (Fixture *fixture, MdocJitterFunc jitter)
{
  g_autoptr (GError) error = NULL;

  fixture->jobs = mdoc_jobs_new (fixture->store,
                                 &fixture->clock,
                                 kinds,
                                 G_N_ELEMENTS (kinds),
                                 jitter,
                                 fixture);
  g_assert_true (mdoc_jobs_start (fixture->jobs, &error));
  g_assert_no_error (error);
}

static void
stop (Fixture *fixture)
{
  g_clear_pointer (&fixture->jobs, mdoc_jobs_free);
  g_assert_null (fixture->fake.func);
}

/* the program is started again */
static void
restart (Fixture *fixture)
{
  stop (fixture);
  g_clear_pointer (&fixture->store, mdoc_store_free);
  fixture->store = mdoc_test_store_open (&fixture->store_fixture);
  start (fixture, draw_all);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  mdoc_test_store_set_up (&fixture->store_fixture, NULL);
  fixture->store = mdoc_test_store_open (&fixture->store_fixture);
  fixture->fake.unix_s = MDOC_TEST_NOW;
  fixture->fake.monotonic_ms = 5000;
  fixture->clock = (MdocClock){ &fake_class, &fixture->fake };
  fixture->log = g_string_new (NULL);
  g_queue_init (&fixture->results);
  start (fixture, draw_all);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_queue_clear (&fixture->results);
  stop (fixture);
  mdoc_store_free (fixture->store);
  mdoc_test_store_tear_down (&fixture->store_fixture, NULL);
  g_string_free (fixture->log, TRUE);
}

static gint64
add (Fixture *fixture,
     const char *kind,
     const char *document_id,
     const char *issuer)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_true (mdoc_jobs_add (fixture->jobs,
                                kind,
                                document_id,
                                issuer,
                                g_variant_new ("a{sv}", NULL),
                                &id,
                                &error));
  g_assert_no_error (error);
  return id;
}

static void
push (Fixture *fixture, MdocStepResult result, guint n)
{
  for (guint i = 0; i < n; i++)
    g_queue_push_tail (&fixture->results, GINT_TO_POINTER (result));
}

static void
assert_state (Fixture *fixture, gint64 id, MdocJobState state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocStoredJob) job = mdoc_store_get_job (fixture->store,
                                                      id,
                                                      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_job_state_get_name (job->state),
                   ==,
                   mdoc_job_state_get_name (state));
}

/* --- tests --- */

static void
test_steps (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "three", "", "");

  assert_state (fixture, id, MDOC_JOB_QUEUED);
  g_assert_cmpstr (fixture->log->str, ==, "");
  mdoc_jobs_run (fixture->jobs);
  g_assert_cmpstr (fixture->log->str, ==, "three.one three.two three.three");
  assert_state (fixture, id, MDOC_JOB_DONE);
  /* and nothing wakes the device any more */
  g_assert_true (mdoc_jobs_is_idle (fixture->jobs));
  pass (&fixture->fake, 1000 * HOUR_S);
  g_assert_cmpuint (fixture->fake.n_wakes, ==, 0);
}

static void
test_end_and_fail (Fixture *fixture, gconstpointer data)
{
  gint64 ended = add (fixture, "three", "a", "");
  gint64 failed = add (fixture, "three", "b", "");

  push (fixture, MDOC_STEP_END, 1);
  push (fixture, MDOC_STEP_FAIL, 1);
  mdoc_jobs_run (fixture->jobs);
  g_assert_cmpstr (fixture->log->str, ==, "threea.one threeb.one");
  assert_state (fixture, ended, MDOC_JOB_DONE);
  assert_state (fixture, failed, MDOC_JOB_FAILED);
}

/* kinds that stand first go first, then what was there first */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  add (fixture, "three", "a", "");
  add (fixture, "first", "b", "");
  add (fixture, "first", "c", "");
  mdoc_jobs_run (fixture->jobs);
  g_assert_true (
      g_str_has_prefix (fixture->log->str, "firstb.go firstc.go threea.one"));
}

/* a document has one job at a time */
static void
test_one_a_document (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 first = add (fixture, "three", "a", "");
  gint64 id = 0;

  g_assert_false (mdoc_jobs_add (fixture->jobs,
                                 "first",
                                 "a",
                                 "",
                                 g_variant_new ("a{sv}", NULL),
                                 &id,
                                 &error));
  g_assert_error (error, MDOC_STORE_ERROR, MDOC_STORE_ERROR_EXISTS);
  mdoc_jobs_run (fixture->jobs);
  assert_state (fixture, first, MDOC_JOB_DONE);
  add (fixture, "first", "a", "");
  /* of no document there may be many */
  add (fixture, "first", "", "");
  add (fixture, "first", "", "");
}

/* an issuer has one step at a time that talks to it, others do not wait */
static void
test_one_an_issuer (Fixture *fixture, gconstpointer data)
{
  gint64 first = add (fixture, "net", "a", "https://one.example");
  gint64 second = add (fixture, "net", "b", "https://one.example");
  gint64 other = add (fixture, "net", "c", "https://two.example");

  push (fixture, MDOC_STEP_PENDING, 1);
  mdoc_jobs_run (fixture->jobs);
  g_assert_cmpstr (fixture->log->str, ==, "neta.send netc.send");
  assert_state (fixture, first, MDOC_JOB_RUNNING);
  assert_state (fixture, second, MDOC_JOB_QUEUED);
  assert_state (fixture, other, MDOC_JOB_DONE);

  mdoc_jobs_finish_step (fixture->jobs, first, MDOC_STEP_NEXT, 0, NULL);
  g_assert_cmpstr (fixture->log->str, ==, "neta.send netc.send netb.send");
  assert_state (fixture, first, MDOC_JOB_DONE);
  assert_state (fixture, second, MDOC_JOB_DONE);
}

/* 30 s, doubled each time, 6 h at most; then all is forgotten */
static void
test_backoff (Fixture *fixture, gconstpointer data)
{
  static const gint64 waits_s[] = { 30,   60,   120,   240,   480,   960,  1920,
                                    3840, 7680, 15360, 21600, 21600, 21600 };
  gint64 id = add (fixture, "three", "a", "");

  push (fixture, MDOC_STEP_RETRY, G_N_ELEMENTS (waits_s));
  mdoc_jobs_run (fixture->jobs);
  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      guint n_left = g_queue_get_length (&fixture->results);

      assert_state (fixture, id, MDOC_JOB_WAITING);
      pass (&fixture->fake, waits_s[i] - 1);
      g_assert_cmpuint (g_queue_get_length (&fixture->results), ==, n_left);
      pass (&fixture->fake, 1);
      g_assert_cmpuint (fixture->fake.n_wakes, ==, i + 1);
    }
  assert_state (fixture, id, MDOC_JOB_DONE);
}

/* without chance there is a moment at least */
static void
test_least_wait (Fixture *fixture, gconstpointer data)
{
  gint64 id;

  stop (fixture);
  start (fixture, draw_nothing);
  id = add (fixture, "first", "a", "");
  push (fixture, MDOC_STEP_RETRY, 5);
  mdoc_jobs_run (fixture->jobs);
  pass (&fixture->fake, 4);
  assert_state (fixture, id, MDOC_JOB_WAITING);
  pass (&fixture->fake, 1);
  assert_state (fixture, id, MDOC_JOB_DONE);
  g_assert_cmpuint (fixture->fake.n_wakes, ==, 5);
}

/* whoever is asked may say when to come again */
static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "first", "a", "");

  fixture->wait_s = 5 * HOUR_S;
  push (fixture, MDOC_STEP_RETRY, 1);
  mdoc_jobs_run (fixture->jobs);
  pass (&fixture->fake, 5 * HOUR_S - 1);
  assert_state (fixture, id, MDOC_JOB_WAITING);
  pass (&fixture->fake, 1);
  assert_state (fixture, id, MDOC_JOB_DONE);
}

/* the back-off goes on where it was, whatever the clock says meanwhile */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  static const gint64 jumps_s[] = {
    0,
    -MDOC_TEST_NOW,           /* the battery is empty */
    10 * (gint64) 365 * 86400 /* and somebody set it wrong */
  };

  for (guint i = 0; i < G_N_ELEMENTS (jumps_s); i++)
    {
      g_autofree char *name = g_strdup_printf ("d%u", i);
      gint64 id;

      fixture->fake.unix_s = MDOC_TEST_NOW;
      g_string_truncate (fixture->log, 0);
      id = add (fixture, "first", name, "");
      push (fixture, MDOC_STEP_RETRY, 4);
      mdoc_jobs_run (fixture->jobs);
      pass (&fixture->fake, 30 + 60 + 120);
      assert_state (fixture, id, MDOC_JOB_WAITING);

      fixture->fake.unix_s += jumps_s[i];
      restart (fixture);
      if (jumps_s[i] <= 0)
        {
          /* at most what it would have waited anyway */
          assert_state (fixture, id, MDOC_JOB_WAITING);
          pass (&fixture->fake, 239);
          assert_state (fixture, id, MDOC_JOB_WAITING);
          pass (&fixture->fake, 1);
        }
      /* once, and not a storm */
      assert_state (fixture, id, MDOC_JOB_DONE);
    }
}

/* what is journaled in whole seconds is not over a fraction of one too early */
static void
test_restart_within_a_second (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "first", "a", "");

  fixture->wait_s = 4;
  push (fixture, MDOC_STEP_WAIT, 1);
  mdoc_jobs_run (fixture->jobs);
  /* a tenth of a second, in which the next second begins */
  fixture->fake.unix_s++;
  fixture->fake.monotonic_ms += 100;
  restart (fixture);
  pass (&fixture->fake, 3);
  assert_state (fixture, id, MDOC_JOB_WAITING);
  pass (&fixture->fake, 1);
  assert_state (fixture, id, MDOC_JOB_DONE);
}

/* a jump while it runs changes nothing: intervals are monotonic */
static void
test_jumps (Fixture *fixture, gconstpointer data)
{
  static const gint64 jumps_s[] = { -MDOC_TEST_NOW,
                                    MDOC_TEST_NOW,
                                    -86400,
                                    86400 };
  gint64 id = add (fixture, "first", "a", "");

  fixture->wait_s = HOUR_S;
  push (fixture, MDOC_STEP_WAIT, G_N_ELEMENTS (jumps_s));
  mdoc_jobs_run (fixture->jobs);
  for (guint i = 0; i < G_N_ELEMENTS (jumps_s); i++)
    {
      fixture->fake.unix_s += jumps_s[i];
      mdoc_jobs_run (fixture->jobs);
      pass (&fixture->fake, HOUR_S - 1);
      assert_state (fixture, id, MDOC_JOB_WAITING);
      pass (&fixture->fake, 1);
    }
  assert_state (fixture, id, MDOC_JOB_DONE);
  g_assert_cmpuint (fixture->fake.n_wakes, ==, G_N_ELEMENTS (jumps_s));
}

/* what was cut short goes on, with the step that was cut short */
/* one that waits can be hastened, or held up; one that is being done cannot */
static void
test_set_due (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "three", "", "");

  fixture->wait_s = HOUR_S;
  push (fixture, MDOC_STEP_WAIT, 2);
  mdoc_jobs_run (fixture->jobs);
  assert_state (fixture, id, MDOC_JOB_WAITING);
  g_string_truncate (fixture->log, 0);

  mdoc_jobs_set_due (fixture->jobs, id, 5);
  mdoc_jobs_run (fixture->jobs);
  pass (&fixture->fake, 4);
  g_assert_cmpstr (fixture->log->str, ==, "");
  pass (&fixture->fake, 1);
  g_assert_cmpstr (fixture->log->str, !=, "");
  g_string_truncate (fixture->log, 0);

  mdoc_jobs_set_due (fixture->jobs, id, 2 * HOUR_S);
  mdoc_jobs_run (fixture->jobs);
  pass (&fixture->fake, 2 * HOUR_S - 1);
  g_assert_cmpstr (fixture->log->str, ==, "");
  pass (&fixture->fake, 1);
  assert_state (fixture, id, MDOC_JOB_DONE);
}

static void
test_cut_short (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "three", "a", "");

  push (fixture, MDOC_STEP_NEXT, 1);
  push (fixture, MDOC_STEP_PENDING, 1);
  mdoc_jobs_run (fixture->jobs);
  assert_state (fixture, id, MDOC_JOB_RUNNING);
  restart (fixture);
  g_assert_cmpstr (fixture->log->str,
                   ==,
                   "threea.one threea.two threea.two threea.three");
  assert_state (fixture, id, MDOC_JOB_DONE);
}

/* what comes of a step after its job was cancelled is not believed */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key_id = NULL;
  g_autofree char *document_id = NULL;
  gint64 removal_id;
  gint64 id;

  mdoc_test_store_fill (fixture->store, &key_id, &document_id);
  id = add (fixture, "three", document_id, "");
  push (fixture, MDOC_STEP_PENDING, 1);
  mdoc_jobs_run (fixture->jobs);

  g_assert_true (mdoc_store_begin_removal (fixture->store,
                                           document_id,
                                           MDOC_TEST_NOW,
                                           &removal_id,
                                           &error));
  assert_state (fixture, id, MDOC_JOB_CANCELLED);
  mdoc_jobs_finish_step (fixture->jobs, id, MDOC_STEP_NEXT, 0, NULL);
  assert_state (fixture, id, MDOC_JOB_CANCELLED);
  /* nobody here knows how to remove */
  assert_state (fixture, removal_id, MDOC_JOB_FAILED);
}

/* a journal that cannot be written: the step is done again, nothing is lost */
static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  gint64 id = add (fixture, "first", "a", "");

  g_assert_true (
      mdoc_store_exec (fixture->store, "PRAGMA query_only = ON", NULL));
  mdoc_jobs_run (fixture->jobs);
  g_assert_cmpstr (fixture->log->str, ==, "");
  g_assert_false (mdoc_jobs_is_idle (fixture->jobs));
  g_assert_true (
      mdoc_store_exec (fixture->store, "PRAGMA query_only = OFF", NULL));
  pass (&fixture->fake, MDOC_JOBS_BACKOFF_BASE_S);
  g_assert_cmpstr (fixture->log->str, ==, "firsta.go");
  assert_state (fixture, id, MDOC_JOB_DONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* what has failed is logged, as it should be */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);

#define ADD(path_, func_)                                                      \
  g_test_add ("/jobs/" path_, Fixture, NULL, set_up, func_, tear_down)
  ADD ("steps", test_steps);
  ADD ("end-and-fail", test_end_and_fail);
  ADD ("order", test_order);
  ADD ("one-a-document", test_one_a_document);
  ADD ("one-an-issuer", test_one_an_issuer);
  ADD ("back-off", test_backoff);
  ADD ("least-wait", test_least_wait);
  ADD ("retry-after", test_retry_after);
  ADD ("restart", test_restart);
  ADD ("restart-within-a-second", test_restart_within_a_second);
  ADD ("jumps", test_jumps);
  ADD ("set-due", test_set_due);
  ADD ("cut-short", test_cut_short);
  ADD ("cancelled", test_cancelled);
  ADD ("full-disk", test_full_disk);
#undef ADD

  return g_test_run ();
}
