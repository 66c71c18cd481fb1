/*
 * mdoc-reader-auth-private.h - who asks: the reader's signature
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* `ReaderAuthenticationBytes`; @items_request_bytes has its tag */
GBytes *mdoc_reader_auth_encode (MdocTranscript *transcript,
                                 MdocSpan items_request_bytes)
    G_GNUC_WARN_UNUSED_RESULT;
/* `ReaderAuthenticationAllBytes`; @info_bytes is `DeviceRequestInfoBytes` with
 * its tag, or empty */
GBytes *mdoc_reader_auth_encode_all (MdocTranscript *transcript,
                                     const MdocSpan *items_request_bytes,
                                     guint n_items_requests,
                                     MdocSpan info_bytes)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_reader_auth_check (MdocCborItem sign1,
                                 MdocSpan payload,
                                 GPtrArray *anchors,
                                 GPtrArray *crls,
                                 gint64 at_unix_s,
                                 MdocReaderIdentity *ret_identity,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
