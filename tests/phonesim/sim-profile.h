/*
 * sim-profile.h - how wallets and readers in the field behave, as data
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SIM_END_STATE,       /* State 0x02, then the client goes */
  SIM_END_UNSUBSCRIBE, /* no subscription any more, then the client goes */
  SIM_END_DISCONNECT,  /* just goes */
} SimEnd;

/**
 * SimProfile:
 * @name: of the program that does so
 * @steps: of a client, a letter each: M asks for the MTU, F sets the features
 * of the client to all, D finds the services, I reads Ident, P reads the PSM
 * and opens a channel, c and C subscribe to State and to Server2Client, S
 * writes State 0x01
 * @mtu: that it asks for, and allows
 * @max_part_bytes: it sends no longer part, whatever the MTU
 * @gap_ms: between two parts
 * @answer_ms: before it answers
 * @is_writing_requests: write requests where it may
 * @has_empty_last: a message ends with a part without data
 * @needs_subscriptions: a server ignores State 0x01 before both
 * @is_ident_ignored: it reads Ident without comparing
 * @drop_ms: a wallet disconnects so long after its first answer; 0: it does not
 * @end: how a reader ends it
 */
typedef struct
{
  const char *name;
  const char *steps;
  guint mtu;
  guint max_part_bytes;
  guint gap_ms;
  guint answer_ms;
  guint drop_ms;
  gboolean is_writing_requests;
  gboolean has_empty_last;
  gboolean needs_subscriptions;
  gboolean is_ident_ignored;
  SimEnd end;
} SimProfile;

/* of an unknown name: %NULL */
const SimProfile *sim_profile_find (const char *name);
/* the last one is followed by one without a name */
extern const SimProfile sim_profiles[];

/* bytes of a part, its first byte included */
gsize sim_profile_get_part_bytes (const SimProfile *self, guint mtu);
/* (element-type GBytes): the parts of a message */
GPtrArray *sim_profile_cut (const SimProfile *self, GBytes *message, guint mtu)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
