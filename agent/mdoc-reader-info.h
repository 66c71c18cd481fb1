/*
 * mdoc-reader-info.h - who asks, as the holder is told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-device-request.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

#define MDOC_READER_MAX_NAME_CHARS 128

/**
 * MdocReaderInfo:
 * @trust: `MDOC_READER_…` of mdoc-names.h
 * @name: what the certificate says, or ""; only of a trusted reader is it true
 * @reason: why the reader is not trusted, or ""
 * @anchor_id: (nullable): SHA-256 of the anchor that vouches for the reader, in
 *   hexadecimal; only of a trusted reader
 *
 * Who asks for one document.
 */
typedef struct
{
  const char *trust;
  char *name;
  const char *reason;
  char *anchor_id;
} MdocReaderInfo;

void mdoc_reader_info_free (MdocReaderInfo *self);
MdocReaderInfo *mdoc_reader_info_new (MdocDeviceRequest *request,
                                      guint doc_request,
                                      MdocTranscript *transcript,
                                      GPtrArray *anchors,
                                      gint64 now_unix_s)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocReaderInfo, mdoc_reader_info_free)

G_END_DECLS
