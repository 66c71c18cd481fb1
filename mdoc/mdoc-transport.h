/*
 * mdoc-transport.h - the port through which messages come and go
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocTransport:
 *
 * One connection between a holder and a reader, whole messages at a time:
 * whoever fills the port cuts and joins them. Reference-counted; used on the
 * thread, and calling back on the thread-default main context, in which
 * mdoc_transport_start() was called.
 *
 * After a start come, each at most once and in this order: connected, messages,
 * closed. Closed always comes, and nothing after it. Nothing comes from inside
 * mdoc_transport_start(), _send() or _close().
 *
 * It does NOT protect the messages: that is what the session does.
 */
typedef struct _MdocTransport MdocTransport;

/**
 * MdocTransportEvents:
 * @connected: messages may be sent from now on
 * @message: a whole message came
 * @closed: the connection is over; the error is %NULL if either side ended it
 *   in order and everything queued has been sent
 */
typedef struct
{
  void (*connected) (MdocTransport *transport, gpointer user_data);
  void (*message) (MdocTransport *transport,
                   GBytes *message,
                   gpointer user_data);
  void (*closed) (MdocTransport *transport,
                  const GError *error,
                  gpointer user_data);
} MdocTransportEvents;

/**
 * MdocTransportFault:
 * @MDOC_TRANSPORT_FAULT_CUT: sends the message up to a byte, and is gone
 *   without a word
 * @MDOC_TRANSPORT_FAULT_LENGTH: announces a message longer than any peer takes
 * @MDOC_TRANSPORT_FAULT_PREFIX: sends a part that is neither a last one nor one
 *   of more to come
 *
 * What a test bench does wrong on purpose, below the message.
 */
typedef enum
{
  MDOC_TRANSPORT_FAULT_CUT,
  MDOC_TRANSPORT_FAULT_LENGTH,
  MDOC_TRANSPORT_FAULT_PREFIX,
} MdocTransportFault;

/* What an implementation fills in; called only as the port allows: start once,
 * send between connected and closed, close once at most, each with no call of
 * mdoc_transport_emit_…() from inside. misbehave is nullable, and is to a send
 * what a close follows that cannot be undone. */
typedef struct
{
  const char *name; /* "loopback" */
  void (*start) (gpointer impl, MdocTransport *transport);
  void (*send) (gpointer impl, GBytes *message);
  void (*close) (gpointer impl);
  void (*free) (gpointer impl);
  gboolean (*misbehave) (gpointer impl,
                         MdocTransportFault fault,
                         GBytes *message,
                         gsize n_bytes);
} MdocTransportClass;

/* @klass lives for ever; @impl belongs to the transport from now on and does
 * not hold a reference to it */
MdocTransport *mdoc_transport_new (const MdocTransportClass *klass,
                                   gpointer impl) G_GNUC_WARN_UNUSED_RESULT;
MdocTransport *mdoc_transport_ref (MdocTransport *self);
/* the last one ends a connection that still stands, without a word */
void mdoc_transport_unref (MdocTransport *self);

const char *mdoc_transport_get_name (MdocTransport *self);
/* @events is copied */
void mdoc_transport_start (MdocTransport *self,
                           const MdocTransportEvents *events,
                           gpointer user_data);
/* ignored once the connection is closed or closing */
void mdoc_transport_send (MdocTransport *self, GBytes *message);
/* ends the connection once everything queued has gone; may be called at any
 * time and more than once */
void mdoc_transport_close (MdocTransport *self);

/* Returns: %FALSE if the transport has no such fault; nothing happens then */
gboolean mdoc_transport_misbehave (MdocTransport *self,
                                   MdocTransportFault fault,
                                   GBytes *message,
                                   gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;
/* when the first byte of the newest message came, as g_get_monotonic_time()
 * says it; 0 if none has come, or if nobody noted it */
gint64 mdoc_transport_get_begun_us (MdocTransport *self);

/* for implementations alone */
void mdoc_transport_note_begun (MdocTransport *self, gint64 now_us);
void mdoc_transport_emit_connected (MdocTransport *self);
void mdoc_transport_emit_message (MdocTransport *self, GBytes *message);
void mdoc_transport_emit_closed (MdocTransport *self, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTransport, mdoc_transport_unref)

G_END_DECLS
