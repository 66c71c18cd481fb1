/*
 * mdoc-admin-events.c - events and who gets them, for operators
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "issuer/mdoc-events-envelope.h"
#include "issuer/mdoc-events-signature.h"
#include "openid/mdoc-json.h"

#define MAX_TYPES 128

/**
 * mdoc_admin_list_event_types:
 * @call: GET event-types
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_event_types (MdocAdminCall *call, GError **error)
{
  JsonObject *object = json_object_new ();

  mdoc_json_set_texts (object, "types", mdoc_register_get_event_types ());
  return mdoc_admin_answer (call, 200, object);
}

static gboolean
read_filter (MdocAdminCall *call,
             MdocRegisterEventFilter *ret_filter,
             GError **error)
{
  gint64 since, limit;

  if (!mdoc_admin_get_query_int (call, "since", G_MAXINT64, 0, &since, error)
      || !mdoc_admin_get_query_int (call,
                                    "limit",
                                    MDOC_ADMIN_MAX_ROWS,
                                    MDOC_ADMIN_DEFAULT_ROWS,
                                    &limit,
                                    error))
    return FALSE;
  *ret_filter = (MdocRegisterEventFilter){
    .since_row = since,
    .limit = (guint) limit,
    .exchange_id = mdoc_http_call_get_query (call->http, "exchangeId"),
    .subject = mdoc_http_call_get_query (call->http, "subject"),
    .type = mdoc_http_call_get_query (call->http, "type"),
  };
  return TRUE;
}

/**
 * mdoc_admin_list_events:
 * @call: GET events
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_events (MdocAdminCall *call, GError **error)
{
  const char *source = mdoc_http_server_get_base_url (call->admin->server);
  MdocRegisterEventFilter filter;
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (JsonArray) array = json_array_new ();
  JsonObject *object;
  gint64 last;

  if (!read_filter (call, &filter, error))
    return FALSE;
  events = mdoc_register_list_events (call->admin->reg, &filter, error);
  if (events == NULL)
    return FALSE;
  last = filter.since_row;
  for (guint i = 0; i < events->len; i++)
    {
      const MdocRegisterEvent *event = g_ptr_array_index (events, i);
      g_autofree char *wrapped = mdoc_events_envelope_wrap (event->json,
                                                            source,
                                                            error);
      JsonNode *node;

      if (wrapped == NULL)
        return FALSE;
      node = json_from_string (wrapped, error);
      if (node == NULL)
        return FALSE;
      json_array_add_element (array, node);
      last = event->row;
    }

  object = json_object_new ();
  json_object_set_array_member (object, "events", g_steal_pointer (&array));
  /* where to go on */
  json_object_set_int_member (object, "next", last);
  return mdoc_admin_answer (call, 200, object);
}

static gboolean
start_stream (MdocAdminCall *call,
              MdocRegisterEventFilter *filter,
              GError **error)
{
  const char *last = mdoc_http_call_get_header (call->http, "Last-Event-ID");
  gboolean is_share;
  guint64 row;

  if (last != NULL)
    {
      if (!g_ascii_string_to_unsigned (last, 10, 0, G_MAXINT64, &row, NULL))
        return mdoc_admin_refuse (error,
                                  MDOC_ADMIN_ERROR_REQUEST,
                                  "Last-Event-ID is none of ours");
      filter->since_row = (gint64) row;
    }
  if (call->admin->hub == NULL
      || !mdoc_events_hub_has_place (call->admin->hub, NULL, &is_share))
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_BUSY,
                              "Too many listen already");

  mdoc_http_reply_set_status (call->reply, 200);
  if (mdoc_events_hub_add (call->admin->hub,
                           mdoc_http_reply_start_stream (call->reply,
                                                         "text/event-stream"),
                           filter))
    mdoc_events_worker_wake (call->admin->worker);
  return TRUE;
}

