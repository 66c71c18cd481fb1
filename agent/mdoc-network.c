/*
 * mdoc-network.c - what the agent's jobs ask issuing platforms
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-network.h"

#include <string.h>

#include "agent/mdoc-agent-private.h"
#include "agent/mdoc-attestations.h"
#include "agent/mdoc-issuing.h"
#include "base/mdoc-file.h"

#define MAX_ANCHORS_BYTES ((gsize) 1024 * 1024)

#define FIELD_TOKENS "tokens"

struct _MdocNetwork
{
  MdocHttpClient *http; /* when it is first needed: it takes memory */
  char *anchors_pem;
  char *proxy;
  gboolean allow_plain_loopback;
  GHashTable *platforms; /* "issuer\nserver\nclient" to MdocPlatform */
  MdocAttestations *attestations;
  GCancellable *cancellable;
  guint n_calls;
};

/**
 * mdoc_network_new:
 * @config: how the agent is to be
 * @clock: what time it is
 * @error: return location for what is wrong with the anchors
 *
 * Returns: (transfer full): it, or %NULL with @error set
 */
MdocNetwork *
mdoc_network_new (const MdocAgentConfig *config,
                  const MdocClock *clock,
                  GError **error)
{
  g_autoptr (MdocNetwork) self = g_new0 (MdocNetwork, 1);
  g_autoptr (GBytes) pem = NULL;

  self->proxy = g_strdup (config->proxy);
  self->allow_plain_loopback = config->allow_plain_loopback;
  self->attestations = mdoc_attestations_new (config->wallet_attestation,
                                              config->attester,
                                              clock);
  if (config->tls_anchors != NULL)
    {
      pem = mdoc_file_read (config->tls_anchors, MAX_ANCHORS_BYTES, error);
      if (pem == NULL)
        return NULL;
      self->anchors_pem = g_strndup (g_bytes_get_data (pem, NULL),
                                     g_bytes_get_size (pem));
      /* who named them wants to know now that they are none */
      if (mdoc_network_get_http (self, error) == NULL)
        return NULL;
    }

  self->platforms = g_hash_table_new_full (g_str_hash,
                                           g_str_equal,
                                           g_free,
                                           (GDestroyNotify)
                                               mdoc_platform_unref);
  self->cancellable = g_cancellable_new ();
  return g_steal_pointer (&self);
}

/**
 * mdoc_network_free:
 * @self: (nullable) (transfer full): it, with no call that has yet to come back
 */
void
mdoc_network_free (MdocNetwork *self)
{
  if (self == NULL)
    return;

  if (self->platforms != NULL)
    g_hash_table_unref (self->platforms);
  if (self->http != NULL)
    mdoc_http_client_unref (self->http);
  g_clear_object (&self->cancellable);
  mdoc_attestations_free (self->attestations);
  g_free (self->anchors_pem);
  g_free (self->proxy);
  g_free (self);
}

MdocHttpClient *
mdoc_network_get_http (MdocNetwork *self, GError **error)
{
  MdocHttpConfig config = {
    .anchors_pem = self->anchors_pem,
    .proxy = self->proxy,
    .user_agent = "mdoc-agent/" PACKAGE_VERSION,
    .allow_plain_loopback = self->allow_plain_loopback,
  };

  if (self->http == NULL)
    self->http = mdoc_http_client_new (&config, error);
  return self->http;
}

/**
 * mdoc_network_cancel:
 * @self: the network
 *
 * The calls come back in turns of the main loop that follow.
 */
void
mdoc_network_cancel (MdocNetwork *self)
{
  g_autoptr (GCancellable) before = self->cancellable;

  self->cancellable = g_cancellable_new ();
  g_cancellable_cancel (before);
}

guint
mdoc_network_get_n_calls (MdocNetwork *self)
{
  return self->n_calls;
}

static char *
make_name (const char *issuer, const char *server, const char *client_id)
{
  return g_strjoin ("\n",
                    issuer,
                    server != NULL ? server : "",
                    client_id != NULL ? client_id : "",
                    NULL);
}

/* The name that we have anyway needs no platform of its own, which would have
 * metadata of its own, too: those are asked for anew with each claim and sync.
 * Returns: (nullable): @client_id, unless it is that name */
static const char *
spare_client_id (MdocAgent *agent,
                 const char *issuer,
                 const char *server,
                 const char *client_id)
{
  g_autofree char *usual = make_name (issuer, server, NULL);
  MdocPlatform *platform = g_hash_table_lookup (agent->network->platforms,
                                                usual);
  const char *now = platform != NULL ? mdoc_platform_get_client_id (platform)
                                     : agent->client_id;

  return g_strcmp0 (now, client_id) == 0 ? NULL : client_id;
}

