/*
 * fuzz-reader-session.c - a reader's session with anybody
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/fuzz/session-bench.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  MdocReaderSession *session;
  MdocSessionCipher *peer;
  GBytes *last;
  gint64 now_ms;
  gboolean is_asking; /* a request is open */
} Bench;

static gboolean
is_ended (Bench *bench)
{
  return mdoc_reader_session_is_ended (bench->session);
}

static gboolean
is_late (Bench *bench)
{
  return bench->now_ms >= mdoc_reader_session_get_deadline_ms (bench->session);
}

static void
assert_state (Bench *bench)
{
  g_assert_true (is_ended (bench)
                 == (mdoc_reader_session_get_end_reason (bench->session)
                     != MDOC_SESSION_END_NONE));
  g_assert_true ((mdoc_reader_session_get_cipher (bench->session) == NULL)
                 == is_ended (bench));
  g_assert_nonnull (mdoc_reader_session_get_transcript (bench->session));
  if (bench->is_asking)
    g_assert_null (mdoc_reader_session_get_response (bench->session));
}

static void
assert_received (Bench *bench,
                 GBytes *message,
                 gboolean is_fine,
                 gboolean was_ended,
                 MdocReaderEvent event,
                 GBytes *reply,
                 const GError *error)
{
  gboolean has_response = mdoc_reader_session_get_response (bench->session)
                          != NULL;

  g_assert_true (is_fine == (error == NULL));
  if (was_ended)
    {
      g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_ENDED);
      g_assert_cmpint (event, ==, MDOC_READER_EVENT_NONE);
      g_assert_null (reply);
      return;
    }

  /* a response that was asked for, or the end, or both at once */
  if (event == MDOC_READER_EVENT_RESPONSE)
    g_assert_true (
        bench->is_asking && has_response && is_fine
        && is_ended (bench)
               == has_status (message, MDOC_SESSION_MAX_RESPONSE_BYTES));
  else
    g_assert_true (event == MDOC_READER_EVENT_ENDED && !has_response
                   && is_ended (bench));
  if (is_fine)
    g_assert_null (reply);
  else if (error->code == MDOC_SESSION_ERROR_TIMEOUT)
    g_assert_nonnull (reply);
  else
    g_assert_true ((reply == NULL)
                   == has_status (message, MDOC_SESSION_MAX_RESPONSE_BYTES));
  if (reply != NULL)
    assert_status (reply);
}

/* Returns: whether a response came of it */
static gboolean
deliver (Bench *bench, GBytes *message)
{
  gboolean was_ended = is_ended (bench);
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GError) error = NULL;
  MdocReaderEvent event;
  gboolean is_fine;

  is_fine = mdoc_reader_session_receive (bench->session,
                                         message,
                                         bench->now_ms,
                                         &event,
                                         &reply,
                                         &error);
  assert_received (bench, message, is_fine, was_ended, event, reply, error);
  if (event != MDOC_READER_EVENT_NONE)
    bench->is_asking = FALSE;
  if (bench->last != message)
    {
      g_clear_pointer (&bench->last, g_bytes_unref);
      bench->last = g_bytes_ref (message);
    }
  return event == MDOC_READER_EVENT_RESPONSE;
}

/* What a peer that keeps to the protocol says is heard, word for word. */
static void
deliver_sealed (Bench *bench, Input *input, gboolean is_forged)
{
  guint8 flags = take_byte (input);
  guint8 status = take_byte (input);
  MdocSpan plaintext = take_span (input);
  gboolean is_error_status = (flags & WITH_STATUS) != 0
                             && (status == MDOC_SESSION_STATUS_ENCRYPTION_ERROR
                                 || status == MDOC_SESSION_STATUS_CBOR_ERROR);
  gboolean is_in_order = bench->is_asking && !is_ended (bench)
                         && !is_late (bench) && (flags & WITH_KEY) == 0
                         && !is_error_status && plaintext.len > 0 && !is_forged;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) forged = NULL;
  gboolean has_response;

  /* the last byte of a message must be one of the ciphertext */
  if (is_forged)
    flags &= (guint8) ~WITH_STATUS;
  message = seal (bench->peer, flags, status, plaintext);
  if (message == NULL)
    return;
  if (is_forged)
    forged = forge (message);

  has_response = deliver (bench, is_forged ? forged : message);
  g_assert_true (has_response == is_in_order);
  if (has_response)
    g_assert_true (
        mdoc_span_equal (mdoc_span_from_bytes (
                             mdoc_reader_session_get_response (bench->session)),
                         plaintext));
}

