/*
 * mdoc-keystore-tpm.c - device keys in a TPM 2.0
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-keystore-private.h"

#include <string.h>
#include <tss2/tss2_mu.h>

#include "storage/mdoc-tpm-attestation.h"
#include "storage/mdoc-tpm-private.h"

#define WHERE "The TPM"

typedef struct
{
  gatomicrefcount ref_count;
  char *tcti; /* nullable */
} Chip;

/* Nothing of a key stays in the TPM between two uses: it is loaded from the
 * handle, which is public || private as TPM2_Create made them, and which no
 * other TPM can open. */
typedef struct
{
  Chip *chip;
  MdocCurve curve;
  GBytes *object;
} ChipKey;

static void
chip_unref (gpointer data)
{
  Chip *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->tcti);
  g_free (self);
}

/* What of a TPM's failures somebody can do something about. */
static gboolean
refuse_tpm (GError **error, const GError *reason)
{
  static const MdocKeystoreError codes[] = {
    [MDOC_TPM_ERROR_ABSENT] = MDOC_KEYSTORE_ERROR_ABSENT,
    [MDOC_TPM_ERROR_LOCKED] = MDOC_KEYSTORE_ERROR_LOCKED,
    [MDOC_TPM_ERROR_POLICY] = MDOC_KEYSTORE_ERROR_LOCKED,
    [MDOC_TPM_ERROR_FOREIGN] = MDOC_KEYSTORE_ERROR_GONE,
    [MDOC_TPM_ERROR_DEVICE] = MDOC_KEYSTORE_ERROR_DEVICE,
  };

  if (reason->domain == MDOC_TPM_ERROR
      && reason->code == MDOC_TPM_ERROR_UNSUPPORTED)
    {
      g_set_error_literal (error,
                           MDOC_CRYPTO_ERROR,
                           MDOC_CRYPTO_ERROR_UNSUPPORTED,
                           "This TPM cannot make such keys");
      return FALSE;
    }
  return mdoc_keystore_refuse (error,
                               reason->domain == MDOC_TPM_ERROR
                                   ? codes[reason->code]
                                   : MDOC_KEYSTORE_ERROR_DEVICE,
                               "%s",
                               reason->message);
}

/* What is done in the TPM; @session encrypts the first parameter both ways, so
 * that no secret is seen between us and the chip. */
typedef gboolean (*ChipFunc) (MdocTpm *tpm,
                              ESYS_TR session,
                              gpointer user_data,
                              GError **error);

static gboolean
run (Chip *self, ChipFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (MdocTpm) tpm = mdoc_tpm_open (self->tcti, &reason);
  ESYS_TR session = ESYS_TR_NONE;
  gboolean is_done = tpm != NULL
                     && mdoc_tpm_start_session (tpm,
                                                TPM2_SE_HMAC,
                                                TPMA_SESSION_DECRYPT
                                                    | TPMA_SESSION_ENCRYPT,
                                                &session,
                                                &reason)
                     && func (tpm, session, user_data, &reason);

  if (tpm != NULL)
    mdoc_tpm_flush (tpm, &session);
  return is_done ? TRUE : refuse_tpm (error, reason);
}

/* --- a key --- */

/* What an operation takes and gives. */
typedef struct
{
  ChipKey *key;
  MdocHash hash;
  MdocSpan digest;
  TPM2B_ECC_POINT point;
  guint8 out[MDOC_SIGNATURE_MAX_LEN];
} Operation;

static gboolean
load_key (MdocTpm *tpm, ChipKey *key, ESYS_TR *ret_key, GError **error)
{
  return mdoc_tpm_load_object (tpm,
                               mdoc_span_from_bytes (key->object),
                               NULL,
                               ret_key,
                               error);
}

/* A number of the TPM has no zeros in front. */
static gboolean
put_coordinate (const TPM2B_ECC_PARAMETER *number, guint8 *out, gsize len)
{
  if (number->size > len)
    return FALSE;

  memset (out, 0, len - number->size);
  memcpy (out + len - number->size, number->buffer, number->size);
  return TRUE;
}

