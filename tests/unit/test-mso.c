/*
 * test-mso.c - what mdoc_mso_parse() takes, and what mdoc_mso_write() writes
 *
 * long because: one table a field of the object
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "mdoc/mdoc-issuer-signed.h"
#include "mdoc/mdoc-mso-private.h"
#include "mdoc/mdoc-mso.h"
#include "tests/lib/mdoc-test-map.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)

#define DIGEST32                                                               \
  "5820"                                                                       \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DIGEST31                                                               \
  "581f"                                                                       \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
#define DIGEST48                                                               \
  "5830"                                                                       \
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"           \
  "000102030405060708090a0b0c0d0e0f"
#define KEY                                                                    \
  "a401022001215820"                                                           \
  "96313d6c63e24e3372742bfdb1a33ba2c897dcd68ab8c753e4fbd48dca6b7f9a"           \
  "225820"                                                                     \
  "1fb3269edd418857de1b39a4e4a44b92fa484caa722c228288f01d0c03a2c3d6"

#define DEVICE_KEY     "696465766963654b6579" KEY
#define AUTHORIZATIONS "716b6579417574686f72697a6174696f6e73"
#define NAME_SPACES    "6a6e616d65537061636573"
#define DATA_ELEMENTS  "6c64617461456c656d656e7473"

#define SIGNED "667369676e6564"
#define FROM   "6976616c696446726f6d"
#define UNTIL  "6a76616c6964556e74696c"
#define UPDATE "6e6578706563746564557064617465"
#define T1     "c074323032302d31302d30315431333a33303a30325a" /* 2020-10-01 */
#define T2     "c074323032312d31302d30315431333a33303a30325a" /* 2021-10-01 */
/* 2025-02-19T23:36:58.210391Z, as a wallet in the field writes it */
#define T_FRACTION                                                             \
  "c0781b323032352d30322d31395432333a33363a35382e3231303339315a"

#define VALIDITY "a3" SIGNED T1 FROM T1 UNTIL T2

#define STATUS_LIST     "6b7374617475735f6c697374"
#define IDENTIFIER_LIST "6f6964656e7469666965725f6c697374"
#define IDX             "63696478"
#define ID              "626964"
#define URI             "63757269"
#define CERTIFICATE     "6b6365727469666963617465"

static const MdocTestMember good[] = {
  { "version", "63312e30" },
  { "digestAlgorithm", "675348412d323536" },
  { "valueDigests", "a1 616e a2 00" DIGEST32 "1affffffff" DIGEST32 },
  { "deviceKeyInfo", "a1" DEVICE_KEY },
  { "docType", "6174" },
  { "validityInfo", VALIDITY },
  { NULL, NULL },
};

typedef struct
{
  const char *name;
  MdocTestMember change;
  int code;
} Case;

