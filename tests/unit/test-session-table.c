/*
 * test-session-table.c - every cell of both state tables of a session
 *
 * A third of this file is tables, which are better read in one place.
 *
 * long because: one line an event in a state, of both sides
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"
#include "tests/lib/mdoc-test-session.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define START_MS 1000

/* Of the holder ENGAGED, ASKED, ANSWERED, of the reader READY, ASKING,
 * ANSWERED. */
typedef enum
{
  FIRST,
  SECOND,
  THIRD,
  ENDED,
  N_STATES,
} State;

/* What must come of an event. */
typedef struct
{
  int error;    /* a MdocSessionError, or FINE */
  guint status; /* of the message to send, or NOTHING; DATA for our own */
  State state;
  MdocSessionEnd end;
} Outcome;

#define FINE    (-1)
#define NOTHING 0
#define DATA    1

#define GO(state)                                                              \
  {                                                                            \
    FINE, NOTHING, state, MDOC_SESSION_END_NONE                                \
  }
#define SEND(state)                                                            \
  {                                                                            \
    FINE, DATA, state, MDOC_SESSION_END_NONE                                   \
  }
#define BY_PEER(why)                                                           \
  {                                                                            \
    FINE, NOTHING, ENDED, MDOC_SESSION_END_PEER_##why                          \
  }
#define STOP(why)                                                              \
  {                                                                            \
    FINE, 20, ENDED, MDOC_SESSION_END_##why                                    \
  }
#define LAST                                                                   \
  {                                                                            \
    FINE, DATA, ENDED, MDOC_SESSION_END_WE_TERMINATED                          \
  }
#define REFUSE(code, status, why)                                              \
  {                                                                            \
    MDOC_SESSION_ERROR_##code, status, ENDED, MDOC_SESSION_END_##why           \
  }
#define STAY(code, state)                                                      \
  {                                                                            \
    MDOC_SESSION_ERROR_##code, NOTHING, state, MDOC_SESSION_END_NONE           \
  }

#define OUT_OF_TURN      REFUSE (PROTOCOL, 20, PROTOCOL)
#define OUT_OF_TURN_LAST REFUSE (PROTOCOL, NOTHING, PROTOCOL)
#define NO_MESSAGE       REFUSE (CBOR, 11, CBOR)
#define ALL(outcome)                                                           \
  {                                                                            \
    outcome, outcome, outcome                                                  \
  }

/* What the peer's message holds. */
typedef enum
{
  KEY_NONE,
  KEY_GOOD,
  KEY_OTHER_CURVE,
  KEY_OFF_CURVE,
  KEY_COMPRESSED,
  KEY_NO_CBOR,
  KEY_LONG,  /* 512 bytes, all of them sound */
  KEY_LONGER /* 513 */
} Key;

typedef enum
{
  DATA_NONE,
  DATA_GOOD,
  DATA_FORGED,
  DATA_NO_BYTES,     /* not even a tag */
  DATA_NO_PLAINTEXT, /* a tag and nothing else */
} Data;

typedef struct
{
  const char *name;
  const char *hex; /* instead of all the others */
  Key key;
  Data data;
  gint status; /* 0: none */
  gint64 wait_ms;
  Outcome outcomes[3];
} Arrival;

#define LATE_FIRST MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS
#define LATE       MDOC_SESSION_IDLE_TIMEOUT_MS

