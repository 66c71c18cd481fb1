/*
 * test-jws.c - signed tokens, good ones and attacks
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"

#define MAX_PAYLOAD ((gsize) 64 * 1024)

static const MdocJsonLimits limits = { .max_bytes = MAX_PAYLOAD,
                                       .max_depth = 8,
                                       .max_values = 1024 };

static gboolean
is_valid (MdocJws *jws, MdocPublicKey *key)
{
  g_autoptr (GError) error = NULL;
  gboolean ret_valid = 7;
  gboolean is_decided = mdoc_jws_verify (jws, key, &ret_valid, &error);

  g_assert_no_error (error);
  g_assert_true (is_decided);
  return ret_valid;
}

static char *
part_of (const char *text)
{
  return mdoc_base64url_encode (mdoc_span_from_text (text));
}

static char *
compact_of (const char *header, const char *payload, const char *signature)
{
  g_autofree char *first = part_of (header);
  g_autofree char *second = part_of (payload);

  return g_strconcat (first, ".", second, ".", signature, NULL);
}

static void
assert_refused (const char *compact, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocJws) jws = mdoc_jws_parse (compact, MAX_PAYLOAD, &error);

  g_assert_null (jws);
  g_assert_error (error, domain, code);
}

/* The tokens that OpenID4VCI 1.0 and RFC 9449 print. */
static void
test_published (gconstpointer data)
{
  const char *name = data;
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, name);
  const char *member = json_object_has_member (entry, "jwt") ? "jwt" : "proof";
  g_autoptr (MdocPublicKey) key = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (MdocJwt) jwt = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *header = json_object_get_object_member (entry, "header");
  JsonNode *payload = json_object_get_member (entry, "payload");
  g_autoptr (JsonNode) claims = json_node_new (JSON_NODE_OBJECT);
  MdocJws *jws;

  jwt = mdoc_jwt_parse (json_object_get_string_member (entry, member),
                        json_object_get_string_member (header, "typ"),
                        &limits,
                        &error);
  g_assert_no_error (error);
  jws = mdoc_jwt_get_jws (jwt);
  g_assert_cmpint (mdoc_jws_get_alg (jws), ==, MDOC_ALG_ES256);
  json_node_set_object (claims, mdoc_jwt_get_claims (jwt));
  g_assert_true (json_node_equal (claims, payload));

  chain = mdoc_jws_dup_chain (jws, &error);
  g_assert_no_error (error);
  if (chain->len > 0)
    key = mdoc_public_key_ref (
        mdoc_certificate_get_public_key (chain->pdata[0]));
  else if (json_object_has_member (entry, "issuer_jwk"))
    {
      g_autoptr (MdocJwk) jwk = NULL;

      jwk = mdoc_jwk_parse (json_object_get_object_member (entry, "issuer_jwk"),
                            "jwk",
                            &error);
      g_assert_no_error (error);
      key = mdoc_public_key_ref (mdoc_jwk_get_key (jwk));
    }
  else
    key = mdoc_jws_dup_jwk (jws, &error);
  g_assert_no_error (error);
  g_assert_true (is_valid (jws, key));
}

/* RFC 8037, A.4 and A.5 */
static void
test_ed25519 (void)
{
  static const char token[]
      = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5Bh"
        "VsPt9g7sVvpAr_MuM0KAg";
  g_autoptr (GBytes) d = NULL;
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (MdocJws) jws = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;

  jws = mdoc_jws_parse (token, MAX_PAYLOAD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_jws_get_alg (jws), ==, MDOC_ALG_EDDSA);
  if (!mdoc_curve_is_supported (MDOC_CURVE_ED25519))
    return;

  d = mdoc_base64url_decode ("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
                             32,
                             NULL);
  key = mdoc_key_new_from_private (MDOC_CURVE_ED25519,
                                   mdoc_span_from_bytes (d),
                                   &error);
  g_assert_no_error (error);
  g_assert_true (is_valid (jws, mdoc_key_get_public (key)));
  again = mdoc_jws_sign (NULL, mdoc_jws_get_payload (jws), key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, token);
}

