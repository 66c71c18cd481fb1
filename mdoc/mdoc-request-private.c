/*
 * mdoc-request-private.c - what the parsers of requests share
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-request-private.h"

#include "mdoc/mdoc-request-info.h"

/* A text with something in it, as a C string that lives as long as the pool. */
gboolean
mdoc_request_get_name (MdocPool *pool,
                       MdocCborItem item,
                       const char *what,
                       const char **ret_name,
                       GError **error)
{
  MdocSpan text;

  if (!mdoc_cbor_get_text (item, what, MDOC_REQUEST_MAX_NAME_LEN, &text, error))
    return FALSE;
  if (text.len == 0)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is empty");

  *ret_name = (const char *) mdoc_pool_keep (pool, text).data;
  return TRUE;
}

gboolean
mdoc_request_is_absent (MdocCborItem item)
{
  return mdoc_cbor_get_kind (item) == MDOC_CBOR_KIND_ABSENT;
}

/* A key whose value is null or undefined is a key that is not there: readers in
 * the field write both. */
MdocCborItem
mdoc_request_lookup (MdocCborItem map, const char *key)
{
  MdocCborItem value = mdoc_cbor_map_lookup (map, key);
  MdocCborKind kind = mdoc_cbor_get_kind (value);

  if (kind == MDOC_CBOR_KIND_NULL || kind == MDOC_CBOR_KIND_SIMPLE)
    return MDOC_CBOR_ABSENT;
  return value;
}

static gboolean
require_members (const MdocCborIter *iter,
                 const char *what,
                 guint *ret_n_members,
                 GError **error)
{
  guint64 n_members = mdoc_cbor_iter_get_n_left (iter);

  if (n_members == 0)
    return mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is empty");

  *ret_n_members = (guint) n_members;
  return TRUE;
}

/* `[+ …]` */
gboolean
mdoc_request_iter_filled_array (MdocCborItem item,
                                const char *what,
                                guint max_members,
                                MdocCborIter *ret_iter,
                                guint *ret_n_members,
                                GError **error)
{
  return mdoc_cbor_iter_array (item, what, max_members, ret_iter, error)
         && require_members (ret_iter, what, ret_n_members, error);
}

/* `{+ …}` */
gboolean
mdoc_request_iter_filled_map (MdocCborItem item,
                              const char *what,
                              guint max_pairs,
                              MdocCborIter *ret_iter,
                              guint *ret_n_pairs,
                              GError **error)
{
  return mdoc_cbor_iter_map (item, what, max_pairs, ret_iter, error)
         && require_members (ret_iter, what, ret_n_pairs, error);
}
