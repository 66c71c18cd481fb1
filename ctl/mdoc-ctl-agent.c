/*
 * mdoc-ctl-agent.c - the verb agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib-unix.h>
#include <signal.h>

#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-consent.h"
#include "ctl/mdoc-ctl-verbs.h"

typedef struct
{
  GMainLoop *loop;
  MdocCtlConsent *consent; /* while the agent is there */
  GError *error;
} Agent;

/* also when it was started again: then it knows nobody */
static void
on_appeared (GDBusConnection *bus,
             const char *name,
             const char *owner,
             gpointer user_data)
{
  Agent *self = user_data;

  self->consent = mdoc_ctl_consent_new (bus,
                                        MDOC_CTL_CONSENT_ASK,
                                        NULL,
                                        &self->error);
  if (self->consent != NULL)
    g_printerr ("Waiting for readers to ask.\n");
  else
    g_main_loop_quit (self->loop);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Agent *self = user_data;

  if (self->consent != NULL)
    g_printerr ("\nThe agent has gone; waiting for it to come back.\n");
  else
    g_printerr ("Waiting for mdoc-agent.\n");
  g_clear_pointer (&self->consent, mdoc_ctl_consent_free);
}

static gboolean
on_signal (gpointer user_data)
{
  Agent *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  Agent agent = { 0 };
  guint watch_id;
  guint interrupt_id;
  guint terminate_id;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  loop = g_main_loop_new (NULL, FALSE);
  agent.loop = loop;
  interrupt_id = g_unix_signal_add (SIGINT, on_signal, &agent);
  terminate_id = g_unix_signal_add (SIGTERM, on_signal, &agent);
  watch_id
      = g_bus_watch_name_on_connection (bus,
                                        MDOC_BUS_NAME,
                                        G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                        on_appeared,
                                        on_vanished,
                                        &agent,
                                        NULL);
  g_main_loop_run (loop);

  g_bus_unwatch_name (watch_id);
  g_source_remove (interrupt_id);
  g_source_remove (terminate_id);
  g_clear_pointer (&agent.consent, mdoc_ctl_consent_free);
  if (agent.error == NULL)
    return MDOC_EXIT_DONE;

  g_propagate_error (error, agent.error);
  return mdoc_ctl_error_get_exit (*error);
}

const MdocVerb mdoc_ctl_verb_agent = {
  .name = "agent",
  .arguments = "",
  .summary = "Stay, and be asked about every request of a reader",
  .description
  = "Registers a consent agent on this terminal, which asks you about the "
    "requests\nthat presentations get which were started without one of their "
    "own. Stays until\nCtrl-C, and comes back when the agent does. At the end "
    "of "
    "standard input every\nanswer is no.\n"
    "\n"
    "Example:\n"
    "  mdocctl agent",
  .run = run,
};
