/*
 * test-platform-discover.c - who a platform is, and what is believed of it
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/net/mdoc-test-platform.h"

static MdocTestPlatform platform;

static char *
dup_well_known (const char *name)
{
  return g_strdup_printf ("/.well-known/%s/i%u", name, platform.n_issuers);
}

/* what is asked instead of the metadata says @status or @body */
static void
script (const char *path, guint status, const char *body)
{
  mdoc_test_https_answer (&platform.server,
                          path,
                          status,
                          "application/json",
                          body,
                          NULL);
}

static void
assert_fails (MdocPlatformError klass, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mdoc_test_platform_discover (&platform, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, (gint) klass);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name, ==, name);
  g_assert_null (mdoc_platform_get_issuer_metadata (platform.client));
}

static void
test_appended_address_on_404 (void)
{
  g_autofree char *issuer = NULL, *server = NULL, *old = NULL, *openid = NULL;
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  first = dup_well_known ("openid-credential-issuer");
  second = dup_well_known ("oauth-authorization-server");
  script (first, 404, "{}");
  script (second, 404, "{}");
  issuer = mdoc_issuer_metadata_to_json (platform.metadata);
  server = mdoc_server_metadata_to_json (platform.server_metadata);
  old = mdoc_test_platform_dup_path (&platform,
                                     "/.well-known/openid-credential-issuer");
  openid = mdoc_test_platform_dup_path (&platform,
                                        "/.well-known/openid-configuration");
  script (old, 200, issuer);
  script (openid, 200, server);
  g_assert_true (mdoc_test_platform_discover (&platform, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_test_https_count (&platform.server, first), ==, 1);
}

/* but on nothing else: a server that is down has not moved */
static void
test_no_other_address_on_503 (void)
{
  static const char *const headers[] = { "Retry-After", "7", NULL };
  g_autofree char *first = NULL, *old = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  first = dup_well_known ("openid-credential-issuer");
  mdoc_test_https_answer (&platform.server, first, 503, "a/b", "", headers);
  g_assert_false (mdoc_test_platform_discover (&platform, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_RETRY);
  g_assert_cmpint (mdoc_platform_error_get_trouble (error)->retry_after_s,
                   ==,
                   7);
  old = mdoc_test_platform_dup_path (&platform,
                                     "/.well-known/openid-credential-issuer");
  g_assert_cmpuint (mdoc_test_https_count (&platform.server, old), ==, 0);
}

static void
test_neither_address (void)
{
  mdoc_test_platform_begin (&platform);
  assert_fails (MDOC_PLATFORM_ERROR_PROTOCOL, "http-404");
}

static void
test_issuer_has_to_match_byte_for_byte (void)
{
  const char *const others[] = { "https://evil.example/i", NULL, NULL, NULL };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      mdoc_test_platform_begin (&platform);
      g_free (platform.metadata->issuer);
      if (others[i] != NULL)
        platform.metadata->issuer = g_strdup (others[i]);
      else if (i == 1)
        platform.metadata->issuer = g_strconcat (platform.issuer, "/", NULL);
      else if (i == 2)
        platform.metadata->issuer = g_ascii_strup (platform.issuer, -1);
      else
        platform.metadata->issuer = g_strndup (platform.issuer,
                                               strlen (platform.issuer) - 1);
      mdoc_test_platform_publish (&platform);
      assert_fails (MDOC_PLATFORM_ERROR_TRUST, "issuer-mismatch");
    }

  mdoc_test_platform_begin (&platform);
  g_free (platform.server_metadata->issuer);
  platform.server_metadata->issuer = g_strdup ("https://evil.example");
  mdoc_test_platform_publish (&platform);
  assert_fails (MDOC_PLATFORM_ERROR_TRUST, "issuer-mismatch");
}

static void
test_metadata_that_are_none (void)
{
  static const char *const bodies[] = { "{}",
                                        "[]",
                                        "{",
                                        "",
                                        "{\"credential_issuer\":1}" };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *path = NULL;

      mdoc_test_platform_begin (&platform);
      path = dup_well_known ("openid-credential-issuer");
      script (path, 200, bodies[i]);
      assert_fails (MDOC_PLATFORM_ERROR_PROTOCOL, "metadata");
    }
}

