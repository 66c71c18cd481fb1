/*
 * sim-twin.h - one controller for the host, made of two
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* Where controllers call every link alike, two links need two controllers. The
 * host knows of the first; the second advertises as that does, and its links
 * have numbers that the first never gives. */
#define SIM_TWIN_OFFSET 0x100

/* the command that ends legacy advertising, as a packet of H4 */
#define SIM_TWIN_STOP_BYTES 5
extern const guint8 sim_twin_stop[SIM_TWIN_STOP_BYTES];

/* to whom a packet of the host goes */
typedef enum
{
  SIM_TWIN_FIRST,
  SIM_TWIN_SECOND,
  SIM_TWIN_BOTH, /* and the first answers */
} SimTwinWay;

/**
 * SimTwin:
 * @asked: the command that the second is to answer
 * @is_linked: of the first and the second
 * @is_advertising: the same; as with one controller, a link ends all of it, and
 *   only who has no link begins anew
 * @is_stopping: the first answers a command that the host does not know of
 *
 * Zeroed at first. Packets are whole ones of H4, and changed in place.
 */
typedef struct
{
  guint asked;
  gboolean is_linked[2];
  gboolean is_advertising[2];
  gboolean is_stopping;
} SimTwin;

SimTwinWay sim_twin_route (SimTwin *self, guint8 *packet, gsize len)
    G_GNUC_WARN_UNUSED_RESULT;
/* @is_second: whose it is; @ret_stops_other: whether the other one gets
 * sim_twin_stop. Returns: whether the host gets the packet */
gboolean sim_twin_take (SimTwin *self,
                        gboolean is_second,
                        guint8 *packet,
                        gsize len,
                        gboolean *ret_stops_other) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
