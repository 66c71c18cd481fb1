/*
 * mdoc-proposal.c - what the holder is asked, and what the answer allows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-proposal.h"

#include "agent/mdoc-proposal-private.h"

gboolean
mdoc_proposal_may_leave (MdocProposal *self,
                         const MdocMatchDisclosure *disclosure)
{
  guint age;

  return !mdoc_doc_type_parse_age_over (disclosure->element, &age)
         || g_hash_table_contains (self->released_ages, disclosure->element)
         || g_hash_table_size (self->released_ages) < MDOC_MATCH_MAX_AGE_OVER;
}

static gboolean
has_something (MdocProposal *self, guint doc_request)
{
  const MdocMatchDocRequest *request = mdoc_match_get_doc_request (self->match,
                                                                   doc_request);

  for (guint i = 0; i < request->n_candidates; i++)
    {
      for (guint j = 0; j < request->candidates[i].n_disclosures; j++)
        {
          if (mdoc_proposal_may_leave (self,
                                       &request->candidates[i].disclosures[j]))
            return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_proposal_new:
 * @match: how the wallet fits the request
 * @wallet: (element-type MdocWalletDocument): the documents @match was made of,
 *   in the same order
 * @readers: (element-type MdocReaderInfo): who asks, one for each doc request
 * @doc_types: (nullable): where names for people come from
 * @released_ages: (element-type utf8): the age_over_NN that have left in this
 *   session; referenced, and added to by mdoc_proposal_note_ages()
 *
 * Returns: (transfer full): the offer
 */
MdocProposal *
mdoc_proposal_new (MdocMatch *match,
                   GPtrArray *wallet,
                   GPtrArray *readers,
                   MdocDocTypeTable *doc_types,
                   GHashTable *released_ages)
{
  MdocProposal *self = g_new0 (MdocProposal, 1);
  const MdocMatchChoice *proposal;
  guint n_choices = 0;

  self->match = mdoc_match_ref (match);
  self->wallet = g_ptr_array_ref (wallet);
  self->readers = g_ptr_array_ref (readers);
  if (doc_types != NULL)
    self->doc_types = mdoc_doc_type_table_ref (doc_types);

  self->released_ages = g_hash_table_ref (released_ages);
  self->is_offered = g_new0 (gboolean, mdoc_match_get_n_doc_requests (match));
  proposal = mdoc_match_get_proposal (match, &n_choices);
  for (guint i = 0; i < n_choices; i++)
    {
      if (!has_something (self, proposal[i].doc_request))
        continue;
      if (!self->is_offered[proposal[i].doc_request])
        self->n_offered++;
      self->is_offered[proposal[i].doc_request] = TRUE;
    }

  return self;
}

/**
 * mdoc_proposal_free:
 * @self: (nullable) (transfer full): an offer
 */
void
mdoc_proposal_free (MdocProposal *self)
{
  if (self == NULL)
    return;

  mdoc_match_unref (self->match);
  g_ptr_array_unref (self->wallet);
  g_ptr_array_unref (self->readers);
  if (self->doc_types != NULL)
    mdoc_doc_type_table_unref (self->doc_types);
  g_hash_table_unref (self->released_ages);
  g_free (self->is_offered);
  g_free (self);
}

/**
 * mdoc_proposal_get_match:
 * @self: an offer
 *
 * Returns: (transfer none): what it was made of
 */
MdocMatch *
mdoc_proposal_get_match (MdocProposal *self)
{
  return self->match;
}

/**
 * mdoc_proposal_get_document:
 * @self: an offer
 * @doc_request: index of a doc request
 * @candidate: index among its candidates
 *
 * Returns: (transfer none): the credential
 */
const MdocWalletDocument *
mdoc_proposal_get_document (MdocProposal *self,
                            guint doc_request,
                            guint candidate)
{
  const MdocMatchDocRequest *request = mdoc_match_get_doc_request (self->match,
                                                                   doc_request);

  g_return_val_if_fail (candidate < request->n_candidates, NULL);

  return g_ptr_array_index (self->wallet,
                            request->candidates[candidate].document);
}

