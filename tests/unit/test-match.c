/*
 * test-match.c - requests and wallets, and what the holder is to be asked
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "mdoc/mdoc-match.h"
#include "tests/lib/mdoc-test-match.h"
#include "tests/lib/mdoc-test-vectors.h"

typedef struct
{
  const char *name;
  const char *wallet;
  const char *request;
  const char *expected; /* see mdoc_test_match_to_text() */
} Scenario;

#define MDL_OF_21 "mdl m/age_over_18+ m/age_over_21+ m/age_over_65-"

/* with the document types of the tree */
static const Scenario scenarios[] = {
  /* one document */
  { "all-there",
    "mdl m/family_name m/portrait m/sex",
    "mdl m/family_name! m/portrait",
    "found | 0 m/family_name! m/portrait*\n=> 0:0" },
  { "a-part-is-an-answer",
    "mdl m/family_name m/portrait",
    "mdl m/family_name! m/portrait m/sex",
    "found | 0 part m/family_name! m/portrait* -m/sex\n=> 0:0" },
  { "order-is-that-of-the-request",
    "mdl m/sex m/portrait m/family_name",
    "mdl m/portrait m/family_name m/sex",
    "found | 0 m/portrait* m/family_name m/sex\n=> 0:0" },
  { "nothing-of-it", "mdl m/family_name", "mdl m/sex u/sex", "elements\n=>" },
  { "no-such-document",
    "mdl m/family_name",
    "pid e/family_name",
    "no-document\n=>" },
  { "empty-document", "mdl", "mdl m/family_name", "elements\n=>" },
  { "same-name-elsewhere", "mdl u/sex", "mdl m/sex", "elements\n=>" },
  { "unknown-document-type",
    "org.example.card n.s/id",
    "org.example.card n.s/id! n.s/more",
    "found | 0 part n.s/id! -n.s/more\n=> 0:0" },
  { "element-twice-in-a-document",
    "mdl m/sex m/family_name m/sex",
    "mdl m/sex",
    "found | 0 m/sex\n=> 0:0" },

  /* several documents */
  { "the-more-complete-goes-first",
    "mdl m/sex; mdl m/sex m/height m/weight; mdl m/height m/sex",
    "mdl m/sex m/height m/weight",
    "found | 1 m/sex m/height m/weight"
    " | 2 part m/sex m/height -m/weight"
    " | 0 part m/sex -m/height -m/weight\n=> 0:1" },
  { "else-in-the-order-given",
    "mdl m/sex; pid e/sex; mdl m/sex; mdl m/sex",
    "mdl m/sex",
    "found | 0 m/sex | 2 m/sex | 3 m/sex\n=> 0:0" },
  { "several-are-welcome",
    "mdl m/sex; mdl m/sex",
    "mdl several m/sex",
    "found | 0 m/sex | 1 m/sex\n=> 0:0" },
  { "each-doc-request-by-itself",
    "pid e/family_name; mdl m/family_name m/sex",
    "mdl m/sex; photoid p/sex; pid e/sex e/family_name!",
    "found | 1 m/sex\nno-document\n"
    "found | 0 part e/family_name! -e/sex\n=> 0:1 2:0" },
  { "one-document-for-two",
    "mdl m/sex m/height",
    "mdl m/sex; mdl m/height",
    "found | 0 m/sex\nfound | 0 m/height\n=> 0:0 1:0" },

  /* issuers */
  { "by-that-issuer",
    "mdl @01 m/sex; mdl @02 @0304 m/sex; mdl m/sex",
    "mdl @05 @0304 m/sex",
    "found | 1 m/sex\n=> 0:1" },
  { "by-another-issuer", "mdl @01 m/sex", "mdl @0101 m/sex", "issuer\n=>" },
  { "issuer-but-not-the-elements",
    "mdl @01 m/sex; mdl @02 m/height",
    "mdl @01 m/height",
    "elements\n=>" },
  { "issuer-of-another-document",
    "pid @01 e/sex; mdl @02 m/sex",
    "mdl @01 m/sex",
    "issuer\n=>" },

  /* alternatives */
  { "first-choice-first",
    "mdl m/birth_date m/age_in_years",
    "mdl m/age_over_18!>m/age_in_years|m/birth_date",
    "found | 0 m/age_in_years>!\n=> 0:0" },
  { "second-choice",
    "mdl m/birth_date",
    "mdl m/age_over_18>m/age_in_years|m/birth_date",
    "found | 0 m/birth_date>\n=> 0:0" },
  { "no-choice-left",
    "mdl m/sex",
    "mdl m/sex m/age_over_18>m/age_in_years|m/birth_date",
    "found | 0 part m/sex -m/age_over_18\n=> 0:0" },
  { "not-needed",
    "mdl m/sex m/birth_date",
    "mdl m/sex>m/birth_date",
    "found | 0 m/sex\n=> 0:0" },
  { "a-set-is-taken-whole",
    "mdl m/resident_city m/resident_address",
    "mdl m/resident_postal_code>m/resident_city+m/resident_state"
    "|m/resident_address",
    "found | 0 m/resident_address>\n=> 0:0" },
  { "all-of-the-set",
    "mdl m/resident_state m/resident_city m/resident_address",
    "mdl m/sex>m/height m/resident_postal_code!>m/resident_city"
    "+m/resident_state|m/resident_address",
    "found | 0 part m/resident_city>! m/resident_state>! -m/sex\n=> 0:0" },
  { "one-item-for-two",
    "photoid d/dg1",
    "photoID p/first_name>p/first_name_latin1|g/dg1"
    " p/last_name!>p/last_name_latin1|g/dg1",
    "found | 0 d/dg1>!\n=> 0:0" },
  { "asked-for-and-standing-in",
    "mdl m/birth_date",
    "mdl m/age_over_18!>m/birth_date m/birth_date",
    "found | 0 m/birth_date>!\n=> 0:0" },
  { "alternatives-in-the-order-of-the-request",
    "mdl m/sex m/height m/weight",
    "mdl m/eye_colour>m/weight m/sex m/hair_colour>m/height",
    "found | 0 m/weight> m/sex m/height>\n=> 0:0" },
  { "chosen-for-each-document",
    "mdl m/birth_date; mdl m/age_in_years",
    "mdl m/age_over_18>m/age_in_years|m/birth_date",
    "found | 0 m/birth_date> | 1 m/age_in_years>\n=> 0:0" },

  /* ages; the table of the standard is in test-match-rules */
  { "nearest-age",
    "mdl m/age_over_21+ m/portrait",
    "mdl m/age_over_18! m/portrait",
    "found | 0 m/age_over_21~! m/portrait*\n=> 0:0" },
  { "one-age-for-three",
    "mdl m/age_over_21+",
    "mdl m/age_over_18 m/age_over_19! m/age_over_21",
    "found | 0 m/age_over_21~!\n=> 0:0" },
  { "nearest-goes-before-alternatives",
    "mdl m/age_over_21+ m/birth_date",
    "mdl m/age_over_18>m/birth_date",
    "found | 0 m/age_over_21~\n=> 0:0" },
  { "nearest-in-an-alternative",
    "mdl m/age_over_60-",
    "mdl m/birth_date>m/age_over_65",
    "found | 0 m/age_over_60>\n=> 0:0" },
  { "no-more-than-two-ages",
    MDL_OF_21,
    "mdl m/age_over_18 m/age_over_21 m/age_over_65",
    "found | 0 part m/age_over_18 m/age_over_21 ^m/age_over_65\n=> 0:0" },
  { "a-third-question-that-two-answer",
    MDL_OF_21,
    "mdl m/age_over_18 m/age_over_21 m/age_over_20",
    "found | 0 m/age_over_18 m/age_over_21\n=> 0:0" },
  { "instead-of-a-third-age",
    MDL_OF_21 " m/birth_date",
    "mdl m/age_over_18 m/age_over_21 m/age_over_65>m/birth_date",
    "found | 0 m/age_over_18 m/age_over_21 m/birth_date>\n=> 0:0" },
  { "no-third-age-in-an-alternative",
    MDL_OF_21,
    "mdl m/sex>m/age_over_18 m/age_over_21 m/age_over_65",
    "found | 0 part m/age_over_21 m/age_over_65 -m/sex\n=> 0:0" },
  { "no-set-with-too-many-ages",
    MDL_OF_21 " m/height",
    "mdl m/sex>m/age_over_18+m/age_over_21+m/age_over_65|m/height",
    "found | 0 m/height>\n=> 0:0" },
  { "a-set-with-two-ages",
    MDL_OF_21,
    "mdl m/sex>m/age_over_18+m/age_over_65 m/height>m/age_over_21",
    "found | 0 part m/age_over_18> m/age_over_65> -m/height\n=> 0:0" },
  { "an-age-that-is-no-boolean",
    "mdl m/age_over_18 m/age_over_21+",
    "mdl m/age_over_18",
    "found | 0 m/age_over_21~\n=> 0:0" },
  { "an-age-that-is-no-boolean-alone",
    "mdl m/age_over_18",
    "mdl m/age_over_18",
    "elements\n=>" },
  { "ages-of-another-name-space",
    "mdl u/age_over_21+",
    "mdl m/age_over_18",
    "elements\n=>" },
  { "ages-under-another-name",
    "photoid q/age_over_21+ q/age_over_16+",
    "photoid p/age_over_18 p/age_over_16",
    "found | 0 q/age_over_21~ q/age_over_16=\n=> 0:0" },
  { "ages-of-an-unknown-document-type",
    "org.example.card n.s/age_over_21+",
    "org.example.card n.s/age_over_18",
    "found | 0 n.s/age_over_21~\n=> 0:0" },
  { "no-age-that-looks-like-one",
    "mdl m/age_over_180 m/age_over_1 m/age_over_xx",
    "mdl m/age_over_180 m/age_over_1 m/age_over_18",
    "found | 0 part m/age_over_180 m/age_over_1 -m/age_over_18\n=> 0:0" },
  { "two-ages-in-all-documents",
    MDL_OF_21 "; pid e/age_over_16+ e/family_name",
    "mdl m/age_over_18 m/age_over_21; pid e/age_over_16 e/family_name",
    "found | 0 m/age_over_18 m/age_over_21\n"
    "found | 1 e/age_over_16 e/family_name\n=> 0:0" },
  { "another-document-without-a-third-age",
    MDL_OF_21 "; pid e/age_over_16+ e/family_name; pid e/family_name",
    "mdl m/age_over_18 m/age_over_21; pid e/age_over_16 e/family_name",
    "found | 0 m/age_over_18 m/age_over_21\n"
    "found | 1 e/age_over_16 e/family_name"
    " | 2 part e/family_name -e/age_over_16\n=> 0:0 1:2" },
  { "the-same-age-in-two-documents",
    MDL_OF_21 "; pid e/age_over_21+",
    "mdl m/age_over_18 m/age_over_21; pid e/age_over_21",
    "found | 0 m/age_over_18 m/age_over_21\nfound | 1 e/age_over_21\n"
    "=> 0:0 1:1" },

  /* names that changed */
  { "old-document-type-and-names",
    "photoid p/family_name p/given_name_unicode",
    "photoID p/last_name p/given_name",
    "found | 0 p/family_name= p/given_name_unicode=\n=> 0:0" },
  { "the-name-itself-goes-first",
    "photoid p/family_name p/family_name_unicode",
    "photoid p/family_name_unicode",
    "found | 0 p/family_name_unicode\n=> 0:0" },
  { "old-name-space",
    "photoid g/dg1 d/dg2",
    "photoid d/dg1 g/dg2",
    "found | 0 g/dg1= d/dg2=\n=> 0:0" },
  { "both-names-asked-for",
    "photoid p/family_name",
    "photoid p/family_name p/family_name_unicode!",
    "found | 0 p/family_name!\n=> 0:0" },
  { "members-of-a-family-are-not-the-same",
    "mdl m/biometric_template_face m/biometric_template_iris",
    "mdl m/biometric_template_iris m/biometric_template_finger",
    "found | 0 part m/biometric_template_iris -m/biometric_template_finger"
    "\n=> 0:0" },

  /* the portrait */
  { "portrait-by-a-data-group",
    "photoid d/dg2 p/family_name",
    "photoid p/family_name p/portrait>g/dg2",
    "found | 0 p/family_name d/dg2>*\n=> 0:0" },
  { "data-group-is-no-portrait-else",
    "photoid d/dg2",
    "photoid d/dg2",
    "found | 0 d/dg2\n=> 0:0" },
  { "portrait-of-an-unknown-document-type",
    "org.example.card n.s/portrait",
    "org.example.card n.s/portrait",
    "found | 0 n.s/portrait*\n=> 0:0" },
  { "enrolment-portrait-is-no-portrait",
    "photoid p/enrolment_portrait_image",
    "photoid p/enrolment_portrait_image",
    "found | 0 p/enrolment_portrait_image\n=> 0:0" },

  /* what we do not do */
  { "zk-required", "mdl m/sex", "mdl zk m/sex", "zk-required\n=>" },
  { "zk-welcome", "mdl m/sex", "mdl zk? m/sex", "found | 0 m/sex\n=> 0:0" },
  { "encryption", "mdl m/sex", "mdl enc m/sex", "encryption-required\n=>" },
  { "the-others-are-answered",
    "mdl m/sex",
    "mdl enc m/sex; mdl m/sex; mdl zk m/sex",
    "encryption-required\nfound | 0 m/sex\nzk-required\n=> 1:0" },

  /* size */
  { "too-large", "mdl m/portrait:5000", "mdl max=5000 m/portrait", "size\n=>" },
  { "another-is-small-enough",
    "mdl m/portrait:5000; mdl m/portrait:1000",
    "mdl max=5000 m/portrait",
    "found | 1 m/portrait*\n=> 0:1" },
  { "too-large-together",
    "mdl m/portrait:3000; pid e/portrait:3000",
    "mdl m/portrait; pid max=5000 e/portrait",
    "found | 0 m/portrait*\nfound | 1 e/portrait*\n=> 0:0" },
  { "too-large-together-the-other-way",
    "mdl m/portrait:3000; pid e/portrait:3000; pid e/sex",
    "mdl max=5000 m/portrait; pid e/portrait e/sex",
    "found | 0 m/portrait*\n"
    "found | 1 part e/portrait* -e/sex | 2 part e/sex -e/portrait\n"
    "=> 0:0 1:2" },

  /* use cases */
  { "met", "mdl m/sex", "mdl m/sex # M 0", "found | 0 m/sex\n=> 0:0" },
  { "a-part-is-no-answer",
    "mdl m/sex",
    "mdl m/sex m/height # O 0",
    "elements\n=>" },
  { "an-alternative-is",
    "mdl m/age_over_21+ m/height",
    "mdl m/age_over_18 m/sex>m/height # O 0",
    "found | 0 m/age_over_21~ m/height>\n=> 0:0" },
  { "first-set",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex # M 1|0",
    "found | 0 m/sex\nfound | 1 e/sex\n=> 1:1" },
  { "second-set",
    "mdl m/sex",
    "mdl m/sex; pid e/sex # M 1|0",
    "found | 0 m/sex\nno-document\n=> 0:0" },
  { "set-of-two",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex; photoid p/sex # M 0,2|1,0",
    "found | 0 m/sex\nfound | 1 e/sex\nno-document\n=> 0:0 1:1" },
  { "mandatory-not-met",
    "mdl m/sex",
    "mdl m/sex; pid e/sex # O 0; M 1",
    "found | 0 m/sex\nno-document\n=>" },
  { "second-mandatory-not-met",
    "mdl m/sex",
    "mdl m/sex; pid e/sex # M 0; M 1",
    "found | 0 m/sex\nno-document\n=>" },
  /* what two use cases ask for is sent once: 23,000 bytes of 30,000 */
  { "large-but-once",
    "mdl m/portrait:20000; pid e/sex",
    "mdl max=30000 m/portrait; pid e/sex # M 0; M 0,1",
    "found | 0 m/portrait*\nfound | 1 e/sex\n=> 0:0 1:1" },
  { "optional-not-met",
    "mdl m/sex",
    "mdl m/sex; pid e/sex # O 1; M 0",
    "found | 0 m/sex\nno-document\n=> 0:0" },
  { "none-met",
    "photoid p/sex",
    "mdl m/sex; pid e/sex; photoid p/sex # O 0; O 1",
    "no-document\nno-document\nfound | 0 p/sex\n=>" },
  { "in-no-use-case",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex # M 0",
    "found | 0 m/sex\nfound | 1 e/sex\n=> 0:0" },
  { "all-that-can-be-met",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex # O 1; O 0",
    "found | 0 m/sex\nfound | 1 e/sex\n=> 0:0 1:1" },
  { "what-is-needed-anyway",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex # O 0|1; M 1",
    "found | 0 m/sex\nfound | 1 e/sex\n=> 1:1" },
  { "mandatory-takes-the-ages",
    "mdl m/age_over_18+ m/age_over_65-; pid e/age_over_21+",
    "mdl m/age_over_18 m/age_over_65; pid e/age_over_21 # O 0; M 1",
    "found | 0 m/age_over_18 m/age_over_65\nfound | 1 e/age_over_21\n"
    "=> 1:1" },
  { "second-set-for-want-of-ages",
    "mdl m/age_over_18+ m/age_over_65-; pid e/age_over_21+; pid e/sex",
    "mdl m/age_over_18 m/age_over_65; pid e/age_over_21; pid e/sex"
    " # M 0; M 1|2",
    "found | 0 m/age_over_18 m/age_over_65\nfound | 1 e/age_over_21\n"
    "found | 2 e/sex\n=> 0:0 2:2" },
  { "half-a-set-is-not-kept",
    "mdl m/sex; pid e/sex",
    "mdl m/sex; pid e/sex; photoid p/sex # O 0,2; O 1",
    "found | 0 m/sex\nfound | 1 e/sex\nno-document\n=> 1:1" },

  /* nobody home */
  { "empty-wallet", "", "mdl m/sex", "no-document\n=>" },
};

