/*
 * mdoc-register-foreign.c - tokens that another authorization server gave
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-register-private.h"

#define FOR_FOREIGN "foreign grant"
#define MAX_TOKEN   ((gsize) 16 * 1024)
/* what cannot become a credential, or is none any more */
#define ENDED_STATUS                                                           \
  "issuance_denied issuance_failed offer_expired offer_withdrawn "             \
  "credential_deleted"

/* Each part by its length: no two of these texts are the same by chance. */
static void
hash_grant (MdocRegister *self,
            const MdocRegisterForeign *token,
            guint8 *ret_hash)
{
  const char *const parts[] = { token->server,
                                token->subject,
                                token->client_id,
                                token->dpop_thumbprint };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] == NULL)
      g_string_append (text, "- ");
    else
      g_string_append_printf (text,
                              "%" G_GSIZE_FORMAT ":%s ",
                              strlen (parts[i]),
                              parts[i]);
  mdoc_register_hash (self, FOR_FOREIGN, text->str, ret_hash);
}

static gboolean
find_grant (MdocRegister *self,
            const MdocRegisterCall *call,
            const MdocRegisterForeign *token,
            gint64 *ret_grant,
            GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];

  hash_grant (self, token, hash);
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        ret_grant,
                        error,
                        "SELECT grant FROM foreign_grant WHERE hash = ?",
                        ARG_HASH (hash)))
    return FALSE;
  if (*ret_grant != 0)
    return TRUE;
  return mdoc_register_insert_grant (self,
                                     call,
                                     token->dpop_thumbprint,
                                     token->client_id,
                                     ret_grant,
                                     error)
         && mdoc_db_run (&self->writer,
                         error,
                         "INSERT INTO foreign_grant (hash, grant)"
                         " VALUES (?, ?)",
                         ARG_HASH (hash),
                         ARG_INT (*ret_grant));
}

/* What has ended is of the grant no more, so that the same may be claimed once
 * again. @ret_is_there: is there one that goes on? */
