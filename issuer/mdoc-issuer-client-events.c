/*
 * mdoc-issuer-client-events.c - the verbs events and audit
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"
#include "issuer/mdoc-events-backoff.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"
#include "net/mdoc-sse.h"
#include "openid/mdoc-json.h"

#define PAGE 500
/* between two questions, whatever a platform allows */
#define LEAST_MS 1000
/* longest event: portraits may be in it */
#define MAX_EVENT_BYTES ((gsize) 8 * 1024 * 1024)

static const MdocJsonLimits event_limits = { .max_bytes = MAX_EVENT_BYTES,
                                             .max_depth = MDOC_JSON_MAX_DEPTH,
                                             .max_values = 65536 };

typedef struct
{
  MdocIssuerClientOptions client;
  gint64 since;
  char *type;
  gboolean follow;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  mdoc_issuer_client_options_clear (&self->client);
  g_free (self->type);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
print_event (MdocCommand *command, JsonNode *event)
{
  const char *subject, *time, *type;

  if (mdoc_command_is_json (command))
    {
      /* one a line, so that what follows can be read while it comes */
      g_autofree char *line = mdoc_text_mend_json (
          json_to_string (event, FALSE));

      puts (line);
      return;
    }
  time = mdoc_issuer_client_get (event, "time");
  type = mdoc_issuer_client_get (event, "type");
  subject = mdoc_issuer_client_get (event, "subject");
  g_print ("%s %s %s\n",
           time == NULL ? "-" : time,
           type == NULL ? "-" : type,
           subject == NULL ? "-" : subject);
}

/* Returns: whether it was answered; @ret_n is how many there were */
static gboolean
print_page (MdocCommand *command,
            MdocIssuerClient *client,
            Arguments *arguments,
            guint *ret_n,
            GError **error)
{
  g_autofree char *type = arguments->type == NULL
                              ? NULL
                              : g_uri_escape_string (arguments->type,
                                                     NULL,
                                                     FALSE);
  g_autofree char *path
      = g_strdup_printf ("/events?limit=%d&since=%" G_GINT64_FORMAT "%s%s",
                         PAGE,
                         arguments->since,
                         type == NULL ? "" : "&type=",
                         type == NULL ? "" : type);
  g_autoptr (JsonNode) answer = mdoc_issuer_client_call (client,
                                                         "GET",
                                                         path,
                                                         NULL,
                                                         error);
  JsonObject *object;
  JsonArray *events;

  if (answer == NULL)
    return FALSE;
  object = json_node_get_object (answer);
  /* may well be empty */
  events = mdoc_issuer_client_get_array (answer, "events", error);
  if (events == NULL
      || !mdoc_json_get_int (object,
                             "next",
                             0,
                             MDOC_JSON_MAX_INT,
                             &arguments->since,
                             error))
    return FALSE;
  *ret_n = json_array_get_length (events);
  for (guint i = 0; i < *ret_n; i++)
    {
      JsonNode *event = json_array_get_element (events, i);

      if (JSON_NODE_HOLDS_OBJECT (event))
        print_event (command, event);
    }
  fflush (stdout);
  return TRUE;
}

/* --- what happens next --- */

typedef struct
{
  MdocCommand *command;
  MdocSse *sse;
  gboolean is_wrong; /* what comes are no events */
  guint n_failed;    /* connections in a row that have told nothing */
} Follow;

static void
on_event (const char *id,
          const char *type,
          const char *data,
          gpointer user_data)
{
  Follow *self = user_data;
  JsonObject *object;
  g_autoptr (JsonNode) event = mdoc_json_load_object (mdoc_span_from_text (
                                                          data),
                                                      "the event",
                                                      &event_limits,
                                                      &object,
                                                      NULL);

  (void) id;
  (void) type;
  if (event == NULL)
    {
      self->is_wrong = TRUE;
      return;
    }
  self->n_failed = 0;
  print_event (self->command, event);
  fflush (stdout);
}

static gboolean
on_data (const char *data, gsize len, gpointer user_data)
{
  Follow *self = user_data;

  if (!mdoc_sse_add (self->sse, data, len))
    self->is_wrong = TRUE;
  return !self->is_wrong;
}

/* at most as long as the platform asks for, which it does for browsers */
static void
wait_a_while (Follow *self, const char *why)
{
  const guint retry_ms = mdoc_sse_get_retry_ms (self->sse);
  guint32 random;
  guint64 pause_ms;

  mdoc_random_fill ((guint8 *) &random, sizeof random);
  pause_ms = mdoc_events_backoff_get_pause_ms (++self->n_failed, random, 0);
  if (retry_ms > 0)
    pause_ms = MIN (pause_ms, MAX (retry_ms, LEAST_MS));
  g_printerr ("%s; asking again in %.1f s\n", why, (double) pause_ms / 1000);
  g_usleep (pause_ms * 1000);
}

/* Goes on for as long as it can, over connections that end. */
static MdocExit
follow (MdocCommand *command,
        MdocIssuerClient *client,
        const Arguments *arguments,
        GError **error)
{
  Follow self = { .command = command };
  g_autoptr (MdocSse) sse = mdoc_sse_new (MAX_EVENT_BYTES, on_event, &self);
  g_autofree char *type = arguments->type == NULL
                              ? NULL
                              : g_uri_escape_string (arguments->type,
                                                     NULL,
                                                     FALSE);
  g_autofree char *path = g_strconcat ("/events/stream",
                                       type != NULL ? "?type=" : "",
                                       type,
                                       NULL);
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT,
                                            arguments->since);

  self.sse = sse;
  while (TRUE)
    {
      const char *last = mdoc_sse_get_last_id (sse);
      g_autoptr (GError) failure = NULL;
      gboolean is_temporary;
      gboolean has_ended;

      has_ended = mdoc_issuer_client_listen (client,
                                             path,
                                             *last != '\0' ? last : first,
                                             on_data,
                                             &self,
                                             &is_temporary,
                                             &failure);
      if (self.is_wrong)
        {
          g_set_error_literal (error,
                               MDOC_ISSUER_CLIENT_ERROR,
                               (gint) MDOC_ISSUER_CLIENT_ERROR_ANSWER,
                               "The platform tells what are no events");
          return MDOC_EXIT_PEER;
        }
      if (!has_ended && !is_temporary)
        {
          const MdocExit exit_code = mdoc_issuer_client_exit_of (failure);

          g_propagate_error (error, g_steal_pointer (&failure));
          return exit_code;
        }
      wait_a_while (&self,
                    has_ended ? "The stream has ended" : failure->message);
      mdoc_sse_restart (sse);
    }
}

