/*
 * mdoc-nfc-handover.h - Handover Select and Request, read
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "engagement/mdoc-ndef.h"
#include "engagement/mdoc-retrieval-method.h"

G_BEGIN_DECLS

/* Core Specification Supplement, 1.17: which role its sender can take */
typedef enum
{
  MDOC_BLE_ROLE_PERIPHERAL = 0,
  MDOC_BLE_ROLE_CENTRAL = 1,
  MDOC_BLE_ROLE_PREFERS_PERIPHERAL = 2,
  MDOC_BLE_ROLE_PREFERS_CENTRAL = 3,
} MdocBleRole;

/* Out-of-band data of Bluetooth LE; the UUID is big-endian, unlike on the air
 */
typedef struct
{
  MdocBleRole role;
  gboolean has_uuid;
  guint8 uuid[16];
  gboolean has_address;
  guint8 address[6]; /* little-endian, as on the air */
  guint8 address_type;
  gboolean has_psm;
  guint32 psm;
} MdocBleOob;

/**
 * MdocNfcCarrier:
 * @kind: %MDOC_RETRIEVAL_BLE, _NFC, _WIFI_AWARE or _UNKNOWN
 * @record: its configuration record
 * @has_nfc_sizes: a reader may leave them out
 *
 * A way to go on, which an `ac` record refers to.
 */
typedef struct
{
  MdocRetrievalKind kind;
  MdocNdefRecord record;
  union
  {
    MdocBleOob ble;
    struct
    {
      gboolean has_nfc_sizes;
      MdocNfcOptions nfc;
    };
  };
} MdocNfcCarrier;

/**
 * MdocNfcHandover:
 * @is_request: Hr if %TRUE, else Hs
 * @message: all of it, which goes into the transcript
 * @engagement: DeviceEngagement of Hs, ReaderEngagement of Hr; empty if there
 *   is none
 * @carriers: in the order of their `ac` records
 * @n_carriers: how many
 *
 * A message of Connection Handover 1.5; a view that borrows from the bytes.
 */
typedef struct
{
  gboolean is_request;
  MdocSpan message;
  MdocSpan engagement;
  MdocNfcCarrier carriers[MDOC_NDEF_MAX_RECORDS];
  guint n_carriers;
} MdocNfcHandover;

gboolean mdoc_nfc_handover_parse (MdocSpan message,
                                  MdocNfcHandover *ret_handover,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (nullable): the first of that kind */
const MdocNfcCarrier *
mdoc_nfc_handover_find (const MdocNfcHandover *self, MdocRetrievalKind kind);
/* how to reach the holder; @hr is NULL after a static handover */
gboolean mdoc_nfc_handover_get_ble (const MdocNfcHandover *hs,
                                    const MdocNfcHandover *hr,
                                    MdocBleOptions *ret_options,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
