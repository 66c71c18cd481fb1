/*
 * mdoc-loopback.c - a transport over a Unix socket, found by UUID
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "loopback/mdoc-loopback.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "loopback/mdoc-loopback-private.h"

/* A frame is a length of four bytes, big-endian, and as many bytes of message.
 * The length of all ones stands for the end in order, so that it can be told
 * from a peer that vanished. */
#define HEAD_LEN   4
#define LENGTH_END G_MAXUINT32

#define BACKLOG          1
#define CLOSE_TIMEOUT_MS 5000
#define UUID_LEN         16

typedef struct
{
  MdocTransport *transport; /* our owner; %NULL until the start */
  GMainContext *context;
  MdocLoopbackOptions options;
  GSocket *listener; /* of a holder, until a reader has come */
  char *path;        /* to be removed with it */
  GSocket *socket;
  GSource *idle;
  GSource *accepting;
  GSource *reading;
  GSource *writing;
  GSource *closing; /* how long we wait for the peer to take what is left */
  guint8 head[HEAD_LEN];
  gsize n_head;
  guint8 *message; /* %NULL while the head is read */
  gsize message_len;
  gsize n_message;
  GQueue queue;    /* of GBytes */
  gsize n_sent;    /* of the first in the queue */
  gboolean is_cut; /* gone as soon as the queue is empty */
} Loopback;

G_DEFINE_QUARK (mdoc_loopback_error_quark, mdoc_loopback_error)

static gboolean
refuse (GError **error, MdocLoopbackError code, const char *reason)
{
  g_set_error_literal (error, MDOC_LOOPBACK_ERROR, (gint) code, reason);
  return FALSE;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
stop_listening (Loopback *self)
{
  clear_source (&self->accepting);
  g_clear_object (&self->listener);
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}

static void
stop (Loopback *self)
{
  clear_source (&self->idle);
  clear_source (&self->reading);
  clear_source (&self->writing);
  clear_source (&self->closing);
  stop_listening (self);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->message, g_free);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
}

static void
loopback_free (gpointer impl)
{
  Loopback *self = impl;

  stop (self);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loopback, loopback_free)

/* The last thing that a source may do: @self can be gone afterwards. */
static gboolean
finish (Loopback *self, const GError *error)
{
  stop (self);
  mdoc_transport_emit_closed (self->transport, error);
  return G_SOURCE_REMOVE;
}

static gboolean
finish_with (Loopback *self, MdocLoopbackError code, const char *reason)
{
  g_autoptr (GError) error = NULL;

  refuse (&error, code, reason);
  return finish (self, error);
}

