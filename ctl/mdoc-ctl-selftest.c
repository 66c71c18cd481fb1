/*
 * mdoc-ctl-selftest.c - the verb selftest
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-selftest-run.h"
#include "ctl/mdoc-ctl-verbs.h"
#include "report/mdoc-json.h"

#define DEFAULT_TIMEOUT_S 30
#define MAX_TIMEOUT_S     120
#define MAX_REPEAT        10000

typedef struct
{
  MdocCtlBusOptions bus;
  char *command;
  char *transport;
  char *adapter;
  char **ways;
  char **cases;
  char **skipped;
  char *junit;
  char *html;
  gboolean use_l2cap;
  gboolean is_listing;
  gint repeat;
  gint timeout_s;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->command);
  g_free (self->transport);
  g_free (self->adapter);
  g_strfreev (self->ways);
  g_strfreev (self->cases);
  g_strfreev (self->skipped);
  g_free (self->junit);
  g_free (self->html);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

typedef struct
{
  const MdocCtlWay *way;
  const MdocCtlCase *test;
} Chosen;

/* --- what is run --- */

static gboolean
matches (char **patterns, const MdocCtlWay *way, const MdocCtlCase *test)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", way->name, test->test.name);

  for (; patterns != NULL && *patterns != NULL; patterns++)
    if (g_pattern_match_simple (*patterns, name)
        || g_pattern_match_simple (*patterns, test->test.name))
      return TRUE;
  return FALSE;
}

static gboolean
is_way_chosen (const Arguments *arguments, const MdocCtlWay *way)
{
  gboolean is_loopback = strcmp (way->transport, "loopback") == 0;

  if (arguments->ways != NULL)
    return g_strv_contains ((const char *const *) arguments->ways, way->name);
  if (g_strcmp0 (arguments->transport, "loopback") == 0)
    return is_loopback;
  return !is_loopback && (!way->use_l2cap || arguments->use_l2cap);
}

static GArray *
choose (const Arguments *arguments)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (Chosen));
  guint n_ways, n_cases;
  const MdocCtlWay *ways = mdoc_ctl_selftest_get_ways (&n_ways);
  const MdocCtlCase *cases = mdoc_ctl_selftest_get_cases (&n_cases);

  for (guint i = 0; i < n_ways; i++)
    for (guint j = 0; j < n_cases && is_way_chosen (arguments, &ways[i]); j++)
      {
        const Chosen one = { &ways[i], &cases[j] };

        if ((cases[j].ways & 1u << i) == 0
            || (arguments->cases != NULL
                && !matches (arguments->cases, &ways[i], &cases[j]))
            || matches (arguments->skipped, &ways[i], &cases[j]))
          continue;
        g_array_append_val (chosen, one);
      }
  return chosen;
}

static void
list (MdocCommand *command, GArray *chosen)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < chosen->len; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);
      const MdocSelftestTest *test = &one->test->test;

      if (!mdoc_command_is_json (command))
        {
          g_print ("%s/%s\n    The wallet %s.\n    Must hold: %s.\n",
                   one->way->name,
                   test->name,
                   test->what,
                   test->must);
          continue;
        }
      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "way", one->way->name);
      mdoc_json_add_text (builder, "case", test->name);
      mdoc_json_add_text (builder, "wallet", test->what);
      mdoc_json_add_text (builder, "mustHold", test->must);
      mdoc_json_add_text (builder, "clause", test->clause);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_json (json_builder_get_root (builder), TRUE);
}

