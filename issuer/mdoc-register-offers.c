/*
 * mdoc-register-offers.c - offers: made, fetched, withdrawn, denied
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-register-private.h"

#define MAX_LIFETIME_S ((gint64) 366 * 24 * 3600)

/* What an offer is found by is not kept: its code, its issuer_state and the
 * last part of its address are derived from its id with the register's secret,
 * so that they can be told again. */
#define FOR_STATE     "issuer state"
#define FOR_REFERENCE "offer reference"

void
mdoc_register_offer_free (MdocRegisterOffer *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->reference);
  g_strfreev (self->exchange_ids);
  g_strfreev (self->configuration_ids);
  g_free (self->pre_authorized_code);
  g_free (self->issuer_state);
  g_free (self->tx_code);
  g_free (self->status);
  g_free (self->server);
  g_free (self);
}

/* One number below @n, each as likely. */
static guint
draw (guint n)
{
  guint32 raw;
  guint32 limit = G_MAXUINT32 - G_MAXUINT32 % n;

  do
    mdoc_random_fill ((guint8 *) &raw, sizeof raw);
  while (raw >= limit);
  return raw % n;
}

/* without what looks like something else */
static char *
make_tx_code (const MdocProfileSettings *settings)
{
  static const char digits[] = "0123456789";
  static const char all[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const char *set = settings->tx_code_is_numeric ? digits : all;
  guint len = settings->tx_code_min
              + draw (settings->tx_code_max - settings->tx_code_min + 1);
  char *text = g_malloc (len + 1);

  for (guint i = 0; i < len; i++)
    text[i] = set[draw ((guint) strlen (set))];
  text[len] = '\0';
  return text;
}

static gboolean
check_request (const MdocRegisterOfferRequest *request, GError **error)
{
  const struct
  {
    const char *text;
    const char *what;
  } texts[] = { { request->person_id, "The person" },
                { request->external_ref, "The reference" },
                { request->consent_ref, "The consent" },
                { request->device_id, "The device" },
                { request->dpop_thumbprint, "The thumbprint" },
                { request->server, "The server" } };

  if (request->n_items < 1 || request->n_items > MDOC_REGISTER_MAX_ITEMS)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "An offer has 1 to %d credentials",
                                 MDOC_REGISTER_MAX_ITEMS);
  if (request->lifetime_s < 0 || request->lifetime_s > MAX_LIFETIME_S)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "An offer does not live that long");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!mdoc_register_check_text (texts[i].text,
                                   texts[i].what,
                                   MDOC_REGISTER_MAX_TEXT,
                                   error))
      return FALSE;
  for (guint i = 0; i < request->n_items; i++)
    if (!mdoc_register_check_text (request->items[i].entry_id,
                                   "The entry",
                                   MDOC_REGISTER_MAX_TEXT,
                                   error)
        || !mdoc_register_check_text (request->items[i].metadata_json,
                                      "The metadata",
                                      MDOC_PROFILE_MAX_BYTES,
                                      error))
      return FALSE;
  return TRUE;
}

static gboolean
check_profile (MdocRegister *self,
               MdocProfile *profile,
               const MdocRegisterOfferRequest *request,
               const MdocRegisterOfferItem *item,
               GError **error)
{
  const MdocProfileSettings *settings = mdoc_profile_get_settings (profile);
  gint64 n_found;

  if (settings->is_retired)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "The profile %s is retired",
                                 settings->id);
  if (!(settings->grants & request->grant))
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "The profile %s is not issued by that grant",
                                 settings->id);
  /* S0-25 */
  if (settings->needs_consent_ref && request->consent_ref == NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_ARGUMENT,
                                 "The profile %s needs a reference to the "
                                 "holder's consent",
                                 settings->id);
  /* S0-12: what a document has to prove, nobody may say */
  if (settings->is_proofed && item->claims_json != NULL)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "The profile %s takes its claims from a "
                                 "document alone",
                                 settings->id);
  if (item->credential_id == NULL)
    return TRUE;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &n_found,
                        error,
                        "SELECT count(*) FROM credential WHERE uid = ? AND"
                        " profile_id = ? AND state IN ('pending', 'active')",
                        ARG_TEXT (item->credential_id),
                        ARG_TEXT (settings->id)))
    return FALSE;
  return n_found == 1
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_NOT_FOUND,
                                  "There is no such credential that another "
                                  "device could have");
}

static gboolean
choose (MdocRegisterChoice choice, gboolean otherwise)
{
  return choice == MDOC_REGISTER_AS_PROFILE ? otherwise
                                            : choice == MDOC_REGISTER_YES;
}

