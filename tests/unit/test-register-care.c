/*
 * test-register-care.c - what time does to what the register keeps
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/lib/mdoc-test-register.h"

#define SYSTEM mdoc_test_register_as (test, "system")

static MdocTestRegister *
new_test (void)
{
  MdocTestRegister *test = mdoc_test_register_new ();

  mdoc_test_register_add_profile (test, "plain", "");
  return test;
}

/* E13, and the flag of what nobody confirmed */
static void
test_tick (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (test,
                                                                  "plain",
                                                                  claims);
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (MdocRegisterExchange) exchange = NULL;
  g_autoptr (GError) error = NULL;
  gint64 next_s;

  mdoc_test_holding_get (holding);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, &next_s, &error));
  g_assert_cmpint (next_s, ==, offer->expires_at_s);
  mdoc_test_register_move (test, TEST_DAY_S);
  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, &next_s, &error));
  g_assert_no_error (error);
  g_assert_cmpint (next_s, >, test->now_s);
  exchange = mdoc_register_get_exchange (test->reg,
                                         offer->exchange_ids[0],
                                         &error);
  g_assert_cmpstr (exchange->status, ==, "offer_expired");
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "exchange.offer_expired"),
                    ==,
                    1);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "exchange.stalled"),
                    ==,
                    1);
  /* not the end: what comes late counts */
  mdoc_test_holding_receive (holding);
  mdoc_test_holding_assert_status (holding, "credential_acked");
}

/* Who was given a token and comes no more is noticed, and may still come; it is
 * no use to blame anybody who waits for the operator. */
static void
test_tick_token (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GError) error = NULL;

  mdoc_test_register_spoil (test, "UPDATE exchange SET is_ready = 0");
  mdoc_test_register_move (test, TEST_DAY_S + 1);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, NULL, &error));
  g_assert_cmpuint (mdoc_test_register_count_events (test, "exchange.stalled"),
                    ==,
                    0);
  mdoc_test_register_spoil (test, "UPDATE exchange SET is_ready = 1");
  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, NULL, &error));
  g_assert_no_error (error);
  mdoc_test_holding_assert_status (holding, "token_issued");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "exchange.stalled"),
                    ==,
                    1);
  mdoc_test_holding_get (holding);
  mdoc_test_holding_receive (holding);
  mdoc_test_holding_assert_status (holding, "credential_acked");
}

/* a token that is not used for a month; one that has been is left alone */
static void
test_unused (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) used = mdoc_test_register_claim (test,
                                                               "plain",
                                                               TEST_THUMB);
  g_autoptr (MdocTestHolding) unused = mdoc_test_register_claim (test,
                                                                 "plain",
                                                                 "other");
  g_autoptr (MdocRegisterExchange) exchange = NULL;

  mdoc_test_holding_get (used);
  mdoc_test_register_move (test, 30 * TEST_DAY_S - 1);
  g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, NULL, NULL));
  mdoc_test_holding_assert_status (unused, "token_issued");
  mdoc_test_register_move (test, 1);
  for (guint i = 0; i < 2; i++)
    g_assert_true (mdoc_register_tick (test->reg, SYSTEM, 10, NULL, NULL));
  mdoc_test_holding_assert_status (used, "credential_issued");
  mdoc_test_holding_assert_status (unused, "issuance_denied");
  exchange = mdoc_register_get_exchange (test->reg, unused->exchange_id, NULL);
  g_assert_cmpstr (exchange->denial_code, ==, "expired");
  g_assert_cmpuint (mdoc_test_register_count_events (test, "enrollmentFailed"),
                    ==,
                    1);
}

