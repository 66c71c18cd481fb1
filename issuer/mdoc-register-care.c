/*
 * mdoc-register-care.c - what time alone changes, and what is forgotten
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

/* (element-type gint64): rows of a table */
static GArray *
list_rows (MdocDb *db,
           const char *sql,
           gint64 until_s,
           guint max_rows,
           GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (db,
                                                    error,
                                                    sql,
                                                    ARG_INT (until_s),
                                                    ARG_INT (max_rows));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      gint64 row;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      row = mdoc_cursor_get_int (cursor, 0);
      g_array_append_val (rows, row);
    }
  return g_steal_pointer (&rows);
}

/* E13 */
static gboolean
expire_offers (MdocRegister *self,
               const MdocRegisterCall *call,
               guint max_rows,
               GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM exchange WHERE status IN ('offer_sent',"
                   " 'offer_received') AND expires_at <= ?"
                   " ORDER BY expires_at LIMIT ?",
                   mdoc_call_get_s (call),
                   max_rows,
                   error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (MdocExchangeRow) exchange
          = mdoc_register_load_exchange (&self->writer,
                                         MDOC_EXCHANGE_BY_ROW,
                                         NULL,
                                         g_array_index (rows, gint64, i),
                                         error);

      if (exchange == NULL
          || !mdoc_register_end_exchange (self,
                                          call,
                                          exchange,
                                          MDOC_EXCHANGE_OFFER_EXPIRED,
                                          "expired",
                                          error)
          || !mdoc_register_spend_offer (self, exchange->offer, error))
        return FALSE;
    }
  return TRUE;
}

/* A flag and an event; a receipt that comes late still counts. */
static gboolean
mark_stalled (MdocRegister *self,
              const MdocRegisterCall *call,
              guint max_rows,
              GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM exchange WHERE status ="
                   " 'credential_issued' AND is_stalled = 0 AND updated_at"
                   " < ? ORDER BY updated_at LIMIT ?",
                   mdoc_call_get_s (call),
                   max_rows,
                   error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (MdocProfile) profile = NULL;
      g_autoptr (MdocExchangeRow) exchange
          = mdoc_register_load_exchange (&self->writer,
                                         MDOC_EXCHANGE_BY_ROW,
                                         NULL,
                                         g_array_index (rows, gint64, i),
                                         error);

      if (exchange == NULL)
        return FALSE;
      profile = mdoc_register_load_profile (self,
                                            &self->writer,
                                            exchange->view.profile_id,
                                            exchange->view.profile_version,
                                            error);
      if (profile == NULL)
        return FALSE;
      if (exchange->view.updated_at_s
              + mdoc_profile_get_settings (profile)->claim_window_s
          > mdoc_call_get_s (call))
        continue;
      if (!mdoc_db_run (&self->writer,
                        error,
                        "UPDATE exchange SET is_stalled = 1 WHERE id = ?",
                        ARG_INT (exchange->row))
          || !mdoc_register_tell_exchange (self,
                                           call,
                                           exchange,
                                           "exchange.stalled",
                                           NULL,
                                           FALSE,
                                           NULL,
                                           error))
        return FALSE;
    }
  return TRUE;
}

/* told once for each MSO that nobody has renewed */
static gboolean
tell_lapsed (MdocRegister *self,
             const MdocRegisterCall *call,
             guint max_rows,
             GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM device_credential WHERE is_expiry_told = 0"
                   " AND state IN ('active', 'suspended') AND valid_until < ?"
                   " ORDER BY valid_until LIMIT ?",
                   mdoc_call_get_s (call),
                   max_rows,
                   error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      gint64 row = g_array_index (rows, gint64, i);
      g_autoptr (MdocCursor) cursor = NULL;
      g_autofree char *mid_uid = NULL;
      g_autofree char *credential_id = NULL;
      MdocEventParts event = { .type = "deviceCredentialExpired" };
      gboolean has_row;

      cursor = mdoc_cursor_open (&self->writer,
                                 error,
                                 "SELECT h.mid_uid, c.uid FROM"
                                 " device_credential h JOIN credential c ON"
                                 " c.id = h.credential WHERE h.id = ?",
                                 ARG_INT (row));
      if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      mid_uid = mdoc_cursor_dup_text (cursor, 0);
      credential_id = mdoc_cursor_dup_text (cursor, 1);
      mdoc_cursor_done (g_steal_pointer (&cursor));
      event.mid_uid = mid_uid;
      event.credential_id = credential_id;
      if (!mdoc_db_run (&self->writer,
                        error,
                        "UPDATE device_credential SET is_expiry_told = 1"
                        " WHERE id = ?",
                        ARG_INT (row))
          || !mdoc_register_write_event (self, call, &event, error))
        return FALSE;
    }
  return TRUE;
}

