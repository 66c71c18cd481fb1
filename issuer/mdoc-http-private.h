/*
 * mdoc-http-private.h - what the files of the door know of each other
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "issuer/mdoc-http-server.h"

#include <microhttpd.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;
  char *value;
} MdocHttpField;

void mdoc_http_field_clear (gpointer field);

struct _MdocHttpCall
{
  const char *base_url; /* borrowed of the server */
  gboolean is_tls;
  char *method;
  char *path;
  char *url;
  char *query_string;     /* nullable */
  GHashTable *query;      /* nullable */
  GHashTable *parameters; /* nullable: text to text */
  GArray *headers;        /* of MdocHttpField */
  char *content_type;
  char *address;
  GBytes *body;
};

/* @target: as it stands in the request; what is wrong with it comes out when it
 * is opened */
MdocHttpCall *mdoc_http_call_new (const char *target);
void mdoc_http_call_free (MdocHttpCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpCall, mdoc_http_call_free)

/* Takes from the connection what a handler may ask for. Returns: 0, or the
 * status to refuse it with */
guint mdoc_http_call_open (MdocHttpCall *self,
                           struct MHD_Connection *connection,
                           const char *method);

/* Returns: a socket that listens, or -1 with a reason for people */
int mdoc_http_listen (const char *listen_at, guint *ret_port, char **ret_reason)
    G_GNUC_WARN_UNUSED_RESULT;

/* what every connection may hold, so that who sends much does not keep out who
 * sends little */
#define MDOC_HTTP_FREE_BYTES ((gsize) 64 * 1024)

/* What the bodies of all connections may hold together, before it is known who
 * sends them: what each has over 64 KiB is counted. Of the one thread of input
 * and output. */
typedef struct
{
  gsize max_bytes;
  gsize n_bytes;
} MdocHttpBudget;

void mdoc_http_budget_init (MdocHttpBudget *self, gsize max_bytes);
/* @held: (inout): what one of them has of it. Returns: whether it may have
 * @n_needed bytes */
gboolean
mdoc_http_budget_take (MdocHttpBudget *self, gsize n_needed, gsize *held)
    G_GNUC_WARN_UNUSED_RESULT;
void mdoc_http_budget_give_back (MdocHttpBudget *self, gsize *held);

/* The table of routes */
typedef struct _MdocHttpRoutes MdocHttpRoutes;

typedef struct
{
  MdocHttpHandler handler;
  gpointer user_data;
} MdocHttpTarget;

MdocHttpRoutes *mdoc_http_routes_new (void);
void mdoc_http_routes_free (MdocHttpRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpRoutes, mdoc_http_routes_free)
void mdoc_http_routes_add (MdocHttpRoutes *self,
                           const char *method,
                           const char *path,
                           const MdocHttpTarget *target);
/* @ret_allow: (out): with 405, the methods that there are. Returns: 0, or the
 * status to refuse it with */
guint mdoc_http_routes_find (MdocHttpRoutes *self,
                             const char *method,
                             const char *path,
                             MdocHttpTarget *ret_target,
                             GHashTable **ret_parameters,
                             char **ret_allow);

MdocHttpReply *mdoc_http_reply_new (void);
void mdoc_http_reply_free (MdocHttpReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MdocHttpReply, mdoc_http_reply_free)

/* An answer of the door itself. @allow: (nullable) */
MdocHttpReply *mdoc_http_reply_new_refusal (guint status, const char *allow);
enum MHD_Result mdoc_http_reply_queue (MdocHttpReply *self,
                                       struct MHD_Connection *connection,
                                       gint64 now_unix_s,
                                       gboolean is_tls);
/* (nullable) (transfer none) */
MdocHttpStream *mdoc_http_reply_get_stream (MdocHttpReply *self);
/* (nullable) (transfer none): the first of that name */
const char *
mdoc_http_reply_get_header (const MdocHttpReply *self, const char *name);
/* (nullable) (transfer none): as it is until now */
GBytes *mdoc_http_reply_get_body (MdocHttpReply *self);
/* the connection is at its end: nobody may wake it any more */
void mdoc_http_stream_detach (MdocHttpStream *self);

G_END_DECLS
