/*
 * mdoc-selftest-report.c - what came of a plan of tests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "report/mdoc-selftest-report.h"

#include "base/mdoc-text.h"
#include "report/mdoc-json.h"

static const char *const time_names[MDOC_SELFTEST_N_TIMES] = {
  [MDOC_SELFTEST_TIME_CONNECT] = "connectMs",
  [MDOC_SELFTEST_TIME_FIRST] = "firstByteMs",
  [MDOC_SELFTEST_TIME_WHOLE] = "wholeMs",
};

static void
result_free (gpointer data)
{
  MdocSelftestResult *self = data;

  g_array_unref (self->runs);
  g_free (self);
}

void
mdoc_selftest_run_clear (MdocSelftestRun *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->note, g_free);
}

const char *
mdoc_selftest_outcome_get_name (MdocSelftestOutcome outcome)
{
  static const char *const names[] = { "passed", "failed", "not-run" };

  return names[outcome];
}

static void
run_clear (gpointer data)
{
  mdoc_selftest_run_clear (data);
}

/**
 * mdoc_selftest_report_new:
 * @kind: of which program; lives as long as the report
 *
 * Returns: (transfer full): a report without results, that begins now
 */
MdocSelftestReport *
mdoc_selftest_report_new (const MdocSelftestKind *kind)
{
  MdocSelftestReport *self = g_new0 (MdocSelftestReport, 1);

  self->kind = kind;
  self->results = g_ptr_array_new_with_free_func (result_free);
  self->started_unix_s = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

void
mdoc_selftest_report_free (MdocSelftestReport *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->results);
  g_free (self);
}

/**
 * mdoc_selftest_report_add:
 * @self: a report
 * @way: by which way; one of its kind's
 * @test: which test
 *
 * Returns: (transfer none): a result without runs
 */
MdocSelftestResult *
mdoc_selftest_report_add (MdocSelftestReport *self,
                          const char *way,
                          const MdocSelftestTest *test)
{
  MdocSelftestResult *result = g_new0 (MdocSelftestResult, 1);

  result->kind = self->kind;
  result->way = way;
  result->test = *test;
  result->runs = g_array_new (FALSE, TRUE, sizeof (MdocSelftestRun));
  g_array_set_clear_func (result->runs, run_clear);
  g_ptr_array_add (self->results, result);
  return result;
}

static const MdocSelftestRun *
get_run (const MdocSelftestResult *self, guint i)
{
  return &g_array_index (self->runs, MdocSelftestRun, i);
}

guint
mdoc_selftest_result_count (const MdocSelftestResult *self,
                            MdocSelftestOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < self->runs->len; i++)
    n += get_run (self, i)->outcome == outcome ? 1 : 0;
  return n;
}

const MdocSelftestRun *
mdoc_selftest_result_find_run (const MdocSelftestResult *self,
                               MdocSelftestOutcome outcome)
{
  for (guint i = 0; i < self->runs->len; i++)
    if (get_run (self, i)->outcome == outcome)
      return get_run (self, i);
  return NULL;
}

MdocSelftestOutcome
mdoc_selftest_result_get_outcome (const MdocSelftestResult *self)
{
  if (mdoc_selftest_result_count (self, MDOC_SELFTEST_FAILED) > 0)
    return MDOC_SELFTEST_FAILED;
  return mdoc_selftest_result_count (self, MDOC_SELFTEST_PASSED) > 0
             ? MDOC_SELFTEST_PASSED
             : MDOC_SELFTEST_NOT_RUN;
}

guint
mdoc_selftest_report_count (const MdocSelftestReport *self,
                            const char *way,
                            MdocSelftestOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < self->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (self->results, i);

      if ((way == NULL || g_str_equal (result->way, way))
          && mdoc_selftest_result_get_outcome (result) == outcome)
        n++;
    }
  return n;
}

/* --- times --- */

static void
collect_times (const MdocSelftestResult *self,
               MdocSelftestTime time,
               GArray *times)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      const MdocSelftestRun *run = get_run (self, i);
      gint64 us = run->connect_us;

      if (time == MDOC_SELFTEST_TIME_FIRST)
        us = run->first_us;
      if (time == MDOC_SELFTEST_TIME_WHOLE)
        us = run->whole_us;
      if (us > 0)
        g_array_append_val (times, us);
    }
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static double
get_ms (GArray *times, guint i)
{
  return (double) g_array_index (times, gint64, i) / 1000;
}

static MdocSelftestTimes
summarize (GArray *times)
{
  MdocSelftestTimes summary = { .n = times->len };
  guint middle = times->len / 2;

  if (times->len == 0)
    return summary;

  g_array_sort (times, compare_times);
  summary.min_ms = get_ms (times, 0);
  summary.max_ms = get_ms (times, times->len - 1);
  summary.median_ms = times->len % 2 == 1 ? get_ms (times, middle)
                                          : (get_ms (times, middle - 1)
                                             + get_ms (times, middle))
                                                / 2;
  return summary;
}

