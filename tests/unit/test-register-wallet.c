/*
 * test-register-wallet.c - what wallets tell, and what they are told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "tests/lib/mdoc-test-register.h"

#define HOLDER mdoc_test_register_as (test, "holder")
#define ISSUER mdoc_test_register_as (test, "issuer")

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  return test;
}

/* S0-78, S0-79, S0-81: each policy, told once */
static void
test_remove (gconstpointer data)
{
  const char *policy = data;
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocRegisterCredentialInfo) info = NULL;
  g_autofree char *members
      = g_strdup_printf ("\"policy\":{\"onRemoval\":\"%s\"}", policy);
  g_autoptr (GError) error = NULL;
  const char *cleanup = NULL;

  mdoc_test_register_add_profile (test, "going", members);
  holding = mdoc_test_register_hold (test, "going", TEST_THUMB);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_register_remove (test->reg,
                                           HOLDER,
                                           TEST_THUMB,
                                           holding->mid_uid,
                                           &cleanup,
                                           &error));
      g_assert_no_error (error);
      g_assert_cmpstr (cleanup, ==, policy);
    }
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "removed");
  mdoc_test_holding_assert_status (holding, "credential_deleted");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "deviceCredentialRemoved"),
                    ==,
                    1);
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "deviceCredentialStateChanged"),
      ==,
      strcmp (policy, "revoke_device") == 0 ? 1 : 0);
  info = mdoc_register_get_credential (test->reg,
                                       holding->credential_id,
                                       &error);
  g_assert_true ((info->claims_json == NULL)
                 == (strcmp (policy, "purge") == 0));
  /* S0-26: the credential itself goes on */
  g_assert_cmpstr (info->state, ==, "active");
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               FALSE,
                               MDOC_REGISTER_ERROR_REMOVED);
}

/* what is somebody else's, or nobody's */
static void
test_foreign (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  const MdocRegisterHeld held[] = { { holding->mid_uid, 1 }, { "none", 1 } };
  g_autoptr (MdocRegisterSync) answer = NULL;
  g_autofree char *digest = mdoc_test_holding_dup_digest (holding);
  const char *cleanup = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *code = NULL;

      switch (i)
        {
        case 0:
          g_assert_false (mdoc_register_remove (test->reg,
                                                HOLDER,
                                                "other",
                                                holding->mid_uid,
                                                &cleanup,
                                                &error));
          break;
        case 1:
          g_assert_false (mdoc_register_accept (test->reg,
                                                HOLDER,
                                                "other",
                                                holding->mid_uid,
                                                &error));
          break;
        case 2:
          g_assert_false (mdoc_register_decline (test->reg,
                                                 HOLDER,
                                                 NULL,
                                                 holding->mid_uid,
                                                 &error));
          break;
        case 3:
          g_assert_false (mdoc_register_receive (test->reg,
                                                 HOLDER,
                                                 "other",
                                                 holding->mid_uid,
                                                 1,
                                                 digest,
                                                 &error));
          break;
        default:
          code = mdoc_register_recover (test->reg,
                                        HOLDER,
                                        TEST_THUMB,
                                        holding->mid_uid,
                                        "some other key",
                                        &error);
          g_assert_null (code);
          break;
        }
      g_assert_error (error,
                      MDOC_REGISTER_ERROR,
                      MDOC_REGISTER_ERROR_NOT_FOUND);
    }
  answer = mdoc_register_sync (test->reg,
                               HOLDER,
                               "other",
                               NULL,
                               NULL,
                               held,
                               2,
                               NULL);
  g_assert_cmpuint (answer->docs->len, ==, 0);
  g_assert_cmpuint (answer->unknown->len, ==, 2);
}

static void
test_digest (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  g_assert_false (mdoc_register_receive (test->reg,
                                         HOLDER,
                                         TEST_THUMB,
                                         holding->mid_uid,
                                         1,
                                         "AAAA",
                                         &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DIGEST);
  mdoc_test_holding_assert_status (holding, "credential_issued");
}

/* of several copies their digests together; of one that is nothing */
static void
test_digest_of_one (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GBytes) digest = NULL;
  g_autofree char *own = NULL;
  g_autofree char *twice = NULL;
  guint8 again[MDOC_HASH_MAX_LEN];
  g_autoptr (GError) error = NULL;
  MdocSpan part;

  mdoc_test_holding_get (holding);
  own = mdoc_test_holding_dup_digest (holding);
  digest = mdoc_base64url_decode (own, 64, NULL);
  part = mdoc_span_from_bytes (digest);
  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, again);
  twice = mdoc_base64url_encode (MDOC_SPAN (again, 32));
  g_assert_false (mdoc_register_receive (test->reg,
                                         HOLDER,
                                         TEST_THUMB,
                                         holding->mid_uid,
                                         1,
                                         twice,
                                         &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DIGEST);
}

