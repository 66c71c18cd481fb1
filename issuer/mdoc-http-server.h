/*
 * mdoc-http-server.h - the door of the platform: HTTP with limits, and routes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

#include "base/mdoc-clock.h"
#include "base/mdoc-span.h"

G_BEGIN_DECLS

/**
 * MdocHttpServerError:
 * @MDOC_HTTP_SERVER_ERROR_ADDRESS: the address is none, or is taken
 * @MDOC_HTTP_SERVER_ERROR_TLS: certificate and key do not work
 *
 * Why the door does not open. Both blame whoever set it up.
 */
typedef enum
{
  MDOC_HTTP_SERVER_ERROR_ADDRESS,
  MDOC_HTTP_SERVER_ERROR_TLS,
} MdocHttpServerError;

#define MDOC_HTTP_SERVER_ERROR (mdoc_http_server_error_quark ())
GQuark mdoc_http_server_error_quark (void);

/**
 * MdocHttpServerConfig:
 * @listen: where, as "127.0.0.1:8443" or "[::1]:0"; port 0 takes a free one
 * @base_url: (nullable): what the world calls it, such as
 *   "https://issuer.example"; %NULL: made of the address
 * @certificate: (nullable): PEM, chain behind it; %NULL: no TLS
 * @key: (nullable): PEM, of @certificate
 * @clock: (nullable): for the header Date; %NULL: the system's
 * @max_header_bytes: of one request, its line included; 0: 64 KiB
 * @max_body_bytes: of one request; 0: 4 MiB
 * @large_prefix: (nullable): paths that begin so may take more
 * @max_large_body_bytes: namely so much
 * @max_pending_bytes: of the bodies of all requests together, of which 64 KiB
 *   each are not counted; who is one too many is cut off; 0: 64 MiB
 * @max_connections: at once; 0: 1024
 * @max_per_address: connections of one address at once; 0: 256
 * @request_timeout_s: in which a request has to be there as a whole; 0: 30
 * @n_workers: handlers that run at once; 0: 16
 *
 * What may be asked of the door, and by how many.
 */
typedef struct
{
  const char *listen;
  const char *base_url;
  const char *certificate;
  const char *key;
  const MdocClock *clock;
  gsize max_header_bytes;
  gsize max_body_bytes;
  const char *large_prefix;
  gsize max_large_body_bytes;
  gsize max_pending_bytes;
  guint max_connections;
  guint max_per_address;
  guint request_timeout_s;
  guint n_workers;
} MdocHttpServerConfig;

/**
 * MdocHttpServer:
 *
 * A server of HTTP/1.1. Input and output are one thread's; handlers run in
 * threads of a pool, so several at once, and may block. A request that is over
 * a limit, malformed, or of a path or method that has no route never reaches a
 * handler. Every answer says "Cache-Control: no-store" and "nosniff" unless its
 * handler says otherwise.
 */
typedef struct _MdocHttpServer MdocHttpServer;

/* One request; borrowed, as long as its handler runs. */
typedef struct _MdocHttpCall MdocHttpCall;

/* The answer that a handler fills in: without a word of its own, 204. */
typedef struct _MdocHttpReply MdocHttpReply;

/**
 * MdocHttpHandler:
 * @call: what is asked
 * @reply: what to answer
 * @user_data: of the route
 *
 * Answers. Runs in a thread of its own.
 */
typedef void (*MdocHttpHandler) (const MdocHttpCall *call,
                                 MdocHttpReply *reply,
                                 gpointer user_data);

MdocHttpServer *mdoc_http_server_new (void);
/* stops it if it runs */
void mdoc_http_server_free (MdocHttpServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpServer, mdoc_http_server_free)

/* Before it starts. @path has segments such as "{id}", each of which stands for
 * any one segment; where two routes fit, that with the earlier text wins. A
 * route for GET answers HEAD as well. */
void mdoc_http_server_add_route (MdocHttpServer *self,
                                 const char *method,
                                 const char *path,
                                 MdocHttpHandler handler,
                                 gpointer user_data);
