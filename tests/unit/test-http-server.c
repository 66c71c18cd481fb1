/*
 * test-http-server.c - the door of the platform
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "issuer/mdoc-http-server.h"

#define END "\r\nConnection: close\r\n\r\n"

typedef struct
{
  MdocHttpServer *server;
  GMutex lock;
  GCond changed;
  MdocHttpStream *stream;
  guint n_waiting;
} Door;

static void
echo (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  const char *query = mdoc_http_call_get_query (call, "q");
  MdocSpan body = mdoc_http_call_get_body (call);

  mdoc_http_reply_take_text (reply,
                             200,
                             "text/plain",
                             g_strdup_printf ("[%s|%s|%s|%s|%s|%.*s]",
                                              (const char *) data,
                                              mdoc_http_call_get_method (call),
                                              mdoc_http_call_get_url (call),
                                              query ? query : "-",
                                              mdoc_http_call_get_content_type (
                                                  call),
                                              (int) body.len,
                                              (const char *) body.data));
  mdoc_http_reply_set_header (reply, "X-Evil", "a\r\nX-Injected: b");
}

static void
echo_parameter (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  mdoc_http_reply_take_text (
      reply,
      200,
      "text/plain",
      g_strdup_printf ("<%s>", mdoc_http_call_get_parameter (call, "id")));
}

static void
count_headers (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  g_autofree char *cookie = mdoc_http_call_dup_cookie (call, "b");

  mdoc_http_reply_take_text (
      reply,
      200,
      "text/plain",
      g_strdup_printf ("%u %s %s",
                       mdoc_http_call_count_header (call, "dpop"),
                       mdoc_http_call_get_address (call),
                       cookie ? cookie : "-"));
}

static void
start_stream (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  Door *door = data;

  g_mutex_lock (&door->lock);
  door->stream = mdoc_http_reply_start_stream (reply, "text/event-stream");
  g_cond_broadcast (&door->changed);
  g_mutex_unlock (&door->lock);
}

/* Answers once as many have come as there are at most. */
static void
wait_for_others (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  Door *door = data;

  g_mutex_lock (&door->lock);
  door->n_waiting++;
  g_cond_broadcast (&door->changed);
  while (door->n_waiting < 4)
    g_cond_wait (&door->changed, &door->lock);
  g_mutex_unlock (&door->lock);
}

static void
door_open (Door *door, const MdocHttpServerConfig *config)
{
  MdocHttpServerConfig own = *config;
  g_autoptr (GError) error = NULL;
  static char name[] = "any";
  gboolean is_open;

  if (own.listen == NULL)
    own.listen = "127.0.0.1:0";
  g_mutex_init (&door->lock);
  g_cond_init (&door->changed);
  door->server = mdoc_http_server_new ();
  mdoc_http_server_add_route (door->server, "GET", "/echo", echo, name);
  mdoc_http_server_add_route (door->server, "POST", "/echo", echo, name);
  mdoc_http_server_add_route (door->server,
                              "GET",
                              "/a/{id}",
                              echo_parameter,
                              0);
  mdoc_http_server_add_route (door->server, "GET", "/a/own", echo, name);
  mdoc_http_server_add_route (door->server, "GET", "/h", count_headers, NULL);
  mdoc_http_server_add_route (door->server, "GET", "/s", start_stream, door);
  mdoc_http_server_add_route (door->server, "GET", "/w", wait_for_others, door);
  mdoc_http_server_add_route (door->server,
                              "POST",
                              "/w",
                              wait_for_others,
                              door);
  is_open = mdoc_http_server_start (door->server, &own, &error);
  g_assert_no_error (error);
  g_assert_true (is_open);
}

static void
door_clear (Door *door)
{
  mdoc_http_server_free (door->server);
  g_clear_pointer (&door->stream, mdoc_http_stream_unref);
  g_mutex_clear (&door->lock);
  g_cond_clear (&door->changed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Door, door_clear)

static GSocketConnection *
connect_to (Door *door)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_to_host (client,
                                                mdoc_http_server_get_base_url (
                                                    door->server)
                                                    + strlen ("http://"),
                                                0,
                                                NULL,
                                                &error);
  g_assert_no_error (error);
  return connection;
}

