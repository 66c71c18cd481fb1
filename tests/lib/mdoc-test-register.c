/*
 * mdoc-test-register.c - a register on a file of its own, and shortcuts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-register.h"

#include <sqlite3.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-jwk.h"
#include "tests/lib/mdoc-test-folder.h"

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static void
open_register (MdocTestRegister *self)
{
  const MdocRegisterOptions options = { .list_size = 4096, .is_relaxed = TRUE };
  g_autoptr (GError) error = NULL;

  self->reg = mdoc_register_open (self->path, &options, &error);
  g_assert_no_error (error);
}

const MdocRegisterCall *
mdoc_test_register_as (MdocTestRegister *self, const char *actor)
{
  self->call = (MdocRegisterCall){
    .now_ms = self->now_s * 1000,
    .actor = actor,
    .operator_id = "tester",
    .correlation_id = "correlation-1",
  };
  return &self->call;
}

static void
add_profiles (MdocTestRegister *self)
{
  g_autofree char *folder = g_build_filename (g_getenv ("MDOC_DATA_DIR"),
                                              "profiles",
                                              NULL);
  g_autoptr (GPtrArray) profiles = NULL;
  g_autoptr (GError) error = NULL;

  profiles = mdoc_profile_load_folder (folder, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < profiles->len; i++)
    {
      g_assert_true (
          mdoc_register_add_profile (self->reg,
                                     mdoc_test_register_as (self, "issuer"),
                                     profiles->pdata[i],
                                     &error));
      g_assert_no_error (error);
    }
}

MdocTestRegister *
mdoc_test_register_new (void)
{
  MdocTestRegister *self = g_new0 (MdocTestRegister, 1);

  self->folder = mdoc_test_folder_new ();
  self->path = g_build_filename (self->folder, "register.db", NULL);
  self->now_s = TEST_NOW_S;
  open_register (self);
  add_profiles (self);
  return self;
}

void
mdoc_test_register_free (MdocTestRegister *self)
{
  if (self == NULL)
    return;
  mdoc_register_close (self->reg);
  mdoc_test_folder_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

void
mdoc_test_register_move (MdocTestRegister *self, gint64 seconds)
{
  self->now_s += seconds;
}

void
mdoc_test_register_reopen (MdocTestRegister *self)
{
  mdoc_register_close (self->reg);
  open_register (self);
}

void
mdoc_test_register_spoil (MdocTestRegister *self, const char *sql)
{
  sqlite3 *db;

  mdoc_register_close (self->reg);
  self->reg = NULL;
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  open_register (self);
}

gint64
mdoc_test_register_look (MdocTestRegister *self, const char *sql)
{
  sqlite3_stmt *statement;
  sqlite3 *db;
  gint64 value;

  mdoc_register_close (self->reg);
  self->reg = NULL;
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL),
                   ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (db);
  open_register (self);
  return value;
}

void
mdoc_test_register_add_profile (MdocTestRegister *self,
                                const char *id,
                                const char *members)
{
  g_autofree char *json = g_strdup_printf (
      "{\"id\":\"%s\",\"docType\":\"org.example.test\",\"elements\":["
      "{\"namespace\":\"org.example\",\"element\":\"family_name\","
      "\"presence\":\"M\",\"event\":\"attributes\"},"
      "{\"namespace\":\"org.example\",\"element\":\"level\",\"event\":"
      "\"insensitiveAttributes\"},"
      "{\"namespace\":\"org.example\",\"element\":\"secret\"},"
      "{\"namespace\":\"org.example\",\"element\":\"expiry_date\"}]%s%s}",
      id,
      members[0] != '\0' ? "," : "",
      members);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocProfile) profile = mdoc_profile_parse (mdoc_span_from_text (
                                                            json),
                                                        &error);

  g_assert_no_error (error);
  g_assert_true (
      mdoc_register_add_profile (self->reg,
                                 mdoc_test_register_as (self, "issuer"),
                                 profile,
                                 &error));
  g_assert_no_error (error);
}

char *
mdoc_test_register_make_claims (const char *family_name)
{
  g_autoptr (JsonObject) claims = json_object_new ();

  json_object_set_string_member (claims, "family_name", family_name);
  return mdoc_json_write (claims);
}

void
mdoc_test_holding_free (MdocTestHolding *self)
{
  if (self == NULL)
    return;
  g_free (self->exchange_id);
  g_free (self->mid_uid);
  g_free (self->credential_id);
  g_free (self->access_token);
  g_free (self->refresh_token);
  g_free (self->thumb);
  mdoc_register_access_free (self->access);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->signed_, g_ptr_array_unref);
  g_free (self->notification_id);
  g_free (self->list_id);
  g_free (self);
}

MdocRegisterOffer *
mdoc_test_register_offer (MdocTestRegister *self,
                          const char *profile_id,
                          const char *claims_json)
{
  const MdocRegisterOfferItem item = { .profile_id = profile_id,
                                       .claims_json = claims_json };
  const MdocRegisterOfferRequest request = {
    .items = &item,
    .n_items = 1,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };
  g_autoptr (GError) error = NULL;
  MdocRegisterOffer *offer
      = mdoc_register_create_offer (self->reg,
                                    mdoc_test_register_as (self, "issuer"),
                                    &request,
                                    &error);

  g_assert_no_error (error);
  return offer;
}

GPtrArray *
mdoc_test_register_make_keys (guint n)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_public_key_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, &error);

      g_assert_no_error (error);
      g_ptr_array_add (keys, mdoc_public_key_ref (mdoc_key_get_public (key)));
    }
  return keys;
}

static void
take_tokens (MdocTestHolding *self, MdocRegisterTokens *tokens)
{
  g_autoptr (GError) error = NULL;

  set_text (&self->access_token, tokens->access_token);
  set_text (&self->refresh_token, tokens->refresh_token);
  g_clear_pointer (&self->access, mdoc_register_access_free);
  self->access = mdoc_register_check_token (self->test->reg,
                                            mdoc_test_register_as (self->test,
                                                                   "holder"),
                                            self->access_token,
                                            &error);
  g_assert_no_error (error);
}

static MdocTestHolding *
claim (MdocTestRegister *self,
       const MdocRegisterOfferItem *item,
       const char *thumb)
{
  MdocTestHolding *holding = g_new0 (MdocTestHolding, 1);
  const MdocRegisterOfferRequest offered = {
    .items = item,
    .n_items = 1,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };
  MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
    .dpop_thumbprint = thumb,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (MdocRegisterOffer) offer = NULL;
  const MdocRegisterTokenItem *token_item;
  g_autoptr (GError) error = NULL;

  offer = mdoc_register_create_offer (self->reg,
                                      mdoc_test_register_as (self, "issuer"),
                                      &offered,
                                      &error);
  g_assert_no_error (error);
  request.code = offer->pre_authorized_code;
  request.tx_code = offer->tx_code;
  tokens = mdoc_register_redeem (self->reg,
                                 mdoc_test_register_as (self, "holder"),
                                 &request,
                                 &error);
  g_assert_no_error (error);
  holding->test = self;
  holding->thumb = g_strdup (thumb);
  holding->exchange_id = g_strdup (offer->exchange_ids[0]);
  token_item = tokens->items->pdata[0];
  holding->mid_uid = g_strdup (token_item->mid_uid);
  holding->keys = mdoc_test_register_make_keys (1);
  take_tokens (holding, tokens);
  return holding;
}

MdocTestHolding *
mdoc_test_register_claim_with (MdocTestRegister *self,
                               const char *profile_id,
                               const char *claims_json,
                               const char *thumb)
{
  const MdocRegisterOfferItem item = { .profile_id = profile_id,
                                       .claims_json = claims_json };

  return claim (self, &item, thumb);
}

MdocTestHolding *
mdoc_test_register_claim (MdocTestRegister *self,
                          const char *profile_id,
                          const char *thumb)
{
  g_autofree char *claims = mdoc_test_register_make_claims ("Lindqvist");

  return mdoc_test_register_claim_with (self, profile_id, claims, thumb);
}

MdocRegisterCredential *
mdoc_test_holding_prepare (MdocTestHolding *self, GError **error)
{
  const MdocRegisterCredentialRequest request = {
    .access = self->access,
    .identifier = self->mid_uid,
    .keys = self->keys,
    .signer_not_before_s = TEST_NOW_S - 10 * TEST_DAY_S,
    .signer_not_after_s = TEST_NOW_S + 4000 * TEST_DAY_S,
  };

  return mdoc_register_prepare (self->test->reg,
                                mdoc_test_register_as (self->test, "holder"),
                                &request,
                                error);
}

/* what stands in it does not matter here, but that it is not twice the same */
void
mdoc_test_holding_sign (MdocRegisterCredential *credential)
{
  for (guint i = 0; i < credential->copies->len; i++)
    {
      MdocRegisterCopy *copy = credential->copies->pdata[i];
      char *text = g_strdup_printf ("signed %s %u for %s, random %08x",
                                    credential->mid_uid,
                                    credential->generation,
                                    copy->key_thumbprint,
                                    g_random_int ());

      copy->issuer_signed = g_bytes_new_take (text, strlen (text));
    }
}

