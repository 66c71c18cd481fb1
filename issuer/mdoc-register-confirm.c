/*
 * mdoc-register-confirm.c - which generation a device has, for certain
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

typedef struct
{
  gint64 update;
  char *changed;
  char *correlation_id;
} Target;

static void
target_clear (gpointer data)
{
  Target *target = data;

  g_free (target->changed);
  g_free (target->correlation_id);
}

static GArray *
load_targets (MdocRegister *self, gint64 held, gint64 dataset, GError **error)
{
  g_autoptr (GArray) targets = g_array_new (FALSE, TRUE, sizeof (Target));
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT u.id, u.changed, u.correlation_id FROM"
                          " update_target t JOIN attribute_update u ON u.id ="
                          " t.attribute_update WHERE t.device_credential = ?"
                          " AND t.result IS NULL AND u.dataset <= ?"
                          " ORDER BY u.id",
                          ARG_INT (held),
                          ARG_INT (dataset));
  gboolean has_row = TRUE;

  g_array_set_clear_func (targets, target_clear);
  if (cursor == NULL)
    return NULL;
  while (has_row)
    {
      Target target;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      target.update = mdoc_cursor_get_int (cursor, 0);
      target.changed = mdoc_cursor_dup_text (cursor, 1);
      target.correlation_id = mdoc_cursor_dup_text (cursor, 2);
      g_array_append_val (targets, target);
    }
  return g_steal_pointer (&targets);
}

static gboolean
fill_results (MdocRegister *self,
              gint64 update,
              JsonObject *results,
              guint *ret_n_delivered,
              GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT h.mid_uid, t.result FROM update_target t"
                          " JOIN device_credential h ON h.id ="
                          " t.device_credential WHERE t.attribute_update = ?"
                          " LIMIT 1000",
                          ARG_INT (update));
  gboolean has_row = TRUE;

  *ret_n_delivered = 0;
  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      json_object_set_string_member (results,
                                     mdoc_cursor_get_text (cursor, 0),
                                     mdoc_cursor_get_text (cursor, 1));
      if (strcmp (mdoc_cursor_get_text (cursor, 1), "delivered") == 0)
        (*ret_n_delivered)++;
    }
  return TRUE;
}

/* All targets have said something, and nobody else is asked. */
static gboolean
complete (MdocRegister *self,
          const MdocRegisterCall *call,
          const char *credential_id,
          const Target *target,
          GError **error)
{
  g_auto (GStrv) changed = g_strsplit (target->changed, " ", -1);
  g_autoptr (JsonObject) data = json_object_new ();
  JsonObject *results = json_object_new ();
  guint n_delivered;
  MdocEventParts event = {
    .cause = MDOC_CAUSE_ATTRIBUTE_UPDATE,
    .correlation_id = target->correlation_id,
    .credential_id = credential_id,
    .is_final = TRUE,
    .data = data,
  };

  json_object_set_object_member (data, "results", results);
  mdoc_json_set_texts (data, "changed", (const char *const *) changed);
  if (!fill_results (self, target->update, results, &n_delivered, error))
    return FALSE;
  event.type = n_delivered > 0 ? "attributeUpdateCompleted"
                               : "attributeUpdateFailed";
  return mdoc_register_write_event (self, call, &event, error);
}

