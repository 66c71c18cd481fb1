/*
 * mdoc-http.h - the one HTTP client of the project
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* what a config that says 0 gets */
#define MDOC_HTTP_DEFAULT_TIMEOUT_MS         60000u
#define MDOC_HTTP_DEFAULT_CONNECT_TIMEOUT_MS 15000u
#define MDOC_HTTP_DEFAULT_SLOW_S             20u
#define MDOC_HTTP_DEFAULT_SLOW_BYTES_PER_S   16u
#define MDOC_HTTP_DEFAULT_IDLE_MS            5000u
#define MDOC_HTTP_DEFAULT_MAX_BYTES          ((gsize) 1024 * 1024)
#define MDOC_HTTP_DEFAULT_MAX_HEADER_BYTES   ((gsize) 64 * 1024)

/* longest address, in bytes; most connections at a time: what
 * is asked beyond waits, while its time runs */
#define MDOC_HTTP_MAX_URI_LEN     ((gsize) 4096)
#define MDOC_HTTP_MAX_CONNECTIONS 16
/* longest wait that a server is believed, in seconds: 31 days */
#define MDOC_HTTP_MAX_RETRY_AFTER_S ((gint64) 31 * 24 * 3600)

/**
 * MdocHttpError:
 * @MDOC_HTTP_ERROR_ADDRESS: no address that may be asked: not https, too long,
 *   with a user, or plain http to anybody but this machine (the caller, or who
 *   named the address)
 * @MDOC_HTTP_ERROR_REQUEST: a method or header that may not be sent (the
 *   caller)
 * @MDOC_HTTP_ERROR_NAME: the host's name is not found
 * @MDOC_HTTP_ERROR_CONNECT: nobody answers there, or the proxy does not let us
 * @MDOC_HTTP_ERROR_BROKEN: the connection ended within the exchange, also if
 *   the answer is shorter than it says
 * @MDOC_HTTP_ERROR_TIMEOUT: it took longer than allowed, or trickled
 * @MDOC_HTTP_ERROR_TLS: both sides found no way to speak TLS
 * @MDOC_HTTP_ERROR_CERTIFICATE: the server's certificate is not by an anchor,
 *   or of another host
 * @MDOC_HTTP_ERROR_CERTIFICATE_TIME: it is not valid now, or our clock is wrong
 * @MDOC_HTTP_ERROR_TOO_LARGE: headers or body are longer than allowed
 * @MDOC_HTTP_ERROR_REDIRECT: the answer is to ask elsewhere, which we do not
 * @MDOC_HTTP_ERROR_MALFORMED: the answer is no HTTP, or encoded though we did
 *   not offer it
 * @MDOC_HTTP_ERROR_DEVICE: memory, or the library, has failed (this device)
 *
 * Why there is no answer. An answer with any other status than a redirect is no
 * error here. A cancelled exchange ends with %G_IO_ERROR_CANCELLED.
 */
typedef enum
{
  MDOC_HTTP_ERROR_ADDRESS,
  MDOC_HTTP_ERROR_REQUEST,
  MDOC_HTTP_ERROR_NAME,
  MDOC_HTTP_ERROR_CONNECT,
  MDOC_HTTP_ERROR_BROKEN,
  MDOC_HTTP_ERROR_TIMEOUT,
  MDOC_HTTP_ERROR_TLS,
  MDOC_HTTP_ERROR_CERTIFICATE,
  MDOC_HTTP_ERROR_CERTIFICATE_TIME,
  MDOC_HTTP_ERROR_TOO_LARGE,
  MDOC_HTTP_ERROR_REDIRECT,
  MDOC_HTTP_ERROR_MALFORMED,
  MDOC_HTTP_ERROR_DEVICE,
} MdocHttpError;

#define MDOC_HTTP_ERROR (mdoc_http_error_quark ())
GQuark mdoc_http_error_quark (void);

/* "name-not-found", "certificate-expired": for logs and D-Bus */
const char *mdoc_http_error_get_name (MdocHttpError code);

/* Whom to ask what an error calls for. */
typedef enum
{
  MDOC_HTTP_CLASS_NETWORK, /* the way there: ask again later */
  MDOC_HTTP_CLASS_TRUST,  /* who is there: ask again, seldom, and tell people */
  MDOC_HTTP_CLASS_PEER,   /* what is said there: the same */
  MDOC_HTTP_CLASS_CALLER, /* asking again does not help */
} MdocHttpClass;

MdocHttpClass mdoc_http_error_get_class (MdocHttpError code);

/**
 * MdocHttpConfig:
 * @anchors_pem: (nullable): certificates, in PEM, one of which has to be at the
 *   end of a server's chain, and no other; %NULL: those of the system
 * @proxy: (nullable): address of a proxy; "": none; %NULL: as the environment
 *   says (https_proxy, no_proxy)
 * @user_agent: (nullable): what we call ourselves; %NULL: not at all
 * @allow_plain_loopback: whether http to this machine (127.0.0.0/8, [::1],
 *   localhost) may be spoken; never through a proxy
 * @timeout_ms: longest exchange, all told; 0: a default
 * @connect_timeout_ms: of that, until TLS stands; 0: a default
 * @slow_s: a peer that trickles less than @slow_bytes_per_s for so long is
 *   given up; 0: a default
 * @slow_bytes_per_s: 0: a default
 * @max_header_bytes: longest headers of an answer; 0: a default
 * @idle_ms: how long a connection is kept after the last exchange; 0: a default
 *
 * Each is copied.
 */
