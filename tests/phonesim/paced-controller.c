/*
 * paced-controller.c - gives the kernel a controller with a radio's pace
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/phonesim/sim-pace.h"
#include "tests/phonesim/sim-pdu.h"
#include "tests/phonesim/sim-relay.h"

#define H4_ACL                 0x02
#define H4_EVENT               0x04
#define H4_VENDOR              0xff
#define EVENT_DISCONNECTED     0x05
#define EVENT_COMPLETE         0x0e
#define EVENT_SENT             0x13
#define CMD_LE_READ_BUFFERS    0x2002
#define CMD_LE_READ_BUFFERS_V2 0x2060
/* Buffers that the controller claims to have: an emulated processor may wake up
 * some events late, and what would have left in them has to be here by then. */
#define N_BUFFERS  24
#define READ_BYTES 4096
/* Packets that btvirt has not read yet. It reads 4096 bytes at a time, and a
 * packet whose header is cut there puts it out of step for good. */
#define MAX_UNREAD 8

/* Between the kernel, which believes it has a controller (/dev/vhci), and one
 * of btvirt's. What the kernel sends is held until the radio would have sent
 * it, and only then does the kernel hear that a buffer is free. */
typedef struct
{
  int kernel_fd;
  int ether_fd;
  GByteArray *from_ether;
  SimPace *pace;
  GQueue held;    /* of GBytes: packets of H4 */
  GQueue leaving; /* those that the radio has sent */
  guint n_unread; /* by btvirt */
  int timer_fd;
} Controller;

static SimRadio radio = { .acl_bytes = SIM_PDU_MAX_BYTES };
static double interval_ms = 30;
static gint max_pdus = 0;
static gint pdu_bytes = SIM_PDU_MAX_BYTES;
static gint slowness = 1;
static char *socket_path = NULL;

/* The radio's own, which may be slower than the clock on the wall. */
static gint64
get_radio_us (void)
{
  return g_get_monotonic_time () / slowness;
}

static void tell_sent (Controller *self, guint handle);

static void
push_leaving (Controller *self)
{
  while (self->n_unread < MAX_UNREAD && !g_queue_is_empty (&self->leaving))
    {
      g_autoptr (GBytes) packet = g_queue_pop_head (&self->leaving);

      sim_relay_write (self->ether_fd, mdoc_span_from_bytes (packet));
      self->n_unread++;
    }
}

/* For the very time of the next event: one that was set by how long it was
 * until then was seen not to come, and nothing would ever leave again. */
static void
set_timer (Controller *self)
{
  gint64 next_us = MAX (sim_pace_get_next_us (self->pace), 0) * slowness;
  const struct itimerspec next = {
    .it_value = { .tv_sec = next_us / G_USEC_PER_SEC,
                  .tv_nsec = next_us % G_USEC_PER_SEC * 1000 }
  };

  /* zeroes, as when nothing waits, stop it */
  if (timerfd_settime (self->timer_fd, TFD_TIMER_ABSTIME, &next, NULL) < 0)
    g_error ("cannot set a timer: %s", g_strerror (errno));
}

static gboolean
on_event_time (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *self = user_data;
  guint n = sim_pace_take (self->pace, get_radio_us ());
  guint64 n_expired;

  /* what is set anew begins at nought by itself */
  if (read (fd, &n_expired, sizeof n_expired) < 0 && errno != EAGAIN)
    g_error ("cannot read a timer: %s", g_strerror (errno));
  for (guint i = 0; i < n; i++)
    {
      GBytes *packet = g_queue_pop_head (&self->held);

      tell_sent (self, sim_get_u16 (mdoc_span_from_bytes (packet), 1) & 0xfff);
      g_queue_push_tail (&self->leaving, packet);
    }
  push_leaving (self);
  set_timer (self);
  return G_SOURCE_CONTINUE;
}

static void
tell_sent (Controller *self, guint handle)
{
  g_autoptr (GByteArray) event = g_byte_array_new ();

  sim_put_u8 (event, H4_EVENT);
  sim_put_u8 (event, EVENT_SENT);
  sim_put_u8 (event, 5);
  sim_put_u8 (event, 1);
  sim_put_u16 (event, handle);
  sim_put_u16 (event, 1);
  sim_relay_write (self->kernel_fd, sim_span_of (event));
}

static void
drop_held (Controller *self)
{
  sim_pace_clear (self->pace);
  g_queue_clear_full (&self->held, (GDestroyNotify) g_bytes_unref);
  g_queue_clear_full (&self->leaving, (GDestroyNotify) g_bytes_unref);
  self->n_unread = 0;
  set_timer (self);
}

static gboolean
on_kernel (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *self = user_data;
  guint8 packet[READ_BYTES];
  ssize_t n = read (fd, packet, sizeof packet);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    g_error ("/dev/vhci: %s", g_strerror (errno));
  if (packet[0] == H4_VENDOR)
    return G_SOURCE_CONTINUE; /* the number of the controller */
  if (packet[0] != H4_ACL)
    {
      sim_relay_write (self->ether_fd, MDOC_SPAN (packet, (gsize) n));
      return G_SOURCE_CONTINUE;
    }
  g_queue_push_tail (&self->held, g_bytes_new (packet, (gsize) n));
  sim_pace_push (self->pace, get_radio_us (), (gsize) n - 5);
  if (g_queue_get_length (&self->held) == 1)
    set_timer (self);
  return G_SOURCE_CONTINUE;
}

