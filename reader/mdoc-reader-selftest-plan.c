/*
 * mdoc-reader-selftest-plan.c - tests of holders, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-selftest-plan.h"

#include <string.h>

static const MdocSelftestWay ways[MDOC_SELFTEST_N_WAYS] = {
  { MDOC_SELFTEST_WAY_LOOPBACK, "loopback", "loopback", NULL, FALSE, FALSE },
  { MDOC_SELFTEST_WAY_CENTRAL, "central", "ble", "central", FALSE, FALSE },
  { MDOC_SELFTEST_WAY_PERIPHERAL,
    "peripheral",
    "ble",
    "peripheral",
    FALSE,
    FALSE },
  { MDOC_SELFTEST_WAY_CENTRAL_L2CAP,
    "central-l2cap",
    "ble",
    "central",
    TRUE,
    FALSE },
  { MDOC_SELFTEST_WAY_PERIPHERAL_L2CAP,
    "peripheral-l2cap",
    "ble",
    "peripheral",
    TRUE,
    FALSE },
  { MDOC_SELFTEST_WAY_PERIPHERAL_L2CAP_KEY21,
    "peripheral-l2cap-key21",
    "ble",
    "peripheral",
    TRUE,
    TRUE },
};

#define BIT(way) (1u << MDOC_SELFTEST_WAY_##way)
#define GATT     (BIT (CENTRAL) | BIT (PERIPHERAL))
#define L2CAP                                                                  \
  (BIT (CENTRAL_L2CAP) | BIT (PERIPHERAL_L2CAP) | BIT (PERIPHERAL_L2CAP_KEY21))
#define EVERYWHERE (BIT (LOOPBACK) | GATT | L2CAP)

/* clang-format off */

/* Steps, with the noise left out. */
#define CONNECT      { MDOC_SELFTEST_CONNECT, 0 }
#define ASK(kind)    { MDOC_SELFTEST_ASK, MDOC_SELFTEST_ASK_##kind }
#define ANSWER(kind) { MDOC_SELFTEST_ANSWER, MDOC_SELFTEST_ANSWER_##kind }
#define SAY(kind)    { MDOC_SELFTEST_SAY, MDOC_SELFTEST_WRONG_##kind }
#define STATUS(n)    { MDOC_SELFTEST_STATUS, n }
#define ENDED(way)   { MDOC_SELFTEST_ENDED, MDOC_SELFTEST_END_##way }
#define CUT(n)       { MDOC_SELFTEST_CUT, n }
#define FAULT(kind)  { MDOC_SELFTEST_FAULT, MDOC_TRANSPORT_FAULT_##kind }
#define STEP(op)     { MDOC_SELFTEST_##op, 0 }

#define EXCHANGE  ASK (USUAL), ANSWER (VERIFIED)
/* and then everything is as if nothing had been */
#define RECOVERS  CONNECT, EXCHANGE, STEP (LEAVE)

#define AND_RECOVERS "; the next engagement works"

/* Clauses are of ISO/IEC 18013-5. */
#define TERMINATION "9.1.1.4, table 20"
#define GATT_STATE  "8.3.3.1.1"