/* the strings in @config are copied, the clock is borrowed */
gboolean mdoc_http_server_start (MdocHttpServer *self,
                                 const MdocHttpServerConfig *config,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* takes nothing new, ends streams, waits for handlers that run */
void mdoc_http_server_stop (MdocHttpServer *self);
/* what the world calls it, without a slash at the end; once it has started */
const char *mdoc_http_server_get_base_url (MdocHttpServer *self);
/* how many connections there are, and how many requests were answered */
guint mdoc_http_server_get_n_connections (MdocHttpServer *self);
guint64 mdoc_http_server_get_n_requests (MdocHttpServer *self);

/* The request. What is returned is borrowed. */
const char *mdoc_http_call_get_method (const MdocHttpCall *self);
/* as it was sent, still escaped, without the query */
const char *mdoc_http_call_get_path (const MdocHttpCall *self);
/* base URL and path: what DPoP calls htu */
const char *mdoc_http_call_get_url (const MdocHttpCall *self);
/* the segment that stood for "{name}" in the route, unescaped: never empty,
 * valid UTF-8 without "/" and control characters */
const char *
mdoc_http_call_get_parameter (const MdocHttpCall *self, const char *name);
/* (nullable): of the query, unescaped; a query with a field twice is refused at
 * the door */
const char *
mdoc_http_call_get_query (const MdocHttpCall *self, const char *name);
/* (nullable): the query as it was sent */
const char *mdoc_http_call_get_query_string (const MdocHttpCall *self);
/* (nullable): the first of that name, whatever its case */
const char *
mdoc_http_call_get_header (const MdocHttpCall *self, const char *name);
const char *
mdoc_http_call_get_last_header (const MdocHttpCall *self, const char *name);
guint mdoc_http_call_count_header (const MdocHttpCall *self, const char *name);
/* the media type of the body in lower case, without parameters; "" if none */
const char *mdoc_http_call_get_content_type (const MdocHttpCall *self);
MdocSpan mdoc_http_call_get_body (const MdocHttpCall *self);
GBytes *mdoc_http_call_get_body_bytes (const MdocHttpCall *self);
/* (nullable): of the header Cookie */
char *mdoc_http_call_dup_cookie (const MdocHttpCall *self, const char *name);
/* whose connection it is, without a port */
const char *mdoc_http_call_get_address (const MdocHttpCall *self);
/* Whom what is asked counts against: a network, see mdoc_http_dup_network().
 * @trusts_proxy: whether a proxy in front tells where requests come from */
char *
mdoc_http_call_dup_client (const MdocHttpCall *self, gboolean trusts_proxy);
/* @address: as text, whatever it says */
char *mdoc_http_dup_network (const char *address);
gboolean mdoc_http_call_is_tls (const MdocHttpCall *self);
const char *mdoc_http_call_get_base_url (const MdocHttpCall *self);

/* The answer */
void mdoc_http_reply_set_status (MdocHttpReply *self, guint status);
/* replaces what was there of that name */
void mdoc_http_reply_set_header (MdocHttpReply *self,
                                 const char *name,
                                 const char *value);
/* besides what is there of that name, as for Set-Cookie */
void mdoc_http_reply_add_header (MdocHttpReply *self,
                                 const char *name,
                                 const char *value);
void mdoc_http_reply_set_body (MdocHttpReply *self,
                               const char *content_type,
                               GBytes *body);
/* @text: (transfer full) */
void mdoc_http_reply_take_text (MdocHttpReply *self,
                                guint status,
                                const char *content_type,
                                char *text);
/* @json: (transfer full) */
void mdoc_http_reply_take_json (MdocHttpReply *self, guint status, char *json);
guint mdoc_http_reply_get_status (const MdocHttpReply *self);

/**
 * MdocHttpStream:
 *
 * An answer that goes on after its handler has returned, such as server-sent
 * events. Reference-counted; any thread may write to it.
 */
typedef struct _MdocHttpStream MdocHttpStream;

/* what a stream may keep that the other side has not yet taken, in bytes */
#define MDOC_HTTP_STREAM_MAX_BYTES ((gsize) 1024 * 1024)

/* Makes the answer a stream. Returns: (transfer full) */
MdocHttpStream *
mdoc_http_reply_start_stream (MdocHttpReply *self, const char *content_type)
    G_GNUC_WARN_UNUSED_RESULT;
MdocHttpStream *mdoc_http_stream_ref (MdocHttpStream *self);
void mdoc_http_stream_unref (MdocHttpStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpStream, mdoc_http_stream_unref)

/* Never blocks. Returns: %FALSE if the other side is gone, or does not take
 * what it is sent; the stream is then of no more use. */
gboolean mdoc_http_stream_write (MdocHttpStream *self, const char *text);
/* once what was written is sent, the answer is at its end */
void mdoc_http_stream_close (MdocHttpStream *self);

G_END_DECLS
