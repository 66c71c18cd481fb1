/*
 * mdoc-items-request.c - which data elements a reader asks for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-items-request.h"

#include <stdlib.h>
#include <string.h>

#include "mdoc/mdoc-request-private.h"

/* ISO/IEC 18013-5, 8.3.2.1.2.1:
 *
 *   ItemsRequest = {
 *     "docType" : DocType,
 *     "nameSpaces" : NameSpaces,
 *     ? "requestInfo" : RequestInfo
 *   }
 *   NameSpaces = { + NameSpace => DataElements }
 *   DataElements = { + DataElementIdentifier => IntentToRetain }
 *   IntentToRetain = bool
 */

static const MdocCborLimits limits = {
  .max_bytes = MDOC_ITEMS_REQUEST_MAX_BYTES,
  .max_depth = 12, /* what we do not know may nest; what we do takes 7 */
  /* 256 elements with 16 alternatives each are 18,000 */
  .max_items = 20000,
};

struct _MdocItemsRequest
{
  gatomicrefcount refs;
  GBytes *encoded; /* as received: the reader's signature covers these bytes */
  MdocPool pool;
  const char *doc_type;
  GArray *elements; /* of MdocRequestedElement, in the order of the request */
  guint *sorted;    /* their indices, by name space and identifier */
  MdocRequestInfo *info; /* nullable */
};

static gint
compare_elements (const MdocRequestedElement *a,
                  const char *name_space,
                  const char *element)
{
  gint order = strcmp (a->element, element);

  return order != 0 ? order : strcmp (a->name_space, name_space);
}

static gint
compare_indices (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const MdocRequestedElement *elements = user_data;
  const MdocRequestedElement *other = &elements[*(const guint *) b];

  return compare_elements (&elements[*(const guint *) a],
                           other->name_space,
                           other->element);
}

/* Looking up is for alternatives: it must not cost a reader less than us. */
static void
sort_elements (MdocItemsRequest *self)
{
  guint n = self->elements->len;

  self->sorted = mdoc_pool_new0 (&self->pool, guint, n);
  for (guint i = 0; i < n; i++)
    self->sorted[i] = i;
  g_qsort_with_data (self->sorted,
                     (gint) n,
                     sizeof (guint),
                     compare_indices,
                     self->elements->data);
}

static gboolean
parse_data_elements (MdocItemsRequest *self,
                     const char *name_space,
                     MdocCborItem item,
                     GError **error)
{
  MdocCborItem key, value;
  MdocCborIter iter;
  guint n_elements;

  if (!mdoc_request_iter_filled_map (item,
                                     "DataElements",
                                     MDOC_ITEMS_REQUEST_MAX_ELEMENTS
                                         - self->elements->len,
                                     &iter,
                                     &n_elements,
                                     error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      MdocRequestedElement element = { .name_space = name_space };

      if (!mdoc_request_get_name (&self->pool,
                                  key,
                                  "DataElementIdentifier",
                                  &element.element,
                                  error)
          || !mdoc_cbor_get_boolean (value,
                                     "IntentToRetain",
                                     &element.intent_to_retain,
                                     error))
        return FALSE;
      g_array_append_val (self->elements, element);
    }

  return TRUE;
}

static gboolean
parse_name_spaces (MdocItemsRequest *self, MdocCborItem item, GError **error)
{
  MdocCborItem key, value;
  MdocCborIter iter;
  guint n_name_spaces;

  if (!mdoc_request_iter_filled_map (item,
                                     "nameSpaces",
                                     MDOC_ITEMS_REQUEST_MAX_ELEMENTS,
                                     &iter,
                                     &n_name_spaces,
                                     error))
    return FALSE;

  while (mdoc_cbor_iter_next_pair (&iter, &key, &value))
    {
      const char *name_space;

      if (!mdoc_request_get_name (&self->pool,
                                  key,
                                  "NameSpace",
                                  &name_space,
                                  error)
          || !parse_data_elements (self, name_space, value, error))
        return FALSE;
    }

  return TRUE;
}

/* Each element that may be replaced is asked for, and stands there once. */
static gboolean
check_alternatives (MdocItemsRequest *self, GError **error)
{
  gboolean is_replaced[MDOC_ITEMS_REQUEST_MAX_ELEMENTS] = { FALSE };
  guint n = mdoc_request_info_get_n_alternatives (self->info);

  for (guint i = 0; i < n; i++)
    {
      const MdocAlternative *alternative;
      guint index;

      alternative = mdoc_request_info_get_alternative (self->info, i);
      if (!mdoc_items_request_find_element (self,
                                            alternative->requested.name_space,
                                            alternative->requested.element,
                                            &index))
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "requestedElement",
                                 "is not in nameSpaces");
      if (is_replaced[index])
        return mdoc_cbor_refuse (error,
                                 MDOC_CBOR_ERROR_SCHEMA,
                                 "requestedElement",
                                 "stands there twice");
      is_replaced[index] = TRUE;
    }

  return TRUE;
}

