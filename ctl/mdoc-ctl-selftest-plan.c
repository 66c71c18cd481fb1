/*
 * mdoc-ctl-selftest-plan.c - tests of readers, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-selftest-plan.h"

#include <string.h>

#include "ctl/mdoc-ctl-bus.h"

static const MdocCtlWay ways[] = {
  { "loopback", "loopback", NULL, FALSE, FALSE },
  { "central", "ble", "central", FALSE, FALSE },
  { "peripheral", "ble", "peripheral", FALSE, FALSE },
  { "central-l2cap", "ble", "central", TRUE, FALSE },
  { "peripheral-l2cap", "ble", "peripheral", TRUE, FALSE },
  { "peripheral-l2cap-key21", "ble", "peripheral", TRUE, TRUE },
};

static const char *const way_names[] = {
  "loopback",
  "central",
  "peripheral",
  "central-l2cap",
  "peripheral-l2cap",
  "peripheral-l2cap-key21",
  NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (way_names) == G_N_ELEMENTS (ways) + 1);

static const char *
get_error_name (const GError *error)
{
  return mdoc_ctl_error_get_name (error);
}

const MdocSelftestKind mdoc_ctl_selftest_kind = {
  .program = "mdocctl",
  .actor = "wallet",
  .command = "readerExit",
  .ways = way_names,
  .times_note = "Connect: from the engagement until a reader is there. First "
                "byte: from then until its request is understood. Whole: from "
                "the engagement until the first answer is on its way, the "
                "holder's consent included.",
  .get_error_name = get_error_name,
  .get_exit = mdoc_ctl_error_get_exit,
};

/* the ways by their place above */
#define LOOPBACK   (1u << 0)
#define GATT       (1u << 1 | 1u << 2)
#define L2CAP      (1u << 3 | 1u << 4 | 1u << 5)
#define EVERYWHERE (LOOPBACK | GATT | L2CAP)

/* clang-format off */

/* Clauses are of ISO/IEC 18013-5. */
#define TERMINATION "9.1.1.4, table 20"
#define GATT_STATE  "8.3.3.1.1"

#define SHOWN    FALSE, FALSE, MDOC_CTL_EXPECT_SHOWN
#define NOTHING  FALSE, FALSE, MDOC_CTL_EXPECT_NOTHING

#define AND_RECOVERS "; the next presentation works"
#define NO_DATA "The reader shows no data, and ends it" AND_RECOVERS

static const MdocCtlCase cases[] = {
  /* who ends it, and how */
  { { "ends/reader", "answers, and waits for the end",
      "The reader shows the data, and ends it in order", TERMINATION },
    EVERYWHERE, "reader", SHOWN },
  { { "ends/holder-with-answer", "says status 20 together with its answer",
      "The reader shows the data", TERMINATION },
    EVERYWHERE, "with-answer", SHOWN },
  { { "ends/holder-status-20", "says status 20 after its answer",
      "The reader shows the data", TERMINATION },
    EVERYWHERE, "status", SHOWN },
  { { "ends/holder-transport",
      "ends the connection after its answer: State 0x02 on GATT",
      "The reader shows the data", GATT_STATE },
    LOOPBACK | GATT, "transport", SHOWN },
  { { "ends/holder-vanishes", "is gone after its answer, without a word",
      "The reader shows the data" AND_RECOVERS, GATT_STATE },
    EVERYWHERE, "vanish", SHOWN },
  { { "ends/holder-gone-before", "is gone before the reader comes",
      "The reader gives up" AND_RECOVERS, "" },
    EVERYWHERE, "reader", FALSE, TRUE, MDOC_CTL_EXPECT_NOTHING },

  /* what the holder says */
  { { "consent/refused", "says no to everything",
      "The reader shows no data" AND_RECOVERS, "8.3.2.1.2.2" },
    EVERYWHERE, "reader", TRUE, FALSE, MDOC_CTL_EXPECT_NOTHING },

  /* answers that are wrong */
  { { "answers/garbage", "answers with what is no CBOR", NO_DATA, TERMINATION },
    EVERYWHERE, "garbage", NOTHING },
  { { "answers/tampered", "changes one bit of its answer", NO_DATA,
      TERMINATION },
    EVERYWHERE, "tampered", NOTHING },
  { { "answers/error-status", "says status 11 instead of an answer", NO_DATA,
      TERMINATION },
    EVERYWHERE, "error-status", NOTHING },
  { { "answers/after-end", "says status 20, and answers all the same", NO_DATA,
      TERMINATION },
    EVERYWHERE, "late-answer", NOTHING },
  { { "answers/oversize", "answers with more than eight megabytes", NO_DATA,
      "" },
    LOOPBACK | L2CAP, "oversize", NOTHING },

  /* what goes wrong below the message */
  { { "transport/cut-first-byte", "is gone after one byte of its answer",
      NO_DATA, GATT_STATE },
    EVERYWHERE, "cut-first-byte", NOTHING },
  { { "transport/cut-middle", "is gone in the middle of its answer", NO_DATA,
      GATT_STATE },
    EVERYWHERE, "cut-middle", NOTHING },
  { { "transport/cut-last-byte", "is gone before the last byte of its answer",
      NO_DATA, GATT_STATE },
    EVERYWHERE, "cut-last-byte", NOTHING },
  { { "transport/length", "announces an answer of four gigabytes", NO_DATA,
      GATT_STATE },
    LOOPBACK | L2CAP, "length", NOTHING },
  { { "transport/prefix", "begins a part with neither 0 nor 1", NO_DATA,
      GATT_STATE },
    GATT, "prefix", NOTHING },
};
/* clang-format on */

const MdocCtlCase *
mdoc_ctl_selftest_get_cases (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (cases);
  return cases;
}

const MdocCtlWay *
mdoc_ctl_selftest_get_ways (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (ways);
  return ways;
}

const MdocCtlWay *
mdoc_ctl_selftest_find_way (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strcmp (ways[i].name, name) == 0)
      return &ways[i];
  return NULL;
}