static gboolean
clear_ended (MdocRegister *self,
             gint64 grant,
             GPtrArray *items,
             const char *configuration_id,
             gboolean *ret_is_there,
             GError **error)
{
  *ret_is_there = FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      const MdocRegisterTokenItem *item = items->pdata[i];
      g_autoptr (MdocExchangeRow) exchange = NULL;

      if (g_strcmp0 (item->configuration_id, configuration_id) != 0)
        continue;
      exchange = mdoc_register_load_exchange (&self->writer,
                                              MDOC_EXCHANGE_BY_UID,
                                              item->exchange_id,
                                              0,
                                              error);
      if (exchange == NULL)
        return FALSE;
      if (!mdoc_exchange_is (exchange, ENDED_STATUS))
        *ret_is_there = TRUE;
      else if (!mdoc_db_run (&self->writer,
                             error,
                             "DELETE FROM grant_item WHERE grant = ? AND"
                             " exchange = ?",
                             ARG_INT (grant),
                             ARG_INT (exchange->row)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_what_is_new (MdocRegister *self,
                 const MdocRegisterCall *call,
                 const MdocRegisterForeign *token,
                 gint64 grant,
                 GPtrArray *items,
                 GError **error)
{
  const MdocRegisterAuthorization authorization = {
    .issuer_state = token->issuer_state,
    .person_id = token->person_id,
    .claims_json = token->claims_json,
    .client_id = token->client_id,
    .dpop_thumbprint = token->dpop_thumbprint,
    .server = token->server,
  };
  g_autoptr (GError) inner_error = NULL;

  if (token->issuer_state != NULL)
    {
      if (mdoc_register_take_offered (self,
                                      call,
                                      &authorization,
                                      grant,
                                      &inner_error))
        return TRUE;
      /* a token that was refreshed still says what the first one was for */
      if (items->len > 0
          && g_error_matches (inner_error,
                              MDOC_REGISTER_ERROR,
                              MDOC_REGISTER_ERROR_GRANT))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&inner_error));
      return FALSE;
    }

  for (guint i = 0; token->configuration_ids[i] != NULL; i++)
    {
      const char *id = token->configuration_ids[i];
      gboolean is_there;

      if (!clear_ended (self, grant, items, id, &is_there, error))
        return FALSE;
      if (!is_there
          && !mdoc_register_add_wanted (self,
                                        call,
                                        &authorization,
                                        id,
                                        grant,
                                        error))
        return FALSE;
    }
  return TRUE;
}

/* E3 of those that are new */
static gboolean
issue_tokens (MdocRegister *self,
              const MdocRegisterCall *call,
              const char *client_id,
              GPtrArray *items,
              GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const MdocRegisterTokenItem *item = items->pdata[i];
      g_autoptr (MdocExchangeRow) exchange
          = mdoc_register_load_exchange (&self->writer,
                                         MDOC_EXCHANGE_BY_UID,
                                         item->exchange_id,
                                         0,
                                         error);

      if (exchange == NULL
          || (mdoc_exchange_is (exchange, "offer_sent offer_received")
              && !mdoc_register_issue_token (self,
                                             call,
                                             exchange,
                                             client_id,
                                             error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take (MdocRegister *self,
      const MdocRegisterCall *call,
      const MdocRegisterForeign *token,
      GError **error)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gint64 grant;

  if (!find_grant (self, call, token, &grant, error))
    return FALSE;
  before = mdoc_register_load_grant_items (&self->writer, grant, error);
  if (before == NULL
      || !add_what_is_new (self, call, token, grant, before, error))
    return FALSE;
  items = mdoc_register_load_grant_items (&self->writer, grant, error);
  return items != NULL
         && issue_tokens (self, call, token->client_id, items, error)
         && mdoc_register_insert_access (self,
                                         token->token,
                                         grant,
                                         token->expires_at_s,
                                         error);
}

static gboolean
check (const MdocRegisterForeign *token, GError **error)
{
  const struct
  {
    const char *text;
    const char *what;
  } texts[] = { { token->server, "The server" },
                { token->subject, "The subject" },
                { token->client_id, "The client" },
                { token->dpop_thumbprint, "The thumbprint" } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!mdoc_register_check_text (texts[i].text,
                                   texts[i].what,
                                   MDOC_REGISTER_MAX_TEXT,
                                   error))
      return FALSE;
  if (token->issuer_state == NULL
      && (token->configuration_ids == NULL
          || token->configuration_ids[0] == NULL
          || g_strv_length ((GStrv) (guintptr) token->configuration_ids)
                 > MDOC_REGISTER_MAX_ITEMS))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "It is not said what is wanted");
  return mdoc_register_check_text (token->token, "The token", MAX_TOKEN, error);
}

/**
 * mdoc_register_take_foreign:
 * @self: a register
 * @call: who and when
 * @token: what was verified
 * @error: return location for a #MdocRegisterError or a #MdocProfileError
 *
 * Returns: (transfer full): what it is for, as of a token of our own
 */
MdocRegisterAccess *
mdoc_register_take_foreign (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterForeign *token,
                            GError **error)
{
  g_autoptr (GError) unknown = NULL;
  MdocRegisterAccess *access;
  gboolean is_done;

  if (!check (token, error))
    return NULL;
  access = mdoc_register_check_token (self, call, token->token, &unknown);
  if (access != NULL)
    return access;
  if (!g_error_matches (unknown,
                        MDOC_REGISTER_ERROR,
                        MDOC_REGISTER_ERROR_GRANT))
    {
      g_propagate_error (error, g_steal_pointer (&unknown));
      return NULL;
    }

  if (!mdoc_register_enter (self, error))
    return NULL;
  is_done = take (self, call, token, error);
  return mdoc_register_leave (self, is_done, error)
             ? mdoc_register_check_token (self, call, token->token, error)
             : NULL;
}
