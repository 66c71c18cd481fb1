/*
 * mdoc-register-tokens.c - codes and tokens
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define FOR_TOKEN "token"
/* how long it is known of a refresh token that it is over */
#define SPENT_S  ((gint64) 30 * 24 * 3600)
#define MAX_CODE ((gsize) 4096)
/* those of other servers are whole documents */
#define MAX_TOKEN ((gsize) 16 * 1024)

enum
{
  KIND_ACCESS,
  KIND_REFRESH,
};

/* A refresh token that was answered with a new one stays good until that is
 * used: the answer may not have arrived. */
enum
{
  TOKEN_LIVE,
  TOKEN_PREVIOUS,
  TOKEN_SPENT,
};

void
mdoc_register_tokens_free (MdocRegisterTokens *self)
{
  if (self == NULL)
    return;

  g_free (self->access_token);
  g_free (self->refresh_token);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self);
}

void
mdoc_register_access_free (MdocRegisterAccess *self)
{
  if (self == NULL)
    return;

  g_free (self->grant_id);
  g_free (self->client_id);
  g_free (self->dpop_thumbprint);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->aliases, g_hash_table_unref);
  g_free (self);
}

static gboolean
refuse_grant (GError **error)
{
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_GRANT,
                               "The code or token is not good, any more");
}

static char *
insert_token (MdocRegister *self,
              const MdocRegisterCall *call,
              int kind,
              gint64 grant,
              gint64 lifetime_s,
              GError **error)
{
  g_autofree char *token = mdoc_register_make_secret_text ();
  guint8 hash[MDOC_REGISTER_HASH_LEN];

  mdoc_register_hash (self, FOR_TOKEN, token, hash);
  if (!mdoc_db_run (&self->writer,
                    error,
                    "INSERT INTO token (hash, kind, grant, state, expires_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    ARG_HASH (hash),
                    ARG_INT (kind),
                    ARG_INT (grant),
                    ARG_INT (TOKEN_LIVE),
                    ARG_INT (mdoc_call_get_s (call) + lifetime_s)))
    return NULL;
  return g_steal_pointer (&token);
}

static MdocRegisterTokens *
insert_tokens (MdocRegister *self,
               const MdocRegisterCall *call,
               gint64 grant,
               GError **error)
{
  g_autoptr (MdocRegisterTokens) tokens = g_new0 (MdocRegisterTokens, 1);

  tokens->expires_in_s = MDOC_REGISTER_ACCESS_S;
  tokens->access_token = insert_token (self,
                                       call,
                                       KIND_ACCESS,
                                       grant,
                                       MDOC_REGISTER_ACCESS_S,
                                       error);
  if (tokens->access_token == NULL)
    return NULL;
  tokens->refresh_token = insert_token (self,
                                        call,
                                        KIND_REFRESH,
                                        grant,
                                        MDOC_REGISTER_REFRESH_S,
                                        error);
  if (tokens->refresh_token == NULL)
    return NULL;
  tokens->items = mdoc_register_load_grant_items (&self->writer, grant, error);
  if (tokens->items == NULL)
    return NULL;
  return g_steal_pointer (&tokens);
}

gboolean
mdoc_register_insert_access (MdocRegister *self,
                             const char *token,
                             gint64 grant,
                             gint64 expires_at_s,
                             GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];

  mdoc_register_hash (self, FOR_TOKEN, token, hash);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO token (hash, kind, grant, state, expires_at)"
                      " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                      ARG_HASH (hash),
                      ARG_INT (KIND_ACCESS),
                      ARG_INT (grant),
                      ARG_INT (TOKEN_LIVE),
                      ARG_INT (expires_at_s));
}

gboolean
mdoc_register_issue_token (MdocRegister *self,
                           const MdocRegisterCall *call,
                           MdocExchangeRow *exchange,
                           const char *client_id,
                           GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();

  if (mdoc_exchange_is (exchange, MDOC_EXCHANGE_OFFER_SENT)
      && !mdoc_register_set_exchange (self,
                                      call,
                                      exchange,
                                      MDOC_EXCHANGE_OFFER_RECEIVED,
                                      NULL,
                                      error))
    return FALSE;

  json_object_set_string_member (data,
                                 "grant",
                                 exchange->view.grant
                                         == MDOC_PROFILE_PRE_AUTHORIZED
                                     ? "pre-authorized_code"
                                     : "authorization_code");
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE exchange SET client_id = coalesce(?, client_id)"
                      " WHERE id = ?",
                      ARG_TEXT (client_id),
                      ARG_INT (exchange->row))
         && mdoc_register_set_exchange (self,
                                        call,
                                        exchange,
                                        MDOC_EXCHANGE_TOKEN_ISSUED,
                                        data,
                                        error);
}

