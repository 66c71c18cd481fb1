/*
 * mdoc-pool.h - texts and arrays that are freed together
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocPool:
 *
 * What one parsed message or file is made of. Put it into the struct that owns
 * it; for one thread as long as it grows.
 */
typedef struct
{
  /*< private >*/
  GStringChunk *texts;
  GPtrArray *arrays;
} MdocPool;

void mdoc_pool_init (MdocPool *self);
void mdoc_pool_clear (MdocPool *self);
gpointer mdoc_pool_alloc0 (MdocPool *self, guint n, gsize size);
MdocSpan mdoc_pool_keep (MdocPool *self, MdocSpan bytes);
const char *mdoc_pool_keep_text (MdocPool *self, const char *text);

/* An array of zeros; the caller has capped @n_. */
#define mdoc_pool_new0(self_, type_, n_)                                       \
  ((type_ *) mdoc_pool_alloc0 ((self_), (n_), sizeof (type_)))

G_END_DECLS
