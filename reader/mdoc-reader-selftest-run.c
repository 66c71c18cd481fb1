/*
 * mdoc-reader-selftest-run.c - runs one test of a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-selftest-run.h"

#include <string.h>

#include "ble/mdoc-ble.h"
#include "mdoc/mdoc-session.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-probe.h"
#include "reader/mdoc-reader-selftest-wrong.h"
#include "reader/mdoc-reader-transport.h"

/* how long a holder has to look at a wrong Ident */
#define IDENT_TIMEOUT_MS 15000

/* how often bluetoothd is asked whether it is there; it has a second each time
 */
#define MAX_OPENS 10

/* how long an answer that must not come is waited for; and how long a holder
 * takes to end what it has to end by itself */
#define SILENCE_MS 3000

typedef struct
{
  const MdocSelftestBench *bench;
  const MdocSelftestWay *way;
  const MdocSelftestCase *test;
  MdocSelftestRun *run;
  MdocReaderProbe *probe; /* nullable */
  MdocReaderAsk *ask;     /* of the last request */
  GBytes *sent;           /* nullable: the last message */
  gint64 engaged_us;
  gint64 asked_us;
  gboolean is_later; /* not the first connection */
} Script;

static void
script_clear (Script *self)
{
  g_clear_pointer (&self->probe, mdoc_reader_probe_free);
  g_clear_pointer (&self->sent, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Script, script_clear)

#define refuse(error, ...)                                                     \
  mdoc_reader_refuse (error, MDOC_READER_ERROR_CONFORMANCE, __VA_ARGS__)

/* --- connections --- */

/* What the engagement lacks is no fault of a holder. */
static gboolean
check_way (Script *self, MdocDeviceEngagement *engagement, GError **error)
{
  const MdocRetrievalMethod *method
      = mdoc_device_engagement_find_method (engagement, MDOC_RETRIEVAL_BLE);
  gboolean is_offered = method != NULL;

  if (is_offered && self->way->ble_mode != NULL)
    is_offered = strcmp (self->way->ble_mode, "central") == 0
                     ? method->ble.has_central_client
                     : method->ble.has_peripheral_server;
  if (is_offered && self->way->needs_psm)
    is_offered = method->ble.has_psm;
  if (is_offered)
    return TRUE;
  return mdoc_reader_refuse (error,
                             MDOC_READER_ERROR_SKIPPED,
                             "The engagement does not offer this way");
}

/* A bluetoothd that still has to do with the connection before may be late with
 * its word that it is there, which is no fault of the holder. */
static MdocTransport *
open_transport (const MdocReaderWay *way,
                MdocDeviceEngagement *engagement,
                GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) reason = NULL;
      MdocTransport *transport = mdoc_reader_transport_open (way,
                                                             engagement,
                                                             &reason);

      if (transport != NULL)
        return transport;
      if (i + 1 < MAX_OPENS
          && g_error_matches (reason, MDOC_BLE_ERROR, MDOC_BLE_ERROR_TIMEOUT))
        continue;
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
}

static gboolean
open_probe (Script *self, gboolean has_wrong_ident, GError **error)
{
  const MdocReaderWay way = { .transport = self->way->transport,
                              .ble_mode = self->way->ble_mode,
                              .adapter = self->bench->adapter,
                              .use_l2cap = self->way->use_l2cap,
                              .is_psm_read = !self->way->needs_psm,
                              .has_wrong_ident = has_wrong_ident };
  g_autoptr (MdocDeviceEngagement) engagement = NULL;
  g_autoptr (MdocTransport) transport = NULL;

  g_clear_pointer (&self->probe, mdoc_reader_probe_free);
  engagement = mdoc_selftest_holder_engage (self->bench->holder,
                                            self->way,
                                            self->test,
                                            error);
  if (engagement == NULL || !check_way (self, engagement, error))
    return FALSE;

  if (!self->is_later)
    self->engaged_us = g_get_monotonic_time ();
  transport = open_transport (&way, engagement, error);
  if (transport == NULL)
    return FALSE;
  self->probe = mdoc_reader_probe_new (transport, engagement, error);
  return self->probe != NULL;
}

static gboolean
run_connect (Script *self, gint argument, GError **error)
{
  if (!open_probe (self, FALSE, error)
      || !mdoc_reader_probe_connect (self->probe,
                                     self->bench->timeout_ms,
                                     error))
    return FALSE;
  if (!self->is_later)
    self->run->connect_us = g_get_monotonic_time () - self->engaged_us;
  return TRUE;
}

