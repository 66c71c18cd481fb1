/*
 * test-server-keys.c - with what an authorization server signs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-server-keys.h"
#include "tests/unit/rsa-vectors.h"

#define KEY(members) "{\"kty\":\"RSA\",\"e\":\"" RSA_E "\"," members "}"
#define N_2048       "\"n\":\"" RSA_2048_N "\""
#define N_4096       "\"n\":\"" RSA_4096_N "\""
#define EC_KEY                                                                 \
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"r\","                           \
  "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","                     \
  "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"}"
#define SET(keys) "{\"keys\":[" keys "]}"

static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = 8,
                                       .max_values = 1024 };

static MdocServerKeys *
load (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) inner_error = NULL;
  JsonObject *object;

  node = mdoc_json_load_object (mdoc_span_from_text (text),
                                "test",
                                &limits,
                                &object,
                                &inner_error);
  g_assert_no_error (inner_error);
  return mdoc_server_keys_parse (object, "keys", error);
}

static MdocJwt *
parse (const char *token)
{
  g_autoptr (GError) error = NULL;
  MdocJwt *jwt = mdoc_jwt_parse_of_server (token, "at+jwt", &limits, &error);

  g_assert_no_error (error);
  return jwt;
}

static const struct
{
  const char *name;
  const char *set;
  const char *token;
  gboolean is_known;
  gboolean is_signed;
} cases[] = {
  { "rs256", SET (KEY (N_2048 ",\"kid\":\"r\"")), RSA_TOKEN_RS256, TRUE, TRUE },
  { "ps256", SET (KEY (N_2048 ",\"kid\":\"r\"")), RSA_TOKEN_PS256, TRUE, TRUE },
  { "4096", SET (KEY (N_4096 ",\"kid\":\"r\"")), RSA_TOKEN_4096, TRUE, TRUE },
  { "other key",
    SET (KEY (N_4096 ",\"kid\":\"r\"")),
    RSA_TOKEN_RS256,
    TRUE,
    FALSE },
  { "second key",
    SET (KEY (N_4096 ",\"kid\":\"r\"") "," KEY (N_2048 ",\"kid\":\"r\"")),
    RSA_TOKEN_RS256,
    TRUE,
    TRUE },
  { "mixed",
    SET (KEY (N_2048 ",\"kid\":\"r\"")),
    RSA_TOKEN_MIXED,
    TRUE,
    FALSE },
  /* RFC 7517, 4.4: what a key is for, it is for alone */
  { "pinned",
    SET (KEY (N_2048 ",\"kid\":\"r\",\"alg\":\"RS256\",\"use\":\"sig\"")),
    RSA_TOKEN_RS256,
    TRUE,
    TRUE },
  { "pinned to another",
    SET (KEY (N_2048 ",\"kid\":\"r\",\"alg\":\"RS256\"")),
    RSA_TOKEN_PS256,
    FALSE,
    FALSE },
  { "to encrypt",
    SET (KEY (N_2048 ",\"kid\":\"r\",\"use\":\"enc\"")),
    RSA_TOKEN_RS256,
    FALSE,
    FALSE },
  { "other name",
    SET (KEY (N_2048 ",\"kid\":\"q\"")),
    RSA_TOKEN_RS256,
    FALSE,
    FALSE },
  { "no name",
    SET (KEY (N_2048 ",\"kid\":\"q\"")),
    RSA_TOKEN_NO_KID,
    TRUE,
    TRUE },
  { "of a curve", SET (EC_KEY), RSA_TOKEN_RS256, FALSE, FALSE },
};

static void
test_verify (void)
{
  if (!mdoc_rsa_is_supported ())
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocServerKeys) keys = load (cases[i].set, &error);
      g_autoptr (MdocJwt) jwt = parse (cases[i].token);
      gboolean is_known = !cases[i].is_known;

      g_test_message ("%s", cases[i].name);
      g_assert_no_error (error);
      g_assert_cmpint (mdoc_server_keys_verify (keys,
                                                mdoc_jwt_get_jws (jwt),
                                                &is_known),
                       ==,
                       cases[i].is_signed);
      g_assert_cmpint (is_known, ==, cases[i].is_known);
    }
}

/* One of a curve goes on as before, and is no key of RSA. */
static void
test_curve (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_autoptr (MdocJwk) jwk = mdoc_jwk_new (mdoc_key_get_public (key),
                                          "1",
                                          NULL,
                                          NULL);
  g_autoptr (GPtrArray) set = g_ptr_array_new ();
  g_autoptr (JsonObject) written = NULL;
  g_autoptr (JsonObject) header = mdoc_jws_header_new ("at+jwt",
                                                       "1",
                                                       NULL,
                                                       NULL);
  g_autoptr (JsonObject) claims = json_object_new ();
  g_autoptr (MdocServerKeys) keys = NULL;
  g_autoptr (MdocRsaKey) rsa = NULL;
  g_autoptr (MdocJwt) jwt = NULL;
  g_autofree char *token = NULL;
  gboolean is_known, is_valid = TRUE;

  g_ptr_array_add (set, jwk);
  written = mdoc_jwk_set_write (set);
  keys = mdoc_server_keys_parse (written, "keys", &error);
  g_assert_no_error (error);
  token = mdoc_jwt_sign (header, claims, key, &error);
  g_assert_no_error (error);
  jwt = parse (token);
  g_assert_true (
      mdoc_server_keys_verify (keys, mdoc_jwt_get_jws (jwt), &is_known));
  g_assert_false (mdoc_jws_is_rsa (mdoc_jwt_get_jws (jwt)));

  if (!mdoc_rsa_is_supported ())
    return;
  {
    g_autoptr (GBytes) n = mdoc_base64url_decode (RSA_2048_N, 256, NULL);
    g_autoptr (GBytes) e = mdoc_base64url_decode (RSA_E, 3, NULL);

    rsa = mdoc_rsa_key_new (mdoc_span_from_bytes (n),
                            mdoc_span_from_bytes (e),
                            &error);
  }
  g_assert_no_error (error);
  g_assert_false (
      mdoc_jws_verify_rsa (mdoc_jwt_get_jws (jwt), rsa, &is_valid, &error));
  g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
  g_assert_false (is_valid);
}

