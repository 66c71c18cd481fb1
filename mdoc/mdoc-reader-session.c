/*
 * mdoc-reader-session.c - a proximity session, as reader
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

/* ISO/IEC 18013-5, 9.1.1.4, in the signs of mdoc-holder-session.c.
 *
 *  what comes                  | READY        | ASKING       | ANSWERED
 *  ----------------------------+--------------+--------------+--------------
 *  data                        | !PROTOCOL 20 | → ANSWERED   | !PROTOCOL 20
 *    not to be decrypted       | !PROTOCOL 20 | !DECRYPT 10  | !PROTOCOL 20
 *    empty when decrypted      | !PROTOCOL 20 | !CBOR 11     | !PROTOCOL 20
 *  data, status 20 or unknown  | !PROTOCOL –  | → ENDED –    | !PROTOCOL –
 *  eReaderKey, data            | !PROTOCOL 20 | !PROTOCOL 20 | !PROTOCOL 20
 *  data, status 10 or 11       | !PROTOCOL –  | !PROTOCOL –  | !PROTOCOL –
 *  status alone                | → ENDED –    | → ENDED –    | → ENDED –
 *  neither data nor status     | !CBOR 11     | !CBOR 11     | !CBOR 11
 *  no such message             | !CBOR 11     | !CBOR 11     | !CBOR 11
 *  longer than the limit       | !LIMIT 20    | !LIMIT 20    | !LIMIT 20
 *  anything, at the deadline   | !TIMEOUT 20  | !TIMEOUT 20  | !TIMEOUT 20
 *
 *  what we do                  |              |              |
 *  ----------------------------+--------------+--------------+--------------
 *  request                     | → ASKING     | !STATE       | → ASKING
 *  request, at the deadline    | !TIMEOUT     | !STATE       | !TIMEOUT
 *  terminate                   | → ENDED 20   | → ENDED 20   | → ENDED 20
 *  check the deadline          | → ENDED      | → ENDED      | → ENDED
 *
 * The response that comes together with the end of the session is an event, and
 * stays readable in ENDED. */

struct _MdocReaderSession
{
  MdocSessionCore core;
  GBytes *e_reader_key; /* encoded COSE_Key; %NULL once it was sent */
};

/**
 * mdoc_reader_session_new:
 * @e_reader_key: our ephemeral key, on the curve of @e_device_key
 * @device_engagement: the encoded DeviceEngagement, as it was received
 * @handover: one item of CBOR: %MDOC_HANDOVER_QR, or what
 *   mdoc_handover_new_nfc() returned
 * @e_device_key: the key of @device_engagement
 * @now_ms: the time in ms, of a clock that does not jump
 * @error: return location for a #MdocSessionError
 *
 * Costs a key agreement.
 *
 * Returns: (transfer full): a session in which nothing was asked; %NULL with
 *   %MDOC_SESSION_ERROR_KEY if the two keys do not fit,
 *   %MDOC_SESSION_ERROR_DEVICE if ours failed
 */
