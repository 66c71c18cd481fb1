/*
 * sim-twin.c - one controller for the host, made of two
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-twin.h"

#include "tests/phonesim/sim-pdu.h"

/* packets of H4 */
#define H4_COMMAND     0x01
#define H4_ACL         0x02
#define H4_EVENT       0x04
#define EVENT_UNLINKED 0x05
#define EVENT_COMPLETE 0x0e
#define EVENT_STATUS   0x0f
#define EVENT_SENT     0x13
#define EVENT_LE       0x3e

#define LE_LINKED          0x01
#define LE_LINKED_ENHANCED 0x0a
#define CMD_ADVERTISE      0x200a

#define HANDLE_MASK 0x0fff

const guint8 sim_twin_stop[SIM_TWIN_STOP_BYTES] = { H4_COMMAND,
                                                    0x0a,
                                                    0x20,
                                                    1,
                                                    0 };

/* Bluetooth Core, volume 4, part E, 7: commands that begin with the handle of a
 * link */
static const guint16 link_commands[] = {
  0x0406, /* Disconnect */
  0x041d, /* Read Remote Version Information */
  0x0c2d, /* Read Transmit Power Level */
  0x1405, /* Read RSSI */
  0x2013, /* LE Connection Update */
  0x2015, /* LE Read Channel Map */
  0x2016, /* LE Read Remote Features */
  0x2019, /* LE Enable Encryption */
  0x201a, /* LE Long Term Key Request Reply */
  0x201b, /* and its refusal */
  0x2020, /* LE Remote Connection Parameter Request Reply */
  0x2021, /* and its refusal */
  0x2022, /* LE Set Data Length */
  0x2030, /* LE Read PHY */
  0x2032, /* LE Set PHY */
};

/* What the second has to know to be heard as the first is. Of legacy
 * advertising: controllers of btvirt that are reached by a socket have no
 * other. */
static const guint16 common_commands[] = {
  0x0c01, /* Set Event Mask */
  0x0c03, /* Reset */
  0x2001, /* LE Set Event Mask */
  0x2005, /* LE Set Random Address */
  0x2006, /* LE Set Advertising Parameters */
  0x2008, /* LE Set Advertising Data */
  0x2009, /* LE Set Scan Response Data */
};

/* events of a link, and where its handle stands in them */
static const struct
{
  guint8 event;
  guint8 subevent; /* of LE */
  guint8 at;       /* of its parameters */
} link_events[] = {
  { 0x05, 0, 1 },        /* Disconnection Complete */
  { 0x08, 0, 1 },        /* Encryption Change */
  { 0x0c, 0, 1 },        /* Read Remote Version Information Complete */
  { EVENT_SENT, 0, 1 },  /* Number Of Completed Packets */
  { 0x30, 0, 1 },        /* Encryption Key Refresh Complete */
  { EVENT_LE, 0x01, 2 }, /* Connection Complete */
  { EVENT_LE, 0x03, 2 }, /* Connection Update Complete */
  { EVENT_LE, 0x04, 2 }, /* Read Remote Features Complete */
  { EVENT_LE, 0x05, 1 }, /* Long Term Key Request */
  { EVENT_LE, 0x06, 1 }, /* Remote Connection Parameter Request */
  { EVENT_LE, 0x07, 1 }, /* Data Length Change */
  { EVENT_LE, 0x0a, 2 }, /* Enhanced Connection Complete */
  { EVENT_LE, 0x0c, 2 }, /* PHY Update Complete */
  { EVENT_LE, 0x12, 3 }, /* Advertising Set Terminated */
  { EVENT_LE, 0x14, 1 }, /* Channel Selection Algorithm */
};

static gboolean
is_among (guint opcode, const guint16 *opcodes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (opcodes[i] == opcode)
      return TRUE;
  return FALSE;
}

/* The flags above a handle stay. Returns: the handle before */
static guint
shift_handle (guint8 *packet, gsize len, gsize at, gint by)
{
  guint value, handle;

  if (len < at + 2)
    return 0;
  value = sim_get_u16 (MDOC_SPAN (packet, len), at);
  handle = value & HANDLE_MASK;
  value = (value & 0xf000) | ((guint) ((gint) handle + by) & HANDLE_MASK);
  packet[at] = (guint8) value;
  packet[at + 1] = (guint8) (value >> 8);
  return handle;
}