/* ISO/IEC 18013-5 leaves it to the holder whether it looks. */
static gboolean
run_connect_wrong_ident (Script *self, gint argument, GError **error)
{
  gboolean is_connected;

  if (!open_probe (self, TRUE, error))
    return FALSE;
  is_connected = mdoc_reader_probe_connect (self->probe,
                                            IDENT_TIMEOUT_MS,
                                            NULL);
  self->run->note = g_strdup (is_connected ? "The holder does not check Ident"
                                           : "The holder checks Ident");
  mdoc_reader_probe_close (self->probe);
  g_clear_pointer (&self->probe, mdoc_reader_probe_free);
  return TRUE;
}

static gboolean
run_tell_end (Script *self, gint argument, GError **error)
{
  mdoc_reader_probe_send_status (self->probe, MDOC_SESSION_STATUS_TERMINATION);
  return TRUE;
}

static gboolean
run_close (Script *self, gint argument, GError **error)
{
  mdoc_reader_probe_close (self->probe);
  self->is_later = TRUE;
  return TRUE;
}

static gboolean
run_leave (Script *self, gint argument, GError **error)
{
  return run_tell_end (self, argument, error)
         && run_close (self, argument, error);
}

static gboolean
run_vanish (Script *self, gint argument, GError **error)
{
  mdoc_reader_probe_vanish (self->probe);
  self->is_later = TRUE;
  return TRUE;
}

/* --- what we say --- */

static void
send (Script *self, GBytes *message)
{
  g_clear_pointer (&self->sent, g_bytes_unref);
  self->sent = g_bytes_ref (message);
  self->asked_us = g_get_monotonic_time ();
  mdoc_reader_probe_send (self->probe, message);
}

static GBytes *
build_request (Script *self, MdocSelftestAsk kind, GError **error)
{
  MdocKey *reader_key = self->bench->reader_key;
  MdocTranscript *transcript = mdoc_reader_probe_get_transcript (self->probe);
  g_autoptr (MdocTranscript) foreign = NULL;

  if (kind == MDOC_SELFTEST_ASK_UNSIGNED)
    reader_key = NULL;
  if (kind == MDOC_SELFTEST_ASK_FOREIGN_SIGNATURE)
    transcript = foreign = mdoc_selftest_make_foreign_transcript ();

  self->ask = self->bench
                  ->asks[kind < MDOC_SELFTEST_N_ASKS ? kind
                                                     : MDOC_SELFTEST_ASK_USUAL];
  return mdoc_reader_ask_build (self->ask,
                                0,
                                transcript,
                                reader_key,
                                reader_key != NULL ? self->bench->reader_chain
                                                   : NULL,
                                FALSE,
                                error);
}

static GBytes *
seal_request (Script *self, MdocSelftestAsk kind, GError **error)
{
  g_autoptr (GBytes) request = build_request (self, kind, error);

  return request != NULL ? mdoc_reader_probe_seal (self->probe, request, error)
                         : NULL;
}

static gboolean
run_ask (Script *self, gint argument, GError **error)
{
  g_autoptr (GBytes) message = seal_request (self,
                                             (MdocSelftestAsk) argument,
                                             error);

  if (message == NULL)
    return FALSE;
  send (self, message);
  return TRUE;
}

static gboolean
run_say (Script *self, gint argument, GError **error)
{
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) message = NULL;

  request = build_request (self, MDOC_SELFTEST_ASK_USUAL, error);
  if (request == NULL)
    return FALSE;
  message = mdoc_selftest_make_wrong (self->probe,
                                      (MdocSelftestWrong) argument,
                                      request,
                                      self->sent,
                                      error);
  if (message == NULL)
    return FALSE;
  send (self, message);
  return TRUE;
}

static gboolean
misbehave (Script *self,
           MdocTransportFault fault,
           GBytes *message,
           gsize n_bytes,
           GError **error)
{
  if (mdoc_reader_probe_get_state (self->probe) != MDOC_READER_PROBE_OPEN)
    return refuse (error, "The holder has ended the connection too early");
  if (mdoc_reader_probe_misbehave (self->probe, fault, message, n_bytes))
    return TRUE;
  return mdoc_reader_refuse (error,
                             MDOC_READER_ERROR_SKIPPED,
                             "This transport cannot be made to do that");
}

static gboolean
run_cut (Script *self, gint argument, GError **error)
{
  g_autoptr (GBytes) message = seal_request (self,
                                             MDOC_SELFTEST_ASK_USUAL,
                                             error);
  gsize len, n_bytes;

  if (message == NULL)
    return FALSE;
  len = g_bytes_get_size (message);
  if (argument == 0)
    n_bytes = len / 2;
  else
    n_bytes = argument > 0 ? (gsize) argument : len - (gsize) -argument;
  self->is_later = TRUE;
  return misbehave (self, MDOC_TRANSPORT_FAULT_CUT, message, n_bytes, error);
}

