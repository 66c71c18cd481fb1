/*
 * mdoc-match-view.c - a document as its type sees it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mdoc/mdoc-doc-type-private.h"
#include "mdoc/mdoc-match-private.h"

#define PORTRAIT "portrait" /* where no document type says */

/* The age_over_NN of one name space: for each age asked for, the item that
 * answers (ISO/IEC 18013-5, 7.2.5 and table D.1): the nearest TRUE at or above
 * it, else the nearest FALSE at or below it, else none. */
typedef struct
{
  const char *name_space;
  guint items[MDOC_MATCH_MAX_AGE];
  MdocMatchBoolean values[MDOC_MATCH_MAX_AGE];
  guint answers[MDOC_MATCH_MAX_AGE]; /* ages */
} AgeTable;

/* An item under the name that its document type gives it. */
typedef struct
{
  const MdocDocElement *described;
  const char *element; /* of a family; else "" */
  guint item;
} Known;

struct _MdocMatchView
{
  MdocMatchDocument *document;
  MdocDocType *doc_type; /* nullable */
  GArray *known;         /* of Known, sorted */
  GPtrArray *age_tables; /* of AgeTable */
};

static gint
compare_known (gconstpointer a, gconstpointer b)
{
  const Known *left = a;
  const Known *right = b;
  gint order;

  if (left->described != right->described)
    return left->described < right->described ? -1 : 1;
  order = strcmp (left->element, right->element);
  if (order != 0)
    return order;
  if (left->item != right->item)
    return left->item < right->item ? -1 : 1;
  return 0;
}

static const MdocDocElement *
describe (const MdocMatchView *self,
          const char *name_space,
          const char *element)
{
  if (self->doc_type == NULL)
    return NULL;
  return mdoc_doc_type_find_element (self->doc_type, name_space, element);
}

/* Whether the rule of the nearest age is for this element. A document type may
 * say that it is not; where none says, the name tells. */
static gboolean
is_age_over (const MdocDocElement *described,
             const char *element,
             guint *ret_age)
{
  return (described == NULL || described->is_age_over)
         && mdoc_doc_type_parse_age_over (element, ret_age);
}

static AgeTable *
find_age_table (const MdocMatchView *self, const char *name_space)
{
  for (guint i = 0; i < self->age_tables->len; i++)
    {
      AgeTable *table = g_ptr_array_index (self->age_tables, i);

      if (g_str_equal (table->name_space, name_space))
        return table;
    }

  return NULL;
}

static void
add_age (MdocMatchView *self, const char *name_space, guint age, guint item)
{
  AgeTable *table = find_age_table (self, name_space);

  if (table == NULL)
    {
      table = g_new0 (AgeTable, 1);
      table->name_space = name_space;
      g_ptr_array_add (self->age_tables, table);
    }

  /* of two that say something of the same age, the first is used */
  if (table->values[age] != MDOC_MATCH_BOOLEAN_NONE)
    return;
  table->items[age] = item;
  table->values[age] = mdoc_match_document_get_item (self->document, item)
                           ->value;
}

/* Fills in the answers, from the table's two ends. */
static void
finish_age_table (gpointer data, gpointer user_data)
{
  AgeTable *table = data;
  guint nearest = MDOC_MATCH_MAX_AGE;

  for (guint age = 0; age < MDOC_MATCH_MAX_AGE; age++)
    {
      if (table->values[age] == MDOC_MATCH_BOOLEAN_FALSE)
        nearest = age;
      table->answers[age] = nearest;
    }

  nearest = MDOC_MATCH_MAX_AGE;
  for (guint age = MDOC_MATCH_MAX_AGE; age-- > 0;)
    {
      if (table->values[age] == MDOC_MATCH_BOOLEAN_TRUE)
        nearest = age;
      if (nearest < MDOC_MATCH_MAX_AGE)
        table->answers[age] = nearest;
    }
}

static void
add_item (MdocMatchView *self, guint i)
{
  const MdocMatchItem *item;
  const MdocDocElement *described;
  guint age;

  item = mdoc_match_document_get_item (self->document, i);
  described = describe (self, item->name_space, item->element);
  if (is_age_over (described, item->element, &age))
    {
      add_age (self,
               described != NULL ? described->name_space : item->name_space,
               age,
               i);
    }
  else if (described != NULL)
    {
      Known known = { described, "", i };

      /* of a family, each member is an element of its own */
      if (mdoc_doc_type_is_family (described->element))
        known.element = item->element;
      g_array_append_val (self->known, known);
    }
}

