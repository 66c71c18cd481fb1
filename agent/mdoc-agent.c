/*
 * mdoc-agent.c - the holder agent as a whole
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-agent.h"

#include <malloc.h>
#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "agent/mdoc-agent-private.h"
#include "base/mdoc-file.h"
#include "base/mdoc-log.h"
#include "base/mdoc-names.h"
#include "storage/mdoc-keystore.h"
#include "storage/mdoc-store-care.h"

#define MAX_DOC_TYPE_BYTES ((gsize) 256 * 1024)
#define MAX_DOC_TYPES      256

/* before any release of this program: a clock that says less is not set */
#define EARLIEST_UNIX_S ((gint64) 1735689600) /* 2025-01-01 */

#define BUS_TIMEOUT_MS             10000
#define REQUEST_NAME_DO_NOT_QUEUE  4u
#define REQUEST_NAME_PRIMARY_OWNER 1u

/**
 * mdoc_agent_get_time:
 * @self: an agent
 *
 * Returns: unix seconds, whether that can be or not
 */
gint64
mdoc_agent_get_time (MdocAgent *self)
{
  return mdoc_clock_get_unix_s (self->clock);
}

/**
 * mdoc_agent_get_moment:
 * @self: an agent
 *
 * Returns: the time, as far as it is known
 */
MdocMoment
mdoc_agent_get_moment (MdocAgent *self)
{
  return mdoc_moment_judge (mdoc_clock_get_unix_s (self->clock),
                            self->time_floor_unix_s);
}

/**
 * mdoc_agent_note_time:
 * @self: an agent
 * @passed_unix_s: a time that has passed, as somebody says whom we trust
 *
 * From now on a clock that is far behind it is not believed.
 */
void
mdoc_agent_note_time (MdocAgent *self, gint64 passed_unix_s)
{
  g_autoptr (GError) error = NULL;

  if (passed_unix_s <= self->time_floor_unix_s)
    return;

  self->time_floor_unix_s = passed_unix_s;
  if (!mdoc_store_raise_time_floor (self->store, passed_unix_s, &error))
    {
      MdocLogFields fields = { .topic = "store", .error = error };

      mdoc_log (G_LOG_LEVEL_WARNING, &fields, "The time is not written down");
    }
}

/* long enough that what was asked for has been sent */
#define RELEASE_DELAY_MS 500

static gboolean
on_release (gpointer user_data)
{
  MdocAgent *self = user_data;

  self->release_id = 0;
  mdoc_store_release_memory (self->store);
#ifdef __GLIBC__
  (void) malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_agent_release_memory_later:
 * @self: an agent
 *
 * Gives back what is not needed while nobody asks for anything; once, so that
 * an agent that waits is not woken.
 */
void
mdoc_agent_release_memory_later (MdocAgent *self)
{
  if (self->release_id == 0)
    self->release_id = g_timeout_add_full (G_PRIORITY_LOW,
                                           RELEASE_DELAY_MS,
                                           on_release,
                                           self,
                                           NULL);
}

static gboolean
add_doc_type (MdocDocTypeTable *table, const char *path, GError **error)
{
  g_autoptr (GBytes) text = mdoc_file_read (path, MAX_DOC_TYPE_BYTES, error);
  g_autoptr (MdocDocType) doc_type = NULL;

  if (text == NULL)
    return FALSE;

  doc_type = mdoc_doc_type_parse (g_bytes_get_data (text, NULL),
                                  g_bytes_get_size (text),
                                  error);
  return doc_type != NULL && mdoc_doc_type_table_add (table, doc_type, error);
}

/* Without them everything works but for names for people, older names, and
 * rules that a type adds; so a file that is wrong is left out. */
static void
load_doc_types (MdocDocTypeTable *table, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = mdoc_file_list (folder, ".ini", MAX_DOC_TYPES, &error);

  if (paths == NULL)
    {
      MdocLogFields fields = { .topic = "doc-types", .error = error };

      mdoc_log (G_LOG_LEVEL_MESSAGE, &fields, "No document types");
      return;
    }

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (!add_doc_type (table, paths[i], &local_error))
        {
          MdocLogFields fields = { .topic = "doc-types", .error = local_error };

          mdoc_log (G_LOG_LEVEL_WARNING,
                    &fields,
                    "Document type %s is left out",
                    paths[i]);
        }
    }
}