static gboolean
run_fault (Script *self, gint argument, GError **error)
{
  g_autoptr (GBytes) message = seal_request (self,
                                             MDOC_SELFTEST_ASK_USUAL,
                                             error);

  return message != NULL
         && misbehave (self, (MdocTransportFault) argument, message, 0, error);
}

/* --- what the holder says --- */

static const char *
tell_state (Script *self)
{
  return mdoc_reader_probe_get_state (self->probe) == MDOC_READER_PROBE_CLOSED
             ? "The holder ended the connection"
             : "The holder is gone without a word";
}

/* The next message, which has to be one with data if @wants_data, else one of a
 * status alone. */
static gboolean
receive (Script *self,
         gboolean wants_data,
         MdocReaderReply *ret_reply,
         GError **error)
{
  gboolean is_message;

  if (!mdoc_reader_probe_wait (self->probe,
                               self->bench->timeout_ms,
                               &is_message,
                               ret_reply,
                               error))
    return FALSE;
  if (!is_message)
    return refuse (error,
                   "%s instead of sending %s",
                   tell_state (self),
                   wants_data ? "an answer" : "a status");
  if (wants_data && ret_reply->response == NULL)
    return mdoc_reader_refuse (error,
                               ret_reply->status
                                       == MDOC_SESSION_STATUS_TERMINATION
                                   ? MDOC_READER_ERROR_DENIED
                                   : MDOC_READER_ERROR_CONFORMANCE,
                               "The holder sent status %u instead of an answer",
                               (guint) ret_reply->status);
  if (!wants_data && ret_reply->response != NULL)
    return refuse (error, "The holder sent an answer instead of a status");
  return TRUE;
}

/* The first check of a response that failed. */
static gboolean
refuse_unverified (MdocVerification *verification, GError **error)
{
  for (guint i = 0; i < mdoc_verification_get_n_checks (verification); i++)
    {
      const MdocCheck *check = mdoc_verification_get_check (verification, i);

      if (check->outcome == MDOC_CHECK_FAILED)
        return refuse (error, "The answer does not verify: %s", check->name);
    }
  for (guint i = 0; i < mdoc_verification_get_n_documents (verification); i++)
    for (guint j = 0;
         j < mdoc_verification_get_n_document_checks (verification, i);
         j++)
      {
        const MdocCheck *check
            = mdoc_verification_get_document_check (verification, i, j);

        if (check->outcome == MDOC_CHECK_FAILED)
          return refuse (error,
                         "The answer does not verify: %s%s%s",
                         check->name,
                         check->detail != NULL ? ": " : "",
                         check->detail != NULL ? check->detail : "");
      }
  return refuse (error, "The answer does not verify");
}

static gboolean
check_documents (Script *self, MdocDeviceResponse *response, GError **error)
{
  g_autoptr (MdocVerification) verification = NULL;
  g_auto (GStrv) unasked = NULL;

  verification = mdoc_verifier_check (self->bench->verifier,
                                      response,
                                      mdoc_reader_probe_get_transcript (
                                          self->probe),
                                      mdoc_reader_probe_get_key (self->probe),
                                      self->bench->at_unix_s);
  if (!mdoc_verification_is_verified (verification))
    return refuse_unverified (verification, error);
  unasked = mdoc_reader_ask_list_unasked (self->ask, 0, response);
  if (unasked[0] != NULL)
    return refuse (error,
                   "The answer holds what was not asked for: %s",
                   unasked[0]);
  return TRUE;
}

static gboolean
check_response (Script *self,
                MdocSelftestAnswer wanted,
                MdocDeviceResponse *response,
                GError **error)
{
  guint64 status = mdoc_device_response_get_status (response);
  guint n_documents = mdoc_device_response_get_n_documents (response);

  if (status != MDOC_RESPONSE_STATUS_OK && n_documents > 0)
    return refuse (error,
                   "The answer has status %u together with documents",
                   (guint) status);
  if (wanted == MDOC_SELFTEST_ANSWER_ERROR)
    {
      if (status == MDOC_RESPONSE_STATUS_OK)
        return refuse (error, "The answer has status 0, not one of an error");
      self->run->note = g_strdup_printf ("DeviceResponse with status %u",
                                         (guint) status);
      return TRUE;
    }
  if (status != MDOC_RESPONSE_STATUS_OK)
    return refuse (error, "The answer has status %u", (guint) status);

  if (wanted == MDOC_SELFTEST_ANSWER_NOTHING && n_documents > 0)
    return refuse (error, "The answer holds documents, where nothing is held");
  if (n_documents > 0)
    return check_documents (self, response, error);
  if (wanted == MDOC_SELFTEST_ANSWER_NOTHING
      || wanted == MDOC_SELFTEST_ANSWER_ANY)
    return TRUE;
  return mdoc_reader_refuse (error,
                             MDOC_READER_ERROR_DENIED,
                             "The holder gives nothing");
}

