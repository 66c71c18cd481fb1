/*
 * mdoc-http.c - the one HTTP client of the project
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "net/mdoc-http.h"

#include <glib-unix.h>
#include <string.h>

#include "net/mdoc-http-private.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"

struct _MdocHttpClient
{
  gint ref_count;
  GMainContext *context;
  char *anchors_pem;
  char *proxy;
  char *user_agent;
  gboolean allow_plain_loopback;
  guint timeout_ms;
  guint connect_timeout_ms;
  guint slow_s;
  guint slow_bytes_per_s;
  gsize max_header_bytes;
  guint idle_ms;

  CURLM *multi;        /* nullable: there is none while nothing is asked */
  GHashTable *sockets; /* fd: GSource, as libcurl wants to watch them */
  GSource *timer;      /* when libcurl wants to be called anyway */
  GSource *idle;       /* when to let go of what is kept */
  guint n_running;
};

typedef struct
{
  MdocHttpClient *client;
  GTask *task; /* borrowed: it owns this; held while the exchange runs */
  CURL *easy;
  CURLU *url;
  struct curl_slist *headers;
  GBytes *body;
  gsize n_body_read;
  MdocHttpIntake intake;
  MdocHttpDataFunc on_data; /* nullable */
  gpointer data;
  GSource *cancel;
  gboolean was_sent;
  char words[CURL_ERROR_SIZE];
} Exchange;

static void
source_end (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
init_library (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once,
                       curl_global_init (CURL_GLOBAL_DEFAULT) == CURLE_OK ? 1
                                                                          : 2);
  return once == 1;
}

/**
 * mdoc_http_client_new:
 * @config: (nullable): what is not as usual
 * @error: return location for a #MdocHttpError
 *
 * Returns: (transfer full): a client of the thread's default main context;
 *   %NULL with @error set
 */
MdocHttpClient *
mdoc_http_client_new (const MdocHttpConfig *config, GError **error)
{
  static const MdocHttpConfig defaults = { 0 };
  MdocHttpClient *self;

  if (config == NULL)
    config = &defaults;
  if (config->anchors_pem != NULL
      && strstr (config->anchors_pem, PEM_BEGIN) == NULL)
    {
      mdoc_http_refuse (error,
                        MDOC_HTTP_ERROR_REQUEST,
                        "Anchors hold no certificate",
                        NULL);
      return NULL;
    }
  if (!init_library ())
    {
      mdoc_http_refuse (error,
                        MDOC_HTTP_ERROR_DEVICE,
                        "HTTP client does not start",
                        NULL);
      return NULL;
    }

  self = g_new0 (MdocHttpClient, 1);
  self->ref_count = 1;
  self->context = g_main_context_ref_thread_default ();
  self->anchors_pem = g_strdup (config->anchors_pem);
  self->proxy = g_strdup (config->proxy);
  self->user_agent = g_strdup (config->user_agent);
  self->allow_plain_loopback = config->allow_plain_loopback;
#define OR_DEFAULT(value_, default_) ((value_) != 0 ? (value_) : (default_))
  self->timeout_ms = OR_DEFAULT (config->timeout_ms,
                                 MDOC_HTTP_DEFAULT_TIMEOUT_MS);
  self->connect_timeout_ms = OR_DEFAULT (config->connect_timeout_ms,
                                         MDOC_HTTP_DEFAULT_CONNECT_TIMEOUT_MS);
  self->slow_s = OR_DEFAULT (config->slow_s, MDOC_HTTP_DEFAULT_SLOW_S);
  self->slow_bytes_per_s = OR_DEFAULT (config->slow_bytes_per_s,
                                       MDOC_HTTP_DEFAULT_SLOW_BYTES_PER_S);
  self->max_header_bytes = OR_DEFAULT (config->max_header_bytes,
                                       MDOC_HTTP_DEFAULT_MAX_HEADER_BYTES);
  self->idle_ms = OR_DEFAULT (config->idle_ms, MDOC_HTTP_DEFAULT_IDLE_MS);
#undef OR_DEFAULT
  self->sockets = g_hash_table_new_full (g_direct_hash,
                                         g_direct_equal,
                                         NULL,
                                         (GDestroyNotify) source_end);
  return self;
}

MdocHttpClient *
mdoc_http_client_ref (MdocHttpClient *self)
{
  self->ref_count++;
  return self;
}

