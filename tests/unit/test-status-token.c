/*
 * test-status-token.c - signed lists of what is revoked, of both kinds
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "mdoc/mdoc-cbor-writer.h"
#include "mdoc/mdoc-cbor.h"
#include "mdoc/mdoc-cose.h"
#include "openid/mdoc-jwk.h"
#include "openid/mdoc-jws.h"
#include "openid/mdoc-status-token.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"
#include "tests/lib/mdoc-test.h"

#define URI "https://example.com/statuslists/1"
#define IAT G_GINT64_CONSTANT (1686920170)
#define EXP G_GINT64_CONSTANT (2291720170)

static gboolean
is_valid (MdocStatusToken *token, MdocPublicKey *key)
{
  g_autoptr (GError) error = NULL;
  gboolean ret_valid = 7;
  gboolean is_decided;

  is_decided = mdoc_status_token_verify (token, key, &ret_valid, &error);
  g_assert_no_error (error);
  g_assert_true (is_decided);
  return ret_valid;
}

static MdocKey *
published_key (JsonObject *file)
{
  g_autoptr (GError) error = NULL;
  MdocKey *key;

  key = mdoc_jwk_parse_private (json_object_get_object_member (file, "key_jwk"),
                                &error);
  g_assert_no_error (error);
  return key;
}

/* What both published forms say. */
static void
check_published (MdocStatusToken *token, MdocKey *key)
{
  const MdocStatusClaims *claims = mdoc_status_token_get_claims (token);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  guint value = 0;

  g_assert_true (is_valid (token, mdoc_key_get_public (key)));
  g_assert_false (is_valid (token, mdoc_key_get_public (other)));
  g_assert_cmpstr (claims->uri, ==, URI);
  g_assert_cmpint (claims->iat_unix_s, ==, IAT);
  g_assert_cmpint (claims->exp_unix_s, ==, EXP);
  g_assert_cmpint (claims->ttl_s, ==, 43200);
  g_assert_null (claims->identifiers);
  g_assert_cmpuint (mdoc_status_list_get_n_entries (claims->list), ==, 16);
  g_assert_true (mdoc_status_list_get (claims->list, 3, &value, NULL));
  g_assert_cmpuint (value, ==, MDOC_STATUS_INVALID);
  g_assert_cmpuint (mdoc_status_token_get_chain (token)->len, ==, 0);
}

static void
test_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load (
      "token-status-list.json");
  JsonObject *jwt = json_object_get_object_member (file, "token_jwt");
  JsonObject *cwt = json_object_get_object_member (file, "token_cwt");
  g_autoptr (MdocKey) key = published_key (file);
  g_autoptr (GBytes) encoded = mdoc_test_vectors_dup_hex (cwt, "hex");
  g_autoptr (MdocStatusToken) first = NULL;
  g_autoptr (MdocStatusToken) second = NULL;
  g_autoptr (GError) error = NULL;

  first
      = mdoc_status_token_parse_jwt (json_object_get_string_member (jwt,
                                                                    "compact"),
                                     &error);
  g_assert_no_error (error);
  check_published (first, key);
  second = mdoc_status_token_parse_cwt (encoded, &error);
  g_assert_no_error (error);
  check_published (second, key);
}

static MdocSpan
span_of_hex (GBytes **keep, const char *hex)
{
  *keep = mdoc_test_bytes_from_hex (hex);
  return mdoc_span_from_bytes (*keep);
}

static gboolean
has (MdocStatusToken *token, const char *hex)
{
  g_autoptr (GBytes) bytes = NULL;

  return mdoc_status_token_has_identifier (token, span_of_hex (&bytes, hex));
}

static void
test_published_identifiers (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load (
      "iso-identifier-list.json");
  JsonArray *checks = json_object_get_array_member (file, "checks");
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (MdocStatusToken) token = NULL;
  g_autoptr (MdocJwk) key = NULL;
  g_autoptr (GError) error = NULL;
  const MdocStatusClaims *claims;

  encoded = mdoc_test_vectors_dup_hex (file, "identifier_list_cwt_hex");
  token = mdoc_status_token_parse_cwt (encoded, &error);
  g_assert_no_error (error);
  key = mdoc_jwk_parse (json_object_get_object_member (file, "key_jwk"),
                        "key",
                        &error);
  g_assert_no_error (error);
  g_assert_true (is_valid (token, mdoc_jwk_get_key (key)));

  claims = mdoc_status_token_get_claims (token);
  g_assert_null (claims->list);
  g_assert_cmpuint (g_hash_table_size (claims->identifiers), ==, 3);
  g_assert_cmpstr (claims->aggregation_uri,
                   ==,
                   "https://example.com/identifierlists/aggregation");
  for (guint i = 0; i < json_array_get_length (checks); i++)
    {
      JsonObject *check = json_array_get_object_element (checks, i);

      g_assert_true (has (token, json_object_get_string_member (check, "id"))
                     == json_object_get_boolean_member (check, "revoked"));
    }
}

