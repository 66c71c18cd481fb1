/*
 * mdoc-reader-client.h - a session over a transport, step by step
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-session.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocReaderClient:
 *
 * Runs a reader's session over a transport: each call waits for its outcome, on
 * a main context of its own. For one thread.
 */
typedef struct _MdocReaderClient MdocReaderClient;

MdocReaderClient *
mdoc_reader_client_new (MdocTransport *transport, MdocReaderSession *session)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_client_free (MdocReaderClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderClient, mdoc_reader_client_free)

gboolean mdoc_reader_client_connect (MdocReaderClient *self,
                                     guint timeout_ms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_reader_client_ask (MdocReaderClient *self,
                                GBytes *device_request,
                                guint timeout_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_client_close (MdocReaderClient *self);

G_END_DECLS
