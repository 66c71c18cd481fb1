/*
 * mdoc-issuer-input.h - the files that a command line names
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"
#include "mdoc/mdoc-doc-type.h"

G_BEGIN_DECLS

GPtrArray *
mdoc_issuer_input_read_certificates (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocCertificate *
mdoc_issuer_input_read_certificate (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocKey *mdoc_issuer_input_read_key (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocPublicKey *
mdoc_issuer_input_read_public_key (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocDocTypeTable *
mdoc_issuer_input_read_doc_types (const char *folder, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