static gboolean
insert_offer (MdocRegister *self,
              const MdocRegisterCall *call,
              const MdocRegisterOfferRequest *request,
              const MdocProfileSettings *settings,
              MdocRegisterOffer *offer,
              GError **error)
{
  guint8 code_hash[MDOC_REGISTER_HASH_LEN];
  guint8 reference_hash[MDOC_REGISTER_HASH_LEN];
  guint8 tx_hash[MDOC_REGISTER_HASH_LEN];
  const char *code;

  offer->id = mdoc_register_make_uuid ();
  offer->reference = mdoc_register_derive (self, FOR_REFERENCE, offer->id);
  if (request->grant == MDOC_PROFILE_PRE_AUTHORIZED)
    offer->pre_authorized_code = mdoc_register_derive (self,
                                                       MDOC_FOR_CODE,
                                                       offer->id);
  else
    offer->issuer_state = mdoc_register_derive (self, FOR_STATE, offer->id);
  code = offer->pre_authorized_code != NULL ? offer->pre_authorized_code
                                            : offer->issuer_state;
  mdoc_register_hash (self, MDOC_FOR_CODE, code, code_hash);
  mdoc_register_hash (self, FOR_REFERENCE, offer->reference, reference_hash);

  if (request->grant == MDOC_PROFILE_PRE_AUTHORIZED && settings->tx_code_min > 0
      && choose (request->tx_code, TRUE))
    {
      g_autofree char *salted = NULL;

      offer->tx_code = make_tx_code (settings);
      offer->tx_code_len = (guint) strlen (offer->tx_code);
      offer->tx_code_is_numeric = settings->tx_code_is_numeric;
      salted = g_strconcat (offer->id, " ", offer->tx_code, NULL);
      mdoc_register_hash (self, MDOC_FOR_TX_CODE, salted, tx_hash);
    }
  offer->expires_at_s = mdoc_call_get_s (call)
                        + (request->lifetime_s != 0
                               ? request->lifetime_s
                               : settings->offer_lifetime_s);

  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO offer (uid, grant, code_hash,"
                      " reference_hash, tx_hash, tx_len, tx_numeric,"
                      " attempts_left, dpop_thumb, device_id, server,"
                      " created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?,"
                      " ?, ?, ?, ?, ?, ?)",
                      ARG_TEXT (offer->id),
                      ARG_INT (request->grant),
                      ARG_HASH (code_hash),
                      ARG_HASH (reference_hash),
                      offer->tx_code != NULL ? ARG_HASH (tx_hash)
                                             : ARG_TEXT (NULL),
                      ARG_INT (offer->tx_code_len),
                      ARG_INT (offer->tx_code_is_numeric),
                      ARG_INT (settings->tx_code_attempts),
                      ARG_TEXT (request->dpop_thumbprint),
                      ARG_TEXT (request->device_id),
                      ARG_TEXT (request->server),
                      ARG_INT (mdoc_call_get_s (call)),
                      ARG_INT (offer->expires_at_s));
}

/* E1 */
static gboolean
tell_sent (MdocRegister *self,
           const MdocRegisterCall *call,
           gint64 row,
           const MdocRegisterOffer *offer,
           GError **error)
{
  g_autoptr (JsonObject) data = json_object_new ();
  g_autoptr (MdocExchangeRow) exchange
      = mdoc_register_load_exchange (&self->writer,
                                     MDOC_EXCHANGE_BY_ROW,
                                     NULL,
                                     row,
                                     error);
  MdocAuditParts audit = { .action = "exchange.offer_sent" };

  if (exchange == NULL)
    return FALSE;
  audit.exchange_id = exchange->view.id;
  audit.mid_uid = exchange->view.mid_uid;
  audit.credential_id = exchange->view.credential_id;
  audit.detail = exchange->consent_ref;
  json_object_set_string_member (data, "offerId", offer->id);
  json_object_set_string_member (data, "profileId", exchange->view.profile_id);
  json_object_set_int_member (data, "expiresAt", offer->expires_at_s);
  return mdoc_register_write_audit (self, call, &audit, error)
         && mdoc_register_tell_exchange (self,
                                         call,
                                         exchange,
                                         "openid.credential.offer_sent",
                                         NULL,
                                         FALSE,
                                         data,
                                         error);
}

