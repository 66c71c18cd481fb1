/*
 * mdoc-http-server.c - the door of the platform: HTTP with limits, and routes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-http-server.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mdoc-secret.h"
#include "issuer/mdoc-http-private.h"

#define DEFAULT_HEADER_BYTES      ((gsize) 64 * 1024)
#define DEFAULT_BODY_BYTES        ((gsize) 4 * 1024 * 1024)
#define DEFAULT_PENDING_BYTES     ((gsize) 64 * 1024 * 1024)
#define DEFAULT_CONNECTIONS       1024
#define DEFAULT_PER_ADDRESS       256
#define DEFAULT_REQUEST_TIMEOUT_S 30
#define DEFAULT_WORKERS           16

/* how long answers may take on their way out when the door closes */
#define MAX_GOODBYE_US (10 * G_USEC_PER_SEC)

/* TLS 1.2 and newer, forward secret */
#define TLS_PRIORITIES                                                         \
  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

G_DEFINE_QUARK (mdoc_http_server_error, mdoc_http_server_error)

struct _MdocHttpServer
{
  MdocHttpRoutes *routes;
  struct MHD_Daemon *daemon; /* nullable */
  GThreadPool *workers;
  char *base_url;
  const MdocClock *clock;
  gboolean is_tls;
  gsize max_body_bytes;
  char *large_prefix; /* nullable */
  gsize max_large_body_bytes;
  gint64 request_timeout_us;
  MdocHttpBudget budget; /* of bodies */

  GMutex lock;
  GCond changed;
  GThread *watch;
  GHashTable *guards;  /* of Guard, as a set */
  GHashTable *streams; /* of MdocHttpStream, as a set, that go on */
  guint n_running;     /* requests that handlers have */
  guint n_owed;        /* requests whose answer is not yet sent */
  gboolean is_stopping;
  guint64 n_requests;
};

/* A connection, and until when it has to have done its part. */
typedef struct
{
  int fd;
  gint64 deadline_us; /* monotonic */
} Guard;

typedef enum
{
  PHASE_NEW,
  PHASE_BODY,
  PHASE_RUNNING,
  PHASE_ANSWERED,
} Phase;

/* One request on its way. */
typedef struct
{
  MdocHttpServer *server;
  MdocHttpCall *call;
  MdocHttpReply *reply;
  MdocHttpTarget target;
  GByteArray *body;
  gsize max_body_bytes;
  gsize n_held; /* of the server's budget */
  struct MHD_Connection *connection;
  Phase phase;
  gboolean is_owed;
} Exchange;

static gboolean
refuse (GError **error, MdocHttpServerError code, const char *reason)
{
  g_set_error (error, MDOC_HTTP_SERVER_ERROR, (gint) code, "%s", reason);
  return FALSE;
}

/**
 * mdoc_http_server_new:
 *
 * Returns: (transfer full): a server that has no routes and does not run
 */
