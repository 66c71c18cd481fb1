/*
 * mdoc-ble-channel.c - messages over a connected L2CAP socket
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-channel.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble-frames.h"
#include "ble/mdoc-ble-l2cap.h"
#include "ble/mdoc-ble.h"

#define READ_BYTES 65536
/* the least that a peer must take */
#define MIN_WRITE_BYTES 23
/* how often the socket is asked whether everything has left it */
#define DRAIN_POLL_MS 10

struct _MdocBleChannel
{
  int fd;
  gsize max_write_bytes;
  MdocBleFrames *frames;
  GQueue queue; /* of GBytes: frames */
  gsize n_sent; /* of the first one */
  GMainContext *context;
  GSource *reading;
  GSource *writing;
  GSource *draining;
  MdocBleChannelEvents events; /* zeroed once freed or closed */
  gpointer user_data;
};

/**
 * mdoc_ble_clear_source:
 * @source: (inout) (nullable): a source; %NULL afterwards
 *
 * Takes a source off its context and lets go of it.
 */
void
mdoc_ble_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
channel_clear (MdocBleChannel *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->frames, mdoc_ble_frames_free);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static void
release (MdocBleChannel *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) channel_clear);
}

typedef MdocBleChannel Held;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Held, release)

static void
stop (MdocBleChannel *self)
{
  mdoc_ble_clear_source (&self->reading);
  mdoc_ble_clear_source (&self->writing);
  mdoc_ble_clear_source (&self->draining);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
end (MdocBleChannel *self, const GError *error)
{
  MdocBleChannelEvents events = self->events;

  self->events = (MdocBleChannelEvents){ 0 };
  stop (self);
  if (events.closed != NULL)
    events.closed (error, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
end_with (MdocBleChannel *self, MdocBleError code, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, MDOC_BLE_ERROR, (gint) code, reason);
  return end (self, error);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  g_autofree guint8 *bytes = g_malloc (READ_BYTES);
  g_autoptr (GError) error = NULL;
  ssize_t n = read (fd, bytes, READ_BYTES);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      if (mdoc_ble_frames_is_empty (self->frames))
        return end (self, NULL);
      return end_with (self,
                       MDOC_BLE_ERROR_VANISHED,
                       "the peer was gone in the middle of a message");
    }
  if (!mdoc_ble_frames_add (self->frames, MDOC_SPAN (bytes, (gsize) n), &error))
    return end (self, error);
  for (;;)
    {
      g_autoptr (GBytes) message = NULL;

      if (!mdoc_ble_frames_next (self->frames, &message, &error))
        return end (self, error);
      if (message == NULL)
        return G_SOURCE_CONTINUE;
      if (self->events.message != NULL)
        self->events.message (message, self->user_data);
      if (self->reading == NULL)
        return G_SOURCE_REMOVE;
    }
}

/* Bluetooth sockets tell the room that is free, all others what is left. */
static gboolean
has_drained (int fd)
{
  int domain = 0, room = 0, amount = 0;
  socklen_t len = sizeof domain;

  if (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) < 0
      || ioctl (fd, SIOCOUTQ, &amount) < 0)
    return TRUE;
  if (domain != AF_BLUETOOTH)
    return amount == 0;
  len = sizeof room;
  if (getsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, &len) < 0)
    return TRUE;
  return amount >= room;
}

static gboolean
on_drain_poll (gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);

  if (!has_drained (self->fd))
    return G_SOURCE_CONTINUE;
  mdoc_ble_clear_source (&self->draining);
  if (self->events.drained != NULL)
    self->events.drained (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
watch_drain (MdocBleChannel *self)
{
  mdoc_ble_clear_source (&self->draining);
  self->draining = g_timeout_source_new (DRAIN_POLL_MS);
  g_source_set_callback (self->draining, on_drain_poll, self, NULL);
  g_source_attach (self->draining, self->context);
}

/* A socket that is writable and yet says EAGAIN has room, but not as much as
 * the packets of so long an SDU take: asked again it would say the same until
 * some have left, and for ever if they never all fit. */
static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (Held) self = g_rc_box_acquire (user_data);
  GBytes *frame = g_queue_peek_head (&self->queue);
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);
  gssize n = mdoc_ble_l2cap->write (fd,
                                    data + self->n_sent,
                                    MIN (len - self->n_sent,
                                         self->max_write_bytes));

  if (n < 0 && errno == EAGAIN)
    {
      self->max_write_bytes = MAX (self->max_write_bytes / 2, MIN_WRITE_BYTES);
      return G_SOURCE_CONTINUE;
    }
  if (n < 0 && errno == EINTR)
    return G_SOURCE_CONTINUE;
  if (n < 0)
    {
      /* the peer has gone; how, the reading side finds out */
      mdoc_ble_clear_source (&self->writing);
      return G_SOURCE_REMOVE;
    }
  self->n_sent += (gsize) n;
  if (self->n_sent < len)
    return G_SOURCE_CONTINUE;
  g_bytes_unref (g_queue_pop_head (&self->queue));
  self->n_sent = 0;
  if (!g_queue_is_empty (&self->queue))
    return G_SOURCE_CONTINUE;
  mdoc_ble_clear_source (&self->writing);
  watch_drain (self);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (MdocBleChannel *self,
        GIOCondition condition,
        GUnixFDSourceFunc callback)
{
  GSource *source = g_unix_fd_source_new (self->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), self, NULL);
  g_source_attach (source, self->context);
  return source;
}