/* old attributes, after the grace that their device had */
static gboolean
end_grace (MdocRegister *self,
           const MdocRegisterCall *call,
           guint max_rows,
           GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM generation WHERE invalid_at <> 0 AND"
                   " invalid_at <= ? ORDER BY invalid_at LIMIT ?",
                   mdoc_call_get_s (call),
                   max_rows,
                   error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!mdoc_register_invalidate (self,
                                   g_array_index (rows, gint64, i),
                                   error))
      return FALSE;
  return TRUE;
}

static gboolean
expire_messages (MdocRegister *self,
                 const MdocRegisterCall *call,
                 guint max_rows,
                 GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM message WHERE expires_at <> 0 AND state IN"
                   " ('queued', 'delivered') AND expires_at <= ?"
                   " ORDER BY expires_at LIMIT ?",
                   mdoc_call_get_s (call),
                   max_rows,
                   error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (MdocRegisterMessage) message = NULL;
      g_autoptr (MdocCursor) cursor = NULL;
      gboolean has_row;

      cursor = mdoc_cursor_open (&self->writer,
                                 error,
                                 "SELECT uid, mid_uid, category FROM message"
                                 " WHERE id = ?",
                                 ARG_INT (g_array_index (rows, gint64, i)));
      if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      message = g_new0 (MdocRegisterMessage, 1);
      message->id = mdoc_cursor_dup_text (cursor, 0);
      message->mid_uid = mdoc_cursor_dup_text (cursor, 1);
      message->category = mdoc_cursor_dup_text (cursor, 2);
      mdoc_cursor_done (g_steal_pointer (&cursor));
      if (!mdoc_register_set_message (self, call, message, "expired", error))
        return FALSE;
    }
  return TRUE;
}

/* what is listed for an MSO that has ended need not be any more */
static gboolean
trim_listed (MdocRegister *self,
             const MdocRegisterCall *call,
             guint max_rows,
             GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "DELETE FROM listed_id WHERE (list, mso_id) IN (SELECT"
                      " list, mso_id FROM listed_id WHERE valid_until < ?"
                      " LIMIT ?)",
                      ARG_INT (mdoc_call_get_s (call)),
                      ARG_INT (max_rows));
}

static gboolean
find_next (MdocDb *db, gint64 *ret_next_s, GError **error)
{
  return mdoc_db_get_int_args (
      db,
      "SELECT min(t) FROM ("
      " SELECT min(expires_at) AS t FROM exchange WHERE status IN"
      " ('offer_sent', 'offer_received') UNION ALL"
      " SELECT min(invalid_at) FROM generation WHERE invalid_at <> 0 UNION ALL"
      " SELECT min(valid_until) + 1 FROM device_credential WHERE"
      " is_expiry_told = 0 AND state IN ('active', 'suspended') UNION ALL"
      " SELECT min(expires_at) FROM message WHERE expires_at <> 0 AND state IN"
      " ('queued', 'delivered'))",
      NULL,
      0,
      G_MAXINT64,
      ret_next_s,
      error);
}

/**
 * mdoc_register_tick:
 * @self: a register
 * @call: when; its actor is "system"
 * @max_rows: most of each kind
 * @ret_next_s: (out) (optional): when there is more to do, in unix s; may be in
 *   the past if @max_rows was not enough. Stalled exchanges are not counted.
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if what was due is done
 */
