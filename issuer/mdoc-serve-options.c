/*
 * mdoc-serve-options.c - what "mdoc-issuer serve" is told
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "issuer/mdoc-serve-options.h"

#include <string.h>

#include "base/mdoc-text.h"
#include "openid/mdoc-uri.h"

#define DEFAULT_LISTEN       "127.0.0.1:8443"
#define DEFAULT_WARNING_DAYS "30,7,1"

void
mdoc_serve_options_clear (MdocServeOptions *self)
{
  g_free (self->listen);
  g_free (self->base_url);
  g_free (self->database);
  g_free (self->profiles);
  g_free (self->doc_types);
  g_strfreev (self->signers);
  g_free (self->pki);
  g_free (self->tls_cert);
  g_free (self->tls_key);
  g_free (self->name);
  g_free (self->admin_key_file);
  g_free (self->event_anchors);
  g_free (self->attestation);
  g_free (self->wallet_anchors);
  g_free (self->key_attesters);
  g_free (self->approval);
  g_free (self->signer_warning_days);
  g_free (self->proofing_command);
  g_free (self->proofing_url);
  g_free (self->proofing_bearer_file);
  g_strfreev (self->proofing);
  g_strfreev (self->authorization_servers);
  g_free (self->login);
  g_free (self->now);
  mdoc_clock_free_shifted (self->clock);
}

static gboolean
is_loopback (const char *listen_at)
{
  return g_str_has_prefix (listen_at, "127.")
         || g_str_has_prefix (listen_at, "[::1]:");
}

/* It becomes part of the issuer's identifier, and of what proofs are for. */
static gboolean
is_base_url (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  const char *path;

  if (uri == NULL || g_uri_get_host (uri) == NULL
      || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL
      || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  path = g_uri_get_path (uri);
  return (*path == '\0' || strcmp (path, "/") == 0)
         && (mdoc_uri_is_https (url)
             || strcmp (g_uri_get_scheme (uri), "http") == 0);
}

static MdocExit
check_transport (MdocServeOptions *self, GError **error)
{
  if (self->listen == NULL)
    self->listen = g_strdup (DEFAULT_LISTEN);
  if (self->base_url != NULL && !is_base_url (self->base_url))
    return mdoc_command_refuse (error,
                                "--base-url takes an address without a path, "
                                "such as https://issuer.example");
  if (self->is_plain && (self->tls_cert != NULL || self->tls_key != NULL))
    return mdoc_command_refuse (error, "--plain goes without --tls-cert");
  if (!self->is_plain && (self->tls_cert == NULL || self->tls_key == NULL))
    return mdoc_command_refuse (error,
                                "--tls-cert and --tls-key are missing, or "
                                "--plain");
  if (self->is_plain && !is_loopback (self->listen)
      && (self->base_url == NULL || !mdoc_uri_is_https (self->base_url)))
    return mdoc_command_refuse (error,
                                "--plain takes an address of this host, or "
                                "a --base-url with https of a proxy in front");
  return MDOC_EXIT_DONE;
}

static MdocExit
check_approval (MdocServeOptions *self, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (self->approval == NULL)
    return MDOC_EXIT_DONE;
  words = g_strsplit (self->approval, ",", 4);
  for (char **word = words; *word != NULL; word++)
    if (strcmp (*word, "revoke") == 0)
      self->approval_policy |= MDOC_ADMIN_APPROVAL_REVOKE;
    else if (strcmp (*word, "bulk") == 0)
      self->approval_policy |= MDOC_ADMIN_APPROVAL_BULK;
    else
      return mdoc_command_refuse (error,
                                  "--require-approval takes revoke, bulk or "
                                  "both with a comma between");
  return MDOC_EXIT_DONE;
}

static MdocExit
check_proofing (MdocServeOptions *self, GError **error)
{
  if (self->proofing_command != NULL && self->proofing_url != NULL)
    return mdoc_command_refuse (error,
                                "--proofing-command goes without "
                                "--proofing-url");
  if (self->proofing_bearer_file != NULL && self->proofing_url == NULL)
    return mdoc_command_refuse (error,
                                "--proofing-bearer-file goes with "
                                "--proofing-url");
  if (self->proofing_command != NULL
      && !g_shell_parse_argv (self->proofing_command,
                              NULL,
                              &self->proofing,
                              NULL))
    return mdoc_command_refuse (error, "--proofing-command takes a program");
  return MDOC_EXIT_DONE;
}

static MdocExit
check_warnings (MdocServeOptions *self, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (g_strcmp0 (self->signer_warning_days, "none") == 0)
    return MDOC_EXIT_DONE;
  words = g_strsplit (self->signer_warning_days != NULL
                          ? self->signer_warning_days
                          : DEFAULT_WARNING_DAYS,
                      ",",
                      MDOC_SERVE_MAX_WARNINGS + 1);
  /* nothing is refused as one number that is none */
  for (guint i = 0; i < MAX (g_strv_length (words), 1); i++)
    {
      guint64 days;

      if (self->n_warning_days == MDOC_SERVE_MAX_WARNINGS || words[i] == NULL
          || !g_ascii_string_to_unsigned (words[i],
                                          10,
                                          0,
                                          MDOC_SERVE_MAX_WARNING_DAYS,
                                          &days,
                                          NULL))
        return mdoc_command_refuse (error,
                                    "--signer-warning-days takes none, or up "
                                    "to %d numbers from 0 to %d with commas "
                                    "between",
                                    MDOC_SERVE_MAX_WARNINGS,
                                    MDOC_SERVE_MAX_WARNING_DAYS);
      self->warning_days[self->n_warning_days++] = (guint) days;
    }
  return MDOC_EXIT_DONE;
}

static MdocExit
check_policies (MdocServeOptions *self, GError **error)
{
  static const char *const attestations[] = { "none", "optional", "required" };
  static const char *const logins[] = { "password", "name" };
  gboolean is_found = self->attestation == NULL;
  MdocExit exit_code;

  for (gsize i = 0; !is_found && i < G_N_ELEMENTS (attestations); i++)
    if (strcmp (self->attestation, attestations[i]) == 0)
      {
        self->attestation_policy = (MdocVciAttestation) i;
        is_found = TRUE;
      }
  if (!is_found)
    return mdoc_command_refuse (error,
                                "--attestation takes none, optional or "
                                "required");
  if (self->attestation_policy != MDOC_VCI_ATTESTATION_NONE
      && self->wallet_anchors == NULL)
    return mdoc_command_refuse (error,
                                "--attestation goes with --wallet-anchors");

  is_found = self->login == NULL;
  for (gsize i = 0; !is_found && i < G_N_ELEMENTS (logins); i++)
    if (strcmp (self->login, logins[i]) == 0)
      {
        self->login_policy = (MdocVciLogin) i;
        is_found = TRUE;
      }
  if (!is_found)
    return mdoc_command_refuse (error, "--login takes password or name");
  exit_code = check_approval (self, error);
  return exit_code == MDOC_EXIT_DONE ? check_proofing (self, error) : exit_code;
}

static MdocExit
check (MdocServeOptions *self, GError **error)
{
  gint64 now_s;
  MdocExit exit_code;

  if (self->max_sessions < -1)
    return mdoc_command_refuse (error, "--max-sessions takes a number from -1");
  if (self->database == NULL)
    return mdoc_command_refuse (error, "--database is missing");
  if ((self->pki == NULL) == (self->signers == NULL))
    return mdoc_command_refuse (error,
                                "Either --pki or --signer tells who signs");
  if (self->now != NULL && self->clock_offset_s != 0)
    return mdoc_command_refuse (error, "--now goes without --clock-offset");
  if (self->now != NULL)
    {
      if (!mdoc_time_parse (self->now, &now_s, NULL)
          && !mdoc_date_parse (self->now, &now_s, NULL))
        return mdoc_command_refuse (error,
                                    "--now takes a time such as "
                                    "2025-01-31T00:00:00Z");
      self->clock_offset_s = now_s
                             - mdoc_clock_get_unix_s (mdoc_clock_get_system ());
    }

  exit_code = check_transport (self, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = check_policies (self, error);
  if (exit_code == MDOC_EXIT_DONE)
    exit_code = check_warnings (self, error);
  self->clock = mdoc_clock_new_shifted (self->clock_offset_s);
  return exit_code;
}

static gboolean
read_line (MdocServeOptions *self,
           MdocCommand *command,
           MdocExit *ret_exit,
           GError **error)
{
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "database", 'd', 0, G_OPTION_ARG_FILENAME, &self->database,
      "Where everything is kept; made if it is not there (mandatory)", "FILE" },
    { "pki", 0, 0, G_OPTION_ARG_FILENAME, &self->pki,
      "Folder with ds.pem and ds-key.pem, as make-pki writes it", "DIR" },
    { "signer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->signers,
      "Who signs what profiles say so of, instead; may be repeated",
      "NAME=KEY,CERT" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &self->listen,
      "Address and port; port 0 takes a free one (" DEFAULT_LISTEN ")",
      "ADDRESS:PORT" },
    { "base-url", 0, 0, G_OPTION_ARG_STRING, &self->base_url,
      "What the world calls it, if that is not the address", "URL" },
    { "tls-cert", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_cert,
      "Certificate of the server, chain behind it, PEM", "PEM" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_key,
      "Its key", "PEM" },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &self->is_plain,
      "Without TLS: on this host, or behind a proxy that ends it", NULL },
    { "behind-proxy", 0, 0, G_OPTION_ARG_NONE, &self->is_behind_proxy,
      "Believe the X-Forwarded-For of whoever connects", NULL },
    { "profiles", 0, 0, G_OPTION_ARG_FILENAME, &self->profiles,
      "Folder of profiles instead of the installed one", "DIR" },
    { "doctypes", 0, 0, G_OPTION_ARG_FILENAME, &self->doc_types,
      "Folder of document types instead of the installed one", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name,
      "Name of the issuer, for people", "TEXT" },
    { "admin-key-file", 0, 0, G_OPTION_ARG_FILENAME, &self->admin_key_file,
      "Keys of those who may administer; without, nobody may", "FILE" },
    { "require-approval", 0, 0, G_OPTION_ARG_STRING, &self->approval,
      "What a second person has to approve: revoke, bulk, or revoke,bulk",
      "WHAT" },
    { "signer-warning-days", 0, 0, G_OPTION_ARG_STRING,
      &self->signer_warning_days,
      "How many days before its end a signer's certificate is told of, or none "
      "(" DEFAULT_WARNING_DAYS ")", "DAYS,..." },
    { "proofing-command", 0, 0, G_OPTION_ARG_STRING, &self->proofing_command,
      "Program that says what documents of proofed enrollments hold",
      "COMMAND" },
    { "proofing-url", 0, 0, G_OPTION_ARG_STRING, &self->proofing_url,
      "Or an address that does", "URL" },
    { "proofing-bearer-file", 0, 0, G_OPTION_ARG_FILENAME,
      &self->proofing_bearer_file, "File with the token it wants", "FILE" },
    { "event-anchors", 0, 0, G_OPTION_ARG_FILENAME, &self->event_anchors,
      "Whom to trust when events are sent, PEM (the system's)", "PEM" },
    { "attestation", 0, 0, G_OPTION_ARG_STRING, &self->attestation,
      "Attestation of wallets (none)", "none|optional|required" },
    { "wallet-anchors", 0, 0, G_OPTION_ARG_FILENAME, &self->wallet_anchors,
      "Certificates of those who may attest wallets, PEM", "PEM" },
    { "key-attesters", 0, 0, G_OPTION_ARG_FILENAME, &self->key_attesters,
      "Certificates of those who may attest keys, PEM", "PEM" },
    { "authorization-server", 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
      &self->authorization_servers,
      "Take the access tokens of another one, too; may be repeated", "FILE" },
    { "max-sessions", 0, 0, G_OPTION_ARG_INT, &self->max_sessions,
      "Connections above which wallets are sent away; 0: always (-1: never)",
      "N" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &self->login,
      "How people log in: with a password, or for benches by name alone "
      "(password)", "password|name" },
    { "allow-bearer", 0, 0, G_OPTION_ARG_NONE, &self->is_bearer_allowed,
      "Give tokens to wallets that show no key", NULL },
    { "require-encryption", 0, 0, G_OPTION_ARG_NONE,
      &self->is_encryption_required,
      "Take and give credentials encrypted alone", NULL },
    { "accept-drafts", 0, 0, G_OPTION_ARG_NONE, &self->takes_drafts,
      "Take what drafts of OpenID4VCI allowed and 1.0 does not", NULL },
    { "now", 0, 0, G_OPTION_ARG_STRING, &self->now,
      "What time it is at the start, for tests", "TIME" },
    { "clock-offset", 0, 0, G_OPTION_ARG_INT64, &self->clock_offset_s,
      "How far ahead of the system's its clock is, for tests", "SECONDS" },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };

  return mdoc_command_parse (command, entries, 0, 0, ret_exit, error);
}

MdocExit
mdoc_serve_options_parse (MdocServeOptions *self,
                          MdocCommand *command,
                          gboolean *ret_goes_on,
                          GError **error)
{
  MdocExit exit_code;

  *ret_goes_on = FALSE;
  self->max_sessions = -1;
  if (!read_line (self, command, &exit_code, error))
    return exit_code;

  exit_code = check (self, error);
  *ret_goes_on = exit_code == MDOC_EXIT_DONE;
  return exit_code;
}
