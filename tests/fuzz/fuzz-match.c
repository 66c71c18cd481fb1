/*
 * fuzz-match.c - any request against any wallet
 *
 * The input says what to build, of a few names, so that they meet often.
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-device-request-builder.h"
#include "mdoc/mdoc-match-private.h"

#define MAX_DOCUMENTS    4
#define MAX_ITEMS        8
#define MAX_DOC_REQUESTS 3
#define MAX_ELEMENTS     6

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  const guint8 *data;
  gsize size;
} Input;

static const char description[]
    = "[document]\ndoc-type=t\nalias=a\nname=T\nsynonyms=u\n"
      "[name-space n]\nsynonyms=m\n"
      "[element n/face]\nname=Face\ntype=bstr\nrule=portrait\nsynonyms=image\n"
      "[element n/age_over_NN]\nname=Age\ntype=bool\nrule=nearest-age\n"
      "synonyms=o/age_over_NN\n"
      "[element n/word_xx]\nname=Word\ntype=tstr\n"
      "[element n/name]\nname=Name\ntype=tstr\nsynonyms=name_2;o/name\n";

static const char *const doc_types[] = { "t", "u", "v" };
static const char *const name_spaces[] = { "n", "m", "o", "p" };
static const char *const elements[] = {
  "name",        "name_2",      "face",        "image",
  "portrait",    "word_a",      "word_b",      "age_over_18",
  "age_over_21", "age_over_25", "age_over_65", "age_over_00",
  "age_over_99", "x",           "y",           "z"
};

/* Zeros once the input is used up. */
static guint
take (Input *input, guint n)
{
  guint value;

  if (input->size == 0)
    return 0;
  value = input->data[0] % n;
  input->data++;
  input->size--;
  return value;
}

#define PICK(input_, names_) ((names_)[take ((input_), G_N_ELEMENTS (names_))])

static MdocElementName
take_name (Input *input)
{
  const char *name_space = PICK (input, name_spaces);

  return (MdocElementName){ name_space, PICK (input, elements) };
}

static GPtrArray *
take_wallet (Input *input)
{
  guint n = take (input, MAX_DOCUMENTS + 1);
  GPtrArray *wallet = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_document_unref);

  for (guint i = 0; i < n; i++)
    {
      MdocMatchDocument *document;
      guint n_items;

      document = mdoc_match_document_new (PICK (input, doc_types));
      n_items = take (input, MAX_ITEMS + 1);
      for (guint j = 0; j < n_items; j++)
        {
          MdocElementName name = take_name (input);
          guint8 value = (guint8) (0xf4 + take (input, 3));

          mdoc_match_document_add_item (document,
                                        name.name_space,
                                        name.element,
                                        MDOC_SPAN (&value, 1),
                                        take (input, 256));
        }
      if (take (input, 2) == 1)
        mdoc_match_document_add_issuer_identifier (document,
                                                   mdoc_span_from_text (
                                                       PICK (input,
                                                             name_spaces)));
      g_ptr_array_add (wallet, document);
    }

  return wallet;
}

static void
take_alternative (Input *input,
                  MdocDeviceRequestBuilder *builder,
                  guint doc_request,
                  MdocElementName requested)
{
  MdocElementName names[2][2];
  MdocElementSet sets[2];
  MdocAlternative alternative = { .requested = requested, .sets = sets };

  alternative.n_sets = 1 + take (input, 2);
  for (guint i = 0; i < alternative.n_sets; i++)
    {
      sets[i].n_elements = 1 + take (input, 2);
      sets[i].elements = names[i];
      for (guint j = 0; j < sets[i].n_elements; j++)
        names[i][j] = take_name (input);
    }
  mdoc_device_request_builder_add_alternative (builder,
                                               doc_request,
                                               &alternative);
}

static void
take_doc_request (Input *input, MdocDeviceRequestBuilder *builder)
{
  guint i;
  guint n = 1 + take (input, MAX_ELEMENTS);

  i = mdoc_device_request_builder_add_doc_request (builder,
                                                   PICK (input, doc_types));
  while (n-- > 0)
    {
      MdocElementName name = take_name (input);
      guint kind = take (input, 4);

      mdoc_device_request_builder_add_element (builder,
                                               i,
                                               name.name_space,
                                               name.element,
                                               (kind & 1) != 0);
      if ((kind & 2) != 0)
        take_alternative (input, builder, i, name);
    }

  if (take (input, 4) == 1)
    mdoc_device_request_builder_add_issuer_identifier (builder,
                                                       i,
                                                       mdoc_span_from_text (
                                                           PICK (input,
                                                                 name_spaces)));
  if (take (input, 4) == 1)
    mdoc_device_request_builder_set_maximum_response_size (builder,
                                                           i,
                                                           64
                                                               * take (input,
                                                                       64));
  if (take (input, 4) == 1)
    mdoc_device_request_builder_set_unique_doc_set (builder,
                                                    i,
                                                    take (input, 2) == 1);
}

