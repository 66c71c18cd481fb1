/*
 * mdoc-http-reply.c - an answer, at once or in a stream
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-http-private.h"

#include <string.h>

#include "openid/mdoc-json.h"

#define STREAM_BLOCK_BYTES 4096

struct _MdocHttpReply
{
  guint status;
  GArray *headers; /* of MdocHttpField */
  GBytes *body;    /* nullable */
  MdocHttpStream *stream;
};

struct _MdocHttpStream
{
  gatomicrefcount refs;
  GMutex lock;
  GByteArray *pending;
  struct MHD_Connection *connection; /* nullable: before and after */
  gboolean is_asleep;                /* the connection is suspended */
  gboolean is_closed;
  gboolean is_gone;
};

MdocHttpReply *
mdoc_http_reply_new (void)
{
  MdocHttpReply *self = g_new0 (MdocHttpReply, 1);

  self->status = 204;
  self->headers = g_array_new (FALSE, FALSE, sizeof (MdocHttpField));
  g_array_set_clear_func (self->headers, mdoc_http_field_clear);
  return self;
}

void
mdoc_http_reply_free (MdocHttpReply *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->headers);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->stream, mdoc_http_stream_unref);
  g_free (self);
}

/**
 * mdoc_http_reply_set_status:
 * @self: an answer
 * @status: of HTTP
 *
 * Says how it went.
 */
void
mdoc_http_reply_set_status (MdocHttpReply *self, guint status)
{
  g_return_if_fail (status >= 200 && status < 600);

  self->status = status;
}

/**
 * mdoc_http_reply_get_status:
 * @self: an answer
 *
 * Returns: its status as it stands
 */
guint
mdoc_http_reply_get_status (const MdocHttpReply *self)
{
  return self->status;
}

const char *
mdoc_http_reply_get_header (const MdocHttpReply *self, const char *name)
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
 * mdoc_http_reply_add_header:
 * @self: an answer
 * @name: of a header
 * @value: what it says; without line breaks
 *
 * Adds it.
 */
void
mdoc_http_reply_add_header (MdocHttpReply *self,
                            const char *name,
                            const char *value)
{
  MdocHttpField field = { g_strdup (name), g_strdup (value) };

  /* a line break in it would begin a header of somebody else's choice */
  g_strdelimit (field.value, "\r\n", ' ');
  g_array_append_val (self->headers, field);
}

/**
 * mdoc_http_reply_set_header:
 * @self: an answer
 * @name: of a header
 * @value: what it says; without line breaks
 *
 * Adds it, instead of those of the same name.
 */
void
mdoc_http_reply_set_header (MdocHttpReply *self,
                            const char *name,
                            const char *value)
{
  for (guint i = self->headers->len; i > 0; i--)
    if (g_ascii_strcasecmp (g_array_index (self->headers, MdocHttpField, i - 1)
                                .name,
                            name)
        == 0)
      g_array_remove_index (self->headers, i - 1);
  mdoc_http_reply_add_header (self, name, value);
}

/**
 * mdoc_http_reply_set_body:
 * @self: an answer
 * @content_type: of @body
 * @body: what it says
 *
 * Sets the body, and the status to 200 if it is still 204.
 */
