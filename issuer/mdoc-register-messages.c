/*
 * mdoc-register-messages.c - words for holders, which change nothing (S0-92)
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_BODY     ((gsize) 16 * 1024)
#define MAX_MESSAGES 100
/* not read yet, of one device */
#define MAX_WAITING 200

void
mdoc_register_message_free (MdocRegisterMessage *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->mid_uid);
  g_free (self->category);
  g_free (self->title);
  g_free (self->body);
  g_free (self->state);
  g_free (self);
}

#define MESSAGE_COLUMNS                                                        \
  "SELECT uid, mid_uid, category, title, body, created_at, expires_at, state"  \
  " FROM message"

static gpointer
read_message (MdocCursor *cursor)
{
  MdocRegisterMessage *message = g_new0 (MdocRegisterMessage, 1);

  message->id = mdoc_cursor_dup_text (cursor, 0);
  message->mid_uid = mdoc_cursor_dup_text (cursor, 1);
  message->category = mdoc_cursor_dup_text (cursor, 2);
  message->title = mdoc_cursor_dup_text (cursor, 3);
  message->body = mdoc_cursor_dup_text (cursor, 4);
  message->created_at_s = mdoc_cursor_get_int (cursor, 5);
  message->expires_at_s = mdoc_cursor_get_int (cursor, 6);
  message->state = mdoc_cursor_dup_text (cursor, 7);
  return message;
}

gboolean
mdoc_register_tell_message (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *type,
                            const char *id,
                            const char *mid_uid,
                            const char *category,
                            GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  const MdocEventParts event = { .type = type,
                                 .mid_uid = mid_uid,
                                 .data = data };

  json_object_set_string_member (data, "messageId", id);
  json_object_set_string_member (data, "category", category);
  return mdoc_register_write_event (self, call, &event, error)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){ .action = type,
                                                          .mid_uid = mid_uid,
                                                          .detail = id },
                                       error);
}

gboolean
mdoc_register_set_message (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const MdocRegisterMessage *message,
                           const char *state,
                           GError **error)
{
  g_autofree char *type = g_strconcat ("message.", state, NULL);

  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE message SET state = ? WHERE uid = ?",
                      ARG_TEXT (state),
                      ARG_TEXT (message->id))
         && mdoc_register_tell_message (self,
                                        call,
                                        type,
                                        message->id,
                                        message->mid_uid,
                                        message->category,
                                        error);
}

gboolean
mdoc_register_deliver_messages (MdocRegister *self,
                                const MdocRegisterCall *call,
                                gint64 device,
                                GPtrArray *messages,
                                GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (&self->writer,
                          error,
                          MESSAGE_COLUMNS
                          " WHERE device = ? AND state IN ('queued',"
                          " 'delivered') AND (expires_at = 0 OR"
                          " expires_at > ?) ORDER BY id LIMIT ?",
                          ARG_INT (device),
                          ARG_INT (mdoc_call_get_s (call)),
                          ARG_INT (MAX_MESSAGES));

  if (!mdoc_cursor_collect (cursor, read_message, messages, error))
    return FALSE;
  mdoc_cursor_done (g_steal_pointer (&cursor));

  for (guint i = 0; i < messages->len; i++)
    {
      const MdocRegisterMessage *message = messages->pdata[i];

      if (strcmp (message->state, "queued") == 0
          && !mdoc_register_set_message (self,
                                         call,
                                         message,
                                         "delivered",
                                         error))
        return FALSE;
    }
  return TRUE;
}

static MdocRegisterMessage *
load_message (MdocDb *db, const char *id, GError **error)
{
  g_autoptr (MdocCursor) cursor = mdoc_cursor_open (db,
                                                    error,
                                                    MESSAGE_COLUMNS
                                                    " WHERE uid = ?",
                                                    ARG_TEXT (id));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (has_row)
    return read_message (cursor);
  mdoc_register_refuse (error,
                        MDOC_REGISTER_ERROR_NOT_FOUND,
                        "There is no such message");
  return NULL;
}

MdocRegisterMessage *
mdoc_register_get_message (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocRegisterMessage *message;

  if (db == NULL)
    return NULL;
  message = load_message (db, id, error);
  mdoc_register_return_reader (self, db);
  return message;
}

