/*
 * mdoc-reader-selftest.c - the verb selftest
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "base/mdoc-text.h"
#include "reader/mdoc-reader-error.h"
#include "reader/mdoc-reader-input.h"
#include "reader/mdoc-reader-json.h"
#include "reader/mdoc-reader-selftest-run.h"
#include "reader/mdoc-reader-transport.h"
#include "reader/mdoc-reader-trust.h"
#include "reader/mdoc-reader-verbs.h"

#define DEFAULT_TIMEOUT_S 30
#define MAX_TIMEOUT_S     3600
#define MAX_REPEAT        10000

/* What nobody has; the names are long so that there is much of them. */
#define NOWHERE "org.example.mdoc.selftest"
#define N_MANY  200
#define MANY_FORMAT                                                            \
  NOWHERE "/an_element_with_a_long_name_that_no_holder_has_%03u"
#define UNKNOWN_TYPE    NOWHERE ".document"
#define UNKNOWN_ELEMENT NOWHERE "/nothing"

typedef struct
{
  GArray *steps; /* of MdocReaderStep */
  char *engagement;
  char *command;
  char *transport;
  char **ways;
  char **cases;
  char **skipped;
  MdocReaderTrust trust;
  char *adapter;
  char *reader_certificate;
  char *reader_key;
  char *at;
  char *doc_types;
  char *junit;
  char *html;
  gint timeout_s;
  gint repeat;
  gboolean use_l2cap;
  gboolean is_listing;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_array_unref (self->steps);
  g_free (self->engagement);
  g_free (self->command);
  g_free (self->transport);
  g_strfreev (self->ways);
  g_strfreev (self->cases);
  g_strfreev (self->skipped);
  mdoc_reader_trust_clear (&self->trust);
  g_free (self->adapter);
  g_free (self->reader_certificate);
  g_free (self->reader_key);
  g_free (self->at);
  g_free (self->doc_types);
  g_free (self->junit);
  g_free (self->html);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
bench_clear (MdocSelftestBench *self)
{
  g_clear_pointer (&self->holder, mdoc_selftest_holder_free);
  g_clear_pointer (&self->verifier, mdoc_verifier_free);
  for (guint i = 0; i < MDOC_SELFTEST_N_ASKS; i++)
    g_clear_pointer (&self->asks[i], mdoc_reader_ask_free);
  g_clear_pointer (&self->reader_key, mdoc_key_unref);
  g_clear_pointer (&self->reader_chain, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MdocSelftestBench, bench_clear)

static gboolean
on_step (const char *option, const char *value, gpointer data, GError **error)
{
  mdoc_reader_steps_add (((Arguments *) data)->steps, option, value);
  return TRUE;
}

/* --- which of them --- */

static gboolean
matches_one (char *const *patterns, const char *name)
{
  for (; *patterns != NULL; patterns++)
    if (g_pattern_match_simple (*patterns, name))
      return TRUE;
  return FALSE;
}

/* A pattern is of WAY/GROUP/NAME, or of GROUP/NAME in every way. */
static gboolean
matches (char *const *patterns,
         const MdocSelftestWay *way,
         const MdocSelftestCase *test)
{
  g_autofree char *name = g_strconcat (way->name, "/", test->name, NULL);

  return matches_one (patterns, name) || matches_one (patterns, test->name);
}

static gboolean
is_way_chosen (const Arguments *arguments,
               const MdocSelftestWay *way,
               gboolean is_ble)
{
  if (arguments->ways != NULL)
    return g_strv_contains ((const char *const *) arguments->ways, way->name);
  if (way->id == MDOC_SELFTEST_WAY_LOOPBACK)
    return !is_ble;
  return is_ble && (!way->use_l2cap || arguments->use_l2cap);
}

typedef struct
{
  const MdocSelftestWay *way;
  const MdocSelftestCase *test;
} Chosen;

/* One way after the other; what is enough once is in the first. */
static GArray *
choose (const Arguments *arguments)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (Chosen));
  const MdocReaderWay wanted = { .transport = arguments->transport,
                                 .adapter = arguments->adapter };
  gboolean is_ble = arguments->ways == NULL
                    && mdoc_reader_transport_is_ble (&wanted);
  const MdocSelftestWay *ways = mdoc_selftest_get_ways ();
  gboolean is_first = TRUE;
  guint n_cases;
  const MdocSelftestCase *cases = mdoc_selftest_get_cases (&n_cases);

  for (guint i = 0; i < MDOC_SELFTEST_N_WAYS; i++)
    {
      if (!is_way_chosen (arguments, &ways[i], is_ble))
        continue;
      for (guint j = 0; j < n_cases; j++)
        {
          const Chosen one = { &ways[i], &cases[j] };

          if ((cases[j].ways & 1u << i) == 0 || (cases[j].is_once && !is_first)
              || (arguments->cases != NULL
                  && !matches (arguments->cases, &ways[i], &cases[j]))
              || (arguments->skipped != NULL
                  && matches (arguments->skipped, &ways[i], &cases[j])))
            continue;
          g_array_append_val (chosen, one);
        }
      is_first = FALSE;
    }
  return chosen;
}

