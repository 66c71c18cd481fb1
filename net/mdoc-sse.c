/*
 * mdoc-sse.c - reading a stream of server-sent events
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "net/mdoc-sse.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

struct _MdocSse
{
  gsize max_bytes;
  MdocSseFunc func;
  gpointer user_data;
  GString *line;
  GString *data; /* of the event that is being read; each line has its "\n" */
  char *type;    /* nullable */
  char *id;      /* of the event that is being read */
  char *last_id; /* of the last one that was told */
  guint retry_ms;
  gsize n_bytes; /* of the event that is being read */
  gboolean is_begun;
  gboolean was_return; /* a "\n" that follows belongs to it */
  gboolean is_refused;
};

/**
 * mdoc_sse_new:
 * @max_bytes: most of one event
 * @func: called for each
 * @user_data: passed to @func
 *
 * Returns: (transfer full): a reader at the begin of a stream
 */
MdocSse *
mdoc_sse_new (gsize max_bytes, MdocSseFunc func, gpointer user_data)
{
  MdocSse *self = g_new0 (MdocSse, 1);

  self->max_bytes = max_bytes;
  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->id = g_strdup ("");
  self->last_id = g_strdup ("");
  return self;
}

void
mdoc_sse_free (MdocSse *self)
{
  if (self == NULL)
    return;

  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self->type);
  g_free (self->id);
  g_free (self->last_id);
  g_free (self);
}

const char *
mdoc_sse_get_last_id (MdocSse *self)
{
  return self->last_id;
}

guint
mdoc_sse_get_retry_ms (MdocSse *self)
{
  return self->retry_ms;
}

static void
set (char **place, const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

/* The id counts even of an event without data, which is not told. */
static void
end_event (MdocSse *self)
{
  set (&self->last_id, self->id);
  if (self->data->len > 0)
    {
      g_string_truncate (self->data, self->data->len - 1);
      self->func (self->last_id,
                  self->type != NULL ? self->type : "message",
                  self->data->str,
                  self->user_data);
    }
  g_string_truncate (self->data, 0);
  g_clear_pointer (&self->type, g_free);
  self->n_bytes = 0;
}

static void
set_retry (MdocSse *self, const char *value)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &number, NULL))
    self->retry_ms = (guint) MIN (number, MDOC_SSE_MAX_RETRY_MS);
}

/* HTML, 9.2.6: field names have a case, unknown ones are passed over */
static void
end_line (MdocSse *self)
{
  char *name = self->line->str;
  char *colon = strchr (name, ':');
  const char *value = "";

  if (*name == '\0')
    {
      end_event (self);
      return;
    }
  if (colon != NULL)
    {
      *colon = '\0';
      value = colon[1] == ' ' ? colon + 2 : colon + 1;
    }
  if (strcmp (name, "data") == 0)
    {
      g_string_append (self->data, value);
      g_string_append_c (self->data, '\n');
    }
  else if (strcmp (name, "event") == 0)
    set (&self->type, *value != '\0' ? value : NULL);
  else if (strcmp (name, "id") == 0)
    set (&self->id, value);
  else if (strcmp (name, "retry") == 0)
    set_retry (self, value);
}

static gboolean
take_line (MdocSse *self)
{
  const gboolean is_first = !self->is_begun;

  self->is_begun = TRUE;
  /* a NUL makes the length differ, and is none of UTF-8 that we take */
  if (strlen (self->line->str) != self->line->len
      || !g_utf8_validate (self->line->str, (gssize) self->line->len, NULL))
    return FALSE;
  if (is_first && g_str_has_prefix (self->line->str, BOM))
    g_string_erase (self->line, 0, (gssize) strlen (BOM));
  end_line (self);
  g_string_truncate (self->line, 0);
  return TRUE;
}

static gboolean
add_byte (MdocSse *self, char c)
{
  const gboolean was_return = self->was_return;

  self->was_return = c == '\r';
  if (c == '\n' && was_return)
    return TRUE;
  if (c == '\n' || c == '\r')
    return take_line (self);
  if (++self->n_bytes > self->max_bytes)
    return FALSE;
  g_string_append_c (self->line, c);
  return TRUE;
}

/**
 * mdoc_sse_add:
 * @self: a reader
 * @data: what has come
 * @len: how many bytes
 *
 * Reads on, and tells each event that ends in @data. Comments count as part of
 * the event that they stand in, unless they are alone.
 *
 * Returns: %FALSE if it is no such stream
 */
gboolean
mdoc_sse_add (MdocSse *self, const char *data, gsize len)
{
  for (gsize i = 0; i < len && !self->is_refused; i++)
    self->is_refused = !add_byte (self, data[i]);
  return !self->is_refused;
}

/**
 * mdoc_sse_restart:
 * @self: a reader
 *
 * Begins with another connection.
 */
void
mdoc_sse_restart (MdocSse *self)
{
  g_string_truncate (self->line, 0);
  g_string_truncate (self->data, 0);
  g_clear_pointer (&self->type, g_free);
  set (&self->id, self->last_id);
  self->n_bytes = 0;
  self->is_begun = FALSE;
  self->was_return = FALSE;
  self->is_refused = FALSE;
}
