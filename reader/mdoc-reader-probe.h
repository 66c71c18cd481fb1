/*
 * mdoc-reader-probe.h - a session that can also be done wrong
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-key.h"
#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-transcript.h"
#include "mdoc/mdoc-transport.h"

G_BEGIN_DECLS

/**
 * MdocReaderProbe:
 *
 * A reader's end of a connection with every message in the caller's hands, for
 * tests of holders: unlike #MdocReaderClient it has no state that could keep
 * the caller from doing something wrong. For one thread.
 */
typedef struct _MdocReaderProbe MdocReaderProbe;

/**
 * MdocReaderReply:
 * @response: (nullable): the plaintext of its data
 * @has_status: whether there is a status
 * @status: it
 * @begun_us: when its first byte came, or, if the transport cannot tell, when
 *   all of it was there
 * @came_us: when all of it was there
 *
 * A message of the holder.
 */
typedef struct
{
  GBytes *response;
  gboolean has_status;
  guint64 status;
  gint64 begun_us;
  gint64 came_us;
} MdocReaderReply;

void mdoc_reader_reply_clear (MdocReaderReply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocReaderReply, mdoc_reader_reply_clear)

/* How a connection stands. */
typedef enum
{
  MDOC_READER_PROBE_OPEN,
  MDOC_READER_PROBE_CLOSED, /* in order */
  MDOC_READER_PROBE_BROKEN,
} MdocReaderProbeState;

MdocReaderProbe *mdoc_reader_probe_new (MdocTransport *transport,
                                        MdocDeviceEngagement *engagement,
                                        GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_probe_free (MdocReaderProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderProbe, mdoc_reader_probe_free)

gboolean mdoc_reader_probe_connect (MdocReaderProbe *self,
                                    guint timeout_ms,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocReaderProbeState mdoc_reader_probe_get_state (MdocReaderProbe *self);
MdocTranscript *mdoc_reader_probe_get_transcript (MdocReaderProbe *self);
MdocKey *mdoc_reader_probe_get_key (MdocReaderProbe *self);

GBytes *mdoc_reader_probe_seal (MdocReaderProbe *self,
                                GBytes *plaintext,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_reader_probe_send (MdocReaderProbe *self, GBytes *message);
void mdoc_reader_probe_send_status (MdocReaderProbe *self, guint64 status);
gboolean mdoc_reader_probe_misbehave (MdocReaderProbe *self,
                                      MdocTransportFault fault,
                                      GBytes *message,
                                      gsize n_bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for a message or the end of the connection. Returns: %TRUE with
 * @ret_is_message telling which; %FALSE if neither came, or if the message is
 * none */
gboolean mdoc_reader_probe_wait (MdocReaderProbe *self,
                                 guint timeout_ms,
                                 gboolean *ret_is_message,
                                 MdocReaderReply *ret_reply,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ends the connection in order, by the means of the transport alone, and waits
 * until that is done */
void mdoc_reader_probe_close (MdocReaderProbe *self);
/* is gone without a word */
void mdoc_reader_probe_vanish (MdocReaderProbe *self);

G_END_DECLS
