/*
 * mdoc-http-call.c - a request, and which route it takes
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-http-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "openid/mdoc-uri.h"

/* most fields in the head of a request, and most segments of a path */
#define MAX_HEADERS  100
#define MAX_SEGMENTS 32

void
mdoc_http_field_clear (gpointer field)
{
  MdocHttpField *self = field;

  g_free (self->name);
  g_free (self->value);
}

MdocHttpCall *
mdoc_http_call_new (const char *target)
{
  MdocHttpCall *self = g_new0 (MdocHttpCall, 1);
  const char *question = strchr (target, '?');

  if (question == NULL)
    self->path = g_strdup (target);
  else
    {
      self->path = g_strndup (target, (gsize) (question - target));
      self->query_string = g_strdup (question + 1);
    }
  self->headers = g_array_new (FALSE, FALSE, sizeof (MdocHttpField));
  g_array_set_clear_func (self->headers, mdoc_http_field_clear);
  return self;
}

void
mdoc_http_call_free (MdocHttpCall *self)
{
  if (self == NULL)
    return;

  g_free (self->method);
  g_free (self->path);
  g_free (self->url);
  g_free (self->query_string);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->parameters, g_hash_table_unref);
  g_array_unref (self->headers);
  g_free (self->content_type);
  g_free (self->address);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

static enum MHD_Result
keep_header (void *data,
             enum MHD_ValueKind kind,
             const char *name,
             const char *value)
{
  GArray *headers = data;
  MdocHttpField field = { g_strdup (name), g_strdup (value ? value : "") };

  g_array_append_val (headers, field);
  return headers->len <= MAX_HEADERS ? MHD_YES : MHD_NO;
}

static char *
dup_media_type (const char *header)
{
  g_autofree char *bare = NULL;

  if (header == NULL)
    return g_strdup ("");

  bare = g_strndup (header, strcspn (header, ";"));
  return g_ascii_strdown (g_strstrip (bare), -1);
}

static char *
dup_address (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info
      = MHD_get_connection_info (connection,
                                 MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  char text[INET6_ADDRSTRLEN] = "";

  if (info != NULL && info->client_addr != NULL)
    {
      const struct sockaddr *address = info->client_addr;
      struct sockaddr_in v4;
      struct sockaddr_in6 v6;

      if (address->sa_family == AF_INET)
        {
          memcpy (&v4, address, sizeof (v4));
          inet_ntop (AF_INET, &v4.sin_addr, text, sizeof (text));
        }
      else if (address->sa_family == AF_INET6)
        {
          memcpy (&v6, address, sizeof (v6));
          inet_ntop (AF_INET6, &v6.sin6_addr, text, sizeof (text));
        }
    }

  return g_strdup (text);
}

guint
mdoc_http_call_open (MdocHttpCall *self,
                     struct MHD_Connection *connection,
                     const char *method)
{
  self->method = g_strdup (method);
  self->url = g_strconcat (self->base_url, self->path, NULL);
  self->address = dup_address (connection);
  MHD_get_connection_values (connection,
                             MHD_HEADER_KIND,
                             keep_header,
                             self->headers);
  self->content_type = dup_media_type (
      mdoc_http_call_get_header (self, "Content-Type"));

  if (self->headers->len > MAX_HEADERS)
    return 431;
  /* a name of another host in the target is a proxy's business */
  if (self->path[0] != '/')
    return 400;
  if (mdoc_http_call_count_header (self, "Content-Length") > 1
      || mdoc_http_call_count_header (self, "Content-Type") > 1)
    return 400;
  if (self->query_string != NULL)
    {
      self->query = mdoc_form_parse (self->query_string, NULL);
      if (self->query == NULL)
        return 400;
    }
  return 0;
}

/**
 * mdoc_http_call_get_method:
 * @self: a request
 *
 * Returns: (transfer none): "GET", "POST"; for HEAD, "HEAD"
 */
const char *
mdoc_http_call_get_method (const MdocHttpCall *self)
{
  return self->method;
}

/**
 * mdoc_http_call_get_path:
 * @self: a request
 *
 * Returns: (transfer none): its path as it was sent
 */
const char *
mdoc_http_call_get_path (const MdocHttpCall *self)
{
  return self->path;
}

/**
 * mdoc_http_call_get_url:
 * @self: a request
 *
 * The base URL is the server's own, whatever the header Host says.
 *
 * Returns: (transfer none): its address without the query
 */
const char *
mdoc_http_call_get_url (const MdocHttpCall *self)
{
  return self->url;
}

/**
 * mdoc_http_call_get_parameter:
 * @self: a request
 * @name: of a segment of its route, without braces
 *
 * Returns: (transfer none): what stood there
 */
const char *
mdoc_http_call_get_parameter (const MdocHttpCall *self, const char *name)
{
  const char *value = NULL;

  if (self->parameters != NULL)
    value = g_hash_table_lookup (self->parameters, name);
  g_return_val_if_fail (value != NULL, "");
  return value;
}

/**
 * mdoc_http_call_get_query:
 * @self: a request
 * @name: of a field
 *
 * Returns: (transfer none) (nullable): its value, unescaped
 */
const char *
mdoc_http_call_get_query (const MdocHttpCall *self, const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

/**
 * mdoc_http_call_get_query_string:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): all behind the question mark
 */
const char *
mdoc_http_call_get_query_string (const MdocHttpCall *self)
{
  return self->query_string;
}

/**
 * mdoc_http_call_get_header:
 * @self: a request
 * @name: of a header
 *
 * Returns: (transfer none) (nullable): the first of that name
 */
const char *
mdoc_http_call_get_header (const MdocHttpCall *self, const char *name)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      const MdocHttpField *field = &g_array_index (self->headers,
                                                   MdocHttpField,
                                                   i);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field->value;
    }
  return NULL;
}