MdocHttpServer *
mdoc_http_server_new (void)
{
  MdocHttpServer *self = g_new0 (MdocHttpServer, 1);

  self->routes = mdoc_http_routes_new ();
  self->guards = g_hash_table_new_full (NULL, NULL, g_free, NULL);
  self->streams = g_hash_table_new_full (NULL,
                                         NULL,
                                         (GDestroyNotify)
                                             mdoc_http_stream_unref,
                                         NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

/**
 * mdoc_http_server_free:
 * @self: (nullable): a server
 *
 * Stops it, and lets it go.
 */
void
mdoc_http_server_free (MdocHttpServer *self)
{
  if (self == NULL)
    return;

  mdoc_http_server_stop (self);
  mdoc_http_routes_free (self->routes);
  g_hash_table_unref (self->guards);
  g_hash_table_unref (self->streams);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->base_url);
  g_free (self->large_prefix);
  g_free (self);
}

/**
 * mdoc_http_server_add_route:
 * @self: a server that does not run
 * @method: such as "POST"
 * @path: such as "/offers/{id}"
 * @handler: what answers
 * @user_data: passed to it
 *
 * Adds a route.
 */
void
mdoc_http_server_add_route (MdocHttpServer *self,
                            const char *method,
                            const char *path,
                            MdocHttpHandler handler,
                            gpointer user_data)
{
  const MdocHttpTarget target = { handler, user_data };

  g_return_if_fail (self->daemon == NULL && path[0] == '/');

  mdoc_http_routes_add (self->routes, method, path, &target);
}

/* Gives a connection until so many microseconds from now, or for ever. */
static void
set_deadline (MdocHttpServer *self,
              struct MHD_Connection *connection,
              gint64 in_us)
{
  const union MHD_ConnectionInfo *info
      = MHD_get_connection_info (connection,
                                 MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  Guard *guard = info != NULL ? info->socket_context : NULL;

  if (guard == NULL)
    return;

  g_mutex_lock (&self->lock);
  guard->deadline_us = in_us == G_MAXINT64 ? G_MAXINT64
                                           : g_get_monotonic_time () + in_us;
  g_mutex_unlock (&self->lock);
}

static void
on_connection (void *data,
               struct MHD_Connection *connection,
               void **socket_context,
               enum MHD_ConnectionNotificationCode what)
{
  MdocHttpServer *self = data;
  const union MHD_ConnectionInfo *info;
  Guard *guard;

  if (what == MHD_CONNECTION_NOTIFY_CLOSED)
    {
      g_mutex_lock (&self->lock);
      g_hash_table_remove (self->guards, *socket_context);
      g_mutex_unlock (&self->lock);
      *socket_context = NULL;
      return;
    }

  info = MHD_get_connection_info (connection,
                                  MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info == NULL)
    return;

  guard = g_new0 (Guard, 1);
  guard->fd = info->connect_fd;
  guard->deadline_us = g_get_monotonic_time () + self->request_timeout_us;
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->guards, guard);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  *socket_context = guard;
}

/* The timeout of libmicrohttpd starts anew with every byte, so a byte now and
 * then would hold a connection for ever. This one does not. */
static gpointer
watch_connections (gpointer data)
{
  MdocHttpServer *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_stopping)
    {
      const gint64 now_us = g_get_monotonic_time ();
      GHashTableIter iter;
      gpointer key;

      g_hash_table_iter_init (&iter, self->guards);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        {
          Guard *guard = key;

          if (guard->deadline_us > now_us)
            continue;
          /* its own thread closes it, once it sees this */
          shutdown (guard->fd, SHUT_RDWR);
          guard->deadline_us = G_MAXINT64;
        }

      if (g_hash_table_size (self->guards) == 0)
        g_cond_wait (&self->changed, &self->lock);
      else
        g_cond_wait_until (&self->changed,
                           &self->lock,
                           now_us + G_USEC_PER_SEC);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

typedef struct
{
  guint8 *data;
  gsize len;
} Body;

static void
body_wipe (gpointer data)
{
  Body *self = data;

  mdoc_secret_wipe (self->data, self->len);
  g_free (self->data);
  g_free (self);
}

/* Bodies hold passwords, codes and claims. @array: (transfer full) */
static GBytes *
body_take (GByteArray *array)
{
  Body *body = g_new0 (Body, 1);

  body->len = array->len;
  body->data = g_byte_array_free (array, FALSE);
  return g_bytes_new_with_free_func (body->data, body->len, body_wipe, body);
}

static Exchange *
exchange_new (MdocHttpServer *server, const char *target)
{
  Exchange *self = g_new0 (Exchange, 1);

  self->server = server;
  self->call = mdoc_http_call_new (target);
  self->call->base_url = server->base_url;
  self->call->is_tls = server->is_tls;
  self->body = g_byte_array_new ();
  self->max_body_bytes = server->large_prefix != NULL
                                 && g_str_has_prefix (target,
                                                      server->large_prefix)
                             ? server->max_large_body_bytes
                             : server->max_body_bytes;
  return self;
}

static void
exchange_free (Exchange *self)
{
  mdoc_http_budget_give_back (&self->server->budget, &self->n_held);
  mdoc_http_call_free (self->call);
  mdoc_http_reply_free (self->reply);
  /* one that nobody got to see */
  if (self->body != NULL)
    g_bytes_unref (body_take (self->body));
  g_free (self);
}

static void *
on_target (void *data, const char *target, struct MHD_Connection *connection)
{
  return exchange_new (data, target);
}

static void
on_completed (void *data,
              struct MHD_Connection *connection,
              void **con_cls,
              enum MHD_RequestTerminationCode code)
{
  MdocHttpServer *self = data;
  Exchange *exchange = *con_cls;
  MdocHttpStream *stream = NULL;

  if (exchange == NULL)
    return;

  if (exchange->reply != NULL)
    stream = mdoc_http_reply_get_stream (exchange->reply);
  if (stream != NULL)
    {
      mdoc_http_stream_detach (stream);
      g_mutex_lock (&self->lock);
      g_hash_table_remove (self->streams, stream);
      g_mutex_unlock (&self->lock);
    }
  set_deadline (self, connection, self->request_timeout_us);
  if (exchange->is_owed)
    {
      g_mutex_lock (&self->lock);
      self->n_owed--;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->lock);
    }
  exchange_free (exchange);
  *con_cls = NULL;
}

/* Runs in a thread of the pool. */
static void
run_handler (gpointer data, gpointer user_data)
{
  Exchange *exchange = data;
  MdocHttpServer *self = user_data;
  struct MHD_Connection *connection = exchange->connection;

  exchange->target.handler (exchange->call,
                            exchange->reply,
                            exchange->target.user_data);

  /* from here on the exchange is no longer ours */
  g_mutex_lock (&self->lock);
  MHD_resume_connection (connection);
  self->n_running--;
  self->n_requests++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static enum MHD_Result
answer (Exchange *exchange, struct MHD_Connection *connection)
{
  MdocHttpServer *self = exchange->server;
  MdocHttpStream *stream = mdoc_http_reply_get_stream (exchange->reply);
  gboolean is_stopping;

  exchange->phase = PHASE_ANSWERED;
  g_mutex_lock (&self->lock);
  is_stopping = self->is_stopping;
  if (stream != NULL)
    g_hash_table_add (self->streams, mdoc_http_stream_ref (stream));
  g_mutex_unlock (&self->lock);

  if (stream != NULL && is_stopping)
    mdoc_http_stream_close (stream);
  set_deadline (self,
                connection,
                stream != NULL ? G_MAXINT64 : 2 * self->request_timeout_us);
  return mdoc_http_reply_queue (exchange->reply,
                                connection,
                                mdoc_clock_get_unix_s (self->clock),
                                self->is_tls);
}

static enum MHD_Result
answer_refusal (Exchange *exchange,
                struct MHD_Connection *connection,
                guint status,
                const char *allow)
{
  exchange->reply = mdoc_http_reply_new_refusal (status, allow);
  return answer (exchange, connection);
}

/* The head of the request is there, its body is not. */
static enum MHD_Result
begin (Exchange *exchange,
       struct MHD_Connection *connection,
       const char *method)
{
  MdocHttpServer *self = exchange->server;
  g_autofree char *allow = NULL;
  const char *length;
  guint64 n_bytes = 0;
  guint status;

  exchange->phase = PHASE_BODY;
  status = mdoc_http_call_open (exchange->call, connection, method);
  if (status == 0)
    status = mdoc_http_routes_find (self->routes,
                                    method,
                                    exchange->call->path,
                                    &exchange->target,
                                    &exchange->call->parameters,
                                    &allow);
  length = mdoc_http_call_get_header (exchange->call, "Content-Length");
  if (status == 0 && length != NULL
      && (!g_ascii_string_to_unsigned (length,
                                       10,
                                       0,
                                       G_MAXUINT64,
                                       &n_bytes,
                                       NULL)
          || n_bytes > exchange->max_body_bytes))
    status = 413;
  if (status != 0)
    return answer_refusal (exchange, connection, status, allow);

  /* what is small is at its place from the start: to move it would leave a
   * copy behind */
  if (n_bytes <= MDOC_HTTP_FREE_BYTES)
    {
      g_byte_array_set_size (exchange->body, (guint) n_bytes);
      g_byte_array_set_size (exchange->body, 0);
    }
  return MHD_YES;
}

static enum MHD_Result
take_body (Exchange *exchange, const char *data, size_t *len)
{
  /* a body without a length, which is over, or one too many: nothing to be
   * said but goodbye */
  if (*len > exchange->max_body_bytes - exchange->body->len
      || !mdoc_http_budget_take (&exchange->server->budget,
                                 exchange->body->len + *len,
                                 &exchange->n_held))
    return MHD_NO;

  g_byte_array_append (exchange->body, (const guint8 *) data, (guint) *len);
  *len = 0;
  return MHD_YES;
}

static enum MHD_Result
hand_over (Exchange *exchange, struct MHD_Connection *connection)
{
  MdocHttpServer *self = exchange->server;
  gboolean is_stopping;

  exchange->call->body = body_take (g_steal_pointer (&exchange->body));
  exchange->connection = connection;

  g_mutex_lock (&self->lock);
  is_stopping = self->is_stopping;
  if (!is_stopping)
    {
      self->n_running++;
      self->n_owed++;
      exchange->is_owed = TRUE;
    }
  g_mutex_unlock (&self->lock);
  if (is_stopping)
    return answer_refusal (exchange, connection, 503, NULL);

  exchange->reply = mdoc_http_reply_new ();
  exchange->phase = PHASE_RUNNING;
  set_deadline (self, connection, G_MAXINT64);
  MHD_suspend_connection (connection);
  g_thread_pool_push (self->workers, exchange, NULL);
  return MHD_YES;
}

static enum MHD_Result
on_request (void *data,
            struct MHD_Connection *connection,
            const char *path,
            const char *method,
            const char *version,
            const char *upload_data,
            size_t *upload_data_len,
            void **con_cls)
{
  Exchange *exchange = *con_cls;

  switch (exchange->phase)
    {
    case PHASE_NEW:
      return begin (exchange, connection, method);
    case PHASE_BODY:
      return *upload_data_len > 0
                 ? take_body (exchange, upload_data, upload_data_len)
                 : hand_over (exchange, connection);
    case PHASE_RUNNING:
      return answer (exchange, connection);
    case PHASE_ANSWERED:
    default:
      /* what is left of a body that nobody wants */
      *upload_data_len = 0;
      return MHD_YES;
    }
}

static char *
make_base_url (MdocHttpServer *self,
               const MdocHttpServerConfig *config,
               guint port)
{
  const char *colon = strrchr (config->listen, ':');

  if (config->base_url != NULL)
    {
      gsize len = strlen (config->base_url);

      while (len > 0 && config->base_url[len - 1] == '/')
        len--;
      return g_strndup (config->base_url, len);
    }
  return g_strdup_printf ("%s://%.*s:%u",
                          self->is_tls ? "https" : "http",
                          (int) (colon - config->listen),
                          config->listen,
                          port);
}

static struct MHD_Daemon *
start_daemon (MdocHttpServer *self, const MdocHttpServerConfig *config, int fd)
{
  /* with epoll 0.9.75 spins while a handshake of TLS is not finished */
  unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME
                       | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
  /* libmicrohttpd takes them as what they are not: not const */
  struct MHD_OptionItem tls[] = {
    { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) (guintptr) config->certificate },
    { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) (guintptr) config->key },
    { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) (guintptr) TLS_PRIORITIES },
    { MHD_OPTION_END, 0, NULL },
  };
  struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
  const guint max_connections = config->max_connections
                                    ? config->max_connections
                                    : DEFAULT_CONNECTIONS;
  const guint max_per_address = config->max_per_address
                                    ? config->max_per_address
                                    : DEFAULT_PER_ADDRESS;
  const gsize max_header_bytes = config->max_header_bytes
                                     ? config->max_header_bytes
                                     : DEFAULT_HEADER_BYTES;

  if (self->is_tls)
    flags |= MHD_USE_TLS;

  return MHD_start_daemon (flags,
                           0,
                           NULL,
                           NULL,
                           on_request,
                           self,
                           MHD_OPTION_LISTEN_SOCKET,
                           fd,
                           MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                           (size_t) max_header_bytes,
                           MHD_OPTION_CONNECTION_LIMIT,
                           max_connections,
                           MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                           max_per_address,
                           MHD_OPTION_CONNECTION_TIMEOUT,
                           (guint) (self->request_timeout_us / G_USEC_PER_SEC),
                           MHD_OPTION_STRICT_FOR_CLIENT,
                           1,
                           MHD_OPTION_URI_LOG_CALLBACK,
                           on_target,
                           self,
                           MHD_OPTION_NOTIFY_COMPLETED,
                           on_completed,
                           self,
                           MHD_OPTION_NOTIFY_CONNECTION,
                           on_connection,
                           self,
                           MHD_OPTION_ARRAY,
                           self->is_tls ? tls : none,
                           MHD_OPTION_END);
}

