/*
 * mdoc-reader-probe.c - a session that can also be done wrong
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-probe.h"

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-session-cipher.h"
#include "mdoc/mdoc-session-core.h"
#include "mdoc/mdoc-session.h"
#include "reader/mdoc-reader-error.h"

/* how long the last message may take to leave, over a slow link */
#define CLOSE_TIMEOUT_MS 40000

/* what came and nobody has looked at; a holder that sends more breaks the
 * protocol in any case */
#define MAX_WAITING 16

typedef struct
{
  GBytes *message;
  gint64 begun_us;
  gint64 came_us;
} Waiting;

struct _MdocReaderProbe
{
  GMainContext *context;
  MdocTransport *transport; /* nullable: we vanished */
  MdocKey *key;
  GBytes *key_bytes; /* the encoded COSE_Key */
  MdocTranscript *transcript;
  MdocSessionCipher *cipher;
  GQueue waiting; /* of Waiting */
  gboolean is_connected;
  gboolean is_established;
  gboolean is_closed;
  GError *fault; /* nullable: why it is closed */
};

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_bytes_unref (self->message);
  g_free (self);
}

void
mdoc_reader_reply_clear (MdocReaderReply *self)
{
  g_clear_pointer (&self->response, g_bytes_unref);
}

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
  MdocReaderProbe *self = user_data;

  self->is_connected = TRUE;
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  MdocReaderProbe *self = user_data;
  gint64 begun_us = mdoc_transport_get_begun_us (transport);
  Waiting *waiting;

  if (g_queue_get_length (&self->waiting) == MAX_WAITING)
    return;
  waiting = g_new0 (Waiting, 1);
  waiting->message = g_bytes_ref (message);
  waiting->came_us = g_get_monotonic_time ();
  waiting->begun_us = begun_us != 0 ? begun_us : waiting->came_us;
  g_queue_push_tail (&self->waiting, waiting);
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  MdocReaderProbe *self = user_data;

  self->is_closed = TRUE;
  if (error != NULL)
    self->fault = g_error_copy (error);
}

/**
 * mdoc_reader_probe_new:
 * @transport: (transfer none): one that has not been started
 * @engagement: the holder's
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): a probe that is not connected, or %NULL with @error
 *   set
 */
MdocReaderProbe *
mdoc_reader_probe_new (MdocTransport *transport,
                       MdocDeviceEngagement *engagement,
                       GError **error)
{
  g_autoptr (MdocReaderProbe) self = g_new0 (MdocReaderProbe, 1);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  MdocPublicKey *peer = mdoc_device_engagement_get_e_device_key (engagement);

  g_queue_init (&self->waiting);
  self->context = g_main_context_new ();
  self->transport = mdoc_transport_ref (transport);
  self->key = mdoc_key_generate (mdoc_public_key_get_curve (peer), error);
  if (self->key == NULL)
    return NULL;

  mdoc_cose_key_write (writer, mdoc_key_get_public (self->key));
  self->key_bytes = mdoc_cbor_writer_finish (writer);
  self->transcript
      = mdoc_transcript_new_qr (mdoc_span_from_bytes (
                                    mdoc_device_engagement_get_encoded (
                                        engagement)),
                                mdoc_span_from_bytes (self->key_bytes));
  self->cipher = mdoc_session_cipher_new (MDOC_SESSION_ROLE_READER,
                                          self->key,
                                          peer,
                                          self->transcript,
                                          error);
  return self->cipher != NULL ? g_steal_pointer (&self) : NULL;
}

