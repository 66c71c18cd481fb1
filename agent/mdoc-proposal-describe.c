/*
 * mdoc-proposal-describe.c - an offer and its answer for the history
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-proposal-private.h"

static const MdocGrantedDocument *
find_granted (const MdocGrant *grant, guint doc_request)
{
  for (guint i = 0; grant != NULL && i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *document = g_ptr_array_index (grant->documents,
                                                               i);

      if (document->doc_request == doc_request)
        return document;
    }

  return NULL;
}

static GVariant *
describe_elements (const MdocMatchCandidate *candidate,
                   const MdocGrantedDocument *granted)
{
  GVariantBuilder elements;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      const MdocMatchDisclosure *disclosure = &candidate->disclosures[i];
      gboolean is_released = granted != NULL
                             && mdoc_granted_document_has (granted,
                                                           disclosure->item);
      GVariantDict element;

      g_variant_dict_init (&element, NULL);
      g_variant_dict_insert (&element,
                             "name_space",
                             "s",
                             disclosure->name_space);
      g_variant_dict_insert (&element, "element", "s", disclosure->element);
      g_variant_dict_insert (&element,
                             "intent_to_retain",
                             "b",
                             disclosure->intent_to_retain);
      g_variant_dict_insert (&element, "released", "b", is_released);
      g_variant_builder_add_value (&elements, g_variant_dict_end (&element));
    }

  return g_variant_builder_end (&elements);
}

static GVariant *
describe_request (MdocProposal *self, guint index, const MdocGrant *grant)
{
  const MdocGrantedDocument *granted = find_granted (grant, index);
  guint candidate = granted != NULL ? granted->candidate : 0;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (!self->is_offered[index])
    {
      g_variant_dict_insert (&dict,
                             "doc_type",
                             "s",
                             mdoc_items_request_get_doc_type (
                                 mdoc_proposal_get_items (self, index)));
      g_variant_dict_insert (&dict, "credential", "s", "");
      g_variant_dict_insert_value (&dict,
                                   "elements",
                                   g_variant_new_array (G_VARIANT_TYPE_VARDICT,
                                                        NULL,
                                                        0));
      return g_variant_dict_end (&dict);
    }

  {
    const MdocWalletDocument *document = mdoc_proposal_get_document (self,
                                                                     index,
                                                                     candidate);

    g_variant_dict_insert (&dict, "doc_type", "s", document->stored->doc_type);
    g_variant_dict_insert (&dict, "credential", "s", document->stored->id);
    if (granted != NULL && granted->policy != NULL)
      g_variant_dict_insert (&dict, "policy", "s", granted->policy);
    g_variant_dict_insert_value (
        &dict,
        "elements",
        describe_elements (mdoc_proposal_get_candidate (self, index, candidate),
                           granted));
  }
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_proposal_describe:
 * @self: an offer
 * @grant: (nullable): what leaves; %NULL for nothing
 *
 * Returns: (transfer floating): an `aa{sv}`, one entry for each doc request,
 *   for the history: names, no values
 */
GVariant *
mdoc_proposal_describe (MdocProposal *self, const MdocGrant *grant)
{
  guint n_requests = mdoc_match_get_n_doc_requests (self->match);
  GVariantBuilder documents;

  g_variant_builder_init (&documents, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_requests; i++)
    g_variant_builder_add_value (&documents, describe_request (self, i, grant));

  return g_variant_builder_end (&documents);
}
