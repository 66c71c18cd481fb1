/*
 * test-register-renewal.c - new generations: renewed, updated, refused
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/lib/mdoc-test-register.h"

#define HOLDER mdoc_test_register_as (test, "holder")
#define ISSUER mdoc_test_register_as (test, "issuer")
#define SYSTEM mdoc_test_register_as (test, "system")

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  return test;
}

/* S0-08, S0-44, S0-54, S0-71, S0-76: twice renewed */
static void
test_renew (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *mid_uid = g_strdup (holding->mid_uid);
  g_autofree char *credential_id = g_strdup (holding->credential_id);
  g_autoptr (MdocRegisterDeviceInfo) info = NULL;
  g_autoptr (JsonObject) event = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *list = g_strdup (holding->list_id);
  guint64 idx = holding->idx;

  for (guint i = 0; i < 2; i++)
    {
      mdoc_test_register_move (test, 28 * TEST_DAY_S);
      mdoc_test_holding_renew (holding);
    }
  g_assert_cmpstr (holding->mid_uid, ==, mid_uid);
  g_assert_cmpstr (holding->credential_id, ==, credential_id);
  info = mdoc_register_get_device (test->reg, mid_uid, test->now_s, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->generation, ==, 3);
  g_assert_cmpint (info->valid_until_s, ==, test->now_s + 30 * TEST_DAY_S);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 3);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDClaimed"),
                    ==,
                    1);
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "deviceCredentialDelivered"),
      ==,
      2);
  event = mdoc_test_register_get_event (test, "mIDIssued");
  g_assert_cmpstr (json_object_get_string_member (event, "cause"),
                   ==,
                   "mso_renewal");
  g_assert_true (strcmp (list, holding->list_id) != 0 || idx != holding->idx);
}

/* n stays live until n + 1 is confirmed; the same keys get the same n + 1 */
static void
test_renew_unconfirmed (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (GPtrArray) generations = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const MdocRegisterGenerationInfo *first, *second;

  mdoc_test_holding_refresh (holding);
  mdoc_test_holding_get (holding);
  bytes = g_bytes_ref (holding->signed_->pdata[0]);
  mdoc_test_register_reopen (test);
  mdoc_test_holding_get (holding);
  g_assert_true (g_bytes_equal (bytes, holding->signed_->pdata[0]));
  g_assert_cmpuint (holding->generation, ==, 2);

  generations = mdoc_register_list_generations (test->reg,
                                                holding->mid_uid,
                                                &error);
  g_assert_no_error (error);
  g_assert_cmpuint (generations->len, ==, 2);
  first = generations->pdata[0];
  second = generations->pdata[1];
  g_assert_cmpstr (first->phase, ==, "current");
  g_assert_cmpstr (second->phase, ==, "delivered");
  mdoc_test_holding_receive (holding);
  mdoc_test_holding_receive (holding);
  g_clear_pointer (&generations, g_ptr_array_unref);
  generations = mdoc_register_list_generations (test->reg,
                                                holding->mid_uid,
                                                &error);
  first = generations->pdata[0];
  second = generations->pdata[1];
  g_assert_cmpstr (first->phase, ==, "superseded");
  g_assert_cmpstr (second->phase, ==, "current");
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "deviceCredentialDelivered"),
      ==,
      1);
}

static void
assert_refused (MdocTestHolding *holding, int code, const char *name)
{
  MdocTestRegister *test = holding->test;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (JsonObject) event = NULL;

  mdoc_test_holding_refresh (holding);
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_null (credential);
  g_assert_error (error, MDOC_REGISTER_ERROR, code);
  event = mdoc_test_register_get_event (test, "deviceCredentialRenewalRefused");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (event, "data"),
                       "code"),
                   ==,
                   name);
}

/* S0-72 */
static void
test_renew_refused (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);

  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  mdoc_test_holding_renew (holding);
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_CREDENTIAL,
                               "suspended",
                               TRUE,
                               -1);
  assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_CREDENTIAL,
                               "revoked",
                               TRUE,
                               -1);
  assert_refused (holding, MDOC_REGISTER_ERROR_REVOKED, "revoked");
}

