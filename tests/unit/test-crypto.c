/*
 * test-crypto.c - the primitives, by published vectors, over both backends
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "tests/lib/mdoc-test.h"

static void
assert_hex (MdocSpan bytes, const char *hex)
{
  g_autoptr (GBytes) expected = mdoc_test_bytes_from_hex (hex);
  g_autofree char *found_text = mdoc_hex_encode (bytes);
  g_autofree char *expected_text = NULL;

  expected_text = mdoc_hex_encode (mdoc_span_from_bytes (expected));
  g_assert_cmpstr (found_text, ==, expected_text);
}

/* FIPS 180-4 examples, and a million times "a" */
static const struct
{
  MdocHash hash;
  const char *message;
  guint times;
  const char *digest;
} hashes[] = {
  { MDOC_HASH_SHA256,
    "",
    0,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { MDOC_HASH_SHA256,
    "abc",
    1,
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { MDOC_HASH_SHA256,
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    1,
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
  { MDOC_HASH_SHA256,
    "aaaaaaaaaa",
    100000,
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
  { MDOC_HASH_SHA384,
    "abc",
    1,
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
    "8086072ba1e7cc2358baeca134c825a7" },
  { MDOC_HASH_SHA512,
    "abc",
    1,
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
  { MDOC_HASH_SHA512,
    "aaaaaaaaaa",
    100000,
    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b" },
};

static void
test_hash (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      g_autofree MdocSpan *parts = g_new0 (MdocSpan, hashes[i].times + 1);
      guint8 digest[MDOC_HASH_MAX_LEN];

      for (guint n = 0; n < hashes[i].times; n++)
        parts[n] = mdoc_span_from_text (hashes[i].message);

      mdoc_hash_compute (hashes[i].hash, parts, hashes[i].times, digest);
      assert_hex (MDOC_SPAN (digest, mdoc_hash_get_len (hashes[i].hash)),
                  hashes[i].digest);
    }
}

/* Wherever a message is cut, the digest is the same; and no byte after the
 * digest is touched. */
static void
test_hash_parts (void)
{
  const char *text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const MdocHash all[] = { MDOC_HASH_SHA256,
                           MDOC_HASH_SHA384,
                           MDOC_HASH_SHA512 };

  for (gsize h = 0; h < G_N_ELEMENTS (all); h++)
    {
      const MdocSpan whole = mdoc_span_from_text (text);
      const gsize len = mdoc_hash_get_len (all[h]);
      guint8 expected[MDOC_HASH_MAX_LEN];

      mdoc_hash_compute (all[h], &whole, 1, expected);
      for (gsize cut = 0; cut <= whole.len; cut++)
        {
          const MdocSpan parts[] = { MDOC_SPAN (whole.data, cut),
                                     MDOC_SPAN (NULL, 0),
                                     MDOC_SPAN (whole.data + cut,
                                                whole.len - cut) };
          guint8 digest[MDOC_HASH_MAX_LEN + 1];

          memset (digest, 0x5a, sizeof (digest));
          mdoc_hash_compute (all[h], parts, G_N_ELEMENTS (parts), digest);
          g_assert_cmpint (memcmp (digest, expected, len), ==, 0);
          g_assert_cmpuint (digest[len], ==, 0x5a);
        }
    }
}

#define AA_20 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* RFC 4231 */
static const struct
{
  const char *key;
  const char *message;
  const char *sha256;
  const char *sha384;
  const char *sha512;
} hmacs[] = {
  /* 4.2 */
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
    "4869205468657265",
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
    "faea9ea9076ede7f4af152e8b2fa9cb6",
    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
  /* 4.3 */
  { "4a656665",
    "7768617420646f2079612077616e7420 666f72206e6f7468696e673f",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
    "8e2240ca5e69e2c78b3239ecfab21649",
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
  /* 4.7: a key longer than a block */
  { AA_20 AA_20 AA_20 AA_20 AA_20 AA_20 "aaaaaaaaaaaaaaaaaaaaaa",
    "54657374205573696e67204c61726765 72205468616e20426c6f636b2d53697a"
    "65204b6579202d2048617368204b6579 204669727374",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
    "0c2ef6ab4030fe8296248df163f44952",
    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
    "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
};

static void
check_hmac (MdocHash hash, GBytes *key, GBytes *message, const char *hex)
{
  const MdocSpan whole = mdoc_span_from_bytes (message);
  const MdocSpan parts[] = { MDOC_SPAN (whole.data, 3),
                             MDOC_SPAN (whole.data + 3, whole.len - 3) };
  guint8 mac[MDOC_HASH_MAX_LEN];

  mdoc_hmac_compute (hash,
                     mdoc_span_from_bytes (key),
                     parts,
                     G_N_ELEMENTS (parts),
                     mac);
  assert_hex (MDOC_SPAN (mac, mdoc_hash_get_len (hash)), hex);
}

static void
test_hmac (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hmacs); i++)
    {
      g_autoptr (GBytes) key = mdoc_test_bytes_from_hex (hmacs[i].key);
      g_autoptr (GBytes) message = mdoc_test_bytes_from_hex (hmacs[i].message);

      check_hmac (MDOC_HASH_SHA256, key, message, hmacs[i].sha256);
      check_hmac (MDOC_HASH_SHA384, key, message, hmacs[i].sha384);
      check_hmac (MDOC_HASH_SHA512, key, message, hmacs[i].sha512);
    }
}

/* An empty key is a key, even after another one was in use. */
static void
test_hmac_empty_key (void)
{
  guint8 mac[MDOC_HASH_MAX_LEN];

  mdoc_hmac_compute (MDOC_HASH_SHA256,
                     mdoc_span_from_text ("key"),
                     NULL,
                     0,
                     mac);
  mdoc_hmac_compute (MDOC_HASH_SHA256, MDOC_SPAN (NULL, 0), NULL, 0, mac);
  assert_hex (MDOC_SPAN (mac, 32),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5a"
              "d");
}

/* RFC 5869, A.1 to A.3 */
static const struct
{
  const char *ikm;
  const char *salt;
  const char *info;
  gsize len;
  const char *okm;
} hkdfs[] = {
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
    "000102030405060708090a0b0c",
    "f0f1f2f3f4f5f6f7f8f9",
    42,
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    "34007208d5b887185865" },
  { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
    "404142434445464748494a4b4c4d4e4f",
    "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
    "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
    "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
    "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    82,
    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
    "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
    "cc30c58179ec3e87c14c01d5c1f3434f1d87" },
  { "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
    "",
    "",
    42,
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    "9d201395faa4b61a96c8" },
};

static void
test_hkdf (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hkdfs); i++)
    {
      g_autoptr (GBytes) ikm = mdoc_test_bytes_from_hex (hkdfs[i].ikm);
      g_autoptr (GBytes) salt = mdoc_test_bytes_from_hex (hkdfs[i].salt);
      g_autoptr (GBytes) info = mdoc_test_bytes_from_hex (hkdfs[i].info);
      g_autoptr (MdocSecret) okm = NULL;

      okm = mdoc_hkdf_derive (MDOC_HASH_SHA256,
                              mdoc_span_from_bytes (ikm),
                              mdoc_span_from_bytes (salt),
                              mdoc_span_from_bytes (info),
                              hkdfs[i].len);
      assert_hex (mdoc_secret_get_span (okm), hkdfs[i].okm);
    }
}

/* The longest output there is, and that each length is a prefix of it. */
static void
test_hkdf_lengths (void)
{
  const MdocSpan none = { NULL, 0 };
  const gsize max = 255 * 64;
  g_autoptr (MdocSecret) longest = NULL;

  longest = mdoc_hkdf_derive (MDOC_HASH_SHA512, none, none, none, max);
  g_assert_cmpuint (mdoc_secret_get_len (longest), ==, max);
  for (gsize len = 0; len <= 200; len++)
    {
      g_autoptr (MdocSecret) okm = NULL;

      okm = mdoc_hkdf_derive (MDOC_HASH_SHA512, none, none, none, len);
      g_assert_cmpuint (mdoc_secret_get_len (okm), ==, len);
      g_assert_cmpint (memcmp (mdoc_secret_get_data (okm),
                               mdoc_secret_get_data (longest),
                               len),
                       ==,
                       0);
    }
}

#define GCM_KEY   "feffe9928665731c6d6a8f9467308308"
#define GCM_NONCE "cafebabefacedbaddecaf888"
#define GCM_AAD   "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_TEXT                                                               \
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"           \
  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define ZERO_12 "000000000000000000000000"
#define ZERO_16 "00000000000000000000000000000000"

/* The GCM specification's test cases 1, 2, 4, 13, 14, 15 and 16 */
static const struct
{
  const char *key;
  const char *nonce;
  const char *aad;
  const char *plaintext;
  const char *ciphertext;
} gcms[] = {
  { ZERO_16, ZERO_12, "", "", "58e2fccefa7e3061367f1d57a4e7455a" },
  { ZERO_16,
    ZERO_12,
    "",
    ZERO_16,
    "0388dace60b6a392f328c2b971b2fe78 ab6e47d42cec13bdf53a67b21257bddf" },
  { GCM_KEY,
    GCM_NONCE,
    GCM_AAD,
    GCM_TEXT,
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
    "5bc94fbc3221a5db94fae95ae7121a47" },
  { ZERO_16 ZERO_16, ZERO_12, "", "", "530f8afbc74536b9a963b4f1c4cb738b" },
  { ZERO_16 ZERO_16,
    ZERO_12,
    "",
    ZERO_16,
    "cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919" },
  { GCM_KEY GCM_KEY,
    GCM_NONCE,
    "",
    GCM_TEXT "1aafd255",
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
    "b094dac5d93471bdec1a502270e3cc6c" },
  { GCM_KEY GCM_KEY,
    GCM_NONCE,
    GCM_AAD,
    GCM_TEXT,
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static void
test_gcm (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (gcms); i++)
    {
      g_autoptr (GBytes) key = mdoc_test_bytes_from_hex (gcms[i].key);
      g_autoptr (GBytes) nonce = mdoc_test_bytes_from_hex (gcms[i].nonce);
      g_autoptr (GBytes) aad = mdoc_test_bytes_from_hex (gcms[i].aad);
      g_autoptr (GBytes) text = mdoc_test_bytes_from_hex (gcms[i].plaintext);
      g_autoptr (GBytes) encrypted = NULL;
      g_autoptr (MdocSecret) decrypted = NULL;
      g_autoptr (GError) error = NULL;

      encrypted = mdoc_aes_gcm_encrypt (mdoc_span_from_bytes (key),
                                        mdoc_span_from_bytes (nonce),
                                        mdoc_span_from_bytes (aad),
                                        mdoc_span_from_bytes (text),
                                        &error);
      g_assert_no_error (error);
      assert_hex (mdoc_span_from_bytes (encrypted), gcms[i].ciphertext);

      decrypted = mdoc_aes_gcm_decrypt (mdoc_span_from_bytes (key),
                                        mdoc_span_from_bytes (nonce),
                                        mdoc_span_from_bytes (aad),
                                        mdoc_span_from_bytes (encrypted),
                                        &error);
      g_assert_no_error (error);
      assert_hex (mdoc_secret_get_span (decrypted), gcms[i].plaintext);
    }
}

static void
assert_not_authentic (MdocSpan key,
                      MdocSpan nonce,
                      MdocSpan aad,
                      MdocSpan ciphertext)
{
  g_autoptr (MdocSecret) decrypted = NULL;
  g_autoptr (GError) error = NULL;

  decrypted = mdoc_aes_gcm_decrypt (key, nonce, aad, ciphertext, &error);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DECRYPT);
  g_assert_null (decrypted);
}

/* Each bit of ciphertext, tag, key, nonce and associated data counts; so does
 * each byte of the length. */
static void
test_gcm_forged (void)
{
  g_autoptr (GBytes) key = mdoc_test_bytes_from_hex (GCM_KEY GCM_KEY);
  g_autoptr (GBytes) nonce = mdoc_test_bytes_from_hex (GCM_NONCE);
  g_autoptr (GBytes) aad = mdoc_test_bytes_from_hex (GCM_AAD);
  g_autoptr (GBytes) text = mdoc_test_bytes_from_hex (GCM_TEXT);
  g_autoptr (GBytes) encrypted = NULL;
  g_autoptr (GError) error = NULL;
  MdocSpan spans[4];

  encrypted = mdoc_aes_gcm_encrypt (mdoc_span_from_bytes (key),
                                    mdoc_span_from_bytes (nonce),
                                    mdoc_span_from_bytes (aad),
                                    mdoc_span_from_bytes (text),
                                    &error);
  g_assert_no_error (error);
  spans[0] = mdoc_span_from_bytes (key);
  spans[1] = mdoc_span_from_bytes (nonce);
  spans[2] = mdoc_span_from_bytes (aad);
  spans[3] = mdoc_span_from_bytes (encrypted);

  for (gsize which = 0; which < G_N_ELEMENTS (spans); which++)
    {
      for (gsize bit = 0; bit < 8 * spans[which].len; bit++)
        {
          g_autofree guint8 *copy = g_memdup2 (spans[which].data,
                                               spans[which].len);
          MdocSpan forged[4];

          memcpy (forged, spans, sizeof (forged));
          copy[bit / 8] ^= (guint8) (1U << bit % 8);
          forged[which].data = copy;
          assert_not_authentic (forged[0], forged[1], forged[2], forged[3]);
        }
    }

  for (gsize len = 0; len < spans[3].len; len++)
    {
      g_autofree guint8 *copy = g_memdup2 (spans[3].data, MAX (len, 1));

      assert_not_authentic (spans[0],
                            spans[1],
                            spans[2],
                            MDOC_SPAN (copy, len));
    }
}

static void
test_gcm_lengths (void)
{
  static const guint8 zeros[64];
  const MdocSpan none = { NULL, 0 };

  for (gsize key_len = 0; key_len <= 40; key_len++)
    {
      for (gsize nonce_len = 0; nonce_len <= 16; nonce_len++)
        {
          g_autoptr (GBytes) encrypted = NULL;
          g_autoptr (MdocSecret) decrypted = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (GError) other_error = NULL;

          encrypted = mdoc_aes_gcm_encrypt (MDOC_SPAN (zeros, key_len),
                                            MDOC_SPAN (zeros, nonce_len),
                                            none,
                                            none,
                                            &error);
          if ((key_len == 16 || key_len == 32) && nonce_len == 12)
            {
              g_assert_no_error (error);
              g_assert_cmpuint (g_bytes_get_size (encrypted), ==, 16);
              continue;
            }

          g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
          g_assert_null (encrypted);
          decrypted = mdoc_aes_gcm_decrypt (MDOC_SPAN (zeros, key_len),
                                            MDOC_SPAN (zeros, nonce_len),
                                            none,
                                            MDOC_SPAN (zeros, sizeof (zeros)),
                                            &other_error);
          g_assert_error (other_error,
                          MDOC_CRYPTO_ERROR,
                          MDOC_CRYPTO_ERROR_KEY);
          g_assert_null (decrypted);
        }
    }
}

/* Not a test of quality: only that all of it is written, and nothing else. */
static void
test_random (void)
{
  guint8 seen[256] = { 0 };
  guint8 a[257] = { 0 };
  guint8 b[257] = { 0 };

  mdoc_random_fill (a, 256);
  mdoc_random_fill (b, 256);
  g_assert_cmpint (memcmp (a, b, 256), !=, 0);
  g_assert_cmpuint (a[256] | b[256], ==, 0);

  /* each byte takes more than one value, over a few draws */
  for (guint draw = 0; draw < 16; draw++)
    {
      mdoc_random_fill (b, 256);
      for (gsize i = 0; i < 256; i++)
        seen[i] |= a[i] != b[i];
    }
  for (gsize i = 0; i < 256; i++)
    g_assert_cmpuint (seen[i], ==, 1);

  mdoc_random_fill (NULL, 0);
}

static void
test_backend (void)
{
  const char *name = mdoc_crypto_get_backend ();

  g_assert_true (g_str_has_prefix (name, "OpenSSL 3.")
                 || g_str_has_prefix (name, "Mbed TLS "));
  g_assert_nonnull (strpbrk (name, "123456789"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/hash", test_hash);
  g_test_add_func ("/crypto/hash/parts", test_hash_parts);
  g_test_add_func ("/crypto/hmac", test_hmac);
  g_test_add_func ("/crypto/hmac/empty-key", test_hmac_empty_key);
  g_test_add_func ("/crypto/hkdf", test_hkdf);
  g_test_add_func ("/crypto/hkdf/lengths", test_hkdf_lengths);
  g_test_add_func ("/crypto/gcm", test_gcm);
  g_test_add_func ("/crypto/gcm/forged", test_gcm_forged);
  g_test_add_func ("/crypto/gcm/lengths", test_gcm_lengths);
  g_test_add_func ("/crypto/random", test_random);
  g_test_add_func ("/crypto/backend", test_backend);

  return g_test_run ();
}
