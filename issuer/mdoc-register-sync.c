/*
 * mdoc-register-sync.c - what a wallet instance is told when it asks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_HELD    1000
#define MAX_ACTIONS 200

static void
doc_free (MdocRegisterSyncDoc *doc)
{
  g_free (doc->mid_uid);
  g_free (doc->credential_id);
  g_free (doc);
}

static void
action_free (MdocRegisterAction *action)
{
  g_free (action->kind);
  g_free (action->mid_uid);
  g_free (action->payload_json);
  g_free (action);
}

void
mdoc_register_sync_free (MdocRegisterSync *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->docs, g_ptr_array_unref);
  g_clear_pointer (&self->unknown, g_ptr_array_unref);
  g_clear_pointer (&self->actions, g_ptr_array_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_free (self);
}

static const MdocRegisterHeld *
find_reported (const MdocRegisterHeld *held, guint n_held, const char *mid_uid)
{
  for (guint i = 0; i < n_held; i++)
    if (strcmp (held[i].mid_uid, mid_uid) == 0)
      return &held[i];
  return NULL;
}

/* New attributes have to be fetched, a new profile should be; and so should a
 * generation that was signed and never arrived. */
static MdocRegisterUpdate
choose_update (const MdocHeldRow *row, const MdocRegisterHeld *reported)
{
  if (row->causes & MDOC_PENDING_ATTRIBUTES)
    return MDOC_REGISTER_UPDATE_REQUIRED;
  if (row->causes != 0
      || (reported != NULL && (gint64) reported->generation < row->newest))
    return MDOC_REGISTER_UPDATE_OPTIONAL;
  return MDOC_REGISTER_UPDATE_NONE;
}

static gboolean
describe (MdocRegister *self,
          const MdocHeldRow *row,
          const MdocRegisterHeld *reported,
          gint64 now_s,
          GPtrArray *docs,
          GError **error)
{
  g_autoptr (MdocGenerationRow) generation = NULL;
  g_autoptr (MdocProfile) profile = NULL;
  MdocRegisterSyncDoc *doc;
  gboolean is_eligible;

  if (row->newest == 0)
    return TRUE;
  if (!mdoc_register_find_generation (&self->writer,
                                      row->row,
                                      row->newest,
                                      &generation,
                                      error))
    return FALSE;
  profile = mdoc_register_load_profile (self,
                                        &self->writer,
                                        row->profile_id,
                                        row->profile_version,
                                        error);
  if (profile == NULL)
    return FALSE;

  is_eligible = mdoc_held_check_eligible (row, now_s, NULL);
  doc = g_new0 (MdocRegisterSyncDoc, 1);
  g_ptr_array_add (docs, doc);
  doc->mid_uid = g_strdup (row->mid_uid);
  doc->credential_id = g_strdup (row->credential_id);
  doc->effective = mdoc_held_get_effective (row, now_s);
  doc->generation = (guint) row->newest;
  doc->valid_until_s = row->valid_until_s;
  doc->blocks_device = mdoc_profile_get_settings (profile)->blocks_device;
  if (is_eligible)
    {
      doc->update = choose_update (row, reported);
      doc->renew_after_s = generation != NULL ? generation->expected_update_s
                                              : 0;
    }
  return TRUE;
}

/* A device that has less than it once confirmed is another one with its keys,
 * or was put back to what it was. */
static gboolean
check_clone (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocHeldRow *row,
             const MdocRegisterHeld *reported,
             MdocRegisterSync *answer,
             GError **error)
{
  if (reported == NULL || (gint64) reported->generation >= row->confirmed)
    return TRUE;
  answer->is_suspected_clone = TRUE;
  if (row->is_suspected_clone)
    return TRUE;
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE device SET is_suspected_clone = 1 WHERE id = ?",
                      ARG_INT (row->device))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "device.suspected_clone",
                                           .credential_id = row->credential_id,
                                           .mid_uid = row->mid_uid },
                                       error);
}

static gboolean
add_actions (MdocRegister *self,
             gint64 device,
             MdocRegisterSync *answer,
             GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, kind, mid_uid, payload FROM action WHERE"
                          " device = ? AND acked_at = 0 ORDER BY id LIMIT ?",
                          ARG_INT (device),
                          ARG_INT (MAX_ACTIONS));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      MdocRegisterAction *action;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      action = g_new0 (MdocRegisterAction, 1);
      action->id = mdoc_cursor_get_int (cursor, 0);
      action->kind = mdoc_cursor_dup_text (cursor, 1);
      action->mid_uid = mdoc_cursor_dup_text (cursor, 2);
      action->payload_json = mdoc_cursor_dup_text (cursor, 3);
      g_ptr_array_add (answer->actions, action);
      answer->cursor = action->id;
    }
  return TRUE;
}

