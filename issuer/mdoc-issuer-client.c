/*
 * mdoc-issuer-client.c - asking a platform that runs, from a command line
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-client.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "base/mdoc-secret.h"
#include "base/mdoc-text.h"
#include "issuer/mdoc-admin.h"
#include "net/mdoc-http.h"
#include "openid/mdoc-json.h"

#define MAX_CA_BYTES     ((gsize) 1024 * 1024)
#define MAX_KEY_BYTES    ((gsize) 4096)
#define MAX_ANSWER_BYTES ((gsize) 64 * 1024 * 1024)
#define POLL_MS          50
/* a platform says every 15 s that it is still there; then this is how long
 * nothing may come, in seconds, before a stream is given up */
#define SILENCE_S 45

static const MdocJsonLimits answer_limits = { .max_bytes = MAX_ANSWER_BYTES,
                                              .max_depth = MDOC_JSON_MAX_DEPTH,
                                              .max_values = 4 * 1024 * 1024 };

struct _MdocIssuerClient
{
  char *url;
  char *authorization;
  MdocHttpClient *http;
  MdocHttpClient *listener; /* for streams, which are slow */
};

G_DEFINE_QUARK (mdoc_issuer_client_error_quark, mdoc_issuer_client_error)

static gboolean
refuse (GError **error, MdocIssuerClientError code, const char *message)
{
  g_set_error_literal (error, MDOC_ISSUER_CLIENT_ERROR, (gint) code, message);
  return FALSE;
}

/**
 * mdoc_issuer_client_options_clear:
 * @self: options of a command line
 */
void
mdoc_issuer_client_options_clear (MdocIssuerClientOptions *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->key_file, g_free);
  g_clear_pointer (&self->ca_file, g_free);
}

/**
 * mdoc_issuer_client_exit_of:
 * @error: why a call came to nothing
 *
 * Returns: how the program ends
 */
MdocExit
mdoc_issuer_client_exit_of (const GError *error)
{
  if (g_error_matches (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_NOT_FOUND))
    return MDOC_EXIT_NOTHING;
  if (error->domain != MDOC_ISSUER_CLIENT_ERROR)
    return MDOC_EXIT_FAILED;
  switch ((MdocIssuerClientError) error->code)
    {
    case MDOC_ISSUER_CLIENT_ERROR_SETUP:
      return MDOC_EXIT_USAGE;
    case MDOC_ISSUER_CLIENT_ERROR_DENIED:
      return MDOC_EXIT_DENIED;
    case MDOC_ISSUER_CLIENT_ERROR_NOT_FOUND:
      return MDOC_EXIT_NOTHING;
    case MDOC_ISSUER_CLIENT_ERROR_TIMEOUT:
      return MDOC_EXIT_TIMEOUT;
    case MDOC_ISSUER_CLIENT_ERROR_ANSWER:
      return MDOC_EXIT_PEER;
    case MDOC_ISSUER_CLIENT_ERROR_REFUSED:
    case MDOC_ISSUER_CLIENT_ERROR_UNREACHABLE:
    default:
      return MDOC_EXIT_FAILED;
    }
}

static char *
choose (const char *option, const char *variable)
{
  return g_strdup (option != NULL ? option : g_getenv (variable));
}

static gboolean
read_key (MdocIssuerClient *self, const char *path, GError **error)
{
  g_autoptr (MdocSecret) content = mdoc_file_read_secret (path,
                                                          MAX_KEY_BYTES,
                                                          error);
  g_autofree char *text = NULL;

  if (content == NULL)
    return FALSE;
  text = g_strndup ((const char *) mdoc_secret_get_data (content),
                    mdoc_secret_get_len (content));
  g_strstrip (text);
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return refuse (error,
                     MDOC_ISSUER_CLIENT_ERROR_SETUP,
                     "The file of the key holds more than a key");
  self->authorization = g_strconcat ("Bearer ", text, NULL);
  mdoc_secret_wipe (text, strlen (text));
  return TRUE;
}

