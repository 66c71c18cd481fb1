/*
 * test-match-rules.c - ages, portraits, choices, and what matching costs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mdoc/mdoc-device-request-builder.h"
#include "mdoc/mdoc-device-response.h"
#include "mdoc/mdoc-match-private.h"
#include "tests/lib/mdoc-test-match.h"
#include "tests/lib/mdoc-test-reader.h"
#include "tests/lib/mdoc-test-vectors.h"

#define MDL_NAME_SPACE "org.iso.18013.5.1"

static MdocMatch *
match_texts (const char *wallet_text,
             const char *request_text,
             MdocDocTypeTable *doc_types)
{
  g_autoptr (GPtrArray) wallet = mdoc_test_wallet_new (wallet_text);
  g_autoptr (MdocDeviceRequest) request = NULL;

  /* a match keeps what it needs: both go at the end of this function */
  request = mdoc_test_request_new (request_text);
  return mdoc_match_request (request,
                             (gpointer) wallet->pdata,
                             wallet->len,
                             doc_types);
}

static void
check_age_cell (guint age, guint asked, JsonNode *cell)
{
  g_autofree char *wallet = NULL;
  g_autofree char *request = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (MdocMatch) match = NULL;
  const MdocMatchDocRequest *part;
  const MdocMatchDisclosure *disclosure;
  JsonArray *pair;

  wallet = g_strdup_printf ("mdl m/age_over_60%c m/age_over_21%c",
                            age >= 60 ? '+' : '-',
                            age >= 21 ? '+' : '-');
  request = g_strdup_printf ("mdl m/age_over_%02u", asked);
  match = match_texts (wallet, request, NULL);
  part = mdoc_match_get_doc_request (match, 0);
  g_test_message ("%u asked for %u", age, asked);
  if (JSON_NODE_HOLDS_NULL (cell))
    {
      g_assert_cmpint (part->outcome, ==, MDOC_MATCH_ELEMENTS);
      return;
    }

  pair = json_node_get_array (cell);
  expected = g_strdup_printf ("age_over_%" G_GINT64_FORMAT,
                              json_array_get_int_element (pair, 0));
  g_assert_cmpuint (part->n_candidates, ==, 1);
  g_assert_cmpuint (part->candidates[0].n_disclosures, ==, 1);
  disclosure = &part->candidates[0].disclosures[0];
  g_assert_cmpstr (disclosure->element, ==, expected);
  /* items stand as in the wallet's text, 60 first */
  g_assert_cmpuint (disclosure->item,
                    ==,
                    json_array_get_int_element (pair, 0) == 60 ? 0 : 1);
  g_assert_cmpint (json_array_get_boolean_element (pair, 1),
                   ==,
                   json_array_get_int_element (pair, 0) <= age);
}

/* Every cell of table D.1. */
static void
test_age_table (void)
{
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (GList) asks = NULL;
  JsonArray *ages;
  JsonObject *ask;
  guint n_cells = 0;

  file = mdoc_test_vectors_load ("mdl-age-over-table.json");
  ages = json_object_get_array_member (file, "holder_age");
  ask = json_object_get_object_member (file, "ask");
  asks = json_object_get_members (ask);
  for (GList *l = asks; l != NULL; l = l->next)
    {
      JsonArray *row = json_object_get_array_member (ask, l->data);

      for (guint i = 0; i < json_array_get_length (row); i++, n_cells++)
        check_age_cell ((guint) json_array_get_int_element (ages, i),
                        (guint) strtoul (l->data, NULL, 10),
                        json_array_get_element (row, i));
    }

  g_assert_cmpuint (n_cells, ==, 55);
}

/* For all ages asked for, at all ages, whatever three ages are attested: the
 * answer is true, and no attestation that is true lies nearer. */
