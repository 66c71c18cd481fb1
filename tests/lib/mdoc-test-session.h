/*
 * mdoc-test-session.h - the session of Annex D, to be played by tests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-session.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* What both sides know after the NFC handover of ISO/IEC 18013-5, Annex D. */
typedef struct
{
  MdocKey *e_device_key;
  MdocKey *e_reader_key;
  GBytes *device_engagement;
  GBytes *handover;
  MdocTranscript *transcript;
} MdocTestSession;

MdocTestSession *mdoc_test_session_new (void);
void mdoc_test_session_free (MdocTestSession *self);

MdocHolderSession *
mdoc_test_session_new_holder (MdocTestSession *self, gint64 now_ms);
MdocReaderSession *
mdoc_test_session_new_reader (MdocTestSession *self, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTestSession, mdoc_test_session_free)

G_END_DECLS
