/*
 * mdoc-issuer-client-consume.c - the verb consume
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "base/mdoc-file.h"
#include "issuer/mdoc-events-envelope.h"
#include "issuer/mdoc-events-inbox.h"
#include "issuer/mdoc-events-signature.h"
#include "issuer/mdoc-http-server.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"

#define MAX_PEM_BYTES ((gsize) 1024 * 1024)

typedef struct
{
  char *listen;
  char *database;
  char *secret_file;
  char *bearer_file;
  char *certificate;
  char *key;
  gint count;
} Arguments;

typedef struct
{
  MdocEventsInbox *inbox;
  char *secret;
  char *authorization; /* nullable */
  const MdocClock *clock;
  gboolean is_json;
  GMainLoop *loop;
  GMutex mutex; /* of what follows, and of standard output */
  gint64 n_left;
} Consumer;

static void
arguments_clear (Arguments *self)
{
  g_free (self->listen);
  g_free (self->database);
  g_free (self->secret_file);
  g_free (self->bearer_file);
  g_free (self->certificate);
  g_free (self->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
consumer_clear (Consumer *self)
{
  g_clear_pointer (&self->inbox, mdoc_events_inbox_close);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  if (self->secret != NULL)
    mdoc_secret_wipe (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->authorization);
  g_mutex_clear (&self->mutex);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Consumer, consumer_clear)

/* a file with one line that is a secret */
static gboolean
read_line (const char *path, char **ret_line, GError **error)
{
  g_autoptr (MdocSecret) content
      = mdoc_file_read_secret (path, MDOC_EVENTS_MAX_SECRET_LEN + 1, error);

  if (content == NULL)
    return FALSE;
  *ret_line = g_strchomp (
      g_strndup ((const char *) mdoc_secret_get_data (content),
                 mdoc_secret_get_len (content)));
  return TRUE;
}

static gboolean
read_pem (const char *path, char **ret_pem, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (path == NULL)
    return TRUE;
  bytes = mdoc_file_read (path, MAX_PEM_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  *ret_pem = g_strndup (g_bytes_get_data (bytes, NULL),
                        g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
is_authentic (Consumer *self, const MdocHttpCall *call)
{
  const char *authorization = mdoc_http_call_get_header (call, "Authorization");

  if (self->authorization != NULL
      && (authorization == NULL
          || !mdoc_secret_equal (mdoc_span_from_text (authorization),
                                 mdoc_span_from_text (self->authorization))))
    return FALSE;
  return mdoc_events_signature_check (
      mdoc_http_call_get_header (call, MDOC_EVENTS_SIGNATURE_HEADER),
      mdoc_span_from_text (self->secret),
      mdoc_http_call_get_body (call),
      mdoc_clock_get_unix_s (self->clock));
}

static void
print (Consumer *self, const char *line, MdocSpan event)
{
  g_mutex_lock (&self->mutex);
  if (self->is_json)
    {
      fwrite (event.data, 1, event.len, stdout);
      putchar ('\n');
    }
  else
    puts (line);
  fflush (stdout);
  if (self->n_left > 0 && --self->n_left == 0)
    g_main_loop_quit (self->loop);
  g_mutex_unlock (&self->mutex);
}

static void
on_event (const MdocHttpCall *call, MdocHttpReply *reply, gpointer data)
{
  Consumer *self = data;
  MdocSpan event = mdoc_http_call_get_body (call);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  gboolean is_new;

  if (!is_authentic (self, call))
    {
      mdoc_http_reply_set_status (reply, 401);
      g_printerr ("mdoc-issuer consume: an event that nobody signed who has "
                  "the secret\n");
      return;
    }
  if (strcmp (mdoc_http_call_get_content_type (call), MDOC_EVENTS_CONTENT_TYPE)
      != 0)
    {
      mdoc_http_reply_set_status (reply, 415);
      return;
    }
  if (!mdoc_events_inbox_take (self->inbox, event, &is_new, &line, &error))
    {
      mdoc_http_reply_set_status (reply,
                                  error->code
                                          == (gint)
                                              MDOC_EVENTS_INBOX_ERROR_EVENT
                                      ? 400
                                      : 503);
      g_printerr ("mdoc-issuer consume: %s\n", error->message);
      return;
    }
  mdoc_http_reply_set_status (reply, 204);
  if (is_new)
    print (self, line, event);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static MdocExit
serve (MdocCommand *command,
       const Arguments *arguments,
       Consumer *consumer,
       GError **error)
{
  g_autoptr (MdocHttpServer) server = mdoc_http_server_new ();
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  MdocHttpServerConfig config = { .listen = arguments->listen == NULL
                                                ? "127.0.0.1:0"
                                                : arguments->listen,
                                  .max_body_bytes = (gsize) 8 * 1024 * 1024 };

  if (!read_pem (arguments->certificate, &certificate, error)
      || !read_pem (arguments->key, &key, error))
    return mdoc_issuer_client_exit_of (*error);
  config.certificate = certificate;
  config.key = key;
  mdoc_http_server_add_route (server, "POST", "/events", on_event, consumer);
  if (!mdoc_http_server_start (server, &config, error))
    return MDOC_EXIT_FAILED;

  g_printerr ("listening on %s/events\n",
              mdoc_http_server_get_base_url (server));
  g_main_loop_run (consumer->loop);
  mdoc_http_server_stop (server);
  return MDOC_EXIT_DONE;
}

static MdocExit
consume (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_auto (Consumer) consumer = { .clock = mdoc_clock_get_system (),
                                 .is_json = mdoc_command_is_json (command),
                                 .loop = g_main_loop_new (NULL, FALSE),
                                 .n_left = arguments->count };
  g_autofree char *bearer = NULL;
  guint terminate_id, interrupt_id;
  MdocExit exit_code;

  g_mutex_init (&consumer.mutex);
  if (!read_line (arguments->secret_file, &consumer.secret, error)
      || (arguments->bearer_file != NULL
          && !read_line (arguments->bearer_file, &bearer, error)))
    return mdoc_issuer_client_exit_of (*error);
  if (strlen (consumer.secret) < MDOC_EVENTS_MIN_SECRET_LEN)
    return mdoc_command_refuse (error,
                                "The secret has fewer than %d characters",
                                (int) MDOC_EVENTS_MIN_SECRET_LEN);
  if (bearer != NULL)
    consumer.authorization = g_strconcat ("Bearer ", bearer, NULL);
  consumer.inbox = mdoc_events_inbox_open (arguments->database, error);
  if (consumer.inbox == NULL)
    return MDOC_EXIT_FAILED;

  terminate_id = g_unix_signal_add (SIGTERM, on_signal, consumer.loop);
  interrupt_id = g_unix_signal_add (SIGINT, on_signal, consumer.loop);
  exit_code = serve (command, arguments, &consumer, error);
  g_source_remove (terminate_id);
  g_source_remove (interrupt_id);
  return exit_code;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "listen", 0, 0, G_OPTION_ARG_STRING, &arguments.listen,
      "Where to wait for events (127.0.0.1:0, any port)", "ADDRESS:PORT" },
    { "database", 0, 0, G_OPTION_ARG_FILENAME, &arguments.database,
      "Where to keep them, SQLite (mandatory)", "FILE" },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &arguments.secret_file,
      "File with the secret of the subscription (mandatory)", "FILE" },
    { "bearer-file", 0, 0, G_OPTION_ARG_FILENAME, &arguments.bearer_file,
      "File with its bearer token", "FILE" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &arguments.certificate,
      "Certificate, PEM, chain behind it; without, there is no TLS", "PEM" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.key,
      "Its private key", "PEM" },
    { "count", 'n', 0, G_OPTION_ARG_INT, &arguments.count,
      "End after so many new events", "N" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.database == NULL || arguments.secret_file == NULL)
    return mdoc_command_refuse (error,
                                "--database and --secret-file are needed");
  if ((arguments.certificate == NULL) != (arguments.key == NULL))
    return mdoc_command_refuse (error, "--tls-cert and --tls-key go together");
  if (arguments.count < 0)
    return mdoc_command_refuse (error, "--count takes a number from 1");
  return consume (command, &arguments, error);
}

const MdocVerb mdoc_issuer_verb_consume = {
  .name = "consume",
  .arguments = "",
  .summary = "Receive the events of a platform, each once",
  .description
  = "Waits for events that a subscription of a platform sends, and prints each "
    "that\nhas not come before. Who has not signed with the secret is refused. "
    "The database\nhas the events and, of each instance of a credential, the "
    "newest generation, its\nattributes as far as events tell them, and its "
    "state. An event is answered when\nit is on the disk.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer consume --listen 127.0.0.1:8444 --database events.db \\\n"
    "      --secret-file events.secret",
  .run = run,
};
