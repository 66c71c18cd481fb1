/*
 * test-keystore.c - keys in software, in a TPM and in a token
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <signal.h>
#include <string.h>
#include <tss2/tss2_mu.h>

#include "storage/mdoc-keystore.h"
#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-store.h"
#include "tests/lib/mdoc-test-swtpm.h"
#include "tests/lib/mdoc-test-token.h"

#define N_BATCH 10

/* the chips of this process; SoftHSM has one configuration for all of it */
static MdocTestSwtpm swtpm;
static char *token_folder;
static char *token_spec;

typedef struct
{
  const char *kind;
  MdocCurve curve;
} Place;

static const Place places[] = {
  { MDOC_KEYSTORE_SOFTWARE, MDOC_CURVE_P256 },
  { MDOC_KEYSTORE_SOFTWARE, MDOC_CURVE_P384 },
  { MDOC_KEYSTORE_TPM, MDOC_CURVE_P256 },
  { MDOC_KEYSTORE_TPM, MDOC_CURVE_P384 },
  { MDOC_KEYSTORE_PKCS11, MDOC_CURVE_P256 },
  { MDOC_KEYSTORE_PKCS11, MDOC_CURVE_P384 },
};

static MdocKeystore *
open_spec (const char *spec)
{
  g_autoptr (GError) error = NULL;
  MdocKeystore *keystore = mdoc_keystore_open (spec, &error);

  g_assert_no_error (error);
  return keystore;
}

static MdocKeystore *
open_kind (const char *kind)
{
  g_autofree char *tpm = g_strconcat ("tpm:", swtpm.tcti, NULL);

  return open_spec (strcmp (kind, MDOC_KEYSTORE_TPM) == 0      ? tpm
                    : strcmp (kind, MDOC_KEYSTORE_PKCS11) == 0 ? token_spec
                                                               : kind);
}

typedef struct
{
  MdocPublicKey *public_key;
  MdocSecret *handle;
  MdocKey *key;
} Made;

static void
made_clear (Made *self)
{
  mdoc_public_key_unref (self->public_key);
  mdoc_secret_free (self->handle);
  mdoc_key_unref (self->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

static MdocSpan
get_span (const MdocSecret *reserved)
{
  return reserved != NULL ? mdoc_secret_get_span (reserved)
                          : MDOC_SPAN (NULL, 0);
}

static void
make (MdocKeystore *keystore, MdocCurve curve, MdocKeyAuth auth, Made *ret)
{
  g_autoptr (MdocSecret) reserved = mdoc_keystore_reserve (keystore);
  g_autoptr (GError) error = NULL;

  memset (ret, 0, sizeof (*ret));
  ret->handle = mdoc_keystore_create (keystore,
                                      get_span (reserved),
                                      curve,
                                      auth,
                                      &ret->public_key,
                                      &error);
  g_assert_no_error (error);
  ret->key = mdoc_keystore_load (keystore,
                                 ret->public_key,
                                 auth,
                                 mdoc_secret_get_span (ret->handle),
                                 &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_public_key_equal (mdoc_key_get_public (ret->key), ret->public_key));
}

static gboolean
try_sign (const Made *made, GError **error)
{
  MdocSpan parts[] = { mdoc_span_from_text ("what is "),
                       mdoc_span_from_text ("signed") };
  MdocAlg alg = mdoc_curve_get_alg (
      mdoc_public_key_get_curve (made->public_key));
  guint8 signature[MDOC_SIGNATURE_MAX_LEN];
  gboolean is_valid;
  gsize len;

  if (!mdoc_key_sign (made->key, alg, parts, 2, signature, &len, error))
    return FALSE;

  g_assert_true (mdoc_public_key_verify (made->public_key,
                                         alg,
                                         parts,
                                         2,
                                         MDOC_SPAN (signature, len),
                                         &is_valid,
                                         NULL));
  g_assert_true (is_valid);
  return TRUE;
}

static void
assert_signs (const Made *made)
{
  g_autoptr (GError) error = NULL;

  try_sign (made, &error);
  g_assert_no_error (error);
}

static void
assert_agrees (const Made *made)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) peer = mdoc_key_generate (mdoc_public_key_get_curve (
                                                    made->public_key),
                                                &error);
  g_autoptr (MdocSecret) ours = mdoc_key_agree (made->key,
                                                mdoc_key_get_public (peer),
                                                &error);
  g_autoptr (MdocSecret) theirs = NULL;

  g_assert_no_error (error);
  theirs = mdoc_key_agree (peer, made->public_key, &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_secret_equal (mdoc_secret_get_span (ours),
                                    mdoc_secret_get_span (theirs)));
}

