/*
 * mdoc-transport.c - the port through which messages come and go
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-transport.h"

typedef enum
{
  STATE_NEW,
  STATE_STARTED,
  STATE_CONNECTED,
  STATE_CLOSED,
} State;

struct _MdocTransport
{
  gatomicrefcount refs;
  const MdocTransportClass *klass;
  gpointer impl;
  MdocTransportEvents events;
  gpointer user_data;
  State state;
  gboolean is_closing; /* we asked for the end: nothing but closed may come */
  gint64 begun_us;
};

/**
 * mdoc_transport_new:
 * @klass: what the implementation does; lives for ever
 * @impl: (transfer full): passed to it
 *
 * Returns: (transfer full): a transport that has not started
 */
MdocTransport *
mdoc_transport_new (const MdocTransportClass *klass, gpointer impl)
{
  MdocTransport *self = g_new0 (MdocTransport, 1);

  g_atomic_ref_count_init (&self->refs);
  self->klass = klass;
  self->impl = impl;
  return self;
}

MdocTransport *
mdoc_transport_ref (MdocTransport *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_transport_unref:
 * @self: (nullable) (transfer full): a transport
 *
 * With the last reference goes the connection, queue and all, and no event
 * comes any more: what the peer sees is that we vanished.
 */
void
mdoc_transport_unref (MdocTransport *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  self->klass->free (self->impl);
  g_free (self);
}

/**
 * mdoc_transport_get_name:
 * @self: a transport
 *
 * Returns: (transfer none): the kind of transport, such as "loopback"
 */
const char *
mdoc_transport_get_name (MdocTransport *self)
{
  return self->klass->name;
}

/**
 * mdoc_transport_start:
 * @self: a transport that has not started
 * @events: what to call; all three must be there
 * @user_data: passed to them
 *
 * Begins to wait for, or to seek, the peer. Events come from now on, on the
 * thread-default main context of the caller.
 */
void
mdoc_transport_start (MdocTransport *self,
                      const MdocTransportEvents *events,
                      gpointer user_data)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->state == STATE_NEW);

  self->events = *events;
  self->user_data = user_data;
  self->state = STATE_STARTED;
  self->klass->start (self->impl, self);
}

/**
 * mdoc_transport_send:
 * @self: a transport that has connected
 * @message: what to send
 *
 * Queues @message. Whether the peer gets it is not told: a connection that
 * breaks is closed with an error. Nothing happens if it is closing or closed.
 */
void
mdoc_transport_send (MdocTransport *self, GBytes *message)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (message != NULL);
  g_return_if_fail (self->state >= STATE_CONNECTED);

  if (self->state == STATE_CONNECTED && !self->is_closing)
    self->klass->send (self->impl, message);
}

/**
 * mdoc_transport_close:
 * @self: a transport
 *
 * Ends the connection once everything queued has gone, or gives up waiting for
 * one. Then comes closed, and no other event before it. A transport that has
 * not started cannot be started after this, and has no events.
 */
void
mdoc_transport_close (MdocTransport *self)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_NEW)
    self->state = STATE_CLOSED;
  if (self->state == STATE_CLOSED || self->is_closing)
    return;

  self->is_closing = TRUE;
  self->klass->close (self->impl);
}

/**
 * mdoc_transport_misbehave:
 * @self: a transport that has connected
 * @fault: what to do wrong
 * @message: the message that it is done with
 * @n_bytes: %MDOC_TRANSPORT_FAULT_CUT: how much of it is sent, at most all
 *
 * For test benches. A cut closes the transport as well: closed comes, and no
 * other event before it. After another fault it goes on as if a message had
 * been sent.
 *
 * Returns: %FALSE if this transport cannot, or is closing or closed
 */
gboolean
mdoc_transport_misbehave (MdocTransport *self,
                          MdocTransportFault fault,
                          GBytes *message,
                          gsize n_bytes)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->state >= STATE_CONNECTED, FALSE);
  g_return_val_if_fail (n_bytes <= g_bytes_get_size (message), FALSE);

  if (self->klass->misbehave == NULL || self->state != STATE_CONNECTED
      || self->is_closing
      || !self->klass->misbehave (self->impl, fault, message, n_bytes))
    return FALSE;

  self->is_closing = fault == MDOC_TRANSPORT_FAULT_CUT;
  return TRUE;
}

/**
 * mdoc_transport_get_begun_us:
 * @self: a transport
 *
 * Returns: what mdoc_transport_note_begun() was last told, or 0
 */
gint64
mdoc_transport_get_begun_us (MdocTransport *self)
{
  return self->begun_us;
}

/**
 * mdoc_transport_note_begun:
 * @self: a transport
 * @now_us: the time
 *
 * For implementations: the first byte of a message came.
 */
void
mdoc_transport_note_begun (MdocTransport *self, gint64 now_us)
{
  self->begun_us = now_us;
}

/**
 * mdoc_transport_emit_connected:
 * @self: a transport that has started
 *
 * For implementations: the peer is there.
 */
void
mdoc_transport_emit_connected (MdocTransport *self)
{
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (self);

  g_return_if_fail (self->state == STATE_STARTED);

  self->state = STATE_CONNECTED;
  if (!self->is_closing)
    self->events.connected (self, self->user_data);
}

/**
 * mdoc_transport_emit_message:
 * @self: a transport that has connected
 * @message: a whole message
 *
 * For implementations.
 */
void
mdoc_transport_emit_message (MdocTransport *self, GBytes *message)
{
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (self);

  g_return_if_fail (self->state == STATE_CONNECTED);

  if (!self->is_closing)
    self->events.message (self, message, self->user_data);
}

/**
 * mdoc_transport_emit_closed:
 * @self: a transport that has started and not closed
 * @error: (nullable): why, unless it was in order
 *
 * For implementations: the last event.
 */
void
mdoc_transport_emit_closed (MdocTransport *self, const GError *error)
{
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (self);

  g_return_if_fail (self->state == STATE_STARTED
                    || self->state == STATE_CONNECTED);

  self->state = STATE_CLOSED;
  self->events.closed (self, error, self->user_data);
}
