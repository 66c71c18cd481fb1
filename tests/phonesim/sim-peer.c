/*
 * sim-peer.c - a phone: one end of ISO/IEC 18013-5 over Bluetooth LE
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-peer.h"

#include <string.h>

#include "tests/phonesim/sim-pdu.h"
#include "tests/phonesim/sim-peer-private.h"

#define VALUE_MAX_BYTES   512
#define MESSAGE_MAX_BYTES (2 * 1024 * 1024)
#define DRAIN_POLL_MS     5
/* btvirt lets others hear an advertisement once, when it begins */
#define ADVERTISE_MS 500
/* L2CAP signalling, and SMP */
#define SIGNAL_REJECT        0x01
#define SIGNAL_UPDATE        0x12
#define SIGNAL_UPDATE_ANSWER 0x13
#define SIGNAL_CHANNEL       0x14
#define SMP_REQUEST          0x01
#define SMP_FAILED           0x05
#define SMP_SECURITY         0x0b
/* of a flood, at any time in the controller's queue */
#define FLOOD_BYTES 4096

static void push_parts (SimPeer *self);

static const struct
{
  const char *name;
  SimFault fault;
} faults[] = {
  { "none", SIM_FAULT_NONE },
  { "disconnect", SIM_FAULT_DISCONNECT },
  { "timeout", SIM_FAULT_TIMEOUT },
  { "tear", SIM_FAULT_TEAR },
  { "lost", SIM_FAULT_LOST },
  { "double", SIM_FAULT_DOUBLE },
  { "flood", SIM_FAULT_FLOOD },
  { "prefix", SIM_FAULT_PREFIX },
  { "service-changed", SIM_FAULT_SERVICE_CHANGED },
  { "pairing", SIM_FAULT_PAIRING },
  { "parameters", SIM_FAULT_PARAMETERS },
  { "again", SIM_FAULT_AGAIN },
  { "early", SIM_FAULT_EARLY },
  { "ident", SIM_FAULT_IDENT },
};

gboolean
sim_fault_parse (const char *name, SimFault *ret_fault)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (faults[i].name, name))
      {
        *ret_fault = faults[i].fault;
        return TRUE;
      }
  return FALSE;
}

/* The base UUID of the standard with the number of a characteristic, least
 * significant byte first. */
void
sim_peer_get_uuid (SimPeer *self, guint place, guint8 ret_uuid[SIM_UUID_BYTES])
{
  static const guint8 base[SIM_UUID_BYTES] = {
    0xe6, 0x73, 0x33, 0x97, 0x76, 0x4c, 0x6b, 0x89,
    0xce, 0x48, 0x23, 0xa1, 0x00, 0x00, 0x00, 0x00,
  };

  memcpy (ret_uuid, base, SIM_UUID_BYTES);
  ret_uuid[12] = (guint8) (place + (self->config.is_central_mode ? 5 : 1));
}

static void
send_pdu (SimPeer *self, const GByteArray *pdu)
{
  sim_host_send (self->host, SIM_CID_ATT, sim_span_of (pdu));
}

/* @pdu: (transfer full) */
static void
send_built (SimPeer *self, GByteArray *pdu)
{
  guint opcode = pdu->data[0];

  if (opcode == SIM_ATT_WRITE || opcode == SIM_ATT_INDICATE)
    {
      sim_peer_request (self, pdu, NULL);
      return;
    }
  send_pdu (self, pdu);
  g_byte_array_unref (pdu);
}

/* From us to the other side, over the characteristic at that place. */
static GByteArray *
build_own (SimPeer *self, guint place, MdocSpan value)
{
  guint opcode = SIM_ATT_NOTIFY;

  if (self->is_client)
    opcode = self->profile->is_writing_requests ? SIM_ATT_WRITE
                                                : SIM_ATT_WRITE_COMMAND;
  return sim_att_build_value (opcode,
                              self->characteristics[place].value,
                              value);
}

static void
send_own (SimPeer *self, guint place, MdocSpan value)
{
  send_built (self, build_own (self, place, value));
}

static void
send_part (SimPeer *self, MdocSpan part)
{
  send_own (self, self->is_client ? CLIENT_TO_SERVER : SERVER_TO_CLIENT, part);
}