static const Case cases[] = {
  { "good", { NULL, NULL }, ACCEPTED },
  { "unknown-member", { "x", "80" }, ACCEPTED },

  { "version-1.7", { "version", "63312e37" }, ACCEPTED },
  { "version-2.0", { "version", "63322e30" }, MDOC_CBOR_ERROR_VERSION },
  { "version-9.9", { "version", "63392e39" }, MDOC_CBOR_ERROR_VERSION },
  { "version-0.9", { "version", "63302e39" }, MDOC_CBOR_ERROR_VERSION },
  { "version-10.0", { "version", "6431302e30" }, MDOC_CBOR_ERROR_VERSION },
  { "version-1", { "version", "6131" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1.", { "version", "62312e" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-.0", { "version", "622e30" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1.0.0", { "version", "65312e302e30" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-01.0", { "version", "6430312e30" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1.00", { "version", "64312e3030" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1.0x", { "version", "64312e3078" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1x0", { "version", "63317830" }, MDOC_CBOR_ERROR_SCHEMA },
  { "version-1.99999", { "version", "67312e3939393939" }, ACCEPTED },
  { "version-1.999999",
    { "version", "68312e393939393939" },
    MDOC_CBOR_ERROR_LIMIT },
  { "version-is-float", { "version", "f93c00" }, MDOC_CBOR_ERROR_SCHEMA },
  { "no-version", { "version", NULL }, MDOC_CBOR_ERROR_SCHEMA },

  { "sha-1",
    { "digestAlgorithm", "655348412d31" },
    MDOC_CBOR_ERROR_UNSUPPORTED },
  { "sha-256-small",
    { "digestAlgorithm", "677368612d323536" },
    MDOC_CBOR_ERROR_UNSUPPORTED },
  { "sha-384-but-short-digests",
    { "digestAlgorithm", "675348412d333834" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "digest-algorithm-is-int",
    { "digestAlgorithm", "26" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-digest-algorithm",
    { "digestAlgorithm", NULL },
    MDOC_CBOR_ERROR_SCHEMA },

  { "no-digests", { "valueDigests", NULL }, MDOC_CBOR_ERROR_SCHEMA },
  { "digests-empty", { "valueDigests", "a0" }, ACCEPTED },
  { "digests-are-an-array", { "valueDigests", "80" }, MDOC_CBOR_ERROR_SCHEMA },
  { "digest-id-2^32",
    { "valueDigests", "a1 616e a1 1b0000000100000000" DIGEST32 },
    MDOC_CBOR_ERROR_LIMIT },
  { "digest-id-negative",
    { "valueDigests", "a1 616e a1 20" DIGEST32 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "digest-id-text",
    { "valueDigests", "a1 616e a1 6130" DIGEST32 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "digest-id-twice",
    { "valueDigests", "a1 616e a2 00" DIGEST32 "1800" DIGEST32 },
    MDOC_CBOR_ERROR_DUPLICATE },
  { "digest-short",
    { "valueDigests", "a1 616e a1 00" DIGEST31 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "digest-long",
    { "valueDigests", "a1 616e a1 00" DIGEST48 },
    MDOC_CBOR_ERROR_LIMIT },
  { "digest-is-text",
    { "valueDigests", "a1 616e a1 00 6161" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-empty",
    { "valueDigests", "a1 60 a0" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-with-nul",
    { "valueDigests", "a1 626e00 a0" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-is-bytes",
    { "valueDigests", "a1 416e a0" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "name-space-twice",
    { "valueDigests", "a2 616e a0 78016e a0" },
    MDOC_CBOR_ERROR_DUPLICATE },
  { "name-space-is-no-map",
    { "valueDigests", "a1 616e 80" },
    MDOC_CBOR_ERROR_SCHEMA },

  { "no-device-key-info", { "deviceKeyInfo", NULL }, MDOC_CBOR_ERROR_SCHEMA },
  { "device-key-info-is-null",
    { "deviceKeyInfo", "f6" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-device-key", { "deviceKeyInfo", "a0" }, MDOC_CBOR_ERROR_SCHEMA },
  { "device-key-is-no-key",
    { "deviceKeyInfo", "a1 696465766963654b6579 a0" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "key-info",
    { "deviceKeyInfo",
      "a2" DEVICE_KEY "676b6579496e666f a13a00010000 81818180" },
    ACCEPTED },
  { "authorizations-empty",
    { "deviceKeyInfo", "a2" DEVICE_KEY AUTHORIZATIONS "a0" },
    ACCEPTED },
  { "authorizations-are-null",
    { "deviceKeyInfo", "a2" DEVICE_KEY AUTHORIZATIONS "f6" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "authorized-name-spaces-are-text",
    { "deviceKeyInfo", "a2" DEVICE_KEY AUTHORIZATIONS "a1" NAME_SPACES "616e" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "authorized-name-space-is-int",
    { "deviceKeyInfo", "a2" DEVICE_KEY AUTHORIZATIONS "a1" NAME_SPACES "8100" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "authorized-elements-are-an-array",
    { "deviceKeyInfo", "a2" DEVICE_KEY AUTHORIZATIONS "a1" DATA_ELEMENTS "80" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "authorized-element-key-is-int",
    { "deviceKeyInfo",
      "a2" DEVICE_KEY AUTHORIZATIONS "a1" DATA_ELEMENTS "a1 00 80" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "authorized-element-is-int",
    { "deviceKeyInfo",
      "a2" DEVICE_KEY AUTHORIZATIONS "a1" DATA_ELEMENTS "a1 616e 8100" },
    MDOC_CBOR_ERROR_SCHEMA },

  { "no-doc-type", { "docType", NULL }, MDOC_CBOR_ERROR_SCHEMA },
  { "doc-type-empty", { "docType", "60" }, MDOC_CBOR_ERROR_SCHEMA },

  { "no-validity", { "validityInfo", NULL }, MDOC_CBOR_ERROR_SCHEMA },
  { "validity-is-an-array", { "validityInfo", "80" }, MDOC_CBOR_ERROR_SCHEMA },
  { "no-signed",
    { "validityInfo", "a2" FROM T1 UNTIL T2 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-from",
    { "validityInfo", "a2" SIGNED T1 UNTIL T2 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-until",
    { "validityInfo", "a2" SIGNED T1 FROM T1 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "time-without-tag",
    { "validityInfo",
      "a3" SIGNED
      "74323032302d31302d30315431333a33303a30325a" FROM T1 UNTIL T2 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "time-with-fraction",
    { "validityInfo", "a3" SIGNED T_FRACTION FROM T1 UNTIL T2 },
    ACCEPTED },
  { "time-is-epoch",
    { "validityInfo", "a3" SIGNED "c11a5f75d000" FROM T1 UNTIL T2 },
    MDOC_CBOR_ERROR_SCHEMA },
  { "update",
    { "validityInfo", "a4" SIGNED T1 FROM T1 UNTIL T2 UPDATE T1 },
    ACCEPTED },
  { "update-is-null",
    { "validityInfo", "a4" SIGNED T1 FROM T1 UNTIL T2 UPDATE "f6" },
    MDOC_CBOR_ERROR_SCHEMA },

  { "status-null", { "status", "f6" }, ACCEPTED },
  { "status-empty", { "status", "a0" }, ACCEPTED },
  { "status-of-another-kind", { "status", "a1 6178 a0" }, ACCEPTED },
  { "status-array", { "status", "80" }, MDOC_CBOR_ERROR_SCHEMA },
  { "status-list",
    { "status", "a1" STATUS_LIST "a2" IDX "19019c" URI "6175" },
    ACCEPTED },
  { "status-list-and-certificate",
    { "status", "a1" STATUS_LIST "a3" IDX "00" URI "6175" CERTIFICATE "4130" },
    ACCEPTED },
  { "status-list-without-idx",
    { "status", "a1" STATUS_LIST "a1" URI "6175" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "status-list-without-uri",
    { "status", "a1" STATUS_LIST "a1" IDX "00" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "status-list-with-negative-idx",
    { "status", "a1" STATUS_LIST "a2" IDX "20" URI "6175" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "status-list-is-an-array",
    { "status", "a1" STATUS_LIST "80" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "status-list-certificate-is-text",
    { "status", "a1" STATUS_LIST "a3" IDX "00" URI "6175" CERTIFICATE "6130" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "identifier-list",
    { "status", "a1" IDENTIFIER_LIST "a2" ID "4199" URI "6175" },
    ACCEPTED },
  { "identifier-list-without-id",
    { "status", "a1" IDENTIFIER_LIST "a1" URI "6175" },
    MDOC_CBOR_ERROR_SCHEMA },
  { "identifier-list-without-uri",
    { "status", "a1" IDENTIFIER_LIST "a1" ID "4199" },
    MDOC_CBOR_ERROR_SCHEMA },
};

static MdocMso *
parse (GBytes *encoded, GError **error)
{
  MdocMso *mso = mdoc_mso_parse (mdoc_span_from_bytes (encoded), error);

  g_assert_true ((mso == NULL) == (error != NULL && *error != NULL));
  return mso;
}

static MdocMso *
parse_good (MdocTestMember change)
{
  g_autoptr (GBytes) encoded = mdoc_test_map_build (good, change);
  g_autoptr (GError) error = NULL;
  MdocMso *mso = parse (encoded, &error);

  g_assert_no_error (error);
  return mso;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_map_build (good, c->change);
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (GError) error = NULL;

  mso = parse (encoded, &error);
  if (c->code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, c->code);
}

static void
assert_digest (MdocMso *mso, const char *name_space, guint32 id, gsize len)
{
  MdocSpan digest = mdoc_mso_lookup_digest (mso, name_space, id);

  g_assert_cmpuint (digest.len, ==, len);
  if (len > 0)
    g_assert_cmpuint (digest.data[1], ==, 1);
}

static void
test_getters (void)
{
  g_autoptr (MdocMso) mso = parse_good ((MdocTestMember){ NULL, NULL });
  g_autoptr (MdocMso) other = mdoc_mso_ref (mso);
  g_autoptr (GBytes) encoded = NULL;
  gint64 update = 77;
  guint32 id;

  encoded = mdoc_test_map_build (good, (MdocTestMember){ NULL, NULL });
  g_assert_true (mdoc_span_equal (mdoc_mso_get_encoded (other),
                                  mdoc_span_from_bytes (encoded)));
  g_assert_cmpstr (mdoc_mso_get_doc_type (mso), ==, "t");
  g_assert_cmpint (mdoc_mso_get_hash (mso), ==, MDOC_HASH_SHA256);
  g_assert_cmpint (mdoc_mso_get_signed (mso), ==, 1601559002);
  g_assert_cmpint (mdoc_mso_get_valid_from (mso), ==, 1601559002);
  g_assert_cmpint (mdoc_mso_get_valid_until (mso), ==, 1633095002);
  g_assert_false (mdoc_mso_get_expected_update (mso, &update));
  g_assert_cmpint (update, ==, 77);
  g_assert_nonnull (mdoc_mso_get_device_key (mso));
  g_assert_null (mdoc_mso_get_device_key_error (mso));

  assert_digest (mso, "n", 0, 32);
  assert_digest (mso, "n", G_MAXUINT32, 32);
  assert_digest (mso, "n", 1, 0);
  assert_digest (mso, "m", 0, 0);
  g_assert_cmpuint (mdoc_mso_get_n_name_spaces (mso), ==, 1);
  g_assert_cmpstr (mdoc_mso_get_name_space (mso, 0), ==, "n");
  g_assert_cmpuint (mdoc_mso_get_n_digests (mso, 0), ==, 2);
  g_assert_cmpuint (mdoc_mso_get_digest (mso, 0, 1, &id).len, ==, 32);
  g_assert_cmpuint (id, ==, G_MAXUINT32);

  g_assert_cmpint (mdoc_mso_get_status (mso)->kind, ==, MDOC_MSO_STATUS_NONE);
  g_assert_false (mdoc_mso_is_authorized (mso, "n", "a"));

  mdoc_mso_unref (NULL);
}

static void
test_optional_getters (void)
{
  g_autoptr (MdocMso) mso = NULL;
  gint64 update = 0;

  mso = parse_good (
      (MdocTestMember){ "validityInfo",
                        "a4" SIGNED T_FRACTION FROM T1 UNTIL T2 UPDATE T2 });
  g_assert_true (mdoc_mso_get_expected_update (mso, &update));
  g_assert_true (mdoc_mso_get_expected_update (mso, NULL));
  g_assert_cmpint (update, ==, 1633095002);
  /* the fraction is dropped, not rounded */
  g_assert_cmpint (mdoc_mso_get_signed (mso), ==, 1740008218);
}

static void
test_status (void)
{
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (MdocMso) both = NULL;
  const MdocMsoStatus *status;

  mso = parse_good ((MdocTestMember){ "status",
                                      "a1" IDENTIFIER_LIST "a3" ID "42abcd" URI
                                      "626162" CERTIFICATE "4130" });
  status = mdoc_mso_get_status (mso);
  g_assert_cmpint (status->kind, ==, MDOC_MSO_STATUS_IDENTIFIER_LIST);
  g_assert_cmpstr (status->uri, ==, "ab");
  g_assert_cmpuint (status->id.len, ==, 2);
  g_assert_cmpuint (status->id.data[0], ==, 0xab);
  g_assert_cmpuint (status->certificate.len, ==, 1);
  g_assert_cmpint (mdoc_mso_get_status_list (mso)->kind,
                   ==,
                   MDOC_MSO_STATUS_NONE);

  both = parse_good ((MdocTestMember){ "status",
                                       "a2" IDENTIFIER_LIST "a2" ID "42abcd" URI
                                       "6162" STATUS_LIST "a2" IDX "19019c" URI
                                       "6175" });
  status = mdoc_mso_get_status (both);
  g_assert_cmpint (status->kind, ==, MDOC_MSO_STATUS_LIST);
  g_assert_cmpuint (status->idx, ==, 412);
  g_assert_cmpstr (status->uri, ==, "u");
  g_assert_cmpuint (status->certificate.len, ==, 0);
  g_assert_cmpstr (mdoc_mso_get_identifier_list (both)->uri, ==, "b");
}

static void
test_authorizations (void)
{
  g_autoptr (MdocMso) mso = NULL;

  mso = parse_good ((MdocTestMember){
      "deviceKeyInfo",
      "a2" DEVICE_KEY AUTHORIZATIONS "a2" NAME_SPACES
      "82 6141 6142" DATA_ELEMENTS "a2 6143 816161 6144 82 6162 6163" });
  g_assert_true (mdoc_mso_is_authorized (mso, "A", "any"));
  g_assert_true (mdoc_mso_is_authorized (mso, "B", "any"));
  g_assert_true (mdoc_mso_is_authorized (mso, "C", "a"));
  g_assert_false (mdoc_mso_is_authorized (mso, "C", "b"));
  g_assert_true (mdoc_mso_is_authorized (mso, "D", "b"));
  g_assert_true (mdoc_mso_is_authorized (mso, "D", "c"));
  g_assert_false (mdoc_mso_is_authorized (mso, "D", "a"));
  g_assert_false (mdoc_mso_is_authorized (mso, "E", "a"));
}

/* A key that cannot be used does not hide the rest of the MSO. */
static void
test_unusable_device_key (void)
{
  g_autoptr (MdocMso) mso = NULL;

  mso = parse_good ((MdocTestMember){
      "deviceKeyInfo",
      "a1 696465766963654b6579 a40102 20190999 2141aa 2241bb" });
  g_assert_null (mdoc_mso_get_device_key (mso));
  g_assert_error (mdoc_mso_get_device_key_error (mso),
                  MDOC_CRYPTO_ERROR,
                  MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_assert_cmpstr (mdoc_mso_get_doc_type (mso), ==, "t");
}

static GBytes *
annex_d_mso (void)
{
  g_autoptr (GBytes) embedded = mdoc_test_annex_d ("mso_bytes");
  const guint8 *data = g_bytes_get_data (embedded, NULL);

  /* d8 18 59 hh ll */
  return g_bytes_new (data + 5, g_bytes_get_size (embedded) - 5);
}

/* D.5.2: what we read out and write again is what the standard prints. */
static void
test_annex_d (void)
{
  g_autoptr (GBytes) encoded = annex_d_mso ();
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  MdocMsoDigest digests[32];
  MdocMsoFields fields = { .digests = digests };
  guint n = 0;

  mso = parse (encoded, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < mdoc_mso_get_n_name_spaces (mso); i++)
    for (guint j = 0; j < mdoc_mso_get_n_digests (mso, i); j++, n++)
      {
        digests[n].name_space = mdoc_mso_get_name_space (mso, i);
        digests[n].digest = mdoc_mso_get_digest (mso,
                                                 i,
                                                 j,
                                                 &digests[n].digest_id);
      }
  g_assert_cmpuint (n, ==, 17);

  fields.n_digests = n;
  fields.doc_type = mdoc_mso_get_doc_type (mso);
  fields.hash = mdoc_mso_get_hash (mso);
  fields.device_key = mdoc_mso_get_device_key (mso);
  fields.signed_unix_s = mdoc_mso_get_signed (mso);
  fields.valid_from_unix_s = mdoc_mso_get_valid_from (mso);
  fields.valid_until_unix_s = mdoc_mso_get_valid_until (mso);
  mdoc_mso_write (writer, &fields);
  g_assert_true (mdoc_span_equal (mdoc_cbor_writer_get_span (writer),
                                  mdoc_span_from_bytes (encoded)));
}

/* All that can be written is read again. */
static void
test_round_trip (void)
{
  static const char *const name_spaces[] = { "A", "B" };
  static const MdocMsoElement elements[] = { { "C", "a" },
                                             { "D", "b" },
                                             { "D", "c" } };
  g_autoptr (MdocMso) annex = parse_good ((MdocTestMember){ NULL, NULL });
  guint8 digest[64] = { 0, 1 };
  const MdocMsoDigest digests[] = {
    { "n", 3, MDOC_SPAN (digest, 64) },
    { "m", 3, MDOC_SPAN (digest, 64) },
    { "m", 4, MDOC_SPAN (digest, 64) },
  };
  const MdocMsoStatus status_list = { MDOC_MSO_STATUS_LIST,
                                      G_MAXUINT64,
                                      { 0 },
                                      "u",
                                      MDOC_SPAN (digest, 2) };
  const MdocMsoStatus identifier_list = { MDOC_MSO_STATUS_IDENTIFIER_LIST,
                                          0,
                                          MDOC_SPAN (digest, 3),
                                          "v",
                                          { 0 } };
  MdocMsoFields fields = {
    .doc_type = "t",
    .hash = MDOC_HASH_SHA512,
    .digests = digests,
    .n_digests = G_N_ELEMENTS (digests),
    .device_key = mdoc_mso_get_device_key (annex),
    .authorized_name_spaces = name_spaces,
    .n_authorized_name_spaces = G_N_ELEMENTS (name_spaces),
    .authorized_elements = elements,
    .n_authorized_elements = G_N_ELEMENTS (elements),
    .signed_unix_s = 1000000000,
    .valid_from_unix_s = 1000000001,
    .valid_until_unix_s = 1000000002,
    .expected_update_unix_s = 1000000003,
    .status_list = &status_list,
    .identifier_list = &identifier_list,
  };
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (GError) error = NULL;
  gint64 update;

  mdoc_mso_write (writer, &fields);
  mso = mdoc_mso_parse (mdoc_cbor_writer_get_span (writer), &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_mso_get_hash (mso), ==, MDOC_HASH_SHA512);
  g_assert_cmpuint (mdoc_mso_get_n_name_spaces (mso), ==, 2);
  assert_digest (mso, "n", 3, 64);
  assert_digest (mso, "n", 4, 0);
  assert_digest (mso, "m", 4, 64);
  g_assert_cmpint (mdoc_mso_get_signed (mso), ==, 1000000000);
  g_assert_cmpint (mdoc_mso_get_valid_from (mso), ==, 1000000001);
  g_assert_cmpint (mdoc_mso_get_valid_until (mso), ==, 1000000002);
  g_assert_true (mdoc_mso_get_expected_update (mso, &update));
  g_assert_cmpint (update, ==, 1000000003);
  g_assert_true (mdoc_mso_is_authorized (mso, "B", "x"));
  g_assert_true (mdoc_mso_is_authorized (mso, "D", "c"));
  g_assert_false (mdoc_mso_is_authorized (mso, "C", "c"));
  g_assert_cmpuint (mdoc_mso_get_status_list (mso)->idx, ==, G_MAXUINT64);
  g_assert_cmpuint (mdoc_mso_get_status_list (mso)->certificate.len, ==, 2);
  g_assert_cmpuint (mdoc_mso_get_identifier_list (mso)->id.len, ==, 3);
}

/* valueDigests of @n_name_spaces name spaces with @n_digests in all. */
static MdocMso *
parse_many (guint n_name_spaces,
            guint n_digests,
            gsize name_len,
            GError **error)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) digests = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autofree char *hex = NULL;
  guint8 zeros[32] = { 0 };

  mdoc_cbor_writer_begin_map (writer, n_name_spaces);
  for (guint i = 0; i < n_name_spaces; i++)
    {
      g_autofree char *name = g_strdup_printf ("%0*u", (int) name_len, i);
      guint n = i == 0 ? n_digests - (n_name_spaces - 1) : 1;

      mdoc_cbor_writer_put_text (writer, name);
      mdoc_cbor_writer_begin_map (writer, n);
      for (guint j = 0; j < n; j++)
        {
          mdoc_cbor_writer_put_uint (writer, j);
          mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (zeros, 32));
        }
    }
  digests = mdoc_cbor_writer_finish (writer);
  hex = mdoc_test_hex (digests);
  encoded = mdoc_test_map_build (good, (MdocTestMember){ "valueDigests", hex });
  return parse (encoded, error);
}

static void
test_digest_limits (void)
{
  static const struct
  {
    guint n_name_spaces;
    guint n_digests;
    gsize name_len;
    int code;
  } sizes[] = {
    { 1, MDOC_MSO_MAX_DIGESTS, 1, ACCEPTED },
    { 1, MDOC_MSO_MAX_DIGESTS + 1, 1, MDOC_CBOR_ERROR_LIMIT },
    { 2, MDOC_MSO_MAX_DIGESTS, 1, ACCEPTED },
    { 2, MDOC_MSO_MAX_DIGESTS + 1, 1, MDOC_CBOR_ERROR_LIMIT },
    { MDOC_ISSUER_SIGNED_MAX_NAME_SPACES, 100, 3, ACCEPTED },
    { MDOC_ISSUER_SIGNED_MAX_NAME_SPACES + 1, 100, 3, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, MDOC_MAX_NAME_LEN, ACCEPTED },
    { 1, 1, MDOC_MAX_NAME_LEN + 1, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (MdocMso) mso = NULL;
      g_autoptr (GError) error = NULL;

      mso = parse_many (sizes[i].n_name_spaces,
                        sizes[i].n_digests,
                        sizes[i].name_len,
                        &error);
      if (sizes[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_CBOR_ERROR, sizes[i].code);
    }
}

/* The member @key as text of @len bytes, or as bytes of so many. */
static void
assert_length (const char *prefix_hex,
               const char *key,
               gsize len,
               gboolean is_text,
               const char *suffix_hex,
               int code)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autofree char *text = g_strnfill (len, 'a');
  g_autoptr (GBytes) value = NULL;
  g_autofree char *value_hex = NULL;
  g_autofree char *hex = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (GError) error = NULL;

  if (is_text)
    mdoc_cbor_writer_put_text (writer, text);
  else
    mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_text (text));
  value = mdoc_cbor_writer_finish (writer);
  value_hex = mdoc_test_hex (value);
  hex = g_strconcat (prefix_hex, value_hex, suffix_hex, NULL);
  encoded = mdoc_test_map_build (good, (MdocTestMember){ key, hex });
  mso = parse (encoded, &error);
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, code);
}

static void
test_length_limits (void)
{
  static const char list[] = "a1" STATUS_LIST "a3" IDX "00" URI;
  static const char list_certificate[] = "a1" STATUS_LIST "a3" IDX "00" URI
                                         "6175" CERTIFICATE;
  static const char identifier[] = "a1" IDENTIFIER_LIST "a2" URI "6175" ID;
  static const char certificate[] = CERTIFICATE "4130";
  static const char name_space[] = "a2" DEVICE_KEY AUTHORIZATIONS
                                   "a1" NAME_SPACES "81";
  static const char element[] = "a2" DEVICE_KEY AUTHORIZATIONS
                                "a1" DATA_ELEMENTS "a1 616e 81";
  static const char element_name_space[] = "a2" DEVICE_KEY AUTHORIZATIONS
                                           "a1" DATA_ELEMENTS "a1";

  for (guint over = 0; over <= 1; over++)
    {
      int code = over ? MDOC_CBOR_ERROR_LIMIT : ACCEPTED;

      assert_length ("", "docType", MDOC_MAX_NAME_LEN + over, TRUE, "", code);
      assert_length (list, "status", 2048 + over, TRUE, certificate, code);
      assert_length (list_certificate,
                     "status",
                     MDOC_CERTIFICATE_MAX_BYTES + over,
                     FALSE,
                     "",
                     code);
      assert_length (identifier, "status", 256 + over, FALSE, "", code);
      assert_length (name_space,
                     "deviceKeyInfo",
                     MDOC_MAX_NAME_LEN + over,
                     TRUE,
                     "",
                     code);
      assert_length (element,
                     "deviceKeyInfo",
                     MDOC_MAX_NAME_LEN + over,
                     TRUE,
                     "",
                     code);
      assert_length (element_name_space,
                     "deviceKeyInfo",
                     MDOC_MAX_NAME_LEN + over,
                     TRUE,
                     "80",
                     code);
    }
}

/* What nobody reads still has to fit. */
static void
test_size_limit (void)
{
  g_autoptr (GBytes) small = NULL;
  gsize overhead;

  /* the head of a string as long as the limit takes four bytes more */
  small = mdoc_test_map_build (good, (MdocTestMember){ "x", "60" });
  overhead = g_bytes_get_size (small) + 4;
  assert_length ("", "x", MDOC_MSO_MAX_BYTES - overhead, TRUE, "", ACCEPTED);
  assert_length ("",
                 "x",
                 MDOC_MSO_MAX_BYTES - overhead + 1,
                 TRUE,
                 "",
                 MDOC_CBOR_ERROR_LIMIT);
}

static void
assert_authorizations (guint n_name_spaces, guint n_elements, int code)
{
  g_autoptr (GString) hex = g_string_new ("a2" DEVICE_KEY AUTHORIZATIONS "a2");
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocMso) mso = NULL;
  g_autoptr (GError) error = NULL;

  g_string_append_printf (hex, NAME_SPACES "99%04x", n_name_spaces);
  for (guint i = 0; i < n_name_spaces; i++)
    g_string_append (hex, "6161");
  g_string_append_printf (hex, DATA_ELEMENTS "a1 616e 99%04x", n_elements);
  for (guint i = 0; i < n_elements; i++)
    g_string_append (hex, "6161");

  encoded = mdoc_test_map_build (good,
                                 (MdocTestMember){ "deviceKeyInfo", hex->str });
  mso = parse (encoded, &error);
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else
    g_assert_error (error, MDOC_CBOR_ERROR, code);
}

static void
test_authorization_limits (void)
{
  assert_authorizations (MDOC_MSO_MAX_AUTHORIZATIONS, 0, ACCEPTED);
  assert_authorizations (MDOC_MSO_MAX_AUTHORIZATIONS + 1,
                         0,
                         MDOC_CBOR_ERROR_LIMIT);
  assert_authorizations (100, MDOC_MSO_MAX_AUTHORIZATIONS - 100, ACCEPTED);
  assert_authorizations (100,
                         MDOC_MSO_MAX_AUTHORIZATIONS - 99,
                         MDOC_CBOR_ERROR_LIMIT);
}

/* An MSO cut short at any place is refused, and as truncated. */
static void
test_every_prefix (void)
{
  g_autoptr (GBytes) encoded = annex_d_mso ();
  gsize size = g_bytes_get_size (encoded);

  for (gsize len = 0; len < size; len++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (encoded, NULL),
                                           len);
      g_autoptr (MdocMso) mso = NULL;
      g_autoptr (GError) error = NULL;

      mso = mdoc_mso_parse (MDOC_SPAN (data, len), &error);
      g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_TRUNCATED);
      g_assert_null (mso);
    }
}

/* No one wrong byte crashes the parser or makes it fail without a reason. */
static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) encoded = annex_d_mso ();
  gsize size = g_bytes_get_size (encoded);

  for (gsize pos = 0; pos < size; pos++)
    for (guint bit = 0; bit < 8; bit++)
      {
        guint8 *data = g_memdup2 (g_bytes_get_data (encoded, NULL), size);
        g_autoptr (GBytes) changed = g_bytes_new_take (data, size);
        g_autoptr (MdocMso) mso = NULL;
        g_autoptr (GError) error = NULL;

        data[pos] ^= (guint8) (1 << bit);
        mso = parse (changed, &error);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/mso/case/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/mso/getters", test_getters);
  g_test_add_func ("/mso/optional-getters", test_optional_getters);
  g_test_add_func ("/mso/status", test_status);
  g_test_add_func ("/mso/authorizations", test_authorizations);
  g_test_add_func ("/mso/unusable-device-key", test_unusable_device_key);
  g_test_add_func ("/mso/annex-d", test_annex_d);
  g_test_add_func ("/mso/round-trip", test_round_trip);
  g_test_add_func ("/mso/digest-limits", test_digest_limits);
  g_test_add_func ("/mso/length-limits", test_length_limits);
  g_test_add_func ("/mso/size-limit", test_size_limit);
  g_test_add_func ("/mso/authorization-limits", test_authorization_limits);
  g_test_add_func ("/mso/every-prefix", test_every_prefix);
  g_test_add_func ("/mso/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
