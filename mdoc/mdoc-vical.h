/*
 * mdoc-vical.h - a signed list of issuers' roots (ISO/IEC 18013-5, Annex C)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"
#include "crypto/mdoc-certificate.h"
#include "mdoc/mdoc-cose.h"

G_BEGIN_DECLS

/* the list of all issuers of North America takes 21 kB */
#define MDOC_VICAL_MAX_BYTES        ((gsize) 8 * 1024 * 1024)
#define MDOC_VICAL_MAX_CERTIFICATES 1024
#define MDOC_VICAL_MAX_DOC_TYPES    64

/**
 * MdocVical:
 *
 * A verified issuer certificate authority list, as received. Immutable,
 * reference-counted. It does NOT promise that the provider's signature holds:
 * see mdoc_vical_verify().
 */
typedef struct _MdocVical MdocVical;

MdocVical *mdoc_vical_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocVical *mdoc_vical_ref (MdocVical *self);
void mdoc_vical_unref (MdocVical *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocVical, mdoc_vical_unref)

const char *mdoc_vical_get_provider (MdocVical *self);
gint64 mdoc_vical_get_date (MdocVical *self); /* unix s */
gboolean
mdoc_vical_get_next_update (MdocVical *self, gint64 *ret_unix_s /* optional */);
gboolean mdoc_vical_get_issue_id (MdocVical *self, guint64 *ret_id);
guint mdoc_vical_get_n_certificates (MdocVical *self);
MdocCertificate *mdoc_vical_get_certificate (MdocVical *self, guint i);
/* NULL-terminated; empty if the entry names none */
const char *const *mdoc_vical_get_doc_types (MdocVical *self, guint i);

/* @roots: of #MdocCertificate; @crls: (nullable). @ret_path: (optional): why
 * the signer is not trusted. @ret_valid is %FALSE from the start.
 * Returns: %TRUE if it could be decided */
gboolean mdoc_vical_verify (MdocVical *self,
                            GPtrArray *roots,
                            GPtrArray *crls,
                            gint64 at_unix_s,
                            MdocPathResult *ret_path,
                            gboolean *ret_valid,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @doc_type: (nullable): only issuers of this document type.
 * Returns: (transfer full): of #MdocCertificate; may be empty */
GPtrArray *mdoc_vical_dup_anchors (MdocVical *self, const char *doc_type)
    G_GNUC_WARN_UNUSED_RESULT;
/* is @issuer, the whole certificate, on the list for @doc_type? */
gboolean mdoc_vical_has_issuer (MdocVical *self,
                                MdocCertificate *issuer,
                                const char *doc_type);

G_END_DECLS
