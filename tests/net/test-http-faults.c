/*
 * test-http-faults.c - what the network and hostile servers do to a client
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/net/mdoc-test-https.h"

#define MAX_BYTES ((gsize) 256 * 1024)
/* more than the client may take for an answer of MAX_BYTES, far less than what
 * is sent */
#define MAX_GROWTH_BYTES ((gsize) 32 * 1024 * 1024)

static MdocTestHttps server;

static gsize
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  gsize total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%zu %zu", &total, &resident), ==, 2);
  return resident * (gsize) sysconf (_SC_PAGESIZE);
}

static void
script_fault (const char *path, const char *fault, const char *body)
{
  g_autofree char *json = g_strdup_printf ("{\"fault\":\"%s\",\"body\":\"%s\"}",
                                           fault,
                                           body);

  mdoc_test_https_script (&server, path, json);
}

static MdocHttpResponse *
ask (MdocHttpClient *client,
     const char *kind,
     const char *path,
     gboolean *ret_was_sent,
     GError **error)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, kind, path);
  const MdocHttpRequest request = { .uri = uri, .max_bytes = MAX_BYTES };

  return mdoc_test_http_ask (client, &request, ret_was_sent, error);
}

static MdocHttpClient *
client_new (const MdocHttpConfig *config)
{
  MdocHttpConfig own = *config;
  g_autoptr (GError) error = NULL;
  MdocHttpClient *client;

  own.proxy = "";
  if (own.anchors_pem == NULL)
    own.anchors_pem = server.anchors_pem;
  client = mdoc_http_client_new (&own, &error);
  g_assert_no_error (error);
  return client;
}

/* What an answer has that is none, and what it is called. */
static const struct
{
  const char *fault;
  MdocHttpError code;
} faults[] = {
  { "drop", MDOC_HTTP_ERROR_BROKEN },
  { "truncate", MDOC_HTTP_ERROR_BROKEN },
  { "truncate-chunk", MDOC_HTTP_ERROR_BROKEN },
  { "garbage", MDOC_HTTP_ERROR_MALFORMED },
  { "folded", MDOC_HTTP_ERROR_MALFORMED },
  { "endless-head", MDOC_HTTP_ERROR_TOO_LARGE },
  { "endless-line", MDOC_HTTP_ERROR_TOO_LARGE },
  { "endless-body", MDOC_HTTP_ERROR_TOO_LARGE },
  { "endless-chunks", MDOC_HTTP_ERROR_TOO_LARGE },
  { "huge", MDOC_HTTP_ERROR_TOO_LARGE },
};

static void
test_fault (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *path = g_strconcat ("/", faults[i].fault, NULL);
  const MdocHttpConfig config = { 0 };
  g_autoptr (MdocHttpClient) client = client_new (&config);
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_sent = FALSE;
  gsize before, after;

  script_fault (path, faults[i].fault, "{}");
  before = get_resident_bytes ();
  g_assert_null (ask (client, "good", path, &was_sent, &error));
  after = get_resident_bytes ();
  g_test_message ("%s", error->message);
  g_assert_error (error, MDOC_HTTP_ERROR, (gint) faults[i].code);
  g_assert_true (was_sent);
  /* the connection is gone, and with it what the server would still send */
  mdoc_test_https_wait_gone (&server, path);
  /* a sanitizer keeps what was freed, to look at it */
  if (g_getenv ("MDOC_TEST_SANITIZED") == NULL)
    g_assert_cmpuint (after, <, before + MAX_GROWTH_BYTES);
  /* asked once: who asks again is for the caller to say */
  g_assert_cmpuint (mdoc_test_https_count (&server, path), ==, 1);

  /* and the client is none the worse for it */
  mdoc_test_https_script (&server, "/fine", "{\"body\": \"fine\"}");
  g_clear_error (&error);
  response = ask (client, "good", "/fine", NULL, &error);
  g_assert_no_error (error);
}

static void
test_truncated_head (void)
{
  g_autoptr (GError) error = NULL;

  script_fault ("/truncate-head", "truncate-head", "");
  g_assert_null (ask (server.client, "good", "/truncate-head", NULL, &error));
  g_assert_true (
      g_error_matches (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_BROKEN)
      || g_error_matches (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_MALFORMED));
}

/* Answers that come in an odd shape, but are answers. */
static void
test_odd_but_fine (void)
{
  static const char *const odd[] = { "split", "chunked", "continue" };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *path = g_strconcat ("/", odd[i], NULL);
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      script_fault (path, odd[i], "here");
      response = ask (server.client, "good", path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (response->status, ==, 200);
      g_assert_cmpuint (g_bytes_get_size (response->body), ==, 4);
      g_assert_null (mdoc_http_response_get_header (response, "X-Early"));
    }
}

