/*
 * mdoc-register-purge.c - what is old enough is forgotten
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

/* What is due is looked for without holding anybody up; each is looked at once
 * more when it is its turn. @run has the row as its first parameter, and all of
 * @also before it. */
typedef struct
{
  const char *count;
  const char *list;
  const char *also[2];
  const char *run;
} Purge;

#define DUE(from_)                                                             \
  .count = "SELECT count(*)" from_,                                            \
  .list = "SELECT id" from_ " ORDER BY id LIMIT ?2"

#define EXCHANGE_DUE                                                           \
  " FROM exchange WHERE updated_at < ?1 AND (claims IS NOT NULL OR metadata"   \
  " IS NOT NULL) AND status IN ('credential_accepted', 'credential_deleted',"  \
  " 'issuance_denied', 'issuance_failed', 'offer_expired', 'offer_withdrawn')"
/* nor what was rejected, withdrawn, has lapsed, or was never started */
#define BATCH_DUE                                                              \
  " FROM batch WHERE state NOT IN ('executing', 'awaiting_approval') AND"      \
  " created_at < ?1 AND EXISTS (SELECT 1 FROM batch_item WHERE batch ="        \
  " batch.id AND json <> '')"
#define MESSAGE_DUE                                                            \
  " FROM message WHERE created_at < ?1 AND state IN ('read', 'expired') AND"   \
  " title || body <> ''"
#define CREDENTIAL_DUE                                                         \
  " FROM credential WHERE updated_at < ?1 AND claims IS NOT NULL AND (state"   \
  " = 'revoked' OR (EXISTS (SELECT 1 FROM device_credential h WHERE"           \
  " h.credential = credential.id) AND NOT EXISTS (SELECT 1 FROM"               \
  " device_credential h WHERE h.credential = credential.id AND h.state IN"     \
  " ('issued', 'active', 'suspended'))))"
/* what is delivered to all, and not the last of its subject: the next one gets
 * the number behind it */
#define EVENT_DUE                                                              \
  " FROM event WHERE time_ms < ?1 AND NOT EXISTS (SELECT 1 FROM delivery d"    \
  " WHERE d.event = event.id AND d.state = 0) AND EXISTS (SELECT 1 FROM event" \
  " n WHERE n.subject = event.subject AND n.seq > event.seq)"
/* no device has it any more, and no reader would take it; the place on its list
 * is not given away again, as places are counted and not looked for */
#define GENERATION_DUE                                                         \
  " FROM generation WHERE valid_until < ?1 AND phase IN ('superseded',"        \
  " 'discarded')"

static const Purge exchanges = {
  DUE (EXCHANGE_DUE),
  .run = "UPDATE exchange SET claims = NULL, metadata = NULL WHERE id = ?",
};
static const Purge batches = {
  DUE (BATCH_DUE),
  /* without its items it cannot be started any more */
  .also = { "UPDATE batch SET state = 'lapsed' WHERE id = ? AND state ="
            " 'draft'" },
  .run = "UPDATE batch_item SET json = '', result = NULL WHERE batch = ?",
};
static const Purge messages = {
  DUE (MESSAGE_DUE),
  .run = "UPDATE message SET title = '', body = '' WHERE id = ?",
};
static const Purge credentials = {
  DUE (CREDENTIAL_DUE),
  .run = "UPDATE credential SET claims = NULL WHERE id = ?",
};
static const Purge events = {
  DUE (EVENT_DUE),
  .also = { "DELETE FROM delivery WHERE event = ?1 AND NOT EXISTS (SELECT 1"
            " FROM delivery d WHERE d.event = ?1 AND d.state = 0)" },
  .run = "DELETE FROM event WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM"
         " delivery d WHERE d.event = ?1)",
};
static const Purge generations = {
  DUE (GENERATION_DUE),
  .also = { "DELETE FROM copy WHERE generation = ?" },
  .run = "DELETE FROM generation WHERE id = ?",
};

static GArray *
list_due (MdocDb *db,
          const Purge *what,
          gint64 until,
          guint max_rows,
          GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (db,
                                                    error,
                                                    what->list,
                                                    ARG_INT (until),
                                                    ARG_INT (max_rows));

  return mdoc_cursor_list_ints (cursor, error);
}