/* A cell a line, which clang-format would make four of. */
/* clang-format off */
static const Arrival holder_arrivals[] = {
  { "establishment", NULL, KEY_GOOD, DATA_GOOD, 0, 0,
    { GO (SECOND), OUT_OF_TURN, OUT_OF_TURN } },
  { "key-of-other-curve", NULL, KEY_OTHER_CURVE, DATA_GOOD, 0, 0,
    { REFUSE (KEY, 10, DECRYPT), OUT_OF_TURN, OUT_OF_TURN } },
  { "key-off-curve", NULL, KEY_OFF_CURVE, DATA_GOOD, 0, 0,
    { REFUSE (KEY, 10, DECRYPT), OUT_OF_TURN, OUT_OF_TURN } },
  { "key-compressed", NULL, KEY_COMPRESSED, DATA_GOOD, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, OUT_OF_TURN } },
  { "key-is-no-cbor", NULL, KEY_NO_CBOR, DATA_GOOD, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, OUT_OF_TURN } },
  { "key-long", NULL, KEY_LONG, DATA_FORGED, 0, 0,
    { REFUSE (DECRYPT, 10, DECRYPT), OUT_OF_TURN, OUT_OF_TURN } },
  { "key-longer", NULL, KEY_LONGER, DATA_FORGED, 0, 0, ALL (NO_MESSAGE) },
  { "establishment-forged", NULL, KEY_GOOD, DATA_FORGED, 0, 0,
    { REFUSE (DECRYPT, 10, DECRYPT), OUT_OF_TURN, OUT_OF_TURN } },
  { "establishment-without-plaintext",
    NULL, KEY_GOOD, DATA_NO_PLAINTEXT, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, OUT_OF_TURN } },
  { "establishment-without-data", NULL, KEY_GOOD, DATA_NONE, 0, 0,
    ALL (NO_MESSAGE) },
  { "establishment-and-end", NULL, KEY_GOOD, DATA_GOOD, 20, 0,
    { BY_PEER (TERMINATED), OUT_OF_TURN_LAST, OUT_OF_TURN_LAST } },
  { "key-off-curve-and-end", NULL, KEY_OFF_CURVE, DATA_GOOD, 20, 0,
    { REFUSE (KEY, NOTHING, DECRYPT), OUT_OF_TURN_LAST, OUT_OF_TURN_LAST } },

  { "data", NULL, KEY_NONE, DATA_GOOD, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, GO (SECOND) } },
  { "data-forged", NULL, KEY_NONE, DATA_FORGED, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, REFUSE (DECRYPT, 10, DECRYPT) } },
  { "data-of-no-bytes", NULL, KEY_NONE, DATA_NO_BYTES, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, REFUSE (DECRYPT, 10, DECRYPT) } },
  { "data-without-plaintext", NULL, KEY_NONE, DATA_NO_PLAINTEXT, 0, 0,
    { NO_MESSAGE, OUT_OF_TURN, NO_MESSAGE } },
  { "data-and-end", NULL, KEY_NONE, DATA_GOOD, 20, 0,
    { REFUSE (CBOR, NOTHING, CBOR), OUT_OF_TURN_LAST, BY_PEER (TERMINATED) } },
  { "data-forged-and-end", NULL, KEY_NONE, DATA_FORGED, 20, 0,
    { REFUSE (CBOR, NOTHING, CBOR), OUT_OF_TURN_LAST,
      REFUSE (DECRYPT, NOTHING, DECRYPT) } },
  { "data-without-plaintext-and-end",
    NULL, KEY_NONE, DATA_NO_PLAINTEXT, 20, 0,
    { REFUSE (CBOR, NOTHING, CBOR), OUT_OF_TURN_LAST,
      REFUSE (CBOR, NOTHING, CBOR) } },
  { "data-and-unknown-status", NULL, KEY_NONE, DATA_GOOD, 99, 0,
    { REFUSE (CBOR, NOTHING, CBOR), OUT_OF_TURN_LAST, BY_PEER (TERMINATED) } },
  { "data-and-10", NULL, KEY_NONE, DATA_GOOD, 10, 0, ALL (OUT_OF_TURN_LAST) },
  { "data-and-11", NULL, KEY_NONE, DATA_GOOD, 11, 0, ALL (OUT_OF_TURN_LAST) },
  { "establishment-and-10", NULL, KEY_GOOD, DATA_GOOD, 10, 0,
    ALL (OUT_OF_TURN_LAST) },

  { "at-deadline", NULL, KEY_GOOD, DATA_GOOD, 0, LATE_FIRST,
    { REFUSE (TIMEOUT, 20, TIMEOUT), OUT_OF_TURN, OUT_OF_TURN } },
  { "at-first-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE_FIRST,
    { REFUSE (TIMEOUT, 20, TIMEOUT), OUT_OF_TURN, GO (SECOND) } },
  { "just-before-first-deadline",
    NULL, KEY_GOOD, DATA_GOOD, 0, LATE_FIRST - 1,
    { GO (SECOND), OUT_OF_TURN, OUT_OF_TURN } },
  { "just-before-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE - 1,
    { REFUSE (TIMEOUT, 20, TIMEOUT), OUT_OF_TURN, GO (SECOND) } },
  { "at-idle-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE,
    ALL (REFUSE (TIMEOUT, 20, TIMEOUT)) },
};

