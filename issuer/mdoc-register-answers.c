/*
 * mdoc-register-answers.c - what was asked before is answered as before
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define LIFETIME_S ((gint64) 24 * 3600)
#define MAX_KEY    ((gsize) 256)
#define MAX_ANSWER ((gsize) 1024 * 1024)

/* two operators may choose the same key */
static void
hash_key (MdocRegister *self,
          const MdocRegisterCall *call,
          const char *key,
          guint8 *ret_hash)
{
  g_autofree char *text = g_strconcat (call->operator_id != NULL
                                           ? call->operator_id
                                           : "",
                                       "\n",
                                       key,
                                       NULL);

  mdoc_register_hash (self, "answer", text, ret_hash);
}

static char *
find (MdocDb *db,
      const MdocRegisterCall *call,
      const guint8 *hash,
      const char *body_hash,
      GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT body_hash, answer FROM answer WHERE hash = ?"
                          " AND expires_at > ?",
                          ARG_HASH (hash),
                          ARG_INT (mdoc_call_get_s (call)));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error) || !has_row)
    return NULL;
  if (strcmp (mdoc_cursor_get_text (cursor, 0), body_hash) == 0)
    return mdoc_cursor_dup_text (cursor, 1);
  mdoc_register_refuse (error,
                        MDOC_REGISTER_ERROR_CONFLICT,
                        "That key was used for something else");
  return NULL;
}

char *
mdoc_register_find_answer (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *key,
                           const char *body_hash,
                           GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  MdocDb *db;
  char *answer;

  if (!mdoc_register_check_text (key, "The key", MAX_KEY, error))
    return NULL;
  db = mdoc_register_take_reader (self, error);
  if (db == NULL)
    return NULL;
  hash_key (self, call, key, hash);
  answer = find (db, call, hash, body_hash, error);
  mdoc_register_return_reader (self, db);
  return answer;
}

gboolean
mdoc_register_keep_answer (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *key,
                           const char *body_hash,
                           const char *answer,
                           GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean is_done;

  if (!mdoc_register_check_text (key, "The key", MAX_KEY, error)
      || !mdoc_register_check_text (answer, "The answer", MAX_ANSWER, error)
      || !mdoc_register_enter (self, error))
    return FALSE;
  hash_key (self, call, key, hash);
  is_done = mdoc_db_run (&self->writer,
                         error,
                         "INSERT OR REPLACE INTO answer (hash, body_hash,"
                         " answer, expires_at) VALUES (?, ?, ?, ?)",
                         ARG_HASH (hash),
                         ARG_TEXT (body_hash),
                         ARG_TEXT (answer),
                         ARG_INT (mdoc_call_get_s (call) + LIFETIME_S));
  return mdoc_register_leave (self, is_done, error);
}