static gboolean
purge_rows (MdocRegister *self,
            const Purge *what,
            const GArray *rows,
            GError **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocArg row = ARG_INT (g_array_index (rows, gint64, i));

      for (guint j = 0; j < G_N_ELEMENTS (what->also); j++)
        if (what->also[j] != NULL
            && !mdoc_db_run_args (&self->writer, what->also[j], &row, 1, error))
          return FALSE;
      if (!mdoc_db_run_args (&self->writer, what->run, &row, 1, error))
        return FALSE;
    }
  return TRUE;
}

/* One kind of things, in a change of its own. */
static gboolean
purge (MdocRegister *self,
       const Purge *what,
       gint64 until,
       const MdocRegisterRetention *retention,
       guint *ret_n,
       GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autoptr (GArray) rows = NULL;
  gint64 n = 0;
  gboolean is_done;

  if (db == NULL)
    return FALSE;
  if (retention->dry_run)
    is_done = mdoc_db_get_int (db, 0, &n, error, what->count, ARG_INT (until));
  else
    {
      rows = list_due (db, what, until, retention->max_rows, error);
      is_done = rows != NULL;
    }
  mdoc_register_return_reader (self, db);
  if (is_done && rows != NULL && rows->len > 0)
    {
      n = rows->len;
      if (!mdoc_register_enter (self, error))
        return FALSE;
      is_done = purge_rows (self, what, rows, error);
      is_done = mdoc_register_leave (self, is_done, error);
    }
  if (is_done)
    *ret_n += (guint) n;
  return is_done;
}

/* Rows that have ended, and the grants that nothing is left of. */
static gboolean
delete_ended (MdocRegister *self,
              const char *sql,
              gint64 now_s,
              guint max_rows,
              guint *ret_n,
              GError **error)
{
  g_autoptr (GArray) grants = NULL;
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (&self->writer,
                                                    error,
                                                    sql,
                                                    ARG_INT (now_s),
                                                    ARG_INT (max_rows));

  grants = mdoc_cursor_list_ints (cursor, error);
  if (grants == NULL)
    return FALSE;
  mdoc_cursor_done (g_steal_pointer (&cursor));
  for (guint i = 0; i < grants->len; i++)
    if (!mdoc_register_forget_grant (self,
                                     g_array_index (grants, gint64, i),
                                     error))
      return FALSE;
  *ret_n += grants->len;
  return TRUE;
}

/* tickets, codes and the like, which end by themselves */
static gboolean
purge_short_lived (MdocRegister *self,
                   gint64 now_s,
                   const MdocRegisterRetention *retention,
                   MdocRegisterPurged *purged,
                   GError **error)
{
#define SHORT(table_, grant_)                                                  \
  {                                                                            \
    "SELECT count(*) FROM " table_ " WHERE expires_at < ?",                    \
        "DELETE FROM " table_ " WHERE hash IN (SELECT hash FROM " table_       \
        " WHERE expires_at < ? LIMIT ?) RETURNING " grant_                     \
  }
  static const struct
  {
    const char *count;
    const char *run;
  } tables[] = { SHORT ("token", "grant"),
                 SHORT ("code", "grant"),
                 SHORT ("ticket", "0"),
                 SHORT ("deferred", "grant"),
                 SHORT ("answer", "0") };
#undef SHORT
  gboolean is_done = TRUE;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  for (gsize i = 0; is_done && i < G_N_ELEMENTS (tables); i++)
    {
      guint n = 0;
      gint64 n_due = 0;

      if (retention->dry_run)
        {
          is_done = mdoc_db_get_int (&self->writer,
                                     0,
                                     &n_due,
                                     error,
                                     tables[i].count,
                                     ARG_INT (now_s));
          n = (guint) n_due;
        }
      else
        is_done = delete_ended (self,
                                tables[i].run,
                                now_s,
                                retention->max_rows,
                                &n,
                                error);
      purged->n_short_lived += n;
      if (!retention->dry_run && n >= retention->max_rows)
        purged->is_more = TRUE;
    }
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
purge_all (MdocRegister *self,
           const MdocRegisterCall *call,
           const MdocRegisterRetention *retention,
           MdocRegisterPurged *ret_purged,
           GError **error)
{
  gint64 now_s = mdoc_call_get_s (call);
  guint n_batches = 0;
  guint n_messages = 0;
  const struct
  {
    const Purge *what;
    gint64 age_s;
    gint64 unit;
    guint *ret_n;
  } all[] = {
    { &exchanges, retention->exchange_age_s, 1, &ret_purged->n_exchanges },
    { &batches, retention->exchange_age_s, 1, &n_batches },
    { &messages, retention->exchange_age_s, 1, &n_messages },
    { &credentials,
      retention->credential_age_s,
      1,
      &ret_purged->n_credentials },
    { &events, retention->event_age_s, 1000, &ret_purged->n_events },
    { &generations,
      retention->generation_age_s,
      1,
      &ret_purged->n_generations },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i].age_s != 0
        && !purge (self,
                   all[i].what,
                   (now_s - all[i].age_s) * all[i].unit,
                   retention,
                   all[i].ret_n,
                   error))
      return FALSE;
  return purge_short_lived (self, now_s, retention, ret_purged, error);
}

