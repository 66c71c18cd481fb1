/*
 * mdoc-issuer-client-state.c - the verbs suspend, reinstate, revoke and update
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"

typedef struct
{
  MdocIssuerClientOptions client;
  char *reason;
  char *claims;
  gboolean devices;
  gboolean asks;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  mdoc_issuer_client_options_clear (&self->client);
  g_free (self->reason);
  g_free (self->claims);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* the first item that failed is why the verb did */
static MdocExit
judge (MdocCommand *command, JsonNode *request, GError **error)
{
  JsonArray *outcomes = mdoc_issuer_client_get_array (request,
                                                      "outcomes",
                                                      error);

  if (mdoc_command_is_json (command))
    mdoc_issuer_client_print (request);
  if (outcomes == NULL)
    return MDOC_EXIT_PEER;
  for (guint i = 0; i < json_array_get_length (outcomes); i++)
    {
      JsonNode *outcome = json_array_get_element (outcomes, i);
      const char *code = JSON_NODE_HOLDS_OBJECT (outcome)
                             ? mdoc_issuer_client_get (outcome, "error")
                             : NULL;

      if (code != NULL)
        {
          g_set_error (error,
                       MDOC_ISSUER_CLIENT_ERROR,
                       (gint) MDOC_ISSUER_CLIENT_ERROR_REFUSED,
                       "The platform refuses: %s",
                       code);
          return MDOC_EXIT_FAILED;
        }
    }
  if (!mdoc_command_is_json (command))
    g_print ("done\n");
  return MDOC_EXIT_DONE;
}

static MdocExit
do_and_wait (MdocCommand *command,
             MdocIssuerClient *client,
             const char *path,
             JsonObject *body,
             GError **error)
{
  g_autoptr (JsonNode) accepted = mdoc_issuer_client_call (client,
                                                           "POST",
                                                           path,
                                                           body,
                                                           error);
  g_autoptr (JsonNode) request = NULL;

  if (accepted == NULL)
    return mdoc_issuer_client_exit_of (*error);
  request = mdoc_issuer_client_wait (client, accepted, error);
  if (request == NULL)
    return mdoc_issuer_client_exit_of (*error);
  return judge (command, request, error);
}

/* somebody else has to say yes first */
static MdocExit
ask (MdocCommand *command,
     MdocIssuerClient *client,
     const char *path,
     JsonObject *body,
     GError **error)
{
  g_autoptr (JsonNode) accepted = mdoc_issuer_client_call (client,
                                                           "POST",
                                                           path,
                                                           body,
                                                           error);

  if (accepted == NULL)
    return mdoc_issuer_client_exit_of (*error);
  if (mdoc_command_is_json (command))
    mdoc_issuer_client_print (accepted);
  else
    g_print ("asked for: %s\n", mdoc_issuer_client_get (accepted, "requestId"));
  return MDOC_EXIT_DONE;
}

/* An id of an instance means that instance, one of a credential the credential
 * itself. */
static gboolean
fill_item (MdocIssuerClient *client,
           const char *id,
           gboolean devices,
           JsonObject *item,
           GError **error)
{
  g_autofree char *path = mdoc_issuer_client_path ("/device-credentials/",
                                                   id,
                                                   NULL);
  g_autoptr (GError) own_error = NULL;
  g_autoptr (JsonNode) device = mdoc_issuer_client_call (client,
                                                         "GET",
                                                         path,
                                                         NULL,
                                                         &own_error);

  if (device != NULL)
    {
      json_object_set_string_member (item, "midUid", id);
      return TRUE;
    }
  if (!g_error_matches (own_error,
                        MDOC_ISSUER_CLIENT_ERROR,
                        (gint) MDOC_ISSUER_CLIENT_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  json_object_set_string_member (item, "credentialId", id);
  json_object_set_string_member (item,
                                 "scope",
                                 devices ? "devices" : "credential");
  return TRUE;
}

static MdocExit
change_state (MdocCommand *command,
              const Arguments *arguments,
              const char *state,
              GError **error)
{
  const char *id = mdoc_command_get_argument (command, 0);
  g_autoptr (MdocIssuerClient) client
      = mdoc_issuer_client_new (&arguments->client, error);
  g_autoptr (JsonObject) body = json_object_new ();
  JsonArray *items = json_array_new ();
  JsonObject *item = json_object_new ();

  json_array_add_object_element (items, item);
  json_object_set_array_member (body, "items", items);
  if (client == NULL
      || !fill_item (client, id, arguments->devices, item, error))
    return mdoc_issuer_client_exit_of (*error);
  json_object_set_string_member (item, "newState", state);
  if (arguments->asks)
    json_object_set_boolean_member (body, "requestApproval", TRUE);
  if (arguments->reason != NULL)
    json_object_set_string_member (item, "reason", arguments->reason);
  return arguments->asks
             ? ask (command, client, "/state-updates", body, error)
             : do_and_wait (command, client, "/state-updates", body, error);
}

static MdocExit
run_state (MdocCommand *command, const char *state, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "devices", 0, 0, G_OPTION_ARG_NONE, &arguments.devices,
      "Every instance of the credential, not the credential", NULL },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &arguments.reason,
      "Why, for the audit and for events", "TEXT" },
    { "request-approval", 0, 0, G_OPTION_ARG_NONE, &arguments.asks,
      "Ask a second person to approve it", NULL },
    MDOC_ISSUER_CLIENT_ENTRIES (arguments.client),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  return change_state (command, &arguments, state, error);
}

