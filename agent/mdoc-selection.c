/*
 * mdoc-selection.c - whether a credential may be shown, and which copy of it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-selection.h"

#include <string.h>

static const char *const standing_names[] = {
  [MDOC_STANDING_VALID] = "valid",
  [MDOC_STANDING_TIME_UNKNOWN] = "time-unknown",
  [MDOC_STANDING_RECEIVED] = "received",
  [MDOC_STANDING_SUSPENDED] = "suspended",
  [MDOC_STANDING_REVOKED] = "revoked",
  [MDOC_STANDING_NOT_YET_VALID] = "not-yet-valid",
  [MDOC_STANDING_EXPIRED] = "expired",
  [MDOC_STANDING_SPENT] = "spent",
  [MDOC_STANDING_DAMAGED] = "damaged",
};

/**
 * mdoc_moment_judge:
 * @clock_unix_s: what the clock says
 * @floor_unix_s: a time that has passed, as somebody says whom we trust
 *
 * Returns: the time, and whether it can be
 */
MdocMoment
mdoc_moment_judge (gint64 clock_unix_s, gint64 floor_unix_s)
{
  return (MdocMoment){
    .unix_s = clock_unix_s,
    .is_known = clock_unix_s >= floor_unix_s - MDOC_MOMENT_MAX_SKEW_S,
  };
}

/**
 * mdoc_standing_get_name:
 * @standing: how a credential stands
 *
 * Returns: (transfer none): such as "valid"
 */
const char *
mdoc_standing_get_name (MdocStanding standing)
{
  g_return_val_if_fail ((guint) standing < G_N_ELEMENTS (standing_names), NULL);

  return standing_names[standing];
}

/**
 * mdoc_standing_is_presentable:
 * @standing: how a credential stands
 *
 * Returns: whether it may be shown
 */
gboolean
mdoc_standing_is_presentable (MdocStanding standing)
{
  return standing == MDOC_STANDING_VALID
         || standing == MDOC_STANDING_TIME_UNKNOWN;
}

/* what the holder and the issuer have made of it */
static MdocStanding
get_standing_of_state (const MdocStoredDocument *document)
{
  if (document->is_damaged)
    return MDOC_STANDING_DAMAGED;

  switch (document->state)
    {
    case MDOC_DOCUMENT_ACTIVE:
      return MDOC_STANDING_VALID;
    case MDOC_DOCUMENT_RECEIVED:
      return MDOC_STANDING_RECEIVED;
    case MDOC_DOCUMENT_SUSPENDED:
      return MDOC_STANDING_SUSPENDED;
    case MDOC_DOCUMENT_REVOKED:
    default:
      return MDOC_STANDING_REVOKED;
    }
}

static MdocStanding
get_standing_of_dates (const MdocStoredGeneration *generation, MdocMoment now)
{
  if (!now.is_known)
    return MDOC_STANDING_TIME_UNKNOWN;
  if (now.unix_s < generation->valid_from_unix_s)
    return MDOC_STANDING_NOT_YET_VALID;
  if (now.unix_s >= generation->valid_until_unix_s)
    return MDOC_STANDING_EXPIRED;
  return MDOC_STANDING_VALID;
}

/* the copy that was used least, the first of equals; one that was used up only
 * if @takes_spent */
static const MdocStoredCopy *
find_copy (const MdocStoredGeneration *generation,
           guint max_uses,
           gboolean takes_spent,
           MdocCopyFunc is_fit,
           gpointer user_data)
{
  g_autofree gboolean *is_out = g_new0 (gboolean, generation->copies->len);

  for (;;)
    {
      const MdocStoredCopy *best = NULL;
      guint best_at = 0;

      for (guint i = 0; i < generation->copies->len; i++)
        {
          const MdocStoredCopy *copy = g_ptr_array_index (generation->copies,
                                                          i);
          gboolean is_spent = max_uses > 0 && copy->uses >= max_uses;

          if (is_out[i] || (is_spent && !takes_spent)
              || (best != NULL && best->uses <= copy->uses))
            continue;
          best = copy;
          best_at = i;
        }

      if (best == NULL || is_fit == NULL || is_fit (best, user_data))
        return best;
      is_out[best_at] = TRUE;
    }
}

/* what one reader has seen it sees again: a second copy would be used up for
 * nothing */
