/*
 * mdoc-vci-token.c - the token endpoint
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-vci-code.h"
#include "issuer/mdoc-vci-private.h"
#include "openid/mdoc-token-message.h"

static MdocTokenRequest *
read_request (const MdocHttpCall *call, MdocHttpReply *reply)
{
  g_autofree char *form = mdoc_vci_dup_form (call, reply);
  g_autoptr (GError) error = NULL;
  MdocTokenRequest *request;

  if (form == NULL)
    return NULL;

  request = mdoc_token_request_parse (form, &error);
  if (error != NULL)
    mdoc_vci_refuse (reply, MDOC_PROTOCOL_INVALID_REQUEST, NULL);
  else if (request == NULL)
    mdoc_vci_refuse (reply, MDOC_PROTOCOL_UNSUPPORTED_GRANT_TYPE, NULL);
  return request;
}

static MdocRegisterGrant
get_grant (const MdocTokenRequest *request)
{
  switch (request->grant)
    {
    case MDOC_TOKEN_AUTHORIZATION_CODE:
      return MDOC_REGISTER_AUTHORIZATION_CODE;
    case MDOC_TOKEN_REFRESH:
      return MDOC_REGISTER_REFRESH_TOKEN;
    case MDOC_TOKEN_PRE_AUTHORIZED:
    default:
      return MDOC_REGISTER_PRE_AUTHORIZED_CODE;
    }
}

static MdocRegisterTokens *
redeem (MdocVci *self,
        const MdocTokenRequest *request,
        const char *client_id,
        const char *thumbprint,
        gboolean *ret_has_details,
        GError **error)
{
  const MdocRegisterCall change = mdoc_vci_make_call (self);
  g_autofree char *code = NULL;
  MdocRegisterTokenRequest redeemed = {
    .grant = get_grant (request),
    .tx_code = request->tx_code,
    .client_id = client_id,
    .redirect_uri = request->redirect_uri,
    .code_verifier = request->code_verifier,
    .dpop_thumbprint = thumbprint,
  };

  *ret_has_details = request->details != NULL;
  code = redeemed.grant == MDOC_REGISTER_AUTHORIZATION_CODE
             ? mdoc_vci_code_unmark (request->code, ret_has_details)
             : g_strdup (request->code);
  redeemed.code = code;
  return mdoc_register_redeem (self->config.reg, &change, &redeemed, error);
}

/* The configurations among @asked, or all if that is %NULL, with the names of
 * their credentials (OpenID4VCI 1.0, 6.2). */
static GPtrArray *
make_details (GPtrArray *items, GPtrArray *asked)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *details = mdoc_details_new ();

  for (guint i = 0; i < items->len; i++)
    {
      const MdocRegisterTokenItem *item = g_ptr_array_index (items, i);
      g_autoptr (GPtrArray) ids = g_ptr_array_new ();
      gboolean is_asked = asked == NULL || asked->len == 0;

      for (guint j = 0; !is_asked && j < asked->len; j++)
        {
          const MdocDetail *detail = g_ptr_array_index (asked, j);

          is_asked = strcmp (detail->configuration_id, item->configuration_id)
                     == 0;
        }
      if (!is_asked || !g_hash_table_add (done, item->configuration_id))
        continue;

      for (guint j = i; j < items->len; j++)
        {
          const MdocRegisterTokenItem *other = g_ptr_array_index (items, j);

          if (strcmp (other->configuration_id, item->configuration_id) == 0)
            g_ptr_array_add (ids, other->mid_uid);
        }
      g_ptr_array_add (ids, NULL);
      mdoc_details_add (details,
                        item->configuration_id,
                        (const char *const *) ids->pdata);
    }
  return details;
}

static void
answer (MdocHttpReply *reply,
        const MdocTokenRequest *request,
        const MdocRegisterTokens *tokens,
        gboolean is_dpop,
        gboolean has_details)
{
  MdocTokenResponse response = {
    .access_token = tokens->access_token,
    .is_dpop = is_dpop,
    .expires_in_s = tokens->expires_in_s,
    .refresh_token = tokens->refresh_token,
  };
  g_autoptr (GPtrArray) details = NULL;

  if (has_details)
    {
      details = make_details (tokens->items, request->details);
      if (details->len == 0)
        {
          mdoc_vci_refuse (reply,
                           MDOC_PROTOCOL_INVALID_AUTHORIZATION_DETAILS,
                           "The grant is for none of these");
          return;
        }
      response.details = details;
    }
  mdoc_http_reply_take_json (reply,
                             200,
                             mdoc_token_response_to_json (&response));
}

/* RFC 6749, 3.2; OpenID4VCI 1.0, 6 */
void
mdoc_vci_on_token (const MdocHttpCall *call,
                   MdocHttpReply *reply,
                   gpointer data)
{
  MdocVci *self = data;
  g_autoptr (MdocTokenRequest) request = NULL;
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autofree char *client_id = NULL;
  g_autofree char *thumbprint = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_details;

  if (!mdoc_vci_may_try (self, call, reply))
    return;
  request = read_request (call, reply);
  /* DPoP first: who only lacks its nonce will send the same proof of the
   * wallet again, which counts once */
  if (request == NULL || !mdoc_vci_take_dpop (self, call, reply, &thumbprint)
      || !mdoc_vci_take_client (self,
                                call,
                                reply,
                                request->client_id,
                                &client_id))
    return;

  tokens = redeem (self, request, client_id, thumbprint, &has_details, &error);
  if (tokens != NULL)
    {
      answer (reply, request, tokens, thumbprint != NULL, has_details);
      return;
    }

  if (g_error_matches (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT)
      || g_error_matches (error,
                          MDOC_REGISTER_ERROR,
                          MDOC_REGISTER_ERROR_TX_CODE))
    mdoc_vci_count_miss (self, call);
  mdoc_vci_refuse_grant (reply, error);
}
