/*
 * mdoc-nfc-handover.c - Handover Select and Request, read
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-nfc-handover.h"

#include <string.h>

#include "engagement/mdoc-engagement-private.h"
#include "mdoc/mdoc-cbor.h"

/* NFC Forum, Connection Handover 1.5, and ISO/IEC 18013-5, 8.2.2:
 *
 *   Hs = version, NDEF message of `ac` records (and others)
 *   ac = CPS, length and name of a carrier, count and names of auxiliary data
 *
 * What a carrier is stands in the record that has its name as id; the
 * engagement is auxiliary data, and known by its type. Records and structures
 * that are not known are passed over, in whichever order they come. */

#define HANDOVER_MAJOR_VERSION 1

#define TYPE_SELECT            "Hs"
#define TYPE_REQUEST           "Hr"
#define TYPE_ALTERNATIVE       "ac"
#define TYPE_DEVICE_ENGAGEMENT "iso.org:18013:deviceengagement"
#define TYPE_READER_ENGAGEMENT "iso.org:18013:readerengagement"
#define TYPE_NFC               "iso.org:18013:nfc"
#define TYPE_BLE               "application/vnd.bluetooth.le.oob"
#define TYPE_WIFI_AWARE        "application/vnd.wfa.nan"

#define NFC_CARRIER_VERSION 1
#define NFC_FIELD_COMMAND   1
#define NFC_FIELD_RESPONSE  2

/* Bluetooth Assigned Numbers, 2.3 */
enum
{
  AD_SOME_UUIDS_128 = 0x06,
  AD_ALL_UUIDS_128 = 0x07,
  AD_SERVICE_DATA_16 = 0x16,
  AD_ADDRESS = 0x1b,
  AD_ROLE = 0x1c,
};

/* What wallets put before { 0 : PSM } as long as no number is assigned;
 * little-endian. */
static const guint8 psm_service_uuid[] = { 0x01, 0xff };

static const MdocCborLimits psm_limits = { .max_bytes = 32,
                                           .max_depth = 2,
                                           .max_items = 8 };

static gboolean
refuse (GError **error, MdocNfcError code, const char *reason)
{
  g_set_error_literal (error, MDOC_NFC_ERROR, (gint) code, reason);
  return FALSE;
}

/* Takes a byte that is a length, and as many bytes. */
static gboolean
take_field (MdocSpan *rest, MdocSpan *ret_field, GError **error)
{
  if (rest->len == 0 || rest->data[0] > rest->len - 1)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "A field reaches past its NDEF record");

  *ret_field = MDOC_SPAN (rest->data + 1, rest->data[0]);
  *rest = MDOC_SPAN (rest->data + 1 + ret_field->len,
                     rest->len - 1 - ret_field->len);
  return TRUE;
}

static void
read_uuid (MdocSpan data, MdocBleOob *ble)
{
  if (data.len < MDOC_UUID_LEN || ble->has_uuid)
    return;

  ble->has_uuid = TRUE;
  for (gsize i = 0; i < MDOC_UUID_LEN; i++)
    ble->uuid[i] = data.data[MDOC_UUID_LEN - 1 - i];
}

static void
read_address (MdocSpan data, MdocBleOob *ble)
{
  if (data.len != MDOC_BLE_ADDRESS_FULL_LEN)
    return;

  ble->has_address = TRUE;
  memcpy (ble->address, data.data, MDOC_BLE_ADDRESS_LEN);
  ble->address_type = data.data[MDOC_BLE_ADDRESS_LEN];
}

/* Others put other things here, so that what does not fit is not ours. */
static void
read_psm (MdocSpan data, MdocBleOob *ble)
{
  gsize prefix = sizeof (psm_service_uuid);
  MdocCborItem map;
  guint64 psm;

  if (data.len < prefix || memcmp (data.data, psm_service_uuid, prefix) != 0)
    return;
  if (!mdoc_cbor_open (MDOC_SPAN (data.data + prefix, data.len - prefix),
                       &psm_limits,
                       &map,
                       NULL)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup_int (map, 0),
                              "PSM",
                              G_MAXUINT32,
                              &psm,
                              NULL))
    return;

  ble->has_psm = TRUE;
  ble->psm = (guint32) psm;
}

