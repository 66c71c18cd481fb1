/*
 * mdoc-vci-access.c - who asks: proofs of keys, tokens, attested wallets
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-dpop.h"
#include "openid/mdoc-wallet-attestation.h"

#define DPOP_HEADER "DPoP"
/* most certificates below an anchor */
#define MAX_CHAIN 4

static void
give_nonce (MdocVci *self, MdocHttpReply *reply)
{
  g_autofree char *nonce = mdoc_vci_make_nonce (self, MDOC_VCI_NONCE_DPOP);

  mdoc_http_reply_set_header (reply, "DPoP-Nonce", nonce);
}

/* Everything about a proof. @access_token and @thumbprint: (nullable) */
static MdocDpopResult
check_dpop (MdocVci *self,
            const MdocHttpCall *call,
            const char *access_token,
            const char *thumbprint,
            char **ret_thumbprint)
{
  const char *proof = mdoc_http_call_get_header (call, DPOP_HEADER);
  MdocVciNonceCheck nonce = { self, MDOC_VCI_NONCE_DPOP };
  const MdocDpopExpectation expected = {
    .method = mdoc_http_call_get_method (call),
    .uri = mdoc_http_call_get_url (call),
    .now_unix_s = mdoc_vci_get_now_s (self),
    .max_age_s = MDOC_VCI_AGE_S,
    .max_ahead_s = MDOC_VCI_AHEAD_S,
    .is_nonce_current = mdoc_vci_check_nonce,
    .nonce_data = &nonce,
    .access_token = access_token,
    .thumbprint = thumbprint,
  };
  g_autofree char *found = NULL;
  MdocDpopResult result;
  gboolean is_full;

  if (proof == NULL || mdoc_http_call_count_header (call, DPOP_HEADER) != 1)
    return MDOC_DPOP_MALFORMED;

  /* the memory of replays is ours, as it is one for all threads and its lock
   * should not be held while a signature is verified */
  result = mdoc_dpop_check (proof, &expected, &found);
  if (result == MDOC_DPOP_OK
      && !mdoc_vci_is_first (self, call, proof, &is_full))
    result = is_full ? MDOC_DPOP_BUSY : MDOC_DPOP_REPLAYED;
  if (result == MDOC_DPOP_OK)
    *ret_thumbprint = g_steal_pointer (&found);
  return result;
}

gboolean
mdoc_vci_take_dpop (MdocVci *self,
                    const MdocHttpCall *call,
                    MdocHttpReply *reply,
                    char **ret_thumbprint)
{
  MdocDpopResult result;
  MdocProtocolCode code;

  give_nonce (self, reply);
  if (mdoc_http_call_count_header (call, DPOP_HEADER) == 0)
    {
      *ret_thumbprint = NULL;
      if (self->config.is_bearer_allowed)
        return TRUE;
      mdoc_vci_refuse (reply,
                       MDOC_PROTOCOL_INVALID_DPOP_PROOF,
                       "Tokens are given to holders of a key alone");
      return FALSE;
    }

  result = check_dpop (self, call, NULL, NULL, ret_thumbprint);
  if (result == MDOC_DPOP_OK)
    return TRUE;
  if (result == MDOC_DPOP_BUSY)
    {
      mdoc_vci_refuse_busy (self, call, reply);
      return FALSE;
    }

  code = mdoc_protocol_code_from_name (mdoc_dpop_result_get_error (result));
  mdoc_vci_refuse (reply, code, mdoc_dpop_result_get_name (result));
  return FALSE;
}