static void
keep_bytes (MdocTestHolding *self, const MdocRegisterCredential *credential)
{
  g_clear_pointer (&self->signed_, g_ptr_array_unref);
  self->signed_ = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < credential->copies->len; i++)
    {
      MdocRegisterCopy *copy = credential->copies->pdata[i];

      g_assert_nonnull (copy->issuer_signed);
      g_ptr_array_add (self->signed_, g_bytes_ref (copy->issuer_signed));
    }
  set_text (&self->credential_id, credential->credential_id);
  set_text (&self->notification_id, credential->notification_id);
  self->generation = credential->generation;
  set_text (&self->list_id,
            ((MdocRegisterCopy *) credential->copies->pdata[0])->list_id);
  self->idx = ((MdocRegisterCopy *) credential->copies->pdata[0])->idx;
}

void
mdoc_test_holding_get (MdocTestHolding *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterCredential) credential
      = mdoc_test_holding_prepare (self, &error);

  g_assert_no_error (error);
  if (credential->next == MDOC_REGISTER_SIGN)
    {
      mdoc_test_holding_sign (credential);
      g_assert_true (
          mdoc_register_commit (self->test->reg,
                                mdoc_test_register_as (self->test, "holder"),
                                credential,
                                &error));
      g_assert_no_error (error);
    }
  keep_bytes (self, credential);
}

