/*
 * mdoc-device-engagement-builder.c - writing a DeviceEngagement
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "engagement/mdoc-device-engagement.h"
#include "engagement/mdoc-engagement-private.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cose.h"

struct _MdocDeviceEngagementBuilder
{
  MdocCborWriter *methods; /* one behind the other */
  guint n_methods;
  guint kinds; /* bits of MdocRetrievalKind that are there */
  MdocCborWriter *origin_infos;
  guint n_origin_infos;
  gboolean has_capabilities;
  MdocCapabilities capabilities;
};

/**
 * mdoc_device_engagement_builder_new:
 *
 * Returns: (transfer full): a builder of an engagement without methods
 */
MdocDeviceEngagementBuilder *
mdoc_device_engagement_builder_new (void)
{
  MdocDeviceEngagementBuilder *self = g_new0 (MdocDeviceEngagementBuilder, 1);

  self->methods = mdoc_cbor_writer_new (0);
  self->origin_infos = mdoc_cbor_writer_new (0);
  return self;
}

/**
 * mdoc_device_engagement_builder_free:
 * @self: (nullable) (transfer full): a builder
 */
void
mdoc_device_engagement_builder_free (MdocDeviceEngagementBuilder *self)
{
  if (self == NULL)
    return;

  mdoc_cbor_writer_free (self->methods);
  mdoc_cbor_writer_free (self->origin_infos);
  g_free (self);
}

/* RFC 4122, 4.1.1: the variant that the standard asks for */
static gboolean
is_uuid (const guint8 uuid[MDOC_UUID_LEN])
{
  return (uuid[8] & 0xc0) == 0x80;
}

static gboolean
is_ble_writable (const MdocBleOptions *ble)
{
  return (ble->has_peripheral_server || ble->has_central_client)
         && (!ble->has_peripheral_server
             || is_uuid (ble->peripheral_server_uuid))
         && (!ble->has_central_client || is_uuid (ble->central_client_uuid));
}

static gboolean
is_nfc_writable (const MdocNfcOptions *nfc)
{
  return nfc->max_command_bytes >= MDOC_NFC_MIN_COMMAND
         && nfc->max_command_bytes <= MDOC_NFC_MAX_COMMAND
         && nfc->max_response_bytes >= MDOC_NFC_MIN_RESPONSE
         && nfc->max_response_bytes <= MDOC_NFC_MAX_RESPONSE;
}

static gboolean
is_writable (const MdocRetrievalMethod *method)
{
  switch (method->kind)
    {
    case MDOC_RETRIEVAL_BLE:
      return is_ble_writable (&method->ble);
    case MDOC_RETRIEVAL_NFC:
      return is_nfc_writable (&method->nfc);
    case MDOC_RETRIEVAL_WIFI_AWARE:
      return method->wifi_aware.pass_phrase.len <= MDOC_WIFI_MAX_PASS_PHRASE
             && method->wifi_aware.bands.len <= MDOC_WIFI_MAX_BANDS;
    case MDOC_RETRIEVAL_REST:
      return method->rest_uri.len > 0
             && method->rest_uri.len <= MDOC_REST_MAX_URI;
    case MDOC_RETRIEVAL_UNKNOWN:
    default:
      return method->encoded.len > 0;
    }
}

/**
 * mdoc_device_engagement_builder_add_method:
 * @self: a builder
 * @method: a way to reach the holder; copied
 *
 * What the standard does not allow to be written is the caller's mistake: no
 * BLE mode at all, a UUID that is not of RFC 4122, NFC lengths out of range, a
 * REST API without URI, the same kind twice. Unknown methods are taken as they
 * are.
 */
void
mdoc_device_engagement_builder_add_method (MdocDeviceEngagementBuilder *self,
                                           const MdocRetrievalMethod *method)
{
  guint kind = 1u << method->kind;

  g_return_if_fail (self->n_methods < MDOC_ENGAGEMENT_MAX_METHODS);
  g_return_if_fail (is_writable (method));
  g_return_if_fail (method->kind == MDOC_RETRIEVAL_UNKNOWN
                    || (self->kinds & kind) == 0);

  self->kinds |= kind;
  self->n_methods++;
  mdoc_retrieval_method_write (self->methods, method);
}

/**
 * mdoc_device_engagement_builder_set_capabilities:
 * @self: a builder
 * @capabilities: what the holder can; copied
 *
 * Makes the engagement one of version 1.1.
 */
void
mdoc_device_engagement_builder_set_capabilities (
    MdocDeviceEngagementBuilder *self,
    const MdocCapabilities *capabilities)
{
  g_return_if_fail (capabilities->n_mac_key_curves
                    <= MDOC_ENGAGEMENT_MAX_MAC_CURVES);

  self->has_capabilities = TRUE;
  self->capabilities = *capabilities;
}

/**
 * mdoc_device_engagement_builder_add_origin_info:
 * @self: a builder
 * @category: 1 for what a delivering channel tells
 * @type: 1 if and only if there is a @domain; 0 for others
 * @domain: (nullable): where the holder was engaged from
 *
 * Makes the engagement one of version 1.1.
 */
