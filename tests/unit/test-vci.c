/*
 * test-vci.c - nonces, guesses, and where a browser may be sent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-http-private.h"
#include "issuer/mdoc-vci-code.h"
#include "issuer/mdoc-vci-login.h"
#include "issuer/mdoc-vci-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define UP  ((gint64) 1000)

static gint64 now_s;

static gint64
get_unix_s (gpointer impl)
{
  return now_s;
}

static gint64 monotonic_s;

static gint64
get_monotonic_ms (gpointer impl)
{
  return monotonic_s * 1000 + 1;
}

static const MdocClockClass clock_class = {
  .get_unix_s = get_unix_s,
  .get_monotonic_ms = get_monotonic_ms
};
static const MdocClock fixed_clock = { &clock_class, NULL };

static MdocVci *
make_vci (void)
{
  const MdocVciConfig config = { .clock = &fixed_clock };
  MdocVci *vci = mdoc_vci_new (&config, NULL);

  g_assert_nonnull (vci);
  now_s = NOW;
  monotonic_s = UP;
  return vci;
}

static void
test_nonce (void)
{
  g_autoptr (MdocVci) vci = make_vci ();
  g_autoptr (MdocVci) other = make_vci ();
  g_autofree char *nonce = mdoc_vci_make_nonce (vci, MDOC_VCI_NONCE_DPOP);
  g_autofree char *again = mdoc_vci_make_nonce (vci, MDOC_VCI_NONCE_DPOP);
  g_autofree char *longer = g_strconcat (nonce, "A", NULL);
  g_autofree char *shorter = g_strndup (nonce, strlen (nonce) - 4);
  static const struct
  {
    gint64 age_s;
    gboolean is_current;
  } ages[] = { { -1, FALSE }, { 0, TRUE }, { 300, TRUE }, { 301, FALSE } };

  g_assert_cmpstr (nonce, !=, again);
  g_assert_true (mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, nonce));
  g_assert_false (
      mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_CREDENTIAL, nonce));
  g_assert_false (
      mdoc_vci_is_nonce_current (other, MDOC_VCI_NONCE_DPOP, nonce));
  g_assert_false (mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, ""));
  g_assert_false (mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, longer));
  g_assert_false (
      mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, shorter));

  for (gsize i = 0; i < G_N_ELEMENTS (ages); i++)
    {
      monotonic_s = UP + ages[i].age_s;
      g_assert_cmpint (mdoc_vci_is_nonce_current (vci,
                                                  MDOC_VCI_NONCE_DPOP,
                                                  nonce),
                       ==,
                       ages[i].is_current);
    }

  /* whoever sets the clock makes it neither older nor younger */
  monotonic_s = UP + 300;
  now_s = NOW - 1000000;
  g_assert_true (mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, nonce));
  monotonic_s = UP + 301;
  g_assert_false (mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, nonce));

  monotonic_s = UP;
  for (gsize i = 0; i < strlen (nonce); i++)
    {
      g_autofree char *changed = g_strdup (nonce);

      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      g_assert_false (
          mdoc_vci_is_nonce_current (vci, MDOC_VCI_NONCE_DPOP, changed));
    }
}

static void
miss (MdocVciLimiter *limiter, const char *address, guint n, gint64 now_us)
{
  for (guint i = 0; i < n; i++)
    mdoc_vci_limiter_count (limiter, address, now_us);
}

static void
test_limiter (void)
{
  MdocVciLimiter *limiter = mdoc_vci_limiter_new (30, 60);

  miss (limiter, "192.0.2.1", 29, 0);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "192.0.2.1", 0), ==, 0);
  miss (limiter, "192.0.2.1", 1, 0);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "192.0.2.1", 0), ==, 61);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "192.0.2.2", 0), ==, 0);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter,
                                            "192.0.2.1",
                                            60 * G_USEC_PER_SEC - 1),
                    ==,
                    1);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter,
                                            "192.0.2.1",
                                            60 * G_USEC_PER_SEC),
                    ==,
                    0);
  /* a new minute, a new count */
  miss (limiter, "192.0.2.1", 29, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter,
                                            "192.0.2.1",
                                            60 * G_USEC_PER_SEC),
                    ==,
                    0);
  miss (limiter, "192.0.2.1", 1, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter,
                                            "192.0.2.1",
                                            60 * G_USEC_PER_SEC),
                    ==,
                    61);

  /* one network of IPv6 is one who guesses */
  miss (limiter, "2001:db8:1:2:3:4:5:6", 15, 0);
  miss (limiter, "2001:db8:1:2::7", 15, 0);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "2001:db8:1:2:8::", 0),
                    ==,
                    61);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "2001:db8:1:3::1", 0),
                    ==,
                    0);
  mdoc_vci_limiter_free (limiter);
}

