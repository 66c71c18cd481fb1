/*
 * mdoc-ble-frames.h - messages in a stream of bytes, as L2CAP carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocBleFrames:
 *
 * Finds the messages in what a peer sends over L2CAP: each behind its length in
 * 4 bytes, most significant first, or one CBOR map after the other without any
 * length, as some peers do. The first byte tells which, once.
 */
typedef struct _MdocBleFrames MdocBleFrames;

MdocBleFrames *mdoc_ble_frames_new (gsize max_message_bytes)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_frames_free (MdocBleFrames *self);
gboolean
mdoc_ble_frames_add (MdocBleFrames *self, MdocSpan bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
mdoc_ble_frames_next (MdocBleFrames *self, GBytes **ret_message, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_ble_frames_is_empty (MdocBleFrames *self);
gboolean mdoc_ble_frames_is_bare (MdocBleFrames *self);
GBytes *mdoc_ble_frame_wrap (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;

/* value of the L2CAP characteristic */
/* PSM values that Bluetooth leaves to applications of LE */
#define MDOC_BLE_PSM_MIN 0x80
#define MDOC_BLE_PSM_MAX 0xff

gboolean mdoc_ble_psm_parse (MdocSpan value, guint *ret_psm)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_psm_write (guint psm, guint8 ret_value[4]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleFrames, mdoc_ble_frames_free)

G_END_DECLS
