/*
 * mdoc-session-core.h - what both sides of a session have in common
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-session-cipher.h"
#include "mdoc/mdoc-session.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* A SessionEstablishment or SessionData; spans are borrowed from the message.
 */
typedef struct
{
  gboolean has_e_reader_key;
  MdocSpan e_reader_key;       /* content of #6.24 */
  MdocSpan e_reader_key_bytes; /* with the tag, as received */
  gboolean has_data;
  MdocSpan data;
  gboolean has_status;
  guint64 status;
} MdocSessionMessage;

gboolean mdoc_session_message_parse (MdocSpan encoded,
                                     gsize max_bytes,
                                     MdocSessionMessage *ret_message,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_session_message_write (const MdocSessionMessage *message)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocSessionCore:
 * @max_sent_bytes: longest message that we make
 * @max_received_bytes: longest message that we take
 * @is_our_turn: whether it is us who say something next; a status may always be
 *   said
 * @cipher: %NULL before the session is established and after its end
 * @plaintext: the peer's last message, as long as it is the last
 * @deadline_ms: when the session ends by itself
 * @end: why it has ended
 * @is_peer_told: nothing needs to be sent about the end any more
 *
 * The state of a session on either side.
 */
typedef struct
{
  gsize max_sent_bytes;
  gsize max_received_bytes;
  gboolean is_our_turn;
  MdocSessionCipher *cipher;
  MdocTranscript *transcript;
  GBytes *plaintext;
  gint64 deadline_ms;
  MdocSessionEnd end;
  gboolean is_peer_told;
} MdocSessionCore;

void mdoc_session_core_clear (MdocSessionCore *self);
gboolean mdoc_session_core_refuse (GError **error,
                                   MdocSessionError code,
                                   const char *reason);

/* What mdoc_session_core_take() found. */
typedef enum
{
  MDOC_SESSION_TAKE_ERROR, /* and the session has ended, if it had not before */
  MDOC_SESSION_TAKE_ENDED, /* by the peer */
  MDOC_SESSION_TAKE_DATA,  /* something to decrypt, and it is the peer's turn */
} MdocSessionTake;

MdocSessionTake mdoc_session_core_take (MdocSessionCore *self,
                                        GBytes *message,
                                        gint64 now_ms,
                                        MdocSessionMessage *ret_message,
                                        GBytes **ret_reply,
                                        GError **error);
gboolean mdoc_session_core_open (MdocSessionCore *self,
                                 const MdocSessionMessage *message,
                                 gint64 now_ms,
                                 GBytes **ret_reply,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the session because of @reason, which becomes @error. Returns: %FALSE */
gboolean mdoc_session_core_fail (MdocSessionCore *self,
                                 const MdocSessionMessage *message,
                                 GError *reason,
                                 GBytes **ret_reply,
                                 GError **error);
GBytes *mdoc_session_core_seal (MdocSessionCore *self,
                                MdocSpan e_reader_key,
                                GBytes *plaintext,
                                gboolean terminate,
                                gint64 now_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *mdoc_session_core_terminate (MdocSessionCore *self)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_session_core_check_deadline (MdocSessionCore *self, gint64 now_ms);

G_END_DECLS
