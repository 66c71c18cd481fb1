/*
 * mdoc-test-https.c - a web server that does what a test tells it, also wrong
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "tests/net/mdoc-test-https.h"

#include <string.h>

#include "tests/lib/mdoc-test-folder.h"
#include "tests/lib/mdoc-test-x509.h"

#define DAY_S ((gint64) 24 * 3600)

/* subjectAltName: localhost and 127.0.0.1, or just elsewhere.example */
#define SAN_HERE                                                               \
  "301a 0603551d11 0413 3011 8209 6c6f63616c686f7374 8704 7f000001"
#define SAN_ELSEWHERE                                                          \
  "301c 0603551d11 0415 3013 8211 656c736577686572652e6578616d706c65"
#define EKU_SERVER "3013 0603551d25 040c 300a 06082b06010505070301"

static void
write_file (MdocTestHttps *self, const char *kind, const char *text)
{
  g_autofree char *name = g_strconcat (kind, ".pem", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static MdocCertificate *
make_root (MdocKey *key, const char *subject, gint64 now)
{
  const MdocTestCertificate what = { .is_root = TRUE,
                                     .subject = subject,
                                     .not_before_s = now - 400 * DAY_S,
                                     .not_after_s = now + 400 * DAY_S };

  return mdoc_test_certificate_new (&what, key, NULL, key);
}

static void
make_server (MdocTestHttps *self,
             const char *kind,
             MdocCertificate *root,
             MdocKey *root_key,
             gint64 from,
             gint64 until,
             const char *extensions)
{
  const MdocTestCertificate what = { .subject = "CN=Server",
                                     .extensions = extensions,
                                     .not_before_s = from,
                                     .not_after_s = until };
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocSecret) pem = mdoc_key_to_pem (key, NULL);
  g_autoptr (GBytes) der = NULL;
  g_autofree char *base64 = NULL, *text = NULL;

  der = mdoc_test_certificate_encode (&what, key, root, root_key);
  base64 = g_base64_encode (g_bytes_get_data (der, NULL),
                            g_bytes_get_size (der));
  text = g_strdup_printf ("-----BEGIN CERTIFICATE-----\n%s\n"
                          "-----END CERTIFICATE-----\n%.*s\n",
                          base64,
                          (int) mdoc_secret_get_len (pem),
                          (const char *) mdoc_secret_get_data (pem));
  write_file (self, kind, text);
}

static void
make_certificates (MdocTestHttps *self)
{
  static const char here[] = MDOC_TEST_KU_SIGN EKU_SERVER SAN_HERE;
  static const char elsewhere[] = MDOC_TEST_KU_SIGN EKU_SERVER SAN_ELSEWHERE;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 from = now - DAY_S, until = now + DAY_S;
  g_autoptr (MdocKey) key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocKey) other_key = mdoc_key_generate (MDOC_CURVE_P256, NULL);
  g_autoptr (MdocCertificate) root = make_root (key, "CN=Root", now);
  g_autoptr (MdocCertificate) other = make_root (other_key, "CN=Other", now);

  make_server (self, "good", root, key, from, until, here);
  make_server (self, "old-tls", root, key, from, until, here);
  make_server (self, "expired", root, key, from - DAY_S, from, here);
  make_server (self, "future", root, key, until, until + DAY_S, here);
  make_server (self, "other-host", root, key, from, until, elsewhere);
  make_server (self, "foreign", other, other_key, from, until, here);
  self->anchors_pem = mdoc_certificate_to_pem (root);
}

void
mdoc_test_https_set_up (MdocTestHttps *self)
{
  g_autofree char *script = NULL, *line = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  MdocHttpConfig config = { .proxy = "", .allow_plain_loopback = TRUE };

  self->folder = mdoc_test_folder_new ();
  make_certificates (self);
  script = g_build_filename (g_getenv ("MDOC_TEST_SOURCE_ROOT"),
                             "tests",
                             "net",
                             "https-server.py",
                             NULL);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                        | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error,
                                    "python3",
                                    script,
                                    self->folder,
                                    NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  self->ports = json_from_string (line, &error);
  g_assert_no_error (error);

  config.anchors_pem = self->anchors_pem;
  self->client = mdoc_http_client_new (&config, &error);
  g_assert_no_error (error);
}

