/*
 * sim-pdu.h - the packets of HCI, L2CAP and ATT, as bytes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* fixed channels of L2CAP over LE */
#define SIM_CID_ATT         0x0004
#define SIM_CID_SIGNALLING  0x0005
#define SIM_CID_SMP         0x0006
#define SIM_CID_DYNAMIC     0x0040
#define SIM_CID_DYNAMIC_END 0x0080

/* longest payload that a frame may have */
#define SIM_FRAME_MAX_BYTES 65535

void sim_put_u16 (GByteArray *bytes, guint value);
void sim_put_u8 (GByteArray *bytes, guint value);
void sim_put_span (GByteArray *bytes, MdocSpan span);
/* 0 if the span ends before */
guint sim_get_u16 (MdocSpan span, gsize at);
guint sim_get_u8 (MdocSpan span, gsize at);
/* empty if it ends before */
MdocSpan sim_span_from (MdocSpan span, gsize at);
MdocSpan sim_span_of (const GByteArray *bytes);

/**
 * SimFrames:
 *
 * Finds the frames of L2CAP in the fragments of one link.
 */
typedef struct _SimFrames SimFrames;

SimFrames *sim_frames_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sim_frames_free (SimFrames *self);
void sim_frames_clear (SimFrames *self);
gboolean sim_frames_add (SimFrames *self, gboolean is_first, MdocSpan fragment)
    G_GNUC_WARN_UNUSED_RESULT;
/* @ret_payload: until the next call that adds or clears */
gboolean sim_frames_get (SimFrames *self, guint *ret_cid, MdocSpan *ret_payload)
    G_GNUC_WARN_UNUSED_RESULT;
GByteArray *sim_frame_build (guint cid, MdocSpan payload)
    G_GNUC_WARN_UNUSED_RESULT;

/* finds packets of H4 in a stream: bytes of the first one, 0: not all of it is
 * there; FALSE: no packet begins like this */
gboolean sim_h4_measure (MdocSpan stream, gsize *ret_len)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimFrames, sim_frames_free)

G_END_DECLS