typedef struct
{
  gint64 row;
  char *uid;
  MdocProfileGrants grant;
  GBytes *tx_hash; /* nullable */
  gint64 attempts_left;
  char *thumb; /* nullable */
} Offer;

static void
offer_clear (Offer *self)
{
  g_free (self->uid);
  g_free (self->thumb);
  g_clear_pointer (&self->tx_hash, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Offer, offer_clear)

/* @ret_offer's row is 0 if there is none */
static gboolean
find_offer (MdocRegister *self,
            const MdocRegisterCall *call,
            const char *code,
            MdocProfileGrants grant,
            Offer *ret_offer,
            GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean has_row;

  mdoc_register_hash (self, MDOC_FOR_CODE, code, hash);
  cursor = mdoc_cursor_open (&self->writer,
                             error,
                             "SELECT id, uid, grant, tx_hash, attempts_left,"
                             " dpop_thumb FROM offer WHERE code_hash = ? AND"
                             " grant = ? AND is_spent = 0 AND expires_at > ?",
                             ARG_HASH (hash),
                             ARG_INT (grant),
                             ARG_INT (mdoc_call_get_s (call)));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;

  ret_offer->row = mdoc_cursor_get_int (cursor, 0);
  ret_offer->uid = mdoc_cursor_dup_text (cursor, 1);
  ret_offer->grant = (MdocProfileGrants) mdoc_cursor_get_int (cursor, 2);
  ret_offer->tx_hash = mdoc_cursor_dup_bytes (cursor, 3);
  ret_offer->attempts_left = mdoc_cursor_get_int (cursor, 4);
  ret_offer->thumb = mdoc_cursor_dup_text (cursor, 5);
  return TRUE;
}

/* Wrong once too often: E9 for all that was offered. */
static gboolean
void_offer (MdocRegister *self,
            const MdocRegisterCall *call,
            const Offer *offer,
            GError **error)
{
  g_autoptr (GPtrArray) exchanges
      = mdoc_register_load_offer_exchanges (&self->writer, offer->row, error);

  if (exchanges == NULL || !mdoc_register_spend_offer (self, offer->row, error))
    return FALSE;
  for (guint i = 0; i < exchanges->len; i++)
    if (mdoc_exchange_is (exchanges->pdata[i], "offer_sent offer_received")
        && !mdoc_register_end_exchange (self,
                                        call,
                                        exchanges->pdata[i],
                                        MDOC_EXCHANGE_ISSUANCE_DENIED,
                                        "tx_code_attempts",
                                        error))
      return FALSE;
  return TRUE;
}

/* The counter has to stay, though what is asked for is refused. */
static gboolean
refuse_tx_code (MdocRegister *self,
                const MdocRegisterCall *call,
                const Offer *offer,
                GError **error)
{
  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE offer SET attempts_left = attempts_left - 1"
                    " WHERE id = ?",
                    ARG_INT (offer->row)))
    return FALSE;
  if (offer->attempts_left <= 1 && !void_offer (self, call, offer, error))
    return FALSE;

  mdoc_register_keep_refusal (self);
  if (offer->attempts_left <= 1)
    return refuse_grant (error);
  return mdoc_register_refuse (error,
                               MDOC_REGISTER_ERROR_TX_CODE,
                               "The transaction code is wrong");
}

static gboolean
check_tx_code (MdocRegister *self,
               const MdocRegisterCall *call,
               const Offer *offer,
               const char *tx_code,
               GError **error)
{
  g_autofree char *salted = NULL;
  g_autofree char *stripped = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  char *end;

  if ((tx_code != NULL) != (offer->tx_hash != NULL))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_TX_CODE_MISSING,
                                 tx_code == NULL
                                     ? "The transaction code is missing"
                                     : "There is no transaction code");
  if (tx_code == NULL)
    return TRUE;

  /* people type spaces into them (lifecycle, C20) */
  stripped = g_strdup (tx_code);
  end = stripped;
  for (const char *c = tx_code; *c != '\0'; c++)
    if (*c != ' ')
      *end++ = *c;
  *end = '\0';
  salted = g_strconcat (offer->uid, " ", stripped, NULL);
  mdoc_register_hash (self, MDOC_FOR_TX_CODE, salted, hash);
  if (!mdoc_secret_equal (mdoc_span_from_bytes (offer->tx_hash),
                          MDOC_SPAN (hash, sizeof hash)))
    return refuse_tx_code (self, call, offer, error);
  return TRUE;
}

