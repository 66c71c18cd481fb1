/*
 * mdoc-test-pki.h - a small country's keys and certificates
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "crypto/mdoc-certificate.h"
#include "crypto/mdoc-key.h"

G_BEGIN_DECLS

typedef enum
{
  MDOC_TEST_ROOT,           /* C=UT */
  MDOC_TEST_SIGNER,         /* C=UT, ST=UT-NO, P-256, signed by the root */
  MDOC_TEST_SIGNER_P384,    /* C=UT, no state */
  MDOC_TEST_SIGNER_ED25519, /* C=UT, no state; not every backend has Ed25519 */
  MDOC_TEST_FORGED_ROOT,    /* same name and key identifier, other key */
  MDOC_TEST_FORGED_SIGNER,  /* signed by it */
} MdocTestIdentity;

#define MDOC_TEST_SIGNER_NOT_BEFORE ((gint64) 1704067200) /* 2024-01-01 */
#define MDOC_TEST_SIGNER_NOT_AFTER  ((gint64) 1743379200) /* 2025-03-31 */

/* Returns: (transfer full) */
GBytes *mdoc_test_certificate_der (MdocTestIdentity identity);
/* Returns: (transfer full) */
MdocCertificate *mdoc_test_certificate (MdocTestIdentity identity);
/* Returns: (transfer full): a chain of this one certificate */
GPtrArray *mdoc_test_chain (MdocTestIdentity identity);
/* Returns: (transfer full): its private key */
MdocKey *mdoc_test_key (MdocTestIdentity identity);

G_END_DECLS
