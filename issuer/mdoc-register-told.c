/*
 * mdoc-register-told.c - events of operations that are told once
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-text.h"
#include "issuer/mdoc-register-private.h"

/* What was told is noted in the same change that tells it: who is killed in
 * between tells it again, or for the first time, but not twice. */

static gboolean
tell (MdocRegister *self,
      const MdocRegisterCall *call,
      const char *type,
      JsonObject *data,
      GError **error)
{
  const MdocEventParts event = { .type = type, .data = data };
  g_autofree char *detail = mdoc_json_write (data);

  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){ .action = type,
                                                          .detail = detail },
                                       error);
}

/* @n_changes: goes up by what changed on the list; that it was begun is no
 * change */
static gboolean
note_published (MdocRegister *self,
                const MdocRegisterPublished *published,
                guint *n_lists,
                gint64 *n_changes,
                GError **error)
{
  gint64 told;

  /* what is not there has nothing to be told of */
  if (!mdoc_db_get_int (&self->writer,
                        G_MAXINT64,
                        &told,
                        error,
                        "SELECT told FROM status_list WHERE uid = ?",
                        ARG_TEXT (published->id)))
    return FALSE;
  if (told >= published->version)
    return TRUE;
  *n_lists += 1;
  *n_changes += published->version - MAX (told, 1);
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE status_list SET told = ? WHERE uid = ?",
                      ARG_INT (published->version),
                      ARG_TEXT (published->id));
}

static gboolean
tell_published (MdocRegister *self,
                const MdocRegisterCall *call,
                const MdocRegisterPublished *published,
                gsize n_published,
                GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  guint n_lists = 0;
  gint64 n_changes = 0;

  for (gsize i = 0; i < n_published; i++)
    if (!note_published (self, &published[i], &n_lists, &n_changes, error))
      return FALSE;
  if (n_lists == 0)
    return TRUE;
  json_object_set_int_member (data, "lists", n_lists);
  json_object_set_int_member (data, "changes", n_changes);
  return tell (self, call, "statuslist.published", data, error);
}

/**
 * mdoc_register_tell_published:
 * @self: a register
 * @call: when; its actor is "system"
 * @published: what can be fetched now
 * @n_published: how many
 * @error: return location for a #MdocRegisterError
 *
 * One event statuslist.published for all that was not told yet; none if there
 * is nothing new.
 *
 * Returns: %TRUE if it is told
 */
gboolean
mdoc_register_tell_published (MdocRegister *self,
                              const MdocRegisterCall *call,
                              const MdocRegisterPublished *published,
                              gsize n_published,
                              GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = tell_published (self, call, published, n_published, error);
  return mdoc_register_leave (self, is_done, error);
}

static gboolean
tell_signer (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocRegisterSignerEnd *end,
             GError **error)
{
  g_autoptr (JsonObject) data = NULL;
  g_autofree char *not_after = NULL;
  const gint64 left_s = end->not_after_s - mdoc_call_get_s (call);
  gint64 told;

  if (!mdoc_db_get_int (&self->writer,
                        G_MAXINT64,
                        &told,
                        error,
                        "SELECT days FROM signer_told WHERE name = ? AND"
                        " fingerprint = ?",
                        ARG_TEXT (end->name),
                        ARG_BLOB (end->fingerprint)))
    return FALSE;
  if (told <= end->days)
    return TRUE;
  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO signer_told (name, fingerprint, days)"
                    " VALUES (?1, ?2, ?3) ON CONFLICT (name, fingerprint) DO"
                    " UPDATE SET days = ?3",
                    ARG_TEXT (end->name),
                    ARG_BLOB (end->fingerprint),
                    ARG_INT (end->days)))
    return FALSE;

  data = json_object_new ();
  not_after = mdoc_time_format (end->not_after_s);
  json_object_set_string_member (data, "signer", end->name);
  json_object_set_string_member (data, "notAfter", not_after);
  json_object_set_int_member (data, "daysLeft", MAX (left_s, 0) / 86400);
  json_object_set_int_member (data, "threshold", end->days);
  return tell (self, call, "signer.expiring", data, error);
}

/**
 * mdoc_register_tell_signer:
 * @self: a register
 * @call: when; its actor is "system"
 * @end: whose certificate ends
 * @error: return location for a #MdocRegisterError
 *
 * An event signer.expiring, unless it was told for this certificate at as many
 * days before its end, or at fewer.
 *
 * Returns: %TRUE if it is told
 */
gboolean
mdoc_register_tell_signer (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const MdocRegisterSignerEnd *end,
                           GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = tell_signer (self, call, end, error);
  return mdoc_register_leave (self, is_done, error);
}
