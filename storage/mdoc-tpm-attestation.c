/*
 * mdoc-tpm-attestation.c - what a TPM says of a key that it made
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-tpm-attestation.h"

#include <string.h>
#include <tss2/tss2_mu.h>

#include "crypto/mdoc-crypto.h"
#include "storage/mdoc-tpm-private.h"

#define COORDINATE_LEN (MDOC_TPM_SIGNATURE_LEN / 2)

/**
 * mdoc_tpm_attestation_free:
 * @self: (nullable) (transfer full): an attestation
 */
void
mdoc_tpm_attestation_free (MdocTpmAttestation *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->statement, g_bytes_unref);
  g_clear_pointer (&self->attestation_key, g_bytes_unref);
  g_clear_pointer (&self->object, g_bytes_unref);
  g_free (self);
}

static gboolean
refuse_form (GError **error)
{
  g_set_error_literal (error,
                       MDOC_TPM_ERROR,
                       (gint) MDOC_TPM_ERROR_DEVICE,
                       "The TPM's statement about the key is malformed");
  return FALSE;
}

static GBytes *
marshal_public (const TPM2B_PUBLIC *area)
{
  g_autofree guint8 *data = g_malloc (sizeof (TPMT_PUBLIC));
  gsize len = 0;

  if (Tss2_MU_TPMT_PUBLIC_Marshal (&area->publicArea,
                                   data,
                                   sizeof (TPMT_PUBLIC),
                                   &len)
      != TSS2_RC_SUCCESS)
    return NULL;

  return g_bytes_new (data, len);
}

/* A restricted signing key, which signs nothing that looks like a statement of
 * the TPM and is none. Where its public key would stand, the template has the
 * hash of who asks, so that each gets a key of its own, always the same, and
 * two who compare find nothing. */
static gboolean
make_attestation_key (MdocTpm *tpm,
                      MdocSpan verifier,
                      TPM2B_PUBLIC **ret_public,
                      ESYS_TR *ret_handle,
                      GError **error)
{
  static const TPM2B_SENSITIVE_CREATE no_sensitive = { 0 };
  static const TPM2B_DATA no_data = { 0 };
  static const TPML_PCR_SELECTION no_pcrs = { 0 };
  guint8 digest[MDOC_HASH_MAX_LEN];
  TPM2B_PUBLIC template = {
    .publicArea = {
      .type = TPM2_ALG_ECC,
      .nameAlg = TPM2_ALG_SHA256,
      .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                          | TPMA_OBJECT_SENSITIVEDATAORIGIN
                          | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA
                          | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_SIGN_ENCRYPT,
      .parameters.eccDetail = {
        .symmetric = { .algorithm = TPM2_ALG_NULL },
        .scheme = { .scheme = TPM2_ALG_ECDSA,
                    .details.ecdsa.hashAlg = TPM2_ALG_SHA256 },
        .curveID = TPM2_ECC_NIST_P256,
        .kdf = { .scheme = TPM2_ALG_NULL },
      },
      .unique.ecc.x.size = COORDINATE_LEN,
    },
  };
  TSS2_RC rc;

  mdoc_hash_compute (MDOC_HASH_SHA256, &verifier, 1, digest);
  memcpy (template.publicArea.unique.ecc.x.buffer, digest, COORDINATE_LEN);
  rc = Esys_CreatePrimary (tpm->esys,
                           ESYS_TR_RH_OWNER,
                           ESYS_TR_PASSWORD,
                           ESYS_TR_NONE,
                           ESYS_TR_NONE,
                           &no_sensitive,
                           &template,
                           &no_data,
                           &no_pcrs,
                           ret_handle,
                           ret_public,
                           NULL,
                           NULL,
                           NULL);
  return rc == TSS2_RC_SUCCESS
         || mdoc_tpm_refuse_rc (error, rc, "make an attestation key");
}

/* the TPM leaves out zeros in front */
static gboolean
put_number (const TPM2B_ECC_PARAMETER *number, guint8 *ret_number)
{
  if (number->size > COORDINATE_LEN)
    return FALSE;

  memset (ret_number, 0, COORDINATE_LEN);
  memcpy (ret_number + COORDINATE_LEN - number->size,
          number->buffer,
          number->size);
  return TRUE;
}

