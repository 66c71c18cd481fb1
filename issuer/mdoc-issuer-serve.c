/*
 * mdoc-issuer-serve.c - the verb serve
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mdoc-file.h"
#include "base/mdoc-names.h"
#include "issuer/mdoc-admin.h"
#include "issuer/mdoc-issuer-input.h"
#include "issuer/mdoc-issuer-verbs.h"
#include "issuer/mdoc-serve-options.h"

/* handlers that run at once; two cores are busy with half of them, the others
 * wait for the disk together */
#define N_WORKERS     16
#define MAX_PEM_BYTES ((gsize) 256 * 1024)
/* bulk changes of 100,000 items */
#define MAX_ADMIN_BYTES ((gsize) 16 * 1024 * 1024)

/* What runs, in the order in which it has to end. */
typedef struct
{
  MdocHttpServer *server;
  MdocAdmin *admin;
  MdocVci *vci;
  MdocVciSigners *signers;
  GPtrArray *servers; /* of MdocVciServer */
  MdocProofing *proofing;
  MdocRegister *reg;
  int lock_fd;
} Platform;

static void
platform_clear (Platform *self)
{
  /* streams and threads of the administration, then who still asks */
  if (self->admin != NULL)
    mdoc_admin_stop (self->admin);
  if (self->server != NULL)
    mdoc_http_server_stop (self->server);
  mdoc_admin_free (self->admin);
  mdoc_http_server_free (self->server);
  mdoc_vci_free (self->vci);
  mdoc_vci_signers_free (self->signers);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  mdoc_proofing_free (self->proofing);
  mdoc_register_close (self->reg);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Platform, platform_clear)

/* One platform a database: two would each believe that they alone publish its
 * status lists and deliver its events. Beside the file, whose own locks are
 * SQLite's; it stays there, and the lock ends with the process. */
static gboolean
lock_database (Platform *self, const char *database, GError **error)
{
  g_autofree char *path = g_strconcat (database, ".lock", NULL);
  g_autofree char *shown = g_filename_display_name (database);

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd >= 0 && flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;

  g_set_error (error,
               MDOC_REGISTER_ERROR,
               (gint) MDOC_REGISTER_ERROR_STORE,
               errno == EWOULDBLOCK ? "%s: another platform runs on it"
                                    : "%s: cannot be locked",
               shown);
  return FALSE;
}

static gboolean
add_signer (MdocVciSigners *signers, const char *text, GError **error)
{
  g_auto (GStrv) name = g_strsplit (text, "=", 2);
  g_auto (GStrv) files = NULL;

  if (name[0] != NULL && name[1] != NULL)
    files = g_strsplit (name[1], ",", 2);
  if (files == NULL || files[0] == NULL || files[1] == NULL)
    {
      mdoc_command_refuse (error, "--signer takes NAME=KEY,CERT");
      return FALSE;
    }
  return mdoc_vci_signers_add (signers, name[0], files[0], files[1], error);
}

static gboolean
load_signers (Platform *self, const MdocServeOptions *options, GError **error)
{
  g_autoptr (MdocDocTypeTable) doc_types = NULL;
  g_autofree char *key = NULL;
  g_autofree char *chain = NULL;

  doc_types = mdoc_issuer_input_read_doc_types (options->doc_types, error);
  if (doc_types == NULL)
    return FALSE;
  /* one more, which the status lists have for themselves */
  self->signers = mdoc_vci_signers_new (doc_types, N_WORKERS + 1);

  if (options->pki != NULL)
    {
      key = g_build_filename (options->pki, "ds-key.pem", NULL);
      chain = g_build_filename (options->pki, "ds.pem", NULL);
      return mdoc_vci_signers_add (self->signers,
                                   MDOC_VCI_DEFAULT_SIGNER,
                                   key,
                                   chain,
                                   error);
    }
  for (char **signer = options->signers; *signer != NULL; signer++)
    if (!add_signer (self->signers, *signer, error))
      return FALSE;
  return TRUE;
}

