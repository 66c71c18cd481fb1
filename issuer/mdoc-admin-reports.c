/*
 * mdoc-admin-reports.c - what there is, whole, to take away
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-admin-private.h"

#include <string.h>

#include "openid/mdoc-json.h"

/* rows that are read at once */
#define TURN_ROWS ((guint) 500)

/* Columns are members of what the lists answer. What a cell cannot show (an
 * object) has no column; nothing here is personal. */
static const char *const exchange_columns[] = {
  "exchangeId",     "offerId",      "status",        "credentialStatus",
  "stalled",        "deferred",     "grant",         "profileId",
  "profileVersion", "entryId",      "personId",      "externalRef",
  "midUid",         "credentialId", "correlationId", "walletClientId",
  "createdAt",      "updatedAt",    "expiresAt",     NULL
};
static const char *const credential_columns[] = { "credentialId",
                                                  "personId",
                                                  "externalRef",
                                                  "profileId",
                                                  "profileVersion",
                                                  "state",
                                                  "stateReason",
                                                  "stage",
                                                  "datasetVersion",
                                                  "createdAt",
                                                  "documentExpiry",
                                                  "updatedAt",
                                                  NULL };
static const char *const device_columns[] = {
  "midUid",     "credentialId", "profileId",          "deviceId",
  "clientType", "state",        "stateReason",        "effective",
  "generation", "validUntil",   "preparedGeneration", "pendingCauses",
  "createdAt",  "updatedAt",    "suspectedClone",     "lastSeen",
  NULL
};
static const char *const count_columns[] = { "profileId",
                                             "state",
                                             "count",
                                             NULL };
static const char *const signer_columns[] = { "signer",
                                              "fingerprint",
                                              "notBefore",
                                              "notAfter",
                                              NULL };
static const char *const kept_columns[] = { "kind", "count", "oldest", NULL };

static gpointer
write_credential (gconstpointer row)
{
  return mdoc_admin_write_credential (row, FALSE);
}

static gpointer
write_exchange (gconstpointer row)
{
  return mdoc_admin_write_exchange (row);
}

static gpointer
write_device (gconstpointer row)
{
  return mdoc_admin_write_device (row);
}

static gpointer
write_count (gconstpointer row)
{
  const MdocRegisterCount *count = row;
  JsonObject *object = json_object_new ();

  mdoc_admin_set_text (object, "profileId", count->profile_id);
  mdoc_admin_set_text (object, "state", count->state);
  json_object_set_int_member (object, "count", count->n);
  return object;
}

static gpointer
write_signer (gconstpointer row)
{
  const MdocSignerTerm *term = row;
  JsonObject *object = json_object_new ();

  mdoc_admin_set_text (object, "signer", term->name);
  mdoc_admin_set_text (object, "fingerprint", term->fingerprint);
  mdoc_admin_set_time (object, "notBefore", term->not_before_s);
  mdoc_admin_set_time (object, "notAfter", term->not_after_s);
  return object;
}

static gpointer
write_kept (gconstpointer row)
{
  const MdocRegisterKept *kept = row;
  JsonObject *object = json_object_new ();

  mdoc_admin_set_text (object, "kind", kept->kind);
  json_object_set_int_member (object, "count", kept->n);
  mdoc_admin_set_time (object, "oldest", kept->oldest_s);
  return object;
}

static GPtrArray *
list_exchanges (MdocAdminCall *call,
                const MdocRegisterFilter *filter,
                GError **error)
{
  return mdoc_register_list_exchanges (call->admin->reg, filter, error);
}

static GPtrArray *
list_credentials (MdocAdminCall *call,
                  const MdocRegisterFilter *filter,
                  GError **error)
{
  return mdoc_register_list_credentials (call->admin->reg, filter, error);
}

static GPtrArray *
list_devices (MdocAdminCall *call,
              const MdocRegisterFilter *filter,
              GError **error)
{
  return mdoc_register_list_devices (call->admin->reg,
                                     filter,
                                     call->change.now_ms / 1000,
                                     error);
}

