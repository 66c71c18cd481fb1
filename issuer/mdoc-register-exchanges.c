/*
 * mdoc-register-exchanges.c - how far each issuance has got (lifecycle, 2.2)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_ROWS 1000

void
mdoc_register_exchange_free (MdocRegisterExchange *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->offer_id);
  g_free (self->status);
  g_free (self->profile_id);
  g_free (self->entry_id);
  g_free (self->person_id);
  g_free (self->external_ref);
  g_free (self->metadata_json);
  g_free (self->mid_uid);
  g_free (self->credential_id);
  g_free (self->denial_code);
  g_free (self->denial_reason);
  g_free (self->correlation_id);
  g_free (self->wallet_client_id);
  g_free (self);
}

void
mdoc_exchange_row_free (MdocExchangeRow *self)
{
  MdocRegisterExchange *view;

  if (self == NULL)
    return;

  view = g_memdup2 (&self->view, sizeof self->view);
  mdoc_register_exchange_free (view);
  g_free (self->claims);
  g_free (self->consent_ref);
  g_free (self);
}

#define EXCHANGE_COLUMNS                                                       \
  "SELECT x.id, x.offer, x.uid, o.uid, x.status, x.is_ready, x.is_stalled,"    \
  " x.is_deferred, x.grant, x.profile_id, x.profile_version, x.entry_id,"      \
  " x.person_id, x.external_ref, x.metadata, x.mid_uid, x.credential_id,"      \
  " x.denial_code, x.denial_reason, x.correlation_id, x.client_id,"            \
  " x.created_at, x.updated_at, x.expires_at, x.claims, x.consent_ref,"        \
  " x.n_bad_proofs FROM exchange x LEFT JOIN offer o ON o.id = x.offer"

static gpointer
read_row (MdocCursor *cursor)
{
  MdocExchangeRow *row = g_new0 (MdocExchangeRow, 1);
  MdocRegisterExchange *view = &row->view;

  row->row = mdoc_cursor_get_int (cursor, 0);
  row->offer = mdoc_cursor_get_int (cursor, 1);
  view->id = mdoc_cursor_dup_text (cursor, 2);
  view->offer_id = mdoc_cursor_dup_text (cursor, 3);
  view->status = mdoc_cursor_dup_text (cursor, 4);
  view->is_ready = mdoc_cursor_get_int (cursor, 5) != 0;
  view->is_stalled = mdoc_cursor_get_int (cursor, 6) != 0;
  view->is_deferred = mdoc_cursor_get_int (cursor, 7) != 0;
  view->grant = (MdocProfileGrants) mdoc_cursor_get_int (cursor, 8);
  view->profile_id = mdoc_cursor_dup_text (cursor, 9);
  view->profile_version = (guint) mdoc_cursor_get_int (cursor, 10);
  view->entry_id = mdoc_cursor_dup_text (cursor, 11);
  view->person_id = mdoc_cursor_dup_text (cursor, 12);
  view->external_ref = mdoc_cursor_dup_text (cursor, 13);
  view->metadata_json = mdoc_cursor_dup_text (cursor, 14);
  view->mid_uid = mdoc_cursor_dup_text (cursor, 15);
  view->credential_id = mdoc_cursor_dup_text (cursor, 16);
  view->denial_code = mdoc_cursor_dup_text (cursor, 17);
  view->denial_reason = mdoc_cursor_dup_text (cursor, 18);
  view->correlation_id = mdoc_cursor_dup_text (cursor, 19);
  view->wallet_client_id = mdoc_cursor_dup_text (cursor, 20);
  view->created_at_s = mdoc_cursor_get_int (cursor, 21);
  view->updated_at_s = mdoc_cursor_get_int (cursor, 22);
  view->expires_at_s = mdoc_cursor_get_int (cursor, 23);
  row->claims = mdoc_cursor_dup_text (cursor, 24);
  row->consent_ref = mdoc_cursor_dup_text (cursor, 25);
  row->n_bad_proofs = mdoc_cursor_get_int (cursor, 26);
  return row;
}

MdocExchangeRow *
mdoc_register_load_exchange (MdocDb *db,
                             MdocExchangeKey key,
                             const char *key_text,
                             gint64 key_row,
                             GError **error)
{
  static const char *const sql[] = {
    [MDOC_EXCHANGE_BY_ROW] = EXCHANGE_COLUMNS " WHERE x.id = ?",
    [MDOC_EXCHANGE_BY_UID] = EXCHANGE_COLUMNS " WHERE x.uid = ?",
    [MDOC_EXCHANGE_BY_MID_UID] = EXCHANGE_COLUMNS " WHERE x.mid_uid = ?",
  };
  g_autoptr (MdocCursor) cursor = NULL;
  gboolean has_row;

  cursor = mdoc_cursor_open (db,
                             error,
                             sql[key],
                             key == MDOC_EXCHANGE_BY_ROW ? ARG_INT (key_row)
                                                         : ARG_TEXT (key_text));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (has_row)
    return read_row (cursor);

  mdoc_register_refuse (error,
                        MDOC_REGISTER_ERROR_NOT_FOUND,
                        "There is no such exchange");
  return NULL;
}

static GPtrArray *
read_all (MdocCursor *cursor, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_exchange_row_free);

  return mdoc_cursor_collect (cursor, read_row, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

GPtrArray *
mdoc_register_load_offer_exchanges (MdocDb *db, gint64 offer, GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          EXCHANGE_COLUMNS " WHERE x.offer = ? ORDER BY x.id",
                          ARG_INT (offer));

  return cursor == NULL ? NULL : read_all (cursor, error);
}

gboolean
mdoc_exchange_is (const MdocExchangeRow *self, const char *statuses)
{
  g_auto (GStrv) names = g_strsplit (statuses, " ", -1);

  return g_strv_contains ((const char *const *) names, self->view.status);
}

gboolean
mdoc_register_tell_exchange (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const MdocExchangeRow *exchange,
                             const char *type,
                             const char *cause,
                             gboolean is_final,
                             JsonObject *data,
                             GError **error)
{
  const MdocEventParts event = {
    .type = type,
    .cause = cause,
    .correlation_id = exchange->view.correlation_id,
    .credential_id = exchange->view.credential_id,
    /* the wallet has a midUid when there is a credential behind it */
    .mid_uid = mdoc_exchange_is (exchange,
                                 "credential_issued credential_acked "
                                 "credential_accepted credential_deleted")
                   ? exchange->view.mid_uid
                   : NULL,
    .exchange_id = exchange->view.id,
    /* what is told of an exchange and later of its deviceCredential stays in
     * one order */
    .subject = exchange->view.mid_uid,
    .is_final = is_final,
    .data = data,
  };

  return mdoc_register_write_event (self, call, &event, error);
}

