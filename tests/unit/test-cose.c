/*
 * test-cose.c - COSE keys, signatures and MACs
 *
 * long because: signatures, MACs and keys share their bench
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cose.h"
#include "tests/lib/mdoc-test-pki.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test.h"

#define ACCEPTED (-1)
/* codes of MdocCryptoError, to tell them from those of MdocCborError */
#define CRYPTO(code) (100 + (code))

static const MdocCborLimits limits = { .max_bytes = (gsize) 1024 * 1024,
                                       .max_depth = 8,
                                       .max_items = 1000 };

static MdocCborItem
open_item (GBytes *encoded)
{
  g_autoptr (GError) error = NULL;
  MdocCborItem item;
  gboolean is_open;

  is_open = mdoc_cbor_open (mdoc_span_from_bytes (encoded),
                            &limits,
                            &item,
                            &error);
  g_assert_no_error (error);
  g_assert_true (is_open);
  return item;
}

static void
assert_code (const GError *error, int code)
{
  if (code == ACCEPTED)
    g_assert_no_error (error);
  else if (code >= CRYPTO (0))
    g_assert_error (error, MDOC_CRYPTO_ERROR, code - CRYPTO (0));
  else
    g_assert_error (error, MDOC_CBOR_ERROR, code);
}

/* x and y of EDeviceKey in Annex D */
#define X "5a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe"
#define Y "b16e8cf858ddc7690407ba61d4c338237a8cfcf3de6aa672fc60a557aa32fc67"
#define X25519                                                                 \
  "3da5f7b8d6cb4f1aa4d8c7f5c7b8e2a1908f7e6d5c4b3a291807f6e5d4c3b211"

typedef struct
{
  const char *name;
  const char *hex;
  gboolean allow_compressed;
  int code;
} KeyCase;

static const KeyCase key_cases[] = {
  { "good", "a4 0102 2001 215820" X "225820" Y, FALSE, ACCEPTED },
  { "other-order", "a4 225820" Y "215820" X "2001 0102", FALSE, ACCEPTED },
  { "more-members",
    "a5 0102 2001 215820" X "225820" Y "0326",
    FALSE,
    ACCEPTED },
  { "compressed", "a4 0102 2001 215820" X "22f5", TRUE, ACCEPTED },
  { "compressed-where-it-may-not-be",
    "a4 0102 2001 215820" X "22f5",
    FALSE,
    MDOC_CBOR_ERROR_SCHEMA },
  { "no-map", "80", FALSE, MDOC_CBOR_ERROR_SCHEMA },
  { "no-kty", "a3 2001 215820" X "225820" Y, FALSE, MDOC_CBOR_ERROR_SCHEMA },
  { "no-crv", "a3 0102 215820" X "225820" Y, FALSE, MDOC_CBOR_ERROR_SCHEMA },
  { "no-x", "a3 0102 2001 225820" Y, FALSE, MDOC_CBOR_ERROR_SCHEMA },
  { "no-y", "a3 0102 2001 215820" X, TRUE, MDOC_CBOR_ERROR_SCHEMA },
  { "kty-text",
    "a4 016141 2001 215820" X "225820" Y,
    FALSE,
    MDOC_CBOR_ERROR_SCHEMA },
  { "x-text", "a4 0102 2001 2160 225820" Y, FALSE, MDOC_CBOR_ERROR_SCHEMA },
  { "y-null", "a4 0102 2001 215820" X "22f6", TRUE, MDOC_CBOR_ERROR_SCHEMA },
  { "kty-of-okp-on-p256",
    "a4 0101 2001 215820" X "225820" Y,
    FALSE,
    MDOC_CBOR_ERROR_SCHEMA },
  { "kty-of-ec2-on-x25519",
    "a4 0102 2004 215820" X "225820" Y,
    FALSE,
    MDOC_CBOR_ERROR_SCHEMA },
  { "private-part",
    "a5 0102 2001 215820" X "225820" Y "235820" X,
    FALSE,
    MDOC_CBOR_ERROR_SCHEMA },
  { "unknown-curve",
    "a4 0102 200a 215820" X "225820" Y,
    FALSE,
    CRYPTO (MDOC_CRYPTO_ERROR_UNSUPPORTED) },
  { "secp256k1",
    "a4 0102 2008 215820" X "225820" Y,
    FALSE,
    CRYPTO (MDOC_CRYPTO_ERROR_UNSUPPORTED) },
  { "off-the-curve",
    "a4 0102 2001 215820" Y "225820" Y,
    FALSE,
    CRYPTO (MDOC_CRYPTO_ERROR_KEY) },
  { "short-x",
    "a4 0102 2001 21421234 225820" Y,
    FALSE,
    CRYPTO (MDOC_CRYPTO_ERROR_KEY) },
  { "empty-y", "a4 0102 2001 215820" X "2240", FALSE, MDOC_CBOR_ERROR_SCHEMA },
};

