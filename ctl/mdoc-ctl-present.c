/*
 * mdoc-ctl-present.c - the verb present
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-consent.h"
#include "ctl/mdoc-ctl-history.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

/* how long the agent has to end what we have cancelled */
#define CANCEL_TIMEOUT_S 5

typedef struct
{
  MdocCtlBusOptions bus;
  char *consent;
  char **allowed;
  gboolean is_yes;
  char *qr;
  gboolean prints_engagement;
  int timeout_s;
  char *transport;
  char *ble_mode;
  char *end;
  char *adapter;
  gboolean use_l2cap;
  MdocCtlConsentMode mode;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->consent);
  g_strfreev (arguments->allowed);
  g_free (arguments->qr);
  g_free (arguments->transport);
  g_free (arguments->ble_mode);
  g_free (arguments->end);
  g_free (arguments->adapter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

typedef struct
{
  GMainLoop *loop;
  GDBusConnection *bus;
  gboolean is_json;
  char *path; /* of the presentation */
  char *state;
  gboolean has_reader;
  gboolean is_over;
  gboolean is_shut_down; /* the agent ended it because it stops */
  gboolean is_agent_gone;
  guint timeout_id;
} Presentation;

/* --- JSON: one object a line, as things happen --- */

static void
print_event (const char *event, const char *key, const char *text)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_alloc ();

  json_object_set_string_member (object, "event", event);
  if (key != NULL)
    json_object_set_string_member (object, key, text);
  json_node_init_object (node, object);
  json_object_unref (object);
  mdoc_ctl_print_json (node, FALSE);
  (void) fflush (stdout);
}

/* --- the engagement --- */

static gboolean
write_qr (GVariant *engagement, const char *path, GError **error)
{
  MdocSpan content;

  if (g_variant_is_of_type (engagement, G_VARIANT_TYPE_BYTESTRING))
    content = MDOC_SPAN (g_variant_get_data (engagement),
                         g_variant_get_size (engagement));
  else
    content = mdoc_span_from_text (g_variant_get_string (engagement, NULL));

  return mdoc_file_write (path, content, MDOC_FILE_REPLACE, error);
}

/* "terminal" is whatever this one can draw */
static const char *
choose_form (const char *qr)
{
  const char *charset = NULL;

  if (strcmp (qr, "terminal") != 0)
    return qr;
  if (!g_get_charset (&charset))
    return "ascii";
  return mdoc_ctl_has_colour (STDERR_FILENO) ? "ansi" : "utf8";
}

static gboolean
draw (Presentation *self, const char *qr, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (qr, ":", 2);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) engagement = NULL;

  if (strcmp (qr, "none") == 0)
    return TRUE;

  reply = mdoc_ctl_call (self->bus,
                         self->path,
                         MDOC_INTERFACE_PRESENTATION,
                         "GetEngagement",
                         g_variant_new ("(s@a{sv})",
                                        choose_form (parts[0]),
                                        mdoc_ctl_no_options ()),
                         "(v)",
                         error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(v)", &engagement);
  if (parts[1] != NULL)
    return write_qr (engagement, parts[1], error);

  g_printerr ("%s\nShow this to the reader.\n",
              g_variant_get_string (engagement, NULL));
  return TRUE;
}

static void
print_engagement (Presentation *self,
                  const Arguments *arguments,
                  const char *uri)
{
  if (self->is_json)
    print_event ("engagement", "uri", uri);
  else if (arguments->prints_engagement)
    g_print ("%s\n", uri);
  /* whoever reads it from a pipe waits for it */
  (void) fflush (stdout);
}

/* --- what happens --- */

static void
finish (Presentation *self)
{
  self->is_over = TRUE;
  g_main_loop_quit (self->loop);
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
  Presentation *self = user_data;
  g_autoptr (GVariant) properties = NULL;
  const char *reason = "";
  const char *state = NULL;

  if (g_strcmp0 (path, self->path) != 0)
    return;

  g_variant_get_child (parameters, 1, "@a{sv}", &properties);
  if (!g_variant_lookup (properties, "State", "&s", &state)
      || g_strcmp0 (state, self->state) == 0)
    return;

  g_free (self->state);
  self->state = g_strdup (state);
  if (self->is_json)
    print_event ("state", "state", state);
  else if (strcmp (state, MDOC_PRESENTATION_CONNECTED) == 0
           && !self->has_reader)
    g_printerr ("A reader is connected.\n");
  self->has_reader = TRUE;

  if (strcmp (state, MDOC_PRESENTATION_ENDED) != 0)
    return;

  g_variant_lookup (properties, "EndReason", "&s", &reason);
  self->is_shut_down = strcmp (reason, MDOC_PRESENTATION_END_SHUTDOWN) == 0;
  finish (self);
}

