/*
 * mdoc-proposal-policy.c - what standing policies answer to an offer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "agent/mdoc-proposal-private.h"
#include "base/mdoc-names.h"

/**
 * mdoc_policy_answer_free:
 * @answer: (nullable) (transfer full): what policies answer
 */
void
mdoc_policy_answer_free (MdocPolicyAnswer *answer)
{
  if (answer == NULL)
    return;

  g_variant_unref (answer->granted);
  g_ptr_array_unref (answer->policies);
  g_free (answer);
}

/* whether it may be used once more, for all that it answers already */
static gboolean
is_left (const MdocPolicy *policy, GPtrArray *answering)
{
  guint64 uses = policy->uses;

  for (guint i = 0; i < answering->len; i++)
    {
      if (g_ptr_array_index (answering, i) == policy)
        uses++;
    }

  return policy->max_uses == 0 || uses < policy->max_uses;
}

/* Whether a policy may say anything at all about a credential. A reader that is
 * not trusted is nobody's, whatever its certificate says, and a credential that
 * the holder wants to be asked about is not a policy's to give. */
static gboolean
fits (MdocProposal *self,
      const MdocPolicy *policy,
      GPtrArray *answering,
      guint doc_request,
      guint candidate,
      MdocMoment now)
{
  const MdocReaderInfo *reader = g_ptr_array_index (self->readers, doc_request);
  const MdocWalletDocument *document = mdoc_proposal_get_document (self,
                                                                   doc_request,
                                                                   candidate);

  return strcmp (mdoc_policy_get_state (policy, now), MDOC_POLICY_ACTIVE) == 0
         && is_left (policy, answering)
         && strcmp (reader->trust, MDOC_READER_TRUSTED) == 0
         && reader->anchor_id != NULL
         && strcmp (reader->anchor_id, policy->reader_anchor) == 0
         && strcmp (document->stored->doc_type, policy->doc_type) == 0
         && !document->selection.must_ask;
}

static gboolean
allows (MdocProposal *self,
        const MdocPolicy *policy,
        const MdocMatchDisclosure *disclosure)
{
  return mdoc_proposal_may_leave (self, disclosure)
         && mdoc_policy_has_element (policy,
                                     disclosure->name_space,
                                     disclosure->element)
         && (!disclosure->intent_to_retain || policy->may_be_retained);
}

static guint
count (MdocProposal *self, const MdocPolicy *policy, guint doc_request, guint i)
{
  const MdocMatchCandidate *candidate
      = mdoc_proposal_get_candidate (self, doc_request, i);
  guint n = 0;

  for (guint j = 0; j < candidate->n_disclosures; j++)
    {
      const MdocMatchDisclosure *disclosure = &candidate->disclosures[j];

      /* without a policy: what there is to ask about */
      if (policy != NULL ? allows (self, policy, disclosure)
                         : mdoc_proposal_may_leave (self, disclosure))
        n++;
    }

  return n;
}

/* What one policy lets go of one credential. */
typedef struct
{
  MdocPolicy *policy; /* nullable */
  guint candidate;
  guint n_allowed;
} Best;

/* The policy that allows the most; of equals the first. Two policies are never
 * put together: each counts its own uses. */
static Best
find_best (MdocProposal *self,
           GPtrArray *policies,
           GPtrArray *answering,
           guint doc_request,
           MdocMoment now)
{
  Best best = { 0 };

  for (guint i = 0; i < mdoc_proposal_get_n_candidates (self, doc_request); i++)
    {
      for (guint j = 0; j < policies->len; j++)
        {
          MdocPolicy *policy = g_ptr_array_index (policies, j);
          guint n;

          if (!fits (self, policy, answering, doc_request, i, now))
            continue;

          n = count (self, policy, doc_request, i);
          if (n > best.n_allowed)
            best = (Best){ policy, i, n };
        }
    }

  return best;
}

static void
grant (MdocProposal *self,
       const Best *best,
       guint doc_request,
       GVariantBuilder *granted)
{
  const MdocMatchCandidate *candidate
      = mdoc_proposal_get_candidate (self, doc_request, best->candidate);
  const MdocWalletDocument *document
      = mdoc_proposal_get_document (self, doc_request, best->candidate);

  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      const MdocMatchDisclosure *disclosure = &candidate->disclosures[i];

      if (allows (self, best->policy, disclosure))
        g_variant_builder_add (granted,
                               "(usss)",
                               doc_request,
                               document->stored->id,
                               disclosure->name_space,
                               disclosure->element);
    }
}

/**
 * mdoc_proposal_ask_policies:
 * @self: an offer
 * @policies: (element-type MdocPolicy): what the holder has allowed in advance
 * @now: the time
 *
 * Finds what policies answer, each for one document: the reader has to be
 * trusted, by the very anchor that the policy names; the credential has to be
 * of its type; an element has to be named by it, and not wanted for keeping
 * unless the policy allows that.
 *
 * Returns: (transfer full): the answer, perhaps to nothing
 */
MdocPolicyAnswer *
mdoc_proposal_ask_policies (MdocProposal *self,
                            GPtrArray *policies,
                            MdocMoment now)
{
  MdocPolicyAnswer *answer = g_new0 (MdocPolicyAnswer, 1);
  guint n_requests = mdoc_match_get_n_doc_requests (self->match);
  GVariantBuilder granted;

  answer->policies = g_ptr_array_new ();
  answer->is_complete = TRUE;
  g_variant_builder_init (&granted, G_VARIANT_TYPE ("a(usss)"));
  for (guint i = 0; i < n_requests; i++)
    {
      Best best = find_best (self, policies, answer->policies, i, now);

      g_ptr_array_add (answer->policies, best.policy);
      if (best.policy != NULL)
        grant (self, &best, i, &granted);
      if (self->is_offered[i]
          && (best.policy == NULL
              || best.n_allowed < count (self, NULL, i, best.candidate)))
        answer->is_complete = FALSE;
    }

  answer->granted = g_variant_ref_sink (g_variant_builder_end (&granted));
  return answer;
}