static GSource *
attach (Loopback *self, GSource *source, GSourceFunc callback)
{
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static gboolean
is_peer_allowed (Loopback *self, GSocket *socket)
{
  g_autoptr (GCredentials) credentials = NULL;

  credentials = g_socket_get_credentials (socket, NULL);
  return credentials != NULL
         && g_credentials_get_unix_user (credentials, NULL)
                == self->options.user;
}

/* Takes the message that is complete, and hands it on. */
static void
deliver (Loopback *self)
{
  g_autoptr (GBytes) message = NULL;

  message = g_bytes_new_take (g_steal_pointer (&self->message),
                              self->message_len);
  self->n_head = 0;
  mdoc_transport_emit_message (self->transport, message);
}

/* The head is complete. Returns: whether the connection goes on */
static gboolean
take_head (Loopback *self)
{
  guint32 length;

  memcpy (&length, self->head, sizeof (length));
  length = GUINT32_FROM_BE (length);
  if (length == LENGTH_END)
    return finish (self, NULL);
  if (length > self->options.max_message_bytes)
    return finish_with (self,
                        MDOC_LOOPBACK_ERROR_LIMIT,
                        "The peer announced a message over the limit");

  self->message_len = length;
  self->n_message = 0;
  self->message = g_malloc (MAX (length, 1));
  if (length == 0)
    deliver (self);
  return G_SOURCE_CONTINUE;
}

/* Returns: whether the connection goes on */
static gboolean
take_bytes (Loopback *self, gsize n)
{
  if (self->message == NULL)
    {
      if (self->n_head == 0)
        mdoc_transport_note_begun (self->transport, g_get_monotonic_time ());
      self->n_head += n;
      return self->n_head < HEAD_LEN ? G_SOURCE_CONTINUE : take_head (self);
    }

  self->n_message += n;
  if (self->n_message == self->message_len)
    deliver (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->message == NULL)
    n = g_socket_receive (socket,
                          (char *) self->head + self->n_head,
                          HEAD_LEN - self->n_head,
                          NULL,
                          &error);
  else
    n = g_socket_receive (socket,
                          (char *) self->message + self->n_message,
                          self->message_len - self->n_message,
                          NULL,
                          &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    return finish_with (self,
                        MDOC_LOOPBACK_ERROR_VANISHED,
                        "The peer has gone without ending the connection");

  return take_bytes (self, (gsize) n);
}

static gboolean
on_writable (GSocket *socket, GIOCondition condition, gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);
  g_autoptr (GError) error = NULL;
  GBytes *first = g_queue_peek_head (&self->queue);
  const guint8 *bytes;
  gsize len;
  gssize n;

  bytes = g_bytes_get_data (first, &len);
  n = g_socket_send (socket,
                     (const char *) bytes + self->n_sent,
                     len - self->n_sent,
                     NULL,
                     &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n < 0)
    {
      /* The peer has gone; whether in order, the reading side will find. */
      clear_source (&self->writing);
      return G_SOURCE_REMOVE;
    }

  self->n_sent += (gsize) n;
  if (self->n_sent < len)
    return G_SOURCE_CONTINUE;

  g_bytes_unref (g_queue_pop_head (&self->queue));
  self->n_sent = 0;
  if (!g_queue_is_empty (&self->queue))
    return G_SOURCE_CONTINUE;

  if (self->closing != NULL || self->is_cut)
    return finish (self, NULL);
  clear_source (&self->writing);
  return G_SOURCE_REMOVE;
}

static void
enqueue (Loopback *self, guint32 length, GBytes *message)
{
  guint32 head = GUINT32_TO_BE (length);

  g_queue_push_tail (&self->queue, g_bytes_new (&head, sizeof (head)));
  if (message != NULL && length > 0)
    g_queue_push_tail (&self->queue, g_bytes_ref (message));
  if (self->writing == NULL)
    self->writing = attach (self,
                            g_socket_create_source (self->socket,
                                                    G_IO_OUT,
                                                    NULL),
                            G_SOURCE_FUNC (on_writable));
}

static void
take_socket (Loopback *self)
{
  g_socket_set_blocking (self->socket, FALSE);
  self->reading = attach (self,
                          g_socket_create_source (self->socket, G_IO_IN, NULL),
                          G_SOURCE_FUNC (on_readable));
  mdoc_transport_emit_connected (self->transport);
}

/* One reader a session: after the first nobody can connect any more, and who
 * stood in line is sent away. */
static gboolean
on_acceptable (GSocket *listener, GIOCondition condition, gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (socket == NULL)
    return finish_with (self, MDOC_LOOPBACK_ERROR_IO, error->message);

  /* a stranger must not keep the reader out */
  if (!is_peer_allowed (self, socket))
    return G_SOURCE_CONTINUE;

  self->socket = g_steal_pointer (&socket);
  stop_listening (self);
  take_socket (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_started (gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  clear_source (&self->idle);
  take_socket (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_given_up (gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  return finish (self, NULL);
}

static gboolean
on_close_timeout (gpointer data)
{
  Loopback *self = data;
  g_autoptr (MdocTransport) alive G_GNUC_UNUSED = mdoc_transport_ref (
      self->transport);

  return finish_with (self,
                      MDOC_LOOPBACK_ERROR_TIMEOUT,
                      "The peer did not take what was left to send");
}

static void
loopback_start (gpointer impl, MdocTransport *transport)
{
  Loopback *self = impl;

  self->transport = transport;
  self->context = g_main_context_ref_thread_default ();
  if (self->socket != NULL)
    self->idle = attach (self, g_idle_source_new (), on_started);
  else
    self->accepting = attach (self,
                              g_socket_create_source (self->listener,
                                                      G_IO_IN,
                                                      NULL),
                              G_SOURCE_FUNC (on_acceptable));
}

static void
loopback_send (gpointer impl, GBytes *message)
{
  Loopback *self = impl;

  g_return_if_fail (g_bytes_get_size (message) < LENGTH_END);

  enqueue (self, (guint32) g_bytes_get_size (message), message);
}

static void
loopback_close (gpointer impl)
{
  Loopback *self = impl;

  if (self->reading == NULL)
    {
      stop_listening (self);
      clear_source (&self->idle);
      self->idle = attach (self, g_idle_source_new (), on_given_up);
      return;
    }

  enqueue (self, LENGTH_END, NULL);
  self->closing = attach (self,
                          g_timeout_source_new (self->options.close_timeout_ms),
                          on_close_timeout);
}

/* There are no parts here whose first byte could be wrong. */
static gboolean
loopback_misbehave (gpointer impl,
                    MdocTransportFault fault,
                    GBytes *message,
                    gsize n_bytes)
{
  Loopback *self = impl;
  g_autoptr (GBytes) start = NULL;

  switch (fault)
    {
    case MDOC_TRANSPORT_FAULT_CUT:
      start = g_bytes_new_from_bytes (message, 0, n_bytes);
      enqueue (self, (guint32) g_bytes_get_size (message), NULL);
      if (n_bytes > 0)
        g_queue_push_tail (&self->queue, g_steal_pointer (&start));
      self->is_cut = TRUE;
      return TRUE;
    case MDOC_TRANSPORT_FAULT_LENGTH:
      enqueue (self, LENGTH_END - 1, NULL);
      return TRUE;
    case MDOC_TRANSPORT_FAULT_PREFIX:
    default:
      return FALSE;
    }
}

static const MdocTransportClass loopback_class = {
  .name = "loopback",
  .start = loopback_start,
  .send = loopback_send,
  .close = loopback_close,
  .free = loopback_free,
  .misbehave = loopback_misbehave,
};

static char *
dup_directory (GError **error)
{
  const char *own = g_getenv (MDOC_ENV_RUNTIME_DIR);
  const char *shared = g_getenv ("XDG_RUNTIME_DIR");

  if (own != NULL && *own != '\0')
    return g_strdup (own);
  if (shared != NULL && *shared != '\0')
    return g_build_filename (shared, "mdoc", NULL);

  refuse (error,
          MDOC_LOOPBACK_ERROR_DIRECTORY,
          "Neither " MDOC_ENV_RUNTIME_DIR " nor XDG_RUNTIME_DIR is set");
  return NULL;
}

/* Nobody but us may enter the folder: then whoever is found in it is ours. */
static gboolean
check_directory (const char *path, GError **error)
{
  struct stat status;

  if (lstat (path, &status) != 0)
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_DIRECTORY,
                   "The runtime directory cannot be used");
  if (!S_ISDIR (status.st_mode) || status.st_uid != geteuid ())
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_DIRECTORY,
                   "The runtime directory is not a directory of this user");
  if ((status.st_mode & 077) != 0)
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_DIRECTORY,
                   "The runtime directory is open to others; it must have "
                   "mode 0700");
  return TRUE;
}

/**
 * mdoc_loopback_dup_path:
 * @uuid: the engagement's BLE UUID, big-endian
 * @error: return location for a #MdocLoopbackError
 *
 * Returns: (transfer full): the path of the holder's socket
 */
char *
mdoc_loopback_dup_path (const guint8 uuid[16], GError **error)
{
  g_autofree char *name = mdoc_hex_encode (MDOC_SPAN (uuid, UUID_LEN));
  g_autofree char *directory = dup_directory (error);
  g_autofree char *path = NULL;

  if (directory == NULL)
    return NULL;

  path = g_build_filename (directory, name, NULL);
  if (strlen (path) >= sizeof (((struct sockaddr_un *) NULL)->sun_path))
    {
      refuse (error,
              MDOC_LOOPBACK_ERROR_PATH,
              "The runtime directory's path is too long for a socket in it");
      return NULL;
    }

  return g_steal_pointer (&path);
}

/* Whether somebody listens at @path, found out without using up the one
 * connection that he waits for: a socket of another type is refused as such if
 * there is a living one, and as dead if not. */
static gboolean
is_in_use (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int probe = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean is_dead;

  g_strlcpy (address.sun_path, path, sizeof (address.sun_path));
  is_dead = probe >= 0
            && connect (probe,
                        (const struct sockaddr *) (gconstpointer) &address,
                        sizeof (address))
                   != 0
            && (errno == ECONNREFUSED || errno == ENOENT);
  if (probe >= 0)
    close (probe);
  return !is_dead;
}

static GSocket *
new_socket (GError **error)
{
  g_autoptr (GError) reason = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_UNIX,
                                  G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT,
                                  &reason);

  if (socket == NULL)
    refuse (error, MDOC_LOOPBACK_ERROR_IO, reason->message);
  return socket;
}

/* A socket that a process left behind when it died is replaced. */
static gboolean
remove_stale (const char *path, GError **error)
{
  struct stat status;

  if (lstat (path, &status) != 0)
    return TRUE;
  if (!S_ISSOCK (status.st_mode))
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_DIRECTORY,
                   "Something that is no socket stands in the way");
  if (is_in_use (path))
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_IN_USE,
                   "Another holder listens for this UUID");

  g_unlink (path);
  return TRUE;
}

