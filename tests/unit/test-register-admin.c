/*
 * test-register-admin.c - events, deliveries, batches, audit
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

/* ids are of version 7, subjects count from 1 without a gap */
static void
test_events (void)
{
  const MdocRegisterEventFilter all = { .limit = 1000 };
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) a = mdoc_test_register_hold (test,
                                                           "plain",
                                                           TEST_THUMB);
  g_autoptr (MdocTestHolding) b G_GNUC_UNUSED
      = mdoc_test_register_hold (test, "plain", "other");
  g_autoptr (GHashTable) seqs = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal,
                                                       g_free,
                                                       NULL);
  g_autoptr (GPtrArray) events = mdoc_register_list_events (test->reg,
                                                            &all,
                                                            NULL);
  MdocRegisterEventFilter one = { .exchange_id = a->exchange_id };
  g_autoptr (GPtrArray) of_one = NULL;
  gint64 row = 0;

  g_assert_cmpuint (events->len, ==, 16);
  for (guint i = 0; i < events->len; i++)
    {
      const MdocRegisterEvent *event = events->pdata[i];
      gsize last = GPOINTER_TO_SIZE (
          g_hash_table_lookup (seqs, event->subject));
      g_autoptr (JsonNode) node = json_from_string (event->json, NULL);
      JsonObject *root = json_node_get_object (node);

      g_assert_cmpint (event->row, >, row);
      row = event->row;
      g_assert_cmpint (event->seq, ==, (gint64) last + 1);
      g_hash_table_replace (seqs,
                            g_strdup (event->subject),
                            GSIZE_TO_POINTER (event->seq));
      g_assert_cmpuint (strlen (event->id), ==, 36);
      g_assert_true (event->id[14] == '7');
      g_assert_true (strchr ("89ab", event->id[19]) != NULL);
      g_assert_cmpstr (json_object_get_string_member (root, "id"),
                       ==,
                       event->id);
      g_assert_cmpstr (json_object_get_string_member (root, "time"),
                       ==,
                       "2026-01-01T00:00:00.000Z");
      g_assert_true (
          g_strv_contains (mdoc_register_get_event_types (), event->type));
    }
  g_assert_cmpint (mdoc_register_get_last_event (test->reg), ==, row);

  of_one = mdoc_register_list_events (test->reg, &one, NULL);
  g_assert_cmpuint (of_one->len, ==, 8);
  one.since_row = ((MdocRegisterEvent *) of_one->pdata[5])->row;
  g_clear_pointer (&of_one, g_ptr_array_unref);
  of_one = mdoc_register_list_events (test->reg, &one, NULL);
  g_assert_cmpuint (of_one->len, ==, 2);
}

static char *
subscribe (MdocTestRegister *test, const char *type)
{
  g_autoptr (MdocRegisterSubscription) subscription
      = g_new0 (MdocRegisterSubscription, 1);
  g_autoptr (GError) error = NULL;
  char *id;

  subscription->url = g_strdup ("https://example.org/hook");
  subscription->secret = g_strdup ("s3cret");
  subscription->types = type != NULL ? g_strsplit (type, " ", -1) : NULL;
  id = mdoc_register_put_subscription (test->reg, ISSUER, subscription, &error);
  g_assert_no_error (error);
  return id;
}

static GPtrArray *
list_due (MdocTestRegister *test)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *due = mdoc_register_list_due (test->reg,
                                           test->now_s * 1000,
                                           100,
                                           NULL,
                                           &error);

  g_assert_no_error (error);
  return due;
}

static void
end_one (MdocTestRegister *test,
         const MdocRegisterDelivery *delivery,
         MdocRegisterDeliveryEnd end,
         gint64 next_at_ms)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mdoc_register_end_delivery (test->reg,
                                             SYSTEM,
                                             delivery->id,
                                             end,
                                             "503",
                                             next_at_ms,
                                             &error));
  g_assert_no_error (error);
}