void
mdoc_http_reply_set_body (MdocHttpReply *self,
                          const char *content_type,
                          GBytes *body)
{
  mdoc_http_reply_set_header (self, "Content-Type", content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = g_bytes_ref (body);
  if (self->status == 204)
    self->status = 200;
}

/**
 * mdoc_http_reply_take_text:
 * @self: an answer
 * @status: of HTTP
 * @content_type: of @text
 * @text: (transfer full): what it says
 *
 * Sets status and body.
 */
void
mdoc_http_reply_take_text (MdocHttpReply *self,
                           guint status,
                           const char *content_type,
                           char *text)
{
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  self->status = status;
  mdoc_http_reply_set_body (self, content_type, body);
}

/**
 * mdoc_http_reply_take_json:
 * @self: an answer
 * @status: of HTTP
 * @json: (transfer full): what it says
 *
 * Sets status and body.
 */
void
mdoc_http_reply_take_json (MdocHttpReply *self, guint status, char *json)
{
  mdoc_http_reply_take_text (self, status, "application/json", json);
}

MdocHttpReply *
mdoc_http_reply_new_refusal (guint status, const char *allow)
{
  static const struct
  {
    guint status;
    const char *error;
    const char *description;
  } refusals[] = {
    { 400, "bad_request", "The request is malformed" },
    { 404, "not_found", "There is nothing of this name" },
    { 405, "method_not_allowed", "It does not take this method" },
    { 413, "too_large", "The body is over the limit" },
    { 431, "headers_too_large", "The headers are over the limit" },
    { 503, "unavailable", "The server is going down" },
  };
  MdocHttpReply *self = mdoc_http_reply_new ();

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (refusals[i].status == status)
      {
        g_autoptr (JsonObject) object = json_object_new ();

        json_object_set_int_member (object, "errorCode", status);
        json_object_set_string_member (object, "error", refusals[i].error);
        json_object_set_string_member (object,
                                       "errorDescription",
                                       refusals[i].description);
        mdoc_http_reply_take_json (self, status, mdoc_json_write (object));
      }
  if (allow != NULL)
    mdoc_http_reply_set_header (self, "Allow", allow);
  if (status == 503)
    mdoc_http_reply_set_header (self, "Retry-After", "10");
  return self;
}

GBytes *
mdoc_http_reply_get_body (MdocHttpReply *self)
{
  return self->body;
}

MdocHttpStream *
mdoc_http_reply_get_stream (MdocHttpReply *self)
{
  return self->stream;
}

/* IMF-fixdate of RFC 9110, 5.6.7, whatever the locale */
static char *
dup_date (gint64 unix_s)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu",
                                      "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (unix_s);

  if (time == NULL)
    return NULL;
  return g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d GMT",
                          days[g_date_time_get_day_of_week (time) - 1],
                          g_date_time_get_day_of_month (time),
                          months[g_date_time_get_month (time) - 1],
                          g_date_time_get_year (time),
                          g_date_time_get_hour (time),
                          g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}

/* Runs in the thread of input and output. */
static ssize_t
read_stream (void *data, uint64_t pos, char *buffer, size_t max)
{
  MdocHttpStream *self = data;
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  const gsize len = MIN (max, self->pending->len);

  if (len > 0)
    {
      memcpy (buffer, self->pending->data, len);
      g_byte_array_remove_range (self->pending, 0, (guint) len);
      return (ssize_t) len;
    }
  if (self->is_closed || self->connection == NULL)
    return MHD_CONTENT_READER_END_OF_STREAM;

  self->is_asleep = TRUE;
  MHD_suspend_connection (self->connection);
  return 0;
}

static void
drop_stream (void *data)
{
  mdoc_http_stream_unref (data);
}

static void
drop_body (void *data)
{
  g_bytes_unref (data);
}

static struct MHD_Response *
make_response (MdocHttpReply *self, struct MHD_Connection *connection)
{
  gsize len = 0;
  const char *data = "";

  if (self->stream != NULL)
    {
      g_mutex_lock (&self->stream->lock);
      self->stream->connection = connection;
      g_mutex_unlock (&self->stream->lock);
      return MHD_create_response_from_callback (MHD_SIZE_UNKNOWN,
                                                STREAM_BLOCK_BYTES,
                                                read_stream,
                                                mdoc_http_stream_ref (
                                                    self->stream),
                                                drop_stream);
    }
  if (self->body == NULL)
    return MHD_create_response_from_buffer (0,
                                            (void *) (guintptr) data,
                                            MHD_RESPMEM_PERSISTENT);

  data = g_bytes_get_data (self->body, &len);
  return MHD_create_response_from_buffer_with_free_callback_cls (
      len,
      (void *) (guintptr) data,
      drop_body,
      g_bytes_ref (self->body));
}

