/*
 * mdoc-test-match.c - wallets, requests and matches as short texts
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/lib/mdoc-test-match.h"

#include <stdlib.h>
#include <string.h>

#include "mdoc/mdoc-device-request-builder.h"
#include "tests/lib/mdoc-test.h"

#define DEFAULT_ITEM_BYTES 50
#define MAX_WORDS          64

typedef struct
{
  const char *brief;
  const char *full;
} Name;

static const Name name_spaces[] = {
  { "m", "org.iso.18013.5.1" },       { "u", "org.iso.18013.5.1.aamva" },
  { "p", "org.iso.23220.1" },         { "q", "org.iso.23220.photoid.1" },
  { "d", "org.iso.23220.dtc.1" },     { "g", "org.iso.23220.datagroups.1" },
  { "e", "eu.europa.ec.eudi.pid.1" },
};

static const Name doc_types[] = {
  { "mdl", "org.iso.18013.5.1.mDL" },
  { "photoid", "org.iso.23220.photoid.1" },
  { "photoID", "org.iso.23220.photoID" },
  { "pid", "eu.europa.ec.eudi.pid.1" },
};

static const char *
expand (const Name *names, gsize n_names, const char *brief)
{
  for (gsize i = 0; i < n_names; i++)
    if (g_str_equal (names[i].brief, brief))
      return names[i].full;

  return brief;
}

static const char *
shorten (const char *full)
{
  for (gsize i = 0; i < G_N_ELEMENTS (name_spaces); i++)
    if (g_str_equal (name_spaces[i].full, full))
      return name_spaces[i].brief;

  return full;
}

/* Cuts @word in two at the slash. */
static MdocElementName
read_name (char *word)
{
  char *slash = strchr (word, '/');
  MdocElementName name;

  g_assert_nonnull (slash);
  *slash = '\0';
  name.name_space = expand (name_spaces, G_N_ELEMENTS (name_spaces), word);
  name.element = slash + 1;
  return name;
}

static char **
split_words (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return g_strsplit (stripped, " ", -1);
}

static void
add_item (MdocMatchDocument *document, char *word)
{
  gsize len = strlen (word);
  char *colon = strchr (word, ':');
  gsize n_bytes = DEFAULT_ITEM_BYTES;
  guint8 value = 0xf6;
  MdocElementName name;

  if (colon != NULL)
    {
      *colon = '\0';
      n_bytes = strtoul (colon + 1, NULL, 10);
    }
  else if (word[len - 1] == '+' || word[len - 1] == '-')
    {
      value = word[len - 1] == '+' ? 0xf5 : 0xf4;
      word[len - 1] = '\0';
    }

  name = read_name (word);
  mdoc_match_document_add_item (document,
                                name.name_space,
                                name.element,
                                MDOC_SPAN (&value, 1),
                                n_bytes);
}

static MdocMatchDocument *
read_document (const char *text)
{
  g_auto (GStrv) words = split_words (text);
  MdocMatchDocument *document;

  document = mdoc_match_document_new (
      expand (doc_types, G_N_ELEMENTS (doc_types), words[0]));
  for (char **word = words + 1; *word != NULL; word++)
    if (**word == '@')
      {
        g_autoptr (GBytes) identifier = mdoc_test_bytes_from_hex (*word + 1);

        mdoc_match_document_add_issuer_identifier (document,
                                                   mdoc_span_from_bytes (
                                                       identifier));
      }
    else if (**word != '\0')
      {
        add_item (document, *word);
      }

  return document;
}

GPtrArray *
mdoc_test_wallet_new (const char *text)
{
  g_auto (GStrv) documents = g_strsplit (text, ";", -1);
  GPtrArray *wallet;

  wallet = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_match_document_unref);
  for (char **document = documents; *document != NULL; document++)
    g_ptr_array_add (wallet, read_document (*document));
  return wallet;
}

static void
read_alternatives (MdocDeviceRequestBuilder *builder,
                   guint i,
                   MdocElementName requested,
                   const char *text)
{
  MdocElementName names[MAX_WORDS];
  MdocElementSet sets[MAX_WORDS];
  MdocAlternative alternative = { .requested = requested, .sets = sets };
  g_auto (GStrv) set_texts = g_strsplit (text, "|", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_strfreev);
  guint n_names = 0;

  for (char **set = set_texts; *set != NULL; set++)
    {
      char **words = g_strsplit (*set, "+", -1);
      guint start = n_names;

      g_ptr_array_add (kept, words);
      for (; *words != NULL; words++)
        names[n_names++] = read_name (*words);
      sets[alternative.n_sets++] = (MdocElementSet){ names + start,
                                                     n_names - start };
    }

  mdoc_device_request_builder_add_alternative (builder, i, &alternative);
}

