/*
 * test-jwe.c - encrypted messages, good ones and attacks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-jwe.h"
#include "tests/lib/mdoc-test-vectors.h"

#define MAX_BYTES ((gsize) 64 * 1024)
#define NOTHING   MDOC_SPAN (NULL, 0)

/* RFC 7518, appendix C: both parties get the key. */
static void
test_derive_key (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file,
                                                     "ecdh_es_rfc7518_appC");
  static const char *const names[] = { "alice", "bob" };
  g_autoptr (GBytes) expected_z = mdoc_test_vectors_dup_hex (entry, "z_hex");
  MdocJweEnc enc = MDOC_JWE_A256GCM;
  MdocKey *keys[2];

  g_assert_true (
      mdoc_jwe_enc_from_name (json_object_get_string_member (entry, "enc"),
                              &enc));
  for (guint i = 0; i < 2; i++)
    {
      keys[i]
          = mdoc_jwk_parse_private (json_object_get_object_member (entry,
                                                                   names[i]),
                                    NULL);
      g_assert_nonnull (keys[i]);
    }

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MdocSecret) z = NULL;
      g_autoptr (MdocSecret) key = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      z = mdoc_key_agree (keys[i], mdoc_key_get_public (keys[1 - i]), &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_span_equal (mdoc_secret_get_span (z),
                                      mdoc_span_from_bytes (expected_z)));
      key = mdoc_jwe_derive_key (enc,
                                 mdoc_secret_get_span (z),
                                 mdoc_span_from_text (
                                     json_object_get_string_member (entry,
                                                                    "apu")),
                                 mdoc_span_from_text (
                                     json_object_get_string_member (entry,
                                                                    "apv")));
      text = mdoc_base64url_encode (mdoc_secret_get_span (key));
      g_assert_cmpstr (text,
                       ==,
                       json_object_get_string_member (entry, "derived_key"));
    }

  mdoc_key_unref (keys[0]);
  mdoc_key_unref (keys[1]);
}

static MdocJwk *
recipient_of (MdocKey *key)
{
  return mdoc_jwk_new (mdoc_key_get_public (key), "k1", "ECDH-ES", "enc");
}

static void
test_round_trip (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256,
                                      MDOC_CURVE_P384,
                                      MDOC_CURVE_P521,
                                      MDOC_CURVE_X25519 };
  static const MdocJweEnc encs[] = { MDOC_JWE_A128GCM, MDOC_JWE_A256GCM };
  static const char *const texts[] = { "", "{}", "some longer text\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (curves) * 2 * 3; i++)
    {
      MdocCurve curve = curves[i / 6];
      MdocJweEnc enc = encs[i / 3 % 2];
      const char *text = texts[i % 3];
      MdocSpan apu = i % 2 == 0 ? NOTHING : mdoc_span_from_text ("Alice");
      MdocSpan apv = i % 2 == 1 ? NOTHING : mdoc_span_from_text ("Bob");
      g_autoptr (MdocKey) key = mdoc_key_generate (curve, NULL);
      g_autoptr (MdocKey) other = mdoc_key_generate (curve, NULL);
      g_autoptr (MdocJwk) recipient = recipient_of (key);
      g_autoptr (MdocSecret) plaintext = NULL;
      g_autoptr (MdocSecret) none = NULL;
      g_autoptr (MdocJwe) jwe = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *compact = NULL;

      compact = mdoc_jwe_encrypt (mdoc_span_from_text (text),
                                  recipient,
                                  enc,
                                  apu,
                                  apv,
                                  &error);
      g_assert_no_error (error);
      jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (mdoc_jwe_get_kid (jwe), ==, "k1");
      g_assert_cmpint (mdoc_jwe_get_enc (jwe), ==, enc);
      g_assert_true (mdoc_span_equal (mdoc_jwe_get_apu (jwe), apu));
      g_assert_true (mdoc_span_equal (mdoc_jwe_get_apv (jwe), apv));
      g_assert_false (mdoc_public_key_equal (mdoc_jwe_get_ephemeral (jwe),
                                             mdoc_key_get_public (key)));

      plaintext = mdoc_jwe_decrypt (jwe, key, &error);
      g_assert_no_error (error);
      g_assert_true (
          mdoc_span_equals_text (mdoc_secret_get_span (plaintext), text));
      none = mdoc_jwe_decrypt (jwe, other, &error);
      g_assert_null (none);
      g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_DECRYPT);
    }
}