/* A second answer that nobody asked for is never taken for the next one's. */
static void
test_duplicate (void)
{
  script_fault ("/twice", "duplicate", "first");
  mdoc_test_https_script (&server, "/other", "{\"body\": \"other\"}");
  for (guint round = 0; round < 4; round++)
    {
      const char *path = round % 2 == 0 ? "/twice" : "/other";
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *body = NULL;

      response = ask (server.client, "good", path, NULL, &error);
      g_assert_no_error (error);
      body = g_strndup (g_bytes_get_data (response->body, NULL),
                        g_bytes_get_size (response->body));
      g_assert_cmpstr (body, ==, round % 2 == 0 ? "first" : "other");
    }
}

/* A body is sent once, also where libcurl would send it again by itself: over a
 * connection that was kept, and that the server has closed meanwhile. */
static void
test_post_is_sent_at_most_once (void)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (&server, "good", "/once");
  g_autoptr (GBytes) body = g_bytes_new_static ("code=1", 6);
  const MdocHttpRequest request = { .method = "POST",
                                    .uri = uri,
                                    .content_type = "a/b",
                                    .body = body };
  g_autoptr (MdocHttpResponse) first = NULL, response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_sent = FALSE;

  mdoc_test_https_script (&server, "/keep", "{}");
  script_fault ("/once", "drop", "");
  first = ask (server.client, "good", "/keep", NULL, &error);
  g_assert_no_error (error);
  response = mdoc_test_http_ask (server.client, &request, &was_sent, &error);
  g_assert_null (response);
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_BROKEN);
  g_assert_true (was_sent);
  g_assert_cmpuint (mdoc_test_https_count (&server, "/once"), ==, 1);
}

static void
test_slow_loris (void)
{
  static const char *const slow[] = { "slow-head", "slow-body" };
  /* twenty bytes a second are there, a thousand are wanted */
  const MdocHttpConfig config = { .slow_s = 1, .slow_bytes_per_s = 1000 };
  g_autoptr (MdocHttpClient) client = client_new (&config);

  for (gsize i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autofree char *path = g_strconcat ("/", slow[i], NULL);
      g_autoptr (GError) error = NULL;

      script_fault (path, slow[i], "");
      g_assert_null (ask (client, "good", path, NULL, &error));
      g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TIMEOUT);
      mdoc_test_https_wait_gone (&server, path);
    }
}

/* and one that is just fast enough for that has the whole time against it */
static void
test_delay (void)
{
  static const char *const slow[] = { "hang", "slow-head", "slow-body" };
  const MdocHttpConfig config = { .timeout_ms = 200, .slow_bytes_per_s = 1 };
  g_autoptr (MdocHttpClient) client = client_new (&config);

  for (gsize i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autofree char *path = g_strconcat ("/late-", slow[i], NULL);
      g_autoptr (GError) error = NULL;

      script_fault (path, slow[i], "");
      g_assert_null (ask (client, "good", path, NULL, &error));
      g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TIMEOUT);
    }
}

