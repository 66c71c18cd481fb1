/*
 * mdoc-register-held.c - deviceCredentials and their generations, as rows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

void
mdoc_held_row_free (MdocHeldRow *self)
{
  if (self == NULL)
    return;

  g_free (self->mid_uid);
  g_free (self->state);
  g_free (self->reason);
  g_free (self->credential_id);
  g_free (self->credential_state);
  g_free (self->profile_id);
  g_free (self->claims);
  g_free (self->device_id);
  g_free (self->thumb);
  g_free (self->client_type);
  g_free (self);
}

#define HELD_COLUMNS(claims_)                                                  \
  "SELECT h.id, h.mid_uid, h.exchange, h.state, h.reason, h.confirmed,"        \
  " h.newest, h.causes, h.valid_until, h.day, h.n_today, h.created_at,"        \
  " h.updated_at, c.id, c.uid, c.state, c.profile_id, c.profile_version,"      \
  " c.dataset, " claims_ ", c.document_expiry, d.id, d.uid, d.thumb,"          \
  " d.client_type, d.is_suspected_clone, d.last_seen"                          \
  " FROM device_credential h JOIN credential c ON c.id = h.credential"         \
  " JOIN device d ON d.id = h.device"

static gpointer
read_held (MdocCursor *cursor)
{
  MdocHeldRow *held = g_new0 (MdocHeldRow, 1);

  held->row = mdoc_cursor_get_int (cursor, 0);
  held->mid_uid = mdoc_cursor_dup_text (cursor, 1);
  held->exchange = mdoc_cursor_get_int (cursor, 2);
  held->state = mdoc_cursor_dup_text (cursor, 3);
  held->reason = mdoc_cursor_dup_text (cursor, 4);
  held->confirmed = mdoc_cursor_get_int (cursor, 5);
  held->newest = mdoc_cursor_get_int (cursor, 6);
  held->causes = mdoc_cursor_get_int (cursor, 7);
  held->valid_until_s = mdoc_cursor_get_int (cursor, 8);
  held->day = mdoc_cursor_get_int (cursor, 9);
  held->n_today = mdoc_cursor_get_int (cursor, 10);
  held->created_at_s = mdoc_cursor_get_int (cursor, 11);
  held->updated_at_s = mdoc_cursor_get_int (cursor, 12);
  held->credential = mdoc_cursor_get_int (cursor, 13);
  held->credential_id = mdoc_cursor_dup_text (cursor, 14);
  held->credential_state = mdoc_cursor_dup_text (cursor, 15);
  held->profile_id = mdoc_cursor_dup_text (cursor, 16);
  held->profile_version = mdoc_cursor_get_int (cursor, 17);
  held->dataset = mdoc_cursor_get_int (cursor, 18);
  held->claims = mdoc_cursor_dup_text (cursor, 19);
  held->document_expiry_s = mdoc_cursor_get_int (cursor, 20);
  held->device = mdoc_cursor_get_int (cursor, 21);
  held->device_id = mdoc_cursor_dup_text (cursor, 22);
  held->thumb = mdoc_cursor_dup_text (cursor, 23);
  held->client_type = mdoc_cursor_dup_text (cursor, 24);
  held->is_suspected_clone = mdoc_cursor_get_int (cursor, 25) != 0;
  held->last_seen_s = mdoc_cursor_get_int (cursor, 26);
  return held;
}

gboolean
mdoc_register_find_held (MdocDb *db,
                         const char *mid_uid,
                         MdocHeldRow **ret_held,
                         GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          HELD_COLUMNS ("c.claims") " WHERE h.mid_uid = ?",
                          ARG_TEXT (mid_uid));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  *ret_held = has_row ? read_held (cursor) : NULL;
  return TRUE;
}

MdocHeldRow *
mdoc_register_load_held (MdocDb *db, const char *mid_uid, GError **error)
{
  MdocHeldRow *held;

  if (!mdoc_register_find_held (db, mid_uid, &held, error))
    return NULL;
  if (held == NULL)
    mdoc_register_refuse (error,
                          MDOC_REGISTER_ERROR_NOT_FOUND,
                          "There is no such deviceCredential");
  return held;
}

GPtrArray *
mdoc_register_load_held_of (MdocDb *db,
                            gint64 credential,
                            gint64 device,
                            GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_held_row_free);
  g_autoptr (MdocCursor) cursor = NULL;

  cursor = mdoc_cursor_open (
      db,
      error,
      credential != 0
          ? HELD_COLUMNS ("NULL") " WHERE h.credential = ? ORDER BY h.id"
          : HELD_COLUMNS ("NULL") " WHERE h.device = ? ORDER BY h.id",
      ARG_INT (credential != 0 ? credential : device));
  return mdoc_cursor_collect (cursor, read_held, rows, error)
             ? g_steal_pointer (&rows)
             : NULL;
}

const char *
mdoc_held_get_effective (const MdocHeldRow *self, gint64 now_s)
{
  if (strcmp (self->state, MDOC_STATE_REMOVED) == 0)
    return MDOC_STATE_REMOVED;
  if (strcmp (self->state, MDOC_STATE_ABANDONED) == 0)
    return MDOC_STATE_ABANDONED;
  if (strcmp (self->state, MDOC_STATE_REVOKED) == 0
      || strcmp (self->credential_state, MDOC_STATE_REVOKED) == 0)
    return MDOC_STATE_REVOKED;
  if (strcmp (self->state, MDOC_STATE_SUSPENDED) == 0
      || strcmp (self->credential_state, MDOC_STATE_SUSPENDED) == 0)
    return MDOC_STATE_SUSPENDED;
  if (self->document_expiry_s != 0 && now_s > self->document_expiry_s)
    return MDOC_STATE_DOCUMENT_EXPIRED;
  if (self->valid_until_s != 0 && now_s > self->valid_until_s)
    return MDOC_STATE_MSO_EXPIRED;
  if (strcmp (self->state, MDOC_STATE_ISSUED) == 0)
    return MDOC_STATE_ISSUED;
  return MDOC_STATE_ACTIVE;
}

gboolean
mdoc_held_check_eligible (const MdocHeldRow *self, gint64 now_s, GError **error)
{
  static const struct
  {
    const char *effective;
    MdocRegisterError code;
    const char *message;
  } refusals[] = {
    { MDOC_STATE_REMOVED, MDOC_REGISTER_ERROR_REMOVED, "It has been removed" },
    { MDOC_STATE_ABANDONED,
      MDOC_REGISTER_ERROR_REMOVED,
      "It has been given up" },
    { MDOC_STATE_REVOKED, MDOC_REGISTER_ERROR_REVOKED, "It has been revoked" },
    { MDOC_STATE_SUSPENDED, MDOC_REGISTER_ERROR_SUSPENDED, "It is suspended" },
    { MDOC_STATE_DOCUMENT_EXPIRED,
      MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED,
      "The document has expired" },
    { MDOC_STATE_ISSUED,
      MDOC_REGISTER_ERROR_STATE,
      "It has not been accepted yet" },
  };
  const char *effective = mdoc_held_get_effective (self, now_s);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strcmp (refusals[i].effective, effective) == 0)
      return mdoc_register_refuse (error,
                                   refusals[i].code,
                                   "%s",
                                   refusals[i].message);
  return TRUE;
}

gboolean
mdoc_register_set_held_state (MdocRegister *self,
                              const MdocRegisterCall *call,
                              MdocHeldRow *held,
                              const char *state,
                              GError **error)
{
  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE device_credential SET state = ?, reason = ?,"
                    " updated_at = ? WHERE id = ?",
                    ARG_TEXT (state),
                    ARG_TEXT (call->reason),
                    ARG_INT (mdoc_call_get_s (call)),
                    ARG_INT (held->row)))
    return FALSE;
  g_free (held->state);
  held->state = g_strdup (state);
  return TRUE;
}

gboolean
mdoc_register_set_credential_state (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    gint64 credential,
                                    const char *state,
                                    GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE credential SET state = ?, reason = ?,"
                      " updated_at = ? WHERE id = ?",
                      ARG_TEXT (state),
                      ARG_TEXT (call->reason),
                      ARG_INT (mdoc_call_get_s (call)),
                      ARG_INT (credential));
}

gboolean
mdoc_register_queue_action (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocHeldRow *held,
                            const char *kind,
                            const char *payload_json,
                            GError **error)
{
  /* a wallet that never syncs would leave them here for ever */
  if (held->thumb == NULL)
    return TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "DELETE FROM action WHERE device = ? AND mid_uid = ? AND"
                      " kind = ? AND acked_at = 0",
                      ARG_INT (held->device),
                      ARG_TEXT (held->mid_uid),
                      ARG_TEXT (kind))
         && mdoc_db_run (&self->writer,
                         error,
                         "INSERT INTO action (device, mid_uid, kind, payload,"
                         " created_at) VALUES (?, ?, ?, ?, ?)",
                         ARG_INT (held->device),
                         ARG_TEXT (held->mid_uid),
                         ARG_TEXT (kind),
                         ARG_TEXT (payload_json),
                         ARG_INT (mdoc_call_get_s (call)));
}