/* Returns: whether the kernel gets the packet */
static gboolean
change_event (Controller *self, guint8 *packet, gsize len)
{
  MdocSpan span = MDOC_SPAN (packet, len);
  guint opcode = sim_get_u16 (span, 4);

  if (packet[0] != H4_EVENT)
    return TRUE;
  if (packet[1] == EVENT_SENT)
    {
      self->n_unread -= MIN (sim_get_u16 (span, 6), self->n_unread);
      push_leaving (self);
      return FALSE;
    }
  if (packet[1] == EVENT_DISCONNECTED)
    drop_held (self);
  if (packet[1] == EVENT_COMPLETE && len >= 10 && sim_get_u8 (span, 6) == 0
      && (opcode == CMD_LE_READ_BUFFERS || opcode == CMD_LE_READ_BUFFERS_V2))
    {
      packet[7] = SIM_PDU_MAX_BYTES;
      packet[8] = 0;
      packet[9] = N_BUFFERS;
    }
  return TRUE;
}

static gboolean
on_ether (int fd, GIOCondition condition, gpointer user_data)
{
  Controller *self = user_data;
  guint8 bytes[READ_BYTES];
  ssize_t n = read (fd, bytes, sizeof bytes);
  gboolean is_known;
  gsize len;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    g_error ("btvirt is gone");
  g_byte_array_append (self->from_ether, bytes, (guint) n);
  while ((is_known = sim_h4_measure (sim_span_of (self->from_ether), &len))
         && len > 0)
    {
      if (change_event (self, self->from_ether->data, len))
        sim_relay_write (self->kernel_fd,
                         MDOC_SPAN (self->from_ether->data, len));
      g_byte_array_remove_range (self->from_ether, 0, (guint) len);
    }
  if (!is_known)
    g_error ("btvirt is out of step");
  return G_SOURCE_CONTINUE;
}

static void
run (void)
{
  Controller self = { .from_ether = g_byte_array_new (),
                      .pace = sim_pace_new (&radio) };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  self.ether_fd = sim_relay_open_ether (socket_path);
  self.kernel_fd = sim_relay_open_kernel ();
  self.timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self.timer_fd < 0)
    g_error ("cannot make a timer: %s", g_strerror (errno));
  g_unix_fd_add (self.timer_fd, G_IO_IN, on_event_time, &self);
  g_unix_fd_add (self.kernel_fd, G_IO_IN, on_kernel, &self);
  g_unix_fd_add (self.ether_fd, G_IO_IN | G_IO_HUP, on_ether, &self);
  g_main_loop_run (loop);
}

int
main (int argc, char **argv)
{
  gboolean is_rate_wanted = FALSE;
  gboolean is_channel_rate_wanted = FALSE;
  gint value_bytes = 0;
  const GOptionEntry entries[] = {
    { "interval", 0, 0, G_OPTION_ARG_DOUBLE, &interval_ms, "of events", "MS" },
    { "pdus", 0, 0, G_OPTION_ARG_INT, &max_pdus, "most in an event", "N" },
    { "pdu-bytes", 0, 0, G_OPTION_ARG_INT, &pdu_bytes, "27 to 251", "N" },
    { "2m", 0, 0, G_OPTION_ARG_NONE, &radio.is_2m, "the PHY LE 2M", NULL },
    { "slowness",
      0,
      0,
      G_OPTION_ARG_INT,
      &slowness,
      "so many times slower is all of it, for a host that is as slow",
      "N" },
    { "socket", 0, 0, G_OPTION_ARG_STRING, &socket_path, "of btvirt", "PATH" },
    { "rate",
      0,
      0,
      G_OPTION_ARG_INT,
      &value_bytes,
      "only print the bytes a second that values of N bytes make",
      "N" },
    { "channel-rate",
      0,
      0,
      G_OPTION_ARG_NONE,
      &is_channel_rate_wanted,
      "the same for an L2CAP channel",
      NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  socket_path = g_strdup ("/tmp/bt-server-bredrle");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  is_rate_wanted = value_bytes > 0;
  if (interval_ms < 7.5 || interval_ms > 4000 || max_pdus < 0
      || pdu_bytes < SIM_PDU_MIN_BYTES || pdu_bytes > SIM_PDU_MAX_BYTES
      || slowness < 1)
    g_error ("no radio is like that");
  radio.interval_us = (guint) (interval_ms * 1000);
  radio.max_pdus = (guint) max_pdus;
  radio.pdu_bytes = (guint) pdu_bytes;
  if (is_channel_rate_wanted)
    g_print ("%.0f\n", sim_radio_get_channel_rate (&radio) / slowness);
  else if (is_rate_wanted)
    g_print ("%.0f\n",
             sim_radio_get_rate (&radio, (gsize) value_bytes) / slowness);
  else
    run ();
  return 0;
}
