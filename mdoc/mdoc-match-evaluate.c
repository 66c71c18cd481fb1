/*
 * mdoc-match-evaluate.c - which documents answer one doc request
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-match-private.h"

/* Bytes of the members of a response that are always the same. A little more
 * than needed: what is promised is that a response is not larger. */
#define RESPONSE_FIXED_BYTES                                                   \
  64 /* version, documents, status, documentErrors                             \
      */
#define DOCUMENT_FIXED_BYTES                                                   \
  (128 /* names and heads of Document, IssuerSigned, DeviceSigned */           \
   + 16 /* COSE heads */ + MDOC_SIGNATURE_MAX_LEN)
#define ERROR_FIXED_BYTES 16

/* One doc request in the making. */
typedef struct
{
  MdocMatch *match;
  MdocItemsRequest *request;
  guint n_elements;
  /* what may replace each element, or NULL */
  const MdocAlternative *alternatives[MDOC_ITEMS_REQUEST_MAX_ELEMENTS];
  GArray *found; /* of Found */
} Evaluation;

typedef struct
{
  MdocMatchCandidate candidate;
  MdocMatchCost cost;
} Found;

/* One document in the making. */
typedef struct
{
  Evaluation *evaluation;
  const MdocMatchView *view;
  MdocMatchAges ages;
  MdocMatchAnswer *answers;
  /* what answers each element directly, or MDOC_MATCH_NO_ITEM */
  guint direct[MDOC_ITEMS_REQUEST_MAX_ELEMENTS];
  GArray *disclosures;  /* of MdocMatchDisclosure */
  guint *disclosure_of; /* each item's place among them, + 1 */
  guint n_answered;
} Attempt;

static guint
resolve (Attempt *attempt,
         const char *name_space,
         const char *element,
         MdocMatchVia *ret_via,
         guint *ret_age)
{
  attempt->evaluation->match->n_steps++;
  return mdoc_match_view_resolve (attempt->view,
                                  name_space,
                                  element,
                                  ret_via,
                                  ret_age);
}

/* Lets an item answer a requested element; it leaves once, however many it
 * answers. */
static void
disclose (Attempt *attempt, guint item, guint requested, MdocMatchVia via)
{
  const MdocRequestedElement *element;
  MdocMatchDisclosure *disclosure;

  element = mdoc_items_request_get_element (attempt->evaluation->request,
                                            requested);
  if (attempt->disclosure_of[item] == 0)
    {
      const MdocMatchItem *found;
      MdocMatchDisclosure added = { .item = item,
                                    .requested = requested,
                                    .via = via };

      found = mdoc_match_document_get_item (mdoc_match_view_get_document (
                                                attempt->view),
                                            item);
      added.name_space = found->name_space;
      added.element = found->element;
      g_array_append_val (attempt->disclosures, added);
      attempt->disclosure_of[item] = attempt->disclosures->len;
    }

  disclosure = &g_array_index (attempt->disclosures,
                               MdocMatchDisclosure,
                               attempt->disclosure_of[item] - 1);
  disclosure->intent_to_retain |= element->intent_to_retain;
  disclosure->is_portrait |= mdoc_match_view_is_portrait (attempt->view,
                                                          element->name_space,
                                                          element->element);
}

/* What answers by itself. It goes before alternatives, so that none of them
 * takes an age from an element that was asked for outright. */
static void
resolve_directly (Attempt *attempt)
{
  for (guint i = 0; i < attempt->evaluation->n_elements; i++)
    {
      const MdocRequestedElement *element;
      MdocMatchVia via;
      guint age;

      element = mdoc_items_request_get_element (attempt->evaluation->request,
                                                i);
      attempt->direct[i] = resolve (attempt,
                                    element->name_space,
                                    element->element,
                                    &via,
                                    &age);
      if (attempt->direct[i] == MDOC_MATCH_NO_ITEM)
        continue;

      if (age < MDOC_MATCH_MAX_AGE
          && !mdoc_match_ages_add (&attempt->ages, age))
        {
          attempt->direct[i] = MDOC_MATCH_NO_ITEM;
          attempt->answers[i].is_over_age_limit = TRUE;
          continue;
        }
      attempt->answers[i].via = via;
    }
}