/* S0-58: what is personal goes, ids and audit stay */
static void
test_purge (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) kept = mdoc_test_register_hold (test,
                                                              "plain",
                                                              TEST_THUMB);
  g_autoptr (MdocTestHolding) gone = mdoc_test_register_hold (test,
                                                              "plain",
                                                              TEST_THUMB);
  MdocRegisterRetention retention = {
    .exchange_age_s = 10,
    .event_age_s = 10,
    .credential_age_s = 10,
    .max_rows = 100,
    .dry_run = TRUE,
  };
  g_autoptr (MdocRegisterCredentialInfo) info = NULL;
  g_autoptr (MdocRegisterCredentialInfo) other = NULL;
  g_autoptr (GPtrArray) events = NULL;
  const MdocRegisterEventFilter filter = { .subject = gone->mid_uid };
  MdocRegisterPurged purged;
  g_autoptr (GError) error = NULL;
  gint64 last_seq;

  mdoc_test_holding_try_state (gone,
                               MDOC_SCOPE_CREDENTIAL,
                               "revoked",
                               TRUE,
                               -1);
  mdoc_test_register_move (test, TEST_DAY_S);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (
          mdoc_register_purge (test->reg, SYSTEM, &retention, &purged, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (purged.n_exchanges, ==, 2);
      g_assert_cmpuint (purged.n_credentials, ==, 1);
      g_assert_cmpuint (purged.n_events, ==, 14);
      g_assert_cmpuint (purged.n_short_lived, >, 0);
      retention.dry_run = FALSE;
    }
  info = mdoc_register_get_credential (test->reg, gone->credential_id, &error);
  g_assert_null (info->claims_json);
  other = mdoc_register_get_credential (test->reg, kept->mid_uid, &error);
  g_assert_nonnull (other->claims_json);

  /* the numbers of a subject go on */
  events = mdoc_register_list_events (test->reg, &filter, &error);
  g_assert_cmpuint (events->len, ==, 1);
  last_seq = ((MdocRegisterEvent *) events->pdata[0])->seq;
  g_assert_cmpint (last_seq, ==, 8);
  mdoc_test_holding_renew (kept);
}

/* of what no device has any more; the numbers of those that stay do not change,
 * and no place is given away again */
static void
test_purge_generations (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  const MdocRegisterRetention retention = { .generation_age_s = TEST_DAY_S,
                                            .max_rows = 100 };
  g_autoptr (GPtrArray) generations = NULL;
  const MdocRegisterGenerationInfo *first;
  MdocRegisterPurged purged;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      mdoc_test_register_move (test, 28 * TEST_DAY_S);
      mdoc_test_holding_renew (holding);
    }
  g_assert_true (
      mdoc_register_purge (test->reg, SYSTEM, &retention, &purged, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (purged.n_generations, ==, 2);
  generations = mdoc_register_list_generations (test->reg,
                                                holding->mid_uid,
                                                &error);
  g_assert_cmpuint (generations->len, ==, 2);
  first = generations->pdata[0];
  g_assert_cmpuint (first->number, ==, 3);
  mdoc_test_holding_renew (holding);
  g_assert_cmpuint (holding->generation, ==, 5);
}

#define N_GRANTS                                                               \
  "SELECT (SELECT count(*) FROM token_grant) * 100 + (SELECT count(*) FROM"    \
  " grant_item) * 10 + (SELECT count(*) FROM foreign_grant)"

static void
purge_short_lived (MdocTestRegister *test)
{
  const MdocRegisterRetention nothing = { .max_rows = 100 };
  MdocRegisterPurged purged;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      mdoc_register_purge (test->reg, SYSTEM, &nothing, &purged, &error));
  g_assert_no_error (error);
}

/* A grant lasts as long as a token or code of it. */
static void
test_purge_grants (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  G_GNUC_UNUSED g_autoptr (MdocTestHolding) other
      = mdoc_test_register_hold (test, "plain", TEST_THUMB);

  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 220);
  /* access tokens end, refresh tokens do not */
  mdoc_test_register_move (test, 399 * TEST_DAY_S);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 220);
  mdoc_test_holding_refresh (holding);
  mdoc_test_register_move (test, 2 * TEST_DAY_S);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 110);
  mdoc_test_holding_refresh (holding);
  mdoc_test_register_move (test, 401 * TEST_DAY_S);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 0);
}

/* Who purges is told that it was not enough, lest more come in than go. */
static void
test_purge_more (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  G_GNUC_UNUSED g_autoptr (MdocTestHolding) holding
      = mdoc_test_register_hold (test, "plain", TEST_THUMB);
  MdocRegisterRetention nothing = { .max_rows = 1, .dry_run = TRUE };
  MdocRegisterPurged purged;

  mdoc_test_register_move (test, 401 * TEST_DAY_S);
  g_assert_true (
      mdoc_register_purge (test->reg, SYSTEM, &nothing, &purged, NULL));
  g_assert_cmpuint (purged.n_short_lived, >=, 2);
  g_assert_false (purged.is_more);
  nothing.dry_run = FALSE;
  for (guint i = 0; i == 0 || purged.is_more; i++)
    {
      g_assert_cmpuint (i, <, 10);
      g_assert_true (
          mdoc_register_purge (test->reg, SYSTEM, &nothing, &purged, NULL));
      g_assert_cmpint (purged.is_more, ==, purged.n_short_lived > 0);
    }
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 0);
}

/* S0-58: what items say is forgotten, however their batch has ended; what goes
 * on, or waits for somebody, is not touched. */
