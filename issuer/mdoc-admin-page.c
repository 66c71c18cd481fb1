/*
 * mdoc-admin-page.c - what anybody may fetch: offers' pages, status lists
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "engagement/mdoc-qr.h"
#include "issuer/mdoc-offer-page.h"
#include "openid/mdoc-json.h"
#include "openid/mdoc-offer.h"

/* pages may be kept by nobody, what they refer to for an hour */
#define ASSET_CACHE "public, max-age=3600"

/* An id is no secret, the reference is: who has not got it sees nothing, not
 * even whether there is such an offer. */
static MdocRegisterOffer *
find_offer (MdocAdmin *self, const MdocHttpCall *call, MdocHttpReply *reply)
{
  const char *reference = mdoc_http_call_get_parameter (call, "reference");
  g_autoptr (MdocRegisterOffer) offer
      = mdoc_register_get_offer (self->reg,
                                 mdoc_http_call_get_parameter (call, "id"),
                                 NULL);

  if (offer == NULL || offer->reference == NULL
      || !mdoc_secret_equal (mdoc_span_from_text (offer->reference),
                             mdoc_span_from_text (reference)))
    {
      mdoc_http_reply_take_text (reply,
                                 404,
                                 "text/plain; charset=utf-8",
                                 g_strdup ("There is no such offer.\n"));
      return NULL;
    }
  return g_steal_pointer (&offer);
}

static char *
dup_name (MdocAdmin *self, const MdocRegisterOffer *offer)
{
  g_autoptr (MdocProfile) profile = NULL;
  GPtrArray *display;

  if (offer->configuration_ids == NULL || offer->configuration_ids[0] == NULL)
    return g_strdup ("Credential");
  profile = mdoc_register_get_profile (self->reg,
                                       offer->configuration_ids[0],
                                       0,
                                       NULL);
  display = profile == NULL ? NULL
                            : mdoc_profile_get_settings (profile)->display;
  if (display != NULL && display->len > 0)
    {
      const MdocDisplay *first = g_ptr_array_index (display, 0);

      if (first->name != NULL)
        return g_strdup (first->name);
    }
  return g_strdup (offer->configuration_ids[0]);
}

/**
 * mdoc_admin_serve_page:
 * @call: GET /offer/{id}/{reference}
 * @reply: the answer
 * @admin: the administration
 */
void
mdoc_admin_serve_page (const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       gpointer admin)
{
  MdocAdmin *self = admin;
  g_autoptr (MdocRegisterOffer) offer = find_offer (self, call, reply);
  g_autofree char *name = NULL;
  g_autofree char *link = NULL;
  g_autofree char *expires = NULL;
  g_autofree char *base = NULL;

  if (offer == NULL)
    return;
  name = dup_name (self, offer);
  link = mdoc_admin_write_link (self, offer, FALSE, MDOC_OFFER_SCHEME, NULL);
  expires = mdoc_time_format (offer->expires_at_s);
  base = g_strdup_printf ("%s/offer/%s/%s",
                          mdoc_http_server_get_base_url (self->server),
                          offer->id,
                          offer->reference);
  mdoc_http_reply_set_header (reply,
                              "Content-Security-Policy",
                              MDOC_OFFER_PAGE_POLICY);
  mdoc_http_reply_set_header (reply, "Referrer-Policy", "no-referrer");
  mdoc_http_reply_take_text (reply,
                             200,
                             "text/html; charset=utf-8",
                             mdoc_offer_page_write (&(MdocOfferPage){
                                 .issuer = self->issuer_name,
                                 .credential = name,
                                 .link = link == NULL ? "" : link,
                                 .base = base,
                                 .assets = "/offer",
                                 /* what cannot be claimed any more shows no
                                    code */
                                 .status = link == NULL
                                                   && strcmp (offer->status,
                                                              "offer_sent")
                                                          == 0
                                               ? MDOC_EXCHANGE_OFFER_WITHDRAWN
                                               : offer->status,
                                 .expires = expires,
                                 .needs_tx_code = offer->tx_code_len > 0,
                             }));
}

/**
 * mdoc_admin_serve_page_qr:
 * @call: GET /offer/{id}/{reference}/qr.svg
 * @reply: the answer
 * @admin: the administration
 */
void
mdoc_admin_serve_page_qr (const MdocHttpCall *call,
                          MdocHttpReply *reply,
                          gpointer admin)
{
  MdocAdmin *self = admin;
  g_autoptr (MdocRegisterOffer) offer = find_offer (self, call, reply);
  g_autofree char *link = NULL;
  char *svg;

  if (offer == NULL)
    return;
  link = mdoc_admin_write_link (self, offer, FALSE, MDOC_OFFER_SCHEME, NULL);
  svg = link == NULL ? NULL : mdoc_qr_to_svg (link, NULL);
  if (svg == NULL)
    mdoc_http_reply_set_status (reply, 410);
  else
    mdoc_http_reply_take_text (reply, 200, "image/svg+xml", svg);
}

static void
refuse_place (MdocHttpReply *reply, gboolean is_share)
{
  const guint status = is_share ? 429 : 503;
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "errorCode", status);
  json_object_set_string_member (object,
                                 "error",
                                 is_share ? "too_many_pages" : "busy");
  json_object_set_string_member (object,
                                 "errorDescription",
                                 is_share ? "Too many pages are open there"
                                          : "Too many pages are open");
  mdoc_http_reply_take_json (reply, status, mdoc_json_write (object));
  mdoc_http_reply_set_header (reply, "Retry-After", "30");
  json_object_unref (object);
}

