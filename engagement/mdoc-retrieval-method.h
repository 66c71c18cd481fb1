/*
 * mdoc-retrieval-method.h - one way to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_RETRIEVAL_UNKNOWN, /* only `encoded` is of use */
  MDOC_RETRIEVAL_NFC,
  MDOC_RETRIEVAL_BLE,
  MDOC_RETRIEVAL_WIFI_AWARE,
  MDOC_RETRIEVAL_REST, /* ISO/IEC TS 18013-7 */
} MdocRetrievalKind;

/* UUIDs are in the order of RFC 4122, big-endian */
typedef struct
{
  gboolean has_peripheral_server; /* the holder is GATT server */
  guint8 peripheral_server_uuid[16];
  gboolean has_central_client; /* the holder is GATT client */
  guint8 central_client_uuid[16];
  gboolean has_address;      /* of the peripheral server */
  guint8 address[6];         /* little-endian, as on the air */
  gboolean has_address_type; /* some peers leave it out */
  guint8 address_type;       /* 0 public, 1 random */
  gboolean has_psm;
  guint32 psm; /* L2CAP */
} MdocBleOptions;

typedef struct
{
  guint32 max_command_bytes;  /* 255..65535 */
  guint32 max_response_bytes; /* 256..65536 */
} MdocNfcOptions;

typedef struct
{
  MdocSpan pass_phrase; /* text; empty if not there */
  gboolean has_operating_class;
  guint32 operating_class;
  gboolean has_channel;
  guint32 channel;
  MdocSpan bands; /* bit map; empty if not there */
} MdocWifiAwareOptions;

/**
 * MdocRetrievalMethod:
 *
 * One way to reach the holder; spans are borrowed from the engagement.
 */
typedef struct
{
  MdocRetrievalKind kind;
  guint64 type; /* as on the wire */
  guint64 version;
  MdocSpan encoded; /* the whole array, as received */
  union
  {
    MdocBleOptions ble;
    MdocNfcOptions nfc;
    MdocWifiAwareOptions wifi_aware;
    MdocSpan rest_uri; /* text */
  };
} MdocRetrievalMethod;

gboolean mdoc_retrieval_method_parse (MdocCborItem item,
                                      MdocRetrievalMethod *ret_method,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* `encoded` is written for an unknown kind, and not looked at for the others;
 * nor are `type` and `version` */
void mdoc_retrieval_method_write (MdocCborWriter *writer,
                                  const MdocRetrievalMethod *method);

G_END_DECLS
