/*
 * mdoc-ble-l2cap.h - sockets of L2CAP channels
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocBleL2cap:
 * @listen: opens a socket that does not block and waits for one peer; tells
 *   the PSM it got
 * @accept: takes who came, and the peer's address; -1 with no error if nobody
 * @connect: begins to connect, to an address of the kind that BlueZ calls
 *   "public" or "random"; the socket is writable when done
 * @get_write_bytes: makes room for the connected socket, and tells how much of
 *   a message to write at a time to it; see mdoc_ble_sdu_get_bytes()
 * @write: as send() does
 *
 * What a system does for L2CAP channels; tests put another in its place.
 */
typedef struct
{
  int (*listen) (const char *adapter_address, guint *ret_psm, GError **error);
  int (*accept) (int fd, char **ret_address, GError **error);
  int (*connect) (const char *adapter_address,
                  const char *address,
                  const char *address_type,
                  guint psm,
                  GError **error);
  gsize (*get_write_bytes) (int fd);
  gssize (*write) (int fd, const guint8 *bytes, gsize len);
} MdocBleL2cap;

extern const MdocBleL2cap *mdoc_ble_l2cap;

gsize mdoc_ble_sdu_get_bytes (guint peer_mtu);

G_END_DECLS