static const Arrival reader_arrivals[] = {
  { "data", NULL, KEY_NONE, DATA_GOOD, 0, 0,
    { OUT_OF_TURN, GO (THIRD), OUT_OF_TURN } },
  { "data-forged", NULL, KEY_NONE, DATA_FORGED, 0, 0,
    { OUT_OF_TURN, REFUSE (DECRYPT, 10, DECRYPT), OUT_OF_TURN } },
  { "data-of-no-bytes", NULL, KEY_NONE, DATA_NO_BYTES, 0, 0,
    { OUT_OF_TURN, REFUSE (DECRYPT, 10, DECRYPT), OUT_OF_TURN } },
  { "data-without-plaintext", NULL, KEY_NONE, DATA_NO_PLAINTEXT, 0, 0,
    { OUT_OF_TURN, NO_MESSAGE, OUT_OF_TURN } },
  { "data-and-end", NULL, KEY_NONE, DATA_GOOD, 20, 0,
    { OUT_OF_TURN_LAST, BY_PEER (TERMINATED), OUT_OF_TURN_LAST } },
  { "data-forged-and-end", NULL, KEY_NONE, DATA_FORGED, 20, 0,
    { OUT_OF_TURN_LAST, REFUSE (DECRYPT, NOTHING, DECRYPT),
      OUT_OF_TURN_LAST } },
  { "data-and-unknown-status", NULL, KEY_NONE, DATA_GOOD, 99, 0,
    { OUT_OF_TURN_LAST, BY_PEER (TERMINATED), OUT_OF_TURN_LAST } },
  { "data-and-10", NULL, KEY_NONE, DATA_GOOD, 10, 0, ALL (OUT_OF_TURN_LAST) },
  { "data-and-11", NULL, KEY_NONE, DATA_GOOD, 11, 0, ALL (OUT_OF_TURN_LAST) },
  { "establishment", NULL, KEY_GOOD, DATA_GOOD, 0, 0, ALL (OUT_OF_TURN) },
  { "at-first-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE_FIRST,
    { REFUSE (TIMEOUT, 20, TIMEOUT), GO (THIRD), OUT_OF_TURN } },
  { "just-before-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE - 1,
    { REFUSE (TIMEOUT, 20, TIMEOUT), GO (THIRD), OUT_OF_TURN } },
  { "at-idle-deadline", NULL, KEY_NONE, DATA_GOOD, 0, LATE,
    ALL (REFUSE (TIMEOUT, 20, TIMEOUT)) },
};

#define STATUS_IS "66737461747573"       /* "status" */
#define DATA_IS   "6464617461"           /* "data" */
#define KEY_IS    "6a655265616465724b6579" /* "eReaderKey" */

/* What does the same to both. */
static const Arrival common_arrivals[] = {
  { "20", NULL, KEY_NONE, DATA_NONE, 20, 0, ALL (BY_PEER (TERMINATED)) },
  { "10", NULL, KEY_NONE, DATA_NONE, 10, 0, ALL (BY_PEER (ENCRYPTION_ERROR)) },
  { "11", NULL, KEY_NONE, DATA_NONE, 11, 0, ALL (BY_PEER (CBOR_ERROR)) },
  { "12", NULL, KEY_NONE, DATA_NONE, 12, 0, ALL (BY_PEER (TERMINATED)) },
  { "20-and-key", NULL, KEY_GOOD, DATA_NONE, 20, 0, ALL (BY_PEER (TERMINATED)) },
  { .name = "status-0", .hex = "a1" STATUS_IS "00",
    .outcomes = ALL (BY_PEER (TERMINATED)) },
  { .name = "largest-status", .hex = "a1" STATUS_IS "1bffffffffffffffff",
    .outcomes = ALL (BY_PEER (TERMINATED)) },
  { .name = "status-and-unknown-key", .hex = "a2 6373657101" STATUS_IS "14",
    .outcomes = ALL (BY_PEER (TERMINATED)) },
  { .name = "empty-map", .hex = "a0", .outcomes = ALL (NO_MESSAGE) },
  { .name = "unknown-key", .hex = "a1 6373657101",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "nothing", .hex = "", .outcomes = ALL (NO_MESSAGE) },
  { .name = "no-cbor", .hex = "ff", .outcomes = ALL (NO_MESSAGE) },
  { .name = "no-map", .hex = "80", .outcomes = ALL (NO_MESSAGE) },
  { .name = "trailing", .hex = "a1" STATUS_IS "14 00",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "status-twice", .hex = "a2" STATUS_IS "14" STATUS_IS "14",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "negative-status", .hex = "a1" STATUS_IS "20",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "status-is-text", .hex = "a1" STATUS_IS "6120",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "status-is-null", .hex = "a1" STATUS_IS "f6",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "data-is-text", .hex = "a1" DATA_IS "60",
    .outcomes = ALL (NO_MESSAGE) },
  { .name = "data-is-null-with-status",
    .hex = "a2" DATA_IS "f6" STATUS_IS "14", .outcomes = ALL (NO_MESSAGE) },
  { .name = "key-untagged", .hex = "a2" KEY_IS "40" STATUS_IS "14",
    .outcomes = ALL (NO_MESSAGE) },
};