/* One that is not there now may come back, and the rest can be done meanwhile.
 */
static gboolean
add_key_stores (MdocAgent *self, const char *const *specs, GError **error)
{
  g_autoptr (GError) sweep_error = NULL;

  for (; specs != NULL && *specs != NULL; specs++)
    {
      g_autoptr (MdocKeystore) keystore = mdoc_keystore_open (*specs, error);
      g_autoptr (GError) reason = NULL;

      if (keystore == NULL)
        return FALSE;

      mdoc_store_add_keystore (self->store, keystore);
      if (!mdoc_keystore_check (keystore, &reason))
        {
          MdocLogFields fields = { .topic = "store", .error = reason };

          mdoc_log (G_LOG_LEVEL_WARNING,
                    &fields,
                    "Keys of the kind %s cannot be used now",
                    mdoc_keystore_get_kind (keystore));
        }
    }

  if (!mdoc_store_sweep_keys (self->store, &sweep_error))
    {
      MdocLogFields fields = { .topic = "store", .error = sweep_error };

      mdoc_log (G_LOG_LEVEL_WARNING,
                &fields,
                "A key that was being made when the power went is not "
                "destroyed yet");
    }
  return TRUE;
}

static MdocMasterKey *
make_master_key (const MdocAgentConfig *config)
{
  g_autofree char *usual_path = g_build_filename (config->state_dir,
                                                  MDOC_STORE_FILE_MASTER_KEY,
                                                  NULL);

  return config->master_key != NULL
             ? mdoc_master_key_new_from_text (config->master_key,
                                              config->state_dir)
             : mdoc_master_key_new_file (usual_path);
}

/**
 * mdoc_agent_rekey:
 * @config: where the store is and what its key is now
 * @new_master_key: what it is to be, as mdoc_master_key_new_from_text() takes
 * it
 * @error: return location for a #MdocStoreError
 *
 * Seals a store anew that no agent has open.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_agent_rekey (const MdocAgentConfig *config,
                  const char *new_master_key,
                  GError **error)
{
  g_autoptr (MdocMasterKey) old_key = make_master_key (config);
  g_autoptr (MdocMasterKey) new_key
      = mdoc_master_key_new_from_text (new_master_key, config->state_dir);
  g_autoptr (MdocStore) store = NULL;

  g_return_val_if_fail (old_key != NULL && new_key != NULL, FALSE);

  store = mdoc_store_open (config->state_dir, old_key, error);
  return store != NULL && mdoc_store_rekey (store, new_key, error);
}

/* A mistake in the file stops the agent: it would not be known what is to
 * leave.
 */
static gboolean
load_policies (MdocAgent *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  self->file_policies = path != NULL ? mdoc_policy_file_load (path, error)
                                     : g_ptr_array_new_with_free_func (
                                         (GDestroyNotify) mdoc_policy_free);
  if (self->file_policies == NULL)
    return FALSE;

  for (guint i = 0; i < self->file_policies->len; i++)
    {
      const MdocPolicy *policy = g_ptr_array_index (self->file_policies, i);

      g_ptr_array_add (names, g_strdup (policy->id));
    }

  return mdoc_store_name_file_policies (self->store,
                                        names,
                                        mdoc_agent_get_time (self),
                                        error);
}

/**
 * mdoc_agent_new:
 * @config: how the agent is to be
 * @error: return location for a #MdocStoreError, or for what is wrong with the
 *   policy file
 *
 * Opens the store.
 *
 * Returns: (transfer full): the agent, not on the bus yet, or %NULL with @error
 *   set
 */
