/*
 * mdoc-ctl-redirect.c - where the browser comes back to after a login
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-redirect.h"

#include <string.h>

#include "ctl/mdoc-ctl-bus.h"

#define PATH         "/callback"
#define TIMEOUT_S    10
#define PAGE         "You can close this window and go back to mdocctl.\n"
#define PAGE_MISSING "There is nothing here.\n"

struct _MdocCtlRedirect
{
  GSocketService *service;
  char *uri;
  char *answer;
  void (*func) (gpointer user_data);
  gpointer user_data;
};

static void
reply (GSocketConnection *connection, const char *status, const char *page)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *text
      = g_strdup_printf ("HTTP/1.1 %s\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                         "Cache-Control: no-store\r\n"
                         "Connection: close\r\n\r\n%s",
                         status,
                         strlen (page),
                         page);

  /* a browser that has gone does not want it */
  (void) g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL);
  (void) g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

/* Returns: (transfer full) (nullable): what a GET asks for */
static char *
parse_target (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);

  if (g_strv_length (parts) != 3 || strcmp (parts[0], "GET") != 0
      || !g_str_has_prefix (parts[1], PATH "?"))
    return NULL;

  return g_strdup (parts[1]);
}

typedef struct
{
  MdocCtlRedirect *self;
  GSocketConnection *connection;
} Visit;

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDataInputStream *in = G_DATA_INPUT_STREAM (source);
  g_autofree Visit *visit = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (in,
                                                                result,
                                                                NULL,
                                                                NULL);
  g_autofree char *target = line != NULL ? parse_target (line) : NULL;
  MdocCtlRedirect *self = visit->self;

  reply (visit->connection,
         target != NULL ? "200 OK" : "404 Not Found",
         target != NULL ? PAGE : PAGE_MISSING);
  g_object_unref (visit->connection);
  if (target == NULL || self->answer != NULL)
    return;

  self->answer = g_steal_pointer (&target);
  self->func (self->user_data);
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  Visit *visit = g_new0 (Visit, 1);
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)));

  g_socket_set_timeout (g_socket_connection_get_socket (connection), TIMEOUT_S);
  /* a line that is longer is not read on: the stream holds no more */
  g_buffered_input_stream_set_buffer_size (G_BUFFERED_INPUT_STREAM (in),
                                           MDOC_CTL_REDIRECT_MAX_BYTES);
  visit->self = user_data;
  visit->connection = g_object_ref (connection);
  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_data_input_stream_read_line_async (in,
                                       G_PRIORITY_DEFAULT,
                                       NULL,
                                       on_line,
                                       visit);
  return TRUE;
}

MdocCtlRedirect *
mdoc_ctl_redirect_new (void (*func) (gpointer user_data),
                       gpointer user_data,
                       GError **error)
{
  MdocCtlRedirect *self = g_new0 (MdocCtlRedirect, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (
      G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) reason = NULL;

  self->func = func;
  self->user_data = user_data;
  self->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service),
                                      address,
                                      G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP,
                                      NULL,
                                      &bound,
                                      &reason))
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_FAILED,
                       "No port to wait for a login: %s",
                       reason->message);
      mdoc_ctl_redirect_free (self);
      return NULL;
    }

  self->uri = g_strdup_printf ("http://127.0.0.1:%u" PATH,
                               g_inet_socket_address_get_port (
                                   G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
mdoc_ctl_redirect_free (MdocCtlRedirect *self)
{
  if (self == NULL)
    return;

  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self->uri);
  g_free (self->answer);
  g_free (self);
}

const char *
mdoc_ctl_redirect_get_uri (MdocCtlRedirect *self)
{
  return self->uri;
}

const char *
mdoc_ctl_redirect_get_answer (MdocCtlRedirect *self)
{
  return self->answer;
}