MdocSelftestTimes
mdoc_selftest_result_get_times (const MdocSelftestResult *self,
                                MdocSelftestTime time)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  collect_times (self, time, times);
  return summarize (times);
}

MdocSelftestTimes
mdoc_selftest_report_get_times (const MdocSelftestReport *self,
                                const char *way,
                                MdocSelftestTime time)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < self->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (self->results, i);

      if (g_str_equal (result->way, way))
        collect_times (result, time, times);
    }
  return summarize (times);
}

/* --- how it ends --- */

/* From the worst that there is to the least: what the peer did wrong, that it
 * did not answer, that it said no, and what is nobody's fault over there. */
static MdocExit
worse (MdocExit a, MdocExit b)
{
  static const MdocExit order[] = { MDOC_EXIT_PEER,
                                    MDOC_EXIT_TIMEOUT,
                                    MDOC_EXIT_DENIED,
                                    MDOC_EXIT_FAILED,
                                    MDOC_EXIT_NOTHING };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (a == order[i] || b == order[i])
      return order[i];
  return MDOC_EXIT_DONE;
}

/**
 * mdoc_selftest_report_get_exit:
 * @self: a report
 *
 * Returns: how the verb ends: %MDOC_EXIT_DONE if all that could be run has
 *   passed, %MDOC_EXIT_NOTHING if none could, %MDOC_EXIT_FAILED if it was
 *   interrupted before anything failed
 */
MdocExit
mdoc_selftest_report_get_exit (const MdocSelftestReport *self)
{
  MdocExit exit_code = MDOC_EXIT_DONE;

  for (guint i = 0; i < self->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (self->results, i);

      for (guint j = 0; j < result->runs->len; j++)
        if (get_run (result, j)->outcome == MDOC_SELFTEST_FAILED)
          exit_code = worse (exit_code,
                             self->kind->get_exit (get_run (result, j)->error));
    }

  if (exit_code == MDOC_EXIT_DONE && self->is_interrupted)
    return MDOC_EXIT_FAILED;
  if (exit_code == MDOC_EXIT_DONE
      && mdoc_selftest_report_count (self, NULL, MDOC_SELFTEST_PASSED) == 0)
    return MDOC_EXIT_NOTHING;
  return exit_code;
}

/* --- for people --- */

static void
print_times (const char *name, MdocSelftestTimes times)
{
  if (times.n == 0)
    return;
  if (times.n == 1)
    g_print ("  %s %.1f ms", name, times.median_ms);
  else
    g_print ("  %s %.1f/%.1f/%.1f ms",
             name,
             times.min_ms,
             times.median_ms,
             times.max_ms);
}

static void
print_reason (const MdocSelftestKind *kind, const MdocSelftestRun *run)
{
  g_autofree char *shown = NULL;

  if (run == NULL || run->error == NULL)
    return;
  shown = mdoc_text_to_printable (run->error->message);
  g_print ("         %s (%s)\n", shown, kind->get_error_name (run->error));
}

/**
 * mdoc_selftest_result_print:
 * @self: a result
 *
 * Prints it for people, in a line or two.
 */
void
mdoc_selftest_result_print (const MdocSelftestResult *self)
{
  MdocSelftestOutcome outcome = mdoc_selftest_result_get_outcome (self);
  const MdocSelftestRun *run = mdoc_selftest_result_find_run (self, outcome);

  g_print ("%-7s  %s/%s",
           mdoc_selftest_outcome_get_name (outcome),
           self->way,
           self->test.name);
  if (self->runs->len > 1)
    g_print ("  %u of %u",
             mdoc_selftest_result_count (self, MDOC_SELFTEST_PASSED),
             self->runs->len);
  if (outcome != MDOC_SELFTEST_NOT_RUN)
    {
      MdocSelftestTimes connect
          = mdoc_selftest_result_get_times (self, MDOC_SELFTEST_TIME_CONNECT);
      MdocSelftestTimes whole
          = mdoc_selftest_result_get_times (self, MDOC_SELFTEST_TIME_WHOLE);

      print_times ("connect", connect);
      print_times ("whole", whole);
    }
  g_print ("\n");
  if (outcome == MDOC_SELFTEST_FAILED)
    g_print ("         must hold: %s\n", self->test.must);
  print_reason (self->kind, run);
}

/**
 * mdoc_selftest_report_print:
 * @self: a report
 *
 * Prints what it comes to, for people; the results have been printed.
 */