/* S0-61: in order for each subject, and one that is stuck stops no other */
static void
test_deliveries (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *id G_GNUC_UNUSED = subscribe (test, "openid.credential.*");
  g_autoptr (MdocTestHolding) a G_GNUC_UNUSED
      = mdoc_test_register_claim (test, "plain", TEST_THUMB);
  g_autoptr (MdocTestHolding) b = mdoc_test_register_claim (test,
                                                            "plain",
                                                            "other");
  g_autoptr (GPtrArray) due = list_due (test);
  const MdocRegisterDelivery *first, *second;
  gint64 next_at_ms;

  g_assert_cmpuint (due->len, ==, 2);
  first = due->pdata[0];
  second = due->pdata[1];
  g_assert_cmpstr (first->event_type, ==, "openid.credential.offer_sent");
  g_assert_cmpstr (first->secret, ==, "s3cret");
  g_assert_cmpstr (second->event_type, ==, "openid.credential.offer_sent");
  end_one (test, first, MDOC_DELIVERY_RETRY, (test->now_s + 4) * 1000);
  end_one (test, second, MDOC_DELIVERY_DONE, 0);

  g_clear_pointer (&due, g_ptr_array_unref);
  mdoc_test_register_reopen (test);
  due = mdoc_register_list_due (test->reg,
                                test->now_s * 1000,
                                100,
                                &next_at_ms,
                                NULL);
  g_assert_cmpuint (due->len, ==, 1);
  first = due->pdata[0];
  g_assert_cmpstr (first->event_type, ==, "openid.credential.offer_received");
  g_assert_nonnull (strstr (first->event_json, b->exchange_id));
  g_assert_cmpint (next_at_ms, ==, (test->now_s + 4) * 1000);

  mdoc_test_register_move (test, 4);
  g_clear_pointer (&due, g_ptr_array_unref);
  due = list_due (test);
  g_assert_cmpuint (due->len, ==, 2);
  first = due->pdata[0];
  g_assert_cmpuint (first->attempts, ==, 1);
  g_assert_cmpint (first->first_try_at_ms, ==, (test->now_s - 4) * 1000);
  g_assert_cmpstr (first->last_outcome, ==, "503");
}

/* S0-61: a receiver for which much is due leaves the others their share */
static void
test_shares (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *down G_GNUC_UNUSED = subscribe (test, NULL);
  g_autofree char *up = NULL;
  g_autoptr (GPtrArray) due = NULL;
  guint n_up = 0;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *thumb = g_strdup_printf ("thumb-%u", i);
      g_autoptr (MdocTestHolding) holding G_GNUC_UNUSED
          = mdoc_test_register_claim (test, "plain", thumb);
    }
  up = subscribe (test, NULL);
  {
    g_autoptr (MdocTestHolding) holding G_GNUC_UNUSED
        = mdoc_test_register_claim (test, "plain", TEST_THUMB);
  }

  due = mdoc_register_list_due (test->reg, test->now_s * 1000, 2, NULL, NULL);
  g_assert_nonnull (due);
  for (guint i = 0; i < due->len; i++)
    {
      const MdocRegisterDelivery *delivery = due->pdata[i];

      n_up += strcmp (delivery->subscription_id, up) == 0;
    }
  g_assert_cmpuint (due->len - n_up, ==, 2);
  g_assert_cmpuint (n_up, >=, 1);
  g_assert_cmpuint (n_up, <=, 2);
}

