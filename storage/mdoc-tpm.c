/*
 * mdoc-tpm.c - a conversation with a TPM 2.0
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-tpm.h"

#include <string.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include "storage/mdoc-tpm-private.h"

/* a command that a TPM puts off, or a PCR that changes while we look */
#define MAX_TRIES 5

/* of a response code in format one, what remains without the number of the
 * parameter, handle or session that it is about (TPM 2.0 part 2, 6.6) */
#define FORMAT_ONE_MASK ((TSS2_RC) 0xbf)

G_DEFINE_QUARK (mdoc_tpm_error, mdoc_tpm_error)

static gboolean
refuse (GError **error, MdocTpmError code, const char *what)
{
  g_set_error_literal (error, MDOC_TPM_ERROR, (gint) code, what);
  return FALSE;
}

static gboolean
is_from_tpm (TSS2_RC rc)
{
  TSS2_RC layer = rc & TSS2_RC_LAYER_MASK;

  return layer == TSS2_TPM_RC_LAYER || layer == TSS2_RESMGR_TPM_RC_LAYER;
}

static TSS2_RC
get_base (TSS2_RC rc)
{
  TSS2_RC code = rc & ~(TSS2_RC) TSS2_RC_LAYER_MASK;

  return (code & TPM2_RC_FMT1) != 0 ? code & FORMAT_ONE_MASK : code;
}

MdocTpmError
mdoc_tpm_error_from_rc (TSS2_RC rc)
{
  static const struct
  {
    TSS2_RC rc;
    MdocTpmError code;
  } mappings[] = {
    { TPM2_RC_AUTH_FAIL, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_BAD_AUTH, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_AUTH_MISSING, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_LOCKOUT, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_HIERARCHY, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_DISABLED, MDOC_TPM_ERROR_LOCKED },
    { TPM2_RC_POLICY_FAIL, MDOC_TPM_ERROR_POLICY },
    { TPM2_RC_INTEGRITY, MDOC_TPM_ERROR_FOREIGN },
    { TPM2_RC_BINDING, MDOC_TPM_ERROR_FOREIGN },
    { TPM2_RC_CURVE, MDOC_TPM_ERROR_UNSUPPORTED },
    { TPM2_RC_COMMAND_CODE, MDOC_TPM_ERROR_UNSUPPORTED },
  };

  if ((rc & TSS2_RC_LAYER_MASK) == TSS2_TCTI_RC_LAYER)
    return MDOC_TPM_ERROR_ABSENT;

  for (guint i = 0; is_from_tpm (rc) && i < G_N_ELEMENTS (mappings); i++)
    {
      if (get_base (rc) == mappings[i].rc)
        return mappings[i].code;
    }

  return MDOC_TPM_ERROR_DEVICE;
}

gboolean
mdoc_tpm_refuse_rc (GError **error, TSS2_RC rc, const char *what)
{
  MdocTpmError code = mdoc_tpm_error_from_rc (rc);

  switch (code)
    {
    case MDOC_TPM_ERROR_ABSENT:
      return refuse (error, code, "There is no TPM, or it has gone away");

    case MDOC_TPM_ERROR_POLICY:
      return refuse (error,
                     code,
                     "The TPM keeps it back: the device has not booted what it "
                     "was sealed to (a PCR differs)");

    case MDOC_TPM_ERROR_FOREIGN:
      return refuse (error,
                     code,
                     "It was sealed by another TPM, by this one before it was "
                     "cleared, or it was changed");

    case MDOC_TPM_ERROR_LOCKED:
    case MDOC_TPM_ERROR_UNSUPPORTED:
    case MDOC_TPM_ERROR_DEVICE:
    default:
      g_set_error (error,
                   MDOC_TPM_ERROR,
                   (gint) code,
                   "The TPM refuses to %s: %s",
                   what,
                   Tss2_RC_Decode (rc));
      return FALSE;
    }
}

/* The TCG's template of a storage root key on P-256, without unique data: the
 * TPM makes the same key of it until it is cleared. */
static const TPM2B_PUBLIC primary_template = {
  .publicArea = {
    .type = TPM2_ALG_ECC,
    .nameAlg = TPM2_ALG_SHA256,
    .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                        | TPMA_OBJECT_SENSITIVEDATAORIGIN
                        | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA
                        | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
    .parameters.eccDetail = {
      .symmetric = { .algorithm = TPM2_ALG_AES,
                     .keyBits.aes = 128,
                     .mode.aes = TPM2_ALG_CFB },
      .scheme = { .scheme = TPM2_ALG_NULL },
      .curveID = TPM2_ECC_NIST_P256,
      .kdf = { .scheme = TPM2_ALG_NULL },
    },
  },
};