static MdocExit
run_suspend (MdocCommand *command, GError **error)
{
  return run_state (command, "suspended", error);
}

static MdocExit
run_reinstate (MdocCommand *command, GError **error)
{
  return run_state (command, "active", error);
}

static MdocExit
run_revoke (MdocCommand *command, GError **error)
{
  return run_state (command, "revoked", error);
}

static MdocExit
update (MdocCommand *command, const Arguments *arguments, GError **error)
{
  const char *id = mdoc_command_get_argument (command, 0);
  g_autofree char *path = mdoc_issuer_client_path ("/credentials/",
                                                   id,
                                                   "/attributes");
  g_autoptr (JsonObject) patch
      = mdoc_issuer_client_read_claims (arguments->claims, error);
  g_autoptr (MdocIssuerClient) client = NULL;
  g_autoptr (JsonObject) body = json_object_new ();

  if (patch == NULL)
    return mdoc_issuer_client_exit_of (*error);
  client = mdoc_issuer_client_new (&arguments->client, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);
  json_object_set_object_member (body, "attributes", json_object_ref (patch));
  if (arguments->reason != NULL)
    json_object_set_string_member (body, "reason", arguments->reason);
  return do_and_wait (command, client, path, body, error);
}

static MdocExit
run_update (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  MdocExit exit_code;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "claims", 0, 0, G_OPTION_ARG_FILENAME, &arguments.claims,
      "JSON with what is new; null takes an attribute out (mandatory)",
      "FILE" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &arguments.reason,
      "Why, for the audit and for events", "TEXT" },
    MDOC_ISSUER_CLIENT_ENTRIES (arguments.client),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  if (arguments.claims == NULL)
    return mdoc_command_refuse (error, "--claims is missing");
  return update (command, &arguments, error);
}

const MdocVerb mdoc_issuer_verb_suspend = {
  .name = "suspend",
  .arguments = "ID",
  .summary = "Suspend a credential or one instance of it",
  .description
  = "Locks a credential, or one of its instances if ID is a midUid, until it "
    "is\nreinstated. Status lists say so within a minute; the device learns of "
    "it when\nit next asks.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer suspend 7c3e0b8e-… --reason 'reported lost'",
  .run = run_suspend,
};

const MdocVerb mdoc_issuer_verb_reinstate = {
  .name = "reinstate",
  .arguments = "ID",
  .summary = "Lift a suspension",
  .description
  = "Opens the lock that suspend has closed: that of the credential, or that "
    "of one\ninstance if ID is a midUid. The one does not open the other.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer reinstate 7c3e0b8e-…",
  .run = run_reinstate,
};

const MdocVerb mdoc_issuer_verb_revoke = {
  .name = "revoke",
  .arguments = "ID",
  .summary = "Revoke a credential or one instance of it, for good",
  .description
  = "Ends a credential, or one of its instances if ID is a midUid. There is no "
    "way\nback: whoever should have it again gets a new one.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer revoke 7c3e0b8e-… --reason 'licence withdrawn'",
  .run = run_revoke,
};

const MdocVerb mdoc_issuer_verb_update = {
  .name = "update",
  .arguments = "ID",
  .summary = "Change attributes of a credential",
  .description
  = "Merges what is in FILE into the attributes of a credential. Each device "
    "that has\nit gets it anew when it next asks; the events "
    "attributeUpdateCompleted and\nmIDIssued tell of that.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer update 7c3e0b8e-… --claims new-address.json",
  .run = run_update,
};