/* All that came of it is void: somebody else has it, too. */
static gboolean
revoke_grant (MdocRegister *self,
              const MdocRegisterCall *call,
              gint64 grant,
              const char *why,
              GError **error)
{
  if (!mdoc_db_run (&self->writer,
                    error,
                    "DELETE FROM token WHERE grant = ?",
                    ARG_INT (grant))
      || !mdoc_register_forget_grant (self, grant, error)
      || !mdoc_register_write_audit (self,
                                     call,
                                     &(MdocAuditParts){
                                         .action = "tokens.revoked",
                                         .detail = why },
                                     error))
    return FALSE;
  mdoc_register_keep_refusal (self);
  return refuse_grant (error);
}

/* Who comes with a key first, its key it is. */
static gboolean
bind_grant (MdocRegister *self,
            gint64 grant,
            const MdocRegisterTokenRequest *request,
            GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE token_grant SET thumb = coalesce(thumb, ?),"
                      " client_id = coalesce(client_id, ?) WHERE id = ?",
                      ARG_TEXT (request->dpop_thumbprint),
                      ARG_TEXT (request->client_id),
                      ARG_INT (grant));
}

/* An authorization code; or a pre-authorized one of an agent that lost its
 * tokens. */
static MdocRegisterTokens *
redeem_code (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocRegisterTokenRequest *request,
             int kind,
             GError **error)
{
  g_auto (MdocCodeRow) code = { 0 };
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean fits;

  mdoc_register_hash (self, MDOC_FOR_CODE, request->code, hash);
  if (!mdoc_register_find_code (&self->writer, call, hash, kind, &code, error))
    return NULL;
  if (code.grant == 0)
    {
      refuse_grant (error);
      return NULL;
    }
  fits = mdoc_code_row_fits (&code, request);
  if (code.is_spent)
    {
      /* who has the code alone must not be able to harm who has the rest */
      if (fits && code.challenge != NULL)
        revoke_grant (self, call, code.grant, "code used twice", error);
      else
        refuse_grant (error);
      return NULL;
    }

  if (!mdoc_db_run (&self->writer,
                    error,
                    "UPDATE code SET is_spent = 1 WHERE hash = ?",
                    ARG_HASH (hash)))
    return NULL;
  /* who has the code and not the rest of it has spent it */
  if (!fits)
    {
      mdoc_register_keep_refusal (self);
      refuse_grant (error);
      return NULL;
    }

  if (!bind_grant (self, code.grant, request, error))
    return NULL;
  return insert_tokens (self, call, code.grant, error);
}

static MdocRegisterTokens *
redeem_pre_authorized (MdocRegister *self,
                       const MdocRegisterCall *call,
                       const MdocRegisterTokenRequest *request,
                       GError **error)
{
  g_auto (Offer) offer = { 0 };
  g_autoptr (GPtrArray) exchanges = NULL;
  gint64 grant;

  if (!find_offer (self,
                   call,
                   request->code,
                   MDOC_PROFILE_PRE_AUTHORIZED,
                   &offer,
                   error))
    return NULL;
  if (offer.row == 0)
    return redeem_code (self,
                        call,
                        request,
                        MDOC_REGISTER_PRE_AUTHORIZED_CODE,
                        error);
  if (offer.thumb != NULL
      && g_strcmp0 (offer.thumb, request->dpop_thumbprint) != 0)
    {
      refuse_grant (error);
      return NULL;
    }
  if (!check_tx_code (self, call, &offer, request->tx_code, error))
    return NULL;

  exchanges = mdoc_register_load_offer_exchanges (&self->writer,
                                                  offer.row,
                                                  error);
  if (exchanges == NULL
      || !mdoc_register_insert_grant (self,
                                      call,
                                      request->dpop_thumbprint,
                                      request->client_id,
                                      &grant,
                                      error)
      || !mdoc_register_spend_offer (self, offer.row, error))
    return NULL;
  for (guint i = 0; i < exchanges->len; i++)
    {
      MdocExchangeRow *exchange = exchanges->pdata[i];

      if (!mdoc_exchange_is (exchange, "offer_sent offer_received"))
        continue;
      if (!mdoc_register_issue_token (self,
                                      call,
                                      exchange,
                                      request->client_id,
                                      error)
          || !mdoc_register_add_grant_item (self, grant, exchange->row, error))
        return NULL;
    }
  return insert_tokens (self, call, grant, error);
}