enum MHD_Result
mdoc_http_reply_queue (MdocHttpReply *self,
                       struct MHD_Connection *connection,
                       gint64 now_unix_s,
                       gboolean is_tls)
{
  const char *const defaults[][2] = {
    { "Cache-Control", "no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Strict-Transport-Security", is_tls ? "max-age=31536000" : NULL },
  };
  g_autofree char *date = dup_date (now_unix_s);
  struct MHD_Response *response = make_response (self, connection);
  enum MHD_Result result;

  if (response == NULL)
    return MHD_NO;

  for (guint i = 0; i < self->headers->len; i++)
    {
      const MdocHttpField *field = &g_array_index (self->headers,
                                                   MdocHttpField,
                                                   i);

      MHD_add_response_header (response, field->name, field->value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (defaults[i][1] != NULL
        && mdoc_http_reply_get_header (self, defaults[i][0]) == NULL)
      MHD_add_response_header (response, defaults[i][0], defaults[i][1]);
  if (date != NULL)
    MHD_add_response_header (response, "Date", date);

  result = MHD_queue_response (connection, self->status, response);
  MHD_destroy_response (response);
  return result;
}

/**
 * mdoc_http_reply_start_stream:
 * @self: an answer
 * @content_type: of the stream
 *
 * Returns: (transfer full): what to write to, as long as it is wanted
 */
MdocHttpStream *
mdoc_http_reply_start_stream (MdocHttpReply *self, const char *content_type)
{
  g_return_val_if_fail (self->stream == NULL, NULL);

  self->stream = g_new0 (MdocHttpStream, 1);
  g_atomic_ref_count_init (&self->stream->refs);
  g_mutex_init (&self->stream->lock);
  self->stream->pending = g_byte_array_new ();
  self->status = 200;
  mdoc_http_reply_set_header (self, "Content-Type", content_type);
  return mdoc_http_stream_ref (self->stream);
}

/**
 * mdoc_http_stream_ref:
 * @self: a stream
 *
 * Returns: (transfer full): the same
 */
MdocHttpStream *
mdoc_http_stream_ref (MdocHttpStream *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * mdoc_http_stream_unref:
 * @self: (nullable): a stream
 *
 * Lets it go. It does not end by that: see mdoc_http_stream_close().
 */
void
mdoc_http_stream_unref (MdocHttpStream *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_byte_array_unref (self->pending);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* under the lock */
static void
wake (MdocHttpStream *self)
{
  if (!self->is_asleep)
    return;

  self->is_asleep = FALSE;
  MHD_resume_connection (self->connection);
}

/**
 * mdoc_http_stream_write:
 * @self: a stream
 * @text: what to send
 *
 * Returns: whether it still makes sense to write
 */
gboolean
mdoc_http_stream_write (MdocHttpStream *self, const char *text)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);
  const gsize len = strlen (text);

  if (self->is_gone || self->is_closed)
    return FALSE;
  if (len > MDOC_HTTP_STREAM_MAX_BYTES - self->pending->len)
    {
      self->is_closed = TRUE;
      wake (self);
      return FALSE;
    }

  g_byte_array_append (self->pending, (const guint8 *) text, (guint) len);
  wake (self);
  return TRUE;
}

/**
 * mdoc_http_stream_close:
 * @self: a stream
 *
 * Ends it; what was written is sent before.
 */
void
mdoc_http_stream_close (MdocHttpStream *self)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);

  self->is_closed = TRUE;
  wake (self);
}

void
mdoc_http_stream_detach (MdocHttpStream *self)
{
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (
      &self->lock);

  self->is_gone = TRUE;
  self->is_asleep = FALSE;
  self->connection = NULL;
}
