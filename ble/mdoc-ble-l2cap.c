/*
 * mdoc-ble-l2cap.c - sockets of L2CAP channels
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ble/mdoc-ble-l2cap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ble/mdoc-ble.h"

/* The kernel's interface, as its headers are not where its sockets are. */
#define BTPROTO_L2CAP     0
#define SOL_BLUETOOTH     274
#define BT_SNDMTU         12
#define BT_RCVMTU         13
#define ADDRESS_LE_PUBLIC 1
#define ADDRESS_LE_RANDOM 2

typedef struct
{
  guint8 bytes[6]; /* least significant first */
} Address;

struct sockaddr_l2
{
  sa_family_t l2_family;
  guint16 l2_psm; /* little endian */
  Address l2_address;
  guint16 l2_cid;
  guint8 l2_address_type;
};

/* The longest SDU that we take. The kernel lets a peer send as much as fits
 * into one at once; with its default of 672 bytes a channel crawls. Newer
 * kernels give leave for no more than there is room for, from which they take
 * 232 bytes for each packet, and not even for the rest of an SDU that does not
 * fit: then all stands still. Of the usual room 12776 bytes are left in packets
 * of 247, of that which we ask for 25784. */
#define RECEIVE_BYTES       16384
#define RECEIVE_FEWER_BYTES 8192
#define RECEIVE_ROOM_BYTES  212992 /* the kernel doubles it */

/* What is written at a time, see mdoc_ble_sdu_get_bytes(). */
#define SDU_MIN_BYTES 2048
#define SDU_MAX_BYTES 8192

/* of the longest packet, behind the head of L2CAP; the first one of an SDU has
 * the length of that */
#define PACKET_BYTES   247
#define SDU_HEAD_BYTES 2

/* A packet of 23 to 251 bytes takes 768 to 1280 of twice that. What more one
 * asked for, the kernel would not give by default. */
#define SEND_ROOM_BYTES 212992

/* The one place that names the domain. */
static int
refuse (GError **error, const char *what)
{
  g_set_error (error,
               MDOC_BLE_ERROR,
               (gint) MDOC_BLE_ERROR_REFUSED,
               "the system failed %s an L2CAP channel (%s)",
               what,
               g_strerror (errno));
  return -1;
}

static gboolean
parse_address (const char *text, Address *ret_address)
{
  guint bytes[6];

  if (text == NULL
      || sscanf (text,
                 "%2x:%2x:%2x:%2x:%2x:%2x",
                 &bytes[5],
                 &bytes[4],
                 &bytes[3],
                 &bytes[2],
                 &bytes[1],
                 &bytes[0])
             != 6)
    return FALSE;
  for (guint i = 0; i < 6; i++)
    ret_address->bytes[i] = (guint8) bytes[i];
  return TRUE;
}

/* As much as the administrator allows. Returns: whether that is all that was
 * asked for of what is received; of what is sent less does no harm */
static gboolean
make_room (int fd)
{
  int to_receive = RECEIVE_ROOM_BYTES, to_send = SEND_ROOM_BYTES, got = 0;
  socklen_t len = sizeof got;

  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &to_send, sizeof to_send);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &to_receive, sizeof to_receive);
  return getsockopt (fd, SOL_SOCKET, SO_RCVBUF, &got, &len) == 0
         && got >= 2 * RECEIVE_ROOM_BYTES;
}

/* A socket bound to an LE address, without which it would be one of the
 * classic kind. */
static int
open_bound (const char *adapter_address, GError **error)
{
  struct sockaddr_l2 local = { .l2_family = AF_BLUETOOTH,
                               .l2_address_type = ADDRESS_LE_PUBLIC };
  guint16 receive_bytes = RECEIVE_BYTES;
  int fd = socket (AF_BLUETOOTH,
                   SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                   BTPROTO_L2CAP);

  if (fd < 0)
    return refuse (error, "to open");
  if (!make_room (fd))
    receive_bytes = RECEIVE_FEWER_BYTES;
  parse_address (adapter_address, &local.l2_address);
  if (bind (fd, (const struct sockaddr *) &local, sizeof local) < 0
      || setsockopt (fd,
                     SOL_BLUETOOTH,
                     BT_RCVMTU,
                     &receive_bytes,
                     sizeof receive_bytes)
             < 0)
    {
      refuse (error, "to bind");
      close (fd);
      return -1;
    }
  return fd;
}