/* A socket for both kinds shows addresses of IPv4 in the form of IPv6: they are
 * as many as they were. However zeros are left out, a network is the same. */
static void
test_limiter_forms (void)
{
  static const struct
  {
    const char *guesses;
    const char *asks;
    gboolean is_same;
  } pairs[] = {
    { "::ffff:192.0.2.1", "::ffff:192.0.2.2", FALSE },
    { "::ffff:192.0.2.1", "::ffff:192.0.2.1", TRUE },
    { "::ffff:192.0.2.1", "192.0.2.1", TRUE },
    { "::1", "::ffff:192.0.2.1", FALSE },
    { "2001::1:2:3:4:5", "2001:0:0:1:6:7:8:9", TRUE },
    { "2001::1:2:3:4:5", "2001::2:2:3:4:5", FALSE },
    { "2001:db8::1", "2001:db8:0:1::1", FALSE },
    { "2001:db8::1", "2001:DB8:0:0:1::", TRUE },
    { "", "unknown", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      MdocVciLimiter *limiter = mdoc_vci_limiter_new (30, 60);

      g_test_message ("%s, %s", pairs[i].guesses, pairs[i].asks);
      miss (limiter, pairs[i].guesses, 30, 0);
      g_assert_cmpint (mdoc_vci_limiter_check (limiter, pairs[i].asks, 0) != 0,
                       ==,
                       pairs[i].is_same);
      mdoc_vci_limiter_free (limiter);
    }
}

static void
add_header (MdocHttpCall *call, const char *name, const char *value)
{
  const MdocHttpField field = { g_strdup (name), g_strdup (value) };

  g_array_append_val (call->headers, field);
}

/* Behind a proxy what it has seen itself counts, which it writes last, be it
 * behind a comma or in a line of its own. */
static void
test_proxy (void)
{
  static const struct
  {
    gboolean trusts;
    const char *lines[2];
    gboolean may_try;
  } tries[] = {
    { FALSE, { "192.0.2.9", NULL }, FALSE },
    { TRUE, { "192.0.2.9", NULL }, TRUE },
    { TRUE, { "192.0.2.1", NULL }, FALSE },
    { TRUE, { "192.0.2.9, 192.0.2.1", NULL }, FALSE },
    { TRUE, { "192.0.2.9", "192.0.2.1" }, FALSE },
    { TRUE, { "192.0.2.1", "192.0.2.9" }, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      const MdocVciConfig config = { .clock = &fixed_clock,
                                     .trusts_proxy = tries[i].trusts };
      g_autoptr (MdocVci) vci = mdoc_vci_new (&config, NULL);
      g_autoptr (MdocHttpCall) call = mdoc_http_call_new ("/");
      g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();

      miss (vci->limiter, "192.0.2.1", 30, g_get_monotonic_time ());
      call->address = g_strdup ("192.0.2.1");
      for (guint j = 0; j < 2 && tries[i].lines[j] != NULL; j++)
        add_header (call, "x-forwarded-for", tries[i].lines[j]);
      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpint (mdoc_vci_may_try (vci, call, reply),
                       ==,
                       tries[i].may_try);
    }
}

/* Many who guess once take no more memory than so many. */
static void
test_limiter_full (void)
{
  MdocVciLimiter *limiter = mdoc_vci_limiter_new (30, 60);

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.0.%u.%u",
                                                  i / 256,
                                                  i % 256);

      mdoc_vci_limiter_count (limiter, address, 0);
    }
  miss (limiter, "192.0.2.1", 30, 0);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter, "192.0.2.1", 0), ==, 0);
  /* and once their minute is over there is room again */
  miss (limiter, "192.0.2.1", 30, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (mdoc_vci_limiter_check (limiter,
                                            "192.0.2.1",
                                            60 * G_USEC_PER_SEC),
                    !=,
                    0);
  mdoc_vci_limiter_free (limiter);
}

