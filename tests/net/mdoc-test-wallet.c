/*
 * mdoc-test-wallet.c - the client of platforms, by commands from a test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "platform/mdoc-platform.h"
#include "tests/net/mdoc-test-https.h"

/* usage: mdoc-test-wallet ANCHORS.pem LINK [CONFIGURATION]
 *
 * Reads a command a line and writes an answer a line, in JSON, which has
 * "error", "name" and "description" if it failed:
 *
 *   redeem [TX-CODE]     tokens, by the pre-authorized code of the offer
 *   refresh              tokens, by the refresh token
 *   credential N         for N new keys
 *   deferred             what took longer
 *   again                the last credential request once more, same keys
 *   notify EVENT         0: accepted, 1: deleted, 2: failure
 *   receipt GENERATION   and accept, decline, removal
 *   sync GENERATION
 *   ack ACTION, read MESSAGE
 *   recover              tokens, by a code that both keys asked for
 */

typedef struct
{
  MdocHttpClient *http;
  MdocPlatform *platform;
  MdocOffer *offer;
  const char *configuration_id;
  MdocPlatformTokens *tokens;
  GPtrArray *keys;
  MdocCredentialResponse *response;
  char *transaction_id;
  char *cursor;
  GAsyncResult *result;
} Wallet;

static GAsyncResult *
wait_result (Wallet *self)
{
  return mdoc_test_wait_result (&self->result);
}

static const char *
get_mid_uid (Wallet *self)
{
  const char *const *ids;

  if (self->tokens == NULL)
    return NULL;
  ids = mdoc_platform_tokens_get_identifiers (self->tokens,
                                              self->configuration_id);

  return ids != NULL ? ids[0] : NULL;
}

static gboolean
take_tokens (Wallet *self, const MdocPlatformGrant *grant, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  MdocPlatformTokens *tokens;

  mdoc_platform_token_async (self->platform,
                             grant,
                             NULL,
                             mdoc_test_take_result,
                             &self->result);
  result = wait_result (self);
  tokens = mdoc_platform_token_finish (self->platform, result, error);
  if (tokens == NULL)
    return FALSE;
  if (tokens->details == NULL && self->tokens != NULL
      && self->tokens->details != NULL)
    tokens->details = g_ptr_array_ref (self->tokens->details);
  mdoc_platform_tokens_free (self->tokens);
  self->tokens = tokens;
  return TRUE;
}

static gboolean
redeem (Wallet *self, const char *tx_code, JsonObject *answer, GError **error)
{
  const char *const ids[] = { self->configuration_id, NULL };
  const MdocPlatformGrant grant = {
    .kind = MDOC_TOKEN_PRE_AUTHORIZED,
    .code = mdoc_offer_get_grants (self->offer)->pre_authorized_code,
    .tx_code = tx_code,
    .configuration_ids = ids
  };

  return take_tokens (self, &grant, error);
}

static char *
dup_secret (const MdocSecret *secret)
{
  MdocSpan span = mdoc_secret_get_span (secret);

  return g_strndup ((const char *) span.data, span.len);
}

static gboolean
refresh (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  g_autofree char *code = dup_secret (self->tokens->refresh_token);
  const MdocPlatformGrant grant = { .kind = MDOC_TOKEN_REFRESH, .code = code };

  return take_tokens (self, &grant, error);
}

static gboolean
keep_response (Wallet *self,
               MdocCredentialResponse *response,
               JsonObject *answer)
{
  g_autofree char *digest = NULL;

  if (response == NULL)
    return FALSE;
  mdoc_credential_response_free (self->response);
  self->response = response;
  json_object_set_int_member (answer,
                              "credentials",
                              response->credentials->len);
  if (response->transaction_id != NULL)
    {
      g_free (self->transaction_id);
      self->transaction_id = g_strdup (response->transaction_id);
      json_object_set_int_member (answer, "interval", response->interval_s);
      return TRUE;
    }
  digest = mdoc_wallet_receipt_digest (response->credentials);
  json_object_set_string_member (answer, "digest", digest);
  return TRUE;
}