static void
say (GSocketConnection *connection, const char *text)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  /* whoever is refused may find the door closed while still talking */
  if (!g_output_stream_write_all (out, text, strlen (text), NULL, NULL, NULL))
    g_test_message ("the other side has closed");
}

static char *
hear (GSocketConnection *connection)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString *all = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof (buffer), NULL, NULL))
         > 0)
    g_string_append_len (all, buffer, n);
  return g_string_free (all, FALSE);
}

static char *
ask (Door *door, const char *request)
{
  g_autoptr (GSocketConnection) connection = connect_to (door);

  say (connection, request);
  return hear (connection);
}

static void
assert_status (const char *answer, guint status)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", status);

  if (!g_str_has_prefix (answer, line))
    g_error ("expected %u: %s", status, answer);
}

#define GET(target) "GET " target " HTTP/1.1\r\nHost: x" END

static void
test_routes (void)
{
  static const struct
  {
    const char *request;
    guint status;
    const char *text; /* nullable */
  } rows[] = {
    { GET ("/a/b%20c"), 200, "<b c>" },
    { GET ("/a/%c3%a9"), 200, "<\xc3\xa9>" },
    { GET ("/a/own"), 200, "[any|GET|" },
    { GET ("/a/OWN"), 200, "<OWN>" },
    { GET ("/a/.."), 200, "<..>" }, /* a name like any other */
    { GET ("/a/x%2fy"), 404, NULL },
    { GET ("/a/x%00y"), 404, NULL },
    { GET ("/a/x%0ay"), 404, NULL },
    { GET ("/a/%ff"), 404, NULL },
    { GET ("/a/"), 404, NULL },
    { GET ("/a"), 404, NULL },
    { GET ("/a/b/c"), 404, NULL },
    { GET ("/echo/"), 404, NULL },
    { GET ("/"), 404, NULL },
    { GET ("/echo?q=%3C%3e&r=1"), 200, "|<>|" },
    { GET ("/echo?q=1&q=2"), 400, NULL },
    { GET ("/echo?q=%ff"), 400, NULL },
    { GET ("http://evil.example/echo"), 400, NULL },
    { "DELETE /echo HTTP/1.1\r\nHost: x" END, 405, "Allow: GET, POST\r\n" },
    { "HEAD /a/b HTTP/1.1\r\nHost: x" END, 200, "Content-Length: 3\r\n" },
    { "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: Text/JSON; a=b\r\n"
      "Content-Length: 2" END "{}",
      200,
      "|text/json|{}]" },
  };
  g_auto (Door) door = { 0 };

  door_open (&door, &(MdocHttpServerConfig){ 0 });
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *answer = ask (&door, rows[i].request);

      g_test_message ("%s", rows[i].request);
      assert_status (answer, rows[i].status);
      if (rows[i].text != NULL && strstr (answer, rows[i].text) == NULL)
        g_error ("no %s in %s", rows[i].text, answer);
    }
}

