/*
 * test-issuer-signed.c - credentials, as issuers hand them out
 *
 * long because: reading and writing are held against each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-issuer-signed-private.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-write-error.h"
#include "tests/lib/mdoc-test-credential.h"
#include "tests/lib/mdoc-test-map.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

#define DIGEST_ID  "686469676573744944"
#define RANDOM     "6672616e646f6d"
#define IDENTIFIER "71656c656d656e744964656e746966696572"
#define VALUE      "6c656c656d656e7456616c7565"

#define RANDOM_16 RANDOM "50000102030405060708090a0b0c0d0e0f"

/* {"digestID": 0, "random": …, "elementIdentifier": "a", "elementValue": 1} */
#define ITEM "d8185845 a4" DIGEST_ID "00" RANDOM_16 IDENTIFIER "6161" VALUE "01"

typedef struct
{
  const char *name;
  const char *key; /* of IssuerSigned: which member, */
  const char *hex; /* and with which value; NULL: without it */
  int code;
} Case;

static const Case cases[] = {
  { "good", NULL, NULL, ACCEPTED },
  { "unknown-member", "x", "80", ACCEPTED },
  { "no-name-spaces", "nameSpaces", NULL, ACCEPTED },
  { "no-issuer-auth", "issuerAuth", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-auth-is-null", "issuerAuth", "f6", MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-auth-is-detached",
    "issuerAuth",
    "84 43a10126 a0 f6 40",
    MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-auth-of-no-cbor",
    "issuerAuth",
    "84 43a10126 a0 40 40",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "issuer-auth-without-tag",
    "issuerAuth",
    "84 43a10126 a0 41a0 40",
    MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-auth-of-another-tag",
    "issuerAuth",
    "84 43a10126 a0 44d81941a0 40",
    MDOC_CBOR_ERROR_SCHEMA },
  { "issuer-auth-of-an-empty-mso",
    "issuerAuth",
    "84 43a10126 a0 44d81841a0 40",
    MDOC_CBOR_ERROR_SCHEMA },

  { "name-spaces-are-null", "nameSpaces", "f6", MDOC_CBOR_ERROR_SCHEMA },
  { "name-spaces-empty", "nameSpaces", "a0", ACCEPTED },
  { "name-space-is-empty", "nameSpaces", "a1 616e 80", ACCEPTED },
  { "name-space-without-name",
    "nameSpaces",
    "a1 60 80",
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-is-bytes", "nameSpaces", "a1 416e 80", MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-is-a-map", "nameSpaces", "a1 616e a0", MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-twice",
    "nameSpaces",
    "a2 616e 80 616e 80",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "one-item", "nameSpaces", "a1 616e 81" ITEM, ACCEPTED },
  { "item-twice",
    "nameSpaces",
    "a1 616e 82" ITEM ITEM,
    MDOC_CBOR_ERROR_DUPLICATE },
  { "item-in-two-name-spaces",
    "nameSpaces",
    "a2 616e 81" ITEM "616d 81" ITEM,
    ACCEPTED },
  { "item-without-tag", "nameSpaces", "a1 616e 81 a0", MDOC_CBOR_ERROR_SCHEMA },
  { "item-of-another-tag",
    "nameSpaces",
    "a1 616e 81 d81941a0",
    MDOC_CBOR_ERROR_SCHEMA },
  { "item-is-no-map",
    "nameSpaces",
    "a1 616e 81 d8184180",
    MDOC_CBOR_ERROR_SCHEMA },
  { "item-is-truncated",
    "nameSpaces",
    "a1 616e 81 d81841a1",
    MDOC_CBOR_ERROR_TRUNCATED },
  { "item-with-a-byte-more",
    "nameSpaces",
    "a1 616e 81 d81842a000",
    MDOC_CBOR_ERROR_TRAILING },
  { "item-with-a-long-head",
    "nameSpaces",
    "a1 616e 81 da00000018 590045 a4" DIGEST_ID "00" RANDOM_16 IDENTIFIER
    "6161" VALUE "01",
    ACCEPTED },
};