/* parked, and everything from the first failure on once more */
static void
test_replay (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *id = subscribe (test, NULL);
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_claim (test,
                                                                  "plain",
                                                                  TEST_THUMB);
  g_autoptr (GPtrArray) due = list_due (test);
  g_autoptr (GPtrArray) subscriptions = NULL;
  const MdocRegisterSubscription *subscription;
  g_autoptr (GError) error = NULL;
  guint n_events, n_received = 0;

  end_one (test, due->pdata[0], MDOC_DELIVERY_DONE, 0);
  g_clear_pointer (&due, g_ptr_array_unref);
  due = list_due (test);
  end_one (test, due->pdata[0], MDOC_DELIVERY_PARK, 0);
  g_clear_pointer (&due, g_ptr_array_unref);
  mdoc_test_holding_get (holding);
  due = list_due (test);
  g_assert_cmpuint (due->len, ==, 0);
  subscriptions = mdoc_register_list_subscriptions (test->reg, id, &error);
  subscription = subscriptions->pdata[0];
  g_assert_cmpstr (subscription->state, ==, "parked");
  g_assert_cmpint (subscription->parked_since_row, >, 0);
  g_assert_cmpuint (mdoc_test_register_count_events (test,
                                                     "subscription.parked"),
                    ==,
                    1);

  g_assert_true (
      mdoc_register_replay (test->reg, ISSUER, id, 0, &n_events, &error));
  g_assert_no_error (error);
  /* received, token, parked, issued twice; not the one that was delivered */
  g_assert_cmpuint (n_events, ==, 5);
  for (;;)
    {
      g_clear_pointer (&due, g_ptr_array_unref);
      due = list_due (test);
      if (due->len == 0)
        break;
      end_one (test, due->pdata[0], MDOC_DELIVERY_DONE, 0);
      n_received++;
    }
  g_assert_cmpuint (n_received, ==, 5);
}

/* that are open, of which the mark and what is before them say different */
#define WRONG_FIRST                                                            \
  "SELECT count(*) FROM delivery d WHERE state = 0 AND is_first = EXISTS"      \
  " (SELECT 1 FROM delivery p WHERE p.subscription = d.subscription AND"       \
  " p.subject = d.subject AND p.state = 0 AND p.event < d.event)"

/* one thing that may come of what is due, by chance */
static void
end_some (MdocTestRegister *test, GRand *rand, const char *id)
{
  static const MdocRegisterDeliveryEnd ends[] = {
    MDOC_DELIVERY_DONE,  MDOC_DELIVERY_DONE,  MDOC_DELIVERY_DONE,
    MDOC_DELIVERY_RETRY, MDOC_DELIVERY_ABORT, MDOC_DELIVERY_PARK
  };
  g_autoptr (GPtrArray) due = list_due (test);
  const MdocRegisterDeliveryEnd end
      = ends[g_rand_int_range (rand, 0, G_N_ELEMENTS (ends))];
  g_autoptr (GError) error = NULL;
  guint n_events;

  if (due->len > 0)
    end_one (test,
             due->pdata[g_rand_int_range (rand, 0, (gint32) due->len)],
             end,
             end == MDOC_DELIVERY_RETRY ? (test->now_s + 2) * 1000 : 0);
  if (end == MDOC_DELIVERY_PARK || g_rand_int_range (rand, 0, 8) == 0)
    g_assert_true (mdoc_register_replay (test->reg,
                                         ISSUER,
                                         id,
                                         g_rand_int_range (rand, 0, 20),
                                         &n_events,
                                         &error));
  g_assert_no_error (error);
  mdoc_test_register_move (test, 1);
}

/* S0-61: whatever comes of them, the first of each subject is what is due */
static void
test_first (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *id = subscribe (test, NULL);
  g_autofree char *other G_GNUC_UNUSED = subscribe (test, "mID*");
  const guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *thumb = g_strdup_printf ("thumb-%u", i);
      g_autoptr (MdocTestHolding) holding = NULL;

      if (i % 8 == 0)
        {
          holding = mdoc_test_register_claim (test, "plain", thumb);
          mdoc_test_holding_get (holding);
        }
      end_some (test, rand, id);
      g_assert_cmpint (mdoc_test_register_look (test, WRONG_FIRST), ==, 0);
    }
}

/* More events than are looked at in one change: each once more, and in the
 * order of each subject; those that it does not want are counted as well. */
