/*
 * mdoc-ctl-selftest-run.c - runs one test of a reader
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-selftest-run.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-consent.h"
#include "ctl/mdoc-ctl-output.h"

/* how long a reader may take to end after the presentation has */
#define READER_TIMEOUT_S 10
/* how long an agent may have to do with the presentation before */
#define MAX_STARTS     50
#define START_RETRY_MS 100

/* One presentation of a case. */
typedef struct
{
  const MdocCtlBench *bench;
  const MdocCtlWay *way;
  GMainLoop *loop;
  char *path;
  char *uri;
  char *state;
  char *end_reason;
  gboolean is_shared;
  gboolean is_ended;
  gboolean is_late;
  GSubprocess *reader; /* nullable */
  gint reader_exit;    /* -1: there is none, or it was killed */
  gboolean is_reader_done;
  gint64 engaged_us;
  gint64 connected_us;
  gint64 asked_us;
  gint64 answered_us;
} Meeting;

static void
meeting_clear (Meeting *self)
{
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->end_reason, g_free);
  g_clear_object (&self->reader);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Meeting, meeting_clear)

/* --- what happens --- */

static void
note_state (Meeting *self, const char *state)
{
  gint64 now_us = g_get_monotonic_time ();

  if (strcmp (state, MDOC_PRESENTATION_CONNECTED) == 0
      && self->connected_us == 0)
    self->connected_us = now_us;
  if (strcmp (state, MDOC_PRESENTATION_CONSENT) == 0 && self->asked_us == 0)
    self->asked_us = now_us;
  /* the first that comes after the consent */
  else if (self->asked_us != 0 && self->answered_us == 0)
    self->answered_us = now_us;
  if (strcmp (state, MDOC_PRESENTATION_ENDED) == 0)
    {
      self->is_ended = TRUE;
      g_main_loop_quit (self->loop);
    }
}

static void
on_properties (GDBusConnection *bus,
               const char *sender,
               const char *path,
               const char *interface_name,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
  Meeting *self = user_data;
  g_autoptr (GVariant) properties = NULL;
  const char *state = NULL;

  if (g_strcmp0 (path, self->path) != 0)
    return;
  g_variant_get_child (parameters, 1, "@a{sv}", &properties);
  if (g_variant_lookup (properties, "State", "&s", &state)
      && g_strcmp0 (state, self->state) != 0)
    {
      g_free (self->state);
      self->state = g_strdup (state);
      note_state (self, state);
    }
}

static void
on_reader_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Meeting *self = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  self->is_reader_done = TRUE;
  if (g_subprocess_get_if_exited (G_SUBPROCESS (source)))
    self->reader_exit = g_subprocess_get_exit_status (G_SUBPROCESS (source));
  g_main_loop_quit (self->loop);
}

