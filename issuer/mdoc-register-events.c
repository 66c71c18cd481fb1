/*
 * mdoc-register-events.c - events, written with the change that they tell of
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

#define MAX_ROWS    1000
#define SPEC        1
#define MAX_TYPE    ((gsize) 64)
#define MAX_DETAILS ((gsize) 64 * 1024)

/* lifecycle, 4.2 */
static const char *const types[] = {
  "openid.credential.offer_sent",
  "openid.credential.offer_received",
  "openid.credential.token_issued",
  "openid.credential.credential_issued",
  "openid.credential.credential_acked",
  "openid.credential.credential_accepted",
  "openid.credential.credential_deleted",
  "openid.credential.issuance_denied",
  "exchange.offer_expired",
  "exchange.offer_withdrawn",
  "exchange.failed",
  "exchange.stalled",
  "exchange.deferred_ready",
  "exchange.presentation_requested",
  "exchange.presentation_verified",
  "exchange.presentation_failed",
  "exchange.group_completed",
  "exchange.group_incomplete",
  "mIDIssued",
  "mIDClaimed",
  "enrollmentFailed",
  "deviceCredentialDelivered",
  "credentialStateChanged",
  "deviceCredentialStateChanged",
  "stateChangeFailed",
  "attributeUpdateCompleted",
  "attributeUpdateFailed",
  "deviceCredentialRenewalRefused",
  "deviceCredentialExpired",
  "deviceCredentialRemoved",
  "deviceCredentialSilent",
  "request.awaiting_approval",
  "request.approved",
  "request.rejected",
  "request.withdrawn",
  "request.lapsed",
  "request.completed",
  "request.failed",
  "batch.started",
  "batch.item_done",
  "batch.completed",
  "message.queued",
  "message.delivered",
  "message.read",
  "message.expired",
  "authentication.requested",
  "authentication.started",
  "authentication.successful",
  "authentication.declined",
  "authentication.timed_out",
  "authentication.failed",
  "usage.presented",
  "statuslist.published",
  "subscription.parked",
  "capacity.rejected",
  "signer.expiring",
  "retention.purged",
  NULL,
};

const char *const *
mdoc_register_get_event_types (void)
{
  return types;
}

/* RFC 9562, 5.7 */
static char *
make_uuid7 (gint64 time_ms)
{
  guint8 raw[10];
  guint64 time = (guint64) time_ms & G_GUINT64_CONSTANT (0xffffffffffff);

  mdoc_random_fill (raw, sizeof raw);
  return g_strdup_printf ("%08x-%04x-7%01x%02x-%02x%02x-%02x%02x%02x%02x%02x"
                          "%02x",
                          (guint) (time >> 16),
                          (guint) (time & 0xffff),
                          raw[0] & 0xfu,
                          raw[1],
                          0x80u | (raw[2] & 0x3fu),
                          raw[3],
                          raw[4],
                          raw[5],
                          raw[6],
                          raw[7],
                          raw[8],
                          raw[9]);
}