/**
 * mdoc_http_call_get_last_header:
 * @self: a request
 * @name: of a header
 *
 * Returns: (transfer none) (nullable): the last of that name, which is what a
 *   proxy has added if it adds a line of its own
 */
const char *
mdoc_http_call_get_last_header (const MdocHttpCall *self, const char *name)
{
  for (guint i = self->headers->len; i > 0; i--)
    {
      const MdocHttpField *field = &g_array_index (self->headers,
                                                   MdocHttpField,
                                                   i - 1);

      if (g_ascii_strcasecmp (field->name, name) == 0)
        return field->value;
    }
  return NULL;
}

/**
 * mdoc_http_call_count_header:
 * @self: a request
 * @name: of a header
 *
 * Returns: how often it stands there
 */
guint
mdoc_http_call_count_header (const MdocHttpCall *self, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < self->headers->len; i++)
    n += g_ascii_strcasecmp (g_array_index (self->headers, MdocHttpField, i)
                                 .name,
                             name)
         == 0;
  return n;
}

/**
 * mdoc_http_call_get_content_type:
 * @self: a request
 *
 * Returns: (transfer none): the media type of its body, "" if it has none
 */
const char *
mdoc_http_call_get_content_type (const MdocHttpCall *self)
{
  return self->content_type;
}

/**
 * mdoc_http_call_get_body:
 * @self: a request
 *
 * Returns: (transfer none): its body
 */
MdocSpan
mdoc_http_call_get_body (const MdocHttpCall *self)
{
  return mdoc_span_from_bytes (self->body);
}

/**
 * mdoc_http_call_get_body_bytes:
 * @self: a request
 *
 * Returns: (transfer none): its body
 */
GBytes *
mdoc_http_call_get_body_bytes (const MdocHttpCall *self)
{
  return self->body;
}

/**
 * mdoc_http_call_dup_cookie:
 * @self: a request
 * @name: of a cookie
 *
 * Returns: (transfer full) (nullable): its value
 */
char *
mdoc_http_call_dup_cookie (const MdocHttpCall *self, const char *name)
{
  const char *header = mdoc_http_call_get_header (self, "Cookie");
  const gsize len = strlen (name);
  g_auto (GStrv) parts = NULL;

  if (header == NULL)
    return NULL;

  parts = g_strsplit (header, ";", MAX_HEADERS);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      if (strncmp (part, name, len) == 0 && part[len] == '=')
        return g_strdup (part + len + 1);
    }
  return NULL;
}

/**
 * mdoc_http_call_get_address:
 * @self: a request
 *
 * Returns: (transfer none): the address of the other end of the connection,
 *   which is a proxy's if there is one
 */
const char *
mdoc_http_call_get_address (const MdocHttpCall *self)
{
  return self->address;
}

/**
 * mdoc_http_dup_network:
 * @address: of one who asks
 *
 * Who has a network of IPv6 has all addresses in it: its first half counts. An
 * address of IPv4 counts as what it is, also in the form in which a socket for
 * both kinds has it.
 *
 * Returns: (transfer full): what is one and the same for all that one has; what
 *   is no address stays as it is
 */
char *
mdoc_http_dup_network (const char *address)
{
  struct in6_addr v6;
  char text[INET6_ADDRSTRLEN];

  if (inet_pton (AF_INET6, address, &v6) != 1)
    return g_strdup (address);
  if (IN6_IS_ADDR_V4MAPPED (&v6))
    return g_strdup (inet_ntop (AF_INET, v6.s6_addr + 12, text, sizeof (text)));

  memset (v6.s6_addr + 8, 0, 8);
  return g_strdup (inet_ntop (AF_INET6, &v6, text, sizeof (text)));
}

/**
 * mdoc_http_call_dup_client:
 * @self: a request
 * @trusts_proxy: whether X-Forwarded-For is a proxy's own
 *
 * Returns: (transfer full): the network that it came from
 */
char *
mdoc_http_call_dup_client (const MdocHttpCall *self, gboolean trusts_proxy)
{
  const char *header = mdoc_http_call_get_last_header (self, "X-Forwarded-For");
  const char *comma;
  g_autofree char *last = NULL;

  if (!trusts_proxy || header == NULL)
    return mdoc_http_dup_network (self->address);

  /* the last is what the proxy itself has seen, the others are hearsay */
  comma = strrchr (header, ',');
  last = g_strdup (comma != NULL ? comma + 1 : header);
  return mdoc_http_dup_network (g_strstrip (last));
}