static gboolean
on_late (gpointer user_data)
{
  Meeting *self = user_data;

  self->is_late = TRUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* Until @is_done, or for so long. */
static gboolean
wait_for (Meeting *self, const gboolean *is_done, guint timeout_s)
{
  guint timer = g_timeout_add_seconds (timeout_s, on_late, self);

  self->is_late = FALSE;
  while (!*is_done && !self->is_late)
    g_main_loop_run (self->loop);
  g_source_remove (timer);
  return *is_done;
}

/* --- the reader --- */

/* A group of its own, so that what the shell has started ends with it. It does
 * not outlive us either. */
static void
set_up_child (gpointer user_data)
{
  (void) setpgid (0, 0);
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
start_reader (Meeting *self, const MdocCtlCase *test, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  const MdocCtlWay *way = self->way;
  const struct
  {
    const char *name;
    const char *value;
  } told[] = {
    { MDOC_ENV_SELFTEST_ENGAGEMENT, self->uri },
    { MDOC_ENV_SELFTEST_CASE, test->test.name },
    { MDOC_ENV_SELFTEST_TRANSPORT, way->transport },
    { MDOC_ENV_SELFTEST_BLE_MODE,
      way->ble_mode != NULL ? way->ble_mode : "central" },
    { MDOC_ENV_SELFTEST_L2CAP, way->use_l2cap ? "--l2cap" : "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    g_subprocess_launcher_setenv (launcher, told[i].name, told[i].value, TRUE);
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  self->reader = g_subprocess_launcher_spawn (launcher,
                                              error,
                                              "/bin/sh",
                                              "-c",
                                              self->bench->command,
                                              NULL);
  if (self->reader == NULL)
    return FALSE;
  g_subprocess_wait_async (self->reader, NULL, on_reader_done, self);
  return TRUE;
}

/* Returns: whether it has ended by itself */
static gboolean
await_reader (Meeting *self, guint timeout_s)
{
  const char *identifier;
  gboolean is_done;

  if (self->reader == NULL)
    return TRUE;
  is_done = wait_for (self, &self->is_reader_done, timeout_s);
  identifier = g_subprocess_get_identifier (self->reader);
  if (!is_done && identifier != NULL)
    {
      (void) kill (-(pid_t) g_ascii_strtoll (identifier, NULL, 10), SIGKILL);
      /* that is never late */
      while (!self->is_reader_done)
        g_main_loop_run (self->loop);
    }
  return is_done;
}

/* --- the agent --- */

static gboolean
show_qr (Meeting *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) engagement = NULL;
  gboolean has_colour = mdoc_ctl_has_colour (STDERR_FILENO);

  reply = mdoc_ctl_call (self->bench->bus,
                         self->path,
                         MDOC_INTERFACE_PRESENTATION,
                         "GetEngagement",
                         g_variant_new ("(s@a{sv})",
                                        has_colour ? "ansi" : "utf8",
                                        mdoc_ctl_no_options ()),
                         "(v)",
                         error);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(v)", &engagement);
  g_printerr ("%s\nShow this to the reader.\n",
              g_variant_get_string (engagement, NULL));
  return TRUE;
}

static GVariant *
make_options (const Meeting *self, const MdocCtlCase *test)
{
  const MdocCtlWay *way = self->way;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "timeout_s", "u", self->bench->timeout_s);
  g_variant_dict_insert (&options, "transport", "s", way->transport);
  g_variant_dict_insert (&options, "end", "s", test->end);
  if (way->ble_mode != NULL)
    g_variant_dict_insert (&options, "ble_mode", "s", way->ble_mode);
  if (way->use_l2cap)
    {
      g_variant_dict_insert (&options, "l2cap", "b", TRUE);
      g_variant_dict_insert (&options, "psm", "b", way->names_psm);
    }
  if (self->bench->adapter != NULL)
    g_variant_dict_insert (&options, "adapter", "s", self->bench->adapter);
  return g_variant_dict_end (&options);
}

static gboolean
on_pause_over (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* An agent may still have to do with the reader before. */
static gboolean
start (Meeting *self, const MdocCtlCase *test, GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (GVariant) reply
          = mdoc_ctl_call_manager (self->bench->bus,
                                   "StartPresentation",
                                   g_variant_new ("(@a{sv})",
                                                  make_options (self, test)),
                                   "(os)",
                                   &reason);

      if (reply != NULL)
        {
          g_variant_get (reply, "(os)", &self->path, &self->uri);
          self->engaged_us = g_get_monotonic_time ();
          return TRUE;
        }
      if (i + 1 >= MAX_STARTS
          || !g_error_matches (reason,
                               MDOC_CTL_ERROR,
                               (gint) MDOC_CTL_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      g_timeout_add (START_RETRY_MS, on_pause_over, self->loop);
      g_main_loop_run (self->loop);
    }
}

static gboolean
cancel (Meeting *self, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call (self->bench->bus,
                       self->path,
                       MDOC_INTERFACE_PRESENTATION,
                       "Cancel",
                       g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                       "()",
                       error);

  return reply != NULL;
}

static gboolean
fetch_result (Meeting *self, GError **error)
{
  g_autoptr (GVariant) reply
      = mdoc_ctl_call (self->bench->bus,
                       self->path,
                       MDOC_INTERFACE_PRESENTATION,
                       "GetResult",
                       g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                       "(a{sv})",
                       error);
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) requests = NULL;

  if (reply == NULL)
    return FALSE;
  result = g_variant_get_child_value (reply, 0);
  self->end_reason = mdoc_ctl_dup_text (result, "end_reason");
  requests = g_variant_lookup_value (result,
                                     "requests",
                                     G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; requests != NULL && i < g_variant_n_children (requests);
       i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      g_autofree char *outcome = mdoc_ctl_dup_text (request, "outcome");

      if (strcmp (outcome, MDOC_OUTCOME_SHARED) == 0)
        self->is_shared = TRUE;
    }
  return TRUE;
}

/* --- one presentation --- */

/* Returns: %FALSE if the agent could not do its part */
static gboolean
go_through (Meeting *self, const MdocCtlCase *test, GError **error)
{
  if (!start (self, test, error))
    return FALSE;
  if (test->is_cancelled && !cancel (self, error))
    return FALSE;
  if (self->bench->command != NULL ? !start_reader (self, test, error)
                                   : !show_qr (self, error))
    return FALSE;

  /* the agent gives up by itself where no reader comes */
  if (!wait_for (self, &self->is_ended, self->bench->timeout_s * 2))
    {
      if (!cancel (self, error))
        return FALSE;
      (void) wait_for (self, &self->is_ended, READER_TIMEOUT_S);
      g_free (self->end_reason);
      self->end_reason = g_strdup (MDOC_PRESENTATION_END_TIMED_OUT);
      return TRUE;
    }
  return fetch_result (self, error);
}

/* Otherwise it would stay until we leave the bus. */
static void
unregister_consent (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply G_GNUC_UNUSED
      = mdoc_ctl_call_manager (bus,
                               "UnregisterConsentAgent",
                               g_variant_new ("(o@a{sv})",
                                              MDOC_CTL_CONSENT_PATH,
                                              mdoc_ctl_no_options ()),
                               "()",
                               NULL);
}

static gboolean
meet (Meeting *self, const MdocCtlCase *test, GError **error)
{
  g_autoptr (MdocCtlConsent) consent = NULL;
  /* over Bluetooth a reader looks for a wallet that is not there for as long as
   * its owner lets it */
  guint reader_s = test->is_cancelled ? self->bench->timeout_s
                                      : READER_TIMEOUT_S;
  gboolean is_done;
  guint signal_id;

  consent = mdoc_ctl_consent_new (self->bench->bus,
                                  test->is_refused ? MDOC_CTL_CONSENT_NONE
                                                   : MDOC_CTL_CONSENT_ALL,
                                  NULL,
                                  error);
  if (consent == NULL)
    return FALSE;
  signal_id
      = g_dbus_connection_signal_subscribe (self->bench->bus,
                                            MDOC_BUS_NAME,
                                            "org.freedesktop.DBus.Properties",
                                            "PropertiesChanged",
                                            NULL,
                                            MDOC_INTERFACE_PRESENTATION,
                                            G_DBUS_SIGNAL_FLAGS_NONE,
                                            on_properties,
                                            self,
                                            NULL);
  is_done = go_through (self, test, error);
  if (self->reader != NULL && !await_reader (self, reader_s) && is_done)
    is_done = mdoc_ctl_refuse (error,
                               MDOC_CTL_ERROR_TIMED_OUT,
                               "The reader did not end within %u s",
                               reader_s);
  g_dbus_connection_signal_unsubscribe (self->bench->bus, signal_id);
  unregister_consent (self->bench->bus);
  return is_done;
}

/* --- what must hold --- */

static gboolean
judge_shown (const Meeting *self, GError **error)
{
  if (!self->is_shared)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_PEER,
                            "The reader asked for nothing that was answered: "
                            "%s",
                            self->end_reason);
  if (self->reader != NULL && self->reader_exit != 0)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_PEER,
                            "The reader shows no data: its command ended with "
                            "%d",
                            self->reader_exit);
  return TRUE;
}

static gboolean
judge_nothing (const Meeting *self, GError **error)
{
  if (self->reader != NULL && self->reader_exit == 0)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_PEER,
                            "The reader shows data: its command ended with 0");
  return TRUE;
}