/* an offer is signed by nobody: it may choose among the issuer's servers only
 */
static void
test_server_of_the_offer (void)
{
  const char *servers[] = { NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  servers[0] = "https://localhost:1/first";
  servers[1] = platform.issuer;
  platform.metadata->servers = g_strdupv ((GStrv) (gsize) servers);
  mdoc_test_platform_publish (&platform);

  g_clear_pointer (&platform.client, mdoc_platform_unref);
  platform.client = mdoc_test_platform_client_new (&platform,
                                                   platform.issuer,
                                                   platform.issuer,
                                                   NULL);
  g_assert_true (mdoc_test_platform_discover (&platform, &error));
  g_assert_no_error (error);

  g_clear_pointer (&platform.client, mdoc_platform_unref);
  platform.client = mdoc_test_platform_client_new (&platform,
                                                   platform.issuer,
                                                   "https://evil.example",
                                                   NULL);
  assert_fails (MDOC_PLATFORM_ERROR_TRUST, "authorization-server");
}

static void
test_wallet_api_of_another_host_is_not_believed (void)
{
  mdoc_test_platform_begin (&platform);
  g_free (platform.metadata->wallet_uri);
  platform.metadata->wallet_uri = g_strdup ("https://evil.example/wallet/v1");
  mdoc_test_platform_publish (&platform);
  assert_fails (MDOC_PLATFORM_ERROR_PROTOCOL, "metadata");
}

static void
test_languages_are_asked_for (void)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *sent;

  mdoc_test_platform_renew (&platform);
  g_assert_true (mdoc_test_platform_discover (&platform, &error));
  path = dup_well_known ("openid-credential-issuer");
  log = mdoc_test_https_get_log (&platform.server);
  sent = mdoc_test_https_find (log, path);
  g_assert_cmpstr (mdoc_test_request_get_header (sent, "accept-language"),
                   ==,
                   "de, en");
  g_assert_cmpstr (mdoc_test_request_get_header (sent, "accept"),
                   ==,
                   "application/json");
}

static MdocOffer *
fetch_offer (const char *uri, GError **error)
{
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_platform_fetch_offer_async (platform.server.client,
                                   uri,
                                   NULL,
                                   mdoc_test_take_result,
                                   &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_platform_fetch_offer_finish (result, error);
}

static void
test_offer_by_reference (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&platform.server,
                                                  "good",
                                                  "/offer/1");
  g_autoptr (MdocOffer) offer = NULL;
  g_autoptr (GError) error = NULL;

  script ("/offer/1",
          200,
          "{\"credential_issuer\":\"https://i.example\","
          "\"credential_configuration_ids\":[\"photoid\"]}");
  offer = fetch_offer (uri, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mdoc_offer_get_issuer (offer), ==, "https://i.example");
}

