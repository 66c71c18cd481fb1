/*
 * mdoc-retrieval-method.c - one way to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-retrieval-method.h"

#include <string.h>

#include "engagement/mdoc-engagement-private.h"

/* ISO/IEC 18013-5, 8.2.1.1:
 *
 *   DeviceRetrievalMethod = [ type : uint, version : uint, RetrievalOptions ]
 *   BleOptions = {
 *     0 : bool,             ; mdoc peripheral server mode
 *     1 : bool,             ; mdoc central client mode
 *     ? 10 : bstr,          ; UUID, if and only if 0 is true
 *     ? 11 : bstr,          ; UUID, if and only if 1 is true
 *     ? 20 : bstr,          ; address of the peripheral server
 *     ? 21 : uint           ; PSM, second edition
 *   }
 *   NfcOptions = { 0 : uint, 1 : uint }
 *   WifiOptions = { ? 0 : tstr, ? 1 : uint, ? 2 : uint, ? 3 : bstr }
 *   RestApiOptions = { 0 : tstr }        ; ISO/IEC TS 18013-7
 *
 * Read with tolerance, since peers differ and nothing is at stake: a mode that
 * is not there is off, a UUID of a mode that is off is passed over, an address
 * may lack its type. A mode that is on without a UUID leads nowhere, so that is
 * refused. Other types, and other versions of these, are kept as they are. */

static gboolean
has (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) != MDOC_CBOR_KIND_ABSENT;
}

static gboolean
read_flag (MdocCborItem map,
           gint64 key,
           const char *what,
           gboolean *ret_flag,
           GError **error)
{
  MdocCborItem item = mdoc_cbor_map_lookup_int (map, key);

  *ret_flag = FALSE;
  return !has (item) || mdoc_cbor_get_boolean (item, what, ret_flag, error);
}

static gboolean
read_number (MdocCborItem map,
             gint64 key,
             const char *what,
             gboolean *ret_has,
             guint32 *ret_number,
             GError **error)
{
  MdocCborItem item = mdoc_cbor_map_lookup_int (map, key);
  guint64 number;

  if (!has (item))
    return TRUE;
  if (!mdoc_cbor_get_uint (item, what, G_MAXUINT32, &number, error))
    return FALSE;

  *ret_has = TRUE;
  *ret_number = (guint32) number;
  return TRUE;
}

/* A mode of BLE and the UUID that goes with it. */
static gboolean
read_mode (MdocCborItem map,
           gint64 mode_key,
           gint64 uuid_key,
           const char *what,
           gboolean *ret_has,
           guint8 ret_uuid[MDOC_UUID_LEN],
           GError **error)
{
  MdocSpan uuid;

  if (!read_flag (map, mode_key, what, ret_has, error))
    return FALSE;
  if (!*ret_has)
    return TRUE;
  if (!mdoc_cbor_get_bytes (mdoc_cbor_map_lookup_int (map, uuid_key),
                            what,
                            MDOC_UUID_LEN,
                            &uuid,
                            error))
    return FALSE;
  if (uuid.len < MDOC_UUID_LEN)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "has a UUID that is too short");

  memcpy (ret_uuid, uuid.data, MDOC_UUID_LEN);
  return TRUE;
}

static gboolean
read_address (MdocCborItem map, MdocBleOptions *ble, GError **error)
{
  MdocCborItem item = mdoc_cbor_map_lookup_int (map, MDOC_BLE_KEY_ADDRESS);
  MdocSpan address;

  if (!has (item))
    return TRUE;
  if (!mdoc_cbor_get_bytes (item,
                            "BLE address",
                            MDOC_BLE_ADDRESS_FULL_LEN,
                            &address,
                            error))
    return FALSE;
  if (address.len < MDOC_BLE_ADDRESS_LEN)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "BLE address",
                             "is too short");

  ble->has_address = TRUE;
  memcpy (ble->address, address.data, MDOC_BLE_ADDRESS_LEN);
  ble->has_address_type = address.len == MDOC_BLE_ADDRESS_FULL_LEN;
  if (ble->has_address_type)
    ble->address_type = address.data[MDOC_BLE_ADDRESS_LEN];
  return TRUE;
}