/* S0-73, S0-75: expired for two months, and back */
static void
test_renew_expired (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (GError) error = NULL;

  mdoc_test_register_move (test, 90 * TEST_DAY_S);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding),
                   ==,
                   "mso_expired");
  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 100, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "deviceCredentialExpired"),
                    ==,
                    1);
  mdoc_test_holding_renew (holding);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
}

static void
test_renew_too_often (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;

  mdoc_test_register_add_profile (test,
                                  "rare",
                                  "\"policy\":{\"renewalsPerDay\":2}");
  holding = mdoc_test_register_hold (test, "rare", TEST_THUMB);
  mdoc_test_holding_renew (holding);
  mdoc_test_holding_renew (holding);
  assert_refused (holding, MDOC_REGISTER_ERROR_TOO_OFTEN, "too_often");
  mdoc_test_register_move (test, TEST_DAY_S);
  mdoc_test_holding_renew (holding);
}

/* A wallet that goes on and on fills neither the outbox nor the record. */
static void
test_refused_too_often (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;

  mdoc_test_register_add_profile (test,
                                  "rare",
                                  "\"policy\":{\"renewalsPerDay\":2}");
  holding = mdoc_test_register_hold (test, "rare", TEST_THUMB);
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  for (guint i = 1; i < 5; i++)
    {
      assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
      g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                         "deviceCredentialRenew"
                                                         "alRefused"),
                        ==,
                        MIN (i, 2));
    }
  mdoc_test_register_move (test, TEST_DAY_S);
  assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "deviceCredentialRenewalRefused"),
      ==,
      3);
}

/* Nor can a wallet that has not accepted yet use up places on the lists by
 * always asking with other keys; with those it has it may ask again. */
static void
test_other_keys_too_often (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocRegisterCredential) refused = NULL;
  g_autoptr (GPtrArray) last = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test,
                                  "rare",
                                  "\"policy\":{\"renewalsPerDay\":2}");
  holding = mdoc_test_register_claim (test, "rare", TEST_THUMB);
  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_unref (holding->keys);
      holding->keys = mdoc_test_register_make_keys (1);
      mdoc_test_holding_get (holding);
    }
  last = g_steal_pointer (&holding->keys);
  holding->keys = mdoc_test_register_make_keys (1);
  refused = mdoc_test_holding_prepare (holding, &error);
  g_assert_null (refused);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_TOO_OFTEN);

  g_ptr_array_unref (holding->keys);
  holding->keys = g_steal_pointer (&last);
  for (guint i = 0; i < 3; i++)
    mdoc_test_holding_get (holding);
}

static void
test_renew_feature (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;

  mdoc_test_register_add_profile (test,
                                  "still",
                                  "\"features\":{\"renewal\":false,"
                                  "\"stateUpdate\":false}");
  holding = mdoc_test_register_hold (test, "still", TEST_THUMB);
  assert_refused (holding, MDOC_REGISTER_ERROR_FEATURE, "feature_disabled");
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               FALSE,
                               MDOC_REGISTER_ERROR_FEATURE);
}

/* times of one generation: S0-65 to S0-68, and C12 */
static const struct
{
  const char *name;
  const char *members;
  const char *claims;
  gint64 days;   /* of life */
  gint64 window; /* days before the end; 0: no renewal */
} validities[] = {
  { "default", "", "{\"family_name\":\"A\"}", 30, 6 },
  { "own-window",
    "\"validity\":{\"ttl\":\"14d\",\"renewalWindow\":\"2d\"}",
    "{\"family_name\":\"A\"}",
    14,
    2 },
  { "short", "\"validity\":{\"ttl\":\"4d\"}", "{\"family_name\":\"A\"}", 4, 2 },
  { "document-ends",
    "",
    "{\"family_name\":\"A\",\"expiry_date\":\"2026-01-10T00:00:00Z\"}",
    9,
    0 },
  { "no-ttl",
    "\"validity\":{\"ttl\":\"none\"}",
    "{\"family_name\":\"A\",\"expiry_date\":\"2027-01-01T00:00:00Z\"}",
    365,
    0 },
  { "no-ttl-signer",
    "\"validity\":{\"ttl\":\"none\"}",
    "{\"family_name\":\"A\"}",
    4000,
    800 },
};

