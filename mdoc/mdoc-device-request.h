/*
 * mdoc-device-request.h - what a reader asks of a wallet, and who it is
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "mdoc/mdoc-device-request-info.h"
#include "mdoc/mdoc-items-request.h"
#include "mdoc/mdoc-transcript.h"

G_BEGIN_DECLS

/* Limits of one request; what goes over is refused with
 * %MDOC_CBOR_ERROR_LIMIT. */
#define MDOC_DEVICE_REQUEST_MAX_BYTES           ((gsize) 256 * 1024)
#define MDOC_DEVICE_REQUEST_MAX_READER_AUTH_ALL 4
#define MDOC_DEVICE_REQUEST_MAX_MAC_KEYS        16

/**
 * MdocDeviceRequest:
 *
 * A `DeviceRequest` (ISO/IEC 18013-5, 8.3.2.1.2.1, and second edition). It may
 * ask for several documents. Immutable, reference-counted, safe to share
 * between threads.
 *
 * Parsing verifies nothing: who asks is for mdoc_device_request_check_reader()
 * to say, and what it may have for policy and the holder.
 */
typedef struct _MdocDeviceRequest MdocDeviceRequest;

/**
 * MdocReaderIdentity:
 * @is_signed: the reader authenticated the doc request, rightly or wrongly
 * @is_signature_valid: the signature is that of @certificate over this doc
 *   request in this session
 * @path: how the certificate fares against the anchors;
 *   %MDOC_PATH_NO_CERTIFICATE where there is none to look at
 * @certificate: (nullable): the leaf, which names the reader
 * @anchor: (nullable): whom of the anchors the path leads to; only of
 *   %MDOC_PATH_OK
 *
 * Who asks. The reader is who @certificate says it is only if both
 * @is_signature_valid and @path is %MDOC_PATH_OK:
 * mdoc_reader_identity_is_trusted(). Anything else is a reader unknown, which
 * may be shown to the holder as such.
 */
typedef struct
{
  gboolean is_signed;
  gboolean is_signature_valid;
  MdocPathResult path;
  MdocCertificate *certificate;
  MdocCertificate *anchor;
} MdocReaderIdentity;

void mdoc_reader_identity_clear (MdocReaderIdentity *self);
gboolean mdoc_reader_identity_is_trusted (const MdocReaderIdentity *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocReaderIdentity,
                                  mdoc_reader_identity_clear)

MdocDeviceRequest *mdoc_device_request_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDeviceRequest *mdoc_device_request_ref (MdocDeviceRequest *self);
void mdoc_device_request_unref (MdocDeviceRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceRequest, mdoc_device_request_unref)

GBytes *mdoc_device_request_get_encoded (MdocDeviceRequest *self);
const char *mdoc_device_request_get_version (MdocDeviceRequest *self);
/* whether the reader speaks the second edition: version 1.1 or later */
gboolean mdoc_device_request_is_extended (MdocDeviceRequest *self);
guint mdoc_device_request_get_n_doc_requests (MdocDeviceRequest *self);
MdocItemsRequest *
mdoc_device_request_get_items_request (MdocDeviceRequest *self, guint i);
/* `ItemsRequestBytes`, tag and all, as received */
MdocSpan
mdoc_device_request_get_items_request_bytes (MdocDeviceRequest *self, guint i);
gboolean mdoc_device_request_has_reader_auth (MdocDeviceRequest *self, guint i);
guint mdoc_device_request_get_n_reader_auth_all (MdocDeviceRequest *self);
/* Returns: (nullable): the use cases, if the reader names any */
MdocDeviceRequestInfo *mdoc_device_request_get_info (MdocDeviceRequest *self);
guint mdoc_device_request_get_n_mac_keys (MdocDeviceRequest *self);
MdocPublicKey *mdoc_device_request_dup_mac_key (MdocDeviceRequest *self,
                                                guint i,
                                                GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

gboolean mdoc_device_request_check_reader (MdocDeviceRequest *self,
                                           guint doc_request,
                                           MdocTranscript *transcript,
                                           GPtrArray *anchors,
                                           GPtrArray *crls,
                                           gint64 at_unix_s,
                                           MdocReaderIdentity *ret_identity,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_device_request_check_reader_all (MdocDeviceRequest *self,
                                               guint i,
                                               MdocTranscript *transcript,
                                               GPtrArray *anchors,
                                               GPtrArray *crls,
                                               gint64 at_unix_s,
                                               MdocReaderIdentity *ret_identity,
                                               GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
