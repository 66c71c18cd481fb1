/*
 * mdoc-device-request-builder.h - writing a reader's request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-device-request.h"

G_BEGIN_DECLS

/**
 * MdocDeviceRequestBuilder:
 *
 * Puts a `DeviceRequest` together. Everything is written in the order in which
 * it was added. Doc requests are known by the index that
 * mdoc_device_request_builder_add_doc_request() gave; an index of no doc
 * request is the caller's bug. For one thread.
 *
 * What the standard forbids, and what our own parser would refuse, is not
 * written: mdoc_device_request_builder_finish() says so.
 */
typedef struct _MdocDeviceRequestBuilder MdocDeviceRequestBuilder;

MdocDeviceRequestBuilder *mdoc_device_request_builder_new (void)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_device_request_builder_free (MdocDeviceRequestBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceRequestBuilder,
                               mdoc_device_request_builder_free)

/* Returns: the index of the new doc request */
guint
mdoc_device_request_builder_add_doc_request (MdocDeviceRequestBuilder *self,
                                             const char *doc_type);
/* an element named before keeps its place and takes the new intent */
void mdoc_device_request_builder_add_element (MdocDeviceRequestBuilder *self,
                                              guint doc_request,
                                              const char *name_space,
                                              const char *element,
                                              gboolean intent_to_retain);

/* requestInfo; the keys are written in the order of the first calls */
void mdoc_device_request_builder_add_alternative (
    MdocDeviceRequestBuilder *self,
    guint doc_request,
    const MdocAlternative *alternative);
void mdoc_device_request_builder_add_issuer_identifier (
    MdocDeviceRequestBuilder *self,
    guint doc_request,
    MdocSpan key_identifier);
void
mdoc_device_request_builder_set_unique_doc_set (MdocDeviceRequestBuilder *self,
                                                guint doc_request,
                                                gboolean is_required);
void mdoc_device_request_builder_set_maximum_response_size (
    MdocDeviceRequestBuilder *self,
    guint doc_request,
    guint64 max_bytes);
/* any other key, such as `zkRequest`; @value is one encoded data item */
void
mdoc_device_request_builder_set_request_info (MdocDeviceRequestBuilder *self,
                                              guint doc_request,
                                              const char *key,
                                              MdocSpan value);

/* deviceRequestInfo */
void mdoc_device_request_builder_add_use_case (MdocDeviceRequestBuilder *self,
                                               const MdocUseCase *use_case);

/* macKeys of ISO/IEC TS 18013-7, one a curve */
void mdoc_device_request_builder_add_mac_key (MdocDeviceRequestBuilder *self,
                                              MdocPublicKey *key);

GBytes *mdoc_device_request_builder_finish (MdocDeviceRequestBuilder *self,
                                            MdocTranscript *transcript,
                                            MdocKey *reader_key,
                                            GPtrArray *reader_chain,
                                            gboolean sign_all,
                                            GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
