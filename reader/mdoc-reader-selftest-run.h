/*
 * mdoc-reader-selftest-run.h - runs one test of a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-program.h"
#include "mdoc/mdoc-verifier.h"
#include "reader/mdoc-reader-ask.h"
#include "reader/mdoc-reader-selftest-engage.h"
#include "reader/mdoc-reader-selftest-plan.h"

G_BEGIN_DECLS

/**
 * MdocSelftestBench:
 * @asks: what is asked for, by #MdocSelftestAsk
 * @reader_key: (nullable): requests are signed with it
 * @reader_chain: (nullable): its certificates
 * @adapter: (nullable): as #MdocReaderWay has it
 * @timeout_ms: how long a step may take, consent included
 *
 * What all tests share.
 */
typedef struct
{
  MdocSelftestHolder *holder;
  MdocVerifier *verifier;
  MdocReaderAsk *asks[MDOC_SELFTEST_N_ASKS];
  MdocKey *reader_key;
  GPtrArray *reader_chain;
  const char *adapter;
  gint64 at_unix_s;
  guint timeout_ms;
} MdocSelftestBench;

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
 * @connect_us: from the engagement until messages could be sent; 0: it did not
 *   come so far, as for the next two
 * @first_us: from the first request to the first byte of its answer, consent
 *   included
 * @whole_us: from the engagement until the first answer was there
 * @holder_exit: how the holder's command ended; -1 if there was none
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
  gint holder_exit;
} MdocSelftestRun;

void mdoc_selftest_run_clear (MdocSelftestRun *self);

/* @ret_run: memory of zeroes */
void mdoc_selftest_run (const MdocSelftestBench *bench,
                        const MdocSelftestWay *way,
                        const MdocSelftestCase *test,
                        MdocSelftestRun *ret_run);

const char *mdoc_selftest_outcome_get_name (MdocSelftestOutcome outcome);

G_END_DECLS