static void
test_round_trip (void)
{
  static const struct
  {
    MdocCurve curve;
    const char *alg;
  } curves[] = { { MDOC_CURVE_P256, "ES256" },
                 { MDOC_CURVE_P384, "ES384" },
                 { MDOC_CURVE_P521, "ES512" },
                 { MDOC_CURVE_ED25519, "EdDSA" },
                 { MDOC_CURVE_ED448, "EdDSA" } };

  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    {
      g_autoptr (MdocKey) key = NULL;
      g_autoptr (MdocKey) other = NULL;
      g_autoptr (MdocPublicKey) found = NULL;
      g_autoptr (JsonObject) header = NULL;
      g_autoptr (JsonObject) claims = json_object_new ();
      g_autoptr (MdocJwt) jwt = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *compact = NULL;
      MdocJws *jws;

      if (!mdoc_curve_is_supported (curves[i].curve))
        continue;
      key = mdoc_key_generate (curves[i].curve, &error);
      g_assert_no_error (error);
      other = mdoc_key_generate (curves[i].curve, &error);
      g_assert_no_error (error);
      header = mdoc_jws_header_new ("test+jwt",
                                    "k1",
                                    mdoc_key_get_public (key),
                                    NULL);
      json_object_set_string_member (claims, "iss", "me");
      compact = mdoc_jwt_sign (header, claims, key, &error);
      g_assert_no_error (error);

      jwt = mdoc_jwt_parse (compact, "test+jwt", &limits, &error);
      g_assert_no_error (error);
      jws = mdoc_jwt_get_jws (jwt);
      g_assert_cmpstr (json_object_get_string_member (mdoc_jws_get_header (jws),
                                                      "alg"),
                       ==,
                       curves[i].alg);
      g_assert_cmpstr (mdoc_jws_get_kid (jws), ==, "k1");
      g_assert_cmpstr (json_object_get_string_member (mdoc_jwt_get_claims (jwt),
                                                      "iss"),
                       ==,
                       "me");
      found = mdoc_jws_dup_jwk (jws, &error);
      g_assert_no_error (error);
      g_assert_true (is_valid (jws, found));
      g_assert_false (is_valid (jws, mdoc_key_get_public (other)));
    }
}

static const struct
{
  const char *header;
  gboolean is_json; /* else an error of JOSE */
  int code;
} wrong_headers[] = {
  { "{\"alg\":\"none\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"None\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"HS256\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"RS256\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"ES256K\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"es256\"}", FALSE, MDOC_JOSE_ERROR_ALGORITHM },
  { "{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
    FALSE,
    MDOC_JOSE_ERROR_CRITICAL },
  { "{\"alg\":\"ES256\",\"crit\":[]}", FALSE, MDOC_JOSE_ERROR_CRITICAL },
  { "{\"alg\":\"ES256\",\"crit\":null}", FALSE, MDOC_JOSE_ERROR_CRITICAL },
  { "{}", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"alg\":-7}", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"alg\":\"\"}", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"alg\":\"ES256\",\"alg\":\"none\"}", TRUE, MDOC_JSON_ERROR_DUPLICATE },
  { "{\"alg\":\"ES256\",\"typ\":1}", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"alg\":\"ES256\",\"kid\":{}}", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "[]", TRUE, MDOC_JSON_ERROR_SCHEMA },
  { "{\"alg\":\"ES256\"", TRUE, MDOC_JSON_ERROR_TRUNCATED },
  { "{\"alg\":\"ES256\"}x", TRUE, MDOC_JSON_ERROR_TRAILING },
  { "\xff", TRUE, MDOC_JSON_ERROR_MALFORMED },
};

static void
test_wrong_headers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_headers); i++)
    {
      g_autofree char *compact = compact_of (wrong_headers[i].header,
                                             "{}",
                                             "AAAA");

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      assert_refused (compact,
                      wrong_headers[i].is_json ? MDOC_JSON_ERROR
                                               : MDOC_JOSE_ERROR,
                      wrong_headers[i].code);
    }
}

