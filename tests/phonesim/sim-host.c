/*
 * sim-host.c - a Bluetooth host of our own: HCI, and frames of L2CAP
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-host.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "tests/phonesim/sim-pdu.h"

/* packets of H4 */
#define H4_COMMAND 0x01
#define H4_ACL     0x02
#define H4_EVENT   0x04

/* commands and events of HCI, Bluetooth Core volume 4 part E, 7.3, 7.7, 7.8 */
#define CMD_DISCONNECT         0x0406
#define CMD_SET_EVENT_MASK     0x0c01
#define CMD_RESET              0x0c03
#define CMD_LE_SET_EVENT_MASK  0x2001
#define CMD_LE_READ_BUFFERS    0x2002
#define CMD_LE_CONNECT_OLD     0x200d
#define CMD_LE_UPDATE          0x2013
#define CMD_LE_ADV_PARAMETERS  0x2036
#define CMD_LE_ADV_DATA        0x2037
#define CMD_LE_ADV_ENABLE      0x2039
#define CMD_LE_SCAN_PARAMETERS 0x2041
#define CMD_LE_SCAN_ENABLE     0x2042
#define CMD_LE_CONNECT         0x2043
#define EVENT_DISCONNECTED     0x05
#define EVENT_COMPLETE         0x0e
#define EVENT_STATUS           0x0f
#define EVENT_SENT             0x13
#define EVENT_LE               0x3e
#define LE_CONNECTED           0x01
#define LE_REPORT_OLD          0x02
#define LE_CONNECTED_ENHANCED  0x0a
#define LE_REPORT              0x0d

#define READ_BYTES 4096

struct _SimHost
{
  int fd;
  guint source;
  SimHostEvents events;
  gpointer user_data;
  GByteArray *input;
  GQueue commands; /* of GByteArray: packets of H4; the first was sent */
  GQueue data;     /* of GByteArray: packets of H4 that wait for a buffer */
  gsize queued_bytes;
  guint buffer_bytes;
  guint n_buffers;
  guint n_free;
  gboolean has_heard_old; /* whom it heard last advertises in the old way */
  gboolean is_linked;
  guint handle;
  SimFrames *frames;
};