static const MdocStoredCopy *
find_pinned (const MdocStoredGeneration *generation, const char *pinned_copy)
{
  for (guint i = 0; pinned_copy != NULL && i < generation->copies->len; i++)
    {
      const MdocStoredCopy *copy = g_ptr_array_index (generation->copies, i);

      if (strcmp (copy->id, pinned_copy) == 0)
        return copy;
    }

  return NULL;
}

/* Tries the generations, latest first. Returns: whether one is chosen. */
static gboolean
try_generations (const MdocStoredDocument *document,
                 GPtrArray *generations,
                 MdocMoment now,
                 const char *pinned_copy,
                 gboolean takes_spent,
                 MdocCopyFunc is_fit,
                 gpointer user_data,
                 MdocSelection *selection)
{
  for (guint i = 0; i < generations->len; i++)
    {
      const MdocStoredGeneration *generation = g_ptr_array_index (generations,
                                                                  i);
      MdocStanding standing = get_standing_of_dates (generation, now);
      const MdocStoredCopy *copy;

      /* one that is prepared is not ours to use before it was confirmed */
      if (generation->state == MDOC_GENERATION_PREPARED
          || !mdoc_standing_is_presentable (standing))
        continue;

      copy = find_pinned (generation, pinned_copy);
      if (copy == NULL && pinned_copy == NULL)
        copy = find_copy (generation,
                          document->max_uses,
                          takes_spent,
                          is_fit,
                          user_data);
      if (copy == NULL)
        continue;

      selection->standing = standing;
      selection->generation = generation;
      selection->copy = copy;
      return TRUE;
    }

  return FALSE;
}

/* Nothing may be shown: tells of the latest generation why. */
static void
explain (GPtrArray *generations, MdocMoment now, MdocSelection *selection)
{
  for (guint i = 0; i < generations->len; i++)
    {
      const MdocStoredGeneration *generation = g_ptr_array_index (generations,
                                                                  i);

      if (generation->state == MDOC_GENERATION_PREPARED
          || generation->copies->len == 0)
        continue;

      if (selection->generation == NULL)
        {
          selection->generation = generation;
          selection->copy = g_ptr_array_index (generation->copies, 0);
          selection->standing = get_standing_of_dates (generation, now);
        }

      /* in date, and yet none of its copies was chosen */
      if (mdoc_standing_is_presentable (
              get_standing_of_dates (generation, now)))
        selection->standing = MDOC_STANDING_SPENT;
    }

  if (selection->generation == NULL)
    selection->standing = MDOC_STANDING_DAMAGED;
}

/**
 * mdoc_selection_choose:
 * @document: a credential
 * @generations: (element-type MdocStoredGeneration): what was issued of it,
 *   latest first
 * @now: the time
 * @pinned_copy: (nullable): the copy that the running session has shown
 * @is_fit: (nullable): which copies would do
 * @user_data: passed to @is_fit
 * @ret_selection: (out): what was chosen
 *
 * The rule on what may be shown, whole and in one place: only what the holder
 * has accepted, what is neither suspended nor revoked, and what is in date as
 * far as that can be known. Of that the latest generation, and of its copies
 * the one that was used least and not as often as it may be; then those of the
 * generation before it. If all are used up, the holder's choice for that case
 * decides.
 */
void
mdoc_selection_choose (const MdocStoredDocument *document,
                       GPtrArray *generations,
                       MdocMoment now,
                       const char *pinned_copy,
                       MdocCopyFunc is_fit,
                       gpointer user_data,
                       MdocSelection *ret_selection)
{
  MdocSelection selection = { 0 };
  MdocStanding standing = get_standing_of_state (document);
  gboolean is_chosen = FALSE;

  if (standing == MDOC_STANDING_VALID)
    {
      is_chosen = try_generations (document,
                                   generations,
                                   now,
                                   pinned_copy,
                                   FALSE,
                                   is_fit,
                                   user_data,
                                   &selection);
      if (!is_chosen && document->when_spent != MDOC_WHEN_SPENT_REFUSE
          && document->max_uses > 0)
        {
          is_chosen = try_generations (document,
                                       generations,
                                       now,
                                       pinned_copy,
                                       TRUE,
                                       is_fit,
                                       user_data,
                                       &selection);
          selection.is_reused = is_chosen;
          selection.must_ask = is_chosen
                               && document->when_spent == MDOC_WHEN_SPENT_ASK;
        }
    }

  if (!is_chosen)
    explain (generations, now, &selection);
  if (standing != MDOC_STANDING_VALID)
    selection.standing = standing;

  *ret_selection = selection;
}