static void
let_go (MdocHttpClient *self)
{
  g_clear_pointer (&self->idle, source_end);
  g_clear_pointer (&self->timer, source_end);
  /* closes the connections, and calls back for their sockets */
  g_clear_pointer (&self->multi, curl_multi_cleanup);
  g_hash_table_remove_all (self->sockets);
  g_clear_pointer (&self->timer, source_end);
}

void
mdoc_http_client_unref (MdocHttpClient *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;

  let_go (self);
  g_hash_table_unref (self->sockets);
  g_main_context_unref (self->context);
  g_free (self->anchors_pem);
  g_free (self->proxy);
  g_free (self->user_agent);
  g_free (self);
}

guint
mdoc_http_client_get_running (MdocHttpClient *self)
{
  return self->n_running;
}

gboolean
mdoc_http_client_is_awake (MdocHttpClient *self)
{
  return self->multi != NULL;
}

static void
exchange_free (Exchange *exchange)
{
  curl_easy_cleanup (exchange->easy);
  curl_url_cleanup (exchange->url);
  curl_slist_free_all (exchange->headers);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  mdoc_http_intake_clear (&exchange->intake);
  g_clear_pointer (&exchange->cancel, source_end);
  mdoc_http_client_unref (exchange->client);
  g_free (exchange);
}

static gboolean
on_idle (gpointer user_data)
{
  let_go (user_data);
  return G_SOURCE_REMOVE;
}

static void
attach (MdocHttpClient *self,
        GSource *source,
        GSourceFunc callback,
        gpointer user_data)
{
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, self->context);
}

/* Takes the exchange out of libcurl. Its task is the caller's to return and to
 * let go of. */
static GTask *
detach (Exchange *exchange)
{
  MdocHttpClient *self = exchange->client;
  long sent = 0;

  if (curl_easy_getinfo (exchange->easy, CURLINFO_REQUEST_SIZE, &sent)
      == CURLE_OK)
    exchange->was_sent = sent > 0;
  curl_multi_remove_handle (self->multi, exchange->easy);
  g_clear_pointer (&exchange->cancel, source_end);
  if (--self->n_running == 0)
    {
      self->idle = g_timeout_source_new (self->idle_ms);
      attach (self, self->idle, on_idle, self);
    }
  return exchange->task;
}