void
sim_peer_send_state (SimPeer *self, guint8 state)
{
  if (state == STATE_END)
    self->has_ended = TRUE;
  send_own (self, STATE, MDOC_SPAN (&state, 1));
}

static gboolean
on_drain_poll (gpointer user_data)
{
  SimPeer *self = user_data;

  if (sim_host_get_queued (self->host) > 0
      || !g_queue_is_empty (&self->requests) || self->timer != 0
      || (self->outgoing != NULL && self->n_out < self->outgoing->len))
    return G_SOURCE_CONTINUE;
  self->drain_timer = 0;
  sim_host_disconnect (self->host, self->leave_reason);
  return G_SOURCE_REMOVE;
}

static void
disconnect_when_drained (SimPeer *self)
{
  if (self->drain_timer == 0)
    self->drain_timer = g_timeout_add (DRAIN_POLL_MS, on_drain_poll, self);
}

/* What both sides have to keep to. */
static void
take_part (SimPeer *self, MdocSpan part)
{
  gsize room = MIN (self->mtu - 3, VALUE_MAX_BYTES);

  if (!self->is_started)
    g_error ("a part before the start");
  if (part.len == 0 || part.len > room || part.data[0] > 1)
    g_error ("a part of %zu bytes at an MTU of %u", part.len, self->mtu);
  sim_put_span (self->incoming, sim_span_from (part, 1));
  if (self->incoming->len > MESSAGE_MAX_BYTES)
    g_error ("a message without end");
  if (part.data[0] == 0)
    {
      g_autoptr (GBytes) message = g_bytes_new (self->incoming->data,
                                                self->incoming->len);

      g_byte_array_set_size (self->incoming, 0);
      self->events.message (message, self->user_data);
    }
}

static void
take_state (SimPeer *self, MdocSpan state)
{
  if (state.len != 1)
    g_error ("a State of %zu bytes", state.len);
  if (state.data[0] == STATE_END)
    {
      self->has_ended = TRUE;
      if (self->is_client)
        disconnect_when_drained (self);
      return;
    }
  if (state.data[0] != STATE_START || self->is_client || self->is_started)
    g_error ("State %02x", state.data[0]);
  if (self->profile->needs_subscriptions
      && (!self->characteristics[STATE].is_subscribed
          || !self->characteristics[SERVER_TO_CLIENT].is_subscribed))
    g_error ("State 0x01 before the subscriptions");
  self->is_started = TRUE;
  self->events.started (self->user_data);
}

void
sim_peer_leave_once (SimPeer *self)
{
  self->config.fault = SIM_FAULT_NONE;
  self->is_coming_again = TRUE;
  sim_host_disconnect (self->host, SIM_REASON_TIMEOUT);
}

/* A whole message, half of one, and the end: to be heard by nobody. */
void
sim_peer_say_early (SimPeer *self)
{
  static const guint8 whole[2] = { 0x00, 0x58 }, half[2] = { 0x01, 0x58 };
  static const guint8 end = STATE_END;

  send_part (self, MDOC_SPAN (whole, sizeof whole));
  send_part (self, MDOC_SPAN (half, sizeof half));
  send_own (self, STATE, MDOC_SPAN (&end, sizeof end));
}

static void
on_written (guint handle, MdocSpan value, gpointer user_data)
{
  SimPeer *self = user_data;

  if (self->config.fault == SIM_FAULT_AGAIN)
    sim_peer_leave_once (self);
  if (self->config.fault == SIM_FAULT_EARLY
      && handle != self->characteristics[STATE].value && !self->is_started)
    sim_peer_say_early (self);
  for (guint i = 0; i < N_CHARACTERISTICS; i++)
    if (self->characteristics[i].ccc == handle)
      self->characteristics[i].is_subscribed = sim_get_u16 (value, 0) != 0;
  if (handle == self->characteristics[STATE].value)
    take_state (self, value);
  else if (handle == self->characteristics[CLIENT_TO_SERVER].value)
    take_part (self, value);
}

static void
take_notification (SimPeer *self, guint handle, MdocSpan value)
{
  if (!self->is_client)
    g_error ("a notification to a server");
  if (handle == self->characteristics[STATE].value)
    take_state (self, value);
  else if (handle == self->characteristics[SERVER_TO_CLIENT].value)
    take_part (self, value);
}

