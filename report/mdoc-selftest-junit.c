/*
 * mdoc-selftest-junit.c - the report as JUnit XML, for CI servers
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "report/mdoc-selftest-report.h"

#include "base/mdoc-text.h"

/* What XML cannot hold is not in printable text. */
static void
add (GString *xml, const char *format, const char *text)
{
  g_autofree char *printable = mdoc_text_to_printable (text);
  g_autofree char *escaped = g_markup_escape_text (printable, -1);

  /* the formats are ours, and have one %s */
  for (; *format != '\0'; format++)
    {
      if (format[0] == '%' && format[1] == 's')
        {
          g_string_append (xml, escaped);
          format++;
        }
      else
        g_string_append_c (xml, *format);
    }
}

/* With a point, in every locale. */
static void
add_seconds (GString *xml, gint64 us)
{
  g_string_append_printf (xml,
                          " time=\"%" G_GINT64_FORMAT ".%03d\"",
                          us / G_USEC_PER_SEC,
                          (gint) (us % G_USEC_PER_SEC / 1000));
}

static gint64
get_took_us (const MdocSelftestResult *result)
{
  gint64 us = 0;

  for (guint i = 0; i < result->runs->len; i++)
    us += g_array_index (result->runs, MdocSelftestRun, i).took_us;
  return us;
}

static void
add_output (GString *xml, const MdocSelftestResult *result)
{
  g_string_append (xml, "      <system-out>");
  add (xml, "The %s", result->kind->actor);
  add (xml, " %s.\n", result->test.what);
  add (xml, "Must hold: %s.\n", result->test.must);
  for (guint i = 0; i < result->runs->len; i++)
    {
      const MdocSelftestRun *run = &g_array_index (result->runs,
                                                   MdocSelftestRun,
                                                   i);

      g_string_append_printf (xml,
                              "run %u: %s",
                              i + 1,
                              mdoc_selftest_outcome_get_name (run->outcome));
      if (run->note != NULL)
        add (xml, ", %s", run->note);
      if (run->error != NULL)
        add (xml, ", %s", run->error->message);
      g_string_append_c (xml, '\n');
    }
  g_string_append (xml, "</system-out>\n");
}

static void
add_case (GString *xml, const MdocSelftestResult *result)
{
  MdocSelftestOutcome outcome = mdoc_selftest_result_get_outcome (result);
  const MdocSelftestRun *run = mdoc_selftest_result_find_run (result, outcome);

  add (xml, "    <testcase name=\"%s\"", result->test.name);
  add (xml, " classname=\"mdoc.selftest.%s\"", result->way);
  add_seconds (xml, get_took_us (result));
  g_string_append (xml, ">\n");
  if (outcome == MDOC_SELFTEST_FAILED)
    {
      add (xml, "      <failure message=\"%s\"", run->error->message);
      add (xml, " type=\"%s\"/>\n", result->kind->get_error_name (run->error));
    }
  if (outcome == MDOC_SELFTEST_NOT_RUN)
    add (xml, "      <skipped message=\"%s\"/>\n", run->error->message);
  add_output (xml, result);
  g_string_append (xml, "    </testcase>\n");
}

static void
add_counts (GString *xml, const MdocSelftestReport *report, const char *way)
{
  guint n_failed = mdoc_selftest_report_count (report,
                                               way,
                                               MDOC_SELFTEST_FAILED);
  guint n_not_run = mdoc_selftest_report_count (report,
                                                way,
                                                MDOC_SELFTEST_NOT_RUN);
  guint n_passed = mdoc_selftest_report_count (report,
                                               way,
                                               MDOC_SELFTEST_PASSED);

  g_string_append_printf (xml,
                          " tests=\"%u\" failures=\"%u\" errors=\"0\" "
                          "skipped=\"%u\"",
                          n_passed + n_failed + n_not_run,
                          n_failed,
                          n_not_run);
}

static void
add_suite (GString *xml, const MdocSelftestReport *report, const char *way)
{
  g_autofree char *started = mdoc_time_format (report->started_unix_s);
  gint64 took_us = 0;
  gboolean is_empty = TRUE;

  for (guint i = 0; i < report->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (report->results, i);

      if (!g_str_equal (result->way, way))
        continue;
      is_empty = FALSE;
      took_us += get_took_us (result);
    }
  if (is_empty)
    return;

  add (xml, "  <testsuite name=\"%s\"", way);
  add_counts (xml, report, way);
  add_seconds (xml, took_us);
  /* by the schema without a zone */
  started[19] = '\0';
  add (xml, " timestamp=\"%s\">\n", started);
  for (guint i = 0; i < report->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (report->results, i);

      if (g_str_equal (result->way, way))
        add_case (xml, result);
    }
  g_string_append (xml, "  </testsuite>\n");
}

/**
 * mdoc_selftest_report_to_junit:
 * @self: a report
 *
 * A suite is a way; a test case is one, however often it was run.
 *
 * Returns: (transfer full): XML
 */
char *
mdoc_selftest_report_to_junit (const MdocSelftestReport *self)
{
  GString *xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  const char *const *ways = self->kind->ways;

  add (xml, "<testsuites name=\"%s selftest\"", self->kind->program);
  add_counts (xml, self, NULL);
  add_seconds (xml, self->took_us);
  g_string_append (xml, ">\n");
  for (guint i = 0; ways[i] != NULL; i++)
    add_suite (xml, self, ways[i]);
  g_string_append (xml, "</testsuites>\n");
  return g_string_free (xml, FALSE);
}
