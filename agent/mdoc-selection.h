/*
 * mdoc-selection.h - whether a credential may be shown, and which copy of it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "storage/mdoc-store.h"

G_BEGIN_DECLS

/* a clock that is this far behind what somebody has vouched for is not trusted
 */
#define MDOC_MOMENT_MAX_SKEW_S (5 * 60)

/**
 * MdocMoment:
 * @unix_s: what the clock says
 * @is_known: whether that can be: a board without a battery wakes up in 1970
 *
 * The time, as far as it is known.
 */
typedef struct
{
  gint64 unix_s;
  gboolean is_known;
} MdocMoment;

MdocMoment mdoc_moment_judge (gint64 clock_unix_s, gint64 floor_unix_s);

/**
 * MdocStanding:
 * @MDOC_STANDING_VALID: it may be shown
 * @MDOC_STANDING_TIME_UNKNOWN: it may be shown, but nobody here can say whether
 *   it is in date: that is for the reader to see
 * @MDOC_STANDING_RECEIVED: the holder has yet to accept it
 * @MDOC_STANDING_SUSPENDED: not for now
 * @MDOC_STANDING_REVOKED: not any more
 * @MDOC_STANDING_NOT_YET_VALID: its time has yet to come
 * @MDOC_STANDING_EXPIRED: its time is over; it is kept
 * @MDOC_STANDING_SPENT: every copy was used as often as it may be
 * @MDOC_STANDING_DAMAGED: it is not as it was written
 *
 * How a credential stands. Only the first two may be shown.
 */
typedef enum
{
  MDOC_STANDING_VALID,
  MDOC_STANDING_TIME_UNKNOWN,
  MDOC_STANDING_RECEIVED,
  MDOC_STANDING_SUSPENDED,
  MDOC_STANDING_REVOKED,
  MDOC_STANDING_NOT_YET_VALID,
  MDOC_STANDING_EXPIRED,
  MDOC_STANDING_SPENT,
  MDOC_STANDING_DAMAGED,
} MdocStanding;

const char *mdoc_standing_get_name (MdocStanding standing);
gboolean mdoc_standing_is_presentable (MdocStanding standing);

/**
 * MdocSelection:
 * @standing: how the credential stands
 * @generation: (nullable): what would be shown, or of what is told if nothing
 *   may be
 * @copy: (nullable): the copy of it
 * @is_reused: every copy was used as often as it may be, this one too
 * @must_ask: and the holder wants to be told so, and asked
 *
 * What was chosen; it points into what it was chosen from.
 */
typedef struct
{
  MdocStanding standing;
  const MdocStoredGeneration *generation;
  const MdocStoredCopy *copy;
  gboolean is_reused;
  gboolean must_ask;
} MdocSelection;

/* whether a copy would do, such as by its key; not asked of more than needed */
typedef gboolean (*MdocCopyFunc) (const MdocStoredCopy *copy,
                                  gpointer user_data);

void mdoc_selection_choose (const MdocStoredDocument *document,
                            GPtrArray *generations,
                            MdocMoment now,
                            const char *pinned_copy,
                            MdocCopyFunc is_fit,
                            gpointer user_data,
                            MdocSelection *ret_selection);

G_END_DECLS
