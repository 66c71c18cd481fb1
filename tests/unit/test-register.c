/*
 * test-register.c - every row of the exchange's table, allowed and refused
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/lib/mdoc-test-register.h"

#define HOLDER mdoc_test_register_as (test, "holder")
#define ISSUER mdoc_test_register_as (test, "issuer")

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  mdoc_test_register_add_profile (test,
                                  "coded",
                                  "\"issuance\":{\"txCode\":\"06N\","
                                  "\"txCodeAttempts\":3,\"batchSize\":3}");
  return test;
}

static MdocRegisterTokens *
redeem (MdocTestRegister *test,
        const char *code,
        const char *tx_code,
        const char *thumb,
        GError **error)
{
  const MdocRegisterTokenRequest request = {
    .grant = MDOC_REGISTER_PRE_AUTHORIZED_CODE,
    .code = code,
    .tx_code = tx_code,
    .dpop_thumbprint = thumb,
  };

  return mdoc_register_redeem (test->reg, HOLDER, &request, error);
}

/* S0-29, S0-42, S0-53: all of it, with its events in their order */
static void
test_story (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autofree char *types = NULL;
  g_autoptr (JsonObject) issued = NULL;
  g_autoptr (JsonObject) claimed = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *data, *subject;

  mdoc_test_holding_assert_status (holding, "token_issued");
  mdoc_test_holding_get (holding);
  mdoc_test_holding_assert_status (holding, "credential_issued");
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "issued");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDClaimed"),
                    ==,
                    0);
  mdoc_test_holding_receive (holding);
  mdoc_test_holding_assert_status (holding, "credential_acked");
  g_assert_true (mdoc_register_accept (test->reg,
                                       HOLDER,
                                       TEST_THUMB,
                                       holding->mid_uid,
                                       &error));
  g_assert_no_error (error);
  mdoc_test_holding_assert_status (holding, "credential_accepted");
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");

  types = mdoc_test_register_list_types (test, holding->mid_uid);
  g_assert_cmpstr (types,
                   ==,
                   "offer_sent offer_received token_issued mIDIssued "
                   "credential_issued credential_acked credential_accepted "
                   "mIDClaimed");

  /* S0-46, S0-47, S0-16 */
  issued = mdoc_test_register_get_event (test, "mIDIssued");
  g_assert_cmpstr (json_object_get_string_member (issued, "cause"),
                   ==,
                   "enrollment");
  g_assert_cmpstr (json_object_get_string_member (issued, "correlationId"),
                   ==,
                   "correlation-1");
  subject = json_object_get_object_member (issued, "subject");
  g_assert_cmpstr (json_object_get_string_member (subject, "midUid"),
                   ==,
                   holding->mid_uid);
  g_assert_cmpstr (json_object_get_string_member (subject, "credentialId"),
                   ==,
                   holding->credential_id);
  data = json_object_get_object_member (issued, "data");
  g_assert_cmpint (json_object_get_int_member (data, "generation"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (data, "attributes"),
                       "family_name"),
                   ==,
                   "Lindqvist");

  /* S0-55: no attributes, and nothing else */
  claimed = mdoc_test_register_get_event (test, "mIDClaimed");
  data = json_object_get_object_member (claimed, "data");
  g_assert_cmpuint (json_object_get_size (data), ==, 1);
  g_assert_true (json_object_has_member (data, "deviceId"));
}

/* E2: fetched twice is received once */
static void
test_fetch (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  claims);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MdocRegisterOffer) fetched
          = mdoc_register_fetch_offer (test->reg,
                                       HOLDER,
                                       offer->reference,
                                       &error);

      g_assert_no_error (error);
      g_assert_cmpstr (fetched->pre_authorized_code,
                       ==,
                       offer->pre_authorized_code);
      g_assert_null (fetched->tx_code);
      g_assert_cmpstr (fetched->status, ==, "offer_received");
    }
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "openid.credential.offer_"
                                                     "received"),
                    ==,
                    1);
  g_assert_null (
      mdoc_register_fetch_offer (test->reg, HOLDER, "nonsense", &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
}

/* a code is good once, and none is told of an offer that is spent */
static void
test_code_once (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  claims);
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (MdocRegisterTokens) again = NULL;
  g_autoptr (MdocRegisterOffer) known = NULL;
  g_autoptr (GError) error = NULL;

  tokens = redeem (test, offer->pre_authorized_code, NULL, TEST_THUMB, &error);
  g_assert_no_error (error);
  again = redeem (test, offer->pre_authorized_code, NULL, TEST_THUMB, &error);
  g_assert_null (again);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  known = mdoc_register_get_offer (test->reg, offer->id, &error);
  g_assert_no_error (error);
  g_assert_null (known->pre_authorized_code);
}

