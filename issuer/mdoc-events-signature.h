/*
 * mdoc-events-signature.h - who sent an event, shown by a shared secret
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* the header of a delivery: "t=UNIX_S,sig=HEX", where HEX is HMAC-SHA256 over
 * "UNIX_S." and the body as it is sent */
#define MDOC_EVENTS_SIGNATURE_HEADER "X-Wallet-Signature"

/* how far the clocks of sender and receiver may be apart, in seconds; also for
 * how long what somebody has listened to could be played again */
#define MDOC_EVENTS_SIGNATURE_MAX_SKEW_S 300

/* shortest secret that is taken, in bytes: no shorter than the hash is wide
 * would be better, but people choose them */
#define MDOC_EVENTS_MIN_SECRET_LEN ((gsize) 16)
#define MDOC_EVENTS_MAX_SECRET_LEN ((gsize) 256)

char *
mdoc_events_signature_make (MdocSpan secret, gint64 at_unix_s, MdocSpan body)
    G_GNUC_WARN_UNUSED_RESULT;
/* @header: (nullable) */
gboolean mdoc_events_signature_check (const char *header,
                                      MdocSpan secret,
                                      MdocSpan body,
                                      gint64 now_unix_s);

G_END_DECLS