static void
take_use_case (Input *input,
               MdocDeviceRequestBuilder *builder,
               guint n_doc_requests)
{
  guint indices[3][2];
  MdocDocumentSet sets[3];
  MdocUseCase use_case = { .sets = sets };

  use_case.is_mandatory = take (input, 2) == 1;
  use_case.n_sets = 1 + take (input, 3);
  for (guint i = 0; i < use_case.n_sets; i++)
    {
      sets[i].doc_requests = indices[i];
      sets[i].n_doc_requests = 1;
      indices[i][0] = take (input, n_doc_requests);
      indices[i][1] = take (input, n_doc_requests);
      if (indices[i][1] != indices[i][0])
        sets[i].n_doc_requests = 2;
    }
  mdoc_device_request_builder_add_use_case (builder, &use_case);
}

/* %NULL if the names met in a way that no request may have, such as an element
 * with two alternatives. */
static MdocDeviceRequest *
take_request (Input *input)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (GBytes) encoded = NULL;
  guint n = 1 + take (input, MAX_DOC_REQUESTS);
  guint n_use_cases = take (input, 4);

  builder = mdoc_device_request_builder_new ();
  for (guint i = 0; i < n; i++)
    take_doc_request (input, builder);
  for (guint i = 0; i < n_use_cases; i++)
    take_use_case (input, builder, n);
  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                NULL);
  return encoded != NULL ? mdoc_device_request_parse (encoded, NULL) : NULL;
}

/* Is there a requested element that says it will be retained, and that the item
 * can stand for? */
static gboolean
is_any_retained (MdocItemsRequest *request)
{
  for (guint i = 0; i < mdoc_items_request_get_n_elements (request); i++)
    if (mdoc_items_request_get_element (request, i)->intent_to_retain)
      return TRUE;

  return FALSE;
}

static void
check_disclosures (MdocItemsRequest *request,
                   MdocMatchDocument *document,
                   const MdocMatchCandidate *candidate)
{
  MdocMatchAges ages = { 0 };
  guint last = 0;

  for (guint i = 0; i < candidate->n_disclosures; i++)
    {
      const MdocMatchDisclosure *disclosure = &candidate->disclosures[i];
      const MdocMatchItem *item;
      guint age;

      g_assert_cmpuint (disclosure->item,
                        <,
                        mdoc_match_document_get_n_items (document));
      item = mdoc_match_document_get_item (document, disclosure->item);
      g_assert_true (disclosure->name_space == item->name_space);
      g_assert_true (disclosure->element == item->element);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (candidate->disclosures[j].item, !=, disclosure->item);

      g_assert_cmpuint (disclosure->requested, >=, last);
      last = disclosure->requested;
      g_assert_cmpint (candidate->answers[last].via, ==, disclosure->via);
      if (disclosure->intent_to_retain)
        g_assert_true (is_any_retained (request));
      if (mdoc_doc_type_parse_age_over (disclosure->element, &age))
        {
          g_assert_true (mdoc_match_ages_add (&ages, age));
          g_assert_cmpint (item->value, !=, MDOC_MATCH_BOOLEAN_NONE);
        }
    }
}

static gboolean
is_disclosed (const MdocMatchCandidate *candidate,
              const char *name_space,
              const char *element)
{
  for (guint i = 0; i < candidate->n_disclosures; i++)
    if (g_str_equal (candidate->disclosures[i].name_space, name_space)
        && g_str_equal (candidate->disclosures[i].element, element))
      return TRUE;

  return FALSE;
}

