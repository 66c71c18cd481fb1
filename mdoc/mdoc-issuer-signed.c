/*
 * mdoc-issuer-signed.c - data elements and the issuer's signature over them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-issuer-signed.h"

#include <string.h>

#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-name-private.h"

/* ISO/IEC 18013-5, 8.3.2.1.2.2:
 *
 *   IssuerSigned = {
 *     ? "nameSpaces" : { + NameSpace => [ + #6.24(bstr .cbor IssuerSignedItem)
 * ] }, "issuerAuth" : COSE_Sign1
 *   }
 *   IssuerSignedItem = {
 *     "digestID" : uint, "random" : bstr,
 *     "elementIdentifier" : tstr, "elementValue" : any
 *   }
 *
 * The payload of issuerAuth is #6.24(bstr .cbor MobileSecurityObject).
 */

static const MdocCborLimits limits = {
  .max_bytes = MDOC_ISSUER_SIGNED_MAX_BYTES,
  .max_depth = 10, /* a chain in a protected header uses 4; others may nest */
  .max_items = 4096,
};

/* one item, or the #6.24 around the MSO */
static const MdocCborLimits item_limits = {
  .max_bytes = MDOC_ISSUER_SIGNED_MAX_BYTES,
  .max_depth = 12, /* driving privileges with codes use 7, with their tags */
  .max_items = 4096,
};

struct _MdocIssuerSigned
{
  gatomicrefcount refs;
  GBytes *encoded; /* as received: digests and signature are over its bytes */
  GStringChunk *names;
  GArray *items; /* of MdocIssuerSignedItem */
  MdocSign1 issuer_auth;
  MdocSpan issuer_auth_encoded;
  MdocMso *mso;
  gboolean has_name_spaces;
  gboolean has_unknown_members;
};

static gboolean
parse_item_content (MdocIssuerSigned *self,
                    MdocSpan content,
                    MdocIssuerSignedItem *item,
                    GError **error)
{
  MdocCborItem map, value;
  guint64 digest_id;

  if (!mdoc_cbor_open (content, &item_limits, &map, error)
      || !mdoc_cbor_require_map (map, "IssuerSignedItem", error)
      || !mdoc_cbor_get_uint (mdoc_cbor_map_lookup (map, "digestID"),
                              "digestID",
                              MDOC_MAX_DIGEST_ID,
                              &digest_id,
                              error)
      || !mdoc_cbor_get_bytes (mdoc_cbor_map_lookup (map, "random"),
                               "random",
                               MDOC_MAX_RANDOM_LEN,
                               &item->random,
                               error))
    return FALSE;

  item->digest_id = (guint32) digest_id;
  item->element = mdoc_name_keep (self->names,
                                  mdoc_cbor_map_lookup (map,
                                                        "elementIdentifier"),
                                  "elementIdentifier",
                                  error);
  if (item->element == NULL)
    return FALSE;

  value = mdoc_cbor_map_lookup (map, "elementValue");
  if (mdoc_cbor_get_kind (value) == MDOC_CBOR_KIND_ABSENT)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "elementValue",
                             "is missing");
  item->value = mdoc_cbor_get_encoded (value);
  return TRUE;
}

static gboolean
parse_item (MdocIssuerSigned *self,
            const char *name_space,
            MdocCborItem bytes,
            GError **error)
{
  MdocIssuerSignedItem item = { .name_space = name_space };
  MdocSpan content;

  if (self->items->len >= MDOC_ISSUER_SIGNED_MAX_ITEMS)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_LIMIT,
                             "nameSpaces",
                             "have too many elements");

  if (!mdoc_cbor_get_embedded (bytes,
                               "IssuerSignedItemBytes",
                               MDOC_ISSUER_SIGNED_MAX_BYTES,
                               &content,
                               error)
      || !parse_item_content (self, content, &item, error))
    return FALSE;

  if (mdoc_issuer_signed_find (self, name_space, item.element) != NULL)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_DUPLICATE,
                             "elementIdentifier",
                             "stands twice in its name space");

  item.encoded = mdoc_cbor_get_encoded (bytes);
  g_array_append_val (self->items, item);
  return TRUE;
}