static void
test_code_expired (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  claims);
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_move (test, TEST_DAY_S);
  tokens = redeem (test, offer->pre_authorized_code, NULL, TEST_THUMB, &error);
  g_assert_null (tokens);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
}

/* missing, wrong, right; with spaces in it; and wrong once too often (E9) */
static void
test_tx_code (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "coded",
                                                                  claims);
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autofree char *wrong = g_strdup (offer->tx_code);
  g_autofree char *spaced = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (strlen (offer->tx_code), ==, 6);
  g_assert_cmpuint (offer->tx_code_len, ==, 6);
  wrong[0] = wrong[0] == '1' ? '2' : '1';

  tokens = redeem (test, offer->pre_authorized_code, NULL, NULL, &error);
  g_assert_error (error,
                  MDOC_REGISTER_ERROR,
                  MDOC_REGISTER_ERROR_TX_CODE_MISSING);
  g_clear_error (&error);
  for (guint i = 0; i < 2; i++)
    {
      tokens = redeem (test, offer->pre_authorized_code, wrong, NULL, &error);
      g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_TX_CODE);
      g_clear_error (&error);
    }
  /* the count is on the disk */
  mdoc_test_register_reopen (test);
  spaced = g_strdup_printf ("%.3s %s", offer->tx_code, offer->tx_code + 3);
  tokens = redeem (test, offer->pre_authorized_code, spaced, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (tokens);
}

static void
test_tx_code_attempts (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "coded",
                                                                  claims);
  g_autoptr (MdocRegisterExchange) exchange = NULL;
  g_autofree char *wrong = g_strdup (offer->tx_code);
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  wrong[0] = wrong[0] == '1' ? '2' : '1';
  for (guint i = 0; i < 3; i++)
    {
      g_clear_error (&error);
      tokens = redeem (test, offer->pre_authorized_code, wrong, NULL, &error);
      g_assert_null (tokens);
    }
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);

  tokens = redeem (test,
                   offer->pre_authorized_code,
                   offer->tx_code,
                   NULL,
                   &error);
  g_assert_null (tokens);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  exchange = mdoc_register_get_exchange (test->reg,
                                         offer->exchange_ids[0],
                                         &error);
  g_assert_no_error (error);
  g_assert_cmpstr (exchange->status, ==, "issuance_denied");
  g_assert_cmpstr (exchange->denial_code, ==, "tx_code_attempts");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "enrollmentFailed"),
                    ==,
                    1);
}

/* E6: the same keys get the same bytes, before and after a restart */
static void
test_same_bytes (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GBytes) first = NULL;

  mdoc_test_holding_get (holding);
  first = g_bytes_ref (holding->signed_->pdata[0]);
  mdoc_test_holding_get (holding);
  g_assert_true (g_bytes_equal (first, holding->signed_->pdata[0]));
  mdoc_test_register_reopen (test);
  mdoc_test_holding_get (holding);
  g_assert_true (g_bytes_equal (first, holding->signed_->pdata[0]));

  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 1);
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "openid.credential."
                                                     "credential_issued"),
                    ==,
                    1);
}