static gboolean
read_role (MdocSpan data,
           MdocBleOob *ble,
           gboolean *ret_has_role,
           GError **error)
{
  if (data.len != 1 || data.data[0] > MDOC_BLE_ROLE_PREFERS_CENTRAL)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "The role of Bluetooth LE is none of the four");

  ble->role = (MdocBleRole) data.data[0];
  *ret_has_role = TRUE;
  return TRUE;
}

/* Advertising data: structures of a length, a type and what it tells. */
static gboolean
parse_ble (MdocSpan payload, MdocBleOob *ble, GError **error)
{
  gboolean has_role = FALSE;
  MdocSpan rest = payload;
  MdocSpan field;

  while (rest.len > 0)
    {
      MdocSpan data;

      if (!take_field (&rest, &field, error))
        return FALSE;
      if (field.len == 0)
        continue;

      data = MDOC_SPAN (field.data + 1, field.len - 1);
      switch (field.data[0])
        {
        case AD_ROLE:
          if (!read_role (data, ble, &has_role, error))
            return FALSE;
          break;
        case AD_SOME_UUIDS_128:
        case AD_ALL_UUIDS_128:
          read_uuid (data, ble);
          break;
        case AD_ADDRESS:
          read_address (data, ble);
          break;
        case AD_SERVICE_DATA_16:
          read_psm (data, ble);
          break;
        default:
          break;
        }
    }

  if (!has_role)
    return refuse (error,
                   MDOC_NFC_ERROR_SCHEMA,
                   "The Bluetooth LE record lacks the role");
  return TRUE;
}

/* A field of the NFC record: its type, and a number in big-endian. */
static gboolean
read_nfc_size (MdocSpan field, guint32 *ret_size, GError **error)
{
  guint32 size = 0;

  if (field.len < 2 || field.len > 5)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "A length in the NFC record is no number");

  for (gsize i = 1; i < field.len; i++)
    size = size << 8 | field.data[i];
  *ret_size = size;
  return TRUE;
}

static gboolean
parse_nfc (MdocSpan payload, MdocNfcCarrier *carrier, GError **error)
{
  MdocNfcOptions *nfc = &carrier->nfc;
  MdocSpan rest, field;

  if (payload.len == 0 || payload.data[0] != NFC_CARRIER_VERSION)
    return refuse (error,
                   MDOC_NFC_ERROR_VERSION,
                   "The NFC record is of an unknown version");

  rest = MDOC_SPAN (payload.data + 1, payload.len - 1);
  while (rest.len > 0)
    {
      guint32 *size = NULL;

      if (!take_field (&rest, &field, error))
        return FALSE;
      if (field.len > 0 && field.data[0] == NFC_FIELD_COMMAND)
        size = &nfc->max_command_bytes;
      if (field.len > 0 && field.data[0] == NFC_FIELD_RESPONSE)
        size = &nfc->max_response_bytes;
      if (size != NULL && !read_nfc_size (field, size, error))
        return FALSE;
    }

  if (nfc->max_command_bytes == 0 && nfc->max_response_bytes == 0)
    return TRUE;
  if (nfc->max_command_bytes < MDOC_NFC_MIN_COMMAND
      || nfc->max_command_bytes > MDOC_NFC_MAX_COMMAND
      || nfc->max_response_bytes < MDOC_NFC_MIN_RESPONSE
      || nfc->max_response_bytes > MDOC_NFC_MAX_RESPONSE)
    return refuse (error,
                   MDOC_NFC_ERROR_SCHEMA,
                   "A length in the NFC record is out of its range");

  carrier->has_nfc_sizes = TRUE;
  return TRUE;
}