static gboolean
again (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformCredentialRequest request = {
    .tokens = self->tokens,
    .configuration_id = self->configuration_id,
    .keys = self->keys
  };
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_credential_async (self->platform,
                                  &request,
                                  NULL,
                                  mdoc_test_take_result,
                                  &self->result);
  result = wait_result (self);
  return keep_response (self,
                        mdoc_platform_credential_finish (self->platform,
                                                         result,
                                                         error),
                        answer);
}

static gboolean
credential (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  guint n = (guint) atoi (word);

  g_ptr_array_set_size (self->keys, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->keys, mdoc_key_generate (MDOC_CURVE_P256, NULL));
  return again (self, NULL, answer, error);
}

static gboolean
deferred (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_deferred_async (self->platform,
                                self->tokens,
                                self->transaction_id,
                                NULL,
                                mdoc_test_take_result,
                                &self->result);
  result = wait_result (self);
  return keep_response (self,
                        mdoc_platform_deferred_finish (self->platform,
                                                       result,
                                                       error),
                        answer);
}

static gboolean
notify (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_notify_async (self->platform,
                              self->tokens,
                              self->response->notification_id,
                              (MdocNotificationEvent) atoi (word),
                              NULL,
                              NULL,
                              mdoc_test_take_result,
                              &self->result);
  result = wait_result (self);
  return mdoc_platform_notify_finish (self->platform, result, error);
}

static gboolean
tell (Wallet *self,
      const MdocPlatformNoticeData *notice,
      JsonObject *answer,
      GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean known = FALSE;

  mdoc_platform_tell_async (self->platform,
                            notice,
                            NULL,
                            mdoc_test_take_result,
                            &self->result);
  result = wait_result (self);
  if (!mdoc_platform_tell_finish (self->platform, result, &known, error))
    return FALSE;
  json_object_set_boolean_member (answer, "known", known);
  return TRUE;
}

static gboolean
receipt (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  g_autofree char *digest = mdoc_wallet_receipt_digest (
      self->response->credentials);
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_RECEIPT,
                                          .id = get_mid_uid (self),
                                          .generation = atoi (word),
                                          .digest = digest };

  return tell (self, &notice, answer, error);
}

static gboolean
accept_it (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_ACCEPT,
                                          .id = get_mid_uid (self) };

  return tell (self, &notice, answer, error);
}

static gboolean
decline (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_DECLINE,
                                          .id = get_mid_uid (self) };

  return tell (self, &notice, answer, error);
}

static gboolean
removal (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_REMOVAL,
                                          .id = get_mid_uid (self),
                                          .reason = "holder",
                                          .at_unix_s = g_get_real_time ()
                                                       / G_USEC_PER_SEC };

  return tell (self, &notice, answer, error);
}

static gboolean
ack (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_ACTION_ACK,
                                          .id = word,
                                          .reason = "done" };

  return tell (self, &notice, answer, error);
}

static gboolean
read_it (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const MdocPlatformNoticeData notice = { .kind = MDOC_PLATFORM_MESSAGE_READ,
                                          .id = word };

  return tell (self, &notice, answer, error);
}

static gboolean
synchronise (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_new ();
  g_autoptr (MdocWalletSyncReply) reply = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  sync->cursor = g_strdup (self->cursor);
  sync->agent_version = g_strdup ("0.1.0");
  sync->client_type = g_strdup ("embedded");
  sync->clock_unix_s = now;
  if (*word != '\0')
    g_ptr_array_add (sync->docs,
                     mdoc_wallet_doc_new (get_mid_uid (self),
                                          atoi (word),
                                          now + 3600,
                                          "active"));
  mdoc_platform_sync_async (self->platform,
                            sync,
                            NULL,
                            mdoc_test_take_result,
                            &self->result);
  result = wait_result (self);
  reply = mdoc_platform_sync_finish (self->platform, result, error);
  if (reply == NULL)
    return FALSE;
  g_free (self->cursor);
  self->cursor = g_strdup (reply->cursor);
  text = mdoc_wallet_sync_reply_to_json (reply);
  node = json_from_string (text, NULL);
  json_object_set_member (answer, "reply", g_steal_pointer (&node));
  return TRUE;
}