/* signed twice at once: who comes second gets what the first has left */
static void
test_race (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterCredential) a = mdoc_test_holding_prepare (holding,
                                                                    &error);
  g_autoptr (MdocRegisterCredential) b = mdoc_test_holding_prepare (holding,
                                                                    &error);
  const MdocRegisterCopy *copy_a, *copy_b;

  g_assert_no_error (error);
  g_assert_cmpint (a->next, ==, MDOC_REGISTER_SIGN);
  g_assert_cmpint (b->next, ==, MDOC_REGISTER_SIGN);
  copy_a = a->copies->pdata[0];
  copy_b = b->copies->pdata[0];
  g_assert_cmpuint (copy_a->idx, ==, copy_b->idx);
  mdoc_test_holding_sign (a);
  mdoc_test_holding_sign (b);
  g_assert_true (mdoc_register_commit (test->reg, HOLDER, a, &error));
  g_assert_true (mdoc_register_commit (test->reg, HOLDER, b, &error));
  g_assert_no_error (error);
  copy_a = a->copies->pdata[0];
  copy_b = b->copies->pdata[0];
  g_assert_true (g_bytes_equal (copy_a->issuer_signed, copy_b->issuer_signed));
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 1);
}

/* E8b: a wallet that only knows the notification endpoint */
static void
test_third_party (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  NULL);
  g_autofree char *types = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_register_notify (test->reg,
                                           HOLDER,
                                           holding->access,
                                           holding->notification_id,
                                           MDOC_REGISTER_NOTIFY_ACCEPTED,
                                           &error));
      g_assert_no_error (error);
    }
  mdoc_test_holding_assert_status (holding, "credential_accepted");
  types = mdoc_test_register_list_types (test, holding->mid_uid);
  g_assert_cmpstr (types,
                   ==,
                   "offer_sent offer_received token_issued mIDIssued "
                   "credential_issued credential_acked credential_accepted "
                   "mIDClaimed");
  g_assert_false (mdoc_register_notify (test->reg,
                                        HOLDER,
                                        holding->access,
                                        "another",
                                        MDOC_REGISTER_NOTIFY_ACCEPTED,
                                        &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOTIFICATION);
}

/* somebody else's token tells nothing about it */
static void
test_notify_foreign (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (MdocTestHolding) other = mdoc_test_register_claim (test,
                                                                "plain",
                                                                "other");
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  g_assert_false (mdoc_register_notify (test->reg,
                                        HOLDER,
                                        other->access,
                                        holding->notification_id,
                                        MDOC_REGISTER_NOTIFY_DELETED,
                                        &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOTIFICATION);
  mdoc_test_holding_assert_status (holding, "credential_issued");
}

/* E10, from both states; and what follows: an invalid place, a free name */
static void
test_decline (gconstpointer user_data)
{
  gboolean is_acked = GPOINTER_TO_INT (user_data);
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (JsonObject) event = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  if (is_acked)
    mdoc_test_holding_receive (holding);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (mdoc_register_decline (test->reg,
                                            HOLDER,
                                            TEST_THUMB,
                                            holding->mid_uid,
                                            &error));
      g_assert_no_error (error);
    }
  mdoc_test_holding_assert_status (holding, "credential_deleted");
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "removed");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  event = mdoc_test_register_get_event (test,
                                        "openid.credential.credential_deleted");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (event, "data"),
                       "phase"),
                   ==,
                   "review");
  g_assert_false (mdoc_register_accept (test->reg,
                                        HOLDER,
                                        TEST_THUMB,
                                        holding->mid_uid,
                                        &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STATE);
}

/* E12 */
static void
test_failure (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  g_assert_true (mdoc_register_notify (test->reg,
                                       HOLDER,
                                       holding->access,
                                       holding->notification_id,
                                       MDOC_REGISTER_NOTIFY_FAILURE,
                                       &error));
  g_assert_no_error (error);
  mdoc_test_holding_assert_status (holding, "issuance_failed");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "exchange.failed"),
                    ==,
                    1);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "enrollmentFailed"),
                    ==,
                    1);
}

/* E9: before it is issued; afterwards it can only be revoked */
static void
test_deny (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (MdocTestHolding) issued = mdoc_test_register_claim (test,
                                                                 "plain",
                                                                 "other");
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_deny_exchange (test->reg,
                                              ISSUER,
                                              holding->exchange_id,
                                              "operator",
                                              &error));
  g_assert_no_error (error);
  mdoc_test_holding_assert_status (holding, "issuance_denied");
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_null (credential);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DENIED);
  g_clear_error (&error);

  mdoc_test_holding_get (issued);
  g_assert_false (mdoc_register_deny_exchange (test->reg,
                                               ISSUER,
                                               issued->exchange_id,
                                               "operator",
                                               &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STATE);
}