static gboolean
sign_in_chip (MdocTpm *tpm, ESYS_TR session, gpointer user_data, GError **error)
{
  Operation *operation = user_data;
  gsize len = mdoc_curve_get_coordinate_len (operation->key->curve);
  TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_ECDSA };
  TPMT_TK_HASHCHECK ticket = { .tag = TPM2_ST_HASHCHECK,
                               .hierarchy = TPM2_RH_NULL };
  TPM2B_DIGEST digest = { .size = (UINT16) operation->digest.len };
  TPMT_SIGNATURE *signature = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!load_key (tpm, operation->key, &key, error))
    return FALSE;

  scheme.details.ecdsa.hashAlg = operation->hash == MDOC_HASH_SHA384
                                     ? TPM2_ALG_SHA384
                                     : TPM2_ALG_SHA256;
  memcpy (digest.buffer, operation->digest.data, operation->digest.len);
  rc = Esys_Sign (tpm->esys,
                  key,
                  ESYS_TR_PASSWORD,
                  session,
                  ESYS_TR_NONE,
                  &digest,
                  &scheme,
                  &ticket,
                  &signature);
  if (rc == TSS2_RC_SUCCESS
      && (signature->sigAlg != TPM2_ALG_ECDSA
          || !put_coordinate (&signature->signature.ecdsa.signatureR,
                              operation->out,
                              len)
          || !put_coordinate (&signature->signature.ecdsa.signatureS,
                              operation->out + len,
                              len)))
    rc = TPM2_RC_FAILURE;
  Esys_Free (signature);
  mdoc_tpm_flush (tpm, &key);
  return rc == TSS2_RC_SUCCESS || mdoc_tpm_refuse_rc (error, rc, "sign");
}

static gboolean
agree_in_chip (MdocTpm *tpm,
               ESYS_TR session,
               gpointer user_data,
               GError **error)
{
  Operation *operation = user_data;
  gsize len = mdoc_curve_get_coordinate_len (operation->key->curve);
  TPM2B_ECC_POINT *point = NULL;
  ESYS_TR key = ESYS_TR_NONE;
  TSS2_RC rc;

  if (!load_key (tpm, operation->key, &key, error))
    return FALSE;

  rc = Esys_ECDH_ZGen (tpm->esys,
                       key,
                       ESYS_TR_PASSWORD,
                       session,
                       ESYS_TR_NONE,
                       &operation->point,
                       &point);
  if (rc == TSS2_RC_SUCCESS
      && !put_coordinate (&point->point.x, operation->out, len))
    rc = TPM2_RC_FAILURE;
  if (point != NULL)
    mdoc_secret_wipe (point, sizeof (*point));
  Esys_Free (point);
  mdoc_tpm_flush (tpm, &key);
  return rc == TSS2_RC_SUCCESS || mdoc_tpm_refuse_rc (error, rc, "agree");
}

static gboolean
chip_key_sign (gpointer impl,
               MdocAlg alg,
               const MdocSpan *message_parts,
               gsize n_parts,
               guint8 *ret_signature,
               gsize *ret_len,
               GError **error)
{
  ChipKey *self = impl;
  gsize len = 2 * mdoc_curve_get_coordinate_len (self->curve);
  guint8 digest[MDOC_HASH_MAX_LEN];
  Operation operation = { .key = self };

  if (!mdoc_keystore_get_hash (self->curve, alg, &operation.hash, error))
    return FALSE;

  mdoc_hash_compute (operation.hash, message_parts, n_parts, digest);
  operation.digest = MDOC_SPAN (digest, mdoc_hash_get_len (operation.hash));
  if (!run (self->chip, sign_in_chip, &operation, error))
    return FALSE;

  memcpy (ret_signature, operation.out, len);
  *ret_len = len;
  return TRUE;
}

static void
fill_coordinate (TPM2B_ECC_PARAMETER *number, MdocSpan bytes)
{
  number->size = (UINT16) bytes.len;
  memcpy (number->buffer, bytes.data, bytes.len);
}

static MdocSecret *
chip_key_agree (gpointer impl, MdocPublicKey *peer, GError **error)
{
  ChipKey *self = impl;
  Operation operation = { .key = self };
  MdocSecret *secret;

  if (mdoc_public_key_get_curve (peer) != self->curve)
    {
      g_set_error_literal (error,
                           MDOC_CRYPTO_ERROR,
                           MDOC_CRYPTO_ERROR_KEY,
                           "The two keys are not on the same curve");
      return NULL;
    }

  fill_coordinate (&operation.point.point.x, mdoc_public_key_get_x (peer));
  fill_coordinate (&operation.point.point.y, mdoc_public_key_get_y (peer));
  if (!run (self->chip, agree_in_chip, &operation, error))
    return NULL;

  secret = mdoc_secret_new_copy (
      MDOC_SPAN (operation.out, mdoc_curve_get_coordinate_len (self->curve)));
  mdoc_secret_wipe (operation.out, sizeof (operation.out));
  return secret;
}

