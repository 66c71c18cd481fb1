/*
 * mdoc-vci-offer.c - offers by reference, and nonces
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-credential-message.h"
#include "openid/mdoc-offer.h"

/**
 * mdoc_vci_make_offer:
 * @issuer: the credential issuer's identifier
 * @offer: an offer of the register
 * @has_servers: whether the metadata has more than one authorization server
 *
 * Returns: (transfer full): what a wallet gets to read
 */
MdocOffer *
mdoc_vci_make_offer (const char *issuer,
                     const MdocRegisterOffer *offer,
                     gboolean has_servers)
{
  const char *server = offer->server;
  MdocOfferGrants grants = {
    .has_authorization_code = offer->issuer_state != NULL,
    .issuer_state = offer->issuer_state,
    .pre_authorized_code = offer->pre_authorized_code,
    .has_tx_code = offer->pre_authorized_code != NULL && offer->tx_code_len > 0,
    .tx_code_mode = offer->tx_code_is_numeric ? MDOC_TX_CODE_NUMERIC
                                              : MDOC_TX_CODE_TEXT,
    .tx_code_len = offer->tx_code_len,
  };

  if (server == NULL && has_servers)
    server = issuer;
  if (grants.has_authorization_code)
    grants.authorization_code_server = server;
  if (grants.pre_authorized_code != NULL)
    grants.pre_authorized_server = server;
  return mdoc_offer_new (issuer,
                         (const char *const *) offer->configuration_ids,
                         &grants);
}

/* OpenID4VCI 1.0, 4.1.3 */
void
mdoc_vci_on_offer (const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gpointer data)
{
  MdocVci *self = data;
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (MdocOffer) object = NULL;
  g_autofree char *issuer = NULL;
  g_autoptr (GError) error = NULL;

  if (!mdoc_vci_may_try (self, call, reply))
    return;

  offer = mdoc_register_fetch_offer (self->config.reg,
                                     &change,
                                     mdoc_http_call_get_parameter (call,
                                                                   "reference"),
                                     &error);
  if (offer == NULL)
    {
      if (!g_error_matches (error,
                            MDOC_REGISTER_ERROR,
                            MDOC_REGISTER_ERROR_STORE))
        {
          mdoc_vci_count_miss (self, call);
          mdoc_http_reply_take_json (
              reply,
              404,
              mdoc_protocol_error_write (MDOC_PROTOCOL_INVALID_REQUEST,
                                         "There is no such offer any more"));
          return;
        }
      mdoc_vci_fail (reply, error);
      return;
    }

  issuer = mdoc_vci_dup_issuer (mdoc_http_call_get_base_url (call));
  object = mdoc_vci_make_offer (issuer,
                                offer,
                                self->config.servers != NULL
                                    && self->config.servers->len > 0);
  mdoc_http_reply_take_json (reply, 200, mdoc_offer_to_json (object));
}

/* 7: for the proofs of a credential request; also the first one for DPoP */
void
mdoc_vci_on_nonce (const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gpointer data)
{
  MdocVci *self = data;
  g_autofree char *nonce = mdoc_vci_make_nonce (self,
                                                MDOC_VCI_NONCE_CREDENTIAL);
  g_autofree char *dpop_nonce = mdoc_vci_make_nonce (self, MDOC_VCI_NONCE_DPOP);

  mdoc_http_reply_take_json (reply, 200, mdoc_nonce_response_write (nonce));
  mdoc_http_reply_set_header (reply, "DPoP-Nonce", dpop_nonce);
}

/* attestation-based client authentication, 8 */
void
mdoc_vci_on_challenge (const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       gpointer data)
{
  MdocVci *self = data;
  g_autofree char *challenge = mdoc_vci_make_nonce (self,
                                                    MDOC_VCI_NONCE_ATTESTATION);

  mdoc_http_reply_take_json (reply,
                             200,
                             mdoc_challenge_response_write (challenge));
}
