/*
 * mdoc-register-audit.c - who did what, in a chain that shows what is missing
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

#define MAX_ROWS 1000

/* Each row's hash is over the hash before it and all of its own columns, each
 * with its length, and is keyed: who has the database alone cannot make another
 * chain. What was cut off at the end is missed as SQLite remembers the last
 * number, and the next row leaves a gap behind it; of who changes that as well
 * only a copy of the last hash elsewhere can tell. */
#define LAST_NUMBER "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"
#define N_TEXTS     10

typedef struct
{
  gint64 seq;
  gint64 time_ms;
  const char *texts[N_TEXTS];
} Link;

static void
add_number (GByteArray *message, gint64 number)
{
  guint64 big = GUINT64_TO_BE ((guint64) number);

  g_byte_array_append (message, (const guint8 *) &big, sizeof big);
}

static void
hash_link (MdocRegister *self,
           const guint8 *previous,
           const Link *link,
           guint8 *ret_hash)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint8 mac[MDOC_HASH_MAX_LEN];
  MdocSpan part;

  g_byte_array_append (message, previous, MDOC_REGISTER_HASH_LEN);
  add_number (message, link->seq);
  add_number (message, link->time_ms);
  for (guint i = 0; i < N_TEXTS; i++)
    {
      const char *text = link->texts[i];

      add_number (message, text == NULL ? -1 : (gint64) strlen (text));
      if (text != NULL)
        g_byte_array_append (message,
                             (const guint8 *) text,
                             (guint) strlen (text));
    }

  part = MDOC_SPAN (message->data, message->len);
  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     mdoc_secret_get_span (self->secret),
                     &part,
                     1,
                     mac);
  memcpy (ret_hash, mac, MDOC_REGISTER_HASH_LEN);
}

static gboolean
load_head (MdocRegister *self, GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  g_autoptr (GBytes) hash = NULL;
  gboolean has_row;
  gint64 last;

  if (self->has_audit_head)
    return TRUE;
  if (!mdoc_db_get_int_args (&self->writer,
                             LAST_NUMBER,
                             NULL,
                             0,
                             0,
                             &last,
                             error))
    return FALSE;
  cursor = mdoc_cursor_open_args (&self->writer,
                                  "SELECT seq, hash FROM audit"
                                  " ORDER BY seq DESC LIMIT 1",
                                  NULL,
                                  0,
                                  error);
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;

  self->audit_seq = 0;
  memset (self->audit_head, 0, sizeof self->audit_head);
  if (has_row)
    {
      MdocSpan span;

      self->audit_seq = mdoc_cursor_get_int (cursor, 0);
      hash = mdoc_cursor_dup_bytes (cursor, 1);
      span = hash != NULL ? mdoc_span_from_bytes (hash) : MDOC_SPAN (NULL, 0);
      if (span.len == MDOC_REGISTER_HASH_LEN)
        memcpy (self->audit_head, span.data, span.len);
    }
  self->audit_seq = MAX (self->audit_seq, last);
  self->has_audit_head = TRUE;
  return TRUE;
}

gboolean
mdoc_register_write_audit (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const MdocAuditParts *parts,
                           GError **error)
{
  const char *correlation_id = parts->correlation_id != NULL
                                   ? parts->correlation_id
                                   : call->correlation_id;
  const Link link = {
    .seq = 0,
    .time_ms = call->now_ms,
    .texts = { call->actor,
               call->operator_id,
               parts->action,
               parts->credential_id,
               parts->mid_uid,
               parts->exchange_id,
               parts->detail,
               call->reason,
               call->notes,
               correlation_id },
  };
  Link numbered = link;
  guint8 hash[MDOC_REGISTER_HASH_LEN];

  if (!load_head (self, error))
    return FALSE;
  numbered.seq = self->audit_seq + 1;
  hash_link (self, self->audit_head, &numbered, hash);

  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO audit (seq, time_ms, actor, operator_id,"
                    " action, credential_id, mid_uid, exchange_id, detail,"
                    " reason, notes, correlation_id, hash)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    ARG_INT (numbered.seq),
                    ARG_INT (numbered.time_ms),
                    ARG_TEXT (link.texts[0]),
                    ARG_TEXT (link.texts[1]),
                    ARG_TEXT (link.texts[2]),
                    ARG_TEXT (link.texts[3]),
                    ARG_TEXT (link.texts[4]),
                    ARG_TEXT (link.texts[5]),
                    ARG_TEXT (link.texts[6]),
                    ARG_TEXT (link.texts[7]),
                    ARG_TEXT (link.texts[8]),
                    ARG_TEXT (link.texts[9]),
                    ARG_HASH (hash)))
    return FALSE;

  self->audit_seq = numbered.seq;
  memcpy (self->audit_head, hash, sizeof hash);
  return TRUE;
}

