/*
 * mdoc-admin-offers.c - offers and how far they have got, for operators
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "engagement/mdoc-qr.h"
#include "issuer/mdoc-vci.h"
#include "openid/mdoc-json.h"
#include "openid/mdoc-offer.h"

#define QR_MODULE_PX 8
/* longest life of an offer: a year */
#define MAX_LIFETIME_S (366 * 24 * 3600)

/**
 * mdoc_admin_write_link:
 * @self: the administration
 * @offer: an offer that can still be claimed
 * @by_value: whether the link holds the offer itself, not its address
 * @scheme: of the link
 * @error: return location for a #MdocAdminError
 *
 * Returns: (transfer full): what a wallet opens, or %NULL with @error set
 */
char *
mdoc_admin_write_link (MdocAdmin *self,
                       const MdocRegisterOffer *offer,
                       gboolean by_value,
                       const char *scheme,
                       GError **error)
{
  const char *base = mdoc_http_server_get_base_url (self->server);
  g_autofree char *issuer = g_strconcat (base, self->issuer_path, NULL);
  g_autoptr (MdocOffer) content = NULL;

  if (offer->pre_authorized_code == NULL && offer->issuer_state == NULL)
    {
      mdoc_admin_refuse (error,
                         MDOC_ADMIN_ERROR_CONFLICT,
                         "The offer is spent or void");
      return NULL;
    }
  if (!by_value)
    {
      g_autofree char *uri = g_strconcat (issuer,
                                          "/offer/",
                                          offer->reference,
                                          NULL);

      return mdoc_offer_reference_to_link (uri, scheme);
    }

  content = mdoc_vci_make_offer (issuer, offer, self->servers[0] != NULL);
  return mdoc_offer_to_link (content, scheme);
}

/* --- what is asked for --- */

typedef struct
{
  GArray *items; /* of MdocRegisterOfferItem */
  GPtrArray *texts;
  MdocRegisterOfferRequest request;
  const char *scheme;
  gboolean by_value;
} Order;

static void
order_clear (Order *self)
{
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Order, order_clear)

static gboolean
find_name (JsonObject *object,
           const char *member,
           const char **ret_text,
           GError **error)
{
  return mdoc_json_find_text (object,
                              member,
                              MDOC_ADMIN_MAX_NAME,
                              ret_text,
                              error);
}