gboolean
mdoc_register_tick (MdocRegister *self,
                    const MdocRegisterCall *call,
                    guint max_rows,
                    gint64 *ret_next_s,
                    GError **error)
{
  gint64 next_s = G_MAXINT64;
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = expire_offers (self, call, max_rows, error)
            && mark_stalled (self, call, max_rows, error)
            && tell_lapsed (self, call, max_rows, error)
            && end_grace (self, call, max_rows, error)
            && expire_messages (self, call, max_rows, error)
            && trim_listed (self, call, max_rows, error)
            && find_next (&self->writer, &next_s, error);
  if (!mdoc_register_leave (self, is_done, error))
    return FALSE;
  if (ret_next_s != NULL)
    *ret_next_s = next_s;
  return TRUE;
}

/* One statement that counts and one that does, by the same condition. */
typedef struct
{
  const char *count;
  const char *run;
} Purge;

static gboolean
purge (MdocRegister *self,
       const Purge *what,
       gint64 until,
       const MdocRegisterRetention *retention,
       guint *ret_n,
       GError **error)
{
  gint64 n = 0;

  if (retention->dry_run
      && !mdoc_db_get_int (&self->writer,
                           0,
                           &n,
                           error,
                           what->count,
                           ARG_INT (until)))
    return FALSE;
  if (!retention->dry_run)
    {
      if (!mdoc_db_run (&self->writer,
                        error,
                        what->run,
                        ARG_INT (until),
                        ARG_INT (retention->max_rows)))
        return FALSE;
      n = mdoc_db_get_n_changed (&self->writer);
    }
  *ret_n += (guint) n;
  return TRUE;
}

#define EXCHANGE_DUE                                                           \
  " FROM exchange WHERE updated_at < ?1 AND (claims IS NOT NULL OR metadata"   \
  " IS NOT NULL) AND status IN ('credential_accepted', 'credential_deleted',"  \
  " 'issuance_denied', 'issuance_failed', 'offer_expired', 'offer_withdrawn')"
/* what is delivered to all, and not the last of its subject: the next one gets
 * the number behind it */
#define EVENT_DUE                                                              \
  " FROM event WHERE time_ms < ?1 AND NOT EXISTS (SELECT 1 FROM delivery d"    \
  " WHERE d.event = event.id AND d.state = 0) AND EXISTS (SELECT 1 FROM event" \
  " n WHERE n.subject = event.subject AND n.seq > event.seq)"
#define CREDENTIAL_DUE                                                         \
  " FROM credential WHERE updated_at < ?1 AND claims IS NOT NULL AND (state =" \
  " 'revoked' OR (EXISTS (SELECT 1 FROM device_credential h WHERE"             \
  " h.credential = credential.id) AND NOT EXISTS (SELECT 1 FROM"               \
  " device_credential h WHERE h.credential = credential.id AND h.state IN"     \
  " ('issued', 'active', 'suspended'))))"

static gboolean
purge_short_lived (MdocRegister *self,
                   gint64 now_s,
                   const MdocRegisterRetention *retention,
                   guint *ret_n,
                   GError **error)
{
#define SHORT(table_)                                                          \
  {                                                                            \
    "SELECT count(*) FROM " table_ " WHERE expires_at < ?1",                   \
        "DELETE FROM " table_ " WHERE hash IN (SELECT hash FROM " table_       \
        " WHERE expires_at < ?1 LIMIT ?2)"                                     \
  }
  static const Purge tables[] = { SHORT ("token"),
                                  SHORT ("code"),
                                  SHORT ("ticket"),
                                  SHORT ("deferred"),
                                  SHORT ("answer") };
#undef SHORT

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!purge (self, &tables[i], now_s, retention, ret_n, error))
      return FALSE;
  return TRUE;
}

