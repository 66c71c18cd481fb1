/*
 * mdoc-match-choice.c - which documents to return together
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-match-private.h"

#define NOT_CHOSEN G_MAXUINT

static const char *const verdict_names[] = {
  [MDOC_MATCH_VERDICT_OK] = "ok",
  [MDOC_MATCH_VERDICT_UNKNOWN] = "unknown",
  [MDOC_MATCH_VERDICT_SEVERAL] = "several",
  [MDOC_MATCH_VERDICT_MANDATORY] = "mandatory",
  [MDOC_MATCH_VERDICT_USE_CASE] = "use-case",
  [MDOC_MATCH_VERDICT_AGE_OVER] = "age-over",
  [MDOC_MATCH_VERDICT_SIZE] = "size",
};

/* What has been chosen so far, and what it costs. */
typedef struct
{
  guint candidates[MDOC_REQUEST_MAX_DOC_REQUESTS];
  guint32 chosen; /* bit i: doc request i */
  MdocMatchAges ages;
  gsize bytes;
  gsize max_bytes;
} Draft;

static void
draft_init (Draft *draft, const MdocMatch *match)
{
  *draft = (Draft){ .bytes = match->base_bytes, .max_bytes = G_MAXSIZE };
  for (guint i = 0; i < G_N_ELEMENTS (draft->candidates); i++)
    draft->candidates[i] = NOT_CHOSEN;
}

/* Adds a candidate to the bill; %MDOC_MATCH_VERDICT_OK if it can be paid. */
static MdocMatchVerdict
draft_pay (Draft *draft, const MdocMatchPart *part, guint candidate)
{
  const MdocMatchCost *cost = &part->costs[candidate];

  for (guint i = 0; i < cost->ages.n_ages; i++)
    if (!mdoc_match_ages_add (&draft->ages, cost->ages.ages[i]))
      return MDOC_MATCH_VERDICT_AGE_OVER;

  draft->bytes += cost->document_bytes;
  draft->max_bytes = MIN (draft->max_bytes, part->shown.maximum_response_bytes);
  if (draft->bytes > draft->max_bytes)
    return MDOC_MATCH_VERDICT_SIZE;

  return MDOC_MATCH_VERDICT_OK;
}

/* Chooses the first candidate that goes with what is chosen already. */
static gboolean
draft_add (Draft *draft, const MdocMatch *match, guint doc_request)
{
  const MdocMatchPart *part = &match->parts[doc_request];

  if (draft->candidates[doc_request] != NOT_CHOSEN)
    return TRUE;

  for (guint i = 0; i < part->shown.n_candidates; i++)
    {
      Draft next = *draft;

      if (draft_pay (&next, part, i) != MDOC_MATCH_VERDICT_OK)
        continue;
      next.candidates[doc_request] = i;
      next.chosen |= (guint32) 1 << doc_request;
      *draft = next;
      return TRUE;
    }

  return FALSE;
}

static gboolean
draft_add_set (Draft *draft, const MdocMatch *match, const MdocDocumentSet *set)
{
  Draft next = *draft;

  for (guint i = 0; i < set->n_doc_requests; i++)
    if (!draft_add (&next, match, set->doc_requests[i]))
      return FALSE;

  *draft = next;
  return TRUE;
}

static guint32
set_mask (const MdocDocumentSet *set)
{
  guint32 mask = 0;

  for (guint i = 0; i < set->n_doc_requests; i++)
    mask |= (guint32) 1 << set->doc_requests[i];
  return mask;
}

static gboolean
is_subset (guint32 part, guint32 whole)
{
  return (part & ~whole) == 0;
}

/* One document set of the use case: one that is chosen already, for the sake of
 * another, else the first that can be had. */
static gboolean
draft_meet (Draft *draft, const MdocMatch *match, const MdocUseCase *use_case)
{
  for (guint i = 0; i < use_case->n_sets; i++)
    if (is_subset (set_mask (&use_case->sets[i]), draft->chosen))
      return TRUE;

  for (guint i = 0; i < use_case->n_sets; i++)
    if (draft_add_set (draft, match, &use_case->sets[i]))
      return TRUE;

  return FALSE;
}

static const MdocUseCase *
get_use_case (const MdocMatch *match, guint i)
{
  return mdoc_device_request_info_get_use_case (mdoc_device_request_get_info (
                                                    match->request),
                                                i);
}

/* All mandatory use cases, and of the others those that can be had as well. */
static gboolean
draft_meet_all (Draft *draft, MdocMatch *match)
{
  guint n = mdoc_match_get_n_use_cases (match);

  for (guint i = 0; i < n; i++)
    {
      const MdocUseCase *use_case = get_use_case (match, i);

      if (use_case->is_mandatory && !draft_meet (draft, match, use_case))
        return FALSE;
    }

  for (guint i = 0; i < n; i++)
    if (!get_use_case (match, i)->is_mandatory)
      draft_meet (draft, match, get_use_case (match, i));

  return TRUE;
}

/* Makes the proposal; the parts have been evaluated. */
void
mdoc_match_propose (MdocMatch *self)
{
  Draft draft;

  draft_init (&draft, self);
  if (mdoc_match_get_n_use_cases (self) == 0)
    {
      for (guint i = 0; i < self->n_parts; i++)
        draft_add (&draft, self, i);
    }
  else if (!draft_meet_all (&draft, self))
    {
      draft_init (&draft, self);
    }

  self->proposal = mdoc_pool_new0 (&self->pool, MdocMatchChoice, self->n_parts);
  for (guint i = 0; i < self->n_parts; i++)
    if (draft.candidates[i] != NOT_CHOSEN)
      self->proposal[self->n_choices++] = (MdocMatchChoice){
        i,
        draft.candidates[i]
      };
}

