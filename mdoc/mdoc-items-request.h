/*
 * mdoc-items-request.h - which data elements a reader asks for
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "mdoc/mdoc-request-info.h"

G_BEGIN_DECLS

/* A full mDL request has about 40 elements; 256 leaves room for other documents
 * and still keeps a consent dialogue drawable. */
#define MDOC_ITEMS_REQUEST_MAX_ELEMENTS 256
#define MDOC_ITEMS_REQUEST_MAX_BYTES    ((gsize) 64 * 1024)

/**
 * MdocItemsRequest:
 *
 * What a reader asks for about one document (`ItemsRequest`, ISO/IEC 18013-5,
 * 8.3.2.1.2.1). Immutable, reference-counted, safe to share between threads.
 *
 * Holding one says nothing about whether the reader may have what it asks for:
 * that is for policy and the holder to decide.
 */
typedef struct _MdocItemsRequest MdocItemsRequest;

/**
 * MdocRequestedElement:
 * @name_space: the element's name space
 * @element: the element's identifier
 * @intent_to_retain: whether the reader says that it will keep the value; this
 *   covers what is returned in the element's place as well
 */
typedef struct
{
  const char *name_space;
  const char *element;
  gboolean intent_to_retain;
} MdocRequestedElement;

/**
 * MdocItemsRequestFunc:
 * @name_space: the element's name space, valid as long as the request
 * @element: the element's identifier, valid as long as the request
 * @intent_to_retain: whether the reader says that it will keep the value
 * @user_data: what mdoc_items_request_foreach() was given
 */
typedef void (*MdocItemsRequestFunc) (const char *name_space,
                                      const char *element,
                                      gboolean intent_to_retain,
                                      gpointer user_data);

MdocItemsRequest *mdoc_items_request_parse (GBytes *encoded, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
MdocItemsRequest *mdoc_items_request_ref (MdocItemsRequest *self);
void mdoc_items_request_unref (MdocItemsRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocItemsRequest, mdoc_items_request_unref)

const char *mdoc_items_request_get_doc_type (MdocItemsRequest *self);
GBytes *mdoc_items_request_get_encoded (MdocItemsRequest *self);
guint mdoc_items_request_get_n_elements (MdocItemsRequest *self);
const MdocRequestedElement *
mdoc_items_request_get_element (MdocItemsRequest *self, guint i);
gboolean mdoc_items_request_find_element (MdocItemsRequest *self,
                                          const char *name_space,
                                          const char *element,
                                          guint *ret_index);
void mdoc_items_request_foreach (MdocItemsRequest *self,
                                 MdocItemsRequestFunc func,
                                 gpointer user_data);
MdocRequestInfo *mdoc_items_request_get_info (MdocItemsRequest *self);

G_END_DECLS
