/*
 * test-wallet-message.c - what the wallet API says, read and written
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-wallet-message.h"

#define ACCEPTED (-1)

static void
test_words (void)
{
  for (guint i = 0; i <= MDOC_EFFECTIVE_ACTIVE; i++)
    g_assert_cmpuint (mdoc_effective_from_name (
                          mdoc_effective_get_name ((MdocEffective) i)),
                      ==,
                      i);
  for (guint i = 0; i <= MDOC_ACTION_OFFER; i++)
    g_assert_cmpuint (mdoc_action_kind_from_name (
                          mdoc_action_kind_get_name ((MdocActionKind) i)),
                      ==,
                      i);
  g_assert_cmpuint (mdoc_effective_from_name ("Active"),
                    ==,
                    MDOC_EFFECTIVE_UNKNOWN);
  g_assert_cmpuint (mdoc_action_kind_from_name (""), ==, MDOC_ACTION_UNKNOWN);
}

static void
test_sync (void)
{
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_new ();
  g_autoptr (MdocWalletSync) copy = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const MdocWalletDoc *doc;

  sync->agent_version = g_strdup ("0.1.0");
  sync->client_type = g_strdup ("embedded");
  sync->clock_unix_s = 1795831200;
  g_ptr_array_add (sync->docs,
                   mdoc_wallet_doc_new ("mid-1", 2, 1798423200, "active"));
  text = mdoc_wallet_sync_to_json (sync);
  g_assert_cmpstr (
      text,
      ==,
      "{\"agent\":{\"version\":\"0.1.0\",\"clientType\":\"embedded\"},"
      "\"clock\":1795831200,\"docs\":[{\"midUid\":\"mid-1\",\"generation\":2,"
      "\"validUntil\":1798423200,\"state\":\"active\"}]}");

  copy = mdoc_wallet_sync_parse (mdoc_span_from_text (text), &error);
  g_assert_no_error (error);
  g_assert_null (copy->cursor);
  g_assert_cmpstr (copy->agent_version, ==, "0.1.0");
  g_assert_cmpstr (copy->client_type, ==, "embedded");
  g_assert_cmpint (copy->clock_unix_s, ==, 1795831200);
  g_assert_cmpuint (copy->docs->len, ==, 1);
  doc = copy->docs->pdata[0];
  g_assert_cmpstr (doc->mid_uid, ==, "mid-1");
  g_assert_cmpint (doc->generation, ==, 2);
  g_assert_cmpint (doc->valid_until_unix_s, ==, 1798423200);
  g_assert_cmpstr (doc->state, ==, "active");
}

/* a device that has nothing yet, or nothing more */
static void
test_sync_of_nothing (void)
{
  g_autoptr (MdocWalletSync) sync = mdoc_wallet_sync_new ();
  g_autoptr (MdocWalletSync) copy = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  sync->agent_version = g_strdup ("0.1.0");
  sync->client_type = g_strdup ("embedded");
  text = mdoc_wallet_sync_to_json (sync);
  copy = mdoc_wallet_sync_parse (mdoc_span_from_text (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (copy->docs->len, ==, 0);
}

static void
test_sync_reply (void)
{
  g_autoptr (MdocWalletSyncReply) reply = mdoc_wallet_sync_reply_new ();
  g_autoptr (MdocWalletSyncReply) copy = NULL;
  g_autofree char *text = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  MdocWalletDocStatus *doc;
  MdocWalletAction *action;
  MdocWalletNote *note;

  reply->server_time_unix_s = 1795831200;
  reply->cursor = g_strdup ("c7");
  reply->next_sync_after_s = 3600;
  doc = mdoc_wallet_sync_reply_add_doc (reply, "mid-1");
  doc->credential_id = g_strdup ("cred-1");
  doc->effective = MDOC_EFFECTIVE_SUSPENDED;
  doc->generation = 3;
  doc->update = MDOC_UPDATE_REQUIRED;
  doc->renew_after_unix_s = 1795900000;
  action = mdoc_wallet_sync_reply_add_action (reply,
                                              "a-1",
                                              MDOC_ACTION_SUSPEND);
  action->mid_uid = g_strdup ("mid-1");
  action->reason = g_strdup ("lost");
  note = mdoc_wallet_sync_reply_add_message (reply, "m-1", "Title", "Text");
  note->expires_at_unix_s = 1795900001;

  text = mdoc_wallet_sync_reply_to_json (reply);
  copy = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (text), &error);
  g_assert_no_error (error);
  again = mdoc_wallet_sync_reply_to_json (copy);
  g_assert_cmpstr (again, ==, text);

  doc = copy->docs->pdata[0];
  g_assert_cmpstr (doc->credential_id, ==, "cred-1");
  g_assert_cmpint (doc->effective, ==, MDOC_EFFECTIVE_SUSPENDED);
  g_assert_cmpint (doc->update, ==, MDOC_UPDATE_REQUIRED);
  g_assert_cmpint (doc->renew_after_unix_s, ==, 1795900000);
  action = copy->actions->pdata[0];
  g_assert_cmpint (action->kind, ==, MDOC_ACTION_SUSPEND);
  g_assert_cmpstr (action->reason, ==, "lost");
  g_assert_null (action->offer);
  note = copy->messages->pdata[0];
  g_assert_cmpstr (note->body, ==, "Text");
  g_assert_cmpint (note->expires_at_unix_s, ==, 1795900001);
  g_assert_cmpint (copy->next_sync_after_s, ==, 3600);
}

#define DOC(rest_)                                                             \
  "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":[{\"midUid\":\"m\","            \
  "\"generation\":1" rest_ "}]}"
#define ACTION(rest_)                                                          \
  "{\"serverTime\":1,\"cursor\":\"c\",\"actions\":[{" rest_ "}]}"

static const struct
{
  const char *text;
  gint code;
} replies[] = {
  { "{\"serverTime\":1,\"cursor\":\"c\"}", ACCEPTED },
  { "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":null,\"new\":[{}]}",
    ACCEPTED },
  { "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":[],\"actions\":[],"
    "\"messages\":[]}",
    ACCEPTED },
  { "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":{}}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"cursor\":\"c\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"serverTime\":1}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"serverTime\":\"1\",\"cursor\":\"c\"}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"serverTime\":1,\"cursor\":\"c\",\"nextSyncAfter\":-1}",
    MDOC_JSON_ERROR_LIMIT },
  { "{\"serverTime\":1,\"cursor\":\"c\",\"docs\":[1]}",
    MDOC_JSON_ERROR_SCHEMA },
  { DOC (",\"effective\":\"active\""), ACCEPTED },
  { DOC (",\"effective\":\"asleep\",\"update\":\"perhaps\""), ACCEPTED },
  { DOC (""), MDOC_JSON_ERROR_SCHEMA },
  { DOC (",\"effective\":1"), MDOC_JSON_ERROR_SCHEMA },
  { DOC (",\"effective\":\"active\",\"renewAfter\":\"x\""),
    MDOC_JSON_ERROR_SCHEMA },
  { ACTION ("\"id\":\"a\",\"kind\":\"dance\""), ACCEPTED },
  { ACTION ("\"id\":\"a\""), MDOC_JSON_ERROR_SCHEMA },
  { ACTION ("\"kind\":\"revoke\""), MDOC_JSON_ERROR_SCHEMA },
  { "[]", MDOC_JSON_ERROR_SCHEMA },
  { "{", MDOC_JSON_ERROR_TRUNCATED },
};

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (MdocWalletSyncReply) reply = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", replies[i].text);
      reply = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (
                                                replies[i].text),
                                            &error);
      g_assert_true ((reply == NULL) == (error != NULL));
      if (replies[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, replies[i].code);
    }
}

