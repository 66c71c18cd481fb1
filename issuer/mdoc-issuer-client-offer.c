/*
 * mdoc-issuer-client-offer.c - the verb offer
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <string.h>

#include "base/mdoc-file.h"
#include "engagement/mdoc-qr.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"

#define QR_MODULE_PX 8

typedef struct
{
  MdocIssuerClientOptions client;
  char **profiles;
  char **claims; /* nullable: of each, in the same order */
  char *person;
  char *consent_ref;
  char *grant;
  char *credential;
  char *scheme;
  char *qr;
  gint expires_s;
  gboolean tx_code;
  gboolean no_tx_code;
  gboolean deferred;
  gboolean by_value;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  mdoc_issuer_client_options_clear (&self->client);
  g_strfreev (self->profiles);
  g_strfreev (self->claims);
  g_free (self->person);
  g_free (self->consent_ref);
  g_free (self->grant);
  g_free (self->credential);
  g_free (self->scheme);
  g_free (self->qr);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
set_text (JsonObject *body, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (body, member, text);
}

static gboolean
add_claims (JsonObject *body, const char *path, GError **error)
{
  JsonObject *claims = mdoc_issuer_client_read_claims (path, error);

  if (claims == NULL)
    return FALSE;
  json_object_set_object_member (body, "claims", claims);
  return TRUE;
}

/* one of several */
static gboolean
add_items (JsonObject *body, const Arguments *arguments, GError **error)
{
  JsonArray *items = json_array_new ();

  json_object_set_array_member (body, "credentials", items);
  for (guint i = 0; arguments->profiles[i] != NULL; i++)
    {
      JsonObject *item = json_object_new ();

      json_array_add_object_element (items, item);
      set_text (item, "profileId", arguments->profiles[i]);
      if (arguments->claims != NULL
          && !add_claims (item, arguments->claims[i], error))
        return FALSE;
    }
  return TRUE;
}

static JsonObject *
make_body (const Arguments *arguments, GError **error)
{
  g_autoptr (JsonObject) body = json_object_new ();

  if (arguments->profiles[1] != NULL)
    {
      if (!add_items (body, arguments, error))
        return NULL;
    }
  else
    {
      set_text (body, "profileId", arguments->profiles[0]);
      if (arguments->claims != NULL
          && !add_claims (body, arguments->claims[0], error))
        return NULL;
    }
  set_text (body, "personId", arguments->person);
  set_text (body, "consentRef", arguments->consent_ref);
  set_text (body, "grant", arguments->grant);
  set_text (body, "credentialId", arguments->credential);
  set_text (body, "urlScheme", arguments->scheme);
  if (arguments->tx_code || arguments->no_tx_code)
    json_object_set_boolean_member (body, "txCode", arguments->tx_code);
  if (arguments->deferred)
    json_object_set_boolean_member (body, "deferred", TRUE);
  if (arguments->by_value)
    json_object_set_string_member (body, "valueMode", "value");
  if (arguments->expires_s > 0)
    json_object_set_int_member (body, "expiresInSeconds", arguments->expires_s);
  return g_steal_pointer (&body);
}

static gboolean
write_qr (const char *uri, const char *path, GError **error)
{
  g_autoptr (GBytes) image = NULL;

  if (g_str_has_suffix (path, ".svg"))
    {
      char *svg = mdoc_qr_to_svg (uri, error);

      image = svg == NULL ? NULL : g_bytes_new_take (svg, strlen (svg));
    }
  else
    image = mdoc_qr_to_png (uri, QR_MODULE_PX, error);
  /* whoever sees it can claim what is offered */
  return image != NULL
         && mdoc_file_write (path,
                             mdoc_span_from_bytes (image),
                             MDOC_FILE_PRIVATE | MDOC_FILE_REPLACE,
                             error);
}

static void
print (MdocCommand *command, JsonNode *offer)
{
  const char *code = mdoc_issuer_client_get (offer, "txCode");

  if (mdoc_command_is_json (command))
    {
      mdoc_issuer_client_print (offer);
      return;
    }
  g_print ("%s\n", mdoc_issuer_client_get (offer, "uri"));
  if (code != NULL)
    g_print ("code: %s\n", code);
  g_print ("page: %s\n", mdoc_issuer_client_get (offer, "pageUrl"));
  g_print ("until: %s\n", mdoc_issuer_client_get (offer, "expiresAt"));
}