/**
 * mdoc_network_get_platform:
 * @agent: an agent
 * @issuer: the address of an issuer
 * @server: (nullable): its authorization server, if an offer names one
 * @client_id: (nullable): who we were to that server when it gave us what we
 *   have of it: codes and tokens are bound to the name
 * @error: return location for an error
 *
 * Makes the key by which the issuer knows this device, if there is none yet.
 *
 * Returns: (transfer none): the platform, or %NULL with @error set
 */
MdocPlatform *
mdoc_network_get_platform (MdocAgent *agent,
                           const char *issuer,
                           const char *server,
                           const char *client_id,
                           GError **error)
{
  MdocNetwork *self = agent->network;
  const char *own = spare_client_id (agent, issuer, server, client_id);
  g_autofree char *name = make_name (issuer, server, own);
  MdocPlatform *platform = g_hash_table_lookup (self->platforms, name);
  g_autoptr (MdocKey) key = NULL;
  MdocPlatformConfig config = {
    .issuer = issuer,
    .server = server,
    .client_id = own != NULL ? own : agent->client_id,
    .client_id_is_default = own == NULL && agent->client_id_is_default,
    .clock = agent->clock,
  };
  MdocAttester attester;

  if (platform != NULL)
    return platform;

  key = mdoc_store_load_instance_key (agent->store,
                                      issuer,
                                      mdoc_agent_get_time (agent),
                                      error);
  if (key == NULL)
    return NULL;

  config.http = mdoc_network_get_http (self, error);
  if (config.http == NULL)
    return NULL;

  attester = mdoc_attestations_get_attester (self->attestations);
  if (attester.klass != NULL)
    config.attester = &attester;
  config.instance_key = key;
  platform = mdoc_platform_new (&config, error);
  if (platform == NULL)
    return NULL;

  if (g_hash_table_size (self->platforms) >= MDOC_NETWORK_MAX_PLATFORMS)
    g_hash_table_remove_all (self->platforms);
  g_hash_table_insert (self->platforms, g_steal_pointer (&name), platform);
  return platform;
}

/* --- calls --- */

/**
 * mdoc_call_new:
 * @agent: an agent
 * @job: the job of which a step asks
 * @record: (nullable) (transfer full): the row that it is about
 * @platform: (nullable): who is asked
 *
 * Returns: (transfer full): what waits for the answer
 */
MdocCall *
mdoc_call_new (MdocAgent *agent,
               const MdocStoredJob *job,
               MdocRecord *record,
               MdocPlatform *platform)
{
  MdocCall *self = g_new0 (MdocCall, 1);

  self->agent = agent;
  self->job_id = job->id;
  self->issuer = g_strdup (job->issuer);
  self->record = record;
  self->platform = platform != NULL ? mdoc_platform_ref (platform) : NULL;
  self->network = agent->network;
  self->cancellable = g_object_ref (agent->network->cancellable);
  self->network->n_calls++;
  return self;
}

static void
call_free (MdocCall *self)
{
  self->network->n_calls--;
  if (self->free_data != NULL)
    self->free_data (self->data);
  mdoc_platform_tokens_free (self->tokens);
  g_clear_pointer (&self->platform, mdoc_platform_unref);
  mdoc_record_free (self->record);
  g_object_unref (self->cancellable);
  g_free (self->issuer);
  g_free (self);
}

/**
 * mdoc_call_set_data:
 * @self: a call
 * @data: what else is needed
 * @free: (nullable): frees it
 */
void
mdoc_call_set_data (MdocCall *self, gpointer data, GDestroyNotify free)
{
  if (self->free_data != NULL)
    self->free_data (self->data);
  self->data = data;
  self->free_data = free;
}

const char *
mdoc_call_get_issuer (MdocCall *self)
{
  return self->issuer;
}

GCancellable *
mdoc_call_get_cancellable (MdocCall *self)
{
  return self->cancellable;
}

/**
 * mdoc_call_is_wanted:
 * @self: (transfer full): a call that has come back
 *
 * To be asked before anything is made of an answer.
 *
 * Returns: %TRUE if so, and @self is the caller's still
 */
gboolean
mdoc_call_is_wanted (MdocCall *self)
{
  g_autoptr (MdocStoredJob) job = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      call_free (self);
      return FALSE;
    }

  job = mdoc_store_get_job (self->agent->store, self->job_id, NULL);
  if (job != NULL && job->state == MDOC_JOB_RUNNING)
    return TRUE;

  /* it is not written down: the job stays cancelled */
  mdoc_call_end (self, MDOC_STEP_END, 0, NULL);
  return FALSE;
}

