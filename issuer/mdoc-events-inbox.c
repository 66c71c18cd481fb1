/*
 * mdoc-events-inbox.c - what a consumer of events knows, each event once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-inbox.h"

#include <sqlite3.h>
#include <string.h>

#include "openid/mdoc-json.h"

#define MAX_NAME ((gsize) 256)
#define BUSY_MS  5000

/* an event may hold portraits */
static const MdocJsonLimits event_limits = { .max_bytes = (gsize) 8 * 1024
                                                          * 1024,
                                             .max_depth = MDOC_JSON_MAX_DEPTH,
                                             .max_values = 1024 * 1024 };

static const char schema[]
    = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, type TEXT NOT "
      "NULL,"
      " time TEXT, subject TEXT, sequence INTEGER, cause TEXT,"
      " correlation_id TEXT, credential_id TEXT, mid_uid TEXT, exchange_id "
      "TEXT,"
      " json TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS device_credential (mid_uid TEXT PRIMARY KEY,"
      " credential_id TEXT, generation INTEGER NOT NULL DEFAULT 0,"
      " valid_until TEXT, attributes TEXT, insensitive_attributes TEXT,"
      " correlation_id TEXT, device_id TEXT, client_type TEXT,"
      " state TEXT NOT NULL DEFAULT 'issued',"
      " state_sequence INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS credential (credential_id TEXT PRIMARY KEY,"
      " state TEXT NOT NULL, state_sequence INTEGER NOT NULL) WITHOUT ROWID;";

struct _MdocEventsInbox
{
  GMutex mutex;
  sqlite3 *db;
};

/* an event, taken apart; borrowed from its JSON */
typedef struct
{
  const char *id;
  const char *type;
  const char *time;
  const char *subject;
  const char *cause;
  const char *correlation_id;
  const char *credential_id;
  const char *mid_uid;
  const char *exchange_id;
  gint64 sequence;
  JsonObject *data; /* nullable */
} Parts;

/* what a statement is given: a text, or with %NULL a number */
typedef struct
{
  const char *text;
  gint64 number;
  gboolean is_number;
} Arg;

#define TEXT(text_)                                                            \
  (Arg) { .text = (text_) }
#define NUMBER(number_)                                                        \
  (Arg) { .number = (number_), .is_number = TRUE }

G_DEFINE_QUARK (mdoc_events_inbox_error_quark, mdoc_events_inbox_error)

static gboolean
refuse (GError **error, MdocEventsInboxError code, const char *message)
{
  g_set_error_literal (error, MDOC_EVENTS_INBOX_ERROR, (gint) code, message);
  return FALSE;
}

static gboolean
refuse_store (MdocEventsInbox *self, GError **error)
{
  return refuse (error,
                 MDOC_EVENTS_INBOX_ERROR_STORE,
                 sqlite3_errmsg (self->db));
}

/**
 * mdoc_events_inbox_open:
 * @path: of the database, which is made if it is not there
 * @error: return location for a #MdocEventsInboxError
 *
 * Returns: (transfer full): the inbox, or %NULL with @error set
 */