static gboolean
tell_purged (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocRegisterPurged *purged,
             GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = { .type = "retention.purged", .data = data };
  gboolean is_done;

  if (purged->n_exchanges + purged->n_events + purged->n_credentials
          + purged->n_generations
      == 0)
    return TRUE;
  json_object_set_int_member (data, "exchanges", purged->n_exchanges);
  json_object_set_int_member (data, "events", purged->n_events);
  json_object_set_int_member (data, "credentials", purged->n_credentials);
  json_object_set_int_member (data, "generations", purged->n_generations);
  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_register_write_event (self, call, &event, error)
            && mdoc_register_write_audit (self,
                                          call,
                                          &(MdocAuditParts){
                                              .action = "retention.purged" },
                                          error);
  return mdoc_register_leave (self, is_done, error);
}

/**
 * mdoc_register_purge:
 * @self: a register
 * @call: when
 * @retention: what is too old
 * @ret_purged: (out): how many of each
 * @error: return location for a #MdocRegisterError
 *
 * Each kind is a change of its own; what one of them could not do is done the
 * next time.
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

  if (!purge_all (self, call, retention, &purged, error)
      || (!retention->dry_run && !tell_purged (self, call, &purged, error)))
    return FALSE;
  *ret_purged = purged;
  return TRUE;
}

static gboolean
look_at (MdocDb *db, const char *sql, MdocRegisterKept *kept, GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open_args (db,
                                                         sql,
                                                         NULL,
                                                         0,
                                                         error);
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  kept->n = mdoc_cursor_get_int (cursor, 0);
  kept->oldest_s = mdoc_cursor_get_int (cursor, 1);
  return TRUE;
}

static GPtrArray *
list_kept (MdocDb *db, GError **error)
{
  static const struct
  {
    const char *kind;
    const char *sql;
  } kinds[] = {
    { "persons",
      "SELECT count(*), min(updated_at) FROM person WHERE claims IS NOT NULL" },
    { "exchanges",
      "SELECT count(*), min(updated_at) FROM exchange WHERE claims IS NOT NULL"
      " OR metadata IS NOT NULL" },
    { "credentials",
      "SELECT count(*), min(updated_at) FROM credential WHERE claims IS NOT"
      " NULL" },
    { "batches",
      "SELECT count(*), min(created_at) FROM batch WHERE EXISTS (SELECT 1 FROM"
      " batch_item WHERE batch = batch.id AND json <> '')" },
    { "messages",
      "SELECT count(*), min(created_at) FROM message WHERE title || body <>"
      " ''" },
    { "generations", "SELECT count(*), min(signed_at) FROM generation" },
    { "events", "SELECT count(*), min(time_ms) / 1000 FROM event" },
    { "audit", "SELECT count(*), min(time_ms) / 1000 FROM audit" },
  };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      MdocRegisterKept *kept = g_new0 (MdocRegisterKept, 1);

      kept->kind = kinds[i].kind;
      g_ptr_array_add (all, kept);
      if (!look_at (db, kinds[i].sql, kept, error))
        return NULL;
    }
  return g_steal_pointer (&all);
}

/**
 * mdoc_register_list_kept:
 * @self: a register
 * @error: return location for a #MdocRegisterError
 *
 * Returns: (transfer full) (element-type MdocRegisterKept): how much there is
 * of what retention is about
 */
GPtrArray *
mdoc_register_list_kept (MdocRegister *self, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *all;

  if (db == NULL)
    return NULL;
  all = list_kept (db, error);
  mdoc_register_return_reader (self, db);
  return all;
}

static gint64
count (MdocDb *db, const char *sql)
{
  gint64 n;

  return mdoc_db_get_int_args (db, sql, NULL, 0, 0, &n, NULL) ? n : 0;
}

/* Cost: the last row of four tables, and the deliveries that are open. Not
 * between mdoc_register_begin() and mdoc_register_end(). */
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