/* Changes within an item. */
static const Case item_cases[] = {
  { "good", NULL, NULL, ACCEPTED },
  { "unknown-member", "x", "80", ACCEPTED },
  { "digest-id-2^32-1", "digestID", "1affffffff", ACCEPTED },
  { "digest-id-2^32", "digestID", "1b0000000100000000", MDOC_CBOR_ERROR_LIMIT },
  { "digest-id-negative", "digestID", "20", MDOC_CBOR_ERROR_SCHEMA },
  { "no-digest-id", "digestID", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "no-random", "random", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "random-is-text", "random", "6161", MDOC_CBOR_ERROR_SCHEMA },
  /* the verifier warns of it */
  { "random-is-empty", "random", "40", ACCEPTED },
  { "no-identifier", "elementIdentifier", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "identifier-empty", "elementIdentifier", "60", MDOC_CBOR_ERROR_SCHEMA },
  { "identifier-with-nul",
    "elementIdentifier",
    "63610062",
    MDOC_CBOR_ERROR_SCHEMA },
  { "identifier-is-bytes",
    "elementIdentifier",
    "4161",
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-value", "elementValue", NULL, MDOC_CBOR_ERROR_SCHEMA },
  { "value-is-null", "elementValue", "f6", ACCEPTED },
  { "value-is-undefined", "elementValue", "f7", ACCEPTED },
  { "value-has-a-key-twice",
    "elementValue",
    "a2 00 00 00 00",
    MDOC_CBOR_ERROR_DUPLICATE },
  { "value-11-deep",
    "elementValue",
    "81 81 81 81 81 81 81 81 81 81 80",
    ACCEPTED },
  { "value-12-deep",
    "elementValue",
    "81 81 81 81 81 81 81 81 81 81 81 80",
    MDOC_CBOR_ERROR_LIMIT },
};

static const MdocTestMember good_item[] = {
  { "digestID", "00" },
  { "random", "50000102030405060708090a0b0c0d0e0f" },
  { "elementIdentifier", "6161" },
  { "elementValue", "01" },
  { NULL, NULL },
};

static const MdocTestMember *
get_good (void)
{
  static MdocTestMember members[3];
  static char *issuer_auth;

  if (issuer_auth == NULL)
    {
      g_autoptr (GBytes) bytes = mdoc_test_annex_d ("issuer_auth");

      issuer_auth = mdoc_test_hex (bytes);
      members[0] = (MdocTestMember){ "nameSpaces", "a1 616e 81" ITEM };
      members[1] = (MdocTestMember){ "issuerAuth", issuer_auth };
    }

  return members;
}

static MdocIssuerSigned *
parse (GBytes *encoded, int code)
{
  MdocIssuerSigned *self;
  g_autoptr (GError) error = NULL;

  self = mdoc_issuer_signed_parse (encoded, &error);
  g_assert_true ((self == NULL) == (error != NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, code);
  return self;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MdocIssuerSigned) self = NULL;
  g_autoptr (GBytes) encoded = NULL;

  encoded = mdoc_test_map_build (get_good (),
                                 (MdocTestMember){ c->key, c->hex });
  self = parse (encoded, c->code);
  if (self != NULL)
    {
      g_assert_true (mdoc_issuer_signed_has_name_spaces (self)
                     == (c->hex != NULL || c->key == NULL));
      g_assert_true (mdoc_issuer_signed_has_unknown_members (self)
                     == (c->key != NULL && strcmp (c->key, "x") == 0));
    }
}

static void
test_item_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (MdocIssuerSigned) self = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) embedded = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autofree char *item = NULL;
  g_autofree char *hex = NULL;

  content = mdoc_test_map_build (good_item, (MdocTestMember){ c->key, c->hex });
  embedded = mdoc_test_embed (content);
  item = mdoc_test_hex (embedded);
  hex = g_strconcat ("a1 616e 81", item, NULL);
  encoded = mdoc_test_map_build (get_good (),
                                 (MdocTestMember){ "nameSpaces", hex });
  self = parse (encoded, c->code);
  if (self != NULL)
    {
      g_assert_cmpuint (mdoc_issuer_signed_get_n_items (self), ==, 1);
      g_assert_true (
          mdoc_span_equal (mdoc_issuer_signed_get_item (self, 0)->encoded,
                           mdoc_span_from_bytes (embedded)));
      /* nobody signed this one */
      g_assert_false (mdoc_issuer_signed_check_digest (self, 0));
    }
}

static const char *const annex_d_items[] = {
  "family_name",     "issue_date", "expiry_date",
  "document_number", "portrait",   "driving_privileges",
};

/* IssuerSigned of D.4.1.2: the second value of its Document */
static GBytes *
annex_d_issuer_signed (void)
{
  static const MdocCborLimits limits = { .max_bytes = 10000,
                                         .max_depth = 12,
                                         .max_items = 200 };
  g_autoptr (GBytes) response = mdoc_test_annex_d ("device_response");
  g_autoptr (GError) error = NULL;
  MdocCborItem root, documents;
  MdocCborIter iter;

  if (!mdoc_cbor_open (mdoc_span_from_bytes (response), &limits, &root, &error))
    g_assert_no_error (error);
  documents = mdoc_cbor_map_lookup (root, "documents");
  if (!mdoc_cbor_iter_array (documents, "documents", 1, &iter, &error))
    g_assert_no_error (error);
  return mdoc_span_dup (mdoc_cbor_get_encoded (
      mdoc_cbor_map_lookup (mdoc_cbor_iter_next (&iter), "issuerSigned")));
}

/* D.4.1.2 and D.5.2: every item is where it should be, its digest stands in
 * the MSO, and our writer makes the same bytes of its parts. */
