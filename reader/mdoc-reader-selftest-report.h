/*
 * mdoc-reader-selftest-report.h - what came of tests of a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-program.h"
#include "reader/mdoc-reader-selftest-run.h"

G_BEGIN_DECLS

/**
 * MdocSelftestResult:
 * @runs: of #MdocSelftestRun, at least one
 *
 * One test by one way, as often as it was run.
 */
typedef struct
{
  const MdocSelftestWay *way;
  const MdocSelftestCase *test;
  GArray *runs;
} MdocSelftestResult;

/**
 * MdocSelftestReport:
 * @results: of #MdocSelftestResult, owned
 * @started_unix_s: when the first one began
 * @took_us: how long it took
 * @is_interrupted: whether somebody stopped it before its end
 */
typedef struct
{
  GPtrArray *results;
  gint64 started_unix_s;
  gint64 took_us;
  gboolean is_interrupted;
} MdocSelftestReport;

/* 0, as long as nothing was measured */
typedef struct
{
  guint n;
  double min_ms;
  double median_ms;
  double max_ms;
} MdocSelftestTimes;

typedef enum
{
  MDOC_SELFTEST_TIME_CONNECT,
  MDOC_SELFTEST_TIME_FIRST,
  MDOC_SELFTEST_TIME_WHOLE,
  MDOC_SELFTEST_N_TIMES,
} MdocSelftestTime;

MdocSelftestReport *mdoc_selftest_report_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_selftest_report_free (MdocSelftestReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSelftestReport, mdoc_selftest_report_free)

/* Returns: (transfer none): to be filled */
MdocSelftestResult *mdoc_selftest_report_add (MdocSelftestReport *self,
                                              const MdocSelftestWay *way,
                                              const MdocSelftestCase *test);

/* failed if it failed once, not run if it never ran */
MdocSelftestOutcome
mdoc_selftest_result_get_outcome (const MdocSelftestResult *self);
guint mdoc_selftest_result_count (const MdocSelftestResult *self,
                                  MdocSelftestOutcome outcome);
/* Returns: (nullable): the first run with that outcome */
const MdocSelftestRun *
mdoc_selftest_result_find_run (const MdocSelftestResult *self,
                               MdocSelftestOutcome outcome);

/* @way: (nullable): of this way alone. Counts tests, not runs */
guint mdoc_selftest_report_count (const MdocSelftestReport *self,
                                  const MdocSelftestWay *way,
                                  MdocSelftestOutcome outcome);
MdocSelftestTimes
mdoc_selftest_report_get_times (const MdocSelftestReport *self,
                                const MdocSelftestWay *way,
                                MdocSelftestTime time);
MdocSelftestTimes
mdoc_selftest_result_get_times (const MdocSelftestResult *self,
                                MdocSelftestTime time);

/* who is to blame for what failed, by the worst of it */
MdocExit mdoc_selftest_report_get_exit (const MdocSelftestReport *self);

void mdoc_selftest_result_print (const MdocSelftestResult *self);
void mdoc_selftest_report_print (const MdocSelftestReport *self);
JsonNode *mdoc_selftest_report_to_json (const MdocSelftestReport *self)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_selftest_report_to_junit (const MdocSelftestReport *self)
    G_GNUC_WARN_UNUSED_RESULT;
char *mdoc_selftest_report_to_html (const MdocSelftestReport *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