static gboolean
purge_all (MdocRegister *self,
           const MdocRegisterCall *call,
           const MdocRegisterRetention *retention,
           MdocRegisterPurged *ret_purged,
           GError **error)
{
  static const Purge exchanges = {
    "SELECT count(*)" EXCHANGE_DUE,
    "UPDATE exchange SET claims = NULL, metadata = NULL WHERE id IN"
    " (SELECT id" EXCHANGE_DUE " LIMIT ?2)"
  };
  static const Purge events = {
    "SELECT count(*)" EVENT_DUE,
    "DELETE FROM event WHERE id IN (SELECT id" EVENT_DUE " LIMIT ?2)"
  };
  static const Purge credentials = {
    "SELECT count(*)" CREDENTIAL_DUE,
    "UPDATE credential SET claims = NULL WHERE id IN (SELECT id" CREDENTIAL_DUE
    " LIMIT ?2)"
  };
  gint64 now_s = mdoc_call_get_s (call);

  if (retention->exchange_age_s != 0
      && !purge (self,
                 &exchanges,
                 now_s - retention->exchange_age_s,
                 retention,
                 &ret_purged->n_exchanges,
                 error))
    return FALSE;
  if (retention->event_age_s != 0
      && (!purge (self,
                  &events,
                  (now_s - retention->event_age_s) * 1000,
                  retention,
                  &ret_purged->n_events,
                  error)
          || !mdoc_db_execute (&self->writer,
                               "DELETE FROM delivery WHERE event NOT IN"
                               " (SELECT id FROM event)",
                               error)))
    return FALSE;
  if (retention->credential_age_s != 0
      && !purge (self,
                 &credentials,
                 now_s - retention->credential_age_s,
                 retention,
                 &ret_purged->n_credentials,
                 error))
    return FALSE;
  return purge_short_lived (self,
                            now_s,
                            retention,
                            &ret_purged->n_short_lived,
                            error);
}

static gboolean
tell_purged (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocRegisterPurged *purged,
             GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = { .type = "retention.purged", .data = data };

  if (purged->n_exchanges + purged->n_events + purged->n_credentials == 0)
    return TRUE;
  json_object_set_int_member (data, "exchanges", purged->n_exchanges);
  json_object_set_int_member (data, "events", purged->n_events);
  json_object_set_int_member (data, "credentials", purged->n_credentials);
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "retention.purged" },
                                       error);
}

/**
 * mdoc_register_purge:
 * @self: a register
 * @call: when
 * @retention: what is too old
 * @ret_purged: (out): how many of each
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if it could be done, or counted
 */
gboolean
mdoc_register_purge (MdocRegister *self,
                     const MdocRegisterCall *call,
                     const MdocRegisterRetention *retention,
                     MdocRegisterPurged *ret_purged,
                     GError **error)
{
  MdocRegisterPurged purged = { 0 };
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = purge_all (self, call, retention, &purged, error)
            && (retention->dry_run || tell_purged (self, call, &purged, error));
  if (!mdoc_register_leave (self, is_done, error))
    return FALSE;
  *ret_purged = purged;
  return TRUE;
}

static gint64
count (MdocDb *db, const char *sql)
{
  gint64 n;

  return mdoc_db_get_int_args (db, sql, NULL, 0, 0, &n, NULL) ? n : 0;
}

/* Cost: the counts go over an index each. */
void
mdoc_register_get_figures (MdocRegister *self, MdocRegisterFigures *ret)
{
  MdocDb *db = mdoc_register_take_reader (self, NULL);

  *ret = (MdocRegisterFigures){ 0 };
  g_mutex_lock (&self->lock);
  ret->n_commits = self->n_commits;
  ret->n_changes = self->n_changes;
  g_mutex_unlock (&self->lock);
  if (db == NULL)
    return;

  ret->n_exchanges = count (db, "SELECT max(id) FROM exchange");
  ret->n_credentials = count (db, "SELECT max(id) FROM credential");
  ret->n_device_credentials = count (db,
                                     "SELECT max(id) FROM device_credential");
  ret->n_events = count (db, "SELECT max(id) FROM event");
  ret->n_deliveries_due
      = count (db, "SELECT count(*) FROM delivery WHERE state = 0");
  ret->n_parked
      = count (db, "SELECT count(*) FROM subscription WHERE state = 'parked'");
  mdoc_register_return_reader (self, db);
}
