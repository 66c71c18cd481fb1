/*
 * mdoc-match-document.c - what a document offers to a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-match-document.h"

#include <string.h>

#include "mdoc/mdoc-doc-type.h"
#include "mdoc/mdoc-match-document-private.h"
#include "mdoc/mdoc-pool.h"

/* RFC 8949, 3.3: the booleans have one form */
#define CBOR_FALSE 0xf4
#define CBOR_TRUE  0xf5

struct _MdocMatchDocument
{
  gatomicrefcount refs;
  MdocPool pool;
  const char *doc_type;
  GArray *items;              /* of MdocMatchItem, as they were added */
  GArray *sorted;             /* of guint: their indices, by name */
  GArray *issuer_identifiers; /* of MdocSpan */
  gsize issuer_auth_len;
};

static gint
compare_names (const MdocMatchItem *item,
               const char *name_space,
               const char *element)
{
  gint order = strcmp (item->element, element);

  return order != 0 ? order : strcmp (item->name_space, name_space);
}

/* The place in the sorted indices where that name is or would be. */
static guint
find_place (MdocMatchDocument *self,
            const char *name_space,
            const char *element,
            gboolean *ret_is_there)
{
  guint low = 0;
  guint high = self->sorted->len;

  *ret_is_there = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      guint index = g_array_index (self->sorted, guint, middle);
      gint order;

      order = compare_names (mdoc_match_document_get_item (self, index),
                             name_space,
                             element);
      if (order == 0)
        {
          *ret_is_there = TRUE;
          return middle;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static MdocMatchBoolean
read_boolean (MdocSpan value)
{
  if (value.len != 1)
    return MDOC_MATCH_BOOLEAN_NONE;
  if (value.data[0] == CBOR_TRUE)
    return MDOC_MATCH_BOOLEAN_TRUE;
  if (value.data[0] == CBOR_FALSE)
    return MDOC_MATCH_BOOLEAN_FALSE;
  return MDOC_MATCH_BOOLEAN_NONE;
}

/**
 * mdoc_match_document_new:
 * @doc_type: its docType
 *
 * Returns: (transfer full): a document that offers nothing yet
 */
MdocMatchDocument *
mdoc_match_document_new (const char *doc_type)
{
  MdocMatchDocument *self;

  g_return_val_if_fail (doc_type != NULL, NULL);

  self = g_new0 (MdocMatchDocument, 1);
  g_atomic_ref_count_init (&self->refs);
  mdoc_pool_init (&self->pool);
  self->doc_type = mdoc_pool_keep_text (&self->pool, doc_type);
  self->items = g_array_new (FALSE, FALSE, sizeof (MdocMatchItem));
  self->sorted = g_array_new (FALSE, FALSE, sizeof (guint));
  self->issuer_identifiers = g_array_new (FALSE, FALSE, sizeof (MdocSpan));
  return self;
}

/**
 * mdoc_match_document_new_from_issuer_signed:
 * @issuer_signed: a whole credential
 * @error: return location for a #MdocCborError or #MdocCryptoError of its
 *   certificates
 *
 * The items have the indices that they have in @issuer_signed, which may go
 * away afterwards. Nothing is verified.
 *
 * Returns: (transfer full): what @issuer_signed offers, or %NULL with @error
 *   set
 */
MdocMatchDocument *
mdoc_match_document_new_from_issuer_signed (MdocIssuerSigned *issuer_signed,
                                            GError **error)
{
  g_autoptr (MdocMatchDocument) self = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  const MdocSign1 *auth;
  MdocMso *mso;
  gsize auth_len;

  g_return_val_if_fail (issuer_signed != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  auth = mdoc_issuer_signed_get_issuer_auth (issuer_signed);
  chain = mdoc_sign1_dup_chain (auth, error);
  if (chain == NULL)
    return NULL;

  mso = mdoc_issuer_signed_get_mso (issuer_signed);
  self = mdoc_match_document_new (mdoc_mso_get_doc_type (mso));
  auth_len = g_bytes_get_size (mdoc_issuer_signed_get_encoded (issuer_signed));
  for (guint i = 0; i < mdoc_issuer_signed_get_n_items (issuer_signed); i++)
    {
      const MdocIssuerSignedItem *item;

      item = mdoc_issuer_signed_get_item (issuer_signed, i);
      mdoc_match_document_add_item (self,
                                    item->name_space,
                                    item->element,
                                    item->value,
                                    item->encoded.len);
      /* what is no item is issuerAuth, but for names and heads */
      auth_len -= MIN (auth_len, item->encoded.len);
    }
  mdoc_match_document_set_issuer_auth_len (self, auth_len);

  for (guint i = 0; i < chain->len; i++)
    {
      MdocSpan aki = mdoc_certificate_get_aki (g_ptr_array_index (chain, i));

      if (aki.len > 0)
        mdoc_match_document_add_issuer_identifier (self, aki);
    }

  return g_steal_pointer (&self);
}

/**
 * mdoc_match_document_ref:
 * @self: a document
 *
 * Returns: (transfer full): @self
 */
MdocMatchDocument *
mdoc_match_document_ref (MdocMatchDocument *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_match_document_unref:
 * @self: (nullable): a document
 */
void
mdoc_match_document_unref (MdocMatchDocument *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_array_unref (self->items);
  g_array_unref (self->sorted);
  g_array_unref (self->issuer_identifiers);
  mdoc_pool_clear (&self->pool);
  g_free (self);
}

/**
 * mdoc_match_document_add_item:
 * @self: a document that is not yet in use
 * @name_space: the item's name space
 * @element: the item's identifier
 * @value: its encoded elementValue, looked at if it is an age_over_NN
 * @encoded_len: bytes of its IssuerSignedItemBytes, tag included
 *
 * Adds an item. The first one has index 0. Of two of the same name the first is
 * used.
 */
void
mdoc_match_document_add_item (MdocMatchDocument *self,
                              const char *name_space,
                              const char *element,
                              MdocSpan value,
                              gsize encoded_len)
{
  MdocMatchItem item = { .encoded_len = encoded_len };
  gboolean is_there;
  guint index, place, age;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name_space != NULL);
  g_return_if_fail (element != NULL);

  if (mdoc_doc_type_parse_age_over (element, &age))
    item.value = read_boolean (value);
  item.name_space = mdoc_pool_keep_text (&self->pool, name_space);
  item.element = mdoc_pool_keep_text (&self->pool, element);
  index = self->items->len;
  g_array_append_val (self->items, item);

  place = find_place (self, name_space, element, &is_there);
  if (!is_there)
    g_array_insert_val (self->sorted, place, index);
}

/**
 * mdoc_match_document_add_issuer_identifier:
 * @self: a document that is not yet in use
 * @key_identifier: that of the authority key identifier of a certificate in the
 *   document's x5chain; not empty
 */
void
mdoc_match_document_add_issuer_identifier (MdocMatchDocument *self,
                                           MdocSpan key_identifier)
{
  MdocSpan kept;

  g_return_if_fail (self != NULL);
  g_return_if_fail (key_identifier.len > 0);

  kept = mdoc_pool_keep (&self->pool, key_identifier);
  g_array_append_val (self->issuer_identifiers, kept);
}

/**
 * mdoc_match_document_set_issuer_auth_len:
 * @self: a document that is not yet in use
 * @len: bytes of its encoded issuerAuth, for estimates of a response's size
 */
void
mdoc_match_document_set_issuer_auth_len (MdocMatchDocument *self, gsize len)
{
  g_return_if_fail (self != NULL);

  self->issuer_auth_len = len;
}

/**
 * mdoc_match_document_get_doc_type:
 * @self: a document
 *
 * Returns: (transfer none): its docType
 */
const char *
mdoc_match_document_get_doc_type (MdocMatchDocument *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->doc_type;
}

/**
 * mdoc_match_document_get_n_items:
 * @self: a document
 *
 * Returns: how many items it has
 */
guint
mdoc_match_document_get_n_items (MdocMatchDocument *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->items->len;
}

const MdocMatchItem *
mdoc_match_document_get_item (MdocMatchDocument *self, guint i)
{
  return &g_array_index (self->items, MdocMatchItem, i);
}

gboolean
mdoc_match_document_find (MdocMatchDocument *self,
                          const char *name_space,
                          const char *element,
                          guint *ret_index)
{
  gboolean is_there;
  guint place = find_place (self, name_space, element, &is_there);

  if (is_there)
    *ret_index = g_array_index (self->sorted, guint, place);
  return is_there;
}

gboolean
mdoc_match_document_has_issuer_identifier (MdocMatchDocument *self,
                                           MdocSpan key_identifier)
{
  for (guint i = 0; i < self->issuer_identifiers->len; i++)
    if (mdoc_span_equal (g_array_index (self->issuer_identifiers, MdocSpan, i),
                         key_identifier))
      return TRUE;

  return FALSE;
}

gsize
mdoc_match_document_get_issuer_auth_len (MdocMatchDocument *self)
{
  return self->issuer_auth_len;
}