static gboolean
parse_carrier (const MdocNdefRecord *record,
               MdocNfcCarrier *carrier,
               GError **error)
{
  *carrier = (MdocNfcCarrier){ .kind = MDOC_RETRIEVAL_UNKNOWN,
                               .record = *record };

  if (mdoc_ndef_record_is (record, MDOC_NDEF_MEDIA, TYPE_BLE))
    {
      carrier->kind = MDOC_RETRIEVAL_BLE;
      return parse_ble (record->payload, &carrier->ble, error);
    }
  if (mdoc_ndef_record_is (record, MDOC_NDEF_EXTERNAL, TYPE_NFC))
    {
      carrier->kind = MDOC_RETRIEVAL_NFC;
      return parse_nfc (record->payload, carrier, error);
    }
  if (mdoc_ndef_record_is (record, MDOC_NDEF_MEDIA, TYPE_WIFI_AWARE))
    carrier->kind = MDOC_RETRIEVAL_WIFI_AWARE;
  return TRUE;
}

typedef struct
{
  MdocNdefRecord records[MDOC_NDEF_MAX_RECORDS];
  guint n;
} Records;

/* An `ac` record names a carrier, which must be there. */
static gboolean
parse_alternative (MdocNfcHandover *self,
                   const Records *records,
                   const MdocNdefRecord *alternative,
                   GError **error)
{
  MdocSpan payload = alternative->payload;
  MdocSpan rest, name;

  if (payload.len == 0)
    return refuse (error,
                   MDOC_NFC_ERROR_MALFORMED,
                   "An alternative carrier is empty");

  rest = MDOC_SPAN (payload.data + 1, payload.len - 1);
  if (!take_field (&rest, &name, error))
    return FALSE;

  for (guint i = 1; i < records->n; i++)
    if (records->records[i].id.len > 0
        && mdoc_span_equal (records->records[i].id, name))
      return parse_carrier (&records->records[i],
                            &self->carriers[self->n_carriers++],
                            error);

  return refuse (error,
                 MDOC_NFC_ERROR_SCHEMA,
                 "An alternative carrier is named that is not there");
}