/* What was issued without a key of the instance is nobody's here, and not
 * everybody's. */
static void
test_of_no_instance (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  NULL);
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  g_assert_false (
      mdoc_register_accept (test->reg, HOLDER, NULL, holding->mid_uid, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
}

/* the agent lost its refresh token; both keys are still there */
static void
test_recover (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *key_thumb = mdoc_test_register_dup_thumb (
      holding->keys->pdata[0]);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = mdoc_register_recover (test->reg,
                                                 HOLDER,
                                                 TEST_THUMB,
                                                 holding->mid_uid,
                                                 key_thumb,
                                                 &error);
  MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
    .code = code,
    .dpop_thumbprint = "other",
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  const MdocRegisterTokenItem *item;

  g_assert_no_error (error);
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  g_clear_pointer (&code, g_free);
  code = mdoc_register_recover (test->reg,
                                HOLDER,
                                TEST_THUMB,
                                holding->mid_uid,
                                key_thumb,
                                &error);
  request.code = code;
  request.client_id = "wallet";
  request.dpop_thumbprint = TEST_THUMB;
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_no_error (error);
  item = tokens->items->pdata[0];
  g_assert_cmpstr (item->mid_uid, ==, holding->mid_uid);
  g_free (holding->refresh_token);
  holding->refresh_token = g_strdup (tokens->refresh_token);
  mdoc_test_holding_renew (holding);
}

/* the previous one is good until the new one is used (crash table: rotated but
 * not stored) */
static void
test_refresh (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *first = g_strdup (holding->refresh_token);
  g_autofree char *second = NULL;
  MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_REFRESH_TOKEN,
    .dpop_thumbprint = TEST_THUMB,
  };
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_refresh (holding);
  second = g_strdup (holding->refresh_token);
  /* the answer with the second was lost */
  g_free (holding->refresh_token);
  holding->refresh_token = g_strdup (first);
  mdoc_test_holding_refresh (holding);
  request.code = second;
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  /* the third is used: the first is over */
  mdoc_test_holding_refresh (holding);
  request.code = first;
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  /* nor with another key */
  request.code = holding->refresh_token;
  request.dpop_thumbprint = "other";
  tokens = mdoc_register_redeem (test->reg, HOLDER, &request, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

/* S0-06, and the clone of a restored backup */
static void
test_sync (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  MdocRegisterHeld held = { holding->mid_uid, 1 };
  g_autoptr (MdocRegisterSync) answer = NULL;
  g_autoptr (MdocRegisterSync) clone = NULL;
  g_autoptr (MdocRegisterSync) acked = NULL;
  g_autoptr (GError) error = NULL;
  const MdocRegisterSyncDoc *doc;
  const MdocRegisterAction *action;

  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  answer = mdoc_register_sync (test->reg,
                               HOLDER,
                               TEST_THUMB,
                               "agent",
                               "1",
                               &held,
                               1,
                               &error);
  g_assert_no_error (error);
  doc = answer->docs->pdata[0];
  g_assert_cmpstr (doc->effective, ==, "suspended");
  g_assert_true (doc->blocks_device);
  g_assert_cmpint (doc->renew_after_s, ==, 0);
  g_assert_false (answer->is_suspected_clone);
  action = answer->actions->pdata[0];
  g_assert_cmpstr (action->kind, ==, "suspend");
  g_assert_true (mdoc_register_ack_action (test->reg,
                                           HOLDER,
                                           TEST_THUMB,
                                           action->id,
                                           "done",
                                           &error));

  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  mdoc_test_holding_renew (holding);
  acked = mdoc_register_sync (test->reg,
                              HOLDER,
                              TEST_THUMB,
                              NULL,
                              NULL,
                              NULL,
                              0,
                              &error);
  action = acked->actions->pdata[0];
  g_assert_cmpuint (acked->actions->len, ==, 1);
  g_assert_cmpstr (action->kind, ==, "reinstate");
  g_assert_false (acked->is_suspected_clone);
  clone = mdoc_register_sync (test->reg,
                              HOLDER,
                              TEST_THUMB,
                              NULL,
                              NULL,
                              &held,
                              1,
                              &error);
  g_assert_true (clone->is_suspected_clone);
}

/* S0-92 */
static void
test_message (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (MdocRegisterSync) answer = NULL;
  g_autoptr (MdocRegisterSync) later G_GNUC_UNUSED = NULL;
  g_autoptr (MdocRegisterMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = mdoc_register_send_message (test->reg,
                                                   ISSUER,
                                                   holding->credential_id,
                                                   "service",
                                                   "Opening hours",
                                                   "Closed on Monday",
                                                   test->now_s + TEST_DAY_S,
                                                   &error);
  g_auto (GStrv) none = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&answer, mdoc_register_sync_free);
      answer = mdoc_register_sync (test->reg,
                                   HOLDER,
                                   TEST_THUMB,
                                   NULL,
                                   NULL,
                                   NULL,
                                   0,
                                   &error);
      g_assert_cmpuint (answer->messages->len, ==, 1);
    }
  g_assert_cmpuint (mdoc_test_register_count_events (test, "message.delivered"),
                    ==,
                    1);
  g_assert_false (
      mdoc_register_read_message (test->reg, HOLDER, "other", ids[0], &error));
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_read_message (test->reg,
                                               HOLDER,
                                               TEST_THUMB,
                                               ids[0],
                                               &error));
  g_assert_cmpuint (mdoc_test_register_count_events (test, "message.read"),
                    ==,
                    1);
  message = mdoc_register_get_message (test->reg, ids[0], &error);
  g_assert_cmpstr (message->state, ==, "read");
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");

  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "revoked",
                               TRUE,
                               -1);
  none = mdoc_register_send_message (test->reg,
                                     ISSUER,
                                     holding->mid_uid,
                                     "service",
                                     "a",
                                     "b",
                                     0,
                                     &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STATE);
}

