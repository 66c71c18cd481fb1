/*
 * mdoc-register-deliveries.c - who gets which events, and whether they did
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_URL           ((gsize) 2048)
#define MAX_TYPES         64
#define MAX_SUBSCRIPTIONS 1000
#define MAX_ROWS          1000

enum
{
  DELIVERY_OPEN,
  DELIVERY_DONE,
  DELIVERY_ABORTED,
};

void
mdoc_register_subscription_free (MdocRegisterSubscription *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->url);
  g_free (self->secret);
  g_free (self->bearer_token);
  g_strfreev (self->types);
  g_free (self->exchange_id);
  g_free (self->state);
  g_free (self);
}

void
mdoc_register_delivery_free (MdocRegisterDelivery *self)
{
  if (self == NULL)
    return;

  g_free (self->subscription_id);
  g_free (self->url);
  g_free (self->secret);
  g_free (self->bearer_token);
  g_free (self->event_id);
  g_free (self->event_type);
  g_free (self->event_json);
  g_free (self->last_outcome);
  g_free (self);
}

static gboolean
check_subscription (const MdocRegisterSubscription *subscription,
                    GError **error)
{
  const struct
  {
    const char *text;
    const char *what;
  } texts[] = { { subscription->id, "The id" },
                { subscription->url, "The URL" },
                { subscription->secret, "The secret" },
                { subscription->bearer_token, "The bearer token" },
                { subscription->exchange_id, "The exchange" } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!mdoc_register_check_text (texts[i].text,
                                   texts[i].what,
                                   MAX_URL,
                                   error))
      return FALSE;
  if (subscription->url == NULL || subscription->secret == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "A subscription has an URL and a secret");

  for (guint i = 0;
       subscription->types != NULL && subscription->types[i] != NULL;
       i++)
    if (i >= MAX_TYPES || strchr (subscription->types[i], '\n') != NULL
        || !mdoc_register_check_text (subscription->types[i],
                                      "A type",
                                      64,
                                      NULL))
      return mdoc_register_refuse (error,
                                   MDOC_REGISTER_ERROR_ARGUMENT,
                                   "Those are no types of events");
  return TRUE;
}

static gboolean
put_subscription (MdocRegister *self,
                  const MdocRegisterCall *call,
                  const MdocRegisterSubscription *subscription,
                  const char *id,
                  GError **error)
{
  g_autofree char *types = subscription->types != NULL
                               ? g_strjoinv ("\n", subscription->types)
                               : NULL;
  gint64 n_others;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_others,
                        error,
                        "SELECT count(*) FROM subscription WHERE uid <> ?",
                        ARG_TEXT (id)))
    return FALSE;
  if (n_others >= MAX_SUBSCRIPTIONS)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_LIMIT,
                                 "There are too many subscriptions");
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO subscription (uid, url, secret, bearer,"
                      " types, exchange_id, aborts, state)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'live')"
                      " ON CONFLICT (uid) DO UPDATE SET url = ?2, secret = ?3,"
                      " bearer = ?4, types = ?5, exchange_id = ?6, aborts = ?7",
                      ARG_TEXT (id),
                      ARG_TEXT (subscription->url),
                      ARG_TEXT (subscription->secret),
                      ARG_TEXT (subscription->bearer_token),
                      ARG_TEXT (types),
                      ARG_TEXT (subscription->exchange_id),
                      ARG_INT (subscription->aborts_on_4xx))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "subscription.put",
                                           .detail = id },
                                       error);
}

char *
mdoc_register_put_subscription (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const MdocRegisterSubscription *subscription,
                                GError **error)
{
  g_autofree char *id = subscription->id != NULL ? g_strdup (subscription->id)
                                                 : mdoc_register_make_uuid ();
  gboolean is_done;

  if (!check_subscription (subscription, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  is_done = put_subscription (self, call, subscription, id, error);
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&id)
                                                    : NULL;
}

static gboolean
delete_subscription (MdocRegister *self,
                     const MdocRegisterCall *call,
                     const char *id,
                     GError **error)
{
  gint64 row;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &row,
                        error,
                        "DELETE FROM subscription WHERE uid = ? RETURNING id",
                        ARG_TEXT (id)))
    return FALSE;
  if (row == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such subscription");
  return mdoc_db_run (&self->writer,
                      error,
                      "DELETE FROM delivery WHERE subscription = ?",
                      ARG_INT (row))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "subscription.deleted",
                                           .detail = id },
                                       error);
}

gboolean
mdoc_register_delete_subscription (MdocRegister *self,
                                   const MdocRegisterCall *call,
                                   const char *id,
                                   GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = delete_subscription (self, call, id, error);
  return mdoc_register_leave (self, is_done, error);
}

static gpointer
read_subscription (MdocCursor *cursor)
{
  MdocRegisterSubscription *row = g_new0 (MdocRegisterSubscription, 1);
  const char *types = mdoc_cursor_get_text (cursor, 4);

  row->types = types != NULL ? g_strsplit (types, "\n", -1) : NULL;
  row->id = mdoc_cursor_dup_text (cursor, 0);
  row->url = mdoc_cursor_dup_text (cursor, 1);
  row->secret = mdoc_cursor_dup_text (cursor, 2);
  row->bearer_token = mdoc_cursor_dup_text (cursor, 3);
  row->exchange_id = mdoc_cursor_dup_text (cursor, 5);
  row->aborts_on_4xx = mdoc_cursor_get_int (cursor, 6) != 0;
  row->state = mdoc_cursor_dup_text (cursor, 7);
  row->parked_since_row = mdoc_cursor_get_int (cursor, 8);
  return row;
}

static GPtrArray *
list_subscriptions (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_subscription_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT uid, url, secret, bearer, types,"
                          " exchange_id, aborts, state, parked_since FROM"
                          " subscription WHERE ?1 IS NULL OR uid = ?1"
                          " ORDER BY id",
                          ARG_TEXT (id));

  return mdoc_cursor_collect (cursor, read_subscription, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

GPtrArray *
mdoc_register_list_subscriptions (MdocRegister *self,
                                  const char *id,
                                  GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *rows;

  if (db == NULL)
    return NULL;
  rows = list_subscriptions (db, id, error);
  mdoc_register_return_reader (self, db);
  return rows;
}

#define DELIVERY_COLUMNS                                                       \
  "SELECT d.id, s.uid, s.url, s.secret, s.bearer, s.aborts, e.uid, e.type,"    \
  " e.json, d.attempts, d.first_try_ms, d.outcome FROM delivery d JOIN"        \
  " subscription s ON s.id = d.subscription JOIN event e ON e.id = d.event"

static gpointer
read_delivery (MdocCursor *cursor)
{
  MdocRegisterDelivery *row = g_new0 (MdocRegisterDelivery, 1);

  row->id = mdoc_cursor_get_int (cursor, 0);
  row->subscription_id = mdoc_cursor_dup_text (cursor, 1);
  row->url = mdoc_cursor_dup_text (cursor, 2);
  row->secret = mdoc_cursor_dup_text (cursor, 3);
  row->bearer_token = mdoc_cursor_dup_text (cursor, 4);
  row->aborts_on_4xx = mdoc_cursor_get_int (cursor, 5) != 0;
  row->event_id = mdoc_cursor_dup_text (cursor, 6);
  row->event_type = mdoc_cursor_dup_text (cursor, 7);
  row->event_json = mdoc_cursor_dup_text (cursor, 8);
  row->attempts = (guint) mdoc_cursor_get_int (cursor, 9);
  row->first_try_at_ms = mdoc_cursor_get_int (cursor, 10);
  row->last_outcome = mdoc_cursor_dup_text (cursor, 11);
  return row;
}

static GPtrArray *
read_deliveries (MdocCursor *cursor, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_delivery_free);

  return mdoc_cursor_collect (cursor, read_delivery, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

/* What is before it of the same subject has to be done (4.3): one that is slow
 * holds up its subject, and nothing else. Whoever adds an open delivery, or
 * ends one, sees to it that the first of its subject is marked, so that what is
 * due is found without looking at all that is not. */