gboolean
mdoc_register_add_audit (MdocRegister *self,
                         const MdocRegisterCall *call,
                         const char *action,
                         const char *detail,
                         GError **error)
{
  const MdocAuditParts parts = { .action = action, .detail = detail };
  gboolean is_done;

  if (!mdoc_register_check_text (action, "The action", 64, error)
      || !mdoc_register_check_text (detail,
                                    "The detail",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_register_write_audit (self, call, &parts, error);
  return mdoc_register_leave (self, is_done, error);
}

void
mdoc_register_audit_free (MdocRegisterAudit *self)
{
  if (self == NULL)
    return;

  g_free (self->actor);
  g_free (self->operator_id);
  g_free (self->action);
  g_free (self->credential_id);
  g_free (self->mid_uid);
  g_free (self->exchange_id);
  g_free (self->detail);
  g_free (self->reason);
  g_free (self->notes);
  g_free (self->correlation_id);
  g_free (self->hash);
  g_free (self);
}

static gpointer
read_row (MdocCursor *cursor)
{
  MdocRegisterAudit *row = g_new0 (MdocRegisterAudit, 1);
  g_autoptr (GBytes) hash = mdoc_cursor_dup_bytes (cursor, 12);

  row->seq = mdoc_cursor_get_int (cursor, 0);
  row->time_ms = mdoc_cursor_get_int (cursor, 1);
  row->actor = mdoc_cursor_dup_text (cursor, 2);
  row->operator_id = mdoc_cursor_dup_text (cursor, 3);
  row->action = mdoc_cursor_dup_text (cursor, 4);
  row->credential_id = mdoc_cursor_dup_text (cursor, 5);
  row->mid_uid = mdoc_cursor_dup_text (cursor, 6);
  row->exchange_id = mdoc_cursor_dup_text (cursor, 7);
  row->detail = mdoc_cursor_dup_text (cursor, 8);
  row->reason = mdoc_cursor_dup_text (cursor, 9);
  row->notes = mdoc_cursor_dup_text (cursor, 10);
  row->correlation_id = mdoc_cursor_dup_text (cursor, 11);
  row->hash = hash != NULL ? mdoc_hex_encode (mdoc_span_from_bytes (hash))
                           : g_strdup ("");
  return row;
}

#define AUDIT_COLUMNS                                                          \
  "SELECT seq, time_ms, actor, operator_id, action, credential_id, mid_uid,"   \
  " exchange_id, detail, reason, notes, correlation_id, hash FROM audit"
#define AUDIT_WHERE                                                            \
  " WHERE seq > ?1 AND (?2 IS NULL OR actor = ?2)"                             \
  " AND (?3 IS NULL OR action = ?3) AND time_ms >= ?4"                         \
  " AND (?5 = 0 OR time_ms <= ?5)"
#define AUDIT_IDS                                                              \
  " AND (?7 IS NULL OR credential_id = ?7) AND (?8 IS NULL OR mid_uid = ?8)"   \
  " AND (?9 IS NULL OR exchange_id = ?9)"
#define AUDIT_ORDER " ORDER BY seq LIMIT ?6"

/* One of the indices is used, if there is an id; the ids that are given have to
 * fit all. */
static const char *
choose_sql (const MdocRegisterAuditFilter *filter)
{
  if (filter->mid_uid != NULL)
    return AUDIT_COLUMNS AUDIT_WHERE AUDIT_IDS " AND mid_uid = ?8" AUDIT_ORDER;
  if (filter->credential_id != NULL)
    return AUDIT_COLUMNS AUDIT_WHERE AUDIT_IDS
        " AND credential_id = ?7" AUDIT_ORDER;
  if (filter->exchange_id != NULL)
    return AUDIT_COLUMNS AUDIT_WHERE AUDIT_IDS
        " AND exchange_id = ?9" AUDIT_ORDER;
  return AUDIT_COLUMNS AUDIT_WHERE AUDIT_IDS AUDIT_ORDER;
}

static GPtrArray *
list_rows (MdocDb *db, const MdocRegisterAuditFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_audit_free);
  gint64 limit = filter->limit == 0 ? 100 : MIN (filter->limit, MAX_ROWS);
  g_autoptr (MdocCursor) cursor = NULL;

  cursor = mdoc_cursor_open (db,
                             error,
                             choose_sql (filter),
                             ARG_INT (filter->since_seq),
                             ARG_TEXT (filter->actor),
                             ARG_TEXT (filter->action),
                             ARG_INT (filter->from_ms),
                             ARG_INT (filter->to_ms),
                             ARG_INT (limit),
                             ARG_TEXT (filter->credential_id),
                             ARG_TEXT (filter->mid_uid),
                             ARG_TEXT (filter->exchange_id));
  return mdoc_cursor_collect (cursor, read_row, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

GPtrArray *
mdoc_register_list_audit (MdocRegister *self,
                          const MdocRegisterAuditFilter *filter,
                          GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  GPtrArray *rows;

  if (db == NULL)
    return NULL;
  rows = list_rows (db, filter, error);
  mdoc_register_return_reader (self, db);
  return rows;
}

static gboolean
verify (MdocRegister *self,
        MdocDb *db,
        gint64 *ret_first_bad,
        gint64 *ret_n_rows,
        GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open_args (db,
                                                         AUDIT_COLUMNS
                                                         " ORDER BY seq",
                                                         NULL,
                                                         0,
                                                         error);
  guint8 previous[MDOC_REGISTER_HASH_LEN] = { 0 };
  gint64 n_rows = 0;
  gint64 last;
  gboolean has_row = TRUE;

  /* before the rows are read, of which there may be more meanwhile */
  if (cursor == NULL
      || !mdoc_db_get_int_args (db, LAST_NUMBER, NULL, 0, 0, &last, error))
    return FALSE;
  *ret_first_bad = 0;
  while (*ret_first_bad == 0)
    {
      guint8 hash[MDOC_REGISTER_HASH_LEN];
      g_autoptr (GBytes) kept = NULL;
      Link link = { 0 };

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        break;

      n_rows++;
      link.seq = mdoc_cursor_get_int (cursor, 0);
      link.time_ms = mdoc_cursor_get_int (cursor, 1);
      for (int i = 0; i < N_TEXTS; i++)
        link.texts[i] = mdoc_cursor_get_text (cursor, i + 2);
      hash_link (self, previous, &link, hash);
      kept = mdoc_cursor_dup_bytes (cursor, 12);
      if (link.seq != n_rows || kept == NULL
          || !mdoc_span_equal (mdoc_span_from_bytes (kept),
                               MDOC_SPAN (hash, sizeof hash)))
        *ret_first_bad = n_rows;
      memcpy (previous, hash, sizeof hash);
    }

  if (*ret_first_bad == 0 && n_rows < last)
    *ret_first_bad = n_rows + 1;
  *ret_n_rows = n_rows;
  return TRUE;
}

/**
 * mdoc_register_verify_audit:
 * @self: a register
 * @ret_first_bad: (out): the first row that was changed, put in or is missing;
 *   0 if there is none
 * @ret_n_rows: (out): how many were looked at
 * @error: return location for a #MdocRegisterError
 *
 * Returns: %TRUE if it could be told
 */
gboolean
mdoc_register_verify_audit (MdocRegister *self,
                            gint64 *ret_first_bad,
                            gint64 *ret_n_rows,
                            GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  gboolean is_done;

  if (db == NULL)
    return FALSE;
  is_done = verify (self, db, ret_first_bad, ret_n_rows, error);
  mdoc_register_return_reader (self, db);
  return is_done;
}
