/*
 * sim-relay.c - the ends of what stands between the kernel and btvirt
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/phonesim/sim-relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define H4_VENDOR 0xff

int
sim_relay_open_ether (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (fd < 0
      || connect (fd, (const struct sockaddr *) &address, sizeof address) < 0)
    g_error ("%s: %s", path, g_strerror (errno));
  return fd;
}

int
sim_relay_open_kernel (void)
{
  static const guint8 create[2] = { H4_VENDOR, 0x00 };
  int fd = open ("/dev/vhci", O_RDWR | O_CLOEXEC);

  if (fd < 0)
    g_error ("/dev/vhci: %s", g_strerror (errno));
  sim_relay_write (fd, MDOC_SPAN (create, sizeof create));
  return fd;
}

void
sim_relay_write (int fd, MdocSpan packet)
{
  ssize_t n;

  /* a packet is one write for /dev/vhci; a blocking socket takes all of it */
  do
    n = write (fd, packet.data, packet.len);
  while (n < 0 && errno == EINTR);
  if (n != (ssize_t) packet.len)
    g_error ("cannot write a packet: %s", g_strerror (errno));
}
