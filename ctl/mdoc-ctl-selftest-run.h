/*
 * mdoc-ctl-selftest-run.h - runs one test of a reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

#include "ctl/mdoc-ctl-selftest-plan.h"

G_BEGIN_DECLS

/**
 * MdocCtlBench:
 * @bus: where the agent is
 * @command: (nullable): makes the reader take an engagement; %NULL: a person
 *   holds it before the QR code
 * @adapter: (nullable): as of StartPresentation
 * @timeout_s: how long to wait for a reader, and how long it may take
 *
 * What all tests share.
 */
typedef struct
{
  GDBusConnection *bus;
  const char *command;
  const char *adapter;
  guint timeout_s;
} MdocCtlBench;

/* @ret_run: memory of zeroes. Returns: %FALSE with @error set if the agent
 * could not even begin, which is no result of a test */
gboolean mdoc_ctl_selftest_run (const MdocCtlBench *bench,
                                const MdocCtlWay *way,
                                const MdocCtlCase *test,
                                MdocSelftestRun *ret_run,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