/* Said once, and not by every case. */
static gboolean
check_adapter (const Arguments *arguments, GArray *chosen, GError **error)
{
  const MdocReaderWay wanted = { .transport = arguments->transport,
                                 .adapter = arguments->adapter };

  for (guint i = 0; i < chosen->len; i++)
    {
      const MdocSelftestWay *way = g_array_index (chosen, Chosen, i).way;

      if (way->ble_mode != NULL)
        return mdoc_reader_transport_check (&wanted,
                                            strcmp (way->ble_mode, "central")
                                                    == 0
                                                ? "peripheral"
                                                : "central",
                                            error);
    }
  return TRUE;
}

static void
list (MdocCommand *command, GArray *chosen)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < chosen->len; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);

      if (!mdoc_command_is_json (command))
        {
          g_print ("%s/%s\n    The reader %s.\n    Must hold: %s.\n",
                   one->way->name,
                   one->test->name,
                   one->test->what,
                   one->test->must);
          continue;
        }
      json_builder_begin_object (builder);
      mdoc_json_add_text (builder, "way", one->way->name);
      mdoc_json_add_text (builder, "case", one->test->name);
      mdoc_json_add_text (builder, "reader", one->test->what);
      mdoc_json_add_text (builder, "mustHold", one->test->must);
      mdoc_json_add_text (builder, "clause", one->test->clause);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (!mdoc_command_is_json (command))
    return;
  root = json_builder_get_root (builder);
  mdoc_reader_print_json (root);
}

/* --- what is needed --- */

static MdocExit
check_names (const Arguments *arguments, GError **error)
{
  if (arguments->transport != NULL
      && !mdoc_reader_transport_is_known (arguments->transport))
    return mdoc_command_refuse (error,
                                "--transport %s: there is no such transport",
                                arguments->transport);
  for (guint i = 0; arguments->ways != NULL && arguments->ways[i] != NULL; i++)
    if (mdoc_selftest_find_way (arguments->ways[i]) == NULL)
      return mdoc_command_refuse (error,
                                  "--way %s: it takes loopback, central, "
                                  "peripheral, central-l2cap, "
                                  "peripheral-l2cap or "
                                  "peripheral-l2cap-key21",
                                  arguments->ways[i]);
  if (arguments->ways != NULL && arguments->transport != NULL)
    return mdoc_command_refuse (error,
                                "--way and --transport exclude each other");
  return MDOC_EXIT_DONE;
}