/* RFC 6750, 3, and RFC 9449, 7.1 */
void
mdoc_vci_refuse_token (MdocVci *self,
                       MdocHttpReply *reply,
                       MdocProtocolCode code,
                       const char *description)
{
  guint status = 401;

  g_autofree char *challenge = mdoc_protocol_challenge_write (DPOP_HEADER,
                                                              code);

  mdoc_http_reply_set_header (reply, "WWW-Authenticate", challenge);
  if (self->config.is_bearer_allowed)
    {
      g_autofree char *bearer = mdoc_protocol_challenge_write ("Bearer", code);

      mdoc_http_reply_add_header (reply, "WWW-Authenticate", bearer);
    }
  if (code == MDOC_PROTOCOL_TEMPORARILY_UNAVAILABLE)
    status = 503;
  else if (code == MDOC_PROTOCOL_INSUFFICIENT_SCOPE)
    status = 403;
  if (code == MDOC_PROTOCOL_UNKNOWN)
    mdoc_http_reply_set_status (reply, status);
  else
    mdoc_http_reply_take_json (reply,
                               status,
                               mdoc_protocol_error_write (code, description));
}

/* The token behind a scheme. */
static gboolean
split_authorization (const MdocHttpCall *call,
                     gboolean *ret_is_dpop,
                     const char **ret_token)
{
  const char *header = mdoc_http_call_get_header (call, "Authorization");
  static const char *const schemes[] = { "Bearer ", "DPoP " };

  if (header == NULL
      || mdoc_http_call_count_header (call, "Authorization") != 1)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (header, schemes[i], strlen (schemes[i])) == 0)
      {
        *ret_is_dpop = i == 1;
        *ret_token = header + strlen (schemes[i]);
        return TRUE;
      }
  return FALSE;
}

/* A token that is bound to a key is worth nothing without it. */
static gboolean
check_binding (MdocVci *self,
               const MdocHttpCall *call,
               MdocHttpReply *reply,
               const char *token,
               gboolean is_dpop,
               const MdocRegisterAccess *access)
{
  g_autofree char *thumbprint = NULL;
  MdocDpopResult result;
  MdocProtocolCode code;

  if (access->dpop_thumbprint == NULL && !is_dpop)
    return TRUE;
  if (access->dpop_thumbprint == NULL || !is_dpop)
    {
      mdoc_vci_refuse_token (self,
                             reply,
                             MDOC_PROTOCOL_INVALID_TOKEN,
                             "The token goes with the other scheme");
      return FALSE;
    }

  result = check_dpop (self, call, token, access->dpop_thumbprint, &thumbprint);
  if (result == MDOC_DPOP_OK)
    return TRUE;
  if (result == MDOC_DPOP_BUSY)
    {
      mdoc_vci_refuse_busy (self, call, reply);
      return FALSE;
    }

  code = mdoc_protocol_code_from_name (mdoc_dpop_result_get_error (result));
  mdoc_vci_refuse_token (self, reply, code, mdoc_dpop_result_get_name (result));
  return FALSE;
}

static MdocRegisterAccess *
take_own_or_foreign (MdocVci *self,
                     const MdocHttpCall *call,
                     MdocHttpReply *reply,
                     const char *token)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (GError) error = NULL;
  MdocRegisterAccess *access;

  if (mdoc_vci_is_foreign (self, token))
    return mdoc_vci_take_foreign (self, call, reply, token);

  access = mdoc_register_check_token (self->config.reg, &change, token, &error);
  if (access != NULL)
    return access;
  if (g_error_matches (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STORE))
    {
      mdoc_vci_fail (reply, error);
      return NULL;
    }
  mdoc_vci_count_miss (self, call);
  mdoc_vci_refuse_token (self,
                         reply,
                         MDOC_PROTOCOL_INVALID_TOKEN,
                         "The token is unknown or expired");
  return NULL;
}

MdocRegisterAccess *
mdoc_vci_take_access (MdocVci *self,
                      const MdocHttpCall *call,
                      MdocHttpReply *reply)
{
  g_autoptr (MdocRegisterAccess) access = NULL;
  const char *token;
  gboolean is_dpop;

  give_nonce (self, reply);
  if (!mdoc_vci_may_try (self, call, reply))
    return NULL;
  if (!split_authorization (call, &is_dpop, &token))
    {
      mdoc_vci_refuse_token (self, reply, MDOC_PROTOCOL_UNKNOWN, NULL);
      return NULL;
    }

  access = take_own_or_foreign (self, call, reply, token);
  if (access == NULL)
    return NULL;
  if (!check_binding (self, call, reply, token, is_dpop, access))
    return NULL;
  return g_steal_pointer (&access);
}

