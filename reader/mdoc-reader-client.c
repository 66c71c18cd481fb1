/*
 * mdoc-reader-client.c - a session over a transport, step by step
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-client.h"

#include "reader/mdoc-reader-error.h"

/* how long the last message may take to leave */
#define CLOSE_TIMEOUT_MS 10000

struct _MdocReaderClient
{
  GMainContext *context;
  MdocTransport *transport;
  MdocReaderSession *session;
  gboolean is_started;
  gboolean is_connected;
  gboolean is_closed;
  GBytes *response; /* nullable: nothing came yet */
  GError *fault;    /* nullable: the first one */
};

static gint64
get_now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
on_connected (MdocTransport *transport, gpointer user_data)
{
  MdocReaderClient *self = user_data;

  self->is_connected = TRUE;
}

static void
set_fault (MdocReaderClient *self, GError *fault)
{
  if (self->fault == NULL)
    self->fault = fault;
  else
    g_error_free (fault);
}

/* Why the holder ended the session instead of answering. */
static void
refuse_end (MdocReaderSession *session, GError **error)
{
  MdocSessionEnd end = mdoc_reader_session_get_end_reason (session);

  if (end == MDOC_SESSION_END_PEER_TERMINATED)
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_DENIED,
                        "The holder ended the session without an answer");
  else if (end == MDOC_SESSION_END_PEER_ENCRYPTION_ERROR
           || end == MDOC_SESSION_END_PEER_CBOR_ERROR)
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_STATUS,
                        "The holder could not read the request: %s",
                        mdoc_session_end_get_name (end));
  else
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_CLOSED,
                        "The session is over: %s",
                        mdoc_session_end_get_name (end));
}

static void
on_message (MdocTransport *transport, GBytes *message, gpointer user_data)
{
  MdocReaderClient *self = user_data;
  g_autoptr (GBytes) reply = NULL;
  GError *fault = NULL;
  MdocReaderEvent event;

  if (!mdoc_reader_session_receive (self->session,
                                    message,
                                    get_now_ms (),
                                    &event,
                                    &reply,
                                    &fault))
    set_fault (self, fault);
  if (reply != NULL)
    mdoc_transport_send (transport, reply);

  if (event == MDOC_READER_EVENT_RESPONSE)
    {
      g_clear_pointer (&self->response, g_bytes_unref);
      self->response = g_bytes_ref (
          mdoc_reader_session_get_response (self->session));
    }
  else if (event == MDOC_READER_EVENT_ENDED && self->fault == NULL)
    refuse_end (self->session, &self->fault);
}

static void
on_closed (MdocTransport *transport, const GError *error, gpointer user_data)
{
  MdocReaderClient *self = user_data;

  self->is_closed = TRUE;
  if (error != NULL)
    set_fault (self, g_error_copy (error));
}

/**
 * mdoc_reader_client_new:
 * @transport: (transfer none): one that has not been started
 * @session: (transfer full): the session
 *
 * Returns: (transfer full): a client that is not connected
 */
MdocReaderClient *
mdoc_reader_client_new (MdocTransport *transport, MdocReaderSession *session)
{
  MdocReaderClient *self = g_new0 (MdocReaderClient, 1);

  self->context = g_main_context_new ();
  self->transport = mdoc_transport_ref (transport);
  self->session = session;
  return self;
}

