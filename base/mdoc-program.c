/*
 * mdoc-program.c - command lines made of verbs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-program.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/mdoc-text.h"

struct _MdocCommand
{
  const MdocProgram *program;
  const MdocVerb *verb;
  char **argv; /* of the verb: argv[0] is its name; NULL-terminated */
  gpointer option_data;
  gboolean is_json;
};

G_DEFINE_QUARK (mdoc_program_error_quark, mdoc_program_error)

static gboolean
refuse (GError **error, MdocProgramError code, const char *reason)
{
  g_set_error_literal (error, MDOC_PROGRAM_ERROR, (gint) code, reason);
  return FALSE;
}

/**
 * mdoc_command_refuse:
 * @error: return location for a #MdocProgramError
 * @format: what is wrong with the command line, in one line
 *
 * For options that do not go together and values that make no sense.
 *
 * Returns: %MDOC_EXIT_USAGE, so that a verb can end with
 *   `return mdoc_command_refuse (…)`
 */
MdocExit
mdoc_command_refuse (GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  refuse (error, MDOC_PROGRAM_ERROR_USAGE, reason);
  return MDOC_EXIT_USAGE;
}

/* GOption tells a faulty option by a domain of its own; a verb tells it as
 * everything else that is wrong with its command line. */
static gboolean
parse_options (MdocCommand *self,
               const GOptionEntry *entries,
               gboolean *ret_help,
               char **ret_help_text,
               GError **error)
{
  g_autoptr (GOptionContext) context = NULL;
  GOptionGroup *group; /* the context's */
  g_autoptr (GError) fault = NULL;
  gboolean is_json = FALSE;
  gboolean wants_help = FALSE;
  const GOptionEntry common[] = {
    /* clang-format off */
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json,
      "Print the result as JSON, the one form that stays stable", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &wants_help,
      "Show this help", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  context = g_option_context_new (self->verb->arguments);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, self->verb->description);
  group = g_option_group_new ("main", "", "", self->option_data, NULL);
  if (entries != NULL)
    g_option_group_add_entries (group, entries);
  g_option_group_add_entries (group, common);
  g_option_context_set_main_group (context, group);

  if (!g_option_context_parse_strv (context, &self->argv, &fault))
    return refuse (error, MDOC_PROGRAM_ERROR_USAGE, fault->message);

  self->is_json = is_json;
  *ret_help = wants_help;
  if (wants_help)
    *ret_help_text = g_option_context_get_help (context, TRUE, NULL);
  return TRUE;
}

/* GOption leaves a "--" in place when arguments follow it */
static void
drop_double_dash (char **argv)
{
  if (argv[0] == NULL || argv[1] == NULL || strcmp (argv[1], "--") != 0)
    return;

  g_free (argv[1]);
  for (char **p = argv + 1; *p != NULL; p++)
    *p = *(p + 1);
}

/**
 * mdoc_command_set_option_data:
 * @self: a command that has not been parsed yet
 * @data: (nullable): outlives the parsing
 *
 * For options of %G_OPTION_ARG_CALLBACK, whose order matters.
 */
void
mdoc_command_set_option_data (MdocCommand *self, gpointer data)
{
  self->option_data = data;
}

/**
 * mdoc_command_parse:
 * @self: a command
 * @entries: (nullable): the verb's options; --json and --help are added
 * @min_arguments: fewest arguments behind the options
 * @max_arguments: most of them
 * @ret_exit: (out): how the verb has to end if %FALSE is returned
 * @error: return location for a #MdocProgramError
 *
 * Reads the verb's command line, prints its help if asked for.
 *
 * Returns: %TRUE if the verb shall go on
 */