static void
complete (Exchange *exchange, CURLcode result)
{
  MdocHttpIntake *intake = &exchange->intake;
  MdocHttpResponse *response = NULL;
  GError *error = NULL;
  GTask *task;

  if (intake->is_refused)
    mdoc_http_refuse (&error, intake->refusal, intake->what, NULL);
  else if (result != CURLE_OK)
    mdoc_http_refuse_curl (&error, exchange->easy, result, exchange->words);
  else
    response = mdoc_http_intake_finish (intake,
                                        g_get_real_time () / G_USEC_PER_SEC,
                                        &error);
  task = detach (exchange);
  if (response != NULL)
    g_task_return_pointer (task,
                           response,
                           (GDestroyNotify) mdoc_http_response_free);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

/* Whoever is called back may ask anew, or let go of the client. */
static void
reap (MdocHttpClient *self)
{
  CURLMsg *message;
  int n_left;

  while (self->multi != NULL
         && (message = curl_multi_info_read (self->multi, &n_left)) != NULL)
    {
      CURLcode result = message->data.result;
      char *exchange = NULL;

      if (message->msg != CURLMSG_DONE
          || curl_easy_getinfo (message->easy_handle,
                                CURLINFO_PRIVATE,
                                &exchange)
                 != CURLE_OK)
        continue;
      complete ((Exchange *) (gpointer) exchange, result);
    }
}

static void
drive (MdocHttpClient *self, curl_socket_t fd, int events)
{
  int n_running;

  mdoc_http_client_ref (self);
  curl_multi_socket_action (self->multi, fd, events, &n_running);
  reap (self);
  mdoc_http_client_unref (self);
}

static gboolean
on_socket_ready (gint fd, GIOCondition condition, gpointer user_data)
{
  int events = 0;

  if (condition & G_IO_IN)
    events |= CURL_CSELECT_IN;
  if (condition & G_IO_OUT)
    events |= CURL_CSELECT_OUT;
  if (condition & (G_IO_ERR | G_IO_HUP | G_IO_NVAL))
    events |= CURL_CSELECT_ERR;
  drive (user_data, fd, events);
  /* if libcurl wants no more of it, the source is destroyed by now */
  return G_SOURCE_CONTINUE;
}

static int
on_socket_wanted (CURL *easy,
                  curl_socket_t fd,
                  int what,
                  void *user_data,
                  void *socket_data)
{
  MdocHttpClient *self = user_data;
  GIOCondition condition = 0;
  GSource *source;

  g_hash_table_remove (self->sockets, GINT_TO_POINTER (fd));
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    condition |= G_IO_IN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    condition |= G_IO_OUT;
  if (condition == 0)
    return 0;

  source = g_unix_fd_source_new (fd, condition);
  attach (self, source, G_SOURCE_FUNC (on_socket_ready), self);
  g_hash_table_insert (self->sockets, GINT_TO_POINTER (fd), source);
  return 0;
}

static gboolean
on_timer (gpointer user_data)
{
  MdocHttpClient *self = user_data;

  g_clear_pointer (&self->timer, source_end);
  drive (self, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_REMOVE;
}

static int
on_timer_wanted (CURLM *multi, long timeout_ms, void *user_data)
{
  MdocHttpClient *self = user_data;

  g_clear_pointer (&self->timer, source_end);
  if (timeout_ms < 0)
    return 0;
  self->timer = g_timeout_source_new ((guint) MIN (timeout_ms, G_MAXINT));
  attach (self, self->timer, on_timer, self);
  return 0;
}

static size_t
on_header (char *line, size_t size, size_t len, void *user_data)
{
  Exchange *exchange = user_data;

  return mdoc_http_intake_add_line (&exchange->intake, line, len) ? len : 0;
}

static size_t
on_body (char *data, size_t size, size_t len, void *user_data)
{
  Exchange *exchange = user_data;

  if (exchange->on_data != NULL && exchange->intake.status == 200)
    return exchange->on_data (data, len, exchange->data) ? len : 0;
  return mdoc_http_intake_add_body (&exchange->intake, data, len) ? len : 0;
}

static size_t
on_read (char *buffer, size_t size, size_t n, void *user_data)
{
  Exchange *exchange = user_data;
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (exchange->body, &len);
  gsize count = MIN (size * n, len - exchange->n_body_read);

  memcpy (buffer, data + exchange->n_body_read, count);
  exchange->n_body_read += count;
  return count;
}

static gboolean
add_header (Exchange *exchange, const char *name, const char *value)
{
  /* "Name;" is libcurl's way to write one without a value, "Name:" to leave out
   * one that it would write */
  g_autofree char *line = value == NULL ? g_strconcat (name, ":", NULL)
                          : *value == '\0'
                              ? g_strconcat (name, ";", NULL)
                              : g_strconcat (name, ": ", value, NULL);
  struct curl_slist *list = curl_slist_append (exchange->headers, line);

  if (list != NULL)
    exchange->headers = list;
  return list != NULL;
}

/* FALSE as soon as one of them is */
#define SET(easy_, option_, value_)                                            \
  (curl_easy_setopt ((easy_), (option_), (value_)) == CURLE_OK)

static gboolean
set_trust (MdocHttpClient *self, CURL *easy, gboolean is_plain)
{
  const char *proxy = is_plain ? "" : self->proxy;
  struct curl_blob anchors = { .data = self->anchors_pem,
                               .flags = CURL_BLOB_NOCOPY };

  if (self->anchors_pem != NULL)
    {
      anchors.len = strlen (self->anchors_pem);
      if (!SET (easy, CURLOPT_CAINFO_BLOB, &anchors)
          || !SET (easy, CURLOPT_CAPATH, NULL))
        return FALSE;
    }
  if (proxy != NULL && !SET (easy, CURLOPT_PROXY, proxy))
    return FALSE;
  return SET (easy, CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https")
         && SET (easy, CURLOPT_SSL_VERIFYPEER, 1L)
         && SET (easy, CURLOPT_SSL_VERIFYHOST, 2L)
         && SET (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2)
         && SET (easy, CURLOPT_FOLLOWLOCATION, 0L)
         && SET (easy, CURLOPT_PATH_AS_IS, 1L)
         && SET (easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED)
         && SET (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
         && SET (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
}

static gboolean
set_limits (MdocHttpClient *self, CURL *easy, const MdocHttpRequest *request)
{
  guint timeout_ms = request->on_data != NULL   ? 0 /* never */
                     : request->timeout_ms != 0 ? request->timeout_ms
                                                : self->timeout_ms;

  /* a name that is being looked up must not hold up whoever gives up on it */
  return SET (easy, CURLOPT_NOSIGNAL, 1L) && SET (easy, CURLOPT_QUICK_EXIT, 1L)
         && SET (easy, CURLOPT_TIMEOUT_MS, (long) timeout_ms)
         && SET (easy,
                 CURLOPT_CONNECTTIMEOUT_MS,
                 (long) self->connect_timeout_ms)
         && SET (easy, CURLOPT_LOW_SPEED_TIME, (long) self->slow_s)
         && SET (easy, CURLOPT_LOW_SPEED_LIMIT, (long) self->slow_bytes_per_s);
}

/* The body goes through a function that cannot start over: so libcurl does not
 * send it a second time, on its own, over a connection that broke. */
static gboolean
set_message (Exchange *exchange, const MdocHttpRequest *request)
{
  CURL *easy = exchange->easy;
  const char *method = request->method != NULL ? request->method : "GET";
  gsize len = request->body != NULL ? g_bytes_get_size (request->body) : 0;
  gboolean has_body = request->body != NULL || strcmp (method, "POST") == 0;

  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL;
       i += 2)
    if (!add_header (exchange, request->headers[i], request->headers[i + 1]))
      return FALSE;
  if (!add_header (exchange, "Expect", NULL)
      || (has_body
          && !add_header (exchange, "Content-Type", request->content_type)))
    return FALSE;

  if (has_body && !SET (easy, CURLOPT_POST, 1L))
    return FALSE;
  if (has_body && len == 0
      && (!SET (easy, CURLOPT_POSTFIELDS, "")
          || !SET (easy, CURLOPT_POSTFIELDSIZE, 0L)))
    return FALSE;
  if (len > 0
      && (!SET (easy, CURLOPT_READFUNCTION, on_read)
          || !SET (easy, CURLOPT_READDATA, exchange)
          || !SET (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) len)))
    return FALSE;
  return SET (easy, CURLOPT_CUSTOMREQUEST, method)
         && SET (easy, CURLOPT_HTTPHEADER, exchange->headers);
}

static gboolean
set_intake (Exchange *exchange)
{
  CURL *easy = exchange->easy;

  return SET (easy, CURLOPT_PRIVATE, exchange)
         && SET (easy, CURLOPT_CURLU, exchange->url)
         && SET (easy, CURLOPT_ERRORBUFFER, exchange->words)
         && SET (easy, CURLOPT_HEADERFUNCTION, on_header)
         && SET (easy, CURLOPT_HEADERDATA, exchange)
         && SET (easy, CURLOPT_WRITEFUNCTION, on_body)
         && SET (easy, CURLOPT_WRITEDATA, exchange)
         && (exchange->on_data != NULL
             || SET (easy,
                     CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t) exchange->intake.max_bytes));
}

static gboolean
prepare (MdocHttpClient *self,
         Exchange *exchange,
         const MdocHttpRequest *request,
         GError **error)
{
  gboolean is_plain;

  if (!mdoc_http_request_check (request, error))
    return FALSE;
  exchange->url = mdoc_http_address_parse (request->uri,
                                           self->allow_plain_loopback,
                                           &is_plain,
                                           error);
  if (exchange->url == NULL)
    return FALSE;

  if (request->body != NULL)
    exchange->body = g_bytes_ref (request->body);
  exchange->easy = curl_easy_init ();
  if (exchange->easy != NULL && set_intake (exchange)
      && set_trust (self, exchange->easy, is_plain)
      && set_limits (self, exchange->easy, request)
      && (self->user_agent == NULL
          || SET (exchange->easy, CURLOPT_USERAGENT, self->user_agent))
      && set_message (exchange, request))
    return TRUE;
  mdoc_http_refuse (error,
                    MDOC_HTTP_ERROR_DEVICE,
                    "HTTP client does not do what it should",
                    NULL);
  return FALSE;
}

static gboolean
wake (MdocHttpClient *self)
{
  if (self->multi != NULL)
    return TRUE;
  self->multi = curl_multi_init ();
  if (self->multi == NULL)
    return FALSE;
#define SET_MULTI(option_, value_)                                             \
  (curl_multi_setopt (self->multi, (option_), (value_)) == CURLM_OK)
  if (SET_MULTI (CURLMOPT_SOCKETFUNCTION, on_socket_wanted)
      && SET_MULTI (CURLMOPT_SOCKETDATA, self)
      && SET_MULTI (CURLMOPT_TIMERFUNCTION, on_timer_wanted)
      && SET_MULTI (CURLMOPT_TIMERDATA, self)
      && SET_MULTI (CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    (long) MDOC_HTTP_MAX_CONNECTIONS))
    return TRUE;
#undef SET_MULTI
  let_go (self);
  return FALSE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = detach (user_data);

  g_task_return_new_error (task,
                           G_IO_ERROR,
                           G_IO_ERROR_CANCELLED,
                           "Exchange was cancelled");
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_http_client_send_async:
 * @self: a client
 * @request: what to ask
 * @cancellable: (nullable): ends it
 * @callback: called once, later
 * @user_data: passed to @callback
 *
 * Asks. Nothing of @request need outlive the call.
 */
void
mdoc_http_client_send_async (MdocHttpClient *self,
                             const MdocHttpRequest *request,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Exchange *exchange = g_new0 (Exchange, 1);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  /* what has come in time is not thrown away for a cancel that came after */
  g_task_set_check_cancellable (task, FALSE);
  exchange->client = mdoc_http_client_ref (self);
  exchange->task = task;
  exchange->on_data = request->on_data;
  exchange->data = request->data;
  mdoc_http_intake_init (&exchange->intake,
                         self->max_header_bytes,
                         request->max_bytes != 0 ? request->max_bytes
                                                 : MDOC_HTTP_DEFAULT_MAX_BYTES);

  if (g_cancellable_set_error_if_cancelled (cancellable, &error)
      || !prepare (self, exchange, request, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_clear_pointer (&self->idle, source_end);
  if (!wake (self)
      || curl_multi_add_handle (self->multi, exchange->easy) != CURLM_OK)
    {
      mdoc_http_refuse (&error,
                        MDOC_HTTP_ERROR_DEVICE,
                        "HTTP client does not start",
                        NULL);
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  self->n_running++;
  if (cancellable != NULL)
    {
      exchange->cancel = g_cancellable_source_new (cancellable);
      attach (self, exchange->cancel, G_SOURCE_FUNC (on_cancelled), exchange);
    }
}

/**
 * mdoc_http_client_send_finish:
 * @self: the client
 * @result: what the callback got
 * @ret_was_sent: (out) (optional): whether anything of the request may have
 *   reached the server; set in either case
 * @error: return location for a #MdocHttpError or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the answer, or %NULL with @error set
 */
MdocHttpResponse *
mdoc_http_client_send_finish (MdocHttpClient *self,
                              GAsyncResult *result,
                              gboolean *ret_was_sent,
                              GError **error)
{
  const Exchange *exchange;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  exchange = g_task_get_task_data (G_TASK (result));
  if (ret_was_sent != NULL)
    *ret_was_sent = exchange->was_sent;
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  MdocHttpClient *client;
  MdocHttpResponse *response;
  GError *error;
  gboolean is_done;
} Wait;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->response = mdoc_http_client_send_finish (wait->client,
                                                 result,
                                                 NULL,
                                                 &wait->error);
  wait->is_done = TRUE;
}

/**
 * mdoc_http_client_send:
 * @self: a client
 * @request: what to ask
 * @error: return location for a #MdocHttpError
 *
 * Asks, and runs the client's main context until there is an answer: for
 * programs that have nothing else to do.
 *
 * Returns: (transfer full): the answer, or %NULL with @error set
 */
MdocHttpResponse *
mdoc_http_client_send (MdocHttpClient *self,
                       const MdocHttpRequest *request,
                       GError **error)
{
  Wait wait = { .client = self };

  mdoc_http_client_send_async (self, request, NULL, on_answer, &wait);
  while (!wait.is_done)
    g_main_context_iteration (self->context, TRUE);
  if (wait.response == NULL)
    g_propagate_error (error, wait.error);
  return wait.response;
}
