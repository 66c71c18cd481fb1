/*
 * mdoc-vci-keys.c - whose keys they are, and who says where those are kept
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-proof.h"

/* What a request proves, while it is read. */
typedef struct
{
  MdocVci *vci;
  const MdocProfileSettings *settings;
  GPtrArray *proved; /* each with a proof of its own */
  GPtrArray *keys;   /* those, and what was attested beside them */
  MdocProtocolCode code;
  const char *what; /* is wrong; static */
} Reading;

static gboolean
refuse (Reading *reading, MdocProtocolCode code, const char *what)
{
  reading->code = code;
  reading->what = what;
  return FALSE;
}

static gboolean
has_key (GPtrArray *keys, MdocPublicKey *key)
{
  for (guint i = 0; i < keys->len; i++)
    if (mdoc_public_key_equal (g_ptr_array_index (keys, i), key))
      return TRUE;
  return FALSE;
}

/* the first one comes first, and none twice */
static void
add_key (GPtrArray *keys, MdocPublicKey *key)
{
  if (!has_key (keys, key))
    g_ptr_array_add (keys, mdoc_public_key_ref (key));
}

static gboolean
check_attester (Reading *reading, const MdocKeyAttestation *attestation)
{
  GPtrArray *chain = attestation->chain;
  gboolean is_valid = FALSE;

  if (!mdoc_vci_is_chain_trusted (chain,
                                  reading->vci->config.attesters,
                                  mdoc_vci_get_now_s (reading->vci)))
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "attestation-untrusted");
  if (!mdoc_jws_verify (attestation->jws,
                        mdoc_certificate_get_public_key (
                            g_ptr_array_index (chain, 0)),
                        &is_valid,
                        NULL)
      || !is_valid)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "attestation-signature");
  return TRUE;
}

/* OpenID4VCI 1.0, D.1 and F.4. @needs_end: in a proof of type jwt it has to say
 * until when it holds. */
static gboolean
check_attestation (Reading *reading,
                   const MdocKeyAttestation *attestation,
                   gboolean needs_end)
{
  const MdocProfileSettings *settings = reading->settings;
  const MdocProofType asked = {
    .key_storage = settings->key_storage,
    .user_authentication = settings->user_authentication,
  };

  if (!check_attester (reading, attestation))
    return FALSE;
  if ((needs_end && attestation->exp_unix_s == 0)
      || !mdoc_key_attestation_is_current (attestation,
                                           mdoc_vci_get_now_s (reading->vci),
                                           MDOC_VCI_AHEAD_S))
    return refuse (reading, MDOC_PROTOCOL_INVALID_PROOF, "attestation-time");
  if (attestation->nonce == NULL)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "attestation-no-nonce");
  if (!mdoc_vci_is_nonce_current (reading->vci,
                                  MDOC_VCI_NONCE_CREDENTIAL,
                                  attestation->nonce))
    return refuse (reading, MDOC_PROTOCOL_INVALID_NONCE, "attestation-nonce");
  if (settings->needs_key_attestation
      && !mdoc_key_attestation_meets (attestation, &asked))
    return refuse (reading, MDOC_PROTOCOL_INVALID_PROOF, "attestation-level");
  if (attestation->keys->len > MDOC_PROFILE_MAX_BATCH)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST,
                   "attestation-count");
  return TRUE;
}

static void
add_attested (Reading *reading, const MdocKeyAttestation *attestation)
{
  for (guint i = 0; i < attestation->keys->len; i++)
    add_key (reading->keys,
             mdoc_jwk_get_key (g_ptr_array_index (attestation->keys, i)));
}

/* One that comes unasked is held to the same, if we know whose word counts; if
 * not, it is as if it were not there. */
static gboolean
read_jwt (Reading *reading,
          const char *proof,
          const MdocProofExpectation *expected)
{
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (MdocKeyAttestation) attestation = NULL;
  const MdocProofResult result = mdoc_proof_check (proof,
                                                   expected,
                                                   &key,
                                                   &attestation);

  if (result != MDOC_PROOF_OK)
    return refuse (reading,
                   mdoc_proof_result_get_code (result),
                   mdoc_proof_result_get_name (result));
  if (has_key (reading->proved, key))
    return refuse (reading, MDOC_PROTOCOL_INVALID_PROOF, "The same key twice");
  if (attestation == NULL && reading->settings->needs_key_attestation)
    return refuse (reading, MDOC_PROTOCOL_INVALID_PROOF, "attestation-missing");

  if (attestation != NULL && reading->vci->config.attesters == NULL
      && !reading->settings->needs_key_attestation)
    g_clear_pointer (&attestation, mdoc_key_attestation_free);
  if (attestation != NULL && !check_attestation (reading, attestation, TRUE))
    return FALSE;

  add_key (reading->proved, key);
  add_key (reading->keys, key);
  if (attestation != NULL)
    add_attested (reading, attestation);
  return TRUE;
}

