/*
 * mdoc-admin-audit.c - audit, retention, figures and description
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "issuer/mdoc-admin-metrics.h"
#include "openid/mdoc-json.h"

#define MAX_AGE_S (100LL * 366 * 24 * 3600)
/* rows that are read at once for an export */
#define EXPORT_ROWS ((guint) 500)

static gboolean
read_filter (MdocAdminCall *call,
             MdocRegisterAuditFilter *ret_filter,
             GError **error)
{
  gint64 since, limit, from, to;

  if (!mdoc_admin_get_query_int (call, "since", G_MAXINT64, 0, &since, error)
      || !mdoc_admin_get_query_int (call,
                                    "limit",
                                    MDOC_ADMIN_MAX_ROWS,
                                    MDOC_ADMIN_DEFAULT_ROWS,
                                    &limit,
                                    error)
      || !mdoc_admin_get_query_int (call,
                                    "from",
                                    MDOC_JSON_MAX_TIME,
                                    0,
                                    &from,
                                    error)
      || !mdoc_admin_get_query_int (call,
                                    "to",
                                    MDOC_JSON_MAX_TIME,
                                    0,
                                    &to,
                                    error))
    return FALSE;
  *ret_filter = (MdocRegisterAuditFilter){
    .since_seq = since,
    .limit = (guint) limit,
    .from_ms = from * 1000,
    .to_ms = to * 1000,
    .credential_id = mdoc_http_call_get_query (call->http, "credentialId"),
    .mid_uid = mdoc_http_call_get_query (call->http, "midUid"),
    .exchange_id = mdoc_http_call_get_query (call->http, "exchangeId"),
    .actor = mdoc_http_call_get_query (call->http, "actor"),
    .action = mdoc_http_call_get_query (call->http, "action"),
  };
  return TRUE;
}

/**
 * mdoc_admin_list_audit:
 * @call: GET audit
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_audit (MdocAdminCall *call, GError **error)
{
  MdocRegisterAuditFilter filter;
  g_autoptr (GPtrArray) rows = NULL;
  JsonArray *array;
  JsonObject *object;
  gint64 last;

  if (!read_filter (call, &filter, error))
    return FALSE;
  rows = mdoc_register_list_audit (call->admin->reg, &filter, error);
  if (rows == NULL)
    return FALSE;
  array = json_array_new ();
  last = filter.since_seq;
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocRegisterAudit *row = g_ptr_array_index (rows, i);

      json_array_add_object_element (array, mdoc_admin_write_audit (row));
      last = row->seq;
    }
  object = json_object_new ();
  json_object_set_array_member (object, "records", array);
  json_object_set_int_member (object, "next", last);
  return mdoc_admin_answer (call, 200, object);
}

/* one turn of an export. Returns: whether there is more to come */
static gboolean
export_rows (MdocAdminCall *call,
             MdocRegisterAuditFilter *filter,
             GString *text,
             gboolean *ret_is_more,
             GError **error)
{
  g_autoptr (GPtrArray) rows = mdoc_register_list_audit (call->admin->reg,
                                                         filter,
                                                         error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocRegisterAudit *row = g_ptr_array_index (rows, i);
      g_autoptr (JsonObject) object = mdoc_admin_write_audit (row);
      g_autofree char *line = mdoc_json_write (object);

      g_string_append (text, line);
      g_string_append_c (text, '\n');
      filter->since_seq = row->seq;
    }
  *ret_is_more = rows->len == filter->limit;
  return TRUE;
}

/**
 * mdoc_admin_export_audit:
 * @call: GET audit/export
 * @error: return location
 *
 * One row a line. That somebody took it is itself in the audit, from then on.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_export_audit (MdocAdminCall *call, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MdocRegisterAuditFilter filter;
  gboolean is_more = TRUE;

  if (!read_filter (call, &filter, error))
    return FALSE;
  filter.limit = EXPORT_ROWS;
  while (is_more && text->len < MDOC_ADMIN_MAX_EXPORT)
    if (!export_rows (call, &filter, text, &is_more, error))
      return FALSE;
  if (!mdoc_register_add_audit (call->admin->reg,
                                &call->change,
                                "audit.exported",
                                NULL,
                                error))
    return FALSE;

  if (is_more)
    {
      g_autofree char *next = g_strdup_printf ("%" G_GINT64_FORMAT,
                                               filter.since_seq);

      /* what is too long for one answer goes on behind this */
      mdoc_http_reply_set_header (call->reply, "X-Next-Since", next);
    }
  mdoc_http_reply_take_text (call->reply,
                             200,
                             "application/x-ndjson",
                             g_string_free (g_steal_pointer (&text), FALSE));
  return TRUE;
}

