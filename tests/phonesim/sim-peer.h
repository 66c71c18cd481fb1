/*
 * sim-peer.h - a phone: one end of ISO/IEC 18013-5 over Bluetooth LE
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "tests/phonesim/sim-profile.h"

G_BEGIN_DECLS

/**
 * SimFault:
 *
 * What goes wrong, when as many bytes of the second message have gone as the
 * configuration says, or when it says itself.
 */
typedef enum
{
  SIM_FAULT_NONE,
  SIM_FAULT_DISCONNECT,      /* with a word */
  SIM_FAULT_TIMEOUT,         /* as after a supervision time-out */
  SIM_FAULT_TEAR,            /* the same, in the middle of a part */
  SIM_FAULT_LOST,            /* one part never goes */
  SIM_FAULT_DOUBLE,          /* one part goes twice */
  SIM_FAULT_FLOOD,           /* parts without end */
  SIM_FAULT_PREFIX,          /* a part that begins with 0x02 */
  SIM_FAULT_SERVICE_CHANGED, /* a server says so, and goes on */
  SIM_FAULT_PAIRING,         /* asks for pairing, and goes on when refused */
  SIM_FAULT_PARAMETERS,      /* another interval, and goes on */
  SIM_FAULT_AGAIN,           /* goes before the start, and comes again */
  SIM_FAULT_EARLY,           /* speaks before it was asked to, or the start */
  SIM_FAULT_IDENT,           /* a reader's server shows a wrong one */
} SimFault;

/* of an unknown name: FALSE */
gboolean sim_fault_parse (const char *name, SimFault *ret_fault)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  gboolean is_wallet;
  gboolean is_central_mode; /* the wallet is the client */
  const guint8 *service_uuid;
  const guint8 *ident;
  const SimProfile *profile; /* lives on */
  SimFault fault;
  gsize fault_bytes;
} SimPeerConfig;

/**
 * SimPeer:
 *
 * A phone on a controller of its own. It aborts the program when the other side
 * breaks the standard.
 */
typedef struct _SimPeer SimPeer;

typedef struct
{
  void (*started) (gpointer user_data);
  void (*message) (GBytes *message, gpointer user_data);
  /* @has_ended: State 0x02 came or went before */
  void (*closed) (guint reason, gboolean has_ended, gpointer user_data);
} SimPeerEvents;

/* @fd: a controller, by H4 */
SimPeer *sim_peer_new (int fd,
                       const SimPeerConfig *config,
                       const SimPeerEvents *events,
                       gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void sim_peer_free (SimPeer *self);
void sim_peer_send (SimPeer *self, GBytes *message);
/* as the profile does */
void sim_peer_end (SimPeer *self);
/* of a client that is not the one that is talked to: says what only that one
 * may say, with @has_begun also what would make it that one; it may hear what
 * all that subscribed hear */
void sim_peer_intrude (SimPeer *self, gboolean has_begun);
/* for reports */
guint sim_peer_get_mtu (SimPeer *self);
/* how often pairing was refused to the fault that asks for it */
guint sim_peer_get_n_refused (SimPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPeer, sim_peer_free)

G_END_DECLS