static void
test_wrong_forms (void)
{
  static const char *const texts[] = {
    "",
    ".",
    "..",
    "a",
    "eyJhbGciOiJFUzI1NiJ9",
    "eyJhbGciOiJFUzI1NiJ9.e30",
    "eyJhbGciOiJFUzI1NiJ9.e30.AAAA.",
    "eyJhbGciOiJFUzI1NiJ9.e30.AAAA.AAAA.AAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30=.AAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30.AA==",
    "eyJhbGciOiJFUzI1NiJ9.e30.A",
    "eyJhbGciOiJFUzI1NiJ9.e3 0.AAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30.AAAA\n",
    " eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
    "eyJhbGciOiJFUzI1NiJ9.e30.AA+A",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJws) jws = mdoc_jws_parse (texts[i], MAX_PAYLOAD, &error);

      g_assert_null (jws);
      g_assert_true (
          g_error_matches (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_MALFORMED)
          || error->domain == MDOC_JSON_ERROR);
    }
}

/* Header, payload and signature: to the byte. */
static void
test_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      static const char frame[] = "{\"alg\":\"ES256\",\"z\":\"\"}";
      gsize fill = MDOC_JWS_MAX_HEADER_BYTES - strlen (frame) + over;
      g_autofree char *long_text = g_strnfill (fill, 'z');
      g_autofree char *header = g_strconcat ("{\"alg\":\"ES256\",\"z\":\"",
                                             long_text,
                                             "\"}",
                                             NULL);
      g_autofree char *compact = compact_of (header, "{}", "AAAA");
      g_autofree char *payload = g_strnfill (100 + over, 'p');
      g_autofree char *second = compact_of ("{\"alg\":\"ES256\"}",
                                            payload,
                                            "AAAA");
      g_autofree char *signature = g_strnfill (MDOC_SIGNATURE_MAX_LEN / 3 * 4
                                                   + 4 * over,
                                               'A');
      g_autofree char *third = compact_of ("{\"alg\":\"ES256\"}",
                                           "",
                                           signature);
      const char *const all[] = { compact, second, third };

      for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (MdocJws) jws = mdoc_jws_parse (all[i], 100, &error);

          g_assert_true ((jws == NULL) == (over == 1));
          if (over == 0)
            g_assert_no_error (error);
          else
            g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_LIMIT);
        }
    }
}

/* Which algorithm a key is for, the token has no say in. */
static void
test_algorithm_of_key (void)
{
  static const char *const algs[] = { "ES384", "ES512", "EdDSA" };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) brainpool = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (algs); i++)
    {
      g_autofree char *header = g_strdup_printf ("{\"alg\":\"%s\"}", algs[i]);
      g_autofree char *compact = compact_of (header, "{}", "AAAA");
      g_autoptr (MdocJws) jws = mdoc_jws_parse (compact, MAX_PAYLOAD, NULL);
      gboolean ret_valid = TRUE;

      g_assert_false (
          mdoc_jws_verify (jws, mdoc_key_get_public (key), &ret_valid, &error));
      g_assert_false (ret_valid);
      g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
      g_clear_error (&error);
    }

  /* COSE has ES256 for this curve, JOSE does not */
  if (!mdoc_curve_is_supported (MDOC_CURVE_BRAINPOOL_P256R1))
    return;
  brainpool = mdoc_key_generate (MDOC_CURVE_BRAINPOOL_P256R1, NULL);
  none = mdoc_jws_sign (NULL, MDOC_SPAN (NULL, 0), brainpool, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
}

static void
test_key_that_cannot_sign (void)
{
  g_autoptr (MdocKey) key = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *none = NULL;

  key = mdoc_key_generate (MDOC_CURVE_X25519, &error);
  g_assert_no_error (error);
  none = mdoc_jws_sign (NULL, MDOC_SPAN (NULL, 0), key, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_ALGORITHM);
}