gboolean
mdoc_register_close_targets (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const MdocHeldRow *held,
                             gint64 dataset,
                             const char *result,
                             GError **error)
{
  g_autoptr (GArray) targets = load_targets (self, held->row, dataset, error);

  if (targets == NULL)
    return FALSE;
  for (guint i = 0; i < targets->len; i++)
    {
      const Target *target = &g_array_index (targets, Target, i);
      gint64 n_left;

      if (!mdoc_db_run (&self->writer,
                        error,
                        "UPDATE update_target SET result = ? WHERE"
                        " device_credential = ? AND attribute_update = ?",
                        ARG_TEXT (result),
                        ARG_INT (held->row),
                        ARG_INT (target->update))
          || !mdoc_db_get_int (&self->writer,
                               0,
                               &n_left,
                               error,
                               "UPDATE attribute_update SET n_left ="
                               " n_left - 1 WHERE id = ? RETURNING n_left",
                               ARG_INT (target->update)))
        return FALSE;
      if (n_left == 0
          && !complete (self, call, held->credential_id, target, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  gint64 row;
  gint64 dataset;
} Old;

/* Older ones: those with old attributes are invalid at once, the others may
 * live until they lapse (lifecycle, 2.4). */
static gboolean
supersede (MdocRegister *self,
           const MdocHeldRow *held,
           const MdocGenerationRow *generation,
           GError **error)
{
  g_autoptr (GArray) olds = g_array_new (FALSE, FALSE, sizeof (Old));
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          "SELECT id, dataset FROM generation WHERE"
                          " device_credential = ? AND n < ? AND phase IN"
                          " ('prepared', 'delivered', 'current', 'superseded')",
                          ARG_INT (held->row),
                          ARG_INT (generation->n));
  gboolean has_row = TRUE;

  if (cursor == NULL)
    return FALSE;
  while (has_row)
    {
      Old old;

      if (!mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      old.row = mdoc_cursor_get_int (cursor, 0);
      old.dataset = mdoc_cursor_get_int (cursor, 1);
      g_array_append_val (olds, old);
    }

  for (guint i = 0; i < olds->len; i++)
    {
      const Old *old = &g_array_index (olds, Old, i);

      if (old->dataset >= generation->dataset)
        {
          if (!mdoc_register_set_phase (self, old->row, "superseded", error))
            return FALSE;
        }
      else if (!mdoc_register_invalidate (self, old->row, error))
        return FALSE;
    }
  return TRUE;
}

/* for good: mdoc_register_publish() leaves it alone from now on */
gboolean
mdoc_register_invalidate (MdocRegister *self, gint64 generation, GError **error)
{
  return mdoc_register_set_entries (self,
                                    generation,
                                    MDOC_STATUS_INVALID,
                                    error)
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE generation SET phase = 'discarded',"
                         " invalid_at = 0 WHERE id = ?",
                         ARG_INT (generation));
}

static gboolean
tell_delivered (MdocRegister *self,
                const MdocRegisterCall *call,
                const MdocHeldRow *held,
                const MdocGenerationRow *generation,
                GError **error)
{
  g_autoptr (JsonObject) data = NULL;
  MdocEventParts event = {
    .type = "deviceCredentialDelivered",
    .cause = generation->cause,
    .correlation_id = generation->correlation_id,
    .credential_id = held->credential_id,
    .mid_uid = held->mid_uid,
    .is_final = TRUE,
  };

  if (strcmp (generation->cause, MDOC_CAUSE_ENROLLMENT) == 0)
    return TRUE;
  data = json_object_new ();
  json_object_set_int_member (data, "generation", generation->n);
  event.data = data;
  return mdoc_register_write_event (self, call, &event, error);
}

/* The device has it on its disk. What was kept to be served again goes. */
gboolean
mdoc_register_confirm (MdocRegister *self,
                       const MdocRegisterCall *call,
                       MdocHeldRow *held,
                       MdocGenerationRow *generation,
                       GError **error)
{
  if (strcmp (generation->phase, "delivered") != 0
      || generation->n <= held->confirmed)
    return TRUE;

  held->confirmed = generation->n;
  return mdoc_register_set_phase (self, generation->row, "current", error)
         && supersede (self, held, generation, error)
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE device_credential SET confirmed = ?,"
                         " updated_at = ? WHERE id = ?",
                         ARG_INT (generation->n),
                         ARG_INT (mdoc_call_get_s (call)),
                         ARG_INT (held->row))
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE copy SET issuer_signed = NULL WHERE"
                         " generation IN (SELECT id FROM generation WHERE"
                         " device_credential = ? AND n <= ?)",
                         ARG_INT (held->row),
                         ARG_INT (generation->n))
         && mdoc_db_run (&self->writer,
                         error,
                         "DELETE FROM deferred WHERE exchange = ?",
                         ARG_INT (held->exchange))
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action = "generation.confirmed",
                                           .credential_id = held->credential_id,
                                           .mid_uid = held->mid_uid },
                                       error)
         && tell_delivered (self, call, held, generation, error)
         && mdoc_register_close_targets (self,
                                         call,
                                         held,
                                         generation->dataset,
                                         "delivered",
                                         error);
}
