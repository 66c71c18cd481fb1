/*
 * mdoc-device-engagement.h - DeviceEngagement, how to reach a holder
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "engagement/mdoc-retrieval-method.h"

G_BEGIN_DECLS

#define MDOC_ENGAGEMENT_MAX_BYTES        ((gsize) 4096)
#define MDOC_ENGAGEMENT_MAX_METHODS      16
#define MDOC_ENGAGEMENT_MAX_ORIGIN_INFOS 16
#define MDOC_ENGAGEMENT_MAX_MAC_CURVES   16

/**
 * MdocEngagementError:
 * @MDOC_ENGAGEMENT_ERROR_SCHEME: the text is no `mdoc:` URI
 * @MDOC_ENGAGEMENT_ERROR_READER_ENGAGEMENT: the text is a reader's engagement
 *   (`mdoc://`, ISO/IEC TS 18013-7), not a holder's
 * @MDOC_ENGAGEMENT_ERROR_ENCODING: what follows `mdoc:` is no base64url, or
 *   too long
 *
 * Why a text was refused before its CBOR was looked at; what is wrong with the
 * CBOR itself is a #MdocCborError. All blame whoever showed it.
 */
typedef enum
{
  MDOC_ENGAGEMENT_ERROR_SCHEME,
  MDOC_ENGAGEMENT_ERROR_READER_ENGAGEMENT,
  MDOC_ENGAGEMENT_ERROR_ENCODING,
} MdocEngagementError;

#define MDOC_ENGAGEMENT_ERROR (mdoc_engagement_error_quark ())
GQuark mdoc_engagement_error_quark (void);

/* key 6 (second edition; MAC keys by ISO/IEC TS 18013-7) */
typedef struct
{
  gboolean handover_session_establishment;
  gboolean reader_auth_all;
  gboolean extended_request;
  gboolean mac_keys;
  gint64 mac_key_curves[MDOC_ENGAGEMENT_MAX_MAC_CURVES]; /* COSE numbers */
  guint n_mac_key_curves;
} MdocCapabilities;

/* key 5; spans are borrowed from the engagement */
typedef struct
{
  guint64 category;
  guint64 type;
  MdocSpan details; /* encoded CBOR, as received */
  MdocSpan domain;  /* text of type 1; else empty */
} MdocOriginInfo;

/**
 * MdocDeviceEngagement:
 *
 * A `DeviceEngagement` (ISO/IEC 18013-5, 8.2.1.1), version 1.x. Immutable,
 * reference-counted, safe to share between threads.
 *
 * It does NOT tell who made it: anybody can draw a QR code.
 */
typedef struct _MdocDeviceEngagement MdocDeviceEngagement;

MdocDeviceEngagement *
mdoc_device_engagement_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDeviceEngagement *
mdoc_device_engagement_parse_uri (const char *uri, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDeviceEngagement *mdoc_device_engagement_ref (MdocDeviceEngagement *self);
void mdoc_device_engagement_unref (MdocDeviceEngagement *self);

/* as received: what the transcript holds */
GBytes *mdoc_device_engagement_get_encoded (MdocDeviceEngagement *self);
const char *
mdoc_device_engagement_get_version (MdocDeviceEngagement *self); /* "1.0" */
MdocPublicKey *
mdoc_device_engagement_get_e_device_key (MdocDeviceEngagement *self);
/* content of #6.24, the encoded COSE_Key */
MdocSpan
mdoc_device_engagement_get_e_device_key_bytes (MdocDeviceEngagement *self);
/* with the tag, as received: what mdoc-ble-ident.h takes */
MdocSpan
mdoc_device_engagement_get_e_device_key_tagged (MdocDeviceEngagement *self);
guint mdoc_device_engagement_get_n_methods (MdocDeviceEngagement *self);
const MdocRetrievalMethod *
mdoc_device_engagement_get_method (MdocDeviceEngagement *self, guint i);
/* Returns: (nullable): the first one of that kind */
const MdocRetrievalMethod *
mdoc_device_engagement_find_method (MdocDeviceEngagement *self,
                                    MdocRetrievalKind kind);
/* Returns: (nullable): %NULL if there is no key 6 */
const MdocCapabilities *
mdoc_device_engagement_get_capabilities (MdocDeviceEngagement *self);
guint mdoc_device_engagement_get_n_origin_infos (MdocDeviceEngagement *self);
const MdocOriginInfo *
mdoc_device_engagement_get_origin_info (MdocDeviceEngagement *self, guint i);

/* `mdoc:` and base64url, for a QR code */
char *mdoc_device_engagement_to_uri (MdocSpan encoded)
    G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocDeviceEngagementBuilder:
 *
 * Writes an engagement: version "1.1" if it has capabilities or origin infos,
 * else "1.0". For one thread.
 */
typedef struct _MdocDeviceEngagementBuilder MdocDeviceEngagementBuilder;

MdocDeviceEngagementBuilder *mdoc_device_engagement_builder_new (void)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_device_engagement_builder_free (MdocDeviceEngagementBuilder *self);
/* Copies @method. BLE: at least one mode; the address is written in 7 bytes, as
 * "random" where the type is not known. NFC: within its ranges. REST: with a
 * URI. Unknown: `encoded` is the whole array. One of each type and version. */
void
mdoc_device_engagement_builder_add_method (MdocDeviceEngagementBuilder *self,
                                           const MdocRetrievalMethod *method);
void mdoc_device_engagement_builder_set_capabilities (
    MdocDeviceEngagementBuilder *self,
    const MdocCapabilities *capabilities);
/* @domain: NULL-able; with it the type is 1 */
void mdoc_device_engagement_builder_add_origin_info (
    MdocDeviceEngagementBuilder *self,
    guint category,
    guint type,
    const char *domain);
GBytes *
mdoc_device_engagement_builder_finish (MdocDeviceEngagementBuilder *self,
                                       MdocPublicKey *e_device_key)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceEngagement,
                               mdoc_device_engagement_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceEngagementBuilder,
                               mdoc_device_engagement_builder_free)

G_END_DECLS