/**
 * mdoc_proposal_is_empty:
 * @self: an offer
 *
 * Returns: %TRUE if there is nothing that could leave
 */
gboolean
mdoc_proposal_is_empty (MdocProposal *self)
{
  return self->n_offered == 0;
}

/**
 * mdoc_proposal_get_reader:
 * @self: an offer
 *
 * Returns: (transfer none): who asks for the first document that is offered, or
 *   for the first one at all
 */
const MdocReaderInfo *
mdoc_proposal_get_reader (MdocProposal *self)
{
  for (guint i = 0; i < self->readers->len; i++)
    {
      if (self->is_offered[i])
        return g_ptr_array_index (self->readers, i);
    }

  return g_ptr_array_index (self->readers, 0);
}

MdocItemsRequest *
mdoc_proposal_get_items (MdocProposal *self, guint doc_request)
{
  return mdoc_device_request_get_items_request (mdoc_match_get_request (
                                                    self->match),
                                                doc_request);
}

guint
mdoc_proposal_get_n_candidates (MdocProposal *self, guint doc_request)
{
  const MdocMatchDocRequest *request = mdoc_match_get_doc_request (self->match,
                                                                   doc_request);

  if (!self->is_offered[doc_request])
    return 0;
  return MIN (request->n_candidates, MDOC_PROPOSAL_MAX_CANDIDATES);
}

const MdocMatchCandidate *
mdoc_proposal_get_candidate (MdocProposal *self,
                             guint doc_request,
                             guint candidate)
{
  return &mdoc_match_get_doc_request (self->match, doc_request)
              ->candidates[candidate];
}

/* --- the question --- */

static MdocDocType *
find_type (MdocProposal *self, const char *doc_type)
{
  return self->doc_types != NULL
             ? mdoc_doc_type_table_lookup (self->doc_types, doc_type)
             : NULL;
}

static const char *
get_via_name (MdocMatchVia via)
{
  switch (via)
    {
    case MDOC_MATCH_VIA_NAME:
      return "name";
    case MDOC_MATCH_VIA_SYNONYM:
      return "synonym";
    case MDOC_MATCH_VIA_NEAREST_AGE:
      return "nearest-age";
    case MDOC_MATCH_VIA_ALTERNATIVE:
      return "alternative";
    case MDOC_MATCH_VIA_NONE:
    default:
      return "none";
    }
}

static GVariant *
make_element (MdocProposal *self,
              guint doc_request,
              const MdocMatchDisclosure *disclosure,
              MdocDocType *type)
{
  const MdocRequestedElement *requested
      = mdoc_items_request_get_element (mdoc_proposal_get_items (self,
                                                                 doc_request),
                                        disclosure->requested);
  const MdocDocElement *known
      = type != NULL ? mdoc_doc_type_find_element (type,
                                                   disclosure->name_space,
                                                   disclosure->element)
                     : NULL;
  GVariantDict element;

  g_variant_dict_init (&element, NULL);
  g_variant_dict_insert (&element, "name_space", "s", disclosure->name_space);
  g_variant_dict_insert (&element, "element", "s", disclosure->element);
  g_variant_dict_insert (&element,
                         "display_name",
                         "s",
                         known != NULL ? known->display_name
                                       : disclosure->element);
  g_variant_dict_insert (&element,
                         "intent_to_retain",
                         "b",
                         disclosure->intent_to_retain);
  g_variant_dict_insert (&element, "is_portrait", "b", disclosure->is_portrait);
  g_variant_dict_insert (&element, "via", "s", get_via_name (disclosure->via));
  g_variant_dict_insert (&element,
                         "requested",
                         "(ss)",
                         requested->name_space,
                         requested->element);
  return g_variant_dict_end (&element);
}

