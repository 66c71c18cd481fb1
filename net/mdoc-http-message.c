/*
 * mdoc-http-message.c - what may be asked, and what is taken for an answer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "net/mdoc-http-private.h"

#include <string.h>

/* RFC 9110, 5.6.2 */
static gboolean
is_token (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i])
        && (text[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL))
      return FALSE;
  return len > 0;
}

/* printable ASCII, and blanks between */
static gboolean
is_value (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isprint (text[i]) && text[i] != '\t')
      return FALSE;
  return TRUE;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *bare = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  bare = g_str_has_prefix (host, "[") && g_str_has_suffix (host, "]")
             ? g_strndup (host + 1, strlen (host) - 2)
             : g_strdup (host);
  address = g_inet_address_new_from_string (bare);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

static gboolean
has_part (CURLU *url, CURLUPart part)
{
  char *text = NULL;
  gboolean has = curl_url_get (url, part, &text, 0) == CURLUE_OK;

  curl_free (text);
  return has;
}

/* With libcurl's own reader of addresses, so that nobody is asked but whom was
 * looked at here. */
CURLU *
mdoc_http_address_parse (const char *uri,
                         gboolean allow_plain_loopback,
                         gboolean *ret_is_plain,
                         GError **error)
{
  gboolean is_plain = g_ascii_strncasecmp (uri, "http://", 7) == 0;
  const char *complaint = NULL;
  char *host = NULL;
  CURLU *url;

  /* libcurl would forgive a missing slash, and more */
  if (!is_plain && g_ascii_strncasecmp (uri, "https://", 8) != 0)
    complaint = "it is not https";
  else if (strlen (uri) > MDOC_HTTP_MAX_URI_LEN)
    complaint = "it is too long";
  else
    for (const char *p = uri; *p != '\0'; p++)
      if (!g_ascii_isgraph (*p) || *p == '\\')
        complaint = "it has characters that no address has";
  if (complaint != NULL)
    {
      mdoc_http_refuse (error, MDOC_HTTP_ERROR_ADDRESS, "Address", complaint);
      return NULL;
    }

  url = curl_url ();
  if (url == NULL
      || curl_url_set (url, CURLUPART_URL, uri, CURLU_PATH_AS_IS) != CURLUE_OK
      || curl_url_get (url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
    complaint = "it is none";
  else if (has_part (url, CURLUPART_USER) || has_part (url, CURLUPART_PASSWORD))
    complaint = "it names a user";
  else if (has_part (url, CURLUPART_FRAGMENT))
    complaint = "it has a fragment";
  else if (is_plain && !(allow_plain_loopback && is_loopback (host)))
    complaint = "it is not https";
  curl_free (host);
  if (complaint != NULL)
    {
      curl_url_cleanup (url);
      mdoc_http_refuse (error, MDOC_HTTP_ERROR_ADDRESS, "Address", complaint);
      return NULL;
    }
  *ret_is_plain = is_plain;
  return url;
}

gboolean
mdoc_http_request_check (const MdocHttpRequest *request, GError **error)
{
  static const char *const methods[] = { "GET",   "POST",   "PUT",
                                         "PATCH", "DELETE", NULL };
  /* what the client writes itself, or never */
  static const char *const reserved[] = { "host",
                                          "content-length",
                                          "content-type",
                                          "connection",
                                          "proxy-authorization",
                                          "transfer-encoding",
                                          "cookie",
                                          "expect",
                                          "accept-encoding",
                                          "te",
                                          "upgrade",
                                          NULL };
  const char *complaint = NULL;

  if (request->method != NULL && !g_strv_contains (methods, request->method))
    complaint = "a method that we do not send";
  else if (request->content_type != NULL
           && !is_value (request->content_type, strlen (request->content_type)))
    complaint = "a content type that is none";
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL;
       i += 2)
    {
      const char *name = request->headers[i];
      const char *value = request->headers[i + 1];
      g_autofree char *lower = g_ascii_strdown (name, -1);

      if (value == NULL || !is_token (name, strlen (name))
          || !is_value (value, strlen (value))
          || g_strv_contains (reserved, lower))
        {
          complaint = "a header that may not be sent";
          break;
        }
    }
  if (complaint == NULL)
    return TRUE;
  mdoc_http_refuse (error, MDOC_HTTP_ERROR_REQUEST, "Request has", complaint);
  return FALSE;
}

void
mdoc_http_intake_init (MdocHttpIntake *self,
                       gsize max_header_bytes,
                       gsize max_bytes)
{
  memset (self, 0, sizeof (*self));
  self->max_header_bytes = max_header_bytes;
  self->max_bytes = max_bytes;
  self->headers = g_hash_table_new_full (g_str_hash,
                                         g_str_equal,
                                         g_free,
                                         g_free);
  self->body = g_byte_array_new ();
}

void
mdoc_http_intake_clear (MdocHttpIntake *self)
{
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
}

static gboolean
refuse (MdocHttpIntake *self, MdocHttpError code, const char *what)
{
  self->is_refused = TRUE;
  self->refusal = code;
  self->what = what;
  return FALSE;
}

/*   status-line = HTTP-version SP status-code SP [ reason ]      RFC 9112, 4 */
static gboolean
read_status (MdocHttpIntake *self, const char *line, gsize len)
{
  const char *p = memchr (line, ' ', len);

  if (len < 12 || memcmp (line, "HTTP/", 5) != 0 || p == NULL
      || line + len - p < 4 || !g_ascii_isdigit (p[1])
      || !g_ascii_isdigit (p[2]) || !g_ascii_isdigit (p[3]))
    return refuse (self, MDOC_HTTP_ERROR_MALFORMED, "Status is none");
  self->status = (guint) ((p[1] - '0') * 100 + (p[2] - '0') * 10 + p[3] - '0');
  g_hash_table_remove_all (self->headers);
  return TRUE;
}

/*   field-line = field-name ":" OWS field-value OWS               RFC 9112, 5
 */
static gboolean
read_field (MdocHttpIntake *self, const char *line, gsize len)
{
  const char *colon = memchr (line, ':', len);
  g_autofree char *name = NULL, *value = NULL;
  const char *before;

  if (colon == NULL || !is_token (line, (gsize) (colon - line)))
    return refuse (self, MDOC_HTTP_ERROR_MALFORMED, "Header is none");
  /* what is not ASCII is nothing that anybody here reads */
  if (!is_value (colon + 1, (gsize) (line + len - colon - 1)))
    return TRUE;

  name = g_ascii_strdown (line, colon - line);
  value = g_strndup (colon + 1, (gsize) (line + len - colon - 1));
  g_strstrip (value);
  before = g_hash_table_lookup (self->headers, name);
  if (before != NULL)
    {
      char *both = g_strconcat (before, ", ", value, NULL);

      g_free (value);
      value = both;
    }
  g_hash_table_insert (self->headers,
                       g_steal_pointer (&name),
                       g_steal_pointer (&value));
  return TRUE;
}

/* Heads of 1xx come before the one that counts. What comes after that one is
 * the trailer of a body in chunks: it counts for the limit, and for nothing
 * else. */
gboolean
mdoc_http_intake_add_line (MdocHttpIntake *self, const char *line, gsize len)
{
  self->n_header_bytes += len;
  if (self->n_header_bytes > self->max_header_bytes)
    return refuse (self, MDOC_HTTP_ERROR_TOO_LARGE, "Headers are too long");

  while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
    len--;
  if (self->is_head_over)
    return TRUE;
  if (len == 0)
    {
      self->is_head_over = self->status >= 200;
      self->is_in_head = FALSE;
      return TRUE;
    }
  if (self->is_in_head)
    return read_field (self, line, len);
  self->is_in_head = TRUE;
  return read_status (self, line, len);
}

gboolean
mdoc_http_intake_add_body (MdocHttpIntake *self, const char *data, gsize len)
{
  if (len > self->max_bytes - self->body->len)
    return refuse (self, MDOC_HTTP_ERROR_TOO_LARGE, "Answer is too long");
  g_byte_array_append (self->body, (const guint8 *) data, (guint) len);
  return TRUE;
}

/*   media-type = type "/" subtype parameters                    RFC 9110, 8.3
 */
static char *
dup_content_type (const char *header)
{
  g_autofree char *type = NULL;

  if (header == NULL)
    return NULL;
  type = g_ascii_strdown (header, (gssize) strcspn (header, ";"));
  return g_strdup (g_strstrip (type));
}

/*   Retry-After = HTTP-date / delay-seconds                  RFC 9110, 10.2.3
 */
static gboolean
read_retry_after (const char *header, gint64 now_unix_s, gint64 *ret_s)
{
  gint64 seconds = 0;
  const char *p;

  if (header == NULL || *header == '\0')
    return FALSE;
  for (p = header; g_ascii_isdigit (*p); p++)
    seconds = MIN (seconds * 10 + (*p - '0'), MDOC_HTTP_MAX_RETRY_AFTER_S);
  if (*p != '\0')
    {
      gint64 when = curl_getdate (header, NULL);

      if (when < 0)
        return FALSE;
      seconds = when - now_unix_s;
    }
  *ret_s = CLAMP (seconds, 0, MDOC_HTTP_MAX_RETRY_AFTER_S);
  return TRUE;
}

MdocHttpResponse *
mdoc_http_intake_finish (MdocHttpIntake *self,
                         gint64 now_unix_s,
                         GError **error)
{
  const char *encoding, *date;
  MdocHttpResponse *response;

  if (!self->is_head_over)
    {
      mdoc_http_refuse (error, MDOC_HTTP_ERROR_MALFORMED, "No head", NULL);
      return NULL;
    }
  if (self->status / 100 == 3 && self->status != 304)
    {
      mdoc_http_refuse (error,
                        MDOC_HTTP_ERROR_REDIRECT,
                        "Sent elsewhere",
                        g_hash_table_lookup (self->headers, "location"));
      return NULL;
    }
  encoding = g_hash_table_lookup (self->headers, "content-encoding");
  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    {
      mdoc_http_refuse (error,
                        MDOC_HTTP_ERROR_MALFORMED,
                        "Encoded though not asked for",
                        encoding);
      return NULL;
    }

  response = g_new0 (MdocHttpResponse, 1);
  response->status = self->status;
  response->headers = g_steal_pointer (&self->headers);
  response->body = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));
  response->content_type = dup_content_type (
      g_hash_table_lookup (response->headers, "content-type"));
  date = g_hash_table_lookup (response->headers, "date");
  response->date_unix_s = date != NULL ? curl_getdate (date, NULL) : -1;
  response->has_date = response->date_unix_s >= 0;
  response->has_retry_after
      = read_retry_after (g_hash_table_lookup (response->headers,
                                               "retry-after"),
                          response->has_date ? response->date_unix_s
                                             : now_unix_s,
                          &response->retry_after_s);
  return response;
}

void
mdoc_http_response_free (MdocHttpResponse *self)
{
  if (self == NULL)
    return;

  g_free (self->content_type);
  g_bytes_unref (self->body);
  g_hash_table_unref (self->headers);
  g_free (self);
}

const char *
mdoc_http_response_get_header (const MdocHttpResponse *self, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (self->headers, lower);
}