char *
mdoc_test_holding_dup_digest (MdocTestHolding *self)
{
  const MdocSpan part = mdoc_span_from_bytes (self->signed_->pdata[0]);
  guint8 digest[MDOC_HASH_MAX_LEN];

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  return mdoc_base64url_encode (MDOC_SPAN (digest, 32));
}

void
mdoc_test_holding_receive (MdocTestHolding *self)
{
  g_autofree char *digest = mdoc_test_holding_dup_digest (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mdoc_register_receive (self->test->reg,
                             mdoc_test_register_as (self->test, "holder"),
                             self->thumb,
                             self->mid_uid,
                             self->generation,
                             digest,
                             &error));
  g_assert_no_error (error);
}

static void
accept (MdocTestHolding *self)
{
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (self);
  mdoc_test_holding_receive (self);
  g_assert_true (
      mdoc_register_accept (self->test->reg,
                            mdoc_test_register_as (self->test, "holder"),
                            self->thumb,
                            self->mid_uid,
                            &error));
  g_assert_no_error (error);
}

MdocTestHolding *
mdoc_test_register_hold (MdocTestRegister *self,
                         const char *profile_id,
                         const char *thumb)
{
  MdocTestHolding *holding = mdoc_test_register_claim (self, profile_id, thumb);

  accept (holding);
  return holding;
}

MdocTestHolding *
mdoc_test_register_claim_credential (MdocTestRegister *self,
                                     const char *credential_id,
                                     const char *thumb)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterCredentialInfo) info
      = mdoc_register_get_credential (self->reg, credential_id, &error);
  MdocRegisterOfferItem item = { .credential_id = credential_id };

  g_assert_no_error (error);
  item.profile_id = info->profile_id;
  return claim (self, &item, thumb);
}

MdocTestHolding *
mdoc_test_register_hold_credential (MdocTestRegister *self,
                                    const char *credential_id,
                                    const char *thumb)
{
  MdocTestHolding *holding = mdoc_test_register_claim_credential (self,
                                                                  credential_id,
                                                                  thumb);

  accept (holding);
  return holding;
}

char *
mdoc_test_register_dup_thumb (MdocPublicKey *key)
{
  return mdoc_jwk_dup_thumbprint (key);
}