static gboolean
read_attestation (Reading *reading, const char *text)
{
  g_autoptr (MdocKeyAttestation) attestation
      = mdoc_key_attestation_parse (text, NULL);

  if (attestation == NULL)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "attestation-malformed");
  if (!check_attestation (reading, attestation, FALSE))
    return FALSE;
  add_attested (reading, attestation);
  return TRUE;
}

static gboolean
read_proofs (Reading *reading,
             const MdocCredentialRequest *request,
             const MdocProofExpectation *expected)
{
  const MdocProfileSettings *settings = reading->settings;

  if (request->attestation != NULL && settings->takes_attestation_proofs)
    return read_attestation (reading, request->attestation);
  if (!settings->takes_jwt_proofs)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "A proof of type attestation is missing");
  if (request->jwt_proofs == NULL || request->jwt_proofs[0] == NULL)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_PROOF,
                   "A proof of type jwt is missing");
  if (g_strv_length (request->jwt_proofs) > MDOC_PROFILE_MAX_BATCH)
    return refuse (reading,
                   MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST,
                   "More proofs than fit into a batch");
  for (guint i = 0; request->jwt_proofs[i] != NULL; i++)
    if (!read_jwt (reading, request->jwt_proofs[i], expected))
      return FALSE;
  return TRUE;
}

/* A proof that does not hold: after some of them it is over (lifecycle, E9). */
static void
refuse_proof (MdocVci *self,
              MdocHttpReply *reply,
              const MdocRegisterTokenItem *item,
              MdocProtocolCode code,
              const char *description)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (GError) error = NULL;
  gboolean is_denied = FALSE;

  if (code == MDOC_PROTOCOL_INVALID_PROOF && item != NULL
      && item->exchange_id != NULL
      && !mdoc_register_count_bad_proof (self->config.reg,
                                         &change,
                                         item->exchange_id,
                                         &is_denied,
                                         &error))
    g_clear_error (&error);
  mdoc_vci_refuse (reply,
                   is_denied ? MDOC_PROTOCOL_CREDENTIAL_REQUEST_DENIED : code,
                   description);
}

GPtrArray *
mdoc_vci_take_keys (MdocVci *self,
                    const MdocHttpCall *call,
                    MdocHttpReply *reply,
                    MdocProfile *profile,
                    const MdocCredentialRequest *request,
                    const MdocRegisterAccess *access,
                    const MdocRegisterTokenItem *item)
{
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_autoptr (GPtrArray) proved = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_public_key_unref);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_public_key_unref);
  MdocVciNonceCheck nonce = { self, MDOC_VCI_NONCE_CREDENTIAL };
  const MdocProofExpectation expected = {
    .issuer = issuer,
    .client_id = access->client_id,
    .now_unix_s = mdoc_vci_get_now_s (self),
    .max_age_s = MDOC_VCI_AGE_S,
    .max_ahead_s = MDOC_VCI_AHEAD_S,
    .is_nonce_current = mdoc_vci_check_nonce,
    .nonce_data = &nonce,
  };
  Reading reading = {
    .vci = self,
    .settings = mdoc_profile_get_settings (profile),
    .proved = proved,
    .keys = keys,
  };

  if (read_proofs (&reading, request, &expected))
    return g_steal_pointer (&keys);
  if (reading.code == MDOC_PROTOCOL_INVALID_CREDENTIAL_REQUEST)
    mdoc_vci_refuse (reply, reading.code, reading.what);
  else
    refuse_proof (self, reply, item, reading.code, reading.what);
  return NULL;
}

static gboolean
spend (MdocVci *self,
       const MdocHttpCall *call,
       MdocHttpReply *reply,
       const char *proof)
{
  gboolean is_full;

  if (mdoc_vci_is_first (self, call, proof, &is_full))
    return TRUE;
  if (is_full)
    mdoc_vci_refuse_busy (self, call, reply);
  else
    mdoc_vci_refuse (reply,
                     MDOC_PROTOCOL_INVALID_NONCE,
                     "The proof was used before");
  return FALSE;
}

/* So does what it was made for: whoever repeats a request, as the answer was
 * lost, makes a new one with a new nonce. */
gboolean
mdoc_vci_spend_proofs (MdocVci *self,
                       const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       const MdocCredentialRequest *request)
{
  if (request->attestation != NULL)
    return spend (self, call, reply, request->attestation);
  for (guint i = 0; request->jwt_proofs[i] != NULL; i++)
    if (!spend (self, call, reply, request->jwt_proofs[i]))
      return FALSE;
  return TRUE;
}
