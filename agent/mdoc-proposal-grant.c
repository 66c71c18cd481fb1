/*
 * mdoc-proposal-grant.c - what an answer to an offer allows
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-proposal-private.h"

static void
granted_document_free (MdocGrantedDocument *document)
{
  g_array_unref (document->items);
  g_free (document->policy);
  g_free (document);
}

/**
 * mdoc_grant_free:
 * @grant: (nullable) (transfer full): what may leave
 */
void
mdoc_grant_free (MdocGrant *grant)
{
  if (grant == NULL)
    return;

  g_ptr_array_unref (grant->documents);
  g_free (grant);
}

gboolean
mdoc_granted_document_has (const MdocGrantedDocument *document, guint item)
{
  for (guint i = 0; i < document->items->len; i++)
    {
      if (g_array_index (document->items, guint, i) == item)
        return TRUE;
    }

  return FALSE;
}

/* What was granted of one candidate; one flag for each disclosure. */
typedef struct
{
  guint doc_request;
  guint candidate;
  gboolean *kept;
  guint n_kept;
} Kept;

static void
kept_free (Kept *kept)
{
  g_free (kept->kept);
  g_free (kept);
}

static Kept *
find_kept (MdocProposal *self,
           GPtrArray *all,
           guint doc_request,
           guint candidate)
{
  Kept *kept;

  for (guint i = 0; i < all->len; i++)
    {
      kept = g_ptr_array_index (all, i);
      if (kept->doc_request == doc_request && kept->candidate == candidate)
        return kept;
    }

  kept = g_new0 (Kept, 1);
  kept->doc_request = doc_request;
  kept->candidate = candidate;
  kept->kept = g_new0 (gboolean,
                       mdoc_proposal_get_candidate (self,
                                                    doc_request,
                                                    candidate)
                           ->n_disclosures);
  g_ptr_array_add (all, kept);
  return kept;
}

/* Returns: %FALSE if nobody offered that */
static gboolean
keep_element (MdocProposal *self,
              GPtrArray *all,
              guint32 doc_request,
              const char *credential,
              const char *name_space,
              const char *element)
{
  if (doc_request >= mdoc_match_get_n_doc_requests (self->match))
    return FALSE;

  for (guint i = 0; i < mdoc_proposal_get_n_candidates (self, doc_request); i++)
    {
      const MdocMatchCandidate *candidate
          = mdoc_proposal_get_candidate (self, doc_request, i);

      if (strcmp (mdoc_proposal_get_document (self, doc_request, i)->stored->id,
                  credential)
          != 0)
        continue;

      for (guint j = 0; j < candidate->n_disclosures; j++)
        {
          const MdocMatchDisclosure *disclosure = &candidate->disclosures[j];

          if (strcmp (disclosure->name_space, name_space) == 0
              && strcmp (disclosure->element, element) == 0
              && mdoc_proposal_may_leave (self, disclosure))
            {
              Kept *kept = find_kept (self, all, doc_request, i);

              if (!kept->kept[j])
                kept->n_kept++;
              kept->kept[j] = TRUE;
              return TRUE;
            }
        }
    }

  return FALSE;
}

static gboolean
is_alone (GPtrArray *all, const Kept *kept)
{
  for (guint i = 0; i < all->len; i++)
    {
      const Kept *other = g_ptr_array_index (all, i);

      if (other != kept && other->doc_request == kept->doc_request)
        return FALSE;
    }

  return TRUE;
}

/* Over several requests of one session, too, no more ages may leave than the
 * standard allows in one retrieval. */
static void
drop_ages (MdocProposal *self,
           Kept *kept,
           GHashTable *ages,
           const char **withheld)
{
  const MdocMatchCandidate *candidate
      = mdoc_proposal_get_candidate (self, kept->doc_request, kept->candidate);

  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      const char *element = candidate->disclosures[i].element;
      guint age;

      if (!kept->kept[i] || !mdoc_doc_type_parse_age_over (element, &age)
          || g_hash_table_contains (ages, element))
        continue;

      if (g_hash_table_size (ages) < MDOC_MATCH_MAX_AGE_OVER)
        {
          g_hash_table_add (ages, g_strdup (element));
          continue;
        }

      kept->kept[i] = FALSE;
      kept->n_kept--;
      *withheld = "too many ages";
    }
}

/* Whether what was granted of a candidate may leave by itself. */
static gboolean
may_leave (MdocProposal *self,
           GPtrArray *all,
           const Kept *kept,
           const char **withheld)
{
  const MdocMatchCandidate *candidate
      = mdoc_proposal_get_candidate (self, kept->doc_request, kept->candidate);
  gboolean has_use_cases = mdoc_device_request_get_info (
                               mdoc_match_get_request (self->match))
                           != NULL;

  if (kept->n_kept == 0)
    return FALSE;

  if (!is_alone (all, kept))
    {
      *withheld = "two credentials for one request";
      return FALSE;
    }

  if (!mdoc_match_candidate_may_return (candidate, kept->kept))
    {
      *withheld = "the portrait";
      return FALSE;
    }

  /* a part of a document meets no use case */
  if (has_use_cases && kept->n_kept != candidate->n_disclosures)
    {
      *withheld = "a use case";
      return FALSE;
    }

  return TRUE;
}