/* All of the set or nothing of it. */
static gboolean
try_set (Attempt *attempt, const MdocElementSet *set, guint requested)
{
  guint items[MDOC_REQUEST_MAX_SET_ELEMENTS];
  MdocMatchAges ages = attempt->ages;

  for (guint i = 0; i < set->n_elements; i++)
    {
      MdocMatchVia via;
      guint age;

      items[i] = resolve (attempt,
                          set->elements[i].name_space,
                          set->elements[i].element,
                          &via,
                          &age);
      if (items[i] == MDOC_MATCH_NO_ITEM)
        return FALSE;
      if (age < MDOC_MATCH_MAX_AGE && !mdoc_match_ages_add (&ages, age))
        return FALSE;
    }

  attempt->ages = ages;
  for (guint i = 0; i < set->n_elements; i++)
    disclose (attempt, items[i], requested, MDOC_MATCH_VIA_ALTERNATIVE);
  return TRUE;
}

/* The first set that is complete, in the reader's order. Each element is
 * replaced by itself, whatever replaces the others: no combinations. */
static void
try_alternative (Attempt *attempt, guint requested)
{
  const MdocAlternative *alternative;

  alternative = attempt->evaluation->alternatives[requested];
  if (alternative == NULL)
    return;

  for (guint set = 0; set < alternative->n_sets; set++)
    if (try_set (attempt, &alternative->sets[set], requested))
      {
        attempt->answers[requested].via = MDOC_MATCH_VIA_ALTERNATIVE;
        attempt->answers[requested].set = set;
        return;
      }
}

static void
answer_all (Attempt *attempt)
{
  resolve_directly (attempt);
  for (guint i = 0; i < attempt->evaluation->n_elements; i++)
    {
      if (attempt->direct[i] != MDOC_MATCH_NO_ITEM)
        disclose (attempt, attempt->direct[i], i, attempt->answers[i].via);
      else
        try_alternative (attempt, i);

      if (attempt->answers[i].via != MDOC_MATCH_VIA_NONE)
        attempt->n_answered++;
    }
}

static gsize
text_bytes (const char *text)
{
  gsize len = strlen (text);

  return mdoc_cbor_head_len (len) + len;
}

/* At most so many bytes has a DeviceResponse without documents, with an error
 * for each doc request. */
gsize
mdoc_match_estimate_base (MdocDeviceRequest *request)
{
  gsize bytes = RESPONSE_FIXED_BYTES;

  for (guint i = 0; i < mdoc_device_request_get_n_doc_requests (request); i++)
    {
      MdocItemsRequest *items_request;

      items_request = mdoc_device_request_get_items_request (request, i);
      bytes += text_bytes (mdoc_items_request_get_doc_type (items_request))
               + ERROR_FIXED_BYTES;
    }

  return bytes;
}

/* At most so many bytes has a Document, with an error for each element that is
 * not answered. */
gsize
mdoc_match_estimate_document (MdocItemsRequest *request,
                              MdocMatchDocument *document,
                              const MdocMatchCandidate *candidate)
{
  gsize bytes = DOCUMENT_FIXED_BYTES;

  bytes += text_bytes (mdoc_match_document_get_doc_type (document))
           + mdoc_match_document_get_issuer_auth_len (document);
  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      const MdocMatchDisclosure *disclosure = &candidate->disclosures[i];

      /* as if each stood in a name space of its own */
      bytes += text_bytes (disclosure->name_space) + ERROR_FIXED_BYTES
               + mdoc_match_document_get_item (document, disclosure->item)
                     ->encoded_len;
    }

  for (guint i = 0; i < candidate->n_answers; i++)
    {
      const MdocRequestedElement *element;

      if (candidate->answers[i].via != MDOC_MATCH_VIA_NONE)
        continue;
      element = mdoc_items_request_get_element (request, i);
      bytes += text_bytes (element->name_space) + text_bytes (element->element)
               + ERROR_FIXED_BYTES;
    }

  return bytes;
}

static gboolean
is_strict (MdocMatch *match)
{
  return mdoc_match_get_n_use_cases (match) > 0;
}