static void
take_notifications (SimPeer *self, MdocSpan rest)
{
  while (rest.len >= 4)
    {
      gsize len = MIN (sim_get_u16 (rest, 2), rest.len - 4);

      take_notification (self,
                         sim_get_u16 (rest, 0),
                         MDOC_SPAN (rest.data + 4, len));
      rest = sim_span_from (rest, 4 + len);
    }
}

static void
take_att (SimPeer *self, MdocSpan pdu)
{
  guint opcode = sim_get_u8 (pdu, 0);
  g_autoptr (GByteArray) answer = NULL;

  if (pdu.len > self->mtu)
    g_error ("%zu bytes at an MTU of %u", pdu.len, self->mtu);
  switch (opcode)
    {
    case SIM_ATT_MTU_REQUEST:
      answer = g_byte_array_new ();
      sim_put_u8 (answer, SIM_ATT_MTU_RESPONSE);
      sim_put_u16 (answer, self->profile->mtu);
      send_pdu (self, answer);
      self->mtu = CLAMP (MIN (sim_get_u16 (pdu, 1), self->profile->mtu),
                         SIM_ATT_MTU_MIN,
                         SIM_ATT_MTU_MAX);
      break;
    case SIM_ATT_NOTIFY:
      take_notification (self, sim_get_u16 (pdu, 1), sim_span_from (pdu, 3));
      break;
    case SIM_ATT_NOTIFY_MULTIPLE:
      take_notifications (self, sim_span_from (pdu, 1));
      break;
    case SIM_ATT_INDICATE:
      answer = g_byte_array_new ();
      sim_put_u8 (answer, SIM_ATT_CONFIRM);
      send_pdu (self, answer);
      break;
    default:
      if (opcode == SIM_ATT_CONFIRM || sim_att_is_response (opcode))
        {
          sim_peer_take_response (self, pdu);
          break;
        }
      answer = sim_db_answer (self->db, pdu, self->mtu, on_written, self);
      if (answer != NULL)
        send_pdu (self, answer);
      break;
    }
}

static void
take_signal (SimPeer *self, MdocSpan signal)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  guint code = sim_get_u8 (signal, 0);

  if (code == SIGNAL_REJECT || code == SIGNAL_UPDATE_ANSWER)
    return;
  sim_put_u8 (answer,
              code == SIGNAL_UPDATE ? SIGNAL_UPDATE_ANSWER : SIGNAL_REJECT);
  sim_put_u8 (answer, sim_get_u8 (signal, 1));
  sim_put_u16 (answer, 2);
  sim_put_u16 (answer, code == SIGNAL_UPDATE ? 1 : 0); /* no; not understood */
  sim_host_send (self->host, SIM_CID_SIGNALLING, sim_span_of (answer));
}

static void
on_frame (guint cid, MdocSpan payload, gpointer user_data)
{
  SimPeer *self = user_data;

  switch (cid)
    {
    case SIM_CID_ATT:
      take_att (self, payload);
      break;
    case SIM_CID_SIGNALLING:
      take_signal (self, payload);
      break;
    case SIM_CID_SMP:
      if (sim_get_u8 (payload, 0) != SMP_FAILED || !self->is_pairing_asked_for)
        g_error ("asked for pairing: %02x", sim_get_u8 (payload, 0));
      self->n_refused++;
      break;
    default:
      break;
    }
}