static gboolean
listen_at (Loopback *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) reason = NULL;

  self->listener = new_socket (error);
  if (self->listener == NULL)
    return FALSE;

  g_socket_set_blocking (self->listener, FALSE);
  g_socket_set_listen_backlog (self->listener, BACKLOG);
  if (!g_socket_bind (self->listener, address, FALSE, &reason))
    return refuse (error, MDOC_LOOPBACK_ERROR_IO, reason->message);

  self->path = g_strdup (path);
  if (g_chmod (path, 0600) != 0 || !g_socket_listen (self->listener, &reason))
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_IO,
                   "The socket cannot be listened at");
  return TRUE;
}

static Loopback *
loopback_new (const MdocLoopbackOptions *options)
{
  Loopback *self = g_new0 (Loopback, 1);

  self->options = *options;
  g_queue_init (&self->queue);
  return self;
}

MdocTransport *
mdoc_loopback_holder_new_full (const guint8 uuid[16],
                               const MdocLoopbackOptions *options,
                               GError **error)
{
  g_autoptr (Loopback) self = loopback_new (options);
  g_autofree char *path = mdoc_loopback_dup_path (uuid, error);
  g_autofree char *directory = NULL;

  if (path == NULL)
    return NULL;

  /* what it fails with, the check finds */
  directory = g_path_get_dirname (path);
  (void) g_mkdir (directory, 0700);
  if (!check_directory (directory, error) || !remove_stale (path, error)
      || !listen_at (self, path, error))
    return NULL;

  return mdoc_transport_new (&loopback_class, g_steal_pointer (&self));
}