static void
test_all_ages (void)
{
  static const char *const attested[] = { "00 50 99",
                                          "18 21 65",
                                          "16 18 20",
                                          "01 02 98",
                                          "21 21 21" };
  g_autoptr (MdocMatchView) view = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (attested); i++)
    for (guint holder = 0; holder <= 99; holder++)
      {
        g_autoptr (MdocMatchDocument) document = mdoc_match_document_new ("t");
        g_auto (GStrv) words = g_strsplit (attested[i], " ", -1);

        for (char **word = words; *word != NULL; word++)
          {
            g_autofree char *name = g_strconcat ("age_over_", *word, NULL);
            guint8 value = strtoul (*word, NULL, 10) <= holder ? 0xf5 : 0xf4;

            mdoc_match_document_add_item (document,
                                          "n",
                                          name,
                                          MDOC_SPAN (&value, 1),
                                          1);
          }

        g_clear_pointer (&view, mdoc_match_view_free);
        view = mdoc_match_view_new (document, NULL);
        for (guint asked = 0; asked <= 99; asked++)
          {
            g_autofree char *name = g_strdup_printf ("age_over_%02u", asked);
            guint best = MDOC_MATCH_MAX_AGE;
            guint found = MDOC_MATCH_MAX_AGE;
            MdocMatchVia via;

            for (char **word = words; *word != NULL; word++)
              {
                guint age = (guint) strtoul (*word, NULL, 10);

                if (age <= holder && age >= asked && age < best)
                  best = age;
              }
            for (char **word = words; *word != NULL; word++)
              {
                guint age = (guint) strtoul (*word, NULL, 10);

                if (age > holder && age <= asked
                    && (best == MDOC_MATCH_MAX_AGE
                        || (best > holder && age > best)))
                  best = age;
              }
            mdoc_match_view_resolve (view, "n", name, &via, &found);
            g_assert_cmpuint (found, ==, best);
          }
        g_clear_pointer (&view, mdoc_match_view_free);
      }
}

/* Consent may drop anything but the portrait alone. */
static void
test_portrait_rule (void)
{
  g_autoptr (MdocDocTypeTable) doc_types = mdoc_test_doc_types_new ();
  g_autoptr (MdocMatch) with = NULL;
  g_autoptr (MdocMatch) without = NULL;
  const MdocMatchCandidate *candidate;

  with = match_texts ("mdl m/sex m/portrait m/height",
                      "mdl m/sex m/portrait m/height",
                      doc_types);
  candidate = &mdoc_match_get_doc_request (with, 0)->candidates[0];
  g_assert_cmpuint (candidate->n_disclosures, ==, 3);
  for (guint i = 0; i < 8; i++)
    {
      const gboolean kept[] = { (i & 1) != 0, (i & 2) != 0, (i & 4) != 0 };

      g_assert_cmpint (mdoc_match_candidate_may_return (candidate, kept),
                       ==,
                       i == 0 || kept[1]);
    }

  without = match_texts ("mdl m/sex m/portrait", "mdl m/sex", doc_types);
  candidate = &mdoc_match_get_doc_request (without, 0)->candidates[0];
  for (guint i = 0; i < 2; i++)
    {
      const gboolean kept[] = { i == 1 };

      g_assert_true (mdoc_match_candidate_may_return (candidate, kept));
    }
}

typedef struct
{
  const char *name;
  const char *wallet;
  const char *request;
  const char *choices; /* "0:1 1:0", doc request and candidate */
  MdocMatchVerdict verdict;
} ChoiceCase;

#define TWO_AND_ONE "mdl m/sex; mdl m/sex; pid e/sex"
#define THREE       "mdl m/sex; pid e/sex; photoid p/sex"