static void
keep_candidate (Evaluation *evaluation,
                const Attempt *attempt,
                const MdocMatchCandidate *candidate)
{
  MdocMatchDisclosure *disclosures;
  Found found = { .candidate = *candidate };

  disclosures = mdoc_pool_new0 (&evaluation->match->pool,
                                MdocMatchDisclosure,
                                candidate->n_disclosures);
  memcpy (disclosures,
          candidate->disclosures,
          candidate->n_disclosures * sizeof (MdocMatchDisclosure));
  found.candidate.disclosures = disclosures;
  found.cost.ages = attempt->ages;
  found.cost.document_bytes = candidate->response_bytes
                              - evaluation->match->base_bytes;
  g_array_append_val (evaluation->found, found);
}

/* How far a document comes: MDOC_MATCH_FOUND if it is a candidate. */
static MdocMatchOutcome
try_elements (Evaluation *evaluation,
              const MdocMatchView *view,
              guint document,
              gsize max_bytes)
{
  MdocMatchDocument *offered = mdoc_match_view_get_document (view);
  g_autoptr (GArray) disclosures = NULL;
  g_autofree guint *disclosure_of = NULL;
  MdocMatchCandidate candidate = { .document = document };
  Attempt attempt = { .evaluation = evaluation, .view = view };

  disclosures = g_array_new (FALSE, FALSE, sizeof (MdocMatchDisclosure));
  disclosure_of = g_new0 (guint, mdoc_match_document_get_n_items (offered));
  attempt.disclosures = disclosures;
  attempt.disclosure_of = disclosure_of;
  attempt.answers = mdoc_pool_new0 (&evaluation->match->pool,
                                    MdocMatchAnswer,
                                    evaluation->n_elements);
  answer_all (&attempt);

  candidate.is_complete = attempt.n_answered == evaluation->n_elements;
  candidate.n_answered = attempt.n_answered;
  candidate.answers = attempt.answers;
  candidate.n_answers = evaluation->n_elements;
  candidate.disclosures = (gpointer) disclosures->data;
  candidate.n_disclosures = disclosures->len;
  if (attempt.n_answered == 0
      || (is_strict (evaluation->match) && !candidate.is_complete))
    return MDOC_MATCH_ELEMENTS;

  candidate.response_bytes = evaluation->match->base_bytes
                             + mdoc_match_estimate_document (evaluation
                                                                 ->request,
                                                             offered,
                                                             &candidate);
  if (candidate.response_bytes > max_bytes)
    return MDOC_MATCH_SIZE;

  keep_candidate (evaluation, &attempt, &candidate);
  return MDOC_MATCH_FOUND;
}

static gboolean
is_of_doc_type (const MdocMatchView *view,
                const char *doc_type,
                MdocDocType *described)
{
  if (g_str_equal (mdoc_match_document_get_doc_type (
                       mdoc_match_view_get_document (view)),
                   doc_type))
    return TRUE;

  /* one name of a document type that has several */
  return described != NULL && described == mdoc_match_view_get_doc_type (view);
}

static gboolean
is_by_issuer (const MdocMatchView *view, MdocRequestInfo *info)
{
  guint n;

  if (info == NULL)
    return TRUE;
  n = mdoc_request_info_get_n_issuer_identifiers (info);
  for (guint i = 0; i < n; i++)
    if (mdoc_match_document_has_issuer_identifier (
            mdoc_match_view_get_document (view),
            mdoc_request_info_get_issuer_identifier (info, i)))
      return TRUE;

  return n == 0;
}

static MdocMatchOutcome
try_document (Evaluation *evaluation,
              const MdocMatchView *view,
              guint document,
              MdocDocType *described,
              gsize max_bytes)
{
  MdocItemsRequest *request = evaluation->request;

  if (!is_of_doc_type (view,
                       mdoc_items_request_get_doc_type (request),
                       described))
    return MDOC_MATCH_NO_DOCUMENT;
  if (!is_by_issuer (view, mdoc_items_request_get_info (request)))
    return MDOC_MATCH_ISSUER;
  return try_elements (evaluation, view, document, max_bytes);
}

/* What no document can help. */
static gboolean
is_impossible (MdocRequestInfo *info, MdocMatchOutcome *ret_outcome)
{
  if (info == NULL)
    return FALSE;
  if (mdoc_request_info_is_zk_required (info))
    {
      *ret_outcome = MDOC_MATCH_ZK_REQUIRED;
      return TRUE;
    }
  if (mdoc_request_info_has_response_encryption (info))
    {
      *ret_outcome = MDOC_MATCH_ENCRYPTION_REQUIRED;
      return TRUE;
    }

  return FALSE;
}