static void
read_element (MdocDeviceRequestBuilder *builder, guint i, char *word)
{
  char *alternatives = strchr (word, '>');
  MdocElementName name;
  gboolean retain;

  if (alternatives != NULL)
    *alternatives++ = '\0';
  retain = word[strlen (word) - 1] == '!';
  if (retain)
    word[strlen (word) - 1] = '\0';

  name = read_name (word);
  mdoc_device_request_builder_add_element (builder,
                                           i,
                                           name.name_space,
                                           name.element,
                                           retain);
  if (alternatives != NULL)
    read_alternatives (builder, i, name, alternatives);
}

static void
set_info (MdocDeviceRequestBuilder *builder,
          guint i,
          const char *key,
          const char *hex)
{
  g_autoptr (GBytes) value = mdoc_test_bytes_from_hex (hex);

  mdoc_device_request_builder_set_request_info (builder,
                                                i,
                                                key,
                                                mdoc_span_from_bytes (value));
}

/* {"zkRequired": b, "systemSpecs": [{"zkSystemId": "1", "system": "s",
 * "params": {}}]} */
#define ZK(required_)                                                          \
  "a2 6a7a6b5265717569726564" required_ "6b73797374656d5370656373 81"          \
  "a3 6a7a6b53797374656d4964 6131 6673797374656d 6173 66706172616d73 a0"
/* #6.24(<< {"recipientPublicKey": {}} >>) */
#define ENCRYPTION "d818 55 a1 72726563697069656e745075626c69634b6579 a0"

static void
read_word (MdocDeviceRequestBuilder *builder, guint i, char *word)
{
  if (*word == '@')
    {
      g_autoptr (GBytes) identifier = mdoc_test_bytes_from_hex (word + 1);

      mdoc_device_request_builder_add_issuer_identifier (builder,
                                                         i,
                                                         mdoc_span_from_bytes (
                                                             identifier));
    }
  else if (g_str_equal (word, "unique") || g_str_equal (word, "several"))
    {
      mdoc_device_request_builder_set_unique_doc_set (builder, i, *word == 'u');
    }
  else if (g_str_has_prefix (word, "max="))
    {
      mdoc_device_request_builder_set_maximum_response_size (builder,
                                                             i,
                                                             strtoul (word + 4,
                                                                      NULL,
                                                                      10));
    }
  else if (g_str_equal (word, "zk"))
    {
      set_info (builder, i, "zkRequest", ZK ("f5"));
    }
  else if (g_str_equal (word, "zk?"))
    {
      set_info (builder, i, "zkRequest", ZK ("f4"));
    }
  else if (g_str_equal (word, "enc"))
    {
      set_info (builder, i, "docResponseEncryption", ENCRYPTION);
    }
  else if (*word != '\0')
    {
      read_element (builder, i, word);
    }
}

static void
read_use_case (MdocDeviceRequestBuilder *builder, const char *text)
{
  guint indices[MAX_WORDS];
  MdocDocumentSet sets[MAX_WORDS];
  MdocUseCase use_case = { .sets = sets };
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) set_texts = NULL;
  guint n_indices = 0;

  use_case.is_mandatory = *stripped == 'M';
  set_texts = g_strsplit (stripped + 2, "|", -1);
  for (char **set = set_texts; *set != NULL; set++)
    {
      g_auto (GStrv) words = g_strsplit (*set, ",", -1);
      guint start = n_indices;

      for (char **word = words; *word != NULL; word++)
        indices[n_indices++] = (guint) strtoul (*word, NULL, 10);
      sets[use_case.n_sets++] = (MdocDocumentSet){ indices + start,
                                                   n_indices - start };
    }

  mdoc_device_request_builder_add_use_case (builder, &use_case);
}