static MdocExit
check_arguments (const Arguments *arguments, GError **error)
{
  for (char **way = arguments->ways; way != NULL && *way != NULL; way++)
    if (mdoc_ctl_selftest_find_way (*way) == NULL)
      return mdoc_command_refuse (error,
                                  "--way %s: it takes loopback, central, "
                                  "peripheral, central-l2cap, "
                                  "peripheral-l2cap or "
                                  "peripheral-l2cap-key21",
                                  *way);
  if (arguments->ways != NULL && arguments->transport != NULL)
    return mdoc_command_refuse (error,
                                "--way and --transport exclude each other");
  if (arguments->transport != NULL && strcmp (arguments->transport, "ble") != 0
      && strcmp (arguments->transport, "loopback") != 0)
    return mdoc_command_refuse (error, "--transport is ble or loopback");
  if (arguments->timeout_s < 1 || arguments->timeout_s > MAX_TIMEOUT_S)
    return mdoc_command_refuse (error,
                                "--timeout takes 1 to %d seconds",
                                MAX_TIMEOUT_S);
  if (arguments->repeat < 1 || arguments->repeat > MAX_REPEAT)
    return mdoc_command_refuse (error,
                                "--repeat takes 1 to %d times",
                                MAX_REPEAT);
  return MDOC_EXIT_DONE;
}

/* --- doing it --- */

static volatile sig_atomic_t is_interrupted;

static void
on_interrupt (int number)
{
  is_interrupted = 1;
}

/* The first time, the run that goes on is the last one, and what there is gets
 * reported. The second time is as usual. */
static void
catch_interrupts (void)
{
  struct sigaction action = { .sa_handler = on_interrupt,
                              .sa_flags = (int) SA_RESETHAND };

  is_interrupted = 0;
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

static void
announce (const MdocCtlBench *bench, const Chosen *one, guint i, guint n)
{
  if (bench->command == NULL)
    g_printerr ("\n[%u/%u] %s/%s: the wallet %s.\nMust hold: %s.\n",
                i + 1,
                n,
                one->way->name,
                one->test->test.name,
                one->test->test.what,
                one->test->test.must);
  else if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K[%u/%u] %s/%s",
                i + 1,
                n,
                one->way->name,
                one->test->test.name);
}

static MdocSelftestReport *
run_all (MdocCommand *command,
         const Arguments *arguments,
         const MdocCtlBench *bench,
         GArray *chosen,
         GError **error)
{
  g_autoptr (MdocSelftestReport) report = mdoc_selftest_report_new (
      &mdoc_ctl_selftest_kind);
  gint64 started_us = g_get_monotonic_time ();

  for (guint i = 0; i < chosen->len && !is_interrupted; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);
      MdocSelftestResult *result = mdoc_selftest_report_add (report,
                                                             one->way->name,
                                                             &one->test->test);

      for (gint j = 0; j == 0 || (j < arguments->repeat && !is_interrupted);
           j++)
        {
          MdocSelftestRun run = { 0 };
          gboolean is_done;

          announce (bench, one, i, chosen->len);
          is_done = mdoc_ctl_selftest_run (bench,
                                           one->way,
                                           one->test,
                                           &run,
                                           error);
          g_array_append_val (result->runs, run);
          if (!is_done)
            return NULL;
        }
      if (isatty (STDERR_FILENO))
        g_printerr ("\r\033[K");
      if (!mdoc_command_is_json (command))
        mdoc_selftest_result_print (result);
    }
  report->took_us = g_get_monotonic_time () - started_us;
  report->is_interrupted = is_interrupted != 0;
  return g_steal_pointer (&report);
}

static gboolean
save (const char *path, char *content, GError **error)
{
  g_autofree char *owned = content;

  return path == NULL
         || mdoc_file_write (path,
                             mdoc_span_from_text (owned),
                             MDOC_FILE_PLAIN | MDOC_FILE_REPLACE,
                             error);
}

static MdocExit
finish (MdocCommand *command,
        const Arguments *arguments,
        const MdocSelftestReport *report,
        GError **error)
{
  if (mdoc_command_is_json (command))
    mdoc_ctl_print_json (mdoc_selftest_report_to_json (report), TRUE);
  else
    mdoc_selftest_report_print (report);

  if (!save (arguments->junit, mdoc_selftest_report_to_junit (report), error)
      || !save (arguments->html, mdoc_selftest_report_to_html (report), error))
    return MDOC_EXIT_FAILED;
  return mdoc_selftest_report_get_exit (report);
}