static gboolean
parse_alternatives (MdocNfcHandover *self,
                    const Records *records,
                    GError **error)
{
  MdocSpan payload = records->records[0].payload;
  Records inner;

  if (payload.len == 0 || payload.data[0] >> 4 != HANDOVER_MAJOR_VERSION)
    return refuse (error,
                   MDOC_NFC_ERROR_VERSION,
                   "The handover is of another major version than 1");
  if (!mdoc_ndef_parse (MDOC_SPAN (payload.data + 1, payload.len - 1),
                        inner.records,
                        &inner.n,
                        error))
    return FALSE;

  for (guint i = 0; i < inner.n; i++)
    if (mdoc_ndef_record_is (&inner.records[i],
                             MDOC_NDEF_WELL_KNOWN,
                             TYPE_ALTERNATIVE)
        && !parse_alternative (self, records, &inner.records[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
find_engagement (MdocNfcHandover *self, const Records *records, GError **error)
{
  const char *type = self->is_request ? TYPE_READER_ENGAGEMENT
                                      : TYPE_DEVICE_ENGAGEMENT;

  for (guint i = 1; i < records->n; i++)
    {
      if (!mdoc_ndef_record_is (&records->records[i], MDOC_NDEF_EXTERNAL, type))
        continue;
      if (self->engagement.len > 0)
        return refuse (error,
                       MDOC_NFC_ERROR_SCHEMA,
                       "The handover has two engagements");
      self->engagement = records->records[i].payload;
    }

  return TRUE;
}

/**
 * mdoc_nfc_handover_parse:
 * @message: an NDEF message without NLEN, as transferred
 * @ret_handover: (out): what it says; borrows from @message; left alone on
 *   failure
 * @error: return location for a #MdocNfcError
 *
 * An engagement is found but not read, and may be missing: a Handover Request
 * often has none.
 *
 * Returns: %TRUE if @message is a Handover Select or Request
 */
gboolean
mdoc_nfc_handover_parse (MdocSpan message,
                         MdocNfcHandover *ret_handover,
                         GError **error)
{
  MdocNfcHandover self = { .message = message };
  Records records;

  if (!mdoc_ndef_parse (message, records.records, &records.n, error))
    return FALSE;

  self.is_request = mdoc_ndef_record_is (&records.records[0],
                                         MDOC_NDEF_WELL_KNOWN,
                                         TYPE_REQUEST);
  if (!self.is_request
      && !mdoc_ndef_record_is (&records.records[0],
                               MDOC_NDEF_WELL_KNOWN,
                               TYPE_SELECT))
    return refuse (error,
                   MDOC_NFC_ERROR_SCHEMA,
                   "The NDEF message is no handover");

  if (!parse_alternatives (&self, &records, error)
      || !find_engagement (&self, &records, error))
    return FALSE;

  *ret_handover = self;
  return TRUE;
}

/**
 * mdoc_nfc_handover_find:
 * @self: a handover
 * @kind: a kind of carrier
 *
 * Returns: (transfer none) (nullable): the first carrier of that kind
 */
const MdocNfcCarrier *
mdoc_nfc_handover_find (const MdocNfcHandover *self, MdocRetrievalKind kind)
{
  for (guint i = 0; i < self->n_carriers; i++)
    if (self->carriers[i].kind == kind)
      return &self->carriers[i];

  return NULL;
}

/* The UUID of a mode: that of the side that advertises, which is the reader
 * where the holder is central; the other one's where that side names none, as
 * after a static handover. */
static gboolean
choose_uuid (const MdocBleOob *first,
             const MdocBleOob *second,
             guint8 ret_uuid[MDOC_UUID_LEN],
             GError **error)
{
  const MdocBleOob *chosen = NULL;

  if (second != NULL && second->has_uuid)
    chosen = second;
  if (first != NULL && first->has_uuid)
    chosen = first;
  if (chosen == NULL)
    return refuse (error,
                   MDOC_NFC_ERROR_SCHEMA,
                   "The handover lacks the UUID of Bluetooth LE");

  memcpy (ret_uuid, chosen->uuid, MDOC_UUID_LEN);
  return TRUE;
}

/**
 * mdoc_nfc_handover_get_ble:
 * @hs: a Handover Select that has Bluetooth LE
 * @hr: (nullable): the Handover Request that it answers
 * @ret_options: (out): how to reach the holder, as a QR code would say it; left
 *   alone on failure
 * @error: return location for a #MdocNfcError
 *
 * Returns: %TRUE if @hs leads to a Bluetooth LE connection
 */
gboolean
mdoc_nfc_handover_get_ble (const MdocNfcHandover *hs,
                           const MdocNfcHandover *hr,
                           MdocBleOptions *ret_options,
                           GError **error)
{
  const MdocNfcCarrier *holder = mdoc_nfc_handover_find (hs,
                                                         MDOC_RETRIEVAL_BLE);
  const MdocNfcCarrier *reader = NULL;
  const MdocBleOob *reader_ble = NULL;
  MdocBleOptions options = { 0 };

  if (holder == NULL)
    return refuse (error,
                   MDOC_NFC_ERROR_SCHEMA,
                   "The handover does not lead to Bluetooth LE");
  if (hr != NULL)
    reader = mdoc_nfc_handover_find (hr, MDOC_RETRIEVAL_BLE);
  if (reader != NULL)
    reader_ble = &reader->ble;

  options.has_peripheral_server = holder->ble.role != MDOC_BLE_ROLE_CENTRAL;
  options.has_central_client = holder->ble.role != MDOC_BLE_ROLE_PERIPHERAL;
  if (options.has_peripheral_server
      && !choose_uuid (&holder->ble,
                       reader_ble,
                       options.peripheral_server_uuid,
                       error))
    return FALSE;
  if (options.has_central_client
      && !choose_uuid (reader_ble,
                       &holder->ble,
                       options.central_client_uuid,
                       error))
    return FALSE;

  options.has_address = holder->ble.has_address;
  options.has_address_type = holder->ble.has_address;
  options.address_type = holder->ble.address_type;
  memcpy (options.address, holder->ble.address, MDOC_BLE_ADDRESS_LEN);
  options.has_psm = holder->ble.has_psm;
  options.psm = holder->ble.psm;
  *ret_options = options;
  return TRUE;
}
