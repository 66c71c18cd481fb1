/*
 * sim-pace.c - when packets leave a controller with a radio
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-pace.h"

/* Bluetooth Core, volume 6, part B, 2.1 and 4.1 */
#define INTER_FRAME_US 150
#define OVERHEAD_BYTES (4 + 2 + 3) /* access address, header, CRC */
/* of L2CAP and of a notification or write command */
#define FRAME_OVERHEAD_BYTES (4 + 3)
/* of L2CAP alone */
#define CHANNEL_OVERHEAD_BYTES 4

typedef struct
{
  gint64 at_us;
  guint n_pdus; /* left */
} Packet;

struct _SimPace
{
  SimRadio radio;
  GQueue packets;  /* of Packet */
  gint64 n_events; /* that are over, since the clock was 0 */
  guint event_pdus;
};

static guint
get_air_us (gboolean is_2m, guint payload_bytes)
{
  if (is_2m)
    return (2 + OVERHEAD_BYTES + payload_bytes) * 4;
  return (1 + OVERHEAD_BYTES + payload_bytes) * 8;
}

/**
 * sim_radio_get_event_pdus:
 * @self: a radio
 *
 * Returns: how many packets leave in one event, at least one
 */
guint
sim_radio_get_event_pdus (const SimRadio *self)
{
  guint exchange_us = get_air_us (self->is_2m, self->pdu_bytes) + INTER_FRAME_US
                      + get_air_us (self->is_2m, 0) + INTER_FRAME_US;
  guint n_fitting = MAX (self->interval_us / exchange_us, 1);

  return self->max_pdus == 0 ? n_fitting : MIN (self->max_pdus, n_fitting);
}

guint
sim_radio_get_packet_pdus (const SimRadio *self, gsize acl_bytes)
{
  return (guint) ((acl_bytes + self->pdu_bytes - 1) / self->pdu_bytes);
}

double
sim_radio_get_rate (const SimRadio *self, gsize value_bytes)
{
  gsize frame_bytes = value_bytes + FRAME_OVERHEAD_BYTES;
  guint n_pdus = sim_radio_get_packet_pdus (self, self->acl_bytes)
                     * (guint) (frame_bytes / self->acl_bytes)
                 + sim_radio_get_packet_pdus (self,
                                              frame_bytes % self->acl_bytes);

  return (double) value_bytes / n_pdus * sim_radio_get_event_pdus (self) * 1e6
         / self->interval_us;
}

double
sim_radio_get_channel_rate (const SimRadio *self)
{
  guint n_pdus = sim_radio_get_packet_pdus (self, self->acl_bytes);

  return (double) (self->acl_bytes - CHANNEL_OVERHEAD_BYTES) / n_pdus
         * sim_radio_get_event_pdus (self) * 1e6 / self->interval_us;
}

SimPace *
sim_pace_new (const SimRadio *radio)
{
  SimPace *self = g_new0 (SimPace, 1);

  self->radio = *radio;
  self->event_pdus = sim_radio_get_event_pdus (radio);
  return self;
}

void
sim_pace_free (SimPace *self)
{
  if (self == NULL)
    return;
  sim_pace_clear (self);
  g_free (self);
}

void
sim_pace_clear (SimPace *self)
{
  g_queue_clear_full (&self->packets, g_free);
}

/**
 * sim_pace_push:
 * @self: a pace
 * @now_us: of a clock that never goes back
 * @acl_bytes: that the host handed over
 */
void
sim_pace_push (SimPace *self, gint64 now_us, gsize acl_bytes)
{
  Packet *packet = g_new (Packet, 1);

  packet->at_us = now_us;
  packet->n_pdus = MAX (sim_radio_get_packet_pdus (&self->radio, acl_bytes), 1);
  if (g_queue_is_empty (&self->packets))
    self->n_events = MAX (self->n_events, now_us / self->radio.interval_us);
  g_queue_push_tail (&self->packets, packet);
}

guint
sim_pace_take (SimPace *self, gint64 now_us)
{
  guint n_taken = 0;

  while (!g_queue_is_empty (&self->packets)
         && sim_pace_get_next_us (self) <= now_us)
    {
      gint64 event_us = sim_pace_get_next_us (self);
      guint n_left = self->event_pdus;
      Packet *first;

      self->n_events++;
      while (n_left > 0 && (first = g_queue_peek_head (&self->packets)) != NULL
             && first->at_us <= event_us)
        {
          guint n_pdus = MIN (first->n_pdus, n_left);

          n_left -= n_pdus;
          first->n_pdus -= n_pdus;
          if (first->n_pdus > 0)
            continue;
          g_free (g_queue_pop_head (&self->packets));
          n_taken++;
        }
    }
  return n_taken;
}

gint64
sim_pace_get_next_us (SimPace *self)
{
  if (g_queue_is_empty (&self->packets))
    return -1;
  return (self->n_events + 1) * self->radio.interval_us;
}