static MdocStatusClaims
make_claims (MdocStatusList *list, GHashTable *identifiers)
{
  return (MdocStatusClaims){ .uri = URI,
                             .iat_unix_s = IAT,
                             .exp_unix_s = EXP,
                             .ttl_s = 60,
                             .aggregation_uri = URI "/all",
                             .list = list,
                             .identifiers = identifiers };
}

/* Written by one side, read by the other; with a chain and without. */
static void
test_round_trip (void)
{
  MdocTestCertificate what = { 0 };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (2, 100, NULL);
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  MdocStatusClaims claims = make_claims (list, NULL);

  certificate = mdoc_test_certificate_new (&what, key, NULL, key);
  mdoc_status_list_set (list, 77, MDOC_STATUS_SUSPENDED);
  for (guint n = 0; n < 3; n++)
    {
      MdocStatusToken *tokens[2];
      g_autofree char *jwt = NULL;
      g_autoptr (GBytes) cwt = NULL;
      g_autoptr (GError) error = NULL;

      jwt = mdoc_status_token_write_jwt (&claims, key, chain, "k", &error);
      g_assert_no_error (error);
      cwt = mdoc_status_token_write_cwt (&claims, key, chain, &error);
      g_assert_no_error (error);
      tokens[0] = mdoc_status_token_parse_jwt (jwt, &error);
      g_assert_no_error (error);
      tokens[1] = mdoc_status_token_parse_cwt (cwt, &error);
      g_assert_no_error (error);

      for (guint i = 0; i < 2; i++)
        {
          const MdocStatusClaims *found;
          guint value = 0;

          g_assert_true (is_valid (tokens[i], mdoc_key_get_public (key)));
          g_assert_cmpuint (mdoc_status_token_get_chain (tokens[i])->len,
                            ==,
                            n);
          found = mdoc_status_token_get_claims (tokens[i]);
          g_assert_cmpstr (found->uri, ==, URI);
          g_assert_cmpint (found->iat_unix_s, ==, IAT);
          g_assert_cmpint (found->exp_unix_s, ==, EXP);
          g_assert_cmpint (found->ttl_s, ==, 60);
          g_assert_cmpstr (found->aggregation_uri, ==, URI "/all");
          g_assert_true (mdoc_status_list_get (found->list, 77, &value, NULL));
          g_assert_cmpuint (value, ==, MDOC_STATUS_SUSPENDED);
          mdoc_status_token_unref (tokens[i]);
        }
      g_ptr_array_add (chain, certificate);
    }
}

static void
test_round_trip_bare (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 8, NULL);
  MdocStatusClaims claims = { .uri = URI, .iat_unix_s = 1, .list = list };
  g_autofree char *jwt = NULL;
  g_autoptr (GBytes) cwt = NULL;
  g_autoptr (MdocStatusToken) first = NULL;
  g_autoptr (MdocStatusToken) second = NULL;
  g_autoptr (GError) error = NULL;

  jwt = mdoc_status_token_write_jwt (&claims, key, NULL, NULL, &error);
  g_assert_no_error (error);
  cwt = mdoc_status_token_write_cwt (&claims, key, NULL, &error);
  g_assert_no_error (error);
  first = mdoc_status_token_parse_jwt (jwt, &error);
  g_assert_no_error (error);
  second = mdoc_status_token_parse_cwt (cwt, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mdoc_status_token_get_refresh (first, 5), ==, G_MAXINT64);
  g_assert_cmpint (mdoc_status_token_get_refresh (second, 5), ==, G_MAXINT64);
  g_assert_cmpint (mdoc_status_token_check (first, URI, G_MAXINT32, 0),
                   ==,
                   MDOC_STATUS_TOKEN_OK);
  g_assert_true (is_valid (second, mdoc_key_get_public (key)));
}

