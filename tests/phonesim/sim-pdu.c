/*
 * sim-pdu.c - the packets of HCI, L2CAP and ATT, as bytes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-pdu.h"

#define FRAME_HEADER_BYTES 4

struct _SimFrames
{
  GByteArray *bytes; /* of the frame that is under way */
};

void
sim_put_u8 (GByteArray *bytes, guint value)
{
  guint8 byte = (guint8) value;

  g_byte_array_append (bytes, &byte, 1);
}

void
sim_put_u16 (GByteArray *bytes, guint value)
{
  sim_put_u8 (bytes, value & 0xff);
  sim_put_u8 (bytes, value >> 8 & 0xff);
}

void
sim_put_span (GByteArray *bytes, MdocSpan span)
{
  if (span.len > 0)
    g_byte_array_append (bytes, span.data, (guint) span.len);
}

guint
sim_get_u8 (MdocSpan span, gsize at)
{
  return at < span.len ? span.data[at] : 0;
}

guint
sim_get_u16 (MdocSpan span, gsize at)
{
  if (span.len < 2 || at > span.len - 2)
    return 0;
  return (guint) (span.data[at] | span.data[at + 1] << 8);
}

MdocSpan
sim_span_from (MdocSpan span, gsize at)
{
  if (at >= span.len)
    return MDOC_SPAN (NULL, 0);
  return MDOC_SPAN (span.data + at, span.len - at);
}

MdocSpan
sim_span_of (const GByteArray *bytes)
{
  return MDOC_SPAN (bytes->data, bytes->len);
}

SimFrames *
sim_frames_new (void)
{
  SimFrames *self = g_new0 (SimFrames, 1);

  self->bytes = g_byte_array_new ();
  return self;
}

void
sim_frames_free (SimFrames *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->bytes);
  g_free (self);
}

void
sim_frames_clear (SimFrames *self)
{
  g_byte_array_set_size (self->bytes, 0);
}

/**
 * sim_frames_add:
 * @self: frames
 * @is_first: whether the link says that a frame begins here
 * @fragment: what an ACL packet carries
 *
 * Returns: %FALSE if it does not belong where it came; all is forgotten then
 */
gboolean
sim_frames_add (SimFrames *self, gboolean is_first, MdocSpan fragment)
{
  if (is_first)
    sim_frames_clear (self);
  else if (self->bytes->len == 0)
    return FALSE;
  sim_put_span (self->bytes, fragment);
  if (self->bytes->len < FRAME_HEADER_BYTES
      || self->bytes->len
             <= FRAME_HEADER_BYTES + sim_get_u16 (sim_span_of (self->bytes), 0))
    return TRUE;
  sim_frames_clear (self);
  return FALSE;
}

gboolean
sim_frames_get (SimFrames *self, guint *ret_cid, MdocSpan *ret_payload)
{
  MdocSpan all = sim_span_of (self->bytes);

  if (all.len < FRAME_HEADER_BYTES
      || all.len != FRAME_HEADER_BYTES + sim_get_u16 (all, 0))
    return FALSE;
  *ret_cid = sim_get_u16 (all, 2);
  *ret_payload = sim_span_from (all, FRAME_HEADER_BYTES);
  return TRUE;
}

GByteArray *
sim_frame_build (guint cid, MdocSpan payload)
{
  GByteArray *frame = g_byte_array_new ();

  g_assert (payload.len <= SIM_FRAME_MAX_BYTES);
  sim_put_u16 (frame, (guint) payload.len);
  sim_put_u16 (frame, cid);
  sim_put_span (frame, payload);
  return frame;
}

/* Bluetooth Core, volume 4, part A: a byte for the kind, then that packet. */
gboolean
sim_h4_measure (MdocSpan stream, gsize *ret_len)
{
  gsize header, payload;

  *ret_len = 0;
  if (stream.len == 0)
    return TRUE;
  switch (stream.data[0])
    {
    case 0x01: /* command */
      header = 4;
      payload = sim_get_u8 (stream, 3);
      break;
    case 0x02: /* ACL data */
      header = 5;
      payload = sim_get_u16 (stream, 3);
      break;
    case 0x04: /* event */
      header = 3;
      payload = sim_get_u8 (stream, 2);
      break;
    case 0xff: /* the kernel's own, of /dev/vhci */
      header = 4;
      payload = 0;
      break;
    default:
      return FALSE;
    }
  if (stream.len >= header && stream.len - header >= payload)
    *ret_len = header + payload;
  return TRUE;
}