static gboolean
judge (const Meeting *self, const MdocCtlCase *test, GError **error)
{
  if (strcmp (self->end_reason, MDOC_PRESENTATION_END_TIMED_OUT) == 0)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_TIMED_OUT,
                            self->connected_us == 0
                                ? "No reader came"
                                : "The reader did not end it in time");
  if (!test->is_cancelled && self->asked_us == 0)
    return mdoc_ctl_refuse (error,
                            MDOC_CTL_ERROR_PEER,
                            "The reader asked for nothing: %s",
                            self->end_reason);
  return test->expectation == MDOC_CTL_EXPECT_SHOWN
             ? judge_shown (self, error)
             : judge_nothing (self, error);
}

static gint64
since (gint64 from_us, gint64 to_us)
{
  return from_us > 0 && to_us > from_us ? to_us - from_us : 0;
}

/* What is no answer, or is followed by nothing that the wallet could see, takes
 * no time to answer. */
static void
note_times (const Meeting *self, const MdocCtlCase *test, MdocSelftestRun *run)
{
  run->connect_us = since (self->engaged_us, self->connected_us);
  run->first_us = since (self->connected_us, self->asked_us);
  if (test->expectation == MDOC_CTL_EXPECT_SHOWN
      && strcmp (test->end, "vanish") != 0)
    run->whole_us = since (self->engaged_us, self->answered_us);
}