static GPtrArray *
list_counts (MdocAdminCall *call,
             const MdocRegisterFilter *filter,
             GError **error)
{
  (void) filter;
  return mdoc_register_count_devices (call->admin->reg, error);
}

static GPtrArray *
list_signers (MdocAdminCall *call,
              const MdocRegisterFilter *filter,
              GError **error)
{
  (void) filter;
  (void) error;
  return mdoc_signer_watch_list (call->admin->watch);
}

static GPtrArray *
list_kept (MdocAdminCall *call,
           const MdocRegisterFilter *filter,
           GError **error)
{
  (void) filter;
  return mdoc_register_list_kept (call->admin->reg, error);
}

/* is there one of that name to go on behind? */
static gboolean
has_exchange (MdocAdminCall *call, const char *id, GError **error)
{
  g_autoptr (MdocRegisterExchange) found
      = mdoc_register_get_exchange (call->admin->reg, id, error);

  return found != NULL;
}

static gboolean
has_credential (MdocAdminCall *call, const char *id, GError **error)
{
  g_autoptr (MdocRegisterCredentialInfo) found
      = mdoc_register_get_credential (call->admin->reg, id, error);

  return found != NULL;
}

static gboolean
has_device (MdocAdminCall *call, const char *id, GError **error)
{
  g_autoptr (MdocRegisterDeviceInfo) found
      = mdoc_register_get_device (call->admin->reg,
                                  id,
                                  call->change.now_ms / 1000,
                                  error);

  return found != NULL;
}

/* The first column is what a row is called, and what @has finds. */
typedef struct
{
  const char *name;
  const char *const *columns;
  gpointer (*write) (gconstpointer row);
  GPtrArray *(*list) (MdocAdminCall *, const MdocRegisterFilter *, GError **);
  gboolean (*has) (MdocAdminCall *, const char *, GError **); /* nullable */
} Report;

static const Report reports[] = {
  { "exchanges",
    exchange_columns,
    write_exchange,
    list_exchanges,
    has_exchange },
  { "credentials",
    credential_columns,
    write_credential,
    list_credentials,
    has_credential },
  { "device-credentials",
    device_columns,
    write_device,
    list_devices,
    has_device },
  /* S4-146 */
  { "by-category", count_columns, write_count, list_counts, NULL },
  { "signers", signer_columns, write_signer, list_signers, NULL },
  { "retention", kept_columns, write_kept, list_kept, NULL },
};

static const Report *
find_report (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reports); i++)
    if (strcmp (reports[i].name, name) == 0)
      return &reports[i];
  return NULL;
}

/* --- one row --- */

/*   field = (escaped / non-escaped), with quotes doubled        RFC 4180, 2
 *
 * A text that a spreadsheet would take for a formula gets an apostrophe in
 * front: some are what strangers call themselves. */