static void
make_db (SimPeer *self)
{
  static const guint8 gap[2] = { 0x00, 0x18 }, gatt[2] = { 0x01, 0x18 };
  static const guint8 name[2] = { 0x00, 0x2a }, changed[2] = { 0x05, 0x2a };
  static const guint properties[N_CHARACTERISTICS] = {
    SIM_PROPERTY_NOTIFY | SIM_PROPERTY_WRITE_COMMAND,
    SIM_PROPERTY_WRITE_COMMAND,
    SIM_PROPERTY_NOTIFY,
    SIM_PROPERTY_READ,
  };

  self->db = sim_db_new ();
  sim_db_add_service (self->db, MDOC_SPAN (gap, 2));
  sim_db_add_characteristic (self->db, MDOC_SPAN (name, 2), SIM_PROPERTY_READ);
  sim_db_add_service (self->db, MDOC_SPAN (gatt, 2));
  self->service_changed = sim_db_add_characteristic (self->db,
                                                     MDOC_SPAN (changed, 2),
                                                     SIM_PROPERTY_INDICATE);
  if (self->is_client)
    return;
  sim_db_add_service (self->db, MDOC_SPAN (self->service_uuid, SIM_UUID_BYTES));
  for (guint i = 0; i < N_CHARACTERISTICS; i++)
    {
      guint8 uuid[SIM_UUID_BYTES];
      guint handle;

      if (i == IDENT && self->config.is_wallet)
        continue;
      sim_peer_get_uuid (self, i, uuid);
      handle = sim_db_add_characteristic (self->db,
                                          MDOC_SPAN (uuid, sizeof uuid),
                                          properties[i]);
      self->characteristics[i].value = handle;
      if ((properties[i] & SIM_PROPERTY_NOTIFY) != 0)
        self->characteristics[i].ccc = handle + 1;
      if (i == IDENT)
        sim_db_set_value (self->db,
                          handle,
                          MDOC_SPAN (self->ident, IDENT_BYTES));
    }
}

static gboolean
on_advertise_again (gpointer user_data)
{
  SimPeer *self = user_data;

  sim_host_advertise_again (self->host);
  return G_SOURCE_CONTINUE;
}

static void
on_ready (gpointer user_data)
{
  SimPeer *self = user_data;
  /* flags: found by all, LE alone; then a list of one UUID */
  guint8 data[3 + 2 + SIM_UUID_BYTES] = { 2, 0x01, 0x06, 17, 0x07 };

  if (self->is_client)
    {
      sim_host_scan (self->host);
      return;
    }
  memcpy (data + 5, self->service_uuid, SIM_UUID_BYTES);
  sim_host_advertise (self->host, MDOC_SPAN (data, sizeof data));
  self->timer = g_timeout_add (ADVERTISE_MS, on_advertise_again, self);
}

static void
on_found (const SimAddress *address, MdocSpan data, gpointer user_data)
{
  SimPeer *self = user_data;

  while (data.len > 1 && data.data[0] > 0 && data.len > data.data[0])
    {
      MdocSpan value = MDOC_SPAN (data.data + 2, data.data[0] - 1u);

      /* a name would tell one wallet from the other */
      if (data.data[1] == 0x08 || data.data[1] == 0x09)
        g_error ("a name in an advertisement");
      if ((data.data[1] == 0x06 || data.data[1] == 0x07) && !self->is_connecting
          && mdoc_span_equal (value,
                              MDOC_SPAN (self->service_uuid, SIM_UUID_BYTES)))
        {
          self->is_connecting = TRUE;
          sim_host_connect (self->host, address);
        }
      data = sim_span_from (data, data.data[0] + 1u);
    }
}

static void
on_connected (gpointer user_data)
{
  SimPeer *self = user_data;

  self->mtu = SIM_ATT_MTU_MIN;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->is_client)
    {
      if (self->config.fault == SIM_FAULT_EARLY)
        sim_peer_say_early (self);
      return;
    }
  self->step = self->profile->steps;
  sim_peer_run_steps (self);
}

static void
on_disconnected (guint reason, gpointer user_data)
{
  SimPeer *self = user_data;

  sim_peer_clear_requests (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->drain_timer, g_source_remove);
  if (self->is_coming_again)
    {
      self->is_coming_again = FALSE;
      self->is_connecting = FALSE;
      for (guint i = 0; i < N_CHARACTERISTICS; i++)
        self->characteristics[i].is_subscribed = FALSE;
      on_ready (self);
      return;
    }
  self->events.closed (reason, self->has_ended, self->user_data);
}