static gboolean
add_item (MdocRegister *self,
          const MdocRegisterCall *call,
          const MdocRegisterOfferRequest *request,
          const MdocRegisterOfferItem *item,
          gint64 offer_row,
          MdocRegisterOffer *offer,
          char **ret_uid,
          GError **error)
{
  g_autofree char *claims = NULL;
  g_autoptr (MdocProfile) profile
      = mdoc_register_load_profile (self,
                                    &self->writer,
                                    item->profile_id,
                                    0,
                                    error);
  MdocExchangeParts parts = {
    .offer = offer_row,
    .item = item,
    .profile = profile,
    .person_id = request->person_id,
    .external_ref = request->external_ref,
    .consent_ref = request->consent_ref,
    .status = MDOC_EXCHANGE_OFFER_SENT,
    .grant = request->grant,
    .expires_at_s = offer->expires_at_s,
  };
  gint64 row;

  if (profile == NULL
      || !check_profile (self, profile, request, item, error)
      /* S0-21: a proofed one waits for what its document says */
      || (item->credential_id == NULL
          && !mdoc_profile_get_settings (profile)->is_proofed
          && !mdoc_register_resolve_claims (self,
                                            call,
                                            profile,
                                            item->claims_json,
                                            request->person_id,
                                            &claims,
                                            error)))
    return FALSE;

  parts.claims = claims;
  parts.is_deferred = choose (request->deferred,
                              mdoc_profile_get_settings (profile)->is_deferred);
  row = mdoc_register_insert_exchange (self, call, &parts, ret_uid, error);
  return row != 0 && tell_sent (self, call, row, offer, error);
}

static void
add_configuration (GPtrArray *ids, const char *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (strcmp (ids->pdata[i], id) == 0)
      return;
  g_ptr_array_add (ids, g_strdup (id));
}

static GStrv
to_strv (GPtrArray *texts)
{
  g_ptr_array_add (texts, NULL);
  return (GStrv) g_ptr_array_free (texts, FALSE);
}

/* @request's device gets to know by its next sync (S2-21) */
static gboolean
queue_for_device (MdocRegister *self,
                  const MdocRegisterCall *call,
                  const char *device_id,
                  const MdocRegisterOffer *offer,
                  GError **error)
{
  g_autoptr (JsonObject) payload = json_object_new ();
  g_autofree char *json = NULL;
  gint64 device;

  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &device,
                        error,
                        "SELECT id FROM device WHERE uid = ?",
                        ARG_TEXT (device_id)))
    return FALSE;
  if (device == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_NOT_FOUND,
                                 "There is no such device");
  json_object_set_string_member (payload, "reference", offer->reference);
  json = mdoc_json_write (payload);
  return mdoc_db_run (&self->writer,
                      error,
                      "INSERT INTO action (device, kind, payload, created_at)"
                      " VALUES (?, 'offer', ?, ?)",
                      ARG_INT (device),
                      ARG_TEXT (json),
                      ARG_INT (mdoc_call_get_s (call)));
}

static MdocRegisterOffer *
create_offer (MdocRegister *self,
              const MdocRegisterCall *call,
              const MdocRegisterOfferRequest *request,
              GError **error)
{
  g_autoptr (GPtrArray) uids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) configurations = g_ptr_array_new_with_free_func (
      g_free);
  g_autoptr (MdocRegisterOffer) offer = g_new0 (MdocRegisterOffer, 1);
  g_autoptr (MdocProfile) first = mdoc_register_load_profile (self,
                                                              &self->writer,
                                                              request->items[0]
                                                                  .profile_id,
                                                              0,
                                                              error);
  gint64 row;

  if (first == NULL
      || !insert_offer (self,
                        call,
                        request,
                        mdoc_profile_get_settings (first),
                        offer,
                        error))
    return NULL;
  row = mdoc_db_get_last_row (&self->writer);

  for (guint i = 0; i < request->n_items; i++)
    {
      char *uid = NULL;

      if (!add_item (self,
                     call,
                     request,
                     &request->items[i],
                     row,
                     offer,
                     &uid,
                     error))
        {
          g_free (uid);
          return NULL;
        }
      g_ptr_array_add (uids, uid);
      add_configuration (configurations, request->items[i].profile_id);
    }
  if (request->device_id != NULL
      && !queue_for_device (self, call, request->device_id, offer, error))
    return NULL;

  offer->grant = request->grant;
  offer->server = g_strdup (request->server);
  offer->status = g_strdup (MDOC_EXCHANGE_OFFER_SENT);
  offer->exchange_ids = to_strv (g_steal_pointer (&uids));
  offer->configuration_ids = to_strv (g_steal_pointer (&configurations));
  return g_steal_pointer (&offer);
}

