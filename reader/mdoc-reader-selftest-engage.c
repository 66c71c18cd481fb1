/*
 * mdoc-reader-selftest-engage.c - where engagements come from, one a test
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "reader/mdoc-reader-selftest-engage.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"

#define MAX_LINE_BYTES 8192
#define MAX_LINES      64

/* A command that fails is tried again: a holder may need a moment to get over
 * what was done to it. */
#define MAX_TRIES 20
#define RETRY_MS  250

#define ENGAGE_TIMEOUT_MS 30000
#define END_TIMEOUT_MS    10000

struct _MdocSelftestHolder
{
  char *engagement; /* nullable: gone once it was used */
  char *command;    /* nullable */
  gboolean is_asking;
  gboolean is_at_end; /* of standard input */
  GSubprocess *process;
  pid_t group; /* of the process; 0: none */
  GDataInputStream *output;
};

/* What an answer of GIO goes into. */
typedef struct
{
  GAsyncResult *result;
  gboolean is_late;
} Answer;

/**
 * mdoc_selftest_holder_new:
 * @engagement: (nullable): the one that there is
 * @command: (nullable): prints one each time it is run, for /bin/sh
 *
 * Returns: (transfer full): the holder
 */
MdocSelftestHolder *
mdoc_selftest_holder_new (const char *engagement, const char *command)
{
  MdocSelftestHolder *self = g_new0 (MdocSelftestHolder, 1);

  self->engagement = g_strdup (engagement);
  self->command = g_strdup (command);
  self->is_asking = engagement == NULL && command == NULL;
  return self;
}

gboolean
mdoc_selftest_holder_can_end (MdocSelftestHolder *self)
{
  return self->command != NULL || self->is_asking;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Answer *) user_data)->result = g_object_ref (result);
}

static gboolean
on_late (gpointer user_data)
{
  ((Answer *) user_data)->is_late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs @context until the answer is there or it is too late, in which case the
 * operation is cancelled. */
static void
wait_for_answer (GMainContext *context,
                 Answer *answer,
                 GCancellable *cancellable,
                 guint timeout_ms)
{
  g_autoptr (GSource) timer = g_timeout_source_new (timeout_ms);

  g_source_set_callback (timer, on_late, answer, NULL);
  g_source_attach (timer, context);
  while (answer->result == NULL)
    {
      if (answer->is_late)
        g_cancellable_cancel (cancellable);
      g_main_context_iteration (context, TRUE);
    }
  g_source_destroy (timer);
}

static void
pause_ms (guint ms)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) timer = g_timeout_source_new (ms);
  Answer answer = { 0 };

  g_source_set_callback (timer, on_late, &answer, NULL);
  g_source_attach (timer, context);
  while (!answer.is_late)
    g_main_context_iteration (context, TRUE);
}

/* --- a command --- */

/* A group of its own, so that what the shell has started ends with it, and does
 * not end with what is typed at us. It does not outlive us either. */
static void
set_up_child (gpointer user_data)
{
  (void) setpgid (0, 0);
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
spawn (MdocSelftestHolder *self,
       const MdocSelftestWay *way,
       const MdocSelftestCase *test,
       GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  const char *identifier;

  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  g_subprocess_launcher_setenv (launcher,
                                MDOC_ENV_SELFTEST_CASE,
                                test->name,
                                TRUE);
  g_subprocess_launcher_setenv (launcher,
                                MDOC_ENV_SELFTEST_END,
                                mdoc_selftest_end_get_name (test->end),
                                TRUE);
  g_subprocess_launcher_setenv (launcher,
                                MDOC_ENV_SELFTEST_TRANSPORT,
                                way->transport,
                                TRUE);
  g_subprocess_launcher_setenv (launcher,
                                MDOC_ENV_SELFTEST_BLE_MODE,
                                way->ble_mode != NULL ? way->ble_mode : "both",
                                TRUE);
  g_subprocess_launcher_setenv (launcher,
                                MDOC_ENV_SELFTEST_L2CAP,
                                way->use_l2cap ? "--l2cap" : "",
                                TRUE);
  self->process = g_subprocess_launcher_spawn (launcher,
                                               error,
                                               "/bin/sh",
                                               "-c",
                                               self->command,
                                               NULL);
  if (self->process == NULL)
    return FALSE;

  identifier = g_subprocess_get_identifier (self->process);
  self->group = identifier != NULL
                    ? (pid_t) g_ascii_strtoll (identifier, NULL, 10)
                    : 0;
  self->output = g_data_input_stream_new (
      g_subprocess_get_stdout_pipe (self->process));
  return TRUE;
}

/* Returns: (nullable): %NULL at the end of its output, or when it takes too
 * long */
static char *
read_line (MdocSelftestHolder *self, gboolean *ret_is_late)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Answer answer = { 0 };
  char *line;

  g_main_context_push_thread_default (context);
  g_data_input_stream_read_line_async (self->output,
                                       G_PRIORITY_DEFAULT,
                                       cancellable,
                                       on_answer,
                                       &answer);
  wait_for_answer (context, &answer, cancellable, ENGAGE_TIMEOUT_MS);
  result = answer.result;
  line = g_data_input_stream_read_line_finish (self->output,
                                               result,
                                               NULL,
                                               NULL);
  g_main_context_pop_thread_default (context);
  *ret_is_late = answer.is_late;
  return line;
}

/* The first line that is an engagement. */
static char *
read_engagement_line (MdocSelftestHolder *self, gboolean *ret_is_late)
{
  *ret_is_late = FALSE;
  for (guint i = 0; i < MAX_LINES; i++)
    {
      g_autofree char *line = read_line (self, ret_is_late);

      if (line == NULL)
        return NULL;
      g_strstrip (line);
      if (g_ascii_strncasecmp (line, "mdoc:", 5) == 0)
        return g_steal_pointer (&line);
    }
  return NULL;
}

