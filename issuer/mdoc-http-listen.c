/*
 * mdoc-http-listen.c - where the door is, and how much it holds at once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "issuer/mdoc-http-private.h"

static gboolean
parse_address (const char *listen_at, struct sockaddr_storage *ret_address)
{
  const char *colon = strrchr (listen_at, ':');
  g_autofree char *host = NULL;
  struct sockaddr_in v4 = { .sin_family = AF_INET };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
  guint64 port;
  gsize len;

  if (colon == NULL
      || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    return FALSE;

  host = g_strndup (listen_at, (gsize) (colon - listen_at));
  len = strlen (host);
  memset (ret_address, 0, sizeof (*ret_address));
  if (inet_pton (AF_INET, host, &v4.sin_addr) == 1)
    {
      v4.sin_port = htons ((guint16) port);
      memcpy (ret_address, &v4, sizeof (v4));
      return TRUE;
    }
  if (len > 2 && host[0] == '[' && host[len - 1] == ']')
    {
      host[len - 1] = '\0';
      if (inet_pton (AF_INET6, host + 1, &v6.sin6_addr) == 1)
        {
          v6.sin6_port = htons ((guint16) port);
          memcpy (ret_address, &v6, sizeof (v6));
          return TRUE;
        }
    }
  return FALSE;
}

int
mdoc_http_listen (const char *listen_at, guint *ret_port, char **ret_reason)
{
  const int yes = 1;
  struct sockaddr_storage address, bound;
  socklen_t len, bound_len = sizeof (bound);
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  int fd;

  if (!parse_address (listen_at, &address))
    {
      *ret_reason = g_strdup ("An address to listen at is a number and a port, "
                              "such as 127.0.0.1:8443 or [::1]:8443");
      return -1;
    }

  len = address.ss_family == AF_INET ? sizeof (struct sockaddr_in)
                                     : sizeof (struct sockaddr_in6);
  fd = socket (address.ss_family,
               SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
               0);
  if (fd < 0 || setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof (yes))
      || bind (fd, (const struct sockaddr *) &address, len)
      || listen (fd, SOMAXCONN)
      || getsockname (fd, (struct sockaddr *) &bound, &bound_len))
    {
      *ret_reason = g_strdup_printf ("Cannot listen: %s", g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return -1;
    }

  memcpy (&v4, &bound, sizeof (v4));
  memcpy (&v6, &bound, sizeof (v6));
  *ret_port = ntohs (bound.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
  return fd;
}

void
mdoc_http_budget_init (MdocHttpBudget *self, gsize max_bytes)
{
  self->max_bytes = max_bytes;
  self->n_bytes = 0;
}

gboolean
mdoc_http_budget_take (MdocHttpBudget *self, gsize n_needed, gsize *held)
{
  gsize n_over = n_needed > MDOC_HTTP_FREE_BYTES
                     ? n_needed - MDOC_HTTP_FREE_BYTES
                     : 0;

  if (n_over <= *held)
    return TRUE;
  if (n_over - *held > self->max_bytes - self->n_bytes)
    return FALSE;
  self->n_bytes += n_over - *held;
  *held = n_over;
  return TRUE;
}

void
mdoc_http_budget_give_back (MdocHttpBudget *self, gsize *held)
{
  self->n_bytes -= *held;
  *held = 0;
}
