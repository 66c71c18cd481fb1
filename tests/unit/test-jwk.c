/*
 * test-jwk.c - keys in JSON, their thumbprints, and sets of them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-jose.h"
#include "openid/mdoc-jwk.h"
#include "tests/lib/mdoc-test-vectors.h"

static const MdocJsonLimits limits = { .max_bytes = 64 * 1024,
                                       .max_depth = 8,
                                       .max_values = 1024 };

static JsonNode *
load (const char *text, JsonObject **ret_object)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  node = mdoc_json_load_object (mdoc_span_from_text (text),
                                "test",
                                &limits,
                                ret_object,
                                &error);
  g_assert_no_error (error);
  return node;
}

/* Thumbprints as OpenID4VCI 1.0 and RFC 9449 print them. */
static void
test_thumbprint (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *dpop = json_object_get_object_member (file, "dpop_rfc9449");
  JsonObject *w3c = json_object_get_object_member (file, "jwt_vc_json");
  g_autoptr (MdocJwk) first = NULL;
  g_autoptr (MdocJwk) second = NULL;
  g_autofree char *first_print = NULL;
  g_autofree char *second_print = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *header;

  header = json_object_get_object_member (dpop, "header");
  first = mdoc_jwk_parse (json_object_get_object_member (header, "jwk"),
                          "jwk",
                          &error);
  g_assert_no_error (error);
  first_print = mdoc_jwk_dup_thumbprint (mdoc_jwk_get_key (first));
  g_assert_cmpstr (first_print,
                   ==,
                   json_object_get_string_member (dpop, "jkt"));

  second = mdoc_jwk_parse (json_object_get_object_member (w3c, "issuer_jwk"),
                           "jwk",
                           &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_jwk_get_alg (second), ==, "ES256");
  second_print = mdoc_jwk_dup_thumbprint (mdoc_jwk_get_key (second));
  g_assert_true (g_str_has_suffix (mdoc_jwk_get_kid (second), second_print));
}

/* RFC 8037, A.3 */
static void
test_thumbprint_ed25519 (void)
{
  g_autoptr (MdocJwk) jwk = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *print = NULL;
  JsonObject *object;

  node = load ("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
               "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
               &object);
  jwk = mdoc_jwk_parse (object, "jwk", &error);
  if (!mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    {
      g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_UNSUPPORTED);
      return;
    }
  g_assert_no_error (error);
  print = mdoc_jwk_dup_thumbprint (mdoc_jwk_get_key (jwk));
  g_assert_cmpstr (print, ==, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#define GOOD_X "nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4"
#define GOOD_Y "HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY"
#define EC     "\"kty\":\"EC\",\"crv\":\"P-256\","
#define XY     "\"x\":\"" GOOD_X "\",\"y\":\"" GOOD_Y "\""

static const struct
{
  const char *text;
  gboolean is_crypto; /* else an error of JSON */
  int code;
} wrong_keys[] = {
  { "{}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"kty\":\"EC\"," XY "}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"kty\":1,\"crv\":\"P-256\"," XY "}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC "\"x\":\"" GOOD_X "\"}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC "\"y\":\"" GOOD_Y "\"}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"d\":\"" GOOD_X "\"}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"d\":null}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"k\":\"AA\"}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"kid\":1}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"alg\":[]}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  { "{" EC XY ",\"use\":{}}", FALSE, MDOC_JSON_ERROR_SCHEMA },
  /* a zero at the front left out, one too many, padding, other alphabet */
  { "{" EC "\"x\":\"AAAA\",\"y\":\"" GOOD_Y "\"}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  { "{" EC "\"x\":\"AA" GOOD_X "\",\"y\":\"" GOOD_Y "\"}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  { "{" EC "\"x\":\"" GOOD_X "=\",\"y\":\"" GOOD_Y "\"}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  { "{" EC "\"x\":\"" GOOD_X "\",\"y\":\"+skHU8BjUi1U9Xqi7Swmj8gwAK/"
    "0xkcDjEW/71SosEY\"}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  /* not on the curve: x and y the other way round */
  { "{" EC "\"x\":\"" GOOD_Y "\",\"y\":\"" GOOD_X "\"}",
    TRUE,
    MDOC_CRYPTO_ERROR_KEY },
  { "{\"kty\":\"OKP\",\"crv\":\"P-256\"," XY "}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"kty\":\"EC\",\"crv\":\"X25519\",\"x\":\"" GOOD_X "\"}",
    FALSE,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"kty\":\"EC\",\"crv\":\"p-256\"," XY "}",
    TRUE,
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," XY "}",
    TRUE,
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "{\"kty\":\"EC\",\"crv\":\"brainpoolP256r1\"," XY "}",
    TRUE,
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}",
    TRUE,
    MDOC_CRYPTO_ERROR_UNSUPPORTED },
  { "{\"kty\":\"AKP\",\"pub\":\"AQ\"}", TRUE, MDOC_CRYPTO_ERROR_UNSUPPORTED },
};

static void
test_wrong_keys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_keys); i++)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (MdocJwk) jwk = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *object;

      g_test_message ("%s", wrong_keys[i].text);
      node = load (wrong_keys[i].text, &object);
      jwk = mdoc_jwk_parse (object, "jwk", &error);
      g_assert_null (jwk);
      g_assert_error (error,
                      (wrong_keys[i].is_crypto ? MDOC_CRYPTO_ERROR
                                               : MDOC_JSON_ERROR),
                      wrong_keys[i].code);
    }
}

static void
test_text_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *kid = g_strnfill (MDOC_JWK_MAX_TEXT_LEN + over, 'k');
      g_autofree char *text = g_strconcat ("{" EC XY ",\"kid\":\"",
                                           kid,
                                           "\"}",
                                           NULL);
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (MdocJwk) jwk = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *object;

      node = load (text, &object);
      jwk = mdoc_jwk_parse (object, "jwk", &error);
      if (over == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

/* Every curve that JOSE has and the backend does, there and back. */
static void
test_round_trip (void)
{
  static const MdocCurve curves[] = { MDOC_CURVE_P256,    MDOC_CURVE_P384,
                                      MDOC_CURVE_P521,    MDOC_CURVE_X25519,
                                      MDOC_CURVE_ED25519, MDOC_CURVE_X448,
                                      MDOC_CURVE_ED448 };
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (MdocJwk) jwk = NULL;
      g_autoptr (MdocJwk) again = NULL;
      g_autoptr (JsonObject) object = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mdoc_jose_has_curve (curves[i]));
      if (!mdoc_curve_is_supported (curves[i]))
        continue;
      key = mdoc_key_generate (curves[i], &error);
      g_assert_no_error (error);
      jwk = mdoc_jwk_new (mdoc_key_get_public (key), "kid 1", "alg", "sig");
      object = mdoc_jwk_to_json (jwk);
      again = mdoc_jwk_parse (object, "jwk", &error);
      g_assert_no_error (error);
      g_assert_true (mdoc_public_key_equal (mdoc_jwk_get_key (again),
                                            mdoc_key_get_public (key)));
      g_assert_cmpstr (mdoc_jwk_get_kid (again), ==, "kid 1");
      g_assert_cmpstr (mdoc_jwk_get_alg (again), ==, "alg");
      g_assert_cmpstr (mdoc_jwk_get_use (again), ==, "sig");
      n++;
    }

  g_assert_cmpuint (n, >=, 4);
}