static void
test_key_case (gconstpointer data)
{
  const KeyCase *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_cose_key_parse (open_item (encoded),
                             "testKey",
                             c->allow_compressed,
                             &error);
  assert_code (error, c->code);
  g_assert_true ((key != NULL) == (c->code == ACCEPTED));
  if (error != NULL)
    g_assert_true (g_str_has_prefix (error->message, "testKey: "));
}

/* 66 bytes fit, since P-521 needs them; 67 are over the limit. */
static void
test_key_coordinate_limit (void)
{
  for (guint len = MDOC_COORDINATE_MAX_LEN; len <= MDOC_COORDINATE_MAX_LEN + 1;
       len++)
    {
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      guint8 zeros[MDOC_COORDINATE_MAX_LEN + 1] = { 0 };
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocPublicKey) key = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_cbor_writer_begin_map (writer, 4);
      mdoc_cbor_writer_put_int (writer, 1);
      mdoc_cbor_writer_put_int (writer, 2);
      mdoc_cbor_writer_put_int (writer, -1);
      mdoc_cbor_writer_put_int (writer, MDOC_CURVE_P521);
      mdoc_cbor_writer_put_int (writer, -2);
      mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (zeros, len));
      mdoc_cbor_writer_put_int (writer, -3);
      mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (zeros, len));
      encoded = mdoc_cbor_writer_finish (writer);

      key = mdoc_cose_key_parse (open_item (encoded), "key", FALSE, &error);
      g_assert_null (key);
      assert_code (error,
                   len == MDOC_COORDINATE_MAX_LEN
                       ? CRYPTO (MDOC_CRYPTO_ERROR_KEY)
                       : MDOC_CBOR_ERROR_LIMIT);
    }
}

static GBytes *
write_key (MdocPublicKey *key)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);

  mdoc_cose_key_write (writer, key);
  return mdoc_cbor_writer_finish (writer);
}

/* D.3.1: what we write is what the standard prints. */
static void
test_key_annex_d (void)
{
  g_autoptr (GBytes) bytes = mdoc_test_annex_d ("e_device_key_bytes");
  g_autoptr (GBytes) x = mdoc_test_annex_d ("ephemeral_device_key_x");
  g_autoptr (GBytes) y = mdoc_test_annex_d ("ephemeral_device_key_y");
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_embedded;
  MdocSpan content;

  is_embedded = mdoc_cbor_get_embedded (open_item (bytes),
                                        "EDeviceKeyBytes",
                                        1000,
                                        &content,
                                        &error);
  g_assert_true (is_embedded);
  encoded = mdoc_span_dup (content);
  key = mdoc_cose_key_parse (open_item (encoded), "key", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_public_key_get_curve (key), ==, MDOC_CURVE_P256);
  g_assert_true (
      mdoc_span_equal (mdoc_public_key_get_x (key), mdoc_span_from_bytes (x)));
  g_assert_true (
      mdoc_span_equal (mdoc_public_key_get_y (key), mdoc_span_from_bytes (y)));

  again = write_key (key);
  g_assert_true (g_bytes_equal (again, encoded));
}

static const MdocCurve all_curves[] = {
  MDOC_CURVE_P256,
  MDOC_CURVE_P384,
  MDOC_CURVE_P521,
  MDOC_CURVE_X25519,
  MDOC_CURVE_X448,
  MDOC_CURVE_ED25519,
  MDOC_CURVE_ED448,
  MDOC_CURVE_BRAINPOOL_P256R1,
  MDOC_CURVE_BRAINPOOL_P320R1,
  MDOC_CURVE_BRAINPOOL_P384R1,
  MDOC_CURVE_BRAINPOOL_P512R1,
};

static void
test_key_round_trip (void)
{
  guint n_supported = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all_curves); i++)
    {
      g_autoptr (MdocPublicKey) again = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (GError) error = NULL;

      if (!mdoc_curve_is_supported (all_curves[i]))
        continue;

      key = mdoc_key_generate (all_curves[i], &error);
      g_assert_no_error (error);
      encoded = write_key (mdoc_key_get_public (key));
      again = mdoc_cose_key_parse (open_item (encoded), "key", FALSE, &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_public_key_equal (again, mdoc_key_get_public (key)));
      n_supported++;
    }

  g_assert_cmpuint (n_supported, >=, 7);
}

