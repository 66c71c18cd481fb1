/*
 * request-invariants.h - what holds for every request that was parsed
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>

#include "mdoc/mdoc-items-request.h"

static void
check_name (const char *name)
{
  g_assert_nonnull (name);
  g_assert_true (*name != '\0');
  g_assert_cmpuint (strlen (name), <=, MDOC_REQUEST_MAX_NAME_LEN);
  g_assert_true (g_utf8_validate (name, -1, NULL));
}

static void
check_alternative (MdocItemsRequest *request,
                   const MdocAlternative *alternative)
{
  guint index;

  g_assert_true (
      mdoc_items_request_find_element (request,
                                       alternative->requested.name_space,
                                       alternative->requested.element,
                                       &index));
  g_assert_cmpuint (alternative->n_sets, >=, 1);
  g_assert_cmpuint (alternative->n_sets, <=, MDOC_REQUEST_MAX_ALTERNATIVE_SETS);
  for (guint i = 0; i < alternative->n_sets; i++)
    {
      const MdocElementSet *set = &alternative->sets[i];

      g_assert_cmpuint (set->n_elements, >=, 1);
      g_assert_cmpuint (set->n_elements, <=, MDOC_REQUEST_MAX_SET_ELEMENTS);
      for (guint j = 0; j < set->n_elements; j++)
        {
          check_name (set->elements[j].name_space);
          check_name (set->elements[j].element);
        }
    }
}

static void
check_request_info (MdocItemsRequest *request, MdocRequestInfo *info)
{
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;
  guint n = mdoc_request_info_get_n_alternatives (info);

  g_assert_cmpuint (n, <=, mdoc_items_request_get_n_elements (request));
  for (guint i = 0; i < n; i++)
    check_alternative (request, mdoc_request_info_get_alternative (info, i));

  n = mdoc_request_info_get_n_issuer_identifiers (info);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (mdoc_request_info_get_issuer_identifier (info, i).len,
                      >=,
                      1);

  n = mdoc_request_info_get_n_zk_systems (info);
  g_assert_cmpint (n > 0, ==, mdoc_request_info_has_zk_request (info));
  for (guint i = 0; i < n; i++)
    check_name (mdoc_request_info_get_zk_system (info, i)->system);

  if (mdoc_request_info_has_response_encryption (info))
    {
      key = mdoc_request_info_dup_recipient_key (info, &error);
      g_assert_true ((key == NULL) == (error != NULL));
    }
}

static void
check_items_request (MdocItemsRequest *request)
{
  guint n = mdoc_items_request_get_n_elements (request);
  MdocRequestInfo *info = mdoc_items_request_get_info (request);

  check_name (mdoc_items_request_get_doc_type (request));
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, MDOC_ITEMS_REQUEST_MAX_ELEMENTS);
  for (guint i = 0; i < n; i++)
    {
      const MdocRequestedElement *element;
      guint index;

      element = mdoc_items_request_get_element (request, i);
      check_name (element->name_space);
      check_name (element->element);
      g_assert_true (element->intent_to_retain == TRUE
                     || element->intent_to_retain == FALSE);
      g_assert_true (mdoc_items_request_find_element (request,
                                                      element->name_space,
                                                      element->element,
                                                      &index));
      g_assert_cmpuint (index, ==, i);
    }

  if (info != NULL)
    check_request_info (request, info);
}