void
mdoc_generation_row_free (MdocGenerationRow *self)
{
  if (self == NULL)
    return;

  g_free (self->cause);
  g_free (self->phase);
  g_free (self->correlation_id);
  g_clear_pointer (&self->keys_hash, g_bytes_unref);
  g_free (self);
}

gboolean
mdoc_register_find_generation (MdocDb *db,
                               gint64 held,
                               gint64 n,
                               MdocGenerationRow **ret_generation,
                               GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT id, n, cause, phase, dataset,"
                          " profile_version, signed_at, valid_until,"
                          " expected_update, correlation_id, keys_hash"
                          " FROM generation WHERE device_credential = ?1"
                          " AND (?2 = 0 OR n = ?2) ORDER BY n DESC LIMIT 1",
                          ARG_INT (held),
                          ARG_INT (n));
  MdocGenerationRow *row;
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  *ret_generation = NULL;
  if (!has_row)
    return TRUE;

  row = g_new0 (MdocGenerationRow, 1);
  row->row = mdoc_cursor_get_int (cursor, 0);
  row->n = mdoc_cursor_get_int (cursor, 1);
  row->cause = mdoc_cursor_dup_text (cursor, 2);
  row->phase = mdoc_cursor_dup_text (cursor, 3);
  row->dataset = mdoc_cursor_get_int (cursor, 4);
  row->profile_version = mdoc_cursor_get_int (cursor, 5);
  row->signed_at_s = mdoc_cursor_get_int (cursor, 6);
  row->valid_until_s = mdoc_cursor_get_int (cursor, 7);
  row->expected_update_s = mdoc_cursor_get_int (cursor, 8);
  row->correlation_id = mdoc_cursor_dup_text (cursor, 9);
  row->keys_hash = mdoc_cursor_dup_bytes (cursor, 10);
  *ret_generation = row;
  return TRUE;
}