/**
 * mdoc_http_server_start:
 * @self: a server that does not run
 * @config: where and how
 * @error: return location for a #MdocHttpServerError
 *
 * Opens the door.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_http_server_start (MdocHttpServer *self,
                        const MdocHttpServerConfig *config,
                        GError **error)
{
  const guint n_workers = config->n_workers ? config->n_workers
                                            : DEFAULT_WORKERS;
  g_autofree char *reason = NULL;
  guint port;
  int fd;

  g_return_val_if_fail (self->daemon == NULL, FALSE);

  if ((config->certificate == NULL) != (config->key == NULL))
    return refuse (error,
                   MDOC_HTTP_SERVER_ERROR_TLS,
                   "TLS takes a certificate and its key");

  self->is_stopping = FALSE;
  self->is_tls = config->certificate != NULL;
  self->clock = config->clock != NULL ? config->clock
                                      : mdoc_clock_get_system ();
  self->max_body_bytes = config->max_body_bytes ? config->max_body_bytes
                                                : DEFAULT_BODY_BYTES;
  g_free (self->large_prefix);
  self->large_prefix = g_strdup (config->large_prefix);
  self->max_large_body_bytes = config->max_large_body_bytes;
  self->request_timeout_us = (gint64) (config->request_timeout_s
                                           ? config->request_timeout_s
                                           : DEFAULT_REQUEST_TIMEOUT_S)
                             * G_USEC_PER_SEC;
  mdoc_http_budget_init (&self->budget,
                         config->max_pending_bytes ? config->max_pending_bytes
                                                   : DEFAULT_PENDING_BYTES);
  fd = mdoc_http_listen (config->listen, &port, &reason);
  if (fd < 0)
    return refuse (error, MDOC_HTTP_SERVER_ERROR_ADDRESS, reason);
  g_free (self->base_url);
  self->base_url = make_base_url (self, config, port);
  self->workers = g_thread_pool_new (run_handler,
                                     self,
                                     (gint) n_workers,
                                     FALSE,
                                     NULL);
  self->daemon = start_daemon (self, config, fd);
  if (self->daemon == NULL)
    {
      close (fd);
      g_thread_pool_free (g_steal_pointer (&self->workers), FALSE, TRUE);
      return refuse (error,
                     MDOC_HTTP_SERVER_ERROR_TLS,
                     "Certificate and key do not work");
    }
  self->watch = g_thread_new ("http-watch", watch_connections, self);
  return TRUE;
}

/**
 * mdoc_http_server_stop:
 * @self: a server
 *
 * Closes the door: nothing new is taken, streams end, handlers that run are
 * waited for and their answers sent. Does nothing if it does not run.
 */