void
mdoc_reader_client_free (MdocReaderClient *self)
{
  if (self == NULL)
    return;

  mdoc_reader_client_close (self);
  g_clear_pointer (&self->transport, mdoc_transport_unref);
  g_clear_pointer (&self->session, mdoc_reader_session_free);
  g_clear_pointer (&self->response, g_bytes_unref);
  g_clear_error (&self->fault);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  gboolean *is_late = user_data;

  *is_late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the context until @wanted holds, the connection is over, something fails
 * or @timeout_ms are gone. Returns: %FALSE in the last case */
static gboolean
wait_for (MdocReaderClient *self,
          gboolean (*wanted) (MdocReaderClient *),
          guint timeout_ms)
{
  g_autoptr (GSource) timer = g_timeout_source_new (timeout_ms);
  gboolean is_late = FALSE;

  g_source_set_callback (timer, on_timeout, &is_late, NULL);
  g_source_attach (timer, self->context);
  while (!is_late && !self->is_closed && self->fault == NULL && !wanted (self))
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (timer);

  return !is_late || wanted (self);
}

static gboolean
has_connected (MdocReaderClient *self)
{
  return self->is_connected;
}

static gboolean
has_response (MdocReaderClient *self)
{
  return self->response != NULL;
}

static gboolean
has_closed (MdocReaderClient *self)
{
  return self->is_closed;
}

static gboolean
fail (MdocReaderClient *self, GError **error)
{
  if (self->fault != NULL)
    g_propagate_error (error, g_error_copy (self->fault));
  else
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_CLOSED,
                        "The connection ended before the answer");
  return FALSE;
}

/**
 * mdoc_reader_client_connect:
 * @self: a client that is not connected
 * @timeout_ms: how long that may take
 * @error: return location for a #MdocReaderError or the transport's own
 *
 * Returns: %TRUE if requests can be sent
 */
gboolean
mdoc_reader_client_connect (MdocReaderClient *self,
                            guint timeout_ms,
                            GError **error)
{
  static const MdocTransportEvents events = {
    .connected = on_connected,
    .message = on_message,
    .closed = on_closed,
  };
  gboolean is_in_time;

  g_return_val_if_fail (!self->is_started, FALSE);

  self->is_started = TRUE;
  g_main_context_push_thread_default (self->context);
  mdoc_transport_start (self->transport, &events, self);
  is_in_time = wait_for (self, has_connected, timeout_ms);
  g_main_context_pop_thread_default (self->context);

  if (self->is_connected)
    return TRUE;
  if (!is_in_time)
    return mdoc_reader_refuse (error,
                               MDOC_READER_ERROR_TIMEOUT,
                               "The holder was not reached in time");
  return fail (self, error);
}

/**
 * mdoc_reader_client_ask:
 * @self: a client that is connected
 * @device_request: an encoded DeviceRequest
 * @timeout_ms: how long the answer may take, consent included
 * @error: return location for a #MdocReaderError, a #MdocSessionError or the
 *   transport's own
 *
 * Returns: (transfer full): an encoded DeviceResponse, or %NULL with @error set
 */
GBytes *
mdoc_reader_client_ask (MdocReaderClient *self,
                        GBytes *device_request,
                        guint timeout_ms,
                        GError **error)
{
  g_autoptr (GBytes) message = NULL;
  gboolean is_in_time;

  g_return_val_if_fail (self->is_connected, NULL);

  if (self->fault != NULL || self->is_closed)
    {
      fail (self, error);
      return NULL;
    }
  message = mdoc_reader_session_request (self->session,
                                         device_request,
                                         get_now_ms (),
                                         error);
  if (message == NULL)
    return NULL;

  g_clear_pointer (&self->response, g_bytes_unref);
  g_main_context_push_thread_default (self->context);
  mdoc_transport_send (self->transport, message);
  is_in_time = wait_for (self, has_response, timeout_ms);
  g_main_context_pop_thread_default (self->context);

  if (self->response != NULL)
    return g_steal_pointer (&self->response);
  if (is_in_time)
    fail (self, error);
  else
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_TIMEOUT,
                        "The holder did not answer in time");
  return NULL;
}

/**
 * mdoc_reader_client_close:
 * @self: a client
 *
 * Tells the holder that the session is over, if it does not know, and ends the
 * connection once that has gone.
 */
void
mdoc_reader_client_close (MdocReaderClient *self)
{
  g_autoptr (GBytes) message = NULL;

  if (!self->is_started || self->is_closed)
    return;

  message = mdoc_reader_session_terminate (self->session);
  g_clear_error (&self->fault);
  g_main_context_push_thread_default (self->context);
  if (message != NULL && self->is_connected)
    mdoc_transport_send (self->transport, message);
  mdoc_transport_close (self->transport);
  (void) wait_for (self, has_closed, CLOSE_TIMEOUT_MS);
  g_main_context_pop_thread_default (self->context);
}
