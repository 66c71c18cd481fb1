/*
 * test-issuer-metadata.c - what issuers say of themselves and of credentials
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-issuer-metadata.h"
#include "openid/mdoc-jws.h"
#include "tests/lib/mdoc-test-vectors.h"
#include "tests/lib/mdoc-test-x509.h"

#define ACCEPTED (-1)
#define ISSUER   "https://i.example"
#define NOW      MDOC_TEST_NOW_S

static MdocIssuerMetadata *
parse (const char *text, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (text, strlen (text));

  return mdoc_issuer_metadata_parse (MDOC_SPAN (copy, strlen (text)),
                                     ISSUER,
                                     error);
}

/* The long example of OpenID4VCI 1.0, with the one of mso_mdoc put in. */
static MdocIssuerMetadata *
load_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *examples = json_object_get_object_member (file, "json_examples");
  JsonObject *whole = json_object_get_object_member (
      examples,
      "credential_issuer_metadata_sd_jwt_long.json");
  JsonObject *mdoc = json_object_get_object_member (
      json_object_get_object_member (examples,
                                     "credential_metadata_mso_mdoc.json"),
      "credential_configurations_supported");
  g_autofree char *text = NULL;
  MdocIssuerMetadata *metadata;
  g_autoptr (GError) error = NULL;

  json_object_set_object_member (
      json_object_get_object_member (whole,
                                     "credential_configurations_supported"),
      "org.iso.18013.5.1.mDL",
      json_object_ref (
          json_object_get_object_member (mdoc, "org.iso.18013.5.1.mDL")));
  text = mdoc_json_write (whole);
  metadata
      = mdoc_issuer_metadata_parse (mdoc_span_from_text (text),
                                    "https://credential-issuer.example.com",
                                    &error);
  g_assert_no_error (error);
  return metadata;
}

static void
test_published (void)
{
  static const char *const french[] = { "xx", "fr", NULL };
  static const char *const japanese[] = { "ja_JP", "ja", "en", NULL };
  static const char *const none[] = { "xx", NULL };
  g_autoptr (MdocIssuerMetadata) metadata = load_published ();
  const MdocConfiguration *mdl;
  const MdocClaim *claim;
  MdocJwk *jwk;

  g_assert_cmpstr (metadata->servers[0], ==, "https://server.example.com");
  g_assert_cmpstr (metadata->nonce_uri,
                   ==,
                   "https://credential-issuer.example.com/nonce");
  g_assert_nonnull (metadata->deferred_uri);
  g_assert_nonnull (metadata->notification_uri);
  g_assert_cmpuint (metadata->batch_size, ==, 10);
  g_assert_true (metadata->request.is_required);
  g_assert_true (metadata->response.is_required);
  g_assert_true (metadata->request.can[MDOC_JWE_A128GCM]);
  g_assert_false (metadata->request.can[MDOC_JWE_A256GCM]);
  g_assert_cmpuint (metadata->request.keys->len, ==, 1);
  jwk = metadata->request.keys->pdata[0];
  g_assert_cmpstr (mdoc_jwk_get_kid (jwk), ==, "ac");

  g_assert_cmpstr (mdoc_display_choose (metadata->display, french)->name,
                   ==,
                   "Example Universit\xc3\xa9");
  g_assert_cmpstr (mdoc_display_choose (metadata->display, none)->locale,
                   ==,
                   "en-US");

  /* the one in another format is not there */
  g_assert_cmpuint (metadata->configurations->len, ==, 1);
  g_assert_null (
      mdoc_issuer_metadata_find (metadata, "SD_JWT_VC_example_in_OpenID4VCI"));
  mdl = mdoc_issuer_metadata_find (metadata, "org.iso.18013.5.1.mDL");
  g_assert_cmpstr (mdl->doc_type, ==, "org.iso.18013.5.1.mDL");
  g_assert_true (mdl->binds_key);
  g_assert_true (mdoc_configuration_has_signing_alg (mdl, MDOC_ALG_ES256));
  g_assert_false (mdoc_configuration_has_signing_alg (mdl, MDOC_ALG_ES384));
  g_assert_cmpstr (mdoc_display_choose (mdl->display, japanese)->locale,
                   ==,
                   "ja-JP");
  g_assert_cmpuint (mdl->claims->len, ==, 4);
  claim = mdl->claims->pdata[2];
  g_assert_cmpstr (claim->element, ==, "birth_date");
  g_assert_true (claim->is_mandatory);
}