static void
say (Bench *bench, Input *input)
{
  MdocSpan plaintext = take_span (input);
  g_autoptr (GBytes) request = g_bytes_new (plaintext.data, plaintext.len);
  gboolean was_asking = bench->is_asking;
  gboolean was_ended = is_ended (bench);
  gboolean was_late = is_late (bench);
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;

  if (plaintext.len == 0)
    return;

  message = mdoc_reader_session_request (bench->session,
                                         request,
                                         bench->now_ms,
                                         &error);
  g_assert_true ((message == NULL) == (error != NULL));
  if (message != NULL)
    {
      g_assert_false (was_asking || was_ended || was_late);
      assert_sealed (bench->peer, message, plaintext);
      bench->is_asking = TRUE;
    }
  else if (was_ended)
    g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_ENDED);
  else if (was_asking)
    {
      g_assert_error (error, MDOC_SESSION_ERROR, MDOC_SESSION_ERROR_STATE);
      g_assert_false (is_ended (bench));
    }
  else
    {
      g_assert_true (error->code == MDOC_SESSION_ERROR_TIMEOUT
                     || error->code == MDOC_SESSION_ERROR_COUNTER);
      g_assert_true (is_ended (bench));
    }
}

static void
terminate (Bench *bench)
{
  g_autoptr (GBytes) message = mdoc_reader_session_terminate (bench->session);

  if (message != NULL)
    assert_status (message);
  g_assert_true (is_ended (bench));
  g_assert_null (mdoc_reader_session_terminate (bench->session));
}

static void
check_deadline (Bench *bench)
{
  gboolean is_due = !is_ended (bench) && is_late (bench);

  g_assert_true (
      mdoc_reader_session_check_deadline (bench->session, bench->now_ms)
      == is_due);
}

/* Numbers go up only, and both sides alike. */
static void
count_on (Bench *bench)
{
  MdocSessionCipher *cipher = mdoc_reader_session_get_cipher (bench->session);
  const guint64 near_last = (guint64) G_MAXUINT32 - 2;

  if (cipher == NULL
      || mdoc_session_cipher_get_send_counter (cipher) >= near_last
      || mdoc_session_cipher_get_receive_counter (cipher) >= near_last)
    return;

  mdoc_session_cipher_set_counters (cipher, near_last, near_last);
  mdoc_session_cipher_set_counters (bench->peer, near_last, near_last);
}

static void
do_deed (Bench *bench, Input *input)
{
  guint64 sent = 0;
  MdocSessionCipher *cipher = mdoc_reader_session_get_cipher (bench->session);

  if (cipher != NULL)
    sent = mdoc_session_cipher_get_send_counter (cipher);

  switch ((Deed) (take_byte (input) % N_DEEDS))
    {
    case DEED_DELIVER_RAW:
      {
        MdocSpan raw = take_span (input);
        g_autoptr (GBytes) message = g_bytes_new (raw.data, raw.len);

        g_assert_false (deliver (bench, message));
        break;
      }
    case DEED_DELIVER_SEALED:
      deliver_sealed (bench, input, FALSE);
      break;
    case DEED_DELIVER_FORGED:
      deliver_sealed (bench, input, TRUE);
      break;
    case DEED_DELIVER_AGAIN:
      if (bench->last != NULL)
        g_assert_false (deliver (bench, bench->last));
      break;
    case DEED_SAY:
    case DEED_SAY_LAST:
      say (bench, input);
      break;
    case DEED_TERMINATE:
      terminate (bench);
      break;
    case DEED_WAIT:
      bench->now_ms += (gint64) take_byte (input) * 2000;
      break;
    case DEED_CHECK_DEADLINE:
    case DEED_CONNECT:
      check_deadline (bench);
      break;
    case DEED_NEAR_LAST_NUMBER:
      count_on (bench);
      break;
    case N_DEEDS:
    default:
      g_assert_not_reached ();
    }

  cipher = mdoc_reader_session_get_cipher (bench->session);
  if (cipher != NULL)
    g_assert_cmpuint (mdoc_session_cipher_get_send_counter (cipher), >=, sent);
  if (is_ended (bench))
    bench->is_asking = FALSE;
  assert_state (bench);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const Fixture *f = get_fixture ();
  Input input = { data, size };
  Bench bench = { .now_ms = 0 };

  bench.session = mdoc_reader_session_new (f->e_reader_key,
                                           f->engagement,
                                           MDOC_HANDOVER_QR,
                                           mdoc_key_get_public (
                                               f->e_device_key),
                                           bench.now_ms,
                                           NULL);
  g_assert_nonnull (bench.session);
  bench.peer = peer_new (MDOC_SESSION_ROLE_HOLDER);
  for (guint n = 0; input.len > 0 && n < MAX_DEEDS; n++)
    {
      do_deed (&bench, &input);
      if (mdoc_reader_session_is_ended (bench.session)
          && n < MAX_DEEDS - MAX_DEEDS_AFTER_END)
        n = MAX_DEEDS - MAX_DEEDS_AFTER_END;
    }

  g_clear_pointer (&bench.last, g_bytes_unref);
  mdoc_session_cipher_free (bench.peer);
  mdoc_reader_session_free (bench.session);
  return 0;
}