static void
test_offers_that_are_none (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&platform.server,
                                                  "good",
                                                  "/offer/2");
  g_autofree char *text = mdoc_test_https_dup_uri (&platform.server,
                                                   "good",
                                                   "/offer/3");
  g_autofree char *gone = mdoc_test_https_dup_uri (&platform.server,
                                                   "good",
                                                   "/offer/4");
  g_autoptr (GError) error = NULL;

  script ("/offer/2", 200, "{\"credential_issuer\":\"http://i.example\"}");
  mdoc_test_https_answer (&platform.server,
                          "/offer/3",
                          200,
                          "text/html",
                          "<html>",
                          NULL);
  g_assert_null (fetch_offer (uri, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_PROTOCOL);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name, ==, "offer");
  g_clear_error (&error);
  g_assert_null (fetch_offer (text, &error));
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "content-type");
  g_clear_error (&error);
  g_assert_null (fetch_offer (gone, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_REFUSED);
  g_assert_cmpstr (mdoc_platform_error_get_trouble (error)->name,
                   ==,
                   "offer-gone");
  g_clear_error (&error);
  g_assert_null (fetch_offer ("https://user@localhost/", &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_PROTOCOL);
  g_assert_false (mdoc_platform_error_get_trouble (error)->was_sent);
}

/* What the network does, and what it calls for: the names are the client's. */
static const struct
{
  const char *kind;
  const char *fault;
  MdocPlatformError klass;
  const char *name;
} faults[] = {
  { "good", "drop", MDOC_PLATFORM_ERROR_RETRY, "connection-broken" },
  { "good", "truncate", MDOC_PLATFORM_ERROR_RETRY, "connection-broken" },
  { "good", "garbage", MDOC_PLATFORM_ERROR_PROTOCOL, "no-http" },
  { "good", "huge", MDOC_PLATFORM_ERROR_PROTOCOL, "too-large" },
  { "good", "endless-body", MDOC_PLATFORM_ERROR_PROTOCOL, "too-large" },
  { "expired", NULL, MDOC_PLATFORM_ERROR_TRUST, "certificate-time" },
  { "foreign", NULL, MDOC_PLATFORM_ERROR_TRUST, "certificate" },
  { "other-host", NULL, MDOC_PLATFORM_ERROR_TRUST, "certificate" },
};

static void
test_faults_are_classified (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = NULL, *json = NULL, *issuer = NULL;
      g_autofree char *here = NULL;

      mdoc_test_platform_begin (&platform);
      path = dup_well_known ("openid-credential-issuer");
      here = mdoc_test_platform_dup_path (&platform, "");
      json = faults[i].fault != NULL
                 ? g_strdup_printf ("{\"fault\":\"%s\"}", faults[i].fault)
                 : g_strdup ("{}");
      mdoc_test_https_script (&platform.server, path, json);
      issuer = mdoc_test_https_dup_uri (&platform.server, faults[i].kind, here);
      g_clear_pointer (&platform.client, mdoc_platform_unref);
      platform.client = mdoc_test_platform_client_new (&platform,
                                                       issuer,
                                                       NULL,
                                                       NULL);
      assert_fails (faults[i].klass, faults[i].name);
    }
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = NULL;
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_platform_begin (&platform);
  path = dup_well_known ("openid-credential-issuer");
  mdoc_test_https_script (&platform.server, path, "{\"fault\": \"hang\"}");
  mdoc_platform_discover_async (platform.client,
                                cancellable,
                                mdoc_test_take_result,
                                &place);
  /* whoever is called lives on while the call runs */
  g_clear_pointer (&platform.client, mdoc_platform_unref);
  while (mdoc_test_https_count (&platform.server, path) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  result = mdoc_test_wait_result (&place);
  g_assert_false (mdoc_platform_discover_finish (NULL, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (mdoc_platform_error_get_trouble (error));
}

static void
test_who_may_be_asked (void)
{
  MdocPlatformConfig config = { .http = platform.server.client,
                                .issuer = "http://i.example",
                                .instance_key = platform.instance_key };
  g_autoptr (MdocKey) other = mdoc_key_generate (MDOC_CURVE_P384, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_platform_new (&config, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  config.issuer = "https://i.example";
  config.instance_key = other;
  g_assert_null (mdoc_platform_new (&config, &error));
  g_assert_error (error, MDOC_PLATFORM_ERROR, MDOC_PLATFORM_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_platform_set_up (&platform);
#define ADD(name_, func_) g_test_add_func ("/platform-discover/" name_, func_)
  ADD ("appended-address-on-404", test_appended_address_on_404);
  ADD ("no-other-address-on-503", test_no_other_address_on_503);
  ADD ("neither-address", test_neither_address);
  ADD ("issuer-has-to-match-byte-for-byte",
       test_issuer_has_to_match_byte_for_byte);
  ADD ("metadata-that-are-none", test_metadata_that_are_none);
  ADD ("server-of-the-offer", test_server_of_the_offer);
  ADD ("wallet-api-of-another-host-is-not-believed",
       test_wallet_api_of_another_host_is_not_believed);
  ADD ("languages-are-asked-for", test_languages_are_asked_for);
  ADD ("offer-by-reference", test_offer_by_reference);
  ADD ("offers-that-are-none", test_offers_that_are_none);
  ADD ("faults-are-classified", test_faults_are_classified);
  ADD ("cancel", test_cancel);
  ADD ("who-may-be-asked", test_who_may_be_asked);
#undef ADD
  status = g_test_run ();
  mdoc_test_platform_tear_down (&platform);
  return status;
}