static void
test_validity (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test, "timed", validities[i].members);
  holding = mdoc_test_register_claim_with (test,
                                           "timed",
                                           validities[i].claims,
                                           TEST_THUMB);
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_no_error (error);
  g_assert_cmpint (credential->signed_at_s, ==, TEST_NOW_S);
  g_assert_cmpint (credential->valid_until_s - credential->signed_at_s,
                   ==,
                   validities[i].days * TEST_DAY_S);
  if (validities[i].window == 0)
    g_assert_cmpint (credential->expected_update_s, ==, 0);
  else
    g_assert_cmpint (credential->valid_until_s - credential->expected_update_s,
                     ==,
                     validities[i].window * TEST_DAY_S);
}

/* what a list says of another place than that of the last generation */
static guint
look_at (MdocTestHolding *holding, char *list, guint64 idx)
{
  char *own_list = holding->list_id;
  guint64 own_idx = holding->idx;
  guint value;

  holding->list_id = list;
  holding->idx = idx;
  value = mdoc_test_holding_get_list_value (holding);
  holding->list_id = own_list;
  holding->idx = own_idx;
  return value;
}

/* S0-09, S0-43, S0-85, S0-86: while the device was away */
static void
test_update (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *old_list = g_strdup (holding->list_id);
  guint64 old_idx = holding->idx;
  g_autoptr (MdocRegisterSync) answer = NULL;
  g_autoptr (JsonObject) issued = NULL;
  g_autoptr (JsonObject) completed = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) changed = NULL;
  const MdocRegisterHeld held = { holding->mid_uid, 1 };
  const MdocRegisterSyncDoc *doc;
  JsonObject *data;

  g_assert_true (mdoc_register_update_attributes (test->reg,
                                                  ISSUER,
                                                  holding->credential_id,
                                                  "{\"family_name\":\"Berg\"}",
                                                  &changed,
                                                  &error));
  g_assert_no_error (error);
  g_assert_cmpstr (changed[0], ==, "family_name");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"), ==, 1);

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
  g_assert_cmpint (doc->update, ==, MDOC_REGISTER_UPDATE_REQUIRED);
  g_assert_cmpuint (answer->actions->len, ==, 1);

  mdoc_test_holding_refresh (holding);
  mdoc_test_holding_get (holding);
  issued = mdoc_test_register_get_event (test, "mIDIssued");
  g_assert_cmpstr (json_object_get_string_member (issued, "cause"),
                   ==,
                   "attribute_update");
  data = json_object_get_object_member (json_object_get_object_member (issued,
                                                                       "data"),
                                        "attributes");
  g_assert_cmpstr (json_object_get_string_member (data, "family_name"),
                   ==,
                   "Berg");
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "attributeUpdateCompleted"),
      ==,
      0);

  /* the old one holds until the new one is confirmed */
  g_assert_cmpuint (look_at (holding, old_list, old_idx), ==, 0);
  mdoc_test_holding_receive (holding);
  g_assert_cmpuint (look_at (holding, old_list, old_idx), ==, 1);
  /* and is not made valid again by a suspension that is lifted */
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpuint (look_at (holding, old_list, old_idx), ==, 1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);

  completed = mdoc_test_register_get_event (test, "attributeUpdateCompleted");
  g_assert_cmpstr (json_object_get_string_member (completed, "correlationId"),
                   ==,
                   "correlation-1");
}

/* the event tells what was signed, not what is known since */
static void
test_update_while_signing (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (JsonObject) issued = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *data;

  mdoc_test_holding_refresh (holding);
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_no_error (error);
  mdoc_test_holding_sign (credential);
  g_assert_null (strstr (credential->claims_json, "Berg"));
  g_assert_true (mdoc_register_update_attributes (test->reg,
                                                  ISSUER,
                                                  holding->credential_id,
                                                  "{\"family_name\":\"Berg\"}",
                                                  NULL,
                                                  &error));
  g_assert_true (mdoc_register_commit (test->reg, HOLDER, credential, &error));
  g_assert_no_error (error);

  issued = mdoc_test_register_get_event (test, "mIDIssued");
  data = json_object_get_object_member (json_object_get_object_member (issued,
                                                                       "data"),
                                        "attributes");
  g_assert_cmpstr (json_object_get_string_member (data, "family_name"),
                   !=,
                   "Berg");
}

