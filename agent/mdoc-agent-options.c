/*
 * mdoc-agent-options.c - the command line of the agent
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent-options.h"

#include "agent/mdoc-agent.h"
#include "base/mdoc-names.h"
#include "base/mdoc-program.h"
#include "storage/mdoc-keystore.h"
#include "storage/mdoc-master-key.h"

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error,
                       MDOC_PROGRAM_ERROR,
                       (gint) MDOC_PROGRAM_ERROR_USAGE,
                       reason);
  return FALSE;
}

/**
 * mdoc_agent_options_clear:
 * @self: what was typed
 */
void
mdoc_agent_options_clear (MdocAgentOptions *self)
{
  g_clear_pointer (&self->state_dir, g_free);
  g_clear_pointer (&self->master_key, g_free);
  g_clear_pointer (&self->key_stores, g_strfreev);
  g_clear_pointer (&self->rekey, g_free);
  g_clear_pointer (&self->doc_types, g_free);
  g_clear_pointer (&self->policy_file, g_free);
  g_clear_pointer (&self->tls_anchors, g_free);
  g_clear_pointer (&self->proxy, g_free);
  g_clear_pointer (&self->client_id, g_free);
  g_clear_pointer (&self->wallet_attestation, g_free);
  g_clear_pointer (&self->attester, g_free);
}

static GOptionContext *
new_context (void)
{
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context,
      "Keeps mobile documents (ISO/IEC 18013-5) and presents them to readers, "
      "as far as\nthe holder consents. mdocctl is its command line.");
  g_option_context_set_description (
      context,
      "Example, for the user who is logged in:\n  mdoc-agent --session &\n"
      "  mdocctl status --session\n\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage.");
  return context;
}

static gboolean
read_options (MdocAgentOptions *self,
              char **ret_log_format,
              int *argc,
              char ***argv,
              GError **error)
{
  char *log_format = NULL;
  const GOptionEntry entries[] = {
    /* clang-format off */
    { "session", 0, 0, G_OPTION_ARG_NONE, &self->use_session,
      "Serve the session bus instead of the system bus", NULL },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->state_dir,
      "Folder of the store (default: $STATE_DIRECTORY; with --session "
      "$XDG_STATE_HOME/mdoc-agent)", "DIR" },
    { "master-key", 0, 0, G_OPTION_ARG_FILENAME, &self->master_key,
      "What seals the store: file:PATH (default: master.key beside it), "
      "credential:NAME, tpm[:pcrs=N,...], or passphrase[:ask|:fd=N]",
      "SOURCE" },
    { "rekey", 0, 0, G_OPTION_ARG_FILENAME, &self->rekey,
      "Seal the store anew under this key, as of --master-key, and end; from "
      "then on start with that --master-key", "SOURCE" },
    { "key-store", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->key_stores,
      "Where device keys live besides in software: tpm, tpm:TCTI, or a "
      "pkcs11:URI; may be repeated, and new keys go to the last", "WHERE" },
    { "doc-types", 0, 0, G_OPTION_ARG_FILENAME, &self->doc_types,
      "Folder of the document types instead of the installed one", "DIR" },
    { "policy-file", 0, 0, G_OPTION_ARG_FILENAME, &self->policy_file,
      "Standing policies, mdoc-policy(5): what leaves without the holder being "
      "asked", "FILE" },
    { "consent-timeout", 0, 0, G_OPTION_ARG_INT, &self->consent_timeout_s,
      "How long the holder has to answer (default: 120)", "SECONDS" },
    { "tls-anchors", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_anchors,
      "Certificates in PEM that vouch for the TLS of issuers, and no other "
      "(default: those of the system)", "FILE" },
    { "proxy", 0, 0, G_OPTION_ARG_STRING, &self->proxy,
      "Where issuers are reached through (default: as $https_proxy says; empty: "
      "none)", "URL" },
    { "client-id", 0, 0, G_OPTION_ARG_STRING, &self->client_id,
      "Who the agent is to authorization servers (default: mdoc-agent)", "ID" },
    { "wallet-attestation", 0, 0, G_OPTION_ARG_FILENAME,
      &self->wallet_attestation,
      "Attestations of this wallet, one a line, for servers that want one; read "
      "anew each time", "FILE" },
    { "attester", 0, 0, G_OPTION_ARG_FILENAME, &self->attester,
      "Program that attests this wallet and its keys", "PROGRAM" },
    { "allow-plain-loopback", 0, 0, G_OPTION_ARG_NONE,
      &self->allow_plain_loopback,
      "Issuers on this machine need no TLS: for tests", NULL },
    { "clock-offset", 0, 0, G_OPTION_ARG_INT64, &self->clock_offset_s,
      "How far ahead of the system's the clock is, in seconds: for tests",
      "SECONDS" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &log_format,
      "auto (the journal, else text), text, or fields", "FORMAT" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->is_verbose,
      "Log more; never values or keys", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->wants_version,
      "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
    /* clang-format on */
  };
  g_autoptr (GOptionContext) context = new_context ();
  gboolean is_read;

  g_option_context_add_main_entries (context, entries, NULL);
  is_read = g_option_context_parse (context, argc, argv, error);
  *ret_log_format = log_format;
  return is_read;
}

