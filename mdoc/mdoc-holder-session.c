/*
 * mdoc-holder-session.c - a proximity session, as holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session-private.h"
#include "mdoc/mdoc-session.h"

/* ISO/IEC 18013-5, 9.1.1.4. What happens in which state; "→" is the next state,
 * "!" an error of mdoc_holder_session_receive(), a number the status that we
 * send, "–" that we send nothing.
 *
 *  what comes                  | ENGAGED      | ASKED        | ANSWERED
 *  ----------------------------+--------------+--------------+--------------
 *  eReaderKey, data            | → ASKED      | !PROTOCOL 20 | !PROTOCOL 20
 *    key of no or other curve  | !KEY 10      | !PROTOCOL 20 | !PROTOCOL 20
 *    not to be decrypted       | !DECRYPT 10  | !PROTOCOL 20 | !PROTOCOL 20
 *  data                        | !CBOR 11     | !PROTOCOL 20 | → ASKED
 *    not to be decrypted       | !CBOR 11     | !PROTOCOL 20 | !DECRYPT 10
 *    empty when decrypted      | !CBOR 11     | !PROTOCOL 20 | !CBOR 11
 *  data, status 20 or unknown  | !CBOR –      | !PROTOCOL –  | → ENDED –
 *  eReaderKey, data, status 20 | → ENDED –    | !PROTOCOL –  | !PROTOCOL –
 *  data, status 10 or 11       | !PROTOCOL –  | !PROTOCOL –  | !PROTOCOL –
 *  status alone                | → ENDED –    | → ENDED –    | → ENDED –
 *  neither data nor status     | !CBOR 11     | !CBOR 11     | !CBOR 11
 *  no such message             | !CBOR 11     | !CBOR 11     | !CBOR 11
 *  longer than the limit       | !LIMIT 20    | !LIMIT 20    | !LIMIT 20
 *  anything, at the deadline   | !TIMEOUT 20  | !TIMEOUT 20  | !TIMEOUT 20
 *
 *  what we do                  |              |              |
 *  ----------------------------+--------------+--------------+--------------
 *  respond                     | !STATE       | → ANSWERED   | !STATE
 *  respond and terminate       | !STATE       | → ENDED      | !STATE
 *  respond, at the deadline    | !STATE       | !TIMEOUT     | !STATE
 *  terminate                   | → ENDED 20   | → ENDED 20   | → ENDED 20
 *  check the deadline          | → ENDED      | → ENDED      | → ENDED
 *
 * Each error of receiving leads to ENDED, where every message is refused with
 * ENDED and nothing is sent, save once the status 20 of a session that ended
 * without the peer's knowing.
 *
 * A request that comes together with the end of the session cannot be answered,
 * so that it is no event. */

/* the content of EReaderKeyBytes */
static const MdocCborLimits key_limits = {
  .max_bytes = 512,
  .max_depth = 4,
  .max_items = 32,
};

struct _MdocHolderSession
{
  MdocSessionCore core;
  MdocKey *e_device_key; /* let go with the first message */
  GBytes *device_engagement;
  GBytes *handover;
  MdocPublicKey *e_reader_key;
  gboolean is_connected;
};

/**
 * mdoc_holder_session_new:
 * @e_device_key: the ephemeral key that @device_engagement tells of
 * @device_engagement: the encoded DeviceEngagement, as it is shown
 * @handover: one item of CBOR: %MDOC_HANDOVER_QR, or what
 *   mdoc_handover_new_nfc() returned
 * @now_ms: the time in ms, of a clock that does not jump
 *
 * Returns: (transfer full): a session that waits for a reader
 */
MdocHolderSession *
mdoc_holder_session_new (MdocKey *e_device_key,
                         GBytes *device_engagement,
                         MdocSpan handover,
                         gint64 now_ms)
{
  MdocHolderSession *self;

  g_return_val_if_fail (e_device_key != NULL, NULL);
  g_return_val_if_fail (device_engagement != NULL, NULL);

  self = g_new0 (MdocHolderSession, 1);
  self->core.max_received_bytes = MDOC_SESSION_MAX_REQUEST_BYTES;
  self->core.max_sent_bytes = MDOC_SESSION_MAX_RESPONSE_BYTES;
  self->core.deadline_ms = now_ms + MDOC_SESSION_ENGAGEMENT_TIMEOUT_MS;
  self->e_device_key = mdoc_key_ref (e_device_key);
  self->device_engagement = g_bytes_ref (device_engagement);
  self->handover = mdoc_span_dup (handover);
  return self;
}

/**
 * mdoc_holder_session_free:
 * @self: (nullable) (transfer full): a session
 */