/* A key of a curve that the backend lacks is refused by the curve's name. */
static void
test_key_unsupported (void)
{
  static const char *const okp[] = {
    "a3 0101 2004 215820" X25519,
    "a3 0101 2006 215820" X25519,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (okp); i++)
    {
      MdocCurve curve = i == 0 ? MDOC_CURVE_X25519 : MDOC_CURVE_ED25519;
      g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (okp[i]);
      g_autoptr (MdocPublicKey) key = NULL;
      g_autoptr (GError) error = NULL;

      key = mdoc_cose_key_parse (open_item (encoded), "key", FALSE, &error);
      if (mdoc_curve_is_supported (curve))
        continue; /* a point or not, but that is for the tests of crypto/ */

      g_assert_null (key);
      assert_code (error, CRYPTO (MDOC_CRYPTO_ERROR_UNSUPPORTED));
      g_assert_nonnull (strstr (error->message, mdoc_curve_get_name (curve)));
    }
}

typedef struct
{
  const char *name;
  const char *hex;
  int code;
  guint n_x5chain;
} MessageCase;

static const MessageCase sign1_cases[] = {
  { "good", "84 43a10126 a1182142aabb 41cc 41dd", ACCEPTED, 1 },
  { "tagged", "d2 84 43a10126 a1182142aabb 41cc 41dd", ACCEPTED, 1 },
  { "tagged-as-mac", "d1 84 43a10126 a0 41cc 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "detached", "84 43a10126 a0 f6 41dd", ACCEPTED, 0 },
  { "no-signature-bytes", "84 43a10126 a0 f6 40", ACCEPTED, 0 },
  { "chain-of-two", "84 43a10126 a118218241aa41bb f6 41dd", ACCEPTED, 2 },
  { "chain-of-one-in-an-array",
    "84 43a10126 a118218141aa f6 41dd",
    ACCEPTED,
    1 },
  { "chain-of-none", "84 43a10126 a1182180 f6 41dd", ACCEPTED, 0 },
  { "chain-protected",
    "84 49a20126182141aa0000 a0 f6 41dd",
    MDOC_CBOR_ERROR_TRAILING,
    0 },
  { "chain-protected-well", "84 47a20126182141aa a0 f6 41dd", ACCEPTED, 1 },
  { "chain-in-both",
    "84 47a20126182141aa a1182141aa f6 41dd",
    MDOC_CBOR_ERROR_DUPLICATE,
    0 },
  { "chain-of-nine",
    "84 43a10126 a11821 89 40 40 40 40 40 40 40 40 40 f6 41dd",
    MDOC_CBOR_ERROR_LIMIT,
    0 },
  { "chain-of-eight",
    "84 43a10126 a11821 88 40 40 40 40 40 40 40 40 f6 41dd",
    ACCEPTED,
    8 },
  { "chain-of-text",
    "84 43a10126 a118216161 f6 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "chain-of-texts",
    "84 43a10126 a11821816161 f6 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "other-headers", "84 45a201260401 a20440 186341aa f6 41dd", ACCEPTED, 0 },
  { "no-array", "a0", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "three-members", "83 43a10126 a0 f6", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "five-members", "85 43a10126 a0 f6 41dd 00", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "protected-is-a-map", "84 a10126 a0 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "protected-is-no-map-inside",
    "84 4180 a0 f6 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "protected-is-garbage",
    "84 41ff a0 f6 41dd",
    MDOC_CBOR_ERROR_UNSUPPORTED,
    0 },
  { "protected-is-empty", "84 40 a0 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "protected-label-twice",
    "84 45a201260126 a0 f6 41dd",
    MDOC_CBOR_ERROR_DUPLICATE,
    0 },
  { "unprotected-is-null",
    "84 43a10126 f6 f6 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "alg-missing", "84 41a0 a0 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "alg-not-protected", "84 41a0 a10126 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "alg-in-both", "84 43a10126 a10126 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "alg-is-text", "84 46a10163455331 a0 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "crit", "84 47a20126028118ff a0 f6 41dd", MDOC_CBOR_ERROR_UNSUPPORTED, 0 },
  { "crit-unprotected",
    "84 43a10126 a102811863 f6 41dd",
    MDOC_CBOR_ERROR_UNSUPPORTED,
    0 },
  { "payload-is-undefined",
    "84 43a10126 a0 f7 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "payload-is-a-map", "84 43a10126 a0 a0 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "signature-is-null", "84 43a10126 a0 f6 f6", MDOC_CBOR_ERROR_SCHEMA, 0 },
  /* deep inside a header that nobody reads */
  { "protected-too-deep",
    "84 4ba20126 18638181818181 80 a0 f6 41dd",
    MDOC_CBOR_ERROR_LIMIT,
    0 },
  { "protected-just-not-too-deep",
    "84 4aa20126 186381818181 80 a0 f6 41dd",
    ACCEPTED,
    0 },
};

static void
test_sign1_case (gconstpointer data)
{
  const MessageCase *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  MdocSign1 untouched, sign1;
  g_autoptr (GError) error = NULL;
  gboolean is_parsed;

  memset (&sign1, 0xa5, sizeof (sign1));
  memcpy (&untouched, &sign1, sizeof (sign1));
  is_parsed = mdoc_sign1_parse (open_item (encoded), "proof", &sign1, &error);
  assert_code (error, c->code);
  g_assert_true (is_parsed == (c->code == ACCEPTED));
  if (is_parsed)
    {
      g_assert_cmpuint (sign1.n_x5chain, ==, c->n_x5chain);
      g_assert_cmpint (sign1.alg, ==, MDOC_ALG_ES256);
    }
  else
    {
      g_assert_true (g_str_has_prefix (error->message, "proof: "));
      g_assert_true (memcmp (&sign1, &untouched, sizeof (sign1)) == 0);
    }
}

static const MessageCase mac0_cases[] = {
  { "good", "84 43a10105 a0 f6 41dd", ACCEPTED, 0 },
  { "tagged", "d1 84 43a10105 a0 f6 41dd", ACCEPTED, 0 },
  { "tagged-as-signature",
    "d2 84 43a10105 a0 f6 41dd",
    MDOC_CBOR_ERROR_SCHEMA,
    0 },
  { "attached", "84 43a10105 a0 41aa 41dd", ACCEPTED, 0 },
  { "no-tag", "83 43a10105 a0 f6", MDOC_CBOR_ERROR_SCHEMA, 0 },
  { "alg-not-protected", "84 40 a10105 f6 41dd", MDOC_CBOR_ERROR_SCHEMA, 0 },
};

static void
test_mac0_case (gconstpointer data)
{
  const MessageCase *c = data;
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (c->hex);
  g_autoptr (GError) error = NULL;
  MdocMac0 mac0;
  gboolean is_parsed;

  is_parsed = mdoc_mac0_parse (open_item (encoded), "proof", &mac0, &error);
  assert_code (error, c->code);
  g_assert_true (is_parsed == (c->code == ACCEPTED));
  if (is_parsed)
    g_assert_cmpint (mac0.alg, ==, MDOC_COSE_ALG_HMAC_256_256);
  else
    g_assert_true (g_str_has_prefix (error->message, "proof: "));
}

/* A COSE_Sign1 of fields of any length. */
static GBytes *
build_sign1 (gsize certificate_len, gsize signature_len, gsize header_len)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (MdocCborWriter) header = mdoc_cbor_writer_new (0);
  g_autofree guint8 *zeros = g_malloc0 (
      MAX (header_len, MAX (certificate_len, signature_len)));

  /* {1: -7, 99: bytes} so that it has @header_len bytes */
  mdoc_cbor_writer_begin_map (header, 2);
  mdoc_cbor_writer_put_int (header, 1);
  mdoc_cbor_writer_put_int (header, -7);
  mdoc_cbor_writer_put_int (header, 99);
  mdoc_cbor_writer_put_bytes (header,
                              MDOC_SPAN (zeros,
                                         header_len - 5
                                             - (header_len > 65540 ? 5 : 3)));

  mdoc_cbor_writer_begin_array (writer, 4);
  mdoc_cbor_writer_put_bytes (writer, mdoc_cbor_writer_get_span (header));
  mdoc_cbor_writer_begin_map (writer, 1);
  mdoc_cbor_writer_put_int (writer, 33);
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (zeros, certificate_len));
  mdoc_cbor_writer_put_null (writer);
  mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (zeros, signature_len));
  return mdoc_cbor_writer_finish (writer);
}

