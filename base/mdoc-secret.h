/*
 * mdoc-secret.h - bytes that are wiped when let go
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocSecret:
 *
 * A private key, session key, shared secret or personal value: allocated once
 * at its final size, kept out of swap where the system lets us, and wiped when
 * freed. It is not reference-counted, so that it is always clear who ends it.
 * Not safe to change from two threads at once.
 *
 * It does NOT promise that no copy exists elsewhere: whoever copies the bytes
 * out wipes the copy.
 */
typedef struct _MdocSecret MdocSecret;

MdocSecret *mdoc_secret_new (gsize len) G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_secret_new_copy (MdocSpan bytes) G_GNUC_WARN_UNUSED_RESULT;
void mdoc_secret_free (MdocSecret *self);

guint8 *mdoc_secret_get_data (MdocSecret *self);
gsize mdoc_secret_get_len (const MdocSecret *self);
MdocSpan mdoc_secret_get_span (const MdocSecret *self);

gboolean mdoc_secret_equal (MdocSpan a, MdocSpan b);
void mdoc_secret_wipe (void *data, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSecret, mdoc_secret_free)

/* What MDOC_WIPE_ON_EXIT() declares; not for use by itself. */
typedef struct
{
  void *data;
  gsize len;
} MdocWipe;

static inline void
mdoc_wipe_clear (MdocWipe *wipe)
{
  mdoc_secret_wipe (wipe->data, wipe->len);
}

/* Declares, after the array @array_, a guard that wipes it. */
#define MDOC_WIPE_ON_EXIT(array_)                                              \
  __attribute__ ((cleanup (mdoc_wipe_clear), unused))                          \
  MdocWipe array_##_wipe_guard                                                 \
      = { (array_), sizeof (array_) }

G_END_DECLS