/* As often as chance can make a number of the signature or of the secret begin
 * with a zero, which a chip leaves out. */
static void
test_use (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  g_autoptr (GError) error = NULL;
  g_auto (Made) signer = { 0 };
  g_auto (Made) agreer = { 0 };
  g_autoptr (MdocKey) peer = mdoc_key_generate (place->curve, &error);
  g_autoptr (MdocSecret) secret = NULL;

  g_assert_true (mdoc_keystore_check (keystore, &error));
  make (keystore, place->curve, MDOC_KEY_AUTH_SIGNATURE, &signer);
  make (keystore, place->curve, MDOC_KEY_AUTH_MAC, &agreer);
  g_assert_cmpstr (mdoc_key_get_kind (signer.key), ==, place->kind);
  for (guint i = 0; i < 40; i++)
    {
      assert_signs (&signer);
      assert_agrees (&agreer);
    }

  /* and nothing else */
  g_assert_false (try_sign (&agreer, &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  g_assert_null (
      mdoc_key_agree (signer.key, mdoc_key_get_public (peer), &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  secret = mdoc_key_export_private (signer.key, &error);
  g_assert_null (secret);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
}

static void
test_wrong_peer (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };
  g_autoptr (MdocKey) peer = mdoc_key_generate (place->curve == MDOC_CURVE_P256
                                                    ? MDOC_CURVE_P384
                                                    : MDOC_CURVE_P256,
                                                &error);

  make (keystore, place->curve, MDOC_KEY_AUTH_MAC, &made);
  g_assert_null (mdoc_key_agree (made.key, mdoc_key_get_public (peer), &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
}

static void
test_curves (void)
{
  static const char *const kinds[] = { MDOC_KEYSTORE_TPM,
                                       MDOC_KEYSTORE_PKCS11 };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (MdocKeystore) keystore = open_kind (kinds[i]);
      g_autoptr (MdocSecret) reserved = mdoc_keystore_reserve (keystore);
      g_autoptr (GError) error = NULL;
      MdocPublicKey *public_key = NULL;

      g_assert_null (mdoc_keystore_create (keystore,
                                           get_span (reserved),
                                           MDOC_CURVE_ED25519,
                                           MDOC_KEY_AUTH_SIGNATURE,
                                           &public_key,
                                           &error));
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
      g_assert_null (public_key);
    }
}

static void
assert_no_key (MdocKeystore *keystore, const Made *made, MdocSpan handle)
{
  Made again = { made->public_key, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = mdoc_keystore_load (keystore,
                                                made->public_key,
                                                MDOC_KEY_AUTH_SIGNATURE,
                                                handle,
                                                &error);

  again.key = key;
  if (key != NULL)
    g_assert_false (try_sign (&again, &error));
  g_assert_nonnull (error);
}

/* A handle that was cut or changed leads to no key, at the latest when it is
 * used. */
static void
test_wrong_handle (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  g_auto (Made) made = { 0 };
  MdocSpan whole;

  make (keystore, place->curve, MDOC_KEY_AUTH_SIGNATURE, &made);
  whole = mdoc_secret_get_span (made.handle);
  for (gsize i = 0; i < whole.len; i += 3)
    {
      g_autoptr (MdocSecret) changed = mdoc_secret_new_copy (whole);

      assert_no_key (keystore, &made, MDOC_SPAN (whole.data, i));
      mdoc_secret_get_data (changed)[i] ^= 0x01;
      assert_no_key (keystore, &made, mdoc_secret_get_span (changed));
    }
}

static void
test_batch (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  Made made[N_BATCH];

  for (guint i = 0; i < N_BATCH; i++)
    {
      make (keystore, place->curve, MDOC_KEY_AUTH_SIGNATURE, &made[i]);
      for (guint j = 0; j < i; j++)
        g_assert_false (
            mdoc_public_key_equal (made[i].public_key, made[j].public_key));
    }
  for (guint i = 0; i < N_BATCH; i++)
    {
      assert_signs (&made[i]);
      made_clear (&made[i]);
    }
}

/* --- the TPM --- */

static void
test_tpm_away (void)
{
  g_autoptr (MdocKeystore) keystore = open_kind (MDOC_KEYSTORE_TPM);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };

  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &made);
  assert_signs (&made);
  for (guint i = 0; i < 2; i++)
    {
      mdoc_test_swtpm_kill (&swtpm);
      g_assert_false (try_sign (&made, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
      g_clear_error (&error);
      g_assert_false (mdoc_keystore_check (keystore, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
      g_clear_error (&error);

      mdoc_test_swtpm_start (&swtpm);
      assert_signs (&made);
    }

  g_assert_cmpuint (mdoc_test_swtpm_count_loaded (&swtpm), ==, 0);

  /* restarted between two uses, which nobody need notice */
  mdoc_test_swtpm_kill (&swtpm);
  mdoc_test_swtpm_start (&swtpm);
  assert_signs (&made);
}

static void
test_tpm_other (void)
{
  g_autoptr (MdocKeystore) keystore = open_kind (MDOC_KEYSTORE_TPM);
  g_autoptr (MdocKeystore) foreign = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };
  g_auto (Made) elsewhere = { 0 };
  g_autofree char *spec = NULL;
  MdocTestSwtpm other = { 0 };

  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &made);
  mdoc_test_swtpm_set_up (&other);
  spec = g_strconcat ("tpm:", other.tcti, NULL);
  foreign = open_spec (spec);
  elsewhere.public_key = mdoc_public_key_ref (made.public_key);
  elsewhere.key = mdoc_keystore_load (foreign,
                                      made.public_key,
                                      MDOC_KEY_AUTH_SIGNATURE,
                                      mdoc_secret_get_span (made.handle),
                                      &error);
  g_assert_no_error (error);
  g_assert_false (try_sign (&elsewhere, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_GONE);

  mdoc_test_swtpm_tear_down (&other);
}

/* A key that never was outside: the TPM says so itself, by the attributes of
 * what it vouches for. test-tpm-attestation.c looks at the rest. */
static void
test_attest (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  gboolean is_able = strcmp (place->kind, MDOC_KEYSTORE_TPM) == 0;
  g_autofree char *challenge = g_strnfill (65, 'c');
  g_auto (Made) made = { 0 };

  make (keystore, place->curve, MDOC_KEY_AUTH_SIGNATURE, &made);
  for (gsize len = 0; len <= 65; len += len == 1 ? 63 : 1)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKeystoreAttestation) attestation
          = mdoc_keystore_attest (keystore,
                                  mdoc_secret_get_span (made.handle),
                                  mdoc_span_from_text ("issuer"),
                                  MDOC_SPAN ((const guint8 *) challenge, len),
                                  &error);
      TPMT_PUBLIC area = { 0 };
      MdocSpan span;
      gsize at = 0;

      if (!is_able || len == 0 || len == 65)
        {
          g_assert_null (attestation);
          g_assert_error (error,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_UNSUPPORTED);
          continue;
        }

      g_assert_no_error (error);
      g_assert_cmpstr (attestation->format, ==, "tpm2-certify");
      span = mdoc_span_from_bytes (attestation->key);
      g_assert_cmpuint (Tss2_MU_TPMT_PUBLIC_Unmarshal (span.data,
                                                       span.len,
                                                       &at,
                                                       &area),
                        ==,
                        0);
      g_assert_cmpuint (area.objectAttributes,
                        ==,
                        TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT
                            | TPMA_OBJECT_SENSITIVEDATAORIGIN
                            | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA
                            | TPMA_OBJECT_SIGN_ENCRYPT);
    }
}

/* What crosses the bus when a MAC key is agreed on, written down by tss2. */
static void
test_tpm_bus (void)
{
  g_autofree char *capture = g_build_filename (token_folder, "bus.pcap", NULL);
  g_autofree char *spec = g_strconcat ("tpm:pcap:", swtpm.tcti, NULL);
  g_autoptr (MdocKeystore) keystore = open_spec (spec);
  g_autoptr (MdocKey) peer = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocSecret) secret = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };
  MdocSpan x;

  g_assert_true (g_setenv ("TCTI_PCAP_FILE", capture, TRUE));
  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_MAC, &made);
  secret = mdoc_key_agree (made.key, mdoc_key_get_public (peer), &error);
  g_assert_no_error (error);

  /* the public key was loaded in clear, so the file is the right one */
  x = mdoc_public_key_get_x (made.public_key);
  g_assert_true (mdoc_test_file_contains (capture, x.data, 8));
  x = mdoc_secret_get_span (secret);
  g_assert_false (mdoc_test_file_contains (capture, x.data, 8));
  g_assert_cmpint (g_unlink (capture), ==, 0);
}

/* --- the token --- */

static void
test_token_attributes (void)
{
  g_autoptr (MdocKeystore) keystore = open_kind (MDOC_KEYSTORE_PKCS11);
  CK_FUNCTION_LIST *module = p11_kit_module_load (MDOC_TEST_TOKEN_MODULE, 0);
  CK_OBJECT_CLASS klass = CKO_PRIVATE_KEY;
  CK_OBJECT_HANDLE object;
  CK_SESSION_HANDLE session;
  CK_SLOT_ID slots[4];
  CK_ULONG n = G_N_ELEMENTS (slots);
  CK_BBOOL values[6] = { 0 };
  guint8 scalar[64];
  char label[32];
  g_auto (Made) made = { 0 };
  CK_ATTRIBUTE wanted[] = {
    { CKA_CLASS, &klass, sizeof (klass) },
    { CKA_ID, NULL, 16 },
  };
  CK_ATTRIBUTE asked[] = {
    { CKA_SENSITIVE, &values[0], 1 },
    { CKA_ALWAYS_SENSITIVE, &values[1], 1 },
    { CKA_NEVER_EXTRACTABLE, &values[2], 1 },
    { CKA_LOCAL, &values[3], 1 },
    { CKA_EXTRACTABLE, &values[4], 1 },
    { CKA_DERIVE, &values[5], 1 },
    { CKA_LABEL, label, sizeof (label) },
  };
  CK_ATTRIBUTE secret = { CKA_VALUE, scalar, sizeof (scalar) };

  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &made);
  wanted[1].pValue = mdoc_secret_get_data (made.handle);
  g_assert_nonnull (module);
  g_assert_cmpuint (p11_kit_module_initialize (module), ==, CKR_OK);
  g_assert_cmpuint (module->C_GetSlotList (CK_TRUE, slots, &n), ==, CKR_OK);
  g_assert_cmpuint (module->C_OpenSession (slots[0],
                                           CKF_SERIAL_SESSION,
                                           NULL,
                                           NULL,
                                           &session),
                    ==,
                    CKR_OK);
  g_assert_cmpuint (module->C_FindObjectsInit (session, wanted, 2), ==, CKR_OK);
  g_assert_cmpuint (module->C_FindObjects (session, &object, 1, &n),
                    ==,
                    CKR_OK);
  g_assert_cmpuint (n, ==, 1);
  module->C_FindObjectsFinal (session);
  g_assert_cmpuint (module->C_GetAttributeValue (session,
                                                 object,
                                                 asked,
                                                 G_N_ELEMENTS (asked)),
                    ==,
                    CKR_OK);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (values[i], ==, CK_TRUE);
  g_assert_cmpuint (values[4], ==, CK_FALSE);
  g_assert_cmpuint (values[5], ==, CK_FALSE);
  g_assert_true (mdoc_span_equals_text (MDOC_SPAN ((const guint8 *) label,
                                                   asked[6].ulValueLen),
                                        "mdoc device key"));
  g_assert_cmpuint (module->C_GetAttributeValue (session, object, &secret, 1),
                    ==,
                    CKR_ATTRIBUTE_SENSITIVE);
  module->C_CloseSession (session);
  p11_kit_module_finalize (module);
  p11_kit_module_release (module);
}