static void
test_sign1_limits (void)
{
  static const struct
  {
    gsize certificate_len;
    gsize signature_len;
    gsize header_len;
    int code;
  } sizes[] = {
    { MDOC_CERTIFICATE_MAX_BYTES, 1024, 1000, ACCEPTED },
    { MDOC_CERTIFICATE_MAX_BYTES + 1, 1024, 1000, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1025, 1000, MDOC_CBOR_ERROR_LIMIT },
    { 1, 1, MDOC_COSE_MAX_PROTECTED_BYTES, ACCEPTED },
    { 1, 1, MDOC_COSE_MAX_PROTECTED_BYTES + 1, MDOC_CBOR_ERROR_LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;
      MdocSign1 sign1;
      gboolean is_parsed;

      encoded = build_sign1 (sizes[i].certificate_len,
                             sizes[i].signature_len,
                             sizes[i].header_len);
      is_parsed = mdoc_sign1_parse (open_item (encoded), "x", &sign1, &error);
      assert_code (error, sizes[i].code);
      g_assert_true (is_parsed == (sizes[i].code == ACCEPTED));
    }
}

static void
parse_sign1 (GBytes *encoded, MdocSign1 *ret_sign1)
{
  g_autoptr (GError) error = NULL;
  gboolean is_parsed;

  is_parsed = mdoc_sign1_parse (open_item (encoded),
                                "proof",
                                ret_sign1,
                                &error);
  g_assert_no_error (error);
  g_assert_true (is_parsed);
}

static gboolean
is_valid (const MdocSign1 *sign1, MdocPublicKey *key, MdocSpan payload)
{
  g_autoptr (GError) error = NULL;
  gboolean ret_valid = 7;
  gboolean is_decided;

  is_decided = mdoc_sign1_verify (sign1, key, payload, &ret_valid, &error);
  g_assert_no_error (error);
  g_assert_true (is_decided);
  return ret_valid;
}

/* D.5.2 and D.5.4: the signatures hold, over just the Sig_structure printed. */
static void
test_sign1_annex_d (gconstpointer data)
{
  const char *const *names = data;
  g_autoptr (GBytes) encoded = mdoc_test_annex_d (names[0]);
  g_autoptr (GBytes) tbs = mdoc_test_annex_d (names[1]);
  g_autoptr (GBytes) der = mdoc_test_annex_d (names[2]);
  g_autoptr (GBytes) payload = mdoc_test_annex_d (names[3]);
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;
  MdocPublicKey *key;
  MdocSpan message = mdoc_span_from_bytes (tbs);
  gboolean is_tbs_signed = FALSE;
  gboolean is_decided;
  MdocSign1 sign1;

  parse_sign1 (encoded, &sign1);
  g_assert_cmpint (sign1.alg, ==, MDOC_ALG_ES256);
  g_assert_cmpuint (sign1.n_x5chain, ==, 1);
  g_assert_true (
      mdoc_span_equal (sign1.x5chain[0], mdoc_span_from_bytes (der)));

  chain = mdoc_sign1_dup_chain (&sign1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chain->len, ==, 1);
  key = mdoc_certificate_get_public_key (g_ptr_array_index (chain, 0));
  g_assert_true (is_valid (&sign1, key, mdoc_span_from_bytes (payload)));

  is_decided = mdoc_public_key_verify (key,
                                       MDOC_ALG_ES256,
                                       &message,
                                       1,
                                       sign1.signature,
                                       &is_tbs_signed,
                                       &error);
  g_assert_true (is_decided);
  g_assert_true (is_tbs_signed);

  message.len--;
  g_assert_false (is_valid (&sign1, key, message));
}

static void
test_chain_of_no_certificate (void)
{
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (
      "84 43a10126 a1182142aabb 41cc 41dd");
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;
  MdocSign1 sign1;

  parse_sign1 (encoded, &sign1);
  chain = mdoc_sign1_dup_chain (&sign1, &error);
  g_assert_null (chain);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_CERTIFICATE);
}

