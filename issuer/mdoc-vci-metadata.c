/*
 * mdoc-vci-metadata.c - what issuer and authorization server say of themselves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-offer.h"
#include "openid/mdoc-server-metadata.h"

/* how long signed metadata is good for */
#define SIGNED_S ((gint64) 24 * 3600)

/* algorithms of proofs and of DPoP */
static const char *const proof_algs[] = { "ES256",
                                          "ES384",
                                          "ES512",
                                          "EdDSA",
                                          NULL };

static void
set_proof_type (MdocProofType *type,
                const MdocProfileSettings *settings,
                gboolean is_taken)
{
  if (!is_taken)
    return;
  type->is_supported = TRUE;
  type->algs = g_strdupv ((GStrv) (guintptr) proof_algs);
  type->needs_key_attestation = settings->needs_key_attestation;
  type->key_storage = g_strdupv (settings->key_storage);
  type->user_authentication = g_strdupv (settings->user_authentication);
}

/* What a profile does not say: how keys are proved, and what signs. */
static MdocConfiguration *
make_configuration (MdocVci *self, MdocProfile *profile)
{
  MdocConfiguration *configuration = mdoc_profile_to_configuration (profile);
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  GPtrArray *chain = mdoc_vci_signers_get_chain (self->config.signers,
                                                 settings->signer);

  set_proof_type (&configuration->jwt, settings, settings->takes_jwt_proofs);
  set_proof_type (&configuration->attestation,
                  settings,
                  settings->takes_attestation_proofs);
  if (chain != NULL)
    {
      MdocPublicKey *key = mdoc_certificate_get_public_key (
          g_ptr_array_index (chain, 0));
      const gint64 alg = mdoc_curve_get_alg (mdoc_public_key_get_curve (key));

      g_array_append_val (configuration->signing_algs, alg);
    }
  return configuration;
}

static gboolean
add_profiles (MdocVci *self, MdocIssuerMetadata *metadata, GError **error)
{
  g_autoptr (GPtrArray) profiles
      = mdoc_register_list_profiles (self->config.reg, error);

  if (profiles == NULL)
    return FALSE;

  for (guint i = 0; i < profiles->len; i++)
    {
      MdocProfile *profile = g_ptr_array_index (profiles, i);
      const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);

      if (settings->is_retired)
        continue;
      g_ptr_array_add (metadata->configurations,
                       make_configuration (self, profile));
      metadata->batch_size = MAX (metadata->batch_size, settings->batch_size);
    }
  return TRUE;
}

/* ourselves first, as that is where most offers go; %NULL: there is no other */
static GStrv
list_servers (MdocVci *self, const char *issuer)
{
  g_autoptr (GStrvBuilder) servers = g_strv_builder_new ();

  if (self->config.servers == NULL || self->config.servers->len == 0)
    return NULL;
  g_strv_builder_add (servers, issuer);
  for (guint i = 0; i < self->config.servers->len; i++)
    {
      const MdocVciServer *server = self->config.servers->pdata[i];

      g_strv_builder_add (servers, server->issuer);
    }
  return g_strv_builder_end (servers);
}

static MdocIssuerMetadata *
make_issuer_metadata (MdocVci *self, const MdocHttpCall *call, GError **error)
{
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_autofree char *credential_uri = mdoc_vci_dup_url (call,
                                                      MDOC_VCI_PATH
                                                      "/credential");
  g_autoptr (MdocIssuerMetadata) metadata
      = mdoc_issuer_metadata_new (issuer, credential_uri);
  const gboolean is_required = self->config.is_encryption_required;

  metadata->servers = list_servers (self, issuer);
  metadata->nonce_uri = mdoc_vci_dup_url (call, MDOC_VCI_PATH "/nonce");
  metadata->deferred_uri = mdoc_vci_dup_url (call,
                                             MDOC_VCI_PATH
                                             "/deferred_credential");
  metadata->notification_uri = mdoc_vci_dup_url (call,
                                                 MDOC_VCI_PATH "/notification");
  metadata->wallet_uri = mdoc_vci_dup_url (call, MDOC_WALLET_PATH);
  metadata->request.is_offered = metadata->response.is_offered = TRUE;
  metadata->request.is_required = metadata->response.is_required = is_required;
  for (guint i = 0; i < G_N_ELEMENTS (metadata->request.can); i++)
    metadata->request.can[i] = metadata->response.can[i] = TRUE;
  g_ptr_array_add (metadata->request.keys, mdoc_jwk_ref (self->encryption_jwk));
  if (self->config.display != NULL)
    g_ptr_array_add (metadata->display,
                     mdoc_display_new (self->config.display, NULL));
  if (!add_profiles (self, metadata, error))
    return NULL;
  return g_steal_pointer (&metadata);
}

/* Whether a header Accept prefers the signed form. Weights are not looked at:
 * who names the one form and not the other gets it. */