static MdocExit
check_arguments (const Arguments *arguments,
                 MdocSelftestBench *bench,
                 GError **error)
{
  MdocExit exit_code;

  if (arguments->engagement != NULL && arguments->command != NULL)
    return mdoc_command_refuse (error,
                                "--engagement and --engagement-command exclude "
                                "each other");
  exit_code = mdoc_reader_trust_check (&arguments->trust, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  if ((arguments->reader_certificate == NULL)
      != (arguments->reader_key == NULL))
    return mdoc_command_refuse (error,
                                "--reader-cert and --reader-key go together");
  if (arguments->timeout_s < 1 || arguments->timeout_s > MAX_TIMEOUT_S)
    return mdoc_command_refuse (error,
                                "--timeout takes 1 to %d seconds",
                                MAX_TIMEOUT_S);
  if (arguments->repeat < 1 || arguments->repeat > MAX_REPEAT)
    return mdoc_command_refuse (error,
                                "--repeat takes 1 to %d times",
                                MAX_REPEAT);
  if (arguments->at != NULL
      && !mdoc_reader_input_parse_time (arguments->at, &bench->at_unix_s))
    return mdoc_command_refuse (error,
                                "--at takes a time such as "
                                "2021-01-01T00:00:00Z");
  return MDOC_EXIT_DONE;
}

/* What is asked for where a case does not say otherwise. */
static void
add_usual (GArray *steps, const Arguments *arguments)
{
  for (guint i = 0; i < arguments->steps->len; i++)
    {
      const MdocReaderStep *step = &g_array_index (arguments->steps,
                                                   MdocReaderStep,
                                                   i);
      const MdocReaderStep copy = { step->kind, g_strdup (step->text) };

      g_array_append_val (steps, copy);
    }
  if (steps->len > 0)
    return;

  mdoc_reader_steps_add (steps, "--doctype", MDOC_DOCTYPE_MDL);
  mdoc_reader_steps_add (steps, "--element", MDOC_NAMESPACE_MDL "/family_name");
  mdoc_reader_steps_add (steps, "--element", MDOC_NAMESPACE_MDL "/portrait");
}

/* A type that the holder is thought to have. */
static const char *
get_doc_type (const Arguments *arguments)
{
  for (guint i = 0; i < arguments->steps->len; i++)
    {
      const MdocReaderStep *step = &g_array_index (arguments->steps,
                                                   MdocReaderStep,
                                                   i);

      if (step->kind == MDOC_READER_STEP_DOC_TYPE)
        return step->text;
    }
  return MDOC_DOCTYPE_MDL;
}

static GArray *
make_steps (const Arguments *arguments, MdocSelftestAsk ask)
{
  GArray *steps = mdoc_reader_steps_new ();

  if (ask == MDOC_SELFTEST_ASK_UNKNOWN_ELEMENT)
    {
      mdoc_reader_steps_add (steps, "--doctype", get_doc_type (arguments));
      mdoc_reader_steps_add (steps, "--element", UNKNOWN_ELEMENT);
      return steps;
    }

  if (ask != MDOC_SELFTEST_ASK_UNKNOWN_TYPE)
    add_usual (steps, arguments);
  if (ask == MDOC_SELFTEST_ASK_UNKNOWN_TYPE || ask == MDOC_SELFTEST_ASK_SEVERAL)
    {
      mdoc_reader_steps_add (steps, "--doctype", UNKNOWN_TYPE);
      mdoc_reader_steps_add (steps, "--element", UNKNOWN_ELEMENT);
    }
  for (guint i = 0; ask == MDOC_SELFTEST_ASK_LARGE && i < N_MANY; i++)
    {
      g_autofree char *element = g_strdup_printf (MANY_FORMAT, i);

      mdoc_reader_steps_add (steps, "--element", element);
    }
  return steps;
}

/* The caller's own files: nobody else is to blame for them. */
static gboolean
read_means (const Arguments *arguments,
            MdocSelftestBench *bench,
            GError **error)
{
  g_autoptr (MdocDocTypeTable) doc_types = NULL;

  doc_types = mdoc_reader_input_read_doc_types (arguments->doc_types, error);
  if (doc_types == NULL)
    return FALSE;
  for (guint i = 0; i < MDOC_SELFTEST_N_ASKS; i++)
    {
      g_autoptr (GArray) steps = make_steps (arguments, (MdocSelftestAsk) i);

      bench->asks[i] = mdoc_reader_ask_parse (steps, doc_types, error);
      if (bench->asks[i] == NULL)
        return FALSE;
    }

  bench->verifier = mdoc_reader_trust_new_verifier (&arguments->trust,
                                                    bench->at_unix_s,
                                                    error);
  if (bench->verifier == NULL)
    return FALSE;
  return mdoc_reader_input_read_identity (arguments->reader_certificate,
                                          arguments->reader_key,
                                          &bench->reader_chain,
                                          &bench->reader_key,
                                          error);
}

/* --- doing it --- */

static const char *const way_names[] = {
  "loopback",
  "central",
  "peripheral",
  "central-l2cap",
  "peripheral-l2cap",
  "peripheral-l2cap-key21",
  NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (way_names) == MDOC_SELFTEST_N_WAYS + 1);

static const MdocSelftestKind kind = {
  .program = "mdoc-reader",
  .actor = "reader",
  .command = "holderExit",
  .ways = way_names,
  .times_note
  = "Connect: from the engagement until messages can be sent. First byte: from "
    "the first request to the first byte of its answer, consent included. "
    "Whole: from the engagement until the first answer is there.",
  .get_error_name = mdoc_reader_error_get_name,
  .get_exit = mdoc_reader_error_get_exit,
};

static volatile sig_atomic_t is_interrupted;

static void
on_interrupt (int number)
{
  is_interrupted = 1;
}

/* The first time, the run that goes on is the last one, and what there is gets
 * reported. The second time is as usual. A question at the terminal ends. */
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
show_progress (const Chosen *one, guint i, guint n, gint run, gint repeat)
{
  if (!isatty (STDERR_FILENO))
    return;
  g_printerr ("\r\033[K[%u/%u] %s/%s",
              i + 1,
              n,
              one->way->name,
              one->test->name);
  if (repeat > 1)
    g_printerr (" (%d of %d)", run + 1, repeat);
}

static void
clear_progress (void)
{
  if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
}

static MdocSelftestReport *
run_all (MdocCommand *command,
         const Arguments *arguments,
         const MdocSelftestBench *bench,
         GArray *chosen)
{
  MdocSelftestReport *report = mdoc_selftest_report_new (&kind);
  gint64 started_us = g_get_monotonic_time ();

  for (guint i = 0; i < chosen->len && !is_interrupted; i++)
    {
      const Chosen *one = &g_array_index (chosen, Chosen, i);
      const MdocSelftestTest test = { one->test->name,
                                      one->test->what,
                                      one->test->must,
                                      one->test->clause };
      MdocSelftestResult *result = mdoc_selftest_report_add (report,
                                                             one->way->name,
                                                             &test);

      for (gint j = 0; j == 0 || (j < arguments->repeat && !is_interrupted);
           j++)
        {
          MdocSelftestRun run = { 0 };

          show_progress (one, i, chosen->len, j, arguments->repeat);
          mdoc_selftest_run (bench, one->way, one->test, &run);
          g_array_append_val (result->runs, run);
          clear_progress ();
        }
      if (!mdoc_command_is_json (command))
        mdoc_selftest_result_print (result);
    }
  report->took_us = g_get_monotonic_time () - started_us;
  report->is_interrupted = is_interrupted != 0;
  return report;
}

static gboolean
save (const char *path, char *content, GError **error)
{
  g_autofree char *owned = content;

  return path == NULL
         || mdoc_file_write (path,
                             MDOC_SPAN ((const guint8 *) owned, strlen (owned)),
                             MDOC_FILE_PLAIN | MDOC_FILE_REPLACE,
                             error);
}

static MdocExit
finish (MdocCommand *command,
        const Arguments *arguments,
        const MdocSelftestReport *report,
        GError **error)
{
  g_autoptr (JsonNode) root = NULL;

  if (mdoc_command_is_json (command))
    {
      root = mdoc_selftest_report_to_json (report);
      mdoc_reader_print_json (root);
    }
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
  g_auto (MdocSelftestBench) bench = { 0 };
  g_autoptr (MdocSelftestReport) report = NULL;
  g_autoptr (GArray) chosen = NULL;
  MdocExit exit_code;

  exit_code = check_names (arguments, error);
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

  bench.at_unix_s = g_get_real_time () / G_USEC_PER_SEC;
  exit_code = check_arguments (arguments, &bench, error);
  if (exit_code != MDOC_EXIT_DONE)
    return exit_code;
  if (!read_means (arguments, &bench, error)
      || !check_adapter (arguments, chosen, error))
    {
      exit_code = mdoc_reader_error_get_exit (*error);
      return exit_code == MDOC_EXIT_PEER ? MDOC_EXIT_FAILED : exit_code;
    }

  bench.adapter = arguments->adapter;
  bench.timeout_ms = (guint) arguments->timeout_s * 1000;
  bench.holder = mdoc_selftest_holder_new (arguments->engagement,
                                           arguments->command);
  catch_interrupts ();
  report = run_all (command, arguments, &bench, chosen);
  return finish (command, arguments, report, error);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { .timeout_s = DEFAULT_TIMEOUT_S,
                                   .repeat = 1 };
  gpointer step = __extension__(gpointer) on_step; /* as GOption wants it */
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "engagement", 'e', 0, G_OPTION_ARG_STRING, &arguments.engagement,
      "The holder's mdoc: text, for one case", "TEXT" },
    { "engagement-command", 0, 0, G_OPTION_ARG_STRING, &arguments.command,
      "Run by the shell for each connection; prints the holder's mdoc: text",
      "CMD" },
    { "transport", 0, 0, G_OPTION_ARG_STRING, &arguments.transport,
      "How to reach the holder: auto, ble or loopback (auto)", "NAME" },
    { "adapter", 0, 0, G_OPTION_ARG_STRING, &arguments.adapter,
      "Bluetooth adapter, name or address (the first that will do)", "NAME" },
    { "l2cap", 0, 0, G_OPTION_ARG_NONE, &arguments.use_l2cap,
      "Over Bluetooth, run the ways over L2CAP too", NULL },
    { "way", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.ways,
      "Run this way alone: loopback, central, peripheral, central-l2cap, "
      "peripheral-l2cap or peripheral-l2cap-key21; may be repeated", "NAME" },
    { "case", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.cases,
      "Run the cases of this name alone, with * and ?; may be repeated",
      "PATTERN" },
    { "skip", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.skipped,
      "Do not run the cases of this name; may be repeated", "PATTERN" },
    { "repeat", 'n', 0, G_OPTION_ARG_INT, &arguments.repeat,
      "Run each case so often (1)", "TIMES" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &arguments.is_listing,
      "List the cases instead", NULL },
    { "doctype", 0, 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for a document of this type, or short name: mdl, photoid, pid (mdl)",
      "TYPE" },
    { "element", 0, 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for this element of it; may be repeated (family_name and portrait)",
      "[NS/]ELEMENT[:retain]" },
    { "preset", 'p', 0, G_OPTION_ARG_CALLBACK, step,
      "Ask for a choice of elements such as age-over-18; may be repeated",
      "NAME" },
    MDOC_READER_TRUST_ENTRIES (arguments.trust),
    { "reader-cert", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_certificate,
      "Certificate to sign requests with, chain behind it", "PEM" },
    { "reader-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments.reader_key,
      "Its private key", "PEM" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &arguments.at,
      "Time at which documents have to be valid (now)", "TIME" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &arguments.timeout_s,
      "How long a step may take, consent included (30)", "SECONDS" },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &arguments.junit,
      "Write the report as JUnit XML", "FILE" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &arguments.html,
      "Write the report as one HTML page", "FILE" },
    { "doctypes", 0, 0, G_OPTION_ARG_FILENAME, &arguments.doc_types,
      "Folder of document types instead of the installed one", "DIR" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  arguments.steps = mdoc_reader_steps_new ();
  mdoc_command_set_option_data (command, &arguments);
  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;

  return selftest (command, &arguments, error);
}