SimPeer *
sim_peer_new (int fd,
              const SimPeerConfig *config,
              const SimPeerEvents *events,
              gpointer user_data)
{
  static const SimHostEvents host_events = { on_ready,
                                             on_found,
                                             on_connected,
                                             on_disconnected,
                                             on_frame };
  SimPeer *self = g_new0 (SimPeer, 1);

  self->config = *config;
  self->profile = config->profile;
  self->events = *events;
  self->user_data = user_data;
  self->is_client = config->is_wallet == config->is_central_mode;
  for (guint i = 0; i < SIM_UUID_BYTES; i++)
    self->service_uuid[i] = config->service_uuid[SIM_UUID_BYTES - 1 - i];
  memcpy (self->ident, config->ident, IDENT_BYTES);
  if (config->fault == SIM_FAULT_IDENT)
    self->ident[0] ^= 1;
  self->incoming = g_byte_array_new ();
  self->leave_reason = SIM_REASON_REMOTE;
  make_db (self);
  self->host = sim_host_new (fd, &host_events, self);
  return self;
}

void
sim_peer_free (SimPeer *self)
{
  if (self == NULL)
    return;
  sim_peer_clear_requests (self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->drain_timer, g_source_remove);
  sim_host_free (self->host);
  sim_db_free (self->db);
  g_byte_array_unref (self->incoming);
  g_clear_pointer (&self->outgoing, g_ptr_array_unref);
  g_clear_pointer (&self->torn_pdu, g_byte_array_unref);
  g_free (self);
}