static void
check_candidate (MdocItemsRequest *request,
                 MdocMatchDocument *document,
                 const MdocMatchCandidate *candidate)
{
  guint n_answered = 0;

  g_assert_cmpuint (candidate->n_answers,
                    ==,
                    mdoc_items_request_get_n_elements (request));
  g_assert_cmpuint (candidate->n_disclosures, >=, 1);
  for (guint i = 0; i < candidate->n_answers; i++)
    {
      const MdocRequestedElement *element;

      element = mdoc_items_request_get_element (request, i);
      n_answered += candidate->answers[i].via != MDOC_MATCH_VIA_NONE ? 1 : 0;
      if (candidate->answers[i].via == MDOC_MATCH_VIA_NAME)
        g_assert_true (
            is_disclosed (candidate, element->name_space, element->element));
    }
  g_assert_cmpuint (candidate->n_answered, ==, n_answered);
  g_assert_cmpint (candidate->is_complete,
                   ==,
                   n_answered == candidate->n_answers);
  check_disclosures (request, document, candidate);
}

static void
check_proposal (MdocMatch *match)
{
  const MdocMatchChoice *choices;
  guint n;

  choices = mdoc_match_get_proposal (match, &n);
  g_assert_cmpint (n > 0, ==, mdoc_match_is_satisfied (match));
  if (n > 0)
    g_assert_cmpint (mdoc_match_check_choices (match, choices, n),
                     ==,
                     MDOC_MATCH_VERDICT_OK);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (choices[i].doc_request, >, choices[i - 1].doc_request);
}

/* How many names a request has; none may be looked up twice in a document. */
static guint64
count_names (MdocItemsRequest *request)
{
  MdocRequestInfo *info = mdoc_items_request_get_info (request);
  guint64 n = mdoc_items_request_get_n_elements (request);
  guint n_alternatives;

  n_alternatives = info != NULL ? mdoc_request_info_get_n_alternatives (info)
                                : 0;
  for (guint i = 0; i < n_alternatives; i++)
    {
      const MdocAlternative *alternative;

      alternative = mdoc_request_info_get_alternative (info, i);
      for (guint j = 0; j < alternative->n_sets; j++)
        n += alternative->sets[j].n_elements;
    }

  return n;
}

static void
check_match (MdocMatch *match, MdocDeviceRequest *request, GPtrArray *wallet)
{
  gboolean is_strict = mdoc_match_get_n_use_cases (match) > 0;
  guint64 n_names = 0;

  for (guint i = 0; i < mdoc_match_get_n_doc_requests (match); i++)
    {
      const MdocMatchDocRequest *part = mdoc_match_get_doc_request (match, i);
      MdocItemsRequest *items_request;

      items_request = mdoc_device_request_get_items_request (request, i);
      n_names += count_names (items_request);
      g_assert_cmpint (part->n_candidates > 0,
                       ==,
                       part->outcome == MDOC_MATCH_FOUND);
      for (guint j = 0; j < part->n_candidates; j++)
        {
          const MdocMatchCandidate *candidate = &part->candidates[j];

          check_candidate (items_request,
                           g_ptr_array_index (wallet, candidate->document),
                           candidate);
          g_assert_true (candidate->is_complete || !is_strict);
          g_assert_cmpuint (candidate->response_bytes,
                            <=,
                            part->maximum_response_bytes);
          if (j > 0)
            g_assert_cmpuint (candidate->n_answered,
                              <=,
                              candidate[-1].n_answered);
        }
    }

  g_assert_cmpuint (mdoc_match_get_n_steps (match), <=, wallet->len * n_names);
  check_proposal (match);
}

/* Made once, for the sake of speed. */
static MdocDocTypeTable *
get_doc_types (void)
{
  static MdocDocTypeTable *table;
  g_autoptr (MdocDocType) doc_type = NULL;

  if (table != NULL)
    return table;

  table = mdoc_doc_type_table_new ();
  doc_type = mdoc_doc_type_parse (description, strlen (description), NULL);
  g_assert_true (mdoc_doc_type_table_add (table, doc_type, NULL));
  return table;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MdocDocTypeTable *doc_types_or_not[] = { get_doc_types (), NULL };
  Input input = { data, size };
  g_autoptr (GPtrArray) wallet = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;

  wallet = take_wallet (&input);
  request = take_request (&input);
  if (request == NULL)
    return 0;

  for (gsize i = 0; i < G_N_ELEMENTS (doc_types_or_not); i++)
    {
      g_autoptr (MdocMatch) match = NULL;

      match = mdoc_match_request (request,
                                  (gpointer) wallet->pdata,
                                  wallet->len,
                                  doc_types_or_not[i]);
      check_match (match, request, wallet);
    }

  return 0;
}
