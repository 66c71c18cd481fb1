/*
 * sim-pace.h - when packets leave a controller with a radio
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* payload of a packet of the link layer, without and with its extension */
#define SIM_PDU_MIN_BYTES 27
#define SIM_PDU_MAX_BYTES 251

/**
 * SimRadio:
 * @interval_us: between two connection events
 * @max_pdus: most packets in an event that the controllers manage; 0: as many
 *   as fit
 * @is_2m: the PHY of two megabits a second
 * @pdu_bytes: of the data length that both agreed on
 * @acl_bytes: longest packet that the host hands over
 *
 * A link without losses. The model knows nothing of what the other side sends
 * in the same event: each packet is answered by an empty one.
 */
typedef struct
{
  guint interval_us;
  guint max_pdus;
  gboolean is_2m;
  guint pdu_bytes;
  guint acl_bytes;
} SimRadio;

guint sim_radio_get_event_pdus (const SimRadio *self);
guint sim_radio_get_packet_pdus (const SimRadio *self, gsize acl_bytes);
/* bytes a second, of attributes of that length that are notified or written
 * without response, one after the other */
double sim_radio_get_rate (const SimRadio *self, gsize value_bytes);
/* the same of an L2CAP channel, all of whose packets are full */
double sim_radio_get_channel_rate (const SimRadio *self);

/**
 * SimPace:
 *
 * The packets that wait in a controller. An event carries what was there when
 * it began, and is not made up for if nothing was.
 */
typedef struct _SimPace SimPace;

SimPace *sim_pace_new (const SimRadio *radio) G_GNUC_WARN_UNUSED_RESULT;
void sim_pace_free (SimPace *self);
void sim_pace_push (SimPace *self, gint64 now_us, gsize acl_bytes);
/* how many packets have left since it was asked last */
guint sim_pace_take (SimPace *self, gint64 now_us);
/* when it should be asked again; -1: nothing waits */
gint64 sim_pace_get_next_us (SimPace *self);
void sim_pace_clear (SimPace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPace, sim_pace_free)

G_END_DECLS
