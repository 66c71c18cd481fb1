/*
 * test-register-lifecycle.c - what becomes of credentials once they are issued
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

/* One step of a state, by the issuer. NULL for @code: it is allowed. */
static void
try_state (MdocTestRegister *test,
           const MdocTestHolding *holding,
           MdocRegisterScope scope,
           const char *state,
           gboolean expected_change,
           int code)
{
  const char *const mid_uids[] = { holding->mid_uid, NULL };
  const MdocRegisterStateChange change = {
    .credential_id = scope == MDOC_SCOPE_DEVICES ? NULL
                                                 : holding->credential_id,
    .mid_uids = scope == MDOC_SCOPE_CREDENTIAL ? NULL : mid_uids,
    .scope = scope,
    .new_state = state,
  };
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;
  gboolean is_done = mdoc_register_change_state (test->reg,
                                                 ISSUER,
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

/* from which state to which, by lifecycle 2.3; "hold" is active */
static const struct
{
  const char *name;
  const char *before; /* states set before, separated by spaces */
  const char *to;
  gboolean changes;
  int code; /* -1: allowed */
} steps[] = {
  { "active-suspended", "", "suspended", TRUE, -1 },
  { "active-active", "", "active", FALSE, -1 },
  { "active-revoked", "", "revoked", TRUE, -1 },
  { "suspended-suspended", "suspended", "suspended", FALSE, -1 },
  { "suspended-active", "suspended", "active", TRUE, -1 },
  { "suspended-revoked", "suspended", "revoked", TRUE, -1 },
  { "revoked-revoked", "revoked", "revoked", FALSE, -1 },
  { "revoked-active", "revoked", "active", FALSE, MDOC_REGISTER_ERROR_REVOKED },
  { "revoked-suspended",
    "revoked",
    "suspended",
    FALSE,
    MDOC_REGISTER_ERROR_REVOKED },
  { "synonym-disabled", "", "disabled", TRUE, -1 },
  { "synonym-enabled", "disabled", "enabled", TRUE, -1 },
  { "synonym-cancelled", "", "cancelled", TRUE, -1 },
  { "no-such-state", "", "removed", FALSE, MDOC_REGISTER_ERROR_ARGUMENT },
};

static void
run_steps (gsize i, MdocRegisterScope scope)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_auto (GStrv) before = g_strsplit (steps[i].before, " ", -1);
  guint n_issued = mdoc_test_register_count_events (test, "mIDIssued");
  guint n_failed;

  for (guint j = 0; before[j] != NULL && before[j][0] != '\0'; j++)
    try_state (test, holding, scope, before[j], TRUE, -1);
  try_state (test,
             holding,
             scope,
             steps[i].to,
             steps[i].changes,
             steps[i].code);

  /* S0-45: no change of state issues anything; a refusal is told */
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDIssued"),
                    ==,
                    n_issued);
  n_failed = mdoc_test_register_count_events (test, "stateChangeFailed");
  g_assert_cmpuint (n_failed, ==, steps[i].code < 0 ? 0 : 1);
}

static void
test_step_device (gconstpointer data)
{
  run_steps (GPOINTER_TO_SIZE (data), MDOC_SCOPE_DEVICES);
}

static void
test_step_credential (gconstpointer data)
{
  run_steps (GPOINTER_TO_SIZE (data), MDOC_SCOPE_CREDENTIAL);
}

/* what was issued and not accepted can be revoked and given up, not suspended
 */
static void
test_step_issued (void)
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
  try_state (test,
             holding,
             MDOC_SCOPE_DEVICES,
             "suspended",
             FALSE,
             MDOC_REGISTER_ERROR_STATE);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "revoked", TRUE, -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  /* accepted then, it is not active */
  g_assert_true (mdoc_register_accept (test->reg,
                                       HOLDER,
                                       TEST_THUMB,
                                       holding->mid_uid,
                                       &error));
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "revoked");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "mIDClaimed"),
                    ==,
                    0);

  mdoc_test_holding_get (other);
  g_assert_true (
      mdoc_register_abandon (test->reg, ISSUER, other->mid_uid, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_test_holding_get_effective (other), ==, "abandoned");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (other), ==, 1);
}

/* S0-83, C1: two locks, and what is lifted of one leaves the other */
static void
test_two_locks (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);

  try_state (test, holding, MDOC_SCOPE_CREDENTIAL, "suspended", TRUE, -1);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 2);
  try_state (test, holding, MDOC_SCOPE_CREDENTIAL, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "suspended");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 2);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);

  /* both at once */
  try_state (test, holding, MDOC_SCOPE_BOTH, "suspended", TRUE, -1);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "suspended");
  try_state (test, holding, MDOC_SCOPE_CREDENTIAL, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
}