/* clang-format on */

/* What we do ourselves; the status is that of the message that comes of it. */
typedef enum
{
  SAY,           /* respond or request */
  SAY_LAST,      /* respond and terminate; holder alone */
  SAY_TOO_MUCH,  /* one byte over the limit */
  SAY_MUCH,      /* at the limit */
  SAY_EXHAUSTED, /* with no message number left */
  TERMINATE,
  CHECK_DEADLINE,
} Deed;

typedef struct
{
  const char *name;
  Deed deed;
  gint64 wait_ms;
  Outcome outcomes[3];
} Action;

/* an error of ours is not sent: terminate() is asked for it */
#define UNTOLD(code, why) REFUSE (code, NOTHING, why)

/* clang-format off */
static const Action holder_actions[] = {
  { "respond", SAY, 0, { STAY (STATE, FIRST), SEND (THIRD), STAY (STATE, THIRD) } },
  { "respond-last", SAY_LAST, 0,
    { STAY (STATE, FIRST), LAST, STAY (STATE, THIRD) } },
  { "respond-too-much", SAY_TOO_MUCH, 0,
    { STAY (STATE, FIRST), STAY (LIMIT, SECOND), STAY (STATE, THIRD) } },
  { "respond-much", SAY_MUCH, 0,
    { STAY (STATE, FIRST), SEND (THIRD), STAY (STATE, THIRD) } },
  { "respond-exhausted", SAY_EXHAUSTED, 0,
    { STAY (STATE, FIRST), UNTOLD (COUNTER, COUNTER_EXHAUSTED),
      STAY (STATE, THIRD) } },
  { "respond-just-before-deadline", SAY, LATE - 1,
    { STAY (STATE, FIRST), SEND (THIRD), STAY (STATE, THIRD) } },
  { "respond-at-deadline", SAY, LATE,
    { STAY (STATE, FIRST), UNTOLD (TIMEOUT, TIMEOUT), STAY (STATE, THIRD) } },
  { "terminate", TERMINATE, 0, ALL (STOP (WE_TERMINATED)) },
  { "check-just-before-first-deadline", CHECK_DEADLINE, LATE_FIRST - 1,
    { GO (FIRST), GO (SECOND), GO (THIRD) } },
  { "check-first-deadline", CHECK_DEADLINE, LATE_FIRST,
    { STOP (TIMEOUT), GO (SECOND), GO (THIRD) } },
  { "check-just-before-deadline", CHECK_DEADLINE, LATE - 1,
    { STOP (TIMEOUT), GO (SECOND), GO (THIRD) } },
  { "check-deadline", CHECK_DEADLINE, LATE, ALL (STOP (TIMEOUT)) },
};

static const Action reader_actions[] = {
  { "request", SAY, 0, { SEND (SECOND), STAY (STATE, SECOND), SEND (SECOND) } },
  { "request-too-much", SAY_TOO_MUCH, 0,
    { STAY (LIMIT, FIRST), STAY (STATE, SECOND), STAY (LIMIT, THIRD) } },
  { "request-much", SAY_MUCH, 0,
    { SEND (SECOND), STAY (STATE, SECOND), SEND (SECOND) } },
  { "request-exhausted", SAY_EXHAUSTED, 0,
    { UNTOLD (COUNTER, COUNTER_EXHAUSTED), STAY (STATE, SECOND),
      UNTOLD (COUNTER, COUNTER_EXHAUSTED) } },
  { "request-at-first-deadline", SAY, LATE_FIRST,
    { UNTOLD (TIMEOUT, TIMEOUT), STAY (STATE, SECOND), SEND (SECOND) } },
  { "request-at-deadline", SAY, LATE,
    { UNTOLD (TIMEOUT, TIMEOUT), STAY (STATE, SECOND),
      UNTOLD (TIMEOUT, TIMEOUT) } },
  { "terminate", TERMINATE, 0, ALL (STOP (WE_TERMINATED)) },
  { "check-just-before-first-deadline", CHECK_DEADLINE, LATE_FIRST - 1,
    { GO (FIRST), GO (SECOND), GO (THIRD) } },
  { "check-first-deadline", CHECK_DEADLINE, LATE_FIRST,
    { STOP (TIMEOUT), GO (SECOND), GO (THIRD) } },
  { "check-deadline", CHECK_DEADLINE, LATE, ALL (STOP (TIMEOUT)) },
};