MdocAgent *
mdoc_agent_new (const MdocAgentConfig *config, GError **error)
{
  g_autoptr (MdocAgent) self = g_new0 (MdocAgent, 1);

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self->is_system = config->is_system;
  self->consent_timeout_ms = config->consent_timeout_ms;
  self->master_key = make_master_key (config);
  g_return_val_if_fail (self->master_key != NULL, NULL);

  self->store = mdoc_store_open (config->state_dir, self->master_key, error);
  if (self->store == NULL)
    return NULL;

  if (!add_key_stores (self, config->key_stores, error))
    return NULL;

  self->shifted_clock = mdoc_clock_new_shifted (config->clock_offset_s);
  self->clock = self->shifted_clock;
  if (!mdoc_store_get_time_floor (self->store, &self->time_floor_unix_s, error))
    return NULL;
  self->time_floor_unix_s = MAX (self->time_floor_unix_s, EARLIEST_UNIX_S);
  if (!mdoc_store_note_start (self->store,
                              mdoc_clock_get_unix_s (self->clock),
                              error))
    return NULL;

  self->client_id = g_strdup (
      config->client_id != NULL ? config->client_id : MDOC_NETWORK_CLIENT_ID);
  self->client_id_is_default = config->client_id == NULL;
  self->network = mdoc_network_new (config, self->clock, error);
  if (self->network == NULL)
    return NULL;

  /* what was decided before is done before anybody is served */
  self->jobs = mdoc_agent_make_jobs (self);
  if (!mdoc_jobs_start (self->jobs, error))
    return NULL;

  if (!load_policies (self, config->policy_file, error))
    return NULL;

  self->doc_types = mdoc_doc_type_table_new ();
  if (config->doc_types_dir != NULL)
    load_doc_types (self->doc_types, config->doc_types_dir);

  return g_steal_pointer (&self);
}

