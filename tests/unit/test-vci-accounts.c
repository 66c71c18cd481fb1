/*
 * test-vci-accounts.c - who guesses one password gets nowhere, and locks nobody
 * out
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-accounts.h"

#define HERE  "192.0.2.1"
#define THERE "198.51.100.1"
#define S     ((gint64) G_USEC_PER_SEC)

static void
assert_waits (MdocVciAccounts *accounts,
              const char *name,
              const char *client,
              gint64 now_us,
              guint wait_s)
{
  g_assert_cmpuint (mdoc_vci_accounts_try (accounts, name, client, now_us),
                    ==,
                    wait_s);
}

/* Three for nothing, then each costs twice as long as the one before, up to a
 * minute; who comes too early has neither tried nor made it longer. */
static void
test_back_off (void)
{
  static const guint waits[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
  g_autoptr (MdocVciAccounts) accounts = mdoc_vci_accounts_new ();
  gint64 now_us = 5 * S;

  for (guint i = 0; i < MDOC_VCI_ACCOUNT_FREE; i++)
    assert_waits (accounts, "P-1", HERE, now_us, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      for (guint j = 0; j < 100; j++)
        assert_waits (accounts, "P-1", HERE, now_us, waits[i]);
      now_us += waits[i] * S - 1;
      assert_waits (accounts, "P-1", HERE, now_us, 1);
      now_us++;
      assert_waits (accounts, "P-1", HERE, now_us, 0);
    }

  /* somebody else, and somebody else's account */
  assert_waits (accounts, "P-1", THERE, now_us, 0);
  assert_waits (accounts, "P-2", HERE, now_us, 0);
  /* that it was right ends it */
  assert_waits (accounts, "P-1", HERE, now_us, 60);
  mdoc_vci_accounts_succeed (accounts, "P-1", HERE);
  assert_waits (accounts, "P-1", HERE, now_us, 0);
  /* and so does time */
  for (guint i = 0; i < MDOC_VCI_ACCOUNT_FREE - 1; i++)
    assert_waits (accounts, "P-1", HERE, now_us, 0);
  assert_waits (accounts, "P-1", HERE, now_us + 1 * S - 1, 1);
  now_us += MDOC_VCI_ACCOUNT_FORGET_US;
  for (guint i = 0; i < MDOC_VCI_ACCOUNT_FREE; i++)
    assert_waits (accounts, "P-1", HERE, now_us, 0);
  assert_waits (accounts, "P-1", HERE, now_us, 1);
}

/* With an address for each try it is one in ten seconds; the person is let in
 * where they were last. */
static void
test_many_clients (void)
{
  g_autoptr (MdocVciAccounts) accounts = mdoc_vci_accounts_new ();
  const gint64 begin_us = 5 * S;
  gint64 now_us = begin_us;
  guint n_tries = 0;

  assert_waits (accounts, "P-1", HERE, now_us, 0);
  mdoc_vci_accounts_succeed (accounts, "P-1", HERE);
  for (guint i = 0; now_us - begin_us < MDOC_VCI_ACCOUNT_HOUR_US; i++)
    {
      g_autofree char *client = g_strdup_printf ("2001:db8:0:%x::", i);

      if (mdoc_vci_accounts_try (accounts, "P-1", client, now_us) == 0)
        n_tries++;
      now_us += S;
    }
  g_assert_cmpuint (n_tries, >=, 300);
  g_assert_cmpuint (n_tries, <=, 30 + 360);

  now_us -= S;
  for (guint i = 0; i < 31; i++)
    {
      g_autofree char *client = g_strdup_printf ("203.0.113.%u", i);

      g_assert_cmpuint (mdoc_vci_accounts_try (accounts, "P-1", client, now_us),
                        <=,
                        10);
    }
  assert_waits (accounts, "P-1", HERE, now_us, 0);
  assert_waits (accounts, "P-2", THERE, now_us, 0);
  /* for others no wait is longer than ten seconds */
  now_us += 10 * S;
  assert_waits (accounts, "P-1", THERE, now_us, 0);
}

/* What is tried at once counts at once. */
static gpointer
try_all (gpointer data)
{
  guint n = 0;

  for (guint i = 0; i < 100; i++)
    if (mdoc_vci_accounts_try (data, "P-1", HERE, S) == 0)
      n++;
  return GUINT_TO_POINTER (n);
}

static void
test_at_once (void)
{
  g_autoptr (MdocVciAccounts) accounts = mdoc_vci_accounts_new ();
  GThread *threads[4];
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("try", try_all, accounts);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    n += GPOINTER_TO_UINT (g_thread_join (threads[i]));
  g_assert_cmpuint (n, ==, MDOC_VCI_ACCOUNT_FREE);
}

/* Names that are nobody's take no more memory than so many, and push out what
 * is older. */
static void
test_full (void)
{
  g_autoptr (MdocVciAccounts) accounts = mdoc_vci_accounts_new ();

  for (guint i = 0; i < MDOC_VCI_ACCOUNT_FREE; i++)
    {
      assert_waits (accounts, "first", HERE, S, 0);
      assert_waits (accounts, "second", HERE, 2 * S, 0);
    }
  for (guint i = 0; i < MDOC_VCI_MAX_ACCOUNTS - 1; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      assert_waits (accounts, name, THERE, 2 * S + 1, 0);
    }
  assert_waits (accounts, "second", HERE, 2 * S + 2, 1);
  assert_waits (accounts, "first", HERE, S + 2, 0);
  mdoc_vci_accounts_succeed (accounts, "nobody", HERE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vci-accounts/back-off", test_back_off);
  g_test_add_func ("/vci-accounts/many-clients", test_many_clients);
  g_test_add_func ("/vci-accounts/at-once", test_at_once);
  g_test_add_func ("/vci-accounts/full", test_full);

  return g_test_run ();
}
