/*
 * mdoc-selftest-html.c - the report as a page, for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "report/mdoc-selftest-report.h"

#include "base/mdoc-text.h"

/* One file, nothing fetched, nothing run: it is mailed and kept. */
static const char head[]
    = "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>%s selftest</title>\n<style>\n"
      ":root { color-scheme: light dark; --line: #8884; --soft: #8881;\n"
      "  --passed: #1a7f37; --failed: #c62828; --not-run: #777; }\n"
      "body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto;\n"
      "  max-width: 76rem; padding: 0 1rem; }\n"
      "h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }\n"
      "table { border-collapse: collapse; width: 100%; }\n"
      "th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;\n"
      "  border-bottom: 1px solid var(--line); }\n"
      "th { font-weight: 600; background: var(--soft); }\n"
      "td.n, th.n { text-align: right; white-space: nowrap;\n"
      "  font-variant-numeric: tabular-nums; }\n"
      ".outcome { font-weight: 600; white-space: nowrap; }\n"
      ".passed { color: var(--passed); } .failed { color: var(--failed); }\n"
      ".not-run { color: var(--not-run); }\n"
      ".why { display: block; } .small { font-size: .85rem; opacity: .8; }\n"
      ".counts { display: flex; gap: 1.5rem; font-size: 1.3rem; }\n"
      "@media print { body { margin: 0; } tr { break-inside: avoid; } }\n"
      "</style>\n</head>\n<body>\n<h1>%s selftest</h1>\n";

/* The style has signs of its own: what is replaced is "%s" alone. */
static GString *
make_head (const char *program)
{
  g_auto (GStrv) parts = g_strsplit (head, "%s", -1);
  g_autofree char *joined = g_strjoinv (program, parts);

  return g_string_new (joined);
}

static void
add_text (GString *html, const char *text)
{
  g_autofree char *printable = mdoc_text_to_printable (text);
  g_autofree char *escaped = g_markup_escape_text (printable, -1);

  g_string_append (html, escaped);
}

static void
add_count (GString *html,
           const MdocSelftestReport *report,
           MdocSelftestOutcome outcome,
           const char *label)
{
  g_string_append_printf (html,
                          "<span class=\"%s\"><b>%u</b> %s</span>\n",
                          mdoc_selftest_outcome_get_name (outcome),
                          mdoc_selftest_report_count (report, NULL, outcome),
                          label);
}

/* min / median / max; where there is one alone, it */
static void
add_times (GString *html, MdocSelftestTimes times)
{
  g_string_append (html, "<td class=\"n\">");
  if (times.n == 1)
    g_string_append_printf (html, "%.1f", times.median_ms);
  if (times.n > 1)
    g_string_append_printf (html,
                            "%.1f / <b>%.1f</b> / %.1f",
                            times.min_ms,
                            times.median_ms,
                            times.max_ms);
  g_string_append (html, "</td>");
}

static gboolean
has_way (const MdocSelftestReport *report, const char *way)
{
  for (guint i = 0; i < report->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (report->results, i);

      if (g_str_equal (result->way, way))
        return TRUE;
    }
  return FALSE;
}

static void
add_ways (GString *html, const MdocSelftestReport *report)
{
  const char *const *ways = report->kind->ways;

  g_string_append (html,
                   "<h2>By way</h2>\n<table>\n<thead><tr><th>Way</th>"
                   "<th class=\"n\">Passed</th><th class=\"n\">Failed</th>"
                   "<th class=\"n\">Not run</th>"
                   "<th class=\"n\">Connect, ms</th>"
                   "<th class=\"n\">First byte, ms</th>"
                   "<th class=\"n\">Whole, ms</th></tr></thead>\n<tbody>\n");
  for (guint i = 0; ways[i] != NULL; i++)
    {
      if (!has_way (report, ways[i]))
        continue;
      g_string_append_printf (html, "<tr><td>%s</td>", ways[i]);
      for (guint j = 0; j <= MDOC_SELFTEST_NOT_RUN; j++)
        g_string_append_printf (
            html,
            "<td class=\"n\">%u</td>",
            mdoc_selftest_report_count (report,
                                        ways[i],
                                        (MdocSelftestOutcome) j));
      for (guint j = 0; j < MDOC_SELFTEST_N_TIMES; j++)
        add_times (html,
                   mdoc_selftest_report_get_times (report,
                                                   ways[i],
                                                   (MdocSelftestTime) j));
      g_string_append (html, "</tr>\n");
    }
  g_string_append_printf (html,
                          "</tbody>\n</table>\n<p class=\"small\">Least / "
                          "<b>median</b> / most. %s</p>\n",
                          report->kind->times_note);
}

