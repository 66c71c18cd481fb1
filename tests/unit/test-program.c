/*
 * test-program.c - command lines made of verbs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "base/mdoc-program.h"

#include <stdio.h>
#include <string.h>

static MdocExit
run_copy (MdocCommand *command, GError **error)
{
  gint n_times = 1;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    { "times", 'n', 0, G_OPTION_ARG_INT, &n_times, "How often", "N" },
    G_OPTION_ENTRY_NULL,
  };

  if (!mdoc_command_parse (command, entries, 1, 2, &exit_code, error))
    return exit_code;
  if (n_times < 1)
    return mdoc_command_refuse (error, "--times %d is too few", n_times);

  for (gint i = 0; i < n_times; i++)
    g_print ("%s|%s|%d\n",
             mdoc_command_get_argument (command, 0),
             mdoc_command_get_argument (command, 1) != NULL
                 ? mdoc_command_get_argument (command, 1)
                 : "-",
             mdoc_command_is_json (command));
  return MDOC_EXIT_DONE;
}

static MdocExit
run_fail (MdocCommand *command, GError **error)
{
  MdocExit exit_code;

  if (!mdoc_command_parse (command, NULL, 0, 0, &exit_code, error))
    return exit_code;

  g_set_error (error, MDOC_PROGRAM_ERROR, 7, "the peer is odd");
  return MDOC_EXIT_PEER;
}

static void
print_json_error (MdocExit exit_code, const GError *error)
{
  g_print ("{%d}\n", (int) exit_code);
}

static const MdocVerb copy = {
  .name = "copy",
  .arguments = "FROM [TO]",
  .summary = "Copy something",
  .description = "Copies.",
  .run = run_copy,
};

static const MdocVerb fail = {
  .name = "fail",
  .arguments = "",
  .summary = "Fail always",
  .description = "Fails.",
  .is_hidden = TRUE,
  .run = run_fail,
};

static const MdocVerb *const verbs[] = { &copy, &fail, NULL };

static const MdocProgram program = {
  .name = "tool",
  .summary = "does this and that",
  .version_note = "with care",
  .verbs = verbs,
  .examples = "Example:\n  tool copy a b",
  .print_json_error = print_json_error,
};

/* (arguments, exit, what stdout is like, what stderr is like) */
static const struct
{
  const char *name;
  const char *arguments[6];
  MdocExit exit_code;
  const char *out;
  const char *err;
} cases[] = {
  { "no-verb", { NULL }, MDOC_EXIT_USAGE, "", "*verb is missing*" },
  { "odd-verb", { "burn" }, MDOC_EXIT_USAGE, "", "*no verb “burn”*" },
  { "escape", { "\x1b[2J" }, MDOC_EXIT_USAGE, "", "*no verb*u001b*" },
  { "help",
    { "--help" },
    MDOC_EXIT_DONE,
    "*copy*Copy something*tool copy*",
    "" },
  { "help-hides", { "-h" }, MDOC_EXIT_DONE, "*copy*", "" },
  { "help-verb", { "help", "copy" }, MDOC_EXIT_DONE, "*--times*", "" },
  { "help-odd-verb", { "help", "x" }, MDOC_EXIT_USAGE, "", "*no verb “x”*" },
  { "verb-help",
    { "copy", "--help" },
    MDOC_EXIT_DONE,
    "*tool copy*--json*",
    "" },
  { "version", { "--version" }, MDOC_EXIT_DONE, "tool *(with care)\n", "" },
  { "one", { "copy", "a" }, MDOC_EXIT_DONE, "a|-|0\n", "" },
  { "two", { "copy", "a", "b" }, MDOC_EXIT_DONE, "a|b|0\n", "" },
  { "three", { "copy", "a", "b", "c" }, MDOC_EXIT_USAGE, "", "*“c” is one*" },
  { "none", { "copy" }, MDOC_EXIT_USAGE, "", "*FROM*is missing*" },
  { "option",
    { "copy", "-n", "2", "a" },
    MDOC_EXIT_DONE,
    "a|-|0\na|-|0\n",
    "" },
  { "json", { "copy", "a", "--json" }, MDOC_EXIT_DONE, "a|-|1\n", "" },
  { "dashes", { "copy", "--", "--json" }, MDOC_EXIT_DONE, "--json|-|0\n", "" },
  { "odd-option", { "copy", "--no", "a" }, MDOC_EXIT_USAGE, "", "*--no*" },
  { "odd-value", { "copy", "-n", "x", "a" }, MDOC_EXIT_USAGE, "", "*x*" },
  { "refused",
    { "copy", "-n", "0", "a" },
    MDOC_EXIT_USAGE,
    "",
    "*0 is too few*" },
  { "error", { "fail" }, MDOC_EXIT_PEER, "", "tool fail: the peer is odd\n" },
  { "json-error", { "fail", "--json" }, MDOC_EXIT_PEER, "{5}\n", "*odd*" },
  { "json-usage", { "fail", "--json", "x" }, MDOC_EXIT_USAGE, "{2}\n", "*x*" },
};

static void
test_run (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  char *argv[8] = { g_strdup ("tool") };
  int argc = 1;

  if (g_test_subprocess ())
    {
      for (; cases[i].arguments[argc - 1] != NULL; argc++)
        argv[argc] = g_strdup (cases[i].arguments[argc - 1]);
      g_assert_cmpint (mdoc_program_run (&program, argc, argv),
                       ==,
                       (int) cases[i].exit_code);
      for (int j = 0; j < argc; j++)
        g_free (argv[j]);
      return;
    }

  g_free (argv[0]);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  if (cases[i].out[0] != '\0')
    {
      g_autofree char *wanted = g_strconcat ("*", cases[i].out, "*", NULL);

      g_test_trap_assert_stdout (wanted);
    }
  else
    g_test_trap_assert_stdout_unmatched ("*|*");
  g_test_trap_assert_stdout_unmatched ("*Fail always*");
  if (cases[i].err[0] != '\0')
    g_test_trap_assert_stderr (cases[i].err);
  else
    g_test_trap_assert_stderr ("");
}

/* a result that cannot be written is no success */
static void
test_full_disk (void)
{
  char name[] = "tool", verb[] = "--version";
  char *argv[] = { name, verb, NULL };

  if (g_test_subprocess ())
    {
      g_assert_nonnull (freopen ("/dev/full", "w", stdout));
      g_assert_cmpint (mdoc_program_run (&program, 2, argv),
                       ==,
                       MDOC_EXIT_FAILED);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*cannot write the result*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/program/run/",
                                           cases[i].name,
                                           NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_run);
    }
  g_test_add_func ("/program/full-disk", test_full_disk);

  return g_test_run ();
}