static const MdocSelftestCase cases[] = {
  /* who ends it, and how */
  { "ends/reader-status-20", "asks, and ends the session by status 20",
    "The answer verifies", TERMINATION, EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, EXCHANGE, STEP (LEAVE) } },
  { "ends/reader-transport", "asks, and ends the connection: State 0x02 on GATT",
    "The answer verifies" AND_RECOVERS, GATT_STATE,
    BIT (LOOPBACK) | GATT, FALSE, FALSE, 0,
    { CONNECT, EXCHANGE, STEP (CLOSE), RECOVERS } },
  { "ends/reader-vanishes", "asks, and is gone after the answer",
    "The answer verifies" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, EXCHANGE, STEP (VANISH), RECOVERS } },
  { "ends/reader-vanishes-waiting", "asks, and is gone before the answer",
    "The holder gives up" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, ASK (USUAL), STEP (VANISH), RECOVERS } },
  { "ends/reader-vanishes-at-once", "connects, and is gone",
    "The holder gives up, or waits for another" AND_RECOVERS, "", EVERYWHERE,
    FALSE, FALSE, 0,
    { CONNECT, STEP (VANISH), RECOVERS } },
  { "ends/reader-asks-nothing", "connects, and ends it by status 20",
    "The holder takes it as the end" AND_RECOVERS, TERMINATION, EVERYWHERE,
    FALSE, FALSE, 0,
    { CONNECT, STEP (LEAVE), RECOVERS } },
  { "ends/holder-with-answer", "asks, and waits for the end",
    "Status 20 comes in the SessionData of the answer", TERMINATION,
    EVERYWHERE, FALSE, FALSE, MDOC_SELFTEST_END_WITH_ANSWER,
    { CONNECT, ASK (USUAL), ANSWER (LAST), STEP (CLOSE) } },
  { "ends/holder-status-20", "asks, and waits for the end",
    "Status 20 comes by itself, after the answer", TERMINATION, EVERYWHERE,
    FALSE, FALSE, MDOC_SELFTEST_END_STATUS,
    { CONNECT, EXCHANGE, ENDED (STATUS), STEP (CLOSE) } },
  { "ends/holder-transport", "asks, and waits for the end",
    "The connection ends in order, after the answer", GATT_STATE, BIT (LOOPBACK) | GATT, FALSE, FALSE,
    MDOC_SELFTEST_END_TRANSPORT,
    { CONNECT, EXCHANGE, ENDED (TRANSPORT) } },
  { "ends/holder-vanishes", "asks, and waits for the end",
    "The connection ends after the answer, without a word", "", EVERYWHERE,
    FALSE, FALSE, MDOC_SELFTEST_END_VANISH,
    { CONNECT, EXCHANGE, ENDED (VANISH) } },

  /* what is asked for */
  { "requests/two", "asks twice in one session",
    "Both answers verify", "8.3.2.1", EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, EXCHANGE, EXCHANGE, STEP (LEAVE) } },
  { "requests/five", "asks five times in one session",
    "All answers verify", "8.3.2.1", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, EXCHANGE, EXCHANGE, EXCHANGE, EXCHANGE, EXCHANGE,
      STEP (LEAVE) } },
  { "requests/large", "asks for 200 elements more that nobody has: 14 KB",
    "What there is comes, and verifies", "8.3.2.1.2.1", EVERYWHERE, FALSE,
    FALSE, 0,
    { CONNECT, ASK (LARGE), ANSWER (VERIFIED), STEP (LEAVE) } },
  { "requests/several-documents", "asks for a second document that nobody has",
    "What there is comes, and verifies", "8.3.2.1.2.1", EVERYWHERE, TRUE, FALSE,
    0,
    { CONNECT, ASK (SEVERAL), ANSWER (VERIFIED), STEP (LEAVE) } },
  { "requests/unknown-document", "asks for a document that nobody has",
    "An answer without documents, status 0; the session goes on",
    "8.3.2.1.2.2", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, ASK (UNKNOWN_TYPE), ANSWER (NOTHING), EXCHANGE,
      STEP (LEAVE) } },
  { "requests/unknown-element", "asks for an element that nobody has",
    "An answer without it", "8.3.2.1.2.2", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, ASK (UNKNOWN_ELEMENT), ANSWER (ANY), STEP (LEAVE) } },
  { "requests/reader-auth", "signs the request",
    "The answer verifies", "9.1.4", EVERYWHERE, TRUE, TRUE, 0,
    { CONNECT, ASK (SIGNED), ANSWER (VERIFIED), STEP (LEAVE) } },
  { "requests/no-reader-auth", "does not sign the request",
    "There is an answer, and what it holds verifies", "9.1.4", EVERYWHERE, TRUE,
    FALSE, 0,
    { CONNECT, ASK (UNSIGNED), ANSWER (ANY), STEP (LEAVE) } },
  { "requests/foreign-reader-auth",
    "signs the request with the transcript of another session",
    "There is an answer, and what it holds verifies: no reader that nobody "
    "vouches for is worse than one that does not sign", "9.1.4", EVERYWHERE,
    TRUE, TRUE, 0,
    { CONNECT, ASK (FOREIGN_SIGNATURE), ANSWER (ANY), STEP (LEAVE) } },
  { "requests/garbage", "encrypts what is no CBOR as a request",
    "An error status, 11 by the standard, and no documents",
    "8.3.2.1.2.2, table 8", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, SAY (NO_REQUEST), ANSWER (ERROR), STEP (LEAVE) } },
  { "requests/cut-short", "encrypts a request that lacks its last byte",
    "An error status, 11 by the standard, and no documents",
    "8.3.2.1.2.2, table 8", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, SAY (CUT_REQUEST), ANSWER (ERROR), STEP (LEAVE) } },
  { "requests/version", "asks by version 9.9",
    "An error status and no documents", "8.3.2.1.2.1", EVERYWHERE, TRUE, FALSE,
    0,
    { CONNECT, SAY (VERSION), ANSWER (ERROR), STEP (LEAVE) } },

  /* messages of the session that are wrong */
  { "session/garbage-first", "sends no CBOR as its first message",
    "Status 11", TERMINATION, EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, SAY (GARBAGE), STATUS (11), STEP (CLOSE) } },
  { "session/garbage-later", "asks, then sends no CBOR as SessionData",
    "Status 11", TERMINATION, EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, EXCHANGE, SAY (GARBAGE), STATUS (11), STEP (CLOSE) } },
  { "session/no-map", "sends CBOR that is no message",
    "Status 11", TERMINATION, EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, SAY (NO_MAP), STATUS (11), STEP (CLOSE) } },
  { "session/empty", "sends a message of no bytes",
    "The holder ends it, by a status or the connection" AND_RECOVERS, "",
    EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, SAY (EMPTY), STEP (REFUSED), STEP (CLOSE), RECOVERS } },
  { "session/tampered-first", "changes one bit of its first message's data",
    "Status 10", TERMINATION, EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, SAY (TAMPERED), STATUS (10), STEP (CLOSE) } },
  { "session/tampered-later", "asks, then changes one bit of the next message",
    "Status 10", TERMINATION, EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, EXCHANGE, SAY (TAMPERED), STATUS (10), STEP (CLOSE) } },
  { "session/key-off-curve", "sends an ephemeral key that is on no curve",
    "Status 10", "9.1.1.4", EVERYWHERE, TRUE, FALSE, 0,
    { CONNECT, SAY (KEY), STATUS (10), STEP (CLOSE) } },
  { "session/replayed", "asks twice, and sends the second message again",
    "Status 10: it was encrypted for another counter", "9.1.1.5", EVERYWHERE,
    TRUE, FALSE, 0,
    { CONNECT, EXCHANGE, EXCHANGE, SAY (REPLAYED), STATUS (10),
      STEP (CLOSE) } },
  { "session/request-after-end", "says status 20, and asks all the same",
    "No answer", TERMINATION, EVERYWHERE, FALSE, FALSE, 0,
    { CONNECT, EXCHANGE, STEP (TELL_END), ASK (USUAL), STEP (UNANSWERED),
      STEP (CLOSE) } },
  { "session/oversize", "sends a message of more than a megabyte",
    "The holder ends it, by a status or the connection" AND_RECOVERS, "",
    BIT (LOOPBACK) | L2CAP, FALSE, FALSE, 0,
    { CONNECT, SAY (OVERSIZE), STEP (REFUSED), STEP (VANISH), RECOVERS } },

  /* what goes wrong below the message */
  { "transport/cut-first-byte", "is gone after one byte of its first message",
    "The holder gives up" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE,
    0,
    { CONNECT, CUT (1), RECOVERS } },
  { "transport/cut-middle", "is gone in the middle of its first message",
    "The holder gives up" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE,
    0,
    { CONNECT, CUT (0), RECOVERS } },
  { "transport/cut-last-byte", "is gone before the last byte of the message",
    "The holder gives up" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE,
    0,
    { CONNECT, CUT (-1), RECOVERS } },
  { "transport/cut-second-message", "asks, and is gone in its next message",
    "The holder gives up" AND_RECOVERS, "8.3.3.1.1", EVERYWHERE, FALSE, FALSE,
    0,
    { CONNECT, EXCHANGE, CUT (0), RECOVERS } },
  { "transport/length", "announces a message of four gigabytes",
    "The holder ends it at once, keeping no room for it" AND_RECOVERS,
    "8.3.3.1.1", BIT (LOOPBACK) | L2CAP, FALSE, FALSE, 0,
    { CONNECT, FAULT (LENGTH), STEP (REFUSED), STEP (VANISH), RECOVERS } },
  { "transport/prefix", "sends a part whose first byte is neither 0 nor 1",
    "The holder ends it" AND_RECOVERS, "8.3.3.1.1", GATT, FALSE, FALSE, 0,
    { CONNECT, FAULT (PREFIX), STEP (REFUSED), STEP (CLOSE), RECOVERS } },
  { "transport/wrong-ident", "shows another Ident than the holder's",
    "A holder that looks at it disconnects" AND_RECOVERS, "8.3.3.1.1",
    BIT (CENTRAL) | BIT (CENTRAL_L2CAP), FALSE, FALSE, 0,
    { { MDOC_SELFTEST_CONNECT_WRONG_IDENT, 0 }, RECOVERS } },
};
/* clang-format on */