static void
test_round_trip_identifiers (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (GHashTable) identifiers = mdoc_status_identifiers_new ();
  MdocStatusClaims claims = make_claims (NULL, identifiers);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (MdocStatusToken) token = NULL;
  g_autoptr (GError) error = NULL;

  g_hash_table_add (identifiers, mdoc_test_bytes_from_hex ("00ff"));
  g_hash_table_add (identifiers, mdoc_test_bytes_from_hex ("00"));
  first = mdoc_status_token_write_cwt (&claims, key, NULL, &error);
  g_assert_no_error (error);
  token = mdoc_status_token_parse_cwt (first, &error);
  g_assert_no_error (error);
  g_assert_true (is_valid (token, mdoc_key_get_public (key)));
  g_assert_true (has (token, "00"));
  g_assert_true (has (token, "00ff"));
  g_assert_false (has (token, "ff"));
  g_assert_false (has (token, ""));
}

static void
test_check (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 8, NULL);
  MdocStatusClaims claims = make_claims (list, NULL);
  g_autofree char *jwt = NULL;
  g_autoptr (MdocStatusToken) token = NULL;
  static const struct
  {
    const char *uri;
    gint64 now_unix_s;
    MdocStatusTokenResult result;
  } checks[] = {
    { URI, IAT, MDOC_STATUS_TOKEN_OK },
    { URI "/", IAT, MDOC_STATUS_TOKEN_URI },
    { "https://EXAMPLE.com/statuslists/1", IAT, MDOC_STATUS_TOKEN_URI },
    { URI, IAT - 30, MDOC_STATUS_TOKEN_OK },
    { URI, IAT - 31, MDOC_STATUS_TOKEN_FUTURE },
    { URI, EXP - 1, MDOC_STATUS_TOKEN_OK },
    { URI, EXP, MDOC_STATUS_TOKEN_EXPIRED },
  };

  jwt = mdoc_status_token_write_jwt (&claims, key, NULL, NULL, NULL);
  token = mdoc_status_token_parse_jwt (jwt, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    g_assert_cmpint (mdoc_status_token_check (token,
                                              checks[i].uri,
                                              checks[i].now_unix_s,
                                              30),
                     ==,
                     checks[i].result);
  g_assert_cmpint (mdoc_status_token_get_refresh (token, IAT), ==, IAT + 60);
  g_assert_cmpint (mdoc_status_token_get_refresh (token, EXP - 1), ==, EXP);
  /* it has no identifiers at all */
  g_assert_false (has (token, "00"));
}

#define LIST "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\"}"
#define SUB  "\"sub\":\"u\",\"iat\":1,"

static const struct
{
  const char *typ;
  const char *claims;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
} jwts[] = {
  { "statuslist+jwt", "{" SUB LIST "}", NULL, 0 },
  { "statuslist+jwt", "{" SUB "\"iss\":1,\"exp\":2.5," LIST "}", NULL, 0 },
  { "JWT", "{" SUB LIST "}", mdoc_jose_error_quark, MDOC_JOSE_ERROR_TYPE },
  { "statuslist+jwt",
    "{\"iat\":1," LIST "}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{\"sub\":\"u\"," LIST "}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"ttl\":0," LIST "}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_LIMIT },
  { "statuslist+jwt",
    "{" SUB "\"ttl\":-5," LIST "}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_LIMIT },
  { "statuslist+jwt",
    "{" SUB "\"exp\":\"2\"," LIST "}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ\","
    "\"aggregation_uri\":1}}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":[]}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":1}}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"lst\":\"eNrbuRgAAhcBXQ\"}}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_SCHEMA },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":9,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
    mdoc_json_error_quark,
    MDOC_JSON_ERROR_LIMIT },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":3,\"lst\":\"eNrbuRgAAhcBXQ\"}}",
    mdoc_status_error_quark,
    MDOC_STATUS_ERROR_MALFORMED },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":1,\"lst\":\"27kYAA\"}}",
    mdoc_status_error_quark,
    MDOC_STATUS_ERROR_MALFORMED },
  { "statuslist+jwt",
    "{" SUB "\"status_list\":{\"bits\":1,\"lst\":\"eNrbuRgAAhcBXQ==\"}}",
    mdoc_jose_error_quark,
    MDOC_JOSE_ERROR_MALFORMED },
};

static void
test_jwts (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (jwts); i++)
    {
      g_autoptr (JsonObject) header = NULL;
      g_autofree char *jwt = NULL;
      g_autoptr (MdocStatusToken) token = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", jwts[i].claims);
      header = mdoc_jws_header_new (jwts[i].typ, NULL, NULL, NULL);
      jwt = mdoc_jws_sign (header,
                           mdoc_span_from_text (jwts[i].claims),
                           key,
                           NULL);
      token = mdoc_status_token_parse_jwt (jwt, &error);
      g_assert_true ((token == NULL) == (error != NULL));
      if (jwts[i].domain == NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, jwts[i].domain (), jwts[i].code);
    }
}