static gboolean
read_item (Order *self, JsonObject *object, GError **error)
{
  MdocRegisterOfferItem item = { 0 };
  char *claims, *metadata;

  if (!find_name (object, "profileId", &item.profile_id, error)
      || !find_name (object, "credentialId", &item.credential_id, error)
      || !find_name (object, "entryId", &item.entry_id, error)
      || !mdoc_admin_find_json (object, "claims", &claims, error))
    return FALSE;
  if (claims != NULL)
    g_ptr_array_add (self->texts, claims);
  item.claims_json = claims;
  if (!mdoc_admin_find_json (object, "metadata", &metadata, error))
    return FALSE;
  if (metadata != NULL)
    g_ptr_array_add (self->texts, metadata);
  item.metadata_json = metadata;
  if (item.profile_id == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“profileId” is missing");
  g_array_append_val (self->items, item);
  return TRUE;
}

static gboolean
read_items (Order *self, JsonObject *body, GError **error)
{
  JsonArray *array;

  if (!mdoc_json_find_array (body,
                             "credentials",
                             MDOC_REGISTER_MAX_ITEMS,
                             &array,
                             error))
    return FALSE;
  if (array == NULL)
    return read_item (self, body, error);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = mdoc_json_array_get_object (array,
                                                       i,
                                                       "credentials",
                                                       error);

      if (object == NULL || !read_item (self, object, error))
        return FALSE;
    }
  if (self->items->len == 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“credentials” is empty");
  return TRUE;
}

static gboolean
read_choice (JsonObject *body,
             const char *member,
             MdocRegisterChoice *ret_choice,
             GError **error)
{
  gboolean value;

  if (!mdoc_json_find_boolean (body, member, FALSE, &value, error))
    return FALSE;
  if (!json_object_has_member (body, member)
      || json_object_get_null_member (body, member))
    *ret_choice = MDOC_REGISTER_AS_PROFILE;
  else
    *ret_choice = value ? MDOC_REGISTER_YES : MDOC_REGISTER_NO;
  return TRUE;
}

static gboolean
read_ways (Order *self, JsonObject *body, GError **error)
{
  const char *grant, *mode;

  if (!find_name (body, "grant", &grant, error)
      || !find_name (body, "valueMode", &mode, error)
      || !find_name (body, "urlScheme", &self->scheme, error)
      || !find_name (body, "authorizationServer", &self->request.server, error))
    return FALSE;

  if (grant == NULL || strcmp (grant, "pre-authorized_code") == 0
      || strcmp (grant, MDOC_GRANT_PRE_AUTHORIZED) == 0)
    self->request.grant = MDOC_PROFILE_PRE_AUTHORIZED;
  else if (strcmp (grant, MDOC_GRANT_AUTHORIZATION_CODE) == 0)
    self->request.grant = MDOC_PROFILE_AUTHORIZATION_CODE;
  else
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "There is no grant of that name");

  self->by_value = mode != NULL && strcmp (mode, "value") == 0;
  if (mode != NULL && !self->by_value && strcmp (mode, "reference") != 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“valueMode” is value or reference");

  if (self->scheme == NULL)
    self->scheme = MDOC_OFFER_SCHEME;
  else if (strcmp (self->scheme, MDOC_OFFER_SCHEME) != 0
           && strcmp (self->scheme, MDOC_OFFER_SCHEME_HAIP) != 0
           && strcmp (self->scheme, MDOC_OFFER_SCHEME_OLD) != 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "There is no URL scheme of that name for offers");
  return TRUE;
}

static gboolean
read_order (Order *self, JsonObject *body, GError **error)
{
  MdocRegisterOfferRequest *request = &self->request;

  self->items = g_array_new (FALSE, FALSE, sizeof (MdocRegisterOfferItem));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  if (!read_items (self, body, error) || !read_ways (self, body, error)
      || !find_name (body, "personId", &request->person_id, error)
      || !find_name (body, "externalRef", &request->external_ref, error)
      || !find_name (body, "consentRef", &request->consent_ref, error)
      || !find_name (body, "recipientDeviceId", &request->device_id, error)
      || !read_choice (body, "txCode", &request->tx_code, error)
      || !read_choice (body, "deferred", &request->deferred, error)
      || !mdoc_json_find_int (body,
                              "expiresInSeconds",
                              1,
                              MAX_LIFETIME_S,
                              0,
                              &request->lifetime_s,
                              error))
    return FALSE;
  request->items = (const MdocRegisterOfferItem *) (gpointer) self->items->data;
  request->n_items = self->items->len;
  return TRUE;
}

static gboolean
answer_offer (MdocAdminCall *call,
              guint status,
              const MdocRegisterOffer *offer,
              const char *link)
{
  const char *base = mdoc_http_server_get_base_url (call->admin->server);
  JsonObject *object = json_object_new ();
  g_autofree char *page = g_strconcat (base,
                                       "/offer/",
                                       offer->id,
                                       "/",
                                       offer->reference,
                                       NULL);

  json_object_set_string_member (object, "offerId", offer->id);
  mdoc_json_set_texts (object,
                       "exchangeIds",
                       (const char *const *) offer->exchange_ids);
  mdoc_json_set_texts (object,
                       "configurationIds",
                       (const char *const *) offer->configuration_ids);
  json_object_set_string_member (object, "status", offer->status);
  mdoc_admin_set_text (object, "uri", link);
  if (link != NULL)
    json_object_set_string_member (object, "pageUrl", page);
  mdoc_admin_set_text (object, "txCode", offer->tx_code);
  if (offer->tx_code_len > 0)
    {
      json_object_set_int_member (object, "txCodeLength", offer->tx_code_len);
      json_object_set_string_member (object,
                                     "txCodeInputMode",
                                     offer->tx_code_is_numeric ? "numeric"
                                                               : "text");
    }
  mdoc_admin_set_time (object, "expiresAt", offer->expires_at_s);
  return mdoc_admin_answer (call, status, object);
}

/**
 * mdoc_admin_create_offer:
 * @call: POST offers
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_create_offer (MdocAdminCall *call, GError **error)
{
  g_auto (Order) order = { 0 };
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autofree char *link = NULL;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "An offer needs a body");
  if (!read_order (&order, call->body, error))
    return FALSE;
  if (order.request.server != NULL
      && !g_strv_contains ((const char *const *) call->admin->servers,
                           order.request.server))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "There is no such authorization server");
  offer = mdoc_register_create_offer (call->admin->reg,
                                      &call->change,
                                      &order.request,
                                      error);
  if (offer == NULL)
    return FALSE;
  link = mdoc_admin_write_link (call->admin,
                                offer,
                                order.by_value,
                                order.scheme,
                                error);
  return link != NULL && answer_offer (call, 201, offer, link);
}

static MdocRegisterOffer *
find_offer (MdocAdminCall *call, GError **error)
{
  return mdoc_register_get_offer (call->admin->reg,
                                  mdoc_admin_get_path (call, "id"),
                                  error);
}

/**
 * mdoc_admin_get_offer:
 * @call: GET offers/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_offer (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterOffer) offer = find_offer (call, error);
  g_autofree char *link = NULL;

  if (offer == NULL)
    return FALSE;
  /* that it is spent is no error here */
  link = mdoc_admin_write_link (call->admin,
                                offer,
                                FALSE,
                                MDOC_OFFER_SCHEME,
                                NULL);
  return answer_offer (call, 200, offer, link);
}