/**
 * mdoc_admin_verify_audit:
 * @call: GET audit/verify
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_verify_audit (MdocAdminCall *call, GError **error)
{
  gint64 first_bad, n_rows;
  JsonObject *object;

  if (!mdoc_register_verify_audit (call->admin->reg,
                                   &first_bad,
                                   &n_rows,
                                   error))
    return FALSE;
  object = json_object_new ();
  json_object_set_boolean_member (object, "intact", first_bad == 0);
  json_object_set_int_member (object, "records", n_rows);
  if (first_bad != 0)
    json_object_set_int_member (object, "firstBad", first_bad);
  return mdoc_admin_answer (call, 200, object);
}

/**
 * mdoc_admin_list_status_lists:
 * @call: GET status-lists
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_list_status_lists (MdocAdminCall *call, GError **error)
{
  const char *base = mdoc_http_server_get_base_url (call->admin->server);
  g_autoptr (GPtrArray) lists = mdoc_register_list_lists (call->admin->reg,
                                                          NULL,
                                                          error);
  JsonArray *array;

  if (lists == NULL)
    return FALSE;
  array = json_array_new ();
  for (guint i = 0; i < lists->len; i++)
    {
      const MdocRegisterListInfo *list = g_ptr_array_index (lists, i);
      JsonObject *object = json_object_new ();
      g_autofree char *uri = g_strdup_printf ("%s/status/%s/%s",
                                              base,
                                              list->is_identifier_list ? "idl"
                                                                       : "tsl",
                                              list->id);

      json_object_set_string_member (object, "listId", list->id);
      json_object_set_string_member (object,
                                     "kind",
                                     list->is_identifier_list ? "idlist"
                                                              : "tsl");
      json_object_set_string_member (object, "uri", uri);
      json_object_set_int_member (object, "bits", list->bits);
      json_object_set_int_member (object, "size", list->size);
      json_object_set_int_member (object, "used", list->n_used);
      json_object_set_int_member (object, "version", list->version);
      json_array_add_object_element (array, object);
    }
  return mdoc_admin_answer_list (call, "statusLists", array);
}

static gboolean
read_age (MdocAdminCall *call,
          const char *member,
          gint64 *ret_age_s,
          GError **error)
{
  return mdoc_json_find_int (call->body,
                             member,
                             0,
                             MAX_AGE_S,
                             0,
                             ret_age_s,
                             error);
}

/**
 * mdoc_admin_run_retention:
 * @call: POST retention/run
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_run_retention (MdocAdminCall *call, GError **error)
{
  MdocRegisterRetention retention = { 0 };
  MdocRegisterPurged purged = { 0 };
  JsonObject *object;
  gint64 limit;

  if (call->body == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "What to purge is the body");
  if (!read_age (call, "exchangeAgeSeconds", &retention.exchange_age_s, error)
      || !read_age (call, "eventAgeSeconds", &retention.event_age_s, error)
      || !read_age (call,
                    "credentialAgeSeconds",
                    &retention.credential_age_s,
                    error)
      || !mdoc_json_find_int (call->body,
                              "limit",
                              1,
                              MDOC_ADMIN_MAX_ITEMS,
                              MDOC_ADMIN_MAX_ROWS,
                              &limit,
                              error)
      || !mdoc_json_find_boolean (call->body,
                                  "dryRun",
                                  FALSE,
                                  &retention.dry_run,
                                  error))
    return FALSE;
  retention.max_rows = (guint) limit;
  if (!mdoc_register_purge (call->admin->reg,
                            &call->change,
                            &retention,
                            &purged,
                            error))
    return FALSE;

  object = json_object_new ();
  json_object_set_boolean_member (object, "dryRun", retention.dry_run);
  json_object_set_int_member (object, "exchanges", purged.n_exchanges);
  json_object_set_int_member (object, "events", purged.n_events);
  json_object_set_int_member (object, "credentials", purged.n_credentials);
  json_object_set_int_member (object, "shortLived", purged.n_short_lived);
  return mdoc_admin_answer (call, 200, object);
}

typedef struct
{
  const char *name;
  MdocAdminMetric kind;
  const char *help;
  gint64 value;
} Figure;

#define FIGURE(name_, kind_, value_, help_)                                    \
  {                                                                            \
    "mdoc_" name_, MDOC_METRIC_##kind_, help_, (gint64) (value_)               \
  }

static char *
write_figures (MdocAdmin *admin,
               const MdocRegisterFigures *reg,
               const MdocEventsWorkerFigures *work)
{
  const Figure figures[] = {
    /* clang-format off */
    FIGURE ("exchanges", GAUGE, reg->n_exchanges, "Exchanges in the register"),
    FIGURE ("credentials", GAUGE, reg->n_credentials,
            "Credentials in the register"),
    FIGURE ("device_credentials", GAUGE, reg->n_device_credentials,
            "Instances of credentials on devices"),
    FIGURE ("events", GAUGE, reg->n_events, "Events in the outbox"),
    FIGURE ("deliveries_due", GAUGE, reg->n_deliveries_due,
            "Deliveries that wait"),
    FIGURE ("subscriptions_parked", GAUGE, reg->n_parked,
            "Receivers that get nothing until a replay"),
    FIGURE ("commits", COUNTER, reg->n_commits, "Commits of the database"),
    FIGURE ("changes", COUNTER, reg->n_changes,
            "Changes that were committed"),
    FIGURE ("deliveries", COUNTER, work->n_delivered,
            "Deliveries that were taken"),
    FIGURE ("delivery_failures", COUNTER, work->n_failed,
            "Deliveries that failed"),
    FIGURE ("deliveries_running", GAUGE, work->n_running,
            "Deliveries without an answer yet"),
    FIGURE ("event_listeners", GAUGE,
            mdoc_events_hub_get_n_listeners (admin->hub),
            "Streams of events that are open"),
    FIGURE ("http_requests", COUNTER,
            mdoc_http_server_get_n_requests (admin->server),
            "Requests that were answered"),
    FIGURE ("http_connections", GAUGE,
            mdoc_http_server_get_n_connections (admin->server),
            "Connections that are open"),
    FIGURE ("status_lists_signed", COUNTER,
            mdoc_status_publisher_get_n_made (admin->publisher),
            "Status lists that were signed"),
    FIGURE ("start_time_seconds", GAUGE, admin->started_at_s,
            "When the platform has started"),
    /* clang-format on */
  };
  MdocAdminMetrics *metrics = mdoc_admin_metrics_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (figures); i++)
    mdoc_admin_metrics_add (metrics,
                            figures[i].name,
                            figures[i].kind,
                            figures[i].help,
                            figures[i].value);
  return mdoc_admin_metrics_finish (metrics);
}

/**
 * mdoc_admin_get_metrics:
 * @call: GET /metrics
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_metrics (MdocAdminCall *call, GError **error)
{
  MdocAdmin *admin = call->admin;
  MdocRegisterFigures figures = { 0 };
  MdocEventsWorkerFigures work = { 0 };

  mdoc_register_get_figures (admin->reg, &figures);
  mdoc_events_worker_get_figures (admin->worker, &work);
  mdoc_http_reply_take_text (call->reply,
                             200,
                             MDOC_ADMIN_METRICS_CONTENT_TYPE,
                             write_figures (admin, &figures, &work));
  return TRUE;
}

/**
 * mdoc_admin_get_openapi:
 * @call: GET /openapi.json
 * @error: return location
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_openapi (MdocAdminCall *call, GError **error)
{
  if (call->admin->openapi == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_NOT_FOUND,
                              "There is no description here");
  mdoc_http_reply_set_status (call->reply, 200);
  mdoc_http_reply_set_body (call->reply,
                            "application/json",
                            call->admin->openapi);
  return TRUE;
}