/**
 * mdoc_admin_stream_events:
 * @call: GET events/stream
 * @error: return location
 *
 * Without Last-Event-ID or “since” it begins with what happens next.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_stream_events (MdocAdminCall *call, GError **error)
{
  MdocRegisterEventFilter filter;

  if (!read_filter (call, &filter, error))
    return FALSE;
  if (mdoc_http_call_get_query (call->http, "since") == NULL)
    filter.since_row = mdoc_register_get_last_event (call->admin->reg);
  return start_stream (call, &filter, error);
}

/**
 * mdoc_admin_stream_exchange:
 * @call: GET exchanges/{id}/events
 * @error: return location
 *
 * Begins with the first event of the exchange.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_stream_exchange (MdocAdminCall *call, GError **error)
{
  g_autoptr (MdocRegisterExchange) exchange
      = mdoc_register_get_exchange (call->admin->reg,
                                    mdoc_admin_get_path (call, "id"),
                                    error);
  MdocRegisterEventFilter filter;

  if (exchange == NULL || !read_filter (call, &filter, error))
    return FALSE;
  filter.exchange_id = exchange->id;
  return start_stream (call, &filter, error);
}

/* --- subscriptions --- */

/**
 * mdoc_admin_list_subscriptions:
 * @call: GET subscriptions
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_subscriptions (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) subscriptions
      = mdoc_register_list_subscriptions (call->admin->reg, NULL, error);
  JsonArray *array;

  if (subscriptions == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < subscriptions->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_subscription (
                                       g_ptr_array_index (subscriptions, i)));
  return mdoc_admin_answer_list (call, "subscriptions", array);
}

/* the subscriptions there are: one, that of the path */
static GPtrArray *
find_subscription (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) found
      = mdoc_register_list_subscriptions (call->admin->reg,
                                          mdoc_admin_get_path (call, "id"),
                                          error);

  if (found != NULL && found->len == 0)
    {
      mdoc_admin_refuse (error,
                         MDOC_ADMIN_ERROR_NOT_FOUND,
                         "There is no such subscription");
      return NULL;
    }
  return g_steal_pointer (&found);
}

/**
 * mdoc_admin_get_subscription:
 * @call: GET subscriptions/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_subscription (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) found = find_subscription (call, error);

  return found != NULL
         && mdoc_admin_answer (call,
                               200,
                               mdoc_admin_write_subscription (
                                   g_ptr_array_index (found, 0)));
}

static gboolean
check_secret (const char *secret, GError **error)
{
  if (secret == NULL || strlen (secret) < MDOC_EVENTS_MIN_SECRET_LEN)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "“secret” has at least %d characters",
                              (int) MDOC_EVENTS_MIN_SECRET_LEN);
  return TRUE;
}

/* whether an address can be reached is for a ping to find out */
static gboolean
check_url (MdocAdminCall *call, const char *url, GError **error)
{
  if (g_str_has_prefix (url, "https://")
      || (call->admin->allow_plain_loopback
          && g_str_has_prefix (url, "http://")))
    return TRUE;
  return mdoc_admin_refuse (error,
                            MDOC_ADMIN_ERROR_REQUEST,
                            "“url” has to begin with https://");
}

/* what may stand in a header */
static gboolean
check_bearer (const char *token, GError **error)
{
  for (const char *at = token; at != NULL && *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return mdoc_admin_refuse (error,
                                MDOC_ADMIN_ERROR_REQUEST,
                                "“bearerToken” has visible characters alone");
  return TRUE;
}

static gboolean
put (MdocAdminCall *call,
     const MdocRegisterSubscription *old,
     char **ret_id,
     GError **error)
{
  const char *url, *secret, *bearer, *exchange;
  gboolean aborts;
  g_autoptr (MdocRegisterSubscription) made = g_new0 (MdocRegisterSubscription,
                                                      1);

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "A subscription needs a body");
  url = mdoc_json_get_text (call->body, "url", MDOC_ADMIN_MAX_TEXT, error);
  if (url == NULL
      || !mdoc_json_find_text (call->body,
                               "secret",
                               MDOC_EVENTS_MAX_SECRET_LEN,
                               &secret,
                               error)
      || !mdoc_json_find_text (call->body,
                               "bearerToken",
                               MDOC_ADMIN_MAX_TEXT,
                               &bearer,
                               error)
      || !mdoc_json_find_text (call->body,
                               "exchangeId",
                               MDOC_ADMIN_MAX_NAME,
                               &exchange,
                               error)
      || !mdoc_json_find_boolean (call->body,
                                  "abortOn4xx",
                                  FALSE,
                                  &aborts,
                                  error)
      || !mdoc_json_find_texts (call->body,
                                "types",
                                MAX_TYPES,
                                MDOC_ADMIN_MAX_NAME,
                                &made->types,
                                error))
    return FALSE;
  /* secrets are never told, so who changes the rest need not know them; but the
   * token goes out as it is, and so to nobody but whom it was given for */
  if (secret == NULL && old != NULL)
    secret = old->secret;
  if (bearer == NULL && old != NULL && old->bearer_token != NULL
      && strcmp (url, old->url) != 0)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "Another “url” takes a “bearerToken” of its own");
  if (bearer == NULL && old != NULL)
    bearer = old->bearer_token;
  if (!check_url (call, url, error) || !check_secret (secret, error)
      || !check_bearer (bearer, error))
    return FALSE;

  made->id = old == NULL ? NULL : g_strdup (old->id);
  made->url = g_strdup (url);
  made->secret = g_strdup (secret);
  made->bearer_token = g_strdup (bearer);
  made->exchange_id = g_strdup (exchange);
  made->aborts_on_4xx = aborts;
  *ret_id = mdoc_register_put_subscription (call->admin->reg,
                                            &call->change,
                                            made,
                                            error);
  return *ret_id != NULL;
}