void
mdoc_reader_probe_free (MdocReaderProbe *self)
{
  if (self == NULL)
    return;

  mdoc_reader_probe_vanish (self);
  g_queue_clear_full (&self->waiting, waiting_free);
  g_clear_pointer (&self->cipher, mdoc_session_cipher_free);
  g_clear_pointer (&self->transcript, mdoc_transcript_unref);
  g_clear_pointer (&self->key_bytes, g_bytes_unref);
  g_clear_pointer (&self->key, mdoc_key_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->fault);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  gboolean *is_late = user_data;

  *is_late = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
has_connected (MdocReaderProbe *self)
{
  return self->is_connected;
}

static gboolean
has_message (MdocReaderProbe *self)
{
  return !g_queue_is_empty (&self->waiting);
}

static gboolean
has_closed (MdocReaderProbe *self)
{
  return self->is_closed;
}

/* Runs the context until @wanted holds, the connection is over, or @timeout_ms
 * are gone. */
static void
wait_for (MdocReaderProbe *self,
          gboolean (*wanted) (MdocReaderProbe *),
          guint timeout_ms)
{
  g_autoptr (GSource) timer = g_timeout_source_new (timeout_ms);
  gboolean is_late = FALSE;

  g_source_set_callback (timer, on_timeout, &is_late, NULL);
  g_source_attach (timer, self->context);
  g_main_context_push_thread_default (self->context);
  while (!is_late && !self->is_closed && !wanted (self))
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  g_source_destroy (timer);
}

/**
 * mdoc_reader_probe_connect:
 * @self: a probe that is not connected
 * @timeout_ms: how long that may take
 * @error: return location for a #MdocReaderError or the transport's own
 *
 * Returns: %TRUE if messages can be sent
 */
gboolean
mdoc_reader_probe_connect (MdocReaderProbe *self,
                           guint timeout_ms,
                           GError **error)
{
  static const MdocTransportEvents events = {
    .connected = on_connected,
    .message = on_message,
    .closed = on_closed,
  };

  g_main_context_push_thread_default (self->context);
  mdoc_transport_start (self->transport, &events, self);
  g_main_context_pop_thread_default (self->context);
  wait_for (self, has_connected, timeout_ms);

  if (self->is_connected)
    return TRUE;
  if (self->fault != NULL)
    {
      g_propagate_error (error, g_error_copy (self->fault));
      return FALSE;
    }
  return mdoc_reader_refuse (error,
                             MDOC_READER_ERROR_TIMEOUT,
                             "The holder was not reached in time");
}

/**
 * mdoc_reader_probe_get_state:
 * @self: a probe
 *
 * Returns: how its connection stands
 */
MdocReaderProbeState
mdoc_reader_probe_get_state (MdocReaderProbe *self)
{
  if (!self->is_closed)
    return MDOC_READER_PROBE_OPEN;
  return self->fault == NULL ? MDOC_READER_PROBE_CLOSED
                             : MDOC_READER_PROBE_BROKEN;
}

MdocTranscript *
mdoc_reader_probe_get_transcript (MdocReaderProbe *self)
{
  return self->transcript;
}

MdocKey *
mdoc_reader_probe_get_key (MdocReaderProbe *self)
{
  return self->key;
}

/**
 * mdoc_reader_probe_seal:
 * @self: a probe
 * @plaintext: a DeviceRequest, or what is sent in its place
 * @error: return location for a #MdocCryptoError
 *
 * Returns: (transfer full): the message to send: the first one is a
 *   SessionEstablishment, the others are SessionData; or %NULL with @error set
 */
GBytes *
mdoc_reader_probe_seal (MdocReaderProbe *self,
                        GBytes *plaintext,
                        GError **error)
{
  g_autoptr (GBytes) data = NULL;
  MdocSessionMessage message = { .has_data = TRUE };

  data = mdoc_session_cipher_encrypt (self->cipher,
                                      mdoc_span_from_bytes (plaintext),
                                      error);
  if (data == NULL)
    return NULL;

  message.data = mdoc_span_from_bytes (data);
  if (!self->is_established)
    {
      message.has_e_reader_key = TRUE;
      message.e_reader_key = mdoc_span_from_bytes (self->key_bytes);
      self->is_established = TRUE;
    }
  return mdoc_session_message_write (&message);
}

/**
 * mdoc_reader_probe_send:
 * @self: a probe that has connected
 * @message: any bytes
 *
 * Nothing happens if the connection is over.
 */
void
mdoc_reader_probe_send (MdocReaderProbe *self, GBytes *message)
{
  if (self->transport == NULL || !self->is_connected)
    return;

  g_main_context_push_thread_default (self->context);
  mdoc_transport_send (self->transport, message);
  g_main_context_pop_thread_default (self->context);
}

void
mdoc_reader_probe_send_status (MdocReaderProbe *self, guint64 status)
{
  const MdocSessionMessage message = { .has_status = TRUE, .status = status };
  g_autoptr (GBytes) encoded = mdoc_session_message_write (&message);

  mdoc_reader_probe_send (self, encoded);
}

/**
 * mdoc_reader_probe_misbehave:
 * @self: a probe that has connected
 * @fault: what to do
 * @message: with which message
 * @n_bytes: see mdoc_transport_misbehave()
 *
 * After a cut it waits until the connection is gone.
 *
 * Returns: whether the transport can
 */
gboolean
mdoc_reader_probe_misbehave (MdocReaderProbe *self,
                             MdocTransportFault fault,
                             GBytes *message,
                             gsize n_bytes)
{
  gboolean can;

  g_main_context_push_thread_default (self->context);
  can = mdoc_transport_misbehave (self->transport, fault, message, n_bytes);
  g_main_context_pop_thread_default (self->context);
  if (can && fault == MDOC_TRANSPORT_FAULT_CUT)
    wait_for (self, has_closed, CLOSE_TIMEOUT_MS);
  return can;
}

/* What a holder's message may hold. */
static gboolean
read_message (MdocReaderProbe *self,
              GBytes *encoded,
              MdocReaderReply *ret_reply,
              GError **error)
{
  g_autoptr (MdocSecret) plaintext = NULL;
  g_autoptr (GError) reason = NULL;
  MdocSessionMessage message;

  if (!mdoc_session_message_parse (mdoc_span_from_bytes (encoded),
                                   MDOC_SESSION_MAX_RESPONSE_BYTES,
                                   &message,
                                   &reason))
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_CONFORMANCE,
                               "The holder sent what is no SessionData: %s",
                               reason->message);
  if (message.has_e_reader_key || (!message.has_data && !message.has_status))
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_CONFORMANCE,
                               "The holder sent SessionData with other "
                               "members than data and status");
  if (message.has_data && message.has_status
      && message.status != MDOC_SESSION_STATUS_TERMINATION)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_CONFORMANCE,
                               "The holder sent data together with status %u",
                               (guint) message.status);

  if (message.has_data)
    {
      plaintext = mdoc_session_cipher_decrypt (self->cipher,
                                               message.data,
                                               &reason);
      if (plaintext == NULL)
        return mdoc_reader_refuse (error,
                                   MDOC_READER_ERROR_CONFORMANCE,
                                   "The holder's data does not decrypt");
      ret_reply->response = mdoc_span_dup (mdoc_secret_get_span (plaintext));
    }
  ret_reply->has_status = message.has_status;
  ret_reply->status = message.has_status ? message.status : 0;
  return TRUE;
}