static gboolean
set_up (MdocIssuerClient *self,
        const MdocIssuerClientOptions *options,
        GError **error)
{
  g_autofree char *key_file = choose (options->key_file,
                                      MDOC_ENV_ISSUER_KEY_FILE);
  g_autofree char *ca_file = choose (options->ca_file, MDOC_ENV_ISSUER_CA_FILE);
  g_autoptr (GBytes) ca = NULL;
  g_autofree char *anchors = NULL;
  MdocHttpConfig config = { .user_agent = "mdoc-issuer",
                            .allow_plain_loopback = TRUE };

  self->url = choose (options->url, MDOC_ENV_ISSUER_URL);
  if (self->url == NULL)
    return refuse (error,
                   MDOC_ISSUER_CLIENT_ERROR_SETUP,
                   "--server or " MDOC_ENV_ISSUER_URL
                   " has to say where the platform is");
  if (key_file == NULL)
    return refuse (error,
                   MDOC_ISSUER_CLIENT_ERROR_SETUP,
                   "--key-file or " MDOC_ENV_ISSUER_KEY_FILE
                   " has to name a file with a key");
  while (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  if (!read_key (self, key_file, error))
    return FALSE;
  if (ca_file != NULL)
    {
      ca = mdoc_file_read (ca_file, MAX_CA_BYTES, error);
      if (ca == NULL)
        return FALSE;
      anchors = g_strndup (g_bytes_get_data (ca, NULL), g_bytes_get_size (ca));
      config.anchors_pem = anchors;
    }
  self->http = mdoc_http_client_new (&config, error);
  config.slow_s = SILENCE_S;
  config.slow_bytes_per_s = 1;
  if (self->http != NULL)
    self->listener = mdoc_http_client_new (&config, error);
  return self->listener != NULL;
}

/**
 * mdoc_issuer_client_new:
 * @options: where and with what
 * @error: return location for a #MdocIssuerClientError, #MdocFileError or
 *   #MdocHttpError
 *
 * Returns: (transfer full): a client, or %NULL with @error set
 */
MdocIssuerClient *
mdoc_issuer_client_new (const MdocIssuerClientOptions *options, GError **error)
{
  g_autoptr (MdocIssuerClient) self = g_new0 (MdocIssuerClient, 1);

  return set_up (self, options, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * mdoc_issuer_client_free:
 * @self: (nullable) (transfer full): a client
 */
void
mdoc_issuer_client_free (MdocIssuerClient *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->http, mdoc_http_client_unref);
  g_clear_pointer (&self->listener, mdoc_http_client_unref);
  if (self->authorization != NULL)
    mdoc_secret_wipe (self->authorization, strlen (self->authorization));
  g_free (self->authorization);
  g_free (self->url);
  g_free (self);
}

/* --- one call --- */

/* what went wrong between us, in words that help */
static void
tell_failure (const GError *failure, GError **error)
{
  gboolean is_timeout = g_error_matches (failure,
                                         MDOC_HTTP_ERROR,
                                         (gint) MDOC_HTTP_ERROR_TIMEOUT);

  refuse (error,
          is_timeout ? MDOC_ISSUER_CLIENT_ERROR_TIMEOUT
                     : MDOC_ISSUER_CLIENT_ERROR_UNREACHABLE,
          failure->message);
}

static MdocHttpResponse *
ask (MdocIssuerClient *self,
     const char *method,
     const char *path,
     JsonObject *body,
     GError **error)
{
  g_autofree char *uri = g_strconcat (self->url, MDOC_ADMIN_PATH, path, NULL);
  g_autofree char *text = body == NULL ? NULL : mdoc_json_write (body);
  g_autoptr (GBytes) bytes = text == NULL ? NULL
                                          : g_bytes_new (text, strlen (text));
  const char *const headers[] = { "Authorization", self->authorization, NULL };
  const MdocHttpRequest request = { .method = method,
                                    .uri = uri,
                                    .headers = headers,
                                    .content_type = bytes == NULL
                                                        ? NULL
                                                        : "application/json",
                                    .body = bytes,
                                    .max_bytes = MAX_ANSWER_BYTES };
  g_autoptr (GError) failure = NULL;
  MdocHttpResponse *response = mdoc_http_client_send (self->http,
                                                      &request,
                                                      &failure);

  if (response == NULL)
    tell_failure (failure, error);
  return response;
}

static JsonNode *
parse (GBytes *body, GError **error)
{
  JsonObject *object;
  g_autoptr (GError) why = NULL;
  JsonNode *root;

  if (g_bytes_get_size (body) == 0)
    return json_node_init_object (json_node_alloc (), json_object_new ());
  root = mdoc_json_load_object (mdoc_span_from_bytes (body),
                                "the answer",
                                &answer_limits,
                                &object,
                                &why);
  if (root == NULL)
    refuse (error, MDOC_ISSUER_CLIENT_ERROR_ANSWER, why->message);
  return root;
}

static gboolean
check_status (const MdocHttpResponse *response, GError **error)
{
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *message = NULL;
  const char *code = NULL, *words = NULL;
  MdocIssuerClientError kind;

  if (response->status / 100 == 2)
    return TRUE;
  answer = parse (response->body, NULL);
  if (answer != NULL)
    {
      code = mdoc_issuer_client_get (answer, "error");
      words = mdoc_issuer_client_get (answer, "errorDescription");
    }
  message = g_strdup_printf ("The platform refuses (%u, %s): %s",
                             response->status,
                             code == NULL ? "no reason" : code,
                             words == NULL ? "it does not say why" : words);
  if (response->status == 401 || response->status == 403)
    kind = MDOC_ISSUER_CLIENT_ERROR_DENIED;
  else if (response->status == 404)
    kind = MDOC_ISSUER_CLIENT_ERROR_NOT_FOUND;
  else
    kind = MDOC_ISSUER_CLIENT_ERROR_REFUSED;
  return refuse (error, kind, message);
}

/**
 * mdoc_issuer_client_call:
 * @self: a client
 * @method: of HTTP
 * @path: below the administration
 * @body: (nullable): what to send
 * @error: return location for a #MdocIssuerClientError
 *
 * Returns: (transfer full): the answer, or %NULL with @error set
 */
JsonNode *
mdoc_issuer_client_call (MdocIssuerClient *self,
                         const char *method,
                         const char *path,
                         JsonObject *body,
                         GError **error)
{
  g_autoptr (MdocHttpResponse) response = ask (self, method, path, body, error);

  if (response == NULL || !check_status (response, error))
    return NULL;
  return parse (response->body, error);
}

/**
 * mdoc_issuer_client_fetch:
 * @self: a client
 * @path: below the administration
 * @header: in which an answer that is not the whole says what follows it
 * @ret_next: (out) (nullable) (transfer full): what it says there
 * @error: return location for a #MdocIssuerClientError
 *
 * Returns: (transfer full): what is there, or %NULL with @error set
 */
GBytes *
mdoc_issuer_client_fetch (MdocIssuerClient *self,
                          const char *path,
                          const char *header,
                          char **ret_next,
                          GError **error)
{
  g_autoptr (MdocHttpResponse) response = ask (self, "GET", path, NULL, error);

  if (response == NULL || !check_status (response, error))
    return NULL;
  *ret_next = g_strdup (mdoc_http_response_get_header (response, header));
  return g_bytes_ref (response->body);
}

/**
 * mdoc_issuer_client_listen:
 * @self: a client
 * @path: of a stream of events, below the administration
 * @last_id: behind which event it begins
 * @on_data: gets what comes
 * @data: passed to @on_data
 * @ret_is_temporary: (out): whether asking again may help
 * @error: return location for a #MdocIssuerClientError
 *
 * Returns: %TRUE when the platform has ended the stream
 */
gboolean
mdoc_issuer_client_listen (MdocIssuerClient *self,
                           const char *path,
                           const char *last_id,
                           MdocHttpDataFunc on_data,
                           gpointer data,
                           gboolean *ret_is_temporary,
                           GError **error)
{
  g_autofree char *uri = g_strconcat (self->url, MDOC_ADMIN_PATH, path, NULL);
  const char *const headers[] = { "Authorization",
                                  self->authorization,
                                  "Accept",
                                  "text/event-stream",
                                  "Last-Event-ID",
                                  last_id,
                                  NULL };
  const MdocHttpRequest request = { .uri = uri,
                                    .headers = headers,
                                    .on_data = on_data,
                                    .data = data };
  g_autoptr (MdocHttpResponse) response = NULL;
  g_autoptr (GError) failure = NULL;

  response = mdoc_http_client_send (self->listener, &request, &failure);
  if (response == NULL)
    {
      *ret_is_temporary = failure->domain == MDOC_HTTP_ERROR
                          && mdoc_http_error_get_class (
                                 (MdocHttpError) failure->code)
                                 == MDOC_HTTP_CLASS_NETWORK;
      tell_failure (failure, error);
      return FALSE;
    }
  *ret_is_temporary = response->status == 200 || response->status == 429
                      || response->status >= 500;
  return check_status (response, error);
}

/**
 * mdoc_issuer_client_wait:
 * @self: a client
 * @accepted: what a call was answered with
 * @error: return location for a #MdocIssuerClientError
 *
 * Returns: (transfer full): what has come of it, or %NULL with @error set
 */
JsonNode *
mdoc_issuer_client_wait (MdocIssuerClient *self,
                         JsonNode *accepted,
                         GError **error)
{
  const char *id = mdoc_issuer_client_get (accepted, "requestId");
  g_autofree char *path = NULL;

  if (id == NULL)
    {
      refuse (error,
              MDOC_ISSUER_CLIENT_ERROR_ANSWER,
              "The answer has no requestId");
      return NULL;
    }
  path = mdoc_issuer_client_path ("/requests/", id, NULL);
  while (TRUE)
    {
      g_autoptr (JsonNode) request = mdoc_issuer_client_call (self,
                                                              "GET",
                                                              path,
                                                              NULL,
                                                              error);

      if (request == NULL
          || g_strcmp0 (mdoc_issuer_client_get (request, "state"), "completed")
                 == 0)
        return g_steal_pointer (&request);
      g_usleep (POLL_MS * 1000);
    }
}

/**
 * mdoc_issuer_client_path:
 * @before: what stands before it
 * @id: a name, which may hold anything
 * @behind: (nullable): what stands behind it
 *
 * Returns: (transfer full): a path
 */
char *
mdoc_issuer_client_path (const char *before, const char *id, const char *behind)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);

  return g_strconcat (before, escaped, behind, NULL);
}

/**
 * mdoc_issuer_client_get:
 * @object: an answer
 * @member: one of its members
 *
 * Returns: (nullable) (transfer none): the text, if it is one
 */
const char *
mdoc_issuer_client_get (JsonNode *object, const char *member)
{
  JsonNode *node = json_object_get_member (json_node_get_object (object),
                                           member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/**
 * mdoc_issuer_client_get_array:
 * @object: an answer
 * @member: one of its members
 * @error: return location for a #MdocIssuerClientError
 *
 * Returns: (transfer none): the array, or %NULL with @error set
 */
JsonArray *
mdoc_issuer_client_get_array (JsonNode *object,
                              const char *member,
                              GError **error)
{
  JsonNode *node = json_object_get_member (json_node_get_object (object),
                                           member);

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  refuse (error,
          MDOC_ISSUER_CLIENT_ERROR_ANSWER,
          "The answer lacks an array that it should have");
  return NULL;
}

/**
 * mdoc_issuer_client_print:
 * @node: what to print on standard output
 */
void
mdoc_issuer_client_print (JsonNode *node)
{
  g_autofree char *text = mdoc_text_mend_json (json_to_string (node, TRUE));

  /* in UTF-8 whatever the locale says, which g_print() would obey */
  puts (text);
}