/* The token can only come with an exchange that has not ended meanwhile. */
static gboolean
issue_grant (MdocRegister *self,
             const MdocRegisterCall *call,
             const MdocRegisterTokenRequest *request,
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

      if (exchange == NULL)
        return FALSE;
      if (!mdoc_exchange_is (exchange, "offer_sent offer_received"))
        return refuse_grant (error);
      if (!mdoc_register_issue_token (self,
                                      call,
                                      exchange,
                                      request->client_id,
                                      error))
        return FALSE;
    }
  return TRUE;
}

static MdocRegisterTokens *
redeem_authorization (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const MdocRegisterTokenRequest *request,
                      GError **error)
{
  g_autoptr (MdocRegisterTokens) tokens
      = redeem_code (self,
                     call,
                     request,
                     MDOC_REGISTER_AUTHORIZATION_CODE,
                     error);

  if (tokens == NULL
      || !issue_grant (self, call, request, tokens->items, error))
    return NULL;
  return g_steal_pointer (&tokens);
}

/* The newest is used: what was before it is over. The previous is used again:
 * then the answer with the newest never arrived, and that is over. Without a
 * key to them it is remembered, to be known again if it comes. */
static gboolean
turn_refresh_tokens (MdocRegister *self,
                     const MdocRegisterCall *call,
                     gint64 grant,
                     gboolean is_bound,
                     const guint8 *hash,
                     GError **error)
{
  gboolean is_done;

  if (is_bound)
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "DELETE FROM token WHERE grant = ? AND kind = 1"
                           " AND hash <> ?",
                           ARG_INT (grant),
                           ARG_HASH (hash));
  else
    is_done = mdoc_db_run (&self->writer,
                           error,
                           "UPDATE token SET state = ?, expires_at ="
                           " min(expires_at, ?) WHERE grant = ? AND kind = 1"
                           " AND hash <> ? AND state <> 2",
                           ARG_INT (TOKEN_SPENT),
                           ARG_INT (mdoc_call_get_s (call) + SPENT_S),
                           ARG_INT (grant),
                           ARG_HASH (hash));
  return is_done
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE token SET state = ? WHERE hash = ?",
                         ARG_INT (TOKEN_PREVIOUS),
                         ARG_HASH (hash));
}

static MdocRegisterTokens *
redeem_refresh (MdocRegister *self,
                const MdocRegisterCall *call,
                const MdocRegisterTokenRequest *request,
                GError **error)
{
  g_autoptr (MdocCursor) cursor = NULL;
  g_autofree char *thumb = NULL;
  g_autofree char *client_id = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean has_row;
  gint64 grant, state;

  mdoc_register_hash (self, FOR_TOKEN, request->code, hash);
  cursor = mdoc_cursor_open (&self->writer,
                             error,
                             "SELECT t.grant, t.state, g.thumb, g.client_id"
                             " FROM token t JOIN token_grant g ON g.id ="
                             " t.grant WHERE t.hash = ? AND t.kind = 1 AND"
                             " t.expires_at > ?",
                             ARG_HASH (hash),
                             ARG_INT (mdoc_call_get_s (call)));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (!has_row)
    {
      refuse_grant (error);
      return NULL;
    }
  grant = mdoc_cursor_get_int (cursor, 0);
  state = mdoc_cursor_get_int (cursor, 1);
  thumb = mdoc_cursor_dup_text (cursor, 2);
  client_id = mdoc_cursor_dup_text (cursor, 3);
  mdoc_cursor_done (g_steal_pointer (&cursor));

  if ((thumb != NULL && g_strcmp0 (thumb, request->dpop_thumbprint) != 0)
      || (client_id != NULL && request->client_id != NULL
          && strcmp (client_id, request->client_id) != 0))
    {
      refuse_grant (error);
      return NULL;
    }
  /* two have it, one of whom should not (RFC 9700, 4.14.2) */
  if (state == TOKEN_SPENT)
    {
      revoke_grant (self, call, grant, "refresh token used twice", error);
      return NULL;
    }
  if (!turn_refresh_tokens (self, call, grant, thumb != NULL, hash, error)
      || (thumb == NULL && !bind_grant (self, grant, request, error)))
    return NULL;
  return insert_tokens (self, call, grant, error);
}

