/*
 * mdoc-secret.c - bytes that are wiped when let go
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-secret.h"

#include <string.h>
#include <sys/mman.h>

struct _MdocSecret
{
  gsize len;
  guint8 data[];
};

/**
 * mdoc_secret_new:
 * @len: how many bytes, at most a few megabytes of our own choosing
 *
 * Allocates a secret that is all zero. mlock() is tried and may fail: an
 * unprivileged process has few pages to lock, and a secret in swap is better
 * than no service. Whoever runs us can raise LimitMEMLOCK.
 *
 * Returns: (transfer full): the secret, to be filled by the caller
 */
MdocSecret *
mdoc_secret_new (gsize len)
{
  MdocSecret *self = g_malloc0 (sizeof (MdocSecret) + len);

  self->len = len;
  /* never munlock()ed: the page may hold other secrets too */
  (void) mlock (self->data, len);
  return self;
}

/**
 * mdoc_secret_new_copy:
 * @bytes: what to copy; the caller still wipes its own
 *
 * Returns: (transfer full): a secret with the same bytes
 */
MdocSecret *
mdoc_secret_new_copy (MdocSpan bytes)
{
  MdocSecret *self = mdoc_secret_new (bytes.len);

  if (bytes.len > 0)
    memcpy (self->data, bytes.data, bytes.len);
  return self;
}

/**
 * mdoc_secret_free:
 * @self: (nullable) (transfer full): a secret
 *
 * Wipes and frees it.
 */
void
mdoc_secret_free (MdocSecret *self)
{
  if (self == NULL)
    return;

  mdoc_secret_wipe (self->data, self->len);
  g_free (self);
}

/**
 * mdoc_secret_get_data:
 * @self: a secret
 *
 * Returns: (transfer none): its bytes, to be read or filled
 */
guint8 *
mdoc_secret_get_data (MdocSecret *self)
{
  return self->data;
}

/**
 * mdoc_secret_get_len:
 * @self: a secret
 *
 * Returns: its length in bytes
 */
gsize
mdoc_secret_get_len (const MdocSecret *self)
{
  return self->len;
}

/**
 * mdoc_secret_get_span:
 * @self: a secret
 *
 * Returns: (transfer none): its bytes, borrowed
 */
MdocSpan
mdoc_secret_get_span (const MdocSecret *self)
{
  return MDOC_SPAN (self->data, self->len);
}

/**
 * mdoc_secret_equal:
 * @a: a MAC, digest, token or secret
 * @b: what it should be
 *
 * Compares in a time that depends on the lengths alone.
 *
 * Returns: %TRUE if both hold the same bytes
 */
gboolean
mdoc_secret_equal (MdocSpan a, MdocSpan b)
{
  volatile guint8 difference = 0;

  if (a.len != b.len)
    return FALSE;

  for (gsize i = 0; i < a.len; i++)
    difference = difference | (guint8) (a.data[i] ^ b.data[i]);

  return difference == 0;
}

/**
 * mdoc_secret_wipe:
 * @data: (nullable): the bytes to overwrite
 * @len: how many
 *
 * Overwrites @data with zeros in a way the compiler may not leave out.
 */
void
mdoc_secret_wipe (void *data, gsize len)
{
  if (data != NULL && len > 0)
    explicit_bzero (data, len);
}