static void
test_headers (void)
{
  g_auto (Door) door = { 0 };
  g_autofree char *plain = NULL;
  g_autofree char *twice = NULL;

  door_open (&door, &(MdocHttpServerConfig){ 0 });
  plain = ask (&door, GET ("/echo"));
  g_assert_nonnull (strstr (plain, "Cache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (plain, "X-Content-Type-Options: nosniff\r\n"));
  g_assert_nonnull (strstr (plain, "Date: "));
  g_assert_null (strstr (plain, "Strict-Transport-Security"));
  g_assert_null (strstr (plain, "\nX-Injected"));
  g_assert_nonnull (strstr (plain, "X-Evil: a  X-Injected: b\r\n"));
  /* whatever the request says */
  g_assert_nonnull (
      strstr (plain, mdoc_http_server_get_base_url (door.server)));

  twice = ask (&door,
               "GET /h HTTP/1.1\r\nHost: x\r\nDPoP: 1\r\ndpop: 2\r\n"
               "Cookie: a=1; b=two; bb=3" END);
  g_assert_nonnull (strstr (twice, "\r\n\r\n2 127.0.0.1 two"));
}

static char *
make_request (const char *head, gsize n_bytes)
{
  g_autofree char *body = g_strnfill (n_bytes, 'x');

  return g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: x\r\n%s" END "%s",
                          head,
                          body);
}

static void
test_limits (void)
{
  static const struct
  {
    const char *head;
    gsize n_bytes;
    guint status; /* 0: whatever libmicrohttpd says to it */
  } rows[] = {
    { "Content-Length: 100", 100, 200 },
    { "Content-Length: 101", 101, 413 },
    { "Content-Length: 10000000000", 0, 413 },
    { "Content-Length: 99999999999999999999999", 0, 0 },
  };
  g_auto (Door) door = { 0 };
  g_autofree char *many = NULL;
  g_autofree char *large = NULL;
  g_autofree char *answer = NULL;
  g_autoptr (GString) request = g_string_new ("GET /h HTTP/1.1\r\nHost: x\r\n");

  door_open (&door,
             &(MdocHttpServerConfig){ .max_body_bytes = 100,
                                      .large_prefix = "/echo?",
                                      .max_large_body_bytes = 102,
                                      .max_header_bytes = 8192,
                                      .request_timeout_s = 1 });
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = make_request (rows[i].head, rows[i].n_bytes);
      g_autofree char *reply = ask (&door, text);

      g_test_message ("%s", rows[i].head);
      g_assert_false (rows[i].status != 200
                      && g_str_has_prefix (reply, "HTTP/1.1 2"));
      if (rows[i].status != 0)
        assert_status (reply, rows[i].status);
    }

  /* where more is allowed */
  for (gsize n = 102; n <= 103; n++)
    {
      g_autofree char *body = g_strnfill (n, 'x');
      g_autofree char *text
          = g_strdup_printf ("POST /echo?q=1 HTTP/1.1\r\nHost: x\r\n"
                             "Content-Length: %zu" END "%s",
                             n,
                             body);
      g_autofree char *reply = ask (&door, text);

      assert_status (reply, n == 102 ? 200 : 413);
    }

  /* a body without a length that goes on and on */
  answer = ask (&door,
                "POST /echo HTTP/1.1\r\nHost: x\r\n"
                "Transfer-Encoding: chunked" END
                "40\r\n0123456789abcdef0123456789abcdef0123456789abcdef"
                "0123456789abcdef\r\n"
                "40\r\n0123456789abcdef0123456789abcdef0123456789abcdef"
                "0123456789abcdef\r\n0\r\n\r\n");
  g_assert_cmpstr (answer, ==, "");

  for (guint i = 0; i < 101; i++)
    g_string_append_printf (request, "X-%u: y\r\n", i);
  g_string_append (request, "Connection: close\r\n\r\n");
  many = ask (&door, request->str);
  assert_status (many, 431);

  g_string_assign (request, "GET /h HTTP/1.1\r\nHost: x\r\nX: ");
  for (guint i = 0; i < 10000; i++)
    g_string_append_c (request, 'y');
  g_string_append (request, END);
  large = ask (&door, request->str);
  g_assert_false (g_str_has_prefix (large, "HTTP/1.1 2"));
}

static char *
make_post (const char *path, gsize n_bytes)
{
  g_autofree char *body = g_strnfill (n_bytes, 'x');

  return g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\n"
                          "Content-Length: %zu" END "%s",
                          path,
                          n_bytes,
                          body);
}

/* Many large bodies at once do not take all memory, and do not keep out small
 * ones. */
static void
test_pending (void)
{
  static const struct
  {
    gsize kib;
    gboolean is_taken;
  } rows[] = { { 110, FALSE }, { 64, TRUE }, { 74, TRUE }, { 110, FALSE } };
  g_auto (Door) door = { 0 };
  g_autofree char *large = make_post ("/w", (gsize) 110 * 1024);
  g_autofree char *largest = make_post ("/echo", (gsize) 121 * 1024);
  g_autofree char *again = make_post ("/echo", (gsize) 120 * 1024);
  g_autoptr (GSocketConnection) first = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *cut = NULL;
  g_autofree char *taken = NULL;

  door_open (&door,
             &(MdocHttpServerConfig){ .max_pending_bytes = (gsize) 56 * 1024 });
  first = connect_to (&door);
  say (first, large);
  g_mutex_lock (&door.lock);
  while (door.n_waiting < 1)
    g_cond_wait (&door.changed, &door.lock);
  g_mutex_unlock (&door.lock);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *post = make_post ("/echo", rows[i].kib * 1024);
      g_autofree char *reply = ask (&door, post);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_cmpint (g_str_has_prefix (reply, "HTTP/1.1 200"),
                       ==,
                       rows[i].is_taken);
    }

  g_mutex_lock (&door.lock);
  door.n_waiting = 4;
  g_cond_broadcast (&door.changed);
  g_mutex_unlock (&door.lock);
  answer = hear (first);
  assert_status (answer, 204);
  cut = ask (&door, largest);
  g_assert_cmpstr (cut, ==, "");
  taken = ask (&door, again);
  assert_status (taken, 200);
}