static char *
format_ms (gint64 time_ms)
{
  g_autofree char *text = mdoc_time_format (time_ms / 1000);
  char *dot = g_strrstr (text, "Z");

  *dot = '\0';
  return g_strdup_printf ("%s.%03dZ", text, (int) (time_ms % 1000));
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static char *
write_envelope (const MdocRegisterCall *call,
                const MdocEventParts *event,
                const char *id,
                gint64 seq,
                const char *correlation_id)
{
  g_autoptr (JsonObject) root = json_object_new ();
  g_autofree char *time = format_ms (call->now_ms);
  JsonObject *subject = json_object_new ();

  json_object_set_int_member (root, "specVersion", SPEC);
  json_object_set_string_member (root, "id", id);
  json_object_set_int_member (root, "seq", seq);
  json_object_set_string_member (root, "type", event->type);
  json_object_set_string_member (root, "time", time);
  set_text (root, "correlationId", correlation_id);
  set_text (root, "cause", event->cause);
  json_object_set_string_member (root, "actor", call->actor);
  set_text (subject, "credentialId", event->credential_id);
  set_text (subject, "midUid", event->mid_uid);
  set_text (subject, "exchangeId", event->exchange_id);
  set_text (subject, "batchId", event->batch_id);
  json_object_set_object_member (root, "subject", subject);
  json_object_set_boolean_member (root, "final", event->is_final);
  json_object_set_boolean_member (root, "retryable", event->is_retryable);
  json_object_set_object_member (root,
                                 "data",
                                 event->data != NULL
                                     ? json_object_ref (event->data)
                                     : json_object_new ());
  return mdoc_json_write (root);
}

gboolean
mdoc_register_is_wanted (const char *wanted, const char *type)
{
  g_auto (GStrv) patterns = NULL;

  if (wanted == NULL)
    return TRUE;
  patterns = g_strsplit (wanted, "\n", -1);
  for (guint i = 0; patterns[i] != NULL; i++)
    {
      gsize len = strlen (patterns[i]);

      if (strcmp (patterns[i], type) == 0
          || (len > 0 && patterns[i][len - 1] == '*'
              && strncmp (patterns[i], type, len - 1) == 0))
        return TRUE;
    }
  return FALSE;
}

/* One row for each receiver; parked ones get theirs by a replay. */
static gboolean
add_deliveries (MdocRegister *self,
                const MdocRegisterCall *call,
                const MdocEventParts *event,
                gint64 row,
                const char *subject,
                GError **error)
{
  g_autoptr (GArray) wanting = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, types FROM subscription WHERE"
                          " state = 'live' AND (exchange_id IS NULL OR"
                          " exchange_id = ?)",
                          ARG_TEXT (event->exchange_id));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (has_row
          && mdoc_register_is_wanted (mdoc_cursor_get_text (cursor, 1),
                                      event->type))
        {
          gint64 id = mdoc_cursor_get_int (cursor, 0);

          g_array_append_val (wanting, id);
        }
    }

  for (guint i = 0; i < wanting->len; i++)
    if (!mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO delivery (subscription, event, subject,"
                      " next_at_ms, is_first) VALUES (?1, ?2, ?3, ?4, NOT"
                      " EXISTS (SELECT 1 FROM delivery WHERE subscription = ?1"
                      " AND subject = ?3 AND state = 0))",
                      ARG_INT (g_array_index (wanting, gint64, i)),
                      ARG_INT (row),
                      ARG_TEXT (subject),
                      ARG_INT (call->now_ms)))
      return FALSE;
  return TRUE;
}

gboolean
mdoc_register_write_event (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const MdocEventParts *event,
                           GError **error)
{
  g_autofree char *id = make_uuid7 (call->now_ms);
  g_autofree char *json = NULL;
  const char *correlation_id = event->correlation_id;
  const char *subject = event->subject;
  gint64 seq, row;

  if (correlation_id == NULL)
    correlation_id = call->correlation_id;
  if (subject == NULL)
    subject = event->mid_uid         ? event->mid_uid
              : event->credential_id ? event->credential_id
              : event->exchange_id   ? event->exchange_id
              : event->batch_id      ? event->batch_id
                                     : "";
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &seq,
                        error,
                        "SELECT max(seq) FROM event WHERE subject = ?",
                        ARG_TEXT (subject)))
    return FALSE;
  seq++;

  json = write_envelope (call, event, id, seq, correlation_id);
  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO event (uid, seq, subject, type, time_ms,"
                    " correlation_id, exchange_id, json)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    ARG_TEXT (id),
                    ARG_INT (seq),
                    ARG_TEXT (subject),
                    ARG_TEXT (event->type),
                    ARG_INT (call->now_ms),
                    ARG_TEXT (correlation_id),
                    ARG_TEXT (event->exchange_id),
                    ARG_TEXT (json)))
    return FALSE;
  row = mdoc_db_get_last_row (&self->writer);
  self->has_news = TRUE;
  return add_deliveries (self, call, event, row, subject, error);
}

/**
 * mdoc_register_emit:
 * @self: a register
 * @call: who and when
 * @type: of the catalogue, about operations and not about a credential
 * @data_json: (nullable): an object
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if the event is out
 */