static gboolean
recover (Wallet *self, const char *word, JsonObject *answer, GError **error)
{
  const char *const ids[] = { self->configuration_id, NULL };
  MdocPlatformGrant grant = { .kind = MDOC_TOKEN_PRE_AUTHORIZED,
                              .configuration_ids = ids };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (MdocSecret) code = NULL;
  g_autofree char *text = NULL;

  mdoc_platform_recover_async (self->platform,
                               get_mid_uid (self),
                               self->keys->pdata[0],
                               NULL,
                               mdoc_test_take_result,
                               &self->result);
  result = wait_result (self);
  code = mdoc_platform_recover_finish (self->platform, result, error);
  if (code == NULL)
    return FALSE;
  text = dup_secret (code);
  grant.code = text;
  return take_tokens (self, &grant, error);
}

static const struct
{
  const char *name;
  gboolean (*run) (Wallet *, const char *, JsonObject *, GError **);
} commands[] = {
  { "redeem", redeem },         { "refresh", refresh },
  { "credential", credential }, { "deferred", deferred },
  { "again", again },           { "notify", notify },
  { "receipt", receipt },       { "accept", accept_it },
  { "decline", decline },       { "removal", removal },
  { "sync", synchronise },      { "ack", ack },
  { "read", read_it },          { "recover", recover },
};

static void
run (Wallet *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  g_autoptr (JsonObject) answer = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean is_known = FALSE, done = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, words[0]) == 0)
      {
        is_known = TRUE;
        done = commands[i].run (self,
                                words[1] != NULL ? words[1] : "",
                                answer,
                                &error);
      }
  g_assert_true (is_known);
  g_assert_true (done == (error == NULL));
  if (error != NULL)
    {
      const MdocPlatformTrouble *trouble = mdoc_platform_error_get_trouble (
          error);

      g_printerr ("%s: %s\n", line, error->message);
      json_object_set_int_member (answer, "error", error->code);
      json_object_set_string_member (answer, "name", trouble->name);
      if (trouble->description != NULL)
        json_object_set_string_member (answer,
                                       "description",
                                       trouble->description);
    }
  else if (get_mid_uid (self) != NULL)
    {
      json_object_set_string_member (answer, "midUid", get_mid_uid (self));
    }
  text = mdoc_json_write (answer);
  g_print ("%s\n", text);
}

static MdocOffer *
get_offer (Wallet *self, const char *link)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *reference = NULL;
  g_autoptr (GError) error = NULL;
  MdocOffer *offer = NULL;

  g_assert_true (mdoc_offer_parse_link (link, &offer, &reference, &error));
  if (offer != NULL)
    return offer;
  mdoc_platform_fetch_offer_async (self->http,
                                   reference,
                                   NULL,
                                   mdoc_test_take_result,
                                   &self->result);
  result = wait_result (self);
  offer = mdoc_platform_fetch_offer_finish (result, &error);
  g_assert_no_error (error);
  return offer;
}

int
main (int argc, char **argv)
{
  Wallet wallet = { 0 };
  MdocHttpConfig http = { .proxy = "" };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  MdocPlatformConfig config = { .instance_key = key };
  g_autofree char *anchors = NULL;
  char *line = NULL;
  size_t size = 0;
  ssize_t len;

  g_assert_cmpint (argc, >=, 3);
  g_assert_true (g_file_get_contents (argv[1], &anchors, NULL, NULL));
  http.anchors_pem = anchors;
  wallet.http = mdoc_http_client_new (&http, NULL);
  wallet.offer = get_offer (&wallet, argv[2]);
  wallet.configuration_id = argc > 3 ? argv[3]
                                     : mdoc_offer_get_configuration_ids (
                                         wallet.offer)[0];
  wallet.keys = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_key_unref);
  config.http = wallet.http;
  config.issuer = mdoc_offer_get_issuer (wallet.offer);
  wallet.platform = mdoc_platform_new (&config, NULL);

  while ((len = getline (&line, &size, stdin)) > 0)
    {
      line[strcspn (line, "\n")] = '\0';
      run (&wallet, line);
    }
  free (line);
  mdoc_platform_unref (wallet.platform);
  mdoc_http_client_unref (wallet.http);
  mdoc_offer_unref (wallet.offer);
  mdoc_platform_tokens_free (wallet.tokens);
  mdoc_credential_response_free (wallet.response);
  g_ptr_array_unref (wallet.keys);
  g_free (wallet.transaction_id);
  g_free (wallet.cursor);
  return 0;
}