gboolean
mdoc_register_set_exchange (MdocRegister *self,
                            const MdocRegisterCall *call,
                            MdocExchangeRow *exchange,
                            const char *status,
                            JsonObject *data,
                            GError **error)
{
  g_autofree char *type = g_strconcat ("openid.credential.", status, NULL);
  g_autofree char *action = g_strconcat ("exchange.", status, NULL);
  gboolean is_final = strcmp (status, MDOC_EXCHANGE_CREDENTIAL_ACCEPTED) == 0
                      || strcmp (status, MDOC_EXCHANGE_CREDENTIAL_DELETED) == 0;
  MdocAuditParts audit;

  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE exchange SET status = ?, updated_at = ?,"
                    " is_stalled = 0, credential_id = ? WHERE id = ?",
                    ARG_TEXT (status),
                    ARG_INT (mdoc_call_get_s (call)),
                    ARG_TEXT (exchange->view.credential_id),
                    ARG_INT (exchange->row)))
    return FALSE;

  g_free (exchange->view.status);
  exchange->view.status = g_strdup (status);
  audit = (MdocAuditParts){
    .action = action,
    .credential_id = exchange->view.credential_id,
    .mid_uid = exchange->view.mid_uid,
    .exchange_id = exchange->view.id,
    .correlation_id = exchange->view.correlation_id,
  };
  return mdoc_register_write_audit (self, call, &audit, error)
         && mdoc_register_tell_exchange (self,
                                         call,
                                         exchange,
                                         type,
                                         NULL,
                                         is_final,
                                         data,
                                         error);
}

