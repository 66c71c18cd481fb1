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
#include "report/mdoc-selftest-report.h"

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

/* @ret_run: memory of zeroes */
void mdoc_selftest_run (const MdocSelftestBench *bench,
                        const MdocSelftestWay *way,
                        const MdocSelftestCase *test,
                        MdocSelftestRun *ret_run);

G_END_DECLS