/* clang-format on */

/* One of the two machines, and what its peer needs to talk to it. */
typedef struct
{
  MdocTestSession *lab;
  MdocHolderSession *holder; /* one of these two */
  MdocReaderSession *reader;
  MdocSessionCipher *peer;
  gint64 now_ms;
} Bench;

static void
bench_clear (Bench *bench)
{
  mdoc_holder_session_free (bench->holder);
  mdoc_reader_session_free (bench->reader);
  mdoc_session_cipher_free (bench->peer);
  mdoc_test_session_free (bench->lab);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static GBytes *
bench_say (Bench *bench, GBytes *message, gboolean is_last, GError **error)
{
  if (bench->holder != NULL)
    return mdoc_holder_session_respond (bench->holder,
                                        message,
                                        is_last,
                                        bench->now_ms,
                                        error);
  return mdoc_reader_session_request (bench->reader,
                                      message,
                                      bench->now_ms,
                                      error);
}

/* @ret_has_message: whether the event says that there is something to read */
static gboolean
bench_receive (Bench *bench,
               GBytes *message,
               gboolean *ret_has_message,
               gboolean *ret_is_end,
               GBytes **ret_reply,
               GError **error)
{
  gboolean is_fine;

  if (bench->holder != NULL)
    {
      MdocHolderEvent event = 77;

      is_fine = mdoc_holder_session_receive (bench->holder,
                                             message,
                                             bench->now_ms,
                                             &event,
                                             ret_reply,
                                             error);
      *ret_has_message = event == MDOC_HOLDER_EVENT_REQUEST;
      *ret_is_end = event == MDOC_HOLDER_EVENT_ENDED;
    }
  else
    {
      MdocReaderEvent event = 77;

      is_fine = mdoc_reader_session_receive (bench->reader,
                                             message,
                                             bench->now_ms,
                                             &event,
                                             ret_reply,
                                             error);
      *ret_has_message = event == MDOC_READER_EVENT_RESPONSE;
      *ret_is_end = event == MDOC_READER_EVENT_ENDED;
    }
  return is_fine;
}

static GBytes *
bench_get_message (Bench *bench)
{
  return bench->holder != NULL
             ? mdoc_holder_session_get_request (bench->holder)
             : mdoc_reader_session_get_response (bench->reader);
}

static gboolean
bench_is_ended (Bench *bench)
{
  return bench->holder != NULL ? mdoc_holder_session_is_ended (bench->holder)
                               : mdoc_reader_session_is_ended (bench->reader);
}

static MdocSessionEnd
bench_get_end (Bench *bench)
{
  return bench->holder != NULL
             ? mdoc_holder_session_get_end_reason (bench->holder)
             : mdoc_reader_session_get_end_reason (bench->reader);
}

static GBytes *
bench_terminate (Bench *bench)
{
  return bench->holder != NULL ? mdoc_holder_session_terminate (bench->holder)
                               : mdoc_reader_session_terminate (bench->reader);
}

static gboolean
bench_check_deadline (Bench *bench)
{
  return bench->holder != NULL
             ? mdoc_holder_session_check_deadline (bench->holder, bench->now_ms)
             : mdoc_reader_session_check_deadline (bench->reader,
                                                   bench->now_ms);
}

static MdocSessionCipher *
bench_get_cipher (Bench *bench)
{
  return bench->holder != NULL ? mdoc_holder_session_get_cipher (bench->holder)
                               : mdoc_reader_session_get_cipher (bench->reader);
}

/* The content of EReaderKeyBytes. */
static GBytes *
make_key (Bench *bench, Key kind)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocKey) other = NULL;
  MdocPublicKey *key = mdoc_key_get_public (bench->lab->e_reader_key);
  g_autofree guint8 *filler = g_malloc0 (513);
  g_autoptr (GBytes) good = NULL;
  g_autofree guint8 *copy = NULL;
  gsize len;

  if (kind == KEY_OTHER_CURVE)
    {
      other = mdoc_key_generate (MDOC_CURVE_P384, NULL);
      key = mdoc_key_get_public (other);
    }
  if (kind == KEY_NO_CBOR)
    return mdoc_test_bytes_from_hex ("a401");

  mdoc_cose_key_write (writer, key);
  good = mdoc_cbor_writer_finish (writer);
  copy = g_memdup2 (g_bytes_get_data (good, &len), g_bytes_get_size (good));
  switch (kind)
    {
    case KEY_OFF_CURVE:
      copy[len - 1] ^= 1;
      return g_bytes_new (copy, len);
    case KEY_COMPRESSED:
      /* instead of y, whose head is 58 20 */
      copy[len - 34] = 0xf5;
      return g_bytes_new (copy, len - 33);
    case KEY_LONG:
    case KEY_LONGER:
      copy[0] += 1;
      mdoc_cbor_writer_put_encoded (writer, MDOC_SPAN (copy, len));
      mdoc_cbor_writer_put_uint (writer, 9);
      mdoc_cbor_writer_put_bytes (writer,
                                  MDOC_SPAN (filler,
                                             (kind == KEY_LONG ? 512 : 513)
                                                 - len - 4));
      return mdoc_cbor_writer_finish (writer);
    case KEY_NONE:
    case KEY_GOOD:
    case KEY_OTHER_CURVE:
    case KEY_NO_CBOR:
    default:
      return g_steal_pointer (&good);
    }
}