static int
l2cap_listen (const char *adapter_address, guint *ret_psm, GError **error)
{
  struct sockaddr_l2 local = { 0 };
  socklen_t len = sizeof local;
  int fd = open_bound (adapter_address, error);

  if (fd < 0)
    return -1;
  if (listen (fd, 1) < 0
      || getsockname (fd, (struct sockaddr *) &local, &len) < 0)
    {
      refuse (error, "to listen for");
      close (fd);
      return -1;
    }
  *ret_psm = GUINT16_FROM_LE (local.l2_psm);
  return fd;
}

static int
l2cap_accept (int listener, char **ret_address, GError **error)
{
  struct sockaddr_l2 peer = { 0 };
  socklen_t len = sizeof peer;
  int fd = accept4 (listener,
                    (struct sockaddr *) &peer,
                    &len,
                    SOCK_CLOEXEC | SOCK_NONBLOCK);
  const guint8 *b = peer.l2_address.bytes;

  if (fd < 0)
    return errno == EAGAIN || errno == EINTR ? -1 : refuse (error, "to accept");
  *ret_address = g_strdup_printf ("%02X:%02X:%02X:%02X:%02X:%02X",
                                  b[5],
                                  b[4],
                                  b[3],
                                  b[2],
                                  b[1],
                                  b[0]);
  return fd;
}

static int
l2cap_connect (const char *adapter_address,
               const char *address,
               const char *address_type,
               guint psm,
               GError **error)
{
  struct sockaddr_l2 peer = { .l2_family = AF_BLUETOOTH,
                              .l2_psm = GUINT16_TO_LE ((guint16) psm),
                              .l2_address_type = ADDRESS_LE_PUBLIC };
  int fd;

  if (!parse_address (address, &peer.l2_address))
    {
      errno = EINVAL;
      return refuse (error, "to connect");
    }
  if (g_strcmp0 (address_type, "random") == 0)
    peer.l2_address_type = ADDRESS_LE_RANDOM;
  fd = open_bound (adapter_address, error);
  if (fd < 0)
    return -1;
  if (connect (fd, (const struct sockaddr *) &peer, sizeof peer) < 0
      && errno != EINPROGRESS)
    {
      refuse (error, "to connect");
      close (fd);
      return -1;
    }
  return fd;
}

/**
 * mdoc_ble_sdu_get_bytes:
 * @peer_mtu: the longest SDU that the peer takes
 *
 * How much of a message goes in one SDU. The longest one would take all that
 * the peer lets us send at once, where that is Linux: it gives leave for more
 * only when it has got a whole one, and meanwhile nothing would be on its way.
 * And the kernel takes an SDU as a whole or not at all, with a kilobyte of the
 * socket's room for each packet of it. So a half, but not as little as that
 * heads count; and as much as fills packets of the longest kind, which most
 * controllers have, since no two SDUs share one.
 *
 * Returns: not more than @peer_mtu
 */
gsize
mdoc_ble_sdu_get_bytes (guint peer_mtu)
{
  gsize bytes = MIN (CLAMP (peer_mtu / 2, SDU_MIN_BYTES, SDU_MAX_BYTES),
                     peer_mtu);
  gsize n_packets = (bytes + SDU_HEAD_BYTES) / PACKET_BYTES;

  return n_packets == 0 ? bytes : n_packets * PACKET_BYTES - SDU_HEAD_BYTES;
}

static gsize
l2cap_get_write_bytes (int fd)
{
  guint16 bytes = 0;
  socklen_t len = sizeof bytes;

  /* one that was accepted has not what the listening one was given */
  make_room (fd);
  if (getsockopt (fd, SOL_BLUETOOTH, BT_SNDMTU, &bytes, &len) < 0 || bytes == 0)
    return 23; /* the least that a peer must take */
  return mdoc_ble_sdu_get_bytes (bytes);
}

static gssize
l2cap_write (int fd, const guint8 *bytes, gsize len)
{
  return send (fd, bytes, len, MSG_NOSIGNAL);
}

static const MdocBleL2cap kernel = {
  .listen = l2cap_listen,
  .accept = l2cap_accept,
  .connect = l2cap_connect,
  .get_write_bytes = l2cap_get_write_bytes,
  .write = l2cap_write,
};

const MdocBleL2cap *mdoc_ble_l2cap = &kernel;
