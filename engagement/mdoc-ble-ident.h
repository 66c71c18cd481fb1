/*
 * mdoc-ble-ident.h - what both sides derive from the EDeviceKey
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

#define MDOC_BLE_IDENT_LEN      16
#define MDOC_NAN_SERVICE_LEN    16
#define MDOC_NAN_PASSPHRASE_LEN 32

/* @e_device_key_bytes: EDeviceKeyBytes, with its tag, as received. None of the
 * results is a secret to anyone who has seen the engagement. */

/* ISO/IEC 18013-5, 8.3.3.1.1.4: value of the Ident characteristic */
/* a new one for an engagement (RFC 4122, version 4); big-endian */
void mdoc_engagement_make_ble_uuid (guint8 ret_uuid[16]);
void mdoc_engagement_derive_ble_ident (MdocSpan e_device_key_bytes,
                                       guint8 ret_ident[MDOC_BLE_IDENT_LEN]);
/* 8.3.3.1.3: Wi-Fi Aware service name (before base16) and pass-phrase (before
 * base64url) */
void
mdoc_engagement_derive_nan_service (MdocSpan e_device_key_bytes,
                                    guint8 ret_service[MDOC_NAN_SERVICE_LEN]);
void mdoc_engagement_derive_nan_passphrase (
    MdocSpan e_device_key_bytes,
    guint8 ret_passphrase[MDOC_NAN_PASSPHRASE_LEN]);

G_END_DECLS