static void
test_purge_batches (void)
{
  static const struct
  {
    const char *state;
    const char *after;
    gint64 n_left;
  } rows[] = { { "completed", "completed", 0 },
               { "rejected", "rejected", 0 },
               { "withdrawn", "withdrawn", 0 },
               { "lapsed", "lapsed", 0 },
               { "draft", "lapsed", 0 },
               { "awaiting_approval", "awaiting_approval", 1 },
               { "executing", "executing", 1 } };
  const MdocRegisterRetention retention = { .exchange_age_s = 10,
                                            .max_rows = 100 };
  static const char *const items[] = { "{\"claims\":{\"family_name\":\"A\"}}" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (MdocTestRegister) test = new_test ();
      MdocRegisterPurged purged;
      g_autoptr (GError) error = NULL;
      g_autofree char *id = mdoc_register_create_batch (test->reg,
                                                        SYSTEM,
                                                        "offer",
                                                        items,
                                                        1,
                                                        &error);
      g_autofree char *sql = g_strdup_printf ("UPDATE batch SET state = '%s'",
                                              rows[i].state);
      g_autoptr (MdocRegisterBatch) batch = NULL;

      g_test_message ("%s", rows[i].state);
      mdoc_test_register_spoil (test, sql);
      mdoc_test_register_move (test, TEST_DAY_S);
      g_assert_true (
          mdoc_register_purge (test->reg, SYSTEM, &retention, &purged, &error));
      g_assert_no_error (error);
      batch = mdoc_register_get_batch (test->reg, id, &error);
      g_assert_cmpstr (batch->state, ==, rows[i].after);
      g_assert_cmpint (mdoc_test_register_look (test,
                                                "SELECT count(*) FROM "
                                                "batch_item"
                                                " WHERE json <> ''"),
                       ==,
                       rows[i].n_left);
    }
}

/* Nor is what was said to a holder kept for longer than what he got. */
static void
test_purge_messages (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  const MdocRegisterRetention retention = { .exchange_age_s = 10,
                                            .max_rows = 100 };
  MdocRegisterPurged purged;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_auto (GStrv) ids = mdoc_register_send_message (test->reg,
                                                       SYSTEM,
                                                       holding->mid_uid,
                                                       "service",
                                                       "To A",
                                                       "You live in B",
                                                       0,
                                                       &error);

      g_assert_no_error (error);
      g_assert_nonnull (ids);
    }
  mdoc_test_register_spoil (test,
                            "UPDATE message SET state = CASE id WHEN 1 THEN"
                            " 'read' WHEN 2 THEN 'expired' ELSE state END");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (
          mdoc_register_purge (test->reg, SYSTEM, &retention, &purged, &error));
      g_assert_cmpint (mdoc_test_register_look (test,
                                                "SELECT count(*) FROM message"
                                                " WHERE title || body <> ''"),
                       ==,
                       i == 0 ? 3 : 1);
      mdoc_test_register_move (test, TEST_DAY_S);
    }
}

/* Codes and waiting transactions keep it as well. */
static void
test_purge_grants_by_code (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  G_GNUC_UNUSED g_autoptr (MdocTestHolding) holding
      = mdoc_test_register_hold (test, "plain", TEST_THUMB);

  mdoc_test_register_spoil (
      test,
      "DELETE FROM token; INSERT INTO code (hash, kind, grant, expires_at)"
      " SELECT x'00', 1, id, 1767225700 FROM token_grant; INSERT INTO deferred"
      " (hash, exchange, grant, keys, expires_at) SELECT x'00', 1, id, '',"
      " 1767225800 FROM token_grant");
  mdoc_test_register_move (test, 101);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 110);
  mdoc_test_register_move (test, 100);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 0);
}

/* What another server's token is for stays as long as the credential does. */
static void
test_purge_foreign (void)
{
  static const char *const ids[] = { "plain", NULL };
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  const MdocRegisterForeign token = { .server = "https://as.example",
                                      .subject = "s",
                                      .client_id = "c",
                                      .token = "a.b.c",
                                      .expires_at_s = TEST_NOW_S + 100,
                                      .configuration_ids = ids,
                                      .claims_json = claims };
  MdocRegisterForeign next = token;
  g_autoptr (MdocRegisterAccess) access = NULL;
  g_autoptr (GError) error = NULL;

  access = mdoc_register_take_foreign (test->reg, SYSTEM, &token, &error);
  g_assert_no_error (error);
  mdoc_test_register_move (test, 101);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 111);

  next.token = "d.e.f";
  next.expires_at_s = test->now_s + 100;
  g_clear_pointer (&access, mdoc_register_access_free);
  access = mdoc_register_take_foreign (test->reg, SYSTEM, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 111);
  mdoc_test_register_spoil (test,
                            "UPDATE exchange SET status = 'issuance_denied'");
  mdoc_test_register_move (test, 101);
  purge_short_lived (test);
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 0);
}