typedef struct
{
  const char *anchors_pem;
  const char *proxy;
  const char *user_agent;
  gboolean allow_plain_loopback;
  guint timeout_ms;
  guint connect_timeout_ms;
  guint slow_s;
  guint slow_bytes_per_s;
  gsize max_header_bytes;
  guint idle_ms;
} MdocHttpConfig;

/**
 * MdocHttpClient:
 *
 * Exchanges over HTTPS (TLS 1.2 or newer, HTTP/1.1), driven by the main context
 * that was the thread's default one when it was made; of use in that one alone.
 * Reference-counted; an exchange holds a reference.
 *
 * It follows no redirect, keeps no cookie, and asks nobody but the host of the
 * address. When nothing is asked it has no timer and, after @idle_ms, no
 * connection. It does NOT wipe what is sent and received.
 */
typedef struct _MdocHttpClient MdocHttpClient;

/* @config: (nullable): defaults. Errors: %MDOC_HTTP_ERROR_REQUEST if the
 * anchors hold no certificate, %MDOC_HTTP_ERROR_DEVICE */
MdocHttpClient *mdoc_http_client_new (const MdocHttpConfig *config,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
MdocHttpClient *mdoc_http_client_ref (MdocHttpClient *self);
void mdoc_http_client_unref (MdocHttpClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpClient, mdoc_http_client_unref)

/* exchanges that run or wait, and whether there is a connection kept */
guint mdoc_http_client_get_running (MdocHttpClient *self);
gboolean mdoc_http_client_is_awake (MdocHttpClient *self);

/**
 * MdocHttpDataFunc:
 * @data: what has come of a body, as it comes
 * @len: how many bytes
 * @user_data: as it was given
 *
 * Called in the client's context.
 *
 * Returns: %FALSE to end the exchange, which fails then
 */
typedef gboolean (*MdocHttpDataFunc) (const char *data,
                                      gsize len,
                                      gpointer user_data);

/**
 * MdocHttpRequest:
 * @method: (nullable): "POST"; %NULL: "GET"
 * @uri: an absolute address, without fragment
 * @headers: (nullable): name, value, name, value, %NULL
 * @content_type: (nullable): of @body
 * @body: (nullable): what to send; %NULL with a POST: nothing, and it says so
 * @max_bytes: longest body of the answer; 0: a default
 * @timeout_ms: longest exchange; 0: that of the client
 * @on_data: (nullable): who takes the body of an answer of status 200 while it
 *   comes, however long that takes and however much it is: neither @max_bytes
 *   nor @timeout_ms hold then, only what is slow for the client; the answer's
 *   own body is empty
 * @data: passed to @on_data
 *
 * What to ask. Each is copied, @body is referenced.
 */
typedef struct
{
  const char *method;
  const char *uri;
  const char *const *headers;
  const char *content_type;
  GBytes *body;
  gsize max_bytes;
  guint timeout_ms;
  MdocHttpDataFunc on_data;
  gpointer data;
} MdocHttpRequest;

/**
 * MdocHttpResponse:
 * @status: the status, 200 to 599 save redirects; 304 is none
 * @content_type: (nullable): type and subtype, in lower case, without
 *   parameters
 * @body: the body; may be empty
 * @has_date: whether the server said what time it is
 * @date_unix_s: what it said
 * @has_retry_after: whether it said when to ask again
 * @retry_after_s: in how many seconds; from 0 to %MDOC_HTTP_MAX_RETRY_AFTER_S
 *
 * An answer.
 */
typedef struct
{
  guint status;
  char *content_type;
  GBytes *body;
  gboolean has_date;
  gint64 date_unix_s;
  gboolean has_retry_after;
  gint64 retry_after_s;
  /*< private >*/
  GHashTable *headers;
} MdocHttpResponse;

void mdoc_http_response_free (MdocHttpResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpResponse, mdoc_http_response_free)

/* @name: in any case. Returns: (transfer none) (nullable): its value; of a
 * header that stands there several times, all with ", " between */
const char *
mdoc_http_response_get_header (const MdocHttpResponse *self, const char *name);

/* @request: read before this returns. @callback runs in the client's context,
 * never within this call; a cancelled exchange sends nothing more. */
void mdoc_http_client_send_async (MdocHttpClient *self,
                                  const MdocHttpRequest *request,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* Errors: #MdocHttpError, %G_IO_ERROR_CANCELLED.
 * @ret_was_sent: (out) (optional): set in either case: whether anything of the
 * request may have reached the server */
MdocHttpResponse *mdoc_http_client_send_finish (MdocHttpClient *self,
                                                GAsyncResult *result,
                                                gboolean *ret_was_sent,
                                                GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same, waited for. Errors: #MdocHttpError */
MdocHttpResponse *mdoc_http_client_send (MdocHttpClient *self,
                                         const MdocHttpRequest *request,
                                         GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