static gboolean
parse_ble (MdocCborItem map, MdocBleOptions *ble, GError **error)
{
  return read_mode (map,
                    MDOC_BLE_KEY_PERIPHERAL_SERVER,
                    MDOC_BLE_KEY_PERIPHERAL_SERVER_UUID,
                    "BLE peripheral server mode",
                    &ble->has_peripheral_server,
                    ble->peripheral_server_uuid,
                    error)
         && read_mode (map,
                       MDOC_BLE_KEY_CENTRAL_CLIENT,
                       MDOC_BLE_KEY_CENTRAL_CLIENT_UUID,
                       "BLE central client mode",
                       &ble->has_central_client,
                       ble->central_client_uuid,
                       error)
         && read_address (map, ble, error)
         && read_number (map,
                         MDOC_BLE_KEY_PSM,
                         "BLE PSM",
                         &ble->has_psm,
                         &ble->psm,
                         error);
}

static gboolean
read_range (MdocCborItem map,
            gint64 key,
            const char *what,
            guint32 min,
            guint32 max,
            guint32 *ret_number,
            GError **error)
{
  guint64 number;

  if (!mdoc_cbor_get_uint (mdoc_cbor_map_lookup_int (map, key),
                           what,
                           max,
                           &number,
                           error))
    return FALSE;
  if (number < min)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             what,
                             "is less than the standard allows");

  *ret_number = (guint32) number;
  return TRUE;
}

static gboolean
parse_nfc (MdocCborItem map, MdocNfcOptions *nfc, GError **error)
{
  return read_range (map,
                     MDOC_NFC_KEY_MAX_COMMAND,
                     "NFC command length",
                     MDOC_NFC_MIN_COMMAND,
                     MDOC_NFC_MAX_COMMAND,
                     &nfc->max_command_bytes,
                     error)
         && read_range (map,
                        MDOC_NFC_KEY_MAX_RESPONSE,
                        "NFC response length",
                        MDOC_NFC_MIN_RESPONSE,
                        MDOC_NFC_MAX_RESPONSE,
                        &nfc->max_response_bytes,
                        error);
}

static gboolean
parse_wifi_aware (MdocCborItem map, MdocWifiAwareOptions *wifi, GError **error)
{
  MdocCborItem pass_phrase
      = mdoc_cbor_map_lookup_int (map, MDOC_WIFI_KEY_PASS_PHRASE);
  MdocCborItem bands = mdoc_cbor_map_lookup_int (map, MDOC_WIFI_KEY_BANDS);

  if (has (pass_phrase)
      && !mdoc_cbor_get_text (pass_phrase,
                              "Wi-Fi pass-phrase",
                              MDOC_WIFI_MAX_PASS_PHRASE,
                              &wifi->pass_phrase,
                              error))
    return FALSE;
  if (has (bands)
      && !mdoc_cbor_get_bytes (bands,
                               "Wi-Fi bands",
                               MDOC_WIFI_MAX_BANDS,
                               &wifi->bands,
                               error))
    return FALSE;

  return read_number (map,
                      MDOC_WIFI_KEY_OPERATING_CLASS,
                      "Wi-Fi operating class",
                      &wifi->has_operating_class,
                      &wifi->operating_class,
                      error)
         && read_number (map,
                         MDOC_WIFI_KEY_CHANNEL,
                         "Wi-Fi channel",
                         &wifi->has_channel,
                         &wifi->channel,
                         error);
}

static gboolean
parse_rest (MdocCborItem map, MdocSpan *ret_uri, GError **error)
{
  return mdoc_cbor_get_text (mdoc_cbor_map_lookup_int (map, MDOC_REST_KEY_URI),
                             "REST API URI",
                             MDOC_REST_MAX_URI,
                             ret_uri,
                             error);
}