/* What was read is written, and then read as the same. */
static void
test_rewritten (void)
{
  g_autoptr (MdocIssuerMetadata) metadata = load_published ();
  g_autofree char *first = mdoc_issuer_metadata_to_json (metadata);
  g_autoptr (MdocIssuerMetadata) again = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  again = mdoc_issuer_metadata_parse (mdoc_span_from_text (first),
                                      metadata->issuer,
                                      &error);
  g_assert_no_error (error);
  second = mdoc_issuer_metadata_to_json (again);
  g_assert_cmpstr (first, ==, second);
}

#define START "{\"credential_issuer\":\"" ISSUER "\","
#define CRED  "\"credential_endpoint\":\"https://i.example/c\","
#define MAP   "\"credential_configurations_supported\":{}}"
#define P256                                                                   \
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ECDH-ES\","                     \
  "\"x\":\"nUWAoAv3XZith8E7i19OdaxOLYFOwM-Z2EuM02TirT4\","                     \
  "\"y\":\"HskHU8BjUi1U9Xqi7Swmj8gwAK_0xkcDjEW_71SosEY\"}"

static const struct
{
  const char *text;
  int code;
} texts[] = {
  { START CRED MAP, ACCEPTED },
  { START CRED "\"x\":[1]," MAP, ACCEPTED },
  { START CRED "\"display\":[]," MAP, MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"display\":[1]," MAP, MDOC_JSON_ERROR_SCHEMA },
  { START MAP, MDOC_JSON_ERROR_SCHEMA },
  { START "\"credential_endpoint\":\"http://i.example/c\"," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"nonce_endpoint\":\"file:///etc\"," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"deferred_credential_endpoint\":1," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"notification_endpoint\":\"\"," MAP, MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"mdoc_wallet_endpoint\":\"https://i.example/w\"," MAP,
    ACCEPTED },
  { START CRED "\"mdoc_wallet_endpoint\":\"https://i.example:444/w\"," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"mdoc_wallet_endpoint\":\"https://evil.example/w\"," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"authorization_servers\":[]," MAP, MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"authorization_servers\":[\"http://a\"]," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"batch_credential_issuance\":{\"batch_size\":2}," MAP,
    ACCEPTED },
  { START CRED "\"batch_credential_issuance\":{\"batch_size\":0}," MAP,
    MDOC_JSON_ERROR_LIMIT },
  { START CRED "\"batch_credential_issuance\":{}," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"credential_response_encryption\":{"
               "\"alg_values_supported\":[\"ECDH-ES\"],"
               "\"enc_values_supported\":[\"A256GCM\",\"X\"]}," MAP,
    ACCEPTED },
  { START CRED "\"credential_response_encryption\":{"
               "\"enc_values_supported\":[\"A256GCM\"]}," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"credential_response_encryption\":{"
               "\"alg_values_supported\":[\"ECDH-ES\"]}," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"credential_request_encryption\":{"
               "\"enc_values_supported\":[\"A256GCM\"]}," MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { START CRED "\"credential_request_encryption\":{"
               "\"jwks\":{\"keys\":[" P256 "]},"
               "\"enc_values_supported\":[\"A256GCM\"]}," MAP,
    ACCEPTED },
  { START CRED "\"credential_configurations_supported\":[]}",
    MDOC_JSON_ERROR_SCHEMA },
  { START "\"credential_endpoint\":\"https://i.example/c\"}",
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"https://i.example/\"," CRED MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { "{\"credential_issuer\":\"https://I.example\"," CRED MAP,
    MDOC_JSON_ERROR_SCHEMA },
  { "{" CRED MAP, MDOC_JSON_ERROR_SCHEMA },
  { START CRED CRED MAP, MDOC_JSON_ERROR_DUPLICATE },
  { "[]", MDOC_JSON_ERROR_SCHEMA },
};

static void
test_wallet_endpoint (void)
{
  g_autoptr (MdocIssuerMetadata) metadata
      = mdoc_issuer_metadata_new (ISSUER, "https://i.example/c");
  g_autoptr (MdocIssuerMetadata) copy = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  metadata->wallet_uri = g_strdup ("https://i.example/wallet/v1");
  text = mdoc_issuer_metadata_to_json (metadata);
  copy = parse (text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->wallet_uri, ==, "https://i.example/wallet/v1");
}

static void
test_texts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocIssuerMetadata) metadata = parse (texts[i].text, &error);

      g_test_message ("%s", texts[i].text);
      g_assert_true ((metadata == NULL) == (error != NULL));
      if (texts[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, texts[i].code);
    }
}