static gboolean
withdraw (MdocAdminCall *call, GError **error)
{
  if (!mdoc_register_withdraw_offer (call->admin->reg,
                                     &call->change,
                                     mdoc_admin_get_path (call, "id"),
                                     error))
    return FALSE;
  call->status = 204;
  return TRUE;
}

/**
 * mdoc_admin_withdraw_offer:
 * @call: DELETE offers/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_withdraw_offer (MdocAdminCall *call, GError **error)
{
  return withdraw (call, error);
}

/**
 * mdoc_admin_withdraw_exchange:
 * @call: DELETE exchanges/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_withdraw_exchange (MdocAdminCall *call, GError **error)
{
  return withdraw (call, error);
}

static char *
find_link (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterOffer) offer = find_offer (call, error);

  return offer == NULL ? NULL
                       : mdoc_admin_write_link (call->admin,
                                                offer,
                                                FALSE,
                                                MDOC_OFFER_SCHEME,
                                                error);
}

/**
 * mdoc_admin_get_qr_png:
 * @call: GET offers/{id}/qr.png
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_qr_png (MdocAdminCall *call, GError **error)
{
  g_autofree char *link = find_link (call, error);
  g_autoptr (GBytes) png = NULL;

  if (link == NULL)
    return FALSE;
  png = mdoc_qr_to_png (link, QR_MODULE_PX, error);
  if (png == NULL)
    return FALSE;
  mdoc_http_reply_set_status (call->reply, 200);
  mdoc_http_reply_set_body (call->reply, "image/png", png);
  return TRUE;
}

/**
 * mdoc_admin_get_qr_svg:
 * @call: GET offers/{id}/qr.svg
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_qr_svg (MdocAdminCall *call, GError **error)
{
  g_autofree char *link = find_link (call, error);
  char *svg = link == NULL ? NULL : mdoc_qr_to_svg (link, error);

  if (svg == NULL)
    return FALSE;
  mdoc_http_reply_take_text (call->reply, 200, "image/svg+xml", svg);
  return TRUE;
}

/**
 * mdoc_admin_get_qr_txt:
 * @call: GET offers/{id}/qr.txt
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_qr_txt (MdocAdminCall *call, GError **error)
{
  g_autofree char *link = find_link (call, error);
  g_autofree char *qr = link == NULL
                            ? NULL
                            : mdoc_qr_to_terminal (link, MDOC_QR_UTF8, error);

  if (qr == NULL)
    return FALSE;
  mdoc_http_reply_take_text (call->reply,
                             200,
                             "text/plain; charset=utf-8",
                             g_strconcat (qr, link, "\n", NULL));
  return TRUE;
}

/* --- exchanges --- */

/**
 * mdoc_admin_list_exchanges:
 * @call: GET exchanges
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_exchanges (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) exchanges = NULL;
  MdocRegisterFilter filter;
  JsonArray *array;

  if (!mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  exchanges = mdoc_register_list_exchanges (call->admin->reg, &filter, error);
  if (exchanges == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < exchanges->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_exchange (
                                       g_ptr_array_index (exchanges, i)));
  return mdoc_admin_answer_list (call, "exchanges", array);
}

static gboolean
answer_exchange (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterExchange) exchange
      = mdoc_register_get_exchange (call->admin->reg,
                                    mdoc_admin_get_path (call, "id"),
                                    error);

  return exchange != NULL
         && mdoc_admin_answer (call, 200, mdoc_admin_write_exchange (exchange));
}

/**
 * mdoc_admin_get_exchange:
 * @call: GET exchanges/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_exchange (MdocAdminCall *call, GError **error)
{
  return answer_exchange (call, error);
}

/**
 * mdoc_admin_supply_claims:
 * @call: PUT exchanges/{id}/claims
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_supply_claims (MdocAdminCall *call, GError **error)
{
  g_autofree char *claims = NULL;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "The claims are the body");
  if (!mdoc_admin_find_json (call->body, "claims", &claims, error))
    return FALSE;
  if (claims == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“claims” is missing");
  return mdoc_register_supply_claims (call->admin->reg,
                                      &call->change,
                                      mdoc_admin_get_path (call, "id"),
                                      claims,
                                      error)
         && answer_exchange (call, error);
}

/**
 * mdoc_admin_deny_exchange:
 * @call: POST exchanges/{id}/deny
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_deny_exchange (MdocAdminCall *call, GError **error)
{
  const char *code = NULL;

  if (call->body != NULL && !find_name (call->body, "code", &code, error))
    return FALSE;
  return mdoc_register_deny_exchange (call->admin->reg,
                                      &call->change,
                                      mdoc_admin_get_path (call, "id"),
                                      code == NULL ? "operator" : code,
                                      error)
         && answer_exchange (call, error);
}
