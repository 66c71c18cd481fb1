/*
 * test-events-worker.c - a clock that leaps ahead and back holds nothing up
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-events-worker.h"
#include "issuer/mdoc-http-server.h"
#include "tests/lib/mdoc-test-register.h"

#define HOUR_S ((gint64) 3600)
#define YEAR_S ((gint64) 365 * 24 * 3600)
/* a test that waits longer has failed */
#define MAX_WAIT_US ((gint64) 60 * G_USEC_PER_SEC)

/* One worker, its clock, and a receiver. */
typedef struct
{
  MdocTestRegister *test;
  MdocHttpServer *server;
  MdocClock clock;
  MdocEventsWorker *worker;

  GMutex lock; /* of what follows */
  GCond changed;
  gint64 wall_s;
  gint64 up_ms; /* more than the system's */
  guint n_read; /* how often somebody looked at the clock */
  guint n_held;
  gboolean is_held; /* whoever looks waits */
  guint n_events;
} World;

static gint64
get_unix_s (gpointer impl)
{
  World *self = impl;
  gint64 wall_s;

  g_mutex_lock (&self->lock);
  if (self->is_held)
    self->n_held++;
  g_cond_broadcast (&self->changed);
  while (self->is_held)
    g_cond_wait (&self->changed, &self->lock);
  wall_s = self->wall_s;
  self->n_read++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return wall_s;
}

static gint64
get_monotonic_ms (gpointer impl)
{
  World *self = impl;
  gint64 up_ms;

  g_mutex_lock (&self->lock);
  up_ms = self->up_ms;
  g_mutex_unlock (&self->lock);
  return up_ms + g_get_monotonic_time () / 1000;
}