/**
 * mdoc_admin_serve_page_events:
 * @call: GET /offer/{id}/{reference}/events
 * @reply: the answer
 * @admin: the administration
 */
void
mdoc_admin_serve_page_events (const MdocHttpCall *call,
                              MdocHttpReply *reply,
                              gpointer admin)
{
  MdocAdmin *self = admin;
  g_autoptr (MdocRegisterOffer) offer = find_offer (self, call, reply);
  g_autofree char *client = mdoc_http_call_dup_client (call,
                                                       self->trusts_proxy);
  gboolean is_share;

  if (offer == NULL)
    return;
  if (!mdoc_events_hub_has_place (self->hub, client, &is_share))
    {
      refuse_place (reply, is_share);
      return;
    }
  mdoc_http_reply_set_status (reply, 200);
  if (mdoc_events_hub_add_offer (
          self->hub,
          mdoc_http_reply_start_stream (reply, "text/event-stream"),
          client,
          offer->id))
    mdoc_events_worker_wake (self->worker);
}

static void
serve_asset (MdocHttpReply *reply, const char *type, const char *text)
{
  mdoc_http_reply_set_header (reply, "Cache-Control", ASSET_CACHE);
  mdoc_http_reply_take_text (reply, 200, type, g_strdup (text));
}

/**
 * mdoc_admin_serve_style:
 * @call: GET /offer/style.css
 * @reply: the answer
 * @admin: the administration
 */
void
mdoc_admin_serve_style (const MdocHttpCall *call,
                        MdocHttpReply *reply,
                        gpointer admin)
{
  serve_asset (reply, "text/css; charset=utf-8", mdoc_offer_page_get_style ());
}

/**
 * mdoc_admin_serve_script:
 * @call: GET /offer/script.js
 * @reply: the answer
 * @admin: the administration
 */
void
mdoc_admin_serve_script (const MdocHttpCall *call,
                         MdocHttpReply *reply,
                         gpointer admin)
{
  serve_asset (reply,
               "text/javascript; charset=utf-8",
               mdoc_offer_page_get_script ());
}

/* --- status lists --- */

static gboolean
is_known (const MdocHttpCall *call, const char *etag)
{
  const char *header = mdoc_http_call_get_header (call, "If-None-Match");
  g_auto (GStrv) tags = NULL;

  if (header == NULL)
    return FALSE;
  tags = g_strsplit (header, ",", 32);
  for (gsize i = 0; tags[i] != NULL; i++)
    {
      const char *tag = g_strstrip (tags[i]);

      if (g_str_has_prefix (tag, "W/"))
        tag += 2;
      if (strcmp (tag, etag) == 0 || strcmp (tag, "*") == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * mdoc_admin_serve_list:
 * @call: GET /status/tsl/{id} or /status/idl/{id}
 * @reply: the answer
 * @admin: the administration
 *
 * For anybody: a list says nothing of whose place is which.
 */
void
mdoc_admin_serve_list (const MdocHttpCall *call,
                       MdocHttpReply *reply,
                       gpointer admin)
{
  MdocAdmin *self = admin;
  const gboolean is_identifier_list
      = g_str_has_prefix (mdoc_http_call_get_path (call), "/status/idl/");
  g_autofree char *age = g_strdup_printf ("public, max-age=%d",
                                          MDOC_STATUS_CACHE_AGE_S);
  g_autofree char *etag = NULL;
  g_autoptr (GBytes) list = NULL;
  MdocStatusForm form;

  mdoc_http_reply_set_header (reply, "Access-Control-Allow-Origin", "*");
  mdoc_http_reply_set_header (reply, "Vary", "Accept, Accept-Encoding");
  /* lists of the past are not kept (Token Status List, 8.4) */
  if (mdoc_http_call_get_query (call, "time") != NULL)
    {
      mdoc_http_reply_set_status (reply, 501);
      return;
    }
  if (!mdoc_status_form_choose (mdoc_http_call_get_header (call, "Accept"),
                                mdoc_http_call_get_header (call,
                                                           "Accept-Encoding"),
                                is_identifier_list,
                                &form))
    {
      mdoc_http_reply_set_status (reply, 406);
      return;
    }
  list = mdoc_status_publisher_get (self->publisher,
                                    mdoc_http_call_get_parameter (call, "id"),
                                    form,
                                    &etag);
  if (list == NULL)
    {
      mdoc_http_reply_set_status (reply, 404);
      return;
    }

  mdoc_http_reply_set_header (reply, "Cache-Control", age);
  mdoc_http_reply_set_header (reply, "ETag", etag);
  if (is_known (call, etag))
    {
      mdoc_http_reply_set_status (reply, 304);
      return;
    }
  mdoc_http_reply_set_status (reply, 200);
  if (form == MDOC_STATUS_FORM_JWT_GZIP)
    mdoc_http_reply_set_header (reply, "Content-Encoding", "gzip");
  mdoc_http_reply_set_body (reply,
                            mdoc_status_form_get_media_type (form),
                            list);
}