static MdocGrantedDocument *
make_granted (MdocProposal *self, const Kept *kept)
{
  const MdocMatchCandidate *candidate
      = mdoc_proposal_get_candidate (self, kept->doc_request, kept->candidate);
  MdocGrantedDocument *document = g_new0 (MdocGrantedDocument, 1);

  document->doc_request = kept->doc_request;
  document->candidate = kept->candidate;
  document->items = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      if (kept->kept[i])
        g_array_append_val (document->items, candidate->disclosures[i].item);
    }

  return document;
}

static gboolean
check_together (MdocProposal *self, MdocGrant *grant)
{
  g_autoptr (GArray) choices = g_array_new (FALSE,
                                            FALSE,
                                            sizeof (MdocMatchChoice));
  MdocMatchVerdict verdict;

  for (guint i = 0; i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *document = g_ptr_array_index (grant->documents,
                                                               i);
      MdocMatchChoice choice = { document->doc_request, document->candidate };

      g_array_append_val (choices, choice);
    }

  verdict = mdoc_match_check_choices (self->match,
                                      (const MdocMatchChoice *) (gpointer)
                                          choices->data,
                                      choices->len);
  if (verdict == MDOC_MATCH_VERDICT_OK)
    return TRUE;

  grant->withheld = mdoc_match_verdict_get_name (verdict);
  return FALSE;
}

static GPtrArray *
read_granted (MdocProposal *self, GVariant *granted, guint *ret_n_strays)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) kept_free);
  guint n_seen = 0;
  GVariantIter iter;
  const char *credential;
  const char *name_space;
  const char *element;
  guint32 doc_request;

  g_variant_iter_init (&iter, granted);
  while (n_seen++ < MDOC_PROPOSAL_MAX_GRANTED
         && g_variant_iter_next (&iter,
                                 "(u&s&s&s)",
                                 &doc_request,
                                 &credential,
                                 &name_space,
                                 &element))
    {
      if (!keep_element (self,
                         all,
                         doc_request,
                         credential,
                         name_space,
                         element))
        (*ret_n_strays)++;
    }

  return all;
}

/**
 * mdoc_proposal_apply:
 * @self: an offer
 * @granted: an `a(usss)` from a consent agent, which is not believed: doc
 *   request, credential, name space, element
 *
 * Finds what may leave. An element has to have been asked for, found and
 * granted. A document of which the portrait was asked for and not granted stays
 * here, as do two documents for one doc request, a document without all that a
 * use case needs, and everything if the rest no longer answers the request.
 *
 * Returns: (transfer full): what may leave, perhaps nothing
 */
MdocGrant *
mdoc_proposal_apply (MdocProposal *self, GVariant *granted)
{
  MdocGrant *grant = g_new0 (MdocGrant, 1);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GHashTable) ages = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal,
                                                       g_free,
                                                       NULL);
  GHashTableIter iter;
  gpointer age;

  g_return_val_if_fail (g_variant_is_of_type (granted,
                                              G_VARIANT_TYPE ("a(usss)")),
                        NULL);

  grant->documents = g_ptr_array_new_with_free_func (
      (GDestroyNotify) granted_document_free);
  all = read_granted (self, granted, &grant->n_strays);

  g_hash_table_iter_init (&iter, self->released_ages);
  while (g_hash_table_iter_next (&iter, &age, NULL))
    g_hash_table_add (ages, g_strdup (age));

  for (guint i = 0; i < all->len; i++)
    {
      Kept *kept = g_ptr_array_index (all, i);

      drop_ages (self, kept, ages, &grant->withheld);
      if (may_leave (self, all, kept, &grant->withheld))
        g_ptr_array_add (grant->documents, make_granted (self, kept));
    }

  if (grant->documents->len > 0 && !check_together (self, grant))
    g_ptr_array_set_size (grant->documents, 0);

  return grant;
}

/**
 * mdoc_proposal_note_ages:
 * @self: an offer
 * @grant: what has left
 *
 * Notes which age_over_NN have left in this session.
 */
void
mdoc_proposal_note_ages (MdocProposal *self, const MdocGrant *grant)
{
  for (guint i = 0; i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *document = g_ptr_array_index (grant->documents,
                                                               i);
      const MdocMatchCandidate *candidate
          = mdoc_proposal_get_candidate (self,
                                         document->doc_request,
                                         document->candidate);

      for (guint j = 0; j < candidate->n_disclosures; j++)
        {
          const MdocMatchDisclosure *disclosure = &candidate->disclosures[j];
          guint age;

          if (mdoc_granted_document_has (document, disclosure->item)
              && mdoc_doc_type_parse_age_over (disclosure->element, &age))
            g_hash_table_add (self->released_ages,
                              g_strdup (disclosure->element));
        }
    }
}