static GBytes *
sign (MdocKey *key, GPtrArray *chain, MdocSpan payload, gboolean is_detached)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GError) error = NULL;
  gboolean is_written;

  is_written = mdoc_sign1_write (writer,
                                 key,
                                 chain,
                                 payload,
                                 is_detached,
                                 &error);
  g_assert_no_error (error);
  g_assert_true (is_written);
  return mdoc_cbor_writer_finish (writer);
}

/* What we sign verifies, by every curve that can sign, and with one bit of the
 * signature or of the payload changed it does not. */
static void
test_sign1_round_trip (void)
{
  MdocSpan payload = mdoc_span_from_text ("payload");
  guint n_tried = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all_curves); i++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autofree guint8 *copy = NULL;
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (GError) error = NULL;
      MdocSign1 sign1;

      if (!mdoc_curve_is_supported (all_curves[i])
          || !mdoc_curve_can_sign (all_curves[i]))
        continue;

      key = mdoc_key_generate (all_curves[i], &error);
      g_assert_no_error (error);
      encoded = sign (key, NULL, payload, i % 2 == 0);
      parse_sign1 (encoded, &sign1);
      g_assert_cmpint (sign1.alg, ==, mdoc_curve_get_alg (all_curves[i]));
      g_assert_true (sign1.has_payload == (i % 2 != 0));
      g_assert_cmpuint (sign1.n_x5chain, ==, 0);
      g_assert_true (is_valid (&sign1, mdoc_key_get_public (key), payload));
      g_assert_false (is_valid (&sign1,
                                mdoc_key_get_public (key),
                                mdoc_span_from_text ("paYload")));

      copy = g_memdup2 (sign1.signature.data, sign1.signature.len);
      copy[sign1.signature.len / 2] ^= 1;
      sign1.signature.data = copy;
      g_assert_false (is_valid (&sign1, mdoc_key_get_public (key), payload));
      n_tried++;
    }

  g_assert_cmpuint (n_tried, >=, 7);
}