/* a list of @n equal elements */
static char *
make_list (const char *head, const char *element, guint n)
{
  GString *text = g_string_new (head);

  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append (text, element);
    }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

static void
test_limits_both_sides (void)
{
  static const char doc[] = "{\"midUid\":\"m\",\"generation\":1,"
                            "\"validUntil\":1,\"state\":\"active\"}";
  static const char status[]
      = "{\"midUid\":\"m\",\"generation\":1,\"effective\":\"active\"}";
  static const char note[] = "{\"id\":\"i\",\"title\":\"t\",\"body\":\"b\"}";

  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *sync_text
          = make_list ("{\"agent\":{\"version\":\"1\",\"clientType\":\"c\"},"
                       "\"clock\":1,\"docs\":[",
                       doc,
                       MDOC_WALLET_MAX_DOCS + over);
      g_autofree char *docs_text
          = make_list ("{\"serverTime\":1,\"cursor\":\"c\",\"docs\":[",
                       status,
                       MDOC_WALLET_MAX_DOCS + over);
      g_autofree char *notes_text
          = make_list ("{\"serverTime\":1,\"cursor\":\"c\",\"messages\":[",
                       note,
                       MDOC_WALLET_MAX_MESSAGES + over);
      g_autoptr (MdocWalletSync) sync = NULL;
      g_autoptr (MdocWalletSyncReply) docs = NULL, notes = NULL;

      sync = mdoc_wallet_sync_parse (mdoc_span_from_text (sync_text), NULL);
      docs = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (docs_text),
                                           NULL);
      notes = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (notes_text),
                                            NULL);
      g_assert_true ((sync == NULL) == (over == 1));
      g_assert_true ((docs == NULL) == (over == 1));
      g_assert_true ((notes == NULL) == (over == 1));
    }
}

static void
test_far_sync_is_capped (void)
{
  g_autoptr (MdocWalletSyncReply) reply
      = mdoc_wallet_sync_reply_parse (mdoc_span_from_text (
                                          "{\"serverTime\":1,\"cursor\":\"c\","
                                          "\"nextSyncAfter\":9999999999}"),
                                      NULL);

  g_assert_nonnull (reply);
  g_assert_cmpint (reply->next_sync_after_s, ==, MDOC_WALLET_MAX_SYNC_S);
}

