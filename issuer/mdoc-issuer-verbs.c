/*
 * mdoc-issuer-verbs.c - what mdoc-issuer can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-verbs.h"

#include <stdio.h>

#include "base/mdoc-file.h"
#include "base/mdoc-text.h"
#include "crypto/mdoc-crypto.h"

static const MdocVerb *const verbs[] = {
  /* clang-format off */
  &mdoc_issuer_verb_make_pki,
  &mdoc_issuer_verb_lint,
  &mdoc_issuer_verb_sign,
  &mdoc_issuer_verb_make_crl,
#ifdef HAVE_SERVE
  &mdoc_issuer_verb_check_profile,
  &mdoc_issuer_verb_serve,
  &mdoc_issuer_verb_make_admin_key,
  &mdoc_issuer_verb_offer,
  &mdoc_issuer_verb_suspend,
  &mdoc_issuer_verb_reinstate,
  &mdoc_issuer_verb_revoke,
  &mdoc_issuer_verb_update,
  &mdoc_issuer_verb_requests,
  &mdoc_issuer_verb_events,
  &mdoc_issuer_verb_report,
  &mdoc_issuer_verb_audit,
  &mdoc_issuer_verb_consume,
#endif
  &mdoc_verb_verbs,
  NULL,
  /* clang-format on */
};

/**
 * mdoc_issuer_print_json:
 * @builder: (transfer none): a finished value
 *
 * Prints it on standard output, indented, with a line break behind it.
 */
void
mdoc_issuer_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = mdoc_text_mend_json (json_to_string (root, TRUE));

  /* in UTF-8 whatever the locale says, which g_print() would obey */
  puts (text);
}

/**
 * mdoc_issuer_exit_of:
 * @error: why a verb cannot go on
 *
 * Returns: %MDOC_EXIT_NOTHING if a file is not there, else %MDOC_EXIT_FAILED
 */
MdocExit
mdoc_issuer_exit_of (const GError *error)
{
  return g_error_matches (error, MDOC_FILE_ERROR, MDOC_FILE_ERROR_NOT_FOUND)
             ? MDOC_EXIT_NOTHING
             : MDOC_EXIT_FAILED;
}

static void
print_json_error (MdocExit exit_code, const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "exit");
  json_builder_add_int_value (builder, (gint64) exit_code);
  json_builder_set_member_name (builder, "message");
  json_builder_add_string_value (builder, error->message);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  mdoc_issuer_print_json (builder);
}

/**
 * mdoc_issuer_get_program:
 *
 * Returns: the program, to be run by main() or looked at by a test
 */
MdocProgram
mdoc_issuer_get_program (void)
{
  return (MdocProgram){
    .name = "mdoc-issuer",
    .summary = "makes certificates and signs mobile documents",
    .version_note = mdoc_crypto_get_backend (),
    .verbs = verbs,
    .examples
    = "Examples:\n"
      "  mdoc-issuer make-pki --country UT --out pki\n"
      "  mdoc-issuer lint pki/ds.pem --profile ds --issuer pki/iaca.pem\n"
      "  mdoc-issuer sign --doctype mdl --data person.json --ds pki \\\n"
      "      --device-key device.pem --out licence.mdoc",
    .print_json_error = print_json_error,
  };
}