/* denied between the two halves: what was signed does not leave */
static void
test_deny_between (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterCredential) credential
      = mdoc_test_holding_prepare (holding, &error);

  g_assert_no_error (error);
  mdoc_test_holding_sign (credential);
  g_assert_true (mdoc_register_deny_exchange (test->reg,
                                              ISSUER,
                                              holding->exchange_id,
                                              "operator",
                                              &error));
  g_assert_false (mdoc_register_commit (test->reg, HOLDER, credential, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_DENIED);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 0);
}

static void
test_bad_proofs (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;
  gboolean is_denied;

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (mdoc_register_count_bad_proof (test->reg,
                                                    HOLDER,
                                                    holding->exchange_id,
                                                    &is_denied,
                                                    &error));
      g_assert_true (is_denied == (i == 4));
    }
  mdoc_test_holding_assert_status (holding, "issuance_denied");
}

/* E13 */
static void
test_withdraw (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  claims);
  g_autoptr (MdocTestHolding) taken = mdoc_test_register_claim (test,
                                                                "plain",
                                                                TEST_THUMB);
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_withdraw_offer (test->reg,
                                                 ISSUER,
                                                 offer->exchange_ids[0],
                                                 &error));
  g_assert_no_error (error);
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "exchange.offer_withdrawn"),
      ==,
      1);
  tokens = redeem (test, offer->pre_authorized_code, NULL, NULL, &error);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_GRANT);
  g_clear_error (&error);
  g_assert_false (mdoc_register_withdraw_offer (test->reg,
                                                ISSUER,
                                                taken->exchange_id,
                                                &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_STATE);
}

/* E4: claims come later; the keys of the first request are those it gets */
static void
test_deferred (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  NULL);
  g_autoptr (MdocTestHolding) holding = g_new0 (MdocTestHolding, 1);
  g_autoptr (MdocRegisterCredential) wait = NULL;
  g_autoptr (MdocRegisterCredential) ready = NULL;
  g_autoptr (MdocRegisterTokens) tokens = NULL;
  g_autoptr (GError) error = NULL;
  const MdocRegisterCopy *copy;

  tokens = redeem (test, offer->pre_authorized_code, NULL, TEST_THUMB, &error);
  g_assert_no_error (error);
  holding->test = test;
  holding->exchange_id = g_strdup (offer->exchange_ids[0]);
  holding->keys = mdoc_test_register_make_keys (1);
  holding->access = mdoc_register_check_token (test->reg,
                                               HOLDER,
                                               tokens->access_token,
                                               &error);
  holding->mid_uid = g_strdup (
      ((MdocRegisterTokenItem *) holding->access->items->pdata[0])->mid_uid);
  wait = mdoc_test_holding_prepare (holding, &error);
  g_assert_no_error (error);
  g_assert_cmpint (wait->next, ==, MDOC_REGISTER_DEFERRED);
  mdoc_test_holding_assert_status (holding, "token_issued");

  mdoc_test_register_reopen (test);
  ready = mdoc_register_prepare_deferred (test->reg,
                                          HOLDER,
                                          holding->access,
                                          wait->transaction_id,
                                          0,
                                          G_MAXINT32,
                                          &error);
  g_assert_null (ready);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_PENDING);
  g_clear_error (&error);

  g_assert_true (mdoc_register_supply_claims (test->reg,
                                              ISSUER,
                                              holding->exchange_id,
                                              "{\"family_name\":\"B\"}",
                                              &error));
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "exchange.deferred_ready"),
                    ==,
                    1);
  ready = mdoc_register_prepare_deferred (test->reg,
                                          HOLDER,
                                          holding->access,
                                          wait->transaction_id,
                                          0,
                                          G_MAXINT32 * 2LL,
                                          &error);
  g_assert_no_error (error);
  g_assert_cmpint (ready->next, ==, MDOC_REGISTER_SIGN);
  copy = ready->copies->pdata[0];
  g_assert_true (mdoc_public_key_equal (copy->key, holding->keys->pdata[0]));
  mdoc_test_holding_sign (ready);
  g_assert_true (mdoc_register_commit (test->reg, HOLDER, ready, &error));
  mdoc_test_holding_assert_status (holding, "credential_issued");
}