static gboolean
parse_name_spaces (MdocIssuerSigned *self,
                   MdocCborItem name_spaces,
                   GError **error)
{
  MdocCborItem key, value;
  MdocCborIter iter, items;

  if (!mdoc_cbor_iter_map (name_spaces,
                           "nameSpaces",
                           MDOC_ISSUER_SIGNED_MAX_NAME_SPACES,
                           &iter,
                           error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      const char *name_space = mdoc_name_keep (self->names,
                                               key,
                                               "name space",
                                               error);

      if (name_space == NULL
          || !mdoc_cbor_iter_array (value,
                                    "items of a name space",
                                    MDOC_ISSUER_SIGNED_MAX_ITEMS,
                                    &items,
                                    error))
        return FALSE;

      while (mdoc_cbor_iter_get_n_left (&items) > 0)
        if (!parse_item (self, name_space, mdoc_cbor_iter_next (&items), error))
          return FALSE;
    }

  return TRUE;
}

static gboolean
parse_issuer_auth (MdocIssuerSigned *self, MdocCborItem item, GError **error)
{
  MdocCborItem payload;
  MdocSpan mso;

  if (!mdoc_sign1_parse (item, "issuerAuth", &self->issuer_auth, error))
    return FALSE;
  if (!self->issuer_auth.has_payload)
    return mdoc_cbor_refuse (error,
                             MDOC_CBOR_ERROR_SCHEMA,
                             "payload of issuerAuth",
                             "is missing");

  if (!mdoc_cbor_open (self->issuer_auth.payload, &item_limits, &payload, error)
      || !mdoc_cbor_get_embedded (payload,
                                  "MobileSecurityObjectBytes",
                                  MDOC_MSO_MAX_BYTES,
                                  &mso,
                                  error))
    return FALSE;

  self->issuer_auth_encoded = mdoc_cbor_get_encoded (item);
  self->mso = mdoc_mso_parse (mso, error);
  return self->mso != NULL;
}

static gboolean
parse_members (MdocIssuerSigned *self, MdocCborItem root, GError **error)
{
  MdocCborItem name_spaces, issuer_auth;
  MdocCborIter iter;
  guint n_known;

  if (!mdoc_cbor_iter_map (root, "IssuerSigned", G_MAXUINT64, &iter, error))
    return FALSE;

  name_spaces = mdoc_cbor_map_lookup (root, "nameSpaces");
  issuer_auth = mdoc_cbor_map_lookup (root, "issuerAuth");
  self->has_name_spaces = mdoc_cbor_get_kind (name_spaces)
                          != MDOC_CBOR_KIND_ABSENT;
  n_known = self->has_name_spaces ? 2 : 1;
  self->has_unknown_members = mdoc_cbor_iter_get_n_left (&iter) > n_known;

  return (!self->has_name_spaces
          || parse_name_spaces (self, name_spaces, error))
         && parse_issuer_auth (self, issuer_auth, error);
}

/**
 * mdoc_issuer_signed_parse:
 * @encoded: an encoded IssuerSigned
 * @error: return location for a #MdocCborError
 *
 * Parses what an issuer handed out or a holder disclosed. @encoded is kept, not
 * copied and never encoded anew, because digests and the signature are over
 * these very bytes. Names are copied; values are not looked into.
 *
 * Returns: (transfer full): the credential, or %NULL with @error set
 */
MdocIssuerSigned *
mdoc_issuer_signed_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocIssuerSigned) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, error))
    return NULL;

  self = g_new0 (MdocIssuerSigned, 1);
  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);
  self->names = g_string_chunk_new (1024);
  self->items = g_array_sized_new (FALSE,
                                   FALSE,
                                   sizeof (MdocIssuerSignedItem),
                                   32);
  if (!parse_members (self, root, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_issuer_signed_ref:
 * @self: a credential
 *
 * Returns: (transfer full): @self
 */
MdocIssuerSigned *
mdoc_issuer_signed_ref (MdocIssuerSigned *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_issuer_signed_unref:
 * @self: (nullable) (transfer full): a credential
 */
void
mdoc_issuer_signed_unref (MdocIssuerSigned *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->mso, mdoc_mso_unref);
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_issuer_signed_get_encoded:
 * @self: a credential
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_issuer_signed_get_encoded (MdocIssuerSigned *self)
{
  return self->encoded;
}

/**
 * mdoc_issuer_signed_get_mso:
 * @self: a credential
 *
 * Returns: (transfer none): what its issuer says to have signed
 */
MdocMso *
mdoc_issuer_signed_get_mso (MdocIssuerSigned *self)
{
  return self->mso;
}

/**
 * mdoc_issuer_signed_get_issuer_auth:
 * @self: a credential
 *
 * Returns: (transfer none): the signature, not verified
 */
const MdocSign1 *
mdoc_issuer_signed_get_issuer_auth (MdocIssuerSigned *self)
{
  return &self->issuer_auth;
}

/**
 * mdoc_issuer_signed_get_issuer_auth_encoded:
 * @self: a credential
 *
 * Returns: (transfer none): the COSE_Sign1 as received
 */
MdocSpan
mdoc_issuer_signed_get_issuer_auth_encoded (MdocIssuerSigned *self)
{
  return self->issuer_auth_encoded;
}

/**
 * mdoc_issuer_signed_get_n_items:
 * @self: a credential
 *
 * Returns: how many data elements there are; may be 0
 */
guint
mdoc_issuer_signed_get_n_items (MdocIssuerSigned *self)
{
  return self->items->len;
}

/**
 * mdoc_issuer_signed_get_item:
 * @self: a credential
 * @i: which, from 0, in the order in which they stand; those of a name space
 *   stand in a row and share the pointer to its name
 *
 * Returns: (transfer none): the item
 */
const MdocIssuerSignedItem *
mdoc_issuer_signed_get_item (MdocIssuerSigned *self, guint i)
{
  g_return_val_if_fail (i < self->items->len, NULL);

  return &g_array_index (self->items, MdocIssuerSignedItem, i);
}

/**
 * mdoc_issuer_signed_find:
 * @self: a credential
 * @name_space: a name space
 * @element: an element there
 *
 * Linear in the number of items.
 *
 * Returns: (transfer none) (nullable): the item, or %NULL if there is none
 */
const MdocIssuerSignedItem *
mdoc_issuer_signed_find (MdocIssuerSigned *self,
                         const char *name_space,
                         const char *element)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const MdocIssuerSignedItem *item;

      item = &g_array_index (self->items, MdocIssuerSignedItem, i);
      if (strcmp (item->element, element) == 0
          && strcmp (item->name_space, name_space) == 0)
        return item;
    }

  return NULL;
}

/**
 * mdoc_issuer_signed_has_name_spaces:
 * @self: a credential
 *
 * Returns: %TRUE if there was a member nameSpaces, empty or not
 */
gboolean
mdoc_issuer_signed_has_name_spaces (MdocIssuerSigned *self)
{
  return self->has_name_spaces;
}

/**
 * mdoc_issuer_signed_has_unknown_members:
 * @self: a credential
 *
 * Returns: %TRUE if there were members beside nameSpaces and issuerAuth
 */
gboolean
mdoc_issuer_signed_has_unknown_members (MdocIssuerSigned *self)
{
  return self->has_unknown_members;
}

/**
 * mdoc_issuer_signed_check_digest:
 * @self: a credential
 * @i: which item, from 0
 *
 * Hashes the item as it was received.
 *
 * Returns: %TRUE if the MSO has this digest for the item's digestID in the
 *   item's name space
 */
gboolean
mdoc_issuer_signed_check_digest (MdocIssuerSigned *self, guint i)
{
  const MdocIssuerSignedItem *item = mdoc_issuer_signed_get_item (self, i);
  MdocHash hash = mdoc_mso_get_hash (self->mso);
  guint8 digest[MDOC_HASH_MAX_LEN];
  MdocSpan expected;

  g_return_val_if_fail (item != NULL, FALSE);

  expected = mdoc_mso_lookup_digest (self->mso,
                                     item->name_space,
                                     item->digest_id);
  if (expected.len == 0)
    return FALSE;

  mdoc_hash_compute (hash, &item->encoded, 1, digest);
  return mdoc_span_equal (expected,
                          MDOC_SPAN (digest, mdoc_hash_get_len (hash)));
}
