/*
 * mdoc-pool.c - texts and arrays that are freed together
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-pool.h"

#define TEXT_CHUNK_BYTES 512

/**
 * mdoc_pool_init:
 * @self: a pool that is not in use
 */
void
mdoc_pool_init (MdocPool *self)
{
  self->texts = g_string_chunk_new (TEXT_CHUNK_BYTES);
  self->arrays = g_ptr_array_new_with_free_func (g_free);
}

/**
 * mdoc_pool_clear:
 * @self: a pool
 *
 * Frees all that was taken from it.
 */
void
mdoc_pool_clear (MdocPool *self)
{
  g_clear_pointer (&self->texts, g_string_chunk_free);
  g_clear_pointer (&self->arrays, g_ptr_array_unref);
}

/**
 * mdoc_pool_alloc0:
 * @self: a pool
 * @n: how many members; not from outside without a cap
 * @size: bytes of each
 *
 * Returns: (transfer none): an array of zeros
 */
gpointer
mdoc_pool_alloc0 (MdocPool *self, guint n, gsize size)
{
  gpointer array = g_malloc0_n (n, size);

  g_ptr_array_add (self->arrays, array);
  return array;
}

/**
 * mdoc_pool_keep:
 * @self: a pool
 * @bytes: any bytes
 *
 * Returns: (transfer none): a copy of them, which a NUL follows
 */
MdocSpan
mdoc_pool_keep (MdocPool *self, MdocSpan bytes)
{
  char *kept;

  kept = g_string_chunk_insert_len (self->texts,
                                    (const char *) bytes.data,
                                    (gssize) bytes.len);
  return MDOC_SPAN ((const guint8 *) kept, bytes.len);
}

/**
 * mdoc_pool_keep_text:
 * @self: a pool
 * @text: a text
 *
 * Returns: (transfer none): a copy of it
 */
const char *
mdoc_pool_keep_text (MdocPool *self, const char *text)
{
  return g_string_chunk_insert (self->texts, text);
}