static gboolean
take_answer (Script *self,
             MdocSelftestAnswer wanted,
             const MdocReaderReply *reply,
             GError **error)
{
  g_autoptr (MdocDeviceResponse) response = NULL;
  g_autoptr (GError) reason = NULL;

  if (!self->is_later && self->run->whole_us == 0)
    {
      self->run->first_us = reply->begun_us - self->asked_us;
      self->run->whole_us = reply->came_us - self->engaged_us;
    }
  response = mdoc_device_response_parse (reply->response, &reason);
  if (response == NULL)
    return refuse (error, "The answer is none: %s", reason->message);
  if (!check_response (self, wanted, response, error))
    return FALSE;

  if (wanted == MDOC_SELFTEST_ANSWER_LAST && !reply->has_status)
    return refuse (error, "The answer came without status 20");
  if ((wanted == MDOC_SELFTEST_ANSWER_VERIFIED
       || wanted == MDOC_SELFTEST_ANSWER_NOTHING)
      && reply->has_status)
    return refuse (error,
                   "The answer came with status 20: the session is over");
  return TRUE;
}

static gboolean
run_answer (Script *self, gint argument, GError **error)
{
  MdocSelftestAnswer wanted = (MdocSelftestAnswer) argument;
  g_auto (MdocReaderReply) reply = { 0 };
  gboolean is_message;

  if (wanted != MDOC_SELFTEST_ANSWER_ERROR)
    return receive (self, TRUE, &reply, error)
           && take_answer (self, wanted, &reply, error);

  /* here the session may say it as well */
  if (!mdoc_reader_probe_wait (self->probe,
                               self->bench->timeout_ms,
                               &is_message,
                               &reply,
                               error))
    return FALSE;
  if (!is_message)
    return refuse (error, "%s without a status", tell_state (self));
  if (reply.response != NULL)
    return take_answer (self, wanted, &reply, error);
  self->run->note = g_strdup_printf ("SessionData with status %u",
                                     (guint) reply.status);
  return TRUE;
}

static gboolean
run_status (Script *self, gint argument, GError **error)
{
  g_auto (MdocReaderReply) reply = { 0 };

  if (!receive (self, FALSE, &reply, error))
    return FALSE;
  if (reply.status != (guint64) argument)
    return refuse (error,
                   "The holder sent status %u, not %d",
                   (guint) reply.status,
                   argument);
  return TRUE;
}

static gboolean
run_refused (Script *self, gint argument, GError **error)
{
  g_auto (MdocReaderReply) reply = { 0 };
  gboolean is_message;

  if (!mdoc_reader_probe_wait (self->probe,
                               self->bench->timeout_ms,
                               &is_message,
                               &reply,
                               error))
    return FALSE;
  if (is_message && reply.response != NULL)
    return refuse (error, "The holder answers");
  self->run->note = is_message
                        ? g_strdup_printf ("Status %u", (guint) reply.status)
                        : g_strdup (tell_state (self));
  return TRUE;
}

static gboolean
run_unanswered (Script *self, gint argument, GError **error)
{
  g_auto (MdocReaderReply) reply = { 0 };
  g_autoptr (GError) reason = NULL;
  gboolean is_message;

  if (!mdoc_reader_probe_wait (self->probe,
                               SILENCE_MS,
                               &is_message,
                               &reply,
                               &reason))
    return g_error_matches (reason,
                            MDOC_READER_ERROR,
                            MDOC_READER_ERROR_TIMEOUT)
           || refuse (error, "%s", reason->message);
  if (is_message && reply.response != NULL)
    return refuse (error, "The holder answers after the end");
  return TRUE;
}

