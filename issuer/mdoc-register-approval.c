/*
 * mdoc-register-approval.c - what a second person has to say yes to
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define AWAITING "awaiting_approval"
/* longest wait for a second person */
#define MAX_LIFETIME_S ((gint64) 366 * 24 * 3600)

static gboolean
tell (MdocRegister *self,
      const MdocRegisterCall *call,
      const char *type,
      const char *id,
      const char *maker,
      gboolean is_final,
      GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();

  if (maker != NULL)
    json_object_set_string_member (data, "maker", maker);
  if (call->operator_id != NULL && g_strcmp0 (call->operator_id, maker) != 0)
    json_object_set_string_member (data, "checker", call->operator_id);
  return mdoc_register_write_audit (self,
                                    call,
                                    &(MdocAuditParts){ .action = type,
                                                       .detail = id },
                                    error)
         && mdoc_register_tell_batch (self,
                                      call,
                                      type,
                                      id,
                                      is_final,
                                      data,
                                      error);
}

static gboolean
request_approval (MdocRegister *self,
                  const MdocRegisterCall *call,
                  const char *id,
                  gint64 lifetime_s,
                  GError **error)
{
  gint64 n_items;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_items,
                        error,
                        "UPDATE batch SET state = '" AWAITING "', lapses_at = ?"
                        " WHERE uid = ? AND state = 'draft'"
                        " RETURNING n_items",
                        ARG_INT (mdoc_call_get_s (call) + lifetime_s),
                        ARG_TEXT (id)))
    return FALSE;
  if (n_items == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "There is no such batch to be approved");
  return tell (self,
               call,
               "request.awaiting_approval",
               id,
               call->operator_id,
               FALSE,
               error);
}

gboolean
mdoc_register_request_approval (MdocRegister *self,
                                const MdocRegisterCall *call,
                                const char *id,
                                gint64 lifetime_s,
                                GError **error)
{
  gboolean is_done;

  if (lifetime_s < 1 || lifetime_s > MAX_LIFETIME_S)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "Nothing waits that long for approval");
  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = request_approval (self, call, id, lifetime_s, error);
  return mdoc_register_leave (self, is_done, error);
}

/* Two persons, and not one with two hats: names of keys tell them apart. */
static gboolean
check_decider (const MdocRegisterCall *call,
               const char *maker,
               MdocDecision decision,
               GError **error)
{
  const gboolean is_maker = call->operator_id == NULL
                            || g_strcmp0 (call->operator_id, maker) == 0;

  if (decision == MDOC_DECISION_WITHDRAW)
    return is_maker
           || mdoc_register_refuse (error,
                                    MDOC_REGISTER_ERROR_DENIED,
                                    "Only who asked for it can withdraw it");
  return !is_maker
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_DENIED,
                                  "Nobody decides what he asked for himself");
}

static gboolean
end_request (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *id,
             const char *maker,
             const char *state,
             const char *event,
             GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE batch SET state = ? WHERE uid = ?",
                      ARG_TEXT (state),
                      ARG_TEXT (id))
         && tell (self, call, event, id, maker, TRUE, error);
}

static gboolean
decide (MdocRegister *self,
        const MdocRegisterCall *call,
        const char *id,
        MdocDecision decision,
        GError **error)
{
  g_autoptr (MdocRegisterBatch) batch = mdoc_register_get_batch (self,
                                                                 id,
                                                                 error);

  if (batch == NULL)
    return FALSE;
  if (strcmp (batch->state, AWAITING) != 0
      || batch->lapses_at_s <= mdoc_call_get_s (call))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "It does not wait for approval, any more");
  if (!check_decider (call, batch->maker, decision, error))
    return FALSE;
  if (decision == MDOC_DECISION_WITHDRAW)
    return end_request (self,
                        call,
                        id,
                        batch->maker,
                        "withdrawn",
                        "request.withdrawn",
                        error);

  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE batch SET checker = ? WHERE uid = ?",
                    ARG_TEXT (call->operator_id),
                    ARG_TEXT (id)))
    return FALSE;
  if (decision == MDOC_DECISION_REJECT)
    return end_request (self,
                        call,
                        id,
                        batch->maker,
                        "rejected",
                        "request.rejected",
                        error);
  return tell (self, call, "request.approved", id, batch->maker, FALSE, error)
         && mdoc_register_start_from (self, call, id, AWAITING, error);
}

gboolean
mdoc_register_decide_request (MdocRegister *self,
                              const MdocRegisterCall *call,
                              const char *id,
                              MdocDecision decision,
                              GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = decide (self, call, id, decision, error);
  return mdoc_register_leave (self, is_done, error);
}

gboolean
mdoc_register_lapse_requests (MdocRegister *self,
                              const MdocRegisterCall *call,
                              guint max_rows,
                              GError **error)
{
  for (guint n = 0; n < max_rows; n++)
    {
      g_autoptr (MdocCursor) cursor
          = mdoc_cursor_open (&self->writer,
                              error,
                              "SELECT uid, operator_id FROM batch WHERE"
                              " state = '" AWAITING "' AND lapses_at <= ?"
                              " ORDER BY lapses_at LIMIT 1",
                              ARG_INT (mdoc_call_get_s (call)));
      g_autofree char *id = NULL;
      g_autofree char *maker = NULL;
      gboolean has_row;

      if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      id = mdoc_cursor_dup_text (cursor, 0);
      maker = mdoc_cursor_dup_text (cursor, 1);
      mdoc_cursor_done (g_steal_pointer (&cursor));
      if (!end_request (self,
                        call,
                        id,
                        maker,
                        "lapsed",
                        "request.lapsed",
                        error))
        return FALSE;
    }
  return TRUE;
}