static gboolean
parse_options (MdocRetrievalMethod *method, MdocCborItem map, GError **error)
{
  if (method->version != 1)
    return TRUE;

  switch (method->type)
    {
    case MDOC_METHOD_TYPE_NFC:
      method->kind = MDOC_RETRIEVAL_NFC;
      return mdoc_cbor_require_map (map, "NfcOptions", error)
             && parse_nfc (map, &method->nfc, error);
    case MDOC_METHOD_TYPE_BLE:
      method->kind = MDOC_RETRIEVAL_BLE;
      return mdoc_cbor_require_map (map, "BleOptions", error)
             && parse_ble (map, &method->ble, error);
    case MDOC_METHOD_TYPE_WIFI_AWARE:
      method->kind = MDOC_RETRIEVAL_WIFI_AWARE;
      return mdoc_cbor_require_map (map, "WifiOptions", error)
             && parse_wifi_aware (map, &method->wifi_aware, error);
    case MDOC_METHOD_TYPE_REST:
      method->kind = MDOC_RETRIEVAL_REST;
      return mdoc_cbor_require_map (map, "RestApiOptions", error)
             && parse_rest (map, &method->rest_uri, error);
    default:
      return TRUE;
    }
}

/**
 * mdoc_retrieval_method_parse:
 * @item: the item that should be a DeviceRetrievalMethod
 * @ret_method: (out): the method; borrows from the message; left alone on
 *   failure
 * @error: return location for a #MdocCborError
 *
 * Returns: %TRUE if @item is a method that can be used, or one that we do not
 *   know
 */
gboolean
mdoc_retrieval_method_parse (MdocCborItem item,
                             MdocRetrievalMethod *ret_method,
                             GError **error)
{
  MdocRetrievalMethod method = { 0 };
  MdocCborIter iter;

  if (!mdoc_cbor_iter_array (item, "DeviceRetrievalMethod", 3, &iter, error)
      || !mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter),
                              "Type of the retrieval method",
                              G_MAXUINT64,
                              &method.type,
                              error)
      || !mdoc_cbor_get_uint (mdoc_cbor_iter_next (&iter),
                              "Version of the retrieval method",
                              G_MAXUINT64,
                              &method.version,
                              error))
    return FALSE;

  method.encoded = mdoc_cbor_get_encoded (item);
  if (!parse_options (&method, mdoc_cbor_iter_next (&iter), error))
    return FALSE;

  *ret_method = method;
  return TRUE;
}

static void
write_ble (MdocCborWriter *writer, const MdocBleOptions *ble)
{
  guint8 address[MDOC_BLE_ADDRESS_FULL_LEN];

  mdoc_cbor_writer_begin_map (writer,
                              2u + (ble->has_peripheral_server ? 1u : 0u)
                                  + (ble->has_central_client ? 1u : 0u)
                                  + (ble->has_address ? 1u : 0u)
                                  + (ble->has_psm ? 1u : 0u));
  mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_PERIPHERAL_SERVER);
  mdoc_cbor_writer_put_boolean (writer, ble->has_peripheral_server);
  mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_CENTRAL_CLIENT);
  mdoc_cbor_writer_put_boolean (writer, ble->has_central_client);
  if (ble->has_peripheral_server)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_PERIPHERAL_SERVER_UUID);
      mdoc_cbor_writer_put_bytes (writer,
                                  MDOC_SPAN (ble->peripheral_server_uuid,
                                             MDOC_UUID_LEN));
    }
  if (ble->has_central_client)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_CENTRAL_CLIENT_UUID);
      mdoc_cbor_writer_put_bytes (writer,
                                  MDOC_SPAN (ble->central_client_uuid,
                                             MDOC_UUID_LEN));
    }
  if (ble->has_address)
    {
      memcpy (address, ble->address, MDOC_BLE_ADDRESS_LEN);
      address[MDOC_BLE_ADDRESS_LEN] = ble->has_address_type
                                          ? ble->address_type
                                          : MDOC_BLE_ADDRESS_RANDOM;
      mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_ADDRESS);
      mdoc_cbor_writer_put_bytes (writer,
                                  MDOC_SPAN (address, sizeof (address)));
    }
  if (ble->has_psm)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_BLE_KEY_PSM);
      mdoc_cbor_writer_put_uint (writer, ble->psm);
    }
}

