/*
 * mdoc-ble-adapter.h - finding an adapter that will do, or saying why not
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "ble/mdoc-ble-bluez.h"

G_BEGIN_DECLS

char *mdoc_ble_adapter_pick (MdocBleBluez *bluez,
                             const char *wanted,
                             const char *role,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
