/*
 * mdoc-store-variant.c - dictionaries in sealed columns
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "storage/mdoc-store-private.h"

/* An a{sv} in GVariant's form, little-endian whatever the machine is, so that
 * later versions can add to it and old rows stay readable. */

static GVariant *
convert_order (GVariant *value)
{
  return G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (value)
                                      : g_variant_ref_sink (value);
}

GBytes *
mdoc_store_seal_variant (MdocStore *self,
                         const MdocSealPlace *place,
                         GVariant *value,
                         GError **error)
{
  g_autoptr (GVariant) ordered = convert_order (value);
  MdocSpan span = MDOC_SPAN (g_variant_get_data (ordered),
                             g_variant_get_size (ordered));

  if (span.len <= MDOC_STORE_MAX_DETAIL_BYTES)
    return mdoc_sealer_seal (self->sealer, place, span, error);

  mdoc_store_refuse (error,
                     MDOC_STORE_ERROR_LIMIT,
                     "The row of %s is too large",
                     place->table);
  return NULL;
}

GVariant *
mdoc_store_open_variant (MdocStore *self,
                         const MdocSealPlace *place,
                         MdocSpan sealed,
                         GError **error)
{
  MdocSecret *opened = mdoc_sealer_open (self->sealer, place, sealed, error);
  g_autoptr (GVariant) ordered = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (opened == NULL)
    return NULL;

  bytes = g_bytes_new_with_free_func (mdoc_secret_get_data (opened),
                                      mdoc_secret_get_len (opened),
                                      (GDestroyNotify) mdoc_secret_free,
                                      opened);
  ordered = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  return convert_order (ordered);
}
