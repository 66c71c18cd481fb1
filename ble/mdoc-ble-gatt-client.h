/*
 * mdoc-ble-gatt-client.h - the end that scans and connects
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ble/mdoc-ble.h"

G_BEGIN_DECLS

/* A holder in mode "mdoc central client", or a reader for a holder in mode
 * "mdoc peripheral server". */
MdocTransport *
mdoc_ble_gatt_client_new (const MdocBleConfig *config, gboolean is_holder)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
