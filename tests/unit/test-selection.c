/*
 * test-selection.c - which copy of a credential may be shown, if any
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-selection.h"

#include <string.h>

#define NOW ((gint64) 1800000000)

typedef struct
{
  MdocGenerationState state;
  gint64 from;      /* from NOW */
  gint64 until;     /* from NOW */
  const char *uses; /* a digit a copy */
} Row;

#define CURRENT    MDOC_GENERATION_CURRENT
#define SUPERSEDED MDOC_GENERATION_SUPERSEDED
#define PREPARED   MDOC_GENERATION_PREPARED
#define NONE                                                                   \
  {                                                                            \
    CURRENT, 0, 0, NULL                                                        \
  }
#define IN_DATE                                                                \
  {                                                                            \
    CURRENT, -10, 10, "0"                                                      \
  }

/* a copy is called by generation and place: "2b" is the second of the second */
static const struct
{
  const char *name;
  MdocDocumentState state;
  MdocWhenSpent when_spent;
  guint max_uses;
  gint64 clock; /* from NOW */
  Row rows[3];  /* latest first; the last one is generation 1 */
  const char *pin;
  const char *unfit; /* copies that would not do */
  MdocStanding standing;
  const char *copy;
  gboolean is_reused;
  gboolean must_ask;
} cases[] = {
  { "active",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "received",
    MDOC_DOCUMENT_RECEIVED,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_RECEIVED,
    NULL,
    FALSE,
    FALSE },
  { "suspended",
    MDOC_DOCUMENT_SUSPENDED,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_SUSPENDED,
    NULL,
    FALSE,
    FALSE },
  { "revoked",
    MDOC_DOCUMENT_REVOKED,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_REVOKED,
    NULL,
    FALSE,
    FALSE },
  { "first-second",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -10,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "before",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -11,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_NOT_YET_VALID,
    NULL,
    FALSE,
    FALSE },
  { "last-second",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    9,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "after",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    10,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_EXPIRED,
    NULL,
    FALSE,
    FALSE },
  /* the floor is NOW - 20 */
  { "clock-behind-within-skew",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -320,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_NOT_YET_VALID,
    NULL,
    FALSE,
    FALSE },
  { "clock-behind",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -321,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_TIME_UNKNOWN,
    "1a",
    FALSE,
    FALSE },
  { "1970",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -NOW,
    { { CURRENT, -10, -5, "0" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_TIME_UNKNOWN,
    "1a",
    FALSE,
    FALSE },
  { "1970-suspended",
    MDOC_DOCUMENT_SUSPENDED,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    -NOW,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_SUSPENDED,
    NULL,
    FALSE,
    FALSE },
  { "2099",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    2000000000,
    { IN_DATE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_EXPIRED,
    NULL,
    FALSE,
    FALSE },
  { "latest",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "9" }, { SUPERSEDED, -10, 10, "0" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "2a",
    FALSE,
    FALSE },
  { "prepared-is-not-used",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { PREPARED, -10, 10, "0" }, { CURRENT, -10, 10, "0" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "prepared-alone",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { PREPARED, -10, 10, "0" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_DAMAGED,
    NULL,
    FALSE,
    FALSE },
  { "current-not-yet-valid",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, 5, 10, "0" }, { SUPERSEDED, -10, 10, "0" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "current-expired-first",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -9, 0, "0" }, { SUPERSEDED, -10, 10, "0" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "both-expired",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -9, -1, "0" }, { SUPERSEDED, -10, -2, "0" }, NONE },
    NULL,
    "",
    MDOC_STANDING_EXPIRED,
    NULL,
    FALSE,
    FALSE },
  { "none-at-all",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { NONE, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_DAMAGED,
    NULL,
    FALSE,
    FALSE },
  { "least-used",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "3212" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1c",
    FALSE,
    FALSE },
  { "first-of-equals",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "3111" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1b",
    FALSE,
    FALSE },
  { "single-use",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    1,
    0,
    { { CURRENT, -10, 10, "110" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1c",
    FALSE,
    FALSE },
  { "single-use-spent",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    1,
    0,
    { { CURRENT, -10, 10, "111" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_SPENT,
    NULL,
    FALSE,
    FALSE },
  { "single-use-spent-older-left",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    1,
    0,
    { { CURRENT, -10, 10, "11" }, { SUPERSEDED, -10, 10, "10" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1b",
    FALSE,
    FALSE },
  { "single-use-spent-older-expired",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    1,
    0,
    { { CURRENT, -10, 10, "11" }, { SUPERSEDED, -10, 0, "10" }, NONE },
    NULL,
    "",
    MDOC_STANDING_SPENT,
    NULL,
    FALSE,
    FALSE },
  { "reuse",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REUSE,
    1,
    0,
    { { CURRENT, -10, 10, "21" }, { SUPERSEDED, -10, 10, "11" }, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "2b",
    TRUE,
    FALSE },
  { "ask",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_ASK,
    1,
    0,
    { { CURRENT, -10, 10, "21" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1b",
    TRUE,
    TRUE },
  { "ask-not-spent",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_ASK,
    2,
    0,
    { { CURRENT, -10, 10, "21" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_VALID,
    "1b",
    FALSE,
    FALSE },
  { "reuse-expired",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REUSE,
    1,
    0,
    { { CURRENT, -10, 0, "1" }, NONE, NONE },
    NULL,
    "",
    MDOC_STANDING_EXPIRED,
    NULL,
    FALSE,
    FALSE },
  { "pinned",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    1,
    0,
    { { CURRENT, -10, 10, "10" }, NONE, NONE },
    "1a",
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "pinned-in-older",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "0" }, { SUPERSEDED, -10, 10, "1" }, NONE },
    "1a",
    "",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
  { "pinned-but-suspended",
    MDOC_DOCUMENT_SUSPENDED,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { IN_DATE, NONE, NONE },
    "1a",
    "",
    MDOC_STANDING_SUSPENDED,
    NULL,
    FALSE,
    FALSE },
  { "unfit",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "012" }, NONE, NONE },
    NULL,
    "1a 1b",
    MDOC_STANDING_VALID,
    "1c",
    FALSE,
    FALSE },
  { "unfit-older",
    MDOC_DOCUMENT_ACTIVE,
    MDOC_WHEN_SPENT_REFUSE,
    0,
    0,
    { { CURRENT, -10, 10, "0" }, { SUPERSEDED, -10, 10, "1" }, NONE },
    NULL,
    "2a",
    MDOC_STANDING_VALID,
    "1a",
    FALSE,
    FALSE },
};

static void
copy_free (MdocStoredCopy *copy)
{
  g_free (copy->id);
  g_free (copy);
}

static GPtrArray *
make_generations (const Row *rows)
{
  GPtrArray *generations = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_stored_generation_free);
  guint n_rows = 0;

  while (n_rows < 3 && rows[n_rows].uses != NULL)
    n_rows++;

  for (guint i = 0; i < n_rows; i++)
    {
      MdocStoredGeneration *generation = g_new0 (MdocStoredGeneration, 1);

      generation->n = n_rows - i;
      generation->state = rows[i].state;
      generation->valid_from_unix_s = NOW + rows[i].from;
      generation->valid_until_unix_s = NOW + rows[i].until;
      generation->copies = g_ptr_array_new_with_free_func (
          (GDestroyNotify) copy_free);
      for (guint j = 0; rows[i].uses[j] != '\0'; j++)
        {
          MdocStoredCopy *copy = g_new0 (MdocStoredCopy, 1);

          copy->id = g_strdup_printf ("%u%c", generation->n, (char) ('a' + j));
          copy->uses = (guint) (rows[i].uses[j] - '0');
          g_ptr_array_add (generation->copies, copy);
        }
      g_ptr_array_add (generations, generation);
    }

  return generations;
}

static gboolean
is_fit (const MdocStoredCopy *copy, gpointer user_data)
{
  return strstr (user_data, copy->id) == NULL;
}

static void
test_case (gconstpointer data)
{
  guint at = GPOINTER_TO_UINT (data);
  const MdocStoredDocument document = {
    .state = cases[at].state,
    .when_spent = cases[at].when_spent,
    .max_uses = cases[at].max_uses,
  };
  g_autoptr (GPtrArray) generations = make_generations (cases[at].rows);
  g_autofree char *unfit = g_strdup (cases[at].unfit);
  MdocSelection selection;

  mdoc_selection_choose (&document,
                         generations,
                         mdoc_moment_judge (NOW + cases[at].clock, NOW - 20),
                         cases[at].pin,
                         is_fit,
                         unfit,
                         &selection);
  g_assert_cmpstr (mdoc_standing_get_name (selection.standing),
                   ==,
                   mdoc_standing_get_name (cases[at].standing));
  g_assert_true (mdoc_standing_is_presentable (selection.standing)
                 == (cases[at].copy != NULL));
  g_assert_true (selection.is_reused == cases[at].is_reused);
  g_assert_true (selection.must_ask == cases[at].must_ask);
  if (cases[at].copy != NULL)
    g_assert_cmpstr (selection.copy->id, ==, cases[at].copy);
}

/* a row that was changed counts for nothing, however good it looks */
static void
test_damaged (void)
{
  const Row rows[3] = { IN_DATE, NONE, NONE };
  const MdocStoredDocument document = { .state = MDOC_DOCUMENT_ACTIVE,
                                        .is_damaged = TRUE };
  g_autoptr (GPtrArray) generations = make_generations (rows);
  MdocSelection selection;

  mdoc_selection_choose (&document,
                         generations,
                         mdoc_moment_judge (NOW, 0),
                         NULL,
                         NULL,
                         NULL,
                         &selection);
  g_assert_cmpint (selection.standing, ==, MDOC_STANDING_DAMAGED);
  g_assert_false (mdoc_standing_is_presentable (selection.standing));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/selection/", cases[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/selection/damaged", test_damaged);

  return g_test_run ();
}