MdocEventsInbox *
mdoc_events_inbox_open (const char *path, GError **error)
{
  g_autoptr (MdocEventsInbox) self = g_new0 (MdocEventsInbox, 1);

  g_mutex_init (&self->mutex);
  if (sqlite3_open_v2 (path,
                       &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                           | SQLITE_OPEN_FULLMUTEX,
                       NULL)
          != SQLITE_OK
      || sqlite3_busy_timeout (self->db, BUSY_MS) != SQLITE_OK
      || sqlite3_exec (self->db, schema, NULL, NULL, NULL) != SQLITE_OK)
    {
      refuse_store (self, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * mdoc_events_inbox_close:
 * @self: (nullable) (transfer full): an inbox
 */
void
mdoc_events_inbox_close (MdocEventsInbox *self)
{
  if (self == NULL)
    return;
  sqlite3_close (self->db);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
execute (MdocEventsInbox *self,
         const char *sql,
         const Arg *args,
         gsize n_args,
         GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_done = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL)
                     == SQLITE_OK;

  for (gsize i = 0; is_done && i < n_args; i++)
    {
      const int at = (int) i + 1;

      is_done = (args[i].is_number
                     ? sqlite3_bind_int64 (statement, at, args[i].number)
                     : sqlite3_bind_text (statement,
                                          at,
                                          args[i].text,
                                          -1,
                                          SQLITE_TRANSIENT))
                == SQLITE_OK;
    }
  is_done = is_done && sqlite3_step (statement) == SQLITE_DONE;
  if (!is_done)
    refuse_store (self, error);
  sqlite3_finalize (statement);
  return is_done;
}

#define EXECUTE(self_, error_, sql_, ...)                                      \
  execute (self_,                                                              \
           sql_,                                                               \
           (const Arg[]){ __VA_ARGS__ },                                       \
           G_N_ELEMENTS (((const Arg[]){ __VA_ARGS__ })),                      \
           error_)

/* --- what an event says --- */

static gboolean
find (JsonObject *object, const char *member, const char **ret, GError **error)
{
  return mdoc_json_find_text (object, member, MAX_NAME, ret, error);
}

static gboolean
take_apart (JsonObject *event, Parts *parts, GError **error)
{
  JsonObject *envelope, *subject = NULL;

  parts->id = mdoc_json_get_text (event, "id", MAX_NAME, error);
  if (parts->id == NULL)
    return FALSE;
  parts->type = mdoc_json_get_text (event, "type", MAX_NAME, error);
  if (parts->type == NULL || !find (event, "time", &parts->time, error)
      || !find (event, "subject", &parts->subject, error)
      || !find (event, "cause", &parts->cause, error)
      || !find (event, "correlationid", &parts->correlation_id, error)
      || !mdoc_json_find_int (event,
                              "sequence",
                              0,
                              MDOC_JSON_MAX_INT,
                              0,
                              &parts->sequence,
                              error)
      || !mdoc_json_find_object (event, "data", &envelope, error))
    return FALSE;
  if (envelope == NULL)
    return TRUE;
  if (!mdoc_json_find_object (envelope, "data", &parts->data, error)
      || !mdoc_json_find_object (envelope, "subject", &subject, error))
    return FALSE;
  return subject == NULL
         || (find (subject, "credentialId", &parts->credential_id, error)
             && find (subject, "midUid", &parts->mid_uid, error)
             && find (subject, "exchangeId", &parts->exchange_id, error));
}

/* --- what follows from it --- */

static char *
dup_map (const Parts *parts, const char *member)
{
  JsonNode *node = json_object_get_member (parts->data, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? mdoc_json_write (json_node_get_object (node))
             : NULL;
}

/* S0-50, S0-51, S0-59: the newest generation is what counts, whatever comes
 * when */
static gboolean
apply_issued (MdocEventsInbox *self, const Parts *parts, GError **error)
{
  g_autofree char *attributes = dup_map (parts, "attributes");
  g_autofree char *insensitive = dup_map (parts, "insensitiveAttributes");
  const char *until;
  gint64 generation;

  if (!mdoc_json_find_int (parts->data,
                           "generation",
                           1,
                           G_MAXINT32,
                           1,
                           &generation,
                           error)
      || !find (parts->data, "validUntil", &until, error))
    return FALSE;
  return EXECUTE (
      self,
      error,
      "INSERT INTO device_credential (mid_uid, credential_id, generation,"
      " valid_until, attributes, insensitive_attributes, correlation_id)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (mid_uid) DO UPDATE SET"
      " credential_id = ?2, generation = ?3, valid_until = ?4,"
      " attributes = ?5, insensitive_attributes = ?6, correlation_id = ?7"
      " WHERE generation < ?3",
      TEXT (parts->mid_uid),
      TEXT (parts->credential_id),
      NUMBER (generation),
      TEXT (until),
      TEXT (attributes),
      TEXT (insensitive),
      TEXT (parts->correlation_id));
}

static gboolean
apply_device_state (MdocEventsInbox *self,
                    const Parts *parts,
                    const char *state,
                    GError **error)
{
  return EXECUTE (
      self,
      error,
      "INSERT INTO device_credential (mid_uid, credential_id, state,"
      " state_sequence) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (mid_uid) DO UPDATE"
      " SET state = ?3, state_sequence = ?4 WHERE state_sequence < ?4",
      TEXT (parts->mid_uid),
      TEXT (parts->credential_id),
      TEXT (state),
      NUMBER (parts->sequence));
}

static gboolean
apply_claimed (MdocEventsInbox *self, const Parts *parts, GError **error)
{
  const char *device, *client;

  return find (parts->data, "deviceId", &device, error)
         && find (parts->data, "clientType", &client, error)
         && apply_device_state (self, parts, "active", error)
         && EXECUTE (self,
                     error,
                     "UPDATE device_credential SET device_id = ?2,"
                     " client_type = ?3 WHERE mid_uid = ?1",
                     TEXT (parts->mid_uid),
                     TEXT (device),
                     TEXT (client));
}

static gboolean
apply_credential_state (MdocEventsInbox *self,
                        const Parts *parts,
                        const char *state,
                        GError **error)
{
  return EXECUTE (self,
                  error,
                  "INSERT INTO credential (credential_id, state,"
                  " state_sequence) VALUES (?1, ?2, ?3)"
                  " ON CONFLICT (credential_id) DO UPDATE SET state = ?2,"
                  " state_sequence = ?3 WHERE state_sequence < ?3",
                  TEXT (parts->credential_id),
                  TEXT (state),
                  NUMBER (parts->sequence));
}

/* of types that it does not know, a consumer keeps the event and no more */
static gboolean
apply (MdocEventsInbox *self, const Parts *parts, GError **error)
{
  const char *to = NULL;

  if (parts->data == NULL)
    return TRUE;
  if (!find (parts->data, "to", &to, error))
    return FALSE;
  if (parts->mid_uid != NULL)
    {
      if (strcmp (parts->type, "mIDIssued") == 0)
        return apply_issued (self, parts, error);
      if (strcmp (parts->type, "mIDClaimed") == 0)
        return apply_claimed (self, parts, error);
      if (strcmp (parts->type, "deviceCredentialRemoved") == 0)
        return apply_device_state (self, parts, "removed", error);
      if (strcmp (parts->type, "deviceCredentialStateChanged") == 0
          && to != NULL)
        return apply_device_state (self, parts, to, error);
    }
  if (parts->credential_id != NULL && to != NULL
      && strcmp (parts->type, "credentialStateChanged") == 0)
    return apply_credential_state (self, parts, to, error);
  return TRUE;
}

static gboolean
keep (MdocEventsInbox *self,
      const Parts *parts,
      const char *json,
      gboolean *ret_is_new,
      GError **error)
{
  if (!EXECUTE (self,
                error,
                "INSERT OR IGNORE INTO event (id, type, time, subject,"
                " sequence, cause, correlation_id, credential_id, mid_uid,"
                " exchange_id, json)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                TEXT (parts->id),
                TEXT (parts->type),
                TEXT (parts->time),
                TEXT (parts->subject),
                NUMBER (parts->sequence),
                TEXT (parts->cause),
                TEXT (parts->correlation_id),
                TEXT (parts->credential_id),
                TEXT (parts->mid_uid),
                TEXT (parts->exchange_id),
                TEXT (json)))
    return FALSE;
  *ret_is_new = sqlite3_changes (self->db) > 0;
  return !*ret_is_new || apply (self, parts, error);
}

/* the event and what follows from it are one commit, on which the answer
 * waits: that is what makes "at least once" an effect exactly once */
static gboolean
take (MdocEventsInbox *self,
      const Parts *parts,
      const char *json,
      gboolean *ret_is_new,
      GError **error)
{
  if (sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return refuse_store (self, error);
  if (!keep (self, parts, json, ret_is_new, error))
    {
      sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  if (sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    {
      refuse_store (self, error);
      sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  return TRUE;
}

/**
 * mdoc_events_inbox_take:
 * @self: an inbox
 * @event: what came
 * @ret_is_new: (out): whether it has not come before
 * @ret_line: (out) (transfer full): time, type and subject
 * @error: return location for a #MdocEventsInboxError
 *
 * Returns: %TRUE if it is kept now
 */
gboolean
mdoc_events_inbox_take (MdocEventsInbox *self,
                        MdocSpan event,
                        gboolean *ret_is_new,
                        char **ret_line,
                        GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *json = g_strndup ((const char *) event.data, event.len);
  JsonObject *object;
  g_autoptr (JsonNode) root = mdoc_json_load_object (event,
                                                     "the event",
                                                     &event_limits,
                                                     &object,
                                                     &why);
  Parts parts = { 0 };
  gboolean is_taken;

  *ret_is_new = FALSE;
  if (root == NULL || !take_apart (object, &parts, &why))
    return refuse (error, MDOC_EVENTS_INBOX_ERROR_EVENT, why->message);

  g_mutex_lock (&self->mutex);
  is_taken = take (self, &parts, json, ret_is_new, &why);
  g_mutex_unlock (&self->mutex);
  if (!is_taken)
    {
      if (why->domain != MDOC_EVENTS_INBOX_ERROR)
        return refuse (error, MDOC_EVENTS_INBOX_ERROR_EVENT, why->message);
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  *ret_line = g_strdup_printf ("%s %s %s",
                               parts.time == NULL ? "-" : parts.time,
                               parts.type,
                               parts.subject == NULL ? "-" : parts.subject);
  return TRUE;
}