static void
test_first (void)
{
  g_autoptr (MdocVci) vci = make_vci ();
  g_autoptr (MdocHttpCall) call = mdoc_http_call_new ("/");
  gboolean is_full;

  call->address = g_strdup ("192.0.2.1");
  g_assert_true (mdoc_vci_is_first (vci, call, "a.b.c", &is_full));
  g_assert_false (mdoc_vci_is_first (vci, call, "a.b.c", &is_full));
  g_assert_false (is_full);
  /* the same under the other of its two signatures */
  g_assert_false (mdoc_vci_is_first (vci, call, "a.b.d", &is_full));
  g_assert_true (mdoc_vci_is_first (vci, call, "a.c.c", &is_full));
  /* neither a clock that leaps ahead nor one that leaps back makes it fresh */
  now_s += 1000000;
  g_assert_false (mdoc_vci_is_first (vci, call, "a.b.c", &is_full));
  now_s -= 2000000;
  monotonic_s += MDOC_VCI_AGE_S + MDOC_VCI_AHEAD_S;
  g_assert_false (mdoc_vci_is_first (vci, call, "a.b.c", &is_full));
  monotonic_s += 2;
  g_assert_true (mdoc_vci_is_first (vci, call, "a.b.c", &is_full));
}

/* One client cannot have all there is to be kept. */
static void
test_keep (void)
{
  g_autoptr (MdocVci) vci = make_vci ();
  g_autoptr (MdocHttpCall) many = mdoc_http_call_new ("/");
  g_autoptr (MdocHttpCall) other = mdoc_http_call_new ("/");
  g_autoptr (MdocHttpReply) reply = mdoc_http_reply_new ();

  many->address = g_strdup ("192.0.2.1");
  other->address = g_strdup ("192.0.2.2");
  mdoc_replay_free (vci->kept);
  vci->kept = mdoc_replay_new (6);
  for (guint i = 0; i < 3; i++)
    g_assert_true (mdoc_vci_may_keep (vci, many, reply, 90 + i));
  g_assert_false (mdoc_vci_may_keep (vci, many, reply, 90));
  g_assert_cmpuint (mdoc_http_reply_get_status (reply), ==, 429);
  g_assert_cmpstr (mdoc_http_reply_get_header (reply, "Retry-After"), ==, "90");
  g_assert_true (mdoc_vci_may_keep (vci, other, reply, 90));
  monotonic_s += 91;
  g_assert_true (mdoc_vci_may_keep (vci, many, reply, 90));
}

static void
test_code (void)
{
  gboolean has_details = FALSE;
  g_autofree char *marked = mdoc_vci_code_mark (g_strdup ("abc"), TRUE);
  g_autofree char *plain = mdoc_vci_code_mark (g_strdup ("abc"), FALSE);
  g_autofree char *first = mdoc_vci_code_unmark (plain, &has_details);
  g_autofree char *second = NULL;

  g_assert_cmpstr (first, ==, "abc");
  g_assert_false (has_details);
  second = mdoc_vci_code_unmark (marked, &has_details);
  g_assert_cmpstr (second, ==, "abc");
  g_assert_true (has_details);
}

static void
test_redirect (void)
{
  static const char *const good[] = {
    "https://wallet.example/cb",
    "https://wallet.example/cb?x=1",
    "http://127.0.0.1:1234/cb",
    "http://[::1]:1234/cb",
    "http://localhost/cb",
    "com.example.wallet:/cb",
    "openid4vp://cb",
  };
  static const char *const bad[] = {
    "",
    "/cb",
    "wallet.example/cb",
    "https:///cb",
    "https://user@wallet.example/cb",
    "https://wallet.example/cb#x",
    "https://wallet.example/c b",
    "https://wallet.example/\"",
    "https://wallet.example/<",
    "http://wallet.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "vbscript:x",
    "intent://x#Intent;end",
    "com.example.wallet:/cb#x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    if (!mdoc_vci_login_is_redirect (good[i]))
      g_error ("refused: %s", good[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    if (mdoc_vci_login_is_redirect (bad[i]))
      g_error ("taken: %s", bad[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vci/nonce", test_nonce);
  g_test_add_func ("/vci/limiter", test_limiter);
  g_test_add_func ("/vci/limiter-forms", test_limiter_forms);
  g_test_add_func ("/vci/limiter-full", test_limiter_full);
  g_test_add_func ("/vci/proxy", test_proxy);
  g_test_add_func ("/vci/first", test_first);
  g_test_add_func ("/vci/keep", test_keep);
  g_test_add_func ("/vci/code", test_code);
  g_test_add_func ("/vci/redirect", test_redirect);

  return g_test_run ();
}
