/*
 * mdoc-issuer-client-request.c - the verb requests
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"

static void
print_row (JsonNode *request)
{
  const char *reason = mdoc_issuer_client_get (request, "reason");
  const char *maker = mdoc_issuer_client_get (request, "maker");

  g_print ("%s %s by %s until %s%s%s\n",
           mdoc_issuer_client_get (request, "batchId"),
           mdoc_issuer_client_get (request, "kind"),
           maker != NULL ? maker : "?",
           mdoc_issuer_client_get (request, "lapsesAt"),
           reason != NULL ? ": " : "",
           reason != NULL ? reason : "");
}

static MdocExit
list (MdocCommand *command, MdocIssuerClient *client, GError **error)
{
  g_autoptr (JsonNode) answer
      = mdoc_issuer_client_call (client,
                                 "GET",
                                 "/requests?state=awaiting_approval",
                                 NULL,
                                 error);
  JsonArray *requests;

  if (answer == NULL)
    return mdoc_issuer_client_exit_of (*error);
  requests = mdoc_issuer_client_get_array (answer, "requests", error);
  if (requests == NULL)
    return MDOC_EXIT_PEER;
  if (mdoc_command_is_json (command))
    mdoc_issuer_client_print (answer);
  else
    for (guint i = 0; i < json_array_get_length (requests); i++)
      print_row (json_array_get_element (requests, i));
  return MDOC_EXIT_DONE;
}

static MdocExit
decide (MdocCommand *command,
        MdocIssuerClient *client,
        const char *reason,
        GError **error)
{
  static const char *const ways[] = { "approve", "reject", "withdraw", NULL };
  const char *way = mdoc_command_get_argument (command, 0);
  const char *id = mdoc_command_get_argument (command, 1);
  g_autofree char *behind = g_strconcat ("/", way, NULL);
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *path = NULL;

  if (id == NULL || !g_strv_contains (ways, way))
    return mdoc_command_refuse (error,
                                "It takes approve, reject or withdraw, and the "
                                "ID of a request");
  if (reason != NULL)
    json_object_set_string_member (body, "reason", reason);
  path = mdoc_issuer_client_path ("/requests/", id, behind);
  answer = mdoc_issuer_client_call (client, "POST", path, body, error);
  if (answer == NULL)
    return mdoc_issuer_client_exit_of (*error);
  if (!mdoc_command_is_json (command))
    g_print ("done\n");
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (MdocIssuerClientOptions) options = { 0 };
  g_autoptr (MdocIssuerClient) client = NULL;
  g_autofree char *reason = NULL;
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "reason", 0, 0, G_OPTION_ARG_STRING, &reason,
      "Why, for the audit", "TEXT" },
    MDOC_ISSUER_CLIENT_ENTRIES (options),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 2, &exit_code, error))
    return exit_code;
  client = mdoc_issuer_client_new (&options, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);
  return mdoc_command_get_argument (command, 0) == NULL
             ? list (command, client, error)
             : decide (command, client, reason, error);
}

const MdocVerb mdoc_issuer_verb_requests = {
  .name = "requests",
  .arguments = "[approve|reject|withdraw ID]",
  .summary = "See and decide what waits for a second person",
  .description
  = "Lists what somebody has asked for and nobody has decided yet; or decides "
    "it. Who\nasked for it can only withdraw it.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer requests approve 7c3e0b8e-… --reason 'seen the file'",
  .run = run,
};
