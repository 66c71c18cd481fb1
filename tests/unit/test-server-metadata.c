/*
 * test-server-metadata.c - what authorization servers say of themselves
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "openid/mdoc-server-metadata.h"

#define ACCEPTED (-1)
#define ISSUER   "https://as.example"
#define START    "{\"issuer\":\"" ISSUER "\","
#define TOKEN    "\"token_endpoint\":\"https://as.example/t\""

static MdocServerMetadata *
parse (const char *text, GError **error)
{
  g_autofree guint8 *copy = g_memdup2 (text, strlen (text));

  return mdoc_server_metadata_parse (MDOC_SPAN (copy, strlen (text)),
                                     ISSUER,
                                     error);
}

static const struct
{
  const char *text;
  int code;
} texts[] = {
  { START TOKEN "}", ACCEPTED },
  { START TOKEN ",\"grant_types_supported\":[],\"x\":{}}", ACCEPTED },
  { START TOKEN ",\"require_pushed_authorization_requests\":null}", ACCEPTED },
  { START "\"x\":1}", MDOC_JSON_ERROR_SCHEMA },
  { "{" TOKEN "}", MDOC_JSON_ERROR_SCHEMA },
  { "{\"issuer\":\"https://as.example/\"," TOKEN "}", MDOC_JSON_ERROR_SCHEMA },
  { START "\"token_endpoint\":\"http://as.example/t\"}",
    MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"authorization_endpoint\":\"x\"}", MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"pushed_authorization_request_endpoint\":\"x\"}",
    MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"challenge_endpoint\":\"x\"}", MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"require_pushed_authorization_requests\":1}",
    MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"grant_types_supported\":\"x\"}", MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN ",\"scopes_supported\":[1]}", MDOC_JSON_ERROR_SCHEMA },
  { START TOKEN "," TOKEN "}", MDOC_JSON_ERROR_DUPLICATE },
  { "[]", MDOC_JSON_ERROR_SCHEMA },
};

static void
test_texts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocServerMetadata) metadata = parse (texts[i].text, &error);

      g_test_message ("%s", texts[i].text);
      g_assert_true ((metadata == NULL) == (error != NULL));
      if (texts[i].code == ACCEPTED)
        g_assert_no_error (error);
      else
        g_assert_error (error, MDOC_JSON_ERROR, texts[i].code);
    }
}

static void
test_round_trip (void)
{
  g_autoptr (MdocServerMetadata) metadata = NULL;
  g_autoptr (MdocServerMetadata) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  metadata = mdoc_server_metadata_new (ISSUER, ISSUER "/t");
  metadata->authorization_uri = g_strdup (ISSUER "/a");
  metadata->par_uri = g_strdup (ISSUER "/p");
  metadata->challenge_uri = g_strdup (ISSUER "/c");
  metadata->requires_par = TRUE;
  metadata->has_s256 = TRUE;
  metadata->gives_iss = TRUE;
  metadata->has_details = TRUE;
  metadata->allows_anonymous = TRUE;
  metadata->grant_types = g_strsplit ("a b", " ", -1);
  metadata->auth_methods = g_strsplit ("none", " ", -1);
  metadata->dpop_algs = g_strsplit ("ES256 ES384", " ", -1);
  metadata->scopes = g_strsplit ("x y z", " ", -1);
  first = mdoc_server_metadata_to_json (metadata);
  again = parse (first, &error);
  g_assert_no_error (error);
  second = mdoc_server_metadata_to_json (again);
  g_assert_cmpstr (first, ==, second);

  g_assert_cmpstr (again->authorization_uri, ==, ISSUER "/a");
  g_assert_cmpstr (again->par_uri, ==, ISSUER "/p");
  g_assert_cmpstr (again->challenge_uri, ==, ISSUER "/c");
  g_assert_true (again->requires_par && again->has_s256 && again->gives_iss
                 && again->has_details && again->allows_anonymous);
  g_assert_cmpstr (again->dpop_algs[1], ==, "ES384");
  g_assert_cmpstr (again->scopes[2], ==, "z");
  g_assert_true (mdoc_server_metadata_has_grant (again, "b"));
  g_assert_false (mdoc_server_metadata_has_grant (again, "authorization_code"));
}

static void
test_defaults (void)
{
  g_autoptr (MdocServerMetadata) metadata = NULL;
  g_autoptr (MdocServerMetadata) other = NULL;

  metadata = parse (START TOKEN "}", NULL);
  g_assert_true (
      mdoc_server_metadata_has_grant (metadata, "authorization_code"));
  g_assert_false (mdoc_server_metadata_has_grant (metadata,
                                                  "urn:ietf:params:oauth:grant-"
                                                  "type:pre-authorized_code"));
  g_assert_false (metadata->has_s256);
  g_assert_false (metadata->allows_anonymous);
  g_assert_null (metadata->dpop_algs);

  other = parse (START TOKEN ",\"code_challenge_methods_supported\":"
                             "[\"plain\"]}",
                 NULL);
  g_assert_false (other->has_s256);
}

static void
test_limit (void)
{
  for (guint over = 0; over < 2; over++)
    {
      static const char frame[] = START TOKEN ",\"x\":\"\"}";
      g_autofree char *fill = g_strnfill (MDOC_SERVER_METADATA_MAX_BYTES
                                              - strlen (frame) + over,
                                          'x');
      g_autofree char *text = g_strconcat (START TOKEN ",\"x\":\"",
                                           fill,
                                           "\"}",
                                           NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MdocServerMetadata) metadata = parse (text, &error);

      g_assert_true ((metadata == NULL) == (over == 1));
      if (over == 1)
        g_assert_error (error, MDOC_JSON_ERROR, MDOC_JSON_ERROR_LIMIT);
    }
}

static void
test_uris (void)
{
  static const struct
  {
    const char *issuer;
    const char *uri;
    const char *openid_uri;
  } uris[] = {
    { "https://h",
      "https://h/.well-known/oauth-authorization-server",
      "https://h/.well-known/openid-configuration" },
    { "https://h/",
      "https://h/.well-known/oauth-authorization-server",
      "https://h/.well-known/openid-configuration" },
    { "https://h:8443/t/1",
      "https://h:8443/.well-known/oauth-authorization-server/t/1",
      "https://h:8443/t/1/.well-known/openid-configuration" },
    { "https://h/t/",
      "https://h/.well-known/oauth-authorization-server/t",
      "https://h/t/.well-known/openid-configuration" },
    { "http://h", NULL, NULL },
    { "", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autofree char *uri = mdoc_server_metadata_dup_uri (uris[i].issuer);
      g_autofree char *openid_uri = NULL;

      openid_uri = mdoc_server_metadata_dup_openid_uri (uris[i].issuer);
      g_assert_cmpstr (uri, ==, uris[i].uri);
      g_assert_cmpstr (openid_uri, ==, uris[i].openid_uri);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server-metadata/texts", test_texts);
  g_test_add_func ("/server-metadata/round-trip", test_round_trip);
  g_test_add_func ("/server-metadata/defaults", test_defaults);
  g_test_add_func ("/server-metadata/limit", test_limit);
  g_test_add_func ("/server-metadata/uris", test_uris);

  return g_test_run ();
}