static gboolean
load_profiles (Platform *self, const MdocServeOptions *options, GError **error)
{
  const MdocRegisterCall call = {
    .now_ms = mdoc_clock_get_unix_s (options->clock) * 1000,
    .actor = "system"
  };
  const char *data = g_getenv (MDOC_ENV_DATA_DIR);
  g_autofree char *usual = g_build_filename (data != NULL ? data
                                                          : MDOC_DATA_DIR,
                                             "profiles",
                                             NULL);
  g_autoptr (GPtrArray) profiles = NULL;

  profiles = mdoc_profile_load_folder (options->profiles != NULL
                                           ? options->profiles
                                           : usual,
                                       error);
  if (profiles == NULL)
    return FALSE;

  for (guint i = 0; i < profiles->len; i++)
    {
      MdocProfile *profile = g_ptr_array_index (profiles, i);

      if (options->key_attesters == NULL
          && mdoc_profile_get_settings (profile)->needs_key_attestation)
        {
          mdoc_command_refuse (error,
                               "A profile asks for attested keys, but "
                               "--key-attesters does not say by whom");
          return FALSE;
        }
      if (!mdoc_register_add_profile (self->reg, &call, profile, error))
        {
          g_prefix_error (error,
                          "Profile %s: ",
                          mdoc_profile_get_settings (profile)->id);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
load_servers (Platform *self, const MdocServeOptions *options, GError **error)
{
  self->servers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) mdoc_vci_server_free);
  for (char **path = options->authorization_servers;
       path != NULL && *path != NULL;
       path++)
    {
      MdocVciServer *server = mdoc_vci_server_load (*path,
                                                    options->is_plain,
                                                    error);

      if (server == NULL)
        return FALSE;
      g_ptr_array_add (self->servers, server);
    }
  return TRUE;
}

static gboolean
open_endpoints (Platform *self, const MdocServeOptions *options, GError **error)
{
  g_autoptr (GPtrArray) anchors = NULL;
  g_autoptr (GPtrArray) attesters = NULL;
  g_autoptr (MdocSecret) secret = mdoc_register_make_key (self->reg,
                                                          "request encryption");
  MdocVciConfig config = {
    .reg = self->reg,
    .signers = self->signers,
    .clock = options->clock,
    .display = options->name,
    .attestation = options->attestation_policy,
    .servers = self->servers,
    .encryption_secret = secret,
    .has_max_sessions = options->max_sessions >= 0,
    .max_sessions = (guint) MAX (options->max_sessions, 0),
    .login = options->login_policy,
    .is_bearer_allowed = options->is_bearer_allowed,
    .is_encryption_required = options->is_encryption_required,
    .takes_drafts = options->takes_drafts,
    .trusts_proxy = options->is_behind_proxy,
  };

  if (options->wallet_anchors != NULL)
    {
      anchors = mdoc_issuer_input_read_certificates (options->wallet_anchors,
                                                     error);
      if (anchors == NULL)
        return FALSE;
      config.anchors = anchors;
    }
  if (options->key_attesters != NULL)
    {
      attesters = mdoc_issuer_input_read_certificates (options->key_attesters,
                                                       error);
      if (attesters == NULL)
        return FALSE;
      config.attesters = attesters;
    }
  self->vci = mdoc_vci_new (&config, error);
  return self->vci != NULL;
}

static gboolean
open_proofing (Platform *self, const MdocServeOptions *options, GError **error)
{
  g_autoptr (MdocSecret) secret = NULL;
  g_autofree char *token = NULL;
  MdocProofingConfig config = { .reg = self->reg,
                                .clock = options->clock,
                                .command = options->proofing,
                                .url = options->proofing_url };

  if (options->proofing == NULL && options->proofing_url == NULL)
    return TRUE;
  if (options->proofing_bearer_file != NULL)
    {
      secret = mdoc_file_read_secret (options->proofing_bearer_file,
                                      MAX_PEM_BYTES,
                                      error);
      if (secret == NULL)
        return FALSE;
      token = g_strndup ((const char *) mdoc_secret_get_data (secret),
                         mdoc_secret_get_len (secret));
      config.bearer_token = g_strstrip (token);
    }
  self->proofing = mdoc_proofing_new (&config);
  if (token != NULL)
    mdoc_secret_wipe (token, strlen (token));
  return TRUE;
}

/* (nullable): the description of the administration, where it is installed */
static char *
find_openapi (void)
{
  const char *data = g_getenv (MDOC_ENV_DATA_DIR);
  g_autofree char *path = g_build_filename (data != NULL ? data : MDOC_DATA_DIR,
                                            "openapi",
                                            "mdoc-issuer.json",
                                            NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path)
                                                    : NULL;
}

static gboolean
open_administration (Platform *self,
                     const MdocServeOptions *options,
                     GError **error)
{
  g_autofree const char **names = mdoc_vci_signers_list (self->signers);
  g_autoptr (GArray) signers = g_array_new (FALSE,
                                            FALSE,
                                            sizeof (MdocAdminSigner));
  g_autofree char *openapi = find_openapi ();
  g_autoptr (GBytes) anchors = NULL;
  g_autofree char *anchors_pem = NULL;
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();
  MdocAdminConfig config = {
    .reg = self->reg,
    .clock = options->clock,
    .key_file = options->admin_key_file,
    .openapi_file = openapi,
    .issuer_name = options->name != NULL ? options->name : "mdoc-issuer",
    .issuer_path = "/openid4vci",
    .proofing = self->proofing,
    .approval = options->approval_policy,
    .warning_days = options->warning_days,
    .n_warning_days = options->n_warning_days,
    .allow_plain_loopback = options->is_plain,
    .trusts_proxy = options->is_behind_proxy,
  };

  for (guint i = 0; i < self->servers->len; i++)
    g_ptr_array_add (servers,
                     ((MdocVciServer *) self->servers->pdata[i])->issuer);
  g_ptr_array_add (servers, NULL);
  config.servers = (const char *const *) servers->pdata;
  for (guint i = 0; names[i] != NULL; i++)
    {
      const MdocAdminSigner signer = {
        names[i],
        mdoc_vci_signers_borrow (self->signers, names[i]),
        mdoc_vci_signers_get_chain (self->signers, names[i])
      };

      g_array_append_val (signers, signer);
    }
  config.signers = (const MdocAdminSigner *) (gpointer) signers->data;
  config.n_signers = signers->len;
  if (options->event_anchors != NULL)
    {
      anchors = mdoc_file_read (options->event_anchors, MAX_PEM_BYTES, error);
      if (anchors == NULL)
        return FALSE;
      anchors_pem = g_strndup (g_bytes_get_data (anchors, NULL),
                               g_bytes_get_size (anchors));
      config.anchors_pem = anchors_pem;
    }

  self->admin = mdoc_admin_new (&config, error);
  for (guint i = 0; i < signers->len; i++)
    mdoc_key_unref (g_array_index (signers, MdocAdminSigner, i).key);
  return self->admin != NULL;
}

static gboolean
read_tls (const MdocServeOptions *options,
          char **ret_certificate,
          MdocSecret **ret_key,
          GError **error)
{
  g_autoptr (GBytes) certificate = NULL;
  g_autoptr (MdocSecret) key = NULL;
  g_autoptr (MdocSecret) text = NULL;
  gsize len;

  if (options->is_plain)
    return TRUE;

  certificate = mdoc_file_read (options->tls_cert, MAX_PEM_BYTES, error);
  if (certificate == NULL)
    return FALSE;
  key = mdoc_file_read_secret (options->tls_key, MAX_PEM_BYTES, error);
  if (key == NULL)
    return FALSE;

  /* with a NUL behind it, as libmicrohttpd wants it */
  text = mdoc_secret_new (mdoc_secret_get_len (key) + 1);
  memcpy (mdoc_secret_get_data (text),
          mdoc_secret_get_data (key),
          mdoc_secret_get_len (key));
  mdoc_secret_get_data (text)[mdoc_secret_get_len (key)] = '\0';
  *ret_key = g_steal_pointer (&text);
  *ret_certificate = g_strndup (g_bytes_get_data (certificate, &len),
                                g_bytes_get_size (certificate));
  return TRUE;
}

static gboolean
start_server (Platform *self, const MdocServeOptions *options, GError **error)
{
  g_autofree char *certificate = NULL;
  g_autoptr (MdocSecret) key = NULL;
  MdocHttpServerConfig config = {
    .listen = options->listen,
    .base_url = options->base_url,
    .clock = options->clock,
    .large_prefix = MDOC_ADMIN_PATH "/",
    .max_large_body_bytes = MAX_ADMIN_BYTES,
    .n_workers = N_WORKERS,
  };

  if (!read_tls (options, &certificate, &key, error))
    return FALSE;
  config.certificate = certificate;
  if (key != NULL)
    config.key = (const char *) mdoc_secret_get_data (key);

  self->server = mdoc_http_server_new ();
  mdoc_vci_add_routes (self->vci, self->server);
  mdoc_admin_add_routes (self->admin, self->server);
  return mdoc_http_server_start (self->server, &config, error)
         && mdoc_admin_start (self->admin, self->server, error);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
announce (MdocCommand *command, const char *url)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (mdoc_command_is_json (command))
    {
      builder = json_builder_new ();
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "listening");
      json_builder_add_string_value (builder, url);
      json_builder_end_object (builder);
      mdoc_issuer_print_json (builder);
    }
  else
    g_print ("listening on %s\n", url);
  /* whoever started us waits for this line */
  fflush (stdout);
}

