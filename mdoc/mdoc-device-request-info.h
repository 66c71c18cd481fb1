/*
 * mdoc-device-request-info.h - how the documents of a request go together
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* Limits, as in mdoc-request-info.h */
#define MDOC_REQUEST_MAX_USE_CASES     32
#define MDOC_REQUEST_MAX_DOCUMENT_SETS 32 /* of one use case */
#define MDOC_REQUEST_MAX_PURPOSE_HINTS 16 /* of one use case */
#define MDOC_REQUEST_MAX_DOC_REQUESTS  16

/* The one controller of purpose hints that the standard defines, its values */
#define MDOC_PURPOSE_CONTROLLER_SC17   "org.iso.jtc1.sc17"
#define MDOC_PURPOSE_IDENTITY          1
#define MDOC_PURPOSE_DRIVING_PRIVILEGE 2
#define MDOC_PURPOSE_AGE               3

/**
 * MdocDocumentSet:
 * @doc_requests: indices into `docRequests`, none twice
 * @n_doc_requests: how many there are, at least 1
 */
typedef struct
{
  const guint *doc_requests;
  guint n_doc_requests;
} MdocDocumentSet;

/**
 * MdocPurposeHint:
 * @controller: who defines the value, such as
 *   %MDOC_PURPOSE_CONTROLLER_SC17
 * @value: what the data is for
 */
typedef struct
{
  const char *controller;
  gint64 value;
} MdocPurposeHint;

/**
 * MdocUseCase:
 * @is_mandatory: without it the reader wants nothing
 * @sets: the document sets, one of which meets the use case
 * @n_sets: how many sets there are, at least 1
 * @hints: what the data is for, as the reader says
 * @n_hints: how many hints there are, may be 0
 */
typedef struct
{
  gboolean is_mandatory;
  const MdocDocumentSet *sets;
  guint n_sets;
  const MdocPurposeHint *hints;
  guint n_hints;
} MdocUseCase;

/**
 * MdocDeviceRequestInfo:
 *
 * `DeviceRequestInfo` (ISO/IEC 18013-5, second edition): how the doc requests
 * of one device request belong together. As #MdocRequestInfo else.
 */
typedef struct _MdocDeviceRequestInfo MdocDeviceRequestInfo;

MdocDeviceRequestInfo *mdoc_device_request_info_parse (MdocSpan encoded,
                                                       guint n_doc_requests,
                                                       GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDeviceRequestInfo *
mdoc_device_request_info_ref (MdocDeviceRequestInfo *self);
void mdoc_device_request_info_unref (MdocDeviceRequestInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocDeviceRequestInfo,
                               mdoc_device_request_info_unref)

guint mdoc_device_request_info_get_n_use_cases (MdocDeviceRequestInfo *self);
const MdocUseCase *
mdoc_device_request_info_get_use_case (MdocDeviceRequestInfo *self, guint i);

G_END_DECLS