/* Protected headers with alg and type, and members of payloads */
#define TYPE_LIST "a2 0126 10 6e7374617475736c6973742b637774"
#define TYPE_IDS  "a2 0126 10 726964656e7469666965726c6973742b637774"
#define LST       "19fffd a2 6462697473 01 636c7374 4a 78dadbb918000217015d"
#define IDS       "19fffa a1 6b6964656e74696669657273"

static const struct
{
  const char *header;
  const char *payload;
  GQuark (*domain) (void); /* NULL: accepted */
  int code;
} cwts[] = {
  { TYPE_LIST, "a3 02 6175 06 01" LST, NULL, 0 },
  { TYPE_IDS, "a3 02 6175 06 01" IDS "a1 41aa a0", NULL, 0 },
  { TYPE_IDS, "a3 02 6175 06 01" IDS "a0", NULL, 0 },
  /* what may be in IdentifierInfo one day */
  { TYPE_IDS, "a3 02 6175 06 01" IDS "a1 41aa a1 01 f6", NULL, 0 },
  { TYPE_LIST, "a4 02 6175 06 01 19fffe 01" LST, NULL, 0 },
  { "a1 0126",
    "a3 02 6175 06 01" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { "a2 0126 10 6161",
    "a3 02 6175 06 01" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_IDS,
    "a3 02 6175 06 01" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a3 02 6175 06 01" IDS "a0",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST, "a2 06 01" LST, mdoc_cbor_error_quark, MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a2 02 6175" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a3 02 6175 06 20" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a4 02 6175 06 01 19fffe 6161" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a4 02 6175 06 01 19fffe 1a12d9a701" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_LIMIT },
  { TYPE_LIST,
    "a4 02 6175 06 01 04 6161" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a4 02 6175 06 01 04 1b7fffffffffffffff" LST,
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_LIMIT },
  { TYPE_LIST,
    "a3 02 6175 06 01 19fffd a2 6462697473 09 636c7374 40",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_LIMIT },
  { TYPE_LIST,
    "a3 02 6175 06 01 19fffd a2 6462697473 03 636c7374 40",
    mdoc_status_error_quark,
    MDOC_STATUS_ERROR_MALFORMED },
  { TYPE_LIST,
    "a3 02 6175 06 01 19fffd a2 6462697473 01 636c7374 6161",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST,
    "a3 02 6175 06 01 19fffd a3 6462697473 01 636c7374 4a "
    "78dadbb918000217015d 6f6167677265676174696f6e5f757269 01",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_IDS,
    "a3 02 6175 06 01 19fffa a2 6b6964656e74696669657273 a0 "
    "6f6167677265676174696f6e5f757269 01",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_IDS,
    "a3 02 6175 06 01" IDS "a2 41aa a0 41aa a0",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_DUPLICATE },
  { TYPE_IDS,
    "a3 02 6175 06 01" IDS "a1 6161 a0",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_IDS,
    "a3 02 6175 06 01" IDS "a1 41aa f6",
    mdoc_cbor_error_quark,
    MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST, "80", mdoc_cbor_error_quark, MDOC_CBOR_ERROR_SCHEMA },
  { TYPE_LIST, "a0 00", mdoc_cbor_error_quark, MDOC_CBOR_ERROR_TRAILING },
};

static void
test_cwts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cwts); i++)
    {
      g_autoptr (GBytes) header = mdoc_test_bytes_from_hex (cwts[i].header);
      g_autoptr (GBytes) payload = mdoc_test_bytes_from_hex (cwts[i].payload);
      g_autoptr (MdocCborWriter) writer = mdoc_cbor_writer_new (0);
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocStatusToken) token = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s, %s", cwts[i].header, cwts[i].payload);
      mdoc_cbor_writer_begin_array (writer, 4);
      mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (header));
      mdoc_cbor_writer_begin_map (writer, 0);
      mdoc_cbor_writer_put_bytes (writer, mdoc_span_from_bytes (payload));
      mdoc_cbor_writer_put_bytes (writer, MDOC_SPAN (NULL, 0));
      encoded = mdoc_cbor_writer_finish (writer);
      token = mdoc_status_token_parse_cwt (encoded, &error);
      g_assert_true ((token == NULL) == (error != NULL));
      if (cwts[i].domain == NULL)
        g_assert_no_error (error);
      else
        g_assert_error (error, cwts[i].domain (), cwts[i].code);
    }
}