/* "final=false while any can still move" */
static gboolean
tell_group (MdocRegister *self,
            const MdocRegisterCall *call,
            const MdocExchangeRow *exchange,
            GError **error)
{
  g_autoptr (GPtrArray) members = NULL;
  guint n_accepted = 0, n_ended = 0;
  g_autoptr (JsonObject) data = NULL;

  if (exchange->offer == 0)
    return TRUE;
  members = mdoc_register_load_offer_exchanges (&self->writer,
                                                exchange->offer,
                                                error);
  if (members == NULL)
    return FALSE;
  if (members->len < 2)
    return TRUE;

  for (guint i = 0; i < members->len; i++)
    if (mdoc_exchange_is (members->pdata[i], "credential_accepted"))
      n_accepted++;
    else if (mdoc_exchange_is (members->pdata[i],
                               "credential_deleted issuance_denied "
                               "issuance_failed offer_expired "
                               "offer_withdrawn"))
      n_ended++;
  if (n_accepted + n_ended < members->len)
    return TRUE;

  data = json_object_new ();
  json_object_set_int_member (data, "members", members->len);
  json_object_set_int_member (data, "accepted", n_accepted);
  return mdoc_register_tell_exchange (self,
                                      call,
                                      exchange,
                                      n_ended == 0
                                          ? "exchange.group_completed"
                                          : "exchange.group_incomplete",
                                      NULL,
                                      TRUE,
                                      data,
                                      error);
}

static gboolean
tell_end (MdocRegister *self,
          const MdocRegisterCall *call,
          const MdocExchangeRow *exchange,
          const char *type,
          const char *code,
          gboolean is_final,
          GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();

  json_object_set_string_member (data, "code", code);
  if (call->reason != NULL)
    json_object_set_string_member (data, "reason", call->reason);
  return mdoc_register_tell_exchange (self,
                                      call,
                                      exchange,
                                      type,
                                      NULL,
                                      is_final,
                                      data,
                                      error);
}

/* @status: issuance_denied (E9), issuance_failed (E12), offer_expired or
 * offer_withdrawn (E13); the last three also leave as issuance_denied, which is
 * all that others know (lifecycle, 2.2). */