static GBytes *
make_data (Bench *bench, Data kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) good = NULL;
  guint8 *copy;
  gsize len;

  if (kind == DATA_NO_BYTES)
    return g_bytes_new (NULL, 0);

  good = mdoc_session_cipher_encrypt (bench->peer,
                                      mdoc_span_from_text (
                                          kind == DATA_NO_PLAINTEXT
                                              ? ""
                                              : "their words"),
                                      &error);
  g_assert_no_error (error);
  if (kind != DATA_FORGED)
    return g_steal_pointer (&good);

  copy = g_memdup2 (g_bytes_get_data (good, &len), g_bytes_get_size (good));
  copy[0] ^= 0x80;
  return g_bytes_new_take (copy, len);
}

static GBytes *
make_message (Bench *bench, const Arrival *arrival)
{
  MdocSessionMessage message = { 0 };
  g_autoptr (GBytes) data = NULL;
  g_autoptr (GBytes) key = NULL;

  if (arrival->hex != NULL)
    return mdoc_test_bytes_from_hex (arrival->hex);

  if (arrival->key != KEY_NONE)
    {
      key = make_key (bench, arrival->key);
      message.has_e_reader_key = TRUE;
      message.e_reader_key = mdoc_span_from_bytes (key);
    }
  if (arrival->data != DATA_NONE)
    {
      data = make_data (bench, arrival->data);
      message.has_data = TRUE;
      message.data = mdoc_span_from_bytes (data);
    }
  message.has_status = arrival->status != 0;
  message.status = (guint64) arrival->status;
  return mdoc_session_message_write (&message);
}

static void
say (Bench *bench)
{
  g_autoptr (GBytes) words = text_bytes ("our words");
  g_autoptr (GBytes) sent = NULL;
  g_autoptr (GError) error = NULL;

  sent = bench_say (bench, words, FALSE, &error);
  g_assert_no_error (error);
}

static void
hear (Bench *bench)
{
  const Arrival arrival = {
    .key = bench->holder != NULL && bench_get_cipher (bench) == NULL ? KEY_GOOD
                                                                     : KEY_NONE,
    .data = DATA_GOOD,
  };
  g_autoptr (GBytes) message = make_message (bench, &arrival);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_message, is_end;

  bench_receive (bench, message, &has_message, &is_end, &reply, &error);
  g_assert_no_error (error);
  g_assert_true (has_message);
}

static void
bench_init (Bench *bench, MdocSessionRole role, State state)
{
  gboolean is_holder = role == MDOC_SESSION_ROLE_HOLDER;
  g_autoptr (GBytes) end = NULL;
  g_autoptr (GError) error = NULL;

  *bench = (Bench){ .lab = mdoc_test_session_new (), .now_ms = START_MS };
  if (is_holder)
    bench->holder = mdoc_test_session_new_holder (bench->lab, bench->now_ms);
  else
    bench->reader = mdoc_test_session_new_reader (bench->lab, bench->now_ms);
  bench->peer = mdoc_session_cipher_new (is_holder ? MDOC_SESSION_ROLE_READER
                                                   : MDOC_SESSION_ROLE_HOLDER,
                                         is_holder ? bench->lab->e_reader_key
                                                   : bench->lab->e_device_key,
                                         mdoc_key_get_public (
                                             is_holder
                                                 ? bench->lab->e_device_key
                                                 : bench->lab->e_reader_key),
                                         bench->lab->transcript,
                                         &error);
  g_assert_no_error (error);

  if (state == ENDED)
    end = bench_terminate (bench);
  if (state == SECOND || state == THIRD)
    is_holder ? hear (bench) : say (bench);
  if (state == THIRD)
    is_holder ? say (bench) : hear (bench);
}

