/*
 * sim-peer-client.c - the steps of a phone that is the client
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-pdu.h"
#include "tests/phonesim/sim-peer-private.h"

typedef struct
{
  GByteArray *pdu;
  SimAnswered answered; /* (nullable) */
} SimRequest;

static void
request_free (SimRequest *request)
{
  g_byte_array_unref (request->pdu);
  g_free (request);
}

static void
send_request (SimPeer *self, const GByteArray *pdu)
{
  sim_host_send (self->host, SIM_CID_ATT, sim_span_of (pdu));
}

void
sim_peer_clear_requests (SimPeer *self)
{
  g_queue_clear_full (&self->requests, (GDestroyNotify) request_free);
}

void
sim_peer_request (SimPeer *self, GByteArray *pdu, SimAnswered answered)
{
  SimRequest *added = g_new0 (SimRequest, 1);

  added->pdu = pdu;
  added->answered = answered;
  g_queue_push_tail (&self->requests, added);
  if (g_queue_get_length (&self->requests) == 1)
    send_request (self, pdu);
}

void
sim_peer_take_response (SimPeer *self, MdocSpan answer)
{
  SimRequest *first = g_queue_pop_head (&self->requests);
  const SimRequest *next = g_queue_peek_head (&self->requests);
  SimAnswered answered;

  if (first == NULL)
    g_error ("a response to no request");
  answered = first->answered;
  request_free (first);
  if (next != NULL)
    send_request (self, next->pdu);
  if (answered != NULL)
    answered (self, answer);
}

static void
next_step (SimPeer *self)
{
  self->step++;
  sim_peer_run_steps (self);
}

static void
on_step_answered (SimPeer *self, MdocSpan answer)
{
  if (sim_get_u8 (answer, 0) == SIM_ATT_ERROR)
    g_error ("step %c: error %02x", self->step[0], sim_get_u8 (answer, 4));
  next_step (self);
}

static void
on_mtu (SimPeer *self, MdocSpan answer)
{
  self->mtu = CLAMP (MIN (sim_get_u16 (answer, 1), self->profile->mtu),
                     SIM_ATT_MTU_MIN,
                     SIM_ATT_MTU_MAX);
  next_step (self);
}

static void
on_ident (SimPeer *self, MdocSpan answer)
{
  if (!self->profile->is_ident_ignored
      && !mdoc_span_equal (sim_span_from (answer, 1),
                           MDOC_SPAN (self->ident, IDENT_BYTES)))
    g_error ("another Ident");
  next_step (self);
}

static void
on_features (SimPeer *self, MdocSpan answer)
{
  static const guint8 all[1] = { 0x07 };

  /* a server without that characteristic has none of the features */
  if (sim_get_u8 (answer, 0) != SIM_ATT_READ_TYPE_RESP)
    {
      next_step (self);
      return;
    }
  sim_peer_request (self,
                    sim_att_build_value (SIM_ATT_WRITE,
                                         sim_get_u16 (answer, 2),
                                         MDOC_SPAN (all, sizeof all)),
                    on_step_answered);
}

static void
on_descriptors (SimPeer *self, MdocSpan answer)
{
  if (sim_get_u8 (answer, 0) == SIM_ATT_FIND_INFO_RESP
      && sim_get_u8 (answer, 1) == 1)
    for (gsize at = 2; at + 4 <= answer.len; at += 4)
      {
        guint handle = sim_get_u16 (answer, at);

        if (sim_get_u16 (answer, at + 2) != SIM_TYPE_CCC)
          continue;
        /* belongs to the characteristic closest before it */
        for (guint i = 0; i < N_CHARACTERISTICS; i++)
          if (self->characteristics[i].value == handle - 1)
            self->characteristics[i].ccc = handle;
      }
  for (guint i = 0; i < N_CHARACTERISTICS; i++)
    if (self->characteristics[i].value > self->next_handle)
      {
        guint value = self->characteristics[i].value;

        for (guint other = 0; other < N_CHARACTERISTICS; other++)
          if (self->characteristics[other].value > self->next_handle)
            value = MIN (value, self->characteristics[other].value);
        self->next_handle = value;
        sim_peer_request (self,
                          sim_att_build_range (SIM_ATT_FIND_INFO,
                                               value + 1,
                                               MIN (value + 1,
                                                    self->last_handle),
                                               0,
                                               MDOC_SPAN (NULL, 0)),
                          on_descriptors);
        return;
      }
  next_step (self);
}