static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = annex_d_issuer_signed ();
  g_autoptr (GBytes) issuer_auth = mdoc_test_annex_d ("issuer_auth");
  g_autoptr (GBytes) mso = mdoc_test_annex_d ("mso_bytes");
  g_autoptr (MdocIssuerSigned) self = parse (encoded, ACCEPTED);

  g_assert_true (mdoc_issuer_signed_get_encoded (self) == encoded);
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (self), ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      const MdocIssuerSignedItem *item = mdoc_issuer_signed_get_item (self, i);
      g_autofree char *name = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

      name = g_strconcat ("item_", annex_d_items[i], NULL);
      bytes = mdoc_test_annex_d (name);
      g_assert_cmpstr (item->name_space, ==, MDOC_NAMESPACE_MDL);
      g_assert_cmpstr (item->element, ==, annex_d_items[i]);
      g_assert_cmpuint (item->random.len, ==, 32);
      g_assert_true (
          mdoc_span_equal (item->encoded, mdoc_span_from_bytes (bytes)));
      g_assert_true (mdoc_issuer_signed_check_digest (self, i));
      g_assert_true (
          mdoc_issuer_signed_find (self, MDOC_NAMESPACE_MDL, annex_d_items[i])
          == item);

      mdoc_issuer_signed_item_write (writer,
                                     item->digest_id,
                                     item->random,
                                     item->element,
                                     item->value);
      g_assert_true (
          mdoc_span_equal (mdoc_cbor_writer_get_span (writer), item->encoded));
    }

  g_assert_null (mdoc_issuer_signed_find (self, MDOC_NAMESPACE_MDL, "sex"));
  g_assert_null (mdoc_issuer_signed_find (self, "n", "family_name"));
  g_assert_true (
      mdoc_span_equal (mdoc_issuer_signed_get_issuer_auth_encoded (self),
                       mdoc_span_from_bytes (issuer_auth)));
  g_assert_true (
      mdoc_span_equal (mdoc_issuer_signed_get_issuer_auth (self)->payload,
                       mdoc_span_from_bytes (mso)));
  g_assert_cmpstr (mdoc_mso_get_doc_type (mdoc_issuer_signed_get_mso (self)),
                   ==,
                   MDOC_DOCTYPE_MDL);
}

/* D.2.1 */
static void
test_driving_privileges (void)
{
  g_autoptr (GBytes) expected = mdoc_test_annex_d ("driving_privileges_cbor");
  g_autoptr (GBytes) encoded = annex_d_issuer_signed ();
  g_autoptr (MdocIssuerSigned) self = parse (encoded, ACCEPTED);
  const MdocIssuerSignedItem *item;

  item = mdoc_issuer_signed_find (self,
                                  MDOC_NAMESPACE_MDL,
                                  "driving_privileges");
  g_assert_true (
      mdoc_span_equal (item->value, mdoc_span_from_bytes (expected)));
}

static GBytes *
build_many (guint n_items, gsize name_len, gsize random_len, gsize value_len)
{
  g_autofree guint8 *zeros = g_malloc0 (MAX (random_len, value_len) + 1);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) value = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) issuer_auth = mdoc_test_annex_d ("issuer_auth");

  mdoc_cbor_writer_put_bytes (value, MDOC_SPAN (zeros, value_len));
  mdoc_cbor_writer_begin_map (writer, 2);
  mdoc_cbor_writer_put_text (writer, "issuerAuth");
  mdoc_cbor_writer_put_encoded (writer, mdoc_span_from_bytes (issuer_auth));
  mdoc_cbor_writer_put_text (writer, "nameSpaces");
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_text (writer, "n");
  mdoc_cbor_writer_begin_array (writer, n_items);
  for (guint i = 0; i < n_items; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0*u", (int) name_len, i);

      mdoc_issuer_signed_item_write (writer,
                                     i,
                                     MDOC_SPAN (zeros, random_len),
                                     name,
                                     mdoc_cbor_writer_get_span (value));
    }
  return mdoc_cbor_writer_finish (writer);
}

/* Every limit is tried on both of its sides. */
static void
test_limits (void)
{
  static const struct
  {
    guint n_items;
    gsize name_len;
    gsize random_len;
    gsize value_len;
    int code;
  } sizes[] = {
    { MDOC_ISSUER_SIGNED_MAX_ITEMS, 3, 16, 1, ACCEPTED },
    { MDOC_ISSUER_SIGNED_MAX_ITEMS + 1, 3, 16, 1, MDOC_CBOR_ERROR_LIMIT },
    { 1, MDOC_MAX_NAME_LEN, 16, 1, ACCEPTED },
    { 1, MDOC_MAX_NAME_LEN + 1, 16, 1, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, MDOC_MAX_RANDOM_LEN, 1, ACCEPTED },
    { 1, 1, MDOC_MAX_RANDOM_LEN + 1, 1, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MdocIssuerSigned) self = NULL;
      g_autoptr (GBytes) encoded = NULL;

      encoded = build_many (sizes[i].n_items,
                            sizes[i].name_len,
                            sizes[i].random_len,
                            sizes[i].value_len);
      self = parse (encoded, sizes[i].code);
    }
}

