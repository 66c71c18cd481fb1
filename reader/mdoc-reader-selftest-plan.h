/*
 * mdoc-reader-selftest-plan.h - tests of holders, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

#define MDOC_SELFTEST_MAX_STEPS 16

/* The ways to a holder; as bits of #MdocSelftestCase.ways, shifted. */
typedef enum
{
  MDOC_SELFTEST_WAY_LOOPBACK,
  MDOC_SELFTEST_WAY_CENTRAL,
  MDOC_SELFTEST_WAY_PERIPHERAL,
  MDOC_SELFTEST_WAY_CENTRAL_L2CAP,
  MDOC_SELFTEST_WAY_PERIPHERAL_L2CAP,
  MDOC_SELFTEST_WAY_PERIPHERAL_L2CAP_KEY21,
  MDOC_SELFTEST_N_WAYS,
} MdocSelftestWayId;

/**
 * MdocSelftestWay:
 * @name: "central-l2cap"
 * @transport: as mdoc_reader_transport_get_names() has it
 * @ble_mode: (nullable): as #MdocReaderWay has it
 * @use_l2cap: whether over an L2CAP channel
 * @needs_psm: whether its PSM is taken from key 21 of the engagement; else from
 *   the characteristic
 */
typedef struct
{
  MdocSelftestWayId id;
  const char *name;
  const char *transport;
  const char *ble_mode;
  gboolean use_l2cap;
  gboolean needs_psm;
} MdocSelftestWay;

/**
 * MdocSelftestOp:
 * @MDOC_SELFTEST_DONE: the end of a script
 * @MDOC_SELFTEST_CONNECT: takes an engagement and connects
 * @MDOC_SELFTEST_CONNECT_WRONG_IDENT: the same with a wrong Ident; a holder
 *   that does not look at it is noted, one that does ends the case
 * @MDOC_SELFTEST_ASK: sends a request, of kind #MdocSelftestAsk
 * @MDOC_SELFTEST_ANSWER: waits for a DeviceResponse that is as
 *   #MdocSelftestAnswer says
 * @MDOC_SELFTEST_SAY: sends a message that is wrong, by #MdocSelftestWrong
 * @MDOC_SELFTEST_STATUS: waits for this status, and nothing else
 * @MDOC_SELFTEST_REFUSED: waits until the holder ends it, whichever way
 * @MDOC_SELFTEST_UNANSWERED: no data may come, until the holder ends it or for
 *   a while
 * @MDOC_SELFTEST_ENDED: the holder ends it by itself, by #MdocSelftestEnd
 * @MDOC_SELFTEST_TELL_END: we say status 20
 * @MDOC_SELFTEST_LEAVE: we say status 20 and end the connection
 * @MDOC_SELFTEST_CLOSE: we end the connection in order: on GATT by State 0x02
 * @MDOC_SELFTEST_VANISH: we are gone without a word
 * @MDOC_SELFTEST_CUT: we send a request up to a byte and are gone: its number,
 *   or, if negative, how many are missing at the end; 0: half of it
 * @MDOC_SELFTEST_FAULT: we do what #MdocTransportFault says
 *
 * What a step does.
 */
typedef enum
{
  MDOC_SELFTEST_DONE,
  MDOC_SELFTEST_CONNECT,
  MDOC_SELFTEST_CONNECT_WRONG_IDENT,
  MDOC_SELFTEST_ASK,
  MDOC_SELFTEST_ANSWER,
  MDOC_SELFTEST_SAY,
  MDOC_SELFTEST_STATUS,
  MDOC_SELFTEST_REFUSED,
  MDOC_SELFTEST_UNANSWERED,
  MDOC_SELFTEST_ENDED,
  MDOC_SELFTEST_TELL_END,
  MDOC_SELFTEST_LEAVE,
  MDOC_SELFTEST_CLOSE,
  MDOC_SELFTEST_VANISH,
  MDOC_SELFTEST_CUT,
  MDOC_SELFTEST_FAULT,
} MdocSelftestOp;