static const ChoiceCase choice_cases[] = {
  { "nothing", TWO_AND_ONE, "mdl m/sex; pid e/sex", "", MDOC_MATCH_VERDICT_OK },
  { "one", TWO_AND_ONE, "mdl m/sex; pid e/sex", "1:0", MDOC_MATCH_VERDICT_OK },
  { "other-candidate",
    TWO_AND_ONE,
    "mdl m/sex; pid e/sex",
    "0:1 1:0",
    MDOC_MATCH_VERDICT_OK },
  { "any-order",
    TWO_AND_ONE,
    "mdl m/sex; pid e/sex",
    "1:0 0:0",
    MDOC_MATCH_VERDICT_OK },
  { "no-doc-request",
    TWO_AND_ONE,
    "mdl m/sex; pid e/sex",
    "2:0",
    MDOC_MATCH_VERDICT_UNKNOWN },
  { "no-candidate",
    TWO_AND_ONE,
    "mdl m/sex; pid e/sex",
    "1:1",
    MDOC_MATCH_VERDICT_UNKNOWN },
  { "twice-the-same",
    TWO_AND_ONE,
    "mdl several m/sex; pid e/sex",
    "0:1 0:1",
    MDOC_MATCH_VERDICT_UNKNOWN },
  { "several",
    TWO_AND_ONE,
    "mdl several m/sex; pid e/sex",
    "0:1 1:0 0:0",
    MDOC_MATCH_VERDICT_OK },
  { "several-not-welcome",
    TWO_AND_ONE,
    "mdl unique m/sex; pid several e/sex",
    "0:1 1:0 0:0",
    MDOC_MATCH_VERDICT_SEVERAL },
  { "several-not-defined",
    TWO_AND_ONE,
    "mdl m/sex; pid e/sex",
    "0:1 0:0",
    MDOC_MATCH_VERDICT_SEVERAL },

  { "use-case-of-nothing",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; O 1,2",
    "",
    MDOC_MATCH_VERDICT_USE_CASE },
  { "one-use-case",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; O 1,2",
    "0:0",
    MDOC_MATCH_VERDICT_OK },
  { "both-use-cases",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; O 1,2",
    "0:0 2:0 1:0",
    MDOC_MATCH_VERDICT_OK },
  { "half-a-use-case",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; O 1,2",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_USE_CASE },
  { "mandatory-missing",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; M 1,2",
    "0:0",
    MDOC_MATCH_VERDICT_MANDATORY },
  { "mandatory-half",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 1,2",
    "2:0",
    MDOC_MATCH_VERDICT_MANDATORY },
  { "optional-left-out",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; M 1,2",
    "1:0 2:0",
    MDOC_MATCH_VERDICT_OK },
  { "in-no-use-case",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_USE_CASE },
  { "two-sets-of-one",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|1",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_USE_CASE },
  { "second-set",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|1",
    "1:0",
    MDOC_MATCH_VERDICT_OK },
  { "two-sets-of-two",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|1; O 1|2",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_OK },
  { "set-within-a-set",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|0,1",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_OK },
  { "two-sets-of-one-within-one-of-three",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|1|0,1,2",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_USE_CASE },
  { "set-within-a-set-and-a-third",
    THREE,
    "mdl m/sex; pid e/sex; photoid p/sex # M 0|0,1|2",
    "0:0 1:0 2:0",
    MDOC_MATCH_VERDICT_USE_CASE },

  { "too-many-ages",
    "mdl m/age_over_18+ m/age_over_21+; pid e/age_over_16+",
    "mdl m/age_over_18 m/age_over_21; pid e/age_over_16",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_AGE_OVER },
  { "the-same-ages",
    "mdl m/age_over_18+ m/age_over_21+; pid e/age_over_21+",
    "mdl m/age_over_18 m/age_over_21; pid e/age_over_16",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_OK },
  { "too-large",
    "mdl m/portrait:3000; pid e/portrait:3000",
    "mdl m/portrait; pid max=5000 e/portrait",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_SIZE },
  { "too-large-for-the-first",
    "mdl m/portrait:3000; pid e/portrait:3000",
    "mdl max=5000 m/portrait; pid e/portrait",
    "0:0 1:0",
    MDOC_MATCH_VERDICT_SIZE },
};

static void
test_choice (gconstpointer data)
{
  const ChoiceCase *c = data;
  g_autoptr (MdocMatch) match = match_texts (c->wallet, c->request, NULL);
  g_auto (GStrv) words = g_strsplit (c->choices, " ", -1);
  MdocMatchChoice choices[8];
  guint n = 0;

  for (char **word = words; *word != NULL; word++)
    {
      char *end;

      choices[n].doc_request = (guint) strtoul (*word, &end, 10);
      choices[n++].candidate = (guint) strtoul (end + 1, NULL, 10);
    }

  g_assert_cmpstr (mdoc_match_verdict_get_name (
                       mdoc_match_check_choices (match, choices, n)),
                   ==,
                   mdoc_match_verdict_get_name (c->verdict));
}

/* Two ages that one attestation answers cost as much as one of them: what is
 * answered has no error. */
static void
test_estimate (void)
{
  g_autoptr (MdocMatch) one = NULL;
  g_autoptr (MdocMatch) two = NULL;
  g_autoptr (MdocMatch) missing = NULL;
  gsize n_one, n_two, n_missing;

  one = match_texts ("mdl m/age_over_21+", "mdl m/age_over_18", NULL);
  two = match_texts ("mdl m/age_over_21+",
                     "mdl m/age_over_18 m/age_over_20",
                     NULL);
  missing = match_texts ("mdl m/age_over_21+", "mdl m/age_over_18 m/sex", NULL);
  n_one = mdoc_match_get_doc_request (one, 0)->candidates[0].response_bytes;
  n_two = mdoc_match_get_doc_request (two, 0)->candidates[0].response_bytes;
  n_missing
      = mdoc_match_get_doc_request (missing, 0)->candidates[0].response_bytes;
  g_assert_cmpuint (n_one, ==, n_two);
  g_assert_cmpuint (n_one, <, n_missing);
}

static void
test_document_sets (void)
{
  g_autoptr (MdocMatch) match = NULL;

  match = match_texts ("mdl m/sex; pid e/sex",
                       "mdl m/sex; pid e/sex; photoid p/sex"
                       " # O 2|0,1; M 1,2|1",
                       NULL);
  g_assert_false (mdoc_match_has_document_set (match, 0, 0));
  g_assert_true (mdoc_match_has_document_set (match, 0, 1));
  g_assert_false (mdoc_match_has_document_set (match, 1, 0));
  g_assert_true (mdoc_match_has_document_set (match, 1, 1));
}

static void
test_names (void)
{
  g_assert_cmpstr (mdoc_match_outcome_get_name (MDOC_MATCH_FOUND), ==, "found");
  g_assert_cmpstr (mdoc_match_outcome_get_name (MDOC_MATCH_ENCRYPTION_REQUIRED),
                   ==,
                   "encryption-required");
  g_assert_cmpstr (mdoc_match_verdict_get_name (MDOC_MATCH_VERDICT_OK),
                   ==,
                   "ok");
  g_assert_cmpstr (mdoc_match_verdict_get_name (MDOC_MATCH_VERDICT_SIZE),
                   ==,
                   "size");
}

static void
test_ref (void)
{
  g_autoptr (MdocMatch) match = match_texts ("mdl m/sex", "mdl m/sex", NULL);
  g_autoptr (MdocMatch) other = mdoc_match_ref (match);

  g_clear_pointer (&match, mdoc_match_unref);
  g_assert_true (mdoc_match_is_satisfied (other));
  g_assert_cmpuint (mdoc_match_get_n_doc_requests (other), ==, 1);
  g_assert_cmpuint (mdoc_device_request_get_n_doc_requests (
                        mdoc_match_get_request (other)),
                    ==,
                    1);
  mdoc_match_unref (NULL);
  mdoc_match_document_unref (NULL);
}

/* What a hostile reader can ask for at most: each of 256 elements with 16
 * alternatives. A matcher that tried combinations would never come back. */
static MdocDeviceRequest *
hostile_request (guint set_size)
{
  g_autoptr (MdocDeviceRequestBuilder) builder = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  guint n = set_size == 1 ? 256 : 32;

  builder = mdoc_device_request_builder_new ();
  mdoc_device_request_builder_add_doc_request (builder, "t");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *requested = g_strdup_printf ("%x", i);
      MdocElementName names[16][32];
      MdocElementSet sets[16];
      MdocAlternative alternative = { .requested = { "n", requested },
                                      .sets = sets,
                                      .n_sets = 16 };

      for (guint j = 0; j < 16; j++)
        {
          for (guint k = 0; k < set_size; k++)
            names[j][k] = (MdocElementName){ "n", "y" };
          names[j][set_size - 1].element = j == 15 ? "z" : "q";
          sets[j] = (MdocElementSet){ names[j], set_size };
        }
      mdoc_device_request_builder_add_element (builder,
                                               0,
                                               "n",
                                               requested,
                                               FALSE);
      mdoc_device_request_builder_add_alternative (builder, 0, &alternative);
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
  return g_steal_pointer (&request);
}

/* Each name of the request is looked up at most once in each document. */
static void
test_linear (void)
{
  static const char *const documents[] = { "a.b/c", "n/y", "n/y n/z" };

  for (guint set_size = 1; set_size <= 8; set_size *= 8)
    {
      g_autoptr (MdocDeviceRequest) request = hostile_request (set_size);
      guint64 n_elements = set_size == 1 ? 256 : 32;
      guint64 n_names = n_elements * (1 + 16 * set_size);

      for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
        {
          g_autofree char *text = g_strconcat ("t ", documents[i], NULL);
          g_autoptr (GPtrArray) wallet = mdoc_test_wallet_new (text);
          g_autoptr (MdocMatch) match = NULL;

          for (guint j = 1; j < 50; j++)
            g_ptr_array_add (wallet,
                             mdoc_match_document_ref (
                                 g_ptr_array_index (wallet, 0)));
          match = mdoc_match_request (request,
                                      (gpointer) wallet->pdata,
                                      wallet->len,
                                      NULL);
          g_test_message ("%" G_GUINT64_FORMAT " steps for %" G_GUINT64_FORMAT
                          " names in 50 documents",
                          mdoc_match_get_n_steps (match),
                          n_names);
          g_assert_cmpuint (mdoc_match_get_n_steps (match), <=, 50 * n_names);
          g_assert_cmpint (mdoc_match_is_satisfied (match), ==, i == 2);
        }
    }
}

/* An mDL as an issuer makes it, and the response of a holder. */
typedef struct
{
  MdocKey *device_key;
  MdocTestReader *issuer;
  MdocIssuerSigned *issuer_signed;
} Credential;

static void
credential_clear (Credential *self)
{
  mdoc_issuer_signed_unref (self->issuer_signed);
  mdoc_test_reader_free (self->issuer);
  mdoc_key_unref (self->device_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Credential, credential_clear)

static void
credential_init (Credential *self, MdocCurve curve, gsize portrait_len)
{
  static const char *const elements[] = { "family_name",
                                          "given_name",
                                          "sex",
                                          "document_number",
                                          "height" };
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree guint8 *portrait = g_malloc0 (portrait_len);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  /* any certificate will do: nothing is verified here */
  self->issuer = mdoc_test_reader_new ("Issuer", MDOC_CURVE_P256);
  self->device_key = mdoc_key_generate (curve, &error);
  g_assert_no_error (error);
  builder = mdoc_issuer_signed_builder_new ("org.iso.18013.5.1.mDL",
                                            MDOC_HASH_SHA256);
  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    mdoc_issuer_signed_builder_add (builder,
                                    MDL_NAME_SPACE,
                                    elements[i],
                                    MDOC_SPAN ((const guint8 *) "\x05", 1));
  mdoc_issuer_signed_builder_add (builder,
                                  MDL_NAME_SPACE,
                                  "age_over_21",
                                  MDOC_SPAN ((const guint8 *) "\xf5", 1));
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (portrait, portrait_len));
  mdoc_issuer_signed_builder_add (builder,
                                  MDL_NAME_SPACE,
                                  "portrait",
                                  mdoc_cbor_writer_get_span (writer));
  mdoc_issuer_signed_builder_set_validity (builder,
                                           MDOC_TEST_READER_NOT_BEFORE,
                                           MDOC_TEST_READER_NOT_BEFORE,
                                           MDOC_TEST_READER_NOT_AFTER,
                                           0);
  mdoc_issuer_signed_builder_set_device_key (builder,
                                             mdoc_key_get_public (
                                                 self->device_key));
  encoded = mdoc_issuer_signed_builder_sign (builder,
                                             self->issuer->key,
                                             self->issuer->chain,
                                             &error);
  g_assert_no_error (error);
  self->issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);
}

static GBytes *
respond (const Credential *credential, const MdocMatchCandidate *candidate)
{
  g_autoptr (MdocDeviceResponseBuilder) builder = NULL;
  g_autoptr (MdocTranscript) transcript = NULL;
  g_autofree guint *items = g_new0 (guint, candidate->n_disclosures);
  g_autoptr (GError) error = NULL;
  MdocDocumentAnswer answer = { 0 };

  transcript = mdoc_transcript_new_qr (mdoc_span_from_text ("e"),
                                       mdoc_span_from_text ("k"));
  for (guint i = 0; i < candidate->n_disclosures; i++)
    items[i] = candidate->disclosures[i].item;
  answer.issuer_signed = credential->issuer_signed;
  answer.items = items;
  answer.n_items = candidate->n_disclosures;
  answer.device_key = credential->device_key;
  answer.transcript = transcript;
  builder = mdoc_device_response_builder_new ();
  g_assert_true (
      mdoc_device_response_builder_add_document (builder, &answer, &error));
  g_assert_no_error (error);
  return mdoc_device_response_builder_finish (builder);
}

/* The estimate is never too low, and not much too high. */
static void
test_response_size (void)
{
  static const struct
  {
    MdocCurve curve;
    gsize portrait_len;
    const char *request;
  } cases[] = {
    { MDOC_CURVE_P256, 20000, "mdl m/sex m/portrait m/age_over_18" },
    { MDOC_CURVE_P256, 10, "mdl m/sex" },
    { MDOC_CURVE_P521,
      100,
      "mdl m/sex m/portrait m/age_over_18 m/family_name m/given_name"
      " m/document_number m/height" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Credential) credential = { 0 };
      g_autoptr (MdocMatchDocument) document = NULL;
      g_autoptr (MdocDeviceRequest) request = NULL;
      g_autoptr (MdocMatch) match = NULL;
      g_autoptr (GBytes) response = NULL;
      g_autoptr (GError) error = NULL;
      const MdocMatchCandidate *candidate;
      gsize size;

      credential_init (&credential, cases[i].curve, cases[i].portrait_len);
      document = mdoc_match_document_new_from_issuer_signed (credential
                                                                 .issuer_signed,
                                                             &error);
      g_assert_no_error (error);
      request = mdoc_test_request_new (cases[i].request);
      match = mdoc_match_request (request, &document, 1, NULL);
      candidate = &mdoc_match_get_doc_request (match, 0)->candidates[0];
      g_assert_true (candidate->is_complete);

      response = respond (&credential, candidate);
      size = g_bytes_get_size (response);
      g_test_message ("%" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT,
                      size,
                      candidate->response_bytes);
      g_assert_cmpuint (size, <=, candidate->response_bytes);
      g_assert_cmpuint (candidate->response_bytes - size, <, 700);
    }
}

/* The limit itself, on both of its sides. */
static void
test_maximum_size (void)
{
  g_autoptr (MdocMatch) match = NULL;
  gsize bytes;

  match = match_texts ("mdl m/portrait:3000", "mdl m/portrait", NULL);
  bytes = mdoc_match_get_doc_request (match, 0)->candidates[0].response_bytes;
  for (guint over = 0; over <= 1; over++)
    {
      g_autofree char *request = NULL;
      g_autoptr (MdocMatch) limited = NULL;

      request = g_strdup_printf ("mdl max=%" G_GSIZE_FORMAT " m/portrait",
                                 bytes - over);
      limited = match_texts ("mdl m/portrait:3000", request, NULL);
      g_assert_cmpint (mdoc_match_get_doc_request (limited, 0)->outcome,
                       ==,
                       over == 1 ? MDOC_MATCH_SIZE : MDOC_MATCH_FOUND);
    }
}

static void
test_issuer_signed (void)
{
  g_auto (Credential) credential = { 0 };
  g_autoptr (MdocMatchDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  MdocSpan aki;
  guint n;

  credential_init (&credential, MDOC_CURVE_P256, 10);
  document = mdoc_match_document_new_from_issuer_signed (credential
                                                             .issuer_signed,
                                                         &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_match_document_get_doc_type (document),
                   ==,
                   "org.iso.18013.5.1.mDL");
  n = mdoc_issuer_signed_get_n_items (credential.issuer_signed);
  g_assert_cmpuint (mdoc_match_document_get_n_items (document), ==, n);
  for (guint i = 0; i < n; i++)
    {
      const MdocIssuerSignedItem *item;
      guint index;

      item = mdoc_issuer_signed_get_item (credential.issuer_signed, i);
      g_assert_true (mdoc_match_document_find (document,
                                               item->name_space,
                                               item->element,
                                               &index));
      g_assert_cmpuint (index, ==, i);
      g_assert_cmpuint (mdoc_match_document_get_item (document, i)->encoded_len,
                        ==,
                        item->encoded.len);
      g_assert_cmpint (mdoc_match_document_get_item (document, i)->value,
                       ==,
                       g_str_equal (item->element, "age_over_21")
                           ? MDOC_MATCH_BOOLEAN_TRUE
                           : MDOC_MATCH_BOOLEAN_NONE);
    }

  aki = mdoc_certificate_get_aki (
      g_ptr_array_index (credential.issuer->chain, 0));
  g_assert_cmpuint (aki.len, >, 0);
  g_assert_true (mdoc_match_document_has_issuer_identifier (document, aki));
  aki.len--;
  g_assert_false (mdoc_match_document_has_issuer_identifier (document, aki));
}

/* What an issuer in the field hands out. */
static void
test_real_documents (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  g_autoptr (MdocDocTypeTable) doc_types = mdoc_test_doc_types_new ();
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (MdocMatchDocument) document = NULL;
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocMatch) match = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  encoded = mdoc_test_vectors_dup_hex (
      json_object_get_object_member (json_object_get_object_member (file,
                                                                    "vectors"),
                                     "bdr_issuer_signed"),
      "hex");
  issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);
  document = mdoc_match_document_new_from_issuer_signed (issuer_signed, &error);
  g_assert_no_error (error);
  request = mdoc_test_request_new (
      "mdl m/family_name m/portrait m/driving_privileges m/nothing");
  match = mdoc_match_request (request, &document, 1, doc_types);
  text = mdoc_test_match_to_text (match);
  g_assert_cmpstr (text,
                   ==,
                   "found | 0 part m/family_name m/portrait*"
                   " m/driving_privileges -m/nothing\n=> 0:0");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/match-rules/age-table", test_age_table);
  g_test_add_func ("/match-rules/all-ages", test_all_ages);
  g_test_add_func ("/match-rules/portrait", test_portrait_rule);
  for (gsize i = 0; i < G_N_ELEMENTS (choice_cases); i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/match-rules/choice/%s", choice_cases[i].name);
      g_test_add_data_func (path, &choice_cases[i], test_choice);
    }
  g_test_add_func ("/match-rules/document-sets", test_document_sets);
  g_test_add_func ("/match-rules/estimate", test_estimate);
  g_test_add_func ("/match-rules/names", test_names);
  g_test_add_func ("/match-rules/ref", test_ref);
  g_test_add_func ("/match-rules/linear", test_linear);
  g_test_add_func ("/match-rules/response-size", test_response_size);
  g_test_add_func ("/match-rules/maximum-size", test_maximum_size);
  g_test_add_func ("/match-rules/issuer-signed", test_issuer_signed);
  g_test_add_func ("/match-rules/real-documents", test_real_documents);

  return g_test_run ();
}
