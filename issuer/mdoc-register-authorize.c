/*
 * mdoc-register-authorize.c - what somebody agreed to in a browser
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define FOR_TICKET     "ticket"
#define MAX_HANDLE     ((gsize) 512)
#define MAX_TICKET     ((gsize) 256 * 1024)
#define MAX_LIFETIME_S ((gint64) 31 * 24 * 3600)

static void
hash_ticket (MdocRegister *self,
             const char *kind,
             const char *handle,
             guint8 *ret_hash)
{
  g_autofree char *text = g_strconcat (kind, " ", handle, NULL);

  mdoc_register_hash (self, FOR_TICKET, text, ret_hash);
}

/* Anybody may leave tickets here: so many at a time, and those that are over do
 * not wait for the next purge. */
static gboolean
make_room (MdocRegister *self, const MdocRegisterCall *call, GError **error)
{
  gint64 n;

  if (!mdoc_db_run (&self->writer,
                    error,
                    "DELETE FROM ticket WHERE expires_at <= ?",
                    ARG_INT (mdoc_call_get_s (call)))
      || !mdoc_db_get_int_args (&self->writer,
                                "SELECT count(*) FROM ticket",
                                NULL,
                                0,
                                0,
                                &n,
                                error))
    return FALSE;
  return n < self->max_tickets
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_LIMIT,
                                  "There are too many tickets");
}

/**
 * mdoc_register_put_ticket:
 * @self: a register
 * @call: who and when
 * @kind: a name of the caller's
 * @body: whatever text
 * @lifetime_s: until it is forgotten
 * @error: return location for a #MdocRegisterError:
 *   %MDOC_REGISTER_ERROR_LIMIT if there are too many
 *
 * Returns: (transfer full): the handle, 256 bits in base64url
 */
char *
mdoc_register_put_ticket (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const char *kind,
                          const char *body,
                          gint64 lifetime_s,
                          GError **error)
{
  g_autofree char *handle = mdoc_register_make_secret_text ();
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gboolean is_done;

  g_return_val_if_fail (lifetime_s > 0 && lifetime_s <= MAX_LIFETIME_S, NULL);

  hash_ticket (self, kind, handle, hash);
  if (!mdoc_register_check_text (body, "The ticket", MAX_TICKET, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  is_done = make_room (self, call, error)
            && mdoc_db_run (&self->writer,
                            error,
                            "INSERT INTO ticket (hash, body, expires_at)"
                            " VALUES (?, ?, ?)",
                            ARG_HASH (hash),
                            ARG_TEXT (body),
                            ARG_INT (mdoc_call_get_s (call) + lifetime_s));
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&handle)
                                                    : NULL;
}

/* one that was made while the clock was ahead would keep its place for so long
 */
gboolean
mdoc_register_clear_future_tickets (MdocRegister *self,
                                    const MdocRegisterCall *call,
                                    GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "DELETE FROM ticket WHERE expires_at > ?",
                      ARG_INT (mdoc_call_get_s (call) + MAX_LIFETIME_S));
}

static char *
find_ticket (MdocDb *db,
             const MdocRegisterCall *call,
             const guint8 *hash,
             GError **error)
{
  g_autoptr (MdocCursor) cursor
      = mdoc_cursor_open (db,
                          error,
                          "SELECT body FROM ticket WHERE hash = ?"
                          " AND expires_at > ?",
                          ARG_HASH (hash),
                          ARG_INT (mdoc_call_get_s (call)));
  gboolean has_row;

  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (has_row)
    return mdoc_cursor_dup_text (cursor, 0);
  mdoc_register_refuse (error,
                        MDOC_REGISTER_ERROR_NOT_FOUND,
                        "There is no such ticket, any more");
  return NULL;
}

static char *
take_ticket (MdocRegister *self,
             const MdocRegisterCall *call,
             const guint8 *hash,
             GError **error)
{
  g_autofree char *body = NULL;
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return NULL;
  body = find_ticket (&self->writer, call, hash, error);
  is_done = body != NULL
            && mdoc_db_run (&self->writer,
                            error,
                            "DELETE FROM ticket WHERE hash = ?",
                            ARG_HASH (hash));
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&body)
                                                    : NULL;
}

char *
mdoc_register_get_ticket (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const char *kind,
                          const char *handle,
                          gboolean take,
                          GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  MdocDb *db;
  char *body;

  if (!mdoc_register_check_text (handle, "The handle", MAX_HANDLE, error))
    return NULL;
  hash_ticket (self, kind, handle, hash);
  if (take)
    return take_ticket (self, call, hash, error);

  db = mdoc_register_take_reader (self, error);
  if (db == NULL)
    return NULL;
  body = find_ticket (db, call, hash, error);
  mdoc_register_return_reader (self, db);
  return body;
}

