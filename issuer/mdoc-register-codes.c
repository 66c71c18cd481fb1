/*
 * mdoc-register-codes.c - codes as rows, and what has to come with them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"
#include "openid/mdoc-pkce.h"

void
mdoc_code_row_clear (MdocCodeRow *self)
{
  g_free (self->redirect_uri);
  g_free (self->challenge);
  g_free (self->thumb);
  g_free (self->client_id);
}

gboolean
mdoc_register_find_code (MdocDb *db,
                         const MdocRegisterCall *call,
                         const guint8 *hash,
                         int kind,
                         MdocCodeRow *ret_code,
                         GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT c.grant, c.is_spent, c.redirect_uri,"
                          " c.challenge, c.thumb, g.client_id FROM code c JOIN"
                          " token_grant g ON g.id = c.grant WHERE c.hash = ?"
                          " AND c.kind = ? AND c.expires_at > ?",
                          ARG_HASH (hash),
                          ARG_INT (kind),
                          ARG_INT (mdoc_call_get_s (call)));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;

  ret_code->grant = mdoc_cursor_get_int (cursor, 0);
  ret_code->is_spent = mdoc_cursor_get_int (cursor, 1) != 0;
  ret_code->redirect_uri = mdoc_cursor_dup_text (cursor, 2);
  ret_code->challenge = mdoc_cursor_dup_text (cursor, 3);
  ret_code->thumb = mdoc_cursor_dup_text (cursor, 4);
  ret_code->client_id = mdoc_cursor_dup_text (cursor, 5);
  return TRUE;
}

gboolean
mdoc_code_row_fits (const MdocCodeRow *self,
                    const MdocRegisterTokenRequest *request)
{
  if (self->thumb != NULL
      && g_strcmp0 (self->thumb, request->dpop_thumbprint) != 0)
    return FALSE;
  if (g_strcmp0 (self->redirect_uri, request->redirect_uri) != 0)
    return FALSE;
  if (self->client_id != NULL && request->client_id != NULL
      && strcmp (self->client_id, request->client_id) != 0)
    return FALSE;
  if (self->challenge == NULL)
    return request->code_verifier == NULL;
  return request->code_verifier != NULL
         && mdoc_pkce_check (request->code_verifier, self->challenge);
}