static void
add_text (GString *out, const char *text)
{
  const gboolean is_formula = text[0] != '\0'
                              && strchr ("=+-@\t\r\n", text[0]) != NULL;

  if (!is_formula && strpbrk (text, "\",\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  if (is_formula)
    g_string_append_c (out, '\'');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

static char *
join_texts (JsonArray *array)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_ptr_array_add (texts,
                     (gpointer) (guintptr) json_array_get_string_element (array,
                                                                          i));
  g_ptr_array_add (texts, NULL);
  return g_strjoinv (" ", (char **) texts->pdata);
}

static void
add_cell (GString *out, JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_autofree char *text = join_texts (json_node_get_array (node));

      add_text (out, text);
    }
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    add_text (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void
add_head (GString *out, const char *const *columns)
{
  g_autofree char *line = g_strjoinv (",", (char **) (guintptr) columns);

  g_string_append (out, line);
  g_string_append (out, "\r\n");
}

static void
add_row (GString *out,
         const Report *report,
         JsonObject *row,
         gboolean is_csv,
         gboolean is_first)
{
  if (!is_csv)
    {
      g_autofree char *text = mdoc_json_write (row);

      g_string_append (out, is_first ? "" : ",");
      g_string_append (out, text);
      return;
    }
  for (gsize i = 0; report->columns[i] != NULL; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      add_cell (out, json_object_get_member (row, report->columns[i]));
    }
  g_string_append (out, "\r\n");
}

/* --- the answer --- */

/* One turn. @last: (inout): what the last row is called */
static gboolean
add_rows (MdocAdminCall *call,
          const Report *report,
          const MdocRegisterFilter *filter,
          gboolean is_csv,
          GString *out,
          guint *n_rows,
          char **last,
          gboolean *ret_is_more,
          GError **error)
{
  g_autoptr (GPtrArray) rows = report->list (call, filter, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (JsonObject) row = report->write (rows->pdata[i]);

      add_row (out, report, row, is_csv, (*n_rows)++ == 0);
      if (i + 1 == rows->len && report->has != NULL)
        {
          g_free (*last);
          *last = g_strdup (
              json_object_get_string_member (row, report->columns[0]));
        }
    }
  *ret_is_more = report->has != NULL && rows->len == filter->limit;
  return TRUE;
}

static gboolean
read_format (MdocAdminCall *call, gboolean *ret_is_csv, GError **error)
{
  const char *format = mdoc_http_call_get_query (call->http, "format");

  *ret_is_csv = g_strcmp0 (format, "csv") == 0;
  return format == NULL || *ret_is_csv || strcmp (format, "json") == 0
         || mdoc_admin_refuse (error,
                               MDOC_ADMIN_ERROR_REQUEST,
                               "“format” takes json or csv");
}

static gboolean
answer (MdocAdminCall *call,
        const Report *report,
        GString *out,
        gboolean is_csv,
        const char *next,
        GError **error)
{
  if (!mdoc_register_add_audit (call->admin->reg,
                                &call->change,
                                "report.exported",
                                report->name,
                                error))
    return FALSE;
  if (!is_csv)
    {
      g_string_prepend (out, "{\"rows\":[");
      g_string_append (out, "]}");
    }
  /* what is too long for one answer goes on behind this */
  if (next != NULL)
    mdoc_http_reply_set_header (call->reply, "X-Next-After", next);
  mdoc_http_reply_take_text (call->reply,
                             200,
                             is_csv ? "text/csv; charset=utf-8"
                                    : "application/json",
                             g_strndup (out->str, out->len));
  return TRUE;
}

/**
 * mdoc_admin_get_report:
 * @call: GET reports/{id}
 * @error: return location
 *
 * All rows, with the filters of the list of that name and not a page of it:
 * what one answer does not hold is behind the row that X-Next-After names,
 * whatever has been added in the meantime. That somebody took it is in the
 * audit.
 *
 * Returns: whether it was answered
 */
gboolean
mdoc_admin_get_report (MdocAdminCall *call, GError **error)
{
  const Report *report = find_report (mdoc_admin_get_path (call, "id"));
  const char *after = mdoc_http_call_get_query (call->http, "after");
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *last = NULL;
  MdocRegisterFilter filter;
  gboolean is_csv, is_more = TRUE;
  guint n_rows = 0;

  if (report == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_NOT_FOUND,
                              "There is no such report");
  if (!mdoc_admin_get_filter (call, &filter, error)
      || !read_format (call, &is_csv, error))
    return FALSE;
  if (after != NULL && report->has == NULL)
    return mdoc_admin_refuse (error,
                              MDOC_ADMIN_ERROR_REQUEST,
                              "That report is of one piece");
  if (after != NULL && !report->has (call, after, error))
    return FALSE;

  filter.offset = 0;
  filter.limit = TURN_ROWS;
  last = g_strdup (after);
  if (is_csv && after == NULL)
    add_head (out, report->columns);
  while (is_more && out->len < MDOC_ADMIN_MAX_EXPORT)
    {
      filter.after = last;
      if (!add_rows (call,
                     report,
                     &filter,
                     is_csv,
                     out,
                     &n_rows,
                     &last,
                     &is_more,
                     error))
        return FALSE;
    }
  return answer (call, report, out, is_csv, is_more ? last : NULL, error);
}
