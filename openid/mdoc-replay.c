/*
 * mdoc-replay.c - what has been seen, so that it is not taken again
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "openid/mdoc-replay.h"

#include <string.h>

#include "crypto/mdoc-crypto.h"

#define MAX_PARTS 4

typedef struct
{
  char *name;
  guint n_entries;
  gint64 next_end_unix_s; /* of its entries, or before */
} Client;

typedef struct
{
  guint8 digest[32];
  gint64 until_unix_s;
  Client *client; /* nullable */
} Entry;

struct _MdocReplay
{
  GHashTable *entries; /* of Entry, which is its own key */
  GHashTable *clients; /* name to Client, of those who have entries */
  guint max_entries;
  gint64 next_end_unix_s; /* nothing ends before */
};

static guint
entry_hash (gconstpointer data)
{
  const Entry *entry = data;
  guint hash;

  /* a digest is as good as random */
  memcpy (&hash, entry->digest, sizeof (hash));
  return hash;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  return memcmp (first->digest, second->digest, sizeof (first->digest)) == 0;
}

static void
client_free (gpointer data)
{
  Client *self = data;

  g_free (self->name);
  g_free (self);
}

/**
 * mdoc_replay_new:
 * @max_entries: most values remembered at once
 *
 * Returns: (transfer full): a memory, empty
 */
MdocReplay *
mdoc_replay_new (guint max_entries)
{
  MdocReplay *self = g_new0 (MdocReplay, 1);

  self->entries = g_hash_table_new_full (entry_hash, entry_equal, g_free, NULL);
  self->clients = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         NULL,
                                         client_free);
  self->max_entries = max_entries;
  self->next_end_unix_s = G_MAXINT64;
  return self;
}

void
mdoc_replay_free (MdocReplay *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->clients);
  g_free (self);
}

guint
mdoc_replay_get_n_entries (MdocReplay *self)
{
  return g_hash_table_size (self->entries);
}

static void
leave_client (MdocReplay *self, Client *client)
{
  if (client != NULL && --client->n_entries == 0)
    g_hash_table_remove (self->clients, client->name);
}

static void
note_end (MdocReplay *self, const Entry *entry)
{
  const gint64 until_s = entry->until_unix_s;

  self->next_end_unix_s = MIN (self->next_end_unix_s, until_s);
  if (entry->client != NULL)
    entry->client->next_end_unix_s = MIN (entry->client->next_end_unix_s,
                                          until_s);
}

static void
forget_old (MdocReplay *self, gint64 now_unix_s)
{
  GHashTableIter iter;
  gpointer key;

  /* so that a full memory costs a walk only when something has ended */
  if (now_unix_s < self->next_end_unix_s)
    return;

  self->next_end_unix_s = G_MAXINT64;
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &key))
    ((Client *) key)->next_end_unix_s = G_MAXINT64;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Entry *entry = key;

      if (entry->until_unix_s <= now_unix_s)
        {
          leave_client (self, entry->client);
          g_hash_table_iter_remove (&iter);
        }
      else
        note_end (self, entry);
    }
}

static Client *
take_client (MdocReplay *self, const char *name)
{
  Client *client = g_hash_table_lookup (self->clients, name);

  if (client == NULL)
    {
      client = g_new0 (Client, 1);
      client->name = g_strdup (name);
      client->next_end_unix_s = G_MAXINT64;
      g_hash_table_insert (self->clients, client->name, client);
    }
  client->n_entries++;
  return client;
}

/* Is there room for one more of @name's? */
static MdocReplayResult
find_room (MdocReplay *self, const char *name)
{
  const guint n_entries = g_hash_table_size (self->entries);
  const Client *client = name != NULL
                             ? g_hash_table_lookup (self->clients, name)
                             : NULL;

  if (client != NULL
      && (n_entries >= self->max_entries
          || client->n_entries >= self->max_entries - n_entries))
    return MDOC_REPLAY_SHARE;
  return n_entries >= self->max_entries ? MDOC_REPLAY_FULL : MDOC_REPLAY_FRESH;
}

/**
 * mdoc_replay_check:
 * @self: the memory
 * @parts: what to look for, such as a key's thumbprint and a `jti`; each is
 *   told from the next
 * @n_parts: how many, at most 4
 * @now_unix_s: the time
 * @until_unix_s: when it need no longer be remembered
 *
 * Returns: %MDOC_REPLAY_FRESH if it was not there, and from now on is
 */
MdocReplayResult
mdoc_replay_check (MdocReplay *self,
                   const MdocSpan *parts,
                   gsize n_parts,
                   gint64 now_unix_s,
                   gint64 until_unix_s)
{
  return mdoc_replay_check_for (self,
                                NULL,
                                parts,
                                n_parts,
                                now_unix_s,
                                until_unix_s);
}

/**
 * mdoc_replay_check_for:
 * @self: the memory
 * @client: (nullable): whose it is; %NULL: nobody's, who has no share
 * @parts: what to look for
 * @n_parts: how many, at most 4
 * @now_unix_s: the time
 * @until_unix_s: when it need no longer be remembered
 *
 * Returns: %MDOC_REPLAY_FRESH if it was not there, and from now on is
 */
MdocReplayResult
mdoc_replay_check_for (MdocReplay *self,
                       const char *client,
                       const MdocSpan *parts,
                       gsize n_parts,
                       gint64 now_unix_s,
                       gint64 until_unix_s)
{
  guint8 digest[MDOC_HASH_MAX_LEN];
  guint64 lens[MAX_PARTS];
  MdocSpan all[2 * MAX_PARTS];
  MdocReplayResult result;
  Entry *entry;

  g_return_val_if_fail (n_parts <= MAX_PARTS, MDOC_REPLAY_FULL);

  for (gsize i = 0; i < n_parts; i++)
    {
      lens[i] = parts[i].len;
      all[2 * i] = MDOC_SPAN ((const guint8 *) &lens[i], sizeof (lens[i]));
      all[2 * i + 1] = parts[i];
    }
  mdoc_hash_compute (MDOC_HASH_SHA256, all, 2 * n_parts, digest);

  entry = g_new0 (Entry, 1);
  memcpy (entry->digest, digest, sizeof (entry->digest));
  entry->until_unix_s = until_unix_s;

  forget_old (self, now_unix_s);
  if (g_hash_table_contains (self->entries, entry))
    {
      g_free (entry);
      return MDOC_REPLAY_SEEN;
    }
  result = find_room (self, client);
  if (result != MDOC_REPLAY_FRESH)
    {
      g_free (entry);
      return result;
    }

  if (client != NULL)
    entry->client = take_client (self, client);
  note_end (self, entry);
  g_hash_table_add (self->entries, entry);
  return MDOC_REPLAY_FRESH;
}

/**
 * mdoc_replay_get_wait_s:
 * @self: the memory
 * @client: whose
 * @now_unix_s: the time
 *
 * Returns: after how many seconds there will be room for another of it, if
 *   nobody else takes it
 */
guint
mdoc_replay_get_wait_s (MdocReplay *self, const char *client, gint64 now_unix_s)
{
  const Client *found = g_hash_table_lookup (self->clients, client);

  if (found == NULL || found->next_end_unix_s <= now_unix_s)
    return 0;
  return (guint) MIN (found->next_end_unix_s - now_unix_s, G_MAXUINT);
}
