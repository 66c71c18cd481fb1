/*
 * mdoc-match.c - what of a wallet answers a request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-match.h"

#include "mdoc/mdoc-match-private.h"

static const char *const outcome_names[] = {
  [MDOC_MATCH_FOUND] = "found",
  [MDOC_MATCH_NO_DOCUMENT] = "no-document",
  [MDOC_MATCH_ISSUER] = "issuer",
  [MDOC_MATCH_ELEMENTS] = "elements",
  [MDOC_MATCH_SIZE] = "size",
  [MDOC_MATCH_ZK_REQUIRED] = "zk-required",
  [MDOC_MATCH_ENCRYPTION_REQUIRED] = "encryption-required",
};

/**
 * mdoc_match_outcome_get_name:
 * @outcome: an outcome
 *
 * Returns: (transfer none): its name, such as "no-document"
 */
const char *
mdoc_match_outcome_get_name (MdocMatchOutcome outcome)
{
  g_return_val_if_fail ((gsize) outcome < G_N_ELEMENTS (outcome_names), NULL);

  return outcome_names[outcome];
}

/**
 * mdoc_match_candidate_may_return:
 * @self: a candidate
 * @kept: (array): for each disclosure of @self, whether the holder consents
 *
 * The portrait rule of ISO/IEC 18013-5, 7.2.1: who asks for the portrait and is
 * told anything is given the portrait, lest somebody else present the document.
 * Keeping nothing is always allowed.
 *
 * Returns: %FALSE if something is kept but not the portrait that was asked for:
 *   then this must not be returned
 */
gboolean
mdoc_match_candidate_may_return (const MdocMatchCandidate *self,
                                 const gboolean *kept)
{
  gboolean is_anything_kept = FALSE;
  gboolean is_portrait_dropped = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (kept != NULL, FALSE);

  for (guint i = 0; i < self->n_disclosures; i++)
    {
      is_anything_kept |= kept[i];
      is_portrait_dropped |= self->disclosures[i].is_portrait && !kept[i];
    }

  return !is_anything_kept || !is_portrait_dropped;
}

static MdocMatch *
match_new (MdocDeviceRequest *request,
           MdocMatchDocument *const *documents,
           guint n_documents)
{
  MdocMatch *self = g_new0 (MdocMatch, 1);

  g_atomic_ref_count_init (&self->refs);
  mdoc_pool_init (&self->pool);
  self->request = mdoc_device_request_ref (request);
  self->documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_document_unref);
  for (guint i = 0; i < n_documents; i++)
    g_ptr_array_add (self->documents, mdoc_match_document_ref (documents[i]));

  self->n_parts = mdoc_device_request_get_n_doc_requests (request);
  self->parts = mdoc_pool_new0 (&self->pool, MdocMatchPart, self->n_parts);
  self->base_bytes = mdoc_match_estimate_base (request);
  return self;
}

/**
 * mdoc_match_request:
 * @request: what a reader asks for
 * @documents: (array length=n_documents): what the wallet has, the most wanted
 *   first
 * @n_documents: how many there are
 * @doc_types: (nullable): what is known of document types. Without it names
 *   have to be the same, and an age_over_NN or a portrait is known by its name
 *   alone.
 *
 * Finds for each doc request the documents that can answer it, and what of them
 * would leave. See #MdocMatch.
 *
 * Returns: (transfer full): how they fit
 */
MdocMatch *
mdoc_match_request (MdocDeviceRequest *request,
                    MdocMatchDocument *const *documents,
                    guint n_documents,
                    MdocDocTypeTable *doc_types)
{
  g_autoptr (GPtrArray) views = NULL;
  MdocMatch *self;

  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (documents != NULL || n_documents == 0, NULL);

  self = match_new (request, documents, n_documents);
  views = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_view_free);
  for (guint i = 0; i < n_documents; i++)
    {
      MdocDocType *doc_type = NULL;

      if (doc_types != NULL)
        doc_type
            = mdoc_doc_type_table_lookup (doc_types,
                                          mdoc_match_document_get_doc_type (
                                              documents[i]));
      g_ptr_array_add (views, mdoc_match_view_new (documents[i], doc_type));
    }

  for (guint i = 0; i < self->n_parts; i++)
    mdoc_match_evaluate (self,
                         i,
                         (const MdocMatchView *const *) views->pdata,
                         doc_types);
  mdoc_match_propose (self);
  return self;
}

/**
 * mdoc_match_ref:
 * @self: a match
 *
 * Returns: (transfer full): @self
 */
MdocMatch *
mdoc_match_ref (MdocMatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_match_unref:
 * @self: (nullable): a match
 */
void
mdoc_match_unref (MdocMatch *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  mdoc_pool_clear (&self->pool);
  g_ptr_array_unref (self->documents);
  mdoc_device_request_unref (self->request);
  g_free (self);
}

/**
 * mdoc_match_get_request:
 * @self: a match
 *
 * Returns: (transfer none): the request that was matched
 */
MdocDeviceRequest *
mdoc_match_get_request (MdocMatch *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->request;
}

/**
 * mdoc_match_get_n_doc_requests:
 * @self: a match
 *
 * Returns: how many doc requests there are
 */
guint
mdoc_match_get_n_doc_requests (MdocMatch *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_parts;
}

/**
 * mdoc_match_get_doc_request:
 * @self: a match
 * @i: which doc request
 *
 * Returns: (transfer none): what became of it
 */
const MdocMatchDocRequest *
mdoc_match_get_doc_request (MdocMatch *self, guint i)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (i < self->n_parts, NULL);

  return &self->parts[i].shown;
}

/**
 * mdoc_match_is_satisfied:
 * @self: a match
 *
 * Returns: whether there is anything to propose to the holder. If not, no
 *   document should be returned.
 */
gboolean
mdoc_match_is_satisfied (MdocMatch *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_choices > 0;
}

/**
 * mdoc_match_get_proposal:
 * @self: a match
 * @ret_n_choices: (out): how many choices there are; 0: nothing should be
 *   returned
 *
 * A choice that mdoc_match_check_choices() finds in order: without use cases
 * the best candidate of each doc request; with use cases the first document set
 * of each use case that can be met, but one that others need anyway goes
 * before.
 *
 * Returns: (transfer none) (array length=ret_n_choices): what to put before the
 *   holder
 */
const MdocMatchChoice *
mdoc_match_get_proposal (MdocMatch *self, guint *ret_n_choices)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (ret_n_choices != NULL, NULL);

  *ret_n_choices = self->n_choices;
  return self->proposal;
}

guint64
mdoc_match_get_n_steps (MdocMatch *self)
{
  return self->n_steps;
}

guint
mdoc_match_get_n_use_cases (MdocMatch *self)
{
  MdocDeviceRequestInfo *info = mdoc_device_request_get_info (self->request);

  return info != NULL ? mdoc_device_request_info_get_n_use_cases (info) : 0;
}