/* An update that waits while a lock is closed goes on when it opens; once what
 * it was for is revoked it has failed. */
static void
test_update_behind_lock (void)
{
  static const MdocRegisterScope scopes[] = { MDOC_SCOPE_DEVICES,
                                              MDOC_SCOPE_CREDENTIAL };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (scopes); i++)
    {
      const MdocRegisterScope scope = scopes[i % 2];
      const gboolean is_revoked = i >= 2;
      g_autoptr (MdocTestRegister) test = new_test ();
      g_autoptr (MdocTestHolding) holding
          = mdoc_test_register_hold (test, "plain", TEST_THUMB);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_true (
          mdoc_register_update_attributes (test->reg,
                                           ISSUER,
                                           holding->credential_id,
                                           "{\"family_name\":\"Berg\"}",
                                           NULL,
                                           NULL));
      mdoc_test_holding_try_state (holding, scope, "suspended", TRUE, -1);
      g_assert_cmpuint (
          mdoc_test_register_count_events (test, "attributeUpdateFailed"),
          ==,
          0);
      mdoc_test_holding_try_state (holding,
                                   scope,
                                   is_revoked ? "revoked" : "active",
                                   TRUE,
                                   -1);
      if (!is_revoked)
        mdoc_test_holding_renew (holding);
      g_assert_cmpuint (
          mdoc_test_register_count_events (test, "attributeUpdateFailed"),
          ==,
          is_revoked ? 1 : 0);
      g_assert_cmpuint (
          mdoc_test_register_count_events (test, "attributeUpdateCompleted"),
          ==,
          is_revoked ? 0 : 1);
    }
}

/* the device does not confirm: then the old one ends with its grace */
static void
test_update_grace (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *old_list = g_strdup (holding->list_id);
  guint64 old_idx = holding->idx;
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_update_attributes (test->reg,
                                                  ISSUER,
                                                  holding->credential_id,
                                                  "{\"family_name\":\"Berg\"}",
                                                  NULL,
                                                  &error));
  mdoc_test_holding_refresh (holding);
  mdoc_test_holding_get (holding);
  g_free (holding->list_id);
  holding->list_id = g_steal_pointer (&old_list);
  holding->idx = old_idx;
  mdoc_test_register_move (test, TEST_DAY_S - 1);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 100, NULL, &error));
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);
  mdoc_test_register_move (test, 1);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 100, NULL, &error));
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
}

static void
test_update_refused (void)
{
  static const struct
  {
    const char *state;
    int code;
  } refusals[] = { { "suspended", MDOC_REGISTER_ERROR_SUSPENDED },
                   { "revoked", MDOC_REGISTER_ERROR_REVOKED } };
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = NULL;

      mdoc_test_holding_try_state (holding,
                                   MDOC_SCOPE_CREDENTIAL,
                                   refusals[i].state,
                                   TRUE,
                                   -1);
      g_assert_false (
          mdoc_register_update_attributes (test->reg,
                                           ISSUER,
                                           holding->credential_id,
                                           "{\"family_name\":\"Berg\"}",
                                           NULL,
                                           &error));
      g_assert_error (error, MDOC_REGISTER_ERROR, refusals[i].code);
    }
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "attributeUpdateFailed"),
                    ==,
                    2);
}

