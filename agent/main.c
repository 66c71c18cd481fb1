/*
 * main.c - mdoc-agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "agent/mdoc-agent-options.h"
#include "agent/mdoc-agent.h"
#include "agent/mdoc-notify.h"
#include "base/mdoc-log.h"
#include "base/mdoc-program.h"
#include "crypto/mdoc-crypto.h"

#define MESSAGE_ID_STARTED "1f0ab5bb2f5d4e1fb4c3a0d3a3e6f0a1"
#define MESSAGE_ID_STOPPED "9b2f4a53b1c54c6c8f0de1c80d7c2b42"
#define MESSAGE_ID_FAILED  "e4c1d21d0c2e4b0e9a8a6f0f51c9b9d3"

typedef struct
{
  GMainLoop *loop;
  MdocAgent *agent;
  MdocNotify *notify;
  MdocExit exit_code;
  gboolean is_stopping;
} Program;

static MdocExit
fail (const char *what, const GError *error)
{
  MdocLogFields fields = { .topic = "agent",
                           .message_id = MESSAGE_ID_FAILED,
                           .error = error };

  mdoc_log (G_LOG_LEVEL_CRITICAL, &fields, "%s", what);
  return MDOC_EXIT_FAILED;
}

static void
on_stopped (gpointer user_data)
{
  Program *program = user_data;

  g_main_loop_quit (program->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  Program *program = user_data;

  if (!program->is_stopping)
    {
      program->is_stopping = TRUE;
      mdoc_notify_stopping (program->notify);
      mdoc_agent_stop (program->agent, on_stopped, program);
    }

  return G_SOURCE_CONTINUE;
}

static void
on_bus_closed (GDBusConnection *bus,
               gboolean has_vanished,
               GError *error,
               gpointer user_data)
{
  Program *program = user_data;

  if (program->is_stopping)
    return;

  program->exit_code = fail ("The bus has gone", error);
  g_main_loop_quit (program->loop);
}

/* what memory is overwritten with when it is freed */
#define FREED_BYTE 0x5a

/* A dump of our memory would hold keys, and so would our memory in /proc for
 * another program of our user. Keys and documents are wiped when they are let
 * go of, but values pass through buffers of libraries that know nothing of it:
 * so everything is overwritten that is freed. */
static void
guard_memory (void)
{
  struct rlimit none = { 0, 0 };

  (void) setrlimit (RLIMIT_CORE, &none);
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
#ifdef M_PERTURB
  (void) mallopt (M_PERTURB, FREED_BYTE);
#endif
}

static MdocExit
serve (MdocAgent *agent, GDBusConnection *bus)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (MdocNotify) notify = NULL;
  MdocLogFields fields = { .topic = "agent", .message_id = MESSAGE_ID_STARTED };
  Program program = { .loop = loop, .agent = agent };
  guint terminate_id = g_unix_signal_add (SIGTERM, on_signal, &program);
  guint interrupt_id = g_unix_signal_add (SIGINT, on_signal, &program);
  gulong closed_id = g_signal_connect (bus,
                                       "closed",
                                       G_CALLBACK (on_bus_closed),
                                       &program);

  mdoc_log (G_LOG_LEVEL_MESSAGE,
            &fields,
            "mdoc-agent %s serves",
            PACKAGE_VERSION);
  notify = mdoc_notify_new ();
  program.notify = notify;
  g_main_loop_run (loop);

  g_signal_handler_disconnect (bus, closed_id);
  g_source_remove (terminate_id);
  g_source_remove (interrupt_id);
  fields.message_id = MESSAGE_ID_STOPPED;
  mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "mdoc-agent stops");
  return program.exit_code;
}

static MdocExit
run (const MdocAgentOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *state_dir = mdoc_agent_options_dup_state_dir (options,
                                                                 &error);
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (MdocAgent) agent = NULL;
  MdocAgentConfig config = { 0 };
  MdocExit exit_code;

  if (state_dir == NULL)
    {
      (void) fail ("mdoc-agent cannot start", error);
      return MDOC_EXIT_USAGE;
    }

  config.state_dir = state_dir;
  config.master_key = options->master_key;
  config.key_stores = (const char *const *) options->key_stores;
  config.doc_types_dir = options->doc_types;
  config.policy_file = options->policy_file;
  config.is_system = !options->use_session;
  config.consent_timeout_ms = (guint) options->consent_timeout_s * 1000;
  config.tls_anchors = options->tls_anchors;
  config.proxy = options->proxy;
  config.client_id = options->client_id;
  config.wallet_attestation = options->wallet_attestation;
  config.attester = options->attester;
  config.allow_plain_loopback = options->allow_plain_loopback;
  config.clock_offset_s = options->clock_offset_s;
  if (options->rekey != NULL)
    return mdoc_agent_rekey (&config, options->rekey, &error)
               ? MDOC_EXIT_DONE
               : fail ("The store is not sealed anew", error);

  agent = mdoc_agent_new (&config, &error);
  if (agent == NULL)
    return fail ("mdoc-agent cannot start", error);

  bus = g_bus_get_sync (options->use_session ? G_BUS_TYPE_SESSION
                                             : G_BUS_TYPE_SYSTEM,
                        NULL,
                        &error);
  if (bus == NULL)
    return fail ("mdoc-agent cannot reach the bus", error);

  g_dbus_connection_set_exit_on_close (bus, FALSE);
  if (!mdoc_agent_start (agent, bus, &error))
    return fail ("mdoc-agent cannot start", error);

  exit_code = serve (agent, bus);
  (void) g_dbus_connection_flush_sync (bus, NULL, NULL);
  return exit_code;
}

int
main (int argc, char **argv)
{
  g_auto (MdocAgentOptions) options = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("mdoc-agent");
  /* the way to a token may be a socket whose other end dies */
  signal (SIGPIPE, SIG_IGN);
  /* the TPM's library would write to standard error what we return as errors */
  g_setenv ("TSS2_LOG", "all+NONE", FALSE);
  if (!mdoc_agent_options_parse (&options, &argc, &argv, &error))
    {
      g_printerr ("mdoc-agent: %s\n", error->message);
      return MDOC_EXIT_USAGE;
    }

  if (options.wants_version)
    {
      g_print ("mdoc-agent %s (%s)\n",
               PACKAGE_VERSION,
               mdoc_crypto_get_backend ());
      return MDOC_EXIT_DONE;
    }

  umask (0077);
  guard_memory ();
  mdoc_log_init (options.log_format, options.is_verbose);
  return (int) run (&options);
}