gboolean
mdoc_command_parse (MdocCommand *self,
                    const GOptionEntry *entries,
                    guint min_arguments,
                    guint max_arguments,
                    MdocExit *ret_exit,
                    GError **error)
{
  g_autofree char *help = NULL;
  gboolean wants_help = FALSE;
  guint n_arguments;

  *ret_exit = MDOC_EXIT_USAGE;
  if (!parse_options (self, entries, &wants_help, &help, error))
    return FALSE;

  if (wants_help)
    {
      g_print ("%s", help);
      *ret_exit = MDOC_EXIT_DONE;
      return FALSE;
    }

  drop_double_dash (self->argv);
  n_arguments = mdoc_command_get_n_arguments (self);
  if (n_arguments < min_arguments)
    {
      mdoc_command_refuse (error, "%s is missing", self->verb->arguments);
      return FALSE;
    }
  if (n_arguments > max_arguments)
    {
      mdoc_command_refuse (error,
                           "“%s” is one argument too many",
                           self->argv[1 + max_arguments]);
      return FALSE;
    }

  return TRUE;
}

/**
 * mdoc_command_get_n_arguments:
 * @self: a command that has been parsed
 *
 * Returns: how many arguments stand behind the options
 */
guint
mdoc_command_get_n_arguments (MdocCommand *self)
{
  return g_strv_length (self->argv) - 1;
}

/**
 * mdoc_command_get_argument:
 * @self: a command that has been parsed
 * @index: which argument, from 0
 *
 * Returns: (transfer none) (nullable): the argument, in the encoding of file
 *   names; %NULL if there are not so many
 */
const char *
mdoc_command_get_argument (MdocCommand *self, guint index)
{
  if (index >= mdoc_command_get_n_arguments (self))
    return NULL;

  return self->argv[1 + index];
}

/**
 * mdoc_command_is_json:
 * @self: a command that has been parsed
 *
 * Returns: whether the result is wanted as JSON
 */
gboolean
mdoc_command_is_json (MdocCommand *self)
{
  return self->is_json;
}

/**
 * mdoc_command_get_program:
 * @self: a command
 *
 * Returns: (transfer none): the program it is a verb of
 */
const MdocProgram *
mdoc_command_get_program (MdocCommand *self)
{
  return self->program;
}

static void
print_help (const MdocProgram *self)
{
  g_print ("%s - %s\n\nUsage:\n  %s VERB [OPTION…] [ARGUMENT…]\n\nVerbs:\n",
           self->name,
           self->summary,
           self->name);
  for (const MdocVerb *const *verb = self->verbs; *verb != NULL; verb++)
    if (!(*verb)->is_hidden)
      g_print ("  %-14s %s\n", (*verb)->name, (*verb)->summary);
  g_print ("\n“%s VERB --help” tells the options of a verb.\n", self->name);
  if (self->examples != NULL)
    g_print ("\n%s\n", self->examples);
  g_print ("\nExit status: 0 done, 1 failed, 2 wrong usage, 3 not found or "
           "nothing to do,\n4 denied, 5 the other side broke the protocol or "
           "does not verify, 6 timed out.\n");
}

static const MdocVerb *
find_verb (const MdocProgram *self, const char *name)
{
  for (const MdocVerb *const *verb = self->verbs; *verb != NULL; verb++)
    if (strcmp ((*verb)->name, name) == 0)
      return *verb;

  return NULL;
}

static MdocExit
refuse_verb (const MdocProgram *self, const char *name)
{
  g_autofree char *shown = mdoc_text_to_printable (name);

  g_printerr ("%s: there is no verb “%s”; see “%s --help”\n",
              self->name,
              shown,
              self->name);
  return MDOC_EXIT_USAGE;
}