/**
 * mdoc_register_create_offer:
 * @self: a register
 * @call: who and when
 * @request: what is offered to whom
 * @error: return location for a #MdocRegisterError or a #MdocProfileError
 *
 * Returns: (transfer full): the offer with its secrets, which are not told
 * again to anybody who does not have the database: of the transaction code
 * nobody knows afterwards what it was
 */
MdocRegisterOffer *
mdoc_register_create_offer (MdocRegister *self,
                            const MdocRegisterCall *call,
                            const MdocRegisterOfferRequest *request,
                            GError **error)
{
  g_autoptr (MdocRegisterOffer) offer = NULL;

  if (request->grant != MDOC_PROFILE_PRE_AUTHORIZED
      && request->grant != MDOC_PROFILE_AUTHORIZATION_CODE)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_ARGUMENT,
                            "An offer has one grant");
      return NULL;
    }
  if (request->server != NULL
      && request->grant != MDOC_PROFILE_AUTHORIZATION_CODE)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_ARGUMENT,
                            "Codes of ours are taken by ourselves alone");
      return NULL;
    }
  if (!check_request (request, error) || !mdoc_register_enter (self, error))
    return NULL;
  offer = create_offer (self, call, request, error);
  if (!mdoc_register_leave (self, offer != NULL, error))
    return NULL;
  return g_steal_pointer (&offer);
}

/* @row: of the offer */
static MdocRegisterOffer *
load_offer (MdocRegister *self, MdocDb *db, gint64 row, GError **error)
{
  g_autoptr (GPtrArray) uids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) configurations = g_ptr_array_new_with_free_func (
      g_free);
  g_autoptr (MdocRegisterOffer) offer = g_new0 (MdocRegisterOffer, 1);
  g_autoptr (GPtrArray) exchanges = NULL;
  g_autoptr (MdocCursor) cursor = NULL;
  gboolean has_row, is_spent;

  cursor = mdoc_cursor_open (db,
                             error,
                             "SELECT uid, grant, tx_len, tx_numeric, is_spent,"
                             " expires_at, server FROM offer WHERE id = ?",
                             ARG_INT (row));
  if (cursor == NULL || !mdoc_cursor_next (cursor, &has_row, error))
    return NULL;
  if (!has_row)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such offer");
      return NULL;
    }
  exchanges = mdoc_register_load_offer_exchanges (db, row, error);
  if (exchanges == NULL)
    return NULL;

  offer->id = mdoc_cursor_dup_text (cursor, 0);
  offer->reference = mdoc_register_derive (self, FOR_REFERENCE, offer->id);
  offer->grant = (MdocProfileGrants) mdoc_cursor_get_int (cursor, 1);
  offer->tx_code_len = (guint) mdoc_cursor_get_int (cursor, 2);
  offer->tx_code_is_numeric = mdoc_cursor_get_int (cursor, 3) != 0;
  is_spent = mdoc_cursor_get_int (cursor, 4) != 0;
  offer->expires_at_s = mdoc_cursor_get_int (cursor, 5);
  offer->server = mdoc_cursor_dup_text (cursor, 6);
  if (!is_spent && offer->grant == MDOC_PROFILE_PRE_AUTHORIZED)
    offer->pre_authorized_code = mdoc_register_derive (self,
                                                       MDOC_FOR_CODE,
                                                       offer->id);
  if (!is_spent && offer->grant == MDOC_PROFILE_AUTHORIZATION_CODE)
    offer->issuer_state = mdoc_register_derive (self, FOR_STATE, offer->id);

  for (guint i = 0; i < exchanges->len; i++)
    {
      MdocExchangeRow *exchange = exchanges->pdata[i];

      if (i == 0)
        offer->status = g_strdup (exchange->view.status);
      g_ptr_array_add (uids, g_strdup (exchange->view.id));
      add_configuration (configurations, exchange->view.profile_id);
    }
  offer->exchange_ids = to_strv (g_steal_pointer (&uids));
  offer->configuration_ids = to_strv (g_steal_pointer (&configurations));
  return g_steal_pointer (&offer);
}

/* by the id of the offer or of one of its exchanges */
static gboolean
find_offer (MdocDb *db, const char *id, gint64 *ret_row, GError **error)
{
  if (!mdoc_db_get_int (db,
                        0,
                        ret_row,
                        error,
                        "SELECT id FROM offer WHERE uid = ?1 UNION ALL"
                        " SELECT offer FROM exchange WHERE uid = ?1 LIMIT 1",
                        ARG_TEXT (id)))
    return FALSE;
  return *ret_row != 0
         || mdoc_register_refuse (error,
                                  MDOC_REGISTER_ERROR_NOT_FOUND,
                                  "There is no such offer");
}