static const char *
get_reason (const MdocSelftestResult *result, guint i)
{
  const MdocSelftestRun *run = &g_array_index (result->runs,
                                               MdocSelftestRun,
                                               i);

  return run->error != NULL ? run->error->message : run->note;
}

/* What many runs ended with is said once. */
static void
add_reasons (GString *html, const MdocSelftestResult *result)
{
  for (guint i = 0; i < result->runs->len; i++)
    {
      const char *reason = get_reason (result, i);
      guint n_before = 0, n_after = 0;

      for (guint j = 0; j < result->runs->len; j++)
        if (j != i && g_strcmp0 (get_reason (result, j), reason) == 0)
          *(j < i ? &n_before : &n_after) += 1;
      if (reason == NULL || n_before > 0)
        continue;

      g_string_append_printf (html,
                              "<span class=\"why small %s\">",
                              mdoc_selftest_outcome_get_name (
                                  g_array_index (result->runs,
                                                 MdocSelftestRun,
                                                 i)
                                      .outcome));
      if (result->runs->len > 1)
        g_string_append_printf (html, "%u of the runs: ", n_after + 1);
      add_text (html, reason);
      g_string_append (html, "</span>");
    }
}

static void
add_result (GString *html, const MdocSelftestResult *result)
{
  const char *outcome = mdoc_selftest_outcome_get_name (
      mdoc_selftest_result_get_outcome (result));

  g_string_append_printf (html,
                          "<tr><td class=\"outcome %s\">%s",
                          outcome,
                          outcome);
  if (result->runs->len > 1)
    g_string_append_printf (html,
                            " <span class=\"small\">%u of %u</span>",
                            mdoc_selftest_result_count (result,
                                                        MDOC_SELFTEST_PASSED),
                            result->runs->len);
  g_string_append_printf (html,
                          "</td><td><b>%s</b><span class=\"why small\">"
                          "The %s ",
                          result->test.name,
                          result->kind->actor);
  add_text (html, result->test.what);
  g_string_append (html, ".</span></td><td>");
  add_text (html, result->test.must);
  if (result->test.clause[0] != '\0')
    g_string_append_printf (html,
                            " <span class=\"small\">[%s]</span>",
                            result->test.clause);
  add_reasons (html, result);
  g_string_append (html, "</td>");
  add_times (html,
             mdoc_selftest_result_get_times (result,
                                             MDOC_SELFTEST_TIME_CONNECT));
  add_times (html,
             mdoc_selftest_result_get_times (result, MDOC_SELFTEST_TIME_WHOLE));
  g_string_append (html, "</tr>\n");
}

static void
add_results (GString *html, const MdocSelftestReport *report, const char *way)
{
  g_string_append_printf (html,
                          "<h2>%s</h2>\n<table>\n<thead><tr><th>Outcome</th>"
                          "<th>Case</th><th>What must hold</th>"
                          "<th class=\"n\">Connect, ms</th>"
                          "<th class=\"n\">Whole, ms</th></tr></thead>\n"
                          "<tbody>\n",
                          way);
  for (guint i = 0; i < report->results->len; i++)
    {
      const MdocSelftestResult *result = g_ptr_array_index (report->results, i);

      if (g_str_equal (result->way, way))
        add_result (html, result);
    }
  g_string_append (html, "</tbody>\n</table>\n");
}

/**
 * mdoc_selftest_report_to_html:
 * @self: a report
 *
 * Returns: (transfer full): a page that needs nothing else, and no scripts
 */
char *
mdoc_selftest_report_to_html (const MdocSelftestReport *self)
{
  GString *html = make_head (self->kind->program);
  g_autofree char *started = mdoc_time_format (self->started_unix_s);
  const char *const *ways = self->kind->ways;

  g_string_append (html, "<p class=\"counts\">\n");
  add_count (html, self, MDOC_SELFTEST_PASSED, "passed");
  add_count (html, self, MDOC_SELFTEST_FAILED, "failed");
  add_count (html, self, MDOC_SELFTEST_NOT_RUN, "not run");
  g_string_append_printf (html,
                          "</p>\n<p>Started %s, %s %.1f s. %s "
                          "%s. Clauses are of ISO/IEC 18013-5.</p>\n",
                          started,
                          self->is_interrupted ? "interrupted after" : "took",
                          (double) self->took_us / G_USEC_PER_SEC,
                          self->kind->program,
                          PACKAGE_VERSION);
  add_ways (html, self);
  for (guint i = 0; ways[i] != NULL; i++)
    if (has_way (self, ways[i]))
      add_results (html, self, ways[i]);
  g_string_append (html, "</body>\n</html>\n");
  return g_string_free (html, FALSE);
}
