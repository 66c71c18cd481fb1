/*
 * mdoc-test-https.h - a web server that does what a test tells it, also wrong
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <json-glib/json-glib.h>

#include "net/mdoc-http.h"

G_BEGIN_DECLS

/**
 * MdocTestHttps:
 * @folder: of its certificates
 * @anchors_pem: the root under which all stand but "foreign"
 * @client: trusts @anchors_pem, and may speak plainly to this machine
 *
 * The server of https-server.py, which says what it can do, and a client of it.
 */
typedef struct
{
  char *folder;
  char *anchors_pem;
  MdocHttpClient *client;
  GSubprocess *process;
  JsonNode *ports;
} MdocTestHttps;

void mdoc_test_https_set_up (MdocTestHttps *self);
void mdoc_test_https_tear_down (MdocTestHttps *self);

guint mdoc_test_https_get_port (MdocTestHttps *self, const char *kind);
/* "https://localhost:PORT/PATH" of a kind; @path begins with "/" */
char *mdoc_test_https_dup_uri (MdocTestHttps *self,
                               const char *kind,
                               const char *path);

/* appends an answer; @json: what https-server.py takes */
void mdoc_test_https_script (MdocTestHttps *self,
                             const char *path,
                             const char *json);
/* the same without a fault. @headers: (nullable): name, value, ..., NULL */
void mdoc_test_https_answer (MdocTestHttps *self,
                             const char *path,
                             guint status,
                             const char *content_type,
                             const char *body,
                             const char *const *headers);
/* (transfer full): all requests so far, an array of objects */
JsonNode *mdoc_test_https_get_log (MdocTestHttps *self);
/* how many of them were to @path */
guint mdoc_test_https_count (MdocTestHttps *self, const char *path);
/* the last request to @path: it lives as long as @log */
JsonObject *mdoc_test_https_find (JsonNode *log, const char *path);
/* until a connection whose last request was to @path has ended */
void mdoc_test_https_wait_gone (MdocTestHttps *self, const char *path);

/* asks, and waits for the answer */
MdocHttpResponse *mdoc_test_http_ask (MdocHttpClient *client,
                                      const MdocHttpRequest *request,
                                      gboolean *ret_was_sent,
                                      GError **error);
/* what an asynchronous call hands over: a callback, and to wait for it */
void
mdoc_test_take_result (GObject *source, GAsyncResult *result, gpointer data);
GAsyncResult *mdoc_test_wait_result (GAsyncResult **result);

G_END_DECLS