static void
chip_key_free (gpointer impl)
{
  ChipKey *self = impl;

  chip_unref (self->chip);
  g_bytes_unref (self->object);
  g_free (self);
}

static const MdocKeyClass chip_key_class = {
  .kind = MDOC_KEYSTORE_TPM,
  .sign = chip_key_sign,
  .agree = chip_key_agree,
  .export_private = NULL,
  .free = chip_key_free,
};

/* --- making keys --- */

typedef struct
{
  MdocCurve curve;
  MdocKeyAuth auth;
  GBytes *object;
} Creation;

/* Made in this TPM, bound to it and to the primary key it was made under. */
static TPM2B_PUBLIC
make_template (const Creation *creation)
{
  gboolean is_p256 = creation->curve == MDOC_CURVE_P256;
  gboolean signs = creation->auth == MDOC_KEY_AUTH_SIGNATURE;
  TPM2B_PUBLIC template = {
    .publicArea = {
      .type = TPM2_ALG_ECC,
      .nameAlg = TPM2_ALG_SHA256,
      .objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                          | TPMA_OBJECT_SENSITIVEDATAORIGIN
                          | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA
                          | (signs ? TPMA_OBJECT_SIGN_ENCRYPT
                                   : TPMA_OBJECT_DECRYPT),
      .parameters.eccDetail = {
        .symmetric.algorithm = TPM2_ALG_NULL,
        .scheme.scheme = signs ? TPM2_ALG_ECDSA : TPM2_ALG_ECDH,
        .scheme.details.ecdsa.hashAlg
            = is_p256 ? TPM2_ALG_SHA256 : TPM2_ALG_SHA384,
        .curveID = is_p256 ? TPM2_ECC_NIST_P256 : TPM2_ECC_NIST_P384,
        .kdf.scheme = TPM2_ALG_NULL,
      },
    },
  };

  return template;
}

static gboolean
create_in_chip (MdocTpm *tpm,
                ESYS_TR session,
                gpointer user_data,
                GError **error)
{
  static const TPM2B_SENSITIVE_CREATE no_secret = { 0 };
  Creation *creation = user_data;
  TPM2B_PUBLIC template = make_template (creation);

  creation->object = mdoc_tpm_create_object (tpm, &no_secret, &template, error);
  return creation->object != NULL;
}

/* the public area stands in front of the object */
static MdocPublicKey *
read_public (MdocSpan object, GError **error)
{
  TPM2B_PUBLIC area = { 0 };
  const TPMS_ECC_POINT *point = &area.publicArea.unique.ecc;
  guint8 x[MDOC_COORDINATE_MAX_LEN];
  guint8 y[MDOC_COORDINATE_MAX_LEN];
  size_t offset = 0;
  TSS2_RC rc = Tss2_MU_TPM2B_PUBLIC_Unmarshal (object.data,
                                               object.len,
                                               &offset,
                                               &area);
  TPMI_ECC_CURVE id = area.publicArea.parameters.eccDetail.curveID;
  MdocCurve curve = id == TPM2_ECC_NIST_P256 ? MDOC_CURVE_P256
                                             : MDOC_CURVE_P384;
  gsize len = mdoc_curve_get_coordinate_len (curve);

  if (rc != TSS2_RC_SUCCESS || area.publicArea.type != TPM2_ALG_ECC
      || (id != TPM2_ECC_NIST_P256 && id != TPM2_ECC_NIST_P384)
      || !put_coordinate (&point->x, x, len)
      || !put_coordinate (&point->y, y, len))
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_GONE,
                            "What the store has of a key is not a TPM's");
      return NULL;
    }

  return mdoc_public_key_new (curve,
                              MDOC_SPAN (x, len),
                              MDOC_SPAN (y, len),
                              FALSE,
                              error);
}