gboolean
mdoc_register_end_exchange (MdocRegister *self,
                            const MdocRegisterCall *call,
                            MdocExchangeRow *exchange,
                            const char *status,
                            const char *code,
                            GError **error)
{
  static const struct
  {
    const char *status;
    const char *type;
  } own[] = { { MDOC_EXCHANGE_ISSUANCE_FAILED, "exchange.failed" },
              { MDOC_EXCHANGE_OFFER_EXPIRED, "exchange.offer_expired" },
              { MDOC_EXCHANGE_OFFER_WITHDRAWN, "exchange.offer_withdrawn" } };
  g_autofree char *action = g_strconcat ("exchange.", status, NULL);
  const MdocAuditParts audit = {
    .action = action,
    .credential_id = exchange->view.credential_id,
    .mid_uid = exchange->view.mid_uid,
    .exchange_id = exchange->view.id,
    .detail = code,
    .correlation_id = exchange->view.correlation_id,
  };

  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE exchange SET status = ?, denial_code = ?,"
                    " denial_reason = ?, updated_at = ? WHERE id = ?",
                    ARG_TEXT (status),
                    ARG_TEXT (code),
                    ARG_TEXT (call->reason),
                    ARG_INT (mdoc_call_get_s (call)),
                    ARG_INT (exchange->row)))
    return FALSE;
  g_free (exchange->view.status);
  exchange->view.status = g_strdup (status);

  if (!mdoc_register_write_audit (self, call, &audit, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (strcmp (own[i].status, status) == 0
        && !tell_end (self, call, exchange, own[i].type, code, FALSE, error))
      return FALSE;
  return tell_end (self,
                   call,
                   exchange,
                   "openid.credential.issuance_denied",
                   code,
                   FALSE,
                   error)
         && tell_end (self,
                      call,
                      exchange,
                      "enrollmentFailed",
                      code,
                      TRUE,
                      error)
         && tell_group (self, call, exchange, error);
}

gboolean
mdoc_register_tell_group (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const MdocExchangeRow *exchange,
                          GError **error)
{
  return tell_group (self, call, exchange, error);
}

gboolean
mdoc_register_mark_received (MdocRegister *self,
                             const MdocRegisterCall *call,
                             GPtrArray *exchanges,
                             GError **error)
{
  for (guint i = 0; i < exchanges->len; i++)
    if (mdoc_exchange_is (exchanges->pdata[i], MDOC_EXCHANGE_OFFER_SENT)
        && !mdoc_register_set_exchange (self,
                                        call,
                                        exchanges->pdata[i],
                                        MDOC_EXCHANGE_OFFER_RECEIVED,
                                        NULL,
                                        error))
      return FALSE;
  return TRUE;
}

gint64
mdoc_register_insert_exchange (MdocRegister *self,
                               const MdocRegisterCall *call,
                               const MdocExchangeParts *parts,
                               char **ret_uid,
                               GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (
      parts->profile);
  const MdocRegisterOfferItem *item = parts->item;
  g_autofree char *uid = mdoc_register_make_uuid ();
  g_autofree char *mid_uid = mdoc_register_make_uuid ();
  gint64 now_s = mdoc_call_get_s (call);
  gboolean is_ready = !parts->is_deferred
                      && (parts->claims != NULL || item->credential_id != NULL);

  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO exchange (uid, offer, status, is_ready,"
                    " is_deferred, grant, profile_id, profile_version,"
                    " entry_id, person_id, external_ref, metadata, claims,"
                    " credential_id, mid_uid, correlation_id, client_id,"
                    " consent_ref, created_at, updated_at, expires_at)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
                    " ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?19, ?20)",
                    ARG_TEXT (uid),
                    ARG_INT (parts->offer),
                    ARG_TEXT (parts->status),
                    ARG_INT (is_ready),
                    ARG_INT (parts->is_deferred),
                    ARG_INT (parts->grant),
                    ARG_TEXT (settings->id),
                    ARG_INT (settings->version),
                    ARG_TEXT (item->entry_id),
                    ARG_TEXT (parts->person_id),
                    ARG_TEXT (parts->external_ref),
                    ARG_TEXT (item->metadata_json),
                    ARG_TEXT (parts->claims),
                    ARG_TEXT (item->credential_id),
                    ARG_TEXT (mid_uid),
                    ARG_TEXT (call->correlation_id),
                    ARG_TEXT (parts->client_id),
                    ARG_TEXT (parts->consent_ref),
                    ARG_INT (now_s),
                    ARG_INT (parts->expires_at_s)))
    return 0;

  *ret_uid = g_steal_pointer (&uid);
  return mdoc_db_get_last_row (&self->writer);
}

MdocRegisterExchange *
mdoc_register_get_exchange (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  g_autoptr (MdocExchangeRow) row = NULL;
  MdocRegisterExchange *view;

  if (db == NULL)
    return NULL;
  row = mdoc_register_load_exchange (db, MDOC_EXCHANGE_BY_UID, id, 0, error);
  mdoc_register_return_reader (self, db);
  if (row == NULL)
    return NULL;

  view = g_memdup2 (&row->view, sizeof row->view);
  memset (&row->view, 0, sizeof row->view);
  return view;
}

