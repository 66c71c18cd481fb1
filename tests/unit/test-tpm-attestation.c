/*
 * test-tpm-attestation.c - what a TPM says of a key that it made
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>
#include <tss2/tss2_mu.h>

#include "crypto/mdoc-key.h"
#include "storage/mdoc-tpm-attestation.h"
#include "storage/mdoc-tpm-private.h"
#include "tests/lib/mdoc-test-swtpm.h"

#define ATTRIBUTES                                                             \
  (TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT                              \
   | TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH                \
   | TPMA_OBJECT_NODA)

static void
set_up (MdocTestSwtpm *tpm, gconstpointer data)
{
  mdoc_test_swtpm_set_up (tpm);
}

static void
tear_down (MdocTestSwtpm *tpm, gconstpointer data)
{
  mdoc_test_swtpm_tear_down (tpm);
}

static MdocTpm *
connect_to (MdocTestSwtpm *tpm)
{
  g_autoptr (GError) error = NULL;
  MdocTpm *connection = mdoc_tpm_open (tpm->tcti, &error);

  g_assert_no_error (error);
  return connection;
}

/* a device key as a key store makes it */
static GBytes *
create_key (MdocTpm *connection, TPMI_ECC_CURVE curve, TPMA_OBJECT use)
{
  static const TPM2B_SENSITIVE_CREATE no_sensitive = { 0 };
  TPM2B_PUBLIC template = {
    .publicArea = {
      .type = TPM2_ALG_ECC,
      .nameAlg = TPM2_ALG_SHA256,
      .objectAttributes = ATTRIBUTES | use,
      .parameters.eccDetail = {
        .symmetric.algorithm = TPM2_ALG_NULL,
        .scheme.scheme = TPM2_ALG_NULL,
        .curveID = curve,
        .kdf.scheme = TPM2_ALG_NULL,
      },
    },
  };
  g_autoptr (GError) error = NULL;
  GBytes *object = mdoc_tpm_create_object (connection,
                                           &no_sensitive,
                                           &template,
                                           &error);

  g_assert_no_error (error);
  return object;
}

static TPMT_PUBLIC
parse_public (GBytes *bytes)
{
  MdocSpan span = mdoc_span_from_bytes (bytes);
  TPMT_PUBLIC area = { 0 };
  gsize at = 0;

  g_assert_cmpuint (Tss2_MU_TPMT_PUBLIC_Unmarshal (span.data,
                                                   span.len,
                                                   &at,
                                                   &area),
                    ==,
                    0);
  g_assert_cmpuint (at, ==, span.len);
  return area;
}

static MdocPublicKey *
read_key (const TPMT_PUBLIC *area)
{
  guint8 point[2][32] = { { 0 } };
  const TPM2B_ECC_PARAMETER *numbers[] = { &area->unique.ecc.x,
                                           &area->unique.ecc.y };
  g_autoptr (GError) error = NULL;
  MdocPublicKey *key;

  for (guint i = 0; i < 2; i++)
    memcpy (point[i] + 32 - numbers[i]->size,
            numbers[i]->buffer,
            numbers[i]->size);
  key = mdoc_public_key_new (MDOC_CURVE_P256,
                             MDOC_SPAN (point[0], 32),
                             MDOC_SPAN (point[1], 32),
                             FALSE,
                             &error);
  g_assert_no_error (error);
  return key;
}

/* As somebody would who has nothing but the attestation, the challenge and the
 * attestation key that he trusts. */
static gboolean
verify (const MdocTpmAttestation *attestation, const char *challenge)
{
  TPMT_PUBLIC signer = parse_public (attestation->attestation_key);
  TPMT_PUBLIC object = parse_public (attestation->object);
  MdocSpan statement = mdoc_span_from_bytes (attestation->statement);
  MdocSpan area = mdoc_span_from_bytes (attestation->object);
  g_autoptr (MdocPublicKey) key = read_key (&signer);
  g_autoptr (GError) error = NULL;
  guint8 name[2 + MDOC_HASH_MAX_LEN] = { TPM2_ALG_SHA256 >> 8,
                                         TPM2_ALG_SHA256 & 0xff };
  const TPM2B_NAME *attested;
  TPMS_ATTEST parsed = { 0 };
  gboolean is_valid;
  gsize at = 0;

  g_assert_true (mdoc_public_key_verify (key,
                                         MDOC_ALG_ES256,
                                         &statement,
                                         1,
                                         MDOC_SPAN (attestation->signature,
                                                    MDOC_TPM_SIGNATURE_LEN),
                                         &is_valid,
                                         &error));
  g_assert_no_error (error);
  if (!is_valid
      || Tss2_MU_TPMS_ATTEST_Unmarshal (statement.data,
                                        statement.len,
                                        &at,
                                        &parsed)
             != TSS2_RC_SUCCESS)
    return FALSE;

  mdoc_hash_compute (MDOC_HASH_SHA256, &area, 1, name + 2);
  attested = &parsed.attested.certify.name;
  return parsed.magic == TPM2_GENERATED_VALUE
         && parsed.type == TPM2_ST_ATTEST_CERTIFY
         && mdoc_span_equals_text (MDOC_SPAN (parsed.extraData.buffer,
                                              parsed.extraData.size),
                                   challenge)
         && mdoc_span_equal (MDOC_SPAN (attested->name, attested->size),
                             MDOC_SPAN (name, 2 + 32))
         && (object.objectAttributes & ATTRIBUTES) == ATTRIBUTES;
}

static MdocTpmAttestation *
certify (MdocTpm *connection,
         GBytes *object,
         const char *verifier,
         const char *challenge)
{
  g_autoptr (GError) error = NULL;
  MdocTpmAttestation *attestation
      = mdoc_tpm_certify (connection,
                          mdoc_span_from_bytes (object),
                          mdoc_span_from_text (verifier),
                          mdoc_span_from_text (challenge),
                          &error);

  g_assert_no_error (error);
  return attestation;
}