/* S0-04, S0-07: one credential on two devices, one of which is suspended */
static void
test_two_devices (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (GError) error = NULL;
  g_autofree char *credential_id
      = mdoc_register_create_credential (test->reg,
                                         ISSUER,
                                         "plain",
                                         "{\"family_name\":\"A\"}",
                                         NULL,
                                         &error);
  g_autoptr (MdocTestHolding) a = NULL;
  g_autoptr (MdocTestHolding) b = NULL;
  g_autoptr (MdocRegisterCredentialInfo) info = NULL;
  const char *const foreign[] = { "nobody", NULL };
  MdocRegisterStateChange change = { .mid_uids = foreign,
                                     .scope = MDOC_SCOPE_DEVICES,
                                     .new_state = "suspended" };
  gboolean changed;

  g_assert_no_error (error);
  info = mdoc_register_get_credential (test->reg, credential_id, &error);
  g_assert_cmpstr (info->state, ==, "pending");
  g_assert_cmpstr (info->stage, ==, "enrollment");
  a = mdoc_test_register_hold_credential (test, credential_id, "device-a");
  b = mdoc_test_register_hold_credential (test, credential_id, "device-b");
  g_assert_cmpstr (a->credential_id, ==, credential_id);
  g_assert_cmpstr (b->credential_id, ==, credential_id);
  g_assert_cmpstr (a->mid_uid, !=, b->mid_uid);

  try_state (test, a, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (a), ==, "suspended");
  g_assert_cmpstr (mdoc_test_holding_get_effective (b), ==, "active");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (b), ==, 0);

  /* S0-83: an instance of something else is no target */
  change.credential_id = credential_id;
  g_assert_false (mdoc_register_change_state (test->reg,
                                              ISSUER,
                                              &change,
                                              &changed,
                                              &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
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

  try_state (test, holding, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
  assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  mdoc_test_holding_renew (holding);
  try_state (test, holding, MDOC_SCOPE_CREDENTIAL, "suspended", TRUE, -1);
  assert_refused (holding, MDOC_REGISTER_ERROR_SUSPENDED, "suspended");
  try_state (test, holding, MDOC_SCOPE_CREDENTIAL, "revoked", TRUE, -1);
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
  try_state (test,
             holding,
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

/* S0-09, S0-43, S0-85, S0-86: while the device was away */
static void
test_update (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autofree char *old_list = g_strdup (holding->list_id);
  guint64 old_idx = holding->idx, new_idx;
  g_autofree char *new_list = NULL;
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
  new_list = g_strdup (holding->list_id);
  new_idx = holding->idx;
  g_free (holding->list_id);
  holding->list_id = g_strdup (old_list);
  holding->idx = old_idx;
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);
  mdoc_test_holding_receive (holding);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  /* and is not made valid again by a suspension that is lifted */
  try_state (test, holding, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  g_free (holding->list_id);
  holding->list_id = g_steal_pointer (&new_list);
  holding->idx = new_idx;
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);

  completed = mdoc_test_register_get_event (test, "attributeUpdateCompleted");
  g_assert_cmpstr (json_object_get_string_member (completed, "correlationId"),
                   ==,
                   "correlation-1");
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

      try_state (test,
                 holding,
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
  try_state (test,
             holding,
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

  try_state (test, holding, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
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

  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
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
  g_autoptr (MdocRegisterSync) later = NULL;
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

  try_state (test, holding, MDOC_SCOPE_DEVICES, "revoked", TRUE, -1);
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

/* S0-89: listed by its MSO while it is revoked, and suspended ones too */
static void
test_identifier_list (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;
  g_autoptr (GPtrArray) lists = NULL;
  g_autoptr (GError) error = NULL;
  const MdocRegisterListInfo *info;
  gint64 version, before = 0;

  mdoc_test_register_add_profile (test,
                                  "listed",
                                  "\"status\":{\"mechanism\":\"idlist\"}");
  holding = mdoc_test_register_hold (test, "listed", TEST_THUMB);
  lists = mdoc_register_list_lists (test->reg, NULL, &error);
  g_assert_cmpuint (lists->len, ==, 1);
  info = lists->pdata[0];
  g_assert_true (info->is_identifier_list);

  for (guint i = 0; i < 3; i++)
    {
      static const char *const states[] = { "suspended", "active", "revoked" };
      g_autoptr (GPtrArray) ids = NULL;

      try_state (test, holding, MDOC_SCOPE_DEVICES, states[i], TRUE, -1);
      ids = mdoc_register_build_identifiers (test->reg,
                                             info->id,
                                             &version,
                                             &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ids->len, ==, i == 1 ? 0 : 1);
      g_assert_cmpint (version, >, before);
      before = version;
    }
  /* until the MSO has ended by itself */
  mdoc_test_register_move (test, 31 * TEST_DAY_S);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 100, NULL, &error));
  {
    g_autoptr (GPtrArray) ids = mdoc_register_build_identifiers (test->reg,
                                                                 info->id,
                                                                 &version,
                                                                 &error);

    g_assert_cmpuint (ids->len, ==, 0);
  }
}

/* C7: with one bit there is no suspended */
static void
test_one_bit (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = NULL;

  mdoc_test_register_add_profile (test, "narrow", "\"status\":{\"bits\":1}");
  holding = mdoc_test_register_hold (test, "narrow", TEST_THUMB);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  try_state (test, holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);
}

static void
test_check_status (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  g_autoptr (GPtrArray) generations
      = mdoc_register_list_generations (test->reg, holding->mid_uid, NULL);
  const MdocRegisterGenerationInfo *first = generations->pdata[0];
  const char *ids[] = { holding->mid_uid, first->mso_ids[0] };
  static const struct
  {
    const char *state;
    const char *answer;
  } answers[] = { { "active", "valid" },
                  { "suspended", "suspended" },
                  { "revoked", "revoked" } };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      try_state (test,
                 holding,
                 MDOC_SCOPE_DEVICES,
                 answers[i].state,
                 i > 0,
                 -1);
      for (gsize j = 0; j < G_N_ELEMENTS (ids); j++)
        g_assert_cmpstr (mdoc_register_check_status (test->reg,
                                                     ids[j],
                                                     test->now_s,
                                                     NULL),
                         ==,
                         answers[i].answer);
    }
  g_assert_cmpstr (mdoc_register_check_status (test->reg,
                                               "00ff",
                                               test->now_s,
                                               NULL),
                   ==,
                   "unknown");
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

static void
add_steps (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *device = g_strconcat ("/register/S0-82/S0-45/device/",
                                             steps[i].name,
                                             NULL);
      g_autofree char *credential
          = g_strconcat ("/register/S0-82/S0-03/credential/",
                         steps[i].name,
                         NULL);

      g_test_add_data_func (device, GSIZE_TO_POINTER (i), test_step_device);
      g_test_add_data_func (credential,
                            GSIZE_TO_POINTER (i),
                            test_step_credential);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (validities); i++)
    {
      g_autofree char *path
          = g_strconcat ("/register/S0-65/S0-66/S0-67/S0-68/validity/",
                         validities[i].name,
                         NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_validity);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_steps ();
  g_test_add_func ("/register/S0-82/issued", test_step_issued);
  g_test_add_func ("/register/S0-83/two-locks", test_two_locks);
  g_test_add_func ("/register/S0-04/S0-07/S0-11/S0-83/two-devices",
                   test_two_devices);
  g_test_add_func ("/register/S0-05/S0-08/S0-44/S0-54/S0-71/S0-76/renew",
                   test_renew);
  g_test_add_func ("/register/S0-59/renew-unconfirmed", test_renew_unconfirmed);
  g_test_add_func ("/register/S0-72/renew-refused", test_renew_refused);
  g_test_add_func ("/register/S0-75/renew-expired", test_renew_expired);
  g_test_add_func ("/register/renew-too-often", test_renew_too_often);
  g_test_add_func ("/register/S0-14/features", test_renew_feature);
  g_test_add_func ("/register/renewal-failed", test_renewal_failed);
  g_test_add_func ("/register/S0-09/S0-43/S0-85/S0-86/update", test_update);
  g_test_add_func ("/register/update-grace", test_update_grace);
  g_test_add_func ("/register/S0-85/update-refused", test_update_refused);
  g_test_add_func ("/register/S0-85/update-expired", test_update_expired);
  g_test_add_func ("/register/reprovision", test_reprovision);
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
  g_test_add_func ("/register/recover", test_recover);
  g_test_add_func ("/register/refresh", test_refresh);
  g_test_add_func ("/register/S0-06/S0-70/sync", test_sync);
  g_test_add_func ("/register/S0-92/message", test_message);
  g_test_add_func ("/register/unique", test_unique);
  g_test_add_func ("/register/copies", test_copies);
  g_test_add_func ("/register/S0-89/identifier-list", test_identifier_list);
  g_test_add_func ("/register/one-bit", test_one_bit);
  g_test_add_func ("/register/check-status", test_check_status);

  return g_test_run ();
}