static gboolean
is_valid_at (MdocCertificate *certificate, gint64 at_s)
{
  return at_s >= mdoc_certificate_get_not_before (certificate)
         && at_s <= mdoc_certificate_get_not_after (certificate);
}

/* Is one of @anchors @certificate itself, or its issuer? */
static gboolean
is_anchored (MdocCertificate *certificate, GPtrArray *anchors, gint64 at_s)
{
  for (guint i = 0; i < anchors->len; i++)
    {
      MdocCertificate *anchor = g_ptr_array_index (anchors, i);
      gboolean is_signed = FALSE;

      if (!is_valid_at (anchor, at_s))
        continue;
      if (g_bytes_equal (mdoc_certificate_get_der (anchor),
                         mdoc_certificate_get_der (certificate)))
        return TRUE;
      if (mdoc_span_equal (mdoc_certificate_get_issuer_der (certificate),
                           mdoc_certificate_get_subject_der (anchor))
          && mdoc_certificate_is_signed_by (certificate,
                                            anchor,
                                            &is_signed,
                                            NULL)
          && is_signed)
        return TRUE;
    }
  return FALSE;
}

/* Wallet providers have no profile of certificates yet; what is checked is what
 * any has: times, names and signatures up to an anchor, and that who signs a
 * certificate may. */
gboolean
mdoc_vci_is_chain_trusted (GPtrArray *chain, GPtrArray *anchors, gint64 at_s)
{
  if (chain == NULL || anchors == NULL || chain->len == 0
      || chain->len > MAX_CHAIN)
    return FALSE;

  for (guint i = 0; i < chain->len; i++)
    {
      MdocCertificate *certificate = g_ptr_array_index (chain, i);
      MdocCertificate *issuer;
      gboolean is_signed = FALSE;

      if (!is_valid_at (certificate, at_s))
        return FALSE;
      if (i + 1 == chain->len)
        break;
      issuer = g_ptr_array_index (chain, i + 1);
      if (!mdoc_span_equal (mdoc_certificate_get_issuer_der (certificate),
                            mdoc_certificate_get_subject_der (issuer))
          || !mdoc_certificate_may_issue (issuer, i)
          || !mdoc_certificate_is_signed_by (certificate,
                                             issuer,
                                             &is_signed,
                                             NULL)
          || !is_signed)
        return FALSE;
    }
  return is_anchored (g_ptr_array_index (chain, chain->len - 1), anchors, at_s);
}

/* Returns: (nullable): the attestation, if it holds */
static MdocWalletAttestation *
check_attestation (MdocVci *self, const MdocHttpCall *call)
{
  const gint64 now_s = mdoc_vci_get_now_s (self);
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  gboolean is_valid = FALSE;
  MdocCertificate *leaf;

  attestation = mdoc_wallet_attestation_parse (
      mdoc_http_call_get_header (call, MDOC_WALLET_ATTESTATION_HEADER),
      NULL);
  if (attestation == NULL
      || !mdoc_wallet_attestation_is_current (attestation,
                                              now_s,
                                              MDOC_VCI_AHEAD_S)
      || !mdoc_vci_is_chain_trusted (attestation->chain,
                                     self->config.anchors,
                                     now_s))
    return NULL;

  leaf = g_ptr_array_index (attestation->chain, 0);
  if (!mdoc_jws_verify (attestation->jws,
                        mdoc_certificate_get_public_key (leaf),
                        &is_valid,
                        NULL)
      || !is_valid)
    return NULL;
  return g_steal_pointer (&attestation);
}