static TSS2_RC
create_primary (MdocTpm *self)
{
  static const TPM2B_SENSITIVE_CREATE no_sensitive = { 0 };
  static const TPM2B_DATA no_data = { 0 };
  static const TPML_PCR_SELECTION no_pcrs = { 0 };

  return Esys_CreatePrimary (self->esys,
                             ESYS_TR_RH_OWNER,
                             ESYS_TR_PASSWORD,
                             ESYS_TR_NONE,
                             ESYS_TR_NONE,
                             &no_sensitive,
                             &primary_template,
                             &no_data,
                             &no_pcrs,
                             &self->primary,
                             NULL,
                             NULL,
                             NULL,
                             NULL);
}

/**
 * mdoc_tpm_open:
 * @tcti: (nullable): how to reach the TPM, as tss2 writes it, such as
 *   "device:/dev/tpmrm0"; %NULL for %MDOC_TPM_DEFAULT_TCTI
 * @error: return location for a #MdocTpmError
 *
 * Connects, and has the TPM make its storage key, which takes a real one some
 * tenths of a second.
 *
 * Returns: (transfer full): the connection, or %NULL with @error set
 */
MdocTpm *
mdoc_tpm_open (const char *tcti, GError **error)
{
  g_autoptr (MdocTpm) self = g_new0 (MdocTpm, 1);
  TSS2_RC rc;

  self->primary = ESYS_TR_NONE;
  rc = Tss2_TctiLdr_Initialize (tcti != NULL ? tcti : MDOC_TPM_DEFAULT_TCTI,
                                &self->tcti);
  if (rc != TSS2_RC_SUCCESS)
    {
      self->tcti = NULL;
      refuse (error, MDOC_TPM_ERROR_ABSENT, "There is no TPM to be reached");
      return NULL;
    }

  rc = Esys_Initialize (&self->esys, self->tcti, NULL);
  if (rc == TSS2_RC_SUCCESS)
    rc = create_primary (self);

  /* nobody has started it: there is neither firmware nor resource manager */
  if (is_from_tpm (rc) && get_base (rc) == TPM2_RC_INITIALIZE)
    {
      rc = Esys_Startup (self->esys, TPM2_SU_CLEAR);
      if (rc == TSS2_RC_SUCCESS)
        rc = create_primary (self);
    }

  if (rc != TSS2_RC_SUCCESS)
    {
      mdoc_tpm_refuse_rc (error, rc, "make its storage key");
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
mdoc_tpm_flush (MdocTpm *self, ESYS_TR *handle)
{
  if (*handle != ESYS_TR_NONE)
    (void) Esys_FlushContext (self->esys, *handle);
  *handle = ESYS_TR_NONE;
}

/**
 * mdoc_tpm_close:
 * @self: (nullable) (transfer full): a connection
 */
void
mdoc_tpm_close (MdocTpm *self)
{
  if (self == NULL)
    return;

  if (self->esys != NULL)
    {
      mdoc_tpm_flush (self, &self->primary);
      Esys_Finalize (&self->esys);
    }
  if (self->tcti != NULL)
    Tss2_TctiLdr_Finalize (&self->tcti);
  g_free (self);
}

/* Whoever salts a session for a key that only the TPM has, and encrypts with
 * what comes of it, is not understood on the bus. */
gboolean
mdoc_tpm_start_session (MdocTpm *self,
                        TPM2_SE type,
                        TPMA_SESSION attributes,
                        ESYS_TR *ret_session,
                        GError **error)
{
  static const TPMT_SYM_DEF symmetric = {
    .algorithm = TPM2_ALG_AES,
    .keyBits.aes = 128,
    .mode.aes = TPM2_ALG_CFB,
  };
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC rc;

  rc = Esys_StartAuthSession (self->esys,
                              self->primary,
                              ESYS_TR_NONE,
                              ESYS_TR_NONE,
                              ESYS_TR_NONE,
                              ESYS_TR_NONE,
                              NULL,
                              type,
                              &symmetric,
                              TPM2_ALG_SHA256,
                              &session);
  if (rc == TSS2_RC_SUCCESS)
    rc = Esys_TRSess_SetAttributes (self->esys,
                                    session,
                                    attributes | TPMA_SESSION_CONTINUESESSION,
                                    0xff);
  if (rc != TSS2_RC_SUCCESS)
    {
      mdoc_tpm_flush (self, &session);
      return mdoc_tpm_refuse_rc (error, rc, "start a session");
    }

  *ret_session = session;
  return TRUE;
}

static TPML_PCR_SELECTION
select_pcrs (guint32 pcrs)
{
  TPML_PCR_SELECTION selection = { .count = 1 };

  selection.pcrSelections[0].hash = TPM2_ALG_SHA256;
  selection.pcrSelections[0].sizeofSelect = 3;
  for (guint i = 0; i < 3; i++)
    selection.pcrSelections[0].pcrSelect[i] = (BYTE) (pcrs >> (8 * i));
  return selection;
}

/* A PCR that no bank keeps would never differ, and so guard nothing. */
static gboolean
check_bank (MdocTpm *self, guint32 pcrs, GError **error)
{
  TPMS_CAPABILITY_DATA *capability = NULL;
  guint32 there = 0;
  TSS2_RC rc = Esys_GetCapability (self->esys,
                                   ESYS_TR_NONE,
                                   ESYS_TR_NONE,
                                   ESYS_TR_NONE,
                                   TPM2_CAP_PCRS,
                                   0,
                                   1,
                                   NULL,
                                   &capability);

  if (rc != TSS2_RC_SUCCESS)
    return mdoc_tpm_refuse_rc (error, rc, "tell its PCRs");

  for (guint i = 0; i < capability->data.assignedPCR.count; i++)
    {
      const TPMS_PCR_SELECTION *bank = &capability->data.assignedPCR
                                            .pcrSelections[i];

      for (guint j = 0;
           bank->hash == TPM2_ALG_SHA256 && j < 3 && j < bank->sizeofSelect;
           j++)
        there |= (guint32) bank->pcrSelect[j] << (8 * j);
    }
  Esys_Free (capability);

  if ((pcrs & ~there) != 0)
    return refuse (error,
                   MDOC_TPM_ERROR_UNSUPPORTED,
                   "The TPM does not keep these PCRs with SHA-256");
  return TRUE;
}

static gboolean
add_pcr_policy (MdocTpm *self, ESYS_TR session, guint32 pcrs, GError **error)
{
  /* none given: the TPM takes what the PCRs are now */
  static const TPM2B_DIGEST now = { 0 };
  TPML_PCR_SELECTION selection = select_pcrs (pcrs);
  TSS2_RC rc = Esys_PolicyPCR (self->esys,
                               session,
                               ESYS_TR_NONE,
                               ESYS_TR_NONE,
                               ESYS_TR_NONE,
                               &now,
                               &selection);

  return rc == TSS2_RC_SUCCESS
         || mdoc_tpm_refuse_rc (error, rc, "read its PCRs");
}

static gboolean
make_pcr_policy (MdocTpm *self,
                 guint32 pcrs,
                 TPM2B_DIGEST *ret_policy,
                 GError **error)
{
  TPM2B_DIGEST *policy = NULL;
  ESYS_TR trial = ESYS_TR_NONE;
  gboolean is_done;
  TSS2_RC rc;

  if (!check_bank (self, pcrs, error)
      || !mdoc_tpm_start_session (self, TPM2_SE_TRIAL, 0, &trial, error))
    return FALSE;

  is_done = add_pcr_policy (self, trial, pcrs, error);
  if (is_done)
    {
      rc = Esys_PolicyGetDigest (self->esys,
                                 trial,
                                 ESYS_TR_NONE,
                                 ESYS_TR_NONE,
                                 ESYS_TR_NONE,
                                 &policy);
      if (rc == TSS2_RC_SUCCESS)
        *ret_policy = *policy;
      else
        is_done = mdoc_tpm_refuse_rc (error, rc, "make a policy");
      Esys_Free (policy);
    }

  mdoc_tpm_flush (self, &trial);
  return is_done;
}

/* public || private, as the TPM marshals them */
static GBytes *
marshal_object (const TPM2B_PUBLIC *public_area,
                const TPM2B_PRIVATE *private_area,
                GError **error)
{
  g_autofree guint8 *data = g_malloc (MDOC_TPM_MAX_OBJECT_LEN);
  gsize len = 0;

  if (Tss2_MU_TPM2B_PUBLIC_Marshal (public_area,
                                    data,
                                    MDOC_TPM_MAX_OBJECT_LEN,
                                    &len)
          != TSS2_RC_SUCCESS
      || Tss2_MU_TPM2B_PRIVATE_Marshal (private_area,
                                        data,
                                        MDOC_TPM_MAX_OBJECT_LEN,
                                        &len)
             != TSS2_RC_SUCCESS)
    {
      refuse (error, MDOC_TPM_ERROR_DEVICE, "The TPM's object is malformed");
      return NULL;
    }

  return g_bytes_new (data, len);
}

/* tss2 believes its own lengths: only what comes out the same was read whole.
 */
static gboolean
unmarshal_object (MdocSpan object,
                  TPM2B_PUBLIC *ret_public,
                  TPM2B_PRIVATE *ret_private,
                  GError **error)
{
  g_autoptr (GBytes) again = NULL;
  gsize at = 0;

  if (Tss2_MU_TPM2B_PUBLIC_Unmarshal (object.data, object.len, &at, ret_public)
          == TSS2_RC_SUCCESS
      && Tss2_MU_TPM2B_PRIVATE_Unmarshal (object.data,
                                          object.len,
                                          &at,
                                          ret_private)
             == TSS2_RC_SUCCESS)
    again = marshal_object (ret_public, ret_private, NULL);

  if (again == NULL || !mdoc_span_equal (mdoc_span_from_bytes (again), object))
    return refuse (error,
                   MDOC_TPM_ERROR_FOREIGN,
                   "It is not an object of a TPM");
  return TRUE;
}

gboolean
mdoc_tpm_load_object (MdocTpm *self,
                      MdocSpan object,
                      TPM2B_PUBLIC *ret_public,
                      ESYS_TR *ret_handle,
                      GError **error)
{
  TPM2B_PUBLIC public_area = { 0 };
  TPM2B_PRIVATE private_area = { 0 };
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!unmarshal_object (object, &public_area, &private_area, error))
    return FALSE;

  if (!mdoc_tpm_start_session (self,
                               TPM2_SE_HMAC,
                               TPMA_SESSION_ENCRYPT | TPMA_SESSION_DECRYPT,
                               &session,
                               error))
    return FALSE;

  rc = Esys_Load (self->esys,
                  self->primary,
                  session,
                  ESYS_TR_NONE,
                  ESYS_TR_NONE,
                  &private_area,
                  &public_area,
                  ret_handle);
  mdoc_tpm_flush (self, &session);
  if (rc == TSS2_RC_SUCCESS)
    {
      if (ret_public != NULL)
        *ret_public = public_area;
      return TRUE;
    }

  /* whatever the TPM finds wrong with an object that it once made */
  *ret_handle = ESYS_TR_NONE;
  return mdoc_tpm_refuse_rc (error,
                             is_from_tpm (rc) && (rc & TPM2_RC_FMT1) != 0
                                 ? TPM2_RC_INTEGRITY
                                 : rc,
                             "load it");
}

GBytes *
mdoc_tpm_create_object (MdocTpm *self,
                        const TPM2B_SENSITIVE_CREATE *sensitive,
                        const TPM2B_PUBLIC *template,
                        GError **error)
{
  static const TPM2B_DATA no_data = { 0 };
  static const TPML_PCR_SELECTION no_pcrs = { 0 };
  TPM2B_PUBLIC *public_area = NULL;
  TPM2B_PRIVATE *private_area = NULL;
  ESYS_TR session = ESYS_TR_NONE;
  GBytes *object = NULL;
  TSS2_RC rc;

  if (!mdoc_tpm_start_session (self,
                               TPM2_SE_HMAC,
                               TPMA_SESSION_ENCRYPT | TPMA_SESSION_DECRYPT,
                               &session,
                               error))
    return NULL;

  rc = Esys_Create (self->esys,
                    self->primary,
                    session,
                    ESYS_TR_NONE,
                    ESYS_TR_NONE,
                    sensitive,
                    template,
                    &no_data,
                    &no_pcrs,
                    &private_area,
                    &public_area,
                    NULL,
                    NULL,
                    NULL);
  mdoc_tpm_flush (self, &session);
  if (rc == TSS2_RC_SUCCESS)
    object = marshal_object (public_area, private_area, error);
  else
    mdoc_tpm_refuse_rc (error, rc, "make an object");

  Esys_Free (public_area);
  Esys_Free (private_area);
  return object;
}

/**
 * mdoc_tpm_seal:
 * @self: a connection
 * @secret: up to %MDOC_TPM_MAX_SEALED_LEN bytes
 * @pcrs: bit n for PCR n of the SHA-256 bank, 0 for none
 * @error: return location for a #MdocTpmError
 *
 * Makes an object that this TPM alone opens again, and with @pcrs only while
 * these are what they are now.
 *
 * Returns: (transfer full): the object, which is no secret, or %NULL with
 *   @error set
 */
GBytes *
mdoc_tpm_seal (MdocTpm *self, MdocSpan secret, guint32 pcrs, GError **error)
{
  TPM2B_SENSITIVE_CREATE sensitive = { 0 };
  TPM2B_PUBLIC template = {
    .publicArea = {
      .type = TPM2_ALG_KEYEDHASH,
      .nameAlg = TPM2_ALG_SHA256,
      .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                          | TPMA_OBJECT_NODA,
      .parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL,
    },
  };
  GBytes *object;

  g_return_val_if_fail (secret.len > 0, NULL);
  g_return_val_if_fail (secret.len <= MDOC_TPM_MAX_SEALED_LEN, NULL);
  g_return_val_if_fail (pcrs >> MDOC_TPM_N_PCRS == 0, NULL);

  if (pcrs == 0)
    template.publicArea.objectAttributes |= TPMA_OBJECT_USERWITHAUTH;
  else if (!make_pcr_policy (self,
                             pcrs,
                             &template.publicArea.authPolicy,
                             error))
    return NULL;

  sensitive.sensitive.data.size = (UINT16) secret.len;
  memcpy (sensitive.sensitive.data.buffer, secret.data, secret.len);
  object = mdoc_tpm_create_object (self, &sensitive, &template, error);
  mdoc_secret_wipe (&sensitive, sizeof (sensitive));
  return object;
}

/* A PCR may change between the policy and what it permits; then once more. */
static TSS2_RC
unseal_once (MdocTpm *self,
             ESYS_TR object,
             guint32 pcrs,
             TPM2B_SENSITIVE_DATA **ret_data,
             GError **error)
{
  ESYS_TR session = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!mdoc_tpm_start_session (self,
                               pcrs != 0 ? TPM2_SE_POLICY : TPM2_SE_HMAC,
                               TPMA_SESSION_ENCRYPT,
                               &session,
                               error))
    return TPM2_RC_FAILURE;

  if (pcrs != 0 && !add_pcr_policy (self, session, pcrs, error))
    {
      mdoc_tpm_flush (self, &session);
      return TPM2_RC_FAILURE;
    }

  rc = Esys_Unseal (self->esys,
                    object,
                    session,
                    ESYS_TR_NONE,
                    ESYS_TR_NONE,
                    ret_data);
  mdoc_tpm_flush (self, &session);
  if (rc != TSS2_RC_SUCCESS && get_base (rc) != TPM2_RC_PCR_CHANGED)
    mdoc_tpm_refuse_rc (error, rc, "unseal it");
  return rc;
}