/* What is signed is every character before the second dot. */
static void
test_every_wrong_character (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autofree char *good = NULL;
  guint n_parsed = 0;

  good = mdoc_jws_sign (NULL, mdoc_span_from_text ("abcdef"), key, NULL);
  for (gsize pos = 0; pos < strlen (good); pos++)
    {
      g_autofree char *copy = g_strdup (good);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJws) jws = NULL;

      copy[pos] = copy[pos] == 'B' ? 'C' : 'B';
      jws = mdoc_jws_parse (copy, MAX_PAYLOAD, &error);
      g_assert_true ((jws == NULL) == (error != NULL));
      if (jws == NULL)
        continue;
      n_parsed++;
      g_assert_false (is_valid (jws, mdoc_key_get_public (key)));
    }
  g_assert_cmpuint (n_parsed, >, 80);
}

/* A signature of another length, or in DER, is none. */
static void
test_signature_length (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize len = 0; len <= 72; len++)
    {
      guint8 zeros[72] = { 0 };
      g_autofree char *signature = mdoc_base64url_encode (
          MDOC_SPAN (zeros, len));
      g_autofree char *compact = compact_of ("{\"alg\":\"ES256\"}",
                                             "{}",
                                             signature);
      g_autoptr (MdocJws) jws = mdoc_jws_parse (compact, MAX_PAYLOAD, NULL);

      g_assert_nonnull (jws);
      g_assert_false (is_valid (jws, mdoc_key_get_public (key)));
    }
}

static void
test_type (void)
{
  static const struct
  {
    const char *header;
    gboolean is_dpop;
  } types[] = {
    { "{\"alg\":\"ES256\",\"typ\":\"dpop+jwt\"}", TRUE },
    { "{\"alg\":\"ES256\",\"typ\":\"DPoP+JWT\"}", TRUE },
    { "{\"alg\":\"ES256\",\"typ\":\"application/dpop+jwt\"}", TRUE },
    { "{\"alg\":\"ES256\",\"typ\":\"text/dpop+jwt\"}", FALSE },
    { "{\"alg\":\"ES256\",\"typ\":\"dpop+jwt2\"}", FALSE },
    { "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", FALSE },
    { "{\"alg\":\"ES256\",\"typ\":\"\"}", FALSE },
    { "{\"alg\":\"ES256\"}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *compact = compact_of (types[i].header, "{}", "AAAA");
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwt) jwt = NULL;

      jwt = mdoc_jwt_parse (compact, "dpop+jwt", &limits, &error);
      if (types[i].is_dpop)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_TYPE);
    }
}

static void
test_wrong_claims (void)
{
  static const char *const payloads[] = { "", "[]", "1", "{\"a\":1,\"a\":1}" };

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autofree char *compact
          = compact_of ("{\"alg\":\"ES256\",\"typ\":\"t\"}",
                        payloads[i],
                        "AAAA");
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocJwt) jwt = mdoc_jwt_parse (compact, "t", &limits, &error);

      g_assert_null (jwt);
      g_assert_true (error->domain == MDOC_JSON_ERROR);
    }
}