static void
test_long_replay (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *all = NULL;
  g_autofree char *few = NULL;
  g_autofree char *one = NULL;
  g_autoptr (MdocRegisterSubscription) subscription
      = g_new0 (MdocRegisterSubscription, 1);
  const struct
  {
    char **id;
    guint n_events;
  } rows[] = { { &all, 2500 }, { &few, 5 }, { &one, 25 } };

  mdoc_test_register_spoil (
      test,
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
      " i < 2500) INSERT INTO event (uid, seq, subject, type, time_ms,"
      " exchange_id, json) SELECT 'e' || i, i, 's' || i % 7, iif(i % 500 = 0,"
      " 'mIDIssued', 'exchange.stalled'), 0, iif(i % 100 = 0, 'x', NULL), '{}'"
      " FROM n");
  all = subscribe (test, NULL);
  few = subscribe (test, "mID*");
  subscription->url = g_strdup ("https://example.org/hook");
  subscription->secret = g_strdup ("s3cret");
  subscription->exchange_id = g_strdup ("x");
  one = mdoc_register_put_subscription (test->reg, ISSUER, subscription, NULL);
  g_assert_nonnull (one);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    /* the second time what is open already is not there twice */
    for (guint j = 0; j < 2; j++)
      {
        g_autoptr (GError) error = NULL;
        guint n_events = 0;

        g_assert_true (mdoc_register_replay (test->reg,
                                             ISSUER,
                                             *rows[i].id,
                                             1,
                                             &n_events,
                                             &error));
        g_assert_no_error (error);
        g_assert_cmpuint (n_events, ==, rows[i].n_events);
      }
  g_assert_cmpint (mdoc_test_register_look (test,
                                            "SELECT count(*) FROM delivery"
                                            " WHERE state = 0"),
                   ==,
                   2530);
  g_assert_cmpint (mdoc_test_register_look (test, WRONG_FIRST), ==, 0);
}

/* What is open is no more the first if what was sent before is open again,
 * whether it is still wanted or not. */