/* A configuration that is wrong is as if it were not there. */
static const struct
{
  const char *text;
  gboolean is_there;
} configurations[] = {
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\"}", TRUE },
  { "{\"format\":\"mso_mdoc\"}", FALSE },
  { "{\"format\":\"dc+sd-jwt\",\"doctype\":\"d\"}", FALSE },
  { "{\"doctype\":\"d\"}", FALSE },
  { "[]", FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"scope\":1}", FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\","
    "\"credential_signing_alg_values_supported\":[\"ES256\",\"X\",-7]}",
    TRUE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\","
    "\"credential_signing_alg_values_supported\":[{}]}",
    FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\","
    "\"proof_types_supported\":{\"jwt\":{}}}",
    FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"proof_types_supported\":"
    "{\"jwt\":{\"proof_signing_alg_values_supported\":[\"ES256\"],"
    "\"key_attestations_required\":{}},\"x\":1}}",
    TRUE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"credential_metadata\":"
    "{\"claims\":[{\"path\":[\"a\",\"b\"]},{\"path\":[\"a\",\"c\"]},"
    "{\"path\":[\"a\",\"b\",null]}]}}",
    TRUE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"credential_metadata\":"
    "{\"claims\":[{\"path\":[\"a\",\"b\"]},{\"path\":[\"a\",\"b\"]}]}}",
    FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"credential_metadata\":"
    "{\"claims\":[{\"path\":[\"a\"]}]}}",
    FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"credential_metadata\":"
    "{\"claims\":[{\"path\":[\"a\",1]}]}}",
    FALSE },
  { "{\"format\":\"mso_mdoc\",\"doctype\":\"d\",\"credential_metadata\":"
    "{\"claims\":[{\"path\":[\"a\",\"b\"],\"mandatory\":1}]}}",
    FALSE },
};

static void
test_configurations (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (configurations); i++)
    {
      g_autofree char *text
          = g_strconcat (START CRED "\"credential_configurations_supported\":"
                                    "{\"x\":",
                         configurations[i].text,
                         ",\"y\":{\"format\":\"mso_mdoc\",\"doctype\":\"e\"}}}",
                         NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocIssuerMetadata) metadata = parse (text, &error);

      g_test_message ("%s", configurations[i].text);
      g_assert_no_error (error);
      g_assert_true ((mdoc_issuer_metadata_find (metadata, "x") != NULL)
                     == configurations[i].is_there);
      g_assert_nonnull (mdoc_issuer_metadata_find (metadata, "y"));
    }
}

/* What could do harm where it is shown is left out. */
static void
test_display (void)
{
  static const char text[] = START CRED
      "\"display\":[{\"name\":\"A\",\"locale\":\"en\","
      "\"logo\":{\"uri\":\"javascript:alert(1)\",\"alt_text\":\"t\"},"
      "\"background_color\":\"#12107c;}\",\"text_color\":\"rgb(1, 2, 3)\","
      "\"background_image\":{\"uri\":\"data:image/png;base64,AAAA\"}},"
      "{\"name\":\"B\",\"locale\":\"en\"},{\"name\":7,\"locale\":\"de\"}]," MAP;
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocIssuerMetadata) metadata = parse (text, &error);
  const MdocDisplay *display;

  g_assert_no_error (error);
  g_assert_cmpuint (metadata->display->len, ==, 2);
  display = metadata->display->pdata[0];
  g_assert_cmpstr (display->name, ==, "A");
  g_assert_null (display->logo_uri);
  g_assert_cmpstr (display->logo_text, ==, "t");
  g_assert_null (display->background_color);
  g_assert_cmpstr (display->text_color, ==, "rgb(1, 2, 3)");
  g_assert_cmpstr (display->background_uri, ==, "data:image/png;base64,AAAA");
  display = metadata->display->pdata[1];
  g_assert_null (display->name);
}

/* Encryption of which we can do nothing is still known to be required. */
static void
test_foreign_encryption (void)
{
  static const char text[] = START CRED
      "\"credential_response_encryption\":{"
      "\"alg_values_supported\":[\"RSA-OAEP-256\"],"
      "\"enc_values_supported\":[\"A256GCM\"],"
      "\"encryption_required\":true}," MAP;
  g_autoptr (MdocIssuerMetadata) metadata = parse (text, NULL);

  g_assert_true (metadata->response.is_offered);
  g_assert_true (metadata->response.is_required);
  g_assert_false (metadata->response.can[MDOC_JWE_A128GCM]);
  g_assert_false (metadata->response.can[MDOC_JWE_A256GCM]);
}