static gboolean
on_later (gpointer user_data)
{
  MdocCall *self = user_data;

  if (mdoc_call_is_wanted (self))
    ((MdocCallFunc) self->later) (self);
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_call_later:
 * @self: (transfer full): a call
 * @func: what is done then
 */
void
mdoc_call_later (MdocCall *self, MdocCallFunc func)
{
  self->later = (GCallback) func;
  g_idle_add (on_later, self);
}

/**
 * mdoc_call_end:
 * @self: (transfer full): a call
 * @result: what the step has come to
 * @wait_s: how long to wait
 * @error: (nullable): why it failed
 */
void
mdoc_call_end (MdocCall *self,
               MdocStepResult result,
               gint64 wait_s,
               const GError *error)
{
  MdocJobs *jobs = self->agent->jobs;
  gint64 job_id = self->job_id;

  call_free (self);
  mdoc_jobs_finish_step (jobs, job_id, result, wait_s, error);
}

/**
 * mdoc_call_judge:
 * @error: why a call failed
 * @ret_wait_s: (out): how long to wait at least
 *
 * Returns: %MDOC_STEP_RETRY or %MDOC_STEP_FAIL
 */
MdocStepResult
mdoc_call_judge (const GError *error, gint64 *ret_wait_s)
{
  const MdocPlatformTrouble *trouble = mdoc_platform_error_get_trouble (error);

  *ret_wait_s = 0;
  /* of this device: keys, store */
  if (trouble == NULL)
    return MDOC_STEP_RETRY;

  *ret_wait_s = MAX (trouble->retry_after_s, 0);
  switch ((MdocPlatformError) error->code)
    {
    case MDOC_PLATFORM_ERROR_RETRY:
    case MDOC_PLATFORM_ERROR_NONCE:
    case MDOC_PLATFORM_ERROR_DEVICE:
      return MDOC_STEP_RETRY;
    case MDOC_PLATFORM_ERROR_TRUST:
    case MDOC_PLATFORM_ERROR_PROTOCOL:
      *ret_wait_s = MDOC_JOBS_BACKOFF_CAP_S;
      return MDOC_STEP_RETRY;
    case MDOC_PLATFORM_ERROR_TOKEN:
    case MDOC_PLATFORM_ERROR_REFUSED:
    case MDOC_PLATFORM_ERROR_UNSUPPORTED:
    default:
      return MDOC_STEP_FAIL;
    }
}

/**
 * mdoc_call_name_error:
 * @error: why something failed
 *
 * Returns: (transfer none): as long as @error lives
 */
const char *
mdoc_call_name_error (const GError *error)
{
  const MdocPlatformTrouble *trouble = mdoc_platform_error_get_trouble (error);
  const char *name = mdoc_keep_error_get_name (error);

  if (name == NULL && trouble != NULL)
    name = trouble->name;
  return name != NULL ? name : "device";
}

/**
 * mdoc_call_get_promise:
 * @self: a call about an exchange or enrolment
 *
 * Returns: (transfer none) (nullable): what the issuer's metadata say of its
 *   configuration; %NULL if they are not there or do not mention it
 */
const MdocConfiguration *
mdoc_call_get_promise (MdocCall *self)
{
  const MdocIssuerMetadata *metadata = mdoc_platform_get_issuer_metadata (
      self->platform);
  const char *id = mdoc_record_get_text (self->record,
                                         MDOC_EXCHANGE_CONFIGURATION);

  return metadata != NULL && id != NULL
             ? mdoc_issuer_metadata_find (metadata, id)
             : NULL;
}

/**
 * mdoc_call_is_unattested:
 * @error: why a call failed
 *
 * Returns: whether it is for want of an attestation
 */
gboolean
mdoc_call_is_unattested (const GError *error)
{
  return g_error_matches (error,
                          MDOC_PLATFORM_ERROR,
                          MDOC_PLATFORM_ERROR_DEVICE)
         && g_str_has_prefix (mdoc_call_name_error (error), "attestation-");
}

/* --- tokens --- */

/**
 * mdoc_record_load_tokens:
 * @record: a record
 * @error: return location for an error
 *
 * Returns: (transfer full): its tokens; %NULL without @error if it has none
 */
MdocPlatformTokens *
mdoc_record_load_tokens (const MdocRecord *record, GError **error)
{
  const char *saved = mdoc_record_get_text (record, FIELD_TOKENS);

  if (saved == NULL)
    return NULL;

  return mdoc_platform_tokens_load (MDOC_SPAN ((const guint8 *) saved,
                                               strlen (saved)),
                                    error);
}

/**
 * mdoc_record_set_tokens:
 * @record: a record
 * @tokens: (nullable): what it is to keep
 */
void
mdoc_record_set_tokens (MdocRecord *record, const MdocPlatformTokens *tokens)
{
  g_autoptr (MdocSecret) saved = NULL;
  char *text;

  if (tokens == NULL)
    {
      mdoc_record_set_text (record, FIELD_TOKENS, NULL);
      return;
    }

  saved = mdoc_platform_tokens_save (tokens);
  text = g_strndup ((const char *) mdoc_secret_get_data (saved),
                    mdoc_secret_get_len (saved));
  mdoc_record_set_text (record, FIELD_TOKENS, text);
  mdoc_secret_wipe (text, strlen (text));
  g_free (text);
}