static gboolean
on_gap (gpointer user_data)
{
  SimPeer *self = user_data;

  self->timer = 0;
  push_parts (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_drop (gpointer user_data)
{
  SimPeer *self = user_data;

  self->timer = 0;
  disconnect_when_drained (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_flood (gpointer user_data)
{
  static const guint8 part[VALUE_MAX_BYTES] = { 0x01 };
  SimPeer *self = user_data;
  gsize part_bytes = MIN (sim_profile_get_part_bytes (self->profile, self->mtu),
                          sizeof part);

  while (sim_host_get_queued (self->host) < FLOOD_BYTES)
    send_part (self, MDOC_SPAN (part, part_bytes));
  return G_SOURCE_CONTINUE;
}

static void
ask_for_interval (SimPeer *self)
{
  static const guint8 request[12] = {
    SIGNAL_UPDATE, 1, 8, 0, 12, 0, 12, 0, 0, 0, 0xf4, 1
  };

  if (self->is_client)
    sim_host_update_link (self->host, 12);
  else
    sim_host_send (self->host,
                   SIM_CID_SIGNALLING,
                   MDOC_SPAN (request, sizeof request));
}

static void
ask_for_pairing (SimPeer *self)
{
  /* nothing to show or to type, to be kept, a key of 16 bytes */
  static const guint8 request[7] = { SMP_REQUEST, 0x03, 0x00, 0x01,
                                     0x10,        0x00, 0x00 };
  static const guint8 security[2] = { SMP_SECURITY, 0x01 };

  sim_host_send (self->host,
                 SIM_CID_SMP,
                 self->is_client ? MDOC_SPAN (request, sizeof request)
                                 : MDOC_SPAN (security, sizeof security));
}

/* What went before has been read by now. */
static void
on_heard (SimPeer *self, MdocSpan answer)
{
  if (self->torn_pdu != NULL)
    sim_host_send_start (self->host,
                         SIM_CID_ATT,
                         sim_span_of (self->torn_pdu),
                         self->torn_bytes);
  disconnect_when_drained (self);
}

/* Goes as soon as the other side has heard what was said so far; that it
 * answers a question shows it, as it answers in order. */
static void
leave_when_heard (SimPeer *self, guint reason)
{
  self->leave_reason = reason;
  g_ptr_array_set_size (self->outgoing, 0);
  sim_peer_request (self,
                    sim_att_build_range (SIM_ATT_READ_TYPE,
                                         1,
                                         0xffff,
                                         SIM_TYPE_DEVICE_NAME,
                                         MDOC_SPAN (NULL, 0)),
                    on_heard);
}

/* Of this part no more goes than up to the byte that was asked for. */
static void
tear_part (SimPeer *self, MdocSpan part)
{
  gsize n_before = self->n_out_bytes - part.len;

  self->torn_pdu = build_own (self,
                              self->is_client ? CLIENT_TO_SERVER
                                              : SERVER_TO_CLIENT,
                              part);
  self->torn_bytes = self->torn_pdu->len - part.len
                     + (self->config.fault_bytes - n_before);
  leave_when_heard (self, SIM_REASON_TIMEOUT);
}

/* Returns: whether the next part goes, too */
static gboolean
break_part (SimPeer *self, MdocSpan part)
{
  static const guint8 foreign[2] = { 0x02, 0x00 };
  static const guint8 all_handles[4] = { 0x01, 0x00, 0xff, 0xff };
  SimFault fault = self->config.fault;

  if (self->n_messages_out != 2
      || self->n_out_bytes <= self->config.fault_bytes)
    return TRUE;
  self->config.fault = SIM_FAULT_NONE;
  switch (fault)
    {
    case SIM_FAULT_DISCONNECT:
      leave_when_heard (self, SIM_REASON_REMOTE);
      return FALSE;
    case SIM_FAULT_TIMEOUT:
      leave_when_heard (self, SIM_REASON_TIMEOUT);
      return FALSE;
    case SIM_FAULT_TEAR:
      tear_part (self, part);
      return FALSE;
    case SIM_FAULT_LOST:
      return FALSE;
    case SIM_FAULT_DOUBLE:
      send_part (self, part);
      break;
    case SIM_FAULT_PREFIX:
      send_part (self, MDOC_SPAN (foreign, sizeof foreign));
      break;
    case SIM_FAULT_FLOOD:
      g_ptr_array_set_size (self->outgoing, 0);
      self->timer = g_timeout_add (DRAIN_POLL_MS, on_flood, self);
      return FALSE;
    case SIM_FAULT_SERVICE_CHANGED:
      send_built (self,
                  sim_att_build_value (SIM_ATT_INDICATE,
                                       self->service_changed,
                                       MDOC_SPAN (all_handles,
                                                  sizeof all_handles)));
      break;
    case SIM_FAULT_PARAMETERS:
      ask_for_interval (self);
      break;
    case SIM_FAULT_PAIRING:
      self->is_pairing_asked_for = TRUE;
      ask_for_pairing (self);
      break;
    case SIM_FAULT_NONE:
    case SIM_FAULT_AGAIN:
    case SIM_FAULT_EARLY:
    case SIM_FAULT_IDENT:
    default:
      break;
    }
  return TRUE;
}

static void
push_parts (SimPeer *self)
{
  while (self->outgoing != NULL && self->n_out < self->outgoing->len)
    {
      GBytes *part = g_ptr_array_index (self->outgoing, self->n_out);
      MdocSpan span = mdoc_span_from_bytes (part);

      if (self->timer != 0)
        return;
      self->n_out++;
      self->n_out_bytes += span.len;
      if (break_part (self, span))
        send_part (self, span);
      if (self->profile->gap_ms > 0)
        self->timer = g_timeout_add (self->profile->gap_ms, on_gap, self);
    }
  if (self->profile->drop_ms > 0 && self->config.is_wallet)
    self->timer = g_timeout_add (self->profile->drop_ms, on_drop, self);
}

void
sim_peer_send (SimPeer *self, GBytes *message)
{
  g_clear_pointer (&self->outgoing, g_ptr_array_unref);
  self->outgoing = sim_profile_cut (self->profile, message, self->mtu);
  self->n_out = 0;
  self->n_out_bytes = 0;
  self->n_messages_out++;
  if (self->profile->answer_ms > 0)
    self->timer = g_timeout_add (self->profile->answer_ms, on_gap, self);
  else
    push_parts (self);
}

void
sim_peer_end (SimPeer *self)
{
  if (self->profile->end == SIM_END_STATE || !self->is_client)
    {
      sim_peer_send_state (self, STATE_END);
      if (self->is_client)
        disconnect_when_drained (self);
      return;
    }
  if (self->profile->end == SIM_END_UNSUBSCRIBE)
    {
      sim_peer_subscribe (self, SERVER_TO_CLIENT, FALSE, NULL);
      sim_peer_subscribe (self, STATE, FALSE, NULL);
    }
  disconnect_when_drained (self);
}

void
sim_peer_intrude (SimPeer *self, gboolean has_begun)
{
  self->is_started = TRUE;
  if (has_begun)
    sim_peer_send_state (self, STATE_START);
  sim_peer_say_early (self);
}

guint
sim_peer_get_mtu (SimPeer *self)
{
  return self->mtu;
}

guint
sim_peer_get_n_refused (SimPeer *self)
{
  return self->n_refused;
}
