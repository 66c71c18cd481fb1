/*
 * mdoc-issuer-pki.h - roots, document signer and reader for a test bench
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

/* ISO/IEC 18013-5, Annex B: longest life of each, in days */
#define MDOC_PKI_MAX_IACA_DAYS            (20 * 365)
#define MDOC_PKI_MAX_DOCUMENT_SIGNER_DAYS 457
#define MDOC_PKI_MAX_READER_DAYS          1187

/**
 * MdocPkiOptions:
 * @country: two capital letters
 * @state: (nullable): state or province, of issuing authority and signer
 * @organization: (nullable): of all four
 * @curve: of all four keys; one that ECDSA works on
 * @from_unix_s: from when on the certificates are valid
 * @days: life of document signer and reader certificate
 * @root_days: life of the two roots
 * @contact_uri: where the issuing authorities can be reached
 * @crl_uri: where revocation lists are, without the name of the list
 *
 * What mdoc_pki_new() makes.
 */
typedef struct
{
  const char *country;
  const char *state;
  const char *organization;
  MdocCurve curve;
  gint64 from_unix_s;
  guint days;
  guint root_days;
  const char *contact_uri;
  const char *crl_uri;
} MdocPkiOptions;

typedef enum
{
  MDOC_PKI_IACA,
  MDOC_PKI_DOCUMENT_SIGNER,
  MDOC_PKI_READER_CA,
  MDOC_PKI_READER,
  MDOC_PKI_N_ROLES,
} MdocPkiRole;

/* "iaca", "ds", "reader-ca", "reader": ROLE.pem, ROLE-key.pem; a root has also
 * ROLE.crl */
const char *mdoc_pki_role_get_name (MdocPkiRole role);

/**
 * MdocPki:
 *
 * Two roots with one certificate below each, and their keys. For one thread.
 */
typedef struct _MdocPki MdocPki;

MdocPki *mdoc_pki_new (const MdocPkiOptions *options, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_pki_free (MdocPki *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocPki, mdoc_pki_free)

MdocCertificate *mdoc_pki_get_certificate (MdocPki *self, MdocPkiRole role);
MdocKey *mdoc_pki_get_key (MdocPki *self, MdocPkiRole role);
gboolean mdoc_pki_save (MdocPki *self,
                        const char *folder,
                        gboolean may_replace,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
