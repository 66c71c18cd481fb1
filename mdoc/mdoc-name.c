/*
 * mdoc-name.c - names out of a message, kept as C strings
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-name-private.h"

#include "mdoc/mdoc-issuer-signed.h"

/**
 * mdoc_name_keep:
 * @names: where the copy lives
 * @item: the item that should be a document type, name space or element
 * @what: which of them, for the error message
 * @error: return location for a #MdocCborError
 *
 * Returns: (transfer none): the name, owned by @names, or %NULL with @error set
 */
const char *
mdoc_name_keep (GStringChunk *names,
                MdocCborItem item,
                const char *what,
                GError **error)
{
  MdocSpan name;

  if (!mdoc_cbor_get_text (item, what, MDOC_MAX_NAME_LEN, &name, error))
    return NULL;
  if (name.len == 0)
    {
      mdoc_cbor_refuse (error, MDOC_CBOR_ERROR_SCHEMA, what, "is empty");
      return NULL;
    }

  return g_string_chunk_insert_len (names,
                                    (const char *) name.data,
                                    (gssize) name.len);
}