/* exchanges of the offer behind an issuer_state that may still be claimed;
 * @server: (nullable): by which authorization server */
static GPtrArray *
find_offered (MdocRegister *self,
              const MdocRegisterCall *call,
              const char *issuer_state,
              const char *server,
              GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gint64 offer;

  if (!mdoc_register_check_text (issuer_state,
                                 "The issuer_state",
                                 MAX_HANDLE,
                                 error))
    return NULL;
  mdoc_register_hash (self, MDOC_FOR_CODE, issuer_state, hash);
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &offer,
                        error,
                        "SELECT id FROM offer WHERE code_hash = ? AND"
                        " grant = 2 AND is_spent = 0 AND expires_at > ?"
                        " AND server IS ?",
                        ARG_HASH (hash),
                        ARG_INT (mdoc_call_get_s (call)),
                        ARG_TEXT (server)))
    return NULL;
  if (offer == 0)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_GRANT,
                            "There is no such offer, any more");
      return NULL;
    }
  return mdoc_register_load_offer_exchanges (&self->writer, offer, error);
}

gboolean
mdoc_register_receive_offer (MdocRegister *self,
                             const MdocRegisterCall *call,
                             const char *issuer_state,
                             GError **error)
{
  g_autoptr (GPtrArray) exchanges = NULL;
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  exchanges = find_offered (self, call, issuer_state, NULL, error);
  is_done = exchanges != NULL
            && mdoc_register_mark_received (self, call, exchanges, error);
  return mdoc_register_leave (self, is_done, error);
}

/* What the login tells, where the offer left it open; not where somebody else
 * has to say it: an operator, later, or a document. */
static gboolean
fill_in (MdocRegister *self,
         const MdocRegisterCall *call,
         const MdocRegisterAuthorization *authorization,
         const MdocExchangeRow *exchange,
         GError **error)
{
  g_autofree char *claims = NULL;
  g_autoptr (MdocProfile) profile = NULL;

  if (exchange->view.is_ready || exchange->view.is_deferred)
    return TRUE;
  profile = mdoc_register_load_profile (self,
                                        &self->writer,
                                        exchange->view.profile_id,
                                        exchange->view.profile_version,
                                        error);
  if (profile == NULL)
    return FALSE;
  if (mdoc_profile_get_settings (profile)->is_proofed)
    return TRUE;
  return mdoc_register_resolve_claims (self,
                                       call,
                                       profile,
                                       authorization->claims_json,
                                       authorization->person_id,
                                       &claims,
                                       error)
         && mdoc_db_run (&self->writer,
                         error,
                         "UPDATE exchange SET claims = ?1, is_ready ="
                         " ?1 IS NOT NULL, person_id = coalesce(?2, person_id)"
                         " WHERE id = ?3",
                         ARG_TEXT (claims),
                         ARG_TEXT (authorization->person_id),
                         ARG_INT (exchange->row));
}

/* Who logged in may be somebody else than whom it was offered to. */
gboolean
mdoc_register_take_offered (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterAuthorization *authorization,
                            gint64 grant,
                            GError **error)
{
  g_autoptr (GPtrArray) exchanges = find_offered (self,
                                                  call,
                                                  authorization->issuer_state,
                                                  authorization->server,
                                                  error);
  gint64 offer = 0;

  if (exchanges == NULL
      || !mdoc_register_mark_received (self, call, exchanges, error))
    return FALSE;

  for (guint i = 0; i < exchanges->len; i++)
    {
      MdocExchangeRow *exchange = exchanges->pdata[i];

      offer = exchange->offer;
      if (!mdoc_exchange_is (exchange, MDOC_EXCHANGE_OFFER_RECEIVED))
        continue;
      if (exchange->view.person_id != NULL
          && g_strcmp0 (exchange->view.person_id, authorization->person_id)
                 != 0)
        return mdoc_register_refuse (error,
                                     MDOC_REGISTER_ERROR_DENIED,
                                     "It was offered to somebody else");
      if (!fill_in (self, call, authorization, exchange, error))
        return FALSE;
      if (!mdoc_register_add_grant_item (self, grant, exchange->row, error))
        return FALSE;
    }
  return mdoc_register_spend_offer (self, offer, error);
}