/**
 * mdoc_tpm_unseal:
 * @self: a connection
 * @object: what mdoc_tpm_seal() made
 * @pcrs: the PCRs that it was sealed to
 * @error: return location for a #MdocTpmError
 *
 * Returns: (transfer full): what was sealed, or %NULL with @error set
 */
MdocSecret *
mdoc_tpm_unseal (MdocTpm *self, MdocSpan object, guint32 pcrs, GError **error)
{
  TPM2B_SENSITIVE_DATA *data = NULL;
  MdocSecret *secret = NULL;
  ESYS_TR handle = ESYS_TR_NONE;
  TSS2_RC rc = TPM2_RC_PCR_CHANGED;

  if (!mdoc_tpm_load_object (self, object, NULL, &handle, error))
    return NULL;

  for (guint i = 0; i < MAX_TRIES && get_base (rc) == TPM2_RC_PCR_CHANGED; i++)
    rc = unseal_once (self, handle, pcrs, &data, error);
  mdoc_tpm_flush (self, &handle);

  if (rc == TSS2_RC_SUCCESS)
    {
      secret = mdoc_secret_new_copy (MDOC_SPAN (data->buffer, data->size));
      mdoc_secret_wipe (data, sizeof (*data));
      Esys_Free (data);
    }
  else if (get_base (rc) == TPM2_RC_PCR_CHANGED)
    mdoc_tpm_refuse_rc (error,
                        rc,
                        "unseal it, for its PCRs change all the time");
  return secret;
}
