/*
 * mdoc-issuer-client-report.c - the verb report
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mdoc-text.h"
#include "issuer/mdoc-issuer-client.h"
#include "issuer/mdoc-issuer-verbs.h"
#include "openid/mdoc-json.h"

#define MAX_PART_BYTES ((gsize) 64 * 1024 * 1024)

static const MdocJsonLimits limits = { .max_bytes = MAX_PART_BYTES,
                                       .max_depth = MDOC_JSON_MAX_DEPTH,
                                       .max_values = 8 * 1024 * 1024 };

typedef struct
{
  MdocIssuerClientOptions client;
  char *profile;
  char *person;
  char *status;
  char *state;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  mdoc_issuer_client_options_clear (&self->client);
  g_free (self->profile);
  g_free (self->person);
  g_free (self->status);
  g_free (self->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
add_query (GString *path, const char *name, const char *value)
{
  g_autofree char *escaped = NULL;

  if (value == NULL)
    return;
  escaped = g_uri_escape_string (value, NULL, FALSE);
  g_string_append_printf (path, "&%s=%s", name, escaped);
}

static char *
make_path (const Arguments *arguments,
           const char *name,
           gboolean is_json,
           const char *after)
{
  GString *path = g_string_new (NULL);

  g_string_printf (path,
                   "/reports/%s?format=%s",
                   name,
                   is_json ? "json" : "csv");
  add_query (path, "profileId", arguments->profile);
  add_query (path, "personId", arguments->person);
  add_query (path, "status", arguments->status);
  add_query (path, "state", arguments->state);
  add_query (path, "after", after);
  return g_string_free (path, FALSE);
}

/* the rows of one answer, of which there may be several, in one array */
static gboolean
print_rows (GBytes *part, guint *n_rows, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *rows;

  node = mdoc_json_load_object (mdoc_span_from_bytes (part),
                                "the report",
                                &limits,
                                &object,
                                error);
  if (node == NULL)
    return FALSE;
  rows = mdoc_issuer_client_get_array (node, "rows", error);
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      g_autofree char *text = mdoc_text_mend_json (
          json_to_string (json_array_get_element (rows, i), FALSE));

      printf ("%s%s", (*n_rows)++ == 0 ? "" : ",\n", text);
    }
  return rows != NULL;
}

static MdocExit
print_report (MdocCommand *command,
              MdocIssuerClient *client,
              const Arguments *arguments,
              const char *name,
              GError **error)
{
  const gboolean is_json = mdoc_command_is_json (command);
  g_autofree char *after = NULL;
  gboolean is_first = TRUE;
  guint n_rows = 0;

  while (is_first || after != NULL)
    {
      g_autofree char *path = make_path (arguments, name, is_json, after);
      g_autofree char *next = NULL;
      g_autoptr (GBytes) part = mdoc_issuer_client_fetch (client,
                                                          path,
                                                          "X-Next-After",
                                                          &next,
                                                          error);

      if (part == NULL)
        return mdoc_issuer_client_exit_of (*error);
      if (is_json && is_first)
        puts ("[");
      if (!is_json)
        fwrite (g_bytes_get_data (part, NULL),
                1,
                g_bytes_get_size (part),
                stdout);
      else if (!print_rows (part, &n_rows, error))
        return MDOC_EXIT_PEER;
      is_first = FALSE;
      g_free (after);
      after = g_steal_pointer (&next);
    }
  if (is_json)
    puts (n_rows > 0 ? "\n]" : "]");
  return MDOC_EXIT_DONE;
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  static const char *const names[] = {
    "exchanges", "credentials", "device-credentials", "by-category", "signers",
    "retention", NULL
  };
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (MdocIssuerClient) client = NULL;
  MdocExit exit_code;
  const char *name;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "profile", 'p', 0, G_OPTION_ARG_STRING, &arguments.profile,
      "Of that profile alone", "ID" },
    { "person", 0, 0, G_OPTION_ARG_STRING, &arguments.person,
      "Of that person alone", "ID" },
    { "status", 0, 0, G_OPTION_ARG_STRING, &arguments.status,
      "Exchanges of that status alone", "STATUS" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &arguments.state,
      "In that state alone", "STATE" },
    MDOC_ISSUER_CLIENT_ENTRIES (arguments.client),
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  if (!mdoc_command_parse (command, entries, 1, 1, &exit_code, error))
    return exit_code;
  name = mdoc_command_get_argument (command, 0);
  if (!g_strv_contains (names, name))
    return mdoc_command_refuse (error,
                                "report takes exchanges, credentials, "
                                "device-credentials, by-category, signers or "
                                "retention");
  client = mdoc_issuer_client_new (&arguments.client, error);
  if (client == NULL)
    return mdoc_issuer_client_exit_of (*error);
  return print_report (command, client, &arguments, name, error);
}

const MdocVerb mdoc_issuer_verb_report = {
  .name = "report",
  .arguments = "exchanges|credentials|device-credentials|by-category|signers|"
               "retention",
  .summary = "Take away what a platform has issued, as CSV",
  .description
  = "Prints all exchanges, credentials, or instances on devices, the newest "
    "first;\nhow many instances there are of each profile and state; when the "
    "certificates of\nsigners end; or how much there is of what may be purged, "
    "and since when. As CSV\n(RFC 4180), with the names of the columns in "
    "front; with --json as an array of\nobjects. What is in a credential is "
    "not in it.\n"
    "\n"
    "Examples:\n"
    "  mdoc-issuer report device-credentials --state suspended\n"
    "  mdoc-issuer report by-category --json",
  .run = run,
};
