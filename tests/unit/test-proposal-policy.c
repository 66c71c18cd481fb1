/*
 * test-proposal-policy.c - what policies answer to a proposal, and what comes
 * of it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "agent/mdoc-proposal.h"
#include "base/mdoc-names.h"
#include "tests/lib/mdoc-test-match.h"

/* Wallet and request are as of mdoc-test-match.h; documents are called d0, d1.
 * Readers: a word for each doc request: `a` or `b` trusted by that anchor, `-a`
 * one of it that is not trusted, `0` trusted by nobody knows whom. Policies,
 * separated by `;`: a name, the anchor, a document type, then `m/name`, `keep`,
 * `max=2`, `uses=1`, `end=100`, `damaged`. */
typedef struct
{
  const char *name;
  const char *wallet;
  const char *request;
  const char *readers;
  const char *policies;
  guint must_ask;        /* a bit for each document */
  const char *expected;  /* what is granted | by which policies | the rest */
  const char *that_goes; /* NULL: the same */
  const char *released;  /* ages that have left in this session */
} Scenario;

static const Scenario scenarios[] = {
  { "all-of-it",
    "mdl m/sex m/height",
    "mdl m/sex m/height",
    "a",
    "p a mdl m/sex m/height",
    0,
    "0:d0:sex 0:d0:height | p | complete",
    NULL,
    "" },
  { "asked-for-alone",
    "mdl m/sex m/height",
    "mdl m/sex",
    "a",
    "p a mdl m/sex m/height m/weight",
    0,
    "0:d0:sex | p | complete",
    NULL,
    "" },
  { "a-part",
    "mdl m/sex m/height",
    "mdl m/sex m/height",
    "a",
    "p a mdl m/sex",
    0,
    "0:d0:sex | p | partial",
    NULL,
    "" },
  { "nothing",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "p a mdl m/height",
    0,
    " | - | partial",
    NULL,
    "" },
  { "no-policy",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "",
    0,
    " | - | partial",
    NULL,
    "" },

  /* the reader */
  { "another-anchor",
    "mdl m/sex",
    "mdl m/sex",
    "b",
    "p a mdl m/sex",
    0,
    " | - | partial",
    NULL,
    "" },
  { "not-trusted",
    "mdl m/sex",
    "mdl m/sex",
    "-a",
    "p a mdl m/sex",
    0,
    " | - | partial",
    NULL,
    "" },
  { "by-nobody-knows-whom",
    "mdl m/sex",
    "mdl m/sex",
    "0",
    "p a mdl m/sex",
    0,
    " | - | partial",
    NULL,
    "" },
  { "each-doc-request-has-its-reader",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex",
    "a b",
    "p a mdl m/sex; q a pid e/sex",
    0,
    "0:d0:sex | p - | partial",
    NULL,
    "" },

  /* the document */
  { "another-type",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "p a photoid m/sex",
    0,
    " | - | partial",
    NULL,
    "" },
  { "the-holder-wants-to-be-asked",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "p a mdl m/sex",
    1,
    " | - | partial",
    NULL,
    "" },
  { "another-need-not-be-asked-about",
    "mdl m/sex; mdl m/sex",
    "mdl m/sex",
    "a",
    "p a mdl m/sex",
    1,
    "0:d1:sex | p | complete",
    NULL,
    "" },

  /* keeping */
  { "to-be-kept",
    "mdl m/sex m/height",
    "mdl m/sex! m/height",
    "a",
    "p a mdl m/sex m/height",
    0,
    "0:d0:height | p | partial",
    NULL,
    "" },
  { "may-be-kept",
    "mdl m/sex m/height",
    "mdl m/sex! m/height",
    "a",
    "p a mdl m/sex m/height keep",
    0,
    "0:d0:sex 0:d0:height | p | complete",
    NULL,
    "" },

  /* one of several, never two of them */
  { "that-which-allows-most",
    "mdl m/sex m/height m/weight",
    "mdl m/sex m/height m/weight",
    "a",
    "p a mdl m/sex; q a mdl m/height m/weight; r a mdl m/sex m/weight",
    0,
    "0:d0:height 0:d0:weight | q | partial",
    NULL,
    "" },
  { "spent-expired-damaged",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "p a mdl m/sex max=2 uses=2; q a mdl m/sex end=50; r a mdl m/sex damaged",
    0,
    " | - | partial",
    NULL,
    "" },
  { "the-next-one",
    "mdl m/sex",
    "mdl m/sex",
    "a",
    "p a mdl m/sex max=2 uses=2; q a mdl m/sex max=2 uses=1 end=51",
    0,
    "0:d0:sex | q | complete",
    NULL,
    "" },
  { "one-use-is-left-for-two",
    "mdl m/sex m/height",
    "mdl m/sex; mdl m/height",
    "a a",
    "p a mdl m/sex m/height max=3 uses=2",
    0,
    "0:d0:sex | p - | partial",
    NULL,
    "" },
  { "two-uses-are-left-for-two",
    "mdl m/sex m/height",
    "mdl m/sex; mdl m/height",
    "a a",
    "p a mdl m/sex m/height max=3 uses=1",
    0,
    "0:d0:sex 1:d0:height | p p | complete",
    NULL,
    "" },

  /* what leaves is what has to be named */
  { "the-nearest-age",
    "mdl m/age_over_21+",
    "mdl m/age_over_18",
    "a",
    "p a mdl m/age_over_18",
    0,
    " | - | partial",
    NULL,
    "" },
  { "the-nearest-age-named",
    "mdl m/age_over_21+",
    "mdl m/age_over_18",
    "a",
    "p a mdl m/age_over_21",
    0,
    "0:d0:age_over_21 | p | complete",
    NULL,
    "" },

  /* no more is asked about than can be given */
  { "the-other-is-not-there",
    "mdl m/sex",
    "mdl m/sex; pid e/sex",
    "a a",
    "p a mdl m/sex",
    0,
    "0:d0:sex | p - | complete",
    NULL,
    "" },
  { "two-ages-have-left",
    "mdl m/sex m/age_over_25+",
    "mdl m/sex m/age_over_25",
    "a",
    "p a mdl m/sex m/age_over_25",
    0,
    "0:d0:sex | p | complete",
    NULL,
    "age_over_16 age_over_18" },

  /* the rules for answers are for these too */
  { "without-the-portrait",
    "mdl m/sex m/portrait",
    "mdl m/sex m/portrait",
    "a",
    "p a mdl m/sex",
    0,
    "0:d0:sex | p | partial",
    "",
    "" },
  { "half-a-use-case",
    "mdl m/sex m/height",
    "mdl m/sex m/height # M 0",
    "a",
    "p a mdl m/sex",
    0,
    "0:d0:sex | p | partial",
    "",
    "" },
};