static void
write_all (SimHost *self, const GByteArray *packet)
{
  gsize n_written = 0;

  while (n_written < packet->len)
    {
      ssize_t n = write (self->fd,
                         packet->data + n_written,
                         packet->len - n_written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return; /* reading finds out */
      n_written += (gsize) n;
    }
}

static void
command (SimHost *self, guint opcode, MdocSpan parameters)
{
  GByteArray *packet = g_byte_array_new ();

  sim_put_u8 (packet, H4_COMMAND);
  sim_put_u16 (packet, opcode);
  sim_put_u8 (packet, (guint) parameters.len);
  sim_put_span (packet, parameters);
  g_queue_push_tail (&self->commands, packet);
  if (g_queue_get_length (&self->commands) == 1)
    write_all (self, packet);
}

static void
push_data (SimHost *self)
{
  while (self->n_free > 0 && !g_queue_is_empty (&self->data))
    {
      g_autoptr (GByteArray) packet = g_queue_pop_head (&self->data);

      self->n_free--;
      self->queued_bytes -= packet->len;
      write_all (self, packet);
    }
}

static void
on_command_done (SimHost *self, guint opcode, MdocSpan result)
{
  GByteArray *first = g_queue_peek_head (&self->commands);

  if (first == NULL || sim_get_u16 (sim_span_of (first), 1) != opcode)
    return; /* commands that may be sent, without one being done */
  if (sim_get_u8 (result, 0) != 0)
    g_message ("command %04x: status %02x", opcode, sim_get_u8 (result, 0));
  g_byte_array_unref (g_queue_pop_head (&self->commands));
  first = g_queue_peek_head (&self->commands);
  if (first != NULL)
    write_all (self, first);
  if (opcode == CMD_LE_READ_BUFFERS)
    {
      self->buffer_bytes = MAX (sim_get_u16 (result, 1), 27);
      self->n_buffers = MAX (sim_get_u8 (result, 3), 1);
      self->n_free = self->n_buffers;
      self->events.ready (self->user_data);
    }
}

static void
on_link (SimHost *self, MdocSpan event)
{
  if (sim_get_u8 (event, 1) != 0)
    {
      g_message ("no link: %02x", sim_get_u8 (event, 1));
      return;
    }
  self->is_linked = TRUE;
  self->handle = sim_get_u16 (event, 2);
  self->n_free = self->n_buffers;
  sim_frames_clear (self->frames);
  self->events.connected (self->user_data);
}

/* @address_at: of the type and the address; @len_at: of the length and the data
 */
static void
on_report (SimHost *self, MdocSpan event, gsize address_at, gsize len_at)
{
  SimAddress address;
  gsize len = sim_get_u8 (event, len_at);

  if (event.len < len_at + 1 + len)
    return;
  address.type = event.data[address_at];
  memcpy (address.bytes, event.data + address_at + 1, sizeof address.bytes);
  self->events.found (&address,
                      MDOC_SPAN (event.data + len_at + 1, len),
                      self->user_data);
}

static void
on_le_event (SimHost *self, MdocSpan event)
{
  switch (sim_get_u8 (event, 0))
    {
    case LE_CONNECTED:
    case LE_CONNECTED_ENHANCED:
      on_link (self, event);
      break;
    case LE_REPORT:
      self->has_heard_old = FALSE;
      on_report (self, event, 4, 25);
      break;
    case LE_REPORT_OLD:
      /* btvirt reports as is advertised, however it was asked to scan */
      self->has_heard_old = TRUE;
      on_report (self, event, 3, 10);
      break;
    default:
      break;
    }
}

static void
on_event (SimHost *self, guint code, MdocSpan event)
{
  switch (code)
    {
    case EVENT_COMPLETE:
      on_command_done (self, sim_get_u16 (event, 1), sim_span_from (event, 3));
      break;
    case EVENT_STATUS:
      on_command_done (self, sim_get_u16 (event, 2), event);
      break;
    case EVENT_SENT:
      self->n_free = MIN (self->n_free + sim_get_u16 (event, 3),
                          self->n_buffers);
      push_data (self);
      break;
    case EVENT_DISCONNECTED:
      if (!self->is_linked || sim_get_u16 (event, 1) != self->handle)
        break;
      self->is_linked = FALSE;
      g_queue_clear_full (&self->data, (GDestroyNotify) g_byte_array_unref);
      self->queued_bytes = 0;
      self->events.disconnected (sim_get_u8 (event, 3), self->user_data);
      break;
    case EVENT_LE:
      on_le_event (self, event);
      break;
    default:
      break;
    }
}

static void
on_data (SimHost *self, MdocSpan packet)
{
  guint flags = sim_get_u16 (packet, 0) >> 12 & 3;
  guint cid;
  MdocSpan payload;

  if (!self->is_linked || (sim_get_u16 (packet, 0) & 0xfff) != self->handle)
    return;
  if (!sim_frames_add (self->frames, flags != 1, sim_span_from (packet, 4)))
    g_error ("a fragment that belongs to no frame");
  if (sim_frames_get (self->frames, &cid, &payload))
    {
      g_autoptr (GBytes) copy = g_bytes_new (payload.data, payload.len);

      sim_frames_clear (self->frames);
      self->events.frame (cid, mdoc_span_from_bytes (copy), self->user_data);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SimHost *self = user_data;
  guint8 bytes[READ_BYTES];
  ssize_t n = read (fd, bytes, sizeof bytes);
  gsize len;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    g_error ("the controller is gone");
  g_byte_array_append (self->input, bytes, (guint) n);
  while (sim_h4_measure (sim_span_of (self->input), &len) && len > 0)
    {
      g_autoptr (GBytes) packet = g_bytes_new (self->input->data, len);
      MdocSpan span = mdoc_span_from_bytes (packet);

      g_byte_array_remove_range (self->input, 0, (guint) len);
      if (span.data[0] == H4_EVENT)
        on_event (self, span.data[1], sim_span_from (span, 3));
      else if (span.data[0] == H4_ACL)
        on_data (self, sim_span_from (span, 1));
    }
  return G_SOURCE_CONTINUE;
}

SimHost *
sim_host_new (int fd, const SimHostEvents *events, gpointer user_data)
{
  static const guint8 mask[8] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f
  };
  static const guint8 le_mask[8] = { 0x1f, 0x12 };
  SimHost *self = g_new0 (SimHost, 1);

  self->fd = fd;
  self->events = *events;
  self->user_data = user_data;
  self->input = g_byte_array_new ();
  self->frames = sim_frames_new ();
  self->source = g_unix_fd_add (fd,
                                G_IO_IN | G_IO_HUP | G_IO_ERR,
                                on_readable,
                                self);
  command (self, CMD_RESET, MDOC_SPAN (NULL, 0));
  command (self, CMD_SET_EVENT_MASK, MDOC_SPAN (mask, sizeof mask));
  command (self, CMD_LE_SET_EVENT_MASK, MDOC_SPAN (le_mask, sizeof le_mask));
  command (self, CMD_LE_READ_BUFFERS, MDOC_SPAN (NULL, 0));
  return self;
}

void
sim_host_free (SimHost *self)
{
  if (self == NULL)
    return;
  g_source_remove (self->source);
  close (self->fd);
  g_queue_clear_full (&self->commands, (GDestroyNotify) g_byte_array_unref);
  g_queue_clear_full (&self->data, (GDestroyNotify) g_byte_array_unref);
  g_byte_array_unref (self->input);
  sim_frames_free (self->frames);
  g_free (self);
}

static void
enable_advertising (SimHost *self, guint8 is_on)
{
  const guint8 enable[6] = { is_on, 0x01, 0x00, 0x00, 0x00, 0x00 };

  command (self, CMD_LE_ADV_ENABLE, MDOC_SPAN (enable, sizeof enable));
}

void
sim_host_advertise (SimHost *self, MdocSpan data)
{
  /* as to phones of old: set 0, connectable and scannable, each 30 ms, three
   * channels, public address */
  static const guint8 parameters[25] = { 0x00, 0x13, 0x00, 0x30, 0x00,
                                         0x00, 0x30, 0x00, 0x00, 0x07,
                                         0x00, 0x00, 0x00, 0x00, 0x00,
                                         0x00, 0x00, 0x00, 0x00, 0x7f,
                                         0x01, 0x00, 0x01, 0x00, 0x00 };
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  sim_put_u8 (whole, 0x00);
  sim_put_u8 (whole, 0x03); /* all of it */
  sim_put_u8 (whole, 0x01);
  sim_put_u8 (whole, (guint) data.len);
  sim_put_span (whole, data);
  command (self,
           CMD_LE_ADV_PARAMETERS,
           MDOC_SPAN (parameters, sizeof parameters));
  command (self, CMD_LE_ADV_DATA, sim_span_of (whole));
  enable_advertising (self, 1);
}

void
sim_host_advertise_again (SimHost *self)
{
  enable_advertising (self, 0);
  enable_advertising (self, 1);
}

void
sim_host_scan (SimHost *self)
{
  /* active, all of the time */
  static const guint8 parameters[8] = { 0x00, 0x00, 0x01, 0x01,
                                        0x10, 0x00, 0x10, 0x00 };
  static const guint8 enable[6] = { 0x01 };

  command (self,
           CMD_LE_SCAN_PARAMETERS,
           MDOC_SPAN (parameters, sizeof parameters));
  command (self, CMD_LE_SCAN_ENABLE, MDOC_SPAN (enable, sizeof enable));
}

void
sim_host_connect (SimHost *self, const SimAddress *address)
{
  static const guint8 disable[6] = { 0x00 };
  g_autoptr (GByteArray) parameters = g_byte_array_new ();
  MdocSpan bytes = MDOC_SPAN (address->bytes, sizeof address->bytes);

  command (self, CMD_LE_SCAN_ENABLE, MDOC_SPAN (disable, sizeof disable));
  if (!self->has_heard_old)
    {
      sim_put_u8 (parameters, 0);
      sim_put_u8 (parameters, 0);
      sim_put_u8 (parameters, address->type);
      sim_put_span (parameters, bytes);
      sim_put_u8 (parameters, 0x01);
    }
  sim_put_u16 (parameters, 0x0010);
  sim_put_u16 (parameters, 0x0010);
  if (self->has_heard_old)
    {
      sim_put_u8 (parameters, 0);
      sim_put_u8 (parameters, address->type);
      sim_put_span (parameters, bytes);
      sim_put_u8 (parameters, 0);
    }
  sim_put_u16 (parameters, 0x0018); /* an interval of 30 ms */
  sim_put_u16 (parameters, 0x0018);
  sim_put_u16 (parameters, 0);
  sim_put_u16 (parameters, 0x01f4); /* supervised for 5 s */
  sim_put_u16 (parameters, 0);
  sim_put_u16 (parameters, 0);
  command (self,
           self->has_heard_old ? CMD_LE_CONNECT_OLD : CMD_LE_CONNECT,
           sim_span_of (parameters));
}

void
sim_host_disconnect (SimHost *self, guint reason)
{
  g_autoptr (GByteArray) parameters = g_byte_array_new ();

  if (!self->is_linked)
    return;
  sim_put_u16 (parameters, self->handle);
  sim_put_u8 (parameters, reason);
  command (self, CMD_DISCONNECT, sim_span_of (parameters));
}

void
sim_host_update_link (SimHost *self, guint interval)
{
  g_autoptr (GByteArray) parameters = g_byte_array_new ();

  sim_put_u16 (parameters, self->handle);
  sim_put_u16 (parameters, interval);
  sim_put_u16 (parameters, interval);
  sim_put_u16 (parameters, 0);
  sim_put_u16 (parameters, 0x01f4);
  sim_put_u16 (parameters, 0);
  sim_put_u16 (parameters, 0);
  command (self, CMD_LE_UPDATE, sim_span_of (parameters));
}

static void
send_frame (SimHost *self, const GByteArray *frame)
{
  for (gsize at = 0; at < frame->len; at += self->buffer_bytes)
    {
      GByteArray *packet = g_byte_array_new ();
      gsize len = MIN (frame->len - at, self->buffer_bytes);

      sim_put_u8 (packet, H4_ACL);
      sim_put_u16 (packet, self->handle | (at == 0 ? 0u : 1u << 12));
      sim_put_u16 (packet, (guint) len);
      sim_put_span (packet, MDOC_SPAN (frame->data + at, len));
      self->queued_bytes += packet->len;
      g_queue_push_tail (&self->data, packet);
    }
  push_data (self);
}

void
sim_host_send (SimHost *self, guint cid, MdocSpan payload)
{
  g_autoptr (GByteArray) frame = sim_frame_build (cid, payload);

  if (self->is_linked)
    send_frame (self, frame);
}

/* Only the header and @n_bytes of @payload: no frame can follow. */
void
sim_host_send_start (SimHost *self, guint cid, MdocSpan payload, gsize n_bytes)
{
  g_autoptr (GByteArray) frame = sim_frame_build (cid, payload);

  if (!self->is_linked)
    return;
  g_byte_array_set_size (frame, (guint) (frame->len - payload.len + n_bytes));
  send_frame (self, frame);
}

gsize
sim_host_get_queued (SimHost *self)
{
  return self->queued_bytes;
}