static void
test_size_limit (void)
{
  g_autoptr (GBytes) small = build_many (1, 1, 16, 65536);
  gsize len = MDOC_ISSUER_SIGNED_MAX_BYTES - g_bytes_get_size (small) + 65536;

  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocIssuerSigned) self = NULL;
      g_autoptr (GBytes) encoded = build_many (1, 1, 16, len + over);

      g_assert_cmpuint (g_bytes_get_size (encoded),
                        ==,
                        MDOC_ISSUER_SIGNED_MAX_BYTES + over);
      self = parse (encoded, over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED);
    }
}

static void
test_name_space_limit (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      guint n = MDOC_ISSUER_SIGNED_MAX_NAME_SPACES + over;
      g_autoptr (MdocIssuerSigned) self = NULL;
      g_autoptr (GString) hex = g_string_new (NULL);
      g_autoptr (GBytes) encoded = NULL;

      g_string_append_printf (hex, "b9%04x", n);
      for (guint i = 0; i < n; i++)
        g_string_append_printf (hex,
                                "62%02x%02x80",
                                '0' + i / 10,
                                '0' + i % 10);
      encoded = mdoc_test_map_build (get_good (),
                                     (MdocTestMember){ "nameSpaces",
                                                       hex->str });
      self = parse (encoded, over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED);
    }
}

/* What is made elsewhere, with heads longer than needed and items in another
 * order, has the digests that its issuer says. */
static void
test_real_world (void)
{
  g_autoptr (JsonObject) file = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocIssuerSigned) self = NULL;
  JsonObject *vectors;

  file = mdoc_test_vectors_load ("real-world-mdoc.json");
  vectors = json_object_get_object_member (file, "vectors");
  encoded = mdoc_test_vectors_dup_hex (
      json_object_get_object_member (vectors, "bdr_issuer_signed"),
      "hex");
  self = parse (encoded, ACCEPTED);
  g_assert_cmpuint (g_bytes_get_size (encoded), ==, 15888);
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (self), ==, 18);
  for (guint i = 0; i < 18; i++)
    {
      g_assert_true (mdoc_issuer_signed_check_digest (self, i));
      g_assert_cmpuint (mdoc_issuer_signed_get_item (self, i)->random.len,
                        ==,
                        16);
    }
}

/* A credential cut short at any place is refused, and as truncated. */
static void
test_every_prefix (void)
{
  g_autoptr (GBytes) good = annex_d_issuer_signed ();

  for (gsize len = 0; len < g_bytes_get_size (good); len++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), len);
      g_autoptr (GBytes) encoded = g_bytes_new_static (data, len);
      g_autoptr (MdocIssuerSigned) self = NULL;

      self = parse (encoded, MDOC_CBOR_ERROR_TRUNCATED);
    }
}

/* --- the builder --------------------------------------------------------- */

static MdocPublicKey *
get_device_key (void)
{
  static MdocKey *key; /* stays until the process ends */
  g_autoptr (GError) error = NULL;

  if (key == NULL)
    key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_assert_no_error (error);
  return mdoc_key_get_public (key);
}

static void
assert_sign (MdocIssuerSignedBuilder *builder, int code)
{
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;

  encoded = mdoc_issuer_signed_builder_sign (builder, key, chain, &error);
  g_assert_true ((encoded == NULL) == (error != NULL));
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_WRITE_ERROR, code);
}

