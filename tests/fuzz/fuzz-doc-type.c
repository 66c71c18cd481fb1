/*
 * fuzz-doc-type.c - mdoc_doc_type_parse() on anything
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-doc-type.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (*text != '\0');
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (; *text != '\0'; text++)
    g_assert_false (g_ascii_iscntrl (*text));
}

static gboolean
is_family (const char *element)
{
  return g_str_has_suffix (element, "_NN") || g_str_has_suffix (element, "_xx");
}

/* An element is found under each of its names. */
static void
check_element (MdocDocType *doc_type, const MdocDocElement *element)
{
  check_text (element->name_space);
  check_text (element->element);
  check_text (element->display_name);
  g_assert_nonnull (mdoc_value_type_get_name (element->type));
  g_assert_cmpstr (mdoc_doc_type_resolve_name_space (doc_type,
                                                     element->name_space),
                   ==,
                   element->name_space);
  g_assert_true (element->n_members == 0
                 || element->type == MDOC_VALUE_TYPE_STRUCTURE);
  for (guint i = 0; i < element->n_members; i++)
    g_assert_true (
        mdoc_doc_element_get_member (element, element->members[i].key)
        == &element->members[i]);
  if (is_family (element->element))
    return;

  g_assert_true (mdoc_doc_type_find_element (doc_type,
                                             element->name_space,
                                             element->element)
                 == element);
  for (guint i = 0; i < element->n_synonyms; i++)
    g_assert_true (mdoc_doc_type_find_element (doc_type,
                                               element->synonyms[i].name_space,
                                               element->synonyms[i].element)
                   == element);
}

static void
check_doc_type (MdocDocType *doc_type)
{
  g_autoptr (MdocDocTypeTable) table = mdoc_doc_type_table_new ();
  guint n = mdoc_doc_type_get_n_elements (doc_type);

  check_text (mdoc_doc_type_get_name (doc_type));
  check_text (mdoc_doc_type_get_alias (doc_type));
  check_text (mdoc_doc_type_get_display_name (doc_type));
  g_assert_cmpuint (n, <=, MDOC_DOC_TYPE_MAX_ELEMENTS);
  for (guint i = 0; i < n; i++)
    check_element (doc_type, mdoc_doc_type_get_element (doc_type, i));

  n = mdoc_doc_type_get_n_name_spaces (doc_type);
  g_assert_cmpuint (n, >=, 1);
  for (guint i = 0; i < n; i++)
    check_text (mdoc_doc_type_get_name_space (doc_type, i));

  n = mdoc_doc_type_get_n_presets (doc_type);
  for (guint i = 0; i < n; i++)
    {
      const MdocDocPreset *preset = mdoc_doc_type_get_preset (doc_type, i);

      g_assert_true (mdoc_doc_type_find_preset (doc_type, preset->name)
                     == preset);
      for (guint j = 0; j < preset->n_elements; j++)
        g_assert_nonnull (
            mdoc_doc_type_find_element (doc_type,
                                        preset->elements[j].name_space,
                                        preset->elements[j].element));
    }

  g_assert_true (mdoc_doc_type_table_add (table, doc_type, NULL));
  g_assert_false (mdoc_doc_type_table_add (table, doc_type, NULL));
  g_assert_true (
      mdoc_doc_type_table_lookup (table, mdoc_doc_type_get_name (doc_type))
      == doc_type);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (GError) error = NULL;

  doc_type = mdoc_doc_type_parse (text, size, &error);
  g_assert_true ((doc_type == NULL) == (error != NULL));
  if (doc_type != NULL)
    check_doc_type (doc_type);

  return 0;
}