static GVariant *
make_candidate (MdocProposal *self, guint doc_request, guint index)
{
  const MdocMatchCandidate *candidate
      = &mdoc_match_get_doc_request (self->match, doc_request)
             ->candidates[index];
  const MdocWalletDocument *document = mdoc_proposal_get_document (self,
                                                                   doc_request,
                                                                   index);
  MdocDocType *type = find_type (self, document->stored->doc_type);
  GVariantBuilder elements;
  GVariantDict dict;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      if (mdoc_proposal_may_leave (self, &candidate->disclosures[i]))
        g_variant_builder_add_value (&elements,
                                     make_element (self,
                                                   doc_request,
                                                   &candidate->disclosures[i],
                                                   type));
    }

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "credential", "s", document->stored->id);
  g_variant_dict_insert (&dict, "label", "s", document->stored->label);
  g_variant_dict_insert (&dict, "reused", "b", document->selection.is_reused);
  g_variant_dict_insert (&dict, "must_ask", "b", document->selection.must_ask);
  g_variant_dict_insert_value (&dict,
                               "elements",
                               g_variant_builder_end (&elements));
  return g_variant_dict_end (&dict);
}

/* what the best candidate lacks */
static GVariant *
make_missing (MdocProposal *self, guint doc_request)
{
  const MdocMatchDocRequest *request = mdoc_match_get_doc_request (self->match,
                                                                   doc_request);
  GVariantBuilder missing;

  g_variant_builder_init (&missing, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0;
       request->n_candidates > 0 && i < request->candidates[0].n_answers;
       i++)
    {
      const MdocRequestedElement *requested = mdoc_items_request_get_element (
          mdoc_proposal_get_items (self, doc_request),
          i);

      if (request->candidates[0].answers[i].via == MDOC_MATCH_VIA_NONE)
        g_variant_builder_add (&missing,
                               "(ss)",
                               requested->name_space,
                               requested->element);
    }

  return g_variant_builder_end (&missing);
}

static GVariant *
make_request (MdocProposal *self, guint index)
{
  const MdocReaderInfo *reader = g_ptr_array_index (self->readers, index);
  const char *doc_type = mdoc_items_request_get_doc_type (
      mdoc_proposal_get_items (self, index));
  MdocDocType *type = find_type (self, doc_type);
  GVariantBuilder candidates;
  GVariantDict dict;

  g_variant_builder_init (&candidates, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < mdoc_proposal_get_n_candidates (self, index); i++)
    g_variant_builder_add_value (&candidates, make_candidate (self, index, i));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "index", "u", index);
  g_variant_dict_insert (&dict, "doc_type", "s", doc_type);
  g_variant_dict_insert (&dict,
                         "display_name",
                         "s",
                         type != NULL ? mdoc_doc_type_get_display_name (type)
                                      : doc_type);
  g_variant_dict_insert (&dict, "reader_trust", "s", reader->trust);
  g_variant_dict_insert (&dict, "reader_name", "s", reader->name);
  g_variant_dict_insert (&dict, "reader_reason", "s", reader->reason);
  g_variant_dict_insert_value (&dict, "missing", make_missing (self, index));
  g_variant_dict_insert_value (&dict,
                               "candidates",
                               g_variant_builder_end (&candidates));
  return g_variant_dict_end (&dict);
}

/**
 * mdoc_proposal_to_variant:
 * @self: an offer
 * @timeout_ms: when the question lapses
 *
 * Returns: (transfer floating): the request of
 *   `org.mdocagent.ConsentAgent1.RequestConsent()`; it holds names, no values
 */
GVariant *
mdoc_proposal_to_variant (MdocProposal *self, guint timeout_ms)
{
  guint n_requests = mdoc_match_get_n_doc_requests (self->match);
  GVariantBuilder requests;
  GVariantDict dict;

  g_variant_builder_init (&requests, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_requests; i++)
    g_variant_builder_add_value (&requests, make_request (self, i));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "timeout_ms", "u", timeout_ms);
  g_variant_dict_insert_value (&dict,
                               "requests",
                               g_variant_builder_end (&requests));
  return g_variant_dict_end (&dict);
}