static void
on_event (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  World *self = data;

  g_mutex_lock (&self->lock);
  self->n_events++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
world_open (World *self)
{
  static const MdocClockClass clock_class = {
    .get_unix_s = get_unix_s,
    .get_monotonic_ms = get_monotonic_ms
  };
  char secret[] = "a secret of some length";
  char type[] = "exchange.*";
  char *types[] = { type, NULL };
  MdocRegisterSubscription subscription = { .types = types };
  g_autofree char *url = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->clock = (MdocClock){ &clock_class, self };
  self->wall_s = TEST_NOW_S;
  self->test = mdoc_test_register_new ();
  mdoc_test_register_add_profile (self->test, "plain", "");
  self->server = mdoc_http_server_new ();
  mdoc_http_server_add_route (self->server, "POST", "/", on_event, self);
  g_assert_true (mdoc_http_server_start (self->server,
                                         &(MdocHttpServerConfig){
                                             .listen = "127.0.0.1:0" },
                                         &error));
  g_assert_no_error (error);
  url = g_strconcat (mdoc_http_server_get_base_url (self->server), "/", NULL);
  subscription.url = url;
  subscription.secret = secret;
  id = mdoc_register_put_subscription (self->test->reg,
                                       mdoc_test_register_as (self->test,
                                                              "issuer"),
                                       &subscription,
                                       &error);
  g_assert_no_error (error);
}

static void
world_start (World *self)
{
  const MdocEventsWorkerConfig config = { .reg = self->test->reg,
                                          .clock = &self->clock,
                                          .source = "https://issuer.example",
                                          .allow_plain_loopback = TRUE };
  g_autoptr (GError) error = NULL;

  self->worker = mdoc_events_worker_new (&config, &error);
  g_assert_no_error (error);
}

static void
world_close (World *self)
{
  mdoc_events_worker_free (self->worker);
  mdoc_http_server_free (self->server);
  mdoc_test_register_free (self->test);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
}

static void
set_clock (World *self, gint64 wall_s)
{
  g_mutex_lock (&self->lock);
  self->wall_s = wall_s;
  g_mutex_unlock (&self->lock);
  self->test->now_s = wall_s;
}

static void
set_held (World *self, gboolean is_held)
{
  g_mutex_lock (&self->lock);
  self->is_held = is_held;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* An event, of the time that it is by the clock. */
static void
make_event (World *self)
{
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = mdoc_test_register_offer (self->test,
                                                                  "plain",
                                                                  claims);

  g_assert_true (
      mdoc_register_withdraw_offer (self->test->reg,
                                    mdoc_test_register_as (self->test,
                                                           "issuer"),
                                    offer->id,
                                    NULL));
}

static void
wait_until (World *self, const guint *count, guint n)
{
  const gint64 until_us = g_get_monotonic_time () + MAX_WAIT_US;

  g_mutex_lock (&self->lock);
  while (*count < n)
    if (!g_cond_wait_until (&self->changed, &self->lock, until_us))
      g_error ("It did not come to that");
  g_mutex_unlock (&self->lock);
}

/* Nothing has looked at the clock while it was ahead but who made the event. */
static void
test_unseen (void)
{
  World world = { 0 };

  world_open (&world);
  world_start (&world);
  set_clock (&world, TEST_NOW_S + YEAR_S);
  make_event (&world);
  set_clock (&world, TEST_NOW_S);
  mdoc_events_worker_wake (world.worker);
  wait_until (&world, &world.n_events, 1);
  world_close (&world);
}

/* What is put off for an hour might be so for a reason, if the clock had not
 * been seen to go back. */
static void
test_seen (void)
{
  World world = { 0 };

  world_open (&world);
  world_start (&world);
  set_clock (&world, TEST_NOW_S + HOUR_S);
  mdoc_events_worker_wake (world.worker);
  /* three looks a round, of which the first is what is compared: six hold a
   * first one for certain */
  wait_until (&world, &world.n_read, world.n_read + 3);
  mdoc_events_worker_wake (world.worker);
  wait_until (&world, &world.n_read, world.n_read + 3);

  set_held (&world, TRUE);
  mdoc_events_worker_wake (world.worker);
  wait_until (&world, &world.n_held, 1);
  make_event (&world);
  set_clock (&world, TEST_NOW_S);
  set_held (&world, FALSE);
  mdoc_events_worker_wake (world.worker);
  wait_until (&world, &world.n_events, 1);
  world_close (&world);
}

/* It was set back while no process was there. */
static void
test_start (void)
{
  World world = { 0 };

  world_open (&world);
  set_clock (&world, TEST_NOW_S + YEAR_S);
  make_event (&world);
  set_clock (&world, TEST_NOW_S);
  world_start (&world);
  wait_until (&world, &world.n_events, 1);
  world_close (&world);
}

static guint
count_ended (World *self)
{
  const MdocRegisterRetention nothing = { .max_rows = 10, .dry_run = TRUE };
  MdocRegisterPurged purged;

  g_assert_true (
      mdoc_register_purge (self->test->reg,
                           mdoc_test_register_as (self->test, "system"),
                           &nothing,
                           &purged,
                           NULL));
  return purged.n_short_lived;
}

/* An hour after the last purge there is another, whatever the clock says. */
static void
test_purge (void)
{
  World world = { 0 };
  g_autofree char *ticket = NULL;

  world_open (&world);
  set_clock (&world, TEST_NOW_S + YEAR_S);
  world_start (&world);
  set_clock (&world, TEST_NOW_S);
  ticket = mdoc_register_put_ticket (world.test->reg,
                                     mdoc_test_register_as (world.test,
                                                            "holder"),
                                     "par",
                                     "x",
                                     10,
                                     NULL);
  set_clock (&world, TEST_NOW_S + 20);
  g_assert_cmpuint (count_ended (&world), ==, 1);
  g_mutex_lock (&world.lock);
  world.up_ms += HOUR_S * 1000;
  g_mutex_unlock (&world.lock);
  /* its own look at the time comes every ten seconds */
  while (count_ended (&world) > 0)
    wait_until (&world, &world.n_read, world.n_read + 1);
  world_close (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events-worker/unseen", test_unseen);
  g_test_add_func ("/events-worker/seen", test_seen);
  g_test_add_func ("/events-worker/start", test_start);
  g_test_add_func ("/events-worker/purge", test_purge);

  return g_test_run ();
}