static const char *
expand_type (const char *brief)
{
  if (strcmp (brief, "mdl") == 0)
    return MDOC_DOCTYPE_MDL;
  if (strcmp (brief, "pid") == 0)
    return MDOC_DOCTYPE_PID;
  g_assert_cmpstr (brief, ==, "photoid");
  return MDOC_DOCTYPE_PHOTO_ID;
}

static char *
make_anchor (char letter)
{
  return g_strnfill (64, letter);
}

static void
wallet_document_free (MdocWalletDocument *document)
{
  mdoc_stored_document_free (document->stored);
  g_free (document);
}

static GPtrArray *
make_wallet (const Scenario *scenario)
{
  g_auto (GStrv) texts = g_strsplit (scenario->wallet, ";", -1);
  GPtrArray *wallet = g_ptr_array_new_with_free_func (
      (GDestroyNotify) wallet_document_free);

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_strstrip (texts[i]), " ", 2);
      MdocWalletDocument *document = g_new0 (MdocWalletDocument, 1);

      document->stored = g_new0 (MdocStoredDocument, 1);
      document->stored->id = g_strdup_printf ("d%u", i);
      document->stored->doc_type = g_strdup (expand_type (words[0]));
      document->selection.must_ask = (scenario->must_ask & (1u << i)) != 0;
      g_ptr_array_add (wallet, document);
    }

  return wallet;
}

static GPtrArray *
make_readers (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GPtrArray *readers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_reader_info_free);

  for (guint i = 0; words[i] != NULL; i++)
    {
      MdocReaderInfo *reader = g_new0 (MdocReaderInfo, 1);
      gboolean is_trusted = words[i][0] != '-';

      reader->trust = is_trusted ? MDOC_READER_TRUSTED : MDOC_READER_UNTRUSTED;
      reader->name = g_strdup ("");
      reader->reason = "";
      if (words[i][0] != '0')
        reader->anchor_id = make_anchor (words[i][is_trusted ? 0 : 1]);
      g_ptr_array_add (readers, reader);
    }

  return readers;
}

static void
read_word (MdocPolicy *policy, GVariantBuilder *elements, const char *word)
{
  if (g_str_has_prefix (word, "max="))
    policy->max_uses = (guint32) atoi (word + strlen ("max="));
  else if (g_str_has_prefix (word, "uses="))
    policy->uses = (guint32) atoi (word + strlen ("uses="));
  else if (g_str_has_prefix (word, "end="))
    policy->expires_unix_s = atoi (word + strlen ("end="));
  else if (strcmp (word, "keep") == 0)
    policy->may_be_retained = TRUE;
  else if (strcmp (word, "damaged") == 0)
    policy->is_damaged = TRUE;
  else
    g_variant_builder_add (elements,
                           "(ss)",
                           word[0] == 'm' ? MDOC_NAMESPACE_MDL
                                          : MDOC_DOCTYPE_PID,
                           word + 2);
}

