/*
 * engagement-invariants.h - what holds of every engagement that was read
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <string.h>

#include "engagement/mdoc-device-engagement.h"
#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"

/* Everything borrowed lies inside the bytes that were parsed. */
static void
assert_inside (MdocSpan span, MdocSpan whole)
{
  if (span.len == 0)
    return;

  g_assert_true (span.data >= whole.data);
  g_assert_true (span.len <= whole.len);
  g_assert_true (span.data + span.len <= whole.data + whole.len);
}

/* What was read can be written, and is read back as the same. */
static void
assert_method (const MdocRetrievalMethod *method, MdocSpan whole)
{
  static const MdocCborLimits limits = { 8192, 8, 1024 };
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  MdocRetrievalMethod again;
  MdocCborItem item;

  assert_inside (method->encoded, whole);
  if (method->kind == MDOC_RETRIEVAL_REST)
    assert_inside (method->rest_uri, whole);
  if (method->kind == MDOC_RETRIEVAL_WIFI_AWARE)
    {
      assert_inside (method->wifi_aware.pass_phrase, whole);
      assert_inside (method->wifi_aware.bands, whole);
    }

  mdoc_retrieval_method_write (writer, method);
  g_assert_true (mdoc_cbor_open (mdoc_cbor_writer_get_span (writer),
                                 &limits,
                                 &item,
                                 NULL));
  g_assert_true (mdoc_retrieval_method_parse (item, &again, NULL));
  g_assert_cmpint (again.kind, ==, method->kind);
  g_assert_cmpuint (again.type, ==, method->type);
  g_assert_cmpuint (again.version, ==, method->version);
  if (method->kind == MDOC_RETRIEVAL_BLE)
    {
      const MdocBleOptions *a = &method->ble;
      const MdocBleOptions *b = &again.ble;

      g_assert_cmpint (a->has_central_client, ==, b->has_central_client);
      g_assert_cmpint (a->has_peripheral_server, ==, b->has_peripheral_server);
      g_assert_cmpint (a->has_address, ==, b->has_address);
      g_assert_cmpint (a->has_psm, ==, b->has_psm);
      g_assert_cmpuint (a->psm, ==, b->psm);
      g_assert_true (memcmp (a->address, b->address, 6) == 0);
      g_assert_true (memcmp (a->central_client_uuid, b->central_client_uuid, 16)
                     == 0);
      g_assert_true (
          memcmp (a->peripheral_server_uuid, b->peripheral_server_uuid, 16)
          == 0);
    }
  if (method->kind == MDOC_RETRIEVAL_NFC)
    {
      g_assert_cmpuint (method->nfc.max_command_bytes, >=, 255);
      g_assert_cmpuint (method->nfc.max_command_bytes, <=, 65535);
      g_assert_cmpuint (method->nfc.max_response_bytes, >=, 256);
      g_assert_cmpuint (method->nfc.max_response_bytes, <=, 65536);
    }
}

static void
assert_engagement (MdocDeviceEngagement *engagement)
{
  MdocSpan whole = mdoc_span_from_bytes (
      mdoc_device_engagement_get_encoded (engagement));
  guint n_methods = mdoc_device_engagement_get_n_methods (engagement);
  guint n_infos = mdoc_device_engagement_get_n_origin_infos (engagement);
  const MdocCapabilities *capabilities
      = mdoc_device_engagement_get_capabilities (engagement);
  MdocPublicKey *key = mdoc_device_engagement_get_e_device_key (engagement);

  g_assert_true (
      g_str_has_prefix (mdoc_device_engagement_get_version (engagement), "1."));
  g_assert_nonnull (key);
  g_assert_true (mdoc_curve_can_agree (mdoc_public_key_get_curve (key)));
  assert_inside (mdoc_device_engagement_get_e_device_key_bytes (engagement),
                 whole);
  assert_inside (mdoc_device_engagement_get_e_device_key_tagged (engagement),
                 whole);

  g_assert_cmpuint (n_methods, <=, MDOC_ENGAGEMENT_MAX_METHODS);
  for (guint i = 0; i < n_methods; i++)
    {
      const MdocRetrievalMethod *method
          = mdoc_device_engagement_get_method (engagement, i);

      assert_method (method, whole);
      for (guint j = 0; j < i; j++)
        {
          const MdocRetrievalMethod *other
              = mdoc_device_engagement_get_method (engagement, j);

          g_assert_false (other->type == method->type
                          && other->version == method->version);
        }
    }

  g_assert_cmpuint (n_infos, <=, MDOC_ENGAGEMENT_MAX_ORIGIN_INFOS);
  for (guint i = 0; i < n_infos; i++)
    {
      const MdocOriginInfo *info
          = mdoc_device_engagement_get_origin_info (engagement, i);

      assert_inside (info->details, whole);
      assert_inside (info->domain, whole);
    }
  if (capabilities != NULL)
    g_assert_cmpuint (capabilities->n_mac_key_curves,
                      <=,
                      MDOC_ENGAGEMENT_MAX_MAC_CURVES);
}