/* Nobody's address is looked at, and a key that is wrong is not used. */
static void
test_keys_of_header (void)
{
  static const struct
  {
    const char *header;
    GQuark (*domain) (void);
    int code;
  } headers[] = {
    { "{\"alg\":\"ES256\",\"jku\":\"https://evil.example/\",\"x5u\":1}",
      mdoc_jose_error_quark,
      MDOC_JOSE_ERROR_KEY },
    { "{\"alg\":\"ES256\",\"jwk\":\"x\"}",
      mdoc_json_error_quark,
      MDOC_JSON_ERROR_SCHEMA },
    { "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
      mdoc_json_error_quark,
      MDOC_JSON_ERROR_SCHEMA },
    { "{\"alg\":\"ES256\",\"jwk\":{\"kty\":\"RSA\"}}",
      mdoc_crypto_error_quark,
      MDOC_CRYPTO_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *compact = compact_of (headers[i].header, "{}", "AAAA");
      g_autoptr (MdocJws) jws = mdoc_jws_parse (compact, MAX_PAYLOAD, NULL);
      g_autoptr (MdocPublicKey) key = NULL;
      g_autoptr (GError) error = NULL;

      key = mdoc_jws_dup_jwk (jws, &error);
      g_assert_null (key);
      g_assert_error (error, headers[i].domain (), headers[i].code);
    }
}

static GPtrArray *
chain_of (const char *header, GError **error)
{
  g_autofree char *compact = compact_of (header, "{}", "AAAA");
  g_autoptr (MdocJws) jws = mdoc_jws_parse (compact, MAX_PAYLOAD, error);

  return jws != NULL ? mdoc_jws_dup_chain (jws, error) : NULL;
}

static void
test_chain (void)
{
  MdocTestCertificate what = { 0 };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocCertificate) certificate = NULL;

  certificate = mdoc_test_certificate_new (&what, key, NULL, key);
  for (guint n = 0; n <= MDOC_CHAIN_MAX_LEN + 1; n++)
    {
      g_autoptr (GPtrArray) chain = g_ptr_array_new ();
      g_autoptr (GPtrArray) again = NULL;
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *compact = NULL;
      g_autoptr (MdocJws) jws = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (chain, certificate);
      header = mdoc_jws_header_new ("t", NULL, NULL, chain);
      compact = mdoc_jws_sign (header, MDOC_SPAN (NULL, 0), key, &error);
      g_assert_no_error (error);
      jws = mdoc_jws_parse (compact, MAX_PAYLOAD, &error);
      g_assert_no_error (error);
      again = mdoc_jws_dup_chain (jws, &error);
      if (n > MDOC_CHAIN_MAX_LEN)
        {
          g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (again->len, ==, n);
      if (n > 0)
        g_assert_true (
            is_valid (jws,
                      mdoc_certificate_get_public_key (again->pdata[n - 1])));
    }
}

/* Certificates of any length: with padding of both kinds, and without. */
static void
test_chain_padding (void)
{
  static const char *const subjects[] = { "CN=A", "CN=AA", "CN=AAA" };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P384, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (subjects) * 4; i++)
    {
      MdocTestCertificate what = { .subject = subjects[i % 3] };
      g_autoptr (MdocCertificate) certificate = NULL;
      g_autoptr (GPtrArray) chain = NULL;
      g_autoptr (GPtrArray) again = NULL;
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *compact = NULL;
      g_autoptr (MdocJws) jws = NULL;
      g_autoptr (GError) error = NULL;

      certificate = mdoc_test_certificate_new (&what, key, NULL, key);
      chain = mdoc_test_certificates (certificate, NULL);
      header = mdoc_jws_header_new ("t", NULL, NULL, chain);
      compact = mdoc_jws_sign (header, MDOC_SPAN (NULL, 0), key, &error);
      g_assert_no_error (error);
      jws = mdoc_jws_parse (compact, MAX_PAYLOAD, &error);
      g_assert_no_error (error);
      again = mdoc_jws_dup_chain (jws, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (mdoc_certificate_get_der (again->pdata[0]),
                                    mdoc_certificate_get_der (certificate)));
    }
}

static gboolean
fail_to_sign (gpointer impl,
              MdocAlg alg,
              const MdocSpan *message_parts,
              gsize n_parts,
              guint8 *ret_signature,
              gsize *ret_len,
              GError **error)
{
  g_set_error_literal (error,
                       MDOC_CRYPTO_ERROR,
                       (gint) MDOC_CRYPTO_ERROR_DEVICE,
                       "token is gone");
  return FALSE;
}

static void
free_nothing (gpointer impl)
{
}

static void
test_key_that_fails (void)
{
  static const MdocKeyClass klass = { .kind = "test",
                                      .sign = fail_to_sign,
                                      .free = free_nothing };
  g_autoptr (MdocKey) good = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) key = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_key_new (&klass, NULL, mdoc_key_get_public (good));
  none = mdoc_jws_sign (NULL, MDOC_SPAN (NULL, 0), key, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
}