static gboolean
run_ended (Script *self, gint argument, GError **error)
{
  g_auto (MdocReaderReply) reply = { 0 };
  MdocReaderProbeState state;
  gboolean is_message;

  if (!mdoc_reader_probe_wait (self->probe,
                               self->bench->timeout_ms,
                               &is_message,
                               &reply,
                               error))
    return FALSE;
  if (is_message && reply.response != NULL)
    return refuse (error, "The holder sent an answer that nobody asked for");
  if (argument == MDOC_SELFTEST_END_STATUS)
    {
      if (!is_message)
        return refuse (error, "%s without status 20", tell_state (self));
      return reply.status == MDOC_SESSION_STATUS_TERMINATION
             || refuse (error,
                        "The holder sent status %u, not 20",
                        (guint) reply.status);
    }

  if (is_message)
    return refuse (error,
                   "The holder sent status %u instead of ending the connection",
                   (guint) reply.status);
  state = mdoc_reader_probe_get_state (self->probe);
  self->run->note = g_strdup (tell_state (self));
  /* on Bluetooth an end after the answer is in order, with or without a word */
  return self->way->id != MDOC_SELFTEST_WAY_LOOPBACK
         || (state == MDOC_READER_PROBE_CLOSED)
                == (argument == MDOC_SELFTEST_END_TRANSPORT)
         || refuse (error, "%s", tell_state (self));
}

/* --- the script --- */

static gboolean
run_step (Script *self, const MdocSelftestStep *step, GError **error)
{
  static gboolean (*const steps[]) (Script *, gint, GError **) = {
    [MDOC_SELFTEST_CONNECT] = run_connect,
    [MDOC_SELFTEST_CONNECT_WRONG_IDENT] = run_connect_wrong_ident,
    [MDOC_SELFTEST_ASK] = run_ask,
    [MDOC_SELFTEST_ANSWER] = run_answer,
    [MDOC_SELFTEST_SAY] = run_say,
    [MDOC_SELFTEST_STATUS] = run_status,
    [MDOC_SELFTEST_REFUSED] = run_refused,
    [MDOC_SELFTEST_UNANSWERED] = run_unanswered,
    [MDOC_SELFTEST_ENDED] = run_ended,
    [MDOC_SELFTEST_TELL_END] = run_tell_end,
    [MDOC_SELFTEST_LEAVE] = run_leave,
    [MDOC_SELFTEST_CLOSE] = run_close,
    [MDOC_SELFTEST_VANISH] = run_vanish,
    [MDOC_SELFTEST_CUT] = run_cut,
    [MDOC_SELFTEST_FAULT] = run_fault,
  };

  return steps[step->op](self, step->argument, error);
}

static gboolean
check_needs (const MdocSelftestBench *bench,
             const MdocSelftestCase *test,
             GError **error)
{
  if (test->needs_reader_key && bench->reader_key == NULL)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_SKIPPED,
                               "It takes --reader-cert and --reader-key");
  if (test->end != MDOC_SELFTEST_END_READER
      && !mdoc_selftest_holder_can_end (bench->holder))
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_SKIPPED,
                               "It takes a holder that can be told to end it");
  return TRUE;
}

static gboolean
run_script (Script *self, GError **error)
{
  for (guint i = 0; self->test->steps[i].op != MDOC_SELFTEST_DONE; i++)
    if (!run_step (self, &self->test->steps[i], error))
      {
        g_prefix_error (error,
                        "step %u, %s: ",
                        i + 1,
                        mdoc_selftest_op_get_name (self->test->steps[i].op));
        return FALSE;
      }
  return TRUE;
}

/**
 * mdoc_selftest_run:
 * @bench: what all tests share
 * @way: by which way; one of those of @test
 * @test: which one
 * @ret_run: (out): what came of it
 */
void
mdoc_selftest_run (const MdocSelftestBench *bench,
                   const MdocSelftestWay *way,
                   const MdocSelftestCase *test,
                   MdocSelftestRun *ret_run)
{
  g_auto (Script) script = { .bench = bench,
                             .way = way,
                             .test = test,
                             .run = ret_run };
  gint64 started_us = g_get_monotonic_time ();

  ret_run->command_exit = -1;
  if (check_needs (bench, test, &ret_run->error)
      && run_script (&script, &ret_run->error))
    ret_run->outcome = MDOC_SELFTEST_PASSED;
  else
    ret_run->outcome = g_error_matches (ret_run->error,
                                        MDOC_READER_ERROR,
                                        MDOC_READER_ERROR_SKIPPED)
                           ? MDOC_SELFTEST_NOT_RUN
                           : MDOC_SELFTEST_FAILED;

  /* it is over for the holder before its command is waited for */
  script_clear (&script);
  ret_run->took_us = g_get_monotonic_time () - started_us;
  ret_run->command_exit = mdoc_selftest_holder_release (bench->holder);
}