/**
 * mdoc_reader_probe_wait:
 * @self: a probe that has connected
 * @timeout_ms: how long to wait
 * @ret_is_message: (out): whether a message came, else the connection is over
 * @ret_reply: (out): the message
 * @error: return location for a #MdocReaderError
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_reader_probe_wait (MdocReaderProbe *self,
                        guint timeout_ms,
                        gboolean *ret_is_message,
                        MdocReaderReply *ret_reply,
                        GError **error)
{
  Waiting *waiting;
  gboolean is_read;

  wait_for (self, has_message, timeout_ms);
  waiting = g_queue_pop_head (&self->waiting);
  if (waiting == NULL)
    {
      *ret_is_message = FALSE;
      return self->is_closed
             || mdoc_reader_refuse (error,
                                    MDOC_READER_ERROR_TIMEOUT,
                                    "Nothing came from the holder in time");
    }

  *ret_is_message = TRUE;
  *ret_reply = (MdocReaderReply){ .begun_us = waiting->begun_us,
                                  .came_us = waiting->came_us };
  is_read = read_message (self, waiting->message, ret_reply, error);
  waiting_free (waiting);
  return is_read;
}

void
mdoc_reader_probe_close (MdocReaderProbe *self)
{
  if (self->transport == NULL)
    return;

  g_main_context_push_thread_default (self->context);
  mdoc_transport_close (self->transport);
  g_main_context_pop_thread_default (self->context);
  if (self->is_connected)
    wait_for (self, has_closed, CLOSE_TIMEOUT_MS);
}

void
mdoc_reader_probe_vanish (MdocReaderProbe *self)
{
  if (self->transport == NULL)
    return;

  g_main_context_push_thread_default (self->context);
  g_clear_pointer (&self->transport, mdoc_transport_unref);
  /* what the transport still has to do, it does now */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  self->is_closed = TRUE;
}