static void
test_sign1_write_chain (void)
{
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);
  g_autoptr (GPtrArray) chain = mdoc_test_chain (MDOC_TEST_SIGNER);
  MdocSpan payload = mdoc_span_from_text ("payload");

  for (guint n = 1; n <= 2; n++)
    {
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GPtrArray) again = NULL;
      g_autoptr (GError) error = NULL;
      MdocCborItem x5chain;
      MdocSign1 sign1;

      if (n == 2)
        g_ptr_array_add (chain, mdoc_test_certificate (MDOC_TEST_ROOT));
      encoded = sign (key, chain, payload, FALSE);
      parse_sign1 (encoded, &sign1);
      again = mdoc_sign1_dup_chain (&sign1, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (again->len, ==, n);
      for (guint i = 0; i < n; i++)
        g_assert_true (g_bytes_equal (mdoc_certificate_get_der (
                                          g_ptr_array_index (again, i)),
                                      mdoc_certificate_get_der (
                                          g_ptr_array_index (chain, i))));

      /* unprotected; one is a byte string, more are an array (RFC 9360) */
      x5chain = mdoc_cbor_map_lookup_int (sign1.unprotected_map, 33);
      g_assert_cmpint (mdoc_cbor_get_kind (x5chain),
                       ==,
                       n == 1 ? MDOC_CBOR_KIND_BYTES : MDOC_CBOR_KIND_ARRAY);
    }
}

/* The algorithm has to be one we know, and the one of the key's curve. */
static void
test_sign1_wrong_algorithm (void)
{
  static const struct
  {
    const char *protected_hex;
    const char *name; /* in the message */
  } algorithms[] = {
    { "44a1013822", "-35" },   /* ES384 */
    { "44a1013823", "-36" },   /* ES512 */
    { "43a10127", "-8" },      /* EdDSA */
    { "43a10105", "5" },       /* a MAC */
    { "45a10139ffff", "" },    /* -65536 */
    { "45a101390100", "-257" } /* RS256 */
  };
  g_autoptr (MdocKey) key = mdoc_test_key (MDOC_TEST_SIGNER);

  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autofree char *hex = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ret_valid = TRUE;
      gboolean is_decided;
      MdocSign1 sign1;

      hex = g_strconcat ("84", algorithms[i].protected_hex, "a0f640", NULL);
      encoded = mdoc_test_bytes_from_hex (hex);
      parse_sign1 (encoded, &sign1);
      is_decided = mdoc_sign1_verify (&sign1,
                                      mdoc_key_get_public (key),
                                      mdoc_span_from_text (""),
                                      &ret_valid,
                                      &error);
      g_assert_false (is_decided);
      g_assert_false (ret_valid);
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, algorithms[i].name));
    }
}