static void
test_limits (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autoptr (GString) text = g_string_new (
          START CRED "\"credential_configurations_supported\":{\"0\":0");
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocIssuerMetadata) metadata = NULL;

      for (guint i = 1; i < MDOC_METADATA_MAX_CONFIGURATIONS + over; i++)
        g_string_append_printf (text, ",\"%u\":0", i);
      g_string_append (text, "}}");
      metadata = parse (text->str, &error);
      g_assert_true ((metadata == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }

  for (guint over = 0; over < 2; over++)
    {
      static const char frame[] = START CRED "\"x\":\"\"," MAP;
      g_autofree char *fill = g_strnfill (MDOC_METADATA_MAX_BYTES
                                              - strlen (frame) + over,
                                          'x');
      g_autofree char *text = g_strconcat (START CRED "\"x\":\"",
                                           fill,
                                           "\"," MAP,
                                           NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocIssuerMetadata) metadata = parse (text, &error);

      g_assert_true ((metadata == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static void
test_choose_server (void)
{
  static const struct
  {
    const char *servers;
    const char *offered;
    const char *chosen; /* NULL: refused */
  } choices[] = {
    { NULL, NULL, ISSUER },
    { NULL, ISSUER, ISSUER },
    { NULL, "https://evil.example", NULL },
    { "https://a https://b", NULL, "https://a" },
    { "https://a https://b", "https://b", "https://b" },
    { "https://a https://b", "https://c", NULL },
    { "https://a", ISSUER, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr (MdocIssuerMetadata) metadata = NULL;
      g_autoptr (GError) error = NULL;
      const char *chosen;

      metadata = mdoc_issuer_metadata_new (ISSUER, "https://i.example/c");
      if (choices[i].servers != NULL)
        metadata->servers = g_strsplit (choices[i].servers, " ", -1);
      chosen = mdoc_issuer_metadata_choose_server (metadata,
                                                   choices[i].offered,
                                                   &error);
      g_assert_cmpstr (chosen, ==, choices[i].chosen);
      g_assert_true ((chosen == NULL) == (error != NULL));
    }
}

static MdocIssuerMetadata *
make_full (MdocKey *key)
{
  MdocIssuerMetadata *metadata = NULL;
  MdocConfiguration *configuration = mdoc_configuration_new ("id", "doc");
  gint64 alg = MDOC_ALG_ES256;

  metadata = mdoc_issuer_metadata_new (ISSUER, "https://i.example/c");
  metadata->batch_size = 15;
  metadata->request.is_offered = TRUE;
  metadata->request.can[MDOC_JWE_A256GCM] = TRUE;
  g_ptr_array_add (metadata->request.keys,
                   mdoc_jwk_new (mdoc_key_get_public (key),
                                 "k",
                                 "ECDH-ES",
                                 "enc"));
  metadata->response.is_offered = TRUE;
  metadata->response.can[MDOC_JWE_A128GCM] = TRUE;
  g_ptr_array_add (metadata->display, mdoc_display_new ("Us", "en"));
  configuration->scope = g_strdup ("scope");
  configuration->binds_key = TRUE;
  configuration->jwt.is_supported = TRUE;
  configuration->jwt.algs = g_strsplit ("ES256", " ", -1);
  configuration->jwt.needs_key_attestation = TRUE;
  configuration->attestation.is_supported = TRUE;
  configuration->attestation.algs = g_strsplit ("ES256 ES384", " ", -1);
  g_array_append_val (configuration->signing_algs, alg);
  g_ptr_array_add (configuration->claims, mdoc_claim_new ("ns", "e", TRUE));
  g_ptr_array_add (metadata->configurations, configuration);
  return metadata;
}

static void
test_made (void)
{
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocIssuerMetadata) metadata = make_full (key);
  g_autofree char *text = mdoc_issuer_metadata_to_json (metadata);
  g_autoptr (GError) error = NULL;
  g_autoptr (MdocIssuerMetadata) again = parse (text, &error);
  const MdocConfiguration *found;

  g_assert_no_error (error);
  g_assert_cmpuint (again->batch_size, ==, 15);
  g_assert_cmpuint (again->request.keys->len, ==, 1);
  g_assert_true (again->response.can[MDOC_JWE_A128GCM]);
  found = mdoc_issuer_metadata_find (again, "id");
  g_assert_cmpstr (found->scope, ==, "scope");
  g_assert_true (found->jwt.needs_key_attestation);
  g_assert_null (found->jwt.key_storage);
  g_assert_false (found->attestation.needs_key_attestation);
  g_assert_cmpstr (found->attestation.algs[1], ==, "ES384");
}

static void
assert_signed (const char *compact,
               const char *issuer,
               gint64 now_unix_s,
               GQuark domain,
               int code)
{
  g_autoptr (MdocIssuerMetadata) metadata = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GError) error = NULL;

  metadata = mdoc_issuer_metadata_open_signed (compact,
                                               issuer,
                                               now_unix_s,
                                               &chain,
                                               &error);
  g_assert_true ((metadata == NULL) == (error != NULL));
  g_assert_true ((metadata == NULL) == (chain == NULL));
  if (domain == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, domain, code);
}

/* The example of OpenID4VCI 1.0 holds, but for another issuer. */
static void
test_signed_published (void)
{
  g_autoptr (JsonObject) file = mdoc_test_vectors_load ("oid4vci.json");
  JsonObject *entry = json_object_get_object_member (file, "signed_metadata");
  const char *jwt = json_object_get_string_member (entry, "jwt");

  assert_signed (jwt, "https://credential-issuer.example.com", NOW, 0, 0);
  assert_signed (jwt, ISSUER, NOW, MDOC_JSON_ERROR, MDOC_JSON_ERROR_SCHEMA);
}

static void
test_signed (void)
{
  MdocTestCertificate what = { 0 };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocIssuerMetadata) metadata = make_full (key);
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (GPtrArray) chain = NULL;
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();
  g_autofree char *good = NULL;
  g_autofree char *forged = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *wrong_type = NULL;
  g_autoptr (JsonObject) header = NULL;
  g_autoptr (JsonObject) claims = json_object_new ();

  certificate = mdoc_test_certificate_new (&what, key, NULL, key);
  chain = mdoc_test_certificates (certificate, NULL);
  good = mdoc_issuer_metadata_sign (metadata, key, chain, NOW, NOW + 60, NULL);
  assert_signed (good, ISSUER, NOW, 0, 0);
  assert_signed (good, ISSUER, NOW + 59, 0, 0);
  assert_signed (good,
                 ISSUER,
                 NOW + 60,
                 MDOC_JSON_ERROR,
                 MDOC_JSON_ERROR_SCHEMA);

  forged = mdoc_issuer_metadata_sign (metadata, other, chain, NOW, 0, NULL);
  assert_signed (forged, ISSUER, NOW, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_KEY);
  bare = mdoc_issuer_metadata_sign (metadata, key, empty, NOW, 0, NULL);
  assert_signed (bare, ISSUER, NOW, MDOC_JOSE_ERROR, MDOC_JOSE_ERROR_KEY);

  header = mdoc_jws_header_new ("JWT", NULL, NULL, chain);
  wrong_type = mdoc_jwt_sign (header, claims, key, NULL);
  assert_signed (wrong_type,
                 ISSUER,
                 NOW,
                 MDOC_JOSE_ERROR,
                 MDOC_JOSE_ERROR_TYPE);
}

static void
test_uris (void)
{
  static const struct
  {
    const char *issuer;
    const char *uri;
    const char *old_uri;
  } uris[] = {
    { "https://h",
      "https://h/.well-known/openid-credential-issuer",
      "https://h/.well-known/openid-credential-issuer" },
    { "https://h:8443/t/1",
      "https://h:8443/.well-known/openid-credential-issuer/t/1",
      "https://h:8443/t/1/.well-known/openid-credential-issuer" },
    { "https://h/t/",
      "https://h/.well-known/openid-credential-issuer/t/",
      "https://h/t/.well-known/openid-credential-issuer" },
    { "http://h", NULL, NULL },
    { "https://h?x", NULL, NULL },
    { "", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autofree char *uri = mdoc_issuer_metadata_dup_uri (uris[i].issuer);
      g_autofree char *old_uri = NULL;

      old_uri = mdoc_issuer_metadata_dup_old_uri (uris[i].issuer);
      g_assert_cmpstr (uri, ==, uris[i].uri);
      g_assert_cmpstr (old_uri, ==, uris[i].old_uri);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/issuer-metadata/published", test_published);
  g_test_add_func ("/issuer-metadata/rewritten", test_rewritten);
  g_test_add_func ("/issuer-metadata/texts", test_texts);
  g_test_add_func ("/issuer-metadata/wallet-endpoint", test_wallet_endpoint);
  g_test_add_func ("/issuer-metadata/configurations", test_configurations);
  g_test_add_func ("/issuer-metadata/display", test_display);
  g_test_add_func ("/issuer-metadata/foreign-encryption",
                   test_foreign_encryption);
  g_test_add_func ("/issuer-metadata/limits", test_limits);
  g_test_add_func ("/issuer-metadata/choose-server", test_choose_server);
  g_test_add_func ("/issuer-metadata/made", test_made);
  g_test_add_func ("/issuer-metadata/signed-published", test_signed_published);
  g_test_add_func ("/issuer-metadata/signed", test_signed);
  g_test_add_func ("/issuer-metadata/uris", test_uris);

  return g_test_run ();
}