#define IS_DUE                                                                 \
  " FROM delivery d INDEXED BY delivery_due WHERE d.subscription = ? AND"      \
  " d.state = 0 AND d.is_first = 1 AND d.next_at_ms"

static GArray *
list_live (MdocDb *db, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open_args (db,
                               "SELECT id FROM subscription WHERE state ="
                               " 'live' ORDER BY id",
                               NULL,
                               0,
                               error);

  return mdoc_cursor_list_ints (cursor, error);
}

/* @next_at_ms: (inout): earlier, if one of the receiver is due before; -1 if
 * there is none */
static gboolean
find_next (MdocDb *db,
           gint64 subscription,
           gint64 now_ms,
           gint64 *next_at_ms,
           GError **error)
{
  gint64 at_ms;

  if (!mdoc_db_get_int (db,
                        -1,
                        &at_ms,
                        error,
                        "SELECT min(d.next_at_ms)" IS_DUE " > ?",
                        ARG_INT (subscription),
                        ARG_INT (now_ms)))
    return FALSE;
  if (at_ms != -1 && (*next_at_ms == -1 || at_ms < *next_at_ms))
    *next_at_ms = at_ms;
  return TRUE;
}

static GPtrArray *
list_due_of (MdocDb *db,
             gint64 subscription,
             gint64 now_ms,
             guint limit,
             GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          DELIVERY_COLUMNS " WHERE d.id IN (SELECT d.id" IS_DUE
                                           " <= ? ORDER BY d.next_at_ms LIMIT"
                                           " ?) ORDER BY d.event",
                          ARG_INT (subscription),
                          ARG_INT (now_ms),
                          ARG_INT (limit));

  return cursor != NULL ? read_deliveries (cursor, error) : NULL;
}

