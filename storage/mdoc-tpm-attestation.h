/*
 * mdoc-tpm-attestation.h - what a TPM says of a key that it made
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-tpm.h"

G_BEGIN_DECLS

#define MDOC_TPM_MAX_CHALLENGE_LEN 64 /* bytes */
#define MDOC_TPM_SIGNATURE_LEN     64 /* r || s on P-256 */

/**
 * MdocTpmAttestation:
 * @statement: a TPMS_ATTEST of type TPM_ST_ATTEST_CERTIFY with the challenge as
 *   extraData and the object's name
 * @signature: over the statement, ES256, r || s
 * @attestation_key: the TPMT_PUBLIC of the key that signed
 * @object: the TPMT_PUBLIC of the object; its hash is the name
 *
 * What TPM2_Certify gives (TPM 2.0 part 3, 18.2). Whoever trusts the
 * attestation key knows from it that the object's private half never was
 * outside that TPM, by the attributes in its public area. How to come to trust
 * that key, by TPM2_ActivateCredential and the manufacturer's certificate, is
 * between the TPM and whoever asks, and not done here.
 */
typedef struct
{
  GBytes *statement;
  GBytes *attestation_key;
  GBytes *object;
  guint8 signature[MDOC_TPM_SIGNATURE_LEN];
} MdocTpmAttestation;

MdocTpmAttestation *mdoc_tpm_certify (MdocTpm *tpm,
                                      MdocSpan object,
                                      MdocSpan verifier,
                                      MdocSpan challenge,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_tpm_attestation_free (MdocTpmAttestation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocTpmAttestation, mdoc_tpm_attestation_free)

G_END_DECLS