static gboolean
is_master_key (const char *text)
{
  g_autoptr (MdocMasterKey) key = mdoc_master_key_new_from_text (text, "");

  return key != NULL;
}

/**
 * mdoc_agent_options_parse:
 * @self: (out): what was typed
 * @argc: (inout): main()'s
 * @argv: (inout): main()'s
 * @error: return location for what is wrong with it
 *
 * Prints the help and ends the process if that is what was asked for.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_agent_options_parse (MdocAgentOptions *self,
                          int *argc,
                          char ***argv,
                          GError **error)
{
  g_autofree char *log_format = NULL;

  self->consent_timeout_s = MDOC_AGENT_CONSENT_TIMEOUT_MS / 1000;
  if (!read_options (self, &log_format, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    return refuse (error, "There is an argument too many; see --help");

  if (self->consent_timeout_s < 1
      || self->consent_timeout_s > MDOC_AGENT_MAX_CONSENT_TIMEOUT_S)
    return refuse (error, "--consent-timeout is 1 to 3600 seconds");

  if (self->master_key != NULL && !is_master_key (self->master_key))
    return refuse (
        error,
        "--master-key is file:PATH, credential:NAME without a slash, "
        "tpm[:pcrs=N,...][:tcti=TCTI], or passphrase[:ask|:fd=N], as "
        "far as this build has them");

  for (guint i = 0; self->key_stores != NULL && self->key_stores[i] != NULL;
       i++)
    {
      g_autoptr (MdocKeystore) keystore
          = mdoc_keystore_open (self->key_stores[i], error);

      if (keystore == NULL)
        {
          g_prefix_error (error, "--key-store: ");
          return FALSE;
        }
    }

  if (self->attester != NULL && !g_path_is_absolute (self->attester))
    return refuse (error, "--attester is the absolute path of a program");

  if (self->rekey != NULL && !is_master_key (self->rekey))
    return refuse (error, "--rekey takes what --master-key takes");

  if (log_format != NULL
      && !mdoc_log_format_from_name (log_format, &self->log_format))
    return refuse (error, "--log-format is auto, text or fields");

  if (self->doc_types == NULL)
    {
      const char *data = g_getenv (MDOC_ENV_DATA_DIR);

      self->doc_types = g_build_filename (data != NULL ? data : MDOC_DATA_DIR,
                                          "doctypes",
                                          NULL);
    }
  return TRUE;
}

/**
 * mdoc_agent_options_dup_state_dir:
 * @self: what was typed
 * @error: return location for what is wrong with it
 *
 * Returns: (transfer full): the folder of the store, or %NULL with @error set
 */
char *
mdoc_agent_options_dup_state_dir (const MdocAgentOptions *self, GError **error)
{
  /* systemd sets it; it may be a list, of which ours is the first */
  const char *given = g_getenv (MDOC_ENV_STATE_DIR);

  if (self->state_dir != NULL)
    return g_strdup (self->state_dir);

  if (given != NULL && given[0] != '\0')
    {
      g_auto (GStrv) parts = g_strsplit (given, ":", 2);

      return g_strdup (parts[0]);
    }

  if (self->use_session)
    return g_build_filename (g_get_user_state_dir (), "mdoc-agent", NULL);

  refuse (error,
          "No state folder: give --state-dir, or run it as a service with "
          "StateDirectory=");
  return NULL;
}