/* The tag of a CWT must not be there, a detached payload is none. */
static void
test_cwt_frames (void)
{
  static const char *const frames[] = {
    "d83d d284 41a0 a0 41a0 40",
    "d2 84 53 " TYPE_LIST " a0 f6 40",
    "d1 84 41a0 a0 41a0 40",
    "a0",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr (GBytes) encoded = mdoc_test_bytes_from_hex (frames[i]);
      g_autoptr (MdocStatusToken) token = NULL;
      g_autoptr (GError) error = NULL;

      token = mdoc_status_token_parse_cwt (encoded, &error);
      g_assert_null (token);
      g_assert_true (error->domain == MDOC_CBOR_ERROR);
    }
}

static void
test_identifier_limit (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);

  for (guint over = 0; over < 2; over++)
    {
      g_autoptr (GHashTable) identifiers = mdoc_status_identifiers_new ();
      MdocStatusClaims claims = make_claims (NULL, identifiers);
      gsize len = MDOC_STATUS_MAX_IDENTIFIER_LEN + over;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocStatusToken) token = NULL;
      g_autoptr (GError) error = NULL;

      g_hash_table_add (identifiers, g_bytes_new_take (g_malloc0 (len), len));
      encoded = mdoc_status_token_write_cwt (&claims, key, NULL, NULL);
      token = mdoc_status_token_parse_cwt (encoded, &error);
      g_assert_true ((token == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
    }

  for (guint over = 0; over < 2; over++)
    {
      g_autoptr (GHashTable) identifiers = mdoc_status_identifiers_new ();
      MdocStatusClaims claims = make_claims (NULL, identifiers);
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (MdocStatusToken) token = NULL;
      g_autoptr (GError) error = NULL;

      for (guint32 i = 0; i < MDOC_STATUS_MAX_IDENTIFIERS + over; i++)
        g_hash_table_add (identifiers, g_bytes_new (&i, sizeof (i)));
      encoded = mdoc_status_token_write_cwt (&claims, key, NULL, NULL);
      token = mdoc_status_token_parse_cwt (encoded, &error);
      g_assert_true ((token == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_CBOR_ERROR, MDOC_CBOR_ERROR_LIMIT);
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
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 8, NULL);
  MdocStatusClaims claims = make_claims (list, NULL);
  g_autoptr (GBytes) none = NULL;
  g_autoptr (GError) error = NULL;

  key = mdoc_key_new (&klass, NULL, mdoc_key_get_public (good));
  none = mdoc_status_token_write_cwt (&claims, key, NULL, &error);
  g_assert_null (none);
  g_assert_error (error, MDOC_CRYPTO_ERROR, MDOC_CRYPTO_ERROR_DEVICE);
}

static void
test_references (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocStatusList) list = mdoc_status_list_new (1, 8, NULL);
  MdocStatusClaims claims = make_claims (list, NULL);
  g_autoptr (GBytes) cwt = NULL;
  g_autoptr (MdocStatusToken) token = NULL;

  cwt = mdoc_status_token_write_cwt (&claims, key, NULL, NULL);
  token = mdoc_status_token_parse_cwt (cwt, NULL);
  mdoc_status_token_unref (mdoc_status_token_ref (token));
  g_assert_cmpstr (mdoc_status_token_get_claims (token)->uri, ==, URI);
  mdoc_status_token_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/status-token/published", test_published);
  g_test_add_func ("/status-token/published-identifiers",
                   test_published_identifiers);
  g_test_add_func ("/status-token/round-trip", test_round_trip);
  g_test_add_func ("/status-token/round-trip-bare", test_round_trip_bare);
  g_test_add_func ("/status-token/round-trip-identifiers",
                   test_round_trip_identifiers);
  g_test_add_func ("/status-token/check", test_check);
  g_test_add_func ("/status-token/jwts", test_jwts);
  g_test_add_func ("/status-token/cwts", test_cwts);
  g_test_add_func ("/status-token/cwt-frames", test_cwt_frames);
  g_test_add_func ("/status-token/identifier-limit", test_identifier_limit);
  g_test_add_func ("/status-token/key-that-fails", test_key_that_fails);
  g_test_add_func ("/status-token/references", test_references);

  return g_test_run ();
}