/* S2-12: several of one offer, each an exchange; told when none can move */
static void
test_group (gconstpointer user_data)
{
  gboolean all_accept = GPOINTER_TO_INT (user_data);
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  const MdocRegisterOfferItem items[] = {
    { .profile_id = "plain", .claims_json = claims, .entry_id = "one" },
    { .profile_id = "plain", .claims_json = claims, .entry_id = "two" },
  };
  const MdocRegisterOfferRequest request = {
    .items = items,
    .n_items = 2,
    .grant = MDOC_PROFILE_PRE_AUTHORIZED,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterOffer) offer = mdoc_register_create_offer (test->reg,
                                                                    ISSUER,
                                                                    &request,
                                                                    &error);
  g_autoptr (MdocRegisterTokens) tokens = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (offer->exchange_ids), ==, 2);
  g_assert_cmpuint (g_strv_length (offer->configuration_ids), ==, 1);
  tokens = redeem (test, offer->pre_authorized_code, NULL, TEST_THUMB, &error);
  g_assert_cmpuint (tokens->items->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const MdocRegisterTokenItem *item = tokens->items->pdata[i];
      g_autoptr (MdocTestHolding) holding = g_new0 (MdocTestHolding, 1);

      holding->test = test;
      holding->thumb = g_strdup (TEST_THUMB);
      holding->exchange_id = g_strdup (item->exchange_id);
      holding->mid_uid = g_strdup (item->mid_uid);
      holding->keys = mdoc_test_register_make_keys (1);
      holding->access = mdoc_register_check_token (test->reg,
                                                   HOLDER,
                                                   tokens->access_token,
                                                   &error);
      mdoc_test_holding_get (holding);
      g_assert_cmpuint (
          mdoc_test_register_count_events (test, "exchange.group_completed"),
          ==,
          0);
      if (i == 0 || all_accept)
        g_assert_true (mdoc_register_accept (test->reg,
                                             HOLDER,
                                             TEST_THUMB,
                                             item->mid_uid,
                                             &error));
      else
        g_assert_true (mdoc_register_decline (test->reg,
                                              HOLDER,
                                              TEST_THUMB,
                                              item->mid_uid,
                                              &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "exchange.group_completed"),
      ==,
      all_accept ? 1 : 0);
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "exchange.group_incomplete"),
      ==,
      all_accept ? 0 : 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/register/S0-29/S0-42/S0-46/S0-47/S0-53/S0-55/S0-56/story",
                   test_story);
  g_test_add_func ("/register/E2/fetch", test_fetch);
  g_test_add_func ("/register/E3/code-once", test_code_once);
  g_test_add_func ("/register/E3/code-expired", test_code_expired);
  g_test_add_func ("/register/E3/tx-code", test_tx_code);
  g_test_add_func ("/register/E9/tx-code-attempts", test_tx_code_attempts);
  g_test_add_func ("/register/E4/deferred", test_deferred);
  g_test_add_func ("/register/E6/same-bytes", test_same_bytes);
  g_test_add_func ("/register/E6/race", test_race);
  g_test_add_func ("/register/E8b/third-party", test_third_party);
  g_test_add_func ("/register/E8/notify-foreign", test_notify_foreign);
  g_test_add_data_func ("/register/E10/decline-issued",
                        GINT_TO_POINTER (FALSE),
                        test_decline);
  g_test_add_data_func ("/register/E10/decline-acked",
                        GINT_TO_POINTER (TRUE),
                        test_decline);
  g_test_add_func ("/register/E12/failure", test_failure);
  g_test_add_func ("/register/E9/S0-22/deny", test_deny);
  g_test_add_func ("/register/E9/deny-between", test_deny_between);
  g_test_add_func ("/register/E9/bad-proofs", test_bad_proofs);
  g_test_add_func ("/register/E13/withdraw", test_withdraw);

  g_test_add_data_func ("/register/S2-12/group-complete",
                        GINT_TO_POINTER (TRUE),
                        test_group);
  g_test_add_data_func ("/register/S2-12/group-incomplete",
                        GINT_TO_POINTER (FALSE),
                        test_group);

  return g_test_run ();
}