static void
test_private (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load (
      "token-status-list.json");
  JsonObject *object = json_object_get_object_member (file, "key_jwk");
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (MdocKey) none = NULL;

  key = mdoc_jwk_parse_private (object, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_key_get_kind (key), ==, "software");

  /* the private part of another key */
  json_object_set_string_member (object,
                                 "d",
                                 "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
  none = mdoc_jwk_parse_private (object, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
  g_clear_error (&error);
  /* no scalar of the curve */
  json_object_set_string_member (object,
                                 "d",
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  none = mdoc_jwk_parse_private (object, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_KEY);
  g_clear_error (&error);
  json_object_remove_member (object, "d");
  none = mdoc_jwk_parse_private (object, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
  g_clear_error (&error);
  json_object_remove_member (object, "x");
  none = mdoc_jwk_parse_private (object, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
}

/* RFC 7517, section 5: what is not understood is not in the way. */
static void
test_set (void)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GPtrArray) set = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (JsonObject) written = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  node = load ("{\"keys\":["
               "{\"kty\":\"AKP\",\"kid\":\"a\"},"
               "{" EC XY ",\"kid\":\"b\",\"use\":\"enc\"},"
               "{" EC "\"kid\":\"b\"},"
               "{" EC XY ",\"kid\":\"c\"},"
               "{" EC XY "}]}",
               &object);
  set = mdoc_jwk_set_parse (object, "jwks", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (set->len, ==, 3);
  g_assert_null (mdoc_jwk_set_find (set, "a"));
  g_assert_null (mdoc_jwk_set_find (set, "d"));
  g_assert_cmpstr (mdoc_jwk_get_use (mdoc_jwk_set_find (set, "b")), ==, "enc");
  g_assert_nonnull (mdoc_jwk_set_find (set, "c"));

  written = mdoc_jwk_set_write (set);
  again = mdoc_jwk_set_parse (written, "jwks", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 3);
}

static void
test_wrong_sets (void)
{
  static const char *const texts[] = { "{}",
                                       "{\"keys\":{}}",
                                       "{\"keys\":[]}",
                                       "{\"keys\":[1]}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GPtrArray) set = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *object;

      node = load (texts[i], &object);
      set = mdoc_jwk_set_parse (object, "jwks", &error);
      g_assert_null (set);
      g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
    }
}

static void
test_set_limit (void)
{
  for (guint n = MDOC_JWK_SET_MAX_KEYS; n <= MDOC_JWK_SET_MAX_KEYS + 1; n++)
    {
      g_autoptr (JsonObject) object = json_object_new ();
      JsonArray *keys = json_array_new ();
      g_autoptr (GPtrArray) set = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        json_array_add_object_element (keys, json_object_new ());
      json_object_set_array_member (object, "keys", keys);
      set = mdoc_jwk_set_parse (object, "jwks", &error);
      if (n <= MDOC_JWK_SET_MAX_KEYS)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static void
test_references (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocJwk) jwk = NULL;

  jwk = mdoc_jwk_new (mdoc_key_get_public (key), "k", NULL, NULL);
  mdoc_jwk_unref (mdoc_jwk_ref (jwk));
  g_assert_cmpstr (mdoc_jwk_get_kid (jwk), ==, "k");
  mdoc_jwk_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jwk/thumbprint", test_thumbprint);
  g_test_add_func ("/jwk/thumbprint-ed25519", test_thumbprint_ed25519);
  g_test_add_func ("/jwk/wrong-keys", test_wrong_keys);
  g_test_add_func ("/jwk/text-limit", test_text_limit);
  g_test_add_func ("/jwk/round-trip", test_round_trip);
  g_test_add_func ("/jwk/private", test_private);
  g_test_add_func ("/jwk/set", test_set);
  g_test_add_func ("/jwk/wrong-sets", test_wrong_sets);
  g_test_add_func ("/jwk/set-limit", test_set_limit);
  g_test_add_func ("/jwk/references", test_references);

  return g_test_run ();
}