/* (element-type MdocRegisterExchange): what others may see of rows */
static GPtrArray *
take_views (GPtrArray *rows)
{
  GPtrArray *views = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_exchange_free);

  for (guint i = 0; i < rows->len; i++)
    {
      MdocExchangeRow *row = rows->pdata[i];

      g_ptr_array_add (views, g_memdup2 (&row->view, sizeof row->view));
      memset (&row->view, 0, sizeof row->view);
    }
  return views;
}

#define FILTER                                                                 \
  " WHERE (?1 IS NULL OR x.status = ?1) AND (?2 IS NULL OR x.profile_id = ?2)" \
  " AND (?3 IS NULL OR x.person_id = ?3)"                                      \
  " AND (?4 IS NULL OR x.external_ref = ?4)"                                   \
  " AND (?5 IS NULL OR x.credential_id = ?5)"                                  \
  " AND (?6 IS NULL OR x.is_ready = (?6 = 'ready'))" MDOC_SQL_BEHIND (         \
      "x.id",                                                                  \
      "?9",                                                                    \
      "SELECT a.id FROM exchange a WHERE a.uid = ?9")
#define FILTER_ORDER " ORDER BY x.id DESC LIMIT ?7 OFFSET ?8"

/* the condition that an index serves stands a second time, without "or" */
static const char *
choose_sql (const MdocRegisterFilter *filter)
{
  if (filter->person_id != NULL)
    return EXCHANGE_COLUMNS FILTER " AND x.person_id = ?3" FILTER_ORDER;
  if (filter->external_ref != NULL)
    return EXCHANGE_COLUMNS FILTER " AND x.external_ref = ?4" FILTER_ORDER;
  if (filter->credential_id != NULL)
    return EXCHANGE_COLUMNS FILTER " AND x.credential_id = ?5" FILTER_ORDER;
  return EXCHANGE_COLUMNS FILTER FILTER_ORDER;
}

/**
 * mdoc_register_list_exchanges:
 * @self: a register
 * @filter: which; its state is "pending" or "ready", of the claims
 * @error: return location for a #MdocRegisterError
 *
 * Returns: (transfer full) (element-type MdocRegisterExchange): the newest
 * first
 */
GPtrArray *
mdoc_register_list_exchanges (MdocRegister *self,
                              const MdocRegisterFilter *filter,
                              GError **error)
{
  gint64 limit = filter->limit == 0 ? 100 : MIN (filter->limit, MAX_ROWS);
  g_autoptr (GPtrArray) rows = NULL;
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocCursor *cursor;

  if (db == NULL)
    return NULL;
  cursor = mdoc_cursor_open (db,
                             error,
                             choose_sql (filter),
                             ARG_TEXT (filter->status),
                             ARG_TEXT (filter->profile_id),
                             ARG_TEXT (filter->person_id),
                             ARG_TEXT (filter->external_ref),
                             ARG_TEXT (filter->credential_id),
                             ARG_TEXT (filter->state),
                             ARG_INT (limit),
                             ARG_INT (filter->offset),
                             ARG_TEXT (filter->after));
  if (cursor != NULL)
    rows = read_all (cursor, error);
  mdoc_cursor_done (cursor);
  mdoc_register_return_reader (self, db);
  return rows != NULL ? take_views (rows) : NULL;
}

GPtrArray *
mdoc_register_list_unproofed (MdocRegister *self, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocCursor *cursor;

  if (db == NULL)
    return NULL;
  cursor = mdoc_cursor_open (db,
                             error,
                             EXCHANGE_COLUMNS
                             " JOIN profile p ON p.id = x.profile_id AND"
                             " p.version = x.profile_version WHERE x.status ="
                             " 'token_issued' AND x.is_ready = 0 AND"
                             " x.credential_id IS NULL AND"
                             " json_extract (p.json, '$.enrollment') ="
                             " 'proofed' ORDER BY x.updated_at LIMIT ?",
                             ARG_INT (MIN (limit, MAX_ROWS)));
  if (cursor != NULL)
    rows = read_all (cursor, error);
  mdoc_cursor_done (cursor);
  mdoc_register_return_reader (self, db);
  return rows != NULL ? take_views (rows) : NULL;
}