/* Of what was left by programs before, too. */
static void
test_purge_grants_before (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);

  mdoc_test_register_spoil (
      test,
      "DROP INDEX code_grant; DROP INDEX deferred_grant; DROP INDEX"
      " foreign_grant_grant; INSERT INTO token_grant (uid, created_at) VALUES"
      " ('dead', 0); INSERT INTO grant_item (grant, exchange) SELECT id, 1 FROM"
      " token_grant WHERE uid = 'dead'; DROP TABLE signer_told;"
      " DROP INDEX delivery_due; ALTER TABLE delivery DROP COLUMN is_first;"
      " ALTER TABLE status_list DROP COLUMN told; PRAGMA user_version = 3");
  g_assert_cmpint (mdoc_test_register_look (test, N_GRANTS), ==, 110);
  mdoc_test_holding_refresh (holding);
}

static void
tell_published (MdocTestRegister *test, const char *id, gint64 version)
{
  const MdocRegisterPublished published[] = { { id, version },
                                              { "nowhere", 7 } };
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_tell_published (test->reg,
                                               SYSTEM,
                                               published,
                                               G_N_ELEMENTS (published),
                                               &error));
  g_assert_no_error (error);
}

/* Each version once, also by who has forgotten what was told. */
static void
test_published (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  static const struct
  {
    gint64 version;
    guint n_told;
  } steps[] = { { 1, 1 }, { 1, 1 }, { 4, 2 }, { 3, 2 }, { 4, 2 }, { 5, 3 } };

  mdoc_test_holding_get (holding);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      tell_published (test, holding->list_id, steps[i].version);
      g_assert_cmpuint (
          mdoc_test_register_count_events (test, "statuslist.published"),
          ==,
          steps[i].n_told);
      mdoc_test_register_reopen (test);
    }
  g_assert_cmpint (mdoc_test_register_look (test,
                                            "SELECT sum(json ->> "
                                            "'$.data.changes') FROM event WHERE"
                                            " type = 'statuslist.published'"),
                   ==,
                   4);
}

static void
tell_signer (MdocTestRegister *test, guint8 certificate, gint64 days)
{
  const MdocRegisterSignerEnd end = { .name = "default",
                                      .fingerprint = MDOC_SPAN (&certificate,
                                                                1),
                                      .not_after_s = TEST_NOW_S + 90000,
                                      .days = days };
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_tell_signer (test->reg, SYSTEM, &end, &error));
  g_assert_no_error (error);
}

/* As it gets nearer, and never back. */
static void
test_signer (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  static const struct
  {
    guint8 certificate;
    gint64 days;
    guint n_told;
  } steps[] = { { 1, 30, 1 }, { 1, 30, 1 }, { 1, 31, 1 }, { 1, 29, 2 },
                { 2, 30, 3 }, { 1, 29, 3 }, { 1, 0, 4 },  { 1, 0, 4 } };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      tell_signer (test, steps[i].certificate, steps[i].days);
      g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                         "signer.expiring"),
                        ==,
                        steps[i].n_told);
      mdoc_test_register_reopen (test);
    }
  g_assert_cmpint (mdoc_test_register_look (test,
                                            "SELECT json ->> '$.data.daysLeft'"
                                            " FROM event WHERE type ="
                                            " 'signer.expiring' LIMIT 1"),
                   ==,
                   1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/register/E13/tick", test_tick);
  g_test_add_func ("/register/tick-token", test_tick_token);
  g_test_add_func ("/register/E9/unused", test_unused);
  g_test_add_func ("/register/published", test_published);
  g_test_add_func ("/register/signer", test_signer);
  g_test_add_func ("/register/S0-58/purge", test_purge);
  g_test_add_func ("/register/purge-generations", test_purge_generations);
  g_test_add_func ("/register/purge-grants", test_purge_grants);
  g_test_add_func ("/register/S0-58/purge-batches", test_purge_batches);
  g_test_add_func ("/register/S0-58/purge-messages", test_purge_messages);
  g_test_add_func ("/register/purge-more", test_purge_more);
  g_test_add_func ("/register/purge-grants-by-code", test_purge_grants_by_code);
  g_test_add_func ("/register/purge-grants-before", test_purge_grants_before);
  g_test_add_func ("/register/purge-foreign", test_purge_foreign);

  return g_test_run ();
}