static void
on_agent_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Presentation *self = user_data;

  self->is_agent_gone = TRUE;
  finish (self);
}

static gboolean
on_cancel_timeout (gpointer user_data)
{
  Presentation *self = user_data;

  self->timeout_id = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  Presentation *self = user_data;

  if (self->timeout_id != 0)
    return G_SOURCE_CONTINUE;

  g_printerr ("\nCancelled\n");
  g_dbus_connection_call (self->bus,
                          MDOC_BUS_NAME,
                          self->path,
                          MDOC_INTERFACE_PRESENTATION,
                          "Cancel",
                          g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                          NULL,
                          G_DBUS_CALL_FLAGS_NONE,
                          -1,
                          NULL,
                          NULL,
                          NULL);
  self->timeout_id = g_timeout_add_seconds (CANCEL_TIMEOUT_S,
                                            on_cancel_timeout,
                                            self);
  return G_SOURCE_CONTINUE;
}

/* --- how it ends --- */

static gboolean
has_outcome (GVariant *requests, const char *outcome)
{
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);
      const char *own = "";

      g_variant_lookup (request, "outcome", "&s", &own);
      if (strcmp (own, outcome) == 0)
        return TRUE;
    }

  return FALSE;
}

static MdocExit
get_exit (const char *reason, GVariant *requests)
{
  if (strcmp (reason, MDOC_PRESENTATION_END_REFUSED) == 0
      || strcmp (reason, MDOC_PRESENTATION_END_CANCELLED) == 0)
    return MDOC_EXIT_DENIED;
  if (strcmp (reason, MDOC_PRESENTATION_END_TIMED_OUT) == 0)
    return MDOC_EXIT_TIMEOUT;
  if (strcmp (reason, MDOC_PRESENTATION_END_READER_FAILED) == 0)
    return MDOC_EXIT_PEER;
  if (strcmp (reason, MDOC_PRESENTATION_END_COMPLETED) != 0)
    return MDOC_EXIT_FAILED;

  if (has_outcome (requests, MDOC_OUTCOME_SHARED))
    return MDOC_EXIT_DONE;
  if (has_outcome (requests, MDOC_OUTCOME_BAD_REQUEST))
    return MDOC_EXIT_PEER;
  return has_outcome (requests, MDOC_OUTCOME_FAILED) ? MDOC_EXIT_FAILED
                                                     : MDOC_EXIT_NOTHING;
}

static void
print_text (GVariant *requests, const char *reason, const char *message)
{
  for (gsize i = 0; i < g_variant_n_children (requests); i++)
    {
      g_autoptr (GVariant) request = g_variant_get_child_value (requests, i);

      mdoc_ctl_print_entry (request);
    }

  g_printerr ("The presentation has ended: %s%s%s%s\n",
              reason,
              message[0] != '\0' ? " (" : "",
              message,
              message[0] != '\0' ? ")" : "");
}

static void
print_result_json (GVariant *result)
{
  JsonNode *node = mdoc_ctl_to_json (result);

  json_object_set_string_member (json_node_get_object (node), "event", "ended");
  mdoc_ctl_print_json (node, FALSE);
}

static MdocExit
report (Presentation *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) requests = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *message = NULL;

  if (self->is_agent_gone || self->is_shut_down)
    {
      mdoc_ctl_refuse (error,
                       MDOC_CTL_ERROR_NO_AGENT,
                       "The agent was stopped, and the presentation with it");
      return mdoc_ctl_error_get_exit (*error);
    }

  reply = mdoc_ctl_call (self->bus,
                         self->path,
                         MDOC_INTERFACE_PRESENTATION,
                         "GetResult",
                         g_variant_new ("(@a{sv})", mdoc_ctl_no_options ()),
                         "(a{sv})",
                         error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  result = g_variant_get_child_value (reply, 0);
  requests = g_variant_lookup_value (result,
                                     "requests",
                                     G_VARIANT_TYPE ("aa{sv}"));
  reason = mdoc_ctl_dup_text (result, "end_reason");
  message = mdoc_ctl_dup_text (result, "message");
  if (self->is_json)
    print_result_json (result);
  else
    print_text (requests, reason, message);
  return get_exit (reason, requests);
}

