/*
 * mdoc-cbor-diagnostic.h - CBOR as text for people
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "mdoc/mdoc-cbor.h"

G_BEGIN_DECLS

/**
 * MdocCborDiagnosticFlags:
 * @MDOC_CBOR_DIAGNOSTIC_PLAIN: everything, on one line
 * @MDOC_CBOR_DIAGNOSTIC_PRETTY: a line for each member of what is long
 * @MDOC_CBOR_DIAGNOSTIC_ELIDE: of long strings only the beginning
 * @MDOC_CBOR_DIAGNOSTIC_EMBEDDED: shows what tag 24, the payload of a signed
 *   message and its protected header wrap, as `<<…>>`
 * @MDOC_CBOR_DIAGNOSTIC_MASK: `***` for the values of data elements, whether
 *   issuer-signed or device-signed, and for the random of an issuer-signed
 *   item, with which a short value could be guessed from its digest
 *
 * How the text is made. The mask goes by the names of ISO/IEC 18013-5; it knows
 * nothing of personal data in other structures.
 */
typedef enum
{
  MDOC_CBOR_DIAGNOSTIC_PLAIN = 0,
  MDOC_CBOR_DIAGNOSTIC_PRETTY = 1 << 0,
  MDOC_CBOR_DIAGNOSTIC_ELIDE = 1 << 1,
  MDOC_CBOR_DIAGNOSTIC_EMBEDDED = 1 << 2,
  MDOC_CBOR_DIAGNOSTIC_MASK = 1 << 3,
} MdocCborDiagnosticFlags;

char *mdoc_cbor_to_diagnostic (MdocCborItem item, MdocCborDiagnosticFlags flags)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_cbor_diagnose (MdocSpan encoded,
                             const MdocCborLimits *limits,
                             MdocCborDiagnosticFlags flags,
                             char **ret_text,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