void
mdoc_holder_session_free (MdocHolderSession *self)
{
  if (self == NULL)
    return;

  mdoc_session_core_clear (&self->core);
  g_clear_pointer (&self->e_device_key, mdoc_key_unref);
  g_clear_pointer (&self->device_engagement, g_bytes_unref);
  g_clear_pointer (&self->handover, g_bytes_unref);
  g_clear_pointer (&self->e_reader_key, mdoc_public_key_unref);
  g_free (self);
}

/**
 * mdoc_holder_session_set_connected:
 * @self: a session
 * @now_ms: the time
 *
 * A reader has connected, so that its first message is waited for
 * %MDOC_SESSION_ESTABLISHMENT_TIMEOUT_MS from now. Only the first call does
 * something: who connects time and again gains none.
 */
void
mdoc_holder_session_set_connected (MdocHolderSession *self, gint64 now_ms)
{
  g_return_if_fail (self != NULL);

  if (self->is_connected || self->core.transcript != NULL
      || self->core.end != MDOC_SESSION_END_NONE)
    return;

  self->is_connected = TRUE;
  self->core.deadline_ms = now_ms + MDOC_SESSION_ESTABLISHMENT_TIMEOUT_MS;
}

static MdocPublicKey *
parse_e_reader_key (MdocSpan encoded, GError **error)
{
  g_autoptr (GError) reason = NULL;
  MdocPublicKey *key = NULL;
  MdocCborItem item;

  if (mdoc_cbor_open (encoded, &key_limits, &item, &reason))
    key = mdoc_cose_key_parse (item, "eReaderKey", FALSE, &reason);
  if (key == NULL)
    mdoc_session_core_refuse (error,
                              reason->domain == MDOC_CBOR_ERROR
                                  ? MDOC_SESSION_ERROR_CBOR
                                  : MDOC_SESSION_ERROR_KEY,
                              reason->message);
  return key;
}

/* Makes transcript and keys of the first message. */
static gboolean
establish (MdocHolderSession *self,
           const MdocSessionMessage *message,
           GError **error)
{
  g_autoptr (MdocPublicKey) e_reader_key = NULL;
  g_autoptr (MdocTranscript) transcript = NULL;
  MdocSessionCipher *cipher;

  if (!message->has_e_reader_key)
    return mdoc_session_core_refuse (error,
                                     MDOC_SESSION_ERROR_CBOR,
                                     "eReaderKey is missing");

  e_reader_key = parse_e_reader_key (message->e_reader_key, error);
  if (e_reader_key == NULL)
    return FALSE;

  transcript = mdoc_transcript_new_received (mdoc_span_from_bytes (
                                                 self->device_engagement),
                                             message->e_reader_key_bytes,
                                             mdoc_span_from_bytes (
                                                 self->handover));
  cipher = mdoc_session_cipher_new (MDOC_SESSION_ROLE_HOLDER,
                                    self->e_device_key,
                                    e_reader_key,
                                    transcript,
                                    error);
  if (cipher == NULL)
    return FALSE;

  self->core.cipher = cipher;
  self->core.transcript = g_steal_pointer (&transcript);
  self->e_reader_key = g_steal_pointer (&e_reader_key);
  return TRUE;
}

static gboolean
receive_data (MdocHolderSession *self,
              const MdocSessionMessage *message,
              gint64 now_ms,
              GBytes **ret_reply,
              GError **error)
{
  GError *reason = NULL;

  if (self->core.cipher == NULL && !establish (self, message, &reason))
    return mdoc_session_core_fail (&self->core,
                                   message,
                                   reason,
                                   ret_reply,
                                   error);

  return mdoc_session_core_open (&self->core,
                                 message,
                                 now_ms,
                                 ret_reply,
                                 error);
}

/**
 * mdoc_holder_session_receive:
 * @self: a session
 * @message: what the transport brought
 * @now_ms: the time
 * @ret_event: (out): what has happened; always set
 * @ret_reply: (out) (nullable) (transfer full): what must be sent now, whether
 *   or not this failed; always set
 * @error: return location for a #MdocSessionError
 *
 * The table at the top of this file says what happens when. Every error but
 * %MDOC_SESSION_ERROR_ENDED has ended the session, so that the event is
 * %MDOC_HOLDER_EVENT_ENDED.
 *
 * Costs a key agreement for the first message, a decryption for each.
 *
 * Returns: %TRUE if @message was in order, the end of the session included
 */