static gboolean
wants_jwt (const MdocHttpCall *call)
{
  const char *accept = mdoc_http_call_get_header (call, "Accept");
  g_auto (GStrv) ranges = NULL;

  if (accept == NULL)
    return FALSE;
  ranges = g_strsplit (accept, ",", 32);
  for (guint i = 0; ranges[i] != NULL; i++)
    {
      const char *range = g_strstrip (ranges[i]);
      const gsize len = strcspn (range, "; ");

      if (len == strlen ("application/jwt")
          && g_ascii_strncasecmp (range, "application/jwt", len) == 0)
        return TRUE;
      if ((len == strlen ("application/json")
           && g_ascii_strncasecmp (range, "application/json", len) == 0)
          || g_str_has_prefix (range, "*/*"))
        return FALSE;
    }
  return FALSE;
}

/* OpenID4VCI 1.0, 12.2.2 */
void
mdoc_vci_on_issuer_metadata (const MdocHttpCall *call,
                             MdocHttpReply *reply,
                             gpointer data)
{
  MdocVci *self = data;
  MdocVciSigners *signers = self->config.signers;
  g_autoptr (MdocIssuerMetadata) metadata = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 now_s = mdoc_vci_get_now_s (self);
  GPtrArray *chain;
  char *compact;
  MdocKey *key;

  metadata = make_issuer_metadata (self, call, &error);
  if (metadata == NULL)
    {
      mdoc_vci_fail (reply, error);
      return;
    }

  mdoc_http_reply_set_header (reply, "Vary", "Accept");
  chain = mdoc_vci_signers_get_chain (signers, MDOC_VCI_DEFAULT_SIGNER);
  if (chain == NULL || !wants_jwt (call))
    {
      mdoc_http_reply_take_json (reply,
                                 200,
                                 mdoc_issuer_metadata_to_json (metadata));
      return;
    }

  key = mdoc_vci_signers_borrow (signers, MDOC_VCI_DEFAULT_SIGNER);
  compact = mdoc_issuer_metadata_sign (metadata,
                                       key,
                                       chain,
                                       now_s,
                                       now_s + SIGNED_S,
                                       &error);
  mdoc_vci_signers_give_back (signers, MDOC_VCI_DEFAULT_SIGNER, key);
  if (compact == NULL)
    mdoc_vci_fail (reply, error);
  else
    mdoc_http_reply_take_text (reply, 200, "application/jwt", compact);
}

static GStrv
list_scopes (MdocVci *self, GError **error)
{
  g_autoptr (GPtrArray) profiles
      = mdoc_register_list_profiles (self->config.reg, error);
  g_autoptr (GStrvBuilder) scopes = g_strv_builder_new ();

  if (profiles == NULL)
    return NULL;
  for (guint i = 0; i < profiles->len; i++)
    {
      const MdocProfileSettings *settings = mdoc_profile_get_settings (
          g_ptr_array_index (profiles, i));

      if (settings->scope != NULL && !settings->is_retired)
        g_strv_builder_add (scopes, settings->scope);
    }
  return g_strv_builder_end (scopes);
}

/* RFC 8414; OpenID4VCI 1.0, 12.3 */
void
mdoc_vci_on_server_metadata (const MdocHttpCall *call,
                             MdocHttpReply *reply,
                             gpointer data)
{
  static const char *const grants[] = { MDOC_GRANT_AUTHORIZATION_CODE,
                                        MDOC_GRANT_PRE_AUTHORIZED,
                                        MDOC_GRANT_REFRESH_TOKEN,
                                        NULL };
  static const char *const none[] = { "none", NULL };
  static const char *const attested[] = { "attest_jwt_client_auth", NULL };
  static const char *const both[] = { "none", "attest_jwt_client_auth", NULL };
  MdocVci *self = data;
  g_autofree char *issuer = mdoc_vci_dup_issuer (
      mdoc_http_call_get_base_url (call));
  g_autofree char *token_uri = mdoc_vci_dup_url (call, MDOC_VCI_PATH "/token");
  g_autoptr (MdocServerMetadata) metadata
      = mdoc_server_metadata_new (issuer, token_uri);
  g_autoptr (GError) error = NULL;
  const char *const *methods = none;

  if (self->config.attestation == MDOC_VCI_ATTESTATION_OPTIONAL)
    methods = both;
  else if (self->config.attestation == MDOC_VCI_ATTESTATION_REQUIRED)
    methods = attested;

  metadata->scopes = list_scopes (self, &error);
  if (metadata->scopes == NULL)
    {
      mdoc_vci_fail (reply, error);
      return;
    }
  metadata->authorization_uri = mdoc_vci_dup_url (call,
                                                  MDOC_VCI_PATH "/authorize");
  metadata->par_uri = mdoc_vci_dup_url (call, MDOC_VCI_PATH "/par");
  if (methods != none)
    metadata->challenge_uri = mdoc_vci_dup_url (call,
                                                MDOC_VCI_PATH "/challenge");
  metadata->requires_par = TRUE;
  metadata->has_s256 = TRUE;
  metadata->gives_iss = TRUE;
  metadata->has_details = TRUE;
  metadata->allows_anonymous = self->config.attestation
                               != MDOC_VCI_ATTESTATION_REQUIRED;
  metadata->grant_types = g_strdupv ((GStrv) (guintptr) grants);
  metadata->auth_methods = g_strdupv ((GStrv) (guintptr) methods);
  metadata->dpop_algs = g_strdupv ((GStrv) (guintptr) proof_algs);
  mdoc_http_reply_take_json (reply,
                             200,
                             mdoc_server_metadata_to_json (metadata));
}