/* --- doing it --- */

static gboolean
start (Presentation *self, const Arguments *arguments, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;
  const char *uri;

  g_variant_dict_init (&options, NULL);
  if (arguments->timeout_s != 0)
    g_variant_dict_insert (&options,
                           "timeout_s",
                           "u",
                           (guint32) arguments->timeout_s);
  if (arguments->transport != NULL)
    g_variant_dict_insert (&options, "transport", "s", arguments->transport);
  if (arguments->ble_mode != NULL)
    g_variant_dict_insert (&options, "ble_mode", "s", arguments->ble_mode);
  if (arguments->adapter != NULL)
    g_variant_dict_insert (&options, "adapter", "s", arguments->adapter);
  if (arguments->end != NULL)
    g_variant_dict_insert (&options, "end", "s", arguments->end);
  if (arguments->use_l2cap)
    g_variant_dict_insert (&options, "l2cap", "b", TRUE);
  reply = mdoc_ctl_call_manager (self->bus,
                                 "StartPresentation",
                                 g_variant_new ("(@a{sv})",
                                                g_variant_dict_end (&options)),
                                 "(os)",
                                 error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(o&s)", &self->path, &uri);
  print_engagement (self, arguments, uri);
  return draw (self, arguments->qr, error);
}

static MdocExit
present (Presentation *self, const Arguments *arguments, GError **error)
{
  g_autoptr (MdocCtlConsent) consent = NULL;
  guint signal_id;
  guint watch_id;
  guint interrupt_id;
  guint terminate_id;
  MdocExit exit_code;

  if (arguments->mode != MDOC_CTL_CONSENT_POLICY)
    {
      consent = mdoc_ctl_consent_new (self->bus,
                                      arguments->mode,
                                      arguments->allowed,
                                      error);
      if (consent == NULL)
        return mdoc_ctl_error_get_exit (*error);
    }

  /* before it starts, so that nothing is missed */
  interrupt_id = g_unix_signal_add (SIGINT, on_signal, self);
  terminate_id = g_unix_signal_add (SIGTERM, on_signal, self);
  signal_id
      = g_dbus_connection_signal_subscribe (self->bus,
                                            MDOC_BUS_NAME,
                                            "org.freedesktop.DBus.Properties",
                                            "PropertiesChanged",
                                            NULL,
                                            MDOC_INTERFACE_PRESENTATION,
                                            G_DBUS_SIGNAL_FLAGS_NONE,
                                            on_properties,
                                            self,
                                            NULL);
  if (!start (self, arguments, error))
    {
      g_source_remove (interrupt_id);
      g_source_remove (terminate_id);
      g_dbus_connection_signal_unsubscribe (self->bus, signal_id);
      return mdoc_ctl_error_get_exit (*error);
    }

  watch_id = g_bus_watch_name_on_connection (self->bus,
                                             MDOC_BUS_NAME,
                                             G_BUS_NAME_WATCHER_FLAGS_NONE,
                                             NULL,
                                             on_agent_vanished,
                                             self,
                                             NULL);
  if (!self->is_over)
    g_main_loop_run (self->loop);

  exit_code = report (self, error);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_bus_unwatch_name (watch_id);
  g_dbus_connection_signal_unsubscribe (self->bus, signal_id);
  return exit_code;
}

static gboolean
is_known_qr (const char *qr)
{
  static const char *const forms[] = { "terminal",
                                       "ansi",
                                       "utf8",
                                       "ascii",
                                       "none" };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      if (strcmp (qr, forms[i]) == 0)
        return TRUE;
    }

  return (g_str_has_prefix (qr, "svg:") || g_str_has_prefix (qr, "png:"))
         && qr[strlen ("svg:")] != '\0';
}