MdocDeviceRequest *
mdoc_test_request_new (const char *text)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_auto (GStrv) halves = g_strsplit (text, "#", 2);
  g_auto (GStrv) asked = g_strsplit (halves[0], ";", -1);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  MdocDeviceRequest *request;

  builder = mdoc_device_request_builder_new ();
  for (char **one = asked; *one != NULL; one++)
    {
      g_auto (GStrv) words = split_words (*one);
      guint i;

      i = mdoc_device_request_builder_add_doc_request (builder,
                                                       expand (doc_types,
                                                               G_N_ELEMENTS (
                                                                   doc_types),
                                                               words[0]));
      for (char **word = words + 1; *word != NULL; word++)
        read_word (builder, i, *word);
    }
  if (halves[1] != NULL)
    {
      g_auto (GStrv) use_cases = g_strsplit (halves[1], ";", -1);

      for (char **use_case = use_cases; *use_case != NULL; use_case++)
        read_use_case (builder, *use_case);
    }

  encoded = mdoc_device_request_builder_finish (builder,
                                                NULL,
                                                NULL,
                                                NULL,
                                                FALSE,
                                                &error);
  g_assert_no_error (error);
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  return request;
}

MdocDocTypeTable *
mdoc_test_doc_types_new (void)
{
  static const char *const files[] = { "mdl.ini", "photoid.ini", "pid.ini" };
  const char *root = g_getenv ("MDOC_TEST_SOURCE_ROOT");
  MdocDocTypeTable *table = mdoc_doc_type_table_new ();

  g_assert_nonnull (root);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = NULL;
      g_autofree char *text = NULL;
      g_autoptr (MdocDocType) doc_type = NULL;
      g_autoptr (GError) error = NULL;
      gsize len;

      path = g_build_filename (root, "data", "doctypes", files[i], NULL);
      g_file_get_contents (path, &text, &len, &error);
      g_assert_no_error (error);
      doc_type = mdoc_doc_type_parse (text, len, &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_doc_type_table_add (table, doc_type, &error));
      g_assert_no_error (error);
    }

  return table;
}

static void
append_disclosure (GString *text, const MdocMatchDisclosure *disclosure)
{
  static const char *const marks[] = { "?", "", "=", "~", ">" };

  g_string_append_printf (text,
                          " %s/%s%s%s%s",
                          shorten (disclosure->name_space),
                          disclosure->element,
                          marks[disclosure->via],
                          disclosure->intent_to_retain ? "!" : "",
                          disclosure->is_portrait ? "*" : "");
}

static void
append_candidate (GString *text,
                  MdocItemsRequest *request,
                  const MdocMatchCandidate *candidate)
{
  g_string_append_printf (text,
                          " | %u%s",
                          candidate->document,
                          candidate->is_complete ? "" : " part");
  for (guint i = 0; i < candidate->n_disclosures; i++)
    append_disclosure (text, &candidate->disclosures[i]);

  for (guint i = 0; i < candidate->n_answers; i++)
    if (candidate->answers[i].via == MDOC_MATCH_VIA_NONE)
      {
        const MdocRequestedElement *element;

        element = mdoc_items_request_get_element (request, i);
        g_string_append_printf (text,
                                " %s%s/%s",
                                candidate->answers[i].is_over_age_limit ? "^"
                                                                        : "-",
                                shorten (element->name_space),
                                element->element);
      }
}

char *
mdoc_test_match_to_text (MdocMatch *match)
{
  GString *text = g_string_new (NULL);
  const MdocMatchChoice *choices;
  guint n;

  for (guint i = 0; i < mdoc_match_get_n_doc_requests (match); i++)
    {
      const MdocMatchDocRequest *part = mdoc_match_get_doc_request (match, i);

      g_string_append (text, mdoc_match_outcome_get_name (part->outcome));
      for (guint j = 0; j < part->n_candidates; j++)
        append_candidate (text,
                          mdoc_device_request_get_items_request (
                              mdoc_match_get_request (match),
                              i),
                          &part->candidates[j]);
      g_string_append_c (text, '\n');
    }

  choices = mdoc_match_get_proposal (match, &n);
  g_string_append (text, "=>");
  for (guint i = 0; i < n; i++)
    {
      const MdocMatchDocRequest *part;

      part = mdoc_match_get_doc_request (match, choices[i].doc_request);
      g_string_append_printf (text,
                              " %u:%u",
                              choices[i].doc_request,
                              part->candidates[choices[i].candidate].document);
    }

  return g_string_free (text, FALSE);
}
