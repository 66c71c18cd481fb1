/*
 * mdoc-vci-nonce.c - nonces that need not be kept, and who guesses too much
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-vci-private.h"

/* a nonce: use, time, random, and a MAC over these, cut to its half */
#define TIME_BYTES   8
#define RANDOM_BYTES 8
#define HEAD_BYTES   (1 + TIME_BYTES + RANDOM_BYTES)
#define MAC_BYTES    16
#define NONCE_BYTES  (HEAD_BYTES + MAC_BYTES)

/* the most addresses that are kept */
#define MAX_ADDRESSES 10000

struct _MdocVciLimiter
{
  guint max_n;
  gint64 window_us;
  GMutex lock;
  GHashTable *by_address; /* text to Misses */
};

typedef struct
{
  gint64 since_us;
  guint n;
} Misses;

static void
compute_mac (MdocVci *self, const guint8 *head, guint8 *ret_mac)
{
  const MdocSpan part = MDOC_SPAN (head, HEAD_BYTES);

  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     mdoc_secret_get_span (self->nonce_key),
                     &part,
                     1,
                     ret_mac);
}

char *
mdoc_vci_make_nonce (MdocVci *self, MdocVciNonceUse use)
{
  const guint64 time = GUINT64_TO_BE (
      (guint64) mdoc_vci_get_monotonic_s (self));
  guint8 mac[MDOC_HASH_MAX_LEN];
  guint8 nonce[NONCE_BYTES];

  nonce[0] = (guint8) use;
  memcpy (nonce + 1, &time, TIME_BYTES);
  mdoc_random_fill (nonce + 1 + TIME_BYTES, RANDOM_BYTES);
  compute_mac (self, nonce, mac);
  memcpy (nonce + HEAD_BYTES, mac, MAC_BYTES);
  return mdoc_base64url_encode (MDOC_SPAN (nonce, NONCE_BYTES));
}

gboolean
mdoc_vci_is_nonce_current (MdocVci *self,
                           MdocVciNonceUse use,
                           const char *nonce)
{
  const gint64 now_s = mdoc_vci_get_monotonic_s (self);
  g_autoptr (GBytes) bytes = NULL;
  guint8 mac[MDOC_HASH_MAX_LEN];
  const guint8 *data;
  guint64 time;
  gint64 made_s;
  gsize len;

  bytes = mdoc_base64url_decode (nonce, NONCE_BYTES, NULL);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &len);
  if (len != NONCE_BYTES || data[0] != (guint8) use)
    return FALSE;

  compute_mac (self, data, mac);
  if (!mdoc_secret_equal (MDOC_SPAN (mac, MAC_BYTES),
                          MDOC_SPAN (data + HEAD_BYTES, MAC_BYTES)))
    return FALSE;

  memcpy (&time, data + 1, TIME_BYTES);
  made_s = (gint64) GUINT64_FROM_BE (time);
  return made_s <= now_s && now_s - made_s <= MDOC_VCI_NONCE_S;
}

gboolean
mdoc_vci_check_nonce (const char *nonce, gpointer data)
{
  const MdocVciNonceCheck *check = data;

  return mdoc_vci_is_nonce_current (check->vci, check->use, nonce);
}

MdocVciLimiter *
mdoc_vci_limiter_new (guint max_n, gint64 window_s)
{
  MdocVciLimiter *self = g_new0 (MdocVciLimiter, 1);

  self->max_n = max_n;
  self->window_us = window_s * G_USEC_PER_SEC;
  g_mutex_init (&self->lock);
  self->by_address = g_hash_table_new_full (g_str_hash,
                                            g_str_equal,
                                            g_free,
                                            g_free);
  return self;
}

void
mdoc_vci_limiter_free (MdocVciLimiter *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->by_address);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* what was counted before is forgotten, if it began before then */
static gboolean
is_over (gpointer key, gpointer value, gpointer data)
{
  const Misses *misses = value;
  const gint64 *until_us = data;

  return misses->since_us <= *until_us;
}

void
mdoc_vci_limiter_count (MdocVciLimiter *self,
                        const char *address,
                        gint64 now_us)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  g_autofree char *network = mdoc_http_dup_network (address);
  Misses *misses = g_hash_table_lookup (self->by_address, network);
  gint64 until_us = now_us - self->window_us;

  if (misses != NULL && is_over (NULL, misses, &until_us))
    {
      g_hash_table_remove (self->by_address, network);
      misses = NULL;
    }
  if (misses == NULL)
    {
      if (g_hash_table_size (self->by_address) >= MAX_ADDRESSES)
        g_hash_table_foreach_remove (self->by_address, is_over, &until_us);
      /* so many who guess at once are beyond what counting can help */
      if (g_hash_table_size (self->by_address) >= MAX_ADDRESSES)
        return;
      misses = g_new0 (Misses, 1);
      misses->since_us = now_us;
      g_hash_table_insert (self->by_address,
                           g_steal_pointer (&network),
                           misses);
    }
  misses->n++;
}

guint
mdoc_vci_limiter_check (MdocVciLimiter *self,
                        const char *address,
                        gint64 now_us)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  g_autofree char *network = mdoc_http_dup_network (address);
  const Misses *misses = g_hash_table_lookup (self->by_address, network);

  if (misses == NULL || misses->n < self->max_n
      || now_us - misses->since_us >= self->window_us)
    return 0;
  return (guint) ((misses->since_us + self->window_us - now_us)
                  / G_USEC_PER_SEC)
         + 1;
}