static gboolean
refuse_connect (GError **error, const GError *reason)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_NOT_FOUND,
                   "No holder listens for this UUID");
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
      || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PENDING))
    return refuse (error,
                   MDOC_LOOPBACK_ERROR_IN_USE,
                   "Other readers stand in line for this holder");
  return refuse (error, MDOC_LOOPBACK_ERROR_IO, reason->message);
}

MdocTransport *
mdoc_loopback_reader_new_full (const guint8 uuid[16],
                               const MdocLoopbackOptions *options,
                               GError **error)
{
  g_autoptr (Loopback) self = loopback_new (options);
  g_autofree char *path = mdoc_loopback_dup_path (uuid, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *directory = NULL;
  g_autoptr (GError) reason = NULL;

  if (path == NULL)
    return NULL;

  directory = g_path_get_dirname (path);
  if (!g_file_test (directory, G_FILE_TEST_EXISTS))
    {
      refuse (error,
              MDOC_LOOPBACK_ERROR_NOT_FOUND,
              "No holder listens for this UUID: there is no runtime directory");
      return NULL;
    }
  if (!check_directory (directory, error))
    return NULL;

  self->socket = new_socket (error);
  if (self->socket == NULL)
    return NULL;

  g_socket_set_blocking (self->socket, FALSE);
  address = g_unix_socket_address_new (path);
  if (!g_socket_connect (self->socket, address, NULL, &reason))
    {
      refuse_connect (error, reason);
      return NULL;
    }
  if (!is_peer_allowed (self, self->socket))
    {
      refuse (error,
              MDOC_LOOPBACK_ERROR_PEER,
              "The holder is a process of another user");
      return NULL;
    }

  return mdoc_transport_new (&loopback_class, g_steal_pointer (&self));
}

static MdocLoopbackOptions
default_options (gsize max_message_bytes)
{
  return (MdocLoopbackOptions){ .max_message_bytes = max_message_bytes,
                                .user = geteuid (),
                                .close_timeout_ms = CLOSE_TIMEOUT_MS };
}

/**
 * mdoc_loopback_holder_new:
 * @uuid: the engagement's BLE UUID, big-endian
 * @max_message_bytes: longest message accepted, below 2^32 - 1
 * @error: return location for a #MdocLoopbackError
 *
 * Listens at a socket named by @uuid in $MDOC_RUNTIME_DIR, or in the folder
 * `mdoc` of $XDG_RUNTIME_DIR, which is made if it is not there and must have
 * mode 0700. What a dead process left there is replaced. The socket is removed
 * as soon as a reader has come.
 *
 * Returns: (transfer full): the transport, not yet started
 */
MdocTransport *
mdoc_loopback_holder_new (const guint8 uuid[16],
                          gsize max_message_bytes,
                          GError **error)
{
  const MdocLoopbackOptions options = default_options (max_message_bytes);

  g_return_val_if_fail (max_message_bytes < LENGTH_END, NULL);

  return mdoc_loopback_holder_new_full (uuid, &options, error);
}

/**
 * mdoc_loopback_reader_new:
 * @uuid: the engagement's BLE UUID, big-endian
 * @max_message_bytes: longest message accepted, below 2^32 - 1
 * @error: return location for a #MdocLoopbackError
 *
 * Connects to the holder that listens for @uuid.
 *
 * Returns: (transfer full): the transport, not yet started; %NULL with
 *   %MDOC_LOOPBACK_ERROR_NOT_FOUND if there is no holder, %..._IN_USE if others
 *   are before us
 */
MdocTransport *
mdoc_loopback_reader_new (const guint8 uuid[16],
                          gsize max_message_bytes,
                          GError **error)
{
  const MdocLoopbackOptions options = default_options (max_message_bytes);

  g_return_val_if_fail (max_message_bytes < LENGTH_END, NULL);

  return mdoc_loopback_reader_new_full (uuid, &options, error);
}