/* only with a later end is an ended document updated */
static void
test_update_expired (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim_with (
      test,
      "plain",
      "{\"family_name\":\"A\",\"expiry_date\":\"2026-01-05\"}",
      TEST_THUMB);
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_get (holding);
  mdoc_test_holding_receive (holding);
  g_assert_true (mdoc_register_accept (test->reg,
                                       HOLDER,
                                       TEST_THUMB,
                                       holding->mid_uid,
                                       &error));
  mdoc_test_register_move (test, 10 * TEST_DAY_S);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding),
                   ==,
                   "document_expired");
  assert_refused (holding,
                  MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED,
                  "document_expired");
  g_assert_false (mdoc_register_update_attributes (test->reg,
                                                   ISSUER,
                                                   holding->credential_id,
                                                   "{\"family_name\":\"B\"}",
                                                   NULL,
                                                   &error));
  g_assert_error (error,
                  MDOC_REGISTER_ERROR,
                  MDOC_REGISTER_ERROR_DOCUMENT_EXPIRED);
  g_clear_error (&error);
  g_assert_true (
      mdoc_register_update_attributes (test->reg,
                                       ISSUER,
                                       holding->credential_id,
                                       "{\"expiry_date\":\"2030-01-05\"}",
                                       NULL,
                                       &error));
  g_assert_no_error (error);
  mdoc_test_holding_renew (holding);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
}

/* C14: renewal keeps its version, reprovisioning takes the newest */
static void
test_reprovision (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (MdocRegisterCredential) credential = NULL;
  g_autoptr (MdocProfile) before = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test, "plain", "\"version\":2");
  before = mdoc_register_find_profile (test->reg,
                                       holding->access,
                                       holding->mid_uid,
                                       NULL,
                                       &error);
  g_assert_cmpuint (mdoc_profile_get_settings (before)->version, ==, 1);
  g_assert_true (mdoc_register_reprovision (test->reg,
                                            ISSUER,
                                            holding->credential_id,
                                            &error));
  g_assert_no_error (error);
  mdoc_test_holding_refresh (holding);
  credential = mdoc_test_holding_prepare (holding, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (credential->cause, ==, "attribute_update");
  g_assert_cmpuint (mdoc_profile_get_settings (credential->profile)->version,
                    ==,
                    2);
}

/* a wallet's notification about a renewal that it could not use */
static void
test_renewal_failed (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (MdocRegisterDeviceInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_holding_refresh (holding);
  mdoc_test_holding_get (holding);
  g_assert_true (mdoc_register_notify (test->reg,
                                       HOLDER,
                                       holding->access,
                                       holding->notification_id,
                                       MDOC_REGISTER_NOTIFY_FAILURE,
                                       &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  info = mdoc_register_get_device (test->reg,
                                   holding->mid_uid,
                                   test->now_s,
                                   &error);
  g_assert_cmpuint (info->prepared, ==, 1);
  g_assert_cmpstr (info->effective, ==, "active");
  mdoc_test_holding_renew (holding);
  g_assert_cmpuint (holding->generation, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (validities); i++)
    {
      g_autofree char *path
          = g_strconcat ("/register/S0-65/S0-66/S0-67/S0-68/validity/",
                         validities[i].name,
                         NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_validity);
    }
  g_test_add_func ("/register/S0-05/S0-08/S0-44/S0-54/S0-71/S0-76/renew",
                   test_renew);
  g_test_add_func ("/register/S0-59/renew-unconfirmed", test_renew_unconfirmed);
  g_test_add_func ("/register/S0-72/renew-refused", test_renew_refused);
  g_test_add_func ("/register/S0-75/renew-expired", test_renew_expired);
  g_test_add_func ("/register/renew-too-often", test_renew_too_often);
  g_test_add_func ("/register/refused-too-often", test_refused_too_often);
  g_test_add_func ("/register/other-keys-too-often", test_other_keys_too_often);
  g_test_add_func ("/register/S0-14/features", test_renew_feature);
  g_test_add_func ("/register/renewal-failed", test_renewal_failed);
  g_test_add_func ("/register/S0-09/S0-43/S0-85/S0-86/update", test_update);
  g_test_add_func ("/register/update-while-signing", test_update_while_signing);
  g_test_add_func ("/register/update-behind-lock", test_update_behind_lock);
  g_test_add_func ("/register/update-grace", test_update_grace);
  g_test_add_func ("/register/S0-85/update-refused", test_update_refused);
  g_test_add_func ("/register/S0-85/update-expired", test_update_expired);
  g_test_add_func ("/register/reprovision", test_reprovision);

  return g_test_run ();
}