/* What a state can be known by, from outside. */
static void
assert_state (Bench *bench, State state, gboolean came_with_last)
{
  State holds_message = bench->holder != NULL
                            ? SECOND
                            : THIRD; /* where one can be read */

  g_assert_cmpint (bench_is_ended (bench), ==, state == ENDED);
  g_assert_cmpint (bench_get_message (bench) != NULL,
                   ==,
                   state == holds_message || came_with_last);
  if (state == ENDED)
    g_assert_null (bench_get_cipher (bench));
}

static void
assert_status (GBytes *message, guint status)
{
  g_autofree char *hex = g_strdup_printf ("a166737461747573%02x", status);
  g_autoptr (GBytes) wanted = mdoc_test_bytes_from_hex (hex);

  g_assert_nonnull (message);
  g_assert_true (g_bytes_equal (message, wanted));
}

static void
assert_outcome (Bench *bench,
                const Outcome *outcome,
                GBytes *message,
                const GError *error)
{
  if (outcome->error == FINE)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_SESSION_ERROR, outcome->error);

  if (outcome->status == NOTHING)
    g_assert_null (message);
  else if (outcome->status == DATA)
    g_assert_nonnull (message);
  else
    assert_status (message, outcome->status);

  g_assert_cmpint (bench_get_end (bench), ==, outcome->end);
}

/* After the end everything is refused and nothing is sent; only a peer that
 * does not know yet is told, once. */
static void
assert_over (Bench *bench, gboolean is_peer_told)
{
  MdocSessionEnd end = bench_get_end (bench);
  g_autoptr (GBytes) message = mdoc_test_bytes_from_hex ("a166737461747573 14");
  g_autoptr (GBytes) words = text_bytes ("our words");
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) notice = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_message, is_end;

  g_assert_false (
      bench_receive (bench, message, &has_message, &is_end, &reply, &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_ENDED);
  g_assert_false (has_message || is_end);
  g_assert_null (reply);
  g_clear_error (&error);
  g_assert_null (bench_say (bench, words, FALSE, &error));
  g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_ENDED);

  bench->now_ms += 10 * LATE;
  g_assert_false (bench_check_deadline (bench));

  notice = bench_terminate (bench);
  if (is_peer_told)
    g_assert_null (notice);
  else
    assert_status (notice, 20);
  g_assert_null (bench_terminate (bench));
  g_assert_cmpint (bench_get_end (bench), ==, end);
}

static void
try_arrival (MdocSessionRole role, const Arrival *arrival, State state)
{
  const Outcome *outcome = &arrival->outcomes[state];
  g_auto (Bench) bench = { 0 };
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_message, is_end, is_fine, came_with_last;

  g_test_message ("%s in state %d", arrival->name, state);
  bench_init (&bench, role, state);
  message = make_message (&bench, arrival);
  bench.now_ms += arrival->wait_ms;
  is_fine = bench_receive (&bench,
                           message,
                           &has_message,
                           &is_end,
                           &reply,
                           &error);

  /* a response that came with the end can be read, a request cannot */
  came_with_last = role == MDOC_SESSION_ROLE_READER && is_fine
                   && outcome->state == ENDED && arrival->data == DATA_GOOD;
  g_assert_cmpint (is_fine, ==, outcome->error == FINE);
  assert_outcome (&bench, outcome, reply, error);
  assert_state (&bench, outcome->state, came_with_last);
  g_assert_cmpint (has_message, ==, outcome->state != ENDED || came_with_last);
  g_assert_cmpint (is_end, ==, outcome->state == ENDED && !came_with_last);
  if (has_message)
    g_assert_true (mdoc_span_equals_text (mdoc_span_from_bytes (
                                              bench_get_message (&bench)),
                                          "their words"));
  if (outcome->state == ENDED)
    assert_over (&bench, TRUE);
}

static GBytes *
act (Bench *bench, const Action *action, GError **error)
{
  gsize limit = bench->holder != NULL ? MDOC_SESSION_MAX_RESPONSE_BYTES
                                      : MDOC_SESSION_MAX_REQUEST_BYTES;
  g_autoptr (GBytes) words = text_bytes ("our words");
  g_autoptr (GBytes) much = NULL;

  switch (action->deed)
    {
    case SAY_MUCH:
    case SAY_TOO_MUCH:
      limit -= 576u - (action->deed == SAY_TOO_MUCH ? 1u : 0u);
      much = g_bytes_new_take (g_malloc0 (limit), limit);
      return bench_say (bench, much, FALSE, error);
    case SAY_EXHAUSTED:
      if (bench_get_cipher (bench) != NULL)
        mdoc_session_cipher_set_counters (bench_get_cipher (bench),
                                          (guint64) G_MAXUINT32 + 1,
                                          1);
      return bench_say (bench, words, FALSE, error);
    case TERMINATE:
      return bench_terminate (bench);
    case CHECK_DEADLINE:
      return bench_check_deadline (bench) ? bench_terminate (bench) : NULL;
    case SAY:
    case SAY_LAST:
    default:
      return bench_say (bench, words, action->deed == SAY_LAST, error);
    }
}