void
mdoc_http_server_stop (MdocHttpServer *self)
{
  GHashTableIter iter;
  gpointer stream;
  gint64 until_us;

  if (self->daemon == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    mdoc_http_stream_close (stream);
  g_cond_broadcast (&self->changed);
  while (self->n_running > 0)
    g_cond_wait (&self->changed, &self->lock);
  /* who does not take its answer is not waited for */
  until_us = g_get_monotonic_time () + MAX_GOODBYE_US;
  while (self->n_owed > 0
         && g_cond_wait_until (&self->changed, &self->lock, until_us))
    continue;
  g_mutex_unlock (&self->lock);

  g_thread_join (g_steal_pointer (&self->watch));
  MHD_stop_daemon (g_steal_pointer (&self->daemon));
  g_thread_pool_free (g_steal_pointer (&self->workers), FALSE, TRUE);
}

/**
 * mdoc_http_server_get_base_url:
 * @self: a server that runs
 *
 * Returns: (transfer none): such as "https://127.0.0.1:8443"
 */
const char *
mdoc_http_server_get_base_url (MdocHttpServer *self)
{
  return self->base_url;
}

/**
 * mdoc_http_server_get_n_connections:
 * @self: a server
 *
 * Returns: how many connections there are now
 */
guint
mdoc_http_server_get_n_connections (MdocHttpServer *self)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);

  return g_hash_table_size (self->guards);
}

/**
 * mdoc_http_server_get_n_requests:
 * @self: a server
 *
 * Returns: how many requests handlers have answered since it was made
 */
guint64
mdoc_http_server_get_n_requests (MdocHttpServer *self)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);

  return self->n_requests;
}
