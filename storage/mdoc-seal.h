/*
 * mdoc-seal.h - a column that only this store, row and column can open
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-secret.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/* how much longer a sealed value is than what is in it: form, nonce, tag */
#define MDOC_SEAL_OVERHEAD (1 + 12 + 16)

/**
 * MdocSealPlace:
 * @table: the table's name
 * @row: what names the row, and whatever else of the row must not change
 * @column: the column's name
 * @version: the schema version that gave the column its form
 *
 * Where a sealed value stands. It is bound to the value as associated data, so
 * that a value moved to another place does not open.
 */
typedef struct
{
  const char *table;
  const char *row;
  const char *column;
  guint version;
} MdocSealPlace;

/**
 * MdocSealer:
 *
 * Seals with AES-256-GCM under a key derived from the master key and the
 * store's own name. Nonces are random, which is safe for 2^32 values.
 */
typedef struct _MdocSealer MdocSealer;

MdocSealer *mdoc_sealer_new (MdocSpan master_key, MdocSpan store_name)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_sealer_free (MdocSealer *self);

GBytes *mdoc_sealer_seal (MdocSealer *self,
                          const MdocSealPlace *place,
                          MdocSpan plaintext,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocSecret *mdoc_sealer_open (MdocSealer *self,
                              const MdocSealPlace *place,
                              MdocSpan sealed,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *
mdoc_sealer_guard (MdocSealer *self, const MdocSealPlace *place, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean mdoc_sealer_check_guard (MdocSealer *self,
                                  const MdocSealPlace *place,
                                  MdocSpan guard,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocSealer, mdoc_sealer_free)

G_END_DECLS
