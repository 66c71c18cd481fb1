/*
 * mdoc-ctl-instance-key.c - the verb instance-key
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "ctl/mdoc-ctl-bus.h"
#include "ctl/mdoc-ctl-output.h"
#include "ctl/mdoc-ctl-verbs.h"

static MdocExit
run (MdocCommand *command, GError **error)
{
  MdocCtlBusOptions bus_options = { 0 };
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) reply = NULL;
  MdocExit exit_code;
  const char *jwk;
  const GOptionEntry entries[] = {
    /* clang-format off */
    MDOC_CTL_BUS_ENTRIES (bus_options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;

  bus = mdoc_ctl_connect (&bus_options, error);
  if (bus == NULL)
    return mdoc_ctl_error_get_exit (*error);

  reply = mdoc_ctl_call_manager (
      bus,
      "GetInstanceKey",
      g_variant_new ("(@s@a{sv})",
                     mdoc_ctl_new_text (mdoc_command_get_argument (command, 0)),
                     g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
      "(s)",
      error);
  if (reply == NULL)
    return mdoc_ctl_error_get_exit (*error);

  /* it is JSON by itself */
  g_variant_get (reply, "(&s)", &jwk);
  g_print ("%s\n", jwk);
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_ctl_verb_instance_key = {
  .name = "instance-key",
  .arguments = "URL",
  .summary = "Print the key by which an issuer knows this device",
  .description
  = "Prints the public key of this wallet at the issuer with the address URL, "
    "as a JWK:\nfor whoever attests the wallet (mdoc-agent "
    "--wallet-attestation). It is made now if\nthere is none yet.\n"
    "\n"
    "Example:\n"
    "  mdocctl instance-key https://issuer.example",
  .run = run,
};