/* Cost: what is due and the number of receivers, whatever else waits. */
static GPtrArray *
list_due (MdocDb *db,
          gint64 now_ms,
          guint limit,
          gint64 *ret_next_at_ms,
          GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_delivery_free);
  g_autoptr (GArray) live = list_live (db, error);
  gint64 next_at_ms = -1;

  if (live == NULL)
    return NULL;
  /* each has its own share: what waits for one that is down is not in the way
   * of the others' */
  for (guint i = 0; i < live->len; i++)
    {
      const gint64 subscription = g_array_index (live, gint64, i);
      GPtrArray *rows;

      if (ret_next_at_ms != NULL
          && !find_next (db, subscription, now_ms, &next_at_ms, error))
        return NULL;
      rows = list_due_of (db, subscription, now_ms, limit, error);
      if (rows == NULL)
        return NULL;
      g_ptr_array_extend_and_steal (all, rows);
    }
  if (ret_next_at_ms != NULL)
    *ret_next_at_ms = next_at_ms;
  return g_steal_pointer (&all);
}

GPtrArray *
mdoc_register_list_due (MdocRegister *self,
                        gint64 now_ms,
                        guint limit,
                        gint64 *ret_next_at_ms,
                        GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *rows;

  if (db == NULL)
    return NULL;
  rows = list_due (db,
                   now_ms,
                   MIN (MAX (limit, 1), MAX_ROWS),
                   ret_next_at_ms,
                   error);
  mdoc_register_return_reader (self, db);
  return rows;
}

/* Parked or disabled: nothing more is kept for it; a replay makes it anew. */
static gboolean
stop (MdocRegister *self,
      const MdocRegisterCall *call,
      gint64 subscription,
      const char *uid,
      const char *state,
      gint64 event,
      GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts told = { .type = "subscription.parked", .data = data };

  json_object_set_string_member (data, "subscriptionId", uid);
  json_object_set_string_member (data, "state", state);
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE subscription SET state = ?, parked_since = ?"
                      " WHERE id = ?",
                      ARG_TEXT (state),
                      ARG_INT (event),
                      ARG_INT (subscription))
         && mdoc_db_run (&self->writer,
                         error,
                         "DELETE FROM delivery WHERE subscription = ? AND"
                         " state = 0",
                         ARG_INT (subscription))
         && mdoc_register_write_event (self, call, &told, error)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "subscription.stopped",
                                           .detail = uid },
                                       error);
}

/* one of the subject has ended: the next one's turn */
static gboolean
mark_first (MdocRegister *self,
            gint64 subscription,
            const char *subject,
            GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE delivery SET is_first = 1 WHERE id = (SELECT id"
                      " FROM delivery WHERE subscription = ? AND subject = ?"
                      " AND state = 0 ORDER BY event LIMIT 1)",
                      ARG_INT (subscription),
                      ARG_TEXT (subject));
}

