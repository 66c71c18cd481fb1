/*
 * mdoc-ctl-jobs.c - the verb jobs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

static void
print_job (GVariant *job)
{
  g_autofree char *kind = mdoc_ctl_dup_text (job, "kind");
  g_autofree char *state = mdoc_ctl_dup_text (job, "state");
  g_autofree char *step = mdoc_ctl_dup_text (job, "step");
  g_autofree char *credential = mdoc_ctl_dup_text (job, "credential");
  g_autofree char *changed = mdoc_ctl_dup_text (job, "changed");
  g_autofree char *next = mdoc_ctl_dup_text (job, "next");
  gint64 id = 0;

  (void) g_variant_lookup (job, "id", "x", &id);
  g_print ("%6" G_GINT64_FORMAT "  %-9s  %-10s  %-10s  %-16s  %s%s%s\n",
           id,
           state,
           kind,
           step,
           credential,
           changed,
           next[0] != '\0' ? ", again " : "",
           next);
}

static GVariant *
make_options (gboolean wants_all)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (wants_all)
    g_variant_dict_insert (&options, "all", "b", TRUE);
  return g_variant_dict_end (&options);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  gboolean wants_all = FALSE;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) jobs = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "all", 'a', 0, G_OPTION_ARG_NONE, &wants_all,
      "Those too that have ended", NULL },
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (bus,
                                 "ListJobs",
                                 g_variant_new ("(@a{sv})",
                                                make_options (wants_all)),
                                 "(aa{sv})",
                                 error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  jobs = g_variant_get_child_value (reply, 0);
  if (mdoc_command_is_json (command))
    {
      mdoc_ctl_print_variant (jobs);
      return MDOC_EXIT_DONE;
    }

  for (gsize i = 0; i < g_variant_n_children (jobs); i++)
    {
      g_autoptr (GVariant) job = g_variant_get_child_value (jobs, i);

      print_job (job);
    }
  if (g_variant_n_children (jobs) == 0)
    g_printerr ("no jobs\n");
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_jobs = {
  .name = "jobs",
  .arguments = "",
  .summary = "List what the agent has begun and not ended",
  .description
  = "Lists the jobs of the agent: number, state, kind, step, credential, when "
    "the job\nlast changed, and when a step that failed is tried again. They "
    "go on after a\nrestart.\n"
    "\n"
    "Example:\n"
    "  mdocctl jobs --all",
  .run = run,
};