const MdocVerb mdoc_reader_verb_selftest = {
  .name = "selftest",
  .arguments = "",
  .summary = "Run a plan of tests against a holder",
  .description
  = "Connects to a holder again and again, asks it for data elements, ends the "
    "session in\nall the ways there are, sends what no reader should send, "
    "breaks off at any byte, and\nsays of each case whether what must hold "
    "does, and how long things took. --list tells\nof the cases.\n"
    "\n"
    "Each connection takes an engagement of its own. --engagement-command runs "
    "a command\nthat makes the holder show the next one and prints it; what "
    "the "
    "case wants of the\nholder is in $MDOC_SELFTEST_TRANSPORT, _BLE_MODE, "
    "_L2CAP and _END. Without it, you\nare asked to paste or scan the next "
    "one.\n"
    "\n"
    "Ends with 0 if everything that could be run has passed, 5 if the holder "
    "did something\nwrong, 6 if it did not answer, 4 if it gave nothing, 3 if "
    "no case could be run.\n"
    "\n"
    "Examples:\n"
    "  mdoc-reader selftest --list\n"
    "  mdoc-reader selftest --trust iaca.pem --html report.html\n"
    "  mdoc-reader selftest --trust iaca.pem --case 'ends/*' --repeat 50 \\\n"
    "      --engagement-command 'mdocctl present --yes --print-engagement \\\n"
    "      --ble-mode $MDOC_SELFTEST_BLE_MODE --end $MDOC_SELFTEST_END'",
  .run = run,
};