static gboolean
parse_info (MdocItemsRequest *self, MdocCborItem item, GError **error)
{
  if (mdoc_request_is_absent (item))
    return TRUE;

  self->info = mdoc_request_info_parse (item, error);
  return self->info != NULL && check_alternatives (self, error);
}

/**
 * mdoc_items_request_parse:
 * @encoded: an encoded `ItemsRequest`: the content of the tag 24 byte string,
 *   without the tag
 * @error: return location for a #MdocCborError
 *
 * Parses what a reader sent. @encoded is kept, not copied and never encoded
 * anew, because the reader's signature is over these very bytes.
 *
 * Keys that the standard does not define are skipped, as it asks for.
 *
 * Returns: (transfer full): the request, or %NULL with @error set
 */
MdocItemsRequest *
mdoc_items_request_parse (GBytes *encoded, GError **error)
{
  g_autoptr (MdocItemsRequest) self = NULL;
  MdocCborItem root;

  g_return_val_if_fail (encoded != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded), &limits, &root, error)
      || !mdoc_cbor_require_map (root, "ItemsRequest", error))
    return NULL;

  self = g_new0 (MdocItemsRequest, 1);
  g_atomic_ref_count_init (&self->refs);
  self->encoded = g_bytes_ref (encoded);
  mdoc_pool_init (&self->pool);
  self->elements = g_array_new (FALSE, FALSE, sizeof (MdocRequestedElement));

  if (!mdoc_request_get_name (&self->pool,
                              mdoc_cbor_map_lookup (root, "docType"),
                              "docType",
                              &self->doc_type,
                              error)
      || !parse_name_spaces (self,
                             mdoc_cbor_map_lookup (root, "nameSpaces"),
                             error))
    return NULL;

  sort_elements (self);
  if (!parse_info (self, mdoc_request_lookup (root, "requestInfo"), error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mdoc_items_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
MdocItemsRequest *
mdoc_items_request_ref (MdocItemsRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_items_request_unref:
 * @self: (nullable): a request
 */
void
mdoc_items_request_unref (MdocItemsRequest *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->info, mdoc_request_info_unref);
  g_clear_pointer (&self->elements, g_array_unref);
  mdoc_pool_clear (&self->pool);
  g_clear_pointer (&self->encoded, g_bytes_unref);
  g_free (self);
}

/**
 * mdoc_items_request_get_doc_type:
 * @self: a request
 *
 * Returns: (transfer none): the document type asked for, such as
 *   `org.iso.18013.5.1.mDL`
 */
const char *
mdoc_items_request_get_doc_type (MdocItemsRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->doc_type;
}

/**
 * mdoc_items_request_get_encoded:
 * @self: a request
 *
 * Returns: (transfer none): the bytes that were parsed, unchanged
 */
GBytes *
mdoc_items_request_get_encoded (MdocItemsRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->encoded;
}

/**
 * mdoc_items_request_get_n_elements:
 * @self: a request
 *
 * Returns: how many data elements are asked for, 1 to
 *   %MDOC_ITEMS_REQUEST_MAX_ELEMENTS
 */
guint
mdoc_items_request_get_n_elements (MdocItemsRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->elements->len;
}

/**
 * mdoc_items_request_get_element:
 * @self: a request
 * @i: which one, in the order in which the reader named them
 *
 * Returns: (transfer none): a data element that is asked for
 */
const MdocRequestedElement *
mdoc_items_request_get_element (MdocItemsRequest *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->elements->len, NULL);

  return &g_array_index (self->elements, MdocRequestedElement, i);
}

/**
 * mdoc_items_request_find_element:
 * @self: a request
 * @name_space: a name space
 * @element: an identifier
 * @ret_index: (out): which element this is; left alone if it is none
 *
 * The time is logarithmic in the number of elements.
 *
 * Returns: whether the element is asked for
 */
gboolean
mdoc_items_request_find_element (MdocItemsRequest *self,
                                 const char *name_space,
                                 const char *element,
                                 guint *ret_index)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name_space != NULL, FALSE);
  g_return_val_if_fail (element != NULL, FALSE);
  g_return_val_if_fail (ret_index != NULL, FALSE);

  high = self->elements->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      guint index = self->sorted[middle];
      gint order;

      order = compare_elements (mdoc_items_request_get_element (self, index),
                                name_space,
                                element);
      if (order == 0)
        {
          *ret_index = index;
          return TRUE;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return FALSE;
}

/**
 * mdoc_items_request_foreach:
 * @self: a request
 * @func: (scope call): called once for each data element
 * @user_data: passed to @func
 *
 * Goes through the data elements in the order in which the reader named them.
 */
void
mdoc_items_request_foreach (MdocItemsRequest *self,
                            MdocItemsRequestFunc func,
                            gpointer user_data)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (func != NULL);

  for (guint i = 0; i < self->elements->len; i++)
    {
      const MdocRequestedElement *element;

      element = mdoc_items_request_get_element (self, i);
      func (element->name_space,
            element->element,
            element->intent_to_retain,
            user_data);
    }
}

/**
 * mdoc_items_request_get_info:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): what else the reader says about it
 */
MdocRequestInfo *
mdoc_items_request_get_info (MdocItemsRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->info;
}