static SimTwinWay
route_advertise (SimTwin *self, gboolean begins)
{
  gboolean goes[2];

  for (guint i = 0; i < 2; i++)
    {
      goes[i] = begins ? !self->is_linked[i] : self->is_advertising[i];
      self->is_advertising[i] = begins && goes[i];
    }
  if (goes[0] && goes[1])
    return SIM_TWIN_BOTH;
  self->asked = goes[1] ? CMD_ADVERTISE : 0;
  return goes[1] ? SIM_TWIN_SECOND : SIM_TWIN_FIRST;
}

SimTwinWay
sim_twin_route (SimTwin *self, guint8 *packet, gsize len)
{
  MdocSpan span = MDOC_SPAN (packet, len);
  guint opcode = sim_get_u16 (span, 1);
  gboolean is_of_link = is_among (opcode,
                                  link_commands,
                                  G_N_ELEMENTS (link_commands));
  gsize at = packet[0] == H4_COMMAND ? 4 : 1;

  if (packet[0] == H4_COMMAND)
    self->asked = 0;
  if ((packet[0] == H4_ACL || (packet[0] == H4_COMMAND && is_of_link))
      && (sim_get_u16 (span, at) & HANDLE_MASK) >= SIM_TWIN_OFFSET)
    {
      shift_handle (packet, len, at, -SIM_TWIN_OFFSET);
      self->asked = packet[0] == H4_COMMAND ? opcode : self->asked;
      return SIM_TWIN_SECOND;
    }
  if (packet[0] == H4_COMMAND && opcode == CMD_ADVERTISE)
    return route_advertise (self, sim_get_u8 (span, 4) != 0);
  if (packet[0] == H4_COMMAND
      && is_among (opcode, common_commands, G_N_ELEMENTS (common_commands)))
    return SIM_TWIN_BOTH;
  return SIM_TWIN_FIRST;
}

/* Returns: whether the other one has to stop advertising */
static gboolean
note_link (SimTwin *self, guint which, guint8 event, MdocSpan span)
{
  guint subevent = sim_get_u8 (span, 3);
  gboolean stops_other;

  if (event == EVENT_UNLINKED)
    self->is_linked[which] = FALSE;
  if (event != EVENT_LE || sim_get_u8 (span, 4) != 0
      || (subevent != LE_LINKED && subevent != LE_LINKED_ENHANCED))
    return FALSE;
  self->is_linked[which] = TRUE;
  self->is_advertising[which] = FALSE;
  stops_other = self->is_advertising[!which];
  self->is_advertising[!which] = FALSE;
  if (stops_other && which == 1)
    self->is_stopping = TRUE;
  return stops_other;
}

static gboolean
take_answer (SimTwin *self,
             gboolean is_second,
             guint opcode,
             guint8 *packet,
             gsize len)
{
  if (is_second && (self->asked == 0 || opcode != self->asked))
    return FALSE;
  if (!is_second && self->is_stopping && opcode == CMD_ADVERTISE)
    {
      self->is_stopping = FALSE;
      return FALSE;
    }
  /* what a command of a link returns begins with a status and its handle */
  if (is_second && packet[1] == EVENT_COMPLETE)
    shift_handle (packet, len, 7, SIM_TWIN_OFFSET);
  return TRUE;
}

gboolean
sim_twin_take (SimTwin *self,
               gboolean is_second,
               guint8 *packet,
               gsize len,
               gboolean *ret_stops_other)
{
  MdocSpan span = MDOC_SPAN (packet, len);
  guint8 event = (guint8) sim_get_u8 (span, 1);

  *ret_stops_other = FALSE;
  if (packet[0] == H4_ACL)
    {
      if (is_second)
        shift_handle (packet, len, 1, SIM_TWIN_OFFSET);
      return TRUE;
    }
  if (packet[0] != H4_EVENT)
    return !is_second;
  *ret_stops_other = note_link (self, is_second ? 1 : 0, event, span);
  if (event == EVENT_STATUS || event == EVENT_COMPLETE)
    return take_answer (self,
                        is_second,
                        sim_get_u16 (span, event == EVENT_STATUS ? 5 : 4),
                        packet,
                        len);
  if (!is_second)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (link_events); i++)
    if (link_events[i].event == event
        && (event != EVENT_LE
            || link_events[i].subevent == sim_get_u8 (span, 3)))
      {
        shift_handle (packet, len, 3 + link_events[i].at, SIM_TWIN_OFFSET);
        return TRUE;
      }
  /* of what it hears the first has told already */
  return FALSE;
}