/* A byte now and then keeps no connection. */
static void
test_slow (void)
{
  g_auto (Door) door = { 0 };
  g_autoptr (GSocketConnection) connection = NULL;
  GInputStream *in;
  gint64 start_us;

  door_open (&door, &(MdocHttpServerConfig){ .request_timeout_s = 1 });
  connection = connect_to (&door);
  say (connection, "GET /h HTTP/1.1\r\nX: ");
  in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  start_us = g_get_monotonic_time ();
  while (TRUE)
    {
      GSocket *socket = g_socket_connection_get_socket (connection);
      char byte;

      if (g_socket_condition_timed_wait (socket,
                                         G_IO_IN | G_IO_HUP,
                                         G_USEC_PER_SEC / 4,
                                         NULL,
                                         NULL))
        {
          g_assert_cmpint (g_input_stream_read (in, &byte, 1, NULL, NULL),
                           <=,
                           0);
          break;
        }
      say (connection, "y");
      /* the test's own end, far beyond what it should take */
      g_assert_cmpint (g_get_monotonic_time () - start_us,
                       <,
                       60 * G_USEC_PER_SEC);
    }
}

static void
test_stream (void)
{
  g_auto (Door) door = { 0 };
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *answer = NULL;

  door_open (&door, &(MdocHttpServerConfig){ 0 });
  connection = connect_to (&door);
  say (connection, GET ("/s"));
  g_mutex_lock (&door.lock);
  while (door.stream == NULL)
    g_cond_wait (&door.changed, &door.lock);
  g_mutex_unlock (&door.lock);

  g_assert_true (mdoc_http_stream_write (door.stream, "data: 1\n\n"));
  g_assert_true (mdoc_http_stream_write (door.stream, "data: 2\n\n"));
  mdoc_http_stream_close (door.stream);
  g_assert_false (mdoc_http_stream_write (door.stream, "data: 3\n\n"));
  answer = hear (connection);
  g_assert_nonnull (strstr (answer, "Content-Type: text/event-stream\r\n"));
  g_assert_nonnull (strstr (answer, "data: 1\n\n"));
  g_assert_nonnull (strstr (answer, "data: 2\n\n"));
  g_assert_null (strstr (answer, "data: 3"));
}

/* Whoever does not listen does not fill our memory. */
static void
test_stream_not_read (void)
{
  g_auto (Door) door = { 0 };
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *block = g_strnfill (64 * 1024, 'x');
  guint n = 0;

  door_open (&door, &(MdocHttpServerConfig){ 0 });
  connection = connect_to (&door);
  say (connection, GET ("/s"));
  g_mutex_lock (&door.lock);
  while (door.stream == NULL)
    g_cond_wait (&door.changed, &door.lock);
  g_mutex_unlock (&door.lock);

  while (mdoc_http_stream_write (door.stream, block))
    g_assert_cmpuint (n++, <, 10000);
}

static gpointer
ask_waiting (gpointer data)
{
  return ask (data, GET ("/w"));
}

/* Four at once: each waits until all are there. */
static void
test_at_once (void)
{
  g_auto (Door) door = { 0 };
  GThread *threads[4];

  door_open (&door, &(MdocHttpServerConfig){ .n_workers = 4 });
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_waiting, &door);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *answer = g_thread_join (threads[i]);

      assert_status (answer, 204);
    }
  g_assert_cmpuint (mdoc_http_server_get_n_requests (door.server), ==, 4);
}

