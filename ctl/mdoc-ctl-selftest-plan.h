/*
 * mdoc-ctl-selftest-plan.h - tests of readers, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "report/mdoc-selftest-report.h"

G_BEGIN_DECLS

/**
 * MdocCtlWay:
 * @name: "central-l2cap"
 * @transport: as of StartPresentation
 * @ble_mode: (nullable): the same
 * @use_l2cap: offers a channel
 * @names_psm: and its PSM in key 21 of the engagement
 */
typedef struct
{
  const char *name;
  const char *transport;
  const char *ble_mode;
  gboolean use_l2cap;
  gboolean names_psm;
} MdocCtlWay;

/* What must hold of one presentation. */
typedef enum
{
  MDOC_CTL_EXPECT_SHOWN,   /* the reader had the data, and says so */
  MDOC_CTL_EXPECT_NOTHING, /* it ends, and says that it has none */
} MdocCtlExpectation;

/**
 * MdocCtlCase:
 * @test: for the report
 * @ways: bits, in which ways it makes sense
 * @end: as of StartPresentation: who ends it, or what is wrong with the answer
 * @is_refused: the holder says no
 * @is_cancelled: the wallet is gone before the reader knows of it
 * @expectation: what must hold; after what is wrong also that the next one is
 *   shown
 */
typedef struct
{
  MdocSelftestTest test;
  guint ways;
  const char *end;
  gboolean is_refused;
  gboolean is_cancelled;
  MdocCtlExpectation expectation;
} MdocCtlCase;

extern const MdocSelftestKind mdoc_ctl_selftest_kind;

const MdocCtlCase *mdoc_ctl_selftest_get_cases (guint *ret_n);
const MdocCtlWay *mdoc_ctl_selftest_get_ways (guint *ret_n);
/* Returns: (nullable) */
const MdocCtlWay *mdoc_ctl_selftest_find_way (const char *name);

G_END_DECLS