static void
on_characteristics (SimPeer *self, MdocSpan answer)
{
  gsize entry = sim_get_u8 (answer, 1);

  if (sim_get_u8 (answer, 0) != SIM_ATT_READ_TYPE_RESP || entry < 7)
    {
      if (self->characteristics[STATE].value == 0
          || self->characteristics[CLIENT_TO_SERVER].value == 0
          || self->characteristics[SERVER_TO_CLIENT].value == 0)
        g_error ("a service without its characteristics");
      self->next_handle = 0;
      on_descriptors (self, MDOC_SPAN (NULL, 0));
      return;
    }
  for (gsize at = 2; at + entry <= answer.len; at += entry)
    {
      self->next_handle = sim_get_u16 (answer, at) + 1;
      for (guint i = 0; i < N_CHARACTERISTICS; i++)
        {
          guint8 uuid[SIM_UUID_BYTES];

          sim_peer_get_uuid (self, i, uuid);
          if (mdoc_span_equal (MDOC_SPAN (answer.data + at + 5, entry - 5),
                               MDOC_SPAN (uuid, sizeof uuid)))
            self->characteristics[i].value = sim_get_u16 (answer, at + 3);
        }
    }
  sim_peer_request (self,
                    sim_att_build_range (SIM_ATT_READ_TYPE,
                                         self->next_handle,
                                         self->last_handle,
                                         SIM_TYPE_CHARACTERISTIC,
                                         MDOC_SPAN (NULL, 0)),
                    on_characteristics);
}

static void
on_service (SimPeer *self, MdocSpan answer)
{
  if (sim_get_u8 (answer, 0) != SIM_ATT_FIND_VALUE_RESP)
    g_error ("not the service that was advertised");
  self->next_handle = sim_get_u16 (answer, 1);
  self->last_handle = sim_get_u16 (answer, 3);
  sim_peer_request (self,
                    sim_att_build_range (SIM_ATT_READ_TYPE,
                                         self->next_handle,
                                         self->last_handle,
                                         SIM_TYPE_CHARACTERISTIC,
                                         MDOC_SPAN (NULL, 0)),
                    on_characteristics);
}

void
sim_peer_subscribe (SimPeer *self,
                    guint place,
                    gboolean is_on,
                    SimAnswered answered)
{
  guint8 value[2] = { is_on ? 1 : 0, 0 };

  if (self->characteristics[place].ccc == 0)
    g_error ("nothing to subscribe to");
  sim_peer_request (self,
                    sim_att_build_value (SIM_ATT_WRITE,
                                         self->characteristics[place].ccc,
                                         MDOC_SPAN (value, sizeof value)),
                    answered);
}

void
sim_peer_run_steps (SimPeer *self)
{
  GByteArray *pdu;

  switch (self->step[0])
    {
    case 'M':
      pdu = g_byte_array_new ();
      sim_put_u8 (pdu, SIM_ATT_MTU_REQUEST);
      sim_put_u16 (pdu, self->profile->mtu);
      sim_peer_request (self, pdu, on_mtu);
      break;
    case 'F':
      sim_peer_request (self,
                        sim_att_build_range (SIM_ATT_READ_TYPE,
                                             1,
                                             0xffff,
                                             SIM_TYPE_CLIENT_FEATURES,
                                             MDOC_SPAN (NULL, 0)),
                        on_features);
      break;
    case 'D':
      sim_peer_request (self,
                        sim_att_build_range (SIM_ATT_FIND_VALUE,
                                             1,
                                             0xffff,
                                             SIM_TYPE_SERVICE,
                                             MDOC_SPAN (self->service_uuid,
                                                        SIM_UUID_BYTES)),
                        on_service);
      break;
    case 'I':
      if (self->characteristics[IDENT].value == 0)
        {
          next_step (self);
          break;
        }
      sim_peer_request (self,
                        sim_att_build_value (SIM_ATT_READ,
                                             self->characteristics[IDENT].value,
                                             MDOC_SPAN (NULL, 0)),
                        on_ident);
      break;
    case 'c':
      sim_peer_subscribe (self, STATE, TRUE, on_step_answered);
      break;
    case 'C':
      sim_peer_subscribe (self, SERVER_TO_CLIENT, TRUE, on_step_answered);
      break;
    case 'S':
      if (self->config.fault == SIM_FAULT_AGAIN)
        {
          sim_peer_leave_once (self);
          break;
        }
      if (self->config.fault == SIM_FAULT_EARLY)
        sim_peer_say_early (self);
      sim_peer_send_state (self, STATE_START);
      self->is_started = TRUE; /* messages may come from now on */
      next_step (self);
      break;
    default:
      self->events.started (self->user_data);
      break;
    }
}
