/*
 * test-http.c - what the HTTP client asks, and takes for an answer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "tests/net/mdoc-test-https.h"

static MdocTestHttps server;

static MdocHttpResponse *
get (const char *kind, const char *path, GError **error)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, kind, path);
  const MdocHttpRequest request = { .uri = uri };

  return mdoc_test_http_ask (server.client, &request, NULL, error);
}

static void
assert_body (MdocHttpResponse *response, const char *text)
{
  g_autoptr (GBytes) wanted = g_bytes_new_static (text, strlen (text));

  g_assert_true (g_bytes_equal (response->body, wanted));
}

static void
test_get (void)
{
  static const char *const headers[] = {
    "X-One", "1", "x-one", " 2 ", "Date", "Sat, 28 Nov 2026 02:00:00 GMT", NULL
  };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) log = NULL;
  JsonObject *sent;

  mdoc_test_https_answer (&server,
                          "/get",
                          200,
                          "Application/JSON; charset=utf-8",
                          "{}",
                          headers);
  response = get ("good", "/get?a=b", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (response->content_type, ==, "application/json");
  g_assert_cmpstr (mdoc_http_response_get_header (response, "X-ONE"),
                   ==,
                   "1, 2");
  g_assert_null (mdoc_http_response_get_header (response, "x-two"));
  g_assert_true (response->has_date);
  g_assert_cmpint (response->date_unix_s, ==, 1795831200);
  g_assert_false (response->has_retry_after);
  assert_body (response, "{}");

  log = mdoc_test_https_get_log (&server);
  sent = mdoc_test_https_find (log, "/get?a=b");
  g_assert_cmpstr (json_object_get_string_member (sent, "method"), ==, "GET");
  sent = json_object_get_object_member (sent, "headers");
  g_assert_false (json_object_has_member (sent, "accept-encoding"));
  g_assert_false (json_object_has_member (sent, "cookie"));
  g_assert_false (json_object_has_member (sent, "content-length"));
}

/* a proof is made for the address as it was given: so that one is asked */
static void
test_address_is_asked_as_it_is (void)
{
  static const char path[] = "/as/./it/../is//%7e%2F?a=%20";
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = get ("good", path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mdoc_test_https_count (&server, path), ==, 1);
}

static void
test_post (void)
{
  static const char *const headers[] = { "X-Own", "yes", "X-Empty", "", NULL };
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/post");
  g_autoptr (GBytes) body = g_bytes_new_static ("a=b", 3);
  const MdocHttpRequest request = { .method = "POST",
                                    .uri = uri,
                                    .headers = headers,
                                    .content_type = "x/y",
                                    .body = body };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) log = NULL;
  gboolean was_sent = FALSE;
  JsonObject *sent;

  mdoc_test_https_answer (&server, "/post", 201, "text/plain", "", NULL);
  response = mdoc_test_http_ask (server.client, &request, &was_sent, &error);
  g_assert_no_error (error);
  g_assert_true (was_sent);
  g_assert_cmpuint (response->status, ==, 201);

  log = mdoc_test_https_get_log (&server);
  sent = mdoc_test_https_find (log, "/post");
  g_assert_cmpstr (json_object_get_string_member (sent, "body"), ==, "a=b");
  sent = json_object_get_object_member (sent, "headers");
  g_assert_cmpstr (json_object_get_string_member (sent, "content-type"),
                   ==,
                   "x/y");
  g_assert_cmpstr (json_object_get_string_member (sent, "x-own"), ==, "yes");
  g_assert_cmpstr (json_object_get_string_member (sent, "x-empty"), ==, "");
  g_assert_false (json_object_has_member (sent, "expect"));
}

/* a nonce endpoint wants Content-Length: 0, not no length at all */
static void
test_post_nothing (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/nothing");
  const MdocHttpRequest request = { .method = "POST", .uri = uri };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) log = NULL;
  JsonObject *sent;

  mdoc_test_https_answer (&server, "/nothing", 200, "text/plain", "", NULL);
  response = mdoc_test_http_ask (server.client, &request, NULL, &error);
  g_assert_no_error (error);
  log = mdoc_test_https_get_log (&server);
  sent = json_object_get_object_member (mdoc_test_https_find (log, "/nothing"),
                                        "headers");
  g_assert_cmpstr (json_object_get_string_member (sent, "content-length"),
                   ==,
                   "0");
  g_assert_false (json_object_has_member (sent, "content-type"));
}