/**
 * mdoc_admin_add_subscription:
 * @call: POST subscriptions
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_add_subscription (MdocAdminCall *call, GError **error)
{
  g_autofree char *id = NULL;
  JsonObject *object;

  if (!put (call, NULL, &id, error))
    return FALSE;
  object = json_object_new ();
  json_object_set_string_member (object, "subscriptionId", id);
  return mdoc_admin_answer (call, 201, object);
}

/**
 * mdoc_admin_put_subscription:
 * @call: PUT subscriptions/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_put_subscription (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) found = find_subscription (call, error);
  g_autofree char *id = NULL;

  return found != NULL && put (call, g_ptr_array_index (found, 0), &id, error)
         && mdoc_admin_get_subscription (call, error);
}

/**
 * mdoc_admin_delete_subscription:
 * @call: DELETE subscriptions/{id}
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_delete_subscription (MdocAdminCall *call, GError **error)
{
  if (!mdoc_register_delete_subscription (call->admin->reg,
                                          &call->change,
                                          mdoc_admin_get_path (call, "id"),
                                          error))
    return FALSE;
  call->status = 204;
  return TRUE;
}

/**
 * mdoc_admin_ping_subscription:
 * @call: POST subscriptions/{id}/ping
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_ping_subscription (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) found = find_subscription (call, error);
  g_autofree char *outcome = NULL;
  gboolean is_taken;
  JsonObject *object;

  if (found == NULL)
    return FALSE;
  outcome = mdoc_events_worker_ping (call->admin->worker,
                                     g_ptr_array_index (found, 0),
                                     &is_taken);
  object = json_object_new ();
  json_object_set_string_member (object, "outcome", outcome);
  json_object_set_boolean_member (object, "delivered", is_taken);
  return mdoc_admin_answer (call, 200, object);
}

/**
 * mdoc_admin_list_deliveries:
 * @call: GET subscriptions/{id}/deliveries
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_deliveries (MdocAdminCall *call, GError **error)
{
  g_autoptr (GPtrArray) found = find_subscription (call, error);
  g_autoptr (GPtrArray) deliveries = NULL;
  MdocRegisterFilter filter;
  JsonArray *array;

  if (found == NULL || !mdoc_admin_get_filter (call, &filter, error))
    return FALSE;
  deliveries = mdoc_register_list_deliveries (call->admin->reg,
                                              mdoc_admin_get_path (call, "id"),
                                              filter.limit,
                                              error);
  if (deliveries == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < deliveries->len; i++)
    json_array_add_object_element (array,
                                   mdoc_admin_write_delivery (
                                       g_ptr_array_index (deliveries, i)));
  return mdoc_admin_answer_list (call, "deliveries", array);
}

/**
 * mdoc_admin_replay_subscription:
 * @call: POST subscriptions/{id}/replay
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_replay_subscription (MdocAdminCall *call, GError **error)
{
  gint64 since = 0;
  guint n_events;
  JsonObject *object;

  if (call->body != NULL
      && !mdoc_json_find_int (call->body,
                              "since",
                              0,
                              MDOC_JSON_MAX_INT,
                              0,
                              &since,
                              error))
    return FALSE;
  if (!mdoc_register_replay (call->admin->reg,
                             &call->change,
                             mdoc_admin_get_path (call, "id"),
                             since,
                             &n_events,
                             error))
    return FALSE;
  object = json_object_new ();
  json_object_set_int_member (object, "events", n_events);
  return mdoc_admin_answer (call, 202, object);
}