static MdocExit
selftest (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_autoptr (GArray) chosen = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (MdocSelftestReport) report = NULL;
  MdocExit exit_code = check_arguments (arguments, error);
  MdocCtlBench bench = { .command = arguments->command,
                         .adapter = arguments->adapter,
                         .timeout_s = (guint) arguments->timeout_s };

  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  chosen = choose (arguments);
  if (chosen->len == 0)
    return mdoc_command_refuse (error, "No case has such a name");
  if (arguments->is_listing)
    {
      list (command, chosen);
      return MDOC_EXIT_DONE;
    }

  bench.bus = bus = mdoc_ctl_connect (&arguments->bus, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);
  catch_interrupts ();
  report = run_all (command, arguments, &bench, chosen, error);
  return report != NULL ? finish (command, arguments, report, error)
                        : mdoc_ctl_error_get_exit (*error);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .timeout_s = DEFAULT_TIMEOUT_S,
                                   .repeat = 1 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "reader-command", 0, 0, G_OPTION_ARG_STRING, &arguments.command,
      "Run by the shell for each presentation; makes the reader take "
      "$MDOC_SELFTEST_ENGAGEMENT, ends with 0 if it shows data", "CMD" },
    { "transport", 0, 0, G_OPTION_ARG_STRING, &arguments.transport,
      "How the reader comes (default: ble)", "ble|loopback" },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &arguments.adapter,
      "Bluetooth adapter to use (default: the first that will do)",
      "hciN|ADDRESS" },
    { "l2cap", 0, 0, G_OPTION_ARG_NONE, &arguments.use_l2cap,
      "Over Bluetooth, run the ways over L2CAP too", NULL },
    { "way", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.ways,
      "Run this way alone; may be repeated", "NAME" },
    { "case", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.cases,
      "Run the cases of this name alone, with * and ?; may be repeated",
      "PATTERN" },
    { "skip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.skipped,
      "Do not run the cases of this name; may be repeated", "PATTERN" },
    { "repeat", 'n', 0, G_OPTION_ARG_INT, &arguments.repeat,
      "Run each case so often (default: 1)", "TIMES" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &arguments.is_listing,
      "List the cases instead", NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &arguments.timeout_s,
      "How long to wait for a reader (default: 30)", "SECONDS" },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &arguments.junit,
      "Write the report as JUnit XML", "FILE" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &arguments.html,
      "Write the report as one HTML page", "FILE" },
    MDOC_CTL_BUS_ENTRIES (arguments.bus),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  return selftest (command, &arguments, error);
}

const MdocVerb mdoc_ctl_verb_selftest = {
  .name = "selftest",
  .arguments = "",
  .summary = "Run a plan of tests against a reader",
  .description
  = "Presents to a reader again and again, saying yes to all it asks for, ends "
    "the session\nin all the ways there are, answers as no wallet should, is "
    "gone at any byte, and says\nof each case whether what must hold does. "
    "What leaves is real: use a document made for\ntests. --list tells of the "
    "cases.\n"
    "\n"
    "Without --reader-command a QR code is drawn for each presentation, and "
    "what the reader\nshows is for you to see.\n"
    "\n"
    "Ends with 0 if everything has passed, 5 if the reader did something "
    "wrong, 6 if it did\nnot come or end in time.\n"
    "\n"
    "Examples:\n"
    "  mdocctl selftest --list\n"
    "  mdocctl selftest --repeat 20 --html report.html --reader-command \\\n"
    "      'mdoc-reader request --engagement $MDOC_SELFTEST_ENGAGEMENT \\\n"
    "      --preset identity --trust iaca.pem'",
  .run = run,
};
