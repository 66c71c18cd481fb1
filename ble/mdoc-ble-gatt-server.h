/*
 * mdoc-ble-gatt-server.h - the end that advertises and serves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ble/mdoc-ble.h"

G_BEGIN_DECLS

/**
 * MdocBleGattServer:
 *
 * A holder in mode "mdoc peripheral server", or a reader for a holder in mode
 * "mdoc central client". Belongs to its transport.
 */
typedef struct _MdocBleGattServer MdocBleGattServer;

MdocTransport *mdoc_ble_gatt_server_new (const MdocBleConfig *config,
                                         gboolean is_holder,
                                         MdocBleGattServer **ret_server)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_ble_gatt_server_stand_down (MdocBleGattServer *self);

G_END_DECLS