static void
test_build (void)
{
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_test_builder_new (get_device_key (), 20000);
  g_autoptr (MdocIssuerSigned) self = NULL;
  g_autoptr (MdocIssuerSigned) again = NULL;
  const MdocIssuerSignedItem *item;
  const MdocSign1 *issuer_auth;
  gboolean is_valid = FALSE;
  gboolean is_decided;
  MdocMso *mso;
  MdocKey *key;

  self = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  mso = mdoc_issuer_signed_get_mso (self);
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (self),
                    ==,
                    MDOC_TEST_N_ELEMENTS);
  for (guint i = 0; i < MDOC_TEST_N_ELEMENTS; i++)
    {
      g_assert_true (mdoc_issuer_signed_check_digest (self, i));
      item = mdoc_issuer_signed_get_item (self, i);
      g_assert_cmpuint (item->random.len, ==, 32);
    }

  /* those of a name space stand in a row, in the order they were added */
  g_assert_cmpstr (mdoc_issuer_signed_get_item (self, 0)->element,
                   ==,
                   "family_name");
  item = mdoc_issuer_signed_get_item (self, 5);
  g_assert_cmpstr (item->element, ==, "portrait");
  g_assert_cmpuint (item->value.len, ==, 20003);
  g_assert_cmpstr (mdoc_issuer_signed_get_item (self, 6)->name_space,
                   ==,
                   "org.iso.18013.5.1.UT");

  g_assert_cmpstr (mdoc_mso_get_doc_type (mso), ==, MDOC_DOCTYPE_MDL);
  g_assert_cmpint (mdoc_mso_get_signed (mso), ==, MDOC_TEST_SIGNED);
  g_assert_cmpint (mdoc_mso_get_valid_from (mso), ==, MDOC_TEST_VALID_FROM);
  g_assert_cmpint (mdoc_mso_get_valid_until (mso), ==, MDOC_TEST_VALID_UNTIL);
  g_assert_true (
      mdoc_public_key_equal (mdoc_mso_get_device_key (mso), get_device_key ()));
  g_assert_true (mdoc_mso_is_authorized (mso, MDOC_NAMESPACE_MDL, "device_a"));
  g_assert_false (mdoc_mso_is_authorized (mso, MDOC_NAMESPACE_MDL, "device_b"));
  g_assert_true (mdoc_mso_is_authorized (mso, "org.example.device", "x"));

  issuer_auth = mdoc_issuer_signed_get_issuer_auth (self);
  key = mdoc_test_key (MDOC_TEST_SIGNER);
  is_decided = mdoc_sign1_verify (issuer_auth,
                                  mdoc_key_get_public (key),
                                  issuer_auth->payload,
                                  &is_valid,
                                  NULL);
  g_assert_true (is_decided);
  g_assert_true (is_valid);
  mdoc_key_unref (key);

  /* a second document of the same data has nothing in common to see */
  again = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  for (guint i = 0; i < MDOC_TEST_N_ELEMENTS; i++)
    {
      g_assert_true (mdoc_issuer_signed_check_digest (again, i));
      g_assert_false (
          mdoc_span_equal (mdoc_issuer_signed_get_item (self, i)->random,
                           mdoc_issuer_signed_get_item (again, i)->random));
    }
}

/* Digests are numbered from 0 without a gap and listed in that order, whatever
 * the order of the elements, and the numbers differ from time to time. */
static void
test_build_digest_ids (void)
{
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_test_builder_new (get_device_key (), 10);
  guint n_in_order = 0;

  for (guint attempt = 0; attempt < 20; attempt++)
    {
      g_autoptr (MdocIssuerSigned) self = NULL;
      gboolean is_in_order = TRUE;
      guint seen = 0;
      MdocMso *mso;

      self = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
      mso = mdoc_issuer_signed_get_mso (self);
      g_assert_cmpuint (mdoc_mso_get_n_digests (mso, 0), ==, 6);
      g_assert_cmpuint (mdoc_mso_get_n_digests (mso, 1), ==, 1);
      for (guint i = 0; i < 6; i++)
        {
          guint32 id;

          mdoc_mso_get_digest (mso, 0, i, &id);
          g_assert_cmpuint (id, ==, i);
          id = mdoc_issuer_signed_get_item (self, i)->digest_id;
          is_in_order = is_in_order && id == i;
          seen |= 1u << id;
        }
      g_assert_cmpuint (seen, ==, 0x3f);
      n_in_order += is_in_order ? 1u : 0u;
    }

  /* one in 720 would be by chance */
  g_assert_cmpuint (n_in_order, <, 3);
}

static void
test_build_hashes (void)
{
  static const MdocHash hashes[] = { MDOC_HASH_SHA256,
                                     MDOC_HASH_SHA384,
                                     MDOC_HASH_SHA512 };

  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
      g_autoptr (MdocIssuerSigned) self = NULL;

      builder = mdoc_issuer_signed_builder_new ("t", hashes[i]);
      mdoc_test_add (builder, "n", "a", "00");
      mdoc_issuer_signed_builder_set_device_key (builder, get_device_key ());
      mdoc_issuer_signed_builder_set_validity (builder,
                                               MDOC_TEST_SIGNED,
                                               MDOC_TEST_VALID_FROM,
                                               MDOC_TEST_VALID_UNTIL,
                                               MDOC_TEST_NOW_VALID);
      self = mdoc_test_sign (builder, MDOC_TEST_SIGNER_P384);
      g_assert_cmpint (mdoc_mso_get_hash (mdoc_issuer_signed_get_mso (self)),
                       ==,
                       hashes[i]);
      g_assert_true (mdoc_issuer_signed_check_digest (self, 0));
      g_assert_cmpint (mdoc_issuer_signed_get_issuer_auth (self)->alg,
                       ==,
                       MDOC_ALG_ES384);
    }
}

/* valueDigests may not be empty: a decoy stands there. */
static void
test_build_without_elements (void)
{
  g_autoptr (MdocIssuerSignedBuilder) builder = NULL;
  g_autoptr (MdocIssuerSigned) self = NULL;
  MdocMso *mso;
  gint64 update;

  builder = mdoc_issuer_signed_builder_new ("t", MDOC_HASH_SHA256);
  mdoc_issuer_signed_builder_set_device_key (builder, get_device_key ());
  mdoc_issuer_signed_builder_set_validity (builder,
                                           MDOC_TEST_SIGNED,
                                           MDOC_TEST_VALID_FROM,
                                           MDOC_TEST_VALID_UNTIL,
                                           MDOC_TEST_NOW_VALID);
  self = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  mso = mdoc_issuer_signed_get_mso (self);
  g_assert_false (mdoc_issuer_signed_has_name_spaces (self));
  g_assert_false (mdoc_issuer_signed_has_unknown_members (self));
  g_assert_cmpuint (mdoc_issuer_signed_get_n_items (self), ==, 0);
  g_assert_cmpuint (mdoc_mso_get_n_name_spaces (mso), ==, 1);
  g_assert_cmpuint (mdoc_mso_get_n_digests (mso, 0), ==, 1);
  g_assert_true (mdoc_mso_get_expected_update (mso, &update));
  g_assert_cmpint (update, ==, MDOC_TEST_NOW_VALID);
}