static void
try_action (MdocSessionRole role, const Action *action, State state)
{
  const Outcome *outcome = &action->outcomes[state];
  g_auto (Bench) bench = { 0 };
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s in state %d", action->name, state);
  bench_init (&bench, role, state);
  bench.now_ms += action->wait_ms;
  message = act (&bench, action, &error);
  assert_outcome (&bench, outcome, message, error);
  assert_state (&bench, outcome->state, FALSE);
  if (outcome->state == ENDED)
    assert_over (&bench, outcome->error == FINE);
}

static void
try_arrivals (MdocSessionRole role, const Arrival *arrivals, gsize n)
{
  for (gsize i = 0; i < n; i++)
    for (State state = FIRST; state < ENDED; state++)
      try_arrival (role, &arrivals[i], state);
}

static void
test_holder_arrivals (void)
{
  try_arrivals (MDOC_SESSION_ROLE_HOLDER,
                holder_arrivals,
                G_N_ELEMENTS (holder_arrivals));
}

static void
test_reader_arrivals (void)
{
  try_arrivals (MDOC_SESSION_ROLE_READER,
                reader_arrivals,
                G_N_ELEMENTS (reader_arrivals));
}

static void
test_common_arrivals (void)
{
  try_arrivals (MDOC_SESSION_ROLE_HOLDER,
                common_arrivals,
                G_N_ELEMENTS (common_arrivals));
  try_arrivals (MDOC_SESSION_ROLE_READER,
                common_arrivals,
                G_N_ELEMENTS (common_arrivals));
}

static void
test_holder_actions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (holder_actions); i++)
    for (State state = FIRST; state < ENDED; state++)
      try_action (MDOC_SESSION_ROLE_HOLDER, &holder_actions[i], state);
}

static void
test_reader_actions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reader_actions); i++)
    for (State state = FIRST; state < ENDED; state++)
      try_action (MDOC_SESSION_ROLE_READER, &reader_actions[i], state);
}

static void
test_ended (void)
{
  for (MdocSessionRole role = MDOC_SESSION_ROLE_HOLDER;
       role <= MDOC_SESSION_ROLE_READER;
       role++)
    {
      g_auto (Bench) bench = { 0 };

      bench_init (&bench, role, ENDED);
      assert_over (&bench, TRUE);
    }
}

/* both sides of the longest message, whatever stands in it */
static void
test_received_limit (void)
{
  static const struct
  {
    MdocSessionRole role;
    gsize max;
  } limits[] = {
    { MDOC_SESSION_ROLE_HOLDER, MDOC_SESSION_MAX_REQUEST_BYTES },
    { MDOC_SESSION_ROLE_READER, MDOC_SESSION_MAX_RESPONSE_BYTES },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    for (gsize over = 0; over <= 1; over++)
      for (State state = FIRST; state < ENDED; state++)
        {
          static const Outcome at = NO_MESSAGE;
          static const Outcome above = REFUSE (LIMIT, 20, PROTOCOL);
          gsize len = limits[i].max + over;
          g_autoptr (GBytes) message = g_bytes_new_take (g_malloc0 (len), len);
          g_auto (Bench) bench = { 0 };
          g_autoptr (GBytes) reply = NULL;
          g_autoptr (GError) error = NULL;
          gboolean has_message, is_end;

          bench_init (&bench, limits[i].role, state);
          bench_receive (&bench,
                         message,
                         &has_message,
                         &is_end,
                         &reply,
                         &error);
          assert_outcome (&bench, over ? &above : &at, reply, error);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-table/holder-arrivals", test_holder_arrivals);
  g_test_add_func ("/session-table/reader-arrivals", test_reader_arrivals);
  g_test_add_func ("/session-table/common-arrivals", test_common_arrivals);
  g_test_add_func ("/session-table/holder-actions", test_holder_actions);
  g_test_add_func ("/session-table/reader-actions", test_reader_actions);
  g_test_add_func ("/session-table/ended", test_ended);
  g_test_add_func ("/session-table/received-limit", test_received_limit);

  return g_test_run ();
}