static void
write_nfc (MdocCborWriter *writer, const MdocNfcOptions *nfc)
{
  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_uint (writer, MDOC_NFC_KEY_MAX_COMMAND);
  mdoc_cbor_writer_put_uint (writer, nfc->max_command_bytes);
  mdoc_cbor_writer_put_uint (writer, MDOC_NFC_KEY_MAX_RESPONSE);
  mdoc_cbor_writer_put_uint (writer, nfc->max_response_bytes);
}

static void
write_wifi_aware (MdocCborWriter *writer, const MdocWifiAwareOptions *wifi)
{
  mdoc_cbor_writer_begin_map (writer,
                              (wifi->pass_phrase.len > 0 ? 1u : 0u)
                                  + (wifi->has_operating_class ? 1u : 0u)
                                  + (wifi->has_channel ? 1u : 0u)
                                  + (wifi->bands.len > 0 ? 1u : 0u));
  if (wifi->pass_phrase.len > 0)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_WIFI_KEY_PASS_PHRASE);
      mdoc_cbor_writer_put_text_span (writer, wifi->pass_phrase);
    }
  if (wifi->has_operating_class)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_WIFI_KEY_OPERATING_CLASS);
      mdoc_cbor_writer_put_uint (writer, wifi->operating_class);
    }
  if (wifi->has_channel)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_WIFI_KEY_CHANNEL);
      mdoc_cbor_writer_put_uint (writer, wifi->channel);
    }
  if (wifi->bands.len > 0)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_WIFI_KEY_BANDS);
      mdoc_cbor_writer_put_bytes (writer, wifi->bands);
    }
}

static void
write_head (MdocCborWriter *writer, guint64 type)
{
  mdoc_cbor_writer_begin_array (writer, 3);
  mdoc_cbor_writer_put_uint (writer, type);
  mdoc_cbor_writer_put_uint (writer, 1);
}

/**
 * mdoc_retrieval_method_write:
 * @writer: where to
 * @method: what to write; it is the caller's to keep to the ranges
 */
void
mdoc_retrieval_method_write (MdocCborWriter *writer,
                             const MdocRetrievalMethod *method)
{
  switch (method->kind)
    {
    case MDOC_RETRIEVAL_NFC:
      write_head (writer, MDOC_METHOD_TYPE_NFC);
      write_nfc (writer, &method->nfc);
      return;
    case MDOC_RETRIEVAL_BLE:
      write_head (writer, MDOC_METHOD_TYPE_BLE);
      write_ble (writer, &method->ble);
      return;
    case MDOC_RETRIEVAL_WIFI_AWARE:
      write_head (writer, MDOC_METHOD_TYPE_WIFI_AWARE);
      write_wifi_aware (writer, &method->wifi_aware);
      return;
    case MDOC_RETRIEVAL_REST:
      write_head (writer, MDOC_METHOD_TYPE_REST);
      mdoc_cbor_writer_begin_map (writer, 1);
      mdoc_cbor_writer_put_uint (writer, MDOC_REST_KEY_URI);
      mdoc_cbor_writer_put_text_span (writer, method->rest_uri);
      return;
    case MDOC_RETRIEVAL_UNKNOWN:
    default:
      mdoc_cbor_writer_put_encoded (writer, method->encoded);
      return;
    }
}