static void
test_build_status (void)
{
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_test_builder_new (get_device_key (), 10);
  g_autoptr (MdocIssuerSigned) self = NULL;
  const MdocMsoStatus *status;
  MdocMso *mso;

  mdoc_issuer_signed_builder_set_status_list (builder,
                                              412,
                                              "https://utopia.example/1",
                                              mdoc_span_from_text ("cert"));
  mdoc_issuer_signed_builder_set_identifier_list (builder,
                                                  mdoc_span_from_text ("me"),
                                                  "https://utopia.example/2",
                                                  (MdocSpan){ 0 });
  self = mdoc_test_sign (builder, MDOC_TEST_SIGNER);
  mso = mdoc_issuer_signed_get_mso (self);
  status = mdoc_mso_get_status_list (mso);
  g_assert_cmpuint (status->idx, ==, 412);
  g_assert_cmpstr (status->uri, ==, "https://utopia.example/1");
  g_assert_true (mdoc_span_equals_text (status->certificate, "cert"));
  status = mdoc_mso_get_identifier_list (mso);
  g_assert_true (mdoc_span_equals_text (status->id, "me"));
  g_assert_cmpstr (status->uri, ==, "https://utopia.example/2");
  g_assert_cmpuint (status->certificate.len, ==, 0);
}

/* What an issuer may be asked to sign, and what it must not. */
static void
test_build_refusals (void)
{
  static const struct
  {
    const char *name_space;
    const char *element;
    const char *hex;
    int code;
  } elements[] = {
    { "n", "x", "00", ACCEPTED },
    { "", "x", "00", MDOC_WRITE_ERROR_NAME },
    { "n", "", "00", MDOC_WRITE_ERROR_NAME },
    { "n", "\xff", "00", MDOC_WRITE_ERROR_NAME },
    { "n", "x", "", MDOC_WRITE_ERROR_VALUE },
    { "n", "x", "0000", MDOC_WRITE_ERROR_VALUE },
    { "n", "x", "ff", MDOC_WRITE_ERROR_VALUE },
    { "n", "x", "a2 00 00 00 00", MDOC_WRITE_ERROR_VALUE },
    { MDOC_NAMESPACE_MDL, "portrait", "00", MDOC_WRITE_ERROR_DUPLICATE },
    { "n", "portrait", "00", ACCEPTED },
    /* as deep as a reader of ours takes it, and deeper */
    { "n", "x", "81 81 81 81 81 81 81 81 81 81 80", ACCEPTED },
    { "n", "x", "81 81 81 81 81 81 81 81 81 81 81 80", MDOC_WRITE_ERROR_VALUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder
          = mdoc_test_builder_new (get_device_key (), 10);

      mdoc_test_add (builder,
                     elements[i].name_space,
                     elements[i].element,
                     elements[i].hex);
      /* it is the first mistake that is told */
      if (elements[i].code != ACCEPTED)
        mdoc_test_add (builder, "", "", "");
      assert_sign (builder, elements[i].code);
    }
}

static void
test_build_names (void)
{
  g_autofree char *fits = g_strnfill (MDOC_MAX_NAME_LEN, 'a');
  g_autofree char *too_long = g_strnfill (MDOC_MAX_NAME_LEN + 1, 'a');
  const char *const doc_types[] = { fits, too_long, "" };

  for (gsize i = 0; i < G_N_ELEMENTS (doc_types); i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder = NULL;

      builder = mdoc_issuer_signed_builder_new (doc_types[i], MDOC_HASH_SHA256);
      mdoc_test_add (builder, fits, fits, "00");
      mdoc_issuer_signed_builder_set_device_key (builder, get_device_key ());
      mdoc_issuer_signed_builder_set_validity (builder,
                                               MDOC_TEST_SIGNED,
                                               MDOC_TEST_VALID_FROM,
                                               MDOC_TEST_VALID_UNTIL,
                                               0);
      assert_sign (builder, i == 0 ? ACCEPTED : MDOC_WRITE_ERROR_NAME);
    }
}

static void
test_build_limits (void)
{
  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocIssuerSignedBuilder) items
          = mdoc_test_builder_new (get_device_key (), 10);
      g_autoptr (MdocIssuerSignedBuilder) name_spaces
          = mdoc_test_builder_new (get_device_key (), 10);
      g_autoptr (MdocIssuerSignedBuilder) bytes = NULL;
      gsize n_bytes;

      for (guint i = MDOC_TEST_N_ELEMENTS;
           i < MDOC_ISSUER_SIGNED_MAX_ITEMS + over;
           i++)
        {
          g_autofree char *name = g_strdup_printf ("%u", i);

          mdoc_test_add (items, "n", name, "00");
        }
      assert_sign (items, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);

      for (guint i = 2; i < MDOC_ISSUER_SIGNED_MAX_NAME_SPACES + over; i++)
        {
          g_autofree char *name = g_strdup_printf ("%u", i);

          mdoc_test_add (name_spaces, name, "a", "00");
        }
      assert_sign (name_spaces, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);

      /* the other values of the licence take 33 bytes, the head 5 */
      n_bytes = MDOC_ISSUER_SIGNED_MAX_BYTES / 2 - 33 - 5 + over;
      bytes = mdoc_test_builder_new (get_device_key (), n_bytes);
      assert_sign (bytes, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);
    }
}