/* Returns: %FALSE if the agent could not begin. Otherwise what is wrong with
 * the reader is in @ret_fault. */
static gboolean
try_once (const MdocCtlBench *bench,
          const MdocCtlWay *way,
          const MdocCtlCase *test,
          MdocSelftestRun *run,
          GError **ret_fault,
          GError **error)
{
  g_auto (Meeting) meeting = { .bench = bench,
                               .way = way,
                               .loop = g_main_loop_new (NULL, FALSE),
                               .reader_exit = -1 };
  g_autoptr (GError) reason = NULL;

  if (!meet (&meeting, test, &reason))
    {
      /* the reader, if there was one to blame */
      g_propagate_error (meeting.reader != NULL ? ret_fault : error,
                         g_steal_pointer (&reason));
      return meeting.reader != NULL;
    }
  if (run != NULL)
    {
      note_times (&meeting, test, run);
      run->command_exit = meeting.reader_exit;
      run->note = g_strdup_printf ("ended: %s", meeting.end_reason);
    }
  (void) judge (&meeting, test, ret_fault);
  return TRUE;
}

gboolean
mdoc_ctl_selftest_run (const MdocCtlBench *bench,
                       const MdocCtlWay *way,
                       const MdocCtlCase *test,
                       MdocSelftestRun *ret_run,
                       GError **error)
{
  static const MdocCtlCase usual = { .test = { "", "", "", "" },
                                     .end = "reader",
                                     .expectation = MDOC_CTL_EXPECT_SHOWN };
  gboolean is_usual = strcmp (test->end, "reader") == 0 && !test->is_refused
                      && !test->is_cancelled;
  gint64 start_us = g_get_monotonic_time ();

  ret_run->command_exit = -1;
  if (!try_once (bench, way, test, ret_run, &ret_run->error, error))
    return FALSE;
  if (ret_run->error == NULL && !is_usual)
    {
      MdocCtlCase next = usual;

      /* under the name of the case, whose part it is */
      next.test = test->test;
      if (!try_once (bench, way, &next, NULL, &ret_run->error, error))
        return FALSE;
      g_prefix_error (&ret_run->error, "The next presentation: ");
    }
  ret_run->outcome = ret_run->error == NULL ? MDOC_SELFTEST_PASSED
                                            : MDOC_SELFTEST_FAILED;
  ret_run->took_us = g_get_monotonic_time () - start_us;
  return TRUE;
}