static void
test_replay_before (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *id = subscribe (test, NULL);
  static const char *const types[] = { "capacity.rejected",
                                       "retention.purged" };
  g_autoptr (MdocRegisterSubscription) changed
      = g_new0 (MdocRegisterSubscription, 1);
  g_autofree char *same = NULL;
  g_autoptr (GPtrArray) due = NULL;
  g_autoptr (GError) error = NULL;
  guint n_events;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_true (
        mdoc_register_emit (test->reg, SYSTEM, types[i], NULL, &error));
  due = list_due (test);
  g_assert_cmpuint (due->len, ==, 1);
  end_one (test, due->pdata[0], MDOC_DELIVERY_DONE, 0);
  changed->id = g_strdup (id);
  changed->url = g_strdup ("https://example.org/hook");
  changed->secret = g_strdup ("s3cret");
  changed->types = g_strsplit (types[0], " ", -1);
  same = mdoc_register_put_subscription (test->reg, ISSUER, changed, &error);
  g_assert_cmpstr (same, ==, id);
  g_assert_true (
      mdoc_register_replay (test->reg, ISSUER, id, 1, &n_events, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_events, ==, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const MdocRegisterDelivery *delivery;

      g_clear_pointer (&due, g_ptr_array_unref);
      due = list_due (test);
      g_assert_cmpuint (due->len, ==, 1);
      delivery = due->pdata[0];
      g_assert_cmpstr (delivery->event_type, ==, types[i]);
      end_one (test, delivery, MDOC_DELIVERY_DONE, 0);
    }
}

static void
test_disable (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autofree char *id = subscribe (test, NULL);
  g_autoptr (MdocTestHolding) holding G_GNUC_UNUSED
      = mdoc_test_register_claim (test, "plain", TEST_THUMB);
  g_autoptr (GPtrArray) due = list_due (test);
  g_autoptr (GError) error = NULL;
  guint n_events;

  end_one (test, due->pdata[0], MDOC_DELIVERY_DISABLE, 0);
  g_assert_false (
      mdoc_register_replay (test->reg, ISSUER, id, 0, &n_events, &error));
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (
      mdoc_register_delete_subscription (test->reg, ISSUER, id, &error));
  g_assert_false (
      mdoc_register_delete_subscription (test->reg, ISSUER, id, &error));
}

/* S0-84: those that fail do so alone */
static void
test_batch (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (GPtrArray) holdings = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_test_holding_free);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MdocRegisterBatch) batch = NULL;
  g_autoptr (GPtrArray) results = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  guint n_left = 1, n_runs = 0;

  for (guint i = 0; i < 20; i++)
    {
      MdocTestHolding *holding = mdoc_test_register_hold (test,
                                                          "plain",
                                                          TEST_THUMB);

      g_ptr_array_add (holdings, holding);
      g_ptr_array_add (items,
                       i % 5 == 3
                           ? g_strdup ("{\"midUid\":\"none\",\"newState\":"
                                       "\"revoked\"}")
                           : g_strdup_printf ("{\"midUid\":\"%s\",\"newState\""
                                              ":\"revoked\"}",
                                              holding->mid_uid));
    }
  g_ptr_array_add (items, g_strdup ("{"));
  id = mdoc_register_create_batch (test->reg,
                                   ISSUER,
                                   "state",
                                   (const char *const *) items->pdata,
                                   items->len,
                                   &error);
  g_assert_no_error (error);
  g_assert_true (
      mdoc_register_run_batches (test->reg, SYSTEM, 10, &n_left, &error));
  g_assert_cmpuint (n_left, ==, 0); /* a draft does not run */
  g_assert_true (mdoc_register_start_batch (test->reg, ISSUER, id, &error));
  n_left = 1;
  while (n_left > 0)
    {
      g_assert_true (
          mdoc_register_run_batches (test->reg, SYSTEM, 4, &n_left, &error));
      g_assert_no_error (error);
      n_runs++;
      mdoc_test_register_reopen (test);
    }
  g_assert_cmpuint (n_runs, ==, 6);

  batch = mdoc_register_get_batch (test->reg, id, &error);
  g_assert_cmpstr (batch->state, ==, "completed");
  g_assert_cmpuint (batch->n_done, ==, 16);
  g_assert_cmpuint (batch->n_failed, ==, 5);
  results = mdoc_register_list_batch_items (test->reg, id, 0, 100, &error);
  g_assert_cmpuint (results->len, ==, 21);
  for (guint i = 0; i < 20; i++)
    {
      const MdocRegisterBatchItem *item = results->pdata[i];

      g_assert_cmpstr (item->state, ==, i % 5 == 3 ? "failed" : "done");
      g_assert_cmpstr (item->code, ==, i % 5 == 3 ? "not_found" : NULL);
      g_assert_cmpstr (mdoc_test_holding_get_effective (holdings->pdata[i]),
                       ==,
                       i % 5 == 3 ? "active" : "revoked");
    }
  g_assert_cmpuint (mdoc_test_register_count_events (test, "batch.item_done"),
                    ==,
                    21);
  g_assert_cmpuint (mdoc_test_register_count_events (test, "batch.completed"),
                    ==,
                    1);
  g_assert_cmpuint (
      mdoc_test_register_count_events (test, "deviceCredentialStateChanged"),
      ==,
      16);
}

