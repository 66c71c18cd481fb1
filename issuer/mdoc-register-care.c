/*
 * mdoc-register-care.c - what time alone changes, and what is forgotten
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

/* how long a token may lie unused: 30 days, as a transaction */
#define UNUSED_S 2592000

/* (element-type gint64): rows of a table */
static GArray *
list_rows (MdocDb *db,
           const char *sql,
           gint64 until_s,
           guint max_rows,
           GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (db,
                                                    error,
                                                    sql,
                                                    ARG_INT (until_s),
                                                    ARG_INT (max_rows));

  return mdoc_cursor_list_ints (cursor, error);
}

/* Ends each exchange of @rows (nullable) as expired. */
static gboolean
end_all (MdocRegister *self,
         const MdocRegisterCall *call,
         const GArray *rows,
         const char *status,
         GError **error)
{
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
                                          status,
                                          "expired",
                                          error))
        return FALSE;
      if (strcmp (status, MDOC_EXCHANGE_OFFER_EXPIRED) == 0
          && !mdoc_register_spend_offer (self, exchange->offer, error))
        return FALSE;
    }
  return TRUE;
}

/* A token that nobody has used for so long is not used any more: E9. One that
 * waits for its claims has a transaction of its own, as long as that holds. */
static gboolean
expire_unused (MdocRegister *self,
               const MdocRegisterCall *call,
               guint max_rows,
               GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM exchange x WHERE status = 'token_issued' AND"
                   " updated_at <= ?1 AND NOT EXISTS (SELECT 1 FROM deferred d"
                   " WHERE d.exchange = x.id AND d.expires_at > ?1 +"
                   " " G_STRINGIFY (UNUSED_S) ") ORDER BY updated_at LIMIT ?2",
                   mdoc_call_get_s (call) - UNUSED_S,
                   max_rows,
                   error);

  return end_all (self, call, rows, MDOC_EXCHANGE_ISSUANCE_DENIED, error);
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

  return end_all (self, call, rows, MDOC_EXCHANGE_OFFER_EXPIRED, error);
}

/* A flag and an event; a receipt that comes late still counts. So it is with
 * who was given a token and asks for nothing, unless it is us who is waited
 * for. */
static gboolean
mark_stalled (MdocRegister *self,
              const MdocRegisterCall *call,
              guint max_rows,
              GError **error)
{
  g_autoptr (GArray) rows
      = list_rows (&self->writer,
                   "SELECT id FROM (SELECT id, updated_at FROM exchange WHERE"
                   " status = 'credential_issued' AND is_stalled = 0 AND"
                   " updated_at < ?1 UNION ALL SELECT id, updated_at FROM"
                   " exchange WHERE status = 'token_issued' AND is_ready = 1"
                   " AND is_stalled = 0 AND updated_at < ?1)"
                   " ORDER BY updated_at LIMIT ?2",
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
      " ('queued', 'delivered') UNION ALL"
      " SELECT min(lapses_at) FROM batch WHERE state = 'awaiting_approval')",
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
            && expire_unused (self, call, max_rows, error)
            && mark_stalled (self, call, max_rows, error)
            && tell_lapsed (self, call, max_rows, error)
            && end_grace (self, call, max_rows, error)
            && expire_messages (self, call, max_rows, error)
            && trim_listed (self, call, max_rows, error)
            && mdoc_register_lapse_requests (self, call, max_rows, error)
            && find_next (&self->writer, &next_s, error);
  if (!mdoc_register_leave (self, is_done, error))
    return FALSE;
  if (ret_next_s != NULL)
    *ret_next_s = next_s;
  return TRUE;
}