/* Each message has a key, a nonce and so a text of its own. */
static void
test_fresh (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) recipient = recipient_of (key);
  char *texts[2];
  g_auto (GStrv) first = NULL;
  g_auto (GStrv) second = NULL;

  for (guint i = 0; i < 2; i++)
    texts[i] = mdoc_jwe_encrypt (mdoc_span_from_text ("same"),
                                 recipient,
                                 MDOC_JWE_A128GCM,
                                 NOTHING,
                                 NOTHING,
                                 NULL);
  first = g_strsplit (texts[0], ".", -1);
  second = g_strsplit (texts[1], ".", -1);
  g_assert_cmpuint (g_strv_length (first), ==, 5);
  for (guint part = 0; part < 5; part++)
    g_assert_true ((strcmp (first[part], second[part]) == 0) == (part == 1));
  g_free (texts[0]);
  g_free (texts[1]);
}

#define EPK                                                                    \
  "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\","                                 \
  "\"x\":\"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0\","                     \
  "\"y\":\"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps\"}"
#define GOOD "\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\","
#define REST "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"

#define JOSE mdoc_jose_error_quark
#define JSON mdoc_json_error_quark

static const struct
{
  const char *header;
  const char *rest;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
} forms[] = {
  { "{" GOOD EPK "}", REST, NULL, 0 },
  { "{" GOOD EPK ",\"apu\":\"\",\"apv\":null,\"x\":1}", REST, NULL, 0 },
  { "{\"alg\":\"none\",\"enc\":\"A128GCM\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"dir\",\"enc\":\"A128GCM\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"ECDH-ES+A128KW\",\"enc\":\"A128GCM\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"RSA1_5\",\"enc\":\"A128GCM\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"ECDH-ES\",\"enc\":\"A128CBC-HS256\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"ECDH-ES\",\"enc\":\"A192GCM\"," EPK "}",
    REST,
    JOSE,
    MDOC_JOSE_ERROR_ALGORITHM },
  { "{" GOOD EPK ",\"zip\":\"DEF\"}", REST, JOSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{" GOOD EPK ",\"crit\":[\"x\"]}", REST, JOSE, MDOC_JOSE_ERROR_CRITICAL },
  { "{\"alg\":\"ECDH-ES\"," EPK "}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{\"enc\":\"A128GCM\"," EPK "}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{" GOOD "\"kid\":\"a\"}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{" GOOD "\"epk\":1}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{" GOOD EPK ",\"kid\":1}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{" GOOD EPK ",\"apu\":1}", REST, JSON, MDOC_JSON_ERROR_SCHEMA },
  { "{" GOOD EPK ",\"apv\":\"=\"}", REST, JOSE, MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD "\"enc\":\"A256GCM\"," EPK "}",
    REST,
    JSON,
    MDOC_JSON_ERROR_DUPLICATE },
  { "{" GOOD EPK "}",
    ".AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_LIMIT },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_LIMIT },
  { "{" GOOD EPK "}", "", JOSE, MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAAA.AAAA",
    JOSE,
    MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}", REST ".AAAA", JOSE, MDOC_JOSE_ERROR_MALFORMED },
  { "{" GOOD EPK "}",
    "..AAAAAAAAAAAAAAAA.A=.AAAAAAAAAAAAAAAAAAAAAA",
    JOSE,
    MDOC_JOSE_ERROR_MALFORMED },
};

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *header = mdoc_base64url_encode (
          mdoc_span_from_text (forms[i].header));
      g_autofree char *compact = g_strconcat (header, forms[i].rest, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwe) jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);

      g_test_message ("%s%s", forms[i].header, forms[i].rest);
      g_assert_true ((jwe == NULL) == (error != NULL));
      if (forms[i].domain == NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, forms[i].domain (), forms[i].code);
    }
}

