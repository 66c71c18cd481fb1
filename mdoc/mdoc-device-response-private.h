/*
 * mdoc-device-response-private.h - inside of a response
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-device-response.h"

G_BEGIN_DECLS

struct _MdocDocument
{
  char *doc_type;
  MdocIssuerSigned *issuer_signed;
  MdocSpan device_name_spaces;
  GArray *device_items; /* of MdocDeviceSignedItem */
  MdocDeviceAuthKind device_auth_kind;
  MdocSign1 device_signature;
  MdocMac0 device_mac;
  GArray *errors; /* of MdocElementError */
};

typedef struct
{
  const char *doc_type;
  gint64 code;
} MdocDocumentError;

struct _MdocDeviceResponse
{
  gatomicrefcount refs;
  GBytes *encoded;
  char *version;
  guint64 status;
  GStringChunk *names;
  GPtrArray *documents;    /* of MdocDocument */
  GArray *document_errors; /* of MdocDocumentError */
  gboolean has_unknown_members;
};

G_END_DECLS