static gboolean
certify (MdocTpm *tpm,
         ESYS_TR object,
         ESYS_TR attestation_key,
         MdocSpan challenge,
         MdocTpmAttestation *attestation,
         GError **error)
{
  static const TPMT_SIG_SCHEME usual = { .scheme = TPM2_ALG_NULL };
  TPM2B_DATA qualifying = { .size = (UINT16) challenge.len };
  TPM2B_ATTEST *statement = NULL;
  TPMT_SIGNATURE *signature = NULL;
  gboolean is_well_formed;
  TSS2_RC rc;

  memcpy (qualifying.buffer, challenge.data, challenge.len);
  /* nothing of this is secret, and both have no authorization value */
  rc = Esys_Certify (tpm->esys,
                     object,
                     attestation_key,
                     ESYS_TR_PASSWORD,
                     ESYS_TR_PASSWORD,
                     ESYS_TR_NONE,
                     &qualifying,
                     &usual,
                     &statement,
                     &signature);
  if (rc != TSS2_RC_SUCCESS)
    return mdoc_tpm_refuse_rc (error, rc, "vouch for the key");

  is_well_formed = signature->sigAlg == TPM2_ALG_ECDSA
                   && put_number (&signature->signature.ecdsa.signatureR,
                                  attestation->signature)
                   && put_number (&signature->signature.ecdsa.signatureS,
                                  attestation->signature + COORDINATE_LEN);
  attestation->statement = g_bytes_new (statement->attestationData,
                                        statement->size);
  Esys_Free (statement);
  Esys_Free (signature);
  return is_well_formed || refuse_form (error);
}

/**
 * mdoc_tpm_certify:
 * @tpm: a connection
 * @object: a key that this TPM made, TPM2B_PUBLIC || TPM2B_PRIVATE, without
 *   authorization value
 * @verifier: who asks, such as the identifier of an issuer, 1 byte or more
 * @challenge: what it wants to see in the statement, so that it is of today; 1
 *   to %MDOC_TPM_MAX_CHALLENGE_LEN bytes
 * @error: return location for a #MdocTpmError
 *
 * Has the TPM vouch for the key, under an attestation key that it has for
 * @verifier alone.
 *
 * Returns: (transfer full): what it says, or %NULL with @error set
 */
MdocTpmAttestation *
mdoc_tpm_certify (MdocTpm *tpm,
                  MdocSpan object,
                  MdocSpan verifier,
                  MdocSpan challenge,
                  GError **error)
{
  g_autoptr (MdocTpmAttestation) attestation = g_new0 (MdocTpmAttestation, 1);
  ESYS_TR attestation_handle = ESYS_TR_NONE;
  TPM2B_PUBLIC *attestation_public = NULL;
  TPM2B_PUBLIC object_public = { 0 };
  ESYS_TR handle = ESYS_TR_NONE;
  gboolean is_done;

  g_return_val_if_fail (verifier.len > 0, NULL);
  g_return_val_if_fail (challenge.len > 0, NULL);
  g_return_val_if_fail (challenge.len <= MDOC_TPM_MAX_CHALLENGE_LEN, NULL);

  if (!mdoc_tpm_load_object (tpm, object, &object_public, &handle, error))
    return NULL;

  is_done = make_attestation_key (tpm,
                                  verifier,
                                  &attestation_public,
                                  &attestation_handle,
                                  error)
            && certify (tpm,
                        handle,
                        attestation_handle,
                        challenge,
                        attestation,
                        error);
  mdoc_tpm_flush (tpm, &handle);
  mdoc_tpm_flush (tpm, &attestation_handle);
  if (is_done)
    {
      attestation->object = marshal_public (&object_public);
      attestation->attestation_key = marshal_public (attestation_public);
      is_done = (attestation->object != NULL
                 && attestation->attestation_key != NULL)
                || refuse_form (error);
    }
  Esys_Free (attestation_public);
  return is_done ? g_steal_pointer (&attestation) : NULL;
}
