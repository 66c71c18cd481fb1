/*
 * mdoc-program.h - command lines made of verbs
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MdocExit:
 * @MDOC_EXIT_DONE: done
 * @MDOC_EXIT_FAILED: failed, for a reason none of the others covers
 * @MDOC_EXIT_USAGE: the command line makes no sense
 * @MDOC_EXIT_NOTHING: what was named is not there, or there is nothing to do
 * @MDOC_EXIT_DENIED: a policy or the holder said no
 * @MDOC_EXIT_PEER: the other side broke the protocol, or what it gave does not
 *   verify
 * @MDOC_EXIT_TIMEOUT: the other side did not answer in time
 *
 * How every program of the house ends.
 */
typedef enum
{
  MDOC_EXIT_DONE = 0,
  MDOC_EXIT_FAILED = 1,
  MDOC_EXIT_USAGE = 2,
  MDOC_EXIT_NOTHING = 3,
  MDOC_EXIT_DENIED = 4,
  MDOC_EXIT_PEER = 5,
  MDOC_EXIT_TIMEOUT = 6,
} MdocExit;

/**
 * MdocProgramError:
 * @MDOC_PROGRAM_ERROR_USAGE: the command line makes no sense
 *
 * What mdoc_command_parse() and mdoc_command_refuse() report; the one to blame
 * is whoever typed the command.
 */
typedef enum
{
  MDOC_PROGRAM_ERROR_USAGE,
} MdocProgramError;

#define MDOC_PROGRAM_ERROR (mdoc_program_error_quark ())
GQuark mdoc_program_error_quark (void);

/**
 * MdocCommand:
 *
 * One call of one verb: its arguments, and how the caller wants the result.
 */
typedef struct _MdocCommand MdocCommand;

/**
 * MdocVerb:
 * @name: what is typed
 * @arguments: what follows the options, such as "FILE"; empty if nothing
 * @summary: one line for the list of verbs, without a full stop
 * @description: paragraphs and examples for `VERB --help`
 * @is_hidden: not listed
 * @run: does it. A result goes to standard output. With an error set, the
 *   program prints it and ends with what is returned.
 *
 * A verb is a file of its own; the table of them makes the help.
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description;
  gboolean is_hidden;
  MdocExit (*run) (MdocCommand *command, GError **error);
} MdocVerb;

/**
 * MdocProgram:
 * @name: its file name
 * @summary: one line without a full stop
 * @version_note: (nullable): stands behind the version, such as the library
 *   that does the cryptography
 * @verbs: %NULL-terminated
 * @examples: (nullable): for `--help`
 * @get_error_name: (nullable): a name of an error that scripts can rely on, to
 *   stand behind the message; may return %NULL
 * @print_json_error: (nullable): prints @error on standard output when --json
 *   was given; the line on standard error is printed in any case
 */
typedef struct
{
  const char *name;
  const char *summary;
  const char *version_note;
  const MdocVerb *const *verbs;
  const char *examples;
  const char *(*get_error_name) (const GError *error);
  void (*print_json_error) (MdocExit exit_code, const GError *error);
} MdocProgram;

/* the hidden verb `verbs`, which lists the others for lints and completions */
extern const MdocVerb mdoc_verb_verbs;

int mdoc_program_run (const MdocProgram *self, int argc, char **argv);

/* what callbacks among the options of mdoc_command_parse() are passed */
void mdoc_command_set_option_data (MdocCommand *self, gpointer data);
gboolean mdoc_command_parse (MdocCommand *self,
                             const GOptionEntry *entries,
                             guint min_arguments,
                             guint max_arguments,
                             MdocExit *ret_exit,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint mdoc_command_get_n_arguments (MdocCommand *self);
const char *mdoc_command_get_argument (MdocCommand *self, guint index);
gboolean mdoc_command_is_json (MdocCommand *self);
const MdocProgram *mdoc_command_get_program (MdocCommand *self);
MdocExit mdoc_command_refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
