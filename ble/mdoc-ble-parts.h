/*
 * mdoc-ble-parts.h - messages in parts, as GATT carries them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* no attribute is longer */
#define MDOC_BLE_VALUE_MAX_BYTES 512
#define MDOC_BLE_MTU_MIN         23

gsize mdoc_ble_get_notify_bytes (guint mtu);
gsize mdoc_ble_get_write_bytes (guint mtu);

/**
 * MdocBleCutter:
 *
 * A queue of messages that leaves in parts. Not thread-safe.
 */
typedef struct _MdocBleCutter MdocBleCutter;

MdocBleCutter *mdoc_ble_cutter_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_cutter_free (MdocBleCutter *self);
void mdoc_ble_cutter_push (MdocBleCutter *self, GBytes *message);
/* for test benches: of @message only @n_bytes leave, at least 1, so that its
 * last part is not there; nothing may be pushed behind it */
void
mdoc_ble_cutter_push_cut (MdocBleCutter *self, GBytes *message, gsize n_bytes);
/* the same: the first byte of the next part says neither */
void mdoc_ble_cutter_spoil_prefix (MdocBleCutter *self);
gboolean mdoc_ble_cutter_is_empty (MdocBleCutter *self);
GBytes *mdoc_ble_cutter_next (MdocBleCutter *self, gsize part_bytes)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocBleJoiner:
 *
 * Makes one message after the other of the parts that come. It does NOT know
 * whether a part was lost on the way: the session's encryption does.
 */
typedef struct _MdocBleJoiner MdocBleJoiner;

MdocBleJoiner *mdoc_ble_joiner_new (gsize max_message_bytes)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_joiner_free (MdocBleJoiner *self);
gboolean mdoc_ble_joiner_add (MdocBleJoiner *self,
                              MdocSpan part,
                              GBytes **ret_message,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_ble_joiner_is_empty (MdocBleJoiner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleCutter, mdoc_ble_cutter_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocBleJoiner, mdoc_ble_joiner_free)

G_END_DECLS