void
mdoc_test_holding_refresh (MdocTestHolding *self)
{
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_REFRESH_TOKEN,
    .code = self->refresh_token,
    .dpop_thumbprint = self->thumb,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  tokens = mdoc_register_redeem (self->test->reg,
                                 mdoc_test_register_as (self->test, "holder"),
                                 &request,
                                 &error);
  g_assert_no_error (error);
  take_tokens (self, tokens);
  g_ptr_array_unref (self->keys);
  self->keys = mdoc_test_register_make_keys (1);
}

void
mdoc_test_holding_renew (MdocTestHolding *self)
{
  mdoc_test_holding_refresh (self);
  mdoc_test_holding_get (self);
  mdoc_test_holding_receive (self);
}

const char *
mdoc_test_holding_get_effective (MdocTestHolding *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterDeviceInfo) info
      = mdoc_register_get_device (self->test->reg,
                                  self->mid_uid,
                                  self->test->now_s,
                                  &error);

  g_assert_no_error (error);
  return info->effective;
}

void
mdoc_test_holding_assert_status (MdocTestHolding *self, const char *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterExchange) exchange
      = mdoc_register_get_exchange (self->test->reg, self->exchange_id, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (exchange->status, ==, status);
}

guint
mdoc_test_holding_get_list_value (MdocTestHolding *self)
{
  g_autoptr (MdocStatusList) list = NULL;
  g_autoptr (GError) error = NULL;
  guint value;
  gint64 version;

  g_assert_nonnull (self->list_id);
  list = mdoc_register_build_list (self->test->reg,
                                   self->list_id,
                                   &version,
                                   &error);
  g_assert_no_error (error);
  g_assert_true (mdoc_status_list_get (list, self->idx, &value, &error));
  g_assert_no_error (error);
  return value;
}

char *
mdoc_test_register_list_types (MdocTestRegister *self, const char *subject)
{
  const MdocRegisterEventFilter filter = { .subject = subject, .limit = 1000 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  events = mdoc_register_list_events (self->reg, &filter, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    {
      const MdocRegisterEvent *event = events->pdata[i];
      const char *dot = strrchr (event->type, '.');

      g_string_append_printf (text,
                              "%s%s",
                              i > 0 ? " " : "",
                              dot != NULL ? dot + 1 : event->type);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GPtrArray *
list_of_type (MdocTestRegister *self, const char *type)
{
  const MdocRegisterEventFilter filter = { .type = type, .limit = 1000 };
  g_autoptr (GError) error = NULL;
  GPtrArray *events = mdoc_register_list_events (self->reg, &filter, &error);

  g_assert_no_error (error);
  return events;
}

guint
mdoc_test_register_count_events (MdocTestRegister *self, const char *type)
{
  g_autoptr (GPtrArray) events = list_of_type (self, type);

  return events->len;
}

JsonObject *
mdoc_test_register_get_event (MdocTestRegister *self, const char *type)
{
  g_autoptr (GPtrArray) events = list_of_type (self, type);
  const MdocRegisterEvent *event;
  g_autoptr (JsonNode) node = NULL;

  g_assert_cmpuint (events->len, >, 0);
  event = events->pdata[events->len - 1];
  node = json_from_string (event->json, NULL);
  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

void
mdoc_test_holding_try_state (MdocTestHolding *self,
                             MdocRegisterScope scope,
                             const char *state,
                             gboolean expected_change,
                             int code)
{
  const char *const mid_uids[] = { self->mid_uid, NULL };
  const MdocRegisterStateChange change = {
    .credential_id = scope == MDOC_SCOPE_DEVICES ? NULL : self->credential_id,
    .mid_uids = scope == MDOC_SCOPE_CREDENTIAL ? NULL : mid_uids,
    .scope = scope,
    .new_state = state,
  };
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;
  gboolean is_done
      = mdoc_register_change_state (self->test->reg,
                                    mdoc_test_register_as (self->test,
                                                           "issuer"),
                                    &change,
                                    &changed,
                                    &error);

  if (code < 0)
    {
      g_assert_no_error (error);
      g_assert_true (is_done);
      g_assert_true (changed == expected_change);
    }
  else
    {
      g_assert_false (is_done);
      g_assert_error (error, MDOC_REGISTER_ERROR, code);
    }
}
