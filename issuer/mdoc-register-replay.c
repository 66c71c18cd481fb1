/*
 * mdoc-register-replay.c - what was sent, or was to be, is sent again
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

/* events that are looked at in one change */
#define REPLAY_ROWS 1000

typedef struct
{
  gint64 row;
  gint64 since;
  char *types;
  char *exchange_id;
} Receiver;

static void
receiver_clear (Receiver *self)
{
  g_free (self->types);
  g_free (self->exchange_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Receiver, receiver_clear)

static gboolean
load_receiver (MdocRegister *self,
               const char *id,
               Receiver *ret_receiver,
               GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, parked_since, types, exchange_id FROM"
                          " subscription WHERE uid = ? AND"
                          " state <> 'disabled'",
                          ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such subscription that is not "
                                 "disabled");
  ret_receiver->row = mdoc_cursor_get_int (cursor, 0);
  ret_receiver->since = mdoc_cursor_get_int (cursor, 1);
  ret_receiver->types = mdoc_cursor_dup_text (cursor, 2);
  ret_receiver->exchange_id = mdoc_cursor_dup_text (cursor, 3);
  return TRUE;
}

static MdocCursor *
open_events (MdocRegister *self,
             const Receiver *receiver,
             gint64 since_row,
             GError **error)
{
  if (receiver->exchange_id != NULL)
    return mdoc_cursor_open (&self->writer,
                             error,
                             "SELECT id, type, subject FROM event WHERE"
                             " id >= ? AND exchange_id = ? ORDER BY id LIMIT ?",
                             ARG_INT (since_row),
                             ARG_TEXT (receiver->exchange_id),
                             ARG_INT (REPLAY_ROWS));
  return mdoc_cursor_open (&self->writer,
                           error,
                           "SELECT id, type, subject FROM event WHERE id >= ?"
                           " ORDER BY id LIMIT ?",
                           ARG_INT (since_row),
                           ARG_INT (REPLAY_ROWS));
}

typedef struct
{
  gint64 row;
  char *subject;
} Wanted;

static void
wanted_clear (gpointer data)
{
  Wanted *self = data;

  g_free (self->subject);
}

/* (element-type Wanted): of the next events those of its types; @since_row:
 * (inout): where to go on, 0 if there are no more */
static GArray *
list_wanted (MdocRegister *self,
             const Receiver *receiver,
             gint64 *since_row,
             GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Wanted));
  g_autoptr (MdocCursor) cursor = open_events (self,
                                               receiver,
                                               *since_row,
                                               error);
  guint n_rows = 0;
  gint64 last = 0;
  gboolean has_row = TRUE;

  g_array_set_clear_func (rows, wanted_clear);
  if (cursor == NULL)
    return NULL;
  for (;; n_rows++)
    {
      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      last = mdoc_cursor_get_int (cursor, 0);
      if (mdoc_register_is_wanted (receiver->types,
                                   mdoc_cursor_get_text (cursor, 1)))
        {
          Wanted wanted = { last, mdoc_cursor_dup_text (cursor, 2) };

          g_array_append_val (rows, wanted);
        }
    }
  *since_row = n_rows < REPLAY_ROWS ? 0 : last + 1;
  return g_steal_pointer (&rows);
}

/* What was sent before is open again, and before all of its subject that is
 * behind it. */
static gboolean
open_again (MdocRegister *self,
            const MdocRegisterCall *call,
            gint64 subscription,
            const Wanted *wanted,
            GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO delivery (subscription, event, subject,"
                      " next_at_ms, is_first) VALUES (?1, ?2, ?3, ?4, NOT"
                      " EXISTS (SELECT 1 FROM delivery WHERE subscription = ?1"
                      " AND subject = ?3 AND state = 0 AND event < ?2))"
                      " ON CONFLICT (subscription, event) DO UPDATE SET"
                      " state = 0, attempts = 0, first_try_ms = 0, next_at_ms ="
                      " ?4, is_first = excluded.is_first",
                      ARG_INT (subscription),
                      ARG_INT (wanted->row),
                      ARG_TEXT (wanted->subject),
                      ARG_INT (call->now_ms))
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE delivery SET is_first = 0 WHERE id = (SELECT"
                         " id FROM delivery WHERE subscription = ? AND subject"
                         " = ? AND state = 0 AND event > ? ORDER BY event"
                         " LIMIT 1)",
                         ARG_INT (subscription),
                         ARG_TEXT (wanted->subject),
                         ARG_INT (wanted->row));
}

/* @since_row: (inout): as of list_wanted() */
static gboolean
replay_some (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *id,
             gint64 *since_row,
             guint *n_events,
             GError **error)
{
  g_auto (Receiver) receiver = { 0 };
  g_autoptr (GArray) rows = NULL;

  if (!load_receiver (self, id, &receiver, error))
    return FALSE;
  if (*since_row == 0)
    *since_row = receiver.since;
  rows = list_wanted (self, &receiver, since_row, error);
  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    if (!open_again (self,
                     call,
                     receiver.row,
                     &g_array_index (rows, Wanted, i),
                     error))
      return FALSE;
  *n_events += rows->len;
  if (*since_row != 0)
    return TRUE;

  /* whatever comes from here on is for it too */
  self->has_news = TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE subscription SET state = 'live',"
                      " parked_since = 0 WHERE id = ?",
                      ARG_INT (receiver.row))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "subscription.replayed",
                                           .detail = id },
                                       error);
}

/**
 * mdoc_register_replay:
 * @self: a register
 * @call: who and when
 * @subscription_id: whose
 * @since_row: from which event on; 0: from the first that failed
 * @ret_n_events: (out): how many are sent again
 * @error: return location for a #MdocRegisterError
 *
 * A change for every thousand events, so that others get their turn, unless the
 * caller has begun one. A receiver that is parked is so until the last of them:
 * if that does not come, it can be replayed again.
 *
 * Returns: %TRUE if they are sent again
 */
gboolean
mdoc_register_replay (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const char *subscription_id,
                      gint64 since_row,
                      guint *ret_n_events,
                      GError **error)
{
  guint n_events = 0;
  gboolean is_done;

  do
    {
      if (!mdoc_register_enter (self, error))
        return FALSE;
      is_done = replay_some (self,
                             call,
                             subscription_id,
                             &since_row,
                             &n_events,
                             error);
      if (!mdoc_register_leave (self, is_done, error))
        return FALSE;
    }
  while (since_row != 0);
  *ret_n_events = n_events;
  return TRUE;
}
