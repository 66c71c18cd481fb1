/*
 * mdoc-ctl-verbs.c - what mdocctl can do
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-verbs.h"

#include <string.h>

#include "base/mdoc-names.h"
#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"

static const MdocVerb *const verbs[] = {
  &mdoc_ctl_verb_status,
  &mdoc_ctl_verb_claim,
  &mdoc_ctl_verb_enroll,
  &mdoc_ctl_verb_offers,
  &mdoc_ctl_verb_review,
  &mdoc_ctl_verb_accept,
  &mdoc_ctl_verb_decline,
  &mdoc_ctl_verb_sync,
  &mdoc_ctl_verb_renew,
  &mdoc_ctl_verb_messages,
  &mdoc_ctl_verb_new_key,
  &mdoc_ctl_verb_import,
  &mdoc_ctl_verb_list,
  &mdoc_ctl_verb_set,
  &mdoc_ctl_verb_show,
  &mdoc_ctl_verb_present,
  &mdoc_ctl_verb_history,
  &mdoc_ctl_verb_remove,
  &mdoc_ctl_verb_trust,
  &mdoc_ctl_verb_jobs,
  &mdoc_ctl_verb_store,
  &mdoc_ctl_verb_policy,
  &mdoc_ctl_verb_agent,
  &mdoc_ctl_verb_monitor,
  &mdoc_ctl_verb_selftest,
  &mdoc_ctl_verb_doctor,
  &mdoc_ctl_verb_instance_key,
  &mdoc_verb_verbs,
  NULL,
};

static const char *
get_error_name (const GError *error)
{
  if (error->domain == MDOC_PROGRAM_ERROR)
    return "Usage";
  return mdoc_ctl_error_get_name (error);
}

static void
print_json_error (MdocExit exit_code, const GError *error)
{
  const char *name = get_error_name (error);
  GVariantDict detail;
  GVariantDict dict;
  g_autoptr (GVariant) value = NULL;

  g_variant_dict_init (&detail, NULL);
  g_variant_dict_insert (&detail, "exit", "i", (gint32) exit_code);
  g_variant_dict_insert (&detail, "message", "s", error->message);
  g_variant_dict_insert (&detail, "name", "s", name != NULL ? name : "");
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "error", g_variant_dict_end (&detail));
  value = g_variant_ref_sink (g_variant_dict_end (&dict));
  mdoc_ctl_print_variant (value);
}

static const MdocProgram program = {
  .name = "mdocctl",
  .summary = "keep and present mobile documents",
  .verbs = verbs,
  .examples
  = "Examples, with an agent on the session bus (mdoc-agent --session):\n"
    "  export MDOC_BUS=session\n"
    "  mdocctl trust add issuer iaca.pem\n"
    "  mdocctl new-key --out device.pem\n"
    "  mdocctl import licence.cbor --label licence\n"
    "  mdocctl present",
  .get_error_name = get_error_name,
  .print_json_error = print_json_error,
};

/* Which bus may also stand before the verb, where people put it. */
static int
take_bus (int argc, char **argv)
{
  while (argc > 1
         && (strcmp (argv[1], "--session") == 0
             || strcmp (argv[1], "--system") == 0))
    {
      g_setenv (MDOC_ENV_BUS, argv[1] + strlen ("--"), TRUE);
      for (int i = 1; i < argc; i++)
        argv[i] = argv[i + 1];
      argc--;
    }

  return argc;
}

/**
 * mdoc_ctl_run:
 * @argc: main()'s
 * @argv: main()'s
 *
 * Returns: an #MdocExit for main() to end with
 */
int
mdoc_ctl_run (int argc, char **argv)
{
  argc = take_bus (argc, argv);
  return mdoc_program_run (&program, argc, argv);
}