/**
 * mdoc_selftest_get_cases:
 * @ret_n: (out): how many
 *
 * Returns: (array length=ret_n): the cases, in the order in which they are run
 */
const MdocSelftestCase *
mdoc_selftest_get_cases (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (cases);
  return cases;
}

/**
 * mdoc_selftest_get_ways:
 *
 * Returns: (array fixed-size=MDOC_SELFTEST_N_WAYS): the ways, by their ids
 */
const MdocSelftestWay *
mdoc_selftest_get_ways (void)
{
  return ways;
}

const MdocSelftestWay *
mdoc_selftest_find_way (const char *name)
{
  for (guint i = 0; i < MDOC_SELFTEST_N_WAYS; i++)
    if (strcmp (ways[i].name, name) == 0)
      return &ways[i];
  return NULL;
}

/**
 * mdoc_selftest_end_get_name:
 * @end: how a holder ends a session
 *
 * Returns: what the command that drives a holder is told
 */
const char *
mdoc_selftest_end_get_name (MdocSelftestEnd end)
{
  static const char *const names[] = {
    "reader", "with-answer", "status", "transport", "vanish",
  };

  return names[end];
}

const char *
mdoc_selftest_op_get_name (MdocSelftestOp op)
{
  static const char *const names[] = {
    "done",   "connect", "connect", "ask",   "answer", "message",
    "status", "refused", "silence", "end",   "end",    "leave",
    "close",  "vanish",  "cut",     "fault",
  };

  return names[op];
}