static gboolean
add_docs (MdocRegister *self,
          const MdocRegisterCall *call,
          gint64 device,
          const MdocRegisterHeld *held,
          guint n_held,
          MdocRegisterSync *answer,
          GError **error)
{
  g_autoptr (GPtrArray) rows = mdoc_register_load_held_of (&self->writer,
                                                           0,
                                                           device,
                                                           error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocHeldRow *row = rows->pdata[i];
      const MdocRegisterHeld *reported = find_reported (held,
                                                        n_held,
                                                        row->mid_uid);

      if (!check_clone (self, call, row, reported, answer, error)
          || !describe (self,
                        row,
                        reported,
                        mdoc_call_get_s (call),
                        answer->docs,
                        error))
        return FALSE;
    }

  for (guint i = 0; i < n_held; i++)
    {
      gboolean is_known = FALSE;

      for (guint j = 0; j < answer->docs->len && !is_known; j++)
        {
          const MdocRegisterSyncDoc *doc = answer->docs->pdata[j];

          is_known = strcmp (doc->mid_uid, held[i].mid_uid) == 0;
        }
      if (!is_known)
        g_ptr_array_add (answer->unknown, g_strdup (held[i].mid_uid));
    }
  return TRUE;
}

static MdocRegisterSync *
sync_device (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *thumb,
             const char *client_type,
             const char *agent_version,
             const MdocRegisterHeld *held,
             guint n_held,
             GError **error)
{
  g_autoptr (MdocRegisterSync) answer = g_new0 (MdocRegisterSync, 1);
  gint64 device;

  answer->docs = g_ptr_array_new_with_free_func ((GDestroyNotify) doc_free);
  answer->unknown = g_ptr_array_new_with_free_func (g_free);
  answer->actions = g_ptr_array_new_with_free_func (
      (GDestroyNotify) action_free);
  answer->messages = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_register_message_free);
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &device,
                        error,
                        "UPDATE device SET last_seen = ?, client_type ="
                        " coalesce(?, client_type), agent_version ="
                        " coalesce(?, agent_version) WHERE thumb = ?"
                        " RETURNING id",
                        ARG_INT (mdoc_call_get_s (call)),
                        ARG_TEXT (client_type),
                        ARG_TEXT (agent_version),
                        ARG_TEXT (thumb)))
    return NULL;

  if (!add_docs (self, call, device, held, n_held, answer, error)
      || !add_actions (self, device, answer, error)
      || !mdoc_register_deliver_messages (self,
                                          call,
                                          device,
                                          answer->messages,
                                          error))
    return NULL;
  return g_steal_pointer (&answer);
}

/**
 * mdoc_register_sync:
 * @self: a register
 * @call: who and when
 * @instance_thumbprint: of the key that the wallet has proven
 * @client_type: (nullable): what it says it is
 * @agent_version: (nullable): the same
 * @held: (array length=n_held): what it has
 * @n_held: how many
 * @error: return location for a #MdocRegisterError
 *
 * What a device does not name is not taken as gone (rule of silence).
 *
 * Returns: (transfer full): all that is known of what this instance has
 */
MdocRegisterSync *
mdoc_register_sync (MdocRegister *self,
                    const MdocRegisterCall *call,
                    const char *instance_thumbprint,
                    const char *client_type,
                    const char *agent_version,
                    const MdocRegisterHeld *held,
                    guint n_held,
                    GError **error)
{
  g_autoptr (MdocRegisterSync) answer = NULL;

  if (n_held > MAX_HELD)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_LIMIT,
                            "A device does not have that many");
      return NULL;
    }
  if (!mdoc_register_check_text (client_type, "The client type", 128, error)
      || !mdoc_register_check_text (agent_version, "The version", 128, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  answer = sync_device (self,
                        call,
                        instance_thumbprint,
                        client_type,
                        agent_version,
                        held,
                        n_held,
                        error);
  if (!mdoc_register_leave (self, answer != NULL, error))
    return NULL;
  return g_steal_pointer (&answer);
}

gboolean
mdoc_register_ack_action (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const char *instance_thumbprint,
                          gint64 action_id,
                          const char *result,
                          GError **error)
{
  gboolean is_done;

  if (!mdoc_register_check_text (result,
                                 "The result",
                                 MDOC_REGISTER_MAX_TEXT,
                                 error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  is_done = mdoc_db_run (&self->writer,
                         error,
                         "UPDATE action SET acked_at = ?, result = ? WHERE"
                         " id = ? AND acked_at = 0 AND device ="
                         " (SELECT id FROM device WHERE thumb = ?)",
                         ARG_INT (mdoc_call_get_s (call)),
                         ARG_TEXT (result),
                         ARG_INT (action_id),
                         ARG_TEXT (instance_thumbprint));
  return mdoc_register_leave (self, is_done, error);
}