static MdocExit
make_offer (MdocCommand *command, const Arguments *arguments, GError **error)
{
  g_autoptr (JsonObject) body = make_body (arguments, error);
  g_autoptr (MdocIssuerClient) client = NULL;
  g_autoptr (JsonNode) offer = NULL;

  if (body == NULL)
    return mdoc_issuer_client_exit_of (*error);
  client = mdoc_issuer_client_new (&arguments->client, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);
  offer = mdoc_issuer_client_call (client, "POST", "/offers", body, error);
  if (offer == NULL)
    return mdoc_issuer_client_exit_of (*error);
  if (arguments->qr != NULL
      && !write_qr (mdoc_issuer_client_get (offer, "uri"),
                    arguments->qr,
                    error))
    return MDOC_EXIT_FAILED;
  print (command, offer);
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (Arguments) arguments = { 0 };
  MdocExit exit_code;
  guint n_profiles;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "profile", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.profiles,
      "What to offer (mandatory); may be repeated", "ID" },
    { "claims", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.claims,
      "JSON with what is to be in it; then as often, in that order", "FILE" },
    { "person", 0, 0, G_OPTION_ARG_STRING, &arguments.person,
      "To whom, whose claims are known", "ID" },
    { "credential", 0, 0, G_OPTION_ARG_STRING, &arguments.credential,
      "A credential that is there already, for another device", "ID" },
    { "tx-code", 0, 0, G_OPTION_ARG_NONE, &arguments.tx_code,
      "With a transaction code, whatever the profile says", NULL },
    { "no-tx-code", 0, 0, G_OPTION_ARG_NONE, &arguments.no_tx_code,
      "Without one", NULL },
    { "deferred", 0, 0, G_OPTION_ARG_NONE, &arguments.deferred,
      "The claims come later", NULL },
    { "grant", 0, 0, G_OPTION_ARG_STRING, &arguments.grant,
      "How it is claimed (pre-authorized_code)", "GRANT" },
    { "consent-ref", 0, 0, G_OPTION_ARG_STRING, &arguments.consent_ref,
      "What the holder has agreed to", "TEXT" },
    { "expires", 0, 0, G_OPTION_ARG_INT, &arguments.expires_s,
      "For how long it holds, in seconds (as the profile says)", "N" },
    { "by-value", 0, 0, G_OPTION_ARG_NONE, &arguments.by_value,
      "Put the offer itself in the link, not its address", NULL },
    { "scheme", 0, 0, G_OPTION_ARG_STRING, &arguments.scheme,
      "Of the link (openid-credential-offer)", "NAME" },
    { "qr", 0, 0, G_OPTION_ARG_FILENAME, &arguments.qr,
      "Write the link as a QR code, SVG if it is called so, else PNG",
      "FILE" },
    MDOC_ISSUER_CLIENT_ENTRIES (arguments.client),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 0, 0, &exit_code, error))
    return exit_code;
  if (arguments.profiles == NULL)
    return mdoc_command_refuse (error, "--profile is missing");
  n_profiles = g_strv_length (arguments.profiles);
  if (arguments.claims != NULL
      && g_strv_length (arguments.claims) != n_profiles)
    return mdoc_command_refuse (error,
                                "Each --profile has one --claims, or none");
  if (arguments.credential != NULL && n_profiles > 1)
    return mdoc_command_refuse (error, "--credential goes with one --profile");
  if (arguments.tx_code && arguments.no_tx_code)
    return mdoc_command_refuse (error,
                                "--tx-code and --no-tx-code do not go "
                                "together");
  return make_offer (command, &arguments, error);
}

const MdocVerb mdoc_issuer_verb_offer = {
  .name = "offer",
  .arguments = "",
  .summary = "Offer a credential to a wallet",
  .description
  = "Asks a running platform to offer a credential. Prints the link that a "
    "wallet\nopens, the transaction code, which should go another way, and the "
    "address of a\npage that shows the link as a QR code.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer offer --profile photoid --claims person.json --qr offer.png",
  .run = run,
};