static MdocSecret *
chip_create (gpointer impl,
             MdocSpan reserved,
             MdocCurve curve,
             MdocKeyAuth auth,
             MdocPublicKey **ret_public_key,
             GError **error)
{
  Creation creation = { .curve = curve, .auth = auth };
  g_autoptr (GBytes) object = NULL;
  MdocPublicKey *public_key;

  if (!mdoc_keystore_check_nist_curve (curve, WHERE, error)
      || !run (impl, create_in_chip, &creation, error))
    return NULL;

  object = creation.object;
  public_key = read_public (mdoc_span_from_bytes (object), error);
  if (public_key == NULL)
    return NULL;

  *ret_public_key = public_key;
  return mdoc_secret_new_copy (mdoc_span_from_bytes (object));
}

static MdocKey *
chip_load (gpointer impl,
           MdocPublicKey *public_key,
           MdocKeyAuth auth,
           MdocSpan handle,
           GError **error)
{
  Chip *self = impl;
  g_autoptr (MdocPublicKey) own = read_public (handle, error);
  ChipKey *key;

  if (own == NULL)
    return NULL;

  key = g_new0 (ChipKey, 1);
  g_atomic_ref_count_inc (&self->ref_count);
  key->chip = self;
  key->curve = mdoc_public_key_get_curve (own);
  key->object = mdoc_span_dup (handle);
  return mdoc_key_new (&chip_key_class, key, own);
}

/* The TPM has nothing of the key: without its handle, which the store deletes,
 * there is none. See docs/mdoc-agent.rst for what a copy of the store means. */
static gboolean
chip_destroy (gpointer impl, MdocSpan handle, GError **error)
{
  return TRUE;
}

/* What the operation takes and gives. */
typedef struct
{
  MdocSpan handle;
  MdocSpan verifier;
  MdocSpan challenge;
  MdocTpmAttestation *attestation;
} Attesting;

static gboolean
attest_in_chip (MdocTpm *tpm,
                ESYS_TR session,
                gpointer user_data,
                GError **error)
{
  Attesting *attesting = user_data;

  attesting->attestation = mdoc_tpm_certify (tpm,
                                             attesting->handle,
                                             attesting->verifier,
                                             attesting->challenge,
                                             error);
  return attesting->attestation != NULL;
}

static MdocKeystoreAttestation *
chip_attest (gpointer impl,
             MdocSpan handle,
             MdocSpan verifier,
             MdocSpan challenge,
             GError **error)
{
  Attesting attesting = { handle, verifier, challenge, NULL };
  g_autoptr (MdocTpmAttestation) said = NULL;
  MdocKeystoreAttestation *attestation;

  if (!run (impl, attest_in_chip, &attesting, error))
    return NULL;

  said = attesting.attestation;
  attestation = g_new0 (MdocKeystoreAttestation, 1);
  attestation->format = "tpm2-certify";
  attestation->statement = g_bytes_ref (said->statement);
  attestation->signature = g_bytes_new (said->signature,
                                        MDOC_TPM_SIGNATURE_LEN);
  attestation->signer = g_bytes_ref (said->attestation_key);
  attestation->key = g_bytes_ref (said->object);
  return attestation;
}

static gboolean
do_nothing (MdocTpm *tpm, ESYS_TR session, gpointer user_data, GError **error)
{
  return TRUE;
}

static gboolean
chip_check (gpointer impl, GError **error)
{
  return run (impl, do_nothing, NULL, error);
}

G_STATIC_ASSERT (MDOC_TPM_MAX_CHALLENGE_LEN == MDOC_KEYSTORE_MAX_CHALLENGE_LEN);

static const MdocKeystoreClass chip_class = {
  .kind = MDOC_KEYSTORE_TPM,
  .check = chip_check,
  .create = chip_create,
  .load = chip_load,
  .destroy = chip_destroy,
  .attest = chip_attest,
  .free = chip_unref,
};

MdocKeystore *
mdoc_keystore_tpm_new (const char *tcti, GError **error)
{
  Chip *self;

  if (tcti != NULL && *tcti == '\0')
    {
      mdoc_keystore_refuse (error,
                            MDOC_KEYSTORE_ERROR_SPEC,
                            "After \"tpm:\" it says where the TPM is, such as "
                            "device:/dev/tpmrm0");
      return NULL;
    }

  self = g_new0 (Chip, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->tcti = g_strdup (tcti);
  return mdoc_keystore_new (&chip_class, self);
}