static gboolean
check_arguments (Arguments *arguments, GError **error)
{
  int n_modes = (arguments->consent != NULL) + (arguments->allowed != NULL)
                + (arguments->is_yes ? 1 : 0);

  if (n_modes > 1)
    {
      mdoc_command_refuse (error,
                           "--consent, --allow and --yes exclude each other");
      return FALSE;
    }

  if (arguments->consent != NULL
      && !mdoc_ctl_consent_mode_from_name (arguments->consent,
                                           &arguments->mode))
    {
      mdoc_command_refuse (error,
                           "--consent %s: it takes ask, all, none or policy",
                           arguments->consent);
      return FALSE;
    }

  if (arguments->is_yes)
    arguments->mode = MDOC_CTL_CONSENT_ALL;
  if (arguments->allowed != NULL)
    arguments->mode = MDOC_CTL_CONSENT_ALLOWED;
  for (guint i = 0; arguments->allowed != NULL && arguments->allowed[i] != NULL;
       i++)
    {
      if (strchr (arguments->allowed[i], '/') == NULL)
        {
          mdoc_command_refuse (error,
                               "--allow %s: it takes NAMESPACE/ELEMENT",
                               arguments->allowed[i]);
          return FALSE;
        }
    }

  if (arguments->qr == NULL)
    arguments->qr = g_strdup (arguments->prints_engagement ? "none"
                                                           : "terminal");
  if (!is_known_qr (arguments->qr))
    {
      mdoc_command_refuse (error,
                           "--qr %s: it takes terminal, ansi, utf8, ascii, "
                           "none, svg:FILE or png:FILE",
                           arguments->qr);
      return FALSE;
    }

  return TRUE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  Presentation presentation = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "consent", 0, 0, G_OPTION_ARG_STRING, &arguments.consent,
      "Who answers: you (the default), always yes or no, or standing policies "
      "and other consent agents", "ask|all|none|policy" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &arguments.is_yes,
      "The same as --consent=all", NULL },
    { "allow", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.allowed,
      "Share this element if it is asked for, and none that is not named so; "
      "may be repeated", "NAMESPACE/ELEMENT" },
    { "qr", 0, 0, G_OPTION_ARG_STRING, &arguments.qr,
      "Where to draw the QR code (default: terminal)",
      "terminal|ansi|utf8|ascii|svg:FILE|png:FILE|none" },
    { "print-engagement", 0, 0, G_OPTION_ARG_NONE, &arguments.prints_engagement,
      "Print the mdoc: URI of the QR code on standard output; draws nothing "
      "unless --qr is given", NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &arguments.timeout_s,
      "How long to wait for a reader, 1 to 120 (default: 120)", "SECONDS" },
    { "transport", 0, 0, G_OPTION_ARG_STRING, &arguments.transport,
      "How a reader comes (default: auto, which is ble if there is an adapter)",
      "auto|ble|loopback" },
    { "ble-mode", 0, 0, G_OPTION_ARG_STRING, &arguments.ble_mode,
      "Part in Bluetooth that the wallet offers to take (default: both)",
      "central|peripheral|both" },
    { "l2cap", 0, 0, G_OPTION_ARG_NONE, &arguments.use_l2cap,
      "Offer an L2CAP channel too", NULL },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &arguments.adapter,
      "Bluetooth adapter to use (default: the first that will do)",
      "hciN|ADDRESS" },
    { "end", 0, 0, G_OPTION_ARG_STRING, &arguments.end,
      "Who ends the session, and how, or what is wrong with its answer; to test "
      "readers (default: reader)", "reader|with-answer|status|..." },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.timeout_s < 0)
    return mdoc_command_refuse (error, "--timeout is 1 to 120 seconds");
  if (!check_arguments (&arguments, error))
    return MDOC_EXIT_USAGE;

  bus = mdoc_ctl_connect (&arguments.bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  loop = g_main_loop_new (NULL, FALSE);
  presentation.loop = loop;
  presentation.bus = bus;
  presentation.is_json = mdoc_command_is_json (command);
  exit_code = present (&presentation, &arguments, error);
  g_free (presentation.path);
  g_free (presentation.state);
  return exit_code;
}

const MdocVerb mdoc_ctl_verb_present = {
  .name = "present",
  .arguments = "",
  .summary = "Show a QR code to a reader and answer what it asks for",
  .description
  = "Draws a QR code, waits for a reader, and asks you about every data "
    "element that\nthe reader wants. Only what you say yes to leaves. A reader "
    "whose certificate\nleads to no trust anchor of yours is announced with a "
    "warning. Ctrl-C cancels.\n"
    "\n"
    "With --json there is one object a line, as things happen: the events "
    "engagement,\nstate and ended.\n"
    "\n"
    "Examples:\n"
    "  mdocctl present\n"
    "  mdocctl present --qr png:code.png\n"
    "  mdocctl present --print-engagement --yes\n"
    "  mdocctl present --allow org.iso.18013.5.1/age_over_18",
  .run = run,
};