static gboolean
read_one (MdocRegister *self,
          const MdocRegisterCall *call,
          const char *thumb,
          const char *id,
          GError **error)
{
  g_autoptr (MdocRegisterMessage) message = load_message (&self->writer,
                                                          id,
                                                          error);
  gint64 n_found;

  if (message == NULL)
    return FALSE;
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_found,
                        error,
                        "SELECT count(*) FROM message m JOIN device d ON"
                        " d.id = m.device WHERE m.uid = ? AND d.thumb = ?",
                        ARG_TEXT (id),
                        ARG_TEXT (thumb)))
    return FALSE;
  if (n_found == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such message");
  if (strcmp (message->state, "queued") != 0
      && strcmp (message->state, "delivered") != 0)
    return TRUE;
  return mdoc_register_set_message (self, call, message, "read", error);
}

gboolean
mdoc_register_read_message (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *instance_thumbprint,
                            const char *message_id,
                            GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = read_one (self, call, instance_thumbprint, message_id, error);
  return mdoc_register_leave (self, is_done, error);
}

typedef struct
{
  const char *category;
  const char *title;
  const char *body;
  gint64 expires_at_s;
} Words;

static gboolean
send_one (MdocRegister *self,
          const MdocRegisterCall *call,
          const MdocHeldRow *held,
          const Words *words,
          GPtrArray *ids,
          GError **error)
{
  g_autofree char *uid = mdoc_register_make_uuid ();
  gint64 n_waiting;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_waiting,
                        error,
                        "SELECT count(*) FROM message WHERE device = ? AND"
                        " state IN ('queued', 'delivered')",
                        ARG_INT (held->device)))
    return FALSE;
  if (n_waiting >= MAX_WAITING)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_LIMIT,
                                 "Too many messages wait to be read");
  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO message (uid, device, mid_uid, category,"
                    " title, body, state, created_at, expires_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
                    ARG_TEXT (uid),
                    ARG_INT (held->device),
                    ARG_TEXT (held->mid_uid),
                    ARG_TEXT (words->category),
                    ARG_TEXT (words->title),
                    ARG_TEXT (words->body),
                    ARG_INT (mdoc_call_get_s (call)),
                    ARG_INT (words->expires_at_s))
      || !mdoc_register_tell_message (self,
                                      call,
                                      "message.queued",
                                      uid,
                                      held->mid_uid,
                                      words->category,
                                      error))
    return FALSE;
  g_ptr_array_add (ids, g_steal_pointer (&uid));
  return TRUE;
}

/* lifecycle, 2.3: to active and suspended ones */
static gboolean
may_be_told (const MdocHeldRow *held)
{
  static const char *const open[] = { MDOC_STATE_ACTIVE,
                                      MDOC_STATE_SUSPENDED,
                                      NULL };

  return g_strv_contains (open, held->state)
         && g_strv_contains (open, held->credential_state);
}

static gboolean
send_all (MdocRegister *self,
          const MdocRegisterCall *call,
          const char *target,
          const Words *words,
          GPtrArray *ids,
          GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  gint64 credential;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &credential,
                        error,
                        "SELECT credential FROM device_credential WHERE"
                        " mid_uid = ?1 UNION ALL SELECT id FROM credential"
                        " WHERE uid = ?1 LIMIT 1",
                        ARG_TEXT (target)))
    return FALSE;
  if (credential == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is nobody to tell");
  rows = mdoc_register_load_held_of (&self->writer, credential, 0, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const MdocHeldRow *held = rows->pdata[i];

      if ((strcmp (held->credential_id, target) == 0
           || strcmp (held->mid_uid, target) == 0)
          && may_be_told (held)
          && !send_one (self, call, held, words, ids, error))
        return FALSE;
    }
  return ids->len > 0
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_STATE,
                                  "Nobody has it any more, or not yet");
}

GStrv
mdoc_register_send_message (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *target,
                            const char *category,
                            const char *title,
                            const char *body,
                            gint64 expires_at_s,
                            GError **error)
{
  const Words words = { category, title, body, expires_at_s };
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean is_done;

  g_return_val_if_fail (category != NULL && title != NULL && body != NULL,
                        NULL);

  if (!mdoc_register_check_text (category, "The category", 64, error)
      || !mdoc_register_check_text (title, "The title", 512, error)
      || !mdoc_register_check_text (body, "The message", MAX_BODY, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  is_done = send_all (self, call, target, &words, ids, error);
  if (!mdoc_register_leave (self, is_done, error))
    return NULL;
  g_ptr_array_add (ids, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&ids), FALSE);
}
