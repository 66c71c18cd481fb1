/*
 * mdoc-log.h - messages with fields, for the journal or a terminal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocLogFields:
 * @topic: which part speaks: "store", "presentation", "bus"
 * @message_id: (nullable): 32 hexadecimal digits, explained in the catalog
 * @session: (nullable): the random name of a session, never stored
 * @transport: (nullable): "loopback", "ble"
 * @state: (nullable): the state that was reached
 * @doc_type: (nullable): the document type concerned
 * @error: (nullable): whose domain and code become fields and whose message
 *   ends the text
 *
 * What a message carries besides its text. At no level may a field, the text
 * or the message of @error hold element values, keys, transcripts, frames or
 * addresses of peers.
 */
typedef struct
{
  const char *topic;
  const char *message_id;
  const char *session;
  const char *transport;
  const char *state;
  const char *doc_type;
  const GError *error;
} MdocLogFields;

/**
 * MdocLogFormat:
 * @MDOC_LOG_FORMAT_AUTO: to the journal if stderr leads there, else text
 * @MDOC_LOG_FORMAT_TEXT: one line a message on stderr
 * @MDOC_LOG_FORMAT_FIELDS: one line a message on stderr with all its fields,
 *   as `NAME="value"`; for systems without a journal, and for tests
 */
typedef enum
{
  MDOC_LOG_FORMAT_AUTO,
  MDOC_LOG_FORMAT_TEXT,
  MDOC_LOG_FORMAT_FIELDS,
} MdocLogFormat;

gboolean mdoc_log_format_from_name (const char *name, MdocLogFormat *ret_format)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_log_init (MdocLogFormat format, gboolean is_verbose);
void mdoc_log (GLogLevelFlags level,
               const MdocLogFields *fields,
               const char *format,
               ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