/* C16: at the issuance, not at the offer; and free again after a refusal */
static void
test_unique (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) first = NULL;
  g_autoptr (MdocTestHolding) second = NULL;
  g_autoptr (MdocTestHolding) third = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test,
                                  "single",
                                  "\"policy\":{\"uniqueness\":\"device\"}");
  first = mdoc_test_register_claim (test, "single", TEST_THUMB);
  second = mdoc_test_register_claim (test, "single", TEST_THUMB);
  third = mdoc_test_register_claim (test, "single", TEST_THUMB);
  mdoc_test_holding_get (first);
  credential = mdoc_test_holding_prepare (second, &error);
  g_assert_null (credential);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DENIED);
  g_clear_error (&error);
  mdoc_test_holding_assert_status (second, "issuance_denied");
  g_assert_true (mdoc_register_decline (test->reg,
                                        HOLDER,
                                        TEST_THUMB,
                                        first->mid_uid,
                                        &error));
  mdoc_test_holding_get (third);
}

/* a batch of keys: as many copies, and each a place of its own */
static void
test_copies (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (MdocRegisterCredential) over = NULL;
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test,
                                  "many",
                                  "\"issuance\":{\"batchSize\":20},"
                                  "\"status\":{\"mechanism\":\"both\"}");
  holding = mdoc_test_register_claim (test, "many", TEST_THUMB);
  g_ptr_array_unref (holding->keys);
  holding->keys = mdoc_test_register_make_keys (20);
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (credential->copies->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      const MdocRegisterCopy *copy = credential->copies->pdata[i];

      g_assert_nonnull (copy->list_id);
      g_assert_nonnull (copy->identifier_list_id);
      g_assert_cmpuint (g_bytes_get_size (copy->mso_id), ==, 16);
      g_assert_true (
          g_hash_table_add (places, GUINT_TO_POINTER (copy->idx + 1)));
    }
  g_ptr_array_add (holding->keys, NULL);
  g_ptr_array_set_size (holding->keys, 20);
  g_ptr_array_unref (holding->keys);
  holding->keys = mdoc_test_register_make_keys (21);
  over = mdoc_test_holding_prepare (holding, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/register/S0-78/S0-79/S0-81/remove/none",
                        "none",
                        test_remove);
  g_test_add_data_func ("/register/S0-78/S0-79/S0-81/remove/revoke",
                        "revoke_device",
                        test_remove);
  g_test_add_data_func ("/register/S0-78/S0-79/S0-81/remove/purge",
                        "purge",
                        test_remove);
  g_test_add_func ("/register/foreign", test_foreign);
  g_test_add_func ("/register/E7/digest", test_digest);
  g_test_add_func ("/register/digest-of-one", test_digest_of_one);
  g_test_add_func ("/register/of-no-instance", test_of_no_instance);
  g_test_add_func ("/register/recover", test_recover);
  g_test_add_func ("/register/refresh", test_refresh);
  g_test_add_func ("/register/S0-06/S0-70/sync", test_sync);
  g_test_add_func ("/register/S0-92/message", test_message);
  g_test_add_func ("/register/unique", test_unique);
  g_test_add_func ("/register/copies", test_copies);

  return g_test_run ();
}