gboolean
mdoc_register_set_phase (MdocRegister *self,
                         gint64 generation,
                         const char *phase,
                         GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE generation SET phase = ? WHERE id = ?",
                      ARG_TEXT (phase),
                      ARG_INT (generation));
}

void
mdoc_register_copy_free (MdocRegisterCopy *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->key, mdoc_public_key_unref);
  g_free (self->key_thumbprint);
  g_free (self->list_id);
  g_free (self->identifier_list_id);
  g_clear_pointer (&self->mso_id, g_bytes_unref);
  g_clear_pointer (&self->issuer_signed, g_bytes_unref);
  g_free (self);
}

static MdocRegisterCopy *
read_copy (MdocCursor *cursor, GError **error)
{
  g_autoptr (GBytes) spki = mdoc_cursor_dup_bytes (cursor, 1);
  MdocRegisterCopy *copy = g_new0 (MdocRegisterCopy, 1);

  copy->key_thumbprint = mdoc_cursor_dup_text (cursor, 0);
  copy->list_id = mdoc_cursor_dup_text (cursor, 2);
  copy->idx = (guint64) mdoc_cursor_get_int (cursor, 3);
  copy->identifier_list_id = mdoc_cursor_dup_text (cursor, 4);
  copy->mso_id = mdoc_cursor_dup_bytes (cursor, 5);
  copy->issuer_signed = mdoc_cursor_dup_bytes (cursor, 6);
  copy->key = mdoc_public_key_new_from_spki (mdoc_span_from_bytes (spki),
                                             error);
  if (copy->key == NULL)
    g_clear_pointer (&copy, mdoc_register_copy_free);
  return copy;
}

GPtrArray *
mdoc_register_load_copies (MdocDb *db, gint64 generation, GError **error)
{
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_copy_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT c.key_thumb, c.key_spki, l.uid, c.idx, i.uid,"
                          " c.mso_id, c.issuer_signed FROM copy c LEFT JOIN"
                          " status_list l ON l.id = c.list LEFT JOIN"
                          " status_list i ON i.id = c.id_list"
                          " WHERE c.generation = ? ORDER BY c.id",
                          ARG_INT (generation));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      MdocRegisterCopy *copy;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      copy = read_copy (cursor, error);
      if (copy == NULL)
        return NULL;
      g_ptr_array_add (copies, copy);
    }
  return g_steal_pointer (&copies);
}

char *
mdoc_register_derive_notification (MdocRegister *self,
                                   const char *mid_uid,
                                   gint64 n)
{
  g_autofree char *text = g_strdup_printf ("%s %" G_GINT64_FORMAT, mid_uid, n);

  return mdoc_register_derive (self, "notification", text);
}
