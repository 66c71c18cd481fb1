/*
 * mdoc-log.c - messages with fields, for the journal or a terminal
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-names.h"

#define MAX_FIELDS 12

static MdocLogFormat log_format = MDOC_LOG_FORMAT_AUTO;
static gboolean log_is_verbose = FALSE;

static const char *
get_level_name (GLogLevelFlags level)
{
  if (level & G_LOG_LEVEL_ERROR)
    return "error";
  if (level & G_LOG_LEVEL_CRITICAL)
    return "critical";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "notice";
  if (level & G_LOG_LEVEL_INFO)
    return "info";
  return "debug";
}

/* as of syslog(3), which the journal wants */
static const char *
get_priority (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return level & G_LOG_LEVEL_ERROR ? "3" : "4";
  if (level & G_LOG_LEVEL_WARNING)
    return "4";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "5";
  return level & G_LOG_LEVEL_INFO ? "6" : "7";
}

static gsize
get_field_len (const GLogField *field)
{
  return field->length < 0 ? strlen (field->value) : (gsize) field->length;
}

/* What others made may hold anything: control characters would let it write
 * lines of its own. */
static void
append_value (GString *line, const char *value, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      const guchar c = (guchar) value[i];

      if (c == '"' || c == '\\')
        g_string_append_printf (line, "\\%c", c);
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (line, "\\x%02x", c);
      else
        g_string_append_c (line, (char) c);
    }
}

static GLogWriterOutput
write_fields (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "LEVEL=\"%s\"", get_level_name (level));
  for (gsize i = 0; i < n_fields; i++)
    {
      g_string_append_printf (line, " %s=\"", fields[i].key);
      append_value (line, fields[i].value, get_field_len (&fields[i]));
      g_string_append_c (line, '"');
    }
  g_string_append_c (line, '\n');

  fputs (line->str, stderr);
  return G_LOG_WRITER_HANDLED;
}

static GLogWriterOutput
write_text (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const char *program = g_get_prgname ();

  g_string_append_printf (line,
                          "%s: %s: ",
                          program != NULL ? program : "mdoc",
                          get_level_name (level));
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        append_value (line, fields[i].value, get_field_len (&fields[i]));
    }
  g_string_append_c (line, '\n');

  fputs (line->str, stderr);
  return G_LOG_WRITER_HANDLED;
}

static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *fields,
           gsize n_fields,
           gpointer user_data)
{
  if (!log_is_verbose && (level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0)
    return G_LOG_WRITER_HANDLED;

  if (log_format == MDOC_LOG_FORMAT_FIELDS)
    return write_fields (level, fields, n_fields);

  if (log_format == MDOC_LOG_FORMAT_AUTO
      && g_log_writer_is_journald (STDERR_FILENO)
      && g_log_writer_journald (level, fields, n_fields, NULL)
             == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;

  return write_text (level, fields, n_fields);
}

/**
 * mdoc_log_format_from_name:
 * @name: "auto", "text" or "fields"
 * @ret_format: (out): the format of that name
 *
 * Returns: %TRUE if there is such a format
 */
gboolean
mdoc_log_format_from_name (const char *name, MdocLogFormat *ret_format)
{
  static const char *const names[] = { "auto", "text", "fields" };

  g_return_val_if_fail (name != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (name, names[i]) == 0)
        {
          *ret_format = (MdocLogFormat) i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * mdoc_log_init:
 * @format: how messages are written
 * @is_verbose: whether info and debug messages are written too
 *
 * To be called once, first thing in main(): GLib's own messages take the same
 * way from then on.
 */
void
mdoc_log_init (MdocLogFormat format, gboolean is_verbose)
{
  static gboolean is_set = FALSE;

  log_format = format;
  log_is_verbose = is_verbose;
  if (!is_set)
    g_log_set_writer_func (write_log, NULL, NULL);
  is_set = TRUE;
}

static void
add_field (GLogField *fields,
           gsize *n_fields,
           const char *key,
           const char *text)
{
  if (text == NULL)
    return;

  g_assert (*n_fields < MAX_FIELDS);
  fields[*n_fields] = (GLogField){ key, text, -1 };
  (*n_fields)++;
}

/**
 * mdoc_log:
 * @level: %G_LOG_LEVEL_MESSAGE for what an administrator cares for,
 *   %G_LOG_LEVEL_WARNING for a bug or a broken device, below that for us
 * @fields: (nullable): what the message carries besides its text
 * @format: the text, as of printf()
 *
 * Logs one message. The text of an error in @fields is added behind a colon.
 */
void
mdoc_log (GLogLevelFlags level,
          const MdocLogFields *fields,
          const char *format,
          ...)
{
  static const MdocLogFields none = { .topic = NULL };
  GLogField log_fields[MAX_FIELDS];
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;
  g_autofree char *code = NULL;
  gsize n_fields = 0;
  va_list args;

  if (fields == NULL)
    fields = &none;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  message = fields->error == NULL
                ? g_steal_pointer (&text)
                : g_strdup_printf ("%s: %s", text, fields->error->message);

  add_field (log_fields, &n_fields, "MESSAGE", message);
  add_field (log_fields, &n_fields, "PRIORITY", get_priority (level));
  add_field (log_fields, &n_fields, "GLIB_DOMAIN", G_LOG_DOMAIN);
  add_field (log_fields, &n_fields, "MESSAGE_ID", fields->message_id);
  add_field (log_fields, &n_fields, MDOC_LOG_FIELD_TOPIC, fields->topic);
  add_field (log_fields, &n_fields, MDOC_LOG_FIELD_SESSION, fields->session);
  add_field (log_fields,
             &n_fields,
             MDOC_LOG_FIELD_TRANSPORT,
             fields->transport);
  add_field (log_fields, &n_fields, MDOC_LOG_FIELD_STATE, fields->state);
  add_field (log_fields, &n_fields, MDOC_LOG_FIELD_DOC_TYPE, fields->doc_type);
  if (fields->error != NULL)
    {
      code = g_strdup_printf ("%d", fields->error->code);
      add_field (log_fields,
                 &n_fields,
                 MDOC_LOG_FIELD_ERROR_DOMAIN,
                 g_quark_to_string (fields->error->domain));
      add_field (log_fields, &n_fields, MDOC_LOG_FIELD_ERROR_CODE, code);
    }

  g_log_structured_array (level, log_fields, n_fields);
}
