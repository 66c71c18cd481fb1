/*
 * mdoc-reader-structure.h - which structure of the standard a file holds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_STRUCTURE_UNKNOWN,
  MDOC_STRUCTURE_DEVICE_ENGAGEMENT,
  MDOC_STRUCTURE_COSE_KEY,
  MDOC_STRUCTURE_SESSION_ESTABLISHMENT,
  MDOC_STRUCTURE_SESSION_DATA,
  MDOC_STRUCTURE_SESSION_TRANSCRIPT,
  MDOC_STRUCTURE_DEVICE_REQUEST,
  MDOC_STRUCTURE_ITEMS_REQUEST,
  MDOC_STRUCTURE_DEVICE_RESPONSE,
  MDOC_STRUCTURE_ISSUER_SIGNED,
  MDOC_STRUCTURE_ISSUER_SIGNED_ITEM,
  MDOC_STRUCTURE_ISSUER_AUTH,
  MDOC_STRUCTURE_SIGN1, /* whose payload is elsewhere */
  MDOC_STRUCTURE_MSO,
  MDOC_STRUCTURE_VICAL,
  MDOC_STRUCTURE_CERTIFICATE,
  MDOC_STRUCTURE_CRL,
} MdocStructure;

const char *mdoc_structure_get_name (MdocStructure structure);
MdocStructure mdoc_structure_detect (MdocSpan content);
gboolean mdoc_structure_is_cbor (MdocStructure structure);
/* what is inside, if @content is #6.24(bstr) or #6.18; else @content */
MdocSpan mdoc_structure_unwrap (MdocSpan content);

gboolean mdoc_structure_summarize (MdocStructure structure,
                                   MdocSpan content,
                                   JsonBuilder *builder,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