static void
test_build_validity (void)
{
  static const struct
  {
    gint64 made;
    gint64 from;
    gint64 until;
    gint64 update;
    gboolean is_fine;
  } times[] = {
    { 1709251200, 1709251200, 1709251201, 0, TRUE },
    { 1709251200, 1709251199, 1709251201, 0, FALSE },
    { 1709251200, 1709251200, 1709251200, 0, FALSE },
    { 1709251200, 1709251200, 1709251300, 1709251200, TRUE },
    { 1709251200, 1709251200, 1709251300, 1709251199, FALSE },
    { 1709251200, 1709251200, 1709251300, 1709251300, TRUE },
    { 1709251200, 1709251200, 1709251300, 1709251301, FALSE },
    /* of the signer's certificate */
    { MDOC_TEST_SIGNER_NOT_BEFORE, 1709251200, 1709251300, 0, TRUE },
    { MDOC_TEST_SIGNER_NOT_BEFORE - 1, 1709251200, 1709251300, 0, FALSE },
    { 1709251200, 1709251200, MDOC_TEST_SIGNER_NOT_AFTER, 0, TRUE },
    { 1709251200, 1709251200, MDOC_TEST_SIGNER_NOT_AFTER + 1, 0, FALSE },
    /* never set */
    { 0, 0, 0, 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (MdocIssuerSignedBuilder) builder
          = mdoc_test_builder_new (get_device_key (), 10);

      mdoc_issuer_signed_builder_set_validity (builder,
                                               times[i].made,
                                               times[i].from,
                                               times[i].until,
                                               times[i].update);
      g_test_message ("times %" G_GSIZE_FORMAT, i);
      assert_sign (builder,
                   times[i].is_fine ? ACCEPTED : MDOC_WRITE_ERROR_VALIDITY);
    }
}

static void
test_build_keys (void)
{
  g_autoptr (MdocIssuerSignedBuilder) builder
      = mdoc_test_builder_new (get_device_key (), 10);
  g_autoptr (MdocIssuerSignedBuilder) unbound
      = mdoc_issuer_signed_builder_new ("t", MDOC_HASH_SHA256);
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (MdocKey) other = mdoc_test_key (MDOC_TEST_SIGNER_P384);

  static const int codes[] = {
    MDOC_WRITE_ERROR_KEY,         /* no device key */
    MDOC_WRITE_ERROR_KEY,         /* not the certificate's */
    MDOC_WRITE_ERROR_CERTIFICATE, /* none */
    MDOC_WRITE_ERROR_CERTIFICATE, /* none */
    MDOC_WRITE_ERROR_CERTIFICATE, /* the root is in */
    MDOC_WRITE_ERROR_CERTIFICATE, /* too many */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;

      if (i == 4)
        g_ptr_array_add (chain, mdoc_test_certificate (MDOC_TEST_ROOT));
      if (i == 5)
        g_ptr_array_set_size (chain, 1);
      while (i == 5 && chain->len <= MDOC_CHAIN_MAX_LEN)
        g_ptr_array_add (chain, mdoc_test_certificate (MDOC_TEST_SIGNER));

      encoded = mdoc_issuer_signed_builder_sign (i == 0 ? unbound : builder,
                                                 i == 1 ? other : key,
                                                 i == 2   ? NULL
                                                 : i == 3 ? empty
                                                          : chain,
                                                 &error);
      g_assert_null (encoded);
      g_assert_error (error, MDOC_WRITE_ERROR, codes[i]);
    }

  /* one less is taken, if it is of no use to anybody */
  g_ptr_array_set_size (chain, MDOC_CHAIN_MAX_LEN);
  {
    g_autoptr (GBytes) encoded = NULL;
    g_autoptr (GError) error = NULL;

    encoded = mdoc_issuer_signed_builder_sign (builder, key, chain, &error);
    g_assert_no_error (error);
  }
}

static void
test_build_authorizations (void)
{
  g_autoptr (MdocIssuerSignedBuilder) both
      = mdoc_test_builder_new (get_device_key (), 10);
  g_autoptr (MdocIssuerSignedBuilder) nameless
      = mdoc_test_builder_new (get_device_key (), 10);

  mdoc_issuer_signed_builder_authorize_element (both,
                                                "org.example.device",
                                                "x");
  assert_sign (both, MDOC_WRITE_ERROR_DUPLICATE);

  mdoc_issuer_signed_builder_authorize_element (nameless, "n", "");
  assert_sign (nameless, MDOC_WRITE_ERROR_NAME);

  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocIssuerSignedBuilder) many
          = mdoc_test_builder_new (get_device_key (), 10);

      for (guint i = 2; i < MDOC_MSO_MAX_AUTHORIZATIONS + over; i++)
        mdoc_issuer_signed_builder_authorize_element (many,
                                                      i % 2 ? "m" : "n",
                                                      "x");
      assert_sign (many, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);
    }
}