static void
test_status_is_no_error (void)
{
  static const guint statuses[] = { 204, 304, 400, 401, 404, 410, 500, 503 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/status-%u", statuses[i]);
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_test_https_answer (&server, path, statuses[i], "a/b", "", NULL);
      response = get ("good", path, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (response->status, ==, statuses[i]);
    }
}

static void
test_retry_after (void)
{
  static const struct
  {
    const char *value;
    gboolean is_there;
    gint64 seconds;
  } rows[] = {
    { "0", TRUE, 0 },
    { "120", TRUE, 120 },
    { "2678400", TRUE, MDOC_HTTP_MAX_RETRY_AFTER_S },
    { "2678401", TRUE, MDOC_HTTP_MAX_RETRY_AFTER_S },
    { "99999999999999999999999999", TRUE, MDOC_HTTP_MAX_RETRY_AFTER_S },
    { "Sat, 28 Nov 2026 02:01:40 GMT", TRUE, 100 },
    { "Sat, 28 Nov 2026 01:00:00 GMT", TRUE, 0 },
    { "soon", FALSE, 0 },
    { "", FALSE, 0 },
    { "-5", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const headers[] = { "Date",
                                      "Sat, 28 Nov 2026 02:00:00 GMT",
                                      "Retry-After",
                                      rows[i].value,
                                      NULL };
      g_autofree char *path = g_strdup_printf ("/retry-%zu", i);
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      mdoc_test_https_answer (&server, path, 429, "a/b", "", headers);
      response = get ("good", path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (response->has_retry_after, ==, rows[i].is_there);
      g_assert_cmpint (response->retry_after_s, ==, rows[i].seconds);
    }
}

static void
test_body_limit_both_sides (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/ten");
  g_autofree char *chunks = mdoc_test_https_dup_uri (&server, "good", "/tench");
  MdocHttpRequest request = { .uri = uri, .max_bytes = 10 };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (MdocHttpResponse) in_chunks = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_https_script (&server, "/ten", "{\"body\": \"0123456789\"}");
  mdoc_test_https_script (&server,
                          "/tench",
                          "{\"body\": \"0123456789\", \"fault\": \"chunked\"}");
  response = mdoc_test_http_ask (server.client, &request, NULL, &error);
  g_assert_no_error (error);
  assert_body (response, "0123456789");
  request.uri = chunks;
  in_chunks = mdoc_test_http_ask (server.client, &request, NULL, &error);
  g_assert_no_error (error);
  assert_body (in_chunks, "0123456789");
  g_assert_null (mdoc_http_response_get_header (in_chunks, "trailer-field"));

  request.max_bytes = 9;
  g_assert_null (mdoc_test_http_ask (server.client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TOO_LARGE);
  g_clear_error (&error);
  request.uri = uri;
  g_assert_null (mdoc_test_http_ask (server.client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TOO_LARGE);
}

static void
test_addresses_that_are_never_asked (void)
{
  g_autofree char *longest = g_strnfill (MDOC_HTTP_MAX_URI_LEN, 'a');
  g_autofree char *too_long = g_strconcat ("https://", longest, NULL);
  const char *const uris[] = {
    "http://example.org/",
    "http://127.0.0.1.example.org/",
    "http://[::2]/",
    "ftp://localhost/",
    "file:///etc/passwd",
    "https:/localhost/",
    "https:localhost",
    "https://",
    "https://user@localhost",
    "https://user:word@localhost/",
    "https://localhost/#a",
    "https://localhost/ a",
    "https://localhost/\n",
    "https://localhost\\@example.org/",
    "https://h\xc3\xa4/",
    "//localhost/",
    "",
    too_long,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      const MdocHttpRequest request = { .uri = uris[i] };
      g_autoptr (GError) error = NULL;
      gboolean was_sent = TRUE;

      g_assert_null (
          mdoc_test_http_ask (server.client, &request, &was_sent, &error));
      g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_ADDRESS);
      g_assert_false (was_sent);
    }
}

static void
test_plain_http_needs_leave (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "plain", "/plain");
  const MdocHttpConfig config = { .proxy = "" };
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (MdocHttpClient) client = NULL;
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  mdoc_test_https_answer (&server, "/plain", 200, "a/b", "", NULL);
  response = get ("plain", "/plain", &error);
  g_assert_no_error (error);

  client = mdoc_http_client_new (&config, &error);
  g_assert_no_error (error);
  g_assert_null (mdoc_test_http_ask (client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_ADDRESS);
}

static void
test_requests_that_are_never_sent (void)
{
  static const char *const bad[][3] = {
    { "A b", "c", NULL },
    { "", "c", NULL },
    { "A:", "c", NULL },
    { "A\r\nB", "c", NULL },
    { "A", "c\r\nB: d", NULL },
    { "A", "c\n", NULL },
    { "A", "\xc3\xa4", NULL },
    { "Host", "example.org", NULL },
    { "cookie", "a=b", NULL },
    { "Content-Length", "3", NULL },
    { "Transfer-Encoding", "chunked", NULL },
  };
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/get");
  MdocHttpRequest request = { .uri = uri };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      request.headers = bad[i];
      g_assert_null (
          mdoc_test_http_ask (server.client, &request, NULL, &error));
      g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_REQUEST);
      g_clear_error (&error);
    }
  request.headers = NULL;
  request.method = "GET /x HTTP/1.1\r\n";
  g_assert_null (mdoc_test_http_ask (server.client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_REQUEST);
  g_clear_error (&error);
  request.method = "POST";
  request.content_type = "a/b\r\nX: y";
  g_assert_null (mdoc_test_http_ask (server.client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_REQUEST);
}

static void
test_cancel (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/cancel");
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *place = NULL;

  mdoc_test_https_script (&server, "/cancel", "{\"fault\": \"hang\"}");
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      /* at first while it runs, then before it has begun */
      mdoc_http_client_send_async (server.client,
                                   &request,
                                   cancellable,
                                   mdoc_test_take_result,
                                   &place);
      g_assert_null (place);
      if (round == 0)
        while (mdoc_test_https_count (&server, "/cancel") == 0)
          g_main_context_iteration (NULL, FALSE);
      g_cancellable_cancel (cancellable);
      result = mdoc_test_wait_result (&place);
      g_assert_null (
          mdoc_http_client_send_finish (server.client, result, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  mdoc_test_https_wait_gone (&server, "/cancel");
  g_assert_cmpuint (mdoc_test_https_count (&server, "/cancel"), ==, 1);
  g_assert_cmpuint (mdoc_http_client_get_running (server.client), ==, 0);
}

/* more than there are connections; all by one client at once */
static void
test_many_at_once (void)
{
  const guint n = MDOC_HTTP_MAX_CONNECTIONS * 3;
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/many");
  const MdocHttpRequest request = { .uri = uri };
  g_autofree GAsyncResult **places = g_new0 (GAsyncResult *, n);

  mdoc_test_https_script (&server, "/many", "{\"body\": \"here\"}");
  for (guint i = 0; i < n; i++)
    mdoc_http_client_send_async (server.client,
                                 &request,
                                 NULL,
                                 mdoc_test_take_result,
                                 &places[i]);
  g_assert_cmpuint (mdoc_http_client_get_running (server.client), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GAsyncResult) result = mdoc_test_wait_result (&places[i]);
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      response = mdoc_http_client_send_finish (server.client,
                                               result,
                                               NULL,
                                               &error);
      g_assert_no_error (error);
      assert_body (response, "here");
    }
  g_assert_cmpuint (mdoc_test_https_count (&server, "/many"), ==, n);
}

static void
test_idle_lets_go (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/idle");
  const MdocHttpConfig config = { .proxy = "",
                                  .anchors_pem = server.anchors_pem,
                                  .idle_ms = 1 };
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (MdocHttpClient) client = NULL;

  mdoc_test_https_script (&server, "/idle", "{}");
  client = mdoc_http_client_new (&config, NULL);
  g_assert_false (mdoc_http_client_is_awake (client));
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      response = mdoc_test_http_ask (client, &request, NULL, &error);
      g_assert_no_error (error);
      while (mdoc_http_client_is_awake (client))
        g_main_context_iteration (NULL, TRUE);
      /* the server has seen the connection end */
      mdoc_test_https_wait_gone (&server, "/idle");
    }
}

static void
let_go (GObject *source, GAsyncResult *result, gpointer data)
{
  MdocHttpClient **client = data;

  mdoc_http_response_free (
      mdoc_http_client_send_finish (*client, result, NULL, NULL));
  g_clear_pointer (client, mdoc_http_client_unref);
}

/* and whoever is called back may let go of the client there and then */
static void
test_client_goes_in_its_callback (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/get");
  const MdocHttpConfig config = { .proxy = "",
                                  .anchors_pem = server.anchors_pem };
  const MdocHttpRequest request = { .uri = uri };
  MdocHttpClient *client = mdoc_http_client_new (&config, NULL);

  mdoc_http_client_send_async (client, &request, NULL, let_go, &client);
  while (client != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_proxy (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/proxied");
  g_autofree char *proxy = mdoc_test_https_dup_uri (&server, "plain", "");
  g_autofree char *target = g_strdup_printf ("localhost:%u",
                                             mdoc_test_https_get_port (&server,
                                                                       "good"));
  g_autofree char *script = g_strconcat ("/", target, NULL);
  const MdocHttpConfig config = { .proxy = proxy,
                                  .anchors_pem = server.anchors_pem };
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (MdocHttpClient) client = mdoc_http_client_new (&config, NULL);
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_sent;

  mdoc_test_https_script (&server, script, "{\"status\": 403}");
  mdoc_test_https_script (&server, script, "{\"fault\": \"tunnel\"}");
  mdoc_test_https_script (&server, "/proxied", "{\"body\": \"through\"}");
  g_assert_null (mdoc_test_http_ask (client, &request, &was_sent, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_CONNECT);
  g_clear_error (&error);

  response = mdoc_test_http_ask (client, &request, NULL, &error);
  g_assert_no_error (error);
  assert_body (response, "through");
  g_assert_cmpuint (mdoc_test_https_count (&server, target), ==, 2);
}

static void
test_anchors_need_a_certificate (void)
{
  const MdocHttpConfig config = { .anchors_pem = "none of that" };
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_http_client_new (&config, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_REQUEST);
}

static void
test_names (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint code = 0; code <= MDOC_HTTP_ERROR_DEVICE; code++)
    g_assert_true (g_hash_table_add (names,
                                     (char *) (gsize) mdoc_http_error_get_name (
                                         (MdocHttpError) code)));
  g_assert_cmpint (mdoc_http_error_get_class (MDOC_HTTP_ERROR_NAME),
                   ==,
                   MDOC_HTTP_CLASS_NETWORK);
  g_assert_cmpint (mdoc_http_error_get_class (MDOC_HTTP_ERROR_CERTIFICATE),
                   ==,
                   MDOC_HTTP_CLASS_TRUST);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_https_set_up (&server);
  g_test_add_func ("/http/get", test_get);
  g_test_add_func ("/http/address-is-asked-as-it-is",
                   test_address_is_asked_as_it_is);
  g_test_add_func ("/http/post", test_post);
  g_test_add_func ("/http/post-nothing", test_post_nothing);
  g_test_add_func ("/http/status-is-no-error", test_status_is_no_error);
  g_test_add_func ("/http/retry-after", test_retry_after);
  g_test_add_func ("/http/body-limit-both-sides", test_body_limit_both_sides);
  g_test_add_func ("/http/addresses-that-are-never-asked",
                   test_addresses_that_are_never_asked);
  g_test_add_func ("/http/plain-http-needs-leave", test_plain_http_needs_leave);
  g_test_add_func ("/http/requests-that-are-never-sent",
                   test_requests_that_are_never_sent);
  g_test_add_func ("/http/cancel", test_cancel);
  g_test_add_func ("/http/many-at-once", test_many_at_once);
  g_test_add_func ("/http/idle-lets-go", test_idle_lets_go);
  g_test_add_func ("/http/client-goes-in-its-callback",
                   test_client_goes_in_its_callback);
  g_test_add_func ("/http/proxy", test_proxy);
  g_test_add_func ("/http/anchors-need-a-certificate",
                   test_anchors_need_a_certificate);
  g_test_add_func ("/http/names", test_names);
  status = g_test_run ();
  mdoc_test_https_tear_down (&server);
  return status;
}