static void
test_sign1_key_that_cannot_sign (void)
{
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex ("8443a10126a0f640");
  gboolean ret_valid = TRUE;
  MdocSign1 sign1;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_key_generate (MDOC_CURVE_X25519, &error);
  g_assert_no_error (error);
  parse_sign1 (encoded, &sign1);
  g_assert_false (mdoc_sign1_verify (&sign1,
                                     mdoc_key_get_public (key),
                                     mdoc_span_from_text (""),
                                     &ret_valid,
                                     &error));
  g_assert_false (ret_valid);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "X25519"));
  g_clear_error (&error);

  g_assert_false (mdoc_sign1_write (writer,
                                    key,
                                    NULL,
                                    mdoc_span_from_text ("payload"),
                                    FALSE,
                                    &error));
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  g_assert_cmpuint (mdoc_cbor_writer_get_span (writer).len, ==, 0);
}

static gboolean
is_mac_valid (GBytes *encoded, MdocSpan key, MdocSpan payload)
{
  g_autoptr (GError) error = NULL;
  gboolean ret_valid = 7;
  gboolean is_decided;
  MdocMac0 mac0;

  if (!mdoc_mac0_parse (open_item (encoded), "proof", &mac0, &error))
    g_assert_not_reached ();
  is_decided = mdoc_mac0_verify (&mac0, key, payload, &ret_valid, &error);
  g_assert_no_error (error);
  g_assert_true (is_decided);
  return ret_valid;
}

/* D.5.3: the MAC holds, and ours is the same byte for byte. */
static void
test_mac0_annex_d (void)
{
  g_autoptr (GBytes) device_auth = mdoc_test_annex_d ("device_auth");
  g_autoptr (GBytes) key = mdoc_test_annex_d ("emac_key");
  g_autoptr (GBytes) tag = mdoc_test_annex_d ("mac_tag");
  g_autoptr (GBytes) structure = mdoc_test_annex_d ("mac_structure");
  g_autoptr (GBytes) payload = mdoc_test_annex_d (
      "device_authentication_bytes");
  MdocSpan tbm = mdoc_span_from_bytes (structure);
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) again = NULL;
  guint8 mac[MDOC_HASH_MAX_LEN];

  encoded = mdoc_span_dup (mdoc_cbor_get_encoded (
      mdoc_cbor_map_lookup (open_item (device_auth), "deviceMac")));
  g_assert_true (is_mac_valid (encoded,
                               mdoc_span_from_bytes (key),
                               mdoc_span_from_bytes (payload)));
  g_assert_false (is_mac_valid (encoded, mdoc_span_from_bytes (key), tbm));

  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     mdoc_span_from_bytes (key),
                     &tbm,
                     1,
                     mac);
  g_assert_true (
      mdoc_span_equal (MDOC_SPAN (mac, 32), mdoc_span_from_bytes (tag)));

  mdoc_mac0_write (writer,
                   mdoc_span_from_bytes (key),
                   mdoc_span_from_bytes (payload));
  again = mdoc_cbor_writer_finish (writer);
  g_assert_true (g_bytes_equal (again, encoded));
}

/* Neither a changed tag nor a shortened one passes. */
static void
test_mac0_wrong_tag (void)
{
  MdocSpan key = mdoc_span_from_text ("0123456789abcdef0123456789abcdef");
  MdocSpan payload = mdoc_span_from_text ("payload");
  g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
  g_autoptr (GBytes) good = NULL;
  MdocMac0 mac0, wrong;
  gboolean is_good;

  mdoc_mac0_write (writer, key, payload);
  good = mdoc_cbor_writer_finish (writer);
  g_assert_true (is_mac_valid (good, key, payload));

  is_good = mdoc_mac0_parse (open_item (good), "proof", &mac0, NULL);
  g_assert_true (is_good);
  g_assert_false (mac0.has_payload);
  for (guint bit = 0; bit < 8 * mac0.tag.len; bit++)
    {
      g_autofree guint8 *copy = g_memdup2 (mac0.tag.data, mac0.tag.len);
      gboolean ret_valid = TRUE;
      gboolean is_decided;

      copy[bit / 8] ^= (guint8) (1 << bit % 8);
      wrong = mac0;
      wrong.tag.data = copy;
      is_decided = mdoc_mac0_verify (&wrong, key, payload, &ret_valid, NULL);
      g_assert_true (is_decided);
      g_assert_false (ret_valid);
    }

  for (gsize len = 0; len < mac0.tag.len; len++)
    {
      gboolean ret_valid = TRUE;
      gboolean is_decided;

      wrong = mac0;
      wrong.tag.len = len;
      is_decided = mdoc_mac0_verify (&wrong, key, payload, &ret_valid, NULL);
      g_assert_true (is_decided);
      g_assert_false (ret_valid);
    }
}