/* A point that is on no curve of ours would betray the key bit by bit. */
static void
test_invalid_point (void)
{
  static const char header[]
      = "{" GOOD "\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\","
        "\"x\":\"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0\","
        "\"y\":\"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps\"}}";
  g_autoptr (GString) wrong = g_string_new (header);
  g_autofree char *part = NULL;
  g_autofree char *compact = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJwe) jwe = NULL;

  g_string_replace (wrong, "gI0GAI", "gI0GAJ", 1);
  part = mdoc_base64url_encode (mdoc_span_from_text (wrong->str));
  compact = g_strconcat (part, REST, NULL);
  jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);
  g_assert_null (jwe);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
}

static void
test_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
      g_autoptr (MdocJwk) recipient = recipient_of (key);
      g_autofree char *text = g_strnfill (100 + over, 'x');
      g_autofree char *compact = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwe) jwe = NULL;

      compact = mdoc_jwe_encrypt (mdoc_span_from_text (text),
                                  recipient,
                                  MDOC_JWE_A128GCM,
                                  NOTHING,
                                  NOTHING,
                                  NULL);
      jwe = mdoc_jwe_parse (compact, 100, &error);
      g_assert_true ((jwe == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_LIMIT);
    }

  for (guint over = 0; over < 2; over++)
    {
      g_autofree guint8 *party = g_malloc0 (MDOC_JWE_MAX_PARTY_BYTES + 1);
      g_autofree char *apu = mdoc_base64url_encode (
          MDOC_SPAN (party, MDOC_JWE_MAX_PARTY_BYTES + over));
      g_autofree char *header = g_strconcat ("{" GOOD EPK ",\"apu\":\"",
                                             apu,
                                             "\"}",
                                             NULL);
      g_autofree char *part = mdoc_base64url_encode (
          mdoc_span_from_text (header));
      g_autofree char *compact = g_strconcat (part, REST, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwe) jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);

      g_assert_true ((jwe == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_LIMIT);
    }

  for (guint over = 0; over < 2; over++)
    {
      static const char frame[] = "{" GOOD EPK ",\"z\":\"\"}";
      g_autofree char *fill = g_strnfill (MDOC_JWE_MAX_HEADER_BYTES
                                              - strlen (frame) + over,
                                          'z');
      g_autofree char *header = g_strconcat ("{" GOOD EPK ",\"z\":\"",
                                             fill,
                                             "\"}",
                                             NULL);
      g_autofree char *part = mdoc_base64url_encode (
          mdoc_span_from_text (header));
      g_autofree char *compact = g_strconcat (part, REST, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwe) jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);

      g_assert_true ((jwe == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_LIMIT);
    }
}