/**
 * mdoc_http_call_is_tls:
 * @self: a request
 *
 * Returns: whether it came through TLS that we end
 */
gboolean
mdoc_http_call_is_tls (const MdocHttpCall *self)
{
  return self->is_tls;
}

/**
 * mdoc_http_call_get_base_url:
 * @self: a request
 *
 * Returns: (transfer none): what the world calls the server
 */
const char *
mdoc_http_call_get_base_url (const MdocHttpCall *self)
{
  return self->base_url;
}

typedef struct
{
  char *method;
  GStrv segments;
  guint n_segments;
  MdocHttpTarget target;
} Route;

struct _MdocHttpRoutes
{
  GArray *routes; /* of Route */
};

static void
route_clear (gpointer data)
{
  Route *self = data;

  g_free (self->method);
  g_strfreev (self->segments);
}

MdocHttpRoutes *
mdoc_http_routes_new (void)
{
  MdocHttpRoutes *self = g_new0 (MdocHttpRoutes, 1);

  self->routes = g_array_new (FALSE, FALSE, sizeof (Route));
  g_array_set_clear_func (self->routes, route_clear);
  return self;
}

void
mdoc_http_routes_free (MdocHttpRoutes *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->routes);
  g_free (self);
}

void
mdoc_http_routes_add (MdocHttpRoutes *self,
                      const char *method,
                      const char *path,
                      const MdocHttpTarget *target)
{
  Route route = { g_strdup (method), NULL, 0, *target };

  route.segments = g_strsplit (path, "/", MAX_SEGMENTS);
  route.n_segments = g_strv_length (route.segments);
  g_array_append_val (self->routes, route);
}

static gboolean
is_parameter (const char *segment)
{
  return segment[0] == '{';
}

/* (nullable): %NULL if no handler should see it */
static char *
unescape_segment (const char *segment)
{
  /* refuses NUL and "/" as well */
  g_autofree char *text = g_uri_unescape_string (segment, "/");

  if (text == NULL || text[0] == '\0' || !g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return NULL;
  return g_steal_pointer (&text);
}

static gboolean
route_fits (const Route *route, char **segments, guint n_segments)
{
  if (route->n_segments != n_segments)
    return FALSE;
  for (guint i = 0; i < n_segments; i++)
    if (!is_parameter (route->segments[i])
        && strcmp (route->segments[i], segments[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Both fit, so where they differ one of them has a parameter. */
static gboolean
route_is_closer (const Route *route, const Route *other)
{
  for (guint i = 0; i < route->n_segments; i++)
    if (is_parameter (route->segments[i]) != is_parameter (other->segments[i]))
      return !is_parameter (route->segments[i]);
  return FALSE;
}

static GHashTable *
collect_parameters (const Route *route, char **segments)
{
  g_autoptr (GHashTable) parameters = g_hash_table_new_full (g_str_hash,
                                                             g_str_equal,
                                                             g_free,
                                                             g_free);

  for (guint i = 0; i < route->n_segments; i++)
    {
      const char *name = route->segments[i];
      char *value;

      if (!is_parameter (name))
        continue;
      value = unescape_segment (segments[i]);
      if (value == NULL)
        return NULL;
      g_hash_table_insert (parameters,
                           g_strndup (name + 1, strlen (name) - 2),
                           value);
    }
  return g_steal_pointer (&parameters);
}

static gboolean
method_fits (const Route *route, const char *method)
{
  return strcmp (route->method, method) == 0
         || (strcmp (route->method, "GET") == 0
             && strcmp (method, "HEAD") == 0);
}

guint
mdoc_http_routes_find (MdocHttpRoutes *self,
                       const char *method,
                       const char *path,
                       MdocHttpTarget *ret_target,
                       GHashTable **ret_parameters,
                       char **ret_allow)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", MAX_SEGMENTS);
  const guint n_segments = g_strv_length (segments);
  g_autoptr (GString) allow = g_string_new (NULL);
  g_autoptr (GHashTable) parameters = NULL;
  const Route *best = NULL;

  for (guint i = 0; i < self->routes->len; i++)
    {
      const Route *route = &g_array_index (self->routes, Route, i);

      if (!route_fits (route, segments, n_segments))
        continue;
      if (!method_fits (route, method))
        g_string_append_printf (allow,
                                "%s%s",
                                allow->len > 0 ? ", " : "",
                                route->method);
      else if (best == NULL || route_is_closer (route, best))
        best = route;
    }

  if (best == NULL && allow->len == 0)
    return 404;
  if (best == NULL)
    {
      *ret_allow = g_string_free (g_steal_pointer (&allow), FALSE);
      return 405;
    }

  parameters = collect_parameters (best, segments);
  if (parameters == NULL)
    return 404;

  *ret_target = best->target;
  *ret_parameters = g_steal_pointer (&parameters);
  return 0;
}
