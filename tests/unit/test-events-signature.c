/*
 * test-events-signature.c - forged, changed and old events are noticed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-events-backoff.h"
#include "issuer/mdoc-events-signature.h"

#define NOW G_GINT64_CONSTANT (1795831200)
/* by "openssl dgst -sha256 -hmac", over "1795831200.{\"id\":1}" */
#define KNOWN                                                                  \
  "t=1795831200,sig="                                                          \
  "81e7458201f71df771bd674ac75b2b2e61709200d20318a6d13177c43fa9664d"

static const char secret[] = "a secret of the bench";
static const char body[] = "{\"id\":1}";

static gboolean
check (const char *header, const char *with, const char *what, gint64 now)
{
  return mdoc_events_signature_check (header,
                                      mdoc_span_from_text (with),
                                      mdoc_span_from_text (what),
                                      now);
}

static void
test_known (void)
{
  g_autofree char *made = mdoc_events_signature_make (mdoc_span_from_text (
                                                          secret),
                                                      NOW,
                                                      mdoc_span_from_text (
                                                          body));

  g_assert_cmpstr (made, ==, KNOWN);
  g_assert_true (check (made, secret, body, NOW));
}

static void
test_forged (void)
{
  static const char *const headers[] = {
    "",
    "t=1795831200",
    "sig=00",
    "t=,sig=00",
    "t=1795831200,sig=",
    "t=1795831200,sig=zz",
    "t=-1,sig=00",
    "v=1,t=1795831200,sig=00",
  };

  g_assert_false (check (NULL, secret, body, NOW));
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    g_assert_false (check (headers[i], secret, body, NOW));
  g_assert_false (check (KNOWN, "another secret", body, NOW));
  g_assert_false (check (KNOWN, secret, "{\"id\":2}", NOW));
  g_assert_false (check (KNOWN, secret, "", NOW));

  /* every character of it counts */
  for (gsize i = 0; i < strlen (KNOWN); i++)
    {
      g_autofree char *changed = g_strdup (KNOWN);

      changed[i] = changed[i] == '1' ? '2' : '1';
      g_assert_false (check (changed, secret, body, NOW));
    }
}

static void
test_old (void)
{
  const gint64 skew = MDOC_EVENTS_SIGNATURE_MAX_SKEW_S;

  g_assert_true (check (KNOWN, secret, body, NOW + skew));
  g_assert_false (check (KNOWN, secret, body, NOW + skew + 1));
  g_assert_true (check (KNOWN, secret, body, NOW - skew));
  g_assert_false (check (KNOWN, secret, body, NOW - skew - 1));
}

static void
test_judge (void)
{
  g_assert_cmpint (mdoc_events_backoff_judge (200), ==, MDOC_EVENTS_DELIVERED);
  g_assert_cmpint (mdoc_events_backoff_judge (204), ==, MDOC_EVENTS_DELIVERED);
  g_assert_cmpint (mdoc_events_backoff_judge (410), ==, MDOC_EVENTS_DISABLE);
  for (guint status = 0; status < 600; status++)
    if (status / 100 != 2 && status != 410)
      g_assert_cmpint (mdoc_events_backoff_judge (status),
                       ==,
                       MDOC_EVENTS_RETRY);
}

static void
test_pause (void)
{
  static const guint whole_s[] = { 1, 2, 4, 8, 16, 32, 60, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (whole_s); i++)
    {
      const guint64 whole_ms = whole_s[i] * 1000;

      g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (i + 1, 0, 0),
                        ==,
                        whole_ms / 2);
      for (guint32 random = 0; random < G_MAXUINT32 - 65537; random += 65537)
        {
          guint64 ms = mdoc_events_backoff_get_pause_ms (i + 1, random, 0);

          g_assert_cmpuint (ms, >=, whole_ms / 2);
          g_assert_cmpuint (ms, <=, whole_ms);
        }
    }
  g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (0, 0, 0), ==, 500);
  g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (G_MAXUINT, 0, 0),
                    ==,
                    30000);
  /* what the receiver asks for, up to the end of patience */
  g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (1, 0, 300), ==, 300000);
  g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (1, 0, -5), ==, 500);
  g_assert_cmpuint (mdoc_events_backoff_get_pause_ms (1, 0, G_MAXINT64),
                    ==,
                    MDOC_EVENTS_GIVE_UP_S * 1000);
}

static void
test_give_up (void)
{
  g_assert_false (mdoc_events_backoff_gives_up (NOW, NOW));
  g_assert_false (
      mdoc_events_backoff_gives_up (NOW, NOW + MDOC_EVENTS_GIVE_UP_S - 1));
  g_assert_true (
      mdoc_events_backoff_gives_up (NOW, NOW + MDOC_EVENTS_GIVE_UP_S));
  /* a clock that was set back is no reason */
  g_assert_false (mdoc_events_backoff_gives_up (NOW, NOW - 86400));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/events-signature/known", test_known);
  g_test_add_func ("/events-signature/forged", test_forged);
  g_test_add_func ("/events-signature/old", test_old);
  g_test_add_func ("/events-backoff/judge", test_judge);
  g_test_add_func ("/events-backoff/pause", test_pause);
  g_test_add_func ("/events-backoff/give-up", test_give_up);
  return g_test_run ();
}