static MdocExit
run_verb (const MdocProgram *self, const MdocVerb *verb, char **argv)
{
  MdocCommand command = { .program = self, .verb = verb };
  g_autofree char *prgname = NULL;
  g_autoptr (GError) error = NULL;
  MdocExit exit_code;

  /* the usage line that GOption prints begins with it */
  prgname = g_strconcat (self->name, " ", verb->name, NULL);
  g_set_prgname (prgname);

  /* a guess that stands if the options turn out to be faulty */
  command.is_json = g_strv_contains ((const char *const *) argv, "--json");
  command.argv = g_strdupv (argv);
  exit_code = verb->run (&command, &error);
  g_strfreev (command.argv);

  if (error != NULL)
    {
      /* it may quote a file name, or what a stranger sent */
      g_autofree char *message = mdoc_text_to_printable (error->message);
      const char *name = NULL;

      if (self->get_error_name != NULL)
        name = self->get_error_name (error);
      g_printerr ("%s %s: %s%s%s%s\n",
                  self->name,
                  verb->name,
                  message,
                  name != NULL ? " [" : "",
                  name != NULL ? name : "",
                  name != NULL ? "]" : "");
      if (command.is_json && self->print_json_error != NULL)
        self->print_json_error (exit_code, error);
    }
  return exit_code;
}

/* `VERB --help`, spelled `help VERB` */
static MdocExit
run_help (const MdocProgram *self, const char *name)
{
  g_autofree char *name_copy = g_strdup (name);
  char help[] = "--help";
  char *argv[] = { name_copy, help, NULL };
  const MdocVerb *verb;

  if (name == NULL)
    {
      print_help (self);
      return MDOC_EXIT_DONE;
    }

  verb = find_verb (self, name);
  if (verb == NULL)
    return refuse_verb (self, name);
  return run_verb (self, verb, argv);
}

/* A full disk or a closed pipe must not pass for success. */
static MdocExit
flush (const MdocProgram *self, MdocExit exit_code)
{
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      g_printerr ("%s: cannot write the result: %s\n",
                  self->name,
                  g_strerror (errno));
      return exit_code == MDOC_EXIT_DONE ? MDOC_EXIT_FAILED : exit_code;
    }

  return exit_code;
}

/**
 * mdoc_program_run:
 * @self: a program
 * @argc: main()'s
 * @argv: main()'s
 *
 * Finds the verb, runs it, prints what went wrong in one line.
 *
 * Returns: an #MdocExit for main() to end with
 */
int
mdoc_program_run (const MdocProgram *self, int argc, char **argv)
{
  const MdocVerb *verb;

  setlocale (LC_ALL, "");

  if (argc < 2)
    {
      g_printerr ("%s: a verb is missing; see “%s --help”\n",
                  self->name,
                  self->name);
      return MDOC_EXIT_USAGE;
    }

  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return (int) flush (self, run_help (self, NULL));
  if (strcmp (argv[1], "help") == 0)
    return (int) flush (self, run_help (self, argv[2]));
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("%s %s%s%s%s\n",
               self->name,
               PACKAGE_VERSION,
               self->version_note != NULL ? " (" : "",
               self->version_note != NULL ? self->version_note : "",
               self->version_note != NULL ? ")" : "");
      return (int) flush (self, MDOC_EXIT_DONE);
    }

  verb = find_verb (self, argv[1]);
  if (verb == NULL)
    return (int) refuse_verb (self, argv[1]);

  return (int) flush (self, run_verb (self, verb, argv + 1));
}

static MdocExit
run_verbs (MdocCommand *command, GError **error)
{
  const MdocVerb *const *verb = command->program->verbs;
  gboolean is_first = TRUE;
  MdocExit exit_code;

  if (!mdoc_command_parse (command, NULL, 0, 0, &exit_code, error))
    return exit_code;

  /* names of verbs are letters and dashes: nothing to escape */
  for (; *verb != NULL; verb++)
    {
      if ((*verb)->is_hidden)
        continue;
      if (!command->is_json)
        g_print ("%s\n", (*verb)->name);
      else
        g_print ("%s\"%s\"", is_first ? "[" : ", ", (*verb)->name);
      is_first = FALSE;
    }
  if (command->is_json)
    g_print ("]\n");
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_verb_verbs = {
  .name = "verbs",
  .arguments = "",
  .summary = "List the verbs, one a line",
  .description = "Lists the verbs of the program, for tests and completions.",
  .is_hidden = TRUE,
  .run = run_verbs,
};