static void
find_alternatives (Evaluation *evaluation, MdocRequestInfo *info)
{
  guint n = info != NULL ? mdoc_request_info_get_n_alternatives (info) : 0;

  for (guint i = 0; i < n; i++)
    {
      const MdocAlternative *alternative;
      gboolean is_there;
      guint index = 0;

      alternative = mdoc_request_info_get_alternative (info, i);
      is_there
          = mdoc_items_request_find_element (evaluation->request,
                                             alternative->requested.name_space,
                                             alternative->requested.element,
                                             &index);
      g_assert (is_there);
      evaluation->alternatives[index] = alternative;
    }
}

static gint
compare_found (gconstpointer a, gconstpointer b)
{
  const MdocMatchCandidate *left = &((const Found *) a)->candidate;
  const MdocMatchCandidate *right = &((const Found *) b)->candidate;

  if (left->n_answered != right->n_answered)
    return left->n_answered > right->n_answered ? -1 : 1;
  return left->document < right->document ? -1 : 1;
}

/* Those that answer more come first, the others stay in order. */
static void
keep_in_order (Evaluation *evaluation, MdocMatchPart *part)
{
  MdocPool *pool = &evaluation->match->pool;
  guint n = evaluation->found->len;

  g_array_sort (evaluation->found, compare_found);
  part->candidates = mdoc_pool_new0 (pool, MdocMatchCandidate, n);
  part->costs = mdoc_pool_new0 (pool, MdocMatchCost, n);
  for (guint i = 0; i < n; i++)
    {
      const Found *found = &g_array_index (evaluation->found, Found, i);

      part->candidates[i] = found->candidate;
      part->costs[i] = found->cost;
    }

  part->shown.candidates = part->candidates;
  part->shown.n_candidates = n;
  if (n > 0)
    part->shown.outcome = MDOC_MATCH_FOUND;
}

static void
read_wishes (MdocMatchDocRequest *shown, MdocRequestInfo *info)
{
  guint64 max_bytes;

  shown->maximum_response_bytes = G_MAXSIZE;
  if (info == NULL)
    return;

  shown->allows_several = mdoc_request_info_get_unique_doc_set (info)
                          == MDOC_UNIQUE_DOC_SET_SEVERAL;
  if (mdoc_request_info_get_maximum_response_size (info, &max_bytes))
    shown->maximum_response_bytes = (gsize) MIN (max_bytes, G_MAXSIZE);
}

void
mdoc_match_evaluate (MdocMatch *self,
                     guint doc_request,
                     const MdocMatchView *const *views,
                     MdocDocTypeTable *doc_types)
{
  MdocMatchPart *part = &self->parts[doc_request];
  g_autoptr (GArray) found = NULL;
  Evaluation evaluation = { .match = self };
  MdocDocType *described = NULL;
  MdocRequestInfo *info;

  evaluation.request = mdoc_device_request_get_items_request (self->request,
                                                              doc_request);
  evaluation.n_elements = mdoc_items_request_get_n_elements (
      evaluation.request);
  info = mdoc_items_request_get_info (evaluation.request);
  read_wishes (&part->shown, info);
  if (is_impossible (info, &part->shown.outcome))
    return;

  found = g_array_new (FALSE, FALSE, sizeof (Found));
  evaluation.found = found;
  find_alternatives (&evaluation, info);
  if (doc_types != NULL)
    described = mdoc_doc_type_table_lookup (doc_types,
                                            mdoc_items_request_get_doc_type (
                                                evaluation.request));

  part->shown.outcome = MDOC_MATCH_NO_DOCUMENT;
  for (guint i = 0; i < self->documents->len; i++)
    {
      MdocMatchOutcome outcome;

      outcome = try_document (&evaluation,
                              views[i],
                              i,
                              described,
                              part->shown.maximum_response_bytes);
      if (outcome != MDOC_MATCH_FOUND)
        part->shown.outcome = MAX (part->shown.outcome, outcome);
    }

  keep_in_order (&evaluation, part);
}