static void
test_wrong_chains (void)
{
  static const struct
  {
    const char *header;
    GQuark (*domain) (void);
    int code;
  } headers[] = {
    { "{\"alg\":\"ES256\",\"x5c\":[]}",
      mdoc_json_error_quark,
      MDOC_JSON_ERROR_SCHEMA },
    { "{\"alg\":\"ES256\",\"x5c\":\"AAAA\"}",
      mdoc_json_error_quark,
      MDOC_JSON_ERROR_SCHEMA },
    { "{\"alg\":\"ES256\",\"x5c\":[1]}",
      mdoc_json_error_quark,
      MDOC_JSON_ERROR_SCHEMA },
    { "{\"alg\":\"ES256\",\"x5c\":[\"A-_A\"]}",
      mdoc_jose_error_quark,
      MDOC_JOSE_ERROR_MALFORMED },
    { "{\"alg\":\"ES256\",\"x5c\":[\"AAA\"]}",
      mdoc_jose_error_quark,
      MDOC_JOSE_ERROR_MALFORMED },
    { "{\"alg\":\"ES256\",\"x5c\":[\"A===\"]}",
      mdoc_jose_error_quark,
      MDOC_JOSE_ERROR_MALFORMED },
    { "{\"alg\":\"ES256\",\"x5c\":[\"AA==\"]}",
      mdoc_crypto_error_quark,
      MDOC_CRYPTO_ERROR_CERTIFICATE },
    { "{\"alg\":\"ES256\",\"x5c\":[\"\"]}",
      mdoc_crypto_error_quark,
      MDOC_CRYPTO_ERROR_CERTIFICATE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) chain = chain_of (headers[i].header, &error);

      g_test_message ("%s", headers[i].header);
      g_assert_null (chain);
      g_assert_error (error, headers[i].domain (), headers[i].code);
    }
}

static void
test_references (void)
{
  g_autofree char *compact = compact_of ("{\"alg\":\"ES256\",\"typ\":\"t\"}",
                                         "{}",
                                         "AAAA");
  g_autoptr (MdocJwt) jwt = mdoc_jwt_parse (compact, "t", &limits, NULL);
  g_autoptr (MdocJws) jws = mdoc_jws_ref (mdoc_jwt_get_jws (jwt));

  mdoc_jwt_unref (mdoc_jwt_ref (jwt));
  g_assert_cmpuint (json_object_get_size (mdoc_jwt_get_claims (jwt)), ==, 0);
  g_clear_pointer (&jwt, mdoc_jwt_unref);
  g_assert_true (mdoc_jws_has_type (jws, "t"));
  mdoc_jwt_unref (NULL);
  mdoc_jws_unref (NULL);
}

int
main (int argc, char **argv)
{
  static const char *const published[] = { "proof_jwt",
                                           "signed_metadata",
                                           "wallet_attestation",
                                           "jwt_vc_json",
                                           "dpop_rfc9449" };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autofree char *path = g_strconcat ("/jws/published/",
                                           published[i],
                                           NULL);

      g_test_add_data_func (path, published[i], test_published);
    }
  g_test_add_func ("/jws/ed25519", test_ed25519);
  g_test_add_func ("/jws/round-trip", test_round_trip);
  g_test_add_func ("/jws/wrong-headers", test_wrong_headers);
  g_test_add_func ("/jws/wrong-forms", test_wrong_forms);
  g_test_add_func ("/jws/limits", test_limits);
  g_test_add_func ("/jws/algorithm-of-key", test_algorithm_of_key);
  g_test_add_func ("/jws/key-that-cannot-sign", test_key_that_cannot_sign);
  g_test_add_func ("/jws/every-wrong-character", test_every_wrong_character);
  g_test_add_func ("/jws/signature-length", test_signature_length);
  g_test_add_func ("/jws/type", test_type);
  g_test_add_func ("/jws/wrong-claims", test_wrong_claims);
  g_test_add_func ("/jws/keys-of-header", test_keys_of_header);
  g_test_add_func ("/jws/chain", test_chain);
  g_test_add_func ("/jws/chain-padding", test_chain_padding);
  g_test_add_func ("/jws/key-that-fails", test_key_that_fails);
  g_test_add_func ("/jws/wrong-chains", test_wrong_chains);
  g_test_add_func ("/jws/references", test_references);

  return g_test_run ();
}