/* Whoever has read the line may end us at once, so both are prepared before. */
static void
announce_and_wait (MdocCommand *command, const char *url)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  const guint terminate_id = g_unix_signal_add (SIGTERM, on_signal, loop);
  const guint interrupt_id = g_unix_signal_add (SIGINT, on_signal, loop);

  announce (command, url);
  g_main_loop_run (loop);
  g_source_remove (terminate_id);
  g_source_remove (interrupt_id);
}

static MdocExit
run (MdocCommand *command, GError **error)
{
  g_auto (MdocServeOptions) options = { 0 };
  g_auto (Platform) platform = { .lock_fd = -1 };
  gboolean goes_on;
  MdocExit exit_code;

  exit_code = mdoc_serve_options_parse (&options, command, &goes_on, error);
  if (!goes_on)
    return exit_code;

  /* who hangs up while we answer must not end us */
  signal (SIGPIPE, SIG_IGN);
  umask (0077);
  if (lock_database (&platform, options.database, error))
    platform.reg = mdoc_register_open (options.database, NULL, error);
  if (platform.reg == NULL || !load_signers (&platform, &options, error)
      || !load_profiles (&platform, &options, error)
      || !load_servers (&platform, &options, error)
      || !open_proofing (&platform, &options, error)
      || !open_endpoints (&platform, &options, error)
      || !open_administration (&platform, &options, error)
      || !start_server (&platform, &options, error))
    return g_error_matches (*error,
                            MDOC_PROGRAM_ERROR,
                            MDOC_PROGRAM_ERROR_USAGE)
               ? MDOC_EXIT_USAGE
               : mdoc_issuer_exit_of (*error);

  announce_and_wait (command, mdoc_http_server_get_base_url (platform.server));
  return MDOC_EXIT_DONE;
}

const MdocVerb mdoc_issuer_verb_serve = {
  .name = "serve",
  .arguments = "",
  .summary = "Be a platform that wallets get credentials from",
  .description
  = "Runs credential issuer and authorization server of OpenID4VCI 1.0 until "
    "it is\ntold to end (SIGTERM). All it knows is in one database; what it "
    "issues, profiles\nsay. Once it is ready it prints “listening on URL”.\n"
    "\n"
    "Example:\n"
    "  mdoc-issuer serve --database issuer.db --pki pki \\\n"
    "      --tls-cert tls.pem --tls-key tls-key.pem --listen 127.0.0.1:8443",
  .run = run,
};