static gboolean
add_credentials (MdocAgent *self, GError **error)
{
  g_autoptr (GPtrArray) documents = mdoc_store_list_documents (self->store,
                                                               error);

  if (documents == NULL)
    return FALSE;

  for (guint i = 0; i < documents->len; i++)
    {
      const MdocStoredDocument *document = g_ptr_array_index (documents, i);

      if (!mdoc_credential_add_object (self, document->id, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
take_name (MdocAgent *self, GError **error)
{
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_sync (self->bus,
                                     "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus",
                                     "RequestName",
                                     g_variant_new ("(su)",
                                                    MDOC_BUS_NAME,
                                                    REQUEST_NAME_DO_NOT_QUEUE),
                                     G_VARIANT_TYPE ("(u)"),
                                     G_DBUS_CALL_FLAGS_NONE,
                                     BUS_TIMEOUT_MS,
                                     NULL,
                                     error);
  guint32 answer;

  if (reply == NULL)
    {
      g_prefix_error (error, "Cannot take the name " MDOC_BUS_NAME ": ");
      return FALSE;
    }

  g_variant_get (reply, "(u)", &answer);
  if (answer == REQUEST_NAME_PRIMARY_OWNER)
    return TRUE;

  return mdoc_agent_refuse (error,
                            MDOC_AGENT_ERROR_BUSY,
                            "Another mdoc-agent has the name " MDOC_BUS_NAME
                            " on this bus");
}

/**
 * mdoc_agent_start:
 * @self: an agent
 * @bus: where it is to serve
 * @error: return location for %MDOC_AGENT_ERROR_BUSY if another agent serves
 *   there, or an error of GIO
 *
 * Puts the agent on the bus. Its name is taken last, when everything is there.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_agent_start (MdocAgent *self, GDBusConnection *bus, GError **error)
{
  g_return_val_if_fail (self->bus == NULL, FALSE);

  /* registers the names of the errors */
  (void) MDOC_AGENT_ERROR;

  self->bus = g_object_ref (bus);
  self->authority = mdoc_authority_new (bus, self->is_system);
  self->consents = mdoc_consents_new (bus);
  mdoc_agent_release_memory_later (self);
  if (!mdoc_bus_add_root (self, error) || !add_credentials (self, error)
      || !take_name (self, error))
    return FALSE;

  mdoc_agent_watch_issuers (self);
  return TRUE;
}

/**
 * mdoc_agent_forget_presentation:
 * @self: an agent
 *
 * Takes the last presentation off the bus, with its result.
 */
void
mdoc_agent_forget_presentation (MdocAgent *self)
{
  g_clear_handle_id (&self->forget_id, g_source_remove);
  if (self->presentation == NULL)
    return;

  mdoc_bus_remove_object (self,
                          mdoc_presentation_get_path (self->presentation));
  g_clear_pointer (&self->presentation, mdoc_presentation_free);
}

static gboolean
on_forget (gpointer user_data)
{
  MdocAgent *self = user_data;

  self->forget_id = 0;
  mdoc_agent_forget_presentation (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stopped (gpointer user_data)
{
  MdocAgent *self = user_data;
  MdocAgentFunc stopped = self->stopped;

  self->stopped = NULL;
  if (stopped != NULL)
    stopped (self->stopped_data);
  return G_SOURCE_REMOVE;
}

/**
 * mdoc_agent_presentation_ended:
 * @self: an agent
 *
 * To be called by the presentation, when it has ended and again when everything
 * has been sent. It stays for a while so that its result can be asked for.
 */
void
mdoc_agent_presentation_ended (MdocAgent *self)
{
  if (self->forget_id == 0)
    self->forget_id = g_timeout_add (MDOC_AGENT_RESULT_TIMEOUT_MS,
                                     on_forget,
                                     self);

  /* not from inside the presentation */
  if (self->stopped != NULL && mdoc_presentation_is_over (self->presentation))
    g_idle_add (on_stopped, self);
}

/**
 * mdoc_agent_stop:
 * @self: an agent
 * @func: called once, later, when everything has come to an end
 * @user_data: passed to @func
 *
 * Ends what runs: a reader that is connected is sent status 20.
 */
void
mdoc_agent_stop (MdocAgent *self, MdocAgentFunc func, gpointer user_data)
{
  g_return_if_fail (self->stopped == NULL);

  self->is_stopping = TRUE;
  self->stopped = func;
  self->stopped_data = user_data;
  if (mdoc_presentation_is_over (self->presentation))
    g_idle_add (on_stopped, self);
  else
    mdoc_presentation_end (self->presentation, MDOC_PRESENTATION_END_SHUTDOWN);
}

/**
 * mdoc_agent_free:
 * @self: (nullable) (transfer full): an agent
 *
 * Takes it off the bus and closes the store.
 */
void
mdoc_agent_free (MdocAgent *self)
{
  if (self == NULL)
    return;

  self->is_stopping = TRUE;
  while (g_source_remove_by_user_data (self))
    ;
  g_clear_pointer (&self->presentation, mdoc_presentation_free);
  g_clear_pointer (&self->consents, mdoc_consents_free);
  if (self->objects != NULL)
    mdoc_bus_remove_all (self);
  /* calls that wait for it are refused, which takes a turn of the loop */
  g_clear_pointer (&self->authority, mdoc_authority_free);
  while (self->pending_calls.length > 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->bus);
  if (self->doc_types != NULL)
    mdoc_doc_type_table_unref (self->doc_types);
  if (self->file_policies != NULL)
    g_ptr_array_unref (self->file_policies);
  if (self->network != NULL)
    {
      mdoc_network_cancel (self->network);
      while (mdoc_network_get_n_calls (self->network) > 0)
        g_main_context_iteration (NULL, TRUE);
    }
  mdoc_jobs_free (self->jobs);
  mdoc_network_free (self->network);
  g_free (self->client_id);
  mdoc_clock_free_shifted (self->shifted_clock);
  mdoc_store_free (self->store);
  mdoc_master_key_free (self->master_key);
  g_free (self);
}