void
mdoc_selftest_report_print (const MdocSelftestReport *self)
{
  static const char *const names[] = { "connect", "first byte", "whole" };
  const char *const *ways = self->kind->ways;

  for (guint i = 0; ways[i] != NULL; i++)
    {
      MdocSelftestTimes times
          = mdoc_selftest_report_get_times (self,
                                            ways[i],
                                            MDOC_SELFTEST_TIME_CONNECT);

      if (times.n == 0)
        continue;
      g_print ("\n%s, min/median/max:", ways[i]);
      for (guint j = 0; j < MDOC_SELFTEST_N_TIMES; j++)
        {
          times = mdoc_selftest_report_get_times (self,
                                                  ways[i],
                                                  (MdocSelftestTime) j);
          print_times (names[j], times);
        }
    }
  g_print ("\n%s%u passed, %u failed, %u not run\n",
           self->is_interrupted ? "Interrupted: " : "",
           mdoc_selftest_report_count (self, NULL, MDOC_SELFTEST_PASSED),
           mdoc_selftest_report_count (self, NULL, MDOC_SELFTEST_FAILED),
           mdoc_selftest_report_count (self, NULL, MDOC_SELFTEST_NOT_RUN));
}

/* --- for programs --- */

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
build_times (JsonBuilder *builder, const char *name, MdocSelftestTimes times)
{
  if (times.n == 0)
    return;
  mdoc_json_begin_object (builder, name);
  mdoc_json_add_int (builder, "n", times.n);
  add_number (builder, "min", times.min_ms);
  add_number (builder, "median", times.median_ms);
  add_number (builder, "max", times.max_ms);
  json_builder_end_object (builder);
}

static void
build_run (JsonBuilder *builder,
           const MdocSelftestKind *kind,
           const MdocSelftestRun *run)
{
  json_builder_begin_object (builder);
  mdoc_json_add_text (builder,
                      "outcome",
                      mdoc_selftest_outcome_get_name (run->outcome));
  add_number (builder, "tookMs", (double) run->took_us / 1000);
  if (run->note != NULL)
    mdoc_json_add_text (builder, "note", run->note);
  if (run->command_exit >= 0)
    mdoc_json_add_int (builder, kind->command, run->command_exit);
  if (run->error != NULL)
    {
      mdoc_json_begin_object (builder, "error");
      mdoc_json_add_text (builder, "name", kind->get_error_name (run->error));
      mdoc_json_add_text (builder, "message", run->error->message);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
build_result (JsonBuilder *builder, const MdocSelftestResult *self)
{
  MdocSelftestOutcome outcome = mdoc_selftest_result_get_outcome (self);

  json_builder_begin_object (builder);
  mdoc_json_add_text (builder, "way", self->way);
  mdoc_json_add_text (builder, "case", self->test.name);
  mdoc_json_add_text (builder, self->kind->actor, self->test.what);
  mdoc_json_add_text (builder, "mustHold", self->test.must);
  if (self->test.clause[0] != '\0')
    mdoc_json_add_text (builder, "clause", self->test.clause);
  mdoc_json_add_text (builder,
                      "outcome",
                      mdoc_selftest_outcome_get_name (outcome));
  for (guint i = 0; i < MDOC_SELFTEST_N_TIMES; i++)
    build_times (builder,
                 time_names[i],
                 mdoc_selftest_result_get_times (self, (MdocSelftestTime) i));
  mdoc_json_begin_array (builder, "runs");
  for (guint i = 0; i < self->runs->len; i++)
    build_run (builder, self->kind, get_run (self, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/**
 * mdoc_selftest_report_to_json:
 * @self: a report
 *
 * Returns: (transfer full): all of it, for programs
 */
JsonNode *
mdoc_selftest_report_to_json (const MdocSelftestReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *const *ways = self->kind->ways;

  json_builder_begin_object (builder);
  mdoc_json_add_time (builder, "started", self->started_unix_s);
  add_number (builder, "tookMs", (double) self->took_us / 1000);
  mdoc_json_add_boolean (builder, "interrupted", self->is_interrupted);
  mdoc_json_add_int (builder,
                     "passed",
                     mdoc_selftest_report_count (self,
                                                 NULL,
                                                 MDOC_SELFTEST_PASSED));
  mdoc_json_add_int (builder,
                     "failed",
                     mdoc_selftest_report_count (self,
                                                 NULL,
                                                 MDOC_SELFTEST_FAILED));
  mdoc_json_add_int (builder,
                     "notRun",
                     mdoc_selftest_report_count (self,
                                                 NULL,
                                                 MDOC_SELFTEST_NOT_RUN));

  mdoc_json_begin_object (builder, "ways");
  for (guint i = 0; ways[i] != NULL; i++)
    {
      MdocSelftestTimes times
          = mdoc_selftest_report_get_times (self,
                                            ways[i],
                                            MDOC_SELFTEST_TIME_CONNECT);

      if (times.n == 0)
        continue;
      mdoc_json_begin_object (builder, ways[i]);
      for (guint j = 0; j < MDOC_SELFTEST_N_TIMES; j++)
        {
          times = mdoc_selftest_report_get_times (self,
                                                  ways[i],
                                                  (MdocSelftestTime) j);
          build_times (builder, time_names[j], times);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);

  mdoc_json_begin_array (builder, "cases");
  for (guint i = 0; i < self->results->len; i++)
    build_result (builder, g_ptr_array_index (self->results, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
