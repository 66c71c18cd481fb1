/*
 * mdoc-vci-accounts.c - who guesses the password of whom
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-vci-accounts.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"

/* clients of one account that are told apart; that of the oldest miss goes
 * first, so who has more addresses is held by the count of all */
#define MAX_CLIENTS 8
/* no wait gets longer by doubling it more often */
#define MAX_DOUBLINGS 6

typedef struct
{
  guint8 digest[32];
} Key;

typedef struct
{
  Key client;
  guint n_misses; /* 0: free */
  gint64 last_us;
} Misses;

typedef struct
{
  Key name;
  gint64 last_us; /* of any try */
  gint64 hour_us; /* since when these count */
  guint n_misses;
  gint64 next_us; /* when there may be one more, if they are too many */
  gboolean has_trusted;
  Key trusted; /* the client of the last right one */
  Misses clients[MAX_CLIENTS];
} Account;

struct _MdocVciAccounts
{
  GMutex lock;
  GHashTable *accounts; /* of Account, which begins with its key */
};

static Key
make_key (const char *text)
{
  const MdocSpan part = mdoc_span_from_text (text);
  guint8 digest[MDOC_HASH_MAX_LEN];
  Key key;

  mdoc_hash_compute (MDOC_HASH_SHA256, &part, 1, digest);
  memcpy (key.digest, digest, sizeof (key.digest));
  return key;
}

static guint
key_hash (gconstpointer data)
{
  guint hash;

  /* a digest is as good as random */
  memcpy (&hash, data, sizeof (hash));
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

MdocVciAccounts *
mdoc_vci_accounts_new (void)
{
  MdocVciAccounts *self = g_new0 (MdocVciAccounts, 1);

  g_mutex_init (&self->lock);
  self->accounts = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  return self;
}

void
mdoc_vci_accounts_free (MdocVciAccounts *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->accounts);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
forget_oldest (MdocVciAccounts *self)
{
  Account *oldest = NULL;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->accounts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Account *account = key;

      if (oldest == NULL || account->last_us < oldest->last_us)
        oldest = account;
    }
  if (oldest != NULL)
    g_hash_table_remove (self->accounts, oldest);
}

static Account *
find_account (MdocVciAccounts *self, const Key *name, gint64 now_us)
{
  Account *account = g_hash_table_lookup (self->accounts, name);

  if (account == NULL)
    {
      if (g_hash_table_size (self->accounts) >= MDOC_VCI_MAX_ACCOUNTS)
        forget_oldest (self);
      account = g_new0 (Account, 1);
      account->name = *name;
      account->hour_us = now_us;
      g_hash_table_add (self->accounts, account);
    }
  account->last_us = now_us;
  if (now_us - account->hour_us >= MDOC_VCI_ACCOUNT_HOUR_US)
    {
      account->hour_us = now_us;
      account->n_misses = 0;
    }
  return account;
}

/* that of the client, or the one to put it in */
static Misses *
find_misses (Account *account, const Key *client, gint64 now_us)
{
  Misses *place = &account->clients[0];

  for (guint i = 0; i < MAX_CLIENTS; i++)
    {
      Misses *misses = &account->clients[i];

      if (misses->n_misses > 0
          && now_us - misses->last_us >= MDOC_VCI_ACCOUNT_FORGET_US)
        misses->n_misses = 0;
      if (misses->n_misses > 0 && key_equal (&misses->client, client))
        return misses;
      if (misses->n_misses == 0
          || (place->n_misses > 0 && misses->last_us < place->last_us))
        place = misses;
    }
  return place;
}

/* when @client may try again, for what it did itself */
static gint64
get_next_us (const Misses *misses)
{
  const guint n_over = misses->n_misses - MDOC_VCI_ACCOUNT_FREE;
  gint64 wait_us;

  if (misses->n_misses < MDOC_VCI_ACCOUNT_FREE)
    return misses->last_us;
  wait_us = (gint64) G_USEC_PER_SEC << MIN (n_over, MAX_DOUBLINGS);
  return misses->last_us + MIN (wait_us, MDOC_VCI_ACCOUNT_MAX_WAIT_US);
}

guint
mdoc_vci_accounts_try (MdocVciAccounts *self,
                       const char *name,
                       const char *client,
                       gint64 now_us)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  const Key name_key = make_key (name);
  const Key client_key = make_key (client);
  Account *account = find_account (self, &name_key, now_us);
  Misses *misses = find_misses (account, &client_key, now_us);
  const gboolean is_known = misses->n_misses > 0
                            && key_equal (&misses->client, &client_key);
  gint64 next_us = is_known ? get_next_us (misses) : now_us;

  if (account->n_misses >= MDOC_VCI_ACCOUNT_HOURLY
      && !(account->has_trusted && key_equal (&account->trusted, &client_key)))
    next_us = MAX (next_us, account->next_us);
  if (next_us > now_us)
    return (guint) ((next_us - now_us - 1) / G_USEC_PER_SEC) + 1;

  if (!is_known)
    *misses = (Misses){ .client = client_key };
  misses->n_misses = MIN (misses->n_misses + 1, G_MAXUINT - 1);
  misses->last_us = now_us;
  account->n_misses = MIN (account->n_misses + 1, G_MAXUINT - 1);
  account->next_us = now_us + MDOC_VCI_ACCOUNT_SLOT_US;
  return 0;
}

void
mdoc_vci_accounts_succeed (MdocVciAccounts *self,
                           const char *name,
                           const char *client)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  const Key name_key = make_key (name);
  const Key client_key = make_key (client);
  Account *account = g_hash_table_lookup (self->accounts, &name_key);

  /* forgotten meanwhile, if very many tried */
  if (account == NULL)
    return;

  account->n_misses -= MIN (account->n_misses, 1);
  account->has_trusted = TRUE;
  account->trusted = client_key;
  for (guint i = 0; i < MAX_CLIENTS; i++)
    if (key_equal (&account->clients[i].client, &client_key))
      account->clients[i].n_misses = 0;
}
