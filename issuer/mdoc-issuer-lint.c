/*
 * mdoc-issuer-lint.c - the verb lint
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-verbs.h"

static const struct
{
  const char *name;
  MdocLintProfile profile;
} profiles[] = {
  { "iaca", MDOC_LINT_IACA },
  { "ds", MDOC_LINT_DOCUMENT_SIGNER },
  { "reader", MDOC_LINT_READER },
};

static gboolean
find_profile (const char *name, MdocLintProfile *ret_profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (strcmp (profiles[i].name, name) == 0)
      {
        *ret_profile = profiles[i].profile;
        return TRUE;
      }

  return FALSE;
}

static void
print_rules (MdocCommand *command, MdocLintProfile profile)
{
  const char *const *rules = mdoc_certificate_lint_get_rules (profile);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (; *rules != NULL; rules++)
    if (mdoc_command_is_json (command))
      json_builder_add_string_value (builder, *rules);
    else
      g_print ("%s\n", *rules);
  json_builder_end_array (builder);
  if (mdoc_command_is_json (command))
    mdoc_issuer_print_json (builder);
}

static void
print_text (GPtrArray *findings, guint n_broken)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      g_print ("%s %s: %s\n",
               finding->is_warning ? "warning" : "broken",
               finding->rule,
               finding->detail);
    }

  if (findings->len == 0)
    g_print ("clean\n");
  else
    g_print ("%u broken, %u warnings\n", n_broken, findings->len - n_broken);
}

static void
print_json (GPtrArray *findings, guint n_broken)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "broken");
  json_builder_add_int_value (builder, n_broken);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "rule");
      json_builder_add_string_value (builder, finding->rule);
      json_builder_set_member_name (builder, "warning");
      json_builder_add_boolean_value (builder, finding->is_warning);
      json_builder_set_member_name (builder, "detail");
      json_builder_add_string_value (builder, finding->detail);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  mdoc_issuer_print_json (builder);
}

static MdocExit
lint (MdocCommand *command,
      MdocLintProfile profile,
      const char *issuer_path,
      GError **error)
{
  g_autoptr (MdocCertificate) certificate = NULL;
  g_autoptr (MdocCertificate) issuer = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  guint n_broken = 0;

  certificate
      = mdoc_issuer_input_read_certificate (mdoc_command_get_argument (command,
                                                                       0),
                                            error);
  if (certificate == NULL)
    return mdoc_issuer_exit_of (*error);
  if (issuer_path != NULL)
    {
      issuer = mdoc_issuer_input_read_certificate (issuer_path, error);
      if (issuer == NULL)
        return mdoc_issuer_exit_of (*error);
    }

  findings = mdoc_certificate_lint (certificate, profile, issuer);
  for (guint i = 0; i < findings->len; i++)
    {
      const MdocLintFinding *finding = g_ptr_array_index (findings, i);

      n_broken += finding->is_warning ? 0 : 1;
    }

  if (mdoc_command_is_json (command))
    print_json (findings, n_broken);
  else
    print_text (findings, n_broken);
  return n_broken > 0 ? MDOC_EXIT_FAILED : MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_autofree char *profile_name = NULL;
  g_autofree char *issuer = NULL;
  gboolean is_listing = FALSE;
  MdocLintProfile profile;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "profile", 'p', 0, G_OPTION_ARG_STRING, &profile_name,
      "What the certificate should be (mandatory)", "iaca|ds|reader" },
    { "issuer", 0, 0, G_OPTION_ARG_FILENAME, &issuer,
      "Certificate of its issuer, for the rules that tie the two", "CERT" },
    { "list-rules", 0, 0, G_OPTION_ARG_NONE, &is_listing,
      "Print the rules of the profile instead", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 1, &exit_code, error))
    return exit_code;
  if (profile_name == NULL)
    return mdoc_command_refuse (error, "--profile is missing");
  if (!find_profile (profile_name, &profile))
    return mdoc_command_refuse (error,
                                "--profile %s: it takes iaca, ds or reader",
                                profile_name);

  if (is_listing)
    {
      print_rules (command, profile);
      return MDOC_EXIT_DONE;
    }
  if (mdoc_command_get_n_arguments (command) == 0)
    return mdoc_command_refuse (error, "CERT is missing");

  return lint (command, profile, issuer, error);
}

const MdocVerb mdoc_issuer_verb_lint = {
  .name = "lint",
  .arguments = "CERT",
  .summary = "Check a certificate against the profiles of Annex B",
  .description
  = "Checks a certificate, PEM or DER, against each rule of a profile of "
    "ISO/IEC\n18013-5, Annex B, and names the rules it does not meet. Ends "
    "with "
    "1 if one of\nthem is broken; what is only a recommendation is a warning "
    "and does not count.\n"
    "\n"
    "Examples:\n"
    "  mdoc-issuer lint pki/iaca.pem --profile iaca\n"
    "  mdoc-issuer lint pki/ds.pem --profile ds --issuer pki/iaca.pem\n"
    "  mdoc-issuer lint --profile reader --list-rules",
  .run = run,
};
