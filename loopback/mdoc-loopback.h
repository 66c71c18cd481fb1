/*
 * mdoc-loopback.h - a transport over a Unix socket, found by UUID
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocLoopbackError:
 * @MDOC_LOOPBACK_ERROR_DIRECTORY: there is no runtime directory, or others may
 *   enter it (whoever set up this machine)
 * @MDOC_LOOPBACK_ERROR_PATH: the socket's path would be too long (the same)
 * @MDOC_LOOPBACK_ERROR_IN_USE: another holder listens for this UUID
 * @MDOC_LOOPBACK_ERROR_NOT_FOUND: no holder listens for this UUID
 * @MDOC_LOOPBACK_ERROR_PEER: the process at the other end is another user's
 * @MDOC_LOOPBACK_ERROR_LIMIT: a message longer than allowed (the peer)
 * @MDOC_LOOPBACK_ERROR_VANISHED: the peer was gone without saying so
 * @MDOC_LOOPBACK_ERROR_TIMEOUT: the peer did not take what was left to send
 * @MDOC_LOOPBACK_ERROR_IO: the system refused (this device)
 *
 * Why there is no connection, or no longer.
 */
typedef enum
{
  MDOC_LOOPBACK_ERROR_DIRECTORY,
  MDOC_LOOPBACK_ERROR_PATH,
  MDOC_LOOPBACK_ERROR_IN_USE,
  MDOC_LOOPBACK_ERROR_NOT_FOUND,
  MDOC_LOOPBACK_ERROR_PEER,
  MDOC_LOOPBACK_ERROR_LIMIT,
  MDOC_LOOPBACK_ERROR_VANISHED,
  MDOC_LOOPBACK_ERROR_TIMEOUT,
  MDOC_LOOPBACK_ERROR_IO,
} MdocLoopbackError;

#define MDOC_LOOPBACK_ERROR (mdoc_loopback_error_quark ())
GQuark mdoc_loopback_error_quark (void);

/* @uuid: the BLE UUID of the engagement. @max_message_bytes: longest message
 * accepted. The holder listens when this returns. */
MdocTransport *mdoc_loopback_holder_new (const guint8 uuid[16],
                                         gsize max_message_bytes,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocTransport *mdoc_loopback_reader_new (const guint8 uuid[16],
                                         gsize max_message_bytes,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