static void
test_wrong_recipients (void)
{
  static const struct
  {
    MdocCurve curve;
    const char *alg;
    int code;
  } keys[] = {
    { MDOC_CURVE_P256, NULL, MDOC_JOSE_ERROR_ALGORITHM },
    { MDOC_CURVE_P256, "ES256", MDOC_JOSE_ERROR_ALGORITHM },
    { MDOC_CURVE_P256, "ECDH-ES+A256KW", MDOC_JOSE_ERROR_ALGORITHM },
    { MDOC_CURVE_ED25519, "ECDH-ES", MDOC_JOSE_ERROR_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (MdocJwk) recipient = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *compact = NULL;

      if (!mdoc_curve_is_supported (keys[i].curve))
        continue;
      key = mdoc_key_generate (keys[i].curve, NULL);
      recipient = mdoc_jwk_new (mdoc_key_get_public (key),
                                NULL,
                                keys[i].alg,
                                NULL);
      compact = mdoc_jwe_encrypt (NOTHING,
                                  recipient,
                                  MDOC_JWE_A128GCM,
                                  NOTHING,
                                  NOTHING,
                                  &error);
      g_assert_null (compact);
      g_assert_error (error, MDOC_JOSE_ERROR, keys[i].code);
    }
}

static void
test_key_of_other_curve (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (MdocJwk) recipient = recipient_of (key);
  g_autoptr (MdocSecret) none = NULL;
  g_autofree char *compact = NULL;
  g_autoptr (MdocJwe) jwe = NULL;
  g_autoptr (GError) error = NULL;

  compact = mdoc_jwe_encrypt (NOTHING,
                              recipient,
                              MDOC_JWE_A128GCM,
                              NOTHING,
                              NOTHING,
                              NULL);
  jwe = mdoc_jwe_parse (compact, MAX_BYTES, NULL);
  none = mdoc_jwe_decrypt (jwe, other, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_KEY);
}

/* Header, nonce, ciphertext and tag are all covered. */
static void
test_every_wrong_character (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) recipient = recipient_of (key);
  g_autofree char *good = NULL;
  guint n_parsed = 0;

  good = mdoc_jwe_encrypt (mdoc_span_from_text ("abcdef"),
                           recipient,
                           MDOC_JWE_A256GCM,
                           mdoc_span_from_text ("Alice"),
                           mdoc_span_from_text ("Bob"),
                           NULL);
  for (gsize pos = 0; pos < strlen (good); pos++)
    {
      g_autofree char *copy = g_strdup (good);
      g_autoptr (MdocSecret) none = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwe) jwe = NULL;

      copy[pos] = copy[pos] == 'B' ? 'C' : 'B';
      jwe = mdoc_jwe_parse (copy, MAX_BYTES, &error);
      g_assert_true ((jwe == NULL) == (error != NULL));
      if (jwe == NULL)
        continue;
      n_parsed++;
      none = mdoc_jwe_decrypt (jwe, key, &error);
      g_assert_null (none);
      g_assert_nonnull (error);
    }
  g_assert_cmpuint (n_parsed, >, 40);
}

/* A point of low order makes a secret that everybody knows. */
static void
test_low_order (void)
{
  static const char header[]
      = "{" GOOD "\"epk\":{\"kty\":\"OKP\","
        "\"crv\":\"X25519\",\"x\":"
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}";
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_X25519, NULL);
  g_autofree char *part = mdoc_base64url_encode (mdoc_span_from_text (header));
  g_autofree char *compact = g_strconcat (part, REST, NULL);
  g_autoptr (MdocSecret) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJwe) jwe = mdoc_jwe_parse (compact, MAX_BYTES, &error);

  /* it may be refused here or there, but never is anything decrypted */
  if (jwe != NULL)
    none = mdoc_jwe_decrypt (jwe, key, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
}

static void
test_references (void)
{
  static const char header[] = "{" GOOD EPK "}";
  g_autofree char *part = mdoc_base64url_encode (mdoc_span_from_text (header));
  g_autofree char *compact = g_strconcat (part, REST, NULL);
  g_autoptr (MdocJwe) jwe = mdoc_jwe_parse (compact, MAX_BYTES, NULL);

  mdoc_jwe_unref (mdoc_jwe_ref (jwe));
  g_assert_null (mdoc_jwe_get_kid (jwe));
  mdoc_jwe_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jwe/derive-key", test_derive_key);
  g_test_add_func ("/jwe/round-trip", test_round_trip);
  g_test_add_func ("/jwe/fresh", test_fresh);
  g_test_add_func ("/jwe/forms", test_forms);
  g_test_add_func ("/jwe/invalid-point", test_invalid_point);
  g_test_add_func ("/jwe/limits", test_limits);
  g_test_add_func ("/jwe/wrong-recipients", test_wrong_recipients);
  g_test_add_func ("/jwe/key-of-other-curve", test_key_of_other_curve);
  g_test_add_func ("/jwe/every-wrong-character", test_every_wrong_character);
  g_test_add_func ("/jwe/low-order", test_low_order);
  g_test_add_func ("/jwe/references", test_references);

  return g_test_run ();
}
