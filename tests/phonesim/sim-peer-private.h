/*
 * sim-peer-private.h - what a phone and its steps as a client share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "tests/phonesim/sim-att.h"
#include "tests/phonesim/sim-host.h"
#include "tests/phonesim/sim-peer.h"

G_BEGIN_DECLS

#define IDENT_BYTES 16
#define STATE_START 0x01
#define STATE_END   0x02

/* characteristics, by their place in the service */
enum
{
  STATE,
  CLIENT_TO_SERVER,
  SERVER_TO_CLIENT,
  IDENT,
  N_CHARACTERISTICS,
};

typedef struct
{
  guint value; /* handles; 0: there is none */
  guint ccc;
  gboolean is_subscribed;
} SimCharacteristic;

typedef void (*SimAnswered) (SimPeer *self, MdocSpan answer);

struct _SimPeer
{
  SimPeerConfig config;
  guint8 service_uuid[SIM_UUID_BYTES]; /* least significant byte first */
  guint8 ident[IDENT_BYTES];
  const SimProfile *profile;
  SimPeerEvents events;
  gpointer user_data;
  SimHost *host;
  gboolean is_client;
  guint mtu;
  SimDb *db;
  guint service_changed; /* handle */
  SimCharacteristic characteristics[N_CHARACTERISTICS];
  /* of a client */
  GQueue requests; /* of Request: the first was sent */
  const char *step;
  guint next_handle; /* where discovery goes on */
  guint last_handle; /* of the service */
  gboolean is_connecting;
  gboolean is_coming_again;
  gboolean is_started;
  gboolean has_ended;
  /* messages */
  GByteArray *incoming;
  GPtrArray *outgoing; /* of GBytes: parts */
  guint n_out;
  gsize n_out_bytes;
  guint n_messages_out;
  gboolean is_pairing_asked_for;
  guint n_refused;
  guint leave_reason;
  GByteArray *torn_pdu; /* of which only the start goes, before we leave */
  gsize torn_bytes;
  guint timer;
  guint drain_timer;
};

/* of the phone */
void
sim_peer_get_uuid (SimPeer *self, guint place, guint8 ret_uuid[SIM_UUID_BYTES]);
void sim_peer_send_state (SimPeer *self, guint8 state);
void sim_peer_leave_once (SimPeer *self);
void sim_peer_say_early (SimPeer *self);

/* of its client; @pdu: (transfer full) */
void sim_peer_request (SimPeer *self, GByteArray *pdu, SimAnswered answered);
void sim_peer_take_response (SimPeer *self, MdocSpan answer);
void sim_peer_clear_requests (SimPeer *self);
void sim_peer_subscribe (SimPeer *self,
                         guint place,
                         gboolean is_on,
                         SimAnswered answered);
void sim_peer_run_steps (SimPeer *self);

G_END_DECLS