/* wallet-initiated: nobody has offered anything */
gboolean
mdoc_register_add_wanted (MdocRegister *self,
                          const MdocRegisterCall *call,
                          const MdocRegisterAuthorization *authorization,
                          const char *configuration_id,
                          gint64 grant,
                          GError **error)
{
  const MdocRegisterOfferItem item = { .profile_id = configuration_id };
  g_autofree char *claims = NULL;
  g_autofree char *uid = NULL;
  g_autoptr (MdocProfile) profile
      = mdoc_register_load_profile (self,
                                    &self->writer,
                                    configuration_id,
                                    0,
                                    error);
  const MdocProfileSettings *settings;
  MdocExchangeParts parts;
  gint64 row;

  if (profile == NULL)
    return FALSE;
  settings = mdoc_profile_get_settings (profile);
  if (settings->is_retired
      || !(settings->grants & MDOC_PROFILE_AUTHORIZATION_CODE))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_DENIED,
                                 "The profile %s cannot be asked for",
                                 settings->id);
  if (!settings->is_proofed
      && !mdoc_register_resolve_claims (self,
                                        call,
                                        profile,
                                        authorization->claims_json,
                                        authorization->person_id,
                                        &claims,
                                        error))
    return FALSE;

  parts = (MdocExchangeParts){
    .item = &item,
    .profile = profile,
    .claims = claims,
    .person_id = authorization->person_id,
    .client_id = authorization->client_id,
    .status = MDOC_EXCHANGE_OFFER_RECEIVED,
    .grant = MDOC_PROFILE_AUTHORIZATION_CODE,
    .is_deferred = settings->is_deferred,
    .expires_at_s = mdoc_call_get_s (call) + settings->offer_lifetime_s,
  };
  row = mdoc_register_insert_exchange (self, call, &parts, &uid, error);
  return row != 0 && mdoc_register_add_grant_item (self, grant, row, error)
         && mdoc_register_write_audit (self,
                                       call,
                                       &(MdocAuditParts){
                                           .action
                                           = "exchange.wallet_initiated",
                                           .exchange_id = uid },
                                       error);
}

static gboolean
authorize (MdocRegister *self,
           const MdocRegisterCall *call,
           const MdocRegisterAuthorization *authorization,
           const char *code,
           GError **error)
{
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gint64 grant;

  if (!mdoc_register_insert_grant (self,
                                   call,
                                   authorization->dpop_thumbprint,
                                   authorization->client_id,
                                   &grant,
                                   error))
    return FALSE;
  if (authorization->issuer_state != NULL)
    {
      if (!mdoc_register_take_offered (self, call, authorization, grant, error))
        return FALSE;
    }
  else
    for (guint i = 0; authorization->configuration_ids[i] != NULL; i++)
      if (!mdoc_register_add_wanted (self,
                                     call,
                                     authorization,
                                     authorization->configuration_ids[i],
                                     grant,
                                     error))
        return FALSE;

  mdoc_register_hash (self, MDOC_FOR_CODE, code, hash);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO code (hash, kind, grant, redirect_uri,"
                      " challenge, thumb, expires_at)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?)",
                      ARG_HASH (hash),
                      ARG_INT (MDOC_REGISTER_AUTHORIZATION_CODE),
                      ARG_INT (grant),
                      ARG_TEXT (authorization->redirect_uri),
                      ARG_TEXT (authorization->code_challenge),
                      ARG_TEXT (authorization->dpop_thumbprint),
                      ARG_INT (mdoc_call_get_s (call) + MDOC_REGISTER_CODE_S));
}

static guint
count (const char *const *texts)
{
  guint n = 0;

  while (texts[n] != NULL)
    n++;
  return n;
}

/**
 * mdoc_register_authorize:
 * @self: a register
 * @call: who and when
 * @authorization: what was agreed to
 * @error: return location for a #MdocRegisterError or a #MdocProfileError
 *
 * Returns: (transfer full): the authorization code
 */
char *
mdoc_register_authorize (MdocRegister *self,
                         const MdocRegisterCall *call,
                         const MdocRegisterAuthorization *authorization,
                         GError **error)
{
  const struct
  {
    const char *text;
    const char *what;
  } texts[] = { { authorization->client_id, "The client" },
                { authorization->redirect_uri, "The redirect_uri" },
                { authorization->code_challenge, "The challenge" },
                { authorization->dpop_thumbprint, "The thumbprint" } };
  g_autofree char *code = mdoc_register_make_secret_text ();
  gboolean is_done;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!mdoc_register_check_text (texts[i].text,
                                   texts[i].what,
                                   MDOC_REGISTER_MAX_TEXT,
                                   error))
      return NULL;
  if (authorization->issuer_state == NULL
      && (authorization->configuration_ids == NULL
          || authorization->configuration_ids[0] == NULL
          || count (authorization->configuration_ids)
                 > MDOC_REGISTER_MAX_ITEMS))
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_ARGUMENT,
                            "It is not said what is wanted");
      return NULL;
    }

  if (!mdoc_register_enter (self, error))
    return NULL;
  is_done = authorize (self, call, authorization, code, error);
  return mdoc_register_leave (self, is_done, error) ? g_steal_pointer (&code)
                                                    : NULL;
}