gboolean
mdoc_register_emit (MdocRegister *self,
                    const MdocRegisterCall *call,
                    const char *type,
                    const char *data_json,
                    GError **error)
{
  static const MdocJsonLimits limits = { .max_bytes = MAX_DETAILS,
                                         .max_depth = 8,
                                         .max_values = 1024 };
  MdocEventParts event = { .type = type };
  g_autoptr (JsonNode) node = NULL;
  gboolean is_done;

  if (!g_strv_contains (types, type))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "There is no event of that type");
  if (data_json != NULL)
    {
      node = mdoc_json_load_object (mdoc_span_from_text (data_json),
                                    "The data",
                                    &limits,
                                    &event.data,
                                    error);
      if (node == NULL)
        return FALSE;
    }

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_register_write_event (self, call, &event, error)
            && mdoc_register_write_audit (self,
                                          call,
                                          &(MdocAuditParts){ .action = type },
                                          error);
  return mdoc_register_leave (self, is_done, error);
}

void
mdoc_register_event_free (MdocRegisterEvent *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->subject);
  g_free (self->type);
  g_free (self->correlation_id);
  g_free (self->exchange_id);
  g_free (self->json);
  g_free (self);
}

static gpointer
read_event (MdocCursor *cursor)
{
  MdocRegisterEvent *event = g_new0 (MdocRegisterEvent, 1);

  event->row = mdoc_cursor_get_int (cursor, 0);
  event->id = mdoc_cursor_dup_text (cursor, 1);
  event->seq = mdoc_cursor_get_int (cursor, 2);
  event->subject = mdoc_cursor_dup_text (cursor, 3);
  event->type = mdoc_cursor_dup_text (cursor, 4);
  event->time_ms = mdoc_cursor_get_int (cursor, 5);
  event->correlation_id = mdoc_cursor_dup_text (cursor, 6);
  event->exchange_id = mdoc_cursor_dup_text (cursor, 7);
  event->json = mdoc_cursor_dup_text (cursor, 8);
  return event;
}

#define EVENT_COLUMNS                                                          \
  "SELECT id, uid, seq, subject, type, time_ms, correlation_id, exchange_id,"  \
  " json FROM event WHERE id > ?1 AND (?2 IS NULL OR type = ?2)"
#define EVENT_ORDER " ORDER BY id LIMIT ?3"

static MdocCursor *
open_events (MdocDb *db, const MdocRegisterEventFilter *filter, GError **error)
{
  gint64 limit = filter->limit == 0 ? 100 : MIN (filter->limit, MAX_ROWS);

  if (filter->exchange_id != NULL)
    return mdoc_cursor_open (db,
                             error,
                             EVENT_COLUMNS " AND exchange_id = ?4" EVENT_ORDER,
                             ARG_INT (filter->since_row),
                             ARG_TEXT (filter->type),
                             ARG_INT (limit),
                             ARG_TEXT (filter->exchange_id));
  if (filter->subject != NULL)
    return mdoc_cursor_open (db,
                             error,
                             EVENT_COLUMNS " AND subject = ?4" EVENT_ORDER,
                             ARG_INT (filter->since_row),
                             ARG_TEXT (filter->type),
                             ARG_INT (limit),
                             ARG_TEXT (filter->subject));
  return mdoc_cursor_open (db,
                           error,
                           EVENT_COLUMNS EVENT_ORDER,
                           ARG_INT (filter->since_row),
                           ARG_TEXT (filter->type),
                           ARG_INT (limit));
}

static GPtrArray *
list_events (MdocDb *db, const MdocRegisterEventFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_event_free);
  g_autoptr (MdocCursor) cursor = open_events (db, filter, error);

  return mdoc_cursor_collect (cursor, read_event, events, error)
             ? g_steal_pointer (&events)
             : NULL;
}

GPtrArray *
mdoc_register_list_events (MdocRegister *self,
                           const MdocRegisterEventFilter *filter,
                           GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *events;

  if (db == NULL)
    return NULL;
  events = list_events (db, filter, error);
  mdoc_register_return_reader (self, db);
  return events;
}

gint64
mdoc_register_get_last_event (MdocRegister *self)
{
  MdocDb *db = mdoc_register_take_reader (self, NULL);
  gint64 row = 0;

  if (db == NULL)
    return 0;
  if (!mdoc_db_get_int_args (db,
                             "SELECT max(id) FROM event",
                             NULL,
                             0,
                             0,
                             &row,
                             NULL))
    row = 0;
  mdoc_register_return_reader (self, db);
  return row;
}
