/*
 * twin-controller.c - gives the kernel a controller that holds two links
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "tests/phonesim/sim-pdu.h"
#include "tests/phonesim/sim-relay.h"
#include "tests/phonesim/sim-twin.h"

#define H4_VENDOR  0xff
#define READ_BYTES 4096

/* btvirt calls every link 42, so that one of its controllers can hold only one.
 * Between the kernel, which believes it has one controller (/dev/vhci), and two
 * of them: who hears an advertisement hears it from both, and connects to
 * either. */
typedef struct
{
  int kernel_fd;
  int ether_fds[2];
  GByteArray *from_ether[2];
  SimTwin twin;
} Controller;

static gboolean
on_kernel (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *self = user_data;
  guint8 packet[READ_BYTES];
  ssize_t n = read (fd, packet, sizeof packet);
  SimTwinWay way;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    g_error ("/dev/vhci: %s", g_strerror (errno));
  if (packet[0] == H4_VENDOR)
    return G_SOURCE_CONTINUE; /* the number of the controller */
  way = sim_twin_route (&self->twin, packet, (gsize) n);
  if (way != SIM_TWIN_SECOND)
    sim_relay_write (self->ether_fds[0], MDOC_SPAN (packet, (gsize) n));
  if (way != SIM_TWIN_FIRST)
    sim_relay_write (self->ether_fds[1], MDOC_SPAN (packet, (gsize) n));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_ether (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *self = user_data;
  gboolean is_second = fd == self->ether_fds[1];
  GByteArray *stream = self->from_ether[is_second];
  guint8 bytes[READ_BYTES];
  ssize_t n = read (fd, bytes, sizeof bytes);
  gboolean is_known;
  gsize len;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    g_error ("btvirt is gone");
  g_byte_array_append (stream, bytes, (guint) n);
  while ((is_known = sim_h4_measure (sim_span_of (stream), &len)) && len > 0)
    {
      gboolean stops_other;

      if (sim_twin_take (&self->twin,
                         is_second,
                         stream->data,
                         len,
                         &stops_other))
        sim_relay_write (self->kernel_fd, MDOC_SPAN (stream->data, len));
      if (stops_other)
        sim_relay_write (self->ether_fds[!is_second],
                         MDOC_SPAN (sim_twin_stop, sizeof sim_twin_stop));
      g_byte_array_remove_range (stream, 0, (guint) len);
    }
  if (!is_known)
    g_error ("btvirt is out of step");
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *socket_path = g_strdup ("/tmp/bt-server-bredrle");
  const GOptionEntry entries[] = {
    { "socket", 0, 0, G_OPTION_ARG_STRING, &socket_path, "of btvirt", "PATH" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Controller self = { 0 };

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < G_N_ELEMENTS (self.ether_fds); i++)
    {
      self.ether_fds[i] = sim_relay_open_ether (socket_path);
      self.from_ether[i] = g_byte_array_new ();
      g_unix_fd_add (self.ether_fds[i], G_IO_IN | G_IO_HUP, on_ether, &self);
    }
  self.kernel_fd = sim_relay_open_kernel ();
  g_unix_fd_add (self.kernel_fd, G_IO_IN, on_kernel, &self);
  g_main_loop_run (loop);
  return 0;
}