/* the same without knowing any document type */
static const Scenario plain_scenarios[] = {
  { "names-as-they-are",
    "photoid p/family_name p/portrait",
    "photoid p/family_name p/family_name_unicode p/portrait",
    "found | 0 part p/family_name p/portrait* -p/family_name_unicode"
    "\n=> 0:0" },
  { "another-document-type",
    "photoid p/family_name",
    "photoID p/family_name",
    "no-document\n=>" },
  { "ages-by-their-name",
    "photoid p/age_over_21+ q/age_over_18+",
    "photoid p/age_over_18",
    "found | 0 p/age_over_21~\n=> 0:0" },
};

static GPtrArray *
open_wallet (const char *text)
{
  if (*text == '\0')
    return g_ptr_array_new ();
  return mdoc_test_wallet_new (text);
}

static void
run (const Scenario *scenario, MdocDocTypeTable *doc_types)
{
  g_autoptr (GPtrArray) wallet = open_wallet (scenario->wallet);
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (MdocMatch) match = NULL;
  g_autofree char *text = NULL;
  const MdocMatchChoice *choices;
  guint n;

  request = mdoc_test_request_new (scenario->request);
  match = mdoc_match_request (request,
                              (gpointer) wallet->pdata,
                              wallet->len,
                              doc_types);
  text = mdoc_test_match_to_text (match);
  g_assert_cmpstr (text, ==, scenario->expected);

  /* what is proposed may be sent */
  choices = mdoc_match_get_proposal (match, &n);
  g_assert_cmpint (n > 0, ==, mdoc_match_is_satisfied (match));
  if (n > 0)
    g_assert_cmpstr (mdoc_match_verdict_get_name (
                         mdoc_match_check_choices (match, choices, n)),
                     ==,
                     "ok");
}