MdocRegisterOffer *
mdoc_register_get_offer (MdocRegister *self, const char *id, GError **error)
{
  MdocDb *db = mdoc_register_take_reader (self, error);
  MdocRegisterOffer *offer = NULL;
  gint64 row;

  if (db == NULL)
    return NULL;
  if (find_offer (db, id, &row, error))
    offer = load_offer (self, db, row, error);
  mdoc_register_return_reader (self, db);
  return offer;
}

static MdocRegisterOffer *
fetch_offer (MdocRegister *self,
             const MdocRegisterCall *call,
             const char *reference,
             GError **error)
{
  g_autoptr (GPtrArray) exchanges = NULL;
  guint8 hash[MDOC_REGISTER_HASH_LEN];
  gint64 row;

  mdoc_register_hash (self, FOR_REFERENCE, reference, hash);
  if (!mdoc_db_get_int (&self->writer,
                        0,
                        &row,
                        error,
                        "SELECT id FROM offer WHERE reference_hash = ?"
                        " AND is_spent = 0 AND expires_at > ?",
                        ARG_HASH (hash),
                        ARG_INT (mdoc_call_get_s (call))))
    return NULL;
  if (row == 0)
    {
      mdoc_register_refuse (error,
                            MDOC_REGISTER_ERROR_NOT_FOUND,
                            "There is no such offer, any more");
      return NULL;
    }
  exchanges = mdoc_register_load_offer_exchanges (&self->writer, row, error);
  if (exchanges == NULL
      || !mdoc_register_mark_received (self, call, exchanges, error))
    return NULL;
  return load_offer (self, &self->writer, row, error);
}

MdocRegisterOffer *
mdoc_register_fetch_offer (MdocRegister *self,
                           const MdocRegisterCall *call,
                           const char *reference,
                           GError **error)
{
  g_autoptr (MdocRegisterOffer) offer = NULL;

  if (!mdoc_register_check_text (reference, "The reference", 256, error)
      || !mdoc_register_enter (self, error))
    return NULL;
  offer = fetch_offer (self, call, reference, error);
  if (!mdoc_register_leave (self, offer != NULL, error))
    return NULL;
  return g_steal_pointer (&offer);
}

/* Its code is no good any more. */
gboolean
mdoc_register_spend_offer (MdocRegister *self, gint64 offer, GError **error)
{
  return mdoc_db_run (&self->writer,
                      error,
                      "UPDATE offer SET is_spent = 1, code_hash = NULL,"
                      " tx_hash = NULL WHERE id = ?",
                      ARG_INT (offer));
}

static gboolean
withdraw_offer (MdocRegister *self,
                const MdocRegisterCall *call,
                const char *id,
                GError **error)
{
  g_autoptr (GPtrArray) exchanges = NULL;
  guint n_withdrawn = 0;
  gint64 row;

  if (!find_offer (&self->writer, id, &row, error))
    return FALSE;
  exchanges = mdoc_register_load_offer_exchanges (&self->writer, row, error);
  if (exchanges == NULL)
    return FALSE;

  for (guint i = 0; i < exchanges->len; i++)
    if (mdoc_exchange_is (exchanges->pdata[i], "offer_sent offer_received"))
      {
        if (!mdoc_register_end_exchange (self,
                                         call,
                                         exchanges->pdata[i],
                                         MDOC_EXCHANGE_OFFER_WITHDRAWN,
                                         "withdrawn",
                                         error))
          return FALSE;
        n_withdrawn++;
      }
    else if (mdoc_exchange_is (exchanges->pdata[i],
                               MDOC_EXCHANGE_OFFER_WITHDRAWN))
      n_withdrawn++;

  if (n_withdrawn == 0)
    return mdoc_register_refuse (error,
                                 MDOC_REGISTER_ERROR_STATE,
                                 "The offer has been taken up");
  return mdoc_register_spend_offer (self, row, error);
}

gboolean
mdoc_register_withdraw_offer (MdocRegister *self,
                              const MdocRegisterCall *call,
                              const char *id,
                              GError **error)
{
  gboolean is_done;

  if (!mdoc_register_enter (self, error))
    return FALSE;
  is_done = withdraw_offer (self, call, id, error);
  return mdoc_register_leave (self, is_done, error);
}
