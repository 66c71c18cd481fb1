/*
 * mdoc-selftest-report.h - what came of a plan of tests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-program.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_SELFTEST_PASSED,
  MDOC_SELFTEST_FAILED,
  MDOC_SELFTEST_NOT_RUN,
} MdocSelftestOutcome;

/**
 * MdocSelftestRun:
 * @error: (nullable): why it did not pass
 * @note: (nullable): what is worth knowing all the same
 * @connect_us: from the engagement until messages could be sent; 0: it was not
 *   measured, as for the next two
 * @first_us: from the first request to the first byte of its answer, consent
 *   included
 * @whole_us: from the engagement until the first answer was there
 * @command_exit: how the command beside it ended; -1 if there was none
 *
 * One run of one test. Times are of its first connection.
 */
typedef struct
{
  MdocSelftestOutcome outcome;
  GError *error;
  char *note;
  gint64 connect_us;
  gint64 first_us;
  gint64 whole_us;
  gint64 took_us;
  gint command_exit;
} MdocSelftestRun;

void mdoc_selftest_run_clear (MdocSelftestRun *self);
const char *mdoc_selftest_outcome_get_name (MdocSelftestOutcome outcome);

/**
 * MdocSelftestKind:
 * @program: who runs the plan, "mdoc-reader"
 * @actor: who does what a case says, "reader"
 * @command: the member of JSON for the end of the command beside it,
 *   "holderExit"
 * @ways: (array zero-terminated=1): the ways, in their order
 * @times_note: what the times are, for the page
 * @get_error_name: a name of an error that scripts can rely on
 * @get_exit: who is to blame for an error
 *
 * What the reports of one program have in common.
 */
typedef struct
{
  const char *program;
  const char *actor;
  const char *command;
  const char *const *ways;
  const char *times_note;
  const char *(*get_error_name) (const GError *error);
  MdocExit (*get_exit) (const GError *error);
} MdocSelftestKind;

/**
 * MdocSelftestTest:
 * @name: GROUP/NAME
 * @what: what the actor does
 * @must: what must hold
 * @clause: of which clause; "" if it is good sense
 *
 * One case of a plan. The texts live as long as the program.
 */
typedef struct
{
  const char *name;
  const char *what;
  const char *must;
  const char *clause;
} MdocSelftestTest;

/**
 * MdocSelftestResult:
 * @runs: of #MdocSelftestRun, at least one
 *
 * One test by one way, as often as it was run.
 */
typedef struct
{
  const MdocSelftestKind *kind;
  const char *way;
  MdocSelftestTest test;
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
  const MdocSelftestKind *kind;
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

MdocSelftestReport *mdoc_selftest_report_new (const MdocSelftestKind *kind)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_selftest_report_free (MdocSelftestReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSelftestReport, mdoc_selftest_report_free)

/* Returns: (transfer none): to be filled */
MdocSelftestResult *mdoc_selftest_report_add (MdocSelftestReport *self,
                                              const char *way,
                                              const MdocSelftestTest *test);

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
                                  const char *way,
                                  MdocSelftestOutcome outcome);
MdocSelftestTimes
mdoc_selftest_report_get_times (const MdocSelftestReport *self,
                                const char *way,
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
