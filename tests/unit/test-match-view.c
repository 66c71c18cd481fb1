/*
 * test-match-view.c - documents seen with the eyes of a document type
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-match-private.h"
#include "tests/lib/mdoc-test-match.h"
#include "tests/lib/mdoc-test-vectors.h"

/* A type whose names mean something else than one would guess. */
static const char odd[] = "[document]\n"
                          "doc-type=t\n"
                          "alias=t\n"
                          "name=T\n"
                          "[name-space n]\n"
                          "[name-space m]\n"
                          "[element n/age_over_18]\n"
                          "name=Not an age\n"
                          "type=bool\n"
                          "[element n/part_NN]\n"
                          "name=Part\n"
                          "type=bool\n"
                          "synonyms=m/part_NN\n"
                          "[element n/face]\n"
                          "name=Face\n"
                          "type=bstr\n"
                          "rule=portrait\n"
                          "[element n/portrait]\n"
                          "name=Who painted it\n"
                          "type=tstr\n";

static void
assert_resolves (MdocMatchView *view,
                 const char *name_space,
                 const char *element,
                 guint item,
                 MdocMatchVia via)
{
  MdocMatchVia found_via = MDOC_MATCH_VIA_NONE;
  guint age = 0;

  g_test_message ("%s/%s", name_space, element);
  g_assert_cmpuint (mdoc_match_view_resolve (view,
                                             name_space,
                                             element,
                                             &found_via,
                                             &age),
                    ==,
                    item);
  if (item != MDOC_MATCH_NO_ITEM)
    g_assert_cmpint (found_via, ==, via);
}

static void
test_odd (void)
{
  static const char *const items[] = { "m/part_03",
                                       "m/part_01",
                                       "m/part_02",
                                       "n/age_over_21" };
  const guint8 true_ = 0xf5;
  g_autoptr (MdocMatchDocument) document = mdoc_match_document_new ("t");
  g_autoptr (MdocDocType) doc_type = NULL;
  g_autoptr (MdocMatchView) view = NULL;
  g_autoptr (GError) error = NULL;

  doc_type = mdoc_doc_type_parse (odd, strlen (odd), &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    {
      const char name_space[] = { items[i][0], '\0' };

      mdoc_match_document_add_item (document,
                                    name_space,
                                    items[i] + 2,
                                    MDOC_SPAN (&true_, 1),
                                    1);
    }
  view = mdoc_match_view_new (document, doc_type);

  /* members of a family are told apart, by either name */
  assert_resolves (view, "n", "part_01", 1, MDOC_MATCH_VIA_SYNONYM);
  assert_resolves (view, "n", "part_02", 2, MDOC_MATCH_VIA_SYNONYM);
  assert_resolves (view, "n", "part_03", 0, MDOC_MATCH_VIA_SYNONYM);
  assert_resolves (view, "m", "part_03", 0, MDOC_MATCH_VIA_NAME);
  assert_resolves (view, "n", "part_04", MDOC_MATCH_NO_ITEM, 0);

  /* the nearest age is for what the type does not describe otherwise */
  assert_resolves (view, "n", "age_over_20", 3, MDOC_MATCH_VIA_NEAREST_AGE);
  assert_resolves (view, "n", "age_over_18", MDOC_MATCH_NO_ITEM, 0);

  g_assert_true (mdoc_match_view_is_portrait (view, "n", "face"));
  g_assert_false (mdoc_match_view_is_portrait (view, "n", "portrait"));
  g_assert_true (mdoc_match_view_is_portrait (view, "x", "portrait"));
  g_assert_false (mdoc_match_view_is_portrait (view, "x", "face"));
}

/* A document says the same of an age twice, under the old name and the new. */
static void
test_age_twice (void)
{
  g_autoptr (GPtrArray) wallet = NULL;
  g_autoptr (MdocDocTypeTable) doc_types = mdoc_test_doc_types_new ();
  g_autoptr (MdocMatchView) view = NULL;
  MdocDocType *photoid;

  photoid = mdoc_doc_type_table_lookup (doc_types, "org.iso.23220.photoid.1");
  wallet = mdoc_test_wallet_new ("photoid p/age_over_18+ q/age_over_18-");
  view = mdoc_match_view_new (g_ptr_array_index (wallet, 0), photoid);
  assert_resolves (view,
                   "org.iso.23220.1",
                   "age_over_18",
                   0,
                   MDOC_MATCH_VIA_NAME);
  assert_resolves (view,
                   "org.iso.23220.photoid.1",
                   "age_over_18",
                   0,
                   MDOC_MATCH_VIA_SYNONYM);
  assert_resolves (view,
                   "org.iso.23220.1",
                   "age_over_16",
                   0,
                   MDOC_MATCH_VIA_NEAREST_AGE);
}

/* An item without a value, which no credential has, attests nothing. */
static void
test_no_value (void)
{
  g_autoptr (MdocMatchDocument) document = mdoc_match_document_new ("t");

  mdoc_match_document_add_item (document,
                                "n",
                                "age_over_18",
                                MDOC_SPAN (NULL, 0),
                                1);
  g_assert_cmpint (mdoc_match_document_get_item (document, 0)->value,
                   ==,
                   MDOC_MATCH_BOOLEAN_NONE);
}

/* Without its certificates nobody could say who issued a document. */
static void
test_broken_chain (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("real-world-mdoc.json");
  g_autoptr (MdocIssuerSigned) issuer_signed = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  const MdocSign1 *auth;
  gsize size;
  guint8 *copy;
  guint8 *der;

  encoded = mdoc_test_vectors_dup_hex (
      json_object_get_object_member (json_object_get_object_member (file,
                                                                    "vectors"),
                                     "bdr_issuer_signed"),
      "hex");
  issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);
  auth = mdoc_issuer_signed_get_issuer_auth (issuer_signed);
  copy = g_memdup2 (g_bytes_get_data (encoded, &size),
                    g_bytes_get_size (encoded));
  der = memmem (copy, size, auth->x5chain[0].data, auth->x5chain[0].len);
  der[0] = 0x31;
  g_clear_pointer (&issuer_signed, mdoc_issuer_signed_unref);
  g_clear_pointer (&encoded, g_bytes_unref);
  encoded = g_bytes_new_take (copy, size);
  issuer_signed = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_no_error (error);

  g_assert_null (
      mdoc_match_document_new_from_issuer_signed (issuer_signed, &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/match-view/odd", test_odd);
  g_test_add_func ("/match-view/age-twice", test_age_twice);
  g_test_add_func ("/match-view/no-value", test_no_value);
  g_test_add_func ("/match-view/broken-chain", test_broken_chain);

  return g_test_run ();
}