static void
test_connection_that_never_stands (void)
{
  const MdocHttpConfig config = { .connect_timeout_ms = 100 };
  g_autoptr (MdocHttpClient) client = client_new (&config);
  g_autoptr (GError) error = NULL;
  gboolean was_sent = TRUE;

  g_assert_null (ask (client, "mute", "/", &was_sent, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TIMEOUT);
  g_assert_false (was_sent);
}

static void
test_nobody_listens (void)
{
  /* a port that was free a moment ago, and nobody has */
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4,
                                             G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP,
                                             NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (
      G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *uri = NULL;
  MdocHttpRequest request = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean was_sent = TRUE;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  uri = g_strdup_printf ("https://127.0.0.1:%u/",
                         g_inet_socket_address_get_port (
                             G_INET_SOCKET_ADDRESS (bound)));
  request.uri = uri;
  g_assert_null (
      mdoc_test_http_ask (server.client, &request, &was_sent, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_CONNECT);
  g_assert_false (was_sent);
}

/* a label longer than the 63 characters that names have: no resolver has to ask
 * anybody to find that out */
static void
test_name_that_is_none (void)
{
  g_autofree char *label = g_strnfill (70, 'a');
  g_autofree char *uri = g_strdup_printf ("https://%s.example/", label);
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (GError) error = NULL;
  gboolean was_sent = TRUE;

  g_assert_null (
      mdoc_test_http_ask (server.client, &request, &was_sent, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_NAME);
  g_assert_false (was_sent);
}

static const struct
{
  const char *kind;
  MdocHttpError code;
} strangers[] = {
  { "expired", MDOC_HTTP_ERROR_CERTIFICATE_TIME },
  { "future", MDOC_HTTP_ERROR_CERTIFICATE_TIME },
  { "foreign", MDOC_HTTP_ERROR_CERTIFICATE },
  { "other-host", MDOC_HTTP_ERROR_CERTIFICATE },
  { "old-tls", MDOC_HTTP_ERROR_TLS },
};

/* none of the request reaches who is not trusted */
static void
test_certificates (void)
{
  mdoc_test_https_script (&server, "/secret", "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean was_sent = TRUE;

      g_assert_null (
          ask (server.client, strangers[i].kind, "/secret", &was_sent, &error));
      g_test_message ("%s: %s", strangers[i].kind, error->message);
      g_assert_error (error, MDOC_HTTP_ERROR, (gint) strangers[i].code);
      g_assert_false (was_sent);
    }
  g_assert_cmpuint (mdoc_test_https_count (&server, "/secret"), ==, 0);
}

/* the anchors of the system are none when others are named, and the other way
 * around */
static void
test_anchors_exclude_each_other (void)
{
  const MdocHttpConfig config = { .proxy = "" };
  g_autoptr (MdocHttpClient) client = mdoc_http_client_new (&config, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (client, "good", "/secret", NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_CERTIFICATE);
}

static void
test_plain_where_tls_should_be (void)
{
  g_autofree char *uri = g_strdup_printf ("https://localhost:%u/secret",
                                          mdoc_test_https_get_port (&server,
                                                                    "plain"));
  const MdocHttpRequest request = { .uri = uri };
  g_autoptr (GError) error = NULL;

  g_assert_null (mdoc_test_http_ask (server.client, &request, NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_TLS);
}

static void
test_redirect_is_not_followed (void)
{
  static const guint statuses[] = { 300, 301, 302, 303, 307, 308 };
  g_autofree char *target = mdoc_test_https_dup_uri (&server, "plain", "/to");
  const char *const headers[] = { "Location", target, NULL };

  mdoc_test_https_script (&server, "/to", "{}");
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/from-%u", statuses[i]);
      g_autoptr (GError) error = NULL;

      mdoc_test_https_answer (&server, path, statuses[i], "a/b", "", headers);
      g_assert_null (ask (server.client, "good", path, NULL, &error));
      g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_REDIRECT);
      g_assert_nonnull (strstr (error->message, "/to"));
    }
  g_assert_cmpuint (mdoc_test_https_count (&server, "/to"), ==, 0);
}

/* neither are other ways to send a client elsewhere, or make it remember */
static void
test_alternatives_and_cookies_are_not_kept (void)
{
  g_autofree char *service
      = g_strdup_printf ("h2=\":%u\"; ma=3600",
                         mdoc_test_https_get_port (&server, "plain"));
  const char *const headers[] = { "Alt-Svc",
                                  service,
                                  "Set-Cookie",
                                  "a=b; Path=/",
                                  NULL };

  mdoc_test_https_answer (&server, "/alt", 200, "a/b", "", headers);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (MdocHttpResponse) response = NULL;
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      JsonObject *sent;

      response = ask (server.client, "good", "/alt", NULL, &error);
      g_assert_no_error (error);
      log = mdoc_test_https_get_log (&server);
      sent = mdoc_test_https_find (log, "/alt");
      g_assert_cmpstr (json_object_get_string_member (sent, "kind"),
                       ==,
                       "good");
      g_assert_false (
          json_object_has_member (json_object_get_object_member (sent,
                                                                 "headers"),
                                  "cookie"));
    }
}

static void
test_encoded_though_not_asked (void)
{
  static const char *const headers[] = { "Content-Encoding", "gzip", NULL };
  g_autoptr (GError) error = NULL;

  mdoc_test_https_answer (&server, "/gzip", 200, "a/b", "bomb", headers);
  g_assert_null (ask (server.client, "good", "/gzip", NULL, &error));
  g_assert_error (error, MDOC_HTTP_ERROR, MDOC_HTTP_ERROR_MALFORMED);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mdoc_test_https_set_up (&server);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/http-faults/named/",
                                           faults[i].fault,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_fault);
    }
  g_test_add_func ("/http-faults/truncated-head", test_truncated_head);
  g_test_add_func ("/http-faults/odd-but-fine", test_odd_but_fine);
  g_test_add_func ("/http-faults/duplicate", test_duplicate);
  g_test_add_func ("/http-faults/post-is-sent-at-most-once",
                   test_post_is_sent_at_most_once);
  g_test_add_func ("/http-faults/slow-loris", test_slow_loris);
  g_test_add_func ("/http-faults/delay", test_delay);
  g_test_add_func ("/http-faults/connection-that-never-stands",
                   test_connection_that_never_stands);
  g_test_add_func ("/http-faults/nobody-listens", test_nobody_listens);
  g_test_add_func ("/http-faults/name-that-is-none", test_name_that_is_none);
  g_test_add_func ("/http-faults/certificates", test_certificates);
  g_test_add_func ("/http-faults/anchors-exclude-each-other",
                   test_anchors_exclude_each_other);
  g_test_add_func ("/http-faults/plain-where-tls-should-be",
                   test_plain_where_tls_should_be);
  g_test_add_func ("/http-faults/redirect-is-not-followed",
                   test_redirect_is_not_followed);
  g_test_add_func ("/http-faults/alternatives-and-cookies-are-not-kept",
                   test_alternatives_and_cookies_are_not_kept);
  g_test_add_func ("/http-faults/encoded-though-not-asked",
                   test_encoded_though_not_asked);
  status = g_test_run ();
  mdoc_test_https_tear_down (&server);
  return status;
}
