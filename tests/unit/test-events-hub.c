/*
 * test-events-hub.c - who gets a place among those that listen
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-events-hub.h"
#include "issuer/mdoc-http-private.h"
#include "tests/lib/mdoc-test-register.h"

#define SOURCE "https://issuer.example"

static gboolean
open_page (MdocEventsHub *hub, const char *client)
{
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();

  return mdoc_events_hub_add_offer (
      hub,
      mdoc_http_reply_start_stream (reply, "text/event-stream"),
      client,
      "none");
}

static gboolean
open_stream (MdocEventsHub *hub)
{
  const MdocRegisterEventFilter filter = { 0 };
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();

  return mdoc_events_hub_add (
      hub,
      mdoc_http_reply_start_stream (reply, "text/event-stream"),
      &filter);
}

/* As many pages as one client gets. */
static guint
fill_for (MdocEventsHub *hub, const char *client)
{
  gboolean is_share = FALSE;
  guint n = 0;

  while (open_page (hub, client))
    n++;
  g_assert_false (mdoc_events_hub_has_place (hub, client, &is_share));
  g_assert_cmpint (is_share, ==, n > 0);
  return n;
}

/* However many strangers open pages, operators have all of their places; and
 * the other way round. */
static void
test_places (void)
{
  MdocEventsHub *hub = mdoc_events_hub_new (NULL, SOURCE);
  gboolean is_share = TRUE;
  guint n = 0;

  for (guint i = 0; i < MDOC_EVENTS_MAX_PAGES; i++)
    {
      g_autofree char *client = g_strdup_printf ("192.0.2.%u", i);

      if (open_page (hub, client))
        n++;
    }
  g_assert_cmpuint (n, ==, MDOC_EVENTS_MAX_PAGES);
  g_assert_false (mdoc_events_hub_has_place (hub, "198.51.100.1", &is_share));
  g_assert_false (is_share);
  g_assert_false (open_page (hub, "198.51.100.1"));
  g_assert_cmpuint (mdoc_events_hub_get_n_listeners (hub), ==, n);

  for (guint i = 0; i < MDOC_EVENTS_MAX_LISTENERS; i++)
    {
      g_assert_true (mdoc_events_hub_has_place (hub, NULL, &is_share));
      g_assert_true (open_stream (hub));
    }
  g_assert_false (mdoc_events_hub_has_place (hub, NULL, &is_share));
  g_assert_false (open_stream (hub));

  mdoc_events_hub_close_all (hub);
  g_assert_true (open_page (hub, "198.51.100.1"));
  mdoc_events_hub_free (hub);
}

static void
test_share (void)
{
  MdocEventsHub *hub = mdoc_events_hub_new (NULL, SOURCE);
  gboolean is_share;

  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *client = g_strdup_printf ("192.0.2.%u", i);

      g_assert_cmpuint (fill_for (hub, client),
                        ==,
                        MDOC_EVENTS_MAX_CLIENT_PAGES);
    }
  /* 32 are left: half of them, half of the rest */
  g_assert_cmpuint (fill_for (hub, "192.0.2.7"), ==, 16);
  g_assert_cmpuint (fill_for (hub, "192.0.2.8"), ==, 8);
  g_assert_true (mdoc_events_hub_has_place (hub, "192.0.2.9", &is_share));
  g_assert_true (open_page (hub, "192.0.2.9"));
  mdoc_events_hub_free (hub);
}

/* Once an offer is over, so are its pages. */
static void
test_over (void)
{
  g_autoptr (MdocTestRegister) test = mdoc_test_register_new ();
  g_autofree char *claims = mdoc_test_register_make_claims ("A");
  g_autoptr (MdocRegisterOffer) offer = NULL;
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();
  MdocEventsHub *hub = mdoc_events_hub_new (test->reg, SOURCE);
  g_autoptr (MdocHttpStream) stream
      = mdoc_http_reply_start_stream (reply, "text/event-stream");
  g_autoptr (GError) error = NULL;

  mdoc_test_register_add_profile (test, "plain", "");
  offer = mdoc_test_register_offer (test, "plain", claims);
  g_assert_true (mdoc_events_hub_add_offer (hub,
                                            mdoc_http_stream_ref (stream),
                                            "192.0.2.1",
                                            offer->id));
  g_assert_false (mdoc_events_hub_pump (hub));
  g_assert_cmpuint (mdoc_events_hub_get_n_listeners (hub), ==, 1);
  g_assert_true (mdoc_http_stream_write (stream, ""));

  g_assert_true (
      mdoc_register_withdraw_offer (test->reg,
                                    mdoc_test_register_as (test, "issuer"),
                                    offer->id,
                                    &error));
  g_assert_no_error (error);
  g_assert_false (mdoc_events_hub_pump (hub));
  g_assert_cmpuint (mdoc_events_hub_get_n_listeners (hub), ==, 0);
  g_assert_false (mdoc_http_stream_write (stream, ""));
  mdoc_events_hub_free (hub);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events-hub/places", test_places);
  g_test_add_func ("/events-hub/share", test_share);
  g_test_add_func ("/events-hub/over", test_over);

  return g_test_run ();
}