MdocReaderSession *
mdoc_reader_session_new (MdocKey *e_reader_key,
                         GBytes *device_engagement,
                         MdocSpan handover,
                         MdocPublicKey *e_device_key,
                         gint64 now_ms,
                         GError **error)
{
  g_autoptr (MdocReaderSession) self = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  g_return_val_if_fail (e_reader_key != NULL, NULL);
  g_return_val_if_fail (device_engagement != NULL, NULL);
  g_return_val_if_fail (e_device_key != NULL, NULL);

  mdoc_cose_key_write (writer, mdoc_key_get_public (e_reader_key));

  self = g_new0 (MdocReaderSession, 1);
  self->core.max_received_bytes = MDOC_SESSION_MAX_RESPONSE_BYTES;
  self->core.max_sent_bytes = MDOC_SESSION_MAX_REQUEST_BYTES;
  self->core.deadline_ms = now_ms + MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS;
  self->core.is_our_turn = TRUE;
  self->e_reader_key = mdoc_cbor_writer_finish (writer);
  self->core.transcript = mdoc_transcript_new (mdoc_span_from_bytes (
                                                   device_engagement),
                                               mdoc_span_from_bytes (
                                                   self->e_reader_key),
                                               handover);
  self->core.cipher = mdoc_session_cipher_new (MDOC_SESSION_ROLE_READER,
                                               e_reader_key,
                                               e_device_key,
                                               self->core.transcript,
                                               error);
  if (self->core.cipher == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_reader_session_free:
 * @self: (nullable) (transfer full): a session
 */
void
mdoc_reader_session_free (MdocReaderSession *self)
{
  if (self == NULL)
    return;

  mdoc_session_core_clear (&self->core);
  g_clear_pointer (&self->e_reader_key, g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_reader_session_request:
 * @self: a session in which nothing was asked, or the last question answered
 * @device_request: an encoded DeviceRequest
 * @now_ms: the time
 * @error: return location for a #MdocSessionError
 *
 * The response before, if there was one, is let go.
 *
 * After %MDOC_SESSION_ERROR_STATE (the last question is open),
 * %MDOC_SESSION_ERROR_ENDED and %MDOC_SESSION_ERROR_LIMIT (the request is too
 * long) nothing has changed. Any other error has ended the session.
 *
 * Returns: (transfer full): the message to send, a SessionEstablishment for the
 *   first request, SessionData for the others; or %NULL with @error set
 */
GBytes *
mdoc_reader_session_request (MdocReaderSession *self,
                             GBytes *device_request,
                             gint64 now_ms,
                             GError **error)
{
  MdocSpan e_reader_key = MDOC_SPAN (NULL, 0);
  GBytes *message;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (device_request != NULL, NULL);
  g_return_val_if_fail (g_bytes_get_size (device_request) > 0, NULL);

  if (self->e_reader_key != NULL)
    e_reader_key = mdoc_span_from_bytes (self->e_reader_key);
  message = mdoc_session_core_seal (&self->core,
                                    e_reader_key,
                                    device_request,
                                    FALSE,
                                    now_ms,
                                    error);
  if (message != NULL)
    g_clear_pointer (&self->e_reader_key, g_bytes_unref);
  return message;
}

/**
 * mdoc_reader_session_receive:
 * @self: a session
 * @message: what the transport brought
 * @now_ms: the time
 * @ret_event: (out): what has happened; always set. After
 *   %MDOC_READER_EVENT_RESPONSE the session may have ended as well
 * @ret_reply: (out) (nullable) (transfer full): what must be sent now, whether
 *   or not this failed; always set
 * @error: return location for a #MdocSessionError
 *
 * The table at the top of this file says what happens when. Every error but
 * %MDOC_SESSION_ERROR_ENDED has ended the session, so that the event is
 * %MDOC_READER_EVENT_ENDED.
 *
 * Returns: %TRUE if @message was in order, the end of the session included
 */
gboolean
mdoc_reader_session_receive (MdocReaderSession *self,
                             GBytes *message,
                             gint64 now_ms,
                             MdocReaderEvent *ret_event,
                             GBytes **ret_reply,
                             GError **error)
{
  gboolean was_ended;
  gboolean is_sound = TRUE;
  MdocSessionMessage parsed;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (ret_event != NULL, FALSE);
  g_return_val_if_fail (ret_reply != NULL, FALSE);

  *ret_event = MDOC_READER_EVENT_NONE;
  *ret_reply = NULL;
  was_ended = mdoc_reader_session_is_ended (self);

  switch (mdoc_session_core_take (&self->core,
                                  message,
                                  now_ms,
                                  &parsed,
                                  ret_reply,
                                  error))
    {
    case MDOC_SESSION_TAKE_DATA:
      is_sound = mdoc_session_core_open (&self->core,
                                         &parsed,
                                         now_ms,
                                         ret_reply,
                                         error);
      break;
    case MDOC_SESSION_TAKE_ENDED:
      break;
    case MDOC_SESSION_TAKE_ERROR:
    default:
      is_sound = FALSE;
      break;
    }

  if (was_ended)
    return FALSE;

  *ret_event = self->core.plaintext != NULL ? MDOC_READER_EVENT_RESPONSE
                                            : MDOC_READER_EVENT_ENDED;
  return is_sound;
}

/**
 * mdoc_reader_session_terminate:
 * @self: a session
 *
 * Ends the session, if it has not ended.
 *
 * Returns: (transfer full) (nullable): a message with status 20; %NULL if the
 *   peer has been told of the end, or has told us
 */
GBytes *
mdoc_reader_session_terminate (MdocReaderSession *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return mdoc_session_core_terminate (&self->core);
}

/**
 * mdoc_reader_session_get_response:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the DeviceResponse to the last request;
 *   %NULL if there is none yet, and after the end of the session unless it came
 *   with the response; wiped when the last reference goes
 */
GBytes *
mdoc_reader_session_get_response (MdocReaderSession *self)
{
  return self->core.plaintext;
}

/**
 * mdoc_reader_session_get_transcript:
 * @self: a session
 *
 * Returns: (transfer none): the transcript
 */
MdocTranscript *
mdoc_reader_session_get_transcript (MdocReaderSession *self)
{
  return self->core.transcript;
}

gboolean
mdoc_reader_session_is_ended (MdocReaderSession *self)
{
  return self->core.end != MDOC_SESSION_END_NONE;
}

MdocSessionEnd
mdoc_reader_session_get_end_reason (MdocReaderSession *self)
{
  return self->core.end;
}

/**
 * mdoc_reader_session_get_deadline_ms:
 * @self: a session that has not ended
 *
 * Returns: as mdoc_holder_session_get_deadline_ms()
 */
gint64
mdoc_reader_session_get_deadline_ms (MdocReaderSession *self)
{
  return self->core.deadline_ms;
}

/**
 * mdoc_reader_session_check_deadline:
 * @self: a session
 * @now_ms: the time
 *
 * Returns: as mdoc_holder_session_check_deadline()
 */
gboolean
mdoc_reader_session_check_deadline (MdocReaderSession *self, gint64 now_ms)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return mdoc_session_core_check_deadline (&self->core, now_ms);
}

MdocSessionCipher *
mdoc_reader_session_get_cipher (MdocReaderSession *self)
{
  return self->core.cipher;
}
