/*
 * mdoc-http-private.h - one exchange, inside of the HTTP client
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <curl/curl.h>

#include "net/mdoc-http.h"

G_BEGIN_DECLS

/* @reason: (nullable): more about it, from outside: it is made printable */
void mdoc_http_refuse (GError **error,
                       MdocHttpError code,
                       const char *what,
                       const char *reason);
/* what libcurl's @result calls for; @words: its own, from CURLOPT_ERRORBUFFER
 */
void mdoc_http_refuse_curl (GError **error,
                            CURL *easy,
                            CURLcode result,
                            const char *words);

/* Returns: (transfer full): the address taken apart, as the connection will be
 * made from it; %NULL with @error set if it may not be asked */
CURLU *mdoc_http_address_parse (const char *uri,
                                gboolean allow_plain_loopback,
                                gboolean *ret_is_plain,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns: FALSE with @error set if a method or header may not be sent */
gboolean mdoc_http_request_check (const MdocHttpRequest *request,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * MdocHttpIntake:
 *
 * What has come in of an answer. @refusal is why no more is taken.
 */
typedef struct
{
  gsize max_header_bytes;
  gsize max_bytes;
  gsize n_header_bytes; /* of all heads of this exchange */
  gboolean is_in_head;
  gboolean is_head_over;
  guint status;
  GHashTable *headers;
  GByteArray *body;
  gboolean is_refused;
  MdocHttpError refusal;
  const char *what;
} MdocHttpIntake;

void mdoc_http_intake_init (MdocHttpIntake *self,
                            gsize max_header_bytes,
                            gsize max_bytes);
void mdoc_http_intake_clear (MdocHttpIntake *self);
/* one line of a head, its end included; FALSE if it is refused */
gboolean
mdoc_http_intake_add_line (MdocHttpIntake *self, const char *line, gsize len);
gboolean
mdoc_http_intake_add_body (MdocHttpIntake *self, const char *data, gsize len);
/* @now_unix_s: to tell how far off a Retry-After is, without a Date */
MdocHttpResponse *mdoc_http_intake_finish (MdocHttpIntake *self,
                                           gint64 now_unix_s,
                                           GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