/**
 * mdoc_ble_channel_new:
 * @fd: (transfer full): a connected socket that does not block
 * @max_write_bytes: most that the socket takes at a time
 * @max_message_bytes: longest message accepted
 * @events: whom to tell; copied
 * @user_data: goes with @events
 *
 * Returns: (transfer full): a channel that reads from now on
 */
MdocBleChannel *
mdoc_ble_channel_new (int fd,
                      gsize max_write_bytes,
                      gsize max_message_bytes,
                      const MdocBleChannelEvents *events,
                      gpointer user_data)
{
  MdocBleChannel *self = g_rc_box_new0 (MdocBleChannel);

  self->fd = fd;
  self->max_write_bytes = max_write_bytes;
  self->frames = mdoc_ble_frames_new (max_message_bytes);
  g_queue_init (&self->queue);
  self->context = g_main_context_ref_thread_default ();
  self->events = *events;
  self->user_data = user_data;
  self->reading = attach (self, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable);
  return self;
}

/**
 * mdoc_ble_channel_free:
 * @self: (nullable): the channel
 *
 * Closes the socket; what has not left it is lost.
 */
void
mdoc_ble_channel_free (MdocBleChannel *self)
{
  if (self == NULL)
    return;
  self->events = (MdocBleChannelEvents){ 0 };
  stop (self);
  release (self);
}

static void
enqueue (MdocBleChannel *self, GBytes *bytes)
{
  if (self->fd < 0)
    return;
  mdoc_ble_clear_source (&self->draining);
  if (g_bytes_get_size (bytes) > 0)
    g_queue_push_tail (&self->queue, g_bytes_ref (bytes));
  if (self->writing == NULL && !g_queue_is_empty (&self->queue))
    self->writing = attach (self, G_IO_OUT, on_writable);
}

/**
 * mdoc_ble_channel_send:
 * @self: a channel
 * @message: goes behind what is queued; without a length to a peer that sends
 *   none
 */
void
mdoc_ble_channel_send (MdocBleChannel *self, GBytes *message)
{
  g_autoptr (GBytes) frame = mdoc_ble_frames_is_bare (self->frames)
                                 ? g_bytes_ref (message)
                                 : mdoc_ble_frame_wrap (message);

  enqueue (self, frame);
}

void
mdoc_ble_channel_send_faulty (MdocBleChannel *self,
                              MdocTransportFault fault,
                              GBytes *message,
                              gsize n_bytes)
{
  static const guint8 much[] = { 0xff, 0xff, 0xff, 0xfe };
  g_autoptr (GBytes) frame = mdoc_ble_frame_wrap (message);
  g_autoptr (GBytes) start = NULL;

  if (fault == MDOC_TRANSPORT_FAULT_CUT)
    start = g_bytes_new_from_bytes (frame, 0, sizeof much + n_bytes);
  else
    start = g_bytes_new_static (much, sizeof much);
  enqueue (self, start);
}

/**
 * mdoc_ble_channel_is_empty:
 * @self: a channel
 *
 * Returns: whether the system has taken everything, and no message has begun
 *   to come
 */
gboolean
mdoc_ble_channel_is_empty (MdocBleChannel *self)
{
  return g_queue_is_empty (&self->queue)
         && mdoc_ble_frames_is_empty (self->frames);
}

/**
 * mdoc_ble_channel_is_idle:
 * @self: a channel
 *
 * Returns: whether it is empty, and everything has left the system too
 */
gboolean
mdoc_ble_channel_is_idle (MdocBleChannel *self)
{
  return mdoc_ble_channel_is_empty (self) && self->draining == NULL;
}