static void
test_build_status_refusals (void)
{
  g_autofree char *fits = g_strnfill (2048, 'u');
  g_autofree char *too_long = g_strnfill (2049, 'u');
  g_autofree guint8 *zeros = g_malloc0 (MDOC_CERTIFICATE_MAX_BYTES + 1);

  for (guint over = 0; over <= 1; over++)
    {
      g_autoptr (MdocIssuerSignedBuilder) uri
          = mdoc_test_builder_new (get_device_key (), 10);
      g_autoptr (MdocIssuerSignedBuilder) id
          = mdoc_test_builder_new (get_device_key (), 10);
      g_autoptr (MdocIssuerSignedBuilder) certificate
          = mdoc_test_builder_new (get_device_key (), 10);

      mdoc_issuer_signed_builder_set_status_list (uri,
                                                  0,
                                                  over ? too_long : fits,
                                                  (MdocSpan){ 0 });
      assert_sign (uri, over ? MDOC_WRITE_ERROR_NAME : ACCEPTED);

      mdoc_issuer_signed_builder_set_identifier_list (id,
                                                      MDOC_SPAN (zeros,
                                                                 256 + over),
                                                      "u",
                                                      (MdocSpan){ 0 });
      assert_sign (id, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);

      mdoc_issuer_signed_builder_set_status_list (
          certificate,
          0,
          "u",
          MDOC_SPAN (zeros, MDOC_CERTIFICATE_MAX_BYTES + over));
      assert_sign (certificate, over ? MDOC_WRITE_ERROR_LIMIT : ACCEPTED);
    }

  {
    g_autoptr (MdocIssuerSignedBuilder) empty
        = mdoc_test_builder_new (get_device_key (), 10);

    mdoc_issuer_signed_builder_set_identifier_list (empty,
                                                    (MdocSpan){ 0 },
                                                    "u",
                                                    (MdocSpan){ 0 });
    assert_sign (empty, MDOC_WRITE_ERROR_LIMIT);
  }
}

static void
add_cases (const char *folder,
           const Case *table,
           gsize n_cases,
           GTestDataFunc func)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = NULL;

      path = g_strdup_printf ("/issuer-signed/%s/%s", folder, table[i].name);
      g_test_add_data_func (path, &table[i], func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("case", cases, G_N_ELEMENTS (cases), test_case);
  add_cases ("item", item_cases, G_N_ELEMENTS (item_cases), test_item_case);
  g_test_add_func ("/issuer-signed/annex-d", test_annex_d);
  g_test_add_func ("/issuer-signed/driving-privileges",
                   test_driving_privileges);
  g_test_add_func ("/issuer-signed/limits", test_limits);
  g_test_add_func ("/issuer-signed/size-limit", test_size_limit);
  g_test_add_func ("/issuer-signed/name-space-limit", test_name_space_limit);
  g_test_add_func ("/issuer-signed/real-world", test_real_world);
  g_test_add_func ("/issuer-signed/every-prefix", test_every_prefix);
  g_test_add_func ("/issuer-signed/build", test_build);
  g_test_add_func ("/issuer-signed/build-digest-ids", test_build_digest_ids);
  g_test_add_func ("/issuer-signed/build-hashes", test_build_hashes);
  g_test_add_func ("/issuer-signed/build-without-elements",
                   test_build_without_elements);
  g_test_add_func ("/issuer-signed/build-status", test_build_status);
  g_test_add_func ("/issuer-signed/build-refusals", test_build_refusals);
  g_test_add_func ("/issuer-signed/build-names", test_build_names);
  g_test_add_func ("/issuer-signed/build-limits", test_build_limits);
  g_test_add_func ("/issuer-signed/build-validity", test_build_validity);
  g_test_add_func ("/issuer-signed/build-keys", test_build_keys);
  g_test_add_func ("/issuer-signed/build-authorizations",
                   test_build_authorizations);
  g_test_add_func ("/issuer-signed/build-status-refusals",
                   test_build_status_refusals);

  return g_test_run ();
}