static void
test_mac0_wrong_algorithm (void)
{
  /* HMAC 256/64 would be easier to guess */
  g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (
      "84 43a10104 a0 f6 40");
  g_autoptr (GError) error = NULL;
  gboolean ret_valid = TRUE;
  gboolean is_good;
  MdocMac0 mac0;

  is_good = mdoc_mac0_parse (open_item (encoded), "proof", &mac0, &error);
  g_assert_true (is_good);
  is_good = mdoc_mac0_verify (&mac0,
                              mdoc_span_from_text ("key"),
                              mdoc_span_from_text ("payload"),
                              &ret_valid,
                              &error);
  g_assert_false (is_good);
  g_assert_false (ret_valid);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
}

/* No one wrong byte crashes the parser or makes it fail without a reason. */
static void
test_every_wrong_byte (void)
{
  g_autoptr (GBytes) good = mdoc_test_bytes_from_hex (
      "84 47a20126182141aa a10442bbcc 41cc 42dddd");
  gsize size = g_bytes_get_size (good);

  for (gsize pos = 0; pos < size; pos++)
    for (guint value = 0; value <= G_MAXUINT8; value++)
      {
        guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), size);
        g_autoptr (GBytes) encoded = g_bytes_new_take (data, size);
        g_autoptr (GError) error = NULL;
        MdocCborItem item;
        MdocSign1 sign1;
        gboolean is_parsed;

        data[pos] = (guint8) value;
        if (!mdoc_cbor_open (mdoc_span_from_bytes (encoded),
                             &limits,
                             &item,
                             NULL))
          continue;
        is_parsed = mdoc_sign1_parse (item, "proof", &sign1, &error);
        g_assert_true (is_parsed == (error == NULL));
      }
}

static void
add_case (const char *folder,
          const char *name,
          gconstpointer data,
          GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/cose/%s/%s", folder, name);

  g_test_add_data_func (path, data, func);
}

int
main (int argc, char **argv)
{
  static const char *const issuer_auth[] = { "issuer_auth",
                                             "issuer_auth_sig_structure",
                                             "ds_cert_der",
                                             "mso_bytes" };
  static const char *const reader_auth[] = { "reader_auth",
                                             "reader_auth_sig_structure",
                                             "reader_cert_der",
                                             "reader_authentication_bytes" };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (key_cases); i++)
    add_case ("key", key_cases[i].name, &key_cases[i], test_key_case);
  for (gsize i = 0; i < G_N_ELEMENTS (sign1_cases); i++)
    add_case ("sign1", sign1_cases[i].name, &sign1_cases[i], test_sign1_case);
  for (gsize i = 0; i < G_N_ELEMENTS (mac0_cases); i++)
    add_case ("mac0", mac0_cases[i].name, &mac0_cases[i], test_mac0_case);

  g_test_add_func ("/cose/key-coordinate-limit", test_key_coordinate_limit);
  g_test_add_func ("/cose/key-annex-d", test_key_annex_d);
  g_test_add_func ("/cose/key-round-trip", test_key_round_trip);
  g_test_add_func ("/cose/key-unsupported", test_key_unsupported);
  g_test_add_func ("/cose/sign1-limits", test_sign1_limits);
  g_test_add_data_func ("/cose/sign1-annex-d-issuer-auth",
                        issuer_auth,
                        test_sign1_annex_d);
  g_test_add_data_func ("/cose/sign1-annex-d-reader-auth",
                        reader_auth,
                        test_sign1_annex_d);
  g_test_add_func ("/cose/chain-of-no-certificate",
                   test_chain_of_no_certificate);
  g_test_add_func ("/cose/sign1-round-trip", test_sign1_round_trip);
  g_test_add_func ("/cose/sign1-write-chain", test_sign1_write_chain);
  g_test_add_func ("/cose/sign1-wrong-algorithm", test_sign1_wrong_algorithm);
  g_test_add_func ("/cose/sign1-key-that-cannot-sign",
                   test_sign1_key_that_cannot_sign);
  g_test_add_func ("/cose/mac0-annex-d", test_mac0_annex_d);
  g_test_add_func ("/cose/mac0-wrong-tag", test_mac0_wrong_tag);
  g_test_add_func ("/cose/mac0-wrong-algorithm", test_mac0_wrong_algorithm);
  g_test_add_func ("/cose/every-wrong-byte", test_every_wrong_byte);

  return g_test_run ();
}