/* A challenge goes with each refusal, so the next try can be right. */
static gboolean
refuse_client (MdocVci *self,
               MdocHttpReply *reply,
               MdocProtocolCode code,
               const char *description)
{
  g_autofree char *challenge = mdoc_vci_make_nonce (self,
                                                    MDOC_VCI_NONCE_ATTESTATION);

  mdoc_vci_refuse (reply, code, description);
  mdoc_http_reply_set_header (reply,
                              "OAuth-Client-Attestation-Challenge",
                              challenge);
  return FALSE;
}

static gboolean
check_attested_client (MdocVci *self,
                       const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       char **ret_client_id)
{
  const char *pop = mdoc_http_call_get_header (call, MDOC_WALLET_POP_HEADER);
  g_autofree char *server = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_autoptr (MdocWalletAttestation) attestation = NULL;
  MdocVciNonceCheck nonce = { self, MDOC_VCI_NONCE_ATTESTATION };
  const MdocWalletPopExpectation expected = {
    .server = server,
    .now_unix_s = mdoc_vci_get_now_s (self),
    .max_age_s = MDOC_VCI_AGE_S,
    .max_ahead_s = MDOC_VCI_AHEAD_S,
    .is_challenge_current = mdoc_vci_check_nonce,
    .challenge_data = &nonce,
  };
  MdocWalletPopResult result;
  gboolean is_full;

  if (pop == NULL
      || mdoc_http_call_count_header (call, MDOC_WALLET_POP_HEADER) != 1
      || mdoc_http_call_count_header (call, MDOC_WALLET_ATTESTATION_HEADER)
             != 1)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_INVALID_CLIENT,
                          "An attestation and its proof, once each");

  attestation = check_attestation (self, call);
  if (attestation == NULL)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_INVALID_CLIENT_ATTESTATION,
                          "The attestation does not hold");

  result = mdoc_wallet_pop_check (pop, attestation, &expected);
  if (result == MDOC_WALLET_POP_NO_CHALLENGE)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_USE_ATTESTATION_CHALLENGE,
                          NULL);
  if (result == MDOC_WALLET_POP_OK
      && !mdoc_vci_is_first (self, call, pop, &is_full))
    {
      if (is_full)
        {
          mdoc_vci_refuse_busy (self, call, reply);
          return FALSE;
        }
      result = MDOC_WALLET_POP_REPLAYED;
    }
  if (result != MDOC_WALLET_POP_OK)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_INVALID_CLIENT,
                          mdoc_wallet_pop_result_get_name (result));

  *ret_client_id = g_strdup (attestation->client_id);
  return TRUE;
}

gboolean
mdoc_vci_take_client (MdocVci *self,
                      const MdocHttpCall *call,
                      MdocHttpReply *reply,
                      const char *form_client_id,
                      char **ret_client_id)
{
  const gboolean has_attestation
      = mdoc_http_call_count_header (call, MDOC_WALLET_ATTESTATION_HEADER) > 0
        || mdoc_http_call_count_header (call, MDOC_WALLET_POP_HEADER) > 0;
  g_autofree char *client_id = NULL;

  if (self->config.attestation == MDOC_VCI_ATTESTATION_NONE
      || (!has_attestation
          && self->config.attestation == MDOC_VCI_ATTESTATION_OPTIONAL))
    {
      *ret_client_id = g_strdup (form_client_id);
      return TRUE;
    }

  if (!has_attestation)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_INVALID_CLIENT,
                          "The wallet has to be attested");
  if (!check_attested_client (self, call, reply, &client_id))
    return FALSE;
  if (form_client_id != NULL && strcmp (form_client_id, client_id) != 0)
    return refuse_client (self,
                          reply,
                          MDOC_PROTOCOL_INVALID_CLIENT,
                          "The attestation is of another client");
  *ret_client_id = g_steal_pointer (&client_id);
  return TRUE;
}
