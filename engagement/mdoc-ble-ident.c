/*
 * mdoc-ble-ident.c - what both sides derive from the EDeviceKey
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-ble-ident.h"

#include <string.h>

#include "base/mdoc-secret.h"
#include "crypto/mdoc-crypto.h"

/* HKDF with SHA-256 and no salt */
static void
derive (MdocSpan e_device_key_bytes, const char *info, guint8 *ret, gsize len)
{
  g_autoptr (MdocSecret) derived = NULL;

  derived = mdoc_hkdf_derive (MDOC_HASH_SHA256,
                              e_device_key_bytes,
                              MDOC_SPAN (NULL, 0),
                              mdoc_span_from_text (info),
                              len);
  memcpy (ret, mdoc_secret_get_span (derived).data, len);
}

/**
 * mdoc_engagement_make_ble_uuid:
 * @ret_uuid: (out): a random UUID, big-endian
 *
 * A service's UUID that holds for one engagement and tells nothing (RFC 4122,
 * 4.4).
 */
void
mdoc_engagement_make_ble_uuid (guint8 ret_uuid[16])
{
  mdoc_random_fill (ret_uuid, 16);
  ret_uuid[6] = (guint8) ((ret_uuid[6] & 0x0f) | 0x40); /* version 4 */
  ret_uuid[8] = (guint8) ((ret_uuid[8] & 0x3f) | 0x80); /* variant 10x */
}

/**
 * mdoc_engagement_derive_ble_ident:
 * @e_device_key_bytes: EDeviceKeyBytes with its tag, as received
 * @ret_ident: (out): value of the characteristic Ident
 *
 * By it a holder in central client mode can tell that it has connected to the
 * reader that read its engagement.
 */
void
mdoc_engagement_derive_ble_ident (MdocSpan e_device_key_bytes,
                                  guint8 ret_ident[MDOC_BLE_IDENT_LEN])
{
  derive (e_device_key_bytes, "BLEIdent", ret_ident, MDOC_BLE_IDENT_LEN);
}

/**
 * mdoc_engagement_derive_nan_service:
 * @e_device_key_bytes: EDeviceKeyBytes with its tag, as received
 * @ret_service: (out): Wi-Fi Aware service name, before base16
 */
void
mdoc_engagement_derive_nan_service (MdocSpan e_device_key_bytes,
                                    guint8 ret_service[MDOC_NAN_SERVICE_LEN])
{
  derive (e_device_key_bytes, "NANService", ret_service, MDOC_NAN_SERVICE_LEN);
}

/**
 * mdoc_engagement_derive_nan_passphrase:
 * @e_device_key_bytes: EDeviceKeyBytes with its tag, as received
 * @ret_passphrase: (out): Wi-Fi Aware pass-phrase, before base64url
 */
void
mdoc_engagement_derive_nan_passphrase (
    MdocSpan e_device_key_bytes,
    guint8 ret_passphrase[MDOC_NAN_PASSPHRASE_LEN])
{
  derive (e_device_key_bytes,
          "NANPassphrase",
          ret_passphrase,
          MDOC_NAN_PASSPHRASE_LEN);
}