static char *
run_command (MdocSelftestHolder *self,
             const MdocSelftestWay *way,
             const MdocSelftestCase *test,
             GError **error)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      char *line;
      gboolean is_late;

      if (i > 0)
        pause_ms (RETRY_MS);
      if (!spawn (self, way, test, error))
        return NULL;
      line = read_engagement_line (self, &is_late);
      if (line != NULL)
        return line;
      (void) mdoc_selftest_holder_release (self);
      if (is_late)
        {
          mdoc_reader_refuse (error,
                              MDOC_READER_ERROR_TIMEOUT,
                              "The command printed no engagement within %d s",
                              ENGAGE_TIMEOUT_MS / 1000);
          return NULL;
        }
    }

  mdoc_reader_refuse (error,
                      MDOC_READER_ERROR_INPUT,
                      "The command printed no engagement, %d times in %d s",
                      MAX_TRIES,
                      MAX_TRIES * RETRY_MS / 1000);
  return NULL;
}

static void
signal_group (MdocSelftestHolder *self, int number)
{
  if (self->group > 1)
    (void) kill (-self->group, number);
}

static gboolean
wait_for_exit (MdocSelftestHolder *self, guint timeout_ms)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Answer answer = { 0 };
  gboolean has_ended;

  g_main_context_push_thread_default (context);
  g_subprocess_wait_async (self->process, cancellable, on_answer, &answer);
  wait_for_answer (context, &answer, cancellable, timeout_ms);
  result = answer.result;
  has_ended = g_subprocess_wait_finish (self->process, result, NULL);
  g_main_context_pop_thread_default (context);
  return has_ended;
}

/**
 * mdoc_selftest_holder_release:
 * @self: a holder
 *
 * Returns: the exit status of its command, or -1
 */
gint
mdoc_selftest_holder_release (MdocSelftestHolder *self)
{
  gint status = -1;

  if (self->process == NULL)
    return -1;

  if (wait_for_exit (self, END_TIMEOUT_MS))
    {
      if (g_subprocess_get_if_exited (self->process))
        status = g_subprocess_get_exit_status (self->process);
    }
  else
    {
      signal_group (self, SIGTERM);
      if (!wait_for_exit (self, END_TIMEOUT_MS))
        {
          signal_group (self, SIGKILL);
          (void) wait_for_exit (self, END_TIMEOUT_MS);
        }
    }
  g_clear_object (&self->output);
  g_clear_object (&self->process);
  self->group = 0;
  return status;
}

void
mdoc_selftest_holder_free (MdocSelftestHolder *self)
{
  if (self == NULL)
    return;

  signal_group (self, SIGTERM);
  (void) mdoc_selftest_holder_release (self);
  g_free (self->engagement);
  g_free (self->command);
  g_free (self);
}

/* --- a person --- */

static const char *
tell_end (MdocSelftestEnd end)
{
  switch (end)
    {
    case MDOC_SELFTEST_END_WITH_ANSWER:
      return "; it has to end the session by status 20 with its answer";
    case MDOC_SELFTEST_END_STATUS:
      return "; end the session there after the answer, by status 20";
    case MDOC_SELFTEST_END_TRANSPORT:
      return "; end the connection there after the answer, in order";
    case MDOC_SELFTEST_END_VANISH:
      return "; break the connection there after the answer";
    case MDOC_SELFTEST_END_READER:
    default:
      return "";
    }
}

static char *
ask_person (MdocSelftestHolder *self,
            const MdocSelftestWay *way,
            const MdocSelftestCase *test,
            GError **error)
{
  char line[MAX_LINE_BYTES];

  g_printerr ("%s/%s: the reader %s.\nShow the holder's next QR code (%s%s) "
              "and "
              "paste or scan its text;\nan empty line skips the case: ",
              way->name,
              test->name,
              test->what,
              way->name,
              tell_end (test->end));
  if (!self->is_at_end && fgets (line, sizeof line, stdin) != NULL)
    {
      g_strstrip (line);
      if (line[0] != '\0')
        return g_strdup (line);
      mdoc_reader_refuse (error,
                          MDOC_READER_ERROR_SKIPPED,
                          "Skipped at the terminal");
      return NULL;
    }

  self->is_at_end = TRUE;
  mdoc_reader_refuse (error,
                      MDOC_READER_ERROR_SKIPPED,
                      "There is no other engagement");
  return NULL;
}

/**
 * mdoc_selftest_holder_engage:
 * @self: a holder
 * @way: how it should be reachable
 * @test: for which test
 * @error: return location for a #MdocReaderError, #MdocEngagementError,
 *   #MdocCborError or #GIOError
 *
 * Returns: (transfer full): its next engagement, or %NULL with @error set
 */
MdocDeviceEngagement *
mdoc_selftest_holder_engage (MdocSelftestHolder *self,
                             const MdocSelftestWay *way,
                             const MdocSelftestCase *test,
                             GError **error)
{
  g_autofree char *uri = NULL;

  (void) mdoc_selftest_holder_release (self);
  if (self->command != NULL)
    uri = run_command (self, way, test, error);
  else if (self->is_asking)
    uri = ask_person (self, way, test, error);
  else if (self->engagement != NULL)
    uri = g_steal_pointer (&self->engagement);
  else
    mdoc_reader_refuse (error,
                        MDOC_READER_ERROR_SKIPPED,
                        "--engagement is good for one connection, and used up");
  return uri != NULL ? mdoc_device_engagement_parse_uri (uri, error) : NULL;
}