void
mdoc_device_engagement_builder_add_origin_info (
    MdocDeviceEngagementBuilder *self,
    guint category,
    guint type,
    const char *domain)
{
  MdocCborWriter *writer = self->origin_infos;

  g_return_if_fail (self->n_origin_infos < MDOC_ENGAGEMENT_MAX_ORIGIN_INFOS);
  g_return_if_fail ((type == MDOC_ORIGIN_TYPE_DOMAIN) == (domain != NULL));

  mdoc_cbor_writer_begin_map (writer, 3);
  mdoc_cbor_writer_put_text (writer, "cat");
  mdoc_cbor_writer_put_uint (writer, category);
  mdoc_cbor_writer_put_text (writer, "type");
  mdoc_cbor_writer_put_uint (writer, type);
  mdoc_cbor_writer_put_text (writer, "details");
  mdoc_cbor_writer_begin_map (writer, domain != NULL ? 1 : 0);
  if (domain != NULL)
    {
      mdoc_cbor_writer_put_text (writer, "domain");
      mdoc_cbor_writer_put_text (writer, domain);
    }
  self->n_origin_infos++;
}

static void
put_true (MdocCborWriter *writer, guint key)
{
  mdoc_cbor_writer_put_uint (writer, key);
  mdoc_cbor_writer_put_boolean (writer, TRUE);
}

/* What is not there is not spoken of. */
static void
put_capabilities (MdocCborWriter *writer, const MdocCapabilities *capabilities)
{
  mdoc_cbor_writer_begin_map (writer,
                              (capabilities->mac_keys ? 1u : 0u)
                                  + (capabilities->n_mac_key_curves > 0 ? 1u
                                                                        : 0u)
                                  + (capabilities
                                             ->handover_session_establishment
                                         ? 1u
                                         : 0u)
                                  + (capabilities->reader_auth_all ? 1u : 0u)
                                  + (capabilities->extended_request ? 1u : 0u));
  if (capabilities->mac_keys)
    put_true (writer, MDOC_CAPABILITY_MAC_KEYS);
  if (capabilities->n_mac_key_curves > 0)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_CAPABILITY_MAC_KEY_CURVES);
      mdoc_cbor_writer_begin_array (writer, capabilities->n_mac_key_curves);
      for (guint i = 0; i < capabilities->n_mac_key_curves; i++)
        mdoc_cbor_writer_put_int (writer, capabilities->mac_key_curves[i]);
    }
  if (capabilities->handover_session_establishment)
    put_true (writer, MDOC_CAPABILITY_HANDOVER_SESSION_ESTABLISHMENT);
  if (capabilities->reader_auth_all)
    put_true (writer, MDOC_CAPABILITY_READER_AUTH_ALL);
  if (capabilities->extended_request)
    put_true (writer, MDOC_CAPABILITY_EXTENDED_REQUEST);
}

static void
put_security (MdocCborWriter *writer, MdocPublicKey *e_device_key)
{
  g_autoptr (MdocCborWriter) key = mdoc_cbor_writer_new (0);

  mdoc_cose_key_write (key, e_device_key);
  mdoc_cbor_writer_begin_array (writer, 2);
  mdoc_cbor_writer_put_uint (writer, MDOC_CIPHER_SUITE);
  mdoc_cbor_writer_put_embedded (writer, mdoc_cbor_writer_get_span (key));
}

/**
 * mdoc_device_engagement_builder_finish:
 * @self: a builder, which can be used again
 * @e_device_key: the holder's ephemeral key for this one session
 *
 * Returns: (transfer full): the encoded DeviceEngagement
 */
GBytes *
mdoc_device_engagement_builder_finish (MdocDeviceEngagementBuilder *self,
                                       MdocPublicKey *e_device_key)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  gboolean is_second_edition = self->has_capabilities
                               || self->n_origin_infos > 0;

  mdoc_cbor_writer_begin_map (writer,
                              2u + (self->n_methods > 0 ? 1u : 0u)
                                  + (is_second_edition ? 1u : 0u)
                                  + (self->has_capabilities ? 1u : 0u));
  mdoc_cbor_writer_put_uint (writer, MDOC_ENGAGEMENT_KEY_VERSION);
  mdoc_cbor_writer_put_text (writer, is_second_edition ? "1.1" : "1.0");
  mdoc_cbor_writer_put_uint (writer, MDOC_ENGAGEMENT_KEY_SECURITY);
  put_security (writer, e_device_key);
  if (self->n_methods > 0)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_ENGAGEMENT_KEY_METHODS);
      mdoc_cbor_writer_begin_array (writer, self->n_methods);
      mdoc_cbor_writer_put_encoded (writer,
                                    mdoc_cbor_writer_get_span (self->methods));
    }
  /* even empty, it must be there with key 6 */
  if (is_second_edition)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_ENGAGEMENT_KEY_ORIGIN_INFOS);
      mdoc_cbor_writer_begin_array (writer, self->n_origin_infos);
      mdoc_cbor_writer_put_encoded (writer,
                                    mdoc_cbor_writer_get_span (
                                        self->origin_infos));
    }
  if (self->has_capabilities)
    {
      mdoc_cbor_writer_put_uint (writer, MDOC_ENGAGEMENT_KEY_CAPABILITIES);
      put_capabilities (writer, &self->capabilities);
    }

  return mdoc_cbor_writer_finish (writer);
}