/* With a stream and a handler at work, the end is clean. */
static void
test_stop (void)
{
  g_auto (Door) door = { 0 };
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *stream = NULL;
  g_autofree char *answer = NULL;
  GThread *thread;

  door_open (&door, &(MdocHttpServerConfig){ 0 });
  connection = connect_to (&door);
  say (connection, GET ("/s"));
  thread = g_thread_new ("ask", ask_waiting, &door);
  g_mutex_lock (&door.lock);
  while (door.stream == NULL || door.n_waiting == 0)
    g_cond_wait (&door.changed, &door.lock);
  door.n_waiting = 4;
  g_cond_broadcast (&door.changed);
  g_mutex_unlock (&door.lock);

  mdoc_http_server_stop (door.server);
  g_assert_false (mdoc_http_stream_write (door.stream, "x"));
  stream = hear (connection);
  assert_status (stream, 200);
  answer = g_thread_join (thread);
}

static void
test_per_address (void)
{
  g_auto (Door) door = { 0 };
  g_autoptr (GSocketConnection) first = NULL;
  g_autoptr (GSocketConnection) second = NULL;
  g_autofree char *answer = NULL;

  door_open (&door, &(MdocHttpServerConfig){ .max_per_address = 1 });
  first = connect_to (&door);
  say (first, "GET /s HTTP/1.1\r\nHost: x\r\n\r\n");
  g_mutex_lock (&door.lock);
  while (door.stream == NULL)
    g_cond_wait (&door.changed, &door.lock);
  g_mutex_unlock (&door.lock);

  second = connect_to (&door);
  say (second, GET ("/h"));
  answer = hear (second);
  g_assert_cmpstr (answer, ==, "");
}

static void
test_start (void)
{
  static const char *const wrong[] = {
    "",      "127.0.0.1", "localhost:0", "127.0.0.1:65536", "127.0.0.1:x",
    "::1:0", "[::1:0",    "192.0.2.1:0"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (MdocHttpServer) server = mdoc_http_server_new ();
      g_autoptr (GError) error = NULL;
      MdocHttpServerConfig config = { .listen = wrong[i] };

      g_assert_false (mdoc_http_server_start (server, &config, &error));
      g_assert_error (error,
                      MDOC_HTTP_SERVER_ERROR,
                      MDOC_HTTP_SERVER_ERROR_ADDRESS);
    }
}

static void
test_tls_config (void)
{
  const MdocHttpServerConfig configs[] = {
    { .listen = "127.0.0.1:0", .certificate = "x" },
    { .listen = "127.0.0.1:0", .key = "x" },
    { .listen = "127.0.0.1:0", .certificate = "x", .key = "y" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (MdocHttpServer) server = mdoc_http_server_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (mdoc_http_server_start (server, &configs[i], &error));
      g_assert_error (error,
                      MDOC_HTTP_SERVER_ERROR,
                      MDOC_HTTP_SERVER_ERROR_TLS);
    }
}

static void
test_base_url (void)
{
  g_auto (Door) door = { 0 };
  g_autofree char *answer G_GNUC_UNUSED = NULL;

  door_open (&door,
             &(MdocHttpServerConfig){ .base_url = "https://i.example/" });
  g_assert_cmpstr (mdoc_http_server_get_base_url (door.server),
                   ==,
                   "https://i.example");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http-server/routes", test_routes);
  g_test_add_func ("/http-server/headers", test_headers);
  g_test_add_func ("/http-server/limits", test_limits);
  g_test_add_func ("/http-server/pending", test_pending);
  g_test_add_func ("/http-server/slow", test_slow);
  g_test_add_func ("/http-server/stream", test_stream);
  g_test_add_func ("/http-server/stream-not-read", test_stream_not_read);
  g_test_add_func ("/http-server/at-once", test_at_once);
  g_test_add_func ("/http-server/stop", test_stop);
  g_test_add_func ("/http-server/per-address", test_per_address);
  g_test_add_func ("/http-server/start", test_start);
  g_test_add_func ("/http-server/tls-config", test_tls_config);
  g_test_add_func ("/http-server/base-url", test_base_url);

  return g_test_run ();
}