/* S0-17: every kind; nothing before it runs */
static void
test_batch_kinds (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  const struct
  {
    const char *kind;
    const char *item;
    const char *event;
  } kinds[] = {
    { "offer",
      "{\"profileId\":\"plain\",\"claims\":{\"family_name\":\"B\"}}",
      "openid.credential.offer_sent" },
    { "message",
      "{\"target\":\"%s\",\"title\":\"a\",\"body\":\"b\"}",
      "message.queued" },
    { "state",
      "{\"credentialId\":\"%s\",\"newState\":\"suspended\"}",
      "credentialStateChanged" },
    { "attributes",
      "{\"credentialId\":\"%s\",\"patch\":{\"family_name\":\"C\"}}",
      "attributeUpdateFailed" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_auto (GStrv) parts = g_strsplit (kinds[i].item, "%s", 2);
      g_autofree char *item = g_strjoinv (holding->credential_id, parts);
      const char *items[] = { item };
      guint before = mdoc_test_register_count_events (test, kinds[i].event);
      g_autofree char *id = NULL;
      g_autoptr (GError) error = NULL;
      guint n_left;

      id = mdoc_register_create_batch (test->reg,
                                       ISSUER,
                                       kinds[i].kind,
                                       items,
                                       1,
                                       &error);
      g_assert_true (mdoc_register_start_batch (test->reg, ISSUER, id, &error));
      g_assert_cmpuint (mdoc_test_register_count_events (test, kinds[i].event),
                        ==,
                        before);
      g_assert_true (
          mdoc_register_run_batches (test->reg, SYSTEM, 10, &n_left, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (mdoc_test_register_count_events (test, kinds[i].event),
                        ==,
                        before + 1);
    }
}

/* lifecycle, 5: the same answer; another body is a conflict; for a day */
static void
test_answers (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL;
  g_autofree char *same = NULL;
  g_autofree char *other = NULL;
  g_autofree char *late = NULL;

  none = mdoc_register_find_answer (test->reg, ISSUER, "k", "h1", &error);
  g_assert_no_error (error);
  g_assert_null (none);
  g_assert_true (mdoc_register_begin (test->reg, &error));
  g_assert_true (mdoc_register_keep_answer (test->reg,
                                            ISSUER,
                                            "k",
                                            "h1",
                                            "{\"requestId\":1}",
                                            &error));
  g_assert_true (mdoc_register_end (test->reg, TRUE, &error));
  mdoc_test_register_reopen (test);
  same = mdoc_register_find_answer (test->reg, ISSUER, "k", "h1", &error);
  g_assert_cmpstr (same, ==, "{\"requestId\":1}");
  other = mdoc_register_find_answer (test->reg, ISSUER, "k", "h2", &error);
  g_assert_null (other);
  g_assert_error (error, MDOC_REGISTER_ERROR, MDOC_REGISTER_ERROR_CONFLICT);
  g_clear_error (&error);
  mdoc_test_register_move (test, TEST_DAY_S);
  late = mdoc_register_find_answer (test->reg, ISSUER, "k", "h2", &error);
  g_assert_null (late);
  g_assert_no_error (error);
}

/* what is undone leaves nothing, what was refused inside neither */
static void
test_unit (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  gint64 last = mdoc_register_get_last_event (test->reg);
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first_bad, n_rows;

  g_assert_true (mdoc_register_begin (test->reg, &error));
  offer = mdoc_test_register_offer (test, "plain", claims);
  g_assert_cmpint (mdoc_register_get_last_event (test->reg), ==, last + 1);
  g_assert_true (mdoc_register_end (test->reg, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_register_get_last_event (test->reg), ==, last);
  g_clear_pointer (&offer, mdoc_register_offer_free);
  offer = mdoc_test_register_offer (test, "plain", claims);
  /* what was undone did not come along with the next commit */
  g_assert_cmpint (mdoc_register_get_last_event (test->reg), ==, last + 1);
  g_assert_true (
      mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
  g_assert_cmpint (first_bad, ==, 0);
}

static const struct
{
  const char *name;
  const char *sql;
  gint64 first_bad;
} spoils[] = {
  { "nothing", "SELECT 1", 0 },
  { "actor", "UPDATE audit SET actor = 'holder' WHERE seq = 3", 3 },
  { "time", "UPDATE audit SET time_ms = time_ms + 1 WHERE seq = 4", 4 },
  { "reason-added", "UPDATE audit SET reason = '' WHERE seq = 5", 5 },
  { "deleted", "DELETE FROM audit WHERE seq = 6", 6 },
  { "last-deleted", "DELETE FROM audit WHERE seq > 7", 8 },
  { "all-deleted", "DELETE FROM audit", 1 },
  { "first-deleted", "DELETE FROM audit WHERE seq = 1", 1 },
  { "copied",
    "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 2)"
    " WHERE seq = 7",
    7 },
  { "swapped",
    "UPDATE audit SET seq = 1000 WHERE seq = 2; UPDATE audit SET seq = 2"
    " WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 1000",
    2 },
};

/* S0-88: the chain shows what was done to it */
static void
test_audit (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) holding = mdoc_test_register_hold (test,
                                                                 "plain",
                                                                 TEST_THUMB);
  const MdocRegisterAuditFilter filter = { .mid_uid = holding->mid_uid };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first_bad, n_rows;

  mdoc_test_register_spoil (test, spoils[i].sql);
  g_assert_true (
      mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
  g_assert_no_error (error);
  g_assert_cmpint (first_bad, ==, spoils[i].first_bad);
  if (first_bad != 0)
    {
      /* nor does what happens next cover it up */
      for (guint j = 0; j < 20; j++)
        g_assert_true (
            mdoc_register_add_audit (test->reg, ISSUER, "x", NULL, &error));
      g_assert_true (
          mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
      g_assert_no_error (error);
      g_assert_cmpint (first_bad, ==, spoils[i].first_bad);
      return;
    }

  /* and it goes on after a restart */
  mdoc_test_holding_renew (holding);
  g_assert_true (
      mdoc_register_verify_audit (test->reg, &first_bad, &n_rows, &error));
  g_assert_cmpint (first_bad, ==, 0);
  rows = mdoc_register_list_audit (test->reg, &filter, &error);
  g_assert_cmpuint (rows->len, >=, 8);
  g_assert_cmpstr (((MdocRegisterAudit *) rows->pdata[0])->action,
                   ==,
                   "exchange.offer_sent");
}

static void
test_limits (void)
{
  g_autoptr (MdocTestRegister) test = new_test ();
  g_autoptr (MdocTestHolding) a = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal,
                                                       g_free,
                                                       NULL);
  g_autoptr (GPtrArray) lists = NULL;

  mdoc_test_register_add_profile (test,
                                  "many",
                                  "\"issuance\":{\"batchSize\":100},"
                                  "\"policy\":{\"renewalsPerDay\":1000}");
  a = mdoc_test_register_hold (test, "many", TEST_THUMB);
  /* more places than one list has: none twice, and a second list */
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (MdocRegisterCredential) credential = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_test_holding_refresh (a);
      g_ptr_array_unref (a->keys);
      a->keys = mdoc_test_register_make_keys (100);
      credential = mdoc_test_holding_prepare (a, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < credential->copies->len; j++)
        {
          const MdocRegisterCopy *copy = credential->copies->pdata[j];

          g_assert_cmpuint (copy->idx, <, 4096);
          g_assert_true (
              g_hash_table_add (seen,
                                g_strdup_printf ("%s %" G_GUINT64_FORMAT,
                                                 copy->list_id,
                                                 copy->idx)));
        }
    }
  lists = mdoc_register_list_lists (test->reg, NULL, NULL);
  g_assert_cmpuint (lists->len, ==, 2);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/register/S0-16/events", test_events);
  g_test_add_func ("/register/S0-61/deliveries", test_deliveries);
  g_test_add_func ("/register/S0-61/shares", test_shares);
  g_test_add_func ("/register/S0-61/replay", test_replay);
  g_test_add_func ("/register/S0-61/first", test_first);
  g_test_add_func ("/register/S0-61/long-replay", test_long_replay);
  g_test_add_func ("/register/S0-61/replay-before", test_replay_before);
  g_test_add_func ("/register/disable", test_disable);
  g_test_add_func ("/register/S0-84/batch", test_batch);
  g_test_add_func ("/register/S0-17/batch-kinds", test_batch_kinds);
  g_test_add_func ("/register/answers", test_answers);
  g_test_add_func ("/register/unit", test_unit);
  g_test_add_func ("/register/places", test_limits);
  for (gsize i = 0; i < G_N_ELEMENTS (spoils); i++)
    {
      g_autofree char *path = g_strconcat ("/register/S0-88/audit/",
                                           spoils[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_audit);
    }

  return g_test_run ();
}