static MdocPolicy *
make_policy (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree char *anchor = make_anchor (words[1][0]);
  MdocPolicy extra = { 0 };
  GVariantBuilder elements;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict dict;
  MdocPolicy *policy;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 3; words[i] != NULL; i++)
    read_word (&extra, &elements, words[i]);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "reader_anchor", "s", anchor);
  g_variant_dict_insert (&dict, "doc_type", "s", expand_type (words[2]));
  g_variant_dict_insert_value (&dict,
                               "elements",
                               g_variant_builder_end (&elements));
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  policy = mdoc_policy_new_from_variant (value, &error);
  g_assert_no_error (error);

  g_free (policy->id);
  policy->id = g_strdup (words[0]);
  policy->max_uses = extra.max_uses;
  policy->uses = extra.uses;
  policy->expires_unix_s = extra.expires_unix_s;
  policy->may_be_retained = extra.may_be_retained;
  policy->is_damaged = extra.is_damaged;
  return policy;
}

static GPtrArray *
make_policies (const char *text)
{
  g_auto (GStrv) texts = g_strsplit (text, ";", -1);
  GPtrArray *policies = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_policy_free);

  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (policies, make_policy (g_strstrip (texts[i])));

  return policies;
}

static char *
granted_to_text (GVariant *granted)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (granted); i++)
    {
      guint32 doc_request;
      const char *credential;
      const char *element;

      g_variant_get_child (granted,
                           i,
                           "(u&s&s&s)",
                           &doc_request,
                           &credential,
                           NULL,
                           &element);
      g_string_append_printf (text,
                              "%s%u:%s:%s",
                              i > 0 ? " " : "",
                              doc_request,
                              credential,
                              element);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
answer_to_text (const MdocPolicyAnswer *answer)
{
  g_autofree char *granted = granted_to_text (answer->granted);
  g_autoptr (GString) text = g_string_new (granted);

  g_string_append (text, " |");
  for (guint i = 0; i < answer->policies->len; i++)
    {
      const MdocPolicy *policy = g_ptr_array_index (answer->policies, i);

      g_string_append_printf (text, " %s", policy != NULL ? policy->id : "-");
    }
  g_string_append (text, answer->is_complete ? " | complete" : " | partial");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint
count_items (const MdocGrant *grant)
{
  guint n = 0;

  for (guint i = 0; i < grant->documents->len; i++)
    {
      const MdocGrantedDocument *document = g_ptr_array_index (grant->documents,
                                                               i);

      n += document->items->len;
    }

  return n;
}

static void
test_scenario (gconstpointer data)
{
  const Scenario *scenario = data;
  g_autoptr (GPtrArray) documents = mdoc_test_wallet_new (scenario->wallet);
  g_autoptr (MdocDeviceRequest) request = mdoc_test_request_new (
      scenario->request);
  g_autoptr (MdocDocTypeTable) types = mdoc_test_doc_types_new ();
  g_autoptr (MdocMatch) match = mdoc_match_request (request,
                                                    (MdocMatchDocument *const *)
                                                        documents->pdata,
                                                    documents->len,
                                                    types);
  g_autoptr (GPtrArray) wallet = make_wallet (scenario);
  g_autoptr (GPtrArray) readers = make_readers (scenario->readers);
  g_autoptr (GHashTable) ages = g_hash_table_new_full (g_str_hash,
                                                       g_str_equal,
                                                       g_free,
                                                       NULL);
  g_auto (GStrv) released = g_strsplit (scenario->released, " ", -1);
  g_autoptr (MdocProposal) offer = mdoc_proposal_new (match,
                                                      wallet,
                                                      readers,
                                                      types,
                                                      ages);
  g_autoptr (GPtrArray) policies = make_policies (scenario->policies);
  MdocMoment now = { 50, TRUE };
  g_autoptr (MdocPolicyAnswer) answer = NULL;
  g_autoptr (MdocGrant) grant = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; released[i] != NULL; i++)
    g_hash_table_add (ages, g_strdup (released[i]));
  answer = mdoc_proposal_ask_policies (offer, policies, now);
  text = answer_to_text (answer);
  grant = mdoc_proposal_apply (offer, answer->granted);

  g_assert_cmpstr (text, ==, scenario->expected);
  g_assert_cmpuint (grant->n_strays, ==, 0);
  if (scenario->that_goes == NULL)
    g_assert_cmpuint (count_items (grant),
                      ==,
                      g_variant_n_children (answer->granted));
  else
    g_assert_cmpuint (grant->documents->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strconcat ("/proposal-policy/",
                                           scenarios[i].name,
                                           NULL);

      g_test_add_data_func (path, &scenarios[i], test_scenario);
    }

  return g_test_run ();
}