/* A token of RSA against a key of a curve (RFC 8725, 3.1). */
static void
test_confused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, &error);
  g_autoptr (MdocJwt) jwt = parse (RSA_TOKEN_RS256);
  gboolean is_valid = TRUE;

  g_assert_true (mdoc_jws_is_rsa (mdoc_jwt_get_jws (jwt)));
  g_assert_cmpstr (mdoc_jws_get_alg_name (mdoc_jwt_get_jws (jwt)), ==, "RS256");
  g_assert_false (mdoc_jws_verify (mdoc_jwt_get_jws (jwt),
                                   mdoc_key_get_public (key),
                                   &is_valid,
                                   &error));
  g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
  g_assert_false (is_valid);
}

/* Algorithms that nobody is given, servers no more than others. */
static void
test_algorithms (void)
{
  static const char *const names[] = { "none",  "None",  "HS256", "RS1",
                                       "RS384", "RS512", "PS384", "PS512",
                                       "rs256", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *header
          = g_strdup_printf ("{\"alg\":\"%s\",\"typ\":\"at+jwt\"}", names[i]);
      g_autofree char *part = mdoc_base64url_encode (
          mdoc_span_from_text (header));
      g_autofree char *token = g_strconcat (part, ".e30.AAAA", NULL);

      g_assert_null (
          mdoc_jwt_parse_of_server (token, "at+jwt", &limits, &error));
      g_assert_true (error->domain == MDOC_JOSE_ERROR
                     || error->domain == MDOC_JSON_ERROR);
    }
}

/* RSA stays where it is: no other token, and no other key, may be of it. */
static void
test_nowhere_else (void)
{
  static const char *const tokens[] = { RSA_TOKEN_RS256, RSA_TOKEN_PS256 };

  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mdoc_jws_parse (tokens[i], 1024, &error));
      g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
      g_clear_error (&error);
      g_assert_null (mdoc_jwt_parse (tokens[i], "at+jwt", &limits, &error));
      g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
    }

  {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (GPtrArray) set = NULL;
    JsonObject *object, *key;

    node = mdoc_json_load_object (mdoc_span_from_text (SET (KEY (N_2048))),
                                  "test",
                                  &limits,
                                  &object,
                                  &error);
    g_assert_no_error (error);
    set = mdoc_jwk_set_parse (object, "keys", &error);
    g_assert_no_error (error);
    g_assert_cmpuint (set->len, ==, 0);
    key = json_array_get_object_element (json_object_get_array_member (object,
                                                                       "keys"),
                                         0);
    g_assert_null (mdoc_jwk_parse (key, "key", &error));
    g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
  }
}

/* What is skipped: RFC 7517, 5 */
static void
test_skipped (void)
{
  static const char *const sets[] = {
    SET ("{}"),
    SET ("{\"kty\":\"oct\",\"k\":\"AAAA\"}"),
    SET ("{\"kty\":\"RSA\"," N_2048 "}"),
    SET ("{\"kty\":\"RSA\",\"e\":\"AQAB\"}"),
    SET ("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AQAB\"}"),
    SET ("{\"kty\":\"RSA\",\"e\":\"Aw\"," N_2048 "}"),
    SET ("{\"kty\":\"RSA\",\"e\":1," N_2048 "}"),
    SET (KEY ("\"n\":\"AA" RSA_2048_N "\"")),
    SET (KEY ("\"n\":\"" RSA_4096_N "AAAA\"")),
    SET (KEY (N_2048 ",\"kid\":1")),
    SET (KEY (N_2048 ",\"alg\":1")),
    SET (KEY (N_2048 ",\"use\":1")),
    /* whoever shows a private key has lost it */
    SET (KEY (N_2048 ",\"d\":\"AQAB\"")),
    SET (KEY (N_2048 ",\"p\":\"AQAB\"")),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocServerKeys) keys = load (sets[i], &error);

      g_test_message ("%s", sets[i]);
      g_assert_no_error (error);
      g_assert_cmpuint (mdoc_server_keys_get_length (keys), ==, 0);
    }
}

static void
test_malformed (void)
{
  static const char *const sets[] = { "{}",
                                      "{\"keys\":{}}",
                                      "{\"keys\":[]}",
                                      "{\"keys\":[1]}",
                                      "{\"keys\":[{},null]}" };
  g_autoptr (GString) many = g_string_new ("{\"keys\":[{}");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GError) inner_error = NULL;

      g_assert_null (load (sets[i], &inner_error));
      g_assert_error (inner_error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
    }
  for (guint i = 0; i < MDOC_JWK_SET_MAX_KEYS; i++)
    g_string_append (many, ",{}");
  g_string_append (many, "]}");
  g_assert_null (load (many->str, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-keys/verify", test_verify);
  g_test_add_func ("/server-keys/curve", test_curve);
  g_test_add_func ("/server-keys/confused", test_confused);
  g_test_add_func ("/server-keys/algorithms", test_algorithms);
  g_test_add_func ("/server-keys/nowhere-else", test_nowhere_else);
  g_test_add_func ("/server-keys/skipped", test_skipped);
  g_test_add_func ("/server-keys/malformed", test_malformed);
  return g_test_run ();
}