static void
test_verify (MdocTestSwtpm *tpm, gconstpointer data)
{
  static const struct
  {
    TPMI_ECC_CURVE curve;
    TPMA_OBJECT use;
  } cases[] = {
    { TPM2_ECC_NIST_P256, TPMA_OBJECT_SIGN_ENCRYPT },
    { TPM2_ECC_NIST_P256, TPMA_OBJECT_DECRYPT },
    { TPM2_ECC_NIST_P384, TPMA_OBJECT_SIGN_ENCRYPT },
    { TPM2_ECC_NIST_P384, TPMA_OBJECT_DECRYPT },
  };
  g_autofree char *longest = g_strnfill (MDOC_TPM_MAX_CHALLENGE_LEN, 'c');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocTpm) connection = connect_to (tpm);
      g_autoptr (GBytes) object = create_key (connection,
                                              cases[i].curve,
                                              cases[i].use);
      g_autoptr (MdocTpmAttestation) attestation = certify (connection,
                                                            object,
                                                            "issuer",
                                                            longest);

      g_assert_true (verify (attestation, longest));
      g_assert_false (verify (attestation, "another"));
      attestation->signature[5] ^= 1;
      g_assert_false (verify (attestation, longest));
    }

  g_assert_cmpuint (mdoc_test_swtpm_count_loaded (tpm), ==, 0);
}

/* The statement is about this key, and no other has its name. */
static void
test_other_key (MdocTestSwtpm *tpm, gconstpointer data)
{
  g_autoptr (MdocTpm) connection = connect_to (tpm);
  g_autoptr (GBytes) one = create_key (connection,
                                       TPM2_ECC_NIST_P256,
                                       TPMA_OBJECT_SIGN_ENCRYPT);
  g_autoptr (GBytes) other = create_key (connection,
                                         TPM2_ECC_NIST_P256,
                                         TPMA_OBJECT_SIGN_ENCRYPT);
  g_autoptr (MdocTpmAttestation) of_one = certify (connection,
                                                   one,
                                                   "issuer",
                                                   "challenge");
  g_autoptr (MdocTpmAttestation) of_other = certify (connection,
                                                     other,
                                                     "issuer",
                                                     "challenge");
  GBytes *swapped = of_one->object;

  of_one->object = of_other->object;
  of_other->object = swapped;
  g_assert_false (verify (of_one, "challenge"));
  g_assert_false (verify (of_other, "challenge"));
}

/* Each verifier sees a key of its own, for ever the same, also after a restart;
 * another TPM has another one. */
static void
test_attestation_key (MdocTestSwtpm *tpm, gconstpointer data)
{
  static const struct
  {
    const char *verifier;
    gboolean is_same; /* as the first */
    gboolean is_other_tpm;
  } cases[] = {
    { "issuer", TRUE, FALSE },
    { "issuer", TRUE, FALSE },
    { "issues", FALSE, FALSE },
    { "issuer", FALSE, TRUE },
  };
  g_autoptr (GBytes) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MdocTpmAttestation) attestation = NULL;
      g_autoptr (MdocTpm) connection = NULL;
      g_autoptr (GBytes) object = NULL;

      if (cases[i].is_other_tpm)
        {
          mdoc_test_swtpm_tear_down (tpm);
          mdoc_test_swtpm_set_up (tpm);
        }
      else
        {
          mdoc_test_swtpm_kill (tpm);
          mdoc_test_swtpm_start (tpm);
        }

      connection = connect_to (tpm);
      object = create_key (connection,
                           TPM2_ECC_NIST_P256,
                           TPMA_OBJECT_SIGN_ENCRYPT);
      attestation = certify (connection, object, cases[i].verifier, "now");
      g_assert_true (verify (attestation, "now"));
      if (first == NULL)
        first = g_bytes_ref (attestation->attestation_key);
      g_assert_cmpint (g_bytes_equal (first, attestation->attestation_key),
                       ==,
                       cases[i].is_same);
    }
}

/* Two refusals: a key of another TPM, and no TPM any more. */
static void
test_refused (MdocTestSwtpm *tpm, gconstpointer data)
{
  static const MdocTpmError codes[] = { MDOC_TPM_ERROR_FOREIGN,
                                        MDOC_TPM_ERROR_ABSENT };
  g_autoptr (MdocTpm) connection = connect_to (tpm);
  g_autoptr (GBytes) object = create_key (connection,
                                          TPM2_ECC_NIST_P256,
                                          TPMA_OBJECT_SIGN_ENCRYPT);

  g_clear_pointer (&connection, mdoc_tpm_close);
  mdoc_test_swtpm_tear_down (tpm);
  mdoc_test_swtpm_set_up (tpm);
  connection = connect_to (tpm);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mdoc_tpm_certify (connection,
                                       mdoc_span_from_bytes (object),
                                       mdoc_span_from_text ("issuer"),
                                       mdoc_span_from_text ("now"),
                                       &error));
      g_assert_error (error, MDOC_TPM_ERROR, (gint) codes[i]);
      mdoc_test_swtpm_kill (tpm);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TSS2_LOG", "all+NONE", FALSE);

#define ADD(path_, func_)                                                      \
  g_test_add ("/tpm-attestation/" path_,                                       \
              MdocTestSwtpm,                                                   \
              NULL,                                                            \
              set_up,                                                          \
              func_,                                                           \
              tear_down)
  ADD ("verify", test_verify);
  ADD ("other-key", test_other_key);
  ADD ("attestation-key", test_attestation_key);
  ADD ("refused", test_refused);
#undef ADD

  return g_test_run ();
}