static void
test_token_destroy (void)
{
  g_autoptr (MdocKeystore) keystore = open_kind (MDOC_KEYSTORE_PKCS11);
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };
  g_auto (Made) other = { 0 };

  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &made);
  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &other);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_keystore_destroy (keystore,
                                            mdoc_secret_get_span (made.handle),
                                            &error));
      g_assert_no_error (error);
    }
  g_assert_false (try_sign (&made, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_GONE);
  assert_signs (&other);
}

/* The right PIN has to work afterwards: one wrong try is all that we make. */
static void
test_token_pin (void)
{
  g_autofree char *wrong = g_build_filename (token_folder, "wrong-pin", NULL);
  g_autofree char *spec
      = g_strdup_printf ("pkcs11:token=wallet?module-path=/usr/lib/softhsm/"
                         "libsofthsm2.so&pin-source=file:%s",
                         wrong);
  g_autoptr (MdocKeystore) keystore = NULL;
  g_autoptr (MdocKeystore) without = open_spec (
      "pkcs11:token=wallet?module-path=" MDOC_TEST_TOKEN_MODULE);
  g_autoptr (MdocKeystore) right = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (wrong, "0000", -1, 0, 0600, &error);
  g_assert_no_error (error);
  keystore = open_spec (spec);
  g_assert_false (mdoc_keystore_check (without, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_LOCKED);
  g_clear_error (&error);

  g_assert_false (mdoc_keystore_check (keystore, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_LOCKED);
  g_clear_error (&error);
  /* not even with the right PIN: who mends it starts the agent again */
  g_file_set_contents_full (wrong, MDOC_TEST_PIN, -1, 0, 0600, &error);
  g_assert_no_error (error);
  g_assert_false (mdoc_keystore_check (keystore, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_LOCKED);
  g_clear_error (&error);

  right = open_spec (spec);
  g_assert_true (mdoc_keystore_check (right, &error));
  g_assert_no_error (error);
}

static void
test_token_absent (void)
{
  g_autoptr (MdocKeystore) keystore = open_spec (
      "pkcs11:token=nowhere?module-path=" MDOC_TEST_TOKEN_MODULE);
  g_autoptr (GError) error = NULL;

  g_assert_false (mdoc_keystore_check (keystore, &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
}

/* Somebody else who uses the module closes what is not his, or the token was
 * reset: a session less is no failure. */
static void
test_token_session_lost (void)
{
  g_autoptr (MdocKeystore) keystore = open_kind (MDOC_KEYSTORE_PKCS11);
  CK_FUNCTION_LIST *raw = p11_kit_module_load (MDOC_TEST_TOKEN_MODULE,
                                               P11_KIT_MODULE_UNMANAGED);
  CK_SLOT_ID slots[4];
  CK_ULONG n = G_N_ELEMENTS (slots);
  g_auto (Made) signer = { 0 };
  g_auto (Made) agreer = { 0 };

  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &signer);
  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_MAC, &agreer);
  g_assert_nonnull (raw);
  g_assert_cmpuint (raw->C_GetSlotList (CK_TRUE, slots, &n), ==, CKR_OK);
  g_assert_cmpuint (raw->C_CloseAllSessions (slots[0]), ==, CKR_OK);
  assert_signs (&signer);
  g_assert_cmpuint (raw->C_CloseAllSessions (slots[0]), ==, CKR_OK);
  assert_agrees (&agreer);
  p11_kit_module_release (raw);
}

/* The token is taken out, and put in again, twice. */
static void
test_token_away (void)
{
  g_autofree char *spec
      = g_strdup_printf ("pkcs11:token=wallet?module-path=p11-kit-client.so&"
                         "pin-source=file:%s/pin",
                         token_folder);
  g_autofree char *address = NULL;
  g_autoptr (MdocKeystore) keystore = open_spec (spec);
  MdocTestTokenServer server = { 0 };
  g_auto (Made) made = { 0 };

  mdoc_test_token_server_start (&server, token_folder);
  address = g_strdup_printf ("unix:path=%s", server.socket);
  g_assert_true (g_setenv ("P11_KIT_SERVER_ADDRESS", address, TRUE));
  make (keystore, MDOC_CURVE_P256, MDOC_KEY_AUTH_SIGNATURE, &made);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      assert_signs (&made);
      mdoc_test_token_server_kill (&server);
      g_assert_false (try_sign (&made, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
      g_clear_error (&error);
      g_assert_false (mdoc_keystore_check (keystore, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);

      mdoc_test_token_server_start (&server, token_folder);
      assert_signs (&made);
    }

  mdoc_test_token_server_kill (&server);
  g_unsetenv ("P11_KIT_SERVER_ADDRESS");
  g_free (server.socket);
}

/* --- what is said of a key store --- */

static void
test_spec (void)
{
  static const char *const bad[] = {
    "",
    "softwarE",
    "tpm:",
    "hsm",
    "pkcs11:token=%zz",
    "pkcs11:token=wallet?pin-value=1234",
    "pkcs11:nonsense=1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (mdoc_keystore_open (bad[i], &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_SPEC);
      g_assert_null (strstr (error->message, "1234"));
    }
}

/* --- the store --- */

static void
test_store (gconstpointer data)
{
  const Place *place = data;
  MdocTestStore folder;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (MdocKeystore) keystore = open_kind (place->kind);
  g_autoptr (MdocStoredKey) stored = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Made) made = { 0 };

  mdoc_test_store_set_up (&folder, NULL);
  store = mdoc_test_store_open (&folder);
  mdoc_store_add_keystore (store, keystore);
  stored = mdoc_store_create_key (store,
                                  place->curve,
                                  MDOC_KEY_AUTH_SIGNATURE,
                                  "",
                                  MDOC_TEST_NOW,
                                  &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stored->kind, ==, place->kind);

  /* another start of the agent */
  mdoc_store_free (g_steal_pointer (&store));
  store = mdoc_test_store_open (&folder);
  made.key = mdoc_store_load_key (store, stored->id, &error);
  if (strcmp (place->kind, MDOC_KEYSTORE_SOFTWARE) != 0)
    {
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
      g_clear_error (&error);
      g_assert_false (mdoc_store_remove_key (store, stored->id, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
      g_clear_error (&error);
      mdoc_store_add_keystore (store, keystore);
      made.key = mdoc_store_load_key (store, stored->id, &error);
    }
  g_assert_no_error (error);
  made.public_key = mdoc_public_key_ref (stored->public_key);
  assert_signs (&made);

  g_assert_true (mdoc_store_remove_key (store, stored->id, &error));
  g_assert_no_error (error);
  if (strcmp (place->kind, MDOC_KEYSTORE_PKCS11) == 0)
    {
      g_assert_false (try_sign (&made, &error));
      g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_GONE);
    }
  g_assert_null (mdoc_store_load_key (store, stored->id, NULL));
  mdoc_test_store_tear_down (&folder, NULL);
}

/* What does not get into the store does not stay in the token either. */
static void
test_store_refuses (void)
{
  MdocTestStore folder;
  g_autoptr (MdocStore) store = NULL;
  g_autoptr (MdocKeystore) software = open_spec (MDOC_KEYSTORE_SOFTWARE);
  g_autoptr (GError) error = NULL;

  mdoc_test_store_set_up (&folder, NULL);
  store = mdoc_test_store_open (&folder);
  g_assert_null (mdoc_store_create_key_in (store,
                                           MDOC_KEYSTORE_TPM,
                                           MDOC_CURVE_P256,
                                           MDOC_KEY_AUTH_MAC,
                                           "",
                                           MDOC_TEST_NOW,
                                           &error));
  g_assert_error (error, MDOC_KEYSTORE_ERROR, MDOC_KEYSTORE_ERROR_ABSENT);
  mdoc_store_add_keystore (store, software);
  g_assert_true (mdoc_store_get_keystore (store, NULL) == software);
  mdoc_test_store_tear_down (&folder, NULL);
}

static void
add_each (const char *what, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/keystore/%s/%s/%s",
                                               places[i].kind,
                                               what,
                                               mdoc_curve_get_name (
                                                   places[i].curve));

      g_test_add_data_func (path, &places[i], func);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  /* as in the agent */
  signal (SIGPIPE, SIG_IGN);
  token_folder = mdoc_test_folder_new ();
  mdoc_test_swtpm_set_up (&swtpm);
  token_spec = mdoc_test_token_make (token_folder);

  add_each ("use", test_use);
  add_each ("wrong-peer", test_wrong_peer);
  add_each ("wrong-handle", test_wrong_handle);
  add_each ("batch", test_batch);
  add_each ("store", test_store);
  add_each ("attest", test_attest);
  g_test_add_func ("/keystore/curves", test_curves);
  g_test_add_func ("/keystore/spec", test_spec);
  g_test_add_func ("/keystore/tpm/away", test_tpm_away);
  g_test_add_func ("/keystore/tpm/other", test_tpm_other);
  g_test_add_func ("/keystore/tpm/bus", test_tpm_bus);
  g_test_add_func ("/keystore/pkcs11/attributes", test_token_attributes);
  g_test_add_func ("/keystore/pkcs11/destroy", test_token_destroy);
  g_test_add_func ("/keystore/pkcs11/pin", test_token_pin);
  g_test_add_func ("/keystore/pkcs11/absent", test_token_absent);
  g_test_add_func ("/keystore/pkcs11/session-lost", test_token_session_lost);
  g_test_add_func ("/keystore/pkcs11/away", test_token_away);
  g_test_add_func ("/keystore/store-refuses", test_store_refuses);
  status = g_test_run ();

  mdoc_test_swtpm_tear_down (&swtpm);
  mdoc_test_folder_remove (token_folder);
  g_free (token_folder);
  g_free (token_spec);
  return status;
}