static void
test_receipt (void)
{
  const MdocWalletReceipt receipt = { (char *) (gsize) "mid-1",
                                      4,
                                      (char *) (gsize) "abc" };
  g_autofree char *text = mdoc_wallet_receipt_to_json (&receipt);
  g_autoptr (MdocWalletReceipt) copy
      = mdoc_wallet_receipt_parse (mdoc_span_from_text (text), NULL);

  g_assert_nonnull (copy);
  g_assert_cmpstr (copy->mid_uid, ==, "mid-1");
  g_assert_cmpint (copy->generation, ==, 4);
  g_assert_cmpstr (copy->digest, ==, "abc");
  g_assert_null (
      mdoc_wallet_receipt_parse (mdoc_span_from_text (
                                     "{\"midUid\":\"m\",\"generation\":1}"),
                                 NULL));
  g_assert_null (
      mdoc_wallet_receipt_parse (mdoc_span_from_text (
                                     "{\"midUid\":\"m\",\"generation\":-1,"
                                     "\"digest\":\"d\"}"),
                                 NULL));
}

static void
test_removal (void)
{
  const MdocWalletRemoval removal = { (char *) (gsize) "user", 1795831200 };
  g_autofree char *text = mdoc_wallet_removal_to_json (&removal);
  g_autoptr (MdocWalletRemoval) copy
      = mdoc_wallet_removal_parse (mdoc_span_from_text (text), NULL);

  g_assert_nonnull (copy);
  g_assert_cmpstr (copy->reason, ==, "user");
  g_assert_cmpint (copy->at_unix_s, ==, 1795831200);
  g_assert_null (
      mdoc_wallet_removal_parse (mdoc_span_from_text ("{\"reason\":\"user\"}"),
                                 NULL));
}

static void
test_small_ones (void)
{
  g_autofree char *ack = mdoc_wallet_ack_write ("done");
  g_autofree char *ack_back = mdoc_wallet_ack_parse (mdoc_span_from_text (ack),
                                                     NULL);
  g_autofree char *nonce = mdoc_wallet_nonce_write ("n");
  g_autofree char *nonce_back = mdoc_wallet_nonce_parse (mdoc_span_from_text (
                                                             nonce),
                                                         NULL);
  g_autofree char *recover = mdoc_wallet_recover_write ("a.b.c");
  g_autofree char *recover_back
      = mdoc_wallet_recover_parse (mdoc_span_from_text (recover), NULL);
  g_autofree char *recovery = mdoc_wallet_recovery_write ("code", 300);
  g_autofree char *code = NULL;
  gint64 expires_in_s = 0;

  code = mdoc_wallet_recovery_parse (mdoc_span_from_text (recovery),
                                     &expires_in_s,
                                     NULL);
  g_assert_cmpstr (ack_back, ==, "done");
  g_assert_cmpstr (nonce_back, ==, "n");
  g_assert_cmpstr (recover_back, ==, "a.b.c");
  g_assert_cmpstr (code, ==, "code");
  g_assert_cmpint (expires_in_s, ==, 300);
  g_assert_null (mdoc_wallet_nonce_parse (mdoc_span_from_text ("{}"), NULL));
}

/* SHA-256 of "abc" is known to all (FIPS 180-4, B.1) */
static void
test_digest (void)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) two = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_bytes_unref);
  g_autofree char *of_one = NULL, *of_two = NULL, *of_turned = NULL;

  g_ptr_array_add (one, g_bytes_new_static ("abc", 3));
  of_one = mdoc_wallet_receipt_digest (one);
  g_assert_cmpstr (of_one, ==, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");

  g_ptr_array_add (two, g_bytes_new_static ("abc", 3));
  g_ptr_array_add (two, g_bytes_new_static ("def", 3));
  of_two = mdoc_wallet_receipt_digest (two);
  g_ptr_array_add (two, g_ptr_array_steal_index (two, 0));
  of_turned = mdoc_wallet_receipt_digest (two);
  g_assert_cmpstr (of_two, ==, of_turned);
  g_assert_cmpstr (of_two, !=, of_one);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet-message/words", test_words);
  g_test_add_func ("/wallet-message/sync", test_sync);
  g_test_add_func ("/wallet-message/sync-of-nothing", test_sync_of_nothing);
  g_test_add_func ("/wallet-message/sync-reply", test_sync_reply);
  g_test_add_func ("/wallet-message/replies", test_replies);
  g_test_add_func ("/wallet-message/limits-both-sides", test_limits_both_sides);
  g_test_add_func ("/wallet-message/far-sync-is-capped",
                   test_far_sync_is_capped);
  g_test_add_func ("/wallet-message/receipt", test_receipt);
  g_test_add_func ("/wallet-message/removal", test_removal);
  g_test_add_func ("/wallet-message/small-ones", test_small_ones);
  g_test_add_func ("/wallet-message/digest", test_digest);
  return g_test_run ();
}