typedef enum
{
  MDOC_SELFTEST_ASK_USUAL, /* what the command line says */
  MDOC_SELFTEST_ASK_LARGE,
  MDOC_SELFTEST_ASK_SEVERAL, /* documents */
  MDOC_SELFTEST_ASK_UNKNOWN_TYPE,
  MDOC_SELFTEST_ASK_UNKNOWN_ELEMENT,
  MDOC_SELFTEST_N_ASKS, /* those that only differ in how they are signed: */
  MDOC_SELFTEST_ASK_SIGNED,
  MDOC_SELFTEST_ASK_UNSIGNED,
  MDOC_SELFTEST_ASK_FOREIGN_SIGNATURE, /* of another session */
} MdocSelftestAsk;

typedef enum
{
  MDOC_SELFTEST_ANSWER_VERIFIED, /* and nothing that was not asked for */
  MDOC_SELFTEST_ANSWER_NOTHING,  /* status 0, no documents */
  MDOC_SELFTEST_ANSWER_ANY,      /* what there is verifies */
  MDOC_SELFTEST_ANSWER_ERROR,    /* a status, of response or session */
  MDOC_SELFTEST_ANSWER_LAST,     /* verified, together with status 20 */
} MdocSelftestAnswer;

typedef enum
{
  MDOC_SELFTEST_WRONG_GARBAGE,     /* no CBOR */
  MDOC_SELFTEST_WRONG_NO_MAP,      /* CBOR, but no message */
  MDOC_SELFTEST_WRONG_EMPTY,       /* no bytes at all */
  MDOC_SELFTEST_WRONG_TAMPERED,    /* one bit of the data */
  MDOC_SELFTEST_WRONG_REPLAYED,    /* the message before, again */
  MDOC_SELFTEST_WRONG_KEY,         /* not on its curve */
  MDOC_SELFTEST_WRONG_OVERSIZE,    /* over a megabyte */
  MDOC_SELFTEST_WRONG_NO_REQUEST,  /* encrypted garbage */
  MDOC_SELFTEST_WRONG_CUT_REQUEST, /* an encrypted request lacks its end */
  MDOC_SELFTEST_WRONG_VERSION,     /* 9.9 */
} MdocSelftestWrong;

/* How the holder is told to end a session, in this order in
 * mdoc_selftest_end_get_name(). */
typedef enum
{
  MDOC_SELFTEST_END_READER, /* not at all */
  MDOC_SELFTEST_END_WITH_ANSWER,
  MDOC_SELFTEST_END_STATUS,
  MDOC_SELFTEST_END_TRANSPORT,
  MDOC_SELFTEST_END_VANISH,
} MdocSelftestEnd;

typedef struct
{
  MdocSelftestOp op;
  gint argument;
} MdocSelftestStep;

/**
 * MdocSelftestCase:
 * @name: GROUP/NAME
 * @what: what the reader does
 * @must: what must hold
 * @clause: of which clause; "" if it is good sense
 * @ways: bits, in which ways it makes sense
 * @is_once: in one way is enough: it is nothing that a transport sees
 * @needs_reader_key: whether it signs
 * @end: what the holder has to do in the end
 * @steps: the script
 */
typedef struct
{
  const char *name;
  const char *what;
  const char *must;
  const char *clause;
  guint ways;
  gboolean is_once;
  gboolean needs_reader_key;
  MdocSelftestEnd end;
  MdocSelftestStep steps[MDOC_SELFTEST_MAX_STEPS];
} MdocSelftestCase;

const MdocSelftestCase *mdoc_selftest_get_cases (guint *ret_n);
const MdocSelftestWay *mdoc_selftest_get_ways (void);
/* Returns: (nullable) */
const MdocSelftestWay *mdoc_selftest_find_way (const char *name);
const char *mdoc_selftest_end_get_name (MdocSelftestEnd end); /* "status" */
const char *mdoc_selftest_op_get_name (MdocSelftestOp op);    /* "answer" */

G_END_DECLS