static void
test_scenario (gconstpointer data)
{
  g_autoptr (MdocDocTypeTable) doc_types = mdoc_test_doc_types_new ();

  run (data, doc_types);
}

static void
test_plain_scenario (gconstpointer data)
{
  run (data, NULL);
}

/* The example of the second edition against three wallets. It asks for a
 * `family._name` in place of the name in national characters, by mistake. */
static void
test_annex_d_extended (void)
{
  static const Scenario wallets[] = {
    { "driver",
      "mdl m/portrait m/birth_date m/issue_date m/expiry_date"
      " m/document_number m/given_name m/family_name"
      " m/family_name_national_character m/driving_privileges m/age_over_21+"
      " m/resident_city m/resident_state m/resident_address",
      NULL,
      "found | 0 m/portrait!* m/birth_date! m/issue_date! m/expiry_date!"
      " m/document_number! m/given_name>! m/family_name_national_character!"
      " m/driving_privileges>!\n"
      "found | 0 m/portrait!* m/given_name! m/age_over_21~! m/family_name!"
      " m/resident_city>! m/resident_state>!\n"
      "no-document\n=> 0:0 1:0" },
    { "driver-without-national-characters",
      "mdl m/portrait m/birth_date m/issue_date m/expiry_date"
      " m/document_number m/given_name m/family_name m/driving_privileges"
      " m/resident_address",
      NULL,
      "elements\n"
      "found | 0 m/portrait!* m/given_name! m/birth_date>! m/family_name!"
      " m/resident_address>!\n"
      "no-document\n=> 1:0" },
    { "holder-of-a-photo-id",
      "photoid d/dg1:100 d/dg2:9000 p/resident_postal_code p/age_over_18+",
      NULL,
      "no-document\nno-document\n"
      "found | 0 d/dg2>!* d/dg1>! p/age_over_18! p/resident_postal_code>!\n"
      "=> 2:0" },
  };
  g_autoptr (MdocDocTypeTable) doc_types = mdoc_test_doc_types_new ();
  g_autoptr (MdocDeviceRequest) request = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  encoded = mdoc_test_annex_d ("device_request_extended_2nd_edition");
  request = mdoc_device_request_parse (encoded, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (wallets); i++)
    {
      g_autoptr (GPtrArray) wallet = mdoc_test_wallet_new (wallets[i].wallet);
      g_autoptr (MdocMatch) match = NULL;
      g_autofree char *text = NULL;

      match = mdoc_match_request (request,
                                  (gpointer) wallet->pdata,
                                  wallet->len,
                                  doc_types);
      text = mdoc_test_match_to_text (match);
      g_assert_cmpstr (text, ==, wallets[i].expected);
    }
}

static void
add_scenarios (const char *group,
               const Scenario *list,
               gsize n,
               GTestDataFunc test)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/match/%s/%s", group, list[i].name);
      g_test_add_data_func (path, &list[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_scenarios ("scenario",
                 scenarios,
                 G_N_ELEMENTS (scenarios),
                 test_scenario);
  add_scenarios ("plain",
                 plain_scenarios,
                 G_N_ELEMENTS (plain_scenarios),
                 test_plain_scenario);
  g_test_add_func ("/match/annex-d-extended", test_annex_d_extended);

  return g_test_run ();
}