/* Sees @document with the eyes of @doc_type (nullable). Both must outlive it.
 */
MdocMatchView *
mdoc_match_view_new (MdocMatchDocument *document, MdocDocType *doc_type)
{
  MdocMatchView *self = g_new0 (MdocMatchView, 1);

  self->document = document;
  self->doc_type = doc_type;
  self->known = g_array_new (FALSE, FALSE, sizeof (Known));
  self->age_tables = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < mdoc_match_document_get_n_items (document); i++)
    add_item (self, i);

  g_array_sort (self->known, compare_known);
  g_ptr_array_foreach (self->age_tables, finish_age_table, NULL);
  return self;
}

void
mdoc_match_view_free (MdocMatchView *self)
{
  g_array_unref (self->known);
  g_ptr_array_unref (self->age_tables);
  g_free (self);
}

MdocMatchDocument *
mdoc_match_view_get_document (const MdocMatchView *self)
{
  return self->document;
}

MdocDocType *
mdoc_match_view_get_doc_type (const MdocMatchView *self)
{
  return self->doc_type;
}

/* The first item that is described as that, whatever its name. */
static guint
find_known (const MdocMatchView *self,
            const MdocDocElement *described,
            const char *element)
{
  Known wanted = { described, "", 0 };
  guint low = 0;
  guint high = self->known->len;
  const Known *found;

  if (mdoc_doc_type_is_family (described->element))
    wanted.element = element;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_known (&g_array_index (self->known, Known, middle), &wanted)
          < 0)
        low = middle + 1;
      else
        high = middle;
    }

  if (low == self->known->len)
    return MDOC_MATCH_NO_ITEM;
  found = &g_array_index (self->known, Known, low);
  if (found->described != described
      || !g_str_equal (found->element, wanted.element))
    return MDOC_MATCH_NO_ITEM;
  return found->item;
}

static guint
resolve_age (const MdocMatchView *self,
             const MdocDocElement *described,
             const char *name_space,
             guint asked,
             MdocMatchVia *ret_via,
             guint *ret_age)
{
  const AgeTable *table;
  const char *found;
  guint answer;

  table = find_age_table (self,
                          described != NULL ? described->name_space
                                            : name_space);
  if (table == NULL || table->answers[asked] == MDOC_MATCH_MAX_AGE)
    return MDOC_MATCH_NO_ITEM;

  answer = table->answers[asked];
  found = mdoc_match_document_get_item (self->document, table->items[answer])
              ->name_space;
  *ret_age = answer;
  if (answer != asked)
    *ret_via = MDOC_MATCH_VIA_NEAREST_AGE;
  else if (g_str_equal (found, name_space))
    *ret_via = MDOC_MATCH_VIA_NAME;
  else
    *ret_via = MDOC_MATCH_VIA_SYNONYM;
  return table->items[answer];
}

guint
mdoc_match_view_resolve (const MdocMatchView *self,
                         const char *name_space,
                         const char *element,
                         MdocMatchVia *ret_via,
                         guint *ret_age)
{
  const MdocDocElement *described = describe (self, name_space, element);
  guint item = MDOC_MATCH_NO_ITEM;
  guint asked;

  if (is_age_over (described, element, &asked))
    return resolve_age (self, described, name_space, asked, ret_via, ret_age);

  *ret_age = MDOC_MATCH_MAX_AGE;
  *ret_via = MDOC_MATCH_VIA_NAME;
  if (mdoc_match_document_find (self->document, name_space, element, &item))
    return item;

  *ret_via = MDOC_MATCH_VIA_SYNONYM;
  return described != NULL ? find_known (self, described, element)
                           : MDOC_MATCH_NO_ITEM;
}

gboolean
mdoc_match_view_is_portrait (const MdocMatchView *self,
                             const char *name_space,
                             const char *element)
{
  const MdocDocElement *described = describe (self, name_space, element);

  if (described != NULL)
    return described->is_portrait;
  return g_str_equal (element, PORTRAIT);
}

/* Notes that @age is given away; %FALSE if it would be one too many. */
gboolean
mdoc_match_ages_add (MdocMatchAges *self, guint age)
{
  for (guint i = 0; i < self->n_ages; i++)
    if (self->ages[i] == age)
      return TRUE;

  if (self->n_ages == G_N_ELEMENTS (self->ages))
    return FALSE;
  self->ages[self->n_ages++] = age;
  return TRUE;
}
