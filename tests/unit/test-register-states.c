/*
 * test-register-states.c - suspended, reinstated, revoked, and what lists say
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
    mdoc_test_holding_try_state (holding, scope, before[j], TRUE, -1);
  mdoc_test_holding_try_state (holding,
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

/* What a lock of the credential holds, it holds of all that is signed behind
 * it, too: for one more device, and for other keys of that. */
static void
test_signed_behind_lock (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) first = mdoc_test_register_hold (test,
                                                               "plain",
                                                               TEST_THUMB);
  g_autoptr (MdocTestHolding) second
      = mdoc_test_register_claim_credential (test,
                                             first->credential_id,
                                             "other");

  mdoc_test_holding_try_state (first,
                               MDOC_SCOPE_CREDENTIAL,
                               "suspended",
                               TRUE,
                               -1);
  for (guint i = 0; i < 2; i++)
    {
      g_ptr_array_unref (second->keys);
      second->keys = mdoc_test_register_make_keys (1);
      mdoc_test_holding_get (second);
      g_assert_cmpuint (mdoc_test_holding_get_list_value (second), ==, 2);
    }
  /* nor does it open when a holder accepts */
  g_assert_true (
      mdoc_register_accept (test->reg, HOLDER, "other", second->mid_uid, NULL));
  g_assert_cmpstr (mdoc_test_holding_get_effective (second), ==, "suspended");
  g_assert_cmpstr (mdoc_test_holding_get_effective (first), ==, "suspended");
  mdoc_test_holding_try_state (first,
                               MDOC_SCOPE_CREDENTIAL,
                               "active",
                               TRUE,
                               -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (first), ==, 0);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (second), ==, 0);
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
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               FALSE,
                               MDOC_REGISTER_ERROR_STATE);
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "revoked",
                               TRUE,
                               -1);
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

  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_CREDENTIAL,
                               "suspended",
                               TRUE,
                               -1);
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 2);
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_CREDENTIAL,
                               "active",
                               TRUE,
                               -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "suspended");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 2);
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "active");
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 0);

  /* both at once */
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_BOTH, "suspended", TRUE, -1);
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
  g_assert_cmpstr (mdoc_test_holding_get_effective (holding), ==, "suspended");
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_CREDENTIAL,
                               "active",
                               TRUE,
                               -1);
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

  mdoc_test_holding_try_state (a, MDOC_SCOPE_DEVICES, "suspended", TRUE, -1);
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

      mdoc_test_holding_try_state (holding,
                                   MDOC_SCOPE_DEVICES,
                                   states[i],
                                   TRUE,
                                   -1);
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
  mdoc_test_holding_try_state (holding,
                               MDOC_SCOPE_DEVICES,
                               "suspended",
                               TRUE,
                               -1);
  g_assert_cmpuint (mdoc_test_holding_get_list_value (holding), ==, 1);
  mdoc_test_holding_try_state (holding, MDOC_SCOPE_DEVICES, "active", TRUE, -1);
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
      mdoc_test_holding_try_state (holding,
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

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
  g_test_add_func ("/register/signed-behind-lock", test_signed_behind_lock);
  g_test_add_func ("/register/S0-82/issued", test_step_issued);
  g_test_add_func ("/register/S0-83/two-locks", test_two_locks);
  g_test_add_func ("/register/S0-04/S0-07/S0-11/S0-83/two-devices",
                   test_two_devices);
  g_test_add_func ("/register/S0-89/identifier-list", test_identifier_list);
  g_test_add_func ("/register/one-bit", test_one_bit);
  g_test_add_func ("/register/check-status", test_check_status);

  return g_test_run ();
}