static gboolean
end_delivery (MdocRegister *self,
              const MdocRegisterCall *call,
              gint64 id,
              MdocRegisterDeliveryEnd end,
              const char *outcome,
              gint64 next_at_ms,
              GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (
      &self->writer,
      error,
      "SELECT d.subscription, d.event, s.uid, d.subject"
      " FROM delivery d JOIN subscription s ON s.id = d.subscription"
      " WHERE d.id = ? AND d.state = 0",
      ARG_INT (id));
  g_autofree char *uid = NULL;
  g_autofree char *subject = NULL;
  gint64 subscription, event;
  gboolean has_row;
  int state = end == MDOC_DELIVERY_DONE    ? DELIVERY_DONE
              : end == MDOC_DELIVERY_ABORT ? DELIVERY_ABORTED
                                           : DELIVERY_OPEN;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  /* deleted, or parked by what was before it */
  if (!has_row)
    return TRUE;
  subscription = mdoc_cursor_get_int (cursor, 0);
  event = mdoc_cursor_get_int (cursor, 1);
  uid = mdoc_cursor_dup_text (cursor, 2);
  subject = mdoc_cursor_dup_text (cursor, 3);
  mdoc_cursor_done (g_steal_pointer (&cursor));

  if (end == MDOC_DELIVERY_PARK)
    {
      gint64 first;

      if (!mdoc_db_get_int (&self->writer,
                            event,
                            &first,
                            error,
                            "SELECT min(event) FROM delivery WHERE"
                            " subscription = ? AND state = 0",
                            ARG_INT (subscription)))
        return FALSE;
      return stop (self, call, subscription, uid, "parked", first, error);
    }
  if (end == MDOC_DELIVERY_DISABLE)
    return stop (self, call, subscription, uid, "disabled", event, error);
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE delivery SET state = ?1, attempts = attempts + 1,"
                      " first_try_ms = iif(first_try_ms = 0, ?2,"
                      " first_try_ms), next_at_ms = ?3, outcome = ?4"
                      " WHERE id = ?5",
                      ARG_INT (state),
                      ARG_INT (call->now_ms),
                      ARG_INT (next_at_ms),
                      ARG_TEXT (outcome),
                      ARG_INT (id))
         && (state == DELIVERY_OPEN
             || mark_first (self, subscription, subject, error));
}

gboolean
mdoc_register_end_delivery (MdocRegister *self,
                            const MdocRegisterCall *call,
                            gint64 id,
                            MdocRegisterDeliveryEnd end,
                            const char *outcome,
                            gint64 next_at_ms,
                            GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = end_delivery (self, call, id, end, outcome, next_at_ms, error);
  return mdoc_register_leave (self, is_done, error);
}

/* Cost: all deliveries that are open. */
static gboolean
clear_future (MdocRegister *self,
              const MdocRegisterCall *call,
              gint64 more_than_ms,
              GError **error)
{
  self->has_news = TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE delivery SET next_at_ms = min(next_at_ms, ?1),"
                      " first_try_ms = min(first_try_ms, ?1) WHERE state = 0"
                      " AND (next_at_ms > ?1 + ?2 OR first_try_ms > ?1)",
                      ARG_INT (call->now_ms),
                      ARG_INT (more_than_ms))
         && mdoc_register_clear_future_tickets (self, call, error);
}

gboolean
mdoc_register_clear_future (MdocRegister *self,
                            const MdocRegisterCall *call,
                            gint64 more_than_ms,
                            GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = clear_future (self, call, more_than_ms, error);
  return mdoc_register_leave (self, is_done, error);
}

GPtrArray *
mdoc_register_list_deliveries (MdocRegister *self,
                               const char *subscription_id,
                               guint limit,
                               GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocCursor *cursor;
  GPtrArray *rows = NULL;

  if (db == NULL)
    return NULL;
  cursor = mdoc_cursor_open (db,
                             error,
                             DELIVERY_COLUMNS
                             " WHERE s.uid = ? ORDER BY d.event DESC LIMIT ?",
                             ARG_TEXT (subscription_id),
                             ARG_INT (MIN (MAX (limit, 1), MAX_ROWS)));
  if (cursor != NULL)
    rows = read_deliveries (cursor, error);
  mdoc_cursor_done (cursor);
  mdoc_register_return_reader (self, db);
  return rows;
}