/**
 * mdoc_match_verdict_get_name:
 * @verdict: a verdict
 *
 * Returns: (transfer none): its name, such as "use-case"
 */
const char *
mdoc_match_verdict_get_name (MdocMatchVerdict verdict)
{
  g_return_val_if_fail ((gsize) verdict < G_N_ELEMENTS (verdict_names), NULL);

  return verdict_names[verdict];
}

/**
 * mdoc_match_has_document_set:
 * @self: a match
 * @use_case: index of a use case of the request
 * @set: index of one of its document sets
 *
 * Returns: whether each doc request of the set has a candidate
 */
gboolean
mdoc_match_has_document_set (MdocMatch *self, guint use_case, guint set)
{
  const MdocDocumentSet *asked;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (use_case < mdoc_match_get_n_use_cases (self), FALSE);
  g_return_val_if_fail (set < get_use_case (self, use_case)->n_sets, FALSE);

  asked = &get_use_case (self, use_case)->sets[set];
  for (guint i = 0; i < asked->n_doc_requests; i++)
    if (self->parts[asked->doc_requests[i]].shown.n_candidates == 0)
      return FALSE;

  return TRUE;
}

/* Are the choices of candidates, none twice and no more than are wanted? */
static MdocMatchVerdict
check_each (MdocMatch *self, const MdocMatchChoice *choices, guint n_choices)
{
  for (guint i = 0; i < n_choices; i++)
    {
      const MdocMatchDocRequest *asked;

      if (choices[i].doc_request >= self->n_parts)
        return MDOC_MATCH_VERDICT_UNKNOWN;
      asked = &self->parts[choices[i].doc_request].shown;
      if (choices[i].candidate >= asked->n_candidates)
        return MDOC_MATCH_VERDICT_UNKNOWN;

      for (guint j = 0; j < i; j++)
        {
          if (choices[j].doc_request != choices[i].doc_request)
            continue;
          if (choices[j].candidate == choices[i].candidate)
            return MDOC_MATCH_VERDICT_UNKNOWN;
          if (!asked->allows_several)
            return MDOC_MATCH_VERDICT_SEVERAL;
        }
    }

  return MDOC_MATCH_VERDICT_OK;
}

/* The doc requests of those sets of a use case that are chosen whole. */
static guint32
met_mask (const MdocUseCase *use_case, guint32 chosen)
{
  guint32 met = 0;

  for (guint i = 0; i < use_case->n_sets; i++)
    {
      guint32 mask = set_mask (&use_case->sets[i]);

      if (is_subset (mask, chosen))
        met |= mask;
    }

  return met;
}

/* What is chosen for this use case alone has to be of one set of it. */
static gboolean
is_one_set (const MdocUseCase *use_case, guint32 chosen, guint32 alone)
{
  for (guint i = 0; i < use_case->n_sets; i++)
    {
      guint32 mask = set_mask (&use_case->sets[i]);

      if (is_subset (mask, chosen) && is_subset (alone, mask))
        return TRUE;
    }

  return alone == 0;
}

static MdocMatchVerdict
check_use_cases (MdocMatch *self, guint32 chosen)
{
  guint32 met[MDOC_REQUEST_MAX_USE_CASES] = { 0 };
  guint n = mdoc_match_get_n_use_cases (self);
  guint32 once = 0;
  guint32 twice = 0;

  for (guint i = 0; i < n; i++)
    {
      met[i] = met_mask (get_use_case (self, i), chosen);
      if (met[i] == 0 && get_use_case (self, i)->is_mandatory)
        return MDOC_MATCH_VERDICT_MANDATORY;
      twice |= once & met[i];
      once |= met[i];
    }

  if (n > 0 && (once == 0 || once != chosen))
    return MDOC_MATCH_VERDICT_USE_CASE;
  for (guint i = 0; i < n; i++)
    if (!is_one_set (get_use_case (self, i), chosen, met[i] & ~twice))
      return MDOC_MATCH_VERDICT_USE_CASE;

  return MDOC_MATCH_VERDICT_OK;
}

/**
 * mdoc_match_check_choices:
 * @self: a match
 * @choices: (array length=n_choices): what the holder agreed to
 * @n_choices: how many there are
 *
 * Says whether these documents may be returned together: each use case met by
 * one document set and every mandatory one at all, no document for nothing, no
 * more ages than are allowed, and not more bytes than the reader takes. If not,
 * none of them should be returned.
 *
 * The portrait rule is looked at by mdoc_match_candidate_may_return().
 *
 * Returns: %MDOC_MATCH_VERDICT_OK, or the first thing that is wrong
 */
MdocMatchVerdict
mdoc_match_check_choices (MdocMatch *self,
                          const MdocMatchChoice *choices,
                          guint n_choices)
{
  MdocMatchVerdict verdict;
  Draft draft;

  g_return_val_if_fail (self != NULL, MDOC_MATCH_VERDICT_UNKNOWN);
  g_return_val_if_fail (choices != NULL || n_choices == 0,
                        MDOC_MATCH_VERDICT_UNKNOWN);

  verdict = check_each (self, choices, n_choices);
  if (verdict != MDOC_MATCH_VERDICT_OK)
    return verdict;

  draft_init (&draft, self);
  for (guint i = 0; i < n_choices; i++)
    draft.chosen |= (guint32) 1 << choices[i].doc_request;
  verdict = check_use_cases (self, draft.chosen);

  for (guint i = 0; i < n_choices && verdict == MDOC_MATCH_VERDICT_OK; i++)
    verdict = draft_pay (&draft,
                         &self->parts[choices[i].doc_request],
                         choices[i].candidate);
  return verdict;
}