void
mdoc_test_https_tear_down (MdocTestHttps *self)
{
  g_clear_pointer (&self->client, mdoc_http_client_unref);
  /* it ends when its input does */
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process),
                         NULL,
                         NULL);
  g_assert_true (g_subprocess_wait_check (self->process, NULL, NULL));
  g_clear_object (&self->process);
  g_clear_pointer (&self->ports, json_node_unref);
  mdoc_test_folder_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->anchors_pem, g_free);
}

guint
mdoc_test_https_get_port (MdocTestHttps *self, const char *kind)
{
  return (guint) json_object_get_int_member (json_node_get_object (self->ports),
                                             kind);
}

char *
mdoc_test_https_dup_uri (MdocTestHttps *self,
                         const char *kind,
                         const char *path)
{
  return g_strdup_printf ("%s://localhost:%u%s",
                          strcmp (kind, "plain") == 0 ? "http" : "https",
                          mdoc_test_https_get_port (self, kind),
                          path);
}

void
mdoc_test_take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

GAsyncResult *
mdoc_test_wait_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  return g_steal_pointer (result);
}

MdocHttpResponse *
mdoc_test_http_ask (MdocHttpClient *client,
                    const MdocHttpRequest *request,
                    gboolean *ret_was_sent,
                    GError **error)
{
  GAsyncResult *place = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  mdoc_http_client_send_async (client,
                               request,
                               NULL,
                               mdoc_test_take_result,
                               &place);
  result = mdoc_test_wait_result (&place);
  return mdoc_http_client_send_finish (client, result, ret_was_sent, error);
}

/* over the plain port, so that tests of TLS are not in its way */
static GBytes *
talk (MdocTestHttps *self, const char *method, const char *path, GBytes *body)
{
  g_autofree char *uri = mdoc_test_https_dup_uri (self, "plain", path);
  const MdocHttpRequest request = { .method = method,
                                    .uri = uri,
                                    .content_type = "application/json",
                                    .body = body,
                                    .max_bytes = 64 * 1024 * 1024 };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = mdoc_test_http_ask (self->client, &request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  return g_bytes_ref (response->body);
}

void
mdoc_test_https_script (MdocTestHttps *self, const char *path, const char *json)
{
  g_autofree char *where = g_strconcat ("/_script", path, NULL);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));

  g_bytes_unref (talk (self, "PUT", where, body));
}

void
mdoc_test_https_answer (MdocTestHttps *self,
                        const char *path,
                        guint status,
                        const char *content_type,
                        const char *body,
                        const char *const *headers)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "status");
  json_builder_add_int_value (builder, status);
  json_builder_set_member_name (builder, "body");
  json_builder_add_string_value (builder, body);
  json_builder_set_member_name (builder, "headers");
  json_builder_begin_array (builder);
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, "Content-Type");
  json_builder_add_string_value (builder, content_type);
  json_builder_end_array (builder);
  for (guint i = 0; headers != NULL && headers[i] != NULL; i += 2)
    {
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, headers[i]);
      json_builder_add_string_value (builder, headers[i + 1]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  json = json_to_string (node, FALSE);
  mdoc_test_https_script (self, path, json);
}

JsonNode *
mdoc_test_https_get_log (MdocTestHttps *self)
{
  g_autoptr (GBytes) reply = talk (self, "GET", "/_log", NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (reply, NULL),
                                     g_bytes_get_size (reply));
  JsonNode *log = json_from_string (text, NULL);

  g_assert_nonnull (log);
  return log;
}

JsonObject *
mdoc_test_https_find (JsonNode *log, const char *path)
{
  JsonArray *requests = json_node_get_array (log);

  for (guint i = json_array_get_length (requests); i > 0; i--)
    {
      JsonObject *request = json_array_get_object_element (requests, i - 1);

      if (strcmp (json_object_get_string_member (request, "path"), path) == 0)
        return request;
    }
  return NULL;
}

guint
mdoc_test_https_count (MdocTestHttps *self, const char *path)
{
  g_autoptr (JsonNode) log = mdoc_test_https_get_log (self);
  JsonArray *requests = json_node_get_array (log);
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (requests); i++)
    n += strcmp (json_object_get_string_member (
                     json_array_get_object_element (requests, i),
                     "path"),
                 path)
         == 0;
  return n;
}

void
mdoc_test_https_wait_gone (MdocTestHttps *self, const char *path)
{
  g_autofree char *where = g_strconcat ("/_wait", path, NULL);

  g_bytes_unref (talk (self, "GET", where, NULL));
}
