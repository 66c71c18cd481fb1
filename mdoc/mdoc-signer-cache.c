/*
 * mdoc-signer-cache.c - document signers verified before
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-signer-cache-private.h"

#include <string.h>

#define KEY_LEN 32

/* A chain that led to an anchor. */
typedef struct
{
  guint8 key[KEY_LEN]; /* SHA-256 of the whole chain */
  MdocCertificate *leaf;
  MdocCertificate *anchor;
  gint64 from_unix_s; /* it is known to hold from here */
  gint64 until_unix_s;
} Signer;

struct _MdocSignerCache
{
  GArray *signers; /* of Signer */
  guint next;      /* whose place the next one takes when all are taken */
  gboolean has_crls;
};

static void
clear_signer (gpointer data)
{
  Signer *signer = data;

  g_clear_pointer (&signer->leaf, mdoc_certificate_unref);
  g_clear_pointer (&signer->anchor, mdoc_certificate_unref);
}

MdocSignerCache *
mdoc_signer_cache_new (gboolean has_crls)
{
  MdocSignerCache *self = g_new0 (MdocSignerCache, 1);

  self->signers = g_array_new (FALSE, FALSE, sizeof (Signer));
  g_array_set_clear_func (self->signers, clear_signer);
  self->has_crls = has_crls;
  return self;
}

void
mdoc_signer_cache_free (MdocSignerCache *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->signers, g_array_unref);
  g_free (self);
}

/* Over all certificates with their lengths, so that no two chains share one. */
static void
hash_chain (const MdocSign1 *sign1, guint8 ret_key[KEY_LEN])
{
  guint8 lengths[MDOC_CHAIN_MAX_LEN][4];
  MdocSpan parts[2 * MDOC_CHAIN_MAX_LEN];
  guint8 digest[MDOC_HASH_MAX_LEN];

  for (guint i = 0; i < sign1->n_x5chain; i++)
    {
      guint32 len = GUINT32_TO_BE ((guint32) sign1->x5chain[i].len);

      memcpy (lengths[i], &len, sizeof (len));
      parts[2 * i] = MDOC_SPAN (lengths[i], sizeof (len));
      parts[2 * i + 1] = sign1->x5chain[i];
    }

  mdoc_hash_compute (MDOC_HASH_SHA256,
                     parts,
                     2 * (gsize) sign1->n_x5chain,
                     digest);
  memcpy (ret_key, digest, KEY_LEN);
}

static Signer *
find_signer (MdocSignerCache *self, const guint8 key[KEY_LEN])
{
  for (guint i = 0; i < self->signers->len; i++)
    {
      Signer *signer = &g_array_index (self->signers, Signer, i);

      if (memcmp (signer->key, key, KEY_LEN) == 0)
        return signer;
    }

  return NULL;
}

/**
 * mdoc_signer_cache_lookup:
 * @self: a cache
 * @sign1: a signature that brings a chain
 * @at_unix_s: when the chain should hold
 * @ret_leaf: (out) (transfer none): its first certificate
 * @ret_anchor: (out) (transfer none): the anchor it leads to
 *
 * Returns: %TRUE if the very same chain is known to hold at that time
 */
gboolean
mdoc_signer_cache_lookup (MdocSignerCache *self,
                          const MdocSign1 *sign1,
                          gint64 at_unix_s,
                          MdocCertificate **ret_leaf,
                          MdocCertificate **ret_anchor)
{
  guint8 key[KEY_LEN];
  Signer *known;

  hash_chain (sign1, key);
  known = find_signer (self, key);
  if (known == NULL || at_unix_s < known->from_unix_s
      || at_unix_s > known->until_unix_s)
    return FALSE;

  *ret_leaf = known->leaf;
  *ret_anchor = known->anchor;
  return TRUE;
}

/* Without revocation lists a chain holds as long as all its certificates are
 * valid. With them only the very time that was tried counts: lists go stale,
 * and between two times that are on a list there may be one that is on none. */
static void
set_times (MdocSignerCache *self,
           Signer *signer,
           GPtrArray *chain,
           gint64 at_unix_s)
{
  signer->from_unix_s = at_unix_s;
  signer->until_unix_s = at_unix_s;
  if (self->has_crls)
    return;

  signer->from_unix_s = mdoc_certificate_get_not_before (signer->anchor);
  signer->until_unix_s = mdoc_certificate_get_not_after (signer->anchor);
  for (guint i = 0; i < chain->len; i++)
    {
      MdocCertificate *link = g_ptr_array_index (chain, i);

      signer->from_unix_s = MAX (signer->from_unix_s,
                                 mdoc_certificate_get_not_before (link));
      signer->until_unix_s = MIN (signer->until_unix_s,
                                  mdoc_certificate_get_not_after (link));
    }
}

/**
 * mdoc_signer_cache_remember:
 * @self: a cache
 * @sign1: the signature that brought the chain
 * @chain: (element-type MdocCertificate): its certificates, parsed
 * @anchor: the anchor it leads to
 * @at_unix_s: when that was found to hold
 */
void
mdoc_signer_cache_remember (MdocSignerCache *self,
                            const MdocSign1 *sign1,
                            GPtrArray *chain,
                            MdocCertificate *anchor,
                            gint64 at_unix_s)
{
  Signer signer = { 0 };
  Signer *known;

  hash_chain (sign1, signer.key);
  signer.leaf = mdoc_certificate_ref (g_ptr_array_index (chain, 0));
  signer.anchor = mdoc_certificate_ref (anchor);
  set_times (self, &signer, chain, at_unix_s);

  known = find_signer (self, signer.key);
  if (known == NULL && self->signers->len < MDOC_SIGNER_CACHE_MAX)
    {
      g_array_append_val (self->signers, signer);
      return;
    }
  if (known == NULL)
    {
      known = &g_array_index (self->signers, Signer, self->next);
      self->next = (self->next + 1) % MDOC_SIGNER_CACHE_MAX;
    }

  clear_signer (known);
  *known = signer;
}

/**
 * mdoc_signer_cache_get_n:
 * @self: a cache
 *
 * Returns: how many chains it remembers
 */
guint
mdoc_signer_cache_get_n (MdocSignerCache *self)
{
  return self->signers->len;
}