gboolean
mdoc_holder_session_receive (MdocHolderSession *self,
                             GBytes *message,
                             gint64 now_ms,
                             MdocHolderEvent *ret_event,
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

  *ret_event = MDOC_HOLDER_EVENT_NONE;
  *ret_reply = NULL;
  was_ended = mdoc_holder_session_is_ended (self);

  switch (mdoc_session_core_take (&self->core,
                                  message,
                                  now_ms,
                                  &parsed,
                                  ret_reply,
                                  error))
    {
    case MDOC_SESSION_TAKE_DATA:
      is_sound = receive_data (self, &parsed, now_ms, ret_reply, error);
      break;
    case MDOC_SESSION_TAKE_ENDED:
      break;
    case MDOC_SESSION_TAKE_ERROR:
    default:
      is_sound = FALSE;
      break;
    }

  g_clear_pointer (&self->e_device_key, mdoc_key_unref);
  if (!mdoc_holder_session_is_ended (self))
    *ret_event = MDOC_HOLDER_EVENT_REQUEST;
  else if (!was_ended)
    {
      g_clear_pointer (&self->core.plaintext, g_bytes_unref);
      *ret_event = MDOC_HOLDER_EVENT_ENDED;
    }
  return is_sound;
}

/**
 * mdoc_holder_session_respond:
 * @self: a session with a request that waits
 * @device_response: an encoded DeviceResponse
 * @terminate: whether the session ends with it
 * @now_ms: the time
 * @error: return location for a #MdocSessionError
 *
 * After %MDOC_SESSION_ERROR_STATE (nothing was asked),
 * %MDOC_SESSION_ERROR_ENDED and %MDOC_SESSION_ERROR_LIMIT (the response is too
 * long) nothing has changed. Any other error has ended the session, of which
 * mdoc_holder_session_terminate() makes the message.
 *
 * Returns: (transfer full): the message to send, or %NULL with @error set
 */
GBytes *
mdoc_holder_session_respond (MdocHolderSession *self,
                             GBytes *device_response,
                             gboolean terminate,
                             gint64 now_ms,
                             GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (device_response != NULL, NULL);
  g_return_val_if_fail (g_bytes_get_size (device_response) > 0, NULL);

  return mdoc_session_core_seal (&self->core,
                                 MDOC_SPAN (NULL, 0),
                                 device_response,
                                 terminate,
                                 now_ms,
                                 error);
}

/**
 * mdoc_holder_session_terminate:
 * @self: a session
 *
 * Ends the session, if it has not ended.
 *
 * Returns: (transfer full) (nullable): a message with status 20; %NULL if the
 *   peer has been told of the end, or has told us
 */
GBytes *
mdoc_holder_session_terminate (MdocHolderSession *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_clear_pointer (&self->e_device_key, mdoc_key_unref);
  return mdoc_session_core_terminate (&self->core);
}

/**
 * mdoc_holder_session_get_request:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the DeviceRequest that waits for its
 *   answer, or %NULL; wiped when the last reference goes
 */
GBytes *
mdoc_holder_session_get_request (MdocHolderSession *self)
{
  return self->core.plaintext;
}

/**
 * mdoc_holder_session_get_transcript:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the transcript, %NULL before the session
 *   is established; kept after its end
 */
MdocTranscript *
mdoc_holder_session_get_transcript (MdocHolderSession *self)
{
  return self->core.transcript;
}

/**
 * mdoc_holder_session_get_e_reader_key:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the reader's ephemeral key, as above
 */
MdocPublicKey *
mdoc_holder_session_get_e_reader_key (MdocHolderSession *self)
{
  return self->e_reader_key;
}

gboolean
mdoc_holder_session_is_ended (MdocHolderSession *self)
{
  return self->core.end != MDOC_SESSION_END_NONE;
}

MdocSessionEnd
mdoc_holder_session_get_end_reason (MdocHolderSession *self)
{
  return self->core.end;
}

/**
 * mdoc_holder_session_get_deadline_ms:
 * @self: a session that has not ended
 *
 * Returns: the time at which mdoc_holder_session_check_deadline() should be
 *   called; it moves with each message
 */
gint64
mdoc_holder_session_get_deadline_ms (MdocHolderSession *self)
{
  return self->core.deadline_ms;
}

/**
 * mdoc_holder_session_check_deadline:
 * @self: a session
 * @now_ms: the time
 *
 * Returns: %TRUE if @now_ms has reached the deadline and this call has ended
 *   the session; send then what mdoc_holder_session_terminate() returns
 */
gboolean
mdoc_holder_session_check_deadline (MdocHolderSession *self, gint64 now_ms)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!mdoc_session_core_check_deadline (&self->core, now_ms))
    return FALSE;

  g_clear_pointer (&self->e_device_key, mdoc_key_unref);
  return TRUE;
}

MdocSessionCipher *
mdoc_holder_session_get_cipher (MdocHolderSession *self)
{
  return self->core.cipher;
}
