/*
 * mdoc-loopback-private.h - what tests may set
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <sys/types.h>

#include "loopback/mdoc-loopback.h"

G_BEGIN_DECLS

/* @user: whose process the peer must be
 * @close_timeout_ms: how long a close waits for the peer to take what is left
 */
typedef struct
{
  gsize max_message_bytes;
  uid_t user;
  guint close_timeout_ms;
} MdocLoopbackOptions;

MdocTransport *
mdoc_loopback_holder_new_full (const guint8 uuid[16],
                               const MdocLoopbackOptions *options,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocTransport *
mdoc_loopback_reader_new_full (const guint8 uuid[16],
                               const MdocLoopbackOptions *options,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* where a holder listens; checks nothing but the length */
char *mdoc_loopback_dup_path (const guint8 uuid[16], GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
