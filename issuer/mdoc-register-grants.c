/*
 * mdoc-register-grants.c - grants as rows: what a code or token is good for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

static void
item_free (MdocRegisterTokenItem *item)
{
  g_free (item->exchange_id);
  g_free (item->configuration_id);
  g_free (item->mid_uid);
  g_free (item);
}

gboolean
mdoc_register_insert_grant (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const char *thumbprint,
                            const char *client_id,
                            gint64 *ret_grant,
                            GError **error)
{
  g_autofree char *uid = mdoc_register_make_uuid ();

  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO token_grant (uid, thumb, client_id,"
                    " created_at) VALUES (?, ?, ?, ?)",
                    ARG_TEXT (uid),
                    ARG_TEXT (thumbprint),
                    ARG_TEXT (client_id),
                    ARG_INT (mdoc_call_get_s (call))))
    return FALSE;
  *ret_grant = mdoc_db_get_last_row (&self->writer);
  return TRUE;
}

gboolean
mdoc_register_add_grant_item (MdocRegister *self,
                              gint64 grant,
                              gint64 exchange,
                              GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO grant_item (grant, exchange) VALUES (?, ?)",
                      ARG_INT (grant),
                      ARG_INT (exchange));
}

static gpointer
read_item (MdocCursor *cursor)
{
  MdocRegisterTokenItem *item = g_new0 (MdocRegisterTokenItem, 1);

  item->exchange_id = mdoc_cursor_dup_text (cursor, 0);
  item->configuration_id = mdoc_cursor_dup_text (cursor, 1);
  item->mid_uid = mdoc_cursor_dup_text (cursor, 2);
  return item;
}

GPtrArray *
mdoc_register_load_grant_items (MdocDb *db, gint64 grant, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (
      (GDestroyNotify) item_free);
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT x.uid, x.profile_id, x.mid_uid FROM"
                          " grant_item g JOIN exchange x ON x.id = g.exchange"
                          " WHERE g.grant = ? ORDER BY x.id",
                          ARG_INT (grant));

  return mdoc_cursor_collect (cursor, read_item, items, error)
             ? g_steal_pointer (&items)
             : NULL;
}

/* What another server's token was for is known as long as something goes on
 * that came of it: the next token is for the same. */
#define FORGET_FOREIGN                                                         \
  "DELETE FROM foreign_grant WHERE grant = ?1 AND NOT EXISTS (SELECT 1 FROM"   \
  " token WHERE grant = ?1) AND NOT EXISTS (SELECT 1 FROM grant_item i JOIN"   \
  " exchange x ON x.id = i.exchange WHERE i.grant = ?1 AND x.status NOT IN"    \
  " ('issuance_denied', 'issuance_failed', 'offer_expired',"                   \
  " 'offer_withdrawn', 'credential_deleted'))"
#define FORGET_GRANT                                                           \
  "DELETE FROM token_grant WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM token"  \
  " WHERE grant = ?1) AND NOT EXISTS (SELECT 1 FROM code WHERE grant = ?1)"    \
  " AND NOT EXISTS (SELECT 1 FROM deferred WHERE grant = ?1) AND NOT EXISTS"   \
  " (SELECT 1 FROM foreign_grant WHERE grant = ?1)"
#define FORGET_ITEMS                                                           \
  "DELETE FROM grant_item WHERE grant = ?1 AND NOT EXISTS (SELECT 1 FROM"      \
  " token_grant WHERE id = ?1)"

gboolean
mdoc_register_forget_grant (MdocRegister *self, gint64 grant, GError **error)
{
  static const char *const steps[] = { FORGET_FOREIGN,
                                       FORGET_GRANT,
                                       FORGET_ITEMS };

  if (grant == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!mdoc_db_run (&self->writer, error, steps[i], ARG_INT (grant)))
      return FALSE;
  return TRUE;
}