static MdocExit
run_events (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (MdocIssuerClient) client = NULL;
  MdocExit exit_code;
  guint n;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &arguments.follow,
      "Go on with what happens next", NULL },
    { "since", 0, 0, G_OPTION_ARG_INT64, &arguments.since,
      "Begin behind that event (with the first)", "N" },
    { "type", 0, 0, G_OPTION_ARG_STRING, &arguments.type,
      "Of that type alone", "TYPE" },
    MDOC_ISSUER_CLIENT_ENTRIES (arguments.client),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.since < 0)
    return mdoc_command_refuse (error, "--since takes a number from 0");
  client = mdoc_issuer_client_new (&arguments.client, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);

  while (TRUE)
    {
      if (!print_page (command, client, &arguments, &n, error))
        return (*error)->domain == MDOC_JSON_ERROR
                   ? MDOC_EXIT_PEER
                   : mdoc_issuer_client_exit_of (*error);
      if (n < PAGE)
        return arguments.follow ? follow (command, client, &arguments, error)
                                : MDOC_EXIT_DONE;
    }
}

/* --- audit --- */

static MdocExit
verify (MdocCommand *command, MdocIssuerClient *client, GError **error)
{
  g_autoptr (JsonNode) answer = mdoc_issuer_client_call (client,
                                                         "GET",
                                                         "/audit/verify",
                                                         NULL,
                                                         error);
  JsonObject *object;
  gboolean is_intact;
  gint64 records, first_bad;

  if (answer == NULL)
    return mdoc_issuer_client_exit_of (*error);
  object = json_node_get_object (answer);
  if (!mdoc_json_find_boolean (object, "intact", FALSE, &is_intact, error)
      || !mdoc_json_find_int (object,
                              "records",
                              0,
                              MDOC_JSON_MAX_INT,
                              0,
                              &records,
                              error)
      || !mdoc_json_find_int (object,
                              "firstBad",
                              0,
                              MDOC_JSON_MAX_INT,
                              0,
                              &first_bad,
                              error))
    return MDOC_EXIT_PEER;

  if (mdoc_command_is_json (command))
    mdoc_issuer_client_print (answer);
  else if (is_intact)
    g_print ("intact: %" G_GINT64_FORMAT " records\n", records);
  else
    g_print ("broken: record %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
             " does not fit\n",
             first_bad,
             records);
  return is_intact ? MDOC_EXIT_DONE : MDOC_EXIT_FAILED;
}

/* all of it, in as many answers as it takes */
static MdocExit export(MdocIssuerClient *client, GError **error)
{
  g_autofree char *since = g_strdup ("0");

  while (since != NULL)
    {
      g_autofree char *path = g_strconcat ("/audit/export?since=", since, NULL);
      g_autofree char *next = NULL;
      g_autoptr (GBytes) lines = mdoc_issuer_client_fetch (client,
                                                           path,
                                                           "X-Next-Since",
                                                           &next,
                                                           error);

      if (lines == NULL)
        return mdoc_issuer_client_exit_of (*error);
      fwrite (g_bytes_get_data (lines, NULL),
              1,
              g_bytes_get_size (lines),
              stdout);
      g_free (since);
      since = g_steal_pointer (&next);
    }
  return MDOC_EXIT_DONE;
}

static MdocExit
run_audit (MdocCommand *command, GError **error)
{
  g_auto (MdocIssuerClientOptions) options = { 0 };
  g_autoptr (MdocIssuerClient) client = NULL;
  const char *what;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_ISSUER_CLIENT_ENTRIES (options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  what = mdoc_command_get_argument (command, 0);
  if (strcmp (what, "verify") != 0 && strcmp (what, "export") != 0)
    return mdoc_command_refuse (error, "audit takes verify or export");
  client = mdoc_issuer_client_new (&options, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);
  return strcmp (what, "verify") == 0 ? verify (command, client, error)
                                      : export(client, error);
}

const MdocVerb mdoc_issuer_verb_events = {
  .name = "events",
  .arguments = "",
  .summary = "Print what has happened",
  .description
  = "Prints the events of a running platform, one a line: time, type, and what "
    "it is\nabout. With --json each line is a CloudEvent. --follow listens to "
    "what happens\nnext, and asks again if the connection ends; nothing is "
    "told "
    "twice or left out.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer events --follow",
  .run = run_events,
};

const MdocVerb mdoc_issuer_verb_audit = {
  .name = "audit",
  .arguments = "verify|export",
  .summary = "Check or fetch the audit",
  .description
  = "verify has the platform check the chain of digests that its audit is, and "
    "ends\nwith 1 if a record was changed or is missing. export prints the "
    "records, one a\nline of JSON.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer audit verify",
  .run = run_audit,
};
