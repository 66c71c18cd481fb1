/*
 * mdoc-test-credential.h - a licence of Utopia
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "mdoc/mdoc-issuer-signed.h"
#include "tests/lib/mdoc-test-pki.h"

G_BEGIN_DECLS

/* signed, valid from, valid until, all within the signers' certificates */
#define MDOC_TEST_SIGNED      ((gint64) 1709251200) /* 2024-03-01 */
#define MDOC_TEST_VALID_FROM  ((gint64) 1709337600) /* 2024-03-02 */
#define MDOC_TEST_VALID_UNTIL ((gint64) 1738368000) /* 2025-02-01 */
#define MDOC_TEST_NOW_VALID   ((gint64) 1717200000) /* 2024-06-01 */

/* Adds an element whose value is the CBOR in @hex. */
void mdoc_test_add (MdocIssuerSignedBuilder *builder,
                    const char *name_space,
                    const char *element,
                    const char *hex);

/* Returns: (transfer full): a builder of an mDL with seven elements in two name
 * spaces, among them a portrait of @portrait_len bytes, for @device_key; the
 * device may sign org.iso.18013.5.1/device_a and all of "org.example.device" */
MdocIssuerSignedBuilder *
mdoc_test_builder_new (MdocPublicKey *device_key, gsize portrait_len);
#define MDOC_TEST_N_ELEMENTS 7

/* Returns: (transfer full): signed by @signer, and parsed again */
MdocIssuerSigned *
mdoc_test_sign (MdocIssuerSignedBuilder *builder, MdocTestIdentity signer);

/* Returns: (transfer full): both at once, with a small portrait */
MdocIssuerSigned *
mdoc_test_issue (MdocPublicKey *device_key, MdocTestIdentity signer);

G_END_DECLS
