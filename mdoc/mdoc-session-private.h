/*
 * mdoc-session-private.h - what tests may reach into a session for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-session-cipher.h"
#include "mdoc/mdoc-session.h"

G_BEGIN_DECLS

#define MDOC_SESSION_KEY_LEN 32

/* With keys that are known; for vectors, and for fuzzers that cannot afford a
 * key agreement a run. */
MdocSessionCipher *mdoc_session_cipher_new_with_keys (MdocSessionRole role,
                                                      MdocSpan sk_reader,
                                                      MdocSpan sk_device)
    G_GNUC_WARN_UNUSED_RESULT;

/* The numbers that the next messages have: 1..2^32-1, or 2^32 if none is left
 */
guint64 mdoc_session_cipher_get_send_counter (MdocSessionCipher *self);
guint64 mdoc_session_cipher_get_receive_counter (MdocSessionCipher *self);
void mdoc_session_cipher_set_counters (MdocSessionCipher *self,
                                       guint64 send,
                                       guint64 receive);

/* (nullable): %NULL before the session is established and after its end */
MdocSessionCipher *mdoc_holder_session_get_cipher (MdocHolderSession *self);
MdocSessionCipher *mdoc_reader_session_get_cipher (MdocReaderSession *self);

G_END_DECLS