static MdocRegisterTokens *
redeem (MdocRegister *self,
        const MdocRegisterCall *call,
        const MdocRegisterTokenRequest *request,
        GError **error)
{
  switch (request->grant)
    {
    case MDOC_REGISTER_PRE_AUTHORIZED_CODE:
      return redeem_pre_authorized (self, call, request, error);
    case MDOC_REGISTER_AUTHORIZATION_CODE:
      return redeem_authorization (self, call, request, error);
    case MDOC_REGISTER_REFRESH_TOKEN:
      return redeem_refresh (self, call, request, error);
    default:
      g_assert_not_reached ();
    }
}

/**
 * mdoc_register_redeem:
 * @self: a register
 * @call: who and when
 * @request: a code or refresh token with what has to come with it
 * @error: return location for a #MdocRegisterError
 *
 * A code is good once, also if what came with it was wrong, but for a
 * transaction code, of which a few may be. A pre-authorized code is bound to no
 * key until it is redeemed; tokens are bound to the key of their request.
 *
 * Returns: (transfer full): the tokens
 */
MdocRegisterTokens *
mdoc_register_redeem (MdocRegister *self,
                      const MdocRegisterCall *call,
                      const MdocRegisterTokenRequest *request,
                      GError **error)
{
  g_autoptr (MdocRegisterTokens) tokens = NULL;

  if (!mdoc_register_check_text (request->code, "The code", MAX_CODE, error)
      || !mdoc_register_check_text (request->tx_code,
                                    "The transaction code",
                                    256,
                                    error)
      || !mdoc_register_check_text (request->client_id,
                                    "The client",
                                    MDOC_REGISTER_MAX_TEXT,
                                    error)
      || !mdoc_register_check_text (request->dpop_thumbprint,
                                    "The thumbprint",
                                    128,
                                    error)
      || !mdoc_register_enter (self, error))
    return NULL;
  tokens = redeem (self, call, request, error);
  if (!mdoc_register_leave (self, tokens != NULL, error))
    return NULL;
  return g_steal_pointer (&tokens);
}

static MdocRegisterAccess *
check_token (MdocRegister *self,
             MdocDb *db,
             const MdocRegisterCall *call,
             const char *access_token,
             GError **error)
{
  g_autoptr (MdocRegisterAccess) access = g_new0 (MdocRegisterAccess, 1);
  g_autoptr (MdocCursor) cursor = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean has_row;
  gint64 grant;

  mdoc_register_hash (self, FOR_TOKEN, access_token, hash);
  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT g.id, g.uid, g.client_id, g.thumb FROM"
                             " token t JOIN token_grant g ON g.id = t.grant"
                             " WHERE t.hash = ? AND t.kind = 0 AND"
                             " t.state = 0 AND t.expires_at > ?",
                             ARG_HASH (hash),
                             ARG_INT (mdoc_call_get_s (call)));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (!has_row)
    {
      refuse_grant (error);
      return NULL;
    }

  grant = mdoc_cursor_get_int (cursor, 0);
  access->grant_id = mdoc_cursor_dup_text (cursor, 1);
  access->client_id = mdoc_cursor_dup_text (cursor, 2);
  access->dpop_thumbprint = mdoc_cursor_dup_text (cursor, 3);
  access->items = mdoc_register_load_grant_items (db, grant, error);
  return access->items == NULL ? NULL : g_steal_pointer (&access);
}

MdocRegisterAccess *
mdoc_register_check_token (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *access_token,
                           GError **error)
{
  MdocRegisterAccess *access;
  MdocDb *db;

  if (!mdoc_register_check_text (access_token, "The token", MAX_TOKEN, error))
    return NULL;
  db = mdoc_register_take_reader (self, error);
  if (db == NULL)
    return NULL;
  access = check_token (self, db, call, access_token, error);
  mdoc_register_return_reader (self, db);
  return access;
}
